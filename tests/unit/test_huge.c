/*
 * Goal: whether huge pages are refused is known, and why.
 * Method: settings as the kernel writes them; this process with them switched off.
 */
#include "check.h"

#include "io/huge.c"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
setting(const char *words)
{
	char path[] = "/tmp/countersign-test-XXXXXX";
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, words, strlen(words)), (ssize_t)strlen(words));
	close(descriptor);
	const char *why = cs_huge_setting(path);
	unlink(path);
	return why;
}

static void
the_setting_is_read(void **state)
{
	(void)state;
	assert_null(setting("always [madvise] never\n"));
	assert_null(setting("[always] madvise never\n"));
	assert_null(setting(""));
	assert_non_null(strstr(setting("always madvise [never]\n"), "says never"));
	assert_string_equal(cs_huge_setting("/nonexistent/enabled"), "this kernel has none");
}

static void
a_process_without_them_knows(void **state)
{
	(void)state;
	if (cs_huge_setting("/sys/kernel/mm/transparent_hugepage/enabled")) {
		assert_non_null(cs_huge_refused());
		return;
	}
	assert_null(cs_huge_refused());
	assert_int_equal(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
	assert_string_equal(cs_huge_refused(), "they are switched off for this process");
	assert_int_equal(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_setting_is_read),
		cmocka_unit_test(a_process_without_them_knows),
	};
	return cmocka_run_group_tests_name("huge", tests, NULL, NULL);
}

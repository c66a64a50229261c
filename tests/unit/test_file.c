/*
 * Goal: a file that cannot be used is told with the operating system's own reason, and never with that of another call.
 * Method: paths that no rights help with (tests may run as root).
 */
#include "check.h"

#include "io/file.c"

static void
the_reason_is_told(void **state)
{
	(void)state;
	int descriptor = -1;
	struct cs_span bytes = {0};
	assert_int_equal(cs_file_open_read("/nonexistent/file", &descriptor), CS_E_OPEN);
	assert_string_equal(cs_file_error_text(CS_E_OPEN), "cannot be opened: No such file or directory");
	assert_int_equal(cs_file_open_write("/dev/null/file", &descriptor), CS_E_OPEN);
	assert_string_equal(cs_file_error_text(CS_E_OPEN), "cannot be opened: Not a directory");
	assert_int_equal(cs_file_open_append("/dev", &descriptor), CS_E_OPEN);
	assert_string_equal(cs_file_error_text(CS_E_OPEN), "cannot be opened: Is a directory");
	assert_int_equal(cs_file_read("/dev", 100, &bytes), CS_E_READ);
	assert_string_equal(cs_file_error_text(CS_E_READ), "cannot be read: Is a directory");
	assert_int_equal(cs_file_open_write("/dev/full", &descriptor), CS_OK);
	assert_int_equal(cs_file_write_all(descriptor, "x", 1), CS_E_WRITE);
	cs_file_close(descriptor);
	assert_string_equal(cs_file_error_text(CS_E_WRITE), "cannot be written: No space left on device");
}

static void
another_error_has_no_reason(void **state)
{
	(void)state;
	int descriptor = -1;
	assert_int_equal(cs_file_open_read("/nonexistent/file", &descriptor), CS_E_OPEN);
	assert_string_equal(cs_file_error_text(CS_E_READ), "cannot be read");
	assert_int_equal(cs_file_open_read("/dev/null", &descriptor), CS_OK);
	cs_file_close(descriptor);
	assert_string_equal(cs_file_error_text(CS_E_OPEN), "cannot be opened");
}

static void
only_a_regular_file_has_a_length(void **state)
{
	(void)state;
	int descriptor = -1;
	struct cs_span bytes = {0};
	assert_int_equal(cs_file_read("/proc/self/exe", (size_t)1 << 30, &bytes), CS_OK);
	assert_int_equal(cs_file_open_read("/proc/self/exe", &descriptor), CS_OK);
	assert_int_equal(cs_file_size(descriptor), bytes.len);
	cs_file_close(descriptor);
	cs_file_free(bytes);
	assert_int_equal(cs_file_open_read("/dev/null", &descriptor), CS_OK);
	assert_int_equal(cs_file_size(descriptor), 0);
	cs_file_close(descriptor);
	assert_int_equal(cs_file_size(-1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reason_is_told),
		cmocka_unit_test(another_error_has_no_reason),
		cmocka_unit_test(only_a_regular_file_has_a_length),
	};
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}

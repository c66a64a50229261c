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

static char folder[] = "/tmp/test-file-XXXXXX";

/* Lent until the fourth call behind. */
static const char *
in_folder(const char *name)
{
	static char room[4][4096];
	static unsigned next;
	char *out = room[next++ % 4];
	snprintf(out, sizeof room[0], "%s/%s", folder, name);
	return out;
}

static void
make_file(const char *name)
{
	int descriptor = -1;
	assert_int_equal(cs_file_open_write(in_folder(name), &descriptor), CS_OK);
	cs_file_close(descriptor);
}

static int
make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	make_file("a");
	make_file("b");
	bool made = mkdir(in_folder("sub"), 0700) == 0 && symlink(in_folder("a"), in_folder("soft")) == 0 &&
		    symlink(folder, in_folder("here")) == 0 && link(in_folder("a"), in_folder("hard")) == 0 &&
		    symlink("/nonexistent/file", in_folder("astray")) == 0 && mkfifo(in_folder("pipe"), 0600) == 0;
	return made ? 0 : -1;
}

static int
remove_folder(void **state)
{
	(void)state;
	static const char *const names[] = {"a", "b", "soft", "hard", "here", "astray", "pipe"};
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		(void)unlink(in_folder(names[i]));
	return rmdir(in_folder("sub")) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void
one_file_by_any_name(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"a", "a", true},
		{"a", "b", false}, /* of the same length and bytes */
		{"a", "./a", true},
		{"a", "sub/../a", true},
		{"a", "soft", true},
		{"soft", "hard", true},
		{"a", "here/a", true},
		{"b", "here/a", false},
		{"a", "new", false},
		{"new", "new", true}, /* not there yet */
		{"new", "here/new", true},
		{"new", "./sub/../new", true},
		{"new", "newer", false},
		{"new", "sub/new", false},
		{"none/new", "none/new", false}, /* in a folder that is not there no file will be */
		{"sub", "sub", false},           /* folders and pipes are no files that could be written over */
		{"pipe", "pipe", false},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool same = cs_file_same(in_folder(rows[i].a), in_folder(rows[i].b));
		bool turned = cs_file_same(in_folder(rows[i].b), in_folder(rows[i].a));
		if (same != rows[i].same || turned != rows[i].same)
			fail_msg("%s and %s: %d, turned %d", rows[i].a, rows[i].b, same, turned);
	}
	assert_false(cs_file_same("/dev/null", "/dev/null"));
}

static void
names_seen_from_here(void **state)
{
	(void)state;
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(before >= 0);
	assert_int_equal(chdir(folder), 0);
	assert_true(cs_file_same("a", in_folder("a")));
	assert_true(cs_file_same("new", in_folder("new")));
	assert_true(cs_file_same("new", "./new"));
	assert_false(cs_file_same("new", in_folder("sub/new")));
	assert_int_equal(fchdir(before), 0);
	cs_file_close(before);
}

static void
what_can_be_read_is_tried_without_waiting(void **state)
{
	(void)state;
	assert_int_equal(cs_file_try(in_folder("a")), CS_OK);
	assert_int_equal(cs_file_try(in_folder("soft")), CS_OK);
	assert_int_equal(cs_file_try(in_folder("pipe")), CS_OK);
	assert_int_equal(cs_file_try(in_folder("none")), CS_E_OPEN);
	assert_int_equal(cs_file_try(in_folder("astray")), CS_E_OPEN);
	assert_string_equal(cs_file_error_text(CS_E_OPEN), "cannot be opened: No such file or directory");
	assert_int_equal(cs_file_try(in_folder("sub")), CS_E_READ);
	assert_string_equal(cs_file_error_text(CS_E_READ), "cannot be read: Is a directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reason_is_told),
		cmocka_unit_test(another_error_has_no_reason),
		cmocka_unit_test(only_a_regular_file_has_a_length),
		cmocka_unit_test(one_file_by_any_name),
		cmocka_unit_test(names_seen_from_here),
		cmocka_unit_test(what_can_be_read_is_tried_without_waiting),
	};
	return cmocka_run_group_tests_name("file", tests, make_folder, remove_folder);
}

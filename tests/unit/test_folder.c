/*
 * Goal: files change folders whole and over no other; links and pipes are not read; what is written is there whole.
 * Method: a folder of the test's own.
 */
#include "check.h"

#include "io/folder.c"

#include "base/text.h"

static char folder[64];
static char listed[256];

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/countersign-folder-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", folder);
	return (system)(command);
}

static const char *
path(const char *name)
{
	static char at[4][128];
	static unsigned turn;
	turn = (turn + 1) % 4;
	snprintf(at[turn], sizeof at[turn], "%s/%s", folder, name);
	return at[turn];
}

static void
put(const char *name, const char *text)
{
	assert_int_equal(cs_folder_write(path(name), cs_span_text(text), CS_FOLDER_MODE_FILE), CS_OK);
}

static void
holds(const char *name, const char *text)
{
	struct cs_span bytes = {NULL, 0};
	struct cs_folder_about about;
	assert_int_equal(cs_folder_read(path(name), 1 << 20, &bytes, &about), CS_OK);
	assert_int_equal(bytes.len, strlen(text));
	assert_memory_equal(bytes.at, text, bytes.len);
	assert_int_equal(about.account, getuid());
	assert_int_equal(about.link_n, 1);
	cs_file_free(bytes);
}

static void
written_whole_or_over(void **state)
{
	(void)state;
	put("a", "one");
	holds("a", "one");
	put(".a.tmp", "left by a process that died");
	put("a", "");
	holds("a", "");
	assert_false(cs_folder_has(path(".a.tmp")));
}

static void
moved_over_no_other(void **state)
{
	(void)state;
	put("a", "one");
	put("b", "two");
	assert_int_equal(cs_folder_move(path("a"), path("b")), CS_E_RANGE);
	holds("a", "one");
	holds("b", "two");
	assert_int_equal(cs_folder_move(path("a"), path("c")), CS_OK);
	assert_int_equal(cs_folder_move(path("a"), path("d")), CS_E_OPEN);
	holds("c", "one");
}

static void
links_and_pipes_are_not_read(void **state)
{
	(void)state;
	struct cs_span bytes;
	put("secret", "x");
	assert_int_equal(symlink(path("secret"), path("link")), 0);
	assert_int_equal(mkfifo(path("pipe"), 0600), 0);
	assert_int_equal(cs_folder_read(path("link"), 100, &bytes, NULL), CS_E_UNSUPPORTED);
	assert_int_equal(cs_folder_read(path("pipe"), 100, &bytes, NULL), CS_E_UNSUPPORTED);
	assert_int_equal(cs_folder_read(folder, 100, &bytes, NULL), CS_E_UNSUPPORTED);
	assert_int_equal(cs_folder_read(path("none"), 100, &bytes, NULL), CS_E_OPEN);
	put("long", "12345");
	assert_int_equal(cs_folder_read(path("long"), 4, &bytes, NULL), CS_E_LIMIT);
}

static void
list(void *context, const struct cs_folder_entry *entry)
{
	struct cs_text *text = context;
	cs_text_put(text, entry->name);
	cs_text_put(text, entry->plain ? " " : "! ");
}

static uint64_t state_of_a;

static void
keep_state(void *context, const struct cs_folder_entry *entry)
{
	(void)context;
	if (strcmp(entry->name, "a") == 0)
		state_of_a = entry->state;
}

static void
listed_in_order_as_they_are(void **state)
{
	(void)state;
	struct cs_text text = cs_text_over(listed, sizeof listed);
	put("b", "1");
	put("a", "1");
	put(".hidden", "1");
	assert_int_equal(symlink(path("a"), path("c")), 0);
	assert_int_equal(cs_folder_make(path("d"), CS_FOLDER_MODE_DROP), CS_OK);
	assert_int_equal(cs_folder_make(path("d"), CS_FOLDER_MODE_DROP), CS_OK);
	assert_int_equal(cs_folder_list(folder, list, &text), CS_OK);
	assert_string_equal(listed, "a b c! d! ");
	assert_int_equal(cs_folder_list(folder, keep_state, NULL), CS_OK);
	uint64_t before = state_of_a;
	assert_int_equal(cs_folder_list(folder, keep_state, NULL), CS_OK);
	assert_int_equal(state_of_a, before);
	put("a", "2");
	assert_int_equal(cs_folder_list(folder, keep_state, NULL), CS_OK);
	assert_int_not_equal(state_of_a, before);
	assert_int_equal(cs_folder_list(path("none"), list, &text), CS_E_OPEN);
}

static void
folders_are_on_one_file_system_or_not(void **state)
{
	(void)state;
	bool same = false;
	assert_int_equal(cs_folder_make(path("d"), CS_FOLDER_MODE_OWN), CS_OK);
	assert_int_equal(cs_folder_same(folder, path("d"), &same), CS_OK);
	assert_true(same);
	assert_int_equal(cs_folder_same(folder, "/proc", &same), CS_OK);
	assert_false(same);
	put("a", "");
	assert_int_equal(cs_folder_same(folder, path("a"), &same), CS_E_OPEN);
	assert_int_equal(cs_folder_same(folder, path("none"), &same), CS_E_OPEN);
}

static void
who_watches_is_told(void **state)
{
	(void)state;
	const char *const folders[] = {folder};
	int descriptor = cs_folder_watch(folders, 1);
	char byte[4096];
	assert_true(descriptor >= 0);
	assert_true(read(descriptor, byte, sizeof byte) < 0);
	put("a", "x");
	assert_true(read(descriptor, byte, sizeof byte) > 0);
	put("b", "x");
	cs_folder_watched(descriptor);
	assert_true(read(descriptor, byte, sizeof byte) < 0);
	cs_file_close(descriptor);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(written_whole_or_over),
		TEST(moved_over_no_other),
		TEST(links_and_pipes_are_not_read),
		TEST(listed_in_order_as_they_are),
		TEST(folders_are_on_one_file_system_or_not),
		TEST(who_watches_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

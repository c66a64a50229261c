/*
 * Goal: a file is in one place at any time, taken only when whole, never through a link, never over another; what is in the
 * way of that is a stated error.
 * Method: folders of our own under /tmp, with all that may lie in them.
 */
#include "check.h"

#include "io/spool.c"

static char top[64];

static void
path_of(char *out, const char *name)
{
	struct cs_text text = cs_text_over(out, PATH_MAX);
	cs_text_put(&text, top);
	cs_text_put(&text, "/");
	cs_text_put(&text, name);
	assert_false(text.overflowed);
}

static void
lay(const char *name, const char *content)
{
	char path[PATH_MAX];
	int file = -1;
	path_of(path, name);
	assert_int_equal(cs_file_open_write(path, &file), CS_OK);
	assert_int_equal(cs_file_write_all(file, content, strlen(content)), CS_OK);
	cs_file_close(file);
}

static bool
holds(const char *name, const char *content)
{
	char path[PATH_MAX];
	struct cs_span span;
	path_of(path, name);
	if (cs_file_read(path, 4096, &span) != CS_OK)
		return false;
	bool same = cs_span_is(span, content);
	cs_file_free(span);
	return same;
}

static bool
is_there(const char *name)
{
	char path[PATH_MAX];
	path_of(path, name);
	return access(path, F_OK) == 0;
}

static int
set_up(void **state)
{
	(void)state;
	strncpy(top, "/tmp/cs-spool-XXXXXX", sizeof top);
	return mkdtemp(top) ? 0 : 1;
}

static int
sweep(const char *folder)
{
	char path[PATH_MAX];
	path_of(path, folder);
	DIR *dir = opendir(path);
	if (!dir)
		return 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		if (unlinkat(dirfd(dir), entry->d_name, 0) != 0 && entry->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	(void)closedir(dir);
	return rmdir(path);
}

static int
tear_down(void **state)
{
	(void)state;
	(void)sweep("taken");
	(void)sweep("archive");
	(void)sweep("quarantine");
	return sweep(".") && rmdir(top);
}

static struct cs_spool *
opened(void)
{
	struct cs_spool *spool = NULL;
	struct cs_spool_paths paths = {{top}};
	assert_int_equal(cs_spool_open(&paths, &spool), CS_OK);
	return spool;
}

static struct cs_spool_counts
look(struct cs_spool *spool)
{
	struct cs_spool_counts counts;
	assert_int_equal(cs_spool_look(spool, &counts), CS_OK);
	return counts;
}

static void
the_way_of_a_file(void **state)
{
	(void)state;
	char placed[CS_SPOOL_PLACED_BYTES];
	struct cs_spool *spool = opened();
	lay("b.csv", "two\n");
	lay("a.csv", "one\n");
	struct cs_spool_counts counts = look(spool);
	assert_int_equal(counts.ready, 0);
	assert_int_equal(counts.restless, 2);
	assert_int_equal(look(spool).ready, 2);
	assert_string_equal(cs_spool_file(spool, 0)->name, "a.csv");
	assert_string_equal(cs_spool_file(spool, 1)->name, "b.csv");
	assert_null(cs_spool_file(spool, 2));
	assert_int_equal(cs_spool_take(spool, "a.csv", placed), CS_OK);
	assert_string_equal(placed, "a.csv");
	assert_true(holds("taken/a.csv", "one\n"));
	assert_false(is_there("a.csv"));
	assert_int_equal(look(spool).ready, 1);
	assert_int_equal(cs_spool_finish(spool, "a.csv", CS_SPOOL_ARCHIVE, (struct cs_span){0}, placed), CS_OK);
	assert_true(holds("archive/a.csv", "one\n"));
	assert_false(is_there("taken/a.csv"));
	assert_int_equal(cs_spool_take(spool, "b.csv", placed), CS_OK);
	assert_int_equal(cs_spool_finish(spool, "b.csv", CS_SPOOL_QUARANTINE, cs_span_text("{}\n"), placed), CS_OK);
	assert_true(holds("quarantine/b.csv", "two\n"));
	assert_true(holds("quarantine/b.csv.reason.json", "{}\n"));
	assert_false(is_there("quarantine/.making"));
	cs_spool_close(spool);
}

static void
never_over_another(void **state)
{
	(void)state;
	static const char *const as[] = {"a.csv", "a.csv.1", "a.csv.2"};
	char placed[CS_SPOOL_PLACED_BYTES], path[PATH_MAX];
	struct cs_spool *spool = opened();
	for (unsigned i = 0; i < 3; i++) {
		lay("a.csv", as[i]);
		assert_int_equal(cs_spool_take(spool, "a.csv", placed), CS_OK);
		assert_string_equal(placed, "a.csv");
		assert_int_equal(cs_spool_finish(spool, "a.csv", CS_SPOOL_QUARANTINE, cs_span_text(as[i]), placed),
				 CS_OK);
		assert_string_equal(placed, as[i]);
	}
	assert_true(holds("quarantine/a.csv", "a.csv") && holds("quarantine/a.csv.2", "a.csv.2"));
	assert_true(holds("quarantine/a.csv.1.reason.json", "a.csv.1"));
	/* A file left in work, and another of its name. */
	lay("a.csv", "left");
	assert_int_equal(cs_spool_take(spool, "a.csv", placed), CS_OK);
	lay("a.csv", "new");
	assert_int_equal(cs_spool_take(spool, "a.csv", placed), CS_OK);
	assert_string_equal(placed, "a.csv.1");
	struct cs_spool_counts counts;
	assert_int_equal(cs_spool_left(spool, &counts), CS_OK);
	assert_int_equal(counts.ready, 2);
	assert_string_equal(cs_spool_file(spool, 1)->name, "a.csv.1");
	/* Neither does a move that the kernel cannot check: it was found free. */
	path_of(path, "taken/a.csv");
	assert_int_equal(move(spool->folder[CS_SPOOL_TAKEN], "a.csv", spool->folder[CS_SPOOL_TAKEN], "a.csv.1"),
			 CS_E_WRITE);
	assert_true(holds("taken/a.csv.1", "new"));
	cs_spool_close(spool);
}

static void
what_is_not_seen(void **state)
{
	(void)state;
	char path[PATH_MAX], target[PATH_MAX], name[256], placed[CS_SPOOL_PLACED_BYTES];
	struct cs_spool *spool = opened();
	lay(".hidden", "x");
	lay("a.tmp", "x");
	lay("a.part", "x");
	lay("a.csv.reason.json", "x");
	lay("a.tmp.csv", "x");
	path_of(path, "folder");
	assert_int_equal(mkdir(path, 0700), 0);
	path_of(path, "link");
	path_of(target, "a.tmp");
	assert_int_equal(symlink(target, path), 0);
	path_of(path, "pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	memset(name, 'n', sizeof name);
	name[CS_SPOOL_NAME_BYTES] = '\0';
	lay(name, "x");
	name[CS_SPOOL_NAME_BYTES - 1] = '\0';
	lay(name, "x");
	(void)look(spool);
	struct cs_spool_counts counts = look(spool);
	assert_int_equal(counts.ready, 3);
	assert_int_equal(counts.strange, 2);
	assert_string_equal(cs_spool_file(spool, 0)->name, "a.tmp.csv");
	assert_string_equal(cs_spool_file(spool, 1)->name, name);
	/* A name that is too long is taken under its beginning, which is in use by the other. */
	assert_int_equal(cs_spool_take(spool, name, placed), CS_OK);
	assert_string_equal(placed, name);
	assert_int_equal(cs_spool_take(spool, cs_spool_file(spool, 2)->name, placed), CS_OK);
	assert_int_equal(strncmp(placed, name, strlen(name)), 0);
	assert_string_equal(placed + strlen(name), ".1");
	/* Whoever makes a link of what was listed gains nothing. */
	assert_int_equal(cs_spool_take(spool, "link", placed), CS_E_UNSUPPORTED);
	assert_int_equal(cs_spool_take(spool, "pipe", placed), CS_E_UNSUPPORTED);
	int file = -1;
	assert_int_equal(cs_spool_read(spool, CS_SPOOL_IN, "link", &file), CS_E_UNSUPPORTED);
	assert_int_equal(cs_spool_read(spool, CS_SPOOL_IN, "pipe", &file), CS_E_UNSUPPORTED);
	assert_int_equal(file, -1);
	cs_spool_close(spool);
	assert_int_equal(unlink(path), 0);
}

static void
only_what_rests(void **state)
{
	(void)state;
	char from[PATH_MAX], to[PATH_MAX];
	struct cs_spool *spool = opened();
	lay("a.csv", "1");
	assert_int_equal(look(spool).ready, 0);
	lay("a.csv", "12");
	assert_int_equal(look(spool).ready, 0);
	lay("a.csv", "34"); /* as long, and another time */
	assert_int_equal(look(spool).ready, 0);
	lay("b.tmp", "34");
	path_of(from, "b.tmp");
	path_of(to, "a.csv");
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(look(spool).ready, 0);
	assert_int_equal(look(spool).ready, 1);
	cs_spool_close(spool);
}

static void
more_than_a_look_holds(void **state)
{
	(void)state;
	char name[32], placed[CS_SPOOL_PLACED_BYTES];
	struct cs_spool *spool = opened();
	for (unsigned i = CS_SPOOL_FILES_MAX + 2; i-- > 0;) {
		(void)snprintf(name, sizeof name, "%06u", i);
		lay(name, "");
	}
	(void)look(spool);
	struct cs_spool_counts counts = look(spool);
	assert_int_equal(counts.ready, CS_SPOOL_FILES_MAX);
	assert_int_equal(counts.beyond, 2);
	assert_string_equal(cs_spool_file(spool, 0)->name, "000000");
	assert_string_equal(cs_spool_file(spool, CS_SPOOL_FILES_MAX - 1)->name, "004095");
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(cs_spool_take(spool, i ? "000001" : "000000", placed), CS_OK);
	(void)look(spool);
	counts = look(spool);
	assert_int_equal(counts.beyond, 0);
	assert_string_equal(cs_spool_file(spool, CS_SPOOL_FILES_MAX - 1)->name, "004097");
	cs_spool_close(spool);
}

static void
add_name(void *context, const char *name)
{
	struct cs_text *text = context;
	cs_text_put(text, name);
	cs_text_put(text, " ");
}

static void
names_alone(void **state)
{
	(void)state;
	char said[256], path[PATH_MAX];
	struct cs_text text = cs_text_over(said, sizeof said);
	lay("b", "");
	lay("c.tmp", "");
	lay("a", "");
	path_of(path, "a");
	assert_true(cs_spool_is_folder(top));
	assert_false(cs_spool_is_folder(path));
	assert_int_equal(cs_spool_names(top, add_name, &text), CS_OK);
	assert_string_equal(said, "a b ");
	assert_int_equal(cs_spool_names(path, add_name, &text), CS_E_OPEN);
	assert_false(is_there("taken"));
}

static void
stated_errors(void **state)
{
	(void)state;
	char placed[CS_SPOOL_PLACED_BYTES], path[PATH_MAX];
	struct cs_spool *spool = opened(), *other = NULL;
	struct cs_spool_paths paths = {{top}}, nowhere = {{"/tmp/cs-spool-nowhere"}};
	assert_int_equal(cs_spool_open(&paths, &other), CS_E_PERMISSION);
	assert_int_equal(cs_spool_open(&nowhere, &other), CS_E_OPEN);
	assert_int_equal(cs_spool_take(spool, "gone.csv", placed), CS_E_OPEN);
	assert_int_equal(cs_spool_finish(spool, "gone.csv", CS_SPOOL_ARCHIVE, (struct cs_span){0}, placed), CS_E_OPEN);
	int file = -1;
	assert_int_equal(cs_spool_read(spool, CS_SPOOL_TAKEN, "gone.csv", &file), CS_E_OPEN);
	/* Another file system. */
	if (access("/dev/shm", W_OK) == 0) {
		strncpy(path, "/dev/shm/cs-spool-XXXXXX", sizeof path);
		assert_non_null(mkdtemp(path));
		struct cs_spool *far = NULL;
		paths.at[CS_SPOOL_TAKEN] = path;
		lay("a.csv", "x");
		assert_int_equal(cs_spool_open(&paths, &far), CS_OK);
		enum cs_error error = cs_spool_take(far, "a.csv", placed);
		assert_true(error == CS_E_UNSUPPORTED || error == CS_OK); /* or /tmp is the same one */
		(void)unlinkat(far->folder[CS_SPOOL_TAKEN], "a.csv", 0);
		cs_spool_close(far);
		(void)rmdir(path);
	}
	cs_spool_close(spool);
}

static void
a_full_disk(void **state)
{
	(void)state;
	struct cs_spool *spool = opened();
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(full >= 0);
	assert_int_equal(write_all(full, cs_span_text("x")), CS_E_WRITE);
	assert_int_equal(failure(CS_E_WRITE), CS_E_LIMIT);
	(void)close(full);
	lay("taken/.making", "left by a crash");
	assert_int_equal(cs_spool_put(spool, CS_SPOOL_TAKEN, "note", cs_span_text("one")), CS_OK);
	assert_int_equal(cs_spool_put(spool, CS_SPOOL_TAKEN, "note", cs_span_text("two")), CS_OK);
	assert_true(holds("taken/note", "two"));
	assert_int_equal(cs_spool_append(spool, CS_SPOOL_TAKEN, "note", cs_span_text(", three")), CS_OK);
	assert_true(holds("taken/note", "two, three"));
	assert_int_equal(cs_spool_remove(spool, CS_SPOOL_TAKEN, "note"), CS_OK);
	assert_int_equal(cs_spool_remove(spool, CS_SPOOL_TAKEN, "note"), CS_OK);
	assert_int_equal(cs_spool_append(spool, CS_SPOOL_TAKEN, "note", cs_span_text("four")), CS_OK);
	assert_true(holds("taken/note", "four"));
	assert_false(is_there("taken/.making"));
	cs_spool_close(spool);
}

static void
what_a_file_holds(void **state)
{
	(void)state;
	int file = -1;
	struct cs_digest got;
	uint64_t size = 0;
	struct cs_hasher *hasher = cs_hasher_new();
	struct cs_spool *spool = opened();
	lay("a.csv", "one\n");
	struct cs_digest want = cs_digest_of(hasher, cs_span_text("one\n"));
	assert_int_equal(cs_spool_read(spool, CS_SPOOL_IN, "a.csv", &file), CS_OK);
	assert_int_equal(cs_spool_digest(file, &got, &size), CS_OK);
	assert_true(cs_digest_same(&got, &want));
	assert_int_equal(size, 4);
	char first = 0;
	assert_int_equal(read(file, &first, 1), 1);
	assert_int_equal(first, 'o');
	cs_file_close(file);
	cs_hasher_free(hasher);
	cs_spool_close(spool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_way_of_a_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(never_over_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_seen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_what_rests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_than_a_look_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stated_errors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_full_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_a_file_holds, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

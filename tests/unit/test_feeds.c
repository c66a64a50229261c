/*
 * Goal: files of records come as one, by time; each keeps its order, equal times come in the order of the files; what
 * cannot be read is told by file and line, and counted.
 * Method: small files in a folder of their own.
 */
#include "check.h"

#include "engine/feeds.c"

#include <unistd.h>

static const struct cs_row_column columns[] = {
	{.name = "id", .what = CS_ROW_TEXT, .field = CS_FIELD_RRN},
	{.name = "t", .what = CS_ROW_TIME, .clock = CS_ROW_SECONDS},
};
static const struct cs_row_plan plan = {.separator = ',', .column_n = 2, .column = columns};

static char folder[64];
static char heard[4096];

static void
hear(void *context, const char *words)
{
	(void)context;
	const char *name = strrchr(words, '/');
	strncat(heard, name ? name + 1 : words, sizeof heard - strlen(heard) - 1);
	strncat(heard, "\n", sizeof heard - strlen(heard) - 1);
}

static const char *
make_file(const char *name, const char *text)
{
	static char paths[8][128];
	static unsigned n;
	char *path = paths[n++ % 8];
	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* The ids in the order in which they come, with the source of each; errors as "!". */
static const char *
read_all(struct cs_feeds *feeds)
{
	static char said[4096];
	struct cs_text text = cs_text_over(said, sizeof said);
	for (;;) {
		struct cs_event *event = NULL;
		uint16_t source = 0;
		if (cs_feeds_first(feeds, &event, &source) != CS_OK) {
			cs_text_put(&text, "!");
			cs_text_put_u64(&text, source);
			cs_text_put(&text, " ");
			continue;
		}
		if (!event)
			return said;
		cs_text_put_span(&text, cs_event_text(event, CS_FIELD_RRN));
		cs_text_put(&text, "@");
		cs_text_put_u64(&text, event->origin.source);
		cs_text_put(&text, " ");
		cs_feeds_take(feeds);
	}
}

static struct cs_feeds *
begin(void)
{
	heard[0] = '\0';
	struct cs_feeds *feeds = cs_feeds_new((struct cs_feeds_hearer){hear, NULL, NULL});
	assert_non_null(feeds);
	return feeds;
}

static void
test_order(void **state)
{
	(void)state;
	struct cs_feeds *feeds = begin();
	assert_int_equal(cs_feeds_open(feeds, make_file("a", "id,t\na1,5\na2,5\na3,9\na4,7\na5,20\n"), &plan, 4),
			 CS_OK);
	assert_int_equal(cs_feeds_open(feeds, make_file("b", "id,t\nb1,5\nb2,8\nb3,20\n"), &plan, 5), CS_OK);
	assert_string_equal(read_all(feeds), "a1@4 a2@4 b1@5 b2@5 a3@4 a4@4 a5@4 b3@5 ");
	struct cs_feeds_counts counts = cs_feeds_counts_of(feeds);
	assert_int_equal(counts.record_n, 8);
	assert_int_equal(counts.backwards_n, 1);
	assert_int_equal(counts.done_bytes, counts.all_bytes);
	assert_string_equal(heard, "");
	cs_feeds_free(feeds);
}

static void
test_faults(void **state)
{
	(void)state;
	struct cs_feeds *feeds = begin();
	assert_int_equal(cs_feeds_open(feeds, make_file("a", "id,t\na1,1\na2,x\na3\na4,2\n"), &plan, 0), CS_OK);
	assert_int_equal(cs_feeds_open(feeds, make_file("b", "id,when\nb1,1\n"), &plan, 1), CS_OK);
	assert_string_equal(read_all(feeds), "!1 a1@0 a4@0 ");
	assert_int_equal(cs_feeds_counts_of(feeds).fault_n, 2);
	assert_string_equal(heard, "b:1: t: the header line has no such column; it has id, when\n"
				   "a:3: t: \"x\" is no number of seconds; write 1522540831, with decimals behind a "
				   "point if need be\n"
				   "a:4: the row has fewer cells than the header line\n");
	assert_int_equal(cs_feeds_open(feeds, "/nowhere/at/all", &plan, 2), CS_E_OPEN);
	assert_string_equal(read_all(feeds), "");
	cs_feeds_free(feeds);
	cs_feeds_free(NULL);
}

/* "a:2-5 x1 ": so many rows of a source between these seconds. */
static void
hear_skipped(void *context, uint16_t source, const uint64_t between_ns[2], uint64_t n)
{
	char *skipped = context;
	size_t len = strlen(skipped);
	char to[16] = "open";
	if (between_ns[1] != CS_FEEDS_OPEN)
		snprintf(to, sizeof to, "%u", (unsigned)(between_ns[1] / 1000000000));
	snprintf(skipped + len, 256 - len, "%u:%u-%s x%u ", source, (unsigned)(between_ns[0] / 1000000000), to,
		 (unsigned)n);
}

/* Where rows are missing is told before anything behind them is lent, at the end of a file too. */
static void
test_skipped(void **state)
{
	(void)state;
	char skipped[256] = "";
	struct cs_feeds *feeds = begin();
	cs_feeds_skipper_set(feeds, (struct cs_feeds_skipper){hear_skipped, skipped});
	assert_int_equal(cs_feeds_open(feeds, make_file("a", "id,t\na1,1\na2,x\na3\na4,5\na5,9\na6,x\n"), &plan, 3),
			 CS_OK);
	assert_int_equal(cs_feeds_open(feeds, make_file("b", "id,t\nb1,y\nb2,4\n"), &plan, 4), CS_OK);
	struct cs_event *event = NULL;
	uint16_t source = 0;
	assert_int_equal(cs_feeds_first(feeds, &event, &source), CS_OK);
	assert_string_equal(skipped, "4:0-4 x1 ");
	cs_feeds_take(feeds);
	assert_int_equal(cs_feeds_first(feeds, &event, &source), CS_OK);
	assert_string_equal(skipped, "4:0-4 x1 3:1-5 x2 ");
	assert_string_equal(read_all(feeds), "b2@4 a4@3 a5@3 ");
	assert_string_equal(skipped, "4:0-4 x1 3:1-5 x2 3:9-open x1 ");
	cs_feeds_free(feeds);
}

/* Files one behind the other are one: order, what is missing between them, and which file each row is of. */
static void
test_files(void **state)
{
	(void)state;
	char skipped[256] = "";
	const char *path[] = {make_file("a", "id,t\na1,1\na2,x\n"), make_file("b", "id,when\nb1,1\n"),
			      "/nowhere/at/all", make_file("long", "id,t\nc1,y\nc2,6\nc3,z\n")};
	struct cs_feeds *feeds = begin();
	cs_feeds_skipper_set(feeds, (struct cs_feeds_skipper){hear_skipped, skipped});
	assert_int_equal(cs_feeds_open_files(feeds, &(struct cs_feed_files){path, 4, 7}, &plan), CS_OK);
	struct cs_event *event = NULL;
	uint16_t source = 0;
	assert_int_equal(cs_feeds_first(feeds, &event, &source), CS_OK);
	assert_true(event->origin.offset != 0 && cs_feeds_is_open(feeds, 7));
	assert_string_equal(read_all(feeds), "a1@7 !7 !7 c2@7 ");
	assert_string_equal(skipped, "7:1-6 x4 7:6-open x1 ");
	assert_false(cs_feeds_is_open(feeds, 7));
	cs_feeds_free(feeds);
}

/* A place serves one file after the other. */
static void
test_places(void **state)
{
	(void)state;
	struct cs_feeds *feeds = begin();
	for (unsigned i = 0; i < 3 * CS_FEEDS_MAX; i++) {
		struct cs_feed_file file = {"a", -1, 77, 9};
		assert_int_equal(cs_file_open_read(make_file("a", "id,t\na1,1\na2,2\n"), &file.descriptor), CS_OK);
		assert_int_equal(cs_feeds_add(feeds, &file, &plan), CS_OK);
		assert_true(cs_feeds_is_open(feeds, 9));
		struct cs_event *event = NULL;
		uint16_t source = 0;
		assert_int_equal(cs_feeds_first(feeds, &event, &source), CS_OK);
		assert_int_equal(event->origin.offset, 77);
		if (i % 2) /* in the midst of it */
			assert_string_equal(read_all(feeds), "a1@9 a2@9 ");
		assert_int_equal(cs_feeds_is_open(feeds, 9), i % 2 == 0);
		cs_feeds_close(feeds, 9);
		assert_string_equal(read_all(feeds), "");
	}
	cs_feeds_free(feeds);
}

/* More than a buffer holds. */
static void
test_long_file(void **state)
{
	(void)state;
	enum { ROWS = 200000 };
	struct cs_feeds *feeds = begin();
	const char *path = make_file("long", "id,t\n");
	FILE *file = fopen(path, "a");
	assert_non_null(file);
	for (unsigned i = 0; i < ROWS; i++)
		fprintf(file, "row%u,%u\n", i, i);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(cs_feeds_open(feeds, path, &plan, 0), CS_OK);
	for (unsigned i = 0; i < ROWS; i++) {
		struct cs_event *event = NULL;
		uint16_t source = 0;
		assert_int_equal(cs_feeds_first(feeds, &event, &source), CS_OK);
		assert_non_null(event);
		assert_int_equal(event->origin.time_ns, i * UINT64_C(1000000000));
		assert_int_equal(event->origin.packet, i + 2);
		cs_feeds_take(feeds);
	}
	assert_string_equal(read_all(feeds), "");
	cs_feeds_free(feeds);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order), cmocka_unit_test(test_faults), cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_files), cmocka_unit_test(test_places), cmocka_unit_test(test_long_file),
	};
	snprintf(folder, sizeof folder, "/tmp/countersign-feeds-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	static const char *const names[] = {"a", "b", "long"};
	for (unsigned i = 0; i < 3; i++)
		(void)unlink(make_file(names[i], ""));
	(void)rmdir(folder);
	return failed;
}

/*
 * Goal: a file that lost more rows than it may at once is refused and told, and what was in force stays; places, too, may be too
 * old; history is read whatever files held before.
 * Method: files that lose and repeat rows, read hour by hour.
 */
#include "tables.h"

/* --- files that lose rows --- */

static void
use_policy(const char *text)
{
	struct cs_complaints complaints = {0};
	cs_arena_fini(&s.arena);
	assert_int_equal(cs_arena_init(&s.arena, 8 << 20), CS_OK);
	if (cs_policy_read(cs_span_text(text), s.policy_path, &s.arena, &s.policy, &complaints) != CS_OK)
		fail_msg("%s", complaints.at[0].text);
}

/* Terminals T1 to TN, and the last one REPEATS times more. */
static void
make_many(unsigned n, unsigned repeats)
{
	char text[4096];
	size_t len = (size_t)snprintf(text, sizeof text, "term\n");
	for (unsigned i = 1; i <= n + repeats; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "T%u\n", i < n ? i : n);
	assert_true(len < sizeof text);
	make_file("many.csv", text);
	set_changed("many.csv", NOW);
}

#define MANY(more)                                                                                                     \
	"record tx { source csv time from \"t\" seconds terminal from \"term\" amount from \"amt\" major EUR }\n"      \
	"money EUR\n"                                                                                                  \
	"list many { of terminal source \"many.csv\" key \"term\" verdict hold hard refresh 1h stale 365d " more       \
	" entries 64 }\n"

static void
what_lost_too_many_rows_at_once_is_refused(void **state)
{
	(void)state;
	static const char words[] =
		"many.csv: it holds 39 keys, and 50 are in force: it lost more than `shrink` allows, and is "
		"refused; what was read before stays in force\n";
	use_policy(MANY("shrink 20%"));
	make_many(50, 0);
	start(true);
	assert_string_equal(said_at(NOW), "");
	make_many(39, 20); /* rows that are there again are no keys */
	assert_string_equal(said_at(NOW + HOUR), words);
	assert_non_null(strstr(s.heard, "list.many: it holds 39 keys"));
	assert_non_null(strstr(spent(HONEST, "T50", NOW), "is on list many"));
	/* Once a day, unless it is another file. */
	assert_string_equal(said_at(NOW + 2 * HOUR), "");
	make_many(38, 0);
	assert_non_null(strstr(said_at(NOW + 3 * HOUR), "it holds 38 keys, and 50 are in force"));
	assert_string_equal(said_at(NOW + 4 * HOUR), "");
	assert_non_null(strstr(said_at(NOW + 28 * HOUR), "it holds 38 keys"));
	/* A fifth is no more than a fifth. */
	make_many(40, 0);
	assert_string_equal(said_at(NOW + 30 * HOUR), "");
	assert_string_equal(spent(HONEST, "T50", NOW), "");
	assert_non_null(strstr(spent(HONEST, "T40", NOW), "is on list many"));
}

static void
few_rows_may_go_whatever_their_share(void **state)
{
	(void)state;
	use_policy(MANY("shrink 1%"));
	make_many(12, 0);
	start(true);
	assert_string_equal(said_at(NOW), "");
	make_many(3, 0);
	assert_string_equal(said_at(NOW + HOUR), "");
	assert_string_equal(spent(HONEST, "T12", NOW), "");
	/* And what does not fit was never in force. */
	make_many(100, 0);
	assert_non_null(strstr(said_at(NOW + 2 * HOUR), "have no room"));
	make_many(64, 0);
	assert_string_equal(said_at(NOW + 3 * HOUR), "");
	assert_non_null(strstr(spent(HONEST, "T64", NOW), "is on list many"));
}

static void
half_is_the_most_when_nothing_is_said(void **state)
{
	(void)state;
	use_policy(MANY(""));
	make_many(60, 0);
	start(true);
	assert_string_equal(said_at(NOW), "");
	make_many(29, 0);
	assert_non_null(strstr(said_at(NOW + HOUR), "it holds 29 keys, and 60 are in force"));
	make_many(30, 0);
	assert_string_equal(said_at(NOW + 2 * HOUR), "");
}

/* History is read with the files of now, whatever they held before. */
static void
history_refuses_nothing(void **state)
{
	(void)state;
	use_policy(MANY("shrink 1%"));
	make_many(50, 0);
	start(false);
	assert_string_equal(said_at(NOW), "");
	make_many(1, 0);
	s.tables->table[0].next_ns = 0;
	assert_string_equal(said_at(NOW), "");
	assert_string_equal(spent(HONEST, "T50", NOW), "");
}

static void
places_can_be_too_old(void **state)
{
	(void)state;
	use_policy(
		"record tx { source csv time from \"t\" seconds card from \"pan\" terminal from \"term\" }\n"
		"places atm { of terminal source \"atms.csv\" key \"id\" latitude \"lat\" longitude \"lon\" stale 3d "
		"entries 4 }\n"
		"profile card by card { of record on tx was = last(terminal) }\n"
		"rule far { of record on tx when distance(terminal, card.was) > 5000 then hold high }\n");
	set_changed("atms.csv", NOW);
	start(true);
	assert_string_equal(said_at(NOW), "");
	assert_string_equal(said_at(NOW + 71 * HOUR), "");
	assert_non_null(
		strstr(said_at(NOW + 84 * HOUR),
		       "atms.csv: it was changed 84 h ago, which is more than `stale` allows; it stays in force"));
	assert_non_null(strstr(s.heard, "places.atm: it was changed"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_lost_too_many_rows_at_once_is_refused),
		TEST(few_rows_may_go_whatever_their_share),
		TEST(half_is_the_most_when_nothing_is_said),
		TEST(history_refuses_nothing),
		TEST(places_can_be_too_old),
	};
	return cmocka_run_group_tests_name("shrink", tests, NULL, NULL);
}

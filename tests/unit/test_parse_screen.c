/*
 * Goal: a screen is kept as written, with its defaults; its lists and columns are found; what cannot work is refused by name.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_screen.c"

#include "policy_text.h"

#define PAY  "record pay { source csv time from \"T\" id from \"R\" field kind text from \"K\" }\n"
#define OWN  "list own { source \"o.csv\" format csv } list un { source \"u.xml\" format un refresh 1h shrink 20% }\n"
#define BASE PAY OWN
#define REST " against own otherwise hold critical without hold high }"

static const struct complaint_row rows[] = {
	{BASE "screen s { of record on pay\n}",
	 "p:3:8: screen s lacks \"against\"; write: against ofac, un\n"
	 "p:3:8: screen s lacks \"otherwise\"; write: otherwise hold critical\n"
	 "p:3:8: screen s lacks \"without\"; write: without hold high\n"
	 "p:3:8: screen s looks at nothing; write: names of \"PAYEE\", \"PAYER\"\n"},
	{BASE "screen s { names of \"P\"" REST,
	 "p:3:8: screen s lacks \"of\"; write: of record on payments where kind = \"payment\"\n"},
	{BASE "screen s { of record on pay names \"P\"" REST,
	 "p:3:35: expected \"of\", found the text \"P\"; write: names of \"PAYEE\", \"PAYER\"\n"},
	{BASE "screen s { of record on pay names of payee" REST,
	 "p:3:38: expected the name of a column between \" and \", found \"payee\"; write: names of \"PAYEE\", "
	 "\"PAYER\"\n"},
	{BASE "screen s { of record on pay names of \"P\" against onw otherwise hold high without hold high }",
	 "p:3:50: no watch list is called \"onw\"; did you mean \"own\"?\n"},
	{PAY "list hot { of kind holds \"x\" }\nscreen s { of record on pay names of \"P\" against hot otherwise hold "
	     "high without hold high }",
	 "p:3:50: hot is a list of keys, and names are held against watch lists; write: list ofac { source "
	 "\"sdn.csv\" format ofac stale 48h }\n"},
	{PAY "screen s { of record on pay names of \"P\" against own otherwise hold high without hold high }",
	 "p:2:50: there is no watch list own; write: list ofac { source \"sdn.csv\" format ofac stale 48h }\n"},
	{BASE "screen s { of record on pay names of \"P\" line 1000" REST,
	 "p:3:47: 1000 cannot be a score; write one from 1 to 999\n"},
	{BASE "screen s { of record on pay names of \"P\" against own otherwise hodl high without hold high }",
	 "p:3:64: no verdict is called \"hodl\"; did you mean \"hold\"?\n"},
	{BASE "screen s { of record on pay names of \"P\" against own otherwise hold high without tell }",
	 "p:3:82: no verdict is called \"tell\"; write one of allow, hold, block\n"},
	{BASE "screen s { of record on pay names of \"P\"" REST "\nscreen s { of record on pay names of \"P\"" REST,
	 "p:4:8: there are two screens s; give one another name\n"},
	{LINKS OWN "screen s { of card.request on visa names of \"43\" characters 9..8" REST,
	 "p:4:50: these positions hold nothing; write: names of \"43\" characters 1..22\n"},
	{LINKS OWN "screen s { of card.request on visa names of \"2\", \"35\", \"43\", \"143\", \"4 3\", \"42.1\"" REST,
	 "p:4:45: of messages of a link a screen reads 32, 33, 41, 42, 43, 100, 102, 103 and 104 alone; write: names "
	 "of "
	 "\"43\" characters 1..22\n"
	 "p:4:50: of messages of a link a screen reads 32, 33, 41, 42, 43, 100, 102, 103 and 104 alone; write: names "
	 "of "
	 "\"43\" characters 1..22\n"
	 "p:4:62: of messages of a link a screen reads 32, 33, 41, 42, 43, 100, 102, 103 and 104 alone; write: names "
	 "of "
	 "\"43\" characters 1..22\n"
	 "p:4:69: of messages of a link a screen reads 32, 33, 41, 42, 43, 100, 102, 103 and 104 alone; write: names "
	 "of "
	 "\"43\" characters 1..22\n"},
	{LINKS OWN "screen s { of record on visa names of \"43\"" REST,
	 "p:4:15: visa is a link; write: card.request on visa\n"},
	{BASE "screen s { of record on pay names of \"P\" characters 1..5" REST,
	 "p:3:38: a column is read whole, and characters are for data elements of a link; leave them out\n"},
	{BASE "screen s { of card.request on pay names of \"P\"" REST,
	 "p:3:15: pay is a record; write: record on pay\n"},
	{BASE
	 "screen s { of record on pay names of \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\", \"10\", "
	 "\"11\", \"12\", \"13\", \"14\", \"15\", \"16\", \"17\"" REST,
	 "p:3:125: a screen looks at 16 columns at most; make it two screens\n"},
	{BASE "screen s { of record on pay names of \"P\" againts own" REST,
	 "p:3:42: no clause of \"screen\" is called \"againts\"; did you mean \"against\"?\n"
	 "p:3:54: \"against\" stands twice in this block; keep one of the two\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
a_screen_is_kept_as_written(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(
		BASE "screen s \"title\" { of record on pay where kind = \"x\" names of \"P\", \"Q\" text of \"F\"\n"
		     "identifiers of \"A\" against un, own line 620 otherwise block critical\n"
		     "without allow low decisions \"d.jsonl\" }\n"
		     "screen t { of record on pay names of \"Q\" against un otherwise hold high without hold low }");
	const struct cs_screen_clause *screen = &policy->screen[0];
	assert_int_equal(policy->screen_n, 2);
	assert_string_equal(screen->name, "s");
	assert_string_equal(screen->title, "title");
	assert_int_equal(screen->of_n, 1);
	assert_int_equal(screen->cell_n, 4);
	static const uint8_t hows[] = {CS_SCREEN_NAMES, CS_SCREEN_NAMES, CS_SCREEN_TEXT, CS_SCREEN_IDENTIFIERS};
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(screen->cell[i].how, hows[i]);
	assert_int_equal(screen->lists, 3);
	assert_int_equal(screen->line, 620);
	assert_int_equal(screen->otherwise.verdict, CS_VERDICT_BLOCK);
	assert_int_equal(screen->without.verdict, CS_VERDICT_ALLOW);
	assert_string_equal(screen->decisions, "d.jsonl");
	assert_int_equal(policy->screen[1].line, 500);
	assert_int_equal(policy->screen[1].lists, 2);
	assert_null(policy->screen[1].decisions);
	assert_int_equal(policy->watched[1].refresh_ns, UINT64_C(3600000000000));
	assert_int_equal(policy->watched[1].shrink_ppm, 200000);
}

static void
what_two_screens_read_is_one_column_behind_the_others(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(BASE "screen s { of record on pay names of \"P\", \"Q\"" REST
						       "\nscreen t { of record on pay names of \"Q\", \"Z\"" REST);
	const struct cs_row_clause *row = policy->link[0].row;
	assert_int_equal(row->column_n, 6);
	for (unsigned i = 3; i < 6; i++) {
		assert_int_equal(row->column[i].what, CS_COLUMN_CELL);
		assert_int_equal(row->column[i].field, CS_FIELD_N);
	}
	assert_int_equal(policy->screen[0].column[0][1], policy->screen[1].column[0][0]);
	assert_string_equal(row->column[policy->screen[1].column[0][1]].column, "Z");
}

static void
data_elements_are_read_of_links(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(LINKS OWN "screen s { of card.request on visa where approved names "
							    "of \"43\" characters 1..22 identifiers of \"32\"" REST);
	assert_string_equal(policy->screen[0].cell[0].name, "43");
	assert_int_equal(policy->screen[0].cell[0].first, 1);
	assert_int_equal(policy->screen[0].cell[0].last, 22);
	assert_int_equal(policy->screen[0].cell[1].first, 0);
	assert_null(policy->link[0].row);
}

/* TEXT, which has faults, read for its limits. */
static enum cs_error
read_limits(const char *text, const struct cs_policy **policy)
{
	assert_int_equal(compile(text, strlen(text), policy), CS_E_SYNTAX);
	cs_arena_reset(&arena);
	return cs_policy_read_limits(cs_span_text(text), "p", &arena, policy, &complaints);
}

/* Where only limits are wanted names are held against watch lists all the same. */
static void
limits_and_screens_stand_alone(void **state)
{
	(void)state;
	const struct cs_policy *policy = NULL;
	assert_int_equal(
		read_limits(BASE "screen s { of record on pay names of \"P\"" REST "\nrule r { when }", &policy),
		CS_OK);
	assert_true(policy->limits_only && policy->screen_n == 1 && policy->watched_n == 2);
	assert_string_equal(policy->screen[0].cell[0].name, "P");
	assert_int_equal(policy->screen[0].lists, 1);
	assert_int_equal(
		read_limits(BASE "list keys { of nothing }\nscreen s { of record on pay names of \"P\"" REST, &policy),
		CS_OK);
	assert_true(policy->screen_n == 1 && policy->watched_n == 2);
}

/* Their own faults are none that can be spared: nobody's names would be searched. */
static void
a_broken_screen_is_refused_even_so(void **state)
{
	(void)state;
	const struct cs_policy *policy = NULL;
	static const char *const texts[] = {
		BASE
		"screen s { of record on pay names of \"P\" against nobody otherwise hold high without hold high }",
		BASE "screen s { of record on pay naems of \"P\"" REST,
		BASE "list more { source \"m.csv\" format csv stael 3d }",
		BASE "list more { source \"m.csv\" fromat csv }\nscreen s { of record on pay names of \"P\" against "
		     "more otherwise "
		     "hold high without hold high }",
	};
	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(read_limits(texts[i], &policy), CS_E_SYNTAX);
		assert_true(complaints.n > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(a_screen_is_kept_as_written),
		cmocka_unit_test(what_two_screens_read_is_one_column_behind_the_others),
		cmocka_unit_test(data_elements_are_read_of_links),
		cmocka_unit_test(limits_and_screens_stand_alone),
		cmocka_unit_test(a_broken_screen_is_refused_even_so),
	};
	return cmocka_run_group_tests_name("parse_screen", tests, NULL, NULL);
}

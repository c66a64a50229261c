/*
 * Goal: lists and tables of places are kept as written.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_list.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "list l {\n}",
	 "p:3:6: list l lacks \"of\"; write: of card\n"
	 "p:3:6: list l is empty; write: holds \"6011\", \"4829\" until 2027-06-30 because \"under watch\"\n"},
	{LINKS "list l { of terminal }",
	 "p:3:6: list l is empty; write: holds \"6011\", \"4829\" until 2027-06-30 because \"under watch\"\n"},
	{LINKS "list l { of amount holds \"5\" }", "p:3:13: amount is no field to look up; write: of card\n"},
	{LINKS "list l { of termnal holds \"5\" }",
	 "p:3:13: no field is called \"termnal\"; did you mean \"terminal\"?\n"},
	{"record r { source csv time from \"t\" amount from \"a\" minor EUR field k text from \"k\" }\n"
	 "list l { of k holds \"A\" }\nrule q { when rrn in l then hold high }",
	 "p:3:22: l lists values of k; write: k in l\n"},
	{"record r { source csv time from \"t\" amount from \"a\" minor EUR field k text from \"k\" }\n"
	 "list l { of kk holds \"A\" }",
	 "p:2:13: no field is called \"kk\"; did you mean \"k\"?\n"},
	{LINKS "list l { of terminal holds 5 }", "p:3:28: expected a key between \" and \", found \"5\"; write: holds "
						 "\"6011\", \"4829\" until 2027-06-30 because \"under watch\"\n"},
	{LINKS "list l { of terminal holds \"12345678901234567\" }",
	 "p:3:28: \"12345678901234567\" is longer than the 16 characters a field keeps; write fewer\n"},
	{LINKS "list l { of terminal holds \"caf\303\251\" }",
	 "p:3:28: \"caf\303\251\" is not plain ASCII, and no such field is; write it without accents\n"},
	{LINKS "list l { of card holds \"4000\" }",
	 "p:3:24: a card stands here as its token; write tok_ and 32 digits, as alerts do\n"},
	{LINKS "list l { of terminal holds \"T1\" until 2027 }",
	 "p:3:39: expected the last day it is in force, found \"2027\"; write: holds \"6011\", \"4829\" until "
	 "2027-06-30 because \"under watch\"\n"},
	{LINKS "list l { of terminal holds \"T1\" because x }",
	 "p:3:41: expected a reason between \" and \", found \"x\"; write: holds \"6011\", \"4829\" until 2027-06-30 "
	 "because \"under watch\"\n"},
	{LINKS "list l { of terminal holds \"T1\" verdict stop }",
	 "p:3:41: no verdict is called \"stop\"; write allow, hold or block\n"},
	{LINKS "list l { of terminal source \"l.csv\" }",
	 "p:3:6: list l does not say which column has its keys; write: source \"hot.csv\" key \"CARD\"\n"},
	{LINKS "list l { of terminal source \"l.csv\" format ofac key \"k\" }",
	 "p:3:6: \"of\" is for lists of keys, and this is a watch list, of names; write: source \"sdn.csv\" format "
	 "ofac "
	 "stale 48h\n"},
	{LINKS "list l { of terminal source \"l.csv\" key \"k\" map \"name=N\" }",
	 "p:3:6: \"of\" is for lists of keys, and this is a watch list, of names; write: source \"sdn.csv\" format "
	 "ofac "
	 "stale 48h\n"},
	{LINKS "list l { of terminal source \"l.csv\", \"m.csv\" key \"k\" }",
	 "p:3:6: list l has its keys in one file; write: source \"hot.csv\" key \"CARD\"\n"},
	{LINKS "list l { source \"l.csv\" }", "p:3:6: list l says neither of which field its keys are, nor in which "
					      "format names; write: of card, or: format "
					      "ofac\n"},
	{LINKS "list l { source \"l.csv\" format ofacc }",
	 "p:3:32: no format is called \"ofacc\"; did you mean \"ofac\"?\n"},
	{LINKS "list l { source \"l.csv\" format \"un\" }",
	 "p:3:32: expected csv, or the format of a watch list, found the text \"un\"; write: format csv\n"},
	{LINKS "list l { format un }",
	 "p:3:6: watch list l has no file; write: source \"sdn.csv\", \"alt.csv\", \"add.csv\"\n"},
	{LINKS "list l { source \"a\", \"b\" format un }",
	 "p:3:6: only a watch list of format ofac is made of several files; leave l one\n"},
	{LINKS "list l { source \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\" format ofac }",
	 "p:3:57: a list has at most 8 files; leave one out\n"},
	{LINKS "list l { source \"a\" format un map \"name=N\" }",
	 "p:3:6: \"map\" is for lists of one's own, in CSV; write: format csv map \"name=Full name,birth=DOB\"\n"},
	{LINKS "list l { source \"a\" format un verdict block }",
	 "p:3:6: \"verdict\" is for lists of keys, and this is a watch list, of names; write: source \"sdn.csv\" "
	 "format "
	 "ofac stale 48h\n"},
	{LINKS "list l { source \"a\" format un }\nlist l { source \"b\" format eu }",
	 "p:4:6: the name l is taken already; give this one another name\n"},
	{LINKS "list l { source \"a\" format un }\nlist l { of terminal holds \"T1\" }",
	 "p:4:6: the name l is taken already; give this one another name\n"},
	{LINKS "list l { of terminal holds \"T1\" }\nlist l { source \"a\" format un }",
	 "p:4:6: the name l is taken already; give this one another name\n"},
	{LINKS "list l { source \"a\" format un }\nrule r { when mcc in l then hold high }",
	 "p:4:22: l is a watch list, of names, and no condition looks at one in this version; remove it, and use: "
	 "countersign screen\n"},
	{LINKS "list l234567890123456789012345678901234567890123456789012345678901234 { source \"a\" format un }",
	 "p:3:6: a watch list has a name of at most 63 letters; write a shorter one\n"},
	{LINKS "list l { of terminal source \"l.csv\" key k }",
	 "p:3:6: list l does not say which column has its keys; write: source \"hot.csv\" key \"CARD\"\n"
	 "p:3:41: expected the name of a column between \" and \", found \"k\"; write: key \"CARD\"\n"},
	{LINKS "list l { of terminal holds \"T1\" refresh 31d }", "p:3:41: 31d is too long here; write at most 30d\n"},
	{LINKS "list l { of terminal holds \"T1\" entries 0 }",
	 "p:3:41: 0 cannot be a number of entries; write one from 1 to 67108864\n"},
	{LINKS "list l { of terminal hodls \"T1\" }",
	 "p:3:6: list l is empty; write: holds \"6011\", \"4829\" until 2027-06-30 because \"under watch\"\n"
	 "p:3:22: no clause of \"list\" is called \"hodls\"; did you mean \"holds\"?\n"},
	{LINKS "list l { of terminal holds \"T1\" }\nlist l { of mcc holds \"6011\" }",
	 "p:4:6: the name l is taken already; give this one another name\n"},
	{LINKS "list l { of terminal holds \"T1\" }\nrule r { when mcc in l then hold high }",
	 "p:4:22: l lists values of terminal; write: terminal in l\n"},
	{LINKS "list l { of terminal holds \"T1\" }\nrule r { when mcc in m then hold high }",
	 "p:4:22: no list is called \"m\"; did you mean \"l\"?\n"},
	{LINKS "places p {\n}", "p:3:8: places p lacks \"of\"; write: of terminal\n"
				"p:3:8: places p lacks \"source\"; write: source \"atms.csv\"\n"
				"p:3:8: places p lacks \"key\"; write: key \"TERMINAL\"\n"
				"p:3:8: places p lacks \"latitude\"; write: latitude \"LAT\"\n"
				"p:3:8: places p lacks \"longitude\"; write: longitude \"LON\"\n"},
	{LINKS "places p { of card source \"a\" key \"k\" latitude \"x\" longitude \"y\" }",
	 "p:3:15: a card has no place of its own; write: of terminal\n"},
	{LINKS "places p { of terminal source a key \"k\" latitude \"x\" longitude \"y\" }",
	 "p:3:31: expected the name of a file between \" and \", found \"a\"; write: source \"atms.csv\"\n"},
	{LINKS "places p { of terminal source \"a\" key \"k\" latitude \"x\" longitude \"y\" }\nplaces p { of merchant "
	       "source \"a\" key \"k\" latitude \"x\" longitude \"y\" }",
	 "p:4:8: the name p is taken already; give this one another name\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
entries_are_kept(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(LINKS "list hot \"stolen\" { of card\n"
			       "holds \"tok_0123456789abcdef0123456789ABCDEF\" until 2026-12-31 because \"stolen\"\n"
			       "verdict block hard }\n"
			       "list watched { of terminal holds \"T1\", \"T2\"\nholds \"T3\" because \"new\"\nverdict "
			       "hold overridable }\n"
			       "list plain { of bin holds \"400000\" }")
			->behave;
	assert_int_equal(behave->list_n, 3);
	const struct cs_list_clause *list = behave->list;
	assert_string_equal(list[0].title, "stolen");
	assert_int_equal(list[0].by.field[0], CS_FIELD_CARD);
	assert_true(list[0].acts && list[0].hard);
	assert_int_equal(list[0].verdict, CS_VERDICT_BLOCK);
	assert_int_equal(list[0].entry_n, 1);
	assert_int_equal(list[0].entry[0].until_ns, UINT64_C(1798761600000000000));
	assert_string_equal(list[0].entry[0].because, "stolen");
	assert_null(list[0].source);
	assert_int_equal(list[1].entry_n, 3);
	assert_string_equal(list[1].entry[1].key[0], "T2");
	assert_int_equal(list[1].entry[1].until_ns, 0);
	assert_string_equal(list[1].entry[1].because, "");
	assert_string_equal(list[1].entry[2].because, "new");
	assert_true(list[1].acts && !list[1].hard);
	assert_false(list[2].acts);
	assert_int_equal(list[2].by.field[0], CS_FIELD_BIN);
}

static void
files_are_named(void **state)
{
	(void)state;
	const struct cs_list_clause *list = &compiled(LINKS "list hot { of card source \"hot.csv\" format csv key "
							    "\"CARD\"\nuntil \"LAST\"\nbecause \"WHY\"\n"
							    "refresh 1h stale 5d entries 1000 }")
						     ->behave->list[0];
	assert_string_equal(list->source, "hot.csv");
	assert_string_equal(list->key_column[0], "CARD");
	assert_string_equal(list->until_column, "LAST");
	assert_string_equal(list->because_column, "WHY");
	assert_int_equal(list->refresh_ns, UINT64_C(3600000000000));
	assert_int_equal(list->stale_ns, UINT64_C(432000000000000));
	assert_int_equal(list->entries_cap, 1000);
	assert_int_equal(list->entry_n, 0);
}

/* Watch lists stand apart from lists of keys, whose numbers they do not shift. */
static void
watch_lists_are_declared(void **state)
{
	(void)state;
	const struct cs_policy *policy =
		compiled(LINKS "list ofac \"SDN\" { source \"sdn.csv\", \"alt.csv\" format ofac stale 36h }\n"
			       "list hot { of terminal holds \"T1\" }\n"
			       "list own { source \"own.csv\" map \"name=Full name\" }\n"
			       "list plain { source \"p.csv\" format csv }\n"
			       "rule r { when terminal in hot then hold high }");
	assert_int_equal(policy->behave->list_n, 1);
	assert_string_equal(policy->behave->list[0].name, "hot");
	assert_int_equal(policy->watched_n, 3);
	const struct cs_watched_clause *watched = policy->watched;
	assert_string_equal(watched[0].name, "ofac");
	assert_string_equal(watched[0].title, "SDN");
	assert_int_equal(watched[0].format, CS_WATCHED_OFAC);
	assert_int_equal(watched[0].source_n, 2);
	assert_string_equal(watched[0].source[1], "alt.csv");
	assert_int_equal(watched[0].stale_ns, UINT64_C(129600000000000));
	assert_null(watched[0].map);
	assert_int_equal(watched[1].format, CS_WATCHED_CSV);
	assert_string_equal(watched[1].map, "name=Full name");
	assert_int_equal(watched[1].stale_ns, UINT64_C(172800000000000));
	assert_int_equal(watched[2].format, CS_WATCHED_CSV);
	assert_string_equal(cs_watched_word(CS_WATCHED_OFAC_XML), "ofac_xml");
	policy = compiled(LINKS "list ofac { source \"sdn.csv\" format ofac }");
	assert_null(policy->behave);
	assert_int_equal(policy->watched_n, 1);
}

#define RECORD                                                                                                         \
	"record r { source csv time from \"t\" amount from \"a\" minor EUR field bank text from \"b\" characters "     \
	"1..8 "                                                                                                        \
	"field sort text from \"s\" }\n"

/* A key may be of two fields; what a record cuts, keys are cut to as well. */
static void
keys_may_have_two_parts(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(RECORD "list rma { of bank + sort source \"rma.csv\" key \"BIC\" + \"TYPE\"\n"
				"holds \"RIVRNL20XXX\" + \"103\", \"BERGAT20\" + \"202\" }\n"
				"list plain { of sort holds \"103\" }\n"
				"rule r { of record on r when not (bank + sort in rma) and sort in plain "
				"then hold high }")
			->behave;
	const struct cs_list_clause *list = &behave->list[0];
	assert_int_equal(list->by.n, 2);
	assert_true(list->by.record);
	assert_int_equal(list->kept[0], 8);
	assert_int_equal(list->kept[1], 0);
	assert_string_equal(list->key_column[1], "TYPE");
	assert_string_equal(list->entry[0].key[1], "103");
	assert_string_equal(list->entry[1].key[0], "BERGAT20");
	assert_int_equal(behave->program.load_n, 2);
	assert_int_equal(behave->program.load[0].kind, CS_LOAD_LISTED);
	assert_int_equal(behave->list[1].by.n, 1);
	assert_null(behave->list[1].entry[0].key[1]);
}

static void
keys_of_two_parts_are_checked(void **state)
{
	(void)state;
	static const char two[] = "this list is of two fields, and a key of it has a part for each; write: ";
	static const char *const wrong[][3] = {
		{"list l { of bank + sort holds \"A\" }", two, "holds \"RIVRNL20\" + \"103\""},
		{"list l { of bank + sort source \"f\" key \"A\" }", two, "key \"BIC\" + \"TYPE\""},
		{"list l { of bank holds \"A\" + \"B\" }",
		 "this list is of one field, and a key of it is one text; write: ", "holds \"6011\", \"4829\""},
		{"list l { of bank + bank holds \"A\" + \"B\" }", "bank stands twice", "join two different fields"},
		{"list l { of bank + sort holds \"A\" + \"B\" } rule r { of record on r when sort in l then hold high "
		 "}",
		 "l lists values of bank + sort; write: bank + sort in l", ""},
		{"list l { of bank + sort holds \"A\" + \"B\" } rule r { of record on r when sort + bank in l then "
		 "hold high }",
		 "l lists values of bank + sort; write: bank + sort in l", ""},
		{"list l { of bank + sort holds \"A\" + \"B\" } rule r { of record on r when approved or sort in l "
		 "then hold "
		 "high }",
		 "l lists values of bank + sort; write: bank + sort in l", ""},
	};
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char text[1024];
		(void)snprintf(text, sizeof text, "%s%s", RECORD, wrong[i][0]);
		const struct cs_policy *policy = NULL;
		char said[2048];
		struct cs_text all = cs_text_over(said, sizeof said);
		assert_int_equal(compile(text, strlen(text), &policy), CS_E_SYNTAX);
		cs_complain_put(&all, "p", &complaints);
		assert_non_null(strstr(said, wrong[i][1]));
		assert_non_null(strstr(said, wrong[i][2]));
	}
}

static void
places_make_distances(void **state)
{
	(void)state;
	const struct cs_behave_policy *behave =
		compiled(LINKS "places atms { of terminal source \"atms.csv\" key \"ID\" latitude \"LAT\" longitude "
			       "\"LON\" entries 9 }\n"
			       "profile card by card { at = last(terminal) }\n"
			       "rule r { when distance(terminal, card.at) > 500 then hold high }")
			->behave;
	assert_int_equal(behave->spots_n, 1);
	assert_int_equal(behave->spots[0].field, CS_FIELD_TERMINAL);
	assert_string_equal(behave->spots[0].longitude_column, "LON");
	assert_int_equal(behave->spots[0].entries_cap, 9);
	assert_int_equal(behave->program.load[0].kind, CS_LOAD_SPOT);
	assert_int_equal(behave->program.load[0].a, 0);
	assert_int_equal(behave->program.load[1].kind, CS_LOAD_SPOT_LAST);
	assert_int_equal(behave->program.load[1].b, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_kept),
		cmocka_unit_test(files_are_named),
		cmocka_unit_test(watch_lists_are_declared),
		cmocka_unit_test(keys_may_have_two_parts),
		cmocka_unit_test(keys_of_two_parts_are_checked),
		cmocka_unit_test(places_make_distances),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_list", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}

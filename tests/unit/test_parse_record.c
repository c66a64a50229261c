/*
 * Goal: a record becomes a link of rows, every column is kept as written, and every mistake in one is named.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_record.c"

#include "policy_text.h"

#define TX "record tx { source csv time from \"t\" "

static const struct complaint_row rows[] = {
	{"record tx {\n}\n", "p:1:8: record tx lacks \"source\"; write: source csv\n"
			     "p:1:8: record tx lacks \"time\"; write: time from \"TIME\" seconds since 2018-04-01\n"},
	{"record tx { source xml time from \"t\" }",
	 "p:1:20: expected \"csv\", \"jsonl\", \"mt\", \"statement\" or \"mx\", found \"xml\"; write: source csv\n"},
	{"record tx { source csv separator \";;\" time from \"t\" }",
	 "p:1:34: \";;\" is not one character; write: source csv separator \";\"\n"},
	{"record tx { source csv time from t }", "p:1:34: expected the name of a column between \" and \", found "
						 "\"t\"; write: time from \"TIME\" seconds since 2018-04-01\n"},
	{"record tx { source csv time from \"\" }",
	 "p:1:34: a column's name has 1 to 63 characters; write: time from \"TIME\" seconds since 2018-04-01\n"},
	{"record tx { source csv time from \"t\" seconds since 2018 }",
	 "p:1:52: expected a day, found \"2018\"; write: time from \"TIME\" seconds since 2018-04-01\n"},
	{TX "amount from \"a\" }", "p:1:54: expected \"minor\" (cents) or \"major\" (euros), found \"}\"; write: "
				   "amount from \"AMOUNT\" minor EUR\n"},
	{TX "amount from \"a\" minor }",
	 "p:1:60: expected a currency, found \"}\"; write: amount from \"AMOUNT\" minor EUR\n"},
	{TX "amount from \"a\" minor EUX }",
	 "p:1:60: no currency is called \"EUX\"; write its ISO 4217 code, as in EUR\n"},
	{TX "amount from \"a\" major in CUR }", "p:1:63: expected the name of a column between \" and \", found "
						"\"CUR\"; write: amount from \"AMOUNT\" minor EUR\n"},
	{TX "amuont from \"a\" minor EUR }", "p:1:38: no field is called \"amuont\"; did you mean \"amount\"?\n"},
	{TX "bin from \"b\" }", "p:1:38: bin comes from other fields and cannot be mapped; leave it out\n"},
	{TX "currency from \"b\" }", "p:1:38: currency comes from other fields and cannot be mapped; leave it out\n"},
	{TX "local_time from \"b\" }",
	 "p:1:38: records have no local_time; give it a name of its own, as in: field note text from \"NOTE\"\n"},
	{TX "terminal from \"b\"\nterminal from \"c\" }",
	 "p:2:1: terminal is filled already; leave one of the two out\n"},
	{TX "id from \"b\" rrn from \"c\" }", "p:1:50: rrn is filled already; leave one of the two out\n"},
	{TX "terminal from \"b\" characters 1..40 }",
	 "p:1:56: these positions hold nothing, or more than the 16 characters a field keeps; write: terminal from "
	 "\"TERMINAL\" characters 1..8\n"},
	{TX "terminal from \"b\" characters 1 }",
	 "p:1:69: expected \"..\", found \"}\"; write: terminal from \"TERMINAL\" characters 1..8\n"},
	{TX "field a from \"b\" }",
	 "p:1:46: expected text, number or token, found \"from\"; write: field action text from \"ACTION\"\n"},
	{TX "field card text from \"b\" }", "p:1:44: card is a word of the language; give this field another name\n"},
	{TX "field a text from \"b\" field a text from \"c\" }",
	 "p:1:66: a is filled already; leave one of the two out\n"},
	{TX "field a text from \"a\" field b text from \"b\" field c text from \"c\" field d text from \"d\" field e "
	    "text from \"e\" field f text from \"f\" field g text from \"g\" field h text from \"h\" field i text from "
	    "\"i\" field j text from \"j\" field k text from \"k\" field l text from \"l\" field m text from \"m\" "
	    "field n "
	    "text from \"n\" field o text from \"o\" field p text from \"p\" }",
	 "p:1:374: p is one too many: records have at most 15 names of their own\n"},
	{TX "field a text from \"b\" words }",
	 "p:1:66: expected a text between \" and \", found \"}\"; write: field asks "
	 "text from \"NOTE\" words \"PAY\", \"REMIT\"\n"},
	{TX "field a text from \"b\" words \"PAY\", \"remit\" }",
	 "p:1:66: \"remit\" is no word of 1 to 16 capitals and digits; write: words \"PAY\", \"REMIT\"\n"},
	{TX "field a number from \"b\" words \"PAY\" }",
	 "p:1:62: no clause of \"record\" is called \"words\"; write one "
	 "of source, time, id, field, keep, lateness, whole, approves\n"},
	{TX "keep 100 records }", "p:1:43: 100 cannot be a number of records; write one from 1024 to 268435456\n"},
	{TX "keep 5000 rows }", "p:1:48: expected \"records\", found \"rows\"; write: keep 200000 records\n"},
	{TX "lateness 31d }", "p:1:47: 31d is too long here; write at most 30d\n"},
	{"record a { source csv time from \"t\" field x text from \"x\" }\nrecord b { source csv time from \"t\" field "
	 "x number from \"x\" }",
	 "p:2:43: x is of another type in another record; write the same type in both\n"},
	{TX "frod when \"f\" = \"1\" }", "p:1:38: no flag is called \"frod\"; did you mean \"fraud\"?\n"},
	{TX "fraud when \"f\" }",
	 "p:1:53: expected \"=\" or \"in\", found \"}\"; write: fraud when \"is_fraud\" = \"1\"\n"},
	{TX "fraud when \"f\" = 1 }",
	 "p:1:55: expected a text between \" and \", found \"1\"; write: fraud when \"is_fraud\" = \"1\"\n"},
	{TX "approved when \"f\" in \"a\" }",
	 "p:1:59: expected \"(\", found the text \"a\"; write: approved when \"STATUS\" in (\"OK\", \"PART\")\n"},
	{TX "approves \"00\" }", "p:1:47: which column has the response code? say it before; write: response_code from "
				 "\"RC\"  approves \"00\", \"10\"\n"},
	{TX "tap \"eth0\" port 5 }", "p:1:38: no clause of \"record\" is called \"tap\"; write one of source, time, "
				     "id, field, keep, lateness, whole, approves\n"},
	{TX "sorce csv }", "p:1:38: no clause of \"record\" is called \"sorce\"; did you mean \"source\"?\n"},
	{TX "source csv }", "p:1:38: \"source\" stands twice in this block; keep one of the two\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
the_handbook_is_read(void **state)
{
	(void)state;
	const struct cs_policy *policy =
		compiled("record tx \"payments of the handbook\" {\n  source csv\n"
			 "  time     from \"t_sec\" seconds since 2018-04-01\n  id       from \"tx_id\"\n"
			 "  card     from \"customer_id\"\n  terminal from \"terminal_id\"\n"
			 "  amount   from \"amount_cents\" minor EUR\n  fraud when \"is_fraud\" = \"1\"\n}\n");
	static const struct cs_column_clause want[] = {
		{.column = "t_sec",
		 .what = CS_COLUMN_TIME,
		 .field = CS_FIELD_N,
		 .since_ns = UINT64_C(1522540800000000000)},
		{.column = "tx_id", .what = CS_COLUMN_TEXT, .field = CS_FIELD_RRN},
		{.column = "customer_id", .what = CS_COLUMN_CARD, .field = CS_FIELD_CARD},
		{.column = "terminal_id", .what = CS_COLUMN_TEXT, .field = CS_FIELD_TERMINAL},
		{.column = "amount_cents",
		 .what = CS_COLUMN_MONEY,
		 .field = CS_FIELD_AMOUNT,
		 .minor = true,
		 .currency = 978},
		{.column = "is_fraud",
		 .what = CS_COLUMN_FLAG,
		 .field = CS_FIELD_N,
		 .flag = CS_FLAG_FRAUD,
		 .value_n = 1},
	};
	assert_int_equal(policy->link_n, 1);
	assert_null(policy->behave);
	const struct cs_link *link = &policy->link[0];
	assert_string_equal(link->name, "tx");
	assert_non_null(link->row);
	assert_int_equal(link->port_n, 0);
	assert_int_equal(link->transactions_cap, 131072);
	assert_int_equal(link->lateness_ns, UINT64_C(60000000000));
	assert_false(link->paired);
	assert_int_equal(link->row->form, CS_SOURCE_CSV);
	assert_int_equal(link->row->separator, ',');
	assert_int_equal(link->row->column_n, sizeof want / sizeof want[0]);
	for (unsigned i = 0; i < link->row->column_n; i++) {
		const struct cs_column_clause *column = &link->row->column[i];
		assert_string_equal(column->column, want[i].column);
		assert_int_equal(column->what, want[i].what);
		assert_int_equal(column->field, want[i].field);
		assert_int_equal(column->minor, want[i].minor);
		assert_int_equal(column->currency, want[i].currency);
		assert_int_equal(column->since_ns, want[i].since_ns);
		assert_int_equal(column->flag, want[i].flag);
		assert_int_equal(column->value_n, want[i].value_n);
	}
	assert_string_equal(link->row->column[5].value[0], "1");
}

static void
every_form_is_kept(void **state)
{
	(void)state;
	const struct cs_policy *policy =
		compiled("record admin { source csv separator \";\" time from \"T\" milliseconds card from \"PAN\"\n"
			 "field action text from \"ACTION\" characters 2..9 field limit_minor number from \"LIMIT\"\n"
			 "field operator token from \"USER\" response_code from \"RC\" approves \"00\", \"10\"\n"
			 "billing_amount from \"B\" major in \"CUR\" pin when \"P\" in (\"y\", \"Y\") }\n"
			 "record other { source jsonl time from \"ts\" field operator token from \"by\" }\n"
			 "profile p by operator { n = count() over 1h of record on admin, record on other }");
	const struct cs_row_clause *row = policy->link[0].row;
	assert_int_equal(row->separator, ';');
	assert_int_equal(row->column[0].clock, CS_CLOCK_MILLISECONDS);
	assert_int_equal(row->column[2].field, CS_FIELD_FORWARDER);
	assert_int_equal(row->column[2].first, 2);
	assert_int_equal(row->column[2].last, 9);
	assert_int_equal(row->column[3].field, CS_FIELD_TRANSMISSION);
	assert_false(row->column[3].token);
	assert_int_equal(row->column[4].field, CS_FIELD_LOCAL_TIME);
	assert_true(row->column[4].token);
	assert_int_equal(row->column[6].what, CS_COLUMN_FLAG);
	assert_string_equal(row->column[6].column, "RC");
	assert_int_equal(row->column[6].flag, CS_FLAG_APPROVED);
	assert_string_equal(row->column[6].value[1], "10");
	assert_false(row->column[7].minor);
	assert_string_equal(row->column[7].currency_column, "CUR");
	assert_int_equal(row->column[8].flag, CS_FLAG_PIN);
	assert_int_equal(row->column[8].value_n, 2);
	row = policy->link[1].row;
	assert_int_equal(row->form, CS_SOURCE_JSON);
	assert_int_equal(row->column[0].clock, CS_CLOCK_RFC3339);
	assert_int_equal(row->column[1].field, CS_FIELD_LOCAL_TIME);
	assert_int_equal(policy->behave->extra_n, 3);
	assert_string_equal(policy->behave->extra[1].name, "limit_minor");
	assert_int_equal(policy->behave->extra[1].type, CS_VALUE_NUMBER);
	assert_int_equal(policy->behave->extra[2].type, CS_VALUE_TEXT);
	assert_true(policy->behave->profile[0].by.record);
	assert_int_equal(policy->behave->profile[0].by.field[0], CS_FIELD_LOCAL_TIME);
}

/* A name may be used before it is declared; beyond the first six it is kept where no record of the policy fills the field. */
static void
names_find_their_fields(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(
		"expect e { claim record on a where x7 = \"1\" proof record on b match x7 within 1h before otherwise "
		"hold low }\n"
		"record a { source csv time from \"t\" field x1 text from \"1\" field x2 text from \"2\"\n"
		"field x3 text from \"3\" field x4 text from \"4\" field x5 text from \"5\" field x6 text from \"6\"\n"
		"field x7 text from \"7\" short field x8 text from \"8\" keep 2048 records lateness 2h whole }\n"
		"record b { source jsonl time from \"t\" network_code from \"n\" field x7 text from \"x\" }");
	assert_int_equal(policy->extra_n, 8);
	assert_string_equal(policy->extra[6].name, "x7");
	assert_int_equal(policy->extra[5].field, CS_FIELD_ORIGINAL_TIME);
	assert_int_equal(policy->extra[6].field, CS_FIELD_POS_CONDITION);
	assert_int_equal(policy->extra[7].field, CS_FIELD_ACQUIRER);
	assert_int_equal(policy->link[1].row->column[2].field, CS_FIELD_POS_CONDITION);
	assert_true(policy->link[0].row->column[7].shorten);
	assert_false(policy->link[0].row->column[8].shorten);
	assert_int_equal(policy->link[0].transactions_cap, 2048);
	assert_int_equal(policy->link[0].lateness_ns, UINT64_C(7200000000000));
	assert_true(policy->link[0].whole);
	assert_true(policy->link[0].paired);
	assert_int_equal(policy->expect[0].rung[0].field[0], CS_FIELD_POS_CONDITION);
	assert_int_equal(policy->expect[0].own, UINT64_C(1) << CS_FIELD_POS_CONDITION);
	assert_string_equal(cs_policy_field(policy, CS_KIND_RECORD, CS_FIELD_POS_CONDITION), "x7");
	assert_string_equal(cs_policy_field(policy, CS_KIND_RESPONSE, CS_FIELD_POS_CONDITION), "pos_condition");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_handbook_is_read),
		cmocka_unit_test(every_form_is_kept),
		cmocka_unit_test(names_find_their_fields),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_record", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}

/*
 * Goal: after a mistake the reader goes on where a person would, and complains about nothing twice.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/block.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "expect e {\n claim card.response on visa where approved\n",
	 "p:3:1: this block has no end; write \"}\" behind the last clause of e\np:3:8: expect e lacks \"proof\"; "
	 "write: proof card.response on core where approved\np:3:8: expect e lacks \"match\"; write: match card, "
	 "amount, currency and (rrn or stan + terminal)\np:3:8: expect e lacks \"within\"; write: within 30s "
	 "before\np:3:8: expect e lacks \"otherwise\"; write: otherwise block critical\n"},
	{LINKS "link l {\n tap port 1\nlink m {\n tap port 2\n}\n",
	 "p:3:1: this block has no end; write \"}\" behind the last clause of l\np:3:6: link l lacks \"frame\"; write: "
	 "frame length16\np:3:6: link l lacks \"dialect\"; write: dialect \"iso87-ascii\"\np:3:6: link l lacks "
	 "\"side\"; write: side acquirer\np:5:6: link m lacks \"frame\"; write: frame length16\np:5:6: link m lacks "
	 "\"dialect\"; write: dialect \"iso87-ascii\"\np:5:6: link m lacks \"side\"; write: side acquirer\n"},
	{LINKS "link l { tap prot 1 frame length16 dialect \"d\" side issuer }\n",
	 "p:3:14: expected \"port\", found \"prot\"; write: tap \"eth1\" port 5001\n"},
	{LINKS "link l {\n tap port 1\n fraem length16\n dialect \"d\"\n sdie issuer\n}\n",
	 "p:5:2: no clause of \"link\" is called \"fraem\"; did you mean \"frame\"?\np:7:2: no clause of \"link\" is "
	 "called \"sdie\"; did you mean \"side\"?\n"},
	{LINKS "link l {\n tap port 1\n 5\n frame length16\n dialect \"d\"\n side issuer\n}\n",
	 "p:5:2: expected a clause or \"}\", found \"5\"; write: tap \"eth1\" port 5001\n"},
	{LINKS "link l {\n tap port 1 {\n frame }\n frame length16\n dialect \"d\"\n side issuer\n}\n",
	 "p:3:6: link l lacks \"dialect\"; write: dialect \"iso87-ascii\"\np:3:6: link l lacks \"side\"; write: side "
	 "acquirer\np:4:13: expected a clause or \"}\", found \"{\"; write: tap \"eth1\" port 5001\np:5:8: expected "
	 "the name of a framing, found \"}\"; write: frame length16\np:6:2: no statement is called \"frame\"; write "
	 "one of " STATEMENTS "\n"},
	{LINKS "link l { tap port 1\nframe f\ndialect \"d\"\nside issuer\nlink m { tap port 2 frame f dialect \"d\" "
	       "side issuer }\n",
	 "p:3:1: this block has no end; write \"}\" behind the last clause of l\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

/* What stands behind a mistake is read as if there had been none. */
static void
every_mistake_is_found_in_one_go(void **state)
{
	(void)state;
	assert_complaints(
		LINKS "link l {\n tap prot 1\n frame 5\n dialect iso\n side left\n keep few\n}\n"
		      "expect e {\n claim card.x on visa\n proof card.response on cor\n match nothing\n"
		      " within 5 before\n otherwise maybe\n}\n"
		      "watch visa { unasked hold }\n",
		"p:4:6: expected \"port\", found \"prot\"; write: tap \"eth1\" port 5001\n"
		"p:5:8: expected the name of a framing, found \"5\"; write: frame length16\n"
		"p:6:10: expected the name of a dialect between \" and \", found \"iso\"; write: dialect "
		"\"iso87-ascii\"\n"
		"p:7:7: no side is called \"left\"; write one of acquirer, issuer, backoffice, network, statement\n"
		"p:8:7: expected a number of transactions, found \"few\"; write: keep 200000 transactions\n"
		"p:11:13: no kind of card message is called \"x\"; write one of request, response, advice, "
		"advice_response, reversal, reversal_response, network, any\n"
		"p:12:25: no link is called \"cor\"; did you mean \"core\"?\n"
		"p:13:8: no field is called \"nothing\"; write one of stan, rrn, terminal, merchant, acquirer, "
		"forwarder, "
		"transmission_time, local_time, local_date, original_stan, original_time, processing_code, "
		"approval_code, response_code, pos_entry, pos_condition, mcc, ...\n"
		"p:14:9: expected a duration, found \"5\"; write: within 30s before\n"
		"p:15:12: no verdict is called \"maybe\"; write one of allow, hold, block\n"
		"p:17:22: expected \"otherwise\", found \"hold\"; write: unasked otherwise hold high\n");
}

/* Found by fuzzing: a condition that could not begin, at the beginning of a line, was tried again for ever. */
static void
every_turn_takes_a_lexeme(void **state)
{
	(void)state;
	assert_complaints(
		LINKS "limit l by card {\nand cash\nor\n}\n",
		"p:4:1: expected a condition, found \"and\"; write: spent_24h <= 2000 EUR where cash otherwise "
		"block critical\n"
		"p:5:1: expected a condition, found \"or\"; write: spent_24h <= 2000 EUR where cash otherwise block "
		"critical\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mistake_is_found_in_one_go),
		cmocka_unit_test(every_turn_takes_a_lexeme),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("block", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}

/*
 * Goal: every clause of a link is kept as written, and every mistake in one is named.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/parse_link.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "link l {\n\n}\n", "p:3:6: link l lacks \"tap\"; write: tap \"eth1\" port 5001\np:3:6: link l lacks "
				  "\"frame\"; write: frame length16\np:3:6: link l lacks \"dialect\"; write: dialect "
				  "\"iso87-ascii\"\np:3:6: link l lacks \"side\"; write: side acquirer\n"},
	{LINKS "link l {\ntap eth0 port 1\nframe length16\ndialect \"d\"\nside network\n}\n",
	 "p:4:5: expected \"port\", found \"eth0\"; write: tap \"eth1\" port 5001\n"},
	{LINKS "link l {\ntap \"\" port 1\nframe length16\ndialect \"d\"\nside network\n}\n",
	 "p:4:5: this text is empty; write: tap \"eth1\" port 5001\n"},
	{LINKS "link l {\ntap \"e\" host 10 port 1\nframe length16\ndialect \"d\"\nside network\n}\n",
	 "p:4:14: expected an address, found \"10\"; write: tap \"eth1\" host \"192.0.2.7\" port 5001\n"},
	{LINKS "link l {\ntap \"e\" port\nframe length16\ndialect \"d\"\nside network\n}\n",
	 "p:5:1: expected a port, found \"frame\"; write: tap \"eth1\" port 5001\n"},
	{LINKS "link l {\ntap port 0\nframe length16\ndialect \"d\"\nside network\n}\n",
	 "p:4:10: 0 cannot be a port; write one from 1 to 65535\n"},
	{LINKS "link l {\ntap port 65536\nframe length16\ndialect \"d\"\nside network\n}\n",
	 "p:4:10: 65536 cannot be a port; write one from 1 to 65535\n"},
	{LINKS "link l {\ntap port 1, 1\nframe length16\ndialect \"d\"\nside network\n}\n",
	 "p:4:13: port 1 stands twice; leave one out\n"},
	{LINKS "link l {\ntap port 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17\nframe length16\ndialect "
	       "\"d\"\nside network\n}\n",
	 "p:4:65: port 17 is one too many: a link has at most 16; make it two links\n"},
	{LINKS "link l {\ntap port 1\nframe \"length16\"\ndialect \"d\"\nside network\n}\n",
	 "p:5:7: expected the name of a framing, found the text \"length16\"; write: frame length16\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect iso\nside network\n}\n",
	 "p:6:9: expected the name of a dialect between \" and \", found \"iso\"; write: dialect \"iso87-ascii\"\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside left\n}\n",
	 "p:7:6: no side is called \"left\"; write one of acquirer, issuer, backoffice, network, statement\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside \"issuer\"\n}\n",
	 "p:7:6: expected acquirer, issuer, backoffice, network or statement, found the text \"issuer\"; write: side "
	 "acquirer\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\napproves 00\n}\n",
	 "p:8:10: expected a response code between \" and \", found \"00\"; write: approves \"00\", \"10\"\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\napproves \"0\"\n}\n",
	 "p:8:10: \"0\" is no response code: they have 2, 3 or 4 characters; write: approves \"00\", \"10\"\n"},
	{LINKS
	 "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\napproves \"00\", \"01\", \"02\", \"03\", "
	 "\"04\", \"05\", \"06\", \"07\", \"08\", \"09\", \"10\", \"11\", \"12\", \"13\", \"14\", \"15\", \"16\"\n}\n",
	 "p:8:106: \"16\" is one too many: 16 codes are kept\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nanswers stan\n}\n",
	 "p:8:9: expected \"by\", found \"stan\"; write: answers by stan + terminal\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nanswers by stan + amount\n}\n",
	 "p:8:19: amount is a value and does not say which transaction it is; put it in the list before the "
	 "parentheses, where it must agree\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nanswers by mcc\n}\n",
	 "p:8:12: mcc does not say which transaction it is; write fields such as card, stan, rrn, terminal\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nanswers by stan + rrn + terminal + "
	       "merchant + acquirer + card + forwarder\n}\n",
	 "p:8:65: forwarder is one field too many: 6 make a way to match; leave one out\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nmap amount from \"4\"\n}\n",
	 "p:8:5: amount is not text and cannot be mapped; write: map stan from \"48.2\" characters 1..6\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nmap stan \"4\"\n}\n",
	 "p:8:10: expected \"from\", found the text \"4\"; write: map stan from \"48.2\" characters 1..6\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nmap stan from 48\n}\n",
	 "p:8:15: expected a path such as \"48.2\", found \"48\"; write: map stan from \"48.2\" characters 1..6\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nmap stan from \"48.2\" characters "
	       "0..4\n}\n",
	 "p:8:33: 0 cannot be a position; write one from 1 to 999\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nmap stan from \"48.2\" characters "
	       "1..17\n}\n",
	 "p:8:33: these positions hold nothing, or more than the 16 characters a field keeps; write: map stan from "
	 "\"48.2\" characters 1..6\n"},
	{LINKS
	 "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nmap stan from \"48.2\" characters 5\n}\n",
	 "p:9:1: expected \"..\", found \"}\"; write: map stan from \"48.2\" characters 1..6\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nmap stan from \"48.0\"\nmap stan "
	       "from \"48.1\"\nmap stan from \"48.2\"\nmap stan from \"48.3\"\nmap stan from \"48.4\"\nmap stan from "
	       "\"48.5\"\nmap stan from \"48.6\"\nmap stan from \"48.7\"\nmap stan from \"48.8\"\n}\n",
	 "p:16:5: stan is one map too many: a link has at most 8\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\ncurrency 978\n}\n",
	 "p:8:10: expected a currency, found \"978\"; write: currency EUR\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\ncurrency ABC\n}\n",
	 "p:8:10: no currency is called \"ABC\"; write its ISO 4217 code, as in EUR\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nkeep 1000 transactions\n}\n",
	 "p:8:6: 1000 cannot be a number of transactions; write one from 1024 to 268435456\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nkeep 2000\n}\n",
	 "p:9:1: expected \"transactions\", found \"}\"; write: keep 200000 transactions\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nconnections 0\n}\n",
	 "p:8:13: 0 cannot be a number of connections; write one from 1 to 1048576\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nconnections many\n}\n",
	 "p:8:13: expected a number of connections, found \"many\"; write: connections 256\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nheartbeat 45\n}\n",
	 "p:8:11: expected a duration, found \"45\"; write: heartbeat 45s\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nheartbeat 10min\n}\n",
	 "p:8:11: 10min is too long here; write at most 300s\n"},
	{LINKS "link l {\ntap port 1\nframe length16\ndialect \"d\"\nside network\nside issuer\n}\n",
	 "p:8:1: \"side\" stands twice in this block; keep one of the two\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static void
all_clauses_are_kept(void **state)
{
	(void)state;
	static const enum cs_field answer[] = {CS_FIELD_RRN, CS_FIELD_CARD};
	const struct cs_link *link =
		&compiled("link l \"a title\" { tap \"eth9\" host \"192.0.2.7\" port 5001, 5002\n frame visa\n"
			  " dialect \"my/own.xml\"\n side backoffice\n approves \"00\", \"085\"\n answers by rrn + "
			  "card\n"
			  " map stan from \"48.2\" characters 3..8\n map rrn from \"62\"\n currency JPY\n"
			  " keep 2000 transactions\n connections 7\n heartbeat 30s }")
			 ->link[0];
	assert_string_equal(link->name, "l");
	assert_string_equal(link->tap, "eth9");
	assert_string_equal(link->host, "192.0.2.7");
	assert_int_equal(link->port_n, 2);
	assert_int_equal(link->port[1], 5002);
	assert_string_equal(link->framing, "visa");
	assert_int_equal(link->framing_place.line, 2);
	assert_int_equal(link->framing_place.column, 8);
	assert_string_equal(link->dialect, "my/own.xml");
	assert_int_equal(link->side, CS_SIDE_BACKOFFICE);
	assert_int_equal(link->approval_n, 2);
	assert_string_equal(link->approvals[1].at, "085");
	assert_rung(&link->answer, 2, answer);
	assert_int_equal(link->map_n, 2);
	assert_int_equal(link->map[0].field, CS_FIELD_STAN);
	assert_string_equal(link->map[0].path, "48.2");
	assert_int_equal(link->map[0].first, 3);
	assert_int_equal(link->map[0].last, 8);
	assert_int_equal(link->map[1].first, 1);
	assert_int_equal(link->map[1].last, 16);
	assert_int_equal(link->currency, 392);
	assert_int_equal(link->transactions_cap, 2000);
	assert_int_equal(link->connections_cap, 7);
	assert_int_equal(link->heartbeat_ns, UINT64_C(30000000000));
}

static void
defaults_are_as_documented(void **state)
{
	(void)state;
	static const enum cs_field answer[] = {CS_FIELD_STAN, CS_FIELD_TERMINAL};
	const struct cs_link *link = &compiled("link l { tap port 1 frame f dialect \"d\" side statement }")->link[0];
	assert_null(link->tap);
	assert_null(link->host);
	assert_int_equal(link->approval_n, 0);
	assert_rung(&link->answer, 2, answer);
	assert_int_equal(link->map_n, 0);
	assert_int_equal(link->currency, 0);
	assert_int_equal(link->transactions_cap, 131072);
	assert_int_equal(link->connections_cap, 1024);
	assert_int_equal(link->heartbeat_ns, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_clauses_are_kept),
		cmocka_unit_test(defaults_are_as_documented),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("parse_link", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}

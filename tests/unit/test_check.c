/*
 * Goal: what does not fit together is refused, with the place of the name or block that has to change.
 * Method: small texts, compared with the compiled tables, and with all complaints to the letter.
 */
#include "check.h"

#include "policy/check.c"

#include "policy_text.h"

static const struct complaint_row rows[] = {
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on visa where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:5:7: claim and proof are on one link, which proves nothing; name the link of the other side\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on cor where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:5:24: no link is called \"cor\"; did you mean \"core\"?\n"},
	{LINKS
	 "expect e {\nclaim card.response on visa where approved\nproof card.response on core where approved\nmatch "
	 "card, amount and (rrn)\nwithin 30s before\nunless stand_on\notherwise block critical\n}",
	 "p:8:8: no excuse is called \"stand_on\"; did you mean \"stand_in\"?\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\nunless nobody\notherwise block critical\n}",
	 "p:8:8: no excuse is called \"nobody\"; write one of stand_in, partial, conversion, duplicate\n"},
	{LINKS "expect e {\nclaim card.response on visa where approved\nproof card.response on core where "
	       "approved\nmatch card, amount and (rrn)\nwithin 30s before\notherwise block critical\n}expect e "
	       "{\nclaim card.response on visa where approved\nproof card.response on core where approved\nmatch card, "
	       "amount and (rrn)\nwithin 30s before\notherwise block critical\n}",
	 "p:9:9: the name e is taken already; give this one another name\n"},
	{LINKS "excuse e {\nwhen core signed off\nproof card.advice on core where approved\nwithin 4h after\notherwise "
	       "hold high\n}excuse e {\nwhen core signed off\nproof card.advice on core where approved\nwithin 4h "
	       "after\notherwise hold high\n}",
	 "p:8:9: the name e is taken already; give this one another name\n"},
	{LINKS "conserve e {\nclaim card.response on visa\nproof card.response on core\nevery 60s\nslack 5\notherwise "
	       "hold high\n}conserve e {\nclaim card.response on visa\nproof card.response on core\nevery 60s\nslack "
	       "5\notherwise hold high\n}",
	 "p:9:11: the name e is taken already; give this one another name\n"},
	{LINKS "link visa { tap port 9 frame f dialect \"d\" side issuer }\n",
	 "p:3:6: the name visa is taken already; give this one another name\n"},
	{LINKS "link l { tap port 5001 frame f dialect \"d\" side issuer }\n",
	 "p:3:6: port 5001 is link visa's as well; tell them apart by port, by host \"ADDRESS\" or by tap\n"},
	{LINKS "link l { tap \"eth1\" port 4, 5001 frame f dialect \"d\" side issuer }\n",
	 "p:3:6: port 5001 is link visa's as well; tell them apart by port, by host \"ADDRESS\" or by tap\n"},
	{LINKS "excuse e {\nwhen visa signed off\nproof card.advice on core where approved\nwithin 4h after\notherwise "
	       "hold high\n}",
	 "p:4:6: an excuse speaks of the link that owes its proof; write core here\n"},
	{LINKS "watch visa { unasked otherwise hold high }\nwatch visa { replayed otherwise hold high }\n",
	 "p:4:7: this link is watched already; put all its signals into one block\n"},
	{LINKS "watch visa { reversal against visa otherwise hold high }\n",
	 "p:3:7: \"reversal against\" needs another link than the one watched\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

#define EXPECT(name, claim, proof, unless)                                                                             \
	"expect " name " { claim card.response on " claim " proof card.response on " proof                             \
	" match rrn within 1s before unless " unless " otherwise hold low }\n"

static void
blocks_may_stand_in_any_order(void **state)
{
	(void)state;
	const struct cs_policy *policy =
		compiled(EXPECT("a", "visa", "core",
				"mine") "excuse mine { when core signed off proof card.advice on core within 1h after "
					"otherwise hold low }\n" LINKS);
	assert_int_equal(policy->expect[0].claim.link, 0);
	assert_int_equal(policy->expect[0].proof.link, 1);
	assert_int_equal(policy->expect[0].unless[0].excuse, 0);
	assert_int_equal(policy->excuse_n, 1);
}

/* One for each link that owes a proof, and none where the policy has its own. */
static void
built_in_stand_in_is_made_once_a_link(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(LINKS EXPECT("a", "visa", "core", "stand_in") EXPECT(
		"b", "visa", "core", "stand_in") EXPECT("c", "core", "visa", "stand_in"));
	assert_int_equal(policy->excuse_n, 2);
	assert_int_equal(policy->expect[0].unless[0].excuse, policy->expect[1].unless[0].excuse);
	assert_int_equal(policy->excuse[policy->expect[2].unless[0].excuse].proof.link, 0);
	policy = compiled(LINKS EXPECT("a", "visa", "core",
				       "stand_in") "excuse stand_in { when unanswered for 1s proof card.advice "
						   "on core within 1h after otherwise hold low }");
	assert_int_equal(policy->excuse_n, 1);
	assert_int_equal(policy->excuse[0].within_ns, UINT64_C(3600000000000));
}

static void
links_are_told_apart_by_host_or_tap(void **state)
{
	(void)state;
	(void)compiled("link a { tap \"eth1\" port 1 frame f dialect \"d\" side issuer }\n"
		       "link b { tap \"eth2\" port 1 frame f dialect \"d\" side issuer }\n"
		       "link c { tap \"eth1\" host \"192.0.2.1\" port 2 frame f dialect \"d\" side issuer }\n"
		       "link d { tap \"eth1\" host \"192.0.2.2\" port 2 frame f dialect \"d\" side issuer }\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_may_stand_in_any_order),
		cmocka_unit_test(built_in_stand_in_is_made_once_a_link),
		cmocka_unit_test(links_are_told_apart_by_host_or_tap),
		cmocka_unit_test(mistakes_are_named),
	};
	int failed = cmocka_run_group_tests_name("check", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}

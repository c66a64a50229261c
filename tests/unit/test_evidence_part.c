/*
 * Goal: beside an alert stands the part of the policy that spoke, with what it refers to, and no more; the whole when that
 * cannot be told.
 * Method: a policy with blocks of all sorts, written over several lines and on one.
 */
#include "check.h"

#include "engine/evidence_part.c"

static const char policy[] =
	"link visa { side acquirer }\n"
	"profile card \"often\" by card {\n  n_1h = count() over 1h\n}\n"
	"profile cards by all { n = count() over 1h }\n"
	"list hot { of terminal holds \"T1\" }\n"
	"expect approval \"own\" {\n  claim card.response on visa\n}\n"
	"limit card { n_1h <= 20 }\n"
	"limit single { amount <= 2500 EUR }\n"
	"rule often \"many\" {\n  when card.n_1h > 5 and not terminal in hot\n  then hold high\n}\n"
	"rule oftener { when cards.n > 50 then hold high }\n"
	"rule open { when cards.n > 50";

static const char *
parts(const char *name)
{
	static char at[2048];
	struct cs_span part[CS_EVIDENCE_PARTS_MAX];
	struct cs_text text = cs_text_over(at, sizeof at);
	unsigned n = cs_evidence_parts(cs_span_text(policy), name, part);
	for (unsigned i = 0; i < n; i++) {
		cs_text_put(&text, i ? "|" : "");
		cs_text_put_span(&text, part[i]);
	}
	return at;
}

static void
the_block_that_spoke_and_what_it_names(void **state)
{
	(void)state;
	assert_string_equal(parts("rule.often"),
			    "rule often \"many\" {\n  when card.n_1h > 5 and not terminal in hot\n  then hold high\n}|"
			    "profile card \"often\" by card {\n  n_1h = count() over 1h\n}|"
			    "list hot { of terminal holds \"T1\" }");
	assert_string_equal(parts("rule.oftener"), "rule oftener { when cards.n > 50 then hold high }|"
						   "profile cards by all { n = count() over 1h }");
	assert_string_equal(parts("limit.card"), "limit card { n_1h <= 20 }|"
						 "profile card \"often\" by card {\n  n_1h = count() over 1h\n}");
	assert_string_equal(parts("limit.single"), "limit single { amount <= 2500 EUR }");
	assert_string_equal(parts("list.hot"), "list hot { of terminal holds \"T1\" }");
	/* "card.response" names a profile as well, by chance: rather too much than too little. */
	assert_string_equal(parts("approval"), "expect approval \"own\" {\n  claim card.response on visa\n}|"
					       "profile card \"often\" by card {\n  n_1h = count() over 1h\n}");
}

static void
the_whole_when_it_cannot_be_told(void **state)
{
	(void)state;
	static const char *const names[] = {"rule.none", "rule.open", "score",       "",
					    ".",         "rule.",     "limit.often", "often"};
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_string_equal(parts(names[i]), policy);
	struct cs_span part[CS_EVIDENCE_PARTS_MAX];
	for (size_t len = 0; len < sizeof policy; len++) {
		unsigned n = cs_evidence_parts((struct cs_span){(const uint8_t *)policy, len}, "rule.often", part);
		assert_true(n >= 1 && n <= CS_EVIDENCE_PARTS_MAX);
		for (unsigned i = 0; i < n; i++)
			assert_true(part[i].at + part[i].len <= (const uint8_t *)policy + len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_block_that_spoke_and_what_it_names),
		cmocka_unit_test(the_whole_when_it_cannot_be_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: a policy compiles to exactly what it says; whatever is wrong with it is said with place and remedy.
 * Method: the shipped policy, the sketch of the design and small texts, each compared with the compiled tables, or
 * with the complaint to the letter.
 */
#include "check.h"

#include "policy/parse.c"

#include "policy/condition.h"

#include "policy_text.h"

#include <stdio.h>
#include <stdlib.h>

static const struct complaint_row rows[] = {
	{LINKS "tokens \"x\"\n", "p:3:8: expected \"key\", found the text \"x\"; write: tokens key \"token.key\"\n"},
	{LINKS "tokens key x\n",
	 "p:3:12: expected the name of a file between \" and \", found \"x\"; write: tokens key \"token.key\"\n"},
	{LINKS "tokens key \"a\"\ntokens key \"b\"\n", "p:4:1: the key is named twice; leave one out\n"},
	{LINKS "tokens key \"a\" previous b\n",
	 "p:3:25: expected the name of a file between \" and \", found \"b\"; write: tokens key \"new.key\" previous "
	 "\"old.key\"\n"},
	{LINKS "tokens key \"a\" previous \"b\"\ntokens key \"c\"\n", "p:4:1: the key is named twice; leave one out\n"},
	{LINKS "clocks 5s\n", "p:3:8: expected \"within\", found \"5s\"; write: clocks within 200ms\n"},
	{LINKS "clocks within 2min\n", "p:3:15: 2min is too long here; write at most 60s\n"},
	{LINKS "clocks within 1s\nclocks within 1s\n", "p:4:1: the clocks' skew is given twice; leave one out\n"},
	{LINKS "flow f {}\nrelease r {}\nmodel m\n",
	 "p:3:1: \"flow\" is not in this version; remove it\np:4:1: \"release\" is not in this version; remove "
	 "it\np:5:1: \"model\" is not in this version; remove it\n"},
	{LINKS "lnik visa { }\n", "p:3:1: no statement is called \"lnik\"; did you mean \"link\"?\n"},
	{LINKS "\"text\"\n", "p:3:1: expected a statement, found the text \"text\"; write: link visa { ... }\n"},
	{LINKS "}\n", "p:3:1: this \"}\" closes nothing; remove it\n"},
	{LINKS "expect {\n}\n", "p:3:8: expected a name, found \"{\"; write: expect approval \"title\" {\n"},
	{LINKS "expect e \"t\"\nexpect f \"u\"\n",
	 "p:4:1: expected \"{\", found \"expect\"; write: expect approval \"title\" {\np:5:1: expected \"{\", found "
	 "the end of the text; write: expect approval \"title\" {\n"},
	{LINKS "zzz\n", "p:3:1: no statement is called \"zzz\"; write one of " STATEMENTS "\n"},
	{LINKS "\001\n", "p:3:1: \"?\" means nothing here; remove it, or put text between \" and \"\n"},
	{LINKS "caf\303\251\n", "p:3:1: no statement is called \"caf\"; write one of " STATEMENTS "\n"},
};

static void
mistakes_are_named(void **state)
{
	(void)state;
	assert_rows(rows, sizeof rows / sizeof rows[0]);
}

static char *
read_shipped(void)
{
	static char at[65536];
	char path[1024];
	const char *root = getenv("COUNTERSIGN_ROOT");
	snprintf(path, sizeof path, "%s/policies/two-taps.policy", root ? root : ".");
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	at[fread(at, 1, sizeof at - 1, file)] = '\0';
	(void)fclose(file);
	return at;
}

static void
shipped_policy_compiles(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(read_shipped());
	assert_int_equal(policy->link_n, 2);
	assert_string_equal(policy->link[0].name, "visa");
	assert_string_equal(policy->link[0].tap, "eth1");
	assert_null(policy->link[0].host);
	assert_int_equal(policy->link[0].port_n, 1);
	assert_int_equal(policy->link[0].port[0], 5001);
	assert_string_equal(policy->link[0].framing, "length16");
	assert_string_equal(policy->link[1].dialect, "iso87-ebcdic");
	assert_int_equal(policy->link[1].side, CS_SIDE_ISSUER);
	assert_int_equal(policy->link[1].transactions_cap, 131072);
	assert_int_equal(policy->skew_ns, 200000000);
	assert_int_equal(policy->excuse_n, 1);
	assert_true(policy->excuse[0].when_signed_off);
	assert_int_equal(policy->excuse[0].when_silent_ns, UINT64_C(10000000000));
	assert_int_equal(policy->excuse[0].when_unanswered_ns, UINT64_C(5000000000));
	assert_int_equal(policy->excuse[0].within_ns, UINT64_C(900000000000));
	assert_int_equal(policy->excuse[0].proof.link, 1);
	assert_int_equal(policy->watch_n, 1);
	for (unsigned k = 0; k < CS_WATCH_N; k++)
		assert_true(policy->watch[0].row[k].on);
	assert_int_equal(policy->watch[0].row[CS_WATCH_TOO_FAST].against, 1);
	assert_int_equal(policy->watch[0].row[CS_WATCH_TOO_FAST].after_n, 1000);
	assert_int_equal(policy->watch[0].row[CS_WATCH_SIGNED_OFF].against, 0);
	assert_int_equal(policy->conserve_n, 1);
	assert_int_equal(policy->conserve[0].every_ns, UINT64_C(60000000000));
	assert_int_equal(policy->conserve[0].slack, 5);
}

static void
shipped_expectation_is_complete(void **state)
{
	(void)state;
	static const enum cs_field first[] = {CS_FIELD_CARD, CS_FIELD_RRN};
	static const enum cs_field second[] = {CS_FIELD_CARD, CS_FIELD_STAN, CS_FIELD_TERMINAL};
	const struct cs_policy *policy = compiled(read_shipped());
	assert_int_equal(policy->expect_n, 1);
	const struct cs_expect *expect = &policy->expect[0];
	assert_string_equal(expect->name, "approval");
	assert_string_equal(expect->title, "a card approval is the issuer's own");
	assert_int_equal(expect->claim.link, 0);
	assert_int_equal(expect->proof.link, 1);
	assert_int_equal(expect->claim.kinds, 1 << CS_KIND_RESPONSE);
	assert_non_null(expect->claim.where);
	assert_int_equal(expect->rung_n, 2);
	assert_rung(&expect->rung[0], 2, first);
	assert_rung(&expect->rung[1], 3, second);
	assert_int_equal(expect->agree_n, 3);
	assert_int_equal(expect->agree[0], CS_FIELD_AMOUNT);
	assert_int_equal(expect->agree[1], CS_FIELD_CURRENCY);
	assert_int_equal(expect->agree[2], CS_FIELD_APPROVAL_CODE);
	assert_int_equal(expect->within_ns, UINT64_C(30000000000));
	assert_false(expect->after);
	assert_int_equal(expect->unless_n, 4);
	assert_int_equal(expect->unless[0].kind, CS_UNLESS_EXCUSE);
	assert_int_equal(expect->unless[3].kind, CS_UNLESS_DUPLICATE);
	assert_int_equal(expect->otherwise.verdict, CS_VERDICT_BLOCK);
	assert_int_equal(expect->otherwise.severity, CS_SEVERITY_CRITICAL);
}

static void
sketch_of_the_design_compiles(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled(
		"link visa {\n  tap \"eth1\" port 5001\n  frame length16\n  dialect \"iso87-ascii\"\n"
		"  side acquirer\n}\n"
		"link core { tap \"eth2\" port 7001  frame length16  dialect \"iso87-ebcdic\"  side issuer }\n\n"
		"expect approval \"a card approval is the issuer's own\" {\n"
		"  claim  card.response on visa where approved\n"
		"  proof  card.response on core where approved\n"
		"  match  card, amount, currency and (rrn or stan + terminal)\n"
		"  within 30s before\n  unless stand_in\n  otherwise block critical\n}\n");
	assert_int_equal(policy->excuse_n, 1);
	const struct cs_excuse *built_in = &policy->excuse[policy->expect[0].unless[0].excuse];
	assert_string_equal(built_in->name, "stand_in");
	assert_int_equal(built_in->proof.link, 1);
	assert_int_equal(built_in->proof.kinds, 1 << CS_KIND_ADVICE);
	assert_int_equal(built_in->within_ns, UINT64_C(86400000000000));
	assert_int_equal(cs_condition_cost(built_in->proof.where), 1);
}

static void
a_policy_needs_a_link(void **state)
{
	(void)state;
	assert_complaints("# nothing",
			  "p:1:1: this policy has no link; write: link visa { tap port 5001  frame length16  "
			  "dialect \"iso87-ascii\"  side acquirer }\n");
}

/* A small generator of our own, so that every run tries the same. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Whatever the text: an answer, in bounds; sanitizers watch. */
static void
noise_is_answered(void **state)
{
	(void)state;
	static const char *const pieces[] = {"link ",   "expect ",   "x ",      "{ ",     "} ",      "claim ", "card",
					     ".",       "response",  " on ",    "visa ",  "where ",  "not ",   "( ",
					     ") ",      "and ",      "match ",  "rrn ",   "within ", "30s ",   "\n",
					     "before",  " + ",       ", ",      "\"t\" ", "\"",      "watch ", "\377",
					     "unless ", "stand_in ", "amount ", ">= ",    "5 ",      "EUR ",   "# "};
	uint32_t seed = 1;
	for (unsigned round = 0; round < 2000; round++) {
		char at[2048];
		struct cs_text text = cs_text_over(at, sizeof at);
		const struct cs_policy *policy = NULL;
		if (round % 2)
			cs_text_put(&text, LINKS);
		for (unsigned n = next_random(&seed) % 60; n; n--) {
			if (round % 5)
				cs_text_put(&text, pieces[next_random(&seed) % (sizeof pieces / sizeof pieces[0])]);
			else
				cs_text_put_char(&text, (char)next_random(&seed));
		}
		enum cs_error error = compile(at, text.len, &policy);
		assert_true(error == CS_OK || error == CS_E_SYNTAX);
		assert_int_equal(error == CS_OK, policy != NULL);
		assert_int_equal(error == CS_OK, complaints.all_n == 0);
		for (unsigned i = 1; i < complaints.n; i++)
			assert_true(complaints.at[i - 1].place.line <= complaints.at[i].place.line);
	}
}

/* Cut anywhere, the shipped policy is refused, or ends after a whole statement. */
static void
every_prefix_is_answered(void **state)
{
	(void)state;
	const char *text = read_shipped();
	const struct cs_policy *policy = NULL;
	unsigned good = 0;
	for (size_t len = 0; len < strlen(text); len++)
		good += compile(text, len, &policy) == CS_OK && policy->link_n && text[len - 1] != '{';
	assert_true(good > 0);
	assert_true(good < strlen(text) / 2);
}

static void
tables_have_limits(void **state)
{
	(void)state;
	static char at[32768];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < CS_LINKS_MAX + 1; i++) {
		cs_text_put(&text, "link l");
		cs_text_put_u64(&text, i);
		cs_text_put(&text, " { tap port ");
		cs_text_put_u64(&text, i + 1);
		cs_text_put(&text, " frame f dialect \"d\" side issuer }\n");
	}
	assert_complaints(at, "p:33:6: link l32 is one too many: a policy has at most 32; split it\n");
	text = cs_text_over(at, sizeof at);
	cs_text_put(&text, LINKS);
	for (unsigned i = 0; i < CS_EXPECTS_MAX + 1; i++) {
		cs_text_put(&text, "expect e");
		cs_text_put_u64(&text, i);
		cs_text_put(&text,
			    " { claim card.response on visa proof card.response on core match rrn within 1s before "
			    "unless stand_in otherwise hold low }\n");
	}
	assert_complaints(at, "p:67:8: expect e64 is one too many: a policy has at most 64; leave one out\n");
}

static void
complaints_have_a_limit(void **state)
{
	(void)state;
	static char at[4096];
	struct cs_text text = cs_text_over(at, sizeof at);
	const struct cs_policy *policy = NULL;
	for (unsigned i = 0; i < 25; i++)
		cs_text_put(&text, "nonsense\n");
	assert_int_equal(compile(at, text.len, &policy), CS_E_SYNTAX);
	assert_int_equal(complaints.n, CS_COMPLAINTS_MAX);
	assert_int_equal(complaints.all_n, 25);
}

static void
large_texts_are_refused(void **state)
{
	(void)state;
	size_t len = TEXT_MAX_BYTES + 1;
	char *text = malloc(len);
	const struct cs_policy *policy = NULL;
	assert_non_null(text);
	memset(text, '\n', len);
	assert_int_equal(compile(text, len, &policy), CS_E_SYNTAX);
	assert_string_equal(complaints.at[0].text, "this policy is larger than 256 KiB; split it");
	assert_int_equal(compile(text, len - 1, &policy), CS_E_SYNTAX);
	assert_int_not_equal(complaints.at[0].text[13], 'l');
	free(text);
}

/* An arena too small is an answer of its own, wherever it gives out. */
static void
small_arenas_are_answered(void **state)
{
	(void)state;
	const char *text = read_shipped();
	for (size_t cap = 0; cap < 400000; cap += 997) {
		struct cs_arena small;
		const struct cs_policy *policy = NULL;
		assert_int_equal(cs_arena_init(&small, cap), CS_OK);
		enum cs_error error = cs_policy_read(cs_span_text(text), "p", &small, &policy, &complaints);
		assert_true(error == CS_OK || error == CS_E_MEMORY);
		assert_int_equal(error == CS_OK, policy != NULL);
		cs_arena_fini(&small);
	}
}

static void
statements_are_kept(void **state)
{
	(void)state;
	const struct cs_policy *policy = compiled("\xEF\xBB\xBF" LINKS "tokens key \"my.key\"\r\nclocks within 5ms");
	assert_string_equal(policy->key_path, "my.key");
	assert_null(policy->previous_key_path);
	assert_int_equal(policy->skew_ns, 5000000);
	assert_string_equal(policy->path, "p");
	uint64_t hash = policy->hash;
	assert_int_not_equal(hash, compiled(LINKS)->hash);
	policy = compiled(LINKS "tokens key \"pkcs11:token=a\" previous \"old.key\"");
	assert_string_equal(policy->key_path, "pkcs11:token=a");
	assert_string_equal(policy->previous_key_path, "old.key");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_policy_compiles),
		cmocka_unit_test(shipped_expectation_is_complete),
		cmocka_unit_test(sketch_of_the_design_compiles),
		cmocka_unit_test(a_policy_needs_a_link),
		cmocka_unit_test(statements_are_kept),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(noise_is_answered),
		cmocka_unit_test(every_prefix_is_answered),
		cmocka_unit_test(tables_have_limits),
		cmocka_unit_test(complaints_have_a_limit),
		cmocka_unit_test(large_texts_are_refused),
		cmocka_unit_test(small_arenas_are_answered),
	};
	int failed = cmocka_run_group_tests_name("parse", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}

/*
 * Goal: a policy compiles to exactly what it says; whatever is wrong with it is said with place and remedy.
 * Method: the shipped policy, the sketch of the design and small texts, each compared with the compiled tables, or
 * with the complaint to the letter.
 */
#include "check.h"

#include "policy/parse.c"

#include "policy/condition.h"

#include <stdio.h>
#include <stdlib.h>

static struct cs_arena arena;
static struct cs_complaints complaints;

static enum cs_error
compile(const char *text, const struct cs_policy **out)
{
	cs_arena_reset(&arena);
	return cs_policy_read(cs_span_text(text), "p", &arena, out, &complaints);
}

static const struct cs_policy *
compiled(const char *text)
{
	const struct cs_policy *policy = NULL;
	enum cs_error error = compile(text, &policy);
	if (error != CS_OK) {
		char at[8192];
		struct cs_text all = cs_text_over(at, sizeof at);
		cs_complain_put(&all, "p", &complaints);
		fail_msg("%s: %s", cs_error_text(error), at);
	}
	return policy;
}

/* All complaints about TEXT, as the command shows them, are WANT. */
static void
assert_complaints(const char *text, const char *want)
{
	const struct cs_policy *policy = NULL;
	char at[8192];
	struct cs_text all = cs_text_over(at, sizeof at);
	assert_int_equal(compile(text, &policy), CS_E_SYNTAX);
	assert_null(policy);
	cs_complain_put(&all, "p", &complaints);
	assert_string_equal(at, want);
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
assert_rung(const struct cs_rung *rung, unsigned n, const enum cs_field *fields)
{
	assert_int_equal(rung->n, n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(rung->field[i], fields[i]);
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
	assert_int_equal(policy->excuse[0].within_ns, UINT64_C(14400000000000));
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
	assert_complaints("# nothing", "p:1:1: this policy has no link; write: link visa { tap port 5001  frame length16  "
				       "dialect \"iso87-ascii\"  side acquirer }\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_policy_compiles),
		cmocka_unit_test(shipped_expectation_is_complete),
		cmocka_unit_test(sketch_of_the_design_compiles),
		cmocka_unit_test(a_policy_needs_a_link),
	};
	if (cs_arena_init(&arena, 1 << 20) != CS_OK)
		return 1;
	int failed = cmocka_run_group_tests_name("parse", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}

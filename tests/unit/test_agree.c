/*
 * Goal: a value that differs between claim and proof is named with its reason, and what honest traffic does to values
 * (conversion, partial approval, fields that one side leaves out) is not.
 * Method: pairs of messages by hand, one rule at a time.
 */
#include "check.h"

#include "detect/agree.c"

enum { EUR = 978, USD = 840 };

static void
set_money(struct cs_event *event, enum cs_field field, int64_t minor, uint16_t currency)
{
	event->money[field - CS_MONEY_FIELD_FIRST] = cs_money_of(minor, currency);
	event->present |= UINT64_C(1) << field;
	if (field == CS_FIELD_AMOUNT)
		event->present |= UINT64_C(1) << CS_FIELD_CURRENCY;
}

static struct cs_event
paying(int64_t minor, uint16_t currency)
{
	struct cs_event event = {0};
	set_money(&event, CS_FIELD_AMOUNT, minor, currency);
	return event;
}

/* Checks one FIELD between two answers; CS_REASON_N when they agree. */
static enum cs_reason
differ(enum cs_field field, enum cs_unless_kind unless, const struct cs_event *claim, const struct cs_event *proof)
{
	const struct cs_expect expect = {.agree_n = 1, .agree = {field}, .unless_n = 1, .unless = {{.kind = unless}}};
	const struct cs_event *const pair[2][2] = {{claim, NULL}, {proof, NULL}};
	struct cs_disagreement found = {CS_REASON_N, CS_FIELD_N};
	bool differs = cs_agree_check(&expect, pair[0], pair[1], &found);
	assert_int_equal(differs, found.reason != CS_REASON_N);
	assert_true(!differs || found.field == field);
	return found.reason;
}

static void
amounts(void **state)
{
	(void)state;
	const struct cs_event a = paying(10000, EUR), more = paying(50000, EUR), other = paying(10000, USD);
	const struct cs_event unknown = paying(10000, 0), none = {0};
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_DUPLICATE, &a, &a), CS_REASON_N);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_DUPLICATE, &more, &a), CS_REASON_AMOUNT_DIFFERS);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_DUPLICATE, &other, &a), CS_REASON_CURRENCY_DIFFERS);
	assert_int_equal(differ(CS_FIELD_CURRENCY, CS_UNLESS_DUPLICATE, &other, &a), CS_REASON_CURRENCY_DIFFERS);
	assert_int_equal(differ(CS_FIELD_CURRENCY, CS_UNLESS_DUPLICATE, &more, &a), CS_REASON_N);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_DUPLICATE, &unknown, &a), CS_REASON_N);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_DUPLICATE, &none, &a), CS_REASON_N);
}

static void
conversion(void **state)
{
	(void)state;
	struct cs_event abroad = paying(11000, USD);
	const struct cs_event home = paying(10000, EUR);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_CONVERSION, &abroad, &home), CS_REASON_AMOUNT_DIFFERS);
	set_money(&abroad, CS_FIELD_BILLING, 10000, EUR);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_CONVERSION, &abroad, &home), CS_REASON_N);
	assert_int_equal(differ(CS_FIELD_CURRENCY, CS_UNLESS_CONVERSION, &abroad, &home), CS_REASON_N);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_PARTIAL, &abroad, &home), CS_REASON_AMOUNT_DIFFERS);
	set_money(&abroad, CS_FIELD_BILLING, 10001, EUR);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_CONVERSION, &abroad, &home), CS_REASON_AMOUNT_DIFFERS);
	/* in one currency there is nothing to convert */
	struct cs_event same = paying(50000, EUR);
	set_money(&same, CS_FIELD_BILLING, 10000, EUR);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_CONVERSION, &same, &home), CS_REASON_AMOUNT_DIFFERS);
}

static void
partial_approvals(void **state)
{
	(void)state;
	struct cs_event part = paying(4000, EUR), whole = paying(10000, EUR), more = paying(20000, EUR);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_PARTIAL, &part, &whole), CS_REASON_AMOUNT_DIFFERS);
	part.flags = more.flags = CS_FLAG_PARTIAL;
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_PARTIAL, &part, &whole), CS_REASON_N);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_DUPLICATE, &part, &whole), CS_REASON_AMOUNT_DIFFERS);
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_PARTIAL, &more, &whole), CS_REASON_AMOUNT_DIFFERS);
	whole.flags = CS_FLAG_PARTIAL;
	assert_int_equal(differ(CS_FIELD_AMOUNT, CS_UNLESS_PARTIAL, &part, &whole), CS_REASON_AMOUNT_DIFFERS);
}

static void
answers_only(void **state)
{
	(void)state;
	struct cs_event a = {0}, b = {0};
	const struct cs_event none = {0};
	cs_event_set_text(&a, CS_FIELD_APPROVAL_CODE, cs_span_text("A1B2C3"));
	cs_event_set_text(&b, CS_FIELD_APPROVAL_CODE, cs_span_text("A1B2C4"));
	a.present |= UINT64_C(1) << CS_FIELD_BALANCE;
	assert_int_equal(differ(CS_FIELD_APPROVAL_CODE, CS_UNLESS_DUPLICATE, &a, &a), CS_REASON_N);
	assert_int_equal(differ(CS_FIELD_APPROVAL_CODE, CS_UNLESS_DUPLICATE, &a, &b), CS_REASON_APPROVAL_CODE_DIFFERS);
	assert_int_equal(differ(CS_FIELD_APPROVAL_CODE, CS_UNLESS_DUPLICATE, &a, &none),
			 CS_REASON_APPROVAL_CODE_DIFFERS);
	assert_int_equal(differ(CS_FIELD_APPROVAL_CODE, CS_UNLESS_DUPLICATE, &none, &b),
			 CS_REASON_APPROVAL_CODE_DIFFERS);
	assert_int_equal(differ(CS_FIELD_APPROVAL_CODE, CS_UNLESS_DUPLICATE, &a, NULL), CS_REASON_N);
	/* a balance the issuer did not give is made up; one that was left out on the way is not */
	assert_int_equal(differ(CS_FIELD_BALANCE, CS_UNLESS_DUPLICATE, &a, &none), CS_REASON_BALANCE_DIFFERS);
	assert_int_equal(differ(CS_FIELD_BALANCE, CS_UNLESS_DUPLICATE, &none, &a), CS_REASON_N);
}

/* A value is the answer's where it has it, else the request's; the first field that differs is given. */
static void
pairs_and_order(void **state)
{
	(void)state;
	const struct cs_expect expect = {.agree_n = 2, .agree = {CS_FIELD_RESPONSE_CODE, CS_FIELD_AMOUNT}};
	struct cs_event answer = {0}, proof = paying(10000, EUR);
	const struct cs_event request = paying(50000, EUR);
	struct cs_disagreement found;
	const struct cs_event *const claim_pair[2] = {&answer, &request}, *const proof_pair[2] = {&proof, NULL};
	assert_true(cs_agree_check(&expect, claim_pair, proof_pair, &found));
	assert_int_equal(found.field, CS_FIELD_AMOUNT);
	cs_event_set_text(&answer, CS_FIELD_RESPONSE_CODE, cs_span_text("00"));
	cs_event_set_text(&proof, CS_FIELD_RESPONSE_CODE, cs_span_text("51"));
	assert_true(cs_agree_check(&expect, claim_pair, proof_pair, &found));
	assert_int_equal(found.field, CS_FIELD_RESPONSE_CODE);
	assert_int_equal(found.reason, CS_REASON_VALUE_DIFFERS);
	set_money(&answer, CS_FIELD_AMOUNT, 10000, EUR);
	cs_event_set_text(&answer, CS_FIELD_RESPONSE_CODE, cs_span_text("51"));
	assert_false(cs_agree_check(&expect, claim_pair, proof_pair, &found));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts),      cmocka_unit_test(conversion),      cmocka_unit_test(partial_approvals),
		cmocka_unit_test(answers_only), cmocka_unit_test(pairs_and_order),
	};
	return cmocka_run_group_tests_name("agree", tests, NULL, NULL);
}

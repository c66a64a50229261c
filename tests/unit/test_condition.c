/*
 * Goal: conditions mean what docs/policy.md says, with three values throughout.
 * Method: truth tables over hand-made programs, and each word and comparison on events with and without the field.
 */
#include "check.h"

#include "policy/condition.c"

#include "policy_text.h"

static const enum cs_truth values[] = {CS_FALSE, CS_TRUE, CS_UNKNOWN};

static void
truth_tables(void **state)
{
	(void)state;
	static const enum cs_truth and_table[3][3] = {
		{CS_FALSE, CS_FALSE, CS_FALSE}, {CS_FALSE, CS_TRUE, CS_UNKNOWN}, {CS_FALSE, CS_UNKNOWN, CS_UNKNOWN}};
	static const enum cs_truth or_table[3][3] = {
		{CS_FALSE, CS_TRUE, CS_UNKNOWN}, {CS_TRUE, CS_TRUE, CS_TRUE}, {CS_UNKNOWN, CS_TRUE, CS_UNKNOWN}};
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned j = 0; j < 3; j++) {
			assert_int_equal(both(values[i], values[j]), and_table[i][j]);
			assert_int_equal(either(values[i], values[j]), or_table[i][j]);
		}
	}
	assert_int_equal(negate(CS_TRUE), CS_FALSE);
	assert_int_equal(negate(CS_FALSE), CS_TRUE);
	assert_int_equal(negate(CS_UNKNOWN), CS_UNKNOWN);
}

static enum cs_truth
holds(const char *where, const struct cs_event *event)
{
	char at[2048];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, LINKS "expect e { claim card.response on visa where ");
	cs_text_put(&text, where);
	cs_text_put(&text, " proof card.response on core match rrn within 1s before otherwise hold low }");
	return cs_condition_holds(compiled(at)->expect[0].claim.where, event);
}

static void
set(struct cs_event *event, enum cs_field field, const char *value)
{
	cs_event_set_text(event, field, cs_span_text(value));
}

static struct cs_event
approval(void)
{
	struct cs_event event = {.kind = CS_KIND_RESPONSE, .mti = {'0', '2', '1', '0'}, .flags = CS_FLAG_APPROVED};
	set(&event, CS_FIELD_RESPONSE_CODE, "00");
	set(&event, CS_FIELD_PROCESSING, "010000");
	set(&event, CS_FIELD_POS_ENTRY, "901");
	set(&event, CS_FIELD_TERMINAL, "ATM00042");
	set(&event, CS_FIELD_MCC, "6011");
	event.money[CS_FIELD_AMOUNT - CS_MONEY_FIELD_FIRST] = cs_money_of(50000, 978);
	event.balance.amount = cs_money_of(-100, 978);
	memcpy(event.card.masked, "412345xxxxxx1234", 16);
	event.present |= UINT64_C(1) << CS_FIELD_AMOUNT | UINT64_C(1) << CS_FIELD_CURRENCY |
			 UINT64_C(1) << CS_FIELD_BALANCE | UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN |
			 UINT64_C(1) << CS_FIELD_MTI;
	return event;
}

struct row {
	const char *where;
	enum cs_truth want;
};

static void
assert_truths(const struct row *rows, size_t n, const struct cs_event *event)
{
	for (size_t i = 0; i < n; i++)
		if (holds(rows[i].where, event) != rows[i].want)
			fail_msg("%s is %d, not %d", rows[i].where, holds(rows[i].where, event), rows[i].want);
}

static void
words_on_an_approval(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"approved", CS_TRUE},  {"declined", CS_FALSE},   {"partial", CS_FALSE},  {"cash", CS_TRUE},
		{"purchase", CS_FALSE}, {"inquiry", CS_FALSE},    {"refund", CS_FALSE},   {"repeat", CS_FALSE},
		{"pin", CS_FALSE},      {"chip", CS_FALSE},       {"magstripe", CS_TRUE}, {"arqc", CS_FALSE},
		{"arpc", CS_FALSE},     {"fallback", CS_UNKNOWN},
	};
	struct cs_event event = approval();
	assert_truths(rows, sizeof rows / sizeof rows[0], &event);
}

static void
words_on_nothing(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"approved", CS_UNKNOWN}, {"declined", CS_UNKNOWN}, {"partial", CS_UNKNOWN},   {"cash", CS_UNKNOWN},
		{"purchase", CS_UNKNOWN}, {"inquiry", CS_UNKNOWN},  {"refund", CS_UNKNOWN},    {"repeat", CS_FALSE},
		{"pin", CS_FALSE},        {"chip", CS_UNKNOWN},     {"magstripe", CS_UNKNOWN}, {"fallback", CS_UNKNOWN},
	};
	struct cs_event event = {0};
	assert_truths(rows, sizeof rows / sizeof rows[0], &event);
}

static void
words_on_other_messages(void **state)
{
	(void)state;
	struct cs_event event = approval();
	event.flags = CS_FLAG_REPEAT | CS_FLAG_PIN | CS_FLAG_ARQC;
	set(&event, CS_FIELD_RESPONSE_CODE, "51");
	set(&event, CS_FIELD_PROCESSING, "312000");
	static const struct row declined[] = {{"approved", CS_FALSE}, {"declined", CS_TRUE}, {"inquiry", CS_TRUE},
					      {"repeat", CS_TRUE},    {"pin", CS_TRUE},      {"chip", CS_TRUE}};
	assert_truths(declined, sizeof declined / sizeof declined[0], &event);
	event.flags = CS_FLAG_APPROVED | CS_FLAG_PARTIAL;
	set(&event, CS_FIELD_PROCESSING, "200000");
	set(&event, CS_FIELD_POS_ENTRY, "051");
	static const struct row partial[] = {
		{"partial", CS_TRUE}, {"refund", CS_TRUE}, {"chip", CS_TRUE}, {"magstripe", CS_FALSE}};
	assert_truths(partial, sizeof partial / sizeof partial[0], &event);
	set(&event, CS_FIELD_PROCESSING, "000000");
	set(&event, CS_FIELD_POS_ENTRY, "021001200140");
	static const struct row data_code[] = {{"purchase", CS_TRUE}, {"chip", CS_FALSE}, {"magstripe", CS_TRUE}};
	assert_truths(data_code, sizeof data_code / sizeof data_code[0], &event);
	set(&event, CS_FIELD_POS_ENTRY, "901201513344");
	static const struct row chip_code[] = {{"chip", CS_TRUE}, {"magstripe", CS_FALSE}, {"fallback", CS_FALSE}};
	assert_truths(chip_code, sizeof chip_code / sizeof chip_code[0], &event);
}

/* A stripe was read though the card has a chip: its service code says so. */
static void
fallback_is_told_by_the_service_code(void **state)
{
	(void)state;
	struct cs_event event = approval();
	set(&event, CS_FIELD_SERVICE_CODE, "201");
	assert_int_equal(holds("fallback", &event), CS_TRUE);
	set(&event, CS_FIELD_SERVICE_CODE, "620");
	assert_int_equal(holds("fallback", &event), CS_TRUE);
	set(&event, CS_FIELD_SERVICE_CODE, "101");
	assert_int_equal(holds("fallback", &event), CS_FALSE);
	event.flags |= CS_FLAG_ARQC | CS_FLAG_ARPC;
	assert_int_equal(holds("arqc and arpc", &event), CS_TRUE);
}

/* A record has no response code: a column says whether it was approved. */
static void
words_on_records(void **state)
{
	(void)state;
	struct cs_event event = {.kind = CS_KIND_RECORD};
	unsigned fraud = 0;
	while (strcmp(cs_condition_word(fraud), "fraud") != 0)
		fraud++;
	assert_int_equal(holds("approved", &event), CS_FALSE);
	assert_int_equal(holds("declined", &event), CS_TRUE);
	assert_int_equal(cs_condition_word_holds(fraud, &event), CS_FALSE);
	event.flags = CS_FLAG_APPROVED | CS_FLAG_FRAUD;
	assert_int_equal(holds("approved", &event), CS_TRUE);
	assert_int_equal(cs_condition_word_holds(fraud, &event), CS_TRUE);
}

static void
round_sums(void **state)
{
	(void)state;
	static const struct {
		int64_t minor;
		uint16_t currency;
		enum cs_truth holds;
	} rows[] = {
		{2500000, 978, CS_TRUE},    /* 25000 EUR */
		{100000, 978, CS_TRUE},     /* 1000 EUR */
		{99900, 978, CS_FALSE},     /* 999 EUR */
		{90000, 978, CS_FALSE},     /* 900 EUR: too little */
		{12500000, 978, CS_FALSE},  /* 125000 EUR: three digits */
		{2500001, 978, CS_FALSE},   /* a cent */
		{-120000000, 978, CS_TRUE}, /* 1200000 EUR, taken back */
		{1200000, 392, CS_TRUE},    /* JPY has no decimals */
		{INT64_MIN, 978, CS_FALSE},
	};
	struct cs_event event = {.kind = CS_KIND_RECORD};
	assert_int_equal(holds("round", &event), CS_UNKNOWN);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		event.money[0] = cs_money_of(rows[i].minor, rows[i].currency);
		event.present |= UINT64_C(1) << CS_FIELD_AMOUNT;
		assert_int_equal(holds("round", &event), rows[i].holds);
	}
}

static void
comparisons(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"mcc = \"6011\"", CS_TRUE},
		{"mcc != \"6011\"", CS_FALSE},
		{"mcc < \"6012\"", CS_TRUE},
		{"mcc <= \"6011\"", CS_TRUE},
		{"mcc > \"6011\"", CS_FALSE},
		{"mcc >= \"6011\"", CS_TRUE},
		{"mcc = \"601\"", CS_FALSE},
		{"mcc in (\"5411\", \"6011\")", CS_TRUE},
		{"mcc in (\"5411\", \"5412\")", CS_FALSE},
		{"terminal starts \"ATM\"", CS_TRUE},
		{"terminal starts \"POS\"", CS_FALSE},
		{"rrn is missing", CS_TRUE},
		{"mcc is missing", CS_FALSE},
		{"rrn = \"1\"", CS_UNKNOWN},
		{"rrn != \"1\"", CS_UNKNOWN},
		{"not rrn = \"1\"", CS_UNKNOWN},
		{"rrn starts \"1\"", CS_UNKNOWN},
		{"rrn = \"1\" or cash", CS_TRUE},
		{"rrn = \"1\" and cash", CS_UNKNOWN},
		{"rrn = \"1\" and purchase", CS_FALSE},
		{"amount = 500 EUR", CS_TRUE},
		{"amount = 500.00 EUR", CS_TRUE},
		{"amount > 499.99 EUR", CS_TRUE},
		{"amount < 500 EUR", CS_FALSE},
		{"amount <= 500 EUR", CS_TRUE},
		{"amount != 500 EUR", CS_FALSE},
		{"amount > 1 USD", CS_UNKNOWN},
		{"amount != 1 USD", CS_UNKNOWN},
		{"amount in (400 EUR, 500 EUR)", CS_TRUE},
		{"billing_amount > 1 EUR", CS_UNKNOWN},
		{"balance < 0 EUR", CS_TRUE},
		{"currency = EUR", CS_TRUE},
		{"currency != EUR", CS_FALSE},
		{"currency = USD", CS_FALSE},
		{"currency != \"USD\"", CS_TRUE},
		{"currency in (USD, EUR)", CS_TRUE},
		{"bin = \"412345\"", CS_TRUE},
		{"bin = 412346", CS_FALSE},
		{"bin starts \"41\"", CS_TRUE},
		{"mti = \"0210\"", CS_TRUE},
		{"card is missing", CS_FALSE},
	};
	struct cs_event event = approval();
	assert_truths(rows, sizeof rows / sizeof rows[0], &event);
}

static void
a_currency_that_is_not_known(void **state)
{
	(void)state;
	struct cs_event event = approval();
	event.money[CS_FIELD_AMOUNT - CS_MONEY_FIELD_FIRST] = cs_money_of(50000, 0);
	static const struct row rows[] = {
		{"currency = EUR", CS_UNKNOWN}, {"currency != EUR", CS_UNKNOWN}, {"amount > 1 EUR", CS_UNKNOWN}};
	assert_truths(rows, sizeof rows / sizeof rows[0], &event);
}

static void
selectors(void **state)
{
	(void)state;
	struct cs_event event = approval();
	const struct cs_policy *policy = compiled(
		LINKS
		"expect e { claim card.response on visa where approved proof card.any on core match rrn within 1s "
		"before otherwise hold low }");
	const struct cs_expect *expect = &policy->expect[0];
	assert_true(cs_selector_takes(&expect->claim, &event));
	assert_false(cs_selector_takes(&expect->proof, &event));
	event.link = 1;
	assert_false(cs_selector_takes(&expect->claim, &event));
	assert_true(cs_selector_takes(&expect->proof, &event));
	event.kind = CS_KIND_NETWORK;
	assert_false(cs_selector_takes(&expect->proof, &event));
	event = (struct cs_event){.kind = CS_KIND_RESPONSE};
	assert_int_equal(cs_condition_holds(expect->claim.where, &event), CS_UNKNOWN);
	assert_false(cs_selector_takes(&expect->claim, &event));
	assert_int_equal(cs_condition_holds(NULL, &event), CS_TRUE);
	assert_int_equal(cs_condition_cost(NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(truth_tables),     cmocka_unit_test(words_on_an_approval),
		cmocka_unit_test(words_on_nothing), cmocka_unit_test(words_on_other_messages),
		cmocka_unit_test(comparisons),      cmocka_unit_test(a_currency_that_is_not_known),
		cmocka_unit_test(selectors),        cmocka_unit_test(fallback_is_told_by_the_service_code),
		cmocka_unit_test(words_on_records), cmocka_unit_test(round_sums),
	};
	int failed = cmocka_run_group_tests_name("condition", tests, NULL, NULL);
	cs_arena_fini(&arena);
	return failed;
}

/*
 * Goal: the store of a payment never overflows and never moves what it lent; reasons beyond the room are counted; names of
 * the contract are those documented.
 * Method: filled to the brim; the table of names against the words themselves.
 */
#include "check.h"

#include "decode/payment.c"

static void
the_store_has_an_end(void **state)
{
	(void)state;
	static struct cs_payment payment;
	cs_payment_reset(&payment);
	struct cs_span first = cs_payment_keep(&payment, cs_span_text("first"));
	unsigned n = 0;
	while (cs_payment_keep(&payment, cs_span_text("0123456789")).at)
		n++;
	assert_int_equal(n, (CS_PAYMENT_STORE_BYTES - 5) / 10);
	assert_true(cs_span_is(first, "first"));
	assert_null(cs_payment_room(&payment, CS_PAYMENT_STORE_BYTES));
	assert_null(cs_payment_keep_bic(&payment, cs_span_text("ALFABEBB")).at);
	assert_null(cs_payment_room(&payment, SIZE_MAX));
	cs_payment_reset(&payment);
	assert_non_null(cs_payment_room(&payment, CS_PAYMENT_STORE_BYTES));
	assert_null(cs_payment_room(&payment, 1));
}

static void
bics_have_eleven_characters(void **state)
{
	(void)state;
	static struct cs_payment payment;
	cs_payment_reset(&payment);
	assert_true(cs_span_is(cs_payment_keep_bic(&payment, cs_span_text("ALFABEBB")), "ALFABEBBXXX"));
	assert_true(cs_span_is(cs_payment_keep_bic(&payment, cs_span_text("ALFABEBB123")), "ALFABEBB123"));
	assert_true(cs_span_is(cs_payment_keep_bic(&payment, cs_span_text("ALFA")), "ALFA"));
}

static void
reasons_are_counted(void **state)
{
	(void)state;
	static struct cs_payment payment;
	cs_payment_reset(&payment);
	for (size_t i = 0; i < 70000; i++)
		cs_payment_refuse(&payment, &(struct cs_payment_reason){.code = "X", .offset = i});
	assert_int_equal(payment.reason_n, UINT16_MAX);
	assert_int_equal(payment.reason[CS_PAYMENT_REASONS_MAX - 1].offset, CS_PAYMENT_REASONS_MAX - 1);
	cs_payment_raise(&payment, CS_PAYMENT_ALERT_NAK);
	assert_true(cs_payment_raised(&payment, CS_PAYMENT_ALERT_NAK));
	assert_false(cs_payment_raised(&payment, CS_PAYMENT_ALERT_LAU_MISSING));
	cs_payment_reset(&payment);
	assert_int_equal(payment.reason_n + payment.alerts, 0);
}

static void
names_are_those_of_the_contract(void **state)
{
	(void)state;
	assert_string_equal(cs_payment_key_name(CS_PAYMENT_SENDER_BIC), "sender_bic");
	assert_string_equal(cs_payment_key_name(CS_PAYMENT_REASON), "reason");
	assert_string_equal(cs_payment_alert_name(CS_PAYMENT_ALERT_BALANCE_MISMATCH), "balance_mismatch");
	assert_string_equal(cs_payment_alert_name(CS_PAYMENT_ALERT_LAU_MISSING), "lau_missing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_store_has_an_end),
		cmocka_unit_test(bics_have_eleven_characters),
		cmocka_unit_test(reasons_are_counted),
		cmocka_unit_test(names_are_those_of_the_contract),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

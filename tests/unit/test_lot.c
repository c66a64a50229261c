/*
 * Goal: the rows of a batch are summed on both sides and compared once, when its time is over; what was lost makes it unproven.
 * Method: policies over two records, rows one by one, what is found compared to the letter.
 */
#include "check.h"

#include "detect/lot.c"

#include "claims.h"

#define BATCH                                                                                                          \
	ORDERS SWIFT "expect booked { claim record on orders  proof record on swift  match sum of amount by ref  "     \
		     "within 1h after "                                                                                \
		     "unless duplicate  otherwise hold high }"

static void
one_entry_stands_for_many_payments(void **state)
{
	(void)state;
	start(BATCH);
	for (unsigned i = 0; i < 100; i++)
		tell((struct row){AT_ORDERS, 1000 + i, "B1", NULL, NULL, 100 + i, NULL, 0});
	tell((struct row){AT_SWIFT, 2000, "B1", NULL, NULL, 100 * 100 + 99 * 50, NULL, 0});
	assert_int_equal(counts(0)->waiting, 100);
	settle(AT_SWIFT, 4600);
	assert_int_equal(counts(0)->waiting, 100);
	settle(AT_ORDERS, 4600);
	assert_string_equal(heard, "");
	assert_int_equal(counts(0)->proven, 100);
	assert_int_equal(counts(0)->waiting, 0);
	stop();
}

static void
many_entries_stand_for_one_payment_in_parts(void **state)
{
	(void)state;
	start(BATCH);
	tell((struct row){AT_ORDERS, 1000, "P1", NULL, NULL, 10000, NULL, 0});
	tell((struct row){AT_SWIFT, 2000, "P1", NULL, NULL, 4000, NULL, 0});
	tell((struct row){AT_SWIFT, 2500, "P1", NULL, NULL, 6000, NULL, 0});
	settle(AT_SWIFT, 4600);
	settle(AT_ORDERS, 4600);
	assert_string_equal(heard, "");
	assert_int_equal(counts(0)->proven, 1);
	stop();
}

static void
sums_that_differ_are_told_once(void **state)
{
	(void)state;
	start(BATCH);
	tell((struct row){AT_ORDERS, 1000, "B1", NULL, NULL, 100, NULL, 0});
	tell((struct row){AT_ORDERS, 1001, "B1", NULL, NULL, 200, NULL, 0});
	tell((struct row){AT_ORDERS, 1001, "B2", NULL, NULL, 700, NULL, 0});
	tell((struct row){AT_SWIFT, 2000, "B1", NULL, NULL, 299, NULL, 0});
	settle(AT_SWIFT, 5000);
	settle(AT_ORDERS, 5000);
	assert_string_equal(heard, "amount_differs(on orders 2 rows of 3.00 EUR, on swift 1 row of 2.99 EUR) "
				   "proof_missing(on orders 1 row of 7.00 EUR, on swift 0 rows of 0.00 EUR) ");
	assert_int_equal(counts(0)->contradicted, 2);
	assert_int_equal(counts(0)->forged, 1);
	stop();
}

static void
copies_count_once_and_proofs_without_claims_are_no_news(void **state)
{
	(void)state;
	start(BATCH);
	tell((struct row){AT_ORDERS, 1000, "B1", NULL, NULL, 100, NULL, 7});
	tell((struct row){AT_ORDERS, 1000, "B1", NULL, NULL, 100, NULL, 7});
	tell((struct row){AT_SWIFT, 1100, "B1", NULL, NULL, 100, NULL, 8});
	tell((struct row){AT_SWIFT, 1100, "B1", NULL, NULL, 100, NULL, 8});
	tell((struct row){AT_SWIFT, 1100, "B9", NULL, NULL, 100, NULL, 0});
	settle(AT_SWIFT, 5000);
	settle(AT_ORDERS, 5000);
	assert_string_equal(heard, "");
	assert_int_equal(counts(0)->duplicate, 1);
	assert_int_equal(counts(0)->proven, 1);
	stop();
}

static void
rows_that_were_lost_make_it_unproven(void **state)
{
	(void)state;
	start(BATCH);
	tell((struct row){AT_ORDERS, 1000, "B1", NULL, NULL, 100, NULL, 0});
	tell((struct row){AT_SWIFT, 1100, "B1", NULL, NULL, 90, NULL, 0});
	struct cs_gap gap = {1200 * cs_second_ns, 1300 * cs_second_ns, 7};
	cs_coverage_gap(coverage, AT_SWIFT, CS_DIR_TO_PORT, gap);
	settle(AT_SWIFT, 5000);
	settle(AT_ORDERS, 5000);
	assert_string_equal(heard, "unproven(on orders 1 row of 1.00 EUR, on swift 1 row of 0.90 EUR) ");
	assert_int_equal(counts(0)->unproven, 1);
	stop();
}

static void
leaving_the_batch_or_the_amount_out_is_no_way_round(void **state)
{
	(void)state;
	start(BATCH);
	tell((struct row){AT_ORDERS, 1000, NULL, NULL, NULL, 100, NULL, 0});
	assert_string_equal(heard, "value_missing(it names no batch) ");
	tell((struct row){AT_ORDERS, 1000, "B1", NULL, NULL, INT64_MAX, NULL, 0});
	tell((struct row){AT_ORDERS, 1001, "B1", NULL, NULL, INT64_MAX, NULL, 0});
	tell((struct row){AT_SWIFT, 1100, "B1", NULL, NULL, 100, NULL, 0});
	settle(AT_SWIFT, 5000);
	settle(AT_ORDERS, 5000);
	assert_non_null(strstr(heard, "amount_differs(on orders 2 rows of "));
	assert_int_equal(counts(0)->unproven, 0);
	assert_int_equal(counts(0)->contradicted, 3);
	stop();
}

/* 256 batches have room here. */
static void
a_full_table_is_no_forgery(void **state)
{
	(void)state;
	start(BATCH);
	for (unsigned i = 0; i < 400; i++) {
		char name[16];
		struct cs_text text = cs_text_over(name, sizeof name);
		cs_text_put_u64(&text, i);
		tell((struct row){AT_ORDERS, 1000, name, NULL, NULL, 100, NULL, 0});
	}
	assert_int_equal(counts(0)->unproven, 400 - 256);
	assert_int_equal(counts(0)->forged, 0);
	assert_int_equal(counts(0)->waiting, 256);
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_entry_stands_for_many_payments),
		cmocka_unit_test(many_entries_stand_for_one_payment_in_parts),
		cmocka_unit_test(sums_that_differ_are_told_once),
		cmocka_unit_test(copies_count_once_and_proofs_without_claims_are_no_news),
		cmocka_unit_test(rows_that_were_lost_make_it_unproven),
		cmocka_unit_test(leaving_the_batch_or_the_amount_out_is_no_way_round),
		cmocka_unit_test(a_full_table_is_no_forgery),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

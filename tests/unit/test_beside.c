/*
 * Goal: charges make up for a difference only when they are exactly it, a record that stands for the proof excuses and nothing else
 * does, a date may be later by business days alone, and a value that must be there is missed by name.
 * Method: policies over two records, rows one by one, what is found compared to the letter.
 */
#include "check.h"

#include "detect/beside.c"

#include "claims.h"

#define BOOKED(match, more)                                                                                            \
	ORDERS SWIFT                                                                                                   \
		"calendar bank { weekend saturday, sunday  holiday 2026-04-03 \"Good Friday\" }\n"                     \
		"expect booked { claim record on orders  proof record on swift where kind = \"line\"  match " match    \
		"  within 1h after " more " unless duplicate otherwise hold high }"

static void
charges_of_the_same_reference_make_up_for_a_difference(void **state)
{
	(void)state;
	start(BOOKED("amount and (ref)", "charges record on swift where kind = \"fee\""));
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, NULL, 10000, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, "R2", NULL, NULL, 10000, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, "R3", NULL, NULL, 10000, NULL, 0});
	tell((struct row){AT_SWIFT, 1010, "R1", NULL, NULL, 9850, "line", 0});
	tell((struct row){AT_SWIFT, 1010, "R2", NULL, NULL, 9850, "line", 0});
	tell((struct row){AT_SWIFT, 1010, "R3", NULL, NULL, 10150, "line", 0});
	assert_string_equal(heard, "");
	tell((struct row){AT_SWIFT, 1011, "R1", NULL, NULL, 100, "fee", 0});
	tell((struct row){AT_SWIFT, 1012, "R1", NULL, NULL, 50, "fee", 0});
	tell((struct row){AT_SWIFT, 1012, "R2", NULL, NULL, 149, "fee", 0});
	tell((struct row){AT_SWIFT, 1012, "R3", NULL, NULL, 150, "fee", 0});
	settle(AT_SWIFT, 4600);
	assert_string_equal(heard, "amount_differs(amount 100.00 EUR, swift has 98.50 EUR) ");
	assert_int_equal(counts(0)->proven, 2);
	stop();
}

static void
a_charge_does_not_hide_that_something_else_differs(void **state)
{
	(void)state;
	start(BOOKED("payee, amount and (ref)", "charges record on swift where kind = \"fee\""));
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 10000, NULL, 0});
	tell((struct row){AT_SWIFT, 1010, "R1", NULL, "P9", 9850, "line", 0});
	tell((struct row){AT_SWIFT, 1010, "R1", NULL, NULL, 150, "fee", 0});
	settle(AT_SWIFT, 4600);
	assert_string_equal(heard, "amount_differs(amount 100.00 EUR, swift has 98.50 EUR; payee P1, swift has P9) ");
	stop();
}

static void
a_return_stands_for_the_line(void **state)
{
	(void)state;
	start(ORDERS SWIFT
	      "expect booked { claim record on orders  proof record on swift where kind = \"line\"  match amount and "
	      "(ref) "
	      "within 1h after  unless record on swift where kind = \"return\", duplicate  otherwise hold high }");
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, NULL, 10000, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, "R2", NULL, NULL, 10000, NULL, 0});
	tell((struct row){AT_SWIFT, 1010, "R1", NULL, NULL, 10000, "return", 0});
	tell((struct row){AT_SWIFT, 1010, "R2", NULL, NULL, 10000, "answer", 0});
	settle(AT_SWIFT, 4600);
	assert_string_equal(heard, "proof_missing(no matching record on swift within 60 min after it) ");
	assert_int_equal(counts(0)->excused, 1);
	assert_int_equal(counts(0)->forged, 1);
	stop();
}

static void
a_value_date_may_be_a_business_day_later(void **state)
{
	static const struct {
		const char *ordered;
		const char *booked;
		bool agrees;
	} dates[] = {
		{"2026-03-30", "2026-03-30", true},  {"2026-03-30", "2026-03-31", true},
		{"2026-03-30", "2026-04-01", false}, {"2026-03-31", "2026-03-30", false},
		{"2026-03-27", "2026-03-30", true},  {"2026-03-27", "2026-03-28", true},
		{"2026-04-02", "2026-04-06", true},  {"2026-04-02", "2026-04-07", false},
		{"2026-03-27", "2026-03-31", false}, {"2026-02-30", "2026-03-02", false},
		{"2026-3-30", "2026-03-31", false},  {"2026-03-30", "9999-12-31", false},
	};
	(void)state;
	for (unsigned i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		start(BOOKED("payee within 1 business day by bank, amount and (ref)", ""));
		tell((struct row){AT_ORDERS, 1000, "R1", NULL, dates[i].ordered, 10000, NULL, 0});
		tell((struct row){AT_SWIFT, 1010, "R1", NULL, dates[i].booked, 10000, "line", 0});
		assert_int_equal(counts(0)->proven, dates[i].agrees);
		assert_int_equal(counts(0)->contradicted, !dates[i].agrees);
		stop();
	}
}

static void
without_a_calendar_saturday_and_sunday_are_free(void **state)
{
	(void)state;
	start(ORDERS SWIFT "expect booked { claim record on orders  proof record on swift  match payee within 2 "
			   "business days and (ref) "
			   "within 1h after  otherwise hold high }");
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "2026-04-02", 10000, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, "R2", NULL, "2026-04-02", 10000, NULL, 0});
	tell((struct row){AT_SWIFT, 1010, "R1", NULL, "2026-04-06", 10000, NULL, 0});
	tell((struct row){AT_SWIFT, 1010, "R2", NULL, "2026-04-07", 10000, NULL, 0});
	assert_string_equal(heard, "value_differs(payee 2026-04-02, swift has 2026-04-07) ");
	stop();
}

static void
what_is_required_is_missed(void **state)
{
	(void)state;
	start(BOOKED("payee required, amount and (ref)", ""));
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 10000, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, "R2", NULL, NULL, 10000, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, "R3", NULL, "P3", 10000, NULL, 0});
	tell((struct row){AT_SWIFT, 1010, "R1", NULL, NULL, 10000, "line", 0});
	tell((struct row){AT_SWIFT, 1010, "R2", NULL, "P2", 10000, "line", 0});
	tell((struct row){AT_SWIFT, 1010, "R3", NULL, "P3", 10000, "line", 0});
	assert_string_equal(heard, "value_missing(payee P1, swift has none) value_missing(payee none, swift has P2) ");
	assert_int_equal(counts(0)->proven, 1);
	stop();
	start(BOOKED("payee, amount and (ref)", ""));
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 10000, NULL, 0});
	tell((struct row){AT_SWIFT, 1010, "R1", NULL, NULL, 10000, "line", 0});
	assert_string_equal(heard, "");
	stop();
}

static void
rows_that_were_lost_may_have_stood_for_it(void **state)
{
	(void)state;
	start(ORDERS SWIFT "expect booked { claim record on orders where payee = \"P1\"  proof record on swift  match "
			   "amount and (ref) "
			   "within 1h after  unless record on orders where payee = \"P2\"  otherwise hold high }");
	struct cs_gap gap = {1200 * cs_second_ns, 1300 * cs_second_ns, 7};
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 10000, NULL, 0});
	cs_coverage_gap(coverage, AT_ORDERS, CS_DIR_TO_PORT, gap);
	settle(AT_SWIFT, 4600);
	assert_string_equal(heard, "");
	settle(AT_ORDERS, 4600);
	assert_string_equal(heard, "unproven(no matching record on swift within 60 min after it) ");
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(charges_of_the_same_reference_make_up_for_a_difference),
		cmocka_unit_test(a_charge_does_not_hide_that_something_else_differs),
		cmocka_unit_test(a_return_stands_for_the_line),
		cmocka_unit_test(a_value_date_may_be_a_business_day_later),
		cmocka_unit_test(without_a_calendar_saturday_and_sunday_are_free),
		cmocka_unit_test(what_is_required_is_missed),
		cmocka_unit_test(rows_that_were_lost_may_have_stood_for_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

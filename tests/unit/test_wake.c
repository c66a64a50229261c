/*
 * Goal: a record that proves decides the records that wait for it at once, the oldest first and each once; and what was
 * decided before its turn is not decided again when its turn comes.
 * Method: an order is followed by its payment within an hour; rows one by one, what is found and counted compared.
 */
#include "check.h"

#include "detect/wake.c"

#include "claims.h"

#define SENT                                                                                                           \
	ORDERS SWIFT                                                                                                   \
		"expect sent { claim record on orders proof record on swift match payee, amount and (uetr or ref) "    \
		"within 1h after otherwise hold high }"

static void
a_proof_decides_at_once(void **state)
{
	(void)state;
	start(SENT);
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_ORDERS, 1001, "R2", NULL, "P2", 500, NULL, 0});
	tell((struct row){AT_ORDERS, 1002, "R3", "U3", "P3", 500, NULL, 0});
	assert_int_equal(counts(0)->waiting, 3);
	tell((struct row){AT_SWIFT, 1100, "R2", NULL, "P2", 700, NULL, 0});
	assert_string_equal(heard, "amount_differs(amount 5.00 EUR, swift has 7.00 EUR) ");
	tell((struct row){AT_SWIFT, 1200, "X", "U3", "P3", 500, NULL, 0});
	assert_int_equal(counts(0)->waiting, 1);
	assert_int_equal(counts(0)->proven, 1);
	settle(AT_SWIFT, 1000 + 3600);
	assert_string_equal(heard, "amount_differs(amount 5.00 EUR, swift has 7.00 EUR) "
				   "proof_missing(no matching record on swift within 60 min after it) ");
	settle(AT_SWIFT, 9000);
	assert_int_equal(counts(0)->waiting, 0);
	assert_int_equal(counts(0)->forged + counts(0)->proven + counts(0)->contradicted, counts(0)->claims);
	stop();
}

static void
one_proof_is_for_the_oldest_of_equals(void **state)
{
	(void)state;
	start(SENT);
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_ORDERS, 1001, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 1100, "R1", NULL, "P1", 500, NULL, 0});
	assert_int_equal(counts(0)->proven, 1);
	assert_int_equal(detect->expecting[0].head, 1);
	tell((struct row){AT_SWIFT, 1200, "R1", NULL, "P1", 500, NULL, 0});
	assert_int_equal(counts(0)->proven, 2);
	assert_int_equal(detect->expecting[0].head, 2);
	assert_string_equal(heard, "");
	stop();
}

static void
late_rows_prove_what_waits_for_them(void **state)
{
	(void)state;
	start(ORDERS SWIFT
	      "expect paid { claim record on swift proof record on orders match amount and (ref) within 1h before "
	      "otherwise hold high }");
	tell((struct row){AT_SWIFT, 5000, "R1", NULL, NULL, 500, NULL, 0});
	tell((struct row){AT_SWIFT, 5001, "R2", NULL, NULL, 500, NULL, 0});
	tell((struct row){AT_ORDERS, 4000, "R2", NULL, NULL, 500, NULL, 0});
	assert_int_equal(counts(0)->proven, 1);
	assert_int_equal(detect->expecting[0].head, 0);
	tell((struct row){AT_ORDERS, 4001, "R1", NULL, NULL, 500, NULL, 0});
	assert_int_equal(counts(0)->proven, 2);
	assert_int_equal(detect->expecting[0].head, 2);
	settle(AT_ORDERS, 9000);
	assert_string_equal(heard, "");
	stop();
}

/* More claims than there is room for: the oldest are decided early, and counted as dropped. */
static void
a_full_store_decides_early(void **state)
{
	(void)state;
	start(SENT);
	for (unsigned i = 0; i < 1500; i++) {
		char ref[16];
		snprintf(ref, sizeof ref, "R%u", i);
		tell((struct row){AT_ORDERS, 1000, ref, NULL, "P1", 500, NULL, 0});
		if (i % 3 == 0)
			tell((struct row){AT_SWIFT, 1000, ref, NULL, "P1", 500, NULL, 0});
	}
	assert_int_equal(counts(0)->proven, 500);
	assert_int_equal(counts(0)->claims, 1500);
	assert_int_equal(counts(0)->forged, 0);
	assert_int_equal(counts(0)->proven + counts(0)->unproven + counts(0)->waiting, 1500);
	assert_true(cs_detect_counts_of(detect)->evicted[AT_ORDERS] > 0);
	assert_non_null(strstr(heard, "state_full(1 record dropped before its time: raise `keep 1024 records`)"));
	stop();
}

/* By looking at each. */
static uint64_t
find_slowly(const struct cs_expecting *expecting, uint64_t number)
{
	for (uint64_t k = expecting->head; k < expecting->tail; k++)
		if (number_at(expecting, k) == number && !expecting->at[k % expecting->cap].decided)
			return k;
	return expecting->tail;
}

/* Whatever lies between the claims: each is found, and nothing else is. */
static void
each_waiting_claim_is_found(void **state)
{
	(void)state;
	enum { CAP = 64 };
	static struct cs_pending at[CAP];
	for (unsigned seed = 1; seed <= 2000; seed++) {
		struct cs_expecting expecting = {.head = seed % 70, .cap = CAP, .at = at};
		uint64_t dice = seed * UINT64_C(0x9e3779b97f4a7c15), number = dice % 1000;
		expecting.tail = expecting.head;
		uint64_t first = number;
		for (unsigned i = 0; i < 1 + seed % CAP; i++) {
			dice = dice * UINT64_C(6364136223846793005) + 1;
			number += 1 + (dice >> 60 ? (dice >> 33) % 3 : (dice >> 33) % 5000);
			at[expecting.tail++ % CAP] = (struct cs_pending){.number = number, .decided = i % 5 == 4};
		}
		for (uint64_t sought = first; sought <= number + 2; sought += 1 + (number - first) / 300)
			assert_int_equal(find_pending(&expecting, sought), find_slowly(&expecting, sought));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_decides_at_once),
		cmocka_unit_test(one_proof_is_for_the_oldest_of_equals),
		cmocka_unit_test(late_rows_prove_what_waits_for_them),
		cmocka_unit_test(a_full_store_decides_early),
		cmocka_unit_test(each_waiting_claim_is_found),
	};
	return cmocka_run_group_tests_name("wake", tests, NULL, NULL);
}

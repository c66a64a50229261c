/*
 * Goal: the record that bears a claim out is the one that all fields of a way are equal in and no stronger way tells apart;
 * of equal ones the oldest; none twice, no copy, nothing that could not be seen; and all of it in words without an issuer.
 * Method: policies over two records, rows one by one, what is found compared to the letter.
 */
#include "check.h"

#include "detect/match_record.c"

#include "claims.h"

#define PAID                                                                                                           \
	ORDERS SWIFT                                                                                                   \
		"expect paid { claim record on swift proof record on orders match payee, amount and (uetr or ref) "    \
		"within 1h before unless duplicate otherwise hold high }"

static void
a_payment_is_proven_by_its_order(void **state)
{
	(void)state;
	start(PAID);
	tell((struct row){AT_ORDERS, 1000, "R1", "U1", "P1", 500, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, "R2", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 1001, "X", "U1", "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 1002, "R2", "U2", "P1", 500, NULL, 0});
	assert_string_equal(heard, "");
	assert_int_equal(counts(0)->proven, 2);
	stop();
}

static void
what_differs_is_told(void **state)
{
	(void)state;
	start(PAID);
	tell((struct row){AT_ORDERS, 1000, "R1", "U1", "P1", 500, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, "R2", "U2", "P2", 600, NULL, 0});
	tell((struct row){AT_SWIFT, 1001, "R1", "U1", "P1", 50000, NULL, 0});
	tell((struct row){AT_SWIFT, 1002, "R2", "U2", "P9", 600, NULL, 0});
	assert_string_equal(heard, "amount_differs(amount 500.00 EUR, orders has 5.00 EUR) "
				   "value_differs(payee P9, orders has P2) ");
	assert_int_equal(counts(0)->contradicted, 2);
	stop();
}

static void
a_second_payment_finds_its_order_used(void **state)
{
	(void)state;
	start(PAID);
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 1001, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 1002, "R1", NULL, "P1", 500, NULL, 0});
	assert_string_equal(heard, "");
	settle(AT_ORDERS, 1002);
	assert_string_equal(heard, "proof_used_twice(its record on orders has borne out an earlier one already) ");
	assert_int_equal(counts(0)->forged, 1);
	stop();
}

static void
the_same_bytes_are_one_payment_and_one_order(void **state)
{
	(void)state;
	start(PAID);
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 500, NULL, 7});
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 500, NULL, 7});
	tell((struct row){AT_SWIFT, 1001, "R1", NULL, "P1", 500, NULL, 8});
	tell((struct row){AT_SWIFT, 1001, "R1", NULL, "P1", 500, NULL, 8});
	tell((struct row){AT_SWIFT, 1002, "R1", NULL, "P1", 500, NULL, 9});
	settle(AT_ORDERS, 1002);
	assert_string_equal(heard, "proof_used_twice(its record on orders has borne out an earlier one already) ");
	assert_int_equal(counts(0)->duplicate, 1);
	assert_int_equal(counts(0)->proven, 1);
	stop();
}

static void
copies_that_are_not_excused_are_claims(void **state)
{
	(void)state;
	start(ORDERS SWIFT "expect paid { claim record on swift proof record on orders match ref within 1h before "
			   "otherwise hold high }");
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, NULL, 0, NULL, 7});
	tell((struct row){AT_SWIFT, 1001, "R1", NULL, NULL, 0, NULL, 8});
	tell((struct row){AT_SWIFT, 1001, "R1", NULL, NULL, 0, NULL, 8});
	settle(AT_ORDERS, 1002);
	assert_int_equal(counts(0)->claims, 2);
	assert_int_equal(counts(0)->forged, 1);
	stop();
}

static void
a_reference_that_differs_tells_apart(void **state)
{
	(void)state;
	start(ORDERS SWIFT "expect paid { claim record on swift proof record on orders match amount and (ref or payee) "
			   "within 1h before otherwise hold high }");
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_ORDERS, 1000, NULL, NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 1001, "R2", NULL, "P1", 500, NULL, 0}); /* the one without a reference */
	tell((struct row){AT_SWIFT, 1002, "R3", NULL, "P1", 500, NULL, 0}); /* none is left */
	tell((struct row){AT_SWIFT, 1003, "R1", NULL, "P1", 500, NULL, 0});
	settle(AT_ORDERS, 1003);
	assert_string_equal(heard, "proof_used_twice(its record on orders has borne out an earlier one already) ");
	assert_int_equal(counts(0)->proven, 2);
	stop();
}

/* Two orders of one sum to one payee, an hour apart but for a minute: each payment takes the older one that is left. */
static void
of_equal_ones_the_oldest_is_taken(void **state)
{
	(void)state;
	start(ORDERS SWIFT
	      "expect paid { claim record on swift proof record on orders match payee, amount within 1h before "
	      "otherwise hold high }");
	tell((struct row){AT_ORDERS, 1000, NULL, NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_ORDERS, 4500, NULL, NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 4550, NULL, NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 8000, NULL, NULL, "P1", 500, NULL, 0});
	assert_string_equal(heard, "");
	assert_int_equal(counts(0)->proven, 2);
	stop();
}

static void
nothing_is_forged_before_the_orders_were_seen(void **state)
{
	(void)state;
	start(PAID);
	tell((struct row){AT_SWIFT, 9000, "R1", NULL, "P1", 500, NULL, 0});
	settle(AT_SWIFT, 9900);
	settle(AT_ORDERS, 8999);
	assert_string_equal(heard, "");
	settle(AT_ORDERS, 9000);
	assert_string_equal(heard, "proof_missing(no matching record on orders within 60 min before it) ");
	tell((struct row){AT_SWIFT, 9950, "R2", NULL, "P1", 500, NULL, 0});
	cs_detect_finish(detect);
	assert_int_equal(counts(0)->waiting, 1);
	assert_int_equal(counts(0)->forged, 1);
	stop();
}

static void
an_order_that_came_late_is_told_as_late(void **state)
{
	(void)state;
	start(PAID);
	tell((struct row){AT_SWIFT, 9000, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_ORDERS, 9060, "R1", NULL, "P1", 500, NULL, 0});
	settle(AT_ORDERS, 9060);
	assert_string_equal(heard, "proof_missing(its record on orders came 60.000 s later) ");
	stop();
}

static void
what_could_lie_in_a_gap_is_unproven(void **state)
{
	(void)state;
	start(PAID);
	cs_coverage_gap(coverage, AT_ORDERS, CS_DIR_TO_PORT,
			(struct cs_gap){8000 * cs_second_ns, 8010 * cs_second_ns, 1});
	tell((struct row){AT_SWIFT, 9000, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 12000, "R2", NULL, "P1", 500, NULL, 0});
	settle(AT_ORDERS, 12000);
	assert_string_equal(heard, "unproven(no matching record on orders within 60 min before it) "
				   "proof_missing(no matching record on orders within 60 min before it) ");
	stop();
}

/* Behind 32 equal orders some are not found any more: then nothing is called forged by that key. */
static void
too_many_of_one_key_are_unproven(void **state)
{
	(void)state;
	start(ORDERS SWIFT
	      "expect paid { claim record on swift proof record on orders match payee, amount within 1h before "
	      "otherwise hold high }");
	for (unsigned i = 0; i < 40; i++)
		tell((struct row){AT_ORDERS, 5000 + i, NULL, NULL, "P1", 500, NULL, 0});
	for (unsigned i = 0; i < 40; i++)
		tell((struct row){AT_SWIFT, 5100 + i, NULL, NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 5200, NULL, NULL, "P2", 500, NULL, 0});
	settle(AT_ORDERS, 5200);
	assert_int_equal(counts(0)->proven, 32);
	assert_int_equal(counts(0)->unproven, 8);
	assert_int_equal(counts(0)->forged, 1);
	stop();
}

static void
rows_of_one_record_prove_each_other_and_not_themselves(void **state)
{
	(void)state;
	start(ORDERS SWIFT
	      "expect acked { claim record on swift where kind = \"payment\" proof record on swift where kind "
	      "!= \"x\" match ref within 10min after otherwise hold high }");
	tell((struct row){AT_SWIFT, 1000, "R1", NULL, NULL, 0, "payment", 0});
	tell((struct row){AT_SWIFT, 1000, "R2", NULL, NULL, 0, "payment", 0});
	tell((struct row){AT_SWIFT, 1001, "R1", NULL, NULL, 0, "ack", 0});
	settle(AT_SWIFT, 2000);
	assert_string_equal(heard, "proof_missing(no matching record on swift within 10 min after it) ");
	assert_int_equal(counts(0)->proven, 1);
	stop();
}

#define CARDS                                                                                                          \
	"link visa { tap port 5001 frame length16 dialect \"iso87-ascii\" side acquirer }\n"                           \
	"expect logged { claim card.response on visa where approved proof record on orders where ref = \"booked\" "    \
	"match rrn, amount within 10s after otherwise hold high }"

static void
tell_card(const char *rrn, uint64_t at_s)
{
	struct cs_event event = {.link = 1, .origin.time_ns = at_s * cs_second_ns, .flags = CS_FLAG_APPROVED};
	memcpy(event.mti, "0200", 4);
	for (unsigned answer = 0; answer < 2; answer++) {
		event.mti[2] = answer ? '1' : '0';
		event.kind = (uint8_t)cs_kind_of(event.mti);
		event.message_hash = at_s * 2 + answer;
		event.origin.direction = (uint8_t)answer;
		cs_event_set_text(&event, CS_FIELD_STAN, cs_span_text("000001"));
		cs_event_set_text(&event, CS_FIELD_TERMINAL, cs_span_text("ATM00042"));
		cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text(rrn));
		cs_detect_prepare(detect, &event);
		cs_detect_event(detect, &event);
	}
}

static void
tell_log(const char *rrn, const char *what, uint64_t at_s)
{
	struct row row = {AT_ORDERS, at_s, what, NULL, NULL, 0, NULL, 0};
	struct cs_event event = event_of(&row);
	cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text(rrn));
	cs_detect_prepare(detect, &event);
	cs_detect_event(detect, &event);
}

static void
a_message_is_proven_by_a_row_of_a_log(void **state)
{
	(void)state;
	start("record orders { source csv time from \"t\" id from \"i\" field ref text from \"r\" field uetr text from "
	      "\"u\" "
	      "field payee text from \"p\" field kind text from \"k\" amount from \"a\" minor EUR }\n" CARDS);
	tell_card("000000000001", 1000);
	tell_card("000000000002", 1001);
	tell_card("000000000003", 1002);
	tell_log("000000000001", "booked", 1003);
	tell_log("000000000002", "refused", 1003);
	settle(1, 2000);
	settle(AT_ORDERS, 2000);
	assert_string_equal(heard, "value_differs(what orders has is not: ref = \"booked\") "
				   "proof_missing(no matching record on orders within 10.000 s after it) ");
	assert_int_equal(counts(0)->proven, 1);
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payment_is_proven_by_its_order),
		cmocka_unit_test(what_differs_is_told),
		cmocka_unit_test(a_second_payment_finds_its_order_used),
		cmocka_unit_test(the_same_bytes_are_one_payment_and_one_order),
		cmocka_unit_test(copies_that_are_not_excused_are_claims),
		cmocka_unit_test(a_reference_that_differs_tells_apart),
		cmocka_unit_test(of_equal_ones_the_oldest_is_taken),
		cmocka_unit_test(nothing_is_forged_before_the_orders_were_seen),
		cmocka_unit_test(an_order_that_came_late_is_told_as_late),
		cmocka_unit_test(what_could_lie_in_a_gap_is_unproven),
		cmocka_unit_test(too_many_of_one_key_are_unproven),
		cmocka_unit_test(rows_of_one_record_prove_each_other_and_not_themselves),
		cmocka_unit_test(a_message_is_proven_by_a_row_of_a_log),
	};
	return cmocka_run_group_tests_name("match_record", tests, NULL, NULL);
}

/*
 * Goal: what waits, for how long, and what is remembered is told as it is, and asking changes nothing.
 * Method: a payment needs its order within an hour before it; rows one by one, with the claims that wait beside them.
 */
#include "check.h"

#include "detect/waits.c"

#include "claims.h"

#define ORDERED                                                                                                        \
	ORDERS SWIFT "expect ordered { claim record on swift where kind = \"pay\" proof record on orders match "       \
		     "payee, amount and "                                                                              \
		     "(ref) within 1h before otherwise hold high }"                                                    \
		     "expect acknowledged { claim record on swift where kind = \"pay\" proof record on orders match "  \
		     "amount "                                                                                         \
		     "and (uetr) within 1h after otherwise allow low }"

enum { HASH = 4711 };

static struct cs_waits
look(uint64_t hash)
{
	struct cs_waits waits;
	cs_waits_look(detect, AT_SWIFT, hash, &waits);
	return waits;
}

static void
what_was_ordered_does_not_wait(void **state)
{
	(void)state;
	start(ORDERED);
	assert_false(look(HASH).known);
	tell((struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 500, NULL, 0});
	tell((struct row){AT_SWIFT, 1001, "R1", NULL, "P1", 500, "pay", HASH});
	assert_true(look(HASH).known);
	assert_int_equal(look(HASH).n, 0);
	assert_int_equal(counts(0)->proven, 1);
	stop();
}

static void
what_was_not_waits_until_orders_are_read(void **state)
{
	(void)state;
	start(ORDERED);
	tell((struct row){AT_SWIFT, 1000, "R0", NULL, "P0", 500, "pay", HASH - 1});
	tell((struct row){AT_SWIFT, 1001, "R1", NULL, "P1", 500, "pay", HASH});
	tell((struct row){AT_SWIFT, 1002, "R2", NULL, "P2", 500, "pay", HASH + 1});
	assert_int_equal(look(HASH).n, 1); /* the other one would hold nothing */
	assert_int_equal(look(HASH).until_ns, 1001 * cs_second_ns + policy->skew_ns + cs_second_ns);
	tell((struct row){AT_ORDERS, 1001, "R1", NULL, "P1", 500, NULL, 0});
	assert_int_equal(look(HASH).n, 0);
	assert_int_equal(look(HASH - 1).n, 1);
	assert_int_equal(look(HASH + 1).n, 1);
	settle(AT_ORDERS, 3000);
	assert_int_equal(look(HASH - 1).n, 0);
	assert_int_equal(look(HASH + 1).n, 0);
	assert_int_equal(counts(0)->forged, 2);
	stop();
}

static void
only_what_would_hold_is_asked(void **state)
{
	(void)state;
	start(ORDERED);
	struct row row = {AT_SWIFT, 1000, "R1", NULL, "P1", 500, "pay", HASH};
	struct cs_event event = event_of(&row);
	assert_int_equal(cs_waits_asked(detect, &event), 1);
	row.kind = "free";
	event = event_of(&row);
	assert_int_equal(cs_waits_asked(detect, &event), 0);
	row = (struct row){AT_ORDERS, 1000, "R1", NULL, "P1", 500, "pay", HASH};
	event = event_of(&row);
	assert_int_equal(cs_waits_asked(detect, &event), 0);
	stop();
}

static void
what_may_stand_for_a_proof_is_waited_for(void **state)
{
	(void)state;
	start(ORDERS SWIFT
	      "record returns { source csv time from \"t\" field ref text from \"r\" amount from \"a\" minor EUR "
	      "lateness 90s }"
	      "expect ordered { claim record on swift proof record on orders match amount and (ref) within 1h "
	      "before unless record on returns by ref otherwise hold high }");
	tell((struct row){AT_SWIFT, 1000, "R1", NULL, "P1", 500, "pay", HASH});
	assert_int_equal(look(HASH).until_ns, 1090 * cs_second_ns + policy->skew_ns);
	stop();
}

/* It is decided when it is whole, which no row of it can wait for. */
static void
a_batch_is_not_asked(void **state)
{
	(void)state;
	start(ORDERS SWIFT
	      "expect booked { claim record on swift proof record on orders match sum of amount by ref within 1h "
	      "before otherwise hold high }");
	struct row row = {AT_SWIFT, 1000, "R1", NULL, "P1", 500, "pay", HASH};
	struct cs_event event = event_of(&row);
	assert_int_equal(cs_waits_asked(detect, &event), 0);
	tell(row);
	assert_int_equal(look(HASH).n, 0);
	stop();
}

/* A second record of these bytes is not the one that is remembered. */
static void
a_copy_is_told_from_the_first(void **state)
{
	(void)state;
	start(ORDERED);
	struct row row = {AT_SWIFT, 1000, "R1", NULL, "P1", 500, "pay", HASH};
	for (unsigned i = 1; i <= 2; i++) {
		struct cs_event event = event_of(&row);
		event.origin.packet = i;
		cs_detect_event(detect, &event);
		assert_int_equal(look(HASH).packet, 1);
	}
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_ordered_does_not_wait),
		cmocka_unit_test(what_was_not_waits_until_orders_are_read),
		cmocka_unit_test(only_what_would_hold_is_asked),
		cmocka_unit_test(what_may_stand_for_a_proof_is_waited_for),
		cmocka_unit_test(a_batch_is_not_asked),
		cmocka_unit_test(a_copy_is_told_from_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: whatever a capture does to one direction (loss, reordering, duplicates, overlaps, wraps, cuts), its bytes
 * come out in order and right, and every missing one is declared when its time is up.
 * Method: segments by hand into a sink that writes down what it hears.
 */
#include "heard.h"

static void
out_of_order_is_put_in_order(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "aa");
	GIVE(.sequence = 1006, .bytes = "dd", .at_ms = 1);
	assert_int_equal(cs_streams_held_since(streams), 1001000000);
	GIVE(.sequence = 1004, .bytes = "cc", .at_ms = 2);
	assert_int_equal(cs_streams_held_since(streams), 1001000000);
	GIVE(.sequence = 1002, .bytes = "bb", .at_ms = 3);
	assert_int_equal(cs_streams_held_since(streams), UINT64_MAX);
	stop(streams);
	expect("open-- >aa >bb >cc >dd close ");
	assert_int_equal(heard.counts[0].lost_bytes, 0);
}

static void
origins_follow_the_first_byte(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "abc");
	assert_int_equal(heard.last_origin.offset, 66);
	assert_int_equal(heard.last_origin.file_offset, 5066);
	BYTES(1001, "bcde");
	assert_int_equal(heard.last_origin.offset, 68);
	assert_int_equal(heard.last_origin.file_offset, 5068);
	assert_int_equal(heard.last_origin.packet, 7);
	stop(streams);
	expect("open-- >abc >de close ");
}

static void
a_hole_waits_for_its_time(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "aa");
	GIVE(.sequence = 1004, .bytes = "cc", .at_ms = 10);
	cs_streams_advance(streams, UINT64_C(3009) * 1000000);
	expect("open-- >aa ");
	cs_streams_advance(streams, UINT64_C(3010) * 1000000);
	expect("open-- >aa >gap2 >cc ");
	assert_int_equal(heard.last_gap.before_ns, 1000000000);
	assert_int_equal(heard.last_gap.behind_ns, 1010000000);
	BYTES(1002, "bb"); /* too late */
	stop(streams);
	expect("open-- >aa >gap2 >cc close ");
}

static void
an_acknowledgement_past_the_hole_shortens_the_wait(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "aa");
	BYTES(1004, "cc");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1002, .at_ms = 1);
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1006, .at_ms = 10);
	cs_streams_advance(streams, UINT64_C(1029) * 1000000);
	expect("open-- >aa ");
	cs_streams_advance(streams, UINT64_C(1030) * 1000000);
	expect("open-- >aa >gap2 >cc ");
	stop(streams);
	streams = start(NULL);
	BYTES(1000, "aa");
	BYTES(1004, "cc");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1006);
	for (unsigned i = 0; i < GRACE_SEGMENTS - 1; i++)
		GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1006);
	expect("open-- >aa ");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1006);
	expect("open-- >aa >gap2 >cc ");
	stop(streams);
}

static void
what_only_an_acknowledgement_shows_is_lost_too(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "aa");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1009, .at_ms = 5);
	assert_int_equal(cs_streams_held_since(streams), 1005000000);
	cs_streams_advance(streams, UINT64_C(3004) * 1000000);
	expect("open-- >aa ");
	cs_streams_advance(streams, UINT64_C(3005) * 1000000);
	expect("open-- >aa >gap7 ");
	assert_int_equal(heard.last_gap.behind_ns, 1005000000);
	BYTES(1009, "bb");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1014, .at_ms = 2500);
	stop(streams);
	expect("open-- >aa >gap7 >bb >gap3 close ");
	assert_int_equal(heard.counts[0].acknowledged_bytes, 14);
	assert_int_equal(heard.counts[0].delivered_bytes, 4);
}

/* Two losses told by two acknowledgements are given up as one: what was lost last may have been sent as late as that. */
static void
a_gap_reaches_to_the_acknowledgement_that_tells_its_end(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "aa");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1009, .at_ms = 5);
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1012, .at_ms = 900);
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1012, .at_ms = 950);
	cs_streams_advance(streams, UINT64_C(3005) * 1000000);
	expect("open-- >aa >gap10 ");
	assert_int_equal(heard.last_gap.before_ns, 1000000000);
	assert_int_equal(heard.last_gap.behind_ns, 1900000000);
	stop(streams);
}

static void
an_acknowledgement_seen_early_costs_nothing(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "aa");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1004);
	BYTES(1002, "bb");
	assert_int_equal(cs_streams_held_since(streams), UINT64_MAX);
	stop(streams);
	expect("open-- >aa >bb close ");
}

static void
too_much_behind_a_hole(void **state)
{
	(void)state;
	struct cs_stream_limits limits = cs_stream_limits_default();
	limits.hold_bytes = 128; /* two runs at their least cost */
	struct cs_streams *streams = start(&limits);
	BYTES(1000, "a");
	BYTES(1002, "c");
	BYTES(1004, "e");
	expect("open-- >a ");
	BYTES(1006, "g");
	expect("open-- >a >gap1 >c ");
	stop(streams);
	expect("open-- >a >gap1 >c >gap1 >e >gap1 >g close ");
}

static void
a_full_pool_gives_up_and_counts(void **state)
{
	(void)state;
	struct cs_stream_limits limits = cs_stream_limits_default();
	limits.held_bytes_cap = 6 * sizeof(struct cs_held);
	struct cs_streams *streams = start(&limits);
	BYTES(1000, "a");
	BYTES(1002, "c");
	expect("open-- >a ");
	BYTES(1004, "e");
	BYTES(1006, "g");
	assert_int_equal(cs_streams_held_dropped(streams), 1);
	BYTES(1001, "b");
	stop(streams);
	expect("open-- >a >gap1 >c >gap1 >e >gap1 >g close ");
}

static void
overlaps_and_retransmissions(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "abcd");
	BYTES(1000, "abcd"); /* the same again: free */
	BYTES(1000, "abcdEF");
	expect("open-- >abcd >EF ");
	BYTES(1000, "abXd");
	expect("open-- >abcd >EF >differs ");
	BYTES(1008, "ij");
	BYTES(1007, "HIJK"); /* held already: ij stays, and differs */
	BYTES(1006, "g");
	stop(streams);
	expect("open-- >abcd >EF >differs >differs >g >H >ij >K close ");
	assert_int_equal(heard.counts[0].differing_segments, 2);
	assert_int_equal(heard.counts[0].duplicate_bytes, 4 + 4 + 4 + 2);
	assert_int_equal(heard.counts[0].lost_bytes, 0);
}

static void
numbers_wrap(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(UINT32_MAX - 2, "abcd");
	BYTES(3, "gh");
	GIVE(.from_port = true, .sequence = 1, .acknowledged = 5);
	BYTES(1, "ef");
	BYTES(UINT32_MAX, "cdef"); /* spans the wrap, all known */
	stop(streams);
	expect("open-- >abcd >ef >gh close ");
	assert_int_equal(heard.counts[0].acknowledged_bytes, 8);
	assert_int_equal(heard.counts[0].duplicate_bytes, 4);
}

static void
probes_are_no_data(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	shake_hands(streams, 999, 4999);
	BYTES(1000, "ab");
	BYTES(1001, "x"); /* keep-alive: one old byte, any content */
	BYTES(1002, "c"); /* zero-window probe: one new byte, sent again with the rest */
	BYTES(1002, "cdef");
	stop(streams);
	expect("open++ >ab >c >def close ");
}

static void
a_cut_packet_is_a_gap_at_once(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	GIVE(.sequence = 1000, .bytes = "ab", .cut = 3);
	expect("open-- >ab >gap3 ");
	GIVE(.sequence = 1007, .bytes = "hi", .cut = 2);
	BYTES(1005, "fg");
	BYTES(1011, "l");
	stop(streams);
	expect("open-- >ab >gap3 >fg >hi >gap2 >l close ");
	assert_int_equal(heard.counts[0].lost_bytes, 5);
}

static void
a_fin_takes_back_what_an_acknowledgement_claimed(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "ab");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1003); /* of the FIN, captured before it */
	assert_int_not_equal(cs_streams_held_since(streams), UINT64_MAX);
	GIVE(.sequence = 1002, .flags = CS_TCP_FIN);
	assert_int_equal(cs_streams_held_since(streams), UINT64_MAX);
	cs_streams_advance(streams, UINT64_MAX);
	stop(streams);
	expect("open-- >ab close ");
}

/* One bit changed anywhere in a retransmission is told, whatever the segment's length. */
static void
any_changed_byte_is_told(void **state)
{
	(void)state;
	for (size_t len = 1; len < 200; len += len < 70 ? 1 : 13) {
		for (size_t at = 0; at < len; at++) {
			char bytes[200];
			memset(bytes, 'a', len);
			bytes[len] = 0;
			struct cs_streams *streams = start(NULL);
			BYTES(1000, bytes);
			BYTES(1000, bytes);
			bytes[at] ^= 1;
			BYTES(1000, bytes);
			stop(streams);
			assert_int_equal(heard.counts[0].differing_segments, 1);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(out_of_order_is_put_in_order),
		cmocka_unit_test(origins_follow_the_first_byte),
		cmocka_unit_test(a_hole_waits_for_its_time),
		cmocka_unit_test(an_acknowledgement_past_the_hole_shortens_the_wait),
		cmocka_unit_test(what_only_an_acknowledgement_shows_is_lost_too),
		cmocka_unit_test(a_gap_reaches_to_the_acknowledgement_that_tells_its_end),
		cmocka_unit_test(an_acknowledgement_seen_early_costs_nothing),
		cmocka_unit_test(too_much_behind_a_hole),
		cmocka_unit_test(a_full_pool_gives_up_and_counts),
		cmocka_unit_test(overlaps_and_retransmissions),
		cmocka_unit_test(numbers_wrap),
		cmocka_unit_test(probes_are_no_data),
		cmocka_unit_test(a_cut_packet_is_a_gap_at_once),
		cmocka_unit_test(a_fin_takes_back_what_an_acknowledgement_claimed),
		cmocka_unit_test(any_changed_byte_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

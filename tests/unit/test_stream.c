/*
 * Goal: connections begin, end, and begin again where they should; and over all their life every byte is accounted
 * for: next == delivered + lost, and never less than what the peer acknowledged.
 * Method: segments by hand into a sink that writes down what it hears; seeded random scripts over a known text;
 * the shared synthetic captures, when present, against figures taken from their packets by hand.
 */
#include "heard.h"

#include "port/capture.h"

#include <stdio.h>
#include <unistd.h>

static void
both_directions_from_hello_to_goodbye(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	shake_hands(streams, 999, 4999);
	GIVE(.sequence = 1000, .acknowledged = 5000, .bytes = "ask");
	GIVE(.from_port = true, .sequence = 5000, .acknowledged = 1003, .bytes = "answer");
	GIVE(.sequence = 1003, .acknowledged = 5006, .flags = CS_TCP_FIN);
	GIVE(.from_port = true, .sequence = 5006, .acknowledged = 1004, .flags = CS_TCP_FIN);
	expect("open++ >ask <answer close ");
	GIVE(.sequence = 1004, .acknowledged = 5007);
	GIVE(.sequence = 1000, .acknowledged = 5000, .bytes = "ask"); /* a late copy must not be heard again */
	stop(streams);
	expect("open++ >ask <answer close ");
	assert_int_equal(heard.counts[CS_DIR_TO_PORT].acknowledged_bytes, 3);
	assert_int_equal(heard.counts[CS_DIR_FROM_PORT].acknowledged_bytes, 6);
	assert_int_equal(heard.counts[CS_DIR_TO_PORT].lost_bytes + heard.counts[CS_DIR_FROM_PORT].lost_bytes, 0);
}

static void
syn_with_data_and_duplicate_syn(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	GIVE(.sequence = 999, .flags = CS_TCP_SYN, .bytes = "ab");
	GIVE(.sequence = 999, .flags = CS_TCP_SYN, .bytes = "ab");
	BYTES(1002, "c");
	stop(streams);
	expect("open+- >ab >c close ");
}

static void
ports_used_again(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	shake_hands(streams, 999, 4999);
	BYTES(1000, "ab");
	shake_hands(streams, 70999, 90999);
	BYTES(71000, "cd");
	stop(streams);
	expect("open++ >ab close open++ >cd close ");
}

static void
a_reset_ends_if_it_is_near(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "ab");
	GIVE(.sequence = 1000 + (64 << 20), .flags = CS_TCP_RST);
	expect("open-- >ab ");
	GIVE(.sequence = 1002, .flags = CS_TCP_RST);
	expect("open-- >ab close ");
	BYTES(1005, "fg"); /* it went on: what is missing in between is not forgotten */
	stop(streams);
	expect("open-- >ab close open-- >gap3 >fg close ");
}

static void
a_fin_behind_a_hole_waits(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "ab");
	GIVE(.sequence = 1004, .bytes = "ef", .flags = CS_TCP_FIN);
	expect("open-- >ab ");
	BYTES(1002, "cd");
	expect("open-- >ab >cd >ef close ");
	stop(streams);
}

static void
one_side_alone_has_its_holes_and_its_end(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	GIVE(.sequence = 1000, .acknowledged = 5000, .bytes = "ab");
	GIVE(.sequence = 1004, .acknowledged = 5009, .bytes = "ef", .at_ms = 1);
	GIVE(.sequence = 1006, .acknowledged = 5009, .flags = CS_TCP_FIN, .at_ms = 1999);
	expect("open-- >ab ");
	cs_streams_advance(streams, UINT64_C(3001) * 1000000);
	expect("open-- >ab >gap2 >ef close ");
	assert_int_equal(heard.counts[CS_DIR_TO_PORT].acknowledged_bytes, 0);
	stop(streams);
}

static void
a_jump_out_of_all_windows_starts_anew(void **state)
{
	(void)state;
	struct cs_streams *streams = start(NULL);
	BYTES(1000, "ab");
	BYTES(1002 + UINT32_C(0x60000000), "cd");
	BYTES(1002 + UINT32_C(0x60000002), "ef");
	stop(streams);
	expect("open-- >ab close open-- >cd >ef close ");
}

static void
floods_do_not_drive_out_who_speaks(void **state)
{
	(void)state;
	struct cs_stream_limits limits = cs_stream_limits_default();
	limits.connections_cap = 3;
	struct cs_streams *streams = start(&limits);
	BYTES(1000, "ab");
	for (uint16_t port = 1; port < 100; port++)
		GIVE(.client_port = port, .sequence = 5, .flags = CS_TCP_SYN);
	BYTES(1002, "cd");
	expect("open-- >ab >cd ");
	assert_int_equal(cs_streams_evicted(streams), 97);
	for (uint16_t port = 200; port < 203; port++)
		GIVE(.client_port = port, .sequence = 5, .bytes = "x");
	expect("open-- >ab >cd open-- >x open-- >x close open-- >x ");
	assert_int_equal(cs_streams_evicted(streams), 100);
	stop(streams);
}

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

enum { TEXT_LEN = 4096 };

static uint8_t script_text[TEXT_LEN];
static uint64_t script_at;
static uint64_t script_delivered;

static void
check_data(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	   const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)dir;
	(void)origin;
	assert_true(script_at + bytes.len <= TEXT_LEN);
	assert_memory_equal(script_text + script_at, bytes.at, bytes.len);
	script_at += bytes.len;
	script_delivered += bytes.len;
}

static void
check_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	(void)context;
	(void)connection;
	(void)dir;
	script_at += gap->len;
}

/* Sends the text in random pieces, some lost, swapped, repeated, overlapping; all acknowledged in the end. */
static void
run_script(uint64_t seed)
{
	struct cs_stream_limits limits = cs_stream_limits_default();
	limits.hold_bytes = 512 + next_random(&seed) % 2048;
	limits.held_bytes_cap = (8 + next_random(&seed) % 64) * sizeof(struct cs_held);
	struct cs_streams *streams = start(&limits);
	heard.quiet = true;
	streams->sink.data = check_data;
	streams->sink.gap = check_gap;
	script_at = script_delivered = 0;
	uint32_t base = (uint32_t)next_random(&seed);
	char bytes[600];
	GIVE(.sequence = base - 1, .flags = CS_TCP_SYN);
	for (uint32_t at = 0; at < TEXT_LEN;) {
		uint32_t begin = at;
		uint64_t chance = next_random(&seed) % 16;
		if (chance < 3) /* ahead or behind by some bytes */
			begin = (uint32_t)((at + next_random(&seed) % 1500) % TEXT_LEN);
		uint32_t len = 1 + (uint32_t)(next_random(&seed) % 500);
		if (len > TEXT_LEN - begin)
			len = TEXT_LEN - begin;
		memcpy(bytes, script_text + begin, len);
		bytes[len] = 0;
		if (chance != 3)
			GIVE(.sequence = base + begin, .bytes = bytes, .at_ms = at);
		if (chance == 4)
			GIVE(.from_port = true, .sequence = 1, .acknowledged = base + at, .at_ms = at);
		if (chance >= 3)
			at += len;
	}
	GIVE(.from_port = true, .sequence = 1, .acknowledged = base + TEXT_LEN, .at_ms = TEXT_LEN);
	stop(streams);
	assert_int_equal(script_at, TEXT_LEN);
	assert_int_equal(heard.counts[0].delivered_bytes, script_delivered);
	assert_int_equal(heard.counts[0].delivered_bytes + heard.counts[0].lost_bytes, TEXT_LEN);
	assert_int_equal(heard.counts[0].differing_segments, 0);
}

static void
random_scripts_account_for_every_byte(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TEXT_LEN; i++)
		script_text[i] = (uint8_t)(1 + (i * 2654435761U >> 13) % 255);
	for (uint64_t seed = 1; seed <= 400; seed++)
		run_script(seed * UINT64_C(0x9e3779b97f4a7c15));
}

static void
replay(const char *path)
{
	struct cs_streams *streams = start(NULL);
	struct cs_defrag *defrag = cs_defrag_new(1);
	struct cs_capture *capture;
	struct cs_packet packet;
	struct cs_segment segment;
	heard.quiet = true;
	assert_int_equal(cs_capture_open(path, 0, &capture), CS_OK);
	enum cs_error error;
	while ((error = cs_capture_next(capture, &packet)) == CS_OK) {
		assert_int_equal(cs_packet_segment(defrag, &packet, &segment), CS_OK);
		cs_streams_segment(streams, &packet, &segment, segment.destination_port == 8583);
	}
	assert_int_equal(error, CS_END);
	stop(streams);
	cs_capture_close(capture);
	cs_defrag_free(defrag);
}

static void
shared_captures_are_exact(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint64_t delivered, lost, duplicate;
	} captures[] = {
		{"coalesced_and_split", 1196, 0, 0}, {"lost_message", 1495, 299, 0}, {"lost_segment", 1594, 200, 0},
		{"midstream_start", 1644, 0, 0},     {"out_of_order", 1794, 0, 0},   {"retransmission", 1794, 0, 299},
	};
	const char *shared = getenv("COUNTERSIGN_SHARED");
	const char *root = getenv("COUNTERSIGN_ROOT");
	for (size_t i = 0; i < sizeof captures / sizeof captures[0]; i++) {
		char path[512];
		struct cs_text text = cs_text_over(path, sizeof path);
		cs_text_put(&text, shared ? shared : root ? root : ".");
		cs_text_put(&text, shared ? "" : "/../shared");
		cs_text_put(&text, "/data/iso8583/synthetic_pcaps/");
		cs_text_put(&text, captures[i].name);
		cs_text_put(&text, ".pcap");
		if (access(path, R_OK) != 0) {
			puts("# shared data are absent: the synthetic captures are not replayed here");
			return;
		}
		replay(path);
		assert_int_equal(heard.counts[0].delivered_bytes, captures[i].delivered);
		assert_int_equal(heard.counts[0].lost_bytes, captures[i].lost);
		assert_int_equal(heard.counts[0].duplicate_bytes, captures[i].duplicate);
		assert_int_equal(heard.closed_n, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_from_hello_to_goodbye),
		cmocka_unit_test(syn_with_data_and_duplicate_syn),
		cmocka_unit_test(ports_used_again),
		cmocka_unit_test(a_reset_ends_if_it_is_near),
		cmocka_unit_test(a_fin_behind_a_hole_waits),
		cmocka_unit_test(one_side_alone_has_its_holes_and_its_end),
		cmocka_unit_test(a_jump_out_of_all_windows_starts_anew),
		cmocka_unit_test(floods_do_not_drive_out_who_speaks),
		cmocka_unit_test(random_scripts_account_for_every_byte),
		cmocka_unit_test(shared_captures_are_exact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

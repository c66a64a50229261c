/*
 * Goal: whatever a capture does to a connection (loss, reordering, duplicates, overlaps, wraps, cuts), the bytes
 * that come out are in order and right, and every missing one is declared: next == delivered + lost, and never
 * less than what the peer acknowledged.
 * Method: segments by hand into a sink that writes down what it hears; seeded random scripts over a known text;
 * the shared synthetic captures, when present, against figures taken from their packets by hand.
 */
#include "check.h"

/* clang-format off */
#include "../../src/port/stream.c"
#include "../../src/port/stream_flow.c"
#include "../../src/port/stream_hold.c"
#include "../../src/port/stream_table.c"
/* clang-format on */

#include "base/text.h"
#include "port/capture.h"

#include <stdio.h>
#include <unistd.h>

enum { LOG_CAP = 8192 };

/* What the sink heard, in short: "open+- | abc | gap 3 | differs | close". */
struct log {
	char at[LOG_CAP];
	struct cs_text text;
	struct cs_stream_counts counts[CS_DIR_N]; /* sums over closed connections */
	uint64_t closed_n;
	struct cs_stream_gap last_gap;
	struct cs_origin last_origin;
	bool quiet;
};

static struct log heard;

static void
say(const char *what, enum cs_direction dir)
{
	if (heard.quiet)
		return;
	cs_text_put(&heard.text, dir == CS_DIR_TO_PORT ? ">" : "<");
	cs_text_put(&heard.text, what);
}

static void
on_opened(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N])
{
	(void)context;
	assert_null(connection->user[0]);
	connection->user[0] = &heard;
	if (heard.quiet)
		return;
	cs_text_put(&heard.text, "open");
	cs_text_put(&heard.text, known_start[0] ? "+" : "-");
	cs_text_put(&heard.text, known_start[1] ? "+ " : "- ");
}

static void
on_data(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	const struct cs_origin *origin)
{
	(void)context;
	assert_ptr_equal(connection->user[0], &heard);
	heard.last_origin = *origin;
	say("", dir);
	if (!heard.quiet)
		cs_text_put_span(&heard.text, bytes);
	cs_text_put_char(&heard.text, ' ');
}

static void
on_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	(void)context;
	assert_ptr_equal(connection->user[0], &heard);
	assert_true(gap->len > 0);
	heard.last_gap = *gap;
	say("gap", dir);
	cs_text_put_u64(&heard.text, gap->len);
	cs_text_put_char(&heard.text, ' ');
}

static void
on_differs(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)origin;
	say("differs ", dir);
}

static void
on_closed(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	(void)context;
	assert_ptr_equal(connection->user[0], &heard);
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		assert_true(counts[dir].acknowledged_bytes <= counts[dir].delivered_bytes + counts[dir].lost_bytes);
		heard.counts[dir].delivered_bytes += counts[dir].delivered_bytes;
		heard.counts[dir].lost_bytes += counts[dir].lost_bytes;
		heard.counts[dir].duplicate_bytes += counts[dir].duplicate_bytes;
		heard.counts[dir].acknowledged_bytes += counts[dir].acknowledged_bytes;
		heard.counts[dir].gaps += counts[dir].gaps;
		heard.counts[dir].differing_segments += counts[dir].differing_segments;
	}
	heard.closed_n++;
	cs_text_put(&heard.text, "close ");
}

static const struct cs_stream_sink listener = {on_opened, on_data, on_gap, on_differs, on_closed, NULL};

static struct cs_streams *
start(const struct cs_stream_limits *limits)
{
	struct cs_stream_limits defaults = cs_stream_limits_default();
	memset(&heard, 0, sizeof heard);
	heard.text = cs_text_over(heard.at, sizeof heard.at);
	struct cs_streams *streams = cs_streams_new(limits ? limits : &defaults, &listener);
	assert_non_null(streams);
	return streams;
}

static void
stop(struct cs_streams *streams)
{
	cs_streams_end(streams);
	assert_int_equal(cs_streams_held_since(streams), UINT64_MAX);
	assert_int_equal(streams->pool.free_n, streams->pool.cap);
	cs_streams_free(streams);
}

struct step {
	bool from_port;
	uint16_t client_port; /* 0: 40000 */
	uint32_t sequence;
	uint32_t acknowledged;
	unsigned flags; /* CS_TCP_ACK is set when acknowledged is */
	uint64_t at_ms;
	uint32_t cut; /* bytes sent but not captured */
	const char *bytes;
};

static void
give(struct cs_streams *streams, struct step step)
{
	uint16_t client_port = step.client_port ? step.client_port : 40000;
	struct cs_packet packet = {.time_ns = (1000 + step.at_ms) * 1000000, .number = 7, .file_offset = 5000};
	struct cs_segment segment = {.source_ip = {10}, .destination_ip = {10}};
	segment.source_port = step.from_port ? 8583 : client_port;
	segment.destination_port = step.from_port ? client_port : 8583;
	segment.source_ip[15] = step.from_port ? 2 : 1;
	segment.destination_ip[15] = step.from_port ? 1 : 2;
	segment.sequence = step.sequence;
	segment.acknowledged = step.acknowledged;
	segment.flags = (uint8_t)(step.flags | (step.acknowledged ? CS_TCP_ACK : 0));
	if (step.bytes)
		segment.payload = cs_span_text(step.bytes);
	segment.payload_wire_len = (uint32_t)segment.payload.len + step.cut;
	segment.payload_offset = 66;
	cs_streams_segment(streams, &packet, &segment, !step.from_port);
}

#define GIVE(...)         give(streams, (struct step){__VA_ARGS__})
#define BYTES(from, text) GIVE(.sequence = (from), .bytes = (text))

static void
expect(const char *words)
{
	assert_string_equal(heard.at, words);
}

static void
shake_hands(struct cs_streams *streams, uint32_t client_seq, uint32_t server_seq)
{
	GIVE(.sequence = client_seq, .flags = CS_TCP_SYN);
	GIVE(.from_port = true, .sequence = server_seq, .acknowledged = client_seq + 1, .flags = CS_TCP_SYN);
}

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
		cmocka_unit_test(out_of_order_is_put_in_order),
		cmocka_unit_test(origins_follow_the_first_byte),
		cmocka_unit_test(a_hole_waits_for_its_time),
		cmocka_unit_test(an_acknowledgement_past_the_hole_shortens_the_wait),
		cmocka_unit_test(what_only_an_acknowledgement_shows_is_lost_too),
		cmocka_unit_test(an_acknowledgement_seen_early_costs_nothing),
		cmocka_unit_test(too_much_behind_a_hole),
		cmocka_unit_test(a_full_pool_gives_up_and_counts),
		cmocka_unit_test(overlaps_and_retransmissions),
		cmocka_unit_test(numbers_wrap),
		cmocka_unit_test(probes_are_no_data),
		cmocka_unit_test(a_cut_packet_is_a_gap_at_once),
		cmocka_unit_test(syn_with_data_and_duplicate_syn),
		cmocka_unit_test(ports_used_again),
		cmocka_unit_test(a_reset_ends_if_it_is_near),
		cmocka_unit_test(a_fin_behind_a_hole_waits),
		cmocka_unit_test(a_fin_takes_back_what_an_acknowledgement_claimed),
		cmocka_unit_test(one_side_alone_has_its_holes_and_its_end),
		cmocka_unit_test(a_jump_out_of_all_windows_starts_anew),
		cmocka_unit_test(floods_do_not_drive_out_who_speaks),
		cmocka_unit_test(random_scripts_account_for_every_byte),
		cmocka_unit_test(shared_captures_are_exact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

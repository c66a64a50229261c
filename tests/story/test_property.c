/*
 * Goal: random cutting into segments, swaps within the hold window, duplication and loss never change a decoded message;
 * loss removes only the messages it touches, and every byte acknowledged is decoded or declared lost.
 * Method: seeded conversations over one connection, through reassembly and framer with the shipped iso87-ascii dialect,
 * compared with what was sent. Before a direction has shown a message, two must be whole in a row to be found: the one
 * exception the model knows. A failing case prints its seed. Named cases stand beside the random ones: messages sharing
 * a segment, a start in the middle, a lost message, a lost segment, swapped segments, a retransmission.
 */
#include "../unit/check.h"

#include "base/hash.h"
#include "decode/frame.h"
#include "decode/shipped.h"
#include "port/stream.h"

#include <stdio.h>
#include <stdlib.h>

enum { CASES = 3000, MESSAGES = 14, STREAM_BYTES = 8192, PACKETS_MAX = 4096, GOT_MAX = 64 };

struct packet {
	uint8_t dir;
	bool lost;
	uint8_t flags;
	size_t at;
	size_t len;
	uint32_t acknowledged; /* bytes of the other direction */
};

struct sent {
	uint8_t bytes[STREAM_BYTES];
	size_t len;
	size_t start[MESSAGES + 1];
	bool touched[MESSAGES];
	size_t lost_bytes;
};

struct got {
	size_t n;
	uint64_t hash[GOT_MAX];
	struct cs_framer_counts counts;
	struct cs_stream_counts stream;
	uint64_t gap_bytes;
};

struct shape { /* how a case is made */
	uint32_t segment_most;
	uint32_t swap_in; /* one in so many; 0 never */
	uint32_t duplicate_in;
	uint32_t lose_in;
	bool middle; /* no SYN, the first bytes not seen */
};

static struct {
	uint64_t seed;
	struct sent sent[CS_DIR_N];
	struct got got[CS_DIR_N];
	struct packet packet[PACKETS_MAX];
	size_t packet_n;
	size_t middle_at[CS_DIR_N];
	struct cs_dialect dialect;
	struct cs_iso_plans *plans;
} s;

static uint32_t
draw(uint32_t below)
{
	s.seed = s.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((s.seed >> 33) % below);
}

static bool
one_in(uint32_t n)
{
	return n > 0 && draw(n) == 0;
}

/* DE3, DE11, DE41, DE48: a length of text that varies. */
static size_t
make_message(char *out, size_t cap, unsigned dir, unsigned number)
{
	size_t n = draw(200);
	size_t at = (size_t)snprintf(out, cap,
				     "02%c0"
				     "2020000000810000"
				     "010000%06uATM%05u%03zu",
				     dir ? '1' : '0', number, draw(99999), n);
	for (size_t i = 0; i < n; i++)
		out[at++] = (char)('A' + draw(26));
	return at;
}

static void
make_streams(void)
{
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		struct sent *sent = &s.sent[dir];
		*sent = (struct sent){.len = 0};
		for (unsigned i = 0; i < MESSAGES; i++) {
			char message[512];
			size_t len = make_message(message, sizeof message, dir, i);
			sent->start[i] = sent->len;
			sent->bytes[sent->len++] = (uint8_t)(len >> 8);
			sent->bytes[sent->len++] = (uint8_t)len;
			memcpy(sent->bytes + sent->len, message, len);
			sent->len += len;
		}
		sent->start[MESSAGES] = sent->len;
	}
}

static void
add_packet(struct packet packet)
{
	assert_true(s.packet_n < PACKETS_MAX);
	s.packet[s.packet_n++] = packet;
}

/* The conversation in segments; each side acknowledges what the other has sent so far. */
static void
make_packets(const struct shape *shape)
{
	size_t at[CS_DIR_N] = {0, 0};
	s.packet_n = 0;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++)
		at[dir] = s.middle_at[dir] = shape->middle ? 1 + draw(150) : 0;
	while (at[0] < s.sent[0].len || at[1] < s.sent[1].len) {
		unsigned dir = at[0] == s.sent[0].len ? 1 : at[1] == s.sent[1].len ? 0 : draw(2);
		for (unsigned burst = 1 + draw(6); burst > 0 && at[dir] < s.sent[dir].len; burst--) {
			size_t n = 1 + draw(shape->segment_most);
			n = n < s.sent[dir].len - at[dir] ? n : s.sent[dir].len - at[dir];
			add_packet((struct packet){(uint8_t)dir, false, CS_TCP_ACK, at[dir], n, (uint32_t)at[!dir]});
			at[dir] += n;
		}
	}
}

static void
lose(struct packet *packet)
{
	struct sent *sent = &s.sent[packet->dir];
	packet->lost = true;
	sent->lost_bytes += packet->len;
	for (unsigned i = 0; i < MESSAGES; i++)
		if (sent->start[i] < packet->at + packet->len && sent->start[i + 1] > packet->at)
			sent->touched[i] = true;
}

/* Swaps neighbours of one direction (an acknowledgement in between would rightly end the wait), loses, doubles. */
static void
disturb(const struct shape *shape)
{
	for (size_t i = 0; i < s.packet_n; i++)
		if (one_in(shape->lose_in))
			lose(&s.packet[i]);
	for (size_t i = 0; i + 1 < s.packet_n; i++) {
		struct packet first = s.packet[i];
		if (!one_in(shape->swap_in) || first.dir != s.packet[i + 1].dir)
			continue;
		s.packet[i] = s.packet[i + 1];
		s.packet[i + 1] = first;
	}
	for (size_t i = 0; i < s.packet_n && s.packet_n < PACKETS_MAX - 8; i++) {
		if (!one_in(shape->duplicate_in))
			continue;
		memmove(&s.packet[i + 1], &s.packet[i], (s.packet_n - i) * sizeof *s.packet);
		s.packet_n++;
		i++;
	}
}

/* --- the way through reassembly and framer --- */

static void
take_message(void *context, struct cs_span message, const struct cs_origin *origin)
{
	struct got *got = context;
	(void)origin;
	assert_true(got->n < GOT_MAX);
	got->hash[got->n++] = cs_hash_bytes(message, 3);
}

static void
on_opened(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N])
{
	(void)context;
	const struct cs_framing *framing = cs_framing_by_name(cs_span_text("length16"));
	for (unsigned dir = 0; dir < CS_DIR_N; dir++)
		connection->user[dir] = cs_framer_new(framing, s.plans, known_start[dir], take_message, &s.got[dir]);
}

static void
on_data(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	const struct cs_origin *origin)
{
	(void)context;
	cs_framer_feed(connection->user[dir], bytes, origin);
}

static void
on_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	(void)context;
	s.got[dir].gap_bytes += gap->len;
	cs_framer_gap(connection->user[dir], gap->len);
}

static void
on_differs(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)dir;
	(void)origin;
	fail_msg("bytes differ where none were changed");
}

static void
on_closed(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	(void)context;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		cs_framer_end(connection->user[dir]);
		s.got[dir].counts = *cs_framer_counts_of(connection->user[dir]);
		s.got[dir].stream = counts[dir];
		cs_framer_free(connection->user[dir]);
	}
}

static const uint32_t first_sequence[CS_DIR_N] = {4294967000U, 77}; /* the first wraps */

static void
send_segment(struct cs_streams *streams, size_t number, const struct packet *p)
{
	struct cs_segment segment = {.flags = p->flags};
	struct cs_packet packet = {.number = number + 1, .time_ns = 1000000000 + number * 100000};
	unsigned server = p->dir == CS_DIR_TO_PORT ? 1 : 0;
	segment.source_ip[15] = server ? 1 : 2;
	segment.destination_ip[15] = server ? 2 : 1;
	segment.source_port = server ? 40000 : 8583;
	segment.destination_port = server ? 8583 : 40000;
	segment.sequence = first_sequence[p->dir] + (uint32_t)p->at - (p->flags & CS_TCP_SYN ? 1 : 0);
	segment.acknowledged = first_sequence[!p->dir] + p->acknowledged;
	segment.payload = (struct cs_span){s.sent[p->dir].bytes + p->at, p->len};
	segment.payload_wire_len = (uint32_t)p->len;
	packet.at = segment.payload.at;
	packet.captured_len = packet.wire_len = (uint32_t)p->len;
	cs_streams_advance(streams, packet.time_ns);
	cs_streams_segment(streams, &packet, &segment, p->dir == CS_DIR_TO_PORT);
}

static void
play(bool middle)
{
	static const struct packet syn[] = {{0, false, CS_TCP_SYN, 0, 0, 0},
					    {1, false, CS_TCP_SYN | CS_TCP_ACK, 0, 0, 0}};
	const struct cs_stream_limits limits = cs_stream_limits_default();
	const struct cs_stream_sink sink = {on_opened, on_data, on_gap, on_differs, on_closed, NULL};
	struct cs_streams *streams = cs_streams_new(&limits, &sink);
	assert_non_null(streams);
	memset(s.got, 0, sizeof s.got);
	for (size_t i = 0; i < 2 && !middle; i++)
		send_segment(streams, i, &syn[i]);
	for (size_t i = 0; i < s.packet_n; i++)
		if (!s.packet[i].lost)
			send_segment(streams, i + 2, &s.packet[i]);
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) { /* the end is seen, so that a loss there is known */
		struct packet fin = {(uint8_t)dir,    false, CS_TCP_FIN | CS_TCP_ACK,
				     s.sent[dir].len, 0,     (uint32_t)s.sent[!dir].len};
		send_segment(streams, s.packet_n + 2 + dir, &fin);
	}
	cs_streams_end(streams);
	cs_streams_free(streams);
}

/* --- what must hold --- */

static uint64_t
message_hash(const struct sent *sent, unsigned i)
{
	return cs_hash_bytes(
		(struct cs_span){sent->bytes + sent->start[i] + 2, sent->start[i + 1] - sent->start[i] - 2}, 3);
}

/* Everything that came out was sent, in its order; what did not come out was touched. */
static const char *
direction_flaw(unsigned dir, size_t from, bool middle)
{
	const struct sent *sent = &s.sent[dir];
	const struct got *got = &s.got[dir];
	size_t at = 0;
	for (unsigned i = 0; i < MESSAGES; i++) {
		if (at < got->n && got->hash[at] == message_hash(sent, i)) {
			at++;
			continue;
		}
		bool cut = sent->touched[i] || sent->start[i] < from;
		bool alone = at == 0 && (i + 1 == MESSAGES || sent->touched[i + 1]);
		if (!cut && !alone)
			return "a message is missing that nothing touched";
	}
	if (at != got->n)
		return "a message came out that was not sent, or out of order";
	const struct cs_framer_counts *counts = &got->counts;
	uint64_t all = counts->framed_bytes + counts->skipped_bytes + counts->lost_bytes;
	if (all != got->stream.delivered_bytes + got->stream.lost_bytes)
		return "framer and stream disagree about the bytes";
	if (!middle && (got->stream.lost_bytes != sent->lost_bytes || got->gap_bytes != sent->lost_bytes))
		return "the loss is not reported as it was";
	if (all < got->stream.acknowledged_bytes || (!middle && all != sent->len))
		return "acknowledged bytes are unaccounted for";
	return NULL;
}

static void
check_case(uint64_t seed, const struct shape *shape)
{
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		const char *flaw = direction_flaw(dir, s.middle_at[dir], shape->middle);
		if (flaw)
			fail_msg("seed %llu, direction %u: %s (got %zu, lost %zu, framed %llu skipped %llu lost %llu)",
				 (unsigned long long)seed, dir, flaw, s.got[dir].n, s.sent[dir].lost_bytes,
				 (unsigned long long)s.got[dir].counts.framed_bytes,
				 (unsigned long long)s.got[dir].counts.skipped_bytes,
				 (unsigned long long)s.got[dir].counts.lost_bytes);
	}
}

static void
run_cases(uint64_t first_seed, unsigned n, const struct shape *shape)
{
	for (uint64_t seed = first_seed; seed < first_seed + n; seed++) {
		s.seed = seed * UINT64_C(0x9E3779B97F4A7C15);
		make_streams();
		make_packets(shape);
		disturb(shape);
		play(shape->middle);
		check_case(seed, shape);
	}
	print_message("# seeds %llu to %llu\n", (unsigned long long)first_seed, (unsigned long long)first_seed + n - 1);
}

static void
cutting_changes_nothing(void **state)
{
	(void)state;
	run_cases(1, CASES / 10, &(struct shape){.segment_most = 5});
	run_cases(10001, CASES / 5, &(struct shape){.segment_most = 1400});
}

static void
swaps_and_duplicates_change_nothing(void **state)
{
	(void)state;
	run_cases(20001, CASES / 2, &(struct shape){.segment_most = 300, .swap_in = 3, .duplicate_in = 4});
}

static void
loss_removes_what_it_touches(void **state)
{
	(void)state;
	run_cases(30001, CASES, &(struct shape){.segment_most = 300, .lose_in = 12});
	run_cases(40001, CASES / 2,
		  &(struct shape){.segment_most = 80, .lose_in = 20, .swap_in = 6, .duplicate_in = 10});
}

static void
a_start_in_the_middle_loses_the_first(void **state)
{
	(void)state;
	run_cases(50001, CASES / 5, &(struct shape){.segment_most = 300, .middle = true});
}

static int
prepare(void **state)
{
	(void)state;
	static struct cs_arena arena;
	struct cs_dialect_fault fault;
	struct cs_span json;
	if (cs_arena_init(&arena, 1 << 20) != CS_OK || !cs_shipped_dialect(cs_span_text("iso87-ascii"), &json) ||
	    cs_dialect_read(json, "iso87-ascii", &arena, &s.dialect, &fault) != CS_OK)
		return -1;
	s.plans = cs_iso_plans_new(&s.dialect, 64);
	return s.plans ? 0 : -1;
}

static int
clean_up(void **state)
{
	(void)state;
	cs_iso_plans_free(s.plans);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cutting_changes_nothing),
		cmocka_unit_test(swaps_and_duplicates_change_nothing),
		cmocka_unit_test(loss_removes_what_it_touches),
		cmocka_unit_test(a_start_in_the_middle_loses_the_first),
	};
	return cmocka_run_group_tests(tests, prepare, clean_up);
}

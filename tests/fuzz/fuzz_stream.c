/*
 * Goal: no order, loss, overlap, wrap or forged number of segments makes reassembly deliver a byte out of its place,
 * lose one in silence, or pass its limits.
 * Method: the input is a script of segments on four connections. Every payload byte is a function of its sequence
 * number, and the packet number carries the sequence number to the sink, which so knows where each byte belongs:
 * data and gaps must follow each other without a seam. Sums must be those reported at the close.
 */
#include "port/stream.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { STEP_BYTES = 8, CONNECTIONS_CAP = 3, PAYLOAD_CAP = 1024, PAYLOAD_AT = 1 };

/* The first byte of a step, and the second. */
enum {
	STEP_FROM_PORT = 1,
	STEP_CONNECTION = 6,
	STEP_FAR = 8,
	STEP_SYN = 16,
	STEP_FIN = 32,
	STEP_RST = 64,
	STEP_ACK = 128
};
enum { STEP_FORGED = 1, STEP_CUT = 2, STEP_TIME = 12, STEP_LONG = 16, STEP_BACK = 32, STEP_ACK_BACK = 64 };

struct way {
	bool placed; /* next is known */
	uint32_t next;
	uint64_t delivered_bytes;
	uint64_t lost_bytes;
};

struct world {
	struct way ways[CONNECTIONS_CAP][CS_DIR_N];
	bool open[CONNECTIONS_CAP];
	bool forged;
	uint32_t sent[4][CS_DIR_N]; /* where the script is */
	uint64_t now_ns;
};

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static uint8_t
byte_at(uint32_t sequence)
{
	return (uint8_t)(sequence * UINT32_C(2654435761) >> 24);
}

static void
on_opened(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N])
{
	struct world *world = context;
	(void)known_start;
	must(connection->index < CONNECTIONS_CAP && !world->open[connection->index]);
	world->open[connection->index] = true;
	memset(world->ways[connection->index], 0, sizeof world->ways[0]);
}

static void
on_data(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	const struct cs_origin *origin)
{
	struct world *world = context;
	struct way *way = &world->ways[connection->index][dir];
	uint32_t sequence = (uint32_t)origin->packet + (origin->offset - PAYLOAD_AT);
	must(world->open[connection->index] && bytes.len > 0);
	must(!way->placed || way->next == sequence);
	for (size_t i = 0; i < bytes.len; i++)
		must(world->forged || bytes.at[i] == byte_at(sequence + (uint32_t)i));
	way->placed = true;
	way->next = sequence + (uint32_t)bytes.len;
	way->delivered_bytes += bytes.len;
}

static void
on_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	struct world *world = context;
	struct way *way = &world->ways[connection->index][dir];
	must(world->open[connection->index] && gap->len > 0);
	way->next += (uint32_t)gap->len;
	way->lost_bytes += gap->len;
}

static void
on_differs(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	struct world *world = context;
	(void)origin;
	(void)dir;
	must(world->open[connection->index]);
}

static void
on_closed(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	struct world *world = context;
	must(world->open[connection->index]);
	world->open[connection->index] = false;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		const struct way *way = &world->ways[connection->index][dir];
		must(counts[dir].delivered_bytes == way->delivered_bytes && counts[dir].lost_bytes == way->lost_bytes);
		must(counts[dir].acknowledged_bytes <= way->delivered_bytes + way->lost_bytes);
		must(world->forged || counts[dir].differing_segments == 0);
	}
}

static void
fill_payload(uint8_t *at, uint32_t sequence, uint32_t len, bool forged)
{
	for (uint32_t i = 0; i < len; i++)
		at[i] = (uint8_t)(byte_at(sequence + i) ^ (forged ? 0x55 : 0));
}

/* The step's sequence number: near where its direction is, or anywhere. */
static uint32_t
sequence_of(struct world *world, const uint8_t *step, uint32_t len)
{
	uint32_t *sent = &world->sent[(step[0] & STEP_CONNECTION) >> 1][step[0] & STEP_FROM_PORT];
	if (step[0] & STEP_FAR)
		*sent += (uint32_t)step[2] << 24 | (uint32_t)step[3] << 12;
	uint32_t shift = (uint32_t)step[3] * 4;
	uint32_t sequence = step[1] & STEP_BACK ? *sent - shift : *sent + (step[0] & STEP_FAR ? 0 : shift);
	if (!(step[1] & STEP_BACK))
		*sent = sequence + len;
	return sequence;
}

static void
play(struct cs_streams *streams, struct world *world, const uint8_t *step)
{
	uint8_t payload[PAYLOAD_CAP];
	static const uint64_t pauses_ns[4] = {0, 1000000, 30000000, 2500000000};
	unsigned connection = (step[0] & STEP_CONNECTION) >> 1;
	bool from_port = step[0] & STEP_FROM_PORT;
	uint32_t len = step[1] & STEP_LONG ? step[4] * 4U : step[4] % 16U;
	uint32_t sequence = sequence_of(world, step, len);
	world->forged |= step[1] & STEP_FORGED;
	world->now_ns += pauses_ns[(step[1] & STEP_TIME) >> 2];
	uint32_t acknowledged = world->sent[connection][!from_port];
	acknowledged = step[1] & STEP_ACK_BACK ? acknowledged - step[5] : acknowledged + step[5];
	fill_payload(payload, sequence, len, step[1] & STEP_FORGED);
	uint32_t captured_len = step[1] & STEP_CUT && step[6] < len ? step[6] : len;
	/* the packet number carries the sequence number of the first payload byte */
	struct cs_packet packet = {.time_ns = world->now_ns, .number = sequence};
	struct cs_segment segment = {
		.source_port = (uint16_t)(from_port ? 8583 : 40000 + connection),
		.destination_port = (uint16_t)(from_port ? 40000 + connection : 8583),
		.flags = (step[0] & STEP_SYN ? CS_TCP_SYN : 0) | (step[0] & STEP_FIN ? CS_TCP_FIN : 0) |
			 (step[0] & STEP_RST ? CS_TCP_RST : 0) | (step[0] & STEP_ACK ? CS_TCP_ACK : 0),
		.sequence = sequence - (step[0] & STEP_SYN ? 1 : 0),
		.acknowledged = acknowledged,
		.payload = {payload, captured_len},
		.payload_wire_len = len,
		.payload_offset = PAYLOAD_AT};
	cs_streams_segment(streams, &packet, &segment, !from_port);
	must(cs_streams_held_since(streams) == UINT64_MAX || cs_streams_held_since(streams) <= world->now_ns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	struct world world = {.now_ns = 1000000000};
	const struct cs_stream_limits limits = {.connections_cap = CONNECTIONS_CAP,
						.held_bytes_cap = (size_t)(data[0] + 1) * 512,
						.hold_ns = 2000000000,
						.hold_bytes = (size_t)data[1] * 32};
	const struct cs_stream_sink sink = {on_opened, on_data, on_gap, on_differs, on_closed, &world};
	struct cs_streams *streams = cs_streams_new(&limits, &sink);
	must(streams != NULL);
	for (size_t at = 2; at + STEP_BYTES <= len; at += STEP_BYTES)
		play(streams, &world, data + at);
	cs_streams_end(streams);
	must(cs_streams_held_since(streams) == UINT64_MAX);
	for (unsigned i = 0; i < CONNECTIONS_CAP; i++)
		must(!world.open[i]);
	cs_streams_free(streams);
	return 0;
}

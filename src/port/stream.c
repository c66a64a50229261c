/*
 * TCP connections in a capture: whose segment is this, is it new, and when is it over.
 *
 * A connection is tracked from its SYN or its first payload. After its end it lingers unseen, so that late
 * retransmissions are not taken for a new connection, whose messages would then be seen twice. An RST counts
 * only near the expected sequence number, so that a forged one is not believed from afar; a segment farther
 * away than any window starts the connection anew. Joined in the middle, a direction begins at the first byte
 * seen: what is older and comes late is dropped as a duplicate. A lost FIN, when acknowledged, counts as one
 * lost byte. The bytes of a direction are the matter of stream_flow.c.
 * spec: RFC 9293 3.4, 3.5, 3.10.
 */
#include "port/stream_parts.h"

#include <stdlib.h>

enum {
	BEHIND_MAX_BYTES = 16 << 20,    /* older than this is no retransmission */
	FORWARD_MAX_BYTES = 1 << 30,    /* the largest window */
	NEAR_BYTES = 1 << 20,           /* of the expected number: an RST is believed, a closed connection goes on */
	ACK_AHEAD_MAX_BYTES = 16 << 20, /* an acknowledgement of more unseen bytes is not believed */
};

static const uint64_t linger_ns = UINT64_C(60000000000);

struct cs_stream_limits
cs_stream_limits_default(void)
{
	return (struct cs_stream_limits){.connections_cap = 4096,
					 .held_bytes_cap = (size_t)64 << 20,
					 .hold_ns = UINT64_C(2000000000),
					 .hold_bytes = (size_t)256 << 10};
}

size_t
cs_streams_bytes(const struct cs_stream_limits *limits)
{
	size_t each = CS_DIR_N * sizeof(struct cs_way);
	return sizeof(struct cs_streams) + limits->connections_cap * each +
	       cs_stream_table_bytes(limits->connections_cap) + limits->held_bytes_cap;
}

struct cs_streams *
cs_streams_new(const struct cs_stream_limits *limits, const struct cs_stream_sink *sink)
{
	CS_ASSERT(limits->connections_cap > 0 && limits->connections_cap < CS_NONE / CS_DIR_N);
	CS_ASSERT(sink->opened && sink->data && sink->gap && sink->differs && sink->closed);
	struct cs_streams *streams = calloc(1, sizeof *streams);
	if (!streams)
		return NULL;
	streams->limits = *limits;
	streams->sink = *sink;
	streams->next_due_ns = UINT64_MAX;
	streams->waiting = calloc((size_t)limits->connections_cap * CS_DIR_N, sizeof *streams->waiting);
	bool has_table = cs_stream_table_init(&streams->table, limits->connections_cap);
	bool has_pool = cs_hold_pool_init(&streams->pool, limits->held_bytes_cap);
	if (!streams->waiting || !has_table || !has_pool) {
		cs_streams_free(streams);
		return NULL;
	}
	return streams;
}

void
cs_streams_free(struct cs_streams *streams)
{
	if (!streams)
		return;
	cs_stream_table_fini(&streams->table);
	cs_hold_pool_fini(&streams->pool);
	free(streams->waiting);
	free(streams);
}

static struct cs_way
way_of(struct cs_streams *streams, struct cs_tracked *tracked, enum cs_direction dir)
{
	return (struct cs_way){streams, tracked, dir};
}

static void
reset_flow(struct cs_flow *flow)
{
	*flow = (struct cs_flow){.waiting_at = CS_NONE, .passed_ns = UINT64_MAX, .hold = cs_hold_empty()};
}

/* The connection begins again in its slot. With KEEP, a direction goes on at the number it had reached. */
static void
begin_again(struct cs_streams *streams, struct cs_tracked *tracked, bool keep)
{
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		struct cs_flow *flow = &tracked->flows[dir];
		bool known = flow->known && keep;
		uint32_t next_seq = flow->next_seq;
		reset_flow(flow);
		struct cs_way way = way_of(streams, tracked, (enum cs_direction)dir);
		if (known)
			cs_flow_begin(&way, next_seq, false);
		tracked->public.user[dir] = NULL;
	}
	tracked->segments = 0;
	cs_stream_table_use(&streams->table, tracked, CS_RANK_SILENT);
}

/* Settles both directions and tells the sink; the slot lingers as closed. */
static void
close_tracked(struct cs_streams *streams, struct cs_tracked *tracked)
{
	if (tracked->rank == CS_RANK_CLOSED)
		return;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		struct cs_way way = way_of(streams, tracked, (enum cs_direction)dir);
		cs_flow_end(&way);
	}
	bool was_told = tracked->rank == CS_RANK_SPOKEN;
	cs_stream_table_use(&streams->table, tracked, CS_RANK_CLOSED);
	tracked->closed_ns = streams->now_ns;
	if (!was_told)
		return;
	const struct cs_stream_counts counts[CS_DIR_N] = {tracked->flows[0].counts, tracked->flows[1].counts};
	streams->sink.closed(streams->sink.context, &tracked->public, counts);
}

static void
make_room(struct cs_streams *streams)
{
	struct cs_tracked *tracked = cs_stream_table_expendable(&streams->table);
	streams->evicted_n += tracked->rank != CS_RANK_CLOSED;
	close_tracked(streams, tracked);
	cs_stream_table_remove(&streams->table, tracked);
}

static void
fill_key(uint64_t key[CS_KEY_WORDS], const struct cs_segment *segment, bool to_port)
{
	const uint8_t *client = to_port ? segment->source_ip : segment->destination_ip;
	const uint8_t *server = to_port ? segment->destination_ip : segment->source_ip;
	uint16_t client_port = to_port ? segment->source_port : segment->destination_port;
	uint16_t server_port = to_port ? segment->destination_port : segment->source_port;
	memcpy(&key[0], client, 16);
	memcpy(&key[2], server, 16);
	key[4] = (uint64_t)client_port << 32 | (uint64_t)server_port << 16 | segment->vlan;
}

static struct cs_tracked *
begin_tracked(struct cs_streams *streams, const uint64_t key[CS_KEY_WORDS])
{
	struct cs_tracked *tracked = cs_stream_table_add(&streams->table, key);
	if (!tracked) {
		make_room(streams);
		tracked = cs_stream_table_add(&streams->table, key);
	}
	CS_ASSERT(tracked);
	struct cs_connection *public = &tracked->public;
	memcpy(public->client_ip, &key[0], 16);
	memcpy(public->server_ip, &key[2], 16);
	public->client_port = (uint16_t)(key[4] >> 32);
	public->server_port = (uint16_t)(key[4] >> 16);
	public->vlan = (uint16_t)key[4];
	begin_again(streams, tracked, false);
	return tracked;
}

/* The number of a segment's first payload byte: a SYN takes one of its own. */
static uint32_t
first_byte(const struct cs_segment *segment)
{
	return segment->sequence + (segment->flags & CS_TCP_SYN ? 1 : 0);
}

static int64_t
distance(const struct cs_flow *flow, uint32_t sequence)
{
	return (int32_t)(sequence - flow->next_seq);
}

/* A segment for a connection that was closed: late, going on, or new? NULL when it is to be ignored. */
static struct cs_tracked *
revive(const struct cs_way *way, const struct cs_segment *segment)
{
	const struct cs_flow *flow = cs_way_flow(way);
	if (segment->flags & CS_TCP_SYN && first_byte(segment) == flow->start_seq && flow->known_start)
		return NULL;
	if (segment->flags & CS_TCP_SYN) {
		begin_again(way->streams, way->tracked, false);
		return way->tracked;
	}
	if (segment->payload_wire_len == 0)
		return NULL;
	bool recent = way->streams->now_ns - way->tracked->closed_ns < linger_ns && flow->known;
	int64_t end = distance(flow, segment->sequence) + segment->payload_wire_len;
	if (recent && end <= 0 && end > -BEHIND_MAX_BYTES)
		return NULL;
	begin_again(way->streams, way->tracked, recent && end > 0 && end < NEAR_BYTES);
	return way->tracked;
}

/* Does the segment show that the connection as we know it is over, its ports in use again? */
static bool
is_other_connection(const struct cs_way *way, const struct cs_segment *segment)
{
	const struct cs_flow *flow = cs_way_flow(way);
	if (segment->flags & CS_TCP_SYN) {
		bool answers = segment->flags & CS_TCP_ACK;
		return flow->known ? first_byte(segment) != flow->start_seq
				   : !answers && way->tracked->rank == CS_RANK_SPOKEN;
	}
	if (!flow->known || segment->payload_wire_len == 0)
		return false;
	int64_t ahead = distance(flow, segment->sequence);
	return ahead < -BEHIND_MAX_BYTES || ahead > FORWARD_MAX_BYTES;
}

/* The connection a segment belongs to; NULL when the segment does not matter. */
static struct cs_tracked *
find_tracked(struct cs_streams *streams, const struct cs_segment *segment, enum cs_direction dir)
{
	uint64_t key[CS_KEY_WORDS];
	fill_key(key, segment, dir == CS_DIR_TO_PORT);
	struct cs_way way = way_of(streams, cs_stream_table_find(&streams->table, key), dir);
	if (!way.tracked) {
		bool matters = segment->payload_wire_len || segment->flags & CS_TCP_SYN;
		return matters ? begin_tracked(streams, key) : NULL;
	}
	if (way.tracked->rank == CS_RANK_CLOSED)
		return revive(&way, segment);
	if (is_other_connection(&way, segment)) {
		close_tracked(streams, way.tracked);
		begin_again(streams, way.tracked, false);
	}
	return way.tracked;
}

static struct cs_origin
origin_of(const struct cs_packet *packet, const struct cs_segment *segment, enum cs_direction dir)
{
	uint64_t file_offset = packet->file_offset ? packet->file_offset + segment->payload_offset : 0;
	return (struct cs_origin){.time_ns = packet->time_ns,
				  .packet = packet->number,
				  .file_offset = file_offset,
				  .offset = segment->payload_offset,
				  .source = packet->source,
				  .direction = (uint8_t)dir};
}

static void
take_payload(const struct cs_way *way, const struct cs_packet *packet, const struct cs_segment *segment)
{
	struct cs_flow *flow = cs_way_flow(way);
	struct cs_piece piece = {.bytes = segment->payload,
				 .wire_len = segment->payload_wire_len,
				 .origin = origin_of(packet, segment, way->dir)};
	int64_t ahead = distance(flow, first_byte(segment));
	/* joined in the middle: what is older than the first byte seen has no place */
	if (ahead < 0 && (uint64_t)-ahead > flow->next_offset) {
		uint64_t before = (uint64_t)-ahead - flow->next_offset;
		uint32_t n = before < piece.wire_len ? (uint32_t)before : piece.wire_len;
		size_t captured_n = n < piece.bytes.len ? n : piece.bytes.len;
		flow->counts.duplicate_bytes += n;
		piece.bytes.at += captured_n;
		piece.bytes.len -= captured_n;
		piece.wire_len -= n;
		piece.origin = cs_origin_later(&piece.origin, n);
		ahead += n;
		if (piece.wire_len == 0)
			return;
	}
	piece.offset = flow->next_offset + (uint64_t)ahead;
	cs_flow_take(way, &piece);
}

static void
take_acknowledgement(const struct cs_way *peer, const struct cs_segment *segment)
{
	const struct cs_flow *flow = cs_way_flow(peer);
	if (!flow->known || !(segment->flags & CS_TCP_ACK))
		return;
	int64_t ahead = distance(flow, segment->acknowledged);
	if (ahead > ACK_AHEAD_MAX_BYTES || (ahead < 0 && (uint64_t)-ahead > flow->next_offset))
		return;
	cs_flow_acknowledge(peer, flow->next_offset + (uint64_t)ahead);
}

static void
take_fin(const struct cs_way *way, const struct cs_segment *segment)
{
	const struct cs_flow *flow = cs_way_flow(way);
	int64_t ahead = distance(flow, first_byte(segment) + segment->payload_wire_len);
	if (!flow->finished && ahead >= 0 && ahead <= FORWARD_MAX_BYTES)
		cs_flow_finish(way, flow->next_offset + (uint64_t)ahead);
}

static bool
is_believable_reset(const struct cs_flow *flow, const struct cs_segment *segment)
{
	int64_t ahead = distance(flow, segment->sequence);
	return !flow->known || (ahead > -NEAR_BYTES && ahead < NEAR_BYTES);
}

/* A direction is over when its FIN is reached, or when it was never seen at all (one-sided capture). */
static bool
is_over(const struct cs_tracked *tracked)
{
	unsigned finished_n = 0;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		const struct cs_flow *flow = &tracked->flows[dir];
		bool finished = flow->finished && flow->next_offset >= flow->fin_offset;
		if (!finished && flow->counts.segments)
			return false;
		finished_n += finished;
	}
	return finished_n > 0;
}

static void
settle(const struct cs_way *way)
{
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		struct cs_way each = way_of(way->streams, way->tracked, (enum cs_direction)dir);
		if (way->tracked->flows[dir].waiting_at != CS_NONE)
			cs_flow_settle(&each, way->streams->now_ns);
	}
}

void
cs_streams_segment(struct cs_streams *streams, const struct cs_packet *packet, const struct cs_segment *segment,
		   bool to_port)
{
	enum cs_direction dir = to_port ? CS_DIR_TO_PORT : CS_DIR_FROM_PORT;
	cs_streams_advance(streams, packet->time_ns);
	struct cs_way way = way_of(streams, find_tracked(streams, segment, dir), dir);
	if (!way.tracked)
		return;
	struct cs_way peer = way_of(streams, way.tracked, to_port ? CS_DIR_FROM_PORT : CS_DIR_TO_PORT);
	struct cs_flow *flow = cs_way_flow(&way);
	cs_stream_table_use(&streams->table, way.tracked, (enum cs_rank)way.tracked->rank);
	way.tracked->segments++;
	flow->counts.segments++;
	bool is_syn = segment->flags & CS_TCP_SYN;
	if (!flow->known && (is_syn || segment->payload_wire_len || segment->flags & CS_TCP_FIN))
		cs_flow_begin(&way, first_byte(segment), is_syn);
	if (segment->payload_wire_len)
		take_payload(&way, packet, segment);
	take_acknowledgement(&peer, segment);
	if (segment->flags & CS_TCP_FIN)
		take_fin(&way, segment);
	settle(&way);
	bool reset = segment->flags & CS_TCP_RST && is_believable_reset(flow, segment);
	if (reset || is_over(way.tracked))
		close_tracked(streams, way.tracked);
}

/* Declares what is due and finds the next due time. Backwards, since a flow that leaves is replaced by the last. */
static void
settle_waiting(struct cs_streams *streams)
{
	for (uint32_t i = streams->waiting_n; i-- > 0;) {
		struct cs_way way = streams->waiting[i];
		cs_flow_settle(&way, streams->now_ns);
		if (is_over(way.tracked))
			close_tracked(streams, way.tracked);
		if (i > streams->waiting_n)
			i = streams->waiting_n;
	}
	streams->next_due_ns = UINT64_MAX;
	for (uint32_t i = 0; i < streams->waiting_n; i++) {
		uint64_t due_ns = cs_way_flow(&streams->waiting[i])->due_ns;
		if (due_ns < streams->next_due_ns)
			streams->next_due_ns = due_ns;
	}
}

void
cs_streams_advance(struct cs_streams *streams, uint64_t now_ns)
{
	/* a capture may say any time; the last one of all means "never" here */
	if (now_ns > streams->now_ns)
		streams->now_ns = now_ns < UINT64_MAX ? now_ns : UINT64_MAX - 1;
	if (streams->now_ns >= streams->next_due_ns)
		settle_waiting(streams);
}

static uint64_t
since_of(const struct cs_flow *flow)
{
	return flow->hold.oldest_ns < flow->passed_ns ? flow->hold.oldest_ns : flow->passed_ns;
}

uint64_t
cs_streams_held_since(const struct cs_streams *streams)
{
	uint64_t since_ns = UINT64_MAX;
	for (uint32_t i = 0; i < streams->waiting_n; i++) {
		uint64_t each_ns = since_of(cs_way_flow(&streams->waiting[i]));
		if (each_ns < since_ns)
			since_ns = each_ns;
	}
	return since_ns;
}

void
cs_streams_end(struct cs_streams *streams)
{
	for (uint32_t i = 0; i < streams->table.fresh; i++) {
		struct cs_tracked *tracked = &streams->table.slots[i];
		if (tracked->rank == CS_RANK_SILENT || tracked->rank == CS_RANK_SPOKEN)
			close_tracked(streams, tracked);
	}
}

uint64_t
cs_streams_evicted(const struct cs_streams *streams)
{
	return streams->evicted_n;
}

uint64_t
cs_streams_held_dropped(const struct cs_streams *streams)
{
	return streams->held_dropped_n;
}

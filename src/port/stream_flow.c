/*
 * One direction of a connection: bytes in order go out, bytes behind a hole wait, holes end as bytes or as a gap.
 *
 * Invariant: next_offset == delivered_bytes + lost_bytes, and everything held lies behind it. A hole with bytes
 * behind it is lost when the peer has acknowledged past it and GRACE went by (a capture may be slightly out of
 * order), when hold_ns went by, or when more than hold_bytes wait. A hole known only from an acknowledgement is
 * lost after hold_ns: so a forged one costs a declared gap, never silence. Bytes are compared with what was
 * delivered by the hash of whole segments; bytes delivered are not kept, since they hold card data. A
 * retransmission cut smaller than its original is thus not compared.
 * spec: RFC 9293 3.4 (sequence numbers), 3.10.7.4 (segments in order).
 */
#include "port/stream_parts.h"

#include "base/hash.h"

enum { GRACE_SEGMENTS = 64 };

static const uint64_t grace_ns = UINT64_C(20000000);

void
cs_flow_begin(const struct cs_way *way, uint32_t sequence, bool known_start)
{
	struct cs_flow *flow = cs_way_flow(way);
	flow->known = true;
	flow->known_start = known_start;
	flow->start_seq = sequence;
	flow->next_seq = sequence;
	flow->last_ns = way->streams->now_ns;
}

/* The sink hears of a connection with its first byte or gap, when both SYNs, if any, were seen. */
static void
tell_opened(const struct cs_way *way)
{
	struct cs_tracked *tracked = way->tracked;
	if (tracked->rank == CS_RANK_SPOKEN)
		return;
	cs_stream_table_use(&way->streams->table, tracked, CS_RANK_SPOKEN);
	const bool known_start[CS_DIR_N] = {tracked->flows[0].known_start, tracked->flows[1].known_start};
	way->streams->sink.opened(way->streams->sink.context, &tracked->public, known_start);
}

static inline uint64_t
fold(uint64_t hash, uint64_t key, const uint8_t *at)
{
	uint64_t word[2];
	memcpy(word, at, sizeof word);
	return cs_hash_mix(hash ^ word[0], key ^ word[1]);
}

/* For comparison within this run only: a multiplication for every sixteen bytes, two chains of them at a time, all
 * under the seed that nobody outside knows. */
static uint32_t
hash_of(const struct cs_streams *streams, struct cs_span bytes)
{
	uint64_t seed = streams->table.seed, a = seed + bytes.len, b = ~a;
	if (bytes.len < 32)
		return (uint32_t)cs_hash_mix(cs_hash_bytes(bytes, 0), seed);
	const uint8_t *at = bytes.at, *last = bytes.at + bytes.len - 32;
	for (; at < last; at += 32) {
		a = fold(a, seed, at);
		b = fold(b, seed, at + 16);
	}
	a = fold(a, seed, last);
	b = fold(b, seed, last + 16);
	return (uint32_t)cs_hash_mix(a, b);
}

static void
remember(const struct cs_streams *streams, struct cs_flow *flow, struct cs_span bytes)
{
	flow->recent[flow->recent_at] =
		(struct cs_recent){flow->next_offset, (uint32_t)bytes.len, hash_of(streams, bytes)};
	flow->recent_at = (uint8_t)((flow->recent_at + 1) % CS_RECENT_N);
	if (flow->recent_n < CS_RECENT_N)
		flow->recent_n++;
}

static void
advance_by(struct cs_flow *flow, uint64_t n)
{
	flow->next_offset += n;
	flow->next_seq += (uint32_t)n;
}

static void
deliver(const struct cs_way *way, struct cs_span bytes, const struct cs_origin *origin)
{
	struct cs_streams *streams = way->streams;
	struct cs_flow *flow = cs_way_flow(way);
	tell_opened(way);
	remember(streams, flow, bytes);
	advance_by(flow, bytes.len);
	flow->counts.delivered_bytes += bytes.len;
	flow->last_ns = origin->time_ns;
	streams->sink.data(streams->sink.context, &way->tracked->public, way->dir, bytes, origin);
}

static void
lose(const struct cs_way *way, uint64_t len, uint64_t behind_ns)
{
	struct cs_streams *streams = way->streams;
	struct cs_flow *flow = cs_way_flow(way);
	const struct cs_stream_gap gap = {len, flow->last_ns, behind_ns};
	tell_opened(way);
	advance_by(flow, len);
	flow->counts.lost_bytes += len;
	flow->counts.gaps++;
	streams->sink.gap(streams->sink.context, &way->tracked->public, way->dir, &gap);
}

/* Lets everything out that is no longer behind a hole. */
static void
drain(const struct cs_way *way)
{
	struct cs_flow *flow = cs_way_flow(way);
	struct cs_hold_pool *pool = &way->streams->pool;
	for (;;) {
		const struct cs_held *held = cs_hold_first(pool, &flow->hold);
		if (!held || held->offset != flow->next_offset)
			break;
		if (held->cut)
			lose(way, held->len, held->origin.time_ns);
		else
			deliver(way, (struct cs_span){held->bytes, held->len}, &held->origin);
		cs_hold_drop_first(pool, &flow->hold);
	}
	cs_hold_age(pool, &flow->hold);
}

static void
join_waiting(const struct cs_way *way)
{
	struct cs_flow *flow = cs_way_flow(way);
	if (flow->waiting_at != CS_NONE)
		return;
	flow->waiting_at = way->streams->waiting_n++;
	way->streams->waiting[flow->waiting_at] = *way;
}

static void
leave_waiting(const struct cs_way *way)
{
	struct cs_flow *flow = cs_way_flow(way);
	struct cs_streams *streams = way->streams;
	if (flow->waiting_at == CS_NONE)
		return;
	struct cs_way last = streams->waiting[--streams->waiting_n];
	streams->waiting[flow->waiting_at] = last;
	cs_way_flow(&last)->waiting_at = flow->waiting_at;
	flow->waiting_at = CS_NONE;
}

static uint64_t
later(uint64_t time_ns, uint64_t by_ns)
{
	return time_ns > UINT64_MAX - by_ns ? UINT64_MAX : time_ns + by_ns;
}

/* Has the peer's acknowledgement passed the first hole? Notes when it first did. */
static void
note_passed(const struct cs_way *way)
{
	struct cs_flow *flow = cs_way_flow(way);
	const struct cs_held *held = cs_hold_first(&way->streams->pool, &flow->hold);
	uint64_t hole_end = held ? held->offset : flow->next_offset + 1;
	if (flow->passed_offset != flow->next_offset || flow->acked_offset < hole_end)
		flow->passed_ns = UINT64_MAX;
	if (flow->acked_offset < hole_end || flow->passed_ns != UINT64_MAX)
		return;
	flow->passed_ns = way->streams->now_ns;
	flow->passed_offset = flow->next_offset;
	flow->passed_segments = way->tracked->segments;
}

/* Brings the list of the waiting and the next due time up to date after a flow changed. */
static void
update_waiting(const struct cs_way *way)
{
	struct cs_flow *flow = cs_way_flow(way);
	struct cs_streams *streams = way->streams;
	note_passed(way);
	bool holds = flow->hold.n > 0;
	if (!holds && flow->passed_ns == UINT64_MAX) {
		leave_waiting(way);
		return;
	}
	flow->due_ns = UINT64_MAX;
	if (holds)
		flow->due_ns = later(flow->hold.oldest_ns, streams->limits.hold_ns);
	uint64_t patience_ns = holds ? grace_ns : streams->limits.hold_ns;
	uint64_t passed_due_ns = later(flow->passed_ns, patience_ns);
	if (passed_due_ns < flow->due_ns)
		flow->due_ns = passed_due_ns;
	if (flow->due_ns < streams->next_due_ns)
		streams->next_due_ns = flow->due_ns;
	join_waiting(way);
}

/* Gives up the first hole, and lets out what stood behind it. */
static void
give_up_hole(const struct cs_way *way)
{
	struct cs_flow *flow = cs_way_flow(way);
	const struct cs_held *held = cs_hold_first(&way->streams->pool, &flow->hold);
	if (held)
		lose(way, held->offset - flow->next_offset, held->origin.time_ns);
	else
		lose(way, flow->acked_offset - flow->next_offset, flow->acked_ns);
	drain(way);
	update_waiting(way);
}

static bool
is_due(const struct cs_way *way, uint64_t now_ns)
{
	const struct cs_flow *flow = cs_way_flow(way);
	if (flow->waiting_at == CS_NONE)
		return false;
	bool enough = flow->hold.n && flow->passed_ns != UINT64_MAX &&
		      way->tracked->segments - flow->passed_segments >= GRACE_SEGMENTS;
	return enough || flow->due_ns <= now_ns;
}

void
cs_flow_settle(const struct cs_way *way, uint64_t now_ns)
{
	while (is_due(way, now_ns))
		give_up_hole(way);
}

/* Compares a retransmission with the segments delivered that lie wholly inside it. */
static bool
differs_from_delivered(const struct cs_way *way, const struct cs_piece *piece)
{
	const struct cs_flow *flow = cs_way_flow(way);
	uint64_t end = piece->offset + piece->bytes.len;
	for (unsigned i = 0; i < flow->recent_n; i++) {
		const struct cs_recent *recent = &flow->recent[i];
		if (recent->offset < piece->offset || recent->offset + recent->len > end)
			continue;
		struct cs_span again = {piece->bytes.at + (recent->offset - piece->offset), recent->len};
		if (hash_of(way->streams, again) != recent->hash)
			return true;
	}
	return false;
}

static void
tell_differs(const struct cs_way *way, const struct cs_origin *origin)
{
	cs_way_flow(way)->counts.differing_segments++;
	tell_opened(way);
	way->streams->sink.differs(way->streams->sink.context, &way->tracked->public, way->dir, origin);
}

/* Cuts off what was delivered or declared lost before. */
static void
trim(const struct cs_way *way, struct cs_piece *piece)
{
	struct cs_flow *flow = cs_way_flow(way);
	if (piece->offset >= flow->next_offset)
		return;
	if (differs_from_delivered(way, piece))
		tell_differs(way, &piece->origin);
	uint64_t over = flow->next_offset - piece->offset;
	uint32_t n = over < piece->wire_len ? (uint32_t)over : piece->wire_len;
	size_t captured_n = n < piece->bytes.len ? n : piece->bytes.len;
	flow->counts.duplicate_bytes += n;
	piece->origin = cs_origin_later(&piece->origin, n);
	piece->offset += n;
	piece->wire_len -= n;
	piece->bytes.at += captured_n;
	piece->bytes.len -= captured_n;
}

/* Bytes that are next, and what the capture cut off behind them. */
static void
take_next(const struct cs_way *way, const struct cs_piece *piece)
{
	if (piece->bytes.len)
		deliver(way, piece->bytes, &piece->origin);
	if (piece->wire_len > piece->bytes.len)
		lose(way, piece->wire_len - piece->bytes.len, piece->origin.time_ns);
}

/* No room to hold: all holes before the piece are given up, so that it can go out. */
static void
take_without_room(const struct cs_way *way, struct cs_piece *piece)
{
	struct cs_flow *flow = cs_way_flow(way);
	way->streams->held_dropped_n++;
	while (flow->hold.n)
		give_up_hole(way);
	trim(way, piece);
	if (piece->wire_len == 0)
		return;
	if (piece->offset > flow->next_offset)
		lose(way, piece->offset - flow->next_offset, piece->origin.time_ns);
	take_next(way, piece);
}

static void
take_behind_hole(const struct cs_way *way, struct cs_piece *piece)
{
	struct cs_flow *flow = cs_way_flow(way);
	struct cs_hold_result result;
	if (!cs_hold_insert(&way->streams->pool, &flow->hold, piece, &result)) {
		take_without_room(way, piece);
		return;
	}
	flow->counts.duplicate_bytes += result.duplicate_bytes;
	if (result.differs)
		tell_differs(way, &piece->origin);
	if (piece->offset == flow->next_offset)
		drain(way);
	while (flow->hold.cost_bytes > way->streams->limits.hold_bytes)
		give_up_hole(way);
}

/* What fills a hole was sent, and perhaps heard, before the hole showed itself: by bytes behind it, or by the peer's
 * acknowledgement. The tap may have lost it and caught its retransmission only. */
static void
date_back(const struct cs_flow *flow, struct cs_piece *piece)
{
	uint64_t shown_ns = flow->hold.oldest_ns < flow->passed_ns ? flow->hold.oldest_ns : flow->passed_ns;
	if (piece->offset == flow->next_offset && shown_ns < piece->origin.time_ns)
		piece->origin.time_ns = shown_ns;
}

void
cs_flow_take(const struct cs_way *way, const struct cs_piece *piece)
{
	struct cs_flow *flow = cs_way_flow(way);
	if (piece->offset == flow->next_offset && flow->waiting_at == CS_NONE) {
		take_next(way, piece);
		return;
	}
	struct cs_piece rest = *piece;
	trim(way, &rest);
	if (rest.wire_len == 0)
		return;
	date_back(flow, &rest);
	if (rest.offset == flow->next_offset && flow->hold.n == 0)
		take_next(way, &rest);
	else
		take_behind_hole(way, &rest);
	update_waiting(way);
}

void
cs_flow_acknowledge(const struct cs_way *way, uint64_t offset)
{
	struct cs_flow *flow = cs_way_flow(way);
	/* the FIN takes a number of its own */
	if (flow->finished && offset > flow->fin_offset)
		offset = flow->fin_offset;
	if (offset <= flow->acked_offset)
		return;
	flow->acked_offset = offset;
	flow->acked_ns = way->streams->now_ns;
	if (offset > flow->next_offset || flow->hold.n)
		update_waiting(way);
}

void
cs_flow_finish(const struct cs_way *way, uint64_t offset)
{
	struct cs_flow *flow = cs_way_flow(way);
	flow->finished = true;
	flow->fin_offset = offset;
	if (flow->acked_offset <= offset)
		return;
	flow->acked_offset = offset;
	update_waiting(way);
}

void
cs_flow_end(const struct cs_way *way)
{
	struct cs_flow *flow = cs_way_flow(way);
	while (flow->hold.n)
		give_up_hole(way);
	update_waiting(way);
	if (flow->waiting_at != CS_NONE)
		give_up_hole(way);
	CS_ASSERT(flow->waiting_at == CS_NONE);
	flow->counts.acknowledged_bytes = flow->acked_offset;
}

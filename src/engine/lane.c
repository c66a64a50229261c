/*
 * One direction of one connection: its bytes through the framer, its messages through the decoder.
 *
 * Invariant: every byte a stream delivers or declares lost ends in a decoded message, a keep-alive, or a gap
 * of the link's coverage. Leaves the pairing of messages to the detectors.
 */
#include "engine/pipeline_parts.h"

#include "base/hash.h"

#include <stdlib.h>

/* How long before its first packet a connection joined in its middle may have lost its beginning. */
static const uint64_t joined_ns = UINT64_C(1000000000);

struct lane {
	struct link_state *link;
	struct lane *before;
	struct lane *behind;
	uint64_t opened_ns;
	enum cs_direction dir;
	struct cs_framer *framer;
	uint64_t last_ns;       /* of the last bytes fed; 0: none yet */
	uint64_t hidden_ns;     /* of bytes held back, those up to here were told to the coverage */
	uint64_t alive_ns;      /* of the last sign of life; 0: none yet */
	uint64_t keepalives;    /* of the framer, taken for signs of life so far */
	uint64_t skipped_bytes; /* of the framer, told to the coverage so far */
	uint64_t cut_messages;
	uint64_t undecoded_bytes;
};

static void
take_undecoded(struct lane *lane, struct cs_span message, const struct cs_origin *origin,
	       const struct cs_iso_fault *fault)
{
	struct cs_pipeline *pipeline = lane->link->pipeline;
	unsigned link = lane->link->index;
	char detail[CS_DETAIL_BYTES / 2];
	struct cs_text text = cs_text_over(detail, sizeof detail);
	struct cs_event event = {
		.origin = *origin,
		.link = (uint16_t)link,
		.length_bytes = (uint32_t)message.len,
		.message_hash = cs_hash_bytes(message, 0),
	};
	struct cs_blind blind = {
		.reason = CS_REASON_UNDECODED,
		.dir = lane->dir,
		.from_ns = lane->last_ns ? lane->last_ns : origin->time_ns,
		.to_ns = origin->time_ns,
		.lost_bytes = message.len,
		.event = &event,
		.detail = detail,
	};
	event.origin.direction = (uint8_t)lane->dir;
	cs_iso_put_fault(&text, fault);
	pipeline->counts.leg[link].undecoded[fault->reason]++;
	lane->undecoded_bytes += message.len;
	cs_blind_gap(pipeline, link, &blind);
	cs_blind_tell(pipeline, link, &blind);
}

/* A keep-alive, or a message of network management: what comes of itself, and again. */
static void
show_alive(struct lane *lane, uint64_t now_ns)
{
	if (lane->alive_ns)
		cs_alive_sign(&lane->link->alive, lane->alive_ns, now_ns);
	lane->alive_ns = now_ns;
}

/* What a message says of its link, whatever it says of its transaction. */
static void
note_kind(struct lane *lane, const struct cs_event *event)
{
	uint64_t time_ns = event->origin.time_ns;
	if (event->kind == CS_KIND_REQUEST && lane->link->asked_ns < time_ns)
		lane->link->asked_ns = time_ns;
	if (event->kind == CS_KIND_NETWORK || event->kind == CS_KIND_NETWORK_RESPONSE)
		show_alive(lane, time_ns);
}

static void
take_message(void *context, struct cs_span message, const struct cs_origin *origin)
{
	struct lane *lane = context;
	struct cs_pipeline *pipeline = lane->link->pipeline;
	const struct cs_leg *leg = &pipeline->links->leg[lane->link->index];
	struct cs_iso_fault fault;
	if (cs_iso_decode(leg->plans, message, &pipeline->iso, &fault) != CS_ISO_OK) {
		take_undecoded(lane, message, origin, &fault);
		return;
	}
	struct cs_event *event = cs_batch_slot(&pipeline->batch);
	cs_card_event(&pipeline->iso, &leg->rules, origin, event);
	event->origin.direction = (uint8_t)lane->dir;
	note_kind(lane, event);
	event = cs_pipeline_message_screen(pipeline, event);
	if (pipeline->raw.raw)
		pipeline->raw.raw(pipeline->raw.context, &pipeline->iso, event);
	cs_batch_add(&pipeline->batch);
	pipeline->counts.messages++;
}

/* What the framer could not use is a gap since the bytes it could. */
static void
account(struct lane *lane, uint64_t now_ns)
{
	const struct cs_framer_counts *counts = cs_framer_counts_of(lane->framer);
	uint64_t skipped = counts->skipped_bytes - lane->skipped_bytes;
	uint64_t cut = counts->cut_messages - lane->cut_messages;
	if (!skipped && !cut)
		return;
	lane->skipped_bytes = counts->skipped_bytes;
	lane->cut_messages = counts->cut_messages;
	struct cs_blind blind = {
		.dir = lane->dir,
		.from_ns = lane->last_ns ? lane->last_ns : now_ns,
		.to_ns = now_ns,
		.lost_bytes = skipped ? skipped : 1,
	};
	cs_blind_gap(lane->link->pipeline, lane->link->index, &blind);
}

static void
take_bytes(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	   const struct cs_origin *origin)
{
	struct link_state *link = context;
	struct lane *lane = connection->user[dir];
	if (!lane) {
		struct cs_blind blind = {
			.dir = dir, .from_ns = origin->time_ns, .to_ns = origin->time_ns, .lost_bytes = bytes.len};
		cs_blind_gap(link->pipeline, link->index, &blind);
		return;
	}
	cs_framer_feed(lane->framer, bytes, origin);
	account(lane, origin->time_ns);
	uint64_t keepalives = cs_framer_counts_of(lane->framer)->keepalives;
	if (lane->keepalives != keepalives)
		show_alive(lane, origin->time_ns);
	lane->keepalives = keepalives;
	lane->last_ns = origin->time_ns;
}

static void
take_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	struct link_state *link = context;
	struct lane *lane = connection->user[dir];
	struct cs_blind blind = {
		.reason = CS_REASON_CAPTURE_GAP,
		.dir = dir,
		.from_ns = gap->before_ns,
		.to_ns = gap->behind_ns,
		.lost_bytes = gap->len,
	};
	cs_blind_gap(link->pipeline, link->index, &blind);
	if (lane) {
		cs_framer_gap(lane->framer, gap->len);
		account(lane, gap->behind_ns);
	}
	cs_blind_tell(link->pipeline, link->index, &blind);
}

static void
take_difference(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	(void)connection;
	struct link_state *link = context;
	struct cs_event event = {.origin = *origin, .link = (uint16_t)link->index};
	event.origin.direction = (uint8_t)dir;
	struct cs_blind blind = {
		.reason = CS_REASON_SEGMENT_DIFFERS,
		.dir = dir,
		.from_ns = origin->time_ns,
		.to_ns = origin->time_ns,
		.event = &event,
		.detail = "the bytes seen first were used",
	};
	cs_blind_tell(link->pipeline, link->index, &blind);
}

uint64_t
cs_lane_confirmed(const struct link_state *link)
{
	uint64_t least_ns = UINT64_MAX;
	for (const struct lane *lane = link->lanes; lane; lane = lane->behind) {
		uint64_t seen_ns = lane->last_ns > lane->opened_ns ? lane->last_ns : lane->opened_ns;
		uint64_t held_ns = cs_framer_held_since(lane->framer);
		if (held_ns && held_ns <= seen_ns)
			seen_ns = held_ns - 1;
		if (seen_ns < least_ns)
			least_ns = seen_ns;
	}
	return least_ns;
}

void
cs_lane_hidden(struct link_state *link, uint64_t until_ns)
{
	for (struct lane *lane = link->lanes; lane; lane = lane->behind) {
		uint64_t held_ns = cs_framer_held_since(lane->framer);
		if (!held_ns || held_ns > until_ns || lane->hidden_ns >= lane->last_ns)
			continue;
		struct cs_blind blind = {
			.dir = lane->dir,
			.from_ns = held_ns,
			.to_ns = lane->last_ns,
			.lost_bytes = cs_framer_held_bytes(lane->framer),
		};
		lane->hidden_ns = lane->last_ns;
		cs_blind_gap(link->pipeline, link->index, &blind);
	}
}

static void
enlist(struct lane *lane)
{
	lane->behind = lane->link->lanes;
	if (lane->behind)
		lane->behind->before = lane;
	lane->link->lanes = lane;
}

static void
delist(struct lane *lane)
{
	if (lane->before)
		lane->before->behind = lane->behind;
	if (lane->behind)
		lane->behind->before = lane->before;
	if (lane->link->lanes == lane)
		lane->link->lanes = lane->behind;
}

static void
free_lane(struct lane *lane)
{
	delist(lane);
	cs_framer_free(lane->framer);
	free(lane);
}

void
cs_lane_free_all(struct link_state *link)
{
	struct lane *behind = NULL;
	for (struct lane *lane = link->lanes; lane; lane = behind) {
		behind = lane->behind;
		cs_framer_free(lane->framer);
		free(lane);
	}
	link->lanes = NULL;
}

void
cs_lane_renew(struct link_state *link)
{
	for (struct lane *lane = link->lanes; lane; lane = lane->behind)
		cs_framer_renew(lane->framer, link->pipeline->links->leg[link->index].plans);
}

size_t
cs_lane_bytes(void)
{
	return sizeof(struct lane) + cs_framer_bytes();
}

static struct lane *
new_lane(struct link_state *link, enum cs_direction dir, bool known_start)
{
	const struct cs_leg *leg = &link->pipeline->links->leg[link->index];
	struct lane *lane = calloc(1, sizeof *lane);
	if (!lane)
		return NULL;
	lane->link = link;
	lane->dir = dir;
	lane->opened_ns = link->pipeline->now_ns;
	enlist(lane);
	lane->framer = cs_framer_new(leg->framing, leg->plans, known_start, take_message, lane);
	if (lane->framer)
		return lane;
	free_lane(lane);
	return NULL;
}

/* Joined in its middle while the link was watched: the beginning may have been lost. */
static void
note_joined(struct link_state *link, enum cs_direction dir)
{
	uint64_t now_ns = link->pipeline->now_ns;
	uint64_t from_ns = now_ns > joined_ns ? now_ns - joined_ns : 0;
	struct cs_blind blind = {
		.dir = dir,
		.from_ns = from_ns > link->first_ns ? from_ns : link->first_ns,
		.to_ns = now_ns,
		.lost_bytes = 1,
	};
	if (link->first_ns < now_ns)
		cs_blind_gap(link->pipeline, link->index, &blind);
}

static void
open_lanes(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N])
{
	struct link_state *link = context;
	struct cs_leg_counts *counts = &link->pipeline->counts.leg[link->index];
	counts->connections++;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		connection->user[dir] = new_lane(link, (enum cs_direction)dir, known_start[dir]);
		if (!connection->user[dir])
			counts->refused_connections++;
		if (!known_start[dir])
			note_joined(link, (enum cs_direction)dir);
	}
}

static void
add_stream(struct cs_stream_counts *sum, const struct cs_stream_counts *more)
{
	sum->segments += more->segments;
	sum->delivered_bytes += more->delivered_bytes;
	sum->lost_bytes += more->lost_bytes;
	sum->acknowledged_bytes += more->acknowledged_bytes;
	sum->duplicate_bytes += more->duplicate_bytes;
	sum->gaps += more->gaps;
	sum->differing_segments += more->differing_segments;
}

static void
add_framer(struct cs_framer_counts *sum, const struct cs_framer_counts *more)
{
	sum->messages += more->messages;
	sum->keepalives += more->keepalives;
	sum->framed_bytes += more->framed_bytes;
	sum->skipped_bytes += more->skipped_bytes;
	sum->lost_bytes += more->lost_bytes;
	sum->cut_messages += more->cut_messages;
	sum->resyncs += more->resyncs;
}

static void
close_lanes(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	struct link_state *link = context;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		struct lane *lane = connection->user[dir];
		struct cs_way_counts *way = &link->pipeline->counts.leg[link->index].way[dir];
		add_stream(&way->stream, &counts[dir]);
		connection->user[dir] = NULL;
		if (!lane)
			continue;
		cs_framer_end(lane->framer);
		account(lane, link->pipeline->now_ns);
		add_framer(&way->framer, cs_framer_counts_of(lane->framer));
		way->undecoded_bytes += lane->undecoded_bytes;
		free_lane(lane);
	}
}

struct cs_stream_sink
cs_lane_sink(struct link_state *link)
{
	return (struct cs_stream_sink){open_lanes, take_bytes, take_gap, take_difference, close_lanes, link};
}

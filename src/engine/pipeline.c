/*
 * The pipeline: packets in order of time go to the link they belong to; behind each packet the links are
 * settled as far as they can be, and time moves on.
 *
 * A link is watched from the first packet of the first source that is known to carry it (because the user
 * said so, or because it showed a packet of it), and settled no further than the last packet of its last
 * source: silence of a tap that is not there proves nothing. Leaves bytes and messages to lane.c, and how far records are
 * settled to pipeline_record.c.
 */
#include "base/since.h"
#include "engine/pipeline_parts.h"

#include <stdlib.h>

enum { FRAGMENTED_CAP = 256 };

/* Streams of quiet links are looked after, and time moves on, so often: who watches is idle sooner, and then it moves too. */
static const uint64_t round_every_ns = 10000000;
static const uint64_t confirm_every_ns = 1000000;
static const uint64_t silence_ns = UINT64_C(5000000000); /* a hole that shows itself no sooner stays unseen */

static struct cs_stream_limits
limits_of(const struct cs_policy *policy, unsigned index)
{
	struct cs_stream_limits limits = cs_stream_limits_default();
	limits.connections_cap = policy->link[index].connections_cap;
	return limits;
}

struct cs_pipeline_memory
cs_pipeline_memory_of(const struct cs_policy *policy)
{
	struct cs_pipeline_memory out = {.detect_bytes = cs_detect_bytes(policy)};
	for (unsigned i = 0; i < policy->link_n; i++) {
		if (policy->link[i].row)
			continue;
		struct cs_stream_limits limits = limits_of(policy, i);
		out.stream_bytes += cs_streams_bytes(&limits);
	}
	out.rest_bytes = sizeof(struct cs_pipeline) + cs_links_bytes(policy) + cs_defrag_bytes(FRAGMENTED_CAP) +
			 cs_judge_bytes(policy) - out.detect_bytes;
	out.connection_bytes = CS_DIR_N * cs_lane_bytes();
	return out;
}

/* Does some expectation take its proofs from LINK, and excuse claims while that is signed off? */
static bool
proves(const struct cs_policy *policy, unsigned link)
{
	for (unsigned i = 0; i < policy->expect_n; i++) {
		const struct cs_expect *expect = &policy->expect[i];
		for (unsigned k = 0; expect->proof.link == link && k < expect->unless_n; k++)
			if (expect->unless[k].kind == CS_UNLESS_EXCUSE &&
			    policy->excuse[expect->unless[k].excuse].when_signed_off)
				return true;
	}
	return false;
}

static bool
open_streams(struct cs_pipeline *pipeline, unsigned index)
{
	struct link_state *link = &pipeline->link[index];
	struct cs_stream_limits limits = limits_of(pipeline->links->policy, index);
	struct cs_stream_sink sink = cs_lane_sink(link);
	link->pipeline = pipeline;
	link->index = index;
	link->held_ns = UINT64_MAX;
	link->proves = proves(pipeline->links->policy, index);
	if (pipeline->links->policy->link[index].row)
		return true;
	pipeline->streams[index] = cs_streams_new(&limits, &sink);
	return pipeline->streams[index];
}

static bool
open_all(struct cs_pipeline *pipeline)
{
	const struct cs_policy *policy = pipeline->links->policy;
	for (unsigned i = 0; i < policy->link_n; i++)
		if (!open_streams(pipeline, i))
			return false;
	pipeline->defrag = cs_defrag_new(FRAGMENTED_CAP);
	return pipeline->defrag;
}

struct cs_pipeline *
cs_pipeline_new_over(struct cs_links *links, struct cs_judge *judge, bool own)
{
	struct cs_pipeline *pipeline = calloc(1, sizeof *pipeline);
	if (!pipeline)
		return NULL;
	pipeline->links = links;
	pipeline->judge = judge;
	cs_route_fill(&pipeline->route, links);
	if (!open_all(pipeline)) {
		cs_pipeline_free(pipeline);
		return NULL;
	}
	pipeline->own_judge = own ? judge : NULL;
	pipeline->batch.judge = pipeline->judge;
	pipeline->batch.link_n = links->policy->link_n;
	return pipeline;
}

struct cs_pipeline *
cs_pipeline_new(struct cs_links *links, const struct cs_detect_sink *sink)
{
	struct cs_judge *judge = cs_judge_new(links->policy, sink);
	struct cs_pipeline *pipeline = judge ? cs_pipeline_new_over(links, judge, true) : NULL;
	if (!pipeline)
		cs_judge_free(judge);
	return pipeline;
}

void
cs_pipeline_free(struct cs_pipeline *pipeline)
{
	if (!pipeline)
		return;
	for (unsigned i = 0; i < CS_LINKS_MAX; i++) {
		cs_lane_free_all(&pipeline->link[i]);
		cs_streams_free(pipeline->streams[i]);
	}
	cs_defrag_free(pipeline->defrag);
	cs_judge_free(pipeline->own_judge);
	free(pipeline);
}

void
cs_pipeline_source(struct cs_pipeline *pipeline, unsigned index, struct cs_source source)
{
	CS_ASSERT(index < CS_SOURCES_MAX);
	pipeline->source[index].what = source;
}

/* From now on SOURCE counts for LINK, and did since its own start. */
static void
carry(struct cs_pipeline *pipeline, struct source_state *source, unsigned index)
{
	struct link_state *link = &pipeline->link[index];
	source->carries |= UINT32_C(1) << index;
	link->open |= !source->ended;
	if (link->watched)
		return;
	link->watched = true;
	link->first_ns = source->first_ns;
	cs_judge_start(pipeline->judge, index, source->first_ns);
}

void
cs_pipeline_source_start(struct cs_pipeline *pipeline, unsigned index, uint64_t time_ns)
{
	struct source_state *source = &pipeline->source[index];
	source->started = true;
	source->first_ns = time_ns;
	source->last_ns = time_ns;
	for (uint32_t left = source->what.declared ? source->what.may_carry : 0; left; left &= left - 1)
		carry(pipeline, source, (unsigned)__builtin_ctz(left));
}

void
cs_pipeline_source_end(struct cs_pipeline *pipeline, unsigned index)
{
	struct source_state *ended = &pipeline->source[index];
	ended->ended = true;
	for (unsigned i = 0; i < pipeline->links->n; i++) {
		struct link_state *link = &pipeline->link[i];
		if (!(ended->carries >> i & 1))
			continue;
		if (link->last_ns < ended->last_ns)
			link->last_ns = ended->last_ns;
		link->open = false;
		for (unsigned j = 0; j < CS_SOURCES_MAX; j++)
			link->open |= pipeline->source[j].carries >> i & 1 && !pipeline->source[j].ended;
	}
}

static uint64_t
lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t
greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* How far silence alone confirms LINK. Who signs off is asked nothing until it signs on: up to its newest request a link
 * had not, and behind that its sign-off may be what was lost, until its heartbeat would have shown the hole. */
static uint64_t
silent_until(const struct link_state *link, uint64_t now_ns)
{
	uint64_t told_ns = link->pipeline->links->policy->link[link->index].heartbeat_ns;
	uint64_t heartbeat_ns = told_ns ? told_ns : cs_alive_heartbeat(&link->alive);
	uint64_t until_ns = cs_since_minus(now_ns, silence_ns);
	if (!link->proves || !heartbeat_ns)
		return until_ns;
	return greater(lesser(until_ns, link->asked_ns), cs_since_minus(until_ns, heartbeat_ns));
}

/* A lost message shows itself only with the next bytes of its connection. Until they come, or silence has lasted
 * long enough, nobody can say that it was never sent. */
static uint64_t
confirm(struct link_state *link, uint64_t now_ns)
{
	if (now_ns >= link->confirm_at_ns) {
		link->confirmed_ns = cs_lane_confirmed(link);
		link->confirm_at_ns = now_ns + confirm_every_ns;
	}
	return greater(link->confirmed_ns, silent_until(link, now_ns));
}

/* How far LINK is settled: never further than its streams hold bytes back, never back again. */
static uint64_t
settle(struct link_state *link, uint64_t now_ns)
{
	if (!link->watched)
		return 0;
	if (!link->pipeline->streams[link->index])
		return cs_pipeline_record_settle(link);
	uint64_t settled_ns = lesser(link->open ? now_ns : link->last_ns, link->held_ns);
	settled_ns = lesser(settled_ns, confirm(link, now_ns));
	if (link->settled_ns < settled_ns) {
		cs_lane_hidden(link, settled_ns);
		link->settled_ns = settled_ns;
	}
	return link->settled_ns;
}

static void
tick(struct cs_pipeline *pipeline)
{
	struct cs_tick now;
	now.now_ns = pipeline->now_ns;
	for (unsigned i = 0; i < pipeline->links->n; i++)
		now.settled_ns[i] = settle(&pipeline->link[i], pipeline->now_ns);
	cs_batch_tick(&pipeline->batch, &now);
	pipeline->tick_ns = pipeline->now_ns + round_every_ns;
}

static void
advance_streams(struct cs_pipeline *pipeline)
{
	for (unsigned i = 0; i < pipeline->links->n; i++) {
		if (!pipeline->streams[i])
			continue;
		cs_streams_advance(pipeline->streams[i], pipeline->now_ns);
		pipeline->link[i].held_ns = cs_streams_held_since(pipeline->streams[i]);
	}
	pipeline->round_ns = pipeline->now_ns + round_every_ns;
}

static void
move_time(struct cs_pipeline *pipeline, uint64_t time_ns)
{
	if (pipeline->now_ns < time_ns)
		pipeline->now_ns = time_ns;
}

static void
take_segment(struct cs_pipeline *pipeline, const struct cs_packet *packet, const struct cs_segment *segment)
{
	struct source_state *source = &pipeline->source[packet->source];
	bool to_port = false;
	unsigned index = cs_route_find(&pipeline->route, segment, source->what.may_carry, &to_port);
	if (index == pipeline->links->n) {
		pipeline->counts.other_packets++;
		return;
	}
	if (!(source->carries >> index & 1))
		carry(pipeline, source, index);
	pipeline->counts.leg[index].packets++;
	cs_streams_segment(pipeline->streams[index], packet, segment, to_port);
	pipeline->link[index].held_ns = cs_streams_held_since(pipeline->streams[index]);
}

static void
count_refused(struct cs_pipeline_counts *counts, enum cs_error error)
{
	if (error == CS_E_UNSUPPORTED || error == CS_AGAIN)
		counts->not_tcp_packets++;
	else
		counts->broken_packets++;
}

/* Something that happened at TIME_NS was taken; rows need not come in order of time. */
static void
note_time(struct cs_pipeline *pipeline, uint64_t time_ns)
{
	struct cs_pipeline_counts *counts = &pipeline->counts;
	bool first = counts->packets + counts->records == 0;
	counts->first_ns = first ? time_ns : lesser(counts->first_ns, time_ns);
	counts->last_ns = first ? time_ns : greater(counts->last_ns, time_ns);
}

static void
note_source(struct cs_pipeline *pipeline, const struct cs_packet *packet)
{
	struct source_state *source = &pipeline->source[packet->source];
	if (!source->started)
		cs_pipeline_source_start(pipeline, packet->source, packet->time_ns);
	if (source->last_ns < packet->time_ns)
		source->last_ns = packet->time_ns;
	note_time(pipeline, packet->time_ns);
	pipeline->counts.packets++;
}

void
cs_pipeline_packet(struct cs_pipeline *pipeline, const struct cs_packet *packet)
{
	CS_ASSERT(packet->source < CS_SOURCES_MAX);
	move_time(pipeline, packet->time_ns);
	note_source(pipeline, packet);
	struct cs_segment segment;
	enum cs_error error = cs_packet_segment(pipeline->defrag, packet, &segment);
	if (error == CS_OK)
		take_segment(pipeline, packet, &segment);
	else
		count_refused(&pipeline->counts, error);
	if (pipeline->source[packet->source].ended) /* said too early: its links reach as far as this packet */
		cs_pipeline_source_end(pipeline, packet->source);
	if (pipeline->now_ns >= pipeline->round_ns)
		advance_streams(pipeline);
	if (pipeline->now_ns >= pipeline->tick_ns)
		tick(pipeline);
}

/* Records stand still for no stream. */
void
cs_pipeline_row(struct cs_pipeline *pipeline, const struct cs_event *event, const struct cs_rows *rows)
{
	if (cs_pipeline_record_take(pipeline, event))
		move_time(pipeline, event->origin.time_ns);
	note_time(pipeline, event->origin.time_ns);
	if (pipeline->sentry && rows)
		cs_pipeline_record_screen(pipeline, event, rows);
	*cs_batch_slot(&pipeline->batch) = *event;
	cs_batch_add(&pipeline->batch);
	pipeline->counts.records++;
	if (pipeline->now_ns >= pipeline->round_ns)
		advance_streams(pipeline);
	if (pipeline->now_ns >= pipeline->tick_ns)
		tick(pipeline);
}

void
cs_pipeline_record(struct cs_pipeline *pipeline, const struct cs_event *event)
{
	cs_pipeline_row(pipeline, event, NULL);
}

void
cs_pipeline_dropped(struct cs_pipeline *pipeline, unsigned source, uint64_t n, uint64_t time_ns)
{
	const struct source_state *state = &pipeline->source[source];
	move_time(pipeline, time_ns);
	pipeline->counts.dropped_packets += n;
	for (uint32_t left = state->carries; left; left &= left - 1) {
		unsigned link = (unsigned)__builtin_ctz(left);
		struct cs_blind blind = {
			.reason = CS_REASON_CAPTURE_GAP,
			.from_ns = pipeline->link[link].settled_ns ? pipeline->link[link].settled_ns
								   : pipeline->link[link].first_ns,
			.to_ns = time_ns,
			.lost_bytes = n,
			.detail = "the kernel dropped packets before we could read them",
		};
		for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
			blind.dir = (enum cs_direction)dir;
			cs_blind_gap(pipeline, link, &blind);
		}
		cs_blind_tell(pipeline, link, &blind);
	}
}

void
cs_pipeline_idle(struct cs_pipeline *pipeline, uint64_t now_ns)
{
	move_time(pipeline, now_ns);
	pipeline->clock_ns = greater(pipeline->clock_ns, now_ns);
	advance_streams(pipeline);
	tick(pipeline);
	cs_batch_flush(&pipeline->batch);
}

/* Behind it no stream holds anything back. */
static void
end_streams(struct cs_pipeline *pipeline)
{
	for (unsigned i = 0; i < pipeline->links->n; i++) {
		if (!pipeline->streams[i])
			continue;
		cs_streams_end(pipeline->streams[i]);
		pipeline->link[i].held_ns = UINT64_MAX;
		pipeline->link[i].confirm_at_ns = 0;
	}
}

void
cs_pipeline_flush(struct cs_pipeline *pipeline)
{
	cs_batch_flush(&pipeline->batch);
}

void
cs_pipeline_renew(struct cs_pipeline *pipeline, struct cs_links *links, struct cs_judge *judge, bool own)
{
	CS_ASSERT(links->n == pipeline->links->n && !pipeline->batch.n);
	cs_judge_free(pipeline->own_judge);
	pipeline->own_judge = own ? judge : NULL;
	pipeline->judge = pipeline->batch.judge = judge;
	pipeline->links = links;
	cs_route_fill(&pipeline->route, links);
	for (unsigned i = 0; i < links->n; i++) {
		pipeline->link[i].proves = proves(links->policy, i);
		cs_lane_renew(&pipeline->link[i]);
	}
}

void
cs_pipeline_leave(struct cs_pipeline *pipeline)
{
	end_streams(pipeline);
	cs_batch_flush(&pipeline->batch);
}

void
cs_pipeline_end(struct cs_pipeline *pipeline)
{
	for (unsigned i = 0; i < CS_SOURCES_MAX; i++)
		if (pipeline->source[i].started && !pipeline->source[i].ended)
			cs_pipeline_source_end(pipeline, i);
	end_streams(pipeline);
	cs_pipeline_record_end(pipeline);
	tick(pipeline);
	cs_batch_flush(&pipeline->batch);
	cs_judge_finish(pipeline->judge);
}

void
cs_pipeline_raw(struct cs_pipeline *pipeline, struct cs_raw_sink sink)
{
	pipeline->raw = sink;
}

const struct cs_pipeline_counts *
cs_pipeline_counts_of(const struct cs_pipeline *pipeline)
{
	return &pipeline->counts;
}

const struct cs_detect_counts *
cs_pipeline_detect_counts(const struct cs_pipeline *pipeline)
{
	return cs_judge_counts(pipeline->judge);
}

const struct cs_behave *
cs_pipeline_behave(const struct cs_pipeline *pipeline)
{
	return cs_judge_behave(pipeline->judge);
}

struct cs_judge *
cs_pipeline_judge(struct cs_pipeline *pipeline)
{
	return pipeline->judge;
}

const struct cs_streams *
cs_pipeline_streams(const struct cs_pipeline *pipeline, unsigned link)
{
	return pipeline->streams[link];
}

/*
 * The decision. It is made from ages and sizes alone, so that each of its cases can be tried without a disk; what is done
 * with it is in retain.c.
 *
 * Invariants: what a restart or a sink needs stays; the newest volume stays; alerts stay at least as long as the events they
 * came from, so that a re-run finds the verdict for every event it has.
 */
#include "engine/retention.h"

#define BIT(kind) (UINT32_C(1) << CS_RECORD_##kind)

/* Pairs of tokens join old alerts to new ones: they stay with alerts. */
static const uint32_t class_kinds[CS_KEEP_CLASSES] = {
	BIT(RAW),
	BIT(START) | BIT(EVENT) | BIT(TICK) | BIT(GAP) | BIT(TELL) | BIT(FINISH) | BIT(NAMED),
	BIT(ALERT) | BIT(RETOKEN),
};

uint32_t
cs_retention_kinds(unsigned classes)
{
	uint32_t kinds = 0;
	for (unsigned i = 0; i < CS_KEEP_CLASSES; i++)
		kinds |= classes >> i & 1 ? class_kinds[i] : 0;
	return kinds;
}

static unsigned
gone_classes(const struct cs_surveyed *volume)
{
	unsigned classes = 0;
	for (unsigned i = 0; i < CS_KEEP_CLASSES; i++)
		if ((volume->gone_kinds & class_kinds[i]) == class_kinds[i])
			classes |= 1u << i;
	return classes;
}

static bool
is_older(const struct cs_keep_state *state, const struct cs_surveyed *volume, uint64_t age_ns)
{
	return age_ns && volume->to_ns && state->now_ns > age_ns && volume->to_ns < state->now_ns - age_ns;
}

/* For ever is the longest. */
static uint64_t
longer(uint64_t a, uint64_t b)
{
	return !a || !b ? 0 : a > b ? a : b;
}

static unsigned
due_classes(const struct cs_keep *keep, const struct cs_keep_state *state, const struct cs_surveyed *volume)
{
	unsigned classes = 0;
	if (is_older(state, volume, keep->raw_ns))
		classes |= CS_KEEP_RAW;
	if (is_older(state, volume, keep->events_ns))
		classes |= CS_KEEP_EVENTS;
	if (is_older(state, volume, longer(keep->alerts_ns, keep->events_ns)))
		classes |= CS_KEEP_ALERTS;
	return classes;
}

static bool
is_closed(const struct cs_keep_state *state, uint32_t nth)
{
	bool closed = nth + 1 < state->n || (state->all_closed && nth < state->n);
	return closed && state->volume[nth].readable && !(state->left && state->left[nth]);
}

static bool
is_free(const struct cs_keep_state *state, uint32_t nth)
{
	return is_closed(state, nth) && state->volume[nth].next_seq <= state->needed_seq;
}

static struct cs_keep_step
by_age(const struct cs_keep *keep, const struct cs_keep_state *state)
{
	for (uint32_t i = 0; i < state->n; i++) {
		unsigned gone = gone_classes(&state->volume[i]);
		unsigned due = due_classes(keep, state, &state->volume[i]) | gone;
		if (due != gone && is_free(state, i))
			return (struct cs_keep_step){CS_KEEP_THIN, i, due, due & ~gone, false};
	}
	return (struct cs_keep_step){0};
}

static bool
is_too_large(const struct cs_keep *keep, const struct cs_keep_state *state)
{
	return keep->size_bytes && state->bytes > keep->size_bytes;
}

/* The oldest volume that LAST is not gone from yet gives CLASSES. */
static struct cs_keep_step
thin_more(const struct cs_keep_state *state, unsigned last, unsigned classes)
{
	for (uint32_t i = 0; i < state->n; i++) {
		unsigned gone = gone_classes(&state->volume[i]);
		if (!(gone & last) && state->volume[i].to_ns && is_free(state, i))
			return (struct cs_keep_step){CS_KEEP_THIN, i, gone | classes, classes & ~gone, true};
	}
	return (struct cs_keep_step){0};
}

static struct cs_keep_step
by_size(const struct cs_keep *keep, const struct cs_keep_state *state)
{
	struct cs_keep_step step = {0};
	for (uint32_t i = 0; i < state->n; i++)
		if (state->volume[i].form == CS_VOLUME_PLAIN && is_closed(state, i))
			return (struct cs_keep_step){CS_KEEP_PACK, i, 0, 0, true};
	if (keep->raw)
		step = thin_more(state, CS_KEEP_RAW, CS_KEEP_RAW);
	if (step.what == CS_KEEP_DONE)
		step = thin_more(state, CS_KEEP_EVENTS, CS_KEEP_RAW | CS_KEEP_EVENTS);
	if (step.what == CS_KEEP_DONE && is_free(state, 0) && state->volume[0].next_seq <= state->policy_seq)
		step = (struct cs_keep_step){CS_KEEP_REMOVE, 0, 0, 0, true};
	return step;
}

struct cs_keep_step
cs_retention_next(const struct cs_keep *keep, const struct cs_keep_state *state)
{
	struct cs_keep_step step = by_age(keep, state);
	if (step.what == CS_KEEP_DONE && is_too_large(keep, state))
		step = by_size(keep, state);
	return step;
}

const char *
cs_retention_hindrance(const struct cs_keep *keep, const struct cs_keep_state *state)
{
	if (!is_too_large(keep, state))
		return "";
	uint64_t rest_bytes = state->bytes;
	for (uint32_t i = 0; i < state->n; i++)
		rest_bytes -= state->volume[i].bytes;
	if (rest_bytes > keep->size_bytes)
		return "snapshots, and what else is no volume, are larger than that alone";
	if (state->n < 2)
		return "there is one volume only, and it is the newest; make segments smaller";
	if (state->left && state->left[0])
		return "its oldest volume is damaged, or could not be worked on";
	if (state->volume[0].next_seq > state->needed_seq)
		return "all that is left is needed";
	if (state->volume[0].next_seq > state->policy_seq)
		return "the oldest volume holds the policy that the snapshots need";
	return "what is not in closed volumes is larger than that";
}

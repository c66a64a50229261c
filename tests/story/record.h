/*
 * What a judge was told, written down and told to others: the ground on which a journal and its re-run stand.
 *
 * record_flaw says what is wrong when a second judge takes over the first one's state in the middle of a record, or when
 * a third hears the whole record. Stack memory is soiled differently before each input, so that padding which came from
 * there would show.
 */
#ifndef CS_TESTS_RECORD_H
#define CS_TESTS_RECORD_H

#include "base/hash.h"
#include "engine/judge.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_TRANSACTIONS = 256, SOIL_BYTES = 16384 };

enum input_kind { INPUT_START, INPUT_GAP, INPUT_EVENT, INPUT_TICK, INPUT_TELL, INPUT_LIST, INPUT_FINISH };

struct input {
	enum input_kind kind;
	unsigned link;
	enum cs_direction dir;
	struct cs_gap gap; /* a start: from_ns */
	struct cs_event event;
	struct cs_tick tick;
	struct cs_finding finding; /* without evidence */
	struct cs_listing listing;
};

struct record {
	struct input *at;
	size_t n;
	size_t cap;
};

/* The findings of a judge, as a number. */
struct verdicts {
	uint64_t hash;
	uint64_t n;
};

static inline struct input *
record_add(struct record *record, enum input_kind kind)
{
	if (record->n == record->cap) {
		record->cap = record->cap ? record->cap * 2 : 256;
		record->at = realloc(record->at, record->cap * sizeof *record->at);
		CS_ASSERT(record->at);
	}
	struct input *input = &record->at[record->n++];
	memset(input, 0, sizeof *input);
	input->kind = kind;
	return input;
}

static inline bool
write_start(void *context, unsigned link, uint64_t time_ns)
{
	struct input *input = record_add(context, INPUT_START);
	input->link = link;
	input->gap.from_ns = time_ns;
	return true;
}

static inline bool
write_gap(void *context, unsigned link, enum cs_direction dir, const struct cs_gap *gap)
{
	struct input *input = record_add(context, INPUT_GAP);
	input->link = link;
	input->dir = dir;
	input->gap = *gap;
	return true;
}

static inline bool
write_event(void *context, const struct cs_event *event)
{
	record_add(context, INPUT_EVENT)->event = *event;
	return true;
}

static inline bool
write_tick(void *context, const struct cs_tick *tick)
{
	record_add(context, INPUT_TICK)->tick = *tick;
	return true;
}

static inline bool
write_tell(void *context, const struct cs_finding *finding)
{
	struct input *input = record_add(context, INPUT_TELL);
	input->finding = *finding;
	input->finding.evidence_n = 0;
	return true;
}

static inline bool
write_finish(void *context)
{
	record_add(context, INPUT_FINISH);
	return true;
}

static inline struct cs_judge_scribe
record_scribe(struct record *record)
{
	return (struct cs_judge_scribe){write_start, write_gap,    write_event, write_tick,
					write_tell,  write_finish, NULL,        record};
}

static inline uint64_t
hash_why(uint64_t hash, const struct cs_why *why)
{
	hash = cs_hash_mix(hash, (uint64_t)why->shadow << 32 | (uint32_t)why->score);
	hash = cs_hash_mix(hash, (uint64_t)why->missing_n << 32 | why->n);
	for (unsigned i = 0; i < why->n; i++) {
		const struct cs_because *because = &why->at[i];
		hash = cs_hash_bytes(cs_span_text(because->words), cs_hash_mix(hash, because->held));
		hash = cs_hash_bytes(cs_span_text(because->value), cs_hash_mix(hash, because->bounded));
		hash = cs_hash_bytes(cs_span_text(because->threshold), cs_hash_mix(hash, because->at_least));
	}
	return hash;
}

static inline void
hear(void *context, const struct cs_finding *finding)
{
	struct verdicts *heard = context;
	uint64_t hash = cs_hash_mix(heard->hash, finding->decided_ns);
	hash = cs_hash_mix(hash,
			   (uint64_t)finding->reason << 32 | (uint64_t)finding->severity << 16 | finding->verdict);
	hash = cs_hash_mix(hash, (uint64_t)finding->link << 32 | finding->coverage.complete);
	hash = cs_hash_mix(hash, finding->coverage.lost_bytes);
	hash = cs_hash_bytes(cs_span_text(finding->expectation ? finding->expectation : ""), hash);
	hash = cs_hash_bytes(cs_span_text(finding->detail), hash);
	for (unsigned i = 0; i < finding->evidence_n; i++) {
		const struct cs_evidence *evidence = &finding->evidence[i];
		struct cs_span bytes = {(const uint8_t *)evidence->event, sizeof *evidence->event};
		hash = cs_hash_bytes(bytes, cs_hash_mix(hash, evidence->role));
	}
	if (finding->why)
		hash = hash_why(hash, finding->why);
	heard->hash = hash;
	heard->n++;
}

__attribute__((noinline)) static void
soil(int with)
{
	char bytes[SOIL_BYTES];
	memset(bytes, with, sizeof bytes);
	__asm__ volatile("" : : "r"(bytes) : "memory");
}

static inline void
tell_input(struct cs_judge *judge, const struct input *input)
{
	switch (input->kind) {
	case INPUT_START:
		cs_judge_start(judge, input->link, input->gap.from_ns);
		return;
	case INPUT_GAP:
		cs_judge_gap(judge, input->link, input->dir, input->gap);
		return;
	case INPUT_EVENT:
		cs_judge_prepare(judge, &input->event);
		cs_judge_event(judge, &input->event);
		return;
	case INPUT_TICK:
		cs_judge_tick(judge, &input->tick);
		return;
	case INPUT_TELL:
		cs_judge_tell(judge, &input->finding);
		return;
	case INPUT_LIST:
		cs_judge_list(judge, &input->listing);
		return;
	case INPUT_FINISH:
		cs_judge_finish(judge);
		return;
	}
}

/* Inputs FROM to TO, over a stack full of WITH. */
static inline void
tell_inputs(struct cs_judge *judge, const struct record *record, size_t from, size_t to, int with)
{
	for (size_t i = from; i < to; i++) {
		soil(with);
		tell_input(judge, &record->at[i]);
	}
}

/* Copies the state piece by piece, as one who writes it to disk would. */
static inline const char *
carry_over(const struct cs_judge *from, struct cs_judge *to)
{
	struct cs_regions source, target;
	struct cs_regions_walk read = {0}, write = {0};
	struct cs_region was, is;
	cs_judge_regions(from, &source);
	cs_judge_regions(to, &target);
	if (cs_judge_layout(from) != cs_judge_layout(to) || source.n != target.n)
		return "the layouts differ";
	while (cs_regions_next(&source, &read, 65536, &was)) {
		if (!cs_regions_next(&target, &write, 65536, &is) || is.len != was.len)
			return "the pieces differ";
		memcpy(is.at, was.at, was.len);
	}
	if (cs_regions_next(&target, &write, 65536, &is))
		return "a piece is left over";
	return cs_judge_hash(from) == cs_judge_hash(to) ? NULL : "the copy hashes differently";
}

static inline const char *
difference(const struct cs_judge *a, const struct cs_judge *b, const struct verdicts *of_a, const struct verdicts *of_b)
{
	if (of_a->n != of_b->n || of_a->hash != of_b->hash)
		return "the findings differ";
	if (memcmp(cs_judge_counts(a), cs_judge_counts(b), sizeof *cs_judge_counts(a)) != 0)
		return "the counts differ";
	return cs_judge_hash(a) == cs_judge_hash(b) ? NULL : "the states differ";
}

/* NULL when all is well; CUT is where the state is carried over. */
static inline const char *
record_flaw(const struct record *record, const struct cs_policy *like, size_t cut)
{
	struct cs_policy policy = *like;
	struct verdicts heard[3] = {{0, 0}};
	struct cs_judge *judge[3];
	for (unsigned i = 0; i < policy.link_n; i++)
		if (policy.link[i].transactions_cap > RECORD_TRANSACTIONS)
			policy.link[i].transactions_cap = RECORD_TRANSACTIONS;
	for (unsigned i = 0; i < 3; i++)
		judge[i] = cs_judge_new(&policy, &(struct cs_detect_sink){hear, &heard[i]});
	CS_ASSERT(judge[0] && judge[1] && judge[2]);
	tell_inputs(judge[0], record, 0, cut, 0x55);
	tell_inputs(judge[1], record, 0, cut / 3, 0x33); /* what it held before must not matter */
	const char *flaw = carry_over(judge[0], judge[1]);
	heard[1] = heard[0];
	tell_inputs(judge[0], record, cut, record->n, 0xff);
	tell_inputs(judge[1], record, cut, record->n, 0xaa);
	tell_inputs(judge[2], record, 0, record->n, 0x66);
	flaw = flaw ? flaw : difference(judge[0], judge[1], &heard[0], &heard[1]);
	flaw = flaw ? flaw : difference(judge[0], judge[2], &heard[0], &heard[2]) ? "heard whole it differs" : NULL;
	for (unsigned i = 0; i < 3; i++)
		cs_judge_free(judge[i]);
	return flaw;
}

#endif

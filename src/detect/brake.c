/*
 * The brake of a rule that blocks: when it would block more than its share of what it looks at, it holds instead.
 *
 * Counted over two stretches of event time, the newer not full: what is judged is always some of the last two. Some
 * events must have been seen, so that one block among the first is no share; it blocks again below half the share.
 */
#include "detect/behave_parts.h"

/* Late events count with the newest stretch. When many in a row are older than both, it was the newest that was wrong: one
 * event from far ahead does not stop the count for good. */
static void
turn(struct cs_brake *brake, uint64_t nth)
{
	brake->behind_run = nth + 1 < brake->nth ? brake->behind_run + 1 : 0;
	if (brake->behind_run == CS_PROFILE_AHEAD_TRUST_N) {
		brake->nth = nth;
		brake->behind_run = 0;
	}
	if (nth <= brake->nth)
		return;
	bool next = nth == brake->nth + 1;
	brake->seen_n[1] = next ? brake->seen_n[0] : 0;
	brake->block_n[1] = next ? brake->block_n[0] : 0;
	brake->seen_n[0] = brake->block_n[0] = 0;
	brake->nth = nth;
}

bool
cs_brake_count(struct cs_behave *behave, unsigned i, bool blocks, bool *tell)
{
	const struct cs_rule_clause *rule = &behave->policy->rule[i];
	struct cs_brake *brake = &behave->brake[i];
	turn(brake, rule->brake_ns ? behave->event->origin.time_ns / rule->brake_ns : 0);
	brake->seen_n[0]++;
	brake->block_n[0] += blocks;
	const __uint128_t million = 1000000;
	__uint128_t block_n = (brake->block_n[0] + brake->block_n[1]) * million;
	__uint128_t seen_n = brake->seen_n[0] + brake->seen_n[1], most_n = seen_n * rule->brake_ppm;
	bool was = brake->braked;
	if (!was && seen_n >= CS_BRAKE_LEAST && block_n > most_n)
		brake->braked = 1;
	else if (was && block_n * 2 < most_n)
		brake->braked = 0;
	*tell = !was && brake->braked;
	return !brake->braked;
}

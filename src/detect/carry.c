/*
 * State in parts. Invariant: all parts and what pairing remembers, together, are what cs_detect_regions tells, but for counts
 * of what was seen, and for lists that stand in the policy.
 */
#include "detect/carry.h"

#include "detect/behave_parts.h"

/* More than any interval holds. */
static const uint64_t all_excused_n = UINT64_C(1) << 40;

static bool
same_join(const struct cs_join *a, const struct cs_join *b)
{
	return a->own == b->own && a->n == b->n && memcmp(a->field, b->field, a->n * sizeof a->field[0]) == 0;
}

bool
cs_detect_pairs_alike(const struct cs_policy *a, const struct cs_policy *b)
{
	struct cs_plan was, is;
	bool same = a->link_n == b->link_n && cs_plan_make(a, &was) == CS_OK && cs_plan_make(b, &is) == CS_OK;
	same = same && was.owed_cap == is.owed_cap;
	for (unsigned link = 0; same && link < a->link_n; link++) {
		same = a->link[link].transactions_cap == b->link[link].transactions_cap &&
		       was.join_n[link] == is.join_n[link] && was.needed_ns[link] == is.needed_ns[link];
		for (unsigned i = 0; same && i < was.join_n[link]; i++)
			same = same_join(&was.join[link][i], &is.join[link][i]);
	}
	return same;
}

void
cs_detect_carry_conserves(struct cs_detect *detect, const uint8_t from[CS_CONSERVES_MAX])
{
	struct cs_conserving was[CS_CONSERVES_MAX];
	struct cs_conserve_counts counts[CS_CONSERVES_MAX];
	memcpy(was, detect->conserving, sizeof was);
	memcpy(counts, detect->counts.conserve, sizeof counts);
	memset(detect->counts.statement, 0, sizeof detect->counts.statement);
	memset(detect->conserving, 0, sizeof detect->conserving);
	memset(detect->counts.conserve, 0, sizeof detect->counts.conserve);
	for (unsigned i = 0; i < detect->policy->conserve_n; i++) {
		struct cs_conserving *conserving = &detect->conserving[i];
		uint64_t nth = detect->now_ns / detect->policy->conserve[i].every_ns;
		if (from[i] < CS_CONSERVES_MAX) {
			*conserving = was[from[i]];
			detect->counts.conserve[i] = counts[from[i]];
			continue;
		}
		/* Half of what belongs to this interval was not counted; its last proofs are the next one's. */
		conserving->closed_nth = nth ? nth - 1 : 0;
		conserving->slice[nth % CS_SLICES] =
			(struct cs_slice){.open = true, .nth = nth, .excused_n = all_excused_n};
	}
}

static struct cs_work *
work_of(struct cs_behave *behave, enum cs_carry_sort sort)
{
	return sort == CS_CARRY_LIMIT ? &behave->limits : &behave->rules;
}

static void
add_rule(struct cs_behave *behave, unsigned number, struct cs_regions *regions)
{
	cs_regions_add(regions, &behave->brake[number], sizeof behave->brake[number]);
	cs_regions_add(regions, &behave->counts.rule[number], sizeof behave->counts.rule[number]);
}

void
cs_behave_carry_regions(struct cs_behave *behave, enum cs_carry_sort sort, unsigned number, struct cs_regions *regions)
{
	if (behave->counts.limits_only && sort != CS_CARRY_LIMIT)
		return;
	switch (sort) {
	case CS_CARRY_LIMIT:
	case CS_CARRY_PROFILE: {
		struct cs_full_told *told = &behave->told[sort == CS_CARRY_PROFILE][number];
		cs_regions_add(regions, told, sizeof *told);
		cs_profile_regions(&work_of(behave, sort)->plan.profile[number], regions);
		return;
	}
	case CS_CARRY_RULE:
		add_rule(behave, number, regions);
		return;
	case CS_CARRY_TABLE:
		if (behave->table[number].cap)
			cs_table_regions(&behave->table[number], regions);
		return;
	case CS_CARRY_CONSERVE:
	case CS_CARRY_STATEMENT:
	case CS_CARRY_SORT_N:
		break;
	}
	CS_ASSERT(false); /* no part of behaviour */
}

void
cs_behave_carry_asked(struct cs_behave *behave, const struct cs_behave *old)
{
	memcpy(behave->asked_n, old->asked_n, sizeof behave->asked_n);
	for (unsigned i = 0; !behave->counts.limits_only && i < behave->policy->rule_n; i++)
		behave->counts.rule[i].asked_n -= cs_behave_asked(behave, i); /* below zero: the sum is what counts */
}

void
cs_behave_carry_rule(struct cs_behave *behave, unsigned to, const struct cs_behave *old, unsigned from)
{
	if (!behave->counts.limits_only && !old->counts.limits_only)
		behave->counts.rule[to].asked_n += cs_behave_asked(old, from);
}

void
cs_behave_carry_short(struct cs_behave *behave, enum cs_carry_sort sort, unsigned number, uint64_t since_ns)
{
	if (behave->counts.limits_only && sort != CS_CARRY_LIMIT)
		return;
	struct cs_profile *profile = &work_of(behave, sort)->plan.profile[number];
	if (profile->evicted_ns < since_ns)
		profile->evicted_ns = since_ns;
}

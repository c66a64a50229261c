/*
 * Two policies held against each other by what they say: which state of the one is the other's as well.
 *
 * Invariant: what is KEPT would hold the same if the new policy had been in force all the while, but for what the conditions of
 * profiles ask of lists, places, calendars and rates, which are those of their time.
 */
#include "engine/carry.h"

#include "policy/behave.h"
#include "policy/condition.h"

static bool
same_name(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* All statements that begin with WORD say the same, in the same order. */
static bool
same_said(const struct cs_policy *a, const struct cs_policy *b, const char *word)
{
	for (unsigned i = 0;; i++) {
		uint64_t was = cs_policy_said(a, word, i), is = cs_policy_said(b, word, i);
		if (was != is)
			return false;
		if (!was)
			return true;
	}
}

static bool
same_pairing(const struct cs_policy *old, const struct cs_policy *fresh)
{
	static const char *const words[] = {"link", "record", "excuse", "expect"};
	bool same = old->skew_ns == fresh->skew_ns && cs_detect_pairs_alike(old, fresh);
	/* Of statements beyond these it is not known what they say. */
	same = same && old->said_n < CS_SAID_MAX && fresh->said_n < CS_SAID_MAX;
	for (unsigned i = 0; same && i < sizeof words / sizeof words[0]; i++)
		same = same_said(old, fresh, words[i]);
	for (unsigned i = 0; same && i < fresh->link_n; i++) /* records and links in the same order */
		same = same_name(old->link[i].name, fresh->link[i].name);
	return same;
}

/* --- profiles --- */

static bool
same_extras(const struct cs_behave_policy *a, const struct cs_behave_policy *b)
{
	bool same = a->extra_n == b->extra_n;
	for (unsigned i = 0; same && i < a->extra_n; i++)
		same = same_name(a->extra[i].name, b->extra[i].name) && a->extra[i].field == b->extra[i].field &&
		       a->extra[i].type == b->extra[i].type;
	return same;
}

static bool
same_aggregate(const struct cs_aggregate *a, const struct cs_aggregate *b)
{
	return a->said == b->said && a->kind == b->kind && a->type == b->type && a->field == b->field &&
	       a->record == b->record && a->current == b->current && a->max == b->max && a->currency == b->currency &&
	       a->window_ns == b->window_ns && a->delay_ns == b->delay_ns;
}

static bool
same_room(const struct cs_profile_clause *a, const struct cs_profile_clause *b)
{
	return a->keys == b->keys && a->heavy == b->heavy && a->log == b->log && a->memory_bytes == b->memory_bytes &&
	       a->lateness_ns == b->lateness_ns && a->ahead_ns == b->ahead_ns && a->keep_ns == b->keep_ns;
}

/* Whether events are seen alike and kept by the same key; *RECORD: and whether names of records count. */
static bool
same_view(const struct cs_profile_clause *a, const struct cs_profile_clause *b, bool *record)
{
	*record = a->by.record;
	for (unsigned i = 0; i < CS_LINKS_MAX; i++)
		*record = *record || cs_condition_own(a->of.where[i]);
	return a->said_of == b->said_of && a->by.n == b->by.n && a->by.record == b->by.record &&
	       memcmp(a->by.field, b->by.field, a->by.n * sizeof a->by.field[0]) == 0;
}

static bool
same_profile(const struct cs_profile_clause *a, const struct cs_profile_clause *b, bool same_names)
{
	bool record = false;
	if (!same_view(a, b, &record) || !same_room(a, b) || a->aggregate_n != b->aggregate_n)
		return false;
	for (unsigned i = 0; i < a->aggregate_n; i++) {
		if (!same_aggregate(&a->aggregate[i], &b->aggregate[i]))
			return false;
		record = record || a->aggregate[i].record;
	}
	return same_names || !record;
}

struct profiles {
	enum cs_carry_sort sort;
	unsigned n;
	const struct cs_profile_clause *at;
};

static struct profiles
profiles_of(const struct cs_behave_policy *behave, enum cs_carry_sort sort)
{
	if (!behave)
		return (struct profiles){sort, 0, NULL};
	if (sort == CS_CARRY_LIMIT)
		return (struct profiles){sort, behave->limit_profile_n, behave->limit_profile};
	return (struct profiles){sort, behave->profile_n, behave->profile};
}

static void
add(struct cs_carry *out, enum cs_carry_sort sort, unsigned from, unsigned to)
{
	out->part[out->part_n++] = (struct cs_carry_part){(uint8_t)sort, CS_CARRY_KEPT, (uint8_t)from, (uint8_t)to};
}

static void
plan_profiles(const struct cs_policy *old, const struct cs_policy *fresh, enum cs_carry_sort sort, struct cs_carry *out)
{
	struct profiles was = profiles_of(old->behave, sort), is = profiles_of(fresh->behave, sort);
	bool same_names = old->behave && fresh->behave && same_extras(old->behave, fresh->behave);
	for (unsigned i = 0; i < is.n; i++) {
		unsigned k = 0;
		while (k < was.n && !same_name(was.at[k].name, is.at[i].name))
			k++;
		bool same = k < was.n && same_profile(&was.at[k], &is.at[i], same_names);
		add(out, sort, same ? k : i, i);
		if (!same)
			out->part[out->part_n - 1].how = CS_CARRY_SHORT;
	}
}

/* --- the rest of behaviour --- */

static void
plan_rules(const struct cs_policy *old, const struct cs_policy *fresh, struct cs_carry *out)
{
	const struct cs_behave_policy *was = old->behave, *is = fresh->behave;
	for (unsigned i = 0; i < is->rule_n; i++)
		for (unsigned k = 0; k < was->rule_n; k++)
			if (same_name(was->rule[k].name, is->rule[i].name) &&
			    cs_policy_said_of(old, "rule", was->rule[k].name) ==
				    cs_policy_said_of(fresh, "rule", is->rule[i].name))
				add(out, CS_CARRY_RULE, k, i);
}

static void
plan_tables(const struct cs_behave_policy *was, const struct cs_behave_policy *is, struct cs_carry *out)
{
	for (unsigned i = 0; i < is->list_n; i++)
		for (unsigned k = 0; k < was->list_n; k++) {
			const struct cs_list_clause *a = &was->list[k], *b = &is->list[i];
			if (a->source && b->source && same_name(a->name, b->name) && cs_list_same_keys(a, b) &&
			    same_name(a->source, b->source) && a->entries_cap == b->entries_cap)
				add(out, CS_CARRY_TABLE, k, i);
		}
	for (unsigned i = 0; i < is->spots_n; i++)
		for (unsigned k = 0; k < was->spots_n; k++) {
			const struct cs_spots_clause *a = &was->spots[k], *b = &is->spots[i];
			if (same_name(a->name, b->name) && a->field == b->field && same_name(a->source, b->source) &&
			    a->entries_cap == b->entries_cap)
				add(out, CS_CARRY_TABLE, CS_LISTS_MAX + k, CS_LISTS_MAX + i);
		}
}

static void
plan_conserves(const struct cs_policy *old, const struct cs_policy *fresh, struct cs_carry *out)
{
	for (unsigned i = 0; i < fresh->conserve_n; i++)
		for (unsigned k = 0; k < old->conserve_n; k++)
			if (same_name(old->conserve[k].name, fresh->conserve[i].name) &&
			    cs_policy_said_of(old, "conserve", old->conserve[k].name) ==
				    cs_policy_said_of(fresh, "conserve", fresh->conserve[i].name))
				add(out, CS_CARRY_CONSERVE, k, i);
}

/* Accounts are the same where the statements, and the record they are read from, say the same. */
static void
plan_statements(const struct cs_policy *old, const struct cs_policy *fresh, struct cs_carry *out)
{
	for (unsigned i = 0; i < fresh->statement_n; i++)
		for (unsigned k = 0; k < old->statement_n; k++) {
			const struct cs_statement *a = &old->statement[k], *b = &fresh->statement[i];
			const char *was = old->link[a->of.link].name, *is = fresh->link[b->of.link].name;
			bool same = same_name(a->name, b->name) && same_name(was, is) && a->of.link == b->of.link &&
				    a->number == b->number && a->page == b->page && a->entries == b->entries &&
				    a->by == b->by;
			if (same &&
			    cs_policy_said_of(old, "statement", a->name) ==
				    cs_policy_said_of(fresh, "statement", b->name) &&
			    cs_policy_said_of(old, "record", was) == cs_policy_said_of(fresh, "record", is))
				add(out, CS_CARRY_STATEMENT, k, i);
		}
}

void
cs_carry_plan(const struct cs_policy *old, const struct cs_policy *fresh, struct cs_carry *out)
{
	*out = (struct cs_carry){.pairing = same_pairing(old, fresh), .limits_only = fresh->limits_only};
	plan_profiles(old, fresh, CS_CARRY_LIMIT, out);
	plan_profiles(old, fresh, CS_CARRY_PROFILE, out);
	if (old->behave && fresh->behave) {
		plan_rules(old, fresh, out);
		plan_tables(old->behave, fresh->behave, out);
	}
	if (out->pairing)
		plan_conserves(old, fresh, out);
	plan_statements(old, fresh, out);
}

bool
cs_carry_takes(const struct cs_carry *carry)
{
	return carry->pairing || carry->part_n;
}

void
cs_carry_drop_pairing(struct cs_carry *carry)
{
	unsigned n = 0;
	carry->pairing = false;
	for (unsigned i = 0; i < carry->part_n; i++)
		if (carry->part[i].sort != CS_CARRY_CONSERVE)
			carry->part[n++] = carry->part[i];
	carry->part_n = n;
}

/* --- warming --- */

static bool
load_asks_table(const struct cs_load *load)
{
	unsigned table = load->kind == CS_LOAD_SPOT ? load->a : load->b;
	bool spot = load->kind == CS_LOAD_SPOT || load->kind == CS_LOAD_SPOT_LAST;
	return load->kind == CS_LOAD_LISTED || (spot && table != CS_SPOT_COUNTRY);
}

/* A distance is one between two places. */
static bool
asks_table(const struct cs_program *program, uint16_t number)
{
	const struct cs_load *load = &program->load[number];
	if (load->kind != CS_LOAD_DISTANCE)
		return load_asks_table(load);
	return load_asks_table(&program->load[load->a]) || load_asks_table(&program->load[load->b]);
}

static bool
side_asks_table(const struct cs_program *program, const struct cs_expr *side)
{
	bool asks = false;
	for (unsigned i = 0; i < side->n; i++)
		asks = asks || (side->step[i].op == CS_EXPR_LOAD && asks_table(program, side->step[i].load));
	return asks;
}

static bool
logic_asks_table(const struct cs_program *program, const struct cs_logic *logic)
{
	bool asks = false;
	for (unsigned i = 0; logic && i < logic->n; i++) {
		if (logic->step[i] >= program->test_n)
			continue;
		const struct cs_test *test = &program->test[logic->step[i]];
		if (test->kind == CS_TEST_COMPARE)
			asks = asks || side_asks_table(program, &test->left) || side_asks_table(program, &test->right);
		else
			asks = asks || asks_table(program, test->load);
	}
	return asks;
}

/* Not where conditions ask a list or places from a file: what they held then was not told again before. */
static const struct cs_profile_clause *
to_warm(const struct cs_carry_part *part, const struct cs_policy *fresh)
{
	const struct cs_behave_policy *behave = fresh->behave;
	if (!behave || part->how == CS_CARRY_KEPT || part->sort > CS_CARRY_PROFILE)
		return NULL;
	const struct cs_program *program = part->sort == CS_CARRY_LIMIT ? &behave->limit_program : &behave->program;
	const struct cs_profile_clause *profile = &profiles_of(behave, (enum cs_carry_sort)part->sort).at[part->to];
	CS_ASSERT(profile);
	for (unsigned i = 0; i < profile->aggregate_n; i++)
		if (logic_asks_table(program, profile->aggregate[i].where) ||
		    logic_asks_table(program, profile->aggregate[i].share))
			return NULL;
	return profile;
}

static uint64_t
longest_ns(const struct cs_profile_clause *profile, bool *ever)
{
	uint64_t longest = 0;
	for (unsigned i = 0; i < profile->aggregate_n; i++) {
		const struct cs_aggregate *aggregate = &profile->aggregate[i];
		uint64_t reach = aggregate->window_ns + aggregate->delay_ns;
		longest = reach > longest ? reach : longest;
		*ever = *ever || aggregate->window_ns == 0;
	}
	return longest;
}

static uint64_t
longest_of(struct profiles profiles, uint64_t longest)
{
	bool ever = false;
	for (unsigned i = 0; i < profiles.n; i++) {
		uint64_t reach = longest_ns(&profiles.at[i], &ever);
		longest = reach > longest ? reach : longest;
	}
	return longest;
}

/* All there ever was could be years: what has no window is warmed as far back as any window of the policy, and a day at
 * least. */
uint64_t
cs_carry_reach(const struct cs_carry *carry, const struct cs_policy *fresh)
{
	static const uint64_t day_ns = UINT64_C(86400000000000);
	uint64_t reach = 0;
	bool ever = false;
	for (unsigned i = 0; i < carry->part_n; i++) {
		const struct cs_profile_clause *profile = to_warm(&carry->part[i], fresh);
		uint64_t longest = profile ? longest_ns(profile, &ever) + profile->lateness_ns : 0;
		reach = longest > reach ? longest : reach;
	}
	if (!ever)
		return reach;
	uint64_t longest = longest_of(profiles_of(fresh->behave, CS_CARRY_LIMIT), reach > day_ns ? reach : day_ns);
	return longest_of(profiles_of(fresh->behave, CS_CARRY_PROFILE), longest);
}

void
cs_carry_warm(struct cs_carry *carry, const struct cs_policy *fresh, const struct cs_carry_from *from)
{
	carry->warm_seq = from->seq;
	carry->warm_ns = from->ns;
	carry->warm = from->reign;
	for (unsigned i = 0; i < carry->part_n; i++)
		if (to_warm(&carry->part[i], fresh))
			carry->part[i].how = CS_CARRY_WARMED;
}

/*
 * Profiles checked: what their keys and values are, which events they see, and whether a table can hold them.
 *
 * The limits of a table are those of state/profile_plan.h, which this folder may not use: detect/behave_plan.c asserts that
 * they are the same. Invariant: a profile without complaint can be laid.
 */
#include "base/error.h"
#include "policy/check_behave.h"

enum {
	SLOTS_MAX = 4,
	FILTERS_MAX = 32,
	FILTERS_SMALL = 8,
	BOUNDARIES_MAX = 24,
	SPANS_MAX = 16,
	BUCKETS_MAX = 8192,
	PARTS = 64,
	ENTRIES_A_KEY = 64,
	HEAVY_LEAST = 16,
	HEAVY_MOST = 1024,
	HEAVY_SHARE = 64,
};

static const uint64_t reach_max_ns = 800 * UINT64_C(86400000000000);
static const uint64_t memory_max_bytes = UINT64_C(32) << 30;
static const struct cs_span nothing = {(const uint8_t *)"", 0};

static struct cs_span
name_of(const struct cs_aggregate *aggregate)
{
	return cs_span_text(aggregate->name);
}

static void
resolve_key(struct cs_reader *reader, struct cs_sketch_profile *profile)
{
	struct cs_key_clause *key = &profile->made.by;
	for (unsigned i = 0; i < profile->by.n; i++) {
		const struct cs_named *name = &profile->by.at[i];
		bool record = false;
		enum cs_field field = cs_sketch_field(reader, name, &record);
		if (field == CS_FIELD_N)
			return;
		enum cs_field_type type = cs_field_info_of(field)->type;
		if (type == CS_TYPE_MONEY || type == CS_TYPE_BALANCE) {
			(void)cs_reader_say(
				reader, name->place,
				"{1} is money, and keeps nothing apart; write a field such as card or terminal",
				name->text);
			return;
		}
		if (i && key->field[0] == field) {
			(void)cs_reader_say(reader, name->place, "{1} stands twice; leave one out", name->text);
			return;
		}
		key->record = key->record || record;
		key->field[key->n++] = (uint8_t)field;
	}
}

/* What a value of FIELD is to an aggregate of KIND; CS_VALUE_TYPE_N when it cannot be one. */
static uint8_t
value_type(const struct cs_reader *reader, const struct cs_sketch_aggregate *aggregate, enum cs_field field,
	   bool record)
{
	const struct cs_sketch *sketch = reader->sketch;
	enum cs_field_type type = cs_field_info_of(field)->type;
	bool any = aggregate->made.kind == CS_AGGREGATE_DISTINCT || aggregate->made.kind == CS_AGGREGATE_LAST;
	uint8_t out = field == CS_FIELD_COUNTRY ? CS_VALUE_COUNTRY : CS_VALUE_TEXT;
	if (type == CS_TYPE_BALANCE)
		return CS_VALUE_TYPE_N;
	if (type == CS_TYPE_MONEY)
		return CS_VALUE_MONEY;
	if (record)
		out = sketch->extra[cs_sketch_extra(sketch, aggregate->value.text)].type;
	return any || out == CS_VALUE_NUMBER ? out : CS_VALUE_TYPE_N;
}

static uint8_t
answer_type(unsigned kind, uint8_t value)
{
	switch (kind) {
	case CS_AGGREGATE_SUM:
	case CS_AGGREGATE_MEAN:
	case CS_AGGREGATE_MIN:
	case CS_AGGREGATE_MAX:
	case CS_AGGREGATE_LAST:
		return value;
	case CS_AGGREGATE_SINCE_LAST:
		return CS_VALUE_DURATION;
	case CS_AGGREGATE_FIRST_SEEN:
		return CS_VALUE_TIME;
	default:
		return CS_VALUE_NUMBER;
	}
}

static void
resolve_value(struct cs_reader *reader, struct cs_sketch_aggregate *aggregate)
{
	struct cs_aggregate *made = &aggregate->made;
	bool record = false;
	made->type = answer_type(made->kind, CS_VALUE_NUMBER);
	aggregate->good = !aggregate->value.text.len;
	if (aggregate->good)
		return;
	enum cs_field field = cs_sketch_field(reader, &aggregate->value, &record);
	if (field == CS_FIELD_N)
		return;
	uint8_t value = value_type(reader, aggregate, field, record);
	reader->form = "spent_24h = sum(amount) over 24h";
	if (value == CS_VALUE_TYPE_N) {
		(void)cs_reader_say(reader, aggregate->value.place,
				    "{1} is no amount and no number that can be added up; write: {2}",
				    aggregate->value.text);
		return;
	}
	reader->form = "money EUR";
	if (value == CS_VALUE_MONEY && !reader->sketch->home) {
		(void)cs_reader_say(reader, aggregate->value.place,
				    "in which currency is {1} counted? say it once for this policy; write: {2}",
				    aggregate->value.text);
		return;
	}
	made->field = (uint8_t)field;
	made->record = record;
	made->currency = value == CS_VALUE_MONEY ? reader->sketch->home : 0;
	made->type = answer_type(made->kind, value);
	aggregate->good = true;
}

void
cs_check_profile_fields(struct cs_reader *reader, struct cs_sketch_profile *profile)
{
	resolve_key(reader, profile);
	for (struct cs_sketch_aggregate *at = profile->aggregate; at; at = at->next)
		resolve_value(reader, at);
}

/* What is seen when nothing is said: each answer to an acquirer once, else to an issuer, and records of payments. */
static bool
see_default(const struct cs_policy *policy, struct cs_of *out)
{
	enum cs_side side = CS_SIDE_ISSUER;
	bool any = false;
	for (unsigned i = 0; i < policy->link_n; i++)
		if (policy->link[i].side == CS_SIDE_ACQUIRER)
			side = CS_SIDE_ACQUIRER;
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_row_clause *row = policy->link[i].row;
		bool amount = false;
		for (unsigned k = 0; row && k < row->column_n; k++)
			amount = amount ||
				 (row->column[k].what == CS_COLUMN_MONEY && row->column[k].field == CS_FIELD_AMOUNT);
		if (!row && policy->link[i].side == side)
			out->kinds[i] = 1U << CS_KIND_RESPONSE;
		if (amount)
			out->kinds[i] = 1U << CS_KIND_RECORD;
		any = any || out->kinds[i];
	}
	return any;
}

static void
see(struct cs_reader *reader, const struct cs_selector *selector, struct cs_of *out)
{
	const struct cs_policy *policy = reader->policy;
	if (!selector->kinds || selector->link >= policy->link_n)
		return; /* complained about already */
	bool record = policy->link[selector->link].row != NULL;
	const char *name = policy->link[selector->link].name;
	struct cs_span named = cs_span_text(name ? name : "");
	if (record != (selector->kinds == 1U << CS_KIND_RECORD)) {
		(void)cs_reader_say(reader, selector->place,
				    record ? "{1} is a record; write: record on {1}"
					   : "{1} is no record but a link; write: card.response on {1}",
				    named);
		return;
	}
	if (out->kinds[selector->link] && (out->where[selector->link] || selector->where)) {
		(void)cs_reader_say(reader, selector->place,
				    "{1} stands twice with a condition; write it once, with \"or\" in the condition",
				    named);
		return;
	}
	out->kinds[selector->link] |= selector->kinds;
	out->where[selector->link] = selector->where;
}

void
cs_check_profile_of(struct cs_reader *reader, const struct cs_sketch_of *of, struct cs_place place, struct cs_of *out)
{
	for (unsigned i = 0; i < of->n; i++)
		see(reader, &of->at[i], out);
	reader->form = "of card.response on visa, record on admin";
	if (!of->n && !see_default(reader->policy, out))
		(void)cs_reader_say(
			reader, place,
			"this sees no event: there is no acquirer's or issuer's link, and no record with an "
			"amount; write: {2}",
			nothing);
}

void
cs_check_profile_filters(struct cs_reader *reader, struct cs_sketch_profile *profile, struct cs_program_sketch *program,
			 struct cs_sketch_limit *limit)
{
	for (struct cs_sketch_aggregate *at = profile->aggregate; at; at = at->next) {
		struct cs_scope scope = {program, limit, 0, true, at->made.delay_ns > 0};
		if (at->where.at)
			(void)cs_build_compile(reader, &scope, &at->where, &at->made.where);
		if (at->share.at)
			(void)cs_build_compile(reader, &scope, &at->share, &at->made.share);
	}
}

static bool
same_logic(const struct cs_logic *a, const struct cs_logic *b)
{
	if (!a || !b)
		return a == b;
	return a->n == b->n && memcmp(a->step, b->step, a->n * sizeof a->step[0]) == 0;
}

/* A filter is a condition, and that there is a value. */
struct filter {
	const struct cs_logic *where;
	uint8_t field;
	bool record;
};

struct tally {
	unsigned slot_n;
	unsigned filter_n;
	unsigned boundary_n;
	unsigned span_n;
	struct filter filter[2 * CS_PROFILE_MAX];
	struct filter slot[CS_PROFILE_MAX];
	uint64_t boundary_ns[2 * CS_PROFILE_MAX + 1];
	struct {
		uint64_t window_ns;
		uint64_t delay_ns;
		bool strict;
	} span[CS_PROFILE_MAX];
};

static void
add_filter(struct filter *at, unsigned *n, struct filter filter)
{
	for (unsigned i = 0; i < *n; i++)
		if (at[i].field == filter.field && at[i].record == filter.record &&
		    same_logic(at[i].where, filter.where))
			return;
	at[(*n)++] = filter;
}

static void
add_boundary(struct tally *tally, uint64_t at_ns)
{
	for (unsigned i = 0; i < tally->boundary_n; i++)
		if (tally->boundary_ns[i] == at_ns)
			return;
	tally->boundary_ns[tally->boundary_n++] = at_ns;
}

static void
add_span(struct tally *tally, const struct cs_aggregate *made)
{
	bool strict = made->kind == CS_AGGREGATE_SHARE && made->delay_ns > 0;
	for (unsigned i = 0; i < tally->span_n; i++)
		if (tally->span[i].window_ns == made->window_ns && tally->span[i].delay_ns == made->delay_ns &&
		    tally->span[i].strict == strict)
			return;
	tally->span[tally->span_n].window_ns = made->window_ns;
	tally->span[tally->span_n].delay_ns = made->delay_ns;
	tally->span[tally->span_n++].strict = strict;
}

static void
count(struct tally *tally, const struct cs_aggregate *made)
{
	bool kept = made->kind >= CS_AGGREGATE_LAST;
	if (made->where || made->field != CS_FIELD_N)
		add_filter(tally->filter, &tally->filter_n, (struct filter){made->where, made->field, made->record});
	if (made->share)
		add_filter(tally->filter, &tally->filter_n, (struct filter){made->share, CS_FIELD_N, false});
	if (made->field != CS_FIELD_N)
		add_filter(tally->slot, &tally->slot_n, (struct filter){NULL, made->field, made->record});
	if (kept || !made->window_ns)
		return;
	add_boundary(tally, made->delay_ns);
	add_boundary(tally, made->delay_ns + made->window_ns);
	add_span(tally, made);
}

/* One aggregate's times, held against the profile's lateness. */
static bool
check_reach(struct cs_reader *reader, const struct cs_profile_clause *profile, const struct cs_aggregate *made)
{
	uint64_t reach_ns = made->window_ns + made->delay_ns + profile->lateness_ns;
	uint64_t width_ns = made->window_ns / PARTS;
	if (made->kind >= CS_AGGREGATE_LAST || !made->window_ns)
		return true;
	if (reach_ns > reach_max_ns)
		return cs_reader_say(reader, made->place,
				     "{1} reaches back more than 800d with its delay and lateness; make it shorter",
				     name_of(made));
	if (reach_ns / width_ns + 3 > BUCKETS_MAX)
		return cs_reader_say(reader, made->place,
				     "the delay of {1} is more than 120 times its window; make the window longer",
				     name_of(made));
	return true;
}

static bool
check_tally(struct cs_reader *reader, const struct cs_profile_clause *profile, const struct tally *tally)
{
	struct cs_span name = cs_span_text(profile->name);
	if (tally->slot_n > SLOTS_MAX)
		return cs_reader_say(reader, profile->place,
				     "{1} looks at more than 4 different fields; make it two profiles", name);
	if (tally->filter_n > FILTERS_MAX)
		return cs_reader_say(reader, profile->place,
				     "{1} has more than 32 different filters; make it two profiles", name);
	if (tally->boundary_n > BOUNDARIES_MAX || tally->span_n > SPANS_MAX)
		return cs_reader_say(reader, profile->place,
				     "{1} has more than 16 different windows and delays; make it two profiles", name);
	return true;
}

void
cs_check_profile_sizes(struct cs_reader *reader, struct cs_sketch_profile *profile)
{
	struct cs_profile_clause *made = &profile->made;
	struct tally tally = {.boundary_n = 1};
	if (!made->name)
		return;
	for (struct cs_sketch_aggregate *at = profile->aggregate; at; at = at->next) {
		if (!at->made.name || !check_reach(reader, made, &at->made))
			return;
		count(&tally, &at->made);
	}
	if (!check_tally(reader, made, &tally))
		return;
	uint64_t entry_bytes = sizeof(uint64_t) * ((tally.filter_n > FILTERS_SMALL ? 2 : 1) + tally.slot_n);
	uint64_t memory_bytes = (uint64_t)made->keys * ENTRIES_A_KEY * entry_bytes;
	uint64_t least_bytes = (uint64_t)made->log * HEAVY_LEAST * entry_bytes;
	if (!profile->memory)
		made->memory_bytes = memory_bytes < least_bytes        ? least_bytes
				     : memory_bytes > memory_max_bytes ? memory_max_bytes
								       : memory_bytes;
	uint32_t heavy = made->keys / HEAVY_SHARE;
	if (!profile->heavy)
		made->heavy = heavy < HEAVY_LEAST ? HEAVY_LEAST : heavy > HEAVY_MOST ? HEAVY_MOST : heavy;
}

bool
cs_check_profile_finish(struct cs_reader *reader, struct cs_sketch_profile *profile)
{
	struct cs_profile_clause *made = &profile->made;
	struct cs_aggregate *aggregate = cs_sketch_take(reader, (made->aggregate_n + 1) * sizeof *aggregate);
	unsigned n = 0;
	if (!aggregate)
		return false;
	for (struct cs_sketch_aggregate *at = profile->aggregate; at; at = at->next)
		aggregate[n++] = at->made;
	CS_ASSERT(n == made->aggregate_n);
	made->aggregate = aggregate;
	return true;
}

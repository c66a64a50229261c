/*
 * From the sketch of behaviour to tables and programs: what all statements say is known now, so names get their meaning.
 *
 * Order: the home currency; what profiles and limits keep; then their filters, the rules and the limits, each compiled into
 * the program it belongs to. Limits have one of their own, with profiles of their own. Invariant: without a complaint the
 * result is whole, and needs nothing of the sketch but its memory.
 */
#include "policy/check_behave.h"

#include "base/error.h"
#include "policy/check.h"

/* Of one reading: what is being made. */
struct making {
	struct cs_reader *reader;
	struct cs_sketch *sketch;
	struct cs_program_sketch *program;
	struct cs_program_sketch *limit_program;
};

static void
settle_home(struct making *making)
{
	struct cs_sketch *sketch = making->sketch;
	const struct cs_policy *policy = making->reader->policy;
	for (unsigned i = 0; i < policy->link_n; i++)
		if (policy->link[i].currency)
			cs_sketch_see(sketch, policy->link[i].currency);
	if (!sketch->home && sketch->seen_n == 1)
		sketch->home = sketch->seen[0];
}

/* Names are unique among statements of one sort; calendars and profiles are of one, since both stand before a dot. */
static void
check_names(struct making *making)
{
	const struct cs_sketch *sketch = making->sketch;
	struct cs_reader *reader = making->reader;
	for (unsigned i = 0; i < sketch->profile_n; i++)
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, sketch->profile[i]->made.place, sketch->profile[i]->made.name,
					sketch->profile[j]->made.name);
	for (unsigned i = 0; i < sketch->limit_n; i++)
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, sketch->limit[i]->own.made.place, sketch->limit[i]->own.made.name,
					sketch->limit[j]->own.made.name);
	for (unsigned i = 0; i < sketch->rule_n; i++)
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, sketch->rule[i]->made.place, sketch->rule[i]->made.name,
					sketch->rule[j]->made.name);
}

/* Lists of keys and of names are both lists: the later of two of one name is to have another. */
static void
check_watched_names(struct cs_reader *reader, const struct cs_sketch *sketch)
{
	for (unsigned i = 0; i < sketch->watched_n; i++) {
		const struct cs_watched_clause *watched = &sketch->watched[i];
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, watched->place, watched->name, sketch->watched[j].name);
		for (unsigned j = 0; j < sketch->list_n; j++) {
			struct cs_place place = sketch->list[j].place;
			bool later = place.line > watched->place.line ||
				     (place.line == watched->place.line && place.column > watched->place.column);
			cs_check_double(reader, later ? place : watched->place, watched->name, sketch->list[j].name);
		}
	}
}

static void
check_table_names(struct making *making)
{
	const struct cs_sketch *sketch = making->sketch;
	struct cs_reader *reader = making->reader;
	for (unsigned i = 0; i < sketch->list_n; i++)
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, sketch->list[i].place, sketch->list[i].name, sketch->list[j].name);
	check_watched_names(reader, sketch);
	for (unsigned i = 0; i < sketch->spots_n; i++)
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, sketch->spots[i].place, sketch->spots[i].name, sketch->spots[j].name);
	for (unsigned i = 0; i < sketch->calendar_n; i++) {
		const struct cs_calendar_clause *calendar = &sketch->calendar[i];
		bool taken = calendar->name && cs_sketch_profile_of(sketch, cs_span_text(calendar->name));
		cs_check_double(reader, calendar->place, calendar->name, taken ? calendar->name : NULL);
		for (unsigned j = 0; j < i; j++)
			cs_check_double(reader, calendar->place, calendar->name, sketch->calendar[j].name);
	}
}

static void
check_profiles(struct making *making)
{
	struct cs_sketch *sketch = making->sketch;
	unsigned first = 0;
	for (unsigned i = 0; i < sketch->profile_n; i++) {
		struct cs_sketch_profile *profile = sketch->profile[i];
		profile->made.first = first;
		first += profile->made.aggregate_n;
		cs_check_profile_fields(making->reader, profile);
		cs_check_profile_of(making->reader, &profile->of, profile->made.place, &profile->made.of);
	}
	for (unsigned i = 0; i < sketch->profile_n; i++) {
		cs_check_profile_filters(making->reader, sketch->profile[i], making->program, NULL);
		cs_check_profile_sizes(making->reader, sketch->profile[i]);
	}
}

static void
check_limits(struct making *making)
{
	const struct cs_sketch *sketch = making->sketch;
	unsigned first = 0;
	for (unsigned i = 0; i < sketch->limit_n; i++)
		cs_check_limit_fields(making->reader, sketch->limit[i]);
	for (unsigned i = 0; i < sketch->limit_n; i++) {
		cs_check_limit(making->reader, sketch->limit[i], making->limit_program, first);
		first += sketch->limit[i]->own.made.aggregate_n;
	}
	if (first > CS_AGGREGATES_MAX)
		(void)cs_reader_say(making->reader, sketch->limit[0]->own.made.place,
				    "the limits of this policy use more than 512 aggregates; leave some out",
				    cs_span_text(""));
}

/* Where messages are counted, excused or watched there are no records. */
static void
check_proof(struct cs_reader *reader, const struct cs_selector *selector)
{
	const struct cs_policy *policy = reader->policy;
	if (!selector->kinds || selector->link >= policy->link_n || !policy->link[selector->link].row)
		return;
	const char *name = policy->link[selector->link].name;
	(void)cs_reader_say(reader, selector->place,
			    "{1} is a record, and records stand in expectations only; name a link",
			    cs_span_text(name ? name : ""));
}

static void
check_proofs(struct cs_reader *reader)
{
	const struct cs_policy *policy = reader->policy;
	for (unsigned i = 0; i < policy->conserve_n; i++) {
		check_proof(reader, &policy->conserve[i].claim);
		check_proof(reader, &policy->conserve[i].proof);
	}
	for (unsigned i = 0; i < policy->excuse_n; i++)
		if (policy->excuse[i].place.line)
			check_proof(reader, &policy->excuse[i].proof);
	for (unsigned i = 0; i < policy->watch_n; i++)
		for (unsigned k = 0; k < CS_WATCH_N; k++)
			if (policy->watch[i].row[k].on) {
				struct cs_selector against = {policy->watch[i].row[k].against, 1, NULL,
							      policy->watch[i].place};
				check_proof(reader, &against);
			}
}

static bool
finish_profiles(struct making *making, struct cs_behave_policy *out)
{
	struct cs_sketch *sketch = making->sketch;
	struct cs_profile_clause *profiles = cs_sketch_take(making->reader, (sketch->profile_n + 1) * sizeof *profiles);
	struct cs_profile_clause *limits = cs_sketch_take(making->reader, (sketch->limit_n + 1) * sizeof *limits);
	if (!profiles || !limits)
		return false;
	for (unsigned i = 0; i < sketch->profile_n; i++) {
		if (!cs_check_profile_finish(making->reader, sketch->profile[i]))
			return false;
		profiles[out->profile_n++] = sketch->profile[i]->made;
	}
	for (unsigned i = 0; i < sketch->limit_n; i++) {
		struct cs_sketch_profile *own = &sketch->limit[i]->own;
		if (!cs_check_profile_finish(making->reader, own))
			return false;
		if (own->made.aggregate_n)
			limits[out->limit_profile_n++] = own->made;
	}
	out->profile = profiles;
	out->limit_profile = limits;
	return true;
}

static bool
finish_rules(struct making *making, struct cs_behave_policy *out)
{
	struct cs_sketch *sketch = making->sketch;
	struct cs_rule_clause *rules = cs_sketch_take(making->reader, (sketch->rule_n + 1) * sizeof *rules);
	struct cs_limit_clause *limits = cs_sketch_take(making->reader, (sketch->cap_n + 1) * sizeof *limits);
	if (!rules || !limits)
		return false;
	for (unsigned i = 0; i < sketch->rule_n; i++)
		rules[out->rule_n++] = sketch->rule[i]->made;
	for (unsigned i = 0; i < sketch->limit_n; i++) {
		const struct cs_profile_clause *own = &sketch->limit[i]->own.made;
		for (const struct cs_sketch_cap *cap = sketch->limit[i]->cap; cap; cap = cap->next) {
			CS_ASSERT(cap->made_holds); /* else it was complained about */
			limits[out->limit_n++] =
				(struct cs_limit_clause){own->name,       own->title,      cap->place,    own->of,
							 cap->made_holds, cap->made_where, cap->otherwise};
		}
	}
	out->rule = rules;
	out->limit = limits;
	return true;
}

static void
finish(struct making *making)
{
	struct cs_reader *reader = making->reader;
	struct cs_sketch *sketch = making->sketch;
	struct cs_behave_policy *out = cs_sketch_take(reader, sizeof *out);
	if (!out)
		return;
	*out = (struct cs_behave_policy){
		.home_currency = sketch->home,
		.rate_n = sketch->rate_n,
		.rate = sketch->rate,
		.scores = sketch->score_place.line != 0,
		.hold_at = sketch->hold_at,
		.block_at = sketch->block_at,
		.list_n = sketch->list_n,
		.list = sketch->list,
		.spots_n = sketch->spots_n,
		.spots = sketch->spots,
		.calendar_n = sketch->calendar_n,
		.calendar = sketch->calendar,
		.extra_n = sketch->extra_n,
		.extra = sketch->extra,
	};
	if (finish_profiles(making, out) && finish_rules(making, out) &&
	    cs_program_finish(reader, making->program, &out->program) &&
	    cs_program_finish(reader, making->limit_program, &out->limit_program) && !reader->full)
		reader->policy->behave = out;
}

/* Only limits are wanted: the profiles they stand on are looked at, and what is wrong with those is forgotten unless a
 * limit uses it. */
static void
spare_profiles(struct making *making)
{
	struct cs_complaints *complaints = making->reader->complaints;
	struct cs_sketch *sketch = making->sketch;
	for (unsigned i = 0; i < sketch->profile_n; i++) {
		struct cs_sketch_profile *profile = sketch->profile[i];
		unsigned n = complaints->n, all_n = complaints->all_n;
		cs_check_profile_fields(making->reader, profile);
		profile->lost = profile->lost || complaints->all_n > all_n;
		profile->broken = false; /* a limit that misses something of it shall say so */
		complaints->n = n;
		complaints->all_n = all_n;
	}
	sketch->rule_n = 0;
	sketch->list_n = 0;
	sketch->spots_n = 0;
}

/* How many characters COLUMN keeps of what it has, from the first on; 0: something else becomes of it. */
static unsigned
kept_by(const struct cs_column_clause *column)
{
	bool plain = !column->token && !column->shorten && !column->value_n && column->first <= 1;
	unsigned last = column->first ? column->last : CS_SHORT_BYTES;
	return plain && last <= CS_SHORT_BYTES ? last : 0;
}

/* A key of a list is cut as records cut the values it is held against, where they agree: only then can it ever meet one. */
static uint8_t
kept_of(const struct cs_sketch *sketch, const struct cs_policy *policy, unsigned field)
{
	unsigned kept = 0, own = 0;
	while (own < sketch->extra_n && sketch->extra[own].field != field)
		own++;
	if (own == sketch->extra_n)
		return 0;
	for (unsigned i = 0; i < policy->link_n; i++) {
		const struct cs_row_clause *row = policy->link[i].row;
		for (unsigned k = 0; row && k < row->column_n; k++) {
			const struct cs_column_clause *column = &row->column[k];
			if (column->what != CS_COLUMN_TEXT || column->field != field)
				continue;
			if (!kept_by(column) || (kept && kept != kept_by(column)))
				return 0;
			kept = kept_by(column);
		}
	}
	return kept < CS_SHORT_BYTES ? (uint8_t)kept : 0;
}

static void
keep_keys(struct making *making)
{
	struct cs_sketch *sketch = making->sketch;
	for (unsigned i = 0; i < sketch->list_n; i++)
		for (unsigned k = 0; k < sketch->list[i].by.n; k++)
			sketch->list[i].kept[k] = kept_of(sketch, making->reader->policy, sketch->list[i].by.field[k]);
}

static void
check_all(struct making *making)
{
	struct cs_sketch *sketch = making->sketch;
	check_names(making);
	check_table_names(making);
	keep_keys(making);
	check_profiles(making);
	check_limits(making);
	for (unsigned i = 0; i < sketch->rule_n; i++)
		cs_check_rule(making->reader, sketch->rule[i], making->program);
}

void
cs_check_behave(struct cs_reader *reader)
{
	struct making making = {.reader = reader, .sketch = reader->sketch};
	struct cs_sketch *sketch = reader->sketch;
	if (!sketch)
		return;
	making.program = cs_sketch_take(reader, sizeof *making.program);
	making.limit_program = cs_sketch_take(reader, sizeof *making.limit_program);
	if (!making.program || !making.limit_program)
		return;
	check_proofs(reader);
	settle_home(&making);
	if (reader->limits_only) {
		spare_profiles(&making);
		check_limits(&making);
		sketch->profile_n = 0;
	} else {
		check_all(&making);
	}
	bool any = sketch->profile_n || sketch->limit_n || sketch->rule_n || sketch->list_n;
	if (any && !reader->complaints->all_n)
		finish(&making);
}

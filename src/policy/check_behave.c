/*
 * From the sketch of behaviour to tables and programs: what all statements say is known now, so names get their meaning.
 *
 * Order: the home currency; what profiles and limits keep; then their filters, the rules and the limits, each compiled into
 * the program it belongs to. Limits have one of their own, with profiles of their own. Invariant: without a complaint the
 * result is whole, and needs nothing of the sketch but its memory.
 */
#include "policy/check_behave.h"

#include "base/error.h"

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

static void
complain_double(struct cs_reader *reader, struct cs_place place, const char *name)
{
	(void)cs_reader_say(reader, place, "the name {1} is taken already; give this one another name",
			    cs_span_text(name));
}

static bool
is_double(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static void
check_profile_names(struct making *making)
{
	const struct cs_sketch *sketch = making->sketch;
	for (unsigned i = 0; i < sketch->profile_n; i++) {
		const struct cs_profile_clause *profile = &sketch->profile[i]->made;
		for (unsigned j = 0; j < i; j++)
			if (is_double(profile->name, sketch->profile[j]->made.name))
				complain_double(making->reader, profile->place, profile->name);
	}
	for (unsigned i = 0; i < sketch->calendar_n; i++) {
		const struct cs_calendar_clause *calendar = &sketch->calendar[i];
		bool taken = calendar->name && cs_sketch_profile_of(sketch, cs_span_text(calendar->name));
		for (unsigned j = 0; j < i; j++)
			taken = taken || is_double(calendar->name, sketch->calendar[j].name);
		if (taken)
			complain_double(making->reader, calendar->place, calendar->name);
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

static const struct cs_profile_clause *
finish_profiles(struct making *making, struct cs_behave_policy *out)
{
	struct cs_sketch *sketch = making->sketch;
	struct cs_profile_clause *profiles = cs_sketch_take(making->reader, (sketch->profile_n + 1) * sizeof *profiles);
	for (unsigned i = 0; profiles && i < sketch->profile_n; i++) {
		if (!cs_check_profile_finish(making->reader, sketch->profile[i]))
			return NULL;
		profiles[i] = sketch->profile[i]->made;
	}
	out->profile_n = sketch->profile_n;
	return profiles;
}

static void
finish(struct making *making)
{
	struct cs_reader *reader = making->reader;
	struct cs_sketch *sketch = making->sketch;
	struct cs_behave_policy *out = cs_sketch_take(reader, sizeof *out);
	if (!out)
		return;
	out->home_currency = sketch->home;
	out->rate_n = sketch->rate_n;
	out->rate = sketch->rate;
	out->scores = sketch->score_place.line != 0;
	out->hold_at = sketch->hold_at;
	out->block_at = sketch->block_at;
	out->calendar_n = sketch->calendar_n;
	out->calendar = sketch->calendar;
	out->extra_n = sketch->extra_n;
	memcpy(out->extra, sketch->extra, sizeof out->extra);
	out->profile = finish_profiles(making, out);
	if (cs_program_finish(reader, making->program, &out->program) &&
	    cs_program_finish(reader, making->limit_program, &out->limit_program) && !reader->full)
		reader->policy->behave = out;
}

void
cs_check_behave(struct cs_reader *reader)
{
	struct making making = {.reader = reader, .sketch = reader->sketch};
	const struct cs_sketch *sketch = reader->sketch;
	if (!sketch)
		return;
	making.program = cs_sketch_take(reader, sizeof *making.program);
	making.limit_program = cs_sketch_take(reader, sizeof *making.limit_program);
	if (!making.program || !making.limit_program)
		return;
	settle_home(&making);
	check_profile_names(&making);
	check_profiles(&making);
	bool any = sketch->profile_n || sketch->limit_n || sketch->rule_n || sketch->list_n;
	if (any && !reader->complaints->all_n)
		finish(&making);
}

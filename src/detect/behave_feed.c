/*
 * The aggregates of one profile clause as a profile's plan (state), with the filters and values that events bring.
 *
 * An aggregate's `where`, and the value it wants, are one bit of an event's mask; the same pair has the same bit.
 */
#include "detect/behave_parts.h"

/* The order of the kinds is the same in the policy and in the state: see cs_work_lay. */
#define SAME(name)                                                                                                     \
	_Static_assert((int)CS_AGGREGATE_##name == (int)CS_PROFILE_##name, "the policy's order is the state's")
SAME(COUNT);
SAME(SUM);
SAME(MEAN);
SAME(VARIANCE);
SAME(MIN);
SAME(MAX);
SAME(DISTINCT);
SAME(SHARE);
SAME(LAST);
SAME(SINCE_LAST);
SAME(FIRST_SEEN);
SAME(KIND_N);

static bool
is_money(unsigned field)
{
	return field == CS_FIELD_BALANCE || (field >= CS_MONEY_FIELD_FIRST && field <= CS_FIELD_LAST_MONEY);
}

static struct cs_source
source_of(const struct cs_aggregate *aggregate)
{
	struct cs_source source = {aggregate->field, CS_CODING_TEXT, aggregate->record, 0};
	if (is_money(aggregate->field)) {
		source.coding = CS_CODING_MONEY;
		source.currency = aggregate->currency;
	} else if (aggregate->kind != CS_AGGREGATE_DISTINCT && aggregate->kind != CS_AGGREGATE_LAST) {
		source.coding = CS_CODING_DIGITS;
	} else if (aggregate->kind == CS_AGGREGATE_LAST && aggregate->type == CS_VALUE_NUMBER) {
		source.coding = CS_CODING_DIGITS;
	}
	return source;
}

static bool
wants_value(const struct cs_aggregate *aggregate)
{
	switch ((enum cs_aggregate_kind)aggregate->kind) {
	case CS_AGGREGATE_COUNT:
	case CS_AGGREGATE_SHARE:
	case CS_AGGREGATE_SINCE_LAST:
	case CS_AGGREGATE_FIRST_SEEN:
		return false;
	case CS_AGGREGATE_SUM:
	case CS_AGGREGATE_MEAN:
	case CS_AGGREGATE_VARIANCE:
	case CS_AGGREGATE_MIN:
	case CS_AGGREGATE_MAX:
	case CS_AGGREGATE_DISTINCT:
	case CS_AGGREGATE_LAST:
	case CS_AGGREGATE_KIND_N:
		break;
	}
	return true;
}

/* Numbers of sources; CS_NO_SOURCE when there are too many. */
static uint8_t
add_source(struct cs_work_plan *plan, const struct cs_source *source)
{
	for (unsigned i = 0; i < plan->source_n; i++) {
		const struct cs_source *other = &plan->source[i];
		if (other->field == source->field && other->coding == source->coding &&
		    other->record == source->record && other->currency == source->currency)
			return (uint8_t)i;
	}
	if (plan->source_n == CS_SOURCES_MAX)
		return CS_NO_SOURCE;
	plan->source[plan->source_n] = *source;
	return (uint8_t)plan->source_n++;
}

static bool
add_slot(struct cs_feed *feed, uint8_t source, uint8_t *slot)
{
	for (*slot = 0; *slot < feed->slot_n; ++*slot)
		if (feed->slot[*slot] == source)
			return true;
	if (feed->slot_n == CS_PROFILE_SLOTS_MAX)
		return false;
	feed->slot[feed->slot_n++] = source;
	return true;
}

static bool
same_logic(const struct cs_logic *a, const struct cs_logic *b)
{
	if (a == b || !a || !b)
		return a == b;
	return a->n == b->n && memcmp(a->step, b->step, a->n * sizeof a->step[0]) == 0;
}

static bool
add_filter(struct cs_feed *feed, const struct cs_logic *logic, uint8_t source, uint8_t *filter)
{
	for (*filter = 0; *filter < feed->filter_n; ++*filter)
		if (feed->filter[*filter].source == source && same_logic(feed->filter[*filter].logic, logic))
			return true;
	if (feed->filter_n == CS_PROFILE_FILTERS_MAX)
		return false;
	feed->filter[feed->filter_n++] = (struct cs_filter){.logic = logic, .source = source};
	return true;
}

static enum cs_error
lay_aggregate(const struct cs_aggregate *aggregate, struct cs_work_plan *plan, struct cs_feed *feed,
	      struct cs_profile_aggregate *out)
{
	uint8_t source = CS_NO_SOURCE;
	*out = (struct cs_profile_aggregate){.kind = (enum cs_profile_kind)aggregate->kind,
					     .window_ns = aggregate->window_ns,
					     .delay_ns = aggregate->delay_ns,
					     .filter = CS_PROFILE_EVERY,
					     .current = aggregate->current,
					     .max = aggregate->max};
	if (wants_value(aggregate)) {
		const struct cs_source wanted = source_of(aggregate);
		source = add_source(plan, &wanted);
		if (source == CS_NO_SOURCE || !add_slot(feed, source, &out->slot))
			return CS_E_LIMIT;
	}
	if ((aggregate->where || source != CS_NO_SOURCE) && !add_filter(feed, aggregate->where, source, &out->filter))
		return CS_E_LIMIT;
	bool share = aggregate->kind == CS_AGGREGATE_SHARE;
	return !share || add_filter(feed, aggregate->share, CS_NO_SOURCE, &out->slot) ? CS_OK : CS_E_LIMIT;
}

/* The number FILTER's gate has in the feeds up to PROFILE_N; COUNT when it is in none. */
static unsigned
way_of(const struct cs_work_plan *plan, unsigned profile_n, const struct cs_filter *filter, unsigned count)
{
	for (unsigned i = 0; i < profile_n; i++)
		for (unsigned k = 0; k < plan->feed[i].filter_n; k++)
			if (same_logic(plan->feed[i].filter[k].logic, filter->logic))
				return plan->feed[i].filter[k].way;
	return count;
}

static void
share_filter(struct cs_work_plan *plan, unsigned profile, struct cs_filter *filter)
{
	const unsigned way = way_of(plan, profile, filter, plan->way_n);
	filter->way = (uint8_t)way;
	filter->needs_way = way < CS_FILTER_WAYS ? UINT64_C(1) << way : 0;
	filter->needs_source = filter->source == CS_NO_SOURCE ? 0 : UINT64_C(1) << filter->source;
	if (way == plan->way_n && way < CS_FILTER_WAYS)
		plan->way[plan->way_n++] = filter->gate;
}

void
cs_work_share(struct cs_work_plan *plan, unsigned profile_n)
{
	plan->way_n = 0;
	for (unsigned i = 0; i < profile_n; i++)
		for (unsigned k = 0; k < plan->feed[i].filter_n; k++)
			share_filter(plan, i, &plan->feed[i].filter[k]);
}

const struct cs_filter *
cs_work_filter(const struct cs_work_plan *plan, const struct cs_feed *feed, const struct cs_aggregate *aggregate)
{
	uint8_t source = CS_NO_SOURCE;
	const struct cs_source wanted = source_of(aggregate);
	for (unsigned i = 0; wants_value(aggregate) && i < plan->source_n; i++) {
		const struct cs_source *other = &plan->source[i];
		if (other->field == wanted.field && other->coding == wanted.coding && other->record == wanted.record &&
		    other->currency == wanted.currency)
			source = (uint8_t)i;
	}
	for (unsigned i = 0; i < feed->filter_n; i++)
		if (feed->filter[i].source == source && same_logic(feed->filter[i].logic, aggregate->where) &&
		    (aggregate->where || source != CS_NO_SOURCE))
			return &feed->filter[i];
	return NULL;
}

static uint32_t
log_of(uint32_t entries)
{
	uint32_t log = CS_PROFILE_LOG_UNIT;
	while (log < entries && log < CS_PROFILE_LOG_MAX)
		log *= 2;
	return log;
}

enum cs_error
cs_work_lay(const struct cs_profile_clause *clause, struct cs_work_plan *plan, struct cs_feed *feed,
	    struct cs_profile_layout *layout)
{
	struct cs_profile_aggregate aggregate[CS_PROFILE_AGGREGATES_MAX];
	*feed = (struct cs_feed){0};
	if (clause->aggregate_n > CS_PROFILE_AGGREGATES_MAX)
		return CS_E_LIMIT;
	for (unsigned i = 0; i < clause->aggregate_n; i++)
		CS_TRY(lay_aggregate(&clause->aggregate[i], plan, feed, &aggregate[i]));
	const struct cs_profile_plan wanted = {.aggregate = aggregate,
					       .aggregate_n = clause->aggregate_n,
					       .lateness_ns = clause->lateness_ns,
					       .ahead_ns = clause->ahead_ns,
					       .keep_ns = clause->keep_ns,
					       .keys_cap = clause->keys,
					       .heavy_cap = clause->heavy,
					       .log_max = log_of(clause->log),
					       .log_bytes = clause->memory_bytes};
	return cs_profile_plan_lay(&wanted, layout);
}

/*
 * From aggregates to folds, boundaries, spans, and their places in a record, an entry and a heavy block.
 *
 * Invariants: boundary 0 is now (offset 0); boundaries rise; folds are in order of their kind, so that a count is up to
 * date when the fold of the same events looks at it; each windowed fold has its count. What the policy's words mean was
 * decided by who made the plan.
 */
#include "state/profile_plan.h"

#include "state/distinct.h"
#include "state/window_bucket.h"
#include "state/window_log.h"

#include <string.h>

enum {
	LINE_BYTES = 64,
	ENTRY_ALIGN = sizeof(uint64_t),
	/* What is left for them in the largest record beside the largest entries: two words and the values. */
	FOLDS_END_MAX = CS_PROFILE_RECORD_MAX - CS_PROFILE_LOG_WITHIN * ENTRY_ALIGN * (2 + CS_PROFILE_SLOTS_MAX),
};
_Static_assert(CS_PROFILE_RECORD_MAX % LINE_BYTES == 0 && FOLDS_END_MAX % LINE_BYTES == 0, "both end with a line");

static const struct rule {
	bool window; /* may have one */
	bool ever;   /* may have none */
	bool delay;
	bool value;
	unsigned fold_n;
	enum cs_fold_kind fold[3]; /* beside the count */
} rules[CS_PROFILE_KIND_N] = {
	[CS_PROFILE_COUNT] = {true, true, true, false, 0, {0}},
	[CS_PROFILE_SUM] = {true, true, true, true, 1, {CS_FOLD_SUM}},
	[CS_PROFILE_MEAN] = {true, true, true, true, 1, {CS_FOLD_SUM}},
	[CS_PROFILE_VARIANCE] = {true, true, true, true, 2, {CS_FOLD_SUM, CS_FOLD_SQUARES}},
	[CS_PROFILE_MIN] = {true, false, true, true, 1, {CS_FOLD_MIN}},
	[CS_PROFILE_MAX] = {true, false, true, true, 1, {CS_FOLD_MAX}},
	[CS_PROFILE_DISTINCT] = {true, false, false, true, 1, {CS_FOLD_DISTINCT}},
	[CS_PROFILE_SHARE] = {true, true, true, false, 1, {CS_FOLD_COUNT}},
	[CS_PROFILE_LAST] = {true, true, false, true, 1, {CS_FOLD_LAST}},
	[CS_PROFILE_SINCE_LAST] = {true, true, false, false, 1, {CS_FOLD_LAST}},
	[CS_PROFILE_FIRST_SEEN] = {false, true, false, false, 1, {CS_FOLD_FIRST}},
};

/* Bytes of a fold in a record, and in a bucket. A record's log has less than 2^16 entries; a bucket knows no end. */
static const struct {
	uint8_t windowed;
	uint8_t ever;
	uint8_t bucket;
} sizes[CS_FOLD_KIND_N] = {
	[CS_FOLD_COUNT] = {2, 8, 8},      [CS_FOLD_DISTINCT] = {2, 0, 0}, [CS_FOLD_SUM] = {16, 16, 16},
	[CS_FOLD_SQUARES] = {16, 24, 24}, [CS_FOLD_MIN] = {8, 0, 8},      [CS_FOLD_MAX] = {8, 0, 8},
	[CS_FOLD_FIRST] = {0, 8, 0},      [CS_FOLD_LAST] = {0, 16, 0},
};

static bool
is_strict(const struct cs_profile_aggregate *aggregate)
{
	return aggregate->kind == CS_PROFILE_SHARE && aggregate->delay_ns > 0;
}

/* What keeps its own newest or oldest event, whatever the window. */
static bool
is_kept(const struct cs_profile_aggregate *aggregate)
{
	return aggregate->kind == CS_PROFILE_LAST || aggregate->kind == CS_PROFILE_SINCE_LAST ||
	       aggregate->kind == CS_PROFILE_FIRST_SEEN;
}

static uint32_t
need_of(uint8_t filter)
{
	return filter == CS_PROFILE_EVERY ? 0 : UINT32_C(1) << filter;
}

static enum cs_error
check_aggregate(const struct cs_profile_aggregate *aggregate)
{
	if ((unsigned)aggregate->kind >= CS_PROFILE_KIND_N)
		return CS_E_RANGE;
	const struct rule *rule = &rules[aggregate->kind];
	bool share = aggregate->kind == CS_PROFILE_SHARE, distinct = aggregate->kind == CS_PROFILE_DISTINCT;
	if (aggregate->filter != CS_PROFILE_EVERY && aggregate->filter >= CS_PROFILE_FILTERS_MAX)
		return CS_E_RANGE;
	if (aggregate->slot >= (share ? CS_PROFILE_FILTERS_MAX : CS_PROFILE_SLOTS_MAX))
		return CS_E_RANGE;
	if (distinct ? aggregate->max < 1 || aggregate->max > CS_PROFILE_DISTINCT_MAX : aggregate->max != 0)
		return CS_E_RANGE;
	if (aggregate->window_ns > CS_PROFILE_REACH_MAX_NS || aggregate->delay_ns > CS_PROFILE_REACH_MAX_NS)
		return CS_E_LIMIT;
	if (aggregate->window_ns && aggregate->window_ns < CS_PROFILE_PARTS)
		return CS_E_RANGE;
	if (aggregate->window_ns ? !rule->window : !rule->ever)
		return CS_E_UNSUPPORTED;
	return aggregate->delay_ns && (!rule->delay || !aggregate->window_ns) ? CS_E_UNSUPPORTED : CS_OK;
}

static enum cs_error
check_plan(const struct cs_profile_plan *plan)
{
	if (plan->aggregate_n == 0 || plan->keys_cap == 0 || plan->log_max < CS_PROFILE_LOG_UNIT)
		return CS_E_RANGE;
	if (plan->log_max & (plan->log_max - 1))
		return CS_E_RANGE;
	if (plan->aggregate_n > CS_PROFILE_AGGREGATES_MAX || plan->log_max > CS_PROFILE_LOG_MAX ||
	    plan->lateness_ns > CS_PROFILE_REACH_MAX_NS || plan->keep_ns > UINT64_MAX / 4)
		return CS_E_LIMIT;
	for (unsigned i = 0; i < plan->aggregate_n; i++)
		CS_TRY(check_aggregate(&plan->aggregate[i]));
	return CS_OK;
}

static bool
add_boundary(struct cs_profile_layout *layout, uint64_t offset_ns)
{
	unsigned at = 0;
	while (at < layout->boundary_n && layout->boundary[at].offset_ns < offset_ns)
		at++;
	if (at < layout->boundary_n && layout->boundary[at].offset_ns == offset_ns)
		return true;
	if (layout->boundary_n == CS_PROFILE_BOUNDARIES_MAX)
		return false;
	for (unsigned i = layout->boundary_n++; i > at; i--)
		layout->boundary[i].offset_ns = layout->boundary[i - 1].offset_ns;
	layout->boundary[at].offset_ns = offset_ns;
	return true;
}

static uint8_t
boundary_of(const struct cs_profile_layout *layout, uint64_t offset_ns)
{
	uint8_t at = 0;
	while (layout->boundary[at].offset_ns != offset_ns)
		at++;
	return at;
}

static unsigned
span_of(struct cs_profile_layout *layout, const struct cs_profile_aggregate *aggregate)
{
	unsigned at = 0;
	for (; at < layout->span_n; at++) {
		const struct cs_profile_span *span = &layout->span[at];
		if (span->window_ns == aggregate->window_ns && span->delay_ns == aggregate->delay_ns &&
		    span->strict == is_strict(aggregate))
			return at;
	}
	if (at == CS_PROFILE_SPANS_MAX)
		return at;
	layout->span[layout->span_n++] = (struct cs_profile_span){.window_ns = aggregate->window_ns,
								  .delay_ns = aggregate->delay_ns,
								  .width_ns = aggregate->window_ns / CS_PROFILE_PARTS,
								  .strict = is_strict(aggregate)};
	return at;
}

static enum cs_error
lay_times(const struct cs_profile_plan *plan, struct cs_profile_layout *layout)
{
	uint64_t longest_ns = 0, idle_ns = plan->keep_ns;
	if (!add_boundary(layout, 0))
		return CS_E_LIMIT;
	for (unsigned i = 0; i < plan->aggregate_n; i++) {
		const struct cs_profile_aggregate *aggregate = &plan->aggregate[i];
		if (!aggregate->window_ns)
			continue;
		uint64_t end_ns = aggregate->delay_ns + aggregate->window_ns;
		idle_ns = end_ns > idle_ns ? end_ns : idle_ns;
		if (is_kept(aggregate))
			continue;
		longest_ns = end_ns > longest_ns ? end_ns : longest_ns;
		if (!add_boundary(layout, aggregate->delay_ns) || !add_boundary(layout, end_ns))
			return CS_E_LIMIT;
		if (span_of(layout, aggregate) == CS_PROFILE_SPANS_MAX)
			return CS_E_LIMIT;
	}
	layout->reach_ns = longest_ns + plan->lateness_ns;
	layout->reach_ns = layout->reach_ns ? layout->reach_ns : 1;
	layout->plan.keep_ns = idle_ns > longest_ns ? idle_ns : longest_ns;
	layout->plan.keep_ns += plan->lateness_ns;
	return layout->reach_ns > CS_PROFILE_REACH_MAX_NS ? CS_E_LIMIT : CS_OK;
}

/* The fold of KIND that this aggregate needs; CS_PROFILE_FOLDS_MAX when there is no more room. */
static unsigned
fold_of(struct cs_profile_layout *layout, const struct cs_profile_aggregate *aggregate, enum cs_fold_kind kind,
	uint32_t need)
{
	bool kept = kind == CS_FOLD_LAST || kind == CS_FOLD_FIRST; /* whatever the window */
	bool share = aggregate->kind == CS_PROFILE_SHARE;
	struct cs_fold made = {.need = need, .kind = (uint8_t)kind, .ever = kept || !aggregate->window_ns};
	made.slot = kind == CS_FOLD_COUNT || share ? 0 : aggregate->slot;
	if (!made.ever) {
		made.span = (uint8_t)span_of(layout, aggregate);
		made.to = boundary_of(layout, aggregate->delay_ns);
		made.from = boundary_of(layout, aggregate->delay_ns + aggregate->window_ns);
	}
	unsigned at = 0;
	for (; at < layout->fold_n; at++) {
		struct cs_fold *fold = &layout->fold[at];
		if (fold->need != made.need || fold->kind != made.kind || fold->slot != made.slot ||
		    fold->ever != made.ever || (!made.ever && fold->span != made.span))
			continue;
		if (kind == CS_FOLD_DISTINCT && aggregate->max > fold->table_cap)
			fold->table_cap = aggregate->max;
		return at;
	}
	if (at == CS_PROFILE_FOLDS_MAX)
		return at;
	made.table_cap = kind == CS_FOLD_DISTINCT ? aggregate->max : 0;
	layout->fold[layout->fold_n++] = made;
	return at;
}

static void
set_answer(struct cs_profile_answer *answer, enum cs_fold_kind kind, unsigned fold)
{
	if (kind == CS_FOLD_SQUARES)
		answer->squares = (uint8_t)fold;
	else
		answer->value = (uint8_t)fold;
}

/* One kind of fold after the other, so that they end up in this order. */
static enum cs_error
lay_folds(const struct cs_profile_plan *plan, struct cs_profile_layout *layout, enum cs_fold_kind kind)
{
	for (unsigned i = 0; i < plan->aggregate_n; i++) {
		const struct cs_profile_aggregate *aggregate = &plan->aggregate[i];
		const struct rule *rule = &rules[aggregate->kind];
		struct cs_profile_answer *answer = &layout->answer[i];
		uint32_t need = need_of(aggregate->filter);
		unsigned count = is_kept(aggregate) ? 0 : fold_of(layout, aggregate, CS_FOLD_COUNT, need);
		if (count == CS_PROFILE_FOLDS_MAX)
			return CS_E_LIMIT;
		answer->count = (uint8_t)count;
		if (aggregate->kind == CS_PROFILE_SHARE)
			need |= need_of(aggregate->slot);
		for (unsigned k = 0; k < rule->fold_n; k++) {
			unsigned fold = rule->fold[k] == kind ? fold_of(layout, aggregate, kind, need) : 0;
			if (fold == CS_PROFILE_FOLDS_MAX)
				return CS_E_LIMIT;
			if (rule->fold[k] != kind)
				continue;
			layout->fold[fold].count = aggregate->kind == CS_PROFILE_SHARE ? (uint8_t)fold : (uint8_t)count;
			set_answer(answer, kind, fold);
		}
	}
	return CS_OK;
}

static void
lay_answers(const struct cs_profile_plan *plan, struct cs_profile_layout *layout)
{
	layout->answer_n = plan->aggregate_n;
	for (unsigned i = 0; i < plan->aggregate_n; i++) {
		const struct cs_profile_aggregate *aggregate = &plan->aggregate[i];
		struct cs_profile_answer *answer = &layout->answer[i];
		answer->kind = (uint8_t)aggregate->kind;
		answer->current = aggregate->current;
		answer->ever = !aggregate->window_ns;
		answer->window_ns = aggregate->window_ns;
		answer->from_ns = aggregate->window_ns ? aggregate->window_ns + aggregate->delay_ns : UINT64_MAX / 2;
		if (rules[aggregate->kind].value && aggregate->slot >= layout->slot_n)
			layout->slot_n = aggregate->slot + 1u;
	}
}

/* The short log, behind what ends at AT. */
static void
lay_within(struct cs_profile_layout *layout, uint32_t at)
{
	const uint32_t entry_bytes = layout->entry_words * (uint32_t)sizeof(uint64_t);
	const uint32_t most =
		layout->plan.log_max < CS_PROFILE_LOG_WITHIN ? layout->plan.log_max : CS_PROFILE_LOG_WITHIN;
	while ((uint32_t)CS_PROFILE_LOG_UNIT << layout->within_order < most)
		layout->within_order++;
	layout->within_at = (at + ENTRY_ALIGN - 1) / ENTRY_ALIGN * ENTRY_ALIGN;
	at = layout->within_at + most * entry_bytes;
	layout->record_bytes = (at + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
	CS_ASSERT(layout->record_bytes <= CS_PROFILE_RECORD_MAX);
}

/* Places in a record, one behind the other, and what is left over before the counts. */
struct places {
	uint32_t hole;
	uint32_t hole_end;
	uint32_t at;
};

static uint16_t
place(struct places *places, uint32_t bytes)
{
	const bool fits = bytes <= places->hole_end - places->hole;
	uint32_t *at = fits ? &places->hole : &places->at;
	const uint32_t out = *at;
	*at += bytes;
	return (uint16_t)out;
}

/* Counts with a window first of all, side by side in whole vectors: those are written as one, and what is written
 * otherwise must not lie among them, or whoever reads next waits for both. How many values are too wide changes seldom. */
static void
lay_counts(struct cs_profile_layout *layout, struct places *places)
{
	const uint32_t bytes = sizes[CS_FOLD_COUNT].windowed, lanes_bytes = sizeof(cs_profile_lanes);
	places->at = (places->hole + lanes_bytes - 1) / lanes_bytes * lanes_bytes;
	places->hole_end = layout->counts_at = places->at;
	for (unsigned i = 0; i < layout->fold_n; i++) {
		struct cs_fold *fold = &layout->fold[i];
		if (fold->ever || fold->kind != CS_FOLD_COUNT)
			continue;
		fold->at = (uint16_t)places->at;
		places->at += bytes;
	}
	layout->lanes_n = (places->at - layout->counts_at + lanes_bytes - 1) / lanes_bytes;
	for (unsigned i = 0; i < layout->fold_n; i++) {
		struct cs_fold *fold = &layout->fold[i];
		if (fold->ever || fold->kind != CS_FOLD_SQUARES)
			continue;
		fold->wide_at = (uint16_t)places->at;
		places->at += bytes;
	}
	const uint32_t end = layout->counts_at + layout->lanes_n * lanes_bytes;
	places->at = places->at > end ? places->at : end;
}

static enum cs_error
lay_record(struct cs_profile_layout *layout)
{
	struct places places = {.hole = sizeof(struct cs_profile_record) +
					layout->boundary_n * (uint32_t)sizeof(uint16_t)};
	uint32_t mask = 0;
	lay_counts(layout, &places);
	for (unsigned i = 0; i < layout->fold_n; i++) {
		struct cs_fold *fold = &layout->fold[i];
		mask |= fold->need;
		if (!fold->ever && fold->kind == CS_FOLD_COUNT)
			continue;
		fold->at = place(&places, fold->ever ? sizes[fold->kind].ever : sizes[fold->kind].windowed);
		if (places.at > FOLDS_END_MAX)
			return CS_E_LIMIT;
	}
	layout->value_at = mask >> CS_PROFILE_FILTERS_SMALL ? 2 : 1;
	layout->entry_words = layout->value_at + layout->slot_n;
	layout->few = layout->lanes_n <= 1 && layout->value_at == 1;
	lay_within(layout, places.at);
	return CS_OK;
}

static struct cs_profile_boundary *
boundary_at(struct cs_profile_layout *layout, const struct cs_fold *fold, bool enters)
{
	return &layout->boundary[enters ? fold->to : fold->from];
}

/* Steps of one sort: folds of the kinds FIRST up to LAST that events enter or leave. Gives how many there are at each
 * boundary in a number of them that begins at N. */
static void
add_steps(struct cs_profile_layout *layout, enum cs_fold_kind first, enum cs_fold_kind last, bool enters, size_t n_at)
{
	for (unsigned i = 0; i < layout->fold_n; i++) {
		const struct cs_fold *fold = &layout->fold[i];
		if (fold->ever || fold->kind < first || fold->kind > last)
			continue;
		struct cs_profile_boundary *boundary = boundary_at(layout, fold, enters);
		boundary->step[boundary->step_n++] = (struct cs_profile_step){
			.need = fold->need,
			.at = fold->at,
			.count_at = fold->kind == CS_FOLD_SQUARES ? fold->wide_at : layout->fold[fold->count].at,
			.slot = fold->slot,
			.fold = (uint8_t)i,
			.kind = fold->kind,
			.leaves = !enters};
		++*((uint8_t *)boundary + n_at);
	}
}

/* Counts: a lane each. */
static void
lay_lanes(struct cs_profile_layout *layout)
{
	for (unsigned i = 0; i < layout->fold_n; i++) {
		const struct cs_fold *fold = &layout->fold[i];
		if (fold->ever || fold->kind != CS_FOLD_COUNT)
			continue;
		unsigned nth = (fold->at - layout->counts_at) / (unsigned)sizeof(uint16_t);
		unsigned lanes = nth / CS_PROFILE_LANES, lane = nth % CS_PROFILE_LANES;
		layout->need[0][lanes][lane] = (uint16_t)fold->need;
		layout->need[1][lanes][lane] = (uint16_t)(fold->need >> 16);
		boundary_at(layout, fold, true)->sign[lanes][lane] = 1;
		boundary_at(layout, fold, false)->sign[lanes][lane] = UINT16_MAX;
	}
}

static enum cs_profile_form
form_of(const struct cs_profile_answer *answer)
{
	if (answer->ever)
		return CS_FORM_OTHER;
	switch ((enum cs_profile_kind)answer->kind) {
	case CS_PROFILE_COUNT:
	case CS_PROFILE_DISTINCT:
		return CS_FORM_COUNT;
	case CS_PROFILE_SUM:
		return CS_FORM_SUM;
	case CS_PROFILE_MEAN:
		return CS_FORM_MEAN;
	case CS_PROFILE_SHARE:
		return CS_FORM_SHARE;
	case CS_PROFILE_MIN:
	case CS_PROFILE_MAX:
		return CS_FORM_EXTREME;
	case CS_PROFILE_VARIANCE:
	case CS_PROFILE_LAST:
	case CS_PROFILE_SINCE_LAST:
	case CS_PROFILE_FIRST_SEEN:
	case CS_PROFILE_KIND_N:
		break;
	}
	return CS_FORM_OTHER;
}

/* Answers in order of their form. */
static void
lay_asked(struct cs_profile_layout *layout, enum cs_profile_form form)
{
	for (unsigned i = 0; i < layout->answer_n; i++) {
		const struct cs_profile_answer *answer = &layout->answer[i];
		if (form_of(answer) != form)
			continue;
		layout->asked[answer->current][layout->asked_n[answer->current]++] = (uint8_t)i;
		layout->form_n[answer->current][form]++;
	}
}

/* Now that each fold has its place. */
static void
lay_steps(struct cs_profile_layout *layout)
{
	lay_lanes(layout);
	add_steps(layout, CS_FOLD_SUM, CS_FOLD_SUM, false, offsetof(struct cs_profile_boundary, leave_n));
	add_steps(layout, CS_FOLD_SUM, CS_FOLD_SUM, true, offsetof(struct cs_profile_boundary, enter_n));
	for (unsigned enters = 0; enters < 2; enters++)
		add_steps(layout, CS_FOLD_SQUARES, CS_FOLD_SQUARES, enters,
			  offsetof(struct cs_profile_boundary, square_n));
	for (unsigned enters = 0; enters < 2; enters++)
		add_steps(layout, CS_FOLD_DISTINCT, CS_FOLD_MAX, enters, offsetof(struct cs_profile_boundary, other_n));
	for (unsigned i = 0; i < layout->boundary_n; i++)
		layout->boundary[i].rest = layout->boundary[i].step_n > layout->boundary[i].leave_n;
	for (unsigned i = 0; i < layout->fold_n; i++) {
		struct cs_profile_boundary *now = &layout->boundary[0];
		const struct cs_fold *fold = &layout->fold[i];
		layout->distinct = layout->distinct || fold->kind == CS_FOLD_DISTINCT;
		layout->keeps_last = layout->keeps_last || fold->kind == CS_FOLD_LAST;
		if (!fold->ever || fold->kind == CS_FOLD_LAST)
			continue; /* what is in the log is looked for there */
		now->step[now->step_n++] = (struct cs_profile_step){.need = fold->need, .fold = (uint8_t)i};
		now->ever_n++;
	}
	for (unsigned i = 0; i < layout->answer_n; i++) {
		struct cs_profile_answer *answer = &layout->answer[i];
		answer->count_at = layout->fold[answer->count].at;
		answer->fold_at = layout->fold[answer->kind == CS_PROFILE_COUNT ? answer->count : answer->value].at;
	}
	for (unsigned form = 0; form < CS_FORM_N; form++)
		lay_asked(layout, (enum cs_profile_form)form);
}

static enum cs_error
lay_span(struct cs_profile_layout *layout, unsigned nth, uint64_t *at)
{
	struct cs_profile_span *span = &layout->span[nth];
	for (unsigned i = 0; i < layout->fold_n; i++) {
		struct cs_fold *fold = &layout->fold[i];
		if (fold->ever || fold->span != nth)
			continue;
		span->fold[span->fold_n++] = (uint8_t)i;
		fold->bucket_at = (uint16_t)span->bucket_bytes;
		span->bucket_bytes += sizes[fold->kind].bucket;
	}
	uint64_t held = (span->window_ns + span->delay_ns + layout->plan.lateness_ns) / span->width_ns + 3;
	if (held > CS_PROFILE_BUCKETS_MAX)
		return CS_E_LIMIT;
	span->bucket_n = (uint32_t)held;
	span->state_at = (uint32_t)*at;
	*at += sizeof(struct cs_window_span) + (held + 1) * span->bucket_bytes;
	return CS_OK;
}

static enum cs_error
lay_heavy(struct cs_profile_layout *layout)
{
	uint64_t at = sizeof(struct cs_window_heavy);
	for (unsigned i = 0; i < layout->span_n; i++)
		CS_TRY(lay_span(layout, i, &at));
	for (unsigned i = 0; i < layout->fold_n; i++) {
		struct cs_fold *fold = &layout->fold[i];
		if (fold->kind != CS_FOLD_DISTINCT)
			continue;
		fold->table_at = (uint32_t)at;
		at += cs_distinct_bytes(fold->table_cap);
	}
	if (at > UINT32_MAX / 2)
		return CS_E_LIMIT;
	layout->heavy_bytes = (uint32_t)(at + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
	return CS_OK;
}

static enum cs_error
lay_log(const struct cs_profile_plan *plan, struct cs_profile_layout *layout)
{
	uint64_t unit_bytes = (uint64_t)layout->entry_words * sizeof(uint64_t) * CS_PROFILE_LOG_UNIT;
	while ((uint32_t)CS_PROFILE_LOG_UNIT << layout->log_order_max < plan->log_max)
		layout->log_order_max++;
	uint64_t most = UINT64_C(1) << layout->log_order_max;
	uint64_t units = plan->log_bytes / unit_bytes / most * most;
	if (units == 0)
		return CS_E_RANGE;
	if (units >= UINT32_MAX >> 1)
		return CS_E_LIMIT;
	layout->log_units = (uint32_t)units;
	return CS_OK;
}

enum cs_error
cs_profile_plan_lay(const struct cs_profile_plan *plan, struct cs_profile_layout *layout)
{
	memset(layout, 0, sizeof *layout);
	CS_TRY(check_plan(plan));
	layout->plan = *plan;
	CS_TRY(lay_times(plan, layout));
	for (unsigned kind = 0; kind < CS_FOLD_KIND_N; kind++)
		CS_TRY(lay_folds(plan, layout, kind));
	lay_answers(plan, layout);
	CS_TRY(lay_record(layout));
	lay_steps(layout);
	CS_TRY(lay_heavy(layout));
	return lay_log(plan, layout);
}

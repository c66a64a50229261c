/*
 * Why a rule, limit or list says what it says: its conditions in their own words, with the values they were asked for.
 *
 * The same walk for all of them, and only when something is told. No clear card number can come out: no event holds one,
 * and texts that could be one are masked as they are written.
 */
#include "detect/behave_parts.h"

void
cs_why_begin(struct cs_behave *behave, const char *title, const char *owner)
{
	struct cs_why *why = &behave->why;
	why->title = title ? title : "";
	why->owner = owner ? owner : "";
	why->shadow = why->scored = false;
	why->score = 0;
	why->missing_n = why->n = 0;
	behave->telling.work = NULL;
}

const char *
cs_why_name(struct cs_behave *behave, const char *sort, const char *name)
{
	struct cs_text text = cs_text_over(behave->name, sizeof behave->name);
	cs_text_put(&text, sort);
	cs_text_put_char(&text, '.');
	cs_text_put(&text, name);
	return behave->name;
}

/* --- conditions --- */

/* What is known of the answers of profiles that a side is made of. */
static void
note_bounds(struct cs_because *because, const struct cs_work *work, unsigned load)
{
	const struct cs_load *of = &work->program->load[load];
	if (of->kind != CS_LOAD_AGGREGATE && of->kind != CS_LOAD_AGE && of->kind != CS_LOAD_SPOT_LAST)
		return;
	const struct cs_profile_value *value = &work->value[of->a];
	because->bounded = because->bounded || value->flags & CS_PROFILE_BOUNDED;
	because->at_least = because->at_least || value->flags & CS_PROFILE_AT_LEAST;
	if (!because->window_ns)
		because->window_ns = cs_why_aggregate_of(work, of->a)->window_ns;
}

static void
note_side(struct cs_because *because, const struct cs_work *work, const struct cs_expr *side)
{
	for (unsigned i = 0; i < side->n; i++)
		if (side->step[i].op == CS_EXPR_LOAD)
			note_bounds(because, work, side->step[i].load);
}

static void
put_side(struct cs_text *text, struct cs_work *work, const struct cs_expr *side)
{
	struct cs_ratio value;
	uint64_t overflow_n = work->counts->overflow_n;
	if (side->n == 1 && side->step[0].op == CS_EXPR_LOAD)
		cs_why_load(text, work, side->step[0].load);
	else if (cs_eval_side(work, side, &value))
		cs_why_value(text, (enum cs_value_type)side->type, side->currency, &value);
	work->counts->overflow_n = overflow_n; /* it was counted when it was tested */
}

static void
put_values(struct cs_because *because, struct cs_work *work, const struct cs_test *test)
{
	struct cs_text value = cs_text_over(because->value, sizeof because->value);
	struct cs_text threshold = cs_text_over(because->threshold, sizeof because->threshold);
	if (test->kind == CS_TEST_COMPARE) {
		put_side(&value, work, &test->left);
		put_side(&threshold, work, &test->right);
		note_side(because, work, &test->left);
		note_side(because, work, &test->right);
		return;
	}
	cs_why_load(&value, work, test->load);
	note_bounds(because, work, test->load);
	if (test->kind == CS_TEST_SAME)
		cs_why_load(&threshold, work, test->other);
	if (test->kind == CS_TEST_EQUAL || test->kind == CS_TEST_STARTS) {
		struct cs_span words = {(const uint8_t *)test->text.at, strnlen(test->text.at, sizeof test->text.at)};
		if (test->kind == CS_TEST_EQUAL && work->program->load[test->load].type == CS_VALUE_COUNTRY)
			cs_why_country(&threshold, &test->text);
		else
			cs_text_put_latin1(&threshold, words);
	}
}

static void
add_test(struct cs_why *why, struct cs_work *work, unsigned nth)
{
	unsigned bit = work->plan.bit[nth];
	bool held = work->held[bit / 64] >> bit % 64 & 1, failed = work->failed[bit / 64] >> bit % 64 & 1;
	why->missing_n += !held && !failed;
	if (why->n == CS_BECAUSE_MAX)
		return;
	struct cs_because *because = &why->at[why->n++];
	because->words = work->program->test[nth].words;
	because->held = held;
	because->missing = !held && !failed;
	because->bounded = because->at_least = false;
	because->window_ns = 0; /* the texts are begun anew, not cleared */
	put_values(because, work, &work->program->test[nth]);
}

void
cs_why_logic(struct cs_why *why, struct cs_work *work, const struct cs_logic *logic)
{
	for (unsigned i = 0; logic && i < logic->n; i++)
		if (logic->step[i] < CS_LOGIC_AND)
			add_test(why, work, logic->step[i]);
}

/* --- words --- */

/* As a policy would write it: 30 d, 1 h. */
static void
put_window(struct cs_text *text, uint64_t window_ns)
{
	const uint64_t hour_ns = 3600 * cs_second_ns, day_ns = 24 * hour_ns;
	if (window_ns % hour_ns) {
		cs_text_put_duration(text, window_ns);
		return;
	}
	bool days = window_ns % day_ns == 0 && window_ns > day_ns;
	cs_text_put_u64(text, window_ns / (days ? day_ns : hour_ns));
	cs_text_put(text, days ? " d" : " h");
}

/* "card.cash_1h >= 5: 7 in 1 h" */
void
cs_why_list(struct cs_text *text, const struct cs_why *why, bool held)
{
	const char *between = "";
	for (unsigned i = 0; i < why->n; i++) {
		const struct cs_because *because = &why->at[i];
		if (because->held != held || because->missing)
			continue;
		cs_text_put(text, between);
		cs_text_put(text, held ? "" : "not ");
		cs_text_put(text, because->words);
		if (because->value[0] && strcmp(because->value, held ? "yes" : "no") != 0) {
			cs_text_put(text, ": ");
			cs_text_put(text, because->value);
		}
		if (because->window_ns) {
			cs_text_put(text, " in ");
			put_window(text, because->window_ns);
		}
		between = ", ";
	}
}

bool
cs_why_answer(const struct cs_work *work, struct cs_span name, unsigned *number)
{
	const uint8_t *dot = memchr(name.at, '.', name.len);
	if (!dot)
		return false;
	struct cs_span profile = {name.at, (size_t)(dot - name.at)};
	struct cs_span aggregate = {dot + 1, name.len - profile.len - 1};
	for (unsigned i = 0; i < work->profile_n; i++) {
		const struct cs_profile_clause *clause = &work->clause[i];
		for (unsigned k = 0; cs_span_is(profile, clause->name) && k < clause->aggregate_n; k++) {
			if (!cs_span_is(aggregate, clause->aggregate[k].name))
				continue;
			*number = clause->first + k;
			return true;
		}
	}
	return false;
}

static bool
put_answer(struct cs_text *text, const struct cs_work *work, struct cs_span name)
{
	unsigned number;
	if (!cs_why_answer(work, name, &number))
		return false;
	cs_why_aggregate(text, work, number);
	return true;
}

static bool
put_field(struct cs_text *text, const struct cs_work *work, struct cs_span name)
{
	enum cs_field field = cs_field_by_name(name);
	struct cs_short value;
	for (unsigned i = 0; i < work->policy->extra_n; i++)
		if (work->event->kind == CS_KIND_RECORD && cs_span_is(name, work->policy->extra[i].name))
			field = (enum cs_field)work->policy->extra[i].field;
	if (field == CS_FIELD_N)
		return false;
	if (field == CS_FIELD_COUNTRY && cs_load_text(work->event, field, &value))
		cs_why_country(text, &value);
	else if (cs_event_has(work->event, field))
		cs_event_put(text, work->event, field);
	else
		cs_text_put_char(text, '-');
	return true;
}

void
cs_why_fill(struct cs_text *text, struct cs_work *work, const char *reason)
{
	while (*reason) {
		const char *end = *reason == '{' ? strchr(reason, '}') : NULL;
		if (end) {
			struct cs_span name = {(const uint8_t *)reason + 1, (size_t)(end - reason - 1)};
			if (put_answer(text, work, name) || put_field(text, work, name)) {
				reason = end + 1;
				continue;
			}
		}
		cs_text_put_char(text, *reason++);
	}
}

void
cs_behave_spell(struct cs_behave *behave, struct cs_finding *finding)
{
	const struct cs_telling *telling = &behave->telling;
	if (!telling->work)
		return;
	struct cs_text text = cs_text_over(finding->detail, sizeof finding->detail);
	behave->why.missing_n = behave->why.n = 0;
	cs_why_logic(&behave->why, telling->work, telling->logic);
	if (telling->reason && telling->reason[0])
		cs_why_fill(&text, telling->work, telling->reason);
	else
		cs_why_list(&text, &behave->why, telling->held);
}

void
cs_behave_terse(struct cs_behave *behave, bool terse)
{
	behave->terse = terse;
}

void
cs_why_tell(struct cs_detect *detect, const struct cs_view *view, struct cs_finding *finding)
{
	if (!detect->behave->terse)
		cs_behave_spell(detect->behave, finding);
	cs_explain_add(finding, CS_ROLE_CLAIM, view->event);
	if (view->request != view->event)
		cs_explain_add(finding, CS_ROLE_CLAIM_REQUEST, view->request);
	finding->why = &detect->behave->why;
	cs_explain_tell(detect, finding);
}

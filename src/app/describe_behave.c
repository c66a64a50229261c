/*
 * Behaviour told back: what is kept of whom, whether an event counts itself, what must hold, what is looked for, and what
 * then follows.
 */
#include "app/describe_parts.h"
#include "io/clock.h"
#include "policy/condition.h"

static const char *
field_name(const struct cs_behave_policy *behave, uint8_t field, bool record)
{
	for (unsigned i = 0; record && i < behave->extra_n; i++)
		if (behave->extra[i].field == field)
			return behave->extra[i].name;
	return cs_field_info_of((enum cs_field)field)->name;
}

void
cs_describe_day(struct cs_text *out, uint64_t time_ns)
{
	char at[32];
	struct cs_text when = cs_text_over(at, sizeof at);
	cs_text_put_when(&when, time_ns);
	cs_text_put_span(out, (struct cs_span){(const uint8_t *)at, sizeof "2027-06-30" - 1});
}

void
cs_describe_key(struct cs_text *out, const struct cs_behave_policy *behave, const struct cs_key_clause *by)
{
	if (!by->n)
		cs_text_put(out, "nothing, all together");
	for (unsigned i = 0; i < by->n; i++) {
		cs_text_put(out, i ? " and " : "");
		cs_text_put(out, field_name(behave, by->field[i], by->record));
	}
}

static void
put_of(struct cs_text *out, const struct cs_policy *policy, const struct cs_of *of)
{
	const char *join = "; sees ";
	for (unsigned i = 0; i < policy->link_n; i++) {
		struct cs_selector selector = {(uint16_t)i, of->kinds[i], of->where[i], {0, 0}};
		if (!of->kinds[i])
			continue;
		cs_text_put(out, join);
		cs_describe_selector(out, policy, &selector);
		join = ", ";
	}
}

static void
put_tail(struct cs_text *out, const struct cs_aggregate *made)
{
	if (made->window_ns) {
		cs_text_put(out, " over ");
		cs_describe_time(out, made->window_ns);
	}
	if (made->delay_ns) {
		cs_text_put(out, " up to ");
		cs_describe_time(out, made->delay_ns);
		cs_text_put(out, " ago");
	}
	if (made->where) {
		cs_text_put(out, " where ");
		cs_text_put(out, made->where->text);
	}
	cs_text_put(out, made->current ? "; counts the event itself" : "; without the event itself");
}

void
cs_describe_aggregate(struct cs_text *out, const struct cs_behave_policy *behave, const struct cs_aggregate *made)
{
	static const char *const words[CS_AGGREGATE_KIND_N] = {
		[CS_AGGREGATE_COUNT] = "how many",
		[CS_AGGREGATE_SUM] = "sum of ",
		[CS_AGGREGATE_MEAN] = "mean of ",
		[CS_AGGREGATE_VARIANCE] = "variance of ",
		[CS_AGGREGATE_MIN] = "least ",
		[CS_AGGREGATE_MAX] = "greatest ",
		[CS_AGGREGATE_DISTINCT] = "how many different values of ",
		[CS_AGGREGATE_SHARE] = "share of those where ",
		[CS_AGGREGATE_LAST] = "last ",
		[CS_AGGREGATE_SINCE_LAST] = "time since the last",
		[CS_AGGREGATE_FIRST_SEEN] = "when first seen",
	};
	cs_text_put(out, words[made->kind]);
	if (made->share)
		cs_text_put(out, made->share->text);
	if (made->field != CS_FIELD_N)
		cs_text_put(out, field_name(behave, made->field, made->record));
	if (made->currency) {
		cs_text_put(out, " in ");
		cs_text_put(out, cs_currency_name(made->currency));
	}
	put_tail(out, made);
}

static void
put_memory(struct cs_text *out, uint64_t bytes)
{
	cs_text_put_u64(out, (bytes + (1 << 20) - 1) >> 20);
	cs_text_put(out, " MiB");
}

static void
put_profile(struct cs_text *out, const struct cs_policy *policy, const struct cs_profile_clause *profile)
{
	cs_text_put(out, "kept apart by ");
	cs_describe_key(out, policy->behave, &profile->by);
	put_of(out, policy, &profile->of);
	cs_text_put(out, "; ");
	cs_text_put_u64(out, profile->keys);
	cs_text_put(out, " keys in ");
	put_memory(out, profile->memory_bytes);
	cs_text_put(out, " of logs, exact for ");
	cs_text_put_u64(out, profile->log);
	cs_text_put(out, " events of a key in its windows, in 64 parts of a window for ");
	cs_text_put_u64(out, profile->heavy);
	cs_text_put(out, " busier ones; events late by ");
	cs_describe_time(out, profile->lateness_ns);
	cs_text_put(out, " find their place");
	if (profile->keep_ns) {
		cs_text_put(out, "; idle keys are kept for ");
		cs_describe_time(out, profile->keep_ns);
	}
	cs_text_put(out, ".");
	for (unsigned i = 0; i < profile->aggregate_n; i++) {
		cs_text_put(out, "\n  ");
		cs_text_put(out, profile->aggregate[i].name);
		cs_text_put(out, ": ");
		cs_describe_aggregate(out, policy->behave, &profile->aggregate[i]);
	}
}

void
cs_describe_limit(struct cs_text *out, const struct cs_limit_clause *limit)
{
	cs_text_put(out, "always ");
	cs_text_put(out, limit->holds->text);
	if (limit->where) {
		cs_text_put(out, ", where ");
		cs_text_put(out, limit->where->text);
	}
	cs_text_put(out, "; otherwise ");
	cs_describe_outcome(out, limit->otherwise);
	cs_text_put(out, ".");
}

/* Limits of one block stand together, with the profile they keep for themselves. */
static void
put_limits(struct cs_text *out, const struct cs_policy *policy)
{
	const struct cs_behave_policy *behave = policy->behave;
	for (unsigned i = 0; i < behave->limit_n; i++) {
		const struct cs_limit_clause *limit = &behave->limit[i];
		bool first = i == 0 || strcmp(behave->limit[i - 1].name, limit->name) != 0;
		bool last = i + 1 == behave->limit_n || strcmp(behave->limit[i + 1].name, limit->name) != 0;
		if (first)
			cs_describe_head(out, "limit", limit->name, limit->title);
		else
			cs_text_put(out, "\n  ");
		cs_describe_limit(out, limit);
		for (unsigned k = 0; last && k < behave->limit_profile_n; k++) {
			if (strcmp(behave->limit_profile[k].name, limit->name) != 0)
				continue;
			cs_text_put(out, "\n  ");
			put_profile(out, policy, &behave->limit_profile[k]);
		}
		cs_text_put(out, last ? "\n" : "");
	}
}

static void
put_score(struct cs_text *out, const struct cs_rule_clause *rule)
{
	if (!rule->score)
		return;
	cs_text_put(out, rule->outcomes ? ", score " : "score ");
	cs_text_put(out, rule->score > 0 ? "+" : "");
	cs_text_put_i64(out, rule->score);
}

static void
put_brake(struct cs_text *out, const struct cs_rule_clause *rule)
{
	if (!rule->brake_ns)
		return;
	cs_text_put(out, "; it holds instead while it would block more than ");
	cs_text_put_u64(out, rule->brake_ppm / 10000);
	for (uint32_t rest = rule->brake_ppm % 10000, first = 1; rest; rest = rest * 10 % 10000, first = 0) {
		cs_text_put(out, first ? "." : "");
		cs_text_put_u64(out, rest / 1000);
	}
	cs_text_put(out, "% of what it sees in ");
	cs_describe_time(out, rule->brake_ns);
}

void
cs_describe_rule(struct cs_text *out, const struct cs_policy *policy, const struct cs_rule_clause *rule)
{
	cs_text_put(out, "when ");
	cs_text_put(out, rule->when->text);
	cs_text_put(out, "; then ");
	if (rule->outcomes)
		cs_describe_outcome(out, rule->outcome);
	put_score(out, rule);
	put_brake(out, rule);
	put_of(out, policy, &rule->of);
	cs_text_put(out, rule->live ? "; live" : "; in shadow: it is told, and nothing is done");
	if (rule->owner[0]) {
		cs_text_put(out, "; answered for by ");
		cs_text_put(out, rule->owner);
	}
	cs_text_put(out, ".");
	if (!rule->expires_ns)
		return;
	bool expired = rule->expires_ns <= cs_clock_wall_ns();
	cs_text_put(out, expired ? " It has EXPIRED: it was in force until " : " It is in force until ");
	cs_describe_day(out, rule->expires_ns - 1);
	cs_text_put(out, expired ? ", and does nothing any more." : ".");
}

static void
put_list(struct cs_text *out, const struct cs_behave_policy *behave, const struct cs_list_clause *list)
{
	cs_text_put(out, list->by.n > 1 ? "pairs of " : "");
	cs_describe_key(out, behave, &list->by);
	cs_text_put(out, list->by.n > 1 ? ": " : "s: ");
	cs_text_put_u64(out, list->entry_n);
	cs_text_put(out, list->entry_n == 1 ? " stands in the policy" : " stand in the policy");
	if (list->source) {
		cs_text_put(out, ", more in ");
		cs_text_put(out, list->source);
	}
	cs_text_put(out, list->acts ? "; on it is to " : "; it acts through rules only");
	if (list->acts)
		cs_text_put(out, cs_verdict_name(list->verdict));
	if (list->acts)
		cs_text_put(out, list->hard ? ", whatever rules say" : ", unless a hard list allows");
	cs_text_put(out, ".");
}

static void
put_clock(struct cs_text *out, unsigned minutes)
{
	cs_text_put_padded(out, minutes / 60, 2);
	cs_text_put_char(out, ':');
	cs_text_put_padded(out, minutes % 60, 2);
}

static void
put_calendar(struct cs_text *out, const struct cs_calendar_clause *calendar)
{
	static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					   "Friday", "Saturday", "Sunday"};
	const char *join = "weekends are ";
	for (unsigned i = 0; i < sizeof days / sizeof days[0]; i++) {
		if (!(calendar->weekend >> i & 1))
			continue;
		cs_text_put(out, join);
		cs_text_put(out, days[i]);
		join = ", ";
	}
	if (calendar->night) {
		cs_text_put(out, calendar->weekend ? "; " : "");
		cs_text_put(out, "night is from ");
		put_clock(out, calendar->night_from);
		cs_text_put(out, " to ");
		put_clock(out, calendar->night_to);
	}
	cs_text_put(out, calendar->weekend || calendar->night ? "; " : "");
	cs_text_put_u64(out, calendar->holiday_n);
	cs_text_put(out, calendar->holiday_n == 1 ? " holiday" : " holidays");
	cs_text_put(out,
		    calendar->by_local_time ? "; by the terminal's own time, where it is told" : "; by the time of ");
	if (!calendar->by_local_time) {
		int32_t zone = calendar->zone_minutes;
		cs_text_put(out, zone == 0 ? "UTC" : zone > 0 ? "UTC +" : "UTC -");
		if (zone)
			put_clock(out, (unsigned)(zone > 0 ? zone : -zone));
	}
	cs_text_put(out, ".");
}

static void
put_thresholds(struct cs_text *out, const struct cs_behave_policy *behave)
{
	if (behave->hold_at) {
		cs_text_put(out, "hold at ");
		cs_text_put_i64(out, behave->hold_at);
	}
	if (behave->block_at) {
		cs_text_put(out, behave->hold_at ? ", block at " : "block at ");
		cs_text_put_i64(out, behave->block_at);
	}
	cs_text_put(out, ": the scores of the live rules that fire are added up.");
}

static void
put_money(struct cs_text *out, const struct cs_behave_policy *behave)
{
	cs_text_put(out, "added up and compared in ");
	cs_text_put(out, cs_currency_name(behave->home_currency));
	for (unsigned i = 0; i < behave->rate_n; i++) {
		cs_text_put(out, i ? ", " : "; by rates of its own from ");
		cs_text_put(out, cs_currency_name(behave->rate[i].currency));
	}
	cs_text_put(out, "; what has no rate, and is not billed in it, is missing.");
}

void
cs_describe_behave(struct cs_text *out, const struct cs_policy *policy)
{
	const struct cs_behave_policy *behave = policy->behave;
	put_limits(out, policy);
	for (unsigned i = 0; i < behave->profile_n; i++) {
		cs_describe_head(out, "profile", behave->profile[i].name, behave->profile[i].title);
		put_profile(out, policy, &behave->profile[i]);
		cs_text_put(out, "\n");
	}
	for (unsigned i = 0; i < behave->rule_n; i++) {
		cs_describe_head(out, "rule", behave->rule[i].name, behave->rule[i].title);
		cs_describe_rule(out, policy, &behave->rule[i]);
		cs_text_put(out, "\n");
	}
	for (unsigned i = 0; i < behave->list_n; i++) {
		cs_describe_head(out, "list", behave->list[i].name, behave->list[i].title);
		put_list(out, behave, &behave->list[i]);
		cs_text_put(out, "\n");
	}
	for (unsigned i = 0; i < behave->calendar_n; i++) {
		cs_describe_head(out, "calendar", behave->calendar[i].name, "");
		put_calendar(out, &behave->calendar[i]);
		cs_text_put(out, "\n");
	}
	if (behave->scores) {
		cs_describe_head(out, "score", "of all rules", "");
		put_thresholds(out, behave);
		cs_text_put(out, "\n");
	}
	if (!behave->home_currency)
		return;
	cs_describe_head(out, "money", cs_currency_name(behave->home_currency), "");
	put_money(out, behave);
	cs_text_put(out, "\n");
}

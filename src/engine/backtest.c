/*
 * Counting decisions. Money that would have been held is that of events on which a rule said hold or block, live or in
 * shadow, or a limit was passed; in the policy's home currency, by its own rates.
 *
 * Leaves the writing down to backtest_put.c.
 */
#include "engine/backtest.h"

enum { WORD_BITS = 64 };

static bool
convert(const struct cs_behave_policy *behave, struct cs_money money, __int128_t *out)
{
	uint16_t currency = cs_money_currency(money);
	*out = cs_money_minor(money);
	if (currency == behave->home_currency || !behave->home_currency)
		return true;
	for (unsigned i = 0; i < behave->rate_n; i++) {
		const struct cs_rate *rate = &behave->rate[i];
		if (rate->currency != currency || __builtin_mul_overflow(*out, rate->rate.num, out))
			continue;
		*out /= (__int128_t)rate->rate.den;
		return true;
	}
	return false;
}

/* What an event is worth in the home currency; false when nobody can say. */
static bool
worth_of(const struct cs_policy *policy, const struct cs_event *event, __int128_t *out)
{
	static const enum cs_field fields[] = {CS_FIELD_AMOUNT, CS_FIELD_BILLING};
	bool some = false;
	*out = 0;
	for (unsigned i = 0; i < 2; i++) {
		if (!cs_event_has(event, fields[i]))
			continue;
		some = true;
		if (convert(policy->behave, cs_event_money(event, fields[i]), out))
			return true;
	}
	*out = 0;
	return !some;
}

static void
count(struct cs_backtest_item *item, enum cs_label label, bool holds, __int128_t worth)
{
	item->fired_n++;
	item->fraud_n += label == CS_LABEL_FRAUD;
	item->innocent_n += label == CS_LABEL_INNOCENT;
	if (holds)
		item->held += worth;
}

static bool
holds(enum cs_verdict verdict)
{
	return verdict != CS_VERDICT_ALLOW;
}

/* Whether anything was said at all: mostly nothing is. */
static bool
says_nothing(const struct cs_decision *decision)
{
	uint64_t some = decision->passed;
	for (unsigned i = 0; i < CS_RULES_MAX / WORD_BITS; i++)
		some |= decision->fired[i];
	return !some && !holds(decision->verdict);
}

static bool
fired(const struct cs_decision *decision, unsigned rule)
{
	return decision->fired[rule / WORD_BITS] >> rule % WORD_BITS & 1;
}

static void
count_overlaps(struct cs_backtest *backtest, const struct cs_decision *decision)
{
	unsigned some[CS_RULES_MAX], n = 0;
	for (unsigned i = 0; i < backtest->policy->behave->rule_n; i++)
		if (fired(decision, i))
			some[n++] = i;
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = i + 1; j < n; j++)
			backtest->overlap[some[i]][some[j]]++;
}

static void
count_said(struct cs_backtest *backtest, const struct cs_decision *decision, enum cs_label label)
{
	const struct cs_behave_policy *behave = backtest->policy->behave;
	__int128_t worth = 0;
	backtest->unconverted_n += !worth_of(backtest->policy, decision->event, &worth);
	for (unsigned i = 0; i < behave->rule_n; i++)
		if (fired(decision, i))
			count(&backtest->rule[i], label,
			      behave->rule[i].outcomes && holds(behave->rule[i].outcome.verdict), worth);
	for (unsigned i = 0; i < behave->limit_n; i++)
		if (decision->passed >> i & 1)
			count(&backtest->limit[i], label, holds(behave->limit[i].otherwise.verdict), worth);
	if (holds(decision->verdict))
		count(&backtest->all, label, true, worth);
	count_overlaps(backtest, decision);
}

static void
count_day(struct cs_backtest *backtest, const struct cs_event *event)
{
	uint64_t time_ns = event->origin.time_ns;
	if (!backtest->first_ns || time_ns < backtest->first_ns)
		backtest->first_ns = time_ns;
	if (time_ns > backtest->last_ns)
		backtest->last_ns = time_ns;
}

unsigned
cs_backtest_line(const struct cs_backtest *backtest, unsigned i, unsigned nth)
{
	enum { SCORE_MAX = 1000 };
	int line = backtest->policy->screen[i].line + ((int)nth - CS_BACKTEST_LINES / 2) * CS_BACKTEST_LINE_STEP;
	return line > 0 && line < SCORE_MAX ? (unsigned)line : 0;
}

void
cs_backtest_look(struct cs_backtest *backtest, const struct cs_sentry_look *look, enum cs_label label)
{
	struct cs_backtest_screen *screen = &backtest->screen[look->screen];
	count_day(backtest, look->event);
	screen->row_n++;
	screen->fraud_n += label == CS_LABEL_FRAUD;
	screen->short_n += !look->whole;
	for (unsigned i = 0; i < CS_BACKTEST_LINES; i++) {
		unsigned line = cs_backtest_line(backtest, look->screen, i);
		if (line && look->best >= line)
			count(&screen->at[i], label, false, 0);
	}
}

void
cs_backtest_take(struct cs_backtest *backtest, const struct cs_decision *decision, enum cs_label label)
{
	backtest->event_n++;
	backtest->fraud_n += label == CS_LABEL_FRAUD;
	backtest->unlabelled_n += label == CS_LABEL_NONE;
	count_day(backtest, decision->event);
	if (!says_nothing(decision))
		count_said(backtest, decision, label);
}

void
cs_backtest_versus_begin(struct cs_backtest_versus *versus, const struct cs_policy *policy,
			 const struct cs_policy *other)
{
	versus->policy = policy;
	versus->other = other;
	for (unsigned i = 0; i < policy->behave->rule_n; i++) {
		unsigned j = 0;
		while (j < other->behave->rule_n &&
		       strcmp(policy->behave->rule[i].name, other->behave->rule[j].name) != 0)
			j++;
		versus->other_rule[i] = (uint16_t)(j < other->behave->rule_n ? j : CS_RULES_MAX);
	}
}

void
cs_backtest_versus_take(struct cs_backtest_versus *versus, const struct cs_decision *decision,
			const struct cs_decision *other, enum cs_label label)
{
	enum cs_verdict here = decision ? decision->verdict : CS_VERDICT_ALLOW;
	enum cs_verdict there = other ? other->verdict : CS_VERDICT_ALLOW;
	versus->verdict_n[here][there]++;
	versus->fraud_n[here][there] += label == CS_LABEL_FRAUD;
	if ((!decision || says_nothing(decision)) && (!other || says_nothing(other)))
		return;
	for (unsigned i = 0; i < versus->policy->behave->rule_n; i++) {
		unsigned j = versus->other_rule[i];
		bool a = decision && fired(decision, i);
		bool b = other && j < CS_RULES_MAX && fired(other, j);
		versus->rule[i].here_n += a && !b;
		versus->rule[i].both_n += a && b;
		versus->rule[i].there_n += !a && b;
	}
}

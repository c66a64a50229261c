/*
 * A backtest for people and for programs. Shares are counted in millionths and rounded down: a rule is never better than
 * it is said to be.
 */
#include "engine/backtest.h"

#include "engine/columns.h"

enum { NAME_WIDTH = 24, COLUMN = 12, MONEY_WIDTH = 20, MILLION = 1000000, PERCENT = 10000, TENTH = 100000 };

static const uint64_t day_ns = UINT64_C(86400) * 1000000000;

/* PART of ALL in millionths. */
static uint64_t
share(uint64_t part, uint64_t all)
{
	return all ? (uint64_t)((__uint128_t)part * MILLION / all) : 0;
}

static void
pad_percent(struct cs_text *text, uint64_t part, uint64_t all)
{
	char at[32];
	struct cs_text percent = cs_text_over(at, sizeof at);
	uint64_t hundredths = share(part, all) / (MILLION / PERCENT);
	if (all) {
		cs_text_put_u64(&percent, hundredths / 100);
		cs_text_put_char(&percent, '.');
		cs_text_put_padded(&percent, hundredths % 100, 2);
		cs_text_put(&percent, " %");
	} else {
		cs_text_put(&percent, "-");
	}
	cs_columns_left(text, at, COLUMN);
}

/* N a day, in millionths; what lasted less than a day counts as one. */
static uint64_t
per_day(const struct cs_backtest *backtest, uint64_t n)
{
	uint64_t span_ns = backtest->last_ns - backtest->first_ns;
	return (uint64_t)((__uint128_t)n * MILLION * day_ns / (span_ns > day_ns ? span_ns : day_ns));
}

static void
pad_tenths(struct cs_text *text, uint64_t millionths, unsigned width)
{
	char at[32];
	struct cs_text tenths = cs_text_over(at, sizeof at);
	cs_columns_count(&tenths, millionths / MILLION);
	cs_text_put_char(&tenths, '.');
	cs_text_put_u64(&tenths, millionths % MILLION / TENTH);
	cs_columns_left(text, at, width);
}

/* Money in major units; more than fits an amount is said as such. */
static void
put_held(struct cs_text *text, const struct cs_backtest *backtest, __int128_t held)
{
	if (held > INT64_MAX || held < INT64_MIN)
		cs_text_put(text, "more than fits");
	else
		cs_money_put(text, cs_money_of((int64_t)held, backtest->policy->behave->home_currency));
}

/* FRAUD_N: that there are. */
static void
put_figures(struct cs_text *text, const struct cs_backtest *backtest, const struct cs_backtest_item *item,
	    uint64_t fraud_n)
{
	cs_columns_left_count(text, item->fired_n, COLUMN);
	cs_columns_left_count(text, item->fraud_n, COLUMN);
	cs_columns_left_count(text, item->innocent_n, COLUMN);
	pad_percent(text, item->fraud_n, item->fraud_n + item->innocent_n);
	pad_percent(text, item->fraud_n, fraud_n);
	pad_tenths(text, per_day(backtest, item->fired_n), COLUMN);
}

static void
put_item(struct cs_text *text, const struct cs_backtest *backtest, const struct cs_backtest_item *item)
{
	char at[64];
	struct cs_text held = cs_text_over(at, sizeof at);
	put_figures(text, backtest, item, backtest->fraud_n);
	put_held(&held, backtest, item->held);
	cs_columns_left(text, at, MONEY_WIDTH);
	cs_text_put(text, "\n");
}

static void
put_overview(struct cs_text *text, const struct cs_backtest *backtest)
{
	cs_text_put(text, backtest->policy->path);
	cs_text_put(text, ": ");
	cs_columns_count(text, backtest->event_n);
	cs_text_put(text, " events");
	if (backtest->event_n) {
		cs_text_put(text, " from ");
		cs_text_put_when(text, backtest->first_ns);
		cs_text_put(text, " to ");
		cs_text_put_when(text, backtest->last_ns);
	}
	cs_text_put(text, "; fraud: ");
	cs_columns_count(text, backtest->fraud_n);
	cs_text_put(text, "; without a label: ");
	cs_columns_count(text, backtest->unlabelled_n);
	cs_text_put(text, "\n");
	if (backtest->unconverted_n) {
		cs_columns_count(text, backtest->unconverted_n);
		cs_text_put(text,
			    " amounts are in a currency the policy has no rate for, and are not in `money held`\n");
	}
}

static void
put_name(struct cs_text *text, const char *name, const char *mode)
{
	char at[CS_SHORT_BYTES * 8];
	struct cs_text whole = cs_text_over(at, sizeof at);
	cs_text_put(&whole, name);
	cs_text_put(&whole, mode);
	cs_text_put(text, "  ");
	cs_columns_right(text, at, NAME_WIDTH);
}

static void
put_overlaps(struct cs_text *text, const struct cs_backtest *backtest)
{
	const struct cs_behave_policy *behave = backtest->policy->behave;
	bool some = false;
	for (unsigned i = 0; i < behave->rule_n; i++)
		for (unsigned j = i + 1; j < behave->rule_n; j++) {
			if (!backtest->overlap[i][j])
				continue;
			cs_text_put(text, some ? "" : "\nFired both\n");
			some = true;
			put_name(text, behave->rule[i].name, "");
			cs_columns_right(text, behave->rule[j].name, NAME_WIDTH);
			cs_columns_left_count(text, backtest->overlap[i][j], COLUMN);
			cs_text_put(text, "\n");
		}
}

static void
put_heads(struct cs_text *text, const char *name, const char *first)
{
	static const char *const heads[] = {"frauds", "innocent", "precision", "recall", "a day"};
	cs_text_put(text, "\n  ");
	cs_columns_right(text, name, NAME_WIDTH);
	cs_columns_left(text, first, COLUMN);
	for (unsigned i = 0; i < sizeof heads / sizeof heads[0]; i++)
		cs_columns_left(text, heads[i], COLUMN);
}

/* "  sanctions at 550          12 ...": a line of the table for each line that it is tried at. */
static void
put_screen(struct cs_text *text, const struct cs_backtest *backtest, unsigned i)
{
	const struct cs_screen_clause *clause = &backtest->policy->screen[i];
	const struct cs_backtest_screen *screen = &backtest->screen[i];
	cs_text_put(text, i ? "\nScreen " : "Screen ");
	cs_text_put(text, clause->name);
	cs_text_put(text, " of ");
	cs_text_put(text, backtest->policy->path);
	cs_text_put(text, ": ");
	cs_columns_count(text, screen->row_n);
	cs_text_put(text, screen->row_n == 1 ? " row or message held against lists as they are now; "
					     : " rows and messages held against lists as they are now; ");
	cs_text_put(text, "what is decided is left out; fraud: ");
	cs_columns_count(text, screen->fraud_n);
	cs_text_put(text, "; not searched whole: ");
	cs_columns_count(text, screen->short_n);
	cs_text_put(text, "\n");
	put_heads(text, "at the line", "named");
	cs_text_put(text, "\n");
	for (unsigned k = 0; k < CS_BACKTEST_LINES; k++) {
		char at[32];
		struct cs_text line = cs_text_over(at, sizeof at);
		unsigned score = cs_backtest_line(backtest, i, k);
		if (!score)
			continue;
		cs_text_put_u64(&line, score);
		put_name(text, at, score == clause->line ? ", as the policy says" : "");
		put_figures(text, backtest, &screen->at[k], screen->fraud_n);
		cs_text_put(text, "\n");
	}
}

static void
put_screens(struct cs_text *text, const struct cs_backtest *backtest)
{
	for (unsigned i = 0; i < backtest->policy->screen_n; i++)
		put_screen(text, backtest, i);
}

void
cs_backtest_put(struct cs_text *text, const struct cs_backtest *backtest)
{
	const struct cs_behave_policy *behave = backtest->policy->behave;
	if (backtest->screened)
		put_screens(text, backtest);
	if (!behave || !(behave->rule_n + behave->limit_n))
		return;
	cs_text_put(text, backtest->screened ? "\n" : "");
	put_overview(text, backtest);
	put_heads(text, "", "fired");
	cs_columns_left(text, "money held", MONEY_WIDTH);
	cs_text_put(text, "\n");
	for (unsigned i = 0; i < behave->rule_n; i++) {
		put_name(text, behave->rule[i].name, behave->rule[i].live ? "" : " (shadow)");
		put_item(text, backtest, &backtest->rule[i]);
	}
	for (unsigned i = 0; i < behave->limit_n; i++) {
		put_name(text, behave->limit[i].name, " (limit)");
		put_item(text, backtest, &backtest->limit[i]);
	}
	put_name(text, "hold or block, in all", "");
	put_item(text, backtest, &backtest->all);
	put_overlaps(text, backtest);
}

void
cs_backtest_versus_put(struct cs_text *text, const struct cs_backtest_versus *versus)
{
	const struct cs_behave_policy *behave = versus->policy->behave;
	cs_text_put(text, "\nRules of both      ");
	cs_columns_left(text, "only here", 2 * COLUMN);
	cs_columns_left(text, "both", COLUMN);
	cs_columns_left(text, "only there", COLUMN);
	cs_text_put(text, "\n");
	for (unsigned i = 0; i < behave->rule_n; i++) {
		if (versus->other_rule[i] == CS_RULES_MAX)
			continue;
		put_name(text, behave->rule[i].name, "");
		cs_columns_left_count(text, versus->rule[i].here_n, COLUMN + 5);
		cs_columns_left_count(text, versus->rule[i].both_n, COLUMN);
		cs_columns_left_count(text, versus->rule[i].there_n, COLUMN);
		cs_text_put(text, "\n");
	}
	cs_text_put(text, "\nEvents that are judged otherwise\n");
	for (unsigned here = 0; here < CS_VERDICT_N; here++)
		for (unsigned there = 0; there < CS_VERDICT_N; there++) {
			if (here == there || !versus->verdict_n[here][there])
				continue;
			cs_text_put(text, "  ");
			cs_columns_count(text, versus->verdict_n[here][there]);
			cs_text_put(text, ": ");
			cs_text_put(text, cs_verdict_name((enum cs_verdict)there));
			cs_text_put(text, " there, ");
			cs_text_put(text, cs_verdict_name((enum cs_verdict)here));
			cs_text_put(text, " here; fraud: ");
			cs_columns_count(text, versus->fraud_n[here][there]);
			cs_text_put(text, "\n");
		}
}

/* --- for programs --- */

static void
put_ratio(struct cs_json *json, const char *key, uint64_t part, uint64_t all)
{
	cs_json_key(json, key);
	if (all)
		cs_json_millionths(json, share(part, all));
	else
		cs_json_null(json);
}

/* FRAUD_N: that there are. */
static void
json_figures(struct cs_json *json, const struct cs_backtest *backtest, const struct cs_backtest_item *item,
	     uint64_t fraud_n)
{
	cs_json_put_u64(json, "true_positives", item->fraud_n);
	cs_json_put_u64(json, "false_positives", item->innocent_n);
	cs_json_put_u64(json, "unlabelled", item->fired_n - item->fraud_n - item->innocent_n);
	put_ratio(json, "precision", item->fraud_n, item->fraud_n + item->innocent_n);
	put_ratio(json, "recall", item->fraud_n, fraud_n);
	cs_json_key(json, "alerts_per_day");
	cs_json_millionths(json, per_day(backtest, item->fired_n));
}

static void
json_item(struct cs_json *json, const struct cs_backtest *backtest, const struct cs_backtest_item *item)
{
	char at[64];
	struct cs_text held = cs_text_over(at, sizeof at);
	put_held(&held, backtest, item->held);
	cs_json_put_u64(json, "fired", item->fired_n);
	json_figures(json, backtest, item, backtest->fraud_n);
	cs_json_put_text(json, "held", at);
}

static void
json_screen(struct cs_json *json, const struct cs_backtest *backtest, unsigned i)
{
	const struct cs_backtest_screen *screen = &backtest->screen[i];
	cs_json_object(json);
	cs_json_put_text(json, "name", backtest->policy->screen[i].name);
	cs_json_put_u64(json, "line", backtest->policy->screen[i].line);
	cs_json_put_u64(json, "rows", screen->row_n);
	cs_json_put_u64(json, "fraud", screen->fraud_n);
	cs_json_put_u64(json, "not_searched_whole", screen->short_n);
	cs_json_key(json, "at");
	cs_json_array(json);
	for (unsigned k = 0; k < CS_BACKTEST_LINES; k++) {
		if (!cs_backtest_line(backtest, i, k))
			continue;
		cs_json_object(json);
		cs_json_put_u64(json, "line", cs_backtest_line(backtest, i, k));
		cs_json_put_u64(json, "named", screen->at[k].fired_n);
		json_figures(json, backtest, &screen->at[k], screen->fraud_n);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
	cs_json_end_object(json);
}

static void
json_screens(struct cs_json *json, const struct cs_backtest *backtest)
{
	cs_json_key(json, "screens");
	cs_json_array(json);
	for (unsigned i = 0; i < backtest->policy->screen_n; i++)
		json_screen(json, backtest, i);
	cs_json_end_array(json);
}

static void
json_rule(struct cs_json *json, const struct cs_backtest *backtest, unsigned i)
{
	const struct cs_behave_policy *behave = backtest->policy->behave;
	cs_json_object(json);
	cs_json_put_text(json, "name", behave->rule[i].name);
	cs_json_put_text(json, "owner", behave->rule[i].owner);
	cs_json_put_text(json, "mode", behave->rule[i].live ? "live" : "shadow");
	json_item(json, backtest, &backtest->rule[i]);
	cs_json_key(json, "overlap");
	cs_json_object(json);
	for (unsigned j = 0; j < behave->rule_n; j++) {
		uint32_t n = j == i ? 0 : backtest->overlap[i < j ? i : j][i < j ? j : i];
		if (n)
			cs_json_put_u64(json, behave->rule[j].name, n);
	}
	cs_json_end_object(json);
	cs_json_end_object(json);
}

void
cs_backtest_json(struct cs_json *json, const struct cs_backtest *backtest)
{
	const struct cs_behave_policy *behave = backtest->policy->behave;
	cs_json_put_text(json, "policy", backtest->policy->path);
	cs_json_put_u64(json, "events", backtest->event_n);
	if (backtest->event_n) {
		cs_json_put_time(json, "from", backtest->first_ns);
		cs_json_put_time(json, "to", backtest->last_ns);
	}
	cs_json_put_u64(json, "fraud", backtest->fraud_n);
	cs_json_put_u64(json, "unlabelled", backtest->unlabelled_n);
	cs_json_put_u64(json, "unconverted", backtest->unconverted_n);
	if (backtest->screened)
		json_screens(json, backtest);
	if (!behave)
		return;
	cs_json_key(json, "rules");
	cs_json_array(json);
	for (unsigned i = 0; i < behave->rule_n; i++)
		json_rule(json, backtest, i);
	cs_json_end_array(json);
	cs_json_key(json, "limits");
	cs_json_array(json);
	for (unsigned i = 0; i < behave->limit_n; i++) {
		cs_json_object(json);
		cs_json_put_text(json, "name", behave->limit[i].name);
		json_item(json, backtest, &backtest->limit[i]);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
	cs_json_key(json, "all");
	cs_json_object(json);
	json_item(json, backtest, &backtest->all);
	cs_json_end_object(json);
}

void
cs_backtest_versus_json(struct cs_json *json, const struct cs_backtest_versus *versus)
{
	const struct cs_behave_policy *behave = versus->policy->behave;
	cs_json_key(json, "rules_of_both");
	cs_json_array(json);
	for (unsigned i = 0; i < behave->rule_n; i++) {
		if (versus->other_rule[i] == CS_RULES_MAX)
			continue;
		cs_json_object(json);
		cs_json_put_text(json, "name", behave->rule[i].name);
		cs_json_put_u64(json, "only_here", versus->rule[i].here_n);
		cs_json_put_u64(json, "both", versus->rule[i].both_n);
		cs_json_put_u64(json, "only_there", versus->rule[i].there_n);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
	cs_json_key(json, "verdicts");
	cs_json_array(json);
	for (unsigned i = 0; i < CS_VERDICT_N * CS_VERDICT_N; i++) {
		unsigned here = i / CS_VERDICT_N, there = i % CS_VERDICT_N;
		if (!versus->verdict_n[here][there])
			continue;
		cs_json_object(json);
		cs_json_put_text(json, "here", cs_verdict_name((enum cs_verdict)here));
		cs_json_put_text(json, "there", cs_verdict_name((enum cs_verdict)there));
		cs_json_put_u64(json, "events", versus->verdict_n[here][there]);
		cs_json_put_u64(json, "fraud", versus->fraud_n[here][there]);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

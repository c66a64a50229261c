/*
 * What was paid: by flow and currency, by type, country and counterparty against the days before, what was large, what was new.
 */
#include "app/report_html.h"

enum { MUCH = 50, COMBINED_MOST = 15 };

/* ---- cells ---- */

static void
put_flow_name(struct cs_text *text, const struct cs_report_flow *flow)
{
	char at[4 * CS_REPORT_NAME_BYTES];
	struct cs_text plain = cs_text_over(at, sizeof at);
	cs_report_put_flow(&plain, flow);
	cs_report_put_escaped(text, at);
}

static void
put_currency(struct cs_text *text, uint16_t currency)
{
	cs_html_open(text, NULL);
	cs_report_put_currency(text, currency);
	cs_text_put(text, "</td>");
}

/* How much more or less than usual; marked where it is much. */
static void
put_change(struct cs_text *text, const struct cs_report_group *group, uint32_t days)
{
	int change = 0;
	bool known = cs_report_change(group->day.minor, group->history.minor, days, &change);
	cs_html_open(text, known && (change >= MUCH || change <= -MUCH) ? "n more" : "n");
	if (known && change > 0)
		cs_text_put_char(text, '+');
	if (known) {
		cs_text_put_i64(text, change);
		cs_text_put(text, " %");
	} else if (days) {
		cs_text_put(text, group->history.n ? "much more" : "new");
	} else {
		cs_text_put_char(text, '-');
	}
	cs_text_put(text, "</td>");
}

/* Count, its average, value, its average, the change and the largest: what each table of groups ends with. */
static void
put_figures(struct cs_text *text, const struct cs_report_group *group, uint32_t days)
{
	cs_html_count(text, group->day.n);
	cs_html_open(text, "n");
	if (days)
		cs_report_put_tenths(text, group->history.n, days);
	cs_text_put(text, "</td>");
	cs_html_minor(text, group->day.minor, group->key.currency);
	cs_html_open(text, "n");
	if (days)
		cs_report_put_minor(text, cs_report_mean(group->history.minor, days), group->key.currency, ',');
	cs_text_put(text, "</td>");
	put_change(text, group, days);
	cs_html_open(text, "n");
	if (group->day.n)
		cs_report_put_minor(text, group->most, group->key.currency, ',');
	cs_text_put(text, "</td></tr>\n");
}

#define FIGURES "#Count|#usual|#Value|#usual|#change|#Largest"

/* What a group is called; what was not told has a name, too. */
static void
put_name(struct cs_text *text, const struct cs_report_row *row, const struct cs_short *value)
{
	if (row->sum.key.others) {
		cs_html_open(text, "rest");
		cs_report_put_count(text, row->folded);
		cs_text_put(text, " others</td>");
	} else if (value->at[0]) {
		cs_html_short(text, value);
	} else {
		cs_html_open(text, "rest");
		cs_text_put(text, "not told</td>");
	}
}

/* ---- activity ---- */

void
cs_html_activity(struct cs_text *text, const struct cs_report *report)
{
	bool some = false;
	cs_text_put(
		text,
		"<h2>Activity</h2>\n<p class=\"small\">\"Usual\" is the average of the days before on which the same "
		"record had a row, rounded.</p>\n");
	for (uint32_t i = 0; i < report->flow_n; i++) {
		struct cs_report_rows rows;
		struct cs_report_rows_wish wish = {.flow = i, .dim = CS_REPORT_CURRENCY, .absent = true};
		if (report->flow[i].card || !cs_html_rows(text, report, wish, &rows))
			continue;
		if (!some)
			cs_html_heads(text, NULL, "Record|Currency|" FIGURES);
		some = true;
		for (uint32_t k = 0; k < rows.n; k++) {
			cs_text_put(text, "<tr>");
			cs_html_open(text, NULL);
			put_flow_name(text, &report->flow[i]);
			cs_text_put(text, "</td>");
			put_currency(text, rows.at[k].sum.key.currency);
			put_figures(text, &rows.at[k].sum, report->flow[i].active_n);
		}
		cs_report_rows_fini(&rows);
	}
	cs_text_put(text, some ? "</tbody></table>\n"
			       : "<p>No row of a record was seen, that day or in the days before.</p>\n");
}

/* ---- by type, country, counterparty ---- */

/* Whether all there is to tell is that it was not told. */
static bool
tells_nothing(const struct cs_report_rows *rows)
{
	for (uint32_t i = 0; i < rows->n; i++)
		if (rows->at[i].sum.key.at[0].at[0])
			return false;
	return true;
}

static void
put_table(struct cs_text *text, const struct cs_report *report, struct cs_report_rows_wish wish, const char *names)
{
	struct cs_report_rows rows;
	if (!cs_html_rows(text, report, wish, &rows))
		return;
	if (rows.n && !tells_nothing(&rows)) {
		cs_html_heads(text, NULL, names);
		for (uint32_t i = 0; i < rows.n; i++) {
			cs_text_put(text, "<tr>");
			put_name(text, &rows.at[i], &rows.at[i].sum.key.at[0]);
			put_currency(text, rows.at[i].sum.key.currency);
			put_figures(text, &rows.at[i].sum, report->flow[wish.flow].active_n);
		}
		cs_text_put(text, "</tbody></table>\n");
	}
	cs_report_rows_fini(&rows);
}

static void
put_pictures(struct cs_text *text, const struct cs_report *report, unsigned nth)
{
	struct cs_report_rows hours, partners;
	struct cs_report_rows_wish by_hour = {.flow = nth, .dim = CS_REPORT_HOUR, .most = 24, .absent = true};
	struct cs_report_rows_wish by_partner = {.flow = nth, .dim = CS_REPORT_COUNTERPARTY};
	if (!cs_html_rows(text, report, by_hour, &hours))
		return;
	cs_text_put(text, "<div class=\"pair\">\n");
	cs_svg_hours(text, &hours, report->flow[nth].active_n);
	cs_report_rows_fini(&hours);
	if (cs_html_rows(text, report, by_partner, &partners)) {
		if (!tells_nothing(&partners))
			cs_svg_partners(text, &partners, report->flow[nth].active_n);
		cs_report_rows_fini(&partners);
	}
	cs_text_put(text, "</div>\n<p class=\"small key\"><i></i>that day &#160; <i class=\"usual\"></i>usual</p>\n");
}

void
cs_html_details(struct cs_text *text, const struct cs_report *report)
{
	for (uint32_t i = 0; i < report->flow_n; i++) {
		const struct cs_report_flow *flow = &report->flow[i];
		if (flow->card || flow->day_n == flow->bare_n)
			continue;
		cs_text_put(text, "<h3>");
		put_flow_name(text, flow);
		cs_text_put(text, "</h3>\n");
		put_pictures(text, report, i);
		put_table(text, report, (struct cs_report_rows_wish){.flow = i, .dim = CS_REPORT_TYPE, .absent = true},
			  "Type|Currency|" FIGURES);
		put_table(text, report, (struct cs_report_rows_wish){.flow = i, .dim = CS_REPORT_COUNTRY},
			  "Country|Currency|" FIGURES);
		put_table(text, report, (struct cs_report_rows_wish){.flow = i, .dim = CS_REPORT_COUNTERPARTY},
			  "Counterparty|Currency|" FIGURES);
	}
}

/* ---- what was large, what was new ---- */

static void
put_payment(struct cs_text *text, const struct cs_report *report, const struct cs_report_top *top, uint32_t nth)
{
	const struct cs_report_payment *it = &top->at[nth];
	struct cs_short country = {{it->country[0], it->country[1]}};
	cs_text_put(text, "<tr>");
	cs_html_open(text, "n");
	cs_report_put_minor(text, it->minor, top->currency, ',');
	cs_text_put_char(text, ' ');
	cs_report_put_currency(text, top->currency);
	cs_text_put(text, "</td>");
	cs_html_moment(text, report, it->time_ns);
	cs_html_short(text, &it->reference);
	cs_html_short(text, &it->type);
	cs_html_short(text, &it->sender);
	cs_html_short(text, &it->receiver);
	cs_html_short(text, &country);
	cs_html_short(text, &it->beneficiary);
	cs_text_put(text, "</tr>\n");
}

static const struct cs_report_top *
top_of(const struct cs_report *report, unsigned flow, uint16_t currency)
{
	for (uint32_t i = 0; i < report->top_n; i++)
		if (report->top[i].flow == flow && report->top[i].currency == currency)
			return &report->top[i];
	return NULL;
}

static void
put_largest(struct cs_text *text, const struct cs_report *report, unsigned nth)
{
	char caption[5 * CS_REPORT_NAME_BYTES];
	struct cs_text plain = cs_text_over(caption, sizeof caption);
	struct cs_report_rows rows;
	struct cs_report_rows_wish wish = {.flow = nth, .dim = CS_REPORT_CURRENCY};
	bool some = false;
	if (!cs_html_rows(text, report, wish, &rows))
		return;
	cs_text_put(&plain, "The largest single payments, ");
	cs_report_put_flow(&plain, &report->flow[nth]);
	for (uint32_t i = 0; i < rows.n; i++) {
		const struct cs_report_top *top = top_of(report, nth, rows.at[i].sum.key.currency);
		if (!top)
			continue;
		if (!some)
			cs_html_heads(text, caption, "#Amount|When|Reference|Type|From|To|Country|Beneficiary");
		some = true;
		for (uint32_t k = 0; k < top->n; k++)
			put_payment(text, report, top, k);
	}
	if (some)
		cs_text_put(text, "</tbody></table>\n");
	cs_report_rows_fini(&rows);
}

static void
put_combined(struct cs_text *text, const struct cs_report_row *row, uint32_t days)
{
	const struct cs_report_key *key = &row->sum.key;
	struct cs_short country = {{key->country[0], key->country[1]}};
	cs_text_put(text, "<tr>");
	put_name(text, row, &key->at[0]);
	cs_html_short(text, &key->at[1]);
	cs_html_short(text, &key->at[2]);
	cs_html_short(text, &country);
	cs_html_count(text, row->sum.day.n);
	cs_html_open(text, "n");
	if (days)
		cs_report_put_tenths(text, row->sum.history.n, days);
	cs_text_put(text, "</td>");
	cs_html_open(text, "n");
	cs_report_put_minor(text, row->sum.day.minor, key->currency, ',');
	cs_text_put_char(text, ' ');
	cs_report_put_currency(text, key->currency);
	cs_text_put(text, "</td>");
	put_change(text, &row->sum, days);
	cs_text_put(text, "</tr>\n");
}

static void
put_combinations(struct cs_text *text, const struct cs_report *report, struct cs_report_rows_wish wish,
		 const char *what)
{
	struct cs_report_rows rows;
	const struct cs_report_flow *flow = &report->flow[wish.flow];
	char caption[5 * CS_REPORT_NAME_BYTES];
	struct cs_text plain = cs_text_over(caption, sizeof caption);
	cs_text_put(&plain, what);
	cs_report_put_flow(&plain, flow);
	if (!cs_html_rows(text, report, wish, &rows))
		return;
	if (rows.n)
		cs_html_heads(text, caption, "Type|From|To|Country|#Count|#usual|#Value|#change");
	for (uint32_t i = 0; i < rows.n; i++)
		put_combined(text, &rows.at[i], flow->active_n);
	if (rows.n)
		cs_text_put(text, "</tbody></table>\n");
	cs_report_rows_fini(&rows);
}

void
cs_html_risk(struct cs_text *text, const struct cs_report *report)
{
	cs_text_put(text, "<h2>What was new, and what was large</h2>\n");
	if (!report->history_n)
		cs_text_put(text, "<p>The journal tells of no day before this one: nothing can be called new.</p>\n");
	for (uint32_t i = 0; report->history_n && i < report->flow_n; i++)
		if (!report->flow[i].card)
			put_combinations(
				text, report,
				(struct cs_report_rows_wish){
					.flow = i, .dim = CS_REPORT_COMBINATION, .most = COMBINED_MOST, .fresh = true},
				"Never seen in the days before, ");
	for (uint32_t i = 0; i < report->flow_n; i++)
		if (!report->flow[i].card)
			put_largest(text, report, i);
	for (uint32_t i = 0; i < report->flow_n; i++)
		if (!report->flow[i].card)
			put_combinations(
				text, report,
				(struct cs_report_rows_wish){.flow = i, .dim = CS_REPORT_COMBINATION, .most = 3},
				"The largest added up, ");
}

/* ---- cards ---- */

void
cs_html_cards(struct cs_text *text, const struct cs_report *report)
{
	bool some = false;
	for (uint32_t i = 0; i < report->flow_n; i++) {
		struct cs_report_rows rows;
		struct cs_report_rows_wish wish = {.flow = i, .dim = CS_REPORT_DECISION, .most = 100, .absent = true};
		if (!report->flow[i].card || !cs_html_rows(text, report, wish, &rows))
			continue;
		if (!some) {
			cs_text_put(text, "<h2>Cards</h2>\n");
			cs_html_heads(text, NULL, "Link|Message|Decision|Currency|" FIGURES);
		}
		some = true;
		for (uint32_t k = 0; k < rows.n; k++) {
			cs_text_put(text, "<tr>");
			cs_html_text(text, report->flow[i].name);
			put_name(text, &rows.at[k], &rows.at[k].sum.key.at[0]);
			cs_html_short(text, &rows.at[k].sum.key.at[1]);
			put_currency(text, rows.at[k].sum.key.currency);
			put_figures(text, &rows.at[k].sum, report->flow[i].active_n);
		}
		cs_report_rows_fini(&rows);
	}
	if (some)
		cs_text_put(text, "</tbody></table>\n");
}

/*
 * The page for people: first what asks for somebody, then what was usual, then what was not seen, and how all of it is proved.
 *
 * Everything that comes from a message, a policy or a name is escaped, whatever it is. The page has no script and asks for
 * nothing from anywhere; a policy of the browser says so, too.
 */
#include "app/report_html.h"

enum { ITEMS_MOST = 15, FINDINGS_MOST = 25 };

static const char style[] =
	"@page{size:A4;margin:14mm 14mm 16mm;@bottom-right{content:counter(page) \" / \" counter(pages);font:8pt "
	"sans-serif;"
	"color:#555}}*{box-sizing:border-box}"
	"body{font:9.5pt/1.4 \"Source Sans 3\",\"Segoe UI\",\"Helvetica "
	"Neue\",Arial,sans-serif;color:#1b1f24;background:#fff;"
	"max-width:190mm;margin:0 auto;padding:6mm 4mm}"
	"header{border-bottom:2.5pt solid #17365d;padding-bottom:3mm;margin-bottom:4mm}"
	"h1{font-size:19pt;line-height:1.15;margin:0;color:#17365d;font-weight:600}"
	"header p{margin:1mm 0 0;color:#444}"
	"h2{font-size:13pt;color:#17365d;margin:7mm 0 2mm;border-bottom:.75pt solid #9fb0c6;padding-bottom:1mm;"
	"break-after:avoid}h3{font-size:10.5pt;margin:5mm 0 1mm;break-after:avoid}"
	"p{margin:1mm 0 2mm}.small{font-size:8.5pt;color:#444}"
	".tiles{display:flex;flex-wrap:wrap;gap:2.5mm;margin:0 0 3mm}"
	".tile{flex:1 1 0;border:.75pt solid #9fb0c6;border-top:2.5pt solid #17365d;padding:1.5mm "
	"2.5mm}"
	".tile b{display:block;font-size:17pt;line-height:1.2;font-weight:600;font-variant-numeric:tabular-nums}"
	".tile.bad{border-top-color:#9b1c1c}.tile.bad b{color:#9b1c1c}.tile span{font-size:8.5pt;color:#333}"
	".band{padding:2mm 3mm;margin:0 0 4mm;border-left:3pt solid #1d6b3a;background:#eef6f0}"
	".band.bad{border-left-color:#9b1c1c;background:#fbeeee}"
	"table{border-collapse:collapse;width:100%;margin:1mm 0 3mm;font-size:8.5pt}"
	"caption{text-align:left;font-weight:600;padding:0 0 1mm;break-after:avoid}"
	"tbody th{border-bottom:.5pt solid "
	"#d4dbe4;vertical-align:top;width:32%}thead{display:table-header-group}tr{break-inside:avoid}"
	"th{text-align:left;font-weight:600;border-bottom:1pt solid #17365d;padding:.6mm 1.2mm;vertical-align:bottom}"
	"td{border-bottom:.5pt solid #d4dbe4;padding:.6mm 1.2mm;vertical-align:top;overflow-wrap:anywhere}"
	"tbody tr:nth-child(even) td{background:#f6f8fb}"
	"th.n,td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.more{color:#7a3e00;font-"
	"weight:600}"
	"td.w{white-space:nowrap;font-size:.94em}td.grave{color:#9b1c1c;font-weight:600}td.rest{font-style:italic;"
	"color:#444}"
	"code{font:7.8pt/1.35 ui-monospace,\"DejaVu Sans Mono\",monospace;overflow-wrap:anywhere}"
	".pair{display:flex;gap:4mm;break-inside:avoid}.pair svg{flex:1 1 0;width:48%;height:auto}"
	"svg{font-size:9.5px;font-family:inherit;fill:#1b1f24}svg .bar{fill:#2f5f98}svg .usual{fill:#c2570c}svg "
	".axis{fill:#777}"
	".key i{display:inline-block;width:3mm;height:2.4mm;background:#2f5f98;margin-right:1mm}"
	".key i.usual{background:#c2570c;width:1mm}"
	"@media screen and (max-width:700px){.tile{flex-basis:40%}.pair{display:block}}"
	"@media print{body{padding:0;max-width:none}a{color:inherit}.tile,.band,tbody tr:nth-child(even) td{"
	"print-color-adjust:exact;-webkit-print-color-adjust:exact}svg *{print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}}";

/* ---- cells ---- */

void
cs_html_open(struct cs_text *text, const char *class)
{
	cs_text_put(text, class ? "<td class=\"" : "<td");
	if (class)
		cs_text_put(text, class);
	cs_text_put(text, class ? "\">" : ">");
}

void
cs_html_text(struct cs_text *text, const char *utf8)
{
	cs_html_open(text, NULL);
	cs_report_put_escaped(text, utf8);
	cs_text_put(text, "</td>");
}

void
cs_html_short_escaped(struct cs_text *text, const struct cs_short *value)
{
	char at[2 * CS_SHORT_BYTES + 1];
	struct cs_text plain = cs_text_over(at, sizeof at);
	cs_report_put_short(&plain, value);
	cs_report_put_escaped(text, at);
}

void
cs_html_short(struct cs_text *text, const struct cs_short *value)
{
	cs_html_open(text, "w");
	cs_html_short_escaped(text, value);
	cs_text_put(text, "</td>");
}

void
cs_html_count(struct cs_text *text, uint64_t n)
{
	cs_html_open(text, "n");
	cs_report_put_count(text, n);
	cs_text_put(text, "</td>");
}

void
cs_html_minor(struct cs_text *text, __int128_t minor, uint16_t currency)
{
	cs_html_open(text, "n");
	cs_report_put_minor(text, minor, currency, ',');
	cs_text_put(text, "</td>");
}

void
cs_html_moment(struct cs_text *text, const struct cs_report *report, uint64_t time_ns)
{
	cs_html_open(text, "w");
	if (time_ns && cs_report_ago(report, time_ns) == 0)
		cs_report_put_clock(text, &report->wish, time_ns);
	else
		cs_report_put_moment(text, &report->wish, time_ns);
	cs_text_put(text, "</td>");
}

void
cs_html_heads(struct cs_text *text, const char *caption, const char *names)
{
	cs_text_put(text, "<table>");
	if (caption) {
		cs_text_put(text, "<caption>");
		cs_report_put_escaped(text, caption);
		cs_text_put(text, "</caption>");
	}
	cs_text_put(text, "<thead><tr>");
	while (*names) {
		size_t len = strcspn(names, "|");
		bool number = names[0] == '#';
		cs_text_put(text, number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
		cs_text_put_span(text, (struct cs_span){(const uint8_t *)names + number, len - number});
		cs_text_put(text, "</th>");
		names += len + (names[len] == '|');
	}
	cs_text_put(text, "</tr></thead><tbody>\n");
}

bool
cs_html_rows(struct cs_text *text, const struct cs_report *report, struct cs_report_rows_wish wish,
	     struct cs_report_rows *out)
{
	if (!wish.most)
		wish.most = CS_REPORT_HTML_ROWS;
	bool good = cs_report_rows_make(report, &wish, out);
	text->overflowed = text->overflowed || !good;
	return good;
}

/* ---- the top ---- */

static void
put_head(struct cs_text *text, const struct cs_report *report)
{
	static const char *const weekdays[] = {"Thursday", "Friday",  "Saturday", "Sunday",
					       "Monday",   "Tuesday", "Wednesday"};
	cs_text_put(text,
		    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		    "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Report of ");
	cs_report_put_date(text, report->wish.day);
	cs_text_put(text, "</title>\n<style>");
	cs_text_put(text, style);
	cs_text_put(text, "</style></head><body>\n<header><h1>Daily activity and risk report</h1>\n<p><strong>");
	cs_text_put(text, weekdays[(unsigned)(report->wish.day % 7 + 7) % 7]);
	cs_text_put(text, ", ");
	cs_report_put_date(text, report->wish.day);
	cs_text_put(text, "</strong>, days and hours in ");
	cs_report_put_zone(text, &report->wish);
	cs_text_put(text, "; compared with ");
	cs_text_put_u64(text, report->history_n);
	cs_text_put(text, report->history_n == 1 ? " day" : " days");
	cs_text_put(text, " with traffic of the ");
	cs_text_put_u64(text, report->wish.history_days);
	cs_text_put(text, " before it. From the journal alone, and from no other system.</p></header>\n");
}

static void
put_band(struct cs_text *text, const struct cs_report *report)
{
	const struct cs_report_proof *proof = &report->proof;
	if (proof->faults.all_n) {
		cs_text_put(text,
			    "<p class=\"band bad\"><strong>This journal is NOT as it was written.</strong> The report "
			    "tells what can be proved of it; records lost to damage: ");
		cs_report_put_count(text, proof->lost_n);
		cs_text_put(text, ". Sums below may be too low.</p>\n");
		return;
	}
	cs_text_put(text,
		    "<p class=\"band\"><strong>The journal is sound</strong>: every page read is as it was written");
	if (proof->is_signed) {
		cs_text_put(text, ", signed up to the last record of this report (checkpoint of ");
		cs_report_put_moment(text, &report->wish, proof->checkpoint.wall_ns);
		cs_text_put(text, ").");
	} else {
		cs_text_put(text, "; its last records are chained, and not signed yet.");
	}
	if (report->last_ns && report->last_ns < report->to_ns && !report->end_seq) {
		cs_text_put(text, " It tells of the day up to ");
		cs_report_put_moment(text, &report->wish, report->last_ns);
		cs_text_put(text, ".");
	}
	cs_text_put(text, "</p>\n");
}

static void
put_tile(struct cs_text *text, uint64_t n, bool bad, const char *words)
{
	cs_text_put(text, bad && n ? "<div class=\"tile bad\"><b>" : "<div class=\"tile\"><b>");
	cs_report_put_count(text, n);
	cs_text_put(text, "</b><span>");
	cs_text_put(text, words);
	cs_text_put(text, "</span></div>\n");
}

static uint64_t
count_fresh(const struct cs_report *report)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < report->groups.n; i++) {
		const struct cs_report_group *it = &report->groups.at[i];
		n += it->key.dim == CS_REPORT_COMBINATION && it->day.n && !it->history.n && report->history_n;
	}
	return n;
}

static uint64_t
count_blind(const struct cs_report *report)
{
	uint64_t n = report->sight_n;
	for (uint32_t i = 0; i < report->link_n; i++)
		n += report->link[i].here && !report->link[i].day_n;
	return n;
}

static void
put_glance(struct cs_text *text, const struct cs_report *report)
{
	uint64_t old = 0;
	for (uint32_t i = 0; i < report->aged_n; i++)
		old += report->aged[i].sum[CS_REPORT_OLD].n + report->aged[i].sum[CS_REPORT_THREE].n;
	cs_text_put(text, "<div class=\"tiles\">\n");
	put_tile(text, report->by_severity[CS_SEVERITY_CRITICAL] + report->by_severity[CS_SEVERITY_HIGH], true,
		 "critical and high findings");
	put_tile(text, report->held_n, true, "findings that hold or block");
	put_tile(text, report->open.all_n, false, "unmatched items");
	put_tile(text, old, true, "of them three days old or more");
	put_tile(text, count_fresh(report), false, "combinations never seen before");
	put_tile(text, count_blind(report), true, "things not seen whole");
	cs_text_put(text, "</div>\n");
}

/* ---- what was found ---- */

static void
put_words(struct cs_text *text, const struct cs_report_item *item)
{
	cs_html_open(text, NULL);
	cs_report_put_escaped(text, item->words);
	if (item->id[0]) {
		cs_text_put(text, " <code>");
		cs_report_put_escaped(text, item->id);
		cs_text_put(text, "</code>");
	}
	cs_text_put(text, "</td></tr>\n");
}

static void
put_sum(struct cs_text *text, const struct cs_report_item *item)
{
	cs_html_open(text, "n");
	if (item->priced) {
		cs_report_put_minor(text, item->minor, item->currency, ',');
		cs_text_put_char(text, ' ');
		cs_report_put_currency(text, item->currency);
	}
	cs_text_put(text, "</td>");
}

static void
put_severity(struct cs_text *text, enum cs_severity severity)
{
	cs_html_open(text, severity >= CS_SEVERITY_HIGH ? "grave" : NULL);
	cs_text_put(text, cs_severity_name(severity));
	cs_text_put(text, "</td>");
}

static void
put_finding(struct cs_text *text, const struct cs_report_finding *it)
{
	cs_text_put(text, "<tr>");
	put_severity(text, it->severity);
	cs_html_text(text, it->expectation);
	cs_html_open(text, NULL);
	cs_text_put(text, cs_reason_text(it->reason));
	cs_text_put(text, "</td>");
	cs_html_open(text, NULL);
	cs_text_put(text, it->shadow ? "tried only" : cs_verdict_name(it->verdict));
	cs_text_put(text, "</td>");
	cs_html_count(text, it->day.n);
	cs_html_open(text, "n");
	if (it->currency) {
		cs_report_put_minor(text, it->day.minor, it->currency, ',');
		cs_text_put_char(text, ' ');
		cs_report_put_currency(text, it->currency);
	}
	cs_text_put(text, "</td>");
	cs_html_count(text, it->history_n);
	cs_text_put(text, "</tr>\n");
}

static void
put_more(struct cs_text *text, uint64_t all, uint64_t shown)
{
	if (all <= shown)
		return;
	cs_text_put(text, "<p class=\"small\">And ");
	cs_report_put_count(text, all - shown);
	cs_text_put(text, " more.</p>\n");
}

/* What rows of both tables have behind their first column. */
static void
put_rest(struct cs_text *text, const struct cs_report *report, const struct cs_report_item *it)
{
	cs_html_moment(text, report, it->time_ns);
	cs_html_text(text, it->expectation);
	cs_html_open(text, "w");
	cs_report_put_escaped(text, it->reference);
	cs_text_put(text, "</td>");
	put_sum(text, it);
	put_words(text, it);
}

static void
put_gravest(struct cs_text *text, const struct cs_report *report)
{
	uint32_t shown = report->told.n < FINDINGS_MOST ? report->told.n : FINDINGS_MOST;
	if (!shown)
		return;
	cs_html_heads(text, "The gravest, one by one",
		      "Severity|Seen|Expectation|Reference|#Amount|What, and the alert's number");
	for (uint32_t i = 0; i < shown; i++) {
		const struct cs_report_item *it = &report->told.at[i];
		cs_text_put(text, "<tr>");
		put_severity(text, it->severity);
		put_rest(text, report, it);
	}
	cs_text_put(text, "</tbody></table>\n");
	put_more(text, report->told.all_n, shown);
}

static void
put_findings(struct cs_text *text, const struct cs_report *report)
{
	uint32_t told = 0;
	cs_text_put(text, "<h2>What was found</h2>\n");
	for (uint32_t i = 0; i < report->finding_n; i++)
		told += report->finding[i].day.n > 0;
	if (!told)
		cs_text_put(text, "<p>Nothing was decided against any payment or message that day.</p>\n");
	if (told)
		cs_html_heads(text, NULL,
			      "Severity|Rule or expectation|What|Verdict|#Count|#Amount|#In the days before");
	for (int severity = CS_SEVERITY_N - 1; severity >= 0; severity--)
		for (uint32_t i = 0; i < report->finding_n; i++)
			if ((int)report->finding[i].severity == severity && report->finding[i].day.n)
				put_finding(text, &report->finding[i]);
	if (told)
		cs_text_put(text, "</tbody></table>\n");
	put_gravest(text, report);
	if (report->alert_hidden_n) {
		cs_text_put(text, "<p>Alerts that cannot be read, as their key was erased: ");
		cs_report_put_count(text, report->alert_hidden_n);
		cs_text_put(text, ".</p>\n");
	}
}

/* ---- what is not matched ---- */

static void
put_aged(struct cs_text *text, const struct cs_report_aged *it)
{
	cs_text_put(text, "<tr>");
	cs_html_text(text, it->expectation);
	cs_html_text(text, it->waits ? "waits for its proof" : "told: no proof came");
	cs_html_open(text, NULL);
	cs_report_put_currency(text, it->currency);
	cs_text_put(text, "</td>");
	for (unsigned k = 0; k < CS_REPORT_AGE_N; k++) {
		cs_html_count(text, it->sum[k].n);
		cs_html_minor(text, it->sum[k].minor, it->currency);
	}
	cs_text_put(text, "</tr>\n");
}

static void
put_oldest(struct cs_text *text, const struct cs_report *report)
{
	uint32_t shown = report->open.n < ITEMS_MOST ? report->open.n : ITEMS_MOST;
	cs_html_heads(text, "The oldest, one by one",
		      "#Days|Since|Expectation|Reference|#Amount|What, and the alert's number");
	for (uint32_t i = 0; i < shown; i++) {
		const struct cs_report_item *it = &report->open.at[i];
		cs_text_put(text, "<tr>");
		cs_html_count(text, (uint64_t)it->days);
		put_rest(text, report, it);
	}
	cs_text_put(text, "</tbody></table>\n");
	put_more(text, report->open.all_n, shown);
}

static void
put_unmatched(struct cs_text *text, const struct cs_report *report)
{
	cs_text_put(
		text,
		"<h2>What is not matched</h2>\n<p>Claims whose proof was not there when the day ended, by their age in "
		"days: payments without an order, orders without a payment, lines of a statement without a payment, as "
		"the policy expects them.</p>\n");
	if (report->aged_n)
		cs_html_heads(text, NULL,
			      "Expectation|State|Currency|#0 to 2 days|#value|#3 days|#value|#older|#value");
	for (uint32_t i = 0; i < report->aged_n; i++)
		put_aged(text, &report->aged[i]);
	if (report->aged_n)
		cs_text_put(text, "</tbody></table>\n");
	else
		cs_text_put(text, report->open_known ? "<p>Nothing: every claim has its proof.</p>\n"
						     : "<p>No alert tells of one.</p>\n");
	if (report->aged_n)
		put_oldest(text, report);
	if (!report->open_known || report->open_words[0]) {
		cs_text_put(text, report->open_known ? "<p class=\"small\">What waited before this is not known: "
						     : "<p><strong>What waits is not known</strong>: ");
		cs_report_put_escaped(text, report->open_words);
		cs_text_put(text, "</p>\n");
	}
}

void
cs_report_html(struct cs_text *text, const struct cs_report *report)
{
	put_head(text, report);
	put_band(text, report);
	put_glance(text, report);
	put_findings(text, report);
	put_unmatched(text, report);
	cs_html_risk(text, report);
	cs_html_activity(text, report);
	cs_html_details(text, report);
	cs_html_cards(text, report);
	cs_html_coverage(text, report);
	cs_html_journal(text, report);
	cs_text_put(text, "</body></html>\n");
}

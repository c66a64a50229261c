/*
 * The report for programs: docs/report.schema.json. Sums are strings of decimal digits, since they may be wider than many
 * readers of JSON keep; the order of everything is that of the report.
 */
#include "app/report_put.h"
#include "base/json.h"

enum { ROWS_MOST = 1000, NUMBER_BYTES = 64 };

/* ---- small things ---- */

static void
put_wide(struct cs_json *json, const char *key, __int128_t value)
{
	char at[NUMBER_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_report_put_wide(&text, value);
	cs_json_put_text(json, key, at);
}

static void
put_date(struct cs_json *json, const char *key, int64_t day)
{
	char at[NUMBER_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_report_put_date(&text, day);
	cs_json_put_text(json, key, at);
}

static void
put_hex(struct cs_json *json, const char *key, const void *at, size_t len)
{
	cs_json_key(json, key);
	cs_json_hex(json, (struct cs_span){at, len});
}

static void
put_short(struct cs_json *json, const char *key, const struct cs_short *value)
{
	char at[2 * CS_SHORT_BYTES + 1];
	struct cs_text text = cs_text_over(at, sizeof at);
	if (!value->at[0])
		return;
	cs_report_put_short(&text, value);
	cs_json_put_text(json, key, at);
}

/* "currency", left out when there is none, and the value of MINOR in it. */
static void
put_money(struct cs_json *json, uint16_t currency, __int128_t minor)
{
	char at[NUMBER_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_report_put_currency(&text, currency);
	if (currency)
		cs_json_put_text(json, "currency", at);
	text = cs_text_over(at, sizeof at);
	cs_report_put_minor(&text, minor, currency, 0);
	put_wide(json, "value_minor", minor);
	cs_json_put_text(json, "value", at);
}

/* ---- rows ---- */

static void
put_key(struct cs_json *json, const struct cs_report_row *row)
{
	const struct cs_report_key *key = &row->sum.key;
	static const char *const combined[] = {"type", "sender", "receiver"};
	if (key->others) {
		cs_json_put_bool(json, "others", true);
		cs_json_put_u64(json, "groups", row->folded);
		return;
	}
	if (key->dim == CS_REPORT_COMBINATION) {
		for (unsigned i = 0; i < 3; i++)
			put_short(json, combined[i], &key->at[i]);
		if (key->country[0])
			cs_json_put_latin1(json, "country", (struct cs_span){(const uint8_t *)key->country, 2});
	} else if (key->dim == CS_REPORT_DECISION) {
		put_short(json, "kind", &key->at[0]);
		put_short(json, "decision", &key->at[1]);
	} else {
		put_short(json, cs_report_dim_name((enum cs_report_dim)key->dim), &key->at[0]);
	}
}

static void
put_row(struct cs_json *json, const struct cs_report_flow *flow, const struct cs_report_row *row)
{
	char at[NUMBER_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	int change;
	cs_json_object(json);
	put_key(json, row);
	cs_json_put_u64(json, "count", row->sum.day.n);
	put_money(json, row->sum.key.currency, row->sum.day.minor);
	cs_report_put_tenths(&text, row->sum.history.n, flow->active_n);
	cs_json_put_text(json, "average_count", at);
	put_wide(json, "average_value_minor", cs_report_mean(row->sum.history.minor, flow->active_n));
	if (cs_report_change(row->sum.day.minor, row->sum.history.minor, flow->active_n, &change))
		cs_json_put_i64(json, "change_percent", change);
	if (row->sum.day.n)
		put_wide(json, "largest_minor", row->sum.most);
	if (row->sum.first_ns)
		cs_json_put_when(json, "first", row->sum.first_ns);
	cs_json_end_object(json);
}

static void
put_table(struct cs_json *json, const char *key, const struct cs_report *report, struct cs_report_rows_wish wish)
{
	struct cs_report_rows rows;
	wish.most = ROWS_MOST;
	cs_json_key(json, key);
	if (!cs_report_rows_make(report, &wish, &rows)) {
		json->out->overflowed = true;
		cs_json_null(json);
		return;
	}
	cs_json_array(json);
	for (uint32_t i = 0; i < rows.n; i++)
		put_row(json, &report->flow[wish.flow], &rows.at[i]);
	cs_json_end_array(json);
	cs_report_rows_fini(&rows);
}

static void
put_largest(struct cs_json *json, const struct cs_report_top *top)
{
	for (uint32_t i = 0; i < top->n; i++) {
		const struct cs_report_payment *it = &top->at[i];
		cs_json_object(json);
		put_money(json, top->currency, it->minor);
		cs_json_put_when(json, "time", it->time_ns);
		put_short(json, "reference", &it->reference);
		put_short(json, "type", &it->type);
		put_short(json, "sender", &it->sender);
		put_short(json, "receiver", &it->receiver);
		put_short(json, "beneficiary", &it->beneficiary);
		if (it->country[0])
			cs_json_put_latin1(json, "country", (struct cs_span){(const uint8_t *)it->country, 2});
		cs_json_put_u64(json, "record", it->seq);
		cs_json_end_object(json);
	}
}

/* ---- flows ---- */

static void
put_flow_head(struct cs_json *json, const struct cs_report_flow *flow)
{
	cs_json_put_text(json, flow->card ? "link" : "record", flow->name);
	put_short(json, "kind", &flow->kind);
	put_short(json, "direction", &flow->direction);
	put_short(json, "status", &flow->status);
	cs_json_put_u64(json, "count", flow->day_n);
	cs_json_put_u64(json, "without_amount", flow->bare_n);
	cs_json_put_u64(json, "history_count", flow->history_n);
	cs_json_put_u64(json, "history_days", flow->active_n);
	cs_json_put_when(json, "first", flow->first_ns);
	cs_json_put_when(json, "last", flow->last_ns);
}

static void
put_flow(struct cs_json *json, const struct cs_report *report, unsigned nth)
{
	cs_json_object(json);
	put_flow_head(json, &report->flow[nth]);
	put_table(json, "by_currency", report,
		  (struct cs_report_rows_wish){.flow = nth, .dim = CS_REPORT_CURRENCY, .absent = true});
	put_table(json, "by_type", report,
		  (struct cs_report_rows_wish){.flow = nth, .dim = CS_REPORT_TYPE, .absent = true});
	put_table(json, "by_country", report, (struct cs_report_rows_wish){.flow = nth, .dim = CS_REPORT_COUNTRY});
	put_table(json, "by_counterparty", report,
		  (struct cs_report_rows_wish){.flow = nth, .dim = CS_REPORT_COUNTERPARTY});
	put_table(json, "by_hour", report,
		  (struct cs_report_rows_wish){.flow = nth, .dim = CS_REPORT_HOUR, .absent = true});
	put_table(json, "combinations", report,
		  (struct cs_report_rows_wish){.flow = nth, .dim = CS_REPORT_COMBINATION});
	put_table(json, "new_combinations", report,
		  (struct cs_report_rows_wish){.flow = nth, .dim = CS_REPORT_COMBINATION, .fresh = true});
	cs_json_key(json, "largest");
	cs_json_array(json);
	for (uint32_t i = 0; i < report->top_n; i++)
		if (report->top[i].flow == nth)
			put_largest(json, &report->top[i]);
	cs_json_end_array(json);
	cs_json_end_object(json);
}

static void
put_card(struct cs_json *json, const struct cs_report *report, unsigned nth)
{
	cs_json_object(json);
	put_flow_head(json, &report->flow[nth]);
	put_table(json, "by_decision", report,
		  (struct cs_report_rows_wish){.flow = nth, .dim = CS_REPORT_DECISION, .absent = true});
	cs_json_end_object(json);
}

static void
put_flows(struct cs_json *json, const struct cs_report *report)
{
	cs_json_key(json, "payments");
	cs_json_array(json);
	for (uint32_t i = 0; i < report->flow_n; i++)
		if (!report->flow[i].card)
			put_flow(json, report, i);
	cs_json_end_array(json);
	cs_json_key(json, "cards");
	cs_json_array(json);
	for (uint32_t i = 0; i < report->flow_n; i++)
		if (report->flow[i].card)
			put_card(json, report, i);
	cs_json_end_array(json);
}

/* ---- what was found ---- */

static void
put_item(struct cs_json *json, const struct cs_report_item *item)
{
	cs_json_object(json);
	if (item->id[0])
		cs_json_put_text(json, "alert", item->id);
	cs_json_put_when(json, "time", item->time_ns);
	cs_json_put_text(json, "expectation", item->expectation);
	cs_json_put_text(json, "link", item->link);
	cs_json_put_text(json, "reason", item->id[0] ? cs_reason_name(item->reason) : "waits");
	cs_json_put_text(json, "severity", cs_severity_name(item->severity));
	cs_json_put_text(json, "verdict", cs_verdict_name(item->verdict));
	if (item->reference[0])
		cs_json_put_text(json, "reference", item->reference);
	if (item->priced)
		put_money(json, item->currency, item->minor);
	cs_json_put_i64(json, "days", item->days);
	cs_json_put_text(json, "words", item->words);
	cs_json_end_object(json);
}

static void
put_items(struct cs_json *json, const char *key, const struct cs_report_list *list)
{
	cs_json_key(json, key);
	cs_json_array(json);
	for (uint32_t i = 0; i < list->n; i++)
		put_item(json, &list->at[i]);
	cs_json_end_array(json);
}

static void
put_finding(struct cs_json *json, const struct cs_report_finding *it)
{
	cs_json_object(json);
	cs_json_put_text(json, "expectation", it->expectation);
	cs_json_put_text(json, "reason", cs_reason_name(it->reason));
	cs_json_put_text(json, "nature", cs_nature_name(cs_reason_nature(it->reason)));
	cs_json_put_text(json, "severity", cs_severity_name(it->severity));
	cs_json_put_text(json, "verdict", cs_verdict_name(it->verdict));
	cs_json_put_bool(json, "shadow", it->shadow);
	cs_json_put_u64(json, "count", it->day.n);
	put_money(json, it->currency, it->day.minor);
	cs_json_put_u64(json, "history_count", it->history_n);
	cs_json_end_object(json);
}

static void
put_findings(struct cs_json *json, const struct cs_report *report)
{
	cs_json_key(json, "findings");
	cs_json_object(json);
	cs_json_put_u64(json, "count", report->alert_n);
	cs_json_put_u64(json, "held", report->held_n);
	cs_json_put_u64(json, "shadow", report->shadow_n);
	cs_json_put_u64(json, "unreadable", report->alert_hidden_n);
	for (unsigned i = 0; i < CS_SEVERITY_N; i++)
		cs_json_put_u64(json, cs_severity_name((enum cs_severity)i), report->by_severity[i]);
	cs_json_key(json, "by_reason");
	cs_json_array(json);
	for (uint32_t i = 0; i < report->finding_n; i++)
		put_finding(json, &report->finding[i]);
	cs_json_end_array(json);
	put_items(json, "gravest", &report->told);
	cs_json_end_object(json);
}

static void
put_unmatched(struct cs_json *json, const struct cs_report *report)
{
	static const char *const ages[] = {"days_0_2", "days_3", "older"};
	cs_json_key(json, "unmatched");
	cs_json_object(json);
	cs_json_put_u64(json, "count", report->open.all_n);
	cs_json_put_bool(json, "waiting_known", report->open_known);
	if (report->open_words[0])
		cs_json_put_text(json, "words", report->open_words);
	cs_json_key(json, "by_age");
	cs_json_array(json);
	for (uint32_t i = 0; i < report->aged_n; i++) {
		const struct cs_report_aged *it = &report->aged[i];
		cs_json_object(json);
		cs_json_put_text(json, "expectation", it->expectation);
		cs_json_put_text(json, "state", it->waits ? "waits" : "no_proof");
		for (unsigned k = 0; k < CS_REPORT_AGE_N; k++) {
			cs_json_key(json, ages[k]);
			cs_json_object(json);
			cs_json_put_u64(json, "count", it->sum[k].n);
			put_money(json, it->currency, it->sum[k].minor);
			cs_json_end_object(json);
		}
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
	put_items(json, "oldest", &report->open);
	cs_json_end_object(json);
}

/* ---- what was seen ---- */

static void
put_link(struct cs_json *json, const struct cs_report_link *link)
{
	cs_json_object(json);
	cs_json_put_text(json, link->row ? "record" : "link", link->name);
	cs_json_put_bool(json, "in_policy", link->here);
	cs_json_put_u64(json, "count", link->day_n);
	cs_json_put_u64(json, "history_count", link->history_n);
	cs_json_put_when(json, "first", link->first_ns);
	cs_json_put_when(json, "last", link->last_ns);
	cs_json_put_u64(json, "gaps", link->gap_n);
	cs_json_put_u64(json, "gap_bytes", link->gap_bytes);
	cs_json_put_u64(json, "undecoded", link->undecoded_n);
	cs_json_put_u64(json, "files", link->file_n);
	cs_json_put_u64(json, "files_aside", link->aside_n);
	cs_json_end_object(json);
}

static void
put_lines(struct cs_json *json, const char *key, const struct cs_report_lines *lines)
{
	cs_json_key(json, key);
	cs_json_array(json);
	for (uint32_t i = 0; i < lines->n; i++) {
		cs_json_object(json);
		cs_json_put_u64(json, "record", lines->at[i].seq);
		if (lines->at[i].time_ns)
			cs_json_put_when(json, "time", lines->at[i].time_ns);
		if (lines->at[i].what[0])
			cs_json_put_text(json, "what", lines->at[i].what);
		cs_json_put_text(json, "words", lines->at[i].words);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

static void
put_coverage(struct cs_json *json, const struct cs_report *report)
{
	cs_json_key(json, "coverage");
	cs_json_object(json);
	cs_json_key(json, "links");
	cs_json_array(json);
	for (uint32_t i = 0; i < report->link_n; i++)
		put_link(json, &report->link[i]);
	cs_json_end_array(json);
	cs_json_key(json, "sight");
	cs_json_array(json);
	for (uint32_t i = 0; i < report->sight_n; i++) {
		const struct cs_report_sight *it = &report->sight[i];
		cs_json_object(json);
		cs_json_put_text(json, "link", it->link);
		cs_json_put_text(json, "source", it->source);
		cs_json_put_text(json, "reason", cs_reason_name(it->reason));
		cs_json_put_u64(json, "count", it->n);
		cs_json_put_u64(json, "lost_bytes", it->lost_bytes);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
	cs_json_put_u64(json, "unreadable", report->broken.all_n);
	put_lines(json, "unreadable_first", &report->broken);
	cs_json_put_u64(json, "acts", report->acts.all_n);
	put_lines(json, "acts_first", &report->acts);
	cs_json_end_object(json);
}

/* ---- the journal ---- */

static void
put_signed(struct cs_json *json, const struct cs_report_proof *proof)
{
	const struct cs_checkpoint *it = &proof->checkpoint;
	cs_json_key(json, "signed");
	if (!proof->is_signed) {
		cs_json_null(json);
		return;
	}
	cs_json_object(json);
	cs_json_put_u64(json, "page", it->page);
	cs_json_put_u64(json, "record", it->seq);
	cs_json_put_when(json, "at", it->wall_ns);
	put_hex(json, "chain", &it->chain, sizeof it->chain);
	put_hex(json, "signature", it->signature, sizeof it->signature);
	cs_json_end_object(json);
}

static void
put_journal(struct cs_json *json, const struct cs_report *report)
{
	const struct cs_report_proof *proof = &report->proof;
	cs_json_key(json, "journal");
	cs_json_object(json);
	cs_json_put_bool(json, "sound", !proof->faults.all_n);
	put_hex(json, "id", proof->id, sizeof proof->id);
	put_hex(json, "public_key", proof->public_key, sizeof proof->public_key);
	cs_json_put_bool(json, "public_key_given", proof->key_given);
	cs_json_put_bool(json, "from_first_page", proof->from_page_0);
	cs_json_put_u64(json, "first_record", proof->first_seq);
	cs_json_put_u64(json, "last_record", proof->last_seq);
	cs_json_put_u64(json, "last_page", proof->last_page);
	put_hex(json, "chain", &proof->chain, sizeof proof->chain);
	put_signed(json, proof);
	cs_json_put_u64(json, "let_go", proof->gone_n);
	cs_json_put_u64(json, "erased", proof->hidden_n);
	cs_json_put_u64(json, "lost", proof->lost_n);
	cs_json_put_u64(json, "faults", proof->faults.all_n);
	put_lines(json, "faults_first", &proof->faults);
	cs_json_put_u64(json, "policy_record", report->policy_seq);
	cs_json_put_text(json, "policy", report->policy_path);
	cs_json_end_object(json);
}

static void
put_limits(struct cs_json *json, const struct cs_report *report)
{
	cs_json_key(json, "limits");
	cs_json_object(json);
	cs_json_put_u64(json, "groups", report->groups.n);
	cs_json_put_u64(json, "groups_max", CS_REPORT_GROUPS_MAX);
	cs_json_put_u64(json, "rows_in_others", report->group_full_n);
	cs_json_put_u64(json, "rows_in_no_group", report->group_lost_n);
	cs_json_put_u64(json, "rows_of_no_flow", report->flow_lost_n);
	cs_json_put_u64(json, "links_lost", report->link_lost_n);
	cs_json_put_u64(json, "largest_lost", report->top_lost_n);
	cs_json_put_u64(json, "findings_lost", report->finding_lost_n);
	cs_json_put_u64(json, "unmatched_lost", report->aged_lost_n);
	cs_json_put_u64(json, "sight_lost", report->sight_lost_n);
	cs_json_put_u64(json, "stops_lost", report->stop_lost_n);
	cs_json_end_object(json);
}

void
cs_report_json(struct cs_text *text, const struct cs_report *report)
{
	char at[NUMBER_BYTES];
	struct cs_text zone = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(text);
	cs_report_put_zone(&zone, &report->wish);
	cs_json_object(&json);
	cs_json_put_text(&json, "report", "day");
	cs_json_put_u64(&json, "schema", 1);
	put_date(&json, "date", report->wish.day);
	cs_json_put_text(&json, "zone", at);
	cs_json_put_when(&json, "from", report->from_ns);
	cs_json_put_when(&json, "to", report->to_ns);
	cs_json_put_when(&json, "told_to", report->last_ns);
	cs_json_put_u64(&json, "history_days", report->wish.history_days);
	cs_json_put_u64(&json, "history_days_seen", report->history_n);
	put_journal(&json, report);
	put_flows(&json, report);
	put_findings(&json, report);
	put_unmatched(&json, report);
	put_coverage(&json, report);
	put_limits(&json, report);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

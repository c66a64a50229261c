/*
 * What was found: alerts as the journal holds them, read back from their line of JSON, and what people did.
 *
 * Findings about our own sight go to the coverage; those that say "no proof came" are unmatched items as well.
 */
#include "app/report.h"
#include "base/day.h"

#include <jansson.h>

static const uint64_t second_ns = UINT64_C(1000000000);

/* ---- words ---- */

/* At most CAP - 1 bytes of UTF-8, cut between two characters, with a word of that. */
static void
keep_words(char *out, size_t cap, const char *utf8)
{
	static const char more[] = "...";
	size_t len = strlen(utf8);
	bool cut = len >= cap;
	if (cut)
		len = cap - sizeof more;
	while (cut && len > 0 && ((unsigned char)utf8[len] & 0xC0) == 0x80)
		len--;
	memset(out, 0, cap);
	memcpy(out, utf8, len);
	if (cut)
		memcpy(out + len, more, sizeof more);
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* A time of an alert or note; 0: it is none. */
static uint64_t
time_of(const json_t *object, const char *key)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddddddddZ";
	const char *at = text_of(object, key);
	unsigned part[7] = {0}, nth = 0;
	if (strlen(at) != sizeof form - 1)
		return 0;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		bool digit = at[i] >= '0' && at[i] <= '9';
		if (form[i] == 'd' ? !digit : at[i] != form[i])
			return 0;
		nth += form[i] != 'd' && nth < 6;
		if (form[i] == 'd')
			part[nth] = part[nth] * 10 + (unsigned)(at[i] - '0');
	}
	uint64_t seconds = 0;
	return cs_day_time(part, &seconds) ? seconds * second_ns + part[6] : 0;
}

static enum cs_reason
reason_by_name(const char *name)
{
	unsigned reason = 0;
	while (reason < CS_REASON_N && strcmp(cs_reason_name((enum cs_reason)reason), name) != 0)
		reason++;
	return (enum cs_reason)reason;
}

/* ---- one alert ---- */

static bool
is_shadow(const json_t *alert)
{
	return strcmp(text_of(alert, "mode"), "shadow") == 0;
}

/* The reference of what an alert is about: its id, or what the policy calls so. */
static const char *
reference_of(const json_t *alert, const json_t *transaction)
{
	const json_t *fields = json_object_get(json_array_get(json_object_get(alert, "evidence"), 0), "fields");
	const char *const places[] = {text_of(transaction, "rrn"), text_of(fields, "rrn"), text_of(fields, "reference"),
				      text_of(transaction, "stan")};
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (places[i][0])
			return places[i];
	return "";
}

static void
read_amount(const json_t *transaction, struct cs_report_item *item)
{
	const json_t *minor = json_object_get(transaction, "amount_minor");
	item->priced = json_is_integer(minor);
	item->minor = item->priced ? json_integer_value(minor) : 0;
	item->currency = cs_currency_by_code(cs_span_text(text_of(transaction, "currency")));
}

static bool
read_item(const json_t *alert, struct cs_report_item *item)
{
	const json_t *transaction = json_object_get(alert, "transaction");
	item->reason = reason_by_name(text_of(alert, "reason"));
	item->severity = cs_severity_by_name(cs_span_text(text_of(alert, "severity")));
	item->verdict = cs_verdict_by_name(cs_span_text(text_of(alert, "verdict")));
	item->time_ns = time_of(alert, "time");
	if (item->reason == CS_REASON_N || item->severity == CS_SEVERITY_N || item->verdict == CS_VERDICT_N)
		return false;
	keep_words(item->expectation, sizeof item->expectation, text_of(alert, "expectation"));
	keep_words(item->link, sizeof item->link, text_of(transaction, "link"));
	keep_words(item->id, sizeof item->id, text_of(alert, "id"));
	keep_words(item->reference, sizeof item->reference, reference_of(alert, transaction));
	keep_words(item->words, sizeof item->words, text_of(alert, "words"));
	read_amount(transaction, item);
	return true;
}

/* ---- what is alike ---- */

static struct cs_report_finding *
finding_of(struct cs_report *report, const struct cs_report_item *item, bool shadow)
{
	for (uint32_t i = 0; i < report->finding_n; i++) {
		struct cs_report_finding *it = &report->finding[i];
		if (it->reason == item->reason && it->severity == item->severity && it->verdict == item->verdict &&
		    it->shadow == shadow && it->currency == item->currency &&
		    strcmp(it->expectation, item->expectation) == 0)
			return it;
	}
	if (report->finding_n == CS_REPORT_FINDINGS_MAX)
		return NULL;
	struct cs_report_finding *it = &report->finding[report->finding_n++];
	*it = (struct cs_report_finding){.reason = item->reason,
					 .severity = item->severity,
					 .verdict = item->verdict,
					 .shadow = shadow,
					 .currency = item->currency};
	memcpy(it->expectation, item->expectation, sizeof it->expectation);
	return it;
}

static bool
is_graver(const struct cs_report_item *a, const struct cs_report_item *b)
{
	if (a->severity != b->severity)
		return a->severity > b->severity;
	return a->verdict > b->verdict;
}

static void
add_finding(struct cs_report *report, const struct cs_report_item *item, bool shadow, bool today)
{
	struct cs_report_finding *finding = finding_of(report, item, shadow);
	report->finding_lost_n += !finding;
	if (finding && !today)
		finding->history_n++;
	if (finding && today) {
		finding->day.n++;
		finding->day.minor += item->minor;
	}
	if (!today)
		return;
	report->shadow_n += shadow;
	if (shadow)
		return;
	report->alert_n++;
	report->held_n += item->verdict != CS_VERDICT_ALLOW;
	report->by_severity[item->severity]++;
	cs_report_list_add(&report->told, item, is_graver);
}

/* ---- what is not matched ---- */

static bool
is_unmatched(enum cs_reason reason)
{
	return reason == CS_REASON_PROOF_MISSING || reason == CS_REASON_NO_ISSUER_REQUEST ||
	       reason == CS_REASON_ADVICE_MISSING || reason == CS_REASON_UNPROVEN;
}

static bool
is_older(const struct cs_report_item *a, const struct cs_report_item *b)
{
	if (a->days != b->days)
		return a->days > b->days;
	return a->time_ns < b->time_ns;
}

static struct cs_report_aged *
aged_of(struct cs_report *report, const struct cs_report_item *item)
{
	bool waits = !item->id[0];
	for (uint32_t i = 0; i < report->aged_n; i++) {
		struct cs_report_aged *it = &report->aged[i];
		if (it->waits == waits && it->currency == item->currency &&
		    strcmp(it->expectation, item->expectation) == 0)
			return it;
	}
	if (report->aged_n == CS_REPORT_AGES_MAX)
		return NULL;
	struct cs_report_aged *it = &report->aged[report->aged_n++];
	*it = (struct cs_report_aged){.waits = waits, .currency = item->currency};
	memcpy(it->expectation, item->expectation, sizeof it->expectation);
	return it;
}

void
cs_report_open(struct cs_report *report, const struct cs_report_item *item)
{
	struct cs_report_item dated = *item;
	dated.days = report->wish.day - cs_report_day_of(&report->wish, item->time_ns);
	if (dated.days < 0)
		return;
	struct cs_report_aged *aged = aged_of(report, &dated);
	report->aged_lost_n += !aged;
	if (aged) {
		struct cs_report_sum *sum = &aged->sum[dated.days < 3    ? CS_REPORT_FRESH
						       : dated.days == 3 ? CS_REPORT_THREE
									 : CS_REPORT_OLD];
		sum->n++;
		sum->minor += dated.minor;
	}
	cs_report_list_add(&report->open, &dated, is_older);
}

/* ---- our own sight ---- */

static struct cs_report_sight *
sight_of(struct cs_report *report, const struct cs_report_item *item)
{
	for (uint32_t i = 0; i < report->sight_n; i++) {
		struct cs_report_sight *it = &report->sight[i];
		if (it->reason == item->reason && strcmp(it->link, item->link) == 0 &&
		    strcmp(it->source, item->expectation) == 0)
			return it;
	}
	if (report->sight_n == CS_REPORT_SIGHTS_MAX)
		return NULL;
	struct cs_report_sight *it = &report->sight[report->sight_n++];
	*it = (struct cs_report_sight){.reason = item->reason};
	memcpy(it->link, item->link, sizeof it->link);
	memcpy(it->source, item->expectation, sizeof it->source);
	return it;
}

static void
add_sight(struct cs_report *report, const json_t *alert, const struct cs_report_item *item)
{
	const json_t *coverage = json_object_get(alert, "coverage");
	struct cs_report_sight *sight = sight_of(report, item);
	struct cs_report_link *link = cs_report_link_of(report, item->link);
	report->sight_lost_n += !sight;
	if (sight) {
		json_int_t lost = json_integer_value(json_object_get(coverage, "lost_bytes"));
		sight->n++;
		sight->lost_bytes += lost > 0 ? (uint64_t)lost : 0;
	}
	if (item->reason != CS_REASON_UNDECODED && item->reason != CS_REASON_FILE_ASIDE)
		return;
	if (link && item->reason == CS_REASON_UNDECODED)
		link->undecoded_n++;
	struct cs_report_line *line = cs_report_line_add(&report->broken);
	if (!line)
		return;
	line->seq = item->seq;
	line->time_ns = item->time_ns;
	memcpy(line->what, item->link, sizeof line->what);
	memcpy(line->words, item->words, sizeof line->words);
}

bool
cs_report_alert(struct cs_report *report, struct cs_span line, uint64_t seq)
{
	struct cs_report_item item = {.seq = seq};
	json_t *alert = json_loadb((const char *)line.at, line.len, 0, NULL);
	bool good = json_is_object(alert) && read_item(alert, &item);
	uint64_t decided_ns = good ? time_of(alert, "decided") : 0;
	int ago = good ? cs_report_ago(report, decided_ns) : -1;
	bool shadow = good && is_shadow(alert);
	if (ago == 0 && cs_reason_nature(item.reason) == CS_NATURE_COVERAGE)
		add_sight(report, alert, &item);
	else if (ago >= 0 && cs_reason_nature(item.reason) != CS_NATURE_COVERAGE)
		add_finding(report, &item, shadow, ago == 0);
	if (ago >= 0 && !shadow && is_unmatched(item.reason))
		cs_report_open(report, &item);
	json_decref(alert);
	return good;
}

/* ---- what people did ---- */

static void
put_rest(struct cs_text *text, json_t *note)
{
	static const char *const told[] = {"id", "at", "action", "by"};
	for (void *it = json_object_iter(note); it; it = json_object_iter_next(note, it)) {
		const json_t *value = json_object_iter_value(it);
		bool again = false;
		for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
			again = again || strcmp(told[i], json_object_iter_key(it)) == 0;
		if (again)
			continue;
		cs_text_put(text, text->len ? "; " : "");
		cs_text_put(text, json_object_iter_key(it));
		cs_text_put(text, ": ");
		if (json_is_integer(value))
			cs_text_put_i64(text, json_integer_value(value));
		else if (json_is_string(value))
			cs_text_put(text, json_string_value(value));
		else
			cs_text_put(text, json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "(more)");
	}
}

static void
add_act(struct cs_report *report, const struct cs_record *record, json_t *note, const char *action)
{
	char words[4 * 4096];
	struct cs_text text = cs_text_over(words, sizeof words);
	struct cs_report_line *line = cs_report_line_add(&report->acts);
	if (!line)
		return;
	const char *by = text_of(note, "by");
	if (by[0]) {
		cs_text_put(&text, "by ");
		cs_text_put(&text, by);
	}
	put_rest(&text, note);
	line->seq = record->seq;
	line->time_ns = record->kind == CS_RECORD_OPERATOR ? time_of(note, "at") : record->base_ns;
	keep_words(line->what, sizeof line->what, action);
	keep_words(line->words, sizeof line->words, words);
}

/* A file that was taken up live is counted with its record, one set aside was told by an alert. */
static void
count_file(struct cs_report *report, const json_t *note)
{
	struct cs_report_link *link = cs_report_link_of(report, text_of(note, "record"));
	if (!link)
		return;
	link->file_n++;
	link->aside_n += json_is_true(json_object_get(note, "aside"));
}

/* Notes of reports themselves are left out: a second one would otherwise differ from the first. */
void
cs_report_act(struct cs_report *report, const struct cs_record *record)
{
	json_t *note = json_loadb((const char *)record->open.at, record->open.len, 0, NULL);
	const char *action = record->kind == CS_RECORD_RESUME ? "resume" : text_of(note, "action");
	uint64_t time_ns = record->kind == CS_RECORD_OPERATOR ? time_of(note, "at") : record->base_ns;
	bool counts = json_is_object(note) && strcmp(action, "report") != 0 && cs_report_ago(report, time_ns) == 0;
	if (counts && strcmp(action, "file") == 0)
		count_file(report, note);
	else if (counts)
		add_act(report, record, note, action);
	json_decref(note);
}

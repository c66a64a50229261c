/*
 * A finding as a sentence: what sort of transaction, how much, where, and what is wrong with it.
 *
 * "Cash withdrawal of 500.00 USD at ATM00042 was approved, but the issuer was never asked." The reason's
 * words come from reason.def, the values from the message and the detector's detail.
 */
#include "engine/alert.h"

#include "base/glyph.h"

enum { LINE_BYTES = 2048 }; /* of a finding in plain words */

/* The first two digits of the processing code (ISO 8583:1987 data element 3, 4.3.8). */
static const struct sort_row {
	char code[3];
	const char *words;
} sorts[] = {
	{"00", "Purchase"},
	{"01", "Cash withdrawal"},
	{"02", "Debit adjustment"},
	{"09", "Purchase with cashback"},
	{"10", "Account funding"},
	{"17", "Cash advance"},
	{"20", "Refund"},
	{"21", "Deposit"},
	{"22", "Credit adjustment"},
	{"26", "Payment to a card"},
	{"30", "Balance inquiry"},
	{"31", "Balance inquiry"},
	{"40", "Transfer"},
};

static const char *
sort_of(const struct cs_event *event)
{
	if (event->kind == CS_KIND_RECORD && !cs_event_has(event, CS_FIELD_PROCESSING))
		return "Record";
	if (event->kind == CS_KIND_REVERSAL || event->kind == CS_KIND_REVERSAL_RESPONSE)
		return "Reversal";
	if (!cs_event_has(event, CS_FIELD_PROCESSING))
		return "Transaction";
	struct cs_span code = cs_event_text(event, CS_FIELD_PROCESSING);
	for (unsigned i = 0; code.len >= 2 && i < sizeof sorts / sizeof sorts[0]; i++)
		if (memcmp(code.at, sorts[i].code, 2) == 0)
			return sorts[i].words;
	return "Transaction";
}

/* The message with the most to tell: the finding's own, or its request when that is missing there. */
static const struct cs_event *
teller(const struct cs_finding *finding, enum cs_field field)
{
	for (uint32_t i = 0; i < finding->evidence_n; i++) {
		const struct cs_evidence *evidence = &finding->evidence[i];
		bool is_claim = evidence->role == CS_ROLE_CLAIM || evidence->role == CS_ROLE_CLAIM_REQUEST;
		if (is_claim && evidence->event && cs_event_has(evidence->event, field))
			return evidence->event;
	}
	return NULL;
}

static void
put_subject(struct cs_text *text, const struct cs_finding *finding)
{
	const struct cs_event *coded = teller(finding, CS_FIELD_PROCESSING);
	const struct cs_event *priced = teller(finding, CS_FIELD_AMOUNT);
	const struct cs_event *placed = teller(finding, CS_FIELD_TERMINAL);
	const struct cs_event *main = finding->evidence[0].event;
	bool reversed = main->kind == CS_KIND_REVERSAL || main->kind == CS_KIND_REVERSAL_RESPONSE;
	cs_text_put(text, sort_of(coded && !reversed ? coded : main));
	if (priced) {
		cs_text_put(text, " of ");
		cs_money_put(text, cs_event_money(priced, CS_FIELD_AMOUNT));
	}
	if (placed) {
		cs_text_put(text, " at ");
		cs_event_put(text, placed, CS_FIELD_TERMINAL);
	}
}

/* Where a record claims, no issuer and no approval is spoken of. */
const char *
cs_alert_record_words(enum cs_reason reason)
{
	static const char *const words[CS_REASON_N] = {
		[CS_REASON_PROOF_MISSING] = "nothing on the other side bears it out",
		[CS_REASON_PROOF_USED_TWICE] = "what bears it out has borne out another one",
		[CS_REASON_AMOUNT_DIFFERS] = "the amount is another one on the other side",
		[CS_REASON_CURRENCY_DIFFERS] = "the currency is another one on the other side",
		[CS_REASON_VALUE_DIFFERS] = "a field the policy wants equal is another one on the other side",
		[CS_REASON_NO_ISSUER_REQUEST] = "nothing on the other side bears it out",
		[CS_REASON_AHEAD_OF_ISSUER] = "what bears it out came later",
		[CS_REASON_ISSUER_DECLINED] = "the other side had declined it",
		[CS_REASON_UNPROVEN] = "what bears it out could lie where nothing was seen",
	};
	return words[reason] ? words[reason] : cs_reason_text(reason);
}

/* Some reasons are told of the transaction ("was approved, but ..."), the others behind a colon. */
static void
put_reason(struct cs_text *text, const struct cs_finding *finding, bool subject)
{
	static const char verb[] = "approved";
	bool record = subject && finding->evidence[0].event->kind == CS_KIND_RECORD;
	const char *reason = record ? cs_alert_record_words(finding->reason) : cs_reason_text(finding->reason);
	if (finding->why && finding->why->title && finding->why->title[0])
		reason = finding->why->title; /* what the bank itself calls it says more */
	if (subject)
		cs_text_put(text, strncmp(reason, verb, sizeof verb - 1) == 0 ? " was " : ": ");
	cs_text_put(text, reason);
}

/* "List own: ", "Screen sanctions: ", "Record rows: " or "Link visa: " */
static void
put_place_of_sight(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	static const char list[] = "list.", screen[] = "screen.";
	const struct cs_link *link = &names->policy->link[finding->link];
	const char *name = finding->expectation ? finding->expectation : "";
	if (strncmp(name, list, sizeof list - 1) == 0) {
		cs_text_put(text, "List ");
		cs_text_put(text, name + sizeof list - 1);
	} else if (strncmp(name, screen, sizeof screen - 1) == 0) {
		cs_text_put(text, "Screen ");
		cs_text_put(text, name + sizeof screen - 1);
	} else {
		cs_text_put(text, link->row ? "Record " : "Link ");
		cs_text_put(text, link->name);
	}
	cs_text_put(text, ": ");
}

void
cs_alert_put_words(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	bool of_sight = cs_reason_nature(finding->reason) == CS_NATURE_COVERAGE;
	bool subject = !of_sight && finding->evidence_n && finding->evidence[0].event;
	if (subject)
		put_subject(text, finding);
	else
		put_place_of_sight(text, names, finding);
	put_reason(text, finding, subject);
	if (finding->detail[0]) {
		cs_text_put(text, " (");
		cs_text_put(text, finding->detail);
		cs_text_put(text, ")");
	}
	cs_text_put(text, ".");
}

void
cs_alert_put_source(struct cs_text *text, const char *path)
{
	enum { MARK_MAX = 64, KEPT_MAX = CS_ALERT_SOURCE_BYTES - MARK_MAX };
	size_t len = strlen(path);
	if (len < CS_ALERT_SOURCE_BYTES) {
		cs_text_put(text, path);
		return;
	}
	/* The end tells the file; it begins where a character does. */
	size_t cut = len - KEPT_MAX;
	while (cut < len && ((uint8_t)path[cut] & 0xC0) == 0x80)
		cut++;
	cs_text_put(text, "(shortened by ");
	cs_text_put_u64(text, cut);
	cs_text_put(text, " bytes)...");
	cs_text_put(text, path + cut);
}

/* FILE: of the folder, or NULL. */
static void
put_place(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding, const char *file)
{
	const struct cs_event *event = finding->evidence_n ? finding->evidence[0].event : NULL;
	if (!event || event->origin.source >= names->source_n)
		return;
	cs_text_put(text, event->kind == CS_KIND_RECORD ? ", line " : ", packet ");
	cs_text_put_u64(text, event->origin.packet);
	cs_text_put(text, " of ");
	if (file) {
		cs_alert_put_source(text, file);
		cs_text_put(text, " in ");
	}
	cs_alert_put_source(text, names->source[event->origin.source]);
}

/* What the bank knows the payment by. */
static void
put_reference(struct cs_text *text, const struct cs_policy *policy, const struct cs_finding *finding)
{
	static const struct {
		const char *words;
		enum cs_field field;
	} rows[] = {{", reference ", CS_FIELD_RRN}, {", stan ", CS_FIELD_STAN}};
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct cs_event *event = teller(finding, rows[i].field);
		if (!event || cs_policy_field(policy, (enum cs_kind)event->kind, rows[i].field) !=
				      cs_field_info_of(rows[i].field)->name)
			continue;
		cs_text_put(text, rows[i].words);
		cs_event_put(text, event, rows[i].field);
		return;
	}
}

/* ---- plain lines ---- */

static void
put_what(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	const struct cs_event *event = finding->evidence_n ? finding->evidence[0].event : NULL;
	cs_text_put_time(text, event ? event->origin.time_ns : finding->decided_ns);
	cs_text_put(text, "  ");
	cs_text_put(text, cs_severity_name(finding->severity));
	cs_text_put(text, "  ");
	cs_alert_put_words(text, names, finding);
}

static void
put_where(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	const struct cs_event *event = finding->evidence_n ? finding->evidence[0].event : NULL;
	cs_text_put(text, "    ");
	cs_text_put(text, cs_verdict_name(finding->verdict));
	cs_text_put(text, ", ");
	cs_text_put(text,
		    finding->why && finding->expectation ? finding->expectation : cs_reason_name(finding->reason));
	if (finding->why && finding->why->shadow)
		cs_text_put(text, " (in shadow: told, not acted on)");
	cs_text_put(text, names->policy->link[finding->link].row ? ", record " : ", link ");
	cs_text_put(text, names->policy->link[finding->link].name);
	put_reference(text, names->policy, finding);
	if (event && cs_event_has(event, CS_FIELD_CARD)) {
		cs_text_put(text, ", card ");
		cs_text_put_span(text, (struct cs_span){(const uint8_t *)event->card.masked,
							strnlen(event->card.masked, CS_MASKED_BYTES)});
	}
}

static void
put_number(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	cs_text_put(text, "    alert ");
	cs_alert_put_id(text, names, finding);
	cs_text_put(text, "; kept in a journal it is proved by: countersign evidence ");
	cs_alert_put_id(text, names, finding);
}

/* A listed name, or the path of a file, may hold what steers a terminal, turns the writing around or makes a line of its own. */
void
cs_alert_put_plain(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	cs_alert_put_plain_of(text, names, finding, NULL);
}

void
cs_alert_put_plain_of(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding,
		      const char *file)
{
	static void (*const puts[])(struct cs_text *, const struct cs_alert_names *,
				    const struct cs_finding *) = {put_what, put_where, put_number};
	for (unsigned i = 0; i < sizeof puts / sizeof *puts; i++) {
		char room[LINE_BYTES];
		struct cs_text line = cs_text_over(room, sizeof room);
		puts[i](&line, names, finding);
		if (puts[i] == put_where)
			put_place(&line, names, finding, file);
		cs_glyph_put_all(text, (struct cs_span){(const uint8_t *)room, line.len});
		cs_text_put_char(text, '\n');
	}
}

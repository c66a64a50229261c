/*
 * A finding as one line of JSON. Key order is fixed; what is absent is left out.
 *
 * Text fields of a message are the network's, and a misread dialect could leave a card number in one: what
 * could be one is masked by cs_event_safe.
 */
#include "engine/alert.h"

#include "base/hash.h"
#include "io/file.h"
#include "policy/behave.h"

/* What a rule says leans on a message and its request: with its conditions an alert stays within its bound. */
enum { VALUE_BYTES = 160, EVIDENCE_OF_WHY_MAX = 3 };

/* What a detail about a name begins with: LIST/UID before the listed name, of which the UID may have blanks; else a word. */
static struct cs_span
entry_in(const char *text)
{
	const char *name = strstr(text, " \"");
	return (struct cs_span){(const uint8_t *)text, name ? (size_t)(name - text) : strcspn(text, " ")};
}

void
cs_alert_id(const struct cs_alert_names *names, const struct cs_finding *finding, uint8_t out[CS_ALERT_ID_BYTES])
{
	char at[320];
	struct cs_text seen = cs_text_over(at, sizeof at);
	const struct cs_event *event = finding->evidence_n ? finding->evidence[0].event : NULL;
	cs_text_put_u64(&seen, event ? event->message_hash : finding->decided_ns);
	cs_text_put_char(&seen, '|');
	cs_text_put_u64(&seen, event ? event->origin.time_ns : finding->coverage.lost_bytes);
	cs_text_put_char(&seen, '|');
	cs_text_put(&seen, cs_reason_name(finding->reason));
	cs_text_put_char(&seen, '|');
	cs_text_put(&seen, names->policy->link[finding->link].name);
	cs_text_put_char(&seen, '|');
	cs_text_put(&seen, finding->expectation ? finding->expectation : "");
	if (!event && names->policy->link[finding->link].row) { /* two files may be set aside at one time */
		cs_text_put_char(&seen, '|');
		cs_text_put_u64(&seen, cs_hash_bytes(cs_span_text(finding->detail), 0));
	}
	if (event && finding->reason == CS_REASON_NAME_LISTED) { /* one message may name several that are listed */
		cs_text_put_char(&seen, '|');
		cs_text_put_u64(&seen, cs_hash_bytes(entry_in(finding->detail), 0));
	}
	struct cs_span bytes = {(const uint8_t *)at, seen.len};
	uint64_t half[2] = {__builtin_bswap64(cs_hash_bytes(bytes, 1)), __builtin_bswap64(cs_hash_bytes(bytes, 2))};
	memcpy(out, half, sizeof half);
}

void
cs_alert_put_id(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	uint8_t bytes[CS_ALERT_ID_BYTES];
	cs_alert_id(names, finding, bytes);
	cs_text_put_hex_small(text, (struct cs_span){bytes, sizeof bytes});
}

static void
put_id(struct cs_json *json, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	char hex[2 * CS_ALERT_ID_BYTES + 1];
	struct cs_text id = cs_text_over(hex, sizeof hex);
	cs_alert_put_id(&id, names, finding);
	cs_json_put_text(json, "id", hex);
}

static void
put_field(struct cs_json *json, const char *key, const struct cs_event *event, enum cs_field field)
{
	if (!cs_event_has(event, field))
		return;
	if (field < CS_TEXT_FIELD_N) {
		char kept[CS_SHORT_BYTES];
		cs_json_put_latin1(json, key, cs_event_safe(event, field, kept));
		return;
	}
	char at[VALUE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_event_put(&text, event, field);
	cs_json_put_text(json, key, at);
}

static void
put_amount(struct cs_json *json, const struct cs_event *event)
{
	if (!cs_event_has(event, CS_FIELD_AMOUNT))
		return;
	struct cs_money money = cs_event_money(event, CS_FIELD_AMOUNT);
	const char *currency = cs_currency_name(cs_money_currency(money));
	char at[VALUE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_money_put(&text, money);
	char *space = strchr(at, ' ');
	if (space)
		*space = '\0';
	cs_json_put_text(json, "amount", at);
	if (currency)
		cs_json_put_text(json, "currency", currency);
	cs_json_put_i64(json, "amount_minor", cs_money_minor(money));
}

static void
put_card(struct cs_json *json, const struct cs_event *event)
{
	if (!(event->flags & CS_FLAG_CARD))
		return;
	char at[VALUE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_token_put(&text, event->card.token);
	cs_json_key(json, "card");
	cs_json_object(json);
	cs_json_put_text(json, "token", at);
	cs_json_put_latin1(
		json, "masked",
		(struct cs_span){(const uint8_t *)event->card.masked, strnlen(event->card.masked, CS_MASKED_BYTES)});
	cs_json_end_object(json);
}

static void
put_mti(struct cs_json *json, const struct cs_event *event)
{
	if (event->mti[0])
		cs_json_put_latin1(json, "mti", (struct cs_span){(const uint8_t *)event->mti, sizeof event->mti});
}

static const struct text_row {
	const char *key;
	enum cs_field field;
} before_amount[] = {{"stan", CS_FIELD_STAN},         {"rrn", CS_FIELD_RRN},
		     {"terminal", CS_FIELD_TERMINAL}, {"merchant", CS_FIELD_MERCHANT},
		     {"acquirer", CS_FIELD_ACQUIRER}, {"processing_code", CS_FIELD_PROCESSING}},
  behind_amount[] = {{"response_code", CS_FIELD_RESPONSE_CODE}, {"approval_code", CS_FIELD_APPROVAL_CODE}};

/* A text field of a record may be kept for a name of its own, which stands in the evidence. */
static bool
is_own(const struct cs_policy *policy, const struct cs_event *event, enum cs_field field)
{
	const char *name = cs_policy_field(policy, (enum cs_kind)event->kind, field);
	return name != cs_field_info_of(field)->name;
}

/* The message a finding is about, its gaps filled from its own request. */
static struct cs_event
whole(const struct cs_finding *finding)
{
	struct cs_event event = *finding->evidence[0].event;
	for (uint32_t i = 1; i < finding->evidence_n; i++) {
		const struct cs_event *request = finding->evidence[i].event;
		if (!request || finding->evidence[i].role != CS_ROLE_CLAIM_REQUEST)
			continue;
		cs_event_complete(&event, request);
	}
	return event;
}

static void
put_transaction(struct cs_json *json, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	cs_json_key(json, "transaction");
	cs_json_object(json);
	cs_json_put_text(json, "link", names->policy->link[finding->link].name);
	if (finding->evidence_n && finding->evidence[0].event) {
		struct cs_event event = whole(finding);
		put_mti(json, &event);
		for (unsigned i = 0; i < sizeof before_amount / sizeof before_amount[0]; i++)
			if (!is_own(names->policy, &event, before_amount[i].field))
				put_field(json, before_amount[i].key, &event, before_amount[i].field);
		put_amount(json, &event);
		for (unsigned i = 0; i < sizeof behind_amount / sizeof behind_amount[0]; i++)
			if (!is_own(names->policy, &event, behind_amount[i].field))
				put_field(json, behind_amount[i].key, &event, behind_amount[i].field);
		put_card(json, &event);
	}
	cs_json_end_object(json);
}

/* The key of a field: its data element (a record has none: its name in the policy); what is only a part of one says so. */
static const char *
key_of(const struct cs_policy *policy, const struct cs_event *event, enum cs_field field)
{
	if (event->kind == CS_KIND_RECORD)
		return cs_policy_field(policy, CS_KIND_RECORD, field);
	if (field == CS_FIELD_ORIGINAL_STAN)
		return "90.stan";
	if (field == CS_FIELD_ORIGINAL_TIME)
		return "90.time";
	if (field == CS_FIELD_SERVICE_CODE)
		return "35.service_code";
	return cs_field_info_of(field)->element;
}

static void
put_fields(struct cs_json *json, const struct cs_policy *policy, const struct cs_event *event)
{
	cs_json_key(json, "fields");
	cs_json_object(json);
	if (event->flags & CS_FLAG_CARD)
		cs_json_put_latin1(json, event->kind == CS_KIND_RECORD ? "card" : "2",
				   (struct cs_span){(const uint8_t *)event->card.masked,
						    strnlen(event->card.masked, CS_MASKED_BYTES)});
	for (unsigned f = 0; f < CS_FIELD_N; f++)
		if (f != CS_FIELD_CARD && f != CS_FIELD_BIN && f != CS_FIELD_MTI)
			put_field(json, key_of(policy, event, (enum cs_field)f), event, (enum cs_field)f);
	cs_json_end_object(json);
}

static void
put_source(struct cs_json *json, const char *path)
{
	char at[CS_ALERT_SOURCE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_alert_put_source(&text, path);
	CS_ASSERT(!text.overflowed);
	cs_json_put_text(json, "source", at);
}

/* Which file of a folder: what the SHA-256 of its bytes begins with, as sha256sum writes it. */
static void
put_mark(struct cs_json *json, uint32_t mark)
{
	char at[2 * sizeof mark + 1];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned shift = 32; shift; shift -= 4)
		cs_text_put_char(&text, "0123456789abcdef"[mark >> (shift - 4) & 15]);
	cs_json_put_text(json, "file", at);
}

static void
put_evidence(struct cs_json *json, const struct cs_alert_names *names, const struct cs_evidence *evidence)
{
	const struct cs_event *event = evidence->event;
	const struct cs_link *link = &names->policy->link[event->link];
	cs_json_object(json);
	cs_json_put_text(json, "role", cs_role_name(evidence->role));
	cs_json_put_text(json, "leg", link->name);
	cs_json_put_text(json, "side", link->row ? "record" : cs_side_name(link->side));
	cs_json_put_text(json, "kind", cs_kind_name((enum cs_kind)event->kind));
	if (event->origin.source < names->source_n)
		put_source(json, names->source[event->origin.source]);
	if (event->kind == CS_KIND_RECORD && event->origin.offset)
		put_mark(json, event->origin.offset);
	cs_json_put_u64(json, "packet", event->origin.packet);
	cs_json_put_u64(json, "offset", event->origin.offset);
	cs_json_put_u64(json, "file_offset", event->origin.file_offset);
	cs_json_put_time(json, "time", event->origin.time_ns);
	if (!link->row)
		cs_json_put_text(json, "direction",
				 event->origin.direction == CS_DIR_TO_PORT ? "to_port" : "from_port");
	put_mti(json, event);
	put_fields(json, names->policy, event);
	cs_json_end_object(json);
}

static void
put_head(struct cs_json *json, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	char words[1024];
	struct cs_text text = cs_text_over(words, sizeof words);
	const struct cs_event *event = finding->evidence_n ? finding->evidence[0].event : NULL;
	cs_alert_put_words(&text, names, finding);
	cs_json_put_u64(json, "schema", CS_ALERT_SCHEMA);
	put_id(json, names, finding);
	cs_json_put_time(json, "time", event ? event->origin.time_ns : finding->decided_ns);
	cs_json_put_time(json, "decided", finding->decided_ns);
	cs_json_put_text(json, "expectation", finding->expectation ? finding->expectation : "");
	cs_json_put_text(json, "reason", cs_reason_name(finding->reason));
	cs_json_put_text(json, "signals", cs_reason_signal(finding->reason));
	cs_json_put_text(json, "nature", cs_nature_name(cs_reason_nature(finding->reason)));
	cs_json_put_text(json, "severity", cs_severity_name(finding->severity));
	cs_json_put_text(json, "verdict", cs_verdict_name(finding->verdict));
	if (finding->why)
		cs_json_put_text(json, "mode", finding->why->shadow ? "shadow" : "live");
	cs_json_put_text(json, "words", words);
	if (finding->why)
		cs_alert_put_why(json, finding->why);
}

void
cs_alert_put_json(struct cs_text *text, const struct cs_alert_names *names, const struct cs_finding *finding)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	put_head(&json, names, finding);
	put_transaction(&json, names, finding);
	cs_json_key(&json, "evidence");
	cs_json_array(&json);
	uint32_t most = finding->why ? EVIDENCE_OF_WHY_MAX : CS_EVIDENCE_MAX;
	for (uint32_t i = 0; i < finding->evidence_n && i < most; i++)
		if (finding->evidence[i].event)
			put_evidence(&json, names, &finding->evidence[i]);
	cs_json_end_array(&json);
	cs_json_key(&json, "coverage");
	cs_json_object(&json);
	cs_json_put_bool(&json, "complete", finding->coverage.complete);
	if (finding->coverage.lost_bytes != UINT64_MAX)
		cs_json_put_u64(&json, "lost_bytes", finding->coverage.lost_bytes);
	cs_json_end_object(&json);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

enum cs_error
cs_alerts_flush(struct cs_alerts *alerts)
{
	if (alerts->error == CS_OK && alerts->descriptor >= 0)
		alerts->error = cs_file_write_all(alerts->descriptor, alerts->buffer, alerts->len);
	alerts->len = 0;
	return alerts->error;
}

static const char *
file_of(const struct cs_alerts *alerts, const struct cs_finding *finding)
{
	const struct cs_event *event = finding->evidence_n ? finding->evidence[0].event : NULL;
	if (!event || event->kind != CS_KIND_RECORD || !event->origin.offset || !alerts->file)
		return NULL;
	return alerts->file(alerts->file_context, &event->origin);
}

void
cs_alerts_finding(void *context, const struct cs_finding *finding)
{
	struct cs_alerts *alerts = context;
	cs_tally_add(&alerts->tally, finding);
	if (alerts->descriptor < 0)
		return;
	if (sizeof alerts->buffer - alerts->len < CS_ALERT_BYTES && cs_alerts_flush(alerts) != CS_OK)
		return;
	struct cs_text text = cs_text_over(alerts->buffer + alerts->len, sizeof alerts->buffer - alerts->len);
	if (alerts->plain)
		cs_alert_put_plain_of(&text, &alerts->names, finding, file_of(alerts, finding));
	else
		cs_alert_put_json(&text, &alerts->names, finding);
	CS_ASSERT(!text.overflowed);
	alerts->len += text.len;
}

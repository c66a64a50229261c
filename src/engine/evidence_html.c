/*
 * The page that goes into a file, or before a judge: first what happened, then the messages, then how it is proved.
 *
 * Everything that comes from a message, a policy or a file name is escaped, whatever it is. The page has no script and asks
 * for nothing from anywhere; a policy of the browser says so, too.
 */
#include "engine/evidence.h"

#include <jansson.h>

static const char style[] =
	"body{font:11pt/1.45 Georgia,serif;color:#111;max-width:60em;margin:2em auto;padding:0 1em}"
	"h1{font-size:1.6em;margin-bottom:0}h2{font-size:1.15em;margin-top:2em;border-bottom:1px solid #999}"
	"p.lead{font-size:1.15em}table{border-collapse:collapse;margin:1em 0;width:100%;font-size:.9em}"
	"th,td{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
	"th{background:#eee;font-weight:600}td.differs{background:#ffe9a8}"
	"pre,code{font:9pt/1.35 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}"
	"pre{border:1px solid #bbb;padding:.7em}.small{font-size:.85em;color:#333}"
	"@media print{body{margin:0;max-width:none}h2,tr,pre{break-inside:avoid}a{color:inherit}@page{margin:18mm}}";

/* ---- escaping ---- */

static void
put_escaped(struct cs_text *text, const char *utf8)
{
	for (; utf8 && *utf8; utf8++)
		cs_text_put_html(text, *utf8);
}

/* Bytes that claim to be text: what is not UTF-8 is read as ISO 8859-1. */
static void
put_bytes(struct cs_text *text, struct cs_span bytes)
{
	json_t *valid = json_stringn((const char *)bytes.at, bytes.len);
	for (size_t i = 0; i < bytes.len; i++) {
		if (!valid && bytes.at[i] >= 0x80)
			cs_text_put_latin1(text, (struct cs_span){bytes.at + i, 1});
		else
			cs_text_put_html(text, (char)bytes.at[i]);
	}
	json_decref(valid);
}

static void
put_value(struct cs_text *text, const json_t *value)
{
	if (json_is_integer(value))
		cs_text_put_i64(text, json_integer_value(value));
	else
		put_escaped(text, json_string_value(value));
}

static void
put_row(struct cs_text *text, const char *name, const json_t *value)
{
	if (!value)
		return;
	cs_text_put(text, "<tr><th>");
	put_escaped(text, name);
	cs_text_put(text, "</th><td>");
	put_value(text, value);
	cs_text_put(text, "</td></tr>\n");
}

static void
put_hex_row(struct cs_text *text, const char *name, const void *at, size_t len)
{
	cs_text_put(text, "<tr><th>");
	cs_text_put(text, name);
	cs_text_put(text, "</th><td><code>");
	cs_text_put_hex(text, (struct cs_span){at, len});
	cs_text_put(text, "</code></td></tr>\n");
}

/* ---- what happened ---- */

static const char *
word_of(const json_t *object, const char *key)
{
	const char *word = json_string_value(json_object_get(object, key));
	return word ? word : "";
}

static void
put_top(struct cs_text *text, const struct cs_bundle *bundle, const json_t *alert)
{
	static const char *const rows[][2] = {
		{"time", "Seen"},
		{"decided", "Decided"},
		{"expectation", "Expectation broken"},
		{"reason", "Reason"},
		{"nature", "Nature"},
		{"severity", "Severity"},
		{"verdict", "Verdict"},
		{"signals", "Rows of the threat table"},
	};
	cs_text_put(text, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
			  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
			  "'unsafe-inline'\">\n<title>Evidence of alert ");
	put_escaped(text, word_of(alert, "id"));
	cs_text_put(text, "</title>\n<style>");
	cs_text_put(text, style);
	cs_text_put(text, "</style></head><body>\n<h1>Evidence of an alert</h1>\n<p class=\"small\">Alert <code>");
	put_escaped(text, word_of(alert, "id"));
	cs_text_put(text, "</code>, from journal <code>");
	cs_text_put_hex(text, (struct cs_span){bundle->id, sizeof bundle->id});
	cs_text_put(text, "</code></p>\n<h2>What happened</h2>\n<p class=\"lead\">");
	put_escaped(text, word_of(alert, "words"));
	cs_text_put(text, "</p>\n<table>\n");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		put_row(text, rows[i][1], json_object_get(alert, rows[i][0]));
	const json_t *transaction = json_object_get(alert, "transaction");
	put_row(text, "Card, masked", json_object_get(json_object_get(transaction, "card"), "masked"));
	put_row(text, "Amount", json_object_get(transaction, "amount"));
	put_row(text, "Currency", json_object_get(transaction, "currency"));
	cs_text_put(text, "</table>\n<p>");
	put_escaped(text, bundle->story);
	cs_text_put(text, "</p>\n");
}

/* ---- the messages, side by side ---- */

static const char *
name_of_element(const char *element)
{
	for (unsigned f = 0; f < CS_FIELD_N; f++)
		if (strcmp(cs_field_info_of((enum cs_field)f)->element, element) == 0)
			return cs_field_info_of((enum cs_field)f)->help;
	return "";
}

/* Whether the messages that have FIELD do not all have the same value. */
static bool
differs(const json_t *evidence, const char *field)
{
	const char *first = NULL;
	for (size_t i = 0; i < json_array_size(evidence); i++) {
		const char *value = json_string_value(
			json_object_get(json_object_get(json_array_get(evidence, i), "fields"), field));
		if (!value)
			continue;
		if (first && strcmp(first, value) != 0)
			return true;
		first = value;
	}
	return false;
}

static void
put_field_row(struct cs_text *text, const json_t *evidence, const char *field)
{
	const char *class = differs(evidence, field) ? "<td class=\"differs\">" : "<td>";
	cs_text_put(text, "<tr><th>");
	put_escaped(text, field);
	cs_text_put(text, " <span class=\"small\">");
	put_escaped(text, name_of_element(field));
	cs_text_put(text, "</span></th>");
	for (size_t i = 0; i < json_array_size(evidence); i++) {
		cs_text_put(text, class);
		put_value(text, json_object_get(json_object_get(json_array_get(evidence, i), "fields"), field));
		cs_text_put(text, "</td>");
	}
	cs_text_put(text, "</tr>\n");
}

/* A row of a file, or a message of one; else a message of a link. */
static bool
is_row(const json_t *evidence)
{
	return strcmp(word_of(evidence, "side"), "record") == 0;
}

/* A row of the table: KEY of all messages, under one name or, where rows call it otherwise, two. */
struct place_row {
	const char *key, *name, *other;
	bool of_messages, of_rows;
};

static void
put_place_row(struct cs_text *text, const json_t *evidence, const struct place_row *row)
{
	cs_text_put(text, "<tr><th>");
	cs_text_put(text, row->name);
	cs_text_put(text, row->other ? "; of a file: " : "");
	cs_text_put(text, row->other ? row->other : "");
	cs_text_put(text, "</th>");
	for (size_t i = 0; i < json_array_size(evidence); i++) {
		const json_t *one = json_array_get(evidence, i);
		cs_text_put(text, "<td>");
		if (is_row(one) ? row->of_rows : row->of_messages)
			put_value(text, json_object_get(one, row->key));
		cs_text_put(text, "</td>");
	}
	cs_text_put(text, "</tr>\n");
}

static unsigned
count_rows(const json_t *evidence)
{
	unsigned n = 0;
	for (size_t i = 0; i < json_array_size(evidence); i++)
		n += is_row(json_array_get(evidence, i));
	return n;
}

/* Where each stands: of a message of a link its packet, of a row its line and where that begins. */
static void
put_places(struct cs_text *text, const json_t *evidence)
{
	static const struct {
		const char *key, *message, *row; /* NULL: it says nothing of such */
	} places[] = {
		{"role", "Part", "Part"},
		{"leg", "Link", "Record"},
		{"side", "Side", NULL},
		{"kind", "Kind", NULL},
		{"mti", "MTI", NULL},
		{"time", "Seen", "Seen"},
		{"direction", "Way", NULL},
		{"source", "Source", "File or folder"},
		{"file", NULL, "SHA-256 of the file begins with"},
		{"packet", "Packet", "Line of the file"},
		{"offset", "Byte in it", NULL},
		{"file_offset", NULL, "Byte of the file where it begins"},
	};
	unsigned row_n = count_rows(evidence);
	bool messages = row_n < json_array_size(evidence);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		const char *message = messages ? places[i].message : NULL, *row = row_n ? places[i].row : NULL;
		if (message && row && strcmp(message, row) != 0)
			put_place_row(text, evidence, &(struct place_row){places[i].key, message, row, true, true});
		else if (message || row)
			put_place_row(text, evidence,
				      &(struct place_row){places[i].key, message ? message : row, NULL, message != NULL,
							  row != NULL});
	}
}

static void
put_messages(struct cs_text *text, const json_t *alert)
{
	const json_t *evidence = json_object_get(alert, "evidence");
	json_t *all = json_object();
	unsigned row_n = count_rows(evidence);
	bool rows = row_n && row_n == json_array_size(evidence);
	cs_text_put(text,
		    rows ? row_n == 1 ? "<h2>The record</h2>\n" : "<h2>The records</h2>\n" : "<h2>The messages</h2>\n");
	if (!json_array_size(evidence))
		cs_text_put(text, "<p>This alert is not about single messages.</p>\n");
	cs_text_put(text, "<table>\n");
	if (json_array_size(evidence))
		put_places(text, evidence);
	for (size_t i = 0; i < json_array_size(evidence); i++) {
		json_t *fields = json_object_get(json_array_get(evidence, i), "fields");
		if (json_is_object(fields))
			(void)json_object_update_missing(all, fields);
	}
	for (void *it = json_object_iter(all); it; it = json_object_iter_next(all, it))
		put_field_row(text, evidence, json_object_iter_key(it));
	json_decref(all);
	cs_text_put(text, "</table>\n<p class=\"small\">");
	if (!rows)
		cs_text_put(text, "Fields by data element of ISO 8583; the card number is masked. ");
	if (row_n)
		cs_text_put(
			text,
			"Of a row or a message of a file the journal has those fields that the policy names, a hash, "
			"and where it stands: the rest of it is in the file, as the bank kept it. ");
	cs_text_put(text, "Marked: values that are not the same in all that have the field.</p>\n");
}

/* ---- the policy ---- */

static void
put_policy(struct cs_text *text, const struct cs_bundle *bundle, const json_t *alert)
{
	const struct cs_bundle_record *it = cs_bundle_find(bundle, CS_BUNDLE_POLICY);
	if (!it)
		return;
	struct cs_cursor c = cs_cursor_over(it->record.open);
	struct cs_span path = cs_cursor_take(&c, cs_unpack_u16(&c));
	struct cs_span policy = cs_cursor_take(&c, cs_cursor_left(&c));
	cs_text_put(text, "<h2>What the bank expects</h2>\n<p>From the policy in force (<code>");
	put_bytes(text, path);
	cs_text_put(text, "</code>, record ");
	cs_text_put_u64(text, it->record.seq);
	cs_text_put(text, " of the journal):</p>\n<pre>");
	struct cs_span part[CS_EVIDENCE_PARTS_MAX];
	unsigned n = cs_evidence_parts(policy, word_of(alert, "expectation"), part);
	for (unsigned i = 0; i < n; i++) {
		cs_text_put(text, i ? "\n\n" : "");
		put_bytes(text, part[i]);
	}
	cs_text_put(text, "</pre>\n");
}

/* ---- the proof ---- */

static void
put_records(struct cs_text *text, const struct cs_bundle *bundle)
{
	cs_text_put(text, "<table>\n<tr><th>What</th><th>Record</th><th>Page</th></tr>\n");
	for (uint32_t i = 0; i < bundle->record_n; i++) {
		const struct cs_bundle_record *it = &bundle->record[i];
		cs_text_put(text, "<tr><td>");
		cs_text_put(text, cs_bundle_role_name(it->role));
		cs_text_put(text, "</td><td>");
		cs_text_put_u64(text, it->record.seq);
		cs_text_put(text, "</td><td>");
		cs_text_put_u64(text, it->page);
		cs_text_put(text, "</td></tr>\n");
	}
	cs_text_put(text, "</table>\n<table>\n<tr><th>Checkpoint on page</th><th>Covers pages</th><th>Signed at</th>"
			  "<th>Signature</th></tr>\n");
	for (uint32_t i = 0; i < bundle->checkpoint_n; i++) {
		const struct cs_checkpoint *it = &bundle->checkpoint[i];
		cs_text_put(text, "<tr><td>");
		cs_text_put_u64(text, it->page);
		cs_text_put(text, "</td><td>");
		cs_text_put_u64(text, it->first_page);
		cs_text_put(text, " to ");
		cs_text_put_u64(text, it->page - 1);
		cs_text_put(text, "</td><td>");
		cs_text_put_time(text, it->wall_ns);
		cs_text_put(text, "</td><td><code>");
		cs_text_put_hex(text, (struct cs_span){it->signature, sizeof it->signature});
		cs_text_put(text, "</code></td></tr>\n");
	}
	cs_text_put(text, "</table>\n");
}

static void
put_proof(struct cs_text *text, const struct cs_bundle *bundle)
{
	cs_text_put(
		text,
		"<h2>How this is proved</h2>\n<p>Each message was put down, and hashed with a secret salt, before it "
		"was judged, and the alert behind it; but what was found by a watch list stands before its message. "
		"The hashes of a page's records lead to one root in the head "
		"of "
		"the page; each head names the hash of the page before it; and from time to time a checkpoint signs, "
		"with "
		"the key below, the hashes of all pages since the one before. The bundle that belongs to this page "
		"shows "
		"the records with their salts, these hashes and the signatures. Nobody who lacks the private key can "
		"change a letter of a record without breaking that.</p>\n"
		"<p>It does not prove that the taps showed the truth, nor that the clocks were right.</p>\n<table>\n");
	put_hex_row(text, "Journal", bundle->id, sizeof bundle->id);
	put_hex_row(text, "Public key", bundle->public_key, sizeof bundle->public_key);
	cs_text_put(text, "</table>\n");
	put_records(text, bundle);
	cs_text_put(text,
		    "<h2>How to check it</h2>\n<p>Take the bundle (the JSON file that came with this page), and the "
		    "bank's public key from where it was published, and run on any machine:</p>\n<pre>countersign "
		    "verify --bundle FILE.json --public-key KEY-FROM-THE-BANK</pre>\n<p>The form of the bundle is "
		    "public (docs/journal.md); a second program can be written "
		    "from it. This page is for reading: the bundle is what counts.</p>\n</body></html>\n");
}

void
cs_evidence_html(struct cs_text *text, const struct cs_bundle *bundle)
{
	const struct cs_bundle_record *it = cs_bundle_find(bundle, CS_BUNDLE_ALERT);
	json_t *alert = it ? json_loadb((const char *)it->record.sealed.at, it->record.sealed.len, 0, NULL) : NULL;
	put_top(text, bundle, alert);
	put_messages(text, alert);
	put_policy(text, bundle, alert);
	put_proof(text, bundle);
	json_decref(alert);
}

/*
 * Reading and writing the file of decisions: see decision.h. Whoever opens, locks and syncs the file is elsewhere.
 *
 * A line is read only after its hash held, so what it says was written by this program or by somebody who took the trouble
 * to hash; each member is checked all the same.
 */
#include "screen/decision.h"

#include "base/hash.h"
#include "base/json.h"

#include <jansson.h>
#include <stdlib.h>

enum { HEX_BYTES = 2 * CS_DIGEST_BYTES, LINES_MAX = 1 << 22 };

static const char hash_key[] = ",\"hash\":\"";

struct cs_decisions {
	size_t good;
	bool broken;
	struct cs_digest head;
	struct cs_hasher *hasher;
	struct cs_decision_kept *at;
	size_t n;
	uint32_t *slot; /* by party and entry: index + 1 of the last decision */
	size_t slot_n;
	char *texts; /* what the spans of decisions point into */
	size_t texts_len;
};

static bool
hex_read(const char *text, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < 2 * len; i++) {
		const char *digits = "0123456789ABCDEF";
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (!digit)
			return false;
		uint8_t value = (uint8_t)(digit - digits);
		out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | value : value << 4);
	}
	return text[2 * len] == '\0' || text[2 * len] == '"';
}

/* ---- the index ---- */

static uint64_t
key_of(const struct cs_decision_case *of)
{
	uint64_t hash = cs_hash_bytes((struct cs_span){of->party.at, CS_DIGEST_BYTES}, 1);
	return cs_hash_mix(cs_hash_mix(hash, cs_hash_bytes(of->list, 2)), cs_hash_bytes(of->uid, 3));
}

static bool
is_same(const struct cs_decision_case *a, const struct cs_decision_case *b)
{
	return cs_digest_same(&a->party, &b->party) && cs_span_equal(a->list, b->list) && cs_span_equal(a->uid, b->uid);
}

/* The slot of a case: its own, or the empty one where it would stand. */
static uint32_t *
slot_of(const struct cs_decisions *decisions, const struct cs_decision_case *of)
{
	size_t i = key_of(of) & (decisions->slot_n - 1);
	while (decisions->slot[i] && !is_same(&decisions->at[decisions->slot[i] - 1].of, of))
		i = (i + 1) & (decisions->slot_n - 1);
	return &decisions->slot[i];
}

static bool
make_index(struct cs_decisions *decisions)
{
	decisions->slot_n = 16;
	while (decisions->slot_n < 2 * decisions->n + 2)
		decisions->slot_n *= 2;
	decisions->slot = calloc(decisions->slot_n, sizeof *decisions->slot);
	for (size_t i = 0; decisions->slot && i < decisions->n; i++)
		if (!decisions->at[i].revoked)
			*slot_of(decisions, &decisions->at[i].of) = (uint32_t)i + 1;
	return decisions->slot != NULL;
}

/* ---- reading ---- */

static bool
take_text(struct cs_decisions *decisions, json_t *line, const char *key, struct cs_span *out)
{
	json_t *value = json_object_get(line, key);
	size_t len = json_string_length(value);
	if (!json_is_string(value) || len > CS_DECISION_TEXT_MAX)
		return false;
	memcpy(decisions->texts + decisions->texts_len, json_string_value(value), len);
	*out = (struct cs_span){(uint8_t *)decisions->texts + decisions->texts_len, len};
	decisions->texts_len += len;
	return true;
}

static bool
take_hex(json_t *line, const char *key, uint8_t *out, size_t len)
{
	json_t *value = json_object_get(line, key);
	return json_is_string(value) && json_string_length(value) == 2 * len &&
	       hex_read(json_string_value(value), out, len);
}

static bool
take_seconds(json_t *line, const char *key, uint64_t *out)
{
	json_t *value = json_object_get(line, key);
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static bool
take_id(json_t *line, char out[CS_DECISION_ID_BYTES])
{
	uint8_t ignored[(CS_DECISION_ID_BYTES - 1) / 2];
	if (!take_hex(line, "id", ignored, sizeof ignored))
		return false;
	memcpy(out, json_string_value(json_object_get(line, "id")), CS_DECISION_ID_BYTES);
	return true;
}

static const char *
revoke(struct cs_decisions *decisions, const struct cs_decision_kept *decision)
{
	for (size_t i = decisions->n; i-- > 0;)
		if (strcmp(decisions->at[i].id, decision->id) == 0) {
			decisions->at[i].revoked = true;
			return NULL;
		}
	return "it revokes a decision that was never made";
}

static const char *
take_members(struct cs_decisions *decisions, json_t *line, uint64_t number)
{
	struct cs_decision_kept decision = {.line = number};
	const char *action = json_string_value(json_object_get(line, "action"));
	if (!action || !take_id(line, decision.id) || !take_text(decisions, line, "by", &decision.by) ||
	    !take_text(decisions, line, "reason", &decision.reason) || !take_seconds(line, "at_s", &decision.at_s))
		return "it is no decision";
	if (strcmp(action, "revoke") == 0)
		return revoke(decisions, &decision);
	if (strcmp(action, "not_a_match") != 0 || !take_seconds(line, "until_s", &decision.until_s) ||
	    !take_hex(line, "party", decision.of.party.at, CS_DIGEST_BYTES) ||
	    !take_hex(line, "version", decision.of.version.at, CS_DIGEST_BYTES) ||
	    !take_text(decisions, line, "list", &decision.of.list) ||
	    !take_text(decisions, line, "uid", &decision.of.uid) ||
	    !take_text(decisions, line, "name", &decision.name) || !decision.by.len || !decision.reason.len)
		return "it is no decision";
	decisions->at[decisions->n++] = decision;
	return NULL;
}

/* One line without its end; NULL when it is sound. */
static const char *
take_line(struct cs_decisions *decisions, struct cs_span line, uint64_t number)
{
	static const size_t tail = sizeof hash_key - 1 + HEX_BYTES + 2;
	struct cs_digest own, before;
	if (line.len > CS_DECISION_LINE_MAX)
		return "it is too long";
	if (line.len < tail || memcmp(line.at + line.len - tail, hash_key, sizeof hash_key - 1) != 0 ||
	    memcmp(line.at + line.len - 2, "\"}", 2) != 0 ||
	    !hex_read((const char *)line.at + line.len - 2 - HEX_BYTES, own.at, CS_DIGEST_BYTES))
		return "it does not end in its hash";
	struct cs_digest found = cs_digest_of(decisions->hasher, (struct cs_span){line.at, line.len - tail});
	if (!cs_digest_same(&found, &own))
		return "it is not what was hashed";
	json_t *json = json_loadb((const char *)line.at, line.len, JSON_REJECT_DUPLICATES, NULL);
	const char *why = NULL;
	if (!json || !take_hex(json, "prev", before.at, CS_DIGEST_BYTES))
		why = "it is no JSON object with prev";
	else if (!cs_digest_same(&before, &decisions->head))
		why = "it does not follow on the line before it";
	else
		why = take_members(decisions, json, number);
	json_decref(json);
	decisions->head = own;
	return why;
}

static bool
make_room(struct cs_decisions *decisions, struct cs_span file)
{
	size_t lines = 1;
	for (size_t i = 0; i < file.len; i++)
		lines += file.at[i] == '\n';
	decisions->at = calloc(lines, sizeof *decisions->at);
	decisions->texts = malloc(file.len + 1); /* an escape is never shorter than what it stands for */
	decisions->hasher = cs_hasher_new();
	return lines < LINES_MAX && decisions->at && decisions->texts && decisions->hasher;
}

/* All lines; stops at the first that is wrong. */
static void
take_lines(struct cs_decisions *decisions, struct cs_span file, struct cs_decision_fault *fault)
{
	uint64_t number = 0;
	for (size_t at = 0; at < file.len;) {
		const uint8_t *end = memchr(file.at + at, '\n', file.len - at);
		number++;
		if (!end) {
			*fault = (struct cs_decision_fault){number, "its writing was cut short", true};
			return;
		}
		size_t len = (size_t)(end - file.at) - at;
		const char *why = take_line(decisions, (struct cs_span){file.at + at, len}, number);
		if (why) {
			*fault = (struct cs_decision_fault){number, why, false};
			decisions->n = 0;
			decisions->broken = true;
			return;
		}
		at += len + 1;
		decisions->good = at;
	}
}

struct cs_decisions *
cs_decisions_new(struct cs_span file, struct cs_decision_fault *fault)
{
	struct cs_decisions *decisions = calloc(1, sizeof *decisions);
	*fault = (struct cs_decision_fault){0};
	if (!decisions)
		return NULL;
	if (make_room(decisions, file)) {
		take_lines(decisions, file, fault);
		if (make_index(decisions))
			return decisions;
	}
	cs_decisions_free(decisions);
	return NULL;
}

void
cs_decisions_free(struct cs_decisions *decisions)
{
	if (!decisions)
		return;
	cs_hasher_free(decisions->hasher);
	free(decisions->at);
	free(decisions->slot);
	free(decisions->texts);
	free(decisions);
}

bool
cs_decisions_broken(const struct cs_decisions *decisions)
{
	return decisions && decisions->broken;
}

size_t
cs_decisions_n(const struct cs_decisions *decisions)
{
	return decisions->n;
}

const struct cs_decision_kept *
cs_decisions_at(const struct cs_decisions *decisions, size_t i)
{
	return &decisions->at[i];
}

size_t
cs_decisions_good(const struct cs_decisions *decisions)
{
	return decisions->good;
}

struct cs_digest
cs_decisions_head(const struct cs_decisions *decisions)
{
	return decisions->head;
}

enum cs_decision_state
cs_decisions_ask(const struct cs_decisions *decisions, const struct cs_decision_case *of, uint64_t now_s,
		 const struct cs_decision_kept **out)
{
	uint32_t found = *slot_of(decisions, of);
	if (!found)
		return CS_DECISION_NONE;
	const struct cs_decision_kept *decision = &decisions->at[found - 1];
	if (out)
		*out = decision;
	if (!cs_digest_same(&decision->of.version, &of->version))
		return CS_DECISION_CHANGED;
	return decision->until_s && decision->until_s <= now_s ? CS_DECISION_EXPIRED : CS_DECISION_HOLDS;
}

uint64_t
cs_decisions_next_s(const struct cs_decisions *decisions, uint64_t now_s)
{
	uint64_t next_s = 0;
	for (size_t i = 0; i < decisions->n; i++) {
		uint64_t until_s = decisions->at[i].until_s;
		if (until_s > now_s && (!next_s || until_s < next_s))
			next_s = until_s;
	}
	return next_s;
}

/* ---- writing ---- */

static void
put_digest(struct cs_json *json, const char *key, const struct cs_digest *digest)
{
	cs_json_key(json, key);
	cs_json_hex(json, (struct cs_span){digest->at, CS_DIGEST_BYTES});
}

/* Would the reader take this line? It reads no text that is empty or no UTF-8: one such line, and no decision of the file held. */
static bool
reads_back(struct cs_span line, bool revoked)
{
	static const char *const keys[] = {"by", "reason", "name", "list", "uid"};
	json_t *json = json_loadb((const char *)line.at, line.len, JSON_REJECT_DUPLICATES, NULL);
	bool reads = json != NULL;
	for (unsigned i = 0; reads && i < (revoked ? 2 : sizeof keys / sizeof *keys); i++) {
		json_t *text = json_object_get(json, keys[i]);
		bool wanted = i < 2 && !revoked;
		reads = json_is_string(text) && json_string_length(text) <= CS_DECISION_TEXT_MAX &&
			(!wanted || json_string_length(text) > 0);
	}
	json_decref(json);
	return reads;
}

bool
cs_decisions_line(const struct cs_decisions *decisions, const struct cs_decision_kept *decision, struct cs_text *out)
{
	size_t from = out->len;
	struct cs_json json = cs_json_over(out);
	const struct cs_span texts[] = {decision->by, decision->reason, decision->name, decision->of.list,
					decision->of.uid};
	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].len > CS_DECISION_TEXT_MAX)
			return false;
	cs_json_object(&json);
	cs_json_put_text(&json, "action", decision->revoked ? "revoke" : "not_a_match");
	cs_json_put_text(&json, "id", decision->id);
	cs_json_put_u64(&json, "at_s", decision->at_s);
	cs_json_put_utf8(&json, "by", decision->by);
	cs_json_put_utf8(&json, "reason", decision->reason);
	if (!decision->revoked) {
		cs_json_put_u64(&json, "until_s", decision->until_s);
		cs_json_put_utf8(&json, "name", decision->name);
		put_digest(&json, "party", &decision->of.party);
		cs_json_put_utf8(&json, "list", decision->of.list);
		cs_json_put_utf8(&json, "uid", decision->of.uid);
		put_digest(&json, "version", &decision->of.version);
	}
	put_digest(&json, "prev", &decisions->head);
	struct cs_span hashed = {(const uint8_t *)out->at + from, out->len - from};
	struct cs_digest own = cs_digest_of(decisions->hasher, hashed);
	put_digest(&json, "hash", &own);
	cs_json_end_object(&json);
	struct cs_span line = {(const uint8_t *)out->at + from, out->len - from};
	bool fits = !out->overflowed && line.len <= CS_DECISION_LINE_MAX && reads_back(line, decision->revoked);
	cs_text_put_char(out, '\n');
	return fits && !out->overflowed;
}

struct cs_digest
cs_decision_party(struct cs_hasher *hasher, const struct cs_lexicon *lexicon, struct cs_span name,
		  const struct cs_score_facts *facts)
{
	struct cs_name_room room;
	char known[80];
	struct cs_text text = cs_text_over(known, sizeof known);
	cs_name_read(lexicon, NULL, name, CS_NAME_ANY, &room);
	cs_hasher_begin(hasher);
	for (unsigned i = 0; i < room.name.part_n; i++) {
		const struct cs_term *word = &room.name.token[room.name.part[i].token];
		cs_hasher_add(hasher, word->text, strlen(word->text));
		cs_hasher_add(hasher, " ", 1);
	}
	/* What was not read to its end is bound to all its bytes. */
	if (room.cut || !room.name.part_n)
		cs_hasher_add(hasher, name.at, name.len);
	const uint64_t facts_said[] = {facts ? facts->born_from : 0, facts ? facts->born_to : 0,
				       facts ? facts->country : 0, facts ? (uint8_t)facts->gender : 0};
	for (unsigned i = 0; i < sizeof facts_said / sizeof *facts_said; i++) {
		cs_text_put_char(&text, '|');
		cs_text_put_u64(&text, facts_said[i]);
	}
	cs_hasher_add(hasher, known, text.len);
	return cs_hasher_end(hasher);
}

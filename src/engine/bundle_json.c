/*
 * Bundles as JSON and back. Bytes are hex digits; numbers that need all of 64 bits are strings.
 *
 * Reading takes nothing on trust: every key has its type and length, every list its limit. Whether it is true is
 * bundle.c's to prove.
 */
#include "engine/bundle.h"

#include "base/json.h"
#include "engine/hex.h"

#include <jansson.h>
#include <stdlib.h>

enum { BUNDLE_FORM = 1, DIGITS_MAX = 20 };

/* ---- writing ---- */

static void
put_hex(struct cs_json *json, const char *key, const void *at, size_t len)
{
	cs_json_key(json, key);
	cs_json_hex(json, (struct cs_span){at, len});
}

static void
put_long(struct cs_json *json, const char *key, uint64_t value)
{
	char at[DIGITS_MAX + 1];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put_u64(&text, value);
	cs_json_put_text(json, key, at);
}

static void
put_path(struct cs_json *json, const struct cs_merkle_path *path)
{
	cs_json_key(json, "path");
	cs_json_array(json);
	for (unsigned i = 0; i < path->n; i++)
		cs_json_hex(json, (struct cs_span){path->at[i].at, CS_DIGEST_BYTES});
	cs_json_end_array(json);
}

static void
put_record(struct cs_json *json, const struct cs_bundle_record *it)
{
	cs_json_object(json);
	cs_json_put_text(json, "role", cs_bundle_role_name(it->role));
	cs_json_put_u64(json, "record", it->record.seq);
	cs_json_put_u64(json, "kind", it->record.kind);
	cs_json_put_u64(json, "page", it->page);
	cs_json_put_u64(json, "nth", it->nth);
	put_long(json, "base_ns", it->record.base_ns);
	put_hex(json, "open", it->record.open.at, it->record.open.len);
	put_hex(json, "sealed", it->record.sealed.at, it->record.sealed.len);
	put_hex(json, "salt", it->salt, sizeof it->salt);
	put_path(json, &it->path);
	cs_json_end_object(json);
}

static void
put_checkpoint(struct cs_json *json, const struct cs_checkpoint *it)
{
	cs_json_object(json);
	put_hex(json, "journal", it->id, sizeof it->id);
	cs_json_put_u64(json, "first_page", it->first_page);
	cs_json_put_u64(json, "page", it->page);
	cs_json_put_u64(json, "record", it->seq);
	put_hex(json, "chain", it->chain.at, CS_DIGEST_BYTES);
	put_hex(json, "root", it->root.at, CS_DIGEST_BYTES);
	put_long(json, "wall_ns", it->wall_ns);
	put_hex(json, "signature", it->signature, sizeof it->signature);
	cs_json_end_object(json);
}

static void
put_pages(struct cs_json *json, const struct cs_bundle *bundle)
{
	cs_json_key(json, "pages");
	cs_json_array(json);
	for (uint32_t i = 0; i < bundle->page_n; i++) {
		cs_json_object(json);
		cs_json_put_u64(json, "page", bundle->page[i].number);
		put_hex(json, "head", bundle->page[i].head, CS_PAGE_HASHED_BYTES);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
	cs_json_key(json, "covers");
	cs_json_array(json);
	for (uint32_t i = 0; i < bundle->cover_n; i++) {
		cs_json_object(json);
		cs_json_put_u64(json, "page", bundle->cover[i].page);
		cs_json_put_u64(json, "checkpoint", bundle->cover[i].checkpoint);
		put_path(json, &bundle->cover[i].path);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

void
cs_bundle_put(struct cs_text *text, const struct cs_bundle *bundle)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_u64(&json, "bundle", BUNDLE_FORM);
	put_hex(&json, "journal", bundle->id, sizeof bundle->id);
	put_hex(&json, "public_key", bundle->public_key, sizeof bundle->public_key);
	put_hex(&json, "alert", bundle->alert, sizeof bundle->alert);
	if (bundle->story)
		cs_json_put_text(&json, "story", bundle->story);
	cs_json_key(&json, "records");
	cs_json_array(&json);
	for (uint32_t i = 0; i < bundle->record_n; i++)
		put_record(&json, &bundle->record[i]);
	cs_json_end_array(&json);
	put_pages(&json, bundle);
	cs_json_key(&json, "checkpoints");
	cs_json_array(&json);
	for (uint32_t i = 0; i < bundle->checkpoint_n; i++)
		put_checkpoint(&json, &bundle->checkpoint[i]);
	cs_json_end_array(&json);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

/* ---- reading ---- */

static struct cs_span
text_at(const json_t *object, const char *key)
{
	const json_t *it = json_object_get(object, key);
	return json_is_string(it) ? (struct cs_span){(const uint8_t *)json_string_value(it), json_string_length(it)}
				  : (struct cs_span){NULL, 0};
}

static bool
get_hex(const json_t *object, const char *key, uint8_t *out, size_t len)
{
	struct cs_span text = text_at(object, key);
	return text.at && cs_hex_read(text, out, len);
}

static bool
get_number(const json_t *object, const char *key, uint64_t *out)
{
	const json_t *it = json_object_get(object, key);
	if (!json_is_integer(it) || json_integer_value(it) < 0)
		return false;
	*out = (uint64_t)json_integer_value(it);
	return true;
}

static bool
get_long(const json_t *object, const char *key, uint64_t *out)
{
	struct cs_span text = text_at(object, key);
	uint64_t value = 0;
	if (!text.len || text.len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(text.at[i] - '0'), &value))
			return false;
	}
	*out = value;
	return true;
}

static bool
get_path(const json_t *object, struct cs_merkle_path *out)
{
	const json_t *path = json_object_get(object, "path");
	if (!json_is_array(path) || json_array_size(path) > CS_MERKLE_PATH_MAX)
		return false;
	out->n = (unsigned)json_array_size(path);
	for (unsigned i = 0; i < out->n; i++) {
		const json_t *it = json_array_get(path, i);
		struct cs_span hex = {(const uint8_t *)json_string_value(it), json_string_length(it)};
		if (!json_is_string(it) || !cs_hex_read(hex, out->at[i].at, CS_DIGEST_BYTES))
			return false;
	}
	return true;
}

/* Both parts of a record, into memory of their own. */
static bool
get_parts(const json_t *object, struct cs_bundle_record *out)
{
	size_t open_len = text_at(object, "open").len / 2, sealed_len = text_at(object, "sealed").len / 2;
	if (open_len > CS_PAGE_RECORD_MAX || sealed_len > CS_PAGE_RECORD_MAX)
		return false;
	out->bytes = malloc(open_len + sealed_len + 1);
	if (!out->bytes)
		return false;
	out->record.open = (struct cs_span){out->bytes, open_len};
	out->record.sealed = (struct cs_span){out->bytes + open_len, sealed_len};
	out->record.sealed_len = (uint32_t)sealed_len;
	return get_hex(object, "open", out->bytes, open_len) &&
	       get_hex(object, "sealed", out->bytes + open_len, sealed_len);
}

static bool
read_record(const json_t *object, struct cs_bundle *out)
{
	uint64_t kind = 0;
	if (out->record_n == CS_BUNDLE_RECORDS_MAX)
		return false;
	struct cs_bundle_record *it = &out->record[out->record_n++];
	while (it->role < CS_BUNDLE_ROLE_N && !cs_span_is(text_at(object, "role"), cs_bundle_role_name(it->role)))
		it->role++;
	bool good = it->role < CS_BUNDLE_ROLE_N && get_number(object, "record", &it->record.seq) &&
		    get_number(object, "kind", &kind) && kind <= UINT8_MAX && get_number(object, "page", &it->page) &&
		    get_number(object, "nth", &it->nth) && get_long(object, "base_ns", &it->record.base_ns) &&
		    get_parts(object, it) && get_hex(object, "salt", it->salt, sizeof it->salt) &&
		    get_path(object, &it->path);
	it->record.kind = (uint8_t)kind;
	return good;
}

static bool
read_page(const json_t *object, struct cs_bundle *out)
{
	uint64_t number = 0;
	uint8_t head[CS_PAGE_HASHED_BYTES];
	return get_number(object, "page", &number) && get_hex(object, "head", head, sizeof head) &&
	       cs_bundle_add_page(out, number, head);
}

static bool
read_cover(const json_t *object, struct cs_bundle *out)
{
	if (out->cover_n == CS_BUNDLE_RECORDS_MAX)
		return false;
	struct cs_bundle_cover *it = &out->cover[out->cover_n++];
	return get_number(object, "page", &it->page) && get_number(object, "checkpoint", &it->checkpoint) &&
	       get_path(object, &it->path);
}

static bool
read_checkpoint(const json_t *object, struct cs_bundle *out)
{
	if (out->checkpoint_n == CS_BUNDLE_RECORDS_MAX)
		return false;
	struct cs_checkpoint *it = &out->checkpoint[out->checkpoint_n++];
	return get_hex(object, "journal", it->id, sizeof it->id) && get_number(object, "first_page", &it->first_page) &&
	       get_number(object, "page", &it->page) && get_number(object, "record", &it->seq) &&
	       get_hex(object, "chain", it->chain.at, CS_DIGEST_BYTES) &&
	       get_hex(object, "root", it->root.at, CS_DIGEST_BYTES) && get_long(object, "wall_ns", &it->wall_ns) &&
	       get_hex(object, "signature", it->signature, sizeof it->signature);
}

static void
put_fault(struct cs_text *words, const char *what, const char *behind)
{
	cs_text_put(words, what);
	cs_text_put(words, behind);
}

static enum cs_error
read_lists(const json_t *top, struct cs_bundle *out, struct cs_text *words)
{
	static const struct {
		const char *key;
		bool (*read)(const json_t *object, struct cs_bundle *out);
	} lists[] = {{"records", read_record},
		     {"pages", read_page},
		     {"covers", read_cover},
		     {"checkpoints", read_checkpoint}};
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		const json_t *list = json_object_get(top, lists[i].key);
		bool good = json_is_array(list);
		for (size_t j = 0; good && j < json_array_size(list); j++)
			good = json_is_object(json_array_get(list, j)) && lists[i].read(json_array_get(list, j), out);
		if (good)
			continue;
		put_fault(words, lists[i].key,
			  ": an entry is missing, too much, or not of the form that docs/journal.md tells");
		return CS_E_SYNTAX;
	}
	return CS_OK;
}

static enum cs_error
read_top(const json_t *top, struct cs_bundle *out, struct cs_text *words)
{
	uint64_t form = 0;
	if (!json_is_object(top) || !get_number(top, "bundle", &form)) {
		put_fault(words, "this is no bundle of evidence", "");
		return CS_E_SYNTAX;
	}
	if (form != BUNDLE_FORM) {
		put_fault(words, "this bundle is of a later form; ",
			  "use the countersign that made it, or a later one");
		return CS_E_SYNTAX;
	}
	if (!get_hex(top, "journal", out->id, sizeof out->id) ||
	    !get_hex(top, "public_key", out->public_key, sizeof out->public_key) ||
	    !get_hex(top, "alert", out->alert, sizeof out->alert)) {
		put_fault(words, "journal, public_key or alert is missing or ", "not the right number of hex digits");
		return CS_E_SYNTAX;
	}
	struct cs_span story = text_at(top, "story");
	if (story.at) {
		out->story = strndup((const char *)story.at, story.len);
		if (!out->story)
			return CS_E_MEMORY;
	}
	return read_lists(top, out, words);
}

enum cs_error
cs_bundle_read(struct cs_span text, struct cs_bundle *out, char words[CS_BUNDLE_WORDS_BYTES])
{
	json_error_t fault;
	struct cs_text said = cs_text_over(words, CS_BUNDLE_WORDS_BYTES);
	memset(out, 0, sizeof *out);
	json_t *top = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &fault);
	if (!top) {
		put_fault(&said, "not JSON: ", fault.text);
		return CS_E_SYNTAX;
	}
	enum cs_error error = read_top(top, out, &said);
	json_decref(top);
	return error;
}

/*
 * What a bundle holds, and its proof. The order of the proof: signatures, pages from the last to the first, records, and
 * then what they say of one another.
 */
#include "engine/bundle.h"

#include <jansson.h>
#include <stdlib.h>

enum { SOURCES_LINKS_N = CS_LINKS_MAX };

static const char *const roles[CS_BUNDLE_ROLE_N] = {
	[CS_BUNDLE_ALERT] = "alert",     [CS_BUNDLE_MESSAGE] = "message", [CS_BUNDLE_POLICY] = "policy",
	[CS_BUNDLE_SOURCES] = "sources", [CS_BUNDLE_HEAD] = "head",
};

static const enum cs_record_kind kinds[CS_BUNDLE_ROLE_N] = {
	[CS_BUNDLE_ALERT] = CS_RECORD_ALERT,   [CS_BUNDLE_MESSAGE] = CS_RECORD_EVENT,
	[CS_BUNDLE_POLICY] = CS_RECORD_POLICY, [CS_BUNDLE_SOURCES] = CS_RECORD_SOURCES,
	[CS_BUNDLE_HEAD] = CS_RECORD_HEAD,
};

const char *
cs_bundle_role_name(enum cs_bundle_role role)
{
	CS_ASSERT((unsigned)role < CS_BUNDLE_ROLE_N);
	return roles[role];
}

void
cs_bundle_fini(struct cs_bundle *bundle)
{
	for (uint32_t i = 0; i < bundle->record_n; i++)
		free(bundle->record[i].bytes);
	free(bundle->page);
	free(bundle->story);
	memset(bundle, 0, sizeof *bundle);
}

/* Where page NUMBER is, or belongs. */
static uint32_t
place_of(const struct cs_bundle *bundle, uint64_t number)
{
	uint32_t low = 0, high = bundle->page_n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (bundle->page[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
cs_bundle_add_page(struct cs_bundle *bundle, uint64_t number, const uint8_t head[CS_PAGE_HASHED_BYTES])
{
	uint32_t at = place_of(bundle, number);
	if (at < bundle->page_n && bundle->page[at].number == number)
		return true;
	if (bundle->page_n == bundle->page_cap) {
		uint32_t cap = bundle->page_cap ? 2 * bundle->page_cap : 16;
		struct cs_bundle_page *more =
			cap <= CS_BUNDLE_PAGES_MAX ? realloc(bundle->page, cap * sizeof *more) : NULL;
		if (!more)
			return false;
		bundle->page = more;
		bundle->page_cap = cap;
	}
	memmove(&bundle->page[at + 1], &bundle->page[at], (bundle->page_n - at) * sizeof bundle->page[0]);
	bundle->page[at].number = number;
	memcpy(bundle->page[at].head, head, CS_PAGE_HASHED_BYTES);
	bundle->page_n++;
	return true;
}

const struct cs_bundle_record *
cs_bundle_find(const struct cs_bundle *bundle, enum cs_bundle_role role)
{
	for (uint32_t i = 0; i < bundle->record_n; i++)
		if (bundle->record[i].role == role)
			return &bundle->record[i];
	return NULL;
}

struct cs_span
cs_bundle_source(struct cs_span sources, uint64_t nth)
{
	struct cs_cursor c = cs_cursor_over(sources);
	struct cs_span name = {sources.at, 0};
	uint64_t n = cs_unpack_varint(&c);
	for (uint64_t i = 0; nth < n && i <= nth && !c.failed; i++)
		name = cs_cursor_take(&c, cs_unpack_u16(&c));
	return c.failed || nth >= n ? (struct cs_span){sources.at, 0} : name;
}

/* ---- proof ---- */

struct proof {
	const struct cs_bundle *bundle;
	const struct cs_bundle_wish *wish;
	struct cs_hasher *hasher;
	const uint8_t *public_key;
	bool *proved; /* by index of page */
	uint64_t fault_n;
};

static bool
want(struct proof *proof, bool good, const char *what, uint64_t number)
{
	char at[CS_BUNDLE_WORDS_BYTES];
	if (good)
		return true;
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, what);
	if (number != UINT64_MAX) {
		cs_text_put_char(&text, ' ');
		cs_text_put_u64(&text, number);
	}
	proof->fault_n++;
	if (proof->wish->fault)
		proof->wish->fault(proof->wish->context, at);
	return false;
}

static void
prove_checkpoints(struct proof *proof)
{
	for (uint32_t i = 0; i < proof->bundle->checkpoint_n; i++) {
		const struct cs_checkpoint *it = &proof->bundle->checkpoint[i];
		uint8_t bytes[CS_CHECKPOINT_SIGNED_BYTES];
		cs_checkpoint_signed(it, bytes);
		want(proof, memcmp(it->id, proof->bundle->id, sizeof it->id) == 0,
		     "another journal's is the checkpoint on page", it->page);
		want(proof, cs_vault_verify(proof->public_key, (struct cs_span){bytes, sizeof bytes}, it->signature),
		     "not signed with the public key is the checkpoint on page", it->page);
	}
}

static bool
is_covered(struct proof *proof, uint64_t page, const struct cs_digest *chain)
{
	for (uint32_t i = 0; i < proof->bundle->cover_n; i++) {
		const struct cs_bundle_cover *cover = &proof->bundle->cover[i];
		struct cs_digest root;
		if (cover->page != page || cover->checkpoint >= proof->bundle->checkpoint_n)
			continue;
		const struct cs_checkpoint *by = &proof->bundle->checkpoint[cover->checkpoint];
		if (page >= by->first_page && page < by->page &&
		    cs_merkle_climb(proof->hasher, chain,
				    (struct cs_merkle_place){by->page - by->first_page, page - by->first_page},
				    &cover->path, &root) &&
		    cs_digest_same(&root, &by->root))
			return true;
	}
	return false;
}

/* From the last to the first: a page is proved by a checkpoint, or by the page behind it. */
static void
prove_pages(struct proof *proof)
{
	const struct cs_bundle *bundle = proof->bundle;
	struct cs_page page, behind = {0};
	for (uint32_t i = bundle->page_n; i-- > 0; behind = page) {
		cs_page_head(bundle->page[i].head, &page);
		if (!want(proof, page.place.number == bundle->page[i].number, "another number is in the head of page",
			  bundle->page[i].number))
			continue;
		struct cs_digest chain = cs_page_chain(&page, proof->hasher);
		bool named = i + 1 < bundle->page_n && proof->proved[i + 1] &&
			     behind.place.number == page.place.number + 1 &&
			     cs_digest_same(&behind.place.previous, &chain);
		proof->proved[i] = named || is_covered(proof, page.place.number, &chain);
	}
}

static void
prove_record(struct proof *proof, const struct cs_bundle_record *it)
{
	const struct cs_bundle *bundle = proof->bundle;
	struct cs_page page;
	struct cs_digest root;
	uint32_t at = place_of(bundle, it->page);
	bool there = at < bundle->page_n && bundle->page[at].number == it->page;
	want(proof, it->record.kind == kinds[it->role], "another kind than its role has record", it->record.seq);
	if (!want(proof, there && proof->proved[at], "no checkpoint proves page", it->page))
		return;
	cs_page_head(bundle->page[at].head, &page);
	struct cs_digest leaf = cs_record_leaf(&it->record, it->salt, proof->hasher);
	bool good = it->nth < page.record_n && it->record.seq == page.place.first + it->nth &&
		    it->record.base_ns == page.base_ns &&
		    cs_merkle_climb(proof->hasher, &leaf, (struct cs_merkle_place){page.record_n, it->nth}, &it->path,
				    &root) &&
		    cs_digest_same(&root, &page.root);
	want(proof, good, "not in its page, as it stands here, is record", it->record.seq);
}

/* ---- what the records say of one another ---- */

static bool
is_number(const json_t *object, const char *key, uint64_t value)
{
	const json_t *it = json_object_get(object, key);
	return json_is_integer(it) && json_integer_value(it) >= 0 && (uint64_t)json_integer_value(it) == value;
}

static bool
is_text(const json_t *object, const char *key, struct cs_span value)
{
	const json_t *it = json_object_get(object, key);
	return json_is_string(it) &&
	       cs_span_equal((struct cs_span){(const uint8_t *)json_string_value(it), json_string_length(it)}, value);
}

/* Whether RECORD is the message that the alert's EVIDENCE speaks of. */
static bool
is_message(const struct cs_bundle *bundle, const struct cs_bundle_record *record, const json_t *evidence)
{
	static struct cs_input input;
	char at[64];
	const struct cs_bundle_record *sources = cs_bundle_find(bundle, CS_BUNDLE_SOURCES);
	if (record->role != CS_BUNDLE_MESSAGE || record->record.kind != CS_RECORD_EVENT ||
	    !cs_input_read(&record->record, SOURCES_LINKS_N, &input))
		return false;
	const struct cs_origin *origin = &input.event.origin;
	struct cs_text time = cs_text_over(at, sizeof at);
	cs_text_put_time(&time, origin->time_ns);
	bool here = is_number(evidence, "packet", origin->packet) &&
		    is_number(evidence, "file_offset", origin->file_offset) &&
		    is_number(evidence, "offset", origin->offset) && is_text(evidence, "time", cs_span_text(at));
	if (!here || !json_object_get(evidence, "source"))
		return here;
	return sources && is_text(evidence, "source", cs_bundle_source(sources->record.open, origin->source));
}

static void
prove_messages(struct proof *proof, const json_t *alert)
{
	const struct cs_bundle *bundle = proof->bundle;
	const json_t *evidence = json_object_get(alert, "evidence");
	want(proof, json_is_array(evidence), "no evidence is listed in the alert", UINT64_MAX);
	for (size_t i = 0; i < json_array_size(evidence); i++) {
		bool found = false;
		for (uint32_t j = 0; j < bundle->record_n && !found; j++)
			found = is_message(bundle, &bundle->record[j], json_array_get(evidence, i));
		want(proof, found, "not here is the alert's message, counted from 0, number", i);
	}
}

static void
prove_alert(struct proof *proof, const struct cs_bundle_record *it)
{
	struct cs_alert_record head;
	char hex[2 * CS_ALERT_ID_BYTES + 1];
	json_t *alert =
		json_loadb((const char *)it->record.sealed.at, it->record.sealed.len, JSON_REJECT_DUPLICATES, NULL);
	struct cs_text id = cs_text_over(hex, sizeof hex);
	cs_text_put_hex(&id, (struct cs_span){proof->bundle->alert, sizeof proof->bundle->alert});
	for (size_t i = 0; i < id.len; i++)
		hex[i] = (char)(hex[i] >= 'A' ? hex[i] + ('a' - 'A') : hex[i]);
	bool same = cs_alert_record_read(it->record.open, &head) &&
		    memcmp(head.id, proof->bundle->alert, sizeof head.id) == 0 &&
		    is_text(alert, "id", cs_span_text(hex));
	if (want(proof, same, "another alert than the bundle says is in record", it->record.seq))
		prove_messages(proof, alert);
	json_decref(alert);
}

static void
prove_heads(struct proof *proof)
{
	const struct cs_bundle *bundle = proof->bundle;
	struct cs_journal_head head;
	for (uint32_t i = 0; i < bundle->record_n; i++) {
		const struct cs_bundle_record *it = &bundle->record[i];
		if (it->role != CS_BUNDLE_HEAD)
			continue;
		bool good = cs_journal_head_read(it->record.open, &head) &&
			    memcmp(head.id, bundle->id, sizeof head.id) == 0 &&
			    memcmp(head.public_key, proof->public_key, sizeof head.public_key) == 0;
		want(proof, good, "another journal or key is named by the head in record", it->record.seq);
	}
}

static void
prove_contents(struct proof *proof)
{
	const struct cs_bundle *bundle = proof->bundle;
	const struct cs_bundle_record *alert = cs_bundle_find(bundle, CS_BUNDLE_ALERT);
	const struct cs_bundle_record *policy = cs_bundle_find(bundle, CS_BUNDLE_POLICY);
	const struct cs_bundle_record *sources = cs_bundle_find(bundle, CS_BUNDLE_SOURCES);
	uint32_t alert_n = 0;
	for (uint32_t i = 0; i < bundle->record_n; i++)
		alert_n += bundle->record[i].role == CS_BUNDLE_ALERT;
	if (!want(proof, alert_n == 1, "one alert is wanted; alerts here:", alert_n))
		return;
	want(proof, policy && policy->record.seq < alert->record.seq, "the policy in force is not here", UINT64_MAX);
	want(proof, sources && sources->record.seq < alert->record.seq, "the names of the sources are not here",
	     UINT64_MAX);
	want(proof, cs_bundle_find(bundle, CS_BUNDLE_HEAD) != NULL, "the journal's head is not here", UINT64_MAX);
	prove_heads(proof);
	prove_alert(proof, alert);
}

enum cs_error
cs_bundle_verify(const struct cs_bundle *bundle, const struct cs_bundle_wish *wish)
{
	struct proof proof = {bundle,
			      wish,
			      cs_hasher_new(),
			      wish->public_key ? wish->public_key : bundle->public_key,
			      calloc(bundle->page_n + 1, sizeof(bool)),
			      0};
	if (proof.hasher && proof.proved) {
		want(&proof, memcmp(proof.public_key, bundle->public_key, CS_PUBLIC_KEY_BYTES) == 0,
		     "the bundle names another public key than the one given", UINT64_MAX);
		prove_checkpoints(&proof);
		prove_pages(&proof);
		for (uint32_t i = 0; i < bundle->record_n; i++)
			prove_record(&proof, &bundle->record[i]);
		prove_contents(&proof);
	}
	enum cs_error error = proof.hasher && proof.proved ? CS_OK : CS_E_MEMORY;
	cs_hasher_free(proof.hasher);
	free(proof.proved);
	return error == CS_OK && proof.fault_n ? CS_E_FORMAT : error;
}

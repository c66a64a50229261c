/*
 * Three walks. The first, without any key, finds the alert and what is in force at it. The second finds its messages between
 * the policy and the alert; those of a screen, which tells before its row, up to BEHIND_MAX records behind it. The third reads the page
 * of each record, and on to the checkpoint that covers it.
 *
 * What is found is proved before it is handed on: a bundle that does not hold is never written.
 */
#include "engine/evidence.h"

#include "state/reading.h"

#include <jansson.h>
#include <stdlib.h>

enum {
	CHAINS_N = 8192,
	/* Between what a screen tells and its row stands what it and all other screens tell of the same row. */
	BEHIND_MAX = 4096,
};

/* What the alert says of one of its messages. */
struct wanted {
	uint64_t packet;
	uint64_t file_offset;
	uint64_t offset;
	const char *time;   /* lent by the alert's JSON */
	const char *source; /* NULL: not told */
	uint64_t seq;
	bool found;
};

struct collect {
	const struct cs_evidence_wish *wish;
	struct cs_bundle *bundle;
	struct cs_text *words;
	struct cs_hasher *hasher;
	struct cs_shelf shelf;
	uint64_t alert_seq, policy_seq, sources_seq, head_seq;
	uint64_t from_seq; /* what an alert shows was put down behind it */
	bool has_policy, has_sources;
	bool goes_on; /* the next policy takes over what is open */
	json_t *alert;
	struct wanted wanted[CS_EVIDENCE_MAX];
	size_t wanted_n;
	struct cs_input input;
	struct cs_digest chain[CHAINS_N]; /* of pages, by number */
	struct cs_digest scratch[CHAINS_N];
};

static enum cs_error
give_up(struct collect *collect, enum cs_error error, const char *words)
{
	if (!collect->words->len)
		cs_text_put(collect->words, words);
	return error;
}

static enum cs_error
open_reading(struct collect *collect, const struct cs_vault *vault, struct cs_reading **out)
{
	struct cs_reading_wish wish = {collect->wish->folder, vault, false};
	enum cs_error error = cs_reading_open(&wish, out);
	return error == CS_OK
		       ? CS_OK
		       : give_up(collect, error, error == CS_E_OPEN ? "there is no journal" : cs_error_text(error));
}

/* ---- the alert ---- */

/* True once the alert was met. */
static bool
note_record(struct collect *collect, const struct cs_record *record)
{
	struct cs_alert_record alert;
	struct cs_carry carry;
	switch (record->kind) {
	case CS_RECORD_HEAD:
		collect->head_seq = record->seq;
		return false;
	case CS_RECORD_POLICY:
		collect->from_seq = collect->goes_on ? collect->from_seq : record->seq;
		collect->policy_seq = record->seq;
		collect->has_policy = true;
		return false;
	case CS_RECORD_CARRY:
		collect->goes_on = cs_carry_read(record->open, &carry) && carry.pairing;
		return false;
	case CS_RECORD_SOURCES:
		collect->goes_on = false;
		collect->sources_seq = record->seq;
		collect->has_sources = true;
		return false;
	case CS_RECORD_ALERT:
		collect->alert_seq = record->seq;
		return cs_alert_record_read(record->open, &alert) &&
		       memcmp(alert.id, collect->wish->alert, sizeof alert.id) == 0;
	default:
		return false;
	}
}

static enum cs_error
find_alert(struct collect *collect)
{
	struct cs_reading *reading;
	struct cs_record record;
	bool met = false;
	CS_TRY(open_reading(collect, NULL, &reading));
	for (enum cs_error error = CS_OK; !met && error != CS_END;) {
		error = cs_reading_next(reading, &record);
		if (error == CS_OK)
			met = note_record(collect, &record);
		else if (error != CS_END)
			error = cs_reading_step(reading);
	}
	cs_reading_close(reading);
	if (!met)
		return give_up(collect, CS_E_UNKNOWN, "no alert of this id is in the journal");
	if (!collect->has_policy || !collect->has_sources)
		return give_up(collect, CS_E_FORMAT,
			       "the policy the alert was found by is not in the journal any more");
	return CS_OK;
}

/* ---- covers ---- */

/* What a walk from one volume on shows of page NUMBER. */
struct way {
	uint64_t number;
	uint64_t first; /* page of the walk */
	struct cs_checkpoint checkpoint;
	struct cs_bundle_page *head; /* from `number` to the checkpoint's own */
	uint32_t head_n;
};

static bool
note_way(struct way *way, const struct cs_page *page)
{
	if (page->place.number < way->number)
		return true;
	if (way->head_n == CHAINS_N)
		return false;
	struct cs_bundle_page *it = &way->head[way->head_n++];
	it->number = page->place.number;
	memcpy(it->head, page->head.at, CS_PAGE_HASHED_BYTES);
	return true;
}

static bool
is_checkpoint(const struct cs_page *page, struct cs_checkpoint *out)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct cs_record record;
	return cs_page_next(&walk, &record) && record.kind == CS_RECORD_CHECKPOINT &&
	       cs_checkpoint_read(record.open, out) && out->first_page < out->page && out->page == page->place.number &&
	       out->page - out->first_page < CHAINS_N;
}

/* Reads from VOLUME to the first checkpoint behind the page. */
static enum cs_error
walk_way(struct collect *collect, struct cs_reading *reading, uint32_t volume, struct way *way)
{
	const struct cs_page *page;
	const uint8_t *plain;
	bool begun = false;
	way->head_n = 0;
	CS_TRY(cs_reading_enter(reading, volume));
	for (;;) {
		enum cs_error error = cs_reading_page(reading, &page, &plain);
		if (error == CS_END || error == CS_E_TRUNCATED)
			return give_up(collect, CS_AGAIN,
				       "the alert is not signed yet: wait for the next checkpoint, or end the process "
				       "that writes");
		if (error != CS_OK)
			return give_up(collect, error,
				       "the journal is damaged where the evidence lies; countersign verify tells more");
		if (!begun)
			way->first = page->place.number;
		begun = true;
		collect->chain[page->place.number % CHAINS_N] = cs_page_chain(page, collect->hasher);
		if (!note_way(way, page))
			return give_up(collect, CS_E_LIMIT, "no checkpoint follows the alert for thousands of pages");
		if (page->place.number > way->number && is_checkpoint(page, &way->checkpoint))
			return CS_OK;
	}
}

static uint32_t
index_of(const struct cs_shelf *shelf, uint32_t volume)
{
	uint32_t i = 0;
	while (i < shelf->n && shelf->number[i] != volume)
		i++;
	return i;
}

static bool
add_cover(struct collect *collect, const struct way *way, uint64_t page)
{
	struct cs_bundle *bundle = collect->bundle;
	uint32_t by = 0;
	for (uint32_t i = 0; i < bundle->cover_n; i++)
		if (bundle->cover[i].page == page)
			return true;
	while (by < bundle->checkpoint_n && bundle->checkpoint[by].page != way->checkpoint.page)
		by++;
	if (by == CS_BUNDLE_RECORDS_MAX || bundle->cover_n == CS_BUNDLE_RECORDS_MAX)
		return false;
	if (by == bundle->checkpoint_n)
		bundle->checkpoint[bundle->checkpoint_n++] = way->checkpoint;
	uint64_t first = way->checkpoint.first_page, n = way->checkpoint.page - first;
	for (uint64_t i = 0; i < n; i++)
		collect->scratch[i] = collect->chain[(first + i) % CHAINS_N];
	struct cs_bundle_cover *cover = &bundle->cover[bundle->cover_n++];
	cover->page = page;
	cover->checkpoint = by;
	cs_merkle_path_of(collect->hasher, collect->scratch, n, page - first, &cover->path);
	return true;
}

static enum cs_error
cover_with(struct collect *collect, struct cs_reading *reading, uint32_t volume, struct way *way)
{
	uint32_t nth = index_of(&collect->shelf, volume);
	for (;; nth--) {
		if (nth >= collect->shelf.n)
			return give_up(collect, CS_E_FORMAT, "the pages that the checkpoint covers are not all here");
		CS_TRY(walk_way(collect, reading, collect->shelf.number[nth], way));
		if (way->checkpoint.first_page >= way->first)
			break;
	}
	uint64_t covered = way->number > way->checkpoint.first_page ? way->number : way->checkpoint.first_page;
	for (uint64_t i = 0; i <= covered - way->number; i++)
		if (!cs_bundle_add_page(collect->bundle, way->head[i].number, way->head[i].head))
			return CS_E_MEMORY;
	return add_cover(collect, way, covered) ? CS_OK : CS_E_LIMIT;
}

/* Page NUMBER of VOLUME, and its way to a checkpoint. */
static enum cs_error
cover(struct collect *collect, uint64_t number, uint32_t volume)
{
	struct cs_reading *reading;
	struct way way = {.number = number};
	for (uint32_t i = 0; i < collect->bundle->page_n; i++)
		if (collect->bundle->page[i].number == number)
			return CS_OK;
	CS_TRY(open_reading(collect, NULL, &reading));
	way.head = malloc(CHAINS_N * sizeof *way.head);
	enum cs_error error = way.head ? cover_with(collect, reading, volume, &way) : CS_E_MEMORY;
	free(way.head);
	cs_reading_close(reading);
	return error;
}

/* ---- records ---- */

static bool
copy_record(struct cs_bundle_record *out, const struct cs_record *record)
{
	out->bytes = malloc(record->open.len + record->sealed.len + 1);
	if (!out->bytes)
		return false;
	memcpy(out->bytes, record->open.at, record->open.len);
	if (record->sealed.len)
		memcpy(out->bytes + record->open.len, record->sealed.at, record->sealed.len);
	out->record = *record;
	out->record.open.at = out->bytes;
	out->record.sealed.at = out->bytes + record->open.len;
	return true;
}

static enum cs_error
take_record(struct collect *collect, struct cs_reading *reading, const struct cs_page *page, const uint8_t *plain,
	    struct cs_bundle_record *out)
{
	static struct cs_digest leaf[CS_PAGE_RECORDS_MAX];
	uint8_t salts[CS_PAGE_RECORDS_MAX * CS_PAGE_SALT_BYTES];
	struct cs_page_walk walk = {page, plain, 0, 0, 0};
	struct cs_record record;
	const struct cs_page_keys *keys = cs_reading_keys(reading);
	if (!keys || !cs_page_leaves(page, keys, plain, collect->hasher, leaf))
		return give_up(collect, CS_E_PERMISSION,
			       "the key to the page of this evidence was erased, or --key is not this journal's");
	while (cs_page_next(&walk, &record) && record.seq != out->record.seq)
		continue;
	out->nth = walk.nth - 1;
	out->page = page->place.number;
	cs_page_salts(keys, page->place.number, page->record_n, salts);
	memcpy(out->salt, salts + out->nth * CS_PAGE_SALT_BYTES, sizeof out->salt);
	cs_merkle_path_of(collect->hasher, leaf, page->record_n, out->nth, &out->path);
	return copy_record(out, &record) ? CS_OK : CS_E_MEMORY;
}

/* That volumes are missing before the first there is changes nothing of what the pages behind prove. */
static enum cs_error
next_page(struct cs_reading *reading, const struct cs_page **page, const uint8_t **plain)
{
	enum cs_error error = cs_reading_page(reading, page, plain);
	if (error != CS_E_FORMAT || cs_reading_fault_of(reading)->what != CS_PAGE_BEGINNING)
		return error;
	CS_TRY(cs_reading_step(reading));
	return cs_reading_page(reading, page, plain);
}

static enum cs_error
add_from(struct collect *collect, struct cs_reading *reading, struct cs_bundle_record *out, uint32_t *volume)
{
	const struct cs_page *page;
	const uint8_t *plain;
	enum cs_error error = cs_reading_seek(reading, out->record.seq);
	do {
		if (error == CS_OK)
			error = next_page(reading, &page, &plain);
		if (error != CS_OK)
			return give_up(collect, error == CS_END ? CS_E_FORMAT : error,
				       "the journal is damaged where the evidence lies; countersign verify tells more");
	} while (page->place.first + page->record_n <= out->record.seq);
	*volume = page->place.volume;
	return take_record(collect, reading, page, plain, out);
}

/* Adds record SEQ with its proof. */
static enum cs_error
add(struct collect *collect, enum cs_bundle_role role, uint64_t seq)
{
	struct cs_reading *reading;
	uint32_t volume = 0;
	if (collect->bundle->record_n == CS_BUNDLE_RECORDS_MAX)
		return CS_E_LIMIT;
	CS_TRY(open_reading(collect, collect->wish->vault, &reading));
	struct cs_bundle_record *it = &collect->bundle->record[collect->bundle->record_n++];
	*it = (struct cs_bundle_record){.role = role, .record.seq = seq};
	enum cs_error error = add_from(collect, reading, it, &volume);
	cs_reading_close(reading);
	return error == CS_OK ? cover(collect, it->page, volume) : error;
}

/* ---- messages ---- */

static uint64_t
number_of(const json_t *object, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(object, key));
}

static enum cs_error
read_alert(struct collect *collect)
{
	const struct cs_bundle_record *it = cs_bundle_find(collect->bundle, CS_BUNDLE_ALERT);
	collect->alert = json_loadb((const char *)it->record.sealed.at, it->record.sealed.len, 0, NULL);
	const json_t *evidence = json_object_get(collect->alert, "evidence");
	if (!json_is_array(evidence) || json_array_size(evidence) > CS_EVIDENCE_MAX)
		return give_up(collect, CS_E_FORMAT, "the alert's record holds no alert of a form known here");
	collect->wanted_n = json_array_size(evidence);
	for (size_t i = 0; i < collect->wanted_n; i++) {
		const json_t *from = json_array_get(evidence, i);
		const char *time = json_string_value(json_object_get(from, "time"));
		collect->wanted[i] = (struct wanted){
			.packet = number_of(from, "packet"),
			.file_offset = number_of(from, "file_offset"),
			.offset = number_of(from, "offset"),
			.time = time ? time : "",
			.source = json_string_value(json_object_get(from, "source")),
		};
	}
	return CS_OK;
}

static bool
is_wanted(struct collect *collect, const struct wanted *wanted, struct cs_span sources)
{
	const struct cs_origin *origin = &collect->input.event.origin;
	char at[64];
	if (wanted->packet != origin->packet || wanted->file_offset != origin->file_offset ||
	    wanted->offset != origin->offset)
		return false;
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put_time(&text, origin->time_ns);
	return strcmp(at, wanted->time) == 0 &&
	       (!wanted->source || cs_span_is(cs_bundle_source(sources, origin->source), wanted->source));
}

/* True once nothing is wanted any more. */
static bool
note_event(struct collect *collect, const struct cs_record *record, struct cs_span sources)
{
	bool all = true;
	if (record->kind != CS_RECORD_EVENT || !cs_input_read(record, CS_LINKS_MAX, &collect->input))
		return false;
	for (size_t i = 0; i < collect->wanted_n; i++) {
		struct wanted *wanted = &collect->wanted[i];
		if (is_wanted(collect, wanted, sources)) {
			wanted->seq = record->seq;
			wanted->found = true;
		}
		all = all && wanted->found;
	}
	return all;
}

/* A screen tells of a row or message before that is put down. */
static uint64_t
last_seq(const struct collect *collect)
{
	const char *reason = json_string_value(json_object_get(collect->alert, "reason"));
	bool screen = reason && (strcmp(reason, cs_reason_name(CS_REASON_NAME_LISTED)) == 0 ||
				 strcmp(reason, cs_reason_name(CS_REASON_NAME_UNSEARCHED)) == 0);
	return collect->alert_seq + (screen ? BEHIND_MAX : 0);
}

/* State begins anew with a policy that takes nothing over: what an alert shows was put down behind that. */
static enum cs_error
find_messages(struct collect *collect)
{
	struct cs_reading *reading;
	struct cs_record record;
	struct cs_span sources = cs_bundle_find(collect->bundle, CS_BUNDLE_SOURCES)->record.open;
	uint64_t last = last_seq(collect);
	bool all = collect->wanted_n == 0;
	CS_TRY(open_reading(collect, collect->wish->vault, &reading));
	enum cs_error error = cs_reading_seek(reading, collect->from_seq);
	while (!all && error == CS_OK) {
		error = cs_reading_next(reading, &record);
		if (error == CS_OK && record.seq > last)
			break;
		if (error == CS_OK)
			all = note_event(collect, &record, sources);
		else if (error != CS_END)
			error = cs_reading_step(reading);
	}
	cs_reading_close(reading);
	return all ? CS_OK
		   : give_up(collect, CS_E_FORMAT,
			     "a message of this alert is not in the journal any more, or its key was erased");
}

static enum cs_error
add_messages(struct collect *collect)
{
	CS_TRY(find_messages(collect));
	for (size_t i = 0; i < collect->wanted_n; i++)
		CS_TRY(add(collect, CS_BUNDLE_MESSAGE, collect->wanted[i].seq));
	return CS_OK;
}

/* ---- the whole ---- */

static const char *
word_of(const struct collect *collect, const char *key)
{
	const char *word = json_string_value(json_object_get(collect->alert, key));
	return word ? word : "?";
}

static bool
tell_story(struct collect *collect)
{
	static char at[1 << 14];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, word_of(collect, "words"));
	cs_text_put(&text, " The message was seen at ");
	cs_text_put(&text, word_of(collect, "time"));
	cs_text_put(&text, "; it was decided at ");
	cs_text_put(&text, word_of(collect, "decided"));
	cs_text_put(&text, ", by \"");
	cs_text_put(&text, word_of(collect, "expectation"));
	cs_text_put(&text, "\" of the policy, with severity ");
	cs_text_put(&text, word_of(collect, "severity"));
	cs_text_put(&text, " and the verdict ");
	cs_text_put(&text, word_of(collect, "verdict"));
	bool before = last_seq(collect) == collect->alert_seq;
	cs_text_put(&text, ". The messages it rests on are shown here as they were put down");
	cs_text_put(&text, before ? " before the verdict, in record" : ", in record");
	cs_text_put(&text, cs_text_plural(collect->wanted_n));
	for (size_t i = 0; i < collect->wanted_n; i++) {
		cs_text_put(&text, i ? ", " : " ");
		cs_text_put_u64(&text, collect->wanted[i].seq);
	}
	cs_text_put(&text, " of the journal; the alert itself is record ");
	cs_text_put_u64(&text, collect->alert_seq);
	cs_text_put(&text, ".");
	collect->bundle->story = strdup(at);
	return collect->bundle->story != NULL;
}

static void
take_fault(void *context, const char *words)
{
	struct collect *collect = context;
	(void)give_up(collect, CS_E_FORMAT,
		      "what the journal holds of this alert does not prove it; countersign verify tells more: ");
	cs_text_put(collect->words, words);
	cs_text_put(collect->words, "; ");
}

static enum cs_error
collect_all(struct collect *collect)
{
	struct cs_bundle *bundle = collect->bundle;
	struct cs_journal_head head;
	CS_TRY(find_alert(collect));
	CS_TRY(add(collect, CS_BUNDLE_ALERT, collect->alert_seq));
	CS_TRY(read_alert(collect));
	CS_TRY(add(collect, CS_BUNDLE_POLICY, collect->policy_seq));
	CS_TRY(add(collect, CS_BUNDLE_SOURCES, collect->sources_seq));
	CS_TRY(add(collect, CS_BUNDLE_HEAD, collect->head_seq));
	CS_TRY(add_messages(collect));
	if (!cs_journal_head_read(cs_bundle_find(bundle, CS_BUNDLE_HEAD)->record.open, &head))
		return give_up(collect, CS_E_FORMAT, "the head of the alert's volume cannot be read");
	memcpy(bundle->id, head.id, sizeof bundle->id);
	memcpy(bundle->public_key, head.public_key, sizeof bundle->public_key);
	memcpy(bundle->alert, collect->wish->alert, sizeof bundle->alert);
	if (!tell_story(collect))
		return CS_E_MEMORY;
	struct cs_bundle_wish wish = {NULL, take_fault, collect};
	return cs_bundle_verify(bundle, &wish);
}

enum cs_error
cs_evidence_collect(const struct cs_evidence_wish *wish, struct cs_bundle *out, char words[CS_BUNDLE_WORDS_BYTES])
{
	struct cs_text said = cs_text_over(words, CS_BUNDLE_WORDS_BYTES);
	memset(out, 0, sizeof *out);
	struct collect *collect = calloc(1, sizeof *collect);
	if (!collect)
		return CS_E_MEMORY;
	collect->wish = wish;
	collect->bundle = out;
	collect->words = &said;
	collect->hasher = cs_hasher_new();
	enum cs_error error = collect->hasher ? cs_shelf_list(wish->folder, &collect->shelf) : CS_E_MEMORY;
	if (error == CS_OK)
		error = collect_all(collect);
	if (error != CS_OK)
		(void)give_up(collect, error, error == CS_E_OPEN ? "there is no journal" : cs_error_text(error));
	cs_shelf_fini(&collect->shelf);
	cs_hasher_free(collect->hasher);
	json_decref(collect->alert);
	free(collect);
	return error;
}

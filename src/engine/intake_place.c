/*
 * Rows of a file in the journal are known by their link and by their file's mark (engine/feeds.h).
 *
 * Invariant: rows of a file are told in the order of the file, so that the last one's offset says all. Damage that the journal
 * was gone on with is passed over, as it is by its recovery.
 */
#include "engine/intake_place.h"

#include "engine/damage.h"
#include "engine/feeds.h"
#include "engine/hex.h"
#include "engine/inputs.h"
#include "io/file.h"
#include "state/reading.h"

#include <stdlib.h>

enum { TAKEN_BYTES_MAX = 4096, NAME_BYTES = CS_SPOOL_PLACED_BYTES + 8, HEX_BYTES = 2 * CS_DIGEST_BYTES, NUMBERS = 8 };

void
cs_intake_place_add(struct cs_intake_place *place, uint64_t offset)
{
	bool same = place->row_n && place->offset == offset;
	place->same_n = same ? place->same_n + 1 : 1;
	place->offset = offset;
	place->row_n++;
	place->lost = false;
}

void
cs_intake_put_digest(struct cs_text *text, const struct cs_digest *digest)
{
	cs_text_put_hex_small(text, (struct cs_span){digest->at, CS_DIGEST_BYTES});
}

/* ---- beside a file ---- */

static void
name_of(const char *name, char out[NAME_BYTES])
{
	struct cs_text text = cs_text_over(out, NAME_BYTES);
	cs_text_put(&text, ".");
	cs_text_put(&text, name);
	cs_text_put(&text, ".taken");
	CS_ASSERT(!text.overflowed);
}

static void
put_number(struct cs_text *text, uint64_t number)
{
	cs_text_put_u64(text, number);
	cs_text_put(text, " ");
}

/* Numbers in order, then the digest: one line. */
enum cs_error
cs_intake_taken_put(const struct cs_spool *spool, const char *name, const struct cs_intake_taken *taken)
{
	char at[TAKEN_BYTES_MAX], beside[NAME_BYTES];
	const struct cs_intake_place *before = &taken->before;
	struct cs_text text = cs_text_over(at, sizeof at);
	const uint64_t number[NUMBERS] = {taken->id,     taken->seq,     taken->link,    taken->link_n,
					  before->row_n, before->offset, before->same_n, before->lost};
	for (unsigned i = 0; i < NUMBERS; i++)
		put_number(&text, number[i]);
	cs_intake_put_digest(&text, &taken->digest);
	cs_text_put(&text, "\n");
	name_of(name, beside);
	return cs_spool_put(spool, CS_SPOOL_TAKEN, beside, (struct cs_span){(const uint8_t *)at, text.len});
}

/* A number and the space behind it. */
static bool
read_number(struct cs_span *at, uint64_t *out)
{
	size_t i = 0;
	*out = 0;
	for (; i < at->len && at->at[i] >= '0' && at->at[i] <= '9'; i++) {
		unsigned digit = at->at[i] - '0';
		if (*out > (UINT64_MAX - digit) / 10)
			return false;
		*out = *out * 10 + digit;
	}
	if (i == 0 || i == at->len || at->at[i] != ' ')
		return false;
	*at = (struct cs_span){at->at + i + 1, at->len - i - 1};
	return true;
}

static bool
read_taken(struct cs_span at, struct cs_intake_taken *out)
{
	uint64_t number[NUMBERS];
	for (unsigned i = 0; i < NUMBERS; i++)
		if (!read_number(&at, &number[i]))
			return false;
	*out = (struct cs_intake_taken){
		.id = number[0],
		.seq = number[1],
		.link = (unsigned)number[2],
		.link_n = (unsigned)number[3],
		.before = {.row_n = number[4], .offset = number[5], .same_n = number[6], .lost = number[7] != 0},
	};
	bool digest = at.len == HEX_BYTES + 1 && at.at[HEX_BYTES] == '\n' &&
		      cs_hex_read((struct cs_span){at.at, HEX_BYTES}, out->digest.at, CS_DIGEST_BYTES);
	return digest && out->id && number[3] <= CS_LINKS_MAX && number[2] < number[3];
}

enum cs_error
cs_intake_taken_get(const struct cs_spool *spool, const char *name, struct cs_intake_taken *out)
{
	char beside[NAME_BYTES];
	struct cs_span all = {NULL, 0};
	int file = -1;
	name_of(name, beside);
	CS_TRY(cs_spool_read(spool, CS_SPOOL_TAKEN, beside, &file));
	enum cs_error error = cs_file_read_rest(file, TAKEN_BYTES_MAX, &all);
	cs_file_close(file);
	if (error != CS_OK)
		return error;
	bool good = read_taken(all, out);
	cs_file_free(all);
	return good ? CS_OK : CS_E_FORMAT;
}

enum cs_error
cs_intake_taken_remove(const struct cs_spool *spool, const char *name)
{
	char beside[NAME_BYTES];
	name_of(name, beside);
	return cs_spool_remove(spool, CS_SPOOL_TAKEN, beside);
}

/* ---- in the journal ---- */

struct search {
	const struct cs_intake_taken *taken;
	uint32_t mark;
	char hex[HEX_BYTES + 1];
	struct cs_input input;
	struct cs_intake_place *out;
};

static void
take_event(struct search *search)
{
	const struct cs_event *event = &search->input.event;
	if (event->kind == CS_KIND_RECORD && event->link == search->taken->link && event->origin.offset == search->mark)
		cs_intake_place_add(search->out, event->origin.file_offset);
}

static void
take_tell(struct search *search)
{
	const struct cs_finding *finding = &search->input.finding;
	if (finding->link != search->taken->link)
		return;
	search->out->lost |= finding->reason == CS_REASON_UNDECODED;
	search->out->aside |= finding->reason == CS_REASON_FILE_ASIDE;
}

static bool
names(struct cs_span line, const char *hex)
{
	return memmem(line.at, line.len, hex, HEX_BYTES) != NULL;
}

static enum cs_error
look_at(struct search *search, const struct cs_record *record)
{
	if (record->kind == CS_RECORD_OPERATOR)
		search->out->noted |= names(record->open, search->hex);
	if (record->kind != CS_RECORD_EVENT && record->kind != CS_RECORD_TELL)
		return CS_OK;
	if (record->hidden)
		return CS_E_PERMISSION;
	if (!cs_input_read(record, search->taken->link_n, &search->input))
		return CS_OK; /* of another policy: none of its rows */
	if (record->kind == CS_RECORD_EVENT)
		take_event(search);
	else
		take_tell(search);
	return CS_OK;
}

static enum cs_error
look_through(struct search *search, struct cs_reading *reading)
{
	struct cs_record record;
	enum cs_error error = cs_reading_seek(reading, search->taken->seq);
	while (error == CS_OK) {
		error = cs_reading_next(reading, &record);
		if (cs_damage_is(error))
			error = cs_reading_skip(reading);
		else if (error == CS_OK)
			error = look_at(search, &record);
	}
	return error == CS_END ? CS_OK : error;
}

enum cs_error
cs_intake_place_find(const struct cs_intake_journal *journal, const struct cs_intake_taken *taken,
		     struct cs_intake_place *out)
{
	struct cs_reading_wish wish = {journal->folder, journal->vault, false};
	struct cs_reading *reading = NULL;
	struct search *search = calloc(1, sizeof *search);
	if (!search)
		return CS_E_MEMORY;
	*out = taken->before;
	search->taken = taken;
	search->mark = cs_feeds_mark(&taken->digest);
	search->out = out;
	struct cs_text text = cs_text_over(search->hex, sizeof search->hex);
	cs_intake_put_digest(&text, &taken->digest);
	enum cs_error error = cs_reading_open(&wish, &reading);
	if (error == CS_OK)
		error = look_through(search, reading);
	else if (error == CS_E_OPEN)
		error = CS_OK; /* it was taken away, and state with it */
	cs_reading_close(reading);
	free(search);
	return error;
}

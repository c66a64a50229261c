/*
 * Records are made up from a seed each, and made up again to be compared. Their sizes are those that find bugs: mostly
 * small, some empty, now and then a page full, rarely the largest there may be.
 */
#include "book.h"

#include <stdio.h>
#include <stdlib.h>

static uint8_t open_bytes[CS_PAGE_RECORD_MAX + 1];
static uint8_t sealed_bytes[CS_PAGE_RECORD_MAX + 1];

static void
fill(uint8_t *at, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i += sizeof seed) {
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		uint64_t word = seed ^ seed >> 29;
		memcpy(at + i, &word, len - i < sizeof word ? len - i : sizeof word);
	}
}

static uint32_t
draw_len(const struct book *book)
{
	uint64_t face = cs_dice_below(&sim.dice, 1000);
	if (face < 150)
		return 0;
	if (!book->large)
		return (uint32_t)cs_dice_below(&sim.dice, face < 995 ? 200 : 9000);
	if (face < 980)
		return (uint32_t)cs_dice_below(&sim.dice, 9000);
	if (face < 995)
		return (uint32_t)cs_dice_below(&sim.dice, CS_PAGE_FULL_BYTES + 2000);
	return face < 998 ? (uint32_t)cs_dice_below(&sim.dice, CS_PAGE_RECORD_MAX) : CS_PAGE_RECORD_MAX;
}

static enum cs_record_kind
draw_kind(void)
{
	enum cs_record_kind kind;
	do
		kind = (enum cs_record_kind)cs_dice_between(&sim.dice, CS_RECORD_NONE + 1, CS_RECORD_N - 1);
	while (kind == CS_RECORD_HEAD || kind == CS_RECORD_CHECKPOINT);
	return kind;
}

static void
refuse_too_long(struct cs_journal *journal)
{
	struct cs_span much = {open_bytes, CS_PAGE_RECORD_MAX + 1}, none = {open_bytes, 0};
	bool sealed = sim_chance(CS_PPM / 2);
	SIM_HOLDS(!cs_journal_put(journal, CS_RECORD_RAW, 0, sealed ? none : much, sealed ? much : none),
		  "a record that is too long was taken");
}

void
book_put(struct book *book, struct cs_journal *journal)
{
	if (book->n == book->cap) {
		book->cap = 2 * book->cap + 256;
		book->note = sim_memory_grow(book->note, book->cap * sizeof *book->note);
	}
	/* One draw a statement: the order within an initializer is the compiler's. */
	struct note note = {.seed = cs_dice_u64(&sim.dice)};
	note.open_len = draw_len(book);
	if (sim_chance(CS_PPM / 2))
		note.sealed_len = draw_len(book);
	note.kind = draw_kind();
	fill(open_bytes, note.open_len, note.seed);
	fill(sealed_bytes, note.sealed_len, ~note.seed);
	if (sim_chance(CS_PPM / 1000))
		refuse_too_long(journal);
	book->note[book->n++] = note;
	SIM_HOLDS(cs_journal_put(journal, note.kind, note.seed, (struct cs_span){open_bytes, note.open_len},
				 (struct cs_span){sealed_bytes, note.sealed_len}),
		  "a record of %u and %u bytes was not taken", note.open_len, note.sealed_len);
	sim_note('p', note.seed);
}

void
book_fini(struct book *book)
{
	sim_memory_free(book->note);
	*book = (struct book){0};
}

static bool
is_same(const struct note *note, const struct cs_record *record)
{
	if (record->kind != note->kind || record->open.len != note->open_len || record->sealed_len != note->sealed_len)
		return false;
	fill(open_bytes, note->open_len, note->seed);
	if (note->open_len && memcmp(open_bytes, record->open.at, note->open_len) != 0)
		return false;
	if (record->hidden || !note->sealed_len)
		return true;
	fill(sealed_bytes, note->sealed_len, ~note->seed);
	return record->sealed.len == note->sealed_len && memcmp(sealed_bytes, record->sealed.at, note->sealed_len) == 0;
}

void
book_check(const struct book *book, size_t nth, const struct cs_record *record)
{
	SIM_HOLDS(nth < book->n, "record %llu is read, and only %zu were put", (unsigned long long)record->seq,
		  book->n);
	SIM_HOLDS(is_same(&book->note[nth], record), "record %llu is not number %zu of those put",
		  (unsigned long long)record->seq, nth);
	SIM_HOLDS(!record->hidden || sim.rot || sim.errors, "record %llu is hidden, and its key was never destroyed",
		  (unsigned long long)record->seq);
}

static struct cs_reading *
open_reading(const struct reader_wish *wish, struct found *out)
{
	struct cs_reading_wish real = {wish->folder, wish->vault, wish->deep};
	struct cs_reading *reading = NULL;
	*out = (struct found){0};
	out->end = cs_reading_open(&real, &reading);
	return out->end == CS_OK ? reading : NULL;
}

void
book_read(const struct book *book, const struct reader_wish *wish, struct found *out)
{
	struct cs_reading *reading = open_reading(wish, out);
	struct cs_record record;
	if (!reading)
		return;
	while ((out->end = cs_reading_next(reading, &record)) == CS_OK) {
		SIM_HOLDS(record.seq == out->next_seq, "record %llu follows record %llu",
			  (unsigned long long)record.seq, (unsigned long long)out->next_seq - 1);
		out->next_seq = record.seq + 1;
		if (book_is_ours(&record))
			book_check(book, out->n++, &record);
	}
	out->page_n = cs_reading_place(reading).number;
	cs_reading_close(reading);
	sim_note('R', out->next_seq + ((uint64_t)out->end << 32));
}

/* Which of the notes from NTH on RECORD is; the number of notes when it is none of them. */
static size_t
find_note(const struct book *book, size_t nth, const struct cs_record *record)
{
	while (nth < book->n && !is_same(&book->note[nth], record))
		nth++;
	return nth;
}

void
book_read_over(const struct book *book, const struct reader_wish *wish, struct found *out)
{
	struct cs_reading *reading = open_reading(wish, out);
	struct cs_record record;
	size_t nth = 0;
	if (!reading)
		return;
	for (;;) {
		enum cs_error error = cs_reading_next(reading, &record);
		if (error != CS_OK && cs_reading_skip(reading) != CS_OK)
			break;
		if (error != CS_OK)
			continue;
		SIM_HOLDS(record.seq >= out->next_seq, "behind damage, record %llu comes after record %llu",
			  (unsigned long long)record.seq, (unsigned long long)out->next_seq - 1);
		out->next_seq = record.seq + 1;
		if (!book_is_ours(&record))
			continue;
		nth = find_note(book, nth, &record);
		SIM_HOLDS(nth++ < book->n, "behind damage, record %llu is none of those put, or out of order",
			  (unsigned long long)record.seq);
		out->n++;
	}
	cs_reading_close(reading);
	sim_note('O', out->next_seq);
}

void
book_seek(const struct book *book, const struct reader_wish *wish, uint64_t seq_n)
{
	struct found found;
	struct cs_record record;
	struct cs_reading *reading = open_reading(wish, &found);
	uint64_t seq = cs_dice_below(&sim.dice, seq_n + 2), errors = sim.errors;
	if (!reading)
		return;
	enum cs_error error = cs_reading_seek(reading, seq);
	if (error == CS_OK)
		error = cs_reading_next(reading, &record);
	if (seq < seq_n)
		SIM_HOLDS((error == CS_OK && record.seq == seq) || sim.errors > errors || sim.rot,
			  "record %llu of %llu was looked for: %s", (unsigned long long)seq, (unsigned long long)seq_n,
			  cs_error_text(error));
	if (error == CS_OK && book_is_ours(&record) && !sim.rot)
		SIM_HOLDS(find_note(book, 0, &record) < book->n, "record %llu, looked for, is none of those put",
			  (unsigned long long)seq);
	cs_reading_close(reading);
}

/* ---- the anchor ---- */

enum { PAGES_MAX = 1 << 16, LINE_HEX = 2 * CS_DIGEST_BYTES };

static struct cs_digest chain_before[PAGES_MAX]; /* of each page: the chain of the one before it */

static uint64_t
read_chains(const struct reader_wish *wish)
{
	struct found found;
	const struct cs_page *page;
	const uint8_t *plain;
	struct cs_reading *reading = open_reading(wish, &found);
	uint64_t n = 0;
	while (reading && n < PAGES_MAX && cs_reading_page(reading, &page, &plain) == CS_OK)
		chain_before[n++] = page->place.previous;
	cs_reading_close(reading);
	return n;
}

static const char *
value_of(const char *line, const char *key)
{
	const char *at = strstr(line, key);
	SIM_HOLDS(at, "a line of the anchor has no %s: %s", key, line);
	return at + strlen(key);
}

static void
check_line(const char *line, uint64_t page_n)
{
	char hex[LINE_HEX + 1];
	uint64_t page = strtoull(value_of(line, "\"page\":"), NULL, 10);
	const char *chain = value_of(line, "\"chain\":\"");
	SIM_HOLDS(page < page_n, "the anchor names page %llu, and the journal has only %llu", (unsigned long long)page,
		  (unsigned long long)page_n);
	for (unsigned i = 0; i < CS_DIGEST_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", chain_before[page].at[i]);
	SIM_HOLDS(strncmp(chain, hex, LINE_HEX) == 0, "the anchor names another chain before page %llu",
		  (unsigned long long)page);
}

unsigned
book_anchor(const struct reader_wish *wish, const char *anchor)
{
	static const char title[] = "{\"journal\"";
	uint64_t errors = sim.errors;
	uint64_t page_n = read_chains(wish);
	struct cs_span all = sim_disk_lend(anchor);
	unsigned n = 0;
	if (sim.errors > errors)
		return 0; /* not all of it could be read */
	while (all.len) {
		char line[1024] = "";
		const uint8_t *end = memchr(all.at, '\n', all.len);
		if (!end)
			break; /* torn: the next line must not be put behind it */
		size_t len = (size_t)(end - all.at);
		bool whole = len && all.at[0] == '{' && end[-1] == '}';
		SIM_HOLDS(len < sizeof line, "a line of the anchor has %zu bytes", len);
		memcpy(line, all.at, len);
		all = (struct cs_span){all.at + len + 1, all.len - len - 1};
		/* What a loss of power tore stays as it is; the next line must not be put behind it. */
		SIM_HOLDS(!len || !memmem(line + 1, len - 1, title, strlen(title)),
			  "a line of the anchor runs into a torn one");
		if (!whole || strlen(line) != len)
			continue;
		check_line(line, page_n);
		n++;
	}
	return n;
}

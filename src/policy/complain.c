/*
 * Complaints: kept in a table of fixed size, put in words with the nearest known word at hand.
 *
 * Invariant: n <= CS_COMPLAINTS_MAX and n <= all_n; every text is NUL-terminated and free of control characters.
 * Where a complaint is due is the reader's and the checker's business.
 */
#include "policy/complain.h"

#include "base/error.h"

enum { QUOTE_MAX_BYTES = 40, WORD_MAX_BYTES = 32 };

/* A cut never leaves half a UTF-8 sequence behind. */
static void
put_quote(struct cs_text *text, struct cs_span piece)
{
	size_t len = piece.len > QUOTE_MAX_BYTES ? QUOTE_MAX_BYTES : piece.len;
	while (len < piece.len && len && (piece.at[len] & 0xC0) == 0x80)
		len--;
	for (size_t i = 0; i < len; i++) {
		bool control = piece.at[i] < 0x20 || piece.at[i] == 0x7F;
		cs_text_put_char(text, control ? '?' : (char)piece.at[i]);
	}
	if (len < piece.len)
		cs_text_put(text, "...");
}

static struct cs_complaint *
next_slot(struct cs_complaints *complaints, struct cs_place place)
{
	CS_ASSERT(complaints->n <= CS_COMPLAINTS_MAX);
	complaints->all_n++;
	if (complaints->n == CS_COMPLAINTS_MAX)
		return NULL;
	struct cs_complaint *slot = &complaints->at[complaints->n++];
	slot->place = place;
	return slot;
}

void
cs_complain(struct cs_complaints *complaints, struct cs_place place, const char *text, struct cs_span piece,
	    const char *example)
{
	struct cs_complaint *slot = next_slot(complaints, place);
	if (!slot)
		return;
	struct cs_text out = cs_text_over(slot->text, sizeof slot->text);
	for (const char *at = text; *at; at++) {
		bool hole = at[0] == '{' && (at[1] == '1' || at[1] == '2') && at[2] == '}';
		if (!hole) {
			cs_text_put_char(&out, *at);
			continue;
		}
		if (at[1] == '1')
			put_quote(&out, piece);
		else
			cs_text_put(&out, example);
		at += 2;
	}
}

/* Letters to insert, delete, change or swap with their neighbour (optimal string alignment), three rows at a time. */
static unsigned
distance(struct cs_span a, struct cs_span b)
{
	unsigned rows[3][WORD_MAX_BYTES + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	CS_ASSERT(a.len <= WORD_MAX_BYTES && b.len <= WORD_MAX_BYTES);
	for (unsigned j = 0; j <= b.len; j++)
		before[j] = last[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned best = last[j - 1] + (a.at[i - 1] != b.at[j - 1]);
			best = last[j] + 1 < best ? last[j] + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			bool swap = i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1];
			row[j] = swap && before[j - 2] + 1 < best ? before[j - 2] + 1 : best;
		}
		unsigned *free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[b.len];
}

const char *
cs_complain_nearest(struct cs_span name, struct cs_words words)
{
	const char *best = NULL;
	unsigned least = 1 + (unsigned)name.len / 3;
	if (name.len > WORD_MAX_BYTES)
		return NULL;
	for (unsigned i = 0; words.at(words.table, i); i++) {
		struct cs_span word = cs_span_text(words.at(words.table, i));
		unsigned d = word.len > WORD_MAX_BYTES ? WORD_MAX_BYTES : distance(name, word);
		if (d < least || (d == least && !best)) {
			least = d;
			best = words.at(words.table, i);
		}
	}
	return best;
}

static void
put_all(struct cs_text *out, struct cs_words words)
{
	cs_text_put(out, "; write one of ");
	for (unsigned i = 0; words.at(words.table, i); i++) {
		const char *word = words.at(words.table, i);
		if (out->len + strlen(", ") + strlen(word) + sizeof ", ..." > out->cap_bytes) {
			cs_text_put(out, ", ...");
			return;
		}
		cs_text_put(out, i ? ", " : "");
		cs_text_put(out, word);
	}
}

void
cs_complain_unknown(struct cs_complaints *complaints, struct cs_place place, const char *what, struct cs_span name,
		    struct cs_words words)
{
	struct cs_complaint *slot = next_slot(complaints, place);
	if (!slot)
		return;
	struct cs_text out = cs_text_over(slot->text, sizeof slot->text);
	cs_text_put(&out, "no ");
	cs_text_put(&out, what);
	cs_text_put(&out, " is called \"");
	put_quote(&out, name);
	cs_text_put(&out, "\"");
	const char *nearest = cs_complain_nearest(name, words);
	if (!nearest && words.at(words.table, 0)) {
		put_all(&out, words);
		return;
	}
	if (!nearest)
		return;
	cs_text_put(&out, "; did you mean \"");
	cs_text_put(&out, nearest);
	cs_text_put(&out, "\"?");
}

static bool
is_before(struct cs_place a, struct cs_place b)
{
	return a.line != b.line ? a.line < b.line : a.column < b.column;
}

void
cs_complain_sort(struct cs_complaints *complaints)
{
	CS_ASSERT(complaints->n <= CS_COMPLAINTS_MAX);
	for (unsigned i = 1; i < complaints->n; i++) {
		struct cs_complaint moved = complaints->at[i];
		unsigned to = i;
		for (; to && is_before(moved.place, complaints->at[to - 1].place); to--)
			complaints->at[to] = complaints->at[to - 1];
		complaints->at[to] = moved;
	}
}

void
cs_complain_put(struct cs_text *out, const char *path, const struct cs_complaints *complaints)
{
	for (unsigned i = 0; i < complaints->n; i++) {
		const struct cs_complaint *complaint = &complaints->at[i];
		cs_text_put(out, path);
		cs_text_put_char(out, ':');
		cs_text_put_u64(out, complaint->place.line);
		cs_text_put_char(out, ':');
		cs_text_put_u64(out, complaint->place.column);
		cs_text_put(out, ": ");
		cs_text_put(out, complaint->text);
		cs_text_put_char(out, '\n');
	}
	if (complaints->all_n == complaints->n)
		return;
	cs_text_put(out, path);
	cs_text_put(out, ": and ");
	cs_text_put_u64(out, complaints->all_n - complaints->n);
	cs_text_put(out, " more of the kind\n");
}

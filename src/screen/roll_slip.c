/*
 * Words that are written together or apart, and misspelled as well: words and runs of words of forms by their consonants, of which one may
 * be another, or more; by the first and the last of them when they are many. Long words by the first and the last of them alone, since more
 * than one of their letters may be another.
 *
 * A filter stands in front of either table: the upper and the lower bits of a key have a bit each.
 */
#include "base/prefetch.h"
#include "screen/roll_run.h"

#include <stdlib.h>

enum {
	BARE_MIN = 5,   /* consonants of which one may be left out */
	HALVES_MIN = 8, /* of a run of so many the first and the last few are keys: one of them is as it should be */
	HALF = 4,
	RUN_MAX = 3,
	END = 3, /* letters of which one is not as it should be are others at the beginning or at the end, not both */
	END_LETTER_BITS = 4, /* they are told to be others most times */
	FILTER_BITS_MIN = 12,
	FILTER_BITS_MAX = 25,
	FILTER_BITS_A_KEY = 8,
};

/* Consonants as a polynomial. */
struct bones {
	uint64_t before[CS_TERM_LETTERS_MAX + 1], power[CS_TERM_LETTERS_MAX + 1];
	char bare[CS_TERM_LETTERS_MAX + 1];
	unsigned n;
};

static uint64_t
piece(const struct bones *of, unsigned from, unsigned to)
{
	return of->before[to] - of->before[from] * of->power[to - from];
}

/* A key of a run of letters; WHICH of the keys of a kind. */
static uint32_t
key_of(uint64_t letters, enum cs_roll_slip_kind kind, unsigned which)
{
	return (uint32_t)(cs_hash_mix(letters, which * CS_ROLL_SLIP_KINDS + kind) >> 16);
}

unsigned
cs_roll_slip_keys(const char *letters, unsigned len, enum cs_roll_slip_kind kind, uint32_t out[CS_ROLL_SLIP_KEYS_MAX])
{
	struct bones of = {.n = cs_roll_skeleton(letters, len, of.bare)};
	static const struct {
		unsigned least, most; /* consonants, of those that are keys by all of them or all but one */
	} within[CS_ROLL_SLIP_KINDS] = {[CS_ROLL_SLIP_WORD] = {CS_ROLL_SKELETON_MIN, CS_TERM_LETTERS_MAX},
					[CS_ROLL_SLIP_RUN] = {BARE_MIN - 1, HALVES_MIN}};
	const unsigned least = within[kind].least, most = within[kind].most;
	unsigned keys = 0;
	if (of.n == 0)
		return 0;
	of.n--; /* what it tells of the ends */
	if (kind == CS_ROLL_SLIP_LONG && of.n < HALVES_MIN)
		return 0;
	of.before[0] = 0, of.power[0] = 1;
	for (unsigned i = 0; i < of.n; i++) {
		of.before[i + 1] = of.before[i] * CS_ROLL_MULTIPLIER + (uint8_t)of.bare[i];
		of.power[i + 1] = of.power[i] * CS_ROLL_MULTIPLIER;
	}
	if (of.n >= least && of.n <= most)
		out[keys++] = key_of(of.before[of.n], kind, 0);
	for (unsigned i = 0; i < of.n && of.n >= BARE_MIN && of.n <= most; i++) {
		unsigned next = i + 1;
		if (i > 0 && next < of.n && of.bare[i - 1] == of.bare[next])
			next++; /* it would be doubled */
		out[keys++] = key_of(of.before[i] * of.power[of.n - next] + piece(&of, next, of.n), kind, 0);
	}
	if (kind != CS_ROLL_SLIP_WORD && of.n >= HALVES_MIN) {
		out[keys++] = key_of(of.before[HALF], kind, 1);
		out[keys++] = key_of(piece(&of, of.n - HALF, of.n), kind, 2);
	}
	return keys;
}

uint32_t
cs_roll_slip_sign(const char *letters, unsigned len)
{
	unsigned n = len < END ? len : END;
	uint32_t first = 0, last = 0;
	for (unsigned i = 0; i < n; i++) {
		first = first << END_LETTER_BITS ^ (uint8_t)letters[i];
		last = last << END_LETTER_BITS ^ (uint8_t)letters[len - 1 - i];
	}
	const uint32_t end = (UINT32_C(1) << CS_ROLL_SLIP_END_BITS) - 1;
	return (len << CS_ROLL_SLIP_END_BITS | (first & end)) << CS_ROLL_SLIP_END_BITS | (last & end);
}

/* Where the two bits of a key stand. */
static void
bits_of(const struct cs_roll_slips *slips, uint32_t key, uint32_t out[2])
{
	out[0] = key >> slips->shift;
	out[1] = key << slips->shift >> slips->shift;
}

void
cs_roll_slip_ask(const struct cs_roll_slips *slips, const uint32_t *key, unsigned n)
{
	uint32_t bit[2];
	for (unsigned k = 0; k < n; k++) {
		bits_of(slips, key[k], bit);
		cs_prefetch(&slips->filter[bit[0] / 64]);
		cs_prefetch(&slips->filter[bit[1] / 64]);
	}
}

unsigned
cs_roll_slip_pass(const struct cs_roll_slips *slips, uint32_t *key, unsigned n)
{
	const struct cs_roll_codes *codes = &slips->codes;
	unsigned kept = 0;
	uint32_t bit[2];
	for (unsigned k = 0; k < n; k++) {
		bits_of(slips, key[k], bit);
		uint64_t both = slips->filter[bit[0] / 64] >> bit[0] % 64 & slips->filter[bit[1] / 64] >> bit[1] % 64;
		key[kept] = key[k];
		kept += both & 1;
	}
	for (unsigned k = 0; k < kept; k++)
		cs_prefetch(&codes->from[key[k] >> codes->shift]);
	for (unsigned k = 0; k < kept; k++)
		cs_prefetch(&codes->at[codes->from[key[k] >> codes->shift]]);
	return kept;
}

/* Enters what has these letters. TO may be NULL: how many keys there are. */
static size_t
put_keys(const char *letters, unsigned len, enum cs_roll_slip_kind kind, struct cs_roll_code code,
	 struct cs_roll_code *to)
{
	uint32_t key[CS_ROLL_SLIP_KEYS_MAX];
	unsigned keys = len >= CS_LIKENESS_GLUED_LETTERS ? cs_roll_slip_keys(letters, len, kind, key) : 0;
	for (unsigned k = 0; k < keys && to; k++)
		to[k] = (struct cs_roll_code){key[k], code.number, code.sign};
	return keys;
}

/* The runs of words of a form. */
static size_t
put_form(const struct cs_roll *roll, uint32_t number, struct cs_roll_code *to)
{
	struct cs_name name = cs_roll_form_name(roll, number);
	size_t n = 0;
	for (unsigned at = 0; at + 1 < name.part_n; at++) {
		char letters[CS_TERM_LETTERS_MAX];
		unsigned len = 0;
		bool any = false;
		for (unsigned i = at; i < at + RUN_MAX && i < name.part_n; i++) {
			const struct cs_term *term = &name.token[name.part[i].token];
			if (len + term->len > CS_TERM_LETTERS_MAX || cs_term_is_unvowelled(term))
				break;
			memcpy(letters + len, term->text, term->len);
			len += term->len;
			any |= name.part[i].class <= CS_NAME_TRADE;
			uint32_t rest = at | (i - at + 1 > CS_ROLL_SLIP_RUN_MIN) << CS_ROLL_SLIP_AT_BITS;
			struct cs_roll_code code = {0, number | rest << CS_ROLL_SLIP_FORM_BITS,
						    cs_roll_slip_sign(letters, len)};
			if (i > at && any)
				n += put_keys(letters, len, CS_ROLL_SLIP_RUN, code, to ? to + n : NULL);
		}
	}
	return n;
}

static size_t
put_word_as(const struct cs_term *word, uint32_t number, enum cs_roll_slip_kind kind, struct cs_roll_code *to)
{
	if (cs_term_is_unvowelled(word))
		return 0;
	return put_keys(word->text, word->len, kind,
			(struct cs_roll_code){0, number, cs_roll_slip_sign(word->text, word->len)}, to);
}

static size_t
put_word(const struct cs_roll *roll, uint32_t number, struct cs_roll_code *to)
{
	return put_word_as(&roll->word[number], number, CS_ROLL_SLIP_WORD, to);
}

static size_t
put_long(const struct cs_roll *roll, uint32_t number, struct cs_roll_code *to)
{
	return put_word_as(&roll->word[number], number, CS_ROLL_SLIP_LONG, to);
}

static bool
make_filter(struct cs_roll_slips *slips)
{
	unsigned bits = FILTER_BITS_MIN;
	while (bits < FILTER_BITS_MAX && (size_t)1 << bits < slips->codes.n * FILTER_BITS_A_KEY)
		bits++;
	slips->shift = 32 - bits;
	slips->filter = calloc(((size_t)1 << bits) / 64, sizeof *slips->filter);
	for (size_t i = 0; slips->filter && i < slips->codes.n; i++) {
		uint32_t bit[2];
		bits_of(slips, slips->codes.at[i].key, bit);
		for (unsigned b = 0; b < 2; b++)
			slips->filter[bit[b] / 64] |= UINT64_C(1) << bit[b] % 64;
	}
	return slips->filter;
}

static bool
list(const struct cs_roll *roll, uint32_t of, size_t (*put)(const struct cs_roll *, uint32_t, struct cs_roll_code *),
     struct cs_roll_slips *out)
{
	size_t n = 0;
	for (uint32_t i = 0; i < of; i++)
		out->codes.n += put(roll, i, NULL);
	out->codes.at = calloc(out->codes.n + 1, sizeof *out->codes.at);
	if (!out->codes.at)
		return false;
	for (uint32_t i = 0; i < of; i++)
		n += put(roll, i, out->codes.at + n);
	cs_roll_codes_sort(&out->codes);
	return cs_roll_codes_index(&out->codes) && make_filter(out);
}

bool
cs_roll_slip(struct cs_roll *roll)
{
	if (roll->form_n >= CS_ROLL_SLIP_FORMS)
		return false;
	return list(roll, roll->word_n, put_word, &roll->slip[CS_ROLL_SLIP_WORD]) &&
	       list(roll, roll->word_n, put_long, &roll->slip[CS_ROLL_SLIP_LONG]) &&
	       list(roll, roll->form_n, put_form, &roll->slip[CS_ROLL_SLIP_RUN]);
}

void
cs_roll_slip_free(struct cs_roll *roll)
{
	for (unsigned k = 0; k < CS_ROLL_SLIP_KINDS; k++) {
		free(roll->slip[k].codes.at);
		free(roll->slip[k].codes.from);
		free(roll->slip[k].filter);
	}
}

size_t
cs_roll_slip_bytes(const struct cs_roll *roll)
{
	size_t bytes = 0;
	for (unsigned k = 0; k < CS_ROLL_SLIP_KINDS; k++)
		bytes += cs_roll_codes_bytes(&roll->slip[k].codes) + ((size_t)1 << (32 - roll->slip[k].shift)) / 8;
	return bytes;
}

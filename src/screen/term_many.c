/*
 * See term.h: one word compared with sixteen at once. What a misspelling costs is found for all of them, one word a lane, a cell of the
 * table at a time; what is near enough is then looked at as term.c does. The outcome is that of cs_term_compare.
 *
 * Cells hold what is left of the limit of their lane after what it costs to come there, and one; 0: it costs more.
 */
#include "screen/term_parts.h"

#include <emmintrin.h>

enum { LETTERS = CS_TERM_LANE_LETTERS, DIGIT_BIT = 26 /* as in term_make.c */, FIFTH = (1 << 16) / 5 + 1 };

/* Kinds of words. */
enum {
	FAMILY = 1,
	SIGNS = 2, /* of Han or Hangul */
	VOWELLED = 4,
	UNVOWELLED = 8,
	UNFIT = 16, /* too short, or too long for a lane */
	ANY = 31,
	HEBREW = 32, /* and UNVOWELLED, too */
};

/* The letters that are confused with a letter, but for vowels with each other; digits apart, since few words have one. See groups[] of
 * term_cost.c. */
static const char confused[128][8] = {
	['0'] = "o",     ['1'] = "il",   ['2'] = "z",      ['5'] = "s",   ['6'] = "b",    ['8'] = "b",
	['9'] = "gq",    ['C'] = "JSc",  ['J'] = "CSgijz", ['S'] = "CJs", ['b'] = "pv",   ['c'] = "Ckqs",
	['d'] = "tz",    ['f'] = "pv",   ['g'] = "Jhjk",   ['h'] = "gkx", ['i'] = "Jjly", ['j'] = "Jgiy",
	['k'] = "cghqx", ['l'] = "i",    ['p'] = "bf",     ['q'] = "ck",  ['s'] = "Scz",  ['t'] = "dz",
	['u'] = "vw",    ['v'] = "bfuw", ['w'] = "uv",     ['x'] = "hk",  ['y'] = "ij",   ['z'] = "Jdst",
};
static const char confused_digits[128][4] = {
	['b'] = "68", ['g'] = "9", ['i'] = "1", ['l'] = "1", ['o'] = "0", ['q'] = "9", ['s'] = "5", ['z'] = "2",
};

/* The runs of sixteen words: letter J of each, and what it costs that it is more. */
struct runs {
	__m128i letter[LETTERS + 1], more[LETTERS], vowel[LETTERS];
	__m128i len;
	unsigned longest;
	bool digits;
};

/* What it costs to read a letter of the word for each letter of the runs, and where they are the same. */
struct reading {
	__m128i same[LETTERS], cost[LETTERS];
};

static __m128i
equal_to(__m128i letters, char c)
{
	return _mm_cmpeq_epi8(letters, _mm_set1_epi8(c));
}

/* Where ONE is true (all bits), it, else the other. */
static __m128i
choose(__m128i which, __m128i one, __m128i other)
{
	return _mm_or_si128(_mm_and_si128(which, one), _mm_andnot_si128(which, other));
}

/* Letter I of word J becomes letter J of word I. */
static void
transpose(__m128i *at)
{
	__m128i next[LETTERS];
	for (unsigned step = 0; step < 4; step++) {
		for (unsigned i = 0; i < LETTERS / 2; i++) {
			next[2 * i] = _mm_unpacklo_epi8(at[i], at[i + LETTERS / 2]);
			next[2 * i + 1] = _mm_unpackhi_epi8(at[i], at[i + LETTERS / 2]);
		}
		for (unsigned i = 0; i < LETTERS; i++)
			at[i] = next[i];
	}
}

/* What it costs that letter J is more: cost_of_more of term_cost.c. */
static void
weigh_more(struct runs *runs)
{
	__m128i before = _mm_setzero_si128();
	for (unsigned j = 0; j < runs->longest; j++) {
		__m128i letter = runs->letter[j];
		__m128i doubled =
			_mm_or_si128(_mm_cmpeq_epi8(letter, before), _mm_cmpeq_epi8(letter, runs->letter[j + 1]));
		__m128i vowel = _mm_or_si128(equal_to(letter, 'a'), equal_to(letter, 'e'));
		vowel = _mm_or_si128(vowel, _mm_or_si128(equal_to(letter, 'i'), equal_to(letter, 'o')));
		runs->vowel[j] = vowel = _mm_or_si128(vowel, equal_to(letter, 'u'));
		__m128i mute = equal_to(letter, 'h');
		__m128i more = _mm_add_epi8(_mm_set1_epi8(CS_TERM_PLAIN), _mm_or_si128(vowel, equal_to(letter, 'y')));
		more = _mm_add_epi8(more, _mm_add_epi8(mute, mute));
		runs->more[j] = choose(doubled, _mm_set1_epi8(CS_TERM_DOUBLED), more);
		before = letter;
	}
}

/* Puts in where letters are one of those. */
static void
mark_letters(const struct runs *runs, const char *one_of, __m128i *like)
{
	for (; *one_of; one_of++) {
		const __m128i c = _mm_set1_epi8(*one_of);
		for (unsigned j = 0; j < runs->longest; j++)
			like[j] = _mm_or_si128(like[j], _mm_cmpeq_epi8(runs->letter[j], c));
	}
}

/* What it costs to read C for each letter. */
static void
read_letter(const struct runs *runs, char c, struct reading *out)
{
	__m128i like[LETTERS];
	const __m128i self = _mm_set1_epi8(c), plain = _mm_set1_epi8(CS_TERM_PLAIN),
		      vowel = _mm_set1_epi8(cs_term_is_vowel(c) ? -1 : 0);
	for (unsigned j = 0; j < runs->longest; j++)
		like[j] = _mm_and_si128(runs->vowel[j], vowel);
	mark_letters(runs, confused[c & 127], like);
	if (runs->digits)
		mark_letters(runs, confused_digits[c & 127], like);
	for (unsigned j = 0; j < runs->longest; j++) {
		__m128i cost = _mm_add_epi8(plain, _mm_add_epi8(like[j], like[j])); /* -1 where it is true */
		out->same[j] = _mm_cmpeq_epi8(runs->letter[j], self);
		out->cost[j] = _mm_andnot_si128(out->same[j], cost);
	}
}

/* A row of the table, and the two before it. */
struct rows {
	__m128i left[3][LETTERS + 1];
	const __m128i *before, *earlier;
	__m128i *row;
};

/* The first row: nothing changes places yet. */
static void
fill_first(const struct runs *runs, const struct reading *now, __m128i more, struct rows *rows)
{
	const __m128i *before = rows->before;
	__m128i *row = rows->row, last = row[0] = _mm_subs_epu8(before[0], more);
	for (unsigned j = 0; j < runs->longest; j++) {
		__m128i best = _mm_max_epu8(_mm_subs_epu8(before[j], now->cost[j]), _mm_subs_epu8(before[j + 1], more));
		row[j + 1] = last = _mm_max_epu8(best, _mm_subs_epu8(last, runs->more[j]));
	}
}

static void
fill_row(const struct runs *runs, const struct reading *now, const struct reading *then, __m128i more,
	 struct rows *rows)
{
	const __m128i swap = _mm_set1_epi8(CS_TERM_SWAP), *before = rows->before, *earlier = rows->earlier;
	__m128i *row = rows->row, last = row[0] = _mm_subs_epu8(before[0], more);
	__m128i best = _mm_max_epu8(_mm_subs_epu8(before[0], now->cost[0]), _mm_subs_epu8(before[1], more));
	row[1] = last = _mm_max_epu8(best, _mm_subs_epu8(last, runs->more[0]));
	for (unsigned j = 1; j < runs->longest; j++) {
		__m128i swapped = _mm_and_si128(now->same[j - 1], then->same[j]);
		best = _mm_max_epu8(_mm_subs_epu8(before[j], now->cost[j]), _mm_subs_epu8(before[j + 1], more));
		best = _mm_max_epu8(best, _mm_and_si128(swapped, _mm_subs_epu8(earlier[j - 1], swap)));
		row[j + 1] = last = _mm_max_epu8(best, _mm_subs_epu8(last, runs->more[j]));
	}
}

/* What is left after it, and one, for each lane: see above. */
static __m128i
left_of(const struct cs_term_run *run, const struct runs *runs, __m128i limit)
{
	struct reading reading[LETTERS];
	struct rows rows;
	__m128i out = _mm_setzero_si128();
	const struct reading *now = reading, *then;
	rows.row = rows.left[0], rows.before = rows.left[1], rows.earlier = rows.left[2];
	rows.row[0] = _mm_add_epi8(limit, _mm_set1_epi8(1));
	for (unsigned j = 0; j < runs->longest; j++)
		rows.row[j + 1] = _mm_subs_epu8(rows.row[j], runs->more[j]);
	for (unsigned i = 0; i < run->len; i++) {
		__m128i *free = rows.left[(i + 1) % 3];
		rows.earlier = rows.before, rows.before = rows.row, rows.row = free;
		if (run->first[i] == i)
			read_letter(runs, run->letter[i], &reading[i]);
		then = now, now = &reading[run->first[i]];
		if (i == 0)
			fill_first(runs, now, _mm_set1_epi8((char)run->more[i]), &rows);
		else
			fill_row(runs, now, then, _mm_set1_epi8((char)run->more[i]), &rows);
	}
	for (unsigned j = 0; j <= runs->longest; j++)
		out = _mm_or_si128(out, _mm_and_si128(rows.row[j], equal_to(runs->len, (char)j)));
	return out;
}

/* Loads the letters of words, and how many each has. */
static void
load_runs(const struct cs_term_lane *const *lane, unsigned n, bool sounds, struct runs *out)
{
	uint8_t len[CS_TERM_MANY] = {0};
	unsigned longest = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct cs_term_lane *word = lane[i];
		out->letter[i] = _mm_loadu_si128((const void *)(sounds ? word->sound : word->text));
		len[i] = sounds ? word->sound_len : word->len;
		longest = cs_term_greater(longest, len[i]);
	}
	for (unsigned i = n; i <= LETTERS; i++)
		out->letter[i] = _mm_setzero_si128();
	out->longest = longest;
	out->len = _mm_loadu_si128((const void *)len);
	transpose(out->letter);
}

void
cs_term_many_weigh(const struct cs_term_many *many, bool sounds, const struct cs_term_lane *const *lane, unsigned n,
		   uint8_t *left)
{
	struct runs runs;
	uint8_t limit[CS_TERM_MANY] = {0}, out[CS_TERM_MANY];
	uint32_t letters = 0;
	load_runs(lane, n, sounds, &runs);
	weigh_more(&runs);
	for (unsigned i = 0; i < n; i++) { /* what sounds alike costs one more */
		limit[i] = (uint8_t)(many->most[cs_term_greater(many->term->len, lane[i]->len)] - sounds);
		letters |= lane[i]->letters;
	}
	runs.digits = letters >> DIGIT_BIT & 1;
	__m128i costs = left_of(sounds ? &many->sound : &many->text, &runs, _mm_loadu_si128((const void *)limit));
	_mm_storeu_si128((void *)out, costs);
	memcpy(left, out, n);
}

/* Myers' bit vectors, see term_cost.c, of sixteen words in bytes or of eight in twice that (WIDE): bits are letters of the one word, which
 * is gone through by those of each. */
struct counting {
	__m128i up, down, score, last, len;
};

static inline __m128i
sum_of(bool wide, __m128i a, __m128i b)
{
	return wide ? _mm_add_epi16(a, b) : _mm_add_epi8(a, b);
}

static inline __m128i
are_equal(bool wide, __m128i a, __m128i b)
{
	return wide ? _mm_cmpeq_epi16(a, b) : _mm_cmpeq_epi8(a, b);
}

static inline __m128i
in_all(bool wide, unsigned value)
{
	return wide ? _mm_set1_epi16((short)value) : _mm_set1_epi8((char)value);
}

static inline struct counting
begin_counting(bool wide, unsigned letters, __m128i len)
{
	return (struct counting){_mm_set1_epi8(-1), _mm_setzero_si128(), in_all(wide, letters),
				 in_all(wide, 1u << (letters - 1)), len};
}

/* Goes on by letter J of each, which is equal to those that SAME says; words that are shorter have their score. */
static inline void
count_letters(bool wide, struct counting *c, __m128i same, unsigned j)
{
	const __m128i all = _mm_set1_epi8(-1), at = in_all(wide, j);
	__m128i active = wide ? _mm_cmpgt_epi16(c->len, at) : _mm_cmpgt_epi8(c->len, at);
	__m128i x = _mm_xor_si128(sum_of(wide, _mm_and_si128(same, c->up), c->up), c->up);
	x = _mm_or_si128(x, _mm_or_si128(same, c->down));
	__m128i more = _mm_or_si128(c->down, _mm_xor_si128(_mm_or_si128(x, c->up), all));
	__m128i less = _mm_and_si128(c->up, x);
	__m128i is_more = are_equal(wide, _mm_and_si128(more, c->last), c->last); /* -1 where it is true */
	__m128i is_less = are_equal(wide, _mm_and_si128(less, c->last), c->last);
	__m128i change = wide ? _mm_sub_epi16(is_less, is_more) : _mm_sub_epi8(is_less, is_more);
	c->score = sum_of(wide, c->score, _mm_and_si128(change, active));
	more = _mm_or_si128(sum_of(wide, more, more), in_all(wide, 1));
	c->up = _mm_or_si128(sum_of(wide, less, less), _mm_xor_si128(_mm_or_si128(x, more), all));
	c->down = _mm_and_si128(more, x);
}

/* Where letters stand in the run: bits for the first eight letters of it, or (UPPER) for the others. */
static __m128i
places_of(const struct cs_term_run *run, bool upper, __m128i letter)
{
	__m128i places = _mm_setzero_si128();
	for (unsigned k = 0; k < run->kind_n; k++) {
		__m128i is = _mm_cmpeq_epi8(letter, _mm_loadu_si128((const void *)run->kind[k]));
		places = _mm_or_si128(places, _mm_and_si128(is, _mm_loadu_si128((const void *)run->places[upper][k])));
	}
	return places;
}

/* How many plain edits it is from the run to each. */
static __m128i
plain_edits(const struct cs_term_run *run, const struct runs *runs)
{
	const __m128i none = _mm_setzero_si128();
	if (run->len <= 8) {
		struct counting all = begin_counting(false, run->len, runs->len);
		for (unsigned j = 0; j < runs->longest; j++)
			count_letters(false, &all, places_of(run, false, runs->letter[j]), j);
		return all.score;
	}
	struct counting one = begin_counting(true, run->len, _mm_unpacklo_epi8(runs->len, none));
	struct counting two = begin_counting(true, run->len, _mm_unpackhi_epi8(runs->len, none));
	for (unsigned j = 0; j < runs->longest; j++) {
		__m128i lower = places_of(run, false, runs->letter[j]), upper = places_of(run, true, runs->letter[j]);
		count_letters(true, &one, _mm_unpacklo_epi8(lower, upper), j);
		count_letters(true, &two, _mm_unpackhi_epi8(lower, upper), j);
	}
	return _mm_packs_epi16(one.score, two.score);
}

/* cs_term_edits_most of runs of so many letters, one at least, and the run: (2 longer + 3) / 5. */
static __m128i
edits_most(const struct cs_term_run *run, __m128i len)
{
	const __m128i none = _mm_setzero_si128(), three = _mm_set1_epi16(3), fifth = _mm_set1_epi16(FIFTH);
	__m128i longer = _mm_max_epu8(len, _mm_set1_epi8((char)run->len));
	__m128i low = _mm_unpacklo_epi8(longer, none), high = _mm_unpackhi_epi8(longer, none);
	low = _mm_mulhi_epu16(_mm_add_epi16(_mm_add_epi16(low, low), three), fifth);
	high = _mm_mulhi_epu16(_mm_add_epi16(_mm_add_epi16(high, high), three), fifth);
	return _mm_packus_epi16(low, high);
}

unsigned
cs_term_many_edits(const struct cs_term_many *many, bool sounds, const struct cs_term_lane *const *lane, unsigned n)
{
	const struct cs_term_run *run = sounds ? &many->sound : &many->text;
	struct runs runs;
	load_runs(lane, n, sounds, &runs);
	__m128i far = _mm_cmpgt_epi8(plain_edits(run, &runs), edits_most(run, runs.len));
	return ~(unsigned)_mm_movemask_epi8(far) & ((1u << n) - 1);
}

/* As misspelled of term.c. */
struct cs_term_likeness
cs_term_many_likeness(const struct cs_term_many *many, const struct cs_term_lane *lane, unsigned written,
		      unsigned sounding)
{
	const struct cs_term *term = many->term;
	const unsigned longer = cs_term_greater(term->len, lane->len), most = many->most[longer];
	const unsigned apart = cs_term_letters_apart(term->letters, lane->letters);
	const unsigned sounds_apart = cs_term_letters_apart(term->sounds, lane->sounds);
	unsigned best = most + 1;
	if (written && cs_term_may_be_misspelled(term->len, lane->len, apart, (int)most))
		best = most + 1 - written;
	if (sounding && most + 1 - sounding < best &&
	    cs_term_may_be_misspelled(term->sound_len, lane->sound_len, sounds_apart, (int)most - 1))
		best = most + 1 - sounding;
	if (best > most)
		return (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
	struct cs_term_likeness likeness = cs_term_misspelled(best, longer);
	return likeness.permille >= many->least ? likeness : (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
}

/* Adds a letter to those that are in a run. */
static void
put_kind(struct cs_term_run *run, char c, unsigned places)
{
	memset(run->kind[run->kind_n], c, CS_TERM_MANY);
	memset(run->places[0][run->kind_n], (int)(places & 255), CS_TERM_MANY);
	memset(run->places[1][run->kind_n], (int)(places >> 8), CS_TERM_MANY);
	run->kind_n++;
}

static void
begin_run(struct cs_term_run *run, const char *letter, unsigned len)
{
	const struct cs_span span = {(const uint8_t *)letter, len};
	unsigned places[LETTERS] = {0}, hissing = 0; /* the sounds C and S are as good as one */
	run->letter = letter;
	run->len = len;
	run->kind_n = 0;
	for (unsigned i = 0; i < len && i < LETTERS; i++) {
		char c = letter[i];
		unsigned first = 0;
		while (letter[first] != c)
			first++;
		run->first[i] = (uint8_t)first;
		run->more[i] = (uint8_t)cs_term_cost_of_more(span, i);
		places[first] |= 1u << i;
		hissing |= c == 'C' || c == 'S' ? 1u << i : 0;
	}
	for (unsigned i = 0; i < len && i < LETTERS; i++)
		if (run->first[i] == i && letter[i] != 'C' && letter[i] != 'S')
			put_kind(run, letter[i], places[i]);
	if (hissing) {
		put_kind(run, 'C', hissing);
		put_kind(run, 'S', hissing);
	}
}

static bool
is_plain(const struct cs_term *term)
{
	return term->len == term->sound_len && memcmp(term->text, term->sound, term->sound_len) == 0;
}

static unsigned
kind_of(const struct cs_term *term)
{
	bool fits = term->len > 1 && term->len <= LETTERS && term->sound_len > 0 && term->sound_len <= LETTERS;
	bool signs = term->script == CS_FOLD_HAN || term->script == CS_FOLD_HANGUL;
	return (term->family[0] ? FAMILY : 0) | (signs ? SIGNS : 0) | (fits ? 0 : UNFIT) |
	       (cs_term_is_unvowelled(term) ? UNVOWELLED : VOWELLED) | (term->script == CS_FOLD_HEBREW ? HEBREW : 0);
}

struct cs_term_lane
cs_term_lane_of(const struct cs_term *term)
{
	struct cs_term_lane lane = {.letters = term->letters,
				    .sounds = term->sounds,
				    .hash = term->hash,
				    .skeleton = term->skeleton,
				    .len = term->len,
				    .sound_len = term->sound_len,
				    .kind = (uint8_t)kind_of(term),
				    .bones_len = term->bones_len,
				    .plain = is_plain(term)};
	for (unsigned i = 1; i < term->len; i++)
		lane.doubled |= term->text[i] == term->text[i - 1];
	memcpy(lane.text, term->text, sizeof lane.text);
	memcpy(lane.sound, term->sound, sizeof lane.sound);
	return lane;
}

void
cs_term_many_begin(struct cs_term_many *many, const struct cs_term *term, unsigned least)
{
	unsigned kind = kind_of(term);
	many->term = term;
	many->least = least < 1000 ? least : 1000;
	many->plain = is_plain(term);
	many->against = (uint8_t)((kind & (FAMILY | SIGNS)) | UNFIT | (kind & VOWELLED ? UNVOWELLED : VOWELLED));
	if (kind & UNFIT || least <= CS_LIKENESS_SHORTENED || least > 1000)
		many->against = ANY;
	begin_run(&many->text, term->text, term->len);
	begin_run(&many->sound, term->sound, term->sound_len);
	for (unsigned i = 0; i <= CS_TERM_LETTERS_MAX; i++)
		many->most[i] = (uint8_t)cs_term_cost_most(i, many->least);
}

bool
cs_term_is_apart(const struct cs_term_many *many, const struct cs_term_lane *lane)
{
	const struct cs_term *term = many->term;
	bool scripts = (lane->kind & (cs_term_is_unvowelled(term) ? VOWELLED : UNVOWELLED)) != 0;
	bool same =
		(term->hash == lane->hash) | ((term->sounds == lane->sounds) & (term->sound_len == lane->sound_len));
	bool related = (term->family[0] != 0) & ((lane->kind & FAMILY) != 0);
	/* three consonants and fewer have to be the same: see by_bones of term.c */
	unsigned longer = cs_term_greater(term->bones_len, lane->bones_len),
		 apart = cs_term_bits(term->skeleton ^ lane->skeleton);
	bool bones =
		(term->bones_len > 0) & (lane->bones_len > 0) & (apart <= (longer > 3 ? CS_LIKENESS_BONES_APART : 0));
	bool hebrew = (term->script == CS_FOLD_HEBREW) | ((lane->kind & HEBREW) != 0); /* spelled, perhaps */
	return scripts & !same & !related & !bones & !hebrew;
}

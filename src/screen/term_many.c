/*
 * See term.h: one word compared with sixteen at once. What a misspelling costs is found for all of them, one word a lane, a cell of the
 * table at a time; what is near enough is then looked at as term.c does. The outcome is that of cs_term_compare.
 *
 * Cells hold what is left of the limit of their lane after what it costs to come there, and one; 0: it costs more.
 */
#include "screen/term_parts.h"

#include <emmintrin.h>

enum {
	LETTERS = 16 /* of a word that fits into a lane */,
	DIGIT_BIT = 26 /* as in term_make.c */,
	SWAPPED_MOST = 3 /* as is_swapped of term.c */
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

/* What it costs to read C for each letter. */
static void
read_letter(const struct runs *runs, char c, struct reading *out)
{
	const char *near[2] = {confused[c & 127], confused_digits[c & 127]};
	const bool vowel = cs_term_is_vowel(c);
	for (unsigned j = 0; j < runs->longest; j++) {
		__m128i letter = runs->letter[j], like = vowel ? runs->vowel[j] : _mm_setzero_si128();
		for (const char *n = near[0]; *n; n++)
			like = _mm_or_si128(like, equal_to(letter, *n));
		for (const char *n = near[1]; *n && runs->digits; n++)
			like = _mm_or_si128(like, equal_to(letter, *n));
		__m128i cost = _mm_add_epi8(_mm_set1_epi8(CS_TERM_PLAIN), _mm_add_epi8(like, like));
		out->same[j] = equal_to(letter, c);
		out->cost[j] = _mm_andnot_si128(out->same[j], cost);
	}
}

/* What is left after it, and one, for each lane: see above. */
static __m128i
left_of(const struct cs_term_run *run, const struct runs *runs, __m128i limit)
{
	struct reading reading[LETTERS];
	__m128i left[3][LETTERS + 1], out = _mm_setzero_si128();
	const __m128i swap = _mm_set1_epi8(CS_TERM_SWAP);
	const struct reading *now = reading, *then;
	left[0][0] = _mm_add_epi8(limit, _mm_set1_epi8(1));
	for (unsigned j = 0; j < runs->longest; j++)
		left[0][j + 1] = _mm_subs_epu8(left[0][j], runs->more[j]);
	for (unsigned i = 0; i < run->len; i++) {
		if (run->first[i] == i)
			read_letter(runs, run->letter[i], &reading[i]);
		then = now, now = &reading[run->first[i]];
		const __m128i more = _mm_set1_epi8((char)run->more[i]);
		const __m128i *before = left[i % 3], *earlier = left[(i + 2) % 3];
		__m128i *row = left[(i + 1) % 3], last = row[0] = _mm_subs_epu8(before[0], more);
		for (unsigned j = 0; j < runs->longest; j++) {
			__m128i best = _mm_subs_epu8(before[j], now->cost[j]);
			best = _mm_max_epu8(best, _mm_subs_epu8(before[j + 1], more));
			if (i > 0 && j > 0) {
				__m128i swapped = _mm_and_si128(now->same[j - 1], then->same[j]);
				best = _mm_max_epu8(best, _mm_and_si128(swapped, _mm_subs_epu8(earlier[j - 1], swap)));
			}
			row[j + 1] = last = _mm_max_epu8(best, _mm_subs_epu8(last, runs->more[j]));
		}
	}
	for (unsigned j = 0; j <= runs->longest; j++)
		out = _mm_or_si128(out, _mm_and_si128(left[run->len % 3][j], equal_to(runs->len, (char)j)));
	return out;
}

/* Words that are compared at once; limits are of what is written. */
struct lanes {
	const struct cs_term *word[CS_TERM_MANY];
	uint8_t len[CS_TERM_MANY], sound_len[CS_TERM_MANY], limit[CS_TERM_MANY];
	uint8_t lane[CS_TERM_MANY]; /* which of the words it is */
	unsigned n;
};

static void
load_runs(const struct lanes *lanes, bool sounds, struct runs *out)
{
	uint32_t letters = 0;
	const uint8_t *len = sounds ? lanes->sound_len : lanes->len;
	out->longest = 0;
	for (unsigned i = 0; i < LETTERS; i++) {
		out->letter[i] = _mm_setzero_si128();
		if (i >= lanes->n)
			continue;
		const struct cs_term *word = lanes->word[i];
		out->letter[i] = _mm_loadu_si128((const void *)(sounds ? word->sound : word->text));
		out->longest = cs_term_greater(out->longest, len[i]);
		letters |= word->letters;
	}
	out->letter[LETTERS] = _mm_setzero_si128();
	out->len = _mm_loadu_si128((const void *)len);
	out->digits = letters >> DIGIT_BIT & 1;
	transpose(out->letter);
	weigh_more(out);
}

static unsigned
plain_edits(const struct cs_term_run *run, const char *other, unsigned len)
{
	struct cs_term_counting counting = cs_term_counting_begin(run->len);
	for (unsigned j = 0; j < len; j++)
		cs_term_count_letter(&counting, run->places[other[j] & 127]);
	return counting.score;
}

/* Are those no more plain edits than a misspelling has? */
static bool
are_few_edits(const struct cs_term_run *run, const char *other, unsigned len)
{
	return plain_edits(run, other, len) <= cs_term_edits_most[cs_term_greater(run->len, len)];
}

/* As misspelled of term.c; LEFT as above, of what is written and of how it sounds. */
static struct cs_term_likeness
likeness_of(const struct cs_term_many *many, const struct cs_term *word, unsigned written, unsigned sounding)
{
	const struct cs_term *term = many->term;
	unsigned longer = cs_term_greater(term->len, word->len), most = many->most[longer], best = most + 1;
	unsigned ways = cs_term_ways_of(term, word, most);
	if (ways & CS_TERM_WRITTEN && written && are_few_edits(&many->text, word->text, word->len))
		best = most + 1 - written;
	if (ways & CS_TERM_SOUNDING && sounding && most + 1 - sounding < best &&
	    are_few_edits(&many->sound, word->sound, word->sound_len))
		best = most + 1 - sounding;
	if (best > most)
		return (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
	struct cs_term_likeness likeness = cs_term_misspelled(best, longer);
	return likeness.permille >= many->least ? likeness : (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
}

static void
compare_lanes(const struct cs_term_many *many, const struct lanes *lanes, struct cs_term_likeness *out)
{
	struct runs runs;
	uint8_t written[CS_TERM_MANY], sounding[CS_TERM_MANY];
	__m128i limit = _mm_loadu_si128((const void *)lanes->limit);
	load_runs(lanes, false, &runs);
	__m128i by_text = left_of(&many->text, &runs, limit);
	load_runs(lanes, true, &runs); /* what sounds alike costs one more */
	__m128i by_sound = left_of(&many->sound, &runs, _mm_subs_epu8(limit, _mm_set1_epi8(1)));
	_mm_storeu_si128((void *)written, by_text);
	_mm_storeu_si128((void *)sounding, by_sound);
	__m128i none = _mm_cmpeq_epi8(_mm_or_si128(by_text, by_sound), _mm_setzero_si128());
	unsigned near = ~(unsigned)_mm_movemask_epi8(none) & ((1u << lanes->n) - 1);
	for (; near; near &= near - 1) {
		unsigned i = (unsigned)__builtin_ctz(near);
		out[lanes->lane[i]] = likeness_of(many, lanes->word[i], written[i], sounding[i]);
	}
}

static void
begin_run(struct cs_term_run *run, const char *letter, unsigned len)
{
	struct cs_span span = {(const uint8_t *)letter, len};
	memset(run, 0, sizeof *run);
	run->letter = letter;
	run->len = len;
	for (unsigned i = 0; i < len && i < LETTERS; i++) {
		char c = letter[i];
		while (letter[run->first[i]] != c)
			run->first[i]++;
		run->more[i] = (uint8_t)cs_term_cost_of_more(span, i);
		run->places[c & 127] |= UINT32_C(1) << i;
		if (c == 'C' || c == 'S') /* as good as one */
			run->places[c == 'C' ? 'S' : 'C'] |= UINT32_C(1) << i;
	}
}

void
cs_term_many_begin(struct cs_term_many *many, const struct cs_term *term, unsigned least)
{
	many->term = term;
	many->least = least < 1000 ? least : 1000;
	begin_run(&many->text, term->text, term->len);
	begin_run(&many->sound, term->sound, term->sound_len);
	for (unsigned i = 0; i <= CS_TERM_LETTERS_MAX; i++)
		many->most[i] = (uint8_t)cs_term_cost_most(i, many->least);
}

/* Is it a misspelling or nothing, of words that fit? What else there is is rare. */
static bool
fits_lane(const struct cs_term *a, const struct cs_term *b)
{
	bool same = (a->hash == b->hash) | ((a->sounds == b->sounds) & (a->sound_len == b->sound_len));
	bool related = (a->family[0] != 0) & (b->family[0] != 0);
	bool signs = (a->script == b->script) & ((a->script == CS_FOLD_HAN) | (a->script == CS_FOLD_HANGUL));
	bool scripts = cs_term_is_unvowelled(a) != cs_term_is_unvowelled(b);
	bool fits = (b->len > 1) & (b->len <= LETTERS) & (b->sound_len > 0) & (b->sound_len <= LETTERS);
	bool swapped = (a->len <= SWAPPED_MOST) & (a->letters == b->letters);
	return fits & !(same | related | signs | scripts | swapped);
}

void
cs_term_many_compare(const struct cs_term_many *many, const struct cs_term *const *other, unsigned n,
		     struct cs_term_likeness *out)
{
	const struct cs_term *term = many->term;
	struct lanes lanes = {.n = 0};
	bool fits = term->len > 1 && term->len <= LETTERS && term->sound_len > 0 && term->sound_len <= LETTERS &&
		    many->least > CS_TERM_SHORTENED_PERMILLE;
	for (unsigned i = 0; i < n; i++) {
		const struct cs_term *word = other[i];
		if (!fits || !fits_lane(term, word)) {
			out[i] = cs_term_compare(term, word, many->least);
			continue;
		}
		out[i] = (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
		lanes.word[lanes.n] = word;
		lanes.lane[lanes.n] = (uint8_t)i;
		lanes.len[lanes.n] = word->len, lanes.sound_len[lanes.n] = word->sound_len;
		lanes.limit[lanes.n++] = many->most[cs_term_greater(term->len, word->len)];
	}
	if (lanes.n)
		compare_lanes(many, &lanes, out);
}

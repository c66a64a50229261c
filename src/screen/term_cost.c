/*
 * See term.h: what a misspelling costs. Runs of up to fifteen letters, which nearly all words are, are weighed a row of the table at a
 * time, one letter a lane; longer ones cell by cell.
 */
#include "screen/term_parts.h"

#include <emmintrin.h>

enum {
	RUN_MAX = 62,     /* letters that are looked at */
	VECTOR_MOST = 80, /* a limit above it is not for bytes */
	ALL_LEFT = 190,   /* a byte, less what CS_TERM_VECTOR_MAX letters more can cost */
	LANES = 16,
};

/* Groups of letters that are all confused with each other; a letter may be in several. Pairs of letters are groups, too. The last
 * byte is for words that have digits. */
enum {
	G_VOWEL = 1 << 0,
	G_CJS = 1 << 1,
	G_Cc = 1 << 2,
	G_Jgj = 1 << 3,
	G_Jij = 1 << 4,
	G_ijy = 1 << 5,
	G_Jz = 1 << 6,
	G_Ss = 1 << 7,
	G_bp = 1 << 8,
	G_bv = 1 << 9,
	G_fp = 1 << 10,
	G_fv = 1 << 11,
	G_ckq = 1 << 12,
	G_cs = 1 << 13,
	G_dtz = 1 << 14,
	G_ghk = 1 << 15,
	G_hkx = 1 << 16,
	G_sz = 1 << 17,
	G_uvw = 1 << 18,
	G_il = 1 << 19,
	G_0o = 1 << 20,
	G_1i = 1 << 24,
	G_1l = 1 << 25,
	G_2z = 1 << 26,
	G_5s = 1 << 27,
	G_6b = 1 << 28,
	G_8b = 1 << 29,
	G_9g = 1 << 30,
};
#define G_9q (UINT32_C(1) << 31)

enum { PLANES = 4, LETTER_PLANES = 3 }; /* bytes of groups; those of words without digits */

static const uint32_t groups[128] = {
	['0'] = G_0o,
	['1'] = G_1i | G_1l,
	['2'] = G_2z,
	['5'] = G_5s,
	['6'] = G_6b,
	['8'] = G_8b,
	['9'] = G_9g | G_9q,
	['C'] = G_CJS | G_Cc,
	['J'] = G_CJS | G_Jgj | G_Jij | G_Jz,
	['S'] = G_CJS | G_Ss,
	['a'] = G_VOWEL,
	['b'] = G_bp | G_bv | G_6b | G_8b,
	['c'] = G_Cc | G_ckq | G_cs,
	['d'] = G_dtz,
	['e'] = G_VOWEL,
	['f'] = G_fp | G_fv,
	['g'] = G_Jgj | G_ghk | G_9g,
	['h'] = G_ghk | G_hkx,
	['i'] = G_VOWEL | G_Jij | G_ijy | G_il | G_1i,
	['j'] = G_Jgj | G_Jij | G_ijy,
	['k'] = G_ckq | G_ghk | G_hkx,
	['l'] = G_il | G_1l,
	['o'] = G_VOWEL | G_0o,
	['p'] = G_bp | G_fp,
	['q'] = G_ckq | G_9q,
	['s'] = G_Ss | G_cs | G_sz | G_5s,
	['t'] = G_dtz,
	['u'] = G_VOWEL | G_uvw,
	['v'] = G_bv | G_fv | G_uvw,
	['w'] = G_uvw,
	['x'] = G_hkx,
	['y'] = G_ijy,
	['z'] = G_Jz | G_dtz | G_sz | G_2z,
};

/* What it costs to read one letter for another. */
static unsigned
cost_of_other(uint8_t a, uint8_t b)
{
	if (a == b)
		return 0;
	return groups[a & 127] & groups[b & 127] ? CS_TERM_CONFUSED : CS_TERM_PLAIN;
}

unsigned
cs_term_cost_of_more(struct cs_span run, size_t at)
{
	uint8_t c = run.at[at];
	if ((at > 0 && run.at[at - 1] == c) || (at + 1 < run.len && run.at[at + 1] == c))
		return CS_TERM_DOUBLED;
	if (c == 'h')
		return CS_TERM_MUTE_MORE;
	return cs_term_is_vowel((char)c) || c == 'y' ? CS_TERM_VOWEL_MORE : CS_TERM_PLAIN;
}

/* Cell by cell. */
static unsigned
cost_of_long(struct cs_span a, struct cs_span b, unsigned limit)
{
	unsigned row[3][RUN_MAX + 1], b_more[RUN_MAX];
	row[0][0] = 0;
	for (size_t j = 0; j < b.len; j++)
		row[0][j + 1] = row[0][j] + (b_more[j] = cs_term_cost_of_more(b, j));
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *now = row[i % 3], *before = row[(i - 1) % 3], *earlier = row[(i + 1) % 3];
		unsigned more = cs_term_cost_of_more(a, i - 1), low;
		low = now[0] = before[0] + more;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned best = before[j - 1] + cost_of_other(a.at[i - 1], b.at[j - 1]);
			best = cs_term_lesser(best, before[j] + more);
			best = cs_term_lesser(best, now[j - 1] + b_more[j - 1]);
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
				best = cs_term_lesser(best, earlier[j - 2] + CS_TERM_SWAP);
			now[j] = best;
			low = cs_term_lesser(low, best);
		}
		if (low > limit + CS_TERM_PLAIN)
			return limit + 1;
	}
	unsigned cost = row[a.len % 3][b.len];
	return cost > limit ? limit + 1 : cost;
}

/* The run that lies along a row: its letters in lanes from 1, and what is told of each. Cells hold not what they cost, but what is
 * left of a byte after it, with the cost of all letters up to the lane given back: so another letter of this run costs nothing from
 * lane to lane, and what shifts bring in is the worst. */
struct lanes {
	__m128i letter;
	__m128i group[PLANES]; /* bytes of groups[] */
	__m128i more, sum;     /* what it costs that it is more; that all of them up to it are */
};

/* All lanes but the first. */
static __m128i
not_first(void)
{
	return _mm_slli_si128(_mm_set1_epi8(-1), 1);
}

static __m128i
equal_to(__m128i letters, char c)
{
	return _mm_cmpeq_epi8(letters, _mm_set1_epi8(c));
}

/* cost_of_more of each letter; what lies beyond the run tells nothing to the lanes before it. */
static __m128i
more_of(__m128i letter)
{
	__m128i vowel = _mm_or_si128(equal_to(letter, 'a'), equal_to(letter, 'e'));
	vowel = _mm_or_si128(vowel, _mm_or_si128(equal_to(letter, 'i'), equal_to(letter, 'o')));
	vowel = _mm_or_si128(vowel, _mm_or_si128(equal_to(letter, 'u'), equal_to(letter, 'y')));
	__m128i mute = equal_to(letter, 'h'), doubled = _mm_cmpeq_epi8(letter, _mm_slli_si128(letter, 1));
	doubled = _mm_or_si128(doubled, _mm_cmpeq_epi8(letter, _mm_srli_si128(letter, 1)));
	__m128i more = _mm_add_epi8(_mm_set1_epi8(CS_TERM_PLAIN), vowel); /* -1 where it is true */
	more = _mm_add_epi8(more, _mm_add_epi8(mute, mute));
	return _mm_or_si128(_mm_andnot_si128(doubled, more), _mm_and_si128(doubled, _mm_set1_epi8(CS_TERM_DOUBLED)));
}

static void
lay_out(const uint8_t *run, unsigned len, struct lanes *out)
{
	uint8_t plane[PLANES][LANES] = {{0}};
	for (unsigned i = 0; i < len; i++) {
		uint32_t group = groups[run[i] & 127];
		for (unsigned p = 0; p < PLANES; p++)
			plane[p][i + 1] = (uint8_t)(group >> 8 * p);
	}
	for (unsigned p = 0; p < PLANES; p++)
		out->group[p] = _mm_loadu_si128((const void *)plane[p]);
	out->letter = _mm_slli_si128(_mm_loadu_si128((const void *)run), 1);
	__m128i sum = out->more = _mm_slli_si128(_mm_srli_si128(more_of(out->letter), 1), 1); /* lane 0 is no letter */
	sum = _mm_add_epi8(sum, _mm_slli_si128(sum, 1));
	sum = _mm_add_epi8(sum, _mm_slli_si128(sum, 2));
	sum = _mm_add_epi8(sum, _mm_slli_si128(sum, 4));
	out->sum = _mm_add_epi8(sum, _mm_slli_si128(sum, 8));
}

/* What it costs to read C for each letter. */
static __m128i
others_of(const struct lanes *lanes, __m128i same, uint8_t c)
{
	uint32_t group = groups[c & 127];
	__m128i near = _mm_and_si128(lanes->group[0], _mm_set1_epi8((char)group));
	near = _mm_or_si128(near, _mm_and_si128(lanes->group[1], _mm_set1_epi8((char)(group >> 8))));
	near = _mm_or_si128(near, _mm_and_si128(lanes->group[2], _mm_set1_epi8((char)(group >> 16))));
	if (group >> 24)
		near = _mm_or_si128(near, _mm_and_si128(lanes->group[3], _mm_set1_epi8((char)(group >> 24))));
	__m128i far = _mm_cmpeq_epi8(near, _mm_setzero_si128());
	__m128i cost = _mm_add_epi8(_mm_set1_epi8(CS_TERM_CONFUSED),
				    _mm_and_si128(far, _mm_set1_epi8(CS_TERM_PLAIN - CS_TERM_CONFUSED)));
	return _mm_andnot_si128(same, cost);
}

/* The best of each lane and of those before it. */
static __m128i
best_before(__m128i left, bool few)
{
	left = _mm_max_epu8(left, _mm_slli_si128(left, 1));
	left = _mm_max_epu8(left, _mm_slli_si128(left, 2));
	left = _mm_max_epu8(left, _mm_slli_si128(left, 4));
	return few ? left : _mm_max_epu8(left, _mm_slli_si128(left, 8));
}

/* Row by row: A is at most CS_TERM_LETTERS_MAX letters long, the run that was laid out LEN. */
static unsigned
cost_of_lanes(struct cs_span a, const struct lanes *laid, size_t len, unsigned limit)
{
	const struct lanes lanes = *laid;
	uint8_t last[LANES], sums[LANES];
	const __m128i least = _mm_add_epi8(_mm_set1_epi8((char)(ALL_LEFT - limit)), lanes.sum);
	const __m128i swap = _mm_sub_epi8(_mm_add_epi8(lanes.more, _mm_slli_si128(lanes.more, 1)),
					  _mm_set1_epi8(CS_TERM_SWAP)); /* two letters given back */
	const unsigned used = (2u << len) - 1;
	__m128i now = _mm_set1_epi8((char)ALL_LEFT), before = now, same_before = _mm_setzero_si128();
	unsigned within = 1, within_before;
	for (size_t i = 0; i < a.len; i++) {
		__m128i same = _mm_cmpeq_epi8(lanes.letter, _mm_set1_epi8((char)a.at[i]));
		__m128i other =
			_mm_sub_epi8(others_of(&lanes, same, a.at[i]), lanes.more); /* the letter is given back */
		__m128i swapped = _mm_and_si128(_mm_slli_si128(same, 1), same_before);
		swapped = _mm_and_si128(swapped, _mm_add_epi8(_mm_slli_si128(before, 2), swap));
		__m128i one_more = _mm_subs_epu8(now, _mm_set1_epi8((char)cs_term_cost_of_more(a, i)));
		__m128i left = _mm_max_epu8(one_more, swapped);
		before = now;
		now = _mm_sub_epi8(_mm_slli_si128(now, 1), other);
		now = best_before(_mm_max_epu8(left, _mm_and_si128(now, not_first())), len < LANES / 2);
		same_before = same;
		within_before = within;
		within = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(now, least), now)) & used;
		if (!within && !within_before)
			return limit + 1;
	}
	_mm_storeu_si128((void *)last, now);
	_mm_storeu_si128((void *)sums, lanes.sum);
	unsigned cost = ALL_LEFT + sums[len] - last[len];
	return cost > limit ? limit + 1 : cost;
}

unsigned
cs_term_cost_padded(struct cs_span a, struct cs_span b, unsigned limit)
{
	if (a.len > b.len) { /* the longer one along the row: the fewer rows */
		struct cs_span one = a;
		a = b, b = one;
	}
	if (b.len > CS_TERM_VECTOR_MAX || limit > VECTOR_MOST)
		return cost_of_long(a, b, limit);
	struct lanes lanes;
	lay_out(b.at, (unsigned)b.len, &lanes);
	return cost_of_lanes(a, &lanes, b.len, limit);
}

unsigned
cs_term_cost(struct cs_span a, struct cs_span b, unsigned limit)
{
	uint8_t one[CS_TERM_VECTOR_ROOM] = {0}, two[CS_TERM_VECTOR_ROOM] = {0};
	a.len = a.len < RUN_MAX ? a.len : RUN_MAX;
	b.len = b.len < RUN_MAX ? b.len : RUN_MAX;
	if (a.len > CS_TERM_VECTOR_MAX || b.len > CS_TERM_VECTOR_MAX)
		return cost_of_long(a, b, limit);
	for (size_t i = 0; i < a.len; i++)
		one[i] = a.at[i];
	for (size_t i = 0; i < b.len; i++)
		two[i] = b.at[i];
	return cs_term_cost_padded((struct cs_span){one, a.len}, (struct cs_span){two, b.len}, limit);
}

/* Where a letter stands in a run, one bit each. The sounds C and S are as good as one. */
static uint32_t
places_in(__m128i run, char c)
{
	__m128i same = equal_to(run, c);
	if (c == 'C' || c == 'S')
		same = _mm_or_si128(same, equal_to(run, c == 'C' ? 'S' : 'C'));
	return (uint32_t)_mm_movemask_epi8(same);
}

/* What Myers' bit vectors have counted. */
struct counting {
	uint32_t up, down, last;
	unsigned score;
};

static struct counting
begin_counting(unsigned len)
{
	return (struct counting){~UINT32_C(0), 0, UINT32_C(1) << (len - 1), len};
}

/* Goes on by a letter of the other, which is equal to those of the first that SAME says. */
static void
count_letter(struct counting *c, uint32_t same)
{
	uint32_t x = (((same & c->up) + c->up) ^ c->up) | same | c->down;
	uint32_t more = c->down | ~(x | c->up), less = c->up & x;
	c->score += (more & c->last) != 0;
	c->score -= (less & c->last) != 0;
	more = more << 1 | 1;
	c->up = less << 1 | ~(x | more);
	c->down = more & x;
}

unsigned
cs_term_plain_edits(const char *a, unsigned a_len, const char *b, unsigned b_len)
{
	const unsigned tail_at = a_len > LANES + 8 ? LANES - 4 : LANES / 2;
	const __m128i head = _mm_loadu_si128((const void *)a), tail = _mm_loadu_si128((const void *)(a + tail_at));
	struct counting counting = begin_counting(a_len);
	if (a_len <= LANES)
		for (unsigned j = 0; j < b_len; j++)
			count_letter(&counting, places_in(head, b[j]));
	else
		for (unsigned j = 0; j < b_len; j++)
			count_letter(&counting, places_in(head, b[j]) | places_in(tail, b[j]) << tail_at);
	return counting.score;
}

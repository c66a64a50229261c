/*
 * Forms that may reach the line only where a part of the query agrees with a word that is less alike than any that was listed: they wait
 * until they are some, and then the words of all of them are held against the part, sixteen at a time. A word that weighs little agrees
 * with little, and must be more alike for that. See roll_meet.h.
 */
#include "base/prefetch.h"
#include "screen/align.h"
#include "screen/roll_meet.h"

enum {
	WORDS = 64,      /* that are held against a part together */
	END_LETTERS = 4, /* by which words that are written together with others are told */
	END_APART = 2,
	MISSED_MOST = CS_ROLL_LOW_STRANGE, /* thousandths that a word which keys missed may be alike */
};

/* Words of forms that wait, and how alike each must be to its part. */
struct words {
	uint32_t number[WORDS];
	uint16_t least[WORDS];
	uint8_t of[WORDS]; /* the form that waits */
	unsigned n;
};

static const struct cs_roll_low *
ready(struct cs_roll_seeking *s, unsigned part)
{
	struct cs_roll_low *low = &s->desk->low[part];
	if (s->low_parts >> part & 1)
		return low;
	s->low_parts |= UINT32_C(1) << part;
	low->sign = cs_roll_sign_of(s->ask->part[part].term);
	cs_term_many_begin(&low->many, s->ask->part[part].term, CS_ROLL_NEAR_LEAST);
	return low;
}

/* How heavy a word must be to make up for LOW, which its part would come to if it weighed as much. */
static unsigned
weight_for(const struct cs_roll_seeking *s, const struct cs_roll_part *part, int32_t low)
{
	unsigned each = (unsigned)s->ask->slope * CS_ROLL_LOW_MOST / 1000;
	unsigned less = low < 0 || !each ? 0 : (unsigned)(low + 1) * 256 / each + 2;
	if (low < 0)
		return 2 * CS_ROLL_COUNTS;
	return part->weight > less ? part->weight - less : 0;
}

int32_t
cs_roll_low_missed(unsigned column)
{
	return -cs_score_weights[CS_SCORE_DOUBT][column] * (MISSED_MOST - CS_ROLL_LOW_MOST) / 1000;
}

unsigned
cs_roll_low_weight(const struct cs_roll_seeking *s, uint32_t set, int32_t low)
{
	const int32_t known = -cs_score_weights[CS_SCORE_DOUBT_KNOWN][s->ask->kind] * (1000 - MISSED_MOST) / 1000;
	unsigned least = 2 * CS_ROLL_COUNTS;
	low += cs_roll_low_missed(s->ask->kind);
	for (uint32_t open = s->ask->all & ~set; open; open &= open - 1) {
		const struct cs_roll_part *part = &s->ask->part[__builtin_ctz(open)];
		if (part->class != CS_NAME_PROPER)
			continue;
		unsigned weight = weight_for(s, part, low);
		if (part->weight <= CS_ALIGN_KNOWN && weight <= CS_ALIGN_KNOWN) { /* both are known words */
			unsigned more = weight_for(s, part, low - known);
			weight = more < CS_ALIGN_KNOWN + 1 ? more : CS_ALIGN_KNOWN + 1;
		}
		least = weight < least ? weight : least;
	}
	return least / 2;
}

/* How alike a word must be to a part that is open. */
static unsigned
least_of(const struct cs_roll_doubt *doubt)
{
	int32_t price = -cs_score_weights[CS_SCORE_DOUBT][doubt->column], less = doubt->low * 1000 / price;
	if (!doubt->few || less >= CS_ROLL_LOW_MOST - CS_ROLL_LOW_LEAST)
		return CS_ROLL_LOW_LEAST;
	return CS_ROLL_LOW_MOST - (unsigned)less;
}

/* Does a word begin or end as another of another length does? One of them may be the other and a word more, written together. */
static bool
shares_an_end(const struct cs_term *term, const struct cs_term_lane *lane)
{
	unsigned a = term->len, b = lane->len, apart = a > b ? a - b : b - a;
	if (a < END_LETTERS || b < END_LETTERS || apart < END_APART)
		return false;
	bool ends = a <= CS_TERM_LETTERS_MAX && b <= CS_TERM_LANE_LETTERS &&
		    memcmp(term->text + a - END_LETTERS, lane->text + b - END_LETTERS, END_LETTERS) == 0;
	return ends || memcmp(term->text, lane->text, END_LETTERS) == 0;
}

/* Which words are near by plain edits of their letters or of their sounds, of those that may be by WAY; and those of which that is not
 * told. */
static void
find_near(const struct cs_roll_seeking *s, const struct cs_roll_low *low, const struct words *words, const uint8_t *way,
	  bool *near)
{
	const struct cs_term_lane *lane[CS_TERM_MANY];
	uint8_t at[CS_TERM_MANY];
	for (unsigned i = 0; i < words->n; i++)
		near[i] = way[i] && cs_term_is_alone(&low->many, &s->roll->sign[words->number[i]].lane);
	for (unsigned sounds = 0; sounds < 2; sounds++)
		for (unsigned i = 0, n = 0; i < words->n; i++) {
			at[n] = (uint8_t)i;
			lane[n] = &s->roll->sign[words->number[i]].lane;
			n += !near[i] && way[i] & (sounds ? CS_ROLL_BY_SOUND : CS_ROLL_BY_TEXT);
			if (n == 0 || (n < CS_TERM_MANY && i + 1 < words->n))
				continue;
			for (unsigned few = cs_term_many_edits(&low->many, sounds, lane, n); few; few &= few - 1)
				near[at[__builtin_ctz(few)]] = true;
			n = 0;
		}
}

/* Holds words against a part: forms that have one which is as alike as it must be are MET. */
static void
hold(struct cs_roll_seeking *s, unsigned part, struct words *words, uint64_t *met)
{
	const struct cs_roll_low *low = ready(s, part);
	const struct cs_term *term = low->many.term;
	uint8_t way[WORDS];
	bool near[WORDS];
	cs_roll_sign_many(&low->sign, s->roll->sign, words->number, words->n, way);
	for (unsigned i = 0; i < words->n; i++) {
		const struct cs_roll_sign *sign = &s->roll->sign[words->number[i]];
		bool end = shares_an_end(term, &sign->lane);
		unsigned ways = way[i] || end ? cs_roll_sign_ways(&low->sign, sign, words->least[i]) : 0;
		way[i] &= (uint8_t)ways;
		*met |= (uint64_t)(ways && end) << words->of[i];
	}
	find_near(s, low, words, way, near);
	for (unsigned i = 0; i < words->n; i++)
		if (near[i] && !(*met >> words->of[i] & 1) &&
		    cs_term_compare(term, &s->roll->word[words->number[i]], words->least[i]).permille)
			*met |= UINT64_C(1) << words->of[i];
	words->n = 0;
}

/* Holds all words of forms that wait against a part that is open in them. */
static void
hold_against(struct cs_roll_seeking *s, unsigned number, uint64_t *met)
{
	struct cs_roll_feature feature[CS_ROLL_FEATURES_MAX];
	struct words words = {.n = 0};
	for (unsigned i = 0; i < s->doubt_n; i++) {
		const struct cs_roll_doubt *doubt = &s->doubt[i];
		if (!(doubt->open >> number & 1) || *met >> i & 1)
			continue;
		unsigned n = cs_roll_features_of(s->roll, doubt->brief, feature), least = least_of(doubt);
		for (unsigned f = 0; f < n && feature[f].feature < s->roll->word_n; f++) {
			cs_prefetch(&s->roll->sign[feature[f].feature]);
			words.number[words.n] = feature[f].feature;
			words.least[words.n] = (uint16_t)least, words.of[words.n] = (uint8_t)i;
			if (++words.n == WORDS)
				hold(s, number, &words, met);
		}
	}
	hold(s, number, &words, met);
}

uint64_t
cs_roll_low_among(struct cs_roll_seeking *s)
{
	uint32_t open = 0;
	uint64_t met = 0;
	for (unsigned i = 0; i < s->doubt_n; i++)
		open |= s->doubt[i].open;
	for (; open; open &= open - 1) {
		unsigned part = (unsigned)__builtin_ctz(open);
		if (s->ask->part[part].class == CS_NAME_PROPER)
			hold_against(s, part, &met);
	}
	return met;
}

bool
cs_roll_low_put(struct cs_roll_seeking *s, const struct cs_roll_doubt *doubt)
{
	struct cs_roll_doubt *put = &s->doubt[s->doubt_n++];
	unsigned open = 0;
	*put = *doubt;
	for (uint32_t left = doubt->open; left; left &= left - 1)
		open += s->ask->part[__builtin_ctz(left)].class == CS_NAME_PROPER;
	put->few = open <= CS_ROLL_LOW_PARTS;
	return s->doubt_n < CS_ROLL_DOUBTS;
}

/*
 * Words that a word abbreviates, and words that abbreviate it. Letters and lengths of all words lie in the order of their letters, so that
 * nearly all are passed by without a look at them. See roll_near.h.
 */
#include "base/prefetch.h"
#include "screen/roll_near.h"

/* The first word in the order of letters that is not before these. */
static uint32_t
first_word(const struct cs_roll *roll, const char *text, unsigned n)
{
	char begin[8] = {0};
	memcpy(begin, text, n < 8 ? n : 8);
	uint64_t first = cs_roll_first_of(begin);
	uint32_t low = 0, high = roll->word_n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		bool before = roll->first_text[middle] < first;
		if (n > 8 && roll->first_text[middle] == first)
			before = memcmp(roll->word[roll->by_text[middle]].text, text, n) < 0;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
begins_with(const struct cs_roll *roll, uint32_t at, const char *text, unsigned n)
{
	if (at == roll->word_n)
		return false;
	char begin[8] = {0};
	memcpy(begin, text, n < 8 ? n : 8);
	uint64_t apart = roll->first_text[at] ^ cs_roll_first_of(begin);
	if (n < 8)
		return apart >> (64 - 8 * n) == 0;
	return apart == 0 && memcmp(roll->word[roll->by_text[at]].text, text, n) == 0;
}

/* Are the letters of BRIEF the other's first letter and some of its letters in order? */
static bool
in_order(struct cs_span brief, struct cs_span whole)
{
	size_t at = 0;
	if (brief.at[0] != whole.at[0])
		return false;
	for (size_t i = 0; i < brief.len; i++, at++) {
		while (at < whole.len && whole.at[at] != brief.at[i])
			at++;
		if (at == whole.len)
			return false;
	}
	return true;
}

void
cs_roll_gather_shortened(struct cs_roll_gather *g, const uint32_t *number, unsigned n)
{
	uint32_t compared[CS_ROLL_FOUND];
	memcpy(compared, number, n * sizeof *number);
	cs_roll_gather_found(g, compared, n, CS_ROLL_FOUND_WEAKLY);
	for (unsigned i = 0; i < n; i++)
		if (g->desk->known[number[i]] == g->desk->part)
			cs_roll_gather_word(g, number[i], CS_LIKENESS_SHORTENED, CS_ROLL_SHORTENED);
}

/* The letters of a word of the roll. */
static struct cs_span
letters_of(const struct cs_roll *roll, uint32_t number)
{
	const struct cs_term_lane *lane = &roll->sign[number].lane;
	bool whole = lane->len <= CS_TERM_LANE_LETTERS;
	return cs_roll_span_of(whole ? lane->text : roll->word[number].text, lane->len);
}

/* Words whose letters and lengths are wanted, and which abbreviate the term (BRIEF) or are abbreviated by it. */
static void
add_wanted(struct cs_roll_gather *g, struct cs_roll_wanted wanted, bool brief)
{
	const struct cs_roll *roll = g->roll;
	const struct cs_span term = cs_roll_span_of(g->term->text, g->term->len);
	const uint32_t first = term.at[0];
	size_t from = roll->letter_at[first];
	uint32_t number[CS_ROLL_FOUND];
	const struct cs_roll_code *code = roll->group.at;
	wanted.n = roll->letter_at[first + 1] - from;
	if (brief) {
		code = cs_roll_codes_of(&roll->group, cs_roll_group_key(CS_ROLL_GROUP_BRIEF, first), &wanted.n);
		from = wanted.n ? (size_t)(code - roll->group.at) : 0;
	}
	wanted.set = (brief ? roll->group_set : roll->text_set) + from;
	while (wanted.next < wanted.n) {
		unsigned n = cs_roll_sift_sets(&wanted, number, CS_ROLL_FOUND), kept = 0;
		for (unsigned i = 0; i < n; i++) {
			number[i] = brief ? code[number[i]].number : roll->by_text[from + number[i]];
			cs_prefetch(&roll->sign[number[i]]);
		}
		for (unsigned i = 0; i < n; i++) {
			struct cs_span word = letters_of(roll, number[i]);
			bool is = brief ? in_order(word, term) : in_order(term, word);
			number[kept] = number[i];
			kept += is;
		}
		cs_roll_gather_shortened(g, number, kept);
	}
}

/* Words that begin with all of the term. */
static void
add_longer(struct cs_roll_gather *g)
{
	const struct cs_roll *roll = g->roll;
	const struct cs_term *term = g->term;
	uint32_t number[CS_ROLL_FOUND];
	unsigned n = 0;
	for (uint32_t at = first_word(roll, term->text, term->len); begins_with(roll, at, term->text, term->len);
	     at++) {
		if (roll->text_set[at] >> CS_ROLL_SET_LEN >= term->len + 2u)
			number[n++] = roll->by_text[at];
		if (n == CS_ROLL_FOUND) {
			cs_roll_gather_shortened(g, number, n);
			n = 0;
		}
	}
	cs_roll_gather_shortened(g, number, n);
}

/* Words that the term abbreviates, and words that abbreviate it; but for its beginnings, see add_pieces. */
void
cs_roll_gather_abbreviations(struct cs_roll_gather *g)
{
	const struct cs_term *term = g->term;
	const uint32_t letters = term->letters & CS_ROLL_SET_LETTERS, all = CS_ROLL_SET_LETTERS;
	const struct cs_roll_wanted whole = {
		.with = letters, .len_least = term->len + 2, .len_most = CS_TERM_LETTERS_MAX};
	const struct cs_roll_wanted brief = {.without = all & ~letters, .len_most = term->len - 2};
	if (term->len >= CS_ROLL_BEGINNING_MIN)
		add_longer(g);
	if (cs_roll_may_abbreviate(term))
		add_wanted(g, whole, false);
	if (term->len > CS_ROLL_BEGINNING_MIN)
		add_wanted(g, brief, true);
}

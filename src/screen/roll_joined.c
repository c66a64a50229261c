/*
 * Words of a form that may be one word of the query, written apart: as align_glue.c has it, but for words in which it is more
 * exact.
 */
#include "screen/roll_bound.h"
#include "screen/roll_run.h"

enum {
	BONES_COST = 4,    /* quarters */
	SIGN_LETTERS = 27, /* bits of a sign that tell letters, beside those that tell how many there are */
};

/* Words of a form written together. */
struct joined {
	char letters[CS_TERM_LETTERS_MAX], sound[CS_TERM_LETTERS_MAX], bones[CS_TERM_LETTERS_MAX];
	unsigned len, sound_len, bones_len;
	uint32_t set;
	bool unvowelled;
};

/* Puts N letters behind others, doubled ones once; gives how many there are. */
static unsigned
put_once(char *to, unsigned len, const char *from, unsigned n)
{
	for (unsigned i = 0; i < n && len < CS_TERM_LETTERS_MAX; i++)
		if (len == 0 || to[len - 1] != from[i])
			to[len++] = from[i];
	return len;
}

/* Puts a word behind the others; false: there is no room. */
static bool
join(struct joined *joined, const struct cs_term *term)
{
	if (joined->len + term->len > CS_TERM_LETTERS_MAX)
		return false;
	memcpy(joined->letters + joined->len, term->text, term->len);
	joined->len += term->len;
	joined->set |= term->letters;
	joined->unvowelled |= cs_term_is_unvowelled(term);
	joined->sound_len = put_once(joined->sound, joined->sound_len, term->sound, term->sound_len);
	joined->bones_len = put_once(joined->bones, joined->bones_len, term->bones, term->bones_len);
	return true;
}

static bool
is_far(unsigned len, uint32_t letters, const struct cs_term *term, uint32_t bits_told)
{
	unsigned longer = len > term->len ? len : term->len, apart = longer * 2 - len - term->len;
	return apart > longer / 6 + 1 || cs_term_bits((letters ^ term->letters) & bits_told) > CS_LIKENESS_GLUED_APART;
}

uint32_t
cs_roll_run_sign(uint32_t letters, unsigned len)
{
	return (letters & ((UINT32_C(1) << SIGN_LETTERS) - 1)) | (uint32_t)len << SIGN_LETTERS;
}

bool
cs_roll_may_be_joined(uint32_t sign, const struct cs_term *term)
{
	if (!sign || cs_term_is_unvowelled(term))
		return true;
	return !is_far(sign >> SIGN_LETTERS, sign, term, (UINT32_C(1) << SIGN_LETTERS) - 1);
}

bool
cs_roll_may_share_bones(uint32_t skeleton, const struct cs_term *term)
{
	return cs_term_bits(skeleton ^ term->skeleton) <= CS_LIKENESS_BONES_APART;
}

/* Are words written together TERM, but for little? */
static bool
is_joined(const struct joined *joined, const struct cs_term *term)
{
	unsigned longer = joined->len > term->len ? joined->len : term->len,
		 limit = longer * (1000 - CS_LIKENESS_GLUED) / CS_LIKENESS_QUARTER;
	if (joined->unvowelled != cs_term_is_unvowelled(term))
		return cs_term_cost(cs_roll_span_of(joined->bones, joined->bones_len),
				    cs_roll_span_of(term->bones, term->bones_len), BONES_COST) <= BONES_COST;
	if (is_far(joined->len, joined->set, term, UINT32_MAX))
		return false;
	if (joined->sound_len == term->sound_len && memcmp(joined->sound, term->sound, term->sound_len) == 0)
		return true;
	return cs_term_cost(cs_roll_span_of(joined->letters, joined->len), cs_roll_span_of(term->text, term->len),
			    limit) <= limit;
}

/* Could words of so many letters, which have the letters of SET, be TERM written apart? As is_joined. */
static bool
may_be_apart(const struct cs_term *term, unsigned len, uint32_t set)
{
	unsigned longer = len > term->len ? len : term->len, apart = longer * 2 - len - term->len;
	return apart <= longer / 6 + 1 && cs_term_bits(set ^ term->letters) <= CS_LIKENESS_GLUED_APART;
}

/* Are N words of a form from FIRST on TERM? */
static bool
are_joined(const struct cs_roll *roll, const struct cs_name_part *first, unsigned n, const struct cs_term *term)
{
	struct joined joined = {.len = 0};
	for (unsigned i = 0; i < n; i++)
		if (!join(&joined, &roll->word[first[i].token]))
			return false;
	return is_joined(&joined, term);
}

bool
cs_roll_next_apart(const struct cs_roll *roll, struct cs_roll_apart *walk)
{
	const struct cs_name_part *part = roll->part + roll->form[walk->form].part_at;
	const unsigned part_n = roll->form[walk->form].part_n;
	const bool bones = cs_term_is_unvowelled(walk->term);
	for (; walk->at + 1 < part_n; walk->at++, walk->n = walk->len = walk->set = 0, walk->unvowelled = bones)
		while (walk->n < CS_ROLL_RUN_MAX && walk->at + walk->n < part_n) {
			const struct cs_term *word = &roll->word[part[walk->at + walk->n++].token];
			walk->len += word->len;
			walk->set |= word->letters;
			walk->unvowelled |= cs_term_is_unvowelled(word);
			if (walk->n > 1 && (walk->unvowelled || may_be_apart(walk->term, walk->len, walk->set)) &&
			    are_joined(roll, part + walk->at, walk->n, walk->term))
				return true;
		}
	return false;
}

bool
cs_roll_is_apart(const struct cs_roll *roll, uint32_t form, const struct cs_term *term)
{
	struct cs_roll_apart walk = {.form = form, .term = term, .unvowelled = cs_term_is_unvowelled(term)};
	return cs_roll_next_apart(roll, &walk);
}

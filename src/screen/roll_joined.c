/*
 * Words of a form that may be one word of the query, written apart: as align_glue.c has it, but for words in which it is more
 * exact.
 */
#include "screen/roll_bound.h"

enum {
	BONES_COST = 4, /* quarters */
	APART = 3,      /* letters; this and the next as in align.h and align_glue.c */
	GLUE_SURE = 880,
	QUARTER = 250, /* thousandths that a quarter of an edit costs, over the length */
};

static unsigned
bits(uint32_t set)
{
	set -= set >> 1 & 0x55555555;
	set = (set & 0x33333333) + (set >> 2 & 0x33333333);
	return ((set + (set >> 4)) & 0x0f0f0f0f) * 0x01010101u >> 24;
}

/* Puts N letters behind others, doubled ones once; gives how many there are. */
static unsigned
put_once(char *to, unsigned len, const char *from, unsigned n)
{
	for (unsigned i = 0; i < n && len < CS_TERM_LETTERS_MAX; i++)
		if (len == 0 || to[len - 1] != from[i])
			to[len++] = from[i];
	return len;
}

bool
cs_roll_join(struct cs_roll_joined *joined, const struct cs_term *term)
{
	if (joined->len + term->len > CS_TERM_LETTERS_MAX)
		return false;
	memcpy(joined->letters + joined->len, term->text, term->len);
	joined->len += term->len;
	joined->set |= term->letters;
	joined->unvowelled |= cs_roll_is_unvowelled(term);
	joined->sound_len = put_once(joined->sound, joined->sound_len, term->sound, term->sound_len);
	joined->bones_len = put_once(joined->bones, joined->bones_len, term->bones, term->bones_len);
	return true;
}

bool
cs_roll_is_joined(const struct cs_roll_joined *joined, const struct cs_term *term)
{
	unsigned longer = joined->len > term->len ? joined->len : term->len,
		 apart = longer * 2 - joined->len - term->len, limit = longer * (1000 - GLUE_SURE) / QUARTER;
	if (joined->unvowelled != cs_roll_is_unvowelled(term))
		return cs_term_cost(cs_roll_span_of(joined->bones, joined->bones_len),
				    cs_roll_span_of(term->bones, term->bones_len), BONES_COST) <= BONES_COST;
	if (apart > longer / 6 + 1 || bits(joined->set ^ term->letters) > APART)
		return false;
	if (joined->sound_len == term->sound_len && memcmp(joined->sound, term->sound, term->sound_len) == 0)
		return true;
	return cs_term_cost(cs_roll_span_of(joined->letters, joined->len), cs_roll_span_of(term->text, term->len),
			    limit) <= limit;
}

bool
cs_roll_is_apart(const struct cs_roll *roll, uint32_t form, const struct cs_term *term)
{
	struct cs_name name = cs_roll_form_name(roll, form);
	for (unsigned at = 0; at + 1 < name.part_n; at++) {
		struct cs_roll_joined joined = {.len = 0};
		for (unsigned n = 0; n < CS_ROLL_RUN_MAX && at + n < name.part_n; n++) {
			if (!cs_roll_join(&joined, &name.token[name.part[at + n].token]))
				break;
			if (n > 0 && cs_roll_is_joined(&joined, term))
				return true;
		}
	}
	return false;
}

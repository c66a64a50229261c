/*
 * Hebrew letter by letter, as ISO 259 has them without its marks, SH and TS as people write them. Three letters have two sounds, which
 * only a dot tells apart that is hardly ever written: BET, KAF and PE. The first reading has them hard, as at the beginning of a word; the
 * second has them soft elsewhere (V, CH, F), and HET as CH. With a geresh GIMEL and ZAYIN are J, and TSADI is C (as in church); the
 * second reading passes it over, since it may be a mark of quotation. What vowels there may be is for term_hebrew.c.
 */
#include "screen/fold_run.h"

#include <string.h>

enum {
	ALEF = 0x05d0,
	BET = 0x05d1,
	GIMEL = 0x05d2,
	ZAYIN = 0x05d6,
	HET = 0x05d7,
	FINAL_KAF = 0x05da,
	KAF = 0x05db,
	FINAL_PE = 0x05e3,
	PE = 0x05e4,
	FINAL_TSADI = 0x05e5,
	TSADI = 0x05e6,
	SHIN = 0x05e9,
	TAV = 0x05ea,
	DOT = 0x05bc,      /* hard */
	SIN_DOT = 0x05c2,  /* S */
	MARK_LAST = 0x05c7 /* marks of vowels and of chanting stand below it */
};

static const char hard[TAV - ALEF + 1][3] = {"a", "b", "g", "d", "h", "v", "z", "h",  "t",  "y", "k", "k",  "l", "m",
					     "m", "n", "n", "s", "a", "p", "p", "ts", "ts", "k", "r", "sh", "t"};

static const char *
soft(int32_t sign)
{
	switch (sign) {
	case BET:
		return "v";
	case KAF:
	case FINAL_KAF:
		return "ch";
	case PE:
	case FINAL_PE:
		return "f";
	default:
		return hard[sign - ALEF];
	}
}

/* Which marks stand on the letter at AT: does one of them? */
static bool
has_mark(const struct cs_fold_run *run, unsigned at, int32_t mark)
{
	for (at++; at < run->n && run->sign[at] <= MARK_LAST; at++)
		if (run->sign[at] == mark)
			return true;
	return false;
}

bool
cs_fold_hebrew_takes_geresh(int32_t sign)
{
	return sign == GIMEL || sign == ZAYIN || sign == FINAL_TSADI || sign == TSADI;
}

/* What the letter at AT is by the first reading. */
static const char *
first(const struct cs_fold_run *run, unsigned at)
{
	int32_t sign = run->sign[at];
	if (at + 1 < run->n && run->sign[at + 1] == CS_FOLD_GERESH && cs_fold_hebrew_takes_geresh(sign))
		return sign == GIMEL || sign == ZAYIN ? "j" : "c";
	return hard[sign - ALEF];
}

void
cs_fold_hebrew(struct cs_fold_run *run)
{
	for (unsigned i = 0; i < run->n; i++) {
		int32_t sign = run->sign[i];
		if (sign < ALEF || sign > TAV)
			continue;
		bool softens = run->len > 0 && !has_mark(run, i, DOT);
		const char *letters = softens ? soft(sign) : hard[sign - ALEF];
		letters = sign == HET ? "ch" : letters;
		run->other |= strcmp(letters, first(run, i)) != 0;
		letters = run->reading ? letters : first(run, i);
		cs_fold_run_put(run, sign == SHIN && has_mark(run, i, SIN_DOT) ? "s" : letters);
	}
}

/*
 * See term.h. A word is compared with many, so what can be told from lengths and sets of letters is told first; then a
 * bit-parallel count of plain edits; only what is left is weighed letter by letter.
 */
#include "screen/term_parts.h"

enum {
	BONES_EXACT = 3,       /* so many consonants have no misspelling */
	SHORTENED_BELOW = 700, /* a misspelling that is more alike is none that is shortened */
};

const uint8_t cs_term_edits_most[CS_TERM_LETTERS_MAX + 1] = {1, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4,  5,  5, 5,
							     6, 6, 7, 7, 7, 8, 8, 9, 9, 9, 10, 10, 11};

unsigned
cs_term_cost_most(unsigned longer, unsigned permille)
{
	unsigned cost = (longer * (1000 - permille + 1) - 1) / CS_LIKENESS_QUARTER;
	return cs_term_lesser(cost, longer * 2);
}

static unsigned
plain_edits(struct cs_span a, struct cs_span b)
{
	return cs_term_plain_edits((const char *)a.at, (unsigned)a.len, (const char *)b.at, (unsigned)b.len);
}

/* What it costs at most MOST to read one run for the other; MOST + 1: more, or they are no misspelling of each other. No edit costs
 * less than a quarter, so cheap ones need not be counted. */
static unsigned
cost_of(struct cs_span a, struct cs_span b, unsigned most)
{
	unsigned limit = cs_term_edits_most[a.len > b.len ? a.len : b.len];
	bool count_first = most > limit + limit / 2;
	if (count_first && plain_edits(a, b) > limit)
		return most + 1;
	unsigned cost = cs_term_cost_padded(a, b, most);
	if (!count_first && cost <= most && cost > limit && plain_edits(a, b) > limit)
		return most + 1;
	return cost;
}

static bool
sounds_as_written(const struct cs_term *t)
{
	return t->len == t->sound_len && t->letters == t->sounds && memcmp(t->text, t->sound, t->sound_len) == 0;
}

static struct cs_span
span_of(const char *text, unsigned n)
{
	return (struct cs_span){(const uint8_t *)text, n};
}

/* Letters of a short word that changed places: to count them as two edits would be too many. */
static bool
is_swapped(const struct cs_term *a, const struct cs_term *b)
{
	if (a->letters != b->letters || a->len != b->len || a->len < 2 || a->len > 3)
		return false;
	unsigned first = a->text[0] == b->text[0];
	return a->text[first] == b->text[first + 1] && a->text[first + 1] == b->text[first];
}

/* How words may be alike, one bit each. */
enum way {
	WRITTEN = 1,   /* a misspelling */
	SOUNDING = 2,  /* of what it sounds like */
	SHORTER = 4,   /* the letters of one are all in the other, which begins alike */
	OTHERWISE = 8, /* equal, of one family, across scripts: what is rare */
};

struct cs_term_likeness
cs_term_misspelled(unsigned cost, unsigned longer)
{
	unsigned permille = longer > 1 ? 1000 - cost * CS_LIKENESS_QUARTER / longer : 1000 - cost * CS_LIKENESS_QUARTER;
	return (struct cs_term_likeness){(uint16_t)permille, CS_TERM_EDIT, (uint8_t)cost};
}

static struct cs_term_likeness
misspelled(const struct cs_term *a, const struct cs_term *b, unsigned ways, unsigned most)
{
	unsigned longer = a->len > b->len ? a->len : b->len, best = most + 1;
	if (ways & WRITTEN)
		best = cost_of(span_of(a->text, a->len), span_of(b->text, b->len), most);
	/* What sounds alike costs one more; what sounds the same is no misspelling, but of two words of Chinese. */
	unsigned least_by_sound = a->syllables && b->syllables ? 1 : 2;
	if (ways & SOUNDING && best > least_by_sound && most >= least_by_sound &&
	    !(sounds_as_written(a) && sounds_as_written(b))) {
		unsigned less = cs_term_lesser(most, best - 1) - 1;
		unsigned cost = cost_of(span_of(a->sound, a->sound_len), span_of(b->sound, b->sound_len), less);
		best = cost <= less ? cost + 1 : best;
	}
	if (best > CS_TERM_SWAP && most >= CS_TERM_SWAP && is_swapped(a, b))
		best = CS_TERM_SWAP;
	if (best > most)
		return (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
	return cs_term_misspelled(best, longer);
}

/* What it costs to read the consonants of one for those of the other, when that is no more than a letter. */
static unsigned
cost_of_bones(const struct cs_term *a, const struct cs_term *b)
{
	uint8_t one[CS_TERM_VECTOR_ROOM] = {0}, two[CS_TERM_VECTOR_ROOM] = {0};
	memcpy(one, a->bones, sizeof a->bones);
	memcpy(two, b->bones, sizeof b->bones);
	if (memcmp(one, two, sizeof one) == 0)
		return 0;
	return cs_term_cost_padded((struct cs_span){one, a->bones_len}, (struct cs_span){two, b->bones_len},
				   CS_TERM_PLAIN);
}

/* Across scripts the consonants are compared. */
static struct cs_term_likeness
by_bones(const struct cs_term *a, const struct cs_term *b)
{
	static const uint16_t by_len[CS_TERM_BONES_MAX + 1] = {0,   700, 800, 880, 920, 940, 950,
							       960, 960, 960, 960, 960, 960};
	struct cs_term_likeness none = {0, CS_TERM_OTHER, 0};
	unsigned longer = a->bones_len > b->bones_len ? a->bones_len : b->bones_len;
	if (longer == 0 || a->bones_len == 0 || b->bones_len == 0)
		return none;
	if (cs_term_bits(a->skeleton ^ b->skeleton) > CS_LIKENESS_BONES_APART)
		return none;
	if (longer <= BONES_EXACT && (a->bones_len != b->bones_len || memcmp(a->bones, b->bones, longer) != 0))
		return none; /* the least edit of consonants costs too much of so few */
	unsigned cost = longer <= BONES_EXACT ? 0 : cost_of_bones(a, b);
	if (cost > CS_TERM_PLAIN || cost * CS_LIKENESS_QUARTER / longer + CS_LIKENESS_BONES > by_len[longer])
		return none;
	unsigned permille = by_len[longer] - cost * CS_LIKENESS_QUARTER / longer;
	return (struct cs_term_likeness){(uint16_t)permille, CS_TERM_BONES, (uint8_t)cost};
}

static struct cs_term_likeness
by_spelling(const struct cs_term *a, const struct cs_term *b)
{
	return a->script == CS_FOLD_HEBREW ? cs_term_by_hebrew(a, b) : cs_term_by_hebrew(b, a);
}

bool
cs_term_is_spelled(const struct cs_term *a, const struct cs_term *b)
{
	return cs_term_is_hebrew(a, b) && by_spelling(a, b).permille > 0;
}

/* Words of scripts with vowels and without. */
static struct cs_term_likeness
across_scripts(const struct cs_term *a, const struct cs_term *b)
{
	if (cs_term_is_hebrew(a, b)) {
		struct cs_term_likeness spelled = by_spelling(a, b);
		if (spelled.permille)
			return spelled;
	}
	return by_bones(a, b);
}

/* Is SHORT an abbreviation of LONG: its beginning, or its first letter and some of its consonants in order? */
static bool
abbreviates(const struct cs_term *brief, const struct cs_term *whole)
{
	if (brief->len < 2 || brief->len + 2 > whole->len || brief->text[0] != whole->text[0] ||
	    brief->letters & ~whole->letters)
		return false;
	if (brief->len >= 3 && memcmp(brief->text, whole->text, brief->len) == 0)
		return true;
	unsigned at = 0;
	for (unsigned i = 0; i < brief->len; i++, at++) {
		if (cs_term_is_vowel(brief->text[i]) && i > 0)
			return false;
		while (at < whole->len && whole->text[at] != brief->text[i])
			at++;
		if (at == whole->len)
			return false;
	}
	return brief->len >= 3;
}

static bool
same_family(const struct cs_term *a, const struct cs_term *b)
{
	for (unsigned i = 0; i < 2; i++)
		if (a->family[i] && (a->family[i] == b->family[0] || a->family[i] == b->family[1]))
			return true;
	return false;
}

/* The ways in which words may be alike; COST is the most that a misspelling may cost. Most pairs of words are not, and which ones are
 * cannot be guessed: so all that may be is looked at, and asked for once. */
static unsigned
ways_of(const struct cs_term *a, const struct cs_term *b, unsigned cost)
{
	uint32_t only_a = a->letters & ~b->letters, only_b = b->letters & ~a->letters;
	bool same = (a->hash == b->hash) | ((a->sounds == b->sounds) & (a->sound_len == b->sound_len));
	bool related = (a->family[0] != 0) & (b->family[0] != 0);
	bool signs = (a->script == b->script) & ((a->script == CS_FOLD_HAN) | (a->script == CS_FOLD_HANGUL));
	bool other = (cs_term_is_unvowelled(a) != cs_term_is_unvowelled(b)) | signs | (a->len <= 1) | (b->len <= 1);
	bool shorter = (a->text[0] == b->text[0]) & ((only_a == 0) | (only_b == 0));
	unsigned written =
		cs_term_may_be_misspelled(a->len, b->len, cs_term_letters_apart(a->letters, b->letters), (int)cost);
	unsigned sounding = cs_term_may_be_misspelled(a->sound_len, b->sound_len,
						      cs_term_letters_apart(a->sounds, b->sounds), (int)cost - 1);
	return written * WRITTEN | sounding * SOUNDING | shorter * SHORTER | (same | related | other) * OTHERWISE;
}

/* What is rare: words that are equal, sound the same, or are not compared letter by letter. False: they are none of that. */
static bool
is_decided(const struct cs_term *a, const struct cs_term *b, struct cs_term_likeness *out)
{
	bool signs = a->script == CS_FOLD_HAN && b->script == CS_FOLD_HAN;
	*out = (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
	if (a->hash == b->hash) {
		*out = (struct cs_term_likeness){signs && a->raw != b->raw ? 700 : 1000, CS_TERM_EQUAL, 0};
		return true;
	}
	if (signs || (a->script == CS_FOLD_HANGUL && b->script == CS_FOLD_HANGUL))
		return true;
	if (same_family(a, b)) {
		*out = (struct cs_term_likeness){900, CS_TERM_FAMILY, 0};
		return true;
	}
	bool chinese = a->syllables && b->syllables; /* each spelling is another syllable */
	if (!chinese && !cs_term_is_hebrew(a, b) && a->sound_len == b->sound_len && a->sounds == b->sounds &&
	    memcmp(a->sound, b->sound, a->sound_len) == 0) {
		*out = (struct cs_term_likeness){940, CS_TERM_SOUND, 0};
		return true;
	}
	bool scripts = cs_term_is_unvowelled(a) != cs_term_is_unvowelled(b), initial = a->len <= 1 || b->len <= 1;
	if (scripts)
		*out = across_scripts(a, b);
	else if (initial && a->len > 0 && b->len > 0 && a->text[0] == b->text[0])
		*out = (struct cs_term_likeness){CS_LIKENESS_INITIAL, CS_TERM_INITIAL, 0};
	return scripts || initial;
}

static struct cs_term_likeness
compare(const struct cs_term *a, const struct cs_term *b, unsigned permille_least)
{
	struct cs_term_likeness likeness = {0, CS_TERM_OTHER, 0};
	unsigned cost = cs_term_cost_most(a->len > b->len ? a->len : b->len, permille_least),
		 ways = ways_of(a, b, cost);
	if (!ways || (ways & OTHERWISE && is_decided(a, b, &likeness)))
		return likeness;
	if (ways & (WRITTEN | SOUNDING))
		likeness = misspelled(a, b, ways, cost);
	if (ways & SHORTER && likeness.permille < SHORTENED_BELOW && permille_least <= CS_LIKENESS_SHORTENED &&
	    (abbreviates(a, b) || abbreviates(b, a)))
		return (struct cs_term_likeness){CS_LIKENESS_SHORTENED, CS_TERM_SHORTENED, 0};
	return likeness;
}

struct cs_term_likeness
cs_term_compare(const struct cs_term *a, const struct cs_term *b, unsigned least)
{
	struct cs_term_likeness likeness = compare(a, b, least < 1000 ? least : 1000);
	return likeness.permille >= least ? likeness : (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
}

bool
cs_term_may_be_alike(const struct cs_term *a, const struct cs_term *b)
{
	unsigned ways = ways_of(a, b, cs_term_cost_most(a->len > b->len ? a->len : b->len, 1));
	if (!(ways & OTHERWISE))
		return ways & (WRITTEN | SOUNDING) || (ways & SHORTER && (abbreviates(a, b) || abbreviates(b, a)));
	if (a->hash == b->hash || (a->sounds == b->sounds && a->sound_len == b->sound_len) || same_family(a, b))
		return true;
	if (cs_term_is_unvowelled(a) != cs_term_is_unvowelled(b))
		return cs_term_is_hebrew(a, b) || cs_term_bits(a->skeleton ^ b->skeleton) <= CS_LIKENESS_BONES_APART;
	if (a->len <= 1 || b->len <= 1)
		return a->text[0] == b->text[0];
	return ways & (WRITTEN | SOUNDING | SHORTER);
}

/*
 * See align.h. Words that are surely the same first, then words written together or apart, then misspelled ones.
 */
#include "screen/align.h"

enum {
	SURE = 880, /* of a thousand: no better partner need be looked for */
	GLUE_LETTERS_MIN = 5,
	GLUE_LONG = 10,
	GLUE_BONES_MIN = 4,
	GLUE_BONES_SURE = 880,
	SAME = 940,      /* of a thousand: equal, or it sounds the same */
	GLUE_SURE = 880, /* how alike runs of words written together must be */
	TRADE_SAME = 900,
	BONE_WEIGHT = 25, /* tenths of a bit that one consonant can say */
	SMALL_WORD_SURE = 800,
	SINGLE_BONE = 740,
	ACRONYM_MIN = 3,
	ACRONYM_MAX = 6,
	PERMILLE_ACRONYM = 800,
	LETTER_WEIGHT = 25,
	VOWELS = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20, /* as in cs_term.letters */
	QUARTERS = 250, /* thousandths that a quarter of an edit costs over the length */
};

static const struct cs_term *
token_of(const struct cs_name *name, unsigned part)
{
	return &name->token[name->part[part].token];
}

static bool
identifies(const struct cs_name_part *part)
{
	return part->class <= CS_NAME_TRADE;
}

/* Forms, kin, titles and particles identify little; they are paired by what they are in score.c. */
static struct cs_term_likeness
likeness_of(const struct cs_name *a, unsigned i, const struct cs_name *b, unsigned j)
{
	const struct cs_name_part *p = &a->part[i], *q = &b->part[j];
	struct cs_term_likeness none = {0, CS_TERM_OTHER, 0}, same = {1000, CS_TERM_EQUAL, 0};
	if (p->class == CS_NAME_NUMBER || q->class == CS_NAME_NUMBER) {
		if (p->class == q->class)
			return p->code == q->code ? same : none;
		return token_of(a, i)->hash == token_of(b, j)->hash ? same : none;
	}
	bool coded = p->class == q->class && (p->class == CS_NAME_PLACE || p->class == CS_NAME_TRADE);
	if (coded && p->code == q->code) {
		bool equal = token_of(a, i)->hash == token_of(b, j)->hash;
		return equal ? same : (struct cs_term_likeness){TRADE_SAME, CS_TERM_FAMILY, 0};
	}
	if (!cs_term_may_be_alike(token_of(a, i), token_of(b, j)))
		return none;
	struct cs_term_likeness likeness = cs_term_compare(token_of(a, i), token_of(b, j), 1);
	bool person = a->kind == CS_NAME_PERSON && b->kind == CS_NAME_PERSON;
	bool chinese = token_of(a, i)->syllables && token_of(b, j)->syllables;
	bool known = p->class == CS_NAME_TRADE || q->class == CS_NAME_TRADE || p->weight <= CS_ALIGN_KNOWN ||
		     q->weight <= CS_ALIGN_KNOWN;
	if (likeness.relation == CS_TERM_SHORTENED && ((!person && !known) || chinese))
		return none; /* firms shorten words, not their names; a syllable of Chinese is a word */
	/* Two words that are both known are rarely a misspelling of each other. */
	if (coded && likeness.relation == CS_TERM_EDIT)
		return none;
	return likeness;
}

static void
put_match(struct cs_align *out, const struct cs_align_match *match)
{
	if (out->match_n < CS_ALIGN_MATCHES_MAX)
		out->match[out->match_n++] = *match;
	out->a_left &= ~(((UINT32_C(1) << match->a_n) - 1) << match->a);
	out->b_left &= ~(((UINT32_C(1) << match->b_n) - 1) << match->b);
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Consonants alone say less than a word. */
static unsigned
weight_most(const struct cs_align *align, unsigned i, unsigned j, unsigned relation)
{
	if (relation != CS_TERM_BONES)
		return UINT16_MAX;
	return BONE_WEIGHT * least(token_of(align->a, i)->bones_len, token_of(align->b, j)->bones_len);
}

/* Which two words are most alike. */
struct choice {
	unsigned permille, i, j, apart;
};

/* Holds word I of A against all that is left of B. */
static void
choose_for(const struct cs_align *align, unsigned i, const struct cs_term_likeness *like, struct choice *best)
{
	for (uint32_t right = align->b_left; right; right &= right - 1) {
		unsigned j = (unsigned)__builtin_ctz(right), apart = i > j ? i - j : j - i, value = like[j].permille;
		if (value > best->permille || (value == best->permille && value && apart < best->apart))
			*best = (struct choice){value, i, j, apart};
	}
}

/* Matches single words that are at least so alike, best first; among equals those that stand nearest. */
static void
match_words(struct cs_align *out, struct cs_term_likeness like[CS_NAME_PARTS_MAX][CS_NAME_PARTS_MAX], unsigned limit)
{
	for (;;) {
		struct choice best = {0, 0, 0, 0};
		for (uint32_t left = out->a_left; left; left &= left - 1)
			choose_for(out, (unsigned)__builtin_ctz(left), like[__builtin_ctz(left)], &best);
		if (best.permille < limit)
			return;
		unsigned weight = least(out->a->part[best.i].weight, out->b->part[best.j].weight);
		weight = least(weight, weight_most(out, best.i, best.j, like[best.i][best.j].relation));
		struct cs_align_match match = {.a = (uint8_t)best.i, .a_n = 1, .b = (uint8_t)best.j, .b_n = 1};
		match.relation = CS_ALIGN_WORD;
		match.likeness = like[best.i][best.j];
		match.weight = (uint16_t)weight;
		put_match(out, &match);
	}
}

/* Parts that stand side by side. */
struct run {
	unsigned at, n;
	bool all; /* all of them must identify */
};

static unsigned
weight_of_run(const struct cs_name *name, unsigned at, unsigned n)
{
	unsigned weight = 0;
	for (unsigned i = at; i < at + n; i++)
		weight += name->part[i].weight;
	return weight;
}

static bool
any_left(uint32_t left, unsigned at, unsigned n)
{
	return (left >> at & ((UINT32_C(1) << n) - 1)) != 0;
}

/* What is known of a run before its letters are put together. */
struct glue {
	unsigned len, bones_len;
	uint32_t letters, skeleton;
	bool unvowelled;
};

/* Looks at a run; false when it cannot be glued. */
static bool
look_at_run(const struct cs_name *name, struct run run, uint32_t left, struct glue *out)
{
	*out = (struct glue){0};
	for (unsigned i = run.at; i < run.at + run.n; i++) {
		const struct cs_term *token = token_of(name, i);
		if (identifies(&name->part[i]) ? !(left >> i & 1) : run.all)
			return false;
		out->len += token->len;
		out->bones_len += token->bones_len;
		out->letters |= token->letters;
		out->skeleton |= token->skeleton;
		out->unvowelled |= token->script == CS_FOLD_ARABIC || token->script == CS_FOLD_HEBREW;
	}
	return out->len <= CS_TERM_LETTERS_MAX;
}

static bool
may_be_glued(const struct glue *a, const struct glue *b)
{
	unsigned longer = a->len > b->len ? a->len : b->len, shorter = a->len + b->len - longer;
	if (a->unvowelled != b->unvowelled)
		return a->bones_len >= GLUE_BONES_MIN && b->bones_len >= GLUE_BONES_MIN &&
		       __builtin_popcount(a->skeleton ^ b->skeleton) <= 2;
	if (shorter < GLUE_LETTERS_MIN || longer - shorter > longer / 6 + 1)
		return false;
	return __builtin_popcount(a->letters ^ b->letters) <=
	       (longer < GLUE_LONG ? CS_ALIGN_GLUE_APART - 1 : CS_ALIGN_GLUE_APART);
}

/* The likeness of two runs of words when they are written together, 0 when it is too small. */
static struct cs_term_likeness
glued_likeness(struct cs_term *a, struct cs_term *b, bool by_bones)
{
	struct cs_term_likeness none = {0, CS_TERM_OTHER, 0};
	if (by_bones)
		return cs_term_compare(a, b, GLUE_BONES_SURE);
	unsigned longer = a->len > b->len ? a->len : b->len, limit = longer * (1000 - GLUE_SURE) / QUARTERS;
	unsigned cost = cs_term_cost((struct cs_span){(const uint8_t *)a->text, a->len},
				     (struct cs_span){(const uint8_t *)b->text, b->len}, limit);
	if (cost > limit && a->sound_len == b->sound_len && memcmp(a->sound, b->sound, a->sound_len) == 0)
		cost = 1;
	if (cost > 0) {
		cs_term_count_syllables(a);
		cs_term_count_syllables(b);
	}
	if (cost > limit || (a->syllables && b->syllables)) /* each spelling is another syllable */
		return none;
	return (struct cs_term_likeness){(uint16_t)(1000 - cost * QUARTERS / longer), CS_TERM_EDIT, (uint8_t)cost};
}

static void
make_run(const struct cs_name *name, unsigned at, unsigned n, struct cs_term *out)
{
	char letters[CS_TERM_LETTERS_MAX];
	unsigned len = 0;
	for (unsigned i = at; i < at + n; i++) {
		memcpy(letters + len, token_of(name, i)->text, token_of(name, i)->len);
		len += token_of(name, i)->len;
	}
	cs_term_make(letters, len, token_of(name, at)->script, 0, out);
}

/* The same letters, a space elsewhere: "Sai Faldar" and "Saif Aldar". */
static bool
try_moved_space(struct cs_align *out, struct cs_align_match match)
{
	struct glue a, b;
	struct cs_term left, right;
	if (!look_at_run(out->a, (struct run){match.a, match.a_n, false}, out->a_left, &a) ||
	    !look_at_run(out->b, (struct run){match.b, match.b_n, false}, out->b_left, &b) || a.len != b.len ||
	    a.letters != b.letters || a.len < GLUE_LETTERS_MIN)
		return false;
	make_run(out->a, match.a, match.a_n, &left);
	make_run(out->b, match.b, match.b_n, &right);
	if (memcmp(left.text, right.text, left.len) != 0)
		return false;
	match.likeness = (struct cs_term_likeness){1000, CS_TERM_EDIT, 0};
	match.relation = CS_ALIGN_GLUED;
	match.weight =
		(uint16_t)least(weight_of_run(out->a, match.a, match.a_n), weight_of_run(out->b, match.b, match.b_n));
	put_match(out, &match);
	return true;
}

/* Words side by side that agree but for the space between them. */
static void
match_moved_spaces(struct cs_align *out)
{
	for (unsigned i = 0; i + 1 < out->a->part_n && out->a_left && out->b_left; i++)
		for (unsigned j = 0; j + 1 < out->b->part_n; j++) {
			bool left = any_left(out->a_left, i, 2) && any_left(out->b_left, j, 2);
			struct cs_align_match match = {.a = (uint8_t)i, .a_n = 2, .b = (uint8_t)j, .b_n = 2};
			if (left && try_moved_space(out, match))
				break;
		}
}

/* Two runs of words: the same letters, otherwise cut? */
static bool
try_glue(struct cs_align *out, struct cs_align_match match)
{
	struct glue a, b;
	struct cs_term left, right;
	bool all = match.a_n > 1 && match.b_n > 1; /* else "Sayed Ahmed" were near "Sayed Mohamed" */
	if (!look_at_run(out->a, (struct run){match.a, match.a_n, all}, out->a_left, &a) ||
	    !look_at_run(out->b, (struct run){match.b, match.b_n, all}, out->b_left, &b) || !may_be_glued(&a, &b))
		return false;
	make_run(out->a, match.a, match.a_n, &left);
	make_run(out->b, match.b, match.b_n, &right);
	bool by_bones = a.unvowelled != b.unvowelled;
	if (by_bones && all)
		return false; /* consonants of several words say too little */
	match.likeness = glued_likeness(&left, &right, by_bones);
	if (match.likeness.permille == 0)
		return false;
	unsigned most = by_bones ? BONE_WEIGHT * least(left.bones_len, right.bones_len) : UINT16_MAX;
	unsigned a_weight = weight_of_run(out->a, match.a, match.a_n),
		 b_weight = weight_of_run(out->b, match.b, match.b_n);
	match.relation = CS_ALIGN_GLUED;
	match.weight = (uint16_t)least(most, least(a_weight, b_weight));
	put_match(out, &match);
	return true;
}

static void
match_glued_at(struct cs_align *out, unsigned i, unsigned j)
{
	for (unsigned total = 3; total <= CS_ALIGN_GLUE_MAX + 1; total++)
		for (unsigned a_n = 1; a_n < total && i + a_n <= out->a->part_n; a_n++) {
			unsigned b_n = total - a_n;
			if (j + b_n > out->b->part_n || (a_n == 2 && b_n == 3) || (a_n == 3 && b_n == 2))
				continue;
			if (!any_left(out->a_left, i, a_n) || !any_left(out->b_left, j, b_n))
				continue;
			struct cs_align_match match = {.a = (uint8_t)i, .a_n = (uint8_t)a_n, .b = (uint8_t)j};
			match.b_n = (uint8_t)b_n;
			if (try_glue(out, match))
				return;
		}
}

static void
match_glued(struct cs_align *out)
{
	for (unsigned i = 0; i < out->a->part_n && out->a_left && out->b_left; i++)
		for (unsigned j = 0; j < out->b->part_n; j++)
			if (out->a->part[i].class != CS_NAME_NUMBER)
				match_glued_at(out, i, j);
}

/* Is part AT of ONE the first letters of parts of OTHER that stand side by side? */
static void
match_acronym(struct cs_align *out, unsigned at, bool swapped)
{
	const struct cs_name *one = swapped ? out->b : out->a, *other = swapped ? out->a : out->b;
	uint32_t left = swapped ? out->a_left : out->b_left;
	const struct cs_term *token = token_of(one, at);
	bool persons = one->kind == CS_NAME_PERSON && other->kind == CS_NAME_PERSON;
	bool firms = one->kind == CS_NAME_ORGANISATION && other->kind == CS_NAME_ORGANISATION;
	bool latin = token->script == CS_FOLD_LATIN && one->part[at].class == CS_NAME_PROPER;
	bool mute = (token->letters & VOWELS) == 0;
	if (!latin || token->len > ACRONYM_MAX ||
	    !(persons ? mute && token->len == 2 : firms && token->len >= ACRONYM_MIN))
		return;
	unsigned found = 0, first = 0, last = 0;
	for (unsigned j = 0; j < other->part_n && found < token->len; j++) {
		if (!identifies(&other->part[j]) && other->part[j].class != CS_NAME_FORM)
			continue;
		bool fits = left >> j & 1 && token_of(other, j)->text[0] == token->text[found] &&
			    token_of(other, j)->len > 1;
		if (fits && found == 0)
			first = j;
		if (fits)
			found++, last = j;
		else
			found = 0;
	}
	uint32_t rest = left & ~(((UINT32_C(2) << last) - 1) & ~((UINT32_C(1) << first) - 1));
	if (found < token->len || (!persons && rest) || (persons && out->match_n == 0))
		return; /* the letters of a firm stand for all of its name; a person has a name beside them */
	unsigned n = last - first + 1, weight = least(one->part[at].weight, weight_of_run(other, first, n));
	weight = least(weight, LETTER_WEIGHT * token->len);
	struct cs_align_match match = {.a = (uint8_t)at, .a_n = 1, .b = (uint8_t)first, .b_n = (uint8_t)n};
	if (swapped)
		match = (struct cs_align_match){.a = match.b, .a_n = match.b_n, .b = match.a, .b_n = 1};
	match.relation = CS_ALIGN_ACRONYM;
	match.likeness = (struct cs_term_likeness){PERMILLE_ACRONYM, CS_TERM_SHORTENED, 0};
	match.weight = (uint16_t)weight;
	put_match(out, &match);
}

static void
match_acronyms(struct cs_align *out)
{
	for (unsigned i = 0; i < out->a->part_n; i++)
		if (out->a_left >> i & 1)
			match_acronym(out, i, false);
	for (unsigned j = 0; j < out->b->part_n; j++)
		if (out->b_left >> j & 1)
			match_acronym(out, j, true);
}

static uint32_t
identifying(const struct cs_name *name)
{
	uint32_t set = 0;
	for (unsigned i = 0; i < name->part_n; i++)
		if (identifies(&name->part[i]))
			set |= UINT32_C(1) << i;
	return set;
}

/* A word that is left over and is written like a particle, a title or a form of the other name is no news. */
static void
forgive_small_words(const struct cs_name *name, const struct cs_name *other, uint32_t *left)
{
	for (uint32_t set = *left; set; set &= set - 1) {
		unsigned i = (unsigned)__builtin_ctz(set);
		for (unsigned j = 0; j < other->part_n && *left >> i & 1; j++) {
			if (identifies(&other->part[j]) || token_of(other, j)->len < 3)
				continue;
			if (cs_term_compare(token_of(name, i), token_of(other, j), SMALL_WORD_SURE).permille)
				*left &= ~(UINT32_C(1) << i);
		}
	}
}

/* Words of a single consonant, one of them in Arabic or Hebrew: enough to confirm, beside words that agree, not to find. */
static void
match_single_bones(struct cs_align *out)
{
	for (uint32_t left = out->a_left; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		for (uint32_t right = out->b_left; right; right &= right - 1) {
			unsigned j = (unsigned)__builtin_ctz(right);
			const struct cs_term *a = token_of(out->a, i), *b = token_of(out->b, j);
			bool scripts = (a->script == CS_FOLD_LATIN) != (b->script == CS_FOLD_LATIN) &&
				       (a->script == CS_FOLD_ARABIC || b->script == CS_FOLD_ARABIC ||
					a->script == CS_FOLD_HEBREW || b->script == CS_FOLD_HEBREW);
			if (!scripts || a->bones_len != 1 || b->bones_len != 1 || a->bones[0] != b->bones[0])
				continue;
			struct cs_align_match match = {.a = (uint8_t)i, .a_n = 1, .b = (uint8_t)j, .b_n = 1};
			match.likeness = (struct cs_term_likeness){SINGLE_BONE, CS_TERM_BONES, 0};
			match.weight = BONE_WEIGHT;
			put_match(out, &match);
			break;
		}
	}
}

void
cs_align_names(const struct cs_name *a, const struct cs_name *b, struct cs_align *out)
{
	struct cs_term_likeness like[CS_NAME_PARTS_MAX][CS_NAME_PARTS_MAX];

	out->a = a;
	out->b = b;
	out->match_n = 0;
	out->a_left = identifying(a);
	out->b_left = identifying(b);
	for (uint32_t left = out->a_left; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		for (uint32_t right = out->b_left; right; right &= right - 1) {
			unsigned j = (unsigned)__builtin_ctz(right);
			like[i][j] = likeness_of(a, i, b, j);
		}
	}
	match_words(out, like, SAME);
	if (out->a_left && out->b_left)
		match_moved_spaces(out);
	match_words(out, like, SURE);
	if (out->a_left || out->b_left)
		match_glued(out);
	match_words(out, like, 1);
	if (out->a_left && out->b_left && out->match_n > 0)
		match_single_bones(out);
	if (out->a_left && out->b_left)
		match_acronyms(out);
	forgive_small_words(a, b, &out->a_left);
	forgive_small_words(b, a, &out->b_left);
}

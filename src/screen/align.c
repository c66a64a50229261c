/*
 * See align.h. Words that are surely the same first, then words written together or apart, then misspelled ones.
 */
#include "screen/align.h"

enum {
	SURE = 880,        /* of a thousand: no better partner need be looked for */
	GLUE_LETTERS_MIN = 4,
	GLUE_BONES_MIN = 3,
	GLUE_SURE = 800,   /* how alike runs of words written together must be */
	TRADE_SAME = 900,
	SMALL_WORD_SURE = 800,
	ACRONYM_MIN = 3, ACRONYM_MAX = 6,
	PERMILLE_ACRONYM = 800,
	QUARTERS = 250,    /* thousandths that a quarter of an edit costs over the length */
};

static const struct cs_token *
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
static struct cs_token_likeness
likeness_of(const struct cs_name *a, unsigned i, const struct cs_name *b, unsigned j)
{
	const struct cs_name_part *p = &a->part[i], *q = &b->part[j];
	struct cs_token_likeness none = {0, CS_TOKEN_OTHER, 0}, same = {1000, CS_TOKEN_EQUAL, 0};
	if (p->class == CS_NAME_NUMBER || q->class == CS_NAME_NUMBER) {
		if (p->class == q->class)
			return p->code == q->code ? same : none;
		return token_of(a, i)->hash == token_of(b, j)->hash ? same : none;
	}
	bool coded = p->class == q->class && (p->class == CS_NAME_PLACE || p->class == CS_NAME_TRADE);
	if (coded && p->code == q->code) {
		bool equal = token_of(a, i)->hash == token_of(b, j)->hash;
		return equal ? same : (struct cs_token_likeness){TRADE_SAME, CS_TOKEN_FAMILY, 0};
	}
	struct cs_token_likeness likeness = cs_token_compare(token_of(a, i), token_of(b, j));
	bool person = a->kind == CS_NAME_PERSON && b->kind == CS_NAME_PERSON;
	bool known = p->class == CS_NAME_TRADE || q->class == CS_NAME_TRADE || p->weight <= CS_ALIGN_KNOWN ||
		     q->weight <= CS_ALIGN_KNOWN;
	if (likeness.relation == CS_TOKEN_SHORTENED && !person && !known)
		return none; /* firms shorten words, not their names */
	/* Two words that are both known are rarely a misspelling of each other. */
	if (coded && likeness.relation == CS_TOKEN_EDIT)
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

/* Matches single words that are at least LEAST alike, best first; among equals those that stand nearest. */
static void
match_words(struct cs_align *out, const struct cs_token_likeness like[CS_NAME_PARTS_MAX][CS_NAME_PARTS_MAX], unsigned limit)
{
	for (;;) {
		unsigned best = 0, best_i = 0, best_j = 0, best_apart = 0;
		for (uint32_t left = out->a_left; left; left &= left - 1) {
			unsigned i = (unsigned)__builtin_ctz(left);
			for (uint32_t right = out->b_left; right; right &= right - 1) {
				unsigned j = (unsigned)__builtin_ctz(right), apart = i > j ? i - j : j - i;
				unsigned value = like[i][j].permille;
				if (value < limit || value < best || (value == best && apart >= best_apart))
					continue;
				best = value, best_i = i, best_j = j, best_apart = apart;
			}
		}
		if (best == 0)
			return;
		unsigned weight = least(out->a->part[best_i].weight, out->b->part[best_j].weight);
		struct cs_align_match match = {.a = (uint8_t)best_i, .a_n = 1, .b = (uint8_t)best_j, .b_n = 1};
		match.relation = CS_ALIGN_WORD;
		match.likeness = like[best_i][best_j];
		match.weight = (uint16_t)weight;
		put_match(out, &match);
	}
}

/* Parts that stand side by side. */
struct run {
	unsigned at, n;
	bool all; /* all of them must identify */
};

/* The letters of a run together; 0 when they do not fit, or one of them may not be glued. */
static unsigned
run_together(const struct cs_name *name, struct run run, char *out, uint32_t left)
{
	unsigned len = 0;
	for (unsigned i = run.at; i < run.at + run.n; i++) {
		const struct cs_token *token = token_of(name, i);
		bool taken = identifies(&name->part[i]) ? !(left >> i & 1) : run.all;
		if (taken || len + token->len > 62)
			return 0;
		memcpy(out + len, token->text, token->len);
		len += token->len;
	}
	return len;
}

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

/* The likeness of two runs of words when they are written together, 0 when it is too small. */
static struct cs_token_likeness
glued_likeness(const struct cs_token *a, const struct cs_token *b)
{
	struct cs_token_likeness none = {0, CS_TOKEN_OTHER, 0}, likeness;
	bool unvowelled = a->script == CS_FOLD_ARABIC || b->script == CS_FOLD_ARABIC || a->script == CS_FOLD_HEBREW ||
			  b->script == CS_FOLD_HEBREW;
	unsigned longer = a->len > b->len ? a->len : b->len, shorter = a->len + b->len - longer;
	if (unvowelled) {
		likeness = cs_token_compare(a, b);
		bool enough = a->bones_len >= GLUE_BONES_MIN && b->bones_len >= GLUE_BONES_MIN;
		return enough && likeness.permille >= GLUE_SURE ? likeness : none;
	}
	if (shorter < GLUE_LETTERS_MIN || longer - shorter > longer / 6 + 1)
		return none;
	unsigned apart = (unsigned)__builtin_popcount((a->letters & ~b->letters) | (b->letters & ~a->letters));
	if (apart > longer / 3 + 1)
		return none;
	unsigned limit = longer * (1000 - GLUE_SURE) / QUARTERS;
	unsigned cost = cs_token_cost((struct cs_span){(const uint8_t *)a->text, a->len},
				      (struct cs_span){(const uint8_t *)b->text, b->len}, limit);
	if (cost > limit && a->sound_len == b->sound_len && memcmp(a->sound, b->sound, a->sound_len) == 0)
		cost = 1;
	if (cost > limit)
		return none;
	return (struct cs_token_likeness){(uint16_t)(1000 - cost * QUARTERS / longer), CS_TOKEN_EDIT, (uint8_t)cost};
}

/* Two runs of words: the same letters, otherwise cut? */
static bool
try_glue(struct cs_align *out, struct cs_align_match match)
{
	char a[64], b[64];
	struct cs_token left, right;
	bool all = match.a_n > 1 && match.b_n > 1; /* else "Sayed Ahmed" were near "Sayed Mohamed" */
	unsigned a_len = run_together(out->a, (struct run){match.a, match.a_n, all}, a, out->a_left);
	unsigned b_len = run_together(out->b, (struct run){match.b, match.b_n, all}, b, out->b_left);
	unsigned longer = a_len > b_len ? a_len : b_len, shorter = a_len + b_len - longer;
	if (shorter < GLUE_LETTERS_MIN - 1 || longer > CS_TOKEN_LETTERS_MAX || longer > shorter * 2)
		return false;
	cs_token_make(a, a_len, token_of(out->a, match.a)->script, 0, &left);
	cs_token_make(b, b_len, token_of(out->b, match.b)->script, 0, &right);
	match.likeness = glued_likeness(&left, &right);
	if (match.likeness.permille == 0)
		return false;
	match.relation = CS_ALIGN_GLUED;
	match.weight = (uint16_t)least(weight_of_run(out->a, match.a, match.a_n), weight_of_run(out->b, match.b, match.b_n));
	put_match(out, &match);
	return true;
}

/* Could a glued run of B begin with the letter that the run of A begins with? Most pairs end here. */
static bool
may_glue(const struct cs_align *out, unsigned i, unsigned j)
{
	const struct cs_token *a = token_of(out->a, i), *b = token_of(out->b, j);
	uint32_t apart = (a->letters & ~b->letters) | (b->letters & ~a->letters);
	bool unvowelled = a->script == CS_FOLD_ARABIC || b->script == CS_FOLD_ARABIC || a->script == CS_FOLD_HEBREW ||
			  b->script == CS_FOLD_HEBREW;
	return a->len > 0 && b->len > 0 && (unvowelled || a->text[0] == b->text[0] || __builtin_popcount(apart) < 6);
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
			if (may_glue(out, i, j) && out->a->part[i].class != CS_NAME_NUMBER)
				match_glued_at(out, i, j);
}

/* Is part AT of ONE the first letters of parts of OTHER that stand side by side? */
static void
match_acronym(struct cs_align *out, unsigned at, bool swapped)
{
	const struct cs_name *one = swapped ? out->b : out->a, *other = swapped ? out->a : out->b;
	uint32_t left = swapped ? out->a_left : out->b_left;
	const struct cs_token *token = token_of(one, at);
	bool initials = token->len >= 2 && one->part[at].class == CS_NAME_PROPER && one->kind == CS_NAME_PERSON;
	if (token->len > ACRONYM_MAX || token->len < (initials ? 2 : ACRONYM_MIN))
		return;
	unsigned found = 0, first = 0, last = 0;
	for (unsigned j = 0; j < other->part_n && found < token->len; j++) {
		if (!identifies(&other->part[j]) && other->part[j].class != CS_NAME_FORM)
			continue;
		bool fits = left >> j & 1 && token_of(other, j)->text[0] == token->text[found] && token_of(other, j)->len > 1;
		if (fits && found == 0)
			first = j;
		if (fits)
			found++, last = j;
		else
			found = 0;
	}
	if (found < token->len)
		return;
	unsigned n = last - first + 1, weight = least(one->part[at].weight, weight_of_run(other, first, n));
	struct cs_align_match match = {.a = (uint8_t)at, .a_n = 1, .b = (uint8_t)first, .b_n = (uint8_t)n};
	if (swapped)
		match = (struct cs_align_match){.a = match.b, .a_n = match.b_n, .b = match.a, .b_n = 1};
	match.relation = CS_ALIGN_ACRONYM;
	match.likeness = (struct cs_token_likeness){PERMILLE_ACRONYM, CS_TOKEN_SHORTENED, 0};
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
			struct cs_token_likeness likeness = cs_token_compare(token_of(name, i), token_of(other, j));
			if (likeness.permille >= SMALL_WORD_SURE)
				*left &= ~(UINT32_C(1) << i);
		}
	}
}

void
cs_align_names(const struct cs_name *a, const struct cs_name *b, struct cs_align *out)
{
	struct cs_token_likeness like[CS_NAME_PARTS_MAX][CS_NAME_PARTS_MAX];
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
	match_words(out, like, SURE);
	if (out->a_left || out->b_left)
		match_glued(out);
	match_words(out, like, 1);
	if (out->a_left && out->b_left)
		match_acronyms(out);
	forgive_small_words(a, b, &out->a_left);
	forgive_small_words(b, a, &out->b_left);
}

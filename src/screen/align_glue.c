/*
 * See align.h: words that are written together in one name and apart in the other. Of most pairs of names no run of words is as
 * long as one of the other; that is told first, for all of them at once.
 */
#include "screen/align.h"

enum { LONG = 10 };

/* How many parts of each name may be one run, in the order in which they are tried. */
static const struct combination {
	uint8_t a_n, b_n;
} combinations[] = {{1, 2}, {2, 1}, {1, 3}, {2, 2}, {3, 1}, {1, 4}, {4, 1}};

enum { COMBINATIONS = sizeof combinations / sizeof *combinations };

static const struct cs_term *
token_of(const struct cs_name *name, unsigned part)
{
	return &name->token[name->part[part].token];
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Has a set more than N bits? */
static inline bool
has_more(uint32_t set, unsigned n)
{
	for (; n; n--)
		set &= set - 1;
	return set;
}

unsigned
cs_align_weight(const struct cs_name *name, unsigned at, unsigned n)
{
	unsigned weight = 0;
	for (unsigned i = at; i < at + n; i++)
		weight += name->part[i].weight;
	return weight;
}

static void
measure(const struct cs_name *name, struct cs_align_side *out)
{
	out->name = name;
	out->identifying = 0;
	for (unsigned at = name->part_n; at-- > 0;) {
		const struct cs_term *token = token_of(name, at);
		struct cs_align_run run = {token->letters, token->skeleton,  UINT32_C(1) << at,
					   token->len,     token->bones_len, false};
		run.unvowelled = token->script == CS_FOLD_ARABIC || token->script == CS_FOLD_HEBREW;
		out->run[at][0] = run;
		if (name->part[at].class <= CS_NAME_TRADE)
			out->identifying |= run.parts;
		for (unsigned n = 1; n < CS_ALIGN_GLUE_MAX && at + n < name->part_n; n++) {
			const struct cs_align_run *rest = &out->run[at + 1][n - 1];
			out->run[at][n] = (struct cs_align_run){run.letters | rest->letters,
								run.skeleton | rest->skeleton,
								run.parts | rest->parts,
								(uint8_t)(run.len + rest->len),
								(uint8_t)(run.bones_len + rest->bones_len),
								run.unvowelled || rest->unvowelled};
		}
	}
}

void
cs_align_runs_measure(struct cs_align_runs *out, const struct cs_name *a, const struct cs_name *b)
{
	measure(a, &out->a);
	measure(b, &out->b);
}

/* A run of N parts that may still be matched, NULL: there is none. */
static const struct cs_align_run *
run_at(const struct cs_align_side *side, unsigned at, unsigned n, uint32_t left)
{
	if (at + n > side->name->part_n)
		return NULL;
	const struct cs_align_run *run = &side->run[at][n - 1];
	bool taken = run->parts & side->identifying & ~left, none = !(run->parts & left);
	return taken || none || run->len > CS_TERM_LETTERS_MAX ? NULL : run;
}

/* The lengths that runs of N parts of a name have, one bit each. */
static uint32_t
lengths_of(const struct cs_align_side *side, unsigned n, uint32_t left)
{
	uint32_t set = 0;
	for (unsigned at = 0; at + n <= side->name->part_n; at++) {
		const struct cs_align_run *run = run_at(side, at, n, left);
		set |= run ? UINT32_C(1) << run->len : 0;
	}
	return set;
}

static bool
lengths_fit(unsigned a, unsigned b)
{
	unsigned longer = a > b ? a : b, shorter = a + b - longer;
	return shorter >= CS_LIKENESS_GLUED_LETTERS && longer - shorter <= longer / 6 + 1;
}

/* Is a length near one of a set? From a sixth less to a fifth more, and one. */
static bool
any_fits(unsigned len, uint32_t set)
{
	const uint32_t few = (UINT32_C(1) << CS_LIKENESS_GLUED_LETTERS) - 1;
	unsigned from = len - len / 6 - (len > 0), to = least((6 * len + 11) / 5, CS_TERM_LETTERS_MAX);
	return len >= CS_LIKENESS_GLUED_LETTERS && (set & ~few & ((UINT32_C(2) << to) - (UINT32_C(1) << from)));
}

static bool
has_unvowelled(const struct cs_align_side *side)
{
	for (unsigned i = 0; i < side->name->part_n; i++)
		if (side->run[i][0].unvowelled)
			return true;
	return false;
}

/* The lengths of runs that a run of so many parts may be, by the combinations. */
struct lengths {
	uint32_t set[CS_ALIGN_GLUE_MAX];
	bool any; /* lengths say nothing across scripts */
};

static struct lengths
lengths_of_all(const struct cs_align_runs *runs, uint32_t left)
{
	struct lengths lengths = {.any = has_unvowelled(&runs->a) || has_unvowelled(&runs->b)};
	uint32_t one = lengths_of(&runs->b, 1, left), two = lengths_of(&runs->b, 2, left);
	lengths.set[0] = two | lengths_of(&runs->b, 3, left) | lengths_of(&runs->b, 4, left);
	lengths.set[1] = one | two;
	lengths.set[2] = lengths.set[3] = one;
	return lengths;
}

/* The combinations in which runs that begin with part AT of the first name may be some of the second, one bit each. */
static unsigned
combinations_at(const struct cs_align_runs *runs, unsigned at, uint32_t left, const struct lengths *lengths)
{
	static const uint8_t by_parts[CS_ALIGN_GLUE_MAX] = {1 << 0 | 1 << 2 | 1 << 5, 1 << 1 | 1 << 3, 1 << 4, 1 << 6};
	unsigned set = 0;
	for (unsigned n = 1; n <= CS_ALIGN_GLUE_MAX; n++) {
		const struct cs_align_run *run = run_at(&runs->a, at, n, left);
		if (run && (lengths->any || any_fits(run->len, lengths->set[n - 1])))
			set |= by_parts[n - 1];
	}
	return set;
}

static inline bool
may_be_glued(const struct cs_align_run *a, const struct cs_align_run *b)
{
	if (a->unvowelled != b->unvowelled)
		return a->bones_len >= CS_LIKENESS_GLUED_BONES && b->bones_len >= CS_LIKENESS_GLUED_BONES &&
		       !has_more(a->skeleton ^ b->skeleton, CS_LIKENESS_BONES_APART);
	return lengths_fit(a->len, b->len) &&
	       !has_more(a->letters ^ b->letters,
			 a->len < LONG && b->len < LONG ? CS_LIKENESS_GLUED_APART - 1 : CS_LIKENESS_GLUED_APART);
}

/* The runs of a match, if they may be one. */
static bool
fit(const struct cs_align_runs *runs, const struct cs_align_match *match, uint32_t a_left, uint32_t b_left)
{
	if (match->a + match->a_n > runs->a.name->part_n || match->b + match->b_n > runs->b.name->part_n)
		return false;
	const struct cs_align_run *a = &runs->a.run[match->a][match->a_n - 1],
				  *b = &runs->b.run[match->b][match->b_n - 1];
	if (!may_be_glued(a, b) || !run_at(&runs->a, match->a, match->a_n, a_left) ||
	    !run_at(&runs->b, match->b, match->b_n, b_left))
		return false;
	if (match->a_n == 1 || match->b_n == 1)
		return true;
	/* All of them must identify, else "Sayed Ahmed" were near "Sayed Mohamed"; consonants of several words say too little. */
	return !(a->parts & ~runs->a.identifying) && !(b->parts & ~runs->b.identifying) &&
	       a->unvowelled == b->unvowelled;
}

/* The likeness of two runs of words when they are written together, 0 when it is too small. */
static struct cs_term_likeness
glued_likeness(struct cs_term *a, struct cs_term *b, bool by_bones)
{
	struct cs_term_likeness none = {0, CS_TERM_OTHER, 0};
	if (by_bones)
		return cs_term_compare(a, b, CS_LIKENESS_GLUED);
	unsigned longer = a->len > b->len ? a->len : b->len,
		 limit = longer * (1000 - CS_LIKENESS_GLUED) / CS_LIKENESS_QUARTER;
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
	return (struct cs_term_likeness){(uint16_t)(1000 - cost * CS_LIKENESS_QUARTER / longer), CS_TERM_EDIT,
					 (uint8_t)cost};
}

void
cs_align_run(const struct cs_name *name, unsigned at, unsigned n, struct cs_term *out)
{
	char letters[CS_TERM_LETTERS_MAX];
	unsigned len = 0;
	for (unsigned i = at; i < at + n; i++) {
		memcpy(letters + len, token_of(name, i)->text, token_of(name, i)->len);
		len += token_of(name, i)->len;
	}
	cs_term_make(letters, len, token_of(name, at)->script, 0, out);
}

static void
put(struct cs_align *out, struct cs_align_match *match, unsigned most)
{
	unsigned a = cs_align_weight(out->a, match->a, match->a_n), b = cs_align_weight(out->b, match->b, match->b_n);
	match->relation = CS_ALIGN_GLUED;
	match->weight = (uint16_t)least(most, least(a, b));
	cs_align_put(out, match);
}

static bool
try_moved_space(struct cs_align *out, const struct cs_align_runs *runs, struct cs_align_match match)
{
	struct cs_term left, right;
	if (!run_at(&runs->a, match.a, match.a_n, out->a_left) || !run_at(&runs->b, match.b, match.b_n, out->b_left))
		return false;
	cs_align_run(out->a, match.a, match.a_n, &left);
	cs_align_run(out->b, match.b, match.b_n, &right);
	if (memcmp(left.text, right.text, left.len) != 0)
		return false;
	match.likeness = (struct cs_term_likeness){1000, CS_TERM_EDIT, 0};
	put(out, &match, UINT16_MAX);
	return true;
}

void
cs_align_moved_spaces(struct cs_align *out, const struct cs_align_runs *runs)
{
	for (unsigned i = 0; i + 1 < out->a->part_n && out->a_left && out->b_left; i++)
		for (unsigned j = 0; j + 1 < out->b->part_n; j++) {
			const struct cs_align_run *a = &runs->a.run[i][1], *b = &runs->b.run[j][1];
			if (a->letters != b->letters || a->len != b->len || a->len < CS_LIKENESS_GLUED_LETTERS)
				continue;
			if (try_moved_space(out, runs,
					    (struct cs_align_match){(uint8_t)i, 2, (uint8_t)j, 2, .relation = 0}))
				break;
		}
}

/* Two runs of words: the same letters, otherwise cut? */
static bool
try_glue(struct cs_align *out, const struct cs_align_runs *runs, struct cs_align_match match)
{
	struct cs_term left, right;
	if (!fit(runs, &match, out->a_left, out->b_left))
		return false;
	cs_align_run(out->a, match.a, match.a_n, &left);
	cs_align_run(out->b, match.b, match.b_n, &right);
	bool by_bones =
		runs->a.run[match.a][match.a_n - 1].unvowelled != runs->b.run[match.b][match.b_n - 1].unvowelled;
	match.likeness = glued_likeness(&left, &right, by_bones);
	if (match.likeness.permille == 0)
		return false;
	put(out, &match, by_bones ? CS_LIKENESS_BONE_WEIGHT * least(left.bones_len, right.bones_len) : UINT16_MAX);
	return true;
}

static void
glue_at(struct cs_align *out, const struct cs_align_runs *runs, struct cs_align_match match, unsigned set)
{
	for (; set; set &= set - 1) {
		const struct combination *combination = &combinations[__builtin_ctz(set)];
		match.a_n = combination->a_n, match.b_n = combination->b_n;
		if (try_glue(out, runs, match))
			return;
	}
}

void
cs_align_glued(struct cs_align *out, const struct cs_align_runs *runs)
{
	if (!out->a_left || !out->b_left)
		return;
	struct lengths lengths = lengths_of_all(runs, out->b_left);
	for (unsigned i = 0; i < out->a->part_n && out->a_left && out->b_left; i++) {
		unsigned set = combinations_at(runs, i, out->a_left, &lengths);
		if (out->a->part[i].class == CS_NAME_NUMBER)
			continue;
		for (unsigned j = 0; set && j < out->b->part_n; j++)
			glue_at(out, runs, (struct cs_align_match){.a = (uint8_t)i, .b = (uint8_t)j}, set);
	}
}

/* May a run that begins with part AT of the first name be one of the second? SET are combinations. */
static bool
may_glue_at(const struct cs_align_runs *runs, unsigned at, unsigned set)
{
	for (; set; set &= set - 1)
		for (unsigned j = 0; j < runs->b.name->part_n; j++) {
			const struct combination *c = &combinations[__builtin_ctz(set)];
			struct cs_align_match match = {(uint8_t)at, c->a_n, (uint8_t)j, c->b_n, .relation = 0};
			if (fit(runs, &match, runs->a.identifying, runs->b.identifying))
				return true;
		}
	return false;
}

bool
cs_align_may_glue(const struct cs_align_runs *runs)
{
	struct lengths lengths = lengths_of_all(runs, runs->b.identifying);
	for (unsigned i = 0; i < runs->a.name->part_n; i++)
		if (may_glue_at(runs, i, combinations_at(runs, i, runs->a.identifying, &lengths)))
			return true;
	return false;
}

/* The runs of N parts that may be matched, by their first part, one bit each. */
static uint32_t
runs_of(const struct cs_align_side *side, unsigned n)
{
	uint32_t set = 0;
	for (unsigned at = 0; at + n <= side->name->part_n; at++)
		set |= run_at(side, at, n, side->identifying) ? UINT32_C(1) << at : 0;
	return set;
}

/* Takes out what may be in runs of so many parts: as fit() says, and cs_align_moved_spaces, which asks less of several parts here and
 * there. */
static void
take_out(const struct cs_align_runs *runs, struct combination c, const uint32_t starts[2], uint32_t strangers[2])
{
	const bool several = c.a_n > 1 && c.b_n > 1;
	for (uint32_t left = starts[0]; left; left &= left - 1) {
		const struct cs_align_run *a = &runs->a.run[__builtin_ctz(left)][c.a_n - 1];
		for (uint32_t right = starts[1]; right; right &= right - 1) {
			const struct cs_align_run *b = &runs->b.run[__builtin_ctz(right)][c.b_n - 1];
			if (!((a->parts & strangers[0]) | (b->parts & strangers[1])) ||
			    (several && a->unvowelled != b->unvowelled) || !may_be_glued(a, b))
				continue;
			strangers[0] &= ~a->parts;
			strangers[1] &= ~b->parts;
		}
	}
}

void
cs_align_strangers(const struct cs_align_runs *runs, uint32_t strangers[2])
{
	uint32_t a[CS_ALIGN_GLUE_MAX], b[CS_ALIGN_GLUE_MAX];
	for (unsigned n = 0; n < CS_ALIGN_GLUE_MAX; n++)
		a[n] = runs_of(&runs->a, n + 1), b[n] = runs_of(&runs->b, n + 1);
	for (unsigned i = 0; i < COMBINATIONS && strangers[0] && strangers[1]; i++) {
		struct combination c = combinations[i];
		take_out(runs, c, (uint32_t[]){a[c.a_n - 1], b[c.b_n - 1]}, strangers);
	}
}

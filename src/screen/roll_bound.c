/*
 * What a form of a roll can come to at most, told from its words alone: see score.c, whose sums this bounds from above.
 *
 * Each word of the query is taken to agree with the word of the form that is most like it, as often as it likes; what is like
 * nothing is left over or contradicts. Words that may be written together are left to the score.
 */
#include "screen/roll_parts.h"

enum { MIXED_LEAST = 430, QUARTER = 250, LETTERS_MIN = 3, LETTERS_MAX = 6, APART = 3, GLUE_MIN = 5 };

/* What is known of a pair of names. */
struct pairing {
	const struct cs_roll_bound *bound;
	const struct cs_name *query;
	struct cs_name form;
	uint16_t query_agrees[CS_NAME_PARTS_MAX], form_agrees[CS_NAME_PARTS_MAX];
	uint16_t best[CS_NAME_PARTS_MAX]; /* how alike, of the query's parts */
	uint8_t relation[CS_NAME_PARTS_MAX];
	uint32_t query_left, form_left; /* like nothing of the other */
	bool closely; /* else what may be alike is taken to be, and any of it may be left over after all */
	uint32_t query_left_all, form_left_all;
	const struct cs_roll_sign *query_sign, *form_sign;
};

static int
bits(uint32_t set)
{
	set -= set >> 1 & 0x55555555;
	set = (set & 0x33333333) + (set >> 2 & 0x33333333);
	return (int)(((set + (set >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24);
}

static bool
sets_fit(uint32_t a, uint32_t b, unsigned a_len, unsigned b_len)
{
	unsigned longer = a_len > b_len ? a_len : b_len, apart = longer * 2 - a_len - b_len;
	unsigned limit = longer < 3 ? 1 : (longer * 2 + 3) / 5;
	return apart <= limit && bits(a & ~b) <= (int)limit && bits(b & ~a) <= (int)limit;
}

/* As cs_term_may_be_alike, by signs: false only where that is false. */
static bool
may_be_alike(const struct cs_roll_sign *a, const struct cs_roll_sign *b)
{
	if ((a->family && b->family) || a->unvowelled != b->unvowelled)
		return true;
	if (a->first == b->first &&
	    (a->len == 1 || b->len == 1 || !(a->letters & ~b->letters) || !(b->letters & ~a->letters)))
		return true;
	return sets_fit(a->letters, b->letters, a->len, b->len) ||
	       sets_fit(a->sounds, b->sounds, a->sound_len, b->sound_len);
}

/* How alike two words can be that are no more than a misspelling of each other: each letter that only one of them has costs half
 * an edit at least. */
static unsigned
most_alike(const struct cs_roll_sign *a, const struct cs_roll_sign *b)
{
	unsigned longer = a->len > b->len ? a->len : b->len, one = bits(a->letters & ~b->letters),
		 other = bits(b->letters & ~a->letters), cost = (one > other ? one : other) * 2;
	unsigned sound = bits(a->sounds & ~b->sounds), sound_other = bits(b->sounds & ~a->sounds);
	sound = (sound > sound_other ? sound : sound_other) * 2 + 1;
	cost = cost < sound ? cost : sound;
	return longer && cost * QUARTER < longer * 1000 ? 1000 - cost * QUARTER / longer : 0;
}

/* The most that two words can be alike, told by their signs; 0: they are other words. */
static struct cs_term_likeness
likeness_by_signs(const struct cs_roll_sign *a, const struct cs_roll_sign *b)
{
	const struct cs_term_likeness same = {1000, CS_TERM_FAMILY, 0};
	if (!may_be_alike(a, b))
		return (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
	if ((a->family && b->family) || a->unvowelled != b->unvowelled || a->sounds == b->sounds || a->len == 1 ||
	    b->len == 1)
		return same;
	if (a->first == b->first && (!(a->letters & ~b->letters) || !(b->letters & ~a->letters)))
		return same;
	return (struct cs_term_likeness){(uint16_t)most_alike(a, b), CS_TERM_EDIT, 0};
}

static const struct cs_term *
term_of(const struct cs_name *name, unsigned part)
{
	return &name->token[name->part[part].token];
}

static struct cs_term_likeness
likeness_of(const struct pairing *p, unsigned i, unsigned j)
{
	const struct cs_name_part *b = &p->form.part[j];
	struct cs_roll_desk *desk = p->bound->desk;
	struct cs_roll_like *like = &desk->like[(b->token * 31 + i) & (CS_ROLL_LIKES - 1)];
	if (like->search == desk->search && like->word == b->token && like->part == i)
		return like->likeness;
	const struct cs_term *one = term_of(p->query, i), *other = term_of(&p->form, j);
	*like = (struct cs_roll_like){.search = desk->search, .word = b->token, .part = (uint8_t)i};
	if (cs_term_may_be_alike(one, other))
		like->likeness = cs_term_compare(one, other, 1);
	return like->likeness;
}

static void
pair(struct pairing *p, unsigned i, unsigned j, struct cs_term_likeness like)
{
	unsigned weight = p->query->part[i].weight, other = p->form.part[j].weight;
	uint16_t agrees = (uint16_t)((weight < other ? weight : other) * like.permille / 1000);
	p->query_left &= ~(UINT32_C(1) << i);
	p->form_left &= ~(UINT32_C(1) << j);
	if (agrees > p->query_agrees[i])
		p->query_agrees[i] = agrees;
	if (agrees > p->form_agrees[j])
		p->form_agrees[j] = agrees;
	if (like.permille > p->best[i]) {
		p->best[i] = like.permille;
		p->relation[i] = like.relation;
	}
}

/* Holds all words of one name against all of the other; when not CLOSELY, what may be alike is taken to be the same. */
static void
pair_all(struct pairing *p, bool closely)
{
	const struct cs_term_likeness same = {1000, CS_TERM_FAMILY, 0};
	for (uint32_t left = p->query_left_all; left; left &= left - 1)
		for (uint32_t right = p->form_left_all; right; right &= right - 1) {
			unsigned i = (unsigned)__builtin_ctz(left), j = (unsigned)__builtin_ctz(right);
			const struct cs_name_part *a = &p->query->part[i], *b = &p->form.part[j];
			bool coded =
				a->class == b->class && a->code == b->code &&
				(a->class == CS_NAME_PLACE || a->class == CS_NAME_TRADE || a->class == CS_NAME_NUMBER);
			struct cs_term_likeness like = same;
			if (!coded)
				like = likeness_by_signs(&p->query_sign[i], &p->form_sign[j]);
			if (like.permille && !coded && closely)
				like = likeness_of(p, i, j);
			if (like.permille)
				pair(p, i, j, like);
		}
}

static uint32_t
identifying(const struct cs_name *name)
{
	uint32_t set = 0;
	for (unsigned i = 0; i < name->part_n; i++)
		if (name->part[i].class <= CS_NAME_TRADE)
			set |= UINT32_C(1) << i;
	return set;
}

/* What it costs at least that all of LEFT is left over. */
static int32_t
cost_of_left(const struct pairing *p, const struct cs_name *name, uint32_t left, unsigned agreed)
{
	static const uint8_t evidence[CS_NAME_CLASSES] = {
		[CS_NAME_PROPER] = CS_SCORE_LEFT_WORD,     [CS_NAME_PATRONYMIC] = CS_SCORE_LEFT_PATRONYMIC,
		[CS_NAME_INITIAL] = CS_SCORE_LEFT_INITIAL, [CS_NAME_NUMBER] = CS_SCORE_LEFT_NUMBER,
		[CS_NAME_PLACE] = CS_SCORE_LEFT_PLACE,     [CS_NAME_TRADE] = CS_SCORE_LEFT_TRADE,
	};
	int32_t cost = 0;
	for (; left; left &= left - 1) {
		const struct cs_name_part *part = &name->part[__builtin_ctz(left)];
		unsigned amount = part->weight * 1000u / (agreed + CS_SCORE_LEFT_BESIDE);
		if (part->class == CS_NAME_NUMBER || part->class == CS_NAME_INITIAL)
			amount = 1000;
		amount = amount < CS_SCORE_LEFT_MOST ? amount : CS_SCORE_LEFT_MOST;
		if (!(part->marks & CS_NAME_ASIDE))
			cost -= cs_score_weights[evidence[part->class]][p->bound->kind] * (int32_t)amount / 1000;
	}
	return cost;
}

static bool
has_word(const struct cs_name *name, uint32_t left)
{
	for (; left; left &= left - 1) {
		const struct cs_name_part *part = &name->part[__builtin_ctz(left)];
		if (part->class == CS_NAME_PROPER && !(part->marks & CS_NAME_ASIDE))
			return true;
	}
	return false;
}

/* Can a word of one stand against a trade or a place of the other? */
static bool
may_mix(const struct pairing *p)
{
	for (unsigned i = 0; i < p->query->part_n; i++)
		if (p->query->part[i].class == CS_NAME_TRADE || p->query->part[i].class == CS_NAME_PLACE)
			return true;
	for (unsigned j = 0; j < p->form.part_n; j++)
		if (p->form.part[j].class == CS_NAME_TRADE || p->form.part[j].class == CS_NAME_PLACE)
			return true;
	return false;
}

static int32_t
cost_of_rest(const struct pairing *p, unsigned agreed)
{
	int32_t other = -cs_score_weights[CS_SCORE_OTHER_WORD][p->bound->kind];
	int32_t cost =
		cost_of_left(p, p->query, p->query_left, agreed) + cost_of_left(p, &p->form, p->form_left, agreed);
	if (!p->closely) {
		int32_t most = may_mix(p) ? MIXED_LEAST : other;
		return cost < most ? cost : most;
	}
	if (!p->query_left || !p->form_left)
		return cost;
	if (has_word(p->query, p->query_left) && has_word(&p->form, p->form_left))
		return other;
	return cost < MIXED_LEAST ? cost : MIXED_LEAST;
}

/* What it costs at least that part I is misspelled; its partner may be taken, and then it is left over. */
static int32_t
cost_of_doubt(const struct pairing *p, unsigned i)
{
	int32_t doubt = -cs_score_weights[CS_SCORE_DOUBT][p->bound->kind] * (1000 - p->best[i]) / 1000;
	int32_t left = cost_of_left(p, p->query, UINT32_C(1) << i, p->query->total);
	return doubt < left ? doubt : left;
}

static int32_t
most_of(const struct pairing *p)
{
	const unsigned kind = p->bound->kind;
	int32_t sum = cs_score_weights[CS_SCORE_BASE][kind];
	unsigned agreed = 0, theirs = 0;
	for (unsigned i = 0; i < p->query->part_n; i++) {
		agreed += p->query_agrees[i];
		if (p->relation[i] == CS_TERM_EDIT)
			sum -= cost_of_doubt(p, i);
		if (p->relation[i] == CS_TERM_FAMILY)
			sum += cs_score_weights[p->query->part[i].class == CS_NAME_PROPER ? CS_SCORE_FAMILY
											  : CS_SCORE_TRADE_SAME][kind];
	}
	for (unsigned j = 0; j < p->form.part_n; j++)
		theirs += p->form_agrees[j];
	agreed = agreed < theirs ? agreed : theirs;
	sum += cs_score_weights[CS_SCORE_AGREE][kind] * (int32_t)(agreed * 1000 / (agreed + CS_SCORE_HALF_AGREE)) /
		       1000 +
	       1;
	sum += p->bound->desk->ask->facts ? CS_ROLL_FACTS_MOST : 0;
	return sum - cost_of_rest(p, agreed);
}

/* Takes word I of NAME to be written like a run of words of OTHER: then all of them agree. */
static void
take_run(struct pairing *p, bool listed, unsigned i, uint32_t run)
{
	uint32_t *one = listed ? &p->form_left : &p->query_left, *other = listed ? &p->query_left : &p->form_left;
	uint16_t *agrees = listed ? p->form_agrees : p->query_agrees,
		 *theirs = listed ? p->query_agrees : p->form_agrees;
	const struct cs_name *name = listed ? &p->form : p->query, *runs = listed ? p->query : &p->form;
	*one &= ~(UINT32_C(1) << i);
	*other &= ~run;
	agrees[i] = name->part[i].weight;
	if (!listed)
		p->best[i] = 1000;
	for (; run; run &= run - 1) {
		unsigned j = (unsigned)__builtin_ctz(run);
		theirs[j] = runs->part[j].weight;
		if (listed)
			p->best[j] = 1000;
	}
}

/* Could WORD and a run that ends with LAST be the same letters? */
static bool
is_like_run(const struct cs_roll_sign *word, const struct cs_roll_sign *first, const struct cs_roll_sign *last,
	    const unsigned sizes[2], uint32_t letters)
{
	if (word->unvowelled != last->unvowelled)
		return word->bones_len >= 4 && sizes[1] >= 4;
	unsigned longer = sizes[0] > word->len ? sizes[0] : word->len, apart = longer * 2 - sizes[0] - word->len;
	if (apart > longer / 6 + 1 || longer - apart < GLUE_MIN)
		return false;
	bool ends = first->first == word->first || last->last == word->last;
	return ends && bits(letters ^ word->letters) <= (longer < 10 ? APART - 1 : APART);
}

/* Looks for runs of the other name that may be word I written apart. */
static void
glue_word(struct pairing *p, bool listed, unsigned i)
{
	const struct cs_roll_sign *word = listed ? &p->form_sign[i] : &p->query_sign[i];
	const struct cs_roll_sign *other = listed ? p->query_sign : p->form_sign;
	unsigned part_n = listed ? p->query->part_n : p->form.part_n;
	const unsigned most = word->len + word->len / 5 + 2; /* a run of more letters is none */
	for (unsigned j = 0; j + 1 < part_n; j++) {
		uint32_t letters = other[j].letters;
		unsigned sizes[2] = {other[j].len, other[j].bones_len};
		for (unsigned n = 2; n <= CS_ROLL_RUN_MAX && j + n <= part_n; n++) {
			const struct cs_roll_sign *next = &other[j + n - 1];
			letters |= next->letters, sizes[0] += next->len, sizes[1] += next->bones_len;
			if (sizes[0] > most && word->unvowelled == next->unvowelled)
				break;
			if (is_like_run(word, &other[j], next, sizes, letters))
				take_run(p, listed, i, ((UINT32_C(1) << n) - 1) << j);
		}
	}
}

/* Words left over that the other name has as a title, a particle or a form are no news. */
static void
forgive(struct pairing *p, bool listed)
{
	const struct cs_name *other = listed ? p->query : &p->form;
	const struct cs_roll_sign *sign = listed ? p->form_sign : p->query_sign,
				  *other_sign = listed ? p->query_sign : p->form_sign;
	uint32_t *left = listed ? &p->form_left : &p->query_left;
	for (uint32_t set = *left; set; set &= set - 1) {
		unsigned i = (unsigned)__builtin_ctz(set);
		for (unsigned j = 0; j < other->part_n; j++)
			if (other->part[j].class > CS_NAME_TRADE && other_sign[j].len >= 3 &&
			    may_be_alike(&sign[i], &other_sign[j]))
				*left &= ~(UINT32_C(1) << i);
	}
}

/* May a word that is left over be the first letters of the other name? */
static bool
may_be_letters(const struct cs_name *name, const struct cs_name *other, uint32_t left)
{
	const uint32_t vowels = 1 << 0 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20;
	for (; left; left &= left - 1) {
		const struct cs_term *term = term_of(name, (unsigned)__builtin_ctz(left));
		if (name->kind == CS_NAME_PERSON && term->len == 2 && !(term->letters & vowels))
			return true;
		if (name->kind == CS_NAME_ORGANISATION && term->len >= LETTERS_MIN && term->len <= LETTERS_MAX &&
		    term->len <= other->part_n && term->text[0] == term_of(other, 0)->text[0])
			return true;
	}
	return false;
}

/* May the names reach the line, as they are paired? */
static bool
pairs_reach(struct pairing *p, bool closely)
{
	p->query_left = p->query_left_all, p->form_left = p->form_left_all;
	p->closely = closely;
	pair_all(p, closely);
	const int32_t need = p->bound->need;
	if (most_of(p) >= need || may_be_letters(p->query, &p->form, p->query_left) ||
	    may_be_letters(&p->form, p->query, p->form_left))
		return true;
	for (uint32_t left = p->query_left_all; left; left &= left - 1)
		if (!closely || p->best[__builtin_ctz(left)] < 1000)
			glue_word(p, false, (unsigned)__builtin_ctz(left));
	for (uint32_t left = p->form_left_all; left; left &= left - 1)
		glue_word(p, true, (unsigned)__builtin_ctz(left));
	forgive(p, false);
	forgive(p, true);
	return most_of(p) >= need;
}

bool
cs_roll_may_reach(const struct cs_roll_bound *bound, uint32_t form)
{
	struct pairing p = {
		.bound = bound, .query = &bound->desk->query.name, .form = cs_roll_form_name(bound->roll, form)};
	p.query_sign = bound->desk->sign;
	p.form_sign = bound->roll->sign + bound->roll->form[form].part_at;
	p.query_left_all = identifying(p.query), p.form_left_all = identifying(&p.form);
	if (!pairs_reach(&p, false))
		return false;
	memset(p.query_agrees, 0, sizeof p.query_agrees);
	memset(p.form_agrees, 0, sizeof p.form_agrees);
	memset(p.best, 0, sizeof p.best);
	memset(p.relation, 0, sizeof p.relation);
	return pairs_reach(&p, true);
}

/*
 * See score.h. The words of both names are matched (align.c); then each match, each word left over and each contradiction
 * adds its amount of evidence times the weight that score.def gives it.
 */
#include "screen/align.h"
#include "screen/score_parts.h"

enum {
	LEFT_AT_LEAST = 300,
	SHORT_LETTERS = 4,
	FORM_COUNTRY_SHIFT = 4,
	FORM_FAMILY_ANY = 14, /* "company": any family will do */
};

const int32_t cs_score_weights[CS_SCORE_EVIDENCE_N][CS_SCORE_COLUMNS] = {
#define E(symbol, words, person, organisation, vessel) {person, organisation, vessel},
#include "screen/score.def"
#undef E
};

/* The adding up. */
struct tally {
	const struct cs_align *align;
	const struct cs_score_facts *facts[2];
	unsigned kind; /* column of weights */
	bool swapped;  /* the rows are told the other way round */
	bool hasty;    /* what is less than NEED is told so, whatever it is */
	int32_t need;
	unsigned agreed; /* weight of all that agrees, tenths of a bit */
	int32_t sum;
	struct cs_score_why *why; /* may be NULL */
#ifdef CS_SCORE_AMOUNTS
	int32_t *amounts;
#endif
};

static void
add_row(struct tally *tally, enum cs_score_evidence evidence, int32_t amount, int32_t contribution,
	struct cs_score_row row)
{
	struct cs_score_why *why = tally->why;
	if (why->row_n == CS_SCORE_ROWS_MAX || (contribution == 0 && evidence != CS_SCORE_AGREE))
		return;
	row.evidence = (uint8_t)evidence;
	row.amount = amount;
	row.contribution = contribution;
	if (tally->swapped) {
		uint8_t a = row.a, a_n = row.a_n;
		row.a = row.b, row.a_n = row.b_n;
		row.b = a, row.b_n = a_n;
	}
	why->row[why->row_n++] = row;
}

static inline void
add(struct tally *tally, enum cs_score_evidence evidence, int32_t amount, struct cs_score_row row)
{
	int32_t contribution = (int32_t)((int64_t)cs_score_weights[evidence][tally->kind] * amount / 1000);
	tally->sum += contribution;
#ifdef CS_SCORE_AMOUNTS
	tally->amounts[evidence] += amount;
#endif
	if (tally->why)
		add_row(tally, evidence, amount, contribution, row);
}

static const struct cs_term *
token_of(const struct cs_name *name, unsigned part)
{
	return &name->token[name->part[part].token];
}

static struct cs_score_row
row_of(const struct cs_align_match *match)
{
	struct cs_score_row row = {.a = match->a, .a_n = match->a_n, .b = match->b, .b_n = match->b_n};
	row.edits = match->likeness.edits;
	row.weight = match->weight;
	return row;
}

static struct cs_score_row
row_of_parts(const struct tally *tally, int a, int b)
{
	struct cs_score_row row = {
		.a = (uint8_t)(a < 0 ? 0 : a), .a_n = a >= 0, .b = (uint8_t)(b < 0 ? 0 : b), .b_n = b >= 0};
	unsigned one = a < 0 ? UINT16_MAX : tally->align->a->part[a].weight;
	unsigned two = b < 0 ? UINT16_MAX : tally->align->b->part[b].weight;
	row.weight = (uint16_t)(one < two ? one : two);
	return row;
}

/* Are both words ones that exist, so that neither is likely to be a misspelling of the other? */
static bool
both_known(const struct cs_align *align, const struct cs_align_match *match)
{
	const struct cs_term *a = token_of(align->a, match->a), *b = token_of(align->b, match->b);
	bool known =
		align->a->part[match->a].weight <= CS_ALIGN_KNOWN && align->b->part[match->b].weight <= CS_ALIGN_KNOWN;
	return known || (a->syllables && b->syllables);
}

/* A word of a match as its letters are: one part as it is, several written together in ROOM. */
static const struct cs_term *
word_of(const struct cs_name *name, unsigned at, unsigned n, struct cs_term *room)
{
	if (n == 1 && token_of(name, at)->len < CS_TERM_LETTERS_MAX)
		return token_of(name, at);
	cs_align_run(name, at, n, room);
	return room;
}

/* A word that was written in Han or Hangul is not misspelled, but romanised: Mi-yeong is not Myong. */
static void
add_signs(struct tally *tally, const struct cs_align_match *match)
{
	struct cs_term a_room, b_room;
	const struct cs_term *a = token_of(tally->align->a, match->a), *b = token_of(tally->align->b, match->b);
	bool apart = match->a_n > 1 && match->b_n > 1, glued = match->a_n > 1 || match->b_n > 1;
	if (a->script == CS_FOLD_HANGUL || b->script == CS_FOLD_HANGUL) {
		bool edited = match->likeness.relation == CS_TERM_EDIT;
		a = word_of(tally->align->a, match->a, match->a_n, &a_room);
		b = word_of(tally->align->b, match->b, match->b_n, &b_room);
		if (cs_score_other_korean(a, b))
			add(tally, CS_SCORE_SYLLABLES, edited ? 1000 : 2000, row_of(match));
	} else if ((a->script == CS_FOLD_HAN || b->script == CS_FOLD_HAN) && (apart || !glued)) {
		add(tally, CS_SCORE_SIGN_EDIT, (1000 - match->likeness.permille) * 8, row_of(match));
	}
}

/* What a misspelling takes away. */
static void
add_doubt(struct tally *tally, const struct cs_align_match *match)
{
	const struct cs_align *align = tally->align;
	const struct cs_term *a = token_of(align->a, match->a), *b = token_of(align->b, match->b);
	struct cs_score_row row = row_of(match);
	int32_t doubt = 1000 - match->likeness.permille;
	add(tally, CS_SCORE_DOUBT, doubt, row);
	add_signs(tally, match);
	if (match->a_n > 1 || match->b_n > 1)
		return;
	if (both_known(align, match))
		add(tally, CS_SCORE_DOUBT_KNOWN, doubt, row);
	bool swapped = a->text[0] == b->text[1] && a->text[1] == b->text[0];
	if (!swapped && a->sound[0] != b->sound[0] && a->text[0] != b->text[0] && match->likeness.edits > 2)
		add(tally, CS_SCORE_DOUBT_FIRST, 1000, row);
	if (a->len < SHORT_LETTERS + 1 || b->len < SHORT_LETTERS + 1)
		add(tally, CS_SCORE_SHORT, match->likeness.edits * 250, row);
}

/* Consonants agree: do the vowels that are written? */
static void
add_vowels(struct tally *tally, const struct cs_align_match *match)
{
	struct cs_term a_room, b_room;
	const struct cs_term *a = word_of(tally->align->a, match->a, match->a_n, &a_room),
			     *b = word_of(tally->align->b, match->b, match->b_n, &b_room);
	bool spelled = cs_term_is_spelled(a, b); /* then they agree, but for what was an edit */
	unsigned n = spelled ? 0 : cs_score_vowel_conflicts(a, b, match->a_n > 1 || match->b_n > 1);
	n += match->likeness.edits > 0;
	if (n)
		add(tally, CS_SCORE_VOWELS, n > 2 ? 2000 : (int32_t)n * 1000, row_of(match));
}

static void
add_relation(struct tally *tally, const struct cs_align_match *match)
{
	struct cs_score_row row = row_of(match);
	if (match->relation == CS_ALIGN_ACRONYM) {
		add(tally, CS_SCORE_ACRONYM, 1000, row);
		return;
	}
	if (match->relation == CS_ALIGN_GLUED)
		add(tally, CS_SCORE_GLUED, 1000, row);
	switch ((enum cs_term_relation)match->likeness.relation) {
	case CS_TERM_EDIT:
		add_doubt(tally, match);
		break;
	case CS_TERM_SOUND:
		add(tally, CS_SCORE_SOUND, 1000, row);
		add_signs(tally, match);
		if (match->a_n == 1 && match->b_n == 1 && both_known(tally->align, match))
			add(tally, CS_SCORE_SOUND_KNOWN, 1000, row);
		break;
	case CS_TERM_FAMILY: {
		bool trade = tally->align->a->part[match->a].class != CS_NAME_PROPER;
		add(tally, trade ? CS_SCORE_TRADE_SAME : CS_SCORE_FAMILY, 1000, row);
		break;
	}
	case CS_TERM_BONES:
		add(tally, CS_SCORE_DOUBT_BONES, 1000 - match->likeness.permille, row);
		add_vowels(tally, match);
		break;
	case CS_TERM_INITIAL:
		add(tally, CS_SCORE_INITIAL, 1000, row);
		break;
	case CS_TERM_SHORTENED:
		add(tally, CS_SCORE_SHORTENED, 1000, row);
		break;
	case CS_TERM_EQUAL:
		if (match->likeness.permille < 1000)
			add(tally, CS_SCORE_SIGNS, 1000, row);
		break;
	case CS_TERM_OTHER:
	case CS_TERM_RELATIONS:
		break;
	}
}

static unsigned
agreed_weight(const struct cs_align_match *match)
{
	return match->weight * match->likeness.permille / 1000u;
}

/* The matches: together they say AGREE; each row gets its share of it. */
static void
add_matches(struct tally *tally)
{
	const struct cs_align *align = tally->align;
	unsigned n = 0;
	for (unsigned i = 0; i < align->match_n; i++) {
		tally->agreed += agreed_weight(&align->match[i]);
		n += align->match[i].a_n > align->match[i].b_n ? align->match[i].a_n : align->match[i].b_n;
	}
	unsigned whole = tally->agreed * 1000 / (tally->agreed + CS_SCORE_HALF_AGREE), given = 0, seen = 0;
	for (unsigned i = 0; i < align->match_n; i++) {
		const struct cs_align_match *match = &align->match[i];
		seen += agreed_weight(match);
		unsigned share = tally->agreed ? whole * seen / tally->agreed - given : 0;
		given += share;
		add(tally, CS_SCORE_AGREE, (int32_t)share, row_of(match));
		add_relation(tally, match);
	}
	if (n == 1)
		add(tally, CS_SCORE_ALONE, 1000, (struct cs_score_row){0});
	if (align->a->part_n == 1 || align->b->part_n == 1)
		add(tally, CS_SCORE_ONE_WORD, 1000, (struct cs_score_row){0});
}

#define CLASS(name) (UINT32_C(1) << CS_NAME_##name)

/* What the matches say as a whole. */
static void
add_whole(struct tally *tally)
{
	struct cs_score_piece piece[CS_SCORE_PIECES_MAX];
	unsigned n = cs_score_whole(tally->align, piece);
	for (unsigned i = 0; i < n; i++)
		add(tally, piece[i].evidence, piece[i].amount, (struct cs_score_row){0});
}

/* Does the comma of "LAST, First" stand between two parts? */
static bool
are_parted(const struct cs_name *name, unsigned one, unsigned two)
{
	return (name->part[one].marks ^ name->part[two].marks) & CS_NAME_FIRST;
}

/* Matches that stand in another order: of their own accord, or as the comma of one name says. */
static void
add_order(struct tally *tally)
{
	const struct cs_align *align = tally->align;
	unsigned crossed[2] = {0, 0};
	for (unsigned i = 0; i < align->match_n; i++)
		for (unsigned j = 0; j < i; j++) {
			const struct cs_align_match *one = &align->match[i], *two = &align->match[j];
			bool comma = are_parted(align->a, one->a, two->a) != are_parted(align->b, one->b, two->b);
			crossed[comma] += (one->a < two->a) != (one->b < two->b);
		}
	if (crossed[0] || crossed[1])
		add(tally, crossed[0] ? CS_SCORE_ORDER : CS_SCORE_ORDER_COMMA, 1000, (struct cs_score_row){0});
}

/* Pairs what is left on both sides and of the classes: each pair is a contradiction. Gives how many. */
static unsigned
add_others(struct tally *tally, uint32_t left[2], uint32_t a_classes, uint32_t b_classes,
	   enum cs_score_evidence evidence)
{
	unsigned n = 0;
	for (;;) {
		int a = cs_score_heaviest(tally->align->a, left[0], a_classes),
		    b = cs_score_heaviest(tally->align->b, left[1], b_classes);
		if (a < 0 || b < 0)
			return n;
		left[0] &= ~(UINT32_C(1) << a);
		left[1] &= ~(UINT32_C(1) << b);
		struct cs_score_row row = row_of_parts(tally, a, b);
		if (evidence == CS_SCORE_OTHER_WORD) {
			add(tally, n ? CS_SCORE_OTHER_MORE : evidence, 1000, row);
			add(tally, CS_SCORE_OTHER_WEIGHT, row.weight * 5, row);
		} else {
			add(tally, evidence, n ? 500 : 1000, row);
		}
		n++;
	}
}

/* How often "abd" stands in a name: abdul, abdel ... */
static unsigned
abds_of(const struct cs_name *name)
{
	unsigned n = 0;
	for (unsigned i = 0; i < name->part_n; i++)
		n += name->part[i].class == CS_NAME_PARTICLE && name->part[i].code == 1;
	return n;
}

/* The classes of a set of parts, one bit each. */
static uint32_t
classes_of(const struct cs_name *name, uint32_t set)
{
	uint32_t classes = 0;
	for (; set; set &= set - 1)
		classes |= UINT32_C(1) << name->part[__builtin_ctz(set)].class;
	return classes;
}

static void
add_contradictions(struct tally *tally, uint32_t left[2])
{
	static const struct {
		uint32_t a, b;
		enum cs_score_evidence evidence;
	} rules[] = {
		{CLASS(NUMBER), CLASS(NUMBER), CS_SCORE_OTHER_NUMBER},
		{CLASS(PATRONYMIC), CLASS(PATRONYMIC), CS_SCORE_OTHER_PATRONYMIC},
		{CLASS(PROPER), CLASS(PROPER), CS_SCORE_OTHER_WORD},
		{CLASS(PLACE), CLASS(PLACE), CS_SCORE_OTHER_PLACE},
		{CLASS(TRADE), CLASS(TRADE), CS_SCORE_OTHER_TRADE},
		{CLASS(INITIAL), CLASS(INITIAL) | CLASS(PROPER), CS_SCORE_OTHER_INITIAL},
		{CLASS(INITIAL) | CLASS(PROPER), CLASS(INITIAL), CS_SCORE_OTHER_INITIAL},
		{CLASS(PROPER), CLASS(TRADE) | CLASS(PLACE), CS_SCORE_MIXED},
		{CLASS(TRADE) | CLASS(PLACE), CLASS(PROPER), CS_SCORE_MIXED},
		{CLASS(TRADE), CLASS(PLACE), CS_SCORE_MIXED},
		{CLASS(PLACE), CLASS(TRADE), CS_SCORE_MIXED},
	};
	for (unsigned side = 0; side < 2; side++) {
		const struct cs_name *names[2] = {tally->align->a, tally->align->b};
		if (abds_of(names[!side]) > abds_of(names[side]) &&
		    cs_score_heaviest(names[side], left[side], CLASS(PROPER)) >= 0)
			add(tally, CS_SCORE_OTHER_ABD, 1000, (struct cs_score_row){0});
	}
	const uint32_t a = classes_of(tally->align->a, left[0]), b = classes_of(tally->align->b, left[1]);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].a & a && rules[i].b & b)
			(void)add_others(tally, left, rules[i].a, rules[i].b, rules[i].evidence);
}

static enum cs_score_evidence
left_evidence(const struct cs_name_part *part)
{
	static const enum cs_score_evidence by_class[CS_NAME_CLASSES] = {
		[CS_NAME_PROPER] = CS_SCORE_LEFT_WORD,     [CS_NAME_PATRONYMIC] = CS_SCORE_LEFT_PATRONYMIC,
		[CS_NAME_INITIAL] = CS_SCORE_LEFT_INITIAL, [CS_NAME_NUMBER] = CS_SCORE_LEFT_NUMBER,
		[CS_NAME_PLACE] = CS_SCORE_LEFT_PLACE,     [CS_NAME_TRADE] = CS_SCORE_LEFT_TRADE,
	};
	return part->marks & CS_NAME_ASIDE ? CS_SCORE_LEFT_ASIDE : by_class[part->class];
}

/* What one name has and the other leaves out. */
static void
add_left(struct tally *tally, const struct cs_name *name, uint32_t left, bool second)
{
	for (; left; left &= left - 1) {
		int i = __builtin_ctz(left);
		enum cs_score_evidence evidence = left_evidence(&name->part[i]);
		unsigned amount = name->part[i].weight * 1000u / (tally->agreed + CS_SCORE_LEFT_BESIDE);
		bool fixed = evidence == CS_SCORE_LEFT_NUMBER || evidence == CS_SCORE_LEFT_INITIAL;
		bool raised = evidence == CS_SCORE_LEFT_TRADE || evidence == CS_SCORE_LEFT_PLACE ||
			      (evidence == CS_SCORE_LEFT_WORD && tally->kind == 1);
		amount = fixed ? 1000 : amount > CS_SCORE_LEFT_MOST ? CS_SCORE_LEFT_MOST : amount;
		amount += raised ? LEFT_AT_LEAST : 0;
		add(tally, evidence, (int32_t)amount, row_of_parts(tally, second ? -1 : i, second ? i : -1));
	}
}

static unsigned
words_of(const struct cs_name *name)
{
	unsigned n = 0;
	for (unsigned i = 0; i < name->part_n; i++)
		n += name->part[i].class == CS_NAME_PROPER;
	return n;
}

/* A name of one word says little of one that has more. */
static void
add_one_left(struct tally *tally, const uint32_t left[2])
{
	bool left_a = cs_score_heaviest(tally->align->a, left[0], CLASS(PROPER)) >= 0;
	bool left_b = cs_score_heaviest(tally->align->b, left[1], CLASS(PROPER)) >= 0;
	bool one_a = words_of(tally->align->a) == 1, one_b = words_of(tally->align->b) == 1;
	if ((one_a && left_b) || (one_b && left_a) || (tally->align->match_n == 1 && (left_a || left_b)))
		add(tally, CS_SCORE_ONE_LEFT, 1000, (struct cs_score_row){0});
}

/* The parts of CLASS: their codes, as a set of up to 64. */
static uint64_t
codes_of(const struct cs_name *name, uint8_t class)
{
	uint64_t set = 0;
	for (unsigned i = 0; i < name->part_n; i++)
		if (name->part[i].class == class)
			set |= UINT64_C(1) << (name->part[i].code & 63);
	return set;
}

static void
add_kin(struct tally *tally)
{
	uint64_t a = codes_of(tally->align->a, CS_NAME_KIN), b = codes_of(tally->align->b, CS_NAME_KIN);
	if ((a & ~b) && (b & ~a))
		add(tally, CS_SCORE_OTHER_KIN, 1000, (struct cs_score_row){0});
	else if (a != b)
		add(tally, CS_SCORE_LEFT_KIN, 1000, (struct cs_score_row){0});
}

/* The forms of a name: families as a set, and the one country they are from, 0 when none or several. */
static uint32_t
forms_of(const struct cs_name *name, unsigned *country)
{
	uint32_t set = 0;
	*country = 0;
	for (unsigned i = 0; i < name->part_n; i++) {
		if (name->part[i].class != CS_NAME_FORM)
			continue;
		set |= UINT32_C(1) << (name->part[i].code & 15);
		unsigned from = name->part[i].code >> FORM_COUNTRY_SHIFT;
		*country = from ? from : *country;
	}
	return set;
}

static void
add_forms(struct tally *tally)
{
	unsigned a_country, b_country;
	uint32_t a = forms_of(tally->align->a, &a_country), b = forms_of(tally->align->b, &b_country);
	const uint32_t any = UINT32_C(1) << FORM_FAMILY_ANY | UINT32_C(1) << 15;
	struct cs_score_row none = {0};
	if (a_country && b_country && a_country != b_country)
		add(tally, CS_SCORE_OTHER_COUNTRY, 1000, none);
	else if ((a & ~any) && (b & ~any) && !(a & b & ~any))
		add(tally, CS_SCORE_OTHER_FORM, 1000, none);
	else if (!a != !b)
		add(tally, CS_SCORE_LEFT_FORM, 1000, none);
	else if (a && a == b)
		add(tally, CS_SCORE_FORM_SAME, 1000, none);
}

static bool
has_class(const struct cs_name *name, uint8_t class)
{
	for (unsigned i = 0; i < name->part_n; i++)
		if (name->part[i].class == class)
			return true;
	return false;
}

static void
add_kind(struct tally *tally)
{
	const struct cs_name *a = tally->align->a, *b = tally->align->b;
	if (a->kind != b->kind) {
		/* That a name is a firm's can be told by its words; that it is a person's is what is left, and says little where
		 * no word is left over. */
		bool whole = !tally->align->a_left && !tally->align->b_left;
		bool said_a = !a->guessed || a->kind == CS_NAME_ORGANISATION,
		     said_b = !b->guessed || b->kind == CS_NAME_ORGANISATION;
		int32_t guessed = whole ? CS_SCORE_KIND_WHOLE : CS_SCORE_KIND_GUESSED;
		add(tally, CS_SCORE_OTHER_KIND, said_a && said_b ? 1000 : guessed, (struct cs_score_row){0});
	}
	/* a firm may be called like its ship: then both have the prefix */
	bool prefix_a = has_class(a, CS_NAME_PREFIX), prefix_b = has_class(b, CS_NAME_PREFIX);
	bool ship_a = (a->kind == CS_NAME_VESSEL && !a->guessed) || (prefix_a && !prefix_b);
	bool ship_b = (b->kind == CS_NAME_VESSEL && !b->guessed) || (prefix_b && !prefix_a);
	bool firm_a = has_class(a, CS_NAME_FORM), firm_b = has_class(b, CS_NAME_FORM);
	if ((ship_a && !firm_a && firm_b) || (ship_b && !firm_b && firm_a))
		add(tally, CS_SCORE_KIND, 1000, (struct cs_score_row){0});
}

static void
add_facts(struct tally *tally)
{
	const struct cs_score_facts *a = tally->facts[0], *b = tally->facts[1];
	struct cs_score_row none = {0};
	if (!a || !b)
		return;
	if (a->born_from && b->born_from) {
		bool other = a->born_from > b->born_to || b->born_from > a->born_to;
		add(tally, other ? CS_SCORE_DATE : CS_SCORE_DATE_SAME, 1000, none);
	}
	if (a->country && b->country)
		add(tally, a->country != b->country ? CS_SCORE_COUNTRY : CS_SCORE_COUNTRY_SAME, 1000, none);
	if (a->gender && b->gender && a->gender != b->gender)
		add(tally, CS_SCORE_GENDER, 1000, none);
}

/* Is the sum less than is needed? Nothing adds to it once what agrees is in it, but facts. */
static bool
is_too_little(const struct tally *tally)
{
	return tally->hasty && tally->sum < tally->need;
}

static void
add_all(struct tally *tally)
{
	struct cs_score_row none = {0};
	add(tally, CS_SCORE_BASE, 1000, none);
	add_matches(tally);
	if (is_too_little(tally))
		return;
	add_order(tally);
	uint32_t left[2] = {tally->align->a_left, tally->align->b_left};
	add_whole(tally);
	if (is_too_little(tally))
		return;
	add_contradictions(tally, left);
	if (is_too_little(tally))
		return;
	if (left[0] && left[1])
		add(tally, CS_SCORE_LEFT_BOTH, 1000, none);
	add_one_left(tally, left);
	add_left(tally, tally->align->a, left[0], false);
	add_left(tally, tally->align->b, left[1], true);
	add_kin(tally);
	add_forms(tally);
	add_kind(tally);
	add_facts(tally);
}

#ifdef CS_SCORE_AMOUNTS
int32_t cs_score_amounts[CS_SCORE_EVIDENCE_N];
#endif

uint16_t
cs_score_with(const struct cs_name *a, const struct cs_score_facts *a_facts, const struct cs_name *b,
	      const struct cs_score_facts *b_facts, struct cs_score_why *why)
{
	struct cs_align align;
	struct cs_align_pairs pairs;
	struct tally tally = {
		.align = &align, .why = why, .kind = cs_score_column(a, b), .swapped = cs_align_stands_second(a, b)};
	tally.facts[0] = a_facts, tally.facts[1] = b_facts;
#ifdef CS_SCORE_AMOUNTS
	memset(cs_score_amounts, 0, sizeof cs_score_amounts);
	tally.amounts = cs_score_amounts;
#endif
	if (why)
		why->row_n = 0;
	cs_align_begin(tally.swapped ? b : a, tally.swapped ? a : b, &align, &pairs);
	cs_align_end(&align, &pairs);
	if (!why && !align.match_n)
		return 0;
	add_all(&tally);
	uint16_t score = align.match_n ? cs_score_of(tally.sum) : 0;
	if (why) {
		why->sum = tally.sum;
		why->score = score;
	}
	return score;
}

bool
cs_score_sum(const struct cs_name *a, const struct cs_name *b, int32_t need, int32_t *sum)
{
	struct cs_align align;
	struct cs_align_pairs pairs;
	struct tally tally = {.align = &align, .kind = cs_score_column(a, b), .swapped = cs_align_stands_second(a, b)};
	tally.hasty = true, tally.need = need;
	cs_align_begin(tally.swapped ? b : a, tally.swapped ? a : b, &align, &pairs);
	if (!cs_score_may_reach(&align, &pairs, need))
		return false;
	cs_align_end(&align, &pairs);
	if (!align.match_n)
		return false;
	add_all(&tally);
	*sum = tally.sum;
	return tally.sum >= need;
}

int32_t
cs_score_facts_sum(unsigned column, const struct cs_score_facts *a, const struct cs_score_facts *b)
{
	struct tally tally = {.kind = column, .facts = {a, b}};
	add_facts(&tally);
	return tally.sum;
}

uint16_t
cs_score(const struct cs_name *a, const struct cs_name *b, struct cs_score_why *why)
{
	return cs_score_with(a, NULL, b, NULL, why);
}

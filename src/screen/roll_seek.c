/*
 * The search by channels: see roll.h.
 *
 * A name that reaches the line must agree in words that weigh enough. So the commonest words of the query are set aside as
 * long as they alone could never reach it, whatever else is left out; the others are looked for, each by all its channels, and
 * every form found that way is held against bounds before it is scored.
 */
#include "base/hash.h"
#include "base/prefetch.h"
#include "screen/roll_parts.h"

enum {
	ALIKE_LEAST = 600,
	LIMIT_STEP = 40,
	BESIDE_MAX = 4,
	QUARTER = 250,       /* thousandths that a quarter of an edit costs, over the length */
	INITIAL_AGREES = 13, /* half of what an initial weighs */
	GLUE_SURE = 879,
	FAMILY_SURE = 850,
	SMALL_SURE = 800, /* as in align.c */
	RUN_LETTERS_MIN = 5,
	RUN_EDITED_MIN = 8,
	PIECE_MIN = 2,
	TRIES_MAX = 4096,
	SEARCHES_MAX = 1 << 20, /* each is a few hundred looks for words at most */
	REACHES = 256,
};

/* What is looked for. */
struct seeking {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_name *query;
	unsigned kind;               /* column of weights */
	int32_t need;                /* the least sum that reaches the line */
	uint32_t identifying, aside; /* parts: one bit each */
	uint32_t always;             /* parts that may agree with any letters */
	uint32_t tries;
	uint16_t below; /* misspelled words that are no more alike than this need not be looked at */
	bool initials;  /* are names of initials looked for? */
	bool small;     /* the part that is looked for is like a word that need not agree */
	int8_t reaches
		[REACHES]; /* by set of parts, of short names: 1 it may reach the line, -1 never, 0 not known yet */
	uint32_t key[CS_ROLL_KEYS_MAX];
};

static const struct cs_term *
term_of(const struct cs_name *name, unsigned part)
{
	return &name->token[name->part[part].token];
}

static bool
is_unvowelled(const struct cs_term *term)
{
	return term->script == CS_FOLD_ARABIC || term->script == CS_FOLD_HEBREW;
}

/* What it costs at least that part I is left over, beside AGREED. */
static int32_t
cost_of_left(const struct seeking *s, unsigned i, unsigned agreed)
{
	const struct cs_name_part *part = &s->query->part[i];
	unsigned amount = part->weight * 1000u / (agreed + CS_SCORE_LEFT_BESIDE);
	amount = amount < CS_SCORE_LEFT_MOST ? amount : CS_SCORE_LEFT_MOST;
	if (s->aside >> i & 1 || part->class == CS_NAME_INITIAL || part->class == CS_NAME_PATRONYMIC)
		return 0;
	if (part->class == CS_NAME_PROPER) {
		int32_t cost = -cs_score_weights[CS_SCORE_LEFT_WORD][s->kind] * (int32_t)amount / 1000, mixed = 430;
		return s->kind && cost > mixed ? mixed : cost;
	}
	int32_t cost = part->class == CS_NAME_TRADE ? 430 : 860;
	int32_t left = -cs_score_weights[CS_SCORE_LEFT_TRADE][s->kind] * (int32_t)amount / 1000;
	return left < cost ? left : cost;
}

/* The most that a name can come to which agrees with the parts of SET at most. */
static int32_t
most_with(const struct seeking *s, uint32_t set)
{
	unsigned agreed = 0;
	int32_t sum = cs_score_weights[CS_SCORE_BASE][s->kind], cost = 0;
	for (uint32_t left = set; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		agreed += s->query->part[i].weight;
		if (s->query->part[i].class == CS_NAME_TRADE)
			sum += cs_score_weights[CS_SCORE_TRADE_SAME][s->kind];
		else if (term_of(s->query, i)->family[0])
			sum += cs_score_weights[CS_SCORE_FAMILY][s->kind];
	}
	for (uint32_t left = s->identifying & ~set; left; left &= left - 1)
		cost += cost_of_left(s, (unsigned)__builtin_ctz(left), agreed);
	int32_t other = -cs_score_weights[CS_SCORE_OTHER_WORD][1];
	sum += (int32_t)((int64_t)cs_score_weights[CS_SCORE_AGREE][s->kind] *
			 (int32_t)(agreed * 1000 / (agreed + CS_SCORE_HALF_AGREE)) / 1000);
	sum += s->desk->ask->facts ? CS_ROLL_FACTS_MOST : 0;
	return sum - (cost < other ? cost : other);
}

/* May a name reach the line that agrees with the parts of SET at most? */
static bool
reaches(struct seeking *s, uint32_t set)
{
	if (s->identifying >= REACHES)
		return most_with(s, set) >= s->need;
	int8_t *known = &s->reaches[set];
	if (*known == 0)
		*known = most_with(s, set) >= s->need ? 1 : -1;
	return *known > 0;
}

/* The parts that need not be looked for. */
static uint32_t
set_aside(const struct seeking *s)
{
	uint32_t set = s->aside, tried = s->aside;
	for (;;) {
		int best = -1;
		for (uint32_t left = s->identifying & ~tried; left; left &= left - 1) {
			int i = __builtin_ctz(left);
			if (best < 0 || s->query->part[i].weight < s->query->part[best].weight)
				best = i;
		}
		if (best < 0)
			return set;
		tried |= UINT32_C(1) << best;
		if (most_with(s, set | UINT32_C(1) << best) < s->need)
			set |= UINT32_C(1) << best;
	}
}

/* What a name may agree with that is not looked for. */
struct beside {
	uint32_t set;    /* parts, in any way */
	uint32_t edited; /* parts, by words misspelled to PERMILLE */
	unsigned permille;
	bool initials; /* all others, by initials */
};

/* The most that such a name can come to. */
static int32_t
most_beside(const struct seeking *s, const struct beside *beside)
{
	unsigned agreed = 0;
	int32_t sum = cs_score_weights[CS_SCORE_BASE][s->kind] + (s->desk->ask->facts ? CS_ROLL_FACTS_MOST : 0),
		cost = 0, doubt = 0;
	int32_t initial = -cs_score_weights[CS_SCORE_INITIAL][s->kind],
		other = -cs_score_weights[CS_SCORE_OTHER_WORD][1];
	for (uint32_t left = s->identifying; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left), weight = s->query->part[i].weight;
		if (!(beside->set >> i & 1))
			weight = beside->edited >> i & 1 ? weight * beside->permille / 1000
				 : beside->initials      ? INITIAL_AGREES
							 : 0;
		agreed += weight;
		if (s->query->part[i].class == CS_NAME_TRADE)
			sum += cs_score_weights[CS_SCORE_TRADE_SAME][s->kind];
		else if (term_of(s->query, i)->family[0])
			sum += cs_score_weights[CS_SCORE_FAMILY][s->kind];
	}
	for (uint32_t left = s->identifying & ~beside->set; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		int32_t least = cost_of_left(s, i, agreed);
		if (beside->edited >> i & 1)
			doubt += -cs_score_weights[CS_SCORE_DOUBT][s->kind] * (int32_t)(1000 - beside->permille) / 1000;
		else
			cost += beside->initials && initial < least ? initial : least;
	}
	sum += (int32_t)((int64_t)cs_score_weights[CS_SCORE_AGREE][s->kind] *
			 (int32_t)(agreed * 1000 / (agreed + CS_SCORE_HALF_AGREE)) / 1000);
	return sum - doubt - (cost < other ? cost : other);
}

/* May a name reach the line that agrees so with any of the parts? */
static bool
any_beside(const struct seeking *s, struct beside beside)
{
	uint32_t all = s->identifying & ~beside.set;
	if (__builtin_popcount(all) > BESIDE_MAX)
		return true;
	for (beside.edited = all;; beside.edited = (beside.edited - 1) & all) {
		if (most_beside(s, &beside) >= s->need)
			return true;
		if (beside.edited == 0)
			return false;
	}
}

/* How far words may be from those of the query before they are not worth a look: names that agree with the parts of SET, which
 * are not looked for, and with others no better than that cannot reach the line. */
static void
set_limits(struct seeking *s, uint32_t set)
{
	struct beside beside = {.set = set, .initials = true};
	s->below = 0;
	s->initials = most_beside(s, &beside) >= s->need;
	beside.initials = !s->initials;
	for (beside.permille = ALIKE_LEAST; beside.permille < 1000; beside.permille += LIMIT_STEP) {
		if (any_beside(s, beside))
			return;
		s->below = (uint16_t)beside.permille;
	}
}

/* May a form of this kind reach the line at all? */
static bool
fits_kind(const struct seeking *s, const struct cs_roll_form *form)
{
	const struct cs_name *query = s->query;
	if (form->kind == query->kind || s->need < 0)
		return true;
	bool said = !query->guessed || query->kind == CS_NAME_ORGANISATION;
	bool listed_said = !form->guessed || form->kind == CS_NAME_ORGANISATION;
	return !(said && listed_said) && query->total > 1000;
}

/* The parts of the query whose letters a form has, but for some. */
static uint32_t
possible_parts(const struct seeking *s, const struct cs_roll_form *form)
{
	uint32_t set = s->always;
	for (uint32_t left = s->identifying & ~s->always; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		const struct cs_term *term = term_of(s->query, i);
		unsigned most = term->len < 4 ? 1 : term->len < 8 ? 2 : 3;
		if ((unsigned)__builtin_popcount(term->letters & ~form->letters) <= most)
			set |= UINT32_C(1) << i;
	}
	return set;
}

/* Holds a form that a channel gave against the bounds, and scores it. */
static void
see(struct seeking *s, uint32_t number)
{
	struct cs_roll_desk *desk = s->desk;
	if (desk->seen[number] == desk->search)
		return;
	desk->seen[number] = desk->search;
	const struct cs_roll_form *form = &s->roll->form[number];
	desk->answer->seen_n++;
	if (!fits_kind(s, form) || !reaches(s, possible_parts(s, form)))
		return;
	struct cs_name name = cs_roll_form_name(s->roll, number);
	struct cs_roll_bound bound = {s->roll, desk, s->kind, s->need};
	if (name.kind == s->query->kind && !cs_roll_may_reach(&bound, number))
		return;
	if (cs_score_hopeless(s->query, &name, s->need - (desk->ask->facts ? CS_ROLL_FACTS_MOST : 0)))
		return;
	if (s->tries == TRIES_MAX) {
		desk->answer->cut = true;
		return;
	}
	s->tries++;
	cs_roll_try(s->roll, desk, number);
}

static void
see_word(struct seeking *s, uint32_t word)
{
	const struct cs_roll *roll = s->roll;
	uint32_t from = roll->posting_at[word], to = roll->posting_at[word + 1];
	for (uint32_t i = from; i < to && i < from + 8; i++)
		cs_prefetch(&roll->form[roll->posting[i]]);
	for (uint32_t i = from; i < to; i++) {
		if (i + 8 < to)
			cs_prefetch(&roll->form[roll->posting[i + 8]]);
		see(s, roll->posting[i]);
	}
}

static void
see_code(struct seeking *s, uint32_t key)
{
	const struct cs_roll *roll = s->roll;
	size_t low = 0, high = roll->code_n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (roll->code[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < roll->code_n && roll->code[low].key == key; low++)
		see(s, roll->code[low].form);
}

static unsigned
bits(uint32_t set)
{
	set -= set >> 1 & 0x55555555;
	set = (set & 0x33333333) + (set >> 2 & 0x33333333);
	return ((set + (set >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24;
}

/* Letters that only one of two words has: each costs half an edit at least. */
static unsigned
letters_apart(uint32_t a, uint32_t b)
{
	unsigned one = bits(a & ~b), other = bits(b & ~a);
	return one > other ? one : other;
}

/* Is a word, if it is the other misspelled, too far from it to be of use? Told by letters alone. */
static bool
is_too_far(const struct seeking *s, const struct cs_term *term, uint32_t number)
{
	const struct cs_term *word = &s->roll->word[number];
	if (s->below == 0 || s->roll->small[number] || term->sounds == word->sounds || term->family[0] ||
	    word->family[0] || is_unvowelled(term) != is_unvowelled(word) || term->len == 1 || word->len == 1)
		return false;
	if (term->text[0] == word->text[0] && (!(term->letters & ~word->letters) || !(word->letters & ~term->letters)))
		return false; /* may be shortened */
	unsigned longer = term->len > word->len ? term->len : word->len, most = longer * (1000 - s->below) / QUARTER;
	return letters_apart(term->letters, word->letters) * 2 > most &&
	       letters_apart(term->sounds, word->sounds) * 2 + 1 > most;
}

/* Sees a word that keys gave, if it is alike to TERM. */
static void
see_alike(struct seeking *s, uint32_t word, const struct cs_term *term)
{
	const struct cs_roll *roll = s->roll;
	struct cs_term_likeness like = {1000, CS_TERM_EQUAL, 0};
	if (term && (is_too_far(s, term, word) || !cs_term_may_be_alike(term, &roll->word[word])))
		return;
	if (term)
		like = cs_term_compare(term, &roll->word[word], 1);
	unsigned permille = like.permille;
	s->small |= term && permille >= SMALL_SURE && roll->small[word];
	if (like.relation == CS_TERM_EDIT && permille <= s->below)
		return;
	if (permille >= ALIKE_LEAST)
		see_word(s, word);
	uint16_t family = roll->word[word].family[0]; /* misspelled, it still may be any form of the name */
	if (term && !term->family[0] && family && permille >= FAMILY_SURE)
		see_code(s, cs_roll_code_key(CS_ROLL_CODE_FAMILY, family));
}

/* The keys that the filter lets pass, to the front. */
static unsigned
pass_filter(struct seeking *s, unsigned n)
{
	const struct cs_roll *roll = s->roll;
	unsigned kept = 0;
	for (unsigned i = 0; i < n; i++)
		cs_prefetch(&roll->filter[s->key[i] >> roll->filter_shift]);
	for (unsigned i = 0; i < n; i++) {
		uint32_t key = s->key[i];
		uint64_t bits = roll->filter[key >> roll->filter_shift];
		if (!(bits >> (key & 63) & bits >> (key >> 6 & 63) & 1))
			continue;
		cs_prefetch(&roll->key_at[key >> roll->bucket_shift]);
		s->key[kept++] = key;
	}
	for (unsigned i = 0; i < kept; i++)
		cs_prefetch(&roll->key[roll->key_at[s->key[i] >> roll->bucket_shift]]);
	return kept;
}

/* Looks for words by N keys; those alike to TERM (any, when it is NULL) are seen. */
static void
see_keys(struct seeking *s, unsigned n, const struct cs_term *term)
{
	const struct cs_roll *roll = s->roll;
	n = pass_filter(s, n);
	for (unsigned i = 0; i < n; i++) {
		uint32_t bucket = s->key[i] >> roll->bucket_shift;
		for (uint32_t k = roll->key_at[bucket]; k < roll->key_at[bucket + 1]; k++) {
			uint32_t word = roll->key[k].word;
			if (roll->key[k].hash != s->key[i] || s->desk->known[word] == s->desk->part)
				continue;
			s->desk->known[word] = s->desk->part;
			see_alike(s, word, term);
		}
	}
}

static void
see_base(struct seeking *s, const struct cs_term *term, enum cs_roll_base base)
{
	const char *letters = base == CS_ROLL_TEXT ? term->text : base == CS_ROLL_SOUND ? term->sound : term->bones;
	unsigned n = base == CS_ROLL_TEXT ? term->len : base == CS_ROLL_SOUND ? term->sound_len : term->bones_len;
	if (n == 0 || (base >= CS_ROLL_VOWELLED && n < 2))
		return;
	see_keys(s, cs_roll_keys(letters, n, cs_roll_deletions(n, base), base, s->key), term);
}

/* Is a word of the list written so? */
static bool
is_word(const struct seeking *s, const char *letters, unsigned n)
{
	const struct cs_roll *roll = s->roll;
	uint32_t key[CS_ROLL_KEYS_MAX];
	(void)cs_roll_keys(letters, n, 0, CS_ROLL_TEXT, key);
	uint64_t bits = roll->filter[*key >> roll->filter_shift];
	if (!(bits >> (*key & 63) & bits >> (*key >> 6 & 63) & 1))
		return false;
	uint32_t bucket = *key >> roll->bucket_shift;
	for (uint32_t k = roll->key_at[bucket]; k < roll->key_at[bucket + 1]; k++)
		if (roll->key[k].hash == *key && roll->word[roll->key[k].word].len == n)
			return true;
	return false;
}

/* A word that is two words of the list: the longer one, the rarer, is looked for. */
static void
see_pieces(struct seeking *s, const struct cs_term *term)
{
	for (unsigned at = PIECE_MIN; term->len >= RUN_LETTERS_MIN && at + PIECE_MIN <= term->len; at++) {
		bool first = at * 2 >= term->len;
		const char *letters = first ? term->text : term->text + at;
		unsigned n = first ? at : term->len - at;
		if (!is_word(s, term->text, at) || !is_word(s, term->text + at, term->len - at))
			continue;
		s->desk->part++;
		see_keys(s, cs_roll_keys(letters, n, 0, CS_ROLL_TEXT, s->key), NULL);
	}
}

static void
see_part(struct seeking *s, unsigned i)
{
	const struct cs_term *term = term_of(s->query, i);
	const struct cs_name_part *part = &s->query->part[i];
	s->desk->part++;
	see_base(s, term, CS_ROLL_TEXT);
	see_base(s, term, CS_ROLL_SOUND);
	see_base(s, term, is_unvowelled(term) ? CS_ROLL_VOWELLED : CS_ROLL_UNVOWELLED);
	for (unsigned f = 0; f < 2; f++)
		if (term->family[f])
			see_code(s, cs_roll_code_key(CS_ROLL_CODE_FAMILY, term->family[f]));
	if (part->class == CS_NAME_PLACE || part->class == CS_NAME_TRADE || part->class == CS_NAME_NUMBER)
		see_code(s, cs_roll_code_key(part->class, part->code));
	else if (term->len > 0 && s->initials)
		see_code(s, cs_roll_code_key(CS_NAME_INITIAL, (uint8_t)term->text[0]));
	if (s->query->kind == CS_NAME_ORGANISATION && term->len >= 3 && term->len <= 6) {
		uint32_t hash = (uint32_t)cs_hash_bytes((struct cs_span){(const uint8_t *)term->text, term->len}, 0);
		see_code(s, cs_roll_code_key(CS_ROLL_CODE_LETTERS, hash));
	}
	see_pieces(s, term);
}

/* Words that stand side by side as one word of the list. */
static void
see_runs_at(struct seeking *s, unsigned at, uint32_t wanted)
{
	char letters[CS_TERM_LETTERS_MAX];
	unsigned len = 0;
	for (unsigned n = 1; n <= CS_ROLL_RUN_MAX && at + n <= s->query->part_n; n++) {
		const struct cs_term *term = term_of(s->query, at + n - 1);
		if (len + term->len > CS_TERM_LETTERS_MAX)
			return;
		memcpy(letters + len, term->text, term->len);
		len += term->len;
		if (n == 1 || len < RUN_LETTERS_MIN || !(wanted >> at & ((UINT32_C(1) << n) - 1)))
			continue;
		struct cs_term run;
		cs_term_make(letters, len, term_of(s->query, at)->script, 0, &run);
		s->desk->part++;
		see_keys(s, cs_roll_keys(letters, len, len >= RUN_EDITED_MIN, CS_ROLL_TEXT, s->key), &run);
		see_keys(s, cs_roll_keys(run.sound, run.sound_len, 0, CS_ROLL_SOUND, s->key), &run);
		if (!is_unvowelled(&run) && run.bones_len >= 4)
			see_base(s, &run, CS_ROLL_UNVOWELLED);
	}
}

static void
see_first_letters(struct seeking *s)
{
	char letters[8];
	for (unsigned forms = 0; forms < 2 && s->query->kind == CS_NAME_ORGANISATION; forms++) {
		unsigned n = cs_roll_first_letters(s->query, forms, letters);
		s->desk->part++;
		if (n)
			see_keys(s, cs_roll_keys(letters, n, 0, CS_ROLL_TEXT, s->key), NULL);
	}
}

static void
begin(struct seeking *s)
{
	s->kind = s->query->kind == CS_NAME_VESSEL ? 2 : s->query->kind == CS_NAME_ORGANISATION;
	unsigned line = s->desk->line;
	s->need = line >= CS_SCORE_LINE ? 0 : -(int32_t)(CS_SCORE_HALF_SUM * (CS_SCORE_LINE - line) / (line + 1)) - 1;
	for (unsigned i = 0; i < s->query->part_n; i++) {
		const struct cs_name_part *part = &s->query->part[i];
		const struct cs_term *term = term_of(s->query, i);
		s->desk->sign[i] = cs_roll_sign_of(term);
		if (part->class > CS_NAME_TRADE)
			continue;
		s->identifying |= UINT32_C(1) << i;
		if (part->marks & CS_NAME_ASIDE)
			s->aside |= UINT32_C(1) << i;
		if (part->class != CS_NAME_PROPER || term->family[0] || is_unvowelled(term) || term->len <= 2 ||
		    term->script != CS_FOLD_LATIN)
			s->always |= UINT32_C(1) << i;
	}
}

/* Looks for the parts of WANTED; those that are like a title or a form are put aside. */
static void
see_parts(struct seeking *s, uint32_t wanted)
{
	for (uint32_t left = wanted; left; left &= left - 1) {
		s->small = false;
		see_part(s, (unsigned)__builtin_ctz(left));
		s->aside |= s->small ? left & -left : 0;
	}
}

void
cs_roll_seek(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	struct seeking s;
	s.roll = roll, s.desk = desk, s.query = &desk->query.name;
	s.identifying = s.aside = s.always = 0;
	s.tries = 0;
	memset(s.reaches, 0, sizeof s.reaches);
	if (desk->search++ >= SEARCHES_MAX) { /* the counts would come round */
		memset(desk->seen, 0, roll->form_n * sizeof *desk->seen);
		memset(desk->known, 0, roll->word_n * sizeof *desk->known);
		desk->search = 1, desk->part = 0;
	}
	begin(&s);
	uint32_t wanted = s.identifying & ~set_aside(&s);
	set_limits(&s, s.identifying & ~wanted);
	see_parts(&s, wanted);
	uint32_t more = s.identifying & ~set_aside(&s) & ~wanted;
	if (more) { /* one of them need not agree, so that others have to */
		memset(s.reaches, 0, sizeof s.reaches);
		desk->search++;
		set_limits(&s, s.identifying & ~(wanted | more));
		see_parts(&s, wanted | more);
		wanted |= more;
	}
	s.below = GLUE_SURE;
	for (unsigned i = 0; i < s.query->part_n; i++)
		see_runs_at(&s, i, wanted);
	if (wanted)
		see_first_letters(&s);
}

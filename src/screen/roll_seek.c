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
	HALF_AGREE = 150, /* as in score.c */
	LEFT_BESIDE = 50,
	LEFT_MOST = 2500,
	HALF_SCORE = 2500,
	FACTS_MOST = 1800, /* what dates and countries can add */
	ALIKE_LEAST = 600,
	RUN_LETTERS_MIN = 5,
	RUN_EDITED_MIN = 8,
	PIECE_MIN = 2,
	APART_MORE = 1,
	TRIES_MAX = 4096,
	SEARCHES_MAX = 1 << 20, /* each is a few hundred looks for words at most */
	KINDS = 3,
};

static const int32_t weights[CS_SCORE_EVIDENCE_N][KINDS] = {
#define E(symbol, words, person, organisation, vessel) {person, organisation, vessel},
#include "screen/score.def"
#undef E
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
	unsigned amount = part->weight * 1000u / (agreed + LEFT_BESIDE);
	amount = amount < LEFT_MOST ? amount : LEFT_MOST;
	if (part->marks & CS_NAME_ASIDE || part->class == CS_NAME_INITIAL || part->class == CS_NAME_PATRONYMIC)
		return 0;
	if (part->class == CS_NAME_PROPER) {
		int32_t cost = -weights[CS_SCORE_LEFT_WORD][s->kind] * (int32_t)amount / 1000, mixed = 430;
		return s->kind && cost > mixed ? mixed : cost;
	}
	int32_t cost = part->class == CS_NAME_TRADE ? 430 : 860;
	int32_t left = -weights[CS_SCORE_LEFT_TRADE][s->kind] * (int32_t)amount / 1000;
	return left < cost ? left : cost;
}

/* The most that a name can come to which agrees with the parts of SET at most. */
static int32_t
most_with(const struct seeking *s, uint32_t set)
{
	unsigned agreed = 0;
	int32_t sum = weights[CS_SCORE_BASE][s->kind], cost = 0;
	for (uint32_t left = set; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		agreed += s->query->part[i].weight;
		if (s->query->part[i].class == CS_NAME_TRADE)
			sum += weights[CS_SCORE_TRADE_SAME][s->kind];
		else if (term_of(s->query, i)->family[0])
			sum += weights[CS_SCORE_FAMILY][s->kind];
	}
	for (uint32_t left = s->identifying & ~set; left; left &= left - 1)
		cost += cost_of_left(s, (unsigned)__builtin_ctz(left), agreed);
	int32_t other = -weights[CS_SCORE_OTHER_WORD][1];
	sum += (int32_t)((int64_t)weights[CS_SCORE_AGREE][s->kind] * (int32_t)(agreed * 1000 / (agreed + HALF_AGREE)) /
			 1000);
	sum += s->desk->ask->facts ? FACTS_MOST : 0;
	return sum - (cost < other ? cost : other);
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
		unsigned most = (2u * term->len + 3) / 5 + APART_MORE;
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
	if (!fits_kind(s, form) || most_with(s, possible_parts(s, form)) < s->need)
		return;
	struct cs_name name = cs_roll_form_name(s->roll, number);
	if (cs_score_hopeless(s->query, &name))
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
			if (roll->posting_at[word] == roll->posting_at[word + 1])
				continue;
			if (term && (!cs_term_may_be_alike(term, &roll->word[word]) ||
				     cs_term_compare(term, &roll->word[word]).permille < ALIKE_LEAST))
				continue;
			see_word(s, word);
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

/* A word that is two words of the list, or more: its beginning and its end are words. */
static void
see_pieces(struct seeking *s, const struct cs_term *term)
{
	for (unsigned at = PIECE_MIN; term->len >= RUN_LETTERS_MIN && at + PIECE_MIN <= term->len; at++) {
		bool first = at * 2 >= term->len; /* the longer piece is the rarer one */
		const char *letters = first ? term->text : term->text + at;
		unsigned n = first ? at : term->len - at;
		(void)cs_roll_keys(letters, n, 0, CS_ROLL_TEXT, s->key);
		s->desk->part++;
		see_keys(s, 1, NULL);
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
	else if (term->len > 0)
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
	s->need = line >= CS_SCORE_LINE ? 0 : -(int32_t)(HALF_SCORE * (CS_SCORE_LINE - line) / (line + 1)) - 1;
	for (unsigned i = 0; i < s->query->part_n; i++) {
		const struct cs_name_part *part = &s->query->part[i];
		const struct cs_term *term = term_of(s->query, i);
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

void
cs_roll_seek(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	struct seeking s;
	s.roll = roll, s.desk = desk, s.query = &desk->query.name;
	s.identifying = s.aside = s.always = 0;
	s.tries = 0;
	if (desk->search++ >= SEARCHES_MAX) { /* the counts would come round */
		memset(desk->seen, 0, roll->form_n * sizeof *desk->seen);
		memset(desk->known, 0, roll->word_n * sizeof *desk->known);
		desk->search = 1, desk->part = 0;
	}
	begin(&s);
	uint32_t wanted = s.identifying & ~set_aside(&s);
	for (uint32_t left = wanted; left; left &= left - 1)
		see_part(&s, (unsigned)__builtin_ctz(left));
	for (unsigned i = 0; i < s.query->part_n; i++)
		see_runs_at(&s, i, wanted);
	if (wanted)
		see_first_letters(&s);
}

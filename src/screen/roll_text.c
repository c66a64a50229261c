/*
 * See roll_text.h. Words of names are compared with those of the text only where they do not stand in it as they are, and only once
 * what is left of the name may still be enough.
 *
 * A word that stands in many names is looked up together with another one of the text: forms that have both are few.
 */
#include "screen/roll_text.h"
#include "base/hash.h"
#include "base/prefetch.h"
#include "screen/lexicon.h"
#include "screen/roll_parts.h"

enum {
	WORDS_MAX = 4,   /* words of the roll that are written the same, of different scripts */
	FORMS_MAX = 192, /* of one word that are tried without asking for another */
	RUNS_MAX = 256,
	ALIKE = 700,       /* permille, from which on another word is taken for one that is misspelled */
	ENOUGH = 55,       /* percent of what a name says that must stand in the text */
	SMALL = 3,         /* letters of a word that may be a legal form, an article */
	BESIDE_LIKELY = 2, /* words from the rare one on in which an initial, a short form counts */
	WALK_MAX = 4096,   /* forms of one word */
	COST_LAY = 16,     /* of laying a name over words, in looks at a number */
	COST_SCORE = 128,  /* of scoring a name */
	FAR = 6,           /* how many forms before it is looked at a form is asked for, */
	MIDDLE = 4,        /* its parts, */
	NEAR = 2,          /* and its words */
};

/* A name that may stand in the words from FIRST to LAST. */
struct run {
	uint32_t form;
	uint8_t first, last;
	uint8_t kind; /* what it is read as: nothing in a text says what kind of name it is, but the name it may be */
};

struct looking {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_roll_text_query *query;
	struct cs_roll_text_answer *out;
	unsigned n;
	struct run run[RUNS_MAX];
};

/* Forms that have a word, rising. */
struct forms {
	const uint32_t *at;
	uint32_t n;
};

/* ---- forms of a word ---- */

/* Of each word of the roll that is written as TERM is; how many. */
static unsigned
forms_of(const struct cs_roll *roll, const struct cs_term *term, struct forms out[WORDS_MAX])
{
	const struct cs_roll_table *table = &roll->words;
	uint32_t hash = (uint32_t)cs_hash_mix(term->hash, 0);
	unsigned n = 0;
	for (size_t at = hash; table->slots && table->slot[at & (table->slots - 1)].number; at++) {
		const struct cs_roll_slot *slot = &table->slot[at & (table->slots - 1)];
		if (slot->hash != hash || n == WORDS_MAX)
			continue;
		uint32_t from = roll->posting_at[slot->number - 1], to = roll->posting_at[slot->number];
		if (to > from)
			out[n++] = (struct forms){roll->posting + from, to - from};
	}
	return n;
}

/* Whether FORM is among those from *AT on; *AT goes on rising, by steps that double. */
static bool
has_form(struct forms forms, uint32_t form, uint32_t *at)
{
	uint32_t step = 1;
	while (*at + step < forms.n && forms.at[*at + step] < form) {
		*at += step;
		step *= 2;
	}
	uint32_t low = *at, high = *at + step < forms.n ? *at + step + 1 : forms.n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (forms.at[middle] < form)
			low = middle + 1;
		else
			high = middle;
	}
	*at = low;
	return low < forms.n && forms.at[low] == form;
}

/* ---- laying a name over the words ---- */

static bool
identifies(const struct cs_name_part *part)
{
	return part->class <= CS_NAME_TRADE;
}

/* Words of the text that a part of a name is, or is meant to be. */
struct place {
	unsigned at, n; /* n is 0: there are none */
};

/* Where the words stand that are written as TERM, one or two of them. TAKEN: bits of those that are other parts already. */
static struct place
find_same(const struct cs_roll_text_query *query, const struct cs_term *term, uint32_t taken)
{
	for (unsigned i = 0; i < query->n; i++)
		if (!(taken >> i & 1) && query->word[i].term.hash == term->hash)
			return (struct place){i, 1};
	for (unsigned i = 0; i + 1 < query->n; i++)
		if (!(taken >> i & 3) && query->word[i].pair == term->hash)
			return (struct place){i, 2};
	return (struct place){0, 0};
}

static struct place
find_words(const struct looking *l, const struct cs_name_part *part, uint32_t taken)
{
	const struct cs_roll_text_query *query = l->query;
	const struct cs_term *term = &l->roll->word[part->token];
	struct place same = find_same(query, term, taken);
	for (unsigned i = 0; !same.n && part->class <= CS_NAME_INITIAL && i < query->n; i++) {
		const struct cs_roll_text_word *word = &query->word[i];
		unsigned off = i > query->at ? i - query->at : query->at - i;
		unsigned least = off <= BESIDE_LIKELY ? 1 : ALIKE;
		if (taken >> i & 1 || word->ordinary || !cs_term_may_be_alike(&word->term, term))
			continue;
		if (cs_term_compare(&word->term, term, least).permille >= least)
			same = (struct place){i, 1};
	}
	return same;
}

/* The part of FORM that is the rare word; part_n: none. */
static unsigned
rare_part(const struct looking *l, const struct cs_roll_form *form)
{
	const struct cs_name_part *part = l->roll->part + form->part_at;
	uint32_t hash = l->query->word[l->query->at].term.hash;
	unsigned i = 0;
	while (i < form->part_n && !(identifies(&part[i]) && l->roll->word[part[i].token].hash == hash))
		i++;
	return i;
}

/* Is word AT no part of another name? What is behind the last word is none. */
static bool
is_no_name(const struct cs_roll_text_query *query, unsigned at)
{
	if (at >= query->n)
		return true;
	const struct cs_roll_text_word *word = &query->word[at];
	return word->ordinary || word->term.len <= SMALL || word->term.letters >> 26 & 1;
}

/* Is word AT a legal form? */
static bool
is_legal_form(const struct looking *l, unsigned at)
{
	if (at >= l->query->n)
		return false;
	const struct cs_term *term = &l->query->word[at].term;
	const struct cs_word only = {
		.letters = term->text, .len = term->len, .script = term->script, .hash = term->hash};
	return cs_lexicon_find(l->roll->lexicon, CS_LEXICON_ORGANISATION, &only, 1).class == CS_NAME_FORM;
}

/* One word that says so much is a name of firms and groups, where it does not stand beside others, or stands beside a legal form; of
 * ships and persons it is any word. */
static bool
may_stand_alone(const struct looking *l, const struct cs_roll_form *form, unsigned weight)
{
	const struct cs_roll_text_query *query = l->query;
	unsigned before = query->at - 1, after = query->at + 1; /* before the first is behind all */
	if (!query->word[query->at].lone || form->kind == CS_NAME_PERSON || form->kind == CS_NAME_VESSEL)
		return false;
	if (weight >= query->least && (is_legal_form(l, after) || is_legal_form(l, before)))
		return true;
	return weight >= query->alone && is_no_name(query, after) && is_no_name(query, before);
}

static bool
is_signs(const struct cs_roll_text_query *query, unsigned at)
{
	uint8_t script = query->word[at].term.script;
	return script == CS_FOLD_HAN || script == CS_FOLD_HANGUL || script == CS_FOLD_KANA;
}

/* A name in signs is short, and parts of other names are the same: none may stand beside it. */
static bool
is_part_of_signs(const struct cs_roll_text_query *query, unsigned first, unsigned last)
{
	return is_signs(query, query->at) &&
	       ((first && is_signs(query, first - 1)) || (last + 1 < query->n && is_signs(query, last + 1)));
}

/* Are all words from FIRST to LAST taken? Then ordinary ones beside others are part of the name. */
static bool
is_whole(uint32_t taken, unsigned first, unsigned last)
{
	uint32_t run = (UINT32_C(1) << (last - first + 1)) - 1;
	return (taken >> first & run) == run;
}

/* What of a form was found in the text so far. */
struct laid {
	uint32_t taken; /* bits of words */
	unsigned first, last;
	unsigned weight, ordinary; /* what says something, and what everybody writes */
	unsigned missed;
	unsigned words; /* parts that say something */
};

/* PART stands at PLACE, or nowhere. */
static void
note_part(const struct cs_roll_text_query *query, const struct cs_name_part *part, struct place place,
	  struct laid *laid)
{
	unsigned says = identifies(part) ? part->weight : 0, last = place.at + place.n - 1;
	if (!place.n) {
		laid->missed += says;
		return;
	}
	laid->taken |= ((UINT32_C(1) << place.n) - 1) << place.at;
	*(query->word[place.at].ordinary ? &laid->ordinary : &laid->weight) += says;
	laid->words += says > 0;
	laid->first = place.at < laid->first ? place.at : laid->first;
	laid->last = last > laid->last ? last : laid->last;
}

/* Lays FORM over the words; false: not enough of it stands there. */
static bool
lay(const struct looking *l, uint32_t number, struct run *out)
{
	const struct cs_roll_form *form = &l->roll->form[number];
	const struct cs_name_part *part = l->roll->part + form->part_at;
	const struct cs_roll_text_query *query = l->query;
	unsigned rare = rare_part(l, form);
	struct laid laid = {.taken = UINT32_C(1) << query->at, .first = query->at, .last = query->at, .words = 1};
	if (rare == form->part_n)
		return false;
	laid.weight = part[rare].weight;
	for (unsigned i = 0; i < form->part_n; i++) {
		if (i == rare)
			continue;
		note_part(query, &part[i], find_words(l, &part[i], laid.taken), &laid);
		if ((form->total - laid.missed) * 100 < form->total * ENOUGH)
			return false;
	}
	*out = (struct run){number, (uint8_t)laid.first, (uint8_t)laid.last, form->kind};
	if (is_part_of_signs(query, laid.first, laid.last))
		return false;
	if (is_whole(laid.taken, laid.first, laid.last))
		laid.weight += laid.ordinary;
	return laid.words > 1 ? laid.weight >= query->least : may_stand_alone(l, form, laid.weight);
}

/* May so much more be done? */
static bool
spend(struct looking *l, uint32_t cost)
{
	if (*l->query->left < cost) {
		*l->query->left = 0;
		l->out->cut = true;
		return false;
	}
	*l->query->left -= cost;
	return true;
}

static void
try_form(struct looking *l, uint32_t form)
{
	struct run run;
	if (!spend(l, COST_LAY))
		return;
	for (unsigned i = 0; i < l->n; i++)
		if (l->run[i].form == form)
			return;
	if (!lay(l, form, &run))
		return;
	if (l->n == RUNS_MAX) {
		l->out->cut = true;
		return;
	}
	l->run[l->n++] = run;
}

/* Has form AT and what lies behind it on its way from memory, a step for each: what is near is read from what was far before. */
static void
expect(const struct cs_roll *roll, struct forms forms, uint32_t at)
{
	if (at + FAR < forms.n)
		cs_prefetch(&roll->form[forms.at[at + FAR]]);
	if (at + MIDDLE < forms.n)
		cs_prefetch(&roll->part[roll->form[forms.at[at + MIDDLE]].part_at]);
	if (at + NEAR >= forms.n)
		return;
	const struct cs_roll_form *form = &roll->form[forms.at[at + NEAR]];
	for (unsigned i = 0; i < form->part_n; i++)
		cs_prefetch(&roll->word[roll->part[form->part_at + i].token].hash);
}

static void
try_all(struct looking *l, struct forms forms)
{
	for (uint32_t i = 0; i < forms.n && *l->query->left; i++) {
		expect(l->roll, forms, i);
		try_form(l, forms.at[i]);
	}
}

/* Those that are in both. */
static void
try_shared(struct looking *l, struct forms a, struct forms b)
{
	struct forms few = a.n < b.n ? a : b, many = a.n < b.n ? b : a;
	uint32_t at = 0;
	for (uint32_t i = 0; i < few.n && i < WALK_MAX && spend(l, 1); i++)
		if (has_form(many, few.at[i], &at))
			try_form(l, few.at[i]);
	l->out->cut |= few.n > WALK_MAX;
}

/* Those of FORMS that have another word of the text as well. What is rare is looked up by itself, and two that are not only once. */
static void
try_both(struct looking *l, struct forms forms)
{
	const struct cs_roll_text_query *query = l->query;
	struct forms other[WORDS_MAX];
	for (unsigned i = 0; i < query->n; i++) {
		const struct cs_roll_text_word *word = &query->word[i];
		bool later = i > query->at || query->word[query->at].rare;
		if (i == query->at || !later || word->rare || !word->weight || word->ordinary)
			continue;
		unsigned n = forms_of(l->roll, &word->term, other);
		for (unsigned k = 0; k < n; k++)
			try_shared(l, forms, other[k]);
	}
}

/* ---- scoring ---- */

static void
add_hit(struct looking *l, const struct run *run, const struct cs_roll_hit *hit)
{
	if (l->out->hit_n == CS_ROLL_TEXT_HITS_MAX) {
		l->out->cut = true;
		return;
	}
	l->out->hit[l->out->hit_n++] = (struct cs_roll_text_hit){*hit, run->first, run->last};
}

/* Scores all names that cover the same words as run NTH, and forgets them. */
static void
score_run(struct looking *l, unsigned nth)
{
	uint32_t form[RUNS_MAX];
	struct cs_roll_answer *answer = l->query->room;
	const struct run run = l->run[nth];
	const struct cs_roll_text_word *word = l->query->word;
	struct cs_roll_query query = *l->query->as;
	unsigned n = 0, kept = 0;
	for (unsigned i = nth; i < l->n; i++) {
		if (l->run[i].first == run.first && l->run[i].last == run.last && l->run[i].kind == run.kind)
			form[n++] = l->run[i].form;
		else
			l->run[kept++ + nth] = l->run[i];
	}
	l->n = nth + kept;
	query.kind = (enum cs_name_kind)run.kind;
	query.name =
		(struct cs_span){l->query->text.at + word[run.first].from, word[run.last].to - word[run.first].from};
	if (!spend(l, n * cs_name_readings(query.name) * COST_SCORE))
		return;
	cs_roll_among(l->roll, l->desk, &query, (struct cs_roll_few){form, n}, answer);
	l->out->scored_n += answer->scored_n;
	for (unsigned i = 0; i < answer->hit_n; i++)
		add_hit(l, &run, &answer->hit[i]);
	l->out->cut |= answer->over_n > 0;
}

void
cs_roll_text_search(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_text_query *query,
		    struct cs_roll_text_answer *out)
{
	struct forms rare[WORDS_MAX];
	struct looking l; /* what is behind n in run[] is not read */
	l.roll = roll, l.desk = desk, l.query = query, l.out = out;
	l.n = 0;
	CS_ASSERT(query->n <= CS_ROLL_TEXT_AROUND && query->at < query->n);
	out->hit_n = out->scored_n = 0;
	out->cut = false;
	unsigned n = forms_of(roll, &query->word[query->at].term, rare);
	for (unsigned i = 0; i < n; i++) {
		if (query->word[query->at].rare && rare[i].n <= FORMS_MAX)
			try_all(&l, rare[i]);
		else
			try_both(&l, rare[i]);
	}
	while (l.n)
		score_run(&l, 0);
}

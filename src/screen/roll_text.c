/*
 * See roll_text.h. Words of names are compared with those of the text only where they do not stand in it as they are, and only once
 * what is left of the name may still be enough.
 *
 * A word that stands in many names is looked up together with another one of the text: forms that have both are few.
 */
#include "screen/roll_text.h"
#include "base/hash.h"
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

/* The word of the text that PART is, or is meant to be; n: none. TAKEN: bits of those that are others already. */
static unsigned
find_word(const struct looking *l, const struct cs_name_part *part, uint32_t taken)
{
	const struct cs_roll_text_query *query = l->query;
	const struct cs_term *term = &l->roll->word[part->token];
	for (unsigned i = 0; i < query->n; i++)
		if (!(taken >> i & 1) && query->word[i].term.hash == term->hash)
			return i;
	if (part->class > CS_NAME_INITIAL)
		return query->n;
	for (unsigned i = 0; i < query->n; i++) {
		const struct cs_roll_text_word *word = &query->word[i];
		unsigned off = i > query->at ? i - query->at : query->at - i;
		unsigned least = off <= BESIDE_LIKELY ? 1 : ALIKE;
		if (taken >> i & 1 || word->ordinary || !cs_term_may_be_alike(&word->term, term))
			continue;
		if (cs_term_compare(&word->term, term, least).permille >= least)
			return i;
	}
	return query->n;
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

/* One word is a name of firms and groups, where it does not stand beside others; of ships and persons it is any word. */
static bool
may_stand_alone(const struct cs_roll_text_query *query, const struct cs_roll_form *form)
{
	if (!query->word[query->at].lone || form->kind == CS_NAME_PERSON || form->kind == CS_NAME_VESSEL)
		return false;
	return is_no_name(query, query->at + 1) && (!query->at || is_no_name(query, query->at - 1));
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

/* Lays FORM over the words; false: not enough of it stands there. */
static bool
lay(const struct looking *l, uint32_t number, struct run *out)
{
	const struct cs_roll_form *form = &l->roll->form[number];
	const struct cs_name_part *part = l->roll->part + form->part_at;
	const struct cs_roll_text_query *query = l->query;
	unsigned rare = rare_part(l, form), weight = 0, missed = 0, first = query->at, last = query->at, words = 1,
		 ordinary = 0;
	uint32_t taken = UINT32_C(1) << query->at;
	if (rare == form->part_n)
		return false;
	weight = part[rare].weight;
	for (unsigned i = 0; i < form->part_n; i++) {
		if (i == rare)
			continue;
		unsigned at = find_word(l, &part[i], taken);
		unsigned says = identifies(&part[i]) ? part[i].weight : 0;
		if (at == query->n) {
			missed += says;
			if ((form->total - missed) * 100 < form->total * ENOUGH)
				return false;
			continue;
		}
		taken |= UINT32_C(1) << at;
		*(query->word[at].ordinary ? &ordinary : &weight) += says;
		words += says > 0;
		first = at < first ? at : first;
		last = at > last ? at : last;
	}
	*out = (struct run){number, (uint8_t)first, (uint8_t)last, form->kind};
	if (is_part_of_signs(query, first, last))
		return false;
	if (is_whole(taken, first, last))
		weight += ordinary;
	return words > 1 ? weight >= query->least : weight >= query->alone && may_stand_alone(query, form);
}

static void
try_form(struct looking *l, uint32_t form)
{
	struct run run;
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

static void
try_all(struct looking *l, struct forms forms)
{
	for (uint32_t i = 0; i < forms.n; i++)
		try_form(l, forms.at[i]);
}

/* Those that are in both. */
static void
try_shared(struct looking *l, struct forms a, struct forms b)
{
	struct forms few = a.n < b.n ? a : b, many = a.n < b.n ? b : a;
	uint32_t at = 0;
	for (uint32_t i = 0; i < few.n && i < WALK_MAX; i++)
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
	struct looking l = {.roll = roll, .desk = desk, .query = query, .out = out};
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

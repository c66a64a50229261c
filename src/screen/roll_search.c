/*
 * Looking a name up in a roll: see roll.h. What a form is scored to be goes to all entries that have a name of that form; the
 * best name of each entry stays, and the best entries are handed out in order.
 */
#include "base/hash.h"
#include "base/prefetch.h"
#include "screen/roll_bound.h"

#include <stdlib.h>

struct cs_roll_desk *
cs_roll_desk_new(const struct cs_roll *roll)
{
	struct cs_roll_desk *desk = calloc(1, sizeof *desk);
	if (!desk)
		return NULL;
	desk->found = calloc((size_t)roll->entry_n + 1, sizeof *desk->found);
	desk->place = calloc((size_t)roll->entry_n + 1, sizeof *desk->place);
	desk->seen = calloc((size_t)roll->form_n + 1, sizeof *desk->seen);
	desk->known = calloc((size_t)roll->word_n + 1, sizeof *desk->known);
	desk->mark = calloc(roll->feature_n + 1, sizeof *desk->mark);
	desk->kept = calloc(CS_ROLL_CACHE, sizeof *desk->kept);
	desk->nears = calloc(CS_ROLL_NEARS + CS_ROLL_NEARS_AHEAD, sizeof *desk->nears);
	desk->gather = calloc((size_t)2 * CS_ROLL_NEAR_MAX, sizeof *desk->gather);
	desk->bounds = calloc(1, sizeof *desk->bounds);
	if (desk->found && desk->place && desk->seen && desk->known && desk->mark && desk->kept && desk->nears &&
	    desk->gather && desk->bounds)
		return desk;
	cs_roll_desk_free(desk);
	return NULL;
}

void
cs_roll_desk_free(struct cs_roll_desk *desk)
{
	if (!desk)
		return;
	free(desk->found);
	free(desk->place);
	free(desk->seen);
	free(desk->known);
	free(desk->mark);
	free(desk->kept);
	free(desk->nears);
	free(desk->gather);
	free(desk->bounds);
	free(desk);
}

/* Which of what the list says is held against FACTS: what agrees with them, else the first. */
static struct cs_score_facts
facts_of(const struct cs_roll *roll, const struct cs_roll_person *entry, const struct cs_score_facts *facts)
{
	struct cs_score_facts out = {.gender = entry->gender};
	const struct cs_entry_birth *birth = roll->birth + entry->birth_at;
	const uint16_t *country = roll->country + entry->country_at;
	for (uint32_t i = entry->birth_n; i-- > 0;) {
		bool agrees = facts->born_from <= birth[i].to && birth[i].from <= facts->born_to;
		if (i > 0 && !agrees)
			continue;
		out.born_from = birth[i].from, out.born_to = birth[i].to;
		if (agrees)
			break;
	}
	for (uint32_t i = entry->country_n; i-- > 0;)
		if (i == 0 || country[i] == facts->country) {
			out.country = country[i];
			break;
		}
	return out;
}

int32_t
cs_roll_facts_most(const struct cs_roll *roll, const struct cs_roll_query *ask, uint32_t form, unsigned column)
{
	int32_t most = INT32_MIN;
	for (uint32_t i = roll->named_at[form]; i < roll->named_at[form + 1]; i++) {
		const struct cs_roll_person *entry = &roll->entry[roll->name[roll->named[i]].entry];
		struct cs_score_facts facts = facts_of(roll, entry, ask->facts);
		int32_t sum = cs_score_facts_sum(column, ask->facts, &facts);
		most = sum > most ? sum : most;
	}
	return most;
}

static bool
is_better(const struct cs_roll_found *a, const struct cs_roll_found *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	if (a->sum != b->sum)
		return a->sum > b->sum;
	return a->entry != b->entry ? a->entry < b->entry : a->name < b->name;
}

/* Keeps a name that reaches the line, if it is the best of its entry. */
static void
keep(struct cs_roll_desk *desk, const struct cs_roll_found *found)
{
	uint32_t at = desk->place[found->entry];
	if (at < desk->found_n && desk->found[at].entry == found->entry) {
		if (is_better(found, &desk->found[at]))
			desk->found[at] = *found;
		return;
	}
	desk->place[found->entry] = desk->found_n;
	desk->found[desk->found_n++] = *found;
}

/* Keeps those names of a form that reach the line, SUM being what its words come to. */
static void
keep_names(const struct cs_roll *roll, struct cs_roll_desk *desk, uint32_t form, int32_t sum)
{
	const struct cs_roll_query *ask = desk->ask;
	const struct cs_name name = cs_roll_form_name(roll, form);
	const unsigned column = cs_score_column(&desk->query.name, &name);
	for (uint32_t i = roll->named_at[form]; i < roll->named_at[form + 1]; i++) {
		const struct cs_roll_listed *listed = &roll->name[roll->named[i]];
		const struct cs_roll_person *entry = &roll->entry[listed->entry];
		if (ask->lists && !(ask->lists >> entry->list & 1))
			continue;
		struct cs_roll_found found = {.entry = listed->entry, .name = roll->named[i], .sum = sum};
		if (ask->facts) {
			struct cs_score_facts facts = facts_of(roll, entry, ask->facts);
			found.sum += cs_score_facts_sum(column, ask->facts, &facts);
		}
		found.score = cs_score_of(found.sum);
		if (found.score >= desk->line)
			keep(desk, &found);
	}
}

/* Is a form the name of an entry of one of the lists? */
static bool
is_on(const struct cs_roll *roll, uint32_t form, uint32_t lists)
{
	for (uint32_t i = roll->named_at[form]; i < roll->named_at[form + 1]; i++)
		if (lists >> roll->entry[roll->name[roll->named[i]].entry].list & 1)
			return true;
	return false;
}

void
cs_roll_try(const struct cs_roll *roll, struct cs_roll_desk *desk, uint32_t form)
{
	const struct cs_name name = cs_roll_form_name(roll, form);
	const int32_t least = cs_score_least_sum(desk->line) - (desk->ask->facts ? CS_ROLL_FACTS_MOST : 0);
	int32_t sum;
	if (desk->ask->lists && !is_on(roll, form, desk->ask->lists))
		return;
	desk->answer->scored_n++;
	if (cs_score_sum(&desk->query.name, &name, least, &sum))
		keep_names(roll, desk, form, sum); /* whose names they are is looked up of few forms */
}

/* Has what is read to score forms on its way from memory, one step after the other: each step needs the one before. */
static void
expect(const struct cs_roll *roll, const struct cs_roll_look *look, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		cs_prefetch(&roll->form[look[i].form]);
	for (unsigned i = 0; i < n; i++)
		cs_prefetch(&roll->part[roll->form[look[i].form].part_at]);
	for (unsigned i = 0; i < n; i++) {
		const struct cs_name name = cs_roll_form_name(roll, look[i].form);
		for (unsigned p = 0; p < name.part_n; p++) {
			const char *word = (const char *)&name.token[name.part[p].token];
			cs_prefetch(word);
			cs_prefetch(word + sizeof *name.token - 1);
		}
	}
}

void
cs_roll_try_all(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_look *look, unsigned n)
{
	enum { TOGETHER = 8 };
	for (unsigned at = 0; at < n; at += TOGETHER) {
		unsigned some = n - at < TOGETHER ? n - at : TOGETHER;
		expect(roll, look + at, some);
		for (unsigned i = at; i < at + some; i++)
			cs_roll_try(roll, desk, look[i].form);
	}
}

static void
search_all(const struct cs_roll *roll, struct cs_roll_desk *desk)
{
	const int32_t need = cs_score_least_sum(desk->line) - (desk->ask->facts ? CS_ROLL_FACTS_MOST : 0);
	for (uint32_t form = 0; form < roll->form_n; form++) {
		struct cs_name name = cs_roll_form_name(roll, form);
		desk->answer->seen_n++;
		if (!cs_score_hopeless(&desk->query.name, &name, need))
			cs_roll_try(roll, desk, form);
	}
}

/* Puts the best of what was found into the answer, in order. */
static void
rank(struct cs_roll_desk *desk)
{
	struct cs_roll_answer *out = desk->answer;
	struct cs_roll_found best[CS_ROLL_HITS_MAX];
	uint32_t left_out = 0;
	unsigned n = 0;
	for (uint32_t i = 0; i < desk->found_n; i++) {
		const struct cs_roll_found *found = &desk->found[i];
		struct cs_roll_hit hit = {found->entry, found->name, found->score, found->sum};
		unsigned at = n;
		if (desk->ask->leave_out && desk->ask->leave_out(desk->ask->context, &hit)) {
			left_out++;
			continue;
		}
		if (at == CS_ROLL_HITS_MAX && !is_better(&desk->found[i], &best[at - 1]))
			continue;
		at -= at == CS_ROLL_HITS_MAX;
		for (; at > 0 && is_better(&desk->found[i], &best[at - 1]); at--)
			best[at] = best[at - 1];
		best[at] = desk->found[i];
		n += n < CS_ROLL_HITS_MAX;
	}
	out->hit_n = n;
	for (unsigned i = 0; i < n; i++)
		out->hit[i] = (struct cs_roll_hit){best[i].entry, best[i].name, best[i].score, best[i].sum};
	out->over_n = desk->found_n - left_out - n;
}

/* A number for the words of a name, so that a second reading which gives the same is not looked up again. */
static uint64_t
words_of(const struct cs_name *name)
{
	uint64_t words = name->part_n;
	for (unsigned i = 0; i < name->part_n; i++)
		words = cs_hash_mix(words, name->token[name->part[i].token].hash);
	return words;
}

void
cs_roll_search(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query,
	       struct cs_roll_answer *out)
{
	struct cs_name_version version[CS_NAME_ASKED_MAX];
	out->hit_n = 0, out->over_n = 0, out->seen_n = 0, out->scored_n = 0, out->new_n = 0;
	out->cut = query->name.len > CS_FOLD_BYTES_MAX;
	desk->ask = query;
	desk->answer = out;
	desk->line = query->line ? query->line : CS_SCORE_LINE;
	desk->found_n = 0, desk->new_n = 0;
	unsigned n = cs_name_asked(query->name, version);
	uint64_t words = 0, before;
	for (unsigned i = 0; i < n; i++) {
		cs_name_read_version(roll->lexicon, roll->rarity, &version[i], query->kind, &desk->query);
		out->cut |= desk->query.cut;
		before = words;
		words = words_of(&desk->query.name);
		if (desk->query.name.part_n == 0 || (version[i].reading && words == before))
			continue;
		if (query->exhaustive)
			search_all(roll, desk);
		else
			cs_roll_seek(roll, desk);
	}
	out->new_n = desk->new_n;
	rank(desk);
}

void
cs_roll_among(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query,
	      struct cs_roll_few few, struct cs_roll_answer *out)
{
	*out = (struct cs_roll_answer){0};
	desk->ask = query;
	desk->answer = out;
	desk->line = query->line ? query->line : CS_SCORE_LINE;
	desk->found_n = 0;
	unsigned readings = cs_name_readings(query->name);
	uint64_t words = 0;
	for (unsigned r = 0; r < readings; r++) {
		const struct cs_name_version version = {query->name, (uint8_t)r};
		cs_name_read_version(roll->lexicon, roll->rarity, &version, query->kind, &desk->query);
		const uint64_t before = words;
		words = words_of(&desk->query.name);
		if (r > 0 && words == before)
			continue;
		for (unsigned i = 0; i < few.n && desk->query.name.part_n; i++)
			cs_roll_try(roll, desk, few.form[i]);
	}
	rank(desk);
}

uint16_t
cs_roll_explain(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query, uint32_t name,
		struct cs_roll_why *out)
{
	CS_ASSERT(name < roll->name_n);
	struct cs_score_why *why = &out->why;
	struct cs_name_version version[CS_NAME_ASKED_MAX];
	const struct cs_roll_listed *listed = &roll->name[name];
	const struct cs_roll_person *entry = &roll->entry[listed->entry];
	const struct cs_span text = cs_roll_text_of(roll, listed->text);
	struct cs_score_facts facts = {0};
	if (query->facts)
		facts = facts_of(roll, entry, query->facts);
	unsigned n = cs_name_asked(query->name, version), readings = cs_name_readings(text), best = 0;
	int32_t most = INT32_MIN;
	for (unsigned i = 0; i <= n * readings; i++) { /* once more at the end: the best of them */
		unsigned at = i < n * readings ? i : best;
		const struct cs_name_version of = {text, (uint8_t)(at / n)};
		cs_name_read_version(roll->lexicon, roll->rarity, &of, cs_roll_name_kind(entry->kind), &desk->listed);
		cs_name_read_version(roll->lexicon, roll->rarity, &version[at % n], query->kind, &desk->query);
		(void)cs_score_with(&desk->query.name, query->facts, &desk->listed.name, query->facts ? &facts : NULL,
				    why);
		if (at == i && why->sum > most)
			most = why->sum, best = i;
	}
	out->query = desk->query.name;
	out->listed = desk->listed.name;
	return why->score;
}

/*
 * The same entry is often found several times in one field: by two readings of a wrapped name, by its alias, by its account. Who
 * reads alerts wants it once, where it shows best.
 */
#include "screen/sift.h"

#include "event/country.h"
#include "screen/prose.h"

#include <stdlib.h>

enum {
	/* Of running text, weights in tenths of a bit, tried on ordinary remittances and listed names */
	RARE = 95,
	LEAST = 130,
	ALONE = 150,
	TEXT_LINE = 600, /* where nothing says that it is a name, more must speak for it */
	IDS_MAX = 16,
};

struct cs_sift {
	const struct cs_roll *roll;
	const struct cs_lexicon *lexicon;
	struct cs_roll_desk *desk;
	const struct cs_sift_ask *ask; /* during a call */
	struct cs_party party;
	struct cs_roll_answer answer;
	struct cs_prose prose;
};

/* --- hits --- */

static bool
comes_before(const struct cs_sift_hit *a, const struct cs_sift_hit *b)
{
	return a->score != b->score ? a->score > b->score : a->entry < b->entry;
}

/* Of the same entry. */
static bool
is_better(const struct cs_sift_hit *a, const struct cs_sift_hit *b)
{
	return a->score != b->score ? a->score > b->score : a->how < b->how;
}

/* Where the entry of HIT is told already; hit_n: nowhere. */
static unsigned
find_entry(const struct cs_sift_found *out, const struct cs_sift_hit *hit)
{
	unsigned i = 0;
	while (i < out->hit_n && out->hit[i].entry != hit->entry)
		i++;
	return i;
}

/* Puts HIT in its place; what is told of its entry and is no worse stays instead. */
static void
keep(struct cs_sift_found *out, const struct cs_sift_hit *hit)
{
	unsigned at = find_entry(out, hit);
	if (at < out->hit_n && !is_better(hit, &out->hit[at]))
		return;
	if (at == CS_SIFT_HITS_MAX) {
		out->over_n++;
		at--;
		if (!comes_before(hit, &out->hit[at]))
			return;
	} else if (at == out->hit_n) {
		out->hit_n++;
	}
	for (; at && comes_before(hit, &out->hit[at - 1]); at--)
		out->hit[at] = out->hit[at - 1];
	out->hit[at] = *hit;
}

static bool
is_asked(const struct cs_sift *sift, uint32_t entry)
{
	struct cs_roll_entry at;
	cs_roll_entry(sift->roll, entry, &at);
	return !sift->ask->lists || sift->ask->lists >> at.list & 1;
}

static struct cs_party_place
place_in(struct cs_span text, size_t offset)
{
	struct cs_party_place place = {(uint32_t)offset, 1, 1};
	size_t begin = 0;
	for (size_t i = 0; i < offset; i++) {
		bool ends = text.at[i] == '\n' || (text.at[i] == '\r' && text.at[i + 1] != '\n');
		place.line += ends;
		begin = ends ? i + 1 : begin;
	}
	place.column = (uint16_t)(offset - begin + 1);
	return place;
}

/* --- running text --- */

static uint16_t
weight(void *context, const struct cs_term *word)
{
	const struct cs_sift *sift = context;
	return cs_roll_word_weight(sift->roll, word);
}

/* A weak alias is a word that many use for something else: in running text it says nothing. */
static bool
is_weak(const struct cs_sift *sift, uint32_t name)
{
	enum cs_entry_name_kind kind;
	(void)cs_roll_name(sift->roll, name, &kind);
	return kind == CS_ENTRY_WEAK;
}

static unsigned
search(void *context, struct cs_span name, struct cs_prose_hit *out, unsigned cap)
{
	struct cs_sift *sift = context;
	uint16_t line = sift->ask->line > TEXT_LINE ? sift->ask->line : TEXT_LINE;
	const struct cs_roll_query query = {.name = name, .lists = sift->ask->lists, .line = line};
	unsigned n = 0;
	cs_roll_search(sift->roll, sift->desk, &query, &sift->answer);
	for (unsigned i = 0; i < sift->answer.hit_n && n < cap; i++) {
		const struct cs_roll_hit *hit = &sift->answer.hit[i];
		if (is_weak(sift, hit->name))
			continue;
		out[n].entry = hit->entry;
		out[n].name = hit->name;
		out[n++].score = hit->score;
	}
	return n;
}

static unsigned
identify(void *context, struct cs_span text, struct cs_prose_hit *out, unsigned cap)
{
	const struct cs_sift *sift = context;
	uint32_t entry[IDS_MAX];
	unsigned n = cs_roll_identify(sift->roll, CS_ENTRY_ID_OTHER, text, entry, IDS_MAX), kept = 0;
	for (unsigned i = 0; i < n && kept < cap; i++)
		if (is_asked(sift, entry[i]))
			out[kept++].entry = entry[i];
	return kept;
}

/* Reads TEXT. PARTY: it is part of its text[]; else it is the field itself. */
static void
read_text(struct cs_sift *sift, const struct cs_party *party, struct cs_span text, struct cs_sift_found *out)
{
	const struct cs_prose_asked asked = {weight, search, identify, sift, sift->lexicon, RARE, LEAST, ALONE};
	size_t base = party ? (size_t)(text.at - (const uint8_t *)party->text) : 0;
	cs_prose_read(&asked, text, &sift->prose);
	out->cut |= sift->prose.cut;
	for (unsigned i = 0; i < sift->prose.hit_n; i++) {
		const struct cs_prose_hit *found = &sift->prose.hit[i];
		size_t last = found->to - 1;
		struct cs_sift_hit hit = {
			.entry = found->entry,
			.name = found->name,
			.score = found->score,
			.how = found->identifier ? CS_SIFT_IDENTIFIER : CS_SIFT_TEXT,
			.role = CS_PARTY_REST,
			.from = party ? cs_party_place(party, base + found->from) : place_in(text, found->from),
			.to = party ? cs_party_place(party, base + last) : place_in(text, last),
			.text = {text.at + found->from, found->to - found->from},
		};
		keep(out, &hit);
	}
}

/* --- identifiers --- */

/* Looks ID, a part of FIELD, up. */
static void
read_id(struct cs_sift *sift, struct cs_span field, const struct cs_entry_id *id, struct cs_sift_found *out)
{
	uint32_t entry[IDS_MAX];
	if (!id->text.len)
		return;
	unsigned n = cs_roll_identify(sift->roll, (enum cs_entry_id_kind)id->kind, id->text, entry, IDS_MAX);
	size_t from = (size_t)(id->text.at - field.at);
	for (unsigned i = 0; i < n; i++) {
		struct cs_sift_hit hit = {
			.entry = entry[i],
			.score = CS_PROSE_SURE,
			.how = CS_SIFT_IDENTIFIER,
			.from = place_in(field, from),
			.to = place_in(field, from + id->text.len - 1),
			.text = id->text,
		};
		if (is_asked(sift, entry[i]))
			keep(out, &hit);
	}
	out->cut |= n == IDS_MAX;
}

static void
read_ids(struct cs_sift *sift, struct cs_span field, struct cs_sift_found *out)
{
	const struct cs_party *party = &sift->party;
	const struct cs_entry_id own[] = {{.text = party->account, .kind = CS_ENTRY_ID_OTHER},
					  {.text = party->bic, .kind = CS_ENTRY_ID_BIC},
					  {.text = party->clearing, .kind = CS_ENTRY_ID_OTHER}};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		read_id(sift, field, &own[i], out);
	for (unsigned i = 0; i < party->id_n; i++)
		read_id(sift, field, &party->id[i], out);
}

/* --- names --- */

static struct cs_score_facts
facts_of(const struct cs_party *party)
{
	const struct cs_span code = {(const uint8_t *)party->country, sizeof party->country};
	const struct cs_country *country = party->country[0] ? cs_country_by_code(code) : NULL;
	return (struct cs_score_facts){
		.born_from = party->born, .born_to = party->born, .country = country ? country->number : 0};
}

static void
read_name(struct cs_sift *sift, unsigned nth, struct cs_sift_found *out)
{
	const struct cs_party *party = &sift->party;
	const struct cs_party_name *name = &party->name[nth];
	const struct cs_score_facts facts = facts_of(party);
	const struct cs_roll_query query = {
		.name = cs_party_text(party, nth),
		.facts = name->role == CS_PARTY_NAME ? &facts : NULL,
		.lists = sift->ask->lists,
		.line = sift->ask->line,
	};
	cs_roll_search(sift->roll, sift->desk, &query, &sift->answer);
	out->cut |= sift->answer.cut;
	out->over_n += sift->answer.over_n;
	for (unsigned i = 0; i < sift->answer.hit_n; i++) {
		struct cs_sift_hit hit = {
			.entry = sift->answer.hit[i].entry,
			.name = sift->answer.hit[i].name,
			.score = sift->answer.hit[i].score,
			.how = CS_SIFT_NAME,
			.role = name->role,
			.from = cs_party_place(party, name->at),
			.to = cs_party_place(party, (size_t)(name->at + name->len - 1)),
			.text = query.name,
		};
		keep(out, &hit);
	}
}

/* --- fields --- */

static void
begin(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_sift_found *out)
{
	sift->ask = ask;
	out->hit_n = 0;
	out->over_n = 0;
	out->cut = false;
}

void
cs_sift_party(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span party, struct cs_sift_found *out)
{
	begin(sift, ask, out);
	cs_party_read(party, &sift->party);
	out->cut = sift->party.cut;
	for (unsigned i = 0; i < sift->party.name_n; i++) {
		if (sift->party.name[i].role == CS_PARTY_REST)
			read_text(sift, &sift->party, cs_party_text(&sift->party, i), out);
		else
			read_name(sift, i, out);
	}
	read_ids(sift, party, out);
}

void
cs_sift_text(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span text, struct cs_sift_found *out)
{
	begin(sift, ask, out);
	read_text(sift, NULL, text, out);
}

void
cs_sift_id(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span id, struct cs_sift_found *out)
{
	const struct cs_entry_id any = {.text = id, .kind = CS_ENTRY_ID_OTHER};
	begin(sift, ask, out);
	read_id(sift, id, &any, out);
}

struct cs_sift *
cs_sift_new(const struct cs_roll *roll, const struct cs_lexicon *lexicon)
{
	struct cs_sift *sift = calloc(1, sizeof *sift);
	if (!sift)
		return NULL;
	sift->roll = roll;
	sift->lexicon = lexicon;
	sift->desk = cs_roll_desk_new(roll);
	if (sift->desk)
		return sift;
	cs_sift_free(sift);
	return NULL;
}

void
cs_sift_free(struct cs_sift *sift)
{
	if (!sift)
		return;
	cs_roll_desk_free(sift->desk);
	free(sift);
}

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
	LEAST = 120,
	ALONE = 150,
	TEXT_LINE = 560, /* where nothing says that it is a name, more must speak for it */
	IDS_MAX = 16,
};

struct cs_sift {
	const struct cs_roll *roll;
	const struct cs_lexicon *lexicon;
	struct cs_roll_desk *desk;
	struct cs_sift_judge judge;
	const struct cs_sift_ask *ask; /* during a call */
	struct cs_span field;          /* that is asked about */
	size_t at;                     /* of it: where the party at hand begins */
	unsigned nth, name;            /* of the parties, and of the names of that at hand */
	struct cs_party party;
	struct cs_roll_answer answer;
	struct cs_prose prose;
	struct cs_prose_ordinary ordinary;
	char said[CS_SIFT_PARTIES_MAX][CS_PARTY_TEXT_BYTES]; /* the text of each party */
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
keep(const struct cs_sift *sift, struct cs_sift_found *out, const struct cs_sift_hit *hit)
{
	unsigned at = find_entry(out, hit);
	bool judged = hit->how == CS_SIFT_NAME; /* while it was searched */
	if (!judged && sift->judge.leaves_out && sift->judge.leaves_out(sift->judge.context, hit))
		return;
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

/* Where byte OFFSET of the field stands. */
static struct cs_party_place
place_of(const struct cs_sift *sift, size_t offset)
{
	const struct cs_span text = sift->field;
	struct cs_party_place place = {(uint32_t)offset, 1, 1};
	size_t begin = 0;
	for (size_t i = 0; i < offset; i++) {
		uint8_t c = text.at[i];
		bool ends = c == '\n' || c == CS_SIFT_BETWEEN || (c == '\r' && text.at[i + 1] != '\n');
		place.line += ends;
		begin = ends ? i + 1 : begin;
	}
	place.column = (uint16_t)(offset - begin + 1);
	return place;
}

/* Where byte AT of the text of the party at hand stands. */
static struct cs_party_place
place_in_party(const struct cs_sift *sift, size_t at)
{
	return place_of(sift, sift->at + cs_party_place(&sift->party, at).offset);
}

/* A part of the text of the party at hand, where it stays until the next call. */
static struct cs_span
said(const struct cs_sift *sift, struct cs_span text)
{
	const char *kept = sift->said[sift->nth];
	return (struct cs_span){(const uint8_t *)kept + (text.at - (const uint8_t *)sift->party.text), text.len};
}

/* --- running text --- */

/* A weak alias is a word that many use for something else: in running text it says nothing. */
static bool
is_left_out(void *context, const struct cs_roll_hit *hit)
{
	const struct cs_sift *sift = context;
	enum cs_entry_name_kind kind;
	(void)cs_roll_name(sift->roll, hit->name, &kind);
	return kind == CS_ENTRY_WEAK;
}

/* Reads TEXT. PARTY: it is part of its text[]; else it is the field itself. */
static void
read_text(struct cs_sift *sift, const struct cs_party *party, struct cs_span text, struct cs_sift_found *out)
{
	uint16_t line = sift->ask->line > TEXT_LINE ? sift->ask->line : TEXT_LINE;
	const struct cs_prose_ask asked = {
		.roll = sift->roll,
		.desk = sift->desk,
		.lexicon = sift->lexicon,
		.ordinary = &sift->ordinary,
		.as = {.lists = sift->ask->lists, .line = line, .leave_out = is_left_out, .context = sift},
		.rare = RARE,
		.least = LEAST,
		.alone = ALONE,
	};
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
			.from = party ? place_in_party(sift, base + found->from) : place_of(sift, found->from),
			.to = party ? place_in_party(sift, base + last) : place_of(sift, last),
			.text = {text.at + found->from, found->to - found->from},
		};
		if (party)
			hit.text = said(sift, hit.text);
		keep(sift, out, &hit);
	}
}

/* --- identifiers --- */

/* An identifier: what it is looked up by, and where it stands in the field. */
struct number {
	struct cs_span text, stands;
	enum cs_entry_id_kind kind;
};

static void
read_id(struct cs_sift *sift, const struct number *id, struct cs_sift_found *out)
{
	uint32_t entry[IDS_MAX];
	if (!id->text.len)
		return;
	unsigned n = cs_roll_identify(sift->roll, id->kind, id->text, entry, IDS_MAX);
	size_t from = (size_t)(id->stands.at - sift->field.at);
	for (unsigned i = 0; i < n; i++) {
		struct cs_sift_hit hit = {
			.entry = entry[i],
			.score = CS_PROSE_SURE,
			.how = CS_SIFT_IDENTIFIER,
			.from = place_of(sift, from),
			.to = place_of(sift, from + id->stands.len - 1),
			.text = id->text,
		};
		if (is_asked(sift, entry[i]))
			keep(sift, out, &hit);
	}
	out->cut |= n == IDS_MAX;
}

static void
read_ids(struct cs_sift *sift, struct cs_sift_found *out)
{
	const struct cs_party *party = &sift->party;
	const struct number own[] = {{party->account, party->account, CS_ENTRY_ID_OTHER},
				     {party->bic, party->bic, CS_ENTRY_ID_BIC},
				     {party->clearing, party->clearing, CS_ENTRY_ID_OTHER}};
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		read_id(sift, &own[i], out);
	for (unsigned i = 0; i < party->id_n; i++) {
		struct cs_span text = cs_party_id(party, i);
		struct number id = {party->id_text[i].len ? said(sift, text) : text, party->id[i].text,
				    (enum cs_entry_id_kind)party->id[i].kind};
		read_id(sift, &id, out);
	}
}

/* --- names --- */

static struct cs_score_facts
facts_of(const struct cs_party *party)
{
	const struct cs_span code = {(const uint8_t *)party->country, sizeof party->country};
	const struct cs_country *country = party->country[0] ? cs_country_by_code(code) : NULL;
	return (struct cs_score_facts){
		.born_from = party->born, .born_to = party->born_to, .country = country ? country->number : 0};
}

/* What is left out of the field is left out of each search, so that it is in no other's place. */
static bool
is_excused(void *context, const struct cs_roll_hit *hit)
{
	const struct cs_sift *sift = context;
	const struct cs_sift_hit told = {
		.entry = hit->entry,
		.name = hit->name,
		.score = hit->score,
		.how = CS_SIFT_NAME,
		.role = sift->party.name[sift->name].role,
		.text = said(sift, cs_party_text(&sift->party, sift->name)),
	};
	return sift->judge.leaves_out(sift->judge.context, &told);
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
		.leave_out = sift->judge.leaves_out ? is_excused : NULL,
		.context = sift,
	};
	sift->name = nth;
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
			.from = place_in_party(sift, name->at),
			.to = place_in_party(sift, (size_t)(name->at + name->len - 1)),
			.text = said(sift, query.name),
		};
		keep(sift, out, &hit);
	}
}

/* --- fields --- */

static void
begin(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span field, struct cs_sift_found *out)
{
	sift->ask = ask;
	sift->field = field;
	sift->at = 0;
	sift->nth = 0;
	out->hit_n = 0;
	out->over_n = 0;
	out->cut = false;
}

/* One party, which begins at AT of its field. */
static void
read_party(struct cs_sift *sift, struct cs_span party, size_t at, struct cs_sift_found *out)
{
	sift->at = at;
	cs_party_read(party, &sift->party);
	memcpy(sift->said[sift->nth], sift->party.text, sift->party.text_n);
	out->cut |= sift->party.cut;
	for (unsigned i = 0; i < sift->party.name_n; i++) {
		if (sift->party.name[i].role == CS_PARTY_REST)
			read_text(sift, &sift->party, cs_party_text(&sift->party, i), out);
		else
			read_name(sift, i, out);
	}
	read_ids(sift, out);
}

void
cs_sift_party(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span party, struct cs_sift_found *out)
{
	begin(sift, ask, party, out);
	for (size_t at = 0; at < party.len; sift->nth++) {
		if (sift->nth == CS_SIFT_PARTIES_MAX) {
			out->cut = true;
			return;
		}
		const uint8_t *end = memchr(party.at + at, CS_SIFT_BETWEEN, party.len - at);
		size_t len = end ? (size_t)(end - party.at) - at : party.len - at;
		read_party(sift, (struct cs_span){party.at + at, len}, at, out);
		at += len + 1;
	}
}

void
cs_sift_text(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span text, struct cs_sift_found *out)
{
	begin(sift, ask, text, out);
	read_text(sift, NULL, text, out);
}

void
cs_sift_id(struct cs_sift *sift, const struct cs_sift_ask *ask, struct cs_span id, struct cs_sift_found *out)
{
	const struct number any = {id, id, CS_ENTRY_ID_OTHER};
	begin(sift, ask, id, out);
	read_id(sift, &any, out);
}

struct cs_sift *
cs_sift_new(const struct cs_roll *roll, const struct cs_lexicon *lexicon)
{
	struct cs_sift *sift = calloc(1, sizeof *sift);
	if (!sift)
		return NULL;
	sift->roll = roll;
	sift->lexicon = lexicon;
	cs_prose_ordinary_fill(&sift->ordinary);
	sift->desk = cs_roll_desk_new(roll);
	if (sift->desk)
		return sift;
	cs_sift_free(sift);
	return NULL;
}

void
cs_sift_words(struct cs_sift *sift, struct cs_roll_words *words)
{
	cs_roll_desk_prepare(sift->roll, sift->desk, words);
	cs_roll_desk_note_words(sift->desk, words);
}

void
cs_sift_judge_set(struct cs_sift *sift, struct cs_sift_judge judge)
{
	sift->judge = judge;
}

void
cs_sift_free(struct cs_sift *sift)
{
	if (!sift)
		return;
	cs_roll_desk_free(sift->desk);
	free(sift);
}

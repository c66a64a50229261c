/*
 * One row, one screen after the other; of a screen its cells, and of all of them each entry once, where it shows best.
 *
 * Invariant: what is decided is left out before anything is cut, or it is told that there is more. Of a customer's own words nothing is
 * told: only where they stand.
 */
#include "engine/sentry.h"

#include "base/glyph.h"
#include "base/hash.h"
#include "engine/sentry_parts.h"
#include "policy/condition.h"

#include <stdlib.h>

static const uint64_t second_ns = 1000000000;
enum { STAMP_LOST = 11 }; /* bits: any reader of JSON has the others exactly */

enum cs_error
cs_sentry_new(const struct cs_sentry_wish *wish, struct cs_sentry **out)
{
	struct cs_sentry *sentry = calloc(1, sizeof *sentry);
	if (!sentry)
		return CS_E_MEMORY;
	sentry->wish = *wish;
	sentry->declared = wish->renewal ? cs_renewal_asked(wish->renewal) : 0;
	sentry->lexicon = wish->renewal ? cs_renewal_lexicon(wish->renewal) : wish->lexicon;
	for (unsigned i = 0; i < wish->policy->screen_n; i++)
		for (unsigned k = 0; k < wish->policy->screen[i].of_n; k++)
			sentry->links |= UINT32_C(1) << wish->policy->screen[i].of[k].link;
	sentry->hasher = cs_hasher_new();
	if (!sentry->hasher) {
		cs_sentry_free(sentry);
		return CS_E_MEMORY;
	}
	*out = sentry;
	return CS_OK;
}

void
cs_sentry_free(struct cs_sentry *sentry)
{
	if (!sentry)
		return;
	if (sentry->wish.renewal)
		cs_renewal_give_back(sentry->wish.renewal, sentry->roster);
	cs_hasher_free(sentry->hasher);
	explicit_bzero(sentry, sizeof *sentry); /* it held names */
	free(sentry);
}

void
cs_sentry_declare(struct cs_sentry *sentry)
{
	sentry->declared = cs_renewal_asked(sentry->wish.renewal);
}

const struct cs_sentry_counts *
cs_sentry_counts_of(const struct cs_sentry *sentry, unsigned nth)
{
	return &sentry->counts[nth];
}

const struct cs_roster *
cs_sentry_roster(const struct cs_sentry *sentry)
{
	return sentry->roster;
}

/* ---- which lists ---- */

/* The number in the roster of the watch list NAME; n: it is not in it. */
static unsigned
place_of(const struct cs_roster *roster, const char *name)
{
	unsigned i = 0;
	while (i < roster->n && strcmp(roster->list[i].name, name) != 0)
		i++;
	return i;
}

/* What screen NTH can search, and whether that is all it shall. */
static void
find_lists(struct cs_sentry *sentry, unsigned nth)
{
	const struct cs_policy *policy = sentry->wish.policy;
	const struct cs_roster *roster = sentry->roster;
	struct cs_sentry_aim *aim = &sentry->aim[nth];
	aim->lists = aim->missing = aim->stale = 0;
	for (unsigned i = 0; i < policy->watched_n; i++) {
		if (!(policy->screen[nth].lists >> i & 1))
			continue;
		unsigned at = place_of(roster, policy->watched[i].name);
		bool there = at < roster->n && roster->list[at].there;
		if (there)
			aim->lists |= UINT32_C(1) << at;
		else
			aim->missing |= UINT32_C(1) << i;
		if (there && sentry->wish.live && cs_roster_is_stale(&roster->list[at], sentry->now_ns))
			aim->stale |= UINT32_C(1) << i;
	}
}

/* ---- what it is held against, as a number ---- */

static uint64_t
mix(uint64_t stamp, const void *at, size_t len)
{
	return cs_hash_bytes((struct cs_span){at, len}, stamp);
}

static uint64_t
stamp_screen(struct cs_sentry *sentry, unsigned nth, uint64_t stamp)
{
	const struct cs_roster *roster = sentry->roster;
	const struct cs_sentry_aim *aim = &sentry->aim[nth];
	const struct cs_roster_decided *decided = &roster->decided[nth];
	uint64_t now_s = sentry->now_ns / second_ns, *until_s = &sentry->until_s[nth];
	if (decided->decisions && *until_s <= now_s)
		*until_s = cs_decisions_next_s(decided->decisions, now_s);
	if (!*until_s)
		*until_s = UINT64_MAX;
	uint64_t said[4] = {aim->missing, aim->stale, decided->there, *until_s};
	stamp = mix(stamp, said, sizeof said);
	for (unsigned i = 0; i < roster->n; i++)
		if (aim->lists >> i & 1)
			stamp = mix(mix(stamp, roster->list[i].version.at, CS_DIGEST_BYTES), &i, sizeof i);
	return decided->there ? mix(stamp, decided->digest.at, CS_DIGEST_BYTES) : stamp;
}

static void
make_stamp(struct cs_sentry *sentry)
{
	uint64_t stamp = mix(0, &sentry->wish.policy->hash, sizeof sentry->wish.policy->hash);
	for (unsigned i = 0; i < sentry->wish.policy->screen_n; i++)
		stamp = stamp_screen(sentry, i, stamp);
	sentry->stamp = stamp >> STAMP_LOST ? stamp >> STAMP_LOST : 1;
}

uint64_t
cs_sentry_stamp(const struct cs_sentry *sentry)
{
	return sentry->stamp;
}

void
cs_sentry_poll(struct cs_sentry *sentry, uint64_t now_ns, const struct cs_detect_sink *sink)
{
	struct cs_roster *fresh = cs_renewal_take(sentry->wish.renewal, sentry->declared);
	/* Lists grow old between two rosters as well; a clock that was set back shows nothing of when they were looked at. */
	bool due = now_ns >= sentry->look_ns || now_ns + second_ns < sentry->look_ns;
	sentry->now_ns = now_ns;
	if (fresh) {
		cs_renewal_give_back(sentry->wish.renewal, sentry->roster);
		sentry->roster = fresh;
		memset(sentry->until_s, 0, sizeof sentry->until_s);
		if (sentry->wish.scribe.roster)
			sentry->wish.scribe.roster(sentry->wish.scribe.context, fresh, now_ns);
	}
	if (!sentry->roster || (!fresh && !due))
		return;
	sentry->look_ns = now_ns + second_ns;
	for (unsigned i = 0; i < sentry->wish.policy->screen_n; i++)
		find_lists(sentry, i);
	make_stamp(sentry);
	cs_sentry_tell_lists(sentry, sink);
}

/* ---- what is decided ---- */

/* Before hits are cut to as many as there is room for. */
static bool
is_decided(struct cs_sentry *sentry, const struct cs_sift_hit *hit)
{
	const struct cs_roster_decided *decided = &sentry->roster->decided[sentry->nth];
	const struct cs_score_facts nothing = {0};
	struct cs_roll_entry entry;
	if (!decided->there || !decided->decisions || !cs_decisions_n(decided->decisions))
		return false;
	cs_roll_entry(sentry->roster->roll, hit->entry, &entry);
	struct cs_decision_case of = {
		.party = cs_decision_party(sentry->hasher, sentry->lexicon, hit->text, &nothing),
		.list = cs_span_text(sentry->roster->list[entry.list].name),
		.uid = entry.uid,
		.version = entry.version,
	};
	if (cs_decisions_ask(decided->decisions, &of, sentry->time_ns / second_ns, NULL) != CS_DECISION_HOLDS)
		return false;
	sentry->counts[sentry->nth].decided_n++;
	return true;
}

/* Everything that is found comes by here, also what there is no room for: so this is where it leaves its mark. By list and number, as an
 * alert is known: an entry that says something else is none that is new. */
static bool
is_left_out(void *context, const struct cs_sift_hit *hit)
{
	struct cs_sentry *sentry = context;
	struct cs_roll_entry entry;
	if (is_decided(sentry, hit))
		return true;
	cs_roll_entry(sentry->roster->roll, hit->entry, &entry);
	struct cs_span list = cs_span_text(sentry->roster->list[entry.list].name);
	sentry->mark += cs_hash_mix(cs_hash_bytes(list, 0), cs_hash_bytes(entry.uid, 0));
	return false;
}

/* ---- what is found ---- */

static bool
comes_before(const struct cs_sift_hit *a, const struct cs_sift_hit *b)
{
	return a->score != b->score ? a->score > b->score : a->entry < b->entry;
}

/* Puts a hit in its place; an entry stands there once. */
static void
keep(struct cs_sentry *sentry, const struct cs_sift_hit *hit, unsigned part)
{
	struct cs_sentry_hit *at = sentry->hit;
	unsigned i = 0;
	while (i < sentry->hit_n && at[i].hit.entry != hit->entry)
		i++;
	if (i < sentry->hit_n && !comes_before(hit, &at[i].hit))
		return;
	if (i == CS_SENTRY_TOLD_MAX) {
		sentry->more_n++;
		if (!comes_before(hit, &at[--i].hit))
			return;
	} else if (i == sentry->hit_n) {
		sentry->hit_n++;
	}
	for (; i && comes_before(hit, &at[i - 1].hit); i--)
		at[i] = at[i - 1];
	at[i] = (struct cs_sentry_hit){*hit, part};
	at[i].hit.text = (struct cs_span){NULL, 0}; /* it is lent until the next part */
}

static void
sift(struct cs_sentry *sentry, const struct cs_sentry_part *part)
{
	const struct cs_screen_clause *clause = &sentry->wish.policy->screen[sentry->nth];
	uint16_t lower = sentry->wish.observer.lower;
	const struct cs_sift_ask ask = {.lists = sentry->aim[sentry->nth].lists,
					.line = clause->line > lower ? (uint16_t)(clause->line - lower) : 1};
	enum cs_screen_how how = (enum cs_screen_how)clause->cell[part->cell].how;
	struct cs_sift *with = sentry->roster->sift;
	cs_sift_judge_set(with, (struct cs_sift_judge){is_left_out, sentry});
	if (part->what == CS_ROW_PART_IDENTIFIER || how == CS_SCREEN_IDENTIFIERS)
		cs_sift_id(with, &ask, part->text, &sentry->found);
	else
		(how == CS_SCREEN_NAMES ? cs_sift_party : cs_sift_text)(with, &ask, part->text, &sentry->found);
}

static void
look_at_part(struct cs_sentry *sentry, unsigned nth)
{
	const struct cs_sift_found *found = &sentry->found;
	sift(sentry, &sentry->named.part[nth]);
	sentry->cut |= found->cut;
	sentry->more_n += found->over_n;
	for (unsigned i = 0; i < found->hit_n; i++)
		keep(sentry, &found->hit[i], nth);
}

static void
look_at_parts(struct cs_sentry *sentry)
{
	const struct cs_sentry_named *named = &sentry->named;
	sentry->hit_n = 0;
	sentry->more_n = 0;
	sentry->mark = 0;
	sentry->cut = named->cut;
	sentry->counts[sentry->nth].part_n += named->part_n;
	for (unsigned i = 0; i < named->part_n && sentry->aim[sentry->nth].lists; i++)
		look_at_part(sentry, i);
}

/* Which of its selectors takes EVENT; of_n: none. */
static unsigned
selector_of(const struct cs_screen_clause *clause, const struct cs_event *event)
{
	unsigned i = 0;
	while (i < clause->of_n && !cs_selector_takes(&clause->of[i], event))
		i++;
	return i;
}

static void
observe(const struct cs_sentry *sentry, const struct cs_event *event, bool whole)
{
	const struct cs_sentry_look look = {
		.screen = sentry->nth,
		.event = event,
		.best = sentry->hit_n ? sentry->hit[0].hit.score : 0,
		.whole = whole,
	};
	sentry->wish.observer.looked(sentry->wish.observer.context, &look);
}

/* Tells what was found of the row at hand, and of what was not searched. */
static void
tell(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_detect_sink *sink)
{
	struct cs_sentry_counts *counts = &sentry->counts[sentry->nth];
	const struct cs_sentry_aim *aim = &sentry->aim[sentry->nth];
	counts->row_n++;
	counts->hit_n += sentry->hit_n || sentry->more_n;
	if (sentry->wish.observer.looked)
		observe(sentry, event, !aim->missing && !aim->stale && !sentry->cut);
	cs_sentry_tell_hits(sentry, event, sink);
	if (!aim->missing && !aim->stale && !sentry->cut)
		return;
	counts->short_n++;
	cs_sentry_tell_short(sentry, event, sink);
}

/* In UTF-8, as customers of a file are read (src/app/screen_base.c); false: there is no room for it. */
static bool
make_utf8(struct cs_sentry *sentry, struct cs_sentry_part *part)
{
	uint8_t *begin = sentry->text + sentry->text_len;
	if (cs_glyph_is_utf8(part->text))
		return true;
	if (part->text.len > (sizeof sentry->text - sentry->text_len) / 2)
		return false;
	part->text = (struct cs_span){begin, cs_sentry_latin1(part->text, begin)};
	part->latin1 = true;
	sentry->text_len += part->text.len;
	return true;
}

static void
read_cell(struct cs_sentry *sentry, unsigned cell, unsigned column)
{
	struct cs_sentry_named *named = &sentry->named;
	struct cs_row_part part;
	for (unsigned i = 0; cs_rows_part(sentry->rows, column, i, &part); i++) {
		struct cs_sentry_part kept = {(uint8_t)cell, part.what, part.text, part.at, false};
		bool room = named->part_n < CS_SENTRY_PARTS_MAX && make_utf8(sentry, &kept);
		named->cut |= part.cut || !room;
		if (part.text.len && room)
			named->part[named->part_n++] = kept;
	}
}

/* The characters of a data element that CELL wants, in UTF-8. */
static void
read_element(struct cs_sentry *sentry, unsigned nth)
{
	const struct cs_screen_cell *cell = &sentry->wish.policy->screen[sentry->nth].cell[nth];
	struct cs_sentry_named *named = &sentry->named;
	char value[CS_SENTRY_ELEMENT_MAX];
	bool found = false;
	size_t len = cs_iso_path(sentry->iso, cell->name, value, sizeof value, &found);
	uint8_t *begin = sentry->text + sentry->text_len;
	named->cut |= found && len > sizeof value;
	if (!found || len > sizeof value)
		return;
	struct cs_span text = {begin, cs_sentry_element((struct cs_span){(const uint8_t *)value, len}, cell, begin)};
	sentry->text_len += text.len;
	if (text.len)
		named->part[named->part_n++] = (struct cs_sentry_part){(uint8_t)nth, CS_ROW_PART_LINES, text, 0, false};
}

/* What screen NTH reads of the row; false: it does not look at it. */
static bool
read_row(struct cs_sentry *sentry, const struct cs_event *event)
{
	const struct cs_screen_clause *clause = &sentry->wish.policy->screen[sentry->nth];
	struct cs_sentry_named *named = &sentry->named;
	sentry->selector = selector_of(clause, event);
	if (sentry->selector == clause->of_n)
		return false;
	named->screen = (uint8_t)sentry->nth;
	named->missing = sentry->aim[sentry->nth].missing;
	named->stale = sentry->aim[sentry->nth].stale;
	named->cut = false;
	named->part_n = 0;
	sentry->text_len = 0;
	for (unsigned i = 0; i < clause->cell_n; i++)
		if (sentry->iso)
			read_element(sentry, i);
		else
			read_cell(sentry, i, clause->column[sentry->selector][i]);
	return true;
}

/* ---- once more, before it leaves ---- */

/* Findings of a row in their order, and which of them were told before. */
struct sifting {
	const struct cs_sentry_late *late; /* who is asked; NULL: KNOWN says so */
	const struct cs_detect_sink *sink; /* ... and the others go here */
	uint16_t known;
	unsigned n;
};

static void
sift_finding(void *context, const struct cs_finding *finding)
{
	struct sifting *sifting = context;
	uint16_t bit = (uint16_t)(1u << sifting->n++);
	CS_ASSERT(sifting->n <= CS_SENTRY_TOLD_MAX + 2);
	if (sifting->late)
		sifting->known |= sifting->late->was_told(sifting->late->context, finding) ? bit : 0;
	else if (!(sifting->known & bit))
		sifting->sink->finding(sifting->sink->context, finding);
}

static void
tell_all(const struct cs_sentry *sentry, const struct cs_event *event, const struct cs_detect_sink *sink)
{
	const struct cs_sentry_aim *aim = &sentry->aim[sentry->nth];
	cs_sentry_tell_hits(sentry, event, sink);
	if (aim->missing || aim->stale || sentry->cut)
		cs_sentry_tell_short(sentry, event, sink);
}

/* What was not told then; it is not counted with the rows. */
static void
tell_rest(const struct cs_sentry *sentry, const struct cs_event *event, const struct cs_detect_sink *sink)
{
	struct sifting sifting = {.sink = sink, .known = sentry->named.known};
	tell_all(sentry, event, &(struct cs_detect_sink){sift_finding, &sifting});
}

static void
look_late(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_sentry_late *late,
	  const struct cs_detect_sink *sink)
{
	const struct cs_sentry_scribe *scribe = &sentry->wish.scribe;
	struct sifting sifting = {.late = late};
	look_at_parts(sentry);
	tell_all(sentry, event, &(struct cs_detect_sink){sift_finding, &sifting});
	sentry->named.known = sifting.known;
	if (scribe->named)
		scribe->named(scribe->context, &sentry->named);
	tell_rest(sentry, event, sink);
}

/* ---- a row ---- */

static void
begin(struct cs_sentry *sentry, const struct cs_event *event, uint64_t time_ns)
{
	CS_ASSERT(sentry->roster);
	sentry->time_ns = time_ns;
	sentry->named.link = event->link;
	sentry->named.message_hash = event->message_hash;
	sentry->named.time_ns = time_ns;
	sentry->named.now_ns = sentry->wish.live ? sentry->now_ns : 0;
	sentry->named.late = false;
	sentry->named.known = 0;
}

static void
look_at(struct cs_sentry *sentry, const struct cs_event *event, uint64_t time_ns, const struct cs_detect_sink *sink)
{
	const struct cs_sentry_scribe *scribe = &sentry->wish.scribe;
	begin(sentry, event, time_ns);
	for (sentry->nth = 0; sentry->nth < sentry->wish.policy->screen_n; sentry->nth++) {
		if (!read_row(sentry, event))
			continue;
		if (scribe->named)
			scribe->named(scribe->context, &sentry->named);
		look_at_parts(sentry);
		tell(sentry, event, sink);
		explicit_bzero(sentry->text, sentry->text_len);
	}
	sentry->rows = NULL;
	sentry->iso = NULL;
}

void
cs_sentry_row(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_rows *rows, uint64_t time_ns,
	      const struct cs_detect_sink *sink)
{
	sentry->rows = rows;
	look_at(sentry, event, time_ns, sink);
}

void
cs_sentry_row_late(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_rows *rows,
		   const struct cs_sentry_late *late, const struct cs_detect_sink *sink)
{
	sentry->rows = rows;
	begin(sentry, event, late->time_ns);
	sentry->named.late = true;
	for (sentry->nth = 0; sentry->nth < sentry->wish.policy->screen_n; sentry->nth++)
		if (read_row(sentry, event)) {
			look_late(sentry, event, late, sink);
			explicit_bzero(sentry->text, sentry->text_len);
		}
	sentry->rows = NULL;
}

void
cs_sentry_message(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_iso *iso, uint64_t time_ns,
		  const struct cs_detect_sink *sink)
{
	sentry->iso = iso;
	look_at(sentry, event, time_ns, sink);
}

bool
cs_sentry_looks_at(const struct cs_sentry *sentry, unsigned link)
{
	return sentry->links >> link & 1;
}

/* ---- once more ---- */

void
cs_sentry_again(struct cs_sentry *sentry, const struct cs_sentry_named *named, struct cs_roster *roster,
		const struct cs_detect_sink *sink)
{
	const struct cs_event event = {.link = named->link, .message_hash = named->message_hash};
	CS_ASSERT(named->screen < sentry->wish.policy->screen_n);
	sentry->wish.live = named->now_ns != 0;
	sentry->roster = roster;
	sentry->named = *named;
	sentry->nth = named->screen;
	sentry->time_ns = named->time_ns;
	sentry->now_ns = named->now_ns;
	find_lists(sentry, named->screen);
	sentry->aim[named->screen].missing = named->missing;
	sentry->aim[named->screen].stale = named->stale; /* as it was at the look before */
	look_at_parts(sentry);
	if (named->late)
		tell_rest(sentry, &event, sink);
	else
		tell(sentry, &event, sink);
	sentry->roster = NULL;
}

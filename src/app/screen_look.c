/*
 * The order matters: an entry that is decided upon is left out before the hits are cut to as many as an answer holds, so that
 * it never stands in another's place.
 */
#include "app/screen_look.h"

#include "app/command.h"
#include "app/screen_put.h"
#include "base/glyph.h"
#include "screen/list_sound.h"
#include "screen/prose.h"

#include <stdio.h>

enum { ID_LEAST = 5 };

static const uint64_t second_ns = 1000000000;

static const char *const entry_kinds[CS_ENTRY_KINDS] = {"other",  "person",   "organisation",
							"vessel", "aircraft", "wallet"};

const char cs_screen_look_nothing_words[] = "nothing of this name can be compared";

bool
cs_screen_look_nothing(const struct cs_lexicon *lexicon, struct cs_span name, struct cs_name_room *room)
{
	return cs_list_sound_nothing(lexicon, name, room);
}

bool
cs_screen_looker_init(struct cs_screen_looker *looker, const struct cs_screen_way *way)
{
	looker->way = way;
	looker->desk = cs_roll_desk_new(way->roll);
	looker->hasher = cs_hasher_new();
	return looker->desk && looker->hasher;
}

void
cs_screen_looker_fini(struct cs_screen_looker *looker)
{
	cs_roll_desk_free(looker->desk);
	cs_hasher_free(looker->hasher);
}

enum cs_decision_state
cs_screen_look_state(struct cs_screen_looker *looker, const struct cs_roll_hit *hit,
		     const struct cs_decision_kept **out)
{
	struct cs_roll_entry entry;
	*out = NULL;
	if (!looker->way->decisions || !cs_decisions_n(looker->way->decisions))
		return CS_DECISION_NONE;
	if (!looker->hashed)
		looker->hash = cs_decision_party(looker->hasher, looker->way->lists->lexicon, looker->party.name,
						 &looker->party.facts);
	looker->hashed = true;
	cs_roll_entry(looker->way->roll, hit->entry, &entry);
	const char *list = looker->way->lists->list[entry.list].name;
	struct cs_decision_case of = {looker->hash, cs_span_text(list), entry.uid, entry.version};
	return cs_decisions_ask(looker->way->decisions, &of, looker->way->now_s, out);
}

/* Is the entry decided upon, and so no hit? It is kept then, with the identifier that it was found by. */
static bool
is_decided(struct cs_screen_looker *looker, const struct cs_roll_hit *hit, struct cs_span said)
{
	const struct cs_decision_kept *decision;
	if (cs_screen_look_state(looker, hit, &decision) != CS_DECISION_HOLDS)
		return false;
	if (looker->decided_n < CS_ROLL_HITS_MAX) {
		looker->decided[looker->decided_n].hit = *hit;
		looker->decided[looker->decided_n].decision = decision;
		looker->decided[looker->decided_n].said = said;
	}
	looker->decided_n++;
	return true;
}

/* The search asks it once of each entry that reaches the line. */
static bool
is_left_out(void *context, const struct cs_roll_hit *hit)
{
	struct cs_screen_looker *looker = context;
	for (unsigned i = 0; i < looker->owner_n; i++)
		looker->owner[i].met |= looker->owner[i].entry == hit->entry;
	return is_decided(looker, hit, (struct cs_span){NULL, 0});
}

/* Where an entry stands among the hits; hit_n: nowhere. */
static unsigned
find_hit(const struct cs_roll_answer *answer, uint32_t entry)
{
	unsigned i = 0;
	while (i < answer->hit_n && answer->hit[i].entry != entry)
		i++;
	return i;
}

/* Of an entry that is no hit: may it become one? What the search has met is decided upon and counted, or counted as beyond. */
static bool
may_be_hit(struct cs_screen_looker *looker, const struct cs_screen_owner *owner, const struct cs_roll_hit *hit)
{
	const struct cs_decision_kept *decision;
	if (owner->met)
		return cs_screen_look_state(looker, hit, &decision) != CS_DECISION_HOLDS;
	if (is_decided(looker, hit, owner->id))
		return false;
	looker->answer.over_n += looker->answer.hit_n == CS_ROLL_HITS_MAX;
	return true;
}

/* Puts an entry that has an identifier before those that were found by name, in place of itself, or of the last. */
static void
put_owner(struct cs_screen_looker *looker, const struct cs_screen_owner *owner)
{
	struct cs_roll_answer *answer = &looker->answer;
	const struct cs_roll_hit hit = {.entry = owner->entry, .score = CS_PROSE_SURE};
	unsigned at = find_hit(answer, owner->entry);
	if (at == answer->hit_n && !may_be_hit(looker, owner, &hit))
		return;
	if (looker->said_n == CS_ROLL_HITS_MAX)
		return;
	if (at == CS_ROLL_HITS_MAX)
		at--;
	else if (at == answer->hit_n)
		answer->hit_n++;
	memmove(&answer->hit[looker->said_n + 1], &answer->hit[looker->said_n],
		(at - looker->said_n) * sizeof *answer->hit);
	answer->hit[looker->said_n] = hit;
	looker->said[looker->said_n++] = owner->id;
}

static void
add_owner(struct cs_screen_looker *looker, uint32_t entry, struct cs_span id)
{
	for (unsigned i = 0; i < looker->owner_n; i++)
		if (looker->owner[i].entry == entry)
			return;
	looker->owner[looker->owner_n++] = (struct cs_screen_owner){.entry = entry, .id = id};
}

static void
look_id_up(struct cs_screen_looker *looker, const struct cs_entry_id *id)
{
	uint32_t entry[CS_SCREEN_SAID_MAX];
	unsigned n = cs_roll_identify(looker->way->roll, (enum cs_entry_id_kind)id->kind, id->text, entry,
				      CS_SCREEN_SAID_MAX);
	for (unsigned i = 0; i < n; i++)
		add_owner(looker, entry[i], id->text);
	looker->owners_cut |= n == CS_SCREEN_SAID_MAX;
}

/* Letters alone are an identifier when they may be a BIC; what is shorter than five characters is no one's own. */
static bool
may_be_id(struct cs_span text)
{
	char canon[64];
	size_t n = cs_entry_id_canon(CS_ENTRY_ID_OTHER, text, canon);
	bool digit = false;
	for (size_t i = 0; i < n; i++)
		digit |= canon[i] >= '0' && canon[i] <= '9';
	return n >= ID_LEAST && (digit || cs_entry_id_canon(CS_ENTRY_ID_BIC, text, canon));
}

/* Who has an identifier of the name: before the search, which marks those that it meets. */
static void
look_ids_up(struct cs_screen_looker *looker, const struct cs_name_tail *tail)
{
	looker->owner_n = 0;
	looker->owners_cut = false;
	for (unsigned i = 0; i < tail->id_n; i++)
		look_id_up(looker, &tail->id[i]);
	if (looker->way->identify && may_be_id(looker->party.name))
		look_id_up(looker, &(struct cs_entry_id){.text = looker->party.name, .kind = CS_ENTRY_ID_OTHER});
}

void
cs_screen_look(struct cs_screen_looker *looker, const struct cs_screen_party *party)
{
	struct cs_name_tail tail;
	(void)cs_name_tail_read(party->name, &tail); /* where there is none, it holds nothing */
	looker->party = *party;
	looker->facts = party->facts;
	looker->hashed = false;
	looker->decided_n = looker->said_n = 0;
	struct cs_score_facts *facts = &looker->facts;
	looker->read_name = tail.name;
	looker->read_from = facts->born_from ? 0 : tail.born_from, looker->read_to = tail.born_to;
	if (!facts->born_from)
		facts->born_from = tail.born_from, facts->born_to = tail.born_to;
	bool known = facts->born_from || facts->country || facts->gender;
	looker->query = (struct cs_roll_query){.name = party->name,
					       .kind = party->kind,
					       .facts = known ? facts : NULL,
					       .line = looker->way->line,
					       .exhaustive = looker->way->exhaustive,
					       .leave_out = is_left_out,
					       .context = looker};
	look_ids_up(looker, &tail);
	cs_roll_search(looker->way->roll, looker->desk, &looker->query, &looker->answer);
	for (unsigned i = 0; i < looker->owner_n; i++)
		put_owner(looker, &looker->owner[i]);
	looker->answer.cut |= looker->owners_cut || tail.cut;
	looker->nothing = !looker->answer.hit_n && !looker->decided_n && !looker->answer.seen_n &&
			  !looker->answer.scored_n &&
			  cs_screen_look_nothing(looker->way->lists->lexicon, party->name, &looker->room);
}

struct cs_span
cs_screen_look_said(const struct cs_screen_looker *looker, const struct cs_roll_hit *hit)
{
	size_t at = (size_t)(hit - looker->answer.hit);
	return at < looker->said_n ? looker->said[at] : (struct cs_span){NULL, 0};
}

static void
put_hit(struct cs_screen_looker *looker, const struct cs_roll_hit *hit, struct cs_span said, struct cs_json *json)
{
	struct cs_roll_entry entry;
	enum cs_entry_name_kind ignored;
	cs_roll_entry(looker->way->roll, hit->entry, &entry);
	cs_json_put_text(json, "list", looker->way->lists->list[entry.list].name);
	cs_json_put_utf8(json, "uid", entry.uid);
	cs_json_put_text(json, "kind", entry_kinds[entry.kind]);
	cs_json_put_utf8(json, "primary", entry.primary);
	cs_json_put_utf8(json, "matched", said.len ? said : cs_roll_name(looker->way->roll, hit->name, &ignored));
	if (said.len)
		cs_json_put_text(json, "how", "identifier");
	cs_json_put_utf8(json, "programmes", entry.programmes);
	cs_json_put_u64(json, "score", hit->score);
	if (!said.len)
		cs_json_put_i64(json, "sum", hit->sum);
	cs_json_key(json, "version");
	cs_json_hex_small(json, (struct cs_span){entry.version.at, CS_DIGEST_BYTES});
}

static void
put_decision(const struct cs_decision_kept *decision, struct cs_json *json)
{
	cs_json_put_text(json, "decision", decision->id);
	cs_json_put_utf8(json, "by", decision->by);
	cs_json_put_utf8(json, "reason", decision->reason);
	cs_json_put_when(json, "until", decision->until_s * second_ns);
}

static void
put_evidence(struct cs_screen_looker *looker, const struct cs_roll_hit *hit, struct cs_json *json)
{
	static struct cs_roll_why why; /* one thread explains */
	(void)cs_roll_explain(looker->way->roll, looker->desk, &looker->query, hit->name, &why);
	cs_screen_put_evidence_json(json, &why.query, &why.listed, &why.why);
}

const char *
cs_screen_look_born(const struct cs_screen_looker *looker, char out[CS_SCREEN_BORN_BYTES])
{
	const uint32_t from = looker->read_from, to = looker->read_to;
	int year = (int)(from / 10000), month = (int)(from / 100 % 100), day = (int)(from % 100);
	if (from == to)
		(void)snprintf(out, CS_SCREEN_BORN_BYTES, "%04d-%02d-%02d", year, month, day);
	else if (from / 100 == to / 100)
		(void)snprintf(out, CS_SCREEN_BORN_BYTES, "%04d-%02d", year, month);
	else if (from / 10000 == to / 10000)
		(void)snprintf(out, CS_SCREEN_BORN_BYTES, "%04d", year);
	else
		(void)snprintf(out, CS_SCREEN_BORN_BYTES, "%04d/%04d", year, (int)(to / 10000));
	return out;
}

/* What was read in the name beside itself. */
static void
put_read(const struct cs_screen_looker *looker, struct cs_json *json)
{
	char born[CS_SCREEN_BORN_BYTES];
	if (!looker->read_name.len && !looker->read_from)
		return;
	cs_json_key(json, "read");
	cs_json_object(json);
	(cs_glyph_is_utf8(looker->party.name) ? cs_json_put_utf8 : cs_json_put_latin1)(json, "name", looker->read_name);
	if (looker->read_from)
		cs_json_put_text(json, "born", cs_screen_look_born(looker, born));
	cs_json_end_object(json);
}

void
cs_screen_look_json(struct cs_screen_looker *looker, struct cs_json *json)
{
	put_read(looker, json);
	cs_json_key(json, "hits");
	cs_json_array(json);
	for (unsigned i = 0; i < looker->answer.hit_n; i++) {
		const struct cs_decision_kept *decision;
		enum cs_decision_state state = cs_screen_look_state(looker, &looker->answer.hit[i], &decision);
		cs_json_object(json);
		put_hit(looker, &looker->answer.hit[i], cs_screen_look_said(looker, &looker->answer.hit[i]), json);
		if (state != CS_DECISION_NONE) {
			cs_json_put_text(json, "reopened", state == CS_DECISION_CHANGED ? "entry_changed" : "expired");
			put_decision(decision, json);
		}
		if (looker->way->explain && i >= looker->said_n)
			put_evidence(looker, &looker->answer.hit[i], json);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
	cs_json_key(json, "decided");
	cs_json_array(json);
	for (unsigned i = 0; i < looker->decided_n && i < CS_ROLL_HITS_MAX; i++) {
		cs_json_object(json);
		put_hit(looker, &looker->decided[i].hit, looker->decided[i].said, json);
		put_decision(looker->decided[i].decision, json);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
	cs_json_put_u64(json, "hits_over", looker->answer.over_n);
	cs_json_put_u64(json, "decided_n", looker->decided_n);
	cs_json_put_bool(json, "cut", looker->answer.cut);
	if (looker->nothing)
		cs_json_put_text(json, "unread", cs_screen_look_nothing_words);
	cs_screen_look_wrong_json(looker->way, json);
}

void
cs_screen_look_wrong_json(const struct cs_screen_way *way, struct cs_json *json)
{
	cs_screen_lists_wrong_json(way->lists, json);
	if (cs_decisions_broken(way->decisions))
		cs_json_put_bool(json, "decisions_unread", true);
}

int
cs_screen_look_exit(const struct cs_screen_way *way, bool whole)
{
	int status = cs_decisions_broken(way->decisions) ? CS_EXIT_INPUT : cs_screen_lists_exit(way->lists);
	return status == CS_EXIT_RAN && !whole ? CS_EXIT_FINDINGS : status;
}

void
cs_screen_lists_json(const struct cs_screen_lists *lists, uint64_t now_s, struct cs_json *json)
{
	static const char *const states[] = {[CS_SCREEN_LIST_READ] = "read",
					     [CS_SCREEN_LIST_STALE] = "stale",
					     [CS_SCREEN_LIST_MISSING] = "not_searched"};
	cs_json_key(json, "lists");
	cs_json_array(json);
	for (unsigned i = 0; i < lists->n; i++) {
		const struct cs_screen_list *list = &lists->list[i];
		cs_json_object(json);
		cs_json_put_text(json, "name", list->name);
		cs_json_put_text(json, "state", states[list->state]);
		if (list->why[0])
			cs_json_put_utf8(json, "why", cs_span_text(list->why));
		if (list->state == CS_SCREEN_LIST_MISSING) {
			cs_json_end_object(json);
			continue;
		}
		cs_json_key(json, "version");
		cs_json_hex_small(json, (struct cs_span){list->version.at, CS_DIGEST_BYTES});
		cs_json_put_text(json, "date", list->date);
		cs_json_put_when(json, "changed", list->changed_ns);
		cs_json_put_u64(json, "age_s", cs_screen_list_age_s(list, now_s));
		if (cs_screen_list_ahead_s(list, now_s))
			cs_json_put_u64(json, "ahead_s", cs_screen_list_ahead_s(list, now_s));
		cs_json_put_u64(json, "entries", list->entry_n);
		cs_json_put_u64(json, "rows_wrong", list->bad_n);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

/*
 * `countersign screen --against LIST NAME`: one name, and each entry that it may be with the reasons, word by word. Who looked
 * is put on record before the answer is handed out, when a journal is told. Nothing of a list, a decision or the name steers a terminal.
 */
#include "app/command.h"
#include "app/journal.h"
#include "app/screen_call.h"
#include "app/screen_put.h"
#include "base/glyph.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { OUT_BYTES = 4 << 20, STANDARD_OUT = 1 };

static const uint64_t second_ns = 1000000000;

static void
put_lists(const struct cs_screen_lists *lists, uint64_t now_s, struct cs_text *text)
{
	for (unsigned i = 0; i < lists->n; i++) {
		const struct cs_screen_list *list = &lists->list[i];
		cs_text_put(text, "list ");
		cs_text_put(text, list->name);
		if (list->state == CS_SCREEN_LIST_MISSING) {
			cs_text_put(text, " WAS NOT SEARCHED: ");
			cs_glyph_put_all(text, cs_span_text(list->why));
			cs_text_put_char(text, '\n');
			continue;
		}
		cs_text_put(text, ", version ");
		cs_text_put_hex_small(text, (struct cs_span){list->version.at, 8});
		cs_text_put(text, ", ");
		cs_text_put_counted(text, list->entry_n, "entry, ", "entries, ");
		cs_text_put_age(text, cs_screen_list_age_s(list, now_s) * second_ns);
		cs_text_put(text, " old");
		if (cs_screen_list_ahead_s(list, now_s)) {
			cs_text_put(text, ", but DATED ");
			cs_text_put_age(text, cs_screen_list_ahead_s(list, now_s) * second_ns);
			cs_text_put(text, " IN THE FUTURE");
		}
		cs_text_put(text, list->state == CS_SCREEN_LIST_STALE ? ": IT IS STALE\n" : "\n");
	}
}

static void
put_entry(const struct cs_screen_looker *looker, const struct cs_roll_hit *hit, struct cs_text *text)
{
	struct cs_roll_entry entry;
	cs_roll_entry(looker->way->roll, hit->entry, &entry);
	cs_text_put(text, looker->way->lists->list[entry.list].name);
	cs_text_put_char(text, '/');
	cs_glyph_put_all(text, entry.uid);
	cs_text_put(text, "  ");
	cs_glyph_put_all(text, entry.primary);
	if (entry.programmes.len) {
		cs_text_put(text, "  [");
		cs_glyph_put_all(text, entry.programmes);
		cs_text_put_char(text, ']');
	}
}

static void
put_hit(struct cs_screen_looker *looker, const struct cs_roll_hit *hit, struct cs_text *text)
{
	static struct cs_roll_why why;
	const struct cs_decision_kept *decision;
	enum cs_decision_state state = cs_screen_look_state(looker, hit, &decision);
	cs_text_put_char(text, '\n');
	put_entry(looker, hit, text);
	cs_text_put_char(text, '\n');
	if (state != CS_DECISION_NONE) {
		cs_text_put(text, "was decided by ");
		cs_glyph_put_all(text, decision->by);
		cs_text_put(text, state == CS_DECISION_CHANGED ? "; open again: the entry changed\n"
							       : "; open again: the decision expired\n");
	}
	struct cs_span said = cs_screen_look_said(looker, hit);
	if (said.len) {
		cs_text_put(text, "has the identifier ");
		cs_glyph_put_all(text, said);
		cs_text_put(text, ", exactly: an alert\n");
		return;
	}
	(void)cs_roll_explain(looker->way->roll, looker->desk, &looker->query, hit->name, &why);
	cs_screen_put_names(text, &why.query, &why.listed, &why.why);
}

static void
put_end(const struct cs_screen_looker *looker, struct cs_text *text)
{
	if (looker->nothing) {
		cs_text_put(text, cs_screen_look_nothing_words);
		cs_text_put(text, ": IT WAS NOT SEARCHED FOR\n");
		return;
	}
	cs_text_put_u64(text, looker->answer.hit_n + (uint64_t)looker->answer.over_n);
	cs_text_put(text, " open, ");
	if (looker->answer.over_n) {
		cs_text_put(text, "of which ");
		cs_text_put_u64(text, looker->answer.hit_n);
		cs_text_put(text, " are shown, ");
	}
	cs_text_put_u64(text, looker->decided_n);
	cs_text_put(text, looker->answer.cut ? " decided; the name was cut, or a bound was met\n" : " decided\n");
}

/* What was read in the name, so that nobody takes the date on its line for a word of it, or the other way round. */
static void
put_read(const struct cs_screen_looker *looker, struct cs_text *text)
{
	char born[CS_SCREEN_BORN_BYTES];
	if (!looker->read_name.len && !looker->read_from)
		return;
	cs_text_put(text, looker->read_name.len ? "read as " : "read: ");
	cs_glyph_put_all(text, looker->read_name);
	if (looker->read_from) {
		cs_text_put(text, looker->read_name.len ? ", born " : "born ");
		cs_text_put(text, cs_screen_look_born(looker, born));
	}
	cs_text_put_char(text, '\n');
}

static void
put_answer(struct cs_screen_looker *looker, struct cs_text *text)
{
	put_lists(looker->way->lists, looker->way->now_s, text);
	put_read(looker, text);
	for (unsigned i = 0; i < looker->answer.hit_n; i++)
		put_hit(looker, &looker->answer.hit[i], text);
	if (looker->decided_n)
		cs_text_put(text, "\ndecided, not a match:\n");
	for (unsigned i = 0; i < looker->decided_n && i < CS_ROLL_HITS_MAX; i++) {
		put_entry(looker, &looker->decided[i].hit, text);
		cs_text_put(text, ": ");
		cs_glyph_put_all(text, looker->decided[i].decision->by);
		cs_text_put(text, ": ");
		cs_glyph_put_all(text, looker->decided[i].decision->reason);
		cs_text_put_char(text, '\n');
	}
	cs_text_put_char(text, '\n');
	put_end(looker, text);
	if (looker->way->lists->missing_n)
		cs_text_put(text, "NOT ALL LISTS WERE SEARCHED\n");
	if (looker->way->lists->stale_n)
		cs_text_put(text, "NOT ALL LISTS ARE AS NEW AS THEY SHOULD BE\n");
	if (cs_decisions_broken(looker->way->decisions))
		cs_text_put(text, "THE FILE OF DECISIONS IS BROKEN, AND NONE OF THEM HOLDS\n");
}

static void
put_answer_json(struct cs_screen_looker *looker, struct cs_text *text)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	(cs_glyph_is_utf8(looker->party.name) ? cs_json_put_utf8 : cs_json_put_latin1)(&json, "name",
										       looker->party.name);
	cs_json_put_u64(&json, "line", looker->way->line ? looker->way->line : CS_SCORE_LINE);
	cs_screen_lists_json(looker->way->lists, looker->way->now_s, &json);
	cs_screen_look_json(looker, &json);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

/* A note that this party was looked up, by its hash. */
static int
put_on_record(const struct cs_screen_call *call, struct cs_screen_looker *looker)
{
	struct cs_journal_call journal = {.folder = call->journal, .key = call->journal_key, .by = call->by};
	struct cs_journal_pen pen;
	struct cs_note note;
	struct cs_digest party = cs_decision_party(looker->hasher, looker->way->lists->lexicon, looker->party.name,
						   &looker->party.facts);
	cs_note_begin(&note, "screen", call->by);
	cs_json_key(&note.json, "party");
	cs_json_hex(&note.json, (struct cs_span){party.at, CS_DIGEST_BYTES});
	cs_json_put_u64(&note.json, "open", looker->answer.hit_n + (uint64_t)looker->answer.over_n);
	cs_json_put_u64(&note.json, "decided", looker->decided_n);
	if (looker->nothing)
		cs_json_put_text(&note.json, "unread", cs_screen_look_nothing_words);
	if (looker->way->lists->missing_n)
		cs_json_put_u64(&note.json, "lists_not_searched", looker->way->lists->missing_n);
	if (looker->way->lists->stale_n)
		cs_json_put_u64(&note.json, "lists_stale", looker->way->lists->stale_n);
	if (cs_decisions_broken(looker->way->decisions))
		cs_json_put_bool(&note.json, "decisions_unread", true);
	if (!cs_note_end(&note))
		return cs_journal_say(&journal, "--by is too long for a note", CS_E_LIMIT);
	enum cs_error error = CS_E_OPEN;
	bool opened = cs_journal_pen(&journal, NULL, false, &pen);
	if (opened)
		error = cs_pen_put(pen.pen, &note);
	bool closed = cs_journal_pen_close(&pen);
	if (opened && error != CS_OK)
		return cs_journal_say(&journal, "the note cannot be put there", error);
	return opened && closed ? CS_EXIT_RAN : CS_EXIT_INPUT;
}

static int
answer(const struct cs_screen_call *call, struct cs_screen_looker *looker)
{
	struct cs_screen_party party = {.name = cs_span_text(call->name), .kind = call->kind, .facts = call->facts};
	cs_screen_look(looker, &party);
	int status = call->journal ? put_on_record(call, looker) : CS_EXIT_RAN;
	char *room = status == CS_EXIT_RAN ? malloc(OUT_BYTES) : NULL;
	if (!room)
		return CS_EXIT_INPUT;
	struct cs_text text = cs_text_over(room, OUT_BYTES);
	if (call->json)
		put_answer_json(looker, &text);
	else
		put_answer(looker, &text);
	if (text.overflowed || cs_file_write_all(STANDARD_OUT, text.at, text.len) != CS_OK) {
		(void)fputs("countersign screen: the answer cannot be written\n", stderr);
		status = CS_EXIT_INPUT;
	}
	if (looker->nothing) {
		(void)fprintf(stderr, "countersign screen: %s\n", cs_screen_look_nothing_words);
		status = CS_EXIT_INPUT;
	}
	free(room);
	return status;
}

int
cs_screen_single(const struct cs_screen_call *call)
{
	static struct cs_screen_looker looker;
	struct cs_screen_lists lists;
	struct cs_decisions *decisions = NULL;
	struct cs_screen_told told = cs_screen_call_lists(call);
	int status = cs_screen_lists_open(&told, &lists);
	if (status == CS_EXIT_RAN)
		status = cs_screen_decisions_open(call->decisions, &decisions);
	struct cs_screen_way way = {&lists,     lists.roll,       decisions, call->at_s,
				    call->line, call->exhaustive, true,      true};
	if (status == CS_EXIT_RAN) {
		bool made = cs_screen_looker_init(&looker, &way);
		status = made ? answer(call, &looker) : CS_EXIT_INPUT;
		if (!made)
			(void)fputs("countersign screen: out of memory\n", stderr);
		cs_screen_looker_fini(&looker);
	}
	if (status == CS_EXIT_RAN)
		status = cs_screen_look_exit(&way, !looker.answer.cut);
	cs_decisions_free(decisions);
	cs_screen_lists_close(&lists);
	return status;
}

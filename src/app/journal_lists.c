/*
 * `countersign journal lists`: which bytes of watch lists and decisions beside a journal nothing needs any more, and their removal.
 */
#include "app/command.h"
#include "app/journal.h"
#include "base/glyph.h"
#include "engine/list_store.h"
#include "io/clock.h"

#include <inttypes.h>
#include <stdio.h>

static void
say_one(void *context, const char *name, uint64_t bytes)
{
	(void)context;
	printf("%s %" PRIu64 "\n", name, bytes);
}

static void
say_bad(void *context, const char *name, enum cs_error error)
{
	const struct cs_journal_call *call = context;
	fprintf(stderr, "countersign: %s/lists/%s is needed, and %s\n", call->folder, name,
		error == CS_E_FORMAT ? "ALTERED: it is not the bytes that were searched"
		: error == CS_E_OPEN ? "MISSING"
				     : "cannot be read");
}

static void
say_sum(const struct cs_journal_call *call, const struct cs_list_store_sum *sum)
{
	fprintf(stderr,
		"countersign: %" PRIu64 " file%s (%" PRIu64 " byte%s) %s; %" PRIu64 " (%" PRIu64
		" byte%s) %s needed, %" PRIu64 " (%" PRIu64 " byte%s) %s not a day old",
		sum->gone_n, cs_text_plural(sum->gone_n), sum->gone_bytes, cs_text_plural(sum->gone_bytes),
		!call->remove      ? "may go, with --remove"
		: sum->gone_n == 1 ? "is removed"
				   : "are removed",
		sum->kept_n, sum->kept_bytes, cs_text_plural(sum->kept_bytes), sum->kept_n == 1 ? "is" : "are",
		sum->young_n, sum->young_bytes, cs_text_plural(sum->young_bytes), sum->young_n == 1 ? "is" : "are");
	if (sum->altered_n || sum->missing_n)
		fprintf(stderr, "; of needed ones %" PRIu64 " %s altered and %" PRIu64 " %s missing", sum->altered_n,
			sum->altered_n == 1 ? "is" : "are", sum->missing_n, sum->missing_n == 1 ? "is" : "are");
	fputc('\n', stderr);
}

/* On record before anything goes. */
static bool
put_note(const struct cs_journal_call *call, const struct cs_list_store *store, struct cs_journal_pen *pen)
{
	struct cs_list_store_sum sum = cs_list_store_sum_of(store);
	struct cs_note note;
	cs_note_begin(&note, "lists-remove", call->by);
	cs_json_put_u64(&note.json, "files", sum.gone_n);
	cs_json_put_u64(&note.json, "bytes", sum.gone_bytes);
	cs_json_put_u64(&note.json, "needed", sum.kept_n);
	cs_json_put_text(&note.json, "reason", call->reason);
	enum cs_error error = cs_note_end(&note) ? cs_pen_put(pen->pen, &note) : CS_E_LIMIT;
	if (error != CS_OK)
		(void)cs_journal_say(call, "that its lists go cannot be put on record, so they stay", error);
	return error == CS_OK;
}

static int
remove_all(const struct cs_journal_call *call, struct cs_list_store *store)
{
	struct cs_journal_pen pen;
	bool noted = cs_journal_pen(call, NULL, false, &pen) && put_note(call, store, &pen);
	noted &= cs_journal_pen_close(&pen);
	if (!noted)
		return CS_EXIT_INPUT;
	enum cs_error error = cs_list_store_remove(store);
	return error == CS_OK ? CS_EXIT_RAN : cs_journal_say(call, "not all of its lists could be removed", error);
}

/* Of whatever name: who could put one there. */
static int
say_unread(const struct cs_journal_call *call, const char *name)
{
	char words[CS_GLYPH_BYTES_MAX * CS_LIST_STORE_NAME_BYTES + 128];
	struct cs_text text = cs_text_over(words, sizeof words);
	cs_text_put(&text, "lists/");
	cs_glyph_put_all(&text, cs_span_text(name));
	cs_text_put(&text, " cannot be read, and nobody knows which lists it needs, so all of them stay");
	return cs_journal_say(call, words, CS_OK);
}

static int
work(const struct cs_journal_call *call, struct cs_list_store *store)
{
	struct cs_list_store_sum sum = cs_list_store_sum_of(store);
	int status = CS_EXIT_RAN;
	if (cs_list_store_unread(store))
		return say_unread(call, cs_list_store_unread(store));
	if (!call->remove)
		cs_list_store_each(store, say_one, NULL);
	else if (sum.gone_n)
		status = remove_all(call, store);
	if (status == CS_EXIT_RAN && call->remove)
		sum = cs_list_store_sum_of(store);
	if (status == CS_EXIT_RAN && !call->quiet)
		say_sum(call, &sum);
	return status == CS_EXIT_RAN && (sum.altered_n || sum.missing_n) ? CS_EXIT_FINDINGS : status;
}

int
cs_journal_lists(const struct cs_journal_call *call)
{
	struct cs_upkeep upkeep = {-1};
	struct cs_list_store *store = NULL;
	if (call->remove && (!call->by || !call->reason)) {
		fputs("countersign: journal lists --remove wants --by and --reason, so that the record says so\n",
		      stderr);
		return CS_EXIT_USAGE;
	}
	if (!cs_journal_upkeep(call, &upkeep)) /* no volume goes meanwhile */
		return CS_EXIT_INPUT;
	int status = CS_EXIT_INPUT;
	enum cs_error error = cs_list_store_look(call->folder, cs_clock_wall_ns(), &store);
	if (error == CS_OK)
		error = cs_list_store_prove(store, say_bad, (void *)(uintptr_t)call);
	if (error == CS_OK)
		status = work(call, store);
	else if (error == CS_E_OPEN)
		(void)cs_journal_say(call, "there is no journal there, or none with lists", CS_OK);
	else
		(void)cs_journal_say(call, "what it needs of its lists cannot be told, so all of them stay", error);
	cs_list_store_free(store);
	cs_upkeep_end(&upkeep);
	return status;
}

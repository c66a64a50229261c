/*
 * `countersign journal status`: what is there, as it is told to a person or a program. It reads, and changes nothing; a
 * key is needed only to say whether snapshots are sound.
 */
#include "app/command.h"
#include "app/journal.h"
#include "engine/erasure.h"
#include "engine/outbox.h"
#include "state/beginning.h"
#include "state/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

enum { VOLUME_LINE_BYTES = 512, REST_BYTES = 1 << 16 };

enum sound { UNKNOWN, SOUND, UNSOUND };

struct status {
	struct cs_survey survey;
	struct cs_snapshots snapshots;
	enum sound sound[CS_SNAPSHOTS_MAX];
	unsigned sink_n;
	struct cs_sink sink[CS_SINKS_MAX];
	uint64_t inbox_n;
	bool held;
	bool begun; /* the signed beginning says that older volumes were let go of */
	bool cut;   /* what came before the first volume is missing, and nothing says why */
	struct cs_beginning beginning;
};

static const char *const form_names[] = {
	[CS_VOLUME_PLAIN] = "plain",
	[CS_VOLUME_PACKED] = "packed",
	[CS_VOLUME_THIN] = "thinned",
};

/* Taken for what it says: whether it is under the journal's own key is for `verify`. */
static enum cs_error
look_at_beginning(const struct cs_journal_call *call, struct status *status)
{
	const struct cs_survey *survey = &status->survey;
	uint64_t first_seq = survey->n && survey->volume[0].readable ? survey->volume[0].first_seq : 0;
	enum cs_error error = cs_beginning_read(call->folder, NULL, &status->beginning);
	status->begun = error == CS_OK;
	if (error != CS_OK && error != CS_E_OPEN && error != CS_E_FORMAT)
		return error;
	status->cut = status->begun ? first_seq > status->beginning.seq : first_seq > 0;
	return CS_OK;
}

static enum cs_error
look(const struct cs_journal_call *call, const struct cs_vault *vault, struct status *status)
{
	CS_TRY(cs_pen_held(call->folder, &status->held));
	CS_TRY(cs_survey_make(call->folder, &status->survey));
	CS_TRY(look_at_beginning(call, status));
	CS_TRY(cs_snapshot_list(call->folder, &status->snapshots));
	for (unsigned i = 0; vault && i < status->snapshots.n; i++) {
		enum cs_error error = cs_snapshot_check(call->folder, vault, status->snapshots.next_seq[i]);
		status->sound[i] = error == CS_OK ? SOUND : UNSOUND;
	}
	enum cs_error error = cs_outbox_sinks(call->folder, status->sink, &status->sink_n);
	if (error != CS_OK && error != CS_E_LIMIT)
		return error;
	return cs_inbox_count(call->folder, &status->inbox_n);
}

static uint64_t
count_records(const struct cs_survey *survey)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < survey->n; i++)
		n += survey->volume[i].next_seq - survey->volume[i].first_seq;
	return n;
}

static uint64_t
first_ns(const struct cs_survey *survey)
{
	for (uint32_t i = 0; i < survey->n; i++)
		if (survey->volume[i].from_ns)
			return survey->volume[i].from_ns;
	return 0;
}

/* ---- as JSON ---- */

/* When the key of a volume was destroyed; false when it was not, or nobody left word. */
static bool
erased_when(const struct cs_journal_call *call, const struct cs_surveyed *volume, char out[CS_NOTE_WHEN_BYTES])
{
	char line[CS_NOTE_BYTES + 1];
	size_t len = 0;
	if (volume->keyed || cs_erasure_note(call->folder, volume->number, line, &len) != CS_OK)
		return false;
	cs_note_when((struct cs_span){(const uint8_t *)line, len}, out);
	return true;
}

static void
json_volume(struct cs_json *json, const struct cs_journal_call *call, const struct cs_surveyed *volume)
{
	char when[CS_NOTE_WHEN_BYTES];
	cs_json_object(json);
	cs_json_put_u64(json, "volume", volume->number);
	cs_json_put_text(json, "form", form_names[volume->form]);
	cs_json_put_u64(json, "bytes", volume->bytes);
	cs_json_put_bool(json, "readable", volume->readable);
	cs_json_put_bool(json, "key", volume->keyed);
	if (erased_when(call, volume, when))
		cs_json_put_text(json, "erased", when);
	if (volume->form == CS_VOLUME_THIN) {
		cs_json_put_u64(json, "let_go", volume->gone_n);
		cs_json_put_when(json, "thinned", volume->thinned_ns);
	}
	cs_json_put_u64(json, "first_record", volume->first_seq);
	cs_json_put_u64(json, "next_record", volume->next_seq);
	cs_json_put_when(json, "from", volume->from_ns);
	cs_json_put_when(json, "to", volume->to_ns);
	cs_json_end_object(json);
}

static void
json_snapshots(struct cs_json *json, const struct status *status)
{
	cs_json_key(json, "snapshots");
	cs_json_array(json);
	for (unsigned i = 0; i < status->snapshots.n; i++) {
		cs_json_object(json);
		cs_json_put_u64(json, "next_record", status->snapshots.next_seq[i]);
		cs_json_key(json, "sound");
		if (status->sound[i] == UNKNOWN)
			cs_json_null(json);
		else
			cs_json_bool(json, status->sound[i] == SOUND);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

static void
json_sinks(struct cs_json *json, const struct status *status)
{
	cs_json_key(json, "sinks");
	cs_json_array(json);
	for (unsigned i = 0; i < status->sink_n; i++) {
		cs_json_object(json);
		cs_json_put_text(json, "sink", status->sink[i].name);
		cs_json_put_bool(json, "sound", status->sink[i].sound);
		cs_json_put_u64(json, "next_record", status->sink[i].next_seq);
		cs_json_put_u64(json, "alerts", status->sink[i].alert_n);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

static void
put_json(struct cs_text *text, const struct cs_journal_call *call, const struct status *status)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_text(&json, "journal", call->folder);
	cs_json_put_bool(&json, "written_now", status->held);
	cs_json_put_u64(&json, "bytes", status->survey.bytes);
	cs_json_put_u64(&json, "records", count_records(&status->survey));
	cs_json_put_when(&json, "from", first_ns(&status->survey));
	cs_json_put_when(&json, "to", status->survey.last_ns);
	cs_json_put_u64(&json, "inbox", status->inbox_n);
	cs_json_put_when(&json, "let_go_of_older", status->begun ? status->beginning.wall_ns : 0);
	cs_json_put_bool(&json, "beginning_missing", status->cut);
	json_snapshots(&json, status);
	json_sinks(&json, status);
	cs_json_key(&json, "volumes");
	cs_json_array(&json);
	for (uint32_t i = 0; i < status->survey.n; i++)
		json_volume(&json, call, &status->survey.volume[i]);
	cs_json_end_array(&json);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

/* ---- in words ---- */

static void
put_size(struct cs_text *text, uint64_t bytes)
{
	static const char *const units[] = {" bytes", " KiB", " MiB", " GiB", " TiB"};
	unsigned unit = 0;
	uint64_t tenths = bytes * 10;
	for (; unit + 1 < sizeof units / sizeof units[0] && tenths >= 10240; unit++)
		tenths /= 1024;
	cs_text_put_u64(text, tenths / 10);
	if (unit) {
		cs_text_put_char(text, '.');
		cs_text_put_u64(text, tenths % 10);
	}
	cs_text_put(text, units[unit]);
}

static void
put_when(struct cs_text *text, uint64_t time_ns)
{
	if (time_ns)
		cs_text_put_when(text, time_ns);
	else
		cs_text_put_char(text, '-');
}

static void
put_volume(struct cs_text *text, const struct cs_journal_call *call, const struct cs_surveyed *volume)
{
	char when[CS_NOTE_WHEN_BYTES];
	cs_text_put(text, "  ");
	cs_text_put_padded(text, volume->number, 8);
	cs_text_put(text, "  ");
	cs_text_put(text, form_names[volume->form]);
	cs_text_put(text, volume->readable ? ", " : " and NOT READABLE, ");
	put_size(text, volume->bytes);
	cs_text_put(text, ", records ");
	cs_text_put_u64(text, volume->first_seq);
	cs_text_put(text, " to ");
	cs_text_put_u64(text, volume->next_seq ? volume->next_seq - 1 : 0);
	if (volume->holds && !volume->to_ns)
		cs_text_put(text, ", OF UNKNOWN TIME");
	if (volume->to_ns) {
		cs_text_put(text, ", ");
		put_when(text, volume->from_ns);
		cs_text_put(text, " to ");
		put_when(text, volume->to_ns);
	}
	if (volume->gone_n) {
		cs_text_put(text, ", ");
		cs_text_put_u64(text, volume->gone_n);
		cs_text_put(text, " let go of");
	}
	cs_text_put(text, volume->keyed ? "" : ", key destroyed");
	if (erased_when(call, volume, when)) {
		cs_text_put(text, " on ");
		cs_text_put(text, when);
	}
	cs_text_put(text, "\n");
}

static void
put_beside(struct cs_text *text, const struct status *status)
{
	static const char *const words[] = {[UNKNOWN] = "", [SOUND] = ", sound", [UNSOUND] = ", NOT SOUND"};
	for (unsigned i = 0; i < status->snapshots.n; i++) {
		cs_text_put(text, "snapshot before record ");
		cs_text_put_u64(text, status->snapshots.next_seq[i]);
		cs_text_put(text, words[status->sound[i]]);
		cs_text_put(text, "\n");
	}
	if (!status->snapshots.n)
		cs_text_put(text, "no snapshot: a restart reads the journal from its beginning\n");
	for (unsigned i = 0; i < status->sink_n; i++) {
		cs_text_put(text, "sink ");
		cs_text_put(text, status->sink[i].name);
		cs_text_put(text, status->sink[i].sound ? ": " : ": NOT READABLE, ");
		cs_text_put_counted(text, status->sink[i].alert_n, "alert", "alerts");
		cs_text_put(text, " delivered, up to record ");
		cs_text_put_u64(text, status->sink[i].next_seq);
		cs_text_put(text, "\n");
	}
	cs_text_put_counted(text, status->inbox_n, "note waits", "notes wait");
	cs_text_put(text, " in the inbox\n");
}

static void
put_beginning(struct cs_text *text, const struct status *status)
{
	if (status->begun) {
		cs_text_put(text, "older volumes were let go of on ");
		cs_text_put_when(text, status->beginning.wall_ns);
		cs_text_put(text, " (");
		cs_text_put(text, status->beginning.reason);
		cs_text_put(text, ")\n");
	}
	if (status->cut) {
		cs_text_put(text, "ITS BEGINNING IS MISSING: the records before ");
		cs_text_put_u64(text, status->survey.volume[0].first_seq);
		cs_text_put(text, " are gone, and no signed `beginning` says why; `countersign verify` tells more\n");
	}
}

static void
put_words(struct cs_text *text, const struct cs_journal_call *call, const struct status *status)
{
	cs_text_put(text, "journal ");
	cs_text_put(text, call->folder);
	cs_text_put(text, status->held ? ", being written now\n" : ", not being written\n");
	cs_text_put_counted(text, count_records(&status->survey), "record", "records");
	cs_text_put(text, ", ");
	put_size(text, status->survey.bytes);
	cs_text_put(text, ", ");
	put_when(text, first_ns(&status->survey));
	cs_text_put(text, " to ");
	put_when(text, status->survey.last_ns);
	cs_text_put(text, "\n");
	put_beginning(text, status);
	put_beside(text, status);
	cs_text_put_counted(text, status->survey.n, "volume", "volumes");
	cs_text_put(text, ":\n");
	for (uint32_t i = 0; i < status->survey.n; i++)
		put_volume(text, call, &status->survey.volume[i]);
}

static int
tell(const struct cs_journal_call *call, const struct status *status)
{
	size_t cap = REST_BYTES + (size_t)status->survey.n * VOLUME_LINE_BYTES;
	char *at = malloc(cap);
	if (!at)
		return cs_journal_say(call, "status", CS_E_MEMORY);
	struct cs_text text = cs_text_over(at, cap);
	if (call->json)
		put_json(&text, call, status);
	else
		put_words(&text, call, status);
	bool written = !text.overflowed && fputs(at, stdout) >= 0 && fflush(stdout) == 0;
	free(at);
	return written ? CS_EXIT_RAN : cs_journal_say(call, "status", CS_E_WRITE);
}

int
cs_journal_status(const struct cs_journal_call *call)
{
	struct cs_vault *vault = NULL;
	struct status *status = calloc(1, sizeof *status);
	if (!status || !cs_journal_vault(call, NULL, true, &vault)) {
		free(status);
		return CS_EXIT_INPUT;
	}
	/* The user's own key may be another's. */
	if (vault && !call->key && cs_pen_fits(call->folder, vault) != CS_OK) {
		cs_vault_close(vault);
		vault = NULL;
	}
	enum cs_error error = look(call, vault, status);
	int exit = error == CS_OK       ? tell(call, status)
		   : error == CS_E_OPEN ? cs_journal_say(call, "there is no journal there", CS_OK)
					: cs_journal_say(call, "it cannot be looked at", error);
	cs_vault_close(vault);
	cs_survey_fini(&status->survey);
	free(status);
	return exit;
}

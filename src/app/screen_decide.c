/*
 * The file of decisions on the disk: read whole, written at its end under a lock, and synced before it is said to be kept.
 */
#include "app/command.h"
#include "app/screen_call.h"
#include "base/glyph.h"
#include "io/clock.h"
#include "io/disk.h"
#include "io/file.h"
#include "io/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES_MAX = 1 << 28, LIST_BYTES = CS_DECISION_LINE_MAX * 2 };

static const uint64_t second_ns = 1000000000;

static int
say(const char *path, const char *words)
{
	(void)fprintf(stderr, "countersign screen: %s: %s\n", path, words);
	return CS_EXIT_INPUT;
}

static void
tell_fault(const char *path, const struct cs_decision_fault *fault)
{
	if (fault->line)
		(void)fprintf(stderr, "countersign screen: %s:%" PRIu64 ": %s; %s\n", path, fault->line, fault->why,
			      fault->torn ? "it says nothing" : "no decision of this file holds");
}

int
cs_screen_decisions_open(const char *path, struct cs_decisions **out)
{
	struct cs_decision_fault fault;
	struct cs_span file;
	*out = NULL;
	if (!path)
		return CS_EXIT_RAN;
	enum cs_error error = cs_file_read(path, FILE_BYTES_MAX, &file);
	if (error != CS_OK)
		return say(path, cs_file_error_text(error));
	*out = cs_decisions_new(file, &fault);
	cs_file_free(file);
	if (!*out)
		return say(path, "out of memory");
	tell_fault(path, &fault);
	return CS_EXIT_RAN;
}

/* ---- writing ---- */

struct writing {
	const char *path;
	int file;
	struct cs_decisions *decisions;
};

static enum cs_error
read_held(int file, struct cs_span *out)
{
	uint64_t size = 0;
	size_t got = 0;
	CS_TRY(cs_disk_size(file, &size));
	if (size > FILE_BYTES_MAX)
		return CS_E_LIMIT;
	uint8_t *at = malloc((size_t)size + 1);
	if (!at)
		return CS_E_MEMORY;
	enum cs_error error = cs_disk_read(file, at, (size_t)size, 0, &got);
	*out = (struct cs_span){at, got};
	if (error != CS_OK)
		free(at);
	return error;
}

/* HOW the file is opened says whether it is made when there is none: what takes back is about a file that is there. */
static int
begin(const char *path, enum cs_disk_mode how, struct writing *out)
{
	struct cs_decision_fault fault;
	struct cs_span text;
	*out = (struct writing){path, -1, NULL};
	enum cs_error error = cs_disk_open(path, how, &out->file);
	if (error == CS_OK)
		error = cs_disk_lock(out->file);
	if (error == CS_OK)
		error = read_held(out->file, &text);
	if (error != CS_OK)
		return say(path, cs_file_error_text(error));
	out->decisions = cs_decisions_new(text, &fault);
	cs_file_free(text);
	if (!out->decisions)
		return say(path, "out of memory");
	tell_fault(path, &fault);
	if (fault.line && !fault.torn)
		return say(path, "nothing is written behind a line that is broken");
	return CS_EXIT_RAN;
}

static int
put(const struct writing *writing, const struct cs_decision_kept *decision)
{
	char line[CS_DECISION_LINE_MAX + 2];
	struct cs_text text = cs_text_over(line, sizeof line);
	size_t at = cs_decisions_good(writing->decisions);
	if (!cs_decisions_line(writing->decisions, decision, &text))
		return say(writing->path, "a name, reason or user is too long, or no UTF-8");
	enum cs_error error = cs_disk_cut(writing->file, at);
	if (error == CS_OK)
		error = cs_disk_write(writing->file, text.at, text.len, at);
	if (error == CS_OK)
		error = cs_disk_sync(writing->file);
	if (error == CS_OK)
		error = cs_disk_sync_name(writing->path);
	return error == CS_OK ? CS_EXIT_RAN : say(writing->path, cs_error_text(error));
}

static void
end(struct writing *writing)
{
	cs_decisions_free(writing->decisions);
	cs_disk_close(writing->file);
}

static void
draw_id(char out[CS_DECISION_ID_BYTES])
{
	uint8_t random[8];
	struct cs_text text = cs_text_over(out, CS_DECISION_ID_BYTES);
	cs_secret_random(random, sizeof random);
	cs_text_put_hex(&text, (struct cs_span){random, sizeof random});
}

/* The entry that "LIST/UID" names. */
static bool
find_entry(const struct cs_screen_lists *lists, const char *told, struct cs_roll_entry *out)
{
	const char *slash = strchr(told, '/');
	uint32_t number = 0;
	for (unsigned i = 0; slash && i < lists->n; i++) {
		struct cs_span list = {(const uint8_t *)told, (size_t)(slash - told)};
		if (!cs_span_is(list, lists->list[i].name) ||
		    !cs_roll_find(lists->roll, i, cs_span_text(slash + 1), &number))
			continue;
		cs_roll_entry(lists->roll, number, out);
		return true;
	}
	return false;
}

/* Of several entries of one list with one uid the one that the name is most like: that is the hit that was looked at. */
static void
choose_entry(const struct cs_screen_call *call, const struct cs_screen_lists *lists, struct cs_roll_entry *entry)
{
	static struct cs_roll_answer answer;
	struct cs_roll_desk *desk = cs_roll_desk_new(lists->roll);
	struct cs_roll_query query = {.name = cs_span_text(call->name),
				      .kind = call->kind,
				      .facts = &call->facts,
				      .lists = UINT32_C(1) << entry->list,
				      .line = call->line,
				      .exhaustive = call->exhaustive};
	if (desk)
		cs_roll_search(lists->roll, desk, &query, &answer);
	for (unsigned i = 0; desk && i < answer.hit_n; i++) {
		struct cs_roll_entry hit;
		cs_roll_entry(lists->roll, answer.hit[i].entry, &hit);
		if (!cs_span_equal(hit.uid, entry->uid))
			continue;
		*entry = hit;
		break;
	}
	cs_roll_desk_free(desk);
}

/* " until 2027-01-01", or that it has no end. */
static void
put_end_of(struct cs_text *text, const struct cs_decision_kept *decision)
{
	cs_text_put(text, decision->until_s ? " until " : " for good");
	if (decision->until_s)
		cs_text_put_when(text, decision->until_s * second_ns);
}

/* Says WHAT of a decision that was made before, on standard error. */
static void
say_before(const struct cs_screen_call *call, const struct cs_decision_kept *before, const char *what, const char *rest)
{
	char line[LIST_BYTES];
	struct cs_text text = cs_text_over(line, sizeof line);
	cs_text_put(&text, "countersign screen: ");
	cs_text_put(&text, call->decisions);
	cs_text_put(&text, what);
	cs_text_put(&text, before->id);
	cs_text_put(&text, ", decided by ");
	cs_glyph_put_all(&text, before->by);
	put_end_of(&text, before);
	cs_text_put(&text, rest);
	(void)fwrite(text.at, 1, text.len, stderr);
}

/* A case is decided once: what would say no more than a decision that holds is not written; what ends on another day, or comes when that
 * holds no more, takes its place. */
static int
check_before(const struct cs_screen_call *call, const struct cs_decisions *decisions,
	     const struct cs_decision_kept *decision)
{
	const struct cs_decision_kept *before = NULL;
	enum cs_decision_state state = cs_decisions_ask(decisions, &decision->of, call->at_s, &before);
	if (state == CS_DECISION_NONE)
		return CS_EXIT_RAN;
	if (state != CS_DECISION_HOLDS || before->until_s != decision->until_s) {
		say_before(call, before, ": this takes the place of ", "\n");
		return CS_EXIT_RAN;
	}
	say_before(call, before, ": nothing is written, since that is kept already: ",
		   "; --until with another day renews it, --revoke takes it back\n");
	return CS_EXIT_USAGE;
}

static int
write_decision(const struct cs_screen_call *call, const struct cs_screen_lists *lists,
	       const struct cs_roll_entry *entry, struct cs_hasher *hasher)
{
	struct writing writing;
	struct cs_decision_kept decision = {.by = cs_span_text(call->by),
					    .reason = cs_span_text(call->reason),
					    .name = cs_span_text(call->name),
					    .at_s = cs_clock_wall_ns() / second_ns,
					    .until_s = call->until_s};
	decision.of.party = cs_decision_party(hasher, lists->lexicon, decision.name, &call->facts);
	decision.of.list = cs_span_text(lists->list[entry->list].name);
	decision.of.uid = entry->uid;
	decision.of.version = entry->version;
	draw_id(decision.id);
	int status = begin(call->decisions, CS_DISK_EITHER, &writing);
	if (status == CS_EXIT_RAN)
		status = check_before(call, writing.decisions, &decision);
	if (status == CS_EXIT_RAN)
		status = put(&writing, &decision);
	if (status == CS_EXIT_RAN)
		(void)printf("%s\n", decision.id);
	end(&writing);
	return status;
}

/* What cannot be compared is not like another: a decision on it would say nothing. */
static bool
is_comparable(const struct cs_screen_lists *lists, const char *name)
{
	static struct cs_name_room room;
	if (!cs_screen_look_nothing(lists->lexicon, cs_span_text(name), &room))
		return true;
	(void)say("--decide", cs_screen_look_nothing_words);
	return false;
}

int
cs_screen_decide(const struct cs_screen_call *call)
{
	struct cs_screen_lists lists;
	struct cs_roll_entry entry;
	struct cs_screen_told told = cs_screen_call_lists(call);
	int status = cs_screen_lists_open(&told, &lists);
	struct cs_hasher *hasher = cs_hasher_new();
	if (status == CS_EXIT_RAN && !hasher)
		status = say(call->decisions, "out of memory");
	if (status == CS_EXIT_RAN && !is_comparable(&lists, call->name))
		status = CS_EXIT_USAGE;
	if (status == CS_EXIT_RAN && !find_entry(&lists, call->decide, &entry)) {
		(void)say(call->decide, "no such entry; write LIST/UID as an answer tells them");
		status = CS_EXIT_USAGE;
	}
	if (status == CS_EXIT_RAN)
		choose_entry(call, &lists, &entry);
	if (status == CS_EXIT_RAN)
		status = write_decision(call, &lists, &entry, hasher);
	cs_hasher_free(hasher);
	cs_screen_lists_close(&lists);
	return status;
}

static const struct cs_decision_kept *
find_decision(const struct cs_decisions *decisions, const char *id)
{
	for (size_t i = 0; i < cs_decisions_n(decisions); i++)
		if (strcmp(cs_decisions_at(decisions, i)->id, id) == 0 && !cs_decisions_at(decisions, i)->revoked)
			return cs_decisions_at(decisions, i);
	return NULL;
}

/* On standard output, since that is what was asked for. */
static void
tell_revoked(const struct cs_decision_kept *decision)
{
	char line[LIST_BYTES];
	struct cs_text text = cs_text_over(line, sizeof line);
	cs_text_put(&text, decision->id);
	cs_text_put(&text, " is taken back: that \"");
	cs_glyph_put_all(&text, decision->name);
	cs_text_put(&text, "\" is not ");
	cs_glyph_put_all(&text, decision->of.list);
	cs_text_put_char(&text, '/');
	cs_glyph_put_all(&text, decision->of.uid);
	cs_text_put(&text, ", decided by ");
	cs_glyph_put_all(&text, decision->by);
	cs_text_put_char(&text, '\n');
	(void)fwrite(text.at, 1, text.len, stdout);
}

/* Which decision of the same case counts; NULL: none does. */
static const struct cs_decision_kept *
that_counts(const struct cs_decisions *decisions, const struct cs_decision_kept *decision)
{
	const struct cs_decision_kept *last = NULL;
	(void)cs_decisions_ask(decisions, &decision->of, 0, &last);
	return last;
}

/* Says of a decision on the same case that counts from now on, or as before when it had taken the place of the one that is taken back. Whether
 * one on another version of the entry holds depends on what the list says now: a search tells that. */
static void
tell_left(const struct cs_decision_kept *revoked, const struct cs_decisions *now, bool again, uint64_t now_s)
{
	char line[LIST_BYTES];
	struct cs_text text = cs_text_over(line, sizeof line);
	const struct cs_decision_kept *left = NULL;
	enum cs_decision_state state = cs_decisions_ask(now, &revoked->of, now_s, &left);
	if (state == CS_DECISION_NONE)
		return;
	cs_text_put(&text, left->id);
	cs_text_put(&text, state == CS_DECISION_EXPIRED ? " is the one that counts, and has ended"
			   : again                      ? " holds again"
							: " holds as before");
	cs_text_put(&text, ": decided by ");
	cs_glyph_put_all(&text, left->by);
	put_end_of(&text, left);
	cs_text_put(&text, state == CS_DECISION_CHANGED ? ", on another version of the entry\n" : "\n");
	(void)fwrite(text.at, 1, text.len, stdout);
}

/* The file is read once more: what was written to it is not known to WRITING's decisions. */
static int
tell_what_is_left(const struct writing *writing, const struct cs_decision_kept *revoked, uint64_t now_s)
{
	struct cs_decision_fault fault;
	struct cs_span text;
	enum cs_error error = read_held(writing->file, &text);
	if (error != CS_OK)
		return say(writing->path, cs_error_text(error));
	struct cs_decisions *now = cs_decisions_new(text, &fault);
	cs_file_free(text);
	if (!now)
		return say(writing->path, "out of memory");
	tell_left(revoked, now, that_counts(writing->decisions, revoked) == revoked, now_s);
	cs_decisions_free(now);
	return CS_EXIT_RAN;
}

int
cs_screen_revoke(const struct cs_screen_call *call)
{
	struct writing writing;
	struct cs_decision_kept decision = {.by = cs_span_text(call->by),
					    .reason = cs_span_text(call->reason),
					    .at_s = cs_clock_wall_ns() / second_ns,
					    .revoked = true};
	int status = begin(call->decisions, CS_DISK_WRITE, &writing);
	const struct cs_decision_kept *found =
		status == CS_EXIT_RAN ? find_decision(writing.decisions, call->revoke) : NULL;
	if (status == CS_EXIT_RAN && !found) {
		(void)say(call->revoke, "there is no such decision, or it was revoked before");
		status = CS_EXIT_USAGE;
	}
	if (status == CS_EXIT_RAN) {
		memcpy(decision.id, found->id, sizeof decision.id);
		status = put(&writing, &decision);
	}
	if (status == CS_EXIT_RAN) {
		tell_revoked(found);
		status = tell_what_is_left(&writing, found, call->at_s ? call->at_s : decision.at_s);
	}
	end(&writing);
	return status;
}

static void
put_listed(const struct cs_decisions *decisions, const struct cs_decision_kept *decision, struct cs_text *text)
{
	const struct cs_decision_kept *counts = that_counts(decisions, decision);
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_text(&json, "decision", decision->id);
	cs_json_put_u64(&json, "line", decision->line);
	cs_json_put_utf8(&json, "name", decision->name);
	cs_json_put_utf8(&json, "list", decision->of.list);
	cs_json_put_utf8(&json, "uid", decision->of.uid);
	cs_json_put_utf8(&json, "by", decision->by);
	cs_json_put_utf8(&json, "reason", decision->reason);
	cs_json_put_when(&json, "at", decision->at_s * second_ns);
	cs_json_put_when(&json, "until", decision->until_s * second_ns);
	cs_json_put_bool(&json, "revoked", decision->revoked);
	if (!decision->revoked && counts && counts != decision)
		cs_json_put_text(&json, "replaced_by", counts->id);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

int
cs_screen_decided(const struct cs_screen_call *call)
{
	struct cs_decisions *decisions;
	int status = cs_screen_decisions_open(call->decisions, &decisions);
	for (size_t i = 0; status == CS_EXIT_RAN && i < cs_decisions_n(decisions); i++) {
		char line[LIST_BYTES];
		struct cs_text text = cs_text_over(line, sizeof line);
		put_listed(decisions, cs_decisions_at(decisions, i), &text);
		if (fwrite(text.at, 1, text.len, stdout) != text.len)
			status = say("standard output", "cannot be written");
	}
	if (cs_decisions_broken(decisions))
		status = CS_EXIT_INPUT;
	cs_decisions_free(decisions);
	return status;
}

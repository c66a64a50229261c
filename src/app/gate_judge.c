/*
 * What becomes of a file: it is released when each message in it was asked for, and nothing is left to be said against any of
 * them. Else it is held whole: what a bank signed is not cut in pieces.
 *
 * Invariant: a release needs something said for it, never only nothing against it. What could not be decided is a fault, and
 * what that leads to the bank has said beforehand (--fail).
 */
#include "app/gate.h"

#include "detect/waits.h"
#include "io/clock.h"

#include <stdio.h>

static const uint64_t second_ns = UINT64_C(1000000000);
enum { GRACE_S = 60 }; /* how much longer than its time a file waits for a record that cannot be read */

/* ---- findings ---- */

static struct cs_gate_file *
file_of(struct cs_gate *gate, uint64_t row)
{
	for (unsigned i = 0; i < gate->file_n; i++)
		if (row - gate->file[i]->first_row < gate->file[i]->row_n)
			return gate->file[i];
	return NULL;
}

/* LINE up to what it says of the message: from there on, words are others'. */
static struct cs_span
head_of(struct cs_span line)
{
	struct cs_span rest = cs_gate_behind(line, ",\"transaction\":{");
	return rest.at ? (struct cs_span){line.at, (size_t)(rest.at - line.at)} : line;
}

/* The message it is about, if that is one of a folder of messages. */
static bool
row_of(const struct cs_gate *gate, struct cs_span line, uint64_t *row)
{
	char leg[256];
	struct cs_span evidence = cs_gate_behind(line, "\"evidence\":[{");
	if (!evidence.len || !cs_gate_word(evidence, "leg", leg, sizeof leg))
		return false;
	for (unsigned i = 0; i < gate->source_n; i++)
		if (gate->source[i].messages && strcmp(gate->setup->policy->link[gate->source[i].link].name, leg) == 0)
			return cs_gate_number(evidence, "packet", row);
	return false;
}

static bool
is_word(struct cs_span line, const char *key, const char *word)
{
	char found[64];
	return cs_gate_word(line, key, found, sizeof found) && strcmp(found, word) == 0;
}

/* A proof that could be missing because something was not seen: only where it would have held. */
static bool
is_unproven(const struct cs_gate *gate, struct cs_span line)
{
	char name[256];
	const struct cs_policy *policy = gate->setup->policy;
	if (!is_word(line, "reason", cs_reason_name(CS_REASON_UNPROVEN)) ||
	    !cs_gate_word(line, "expectation", name, sizeof name))
		return false;
	for (unsigned i = 0; i < policy->expect_n; i++)
		if (strcmp(policy->expect[i].name, name) == 0)
			return policy->expect[i].otherwise.verdict != CS_VERDICT_ALLOW;
	return true;
}

void
cs_gate_alert(struct cs_gate *gate, struct cs_span line)
{
	uint64_t row = 0;
	struct cs_gate_file *file = gate->again;
	if (!file && row_of(gate, line, &row))
		file = file_of(gate, row);
	if (!file)
		return;
	while (line.len && line.at[line.len - 1] == '\n')
		line.len--;
	cs_gate_tell(&file->found, line);
	struct cs_span head = head_of(line);
	if (is_word(head, "mode", "shadow"))
		return;
	if (!is_word(head, "verdict", cs_verdict_name(CS_VERDICT_ALLOW)))
		file->why |= 1u << CS_GATE_FINDING;
	else if (is_unproven(gate, head))
		file->why |= 1u << CS_GATE_UNPROVEN;
}

void
cs_gate_finding(void *context, const struct cs_finding *finding)
{
	static char at[CS_ALERT_BYTES];
	struct cs_gate *gate = context;
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_alerts_finding(gate->alerts, finding);
	cs_alert_put_json(&text, &gate->alerts->names, finding);
	CS_ASSERT(!text.overflowed);
	gate->written = true;
	cs_gate_alert(gate, (struct cs_span){(const uint8_t *)at, text.len});
}

/* ---- decisions ---- */

bool
cs_gate_note(struct cs_gate *gate, struct cs_note *note)
{
	gate->written = true;
	return cs_note_end(note) && cs_chronicle_note(gate->record.chronicle, cs_note_line(note));
}

/* How one message stands; true: it still waits. */
static bool
look_at_row(const struct cs_gate *gate, struct cs_gate_file *file, unsigned i)
{
	const struct cs_detect *detect = cs_judge_detect(cs_pipeline_judge(gate->pipeline));
	const struct cs_gate_row *row = &file->row[i];
	struct cs_waits waits;
	cs_waits_look(detect, gate->source[file->source].link, row->hash, &waits);
	if (!row->asked && !gate->unasked_release)
		file->why |= 1u << CS_GATE_UNASKED;
	if (waits.known && waits.packet != file->first_row + i)
		file->why |= 1u << CS_GATE_DUPLICATE;
	if (row->asked && !waits.known)
		file->why |= 1u << CS_GATE_FORGOTTEN;
	if (waits.until_ns > file->until_ns)
		file->until_ns = waits.until_ns;
	return waits.n > 0;
}

static bool
has_fault(uint32_t why)
{
	for (unsigned i = 0; i < CS_GATE_WHY_N; i++)
		if (why >> i & 1 && cs_gate_why_fault((enum cs_gate_why)i))
			return true;
	return false;
}

static bool
has_reason(uint32_t why)
{
	for (unsigned i = 0; i < CS_GATE_WHY_N; i++)
		if (why >> i & 1 && !cs_gate_why_fault((enum cs_gate_why)i))
			return true;
	return false;
}

/* Claims are decided in their order: one waits for those before it, too. */
static uint64_t
overdue_ns(struct cs_gate *gate, struct cs_gate_file *file)
{
	if (file->until_ns > gate->latest_until_ns)
		gate->latest_until_ns = file->until_ns;
	if (!file->overdue_ns)
		file->overdue_ns = gate->latest_until_ns + GRACE_S * second_ns;
	return file->overdue_ns;
}

static enum cs_gate_action
act(struct cs_gate *gate, struct cs_gate_file *file)
{
	bool waits = false;
	file->until_ns = 0;
	for (unsigned i = 0; i < file->row_n; i++)
		waits |= look_at_row(gate, file, i);
	if (has_reason(file->why)) /* the rest of it changes nothing any more */
		return CS_GATE_HOLD;
	if (waits && cs_clock_wall_ns() < overdue_ns(gate, file))
		return CS_GATE_WAIT;
	if (waits)
		file->why |= 1u << CS_GATE_OVERDUE;
	if (has_fault(file->why))
		return gate->fail_release ? CS_GATE_RELEASE : CS_GATE_HOLD;
	return CS_GATE_RELEASE;
}

/* A name that is in use in one of the folders it may come to. */
static bool
is_in_use(const struct cs_gate *gate, const struct cs_gate_file *file)
{
	const char *const end = ".verdict.json";
	size_t len = strlen(file->name), end_len = strlen(end);
	if (len >= end_len && strcmp(file->name + len - end_len, end) == 0)
		return true; /* it would look like the verdict of another */
	for (unsigned i = 0; i < gate->file_n; i++)
		if (gate->file[i] != file && gate->file[i]->decided && strcmp(gate->file[i]->name, file->name) == 0)
			return true;
	const char *const in[][2] = {{gate->released, NULL}, {gate->held, NULL}, {gate->held, "rejected"}};
	for (unsigned i = 0; i < sizeof in / sizeof in[0]; i++)
		if (cs_folder_has(cs_gate_place(in[i][0], in[i][1], file->name, "")) ||
		    cs_folder_has(cs_gate_place(in[i][0], in[i][1], file->name, end)))
			return true;
	/* held/ has folders of its own */
	return false;
}

static void
put_decision(struct cs_gate *gate, struct cs_gate_file *file)
{
	char why[256];
	struct cs_text text = cs_text_over(why, sizeof why);
	struct cs_note note;
	cs_gate_put_why(&text, file->why);
	file->renamed = is_in_use(gate, file);
	cs_note_begin(&note, "gate-decide", NULL);
	cs_json_put_text(&note.json, "gate", file->id);
	cs_json_put_text(&note.json, "verdict", file->action == CS_GATE_RELEASE ? "release" : "hold");
	cs_json_put_text(&note.json, "why", why);
	cs_json_put_bool(&note.json, "renamed", file->renamed);
	cs_json_put_text(&note.json, "sha256", file->sha256);
	cs_json_put_u64(&note.json, "screened", file->stamp);
	cs_gate_put_name(&note.json, "file", file->name);
	file->decided = cs_gate_note(gate, &note);
	if (!file->decided)
		gate->failed = true;
	memcpy(file->note, note.id, sizeof note.id);
}

/* Nothing is released by what lists said before. */
static enum cs_gate_action
decide(struct cs_gate *gate, struct cs_gate_file *file)
{
	enum cs_gate_action action = act(gate, file);
	if (action != CS_GATE_RELEASE || file->stamp == cs_gate_stamp(gate))
		return action;
	cs_gate_look_again(gate, file);
	return act(gate, file);
}

void
cs_gate_decide(struct cs_gate *gate)
{
	for (unsigned i = 0; i < gate->file_n && !gate->failed; i++) {
		struct cs_gate_file *file = gate->file[i];
		if (file->decided)
			continue;
		enum cs_gate_action before = file->action;
		uint64_t until_ns = file->until_ns;
		file->action = decide(gate, file);
		if (gate->failed)
			return;
		if (file->action != CS_GATE_WAIT)
			put_decision(gate, file);
		else if (before != CS_GATE_WAIT || until_ns != file->until_ns)
			cs_gate_say_waiting(gate, file);
	}
}

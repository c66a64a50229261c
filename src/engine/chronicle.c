/*
 * Opening is the whole art: first the journal is re-run to its end (nothing is written yet), then it is opened for writing
 * (which cuts a torn end, the same that the re-run stopped at), and only then is anything put down.
 *
 * Invariant: what the judge has been told is what the journal holds, but for a tick that waits for its record.
 */
#include "engine/chronicle.h"

#include "base/json.h"
#include "engine/damage.h"
#include "engine/inbox.h"
#include "engine/pen.h"
#include "io/clock.h"

#include <stdlib.h>

enum { RERUN_STEP = 65536 };

static const uint64_t inbox_every_ns = 1000000000;

struct cs_chronicle {
	struct cs_chronicle_wish wish;
	struct cs_rerun *rerun; /* keeps the recovered judge and its policy; NULL: the journal was empty */
	struct cs_judge *own;   /* a judge made here; NULL: the recovered one is used */
	struct cs_judge *judge;
	struct cs_journal *journal;
	struct cs_outbox *outbox;
	struct cs_recorder recorder;
	struct cs_inbox inbox;
	uint64_t inbox_ns; /* when it was looked at last */
	uint64_t published_ns;
	uint64_t alert_seq; /* the journal's, when the outbox was woken last */
	uint64_t alert_n;   /* alerts in the journal, as far as it was read */
	char words[CS_CHRONICLE_WORDS_BYTES];
};

static enum cs_error
refuse(struct cs_chronicle *chronicle, enum cs_error error, const char *why)
{
	struct cs_text text = cs_text_over(chronicle->words, sizeof chronicle->words);
	cs_text_put(&text, "journal ");
	cs_text_put(&text, chronicle->wish.journal.folder);
	cs_text_put(&text, ": ");
	cs_text_put(&text, why);
	return error;
}

/* ---- recovery ---- */

/* What state came from was let go of, or erased: it is had from the next policy on, or not at all. Damage that was gone over
 * once has been told then, and is told as what it is. */
static enum cs_error
go_behind(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	if (cs_rerun_damaged(chronicle->rerun)) {
		cs_rerun_add_words(chronicle->rerun, start->passed);
	} else {
		struct cs_text lost = cs_text_over(start->lost, sizeof start->lost);
		cs_text_put(&lost, cs_rerun_words(chronicle->rerun));
	}
	return cs_rerun_resume(chronicle->rerun);
}

/* Who watches goes on watching, with fresh state; who reads again can be told. */
static enum cs_error
check_lost(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	if (cs_rerun_policy(chronicle->rerun))
		start->lost[0] = '\0'; /* of an older state */
	if (!start->lost[0] || chronicle->wish.live)
		return CS_OK;
	return refuse(chronicle, CS_E_RANGE, start->lost);
}

/* To the end, or to record UNTIL_SEQ. */
static enum cs_error
rerun_to(struct cs_chronicle *chronicle, struct cs_chronicle_start *start, uint64_t until_seq)
{
	struct cs_rerun_wish wish = {
		.folder = chronicle->wish.journal.folder,
		.vault = chronicle->wish.journal.vault,
		.until_seq = until_seq,
	};
	enum cs_error error = cs_rerun_open(&wish, &chronicle->rerun);
	if (error == CS_E_OPEN)
		return CS_OK; /* there is no journal yet */
	CS_TRY(error);
	do {
		error = cs_rerun_some(chronicle->rerun, RERUN_STEP);
		if (error == CS_E_RANGE)
			error = go_behind(chronicle, start);
	} while (error == CS_OK);
	/* What lies behind the last whole page is torn, or damaged: opening it for writing tells. */
	bool stopped = error == CS_E_TRUNCATED || error == CS_E_FORMAT || error == CS_E_PERMISSION;
	if (error == CS_END || stopped)
		return check_lost(chronicle, start);
	return refuse(chronicle, error, cs_rerun_words(chronicle->rerun));
}

static void
drop_recovered(struct cs_chronicle *chronicle)
{
	cs_rerun_close(chronicle->rerun);
	chronicle->rerun = NULL;
}

static enum cs_error
say_damage(struct cs_chronicle *chronicle, const struct cs_journal_found *found)
{
	char why[512];
	struct cs_text text = cs_text_over(why, sizeof why);
	cs_text_put(&text, "volume ");
	cs_text_put_padded(&text, found->volume, 8);
	cs_text_put(&text, " is damaged at byte ");
	cs_text_put_u64(&text, found->offset);
	cs_text_put(
		&text,
		", before records that had been made durable. Keep it, look at it with `countersign verify`, and begin "
		"another journal, or go on behind the damage with --over-damage");
	return refuse(chronicle, CS_E_FORMAT, why);
}

/* Under another key nothing of it could be read, and what was added would be another's. */
static enum cs_error
check_key(struct cs_chronicle *chronicle)
{
	if (cs_pen_fits(chronicle->wish.journal.folder, chronicle->wish.journal.vault) != CS_E_FORMAT)
		return CS_OK;
	return refuse(chronicle, CS_E_FORMAT,
		      "it is signed and sealed under another key; name that one with --journal-key");
}

static enum cs_error
take_journal(struct cs_chronicle *chronicle, struct cs_journal_found *found)
{
	enum cs_error error = cs_journal_take(&chronicle->wish.journal, found, &chronicle->journal);
	if (error == CS_E_FORMAT && found->damaged)
		return say_damage(chronicle, found);
	if (error == CS_E_PERMISSION)
		return refuse(chronicle, error, "another process writes it, or this one may not");
	return error == CS_OK ? CS_OK : refuse(chronicle, error, cs_error_text(error));
}

/* Behind damage, state begins anew; alerts are counted on from the last that can be read. */
static enum cs_error
go_over_damage(struct cs_chronicle *chronicle, uint64_t reached, struct cs_chronicle_start *start)
{
	struct cs_damage_behind behind;
	CS_TRY(cs_damage_look(chronicle->wish.journal.folder, reached, &behind));
	if (behind.alert_n)
		chronicle->alert_n = behind.alert_n;
	struct cs_text lost = cs_text_over(start->lost, sizeof start->lost);
	if (!start->found.damaged)
		cs_text_put(&lost, cs_rerun_words(chronicle->rerun));
	start->over_damage = true;
	drop_recovered(chronicle);
	return CS_OK;
}

static enum cs_error
refuse_damage(struct cs_chronicle *chronicle)
{
	char why[CS_RERUN_WORDS_BYTES + 256];
	struct cs_text text = cs_text_over(why, sizeof why);
	cs_text_put(&text, chronicle->rerun ? cs_rerun_words(chronicle->rerun) : "it cannot be read");
	cs_text_put(&text,
		    ". Keep it, look at it with `countersign verify`, and begin another journal, or go on behind "
		    "that with --over-damage");
	return refuse(chronicle, CS_E_FORMAT, why);
}

/* Whether the recovery reached the record at which this process goes on. */
static enum cs_error
check_reach(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	uint64_t reached = chronicle->rerun ? cs_rerun_counts_of(chronicle->rerun)->next_seq : 0;
	if (reached == start->found.next_seq && !start->found.damaged)
		return CS_OK;
	if (!chronicle->wish.journal.over_damage)
		return refuse_damage(chronicle);
	enum cs_error error = go_over_damage(chronicle, reached, start);
	return error == CS_OK ? CS_OK : refuse(chronicle, error, cs_error_text(error));
}

static bool
same_names(const struct cs_alert_names *a, const struct cs_alert_names *b)
{
	if (a->source_n != b->source_n)
		return false;
	for (unsigned i = 0; i < a->source_n; i++)
		if (strcmp(a->source[i], b->source[i]) != 0)
			return false;
	return true;
}

/* Whether the recovered judge is the one to go on with. */
static bool
fits(const struct cs_chronicle *chronicle)
{
	const struct cs_policy *before = chronicle->rerun ? cs_rerun_policy(chronicle->rerun) : NULL;
	return before && before->hash == chronicle->wish.names.policy->hash &&
	       strcmp(before->path, chronicle->wish.names.policy->path) == 0 &&
	       same_names(cs_rerun_names(chronicle->rerun), &chronicle->wish.names) &&
	       !(chronicle->wish.live && cs_rerun_ended(chronicle->rerun));
}

/* What is read again from its beginning must be what the journal records. */
static enum cs_error
check_input(struct cs_chronicle *chronicle)
{
	bool empty = !chronicle->rerun || !cs_rerun_policy(chronicle->rerun);
	if (empty || chronicle->wish.live || fits(chronicle))
		return CS_OK;
	return refuse(chronicle, CS_E_FORMAT,
		      "it records another policy or other captures; name another folder, or the same input");
}

/* Alerts that the last process decided and did not live to put down. */
static uint64_t
put_late_alerts(struct cs_chronicle *chronicle)
{
	struct cs_span head, line;
	uint64_t n = 0;
	for (; chronicle->rerun && cs_rerun_open_alert(chronicle->rerun, &head, &line); n++) {
		uint64_t time_ns = cs_rerun_counts_of(chronicle->rerun)->last_ns;
		bool put = cs_journal_put(chronicle->journal, CS_RECORD_ALERT, time_ns, head, line);
		CS_ASSERT(put);
	}
	return n;
}

/* ---- going on ---- */

static void
put_resume(struct cs_chronicle *chronicle, const struct cs_chronicle_start *start)
{
	char at[512];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	uint64_t time_ns = start->recovered.last_ns;
	cs_json_object(&json);
	cs_json_put_text(&json, "build", chronicle->wish.journal.build ? chronicle->wish.journal.build : "");
	cs_json_put_u64(&json, "at_record", start->found.next_seq);
	cs_json_put_u64(&json, "torn_bytes", start->found.torn_bytes);
	cs_json_put_bool(&json, "over_damage", start->over_damage);
	cs_json_put_u64(&json, "late_alerts", start->late_n);
	cs_json_end_object(&json);
	struct cs_span open = {(const uint8_t *)at, text.len};
	(void)cs_journal_put(chronicle->journal, CS_RECORD_RESUME, time_ns, open, (struct cs_span){0});
}

static enum cs_error
begin_anew(struct cs_chronicle *chronicle, uint64_t time_ns)
{
	struct cs_detect_sink sink = {cs_recorder_finding, &chronicle->recorder};
	chronicle->own = cs_judge_new(chronicle->wish.names.policy, &sink);
	if (!chronicle->own)
		return refuse(chronicle, CS_E_MEMORY, "out of memory; lower `keep` in the policy");
	chronicle->judge = chronicle->own;
	chronicle->recorder.told = (struct cs_inputs){0};
	chronicle->recorder.known = (struct cs_inputs){0};
	if (!cs_recorder_policy(&chronicle->recorder, chronicle->wish.policy_text, time_ns))
		return refuse(chronicle, CS_E_LIMIT,
			      "the policy, or the names of the captures, are too long to be kept");
	cs_judge_scribe_set(chronicle->judge, &chronicle->recorder.scribe);
	return CS_OK;
}

/* The old policy's claims are decided as far as they can be, as at a reload. */
static void
end_old(struct cs_chronicle *chronicle)
{
	struct cs_judge *old = chronicle->rerun ? cs_rerun_judge(chronicle->rerun) : NULL;
	if (!old || cs_rerun_ended(chronicle->rerun))
		return;
	struct cs_alert_names names = chronicle->recorder.names;
	struct cs_detect_sink sink = {cs_recorder_finding, &chronicle->recorder};
	chronicle->recorder.names = *cs_rerun_names(chronicle->rerun);
	chronicle->recorder.told = chronicle->recorder.known = cs_rerun_inputs(chronicle->rerun);
	cs_rerun_hand_over(chronicle->rerun, &sink);
	cs_judge_scribe_set(old, &chronicle->recorder.scribe);
	cs_judge_finish(old);
	cs_judge_scribe_set(old, NULL);
	chronicle->recorder.names = names;
}

static void
tell_absence(struct cs_chronicle *chronicle, unsigned link, const struct cs_gap *gap)
{
	struct cs_finding finding = {
		.reason = CS_REASON_CAPTURE_GAP,
		.severity = CS_SEVERITY_LOW,
		.verdict = CS_VERDICT_ALLOW,
		.link = (uint16_t)link,
		.expectation = "coverage",
		.decided_ns = gap->to_ns,
		.coverage = {false, gap->len},
	};
	struct cs_text text = cs_text_over(finding.detail, sizeof finding.detail);
	cs_text_put(&text, "nobody watched for ");
	cs_text_put_duration(&text, gap->to_ns - gap->from_ns);
	cs_text_put(&text, ": this program had ended and was started again");
	cs_judge_tell(chronicle->judge, &finding);
}

/* Nobody watched between what was settled last and now; what that may have hidden is said once. */
static void
declare_absence(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	const struct cs_coverage *coverage = cs_judge_coverage(chronicle->judge);
	uint64_t now_ns = chronicle->wish.since_ns ? chronicle->wish.since_ns : cs_clock_wall_ns();
	for (unsigned i = 0; i < chronicle->wish.names.policy->link_n; i++) {
		uint64_t begin_ns = cs_coverage_begin(coverage, i), settled_ns = cs_coverage_settled(coverage, i);
		uint64_t from_ns = settled_ns > begin_ns ? settled_ns : begin_ns;
		if (!begin_ns || chronicle->wish.names.policy->link[i].row) /* files wait for who reads them */
			continue;
		struct cs_gap gap = {from_ns, now_ns > from_ns ? now_ns : from_ns, 1};
		for (unsigned dir = 0; dir < CS_DIR_N; dir++)
			cs_judge_gap(chronicle->judge, i, (enum cs_direction)dir, gap);
		tell_absence(chronicle, i, &gap);
		if (start->absent_ns < gap.to_ns - gap.from_ns)
			start->absent_ns = gap.to_ns - gap.from_ns;
	}
}

static void
go_on(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	struct cs_detect_sink sink = {cs_recorder_finding, &chronicle->recorder};
	struct cs_inputs told = cs_rerun_inputs(chronicle->rerun);
	chronicle->judge = cs_rerun_judge(chronicle->rerun);
	chronicle->recorder.known = told;
	chronicle->recorder.told = chronicle->wish.live ? told : (struct cs_inputs){0};
	cs_rerun_hand_over(chronicle->rerun, &sink);
	cs_judge_scribe_set(chronicle->judge, &chronicle->recorder.scribe);
	if (chronicle->wish.live)
		declare_absence(chronicle, start);
}

static enum cs_error
start_recorder(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	struct cs_recorder *recorder = &chronicle->recorder;
	recorder->journal = chronicle->journal;
	recorder->names = chronicle->wish.names;
	recorder->next = chronicle->wish.next;
	recorder->last_ns = start->recovered.last_ns;
	cs_recorder_init(recorder);
	start->late_n = put_late_alerts(chronicle);
	recorder->alert_n = chronicle->alert_n + start->late_n;
	if (!start->found.fresh)
		put_resume(chronicle, start);
	if (fits(chronicle)) {
		start->tally = *cs_rerun_tally(chronicle->rerun);
		go_on(chronicle, start);
		return CS_OK;
	}
	bool empty = !chronicle->rerun || !cs_rerun_policy(chronicle->rerun);
	start->ended = !empty && cs_rerun_ended(chronicle->rerun);
	start->other_policy = !empty && !start->ended;
	end_old(chronicle);
	drop_recovered(chronicle);
	return begin_anew(chronicle, start->recovered.last_ns);
}

static enum cs_error
start_outbox(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	if (!chronicle->wish.alerts_path)
		return CS_OK;
	struct cs_outbox_wish wish = {
		.folder = chronicle->wish.journal.folder,
		.vault = chronicle->wish.journal.vault,
		.journal = chronicle->journal,
		.path = chronicle->wish.alerts_path,
		.file = chronicle->wish.alerts_file,
		.from_seq = chronicle->wish.live ? start->found.next_seq : 0,
		.over_seq = chronicle->wish.journal.over_damage ? start->found.next_seq : 0,
		.say = chronicle->wish.say,
		.say_context = chronicle->wish.say_context,
	};
	enum cs_error error = cs_outbox_open(&wish, &chronicle->outbox);
	if (error != CS_OK)
		return refuse(chronicle, error, "alerts cannot be delivered: their file cannot be opened or written");
	start->alerts_moved = cs_outbox_moved(chronicle->outbox);
	return CS_OK;
}

/* A snapshot may be of records that a loss of power took, or tore the pages before: then an older one serves, or none. */
static enum cs_error
step_back(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	uint64_t next_seq = start->found.next_seq;
	if (!chronicle->rerun || cs_rerun_counts_of(chronicle->rerun)->next_seq <= next_seq)
		return CS_OK;
	drop_recovered(chronicle);
	return next_seq ? rerun_to(chronicle, start, next_seq) : CS_OK;
}

/* Nothing is put down before all that could be refused was. */
static enum cs_error
open_all(struct cs_chronicle *chronicle, struct cs_chronicle_start *start)
{
	CS_TRY(check_key(chronicle));
	CS_TRY(rerun_to(chronicle, start, 0));
	CS_TRY(take_journal(chronicle, &start->found));
	CS_TRY(step_back(chronicle, start));
	if (chronicle->rerun) {
		start->recovered = *cs_rerun_counts_of(chronicle->rerun);
		chronicle->alert_n = cs_rerun_alerts(chronicle->rerun);
	}
	CS_TRY(check_reach(chronicle, start));
	if (chronicle->rerun && start->recovered.differing_n)
		return refuse(chronicle, CS_E_FORMAT, cs_rerun_words(chronicle->rerun));
	CS_TRY(check_input(chronicle));
	enum cs_error error = cs_journal_begin(chronicle->journal);
	if (error != CS_OK)
		return refuse(chronicle, error, cs_error_text(error));
	CS_TRY(start_recorder(chronicle, start));
	return start_outbox(chronicle, start);
}

enum cs_error
cs_chronicle_open(const struct cs_chronicle_wish *wish, struct cs_chronicle_start *start, char *words,
		  struct cs_chronicle **out)
{
	struct cs_chronicle *chronicle = calloc(1, sizeof *chronicle);
	*start = (struct cs_chronicle_start){0};
	words[0] = '\0';
	if (!chronicle)
		return CS_E_MEMORY;
	chronicle->wish = *wish;
	enum cs_error error = open_all(chronicle, start);
	if (error == CS_OK) {
		chronicle->published_ns = cs_clock_steady_ns();
		*out = chronicle;
		return CS_OK;
	}
	struct cs_text text = cs_text_over(words, CS_CHRONICLE_WORDS_BYTES);
	cs_text_put(&text, chronicle->words);
	enum cs_error closed = cs_chronicle_close(chronicle);
	(void)closed; /* the first error counts */
	return error;
}

struct cs_judge *
cs_chronicle_judge(struct cs_chronicle *chronicle)
{
	return chronicle->judge;
}

struct cs_detect_sink
cs_chronicle_sink(struct cs_chronicle *chronicle)
{
	return (struct cs_detect_sink){cs_recorder_finding, &chronicle->recorder};
}

enum cs_error
cs_chronicle_poll(struct cs_chronicle *chronicle)
{
	uint64_t now_ns = cs_clock_steady_ns();
	if (chronicle->wish.durable_ns && now_ns - chronicle->published_ns >= chronicle->wish.durable_ns) {
		chronicle->published_ns = now_ns;
		cs_journal_publish(chronicle->journal);
	}
	CS_TRY(cs_journal_error(chronicle->journal));
	if (!chronicle->outbox)
		return CS_OK;
	uint64_t alert_seq = cs_journal_state_of(chronicle->journal).alert_seq;
	if (alert_seq != chronicle->alert_seq)
		cs_outbox_wake(chronicle->outbox);
	chronicle->alert_seq = alert_seq;
	return cs_outbox_error(chronicle->outbox);
}

enum cs_error
cs_chronicle_flush(struct cs_chronicle *chronicle)
{
	cs_recorder_rest(&chronicle->recorder);
	return cs_journal_flush(chronicle->journal);
}

bool
cs_chronicle_stalled(const struct cs_chronicle *chronicle)
{
	return cs_journal_state_of(chronicle->journal).stalled ||
	       (chronicle->outbox && cs_outbox_stalled(chronicle->outbox));
}

const char *
cs_chronicle_words(struct cs_chronicle *chronicle)
{
	enum cs_error error = cs_journal_error(chronicle->journal);
	if (error == CS_E_LIMIT)
		(void)refuse(chronicle, error, "the disk is full, and what found no room there is not in it");
	else if (error != CS_OK)
		(void)refuse(chronicle, error, cs_error_text(error));
	else if (chronicle->outbox && cs_outbox_error(chronicle->outbox) != CS_OK)
		return cs_outbox_words(chronicle->outbox);
	else if (cs_journal_state_of(chronicle->journal).stalled)
		(void)refuse(chronicle, CS_E_LIMIT, "the disk is full: everything waits until there is room");
	else if (chronicle->outbox && cs_outbox_stalled(chronicle->outbox))
		(void)refuse(chronicle, CS_E_LIMIT, "the disk of the alerts file is full: alerts wait in the journal");
	else
		chronicle->words[0] = '\0';
	return chronicle->words;
}

bool
cs_chronicle_fits(const struct cs_alert_names *names, struct cs_span text)
{
	return cs_recorder_fits(names, text);
}

void
cs_chronicle_policy(struct cs_chronicle *chronicle, const struct cs_alert_names *names, struct cs_span text,
		    struct cs_judge *judge)
{
	cs_recorder_rest(&chronicle->recorder);
	chronicle->recorder.names = *names;
	chronicle->wish.names = *names;
	chronicle->recorder.told = (struct cs_inputs){0};
	chronicle->recorder.known = (struct cs_inputs){0};
	bool put = cs_recorder_policy(&chronicle->recorder, text, cs_clock_wall_ns());
	CS_ASSERT(put);
	cs_judge_free(chronicle->own);
	drop_recovered(chronicle);
	chronicle->own = chronicle->judge = judge;
	cs_judge_scribe_set(judge, &chronicle->recorder.scribe);
}

bool
cs_chronicle_note(struct cs_chronicle *chronicle, struct cs_span line)
{
	if (line.len > CS_NOTE_BYTES)
		return false;
	return cs_journal_put(chronicle->journal, CS_RECORD_OPERATOR, cs_clock_wall_ns(), line, (struct cs_span){0});
}

enum cs_error
cs_chronicle_inbox(struct cs_chronicle *chronicle)
{
	unsigned taken = 0;
	uint64_t now_ns = cs_clock_steady_ns();
	if (now_ns - chronicle->inbox_ns < inbox_every_ns)
		return CS_OK;
	chronicle->inbox_ns = now_ns;
	enum cs_error error =
		cs_inbox_take(&chronicle->inbox, chronicle->wish.journal.folder, chronicle->journal, &taken);
	(void)error; /* what could not be taken stays there, and is told by `journal status` */
	return cs_journal_error(chronicle->journal);
}

void
cs_chronicle_retoken(struct cs_chronicle *chronicle, struct cs_token old, struct cs_token new)
{
	uint64_t half[4] = {old.half[0], old.half[1], new.half[0], new.half[1]};
	struct cs_span sealed = {(const uint8_t *)half, sizeof half};
	(void)cs_journal_put(chronicle->journal, CS_RECORD_RETOKEN, cs_clock_wall_ns(), (struct cs_span){0}, sealed);
}

struct cs_raw_sink
cs_chronicle_raw(struct cs_chronicle *chronicle)
{
	return (struct cs_raw_sink){cs_recorder_raw, &chronicle->recorder};
}

struct cs_journal_state
cs_chronicle_state(const struct cs_chronicle *chronicle)
{
	return cs_journal_state_of(chronicle->journal);
}

bool
cs_chronicle_differs(const struct cs_chronicle *chronicle, bool at_end)
{
	return chronicle->recorder.differs || (at_end && cs_recorder_catching_up(&chronicle->recorder));
}

enum cs_error
cs_chronicle_close(struct cs_chronicle *chronicle)
{
	enum cs_error error = CS_OK;
	if (!chronicle)
		return CS_OK;
	if (chronicle->journal) {
		/* Whoever stops a live process does not wait until somebody has made room; what is lost so is said. */
		if (chronicle->wish.live)
			cs_journal_hurry(chronicle->journal);
		if (!chronicle->wish.live || !cs_journal_state_of(chronicle->journal).stalled)
			error = cs_chronicle_flush(chronicle);
		enum cs_error delivered = cs_outbox_close(chronicle->outbox);
		enum cs_error closed = cs_journal_close(chronicle->journal);
		error = error != CS_OK ? error : delivered != CS_OK ? delivered : closed;
	}
	cs_judge_free(chronicle->own);
	cs_rerun_close(chronicle->rerun);
	free(chronicle);
	return error;
}

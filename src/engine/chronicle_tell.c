/*
 * A chronicle that was opened: what is put down besides what the judge is told, and the change of policies.
 */
#include "engine/chronicle_parts.h"

#include "io/clock.h"

static const uint64_t inbox_every_ns = 1000000000;

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
		(void)cs_chronicle_refuse(chronicle, error,
					  "the disk is full, and what found no room there is not in it");
	else if (error != CS_OK)
		(void)cs_chronicle_refuse(chronicle, error, cs_error_text(error));
	else if (chronicle->outbox && cs_outbox_error(chronicle->outbox) != CS_OK)
		return cs_outbox_words(chronicle->outbox);
	else if (cs_journal_state_of(chronicle->journal).stalled)
		(void)cs_chronicle_refuse(chronicle, CS_E_LIMIT,
					  "the disk is full: everything waits until there is room");
	else if (chronicle->outbox && cs_outbox_stalled(chronicle->outbox))
		(void)cs_chronicle_refuse(chronicle, CS_E_LIMIT,
					  "the disk of the alerts file is full: alerts wait in the journal");
	else
		chronicle->words[0] = '\0';
	return chronicle->words;
}

bool
cs_chronicle_fits(const struct cs_alert_names *names, struct cs_span text)
{
	return cs_recorder_fits(names, text);
}

/* ---- another policy ---- */

void
cs_chronicle_warm(struct cs_chronicle *chronicle, const struct cs_carry *carry, const struct cs_policy *fresh)
{
	struct cs_warmer_wish wish = {
		.policy = fresh,
		.reigns = &chronicle->reigns,
		.reach_ns = cs_carry_reach(carry, fresh),
		.now_ns = chronicle->recorder.last_ns,
	};
	if (chronicle->warmer && wish.reach_ns && chronicle->reigns.n)
		cs_warmer_ask(chronicle->warmer, &wish);
}

enum cs_warmth
cs_chronicle_warmth(const struct cs_chronicle *chronicle)
{
	return chronicle->warmer ? cs_warmer_state(chronicle->warmer) : CS_WARMTH_NONE;
}

const char *
cs_chronicle_warm_words(const struct cs_chronicle *chronicle)
{
	return chronicle->warmer ? cs_warmer_words(chronicle->warmer) : "";
}

void
cs_chronicle_leave_warming(struct cs_chronicle *chronicle)
{
	if (chronicle->warmer)
		cs_warmer_leave(chronicle->warmer);
}

/* All that was told is written by now. */
static void
take_over(struct cs_chronicle *chronicle, struct cs_carry *carry, struct cs_judge *judge)
{
	struct cs_carry_judges judges = {chronicle->judge, NULL, judge};
	struct cs_judge *warm = NULL;
	struct cs_carry_from from;
	carry->now_ns = chronicle->recorder.last_ns;
	carry->reigns = chronicle->reigns;
	if (cs_chronicle_warmth(chronicle) == CS_WARMTH_NEAR &&
	    cs_warmer_end(chronicle->warmer, &warm, &from) == CS_OK) {
		judges.warm = warm;
		cs_carry_warm(carry, cs_judge_policy(judge), &from);
	}
	enum cs_error error = cs_carry_take(carry, &judges);
	CS_ASSERT(error == CS_OK);
}

void
cs_chronicle_policy(struct cs_chronicle *chronicle, const struct cs_alert_names *names, struct cs_span text,
		    struct cs_judge *judge, struct cs_carry *carry)
{
	enum cs_error error = cs_chronicle_flush(chronicle);
	(void)error; /* one that ended the journal is told by whoever asks next */
	uint64_t seq = cs_journal_state_of(chronicle->journal).durable_seq;
	if (carry)
		take_over(chronicle, carry, judge);
	else
		chronicle->reigns.n = 0;
	chronicle->recorder.names = *names;
	chronicle->wish.names = *names;
	chronicle->recorder.told = (struct cs_inputs){0};
	chronicle->recorder.known = (struct cs_inputs){0};
	bool put = cs_recorder_policy(&chronicle->recorder, text, carry, cs_clock_wall_ns());
	CS_ASSERT(put);
	cs_carry_reign(&chronicle->reigns, (struct cs_reign){chronicle->recorder.last_ns, seq});
	cs_chronicle_leave_warming(chronicle);
	cs_judge_free(chronicle->own);
	cs_chronicle_drop_recovered(chronicle);
	chronicle->own = chronicle->judge = judge;
	cs_judge_scribe_set(judge, &chronicle->recorder.scribe);
}

/* ---- beside the judge ---- */

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

void
cs_chronicle_roster(struct cs_chronicle *chronicle, const struct cs_roster *roster, uint64_t now_ns)
{
	static uint8_t open[CS_ROSTER_RECORD_MAX];
	const uint8_t *end = cs_roster_put(roster, now_ns, open);
	struct cs_span record = {open, (size_t)(end - open)};
	cs_recorder_rest(&chronicle->recorder);
	(void)cs_journal_put(chronicle->journal, CS_RECORD_ROSTER, cs_clock_wall_ns(), record, (struct cs_span){0});
}

/* Its event follows within a batch. Close to where a journal was gone on with, one may be kept twice. */
void
cs_chronicle_named(struct cs_chronicle *chronicle, const struct cs_sentry_named *named)
{
	static uint8_t open[CS_SENTRY_OPEN_MAX], sealed[CS_SENTRY_SEALED_MAX];
	if (cs_recorder_is_far_behind(&chronicle->recorder))
		return;
	struct cs_sentry_len len = cs_sentry_named_put(named, open, sealed);
	(void)cs_journal_put(chronicle->journal, CS_RECORD_NAMED, chronicle->recorder.last_ns,
			     (struct cs_span){open, len.open}, (struct cs_span){sealed, len.sealed});
	explicit_bzero(sealed, len.sealed);
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

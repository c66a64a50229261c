/*
 * Two processes: one that waits, and for each round one of its own, so that a round that runs out of memory or comes to
 * harm in a damaged file ends itself alone and all its memory is given back. What it says goes to the process it looks
 * after, which tells it: one line a round, "+" or "!" in front as it is well or not.
 */
#include "app/caretaker.h"

#include "io/child.h"
#include "io/clock.h"
#include "io/confine.h"
#include "io/file.h"
#include "io/sandbox.h"

#include <stdio.h>

static const uint64_t otherwise_every_ns = UINT64_C(600) * 1000000000; /* without snapshots there is still care */
static const uint64_t ms_ns = 1000000;
static const uint64_t wait_most_ms = 60000;
static const int gentle_ms = 120000; /* long for some gigabytes */

enum { FIRM_ROUNDS = 10 };

/* ---- its side ---- */

static void
say(int line, bool fault, const char *words)
{
	char at[CS_CHILD_MESSAGE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put_char(&text, fault ? '!' : '+');
	cs_text_put(&text, words);
	enum cs_error error = cs_child_say(line, at, text.len + 1);
	(void)error; /* nobody listens any more: the end is near */
}

static void
do_round(void *context, int line)
{
	static struct cs_care_report report;
	char at[CS_CHILD_MESSAGE_BYTES - 1];
	struct cs_text text = cs_text_over(at, sizeof at);
	bool fault = false;
	struct cs_care_wish *wish = context;
	cs_vault_relock(wish->vault);
	enum cs_error error = cs_care_round(wish, &report);
	if (error == CS_E_PERMISSION)
		cs_text_put(&text, "no round: another process makes a snapshot there, or the folder is not ours");
	else if (error != CS_OK)
		cs_text_put(&text, cs_error_text(error));
	else
		cs_care_put(&text, &report, &fault);
	say(line, fault || error != CS_OK, at);
}

/* A round takes what processor time is left over. Where none is, it would come to no end: the next ones take a little. */
static void
begin_round(struct cs_care_wish *wish, int line)
{
	static unsigned firm_n;
	char at[256];
	struct cs_text text = cs_text_over(at, sizeof at);
	int signal = 0;
	bool gentle = firm_n == 0;
	struct cs_child_work work = {do_round, wish, line, gentle, gentle ? gentle_ms : 0};
	enum cs_error error = cs_child_do(&work, &signal);
	firm_n -= firm_n > 0;
	if (error == CS_OK)
		return;
	if (error == CS_AGAIN) {
		firm_n = FIRM_ROUNDS;
		say(line, false,
		    "a round found no processor time that was left over; the next ones take some at low priority");
		return;
	}
	cs_text_put(&text, "a round came to no end");
	if (signal)
		cs_text_put(&text, signal == 9 ? ": it was killed, perhaps for want of memory; it takes as much as the "
						 "process it looks after"
					       : ": signal ");
	if (signal && signal != 9)
		cs_text_put_u64(&text, (uint64_t)signal);
	say(line, true, at);
}

static uint64_t
every_ns(const struct cs_care_clause *clause)
{
	return clause->snapshot_ns ? clause->snapshot_ns : otherwise_every_ns;
}

/* Waits until the next round is due. False: nobody is there any more. */
static bool
wait_for_round(struct cs_care_wish *wish, int line, uint64_t since_ns)
{
	for (;;) {
		uint8_t at[CS_CHILD_MESSAGE_BYTES];
		size_t len = 0;
		uint64_t passed_ns = cs_clock_steady_ns() - since_ns;
		if (passed_ns >= every_ns(&wish->clause))
			return true;
		uint64_t left_ms = (every_ns(&wish->clause) - passed_ns) / ms_ns + 1;
		enum cs_error error =
			cs_child_hear(line, (int)(left_ms < wait_most_ms ? left_ms : wait_most_ms), at, &len);
		if (error == CS_END)
			return false;
		if (error == CS_OK && len == sizeof wish->clause)
			memcpy(&wish->clause, at, len);
	}
}

static void
live(void *context, int line)
{
	struct cs_care_wish *wish = context;
	bool confined = false;
	cs_vault_relock(wish->vault);
	enum cs_error error = cs_confine_writes(&wish->folder, 1, &confined);
	if (error == CS_OK)
		error = cs_sandbox_close(CS_SANDBOX_CARE);
	if (error != CS_OK) {
		say(line, true, "no snapshots: the caretaker could not give up its power");
		return;
	}
	for (uint64_t since_ns = cs_clock_steady_ns(); wait_for_round(wish, line, since_ns);) {
		since_ns = cs_clock_steady_ns();
		begin_round(wish, line);
	}
}

/* ---- the side of the process it looks after ---- */

enum cs_error
cs_caretaker_start(const struct cs_care_wish *wish, const struct cs_user *user, struct cs_caretaker *out)
{
	struct cs_care_wish its_own = *wish;
	struct cs_child_wish child = {"cs-caretaker", live, &its_own, user};
	return cs_child_start(&child, &out->line);
}

void
cs_caretaker_tell(const struct cs_caretaker *caretaker, const struct cs_care_clause *clause)
{
	if (caretaker->line && cs_child_say(caretaker->line, clause, sizeof *clause) != CS_OK)
		fputs("countersign: caretaker: it does not listen; restart for what changed of keep, size and "
		      "snapshot\n",
		      stderr);
}

void
cs_caretaker_poll(struct cs_caretaker *caretaker)
{
	char at[CS_CHILD_MESSAGE_BYTES + 1];
	enum cs_error error = CS_AGAIN;
	for (size_t len = 0; caretaker->line; len = 0) {
		error = cs_child_hear(caretaker->line, 0, at, &len);
		if (error != CS_OK)
			break;
		at[len] = '\0';
		if (at[0] == '!' || !caretaker->quiet)
			fprintf(stderr, "countersign: caretaker: %s\n", at + 1);
	}
	if (error != CS_END)
		return;
	fputs("countersign: caretaker: it has ended; there are no snapshots any more until this program is started "
	      "again\n",
	      stderr);
	cs_caretaker_stop(caretaker);
}

void
cs_caretaker_stop(struct cs_caretaker *caretaker)
{
	if (caretaker->line)
		cs_file_close(caretaker->line);
	caretaker->line = 0;
}

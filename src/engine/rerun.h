/*
 * A re-run: the judge told again what a journal holds, from its beginning or from a snapshot. The verdicts come out as
 * they did then, byte for byte; each is held against the one in the journal.
 *
 * Inputs that were let go of or erased cannot be told again: there a re-run stops and says so (CS_E_RANGE), unless it begins
 * at a snapshot behind them, and goes on where the next policy comes into force if it is told to. So it does where the
 * journal is damaged and a process was told to go on with it all the same (--over-damage).
 *
 * Recovery is a re-run to the end. A snapshot is what a re-run has reached. The same code serves all three.
 */
#ifndef CS_ENGINE_RERUN_H
#define CS_ENGINE_RERUN_H

#include "engine/carry.h"
#include "engine/recorder.h"
#include "state/reading.h"

enum { CS_RERUN_WORDS_BYTES = 1024, CS_RERUN_SOURCES_MAX = 64 };

struct cs_rerun_wish {
	const char *folder;
	const struct cs_vault *vault;
	const struct cs_policy
		*other;             /* judge by this policy instead of the journal's; verdicts are not compared then */
	struct cs_detect_sink sink; /* gets every finding of this re-run; may be empty */
	void (*line)(void *context, struct cs_span line); /* gets every alert as its line of JSON; may be NULL */
	void *line_context;
	uint64_t until_seq; /* stop before this record; 0: never */
	uint64_t until_ns;  /* stop before the first input later than this; 0: never */
	uint64_t from_seq;  /* begin at the newest snapshot that lies not behind this record; 0: at the newest */
	bool no_snapshot;   /* from the beginning, though there is a snapshot */
	struct cs_carry_from
		tail;     /* tell `other`, which begins empty, from record tail.seq on; no alert is kept; 0: no */
	bool follow_only; /* stop at what is not whole yet without calling it damage */
};

/* How far it got. */
struct cs_rerun_counts {
	uint64_t record_n;
	uint64_t event_n;
	uint64_t alert_n;     /* told by this re-run */
	uint64_t held_n;      /* ... that the journal holds, too, byte for byte */
	uint64_t differing_n; /* ... or not so, or not at all */
	uint64_t from_seq;    /* where it began: 0, or behind a snapshot */
	uint64_t next_seq;    /* of the record behind the last one told */
	uint64_t last_ns;     /* time of the last input */
};

struct cs_rerun;

/* cs_rerun_open makes one and loads the newest snapshot that fits, unless told not to. CS_E_OPEN: no journal there. */
CS_MUST_USE enum cs_error cs_rerun_open(const struct cs_rerun_wish *wish, struct cs_rerun **out);

/* cs_rerun_close ends one, and frees its judge; takes NULL. */
void cs_rerun_close(struct cs_rerun *rerun);

/* cs_rerun_some tells up to N records. CS_END: the journal, or what was asked for, is told whole. Any other error:
 * cs_rerun_words says where and why. */
CS_MUST_USE enum cs_error cs_rerun_some(struct cs_rerun *rerun, uint64_t n);

/* cs_rerun_resume goes on behind CS_E_RANGE: with the next policy that comes into force, where state begins anew. CS_END:
 * there is none; the judge is given up then, the rest passed over, and its alerts counted. Errors of reading. */
CS_MUST_USE enum cs_error cs_rerun_resume(struct cs_rerun *rerun);

/* cs_rerun_damaged says whether CS_E_RANGE was of damage behind which the journal was gone on with: nobody let go of that. */
bool cs_rerun_damaged(const struct cs_rerun *rerun);

/* cs_rerun_words says what is wrong, or is empty. */
const char *cs_rerun_words(const struct cs_rerun *rerun);

/* cs_rerun_add_words puts them behind what WORDS holds already, as far as there is room. */
void cs_rerun_add_words(const struct cs_rerun *rerun, char words[CS_RERUN_WORDS_BYTES]);

/* cs_rerun_counts_of lends what was counted so far. */
const struct cs_rerun_counts *cs_rerun_counts_of(const struct cs_rerun *rerun);

/* cs_rerun_inputs gives what was told of the inputs since the policy in force; cs_rerun_alerts how many alerts the journal
 * holds. */
struct cs_inputs cs_rerun_inputs(const struct cs_rerun *rerun);
uint64_t cs_rerun_alerts(const struct cs_rerun *rerun);

/* cs_rerun_judge and cs_rerun_policy lend the judge and its policy; NULL while no policy came. */
struct cs_judge *cs_rerun_judge(struct cs_rerun *rerun);
const struct cs_policy *cs_rerun_policy(const struct cs_rerun *rerun);

/* cs_rerun_reigns lends which policies were in force, as far as they hang together: the newest first. */
const struct cs_reigns *cs_rerun_reigns(const struct cs_rerun *rerun);

/* cs_rerun_gone gives the first record behind what was let go of, when that stopped it; 0: it was not that. */
uint64_t cs_rerun_gone(const struct cs_rerun *rerun);

/* cs_rerun_names lends the names that the policy in force was recorded with. */
const struct cs_alert_names *cs_rerun_names(const struct cs_rerun *rerun);

/* cs_rerun_ended says whether the last input told was the end of input. */
bool cs_rerun_ended(const struct cs_rerun *rerun);

/* cs_rerun_open_alert gives the next alert that this re-run told at the end and the journal does not hold, since the process
 * that wrote it ended in between: the open part of its record, and its line. False: there is none left. */
bool cs_rerun_open_alert(struct cs_rerun *rerun, struct cs_span *head, struct cs_span *line);

/* cs_rerun_tally lends how many findings were told since the policy came into force. */
const struct cs_tally *cs_rerun_tally(const struct cs_rerun *rerun);

/* cs_rerun_hand_over gives the judge to somebody who tells it more: findings go to HEIR from now on. The re-run must stay
 * open as long as its judge is used. */
void cs_rerun_hand_over(struct cs_rerun *rerun, const struct cs_detect_sink *heir);

/* cs_rerun_snapshot writes what was reached as a snapshot, durably, and lets go of all but the newest two. CS_AGAIN: not
 * here, between two records of one page, or between an input and the record of its verdict; tell some more. CS_E_FORMAT:
 * a verdict differed, and what was reached is not to be trusted. */
CS_MUST_USE enum cs_error cs_rerun_snapshot(struct cs_rerun *rerun);

#endif

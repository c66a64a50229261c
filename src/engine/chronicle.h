/*
 * A process and its journal: recovery of what the last process left, then a record of what this one is told, and the
 * delivery of alerts from that record.
 *
 *   open      the journal's state is recovered (snapshot, then its tail), its torn end cut, alerts that were decided and
 *             not put down are; a judge that stands where the journal ends is lent
 *   go on     over the same captures read again from their beginning (inputs the journal holds are passed over), or live,
 *             with a gap declared for the time in between
 */
#ifndef CS_ENGINE_CHRONICLE_H
#define CS_ENGINE_CHRONICLE_H

#include "engine/outbox.h"
#include "engine/pipeline.h"
#include "engine/rerun.h"
#include "engine/warm.h"

enum { CS_CHRONICLE_WORDS_BYTES = CS_VOLUME_PATH_BYTES + 1024 };

struct cs_chronicle_wish {
	struct cs_journal_wish journal;
	uint64_t durable_ns;         /* a page is closed at this age; 0: only when it is full */
	struct cs_span policy_text;  /* copied into the journal */
	struct cs_alert_names names; /* the policy in force and its sources; outlive the chronicle */
	struct cs_detect_sink next;  /* what is told of each new finding besides; may be empty */
	const char *alerts_path;     /* JSON Lines; "-": standard output; NULL: alerts are kept, not delivered */
	int alerts_file;             /* opened by the caller as in struct cs_outbox_wish; 0: not */
	bool live;                   /* what comes is new; else it is read again from its beginning */
	bool warms;                  /* policies that come may have to be warmed: a thread waits for that */
	void (*say)(void *context, const char *words); /* what a person should know of meanwhile, from any thread */
	void *say_context;
	uint64_t since_ns; /* live: watched again from then on; 0: from now on */
};

/* What was found and done at the opening. */
struct cs_chronicle_start {
	struct cs_journal_found found;
	struct cs_rerun_counts recovered;
	struct cs_tally tally;             /* told already, before this process */
	bool other_policy;                 /* live: the journal's last policy was another */
	bool carried;                      /* live: ... or had come to its end; what of it goes on is ... */
	struct cs_carry carry;             /* ... this */
	bool ended;                        /* live: the input recorded last had ended */
	uint64_t absent_ns;                /* live: how long nobody watched; 0: not known, or state begins anew */
	bool alerts_moved;                 /* the alerts file is shorter than what was delivered to it */
	uint64_t late_n;                   /* alerts that the last process decided and did not put down */
	bool over_damage;                  /* damage was gone over: state begins anew behind it */
	char passed[CS_RERUN_WORDS_BYTES]; /* what was gone over by a process before, and is passed over; or empty */
	char lost[CS_RERUN_WORDS_BYTES];   /* why state could not be recovered and begins anew; empty: it was */
};

struct cs_chronicle;

/* cs_chronicle_open begins. CS_E_PERMISSION: another process writes this journal; CS_E_FORMAT: it is damaged, or holds
 * something else than what is to be recorded: WORDS (CS_CHRONICLE_WORDS_BYTES) says where, why and what to do. */
CS_MUST_USE enum cs_error cs_chronicle_open(const struct cs_chronicle_wish *wish, struct cs_chronicle_start *start,
					    char *words, struct cs_chronicle **out);

/* cs_chronicle_judge lends the judge that everything is to be told to; it lives as long as the chronicle. */
struct cs_judge *cs_chronicle_judge(struct cs_chronicle *chronicle);

/* cs_chronicle_poll closes a page that is old enough. Any error has ended the journal or the delivery of alerts:
 * cs_chronicle_words says which. Cheap: one look at the clock. */
CS_MUST_USE enum cs_error cs_chronicle_poll(struct cs_chronicle *chronicle);

/* cs_chronicle_flush waits until everything told so far is durable. */
CS_MUST_USE enum cs_error cs_chronicle_flush(struct cs_chronicle *chronicle);

/* cs_chronicle_stalled says whether a full disk is in the way: of the journal, which then takes no more once its memory is
 * used up, or of the alerts, which then wait in the journal. cs_chronicle_words says which. */
bool cs_chronicle_stalled(const struct cs_chronicle *chronicle);

/* cs_chronicle_words says what ended it, or what is in the way (a full disk), or is empty. */
const char *cs_chronicle_words(struct cs_chronicle *chronicle);

/* cs_chronicle_fits says whether a policy with these names can be put down at all: ask before the old one is given up. */
bool cs_chronicle_fits(const struct cs_alert_names *names, struct cs_span text);

/* cs_chronicle_warm begins to warm what policy FRESH needs beyond CARRY; FRESH lives until that is left, or the policy is in
 * force. cs_chronicle_warmth tells how far it is, NONE also when nothing can be warmed; cs_chronicle_warm_words why it failed. */
void cs_chronicle_warm(struct cs_chronicle *chronicle, const struct cs_carry *carry, const struct cs_policy *fresh);
enum cs_warmth cs_chronicle_warmth(const struct cs_chronicle *chronicle);
const char *cs_chronicle_warm_words(const struct cs_chronicle *chronicle);
void cs_chronicle_leave_warming(struct cs_chronicle *chronicle);

/* cs_chronicle_policy puts down another policy that fits, which is in force from now on over JUDGE, fresh, which it takes and
 * which takes over what CARRY says (NULL: nothing), and what was warmed, which is noted in CARRY. The judge before is freed: it
 * was finished, or goes on in the new one, and nobody uses it any more. NAMES outlive the chronicle. */
void cs_chronicle_policy(struct cs_chronicle *chronicle, const struct cs_alert_names *names, struct cs_span text,
			 struct cs_judge *judge, struct cs_carry *carry);

/* cs_chronicle_note puts down that somebody did something: a line of JSON. */
bool cs_chronicle_note(struct cs_chronicle *chronicle, struct cs_span line);

/* cs_chronicle_inbox puts down the notes that others left in the journal's inbox. Call it as often as you like: it looks
 * there once a second at most, and waits for the disk only when there is a note. A note that cannot be taken is tried
 * again and ends nothing; an error is the journal's own. */
CS_MUST_USE enum cs_error cs_chronicle_inbox(struct cs_chronicle *chronicle);

/* cs_chronicle_sink is where a fresh judge for cs_chronicle_policy sends its findings. */
struct cs_detect_sink cs_chronicle_sink(struct cs_chronicle *chronicle);

/* cs_chronicle_retoken puts down a pair of card tokens: old and new. */
void cs_chronicle_retoken(struct cs_chronicle *chronicle, struct cs_token old, struct cs_token new);

/* cs_chronicle_roster puts down which watch lists are in force from now on. */
void cs_chronicle_roster(struct cs_chronicle *chronicle, const struct cs_roster *roster, uint64_t now_ns);

/* cs_chronicle_named puts down what was held against them. */
void cs_chronicle_named(struct cs_chronicle *chronicle, const struct cs_sentry_named *named);

/* cs_chronicle_raw gives the sink for raw messages, for cs_pipeline_raw. */
struct cs_raw_sink cs_chronicle_raw(struct cs_chronicle *chronicle);

/* cs_chronicle_state tells of the journal what can be seen from outside. */
struct cs_journal_state cs_chronicle_state(const struct cs_chronicle *chronicle);

/* cs_chronicle_differs says whether what was read again is not what the journal holds; AT_END also whether it was less. */
bool cs_chronicle_differs(const struct cs_chronicle *chronicle, bool at_end);

/* cs_chronicle_close makes all durable, delivers what is due, signs and ends; the first error there was. Live, it does not
 * wait for room on a full disk: CS_E_LIMIT. Takes NULL. */
CS_MUST_USE enum cs_error cs_chronicle_close(struct cs_chronicle *chronicle);

#endif

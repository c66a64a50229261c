/*
 * What the detectors share: the state of one cs_detect, one event in its place, and how a finding is told.
 *
 * Every detector is a row of the table in detect.c: functions that look at a view, at time passing, and at the end.
 */
#ifndef CS_DETECT_PARTS_H
#define CS_DETECT_PARTS_H

#include "base/since.h"
#include "detect/behave.h"
#include "detect/detect.h"
#include "policy/condition.h"
#include "state/learn.h"
#include "state/owed.h"
#include "state/transaction.h"

enum {
	CS_PREPARED_MAX = 32,       /* events asked for ahead whose entries are still on their way */
	CS_PREPARED_STEP = 8,       /* how many keys later the entry is asked for */
	CS_FINGERPRINT_KEYS = 4096, /* learned (link, MTI, type, response code, BIN) */
	CS_HEADER_KEYS = 64,        /* one for each link */
	CS_CODE_KEYS = 1024,        /* learned (link, type) of approval codes */
	CS_BALANCE_KEYS = 4096,     /* learned (link, BIN) of balances, two keys each */
	CS_CODES_KEPT = 32,         /* approval codes of a link compared for repetition */
	CS_CODES_SAME_MAX = 3,      /* that many equal ones among them are no surprise */
	CS_SLICES = 4,              /* intervals of a conserve clause open at once */
	CS_SUSPECTS_MAX = 512,      /* answers that wait to be judged; the oldest is judged early to make room */
};

static const uint64_t cs_second_ns = UINT64_C(1000000000);
/* A lossy tap may show a message by its retransmission only: this much later than it was heard (RFC 6298 2.4). */
static const uint64_t cs_resent_ns = UINT64_C(1000000000);

/* How an answer relates to what its link showed before. */
enum cs_answer {
	CS_ANSWER_NONE, /* not an answer */
	CS_ANSWER_FIRST,
	CS_ANSWER_DUPLICATE, /* the same again, soon */
	CS_ANSWER_REPLAYED,  /* another answer, or the same much later */
	CS_ANSWER_UNASKED,
};

/* One event in its place. */
struct cs_view {
	const struct cs_event *event;
	uint64_t number;                /* of its transaction on its link; cs_transaction_none for other kinds */
	const struct cs_event *request; /* NULL: not seen */
	const struct cs_event *earlier; /* the first answer, when this one is a replay */
	enum cs_answer answer;
	bool proven;    /* an expectation found its proof */
	bool excusable; /* an excuse of an expectation holds at this time */
	bool waiting;   /* a claim that is not decided yet, or was found missing: expect.c goes on with it */
	bool copy;      /* a record whose very bytes were seen before */
};

CS_PADDING_NAMED_BEGIN
enum cs_signed { CS_SIGNED_UNKNOWN, CS_SIGNED_ON, CS_SIGNED_OFF };

struct cs_session {
	enum cs_signed now;
	enum cs_signed before; /* until changed_ns */
	uint64_t changed_ns;
	uint64_t off_ns;      /* when it signed off last */
	enum cs_signed asked; /* a request whose answer is due; UNKNOWN: none */
	uint8_t asked_dir;
	uint8_t pad[3];
	uint64_t asked_ns;
};

/* How a link answers. */
struct cs_pace {
	uint64_t asked_ns;         /* the last request */
	uint64_t waiting_since_ns; /* first request since the last answer; 0: none */
	uint64_t served_ns;        /* newest request that was answered */
	uint64_t resumed_ns;       /* the answer that ended the last silence */
	uint64_t silent_since_ns;  /* ... which had begun then */
	uint64_t fastest_ns;
	uint64_t pair_n;
};

struct cs_pending {
	uint64_t number; /* transaction on the claim's link */
	uint64_t claim_ns;
	uint64_t deadline_ns;
	uint64_t order;
	uint64_t asked_ns; /* when the issuer was last asked anything, as known then; 0: never */
	uint32_t excuses;  /* bit per excuse that held when the claim was seen */
	bool by_request;   /* the claim is the request of its transaction, or a record */
	bool decided;      /* before its turn */
	uint8_t pad[2];
};

/* State is head and tail; the rest is from the policy. */
struct cs_expecting {
	uint64_t head;
	uint64_t tail;
	uint32_t cap;
	uint32_t pad;
	unsigned join[CS_RUNGS_MAX];                  /* number of each rung among the proof link's joins */
	unsigned back[CS_RUNGS_MAX];                  /* ... and among the claim link's, when both are records */
	unsigned beside[CS_UNLESS_MAX][CS_RUNGS_MAX]; /* ... and of a record that stands for the proof */
	struct cs_pending *at;
};
_Static_assert(sizeof(struct cs_expecting) == offsetof(struct cs_expecting, cap) + 2 * sizeof(uint32_t) +
						      (2 + CS_UNLESS_MAX) * CS_RUNGS_MAX * sizeof(unsigned) +
						      sizeof(struct cs_pending *),
	       "state stands before cap: see cs_detect_regions");

/* An answer that looks wrong on its own link, until that link is settled as far: what would clear it may still come. */
struct cs_suspect {
	struct cs_event event;
	struct cs_event request; /* present == 0: not seen */
	struct cs_event earlier; /* present == 0: none */
	enum cs_reason reason;
	uint32_t pad;
};

struct cs_suspects {
	uint64_t head;
	uint64_t tail;
	struct cs_suspect at[CS_SUSPECTS_MAX];
};

struct cs_codes {
	uint64_t at[CS_CODES_KEPT];
	uint64_t seen_n;
	unsigned n;
	bool repeats; /* this link repeated codes while it was learned */
	uint8_t pad[3];
};

struct cs_slice {
	bool open;
	uint8_t pad[7];
	uint64_t nth;
	uint64_t claim_n;
	uint64_t proof_n;
	uint64_t excused_n;
	uint64_t early_n; /* proofs just after its beginning */
	uint64_t late_n;  /* proofs just before its end */
	uint64_t
		bare_n; /* claims without an excuse: the first and the last of them, and when the issuer had been asked then */
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t asked_ns;
};

struct cs_conserving {
	uint64_t closed_nth; /* slices up to this one are judged */
	struct cs_slice slice[CS_SLICES];
};

struct cs_print_masks {
	uint64_t ever[3];   /* elements any learned bitmap of this key has */
	uint64_t always[3]; /* elements all of them have */
};
CS_PADDING_NAMED_END

/* An event asked for ahead: the entry it will need, to be asked for when its index line has come. */
struct cs_prepared {
	const struct cs_transactions *store;
	uint64_t key;
};

struct cs_preparing {
	struct cs_prepared at[CS_PREPARED_MAX];
	uint64_t n;
};

CS_PADDING_NAMED_BEGIN
/*
 * State first, then what is not: what the policy says, pointers, and tables that hold state of their own. A member that
 * changes with an event belongs above `owes`, or its table into cs_detect_regions; else it is lost to snapshots.
 */
struct cs_sheets; /* detect/statement.h */
struct cs_lots;   /* detect/lot.c */

struct cs_detect {
	uint64_t now_ns;
	uint64_t advanced_version; /* of the coverage, when deadlines were last looked at */
	uint64_t order;            /* of claims */
	uint64_t next_ns;          /* nothing is due before */
	struct cs_session session[CS_LINKS_MAX];
	struct cs_pace pace[CS_LINKS_MAX];
	uint64_t full_told_ns[CS_LINKS_MAX];
	uint64_t full_told_n[CS_LINKS_MAX];
	struct cs_codes codes[CS_LINKS_MAX];
	struct cs_conserving conserving[CS_CONSERVES_MAX];
	struct cs_detect_counts counts;
	bool owes; /* some expectation has excuses: `owed` exists */
	uint8_t pad[7];
	unsigned owed_join[CS_EXPECTS_MAX][CS_EXCUSES_MAX][CS_RUNGS_MAX];
	const struct cs_policy *policy;
	const struct cs_coverage *coverage;
	struct cs_detect_sink sink;
	struct cs_arena arena;
	struct cs_print_masks *masks;
	struct cs_suspects *suspects;
	struct cs_preparing *preparing; /* no state, since asking ahead changes nothing */
	struct cs_behave *behave;       /* NULL: the policy says nothing of behaviour */
	struct cs_transactions store[CS_LINKS_MAX];
	struct cs_expecting expecting[CS_EXPECTS_MAX];
	struct cs_owed owed;
	struct cs_learn fingerprints;
	struct cs_learn headers;
	struct cs_learn code_kinds;
	struct cs_learn balances;
	struct cs_sheets *sheets; /* one for each statement clause */
	struct cs_lots *lots;     /* one for each expectation, if any sums; else NULL */
};
CS_PADDING_NAMED_END
/* Whoever adds a member outside the state has to come by here. */
_Static_assert(sizeof(struct cs_detect) - offsetof(struct cs_detect, owes) ==
		       8 + sizeof(unsigned[CS_EXPECTS_MAX][CS_EXCUSES_MAX][CS_RUNGS_MAX]) + 2 * sizeof(void *) +
			       sizeof(struct cs_detect_sink) + sizeof(struct cs_arena) + 4 * sizeof(void *) +
			       CS_LINKS_MAX * sizeof(struct cs_transactions) +
			       CS_EXPECTS_MAX * sizeof(struct cs_expecting) + sizeof(struct cs_owed) +
			       4 * sizeof(struct cs_learn) + sizeof(struct cs_sheets *) + sizeof(struct cs_lots *),
	       "what changes with an event stands before owes: see cs_detect_regions");

/* plan.c: the joins of each link, from the policy; the same plan sizes and builds the state. */
struct cs_plan {
	unsigned join_n[CS_LINKS_MAX];
	struct cs_join join[CS_LINKS_MAX][CS_JOINS_MAX];
	uint64_t needed_ns[CS_LINKS_MAX];
	uint32_t owed_cap;
};
/* cs_plan_make fills PLAN; CS_E_LIMIT when a link would need more than CS_JOINS_MAX joins. */
CS_MUST_USE enum cs_error cs_plan_make(const struct cs_policy *policy, struct cs_plan *plan);
/* cs_plan_join finds the number of RUNG among the joins of LINK; join_n when it is none. */
unsigned cs_plan_join(const struct cs_plan *plan, unsigned link, const struct cs_rung *rung);
/* cs_plan_rungs gives the rungs an excuse is matched by: its own, or those of the expectation. */
const struct cs_rung *cs_plan_rungs(const struct cs_expect *expect, const struct cs_excuse *excuse, unsigned *n);

/* match.c: the proof of a claim. Scores in rising order of what is known. */
enum cs_score {
	CS_SCORE_NONE,
	CS_SCORE_USED,
	CS_SCORE_LATE,
	CS_SCORE_OPEN,
	CS_SCORE_REFUSED,
	CS_SCORE_PROOF,
	CS_SCORE_AGREES
};
struct cs_query {
	const struct cs_selector *proof;
	const struct cs_expect *expect; /* whose values should agree; NULL: none */
	const unsigned *join;
	unsigned join_n;
	const struct cs_event *pair[2]; /* the claim's messages */
	uint64_t from_ns;               /* the proof lies between these */
	uint64_t to_ns;
	uint64_t used_bit;     /* in cs_transaction.consumed */
	uint64_t claim_number; /* a record that claims, among the records that may prove: not itself; else none */
	bool advice;           /* ... or CS_PAID instead */
};
struct cs_match {
	enum cs_score score;
	uint64_t number;
	const struct cs_event *pair[2];
	const struct cs_event *proof; /* NULL: not seen */
	bool crowded;                 /* more records than are kept share a key with the claim */
};
/* cs_match_find looks for the best candidate, best rung first. */
void cs_match_find(const struct cs_detect *detect, const struct cs_query *query, struct cs_match *out);
/* cs_match_records does so among records. */
void cs_match_records(const struct cs_detect *detect, const struct cs_query *query, struct cs_match *out);
/* cs_match_takes is cs_selector_takes with the cheap questions asked first. */
bool cs_match_takes(const struct cs_selector *selector, const struct cs_event *event);

/* beside.c: rows beside the proof. cs_beside_stands says whether a record of `unless record on ...` stands for the proof of claim
 * QUERY of expectation NTH. */
bool cs_beside_stands(const struct cs_detect *detect, unsigned nth, const struct cs_query *query);
/* cs_beside_charged says whether charges of the claim make up for the difference of its amount from MATCH, and all else
 * agrees. */
bool cs_beside_charged(const struct cs_detect *detect, unsigned nth, const struct cs_query *query,
		       const struct cs_match *match);
/* cs_beside_lost tells of rows lost where one may have stood for the proof of QUERY. */
uint64_t cs_beside_lost(const struct cs_detect *detect, const struct cs_query *query);
/* cs_beside_settled says whether the records that may stand for a proof have shown all up to TIME_NS. */
bool cs_beside_settled(const struct cs_detect *detect, const struct cs_expect *expect, uint64_t time_ns);

/* agree.c: values of a claim held against its proof. */
struct cs_disagreement {
	enum cs_reason reason;
	enum cs_field field;
};
/* cs_agree_check gives the first field of EXPECT that differs; false when all agree. */
bool cs_agree_check(const struct cs_expect *expect, const struct cs_event *const claim[2],
		    const struct cs_event *const proof[2], struct cs_disagreement *out);

/* sight.c: could the proof lie in a gap? */
struct cs_sight {
	bool complete;
	uint64_t lost_bytes;
};
/* cs_sight_dir tells which direction of LINK carries requests (ASKS) or answers; CS_DIR_N when not known. */
enum cs_direction cs_sight_dir(const struct cs_detect *detect, unsigned link, bool asks);
/* cs_sight_lost is cs_coverage_lost for requests (ASKS) or answers of LINK; both directions when not known. */
uint64_t cs_sight_lost(const struct cs_detect *detect, unsigned link, bool asks, uint64_t from_ns, uint64_t to_ns);
/* cs_sight_of judges whether a proof that was not found would have been seen. */
struct cs_sight cs_sight_of(const struct cs_detect *detect, const struct cs_expect *expect,
			    const struct cs_query *query, const struct cs_match *match);

/* cs_sight_lost_both is the same over both directions. */
uint64_t cs_sight_lost_both(const struct cs_detect *detect, unsigned link, uint64_t from_ns, uint64_t to_ns);

/* cs_sight_sign_off sums the bytes that could hide a sign-off of LINK after ASKED_NS, when it was last asked (0: never). */
uint64_t cs_sight_sign_off(const struct cs_detect *detect, unsigned link, uint64_t asked_ns, uint64_t to_ns);

/* session.c: sign-on state of links. */
void cs_session_event(struct cs_detect *detect, struct cs_view *view);
/* cs_session_off says whether LINK was signed off around TIME_NS, and since when. */
bool cs_session_off(const struct cs_detect *detect, unsigned link, uint64_t time_ns, uint64_t *since_ns);
/* cs_session_back tells when LINK signed on again after it was off; UINT64_MAX: it did not, as far as we know. */
uint64_t cs_session_back(const struct cs_detect *detect, unsigned link);

/* speed.c: how fast links answer. */
void cs_pace_event(struct cs_detect *detect, struct cs_view *view);
/* cs_pace_silent says for how long LINK had answered nothing at TIME_NS with requests open; 0: it did answer. It knows
 * this silence and the one before. */
uint64_t cs_pace_silent(const struct cs_detect *detect, unsigned link, uint64_t time_ns);
void cs_speed_event(struct cs_detect *detect, struct cs_view *view);
/* cs_speed_claim looks at a claim whose proof is missing, once no excuse is left. */
void cs_speed_claim(struct cs_detect *detect, const struct cs_event *claim, const struct cs_event *request);

/* excuse.c: claims that owe an advice. */
struct cs_excused {
	const struct cs_pending *pending;
	unsigned expect;
	const struct cs_event *pair[2];
	struct cs_sight sight;
};
/* cs_excuse_mask gives a bit for each excuse of expectation EXPECT that holds for a claim at TIME_NS. */
uint32_t cs_excuse_mask(const struct cs_detect *detect, const struct cs_expect *expect, uint64_t time_ns);
/* cs_excuse_hidden sums the bytes that could hide an excuse: a sign-off after ASKED_NS, when the issuer was last asked. */
uint64_t cs_excuse_hidden(const struct cs_detect *detect, const struct cs_expect *expect, uint64_t asked_ns,
			  uint64_t to_ns);
/* cs_excuse_unanswered gives those that hold at TIME_NS since the issuer's MATCH for QUERY was open for long. */
uint32_t cs_excuse_unanswered(const struct cs_detect *detect, const struct cs_expect *expect,
			      const struct cs_query *query, const struct cs_match *match, uint64_t time_ns);
/* cs_excuse_grant settles the claim by EXCUSE at once, or keeps it until its advice comes. */
void cs_excuse_grant(struct cs_detect *detect, const struct cs_excused *claim, unsigned excuse);
void cs_excuse_event(struct cs_detect *detect, struct cs_view *view);
void cs_excuse_advance(struct cs_detect *detect);
void cs_excuse_finish(struct cs_detect *detect);

/* expect.c: claims and proofs. */
void cs_expect_event(struct cs_detect *detect, struct cs_view *view);
void cs_expect_advance(struct cs_detect *detect);
void cs_expect_finish(struct cs_detect *detect);
/* cs_expect_now decides pending claim AT (of head to tail) of expectation NTH if that can be done before its turn; true when
 * it is decided. */
bool cs_expect_now(struct cs_detect *detect, unsigned nth, uint64_t at);

/* wake.c: a record that proves may be what waiting records claim. */
void cs_wake_event(struct cs_detect *detect, struct cs_view *view);
/* cs_expect_force decides the claims that lean on the oldest entry of LINK, before it is dropped. */
void cs_expect_force(struct cs_detect *detect, unsigned link);

/* The detectors of one link. */
void cs_answer_event(struct cs_detect *detect, struct cs_view *view);
void cs_answer_advance(struct cs_detect *detect);
void cs_answer_finish(struct cs_detect *detect);
/* cs_answer_says_same says whether two answers give the same decision in the same words. */
bool cs_answer_says_same(const struct cs_event *a, const struct cs_event *b);
void cs_fingerprint_event(struct cs_detect *detect, struct cs_view *view);
void cs_approval_code_event(struct cs_detect *detect, struct cs_view *view);
void cs_balance_event(struct cs_detect *detect, struct cs_view *view);
void cs_conserve_event(struct cs_detect *detect, struct cs_view *view);
void cs_conserve_advance(struct cs_detect *detect);
void cs_conserve_finish(struct cs_detect *detect);
/* lot.c: batches, whose sums are compared. */
void cs_lot_event(struct cs_detect *detect, struct cs_view *view);
void cs_lot_advance(struct cs_detect *detect);
/* cs_lots_bytes is what cs_lots_init takes from the arena of DETECT; cs_lots_regions adds what changes. */
size_t cs_lots_bytes(const struct cs_policy *policy);
CS_MUST_USE enum cs_error cs_lots_init(struct cs_detect *detect);
void cs_lots_regions(struct cs_detect *detect, struct cs_regions *regions);
/* cs_lots_open tells OPENER of each batch of expectation NTH with claims whose sums do not agree so far. */
void cs_lots_open(const struct cs_detect *detect, unsigned nth, const struct cs_detect_opener *opener);

/* calendar.c: cs_calendar_free says whether DAY, since 1970, is a weekend or a holiday. */
bool cs_calendar_free(const struct cs_calendar_clause *calendar, int64_t day);
/* cs_calendar_after gives the time SPAN_NS behind TIME_NS when free days do not count; without a CALENDAR each day does. */
uint64_t cs_calendar_after(const struct cs_calendar_clause *calendar, uint64_t time_ns, uint64_t span_ns);

/* statement.c: the pages of accounts. */
void cs_statement_event(struct cs_detect *detect, struct cs_view *view);
void cs_statement_advance(struct cs_detect *detect);
void cs_statement_finish(struct cs_detect *detect);
/* cs_statements_bytes is what cs_statements_init takes from the arena of DETECT for all statement clauses. */
size_t cs_statements_bytes(const struct cs_policy *policy);
/* cs_statement_regions adds the accounts of clause NTH; its counts stand among those of all detectors. */
void cs_statement_regions(struct cs_detect *detect, unsigned nth, struct cs_regions *regions);
CS_MUST_USE enum cs_error cs_statements_init(struct cs_detect *detect);
/* cs_watch_row_of gives the row of KIND for LINK when it is on, and the clause it stands in; NULL otherwise. */
const struct cs_watch_row *cs_watch_row_of(const struct cs_detect *detect, unsigned link, enum cs_watch_kind kind);
/* cs_watch_type gives the first two digits of the processing code as a number; 0xffff when there is none. */
unsigned cs_watch_type(const struct cs_event *const pair[2]);
/* cs_watch_bin gives the six digits of the card as a number; 0 when there is none. */
uint64_t cs_watch_bin(const struct cs_event *const pair[2]);

/* explain.c: how a finding is told. */
void cs_explain_begin(const struct cs_detect *detect, struct cs_finding *finding, enum cs_reason reason,
		      const struct cs_outcome *outcome);
/* cs_explain_add adds a message; NULL adds nothing. The first one sets the link. */
void cs_explain_add(struct cs_finding *finding, enum cs_role role, const struct cs_event *event);
/* cs_explain_sight says how complete our view was. */
void cs_explain_sight(struct cs_finding *finding, struct cs_sight sight);
/* cs_explain_detail starts the finding's words. */
struct cs_text cs_explain_detail(struct cs_finding *finding);
/* cs_explain_values writes "amount 500.00 USD, issuer gave 50.00 USD", or "orders has 50.00 USD". */
void cs_explain_values(const struct cs_policy *policy, struct cs_text *text, enum cs_field field,
		       const struct cs_event *const claim[2], const struct cs_event *const proof[2]);
/* cs_explain_tell hands the finding out and counts it. */
void cs_explain_tell(struct cs_detect *detect, const struct cs_finding *finding);

#endif

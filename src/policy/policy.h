/*
 * The compiled policy: what a bank expects of its own traffic, as plain constant tables.
 *
 * Made by cs_policy_read from the text (grammar in docs/policy.md), never changed afterwards; everything in
 * it lives in the arena given. Names are unique per sort. Links are referred to by index.
 */
#ifndef CS_POLICY_POLICY_H
#define CS_POLICY_POLICY_H

#include "base/arena.h"
#include "event/verdict.h"

enum {
	CS_LINKS_MAX = 32,
	CS_PORTS_MAX = 16,
	CS_CODES_MAX = 16,
	CS_MAPS_MAX = 8,
	CS_RUNGS_MAX = 6,
	CS_RUNG_FIELDS_MAX = 6,
	CS_WAYS_MAX = 30, /* different rungs by which a link is looked up, for all expectations together */
	CS_AGREE_MAX = 12,
	CS_UNLESS_MAX = 8,
	CS_EXPECTS_MAX = 64,
	CS_EXCUSES_MAX = 32,
	CS_WATCHES_MAX = 32,
	CS_CONSERVES_MAX = 16,
	CS_SAID_MAX = 512,
	CS_STATEMENTS_MAX = 8,
	CS_EXTRAS_MAX = 15, /* names of records' own, of a policy */
};

/* A place in the policy text, 1-based. */
struct cs_place {
	unsigned line;
	unsigned column;
};

enum cs_side { CS_SIDE_ACQUIRER, CS_SIDE_ISSUER, CS_SIDE_BACKOFFICE, CS_SIDE_NETWORK, CS_SIDE_STATEMENT, CS_SIDE_N };
/* cs_side_name gives the word of the policy for a side; static. */
const char *cs_side_name(enum cs_side side);

/* One way to say that two messages are about one transaction: all of these fields are equal. */
struct cs_rung {
	unsigned n;
	enum cs_field field[CS_RUNG_FIELDS_MAX];
};

/* `field action text from "ACTION"`: a name of a record's own, kept in a text field that records have no use for. */
struct cs_extra_clause {
	const char *name;
	uint8_t field; /* enum cs_field: where it is kept */
	uint8_t type;  /* enum cs_value_type: TEXT or NUMBER */
};

struct cs_link_map { /* map FIELD from "PATH" characters FIRST..LAST */
	enum cs_field field;
	const char *path;
	uint16_t first;
	uint16_t last;
};

/* A link whose messages are rows of a file, and what the policy says of behaviour: policy/behave.h. */
struct cs_row_clause;
struct cs_behave_policy;
struct cs_calendar_clause;
struct cs_watched_clause; /* policy/watched.h */
struct cs_screen_clause;  /* policy/screen.h */

struct cs_link {
	const char *name;
	struct cs_place place;
	enum cs_side side;
	const char *tap;  /* interface, or NULL */
	const char *host; /* only this address of the listening side, or NULL */
	unsigned port_n;
	uint16_t port[CS_PORTS_MAX];
	const char *framing; /* name of a row of frame.def */
	struct cs_place framing_place;
	const char *dialect; /* name of a shipped dialect, or a path relative to the policy */
	struct cs_place dialect_place;
	unsigned approval_n; /* 0: the version's own codes */
	struct cs_short approvals[CS_CODES_MAX];
	struct cs_rung answer; /* a response answers the request with these equal; default stan + terminal */
	unsigned map_n;
	struct cs_link_map map[CS_MAPS_MAX];
	uint16_t currency;               /* default, numeric; 0 = none */
	uint32_t transactions_cap;       /* `keep N transactions`, or records; default 131072 */
	uint32_t connections_cap;        /* `connections N`; default 1024 */
	const struct cs_row_clause *row; /* NULL: it is tapped, and has ports, framing, dialect and side */
	uint64_t heartbeat_ns;           /* `heartbeat D`: no connection is silent for longer; 0: to be learned */
	bool whole;                      /* `whole`, of a record: there was nothing before its first row */
	uint64_t lateness_ns;            /* `lateness D` of a record: how far its rows may be out of order */
	bool paired;                     /* a record that an expectation names: its rows are kept to be matched */
	bool judged;                     /* ... or a statement does: how far its rows reach is looked at */
};

/* A condition on one event: a total, three-valued expression. Opaque; see policy/condition.h. */
struct cs_condition;

struct cs_selector { /* card.response on visa where approved */
	uint16_t link;
	uint32_t kinds;                   /* bit per enum cs_kind */
	const struct cs_condition *where; /* NULL: always */
	struct cs_place place;
};

/* What follows when something is broken. */
struct cs_outcome {
	enum cs_verdict verdict;
	enum cs_severity severity;
};

/* An honest reason why a claim has no proof yet, and the proof it owes instead. */
struct cs_excuse {
	const char *name;
	const char *title;
	struct cs_place place;
	bool when_signed_off;        /* the issuer's link is signed off */
	uint64_t when_silent_ns;     /* ... or has answered nothing for this long, with requests open; 0: no */
	uint64_t when_unanswered_ns; /* ... or this request went out and has had no answer for this long; 0: no */
	struct cs_selector proof;    /* the advice owed */
	unsigned rung_n;             /* 0: the expectation's own */
	struct cs_rung rung[CS_RUNGS_MAX];
	uint64_t within_ns; /* after the claim */
	struct cs_outcome otherwise;
};

enum cs_unless_kind {
	CS_UNLESS_EXCUSE,     /* a declared or built-in excuse: `excuse` says which */
	CS_UNLESS_PARTIAL,    /* partial approval: the amount may be lower than the one asked for */
	CS_UNLESS_CONVERSION, /* billing amount and transaction amount may stand for each other */
	CS_UNLESS_DUPLICATE,  /* the very same bytes again within the window are one approval */
	CS_UNLESS_RECORD, /* `record on returns where ...`: a row of it, matched as a proof is, stands for the proof */
};

struct cs_unless {
	enum cs_unless_kind kind;
	uint16_t excuse;
	struct cs_selector record; /* RECORD */
	struct cs_rung rung;       /* ... matched by these; n 0: by the ways of the expectation */
};

/* `value_date within 1 business day by target`: the later of the two may have so much later a date. */
struct cs_days {
	uint8_t n;     /* 0: dates are equal */
	uint8_t field; /* enum cs_field: text, 2026-03-02 */
	struct cs_span calendar_name;
	struct cs_place calendar_place;
	const struct cs_calendar_clause *calendar; /* NULL: Saturday and Sunday are free */
};

struct cs_expect {
	const char *name;
	const char *title;
	struct cs_place place;
	struct cs_selector claim;
	struct cs_selector proof;
	unsigned rung_n;
	struct cs_rung rung[CS_RUNGS_MAX]; /* the ladder, best first; each rung holds the common identity fields too */
	unsigned agree_n;
	enum cs_field agree[CS_AGREE_MAX]; /* values that must be equal once paired */
	uint64_t own;         /* bit per field of rungs and agreement that stands for a name of records' own */
	uint64_t required;    /* bit per field of agreement that both must have */
	struct cs_money near; /* amounts in its currency agree when they differ by no more; 0: exactly */
	struct cs_days days;
	struct cs_selector
		charges; /* rows whose sum may make up for a difference of amounts; no kinds: there are none */
	bool summed; /* `sum of amount by batch`: the only rung; all rows of it together are one claim, and one proof */
	uint64_t within_ns;
	bool after; /* the proof comes after the claim; else before */
	struct cs_span calendar_name;
	struct cs_place calendar_place;
	const struct cs_calendar_clause
		*calendar; /* `within 2d by target after`: its free days do not count; NULL: all do */
	unsigned unless_n;
	struct cs_unless unless[CS_UNLESS_MAX];
	struct cs_outcome otherwise;
};

/* Signals that need one link only. */
enum cs_watch_kind {
	CS_WATCH_UNASKED,
	CS_WATCH_REPLAYED,
	CS_WATCH_SIGNED_OFF,
	CS_WATCH_REVERSAL, /* `reversal against LINK` */
	CS_WATCH_FINGERPRINT,
	CS_WATCH_APPROVAL_CODE,
	CS_WATCH_BALANCE,
	CS_WATCH_TOO_FAST, /* `too_fast against LINK` */
	CS_WATCH_N
};
const char *cs_watch_name(enum cs_watch_kind kind);

struct cs_watch_row {
	bool on;
	uint32_t after_n; /* learn this many first */
	uint16_t against; /* link, where the kind needs one */
	struct cs_outcome otherwise;
};

struct cs_watch {
	uint16_t link;
	struct cs_place place;
	struct cs_watch_row row[CS_WATCH_N];
};

struct cs_conserve {
	const char *name;
	const char *title;
	struct cs_place place;
	struct cs_selector claim;
	struct cs_selector proof;
	uint64_t every_ns;
	uint32_t slack;
	struct cs_outcome otherwise;
};

/* `statement NAME { of record on st  by account ... }`: pages of one account add up and follow each other. The columns it needs are
 * added to its record: balances are settlement and billing amount there, what a row is stands in its flags. */
struct cs_statement {
	const char *name;
	const char *title;
	struct cs_place place;
	struct cs_selector of;
	uint8_t by;         /* enum cs_field: the account */
	bool own;           /* ... by a name of records' own */
	uint8_t number;     /* text fields that keep the number of the statement, */
	uint8_t page;       /* of the page, */
	uint8_t entries;    /* and of its entries */
	uint64_t within_ns; /* the next statement of an account comes so soon; 0: whenever it wants */
	struct cs_span calendar_name;
	struct cs_place calendar_place;
	const struct cs_calendar_clause *calendar; /* whose free days do not count; NULL: each day does */
	uint32_t accounts_cap;
	struct cs_outcome otherwise;
};

/* When what was journaled is on the disk for good. */
enum cs_durability {
	CS_DURABILITY_EVERY, /* at least once in `durable_ns` */
	CS_DURABILITY_EVENT, /* before the event is answered */
	CS_DURABILITY_NONE,  /* whenever the system gets to it */
};

/* No segment is larger, so that every one can be packed (state/volume.h). */
enum { CS_SEGMENT_MIB_MAX = 512 };

/* The journal: `journal "FOLDER" { ... }`, at most one in a policy. */
struct cs_journal_clause {
	bool on; /* the policy has one; what follows then holds, with defaults filled in */
	struct cs_place place;
	const char *folder; /* like key and anchor, as seen from the policy's folder */
	enum cs_durability durability;
	uint64_t durable_ns; /* CS_DURABILITY_EVERY only, else 0 */
	bool raw;            /* keep raw messages, sealed */
	uint64_t segment_bytes;
	uint64_t segment_ns;
	uint64_t checkpoint_ns;
	uint64_t snapshot_ns;    /* 0: none */
	uint64_t keep_events_ns; /* 0: for ever */
	uint64_t keep_raw_ns;
	uint64_t keep_alerts_ns;
	uint64_t size_bytes; /* 0: no limit */
	const char *key;     /* a file or a "pkcs11:" URI, or NULL: the user's own */
	const char *anchor;  /* a file, or NULL: none */
};

/* A statement as it stands in the text: two that say the same have one hash, whatever their titles, remarks and layout. */
struct cs_said {
	struct cs_span word; /* "link" */
	struct cs_span name; /* empty: it has none */
	uint64_t hash;
};

struct cs_policy {
	const char *path;
	uint64_t hash;    /* of the text */
	bool limits_only; /* read by cs_policy_read_limits: it has limits and screens */
	unsigned said_n;
	struct cs_said *said;          /* in the text's order; statements past CS_SAID_MAX are not noted */
	const char *key_path;          /* `tokens key "FILE"`, or NULL */
	const char *previous_key_path; /* `... previous "FILE"`, or NULL */
	uint64_t skew_ns;              /* `clocks within D`: how far the links' clocks may differ; default 0 */
	unsigned link_n;
	struct cs_link link[CS_LINKS_MAX];
	unsigned excuse_n;
	struct cs_excuse excuse[CS_EXCUSES_MAX];
	unsigned expect_n;
	struct cs_expect expect[CS_EXPECTS_MAX];
	unsigned watch_n;
	struct cs_watch watch[CS_WATCHES_MAX];
	unsigned conserve_n;
	struct cs_conserve conserve[CS_CONSERVES_MAX];
	unsigned statement_n;
	struct cs_statement statement[CS_STATEMENTS_MAX];
	struct cs_journal_clause journal;
	const struct cs_behave_policy *behave; /* NULL: no profile, limit, rule or list */
	unsigned watched_n;
	const struct cs_watched_clause *watched; /* watch lists: lists of names */
	unsigned screen_n;
	const struct cs_screen_clause *screen; /* what is held against them */
	unsigned extra_n;
	const struct cs_extra_clause *extra; /* names of records' own */
};

/* One complaint about a policy: what, and what to write instead. */
struct cs_complaint {
	struct cs_place place;
	char text[256];
};

enum { CS_COMPLAINTS_MAX = 20 };

struct cs_complaints {
	unsigned n; /* stored; more are only counted */
	unsigned all_n;
	struct cs_complaint at[CS_COMPLAINTS_MAX];
};

/* cs_policy_read compiles TEXT. PATH is for messages. On CS_E_SYNTAX COMPLAINTS says where and what, in
 * order of place, and *OUT is NULL. Memory from ARENA (8 MiB is enough for any policy within the limits). */
CS_MUST_USE enum cs_error cs_policy_read(struct cs_span text, const char *path, struct cs_arena *arena,
					 const struct cs_policy **out, struct cs_complaints *complaints);

/* cs_policy_read_limits compiles TEXT without its rules, lists, places, calendars, score and profiles, whatever is wrong with
 * them: limits stand alone, and screens with their watch lists. What else is wrong is said as above. */
CS_MUST_USE enum cs_error cs_policy_read_limits(struct cs_span text, const char *path, struct cs_arena *arena,
						const struct cs_policy **out, struct cs_complaints *complaints);

/* cs_policy_link finds a link by name; link_n when there is none. */
unsigned cs_policy_link(const struct cs_policy *policy, struct cs_span name);

/* cs_policy_said gives the hash of the I-th statement that begins with WORD; 0 past the last. cs_policy_said_of is that of
 * the one of this NAME. */
uint64_t cs_policy_said(const struct cs_policy *policy, const char *word, unsigned i);
uint64_t cs_policy_said_of(const struct cs_policy *policy, const char *word, const char *name);

/* cs_policy_field gives the name of FIELD as EVENT of KIND has it: a record may have a name of its own for it. Static, or of
 * the policy. */
const char *cs_policy_field(const struct cs_policy *policy, enum cs_kind kind, enum cs_field field);

/* cs_expect_beside gives the ways by which rows beside the proof are found: those of UNLESS, or of charges (NULL). */
const struct cs_rung *cs_expect_beside(const struct cs_expect *expect, const struct cs_unless *unless, unsigned *n);

/* cs_policy_kinds gives name and set of the I-th kind of card message a selector knows ("response"); NULL past
 * the last. Static. */
const char *cs_policy_kinds(unsigned i, uint32_t *out);

#endif

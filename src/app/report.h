/*
 * A day's report, as it is collected from a journal: what was paid, what was new, what was found, what was not seen.
 *
 * Everything here has a stated size. What finds no room is added up in a group of "others" and counted, so that sums stay
 * whole: rows of the day = rows of its groups. Sums are 128 bits wide; 2^64 amounts of 63 bits fit in them, so that none can
 * overflow.
 */
#ifndef CS_APP_REPORT_H
#define CS_APP_REPORT_H

#include "base/merkle.h"
#include "io/zone.h"
#include "policy/policy.h"
#include "state/journal.h"

enum {
	CS_REPORT_FLOWS_MAX = 64,       /* kinds of rows, each told apart */
	CS_REPORT_GROUPS_MAX = 1 << 17, /* of all flows and dimensions */
	CS_REPORT_OTHERS_MAX = 1 << 12, /* groups of what found no group */
	CS_REPORT_TOPS_MAX = 256,       /* flows by currency whose largest payments are kept ... */
	CS_REPORT_TOP_N = 5,            /* ... so many each */
	CS_REPORT_FINDINGS_MAX = 1024,  /* different findings */
	CS_REPORT_NAMED_MAX = 100,      /* findings, unmatched items told one by one */
	CS_REPORT_AGES_MAX = 1024,      /* sums of unmatched items */
	CS_REPORT_SIGHTS_MAX = 256,     /* different findings about our own sight */
	CS_REPORT_EVENTS_MAX = 100,     /* broken rows, operators' acts told one by one */
	CS_REPORT_STOPS_MAX = 1024,     /* ends of input and policies, up to the end of the day */
	CS_REPORT_RECORDS_MAX = 32,     /* --record */
	CS_REPORT_HISTORY_MAX = 366,    /* days */
	CS_REPORT_NAME_BYTES = 64,
	CS_REPORT_WORDS_BYTES = 320,
};

/* What a row is grouped by. */
enum cs_report_dim {
	CS_REPORT_CURRENCY,
	CS_REPORT_TYPE,
	CS_REPORT_COUNTRY,
	CS_REPORT_COUNTERPARTY,
	CS_REPORT_COMBINATION, /* type, sender, receiver, country */
	CS_REPORT_HOUR,
	CS_REPORT_DECISION, /* of card messages: kind, decision */
	CS_REPORT_DIM_N
};

/* What is asked for. */
struct cs_report_wish {
	const char *folder;
	const struct cs_vault *vault;
	const uint8_t *public_key;  /* kept elsewhere, or NULL */
	int64_t day;                /* since 1970-01-01, in the zone */
	const struct cs_zone *zone; /* NULL: UTC */
	uint32_t history_days;
	unsigned record_n; /* 0: all */
	const char *record[CS_REPORT_RECORDS_MAX];
	bool over_damage;
	bool show_progress;
};

/* One sort of rows: a record (or link), and of payments what they are. Texts are those of the first row. */
struct cs_report_flow {
	char name[CS_REPORT_NAME_BYTES];
	struct cs_short kind;
	struct cs_short direction;
	struct cs_short status;
	bool card;
	uint64_t day_n;
	uint64_t bare_n; /* of the day, without an amount */
	uint64_t history_n;
	uint64_t first_ns; /* of the day */
	uint64_t last_ns;
	uint32_t active_n; /* days of the history with a row */
	uint64_t active[CS_REPORT_HISTORY_MAX / 64 + 1];
};

CS_PADDING_NAMED_BEGIN
struct cs_report_key {
	uint16_t flow;
	uint16_t currency; /* 0: no amount, or none known */
	uint8_t dim;       /* enum cs_report_dim */
	bool others;
	char country[2];
	struct cs_short at[3]; /* value; of a combination type, sender and receiver */
};
CS_PADDING_NAMED_END

struct cs_report_sum {
	uint64_t n;
	__int128_t minor;
};

struct cs_report_group {
	struct cs_report_key key;
	struct cs_report_sum day;
	struct cs_report_sum history;
	int64_t most;      /* largest of the day */
	uint64_t first_ns; /* of the day: first row */
	uint64_t first_seq;
};

/* Groups found by their key. */
struct cs_report_groups {
	struct cs_report_group *at;
	uint32_t *slot; /* 1 + number of the group; 0: free */
	uint32_t n;
	uint32_t cap; /* a power of two */
	uint64_t seed;
};

/* A single payment. */
struct cs_report_payment {
	uint64_t seq; /* its record in the journal */
	uint64_t time_ns;
	int64_t minor;
	char country[2];
	struct cs_short reference;
	struct cs_short type;
	struct cs_short sender;
	struct cs_short receiver;
	struct cs_short beneficiary;
};

struct cs_report_top {
	uint16_t flow;
	uint16_t currency;
	uint32_t n;
	struct cs_report_payment at[CS_REPORT_TOP_N]; /* the largest first */
};

/* Findings that are alike. */
struct cs_report_finding {
	char expectation[CS_REPORT_NAME_BYTES];
	enum cs_reason reason;
	enum cs_severity severity;
	enum cs_verdict verdict;
	bool shadow;
	uint16_t currency;
	struct cs_report_sum day;
	uint64_t history_n;
};

/* One finding, or one item that is not matched. */
struct cs_report_item {
	uint64_t seq; /* of its alert, 0: it waits */
	uint64_t time_ns;
	int64_t days; /* old */
	char expectation[CS_REPORT_NAME_BYTES];
	char link[CS_REPORT_NAME_BYTES];
	char id[2 * 16 + 1]; /* of its alert; empty: it waits */
	char reference[2 * CS_SHORT_BYTES + 1];
	char words[CS_REPORT_WORDS_BYTES];
	enum cs_reason reason;
	enum cs_severity severity;
	enum cs_verdict verdict;
	bool priced;
	int64_t minor;
	uint16_t currency;
};

/* The first of them by some order. */
struct cs_report_list {
	uint32_t n;
	uint64_t all_n;
	struct cs_report_item at[CS_REPORT_NAMED_MAX];
};

enum cs_report_age { CS_REPORT_FRESH, CS_REPORT_THREE, CS_REPORT_OLD, CS_REPORT_AGE_N };

/* Unmatched items of one expectation, by age. */
struct cs_report_aged {
	char expectation[CS_REPORT_NAME_BYTES];
	bool waits;
	uint16_t currency;
	struct cs_report_sum sum[CS_REPORT_AGE_N];
};

/* What the engine said of its own sight, alike. */
struct cs_report_sight {
	char link[CS_REPORT_NAME_BYTES];
	char source[CS_REPORT_NAME_BYTES]; /* expectation or origin */
	enum cs_reason reason;
	uint64_t n;
	uint64_t lost_bytes;
};

/* A link or record of the policies in force, and what was seen of it. */
struct cs_report_link {
	char name[CS_REPORT_NAME_BYTES];
	bool row;
	bool here; /* in the newest policy of the day */
	uint64_t day_n;
	uint64_t history_n;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t gap_n;
	uint64_t gap_bytes;
	uint64_t undecoded_n;
	uint64_t file_n;  /* taken up live */
	uint64_t aside_n; /* of them set aside, whole or in part */
};

/* A line of what happened, in words. */
struct cs_report_line {
	uint64_t seq;
	uint64_t time_ns;
	char what[CS_REPORT_NAME_BYTES];
	char words[CS_REPORT_WORDS_BYTES];
};

struct cs_report_lines {
	uint32_t n;
	uint64_t all_n;
	struct cs_report_line at[CS_REPORT_EVENTS_MAX];
};

/* What the journal's own hashes and signatures say of the records read. */
struct cs_report_proof {
	bool known; /* id and key were read */
	bool key_given;
	uint8_t id[CS_JOURNAL_ID_BYTES];
	uint8_t public_key[CS_PUBLIC_KEY_BYTES];
	uint64_t first_seq; /* read */
	uint64_t last_seq;  /* the last input or alert */
	uint64_t last_page;
	struct cs_digest chain; /* of that page */
	bool is_signed;         /* by the checkpoint below, which covers it */
	struct cs_checkpoint checkpoint;
	uint64_t good_n;     /* checkpoints */
	uint64_t hidden_n;   /* records whose key was erased */
	uint64_t gone_n;     /* let go of */
	uint64_t lost_n;     /* damaged away */
	uint64_t torn_bytes; /* at the end, no whole page */
	bool written;        /* by another process now */
	bool from_page_0;    /* the chain was checked from the journal's first page */
	struct cs_report_lines faults;
};

struct cs_report {
	struct cs_report_wish wish;
	struct cs_report_proof proof;
	uint64_t from_ns; /* the day: from this moment ... */
	uint64_t to_ns;   /* ... up to, not with, this one */
	uint64_t history_from_ns;
	uint64_t input_n; /* events of day and history */
	uint64_t end_seq; /* first input behind the day; 0: there is none */
	uint32_t stop_n;  /* before these records what waits is asked for */
	uint64_t stop[CS_REPORT_STOPS_MAX];
	uint64_t stop_lost_n;
	uint64_t last_ns; /* latest time of the day that was told */
	bool policy;      /* one was in force */
	char policy_path[CS_REPORT_NAME_BYTES];
	uint64_t policy_seq;
	uint32_t history_n; /* days of the history with any row */
	uint64_t history_active[CS_REPORT_HISTORY_MAX / 64 + 1];

	uint32_t flow_n;
	uint64_t flow_lost_n; /* rows of sorts that found no room */
	struct cs_report_flow flow[CS_REPORT_FLOWS_MAX];
	struct cs_report_groups groups;
	struct cs_report_groups others;
	uint64_t group_lost_n; /* rows in no group, not even of others */
	uint64_t group_full_n; /* rows in a group of others */
	uint32_t top_n;
	uint64_t top_lost_n;
	struct cs_report_top top[CS_REPORT_TOPS_MAX];

	uint32_t finding_n;
	struct cs_report_finding finding[CS_REPORT_FINDINGS_MAX];
	uint64_t finding_lost_n;
	uint64_t alert_n; /* of the day */
	uint64_t shadow_n;
	uint64_t held_n; /* hold or block */
	uint64_t by_severity[CS_SEVERITY_N];
	uint64_t alert_hidden_n;    /* cannot be read: their key was erased */
	struct cs_report_list told; /* findings of the day, the gravest first */

	bool open_known; /* what waits at the end of the day is known */
	char open_words[CS_REPORT_WORDS_BYTES];
	uint32_t aged_n;
	struct cs_report_aged aged[CS_REPORT_AGES_MAX];
	uint64_t aged_lost_n;
	struct cs_report_list open; /* the oldest first */

	uint32_t link_n;
	struct cs_report_link link[CS_REPORT_FLOWS_MAX];
	uint64_t link_lost_n;
	uint32_t sight_n;
	struct cs_report_sight sight[CS_REPORT_SIGHTS_MAX];
	uint64_t sight_lost_n;
	struct cs_report_lines broken; /* rows and files that could not be read */
	struct cs_report_lines acts;   /* of operators, and starts of processes */
};

/* ---- report_group.c ---- */

/* cs_report_init makes REPORT (zeroed) ready for WISH; false without memory. Free with cs_report_fini either way. */
bool cs_report_init(struct cs_report *report, const struct cs_report_wish *wish);
void cs_report_fini(struct cs_report *report);

/* cs_report_group gives the group of KEY, made when there is none; that of others when there is no room; NULL when there is
 * none for that either. Each of the last two is counted. */
struct cs_report_group *cs_report_group(struct cs_report *report, const struct cs_report_key *key);

/* cs_report_top_add keeps PAYMENT if it is one of the largest of its flow in its currency. */
void cs_report_top_add(struct cs_report *report, unsigned flow, uint16_t currency,
		       const struct cs_report_payment *payment);

/* cs_report_list_add keeps ITEM if it is among the first by BEFORE. */
void cs_report_list_add(struct cs_report_list *list, const struct cs_report_item *item,
			bool (*before)(const struct cs_report_item *a, const struct cs_report_item *b));

/* cs_report_line_add keeps a line, and lends it; NULL when there are too many. */
struct cs_report_line *cs_report_line_add(struct cs_report_lines *lines);

/* cs_report_east tells how far east of UTC the clocks of the wish stand at SECONDS since 1970. */
static inline int32_t
cs_report_east(const struct cs_report_wish *wish, int64_t seconds)
{
	return wish->zone ? cs_zone_east(wish->zone, seconds) : 0;
}

/* cs_report_day_of numbers the day of a time in the wish's zone; cs_report_hour_of its hour. */
int64_t cs_report_day_of(const struct cs_report_wish *wish, uint64_t time_ns);
unsigned cs_report_hour_of(const struct cs_report_wish *wish, uint64_t time_ns);

/* cs_report_ago says how many days before the report's a time lies: 0 that day; -1: neither then nor in the history. */
int cs_report_ago(const struct cs_report *report, uint64_t time_ns);

/* ---- report_take.c ---- */

/* cs_report_take adds one event, of record SEQ, that came under POLICY. */
void cs_report_take(struct cs_report *report, const struct cs_policy *policy, const struct cs_event *event,
		    uint64_t seq);

/* cs_report_links notes the links of a policy that came into force, cs_report_link_of finds one by its name; NULL. */
void cs_report_links(struct cs_report *report, const struct cs_policy *policy);
struct cs_report_link *cs_report_link_of(struct cs_report *report, const char *name);

/* ---- report_field.c ---- */

/* What a row says of itself, as far as the policy named it so (docs/report.md). */
enum cs_report_part {
#define X(symbol, name) CS_REPORT_PART_##symbol,
#include "app/report_part.def"
#undef X
	CS_REPORT_PART_N
};

/* cs_report_part reads one off EVENT; empty when it has none. */
struct cs_short cs_report_part(const struct cs_policy *policy, const struct cs_event *event, enum cs_report_part part);

/* cs_report_hide stars out, in place, what may be a card number or an account. Keyed hashes and BICs stay. */
void cs_report_hide(struct cs_short *text);

/* cs_report_country gives the country of a row: what it says itself, or that of a BIC; zeros when neither. */
void cs_report_country(const struct cs_policy *policy, const struct cs_event *event, struct cs_short partner,
		       char out[2]);

/* ---- report_alert.c ---- */

/* cs_report_alert adds an alert: its line of JSON, and the number of its record. False: it is none. */
bool cs_report_alert(struct cs_report *report, struct cs_span line, uint64_t seq);

/* cs_report_act adds an OPERATOR or RESUME record. */
void cs_report_act(struct cs_report *report, const struct cs_record *record);

/* cs_report_open adds an item that is not matched. */
void cs_report_open(struct cs_report *report, const struct cs_report_item *item);

/* ---- report_last.c, report_read.c, report_wait.c ---- */

/* cs_report_last gives the latest time that the journal tells of; 0: it tells of none. CS_E_OPEN: there is no journal. */
CS_MUST_USE enum cs_error cs_report_last(const struct cs_report_wish *wish, uint64_t *out);

/* cs_report_read reads the journal and proves it on the way. CS_E_FORMAT: it is damaged; WORDS (CS_REPORT_WORDS_BYTES) says
 * where. Other errors of reading. */
CS_MUST_USE enum cs_error cs_report_read(struct cs_report *report, char *words);

/* cs_report_wait judges the journal again up to the end of the day and adds what waits then. When that cannot be done the
 * report says why. */
void cs_report_wait(struct cs_report *report);

/* ---- report_row.c ---- */

/* Rows of a table: the groups of one flow and dimension, by currency, the greatest first, and behind those of a currency what
 * is left of it, added up. */
struct cs_report_row {
	struct cs_report_group sum;
	uint32_t folded; /* groups added up in it; 0: it is one */
};

struct cs_report_rows {
	struct cs_report_row *at;
	uint32_t n;
};

/* cs_report_rows_make gives at most MOST rows of a currency, and one of others; false without memory. Free with
 * cs_report_rows_fini. */
struct cs_report_rows_wish {
	unsigned flow;
	enum cs_report_dim dim;
	uint32_t most;
	bool absent; /* those without a row that day, too */
	bool fresh;  /* only those that were never seen before it */
};
bool cs_report_rows_make(const struct cs_report *report, const struct cs_report_rows_wish *wish,
			 struct cs_report_rows *out);
void cs_report_rows_fini(struct cs_report_rows *rows);

/* ---- report_json.c, report_html.c ---- */

enum { CS_REPORT_TEXT_BYTES = 64 << 20 };

/* cs_report_json and cs_report_html write the whole report. */
void cs_report_json(struct cs_text *text, const struct cs_report *report);
void cs_report_html(struct cs_text *text, const struct cs_report *report);

#endif

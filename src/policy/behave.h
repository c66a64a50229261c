/*
 * Behaviour as the policy says it, compiled: profiles, limits, rules, lists, places, calendars, scores, and the records
 * that come as rows of files.
 *
 * Plain constant tables in the policy's arena. Limits have a program and profiles of their own, so that they stand when
 * all else is off. The order of enum cs_profile_kind (state) is that of enum cs_aggregate_kind.
 */
#ifndef CS_POLICY_BEHAVE_H
#define CS_POLICY_BEHAVE_H

#include "policy/expr.h"

enum {
	CS_PROFILES_MAX = 32,
	CS_AGGREGATES_MAX = 512, /* of all profiles of one program */
	CS_RULES_MAX = 256,
	CS_LIMITS_MAX = 64,
	CS_LISTS_MAX = 32,
	CS_CALENDARS_MAX = 8,
	CS_SPOTS_MAX = 4,
	CS_RATES_MAX = 32,
	CS_HOLIDAYS_MAX = 64,
	CS_COLUMNS_MAX = 48,
};

/* The events something looks at: by link, a bit per enum cs_kind, and a condition (NULL: always). */
struct cs_of {
	uint32_t kinds[CS_LINKS_MAX];
	const struct cs_condition *where[CS_LINKS_MAX];
};

/* What a profile keeps apart by: no field is "all", two are taken together. */
struct cs_key_clause {
	uint8_t n;
	uint8_t field[2]; /* enum cs_field */
	bool record;      /* one of them is a record's own: other events have no such key */
};

enum cs_aggregate_kind {
	CS_AGGREGATE_COUNT,
	CS_AGGREGATE_SUM,
	CS_AGGREGATE_MEAN,
	CS_AGGREGATE_VARIANCE,
	CS_AGGREGATE_MIN,
	CS_AGGREGATE_MAX,
	CS_AGGREGATE_DISTINCT,
	CS_AGGREGATE_SHARE,
	CS_AGGREGATE_LAST,
	CS_AGGREGATE_SINCE_LAST,
	CS_AGGREGATE_FIRST_SEEN,
	CS_AGGREGATE_KIND_N
};

struct cs_aggregate {
	const char *name;
	struct cs_place place;
	uint8_t kind;      /* enum cs_aggregate_kind */
	uint8_t type;      /* enum cs_value_type of the answer */
	uint8_t field;     /* enum cs_field of the value; CS_FIELD_N: none */
	bool record;       /* the field is a record's own */
	bool current;      /* the event that asks is counted */
	uint16_t max;      /* DISTINCT: values told apart for a heavy key */
	uint16_t currency; /* MONEY */
	uint64_t window_ns;
	uint64_t delay_ns;
	const struct cs_logic *where; /* NULL: every event; tests look at the event only, never at aggregates */
	const struct cs_logic *share; /* SHARE: the condition whose share it is */
	uint64_t said;                /* hash of its words */
};

struct cs_profile_clause {
	const char *name;
	const char *title;
	struct cs_place place;
	struct cs_key_clause by;
	struct cs_of of;
	uint64_t said_of; /* hash of the words of its `of`; 0: it has none */
	unsigned first;   /* number of its first aggregate among all of its program */
	unsigned aggregate_n;
	const struct cs_aggregate *aggregate;
	uint32_t keys;
	uint32_t heavy;
	uint32_t log;          /* entries of a key's log */
	uint64_t memory_bytes; /* of all logs */
	uint64_t lateness_ns;
	uint64_t ahead_ns;
	uint64_t keep_ns;
};

/* `spent_24h <= 2000 EUR`: what must hold, over profiles of the limits' own program. */
struct cs_limit_clause {
	const char *name; /* "card": of the profile it stands on */
	const char *title;
	struct cs_place place;
	struct cs_of of;
	const struct cs_logic *holds;
	const struct cs_logic *where; /* NULL: always asked */
	struct cs_outcome otherwise;  /* default block critical */
};

struct cs_rule_clause {
	const char *name;
	const char *title;
	const char *owner;  /* "" when not named */
	const char *reason; /* with {profile.aggregate} and {field} in it; NULL: the title */
	struct cs_place place;
	uint64_t expires_ns; /* 0: never */
	struct cs_of of;
	const struct cs_logic *when;
	bool outcomes; /* `then hold high`; else a score only */
	bool live;     /* else shadow: told, but never acted on */
	struct cs_outcome outcome;
	int32_t score;
	uint32_t brake_ppm; /* a blocking rule that would block more than this share ... */
	uint64_t brake_ns;  /* ... of the events it looks at in this time holds instead; 0: none */
};

struct cs_list_entry { /* `holds "x", "y" until 2027-01-01 because "z"` */
	const char *
		key[2]; /* as written: cards in clear never stand in a policy, tokens do ("tok_..."); NULL: no second */
	uint64_t until_ns; /* 0: for ever */
	const char *because;
};

struct cs_list_clause {
	const char *name;
	const char *title;
	struct cs_place place;
	struct cs_key_clause by; /* one field or two whose values are the keys */
	uint8_t kept[2]; /* of a record's own name: every record keeps its first so many characters; 0: not so */
	bool acts;       /* `verdict block hard`: without any rule */
	bool hard;       /* else overridable: a hard allow overrides */
	enum cs_verdict verdict;
	unsigned entry_n;
	const struct cs_list_entry *entry;
	const char *source; /* a CSV file, or NULL: only what stands in the policy */
	const char *key_column[2];
	const char *until_column;   /* or NULL */
	const char *because_column; /* or NULL */
	uint64_t refresh_ns;
	uint64_t stale_ns;
	uint32_t shrink_ppm; /* a file that lost more than this share of the keys in force is refused */
	uint32_t entries_cap;
};

/* cs_list_same_keys says whether two lists have keys of one sort. */
static inline bool
cs_list_same_keys(const struct cs_list_clause *a, const struct cs_list_clause *b)
{
	bool same = a->by.n == b->by.n;
	for (unsigned i = 0; same && i < a->by.n; i++)
		same = a->by.field[i] == b->by.field[i] && a->kept[i] == b->kept[i];
	return same;
}

/* `places atm { of terminal  source "atms.csv" ... }` */
struct cs_spots_clause {
	const char *name;
	struct cs_place place;
	uint8_t field;
	const char *source;
	const char *key_column;
	const char *latitude_column;
	const char *longitude_column;
	uint64_t stale_ns; /* 0: never too old */
	uint32_t shrink_ppm;
	uint32_t entries_cap;
};

struct cs_holiday {
	uint32_t first_day; /* since 1970 */
	uint32_t last_day;
};

struct cs_calendar_clause {
	const char *name;
	struct cs_place place;
	uint8_t weekend;      /* bit per day, Monday is bit 0 */
	int32_t zone_minutes; /* of the local time, from UTC */
	bool by_local_time;   /* `zone local`: DE12 and DE13 tell it where the event has them */
	bool night;
	uint16_t night_from; /* minutes of the day; the night may pass midnight */
	uint16_t night_to;
	unsigned holiday_n;
	const struct cs_holiday *holiday;
};

/* 1 unit of `currency` = rate, in the home currency; both in minor units. */
struct cs_rate {
	uint16_t currency;
	struct cs_exact rate;
};

enum cs_column_what { CS_COLUMN_TIME, CS_COLUMN_TEXT, CS_COLUMN_CARD, CS_COLUMN_MONEY, CS_COLUMN_FLAG, CS_COLUMN_CELL };
enum cs_column_clock { CS_CLOCK_SECONDS, CS_CLOCK_MILLISECONDS, CS_CLOCK_NANOSECONDS, CS_CLOCK_RFC3339 };

/* A CELL fills no field: a screen reads it (policy/screen.h). */
struct cs_column_clause {
	const char *column; /* its name in the header line, or the member of a JSON object */
	uint8_t what;       /* enum cs_column_what */
	uint8_t field;      /* enum cs_field; TEXT, CARD and MONEY */
	uint8_t clock;      /* TIME */
	bool minor;         /* MONEY: a whole number of minor units; else major units with a point */
	bool token;         /* TEXT: keep a token only (accounts, customers) */
	bool shorten;       /* TEXT: of more than 16 characters 15 are kept, and "+" */
	uint16_t first;     /* characters of TEXT, from 1; 0: from the first, 16 of them */
	uint16_t last;
	uint16_t currency; /* MONEY: numeric, or 0 and `currency_column` names it */
	const char *currency_column;
	uint64_t since_ns; /* TIME: what 0 stands for */
	uint32_t flag;     /* FLAG: of enum cs_flag ... */
	unsigned
		value_n; /* ... set when the column is one of these; TEXT: the first of these words in it; 0: all of it */
	const char *const *value;
};

enum cs_source_form { CS_SOURCE_CSV, CS_SOURCE_JSON, CS_SOURCE_MT, CS_SOURCE_STATEMENT, CS_SOURCE_MX };

/* `record tx { source csv ... }`: a link whose messages are rows of a file. */
struct cs_row_clause {
	uint8_t form; /* enum cs_source_form */
	char separator;
	const char *lau; /* MT: a file of keys of local authentication; NULL: none */
	unsigned column_n;
	const struct cs_column_clause *column;
};

struct cs_behave_policy {
	uint16_t home_currency; /* 0: no money is compared */
	unsigned rate_n;
	const struct cs_rate *rate;
	bool scores;
	int32_t hold_at; /* 0: never */
	int32_t block_at;
	unsigned profile_n;
	const struct cs_profile_clause *profile;
	unsigned limit_profile_n;
	const struct cs_profile_clause *limit_profile;
	unsigned limit_n;
	const struct cs_limit_clause *limit;
	unsigned rule_n;
	const struct cs_rule_clause *rule;
	unsigned list_n;
	const struct cs_list_clause *list;
	unsigned spots_n;
	const struct cs_spots_clause *spots;
	unsigned calendar_n;
	const struct cs_calendar_clause *calendar;
	unsigned extra_n;
	const struct cs_extra_clause *extra; /* those of the policy */
	struct cs_program program;           /* of profiles, rules */
	struct cs_program limit_program;     /* of the limits, and their profiles */
};

#endif

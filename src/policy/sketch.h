/*
 * Behaviour as it was read, before names mean anything: statements may stand in any order, so conditions are passed over
 * at first (their syntax is checked) and compiled when all profiles, records, lists and calendars are known.
 *
 * Lives in the policy's arena while it is read; check_behave.c makes struct cs_behave_policy of it.
 */
#ifndef CS_POLICY_SKETCH_H
#define CS_POLICY_SKETCH_H

#include "policy/behave.h"
#include "policy/block.h"
#include "policy/screen.h"
#include "policy/watched.h"

enum { CS_OF_MAX = 8, CS_PROFILE_MAX = 32 }; /* selectors behind `of`; aggregates of one profile */

/* A condition that was passed over: where to begin again. */
struct cs_saved {
	const uint8_t *at; /* NULL: there is none */
	struct cs_place place;
	bool first;
	const char *form;
	struct cs_words clauses;
};

struct cs_sketch_of {
	unsigned n;
	struct cs_selector at[CS_OF_MAX];
};

struct cs_sketch_aggregate {
	struct cs_aggregate made;
	struct cs_named value; /* the field between ( and ) */
	struct cs_saved where;
	struct cs_saved share;
	bool including; /* `including this` or `excluding this` was said */
	bool excluding;
	bool good; /* its type is known, or it was complained about */
	struct cs_sketch_aggregate *next;
};

/* A profile; a limit has one as well. */
struct cs_sketch_profile {
	struct cs_profile_clause made;
	struct cs_by by;
	struct cs_sketch_of of;
	struct cs_sketch_aggregate *aggregate;
	bool broken;       /* something of it could not be read: do not call its aggregates unknown */
	unsigned failed_n; /* aggregates that could not be read */
	bool lost;   /* where only limits are wanted: more than an aggregate is wrong, and no limit can stand on it */
	bool memory; /* `memory` was said */
	bool heavy;
};

/* `spent_24h <= 2000 EUR where approved otherwise block critical` */
struct cs_sketch_cap {
	struct cs_place place;
	struct cs_saved holds;
	struct cs_saved where;
	const struct cs_logic *made_holds;
	const struct cs_logic *made_where;
	struct cs_outcome otherwise;
	struct cs_sketch_cap *next;
};

struct cs_sketch_limit {
	struct cs_sketch_profile own;
	const struct cs_sketch_profile *from; /* the profile it takes its aggregates from, or NULL */
	struct cs_sketch_cap *cap;
};

_Static_assert(offsetof(struct cs_sketch_limit, own) == 0, "cs_sketch_table serves both");

struct cs_sketch_rule {
	struct cs_rule_clause made;
	struct cs_sketch_of of;
	struct cs_saved when;
	struct cs_place reason_place;
	bool brake;
};

struct cs_sketch_entry {
	struct cs_list_entry made;
	struct cs_place place;
	struct cs_sketch_entry *next;
};

/* What a `list` says before it is known which of the two it is: keys that are known, or a watch list of names. */
struct cs_sketch_listed {
	const char *keyed; /* the first clause that only a list of keys has */
	bool of;           /* it says of which field its keys are, rightly or not */
	bool formatted;    /* a format is said, rightly or not */
	struct cs_watched_clause made;
};

/* A screen, with the names of its lists as they were written. */
struct cs_sketch_screen {
	struct cs_screen_clause made;
	struct cs_sketch_of of;
	bool looks; /* it says at what, rightly or not */
	unsigned against_n;
	struct cs_named against[CS_LISTS_MAX];
};

/* A record is a link; its columns are kept here until all are read. */
struct cs_sketch_record {
	struct cs_link *link;
	bool timed; /* it says where the time stands, rightly or not */
	struct cs_row_clause row;
	struct cs_column_clause column[CS_COLUMNS_MAX];
};

struct cs_sketch {
	uint16_t home; /* of `money EUR`, else of the only currency there is */
	struct cs_place home_place;
	unsigned rate_n;
	struct cs_rate rate[CS_RATES_MAX];
	unsigned seen_n; /* currencies that are named, two are remembered */
	uint16_t seen[2];
	struct cs_place score_place;
	int32_t hold_at;
	int32_t block_at;
	unsigned aggregate_n; /* of all profiles and limits */
	unsigned profile_n;
	struct cs_sketch_profile *profile[CS_PROFILES_MAX];
	unsigned limit_n;
	struct cs_sketch_limit *limit[CS_LIMITS_MAX];
	unsigned cap_n; /* what all limits say */
	unsigned rule_n;
	struct cs_sketch_rule *rule[CS_RULES_MAX];
	unsigned list_n;
	struct cs_list_clause list[CS_LISTS_MAX];
	bool holds;       /* of the list being read: something was said of entries */
	unsigned entry_n; /* ... and these */
	struct cs_sketch_entry *entry;
	struct cs_sketch_listed listed; /* ... and what may make it a watch list */
	unsigned watched_n;
	struct cs_watched_clause watched[CS_LISTS_MAX];
	unsigned screen_n;
	struct cs_sketch_screen *screen[CS_SCREENS_MAX];
	unsigned spots_n;
	struct cs_spots_clause spots[CS_SPOTS_MAX];
	unsigned calendar_n;
	struct cs_calendar_clause calendar[CS_CALENDARS_MAX];
	struct cs_holiday holiday[CS_CALENDARS_MAX][CS_HOLIDAYS_MAX];
	unsigned extra_n; /* of all records, known before the first statement is read */
	struct cs_extra_clause extra[CS_EXTRAS_MAX];
	struct cs_sketch_record record; /* the one being read */
};

/* cs_sketch_of_reader gives the sketch, made at first use; NULL when the arena is full. */
struct cs_sketch *cs_sketch_of_reader(struct cs_reader *reader);

/* cs_sketch_take takes zeroed BYTES from the arena; NULL (and the reader is full) when there are none. */
void *cs_sketch_take(struct cs_reader *reader, size_t bytes);

/* cs_sketch_see remembers that the policy names CURRENCY. */
void cs_sketch_see(struct cs_sketch *sketch, uint16_t currency);

/* cs_sketch_spare says whether records have no other use for FIELD than as a name of their own. */
bool cs_sketch_spare(enum cs_field field);

/* cs_sketch_names gives each name of records' own in the text a field to be kept in, before the text is read. */
void cs_sketch_names(struct cs_reader *reader);

/* cs_sketch_place gives NAME, static, a field as well, none of those FILLED (a bit per field); CS_FIELD_N when all are taken. */
enum cs_field cs_sketch_place(struct cs_reader *reader, const char *name, uint64_t filled);

/* cs_sketch_extra finds a name of a record's own; extra_n when there is none. */
unsigned cs_sketch_extra(const struct cs_sketch *sketch, struct cs_span name);

/* A field as it was named. */
struct cs_used {
	enum cs_field field;
	bool own; /* by a name of records' own */
	struct cs_place place;
	struct cs_span name;
};
/* cs_sketch_used reads the name of a field, or of a record's own. */
bool cs_sketch_used(struct cs_reader *reader, struct cs_used *out);

/* cs_sketch_field finds what NAME means as a field: one of every event, or a record's own (*RECORD). CS_FIELD_N after a
 * complaint. */
enum cs_field cs_sketch_field(struct cs_reader *reader, const struct cs_named *name, bool *record);

/* cs_sketch_profile_of and cs_sketch_calendar_of find one by name; NULL when there is none. */
const struct cs_sketch_profile *cs_sketch_profile_of(const struct cs_sketch *sketch, struct cs_span name);
const struct cs_calendar_clause *cs_sketch_calendar_of(const struct cs_sketch *sketch, struct cs_span name);

/* cs_sketch_aggregate_of finds an aggregate of PROFILE and its number in it; NULL when there is none. */
struct cs_sketch_aggregate *cs_sketch_aggregate_of(const struct cs_sketch_profile *profile, struct cs_span name,
						   unsigned *number);

/* cs_sketch_add puts a copy of AGGREGATE at the end of PROFILE; NULL when the arena is full. */
struct cs_sketch_aggregate *cs_sketch_add(struct cs_reader *reader, struct cs_sketch_profile *profile,
					  const struct cs_sketch_aggregate *aggregate);

/* cs_sketch_read_format, _files, _fetch and _map read what stands behind `format`, `source`, `fetch` and `map` of a list. */
bool cs_sketch_read_format(struct cs_reader *reader, struct cs_sketch_listed *listed);
bool cs_sketch_read_files(struct cs_reader *reader, struct cs_sketch_listed *listed);
bool cs_sketch_read_fetch(struct cs_reader *reader, struct cs_sketch_listed *listed);
bool cs_sketch_read_map(struct cs_reader *reader, struct cs_sketch_listed *listed);

/* cs_sketch_is_watched says whether LISTED, read so far, is of names. */
bool cs_sketch_is_watched(const struct cs_sketch_listed *listed);

/* cs_sketch_take_watched takes LIST, the newest, whose clauses were read, for a watch list, and out of the lists of keys; false: it is
 * none. */
bool cs_sketch_take_watched(struct cs_reader *reader, const struct cs_list_clause *list);

/* cs_sketch_sizes fills in what a profile has when it says nothing of it. */
void cs_sketch_sizes(struct cs_profile_clause *profile);

/* cs_sketch_read_of reads `card.response on visa where approved, record on tx`. */
bool cs_sketch_read_of(struct cs_reader *reader, struct cs_sketch_of *of);

/* The clauses of the table a profile or a limit keeps: of, keys, heavy, log, memory, lateness, ahead, keep. The block begins
 * with a struct cs_sketch_profile. */
enum { CS_SKETCH_TABLE_N = 8 };
extern const struct cs_clause cs_sketch_table[CS_SKETCH_TABLE_N];

/* cs_sketch_at_aggregate says whether `NAME = FUNCTION (` is at hand, or what was meant to be; cs_sketch_read_aggregate reads
 * it into PROFILE. */
bool cs_sketch_at_aggregate(const struct cs_reader *reader);
bool cs_sketch_read_aggregate(struct cs_reader *reader, struct cs_sketch_profile *profile);

/* cs_sketch_condition passes over a condition and remembers where it stands. */
bool cs_sketch_condition(struct cs_reader *reader, struct cs_saved *out);

#endif

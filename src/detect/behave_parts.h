/*
 * What the files of behaviour share: a program at work with its profiles, and the state of one cs_behave.
 *
 * There are two works: the limits' and the rules'. Each has its own program, profiles and memory; nothing in the first
 * depends on the second. What is compiled here from the policy's tables (struct cs_work_plan) is made once, by
 * behave_plan.c; one event goes through it in two stages: what the event itself says, which decides what profiles are
 * told, and what profiles answer.
 */
#ifndef CS_DETECT_BEHAVE_PARTS_H
#define CS_DETECT_BEHAVE_PARTS_H

#include "detect/behave.h"
#include "detect/parts.h"
#include "state/table.h"

enum {
	CS_WORK_WORDS = 40, /* of bits of tests: a group of one load never crosses a word, which leaves holes */
	CS_SOURCES_MAX = 64,
	CS_NO_SOURCE = 255,
	CS_FILTER_WAYS = 64,  /* gates of filters that are tried once an event, whoever asks */
	CS_STAGES = 2,        /* of the event, of its profiles */
	CS_AHEAD_EVENTS = 64, /* events known before their turn, a power of two */
	CS_AHEAD_KEYS = 1024, /* ... and their keys */
	CS_RULE_WORDS = CS_RULES_MAX / 64,
	CS_BRAKE_LEAST = 100, /* events a brake wants to have seen */
	CS_NAME_BYTES = 160,
	CS_SCALE_MAX = 1000000, /* of fractions that constants are written in */
};

/* A circle on the earth; degrees in 1e-5. */
struct cs_spot {
	int32_t latitude;
	int32_t longitude;
	uint32_t radius_km;
};

/* How a value stands in its register. */
enum cs_register_state {
	CS_REGISTER_MISSING = 0,
	CS_REGISTER_NARROW = 1, /* in `narrow`: a whole number, a BOOL, or a text as cs_feed_code makes it */
	CS_REGISTER_WIDE = 2,   /* in `wide` */
	CS_REGISTER_TEXT = 4,   /* in `text` */
	CS_REGISTER_SPOT = 8,   /* in `spot` */
	CS_REGISTER_FLOOR = 16, /* the true value is this, or more */
	CS_REGISTER_CEIL = 32,  /* ... or less */
};

struct cs_registers {
	uint8_t state[CS_LOADS_MAX];
	int64_t narrow[CS_LOADS_MAX];
	struct cs_ratio wide[CS_LOADS_MAX];
	struct cs_short text[CS_LOADS_MAX];
	struct cs_spot spot[CS_LOADS_MAX];
};

/*
 * Tests of one load against constants. The key of a value is 2 * SCALE times it, and one more when SCALE times it is no
 * whole number: so it stands to the keys of constants, which are whole numbers at that scale, as the value does to them.
 * SCALE 0: the key is the number itself. The constants cut all keys into stretches; within one, each test says the same:
 * bit SHIFT + I of a word is whether test I holds.
 */
struct cs_group {
	uint32_t first; /* of `ranged` */
	uint32_t cut;   /* the first of its stretches */
	uint32_t cut_n;
	uint32_t scale;
	uint16_t load;
	uint16_t word;
	uint8_t shift;
	uint8_t n;
};

/* The keys from FROM up to the next cut's. */
struct cs_cut {
	int64_t from;
	uint64_t misses; /* tests of the group that fail there, from bit 0 on */
};

/* A text held against another, under a mask. */
struct cs_likeness {
	uint64_t want[2];
	uint64_t mask[2];
	uint16_t load;
	uint16_t test;
	bool inverted;
};

/* Any other test. ALONE: a load against a constant after all. TIMES: load LEFT against NUM / DEN times load RIGHT. */
struct cs_odd_test {
	uint16_t test;
	uint16_t left;
	uint16_t right;
	bool alone;
	bool times;
	int32_t num;
	uint32_t den;
};

/* A logic with bits for tests. ALL: pairs FIRST .. of masks and words; else steps. */
struct cs_gate {
	uint32_t first;
	uint16_t n;
	bool all;
};

struct cs_gate_pair {
	uint64_t mask;
	uint64_t word;
};

/* A value that profiles take from an event. */
enum cs_coding { CS_CODING_MONEY, CS_CODING_DIGITS, CS_CODING_TEXT };

struct cs_source {
	uint8_t field; /* enum cs_field */
	uint8_t coding;
	bool record;
	uint16_t currency;
};

/* A bit of the mask of an event that one profile is told of: GATE is true and the value is there. */
struct cs_filter {
	const struct cs_logic *logic; /* NULL: every event */
	struct cs_gate gate;
	uint64_t needs_source; /* a bit; 0: none */
	uint64_t needs_way;    /* a bit; 0: none, for there were too many */
	uint8_t source;        /* whose value it needs; CS_NO_SOURCE: none */
	uint8_t way; /* number of the gate among the different ones of all profiles, CS_FILTER_WAYS: too many */
};

/* How events get into one profile. */
struct cs_feed {
	unsigned filter_n;
	unsigned slot_n;
	struct cs_filter filter[CS_PROFILE_FILTERS_MAX];
	uint8_t slot[CS_PROFILE_SLOTS_MAX]; /* among the sources */
};

/* Sets of rules, WORDS words each. What no rule that may still hold looks at need not be known. */
struct cs_rule_bits {
	unsigned words;     /* 0: the limits, of which everything is asked */
	uint64_t *test;     /* by test: those that may hold though it failed */
	uint64_t *cut;      /* by cut: those that may hold though all the tests failed that fail there */
	uint64_t *tester;   /* by test: those that look at it */
	uint64_t *loader;   /* by load */
	uint64_t *profiler; /* by profile */
};

/* Counts of what lies in the arena; behind each array its length. */
struct cs_work_plan {
	unsigned load_n[CS_STAGES];
	uint16_t *load[CS_STAGES];
	unsigned group_n[CS_STAGES];
	struct cs_group *group[CS_STAGES];
	unsigned likeness_n[CS_STAGES];
	struct cs_likeness *likeness[CS_STAGES];
	unsigned odd_n[CS_STAGES];
	struct cs_odd_test *odd[CS_STAGES];
	unsigned word_n;
	uint16_t *bit; /* by test */
	uint32_t cut_n;
	struct cs_cut *cut;
	uint16_t *ranged; /* number of each test of a group */
	uint32_t pair_n;
	struct cs_gate_pair *pair;
	uint32_t step_n;
	uint16_t *step; /* CS_LOGIC_AND ..., or a bit */
	unsigned source_n;
	struct cs_source source[CS_SOURCES_MAX];
	struct cs_profile *profile;
	struct cs_profile_layout *layout;
	struct cs_feed *feed; /* by profile */
	unsigned way_n;
	struct cs_gate way[CS_FILTER_WAYS]; /* the different gates of filters */
	struct cs_gate *gate;               /* by rule; of limit I what holds (2 * I) and where (2 * I + 1) */
	struct cs_rule_bits bits;
};

struct cs_work {
	struct cs_arena arena;
	const struct cs_behave_policy *policy;
	const struct cs_program *program;
	unsigned profile_n;
	const struct cs_profile_clause *clause; /* by profile */
	const struct cs_list *list;             /* by number; NULL: there are none */
	const struct cs_table *table;           /* from files: of lists, then of places */
	struct cs_behave_counts *counts;
	struct cs_ahead *ahead;
	struct cs_work_plan plan;
	/* of the event at hand */
	const struct cs_event *event;
	bool wanted; /* somebody asks for the profiles' answers */
	bool whole;  /* ... for all of them, whatever rules may still hold */
	bool unconverted;
	bool answered[CS_PROFILES_MAX]; /* its values are those of this event */
	uint64_t ways_open;             /* gates of filters, a bit each */
	uint64_t source_known;
	int64_t source[CS_SOURCES_MAX];
	uint64_t held[CS_WORK_WORDS];
	uint64_t failed[CS_WORK_WORDS];   /* known, and not held */
	uint64_t possible[CS_RULE_WORDS]; /* rules of which nothing failed yet that they cannot do without */
	struct cs_registers at;
	struct cs_profile_value value[CS_AGGREGATES_MAX];
};

CS_PADDING_NAMED_BEGIN
/* Two stretches of time, the newer first: events looked at, and those that would have been blocked. */
struct cs_brake {
	uint64_t nth;
	uint64_t seen_n[2];
	uint64_t block_n[2];
	uint64_t braked;     /* 1: holds instead */
	uint64_t behind_run; /* events in a row that were older than both */
};

/* What was told of a profile that forgets. */
struct cs_full_told {
	uint64_t time_ns;
	uint64_t n;
};
CS_PADDING_NAMED_END

/* What each event needs to know of a rule, side by side. */
struct cs_rule_hot {
	uint64_t until_ns;
	struct cs_gate gate;
	bool asks_more; /* its `of` has a condition */
	bool braked;    /* it has a brake */
};

/* What the texts of the finding at hand are made of: the conditions whose outcome was HELD. */
struct cs_telling {
	struct cs_work *work;         /* NULL: its texts were made at once */
	const struct cs_logic *logic; /* its registers and bits have the values */
	const char *reason;           /* with names in braces; NULL or empty: a list of the conditions */
	bool held;
};

struct cs_asked {
	const struct cs_profile *profile;
	struct cs_key key;
	uint32_t guess; /* once its record was asked for */
};

struct cs_ahead_event {
	uint64_t name; /* of its message and time */
	uint64_t end;  /* number behind its last key */
};

/* Events and keys in the order in which they will be looked at; numbers count up and lie in rings. */
struct cs_ahead {
	uint64_t event_n; /* known */
	uint64_t done_n;  /* whose turn has come */
	uint64_t key_n;   /* their keys */
	uint64_t index_n; /* whose place in the index was asked for */
	uint64_t record_n;
	uint64_t log_n;
	uint64_t fed_n; /* ... or that the event at hand has no use for any more */
	struct cs_ahead_event event[CS_AHEAD_EVENTS];
	struct cs_asked key[CS_AHEAD_KEYS];
};

/* State down to policy, and the counts from unconverted_n on; lists and profiles have their own. Of a rule that looks at
 * all events of its kinds alike it is not counted how many these were: asked_n tells it. */
struct cs_behave {
	uint64_t asked_n[CS_LINKS_MAX][CS_KIND_N]; /* events that rules looked at */
	struct cs_brake brake[CS_RULES_MAX];
	struct cs_full_told told[2][CS_PROFILES_MAX]; /* of the limits' and the rules' profiles */
	const struct cs_policy *whole_policy;
	const struct cs_behave_policy *policy;
	struct cs_behave_counts counts;
	struct cs_behave_counts told_counts; /* with what asked_n tells, for who asks; no state */
	struct cs_behave_counts *counts_to_tell;
	struct cs_behave_observer observer;
	struct cs_arena lists;
	struct cs_list list[CS_LISTS_MAX];
	struct cs_table table[CS_TABLES_MAX]; /* those from files; others have no room */
	struct cs_work limits;
	struct cs_work rules;
	uint32_t kinds[CS_LINKS_MAX]; /* events anything looks at */
	struct cs_of plain;           /* those that are looked at when nothing is said */
	uint64_t rules_of[CS_LINKS_MAX][CS_KIND_N][CS_RULE_WORDS];
	uint64_t singular[CS_RULE_WORDS]; /* rules that have to be asked one by one: with a condition on events, a last
					     day, or a brake */
	struct cs_rule_hot hot[CS_RULES_MAX];
	struct cs_ahead ahead;
	/* of the event at hand */
	bool looked;
	const struct cs_event *event; /* completed */
	struct cs_event completed;
	struct cs_decision decision;
	struct cs_why why;
	struct cs_telling telling;
	bool terse; /* who looks on wants no texts */
	char name[CS_NAME_BYTES];
};

/* behave.c: cs_behave_asked gives how many events rule NTH was asked about together with others. */
uint64_t cs_behave_asked(const struct cs_behave *behave, unsigned nth);

/* behave_plan.c: a work from the policy's tables. LIMITS: the limits' own; else that of the rules. */
/* cs_work_bytes is what cs_work_init takes for its arena; 0 when a profile cannot be laid out. */
size_t cs_work_bytes(const struct cs_behave_policy *policy, bool limits);
/* cs_work_init compiles all and takes the memory. CS_E_MEMORY; and what cs_profile_plan_lay says. */
CS_MUST_USE enum cs_error cs_work_init(struct cs_work *work, const struct cs_behave_policy *policy, bool limits);
void cs_work_fini(struct cs_work *work);

/* behave_feed.c: aggregates of one clause as a profile's plan, and how events get into it. */
CS_MUST_USE enum cs_error cs_work_lay(const struct cs_profile_clause *clause, struct cs_work_plan *plan,
				      struct cs_feed *feed, struct cs_profile_layout *layout);

/* cs_work_share gives each filter the number of its gate; all feeds are laid. */
void cs_work_share(struct cs_work_plan *plan, unsigned profile_n);

/* cs_work_filter gives the filter of FEED that AGGREGATE is told by; NULL: it takes every event. */
const struct cs_filter *cs_work_filter(const struct cs_work_plan *plan, const struct cs_feed *feed,
				       const struct cs_aggregate *aggregate);

/* behave_rules.c: which rules look at what. */
/* cs_work_rules fills the sets of rules in; all else of WORK is there. */
void cs_work_rules(struct cs_work *work);
/* cs_work_asks says whether a rule that may still hold is in SET. */
static inline bool
cs_work_asks(const struct cs_work *work, const uint64_t *set)
{
	uint64_t any = 0;
	for (unsigned i = 0; i < work->plan.bits.words; i++)
		any |= set[i] & work->possible[i];
	return any != 0;
}

/* behave_bits.c: tests as bits, logics as gates. */
void cs_work_place(const struct cs_program *program, struct cs_work_plan *plan);
struct cs_gate cs_work_gate(struct cs_work_plan *plan, const struct cs_logic *logic);

/* ask.c: the memory of keys, before it is needed. */
/* cs_ask_event takes note of an event that will come, cs_ask_begin says that it is its turn. cs_ask_key lends its key in
 * PROFILE and what is known of its place; to be asked in the order of the profiles; NULL when nothing is known. */
void cs_ask_event(struct cs_behave *behave, const struct cs_event *event);
void cs_ask_begin(struct cs_behave *behave, const struct cs_event *event);
const struct cs_asked *cs_ask_key(struct cs_ahead *ahead, const struct cs_profile *profile);

/* feed.c: what profiles are told of an event, and its key. */
/* cs_feed_event tells the profiles of the event and, if they are wanted, gets their answers; eval.c's first stage was
 * before. */
void cs_feed_event(struct cs_work *work);
/* cs_feed_join makes one identity of those of two fields. */
void cs_feed_join(const uint64_t each[4], uint64_t identity[2]);

/* cs_feed_key makes the key of EVENT for a profile kept BY these fields; false when one is missing. */
bool cs_feed_key(const struct cs_key_clause *by, const struct cs_event *event, struct cs_key *key);
/* cs_feed_code makes a number of a text: its bytes, when they are 8 at most; else a hash with a low byte of 0. */
int64_t cs_feed_code(const struct cs_short *text);
/* cs_feed_decode gives the text of such a number; false when it was hashed. */
bool cs_feed_decode(int64_t code, struct cs_short *text);
/* cs_feed_takes says whether OF means EVENT. */
bool cs_feed_takes(const struct cs_of *of, const struct cs_event *event);

/* load.c: operands. cs_load_all fills the registers of one stage. */
void cs_load_all(struct cs_work *work, unsigned stage);
/* cs_load_text gives a field as text; false when it is missing or has none. */
bool cs_load_text(const struct cs_event *event, enum cs_field field, struct cs_short *text);
/* cs_load_money gives a money field in CURRENCY (0: as it is), by the policy's rates; false when it is missing. */
bool cs_load_money(struct cs_work *work, enum cs_field field, uint16_t currency, int64_t *minor);
/* cs_load_digits reads a text of at most 15 digits. */
bool cs_load_digits(const struct cs_short *text, int64_t *number);

/* exact.c: numbers that are exact or missing. False when it does not fit. */
bool cs_exact_do(enum cs_expr_op op, const struct cs_ratio *a, const struct cs_ratio *b, struct cs_ratio *out);
/* cs_exact_order is cs_ratio_order with the small numbers first. */
int cs_exact_order(const struct cs_ratio *a, const struct cs_ratio *b);

/* eval.c: tests and gates. */
/* cs_eval_stage loads and tests all of one stage; of the second only what rules ask that may still hold, but for WHOLE. */
void cs_eval_stage(struct cs_work *work, unsigned stage);
/* cs_eval_gate says whether a gate is open. */
enum cs_truth cs_eval_gate(const struct cs_work *work, const struct cs_gate *gate);
/* cs_eval_side gives the value of one side of a comparison, as far as it is known; false when it is missing. */
bool cs_eval_side(struct cs_work *work, const struct cs_expr *expr, struct cs_ratio *out);

/* limit.c, listed.c, rule.c, brake.c: what is decided of an event; findings are told. */
void cs_limit_event(struct cs_detect *detect, struct cs_view *view);
void cs_rule_event(struct cs_detect *detect, struct cs_view *view);

/* The lists an event is on that act by themselves, a bit each. */
struct cs_listed {
	uint32_t hard;   /* hold and block */
	uint32_t allows; /* hard */
	uint32_t soft;   /* hold and block, but for a hard allow */
};
/* cs_listed_find looks the event up. */
struct cs_listed cs_listed_find(struct cs_behave *behave);
/* cs_listed_tell tells a finding for each of these LISTS. */
void cs_listed_tell(struct cs_detect *detect, const struct cs_view *view, uint32_t lists);
/* cs_listed_look says whether KEY is on LIST or in TABLE; unknown when the table was never told. */
enum cs_truth cs_listed_look(const struct cs_list *list, const struct cs_table *table, const uint64_t key[2],
			     uint64_t time_ns);
/* cs_listed_spot gives the place that TABLE knows of a value; false when it knows none. */
bool cs_listed_spot(const struct cs_table *table, const struct cs_short *value, struct cs_spot *out);
/* cs_listed_regions adds what changes of them to REGIONS. */
void cs_listed_regions(struct cs_behave *behave, struct cs_regions *regions);
/* cs_listed_init makes the lists that stand in the policy, and room for those from files. */
CS_MUST_USE enum cs_error cs_listed_init(struct cs_behave *behave);
size_t cs_listed_bytes(const struct cs_behave_policy *policy);

/* cs_brake_count counts an event that rule I looked at, and says whether it may block. *TELL: it may no longer, since now. */
bool cs_brake_count(struct cs_behave *behave, unsigned i, bool blocks, bool *tell);

/* calendar.c */
bool cs_calendar_holds(const struct cs_calendar_clause *calendar, enum cs_calendar_part part,
		       const struct cs_event *event);

/* distance.c: whole kilometres between two circles, never too many. */
int64_t cs_distance_km(const struct cs_spot *a, const struct cs_spot *b);
/* cs_distance_country gives the place of a country; false when there is no such. */
bool cs_distance_country(const struct cs_short *text, struct cs_spot *out);

/* why.c: what is said of it. */
/* cs_why_begin starts behave->why, for a clause of this title. */
void cs_why_begin(struct cs_behave *behave, const char *title, const char *owner);
/* cs_why_logic adds the conditions of LOGIC (NULL: none). */
void cs_why_logic(struct cs_why *why, struct cs_work *work, const struct cs_logic *logic);
/* cs_why_fill writes REASON with its {names} filled in. */
void cs_why_fill(struct cs_text *text, struct cs_work *work, const char *reason);
/* cs_why_list writes the conditions that held, or those that did not, with their values. */
void cs_why_list(struct cs_text *text, const struct cs_why *why, bool held);
/* cs_why_tell tells FINDING of the event of VIEW, with behave->why and, unless nobody wants them, the texts of what
 * behave->telling says. */
void cs_why_tell(struct cs_detect *detect, const struct cs_view *view, struct cs_finding *finding);
/* cs_why_answer finds the aggregate of this name, "card.cash_1h"; false when there is none. */
bool cs_why_answer(const struct cs_work *work, struct cs_span name, unsigned *number);
/* cs_why_name makes "rule.burst" in behave->name. */
const char *cs_why_name(struct cs_behave *behave, const char *sort, const char *name);

/* why_value.c: values for people. */
/* cs_why_value writes a number of this type; money in CURRENCY. */
void cs_why_value(struct cs_text *text, enum cs_value_type type, uint16_t currency, const struct cs_ratio *value);
/* cs_why_aggregate writes the answer of aggregate NUMBER, with ">= " or "<= " where it is no more than that. */
void cs_why_aggregate(struct cs_text *text, const struct cs_work *work, unsigned number);
/* cs_why_load writes what is in a register; nothing when it is missing. */
void cs_why_load(struct cs_text *text, const struct cs_work *work, unsigned nth);
/* cs_why_country writes "DE" for "276". */
void cs_why_country(struct cs_text *text, const struct cs_short *value);
/* cs_why_aggregate_of gives the clause of aggregate NUMBER. */
const struct cs_aggregate *cs_why_aggregate_of(const struct cs_work *work, unsigned number);

#endif

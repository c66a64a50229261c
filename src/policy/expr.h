/*
 * Conditions over events, profiles, lists, places and calendars, as compiled: one program for all rules of a policy,
 * and another for its limits, which stand alone.
 *
 * A program has loads (what is looked up: each distinct operand once), tests (atomic conditions: each distinct one once,
 * one bit) and logics (and, or, not over tests). Total: no loops, no side effects, a cost known beforehand. Arithmetic is
 * exact: a number is num / den, den > 0. What does not fit, a division by nothing and a missing value are all missing: a
 * comparison with it is unknown, which counts as false and is told. Made by read_expr.c, walked by detect/eval.c.
 */
#ifndef CS_POLICY_EXPR_H
#define CS_POLICY_EXPR_H

#include "policy/code.h"

enum {
	CS_LOADS_MAX = 512,
	CS_TESTS_MAX = 1024,
	CS_LOGIC_STEPS_MAX = 64, /* of one logic */
	CS_EXPR_STEPS_MAX = 16,  /* of one side of a comparison */
	CS_EXPR_DEPTH_MAX = 8,
};

/* What a value is; only like is held against like. */
enum cs_value_type {
	CS_VALUE_BOOL,
	CS_VALUE_NUMBER,
	CS_VALUE_MONEY,    /* num in minor units of `currency` */
	CS_VALUE_DURATION, /* ns */
	CS_VALUE_TIME,     /* ns since 1970 */
	CS_VALUE_TEXT,
	CS_VALUE_COUNTRY, /* text: three digits of ISO 3166 */
	CS_VALUE_PLACE,   /* where a country or terminal is */
	CS_VALUE_TYPE_N
};

enum cs_load_kind {
	CS_LOAD_WORD, /* `a`: row of word.def */
	CS_LOAD_TEXT, /* `field` as text: of the currency its three digits; of the card it is only asked if it is missing */
	CS_LOAD_DIGITS,    /* `field` as a whole number, where it is one of at most 15 digits */
	CS_LOAD_MONEY,     /* `field` in `currency`, converted by the policy's rates where need be */
	CS_LOAD_AGGREGATE, /* `a`: number of the aggregate, over all profiles of the program */
	CS_LOAD_AGE,       /* the event's time less the time aggregate `a` (first_seen, last) tells */
	CS_LOAD_NOW,       /* the event's time */
	CS_LOAD_CALENDAR,  /* calendar `a` says so: `b` is an enum cs_calendar_part */
	CS_LOAD_LISTED,    /* `field` is on list `a`, in force at the event's time */
	CS_LOAD_DISTANCE,  /* whole kilometres between loads `a` and `b`, both places; never too many */
	CS_LOAD_SPOT,      /* the place of `field` (country, or by the table `a` of places) */
	CS_LOAD_SPOT_LAST, /* the place that aggregate `a` (last of a field) tells; `b`: table of places or CS_SPOT_COUNTRY */
	CS_LOAD_KIND_N
};

enum { CS_SPOT_COUNTRY = 0xffff }; /* instead of a table of places: the countries that are built in */

enum cs_calendar_part { CS_CALENDAR_WEEKEND, CS_CALENDAR_NIGHT, CS_CALENDAR_HOLIDAY, CS_CALENDAR_PART_N };

struct cs_load {
	uint8_t kind;  /* enum cs_load_kind */
	uint8_t type;  /* enum cs_value_type */
	uint8_t field; /* enum cs_field */
	bool record;   /* the field is a record's own (`field NAME ...`): missing on other events */
	uint16_t a;
	uint16_t b;
	uint16_t currency;
};

/* An exact number as written in the policy; money in minor units, durations and times in ns. */
struct cs_exact {
	__int128_t num;
	uint64_t den;
};

enum cs_expr_op { CS_EXPR_LOAD, CS_EXPR_CONST, CS_EXPR_ADD, CS_EXPR_SUB, CS_EXPR_MUL, CS_EXPR_DIV };

struct cs_expr_step { /* postfix */
	uint8_t op;   /* enum cs_expr_op */
	uint16_t load;
	struct cs_exact constant;
};

struct cs_expr {
	uint8_t type; /* enum cs_value_type */
	uint16_t currency;
	unsigned n;
	const struct cs_expr_step *step;
	const char *text; /* as written */
};

enum cs_test_kind {
	CS_TEST_TRUTH,   /* load `load`, a BOOL */
	CS_TEST_COMPARE, /* left `compare` right, two expressions of one type */
	CS_TEST_EQUAL,   /* load `load`, a TEXT or COUNTRY, and `text`: `compare` is EQUAL, or LESS + GREATER for != */
	CS_TEST_SAME,    /* loads `load` and `other`, both TEXT or both COUNTRY, `compare` likewise */
	CS_TEST_STARTS,  /* load `load` starts with the first `len` characters of `text` */
	CS_TEST_MISSING, /* load `load` has no value */
};

struct cs_test {
	uint8_t kind;    /* enum cs_test_kind */
	uint8_t compare; /* set of enum cs_compare */
	uint8_t len;
	uint16_t load;
	uint16_t other;
	struct cs_expr left;
	struct cs_expr right;
	struct cs_short text;
	const char *words; /* as written: "card.cash_1h >= 5" */
	struct cs_place place;
};

enum cs_logic_op {
	CS_LOGIC_AND = 0xfffd,
	CS_LOGIC_OR = 0xfffe,
	CS_LOGIC_NOT = 0xffff
}; /* less: the number of a test */

struct cs_logic {
	const char *text; /* as written, on one line */
	unsigned n;       /* postfix, leaves exactly one value */
	const uint16_t *step;
	bool all; /* nothing but tests and AND */
};

struct cs_program {
	unsigned load_n;
	const struct cs_load *load;
	unsigned test_n;
	const struct cs_test *test;
};

/* cs_logic_cost gives the number of steps of the longest evaluation of LOGIC, expressions included. */
unsigned cs_logic_cost(const struct cs_program *program, const struct cs_logic *logic);

#endif

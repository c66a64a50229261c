/*
 * The inside of read_expr.c, read_name.c and join_expr.c: operands and operators that wait while a condition is read.
 */
#ifndef CS_POLICY_BUILD_H
#define CS_POLICY_BUILD_H

#include "policy/program.h"
#include "policy/sketch.h"

/* How operators bind, weakest first. */
enum cs_level {
	CS_LEVEL_PAREN,
	CS_LEVEL_OR,
	CS_LEVEL_AND,
	CS_LEVEL_NOT,
	CS_LEVEL_COMPARE,
	CS_LEVEL_SUM,
	CS_LEVEL_PRODUCT
};

enum { CS_OPS_MAX = 32, CS_VALUE_STEPS_MAX = 64 };

/* What names mean to a condition. */
struct cs_scope {
	struct cs_program_sketch *program;
	struct cs_sketch_limit *limit; /* of a limit: only its own aggregates, by their bare names too */
	unsigned first;                /* number of the limit's first aggregate */
	bool event_only;               /* filters of aggregates: they look at the event, and at no aggregate */
	bool labels;                   /* `fraud` may be asked */
};

/* A step of an expression whose load is not yet a number: the currency of money may still be open. */
struct cs_value_step {
	uint8_t op;
	struct cs_load load;
	struct cs_exact constant;
};

enum cs_literal { CS_LITERAL_NONE, CS_LITERAL_NUMBER, CS_LITERAL_TEXT, CS_LITERAL_CODE };

/* The newest operand's steps are the last of its sort: of the logic, or of the values. */
struct cs_operand {
	bool logic;
	uint8_t type;          /* enum cs_value_type */
	uint8_t literal;       /* enum cs_literal: written as it is */
	bool secret;           /* the card */
	uint16_t currency;     /* MONEY: 0, open: as the other side has it */
	unsigned n;            /* steps */
	struct cs_lexeme word; /* its first */
	const uint8_t *from;
	const uint8_t *to;
};

struct cs_waiting {
	enum cs_level level;
	uint8_t op; /* enum cs_expr_op, or a set of enum cs_compare */
	struct cs_lexeme word;
};

struct cs_build {
	struct cs_reader *reader;
	const struct cs_scope *scope; /* NULL: the condition is only passed over */
	unsigned paren_n;
	unsigned op_n;
	struct cs_waiting op[CS_OPS_MAX];
	unsigned operand_n;
	struct cs_operand operand[CS_OPS_MAX + 1];
	unsigned value_n;
	struct cs_value_step value[CS_VALUE_STEPS_MAX];
	unsigned step_n;
	uint16_t step[CS_LOGIC_STEPS_MAX];
};

/* cs_build_value pushes an operand with one step, or none (STEP NULL: text between quotes, a code). */
bool cs_build_value(struct cs_build *build, const struct cs_operand *operand, const struct cs_value_step *step);

/* cs_build_truth pushes the test whether LOAD, a BOOL, is true. */
bool cs_build_truth(struct cs_build *build, const struct cs_operand *operand, const struct cs_load *load);

/* cs_build_name pushes what a word (or `WORD.WORD`: PART is not empty) means. */
bool cs_build_name(struct cs_build *build, const struct cs_named *name, const struct cs_named *part,
		   const struct cs_operand *operand);

/* cs_build_distance pushes the distance between two places; cs_build_age the time since an aggregate's. */
bool cs_build_distance(struct cs_build *build, const struct cs_named place[4], const struct cs_operand *operand);
bool cs_build_age(struct cs_build *build, const struct cs_named place[2], const struct cs_operand *operand);

/* cs_build_missing, cs_build_starts and cs_build_listed turn the newest operand, a value, into a test of it. */
bool cs_build_missing(struct cs_build *build);
bool cs_build_starts(struct cs_build *build, const struct cs_lexeme *text);
bool cs_build_listed(struct cs_build *build, const struct cs_named *list);

/* cs_build_either takes the newest operand, the NTH text that the value below it may be; cs_build_among turns that value,
 * once N were taken, into a test whether it is one of them. */
bool cs_build_either(struct cs_build *build, unsigned nth);
bool cs_build_among(struct cs_build *build, unsigned n);

/* cs_build_join lets the operator WAITING work on the newest operands. */
bool cs_build_join(struct cs_build *build, const struct cs_waiting *waiting);

/* cs_build_logic makes the newest operand logic, or complains that it says neither yes nor no. */
bool cs_build_logic(struct cs_build *build);

/* cs_build_compile compiles a condition that was passed over. */
bool cs_build_compile(struct cs_reader *reader, const struct cs_scope *scope, const struct cs_saved *saved,
		      const struct cs_logic **out);

#endif

/*
 * Field formats in the notation of the standard, compiled into a flat program and run over a value's lines.
 *
 *   16x     up to 16 of class x          4!n    exactly 4           15d    an amount with its comma
 *   4*35x   the rest: up to 4 lines of 1 to 35 each
 *   $       end of line                  ^      here is the beginning of a line
 *   [...]   optional, tried first        {...}  if a slash is next, this must fit     anything else: itself
 *
 * Runs take all they can; what is optional is given up when what follows does not fit, at most CS_MT_TRIES_MAX at a time,
 * so that the work is bounded. A fault is told where the value was followed furthest.
 */
#include "decode/mt_parts.h"

/* --- compiling --- */

struct compiler {
	struct cs_mt_plan *plan;
	const char *at;
	unsigned depth;
	uint16_t open[CS_MT_TRIES_MAX];
	bool bad;
};

static struct cs_mt_op *
add(struct compiler *c, enum cs_mt_op_kind kind)
{
	static struct cs_mt_op nowhere;
	if (c->plan->op_n >= CS_MT_OPS_MAX) {
		c->bad = true;
		return &nowhere;
	}
	struct cs_mt_op *op = &c->plan->op[c->plan->op_n++];
	*op = (struct cs_mt_op){.kind = (uint8_t)kind};
	return op;
}

static unsigned
number(struct compiler *c)
{
	unsigned n = 0;
	while (*c->at >= '0' && *c->at <= '9' && n < 10000)
		n = n * 10 + (unsigned)(*c->at++ - '0');
	return n;
}

static uint8_t
class_of(struct compiler *c)
{
	switch (*c->at ? *c->at++ : '\0') {
	case 'n':
		return CS_MT_CLASS_N;
	case 'a':
		return CS_MT_CLASS_A;
	case 'c':
		return CS_MT_CLASS_C;
	case 'h':
		return CS_MT_CLASS_H;
	case 'x':
		return CS_MT_CLASS_X;
	case 'y':
		return CS_MT_CLASS_Y;
	case 'z':
		return CS_MT_CLASS_Z;
	default:
		c->bad = true;
		return 0;
	}
}

static void
counted(struct compiler *c)
{
	unsigned n = number(c);
	if (*c->at == 'd') {
		c->at++;
		add(c, CS_MT_OP_AMOUNT)->max = (uint16_t)n;
		return;
	}
	bool lines = *c->at == '*';
	bool exact = *c->at == '!';
	if (lines || exact)
		c->at++;
	struct cs_mt_op *op = add(c, lines ? CS_MT_OP_LINES : CS_MT_OP_RUN);
	op->arg = (uint16_t)(lines ? n : 0);
	op->max = (uint16_t)(lines ? number(c) : n);
	op->min = exact ? op->max : 1;
	op->bits = class_of(c);
}

static void
element(struct compiler *c)
{
	if (*c->at >= '0' && *c->at <= '9') {
		counted(c);
		return;
	}
	char sign = *c->at++;
	if ((sign == '[' || sign == '{') && c->depth < CS_MT_TRIES_MAX) {
		c->open[c->depth++] = (uint16_t)c->plan->op_n;
		add(c, sign == '[' ? CS_MT_OP_TRY : CS_MT_OP_IF);
	} else if ((sign == ']' || sign == '}') && c->depth) {
		c->plan->op[c->open[--c->depth]].arg = (uint16_t)c->plan->op_n;
	} else if (sign == '[' || sign == ']' || sign == '{' || sign == '}') {
		c->bad = true;
	} else if (sign == '^') {
		add(c, CS_MT_OP_BEGIN);
	} else if (sign == '$') {
		add(c, CS_MT_OP_LINE);
	} else {
		add(c, CS_MT_OP_CHAR)->bits = (uint8_t)sign;
	}
}

unsigned
cs_mt_format_compile(struct cs_mt_plan *plan, const char *notation)
{
	struct compiler c = {.plan = plan, .at = notation};
	unsigned first = plan->op_n;
	while (*c.at && !c.bad)
		element(&c);
	add(&c, CS_MT_OP_END);
	return c.bad || c.depth ? CS_MT_OPS_MAX : first;
}

/* --- running --- */

struct place {
	unsigned op;
	unsigned line;
	const uint8_t *at;
};

struct run {
	const struct cs_mt_plan *plan;
	const struct cs_mt_lines *lines;
	unsigned line;
	const uint8_t *at;
	const uint8_t *end; /* of the line */
	unsigned try_n;
	struct place tries[CS_MT_TRIES_MAX];
	struct cs_mt_fault fault;
};

static bool
misfit(struct run *run, const uint8_t *at, const char *code, const char *text)
{
	if (!run->fault.at || at > run->fault.at)
		run->fault = (struct cs_mt_fault){code, text, at};
	return false;
}

static const uint8_t *
end_of_line(const struct run *run, unsigned line)
{
	return run->lines->line[line].at + run->lines->line[line].len;
}

static bool
take_run(struct run *run, const struct cs_mt_op *op)
{
	size_t room = (size_t)(run->end - run->at);
	size_t most = room < op->max ? room : op->max;
	size_t n = most;
	if (op->bits != CS_MT_CLASS_X || !run->lines->clean)
		for (n = 0; n < most && cs_mt_is(run->plan, run->at[n], op->bits); n++) {
		}
	run->at += n;
	if (n < most)
		(void)misfit(run, run->at, "T32",
			     "a character that is not allowed here"); /* unless what follows takes it */
	if (n >= op->min)
		return true;
	return misfit(run, run->at, n ? "T34" : "T30",
		      n ? "shorter than it must be" : "nothing where something must be");
}

static bool
take_amount(struct run *run, const struct cs_mt_op *op)
{
	const uint8_t *at = run->at;
	unsigned commas = 0;
	for (; at < run->end && (cs_mt_is(run->plan, *at, CS_MT_CLASS_N) || *at == ','); at++)
		if (*at == ',' && (commas++ || at == run->at))
			return misfit(run, at, "T43", "an amount needs one comma, behind a digit");
	if (at == run->at)
		return misfit(run, at, "T40", "an amount is missing");
	if (!commas)
		return misfit(run, at, "T43", "an amount needs a decimal comma");
	if ((size_t)(at - run->at) > op->max)
		return misfit(run, run->at + op->max, "T33", "an amount of too many characters");
	run->at = at;
	return true;
}

static bool
take_lines(struct run *run, const struct cs_mt_op *op)
{
	for (unsigned n = 0;; n++) {
		if (n == op->arg)
			return misfit(run, run->at, "T18", "more lines than allowed");
		size_t len = (size_t)(run->end - run->at);
		if (len < op->min)
			return misfit(run, run->at, "T30", "an empty line");
		for (size_t i = 0; !run->lines->clean && i < len; i++)
			if (!cs_mt_is(run->plan, run->at[i], op->bits))
				return misfit(run, run->at + i, "M60", "a character outside the set of this field");
		if (len > op->max)
			return misfit(run, run->at + op->max, "T33", "a line of too many characters");
		run->at = run->end;
		if (run->line + 1 >= run->lines->n)
			return true;
		run->line++;
		run->at = run->lines->line[run->line].at;
		run->end = end_of_line(run, run->line);
	}
}

static bool
take_line(struct run *run)
{
	if (run->at != run->end)
		return misfit(run, run->at, "T33", "longer than allowed");
	if (run->line + 1 >= run->lines->n)
		return misfit(run, run->at, "T30", "a line is missing");
	run->line++;
	run->at = run->lines->line[run->line].at;
	run->end = end_of_line(run, run->line);
	return true;
}

static bool
take_end(struct run *run)
{
	if (run->at != run->end)
		return misfit(run, run->at, "T33", "more than allowed, or not as the format is");
	if (run->line + 1 != run->lines->n)
		return misfit(run, end_of_line(run, run->line), "T18", "more lines than allowed");
	return true;
}

static bool
take(struct run *run, const struct cs_mt_op *op)
{
	switch ((enum cs_mt_op_kind)op->kind) {
	case CS_MT_OP_RUN:
		return take_run(run, op);
	case CS_MT_OP_CHAR:
		if (run->at == run->end || *run->at != op->bits)
			return misfit(run, run->at, "T31", "a separator is missing");
		run->at++;
		return true;
	case CS_MT_OP_LINE:
		return take_line(run);
	case CS_MT_OP_LINES:
		return take_lines(run, op);
	case CS_MT_OP_AMOUNT:
		return take_amount(run, op);
	case CS_MT_OP_TRY:
		CS_ASSERT(run->try_n < CS_MT_TRIES_MAX);
		run->tries[run->try_n++] = (struct place){op->arg, run->line, run->at};
		return true;
	case CS_MT_OP_BEGIN:
		return run->at == run->lines->line[run->line].at || misfit(run, run->at, "T33", "longer than allowed");
	case CS_MT_OP_END:
		return take_end(run);
	case CS_MT_OP_IF:
		break;
	}
	return false;
}

bool
cs_mt_format_fits(const struct cs_mt_plan *plan, unsigned op, const struct cs_mt_lines *lines,
		  struct cs_mt_fault *fault)
{
	struct run run; /* not one initializer: it would clear the room for tries each time */
	run.plan = plan;
	run.lines = lines;
	run.line = 0;
	run.try_n = 0;
	run.fault.at = NULL;
	run.at = lines->line[0].at;
	run.end = end_of_line(&run, 0);
	for (;;) {
		bool end = plan->op[op].kind == CS_MT_OP_END;
		if (plan->op[op].kind == CS_MT_OP_IF) {
			op = run.at < run.end && *run.at == '/' ? op + 1 : plan->op[op].arg;
			continue;
		}
		if (take(&run, &plan->op[op])) {
			if (end)
				return true;
			op++;
			continue;
		}
		if (!run.try_n)
			break;
		const struct place *back = &run.tries[--run.try_n];
		op = back->op;
		run.line = back->line;
		run.at = back->at;
		run.end = end_of_line(&run, run.line);
	}
	*fault = run.fault;
	return false;
}

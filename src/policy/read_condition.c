/*
 * Conditions, compiled: the text behind `where` becomes postfix steps (shunting-yard; no recursion).
 *
 * `or` binds less than `and`, `and` less than `not`, `not` less than a comparison. Invariant: every operand emits
 * steps that leave one value, so the program leaves one; steps are bounded by CS_CONDITION_NODES_MAX and operators
 * that wait by OPS_MAX. Types are checked here, so that walking a condition needs no check.
 */
#include "base/error.h"
#include "policy/code.h"
#include "policy/sketch.h"

enum op { OP_PAREN, OP_OR, OP_AND, OP_NOT };

enum { OPS_MAX = 32 };

struct build {
	struct cs_reader *reader;
	unsigned n;
	uint64_t own; /* fields named by names of records' own */
	struct cs_step step[CS_CONDITION_NODES_MAX];
	unsigned op_n;
	unsigned paren_n;
	enum op op[OPS_MAX];
};

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static bool
emit(struct build *build, const struct cs_step *step)
{
	if (build->n == CS_CONDITION_NODES_MAX)
		return cs_reader_say(build->reader, build->reader->now.place,
				     "this condition has more than 64 steps; make it shorter, or two clauses of it",
				     nothing);
	build->step[build->n++] = *step;
	return true;
}

static bool
push(struct build *build, enum op op)
{
	if (build->op_n == OPS_MAX)
		return cs_reader_say(build->reader, build->reader->now.place,
				     "this condition is nested more than 32 deep; make it flatter", nothing);
	build->op[build->op_n++] = op;
	build->paren_n += op == OP_PAREN;
	return true;
}

/* Emits the operators that wait and bind at least as much as LEAST. */
static bool
reduce(struct build *build, enum op least)
{
	static const enum cs_step_op steps[] = {[OP_OR] = CS_STEP_OR, [OP_AND] = CS_STEP_AND, [OP_NOT] = CS_STEP_NOT};
	while (build->op_n && build->op[build->op_n - 1] >= least) {
		enum op op = build->op[--build->op_n];
		CS_ASSERT(op != OP_PAREN);
		if (!emit(build, &(struct cs_step){.op = (uint8_t)steps[op]}))
			return false;
	}
	return true;
}

/* A field with the example that its type allows, for complaints. */
static bool
complain_type(struct cs_reader *reader, enum cs_field field, struct cs_place place)
{
	static const char *const texts[] = {
		[CS_TYPE_TEXT] = "{1} is text; write {1} = \"01\"",
		[CS_TYPE_MONEY] = "{1} is money; write an amount with its currency, {1} >= 500 EUR",
		[CS_TYPE_BALANCE] = "{1} is money; write an amount with its currency, {1} >= 500 EUR",
		[CS_TYPE_CURRENCY] = "{1} is a currency; write {1} = EUR or {1} != EUR",
		[CS_TYPE_CARD] = "{1} is a secret token and can only be there or not; write {1} is missing",
		[CS_TYPE_NUMBER] = "{1} is digits; write {1} = \"0200\"",
	};
	if (reader->now.kind >= CS_LEX_BAD_STRING) /* complained about when it came up */
		return false;
	return cs_reader_say(reader, place, texts[cs_field_info_of(field)->type], reader->field);
}

bool
cs_reader_ascii(struct cs_reader *reader, const struct cs_lexeme *value, struct cs_short *out, uint8_t *len)
{
	if (value->text.len == 0)
		return cs_reader_say(reader, value->place,
				     "no field is ever an empty text; write \"is missing\" instead", nothing);
	if (value->text.len > sizeof out->at)
		return cs_reader_say(reader, value->place,
				     "\"{1}\" is longer than the 16 characters a field keeps; write fewer",
				     value->text);
	for (size_t i = 0; i < value->text.len; i++)
		if (value->text.at[i] >= 0x80)
			return cs_reader_say(reader, value->place,
					     "\"{1}\" is not plain ASCII, and no such field is; "
					     "write it without accents",
					     value->text);
	memset(out, 0, sizeof *out);
	memcpy(out->at, value->text.at, value->text.len);
	*len = (uint8_t)value->text.len;
	return true;
}

static bool
read_text(struct cs_reader *reader, struct cs_step *step)
{
	struct cs_lexeme value = reader->now;
	bool digits = cs_field_info_of((enum cs_field)step->field)->type == CS_TYPE_NUMBER;
	if (value.kind == CS_LEX_NUMBER && !digits)
		return cs_reader_say(reader, value.place, "{1} is a number, and this field is text; write \"{1}\"",
				     value.text);
	if (value.kind != CS_LEX_STRING && !(digits && value.kind == CS_LEX_NUMBER))
		return complain_type(reader, (enum cs_field)step->field, value.place);
	if (!cs_reader_ascii(reader, &value, &step->text, &step->len))
		return false;
	(void)cs_reader_next(reader);
	return true;
}

/* A number as minor units of CURRENCY; false when it has too many decimals or is too large. */
static bool
scale(const struct cs_lexeme *number, uint16_t currency, int64_t *out)
{
	unsigned exponent = cs_currency_exponent(currency);
	int64_t minor = (int64_t)number->number;
	if (number->decimals > exponent)
		return false;
	for (unsigned i = number->decimals; i < exponent; i++)
		if (__builtin_mul_overflow(minor, 10, &minor))
			return false;
	*out = minor;
	return true;
}

bool
cs_reader_amount(struct cs_reader *reader, const struct cs_lexeme *number, struct cs_money *out)
{
	uint16_t currency = 0;
	int64_t minor = 0;
	if (!cs_reader_currency(reader, &currency))
		return false;
	if (!scale(number, currency, &minor))
		return cs_reader_say(reader, number->place,
				     "{1} is too large, or has more decimals than its currency; write fewer digits",
				     number->text);
	*out = cs_money_of(minor, currency);
	return true;
}

static bool
read_money(struct cs_reader *reader, struct cs_step *step)
{
	struct cs_lexeme number = reader->now;
	if (number.kind != CS_LEX_NUMBER && number.kind != CS_LEX_DECIMAL)
		return complain_type(reader, (enum cs_field)step->field, number.place);
	(void)cs_reader_next(reader);
	bool named =
		cs_reader_at(reader, CS_LEX_WORD) && reader->now.text.at[0] >= 'A' && reader->now.text.at[0] <= 'Z';
	if (!named)
		return cs_reader_say(reader, number.place, "{1} of what? write the currency behind it, as in {1} EUR",
				     number.text);
	return cs_reader_amount(reader, &number, &step->money);
}

static bool
read_literal(struct cs_reader *reader, struct cs_step *step)
{
	switch (step->op) {
	case CS_STEP_MONEY:
		return read_money(reader, step);
	case CS_STEP_CURRENCY:
		return cs_reader_currency(reader, &step->currency);
	default:
		return read_text(reader, step);
	}
}

static bool
read_list(struct build *build, struct cs_step *step)
{
	struct cs_reader *reader = build->reader;
	struct cs_lexeme paren;
	const char *form = reader->form;
	reader->form = "mcc in (\"6011\", \"4829\")";
	step->compare = CS_COMPARE_EQUAL;
	if (!cs_reader_need(reader, CS_LEX_PAREN_OPEN, "\"(\" behind \"in\"", &paren))
		return false;
	for (unsigned n = 0; n == 0 || cs_reader_accept(reader, CS_LEX_COMMA); n++) {
		if (!read_literal(reader, step) || !emit(build, step))
			return false;
		if (n && !emit(build, &(struct cs_step){.op = CS_STEP_OR}))
			return false;
	}
	if (!cs_reader_need(reader, CS_LEX_PAREN_CLOSE, "\",\" or \")\"", &paren))
		return false;
	reader->form = form;
	return true;
}

unsigned
cs_reader_compare(enum cs_lexeme_kind kind)
{
	static const unsigned compares[CS_LEX_N] = {
		[CS_LEX_EQUAL] = CS_COMPARE_EQUAL,     [CS_LEX_UNEQUAL] = CS_COMPARE_LESS | CS_COMPARE_GREATER,
		[CS_LEX_LESS] = CS_COMPARE_LESS,       [CS_LEX_AT_MOST] = CS_COMPARE_LESS | CS_COMPARE_EQUAL,
		[CS_LEX_GREATER] = CS_COMPARE_GREATER, [CS_LEX_AT_LEAST] = CS_COMPARE_GREATER | CS_COMPARE_EQUAL,
	};
	return compares[kind];
}

static enum cs_step_op
step_of(enum cs_field field)
{
	switch (cs_field_info_of(field)->type) {
	case CS_TYPE_MONEY:
	case CS_TYPE_BALANCE:
		return CS_STEP_MONEY;
	case CS_TYPE_CURRENCY:
		return CS_STEP_CURRENCY;
	case CS_TYPE_TEXT:
	case CS_TYPE_CARD:
	case CS_TYPE_NUMBER:
		break;
	}
	return CS_STEP_TEXT;
}

/* What may follow the name of a field. */
static bool
read_comparison(struct build *build, enum cs_field field, struct cs_place place)
{
	struct cs_reader *reader = build->reader;
	struct cs_step step = {.op = (uint8_t)step_of(field), .field = (uint8_t)field};
	if (cs_reader_accept_word(reader, "is")) {
		step.op = CS_STEP_MISSING;
		return cs_reader_need_word(reader, "missing") && emit(build, &step);
	}
	enum cs_field_type type = cs_field_info_of(field)->type;
	unsigned compare = cs_reader_compare(reader->now.kind);
	bool starts = cs_reader_at_word(reader, "starts");
	bool in = cs_reader_at_word(reader, "in");
	if (!compare && !starts && !in)
		return complain_type(reader, field, place);
	bool ordered = compare && compare != CS_COMPARE_EQUAL && cs_reader_compare(CS_LEX_UNEQUAL) != compare;
	if (type == CS_TYPE_CARD || (starts && step.op != CS_STEP_TEXT) || (ordered && type == CS_TYPE_CURRENCY))
		return complain_type(reader, field, reader->now.place);
	(void)cs_reader_next(reader);
	if (in)
		return read_list(build, &step);
	step.op = starts ? CS_STEP_STARTS : step.op;
	step.compare = (uint8_t)compare;
	return read_literal(reader, &step) && emit(build, &step);
}

static const char *
word_or_field(const void *table, unsigned i)
{
	unsigned words = 0;
	(void)table;
	while (cs_condition_word(words))
		words++;
	if (i < words)
		return cs_condition_word(i);
	return i - words < CS_FIELD_N ? cs_field_info_of((enum cs_field)(i - words))->name : NULL;
}

static const struct cs_extra_clause *
own_name(const struct cs_reader *reader, struct cs_span name)
{
	const struct cs_sketch *sketch = reader->own_names ? reader->sketch : NULL;
	unsigned extra = sketch ? cs_sketch_extra(sketch, name) : 0;
	return sketch && extra < sketch->extra_n ? &sketch->extra[extra] : NULL;
}

/* A name of a record's own is compared as the text it is kept as. */
static bool
read_own(struct build *build, const struct cs_extra_clause *extra, struct cs_place place)
{
	unsigned compare = cs_reader_compare(build->reader->now.kind);
	bool ordered = compare && compare != CS_COMPARE_EQUAL && compare != cs_reader_compare(CS_LEX_UNEQUAL);
	if (extra->type == CS_VALUE_NUMBER && ordered)
		return cs_reader_say(build->reader, place,
				     "{1} is compared as text here, which says nothing of more or less; ask that in a "
				     "rule",
				     cs_span_text(extra->name));
	build->own |= UINT64_C(1) << extra->field;
	return read_comparison(build, (enum cs_field)extra->field, place);
}

static bool
read_operand(struct build *build)
{
	struct cs_reader *reader = build->reader;
	struct cs_lexeme word;
	if (cs_reader_at_word(reader, "and") || cs_reader_at_word(reader, "or"))
		return cs_reader_expected(reader, "a condition");
	if (!cs_reader_need(reader, CS_LEX_WORD, "a condition", &word))
		return false;
	if (cs_span_is(word.text, "fraud"))
		return cs_reader_say(reader, word.place,
				     "whether it was fraud is known days later, and cannot choose events; use it in an "
				     "aggregate with a delay",
				     nothing);
	for (unsigned i = 0; cs_condition_word(i); i++)
		if (cs_span_is(word.text, cs_condition_word(i)))
			return emit(build, &(struct cs_step){.op = CS_STEP_WORD, .word = (uint8_t)i});
	enum cs_field field = cs_field_by_name(word.text);
	reader->field = word.text;
	if (field != CS_FIELD_N)
		return read_comparison(build, field, word.place);
	const struct cs_extra_clause *extra = own_name(reader, word.text);
	if (extra)
		return read_own(build, extra, word.place);
	cs_complain_unknown(reader->complaints, word.place, "condition or field", word.text,
			    (struct cs_words){word_or_field, NULL});
	return false;
}

static bool
read_openings(struct build *build)
{
	for (;;) {
		bool negated = cs_reader_at_word(build->reader, "not");
		if (!negated && !cs_reader_at(build->reader, CS_LEX_PAREN_OPEN))
			return true;
		if (!push(build, negated ? OP_NOT : OP_PAREN))
			return false;
		(void)cs_reader_next(build->reader);
	}
}

static bool
read_closings(struct build *build)
{
	while (build->paren_n && cs_reader_accept(build->reader, CS_LEX_PAREN_CLOSE)) {
		if (!reduce(build, OP_OR))
			return false;
		CS_ASSERT(build->op_n && build->op[build->op_n - 1] == OP_PAREN);
		build->op_n--;
		build->paren_n--;
	}
	return true;
}

static bool
read_all(struct build *build)
{
	for (;;) {
		if (!read_openings(build) || !read_operand(build) || !read_closings(build))
			return false;
		bool and = cs_reader_at_word(build->reader, "and");
		if (!and&&!cs_reader_at_word(build->reader, "or"))
			break;
		enum op op = and? OP_AND : OP_OR;
		if (!reduce(build, op) || !push(build, op))
			return false;
		(void)cs_reader_next(build->reader);
	}
	if (build->paren_n)
		return cs_reader_expected(build->reader, "\"and\", \"or\" or \")\"");
	return reduce(build, OP_OR);
}

const uint8_t *
cs_reader_source(const struct cs_reader *reader)
{
	return reader->now.text.at - (reader->now.kind == CS_LEX_STRING);
}

/* White space and remarks become one blank. */
const char *
cs_reader_text(struct cs_reader *reader, const uint8_t *from, const uint8_t *to)
{
	char *out = cs_arena_take(reader->arena, (size_t)(to - from) + 1);
	size_t len = 0;
	bool quoted = false;
	bool remark = false;
	for (const uint8_t *at = from; out && at < to; at++) {
		remark = *at != '\n' && (remark || (*at == '#' && !quoted));
		if (remark)
			continue;
		quoted ^= *at == '"';
		bool blank = !quoted && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n');
		if (!blank)
			out[len++] = (char)*at;
		else if (len && out[len - 1] != ' ')
			out[len++] = ' ';
	}
	while (len && out[len - 1] == ' ')
		out[--len] = '\0';
	reader->full = reader->full || !out;
	return out;
}

bool
cs_reader_condition(struct cs_reader *reader, const struct cs_condition **out)
{
	struct build build = {.reader = reader};
	const uint8_t *from = cs_reader_source(reader);
	if (!read_all(&build))
		return false;
	const uint8_t *to = cs_reader_source(reader);
	CS_ASSERT(build.n >= 1 && build.op_n == 0);
	struct cs_condition *condition =
		cs_arena_take(reader->arena, sizeof *condition + build.n * sizeof condition->step[0]);
	const char *text = cs_reader_text(reader, from, to);
	if (!condition || !text) {
		reader->full = true;
		return false;
	}
	condition->text = text;
	condition->n = build.n;
	condition->own = build.own;
	memcpy(condition->step, build.step, build.n * sizeof build.step[0]);
	*out = condition;
	return true;
}

bool
cs_reader_condition_of(struct cs_reader *reader, const char *text, const struct cs_condition **out)
{
	struct cs_lexer lexer = reader->lexer;
	struct cs_lexeme now = reader->now;
	reader->lexer = cs_lexer_over(cs_span_text(text));
	(void)cs_reader_next(reader);
	bool good = cs_reader_condition(reader, out);
	CS_ASSERT(good || reader->full);
	reader->lexer = lexer;
	reader->now = now;
	return good;
}

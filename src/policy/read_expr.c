/*
 * Conditions of rules, limits and filters: read in order of precedence (shunting-yard; no recursion), in two goes.
 *
 * The first go checks the syntax and passes over the condition (no scope); the second, when all names are known, compiles
 * it. `or` binds least, then `and`, `not`, comparisons, + and -, * and /. Invariant: every operand leaves one value or one
 * truth; operators that wait are bounded by CS_OPS_MAX, so that operands are as well; each turn takes a lexeme.
 * What names mean is read_name.c's business, what may be joined with what join_expr.c's.
 */
#include "base/error.h"
#include "policy/build.h"

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static bool
push(struct cs_build *build, const struct cs_waiting *waiting)
{
	if (build->op_n == CS_OPS_MAX)
		return cs_reader_say(build->reader, waiting->word.place,
				     "this condition is nested more than 32 deep; make it flatter", nothing);
	build->op[build->op_n++] = *waiting;
	build->paren_n += waiting->level == CS_LEVEL_PAREN;
	return true;
}

/* Lets those operators work that wait and bind at least as much as LEAST. */
static bool
reduce(struct cs_build *build, enum cs_level least)
{
	while (build->op_n && build->op[build->op_n - 1].level >= least) {
		struct cs_waiting waiting = build->op[--build->op_n];
		CS_ASSERT(waiting.level != CS_LEVEL_PAREN);
		if (build->scope && !cs_build_join(build, &waiting))
			return false;
	}
	return true;
}

/* The operand that begins at the lexeme at hand. */
static struct cs_operand
operand_at(const struct cs_build *build)
{
	struct cs_operand out = {.word = build->reader->now, .from = cs_reader_source(build->reader)};
	return out;
}

static bool
push_value(struct cs_build *build, struct cs_operand *operand, const struct cs_value_step *step)
{
	operand->to = cs_reader_source(build->reader);
	return !build->scope || cs_build_value(build, operand, step);
}

static bool
is_capital(const struct cs_span *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (text->at[i] < 'A' || text->at[i] > 'Z')
			return false;
	return text->len > 0;
}

/* A number with a currency behind it, on the same line: EUR could be a name as well. */
static bool
at_currency(const struct cs_reader *reader)
{
	return cs_reader_at(reader, CS_LEX_WORD) && reader->now.text.len == 3 && is_capital(&reader->now.text);
}

static bool
read_money(struct cs_build *build, struct cs_operand *operand)
{
	struct cs_reader *reader = build->reader;
	struct cs_value_step step = {.op = CS_EXPR_CONST};
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	struct cs_money money;
	if (!cs_reader_amount(reader, &operand->word, &money))
		return false;
	operand->currency = cs_money_currency(money);
	if (sketch)
		cs_sketch_see(sketch, operand->currency);
	step.constant = (struct cs_exact){cs_money_minor(money), 1};
	operand->type = CS_VALUE_MONEY;
	return push_value(build, operand, &step);
}

/* NUMBER, DECIMAL, PERCENT, DURATION, DATE; money when a currency follows. */
static bool
read_number(struct cs_build *build)
{
	enum { DECIMALS_MAX = 18 };
	struct cs_operand operand = operand_at(build);
	struct cs_lexeme number = cs_reader_next(build->reader);
	unsigned decimals = number.decimals + 2 * (number.kind == CS_LEX_PERCENT);
	struct cs_value_step step = {.op = CS_EXPR_CONST, .constant = {(__int128_t)number.number, 1}};
	bool plain = number.kind == CS_LEX_NUMBER || number.kind == CS_LEX_DECIMAL;
	if (plain && at_currency(build->reader))
		return read_money(build, &operand);
	if (decimals > DECIMALS_MAX)
		return cs_reader_say(build->reader, number.place, "{1} has too many decimals; write 16 at most",
				     number.text);
	for (unsigned i = 0; i < decimals; i++)
		step.constant.den *= 10;
	operand.type = number.kind == CS_LEX_DURATION ? CS_VALUE_DURATION
		       : number.kind == CS_LEX_DATE   ? CS_VALUE_TIME
						      : CS_VALUE_NUMBER;
	operand.literal = number.kind == CS_LEX_NUMBER ? CS_LITERAL_NUMBER : CS_LITERAL_NONE;
	return push_value(build, &operand, &step);
}

static bool
read_text(struct cs_build *build)
{
	struct cs_operand operand = operand_at(build);
	(void)cs_reader_next(build->reader);
	operand.type = CS_VALUE_TEXT;
	operand.literal = CS_LITERAL_TEXT;
	return push_value(build, &operand, NULL);
}

/* WORD or WORD . WORD; PART is empty without a second. */
static bool
read_dotted(struct cs_reader *reader, const char *what, struct cs_named *name, struct cs_named *part)
{
	struct cs_lexeme word;
	if (!cs_reader_need(reader, CS_LEX_WORD, what, &word))
		return false;
	*name = (struct cs_named){word.text, word.place};
	*part = (struct cs_named){nothing, word.place};
	if (!cs_reader_accept(reader, CS_LEX_DOT))
		return true;
	if (!cs_reader_need(reader, CS_LEX_WORD, "what of it, as in card.cash_1h", &word))
		return false;
	*part = (struct cs_named){word.text, word.place};
	return true;
}

/* distance(country, card.last_country) */
static bool
read_distance(struct cs_build *build, struct cs_operand *operand)
{
	struct cs_reader *reader = build->reader;
	struct cs_named place[4];
	struct cs_lexeme sign;
	const char *form = reader->form;
	reader->form = "distance(country, card.last_country)";
	if (!cs_reader_need(reader, CS_LEX_PAREN_OPEN, "\"(\"", &sign) ||
	    !read_dotted(reader, "a place", &place[0], &place[1]) ||
	    !cs_reader_need(reader, CS_LEX_COMMA, "\",\" and the other place", &sign) ||
	    !read_dotted(reader, "a place", &place[2], &place[3]) ||
	    !cs_reader_need(reader, CS_LEX_PAREN_CLOSE, "\")\"", &sign))
		return false;
	reader->form = form;
	operand->to = cs_reader_source(reader);
	return !build->scope || cs_build_distance(build, place, operand);
}

/* age(card.first) */
static bool
read_age(struct cs_build *build, struct cs_operand *operand)
{
	struct cs_reader *reader = build->reader;
	struct cs_named of[2];
	struct cs_lexeme sign;
	const char *form = reader->form;
	reader->form = "age(card.first)";
	if (!cs_reader_need(reader, CS_LEX_PAREN_OPEN, "\"(\"", &sign) ||
	    !read_dotted(reader, "an aggregate", &of[0], &of[1]) ||
	    !cs_reader_need(reader, CS_LEX_PAREN_CLOSE, "\")\"", &sign))
		return false;
	reader->form = form;
	operand->to = cs_reader_source(reader);
	return !build->scope || cs_build_age(build, of, operand);
}

/* A clause of this block is no name: the condition before it is not finished. */
static bool
at_clause(const struct cs_reader *reader)
{
	const struct cs_words *words = &reader->clauses;
	for (unsigned i = 0; words->at && words->at(words->table, i); i++)
		if (cs_reader_at_word(reader, words->at(words->table, i)))
			return true;
	return false;
}

static bool
read_word(struct cs_build *build)
{
	struct cs_reader *reader = build->reader;
	struct cs_operand operand = operand_at(build);
	struct cs_named name, part;
	if (cs_reader_at_word(reader, "and") || cs_reader_at_word(reader, "or") || at_clause(reader))
		return cs_reader_expected(reader, "a condition");
	if (!read_dotted(reader, "a condition", &name, &part))
		return false;
	bool call = cs_reader_at(reader, CS_LEX_PAREN_OPEN) && !part.text.len;
	if (call && cs_span_is(name.text, "distance"))
		return read_distance(build, &operand);
	if (call && cs_span_is(name.text, "age"))
		return read_age(build, &operand);
	if (call)
		return cs_reader_say(reader, name.place,
				     "nothing is called {1}(...) here; write distance(country, card.last_country) or "
				     "age(card.first)",
				     name.text);
	operand.to = cs_reader_source(reader);
	return !build->scope || cs_build_name(build, &name, &part, &operand);
}

static bool
read_primary(struct cs_build *build)
{
	static const bool numbers[CS_LEX_N] = {[CS_LEX_NUMBER] = true,
					       [CS_LEX_DECIMAL] = true,
					       [CS_LEX_PERCENT] = true,
					       [CS_LEX_DURATION] = true,
					       [CS_LEX_DATE] = true};
	if (numbers[build->reader->now.kind])
		return read_number(build);
	if (cs_reader_at(build->reader, CS_LEX_STRING))
		return read_text(build);
	if (cs_reader_at(build->reader, CS_LEX_WORD))
		return read_word(build);
	return cs_reader_expected(build->reader, "a condition");
}

/* in ("6011", "4829") */
static bool
read_among(struct cs_build *build)
{
	struct cs_reader *reader = build->reader;
	struct cs_lexeme paren;
	const char *form = reader->form;
	unsigned n = 0;
	reader->form = "mcc in (\"6011\", \"4829\")";
	do {
		bool word = cs_reader_at(reader, CS_LEX_WORD) && is_capital(&reader->now.text);
		if (!word && !cs_reader_at(reader, CS_LEX_STRING) && !cs_reader_at(reader, CS_LEX_NUMBER))
			return cs_reader_expected(reader, "a text");
		if (!read_primary(build) || (build->scope && !cs_build_either(build, n)))
			return false;
		n++;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	if (!cs_reader_need(reader, CS_LEX_PAREN_CLOSE, "\",\" or \")\"", &paren))
		return false;
	reader->form = form;
	return !build->scope || cs_build_among(build, n);
}

static bool
read_in(struct cs_build *build)
{
	struct cs_lexeme list;
	if (cs_reader_accept(build->reader, CS_LEX_PAREN_OPEN))
		return read_among(build);
	if (!cs_reader_need(build->reader, CS_LEX_WORD, "the name of a list, or \"(\"", &list))
		return false;
	struct cs_named name = {list.text, list.place};
	return !build->scope || cs_build_listed(build, &name);
}

/* What may follow a value: `is missing`, `starts "x"`, `in (...)`, `in LIST`. */
static bool
read_suffix(struct cs_build *build)
{
	struct cs_reader *reader = build->reader;
	struct cs_lexeme text;
	if (cs_reader_accept_word(reader, "is"))
		return cs_reader_need_word(reader, "missing") && (!build->scope || cs_build_missing(build));
	if (cs_reader_accept_word(reader, "in"))
		return read_in(build);
	if (!cs_reader_accept_word(reader, "starts"))
		return true;
	return cs_reader_need(reader, CS_LEX_STRING, "a text between \" and \"", &text) &&
	       (!build->scope || cs_build_starts(build, &text));
}

static bool
read_openings(struct cs_build *build)
{
	for (;;) {
		bool negated = cs_reader_at_word(build->reader, "not");
		if (!negated && !cs_reader_at(build->reader, CS_LEX_PAREN_OPEN))
			return true;
		struct cs_waiting waiting = {negated ? CS_LEVEL_NOT : CS_LEVEL_PAREN, 0, build->reader->now};
		if (!push(build, &waiting))
			return false;
		(void)cs_reader_next(build->reader);
	}
}

static bool
read_closings(struct cs_build *build)
{
	while (build->paren_n && cs_reader_at(build->reader, CS_LEX_PAREN_CLOSE)) {
		if (!reduce(build, CS_LEVEL_OR))
			return false;
		CS_ASSERT(build->op_n && build->op[build->op_n - 1].level == CS_LEVEL_PAREN);
		struct cs_waiting opened = build->op[--build->op_n];
		(void)cs_reader_next(build->reader);
		build->paren_n--;
		if (!build->scope)
			continue;
		build->operand[build->operand_n - 1].from = opened.word.text.at;
		build->operand[build->operand_n - 1].to = cs_reader_source(build->reader);
		build->operand[build->operand_n - 1].literal = CS_LITERAL_NONE;
	}
	return true;
}

/* The operator at hand, if there is one. */
static bool
at_operator(const struct cs_reader *reader, struct cs_waiting *out)
{
	static const struct {
		enum cs_lexeme_kind kind;
		enum cs_level level;
		uint8_t op;
	} signs[] = {{CS_LEX_PLUS, CS_LEVEL_SUM, CS_EXPR_ADD},
		     {CS_LEX_MINUS, CS_LEVEL_SUM, CS_EXPR_SUB},
		     {CS_LEX_STAR, CS_LEVEL_PRODUCT, CS_EXPR_MUL},
		     {CS_LEX_SLASH, CS_LEVEL_PRODUCT, CS_EXPR_DIV}};
	unsigned compare = cs_reader_compare(reader->now.kind);
	*out = (struct cs_waiting){CS_LEVEL_COMPARE, (uint8_t)compare, reader->now};
	if (compare)
		return true;
	for (unsigned i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		if (!cs_reader_at(reader, signs[i].kind))
			continue;
		*out = (struct cs_waiting){signs[i].level, signs[i].op, reader->now};
		return true;
	}
	bool and = cs_reader_at_word(reader, "and");
	out->level = and? CS_LEVEL_AND : CS_LEVEL_OR;
	return and || cs_reader_at_word(reader, "or");
}

static bool
read_all(struct cs_build *build)
{
	struct cs_waiting waiting;
	for (;;) {
		if (!read_openings(build) || !read_primary(build) || !read_suffix(build) || !read_closings(build))
			return false;
		if (!at_operator(build->reader, &waiting))
			break;
		if (!reduce(build, waiting.level) || !push(build, &waiting))
			return false;
		(void)cs_reader_next(build->reader);
	}
	if (build->paren_n)
		return cs_reader_expected(build->reader, "an operator or \")\"");
	return reduce(build, CS_LEVEL_OR);
}

bool
cs_sketch_condition(struct cs_reader *reader, struct cs_saved *out)
{
	struct cs_build build = {.reader = reader};
	struct cs_saved saved = {cs_reader_source(reader), reader->now.place, reader->now.first, reader->form,
				 reader->clauses};
	if (!cs_sketch_of_reader(reader) || !read_all(&build))
		return false;
	*out = saved;
	return true;
}

static bool
finish(struct cs_build *build, const struct cs_saved *saved, const struct cs_logic **out)
{
	if (!cs_build_logic(build))
		return false;
	CS_ASSERT(build->operand_n == 1 && build->op_n == 0 && build->step_n);
	struct cs_logic *logic = cs_sketch_take(build->reader, sizeof *logic);
	uint16_t *step = cs_sketch_take(build->reader, build->step_n * sizeof *step);
	const char *text = cs_reader_text(build->reader, saved->at, cs_reader_source(build->reader));
	if (!logic || !step || !text)
		return false;
	memcpy(step, build->step, build->step_n * sizeof *step);
	*logic = (struct cs_logic){text, build->step_n, step, true};
	for (unsigned i = 0; i < build->step_n; i++)
		logic->all = logic->all && step[i] != CS_LOGIC_OR && step[i] != CS_LOGIC_NOT;
	*out = logic;
	return true;
}

bool
cs_build_compile(struct cs_reader *reader, const struct cs_scope *scope, const struct cs_saved *saved,
		 const struct cs_logic **out)
{
	struct cs_build build = {.reader = reader, .scope = scope};
	struct cs_lexer lexer = reader->lexer;
	struct cs_lexeme now = reader->now;
	struct cs_words clauses = reader->clauses;
	CS_ASSERT(saved->at && !reader->skipping);
	reader->lexer = (struct cs_lexer){saved->at, lexer.end, saved->at, saved->place, saved->first};
	reader->clauses = saved->clauses;
	reader->form = saved->form;
	reader->skipping = true; /* what is bad behind the condition was complained about */
	(void)cs_reader_next(reader);
	bool good = read_all(&build) && finish(&build, saved, out);
	reader->skipping = false;
	reader->lexer = lexer;
	reader->now = now;
	reader->clauses = clauses;
	return good;
}

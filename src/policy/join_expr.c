/*
 * Operands joined: types are checked here, the currency of money is settled, and tests are made.
 *
 * Like is held against like, and + and - take like; money and durations may be multiplied and divided by numbers, and
 * divided by their like, which gives a number. Invariant: the newest operand's steps are the last ones of their sort.
 */
#include "base/error.h"
#include "event/country.h"
#include "policy/build.h"

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static const char *const type_names[CS_VALUE_TYPE_N] = {
	[CS_VALUE_BOOL] = "a condition", [CS_VALUE_NUMBER] = "a number",     [CS_VALUE_MONEY] = "money",
	[CS_VALUE_TIME] = "a time",      [CS_VALUE_DURATION] = "a duration", [CS_VALUE_TEXT] = "text",
	[CS_VALUE_PLACE] = "a place",    [CS_VALUE_COUNTRY] = "a country",
};

/* What to write with a value of this type. */
static const char *const type_forms[CS_VALUE_TYPE_N] = {
	[CS_VALUE_BOOL] = "approved and cash",       [CS_VALUE_NUMBER] = "card.cash_1h >= 5",
	[CS_VALUE_MONEY] = "amount >= 500 EUR",      [CS_VALUE_DURATION] = "card.since_last < 5min",
	[CS_VALUE_TIME] = "card.first < 2026-01-01", [CS_VALUE_TEXT] = "mcc = \"6011\"",
	[CS_VALUE_COUNTRY] = "country = DE",         [CS_VALUE_PLACE] = "distance(country, card.last_country) > 500",
};

static struct cs_operand *
newest(struct cs_build *build)
{
	CS_ASSERT(build->operand_n);
	return &build->operand[build->operand_n - 1];
}

static struct cs_span
words_of(const struct cs_operand *operand)
{
	return (struct cs_span){operand->from, (size_t)(operand->to - operand->from)};
}

static struct cs_span
short_words(const struct cs_operand *operand)
{
	struct cs_span words = words_of(operand);
	while (words.len && (words.at[words.len - 1] == ' ' || words.at[words.len - 1] == '\t' ||
			     words.at[words.len - 1] == '\n' || words.at[words.len - 1] == '\r'))
		words.len--;
	return words;
}

static bool
complain_mix(struct cs_build *build, const struct cs_operand *left, const struct cs_operand *right)
{
	char at[200];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "{1} is ");
	cs_text_put(&text, type_names[left->logic ? CS_VALUE_BOOL : left->type]);
	cs_text_put(&text, ", and what it meets here is ");
	cs_text_put(&text, type_names[right->logic ? CS_VALUE_BOOL : right->type]);
	cs_text_put(&text, "; write like with like, as in: ");
	cs_text_put(&text, type_forms[left->logic ? CS_VALUE_BOOL : left->type]);
	return cs_reader_say(build->reader, left->word.place, at, short_words(left));
}

static bool
complain_plain(struct cs_build *build, const struct cs_operand *operand, const char *than)
{
	char at[200];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, "{1} is ");
	cs_text_put(&text, type_names[operand->type]);
	cs_text_put(&text, than);
	cs_text_put(&text, type_forms[operand->type]);
	return cs_reader_say(build->reader, operand->word.place, at, short_words(operand));
}

static bool
complain_full(struct cs_build *build, const char *what)
{
	return cs_reader_say(build->reader, build->reader->now.place, what, nothing);
}

static bool
emit(struct cs_build *build, uint16_t step)
{
	if (build->step_n == CS_LOGIC_STEPS_MAX)
		return complain_full(build, "this condition has more than 64 steps; make it shorter, or two of it");
	build->step[build->step_n++] = step;
	return true;
}

bool
cs_build_value(struct cs_build *build, const struct cs_operand *operand, const struct cs_value_step *step)
{
	CS_ASSERT(build->operand_n <= CS_OPS_MAX);
	if (step && build->value_n == CS_VALUE_STEPS_MAX)
		return complain_full(build, "this condition calculates with more than 64 values; make it shorter");
	build->operand[build->operand_n] = *operand;
	build->operand[build->operand_n++].n = step ? 1 : 0;
	if (step)
		build->value[build->value_n++] = *step;
	return true;
}

/* Takes what the newest operand stands for off the values. */
static void
drop(struct cs_build *build)
{
	struct cs_operand *operand = newest(build);
	CS_ASSERT(!operand->logic && operand->n <= build->value_n);
	build->value_n -= operand->n;
	build->operand_n--;
}

static bool
load_of(struct cs_build *build, const struct cs_load *load, uint16_t *out)
{
	*out = cs_program_load(build->scope->program, load);
	return *out < CS_LOADS_MAX ||
	       complain_full(build, "the conditions of this policy look at more than 512 values; leave some out");
}

/* Adds TEST with its words, those between FROM and TO, to the program, and its number to the logic. */
static bool
add_test(struct cs_build *build, const struct cs_test *test, const uint8_t *from, const uint8_t *to)
{
	struct cs_test *kept = cs_sketch_take(build->reader, sizeof *kept);
	const char *words = cs_reader_text(build->reader, from, to);
	if (!kept || !words)
		return false;
	*kept = *test;
	kept->words = words;
	uint16_t number = cs_program_test(build->scope->program, kept);
	if (number == CS_TESTS_MAX)
		return complain_full(build, "this policy has more than 1024 different comparisons; leave some out");
	return emit(build, number);
}

/* Pushes logic of N steps that stand already. */
static void
push_logic(struct cs_build *build, const struct cs_operand *like, const uint8_t *to, unsigned n)
{
	CS_ASSERT(build->operand_n <= CS_OPS_MAX && n <= build->step_n);
	struct cs_operand *operand = &build->operand[build->operand_n++];
	*operand = (struct cs_operand){.logic = true, .word = like->word, .from = like->from, .to = to, .n = n};
}

bool
cs_build_truth(struct cs_build *build, const struct cs_operand *operand, const struct cs_load *load)
{
	struct cs_test test = {.kind = CS_TEST_TRUTH, .place = operand->word.place};
	if (!load_of(build, load, &test.load) || !add_test(build, &test, operand->from, operand->to))
		return false;
	push_logic(build, operand, operand->to, 1);
	return true;
}

/* The load of the newest operand, when it is one and nothing else. */
static const struct cs_load *
sole_load(struct cs_build *build, const struct cs_operand *operand, unsigned at)
{
	if (operand->logic || operand->n != 1 || build->value[at].op != CS_EXPR_LOAD)
		return NULL;
	return &build->value[at].load;
}

static uint16_t
home_of(const struct cs_build *build)
{
	return build->reader->sketch->home;
}

static bool
need_home(struct cs_build *build, const struct cs_operand *operand)
{
	if (home_of(build))
		return true;
	build->reader->form = "money EUR";
	return cs_reader_say(build->reader, operand->word.place,
			     "in which currency is {1} counted? say it once for this policy; write: {2}",
			     short_words(operand));
}

/* Gives money that is still open its currency; AT is the first of the operand's values. */
static void
settle(struct cs_build *build, struct cs_operand *operand, unsigned at, uint16_t currency)
{
	for (unsigned i = at; i < at + operand->n; i++)
		if (build->value[i].op == CS_EXPR_LOAD && build->value[i].load.type == CS_VALUE_MONEY &&
		    !build->value[i].load.currency)
			build->value[i].load.currency = currency;
	operand->currency = currency;
}

bool
cs_build_missing(struct cs_build *build)
{
	struct cs_operand operand = *newest(build);
	struct cs_test test = {.kind = CS_TEST_MISSING, .place = operand.word.place};
	const struct cs_load *load = operand.logic ? NULL : sole_load(build, &operand, build->value_n - operand.n);
	if (!load)
		return cs_reader_say(build->reader, operand.word.place,
				     "{1} is never missing; ask it of a field or an aggregate, as in: card is missing",
				     short_words(&operand));
	if (load->type == CS_VALUE_MONEY && !load->currency) {
		if (!need_home(build, &operand))
			return false;
		settle(build, &operand, build->value_n - 1, home_of(build));
	}
	const uint8_t *to = cs_reader_source(build->reader);
	if (!load_of(build, load, &test.load) || !add_test(build, &test, operand.from, to))
		return false;
	drop(build);
	push_logic(build, &operand, to, 1);
	return true;
}

bool
cs_build_starts(struct cs_build *build, const struct cs_lexeme *text)
{
	struct cs_operand operand = *newest(build);
	struct cs_test test = {.kind = CS_TEST_STARTS, .place = operand.word.place};
	const struct cs_load *load = operand.logic ? NULL : sole_load(build, &operand, build->value_n - operand.n);
	if (operand.secret)
		return cs_reader_say(
			build->reader, operand.word.place,
			"{1} is a secret token and starts with nothing that is known; write: bin starts \"4\"",
			short_words(&operand));
	bool texts = load && operand.type == CS_VALUE_TEXT;
	if (!texts)
		return cs_reader_say(build->reader, operand.word.place,
				     "{1} is no text and starts with nothing; write: mcc starts \"60\"",
				     short_words(&operand));
	const uint8_t *to = cs_reader_source(build->reader);
	if (!cs_reader_ascii(build->reader, text, &test.text, &test.len) || !load_of(build, load, &test.load) ||
	    !add_test(build, &test, operand.from, to))
		return false;
	drop(build);
	push_logic(build, &operand, to, 1);
	return true;
}

static void
put_digits(struct cs_test *test, unsigned code)
{
	char at[8];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put_padded(&text, code, 3);
	memcpy(test->text.at, at, text.len);
	test->len = (uint8_t)text.len;
}

static bool
currency_text(struct cs_build *build, const struct cs_operand *literal, struct cs_test *test)
{
	uint16_t code = cs_currency_by_code(literal->word.text);
	if (!code || !cs_currency_name(code))
		return cs_reader_say(build->reader, literal->word.place,
				     "no currency is called \"{1}\"; write its ISO 4217 code, as in EUR",
				     literal->word.text);
	put_digits(test, code);
	return true;
}

static bool
country_text(struct cs_build *build, const struct cs_operand *literal, struct cs_test *test)
{
	const struct cs_country *country = cs_country_by_code(literal->word.text);
	if (!country)
		return cs_reader_say(build->reader, literal->word.place,
				     "no country is called \"{1}\"; write its ISO 3166 code, as in DE",
				     literal->word.text);
	put_digits(test, country->number);
	return true;
}

/* A text written in the policy, as it stands in events: currencies and countries are digits there. */
static bool
literal_text(struct cs_build *build, const struct cs_operand *value, const struct cs_load *load,
	     const struct cs_operand *literal, struct cs_test *test)
{
	struct cs_reader *reader = build->reader;
	bool currency = load->kind == CS_LOAD_TEXT && load->field == CS_FIELD_CURRENCY;
	bool digits = load->kind == CS_LOAD_TEXT && (load->field == CS_FIELD_BIN || load->field == CS_FIELD_MTI);
	if (value->secret)
		return cs_reader_say(reader, literal->word.place,
				     "{1} is a secret token; write {1} is missing, or {1} in LIST", short_words(value));
	if (currency)
		return currency_text(build, literal, test);
	if (load->type == CS_VALUE_COUNTRY)
		return country_text(build, literal, test);
	if (literal->literal == CS_LITERAL_CODE)
		return cs_reader_say(reader, literal->word.place,
				     "{1} is no field and no condition; if it is a text, write \"{1}\"",
				     literal->word.text);
	if (literal->literal == CS_LITERAL_NUMBER && !digits)
		return cs_reader_say(reader, literal->word.place,
				     "{1} is a number, and this field is text; write \"{1}\"", literal->word.text);
	return cs_reader_ascii(reader, &literal->word, &test->text, &test->len);
}

static bool
is_text(uint8_t type)
{
	return type == CS_VALUE_TEXT || type == CS_VALUE_COUNTRY;
}

static bool
is_words(const struct cs_operand *operand)
{
	return operand->literal == CS_LITERAL_TEXT || operand->literal == CS_LITERAL_CODE;
}

bool
cs_build_either(struct cs_build *build, unsigned nth)
{
	struct cs_operand literal = *newest(build);
	CS_ASSERT(build->operand_n >= 2 || literal.logic);
	struct cs_operand value = build->operand[build->operand_n - 2];
	struct cs_test test = {.kind = CS_TEST_EQUAL, .compare = CS_COMPARE_EQUAL, .place = literal.word.place};
	if (literal.logic || literal.literal == CS_LITERAL_NONE)
		return cs_reader_say(build->reader, literal.word.place,
				     "{1} is no text; write: mcc in (\"6011\", \"4829\")", short_words(&literal));
	drop(build);
	const struct cs_load *load = value.logic ? NULL : sole_load(build, &value, build->value_n - value.n);
	if (!load || !is_text(value.type))
		return cs_reader_say(build->reader, value.word.place,
				     "{1} is no text and cannot be one of several; write: mcc in (\"6011\", \"4829\")",
				     short_words(&value));
	char words[128];
	struct cs_text text = cs_text_over(words, sizeof words);
	if (!literal_text(build, &value, load, &literal, &test) || !load_of(build, load, &test.load))
		return false;
	cs_text_put_span(&text, short_words(&value));
	cs_text_put(&text, " = ");
	cs_text_put_span(&text, short_words(&literal));
	const uint8_t *from = (const uint8_t *)words;
	return add_test(build, &test, from, from + text.len) && (nth == 0 || emit(build, CS_LOGIC_OR));
}

bool
cs_build_among(struct cs_build *build, unsigned n)
{
	struct cs_operand value = *newest(build);
	drop(build);
	push_logic(build, &value, cs_reader_source(build->reader), 2 * n - 1);
	return true;
}

bool
cs_build_logic(struct cs_build *build)
{
	const struct cs_operand *operand = newest(build);
	return operand->logic || complain_plain(build, operand, ", which is neither true nor false; write: ");
}

static bool
join_logic(struct cs_build *build, const struct cs_waiting *waiting)
{
	bool negates = waiting->level == CS_LEVEL_NOT;
	if (!cs_build_logic(build))
		return false;
	struct cs_operand right = *newest(build);
	if (negates) {
		newest(build)->n++;
		newest(build)->from = waiting->word.text.at;
		return emit(build, CS_LOGIC_NOT);
	}
	build->operand_n--;
	if (!cs_build_logic(build))
		return false;
	struct cs_operand left = *newest(build);
	build->operand_n--;
	if (!emit(build, waiting->level == CS_LEVEL_AND ? CS_LOGIC_AND : CS_LOGIC_OR))
		return false;
	push_logic(build, &left, right.to, left.n + right.n + 1);
	return true;
}

/* Two amounts get one currency: that of the one that has one. AT: the first value of LEFT. */
static bool
agree(struct cs_build *build, struct cs_operand *left, struct cs_operand *right, unsigned at)
{
	uint16_t currency = left->currency ? left->currency : right->currency;
	if (left->currency && right->currency && left->currency != right->currency)
		return cs_reader_say(build->reader, left->word.place,
				     "{1} is not in the currency of what it meets; write both in one currency",
				     short_words(left));
	if (!currency)
		return true;
	settle(build, left, at, currency);
	settle(build, right, at + left->n, currency);
	return true;
}

/* The type of LEFT op RIGHT; CS_VALUE_TYPE_N when they do not go together. */
static uint8_t
joined_type(uint8_t op, uint8_t left, uint8_t right)
{
	bool measure = left == CS_VALUE_MONEY || left == CS_VALUE_DURATION;
	switch (op) {
	case CS_EXPR_ADD:
	case CS_EXPR_SUB:
		if (left == CS_VALUE_TIME && right == CS_VALUE_DURATION)
			return CS_VALUE_TIME;
		if (left == CS_VALUE_TIME && right == CS_VALUE_TIME)
			return op == CS_EXPR_SUB ? CS_VALUE_DURATION : CS_VALUE_TYPE_N;
		return left == right && (measure || left == CS_VALUE_NUMBER) ? left : CS_VALUE_TYPE_N;
	case CS_EXPR_MUL:
		if (left == CS_VALUE_NUMBER && (right == CS_VALUE_MONEY || right == CS_VALUE_DURATION))
			return right;
		return right == CS_VALUE_NUMBER && (measure || left == CS_VALUE_NUMBER) ? left : CS_VALUE_TYPE_N;
	default:
		if (measure && left == right)
			return CS_VALUE_NUMBER;
		return right == CS_VALUE_NUMBER && (measure || left == CS_VALUE_NUMBER) ? left : CS_VALUE_TYPE_N;
	}
}

static bool
join_values(struct cs_build *build, const struct cs_waiting *waiting)
{
	CS_ASSERT(build->operand_n >= 2);
	struct cs_operand right = build->operand[build->operand_n - 1], left = build->operand[build->operand_n - 2];
	unsigned type = left.logic || right.logic ? CS_VALUE_TYPE_N : joined_type(waiting->op, left.type, right.type);
	if (type == CS_VALUE_TYPE_N || is_words(&left) || is_words(&right))
		return complain_mix(build, &left, &right);
	unsigned at = build->value_n - left.n - right.n;
	bool both = left.type == CS_VALUE_MONEY && right.type == CS_VALUE_MONEY;
	if (both && !agree(build, &left, &right, at))
		return false;
	if (both && type == CS_VALUE_NUMBER && !left.currency) {
		if (!need_home(build, &left))
			return false;
		settle(build, &left, at, home_of(build));
		settle(build, &right, at + left.n, home_of(build));
	}
	struct cs_operand out = left;
	out.type = (uint8_t)type;
	out.literal = CS_LITERAL_NONE;
	out.to = right.to;
	out.currency = type != CS_VALUE_MONEY ? 0 : left.currency ? left.currency : right.currency;
	struct cs_value_step step = {.op = waiting->op};
	build->operand_n -= 2;
	if (!cs_build_value(build, &out, &step))
		return false;
	newest(build)->n = left.n + right.n + 1;
	return true;
}

static bool
make_expr(struct cs_build *build, const struct cs_operand *operand, unsigned at, struct cs_expr *out)
{
	unsigned depth = 0, deepest = 0;
	if (operand->n > CS_EXPR_STEPS_MAX)
		return cs_reader_say(build->reader, operand->word.place,
				     "this side of the comparison has more than 16 steps; make it shorter", nothing);
	struct cs_expr_step *step = cs_sketch_take(build->reader, operand->n * sizeof *step);
	const char *text = cs_reader_text(build->reader, operand->from, operand->to);
	if (!step || !text)
		return false;
	for (unsigned i = 0; i < operand->n; i++) {
		const struct cs_value_step *value = &build->value[at + i];
		step[i].op = value->op;
		step[i].constant = value->constant;
		if (value->op == CS_EXPR_LOAD && !load_of(build, &value->load, &step[i].load))
			return false;
		depth = value->op == CS_EXPR_LOAD || value->op == CS_EXPR_CONST ? depth + 1 : depth - 1;
		deepest = depth > deepest ? depth : deepest;
	}
	if (deepest > CS_EXPR_DEPTH_MAX)
		return cs_reader_say(build->reader, operand->word.place,
				     "this side of the comparison is nested more than 8 deep; make it flatter",
				     nothing);
	CS_ASSERT(depth == 1);
	*out = (struct cs_expr){operand->type, operand->currency, operand->n, step, text};
	return true;
}

/* Two texts: one written, or both looked up. */
static bool
compare_texts(struct cs_build *build, uint8_t compare, struct cs_operand pair[2], unsigned at)
{
	struct cs_test test = {.compare = compare, .place = pair[0].word.place};
	unsigned value = is_words(&pair[0]) || pair[0].literal == CS_LITERAL_NUMBER ? 1 : 0;
	const struct cs_load *load = sole_load(build, &pair[value], value ? at + pair[0].n : at);
	if (!load || !is_text(pair[value].type))
		return complain_mix(build, &pair[0], &pair[1]);
	if (compare != CS_COMPARE_EQUAL && compare != (CS_COMPARE_LESS | CS_COMPARE_GREATER))
		return cs_reader_say(
			build->reader, pair[0].word.place,
			"{1} is text, and can only be equal or not; write = or !=", short_words(&pair[value]));
	if (!load_of(build, load, &test.load))
		return false;
	struct cs_operand *other = &pair[1 - value];
	if (other->literal != CS_LITERAL_NONE) {
		test.kind = CS_TEST_EQUAL;
		return literal_text(build, &pair[value], load, other, &test) &&
		       add_test(build, &test, pair[0].from, pair[1].to);
	}
	const struct cs_load *second = sole_load(build, other, at + pair[0].n);
	if (!second || second->type != load->type || other->secret != pair[value].secret)
		return complain_mix(build, &pair[0], &pair[1]);
	test.kind = CS_TEST_SAME;
	return load_of(build, second, &test.other) && add_test(build, &test, pair[0].from, pair[1].to);
}

static bool
compare_values(struct cs_build *build, uint8_t compare, struct cs_operand pair[2], unsigned at)
{
	struct cs_test test = {.kind = CS_TEST_COMPARE, .compare = compare, .place = pair[0].word.place};
	struct cs_operand *left = &pair[0], *right = &pair[1];
	bool plain = left->literal == CS_LITERAL_NUMBER || right->literal == CS_LITERAL_NUMBER;
	bool money = left->type == CS_VALUE_MONEY || right->type == CS_VALUE_MONEY;
	if (plain && money && left->type != right->type) {
		const struct cs_operand *number = left->literal == CS_LITERAL_NUMBER ? left : right;
		return cs_reader_say(build->reader, number->word.place,
				     "{1} of what? write the currency behind it, as in {1} EUR", number->word.text);
	}
	if (left->type != right->type || left->type == CS_VALUE_PLACE)
		return complain_mix(build, left, right);
	if (money && !agree(build, left, right, at))
		return false;
	if (money && !left->currency) {
		if (!need_home(build, left))
			return false;
		settle(build, left, at, home_of(build));
		settle(build, right, at + left->n, home_of(build));
	}
	return make_expr(build, left, at, &test.left) && make_expr(build, right, at + left->n, &test.right) &&
	       add_test(build, &test, left->from, right->to);
}

static bool
join_comparison(struct cs_build *build, const struct cs_waiting *waiting)
{
	CS_ASSERT(build->operand_n >= 2);
	struct cs_operand pair[2] = {build->operand[build->operand_n - 2], build->operand[build->operand_n - 1]};
	if (pair[0].logic || pair[1].logic)
		return complain_mix(build, &pair[0], &pair[1]);
	unsigned at = build->value_n - pair[0].n - pair[1].n;
	bool texts = is_text(pair[0].type) || is_text(pair[1].type);
	if (!(texts ? compare_texts : compare_values)(build, waiting->op, pair, at))
		return false;
	build->value_n = at;
	build->operand_n -= 2;
	push_logic(build, &pair[0], pair[1].to, 1);
	return true;
}

bool
cs_build_join(struct cs_build *build, const struct cs_waiting *waiting)
{
	if (waiting->level <= CS_LEVEL_NOT)
		return join_logic(build, waiting);
	if (waiting->level == CS_LEVEL_COMPARE)
		return join_comparison(build, waiting);
	return join_values(build, waiting);
}

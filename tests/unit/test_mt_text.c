/*
 * Goal: the order of fields is followed exactly: what an order allows is taken, and nothing else.
 * Method: for every type of the table, random sequences of fields, half of them made by walking the order and then perhaps
 * spoilt, against a matcher of its own kind: it reads the order's text again and tries all ways by recursion. Also, where a
 * complaint is told: the field that is missing, or the one too many.
 */
#include "check.h"

#include "decode/mt_text.c"

#include "mt_messages.h"

enum { TOKENS_MAX = 64, SEQUENCE_MAX = 48, ROUNDS = 3000, MANY = 1000 };

static const struct {
	unsigned number;
	enum cs_mt_flag flag;
	const char *order;
} orders[] = {
#define TYPE(number, flag, limit, order) {number, CS_MT_##flag, order},
#include "decode/mt_type.def"
#undef TYPE
};

struct token {
	char kind; /* 'i' item, '.' any, '(' ')' */
	unsigned tag;
	char letters[28]; /* "-" none */
	unsigned min;
	unsigned max;
	unsigned partner;
};

struct model {
	unsigned n;
	struct token token[TOKENS_MAX];
	unsigned field_n;
	struct cs_mt_field field[SEQUENCE_MAX];
};

static void
read_quantity(const char **at, struct token *token)
{
	token->min = **at == '?' || **at == '*' ? 0 : 1;
	token->max = **at == '*' || **at == '+' ? MANY : 1;
	if (**at && strchr("?*+", **at))
		(*at)++;
}

static void
read_model(struct model *m, const char *at)
{
	unsigned open = 0;
	m->n = 0;
	while (*at) {
		struct token *token = &m->token[m->n];
		memset(token, 0, sizeof *token);
		if (*at == ' ' || *at == ';') {
			at++;
			continue;
		}
		token->kind = strchr("().", *at) ? *at++ : 'i';
		if (token->kind == 'i') {
			token->tag = (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
			at += 2;
			for (unsigned k = 0; (*at >= 'A' && *at <= 'Z') || *at == '-'; at++)
				token->letters[k++] = *at;
			if (!token->letters[0])
				token->letters[0] = '-';
		}
		if (token->kind == '(')
			open = m->n;
		if (token->kind != '(')
			read_quantity(&at, token);
		token->partner = open;
		m->token[open].partner = token->kind == ')' ? m->n : m->token[open].partner;
		m->n++;
		assert_true(m->n < TOKENS_MAX);
	}
}

static bool
takes(const struct token *token, const struct cs_mt_field *field)
{
	return token->kind == '.' ||
	       (token->tag == field->tag && strchr(token->letters, field->option ? field->option : '-'));
}

/* Do tokens from T take the fields from F, being in the COUNTth round of a group that began at BEGUN? */
static bool
match(const struct model *m, unsigned t, unsigned f, unsigned count, unsigned begun)
{
	if (t == m->n)
		return f == m->field_n;
	const struct token *token = &m->token[t];
	if (token->kind == '(') {
		const struct token *close = &m->token[token->partner];
		return match(m, t + 1, f, 1, f) || (close->min == 0 && match(m, token->partner + 1, f, 0, 0));
	}
	if (token->kind == ')') {
		if (f > begun && match(m, t + 1, f, 0, 0))
			return true;
		return f > begun && count < token->max && match(m, token->partner + 1, f, count + 1, f);
	}
	unsigned most = 0;
	while (most < token->max && f + most < m->field_n && takes(token, &m->field[f + most]))
		most++;
	for (unsigned n = most + 1; n-- > token->min;)
		if (match(m, t + 1, f + n, count, begun))
			return true;
	return false;
}

static uint64_t seed = 11;

static unsigned
below(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % n);
}

static void
add_field(struct model *m, const struct token *token)
{
	if (m->field_n >= SEQUENCE_MAX || token->kind == '(' || token->kind == ')')
		return;
	struct cs_mt_field *field = &m->field[m->field_n++];
	char letter = token->kind == '.' ? '-' : token->letters[below((unsigned)strlen(token->letters))];
	*field = (struct cs_mt_field){.at = 16, .len = 1, .option = letter == '-' ? 0 : letter};
	field->tag = (uint8_t)(token->kind == '.' ? 20 + below(60) : token->tag);
}

/* A walk through the order. */
static void
walk(struct model *m)
{
	m->field_n = 0;
	for (unsigned t = 0; t < m->n; t++) {
		const struct token *token = &m->token[t];
		bool again = token->kind == ')' && below(2) && token->max == MANY;
		if (token->kind == '(' && m->token[token->partner].min == 0 && below(2))
			t = token->partner;
		else if (again)
			t = token->partner;
		if (token->kind == '(' || token->kind == ')')
			continue;
		unsigned n = token->min + (token->max == MANY ? below(3) : below(2) * (token->max - token->min));
		for (unsigned i = 0; i < n; i++)
			add_field(m, token);
	}
}

static void
spoil(struct model *m)
{
	if (!m->field_n)
		return;
	unsigned at = below(m->field_n);
	unsigned other = below(m->field_n);
	struct cs_mt_field field = m->field[at];
	switch (below(4)) {
	case 0: /* one is missing */
		memmove(m->field + at, m->field + at + 1, (m->field_n - at - 1) * sizeof field);
		m->field_n--;
		break;
	case 1: /* two change places */
		m->field[at] = m->field[other];
		m->field[other] = field;
		break;
	case 2: /* one is there again */
		m->field[at] = m->field[other];
		break;
	default:
		add_field(m, &m->token[below(m->n)]);
		break;
	}
}

static bool
follow(struct mt_fixture *f, const struct cs_mt_type *type, struct model *m)
{
	struct scan s;
	memset(f->bytes, 'x', 32);
	cs_mt_begin(&f->mt, (struct cs_span){f->bytes, 32}, false);
	begin(&s, &f->mt, type, (struct cs_span){f->bytes, 32});
	for (unsigned i = 0; i < m->field_n; i++)
		follow_order(&s, &m->field[i]);
	end_order(&s, f->bytes + 20);
	return f->mt.payment.reason_n == 0;
}

static void
orders_are_followed(void **state)
{
	(void)state;
	static struct model m;
	struct mt_fixture *f = mt_open();
	unsigned taken_n = 0;
	unsigned refused_n = 0;
	for (unsigned i = 0; i < CS_MT_TYPES_N; i++) {
		const struct cs_mt_type *type = cs_mt_type_find(f->plan, orders[i].number, orders[i].flag);
		assert_non_null(type);
		read_model(&m, orders[i].order);
		for (unsigned round = 0; round < ROUNDS; round++) {
			walk(&m);
			if (round & 1)
				spoil(&m);
			bool expected = match(&m, 0, 0, 0, 0);
			bool taken = follow(f, type, &m);
			if (taken != expected)
				fail_msg("%u: \"%s\", round %u: %d, not %d", orders[i].number, orders[i].order, round,
					 taken, expected);
			taken_n += taken;
			refused_n += !taken;
		}
	}
	assert_true(taken_n > 20000 && refused_n > 15000);
	mt_close(f);
}

static void
complaints_name_the_field(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	static const struct {
		const char *text;
		const char *about;
		const char *words;
	} rows[] = {
		{INPUT("200") "{4:\n:20:A\n:57A:DELTUS33\n-}", "32A", "a mandatory field is missing"},
		{INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n-}", "57a", "a mandatory field is missing"},
		{INPUT("200") "{4:\n-}", "20", "a mandatory field is missing"},
		{INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57A:DELTUS33\n:20:A\n-}", "20",
		 "a field that is not expected here"},
		{INPUT("200") "{4:\n:20:A\n:99:B\n:32A:261126USD1,\n:57A:DELTUS33\n-}", "99",
		 "a field that is not expected here"},
		{INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57C:/1\n-}", "57C", "a field that is not expected here"},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_string_equal(mt_code(f, rows[i].text), "T13");
		assert_int_equal(f->mt.payment.reason_n, 1);
		assert_true(cs_span_is(f->mt.payment.reason[0].about, rows[i].about));
		assert_string_equal(f->mt.payment.reason[0].text, rows[i].words);
	}
	mt_close(f);
}

static void
orders_that_are_none_are_not_compiled(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	static const char *const wrong[] = {"2", "2A", "( 20", "20 )", "( )", "( ( 20 )* )*", "20 ^"};
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct cs_mt_type type = {0};
		assert_false(cs_mt_order_compile(f->plan, &type, wrong[i]));
	}
	mt_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_are_followed),
		cmocka_unit_test(complaints_name_the_field),
		cmocka_unit_test(orders_that_are_none_are_not_compiled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

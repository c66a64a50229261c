/*
 * Goal: words, numbers, durations and texts come out with their values and places, and what is none is told apart.
 * Method: texts and the kinds, values and places wanted. The source is made by re2c, so the library is linked and not
 * included.
 */
#include "check.h"

#include "policy/lexer.h"

static struct cs_lexeme
only(const char *text)
{
	struct cs_lexer lexer = cs_lexer_over(cs_span_text(text));
	struct cs_lexeme lexeme = cs_lexer_next(&lexer);
	assert_int_equal(cs_lexer_next(&lexer).kind, CS_LEX_END);
	assert_int_equal(cs_lexer_next(&lexer).kind, CS_LEX_END);
	return lexeme;
}

static void
kinds(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum cs_lexeme_kind kind;
	} rows[] = {
		{"", CS_LEX_END},
		{" \t\r\n# all\n#", CS_LEX_END},
		{"visa", CS_LEX_WORD},
		{"_a9", CS_LEX_WORD},
		{"\"x y\"", CS_LEX_STRING},
		{"\"\"", CS_LEX_STRING},
		{"\"caf\303\251 # no remark\"", CS_LEX_STRING},
		{"12", CS_LEX_NUMBER},
		{"12.5", CS_LEX_DECIMAL},
		{"12s", CS_LEX_DURATION},
		{"{", CS_LEX_OPEN},
		{"}", CS_LEX_CLOSE},
		{"(", CS_LEX_PAREN_OPEN},
		{")", CS_LEX_PAREN_CLOSE},
		{",", CS_LEX_COMMA},
		{".", CS_LEX_DOT},
		{"..", CS_LEX_RANGE},
		{"+", CS_LEX_PLUS},
		{"=", CS_LEX_EQUAL},
		{"!=", CS_LEX_UNEQUAL},
		{"<", CS_LEX_LESS},
		{"<=", CS_LEX_AT_MOST},
		{">", CS_LEX_GREATER},
		{">=", CS_LEX_AT_LEAST},
		{"\"open", CS_LEX_BAD_STRING},
		{"12sec", CS_LEX_BAD_UNIT},
		{"9223372036854775799", CS_LEX_NUMBER},
		{"9223372036854775808000", CS_LEX_BAD_NUMBER},
		{"106752d", CS_LEX_BAD_NUMBER},
		{"106751d", CS_LEX_DURATION},
		{"64MiB", CS_LEX_SIZE},
		{"64MB", CS_LEX_BAD_UNIT},
		{"64mib", CS_LEX_BAD_UNIT},
		{"8589934591GiB", CS_LEX_SIZE},
		{"8589934592GiB", CS_LEX_BAD_NUMBER},
		{"!", CS_LEX_BAD_BYTE},
		{"-", CS_LEX_MINUS},
		{"*", CS_LEX_STAR},
		{"/", CS_LEX_SLASH},
		{"2%", CS_LEX_PERCENT},
		{"2.5%", CS_LEX_PERCENT},
		{"9223372036854775808000%", CS_LEX_BAD_NUMBER},
		{"2027-06-30", CS_LEX_DATE},
		{"2028-02-29", CS_LEX_DATE},
		{"2027-02-29", CS_LEX_BAD_DATE},
		{"2027-13-01", CS_LEX_BAD_DATE},
		{"2027-04-31", CS_LEX_BAD_DATE},
		{"2027-01-00", CS_LEX_BAD_DATE},
		{"1969-12-31", CS_LEX_BAD_DATE},
		{"22:00", CS_LEX_CLOCK},
		{"24:00", CS_LEX_BAD_DATE},
		{"23:60", CS_LEX_BAD_DATE},
		{";", CS_LEX_BAD_BYTE},
		{"\303\251", CS_LEX_BAD_BYTE},
		{"\377", CS_LEX_BAD_BYTE},
		{"\001", CS_LEX_BAD_BYTE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (only(rows[i].text).kind != rows[i].kind)
			fail_msg("%s is %d, not %d", rows[i].text, only(rows[i].text).kind, rows[i].kind);
}

static void
values(void **state)
{
	(void)state;
	assert_int_equal(only("007").number, 7);
	assert_int_equal(only("12.50").number, 1250);
	assert_int_equal(only("12.50").decimals, 2);
	assert_int_equal(only("250ms").number, 250000000);
	assert_int_equal(only("2min").number, UINT64_C(120000000000));
	assert_int_equal(only("3d").number, UINT64_C(259200000000000));
	assert_int_equal(only("3KiB").number, 3072);
	assert_int_equal(only("3MiB").number, 3 << 20);
	assert_int_equal(only("3GiB").number, UINT64_C(3) << 30);
	assert_int_equal(only("2.5%").number, 25);
	assert_int_equal(only("2.5%").decimals, 1);
	assert_int_equal(only("1970-01-01").number, 0);
	assert_int_equal(only("2000-03-01").number, UINT64_C(951868800000000000));
	assert_int_equal(only("2027-06-30").number, UINT64_C(1814313600000000000));
	assert_int_equal(only("2028-12-31").number, UINT64_C(1861833600000000000));
	assert_int_equal(only("2101-01-01").number, UINT64_C(4133980800000000000));
	assert_int_equal(only("22:05").number, 22 * 60 + 5);
	assert_true(cs_span_is(only("\"eth1\"").text, "eth1"));
	assert_true(cs_span_is(only("12.50").text, "12.50"));
	assert_int_equal(only("\"\"").text.len, 0);
}

/* A text ends with its line, and so does the mistake. */
static void
an_open_text_ends_with_its_line(void **state)
{
	(void)state;
	struct cs_lexer lexer = cs_lexer_over(cs_span_text("\"open\nnext"));
	assert_int_equal(cs_lexer_next(&lexer).kind, CS_LEX_BAD_STRING);
	struct cs_lexeme next = cs_lexer_next(&lexer);
	assert_int_equal(next.kind, CS_LEX_WORD);
	assert_int_equal(next.place.line, 2);
}

static void
bad_utf8_is_no_text(void **state)
{
	(void)state;
	static const char *const rows[] = {"\"\377\"", "\"\300\200\"", "\"\355\240\200\"", "\"\364\220\200\200\"",
					   "\"\303\"", "\"\200\"",     "\"\001\"",         "\"\177\""};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_lexer lexer = cs_lexer_over(cs_span_text(rows[i]));
		assert_int_equal(cs_lexer_next(&lexer).kind, CS_LEX_BAD_STRING);
	}
}

static void
places_count_characters(void **state)
{
	(void)state;
	struct cs_lexer lexer = cs_lexer_over(cs_span_text("\xEF\xBB\xBFlink \"\303\251\303\251\" x # y\n\n\t1..6"));
	struct cs_lexeme lexeme = cs_lexer_next(&lexer);
	assert_int_equal(lexeme.place.column, 1);
	assert_true(lexeme.first);
	(void)cs_lexer_next(&lexer);
	lexeme = cs_lexer_next(&lexer);
	assert_int_equal(lexeme.place.line, 1);
	assert_int_equal(lexeme.place.column, 11);
	assert_false(lexeme.first);
	lexeme = cs_lexer_next(&lexer);
	assert_int_equal(lexeme.place.line, 3);
	assert_int_equal(lexeme.place.column, 2);
	assert_int_equal(lexeme.kind, CS_LEX_NUMBER);
	assert_true(lexeme.first);
	assert_int_equal(cs_lexer_next(&lexer).kind, CS_LEX_RANGE);
	assert_int_equal(cs_lexer_next(&lexer).kind, CS_LEX_NUMBER);
}

/* A day is one word; what is calculated with wants its blanks only where a day could be meant. */
static void
signs_stand_apart_from_days(void **state)
{
	(void)state;
	static const enum cs_lexeme_kind want[] = {CS_LEX_NUMBER, CS_LEX_MINUS, CS_LEX_NUMBER, CS_LEX_CLOCK,
						   CS_LEX_RANGE,  CS_LEX_CLOCK, CS_LEX_DATE,   CS_LEX_RANGE,
						   CS_LEX_DATE,   CS_LEX_PLUS,  CS_LEX_CLOCK,  CS_LEX_END};
	struct cs_lexer lexer = cs_lexer_over(cs_span_text("3-2 22:00..06:00 2027-12-25..2027-12-26 +01:00"));
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
		assert_int_equal(cs_lexer_next(&lexer).kind, want[i]);
}

/* Inside the text a NUL is a character like any other bad one; behind it the text goes on. */
static void
a_nul_does_not_end_the_text(void **state)
{
	(void)state;
	static const char text[] = "a\0b # c\0d\n\"e\0f\"";
	static const enum cs_lexeme_kind want[] = {
		CS_LEX_WORD,       CS_LEX_BAD_BYTE, CS_LEX_WORD, CS_LEX_BAD_BYTE,   CS_LEX_WORD,
		CS_LEX_BAD_STRING, CS_LEX_BAD_BYTE, CS_LEX_WORD, CS_LEX_BAD_STRING, CS_LEX_END};
	struct cs_lexer lexer = cs_lexer_over((struct cs_span){(const uint8_t *)text, sizeof text - 1});
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
		assert_int_equal(cs_lexer_next(&lexer).kind, want[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(values),
		cmocka_unit_test(an_open_text_ends_with_its_line),
		cmocka_unit_test(bad_utf8_is_no_text),
		cmocka_unit_test(places_count_characters),
		cmocka_unit_test(signs_stand_apart_from_days),
		cmocka_unit_test(a_nul_does_not_end_the_text),
	};
	return cmocka_run_group_tests_name("lexer", tests, NULL, NULL);
}

/*
 * Goal: the notation of formats means what it says; what is not notation is not compiled; faults are told where a value
 * was followed furthest; no value leads outside its lines.
 * Method: notations with values that fit and do not, the offset of the fault counted by the test; random values against
 * every format of the table in memory of exactly their size.
 */
#include "check.h"

#include "decode/mt_format.c"

#include <stdlib.h>

static struct cs_mt_plan *
open_plan(void)
{
	struct cs_mt_plan *plan = cs_mt_plan_new();
	assert_non_null(plan);
	return plan;
}

static const struct row {
	const char *format;
	const char *value;
	const char *code; /* NULL: it fits */
	int offset;
} rows[] = {
	{"16x", "A B/C", NULL, 0},
	{"16x", "12345678901234567", "T33", 16},
	{"16x", "A@B", "T32", 1},
	{"16x", "A\nB", "T18", 1},
	{"4!n", "1234", NULL, 0},
	{"4!n", "123", "T34", 3},
	{"4!n", "12345", "T33", 4},
	{"4!n", "12a4", "T32", 2},
	{"3!a15d", "USD1,", NULL, 0},
	{"3!a15d", "USD1,23", NULL, 0},
	{"3!a15d", "USD,1", "T43", 3},
	{"3!a15d", "USD1", "T43", 4},
	{"3!a15d", "USD1,2,3", "T43", 6},
	{"3!a15d", "USD123456789012345,", "T33", 18},
	{"3!a15d", "USD12345678901234,", NULL, 0},
	{"3!a15d", "USD", "T40", 3},
	{"4!c[/30x]", "ABCD", NULL, 0},
	{"4!c[/30x]", "ABCD/X", NULL, 0},
	{"4!c[/30x]", "ABCD/", "T30", 5},
	{"4!c[/30x]", "ABCDX", "T31", 4},
	{"{[/1!a]/34x$}4!a2!a2!c[3!c]", "ALFABEBB", NULL, 0},
	{"{[/1!a]/34x$}4!a2!a2!c[3!c]", "ALFABEBBXXX", NULL, 0},
	{"{[/1!a]/34x$}4!a2!a2!c[3!c]", "ALFABEBBXX", "T34", 10},
	{"{[/1!a]/34x$}4!a2!a2!c[3!c]", "/1\nALFABEBB", NULL, 0},
	{"{[/1!a]/34x$}4!a2!a2!c[3!c]", "/D/1\nALFABEBB", NULL, 0},
	{"{[/1!a]/34x$}4!a2!a2!c[3!c]", "/DE1\nALFABEBB", NULL, 0},
	{"{[/1!a]/34x$}4!a2!a2!c[3!c]", "//FW1\nALFABEBB", NULL, 0},
	{"{[/1!a]/34x$}4!a2!a2!c[3!c]", "/1", "T30", 2},
	{"{[/1!a]/34x}[[$]^35x]", "/1", NULL, 0},
	{"{[/1!a]/34x}[[$]^35x]", "/1\nTOWN", NULL, 0},
	{"{[/1!a]/34x}[[$]^35x]", "TOWN", NULL, 0},
	{"{[/1!a]/34x}[[$]^35x]", "/123456789012345678901234567890123456", "T33", 35},
	{"{/34x$}4*35x", "A\nB\nC\nD", NULL, 0},
	{"{/34x$}4*35x", "A\nB\nC\nD\nE", "T18", 8},
	{"{/34x$}4*35x", "/1\nA", NULL, 0},
	{"{/34x$}4*35x", "A\n\nB", "T30", 2},
	{"{/34x$}4*35x", "123456789012345678901234567890123456", "T33", 35},
	{"3!n$6!n[$4!n6!n]", "103\n261126", NULL, 0},
	{"3!n$6!n[$4!n6!n]", "103\n261126\n1234567890", NULL, 0},
	{"3!n$6!n[$4!n6!n]", "103", "T30", 3},
	{"5n[/5n]", "12345/1", NULL, 0},
	{"5n[/5n]", "123456", "T31", 5},
	{"12!h", "0123456789AF", NULL, 0},
	{"12!h", "0123456789Ag", "T32", 11},
	{"4z", "a{#=", NULL, 0},
	{"4y", "A=", NULL, 0},
	{"4y", "a", "T32", 0},
	{"", "", NULL, 0},
	{"", "A", "T33", 0},
};

static void
values_fit_or_not(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_mt_plan *plan = open_plan();
		struct cs_mt_lines lines;
		struct cs_mt_fault fault = {"", "", NULL};
		unsigned op = cs_mt_format_compile(plan, rows[i].format);
		assert_true(op < CS_MT_OPS_MAX);
		assert_true(cs_mt_lines_of(cs_span_text(rows[i].value), &lines));
		for (unsigned clean = 0; clean < 2; clean++) {
			lines.clean = clean && cs_mt_clean(cs_span_text(rows[i].value));
			bool fits = cs_mt_format_fits(plan, op, &lines, &fault);
			if (fits != !rows[i].code)
				fail_msg("row %u: %s", i, fits ? "fits" : fault.text);
			if (fits)
				continue;
			long offset = fault.at - (const uint8_t *)rows[i].value;
			if (strcmp(fault.code, rows[i].code) != 0 || offset != rows[i].offset)
				fail_msg("row %u: %s at %ld", i, fault.code, offset);
		}
		cs_mt_plan_free(plan);
	}
}

static void
what_is_no_notation_is_not_compiled(void **state)
{
	(void)state;
	static const char *const wrong[] = {"4", "4!", "4!q", "[4!n", "4!n]", "{/34x", "]", "[[[[[[[[[4!n]]]]]]]]]"};
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct cs_mt_plan *plan = open_plan();
		assert_int_equal(cs_mt_format_compile(plan, wrong[i]), CS_MT_OPS_MAX);
		cs_mt_plan_free(plan);
	}
	struct cs_mt_plan *plan = open_plan();
	unsigned n = 0;
	while (cs_mt_format_compile(plan, "4!n/4!n/4!n/4!n") < CS_MT_OPS_MAX)
		n++;
	assert_true(n > 10 && n <= CS_MT_OPS_MAX / 8);
	cs_mt_plan_free(plan);
}

static void
the_character_classes_are_those_of_the_standard(void **state)
{
	(void)state;
	struct cs_mt_plan *plan = open_plan();
	static const char x[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ";
	for (unsigned c = 1; c < 256; c++) {
		uint8_t byte = (uint8_t)c;
		bool expected = strchr(x, (int)c) != NULL;
		assert_int_equal(cs_mt_is(plan, byte, CS_MT_CLASS_X), expected);
		bool line_end = c == '\n' || c == '\r';
		for (unsigned room = 1; room < 40; room++) {
			uint8_t text[40];
			memset(text, 'A', room);
			text[room - 1] = byte;
			assert_int_equal(cs_mt_clean((struct cs_span){text, room}), expected || line_end);
		}
	}
	assert_true(cs_mt_clean((struct cs_span){(const uint8_t *)"", 0}));
	cs_mt_plan_free(plan);
}

static void
no_value_leads_outside(void **state)
{
	(void)state;
	struct cs_mt_plan *plan = open_plan();
	static const char letters[] = "/1A,\n:DX+ ";
	uint64_t seed = 7;
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t value[64];
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
		size_t len = 1 + (seed >> 40) % 20;
		for (size_t i = 0; i < len; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
			value[i] = (uint8_t)letters[(seed >> 33) % (sizeof letters - 1)];
		}
		uint8_t *own = malloc(len);
		assert_non_null(own);
		memcpy(own, value, len);
		struct cs_mt_lines lines;
		struct cs_mt_fault fault;
		assert_true(cs_mt_lines_of((struct cs_span){own, len}, &lines));
		lines.clean = round & 1 && cs_mt_clean((struct cs_span){own, len});
		for (unsigned i = 0; i < plan->row_n; i++)
			if (!cs_mt_format_fits(plan, plan->row[i].first_op, &lines, &fault))
				assert_true(fault.at >= own && fault.at <= own + len);
		free(own);
	}
	cs_mt_plan_free(plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_fit_or_not),
		cmocka_unit_test(what_is_no_notation_is_not_compiled),
		cmocka_unit_test(the_character_classes_are_those_of_the_standard),
		cmocka_unit_test(no_value_leads_outside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

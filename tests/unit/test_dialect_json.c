/*
 * Goal: every key of a dialect lands where it belongs, everything else is refused with its field and line, and the
 * shipped dialects load.
 * Method: small texts, one change at a time.
 */
#include "check.h"

#include "../../src/decode/dialect_json.c"
#include "decode/shipped.h"

static struct cs_arena arena;
static struct cs_dialect dialect;
static struct cs_dialect_fault fault;

static enum cs_error
load(const char *json)
{
	return cs_dialect_read_json(cs_span_text(json), "test", &arena, &dialect, &fault);
}

static void
shipped_dialects_load(void **state)
{
	(void)state;
	struct cs_span json;
	unsigned n = 0;
	for (const char *name; (name = cs_shipped_dialect_at(n, &json)); n++) {
		struct cs_span again;
		enum cs_error error = cs_dialect_read_json(json, name, &arena, &dialect, &fault);
		if (error != CS_OK)
			print_message("# %s:%u: %s\n", name, fault.line, fault.text);
		assert_int_equal(error, CS_OK);
		assert_true(cs_shipped_dialect(cs_span_text(name), &again) && again.at == json.at);
	}
	assert_true(n >= 15);
	assert_false(cs_shipped_dialect(cs_span_text("iso87"), &json));
}

static void
defaults_follow_the_class(void **state)
{
	(void)state;
	assert_int_equal(
		load("{\"version\":\"1987\",\"mti\":\"bcd\",\"bitmap\":\"bin\",\"n\":\"bcd\",\"len\":\"bcd\","
		     "\"pad\":\"right\",\"fields\":{\"3\":{\"type\":\"an\"},\"48\":{\"len\":\"bin\",\"lax\":1},"
		     "\"60\":{\"enc\":\"hex\",\"chars\":1,\"type\":\"b\",\"lenbytes\":4,\"len_adj\":-2}}}"),
		CS_OK);
	assert_true(dialect.field[4].encoding == CS_ENC_BCD && dialect.field[4].unit_digits &&
		    dialect.field[4].pad_right);
	assert_true(dialect.field[3].encoding == CS_ENC_ASCII && !dialect.field[3].unit_digits &&
		    dialect.field[3].max == 6);
	assert_true(dialect.field[28].encoding == CS_ENC_BCD); /* xn goes with n */
	assert_true(dialect.field[52].encoding == CS_ENC_RAW && dialect.field[35].encoding == CS_ENC_ASCII);
	assert_true(dialect.field[2].len_encoding == CS_ENC_BCD && dialect.field[2].len_bytes == 1);
	assert_true(dialect.field[48].len_bytes == 2 && dialect.field[48].lax);
	assert_true(dialect.field[60].chars && dialect.field[60].len_bytes == 4 && dialect.field[60].len_adjust == -2);
	assert_false(dialect.field[129].known);
}

static void
subfields_nest(void **state)
{
	(void)state;
	assert_int_equal(
		load("{\"version\":1987,\"mti\":\"ascii\",\"bitmap\":\"hex\",\"fields\":{\"127\":{\"var\":6,\"max\":"
		     "999999,\"composite\":\"bitmap\",\"bitmap_bytes\":8,\"sub\":{\"2\":{\"type\":\"n\",\"max\":4},"
		     "\"25\":{\"type\":\"ans\",\"max\":9999,\"var\":4,\"composite\":\"fixed\",\"sub\":{\"3\":{"
		     "\"type\":\"b\",\"max\":8}}}}}}}"),
		CS_OK);
	const struct cs_subfields *sub = dialect.field[127].sub;
	assert_true(dialect.field[127].composite == CS_COMPOSITE_BITMAP && dialect.field[127].bitmap_bytes == 8);
	assert_int_equal(sub->n, 26);
	assert_true(sub->field[2].known && sub->field[2].max == 4 && !sub->field[3].known);
	assert_true(sub->field[25].sub->field[3].class == CS_ISO_B);
}

static void
what_cannot_work_is_refused(void **state)
{
	(void)state;
#define TOP "{\"version\":\"1987\",\"mti\":\"ascii\",\n\"bitmap\":\"hex\""
	static const struct {
		const char *json;
		int field;
		unsigned line;
	} rows[] = {
		{"[]", -1, 1},
		{"{\"version\":\"1987\"", -1, 1},
		{"{\"version\":\"1986\",\"mti\":\"ascii\",\"bitmap\":\"hex\"}", -1, 1},
		{"{\"version\":1988,\"mti\":\"ascii\",\"bitmap\":\"hex\"}", -1, 1},
		{"{\"version\":\"1987\",\"bitmap\":\"hex\"}", -1, 1},
		{TOP ",\"speed\":9}", -1, 2},
		{TOP ",\"fields\":{\"200\":{}}}", -1, 2},
		{TOP ",\"fields\":{\n\"35\":{\"type\":\"q\"}}}", 35, 3},
		{TOP ",\"fields\":{\n\"35\":{\"enc\":\"utf8\"}}}", 35, 3},
		{TOP ",\"fields\":{\n\"35\":{\"max\":-1}}}", 35, 3},
		{TOP ",\"fields\":{\n\"35\":{\"max\":\"9\"}}}", 35, 3},
		{TOP ",\"fields\":{\n\"35\":{\n\"var\":7}}}", 35, 4},
		{TOP ",\"fields\":{\n\"35\":{\"bits\":7}}}", 35, 3},
		{TOP ",\"fields\":{\n\"130\":{\"max\":7}}}", 130, 3},
		{TOP ",\"fields\":{\n\"60\":{\"chars\":true}}}", 60, 3},
		{TOP ",\"fields\":{\n\"60\":{\"sub\":{}}}}", 60, 3},
		{TOP ",\"fields\":{\n\"60\":{\"composite\":\"fixed\"}}}", 60, 3},
		{TOP ",\"fields\":{\n\"60\":{\"composite\":\"fixed\",\"sub\":{\"1\":{}}}}}", 60, 3},
		{TOP ",\"header_len\":1.5}", -1, 2},
		{TOP ",\"mti\":\"bcd\"}", -1, 2},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		dialect.version = 7;
		enum cs_error error = load(rows[i].json);
		if (error == CS_OK || fault.field != rows[i].field || fault.line != rows[i].line)
			print_message("# %s: field %d line %u: %s\n", rows[i].json, fault.field, fault.line,
				      fault.text);
		assert_int_not_equal(error, CS_OK);
		assert_int_equal(fault.field, rows[i].field);
		assert_int_equal(fault.line, rows[i].line);
		assert_int_equal(dialect.version, 7);
	}
#undef TOP
}

static int
set_up(void **state)
{
	(void)state;
	return cs_arena_init(&arena, 1 << 20) != CS_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	cs_arena_fini(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_dialects_load),
		cmocka_unit_test(defaults_follow_the_class),
		cmocka_unit_test(subfields_nest),
		cmocka_unit_test(what_cannot_work_is_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * Goal: the base tables say what the three versions say, and a dialect that cannot work is refused by field.
 * Method: known rows; one flaw at a time in a dialect that works.
 */
#include "check.h"

#include "../../src/decode/dialect.c"

static void
base_tables(void **state)
{
	(void)state;
	struct cs_field_spec spec;
	assert_string_equal(cs_dialect_base(1987, 2, &spec), "Primary account number");
	assert_true(spec.class == CS_ISO_N && spec.max == 19 && spec.var == 2);
	assert_non_null(cs_dialect_base(1993, 12, &spec));
	assert_true(spec.max == 12 && spec.var == 0);
	assert_non_null(cs_dialect_base(2003, 97, &spec));
	assert_true(spec.class == CS_ISO_XN && spec.max == 21);
	assert_null(cs_dialect_base(1987, 1, &spec));
	assert_null(cs_dialect_base(1987, 129, &spec));
	assert_null(cs_dialect_base(1988, 2, &spec));
	for (uint16_t version = 1987; version <= 2003; version = (uint16_t)(version + (version == 1987 ? 6 : 10)))
		for (unsigned field = 2; field <= 128; field++)
			assert_non_null(cs_dialect_base(version, field, &spec));
}

static void
prefix_widths(void **state)
{
	(void)state;
	static const struct {
		uint8_t var, encoding, bytes;
	} rows[] = {
		{2, CS_ENC_ASCII, 2}, {3, CS_ENC_BCD, 2}, {2, CS_ENC_BIN, 1}, {3, CS_ENC_BIN, 2}, {0, CS_ENC_BCD, 0}};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_field_spec spec = {.var = rows[i].var, .len_encoding = rows[i].encoding};
		cs_dialect_complete(&spec);
		assert_int_equal(spec.len_bytes, rows[i].bytes);
	}
}

static void
flaws_are_refused(void **state)
{
	(void)state;
	static struct cs_dialect dialect = {.version = 1987, .bitmap_encoding = CS_ENC_BIN};
	struct cs_dialect_fault fault;
	assert_non_null(cs_dialect_base(1987, 48, &dialect.field[48]));
	assert_int_equal(cs_dialect_check(&dialect, &fault), CS_E_UNSUPPORTED); /* no width for the prefix yet */
	assert_int_equal(fault.field, 48);
	cs_dialect_complete(&dialect.field[48]);
	assert_int_equal(cs_dialect_check(&dialect, &fault), CS_OK);
	dialect.field[48].chars = true;
	assert_int_equal(cs_dialect_check(&dialect, &fault), CS_E_UNSUPPORTED);
	dialect.field[48].chars = false;
	dialect.field[48].composite = CS_COMPOSITE_FIXED;
	assert_int_equal(cs_dialect_check(&dialect, &fault), CS_E_UNSUPPORTED);
	dialect.field[48].composite = CS_COMPOSITE_NONE;
	dialect.bitmap_len = 12;
	assert_int_equal(cs_dialect_check(&dialect, &fault), CS_E_UNSUPPORTED);
	assert_int_equal(fault.field, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_tables),
		cmocka_unit_test(prefix_widths),
		cmocka_unit_test(flaws_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: a jPOS GenericPackager file becomes the dialect it describes, and what cannot work is refused by name and place.
 * Method: small files of our own, good and bad.
 */
#include "check.h"

#include "decode/jpos.c"

#define FIELD(id, length, class, more)                                                                                 \
	"<isofield id='" #id "' length='" #length "' name='x' class='org.jpos.iso." class "' " more "/>\n"
#define HEAD FIELD(0, 4, "IFB_NUMERIC", "pad='true'") FIELD(1, 16, "IFB_BITMAP", "")

struct fixture {
	struct cs_arena arena;
	struct cs_dialect dialect;
	struct cs_dialect_fault fault;
};

static enum cs_error
read_text(struct fixture *f, const char *xml)
{
	assert_int_equal(cs_arena_init(&f->arena, 1 << 20), CS_OK);
	return cs_dialect_read_jpos(cs_span_text(xml), "test", &f->arena, &f->dialect, &f->fault);
}

static void
a_good_file_is_read(void **state)
{
	(void)state;
	struct fixture f = {0};
	const char *xml =
		"<?xml version='1.0'?>\n<!DOCTYPE isopackager PUBLIC \"x\" "
		"\"http://jpos.org/dtd/generic-packager-1.0.dtd\">\n"
		"<isopackager>" HEAD FIELD(2, 19, "IFB_LLNUM", "pad='false'") FIELD(3, 6, "IFB_NUMERIC", "pad='true'")
			FIELD(35, 37, "IFB_LLNUM", "") FIELD(39, 2, "IF_CHAR", "")
				FIELD(55, 255, "IFB_LLHBINARY", "") "</isopackager>";
	assert_int_equal(read_text(&f, xml), CS_OK);
	assert_int_equal(f.dialect.version, 1987);
	assert_int_equal(f.dialect.mti_encoding, CS_ENC_BCD);
	assert_int_equal(f.dialect.bitmap_encoding, CS_ENC_BIN);
	assert_true(f.dialect.field[2].pad_right);
	assert_true(f.dialect.field[2].unit_digits);
	assert_int_equal(f.dialect.field[2].len_bytes, 1);
	assert_false(f.dialect.field[3].pad_right);
	assert_int_equal(f.dialect.field[35].class, CS_ISO_Z);
	assert_int_equal(f.dialect.field[55].len_encoding, CS_ENC_BIN);
	assert_false(f.dialect.field[4].known);
	cs_arena_fini(&f.arena);
}

static void
the_year_is_read_off_the_response_code(void **state)
{
	(void)state;
	struct fixture f = {0};
	assert_int_equal(read_text(&f, "<isopackager>" HEAD FIELD(39, 3, "IFA_NUMERIC", "") "</isopackager>"), CS_OK);
	assert_int_equal(f.dialect.version, 1993);
	cs_arena_fini(&f.arena);
}

static void
subfields_are_kept(void **state)
{
	(void)state;
	struct fixture f = {0};
	const char *xml = "<isopackager>" HEAD
			  "<isofieldpackager id='127' length='999999' name='p' class='org.jpos.iso.IFA_LLLLLLCHAR' "
			  "packager='org.jpos.iso.packager.GenericSubFieldPackager' emitBitmap='true'>" FIELD(
				  0, 8, "IFB_BITMAP", "")
				  FIELD(2, 32, "IFA_LLCHAR",
					"") "<isofieldpackager id='25' length='8000' name='icc' "
					    "class='org.jpos.iso.IFA_LLLLCHAR' "
					    "packager='org.jpos.iso.packager.GenericSubFieldPackager'>" FIELD(
						    2, 12, "IFA_NUMERIC",
						    "") "</isofieldpackager></isofieldpackager></isopackager>";
	assert_int_equal(read_text(&f, xml), CS_OK);
	const struct cs_field_spec *outer = &f.dialect.field[127];
	assert_int_equal(outer->composite, CS_COMPOSITE_BITMAP);
	assert_int_equal(outer->bitmap_bytes, 8);
	assert_int_equal(outer->sub->field[2].var, 2);
	assert_int_equal(outer->sub->field[25].composite, CS_COMPOSITE_FIXED);
	assert_int_equal(outer->sub->field[25].sub->field[2].max, 12);
	cs_arena_fini(&f.arena);
}

static void
bad_files_are_refused_with_their_place(void **state)
{
	(void)state;
	static const struct {
		const char *xml;
		int field;
		const char *says;
	} bad[] = {
		{"<isopackager>" HEAD "\n" FIELD(7, 10, "IFX_MAGIC", "") "</isopackager>", 7, "IFX_MAGIC"},
		{"<isopackager>" FIELD(0, 4, "IFX_NUMERIC", "") "</isopackager>", 0, "IFX_NUMERIC"},
		{"<isopackager>" HEAD FIELD(7, ten, "IFA_NUMERIC", "") "</isopackager>", 7, "length"},
		{"<isopackager>" HEAD FIELD(777, 10, "IFA_NUMERIC", "") "</isopackager>", -1, "0 to 192"},
		{"<other/>", -1, "no isopackager"},
		{FIELD(2, 19, "IFA_LLNUM", ""), -1, "outside"},
		{"<isopackager>", -1, "no element found"},
		{"<!DOCTYPE x [<!ENTITY a 'b'>]><isopackager/>", -1, "entity"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct fixture f = {0};
		assert_int_equal(read_text(&f, bad[i].xml), CS_E_SYNTAX);
		assert_int_equal(f.fault.field, bad[i].field);
		assert_non_null(strstr(f.fault.text, bad[i].says));
		assert_true(f.fault.line >= 1);
		assert_int_equal(f.dialect.version, 0);
		cs_arena_fini(&f.arena);
	}
}

static void
every_prefix_is_refused(void **state)
{
	(void)state;
	const char *xml = "<isopackager>" HEAD FIELD(39, 2, "IF_CHAR", "") "</isopackager>";
	for (size_t n = 0; n < strlen(xml); n++) {
		struct fixture f = {0};
		assert_int_equal(cs_arena_init(&f.arena, 1 << 16), CS_OK);
		struct cs_span cut = {(const uint8_t *)xml, n};
		assert_int_not_equal(cs_dialect_read_jpos(cut, "test", &f.arena, &f.dialect, &f.fault), CS_OK);
		cs_arena_fini(&f.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_file_is_read),     cmocka_unit_test(the_year_is_read_off_the_response_code),
		cmocka_unit_test(subfields_are_kept),      cmocka_unit_test(bad_files_are_refused_with_their_place),
		cmocka_unit_test(every_prefix_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What every dialect rests on: the base tables of the three versions, and the check that a dialect can work.
 *
 * The tables are rows of element.def. Reading JSON and jPOS XML is dialect_json.c's and jpos.c's.
 * Invariant: a dialect that passed cs_dialect_check can be decoded with; the decoder asserts no more.
 * spec: ISO 8583-1:1987 4.4, ISO 8583:1993 4.4, ISO 8583-1:2003 data elements.
 */
#include "decode/dialect.h"

#include "base/text.h"

struct element {
	const char *name;
	uint16_t max;
	uint8_t class;
	uint8_t var;
};

enum { ELEMENT_MAX = 128 };

#define E(v, number, title, kind, longest, digits)                                                                     \
	[(v - 1983) / 10][number] = {.name = title, .max = longest, .class = CS_ISO_##kind, .var = digits},
/* 1987 is row 0, 1993 row 1, 2003 row 2. */
static const struct element elements[3][ELEMENT_MAX + 1] = {
#include "decode/element.def"
};
#undef E

static int
version_row(uint16_t version)
{
	switch (version) {
	case 1987:
		return 0;
	case 1993:
		return 1;
	case 2003:
		return 2;
	default:
		return -1;
	}
}

const char *
cs_dialect_base(uint16_t version, unsigned field, struct cs_field_spec *out)
{
	int row = version_row(version);
	if (row < 0 || field > ELEMENT_MAX || !elements[row][field].name)
		return NULL;
	const struct element *element = &elements[row][field];
	*out = (struct cs_field_spec){
		.known = true,
		.class = element->class,
		.encoding = element->class == CS_ISO_B ? CS_ENC_RAW : CS_ENC_ASCII,
		.var = element->var,
		.len_encoding = CS_ENC_ASCII,
		.max = element->max,
	};
	return element->name;
}

void
cs_dialect_complete(struct cs_field_spec *spec)
{
	if (!spec->var) {
		spec->len_bytes = 0;
		return;
	}
	if (spec->len_bytes)
		return;
	spec->len_bytes = spec->var;
	if (spec->len_encoding == CS_ENC_BCD)
		spec->len_bytes = (uint8_t)((spec->var + 1) / 2);
	if (spec->len_encoding == CS_ENC_BIN)
		spec->len_bytes = spec->var <= 2 ? 1 : 2;
}

const char *
cs_dialect_field_flaw(const struct cs_field_spec *spec)
{
	if (spec->class > CS_ISO_B || spec->encoding >= CS_ENC_BIN)
		return "its type or encoding is not known";
	if (spec->max > CS_DIALECT_LENGTH_MAX)
		return "its longest length is over 9999999";
	if (spec->var > CS_DIALECT_VAR_MAX)
		return "its length prefix has more than 6 digits";
	if (spec->var && (!spec->len_bytes || spec->len_bytes > CS_DIALECT_PREFIX_BYTES_MAX))
		return "its length prefix needs 1 to 8 bytes";
	if (spec->var && (spec->len_encoding >= CS_ENC_N || spec->len_encoding == CS_ENC_RAW ||
			  spec->len_encoding == CS_ENC_EBCDIC_HEX))
		return "its length prefix can be ascii, bcd, ebcdic, bin or hex";
	if (spec->chars && spec->encoding != CS_ENC_HEX && spec->encoding != CS_ENC_EBCDIC_HEX)
		return "\"chars\" needs hex text: write \"enc\": \"hex\" or \"ebcdic_hex\"";
	if (spec->composite == CS_COMPOSITE_BITMAP && (!spec->bitmap_bytes || spec->bitmap_bytes > 24))
		return "a composite \"bitmap\" needs \"bitmap_bytes\" of 1 to 24";
	if ((spec->composite == CS_COMPOSITE_BITMAP || spec->composite == CS_COMPOSITE_FIXED) && !spec->sub)
		return "a composite \"bitmap\" or \"fixed\" needs its fields in \"sub\"";
	return NULL;
}

static enum cs_error
refuse(struct cs_dialect_fault *fault, int field, const char *flaw)
{
	struct cs_text text = cs_text_over(fault->text, sizeof fault->text);
	fault->field = field;
	fault->line = fault->column = 0;
	if (field >= 0) {
		cs_text_put(&text, "field ");
		cs_text_put_i64(&text, field);
		cs_text_put(&text, ": ");
	}
	cs_text_put(&text, flaw);
	return CS_E_UNSUPPORTED;
}

enum cs_error
cs_dialect_check(const struct cs_dialect *dialect, struct cs_dialect_fault *fault)
{
	if (version_row(dialect->version) < 0)
		return refuse(fault, -1, "\"version\" must be 1987, 1993 or 2003");
	if (dialect->mti_encoding > CS_ENC_EBCDIC)
		return refuse(fault, -1, "\"mti\" must be ascii, bcd or ebcdic");
	if (dialect->bitmap_encoding != CS_ENC_BIN && dialect->bitmap_encoding != CS_ENC_HEX &&
	    dialect->bitmap_encoding != CS_ENC_EBCDIC_HEX)
		return refuse(fault, -1, "\"bitmap\" must be bin, hex or ebcdic_hex");
	if (dialect->codepage >= CS_CP_N)
		return refuse(fault, -1, "\"ebcdic\" must be cp037, cp1047 or cp500");
	if (dialect->bitmap_len % 8 || dialect->bitmap_len > 24)
		return refuse(fault, -1, "\"bitmap_len\" must be 8, 16 or 24");
	for (int field = 2; field <= CS_DIALECT_FIELD_MAX; field++) {
		const char *flaw = dialect->field[field].known ? cs_dialect_field_flaw(&dialect->field[field]) : NULL;
		if (flaw)
			return refuse(fault, field, flaw);
	}
	return CS_OK;
}

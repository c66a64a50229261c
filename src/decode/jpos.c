/*
 * jPOS GenericPackager XML files, read as dialects: they are what switch teams own already.
 *
 * A field packager class says all about a field's writing; the classes are rows of jpos.def. The year of the standard
 * is not in such a file: the length of DE39 tells it (2, 3, 4). A class that has no row is refused by name. Fields with
 * subfields keep them when they are bitmapped or stand one after the other. The parser is expat; entity declarations
 * are refused, external ones never followed.
 *
 * spec: jPOS Programmer's Guide, GenericPackager (isopackager, isofield, isofieldpackager)
 */
#include "base/text.h"
#include "decode/dialect.h"

#include <expat.h>
#include <stdlib.h>

enum { DEPTH_MAX = 4, LENGTH_MAX = CS_DIALECT_LENGTH_MAX, BITMAP_FIRST_LEN = 8, BITMAP_THIRD_LEN = 24 };

static const struct jpos_row {
	const char *name;
	uint8_t class;
	uint8_t encoding;
	uint8_t var;
	uint8_t len_encoding;
	uint8_t len_bytes;
	bool unit_digits;
} rows[] = {
#define J(name, class, encoding, var, len_encoding, len_bytes, unit_digits)                                            \
	{name, CS_ISO_##class, CS_ENC_##encoding, var, CS_ENC_##len_encoding, len_bytes, unit_digits},
#include "decode/jpos.def"
#undef J
};

/* One level of nesting: the message itself, or the inside of a field. */
struct level {
	struct cs_subfields *sub;     /* NULL at the top */
	struct cs_field_spec *holder; /* the field these subfields are in */
};

struct reader {
	XML_Parser parser;
	struct cs_arena *arena;
	struct cs_dialect dialect;
	struct cs_dialect_fault *fault;
	struct level level[DEPTH_MAX];
	unsigned depth; /* levels open */
	enum cs_error error;
};

/* The attributes of an isofield or isofieldpackager element. */
struct element {
	long id;
	long length;
	const char *class; /* without its package */
	bool pad;
	bool emit_bitmap;
	const char *packager;
};

static void
refuse(struct reader *reader, int field, const char *what, const char *name)
{
	if (reader->error != CS_OK)
		return;
	reader->error = CS_E_SYNTAX;
	reader->fault->field = field;
	reader->fault->line = (unsigned)XML_GetCurrentLineNumber(reader->parser);
	reader->fault->column = (unsigned)XML_GetCurrentColumnNumber(reader->parser) + 1;
	struct cs_text text = cs_text_over(reader->fault->text, sizeof reader->fault->text);
	if (field >= 0) {
		cs_text_put(&text, "field ");
		cs_text_put_u64(&text, (uint64_t)field);
		cs_text_put(&text, ": ");
	}
	cs_text_put(&text, what);
	if (name)
		cs_text_put(&text, name);
	(void)XML_StopParser(reader->parser, XML_FALSE);
}

static const char *
attribute(const XML_Char **attributes, const char *name)
{
	for (unsigned i = 0; attributes[i]; i += 2)
		if (strcmp(attributes[i], name) == 0)
			return attributes[i + 1];
	return NULL;
}

static long
number_in(const char *text)
{
	if (!text)
		return -1;
	char *end;
	long value = strtol(text, &end, 10);
	return *text && *end == '\0' && value >= 0 && value <= LENGTH_MAX ? value : -1;
}

static struct element
read_element(const XML_Char **attributes)
{
	const char *class = attribute(attributes, "class");
	const char *dot = class ? strrchr(class, '.') : NULL;
	const char *pad = attribute(attributes, "pad");
	const char *emit = attribute(attributes, "emitBitmap");
	return (struct element){
		.id = number_in(attribute(attributes, "id")),
		.length = number_in(attribute(attributes, "length")),
		.class = dot ? dot + 1 : class,
		.pad = pad && strcmp(pad, "true") == 0,
		.emit_bitmap = emit && strcmp(emit, "true") == 0,
		.packager = attribute(attributes, "packager"),
	};
}

static const struct jpos_row *
find_row(const char *class)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].name, class) == 0)
			return &rows[i];
	return NULL;
}

static void
fill_spec(struct cs_field_spec *spec, const struct jpos_row *row, const struct element *element)
{
	bool track = element->id == 35 || element->id == 36;
	*spec = (struct cs_field_spec){
		.known = true,
		.class = row->class == CS_ISO_N && track ? CS_ISO_Z : row->class,
		.encoding = row->encoding,
		.var = row->var,
		.len_encoding = row->len_encoding,
		.len_bytes = row->len_bytes,
		.unit_digits = row->unit_digits,
		.pad_right = !element->pad,
		.max = (uint32_t)element->length,
	};
}

/* Field 0 is the MTI, field 1 the bitmap: their classes tell the message's own encodings. */
static bool
take_message_field(struct reader *reader, const struct element *element)
{
	static const struct {
		const char *class;
		bool bitmap;
		uint8_t encoding;
	} known[] = {
		{"IFA_NUMERIC", false, CS_ENC_ASCII},    {"IFB_NUMERIC", false, CS_ENC_BCD},
		{"IFE_NUMERIC", false, CS_ENC_EBCDIC},   {"IF_CHAR", false, CS_ENC_ASCII},
		{"IF_ECHAR", false, CS_ENC_EBCDIC},      {"IFE_CHAR", false, CS_ENC_EBCDIC},
		{"IFA_BITMAP", true, CS_ENC_HEX},        {"IFB_BITMAP", true, CS_ENC_BIN},
		{"IFE_BITMAP", true, CS_ENC_EBCDIC_HEX},
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(known[i].class, element->class) != 0 || known[i].bitmap != (element->id == 1))
			continue;
		if (!known[i].bitmap) {
			reader->dialect.mti_encoding = known[i].encoding;
			return true;
		}
		reader->dialect.bitmap_encoding = known[i].encoding;
		reader->dialect.no_third = element->length < BITMAP_THIRD_LEN;
		if (element->length == BITMAP_FIRST_LEN)
			reader->dialect.bitmap_len = BITMAP_FIRST_LEN;
		return true;
	}
	return false;
}

static struct cs_field_spec *
slot_of(struct reader *reader, long id)
{
	struct level *level = &reader->level[reader->depth - 1];
	if (!level->sub)
		return &reader->dialect.field[id];
	if ((unsigned)id >= level->sub->n)
		level->sub->n = (unsigned)id + 1;
	return &level->sub->field[id];
}

/* Field 0 of a bitmapped field is its bitmap. */
static bool
take_inner_bitmap(struct reader *reader, const struct element *element)
{
	struct level *level = &reader->level[reader->depth - 1];
	if (!level->sub || !strstr(element->class, "BITMAP"))
		return false;
	level->holder->composite = CS_COMPOSITE_BITMAP;
	level->holder->bitmap_bytes =
		(uint8_t)(element->length > BITMAP_FIRST_LEN ? BITMAP_FIRST_LEN : element->length);
	return true;
}

static void
take_field(struct reader *reader, const struct element *element)
{
	int shown = element->id > CS_DIALECT_FIELD_MAX ? -1 : (int)element->id;
	if (element->id < 0 || element->id > CS_DIALECT_FIELD_MAX) {
		refuse(reader, -1, "an isofield needs an id from 0 to 192", NULL);
		return;
	}
	if (!element->class || element->length < 0) {
		refuse(reader, shown, "class and a length from 0 to 9999999 are needed", NULL);
		return;
	}
	if (take_inner_bitmap(reader, element))
		return;
	if (reader->depth == 1 && element->id <= 1) {
		if (!take_message_field(reader, element))
			refuse(reader, shown, "no packager for MTI or bitmap known here; use IFA_, IFB_ or IFE_, not ",
			       element->class);
		return;
	}
	if (strcmp(element->class, "IF_NOP") == 0 || strcmp(element->class, "IF_UNUSED") == 0)
		return;
	const struct jpos_row *row = find_row(element->class);
	if (!row)
		refuse(reader, shown, "this field packager class is not known here: ", element->class);
	else
		fill_spec(slot_of(reader, element->id), row, element);
}

static void
open_subfields(struct reader *reader, const struct element *element)
{
	if (reader->depth == DEPTH_MAX) {
		refuse(reader, (int)element->id, "subfields are nested deeper than 3", NULL);
		return;
	}
	struct cs_field_spec *holder = slot_of(reader, element->id);
	struct cs_subfields *sub =
		cs_arena_take(reader->arena, sizeof *sub + (CS_DIALECT_FIELD_MAX + 1) * sizeof sub->field[0]);
	if (!sub) {
		reader->error = CS_E_MEMORY;
		(void)XML_StopParser(reader->parser, XML_FALSE);
		return;
	}
	bool tagged = element->packager && strstr(element->packager, "TLV");
	holder->composite = tagged ? CS_COMPOSITE_TLV : CS_COMPOSITE_FIXED;
	holder->sub = sub;
	reader->level[reader->depth++] = (struct level){sub, holder};
}

static void XMLCALL
on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *reader = context;
	if (strcmp(name, "isopackager") == 0) {
		long header_len = number_in(attribute(attributes, "headerLength"));
		reader->dialect.header_len = header_len > 0 ? (uint16_t)header_len : 0;
		reader->depth = 1;
		return;
	}
	bool field = strcmp(name, "isofield") == 0;
	bool holder = strcmp(name, "isofieldpackager") == 0;
	if (!field && !holder)
		return;
	if (reader->depth == 0) {
		refuse(reader, -1, "a field stands outside isopackager", NULL);
		return;
	}
	struct element element = read_element(attributes);
	take_field(reader, &element);
	if (holder && reader->error == CS_OK)
		open_subfields(reader, &element);
}

static void XMLCALL
on_end(void *context, const XML_Char *name)
{
	struct reader *reader = context;
	if (strcmp(name, "isofieldpackager") == 0 && reader->depth > 1)
		reader->depth--;
}

static void XMLCALL
on_entity(void *context, const XML_Char *name, int is_parameter, const XML_Char *value, int value_len,
	  const XML_Char *base, const XML_Char *system_id, const XML_Char *public_id, const XML_Char *notation)
{
	(void)is_parameter, (void)value, (void)value_len, (void)base, (void)system_id, (void)public_id, (void)notation;
	refuse(context, -1, "entity declarations are not read; write the value itself instead of ", name);
}

static enum cs_error
finish(struct reader *reader)
{
	static const uint16_t version_by_code_len[] = {[2] = 1987, [3] = 1993, [4] = 2003};
	struct cs_dialect *dialect = &reader->dialect;
	uint32_t code_len = dialect->field[39].max;
	dialect->version = code_len >= 2 && code_len <= 4 ? version_by_code_len[code_len] : 1987;
	if (reader->depth == 0) {
		refuse(reader, -1, "there is no isopackager element: this is no GenericPackager file", NULL);
		return CS_E_SYNTAX;
	}
	return cs_dialect_check(dialect, reader->fault);
}

static enum cs_error
parse(struct reader *reader, struct cs_span xml)
{
	XML_SetUserData(reader->parser, reader);
	XML_SetElementHandler(reader->parser, on_start, on_end);
	XML_SetEntityDeclHandler(reader->parser, on_entity);
	if (xml.len > INT32_MAX)
		return CS_E_LIMIT;
	enum XML_Status status = XML_Parse(reader->parser, (const char *)xml.at, (int)xml.len, XML_TRUE);
	if (reader->error != CS_OK)
		return reader->error;
	if (status != XML_STATUS_OK) {
		refuse(reader, -1, XML_ErrorString(XML_GetErrorCode(reader->parser)), NULL);
		return CS_E_SYNTAX;
	}
	return finish(reader);
}

enum cs_error
cs_dialect_read_jpos(struct cs_span xml, const char *name, struct cs_arena *arena, struct cs_dialect *out,
		     struct cs_dialect_fault *fault)
{
	*fault = (struct cs_dialect_fault){.field = -1};
	struct reader *reader = calloc(1, sizeof *reader);
	if (!reader)
		return CS_E_MEMORY;
	reader->arena = arena;
	reader->fault = fault;
	reader->dialect.codepage = CS_CP037;
	reader->dialect.mti_encoding = CS_ENC_ASCII;
	reader->dialect.bitmap_encoding = CS_ENC_HEX;
	struct cs_text kept = cs_text_over(reader->dialect.name, sizeof reader->dialect.name);
	cs_text_put(&kept, name);
	reader->parser = XML_ParserCreate(NULL);
	enum cs_error error = reader->parser ? parse(reader, xml) : CS_E_MEMORY;
	if (error == CS_OK)
		*out = reader->dialect;
	if (reader->parser)
		XML_ParserFree(reader->parser);
	free(reader);
	return error;
}

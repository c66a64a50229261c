/*
 * The JSON form of a dialect (docs/dialects.md): the version's base table, defaults by class, overrides by field.
 *
 * Every key and every word is known or refused, with the field named and, as far as it can be found again in the
 * text, its line. Composites nest to a bounded work list, never by recursion. What parses but cannot work is
 * cs_dialect_check's to refuse.
 */
#include "base/text.h"
#include "decode/dialect.h"

#include <jansson.h>
#include <string.h>

enum { NEST_MAX = 64, SUB_DEPTH_MAX = 4, JSON_CAP_BYTES = 4 << 20 };

/* A "sub" object that waits to be read into its composite field. */
struct nest {
	json_t *sub;
	struct cs_field_spec *of;
	unsigned depth;
	int field;
};

struct reader {
	struct cs_span json;
	struct cs_arena *arena;
	struct cs_dialect dialect;
	struct cs_dialect_fault *fault;
	int field; /* being read, -1 at the top */
	uint8_t class_encoding[CS_ISO_B + 1];
	uint8_t len_encoding;
	bool pad_right;
	json_t *fields;
	struct nest nests[NEST_MAX];
	unsigned nest_n;
	unsigned depth;
};

struct word {
	const char *text;
	uint8_t value;
};

static const struct word types[] = {
	{"n", CS_ISO_N},     {"xn", CS_ISO_XN},  {"a", CS_ISO_AN},  {"an", CS_ISO_AN},
	{"ans", CS_ISO_AN},  {"anp", CS_ISO_AN}, {"ns", CS_ISO_AN}, {"as", CS_ISO_AN},
	{"ap", CS_ISO_AN},   {"np", CS_ISO_AN},  {"s", CS_ISO_AN},  {"p", CS_ISO_AN},
	{"ansb", CS_ISO_AN}, {"z", CS_ISO_Z},    {"b", CS_ISO_B},   {0},
};
static const struct word value_encodings[] = {
	{"ascii", CS_ENC_ASCII},
	{"bcd", CS_ENC_BCD},
	{"ebcdic", CS_ENC_EBCDIC},
	{"raw", CS_ENC_RAW},
	{"hex", CS_ENC_HEX},
	{"ebcdic_hex", CS_ENC_EBCDIC_HEX},
	{0},
};
static const struct word len_encodings[] = {
	{"ascii", CS_ENC_ASCII}, {"bcd", CS_ENC_BCD}, {"ebcdic", CS_ENC_EBCDIC},
	{"bin", CS_ENC_BIN},     {"hex", CS_ENC_HEX}, {0},
};
static const struct word mti_encodings[] = {
	{"ascii", CS_ENC_ASCII}, {"bcd", CS_ENC_BCD}, {"ebcdic", CS_ENC_EBCDIC}, {0}};
static const struct word bitmap_encodings[] = {
	{"bin", CS_ENC_BIN}, {"hex", CS_ENC_HEX}, {"ebcdic_hex", CS_ENC_EBCDIC_HEX}, {0}};
static const struct word codepages[] = {{"cp037", CS_CP037}, {"cp1047", CS_CP1047}, {"cp500", CS_CP500}, {0}};
static const struct word pads[] = {{"left", 0}, {"right", 1}, {0}};
static const struct word units[] = {{"bytes", 0}, {"digits", 1}, {0}};
static const struct word composites[] = {
	{"tlv", CS_COMPOSITE_TLV},
	{"amounts", CS_COMPOSITE_AMOUNTS},
	{"se", CS_COMPOSITE_SE},
	{"pds", CS_COMPOSITE_PDS},
	{"bitmap", CS_COMPOSITE_BITMAP},
	{"fixed", CS_COMPOSITE_FIXED},
	{0},
};
static const struct word versions[] = {{"1987", 0}, {"1993", 1}, {"2003", 2}, {0}};

/* The keys that may stand at the top and in a field; what is not here is refused. */
static const char *const top_keys[] = {
	"name", "description", "version", "mti",        "bitmap",     "n",        "an",          "z",      "b", "len",
	"pad",  "ebcdic",      "note",    "header_len", "bitmap_len", "no_third", "trailing_ok", "fields", NULL};
static const char *const field_keys[] = {"name", "note",      "type",         "max",  "var", "enc",
					 "len",  "lenbytes",  "len_adj",      "unit", "pad", "chars",
					 "lax",  "composite", "bitmap_bytes", "sub",  NULL};

/* --- faults --- */

/* Finds `"KEY"` followed by a colon at or after FROM; the length of the text when there is none. */
static size_t
find_key(struct cs_span json, const char *key, size_t from)
{
	size_t key_len = strlen(key);
	for (size_t i = from; i + key_len + 2 <= json.len; i++) {
		if (json.at[i] != '"' || memcmp(json.at + i + 1, key, key_len) != 0 || json.at[i + 1 + key_len] != '"')
			continue;
		size_t after = i + key_len + 2;
		while (after < json.len && memchr(" \t\r\n", json.at[after], 4))
			after++;
		if (after < json.len && json.at[after] == ':')
			return i;
	}
	return json.len;
}

/* jansson forgets where values stood; the key is looked up again in the text. */
static void
locate(struct reader *r, const char *key)
{
	size_t at = 0;
	if (r->field >= 0) {
		char number[12];
		struct cs_text text = cs_text_over(number, sizeof number);
		cs_text_put_i64(&text, r->field);
		at = find_key(r->json, number, find_key(r->json, "fields", 0));
	}
	size_t found = key ? find_key(r->json, key, at) : at;
	at = found < r->json.len ? found : at;
	r->fault->line = r->fault->column = at < r->json.len;
	for (size_t i = 0; i < at && at < r->json.len; i++) {
		r->fault->column++;
		if (r->json.at[i] != '\n')
			continue;
		r->fault->line++;
		r->fault->column = 1;
	}
}

/* Starts the text of a fault and leaves it open for more. */
static struct cs_text
fault_open(struct reader *r, const char *key)
{
	struct cs_text text = cs_text_over(r->fault->text, sizeof r->fault->text);
	r->fault->field = r->field;
	locate(r, key);
	if (r->field >= 0) {
		cs_text_put(&text, "field ");
		cs_text_put_i64(&text, r->field);
		cs_text_put(&text, ": ");
	}
	if (key) {
		cs_text_put(&text, "\"");
		cs_text_put(&text, key);
		cs_text_put(&text, "\" ");
	}
	return text;
}

static bool
refuse(struct reader *r, const char *key, const char *why)
{
	struct cs_text text = fault_open(r, key);
	cs_text_put(&text, why);
	return false;
}

static bool
refuse_word(struct reader *r, const char *key, const struct word *words)
{
	struct cs_text text = fault_open(r, key);
	cs_text_put(&text, "must be ");
	for (const struct word *word = words; word->text; word++) {
		if (word != words)
			cs_text_put(&text, word[1].text ? ", " : " or ");
		cs_text_put(&text, word->text);
	}
	return false;
}

/* --- values: absent keys leave *OUT as it is --- */

static bool
take_word(struct reader *r, json_t *object, const char *key, const struct word *words, uint8_t *out)
{
	json_t *value = json_object_get(object, key);
	if (!value)
		return true;
	if (!json_is_string(value))
		return refuse_word(r, key, words);
	for (const struct word *word = words; word->text; word++) {
		if (strcmp(word->text, json_string_value(value)) != 0)
			continue;
		*out = word->value;
		return true;
	}
	return refuse_word(r, key, words);
}

static bool
take_flag(struct reader *r, json_t *object, const char *key, bool *out)
{
	json_t *value = json_object_get(object, key);
	if (!value)
		return true;
	if (json_is_boolean(value)) {
		*out = json_is_true(value);
		return true;
	}
	if (!json_is_integer(value) || (json_integer_value(value) != 0 && json_integer_value(value) != 1))
		return refuse(r, key, "must be true or false");
	*out = json_integer_value(value) == 1;
	return true;
}

struct range {
	int64_t least;
	int64_t most;
};

static bool
take_number(struct reader *r, json_t *object, const char *key, struct range range, int64_t *out)
{
	json_t *value = json_object_get(object, key);
	if (!value)
		return true;
	if (json_is_integer(value) && json_integer_value(value) >= range.least &&
	    json_integer_value(value) <= range.most) {
		*out = json_integer_value(value);
		return true;
	}
	struct cs_text text = fault_open(r, key);
	cs_text_put(&text, "must be a whole number from ");
	cs_text_put_i64(&text, range.least);
	cs_text_put(&text, " to ");
	cs_text_put_i64(&text, range.most);
	return false;
}

static bool
keys_known(struct reader *r, json_t *object, const char *const *known)
{
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value)
	{
		unsigned i = 0;
		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (!known[i])
			return refuse(r, key, "is not a key known here (see docs/dialects.md)");
	}
	return true;
}

/* The number of a field or subfield by its key, or -1. */
static int
key_number(const char *key)
{
	int number = 0;
	size_t len = strlen(key);
	if (len == 0 || len > 3 || (len > 1 && key[0] == '0'))
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (key[i] < '0' || key[i] > '9')
			return -1;
		number = number * 10 + (key[i] - '0');
	}
	return number <= CS_DIALECT_FIELD_MAX ? number : -1;
}

/* --- one field --- */

static bool
push_sub(struct reader *r, json_t *object, struct cs_field_spec *spec)
{
	json_t *sub = json_object_get(object, "sub");
	if (!sub)
		return true;
	if (!json_is_object(sub))
		return refuse(r, "sub", "must be an object of subfields by number");
	if (r->nest_n == NEST_MAX || r->depth == SUB_DEPTH_MAX)
		return refuse(r, "sub", "is nested too deep or too often (at most 4 deep, 64 in all)");
	r->nests[r->nest_n++] = (struct nest){sub, spec, r->depth + 1, r->field};
	return true;
}

static bool
take_length(struct reader *r, json_t *object, struct cs_field_spec *spec)
{
	int64_t max = spec->max, var = spec->var, len_bytes = 0, adjust = 0;
	spec->len_encoding = r->len_encoding;
	if (!take_number(r, object, "max", (struct range){0, CS_DIALECT_LENGTH_MAX}, &max) ||
	    !take_number(r, object, "var", (struct range){0, CS_DIALECT_VAR_MAX}, &var) ||
	    !take_number(r, object, "lenbytes", (struct range){1, CS_DIALECT_PREFIX_BYTES_MAX}, &len_bytes) ||
	    !take_number(r, object, "len_adj", (struct range){-9999, 9999}, &adjust) ||
	    !take_word(r, object, "len", len_encodings, &spec->len_encoding))
		return false;
	spec->max = (uint32_t)max;
	spec->var = (uint8_t)var;
	spec->len_bytes = (uint8_t)len_bytes;
	spec->len_adjust = (int16_t)adjust;
	return true;
}

static bool
take_composite(struct reader *r, json_t *object, struct cs_field_spec *spec)
{
	int64_t bitmap_bytes = 0;
	if (!take_word(r, object, "composite", composites, &spec->composite) ||
	    !take_number(r, object, "bitmap_bytes", (struct range){1, 24}, &bitmap_bytes))
		return false;
	spec->bitmap_bytes = (uint8_t)bitmap_bytes;
	if (json_object_get(object, "sub") && spec->composite == CS_COMPOSITE_NONE)
		return refuse(r, "sub", "needs \"composite\" to say how the subfields are written");
	return push_sub(r, object, spec);
}

/* OBJECT may be NULL: the base element with the dialect's defaults. */
static bool
read_field(struct reader *r, json_t *object, struct cs_field_spec *spec)
{
	if (!spec->known && (!json_object_get(object, "type") || !json_object_get(object, "max")))
		return refuse(r, NULL, "the base table has none; give \"type\", \"max\" and \"var\"");
	if (!keys_known(r, object, field_keys) || !take_word(r, object, "type", types, &spec->class))
		return false;
	spec->known = true;
	spec->encoding = r->class_encoding[spec->class];
	if (!take_word(r, object, "enc", value_encodings, &spec->encoding))
		return false;
	uint8_t unit = spec->encoding == CS_ENC_BCD, pad = r->pad_right;
	if (!take_length(r, object, spec) || !take_word(r, object, "unit", units, &unit) ||
	    !take_word(r, object, "pad", pads, &pad) || !take_flag(r, object, "lax", &spec->lax) ||
	    !take_flag(r, object, "chars", &spec->chars) || !take_composite(r, object, spec))
		return false;
	spec->unit_digits = unit;
	spec->pad_right = pad;
	cs_dialect_complete(spec);
	return true;
}

static bool
read_fields(struct reader *r)
{
	const char *key;
	json_t *object;
	json_object_foreach(r->fields, key, object)
	{
		if (key_number(key) < 0)
			return refuse(r, key, "is not a field number from 0 to 192");
	}
	for (int field = 2; field <= CS_DIALECT_FIELD_MAX; field++) {
		struct cs_field_spec *spec = &r->dialect.field[field];
		char number[12];
		struct cs_text text = cs_text_over(number, sizeof number);
		cs_text_put_i64(&text, field);
		r->field = field;
		object = json_object_get(r->fields, number);
		if (object && !json_is_object(object))
			return refuse(r, NULL, "must be an object");
		if (!cs_dialect_base(r->dialect.version, (unsigned)field, spec) && !object)
			continue;
		if (!read_field(r, object, spec))
			return false;
	}
	r->field = -1;
	return true;
}

/* --- subfields --- */

static bool
read_sub(struct reader *r, const struct nest *nest)
{
	const char *key;
	json_t *object;
	int most = 0;
	r->field = nest->field;
	r->depth = nest->depth;
	json_object_foreach(nest->sub, key, object)
	{
		if (key_number(key) < 0 || !json_is_object(object))
			return refuse(r, key, "in \"sub\" must be a subfield number from 0 to 192 with an object");
		most = key_number(key) > most ? key_number(key) : most;
	}
	struct cs_subfields *sub =
		cs_arena_take(r->arena, sizeof *sub + ((size_t)most + 1) * sizeof(struct cs_field_spec));
	if (!sub)
		return refuse(r, "sub", "does not fit the memory for dialects");
	sub->n = (unsigned)most + 1;
	json_object_foreach(nest->sub, key, object)
	{
		if (!read_field(r, object, &sub->field[key_number(key)]))
			return false;
	}
	nest->of->sub = sub;
	return true;
}

static bool
read_nests(struct reader *r)
{
	for (unsigned i = 0; i < r->nest_n; i++)
		if (!read_sub(r, &r->nests[i]))
			return false;
	return true;
}

/* A subfield may hold subfields read later, so they are checked when all are there. */
static bool
check_nests(struct reader *r)
{
	for (unsigned i = 0; i < r->nest_n; i++) {
		const struct cs_subfields *sub = r->nests[i].of->sub;
		for (unsigned k = 0; k < sub->n; k++) {
			const char *flaw = sub->field[k].known ? cs_dialect_field_flaw(&sub->field[k]) : NULL;
			r->field = r->nests[i].field;
			if (flaw)
				return refuse(r, "sub", flaw);
		}
	}
	return true;
}

/* --- the top --- */

static bool
read_version(struct reader *r, json_t *top)
{
	static const uint16_t years[] = {1987, 1993, 2003};
	json_t *value = json_object_get(top, "version");
	uint8_t row = 0;
	if (!value)
		return refuse(r, NULL, "\"version\" is missing: write \"1987\", \"1993\" or \"2003\"");
	if (json_is_integer(value)) {
		int64_t year = 0;
		if (!take_number(r, top, "version", (struct range){1987, 2003}, &year))
			return false;
		r->dialect.version = (uint16_t)year; /* cs_dialect_check refuses the years between */
		return true;
	}
	if (!take_word(r, top, "version", versions, &row))
		return false;
	r->dialect.version = years[row];
	return true;
}

static bool
read_encodings(struct reader *r, json_t *top)
{
	struct cs_dialect *dialect = &r->dialect;
	uint8_t pad = 0;
	if (!json_object_get(top, "mti"))
		return refuse(r, NULL, "\"mti\" is missing: write ascii, bcd or ebcdic");
	if (!json_object_get(top, "bitmap"))
		return refuse(r, NULL, "\"bitmap\" is missing: write bin, hex or ebcdic_hex");
	if (!take_word(r, top, "mti", mti_encodings, &dialect->mti_encoding) ||
	    !take_word(r, top, "bitmap", bitmap_encodings, &dialect->bitmap_encoding) ||
	    !take_word(r, top, "n", value_encodings, &r->class_encoding[CS_ISO_N]) ||
	    !take_word(r, top, "an", value_encodings, &r->class_encoding[CS_ISO_AN]) ||
	    !take_word(r, top, "z", value_encodings, &r->class_encoding[CS_ISO_Z]) ||
	    !take_word(r, top, "b", value_encodings, &r->class_encoding[CS_ISO_B]) ||
	    !take_word(r, top, "len", len_encodings, &r->len_encoding) || !take_word(r, top, "pad", pads, &pad) ||
	    !take_word(r, top, "ebcdic", codepages, &dialect->codepage))
		return false;
	r->class_encoding[CS_ISO_XN] = r->class_encoding[CS_ISO_N];
	r->pad_right = pad;
	return true;
}

static bool
read_shape(struct reader *r, json_t *top)
{
	struct cs_dialect *dialect = &r->dialect;
	int64_t header_len = 0, bitmap_len = 0;
	if (!take_number(r, top, "header_len", (struct range){0, 4096}, &header_len) ||
	    !take_number(r, top, "bitmap_len", (struct range){0, 24}, &bitmap_len) ||
	    !take_flag(r, top, "no_third", &dialect->no_third) ||
	    !take_flag(r, top, "trailing_ok", &dialect->trailing_ok))
		return false;
	dialect->header_len = (uint16_t)header_len;
	dialect->bitmap_len = (uint8_t)bitmap_len;
	r->fields = json_object_get(top, "fields");
	if (r->fields && !json_is_object(r->fields))
		return refuse(r, "fields", "must be an object of fields by number");
	return true;
}

static bool
read_top(struct reader *r, json_t *top)
{
	if (!json_is_object(top))
		return refuse(r, NULL, "a dialect is a JSON object");
	return keys_known(r, top, top_keys) && read_version(r, top) && read_encodings(r, top) && read_shape(r, top) &&
	       read_fields(r) && read_nests(r) && check_nests(r);
}

static void
start(struct reader *r, const char *name)
{
	struct cs_text text = cs_text_over(r->dialect.name, sizeof r->dialect.name);
	cs_text_put(&text, name);
	r->dialect.codepage = CS_CP1047;
	r->class_encoding[CS_ISO_B] = CS_ENC_RAW;
	r->field = -1;
}

static enum cs_error
syntax_fault(const json_error_t *error, struct cs_dialect_fault *fault)
{
	struct cs_text text = cs_text_over(fault->text, sizeof fault->text);
	fault->field = -1;
	fault->line = error->line > 0 ? (unsigned)error->line : 0;
	fault->column = error->column > 0 ? (unsigned)error->column : 0;
	cs_text_put(&text, error->text);
	return CS_E_SYNTAX;
}

enum cs_error
cs_dialect_read_json(struct cs_span json, const char *name, struct cs_arena *arena, struct cs_dialect *out,
		     struct cs_dialect_fault *fault)
{
	json_error_t error = {.line = 0, .text = "a dialect of more than 4 MiB"};
	json_t *top = NULL;
	if (json.len <= JSON_CAP_BYTES)
		top = json_loadb((const char *)json.at, json.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!top)
		return syntax_fault(&error, fault);
	struct reader r = {.json = json, .arena = arena, .fault = fault};
	start(&r, name);
	bool read = read_top(&r, top);
	json_decref(top);
	if (!read)
		return CS_E_UNSUPPORTED;
	if (cs_dialect_check(&r.dialect, fault) != CS_OK) {
		r.field = fault->field;
		locate(&r, NULL);
		return CS_E_UNSUPPORTED;
	}
	*out = r.dialect;
	return CS_OK;
}

/*
 * The tables of message definitions, and how names, namespaces and patterns are found in them.
 *
 * A name is found by its first and last eight bytes, which are different for all names (the test of this file looks), and
 * then compared. A pattern is an automaton over classes of bytes.
 */
#include "decode/mx_schema.h"

#include "base/error.h"
#include "decode/mx_bytes.h"

static const struct {
	const char *name;
	uint16_t root, type;
} roots[] = {
#define ROOT(name, root, type) {name, root, type},
#include "decode/mx_schema.inc"
#undef ROOT
};

static const char *const names_text[] = {
#define NAME(text) text,
#include "decode/mx_schema.inc"
#undef NAME
};

static const struct cs_mx_type types[] = {
#define TYPE(form, first, n, needed) {form, first, n, needed},
#include "decode/mx_schema.inc"
#undef TYPE
};

static const struct cs_mx_particle particles[] = {
#define PARTICLE(name, type, least, most) {name, type, least, most},
#include "decode/mx_schema.inc"
#undef PARTICLE
};

static const struct cs_mx_simple simples[] = {
#define SIMPLE(kind, shortest, longest, digits, decimals, least, pattern, value, value_n)                              \
	{kind, digits, decimals, least, pattern, value_n, value, shortest, longest},
#include "decode/mx_schema.inc"
#undef SIMPLE
};

static const char values[][4] = {
#define VALUE(text) text,
#include "decode/mx_schema.inc"
#undef VALUE
};

static const struct {
	uint16_t first;  /* of its states */
	uint8_t columns; /* of a row: classes, and whether the text may end there */
	uint8_t meaning;
} patterns[] = {
#define PATTERN(first, columns, meaning) {first, columns, meaning},
#include "decode/mx_schema.inc"
#undef PATTERN
};

static const uint8_t classes[] = {
#define CLASS
#include "decode/mx_schema.inc"
#undef CLASS
};

static const uint8_t states[] = {
#define STATE
#include "decode/mx_schema.inc"
#undef STATE
};

enum {
	ROOT_N = sizeof roots / sizeof roots[0],
	NAME_N = sizeof names_text / sizeof names_text[0],
};
_Static_assert(NAME_N * 2 <= CS_MX_NAME_SLOTS, "names find room");
_Static_assert(sizeof particles / sizeof particles[0] < UINT16_MAX, "particles are numbered in 16 bits");

/* --- names --- */

/* ROOM: bytes that may be read. */
static uint64_t
key_of(const uint8_t *at, size_t len, size_t room)
{
	if (len >= 8)
		return cs_mx_load8(at) ^ (cs_mx_load8(at + len - 8) * 31 + len);
	if (room >= 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		return cs_mx_load8(at) & ~(UINT64_MAX << len * 8);
	uint64_t word = 0;
	memcpy(&word, at, len);
	return word;
}

static unsigned
slot_of(uint64_t key)
{
	return (unsigned)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 53) & (CS_MX_NAME_SLOTS - 1);
}

void
cs_mx_names_init(struct cs_mx_names *names)
{
	for (unsigned i = 0; i < CS_MX_NAME_SLOTS; i++)
		names->slot[i].name = CS_MX_NAME_NONE;
	for (uint16_t name = 0; name < NAME_N; name++) {
		size_t len = strlen(names_text[name]);
		uint64_t key = key_of((const uint8_t *)names_text[name], len, len);
		unsigned i = slot_of(key);
		while (names->slot[i].name != CS_MX_NAME_NONE)
			i = (i + 1) & (CS_MX_NAME_SLOTS - 1);
		names->slot[i].key = key;
		names->slot[i].name = name;
		names->slot[i].len = (uint16_t)len;
	}
}

uint16_t
cs_mx_names_find(const struct cs_mx_names *names, struct cs_span text, const uint8_t *end)
{
	if (text.len == 0)
		return CS_MX_NAME_NONE;
	uint64_t key = key_of(text.at, text.len, (size_t)(end - text.at));
	for (unsigned i = slot_of(key);; i = (i + 1) & (CS_MX_NAME_SLOTS - 1)) {
		uint16_t name = names->slot[i].name;
		if (name == CS_MX_NAME_NONE)
			return name;
		if (names->slot[i].key != key)
			continue;
		bool same = text.len == names->slot[i].len &&
			    cs_mx_same((const uint8_t *)names_text[name], text.at, text.len);
		return same ? name : CS_MX_NAME_NONE;
	}
}

const char *
cs_mx_schema_name(uint16_t name)
{
	return name < NAME_N ? names_text[name] : "?";
}

unsigned
cs_mx_schema_names_n(void)
{
	return NAME_N;
}

/* --- definitions --- */

/* The first definition that is not before NAME ("pacs.008.001.08", 15 bytes). */
static unsigned
lower_bound(const uint8_t *name)
{
	unsigned low = 0;
	unsigned high = ROOT_N;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		bool before = memcmp(roots[middle].name, name, 15) < 0;
		low = before ? middle + 1 : low;
		high = before ? high : middle;
	}
	return low;
}

bool
cs_mx_schema_find(struct cs_span uri, struct cs_mx_definition *out)
{
	static const char prefix[] = "urn:iso:std:iso:20022:tech:xsd:";
	enum { PREFIX_LEN = sizeof prefix - 1, NAME_LEN = 15, KIND_LEN = 13 };
	if (uri.len != PREFIX_LEN + NAME_LEN || memcmp(uri.at, prefix, PREFIX_LEN) != 0)
		return false;
	const uint8_t *name = uri.at + PREFIX_LEN;
	unsigned i = lower_bound(name);
	bool exact = i < ROOT_N && memcmp(roots[i].name, name, NAME_LEN) == 0;
	bool digits = name[13] >= '0' && name[13] <= '9' && name[14] >= '0' && name[14] <= '9';
	if (!exact && (!digits || memcmp(name + KIND_LEN, "00", 2) == 0))
		return false;
	if (!exact && i > 0 && memcmp(roots[i - 1].name, name, KIND_LEN) == 0)
		i--;
	if (i == ROOT_N || memcmp(roots[i].name, name, KIND_LEN) != 0)
		return false;
	*out = (struct cs_mx_definition){roots[i].name, roots[i].root, roots[i].type, exact};
	return true;
}

const struct cs_mx_type *
cs_mx_schema_type(uint16_t type)
{
	CS_ASSERT(type < sizeof types / sizeof types[0]);
	return &types[type];
}

const struct cs_mx_particle *
cs_mx_schema_particles(const struct cs_mx_type *type)
{
	return &particles[type->first];
}

const struct cs_mx_simple *
cs_mx_schema_simple(uint16_t simple)
{
	CS_ASSERT(simple < sizeof simples / sizeof simples[0]);
	return &simples[simple];
}

/* --- values --- */

enum cs_mx_meaning
cs_mx_schema_meaning(const struct cs_mx_simple *simple)
{
	return simple->pattern ? patterns[simple->pattern - 1].meaning : CS_MX_MEANS_NOTHING;
}

bool
cs_mx_schema_listed(const struct cs_mx_simple *simple, struct cs_span value)
{
	if (value.len == 0 || value.len > sizeof values[0])
		return false;
	uint32_t wanted = 0;
	memcpy(&wanted, value.at, value.len);
	for (unsigned i = 0; i < simple->value_n; i++)
		if (memcmp(values[simple->value + i], &wanted, sizeof wanted) == 0)
			return true;
	return false;
}

bool
cs_mx_schema_fits(const struct cs_mx_simple *simple, struct cs_span value)
{
	const uint8_t *class_of = classes + (simple->pattern - 1) * 128;
	const uint8_t *rows = states + patterns[simple->pattern - 1].first;
	unsigned columns = patterns[simple->pattern - 1].columns;
	unsigned state = 1;
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.at[i];
		state = c < 0x80 ? rows[state * columns + class_of[c]] : 0;
	}
	return rows[state * columns + columns - 1];
}

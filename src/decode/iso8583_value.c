/*
 * Values: from bytes on the wire to ISO 8859-1 text, only when asked for.
 *
 * Text as characters, binary as upper-case hex, packed digits without their pad, nibble D of n and z as '='. Reads
 * only inside the slots cs_iso_decode placed, so bounds were checked there. Composites are composite.c's.
 */
#include "decode/ebcdic.h"
#include "decode/iso8583.h"
#include "decode/iso8583_plan.h"

enum { NUMBER_DIGITS_MAX = 18 };

static const char hex_digits[] = "0123456789ABCDEF";

/* Bits set; the builtin is a call on processors of 2003, for which Debian builds. */
static inline unsigned
count_bits(uint64_t v)
{
	v -= v >> 1 & UINT64_C(0x5555555555555555);
	v = (v & UINT64_C(0x3333333333333333)) + (v >> 2 & UINT64_C(0x3333333333333333));
	v = (v + (v >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
	return (unsigned)(v * UINT64_C(0x0101010101010101) >> 56);
}

const struct cs_iso_slot *
cs_iso_find(const struct cs_iso *iso, unsigned field)
{
	if (field < 2 || field > CS_DIALECT_FIELD_MAX || !cs_iso_has(iso, field))
		return NULL;
	unsigned word = (field - 1) / 64, shift = 63 - (field - 1) % 64, idx = 0;
	for (unsigned i = 0; i < word; i++)
		idx += count_bits(iso->bitmap[i]);
	idx += count_bits(iso->bitmap[word] >> shift >> 1);
	return &iso->slot[idx];
}

struct cs_span
cs_iso_raw(const struct cs_iso *iso, unsigned field)
{
	const struct cs_iso_slot *slot = cs_iso_find(iso, field);
	return slot ? (struct cs_span){iso->at + slot->offset, slot->length} : (struct cs_span){iso->at, 0};
}

struct cs_iso_nibbles
cs_iso_nibbles(const struct cs_field_spec *spec, uint32_t bytes, uint32_t units)
{
	if (bytes * 2 <= units)
		return (struct cs_iso_nibbles){0, bytes * 2};
	if (spec->pad_right)
		return (struct cs_iso_nibbles){0, units};
	return (struct cs_iso_nibbles){1, bytes * 2};
}

static char
upper(uint8_t c)
{
	bool lower = (c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7);
	return (char)(lower ? c - 0x20 : c);
}

/* One value on its way to text. */
struct translation {
	const struct cs_field_spec *spec;
	struct cs_span wire;
	uint32_t units;
	uint8_t codepage;
};

static size_t
value_len(const struct translation *t)
{
	if (t->spec->encoding == CS_ENC_RAW)
		return t->wire.len * 2;
	if (t->spec->encoding != CS_ENC_BCD)
		return t->wire.len;
	if (t->spec->class == CS_ISO_XN)
		return t->units < 2 ? 1 : t->units;
	struct cs_iso_nibbles nibbles = cs_iso_nibbles(t->spec, (uint32_t)t->wire.len, t->units);
	return nibbles.end - nibbles.first;
}

static void
put_nibbles(const uint8_t *packed, struct cs_iso_nibbles nibbles, bool separator, char *out)
{
	for (uint32_t i = nibbles.first; i < nibbles.end; i++) {
		uint8_t nibble = i & 1 ? packed[i / 2] & 15 : packed[i / 2] >> 4;
		*out++ = separator && nibble == 0xD ? '=' : hex_digits[nibble];
	}
}

static void
put_bcd(const struct translation *t, char *out)
{
	const struct cs_field_spec *spec = t->spec;
	if (spec->class != CS_ISO_XN) {
		bool separator = spec->class == CS_ISO_N || spec->class == CS_ISO_Z;
		put_nibbles(t->wire.at, cs_iso_nibbles(spec, (uint32_t)t->wire.len, t->units), separator, out);
		return;
	}
	/* a sign character, then digits, the last ones when there is one too many */
	out[0] = (char)t->wire.at[0];
	uint32_t digits = (uint32_t)(t->wire.len - 1) * 2;
	uint32_t wanted = t->units < 2 ? 0 : t->units - 1;
	put_nibbles(t->wire.at + 1, (struct cs_iso_nibbles){digits - wanted, digits}, false, out + 1);
}

static void
put_value(const struct translation *t, char *out)
{
	const uint8_t *at = t->wire.at;
	const uint8_t *latin1 = cs_ebcdic_to_latin1((enum cs_codepage)t->codepage);
	switch (t->spec->encoding) {
	case CS_ENC_BCD:
		put_bcd(t, out);
		return;
	case CS_ENC_RAW:
		put_nibbles(at, (struct cs_iso_nibbles){0, (uint32_t)t->wire.len * 2}, false, out);
		return;
	case CS_ENC_HEX:
		for (size_t i = 0; i < t->wire.len; i++)
			out[i] = upper(at[i]);
		return;
	case CS_ENC_EBCDIC:
		for (size_t i = 0; i < t->wire.len; i++)
			out[i] = (char)latin1[at[i]];
		return;
	case CS_ENC_EBCDIC_HEX:
		for (size_t i = 0; i < t->wire.len; i++)
			out[i] = upper(latin1[at[i]]);
		return;
	default:
		memcpy(out, at, t->wire.len);
	}
}

static size_t
translate(const struct translation *t, char *out, size_t cap)
{
	size_t len = value_len(t);
	if (len > cap)
		return cap + 1;
	put_value(t, out);
	return len;
}

size_t
cs_iso_value(const struct cs_iso *iso, unsigned field, char *out, size_t cap)
{
	const struct cs_iso_slot *slot = cs_iso_find(iso, field);
	if (!slot)
		return 0;
	struct translation t = {&iso->dialect->field[field],
				{iso->at + slot->offset, slot->length},
				slot->units,
				iso->dialect->codepage};
	return translate(&t, out, cap);
}

size_t
cs_iso_spec_value(const struct cs_field_spec *spec, uint8_t codepage, struct cs_iso_wire wire, char *out, size_t cap)
{
	struct translation t = {spec, wire.bytes, wire.units, codepage};
	return translate(&t, out, cap);
}

bool
cs_iso_u64(const struct cs_iso *iso, unsigned field, uint64_t *out)
{
	char digits[NUMBER_DIGITS_MAX];
	size_t len = cs_iso_value(iso, field, digits, sizeof digits);
	if (len == 0 || len > sizeof digits)
		return false;
	uint64_t n = 0;
	for (size_t i = 0; i < len; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(digits[i] - '0');
	}
	*out = n;
	return true;
}

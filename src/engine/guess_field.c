/*
 * One field at a time: the formats it may have, and whether bytes look like one of them.
 *
 * This reader is a judge, not the decoder: it refuses what the decoder would refuse, and also counts what is legal but
 * unlikely (control characters in text, text in binary). What is finally named is checked with decode/iso8583.h.
 * Reads stand behind comparisons with the message's length; a field never ends behind it.
 */
#include "base/cursor.h"
#include "engine/guess.h"

enum { STRANGE_MAX = 8, TEXT_RUN_MIN = 8 };

struct variation {
	uint8_t first;
	uint8_t last;
	uint8_t class;
	uint8_t encoding;
	uint8_t var;
	uint8_t cost;
	uint32_t max;
};

#define KIND_N                               CS_ISO_N, CS_ENC_N
#define KIND_XN                              CS_ISO_XN, CS_ENC_N
#define KIND_AN                              CS_ISO_AN, CS_ENC_N
#define KIND_B                               CS_ISO_B, CS_ENC_N
#define KIND_R                               CS_ISO_B, CS_ENC_RAW
#define KIND_H                               CS_ISO_B, CS_ENC_HEX
#define KIND_T                               CS_ISO_AN, CS_ENC_ASCII
#define V(first, last, kind, max, var, cost) {first, last, KIND_##kind, var, cost, max},
static const struct variation variations[] = {
#include "engine/variation.def"
};
#undef V

static void
add_format(struct cs_format *out, unsigned *n, struct cs_format format)
{
	for (unsigned i = 0; i < *n; i++)
		if (out[i].class == format.class && out[i].var == format.var && out[i].max == format.max &&
		    out[i].encoding == format.encoding && out[i].len_encoding == format.len_encoding)
			return;
	if (*n < CS_GUESS_FORMATS_MAX)
		out[(*n)++] = format;
}

static uint32_t
widest(uint8_t var)
{
	uint32_t max = 1;
	for (unsigned i = 0; i < var; i++)
		max *= 10;
	return max - 1;
}

unsigned
cs_guess_formats(uint16_t version, unsigned field, struct cs_format *out)
{
	static const uint16_t versions[] = {1987, 1993, 2003};
	struct cs_field_spec spec = {0};
	unsigned n = 0;
	if (cs_dialect_base(version, field, &spec)) {
		add_format(out, &n, (struct cs_format){spec.class, spec.var, CS_ENC_N, CS_ENC_N, 0, spec.max});
		if (spec.var >= 3) /* one byte cannot say it all: some keep digits there */
			add_format(out, &n,
				   (struct cs_format){spec.class, spec.var, CS_ENC_N, CS_ENC_BCD, 5, spec.max});
		if (spec.var)
			add_format(out, &n,
				   (struct cs_format){spec.class, spec.var, CS_ENC_N, CS_ENC_N, 2, widest(spec.var)});
	}
	for (unsigned i = 0; i < sizeof variations / sizeof *variations; i++) {
		const struct variation *v = &variations[i];
		if (field >= v->first && field <= v->last)
			add_format(out, &n,
				   (struct cs_format){v->class, v->var, v->encoding, CS_ENC_N, v->cost, v->max});
	}
	for (unsigned i = 0; i < 3; i++)
		if (cs_dialect_base(versions[i], field, &spec))
			add_format(out, &n, (struct cs_format){spec.class, spec.var, CS_ENC_N, CS_ENC_N, 6, spec.max});
	return n;
}

struct cs_field_spec
cs_guess_spec(const struct cs_format *format, const struct cs_axes *axes)
{
	static const uint8_t axis_of[] = {[CS_ISO_N] = CS_AXIS_N,
					  [CS_ISO_XN] = CS_AXIS_N,
					  [CS_ISO_AN] = CS_AXIS_AN,
					  [CS_ISO_Z] = CS_AXIS_Z,
					  [CS_ISO_B] = CS_AXIS_B};
	struct cs_field_spec spec = {.known = true, .class = format->class, .var = format->var, .max = format->max};
	spec.encoding = format->encoding == CS_ENC_N ? axes->value[axis_of[format->class]] : format->encoding;
	spec.len_encoding = format->len_encoding == CS_ENC_N ? axes->value[CS_AXIS_LEN] : format->len_encoding;
	if (spec.len_encoding == CS_ENC_BIN && spec.var == 2 && spec.max == 99)
		spec.max = 255; /* all that one byte can say */
	spec.pad_right = axes->value[CS_AXIS_PAD];
	spec.unit_digits = spec.encoding == CS_ENC_BCD;
	cs_dialect_complete(&spec);
	return spec;
}

static bool
ebcdic_prints(uint8_t byte)
{
	static const uint8_t prints[32] = {
		/* one bit a code point, 00 first: letters, digits and marks of cp037, cp1047 and cp500 */
		0,    0,    0,    0,    0,    0,    0,    0,    0x80, 0x3F, 0x80, 0x3F, 0xC0, 0x1F, 0x00, 0x7F,
		0x7F, 0xC0, 0x7F, 0xC0, 0x7F, 0xC4, 0x80, 0x34, 0xFF, 0xC0, 0xFF, 0xC0, 0xBF, 0xC0, 0xFF, 0xC0,
	};
	return prints[byte / 8] >> (7 - byte % 8) & 1;
}

/* Text of which more than a quarter does not print is none. */
static bool
text_fits(struct cs_span value, bool ebcdic, unsigned *strange)
{
	size_t odd = 0;
	for (size_t i = 0; i < value.len; i++)
		odd += ebcdic ? !ebcdic_prints(value.at[i]) : value.at[i] < 0x20 || value.at[i] > 0x7E;
	*strange += odd * 2 < STRANGE_MAX ? (unsigned)odd * 2 : STRANGE_MAX;
	return odd * 4 <= value.len;
}

/* Digits in text; track data also has its separators. */
static bool
digits_fit(struct cs_span value, bool ebcdic, bool track, unsigned *strange)
{
	unsigned odd = 0;
	for (size_t i = 0; i < value.len; i++) {
		unsigned byte = value.at[i];
		if (byte - (ebcdic ? 0xF0U : '0') <= 9)
			continue;
		bool separator = ebcdic ? byte == 0x7E || byte == 0xC4 : byte == '=' || byte == 'D' || byte == '^';
		if (!track)
			return false;
		odd += !separator;
	}
	*strange += odd * 2 < STRANGE_MAX ? odd * 2 : STRANGE_MAX;
	return odd * 4 <= value.len;
}

static unsigned
nibble(struct cs_span value, size_t i)
{
	return i % 2 ? value.at[i / 2] & 15U : value.at[i / 2] >> 4;
}

/* Packed digits; on which side the pad nibble of an odd number stands is not judged here, only that it may. */
static bool
packed_fits(struct cs_span value, unsigned units, bool track, unsigned *strange)
{
	size_t nibbles = value.len * 2;
	size_t from = units % 2 ? 1 : 0;
	size_t to = units % 2 && nibbles ? nibbles - 1 : nibbles;
	unsigned separators = 0;
	for (size_t i = from; i < to; i++) {
		unsigned digit = nibble(value, i);
		if (digit > 9 && digit != 13)
			return false;
		separators += digit == 13;
	}
	if (!track)
		*strange += separators * 3;
	if (from == 1 && nibbles && nibble(value, 0) != 0 && nibble(value, to) != 0 && nibble(value, to) != 15)
		*strange += 3;
	return separators <= 2 || track;
}

static bool
sign_fits(uint8_t byte, bool ebcdic)
{
	return ebcdic ? byte == 0xC3 || byte == 0xC4 : byte == 'C' || byte == 'D';
}

static bool
hex_fits(struct cs_span value, bool ebcdic)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned byte = value.at[i];
		unsigned letter = ebcdic ? (byte | 0x40U) - 0xC1U : (byte | 0x20U) - 'a';
		if (byte - (ebcdic ? 0xF0U : '0') > 9 && letter > 5)
			return false;
	}
	return true;
}

static bool
binary_fits(const struct cs_field_spec *spec, struct cs_span value, unsigned *strange)
{
	if (spec->encoding == CS_ENC_HEX || spec->encoding == CS_ENC_EBCDIC_HEX)
		return hex_fits(value, spec->encoding == CS_ENC_EBCDIC_HEX);
	if (value.len >= TEXT_RUN_MIN && (hex_fits(value, false) || hex_fits(value, true)))
		*strange += 4;
	return true;
}

static bool
value_fits(const struct cs_field_spec *spec, struct cs_span value, unsigned units, unsigned *strange)
{
	bool ebcdic = spec->encoding == CS_ENC_EBCDIC;
	switch ((enum cs_class)spec->class) {
	case CS_ISO_AN:
		return text_fits(value, ebcdic, strange);
	case CS_ISO_B:
		return binary_fits(spec, value, strange);
	case CS_ISO_XN:
		if (value.len == 0 || !sign_fits(value.at[0], ebcdic))
			return false;
		value = (struct cs_span){value.at + 1, value.len - 1};
		if (spec->encoding == CS_ENC_BCD)
			return packed_fits(value, units - 1, false, strange);
		return digits_fit(value, ebcdic, false, strange);
	case CS_ISO_N:
	case CS_ISO_Z:
		break;
	}
	bool track = spec->class == CS_ISO_Z;
	if (spec->encoding == CS_ENC_BCD)
		return packed_fits(value, units, track, strange);
	return digits_fit(value, ebcdic, track, strange);
}

/* Reads a length prefix; false when it is no number. */
static bool
read_prefix(const struct cs_field_spec *spec, struct cs_span prefix, uint32_t *out)
{
	uint32_t value = 0;
	for (size_t i = 0; i < prefix.len; i++) {
		unsigned byte = prefix.at[i];
		unsigned zero = spec->len_encoding == CS_ENC_EBCDIC ? 0xF0 : '0';
		if (spec->len_encoding == CS_ENC_BIN)
			value = value << 8 | byte;
		else if (spec->len_encoding == CS_ENC_BCD && (byte >> 4 > 9 || (byte & 15) > 9))
			return false;
		else if (spec->len_encoding == CS_ENC_BCD)
			value = value * 100 + (byte >> 4) * 10 + (byte & 15);
		else if (byte - zero > 9)
			return false;
		else
			value = value * 10 + byte - zero;
	}
	*out = value;
	return true;
}

static size_t
bytes_of(const struct cs_field_spec *spec, uint32_t units)
{
	if (spec->class == CS_ISO_XN && spec->encoding == CS_ENC_BCD)
		return 1 + units / 2;
	if (spec->unit_digits)
		return ((size_t)units + 1) / 2;
	if (spec->class == CS_ISO_B && spec->encoding != CS_ENC_RAW)
		return (size_t)units * 2;
	return units;
}

bool
cs_guess_value(const struct cs_field_spec *spec, struct cs_span message, size_t pos, struct cs_span *value,
	       uint32_t *units)
{
	struct cs_cursor cursor = cs_cursor_over(message);
	uint32_t n = spec->max;
	cs_cursor_skip(&cursor, pos);
	if (spec->var) {
		struct cs_span prefix = cs_cursor_take(&cursor, spec->len_bytes);
		if (!read_prefix(spec, prefix, &n) || n > spec->max)
			return false;
	}
	struct cs_span bytes = cs_cursor_take(&cursor, bytes_of(spec, n));
	if (!cs_cursor_ok(&cursor))
		return false;
	*value = bytes;
	*units = n;
	return true;
}

size_t
cs_guess_read(const struct cs_field_spec *spec, struct cs_span message, size_t pos, unsigned *strange)
{
	struct cs_span value = {0};
	uint32_t units = 0;
	if (!cs_guess_value(spec, message, pos, &value, &units) || !value_fits(spec, value, units, strange))
		return 0;
	return (size_t)(value.at - message.at) + value.len;
}

unsigned
cs_guess_pad_strange(const struct cs_field_spec *spec, struct cs_span value, unsigned units)
{
	if (spec->encoding != CS_ENC_BCD || spec->class == CS_ISO_XN || units % 2 == 0 || value.len == 0)
		return 0;
	unsigned pad = spec->pad_right ? value.at[value.len - 1] & 15U : value.at[0] >> 4;
	return spec->pad_right ? pad != 0 && pad != 15 : pad != 0;
}

/* --- MTI and bitmaps --- */

/* One digit or hex digit of text; 16 when it is none. */
static unsigned
text_digit(uint8_t byte, bool ebcdic)
{
	unsigned zero = ebcdic ? 0xF0 : '0';
	unsigned letter = ebcdic ? (byte | 0x40U) - 0xC1U : (byte | 0x20U) - 'a';
	if (byte - zero <= 9)
		return byte - zero;
	return letter <= 5 ? letter + 10 : 16;
}

static bool
mti_fits(const struct cs_layout *layout, struct cs_span mti)
{
	unsigned digit[4];
	for (unsigned i = 0; i < 4; i++)
		digit[i] = layout->mti_encoding == CS_ENC_BCD
				   ? nibble(mti, i)
				   : text_digit(mti.at[i], layout->mti_encoding == CS_ENC_EBCDIC);
	return digit[0] <= 2 && digit[1] >= 1 && digit[1] <= 8 && digit[2] <= 9 && digit[3] <= 5;
}

static bool
read_bitmap(const struct cs_layout *layout, struct cs_cursor *cursor, uint64_t *out)
{
	uint64_t value = 0;
	bool binary = layout->bitmap_encoding == CS_ENC_BIN;
	struct cs_span bytes = cs_cursor_take(cursor, binary ? 8 : 16);
	if (!cs_cursor_ok(cursor))
		return false;
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned digit = text_digit(bytes.at[i], layout->bitmap_encoding == CS_ENC_EBCDIC_HEX);
		if (!binary && digit > 15)
			return false;
		value = binary ? value << 8 | bytes.at[i] : value << 4 | digit;
	}
	*out = value;
	return true;
}

bool
cs_layout_bits(const struct cs_layout *layout, struct cs_span message, uint64_t bitmap[3], size_t *end)
{
	struct cs_cursor cursor = cs_cursor_over(message);
	cs_cursor_skip(&cursor, layout->header_len);
	struct cs_span mti = cs_cursor_take(&cursor, layout->mti_encoding == CS_ENC_BCD ? 2 : 4);
	if (!cs_cursor_ok(&cursor) || !mti_fits(layout, mti))
		return false;
	uint64_t bits[3] = {0};
	for (unsigned i = 0; i < 3; i++) {
		if (!read_bitmap(layout, &cursor, &bits[i]))
			return false;
		bool more = bits[i] >> 63;
		if (layout->bitmap_len ? (i + 1) * 8U >= layout->bitmap_len : !more)
			break;
	}
	for (unsigned i = 0; i < 3; i++)
		bits[i] &= INT64_MAX;
	if ((bits[0] | bits[1] | bits[2]) == 0)
		return false;
	memcpy(bitmap, bits, sizeof bits);
	*end = cursor.pos;
	return true;
}

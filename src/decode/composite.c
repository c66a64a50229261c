/*
 * Values inside composite fields, found by path, and never further than the field's own bytes.
 *
 * A path is numbers and tags with dots: "55.9F26", "54.2", "48.61", "127.25.2". Each step narrows a piece (bytes and how
 * they are written) to one inside it; there are at most PATH_STEPS_MAX steps, so no recursion. What is malformed inside
 * a field is simply not found: the field itself decoded, and its bytes stay readable whole.
 *
 * spec: EMV 4.3 book 3 annex B1, B2 (BER-TLV tag and length); ISO 8583:1987 DE54; Visa, Mastercard and Postilion layouts
 * as described in docs/dialects.md
 */
#include "decode/composite.h"

#include "base/cursor.h"
#include "decode/ebcdic.h"
#include "decode/hex.h"
#include "decode/iso8583_plan.h"

enum {
	PATH_STEPS_MAX = 5,
	STEP_BYTES = 12,
	AMOUNTS_BLOCK_LEN = 20,
	DATASET_HEAD_LEN = 3,
	DATASET_ID = 0x01,
	BITMAP_BYTES_MAX = 8,
};

/* Some bytes of a message and how they are written. */
struct piece {
	struct cs_span bytes;
	const struct cs_field_spec *spec;
	uint32_t units;
	enum cs_composite inside;
};

/* The value of each hex digit plus one; 0: none. */
static const uint8_t hex_values[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static int
hex_digit(uint8_t c)
{
	return hex_values[c] - 1;
}

/* Hex text into bytes in place or elsewhere; an empty span when it is none or does not fit. */
static struct cs_span
unhex(struct cs_span text, uint8_t *out, size_t cap)
{
	if (text.len % 2 || text.len / 2 > cap)
		return (struct cs_span){out, 0};
	size_t done = 0;
	for (; done + 8 <= text.len / 2; done += 8)
		if (!cs_hex_16(text.at + 2 * done, out + done))
			return (struct cs_span){out, 0};
	for (size_t i = done; i < text.len / 2; i++) {
		int high = hex_digit(text.at[2 * i]);
		int low = hex_digit(text.at[2 * i + 1]);
		if (high < 0 || low < 0)
			return (struct cs_span){out, 0};
		out[i] = (uint8_t)(high << 4 | low);
	}
	return (struct cs_span){out, text.len / 2};
}

/* Visa puts a dataset around the objects: id 01, then two bytes of length that end with the field. */
static struct cs_span
without_dataset(struct cs_span bytes)
{
	if (bytes.len < DATASET_HEAD_LEN || bytes.at[0] != DATASET_ID)
		return bytes;
	size_t len = (size_t)bytes.at[1] << 8 | bytes.at[2];
	if (len != bytes.len - DATASET_HEAD_LEN)
		return bytes;
	return (struct cs_span){bytes.at + DATASET_HEAD_LEN, len};
}

static struct cs_span
tlv_of(const struct cs_dialect *dialect, struct piece piece, uint8_t *scratch, size_t cap)
{
	bool ebcdic = piece.spec->encoding == CS_ENC_EBCDIC || piece.spec->encoding == CS_ENC_EBCDIC_HEX;
	struct cs_span text = piece.bytes;
	if (ebcdic) {
		if (text.len > cap)
			return (struct cs_span){scratch, 0};
		const uint8_t *table = cs_ebcdic_to_latin1((enum cs_codepage)dialect->codepage);
		for (size_t i = 0; i < text.len; i++)
			scratch[i] = table[text.at[i]];
		text = (struct cs_span){scratch, text.len};
	}
	struct cs_span bytes = piece.spec->encoding == CS_ENC_RAW ? piece.bytes : unhex(text, scratch, cap);
	return without_dataset(bytes.len ? bytes : piece.bytes);
}

struct cs_span
cs_composite_tlv(const struct cs_iso *iso, unsigned field, uint8_t *scratch, size_t cap)
{
	struct piece piece = {cs_iso_raw(iso, field), &iso->dialect->field[field], 0, CS_COMPOSITE_TLV};
	return tlv_of(iso->dialect, piece, scratch, cap);
}

/* A tag: its first byte, and more while the low five bits (then the top bit) say so; at most four bytes. */
static uint32_t
read_tag(struct cs_cursor *c)
{
	enum { MORE_FOLLOW = 0x1F, MORE = 0x80, TAG_BYTES_MAX = 4 };
	uint32_t tag = cs_cursor_u8(c);
	if ((tag & MORE_FOLLOW) != MORE_FOLLOW)
		return tag;
	for (unsigned i = 1; i < TAG_BYTES_MAX; i++) {
		uint8_t byte = cs_cursor_u8(c);
		tag = tag << 8 | byte;
		if (!(byte & MORE))
			return tag;
	}
	c->failed = true;
	return 0;
}

static size_t
read_tlv_length(struct cs_cursor *c)
{
	enum { LONG_FORM = 0x80, LENGTH_BYTES_MAX = 3 };
	uint8_t first = cs_cursor_u8(c);
	if (first < LONG_FORM)
		return first;
	unsigned n = first & 0x7Fu;
	if (n == 0 || n > LENGTH_BYTES_MAX)
		c->failed = true;
	size_t len = 0;
	for (unsigned i = 0; i < n && cs_cursor_ok(c); i++)
		len = len << 8 | cs_cursor_u8(c);
	return len;
}

unsigned
cs_composite_has_tags(struct cs_span run, const uint32_t tags[2])
{
	struct cs_cursor c = cs_cursor_over(run);
	unsigned seen = 0;
	while (seen != 3 && cs_cursor_left(&c)) {
		uint32_t found = read_tag(&c);
		if (found == 0 && cs_cursor_ok(&c))
			continue;
		cs_cursor_skip(&c, read_tlv_length(&c));
		if (!cs_cursor_ok(&c))
			break;
		seen |= (unsigned)(found == tags[0]) | (unsigned)(found == tags[1]) << 1;
	}
	return seen;
}

bool
cs_composite_find_tag(struct cs_span run, uint32_t tag, struct cs_span *value)
{
	struct cs_cursor c = cs_cursor_over(run);
	while (cs_cursor_left(&c)) {
		uint32_t found = read_tag(&c);
		if (found == 0 && cs_cursor_ok(&c))
			continue; /* padding between objects, EMV book 3 annex B */
		struct cs_span inside = cs_cursor_take(&c, read_tlv_length(&c));
		if (!cs_cursor_ok(&c))
			return false;
		if (found == tag) {
			*value = inside;
			return true;
		}
	}
	return false;
}

static bool
step_number(const char *step, unsigned base, uint32_t *out)
{
	uint32_t value = 0;
	for (const char *c = step; *c; c++) {
		int digit = hex_digit((uint8_t)*c);
		if (digit < 0 || (unsigned)digit >= base)
			return false;
		value = value * base + (uint32_t)digit;
	}
	*out = value;
	return *step != '\0';
}

static const struct cs_field_spec raw_spec = {
	.known = true, .class = CS_ISO_B, .encoding = CS_ENC_RAW, .max = UINT16_MAX};

static bool
into_tlv(const struct cs_dialect *dialect, struct piece *piece, const char *step, struct cs_span scratch)
{
	uint32_t tag;
	struct cs_span value;
	struct cs_span run = tlv_of(dialect, *piece, (uint8_t *)(uintptr_t)scratch.at, scratch.len);
	if (!step_number(step, 16, &tag) || !cs_composite_find_tag(run, tag, &value))
		return false;
	*piece = (struct piece){value, &raw_spec, (uint32_t)value.len, CS_COMPOSITE_TLV}; /* templates hold others */
	return true;
}

static bool
into_amounts(struct piece *piece, const char *step)
{
	uint32_t number;
	if (!step_number(step, 10, &number) || number == 0)
		return false;
	size_t from = (size_t)(number - 1) * AMOUNTS_BLOCK_LEN;
	if (from + AMOUNTS_BLOCK_LEN > piece->bytes.len)
		return false;
	piece->bytes = (struct cs_span){piece->bytes.at + from, AMOUNTS_BLOCK_LEN};
	piece->units = AMOUNTS_BLOCK_LEN;
	return true;
}

/* A decimal number written in the field's own characters. */
static bool
read_digits(const struct piece *piece, struct cs_cursor *c, size_t n, uint32_t *out)
{
	uint8_t zero = piece->spec->encoding == CS_ENC_EBCDIC ? 0xF0 : '0';
	struct cs_span digits = cs_cursor_take(c, n);
	uint32_t value = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.at[i] < zero || digits.at[i] > zero + 9)
			return false;
		value = value * 10 + (uint32_t)(digits.at[i] - zero);
	}
	*out = value;
	return cs_cursor_ok(c);
}

/* Objects of decimal tag, decimal length and value: Mastercard elements (2, 2, behind one letter) and PDS (4, 3). */
static bool
into_decimal(struct piece *piece, const char *step)
{
	bool se = piece->inside == CS_COMPOSITE_SE;
	struct cs_cursor c = cs_cursor_over(piece->bytes);
	uint32_t wanted, tag, len;
	if (!step_number(step, 10, &wanted))
		return false;
	if (se)
		cs_cursor_skip(&c, 1);
	while (cs_cursor_left(&c)) {
		if (!read_digits(piece, &c, se ? 2 : 4, &tag) || !read_digits(piece, &c, se ? 2 : 3, &len))
			return false;
		struct cs_span value = cs_cursor_take(&c, len);
		if (!cs_cursor_ok(&c))
			return false;
		if (tag == wanted) {
			piece->bytes = value;
			piece->units = len;
			return true;
		}
	}
	return false;
}

/* The next subfield as its spec says. */
static bool
take_subfield(const struct cs_field_spec *spec, struct cs_cursor *c, struct piece *out)
{
	uint64_t units = spec->max;
	if (!spec->known)
		return false;
	if (spec->var)
		units = cs_iso_prefix_number(cs_cursor_take(c, spec->len_bytes), spec->len_encoding);
	if (!cs_cursor_ok(c) || units > cs_iso_limit(spec))
		return false;
	uint32_t bytes = cs_iso_width_bytes((uint8_t)cs_iso_width_of(spec), (uint32_t)units);
	*out = (struct piece){cs_cursor_take(c, bytes), spec, (uint32_t)units, (enum cs_composite)spec->composite};
	return cs_cursor_ok(c);
}

/* The bitmap that leads a field, as raw bytes or as hex text; bit 1 is the top bit of the result. */
static bool
read_bitmap(const struct piece *piece, struct cs_cursor *c, uint64_t *out)
{
	uint8_t bytes[BITMAP_BYTES_MAX];
	size_t n = piece->spec->bitmap_bytes;
	if (n == 0 || n > sizeof bytes)
		return false;
	bool hex = piece->spec->encoding == CS_ENC_ASCII || piece->spec->encoding == CS_ENC_HEX;
	struct cs_span raw = cs_cursor_take(c, hex ? n * 2 : n);
	if (hex)
		raw = unhex(raw, bytes, sizeof bytes);
	if (!cs_cursor_ok(c) || raw.len != n)
		return false;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		*out |= (uint64_t)raw.at[i] << (56 - 8 * i);
	return true;
}

static bool
into_subfields(struct piece *piece, const char *step)
{
	const struct cs_subfields *sub = piece->spec->sub;
	struct cs_cursor c = cs_cursor_over(piece->bytes);
	uint64_t bitmap = UINT64_MAX;
	uint32_t wanted;
	if (!sub || !step_number(step, 10, &wanted))
		return false;
	bool bitmapped = piece->inside == CS_COMPOSITE_BITMAP;
	if (bitmapped && !read_bitmap(piece, &c, &bitmap))
		return false;
	for (uint32_t i = bitmapped ? 1 : 0; i < sub->n && i <= wanted && i <= 64; i++) {
		bool present = bitmapped ? bitmap >> (64 - i) & 1 : sub->field[i].known;
		struct piece inside;
		if (!present)
			continue;
		if (!take_subfield(&sub->field[i], &c, &inside))
			return false;
		if (i == wanted) {
			*piece = inside;
			return true;
		}
	}
	return false;
}

static bool
into(const struct cs_dialect *dialect, struct piece *piece, const char *step, struct cs_span scratch)
{
	switch (piece->inside) {
	case CS_COMPOSITE_TLV:
		return into_tlv(dialect, piece, step, scratch);
	case CS_COMPOSITE_AMOUNTS:
		return into_amounts(piece, step);
	case CS_COMPOSITE_SE:
	case CS_COMPOSITE_PDS:
		return into_decimal(piece, step);
	case CS_COMPOSITE_BITMAP:
	case CS_COMPOSITE_FIXED:
		return into_subfields(piece, step);
	case CS_COMPOSITE_NONE:
		break;
	}
	return false;
}

/* Copy the next step of PATH; the rest of the path, or NULL when there is no step or it is too long. */
static const char *
next_step(const char *path, char step[STEP_BYTES])
{
	size_t n = strcspn(path, ".");
	if (n == 0 || n >= STEP_BYTES)
		return NULL;
	memcpy(step, path, n);
	step[n] = '\0';
	return path + n + (path[n] == '.');
}

/* DE54 and DE55 are what they are, whether a dialect says so or not. */
static enum cs_composite
composite_of(const struct cs_iso *iso, unsigned field)
{
	enum cs_composite said = (enum cs_composite)iso->dialect->field[field].composite;
	if (said != CS_COMPOSITE_NONE)
		return said;
	return field == 54 ? CS_COMPOSITE_AMOUNTS : field == 55 ? CS_COMPOSITE_TLV : CS_COMPOSITE_NONE;
}

/* Follow the rest of PATH from PIECE on; what TLV had to be translated for it lies in SCRATCH. */
static bool
follow(const struct cs_dialect *dialect, struct piece *piece, const char *path, struct cs_span scratch)
{
	char step[STEP_BYTES];
	for (unsigned i = 0; *path; i++) {
		path = i < PATH_STEPS_MAX ? next_step(path, step) : NULL;
		if (!path || !into(dialect, piece, step, scratch))
			return false;
	}
	return true;
}

size_t
cs_iso_path(const struct cs_iso *iso, const char *path, char *out, size_t cap, bool *found)
{
	uint8_t scratch[2048];
	char step[STEP_BYTES];
	uint32_t field;
	*found = false;
	path = next_step(path, step);
	if (!path || !step_number(step, 10, &field) || field < 2 || field > CS_DIALECT_FIELD_MAX ||
	    !cs_iso_has(iso, field))
		return 0;
	struct piece piece = {cs_iso_raw(iso, field), &iso->dialect->field[field], cs_iso_find(iso, field)->units,
			      composite_of(iso, field)};
	*found = follow(iso->dialect, &piece, path, (struct cs_span){scratch, sizeof scratch});
	struct cs_iso_wire wire = {piece.bytes, piece.units};
	size_t len = *found ? cs_iso_spec_value(piece.spec, iso->dialect->codepage, wire, out, cap) : 0;
	/* Chip data may hold the card number and track 2; the field itself needs no scratch. */
	if (*path)
		explicit_bzero(scratch, sizeof scratch);
	return len;
}

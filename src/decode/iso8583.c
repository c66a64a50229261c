/*
 * One message: head (header, MTI, bitmaps), then the fields by a plan, or by the plain walk when the plan declines.
 *
 * The plain walk is the meaning of a dialect; plans (iso8583_plan.c) only repeat its acceptances faster. Every byte
 * is accounted for, every proper prefix refused, and a fault says field, byte and reason. Values are
 * iso8583_value.c's, composites composite.c's.
 * spec: ISO 8583-1:1987 4.2 (MTI), 4.3 (bitmaps), 4.4 (data elements); 1993 and 2003 with the third bitmap.
 */
#include "decode/iso8583.h"

#include "base/cursor.h"
#include "base/hex.h"
#include "decode/ebcdic.h"
#include "decode/hex.h"
#include "decode/iso8583_plan.h"

enum { BITMAP_BYTES = 8, BITMAP_MAX = 3, HEX_BYTES = 2 * BITMAP_BYTES };

/* The plain walk through one message. */
struct walk {
	struct cs_cursor in;
	const struct cs_dialect *dialect;
	struct cs_iso *out;
	struct cs_iso_fault *fault;
};

static enum cs_iso_reason
refuse(const struct walk *walk, struct cs_iso_fault fault)
{
	*walk->fault = fault;
	return fault.reason;
}

static enum cs_iso_reason
truncated(const struct walk *walk, int field, size_t wanted)
{
	return refuse(walk, (struct cs_iso_fault){CS_ISO_TRUNCATED, field, (uint32_t)walk->in.pos, (uint32_t)wanted,
						  (uint32_t)(walk->in.len - walk->in.pos)});
}

/* --- head --- */

/* Whether the four characters at AT are digits whose high half is ZERO's: 0x30 or 0xF0. */
static inline bool
four_digits(const uint8_t *at, uint32_t zero)
{
	uint32_t characters;
	memcpy(&characters, at, sizeof characters);
	uint32_t over_nine = (characters & 0x0F0F0F0F) + 0x06060606;
	return ((characters & 0xF0F0F0F0) ^ zero * 0x01010101) == 0 && (over_nine & 0xF0F0F0F0) == 0;
}

static inline enum cs_iso_reason
read_mti(struct walk *walk)
{
	const struct cs_dialect *dialect = walk->dialect;
	size_t start = dialect->header_len, wanted = dialect->mti_encoding == CS_ENC_BCD ? 2 : 4;
	if (walk->in.len < start + wanted)
		return truncated(walk, 0, start + wanted);
	walk->in.pos = start + wanted;
	const uint8_t *mti = walk->in.at + start;
	uint8_t digits[4];
	if (dialect->mti_encoding == CS_ENC_BCD) {
		for (unsigned i = 0; i < 4; i++)
			digits[i] = (uint8_t)(i % 2 ? mti[i / 2] & 15 : mti[i / 2] >> 4) | 0x30;
	} else {
		memcpy(digits, mti, sizeof digits);
	}
	if (!four_digits(digits, dialect->mti_encoding == CS_ENC_EBCDIC ? 0xF0 : 0x30))
		return refuse(walk, (struct cs_iso_fault){CS_ISO_MTI, 0, (uint32_t)start, 0, 0});
	for (unsigned i = 0; i < 4; i++)
		walk->out->mti[i] = (char)(0x30 | (digits[i] & 15));
	return CS_ISO_OK;
}

/* Reads bitmap IDX into *OUT. */
static enum cs_iso_reason
read_bitmap(struct walk *walk, uint64_t *out)
{
	uint8_t encoding = walk->dialect->bitmap_encoding;
	size_t wanted = encoding == CS_ENC_BIN ? BITMAP_BYTES : HEX_BYTES;
	if (cs_cursor_left(&walk->in) < wanted)
		return truncated(walk, 1, wanted);
	uint32_t start = (uint32_t)walk->in.pos;
	struct cs_span raw = cs_cursor_take(&walk->in, wanted);
	uint64_t bits;
	if (encoding == CS_ENC_BIN) {
		memcpy(&bits, raw.at, sizeof bits);
		*out = __builtin_bswap64(bits);
		return CS_ISO_OK;
	}
	uint8_t text[HEX_BYTES], bytes[BITMAP_BYTES];
	const uint8_t *latin1 = cs_ebcdic_to_latin1(CS_CP037);
	for (uint32_t i = 0; encoding != CS_ENC_HEX && i < HEX_BYTES; i++)
		text[i] = latin1[raw.at[i]];
	const uint8_t *hex = encoding == CS_ENC_HEX ? raw.at : text;
	if (!cs_hex_16(hex, bytes)) {
		uint32_t i = 0;
		while (cs_hex_digit(hex[i]) >= 0)
			i++;
		return refuse(walk, (struct cs_iso_fault){CS_ISO_BITMAP, 1, start + i, 0, 0});
	}
	memcpy(&bits, bytes, sizeof bits);
	*out = __builtin_bswap64(bits);
	return CS_ISO_OK;
}

/* Reads the one to three bitmaps and leaves only data fields in them. */
static enum cs_iso_reason
read_bitmaps(struct walk *walk)
{
	const uint64_t top = UINT64_C(1) << 63;
	const struct cs_dialect *dialect = walk->dialect;
	struct cs_iso *out = walk->out;
	unsigned most = dialect->no_third ? 2 : BITMAP_MAX;
	bool more = true;
	out->bitmap[0] = out->bitmap[1] = out->bitmap[2] = 0;
	if (dialect->bitmap_len)
		most = dialect->bitmap_len / BITMAP_BYTES;
	unsigned n = 0;
	while (n < most && more) {
		uint64_t bits = 0;
		enum cs_iso_reason reason = read_bitmap(walk, &bits);
		if (reason != CS_ISO_OK)
			return reason;
		more = dialect->bitmap_len || bits & top;
		/* the top bit announces the next bitmap; of the second it is a field where there is no third */
		bool field_65 = n == 1 && dialect->no_third && !dialect->bitmap_len;
		out->bitmap[n++] = field_65 ? bits : bits & ~top;
	}
	out->bitmap_n = (uint8_t)n;
	return CS_ISO_OK;
}

static enum cs_iso_reason
read_head(struct walk *walk)
{
	walk->out->field_n = 0;
	walk->out->bitmap_n = 0;
	walk->out->bitmap[0] = walk->out->bitmap[1] = walk->out->bitmap[2] = 0;
	enum cs_iso_reason reason = read_mti(walk);
	if (reason != CS_ISO_OK)
		return reason;
	reason = read_bitmaps(walk);
	if (reason != CS_ISO_OK)
		walk->out->bitmap[0] = walk->out->bitmap[1] = walk->out->bitmap[2] = 0;
	return reason;
}

/* --- the plain walk --- */

uint64_t
cs_iso_prefix_number(struct cs_span raw, uint8_t encoding)
{
	const uint8_t *latin1 = cs_ebcdic_to_latin1(CS_CP037);
	uint64_t n = 0;
	for (size_t i = 0; i < raw.len; i++) {
		uint8_t c = encoding == CS_ENC_EBCDIC ? latin1[raw.at[i]] : raw.at[i];
		if (encoding == CS_ENC_BIN) {
			n = n << 8 | c;
		} else if (encoding == CS_ENC_BCD) {
			if (c >> 4 > 9 || (c & 15) > 9)
				return UINT64_MAX;
			n = n * 100 + (c >> 4) * 10u + (c & 15u);
		} else if (encoding == CS_ENC_HEX) {
			if (cs_hex_digit(c) < 0)
				return UINT64_MAX;
			n = n << 4 | (unsigned)cs_hex_digit(c);
		} else {
			if (c < '0' || c > '9')
				return UINT64_MAX;
			n = n * 10 + (c - '0');
		}
	}
	return n;
}

/* Reads the length prefix of FIELD into *UNITS, adjusted and within the dialect's limit. */
static enum cs_iso_reason
read_units(struct walk *walk, int field, uint32_t *units)
{
	const struct cs_field_spec *spec = &walk->dialect->field[field];
	uint32_t limit = cs_iso_limit(spec), start = (uint32_t)walk->in.pos;
	uint64_t n = spec->max;
	if (spec->var) {
		if (cs_cursor_left(&walk->in) < spec->len_bytes)
			return truncated(walk, field, spec->len_bytes);
		n = cs_iso_prefix_number(cs_cursor_take(&walk->in, spec->len_bytes), spec->len_encoding);
		bool below = spec->len_adjust < 0 && n < (uint64_t)-spec->len_adjust;
		if (n == UINT64_MAX || below)
			return refuse(walk, (struct cs_iso_fault){CS_ISO_LENGTH_PREFIX, field, start, 0, 0});
		if (n <= UINT32_MAX) /* longer is over the limit anyway */
			n += (uint64_t)(int64_t)spec->len_adjust;
	}
	if (n > limit)
		return refuse(walk, (struct cs_iso_fault){CS_ISO_LENGTH_OVER, field, start,
							  n > UINT32_MAX ? UINT32_MAX : (uint32_t)n, limit});
	*units = (uint32_t)n;
	return CS_ISO_OK;
}

/* The first byte of a value that is no digit (nor the separator '='), or its length. */
static size_t
first_not_numeric(const struct cs_dialect *dialect, const struct cs_field_spec *spec, struct cs_span value,
		  uint32_t units)
{
	const uint8_t *latin1 = cs_ebcdic_to_latin1((enum cs_codepage)dialect->codepage);
	bool ebcdic = spec->encoding == CS_ENC_EBCDIC || spec->encoding == CS_ENC_EBCDIC_HEX;
	if (spec->encoding == CS_ENC_BCD) {
		struct cs_iso_nibbles nibbles = cs_iso_nibbles(spec, (uint32_t)value.len, units);
		for (uint32_t i = nibbles.first; i < nibbles.end; i++) {
			uint8_t nibble = i & 1 ? value.at[i / 2] & 15 : value.at[i / 2] >> 4;
			if (nibble > 9 && nibble != 0xD)
				return i / 2;
		}
		return value.len;
	}
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = ebcdic ? latin1[value.at[i]] : value.at[i];
		if ((c < '0' || c > '9') && c != '=')
			return i;
	}
	return value.len;
}

static enum cs_iso_reason
read_field(struct walk *walk, uint16_t field)
{
	const struct cs_field_spec *spec = &walk->dialect->field[field];
	uint32_t units = 0;
	if (!spec->known)
		return refuse(walk, (struct cs_iso_fault){CS_ISO_NO_FORMAT, field, (uint32_t)walk->in.pos, 0, 0});
	enum cs_iso_reason reason = read_units(walk, field, &units);
	if (reason != CS_ISO_OK)
		return reason;
	uint32_t bytes = cs_iso_width_bytes((uint8_t)cs_iso_width_of(spec), units);
	if (cs_cursor_left(&walk->in) < bytes)
		return truncated(walk, field, bytes);
	uint32_t start = (uint32_t)walk->in.pos;
	struct cs_span value = cs_cursor_take(&walk->in, bytes);
	if (spec->class == CS_ISO_N && !spec->lax && spec->encoding != CS_ENC_RAW) {
		size_t at = first_not_numeric(walk->dialect, spec, value, units);
		if (at < value.len)
			return refuse(walk,
				      (struct cs_iso_fault){CS_ISO_NOT_NUMERIC, field, start + (uint32_t)at, 0, 0});
	}
	walk->out->slot[walk->out->field_n++] = (struct cs_iso_slot){start, bytes, units, field};
	return CS_ISO_OK;
}

/* Takes FIELD and everything after it out of the bitmaps: what a fault left undecoded. */
static void
forget_from(struct cs_iso *out, unsigned field)
{
	for (unsigned word = 0; word < BITMAP_MAX; word++) {
		unsigned first = word * 64 + 1;
		if (field <= first)
			out->bitmap[word] = 0;
		else if (field - first < 64)
			out->bitmap[word] &= ~(UINT64_MAX >> (field - first));
	}
}

static enum cs_iso_reason
read_fields(struct walk *walk)
{
	for (unsigned word = 0; word < BITMAP_MAX; word++) {
		uint64_t left = walk->out->bitmap[word];
		while (left) {
			unsigned bit = (unsigned)__builtin_clzll(left);
			uint16_t field = (uint16_t)(word * 64 + bit + 1);
			enum cs_iso_reason reason = read_field(walk, field);
			if (reason != CS_ISO_OK) {
				forget_from(walk->out, field);
				return reason;
			}
			left &= ~(UINT64_C(1) << (63 - bit));
		}
	}
	return CS_ISO_OK;
}

/* --- the front --- */

static enum cs_iso_reason
finish(struct walk *walk, uint32_t pos)
{
	uint32_t len = (uint32_t)walk->in.len;
	if (pos == len || walk->dialect->trailing_ok)
		return CS_ISO_OK;
	return refuse(walk, (struct cs_iso_fault){CS_ISO_TRAILING, -1, pos, 0, len - pos});
}

enum cs_iso_reason
cs_iso_decode(struct cs_iso_plans *plans, struct cs_span message, struct cs_iso *out, struct cs_iso_fault *fault)
{
	struct walk walk = {cs_cursor_over(message), plans->dialect, out, fault};
	out->at = message.at;
	out->len = (uint32_t)message.len;
	out->header_len = plans->dialect->header_len;
	out->dialect = plans->dialect;
	out->field_n = 0;
	if (message.len > CS_ISO_MESSAGE_MAX) {
		out->bitmap[0] = out->bitmap[1] = out->bitmap[2] = 0;
		return refuse(&walk, (struct cs_iso_fault){CS_ISO_TOO_LONG, -1, CS_ISO_MESSAGE_MAX, 0, 0});
	}
	enum cs_iso_reason reason = read_head(&walk);
	if (reason != CS_ISO_OK)
		return reason;
	const struct cs_iso_plan *plan = cs_iso_plan_for(plans, out->bitmap);
	uint32_t pos = plan->declines ? 0 : cs_iso_plan_follow(plan, message, (uint32_t)walk.in.pos, out);
	if (pos) {
		out->field_n = plan->field_n;
		return finish(&walk, pos);
	}
	reason = read_fields(&walk);
	return reason == CS_ISO_OK ? finish(&walk, (uint32_t)walk.in.pos) : reason;
}

const char *
cs_iso_reason_text(enum cs_iso_reason reason)
{
	static const char *const texts[CS_ISO_REASON_N] = {
		[CS_ISO_OK] = "no fault",
		[CS_ISO_TRUNCATED] = "the message ends too early",
		[CS_ISO_MTI] = "the MTI is not four digits",
		[CS_ISO_BITMAP] = "the bitmap is not hex text",
		[CS_ISO_LENGTH_PREFIX] = "the length prefix is not a length",
		[CS_ISO_LENGTH_OVER] = "longer than the dialect allows",
		[CS_ISO_NOT_NUMERIC] = "a numeric field holds something else",
		[CS_ISO_NO_FORMAT] = "the dialect has no format for this field",
		[CS_ISO_TRAILING] = "bytes are left over",
		[CS_ISO_TOO_LONG] = "longer than 1048575 bytes",
	};
	return texts[reason];
}

void
cs_iso_put_fault(struct cs_text *text, const struct cs_iso_fault *fault)
{
	if (fault->field == 0) {
		cs_text_put(text, "MTI");
	} else if (fault->field == 1) {
		cs_text_put(text, "bitmap");
	} else if (fault->field > 1) {
		cs_text_put(text, "field ");
		cs_text_put_i64(text, fault->field);
	} else {
		cs_text_put(text, "message");
	}
	cs_text_put(text, " at byte ");
	cs_text_put_u64(text, fault->offset);
	cs_text_put(text, ": ");
	if (fault->reason == CS_ISO_TRUNCATED) {
		cs_text_put(text, "needs ");
		cs_text_put_counted(text, fault->wanted, "byte, ", "bytes, ");
		cs_text_put_counted(text, fault->found, "is left", "are left");
	} else if (fault->reason == CS_ISO_LENGTH_OVER) {
		cs_text_put(text, "length ");
		cs_text_put_u64(text, fault->wanted);
		cs_text_put(text, ", at most ");
		cs_text_put_u64(text, fault->found);
		cs_text_put(text, " allowed");
	} else if (fault->reason == CS_ISO_TRAILING) {
		cs_text_put_counted(text, fault->found, "byte is left over", "bytes are left over");
	} else {
		cs_text_put(text, cs_iso_reason_text(fault->reason));
	}
}

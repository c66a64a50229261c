/*
 * ISO 8583: bytes to fields, strictly. Every byte is accounted for, every proper prefix is refused.
 *
 * The view keeps offsets and lengths into the caller's bytes; values stay wire bytes until asked for.
 * Spec: ISO 8583-1:1987 4 (MTI, bitmaps, data elements), 1993 and 2003 with third bitmap.
 */
#ifndef CS_DECODE_ISO8583_H
#define CS_DECODE_ISO8583_H

#include "base/text.h"
#include "decode/dialect.h"

enum { CS_ISO_MESSAGE_MAX = (1 << 20) - 1 }; /* bytes */

enum cs_iso_reason {
	CS_ISO_OK,
	CS_ISO_TRUNCATED,     /* needs more bytes than there are */
	CS_ISO_MTI,           /* the MTI is not four digits */
	CS_ISO_BITMAP,        /* a bitmap is not hex */
	CS_ISO_LENGTH_PREFIX, /* a length prefix is not a number */
	CS_ISO_LENGTH_OVER,   /* longer than the dialect allows */
	CS_ISO_NOT_NUMERIC,   /* a numeric field has something else */
	CS_ISO_NO_FORMAT,     /* the dialect has no format for this field */
	CS_ISO_TRAILING,      /* bytes are left over */
	CS_ISO_TOO_LONG,      /* the message is longer than CS_ISO_MESSAGE_MAX */
	CS_ISO_REASON_N
};

struct cs_iso_fault {
	enum cs_iso_reason reason;
	int field;       /* 0 MTI, 1 bitmap, 2-192; -1 the message as a whole */
	uint32_t offset; /* byte of the message where it went wrong */
	uint32_t wanted; /* bytes needed, or the length read; 0 when it does not apply */
	uint32_t found;  /* bytes there, or the length allowed */
};

/* Where one field's value lies. */
struct cs_iso_slot {
	uint32_t offset; /* of the value, behind its length prefix, from the start of the message */
	uint32_t length; /* in bytes on the wire */
	uint32_t units;  /* in units: digits of BCD, else bytes */
	uint32_t field;
};

/* One message, seen through a dialect. Valid as long as its bytes and its dialect. About 3 KiB, of which
 * decoding writes the head and field_n slots only. */
struct cs_iso {
	const uint8_t *at;
	uint32_t len;
	uint32_t header_len;
	const struct cs_dialect *dialect;
	char mti[4];                                   /* digits, translated */
	uint8_t bitmap_n;                              /* bitmaps on the wire, 1-3 */
	uint16_t field_n;                              /* fields decoded; after a fault those before it */
	uint64_t bitmap[3];                            /* the fields decoded; field 1 is the top bit of [0] */
	struct cs_iso_slot slot[CS_DIALECT_FIELD_MAX]; /* in ascending order of fields */
};

struct cs_iso_plans; /* layouts cached per bitmap, for one dialect; process lifetime */

/* cs_iso_plans_new makes an empty cache for DIALECT of at most CAP layouts; NULL without memory. */
struct cs_iso_plans *cs_iso_plans_new(const struct cs_dialect *dialect, unsigned cap);

/* cs_iso_plans_bytes is what cs_iso_plans_new takes for CAP layouts. */
size_t cs_iso_plans_bytes(unsigned cap);

/* cs_iso_plans_free gives it back; takes NULL. */
void cs_iso_plans_free(struct cs_iso_plans *plans);

/* cs_iso_plans_dialect lends the dialect the plans are for. */
const struct cs_dialect *cs_iso_plans_dialect(const struct cs_iso_plans *plans);

/* cs_iso_decode decodes one message of at most CS_ISO_MESSAGE_MAX bytes. On a fault the fields before it stay readable
 * and FAULT tells field, offset and reason. PLANS is a cache only: the result does not depend on it. */
CS_MUST_USE enum cs_iso_reason cs_iso_decode(struct cs_iso_plans *plans, struct cs_span message, struct cs_iso *out,
					     struct cs_iso_fault *fault);

/* cs_iso_has says whether FIELD (2-192) was decoded. */
static inline bool
cs_iso_has(const struct cs_iso *iso, unsigned field)
{
	return iso->bitmap[(field - 1) / 64] >> (63 - (field - 1) % 64) & 1;
}

/* cs_iso_find lends the slot of FIELD (2-192), or NULL when it was not decoded. */
const struct cs_iso_slot *cs_iso_find(const struct cs_iso *iso, unsigned field);

/* cs_iso_raw lends the value's bytes as on the wire; empty when absent. */
struct cs_span cs_iso_raw(const struct cs_iso *iso, unsigned field);

/* cs_iso_value translates a value into ISO 8859-1 text at OUT (CAP bytes), as data/iso8583/README.md has
 * it: text as characters, binary as upper-case hex, BCD as digits without the pad, nibble D as '='.
 * Returns its length, or CAP + 1 when it does not fit. */
size_t cs_iso_value(const struct cs_iso *iso, unsigned field, char *out, size_t cap);

/* cs_iso_path translates the value at a path such as "55.9F26", "54.1", "127.25.2" or "48.61" into OUT.
 * Returns its length; CAP + 1 when it does not fit, and sets *FOUND to false when there is none. */
size_t cs_iso_path(const struct cs_iso *iso, const char *path, char *out, size_t cap, bool *found);

/* cs_iso_u64 reads a numeric field of at most 18 digits; false when absent or not digits. */
bool cs_iso_u64(const struct cs_iso *iso, unsigned field, uint64_t *out);

/* cs_iso_reason_text tells a reason in words; static. */
const char *cs_iso_reason_text(enum cs_iso_reason reason);

/* cs_iso_put_fault writes "field 35 at byte 112: needs 37 bytes, 12 are left". */
void cs_iso_put_fault(struct cs_text *text, const struct cs_iso_fault *fault);

#endif

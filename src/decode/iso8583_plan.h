/*
 * The layout of messages with one bitmap, worked out once: the fast way through cs_iso_decode.
 *
 * Private to this folder. A plan only ever accepts what the plain walk of iso8583.c accepts; in doubt it declines,
 * and the plain walk decides and words the fault.
 */
#ifndef CS_DECODE_ISO8583_PLAN_H
#define CS_DECODE_ISO8583_PLAN_H

#include "decode/iso8583.h"

enum { CS_ISO_STEP_MAX = CS_DIALECT_FIELD_MAX + 1 };

/* How the characters of a numeric value are written, as far as the fast check knows them. */
enum cs_iso_digits {
	CS_ISO_DIGITS_NONE,
	CS_ISO_DIGITS_ASCII,
	CS_ISO_DIGITS_EBCDIC,
	CS_ISO_DIGITS_BCD,
	CS_ISO_DIGITS_OTHER
};

/* How the length in units becomes bytes on the wire. */
enum cs_iso_width { CS_ISO_WIDTH_BYTES, CS_ISO_WIDTH_HALF, CS_ISO_WIDTH_DOUBLE, CS_ISO_WIDTH_SIGNED };

/* Bytes of a run that must be digits. */
struct cs_iso_range {
	uint32_t at; /* from the start of the run */
	uint32_t len;
	uint32_t digits; /* enum cs_iso_digits */
};

/* A run of fixed fields, then perhaps one field with a length prefix. */
struct cs_iso_step {
	uint32_t run_bytes;
	uint16_t slot_idx;
	uint16_t slot_n;
	uint16_t range_idx;
	uint16_t range_n;
	uint16_t field; /* with a length prefix; 0: none, the plan ends here or goes on with a run */
	uint8_t len_encoding;
	uint8_t len_bytes;
	uint8_t len_zero; /* the digit 0 of a prefix in characters; 0: another encoding */
	uint8_t width;    /* enum cs_iso_width */
	uint8_t digits;   /* enum cs_iso_digits */
	bool pad_right;
	int16_t adjust;
	uint32_t limit; /* most units */
};

struct cs_iso_plan {
	uint64_t bitmap[3]; /* the data fields: the key */
	bool used;
	bool declines; /* a field without format or a check only the plain walk knows */
	uint16_t field_n;
	uint16_t step_n;
	uint16_t slot_n;
	uint16_t range_n;
	struct cs_iso_step step[CS_ISO_STEP_MAX];
	struct cs_iso_slot slot[CS_DIALECT_FIELD_MAX]; /* fixed fields: offset from the start of their run */
	struct cs_iso_range range[CS_DIALECT_FIELD_MAX];
};

/* Plans by bitmap: open addressing over a fixed number of slots, and one spare for what no longer fits. */
struct cs_iso_plans {
	const struct cs_dialect *dialect;
	struct cs_iso_plan *last; /* links repeat themselves */
	unsigned cap;             /* slots, a power of two */
	unsigned n;
	unsigned limit;  /* plans at most */
	uint64_t full_n; /* messages planned anew because the cache was full */
	struct cs_iso_plan *spare;
	struct cs_iso_plan *plan;
};

/* cs_iso_width tells how SPEC's units become bytes. */
enum cs_iso_width cs_iso_width_of(const struct cs_field_spec *spec);

/* cs_iso_limit tells the most units a value of SPEC may have. */
uint32_t cs_iso_limit(const struct cs_field_spec *spec);

/* cs_iso_width_bytes turns units into bytes on the wire. */
static inline uint32_t
cs_iso_width_bytes(uint8_t width, uint32_t units)
{
	switch (width) {
	case CS_ISO_WIDTH_HALF:
		return (units + 1) / 2;
	case CS_ISO_WIDTH_DOUBLE:
		return units * 2;
	case CS_ISO_WIDTH_SIGNED:
		return 1 + units / 2;
	default:
		return units;
	}
}

/* Nibbles of a packed value, counted from its first byte's high one. */
struct cs_iso_nibbles {
	uint32_t first;
	uint32_t end;
};

/* cs_iso_nibbles tells which nibbles of a packed value of BYTES are its UNITS digits: all but the pad. */
struct cs_iso_nibbles cs_iso_nibbles(const struct cs_field_spec *spec, uint32_t bytes, uint32_t units);

/* A value on the wire with its length in units. */
struct cs_iso_wire {
	struct cs_span bytes;
	uint32_t units;
};

/* cs_iso_prefix_number reads the number a length prefix of at most eight bytes spells; UINT64_MAX when it is none. */
uint64_t cs_iso_prefix_number(struct cs_span raw, uint8_t encoding);

/* cs_iso_spec_value translates a value that stands elsewhere than in a top field, say in a composite; as
 * cs_iso_value. WIRE must be as long as SPEC and its units make it. */
size_t cs_iso_spec_value(const struct cs_field_spec *spec, uint8_t codepage, struct cs_iso_wire wire, char *out,
			 size_t cap);

/* cs_iso_plan_for finds or makes the plan for the data fields of BITMAP; never NULL. */
const struct cs_iso_plan *cs_iso_plan_for(struct cs_iso_plans *plans, const uint64_t bitmap[3]);

/* cs_iso_plan_follow decodes the data fields of MESSAGE from POS by PLAN into slots. Returns the position behind
 * the last, or 0 when the plan declines: then OUT's slots mean nothing. */
uint32_t cs_iso_plan_follow(const struct cs_iso_plan *plan, struct cs_span message, uint32_t pos, struct cs_iso *out);

#endif

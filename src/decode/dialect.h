/*
 * A dialect: how one network writes ISO 8583. Dialects are data, read once and then constant.
 *
 * Two sources: JSON (docs/dialects.md; shipped ones in dialects/) and jPOS GenericPackager XML. A dialect
 * that cannot work is refused with the field named. Spec: ISO 8583-1:1987 4.4, 1993 and 2003 data elements.
 */
#ifndef CS_DECODE_DIALECT_H
#define CS_DECODE_DIALECT_H

#include "base/arena.h"
#include "base/span.h"

enum { CS_DIALECT_FIELD_MAX = 192, CS_DIALECT_NAME_BYTES = 48, CS_DIALECT_FAULT_BYTES = 256 };
enum {
	CS_DIALECT_VAR_MAX = 6,
	CS_DIALECT_PREFIX_BYTES_MAX = 8,
	CS_DIALECT_LENGTH_MAX = 9999999,
	CS_DIALECT_SUB_MAX = 192
};

enum cs_encoding {
	CS_ENC_ASCII,
	CS_ENC_BCD,
	CS_ENC_EBCDIC,
	CS_ENC_RAW,
	CS_ENC_HEX,
	CS_ENC_EBCDIC_HEX,
	CS_ENC_BIN,
	CS_ENC_N
};
enum cs_codepage { CS_CP037, CS_CP1047, CS_CP500, CS_CP_N };
enum cs_class { CS_ISO_N, CS_ISO_XN, CS_ISO_AN, CS_ISO_Z, CS_ISO_B }; /* an stands for a, an, anp, ans, ns */

/* What stands inside a field, reachable by path. */
enum cs_composite {
	CS_COMPOSITE_NONE,
	CS_COMPOSITE_TLV,     /* BER-TLV (EMV book 3 annex B), in any of its wrappings */
	CS_COMPOSITE_AMOUNTS, /* DE54: blocks of 20 characters, 54.1 ... 54.6 */
	CS_COMPOSITE_SE,      /* Mastercard DE48: TCC letter, then id 2 + length 2 + value */
	CS_COMPOSITE_PDS,     /* Mastercard PDS: tag 4 + length 3 + value */
	CS_COMPOSITE_BITMAP,  /* a bitmap of `bitmap_bytes` leads subfields (Visa DE62/63, Postilion DE127) */
	CS_COMPOSITE_FIXED,   /* subfields one after the other */
};

struct cs_subfields;

/* How one field is written. */
struct cs_field_spec {
	bool known;
	uint8_t class;    /* enum cs_class */
	uint8_t encoding; /* enum cs_encoding of the value */
	uint8_t var;      /* digits of the length prefix, 0 = fixed */
	uint8_t len_encoding;
	uint8_t len_bytes;  /* width of the prefix on the wire */
	bool unit_digits;   /* the length counts digits, not bytes */
	bool pad_right;     /* the pad nibble of an odd BCD value stands at its end */
	bool lax;           /* no numeric check */
	bool chars;         /* hex text whose length counts characters */
	int16_t len_adjust; /* added to the length read */
	uint32_t max;       /* longest value, in units */
	uint8_t composite;  /* enum cs_composite */
	uint8_t bitmap_bytes;
	const struct cs_subfields *sub;
};

/* The subfields of one composite field, by number; [0] is not used. From the arena given to the reader. */
struct cs_subfields {
	unsigned n; /* field[1 .. n - 1] */
	struct cs_field_spec field[];
};

struct cs_dialect {
	char name[CS_DIALECT_NAME_BYTES];
	uint16_t version; /* 1987, 1993, 2003 */
	uint8_t mti_encoding;
	uint8_t bitmap_encoding;
	uint8_t codepage;
	uint16_t header_len;
	uint8_t bitmap_len; /* 8, 16 or 24: always that many; 0: as bits 1 and 65 say */
	bool no_third;
	bool trailing_ok;
	struct cs_field_spec field[CS_DIALECT_FIELD_MAX + 1];
};

/* Why a dialect was refused, and where. */
struct cs_dialect_fault {
	int field;     /* -1: the dialect as a whole */
	unsigned line; /* 1-based, 0 when not known */
	unsigned column;
	char text[CS_DIALECT_FAULT_BYTES]; /* what, and what to write instead */
};

/* cs_dialect_read_json reads the JSON form. NAME is kept for messages; memory for composites comes from
 * ARENA (process lifetime). On CS_E_SYNTAX or CS_E_UNSUPPORTED FAULT says why and *OUT is untouched. */
CS_MUST_USE enum cs_error cs_dialect_read_json(struct cs_span json, const char *name, struct cs_arena *arena,
					       struct cs_dialect *out, struct cs_dialect_fault *fault);

/* cs_dialect_read_jpos reads a jPOS GenericPackager XML file. As above. */
CS_MUST_USE enum cs_error cs_dialect_read_jpos(struct cs_span xml, const char *name, struct cs_arena *arena,
					       struct cs_dialect *out, struct cs_dialect_fault *fault);

/* cs_dialect_read picks the reader by the first character that is not white space ('{' or '<'). */
CS_MUST_USE enum cs_error cs_dialect_read(struct cs_span text, const char *name, struct cs_arena *arena,
					  struct cs_dialect *out, struct cs_dialect_fault *fault);

/* cs_dialect_base sets *OUT to the element of a version's base table (1987, 1993, 2003) and returns its name, or
 * returns NULL when the table has none. Encodings are ASCII and raw; a dialect sets them. */
const char *cs_dialect_base(uint16_t version, unsigned field, struct cs_field_spec *out);

/* cs_dialect_complete fills in what follows from the rest of SPEC: the width of the length prefix by its
 * digits and encoding. */
void cs_dialect_complete(struct cs_field_spec *spec);

/* cs_dialect_field_flaw says why one field or subfield cannot work, or NULL; static. */
const char *cs_dialect_field_flaw(const struct cs_field_spec *spec);

/* cs_dialect_check refuses what cannot work (a prefix without width, a code page not known ...). A prefix too
 * narrow for its maximum works, and so does a fixed field of length 0. */
CS_MUST_USE enum cs_error cs_dialect_check(const struct cs_dialect *dialect, struct cs_dialect_fault *fault);

#endif

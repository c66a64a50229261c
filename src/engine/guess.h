/*
 * The dialect of messages nobody has described: which encodings and field formats explain all of them.
 *
 * Every combination of encodings is tried; in each, a message is explained by the cheapest run of field formats
 * that ends exactly at its end (a beam of bounded width over positions), where a format of the base table is free
 * and every known variation (variation.def) has a price. Then all messages must agree on one format a field.
 * No clock, no I/O; memory is one block, freed by the caller's cs_guess_free.
 */
#ifndef CS_ENGINE_GUESS_H
#define CS_ENGINE_GUESS_H

#include "decode/iso8583.h"

enum { CS_GUESS_MESSAGES_MAX = 64, CS_GUESS_FORMATS_MAX = 48, CS_GUESS_BEAM = 40 };

/* Where MTI and bitmap stand. */
struct cs_layout {
	uint16_t header_len;
	uint8_t mti_encoding;
	uint8_t bitmap_encoding;
	uint8_t bitmap_len; /* as in cs_dialect: 0, or 16 when both are always there */
};

/* What a whole dialect has in common. */
enum cs_axis { CS_AXIS_N, CS_AXIS_AN, CS_AXIS_Z, CS_AXIS_B, CS_AXIS_LEN, CS_AXIS_PAD, CS_AXIS_CODEPAGE, CS_AXIS_COUNT };

struct cs_axes {
	uint16_t version;
	uint8_t value[CS_AXIS_COUNT]; /* enum cs_encoding; PAD: 1 = right; CODEPAGE: enum cs_codepage */
};

/* A format of one field, relative to the axes. */
struct cs_format {
	uint8_t class;
	uint8_t var;
	uint8_t encoding;     /* CS_ENC_N: that of its class */
	uint8_t len_encoding; /* CS_ENC_N: that of the axes */
	uint8_t cost;
	uint32_t max;
};

struct cs_guess_result {
	struct cs_layout layout;
	struct cs_axes axes;
	struct cs_dialect dialect;
	bool seen[CS_DIALECT_FIELD_MAX + 1];    /* in a message */
	bool differs[CS_DIALECT_FIELD_MAX + 1]; /* seen, and not as the base table and the axes have it */
	unsigned undetermined;                  /* bit per enum cs_axis: the messages do not tell */
	unsigned message_n;
	unsigned plausible_n; /* read whole, with nothing strange in them */
	unsigned decoded_n;   /* by cs_iso_decode, with the dialect as it stands */
	uint32_t cost;        /* mean a message, in tenths; the less, the more plausible */
	bool has_runner_up;   /* the next best axes, and their cost */
	struct cs_axes runner_up;
	uint32_t runner_up_cost;
};

/* What to explain; lent during the call. */
struct cs_guess_input {
	const struct cs_span *messages;
	unsigned message_n; /* 1 to CS_GUESS_MESSAGES_MAX */
	const struct cs_layout *layouts;
	unsigned layout_n; /* at least 1 */
};

struct cs_guess;

/* cs_guess_new prepares; NULL without memory. */
struct cs_guess *cs_guess_new(void);
void cs_guess_free(struct cs_guess *guess);

/* cs_guess_run finds the best dialect for the messages under one of the layouts. CS_E_FORMAT when none explains
 * even one message: OUT is then the best attempt. */
CS_MUST_USE enum cs_error cs_guess_run(struct cs_guess *guess, const struct cs_guess_input *input,
				       struct cs_guess_result *out);

/* cs_guess_spec makes the format of a field under the axes. */
struct cs_field_spec cs_guess_spec(const struct cs_format *format, const struct cs_axes *axes);

/* cs_guess_value finds the value of a field at POS and its units; false when it cannot be there. */
bool cs_guess_value(const struct cs_field_spec *spec, struct cs_span message, size_t pos, struct cs_span *value,
		    uint32_t *units);

/* cs_guess_read reads one field at POS: returns where it ends, or 0 when it cannot be. Adds to *STRANGE what
 * is legal there but unlikely. */
size_t cs_guess_read(const struct cs_field_spec *spec, struct cs_span message, size_t pos, unsigned *strange);

/* cs_guess_pad_strange says how many of the field's pad nibbles do not look like one: 0 or 1. */
unsigned cs_guess_pad_strange(const struct cs_field_spec *spec, struct cs_span value, unsigned units);

/* cs_guess_formats lists the known formats of FIELD, cheapest first; at most CS_GUESS_FORMATS_MAX. */
unsigned cs_guess_formats(uint16_t version, unsigned field, struct cs_format *out);

/* cs_layout_bits reads MTI and bitmaps: false when they are not plausible there. Sets the position behind them. */
bool cs_layout_bits(const struct cs_layout *layout, struct cs_span message, uint64_t bitmap[3], size_t *end);

#endif

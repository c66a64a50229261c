/*
 * What a framing is, for frame.c and framer.c only; everyone else asks through frame.h.
 */
#ifndef CS_DECODE_FRAMING_H
#define CS_DECODE_FRAMING_H

#include "decode/frame.h"

/* How the length is written. */
enum cs_framing_number {
	CS_FRAMING_BIG,
	CS_FRAMING_LITTLE,
	CS_FRAMING_DIGITS,
	CS_FRAMING_HEX,
	CS_FRAMING_BCD,
	CS_FRAMING_ENDED /* no length: a trailer ends the message */
};

struct cs_framing {
	const char *name;
	const char *help;
	uint8_t number; /* enum cs_framing_number */
	uint8_t head_bytes;
	uint8_t at;
	uint8_t width;
	uint8_t counts_bytes;
	int16_t trailer;
	uint32_t max_bytes;
	uint8_t fixed_n;
	uint8_t fixed[4][2]; /* position, value */
	bool chained;        /* a message may come in several parts (RBP) */
	bool controls;       /* a first nibble 2 in the last head byte marks a session message (VMLH) */
};

/* A frame, measured. */
struct cs_frame_size {
	size_t frame_len;
	size_t message_at;
	size_t message_len; /* 0: a keep-alive */
	size_t part_n;      /* more than 1: the message must be joined */
	size_t need;        /* on CS_AGAIN: bytes needed in all before it is worth to ask again */
};

/* cs_framing_measure is cs_framing_head with all it knows. OUT->need is set on CS_AGAIN, the rest on CS_OK.
 * When BYTES reach the frame's end its trailer is checked too. */
CS_MUST_USE enum cs_error cs_framing_measure(const struct cs_framing *framing, struct cs_span bytes,
					     struct cs_frame_size *out);

/* cs_framing_join copies the parts of a whole frame (part_n > 1) to OUT, message_len bytes. */
void cs_framing_join(const struct cs_framing *framing, struct cs_span frame, uint8_t *out);

#endif

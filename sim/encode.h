/*
 * Writing ISO 8583: the mirror of decode/iso8583.h, by the same dialects. Only the simulator writes.
 */
#ifndef CS_SIM_ENCODE_H
#define CS_SIM_ENCODE_H

#include "base/error.h"
#include "decode/dialect.h"
#include "message.h"

struct cs_encoder {
	const struct cs_dialect *dialect;
	uint8_t ebcdic[256]; /* from ISO 8859-1; 0: not written here */
};

/* cs_encode_init prepares to write in DIALECT, which is lent for as long as the encoder lives. */
void cs_encode_init(struct cs_encoder *encoder, const struct cs_dialect *dialect);

/* cs_encode_message writes MESSAGE into OUT. CS_E_LIMIT: does not fit CAP; CS_E_RANGE: a value does not fit
 * its element; CS_E_UNKNOWN: the dialect has no such element. *LEN is set on CS_OK only. */
CS_MUST_USE enum cs_error cs_encode_message(const struct cs_encoder *encoder, const struct cs_message *message,
					    uint8_t *out, size_t cap_bytes, size_t *len);

#endif

/*
 * Bytes written as hex digits, read back.
 */
#ifndef CS_ENGINE_HEX_H
#define CS_ENGINE_HEX_H

#include "base/span.h"

/* cs_hex_read turns 2 * LEN hex digits of either case into LEN bytes; false when TEXT is not exactly that. */
static inline bool
cs_hex_read(struct cs_span text, uint8_t *out, size_t len)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char *digit = text.at[i] ? strchr(digits, text.at[i]) : NULL;
		if (!digit)
			return false;
		uint8_t value = (uint8_t)((digit - digits) & 15);
		out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | value : value << 4);
	}
	return true;
}

#endif

/*
 * Signs beyond ASCII that stand between words and are easily overlooked: spaces of all widths, of none, dashes, quotes, and the wide colon.
 */
#ifndef CS_SCREEN_GAP_H
#define CS_SCREEN_GAP_H

#include "base/span.h"

#include <string.h>

/* cs_gap_at tells how many bytes such a sign at AT has: U+00A0, U+2000 to U+206F, U+3000, U+FF1A; 0: there is none. */
static inline size_t
cs_gap_at(struct cs_span text, size_t at)
{
	const uint8_t *sign = text.at + at;
	size_t left = text.len - at;
	if (left >= 2 && sign[0] == 0xc2 && sign[1] == 0xa0)
		return 2;
	if (left < 3)
		return 0;
	if (sign[0] == 0xe2)
		return sign[1] == 0x80 || (sign[1] == 0x81 && sign[2] <= 0xaf) ? 3 : 0;
	return memcmp(sign, "\u3000", 3) == 0 || memcmp(sign, "\uff1a", 3) == 0 ? 3 : 0;
}

#endif

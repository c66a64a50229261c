/*
 * Comparing short runs of bytes in place: names of elements are, and a call for each costs more than it does.
 */
#ifndef CS_DECODE_MX_BYTES_H
#define CS_DECODE_MX_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t
cs_mx_load8(const uint8_t *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof word);
	return word;
}

static inline uint32_t
cs_mx_load4(const uint8_t *at)
{
	uint32_t word;
	memcpy(&word, at, sizeof word);
	return word;
}

/* cs_mx_same says whether LEN bytes at A and at B are equal. It reads none beyond them. */
static inline bool
cs_mx_same(const uint8_t *a, const uint8_t *b, size_t len)
{
	if (len >= 8) {
		for (size_t i = 0; i + 8 < len; i += 8)
			if (cs_mx_load8(a + i) != cs_mx_load8(b + i))
				return false;
		return cs_mx_load8(a + len - 8) == cs_mx_load8(b + len - 8);
	}
	if (len >= 4)
		return cs_mx_load4(a) == cs_mx_load4(b) && cs_mx_load4(a + len - 4) == cs_mx_load4(b + len - 4);
	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

#endif

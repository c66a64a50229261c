/*
 * Hex digits as people and other programs write them: upper and lower case.
 */
#ifndef CS_BASE_HEX_H
#define CS_BASE_HEX_H

#include <stdint.h>

/* cs_hex_digit gives the value of a digit, 0 to 15; -1: C is none. */
static inline int
cs_hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif

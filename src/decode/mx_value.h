/*
 * Values of simple types, as XML Schema has them: lengths, patterns, lists, decimals, dates and times. All in integers.
 */
#ifndef CS_DECODE_MX_VALUE_H
#define CS_DECODE_MX_VALUE_H

#include "decode/mx_schema.h"

/* A reading of a value: what it comes down to without the white space that does not count. */
struct cs_mx_value {
	struct cs_span text;
	const char *why; /* NULL: it is of its type; else why not; static */
	const char *code;
};

/* cs_mx_value_check reads TEXT as a value of SIMPLE; WIDE: it has characters outside ASCII. */
struct cs_mx_value cs_mx_value_check(const struct cs_mx_simple *simple, struct cs_span text, bool wide);

/* cs_mx_value_trim gives TEXT without the white space around it. */
struct cs_span cs_mx_value_trim(struct cs_span text);

/* A decimal in hundred thousandths: 18 digits before and 5 behind the point fit, and sums of them. */
__extension__ typedef __int128 cs_mx_units;

/* cs_mx_value_units reads a decimal; false: it is none, has more than five decimals, or is too long. */
bool cs_mx_value_units(struct cs_span text, cs_mx_units *out);

#endif

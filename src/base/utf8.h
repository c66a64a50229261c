/*
 * UTF-8 as Unicode defines it: shortest forms, no surrogates, nothing beyond U+10FFFF.
 */
#ifndef CS_BASE_UTF8_H
#define CS_BASE_UTF8_H

#include "base/span.h"

#include <stdbool.h>

/* cs_utf8_character gives how many bytes the character takes that BYTES begin with; 0: they begin with none. */
size_t cs_utf8_character(struct cs_span bytes);

/* cs_utf8_is says whether all of BYTES are characters. */
bool cs_utf8_is(struct cs_span bytes);

#endif

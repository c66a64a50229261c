/*
 * What a character of UTF-8 is to somebody who reads it: how many columns of a terminal it takes, whether it runs from right to left, and
 * whether it can be shown at all, or would steer the terminal, turn the writing around or not be seen.
 *
 * Total: a byte that is no UTF-8 is a character of its own, to be shown by its number. Nothing depends on a locale.
 */
#ifndef CS_BASE_GLYPH_H
#define CS_BASE_GLYPH_H

#include "base/text.h"

enum {
	CS_GLYPH_MARKS_MAX = 4,                       /* over one letter; more would paint over the lines around it */
	CS_GLYPH_BYTES_MAX = sizeof "[U+10FFFF]" - 1, /* of one as it is put */
};

struct cs_glyph {
	uint32_t code;  /* of Unicode; of what is no UTF-8, the byte */
	unsigned len;   /* in bytes, 1 at least */
	unsigned width; /* in columns, as it is put */
	bool valid;     /* it is UTF-8 */
	bool hidden;    /* it is put by its number */
	bool mark;      /* it stands over the character before */
	bool right;     /* it runs from right to left */
};

/* cs_glyph_at gives the character at AT, which is within TEXT. */
struct cs_glyph cs_glyph_at(struct cs_span text, size_t at);

/* cs_glyph_hide has a character be put by its number, whatever it is. */
void cs_glyph_hide(struct cs_glyph *glyph);

/* cs_glyph_put appends the character that was at AT: itself, or "[U+202E]" or "[byte FF]" where it is hidden. */
void cs_glyph_put(struct cs_text *out, struct cs_span text, size_t at, const struct cs_glyph *glyph);

/* cs_glyph_put_all appends all of TEXT so. */
void cs_glyph_put_all(struct cs_text *out, struct cs_span text);

/* cs_glyph_is_utf8 says whether TEXT is UTF-8 to its end. */
bool cs_glyph_is_utf8(struct cs_span text);

/* cs_glyph_wide says what to do about a file that begins as one of UTF-16 or UTF-32: by its mark, or because every other of its first bytes
 * is 0. Static; NULL: it does not. */
const char *cs_glyph_wide(struct cs_span file);

#endif

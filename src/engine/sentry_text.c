/*
 * Characters of a data element or of a cell. Nothing says of which alphabet their bytes are: text that is UTF-8 is read as such, since no
 * other text looks like it but by an odd accident, and anything else as Latin-1.
 */
#include "base/glyph.h"
#include "engine/sentry_parts.h"

/* By the first byte of a character that is one. */
static size_t
length_of(uint8_t first)
{
	if (first < 0x80)
		return 1;
	return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* Of UTF-8, without halves of characters at both ends. */
static struct cs_span
whole_characters(struct cs_span part)
{
	size_t at = 0;
	while (part.len && (part.at[0] & 0xC0) == 0x80) {
		part.at++;
		part.len--;
	}
	while (at < part.len && length_of(part.at[at]) <= part.len - at)
		at += length_of(part.at[at]);
	return (struct cs_span){part.at, at};
}

size_t
cs_sentry_latin1(struct cs_span text, uint8_t *out)
{
	uint8_t *at = out;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		if (c >= 0x80)
			*at++ = (uint8_t)(0xC0 | c >> 6);
		*at++ = c < 0x80 ? c : (uint8_t)(0x80 | (c & 0x3F));
	}
	return (size_t)(at - out);
}

size_t
cs_sentry_latin1_at(struct cs_span made, size_t at)
{
	size_t n = 0;
	for (size_t i = 0; i < at && i < made.len; i++)
		n += (made.at[i] & 0xC0) != 0x80;
	return n;
}

size_t
cs_sentry_element(struct cs_span value, const struct cs_screen_cell *cell, uint8_t *out)
{
	size_t first = cell->first ? cell->first - 1u : 0,
	       last = cell->last && cell->last < value.len ? cell->last : value.len;
	struct cs_span part = {value.at + (first < last ? first : 0), first < last ? last - first : 0};
	if (!cs_glyph_is_utf8(value))
		return cs_sentry_latin1(part, out);
	part = whole_characters(part);
	for (size_t i = 0; i < part.len; i++)
		out[i] = part.at[i];
	return part.len;
}

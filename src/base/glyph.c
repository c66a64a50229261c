/*
 * See glyph.h. The ranges are glyph.inc, made by glyph_table.py.
 */
#include "base/glyph.h"

struct cs_glyph_range {
	uint32_t first, last;
};

#include "base/glyph.inc"

enum { WIDTH_OF_BYTE = sizeof "[byte FF]" - 1, WIDTH_OF_FOUR = sizeof "[U+202E]" - 1, CODE_LAST = 0x10FFFF };

static bool
is_in(const struct cs_glyph_range *range, size_t n, uint32_t code)
{
	size_t from = 0;
	while (from < n) {
		size_t middle = from + (n - from) / 2;
		if (code > range[middle].last)
			from = middle + 1;
		else if (code < range[middle].first)
			n = middle;
		else
			return true;
	}
	return false;
}

/* The bytes of the character at S, of LEFT; 0: it is no UTF-8. */
static unsigned
read(const uint8_t *s, size_t left, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned n = s[0] < 0x80 ? 1 : s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
	*code = s[0];
	if (n == 1)
		return n;
	if (s[0] < 0xC2 || s[0] > 0xF4 || left < n)
		return 0;
	uint32_t value = s[0] & (0x7FU >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (s[i] & 0x3F);
	}
	if (value < least[n] || value > CODE_LAST || (value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*code = value;
	return n;
}

void
cs_glyph_hide(struct cs_glyph *glyph)
{
	glyph->hidden = true;
	glyph->mark = glyph->right = false;
	glyph->width = !glyph->valid ? WIDTH_OF_BYTE : WIDTH_OF_FOUR;
	if (glyph->valid && glyph->code > 0xFFFF)
		glyph->width += glyph->code > 0xFFFFF ? 2 : 1;
}

#define IS_IN(ranges, code) is_in(ranges, sizeof(ranges) / sizeof *(ranges), code)

struct cs_glyph
cs_glyph_at(struct cs_span text, size_t at)
{
	struct cs_glyph glyph = {.width = 1};
	glyph.len = read(text.at + at, text.len - at, &glyph.code);
	glyph.valid = glyph.len > 0;
	glyph.len += !glyph.valid;
	if (glyph.valid && glyph.code >= ' ' && glyph.code < 0x7F)
		return glyph;
	if (!glyph.valid || IS_IN(glyph_hidden, glyph.code)) {
		cs_glyph_hide(&glyph);
		return glyph;
	}
	glyph.mark = IS_IN(glyph_mark, glyph.code);
	glyph.right = IS_IN(glyph_right, glyph.code);
	glyph.width = glyph.mark ? 0 : IS_IN(glyph_wide, glyph.code) ? 2 : 1;
	return glyph;
}

void
cs_glyph_put(struct cs_text *out, struct cs_span text, size_t at, const struct cs_glyph *glyph)
{
	if (!glyph->hidden) {
		cs_text_put_span(out, (struct cs_span){text.at + at, glyph->len});
		return;
	}
	uint8_t bytes[3] = {(uint8_t)(glyph->code >> 16), (uint8_t)(glyph->code >> 8), (uint8_t)glyph->code};
	cs_text_put(out, glyph->valid ? "[U+" : "[byte ");
	if (!glyph->valid) {
		cs_text_put_hex(out, (struct cs_span){bytes + 2, 1});
	} else {
		if (bytes[0] > 0xF)
			cs_text_put_hex(out, (struct cs_span){bytes, 1});
		else if (bytes[0])
			cs_text_put_char(out, "0123456789ABCDEF"[bytes[0]]);
		cs_text_put_hex(out, (struct cs_span){bytes + 1, 2});
	}
	cs_text_put_char(out, ']');
}

void
cs_glyph_put_all(struct cs_text *out, struct cs_span text)
{
	for (size_t at = 0; at < text.len;) {
		struct cs_glyph glyph = cs_glyph_at(text, at);
		cs_glyph_put(out, text, at, &glyph);
		at += glyph.len;
	}
}

bool
cs_glyph_is_utf8(struct cs_span text)
{
	uint32_t code;
	for (size_t at = 0, n; at < text.len; at += n)
		if (!(n = read(text.at + at, text.len - at, &code)))
			return false;
	return true;
}

const char *
cs_glyph_wide(struct cs_span file)
{
	static const struct {
		uint8_t mark[4], len;
		const char *words;
	} marks[] = {
		{{0xFF, 0xFE, 0, 0}, 4, "this is UTF-32: convert it to UTF-8 first, with iconv -f UTF-32LE -t UTF-8"},
		{{0, 0, 0xFE, 0xFF}, 4, "this is UTF-32: convert it to UTF-8 first, with iconv -f UTF-32BE -t UTF-8"},
		{{0xFF, 0xFE}, 2, "this is UTF-16: convert it to UTF-8 first, with iconv -f UTF-16LE -t UTF-8"},
		{{0xFE, 0xFF}, 2, "this is UTF-16: convert it to UTF-8 first, with iconv -f UTF-16BE -t UTF-8"},
	};
	for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++)
		if (file.len >= marks[i].len && memcmp(file.at, marks[i].mark, marks[i].len) == 0)
			return marks[i].words;
	if (file.len < 4)
		return NULL;
	if (file.at[0] && !file.at[1] && file.at[2] && !file.at[3])
		return marks[2].words;
	return !file.at[0] && file.at[1] && !file.at[2] && file.at[3] ? marks[3].words : NULL;
}

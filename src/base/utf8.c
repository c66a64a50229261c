/*
 * The second byte's range depends on the first; all others are continuations (Unicode, table 3-7).
 */
#include "base/utf8.h"

#include <stdint.h>

/* First bytes from `from` to `to`: so many bytes, and the second of them between `least` and `most`. */
static const struct form {
	uint8_t from, to, bytes, least, most;
} forms[] = {
	{0x00, 0x7f, 1, 0, 0},       {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
	{0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
	{0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static size_t
follows(struct cs_span bytes, const struct form *form)
{
	if (form->bytes > bytes.len)
		return 0;
	for (size_t i = 1; i < form->bytes; i++) {
		uint8_t least = i == 1 ? form->least : 0x80, most = i == 1 ? form->most : 0xbf;
		if (bytes.at[i] < least || bytes.at[i] > most)
			return 0;
	}
	return form->bytes;
}

size_t
cs_utf8_character(struct cs_span bytes)
{
	for (unsigned i = 0; bytes.len && i < sizeof forms / sizeof forms[0]; i++)
		if (bytes.at[0] >= forms[i].from && bytes.at[0] <= forms[i].to)
			return follows(bytes, &forms[i]);
	return 0;
}

bool
cs_utf8_is(struct cs_span bytes)
{
	size_t n = 1;
	while (bytes.len && n) {
		n = cs_utf8_character(bytes);
		bytes.at += n;
		bytes.len -= n;
	}
	return n > 0;
}

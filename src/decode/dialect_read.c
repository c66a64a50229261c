/*
 * Picks the reader of a dialect by how the text begins: JSON is ours, XML is jPOS GenericPackager.
 */
#include "base/text.h"
#include "decode/dialect.h"

enum cs_error
cs_dialect_read(struct cs_span text, const char *name, struct cs_arena *arena, struct cs_dialect *out,
		struct cs_dialect_fault *fault)
{
	static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
	if (text.len >= sizeof mark && memcmp(text.at, mark, sizeof mark) == 0)
		text = (struct cs_span){text.at + sizeof mark, text.len - sizeof mark};
	size_t first = 0;
	while (first < text.len && memchr(" \t\r\n", text.at[first], 4))
		first++;
	if (first < text.len && text.at[first] == '<')
		return cs_dialect_read_jpos(text, name, arena, out, fault);
	return cs_dialect_read_json(text, name, arena, out, fault);
}

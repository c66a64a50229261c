/*
 * Goal: no bytes make the report of screened customers crash, steer a terminal, turn the writing around or hold markup of a name's; and its
 * rows fit what they are written into.
 * Method: the first byte chooses. Even: the rest is the file of lines. Odd: the rest, parted by bytes of 0, are the texts of a line that
 * is made of them. Both are reported as text and as HTML, and what comes out is read: it is UTF-8, with no control but the ends of
 * lines, and with no mark of direction but the sheet's own.
 */
#include "app/screen_report.c"
#include "app/sheet.c"

enum { TEXTS = 7 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
must(bool right)
{
	if (!right)
		abort();
}

static bool
is_ours(struct cs_span text, size_t at, bool html)
{
	size_t n = sizeof left_to_right - 1;
	return !html && text.len - at >= n && memcmp(text.at + at, left_to_right, n) == 0;
}

static void
read_text(struct cs_span text, bool html)
{
	for (size_t at = 0; at < text.len;) {
		struct cs_glyph glyph = cs_glyph_at(text, at);
		must(glyph.valid && (!glyph.hidden || text.at[at] == '\n' || is_ours(text, at, html)));
		at += glyph.len;
	}
	must(text.len == 0 || text.at[text.len - 1] == '\n');
}

/* How much markup is in it. */
static size_t
report(struct cs_span lines, bool html)
{
	char *room = NULL;
	size_t len = 0, tag_n = 0;
	FILE *in = fmemopen((void *)(uintptr_t)lines.at, lines.len, "r"), *out = open_memstream(&room, &len);
	must(in && out);
	bool good = report_lines(in, out, html);
	(void)fclose(in);
	must(fclose(out) == 0);
	must(good || len == 0);
	read_text((struct cs_span){(const uint8_t *)room, len}, html);
	for (size_t i = 0; i < len; i++)
		tag_n += room[i] == '<';
	free(room);
	return tag_n;
}

/* A customer with a hit, of whom each text is one of the input. */
static void
make_line(struct cs_span texts)
{
	static const char *const keys[TEXTS] = {"id", "name", "list", "uid", "matched", "programmes", "reason"};
	json_t *line = json_object(), *hits = json_array(), *hit = json_object();
	for (unsigned i = 0; i < TEXTS; i++) {
		const uint8_t *end = texts.len ? memchr(texts.at, 0, texts.len) : NULL;
		size_t n = end ? (size_t)(end - texts.at) : texts.len;
		json_t *text = json_stringn((const char *)texts.at, n);
		if (!text) /* no UTF-8: the writer of lines has none */
			text = json_string("");
		must(json_object_set_new(i < 2 ? line : hit, keys[i], text) == 0);
		texts = (struct cs_span){texts.at + n, texts.len - n};
		texts = end ? (struct cs_span){texts.at + 1, texts.len - 1} : texts;
	}
	must(json_array_append_new(hits, hit) == 0 && json_object_set_new(line, "hits", hits) == 0);
	char *bytes = json_dumps(line, JSON_COMPACT);
	must(bytes != NULL);
	struct cs_span span = cs_span_text(bytes);
	(void)report(span, false);
	must(report(span, true) == report(cs_span_text("{\"hits\":[{}]}"), true));
	free(bytes);
	json_decref(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	if (data[0] % 2) {
		make_line((struct cs_span){data + 1, len - 1});
		return 0;
	}
	(void)report((struct cs_span){data + 1, len - 1}, false);
	(void)report((struct cs_span){data + 1, len - 1}, true);
	return 0;
}

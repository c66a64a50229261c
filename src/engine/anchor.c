/*
 * Lines as state/journal.c writes them; keys that are not known here are passed over, so that an anchor may tell more.
 */
#include "engine/anchor.h"

#include "engine/hex.h"
#include "io/file.h"

#include <jansson.h>
#include <stdlib.h>

enum { ANCHOR_BYTES_MAX = 1 << 30 };

static bool
get_hex(const json_t *line, const char *key, uint8_t *out, size_t len)
{
	const json_t *value = json_object_get(line, key);
	return json_is_string(value) &&
	       cs_hex_read((struct cs_span){(const uint8_t *)json_string_value(value), json_string_length(value)}, out,
			   len);
}

static bool
get_number(const json_t *line, const char *key, uint64_t *out)
{
	const json_t *value = json_object_get(line, key);
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static bool
read_line(struct cs_span text, struct cs_witness *out)
{
	json_t *line = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	bool good = json_is_object(line) && get_hex(line, "journal", out->id, sizeof out->id) &&
		    get_number(line, "page", &out->page) && get_number(line, "record", &out->seq) &&
		    get_hex(line, "chain", out->chain.at, sizeof out->chain.at) &&
		    get_hex(line, "signature", out->signature, sizeof out->signature);
	json_decref(line);
	return good;
}

static bool
add(struct cs_anchor *anchor, size_t *cap, const struct cs_witness *witness)
{
	if (anchor->n == *cap) {
		size_t more = *cap ? 2 * *cap : 256;
		struct cs_witness *at = realloc(anchor->at, more * sizeof *at);
		if (!at)
			return false;
		anchor->at = at;
		*cap = more;
	}
	anchor->at[anchor->n++] = *witness;
	return true;
}

static enum cs_error
read_lines(struct cs_span text, struct cs_anchor *out)
{
	size_t cap = 0, line_n = 0;
	while (text.len) {
		const uint8_t *end = memchr(text.at, '\n', text.len);
		struct cs_span line = {text.at, end ? (size_t)(end - text.at) : text.len};
		struct cs_witness witness = {0};
		size_t used = line.len + (end != NULL);
		text.at += used;
		text.len -= used;
		line_n++;
		if (!line.len)
			continue;
		bool good = read_line(line, &witness);
		if (!good && !out->fault_line)
			out->fault_line = line_n;
		if (good && !add(out, &cap, &witness))
			return CS_E_MEMORY;
	}
	return CS_OK;
}

static int
by_page(const void *a, const void *b)
{
	const struct cs_witness *x = a, *y = b;
	return (x->page > y->page) - (x->page < y->page);
}

enum cs_error
cs_anchor_read(const char *path, struct cs_anchor *out)
{
	struct cs_span text;
	*out = (struct cs_anchor){0};
	CS_TRY(cs_file_read(path, ANCHOR_BYTES_MAX, &text));
	enum cs_error error = read_lines(text, out);
	cs_file_free(text);
	if (out->n)
		qsort(out->at, out->n, sizeof *out->at, by_page);
	return error;
}

void
cs_anchor_free(struct cs_anchor *anchor)
{
	free(anchor->at);
	*anchor = (struct cs_anchor){0};
}

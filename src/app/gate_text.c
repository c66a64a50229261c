/*
 * Names, paths and words of the gate.
 *
 * Lines that are read back here are our own: a quote within a text is escaped in them, so `"key":"` stands nowhere but where
 * a member begins.
 */
#include "app/gate.h"

#include <stdlib.h>

static const struct why_row {
	const char *word;
	const char *words;
	bool fault;
} rows[CS_GATE_WHY_N] = {
#define X(symbol, word_, fault_, words_) [CS_GATE_##symbol] = {word_, words_, fault_},
#include "app/gate_why.def"
#undef X
};

const char *
cs_gate_why_word(enum cs_gate_why why)
{
	return rows[why].word;
}

const char *
cs_gate_why_words(enum cs_gate_why why)
{
	return rows[why].words;
}

bool
cs_gate_why_fault(enum cs_gate_why why)
{
	return rows[why].fault;
}

void
cs_gate_put_why(struct cs_text *text, uint32_t why)
{
	const char *between = "";
	for (unsigned i = 0; i < CS_GATE_WHY_N; i++) {
		if (!(why >> i & 1))
			continue;
		cs_text_put(text, between);
		cs_text_put(text, rows[i].word);
		between = ",";
	}
}

void
cs_gate_path(char *out, const char *folder, const char *sub, const char *name, const char *end)
{
	struct cs_text text = cs_text_over(out, CS_GATE_PATH_BYTES);
	cs_text_put(&text, folder);
	cs_text_put(&text, "/");
	cs_text_put(&text, sub ? sub : "");
	cs_text_put(&text, sub && name[0] ? "/" : "");
	cs_text_put(&text, name);
	cs_text_put(&text, end);
	CS_ASSERT(!text.overflowed); /* folders are measured at the start, names are bounded */
}

const char *
cs_gate_place(const char *folder, const char *sub, const char *name, const char *end)
{
	static char paths[4][CS_GATE_PATH_BYTES];
	static unsigned turn;
	turn = (turn + 1) % 4;
	cs_gate_path(paths[turn], folder, sub, name, end);
	return paths[turn];
}

struct cs_span
cs_gate_behind(struct cs_span line, const char *words)
{
	size_t len = strlen(words);
	const uint8_t *at = line.len >= len ? memmem(line.at, line.len, words, len) : NULL;
	if (!at)
		return (struct cs_span){NULL, 0};
	return (struct cs_span){at + len, line.len - (size_t)(at + len - line.at)};
}

static struct cs_span
value_of(struct cs_span line, const char *key, const char *end)
{
	char words[64];
	struct cs_text text = cs_text_over(words, sizeof words);
	cs_text_put(&text, "\"");
	cs_text_put(&text, key);
	cs_text_put(&text, end);
	CS_ASSERT(!text.overflowed);
	return cs_gate_behind(line, words);
}

bool
cs_gate_word(struct cs_span line, const char *key, char *out, size_t cap_bytes)
{
	struct cs_span value = value_of(line, key, "\":\"");
	const uint8_t *quote = value.len ? memchr(value.at, '"', value.len) : NULL;
	size_t len = quote ? (size_t)(quote - value.at) : 0;
	if (!quote || len >= cap_bytes)
		return false;
	memcpy(out, value.at, len);
	out[len] = '\0';
	return true;
}

bool
cs_gate_number(struct cs_span line, const char *key, uint64_t *out)
{
	struct cs_span value = value_of(line, key, "\":");
	uint64_t number = 0;
	size_t i = 0;
	for (; i < value.len && i < 19 && value.at[i] >= '0' && value.at[i] <= '9'; i++)
		number = number * 10 + (value.at[i] - '0');
	if (i)
		*out = number;
	return i > 0;
}

void
cs_gate_tell(struct cs_gate_told *told, struct cs_span value)
{
	size_t need = told->len + value.len + 2;
	told->n++;
	if (need > CS_GATE_TOLD_BYTES_MAX) {
		told->left_n++;
		return;
	}
	if (need > told->cap) {
		size_t cap = need < 4096 ? 4096 : 2 * need;
		char *at = realloc(told->at, cap);
		if (!at) {
			told->left_n++;
			return;
		}
		told->at = at;
		told->cap = cap;
	}
	if (told->len)
		told->at[told->len++] = ',';
	memcpy(told->at + told->len, value.at, value.len);
	told->len += value.len;
}

void
cs_gate_told_free(struct cs_gate_told *told)
{
	free(told->at);
	*told = (struct cs_gate_told){0};
}

void
cs_gate_sha(struct cs_gate *gate, struct cs_span bytes, char out[CS_GATE_SHA_BYTES])
{
	struct cs_digest digest = cs_digest_of(gate->hasher, bytes);
	struct cs_text text = cs_text_over(out, CS_GATE_SHA_BYTES);
	cs_text_put_hex(&text, (struct cs_span){digest.at, sizeof digest.at});
}

/* How many bytes behind a first one belong to it, and the least value that needs so many; false: it is no first byte. */
static bool
begin_character(uint8_t first, unsigned *more_n, uint32_t *value, uint32_t *least)
{
	static const struct {
		uint8_t mask;
		uint8_t mark;
		uint32_t least;
	} forms[] = {{0x80, 0x00, 0x20}, {0xe0, 0xc0, 0xa0}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if ((first & forms[i].mask) != forms[i].mark)
			continue;
		*more_n = i;
		*value = first & (uint8_t)~forms[i].mask;
		*least = forms[i].least;
		return true;
	}
	return false;
}

bool
cs_gate_is_text(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	while (*at) {
		uint32_t value = 0, least = 0;
		unsigned more_n = 0;
		if (!begin_character(*at++, &more_n, &value, &least))
			return false;
		for (; more_n; more_n--, at++) {
			if ((*at & 0xc0) != 0x80)
				return false;
			value = value << 6 | (*at & 0x3f);
		}
		if (value < least || value == 0x7f || (value >= 0xd800 && value < 0xe000) || value > 0x10ffff)
			return false;
	}
	return true;
}

const char *
cs_gate_say(const char *name)
{
	return cs_gate_is_text(name) ? name : "(a name that is no text)";
}

void
cs_gate_put_name(struct cs_json *json, const char *key, const char *name)
{
	if (cs_gate_is_text(name))
		cs_json_put_text(json, key, name);
	else
		cs_json_put_latin1(json, key, cs_span_text(name));
}

void
cs_gate_called(const struct cs_gate_file *file, char *out)
{
	struct cs_text text = cs_text_over(out, CS_GATE_TAKEN_BYTES);
	cs_text_put(&text, file->name);
	if (file->renamed) {
		cs_text_put(&text, "~");
		cs_text_put(&text, file->id);
	}
	CS_ASSERT(!text.overflowed);
}

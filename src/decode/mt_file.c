/*
 * Where messages begin and end in a file: one behind the other, parted by "$" (RJE), or framed by 0x01 and 0x03 and padded
 * to sectors (DOS-PCC). An acknowledgement and the copy behind it are one message.
 *
 * Only borders are looked for. A message whose own structure does not tell its end goes as far as the next "{1:", which no
 * text of class X can hold; so one broken message does not take the next with it. Whatever is neither message nor separator
 * is handed out as well, and refused by the decoder.
 */
#include "decode/mt_parts.h"

enum { DEPTH_MAX = 2, BLOCK_1_LEN = 29, FRAME_BEGIN = 1, FRAME_END = 3 };
enum { IDENTITY_AT = sizeof "{1:F01" - 1, TERMINAL_LEN = 12, IDENTITY_LEN = TERMINAL_LEN + 4 + 6 };

static bool
is_separator(uint8_t c)
{
	return c == ' ' || c == '\r' || c == '\n' || c == '$' || c == FRAME_END;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\r' || c == '\n';
}

static bool
begins(const uint8_t *at, const uint8_t *end, const char *text)
{
	size_t len = strlen(text);
	return (size_t)(end - at) >= len && memcmp(at, text, len) == 0;
}

static const uint8_t *
find(const uint8_t *at, const uint8_t *end, const char *text)
{
	const uint8_t *found = at && at < end ? memmem(at, (size_t)(end - at), text, strlen(text)) : NULL;
	return found ? found : end;
}

/* Behind the text of a block 4, its end being "-}" at the beginning of a line; NULL: it has none. */
static const uint8_t *
behind_text(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *found = find(at, end, "\n-}");
	return found == end ? NULL : found + 3;
}

/* Behind a block of tags, braces being balanced; NULL: it has no end. */
static const uint8_t *
behind_block(const uint8_t *at, const uint8_t *end)
{
	unsigned depth = 0;
	for (; at < end; at++) {
		if (*at == '{' && ++depth > DEPTH_MAX)
			return NULL;
		if (*at == '}' && --depth == 0)
			return at + 1;
	}
	return NULL;
}

/* Behind all blocks of one message that begins AT, without the copy behind an acknowledgement. */
static const uint8_t *
behind_message(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *next = find(at + 3, end, "{1:");
	while (at < next && *at == '{') {
		bool text = begins(at, next, "{4:") && at + 3 < next && is_space(at[3]);
		at = text ? behind_text(at + 3, next) : behind_block(at, next);
		if (!at)
			return next;
	}
	return at;
}

/* The reference of the sender (108) in AT..END; at is NULL: there is none. */
static struct cs_span
sender_reference(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *from = find(at, end, "{108:");
	if (from == end)
		return (struct cs_span){NULL, 0};
	from += strlen("{108:");
	const uint8_t *to = memchr(from, '}', (size_t)(end - from));
	return (struct cs_span){from, to ? (size_t)(to - from) : 0};
}

/* Is what begins at NEXT the copy of the message that the acknowledgement AT..BEHIND is about? It has the same terminal, session
 * and sequence number, and is called the same where both say how. Archives change numbers: where that may be, the terminal
 * is enough for what follows at once. Anything else stands on its own. */
static bool
is_copy(const uint8_t *at, const uint8_t *behind, const uint8_t *next, const uint8_t *end, bool exact)
{
	size_t same = exact || next != behind ? IDENTITY_LEN : TERMINAL_LEN;
	if (!begins(next, end, "{1:F01") || end - next < BLOCK_1_LEN || behind - at < BLOCK_1_LEN ||
	    memcmp(at + IDENTITY_AT, next + IDENTITY_AT, same) != 0)
		return false;
	struct cs_span told = sender_reference(at, behind), own = sender_reference(next, find(next, end, "{4:"));
	return !told.at || !own.at || cs_span_equal(told, own);
}

static const uint8_t *
message_end(const uint8_t *at, const uint8_t *end, bool exact)
{
	const uint8_t *behind = behind_message(at, end);
	if (begins(at, end, "{1:F") && !begins(at, end, "{1:F01")) {
		const uint8_t *next = behind;
		while (next < end && is_space(*next))
			next++;
		if (is_copy(at, behind, next, end, exact))
			behind = behind_message(next, end);
	}
	if (behind == end || is_separator(*behind) || begins(behind, end, "{1:"))
		return behind;
	/* Something is left behind the message: the decoder shall see it. */
	const uint8_t *next = find(behind, end, "{1:");
	const uint8_t *dollar = memchr(behind, '$', (size_t)(next - behind));
	return dollar ? dollar : next;
}

/* --- the lenient profile --- */

static const uint8_t *
line_end(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
	return newline ? newline + 1 : end;
}

/* A line of nothing but "-": bare bodies end with it. */
static bool
is_dash(const uint8_t *at, const uint8_t *end)
{
	return begins(at, end, "-") && (at + 1 == end || at[1] == '\r' || at[1] == '\n' || at[1] == '}');
}

static bool
next_loose(struct cs_mt_file *file, struct cs_span *message)
{
	const uint8_t *at = file->bytes.at + file->at;
	const uint8_t *end = file->bytes.at + file->bytes.len;
	if (!file->at && begins(at, end, "\xEF\xBB\xBF"))
		at += 3; /* what some editors put before UTF-8 */
	while (at < end && !begins(at, end, ":20:") && !begins(at, end, "{1:"))
		at = line_end(at, end);
	const uint8_t *from = at;
	if (at < end && *at == '{') {
		at = message_end(at, end, file->exact);
	} else if (at < end) {
		at = line_end(at, end);
		while (at < end && !begins(at, end, ":20:") && !begins(at, end, "{1:") && !is_dash(at, end))
			at = line_end(at, end);
	}
	if (from == end && file->found)
		return false;
	if (from == end)
		from = file->bytes.at; /* nothing in it is a statement: all of it is refused */
	file->found = true;
	file->at = (size_t)(at - file->bytes.at);
	*message = (struct cs_span){from, (size_t)(at - from)};
	return message->len > 0;
}

bool
cs_mt_next(struct cs_mt_file *file, struct cs_span *message)
{
	const uint8_t *at = file->bytes.at + file->at;
	const uint8_t *end = file->bytes.at + file->bytes.len;
	if (!file->bytes.len)
		return false;
	if (file->loose)
		return next_loose(file, message);
	while (at < end && is_separator(*at))
		at++;
	if (at == end) {
		file->at = file->bytes.len;
		return false;
	}
	const uint8_t *to;
	if (*at == FRAME_BEGIN) {
		to = memchr(at, FRAME_END, (size_t)(end - at));
		at += to && to > at + 1; /* without an end, or empty, the frame itself is what is refused */
		to = to ? to : end;
	} else if (begins(at, end, "{1:")) {
		to = message_end(at, end, file->exact);
	} else {
		to = find(at, end, "{1:");
	}
	file->found = true;
	file->at = (size_t)(to - file->bytes.at);
	*message = (struct cs_span){at, (size_t)(to - at)};
	return true;
}

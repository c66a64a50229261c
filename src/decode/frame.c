/*
 * Framings: where a message begins and ends in a stream of bytes. One table (frame.def), one reader.
 *
 * Pure: a head is measured from the bytes alone, nothing is remembered. A length of zero is a keep-alive, as
 * are frames that carry no message by their own rule (VMLH session control). What stands between the head and
 * the MTI (TPDU, text headers) belongs to the dialect; order, gaps and the search for a lost border to
 * framer.c. Spec: docs/framings.md.
 */
#include "base/cursor.h"
#include "decode/framing.h"

/* A chained message (RBP) comes in at most so many parts; more is no frame. */
enum { PARTS_MAX = 64 };

/* The column `more`. */
#define NONE     .fixed_n = 0
#define ZERO_0_1 .fixed_n = 2, .fixed = {{0, 0}, {1, 0}}
#define ZERO_2_3 .fixed_n = 2, .fixed = {{2, 0}, {3, 0}}
#define VMLH     .fixed_n = 1, .fixed = {{2, 0}}, .controls = true
#define RBP      .fixed_n = 3, .fixed = {{0, 0xD0}, {1, 0x4A}, {5, 0}}, .chained = true

static const struct cs_framing framings[] = {
#define X(NAME, NUMBER, HEAD, AT, WIDTH, COUNTS, TRAILER, MAX, MORE, HELP)                                             \
	{.name = #NAME,                                                                                                \
	 .help = (HELP),                                                                                               \
	 .number = CS_FRAMING_##NUMBER,                                                                                \
	 .head_bytes = (HEAD),                                                                                         \
	 .at = (AT),                                                                                                   \
	 .width = (WIDTH),                                                                                             \
	 .counts_bytes = (COUNTS),                                                                                     \
	 .trailer = (TRAILER),                                                                                         \
	 .max_bytes = (MAX),                                                                                           \
	 MORE},
#include "decode/frame.def"
#undef X
};

const struct cs_framing *
cs_framing_by_name(struct cs_span name)
{
	for (unsigned i = 0; i < sizeof framings / sizeof *framings; i++)
		if (cs_span_is(name, framings[i].name))
			return &framings[i];
	return NULL;
}

const char *
cs_framing_name(const struct cs_framing *framing)
{
	return framing->name;
}

const char *
cs_framing_help(const struct cs_framing *framing)
{
	return framing->help;
}

size_t
cs_framing_head_bytes(const struct cs_framing *framing)
{
	return framing->head_bytes;
}

const struct cs_framing *
cs_framing_at(unsigned index)
{
	return index < sizeof framings / sizeof *framings ? &framings[index] : NULL;
}

/* Value of one digit in BASE 10 or 16; 16 when it is none. */
static unsigned
digit(uint8_t byte, unsigned base)
{
	unsigned value = 16;
	if (byte >= '0' && byte <= '9')
		value = (unsigned)(byte - '0');
	else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
		value = (unsigned)((byte | 0x20) - 'a' + 10);
	return value < base ? value : 16;
}

/* Reads digits of text; false when one is none. */
static bool
read_digits(const uint8_t *at, size_t width, unsigned base, uint32_t *out)
{
	uint32_t value = 0;
	for (size_t i = 0; i < width; i++) {
		unsigned next = digit(at[i], base);
		if (next == 16)
			return false;
		value = value * base + next;
	}
	*out = value;
	return true;
}

static bool
read_bcd(const uint8_t *at, size_t width, uint32_t *out)
{
	uint32_t value = 0;
	for (size_t i = 0; i < width; i++) {
		if (at[i] >> 4 > 9 || (at[i] & 15) > 9)
			return false;
		value = value * 100 + (at[i] >> 4) * 10U + (at[i] & 15U);
	}
	*out = value;
	return true;
}

static uint32_t
read_binary(const uint8_t *at, size_t width, bool big)
{
	uint32_t value = 0;
	for (size_t i = 0; i < width; i++)
		value = value << 8 | at[big ? i : width - 1 - i];
	return value;
}

/* Reads the length off a whole head; false when it is none. */
static bool
read_length(const struct cs_framing *framing, const uint8_t *head, uint32_t *out)
{
	const uint8_t *at = head + framing->at;
	switch ((enum cs_framing_number)framing->number) {
	case CS_FRAMING_BIG:
	case CS_FRAMING_LITTLE:
		*out = read_binary(at, framing->width, framing->number == CS_FRAMING_BIG);
		return true;
	case CS_FRAMING_DIGITS:
		return read_digits(at, framing->width, 10, out);
	case CS_FRAMING_HEX:
		return read_digits(at, framing->width, 16, out);
	case CS_FRAMING_BCD:
		return read_bcd(at, framing->width, out);
	case CS_FRAMING_ENDED:
		break;
	}
	return false;
}

static bool
fixed_fit(const struct cs_framing *framing, const uint8_t *head)
{
	for (unsigned i = 0; i < framing->fixed_n; i++)
		if (head[framing->fixed[i][0]] != framing->fixed[i][1])
			return false;
	return true;
}

/* One frame (or one part) with a length; BYTES hold its head. */
static enum cs_error
measure_part(const struct cs_framing *framing, struct cs_span bytes, struct cs_frame_size *out)
{
	uint32_t length = 0;
	if (!fixed_fit(framing, bytes.at) || !read_length(framing, bytes.at, &length))
		return CS_E_FORMAT;
	if (length != 0 && length < framing->counts_bytes)
		return CS_E_FORMAT;
	size_t trailer_bytes = framing->trailer >= 0 && length ? 1 : 0;
	size_t message_len = length ? length - framing->counts_bytes : 0;
	if (message_len > framing->max_bytes)
		return CS_E_FORMAT;
	size_t frame_len = framing->head_bytes + message_len + trailer_bytes;
	if (trailer_bytes && bytes.len >= frame_len && bytes.at[frame_len - 1] != framing->trailer)
		return CS_E_FORMAT;
	if (framing->controls && bytes.at[framing->head_bytes - 1] >> 4 == 2)
		message_len = 0;
	*out = (struct cs_frame_size){frame_len, framing->head_bytes, message_len, 1, 0};
	return CS_OK;
}

/* A message in parts: every part has a head, and byte 4 of it says whether another follows. */
static enum cs_error
measure_chain(const struct cs_framing *framing, struct cs_span bytes, struct cs_frame_size *out)
{
	struct cs_frame_size all = {.message_at = framing->head_bytes};
	for (;;) {
		if (bytes.len < all.frame_len + framing->head_bytes) {
			out->need = all.frame_len + framing->head_bytes;
			return CS_AGAIN;
		}
		struct cs_span rest = {bytes.at + all.frame_len, bytes.len - all.frame_len};
		struct cs_frame_size part = {0};
		if (measure_part(framing, rest, &part) != CS_OK || rest.at[4] > 1)
			return CS_E_FORMAT;
		all.frame_len += part.frame_len;
		all.message_len += part.message_len;
		all.part_n++;
		if (all.frame_len > CS_FRAME_MAX_BYTES || all.message_len > framing->max_bytes ||
		    all.part_n > PARTS_MAX)
			return CS_E_FORMAT;
		if (rest.at[4] == 0)
			break;
	}
	*out = all;
	return CS_OK;
}

/* A message that only its last byte tells. */
static enum cs_error
measure_ended(const struct cs_framing *framing, struct cs_span bytes, struct cs_frame_size *out)
{
	size_t within = bytes.len <= framing->max_bytes ? bytes.len : framing->max_bytes + 1;
	const uint8_t *end = within ? memchr(bytes.at, framing->trailer, within) : NULL;
	if (!end && within > framing->max_bytes)
		return CS_E_FORMAT;
	if (!end) {
		out->need = bytes.len + 1;
		return CS_AGAIN;
	}
	size_t message_len = (size_t)(end - bytes.at);
	*out = (struct cs_frame_size){message_len + 1, 0, message_len, 1, 0};
	return CS_OK;
}

enum cs_error
cs_framing_measure(const struct cs_framing *framing, struct cs_span bytes, struct cs_frame_size *out)
{
	if (framing->number == CS_FRAMING_ENDED)
		return measure_ended(framing, bytes, out);
	if (framing->chained)
		return measure_chain(framing, bytes, out);
	if (bytes.len < framing->head_bytes) {
		out->need = framing->head_bytes;
		return CS_AGAIN;
	}
	return measure_part(framing, bytes, out);
}

void
cs_framing_join(const struct cs_framing *framing, struct cs_span frame, uint8_t *out)
{
	struct cs_cursor cursor = cs_cursor_over(frame);
	while (cs_cursor_left(&cursor) > 0) {
		struct cs_span head = cs_cursor_take(&cursor, framing->head_bytes);
		CS_ASSERT(cs_cursor_ok(&cursor));
		uint32_t length = read_binary(head.at + framing->at, framing->width, true);
		struct cs_span part = cs_cursor_take(&cursor, length);
		CS_ASSERT(cs_cursor_ok(&cursor));
		memcpy(out, part.at, part.len);
		out += part.len;
	}
}

enum cs_error
cs_framing_head(const struct cs_framing *framing, struct cs_span bytes, size_t *frame_len, size_t *message_at,
		size_t *message_len)
{
	struct cs_frame_size size = {0};
	CS_TRY(cs_framing_measure(framing, bytes, &size));
	*frame_len = size.frame_len;
	*message_at = size.message_at;
	*message_len = size.message_len;
	return CS_OK;
}

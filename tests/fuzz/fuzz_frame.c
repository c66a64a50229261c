/*
 * Goal: no byte stream, cut and holed in any way, makes the framer lose count, hand out bytes that were not fed, or read
 * past its input; identification survives the same messages.
 * Method: byte 0 chooses the framing, byte 1 the start and the dialect; then pieces of (kind and length, bytes): fed in
 * heap blocks of their own size, or declared lost. The framer asserts its equation; messages are summed up to touch them.
 */
#include "decode/frame.h"
#include "decode/shipped.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t sum;
static uint64_t message_bytes;

static void
take_message(void *context, struct cs_span message, const struct cs_origin *origin)
{
	(void)context;
	message_bytes += message.len;
	for (size_t i = 0; i < message.len; i++)
		sum = sum * 31 + message.at[i] + origin->offset;
}

/* The plans of two dialects: text and packed, the latter with a TPDU; made once. */
static struct cs_iso_plans *
plans_of(unsigned which)
{
	static const char *const names[2] = {"iso87-ascii", "iso87-bcd"};
	static struct cs_iso_plans *plans[2];
	static struct cs_dialect dialect[2];
	struct cs_dialect_fault fault;
	static struct cs_arena arenas[2]; /* static, so that what they hold is not lost */
	struct cs_arena *arena = &arenas[which];
	struct cs_span json;
	if (plans[which])
		return plans[which];
	if (cs_arena_init(arena, 1 << 20) != CS_OK || !cs_shipped_dialect(cs_span_text(names[which]), &json) ||
	    cs_dialect_read(json, names[which], arena, &dialect[which], &fault) != CS_OK)
		abort();
	dialect[which].header_len = which ? 5 : 0;
	plans[which] = cs_iso_plans_new(&dialect[which], 64);
	return plans[which];
}

static size_t
feed_piece(struct cs_framer *framer, const uint8_t *data, size_t len, uint64_t *in_bytes)
{
	size_t n = data[0] & 0x7F;
	if (data[0] & 0x80) {
		cs_framer_gap(framer, n);
		*in_bytes += n;
		return 1;
	}
	n = n == 0x7F ? len - 1 : n < len - 1 ? n : len - 1;
	uint8_t *piece = malloc(n ? n : 1);
	if (!piece)
		abort();
	memcpy(piece, data + 1, n);
	struct cs_origin origin = {.packet = *in_bytes, .offset = 40};
	cs_framer_feed(framer, (struct cs_span){piece, n}, &origin);
	free(piece);
	*in_bytes += n;
	return n + 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	unsigned rows = 0;
	while (cs_framing_at(rows))
		rows++;
	if (len < 2)
		return 0;
	message_bytes = 0;
	uint64_t in_bytes = 0;
	struct cs_framer *framer = cs_framer_new(cs_framing_at(data[0] % rows), plans_of(data[1] >> 1 & 1), data[1] & 1,
						 take_message, NULL);
	if (!framer)
		abort();
	for (size_t at = 2; at < len;)
		at += feed_piece(framer, data + at, len - at, &in_bytes);
	cs_framer_end(framer);
	const struct cs_framer_counts *counts = cs_framer_counts_of(framer);
	if (counts->framed_bytes + counts->skipped_bytes + counts->lost_bytes != in_bytes ||
	    message_bytes > counts->framed_bytes || cs_framer_held_bytes(framer) != 0)
		abort();
	cs_framer_free(framer);
	return 0;
}

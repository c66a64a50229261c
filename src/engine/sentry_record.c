/*
 * What was held against lists, as a record: the names themselves are sealed.
 *
 * Form, open: u8 version, u8 screen, varint link, u64 hash of the message, u64 time, u64 clock, u32 lists missing, u32 lists too old,
 * u8 cells, u8 0 when not all of them are kept. Sealed: each cell, varint length and bytes.
 */
#include "base/pack.h"
#include "engine/sentry.h"

enum { FORM = 1 };

struct cs_sentry_len
cs_sentry_named_put(const struct cs_sentry_named *named, uint8_t *open, uint8_t *sealed)
{
	uint8_t *at = open, *cell = sealed;
	bool whole = true;
	for (unsigned i = 0; i < named->cell_n; i++) {
		struct cs_span text = named->cell[i];
		if ((size_t)(cell - sealed) + text.len + (named->cell_n - i) * (size_t)CS_VARINT_BYTES_MAX >
		    CS_SENTRY_SEALED_MAX) {
			whole = false;
			text.len = 0;
		}
		cell = cs_pack_varint(cell, text.len);
		if (text.len)
			cell = cs_pack_bytes(cell, text.at, text.len);
	}
	*at++ = FORM;
	*at++ = named->screen;
	at = cs_pack_varint(at, named->link);
	at = cs_pack_u64(cs_pack_u64(cs_pack_u64(at, named->message_hash), named->time_ns), named->now_ns);
	at = cs_pack_u32(cs_pack_u32(at, named->missing), named->stale);
	*at++ = (uint8_t)named->cell_n;
	*at++ = whole;
	return (struct cs_sentry_len){(size_t)(at - open), (size_t)(cell - sealed)};
}

static bool
get_cells(struct cs_span sealed, struct cs_sentry_named *out)
{
	struct cs_cursor c = cs_cursor_over(sealed);
	for (unsigned i = 0; i < out->cell_n && !c.failed; i++) {
		uint64_t len = cs_unpack_varint(&c);
		c.failed = c.failed || len > cs_cursor_left(&c);
		if (!c.failed)
			out->cell[i] = cs_cursor_take(&c, (size_t)len);
	}
	return !c.failed && cs_cursor_left(&c) == 0;
}

bool
cs_sentry_named_read(struct cs_span open, struct cs_span sealed, struct cs_sentry_named *out, bool *whole)
{
	struct cs_cursor c = cs_cursor_over(open);
	*out = (struct cs_sentry_named){0};
	bool known = cs_cursor_u8(&c) == FORM;
	out->screen = cs_cursor_u8(&c);
	uint64_t link = cs_unpack_varint(&c);
	out->link = (uint16_t)link;
	out->message_hash = cs_unpack_u64(&c);
	out->time_ns = cs_unpack_u64(&c);
	out->now_ns = cs_unpack_u64(&c);
	out->missing = cs_unpack_u32(&c);
	out->stale = cs_unpack_u32(&c);
	out->cell_n = cs_cursor_u8(&c);
	uint8_t all = cs_cursor_u8(&c);
	*whole = all == 1;
	if (!known || c.failed || cs_cursor_left(&c) || link >= CS_LINKS_MAX || out->screen >= CS_SCREENS_MAX ||
	    out->cell_n > CS_SCREEN_CELLS_MAX || all > 1)
		return false;
	return get_cells(sealed, out);
}

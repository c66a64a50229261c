/*
 * What was held against lists, as a record: the names themselves are sealed.
 *
 * Form, open: u8 version, u8 screen, varint link, u64 hash of the message, u64 time, u64 clock, u32 lists missing, u32 lists too old,
 * u8 1 when there was more in the row, u8 parts, u8 0 when not all of them are kept; in version 2, of a row that is held against lists
 * once more before it leaves, u16 findings that were told before and are not told again, a bit each in their order. Sealed, of each part: u8 cell, u8 what it is, varint
 * length and bytes.
 */
#include "base/pack.h"
#include "engine/sentry.h"

enum { FORM = 1, FORM_LATE = 2, KNOWN_MOST = 1 << (CS_SENTRY_TOLD_MAX + 2) };

struct cs_sentry_len
cs_sentry_named_put(const struct cs_sentry_named *named, uint8_t *open, uint8_t *sealed)
{
	enum { PART_MORE = 2 + CS_VARINT_BYTES_MAX };
	uint8_t *at = open, *part = sealed;
	bool whole = true;
	for (unsigned i = 0; i < named->part_n; i++) {
		struct cs_span text = named->part[i].text;
		size_t rest = (named->part_n - i) * (size_t)PART_MORE;
		if ((size_t)(part - sealed) + text.len + rest > CS_SENTRY_SEALED_MAX) {
			whole = false;
			text.len = 0;
		}
		*part++ = named->part[i].cell;
		*part++ = named->part[i].what;
		part = cs_pack_varint(part, text.len);
		if (text.len)
			part = cs_pack_bytes(part, text.at, text.len);
	}
	*at++ = named->late ? FORM_LATE : FORM;
	*at++ = named->screen;
	at = cs_pack_varint(at, named->link);
	at = cs_pack_u64(cs_pack_u64(cs_pack_u64(at, named->message_hash), named->time_ns), named->now_ns);
	at = cs_pack_u32(cs_pack_u32(at, named->missing), named->stale);
	*at++ = named->cut;
	*at++ = (uint8_t)named->part_n;
	*at++ = whole;
	if (named->late)
		at = cs_pack_u16(at, named->known);
	return (struct cs_sentry_len){(size_t)(at - open), (size_t)(part - sealed)};
}

static bool
get_parts(struct cs_span sealed, struct cs_sentry_named *out)
{
	struct cs_cursor c = cs_cursor_over(sealed);
	for (unsigned i = 0; i < out->part_n && !c.failed; i++) {
		struct cs_sentry_part *part = &out->part[i];
		part->cell = cs_cursor_u8(&c);
		part->what = cs_cursor_u8(&c);
		uint64_t len = cs_unpack_varint(&c);
		c.failed = c.failed || len > cs_cursor_left(&c) || part->cell >= CS_SCREEN_CELLS_MAX ||
			   part->what > CS_ROW_PART_IDENTIFIER;
		if (!c.failed)
			part->text = cs_cursor_take(&c, (size_t)len);
	}
	return !c.failed && cs_cursor_left(&c) == 0;
}

bool
cs_sentry_named_read(struct cs_span open, struct cs_span sealed, struct cs_sentry_named *out, bool *whole)
{
	struct cs_cursor c = cs_cursor_over(open);
	*out = (struct cs_sentry_named){0};
	uint8_t form = cs_cursor_u8(&c);
	out->screen = cs_cursor_u8(&c);
	uint64_t link = cs_unpack_varint(&c);
	out->link = (uint16_t)link;
	out->message_hash = cs_unpack_u64(&c);
	out->time_ns = cs_unpack_u64(&c);
	out->now_ns = cs_unpack_u64(&c);
	out->missing = cs_unpack_u32(&c);
	out->stale = cs_unpack_u32(&c);
	uint8_t cut = cs_cursor_u8(&c);
	out->cut = cut == 1;
	out->part_n = cs_cursor_u8(&c);
	uint8_t all = cs_cursor_u8(&c);
	*whole = all == 1;
	out->late = form == FORM_LATE;
	out->known = out->late ? cs_unpack_u16(&c) : 0;
	if ((form != FORM && !out->late) || out->known >= KNOWN_MOST || c.failed || cs_cursor_left(&c) ||
	    link >= CS_LINKS_MAX || out->screen >= CS_SCREENS_MAX || out->part_n > CS_SENTRY_PARTS_MAX || all > 1 ||
	    cut > 1)
		return false;
	return get_parts(sealed, out);
}

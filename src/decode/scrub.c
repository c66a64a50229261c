/*
 * First the elements that are known to hold such data; then a search for the card number itself, since private elements
 * of every network repeat it. Without a card number there is nothing to search for.
 */
#include "decode/scrub.h"

#include "decode/composite.h"

#include <string.h>

enum { PAN_MIN = 12, PAN_MAX = 19, KEPT_FIRST = 6, KEPT_LAST = 4, TEXT_BYTES = 1024, BEHIND_MAX = 48, STAR = '*' };
enum { EBCDIC_ZERO = 0xF0, EBCDIC_EQUALS = 0x7E, EBCDIC_D = 0xC4 };

/* Tracks (also their equivalents and discretionary data), card number, PIN. EMV 4.3 book 3 annex A, and Mastercard's. */
static const uint32_t chip_tags[] = {0x56, 0x57, 0x5A, 0x99, 0x9F1F, 0x9F20, 0x9F6B};
static const uint8_t whole_elements[] = {34, 35, 36, 45, 52};

struct pan {
	size_t len;
	char digit[PAN_MAX];
};

static size_t
leading_digits(const char *text, size_t len, char *out)
{
	size_t n = 0;
	while (n < len && n < PAN_MAX && text[n] >= '0' && text[n] <= '9') {
		out[n] = text[n];
		n++;
	}
	return n;
}

/* The card number, from the first element that has one. */
static void
find_pan(const struct cs_iso *iso, struct pan *pan)
{
	static const uint8_t elements[] = {2, 35, 34, 45};
	char text[TEXT_BYTES];
	pan->len = 0;
	for (unsigned i = 0; i < sizeof elements && pan->len < PAN_MIN; i++) {
		if (!cs_iso_has(iso, elements[i]))
			continue;
		size_t len = cs_iso_value(iso, elements[i], text, sizeof text);
		size_t skip = len <= sizeof text && len && (text[0] == 'B' || text[0] == '%') ? 1 : 0;
		pan->len = len <= sizeof text ? leading_digits(text + skip, len - skip, pan->digit) : 0;
		explicit_bzero(text, len <= sizeof text ? len : sizeof text);
	}
	if (pan->len < PAN_MIN)
		pan->len = 0;
}

/* In element 55: as raw bytes, or as hex with two characters a byte. */
static void
scrub_chip(const struct cs_iso *iso, uint8_t *out)
{
	uint8_t scratch[TEXT_BYTES];
	const struct cs_iso_slot *slot = cs_iso_find(iso, 55);
	struct cs_span run = cs_composite_tlv(iso, 55, scratch, sizeof scratch);
	bool lent = run.at >= iso->at && run.at < iso->at + iso->len;
	for (unsigned i = 0; run.len && i < sizeof chip_tags / sizeof chip_tags[0]; i++) {
		struct cs_span value;
		if (!cs_composite_find_tag(run, chip_tags[i], &value))
			continue;
		if (lent)
			memset(out + (value.at - iso->at), STAR, value.len);
		else
			memset(out + slot->offset, STAR, slot->length); /* translated: places are not worth a guess */
	}
	/* What cannot be read cannot be cleared of what it may hold. */
	if (!run.len)
		memset(out + slot->offset, STAR, slot->length);
	explicit_bzero(scratch, sizeof scratch);
}

/* Whether the card number stands at AT as characters whose '0' is ZERO. */
static bool
is_there(const struct pan *pan, const uint8_t *at, uint8_t zero)
{
	for (size_t i = 0; i < pan->len; i++)
		if (at[i] != (uint8_t)(zero + pan->digit[i] - '0'))
			return false;
	return true;
}

static bool
separates(uint8_t c, uint8_t zero)
{
	return zero == '0' ? c == '=' || c == 'D' || c == 'd' || c == '^' : c == EBCDIC_EQUALS || c == EBCDIC_D;
}

/* Stars the middle, and behind a separator what is left of a track. */
static void
star_text(const struct pan *pan, uint8_t *at, size_t left, uint8_t zero)
{
	memset(at + KEPT_FIRST, STAR, pan->len - KEPT_FIRST - KEPT_LAST);
	if (left <= pan->len || !separates(at[pan->len], zero))
		return;
	size_t behind = left - pan->len < BEHIND_MAX ? left - pan->len : BEHIND_MAX;
	memset(at + pan->len, STAR, behind);
}

static unsigned
nibble(const uint8_t *at, size_t nth)
{
	return nth % 2 ? at[nth / 2] & 0x0fu : at[nth / 2] >> 4u;
}

/* Two digits a byte, beginning at nibble FIRST (0 or 1) of AT. */
static bool
is_packed_there(const struct pan *pan, const uint8_t *at, size_t left, size_t first)
{
	if (first + pan->len > 2 * left)
		return false;
	for (size_t i = 0; i < pan->len; i++)
		if (nibble(at, first + i) != (unsigned)(pan->digit[i] - '0'))
			return false;
	return true;
}

/* Whole bytes only: those that hold any of the middle's digits. */
static void
star_packed(const struct pan *pan, uint8_t *at, size_t left, size_t first)
{
	size_t begin = (first + KEPT_FIRST) / 2, end = (first + pan->len - KEPT_LAST + 1) / 2,
	       behind = first + pan->len;
	bool track = behind < 2 * left && nibble(at, behind) == 0xD;
	memset(at + begin, STAR, end - begin);
	if (!track)
		return;
	size_t rest = left - behind / 2 < BEHIND_MAX / 2 ? left - behind / 2 : BEHIND_MAX / 2;
	memset(at + behind / 2, STAR, rest);
}

static void
scrub_pan(const struct pan *pan, uint8_t *out, size_t len)
{
	static const uint8_t zeros[] = {'0', EBCDIC_ZERO};
	for (size_t i = 0; i < len; i++) {
		size_t left = len - i;
		for (unsigned k = 0; k < sizeof zeros; k++)
			if (left >= pan->len && is_there(pan, out + i, zeros[k]))
				star_text(pan, out + i, left, zeros[k]);
		for (size_t first = 0; first < 2; first++)
			if (is_packed_there(pan, out + i, left, first))
				star_packed(pan, out + i, left, first);
	}
}

void
cs_scrub(const struct cs_iso *iso, uint8_t *out)
{
	struct pan pan;
	memcpy(out, iso->at, iso->len);
	for (unsigned i = 0; i < sizeof whole_elements; i++) {
		const struct cs_iso_slot *slot = cs_iso_find(iso, whole_elements[i]);
		if (slot)
			memset(out + slot->offset, STAR, slot->length);
	}
	if (cs_iso_has(iso, 55))
		scrub_chip(iso, out);
	find_pan(iso, &pan);
	if (pan.len)
		scrub_pan(&pan, out, iso->len);
	explicit_bzero(&pan, sizeof pan);
}

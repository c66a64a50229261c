/*
 * Order of the open part: place, head, hashes, elements, money, balance, texts. Digits go two to a byte, since most texts
 * of a message are numbers.
 *
 * Invariant: unpacking what was packed gives the same event, byte for byte; anything else is refused.
 */
#include "event/event_pack.h"

#include <emmintrin.h>
#include <stddef.h>

enum { DIGITS = 0x80, BITMAP_WORDS = 3 };

/* Of a loose event: what stands before the card, and what is left free behind it so that the packed one is never longer. Of
 * the head a varint may be longer than its number by two bytes, or one; of a text there is its length. */
enum { HEAD_BYTES = offsetof(struct cs_event, card), HEAD_PACKED_MAX = 106 };
enum { SPARE_BYTES = HEAD_PACKED_MAX - HEAD_BYTES + CS_TEXT_FIELD_N };
_Static_assert(sizeof(struct cs_event) - sizeof(struct cs_card) + SPARE_BYTES <= CS_EVENT_LOOSE_MAX, "there is room");

/* A text as sixteen characters: which are digits, and which NUL. Bits behind the last character are those of its padding. */
struct look {
	unsigned digits;
	unsigned nuls;
};

static inline struct look
look_at(__m128i raw)
{
	__m128i value = _mm_sub_epi8(raw, _mm_set1_epi8('0'));
	__m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
	__m128i nuls = _mm_cmpeq_epi8(raw, _mm_setzero_si128());
	return (struct look){(unsigned)_mm_movemask_epi8(digits), (unsigned)_mm_movemask_epi8(nuls)};
}

/* Texts are padded with NUL: their length is where the last other byte stands. Mostly that is before the first NUL, which
 * processors find faster. */
static inline unsigned
length_of(struct look look)
{
	unsigned len = (unsigned)__builtin_ctz(look.nuls | 1u << CS_SHORT_BYTES);
	if (look.nuls + (1u << len) == 1u << CS_SHORT_BYTES)
		return len;
	return 32 - (unsigned)__builtin_clz(~look.nuls & 0xFFFF);
}

/* One event has one form: digits are always packed. */
static inline bool
is_number(struct look look, unsigned len)
{
	return !(~look.digits & ((1u << len) - 1));
}

/* Sixteen bytes may be written however short it is. */
static inline uint8_t *
put_text(uint8_t *at, const struct cs_short *text)
{
	__m128i raw = _mm_loadu_si128((const void *)text->at);
	struct look look = look_at(raw);
	unsigned len = length_of(look);
	if (!is_number(look, len)) {
		*at++ = (uint8_t)len;
		_mm_storeu_si128((void *)at, raw);
		return at + len;
	}
	/* the first of two digits is the low byte of its pair, and the high nibble */
	__m128i nibbles = _mm_and_si128(raw, _mm_set1_epi8(0x0f));
	__m128i pairs = _mm_or_si128(_mm_slli_epi16(nibbles, 4), _mm_srli_epi16(nibbles, 8));
	pairs = _mm_and_si128(pairs, _mm_set1_epi16(0xff));
	*at++ = (uint8_t)(DIGITS | len);
	_mm_storel_epi64((void *)at, _mm_packus_epi16(pairs, pairs));
	return at + (len + 1) / 2;
}

static bool
get_text(struct cs_cursor *c, struct cs_short *text)
{
	uint8_t head = cs_cursor_u8(c);
	unsigned len = head & (DIGITS - 1u);
	memset(text->at, 0, sizeof text->at);
	if (len > CS_SHORT_BYTES)
		return false;
	if (!(head & DIGITS))
		return cs_unpack_bytes(c, text->at, len) && len && text->at[len - 1] &&
		       !is_number(look_at(_mm_loadu_si128((const void *)text->at)), len);
	struct cs_span packed = cs_cursor_take(c, (len + 1) / 2);
	for (unsigned i = 0; i < len && packed.len; i++) {
		unsigned digit = i % 2 ? packed.at[i / 2] & 0x0fu : packed.at[i / 2] >> 4u;
		if (digit > 9)
			return false;
		text->at[i] = (char)('0' + digit);
	}
	return !c->failed && (len % 2 == 0 || (packed.at[len / 2] & 0x0f) == 0);
}

static uint8_t *
put_money(uint8_t *at, struct cs_money money)
{
	at = cs_pack_signed(at, cs_money_minor(money));
	return cs_pack_u16(at, cs_money_currency(money));
}

static struct cs_money
get_money(struct cs_cursor *c)
{
	int64_t minor = cs_unpack_signed(c);
	return cs_money_of(minor, cs_unpack_u16(c));
}

static uint8_t *
put_origin(uint8_t *at, const struct cs_event *event, uint64_t base_ns)
{
	const struct cs_origin *origin = &event->origin;
	at = cs_pack_signed(at, (int64_t)(origin->time_ns - base_ns));
	at = cs_pack_varint(at, origin->packet);
	at = cs_pack_varint(at, origin->file_offset);
	at = cs_pack_varint(at, origin->offset);
	at = cs_pack_varint(at, origin->source);
	*at++ = origin->direction;
	return at;
}

static void
get_origin(struct cs_cursor *c, struct cs_event *event, uint64_t base_ns)
{
	struct cs_origin *origin = &event->origin;
	origin->time_ns = base_ns + (uint64_t)cs_unpack_signed(c);
	origin->packet = cs_unpack_varint(c);
	origin->file_offset = cs_unpack_varint(c);
	uint64_t offset = cs_unpack_varint(c);
	uint64_t source = cs_unpack_varint(c);
	origin->offset = (uint32_t)offset;
	origin->source = (uint16_t)source;
	origin->direction = cs_cursor_u8(c);
	c->failed = c->failed || offset > UINT32_MAX || source > UINT16_MAX || origin->direction >= CS_DIR_N;
}

static uint8_t *
put_head(uint8_t *at, const struct cs_event *event)
{
	at = cs_pack_varint(at, event->link);
	*at++ = event->kind;
	at = cs_pack_bytes(at, event->mti, sizeof event->mti);
	at = cs_pack_varint(at, event->flags);
	at = cs_pack_varint(at, event->length_bytes);
	at = cs_pack_u64(at, event->message_hash);
	at = cs_pack_u64(at, event->header_hash);
	at = cs_pack_u64(at, event->present);
	uint8_t *words = at++;
	*words = 0;
	for (unsigned i = 0; i < BITMAP_WORDS; i++) {
		if (!event->bitmap[i])
			continue;
		*words |= (uint8_t)(1u << i);
		at = cs_pack_u64(at, event->bitmap[i]);
	}
	return at;
}

static void
get_head(struct cs_cursor *c, struct cs_event *event)
{
	uint64_t link = cs_unpack_varint(c);
	event->kind = cs_cursor_u8(c);
	(void)cs_unpack_bytes(c, event->mti, sizeof event->mti);
	uint64_t flags = cs_unpack_varint(c);
	uint64_t length = cs_unpack_varint(c);
	event->link = (uint16_t)link;
	event->flags = (uint32_t)flags;
	event->length_bytes = (uint32_t)length;
	event->message_hash = cs_unpack_u64(c);
	event->header_hash = cs_unpack_u64(c);
	event->present = cs_unpack_u64(c);
	uint8_t words = cs_cursor_u8(c);
	for (unsigned i = 0; i < BITMAP_WORDS; i++) {
		event->bitmap[i] = words >> i & 1 ? cs_unpack_u64(c) : 0;
		c->failed = c->failed || (words >> i & 1 && !event->bitmap[i]);
	}
	c->failed = c->failed || link > UINT16_MAX || flags > UINT32_MAX || length > UINT32_MAX ||
		    event->kind >= CS_KIND_N || words >> BITMAP_WORDS || event->present >> CS_FIELD_N;
}

static uint8_t *
put_balance(uint8_t *at, const struct cs_balance *balance)
{
	at = cs_pack_bytes(at, balance->account_type, sizeof balance->account_type);
	at = cs_pack_bytes(at, balance->amount_type, sizeof balance->amount_type);
	*at++ = balance->block_n;
	at = put_money(at, balance->amount);
	return cs_pack_u64(at, balance->hash);
}

static void
get_balance(struct cs_cursor *c, struct cs_balance *balance)
{
	(void)cs_unpack_bytes(c, balance->account_type, sizeof balance->account_type);
	(void)cs_unpack_bytes(c, balance->amount_type, sizeof balance->amount_type);
	balance->block_n = cs_cursor_u8(c);
	balance->amount = get_money(c);
	balance->hash = cs_unpack_u64(c);
}

/* The card: token, and its masked form without the padding. */
static uint8_t *
put_card(uint8_t *at, const struct cs_card *card)
{
	at = cs_pack_u64(at, card->token.half[0]);
	at = cs_pack_u64(at, card->token.half[1]);
	__m128i masked = _mm_loadu_si128((const void *)card->masked);
	unsigned ends = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(masked, _mm_setzero_si128()));
	size_t len = ends ? (size_t)__builtin_ctz(ends) : 16 + strnlen(card->masked + 16, sizeof card->masked - 16);
	*at++ = (uint8_t)len;
	memcpy(at, card->masked, sizeof card->masked); /* what lies behind it is written over */
	return at + len;
}

static bool
get_card(struct cs_span sealed, struct cs_card *card)
{
	struct cs_cursor c = cs_cursor_over(sealed);
	card->token.half[0] = cs_unpack_u64(&c);
	card->token.half[1] = cs_unpack_u64(&c);
	size_t len = cs_cursor_u8(&c);
	if (len > sizeof card->masked || !cs_unpack_bytes(&c, card->masked, len))
		return false;
	return cs_cursor_left(&c) == 0 && strnlen(card->masked, len) == len;
}

static uint8_t *
put_open(uint8_t *open, const struct cs_event *event, uint64_t base_ns)
{
	uint8_t *at = put_head(put_origin(open, event, base_ns), event);
	for (unsigned f = 0; f < CS_MONEY_FIELD_N; f++)
		if (event->present >> (f + CS_MONEY_FIELD_FIRST) & 1)
			at = put_money(at, event->money[f]);
	if (cs_event_has(event, CS_FIELD_BALANCE))
		at = put_balance(at, &event->balance);
	uint64_t texts = event->present & ((UINT64_C(1) << CS_TEXT_FIELD_N) - 1);
	for (; texts; texts &= texts - 1)
		at = put_text(at, &event->text[__builtin_ctzll(texts)]);
	return at;
}

struct cs_event_room
cs_event_pack(const struct cs_event *event, uint64_t base_ns, struct cs_event_room room)
{
	return (struct cs_event_room){put_open(room.open, event, base_ns), cs_event_seal(event, room.sealed)};
}

uint8_t *
cs_event_seal(const struct cs_event *event, uint8_t *sealed)
{
	return event->flags & CS_FLAG_CARD ? put_card(sealed, &event->card) : sealed;
}

uint8_t *
cs_event_loosen(const struct cs_event *event, uint8_t *loose)
{
	uint8_t *at = cs_pack_bytes(loose, event, HEAD_BYTES);
	for (unsigned f = 0; f < CS_MONEY_FIELD_N; f++)
		if (event->present >> (f + CS_MONEY_FIELD_FIRST) & 1)
			at = cs_pack_bytes(at, &event->money[f], sizeof event->money[f]);
	if (cs_event_has(event, CS_FIELD_BALANCE))
		at = cs_pack_bytes(at, &event->balance, sizeof event->balance);
	uint64_t texts = event->present & ((UINT64_C(1) << CS_TEXT_FIELD_N) - 1);
	for (; texts; texts &= texts - 1)
		at = cs_pack_bytes(at, &event->text[__builtin_ctzll(texts)], sizeof event->text[0]);
	return at + SPARE_BYTES;
}

static const uint8_t *
take(const uint8_t *at, void *out, size_t n)
{
	memcpy(out, at, n);
	return at + n;
}

uint8_t *
cs_event_tighten(const uint8_t *loose, uint64_t base_ns, uint8_t *open)
{
	struct cs_event event;
	const uint8_t *at = take(loose, &event, HEAD_BYTES);
	for (unsigned f = 0; f < CS_MONEY_FIELD_N; f++)
		if (event.present >> (f + CS_MONEY_FIELD_FIRST) & 1)
			at = take(at, &event.money[f], sizeof event.money[f]);
	if (cs_event_has(&event, CS_FIELD_BALANCE))
		at = take(at, &event.balance, sizeof event.balance);
	uint64_t texts = event.present & ((UINT64_C(1) << CS_TEXT_FIELD_N) - 1);
	for (; texts; texts &= texts - 1)
		at = take(at, &event.text[__builtin_ctzll(texts)], sizeof event.text[0]);
	return put_open(open, &event, base_ns);
}

bool
cs_event_unpack(struct cs_cursor *open, struct cs_span sealed, uint64_t base_ns, struct cs_event *event)
{
	memset(event, 0, sizeof *event);
	get_origin(open, event, base_ns);
	get_head(open, event);
	if (open->failed)
		return false;
	for (unsigned f = 0; f < CS_MONEY_FIELD_N; f++)
		if (event->present >> (f + CS_MONEY_FIELD_FIRST) & 1)
			event->money[f] = get_money(open);
	if (cs_event_has(event, CS_FIELD_BALANCE))
		get_balance(open, &event->balance);
	for (unsigned f = 0; f < CS_TEXT_FIELD_N; f++)
		if (event->present >> f & 1 && !get_text(open, &event->text[f]))
			return false;
	if (open->failed)
		return false;
	return event->flags & CS_FLAG_CARD ? get_card(sealed, &event->card) : sealed.len == 0;
}

/*
 * A decoded ISO 8583 message becomes a card event: canonical fields, token instead of card number.
 *
 * Which element feeds which field is a table by version; a link's own maps come last and win. Nothing here
 * fails: an element that is absent, too long or not what it should be leaves its field absent, and pairing then
 * says so. This is the last code that sees a clear card number; it lives in a scratch buffer on the stack, which is
 * wiped before it is left.
 *
 * spec: ISO 8583-1:1987 4.3 data elements 2-7, 11-13, 18, 19, 22, 25, 32, 33, 35, 37-39, 41, 42, 45, 49-51, 54, 70, 90
 * spec: ISO 8583-1:1993 and 2003 data elements 12, 24, 26, 56 (as above where not named)
 */
#include "decode/card.h"

#include "base/hash.h"
#include "decode/composite.h"
#include "decode/ebcdic.h"
#include "decode/iso8583_plan.h"

#include <emmintrin.h>

enum {
	SCRATCH_BYTES = 1024,
	PAN_DIGITS_MAX = 19,
	STAN_DIGITS = 6,
	BALANCE_BLOCK_LEN = 20,
	AMOUNT_2003_LEN = 16,
	DATE_TIME_1987_LEN = 6,
	MINOR_DIGITS_MAX = 18,
};

enum version { V1987, V1993, V2003, VERSION_N };

/* The text field an element feeds as it is, plus one, by version; 0: none. */
#define EVERY_VERSION                                                                                                  \
	[3] = 1 + CS_FIELD_PROCESSING, [7] = 1 + CS_FIELD_TRANSMISSION, [11] = 1 + CS_FIELD_STAN,                      \
	[12] = 1 + CS_FIELD_LOCAL_TIME, [19] = 1 + CS_FIELD_COUNTRY, [22] = 1 + CS_FIELD_POS_ENTRY,                    \
	[32] = 1 + CS_FIELD_ACQUIRER, [33] = 1 + CS_FIELD_FORWARDER, [37] = 1 + CS_FIELD_RRN,                          \
	[38] = 1 + CS_FIELD_APPROVAL_CODE, [39] = 1 + CS_FIELD_RESPONSE_CODE, [41] = 1 + CS_FIELD_TERMINAL,            \
	[42] = 1 + CS_FIELD_MERCHANT
static const uint8_t text_field[VERSION_N][CS_DIALECT_FIELD_MAX + 1] = {
	[V1987] = {EVERY_VERSION, [13] = 1 + CS_FIELD_LOCAL_DATE, [18] = 1 + CS_FIELD_MCC,
		   [25] = 1 + CS_FIELD_POS_CONDITION, [70] = 1 + CS_FIELD_NETWORK_CODE},
	[V1993] = {EVERY_VERSION, [24] = 1 + CS_FIELD_NETWORK_CODE, [26] = 1 + CS_FIELD_MCC},
	[V2003] = {EVERY_VERSION, [24] = 1 + CS_FIELD_NETWORK_CODE, [26] = 1 + CS_FIELD_MCC},
};

static enum version
version_of(const struct cs_iso *iso)
{
	switch (iso->dialect->version) {
	case 1993:
		return V1993;
	case 2003:
		return V2003;
	default:
		return V1987;
	}
}

/* Where text is translated; `used` bytes of it have held some since it was wiped. */
struct scratch {
	size_t used;
	char at[SCRATCH_BYTES];
};

static void
note_use(struct scratch *scratch, size_t len)
{
	size_t held = len < SCRATCH_BYTES ? len : SCRATCH_BYTES;
	scratch->used = held > scratch->used ? held : scratch->used;
}

/* After card data, whatever was lent of it: wherever a text began, however many there were. */
static void
wipe(struct scratch *scratch)
{
	if (scratch->used)
		explicit_bzero(scratch->at, scratch->used);
	scratch->used = 0;
}

/* Lend the text of a slot: the wire bytes when they are ASCII already, else translated into SCRATCH. */
static struct cs_span
text_in(const struct cs_iso *iso, const struct cs_iso_slot *slot, struct scratch *scratch)
{
	const struct cs_field_spec *spec = &iso->dialect->field[slot->field];
	struct cs_iso_wire wire = {{iso->at + slot->offset, slot->length}, slot->units};
	if (spec->encoding == CS_ENC_ASCII)
		return wire.bytes;
	size_t len = cs_iso_spec_value(spec, iso->dialect->codepage, wire, scratch->at, SCRATCH_BYTES);
	note_use(scratch, len);
	return (struct cs_span){(const uint8_t *)scratch->at, len <= SCRATCH_BYTES ? len : 0};
}

/* The same by element, which the message has. */
static struct cs_span
text_of(const struct cs_iso *iso, unsigned element, struct scratch *scratch)
{
	return text_in(iso, cs_iso_find(iso, element), scratch);
}

/* How many of the sixteen characters at AT are digits, up to the first that is none. */
static inline unsigned
digits_of_16(const uint8_t *at)
{
	const __m128i nine = _mm_set1_epi8(9);
	__m128i digit = _mm_sub_epi8(_mm_loadu_si128((const void *)at), _mm_set1_epi8('0'));
	__m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, nine), digit);
	return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(is_digit));
}

static bool
is_digits(struct cs_span text)
{
	size_t i = text.len >= 16 ? digits_of_16(text.at) : 0;
	while (i < text.len && text.at[i] >= '0' && text.at[i] <= '9')
		i++;
	return i == text.len && text.len > 0;
}

static bool
read_minor(struct cs_span digits, int64_t *out)
{
	if (!is_digits(digits) || digits.len > MINOR_DIGITS_MAX)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < digits.len; i++)
		value = value * 10 + (digits.at[i] - '0');
	*out = value;
	return true;
}

/* Eight characters through TABLE, in a register: bytes stored one by one could not be read back at once. */
static uint64_t
translate_8(const uint8_t *table, const uint8_t *at)
{
	uint64_t out = 0;
	for (unsigned i = 0; i < 8; i++)
		out = out >> 8 | (uint64_t)table[at[i]] << 56;
	return out;
}

/* Where TEXT lies in [FIRST, FIRST + N). */
static inline __m128i
within(__m128i text, uint8_t first, uint8_t n)
{
	__m128i from = _mm_sub_epi8(text, _mm_set1_epi8((char)first));
	return _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8((char)(n - 1))), from);
}

/* Sixteen characters of EBCDIC of which the first N matter. Digits, capital letters and the space stand at the same
 * places in every page, and are all there is in most fields. */
static __m128i
from_ebcdic(const struct cs_iso *iso, const uint8_t *at, unsigned n)
{
	__m128i text = _mm_loadu_si128((const void *)at);
	__m128i digit = within(text, 0xF0, 10), space = within(text, 0x40, 1);
	__m128i a_i = within(text, 0xC1, 9), j_r = within(text, 0xD1, 9), s_z = within(text, 0xE2, 8);
	__m128i letter = _mm_or_si128(a_i, _mm_or_si128(j_r, s_z));
	__m128i known = _mm_or_si128(_mm_or_si128(digit, space), letter);
	if (~(unsigned)_mm_movemask_epi8(known) & ((1u << n) - 1)) {
		const uint8_t *latin1 = cs_ebcdic_to_latin1((enum cs_codepage)iso->dialect->codepage);
		return _mm_set_epi64x((int64_t)translate_8(latin1, at + 8), (int64_t)translate_8(latin1, at));
	}
	__m128i less = _mm_and_si128(digit, _mm_set1_epi8((char)(0xF0 - '0')));
	less = _mm_or_si128(less, _mm_and_si128(space, _mm_set1_epi8(0x40 - ' ')));
	less = _mm_or_si128(less, _mm_and_si128(a_i, _mm_set1_epi8((char)(0xC1 - 'A'))));
	less = _mm_or_si128(less, _mm_and_si128(j_r, _mm_set1_epi8((char)(0xD1 - 'J'))));
	less = _mm_or_si128(less, _mm_and_si128(s_z, _mm_set1_epi8((char)(0xE2 - 'S'))));
	return _mm_sub_epi8(text, less);
}

/* Sixteen bytes of which the first N stay. */
static __m128i
keep(__m128i bytes, unsigned n)
{
	static const uint8_t ones[2 * CS_SHORT_BYTES] = {255, 255, 255, 255, 255, 255, 255, 255,
							 255, 255, 255, 255, 255, 255, 255, 255};
	return _mm_and_si128(bytes, _mm_loadu_si128((const void *)(ones + CS_SHORT_BYTES - n)));
}

/* cs_event_set_text for short text of the two usual encodings, sixteen characters at a time: what lies behind the value
 * is read, too, and forgotten. False when there is nothing behind it, or the value is of another kind. */
static inline bool
set_short(const struct cs_iso *iso, const struct cs_iso_slot *slot, struct cs_short *out)
{
	const struct cs_dialect *dialect = iso->dialect;
	uint8_t encoding = dialect->field[slot->field].encoding;
	if (slot->length > CS_SHORT_BYTES || iso->len - slot->offset < CS_SHORT_BYTES ||
	    (encoding != CS_ENC_ASCII && encoding != CS_ENC_EBCDIC))
		return false;
	const uint8_t *at = iso->at + slot->offset;
	__m128i text =
		encoding == CS_ENC_ASCII ? _mm_loadu_si128((const void *)at) : from_ebcdic(iso, at, slot->length);
	unsigned spaces = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8(' ')));
	unsigned words = ~spaces & ((1u << slot->length) - 1);
	/* the lowest bit stands for no word at all */
	unsigned n = 31 - (unsigned)__builtin_clz(words << 1 | 1);
	_mm_storeu_si128((void *)out->at, keep(text, n));
	return true;
}

static void
fill_texts(const struct cs_iso *iso, enum version version, struct cs_event *out)
{
	struct scratch scratch;
	scratch.used = 0;
	const uint8_t *fields = text_field[version];
	const struct cs_iso_slot *end = iso->slot + iso->field_n;
	uint64_t present = 0;
	for (const struct cs_iso_slot *slot = iso->slot; slot < end; slot++) {
		unsigned field = fields[slot->field];
		if (!field)
			continue;
		present |= UINT64_C(1) << (field - 1);
		if (!set_short(iso, slot, &out->text[field - 1]))
			cs_event_set_text(out, (enum cs_field)(field - 1), text_in(iso, slot, &scratch));
	}
	out->present |= present;
}

/* STANs of 12 digits (2003) compare with those of 6 when only zeros lead them. */
static void
shorten_stan(struct cs_event *out)
{
	struct cs_span stan = cs_event_text(out, CS_FIELD_STAN);
	size_t zeros = 0;
	while (stan.len - zeros > STAN_DIGITS && stan.at[zeros] == '0')
		zeros++;
	if (!zeros)
		return;
	char kept[sizeof out->text[0].at];
	memcpy(kept, stan.at + zeros, stan.len - zeros);
	cs_event_set_text(out, CS_FIELD_STAN, (struct cs_span){(const uint8_t *)kept, stan.len - zeros});
}

/* Since 1993 DE12 holds date and time: (CC)YYMMDDhhmmss. Split it as 1987 has it. */
static void
split_local_time(struct cs_event *out)
{
	struct cs_span both = cs_event_text(out, CS_FIELD_LOCAL_TIME);
	if (both.len < DATE_TIME_1987_LEN + 4)
		return;
	char kept[sizeof out->text[0].at];
	memcpy(kept, both.at, both.len);
	const uint8_t *time = (const uint8_t *)kept + both.len - DATE_TIME_1987_LEN;
	cs_event_set_text(out, CS_FIELD_LOCAL_DATE, (struct cs_span){time - 4, 4});
	cs_event_set_text(out, CS_FIELD_LOCAL_TIME, (struct cs_span){time, DATE_TIME_1987_LEN});
}

static void
set_money(struct cs_event *out, enum cs_field field, int64_t minor, uint16_t currency)
{
	out->money[field - CS_MONEY_FIELD_FIRST] = cs_money_of(minor, currency);
	out->present |= UINT64_C(1) << field;
}

/* An amount of 2003: currency n3, number of decimals n1, value n12; brought to the currency's own decimals. */
static bool
read_amount_2003(struct cs_span text, int64_t *minor, uint16_t *currency)
{
	struct cs_span code = {text.at, 3};
	if (!is_digits(text) || !read_minor((struct cs_span){text.at + 4, text.len - 4}, minor))
		return false;
	*currency = cs_currency_by_code(code);
	unsigned wanted = cs_currency_exponent(*currency);
	for (unsigned have = text.at[3] - '0'; have != wanted; have += have < wanted ? 1 : -1) {
		if (have > wanted && *minor % 10 != 0)
			return false;
		if (have < wanted && __builtin_mul_overflow(*minor, 10, minor))
			return false;
		if (have > wanted)
			*minor /= 10;
	}
	return true;
}

static uint16_t
currency_in(const struct cs_iso *iso, unsigned element, uint16_t otherwise)
{
	struct scratch scratch;
	scratch.used = 0;
	if (!cs_iso_has(iso, element))
		return otherwise;
	struct cs_span text = text_of(iso, element, &scratch);
	if (text.len == 4 && text.at[0] == '0')
		text = (struct cs_span){text.at + 1, 3};
	return cs_currency_by_code(text);
}

/* Eight characters as a number, in a few multiplications: the first character is the lowest byte of WORD. False when
 * one of them is no digit from ZERO on. */
static inline bool
read_8(uint64_t word, uint8_t zero, uint64_t *out)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	word ^= zero * ones;
	if ((word | (word + 6 * ones)) & 0xF0 * ones)
		return false;
	word = word * 10 + (word >> 8); /* pairs, in every other byte */
	uint64_t first = (word & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064);
	uint64_t second = (word >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001);
	*out = (first + second) >> 32;
	return true;
}

/* read_minor for amounts of nine to sixteen digits as they are on the wire. False when it is none of those. */
static bool
read_wire_minor(const struct cs_iso *iso, const struct cs_iso_slot *slot, int64_t *out)
{
	uint8_t encoding = iso->dialect->field[slot->field].encoding;
	if (slot->length <= 8 || slot->length > 16 || (encoding != CS_ENC_ASCII && encoding != CS_ENC_EBCDIC))
		return false;
	uint8_t zero = encoding == CS_ENC_ASCII ? '0' : 0xF0;
	const uint8_t *at = iso->at + slot->offset;
	uint64_t head, tail, high, low;
	memcpy(&head, at, sizeof head);
	memcpy(&tail, at + slot->length - 8, sizeof tail);
	unsigned gone = 8 * (16 - slot->length); /* bits of the head that the tail has, too */
	head = head << gone | ((UINT64_C(1) << gone) - 1) / 0xFF * zero;
	if (!read_8(head, zero, &high) || !read_8(tail, zero, &low))
		return false;
	*out = (int64_t)(high * 100000000 + low);
	return true;
}

/* The amounts, and the elements they and their currencies stand in. */
static const struct money_row {
	enum cs_field field;
	uint8_t amount;
	uint8_t currency;
} money_rows[CS_MONEY_FIELD_N] = {
	{CS_FIELD_AMOUNT, 4, 49},
	{CS_FIELD_SETTLEMENT, 5, 50},
	{CS_FIELD_BILLING, 6, 51},
};

static void
fill_amount(const struct cs_iso *iso, enum version version, const struct money_row *row, uint16_t otherwise,
	    struct cs_event *out)
{
	struct scratch scratch;
	scratch.used = 0;
	const struct cs_iso_slot *slot = cs_iso_find(iso, row->amount);
	int64_t minor;
	uint16_t currency;
	if (version == V2003) {
		struct cs_span text = text_in(iso, slot, &scratch);
		if (text.len == AMOUNT_2003_LEN) {
			if (read_amount_2003(text, &minor, &currency))
				set_money(out, row->field, minor, currency);
			return;
		}
	}
	if (read_wire_minor(iso, slot, &minor) || read_minor(text_in(iso, slot, &scratch), &minor))
		set_money(out, row->field, minor, currency_in(iso, row->currency, otherwise));
}

static void
fill_money(const struct cs_iso *iso, enum version version, const struct cs_card_rules *rules, struct cs_event *out)
{
	for (unsigned i = 0; i < CS_MONEY_FIELD_N; i++)
		if (cs_iso_has(iso, money_rows[i].amount))
			fill_amount(iso, version, &money_rows[i], i == 0 ? rules->default_currency : 0, out);
	if (cs_event_has(out, CS_FIELD_AMOUNT) && cs_money_currency(cs_event_money(out, CS_FIELD_AMOUNT)))
		out->present |= UINT64_C(1) << CS_FIELD_CURRENCY;
}

/* Where a card number ends in a track: '=' or 'D' in track 2, '^' in track 1. */
static size_t
digits_len(struct cs_span text)
{
	size_t n = text.len >= 16 ? digits_of_16(text.at) : 0;
	while (n < text.len && n <= PAN_DIGITS_MAX && text.at[n] >= '0' && text.at[n] <= '9')
		n++;
	return n;
}

static void
set_card(struct cs_event *out, const struct cs_card_rules *rules, struct cs_span digits)
{
	if (digits.len == 0 || digits.len > PAN_DIGITS_MAX)
		return;
	out->card = cs_card_make(rules->key, digits);
	if (rules->retoken)
		cs_retoken_card(rules->retoken, digits, out->card.token);
	out->flags |= CS_FLAG_CARD;
	out->present |= UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN;
}

static void
fill_track_2(const struct cs_iso *iso, const struct cs_card_rules *rules, struct cs_event *out)
{
	enum { EXPIRY_LEN = 4, SERVICE_CODE_LEN = 3 };
	struct scratch scratch;
	scratch.used = 0;
	struct cs_span track = text_of(iso, 35, &scratch);
	size_t n = digits_len(track);
	if (!cs_event_has(out, CS_FIELD_CARD))
		set_card(out, rules, (struct cs_span){track.at, n});
	size_t at = n + 1 + EXPIRY_LEN;
	if (n < track.len && track.len >= at + SERVICE_CODE_LEN)
		cs_event_set_text(out, CS_FIELD_SERVICE_CODE, (struct cs_span){track.at + at, SERVICE_CODE_LEN});
	wipe(&scratch);
}

/* The card number, from the first of DE2, track 2, DE34 and track 1 that has one. */
static void
fill_card(const struct cs_iso *iso, const struct cs_card_rules *rules, struct cs_event *out)
{
	struct scratch scratch;
	scratch.used = 0;
	struct cs_span text = {0};
	if (cs_iso_has(iso, 2)) {
		text = text_of(iso, 2, &scratch);
		if (is_digits(text))
			set_card(out, rules, text);
	}
	if (cs_iso_has(iso, 35))
		fill_track_2(iso, rules, out);
	if (!cs_event_has(out, CS_FIELD_CARD) && cs_iso_has(iso, 34)) {
		text = text_of(iso, 34, &scratch);
		set_card(out, rules, (struct cs_span){text.at, digits_len(text)});
	}
	if (!cs_event_has(out, CS_FIELD_CARD) && cs_iso_has(iso, 45)) {
		text = text_of(iso, 45, &scratch);
		size_t skip = text.len && (text.at[0] == 'B' || text.at[0] == '%') ? 1 : 0;
		text = (struct cs_span){text.at + skip, text.len - skip};
		set_card(out, rules, (struct cs_span){text.at, digits_len(text)});
	}
	wipe(&scratch);
}

static bool
read_balance_block(const uint8_t *at, struct cs_balance *out)
{
	int64_t minor;
	bool debit = at[7] == 'D';
	if (!debit && at[7] != 'C')
		return false;
	if (!read_minor((struct cs_span){at + 8, BALANCE_BLOCK_LEN - 8}, &minor))
		return false;
	memcpy(out->account_type, at, 2);
	memcpy(out->amount_type, at + 2, 2);
	out->amount = cs_money_of(debit ? -minor : minor, cs_currency_by_code((struct cs_span){at + 4, 3}));
	return true;
}

static void
fill_balance(const struct cs_iso *iso, struct cs_event *out)
{
	struct scratch scratch;
	scratch.used = 0;
	if (!cs_iso_has(iso, 54))
		return;
	struct cs_span text = text_of(iso, 54, &scratch);
	if (!text.len)
		return;
	out->balance.hash = cs_hash_bytes(text, 0);
	out->present |= UINT64_C(1) << CS_FIELD_BALANCE;
	if (text.len % BALANCE_BLOCK_LEN != 0 || !read_balance_block(text.at, &out->balance))
		return;
	out->balance.block_n = (uint8_t)(text.len / BALANCE_BLOCK_LEN);
	out->flags |= CS_FLAG_BALANCE;
}

/* Which message this one refers to: DE90 in 1987 (MTI 4, STAN 6, time 10 ...), DE56 later (MTI 4, STAN 6 or 12 ...). */
static void
fill_original(const struct cs_iso *iso, enum version version, struct cs_event *out)
{
	struct scratch scratch;
	scratch.used = 0;
	unsigned element = version == V1987 ? 90 : 56;
	size_t stan_len = version == V2003 ? 12 : STAN_DIGITS;
	if (!cs_iso_has(iso, element))
		return;
	struct cs_span text = text_of(iso, element, &scratch);
	if (text.len < 4 + stan_len)
		return;
	cs_event_set_text(out, CS_FIELD_ORIGINAL_STAN,
			  (struct cs_span){text.at + 4 + stan_len - STAN_DIGITS, STAN_DIGITS});
	if (version == V1987 && text.len >= 20)
		cs_event_set_text(out, CS_FIELD_ORIGINAL_TIME, (struct cs_span){text.at + 10, 10});
}

static bool
code_is(const struct cs_event *event, const char *code)
{
	return cs_span_is(cs_event_text(event, CS_FIELD_RESPONSE_CODE), code);
}

/* spec: 1987 table of response codes (00, 10, 11); 1993 and 2003 action codes 000-099, 0000-0099 */
static bool
is_approved(const struct cs_event *event, enum version version, const struct cs_card_rules *rules)
{
	for (unsigned i = 0; i < rules->approval_n; i++)
		if (memcmp(&event->text[CS_FIELD_RESPONSE_CODE], &rules->approvals[i], sizeof(struct cs_short)) == 0)
			return true;
	if (rules->approval_n)
		return false;
	struct cs_span code = cs_event_text(event, CS_FIELD_RESPONSE_CODE);
	if (version == V1987)
		return code_is(event, "00") || code_is(event, "10") || code_is(event, "11");
	size_t wanted = version == V1993 ? 3 : 4;
	return code.len == wanted && is_digits(code) && memcmp(code.at, "00", wanted - 2) == 0;
}

static void
fill_flags(const struct cs_iso *iso, enum version version, const struct cs_card_rules *rules, struct cs_event *out)
{
	static const char *const partial_code[VERSION_N] = {"10", "002", "0002"};
	static const uint32_t cryptograms[2] = {0x9F26, 0x91};
	if ((out->mti[3] - '0') & 1)
		out->flags |= CS_FLAG_REPEAT;
	if (cs_event_has(out, CS_FIELD_RESPONSE_CODE)) {
		if (is_approved(out, version, rules))
			out->flags |= CS_FLAG_APPROVED;
		if (code_is(out, partial_code[version]))
			out->flags |= CS_FLAG_PARTIAL;
	}
	if (cs_iso_has(iso, 52))
		out->flags |= CS_FLAG_PIN;
	if (cs_iso_has(iso, 64) || cs_iso_has(iso, 128))
		out->flags |= CS_FLAG_MAC;
	if (!cs_iso_has(iso, 55))
		return;
	uint8_t scratch[SCRATCH_BYTES];
	struct cs_span tlv = cs_composite_tlv(iso, 55, scratch, sizeof scratch);
	unsigned has = cs_composite_has_tags(tlv, cryptograms);
	out->flags |= has & 1 ? CS_FLAG_ARQC : 0;
	out->flags |= has & 2 ? CS_FLAG_ARPC : 0;
	/* Chip data may hold the card number and track 2. */
	if (iso->dialect->field[55].encoding != CS_ENC_RAW)
		explicit_bzero(scratch, tlv.len ? (size_t)(tlv.at - scratch) + tlv.len : sizeof scratch);
}

static void
fill_maps(const struct cs_iso *iso, const struct cs_card_rules *rules, struct cs_event *out)
{
	struct scratch scratch;
	scratch.used = 0;
	for (unsigned i = 0; i < rules->map_n; i++) {
		const struct cs_card_map *map = &rules->maps[i];
		bool found = false;
		size_t len = cs_iso_path(iso, map->path, scratch.at, sizeof scratch.at, &found);
		note_use(&scratch, len);
		cs_event_drop_text(out, map->field);
		if (!found || len > sizeof scratch.at)
			continue;
		size_t first = map->first ? map->first - 1u : 0;
		size_t end = map->last && map->last < len ? map->last : len;
		if (first >= end)
			continue;
		cs_event_set_text(out, map->field, (struct cs_span){(const uint8_t *)scratch.at + first, end - first});
	}
	wipe(&scratch);
}

/* Through the library: the compiler's own clearing of half a kilobyte is several times slower. */
static void
clear(struct cs_event *event)
{
	size_t n = sizeof *event;
	__asm__("" : "+r"(n));
	memset(event, 0, n);
}

void
cs_card_event(const struct cs_iso *iso, const struct cs_card_rules *rules, const struct cs_origin *origin,
	      struct cs_event *out)
{
	CS_ASSERT(rules->approval_n <= CS_CARD_CODES_MAX && rules->map_n <= CS_CARD_MAPS_MAX);
	enum version version = version_of(iso);
	clear(out);
	out->origin = *origin;
	out->link = rules->link;
	memcpy(out->mti, iso->mti, sizeof out->mti);
	out->kind = (uint8_t)cs_kind_of(iso->mti);
	out->length_bytes = iso->len;
	memcpy(out->bitmap, iso->bitmap, sizeof out->bitmap);
	out->message_hash = cs_hash_bytes((struct cs_span){iso->at, iso->len}, 0);
	out->header_hash = cs_hash_bytes((struct cs_span){iso->at, iso->header_len}, 0);
	out->present = UINT64_C(1) << CS_FIELD_MTI;
	fill_texts(iso, version, out);
	shorten_stan(out);
	if (version != V1987)
		split_local_time(out);
	fill_money(iso, version, rules, out);
	fill_card(iso, rules, out);
	fill_balance(iso, out);
	fill_original(iso, version, out);
	fill_flags(iso, version, rules, out);
	fill_maps(iso, rules, out);
}

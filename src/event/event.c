/*
 * The event's field table and the few things everybody does with an event. Fields are rows of event.def.
 */
#include "event/event.h"

#include "base/name.h"

enum { CARD_MIN = 13, MASK_FIRST = 6, MASK_LAST = 4 };

static const struct cs_field_info fields[] = {
#define T(symbol, name_, class_, element_, help_)                                                                      \
	[CS_FIELD_##symbol] = {name_, CS_TYPE_TEXT, CS_CLASS_##class_, element_, help_},
#define M(symbol, name_, class_, element_, help_)                                                                      \
	[CS_FIELD_##symbol] = {name_, CS_TYPE_MONEY, CS_CLASS_##class_, element_, help_},
#define D(symbol, name_, class_, element_, help_)                                                                      \
	[CS_FIELD_##symbol] = {name_, CS_TYPE_##symbol, CS_CLASS_##class_, element_, help_},
#define CS_TYPE_BIN CS_TYPE_NUMBER
#define CS_TYPE_MTI CS_TYPE_NUMBER
#include "event/event.def"
#undef T
#undef M
#undef D
};

_Static_assert(CS_FIELD_N <= 64, "presence is one bit per field in 64");

static const char *const kind_names[CS_KIND_N] = {
	[CS_KIND_OTHER] = "other",
	[CS_KIND_REQUEST] = "request",
	[CS_KIND_RESPONSE] = "response",
	[CS_KIND_ADVICE] = "advice",
	[CS_KIND_ADVICE_RESPONSE] = "advice_response",
	[CS_KIND_REVERSAL] = "reversal",
	[CS_KIND_REVERSAL_RESPONSE] = "reversal_response",
	[CS_KIND_NETWORK] = "network",
	[CS_KIND_NETWORK_RESPONSE] = "network_response",
	[CS_KIND_RECORD] = "record",
};

const struct cs_field_info *
cs_field_info_of(enum cs_field field)
{
	CS_ASSERT((unsigned)field < CS_FIELD_N);
	return &fields[field];
}

enum cs_field
cs_field_by_name(struct cs_span name)
{
	return (enum cs_field)cs_name_find(&fields[0].name, sizeof fields[0], CS_FIELD_N, name);
}

const char *
cs_kind_name(enum cs_kind kind)
{
	CS_ASSERT((unsigned)kind < CS_KIND_N);
	return kind_names[kind];
}

/* The function digit of an MTI: 0 request, 1 its response, 2 advice, 3 its response (ISO 8583:1987 4.1.2). */
enum cs_kind
cs_kind_of(const char mti[4])
{
	static const enum cs_kind by_function[][4] = {
		{CS_KIND_REQUEST, CS_KIND_RESPONSE, CS_KIND_ADVICE, CS_KIND_ADVICE_RESPONSE},
		{CS_KIND_REVERSAL, CS_KIND_REVERSAL_RESPONSE, CS_KIND_REVERSAL, CS_KIND_REVERSAL_RESPONSE},
		{CS_KIND_NETWORK, CS_KIND_NETWORK_RESPONSE, CS_KIND_NETWORK, CS_KIND_NETWORK_RESPONSE},
	};
	if (mti[2] < '0' || mti[2] > '3')
		return CS_KIND_OTHER;
	unsigned function = (unsigned)(mti[2] - '0');
	switch (mti[1]) {
	case '1':
	case '2':
		return by_function[0][function];
	case '4':
		return by_function[1][function];
	case '8':
		return by_function[2][function];
	default:
		return CS_KIND_OTHER;
	}
}

struct cs_span
cs_event_text(const struct cs_event *event, enum cs_field field)
{
	CS_ASSERT((unsigned)field < CS_TEXT_FIELD_N);
	const char *at = event->text[field].at;
	return (struct cs_span){(const uint8_t *)at, strnlen(at, sizeof event->text[field].at)};
}

/* Copy N bytes (at most 16) by at most two moves of one size, which may overlap: lengths vary from field to field. */
static void
copy_short(char out[16], const uint8_t *at, size_t n)
{
	if (n >= 8) {
		memcpy(out, at, 8);
		memcpy(out + n - 8, at + n - 8, 8);
	} else if (n >= 4) {
		memcpy(out, at, 4);
		memcpy(out + n - 4, at + n - 4, 4);
	} else if (n >= 2) {
		memcpy(out, at, 2);
		memcpy(out + n - 2, at + n - 2, 2);
	} else if (n == 1) {
		out[0] = (char)at[0];
	}
}

void
cs_event_set_text(struct cs_event *event, enum cs_field field, struct cs_span value)
{
	CS_ASSERT((unsigned)field < CS_TEXT_FIELD_N);
	struct cs_short *slot = &event->text[field];
	size_t n = value.len;
	while (n && value.at[n - 1] == ' ')
		n--;
	memset(slot->at, 0, sizeof slot->at);
	copy_short(slot->at, value.at, n < sizeof slot->at ? n : sizeof slot->at);
	event->present |= UINT64_C(1) << field;
}

void
cs_event_drop_text(struct cs_event *event, enum cs_field field)
{
	CS_ASSERT((unsigned)field < CS_TEXT_FIELD_N);
	event->text[field] = (struct cs_short){{0}};
	event->present &= ~(UINT64_C(1) << field);
}

bool
cs_event_same(const struct cs_event *a, const struct cs_event *b, enum cs_field field)
{
	if (!cs_event_has(a, field) || !cs_event_has(b, field))
		return false;
	switch (fields[field].type) {
	case CS_TYPE_TEXT:
		return memcmp(&a->text[field], &b->text[field], sizeof a->text[field]) == 0;
	case CS_TYPE_MONEY:
		return cs_money_same(cs_event_money(a, field), cs_event_money(b, field));
	case CS_TYPE_BALANCE:
		return a->balance.hash == b->balance.hash;
	case CS_TYPE_CURRENCY:
		return cs_money_currency(cs_event_money(a, CS_FIELD_AMOUNT)) ==
		       cs_money_currency(cs_event_money(b, CS_FIELD_AMOUNT));
	case CS_TYPE_CARD:
		return cs_token_same(a->card.token, b->card.token);
	case CS_TYPE_NUMBER:
		return field == CS_FIELD_MTI ? memcmp(a->mti, b->mti, sizeof a->mti) == 0
					     : memcmp(a->card.masked, b->card.masked, 6) == 0;
	}
	return false;
}

/* Length and leading digits of card numbers in use (ISO/IEC 7812-1; 13 and 16 of 4, 14 of 30 36 38, 15 of 34
 * 37, 16 of 2 to 6). */
static bool
looks_like_card(struct cs_span digits)
{
	uint8_t a = digits.at[0];
	uint8_t b = digits.at[1];
	switch (digits.len) {
	case 13:
		return a == '4';
	case 14:
		return a == '3' && (b == '0' || b == '6' || b == '8');
	case 15:
		return a == '3' && (b == '4' || b == '7');
	default:
		return a >= '2' && a <= '6';
	}
}

/* The Luhn check digit of ISO/IEC 7812-1 annex B. */
static bool
passes_luhn(struct cs_span digits)
{
	unsigned sum = 0;
	for (size_t i = 0; i < digits.len; i++) {
		unsigned doubled = (unsigned)(digits.at[digits.len - 1 - i] - '0') * (i % 2 ? 2 : 1);
		sum += doubled > 9 ? doubled - 9 : doubled;
	}
	return sum % 10 == 0;
}

/* Whether DIGITS begin with the message's own card, or with as much of it as a text field had room for. */
static bool
is_own_card(const struct cs_event *event, struct cs_span digits, bool cut)
{
	const char *own = event->card.masked;
	size_t own_len = strnlen(own, sizeof event->card.masked);
	if (!(event->flags & CS_FLAG_CARD) || own_len < CARD_MIN || memcmp(own, digits.at, MASK_FIRST) != 0)
		return false;
	if (digits.len < own_len)
		return cut;
	return memcmp(own + own_len - MASK_LAST, digits.at + own_len - MASK_LAST, MASK_LAST) == 0;
}

/* Mask the N digits at AT if they could be a card number; of one that may be CUT the last digits are none to show. */
static void
mask_run(const struct cs_event *event, char *at, size_t n, bool cut)
{
	struct cs_span digits = {(const uint8_t *)at, n};
	if (n <= MASK_FIRST)
		return;
	bool own = is_own_card(event, digits, cut);
	if (!own && (n < CARD_MIN || !looks_like_card(digits) || !passes_luhn(digits)))
		return;
	size_t shown = own && n != strnlen(event->card.masked, sizeof event->card.masked) ? 0 : MASK_LAST;
	memset(at + MASK_FIRST, '*', n - MASK_FIRST - shown);
}

struct cs_span
cs_event_safe(const struct cs_event *event, enum cs_field field, char out[CS_SHORT_BYTES])
{
	struct cs_span text = cs_event_text(event, field);
	memcpy(out, text.at, text.len);
	size_t i = 0;
	while (i < text.len) {
		size_t n = 0;
		while (i + n < text.len && out[i + n] >= '0' && out[i + n] <= '9')
			n++;
		mask_run(event, out + i, n, i + n == CS_SHORT_BYTES);
		i += n ? n : 1;
	}
	return (struct cs_span){(const uint8_t *)out, text.len};
}

/* For people: a terminal must not obey what a message holds. */
static void
put_text(struct cs_text *text, const struct cs_event *event, enum cs_field field)
{
	char kept[CS_SHORT_BYTES];
	struct cs_span safe = cs_event_safe(event, field, kept);
	for (size_t i = 0; i < safe.len; i++)
		if (safe.at[i] < ' ' || (safe.at[i] >= 0x7F && safe.at[i] < 0xA0))
			kept[i] = '?';
	cs_text_put_latin1(text, safe);
}

static void
put_balance(struct cs_text *text, const struct cs_balance *balance)
{
	cs_money_put(text, balance->amount);
	cs_text_put(text, " (account type ");
	cs_text_put_latin1(text, (struct cs_span){(const uint8_t *)balance->account_type, 2});
	cs_text_put(text, ", amount type ");
	cs_text_put_latin1(text, (struct cs_span){(const uint8_t *)balance->amount_type, 2});
	cs_text_put_char(text, ')');
}

static void
put_currency(struct cs_text *text, uint16_t currency)
{
	const char *name = cs_currency_name(currency);
	if (name)
		cs_text_put(text, name);
	else
		cs_text_put_padded(text, currency, 3);
}

void
cs_event_complete(struct cs_event *event, const struct cs_event *request)
{
	static const uint32_t read_flags = CS_FLAG_PIN | CS_FLAG_ARQC;
	uint64_t more = request->present & ~event->present;
	for (unsigned f = 0; f < CS_TEXT_FIELD_N; f++)
		if (more >> f & 1)
			event->text[f] = request->text[f];
	for (unsigned f = 0; f < CS_MONEY_FIELD_N; f++)
		if (more >> (f + CS_MONEY_FIELD_FIRST) & 1)
			event->money[f] = request->money[f];
	if (!(event->flags & CS_FLAG_CARD) && request->flags & CS_FLAG_CARD) {
		event->card = request->card;
		event->flags |= CS_FLAG_CARD;
	}
	if (more >> CS_FIELD_BALANCE & 1)
		event->balance = request->balance;
	event->flags |= request->flags & read_flags;
	event->present |= more;
}

void
cs_event_put(struct cs_text *text, const struct cs_event *event, enum cs_field field)
{
	if (!cs_event_has(event, field))
		return;
	switch (fields[field].type) {
	case CS_TYPE_TEXT:
		put_text(text, event, field);
		break;
	case CS_TYPE_MONEY:
		cs_money_put(text, cs_event_money(event, field));
		break;
	case CS_TYPE_BALANCE:
		put_balance(text, &event->balance);
		break;
	case CS_TYPE_CURRENCY:
		put_currency(text, cs_money_currency(cs_event_money(event, CS_FIELD_AMOUNT)));
		break;
	case CS_TYPE_CARD:
		cs_text_put(text, event->card.masked);
		break;
	case CS_TYPE_NUMBER: {
		bool mti = field == CS_FIELD_MTI;
		const char *at = mti ? event->mti : event->card.masked;
		cs_text_put_span(text, (struct cs_span){(const uint8_t *)at, mti ? 4 : 6});
		break;
	}
	}
}

/*
 * A search for card numbers in free text: from the beginning of each group of digits, over the groups behind it.
 */
#include "decode/scrub_words.h"

#include "decode/codes.h"

enum { CARD_MIN = 13, CARD_MAX = 19, SHOWN_FIRST = 6, SHOWN_LAST = 4, IBAN_MAX = 34, IBAN_MIN = 15 };

/* Where a card number stands: its first byte, and behind its last. */
struct place {
	size_t from;
	size_t to;
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(uint8_t c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* How many bytes part two groups at AT; 0: they are not parted. */
static size_t
separator_len(struct cs_span text, size_t at)
{
	static const char *const separators[] = {" ", "-", ".", "/", "\r\n", "\n"};
	for (unsigned i = 0; i < sizeof separators / sizeof separators[0]; i++) {
		size_t len = strlen(separators[i]);
		if (len <= text.len - at && memcmp(text.at + at, separators[i], len) == 0)
			return len;
	}
	return 0;
}

/* Leading digits that cards are issued under, and of how many digits those are. */
static const struct issuer {
	uint32_t from, to; /* as six digits */
	uint32_t lengths;  /* bits */
} issuers[] = {
	{400000, 499999, 1 << 13 | 1 << 16 | 1 << 19},
	{510000, 559999, 1 << 16},
	{222100, 272099, 1 << 16},
	{340000, 349999, 1 << 15},
	{370000, 379999, 1 << 15},
	{300000, 305999, 1 << 14},
	{360000, 369999, 1 << 14},
	{380000, 399999, 1 << 14},
	{352800, 358999, 0xf << 16},
	{601100, 601199, 0xf << 16},
	{620000, 629999, 0xf << 16},
	{644000, 659999, 0xf << 16},
	{220000, 220499, 0xf << 16},
	{506000, 508999, 0xf << 16}, /* of countries, with those below */
	{600000, 608999, 1 << 16},
	{810000, 829999, 1 << 16},
	{501800, 501899, 0x7f << 13}, /* of the oldest kind of debit cards */
	{502000, 502099, 0x7f << 13},
	{503800, 503899, 0x7f << 13},
	{589300, 589399, 0x7f << 13},
	{630400, 630499, 0x7f << 13},
	{675900, 675999, 0x7f << 13},
	{676100, 676399, 0x7f << 13},
};

/* Length, leading digits, and the check digit (annex B). */
static bool
is_card(const uint8_t *digit, size_t n)
{
	unsigned sum = 0, first = 0, i = 0;
	for (unsigned k = 0; k < SHOWN_FIRST; k++)
		first = first * 10 + digit[k];
	while (i < sizeof issuers / sizeof issuers[0] &&
	       (first < issuers[i].from || first > issuers[i].to || !(issuers[i].lengths >> n & 1)))
		i++;
	for (size_t k = 0; k < n; k++) {
		unsigned doubled = digit[n - 1 - k] * (k % 2 ? 2U : 1U);
		sum += doubled > 9 ? doubled - 9 : doubled;
	}
	return i < sizeof issuers / sizeof issuers[0] && sum % 10 == 0;
}

/* The word that the digits at AT are of is an IBAN. */
static bool
is_in_iban(struct cs_span text, size_t at)
{
	size_t from = at, to = at;
	while (from > 0 && at - from < IBAN_MAX && is_word(text.at[from - 1]))
		from--;
	while (to < text.len && to - from <= IBAN_MAX && is_word(text.at[to]))
		to++;
	struct cs_span word = {text.at + from, to - from};
	return word.len >= IBAN_MIN && word.len <= IBAN_MAX && word.at[0] >= 'A' && word.at[0] <= 'Z' &&
	       word.at[1] >= 'A' && word.at[1] <= 'Z' && cs_codes_iban_digits(word);
}

/* The shortest card number that begins at AT, where a group of digits does; its end, or 0. */
static size_t
card_end(struct cs_span text, size_t at)
{
	uint8_t digit[CARD_MAX + 1];
	size_t n = 0;
	for (;;) {
		while (at < text.len && is_digit(text.at[at]) && n <= CARD_MAX)
			digit[n++] = (uint8_t)(text.at[at++] - '0');
		if (n > CARD_MAX)
			return 0;
		if (n >= CARD_MIN && is_card(digit, n))
			return at;
		size_t parted = at < text.len ? separator_len(text, at) : 0;
		if (!parted || at + parted >= text.len || !is_digit(text.at[at + parted]))
			return 0;
		at += parted;
	}
}

/* The first card number from AT on. */
static bool
find(struct cs_span text, size_t at, struct place *out)
{
	while (at < text.len) {
		if (!is_digit(text.at[at])) {
			at++;
			continue;
		}
		size_t end = card_end(text, at);
		if (end && !is_in_iban(text, at)) {
			*out = (struct place){at, end};
			return true;
		}
		while (at < text.len && is_digit(text.at[at]))
			at++;
	}
	return false;
}

bool
cs_scrub_words_has(struct cs_span text)
{
	struct place place;
	return find(text, 0, &place);
}

bool
cs_scrub_words_is(struct cs_span text)
{
	struct place place;
	size_t n = 0;
	while (n < text.len && is_digit(text.at[n]))
		n++;
	return n == text.len && find(text, 0, &place) && place.to == text.len;
}

unsigned
cs_scrub_words(uint8_t *at, size_t len)
{
	struct cs_span text = {at, len};
	struct place place = {0, 0};
	unsigned card_n = 0;
	for (; find(text, place.to, &place); card_n++) {
		unsigned digit_n = 0, n = 0;
		for (size_t i = place.from; i < place.to; i++)
			digit_n += is_digit(at[i]);
		for (size_t i = place.from; i < place.to; i++) {
			if (!is_digit(at[i]))
				continue;
			if (n >= SHOWN_FIRST && n < digit_n - SHOWN_LAST)
				at[i] = '*';
			n++;
		}
	}
	return card_n;
}

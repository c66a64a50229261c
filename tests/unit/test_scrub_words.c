/*
 * Goal: no card number stands in clear in words that are shown, however its groups are parted; other numbers stay.
 * Method: made-up numbers in many forms; all cuts of a text, which must be read without going beyond it.
 */
#include "check.h"

#include "decode/scrub_words.c"

#include <stdlib.h>

static const struct row {
	const char *text;
	const char *shown;
} rows[] = {
	{"", ""},
	{"no card", "no card"},
	{"4111111111111111", "411111******1111"},
	{"PAN4111111111111111/1230", "PAN411111******1111/1230"},
	{"card 4111 1111 1111 1111, 12 30", "card 4111 11** **** 1111, 12 30"},
	{"4111-1111-1111-1111", "4111-11**-****-1111"},
	{"41111111\r\n11111111", "411111**\r\n****1111"},
	{"41111111\n11111111", "411111**\n****1111"},
	{"5555 5555 5555 4444 and 378282246310005", "5555 55** **** 4444 and 378282*****0005"},
	{"ref 12 4111111111111111", "ref 12 411111******1111"},
	{"4111111111111112", "4111111111111112"},                                 /* its check digit is wrong */
	{"41111111111111114111111111111111", "41111111111111114111111111111111"}, /* a longer number */
	{"4111  1111 1111 1111", "4111  1111 1111 1111"},                         /* two blanks part words */
	{"4242424242424242", "424242******4242"},
	{"DE89370400440532013000", "DE89370400440532013000"},
	{"1234567890123", "1234567890123"},
	{"2012345678901236", "2012345678901236"}, /* no cards begin so */
	{"411111111111111", "411111111111111"},
};

static void
test_rows(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[128];
		size_t len = strlen(rows[i].text);
		memcpy(text, rows[i].text, len + 1);
		bool has = cs_scrub_words_has(cs_span_text(text));
		assert_int_equal(has, cs_scrub_words((uint8_t *)text, len) > 0);
		assert_string_equal(text, rows[i].shown);
	}
	assert_true(cs_scrub_words_is(cs_span_text("4111111111111111")));
	static const char *const others[] = {"", "4111 1111 1111 1111", "4111111111111111 ", "4111111111111112",
					     "4111"};
	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(cs_scrub_words_is(cs_span_text(others[i])));
}

/* An IBAN whose digits would be a card number is one all the same; with its check digits wrong it is not. */
static void
test_ibans_stay(void **state)
{
	(void)state;
	char text[32] = "";
	unsigned found = 0;
	for (unsigned check = 40; check < 50 && !found; check++)
		for (unsigned n = 0; n < 10000 && !found; n++) {
			snprintf(text, sizeof text, "PL%02u4242424242%04u", check, n);
			struct cs_span digits = {(const uint8_t *)text + 2, strlen(text) - 2};
			uint8_t digit[CARD_MAX];
			for (size_t i = 0; i < digits.len; i++)
				digit[i] = (uint8_t)(digits.at[i] - '0');
			found = cs_codes_iban_digits(cs_span_text(text)) && is_card(digit, digits.len);
		}
	assert_true(found);
	assert_false(cs_scrub_words_has(cs_span_text(text)));
	text[0] = '-';
	assert_true(cs_scrub_words_has(cs_span_text(text)));
}

static void
test_every_cut(void **state)
{
	(void)state;
	static const char text[] = "a 4111 1111 1111 1111 b 5555555555554444\r\n30";
	for (size_t from = 0; from < sizeof text - 1; from++)
		for (size_t to = from; to < sizeof text; to++) {
			uint8_t *lent = malloc(to - from + 1);
			assert_non_null(lent);
			memcpy(lent, text + from, to - from);
			(void)cs_scrub_words(lent, to - from);
			assert_false(cs_scrub_words_has((struct cs_span){lent, to - from}));
			free(lent);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_ibans_stay),
		cmocka_unit_test(test_every_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: identifiers are made comparable as they are written in lists and messages, and those that their own check digits
 * contradict are none.
 * Method: by hand, each kind; every other last digit of an IMO number and of a LEI; lengths at the limit.
 */
#include "check.h"

#include "screen/entry_id.c"

static const char *
canon(enum cs_entry_id_kind kind, const char *text)
{
	static char out[CANON_MAX + 1];
	out[cs_entry_id_canon(kind, cs_span_text(text), out)] = 0;
	return out;
}

static void
separators_vanish(void **state)
{
	(void)state;
	assert_string_equal(canon(CS_ENTRY_ID_PASSPORT, " ab-12.34/56 "), "AB123456");
	assert_string_equal(canon(CS_ENTRY_ID_ACCOUNT, "no93 8601 1117 947"), "NO9386011117947");
	assert_string_equal(canon(CS_ENTRY_ID_PASSPORT, "AB\u00a012\u200b34\u201156\u206f\u3000\uff1a"), "AB123456");
	assert_string_equal(canon(CS_ENTRY_ID_PASSPORT, "\u04101\u2116\u2070"), "\u04101\u2116\u2070");
	assert_string_equal(canon(CS_ENTRY_ID_PASSPORT, "A\xe2\x80"), "A\xe2\x80");
	assert_string_equal(canon(CS_ENTRY_ID_WALLET, "\u200bxBy\u00a0"), "xBy");
	assert_string_equal(canon(CS_ENTRY_ID_TAX, ""), "");
	assert_string_equal(canon(CS_ENTRY_ID_TAX, "- . -"), "");
}

static void
bics(void **state)
{
	(void)state;
	assert_string_equal(canon(CS_ENTRY_ID_BIC, "teszxxa1"), "TESZXXA1XXX");
	assert_string_equal(canon(CS_ENTRY_ID_BIC, "TESZXXA1XXX"), "TESZXXA1XXX");
	assert_string_equal(canon(CS_ENTRY_ID_BIC, "TESZXXA1123"), "TESZXXA1123");
	assert_string_equal(canon(CS_ENTRY_ID_BIC, "TESZXXA"), "");
	assert_string_equal(canon(CS_ENTRY_ID_BIC, "TESZ1XA1"), "");
}

static void
check_digits(void **state)
{
	(void)state;
	char imo[] = "IMO 9074720", lei[] = "5493001KJTIIGC8Y1R1?";
	unsigned right = 0;
	assert_string_equal(canon(CS_ENTRY_ID_IMO, "IMO 9074729"), "9074729");
	for (char c = '0'; c <= '9'; c++) {
		imo[sizeof imo - 2] = c;
		right += *canon(CS_ENTRY_ID_IMO, imo) != 0;
	}
	assert_in_range(right, 1, 2); /* a ship's, and that of a company */
	right = 0;
	for (char c = '0'; c <= '9'; c++) {
		lei[sizeof lei - 2] = c;
		right += *canon(CS_ENTRY_ID_LEI, lei) != 0;
	}
	assert_int_equal(right, 1);
	assert_string_equal(canon(CS_ENTRY_ID_IMO, "907472"), "");
	assert_string_equal(canon(CS_ENTRY_ID_IMO, "90747291"), "");
	assert_string_equal(canon(CS_ENTRY_ID_IMO, "IMO"), "");
	assert_string_equal(canon(CS_ENTRY_ID_LEI, "5493001KJTIIGC8Y1R1"), "");
}

static void
wallets_keep_their_case(void **state)
{
	(void)state;
	assert_string_equal(canon(CS_ENTRY_ID_WALLET, " 1TestAbC "), "1TestAbC");
	assert_string_equal(canon(CS_ENTRY_ID_WALLET, "0xABCDEF0123456789abcdef0123456789ABCDEF01"),
			    "0xabcdef0123456789abcdef0123456789abcdef01");
}

static void
long_ones_are_none(void **state)
{
	(void)state;
	char text[CANON_MAX + 2];
	memset(text, 'a', sizeof text);
	text[CANON_MAX] = 0;
	assert_int_equal(strlen(canon(CS_ENTRY_ID_OTHER, text)), CANON_MAX);
	text[CANON_MAX] = 'a', text[CANON_MAX + 1] = 0;
	assert_string_equal(canon(CS_ENTRY_ID_OTHER, text), "");
	assert_string_equal(canon(CS_ENTRY_ID_WALLET, text), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(separators_vanish),  cmocka_unit_test(bics),
		cmocka_unit_test(check_digits),       cmocka_unit_test(wallets_keep_their_case),
		cmocka_unit_test(long_ones_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: invented accounts, banks and days are right: check digits, lengths, weekends, holidays, cut-offs.
 * Method: check digits recomputed digit by digit for every place; dates taken from a calendar of 2026 by hand.
 */
#include "check.h"

#include "pay_place.c"

static int64_t
day(unsigned month, unsigned of_month)
{
	return cs_day_of(2026, month, of_month);
}

static uint64_t
at(int64_t day_number, unsigned hour, unsigned minute)
{
	return (uint64_t)day_number * 24 * CS_HOUR + hour * CS_HOUR + minute * CS_MINUTE;
}

/* ISO/IEC 7064 by long division of the turned text, one decimal digit after the other. */
static unsigned
iban_rest(const char *account)
{
	char digits[128];
	size_t len = strlen(account), n = 0;
	for (size_t i = 0; i < len; i++) {
		char c = account[(i + 4) % len];
		n += (size_t)snprintf(digits + n, sizeof digits - n, "%d", c >= 'A' ? c - 'A' + 10 : c - '0');
	}
	unsigned rest = 0;
	for (size_t i = 0; i < n; i++)
		rest = (rest * 10 + (unsigned)(digits[i] - '0')) % 97;
	return rest;
}

static void
accounts_have_valid_check_digits(void **state)
{
	(void)state;
	static const struct {
		const char *country;
		size_t len;
	} lengths[] = {{"DE", 22}, {"AT", 20}, {"NL", 18}, {"IE", 22}, {"LU", 20}, {"CH", 21},
		       {"DK", 18}, {"SE", 24}, {"GB", 22}, {"AE", 23}, {"KW", 30}};
	struct cs_pay_party party;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		unsigned place = cs_pay_place_of(lengths[i].country);
		for (uint64_t seed = 0; seed < 200; seed++) {
			cs_pay_company(seed, place, NULL, &party);
			assert_int_equal(strlen(party.account), lengths[i].len);
			assert_memory_equal(party.account, lengths[i].country, 2);
			assert_int_equal(iban_rest(party.account), 1);
			if (cs_pay_place(place)->letters)
				assert_memory_equal(party.account + 4, party.bank, 4);
		}
	}
	cs_pay_person(3, cs_pay_place_of("US"), NULL, &party);
	assert_int_equal(strlen(party.account), 10);
}

static void
the_known_example_has_its_check_digits(void **state)
{
	(void)state;
	/* The United Kingdom example of the IBAN registry. */
	assert_int_equal(98 - remainder_97(remainder_97(remainder_97(0, "WEST12345698765432"), "GB"), "00"), 82);
	assert_int_equal(iban_rest("GB82WEST12345698765432"), 1);
}

static void
banks_are_marked_as_tests(void **state)
{
	(void)state;
	char bic[CS_PAY_BIC_BYTES], other[CS_PAY_BIC_BYTES];
	for (unsigned place = 0; place < cs_pay_place_n(); place++) {
		for (uint64_t draw = 0; draw < 6; draw++) {
			cs_pay_bic(place, draw, bic);
			assert_int_equal(strlen(bic), 8);
			assert_memory_equal(bic + 4, cs_pay_place(place)->country, 2);
			assert_int_equal(bic[7], '0');
			cs_pay_bic(place, draw + 6, other);
			assert_string_equal(bic, other);
		}
	}
}

static void
the_same_seed_is_the_same_party(void **state)
{
	(void)state;
	struct cs_pay_party one, two;
	cs_pay_company(77, 2, NULL, &one);
	cs_pay_company(77, 2, NULL, &two);
	assert_string_equal(one.name, two.name);
	assert_string_equal(one.account, two.account);
	cs_pay_company(78, 2, NULL, &two);
	assert_string_not_equal(one.account, two.account);
	cs_pay_person(77, CS_PAY_HOME, CS_PAY_OUR_BIC, &one);
	assert_string_equal(one.bank, CS_PAY_OUR_BIC);
}

static void
shares_lead_somewhere(void **state)
{
	(void)state;
	for (unsigned currency = 0; currency < CS_PAY_CURRENCY_N; currency++)
		for (uint64_t draw = 0; draw < 100; draw++) {
			unsigned place = cs_pay_place_drawn((enum cs_pay_currency)currency, draw);
			assert_true(cs_pay_place(place)->share[currency] > 0);
		}
	assert_int_equal(cs_pay_place_of("XX"), CS_PAY_HOME);
}

static void
weekends_and_holidays_are_closed(void **state)
{
	(void)state;
	assert_true(cs_pay_open(CS_PAY_EUR, day(3, 6)));  /* a Friday */
	assert_false(cs_pay_open(CS_PAY_KWD, day(3, 6))); /* whose weekend it is */
	assert_false(cs_pay_open(CS_PAY_EUR, day(3, 8)));
	assert_true(cs_pay_open(CS_PAY_KWD, day(3, 8)));
	assert_false(cs_pay_open(CS_PAY_EUR, day(4, 6))); /* Easter Monday */
	assert_true(cs_pay_open(CS_PAY_USD, day(4, 6)));
	assert_int_equal(cs_pay_open_from(CS_PAY_EUR, day(4, 3)), day(4, 7));
	assert_int_equal(cs_pay_open_after(CS_PAY_JPY, day(3, 19), 1), day(3, 23)); /* equinox, then a weekend */
	assert_int_equal(cs_pay_open_after(CS_PAY_EUR, day(3, 5), 0), day(3, 5));
}

static void
value_dates_follow_cut_off_and_calendar(void **state)
{
	(void)state;
	int64_t friday = day(3, 6);
	assert_int_equal(cs_pay_value_day(CS_PAY_EUR, at(friday, 14, 59)), friday);
	assert_int_equal(cs_pay_value_day(CS_PAY_EUR, at(friday, 15, 0)), day(3, 9));
	assert_int_equal(cs_pay_value_day(CS_PAY_USD, at(friday, 9, 0)), day(3, 9));
	assert_int_equal(cs_pay_value_day(CS_PAY_USD, at(friday, 17, 0)), day(3, 10));
	assert_int_equal(cs_pay_value_day(CS_PAY_KWD, at(day(3, 4), 9, 0)),
			 day(3, 8)); /* Wednesday, Thursday, Sunday */
	assert_int_equal(cs_pay_value_day(CS_PAY_EUR, at(day(4, 2), 16, 0)), day(4, 7));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounts_have_valid_check_digits),
		cmocka_unit_test(the_known_example_has_its_check_digits),
		cmocka_unit_test(banks_are_marked_as_tests),
		cmocka_unit_test(the_same_seed_is_the_same_party),
		cmocka_unit_test(shares_lead_somewhere),
		cmocka_unit_test(weekends_and_holidays_are_closed),
		cmocka_unit_test(value_dates_follow_cut_off_and_calendar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

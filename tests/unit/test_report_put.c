/*
 * Goal: numbers of a report are exact at both ends of their range, and no text of a message is markup.
 * Method: cases by hand.
 */
#include "check.h"

#include "app/report_put.c"

static char out[512];

static const char *
minor_of(__int128_t minor, uint16_t currency, char mark)
{
	struct cs_text text = cs_text_over(out, sizeof out);
	cs_report_put_minor(&text, minor, currency, mark);
	return out;
}

static void
test_money(void **state)
{
	(void)state;
	assert_string_equal(minor_of(0, 978, ','), "0.00");
	assert_string_equal(minor_of(5, 978, ','), "0.05");
	assert_string_equal(minor_of(-5, 978, ','), "-0.05");
	assert_string_equal(minor_of(123456789, 978, ','), "1,234,567.89");
	assert_string_equal(minor_of(12345678, 978, ','), "123,456.78");
	assert_string_equal(minor_of(123456789, 978, 0), "1234567.89");
	assert_string_equal(minor_of(416000000, 392, ','), "416,000,000");
	assert_string_equal(minor_of(-407047807, 414, ','), "-407,047.807");
	assert_string_equal(minor_of(1234, 0, ','), "1,234");
	__int128_t most = (__int128_t)(~(__uint128_t)0 >> 1);
	assert_string_equal(minor_of(most, 978, 0), "1701411834604692317316873037158841057.27");
	assert_string_equal(minor_of(-most - 1, 0, 0), "-170141183460469231731687303715884105728");
}

static void
test_averages(void **state)
{
	(void)state;
	struct cs_text text = cs_text_over(out, sizeof out);
	assert_true(cs_report_mean(7, 2) == 4);
	assert_true(cs_report_mean(-7, 2) == -4);
	assert_true(cs_report_mean(6, 4) == 2);
	assert_true(cs_report_mean(5, 4) == 1);
	assert_true(cs_report_mean(5, 0) == 0);
	cs_report_put_tenths(&text, 1, 3);
	assert_string_equal(out, "0.3");
	text = cs_text_over(out, sizeof out);
	cs_report_put_tenths(&text, 12345, 1);
	assert_string_equal(out, "12,345.0");
}

static void
test_change(void **state)
{
	(void)state;
	int change = 0;
	assert_true(cs_report_change(150, 200, 2, &change) && change == 50);
	assert_true(cs_report_change(0, 200, 2, &change) && change == -100);
	assert_true(cs_report_change(-100, 200, 2, &change) && change == -200);
	assert_true(cs_report_change(2, 3, 1, &change) && change == -33);
	assert_true(cs_report_change(100, 1, 1, &change) && change == 9900);
	assert_false(cs_report_change(101, 1, 1, &change));
	assert_false(cs_report_change(5, 0, 3, &change));
	assert_false(cs_report_change(5, 5, 0, &change));
	__int128_t most = (__int128_t)(~(__uint128_t)0 >> 1);
	assert_true(cs_report_change(most / 2, most / 4, 1, &change) && change == 100);
}

static void
test_escapes(void **state)
{
	(void)state;
	struct cs_text text = cs_text_over(out, sizeof out);
	cs_report_put_escaped(&text, "<a b='c' d=\"e\">&\n\x7f\xc3\xa9");
	assert_string_equal(out, "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;\n?\xc3\xa9");
	struct cs_short value = {"a\x01\x85\xe9<"};
	text = cs_text_over(out, sizeof out);
	cs_report_put_short(&text, &value);
	assert_string_equal(out, "a??\xc3\xa9<");
}

static void
test_times(void **state)
{
	(void)state;
	static const struct cs_zone half = {.change_n = 1, .change[0].east_s = 5 * 3600 + 1800};
	static const struct cs_zone hours = {.change_n = 1, .change[0].east_s = -3 * 3600};
	const struct cs_report_wish east = {.zone = &half}, west = {.zone = &hours};
	uint64_t time_ns = UINT64_C(1774828800) * UINT64_C(1000000000); /* 2026-03-30 00:00 UTC */
	struct cs_text text = cs_text_over(out, sizeof out);
	cs_report_put_moment(&text, &east, time_ns);
	cs_text_put_char(&text, '|');
	cs_report_put_clock(&text, &west, time_ns);
	cs_text_put_char(&text, '|');
	cs_report_put_moment(&text, &west, 0);
	cs_text_put_char(&text, '|');
	cs_report_put_date(&text, 20542);
	cs_text_put_char(&text, '|');
	cs_report_put_zone(&text, &east);
	cs_report_put_zone(&text, &west);
	cs_report_put_zone(&text, &(struct cs_report_wish){0});
	assert_string_equal(out, "2026-03-30 05:30|21:00|-|2026-03-30|UTC+05:30UTC-03:00UTC");
}

static void
test_names(void **state)
{
	(void)state;
	struct cs_report_flow flow = {.name = "network", .kind = {"payment"}, .status = {"accepted"}};
	struct cs_text text = cs_text_over(out, sizeof out);
	cs_report_put_flow(&text, &flow);
	assert_string_equal(out, "network: payment, accepted");
	for (unsigned dim = 0; dim < CS_REPORT_DIM_N; dim++)
		assert_non_null(cs_report_dim_name((enum cs_report_dim)dim));
	text = cs_text_over(out, sizeof out);
	cs_report_put_currency(&text, 978);
	cs_report_put_currency(&text, 7);
	cs_report_put_currency(&text, 0);
	assert_string_equal(out, "EUR007-");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_money),   cmocka_unit_test(test_averages), cmocka_unit_test(test_change),
		cmocka_unit_test(test_escapes), cmocka_unit_test(test_times),    cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

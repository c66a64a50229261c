/*
 * Goal: text never leaves its buffer, and numbers, times and escapes come out as their standards say.
 * Method: known answers, and a buffer that is too small.
 */
#include "check.h"

#include "base/json.h"

static void
numbers_and_times(void **state)
{
	(void)state;
	char at[128];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put_i64(&text, INT64_MIN);
	cs_text_put_char(&text, ' ');
	cs_text_put_padded(&text, 42, 6);
	assert_string_equal(at, "-9223372036854775808 000042");
	text = cs_text_over(at, sizeof at);
	cs_text_put_time(&text, UINT64_C(1709164799123456789));
	assert_string_equal(at, "2024-02-28T23:59:59.123456789Z");
	text = cs_text_over(at, sizeof at);
	cs_text_put_time(&text, UINT64_C(1709164800000000000));
	assert_string_equal(at, "2024-02-29T00:00:00.000000000Z");
}

static void
words_for_people(void **state)
{
	(void)state;
	static const uint64_t second_ns = UINT64_C(1000000000);
	char at[64];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < 6; i++) {
		cs_text_put_age(&text, (const uint64_t[]){0, 89, 90, 114, 7199, 7200}[i] * second_ns);
		cs_text_put_char(&text, ' ');
	}
	assert_string_equal(at, "0 s 89 s 2 min 2 min 120 min 2 h ");
	text = cs_text_over(at, sizeof at);
	cs_text_put_counted(&text, 1, "row ", "rows ");
	cs_text_put_counted(&text, 0, "row ", "rows ");
	cs_text_put_hex_small(&text, cs_span_text("\x0f\xa0"));
	assert_string_equal(at, "1 row 0 rows 0fa0");
	assert_string_equal(cs_text_plural(1), "");
	assert_string_equal(cs_text_plural(0), "s");
}

static void
overflow_is_sticky_and_bounded(void **state)
{
	(void)state;
	char at[9];
	memset(at, '#', sizeof at);
	struct cs_text text = cs_text_over(at, 8);
	cs_text_put(&text, "0123456789");
	assert_true(text.overflowed);
	assert_string_equal(at, "0123456");
	assert_int_equal(at[8], '#');
}

static void
json_escapes_and_commas(void **state)
{
	(void)state;
	char at[256];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	cs_json_put_latin1(&json, "a\"b", (struct cs_span){(const uint8_t *)"\x01\\\x85\xe9", 4});
	cs_json_key(&json, "list");
	cs_json_array(&json);
	cs_json_u64(&json, 1);
	cs_json_bool(&json, false);
	cs_json_null(&json);
	cs_json_end_array(&json);
	cs_json_put_i64(&json, "n", -5);
	cs_json_end_object(&json);
	assert_string_equal(at, "{\"a\\\"b\":\"\\u0001\\\\\\u0085\xc3\xa9\",\"list\":[1,false,null],\"n\":-5}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_times),
		cmocka_unit_test(words_for_people),
		cmocka_unit_test(overflow_is_sticky_and_bounded),
		cmocka_unit_test(json_escapes_and_commas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

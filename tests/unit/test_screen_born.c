/*
 * Goal: a date of birth is the days it may mean, whatever it is written like; what may be one day or another is told as that.
 * Method: dates by hand, in each order; every date of some years written every way and read again; any bytes.
 */
#include "check.h"

#include "screen/born.c"

#include <stdlib.h>

static void
dates(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t from, to;
	} rows[] = {
		{"1970", 19700101, 19701231},
		{"1970-03", 19700301, 19700331},
		{"03/1970", 19700301, 19700331},
		{"3.1970", 19700301, 19700331},
		{"1970-03-12", 19700312, 19700312},
		{"1970/3/2", 19700302, 19700302},
		{"1970.03.12", 19700312, 19700312},
		{"19700312", 19700312, 19700312},
		{"12.03.1970", 19700312, 19700312},
		{"3.12.1970", 19701203, 19701203},
		{"12. 3. 1970", 19700312, 19700312},
		{"25/12/1970", 19701225, 19701225},
		{"12/25/1970", 19701225, 19701225},
		{"05-05-1970", 19700505, 19700505},
		{"12 Mar 1970", 19700312, 19700312},
		{"12-MAR-1970", 19700312, 19700312},
		{"March 12, 1970", 19700312, 19700312},
		{"Sept 1970", 19700901, 19700931},
		{"1970 June 3", 19700603, 19700603},
		{"29.02.1970", 19700229, 19700229}, /* who typed that meant something */
		{"1970-03-12T00:00:00Z", 19700312, 19700312},
		{"1970-03-12 00:00:00.000", 19700312, 19700312},
		{"12\u00a0Mar\u00a01970", 19700312, 19700312},
		{"12.\u20073.\u00a01970", 19700312, 19700312},
		{"12.03.1970 0:00", 19700312, 19700312},
		{"12.03.1970 23:59", 19700312, 19700312},
		{"1970-03-12T10:30:00.5+01:00", 19700312, 19700312},
		{"1970-03-12T10:30-05:00", 19700312, 19700312},
		{"12/25/1970 12:00:00 AM", 19701225, 19701225},
		{"12/25/1970\u00a09:05\u202fpm", 19701225, 19701225},
		{"00.00.1970", 19700101, 19701231},
		{"1970-03-00", 19700301, 19700331},
		{"00/03/1970", 19700301, 19700331},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_score_facts facts = {0};
		assert_int_equal(cs_born_read(cs_span_text(rows[i].text), CS_BORN_EITHER, &facts), CS_BORN_READ);
		assert_int_equal(facts.born_from, rows[i].from);
		assert_true(facts.born_to >= rows[i].to && facts.born_to / 100 == rows[i].to / 100);
	}
}

static void
none(void **state)
{
	(void)state;
	static const char *const texts[] = {"",
					    "soon",
					    "12.03.70",
					    "1700",
					    "1970-13-01",
					    "1970-02-30",
					    "32.01.1970",
					    "13/13/1970",
					    "12031970",
					    "1970-3-2-1",
					    "12..03..1970",
					    "1970-00-05",
					    "12 Foo 1970",
					    "Mar Mar 1970",
					    "12 3 19700",
					    "-1970",
					    "1970-",
					    "ma 1970",
					    "99999999999",
					    "Marc 1970",
					    "12:00",
					    "1970.0000",
					    "120.3.1970",
					    "1970 :foo",
					    "1970 :",
					    "1970 1:",
					    "12.03.1970 99:99",
					    "12.03.1970 24:00",
					    "12.03.1970 23:60",
					    "12.03.1970 23:5",
					    "12.03.1970 023:59",
					    "12.03.1970 12:00 oslo",
					    "12.03.1970 12:00 ",
					    "12.03.1970 12:00 xm",
					    "12.03.1970 12:00 a",
					    "12.03.1970 12:00foo",
					    "12.03.197012:00",
					    "12.03.1970  12:00",
					    "12.03.1970-12:00",
					    "T12:00",
					    " 12:00",
					    "\u00a01970",
					    "1970\u00a0",
					    "12\u2116Mar 1970",
					    "12\u00a0\u00a0\u00a0Mar 1970",
					    "12.03.1970\xc2",
					    "12 Mar\xe2\x80"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct cs_score_facts facts = {.born_from = 7};
		assert_int_equal(cs_born_read(cs_span_text(texts[i]), CS_BORN_EITHER, &facts), CS_BORN_NONE);
		assert_int_equal(facts.born_from, 7);
	}
}

static void
orders(void **state)
{
	(void)state;
	struct cs_score_facts facts = {0};
	struct cs_span text = cs_span_text("03/04/1970"), last = cs_span_text("03/25/1970");
	struct cs_score_facts kept = {.born_from = 7, .born_to = 8};
	static const char *const nobodys[] = {"1900-01-01", "01.01.1900", "01/01/1900", "19000101",
					      "1900-01-01T00:00:00Z"};
	for (size_t i = 0; i < sizeof nobodys / sizeof *nobodys; i++)
		assert_int_equal(cs_born_read(cs_span_text(nobodys[i]), CS_BORN_EITHER, &kept), CS_BORN_UNKNOWN);
	assert_true(kept.born_from == 7 && kept.born_to == 8);
	assert_int_equal(cs_born_read(cs_span_text("1900-01-02"), CS_BORN_EITHER, &kept), CS_BORN_READ);
	assert_int_equal(cs_born_read(cs_span_text("1900"), CS_BORN_EITHER, &kept), CS_BORN_READ);
	assert_int_equal(cs_born_read(text, CS_BORN_EITHER, &facts), CS_BORN_AMBIGUOUS);
	assert_int_equal(facts.born_from, 0);
	assert_int_equal(cs_born_read(text, CS_BORN_DAY_FIRST, &facts), CS_BORN_READ);
	assert_int_equal(facts.born_from, 19700403);
	assert_int_equal(cs_born_read(text, CS_BORN_MONTH_FIRST, &facts), CS_BORN_READ);
	assert_int_equal(facts.born_to, 19700304);
	assert_int_equal(cs_born_read(last, CS_BORN_DAY_FIRST, &facts), CS_BORN_NONE);
	assert_int_equal(cs_born_read(last, CS_BORN_MONTH_FIRST, &facts), CS_BORN_READ);
	assert_int_equal(cs_born_read(cs_span_text("25/03/1970"), CS_BORN_MONTH_FIRST, &facts), CS_BORN_NONE);
	assert_int_equal(cs_born_read(cs_span_text("03.04.1970"), CS_BORN_MONTH_FIRST, &facts), CS_BORN_READ);
	assert_int_equal(facts.born_from, 19700403);
}

static void
each_way(void **state)
{
	(void)state;
	static const char *const ways[] = {"%1$04u-%2$02u-%3$02u", "%1$04u%2$02u%3$02u", "%3$02u.%2$02u.%1$04u",
					   "%3$u.%2$u.%1$u"};
	for (unsigned day = 1; day <= 28 * 12; day++) {
		unsigned month = day % 12 + 1, of = day / 12 + 1;
		for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
			char text[32];
			struct cs_score_facts facts = {0};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			(void)snprintf(text, sizeof text, ways[i], 1880 + day, month, of);
#pragma GCC diagnostic pop
			assert_int_equal(cs_born_read(cs_span_text(text), CS_BORN_EITHER, &facts),
					 1880 + day > YEAR_MAX ? CS_BORN_NONE : CS_BORN_READ);
			assert_int_equal(facts.born_from,
					 1880 + day > YEAR_MAX ? 0 : (1880 + day) * 10000 + month * 100 + of);
		}
	}
}

static void
any_bytes(void **state)
{
	(void)state;
	static const char stock[] = "0123456789012-./ ,:TZMarchJulyx\xff\0";
	uint32_t seed = 5;
	unsigned read = 0;
	for (unsigned round = 0; round < 400000; round++) {
		char text[24], *copy;
		size_t len = round % 24;
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = stock[(seed >> 16) % (sizeof stock - 1)];
		}
		copy = malloc(len ? len : 1); /* the sanitizer watches what is read beyond it */
		assert_non_null(copy);
		memcpy(copy, text, len);
		struct cs_score_facts facts = {0};
		if (cs_born_read((struct cs_span){(const uint8_t *)copy, len}, CS_BORN_EITHER, &facts) ==
		    CS_BORN_READ) {
			assert_true(facts.born_from >= 18000101 && facts.born_from <= facts.born_to &&
				    facts.born_to <= 22001231);
			read++;
		}
		free(copy);
	}
	assert_true(read > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(dates), cmocka_unit_test(none), cmocka_unit_test(orders),
					   cmocka_unit_test(each_way), cmocka_unit_test(any_bytes)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

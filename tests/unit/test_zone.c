/*
 * Goal: a zone by name has the clock changes that its country had; a name that is none is told, whatever it holds.
 * Method: moments around changes that were announced, the second before and the second itself.
 */
#include "check.h"

#include "io/zone.c"

static struct cs_zone zone;

static void
changes_are_on_their_second(void **state)
{
	(void)state;
	assert_true(cs_zone_find("Europe/Berlin", &zone));
	assert_string_equal(zone.name, "Europe/Berlin");
	assert_int_equal(cs_zone_east(&zone, 1774745999), 3600); /* 2026-03-29 00:59:59 UTC */
	assert_int_equal(cs_zone_east(&zone, 1774746000), 7200);
	assert_int_equal(cs_zone_east(&zone, 1792889999), 7200); /* 2026-10-25 00:59:59 UTC */
	assert_int_equal(cs_zone_east(&zone, 1792890000), 3600);
	assert_int_equal(cs_zone_east(&zone, -1), 3600);
	assert_true(cs_zone_find("Asia/Dhaka", &zone));
	assert_int_equal(cs_zone_east(&zone, 1454612400), 21600); /* 2016-02-04 19:00 UTC */
	assert_true(cs_zone_find("Asia/Kathmandu", &zone));
	assert_int_equal(cs_zone_east(&zone, 1774746000), 20700);
	assert_true(cs_zone_find("America/New_York", &zone));
	assert_int_equal(cs_zone_east(&zone, 1772953199), -18000); /* 2026-03-08 06:59:59 UTC */
	assert_int_equal(cs_zone_east(&zone, 1772953200), -14400);
}

static void
names_that_are_none(void **state)
{
	(void)state;
	static const char *const names[] = {"",
					    "Europe",
					    "Europe/Berlni",
					    "../../../etc/passwd",
					    "/etc/passwd",
					    "Europe/../Asia/Dhaka",
					    "tzdata.zi",
					    "zone.tab",
					    "Europe/Berlin/",
					    "E\nurope",
					    "iso3166.tab",
					    "-"};
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_false(cs_zone_find(names[i], &zone));
	char long_name[2 * CS_ZONE_NAME_BYTES];
	memset(long_name, 'A', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = '\0';
	assert_false(cs_zone_find(long_name, &zone));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_on_their_second),
		cmocka_unit_test(names_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: a distance is never more than the true one, and not much less; a country's is that of its nearest edge.
 * Method: known distances on the ellipsoid; many random pairs beside the same in floating point on the larger sphere.
 */
#include "check.h"

#include <math.h>

#include "detect/distance.c"

static struct cs_spot
spot(double latitude, double longitude)
{
	return (struct cs_spot){(int32_t)lround(latitude * DEGREE), (int32_t)lround(longitude * DEGREE), 0};
}

/* On a sphere of KM. */
static double
by_haversine(const struct cs_spot *a, const struct cs_spot *b, double km)
{
	const double unit = M_PI / 180 / DEGREE;
	double x = sin((b->latitude - a->latitude) * unit / 2), y = sin((b->longitude - a->longitude) * unit / 2);
	double square = x * x + cos(a->latitude * unit) * cos(b->latitude * unit) * y * y;
	return 2 * km * asin(fmin(1, sqrt(square)));
}

/* WGS 84, to the kilometre. */
static void
known_distances(void **state)
{
	(void)state;
	static const struct {
		double a[2], b[2];
		int64_t km;
	} rows[] = {
		{{52.5200, 13.4050}, {48.8566, 2.3522}, 879},        /* Berlin, Paris */
		{{40.7128, -74.0060}, {51.5074, -0.1278}, 5585},     /* New York, London */
		{{35.6762, 139.6503}, {-33.8688, 151.2093}, 7794},   /* Tokyo, Sydney */
		{{23.5880, 58.3829}, {25.2048, 55.2708}, 362},       /* Muscat, Dubai */
		{{-17.7134, 178.0650}, {-13.7590, -172.1046}, 1141}, /* over the date line */
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_spot a = spot(rows[i].a[0], rows[i].a[1]), b = spot(rows[i].b[0], rows[i].b[1]);
		int64_t km = cs_distance_km(&a, &b);
		if (km > rows[i].km || km < rows[i].km - rows[i].km / 80 - 3)
			fail_msg("row %u: %lld, not %lld", i, (long long)km, (long long)rows[i].km);
		assert_int_equal(km, cs_distance_km(&b, &a));
	}
}

static void
never_too_many(void **state)
{
	(void)state;
	uint64_t seed = 1;
	for (unsigned i = 0; i < 200000; i++) {
		struct cs_spot at[2];
		for (unsigned k = 0; k < 2; k++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			at[k].latitude = (int32_t)((seed >> 33) % 18000001) - 9000000;
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			at[k].longitude = (int32_t)((seed >> 33) % 36000001) - 18000000;
			at[k].radius_km = 0;
		}
		if (i % 3 == 0) { /* near ones */
			at[1].latitude = at[0].latitude + (int32_t)(seed >> 40) % 2000 * (at[0].latitude > 0 ? -1 : 1);
			at[1].longitude = at[0].longitude;
		}
		double most = by_haversine(&at[0], &at[1], EARTH_KM);
		int64_t km = cs_distance_km(&at[0], &at[1]);
		if ((double)km > most || (double)km < most - 3)
			fail_msg("%d %d, %d %d: %lld, not %.3f", at[0].latitude, at[0].longitude, at[1].latitude,
				 at[1].longitude, (long long)km, most);
	}
}

static void
circles_that_touch_are_no_distance_apart(void **state)
{
	(void)state;
	struct cs_spot germany, france, japan;
	assert_true(cs_distance_country(&(struct cs_short){"276"}, &germany));
	assert_true(cs_distance_country(&(struct cs_short){"FR"}, &france));
	assert_true(cs_distance_country(&(struct cs_short){"392"}, &japan));
	assert_int_equal(cs_distance_km(&germany, &germany), 0);
	assert_int_equal(cs_distance_km(&germany, &france), 0);
	int64_t km = cs_distance_km(&germany, &japan);
	assert_true(km > 6000 && km < 8300);
	struct cs_spot none;
	assert_false(cs_distance_country(&(struct cs_short){"999"}, &none));
	assert_false(cs_distance_country(&(struct cs_short){"1"}, &none));
	assert_false(cs_distance_country(&(struct cs_short){{0}}, &none));
}

/* Capitals and far corners lie within the circle of their country. */
static void
circles_hold_their_countries(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		double at[2];
	} rows[] = {
		{"DE", {54.90, 8.31}},    {"DE", {47.27, 10.18}},  {"FR", {41.39, 9.16}},   {"ES", {28.05, -16.57}},
		{"US", {21.31, -157.86}}, {"US", {64.84, -147.7}}, {"JP", {26.21, 127.68}}, {"IN", {34.15, 77.58}},
		{"IN", {11.62, 92.73}},   {"RU", {54.71, 20.51}},  {"RU", {64.73, 177.5}},  {"BR", {-8.05, -34.88}},
		{"OM", {23.59, 58.38}},   {"AU", {-42.88, 147.3}}, {"NZ", {-46.41, 168.3}}, {"PT", {37.74, -25.67}},
		{"CL", {-53.16, -70.9}},  {"MY", {5.98, 116.07}},  {"GB", {60.15, -1.14}},  {"AE", {25.2, 55.27}},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_short code = {{0}};
		struct cs_spot circle = {0, 0, 0}, place = spot(rows[i].at[0], rows[i].at[1]);
		memcpy(code.at, rows[i].code, 2);
		assert_true(cs_distance_country(&code, &circle));
		if (by_haversine(&circle, &place, 6378) > circle.radius_km)
			fail_msg("row %u lies %.0f km from the middle of %s", i, by_haversine(&circle, &place, 6378),
				 rows[i].code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_distances),
		cmocka_unit_test(never_too_many),
		cmocka_unit_test(circles_that_touch_are_no_distance_apart),
		cmocka_unit_test(circles_hold_their_countries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

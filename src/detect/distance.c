/*
 * Distances in whole numbers, and never too many: whoever is accused of travelling too fast has travelled at least so far.
 *
 * A sphere of the least radius of curvature of the earth (WGS 84: 6335.4 km, along the meridian at the equator) lies
 * within: no way between two latitudes and longitudes is shorter on the real one. Sines are numbers of 2^-30, from a
 * table of degrees and two short series; an error of some of those is a few metres, and a kilometre is taken off for it.
 */
#include "detect/behave_parts.h"

#include "event/country.h"

enum { DEGREE = 100000, ONE_BITS = 30, EARTH_KM = 6335 };

static const int64_t one = INT64_C(1) << ONE_BITS;

/* sin of 0 to 90 degrees. */
static const int32_t sines[91] = {
	0,          18739379,   37473049,   56195305,   74900443,   93582766,   112236583,  130856211,  149435979,
	167970228,  186453311,  204879599,  223243478,  241539355,  259761657,  277904834,  295963357,  313931728,
	331804471,  349576144,  367241333,  384794656,  402230767,  419544355,  436730145,  453782903,  470697435,
	487468587,  504091252,  520560366,  536870912,  553017922,  568996477,  584801711,  600428808,  615873009,
	631129609,  646193961,  661061475,  675727625,  690187940,  704438018,  718473518,  732290163,  745883746,
	759250125,  772385229,  785285058,  797945680,  810363241,  822533958,  834454122,  846120104,  857528349,
	868675383,  879557810,  890172315,  900515665,  910584710,  920376381,  929887697,  939115760,  948057759,
	956710970,  965072759,  973140576,  980911966,  988384560,  995556083,  1002424350, 1008987269, 1015242840,
	1021189159, 1026824413, 1032146887, 1037154959, 1041847103, 1046221891, 1050277989, 1054014162, 1057429273,
	1060522280, 1063292242, 1065738315, 1067859754, 1069655912, 1071126243, 1072270298, 1073087729, 1073578288,
	1073741824,
};

static int64_t
times(int64_t a, int64_t b)
{
	return (a * b) >> ONE_BITS;
}

/* Of 0 to 90 degrees: sin (a + b) with a in whole degrees and b less than one. */
static int64_t
sine(int64_t angle)
{
	int64_t degree = angle / DEGREE, part = angle % DEGREE;
	if (part == 0)
		return sines[degree];
	int64_t b = part * INT64_C(18740330) / DEGREE; /* one degree is so many 2^-30 */
	int64_t squared = times(b, b);
	int64_t sin_b = b - times(squared, b) / 6;
	int64_t cos_b = one - squared / 2 + times(squared, squared) / 24;
	return times(sines[degree], cos_b) + times(sines[90 - degree], sin_b);
}

static int64_t
sine_of_any(int64_t angle)
{
	const int64_t turn = INT64_C(360) * DEGREE;
	angle = (angle % turn + turn) % turn;
	bool below = angle > turn / 2;
	angle = below ? angle - turn / 2 : angle;
	int64_t size = sine(angle > turn / 4 ? turn / 2 - angle : angle);
	return below ? -size : size;
}

/* The greatest root: root * root <= value. */
static int64_t
root_of(int64_t value)
{
	int64_t root = 0;
	for (int64_t bit = INT64_C(1) << 31; bit; bit >>= 1)
		if ((root + bit) <= INT64_C(3037000499) && (root + bit) * (root + bit) <= value)
			root += bit;
	return root;
}

/* The greatest angle of 0 to 90 degrees whose sine is VALUE at most. */
static int64_t
angle_of(int64_t value)
{
	int64_t low = 0, high = INT64_C(90) * DEGREE;
	while (low < high) { /* 24 steps */
		int64_t middle = (low + high + 1) / 2;
		if (sine(middle) <= value)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Half the chord between two points of a sphere of radius one, by the formula of half angles. */
static int64_t
half_chord(const struct cs_spot *a, const struct cs_spot *b)
{
	const int64_t quarter = INT64_C(90) * DEGREE;
	int64_t rise = (int64_t)b->latitude - a->latitude, turn = (int64_t)b->longitude - a->longitude;
	int64_t x = sine_of_any(rise / 2), y = sine_of_any(turn / 2);
	int64_t shrink = times(sine_of_any(quarter + a->latitude), sine_of_any(quarter + b->latitude));
	return root_of(x * x + shrink * times(y, y));
}

int64_t
cs_distance_km(const struct cs_spot *a, const struct cs_spot *b)
{
	if (a->latitude == b->latitude && a->longitude == b->longitude)
		return 0;
	int64_t chord = half_chord(a, b);
	int64_t angle = 2 * angle_of(chord < one ? chord : one);
	/* pi / 180 = 3141592 / 180000000, a little less. */
	int64_t km = angle * EARTH_KM / DEGREE * INT64_C(3141592) / INT64_C(180000000) - 1;
	km -= (int64_t)a->radius_km + b->radius_km;
	return km > 0 ? km : 0;
}

bool
cs_distance_country(const struct cs_short *text, struct cs_spot *out)
{
	struct cs_span code = {(const uint8_t *)text->at, strnlen(text->at, sizeof text->at)};
	const struct cs_country *country = cs_country_by_code(code);
	if (!country)
		return false;
	*out = (struct cs_spot){country->latitude, country->longitude, country->radius_km};
	return true;
}

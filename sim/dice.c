/*
 * Chance from xoshiro256** seeded by splitmix64, and two distributions as tables of their quantiles.
 *
 * Invariant: integer arithmetic only, so the same seed gives the same draws with any compiler and libm.
 * The tables hold 64 equal slices of probability; inside a slice the value is drawn evenly.
 */
#include "dice.h"

enum { SLICES = 64, ONE = 65536 };

/* Quantiles of the exponential distribution with mean 1, in 65536ths; the last closes the tail so that
 * the mean stays 1. */
static const uint32_t exponential[SLICES + 1] = {
	0,      1032,   2081,   3146,   4230,   5331,   6451,   7591,   8751,   9932,   11135,  12360,  13608,
	14880,  16178,  17502,  18854,  20233,  21643,  23083,  24556,  26063,  27605,  29184,  30802,  32461,
	34164,  35911,  37707,  39553,  41453,  43409,  45426,  47507,  49656,  51877,  54177,  56561,  59034,
	61604,  64280,  67069,  69982,  73031,  76228,  79590,  83133,  86879,  90852,  95082,  99603,  104460,
	109706, 115408, 121654, 128559, 136278, 145029, 155132, 167080, 181704, 200558, 227130, 272557, 403629,
};

/* Quantiles of a log-normal distribution (median 125 ms, sigma 0.45), clipped below, in microseconds. */
static const uint32_t core_latency_us[SLICES + 1] = {
	55000,  56500,  57800,  59200,  62675,  66043,  69076,  71871,  74489,  76971,  79346,  81635,  83856,
	86020,  88140,  90223,  92277,  94308,  96323,  98325,  100320, 102311, 104303, 106299, 108302, 110316,
	112345, 114391, 116457, 118548, 120666, 122816, 125000, 127223, 129489, 131803, 134169, 136593, 139081,
	141638, 144272, 146991, 149804, 152720, 155752, 158912, 162215, 165680, 169327, 173182, 177275, 181643,
	186332, 191400, 196922, 202998, 209761, 217402, 226200, 236589, 249303, 265732, 289034, 329494, 430443,
};

static uint64_t
splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t
cs_dice_mix(uint64_t seed, uint64_t value)
{
	uint64_t state = seed ^ value * UINT64_C(0xd6e8feb86659fd93);
	(void)splitmix(&state);
	return splitmix(&state);
}

void
cs_dice_seed(struct cs_dice *dice, uint64_t seed, uint64_t stream)
{
	uint64_t state = cs_dice_mix(seed, stream + 1);
	for (unsigned i = 0; i < 4; i++)
		dice->state[i] = splitmix(&state);
}

static uint64_t
rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

uint64_t
cs_dice_u64(struct cs_dice *dice)
{
	uint64_t *s = dice->state;
	uint64_t out = rotate(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return out;
}

uint64_t
cs_dice_below(struct cs_dice *dice, uint64_t n)
{
	return (uint64_t)((__uint128_t)cs_dice_u64(dice) * n >> 64);
}

uint64_t
cs_dice_between(struct cs_dice *dice, uint64_t low, uint64_t high)
{
	return high > low ? low + cs_dice_below(dice, high - low + 1) : low;
}

bool
cs_dice_chance(struct cs_dice *dice, uint32_t ppm)
{
	return ppm != 0 && cs_dice_below(dice, CS_PPM) < ppm;
}

/* A value of TABLE, drawn: the slice from six bits, the place in it from sixteen more. */
static uint64_t
quantile(struct cs_dice *dice, const uint32_t *table)
{
	uint64_t bits = cs_dice_u64(dice);
	unsigned slice = bits & (SLICES - 1);
	uint64_t place = bits >> 32 & (ONE - 1);
	return table[slice] + ((table[slice + 1] - table[slice]) * place) / ONE;
}

uint64_t
cs_dice_wait_ns(struct cs_dice *dice, uint64_t mean_ns)
{
	return (uint64_t)((__uint128_t)mean_ns * quantile(dice, exponential) / ONE);
}

uint64_t
cs_dice_latency_ns(struct cs_dice *dice)
{
	return quantile(dice, core_latency_us) * 1000 + cs_dice_below(dice, 1000);
}

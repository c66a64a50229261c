/*
 * Masking: the same number of characters, but no card number, track or PIN among them.
 *
 * Invariant: in doubt, stars. The card number of field 2 or of a track is also found where it is echoed: as digits,
 * packed, or as the hex of ASCII or EBCDIC digits. So is any other run of 13 to 19 digits with a right check digit, also
 * within a longer one; of a long number that is none, a stretch may be starred. spec: PCI DSS 4.0, 3.3.1 and 3.4.1.
 */
#include "app/mask.h"

enum { KEEP_FIRST = 6, KEEP_LAST = 4, MASKABLE = 13, ECHO_LEAST = 8, TRACK2_DIGITS = 37, STRIDE_MAX = 2 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_track(unsigned field)
{
	return field == 34 || field == 35 || field == 36 || field == 45;
}

/* The longest run of digits in VALUE; its length, 0 when there is none. */
static size_t
longest_run(const char *value, size_t len, size_t *start)
{
	size_t best = 0, run = 0;
	for (size_t i = 0; i < len; i++) {
		run = is_digit(value[i]) ? run + 1 : 0;
		if (run <= best)
			continue;
		best = run;
		*start = i + 1 - run;
	}
	return best;
}

/* The run of digits that is a track's card number: the first one long enough. */
static size_t
track_pan(const char *value, size_t len, size_t *start)
{
	for (size_t i = 0; i < len; i++) {
		size_t run = 0;
		while (i + run < len && is_digit(value[i + run]))
			run++;
		if (run >= ECHO_LEAST) {
			*start = i;
			return run;
		}
		i += run;
	}
	return 0;
}

static bool
learn_from(struct cs_mask *mask, const struct cs_iso *iso, unsigned field)
{
	char value[CS_MASK_TRACK_MAX];
	size_t start = 0;
	size_t len = cs_iso_value(iso, field, value, sizeof value);
	if (len > sizeof value)
		return false;
	size_t run = field == 2 ? longest_run(value, len, &start) : track_pan(value, len, &start);
	if (run < ECHO_LEAST || run > CS_MASK_PAN_MAX)
		return false;
	memcpy(mask->pan, value + start, run);
	mask->pan_len = run;
	return true;
}

void
cs_mask_learn(struct cs_mask *mask, const struct cs_iso *iso)
{
	static const uint8_t fields[] = {2, 35, 45, 34, 36};
	mask->pan_len = 0;
	for (unsigned i = 0; i < sizeof fields; i++)
		if (learn_from(mask, iso, fields[i]))
			return;
}

/* Stars out all but the first six and last four digits of a card number, STRIDE characters each. */
static void
star_pan(char *at, size_t digits, size_t stride)
{
	size_t first = digits < MASKABLE ? 0 : KEEP_FIRST * stride;
	size_t end = digits < MASKABLE ? digits * stride : (digits - KEEP_LAST) * stride;
	memset(at + first, '*', end - first);
}

static void
star_track(char *value, size_t len)
{
	size_t start = 0;
	size_t run = track_pan(value, len, &start);
	bool shown = run >= MASKABLE && run <= CS_MASK_PAN_MAX;
	if (!shown) {
		memset(value, '*', len);
		return;
	}
	star_pan(value + start, run, 1);
	memset(value, '*', start);
	memset(value + start + run, '*', len - start - run);
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F');
}

/* What follows an echoed card number and a separator is a track: none of it. Returns how much was starred. */
static size_t
star_rest_of_track(char *at, size_t len, size_t pan_len)
{
	if (len == 0 || (at[0] != 'D' && at[0] != '=' && at[0] != '^'))
		return 0;
	size_t n = 1, most = at[0] == '^' ? CS_MASK_TRACK_MAX : TRACK2_DIGITS - pan_len + 1;
	bool text = at[0] == '^';
	while (n < len && n < most && (text || is_hex(at[n])))
		n++;
	memset(at, '*', n);
	return n;
}

/* Finds the card number, each digit written as LEAD (if any) and the digit, and stars it out. */
static void
star_echoes(const struct cs_mask *mask, char lead, char *value, size_t len)
{
	char needle[CS_MASK_PAN_MAX * STRIDE_MAX];
	size_t stride = lead ? 2 : 1, needle_len = mask->pan_len * stride;
	for (size_t i = 0; i < mask->pan_len; i++) {
		needle[i * stride] = lead;
		needle[i * stride + stride - 1] = mask->pan[i];
	}
	size_t i = 0;
	while (i + needle_len <= len) {
		if (memcmp(value + i, needle, needle_len) != 0) {
			i++;
			continue;
		}
		star_pan(value + i, mask->pan_len, stride);
		i += needle_len;
		i += stride == 1 ? star_rest_of_track(value + i, len - i, mask->pan_len) : 0;
	}
}

/* The last digits read of one way of writing them. */
struct run {
	char lead;     /* before each digit; 0: none */
	size_t stride; /* characters a digit */
	size_t n;
	char digit[CS_MASK_PAN_MAX];
};

/* Stars every card number that ends with the run's newest digit, which stands at value[I]: each length that the check
 * digit of ISO/IEC 7812-1 annex B bears out. No card number begins with 0. */
static void
star_endings(const struct run *run, char *value, size_t len, size_t i)
{
	unsigned sum = 0;
	for (size_t k = 1; k <= run->n && k <= CS_MASK_PAN_MAX; k++) {
		unsigned digit = (unsigned)(run->digit[(run->n - k) % CS_MASK_PAN_MAX] - '0');
		unsigned twice = digit * (k % 2 ? 1 : 2);
		sum += twice > 9 ? twice - 9 : twice;
		if (k < MASKABLE || digit == 0 || sum % 10 != 0)
			continue;
		star_pan(value + i + 1 - k * run->stride, k, run->stride);
		if (run->stride == 1)
			(void)star_rest_of_track(value + i + 1, len - i - 1, k);
	}
}

/* Other people's card numbers, say in private fields of a message that has none in field 2: alone, inside a longer run
 * of digits, packed, or as the hex of ASCII or EBCDIC digits at either nibble. One pass, at most CS_MASK_PAN_MAX steps a
 * character and form: stars lie behind the digit read, and each run keeps the digits as they were. */
static void
star_lookalikes(char *value, size_t len)
{
	struct run runs[] = {{0, 1, 0, {0}}, {'3', 2, 0, {0}}, {'3', 2, 0, {0}}, {'F', 2, 0, {0}}, {'F', 2, 0, {0}}};
	char before = 0;
	for (size_t i = 0; i < len; i++) {
		char c = value[i];
		/* the plain run, and of each pair the one whose digits stand at this parity */
		for (size_t k = 0; k < sizeof runs / sizeof runs[0]; k += k ? 2 : 1 + i % 2) {
			struct run *run = &runs[k];
			if (!is_digit(c) || (run->lead && before != run->lead)) {
				run->n = 0;
				continue;
			}
			run->digit[run->n++ % CS_MASK_PAN_MAX] = c;
			star_endings(run, value, len, i);
		}
		before = c;
	}
}

void
cs_mask_value(const struct cs_mask *mask, unsigned field, char *value, size_t len)
{
	if (field == 2) {
		star_pan(value, len, 1);
		return;
	}
	if (is_track(field)) {
		star_track(value, len);
		return;
	}
	/* the PIN block; chip data of a card not known may hold its number and track */
	if (field == 52 || (field == 55 && mask->pan_len == 0)) {
		memset(value, '*', len);
		return;
	}
	if (mask->pan_len > 0) {
		star_echoes(mask, 0, value, len);
		star_echoes(mask, '3', value, len);
		star_echoes(mask, 'F', value, len);
	}
	star_lookalikes(value, len);
}

/*
 * Numbers and texts of a report. All arithmetic is of whole numbers; what is rounded says how.
 */
#include "app/report_put.h"

enum { DIGITS_MAX = 40, EXPONENT_MAX = 4, CHANGE_MAX = 9999 };

/* The digits of VALUE, the last first; gives their number. */
static unsigned
digits_of(__uint128_t value, char out[DIGITS_MAX])
{
	unsigned n = 0;
	do {
		out[n++] = (char)('0' + (unsigned)(value % 10));
		value /= 10;
	} while (value);
	return n;
}

static __uint128_t
size_of(__int128_t value)
{
	return value < 0 ? (__uint128_t)0 - (__uint128_t)value : (__uint128_t)value;
}

static void
put_marked(struct cs_text *text, __int128_t value, unsigned decimals, char mark)
{
	char digit[DIGITS_MAX + EXPONENT_MAX + 1];
	unsigned n = digits_of(size_of(value), digit);
	for (; n <= decimals; n++)
		digit[n] = '0';
	if (value < 0)
		cs_text_put_char(text, '-');
	for (unsigned i = n; i-- > 0;) {
		cs_text_put_char(text, digit[i]);
		if (i == decimals && decimals)
			cs_text_put_char(text, '.');
		else if (mark && i > decimals && (i - decimals) % 3 == 0)
			cs_text_put_char(text, mark);
	}
}

void
cs_report_put_wide(struct cs_text *text, __int128_t value)
{
	put_marked(text, value, 0, 0);
}

void
cs_report_put_minor(struct cs_text *text, __int128_t minor, uint16_t currency, char mark)
{
	unsigned exponent = currency ? cs_currency_exponent(currency) : 0;
	CS_ASSERT(exponent <= EXPONENT_MAX);
	put_marked(text, minor, exponent, mark);
}

void
cs_report_put_count(struct cs_text *text, uint64_t n)
{
	put_marked(text, (__int128_t)n, 0, ',');
}

void
cs_report_put_currency(struct cs_text *text, uint16_t currency)
{
	const char *name = cs_currency_name(currency);
	if (name)
		cs_text_put(text, name);
	else if (currency)
		cs_text_put_padded(text, currency, 3);
	else
		cs_text_put_char(text, '-');
}

__int128_t
cs_report_mean(__int128_t sum, uint32_t days)
{
	if (!days)
		return 0;
	__int128_t half = days / 2;
	return (sum < 0 ? sum - half : sum + half) / (__int128_t)days;
}

void
cs_report_put_tenths(struct cs_text *text, uint64_t n, uint32_t days)
{
	put_marked(text, cs_report_mean((__int128_t)n * 10, days), 1, ',');
}

bool
cs_report_change(__int128_t day, __int128_t sum, uint32_t days, int *out)
{
	__uint128_t mean = size_of(cs_report_mean(sum, days));
	__int128_t more = day - cs_report_mean(sum, days);
	if (!mean || size_of(more) / mean > CHANGE_MAX / 100)
		return false;
	/* What is compared has at most 100 times the mean; it is made small enough to be multiplied. */
	while (mean >> 100) {
		mean >>= 1;
		more /= 2;
	}
	__int128_t hundred = more * 100, half = (__int128_t)(mean / 2);
	*out = (int)((hundred < 0 ? hundred - half : hundred + half) / (__int128_t)mean);
	return true;
}

void
cs_report_put_short(struct cs_text *text, const struct cs_short *value)
{
	struct cs_short safe = *value;
	size_t len = strnlen(safe.at, sizeof safe.at);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)safe.at[i];
		if (c < ' ' || (c >= 0x7F && c < 0xA0))
			safe.at[i] = '?';
	}
	cs_text_put_latin1(text, (struct cs_span){(const uint8_t *)safe.at, len});
}

void
cs_report_put_escaped(struct cs_text *text, const char *utf8)
{
	for (; *utf8; utf8++)
		cs_text_put_html(text, *utf8);
}

/* ---- times ---- */

static uint64_t
shifted(const struct cs_report_wish *wish, uint64_t time_ns)
{
	int64_t seconds = (int64_t)(time_ns / UINT64_C(1000000000));
	seconds += cs_report_east(wish, seconds);
	return seconds > 0 ? (uint64_t)seconds * UINT64_C(1000000000) : 0;
}

void
cs_report_put_date(struct cs_text *text, int64_t day)
{
	char at[32];
	struct cs_text when = cs_text_over(at, sizeof at);
	cs_text_put_when(&when, day > 0 ? (uint64_t)day * 86400 * UINT64_C(1000000000) : 0);
	cs_text_put_span(text, (struct cs_span){(const uint8_t *)at, strlen("2026-03-02")});
}

void
cs_report_put_moment(struct cs_text *text, const struct cs_report_wish *wish, uint64_t time_ns)
{
	char at[32];
	struct cs_text when = cs_text_over(at, sizeof at);
	if (!time_ns) {
		cs_text_put_char(text, '-');
		return;
	}
	cs_text_put_when(&when, shifted(wish, time_ns));
	cs_text_put_span(text, (struct cs_span){(const uint8_t *)at, strlen("2026-03-02 13:18")});
}

void
cs_report_put_clock(struct cs_text *text, const struct cs_report_wish *wish, uint64_t time_ns)
{
	char at[32];
	struct cs_text when = cs_text_over(at, sizeof at);
	cs_text_put_when(&when, shifted(wish, time_ns));
	cs_text_put_span(text, (struct cs_span){(const uint8_t *)at + strlen("2026-03-02 "), strlen("13:18")});
}

void
cs_report_put_zone(struct cs_text *text, const struct cs_report_wish *wish)
{
	int32_t zone_s = cs_report_east(wish, 0);
	if (wish->zone && wish->zone->name[0]) {
		cs_text_put(text, wish->zone->name);
		return;
	}
	unsigned minutes = (unsigned)(zone_s < 0 ? -zone_s : zone_s) / 60;
	cs_text_put(text, "UTC");
	if (!minutes)
		return;
	cs_text_put_char(text, zone_s < 0 ? '-' : '+');
	cs_text_put_padded(text, minutes / 60, 2);
	cs_text_put_char(text, ':');
	cs_text_put_padded(text, minutes % 60, 2);
}

void
cs_report_put_flow(struct cs_text *text, const struct cs_report_flow *flow)
{
	const struct cs_short *const part[] = {&flow->kind, &flow->direction, &flow->status};
	bool some = false;
	cs_text_put(text, flow->name);
	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
		if (!part[i]->at[0])
			continue;
		cs_text_put(text, some ? ", " : ": ");
		cs_report_put_short(text, part[i]);
		some = true;
	}
}

const char *
cs_report_dim_name(enum cs_report_dim dim)
{
	static const char *const names[CS_REPORT_DIM_N] = {
		[CS_REPORT_CURRENCY] = "currency",       [CS_REPORT_TYPE] = "type",
		[CS_REPORT_COUNTRY] = "country",         [CS_REPORT_COUNTERPARTY] = "counterparty",
		[CS_REPORT_COMBINATION] = "combination", [CS_REPORT_HOUR] = "hour",
		[CS_REPORT_DECISION] = "decision",
	};
	return names[dim];
}

/*
 * Answers as columns of a table. Exact as far as nine decimals go, which is rounded halves away from 0; no floating point.
 */
#include "detect/feature.h"

#include "detect/behave_parts.h"

enum { RATIO_DECIMALS = 9 };

static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

/* NUM / DEN with DECIMALS decimals; DEN below 2 to the 80. */
static void
put_decimals(struct cs_text *text, __int128_t num, __uint128_t den, unsigned decimals)
{
	bool negative = num < 0;
	__uint128_t size = negative ? -(__uint128_t)num : (__uint128_t)num;
	__uint128_t whole = size / den;
	__uint128_t part = (size % den * powers[decimals] * 2 + den) / (den * 2);
	if (part == powers[decimals]) {
		whole++;
		part = 0;
	}
	if (whole > UINT64_MAX)
		return; /* overflow is no answer */
	if (negative && (whole || part))
		cs_text_put_char(text, '-');
	cs_text_put_u64(text, (uint64_t)whole);
	if (!decimals)
		return;
	cs_text_put_char(text, '.');
	cs_text_put_padded(text, (uint64_t)part, decimals);
}

static void
put_text(struct cs_text *text, int64_t code)
{
	struct cs_short value;
	if (cs_feed_decode(code, &value)) {
		cs_text_put_latin1(text,
				   (struct cs_span){(const uint8_t *)value.at, strnlen(value.at, sizeof value.at)});
		return;
	}
	uint64_t bytes = __builtin_bswap64((uint64_t)code);
	cs_text_put_char(text, '#');
	cs_text_put_hex(text, (struct cs_span){(const uint8_t *)&bytes, sizeof bytes});
}

static bool
is_text(const struct cs_aggregate *aggregate)
{
	return aggregate->kind == CS_AGGREGATE_LAST &&
	       (aggregate->type == CS_VALUE_TEXT || aggregate->type == CS_VALUE_COUNTRY ||
		aggregate->type == CS_VALUE_PLACE);
}

void
cs_feature_put(struct cs_text *text, const struct cs_aggregate *aggregate, const struct cs_profile_value *value)
{
	if (!(value->flags & CS_PROFILE_PRESENT))
		return;
	if (is_text(aggregate)) {
		put_text(text, (int64_t)value->num);
		return;
	}
	struct cs_ratio ratio = cs_profile_ratio(value);
	bool share = aggregate->kind == CS_AGGREGATE_MEAN || aggregate->kind == CS_AGGREGATE_VARIANCE ||
		     aggregate->kind == CS_AGGREGATE_SHARE;
	unsigned decimals = share ? RATIO_DECIMALS : 0;
	__uint128_t den = ratio.den;
	if (aggregate->type == CS_VALUE_MONEY) {
		unsigned exponent = cs_currency_exponent(aggregate->currency);
		den *= powers[exponent];
		decimals = share ? decimals : exponent;
	} else if (aggregate->type == CS_VALUE_DURATION) {
		den *= powers[RATIO_DECIMALS];
		decimals = RATIO_DECIMALS;
	} else if (aggregate->type == CS_VALUE_TIME) {
		cs_text_put_time(text, (uint64_t)ratio.num);
		return;
	}
	put_decimals(text, ratio.num, den, decimals);
}

bool
cs_feature_calendar(const struct cs_calendar_clause *calendar, enum cs_calendar_part part, const struct cs_event *event)
{
	return cs_calendar_holds(calendar, part, event);
}

/*
 * The statements `money EUR, 1 USD = 0.92 EUR` and `score { hold at 60  block at 90 }`.
 *
 * Rates are exact: what is written is kept as a fraction of minor units, and nothing is rounded here.
 */
#include "base/error.h"
#include "policy/sketch.h"

enum { DIGITS_MAX = 9 }; /* behind the point of a rate, so that its fraction fits */

static const uint64_t amount_max = UINT64_C(1000000000000);
static const struct cs_span nothing = {(const uint8_t *)"", 0};

struct amount {
	struct cs_lexeme number;
	uint16_t currency;
};

static bool
read_amount(struct cs_reader *reader, struct amount *out)
{
	out->number = reader->now;
	if (!cs_reader_at(reader, CS_LEX_NUMBER) && !cs_reader_at(reader, CS_LEX_DECIMAL))
		return cs_reader_expected(reader, "a number and its currency");
	(void)cs_reader_next(reader);
	if (!out->number.number || out->number.number > amount_max || out->number.decimals > DIGITS_MAX)
		return cs_reader_say(reader, out->number.place,
				     "{1} cannot stand in a rate; write a number above 0 with at most 9 decimals",
				     out->number.text);
	return cs_reader_currency(reader, &out->currency);
}

static __int128_t
power_of_ten(unsigned n)
{
	__int128_t out = 1;
	while (n--)
		out *= 10;
	return out;
}

/* FROM of a foreign currency is worth TO of the home currency, in minor units of both. */
static bool
make_rate(struct cs_reader *reader, const struct amount *from, const struct amount *to, struct cs_rate *out)
{
	__int128_t num = (__int128_t)to->number.number *
			 power_of_ten(cs_currency_exponent(to->currency) + from->number.decimals);
	__int128_t den = (__int128_t)from->number.number *
			 power_of_ten(cs_currency_exponent(from->currency) + to->number.decimals);
	__int128_t a = num, b = den;
	while (b) {
		__int128_t rest = a % b;
		a = b;
		b = rest;
	}
	num /= a;
	den /= a;
	if (num > INT64_MAX || den > INT64_MAX)
		return cs_reader_say(reader, from->number.place,
				     "this rate has too many digits; write fewer, as in: 1 USD = 0.92 EUR", nothing);
	*out = (struct cs_rate){from->currency, {num, (uint64_t)den}};
	return true;
}

static bool
read_rate(struct cs_reader *reader, struct cs_sketch *sketch)
{
	struct amount from, to;
	struct cs_lexeme sign;
	if (!read_amount(reader, &from) || !cs_reader_need(reader, CS_LEX_EQUAL, "\"=\"", &sign) ||
	    !read_amount(reader, &to))
		return false;
	if (to.currency != sketch->home || from.currency == sketch->home)
		return cs_reader_say(reader, from.number.place,
				     "a rate says what a foreign currency is worth in the policy's own; write: {2}",
				     nothing);
	for (unsigned i = 0; i < sketch->rate_n; i++)
		if (sketch->rate[i].currency == from.currency)
			return cs_reader_say(reader, from.number.place,
					     "this currency has a rate already; leave one of the two out", nothing);
	if (sketch->rate_n == CS_RATES_MAX)
		return cs_reader_say(reader, from.number.place, "this is one rate too many: 32 are kept", nothing);
	if (!make_rate(reader, &from, &to, &sketch->rate[sketch->rate_n]))
		return false;
	sketch->rate_n++;
	return true;
}

bool
cs_parse_money(struct cs_reader *reader, struct cs_place place)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (!sketch)
		return false;
	if (sketch->home)
		return cs_reader_say(reader, place, "the policy's currency is said twice; leave one out", nothing);
	if (!cs_reader_currency(reader, &sketch->home))
		return false;
	while (cs_reader_accept(reader, CS_LEX_COMMA))
		if (!read_rate(reader, sketch))
			return false;
	return true;
}

static bool
read_threshold(struct cs_reader *reader, int32_t *out)
{
	static const struct cs_number bounds = {"a score", 1, 1000000};
	struct cs_lexeme word = cs_reader_next(reader);
	uint32_t at = 0;
	if (*out)
		return cs_reader_say(reader, word.place, "\"{1}\" stands twice in this block; keep one of the two",
				     word.text);
	if (!cs_reader_need_word(reader, "at") || !cs_reader_number(reader, &bounds, &at))
		return false;
	*out = (int32_t)at;
	return true;
}

bool
cs_parse_score(struct cs_reader *reader, struct cs_place place)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	struct cs_lexeme open;
	if (!sketch || !cs_reader_need(reader, CS_LEX_OPEN, "\"{\"", &open))
		return false;
	if (sketch->score_place.line)
		return cs_reader_say(reader, place, "a policy has one score; leave this one out", nothing);
	sketch->score_place = place;
	while (!cs_reader_accept(reader, CS_LEX_CLOSE)) {
		bool hold = cs_reader_at_word(reader, "hold");
		if (!hold && !cs_reader_at_word(reader, "block"))
			return cs_reader_expected(reader, "\"hold\", \"block\" or \"}\"");
		if (!read_threshold(reader, hold ? &sketch->hold_at : &sketch->block_at))
			return false;
	}
	if (!sketch->hold_at && !sketch->block_at)
		return cs_reader_say(reader, place, "this score decides nothing; write: {2}", nothing);
	if (sketch->hold_at && sketch->block_at && sketch->block_at <= sketch->hold_at)
		return cs_reader_say(reader, place, "blocking takes a higher score than holding; write: {2}", nothing);
	return true;
}

/*
 * Values for people: numbers by their type, answers of profiles with what is known of their bounds, texts without what
 * could be a card number.
 */
#include "detect/behave_parts.h"

#include "event/country.h"

enum { DECIMALS = 2 };

/* To a whole number, halves away from 0. */
static __int128_t
rounded(const struct cs_ratio *value)
{
	if (value->den == 1)
		return value->num;
	__int128_t whole = value->num / (__int128_t)value->den, rest = value->num % (__int128_t)value->den;
	rest = rest < 0 ? -rest : rest;
	if (rest < (__int128_t)value->den - rest)
		return whole;
	return whole + (value->num < 0 ? -1 : 1);
}

static void
put_number(struct cs_text *text, const struct cs_ratio *value)
{
	cs_ratio_put(text, value, value->den == 1 ? 0 : DECIMALS);
}

void
cs_why_value(struct cs_text *text, enum cs_value_type type, uint16_t currency, const struct cs_ratio *value)
{
	__int128_t whole = rounded(value);
	bool fits = whole == (int64_t)whole;
	if (type == CS_VALUE_MONEY && fits)
		cs_money_put(text, cs_money_of((int64_t)whole, currency));
	else if (type == CS_VALUE_DURATION && fits && whole >= 0)
		cs_text_put_duration(text, (uint64_t)whole);
	else if (type == CS_VALUE_TIME && fits && whole >= 0)
		cs_text_put_when(text, (uint64_t)whole);
	else if (type == CS_VALUE_BOOL)
		cs_text_put(text, whole ? "yes" : "no");
	else
		put_number(text, value);
}

const struct cs_aggregate *
cs_why_aggregate_of(const struct cs_work *work, unsigned number)
{
	unsigned nth = 0;
	while (number >= work->clause[nth].first + work->clause[nth].aggregate_n) {
		nth++;
		CS_ASSERT(nth < work->profile_n);
	}
	return &work->clause[nth].aggregate[number - work->clause[nth].first];
}

static void
put_short(struct cs_text *text, const struct cs_short *value)
{
	char at[CS_SHORT_BYTES];
	size_t n = strnlen(value->at, sizeof value->at);
	for (size_t i = 0; i < n; i++)
		at[i] = (uint8_t)value->at[i] < ' ' || ((uint8_t)value->at[i] >= 0x7F && (uint8_t)value->at[i] < 0xA0)
				? '?'
				: value->at[i];
	cs_text_put_latin1(text, (struct cs_span){(const uint8_t *)at, n});
}

void
cs_why_country(struct cs_text *text, const struct cs_short *value)
{
	struct cs_span code = {(const uint8_t *)value->at, strnlen(value->at, sizeof value->at)};
	const struct cs_country *country = cs_country_by_code(code);
	if (country)
		cs_text_put(text, country->name);
	else
		put_short(text, value);
}

/* The last value of a field, which was a text. */
static void
put_coded(struct cs_text *text, const struct cs_aggregate *aggregate, int64_t code)
{
	struct cs_short value;
	if (!cs_feed_decode(code, &value))
		cs_text_put_char(text, '#'); /* a long one, of which only a hash is kept */
	else if (aggregate->type == CS_VALUE_COUNTRY || aggregate->field == CS_FIELD_COUNTRY)
		cs_why_country(text, &value);
	else
		put_short(text, &value);
}

static void
put_bounds(struct cs_text *text, const struct cs_profile_value *value)
{
	bool bounded = value->flags & CS_PROFILE_BOUNDED, at_least = value->flags & CS_PROFILE_AT_LEAST;
	bool counts =
		value->kind == CS_PROFILE_COUNT || value->kind == CS_PROFILE_DISTINCT || value->kind == CS_PROFILE_SUM;
	if (bounded || at_least)
		cs_text_put(text, !counts || bounded == at_least ? "~" : bounded ? "<= " : ">= ");
}

void
cs_why_aggregate(struct cs_text *text, const struct cs_work *work, unsigned number)
{
	const struct cs_profile_value *value = &work->value[number];
	const struct cs_aggregate *aggregate = cs_why_aggregate_of(work, number);
	if (!(value->flags & CS_PROFILE_PRESENT)) {
		cs_text_put(text, value->flags & CS_PROFILE_OVERFLOW ? "overflow" : "-");
		return;
	}
	bool text_kept = aggregate->type == CS_VALUE_TEXT || aggregate->type == CS_VALUE_COUNTRY ||
			 aggregate->type == CS_VALUE_PLACE;
	put_bounds(text, value);
	if (aggregate->kind == CS_AGGREGATE_LAST && text_kept) {
		put_coded(text, aggregate, (int64_t)value->num);
		return;
	}
	const struct cs_ratio ratio = cs_profile_ratio(value);
	cs_why_value(text, (enum cs_value_type)aggregate->type, aggregate->currency, &ratio);
}

static void
put_spot(struct cs_text *text, const struct cs_spot *spot)
{
	static const uint64_t degree = 100000;
	const int32_t at[2] = {spot->latitude, spot->longitude};
	for (unsigned i = 0; i < 2; i++) {
		struct cs_ratio value = cs_ratio_of(at[i], degree);
		cs_text_put(text, i ? ", " : "");
		cs_ratio_put(text, &value, 1);
	}
}

void
cs_why_load(struct cs_text *text, const struct cs_work *work, unsigned nth)
{
	const struct cs_load *load = &work->program->load[nth];
	uint8_t state = work->at.state[nth];
	if (!state)
		return;
	if (load->kind == CS_LOAD_AGGREGATE) {
		cs_why_aggregate(text, work, load->a);
		return;
	}
	if (state & CS_REGISTER_SPOT) {
		put_spot(text, &work->at.spot[nth]);
		return;
	}
	if (load->type == CS_VALUE_COUNTRY) {
		cs_why_country(text, &work->at.text[nth]);
		return;
	}
	if (load->kind == CS_LOAD_TEXT || load->kind == CS_LOAD_DIGITS) {
		cs_event_put(text, work->event, (enum cs_field)load->field);
		return;
	}
	struct cs_ratio value = {work->at.narrow[nth], 1};
	if (state & CS_REGISTER_WIDE)
		value = work->at.wide[nth];
	cs_why_value(text, (enum cs_value_type)load->type, load->currency, &value);
}

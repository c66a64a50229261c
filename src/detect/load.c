/*
 * Operands: each is looked up once for an event and stands in its register until the next one.
 *
 * What is not there stays missing. Money is brought into the currency asked for by the policy's own rates: as it is, by
 * the billing amount, or multiplied, halves away from 0.
 */
#include "detect/behave_parts.h"

#include "policy/code.h"

enum { DIGITS_MAX = 15 };

static void
put_hex(struct cs_short *text, uint64_t half)
{
	char at[2 * sizeof half + 1];
	struct cs_text out = cs_text_over(at, sizeof at);
	cs_text_put_hex(&out, (struct cs_span){(const uint8_t *)&half, sizeof half});
	memcpy(text->at, at, sizeof text->at);
}

bool
cs_load_text(const struct cs_event *event, enum cs_field field, struct cs_short *text)
{
	if (field < CS_TEXT_FIELD_N) {
		*text = event->text[field];
		return cs_event_has(event, field);
	}
	*text = (struct cs_short){{0}};
	if (field == CS_FIELD_MTI) {
		memcpy(text->at, event->mti, sizeof event->mti);
		return event->mti[0] != 0;
	}
	if (field == CS_FIELD_BIN) {
		memcpy(text->at, event->card.masked, 6);
		return cs_event_has(event, field);
	}
	if (field == CS_FIELD_CARD) {
		put_hex(text, event->card.token.half[0]);
		return event->flags & CS_FLAG_CARD;
	}
	if (field == CS_FIELD_CURRENCY && cs_event_has(event, CS_FIELD_AMOUNT)) {
		unsigned code = cs_money_currency(cs_event_money(event, CS_FIELD_AMOUNT));
		for (unsigned i = 3; i-- > 0; code /= 10)
			text->at[i] = (char)('0' + code % 10);
		return cs_money_currency(cs_event_money(event, CS_FIELD_AMOUNT)) != 0;
	}
	return false;
}

bool
cs_load_digits(const struct cs_short *text, int64_t *number)
{
	int64_t value = 0;
	unsigned n = 0;
	for (; n < sizeof text->at && text->at[n]; n++) {
		if (text->at[n] < '0' || text->at[n] > '9')
			return false;
		value = value * 10 + (text->at[n] - '0');
	}
	if (n == 0 || n > DIGITS_MAX)
		return false;
	*number = value;
	return true;
}

/* --- money --- */

static const struct cs_exact *
rate_of(const struct cs_behave_policy *policy, uint16_t currency)
{
	static const struct cs_exact one = {1, 1};
	if (currency == policy->home_currency)
		return &one;
	for (unsigned i = 0; i < policy->rate_n; i++)
		if (policy->rate[i].currency == currency)
			return &policy->rate[i].rate;
	return NULL;
}

/* MINOR * RATE / BY, halves away from 0. */
static bool
convert(int64_t minor, const struct cs_exact *rate, const struct cs_exact *by, int64_t *out)
{
	struct cs_ratio amount = cs_ratio_of(minor, 1), made;
	const struct cs_ratio times = {rate->num, rate->den}, over = {by->num, by->den};
	if (!cs_exact_do(CS_EXPR_MUL, &amount, &times, &made) || !cs_exact_do(CS_EXPR_DIV, &made, &over, &made))
		return false;
	__int128_t whole = made.num / (__int128_t)made.den, rest = made.num % (__int128_t)made.den;
	rest = rest < 0 ? -rest : rest;
	if (rest >= (__int128_t)made.den - rest)
		whole += made.num < 0 ? -1 : 1;
	*out = (int64_t)whole;
	return whole == (int64_t)whole;
}

static bool
money_of(const struct cs_event *event, enum cs_field field, struct cs_money *out)
{
	*out = field == CS_FIELD_BALANCE ? event->balance.amount : cs_event_money(event, field);
	return cs_event_has(event, field);
}

bool
cs_load_money(struct cs_work *work, enum cs_field field, uint16_t currency, int64_t *minor)
{
	struct cs_money money, billing;
	if (!money_of(work->event, field, &money))
		return false;
	uint16_t from = cs_money_currency(money);
	if (!currency || from == currency) {
		*minor = cs_money_minor(money);
		return true;
	}
	if (field == CS_FIELD_AMOUNT && money_of(work->event, CS_FIELD_BILLING, &billing) &&
	    cs_money_currency(billing) == currency) {
		*minor = cs_money_minor(billing);
		return true;
	}
	const struct cs_exact *rate = from ? rate_of(work->policy, from) : NULL;
	const struct cs_exact *by = rate_of(work->policy, currency);
	if (rate && by)
		return convert(cs_money_minor(money), rate, by, minor);
	work->unconverted = true;
	return false;
}

/* --- into registers --- */

static void
set_number(struct cs_work *work, unsigned i, int64_t value)
{
	work->at.narrow[i] = value;
	work->at.state[i] = CS_REGISTER_NARROW;
}

static void
set_ratio(struct cs_work *work, unsigned i, const struct cs_ratio *value)
{
	if (value->den == 1 && value->num == (int64_t)value->num) {
		set_number(work, i, (int64_t)value->num);
		return;
	}
	work->at.wide[i] = *value;
	work->at.state[i] = CS_REGISTER_WIDE;
}

static void
set_truth(struct cs_work *work, unsigned i, enum cs_truth truth)
{
	if (truth != CS_UNKNOWN)
		set_number(work, i, truth == CS_TRUE);
}

/* Of values that may be short of events: these can only be greater, those only be less. */
static uint8_t
side_of(const struct cs_profile_value *value)
{
	if (!(value->flags & CS_PROFILE_AT_LEAST))
		return 0;
	if (value->kind == CS_PROFILE_MIN)
		return CS_REGISTER_CEIL;
	bool grows = value->kind == CS_PROFILE_COUNT || value->kind == CS_PROFILE_SUM ||
		     value->kind == CS_PROFILE_DISTINCT || value->kind == CS_PROFILE_MAX;
	return grows ? CS_REGISTER_FLOOR : 0;
}

static void
load_aggregate(struct cs_work *work, unsigned i)
{
	const struct cs_load *load = &work->program->load[i];
	const struct cs_profile_value *value = &work->value[load->a];
	if (!(value->flags & CS_PROFILE_PRESENT)) {
		work->counts->overflow_n += value->flags & CS_PROFILE_OVERFLOW ? 1 : 0;
		return;
	}
	struct cs_ratio ratio = {value->num, value->kind == CS_PROFILE_LAST ? 1 : value->den};
	set_ratio(work, i, &ratio);
	work->at.state[i] |= side_of(value);
	bool text = load->type == CS_VALUE_TEXT || load->type == CS_VALUE_COUNTRY;
	if (text && cs_feed_decode((int64_t)value->num, &work->at.text[i]))
		work->at.state[i] |= CS_REGISTER_TEXT;
}

static void
load_age(struct cs_work *work, unsigned i)
{
	const struct cs_profile_value *value = &work->value[work->program->load[i].a];
	if (!(value->flags & CS_PROFILE_PRESENT))
		return;
	uint64_t then_ns = value->kind == CS_PROFILE_LAST ? value->time_ns : (uint64_t)value->num;
	set_number(work, i, (int64_t)(work->event->origin.time_ns - then_ns));
}

static void
load_listed(struct cs_work *work, unsigned i)
{
	const struct cs_load *load = &work->program->load[i];
	struct cs_key key;
	if (!work->list || !cs_feed_key(&work->policy->list[load->a].by, work->event, &key))
		return;
	enum cs_truth listed =
		cs_listed_look(&work->list[load->a], &work->table[load->a], key.identity, work->event->origin.time_ns);
	if (listed != CS_UNKNOWN)
		set_number(work, i, listed == CS_TRUE);
}

static void
load_distance(struct cs_work *work, unsigned i)
{
	const struct cs_load *load = &work->program->load[i];
	if (work->at.state[load->a] & work->at.state[load->b] & CS_REGISTER_SPOT)
		set_number(work, i, cs_distance_km(&work->at.spot[load->a], &work->at.spot[load->b]));
}

static void
set_country(struct cs_work *work, unsigned i, const struct cs_short *text)
{
	if (cs_distance_country(text, &work->at.spot[i]))
		work->at.state[i] = CS_REGISTER_SPOT;
}

/* Where a value is: a country, or as table NTH of places has it. */
static void
set_spot(struct cs_work *work, unsigned i, unsigned nth, const struct cs_short *text)
{
	if (nth == CS_SPOT_COUNTRY)
		set_country(work, i, text);
	else if (work->table && cs_listed_spot(&work->table[CS_LISTS_MAX + nth], text, &work->at.spot[i]))
		work->at.state[i] = CS_REGISTER_SPOT;
}

static void
load_spot(struct cs_work *work, unsigned i)
{
	const struct cs_load *load = &work->program->load[i];
	struct cs_short text;
	if (cs_load_text(work->event, (enum cs_field)load->field, &text))
		set_spot(work, i, load->a, &text);
}

static void
load_spot_last(struct cs_work *work, unsigned i)
{
	const struct cs_load *load = &work->program->load[i];
	const struct cs_profile_value *value = &work->value[load->a];
	struct cs_short text;
	if (value->flags & CS_PROFILE_PRESENT && cs_feed_decode((int64_t)value->num, &text))
		set_spot(work, i, load->b, &text);
}

static void
load_text(struct cs_work *work, unsigned i)
{
	if (cs_load_text(work->event, (enum cs_field)work->program->load[i].field, &work->at.text[i]))
		work->at.state[i] = CS_REGISTER_TEXT;
}

static void
load_field(struct cs_work *work, unsigned i)
{
	const struct cs_load *load = &work->program->load[i];
	struct cs_short text;
	int64_t value;
	if (load->record && work->event->kind != CS_KIND_RECORD)
		return;
	if (load->kind == CS_LOAD_TEXT)
		load_text(work, i);
	else if (load->kind == CS_LOAD_MONEY && cs_load_money(work, (enum cs_field)load->field, load->currency, &value))
		set_number(work, i, value);
	else if (load->kind == CS_LOAD_DIGITS && cs_load_text(work->event, (enum cs_field)load->field, &text) &&
		 cs_load_digits(&text, &value))
		set_number(work, i, value);
}

static void
load_one(struct cs_work *work, unsigned i)
{
	const struct cs_load *load = &work->program->load[i];
	switch ((enum cs_load_kind)load->kind) {
	case CS_LOAD_WORD:
		set_truth(work, i, cs_condition_word_holds(load->a, work->event));
		return;
	case CS_LOAD_TEXT:
	case CS_LOAD_DIGITS:
	case CS_LOAD_MONEY:
		load_field(work, i);
		return;
	case CS_LOAD_AGGREGATE:
		load_aggregate(work, i);
		return;
	case CS_LOAD_AGE:
		load_age(work, i);
		return;
	case CS_LOAD_NOW:
		set_number(work, i, (int64_t)work->event->origin.time_ns);
		return;
	case CS_LOAD_CALENDAR:
		set_number(work, i,
			   cs_calendar_holds(&work->policy->calendar[load->a], (enum cs_calendar_part)load->b,
					     work->event));
		return;
	case CS_LOAD_LISTED:
		load_listed(work, i);
		return;
	case CS_LOAD_DISTANCE:
		load_distance(work, i);
		return;
	case CS_LOAD_SPOT:
		load_spot(work, i);
		return;
	case CS_LOAD_SPOT_LAST:
		load_spot_last(work, i);
		return;
	case CS_LOAD_KIND_N:
		break;
	}
	CS_ASSERT(false); /* no such kind */
}

void
cs_load_all(struct cs_work *work, unsigned stage)
{
	const struct cs_rule_bits *bits = &work->plan.bits;
	const bool all = stage == 0 || work->whole;
	for (unsigned i = 0; i < work->plan.load_n[stage]; i++) {
		unsigned nth = work->plan.load[stage][i];
		if (!all && !cs_work_asks(work, &bits->loader[(size_t)nth * bits->words]))
			continue;
		work->at.state[nth] = CS_REGISTER_MISSING;
		load_one(work, nth);
	}
}

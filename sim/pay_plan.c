/*
 * What honest people do: customers with suppliers and rents, salaries, treasury, payments that come in, and the troubles
 * of every day.
 *
 * Invariants: each day has a sequence of chance of its own, and each payment another made from its number, so that
 * nothing here depends on what thieves do. A customer's suppliers, their amounts and ways are facts made from the seed.
 */
#include "calendar.h"
#include "pay.h"

#include "base/text.h"

enum {
	NEW_SUPPLIER_PPM = 30000,
	NIGHT_END_H = 7,
	OFFICE_HOURS = 9,
	EMPLOYEE_FIRST = 1000, /* a customer's relations from here on are those he employs */
	NEW_FIRST = 100000,    /* and from here on those he pays for the first time */
};

/* How a customer deals with one of those he pays or is paid by. */
struct relation {
	enum cs_pay_currency currency;
	enum cs_pay_form form;
	enum cs_pay_charges charges;
	uint64_t seed;
	uint64_t base_cents; /* in EUR */
	unsigned account_draw;
	uint8_t place;
	bool person;
	bool fixed; /* always the same amount */
};

struct customer {
	uint64_t seed;
	bool large, person;
	unsigned supplier_n;
};

static struct customer
customer_of(const struct cs_pay_world *world, uint32_t customer)
{
	struct customer out = {.seed = cs_dice_mix(world->seed, 200000 + customer), .large = customer % 10 == 0};
	out.person = customer % 10 > 3;
	out.supplier_n = out.large ? 14 : out.person ? 3 : 7;
	return out;
}

static enum cs_pay_currency
currency_drawn(unsigned draw, bool person)
{
	if (draw < (person ? 85U : 55U))
		return CS_PAY_EUR;
	return draw < 88 ? CS_PAY_USD : draw < 94 ? CS_PAY_GBP : draw < 98 ? CS_PAY_JPY : CS_PAY_KWD;
}

static struct relation
relation_of(const struct customer *customer, uint32_t nth)
{
	uint64_t seed = cs_dice_mix(customer->seed, nth);
	uint64_t a = cs_dice_mix(seed, 21), b = cs_dice_mix(seed, 22);
	bool employee = nth >= EMPLOYEE_FIRST && nth < NEW_FIRST;
	struct relation out = {.seed = seed, .account_draw = (unsigned)(b >> 50 & 1023)};
	out.currency = employee ? CS_PAY_EUR : currency_drawn((unsigned)(a % 100), customer->person);
	out.place = (uint8_t)cs_pay_place_drawn(out.currency, a >> 10);
	if (employee && (a >> 40) % 100 < 85)
		out.place = CS_PAY_HOME;
	out.person = employee || (b & 7) == 0;
	unsigned way = (unsigned)((b >> 8) % 100);
	out.form = employee ? CS_PAY_STP : way < 45 ? CS_PAY_SERIAL : way < 75 ? CS_PAY_STP : CS_PAY_COVER;
	unsigned charges = (unsigned)((b >> 20) % 100);
	out.charges = employee || charges < 85 ? CS_PAY_SHA : charges < 95 ? CS_PAY_OUR : CS_PAY_BEN;
	out.fixed = employee || (b >> 30) % 4 == 0;
	uint64_t most = employee ? 420000 : customer->large ? 20000000 : customer->person ? 150000 : 2500000;
	uint64_t least = employee ? 180000 : customer->large ? 150000 : 8000;
	uint64_t slope = (a >> 44) % 1000; /* squared, so that small ones are many */
	out.base_cents = least + (most - least) * slope / 1000 * slope / 1000;
	return out;
}

static int64_t
minor_of(enum cs_pay_currency currency, uint64_t eur_cents)
{
	uint64_t value = eur_cents * cs_pay_currency(currency)->milli; /* thousandths of hundredths */
	for (unsigned n = cs_pay_currency(currency)->decimals; n > 0; n--)
		value *= 10;
	return (int64_t)(value / 100000) + 1;
}

/* The account in this currency by shares; DRAW below 1024. */
static uint8_t
account_for(const struct cs_pay_world *world, enum cs_pay_currency currency, unsigned draw, int64_t day)
{
	unsigned all = 0;
	uint8_t last = 0;
	for (unsigned i = 0; i < world->account_n; i++)
		all += world->account[i].currency == currency && world->account[i].opens_day < day
			       ? world->account[i].share
			       : 0;
	unsigned left = draw * all / 1024;
	for (unsigned i = 0; i < world->account_n; i++) {
		if (world->account[i].currency != currency || world->account[i].opens_day >= day)
			continue;
		last = (uint8_t)i;
		if (left < world->account[i].share)
			return last;
		left -= world->account[i].share;
	}
	return last;
}

static uint64_t
office_time(struct cs_dice *dice, int64_t day)
{
	uint64_t span = OFFICE_HOURS * CS_HOUR;
	uint64_t into = (cs_dice_below(dice, span) + cs_dice_below(dice, span)) / 2;
	return (uint64_t)day * CS_PAY_DAY + NIGHT_END_H * CS_HOUR + into / CS_SECOND * CS_SECOND;
}

static void
staff(struct cs_pay *pay, struct cs_dice *dice)
{
	pay->clerk = (uint8_t)cs_dice_between(dice, 1, 6);
	pay->head = (uint8_t)cs_dice_between(dice, 1, 3);
}

/* Orders of RELATION by a customer, ordered at ORDER_NS and sent soon after. */
static struct cs_pay *
add_payment(struct cs_pay_world *world, struct cs_dice *dice, const struct customer *customer,
	    const struct relation *relation, uint64_t order_ns)
{
	int64_t day = (int64_t)(order_ns / CS_PAY_DAY);
	struct cs_pay *pay = cs_pay_add(world);
	cs_pay_identify(world, pay, day);
	pay->form = relation->form;
	pay->charges = relation->charges;
	pay->ordered = true;
	pay->order_ns = order_ns;
	pay->sent_ns = order_ns + cs_dice_between(dice, 20, 240) * CS_SECOND;
	pay->value_day = cs_pay_value_day(relation->currency, order_ns);
	uint64_t cents = relation->base_cents;
	uint64_t part = cs_dice_between(dice, 600, 1400);
	if (!relation->fixed)
		cents = cents * part / 1000 / 100 * 100 + (cs_dice_chance(dice, 300000) ? 0 : part % 100);
	pay->ordered_minor = pay->sent_minor = minor_of(relation->currency, cents);
	if (relation->charges == CS_PAY_BEN)
		pay->extra_minor = minor_of(relation->currency, 750);
	pay->payer = customer->seed;
	pay->payer_person = customer->person;
	pay->payee = relation->seed;
	pay->person = relation->person;
	pay->place = relation->place;
	/* Now and then the bank takes another correspondent than for this supplier usually. */
	unsigned other = (unsigned)cs_dice_below(dice, 1024);
	unsigned draw = cs_dice_chance(dice, 100000) ? other : relation->account_draw;
	pay->account = account_for(world, relation->currency, draw, day);
	staff(pay, dice);
	return pay;
}

/* --- troubles of every day --- */

static struct cs_pay *
related(struct cs_pay_world *world, size_t about, enum cs_pay_form form, uint64_t sent_ns)
{
	struct cs_pay *pay = cs_pay_add(world);
	*pay = world->pay[about];
	pay->form = form;
	pay->about = (uint32_t)about;
	pay->sent_ns = sent_ns;
	pay->ordered = pay->rejected = pay->twice = false;
	return pay;
}

/* An order of the back office for something that is about another payment. */
static struct cs_pay *
ordered_about(struct cs_pay_world *world, size_t about, enum cs_pay_form form, uint64_t order_ns)
{
	struct cs_pay *pay = related(world, about, form, order_ns + 40 * CS_SECOND);
	char uetr[CS_PAY_UETR_BYTES];
	memcpy(uetr, pay->uetr, sizeof uetr);
	cs_pay_identify(world, pay, pay->number_day);
	if (form == CS_PAY_RECALL)
		memcpy(pay->uetr, uetr, sizeof uetr); /* a recall names the payment's */
	pay->order_ns = order_ns;
	pay->ordered = true;
	return pay;
}

/* The network refuses it; the order is corrected and sent again under a new reference. */
static void
refuse(struct cs_pay_world *world, size_t at, struct cs_dice *dice)
{
	world->pay[at].rejected = true;
	uint64_t order_ns = world->pay[at].sent_ns + cs_dice_between(dice, 15, 50) * CS_MINUTE;
	struct cs_pay *again = ordered_about(world, at, world->pay[at].form, order_ns);
	again->value_day = cs_pay_value_day(world->account[again->account].currency, order_ns);
}

static void
ask_back(struct cs_pay_world *world, size_t at, struct cs_dice *dice)
{
	uint64_t asked_ns = world->pay[at].sent_ns + cs_dice_between(dice, 40, 200) * CS_MINUTE;
	size_t query = world->pay_n;
	related(world, at, CS_PAY_QUERY, asked_ns);
	uint64_t answer_ns = asked_ns + cs_dice_between(dice, 20, 90) * CS_MINUTE;
	struct cs_pay *answer = ordered_about(world, at, CS_PAY_FREE, answer_ns);
	answer->about = (uint32_t)query;
}

static void
recall(struct cs_pay_world *world, size_t at, struct cs_dice *dice)
{
	uint64_t order_ns = world->pay[at].sent_ns + cs_dice_between(dice, 30, 240) * CS_MINUTE;
	size_t asked = world->pay_n;
	ordered_about(world, at, CS_PAY_RECALL, order_ns);
	related(world, asked, CS_PAY_REPLY, order_ns + cs_dice_between(dice, 60, 300) * CS_MINUTE);
}

/* The beneficiary's bank sends it back, sometimes less its charges. */
static void
give_back(struct cs_pay_world *world, size_t at, struct cs_dice *dice)
{
	enum cs_pay_currency currency = world->account[world->pay[at].account].currency;
	int64_t day = cs_pay_open_after(currency, world->pay[at].value_day, (unsigned)cs_dice_between(dice, 1, 2));
	uint64_t minute = cs_dice_between(dice, 7 * 60, 13 * 60);
	struct cs_pay *back = related(world, at, CS_PAY_RETURNED, (uint64_t)day * CS_PAY_DAY + minute * CS_MINUTE);
	back->value_day = day;
	int64_t charge = minor_of(currency, 1500);
	back->extra_minor = cs_dice_chance(dice, 400000) && back->sent_minor > 4 * charge ? charge : 0;
	back->sent_minor -= back->extra_minor;
	back->seed = cs_dice_mix(back->seed, 31);
}

static void
bill(struct cs_pay_world *world, size_t at, struct cs_dice *dice)
{
	enum cs_pay_currency currency = world->account[world->pay[at].account].currency;
	int64_t day = cs_pay_open_after(currency, world->pay[at].value_day, 1);
	struct cs_pay *charge = related(world, at, CS_PAY_CHARGE, (uint64_t)day * CS_PAY_DAY + 6 * CS_HOUR);
	charge->value_day = day;
	charge->seed = cs_dice_mix(charge->seed, 32);
	charge->sent_minor = minor_of(currency, cs_dice_between(dice, 6, 24) * 100);
}

/* What becomes of the payment AT, by its own chance. */
static void
befall(struct cs_pay_world *world, size_t at)
{
	struct cs_dice dice;
	if (world->no_memory)
		return;
	cs_dice_seed(&dice, world->pay[at].seed, CS_PAY_STREAM_BOOK);
	uint64_t lot = cs_dice_below(&dice, 10000);
	bool office = world->pay[at].sent_ns % CS_PAY_DAY < 15 * CS_HOUR;
	if (world->pay[at].charges == CS_PAY_OUR && cs_dice_chance(&dice, 700000))
		bill(world, at, &dice);
	if (world->story->pay.calm)
		return;
	if (lot < 40 && office)
		refuse(world, at, &dice);
	else if (lot < 55)
		world->pay[at].twice = true;
	else if (lot < 90 && office)
		ask_back(world, at, &dice);
	else if (lot < 105 && office)
		recall(world, at, &dice);
	else if (lot < 155 && world->pay[at].form != CS_PAY_COVER)
		give_back(world, at, &dice);
}

/* --- days --- */

static uint32_t
customer_drawn(const struct cs_pay_world *world, struct cs_dice *dice)
{
	uint32_t ten = (uint32_t)cs_dice_below(dice, world->story->pay.customer_n / 10) * 10;
	uint64_t segment = cs_dice_below(dice, 100);
	uint64_t nth = cs_dice_below(dice, 6);
	return ten + (uint32_t)(segment < 50 ? 0 : segment < 85 ? 1 + nth % 3 : 4 + nth);
}

static uint32_t
supplier_drawn(const struct customer *customer, struct cs_dice *dice, int64_t day)
{
	uint64_t a = cs_dice_below(dice, customer->supplier_n), b = cs_dice_below(dice, customer->supplier_n);
	if (cs_dice_chance(dice, NEW_SUPPLIER_PPM))
		return NEW_FIRST + (uint32_t)(day * 100 + (int64_t)cs_dice_below(dice, 100));
	return (uint32_t)(a < b ? a : b);
}

static void
pay_supplier(struct cs_pay_world *world, struct cs_dice *dice, int64_t day)
{
	struct customer customer = customer_of(world, customer_drawn(world, dice));
	struct relation relation = relation_of(&customer, supplier_drawn(&customer, dice, day));
	size_t at = world->pay_n;
	add_payment(world, dice, &customer, &relation, office_time(dice, day));
	befall(world, at);
}

/* Salaries of one company; of some, the last few are released only on the next day. */
static void
pay_salaries(struct cs_pay_world *world, uint32_t nth, int64_t day)
{
	struct cs_dice dice;
	struct customer customer = customer_of(world, nth);
	cs_dice_seed(&dice, cs_dice_mix(customer.seed, (uint64_t)day), CS_PAY_STREAM_DAY);
	uint32_t employee_n = 15 + (uint32_t)(cs_dice_mix(customer.seed, 41) % 31);
	uint32_t late_n = cs_dice_chance(&dice, 250000) && !world->story->pay.calm ? 5 : 0;
	uint64_t order_ns = (uint64_t)day * CS_PAY_DAY + cs_dice_between(&dice, 8 * 60, 13 * 60) * CS_MINUTE;
	uint64_t next_ns = (uint64_t)cs_pay_open_after(CS_PAY_EUR, day, 1) * CS_PAY_DAY + 8 * CS_HOUR;
	for (uint32_t i = 0; i < employee_n; i++) {
		struct relation relation = relation_of(&customer, EMPLOYEE_FIRST + i);
		struct cs_pay *pay = add_payment(world, &dice, &customer, &relation, order_ns);
		pay->batch = nth + 1;
		pay->clerk = 7;
		pay->head = 1;
		pay->sent_ns = order_ns + (30 + i / 4) * CS_SECOND;
		if (i + late_n < employee_n)
			continue;
		pay->sent_ns = next_ns + i * CS_SECOND;
		pay->value_day = cs_pay_value_day(CS_PAY_EUR, pay->sent_ns);
	}
}

static bool
is_salary_day(int64_t day)
{
	struct cs_calendar date = cs_calendar_at((uint64_t)day * CS_PAY_DAY, 0);
	int64_t due = day - (int64_t)date.day + 25;
	while (!cs_pay_open(CS_PAY_EUR, due))
		due--;
	return due == day;
}

static bool
is_month_end(int64_t day)
{
	int64_t next = cs_pay_open_after(CS_PAY_EUR, day, 1);
	return cs_calendar_at((uint64_t)next * CS_PAY_DAY, 0).month !=
	       cs_calendar_at((uint64_t)day * CS_PAY_DAY, 0).month;
}

/* The bank's own: round sums to other banks. */
static void
pay_bank(struct cs_pay_world *world, struct cs_dice *dice, int64_t day, bool own)
{
	static const uint8_t pairs[4][2] = {{0, 1}, {1, 0}, {2, 3}, {3, 2}};
	uint64_t bits = cs_dice_u64(dice);
	struct customer bank = {.seed = 1, .person = false};
	struct relation relation = {.form = own ? CS_PAY_OWN : CS_PAY_BANK, .fixed = true, .seed = bits % 11};
	const uint8_t *pair = pairs[bits >> 8 & 3];
	relation.currency =
		own ? world->account[pair[0]].currency : currency_drawn((unsigned)(bits >> 16) % 100, false);
	relation.place = (uint8_t)cs_pay_place_drawn(relation.currency, relation.seed * 37);
	relation.account_draw = (unsigned)(bits >> 50 & 1023);
	struct cs_pay *pay = add_payment(world, dice, &bank, &relation, office_time(dice, day));
	pay->ordered_minor = minor_of(relation.currency, cs_dice_between(dice, 3, 60) * 10000000) / 100000 * 100000;
	pay->sent_minor = pay->ordered_minor;
	if (own) {
		pay->account = pair[0];
		pay->other_account = pair[1];
	}
}

/* A new correspondent's account begins with money from another one. */
static void
fund(struct cs_pay_world *world, struct cs_dice *dice, int64_t day)
{
	uint8_t newest = (uint8_t)(world->account_n - 1);
	if (world->story->pay.opens_ns == 0 || world->account[newest].opens_day != day)
		return;
	struct customer bank = {.seed = 1};
	struct relation relation = {.form = CS_PAY_OWN, .currency = world->account[newest].currency, .fixed = true};
	struct cs_pay *pay = add_payment(world, dice, &bank, &relation, (uint64_t)day * CS_PAY_DAY + 9 * CS_HOUR);
	pay->account = 2;
	pay->other_account = newest;
	pay->ordered_minor = pay->sent_minor = INT64_C(1200000000);
}

static void
come_in(struct cs_pay_world *world, struct cs_dice *dice, int64_t day, uint32_t nth)
{
	struct customer customer = customer_of(world, customer_drawn(world, dice));
	struct relation relation = relation_of(&customer, supplier_drawn(&customer, dice, day) + 50);
	unsigned way = (unsigned)cs_dice_below(dice, 100);
	uint64_t sent_ns = office_time(dice, day);
	int64_t value_day = cs_pay_open_from(relation.currency, day);
	uint64_t cents = relation.base_cents * cs_dice_between(dice, 500, 1500) / 1000;
	struct cs_pay *pay = cs_pay_add(world);
	pay->form = way < 45 ? CS_PAY_IN_SERIAL : way < 85 ? CS_PAY_IN_COVER : CS_PAY_IN_BANK;
	pay->charges = relation.charges == CS_PAY_OUR ? CS_PAY_OUR : CS_PAY_SHA;
	pay->seed = cs_dice_mix(cs_dice_mix(world->seed, (uint64_t)day), 5000000 + nth);
	pay->sent_ns = sent_ns;
	pay->value_day = value_day;
	pay->sent_minor = minor_of(relation.currency, cents);
	if (pay->charges == CS_PAY_SHA && way % 3 == 0)
		pay->extra_minor = minor_of(relation.currency, 500 + way * 10);
	pay->payee = relation.seed;
	pay->payer = customer.seed;
	pay->payer_person = customer.person;
	pay->person = relation.person;
	pay->place = relation.place;
	pay->account = account_for(world, relation.currency, relation.account_draw, day);
	struct cs_text reference = cs_text_over(pay->reference, sizeof pay->reference);
	cs_text_put(&reference, "R");
	cs_text_put_padded(&reference, pay->seed % UINT64_C(1000000000000), 12);
	cs_pay_make_uetr(pay->seed, pay->uetr);
}

/* Fees and interest of the accounts, once a month. */
static void
close_month(struct cs_pay_world *world, int64_t day)
{
	for (unsigned i = 0; i < world->account_n; i++) {
		if (world->account[i].opens_day >= day)
			continue;
		enum cs_pay_currency currency = world->account[i].currency;
		struct cs_pay *fee = cs_pay_add(world);
		fee->form = CS_PAY_CHARGE;
		fee->account = (uint8_t)i;
		fee->value_day = cs_pay_open_from(currency, day);
		fee->sent_ns = (uint64_t)fee->value_day * CS_PAY_DAY + 18 * CS_HOUR;
		fee->seed = cs_dice_mix(cs_dice_mix(world->seed, (uint64_t)day), 7000000 + i);
		fee->sent_minor = minor_of(currency, 4500 + fee->seed % 20 * 500);
	}
}

void
cs_pay_plan(struct cs_pay_world *world)
{
	uint32_t per_day = world->story->pay.per_day;
	for (int64_t day = world->first_day; day < world->first_day + world->day_n; day++) {
		struct cs_dice dice, in_dice;
		if (!cs_pay_open(CS_PAY_EUR, day) || world->no_memory)
			continue;
		world->number = 0;
		cs_dice_seed(&dice, cs_dice_mix(world->seed, (uint64_t)day), CS_PAY_STREAM_DAY);
		cs_dice_seed(&in_dice, cs_dice_mix(world->seed, (uint64_t)day), CS_PAY_STREAM_LATE);
		uint64_t n = per_day * cs_dice_between(&dice, 92, 110) / 100;
		if (is_month_end(day))
			n = n * 16 / 10;
		for (uint64_t i = 0; i <= n; i++)
			pay_supplier(world, &dice, day);
		for (uint64_t i = 0; i < 2 + n / 80; i++)
			pay_bank(world, &dice, day, i == 0);
		fund(world, &dice, day);
		for (uint32_t i = 0; i < world->story->pay.customer_n && is_salary_day(day); i += 10)
			pay_salaries(world, i, day);
		for (uint32_t i = 0; i < n * 4 / 10; i++)
			come_in(world, &in_dice, day, i);
		if (is_month_end(day))
			close_month(world, day);
	}
}

/*
 * Customers with habits: each has a home, a few machines and shops, sums he likes, and now and then a trip.
 *
 * Invariants: all that is lasting about a customer follows from the seed and the card's index, by day where it changes;
 * nobody is in two places: between two countries a card rests long enough for any journey. What is bought by telephone or
 * on the web needs no journey. Leaves what can go wrong to flow.c, and thieves to attack.c.
 */
#include "calendar.h"
#include "world.h"

#define DAY_NS (24 * CS_HOUR)

enum {
	TRIP_CYCLE_DAYS = 28, /* at most one trip in each */
	TRIP_DAYS_MIN = 3,
	TRIP_DAYS_MAX = 14,
	TRIP_MEAN_PERCENT = 30, /* of the cycle: (3 + 14) / 2 of 28 days */
	REST_DAYS = 75,         /* how long a card that rests does so, of REST_CYCLE_DAYS */
	REST_CYCLE_DAYS = 90,
	NEAR_COUNTRIES = 3, /* the first ones behind home: where most trips go */
	TRIES = 64,
};

/* Between two countries a card is not used: no journey on Earth takes longer. */
static const uint64_t journey_ns = 20 * CS_HOUR;

enum aspect {
	HOME_ATM,
	HOME_SHOP,
	FIRST_USE,
	IS_NEW,
	RESTS,
	REST_FROM,
	LIVELY,
	CHIP_BROKEN,
	CYCLE,
	TRIP,
	TRIP_LENGTH,
	TRIP_FROM,
	TRIP_COUNTRY,
	TRIP_ATM
};

static uint64_t
fact(const struct cs_world *world, uint32_t card, enum aspect aspect, uint64_t which)
{
	return cs_dice_mix(cs_dice_mix(world->bank.seed ^ 0x4ab1f5, card), which * 64 + aspect);
}

static bool
share_of(uint64_t fact, uint32_t ppm)
{
	return fact % CS_PPM < ppm;
}

/* The spell of KIND, at machine MACHINE where that matters, at TIME_NS; NULL: none. */
static const struct cs_spell *
spell_at(const struct cs_world *world, enum cs_spell_kind kind, uint32_t machine, uint64_t time_ns)
{
	const struct cs_story *story = &world->story;
	for (unsigned i = 0; i < story->spell_n; i++) {
		const struct cs_spell *spell = &story->spell[i];
		uint64_t at_ns = story->start_ns + spell->at_ns;
		if (spell->kind != kind || time_ns < at_ns || time_ns >= at_ns + spell->for_ns)
			continue;
		if (kind != CS_SPELL_CHIP_FAULT || spell->machine == machine)
			return spell;
	}
	return NULL;
}

uint64_t
cs_habit_pace(const struct cs_world *world, uint64_t mean_ns)
{
	const struct cs_spell *busy = spell_at(world, CS_SPELL_BUSY, 0, world->now_ns);
	return busy ? mean_ns * 1000 / busy->traffic_milli : mean_ns;
}

struct trip {
	uint64_t from_ns;
	uint64_t to_ns;
	uint8_t country;
	uint64_t number;
};

/* The trip of CARD in the cycle of now; false when it has none. */
static bool
trip_of(const struct cs_world *world, uint32_t card, struct trip *out)
{
	uint64_t shift = fact(world, card, CYCLE, 0) % TRIP_CYCLE_DAYS;
	uint64_t number = (world->now_ns / DAY_NS + shift) / TRIP_CYCLE_DAYS;
	uint64_t begin_ns = (number * TRIP_CYCLE_DAYS - shift) * DAY_NS;
	uint64_t days = TRIP_DAYS_MIN + fact(world, card, TRIP_LENGTH, number) % (TRIP_DAYS_MAX - TRIP_DAYS_MIN + 1);
	uint64_t first = 1 + fact(world, card, TRIP_FROM, number) % (TRIP_CYCLE_DAYS - days - 1);
	out->from_ns = begin_ns + first * DAY_NS;
	out->to_ns = out->from_ns + days * DAY_NS;
	out->number = number;
	const struct cs_spell *travel = spell_at(world, CS_SPELL_TRAVEL, 0, out->from_ns + days * DAY_NS / 2);
	uint64_t ppm = (uint64_t)(travel ? travel->share_ppm : world->story.abroad_ppm) * 100 / TRIP_MEAN_PERCENT;
	uint64_t where = fact(world, card, TRIP_COUNTRY, number);
	bool near = where % 10 < 6;
	out->country = (uint8_t)(1 + where / 16 % (near ? NEAR_COUNTRIES : cs_country_n() - 1));
	return share_of(fact(world, card, TRIP, number), ppm > CS_PPM ? CS_PPM : (uint32_t)ppm);
}

/* Whether CARD may be used now, and in which country it is. */
static bool
usable(const struct cs_world *world, uint32_t card, uint8_t *country, uint64_t *trip_number)
{
	const struct cs_story *story = &world->story;
	uint64_t now_ns = world->now_ns;
	uint64_t length_ns = story->minutes * CS_MINUTE;
	if (share_of(fact(world, card, IS_NEW, 0), story->new_ppm) &&
	    now_ns < story->start_ns + fact(world, card, FIRST_USE, 0) % length_ns)
		return false;
	uint64_t rest_day = (now_ns / DAY_NS + fact(world, card, REST_FROM, 0) % REST_CYCLE_DAYS) % REST_CYCLE_DAYS;
	if (share_of(fact(world, card, RESTS, 0), story->rest_ppm) && rest_day < REST_DAYS)
		return false;
	struct trip trip;
	*country = 0;
	*trip_number = 0;
	if (!trip_of(world, card, &trip))
		return true;
	bool leaving = now_ns + journey_ns >= trip.from_ns && now_ns < trip.from_ns;
	bool returning = now_ns + journey_ns >= trip.to_ns && now_ns < trip.to_ns;
	if (now_ns >= trip.from_ns && now_ns < trip.to_ns) {
		*country = trip.country;
		*trip_number = trip.number;
	}
	return !leaving && !returning;
}

static uint32_t
some_card(struct cs_world *world, uint8_t *country, uint64_t *trip)
{
	struct cs_dice *dice = &world->dice;
	uint32_t card = 0;
	for (unsigned i = 0; i < TRIES; i++) {
		card = (uint32_t)cs_dice_below(dice, world->story.card_n);
		bool lively = fact(world, card, LIVELY, 0) % 10 == 0 || cs_dice_below(dice, 10) < 4;
		if (lively && usable(world, card, country, trip))
			break;
	}
	return card;
}

/* Sums people like, in the home currency; abroad the next banknote below. */
static int64_t
liked_sum(struct cs_dice *dice, uint8_t country)
{
	static const uint16_t sums[] = {20,  30,  50,  50,  50,  60,  80,  100, 100, 100,
					100, 120, 150, 200, 200, 250, 300, 400, 500};
	int64_t minor = sums[cs_dice_below(dice, sizeof sums / sizeof sums[0])] * 100;
	int64_t note = cs_country_at(country)->note_minor;
	int64_t local = cs_country_from_home(country, minor) / note * note;
	return local > note ? local : note;
}

static void
fill_machine(struct cs_world *world, struct cs_deal *deal, uint64_t trip)
{
	struct cs_dice *dice = &world->dice;
	bool shop = deal->sort == CS_DEAL_PURCHASE;
	uint32_t machine_n = shop ? world->story.shop_n : world->story.atm_n;
	deal->machine = (uint32_t)cs_dice_below(dice, machine_n);
	uint64_t which = cs_dice_below(dice, shop ? 10 : 3);
	if (deal->country != 0)
		deal->machine = (uint32_t)(fact(world, deal->card, TRIP_ATM, trip * 16 + which) % machine_n);
	else if (!cs_dice_chance(dice, 150000))
		deal->machine = (uint32_t)(fact(world, deal->card, shop ? HOME_SHOP : HOME_ATM, which) % machine_n);
}

/* Which of the three machines of his own a customer stands at, or goes to next. */
static uint32_t
favourite(const struct cs_world *world, const struct cs_deal *deal)
{
	uint32_t which = 0;
	while (which < 3 && fact(world, deal->card, HOME_ATM, which) % world->story.atm_n != deal->machine)
		which++;
	return which % 3;
}

/* How the card is read: a few chips are broken for good, some machines for a while. */
static void
fill_entry(struct cs_world *world, struct cs_deal *deal)
{
	deal->chip = !deal->remote && !share_of(fact(world, deal->card, CHIP_BROKEN, 0), world->story.stripe_ppm);
	deal->fallback = !deal->chip && !deal->remote;
	bool cash_machine = deal->sort != CS_DEAL_PURCHASE && deal->country == 0;
	if (cash_machine && spell_at(world, CS_SPELL_CHIP_FAULT, deal->machine, world->now_ns)) {
		deal->chip = false;
		deal->fallback = true;
	}
}

void
cs_habit_choose(struct cs_world *world, struct cs_deal *deal)
{
	struct cs_dice *dice = &world->dice;
	const struct cs_spell *busy = spell_at(world, CS_SPELL_BUSY, 0, world->now_ns);
	uint32_t cash_ppm = busy && busy->share_ppm ? busy->share_ppm : 300000;
	uint64_t trip = 0;
	deal->card = some_card(world, &deal->country, &trip);
	deal->sort = cs_dice_chance(dice, cash_ppm) ? CS_DEAL_CASH : CS_DEAL_PURCHASE;
	if (cs_dice_chance(dice, 80000))
		deal->sort = CS_DEAL_INQUIRY;
	deal->remote = deal->sort == CS_DEAL_PURCHASE && cs_dice_chance(dice, 250000);
	if (deal->remote)
		deal->country = (uint8_t)cs_dice_below(dice, cs_country_n());
	fill_machine(world, deal, trip);
	fill_entry(world, deal);
	if (deal->sort == CS_DEAL_CASH)
		deal->amount_minor = liked_sum(dice, deal->country);
	if (deal->sort == CS_DEAL_PURCHASE)
		deal->amount_minor = cs_country_from_home(deal->country, (int64_t)cs_dice_between(dice, 250, 15000));
	if (deal->sort == CS_DEAL_CASH && deal->country == 0 && cs_dice_chance(dice, 30000)) {
		uint64_t at_ns = world->now_ns + cs_dice_between(dice, 40 * CS_SECOND, 5 * CS_MINUTE);
		if (at_ns < world->end_ns)
			cs_world_later(world, at_ns, CS_STEP_HABIT_AGAIN, deal->card * 3 + favourite(world, deal));
	}
}

/* Not enough, or for somebody else: once more, mostly at the same machine, some a third time. */
void
cs_habit_again(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = world->visa_quiet ? NULL : cs_world_deal(world, &world->dice);
	if (deal == NULL)
		return;
	deal->card = what / 3;
	deal->sort = CS_DEAL_CASH;
	fill_machine(world, deal, 0);
	if (!cs_dice_chance(&world->dice, 100000))
		deal->machine = (uint32_t)(fact(world, deal->card, HOME_ATM, what % 3) % world->story.atm_n);
	fill_entry(world, deal);
	deal->amount_minor = liked_sum(&world->dice, 0);
	if (cs_dice_chance(&world->dice, 100000) && world->now_ns + CS_MINUTE < world->end_ns)
		cs_world_later(world, world->now_ns + CS_MINUTE, CS_STEP_HABIT_AGAIN, what);
	cs_flow_ask(world, deal);
}

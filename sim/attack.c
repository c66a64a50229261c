/*
 * Attacks as a defender's taps would see them: who asks where and when, and which messages are wrong.
 *
 * Invariants: every wrong message has its row in truth.jsonl; nothing else has (but the genuine approvals of
 * an unlimited operation, which the rows name so). Only captures are written; nothing is connected to.
 * Sources: docs/threats.md (models A, B, C and the families' fingerprints).
 */
#include "calendar.h"
#include "forge.h"
#include "world.h"

enum { REPLAY_AFTER_S = 70, REPLAY_UNTIL_S = 240, TAMPER_PART = 10 };

static const struct cs_attack *
attack_of(const struct cs_world *world, const struct cs_deal *deal)
{
	return &world->story.attack[deal->attack];
}

uint32_t
cs_attack_card(const struct cs_world *world, uint32_t what, uint32_t nth)
{
	const struct cs_attack *attack = &world->story.attack[what];
	if (attack->customers)
		return nth * (world->story.card_n / attack->card_n);
	return world->story.card_n + attack->first_card + nth;
}

/* The next card of an attack in turn; CS_DEAL_NONE when each has had its one withdrawal today. */
static uint32_t
next_card(struct cs_world *world, uint32_t what)
{
	const struct cs_attack *attack = &world->story.attack[what];
	uint32_t *turn = &world->attack_card[what];
	uint64_t day = world->now_ns / (24 * CS_HOUR);
	if (attack->once && world->attack_day[what] != day) {
		world->attack_day[what] = day;
		*turn = 0;
	}
	if (attack->once && *turn >= attack->card_n)
		return CS_DEAL_NONE;
	return cs_attack_card(world, what, (*turn)++ % attack->card_n);
}

/* Where the thieves stand: one of the attack's countries, or the one with its currency. */
static uint8_t
where(struct cs_world *world, const struct cs_attack *attack)
{
	if (attack->currency != 0)
		return (uint8_t)(cs_country_of_currency(attack->currency) % cs_country_n());
	if (attack->country_n == 0)
		return 0;
	unsigned most = cs_country_n() - 1;
	return (uint8_t)cs_dice_between(&world->attack_dice, 1, attack->country_n < most ? attack->country_n : most);
}

static int64_t
how_much(struct cs_world *world, const struct cs_attack *attack, const struct cs_deal *deal)
{
	int64_t major = (int64_t)cs_dice_between(&world->attack_dice, attack->low_major, attack->high_major);
	if (attack->currency != 0) {
		int64_t unit = attack->currency == 392 ? 1 : 100; /* no minor unit in Japan */
		return major * unit;
	}
	int64_t note = cs_country_at(deal->country)->note_minor;
	int64_t minor = cs_country_from_home(deal->country, major * 100) / note * note;
	return minor > note ? minor : note;
}

static void
inject(struct cs_world *world, struct cs_deal *deal)
{
	deal->currency = cs_country_at(deal->country)->currency;
	deal->billing_minor = cs_country_to_home(deal->country, deal->amount_minor);
	deal->granted_minor = deal->claimed_minor = deal->core_minor = deal->billing_minor;
	deal->stan[CS_LEG_VISA] = cs_world_stan(world, CS_LEG_VISA);
	cs_world_later_deal(world, world->now_ns + CS_MS, CS_STEP_FORGE, deal);
}

static void
ask(struct cs_world *world, uint32_t what, uint32_t card, bool inquiry)
{
	const struct cs_attack *attack = &world->story.attack[what];
	struct cs_dice *dice = &world->attack_dice;
	struct cs_deal *deal = cs_world_deal(world, dice);
	if (deal == NULL)
		return;
	deal->attack = (int16_t)what;
	deal->card = card;
	deal->country = where(world, attack);
	deal->machine = (uint32_t)cs_dice_below(dice, attack->machine_n);
	inquiry = inquiry || cs_dice_chance(dice, attack->inquiry_ppm);
	deal->sort = inquiry ? CS_DEAL_INQUIRY : CS_DEAL_CASH;
	bool family = attack->variant == CS_VARIANT_WINDOWS || attack->variant == CS_VARIANT_LINUX;
	bool stripe = attack->stripe || family;
	deal->chip = !stripe && !cs_dice_chance(dice, world->story.stripe_ppm);
	if (deal->sort == CS_DEAL_CASH)
		deal->amount_minor = how_much(world, attack, deal);
	if (attack->kind == CS_ATTACK_INJECTED) {
		inject(world, deal);
		return;
	}
	cs_flow_ask(world, deal);
	if (attack->kind == CS_ATTACK_TAMPERED)
		deal->core_minor = deal->granted_minor = deal->billing_minor / TAMPER_PART;
}

void
cs_attack_arrive(struct cs_world *world, uint32_t what)
{
	const struct cs_attack *attack = &world->story.attack[what];
	uint64_t mean_ns = CS_SECOND * 1000 / attack->rate_milli;
	uint64_t next_ns = world->now_ns + cs_dice_wait_ns(&world->attack_dice, mean_ns);
	uint64_t stop_ns = world->story.start_ns + attack->at_ns + attack->for_ns;
	if (next_ns < stop_ns && next_ns < world->end_ns)
		cs_world_later(world, next_ns, CS_STEP_ATTACK, what);
	uint32_t card = next_card(world, what);
	if (card != CS_DEAL_NONE)
		ask(world, what, card, false);
}

void
cs_attack_probe(struct cs_world *world, uint32_t what)
{
	uint32_t attack = what % CS_STORY_ATTACKS_MAX;
	ask(world, attack, cs_attack_card(world, attack, what / CS_STORY_ATTACKS_MAX), true);
}

/* STEP for each card of the attack, evenly over the time OVER_NS from AT_NS on. */
static void
plan_cards(struct cs_world *world, uint32_t what, enum cs_step step, uint64_t at_ns, uint64_t over_ns)
{
	uint32_t card_n = world->story.attack[what].card_n;
	for (uint32_t i = 0; i < card_n; i++)
		cs_world_later(world, at_ns + over_ns / card_n * i, step, what + i * CS_STORY_ATTACKS_MAX);
}

void
cs_attack_plan(struct cs_world *world, uint32_t what)
{
	const struct cs_attack *attack = &world->story.attack[what];
	uint64_t at_ns = world->story.start_ns + attack->at_ns;
	cs_world_later(world, at_ns, CS_STEP_ATTACK, what);
	if (attack->lifted_ns)
		plan_cards(world, what, CS_STEP_LIFT, at_ns - attack->lifted_ns, attack->lifted_ns / 2);
	if (attack->resets_ns)
		plan_cards(world, what, CS_STEP_RESET, at_ns + attack->resets_ns, attack->resets_ns);
	if (attack->probe_ns)
		plan_cards(world, what, CS_STEP_PROBE, at_ns - attack->probe_ns, attack->probe_ns / 2);
}

/* How long a forged answer takes: the plain families answer at once, the careful one as the core would. */
static uint64_t
forging_ns(struct cs_world *world, const struct cs_attack *attack)
{
	struct cs_dice *dice = &world->attack_dice;
	bool ahead = attack->kind == CS_ATTACK_FORGED_AHEAD || attack->kind == CS_ATTACK_STAND_IN;
	if (attack->variant == CS_VARIANT_PERFECT && !ahead)
		return cs_dice_latency_ns(dice) + cs_dice_between(dice, 600000, 4000000);
	return cs_dice_between(dice, 2 * CS_MS, 9 * CS_MS);
}

bool
cs_attack_takes(struct cs_world *world, struct cs_deal *deal)
{
	if (deal->attack < 0)
		return false;
	const struct cs_attack *attack = attack_of(world, deal);
	bool swallows = attack->kind == CS_ATTACK_CASHOUT_A || attack->kind == CS_ATTACK_SIGNED_OFF ||
			attack->kind == CS_ATTACK_STAND_IN;
	if (!swallows && attack->kind != CS_ATTACK_FORGED_AHEAD)
		return false;
	cs_world_later_deal(world, world->now_ns + forging_ns(world, attack), CS_STEP_FORGE, deal);
	return swallows;
}

void
cs_attack_forge(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	const struct cs_attack *attack = attack_of(world, deal);
	if (deal->answered)
		return;
	deal->answered = true;
	deal->balance_minor = (int64_t)cs_dice_between(&world->attack_dice, 200000, 900000);
	cs_flow_approve(deal, CS_LEG_VISA, attack->kind == CS_ATTACK_STAND_IN);
	cs_forge_response(&world->bank, deal, attack->variant, &world->message);
	struct cs_sent sent = cs_world_send(world, CS_LEG_VISA, CS_WAY_FROM_PORT, deal->connection, true);
	cs_truth_put(&world->truth, &world->bank, &world->story, deal, sent);
}

void
cs_attack_rewrites(struct cs_world *world, struct cs_deal *deal)
{
	const struct cs_attack *attack = attack_of(world, deal);
	if (attack->kind == CS_ATTACK_CASHOUT_B)
		cs_world_later_deal(world, world->now_ns, CS_STEP_FORGE, deal);
}

void
cs_attack_answered(struct cs_world *world, struct cs_deal *deal, struct cs_sent sent)
{
	const struct cs_attack *attack = attack_of(world, deal);
	if (attack->kind == CS_ATTACK_REPLAYED) {
		uint64_t after_s = cs_dice_between(&world->attack_dice, REPLAY_AFTER_S, REPLAY_UNTIL_S);
		cs_world_later_deal(world, sent.time_ns + after_s * CS_SECOND, CS_STEP_ANSWER_AGAIN, deal);
	}
	if (attack->kind == CS_ATTACK_GENUINE || attack->kind == CS_ATTACK_TAMPERED)
		cs_truth_put(&world->truth, &world->bank, &world->story, deal, sent);
}

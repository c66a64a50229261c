/*
 * The way of a card transaction: machine, acquirer, switch, core and back; and what goes wrong honestly.
 *
 * Invariants: an approval leaves the switch only after the core's own has come, or as a stand-in whose
 * advice is owed to the core; an attack alone breaks this (attack.c). Times: the acquirer waits 20 s, the
 * switch 10 s, so a policy may call the core silent after 5 s.
 */
#include "base/text.h"
#include "calendar.h"
#include "world.h"

static const uint64_t acquirer_patience_ns = 20 * CS_SECOND;
static const uint64_t switch_patience_ns = 10 * CS_SECOND;
/* After this long without a word from the core the switch stands in at once. */
static const uint64_t down_after_ns = 12 * CS_SECOND;

enum { STAND_IN_CASH_MINOR = 30000, STAND_IN_SHOP_MINOR = 15000 };

static bool
unlucky(struct cs_world *world, enum cs_trouble trouble)
{
	return cs_dice_chance(&world->dice, world->story.trouble_ppm[trouble]);
}

/* A customer without habits: any card, anywhere. (Those with habits: habit.c.) */
static void
choose(struct cs_world *world, struct cs_deal *deal)
{
	struct cs_dice *dice = &world->dice;
	uint64_t sort = cs_dice_below(dice, 100);
	bool abroad = cs_dice_chance(dice, world->story.abroad_ppm);
	deal->sort = sort < 42 ? CS_DEAL_CASH : sort < 54 ? CS_DEAL_INQUIRY : CS_DEAL_PURCHASE;
	deal->card = (uint32_t)cs_dice_below(dice, world->story.card_n);
	deal->country = (uint8_t)(abroad ? cs_dice_between(dice, 1, cs_country_n() - 1) : 0);
	uint32_t machine_n = deal->sort == CS_DEAL_PURCHASE ? world->story.shop_n : world->story.atm_n;
	deal->machine = (uint32_t)cs_dice_below(dice, machine_n);
	deal->chip = !cs_dice_chance(dice, world->story.stripe_ppm);
	const struct cs_country *country = cs_country_at(deal->country);
	int64_t note = country->note_minor;
	if (deal->sort == CS_DEAL_CASH)
		deal->amount_minor = note * (int64_t)cs_dice_between(dice, 2, 30);
	if (deal->sort == CS_DEAL_PURCHASE)
		deal->amount_minor = cs_country_from_home(deal->country, (int64_t)cs_dice_between(dice, 250, 15000));
}

void
cs_flow_ask(struct cs_world *world, struct cs_deal *deal)
{
	if (deal->currency == 0)
		deal->currency = cs_country_at(deal->country)->currency;
	deal->billing_minor = cs_country_to_home(deal->country, deal->amount_minor);
	deal->core_minor = deal->billing_minor;
	deal->granted_minor = deal->billing_minor;
	deal->claimed_minor = deal->billing_minor;
	deal->stan[CS_LEG_VISA] = cs_world_stan(world, CS_LEG_VISA);
	cs_compose_request(&world->bank, deal, CS_LEG_VISA, false, &world->message);
	struct cs_sent sent = cs_world_send(world, CS_LEG_VISA, CS_WAY_TO_PORT, deal->connection, false);
	cs_world_later_deal(world, sent.time_ns + cs_world_hop_ns(world), CS_STEP_AT_SWITCH, deal);
}

void
cs_flow_arrive(struct cs_world *world, uint32_t what)
{
	(void)what;
	unsigned hour = cs_calendar_at(world->now_ns, 0).hour;
	uint64_t mean_ns = cs_habit_pace(world, world->hour_mean_ns[hour]);
	uint64_t next_ns = world->now_ns + cs_dice_wait_ns(&world->dice, mean_ns);
	if (next_ns < world->end_ns)
		cs_world_later(world, next_ns, CS_STEP_ARRIVE, 0);
	struct cs_deal *deal = world->visa_quiet ? NULL : cs_world_deal(world, &world->dice);
	if (deal == NULL)
		return;
	if (world->story.habits)
		cs_habit_choose(world, deal);
	else
		choose(world, deal);
	cs_flow_ask(world, deal);
	if (unlucky(world, CS_TROUBLE_REPEAT_REQUEST)) {
		uint64_t at_ns = world->now_ns + cs_dice_between(&world->dice, CS_SECOND, 6 * CS_SECOND);
		cs_world_later_deal(world, at_ns, CS_STEP_ASK_AGAIN, deal);
	}
}

void
cs_flow_approve(struct cs_deal *deal, enum cs_leg leg, bool stand_in)
{
	uint64_t number = cs_dice_mix(deal->facts, 38 + stand_in) % (stand_in ? 100000 : 1000000);
	struct cs_text text = cs_text_over(deal->approval[leg], sizeof deal->approval[leg]);
	if (stand_in)
		cs_text_put_char(&text, 'S');
	cs_text_put_padded(&text, number, stand_in ? 5 : 6);
	memcpy(deal->code[leg], "00", 3);
}

static void
decline(struct cs_deal *deal, enum cs_leg leg, const char *code)
{
	memcpy(deal->code[leg], code, 3);
	deal->approval[leg][0] = '\0';
}

static void
answer(struct cs_world *world, struct cs_deal *deal)
{
	cs_world_later_deal(world, world->now_ns, CS_STEP_SWITCH_ANSWERS, deal);
}

/* The switch decides alone: little is given, and owed to the core as an advice; the rest is declined. */
static void
stand_in(struct cs_world *world, struct cs_deal *deal)
{
	int64_t limit = deal->sort == CS_DEAL_CASH ? STAND_IN_CASH_MINOR : STAND_IN_SHOP_MINOR;
	if (deal->sort == CS_DEAL_INQUIRY || deal->billing_minor > limit) {
		decline(deal, CS_LEG_VISA, "91");
		if (deal->at_core)
			cs_outage_owe(world, deal, CS_OWED_REVERSAL);
	} else {
		cs_flow_approve(deal, CS_LEG_VISA, true);
		cs_outage_owe(world, deal, CS_OWED_ADVICE);
		world->count.stand_ins++;
	}
	answer(world, deal);
}

static void
ask_core(struct cs_world *world, struct cs_deal *deal)
{
	deal->stan[CS_LEG_CORE] = cs_world_stan(world, CS_LEG_CORE);
	deal->at_core = true;
	cs_compose_request(&world->bank, deal, CS_LEG_CORE, false, &world->message);
	struct cs_sent sent = cs_world_send(world, CS_LEG_CORE, CS_WAY_TO_PORT, deal->connection, false);
	uint64_t back_ns = sent.time_ns + cs_dice_latency_ns(&world->dice);
	bool mute = unlucky(world, CS_TROUBLE_CORE_MUTE);
	bool late = unlucky(world, CS_TROUBLE_CORE_LATE);
	if (mute || late)
		cs_world_later_deal(world, sent.time_ns + switch_patience_ns, CS_STEP_SWITCH_GIVES_UP, deal);
	if (late)
		back_ns += switch_patience_ns + cs_dice_below(&world->dice, 6 * CS_SECOND);
	if (!mute)
		cs_world_later_deal(world, back_ns, CS_STEP_CORE_ANSWERS, deal);
}

void
cs_flow_at_switch(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (cs_attack_takes(world, deal))
		return;
	if (world->core_signed_off || world->core_down)
		stand_in(world, deal);
	else
		ask_core(world, deal);
}

/* What the core says to an honest request, by the story's shares. */
static void
core_decides(struct cs_world *world, struct cs_deal *deal)
{
	static const struct {
		enum cs_trouble trouble;
		const char *code;
	} declines[] = {{CS_TROUBLE_NO_FUNDS, "51"},
			{CS_TROUBLE_NOT_HONOURED, "05"},
			{CS_TROUBLE_EXPIRED, "54"},
			{CS_TROUBLE_WRONG_PIN, "55"},
			{CS_TROUBLE_UNAVAILABLE, "91"}};
	for (unsigned i = 0; i < sizeof declines / sizeof declines[0]; i++) {
		bool without_pin = deal->sort == CS_DEAL_PURCHASE && declines[i].trouble == CS_TROUBLE_WRONG_PIN;
		if (without_pin || !unlucky(world, declines[i].trouble))
			continue;
		decline(deal, CS_LEG_CORE, declines[i].code);
		world->count.declines++;
		return;
	}
	cs_flow_approve(deal, CS_LEG_CORE, false);
	if (deal->sort != CS_DEAL_INQUIRY && !cs_deal_converted(deal) && unlucky(world, CS_TROUBLE_PARTIAL)) {
		memcpy(deal->code[CS_LEG_CORE], "10", 3);
		deal->granted_minor = deal->core_minor / 2 / 1000 * 1000 + 500;
	}
}

/* A thief's card has nothing on its account; only a lifted limit or a small sum passes. */
static void
core_decides_thief(struct cs_world *world, struct cs_deal *deal)
{
	enum cs_attack_kind kind = world->story.attack[deal->attack].kind;
	if (kind == CS_ATTACK_GENUINE || kind == CS_ATTACK_REPLAYED || kind == CS_ATTACK_TAMPERED)
		cs_flow_approve(deal, CS_LEG_CORE, false);
	else
		decline(deal, CS_LEG_CORE, "51");
}

void
cs_flow_core_answers(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (world->core_mute) {
		uint64_t at_ns = deal->asked_ns + switch_patience_ns;
		at_ns = at_ns > world->now_ns ? at_ns : world->now_ns;
		cs_world_later_deal(world, at_ns, CS_STEP_SWITCH_GIVES_UP, deal);
		return;
	}
	if (deal->attack >= 0)
		core_decides_thief(world, deal);
	else
		core_decides(world, deal);
	if (deal->approval[CS_LEG_CORE][0] != '\0' && deal->sort != CS_DEAL_INQUIRY)
		cs_bank_debit(&world->bank, deal->card, deal->granted_minor);
	deal->balance_minor = cs_bank_balance(&world->bank, deal->card);
	cs_compose_response(&world->bank, deal, CS_LEG_CORE, &world->message);
	struct cs_sent sent = cs_world_send(world, CS_LEG_CORE, CS_WAY_FROM_PORT, deal->connection, false);
	cs_world_later_deal(world, sent.time_ns + cs_world_hop_ns(world), CS_STEP_BACK_AT_SWITCH, deal);
}

void
cs_flow_back_at_switch(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (deal->answered)
		return; /* the switch gave up, or something answered in its place */
	memcpy(deal->code[CS_LEG_VISA], deal->code[CS_LEG_CORE], sizeof deal->code[0]);
	memcpy(deal->approval[CS_LEG_VISA], deal->approval[CS_LEG_CORE], sizeof deal->approval[0]);
	if (deal->attack >= 0) {
		cs_attack_rewrites(world, deal);
		answer(world, deal);
		return;
	}
	deal->claimed_minor = deal->granted_minor;
	if (!unlucky(world, CS_TROUBLE_LATE_ANSWER)) {
		answer(world, deal);
		return;
	}
	uint64_t late_ns = acquirer_patience_ns + cs_dice_between(&world->dice, CS_SECOND, 4 * CS_SECOND);
	deal->late = true;
	cs_world_later_deal(world, deal->asked_ns + acquirer_patience_ns, CS_STEP_REVERSE, deal);
	cs_world_later_deal(world, deal->asked_ns + late_ns, CS_STEP_SWITCH_ANSWERS, deal);
}

void
cs_flow_switch_gives_up(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (deal->answered)
		return;
	if (world->core_mute && world->now_ns - world->mute_since_ns >= down_after_ns)
		world->core_down = true;
	stand_in(world, deal);
}

void
cs_flow_switch_answers(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (deal->answered)
		return;
	deal->answered = true;
	cs_compose_response(&world->bank, deal, CS_LEG_VISA, &world->message);
	bool alone = deal->attack >= 0;
	struct cs_sent sent = cs_world_send(world, CS_LEG_VISA, CS_WAY_FROM_PORT, deal->connection, alone);
	if (deal->attack >= 0) {
		cs_attack_answered(world, deal, sent);
		return;
	}
	struct cs_dice *dice = &world->dice;
	uint64_t pause_ns = cs_dice_between(dice, CS_SECOND, 15 * CS_SECOND);
	bool approved = deal->approval[CS_LEG_VISA][0] != '\0' && deal->owed == 0;
	if (approved && !deal->late && deal->sort != CS_DEAL_INQUIRY && unlucky(world, CS_TROUBLE_CANCELLED))
		cs_world_later_deal(world, sent.time_ns + pause_ns, CS_STEP_REVERSE, deal);
	if (unlucky(world, CS_TROUBLE_REPEAT_ANSWER))
		cs_world_later_deal(world, sent.time_ns + pause_ns / 4, CS_STEP_ANSWER_AGAIN, deal);
}

void
cs_flow_ask_again(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	cs_compose_request(&world->bank, deal, CS_LEG_VISA, true, &world->message);
	struct cs_sent sent = cs_world_send(world, CS_LEG_VISA, CS_WAY_TO_PORT, deal->connection, false);
	cs_world_later_deal(world, sent.time_ns + cs_world_hop_ns(world), CS_STEP_ANSWER_AGAIN, deal);
}

void
cs_flow_answer_again(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (!deal->answered || world->visa_quiet)
		return; /* still under way: the first answer will do */
	cs_compose_response(&world->bank, deal, CS_LEG_VISA, &world->message);
	bool alone = deal->attack >= 0;
	struct cs_sent sent = cs_world_send(world, CS_LEG_VISA, CS_WAY_FROM_PORT, deal->connection, alone);
	if (deal->attack >= 0)
		cs_truth_put(&world->truth, &world->bank, &world->story, deal, sent);
}

/*
 * The life of the links: echo tests, keep-alives, sign-off and sign-on, silence, fail-over; and what the
 * switch owes the core afterwards, stored and forwarded.
 *
 * Invariant: whatever is owed is sent once the core is there again, oldest first.
 * spec: ISO 8583-1:1987, network management 0800/0810 with DE70; advices 0120/0220.
 */
#include "calendar.h"
#include "world.h"

enum { SIGN_ON = 1, SIGN_OFF = 2, ECHO = 301 };
/* Honest traffic stops this long before the bank signs off from the scheme. */
static const uint64_t drain_ns = 40 * CS_SECOND;

/* An 0800 and, at once, its 0810. */
static void
exchange(struct cs_world *world, enum cs_leg leg, enum cs_way way, uint16_t code, bool answered)
{
	struct cs_network network = {.code = code, .stan = cs_world_stan(world, leg), .time_ns = world->now_ns};
	cs_compose_network(&network, &world->message);
	struct cs_sent sent = cs_world_send(world, leg, way, 0, true);
	if (!answered)
		return;
	network.response = true;
	uint64_t now_ns = world->now_ns;
	world->now_ns = sent.time_ns + cs_world_hop_ns(world);
	cs_compose_network(&network, &world->message);
	(void)cs_world_send(world, leg, !way, 0, true);
	world->now_ns = now_ns;
}

void
cs_outage_echo(struct cs_world *world, uint32_t what)
{
	enum cs_leg leg = (enum cs_leg)what;
	if (world->now_ns + world->story.echo_ns < world->end_ns)
		cs_world_later(world, world->now_ns + world->story.echo_ns, CS_STEP_ECHO, what);
	bool away = leg == CS_LEG_CORE ? world->core_signed_off : world->visa_quiet;
	if (!away)
		exchange(world, leg, CS_WAY_TO_PORT, ECHO, leg != CS_LEG_CORE || !world->core_mute);
}

void
cs_outage_keepalive(struct cs_world *world, uint32_t what)
{
	static const uint8_t empty[2] = {0, 0};
	if (world->now_ns + world->story.keepalive_ns < world->end_ns)
		cs_world_later(world, world->now_ns + world->story.keepalive_ns, CS_STEP_KEEPALIVE, what);
	struct cs_frame frame = {0, CS_WAY_TO_PORT, true, {empty, sizeof empty}};
	(void)cs_wire_send(&world->leg[what].wire, frame, world->now_ns);
	if (what == CS_LEG_CORE && world->core_mute)
		return;
	frame.way = CS_WAY_FROM_PORT;
	(void)cs_wire_send(&world->leg[what].wire, frame, world->now_ns + CS_MS);
}

void
cs_outage_owe(struct cs_world *world, struct cs_deal *deal, enum cs_owed owed)
{
	uint32_t index = cs_world_index(world, deal);
	bool queued = deal->owed != 0;
	deal->owed |= (uint8_t)owed;
	if (queued)
		return;
	deal->next = CS_DEAL_NONE;
	if (world->owed_first == CS_DEAL_NONE)
		world->owed_first = index;
	else
		world->deal[world->owed_last].next = index;
	world->owed_last = index;
	if (world->paying)
		return;
	world->paying = true;
	cs_world_later(world, world->now_ns + 2 * CS_SECOND, CS_STEP_PAY_OWED, 0);
}

/* One thing owed is sent, and the next is planned; nothing while the core is away. */
void
cs_outage_pay(struct cs_world *world, uint32_t what)
{
	(void)what;
	if (world->owed_first == CS_DEAL_NONE) {
		world->paying = false;
		return;
	}
	bool away = world->core_signed_off || world->core_down || world->core_mute;
	uint64_t pause_ns = away ? CS_SECOND : cs_dice_between(&world->dice, 2 * CS_MS, 40 * CS_MS);
	cs_world_later(world, world->now_ns + pause_ns, CS_STEP_PAY_OWED, 0);
	if (away)
		return;
	struct cs_deal *deal = &world->deal[world->owed_first];
	world->owed_first = deal->next;
	bool advice = (deal->owed & CS_OWED_ADVICE) != 0;
	deal->owed = 0;
	uint32_t stan = cs_world_stan(world, CS_LEG_CORE);
	if (advice) {
		deal->advice_stan = stan;
		cs_compose_advice(&world->bank, deal, &world->message);
		world->count.advices++;
	} else {
		deal->reversal_stan[CS_LEG_CORE] = stan;
		cs_compose_reversal(&world->bank, deal, CS_LEG_CORE, "68", &world->message);
		world->count.reversals++;
	}
	struct cs_sent sent = cs_world_send(world, CS_LEG_CORE, CS_WAY_TO_PORT, deal->connection, false);
	uint64_t back_ns = sent.time_ns + cs_dice_latency_ns(&world->dice);
	cs_world_later_deal(world, back_ns, advice ? CS_STEP_OWED_DONE : CS_STEP_REVERSAL_DONE, deal);
}

void
cs_outage_paid(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (world->core_mute)
		return;
	cs_compose_advice_response(&world->bank, deal, &world->message);
	(void)cs_world_send(world, CS_LEG_CORE, CS_WAY_FROM_PORT, deal->connection, false);
}

void
cs_outage_begin(struct cs_world *world, uint32_t what)
{
	const struct cs_happening *happening = &world->story.happening[what];
	uint64_t end_ns = world->now_ns + happening->for_ns;
	if (end_ns > world->end_ns && happening->kind != CS_HAPPENS_FAILOVER)
		end_ns = world->end_ns;
	switch (happening->kind) {
	case CS_HAPPENS_CORE_SIGN_OFF:
		cs_world_later(world, world->now_ns, CS_STEP_SIGN_OFF, what);
		break;
	case CS_HAPPENS_CORE_SILENCE:
		world->core_mute = true;
		world->mute_since_ns = world->now_ns;
		break;
	case CS_HAPPENS_VISA_SIGN_OFF:
		world->visa_quiet = true;
		cs_world_later(world, world->now_ns + drain_ns, CS_STEP_SIGN_OFF, what);
		end_ns = end_ns > world->now_ns + 2 * drain_ns ? end_ns : world->now_ns + 2 * drain_ns;
		break;
	case CS_HAPPENS_FAILOVER:
		cs_wire_hang_up(&world->leg[happening->leg].wire, 0, world->now_ns);
		break;
	}
	cs_world_later(world, end_ns, CS_STEP_HAPPEN_END, what);
}

void
cs_outage_sign_off(struct cs_world *world, uint32_t what)
{
	bool core = world->story.happening[what].kind == CS_HAPPENS_CORE_SIGN_OFF;
	world->core_signed_off = world->core_signed_off || core;
	exchange(world, core ? CS_LEG_CORE : CS_LEG_VISA, CS_WAY_FROM_PORT, SIGN_OFF, true);
}

void
cs_outage_end(struct cs_world *world, uint32_t what)
{
	const struct cs_happening *happening = &world->story.happening[what];
	switch (happening->kind) {
	case CS_HAPPENS_CORE_SIGN_OFF:
		exchange(world, CS_LEG_CORE, CS_WAY_FROM_PORT, SIGN_ON, true);
		world->core_signed_off = false;
		return;
	case CS_HAPPENS_CORE_SILENCE:
		world->core_mute = false;
		world->core_down = false;
		exchange(world, CS_LEG_CORE, CS_WAY_TO_PORT, ECHO, true);
		return;
	case CS_HAPPENS_VISA_SIGN_OFF:
		exchange(world, CS_LEG_VISA, CS_WAY_FROM_PORT, SIGN_ON, true);
		world->visa_quiet = false;
		return;
	case CS_HAPPENS_FAILOVER:
		cs_wire_call(&world->leg[happening->leg].wire, 0, world->now_ns);
		return;
	}
}

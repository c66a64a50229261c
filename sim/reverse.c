/*
 * Reversals: the acquirer takes a request back, the switch passes it on to the core and brings the answer.
 *
 * Without a core the switch answers by itself and owes the core the reversal.
 * spec: ISO 8583-1:1987, reversal advices 0420/0430, DE90.
 */
#include "world.h"

void
cs_reverse_ask(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (world->visa_quiet)
		return;
	deal->reversal_stan[CS_LEG_VISA] = cs_world_stan(world, CS_LEG_VISA);
	deal->reversed = true;
	const char *reason = deal->late ? "68" : "17"; /* late, or cancelled by the customer */
	cs_compose_reversal(&world->bank, deal, CS_LEG_VISA, reason, &world->message);
	struct cs_sent sent = cs_world_send(world, CS_LEG_VISA, CS_WAY_TO_PORT, deal->connection, false);
	cs_world_later_deal(world, sent.time_ns + cs_world_hop_ns(world), CS_STEP_REVERSAL_AT_SWITCH, deal);
	world->count.reversals++;
}

void
cs_reverse_at_switch(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (world->core_down || world->core_signed_off || world->core_mute || !deal->at_core) {
		if (deal->at_core)
			cs_outage_owe(world, deal, CS_OWED_REVERSAL);
		cs_world_later_deal(world, world->now_ns, CS_STEP_REVERSAL_BACK, deal);
		return;
	}
	deal->reversal_stan[CS_LEG_CORE] = cs_world_stan(world, CS_LEG_CORE);
	cs_compose_reversal(&world->bank, deal, CS_LEG_CORE, deal->late ? "68" : "17", &world->message);
	struct cs_sent sent = cs_world_send(world, CS_LEG_CORE, CS_WAY_TO_PORT, deal->connection, false);
	uint64_t back_ns = sent.time_ns + cs_dice_latency_ns(&world->dice);
	cs_world_later_deal(world, back_ns, CS_STEP_REVERSAL_DONE, deal);
}

void
cs_reverse_core_answers(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (world->core_mute)
		return;
	cs_compose_reversal_response(&world->bank, deal, CS_LEG_CORE, &world->message);
	struct cs_sent sent = cs_world_send(world, CS_LEG_CORE, CS_WAY_FROM_PORT, deal->connection, false);
	cs_world_later_deal(world, sent.time_ns + cs_world_hop_ns(world), CS_STEP_REVERSAL_BACK, deal);
}

void
cs_reverse_back(struct cs_world *world, uint32_t what)
{
	struct cs_deal *deal = &world->deal[what];
	if (!deal->reversed)
		return;
	cs_compose_reversal_response(&world->bank, deal, CS_LEG_VISA, &world->message);
	(void)cs_world_send(world, CS_LEG_VISA, CS_WAY_FROM_PORT, deal->connection, false);
}

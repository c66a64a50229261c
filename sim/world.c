/*
 * The world's clockwork: the queue of steps, the deals under way, and the two legs they are written on.
 *
 * Invariants: time never goes back; a deal lives as long as a step or the list of owed advices names it;
 * after opening nothing is allocated. Arrivals follow the curve of the day, scaled so that the story's rate
 * is the mean over the time simulated.
 */
#include "world.h"

#include "calendar.h"
#include "decode/shipped.h"

#include <stdlib.h>

static void (*const step_functions[])(struct cs_world *, uint32_t) = {
#define X(symbol, function) [CS_STEP_##symbol] = function,
	CS_STEPS(X)
#undef X
};

/* Traffic by hour of the day, 1000 = mean. */
static const uint16_t day_curve[24] = {320,  220,  170,  150,  170,  260,  450,  760,  1010, 1180, 1300, 1450,
				       1600, 1520, 1420, 1450, 1600, 1800, 1760, 1500, 1240, 1020, 780,  520};

static bool
is_deal_step(enum cs_step step)
{
	return (step >= CS_STEP_AT_SWITCH && step <= CS_STEP_REVERSAL_BACK) || step == CS_STEP_OWED_DONE ||
	       step == CS_STEP_FORGE;
}

static void
drop_deal(struct cs_world *world, uint32_t index)
{
	world->free_deal[--world->deal_n] = index;
}

struct cs_deal *
cs_world_deal(struct cs_world *world, struct cs_dice *dice)
{
	if (world->deal_n == CS_WORLD_DEALS_MAX) {
		world->count.refused++;
		return NULL;
	}
	struct cs_deal *deal = &world->deal[world->free_deal[world->deal_n++]];
	memset(deal, 0, sizeof *deal);
	deal->facts = cs_dice_u64(dice);
	deal->asked_ns = world->now_ns;
	deal->attack = -1;
	deal->next = CS_DEAL_NONE;
	deal->connection = (uint8_t)(deal->facts % CS_WIRE_CONNECTIONS);
	deal->rrn[CS_LEG_VISA] = ++world->rrn;
	deal->rrn[CS_LEG_CORE] = world->story.renumber_rrn ? 70000000 + world->rrn : world->rrn;
	world->count.transactions++;
	return deal;
}

uint32_t
cs_world_index(const struct cs_world *world, const struct cs_deal *deal)
{
	return (uint32_t)(deal - world->deal);
}

void
cs_world_later(struct cs_world *world, uint64_t time_ns, enum cs_step step, uint32_t what)
{
	if (!cs_queue_add(&world->queue, time_ns, step, what))
		world->count.refused++;
}

void
cs_world_later_deal(struct cs_world *world, uint64_t time_ns, enum cs_step step, const struct cs_deal *deal)
{
	uint32_t index = cs_world_index(world, deal);
	if (cs_queue_add(&world->queue, time_ns, step, index))
		world->deal[index].steps++;
	else
		world->count.refused++;
}

struct cs_sent
cs_world_send(struct cs_world *world, enum cs_leg leg, enum cs_way way, unsigned connection, bool alone)
{
	struct cs_leg_side *side = &world->leg[leg];
	uint8_t frame[CS_WIRE_MESSAGE_MAX_BYTES];
	size_t len = 0;
	enum cs_error error = cs_encode_message(&side->encoder, &world->message, frame + 2, sizeof frame - 2, &len);
	CS_ASSERT(error == CS_OK); /* our own messages fit our own dialects */
	frame[0] = (uint8_t)(len >> 8);
	frame[1] = (uint8_t)len;
	struct cs_frame out = {connection, way, alone, {frame, len + 2}};
	return cs_wire_send(&side->wire, out, world->now_ns);
}

uint64_t
cs_world_hop_ns(struct cs_world *world)
{
	return cs_dice_between(&world->dice, 300000, 2000000);
}

uint32_t
cs_world_stan(struct cs_world *world, enum cs_leg leg)
{
	uint32_t *stan = &world->leg[leg].stan;
	*stan = *stan % 999999 + 1;
	return *stan;
}

/* Scales the day's curve so that the story's rate is the mean over the minutes simulated. */
static void
plan_arrivals(struct cs_world *world)
{
	uint64_t sum = 0;
	CS_ASSERT(world->story.minutes > 0 && world->story.rate_milli > 0);
	unsigned first = cs_calendar_at(world->story.start_ns, 0).minute;
	unsigned hour = cs_calendar_at(world->story.start_ns, 0).hour;
	for (uint32_t i = 0; i < world->story.minutes; i++)
		sum += day_curve[(hour + (first + i) / 60) % 24];
	uint64_t mean = sum / world->story.minutes;
	for (unsigned i = 0; i < 24; i++)
		world->hour_mean_ns[i] = CS_SECOND * 1000 / world->story.rate_milli * mean / day_curve[i];
}

static enum cs_error
load_dialect(struct cs_world *world, enum cs_leg leg, const char *name)
{
	struct cs_span json;
	struct cs_dialect_fault fault;
	if (!cs_shipped_dialect(cs_span_text(name), &json))
		return CS_E_UNKNOWN;
	CS_TRY(cs_dialect_read_json(json, name, &world->arena, &world->leg[leg].dialect, &fault));
	cs_encode_init(&world->leg[leg].encoder, &world->leg[leg].dialect);
	return CS_OK;
}

static enum cs_error
open_leg(struct cs_world *world, enum cs_leg leg, const char *path, uint64_t seed)
{
	const struct cs_story *story = &world->story;
	struct cs_leg_side *side = &world->leg[leg];
	struct cs_tape_setting tape = {.path = path,
				       .nanoseconds = leg == CS_LEG_VISA,
				       .skew_ns = story->skew_ns[leg],
				       .loss_ppm = story->loss_ppm,
				       .seed = cs_dice_mix(seed, leg)};
	CS_TRY(cs_tape_open(&tape, &side->tape));
	struct cs_wire_setting wire = {
		.client_address = leg == CS_LEG_VISA ? 0x0A14000B : 0x0A1E0001,
		.server_address = leg == CS_LEG_VISA ? 0x0A140001 : 0x0A1E0007,
		.server_port = leg == CS_LEG_VISA ? 5001 : 7001,
		.from_start = story->from_start,
		.habits = {story->trouble_ppm[CS_TROUBLE_JOINED], story->trouble_ppm[CS_TROUBLE_SPLIT],
			   story->trouble_ppm[CS_TROUBLE_RESENT], story->trouble_ppm[CS_TROUBLE_HOLE]},
		.seed = seed,
		.tape = side->tape,
	};
	cs_wire_init(&side->wire, &wire, story->start_ns);
	side->stan = (uint32_t)(cs_dice_mix(seed, 77 + leg) % 1000000);
	return CS_OK;
}

static enum cs_error
make_tables(struct cs_world *world, uint64_t seed)
{
	CS_TRY(cs_arena_init(&world->arena, 1 << 20));
	CS_TRY(cs_bank_open(&world->bank, seed, world->story.card_n, world->story.spare_n));
	CS_TRY(cs_queue_open(&world->queue));
	world->deal = malloc(CS_WORLD_DEALS_MAX * sizeof *world->deal);
	world->free_deal = malloc(CS_WORLD_DEALS_MAX * sizeof *world->free_deal);
	if (world->deal == NULL || world->free_deal == NULL)
		return CS_E_MEMORY;
	for (uint32_t i = 0; i < CS_WORLD_DEALS_MAX; i++)
		world->free_deal[i] = i;
	return CS_OK;
}

/* The first step of everything that keeps itself going. */
static void
plan_first_steps(struct cs_world *world)
{
	const struct cs_story *story = &world->story;
	uint64_t start_ns = story->start_ns;
	cs_world_later(world, start_ns + 50 * CS_MS, CS_STEP_ARRIVE, 0);
	for (uint32_t leg = 0; leg < CS_LEG_N; leg++) {
		if (story->echo_ns)
			cs_world_later(world, start_ns + story->echo_ns / (leg + 2), CS_STEP_ECHO, leg);
		if (story->keepalive_ns)
			cs_world_later(world, start_ns + story->keepalive_ns / (leg + 3), CS_STEP_KEEPALIVE, leg);
	}
	for (uint32_t i = 0; i < story->happening_n; i++)
		if (start_ns + story->happening[i].at_ns < world->end_ns)
			cs_world_later(world, start_ns + story->happening[i].at_ns, CS_STEP_HAPPEN, i);
	for (uint32_t i = 0; i < story->attack_n; i++)
		if (start_ns + story->attack[i].at_ns < world->end_ns)
			cs_attack_plan(world, i);
	if (story->changes_ns)
		cs_world_later(world, start_ns + story->changes_ns / 2, CS_STEP_CHANGE, 0);
}

enum cs_error
cs_world_open(struct cs_world *world, const struct cs_world_setting *setting)
{
	memset(world, 0, sizeof *world);
	world->truth.descriptor = -1;
	world->admin.descriptor = -1;
	world->story = *setting->story;
	world->now_ns = world->story.start_ns;
	world->end_ns = world->story.start_ns + world->story.minutes * CS_MINUTE;
	world->owed_first = CS_DEAL_NONE;
	world->owed_last = CS_DEAL_NONE;
	cs_dice_seed(&world->dice, setting->seed, 1);
	cs_dice_seed(&world->attack_dice, setting->seed, 2);
	cs_dice_seed(&world->admin_dice, setting->seed, 3);
	CS_TRY(make_tables(world, setting->seed));
	CS_TRY(load_dialect(world, CS_LEG_VISA, "iso87-ascii"));
	CS_TRY(load_dialect(world, CS_LEG_CORE, "iso87-ebcdic"));
	CS_TRY(open_leg(world, CS_LEG_VISA, setting->acquirer_path, setting->seed));
	CS_TRY(open_leg(world, CS_LEG_CORE, setting->issuer_path, setting->seed));
	CS_TRY(cs_truth_open(setting->truth_path, &world->truth));
	CS_TRY(cs_admin_open(setting->admin_path, &world->admin));
	plan_arrivals(world);
	plan_first_steps(world);
	return CS_OK;
}

void
cs_world_run(struct cs_world *world)
{
	struct cs_due due;
	while (cs_queue_take(&world->queue, &due)) {
		CS_ASSERT(due.time_ns >= world->now_ns);
		world->now_ns = due.time_ns;
		for (unsigned leg = 0; leg < CS_LEG_N; leg++)
			cs_wire_advance(&world->leg[leg].wire, due.time_ns);
		step_functions[due.step](world, due.what);
		if (is_deal_step((enum cs_step)due.step) && --world->deal[due.what].steps == 0 &&
		    world->deal[due.what].owed == 0)
			drop_deal(world, due.what);
	}
	for (unsigned leg = 0; leg < CS_LEG_N; leg++)
		cs_wire_finish(&world->leg[leg].wire, world->now_ns + CS_SECOND);
}

enum cs_error
cs_world_close(struct cs_world *world)
{
	enum cs_error error = CS_OK;
	for (unsigned leg = 0; leg < CS_LEG_N; leg++) {
		struct cs_leg_side *side = &world->leg[leg];
		world->count.messages[leg] = side->wire.message_n;
		if (side->tape == NULL)
			continue;
		cs_tape_advance(side->tape, UINT64_MAX);
		world->count.packets[leg] = cs_tape_packets(side->tape);
		world->count.lost_packets[leg] = cs_tape_lost(side->tape);
		enum cs_error closed = cs_tape_close(side->tape);
		error = error == CS_OK ? closed : error;
	}
	if (world->truth.descriptor >= 0) {
		enum cs_error closed = cs_truth_close(&world->truth, &world->count);
		error = error == CS_OK ? closed : error;
	}
	if (world->admin.descriptor >= 0) {
		enum cs_error closed = cs_admin_close(&world->admin);
		error = error == CS_OK ? closed : error;
	}
	cs_bank_close(&world->bank);
	cs_queue_close(&world->queue);
	cs_arena_fini(&world->arena);
	free(world->deal);
	free(world->free_deal);
	return error;
}

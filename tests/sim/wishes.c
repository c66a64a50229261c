/*
 * What may go wrong, and how a journal is wished for: drawn from the seed, alike for every kind of history. Rates are left
 * out now and then, since faults that never meet find other bugs than faults that always do.
 */
#include "wishes.h"

const struct profile profiles[] = {
	{"clean", {.crash = 50000, .power = 500000, .jump = 2000}},
	{"full", {.crash = 30000, .power = 500000, .jump = 2000, .full = 60000}},
	{"errors",
	 {.crash = 20000, .power = 500000, .full = 10000, .write_error = 8000, .sync_error = 8000, .read_error = 800}},
	{"rot", {.crash = 20000, .power = 500000, .lost_sync = 20000, .astray = 6000, .flip = 150000, .jump = 2000}},
	{"storm",
	 {.crash = 60000,
	  .power = 500000,
	  .full = 20000,
	  .write_error = 4000,
	  .sync_error = 4000,
	  .read_error = 400,
	  .lost_sync = 5000,
	  .astray = 2000,
	  .flip = 50000,
	  .jump = 20000}},
};
const unsigned profile_n = sizeof profiles / sizeof profiles[0];

bool
wishes_excuse(enum cs_error error, uint64_t errors_before)
{
	bool injected = sim.errors > errors_before;
	if (error == CS_E_LIMIT || error == CS_E_WRITE || error == CS_E_READ)
		return injected || sim.rot;
	/* CS_E_PERMISSION: the key of a volume is gone. */
	return sim.rot &&
	       (error == CS_E_FORMAT || error == CS_E_TRUNCATED || error == CS_E_OPEN || error == CS_E_PERMISSION);
}

static uint32_t
draw_rate(uint32_t most)
{
	uint64_t face = cs_dice_below(&sim.dice, 4);
	return face == 0 ? 0 : face == 1 ? most / 8 : most;
}

/* One draw a statement: the order within an initializer is the compiler's. */
void
wishes_rates(const struct sim_rates *most)
{
	sim.rates = *most;
	sim.rates.crash = most->crash / (uint32_t)cs_dice_between(&sim.dice, 1, 8);
	sim.rates.full = draw_rate(most->full);
	sim.rates.write_error = draw_rate(most->write_error);
	sim.rates.sync_error = draw_rate(most->sync_error);
	sim.rates.read_error = draw_rate(most->read_error);
	sim.rates.lost_sync = draw_rate(most->lost_sync);
	sim.rates.astray = draw_rate(most->astray);
	sim.rates.flip = sim.plant == SIM_PLANT_BLIND ? CS_PPM / 4 : draw_rate(most->flip);
	sim.rates.jump = draw_rate(most->jump);
}

static uint64_t
one_of(const uint64_t *values, unsigned n)
{
	return values[cs_dice_below(&sim.dice, n)];
}

void
wishes_journal(struct cs_journal_wish *out)
{
	static const uint64_t volume_bytes[] = {1, 3000, 20000, 200000, UINT64_MAX};
	static const uint64_t volume_ns[] = {UINT64_MAX, UINT64_MAX, 50000000};
	static const uint64_t checkpoint_ns[] = {UINT64_MAX, 10000000, 0};
	*out = (struct cs_journal_wish){.folder = SIM_FOLDER, .build = "simulated"};
	out->anchor = sim_chance(CS_PPM / 2) ? SIM_ANCHOR : NULL;
	out->sync = (enum cs_sync)cs_dice_below(&sim.dice, 3);
	out->volume_bytes = one_of(volume_bytes, 5);
	out->volume_ns = one_of(volume_ns, 3);
	out->checkpoint_ns = one_of(checkpoint_ns, 3);
}

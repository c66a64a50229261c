/*
 * Simulated time: it passes a little whenever it is looked at, and as much as is asked for when the process waits. The
 * wall clock may jump, to and fro; the steady one does not.
 */
#include "io/clock.h"

#include "sim.h"

enum { LOOK_NS = 2000 };

static const uint64_t jump_ns = UINT64_C(3600000000000);

void
sim_clock_pass(uint64_t ns)
{
	sim.steady_ns += ns;
	if (sim_chance(sim.rates.jump))
		sim.wall_less_steady_ns += (int64_t)cs_dice_below(&sim.dice, 2 * jump_ns) - (int64_t)jump_ns;
}

uint64_t
cs_clock_steady_ns(void)
{
	sim_clock_pass(cs_dice_below(&sim.dice, LOOK_NS));
	return sim.steady_ns;
}

uint64_t
cs_clock_wall_ns(void)
{
	sim_clock_pass(cs_dice_below(&sim.dice, LOOK_NS));
	return sim.steady_ns + (uint64_t)sim.wall_less_steady_ns;
}

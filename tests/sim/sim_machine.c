/*
 * Lives and deaths. A process is a function; its death is a jump out of whatever it was doing, back to sim_life. Its
 * files, its worker and its memory are then taken from it, as an operating system would.
 *
 * Everything random comes from two sequences of the seed, so that one seed gives one history, on any machine.
 */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>

struct sim sim;

enum { STREAM_MACHINE = 1, STREAM_SECRET = 2 };

void
sim_begin(uint64_t seed)
{
	struct sim_counts counts = sim.counts;
	enum sim_plant plant = sim.plant;
	sim_disk_reset();
	memset(&sim, 0, sizeof sim);
	sim.counts = counts;
	sim.plant = plant;
	sim.seed = seed;
	cs_dice_seed(&sim.dice, seed, STREAM_MACHINE);
	cs_dice_seed(&sim.secret, seed, STREAM_SECRET);
	sim.steady_ns = cs_dice_below(&sim.dice, UINT64_C(1) << 50);
	sim.wall_less_steady_ns = INT64_C(1700000000000000000);
}

void
sim_end(void)
{
	sim_disk_reset();
}

bool
sim_chance(uint32_t ppm)
{
	return ppm && cs_dice_chance(&sim.dice, ppm);
}

void
sim_note(uint64_t what, uint64_t value)
{
	sim.trace = cs_dice_mix(sim.trace ^ what, value);
}

_Noreturn void
sim_die(void)
{
	sim.power_went = sim_chance(sim.rates.power);
	longjmp(sim.death, 1);
}

_Noreturn void
sim_broken(const char *format, ...)
{
	va_list arguments;
	sim.broken = true;
	va_start(arguments, format);
	(void)vsnprintf(sim.words, sizeof sim.words, format, arguments);
	va_end(arguments);
	longjmp(sim.death, 1);
}

static void
note_held(void)
{
	unsigned files = sim_disk_open_n(), blocks = sim_memory_held(), workers = sim_worker_n();
	if (!files && !blocks && !workers)
		return;
	sim.broken = true;
	(void)snprintf(sim.words, sizeof sim.words,
		       "a process that ended in order still held %u files, %u blocks of memory and %u workers", files,
		       blocks, workers);
}

bool
sim_life(void (*process)(void *context), void *context)
{
	sim.counts.life++;
	sim.died = false;
	sim.power_went = false;
	sim.errors = 0;
	sim.alive = true;
	if (setjmp(sim.death) == 0)
		process(context);
	else
		sim.died = true;
	sim.alive = false;
	if (!sim.died)
		note_held();
	sim_worker_let_go();
	sim_disk_let_go();
	sim_memory_reclaim();
	sim_note('L', sim.died + 2 * sim.power_went);
	if (sim.died && !sim.broken && !sim.power_went)
		sim.counts.death++;
	if (sim.power_went) {
		sim.counts.power++;
		sim_disk_lose_power();
	}
	return !sim.died;
}

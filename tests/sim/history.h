/*
 * A history on one simulated machine: some lives of a process, each ended by itself or by a crash, and what must hold after
 * each. journal_history.c plays it with a journal alone, engine_history.c with a judge, its record and its alerts.
 */
#ifndef CS_TESTS_SIM_HISTORY_H
#define CS_TESTS_SIM_HISTORY_H

#include "sim.h"

/* What a profile lets go wrong: its rates at their highest; a seed takes each of them whole, in part, or not at all. */
struct profile {
	const char *name;
	struct sim_rates rates;
};

extern const struct profile profiles[];
extern const unsigned profile_n;

/* history_run plays SEED under PROFILE (NULL: the seed says which); false when an invariant broke: see sim.words. */
bool history_run(uint64_t seed, const struct profile *profile);

/* history_profile gives the profile the last history was played under. */
const struct profile *history_profile(void);

#endif

/*
 * A simulator: plays histories, one a seed, until one breaks an invariant or all are played. A seed that broke is all that
 * is needed to see it again. Of what the histories are depends on what it is linked with.
 */
#include "history.h"

#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { OWN_MEMORY_FROM = 1 << 20, LOOK_EVERY = 64 };

struct wish {
	uint64_t seed;
	uint64_t seeds;
	uint64_t seconds;
	const struct profile *profile;
	bool until_failure;
	bool traced; /* print the trace of each seed */
};

static const char *const plants[SIM_PLANT_N] = {
	[SIM_PLANT_NONE] = "none",       [SIM_PLANT_NO_SYNC] = "no-sync", [SIM_PLANT_NO_FOLDER] = "no-folder",
	[SIM_PLANT_NO_CUT] = "no-cut",   [SIM_PLANT_NO_LOCK] = "no-lock", [SIM_PLANT_LEAK] = "leak",
	[SIM_PLANT_BLIND] = "blind-rot",
};

static const char *program = "simulator";

static int
usage(void)
{
	printf("usage: %s [--seed N] [--seeds COUNT] [--seconds N] [--until-failure] [--profile NAME]\n"
	       "       [--plant NAME] [--trace]\n"
	       "Plays histories on a machine that crashes, one for each seed from N on.\n"
	       "  --seed N          the first seed (1)\n"
	       "  --seeds COUNT     how many (1000)\n"
	       "  --seconds N       end after so long\n"
	       "  --until-failure   go on until an invariant breaks\n"
	       "  --profile NAME    clean, full, errors, rot or storm; otherwise each seed chooses\n"
	       "  --plant NAME      behave as if a bug were there, to see that it is found: no-sync, no-folder, "
	       "no-cut,\n"
	       "                    no-lock, leak or blind-rot\n"
	       "  --trace           print a hash of everything that was done, seed by seed\n",
	       program);
	return 2;
}

/* An assertion of the code under test ends the simulator: then at least the seed is told. */
static void
tell_seed(int number)
{
	char text[64];
	int len = snprintf(text, sizeof text, "signal %d in seed %llu\n", number, (unsigned long long)sim.seed);
	if (len > 0 && write(STDERR_FILENO, text, (size_t)len) < 0)
		_exit(3);
	signal(number, SIG_DFL);
	raise(number);
}

/* The sanitizers call this before they report. */
void __asan_on_error(void);
void
__asan_on_error(void)
{
	fprintf(stderr, "in seed %llu\n", (unsigned long long)sim.seed);
}

static const struct profile *
find_profile(const char *name)
{
	for (unsigned i = 0; i < profile_n; i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

static bool
find_plant(const char *name)
{
	for (unsigned i = 0; i < SIM_PLANT_N; i++) {
		if (strcmp(plants[i], name) != 0)
			continue;
		sim.plant = (enum sim_plant)i;
		return true;
	}
	return false;
}

/* One option that takes a value; false when there is none such, or the value is no good. */
static bool
take_value(struct wish *wish, const char *name, const char *value)
{
	char *end = NULL;
	uint64_t number = strtoull(value, &end, 10);
	bool is_number = *value && !*end;
	if (strcmp(name, "--profile") == 0)
		return (wish->profile = find_profile(value)) != NULL;
	if (strcmp(name, "--plant") == 0)
		return find_plant(value);
	if (strcmp(name, "--seed") == 0)
		wish->seed = number;
	else if (strcmp(name, "--seeds") == 0)
		wish->seeds = number;
	else if (strcmp(name, "--seconds") == 0)
		wish->seconds = number;
	else
		return false;
	return is_number;
}

static bool
take_options(struct wish *wish, int n, char **word)
{
	for (int i = 1; i < n; i++) {
		if (strcmp(word[i], "--until-failure") == 0)
			wish->until_failure = true;
		else if (strcmp(word[i], "--trace") == 0)
			wish->traced = true;
		else if (i + 1 == n || !take_value(wish, word[i], word[i + 1]))
			return false;
		else
			i++;
	}
	if (wish->until_failure || (wish->seconds && wish->seeds == 1000))
		wish->seeds = UINT64_MAX - wish->seed;
	return true;
}

static double
seconds_since(const struct timespec *began)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - began->tv_sec) + (double)(now.tv_nsec - began->tv_nsec) / 1e9;
}

static void
tell_counts(FILE *to, uint64_t seeds, double seconds)
{
	const struct sim_counts *counts = &sim.counts;
	fprintf(to,
		"%llu seeds, %llu lives, %llu crashes (%llu with the power), %llu faults, %llu flips found, %.0f "
		"seeds/min",
		(unsigned long long)seeds, (unsigned long long)counts->life,
		(unsigned long long)(counts->death + counts->power), (unsigned long long)counts->power,
		(unsigned long long)counts->fault, (unsigned long long)counts->flip,
		seconds > 0 ? (double)seeds * 60 / seconds : 0.0);
}

static void
tell_failure(const struct wish *wish, uint64_t seed)
{
	printf("seed %llu (%s) breaks an invariant: %s\nagain: %s --seed %llu --seeds 1%s%s%s%s\n",
	       (unsigned long long)seed, history_profile()->name, sim.words, program, (unsigned long long)seed,
	       wish->profile ? " --profile " : "", wish->profile ? wish->profile->name : "",
	       sim.plant ? " --plant " : "", sim.plant ? plants[sim.plant] : "");
}

/* Plays all seeds; the number of those that broke, after the first of which it ends. */
static unsigned
play_all(const struct wish *wish)
{
	struct timespec began;
	uint64_t trace = 0, n = 0;
	unsigned broken = 0;
	bool watched = isatty(STDERR_FILENO);
	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	for (; n < wish->seeds && !broken; n++) {
		if (wish->seconds && n % LOOK_EVERY == 0 && seconds_since(&began) >= (double)wish->seconds)
			break;
		broken += !history_run(wish->seed + n, wish->profile);
		trace = cs_dice_mix(trace, sim.trace);
		if (wish->traced)
			printf("seed %llu trace %016llx\n", (unsigned long long)(wish->seed + n),
			       (unsigned long long)sim.trace);
		if (watched && n % LOOK_EVERY == 0) {
			fputs("\r", stderr);
			tell_counts(stderr, n + 1, seconds_since(&began));
		}
	}
	if (watched)
		fputs("\r\033[K", stderr);
	if (broken)
		tell_failure(wish, wish->seed + n - 1);
	tell_counts(stdout, n, seconds_since(&began));
	printf("\ntrace %016llx\n", (unsigned long long)trace);
	return broken;
}

int
main(int n, char **word)
{
	struct wish wish = {.seed = 1, .seeds = 1000};
	const char *slash = strrchr(word[0], '/');
	program = slash ? slash + 1 : word[0];
	if (!take_options(&wish, n, word))
		return usage();
	if (sodium_init() < 0)
		return 2;
	/* Large blocks come from the system zeroed and untouched: a journal takes much and uses little. */
	(void)mallopt(M_MMAP_THRESHOLD, OWN_MEMORY_FROM);
	(void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	signal(SIGABRT, tell_seed);
	signal(SIGSEGV, tell_seed);
	return play_all(&wish) ? 1 : 0;
}

/*
 * The simulated machine: one seed decides its time, its disk, its worker, its random bytes and everything that goes wrong.
 *
 * src/io is replaced at link time (sim_disk.c, sim_clock.c, sim_worker.c, sim_secret.c); what is above it is the real
 * code. There is one machine at a time and one thread. A process on it is a function run by sim_life: it ends by
 * returning, by dying at a call of the disk, or by a broken invariant, and in each case nothing of it stays in memory.
 */
#ifndef CS_TESTS_SIM_H
#define CS_TESTS_SIM_H

#include "base/error.h"
#include "base/span.h"
#include "dice.h"

#include <setjmp.h>

enum { SIM_SECTOR_BYTES = 512, SIM_PATH_BYTES = 128, SIM_FILES_MAX = 64, SIM_WORDS_BYTES = 512 };

/* What may go wrong, in a million. */
struct sim_rates {
	uint32_t crash;       /* at a call that changes the disk: the process dies there */
	uint32_t power;       /* of those deaths: the machine loses its power with it */
	uint32_t full;        /* at a write: the disk is full, for a while */
	uint32_t write_error; /* at a write or a change of names */
	uint32_t sync_error;
	uint32_t read_error;
	uint32_t lost_sync; /* a sync that says it did, and did not */
	uint32_t astray;    /* a write that lands elsewhere */
	uint32_t flip;      /* between two lives: a bit at rest changes */
	uint32_t jump;      /* the wall clock jumps */
};

/* Bugs planted on purpose, to see that they are found. Each is as if the code above had forgotten something. */
enum sim_plant {
	SIM_PLANT_NONE,
	SIM_PLANT_NO_SYNC,   /* one sync in a hundred is left out */
	SIM_PLANT_NO_FOLDER, /* names are never made durable */
	SIM_PLANT_NO_CUT,    /* a torn end is not cut off */
	SIM_PLANT_NO_LOCK,   /* the lock keeps nobody out */
	SIM_PLANT_LEAK,      /* one file in a hundred is not closed */
	SIM_PLANT_BLIND,     /* bits of the disk change and nobody says so */
	SIM_PLANT_N
};

/* What happened so far, over all seeds. */
struct sim_counts {
	uint64_t life;
	uint64_t death; /* of the process alone */
	uint64_t power; /* of the machine */
	uint64_t fault; /* errors, full disks, lies of the disk */
	uint64_t flip;
};

struct sim {
	uint64_t seed;
	struct cs_dice dice;   /* of the machine */
	struct cs_dice secret; /* of its random source */
	struct sim_rates rates;
	enum sim_plant plant;
	uint64_t trace; /* a hash of everything that was done */

	uint64_t steady_ns;
	int64_t wall_less_steady_ns;
	const char *append_only; /* the path of a file that may only grow once it is there; NULL: there is none */
	uint64_t full_until_ns;

	bool alive; /* a process runs */
	bool died;  /* the last one did not end by itself */
	bool power_went;
	bool broken;
	char words[SIM_WORDS_BYTES]; /* which invariant, and how */
	jmp_buf death;

	uint64_t errors; /* injected into this life: calls that failed */
	uint64_t rot;    /* lies and changes of the disk in this seed so far */
	struct sim_counts counts;
};

extern struct sim sim;

/* sim_begin makes a new machine with an empty disk for SEED. sim_end frees it. */
void sim_begin(uint64_t seed);
void sim_end(void);

/* sim_chance rolls the machine's dice, PPM in a million; sim_note adds to the trace. */
bool sim_chance(uint32_t ppm);
void sim_note(uint64_t what, uint64_t value);

/* sim_life runs one process; false when it did not end by itself. What an orderly process still holds breaks an invariant. */
bool sim_life(void (*process)(void *context), void *context);

/* sim_die ends the process here and now, sometimes with the machine's power. */
_Noreturn void sim_die(void);

/* sim_broken says that an invariant does not hold, and ends the process. Within sim_life only. */
_Noreturn void sim_broken(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define SIM_HOLDS(condition, ...)                                                                                      \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			sim_broken(__VA_ARGS__);                                                                       \
	} while (0)

/* The disk: emptied; a process that ended lets go of its files; what a loss of power leaves; how many files are open. */
void sim_disk_reset(void);
void sim_disk_let_go(void);
void sim_disk_lose_power(void);
unsigned sim_disk_open_n(void);

/* sim_disk_find gives the number of plain files in FOLDER, and the path of the NTH. */
unsigned sim_disk_count(const char *folder);
bool sim_disk_nth(const char *folder, unsigned nth, char out[SIM_PATH_BYTES]);
bool sim_disk_is(const char *path);

/* sim_disk_length gives the length of a file; sim_disk_flip changes one bit of it at rest. */
size_t sim_disk_length(const char *path);
void sim_disk_flip(const char *path, size_t byte, unsigned bit);

/* sim_disk_lend lends the contents of a file as a process would read them; until the next change. */
struct cs_span sim_disk_lend(const char *path);

/* Time passes by itself with each look at the clock; sim_clock_pass lets more of it pass. */
void sim_clock_pass(uint64_t ns);

/* The worker: does the periodic look when it is due; is let go of when its process died; how many there are. */
void sim_worker_idle(void);
void sim_worker_let_go(void);
unsigned sim_worker_n(void);

/* Memory of the process: what it has not given back. sim_memory_reclaim takes it back. */
unsigned sim_memory_held(void);
void sim_memory_reclaim(void);

/* Memory of the simulator itself, which no crash takes; aborts when there is none. */
void *sim_memory_grow(void *at, size_t bytes);
void sim_memory_free(void *at);

#endif

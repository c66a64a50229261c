/*
 * The simulator's own chance: integers only, so that a seed gives the same bytes on every machine.
 */
#ifndef CS_SIM_DICE_H
#define CS_SIM_DICE_H

#include <stdbool.h>
#include <stdint.h>

enum { CS_PPM = 1000000 };

struct cs_dice {
	uint64_t state[4];
};

/* cs_dice_seed starts a sequence; STREAM tells the sequences of one seed apart. */
void cs_dice_seed(struct cs_dice *dice, uint64_t seed, uint64_t stream);

/* cs_dice_u64 draws 64 bits. */
uint64_t cs_dice_u64(struct cs_dice *dice);

/* cs_dice_below draws from 0 to N-1; 0 when N is 0. */
uint64_t cs_dice_below(struct cs_dice *dice, uint64_t n);

/* cs_dice_between draws from LOW to HIGH, both included; LOW when HIGH is not above it. */
uint64_t cs_dice_between(struct cs_dice *dice, uint64_t low, uint64_t high);

/* cs_dice_chance says yes PPM times in a million. */
bool cs_dice_chance(struct cs_dice *dice, uint32_t ppm);

/* cs_dice_wait_ns draws a waiting time with an exponential distribution around MEAN_NS. */
uint64_t cs_dice_wait_ns(struct cs_dice *dice, uint64_t mean_ns);

/* cs_dice_latency_ns draws how long an issuer's core thinks: log-normal-like, median 125 ms, 55 to 430 ms. */
uint64_t cs_dice_latency_ns(struct cs_dice *dice);

/* cs_dice_mix hashes VALUE under SEED: for facts that must be the same whenever they are asked for. */
uint64_t cs_dice_mix(uint64_t seed, uint64_t value);

#endif

/*
 * A capture file being written: packets are given with the time at which the tap will see them, and come
 * out in that order. A share of them can be lost, as a busy tap loses them.
 */
#ifndef CS_SIM_TAPE_H
#define CS_SIM_TAPE_H

#include "base/error.h"
#include "base/span.h"
#include "dice.h"

enum { CS_TAPE_PACKET_BYTES = 1600, CS_TAPE_WAITING_MAX = 4096 };

struct cs_tape_setting {
	const char *path;
	bool nanoseconds; /* else microseconds */
	int64_t skew_ns;  /* what the tap's clock is ahead of the true time */
	uint32_t loss_ppm;
	uint64_t seed;
};

struct cs_tape;

/* cs_tape_open creates the file; CS_E_OPEN, CS_E_WRITE or CS_E_MEMORY. Ends with cs_tape_close. */
CS_MUST_USE enum cs_error cs_tape_open(const struct cs_tape_setting *setting, struct cs_tape **out);

/* cs_tape_put takes a packet (<= CS_TAPE_PACKET_BYTES) that passes at TIME_NS. False: this one is lost. */
bool cs_tape_put(struct cs_tape *tape, uint64_t time_ns, struct cs_span packet);

/* cs_tape_advance writes what has passed until NOW_NS. */
void cs_tape_advance(struct cs_tape *tape, uint64_t now_ns);

/* cs_tape_packets and cs_tape_lost count the packets written and lost so far. */
uint64_t cs_tape_packets(const struct cs_tape *tape);
uint64_t cs_tape_lost(const struct cs_tape *tape);

/* cs_tape_close writes the rest; CS_E_WRITE when any write failed. Takes NULL. */
CS_MUST_USE enum cs_error cs_tape_close(struct cs_tape *tape);

#endif

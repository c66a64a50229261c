/*
 * The clocks of the operating system. A clock that cannot be read is a broken machine, so these never fail.
 */
#include "io/clock.h"

#include "base/error.h"

#include <time.h>

static uint64_t
read_clock(clockid_t which)
{
	struct timespec now;
	int failed = clock_gettime(which, &now);
	CS_ASSERT(failed == 0);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t
cs_clock_steady_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t
cs_clock_wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

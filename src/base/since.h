/*
 * Differences of times that do not go below 0.
 */
#ifndef CS_BASE_SINCE_H
#define CS_BASE_SINCE_H

#include <stdint.h>

/* cs_since_minus is TIME less BY; 0 when BY is more. */
static inline uint64_t
cs_since_minus(uint64_t time, uint64_t by)
{
	return time > by ? time - by : 0;
}

#endif

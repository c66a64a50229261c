/*
 * The clocks. Only src/io reads them: everything behind the ports lives in event time.
 */
#ifndef CS_IO_CLOCK_H
#define CS_IO_CLOCK_H

#include <stdint.h>

/* cs_clock_steady_ns counts nanoseconds that never run backwards, for speeds and waits. */
uint64_t cs_clock_steady_ns(void);

/* cs_clock_wall_ns gives nanoseconds since 1970, the time live packets carry. */
uint64_t cs_clock_wall_ns(void);

#endif

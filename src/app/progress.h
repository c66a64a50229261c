/*
 * How far a long read has come, on a terminal: a bar, a speed, and what is left.
 */
#ifndef CS_APP_PROGRESS_H
#define CS_APP_PROGRESS_H

#include <stdint.h>

/* cs_progress_draw draws one line over the last one on standard error: DONE of ALL bytes after ELAPSED_NS. */
void cs_progress_draw(uint64_t done, uint64_t all, uint64_t elapsed_ns);

#endif

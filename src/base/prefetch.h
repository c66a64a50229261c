/*
 * Asking for memory before it is needed.
 *
 * To GCC a function that only asks does nothing at all: it takes it for pure and drops the calls of it, and with them
 * the asking. The empty statement is an effect that it has to keep.
 */
#ifndef CS_BASE_PREFETCH_H
#define CS_BASE_PREFETCH_H

/* cs_prefetch asks for the cache line of AT, which is about to be read and written. */
static inline void
cs_prefetch(const void *at)
{
	__builtin_prefetch(at, 1);
	__asm__ volatile("");
}

#endif

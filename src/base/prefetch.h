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

/* cs_prefetch_write asks for the cache line of AT, which another core had last and this one is about to write: to have it
 * read would not do, since it would have to be asked for again to be written. */
static inline void
cs_prefetch_write(const void *at)
{
#ifdef __x86_64__
	/* without -mprfchw, compilers take one that reads; where it is not known it does nothing */
	__asm__ volatile("prefetchw %0" : : "m"(*(const char *)at));
#else
	cs_prefetch(at);
#endif
}

#endif

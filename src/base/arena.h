/*
 * A bump arena of fixed capacity: memory with one lifetime.
 *
 * Process arenas are sized at start; a message arena is reset after the verdict. Nothing is freed alone.
 * A request past the capacity answers NULL and is counted in `refused_n`; it never grows. Large arenas ask for huge
 * pages: tables are read at random, and the page walk costs as much as the miss.
 */
#ifndef CS_BASE_ARENA_H
#define CS_BASE_ARENA_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_ARENA_LINE_BYTES = 64 };

struct cs_arena {
	uint8_t *at;
	size_t cap_bytes;
	size_t used_bytes;
	size_t high_bytes; /* most ever used; what lies above is still zero */
	uint64_t refused_n;
	void *mapping; /* a large arena is a mapping of its own, else NULL */
	size_t mapping_bytes;
	bool huge; /* it was promised huge pages; why not, io/huge.h tells */
};

/* cs_arena_init reserves CAP_BYTES; the memory is zeroed and lives until cs_arena_fini. */
CS_MUST_USE enum cs_error cs_arena_init(struct cs_arena *arena, size_t cap_bytes);

/* cs_arena_fini gives the memory back; takes a zeroed or NULL arena. */
void cs_arena_fini(struct cs_arena *arena);

/* cs_arena_take lends N zeroed bytes aligned to 16, or NULL when the arena is full. */
void *cs_arena_take(struct cs_arena *arena, size_t n);

/* cs_arena_take_lines lends N zeroed bytes that begin with a line of the cache; takes N + CS_ARENA_LINE_BYTES. */
void *cs_arena_take_lines(struct cs_arena *arena, size_t n);

/* cs_arena_text copies LEN bytes and a final NUL; NULL when the arena is full. */
char *cs_arena_text(struct cs_arena *arena, const char *text, size_t len);

/* cs_arena_reset makes the whole arena free again. */
void cs_arena_reset(struct cs_arena *arena);

#endif

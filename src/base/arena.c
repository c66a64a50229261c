/*
 * The bump arena. Invariant: used_bytes <= cap_bytes, and used_bytes is a multiple of 16.
 */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN_BYTES = 16 };

enum cs_error
cs_arena_init(struct cs_arena *arena, size_t cap_bytes)
{
	*arena = (struct cs_arena){0};
	size_t rounded = (cap_bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
	if (rounded < cap_bytes)
		return CS_E_LIMIT;
	arena->at = calloc(1, rounded ? rounded : ALIGN_BYTES);
	if (!arena->at)
		return CS_E_MEMORY;
	arena->cap_bytes = rounded;
	return CS_OK;
}

void
cs_arena_fini(struct cs_arena *arena)
{
	if (!arena)
		return;
	free(arena->at);
	*arena = (struct cs_arena){0};
}

void *
cs_arena_take(struct cs_arena *arena, size_t n)
{
	CS_ASSERT(arena->used_bytes <= arena->cap_bytes);
	size_t rounded = (n + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
	if (rounded < n || rounded > arena->cap_bytes - arena->used_bytes) {
		arena->refused_n++;
		return NULL;
	}
	void *out = arena->at + arena->used_bytes;
	arena->used_bytes += rounded;
	if (arena->used_bytes > arena->high_bytes)
		arena->high_bytes = arena->used_bytes;
	memset(out, 0, rounded);
	return out;
}

char *
cs_arena_text(struct cs_arena *arena, const char *text, size_t len)
{
	char *out = cs_arena_take(arena, len + 1);
	if (out)
		memcpy(out, text, len);
	return out;
}

void
cs_arena_reset(struct cs_arena *arena)
{
	arena->used_bytes = 0;
}

/*
 * The bump arena. Invariant: used_bytes <= cap_bytes, and used_bytes is a multiple of 16.
 */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN_BYTES = 16, HUGE_PAGE_BYTES = 2 << 20 };

/* Fresh pages are zero. A mapping that starts at a huge page's border can be made of them. */
static enum cs_error
map_large(struct cs_arena *arena, size_t cap_bytes)
{
	size_t all = cap_bytes + HUGE_PAGE_BYTES;
	if (all < cap_bytes)
		return CS_E_LIMIT;
	void *mapping = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mapping == MAP_FAILED)
		return CS_E_MEMORY;
	uintptr_t border = ((uintptr_t)mapping + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
	*arena = (struct cs_arena){
		.at = (uint8_t *)border, .cap_bytes = cap_bytes, .mapping = mapping, .mapping_bytes = all};
	arena->huge = madvise(arena->at, cap_bytes, MADV_HUGEPAGE) == 0;
	return CS_OK;
}

enum cs_error
cs_arena_init(struct cs_arena *arena, size_t cap_bytes)
{
	*arena = (struct cs_arena){0};
	size_t rounded = (cap_bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
	if (rounded < cap_bytes)
		return CS_E_LIMIT;
	if (rounded >= HUGE_PAGE_BYTES)
		return map_large(arena, rounded);
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
	if (arena->mapping)
		(void)munmap(arena->mapping, arena->mapping_bytes);
	else
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
	if (arena->used_bytes < arena->high_bytes) {
		size_t soiled = arena->high_bytes - arena->used_bytes;
		memset(out, 0, soiled < rounded ? soiled : rounded);
	}
	arena->used_bytes += rounded;
	if (arena->used_bytes > arena->high_bytes)
		arena->high_bytes = arena->used_bytes;
	return out;
}

void *
cs_arena_take_lines(struct cs_arena *arena, size_t n)
{
	const size_t line = CS_ARENA_LINE_BYTES;
	uint8_t *at = n + line < n ? NULL : cs_arena_take(arena, n + line);
	return at ? at + (line - (uintptr_t)at % line) % line : NULL;
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

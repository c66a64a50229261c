/*
 * Memory that a dead process leaves behind. The linker sends each malloc, and each arena, of the real code here (--wrap), where it
 * is noted while a process runs; what was not freed when it dies is freed for it, so that no sanitizer sees a leak but a
 * real one. Hashers hold memory of libcrypto's own, which is not ours to free, and are noted as what they are.
 */
#include "base/arena.h"
#include "base/digest.h"
#include "sim.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { HELD_MAX = 1 << 16 };

struct held {
	void *at;
	size_t mapped; /* bytes; 0: not a mapping */
	bool hasher;
};

static struct held held[HELD_MAX];
static unsigned held_n;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t n, size_t bytes);
void *__real_realloc(void *at, size_t bytes);
void __real_free(void *at);
enum cs_error __real_cs_arena_init(struct cs_arena *arena, size_t cap_bytes);
void __real_cs_arena_fini(struct cs_arena *arena);
struct cs_hasher *__real_cs_hasher_new(void);
void __real_cs_hasher_free(struct cs_hasher *hasher);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t n, size_t bytes);
void *__wrap_realloc(void *at, size_t bytes);
void __wrap_free(void *at);
enum cs_error __wrap_cs_arena_init(struct cs_arena *arena, size_t cap_bytes);
void __wrap_cs_arena_fini(struct cs_arena *arena);
struct cs_hasher *__wrap_cs_hasher_new(void);
void __wrap_cs_hasher_free(struct cs_hasher *hasher);

static void *
hold(void *at, size_t mapped, bool hasher)
{
	if (!at || !sim.alive)
		return at;
	CS_ASSERT(held_n < HELD_MAX);
	held[held_n++] = (struct held){at, mapped, hasher};
	return at;
}

/* What was taken last is mostly given back first. */
static void
drop(const void *at)
{
	for (unsigned i = held_n; at && i-- > 0;) {
		if (held[i].at != at)
			continue;
		held[i] = held[--held_n];
		return;
	}
}

void *
__wrap_malloc(size_t bytes)
{
	return hold(__real_malloc(bytes), 0, false);
}

void *
__wrap_calloc(size_t n, size_t bytes)
{
	return hold(__real_calloc(n, bytes), 0, false);
}

void *
__wrap_realloc(void *at, size_t bytes)
{
	drop(at);
	void *more = __real_realloc(at, bytes);
	if (!more)
		(void)hold(at, 0, false);
	return hold(more, 0, false);
}

void
__wrap_free(void *at)
{
	drop(at);
	__real_free(at);
}

/* A large arena is a mapping of its own. */
enum cs_error
__wrap_cs_arena_init(struct cs_arena *arena, size_t cap_bytes)
{
	enum cs_error error = __real_cs_arena_init(arena, cap_bytes);
	if (error == CS_OK && arena->mapping)
		(void)hold(arena->mapping, arena->mapping_bytes, false);
	return error;
}

void
__wrap_cs_arena_fini(struct cs_arena *arena)
{
	if (arena)
		drop(arena->mapping);
	__real_cs_arena_fini(arena);
}

/* The block of the hasher itself is freed by its own function, which is not ours to see. */
struct cs_hasher *
__wrap_cs_hasher_new(void)
{
	bool alive = sim.alive;
	sim.alive = false;
	struct cs_hasher *hasher = __real_cs_hasher_new();
	sim.alive = alive;
	return hold(hasher, 0, true);
}

void
__wrap_cs_hasher_free(struct cs_hasher *hasher)
{
	drop(hasher);
	__real_cs_hasher_free(hasher);
}

unsigned
sim_memory_held(void)
{
	return held_n;
}

void
sim_memory_reclaim(void)
{
	while (held_n > 0) {
		struct held last = held[--held_n];
		if (last.hasher)
			__real_cs_hasher_free(last.at);
		else if (last.mapped)
			(void)munmap(last.at, last.mapped);
		else
			__real_free(last.at);
	}
}

void *
sim_memory_grow(void *at, size_t bytes)
{
	void *more = __real_realloc(at, bytes);
	CS_ASSERT(more);
	return more;
}

void
sim_memory_free(void *at)
{
	__real_free(at);
}

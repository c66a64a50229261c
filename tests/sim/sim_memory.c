/*
 * Memory that a dead process leaves behind. The linker sends each malloc and mmap of the real code here (--wrap); all of it
 * is noted while a process runs. What was not given back when it dies is given back for it, so that no sanitizer sees a
 * leak but a real one. Only functions of other libraries are wrapped: calls of our own
 * are resolved before the linker sees them when the whole program is optimised at once.
 */
#include "sim.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { HELD_MAX = 1 << 16 };

enum form { BLOCK, MAPPING };

struct held {
	void *at;
	size_t bytes; /* of a mapping */
	enum form form;
};

static struct held held[HELD_MAX];
static unsigned held_n;

/* As the C library has it. */
#define MAP_ARGUMENTS void *at, size_t bytes, int protection, int flags, int file, off_t offset

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t n, size_t bytes);
void *__real_realloc(void *at, size_t bytes);
void __real_free(void *at);
void *__real_mmap(MAP_ARGUMENTS);
void *__real_mmap64(MAP_ARGUMENTS);
int __real_munmap(void *at, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t n, size_t bytes);
void *__wrap_realloc(void *at, size_t bytes);
void __wrap_free(void *at);
void *__wrap_mmap(MAP_ARGUMENTS);
void *__wrap_mmap64(MAP_ARGUMENTS); /* its name where offsets of files have 64 bits, by whatever name it is called */
int __wrap_munmap(void *at, size_t bytes);

static void *
hold(void *at, size_t bytes, enum form form)
{
	if (!at || !sim.alive)
		return at;
	CS_ASSERT(held_n < HELD_MAX);
	held[held_n++] = (struct held){at, bytes, form};
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
	return hold(__real_malloc(bytes), 0, BLOCK);
}

void *
__wrap_calloc(size_t n, size_t bytes)
{
	return hold(__real_calloc(n, bytes), 0, BLOCK);
}

void *
__wrap_realloc(void *at, size_t bytes)
{
	drop(at);
	void *more = __real_realloc(at, bytes);
	if (!more)
		(void)hold(at, 0, BLOCK);
	return hold(more, 0, BLOCK);
}

void
__wrap_free(void *at)
{
	drop(at);
	__real_free(at);
}

void *
__wrap_mmap(MAP_ARGUMENTS)
{
	void *mapping = __real_mmap(at, bytes, protection, flags, file, offset);
	return mapping == MAP_FAILED ? mapping : hold(mapping, bytes, MAPPING);
}

void *
__wrap_mmap64(MAP_ARGUMENTS)
{
	void *mapping = __real_mmap64(at, bytes, protection, flags, file, offset);
	return mapping == MAP_FAILED ? mapping : hold(mapping, bytes, MAPPING);
}

int
__wrap_munmap(void *at, size_t bytes)
{
	drop(at);
	return __real_munmap(at, bytes);
}

unsigned
sim_memory_held(void)
{
	return held_n;
}

static void
give_back(const struct held *what)
{
	switch (what->form) {
	case BLOCK:
		__real_free(what->at);
		return;
	case MAPPING:
		(void)__real_munmap(what->at, what->bytes);
		return;
	}
}

void
sim_memory_reclaim(void)
{
	while (held_n > 0)
		give_back(&held[--held_n]);
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

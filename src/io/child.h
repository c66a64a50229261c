/*
 * A child: a process beside this one, of low priority, that ends with it and with which it exchanges short messages. For
 * work that takes its time and must neither hold up nor endanger what this process is for.
 */
#ifndef CS_IO_CHILD_H
#define CS_IO_CHILD_H

#include "io/user.h"

#include <stddef.h>

enum { CS_CHILD_MESSAGE_BYTES = 4096 };

/* What a child does: its life. The descriptor is its end of the line to its parent. It ends when LIFE returns. */
typedef void cs_child_life(void *context, int line);

struct cs_child_wish {
	const char *name; /* as ps shows it; at most 15 letters */
	cs_child_life *life;
	void *context;
	const struct cs_user *user; /* become this one at once (when root); NULL: stay */
};

/* cs_child_start starts one. It has a copy of this process's memory, and none of its descriptors but standard error; it
 * cannot outlive it. When memory runs out it goes first. *LINE is this end; close it with cs_file_close. Call it from the
 * first thread, before there are others. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_child_start(const struct cs_child_wish *wish, int *line);

/* cs_child_say sends at most CS_CHILD_MESSAGE_BYTES, whole or not at all; it never waits and never ends this process. */
CS_MUST_USE enum cs_error cs_child_say(int line, const void *at, size_t len);

/* cs_child_hear takes the next message, waiting at most TIMEOUT_MS (0: not at all). CS_AGAIN: there is none; CS_END: the
 * other end is gone. */
CS_MUST_USE enum cs_error cs_child_hear(int line, int timeout_ms, void *at, size_t *len);

/* A piece of work for a process of its own, which has all descriptors of this one. */
struct cs_child_work {
	cs_child_life *life;
	void *context;
	int line;
	bool gentle;  /* only with processor time that nobody else wants: it holds up nobody, and may come to no end */
	int limit_ms; /* it is ended when it takes longer; 0: it may take as long as it likes */
};

/* cs_child_do does WORK and waits until it has ended. *SIGNAL is what ended it, 0 if nothing did. CS_E_MEMORY; CS_E_LIMIT: a
 * signal, or it gave up; CS_AGAIN: it took longer than its limit. */
CS_MUST_USE enum cs_error cs_child_do(const struct cs_child_work *work, int *signal);

#endif

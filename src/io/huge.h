/*
 * Huge pages: whether the system gives them to whom asks.
 *
 * Large arenas ask (base/arena.h), and work without; then a look-up in large tables costs a walk through page tables more,
 * which somebody who has sized a machine wants to know.
 */
#ifndef CS_IO_HUGE_H
#define CS_IO_HUGE_H

/* cs_huge_refused asks for one; NULL when it may be given, else why not, in words that end a sentence. Static. */
const char *cs_huge_refused(void);

/* cs_huge_setting reads what the system says of itself at PATH: NULL, or why nobody gets any. Static. */
const char *cs_huge_setting(const char *path);

#endif

/*
 * Small secrets: in files that only their owner reads, and in memory that is not swapped or dumped.
 */
#ifndef CS_IO_SECRET_H
#define CS_IO_SECRET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* cs_secret_read reads exactly LEN bytes from PATH; *LOOSE says that group or others may touch the file.
 * CS_E_OPEN (no such file), CS_E_PERMISSION, CS_E_READ, CS_E_FORMAT (another length). */
CS_MUST_USE enum cs_error cs_secret_read(const char *path, void *out, size_t len, bool *loose);

/* cs_secret_read_some reads the whole of PATH, at most CAP bytes; CS_E_LIMIT: it has more. */
CS_MUST_USE enum cs_error cs_secret_read_some(const char *path, void *out, size_t cap, size_t *len, bool *loose);

/* cs_secret_create writes LEN bytes to a new file of mode 0600 and makes the folders above it (0700).
 * CS_E_WRITE, also when the file is there already. */
CS_MUST_USE enum cs_error cs_secret_create(const char *path, const void *bytes, size_t len);

/* cs_secret_random fills OUT from the kernel's generator. */
void cs_secret_random(void *out, size_t len);

/* cs_secret_memory gives LEN zeroed bytes for a key: between guard pages, kept out of swap as far as the system lets us
 * lock memory, and out of core files. NULL without memory. cs_secret_release wipes and frees them; takes NULL. */
CS_MUST_USE void *cs_secret_memory(size_t len);
void cs_secret_release(void *at);

/* cs_secret_relock locks LEN bytes of such memory again, in a process that was forked: what is locked is not inherited. */
void cs_secret_relock(void *at, size_t len);

#endif

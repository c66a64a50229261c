/*
 * Fetches a file over HTTP(S), by curl(1) in a process of its own: this program holds no certificates and speaks to no stranger itself.
 */
#ifndef CS_IO_FETCH_H
#define CS_IO_FETCH_H

#include "base/error.h"
#include "base/text.h"

#include <stdint.h>

/* cs_fetch puts what is at URL into the file PATH, over one that is there. After https only https is followed. At most LIMIT_BYTES, and
 * five minutes. CS_E_READ: it did not come whole, and SAID gets what curl says of that, in one line, as much as there is room for; CS_AGAIN: it
 * took too long; CS_E_UNSUPPORTED: curl is not installed; CS_E_MEMORY. What is in PATH then is of no use. */
CS_MUST_USE enum cs_error cs_fetch(const char *url, const char *path, uint64_t limit_bytes, struct cs_text *said);

#endif

/*
 * Dates, durations and sizes as a person writes them behind an option.
 */
#ifndef CS_APP_WHEN_H
#define CS_APP_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* cs_when_date reads "2026-03-02" or "2026-03-02T13:18:00Z" as nanoseconds since 1970. */
bool cs_when_date(const char *value, uint64_t *out);

/* cs_when_span reads "30min", "12h", "90d" or "10y" (of 365 days) as nanoseconds. */
bool cs_when_span(const char *value, uint64_t *out);

/* cs_when_size reads "512KiB", "64MiB", "100GiB" or "2TiB" as bytes. */
bool cs_when_size(const char *value, uint64_t *out);

#endif

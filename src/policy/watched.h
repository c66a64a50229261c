/*
 * Watch lists as the policy declares them: `list ofac { source "sdn.csv" format ofac stale 48h }`.
 *
 * They are lists of names, searched by `countersign screen` and by what `screen` says of rows; no condition looks at them. They stand apart from the lists
 * of keys of behave.h, though both are written as `list`: which of the two one is, is known when all its clauses were read.
 */
#ifndef CS_POLICY_WATCHED_H
#define CS_POLICY_WATCHED_H

#include "policy/policy.h"

enum { CS_WATCHED_FILES_MAX = 8, CS_WATCHED_NAME_MAX = 63 };

enum cs_watched_format {
#define X(symbol, word) CS_WATCHED_##symbol,
#include "policy/watched_format.def"
#undef X
	CS_WATCHED_FORMATS,
};

struct cs_watched_clause {
	const char *name;
	const char *title;
	struct cs_place place;
	enum cs_watched_format format;
	unsigned source_n;
	const char *source[CS_WATCHED_FILES_MAX]; /* as seen from the policy's folder */
	unsigned fetch_n;
	const char *fetch[CS_WATCHED_FILES_MAX]; /* where each of them is published, for `countersign lists fetch` */
	struct cs_place fetch_place;
	const char *map; /* which columns of a CSV hold what, or NULL */
	struct cs_place map_place;
	uint64_t stale_ns;
	uint64_t refresh_ns;
	uint32_t shrink_ppm;
};

/* cs_watched_word gives the word of a format; static. */
const char *cs_watched_word(enum cs_watched_format format);

#endif

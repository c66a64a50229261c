/*
 * How it stands with a record that claims: whoever lets something go on only when it is borne out asks here. Reading only.
 *
 * Only expectations whose outcome is to hold or to block count: what another says of a record stops nothing. Those that compare
 * the sum of a batch do not count either: a batch is decided when it is whole, and no row of it can wait for that.
 */
#ifndef CS_DETECT_WAITS_H
#define CS_DETECT_WAITS_H

#include "detect/detect.h"

struct cs_waits {
	bool known;      /* its link remembers a record of these bytes; the first of them is ... */
	uint64_t packet; /* ... this one (cs_origin) */
	unsigned n;      /* expectations that it claims of and that are not decided */
	uint64_t
		until_ns; /* when the last of them is due, if its proof's link, and those of `unless record`, are settled then */
};

/* cs_waits_asked counts the expectations that EVENT claims of. */
unsigned cs_waits_asked(const struct cs_detect *detect, const struct cs_event *event);

/* cs_waits_look says how it stands with the record of LINK whose bytes have this hash (message_hash of its event). */
void cs_waits_look(const struct cs_detect *detect, unsigned link, uint64_t hash, struct cs_waits *out);

#endif

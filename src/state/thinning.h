/*
 * Thinning: a closed volume becomes a thinned one (state/thin.h), and what it was sealed under before is destroyed.
 */
#ifndef CS_STATE_THINNING_H
#define CS_STATE_THINNING_H

#include "state/thin.h"
#include "state/volume.h"

struct cs_thinning_wish {
	const char *folder;
	const struct cs_vault *vault;
	uint32_t number;
	uint32_t kinds;     /* of records that go, 1 << kind each */
	uint64_t before_ns; /* a page of this time or later must not be among those they go from */
	uint64_t wall_ns;   /* now, for who asks when they went */
};

struct cs_thinning {
	uint64_t gone_n;    /* records that went now */
	uint64_t latest_ns; /* of the pages of the volume; told with CS_AGAIN, too */
};

/* cs_thinning_look reads a volume through and says whether it can be thinned: results as cs_thinning_run, nothing is done. */
CS_MUST_USE enum cs_error cs_thinning_look(const struct cs_thinning_wish *wish, struct cs_thinning *out);

/* cs_thinning_run thins a volume that is closed. Every page is read and proved first, root and all. CS_AGAIN: a page is not
 * older than it must be, and nothing was done; CS_E_FORMAT: the volume is damaged, and is left as it is. */
CS_MUST_USE enum cs_error cs_thinning_run(const struct cs_thinning_wish *wish, struct cs_thinning *out);

/* cs_thinning_finish does what a process that ended in the midst of it left undone for volume NUMBER: of two forms of it the
 * thinned one stays, and its key alone. Nothing when it is not thinned. */
CS_MUST_USE enum cs_error cs_thinning_finish(const char *folder, uint32_t number);

#endif

/*
 * The lock is that of the caretaker beside `run`: he packs and makes snapshots, and two must not work on one volume. His
 * rounds are short, so that who is asked by a person waits for one to end.
 */
#include "engine/upkeep.h"

#include "engine/care.h"
#include "io/clock.h"
#include "io/signals.h"

enum { NAP_MS = 100 };

static const uint64_t patience_ns = UINT64_C(60) * 1000000000;

enum cs_error
cs_upkeep_begin(const char *folder, struct cs_upkeep *out)
{
	uint64_t began_ns = cs_clock_steady_ns();
	enum cs_error error;
	while ((error = cs_care_lock(folder, &out->lock)) == CS_E_PERMISSION &&
	       cs_clock_steady_ns() - began_ns < patience_ns)
		cs_signals_wait(NULL, 0, NAP_MS);
	return error;
}

void
cs_upkeep_end(struct cs_upkeep *upkeep)
{
	cs_disk_close(upkeep->lock);
	upkeep->lock = -1;
}

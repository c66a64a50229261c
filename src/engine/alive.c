/*
 * The longest time between two signs of life, over two hours: one that was lost doubles it for that long, which makes
 * alerts of a silent link later by as much. Leaves to lane.c what a sign of life is, and to pipeline.c what follows.
 */
#include "engine/alive.h"

static const uint64_t hour_ns = UINT64_C(3600000000000);
static const uint64_t most_ns = UINT64_C(120000000000);

void
cs_alive_sign(struct cs_alive *alive, uint64_t before_ns, uint64_t now_ns)
{
	if (now_ns <= before_ns || now_ns - before_ns > most_ns)
		return;
	if (alive->since_ns == 0 || now_ns >= alive->since_ns + hour_ns) {
		alive->longest_ns[1] = alive->longest_ns[0];
		alive->longest_ns[0] = 0;
		alive->since_ns = now_ns;
	}
	if (alive->longest_ns[0] < now_ns - before_ns)
		alive->longest_ns[0] = now_ns - before_ns;
}

uint64_t
cs_alive_heartbeat(const struct cs_alive *alive)
{
	return alive->longest_ns[0] > alive->longest_ns[1] ? alive->longest_ns[0] : alive->longest_ns[1];
}

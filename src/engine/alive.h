/*
 * How long a link may show nothing before its silence means something.
 *
 * A message that was lost shows itself with the next bytes of its connection. On a link that is asked nothing for a
 * while these are a keep-alive or an echo (0800, DE70 301), which come at least once in a known time: the heartbeat.
 * Only a silence longer than that says that nothing was sent. The policy may tell it (`heartbeat 45s`); otherwise it is
 * learned, as the longest time between two signs of life in one direction of one connection, in this hour of event
 * time and the one before.
 */
#ifndef CS_ENGINE_ALIVE_H
#define CS_ENGINE_ALIVE_H

#include <stdint.h>

struct cs_alive {
	uint64_t since_ns;      /* when this hour began; 0: nothing was learned */
	uint64_t longest_ns[2]; /* in this hour, and in the one before */
};

/* cs_alive_sign learns from a sign of life at NOW_NS that follows another at BEFORE_NS; more than two minutes between
 * the two teach nothing. */
void cs_alive_sign(struct cs_alive *alive, uint64_t before_ns, uint64_t now_ns);

/* cs_alive_heartbeat gives what was learned; 0: nothing. */
uint64_t cs_alive_heartbeat(const struct cs_alive *alive);

#endif

/*
 * Which link a segment belongs to, and in which direction it runs.
 */
#ifndef CS_ENGINE_ROUTE_H
#define CS_ENGINE_ROUTE_H

#include "engine/links.h"
#include "port/packet.h"

struct cs_route {
	const struct cs_links *links;
	uint32_t by_port[UINT16_MAX + 1]; /* bit per link that lists the port */
};

/* cs_route_fill reads the ports off LINKS, which outlives ROUTE. */
void cs_route_fill(struct cs_route *route, const struct cs_links *links);

/* cs_route_find gives the first link of MAY_CARRY that SEGMENT belongs to, and whether it runs to the listed
 * port; links->n when there is none. A segment and its answer always get the same link. */
unsigned cs_route_find(const struct cs_route *route, const struct cs_segment *segment, uint32_t may_carry,
		       bool *to_port);

#endif

/*
 * A link owns the segments to and from its ports (and its host, when it names one).
 *
 * When both ends are on listed ports the direction must still come out the same for both ways of a
 * connection: then the lower (port, address) listens.
 */
#include "engine/route.h"

#include <string.h>

void
cs_route_fill(struct cs_route *route, const struct cs_links *links)
{
	memset(route, 0, sizeof *route);
	route->links = links;
	for (unsigned i = 0; i < links->n; i++)
		for (unsigned j = 0; j < links->leg[i].link->port_n; j++)
			route->by_port[links->leg[i].link->port[j]] |= UINT32_C(1) << i;
}

static bool
is_host(const struct cs_leg *leg, const uint8_t address[16])
{
	return leg->any_host || memcmp(leg->host, address, sizeof leg->host) == 0;
}

static bool
destination_listens(const struct cs_segment *segment)
{
	if (segment->destination_port != segment->source_port)
		return segment->destination_port < segment->source_port;
	return memcmp(segment->destination_ip, segment->source_ip, sizeof segment->source_ip) < 0;
}

unsigned
cs_route_find(const struct cs_route *route, const struct cs_segment *segment, uint32_t may_carry, bool *to_port)
{
	uint32_t to = route->by_port[segment->destination_port] & may_carry;
	uint32_t from = route->by_port[segment->source_port] & may_carry;
	for (uint32_t left = to | from; left; left &= left - 1) {
		unsigned link = (unsigned)__builtin_ctz(left);
		const struct cs_leg *leg = &route->links->leg[link];
		bool is_to = to >> link & 1 && is_host(leg, segment->destination_ip);
		bool is_from = from >> link & 1 && is_host(leg, segment->source_ip);
		if (!is_to && !is_from)
			continue;
		*to_port = is_to && is_from ? destination_listens(segment) : is_to;
		return link;
	}
	return route->links->n;
}

/*
 * IP fragments put together: bounded datagrams, first bytes win.
 *
 * cs_defrag_new and cs_defrag_free stand in packet.h, with the only caller's contract.
 */
#ifndef CS_PORT_DEFRAG_H
#define CS_PORT_DEFRAG_H

#include "port/packet.h"

/* What makes fragments belong together. Compared as bytes: no padding inside. */
struct cs_defrag_key {
	uint8_t source_ip[16];
	uint8_t destination_ip[16];
	uint32_t id;
	uint16_t vlan;
	uint16_t protocol; /* with the IP version in the upper byte */
};

struct cs_fragment {
	struct cs_defrag_key key;
	uint64_t time_ns;
	uint32_t offset;
	bool more; /* fragments follow behind this one */
	struct cs_span bytes;
};

struct cs_defrag_counts {
	uint64_t fragments;
	uint64_t completed;
	uint64_t dropped; /* datagrams given up: too old, or making room */
	uint64_t differing;
};

/* cs_defrag_add takes one fragment. CS_OK with the datagram's payload in *OUT, lent until the next call;
 * CS_AGAIN when more is awaited; CS_E_FORMAT when the fragment cannot be part of a datagram. */
CS_MUST_USE enum cs_error cs_defrag_add(struct cs_defrag *defrag, const struct cs_fragment *fragment,
					struct cs_span *out);

/* cs_defrag_counts gives what happened so far. */
struct cs_defrag_counts cs_defrag_counts(const struct cs_defrag *defrag);

#endif

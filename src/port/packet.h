/*
 * A captured packet, and the TCP segment inside it.
 *
 * Link types: Ethernet (with 802.1Q/802.1ad tags), Linux SLL and SLL2, raw IP, null/loop. IPv4 and IPv6,
 * with fragments put together (bounded). Anything else is counted, not an error.
 * Spec: RFC 791, 8200, 9293; tcpdump.org link types 0, 1, 12, 101, 108, 113, 228, 229, 276.
 */
#ifndef CS_PORT_PACKET_H
#define CS_PORT_PACKET_H

#include "base/error.h"
#include "base/span.h"

struct cs_packet {
	uint64_t time_ns;
	uint64_t number;      /* 1-based in its source */
	uint64_t file_offset; /* of the packet's first byte; 0 live */
	uint32_t captured_len;
	uint32_t wire_len;
	uint16_t link_type;
	uint16_t source; /* index of the capture file or interface */
	const uint8_t *at;
};

enum { CS_TCP_FIN = 1, CS_TCP_SYN = 2, CS_TCP_RST = 4, CS_TCP_ACK = 16 };

struct cs_segment {
	uint8_t source_ip[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t destination_ip[16];
	uint16_t source_port;
	uint16_t destination_port;
	uint16_t vlan; /* outermost tag, 0 = none */
	uint8_t flags;
	uint32_t sequence;
	uint32_t acknowledged;
	struct cs_span payload;    /* as captured */
	uint32_t payload_wire_len; /* as sent; more than payload.len when the capture cut it */
	uint32_t payload_offset;   /* of the payload in the packet; 0 when out of fragments */
};

struct cs_defrag; /* fragments waiting for their rest; bounded */
struct cs_defrag *cs_defrag_new(unsigned datagrams_cap);
size_t cs_defrag_bytes(unsigned datagrams_cap); /* what that takes */
void cs_defrag_free(struct cs_defrag *defrag);

/* cs_packet_segment finds the TCP segment in PACKET. CS_OK; CS_AGAIN when a fragment was kept and the rest
 * is awaited; CS_E_UNSUPPORTED when it is no TCP; CS_E_TRUNCATED or CS_E_FORMAT when headers are cut or
 * wrong; OUT then means nothing (it is filled where it lies: copying what was just written is slow). A segment out of
 * fragments lends memory of DEFRAG until the next call. */
CS_MUST_USE enum cs_error cs_packet_segment(struct cs_defrag *defrag, const struct cs_packet *packet,
					    struct cs_segment *out);

#endif

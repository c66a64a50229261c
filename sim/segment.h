/*
 * One TCP segment in IPv4 in Ethernet, with right checksums.
 */
#ifndef CS_SIM_SEGMENT_H
#define CS_SIM_SEGMENT_H

#include "base/span.h"

enum { CS_SEGMENT_HEAD_BYTES = 54 };

enum cs_tcp_flag { CS_TCP_FIN = 1, CS_TCP_SYN = 2, CS_TCP_PSH = 8, CS_TCP_ACK = 16 };

struct cs_segment {
	uint32_t from_address, to_address;
	uint16_t from_port, to_port;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t ip_id;
	struct cs_span payload;
};

/* cs_segment_write writes the packet into OUT of CS_SEGMENT_HEAD_BYTES + payload bytes; gives its length. */
size_t cs_segment_write(const struct cs_segment *segment, uint8_t *out);

#endif

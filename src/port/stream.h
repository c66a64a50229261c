/*
 * TCP reassembly: segments become two ordered byte streams a connection, and loss becomes a number.
 *
 * Per direction, always: acknowledged_bytes <= delivered_bytes + lost_bytes once the stream is settled, where
 * acknowledged is what the peer said it has (0 when only one direction is seen). First bytes win on overlap;
 * differing bytes are counted and told. A hole waits for HOLD_NS, HOLD_BYTES, or the peer's acknowledgement
 * past it, whichever is first, and is then declared lost. Connections joined in the middle begin at the first
 * byte seen; what is older and comes late counts as duplicate. Directions under different VLAN tags are two
 * connections, each seen from one side. Sequence numbers compare by signed 32-bit difference (RFC 9293 3.4), so they may wrap.
 */
#ifndef CS_PORT_STREAM_H
#define CS_PORT_STREAM_H

#include "event/event.h"
#include "port/packet.h"

struct cs_stream_limits {
	unsigned connections_cap; /* at once; the one idle longest makes room, counted */
	size_t held_bytes_cap;    /* beyond holes, over all connections */
	uint64_t hold_ns;
	size_t hold_bytes; /* beyond holes, per direction */
};

/* cs_stream_limits_default: 4096 connections, 64 MiB, 2 s, 256 KiB. */
struct cs_stream_limits cs_stream_limits_default(void);

struct cs_connection {
	uint8_t client_ip[16]; /* the side that is not the listed port, or the first seen */
	uint8_t server_ip[16];
	uint16_t client_port;
	uint16_t server_port;
	uint16_t vlan;
	uint32_t index;       /* small, unique among open connections, reused */
	void *user[CS_DIR_N]; /* the sink's own, per direction */
};

struct cs_stream_counts { /* per direction */
	uint64_t segments;
	uint64_t delivered_bytes;
	uint64_t lost_bytes;
	uint64_t acknowledged_bytes;
	uint64_t duplicate_bytes;
	uint64_t gaps;
	uint64_t differing_segments;
};

/* A declared gap: its size, and the times of the last packet before and the first packet behind it. */
struct cs_stream_gap {
	uint64_t len;
	uint64_t before_ns;
	uint64_t behind_ns;
};

struct cs_stream_sink {
	/* A connection appears; KNOWN_START[dir] when its SYN was seen. May set connection->user. */
	void (*opened)(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N]);
	/* Bytes in order. ORIGIN is of their first byte; its time is when they were captured. */
	void (*data)(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
		     const struct cs_origin *origin);
	void (*gap)(void *context, struct cs_connection *connection, enum cs_direction dir,
		    const struct cs_stream_gap *gap);
	/* The same bytes came with other content; the first stay. */
	void (*differs)(void *context, struct cs_connection *connection, enum cs_direction dir,
			const struct cs_origin *origin);
	/* FIN, RST, eviction or the end of input. COUNTS are final. */
	void (*closed)(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N]);
	void *context;
};

struct cs_streams;

/* cs_streams_new takes all memory LIMITS allow, cs_streams_free gives it back; NULL without memory. */
/* cs_streams_bytes is what cs_streams_new will reserve. Held bytes cost memory only once they are needed. */
size_t cs_streams_bytes(const struct cs_stream_limits *limits);

/* cs_streams_new reserves everything at once; NULL without memory. The sink is copied. */
struct cs_streams *cs_streams_new(const struct cs_stream_limits *limits, const struct cs_stream_sink *sink);
void cs_streams_free(struct cs_streams *streams);

/* cs_streams_segment takes one segment. TO_PORT says that it goes to the side whose port the link names. */
void cs_streams_segment(struct cs_streams *streams, const struct cs_packet *packet, const struct cs_segment *segment,
			bool to_port);

/* cs_streams_advance moves time on: holes whose time is up are declared. Cheap when nothing is held. */
void cs_streams_advance(struct cs_streams *streams, uint64_t now_ns);

/* cs_streams_held_since gives the capture time of the oldest bytes held behind a hole; UINT64_MAX when
 * nothing is held. Until they are delivered or declared lost, a proof may still come out of there. */
uint64_t cs_streams_held_since(const struct cs_streams *streams);

/* cs_streams_end declares every hole and closes every connection. */
void cs_streams_end(struct cs_streams *streams);

/* cs_streams_evicted and cs_streams_held_dropped count what the limits cost. */
uint64_t cs_streams_evicted(const struct cs_streams *streams);
uint64_t cs_streams_held_dropped(const struct cs_streams *streams);

#endif

/*
 * One leg of the switch as a tap sees it: TCP connections that carry framed messages, with the habits and
 * small accidents of TCP, written to a tape.
 */
#ifndef CS_SIM_WIRE_H
#define CS_SIM_WIRE_H

#include "tape.h"

enum { CS_WIRE_CONNECTIONS = 2, CS_WIRE_SEGMENT_BYTES = 1460, CS_WIRE_MESSAGE_MAX_BYTES = 4096 };

/* Which way bytes go, as event/event.h counts: to the port of the policy, or from it. */
enum cs_way { CS_WAY_TO_PORT, CS_WAY_FROM_PORT, CS_WAY_N };

/* Shares in parts per million. */
struct cs_wire_habits {
	uint32_t joined_ppm; /* messages that wait a moment and leave in one segment with the next */
	uint32_t split_ppm;  /* messages in two segments */
	uint32_t resent_ppm; /* segments seen twice */
	uint32_t hole_ppm;   /* segments lost before the tap, seen only when sent again */
};

struct cs_wire_setting {
	uint32_t client_address; /* IPv4 */
	uint32_t server_address;
	uint16_t server_port;
	bool from_start; /* begins with handshakes; else the capture begins in the middle */
	struct cs_wire_habits habits;
	uint64_t seed;
	struct cs_tape *tape; /* lent */
};

/* One direction of one connection. */
struct cs_wire_lane {
	uint32_t seq;           /* of the next byte */
	uint32_t hole_seq;      /* until hole_until_ns the receiver has only what is before it */
	uint64_t hole_until_ns; /* also: no later byte is delivered before */
	uint64_t busy_until_ns; /* the last segment leaves then */
	uint64_t held_until_ns; /* when the held bytes leave */
	uint16_t held_len;
	bool promised; /* what leaves now was said to leave now */
	uint16_t ip_id;
	uint8_t unacked; /* segments since the last ACK alone */
	uint8_t held[CS_WIRE_SEGMENT_BYTES];
};

struct cs_wire_connection {
	bool open;
	uint16_t client_port;
	struct cs_wire_lane lane[CS_WAY_N];
};

struct cs_wire {
	struct cs_wire_setting setting;
	struct cs_dice dice;
	uint16_t next_port;
	uint64_t message_n;
	struct cs_wire_connection connection[CS_WIRE_CONNECTIONS];
};

/* A message given to the wire. */
struct cs_sent {
	uint64_t time_ns; /* when its last byte is on the wire and all before it has come */
	bool captured;    /* no part of it was lost by the tap */
};

/* cs_wire_init starts a leg; its connections are open, or opened at START_NS. */
void cs_wire_init(struct cs_wire *wire, const struct cs_wire_setting *setting, uint64_t start_ns);

/* A frame to be sent: on connection WHICH, or on another one when that is closed. ALONE: at once, in segments of
 * its own. */
struct cs_frame {
	unsigned which;
	enum cs_way way;
	bool alone;
	struct cs_span bytes;
};

/* cs_wire_send sends FRAME at NOW_NS. */
struct cs_sent cs_wire_send(struct cs_wire *wire, struct cs_frame frame, uint64_t now_ns);

/* cs_wire_advance lets out what was held and is due; call it before anything later is sent. */
void cs_wire_advance(struct cs_wire *wire, uint64_t now_ns);

/* cs_wire_hang_up and cs_wire_call close and open connection WHICH, with the packets that go with it. */
void cs_wire_hang_up(struct cs_wire *wire, unsigned which, uint64_t now_ns);
void cs_wire_call(struct cs_wire *wire, unsigned which, uint64_t now_ns);

/* cs_wire_finish lets everything out and acknowledges it. */
void cs_wire_finish(struct cs_wire *wire, uint64_t now_ns);

#endif

/*
 * What the two readers (pcap in capture.c, pcapng in capture_ng.c) share: the window over the bytes and the
 * fault. Nobody outside this folder needs it.
 *
 * Lifetime: the handle. The window is either the whole mapping or a buffer of WINDOW_BYTES that slides; a
 * lent packet lies in it until the next call.
 */
#ifndef CS_PORT_CAPTURE_PARTS_H
#define CS_PORT_CAPTURE_PARTS_H

#include "base/text.h"
#include "port/capture.h"

enum {
	CS_CAPTURE_PACKET_MAX_BYTES = 262144, /* as libpcap; more is a broken length, not a packet */
	CS_CAPTURE_BLOCK_MAX_BYTES = 1048576, /* of a pcapng block that must be read whole */
	CS_CAPTURE_INTERFACES_MAX = 256,      /* in one pcapng section */
	CS_CAPTURE_FAULT_CAP = 512,
	CS_CAPTURE_AHEAD_BYTES = 2 << 20, /* of a mapping made present at once: more would leave the cache again */
};

/* How the ticks of one interface become nanoseconds. */
struct cs_capture_clock {
	uint64_t multiply; /* of a decimal unit; 0 when the unit is a binary fraction */
	uint64_t divide;
	unsigned shift; /* of a binary unit */
	int64_t offset_seconds;
};

struct cs_capture_interface {
	struct cs_capture_clock clock;
	uint32_t snap_len; /* 0: none */
	uint16_t link_type;
};

struct cs_capture {
	const uint8_t *at; /* the window */
	size_t len;
	size_t pos;
	size_t ready;        /* of a mapping: present up to here */
	uint64_t slid_bytes; /* file offset of at[0] */
	uint64_t all_bytes;  /* 0: not known */
	uint8_t *buffer;     /* of a pipe */
	int descriptor;      /* of a pipe, else -1 */
	bool mapped;
	bool input_ended;
	bool over; /* ended or failed: nothing more comes */
	bool swapped;
	bool is_ng;
	uint16_t source;
	uint64_t number;
	uint64_t last_time_ns;
	struct cs_capture_interface only; /* pcap */
	struct cs_capture_interface *interfaces;
	unsigned interfaces_n;
	char *path;
	char fault[CS_CAPTURE_FAULT_CAP];
};

/* cs_capture_want makes N bytes readable at the position: CS_OK, CS_E_TRUNCATED when the input ends before,
 * CS_E_LIMIT when N passes the window of a pipe, CS_E_READ. */
CS_MUST_USE enum cs_error cs_capture_want(struct cs_capture *capture, size_t n);

/* cs_capture_skip passes over N bytes, which need not fit the window. CS_E_TRUNCATED, CS_E_READ. */
CS_MUST_USE enum cs_error cs_capture_skip(struct cs_capture *capture, uint64_t n);

/* cs_capture_fail records "PATH: byte OFFSET: WORDS", ends the capture, and returns ERROR. */
enum cs_error cs_capture_fail(struct cs_capture *capture, enum cs_error error, uint64_t offset, const char *words);

/* cs_capture_ng_next is cs_capture_next for pcapng. */
CS_MUST_USE enum cs_error cs_capture_ng_next(struct cs_capture *capture, struct cs_packet *out);

/* cs_capture_time turns ticks into nanoseconds since 1970; beyond the range of 64 bits it stays at the end. */
uint64_t cs_capture_time(const struct cs_capture_clock *clock, uint64_t ticks);

/* cs_capture_offset is the file offset of the position. */
static inline uint64_t
cs_capture_offset(const struct cs_capture *capture)
{
	return capture->slid_bytes + capture->pos;
}

/* cs_capture_u32 and cs_capture_u16 read in the byte order of the capture; the caller has checked the length. */
static inline uint32_t
cs_capture_u32(const struct cs_capture *capture, const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return capture->swapped ? __builtin_bswap32(value) : value;
}

static inline uint16_t
cs_capture_u16(const struct cs_capture *capture, const uint8_t *at)
{
	uint16_t value;
	memcpy(&value, at, sizeof value);
	return capture->swapped ? __builtin_bswap16(value) : value;
}

#endif

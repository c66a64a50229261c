/*
 * Captures and packets made by hand, for the tests of src/port: a growing run of bytes, both byte orders,
 * link layers, IP and TCP headers. Everything is static; a test uses what it needs.
 */
#ifndef CS_TESTS_WIRE_H
#define CS_TESTS_WIRE_H

#include "base/span.h"

enum { WIRE_CAP = 262144 };

struct wire {
	uint8_t at[WIRE_CAP];
	size_t len;
	bool big; /* byte order of put16, put32 */
};

__attribute__((unused)) static void
put(struct wire *wire, const void *bytes, size_t n)
{
	memcpy(wire->at + wire->len, bytes, n);
	wire->len += n;
}

__attribute__((unused)) static void
put8(struct wire *wire, unsigned value)
{
	wire->at[wire->len++] = (uint8_t)value;
}

__attribute__((unused)) static void
put16(struct wire *wire, unsigned value)
{
	put8(wire, wire->big ? value >> 8 : value);
	put8(wire, wire->big ? value : value >> 8);
}

__attribute__((unused)) static void
put32(struct wire *wire, uint32_t value)
{
	put16(wire, wire->big ? value >> 16 : value & 0xffff);
	put16(wire, wire->big ? value & 0xffff : value >> 16);
}

__attribute__((unused)) static struct cs_span
wire_span(const struct wire *wire)
{
	return (struct cs_span){wire->at, wire->len};
}

/* A pcap file header; NANO chooses the magic. */
__attribute__((unused)) static void
put_pcap_header(struct wire *wire, bool nano, unsigned link_type)
{
	put32(wire, nano ? 0xa1b23c4d : 0xa1b2c3d4);
	put16(wire, 2);
	put16(wire, 4);
	put32(wire, 0);
	put32(wire, 0);
	put32(wire, 65535);
	put32(wire, link_type);
}

__attribute__((unused)) static void
put_pcap_record(struct wire *wire, uint32_t seconds, uint32_t ticks, struct cs_span bytes)
{
	put32(wire, seconds);
	put32(wire, ticks);
	put32(wire, (uint32_t)bytes.len);
	put32(wire, (uint32_t)bytes.len);
	put(wire, bytes.at, bytes.len);
}

/* A TCP segment to be wrapped: ports, sequence, flags, payload. */
struct wire_tcp {
	uint16_t from;
	uint16_t to;
	uint32_t sequence;
	uint32_t acknowledged;
	unsigned flags;
	unsigned option_bytes;
	const char *payload;
};

__attribute__((unused)) static void
put_tcp(struct wire *wire, const struct wire_tcp *tcp)
{
	bool big = wire->big;
	wire->big = true;
	put16(wire, tcp->from);
	put16(wire, tcp->to);
	put32(wire, tcp->sequence);
	put32(wire, tcp->acknowledged);
	put8(wire, (20 + tcp->option_bytes) / 4 << 4);
	put8(wire, tcp->flags);
	put16(wire, 65535);
	put32(wire, 0);
	for (unsigned i = 0; i < tcp->option_bytes; i++)
		put8(wire, 1);
	put(wire, tcp->payload, strlen(tcp->payload));
	wire->big = big;
}

/* An IPv4 header for PAYLOAD_LEN bytes; WHERE is flags and fragment offset. */
__attribute__((unused)) static void
put_ipv4(struct wire *wire, size_t payload_len, unsigned id, unsigned where)
{
	static const uint8_t addresses[8] = {10, 0, 0, 1, 10, 0, 0, 2};
	bool big = wire->big;
	wire->big = true;
	put8(wire, 0x45);
	put8(wire, 0);
	put16(wire, (unsigned)payload_len + 20);
	put16(wire, id);
	put16(wire, where);
	put8(wire, 64);
	put8(wire, 6);
	put16(wire, 0);
	put(wire, addresses, sizeof addresses);
	wire->big = big;
}

/* An IPv6 header for PAYLOAD_LEN bytes, extension headers included. */
__attribute__((unused)) static void
put_ipv6(struct wire *wire, size_t payload_len, unsigned next)
{
	static const uint8_t addresses[32] = {0xfd, [15] = 1, [16] = 0xfd, [31] = 2};
	bool big = wire->big;
	wire->big = true;
	put32(wire, 0x60000000);
	put16(wire, (unsigned)payload_len);
	put8(wire, next);
	put8(wire, 64);
	put(wire, addresses, sizeof addresses);
	wire->big = big;
}

__attribute__((unused)) static void
put_ethernet(struct wire *wire, unsigned type)
{
	bool big = wire->big;
	wire->big = true;
	for (int i = 0; i < 12; i++)
		put8(wire, 0x02);
	put16(wire, type);
	wire->big = big;
}

#endif

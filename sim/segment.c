/*
 * Headers of a TCP segment. MAC addresses are made from the IP addresses, locally administered.
 * spec: IEEE 802.3, RFC 791 3.1, RFC 9293 3.1, RFC 1071 (checksum).
 */
#include "segment.h"

enum { ETHERNET_BYTES = 14, IP_BYTES = 20, TCP_BYTES = 20, TCP_PROTOCOL = 6, WINDOW = 64240 };

static uint8_t *
big16(uint8_t *at, unsigned value)
{
	*at++ = (uint8_t)(value >> 8);
	*at++ = (uint8_t)value;
	return at;
}

static uint8_t *
big32(uint8_t *at, uint32_t value)
{
	return big16(big16(at, value >> 16), value & 0xffff);
}

static uint64_t
sum16(const uint8_t *at, size_t len)
{
	uint64_t sum = 0;
	for (; len >= 2; at += 2, len -= 2)
		sum += (uint64_t)(at[0] << 8 | at[1]);
	return len ? sum + (uint64_t)(at[0] << 8) : sum;
}

static unsigned
folded(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~(unsigned)sum & 0xffff;
}

static uint8_t *
ethernet(uint8_t *at, const struct cs_segment *segment)
{
	at = big32(big16(at, 0x0200), segment->to_address);
	at = big32(big16(at, 0x0200), segment->from_address);
	return big16(at, 0x0800);
}

static uint8_t *
ip(uint8_t *at, const struct cs_segment *segment)
{
	uint8_t *start = at;
	at = big16(at, 0x4500);
	at = big16(at, (unsigned)(IP_BYTES + TCP_BYTES + segment->payload.len));
	at = big16(big16(at, segment->ip_id), 0x4000);
	at = big16(big16(at, 63 << 8 | TCP_PROTOCOL), 0);
	at = big32(big32(at, segment->from_address), segment->to_address);
	big16(start + 10, folded(sum16(start, IP_BYTES)));
	return at;
}

size_t
cs_segment_write(const struct cs_segment *segment, uint8_t *out)
{
	uint8_t *tcp = ip(ethernet(out, segment), segment);
	uint8_t *at = big16(big16(tcp, segment->from_port), segment->to_port);
	at = big32(big32(at, segment->seq), segment->ack);
	at = big16(big16(at, 0x5000u | segment->flags), WINDOW);
	at = big32(at, 0);
	memcpy(at, segment->payload.at, segment->payload.len);
	size_t tcp_len = TCP_BYTES + segment->payload.len;
	uint64_t sum = sum16(tcp, tcp_len) + TCP_PROTOCOL + tcp_len;
	sum += (segment->from_address >> 16) + (segment->from_address & 0xffff);
	sum += (segment->to_address >> 16) + (segment->to_address & 0xffff);
	big16(tcp + 16, folded(sum));
	return ETHERNET_BYTES + IP_BYTES + tcp_len;
}

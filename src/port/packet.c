/*
 * From a captured packet to the TCP segment in it: link layer, IP, TCP.
 *
 * One span, `rest`, shrinks from the front as headers are read; every read is preceded by a check of its
 * length in the same function (explicit bounds instead of the cursor, since this runs for every packet).
 * The IP length, not the captured one, says where a packet ends, so Ethernet padding and frame check
 * sequences fall away. Checksums are not verified: local offload leaves them blank in captures. Whole
 * datagrams out of fragments come from defrag.c; what the bytes say is left to stream.c.
 * spec: RFC 791, RFC 8200 4, RFC 9293 3.1, IEEE 802.1Q; link types 0, 1, 12, 101, 108, 113, 228, 229, 276.
 */
#include "port/packet.h"

#include "port/defrag.h"

enum link_type {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_BSD = 12,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

enum ether_type {
	ETHER_IPV4 = 0x0800,
	ETHER_VLAN = 0x8100,
	ETHER_IPV6 = 0x86dd,
	ETHER_SERVICE_VLAN = 0x88a8,
	ETHER_OLD_VLAN = 0x9100,
};

enum protocol {
	PROTOCOL_HOP_BY_HOP = 0,
	PROTOCOL_TCP = 6,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_AUTHENTICATION = 51,
	PROTOCOL_DESTINATION = 60,
};

enum {
	VLAN_TAGS_MAX = 4,
	EXTENSIONS_MAX = 8,
	ETHERNET_BYTES = 14,
	IPV4_BYTES = 20,
	IPV6_BYTES = 40,
	TCP_BYTES = 20,
};

/* What is known of the packet while its headers are read. */
struct walk {
	struct cs_span rest;
	uint32_t wire_len; /* of rest, as sent */
	uint8_t protocol;
	bool is_fragment;
	struct cs_fragment fragment;
};

static inline uint16_t
u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t
u32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void
pass(struct walk *walk, size_t n)
{
	walk->rest.at += n;
	walk->rest.len -= n;
	walk->wire_len = walk->wire_len > n ? walk->wire_len - (uint32_t)n : 0;
}

/* ::ffff:a.b.c.d, in one store: whole addresses are read again at once. */
static inline void
put_mapped(uint8_t out[16], const uint8_t ip[4])
{
	uint32_t host;
	memcpy(&host, ip, sizeof host);
	const uint64_t half[2] = {0, UINT64_C(0xffff0000) | (uint64_t)host << 32};
	memcpy(out, half, sizeof half);
}

static enum cs_error
read_ipv4(struct walk *walk, struct cs_segment *out)
{
	const uint8_t *at = walk->rest.at;
	if (walk->rest.len < IPV4_BYTES)
		return CS_E_TRUNCATED;
	size_t header_len = (at[0] & 15U) * 4;
	uint32_t total_len = u16(at + 2);
	if (at[0] >> 4 != 4 || header_len < IPV4_BYTES)
		return CS_E_FORMAT;
	/* 0: the sender left the length to its network card (segmentation offload) */
	if (total_len == 0)
		total_len = walk->wire_len;
	if (total_len < header_len)
		return CS_E_FORMAT;
	if (walk->rest.len < header_len)
		return CS_E_TRUNCATED;
	if (walk->rest.len > total_len)
		walk->rest.len = total_len;
	walk->wire_len = total_len;
	walk->protocol = at[9];
	put_mapped(out->source_ip, at + 12);
	put_mapped(out->destination_ip, at + 16);
	uint16_t where = u16(at + 6);
	walk->is_fragment = (where & 0x3fff) != 0;
	walk->fragment.offset = (where & 0x1fffU) * 8;
	walk->fragment.more = where & 0x2000;
	walk->fragment.key.id = u16(at + 4);
	walk->fragment.key.protocol = (uint16_t)(4 << 8 | walk->protocol);
	pass(walk, header_len);
	return CS_OK;
}

/* Passes one IPv6 extension header; CS_END when the next header is none. */
static enum cs_error
pass_extension(struct walk *walk)
{
	uint8_t type = walk->protocol;
	bool known = type == PROTOCOL_HOP_BY_HOP || type == PROTOCOL_ROUTING || type == PROTOCOL_FRAGMENT ||
		     type == PROTOCOL_AUTHENTICATION || type == PROTOCOL_DESTINATION;
	if (!known)
		return CS_END;
	if (walk->rest.len < 8)
		return CS_E_TRUNCATED;
	const uint8_t *at = walk->rest.at;
	size_t len = (at[1] + 1U) * 8;
	if (type == PROTOCOL_AUTHENTICATION)
		len = (at[1] + 2U) * 4;
	if (type == PROTOCOL_FRAGMENT) {
		uint16_t where = u16(at + 2);
		len = 8;
		walk->is_fragment = (where & 0xfff9) != 0;
		walk->fragment.offset = where & 0xfff8U;
		walk->fragment.more = where & 1;
		walk->fragment.key.id = u32(at + 4);
		walk->fragment.key.protocol = (uint16_t)(6 << 8 | at[0]);
	}
	if (walk->rest.len < len)
		return CS_E_TRUNCATED;
	walk->protocol = at[0];
	pass(walk, len);
	return walk->is_fragment ? CS_END : CS_OK;
}

static enum cs_error
pass_extensions(struct walk *walk)
{
	for (unsigned i = 0; i < EXTENSIONS_MAX; i++) {
		enum cs_error error = pass_extension(walk);
		if (error != CS_OK)
			return error == CS_END ? CS_OK : error;
	}
	return CS_E_FORMAT;
}

static enum cs_error
read_ipv6(struct walk *walk, struct cs_segment *out)
{
	const uint8_t *at = walk->rest.at;
	if (walk->rest.len < IPV6_BYTES)
		return CS_E_TRUNCATED;
	if (at[0] >> 4 != 6)
		return CS_E_FORMAT;
	uint32_t payload_len = u16(at + 4);
	walk->protocol = at[6];
	memcpy(out->source_ip, at + 8, 16);
	memcpy(out->destination_ip, at + 24, 16);
	pass(walk, IPV6_BYTES);
	/* 0: a jumbogram, or left to the network card: then the captured length is all there is to go by */
	if (payload_len == 0)
		payload_len = walk->wire_len;
	if (walk->rest.len > payload_len)
		walk->rest.len = payload_len;
	walk->wire_len = payload_len;
	return pass_extensions(walk);
}

static enum cs_error
read_ip(struct walk *walk, struct cs_segment *out)
{
	if (walk->rest.len < 1)
		return CS_E_TRUNCATED;
	if (walk->rest.at[0] >> 4 == 4)
		return read_ipv4(walk, out);
	if (walk->rest.at[0] >> 4 == 6)
		return read_ipv6(walk, out);
	return CS_E_UNSUPPORTED;
}

/* Everything behind an Ethernet type: tags, then IP. */
static enum cs_error
read_ether_type(struct walk *walk, uint16_t type, struct cs_segment *out)
{
	for (unsigned i = 0; i < VLAN_TAGS_MAX; i++) {
		if (type != ETHER_VLAN && type != ETHER_SERVICE_VLAN && type != ETHER_OLD_VLAN)
			break;
		if (walk->rest.len < 4)
			return CS_E_TRUNCATED;
		if (i == 0)
			out->vlan = u16(walk->rest.at) & 0x0fff;
		type = u16(walk->rest.at + 2);
		pass(walk, 4);
	}
	if (type == ETHER_IPV4)
		return read_ipv4(walk, out);
	if (type == ETHER_IPV6)
		return read_ipv6(walk, out);
	return CS_E_UNSUPPORTED;
}

static enum cs_error
read_ethernet(struct walk *walk, struct cs_segment *out)
{
	if (walk->rest.len < ETHERNET_BYTES)
		return CS_E_TRUNCATED;
	uint16_t type = u16(walk->rest.at + 12);
	pass(walk, ETHERNET_BYTES);
	return read_ether_type(walk, type, out);
}

/* Linux "any" captures: the Ethernet type stands at the end of the old header, at the start of the new. */
static enum cs_error
read_cooked(struct walk *walk, size_t header_len, size_t type_at, struct cs_segment *out)
{
	if (walk->rest.len < header_len)
		return CS_E_TRUNCATED;
	uint16_t type = u16(walk->rest.at + type_at);
	pass(walk, header_len);
	return read_ether_type(walk, type, out);
}

/* BSD loopback: an address family in the byte order of some host; the IP version says all we need. */
static enum cs_error
read_null(struct walk *walk, struct cs_segment *out)
{
	if (walk->rest.len < 4)
		return CS_E_TRUNCATED;
	const uint8_t *at = walk->rest.at;
	uint8_t family = at[0] ? at[0] : at[3];
	bool is_ipv4 = family == 2;
	bool is_ipv6 = family == 10 || family == 24 || family == 28 || family == 30;
	pass(walk, 4);
	return is_ipv4 || is_ipv6 ? read_ip(walk, out) : CS_E_UNSUPPORTED;
}

static enum cs_error
read_link(uint16_t link_type, struct walk *walk, struct cs_segment *out)
{
	switch ((enum link_type)link_type) {
	case LINK_ETHERNET:
		return read_ethernet(walk, out);
	case LINK_SLL:
		return read_cooked(walk, 16, 14, out);
	case LINK_SLL2:
		return read_cooked(walk, 20, 0, out);
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_IPV4:
	case LINK_IPV6:
		return read_ip(walk, out);
	case LINK_NULL:
	case LINK_LOOP:
		return read_null(walk, out);
	}
	return CS_E_UNSUPPORTED;
}

static enum cs_error
read_tcp(struct walk *walk, struct cs_segment *out)
{
	if (walk->protocol != PROTOCOL_TCP)
		return CS_E_UNSUPPORTED;
	const uint8_t *at = walk->rest.at;
	if (walk->rest.len < TCP_BYTES)
		return walk->wire_len < TCP_BYTES ? CS_E_FORMAT : CS_E_TRUNCATED;
	size_t header_len = (size_t)(at[12] >> 4) * 4;
	if (header_len < TCP_BYTES || header_len > walk->wire_len)
		return CS_E_FORMAT;
	if (walk->rest.len < header_len)
		return CS_E_TRUNCATED;
	out->source_port = u16(at);
	out->destination_port = u16(at + 2);
	out->sequence = u32(at + 4);
	out->acknowledged = u32(at + 8);
	out->flags = at[13];
	pass(walk, header_len);
	out->payload = walk->rest;
	out->payload_wire_len = walk->wire_len;
	return CS_OK;
}

/* Gives the fragment to the others; CS_OK when `rest` is now the whole datagram. */
static enum cs_error
put_together(struct cs_defrag *defrag, uint64_t time_ns, struct walk *walk, const struct cs_segment *out)
{
	struct cs_fragment *fragment = &walk->fragment;
	if (walk->rest.len < walk->wire_len)
		return CS_E_TRUNCATED;
	memcpy(fragment->key.source_ip, out->source_ip, sizeof out->source_ip);
	memcpy(fragment->key.destination_ip, out->destination_ip, sizeof out->destination_ip);
	fragment->key.vlan = out->vlan;
	fragment->time_ns = time_ns;
	fragment->bytes = walk->rest;
	CS_TRY(cs_defrag_add(defrag, fragment, &walk->rest));
	walk->wire_len = (uint32_t)walk->rest.len;
	bool is_ipv6 = fragment->key.protocol >> 8 == 6;
	walk->protocol = (uint8_t)fragment->key.protocol;
	walk->is_fragment = false;
	if (!is_ipv6)
		return CS_OK;
	CS_TRY(pass_extensions(walk));
	return walk->is_fragment ? CS_E_FORMAT : CS_OK;
}

enum cs_error
cs_packet_segment(struct cs_defrag *defrag, const struct cs_packet *packet, struct cs_segment *out)
{
	struct walk walk;
	walk.rest = (struct cs_span){packet->at, packet->captured_len};
	walk.wire_len = packet->wire_len > packet->captured_len ? packet->wire_len : packet->captured_len;
	walk.is_fragment = false;
	walk.protocol = 0;
	out->vlan = 0;
	CS_TRY(read_link(packet->link_type, &walk, out));
	bool whole = !walk.is_fragment;
	if (!whole)
		CS_TRY(put_together(defrag, packet->time_ns, &walk, out));
	CS_TRY(read_tcp(&walk, out));
	out->payload_offset = whole ? (uint32_t)(out->payload.at - packet->at) : 0;
	return CS_OK;
}

/*
 * Goal: the TCP segment is found under every link layer and IP version, with exact lengths, and a cut or
 * broken header is refused without reading past it. Fragments give the same segment in any order.
 * Method: packets made by hand, each also cut at every prefix in memory of exactly that size.
 */
#include "check.h"

/* clang-format off */
#include "../../src/port/packet.c"
#include "../../src/port/defrag.c"
/* clang-format on */

#include "wire.h"

static const struct wire_tcp hello = {
	.from = 40000, .to = 8583, .sequence = 1000, .acknowledged = 77, .flags = 0x18, .payload = "hello"};

static struct cs_packet
packet_of(const struct wire *wire, unsigned link_type)
{
	return (struct cs_packet){.time_ns = 1,
				  .captured_len = (uint32_t)wire->len,
				  .wire_len = (uint32_t)wire->len,
				  .link_type = (uint16_t)link_type,
				  .at = wire->at};
}

static void
expect_hello(const struct cs_segment *segment)
{
	assert_int_equal(segment->source_port, 40000);
	assert_int_equal(segment->destination_port, 8583);
	assert_int_equal(segment->sequence, 1000);
	assert_int_equal(segment->acknowledged, 77);
	assert_int_equal(segment->flags, 0x18);
	assert_int_equal(segment->payload.len, 5);
	assert_memory_equal(segment->payload.at, "hello", 5);
	assert_int_equal(segment->payload_wire_len, 5);
}

static void
refuse_prefixes(struct cs_defrag *defrag, const struct wire *wire, unsigned link_type)
{
	for (size_t len = 0; len + hello.option_bytes + 5 < wire->len; len++) {
		uint8_t *exact = malloc(len ? len : 1);
		memcpy(exact, wire->at, len);
		struct cs_packet packet = packet_of(wire, link_type);
		packet.at = exact;
		packet.captured_len = (uint32_t)len;
		struct cs_segment segment;
		assert_int_equal(cs_packet_segment(defrag, &packet, &segment), CS_E_TRUNCATED);
		free(exact);
	}
}

static void
expect_found(const struct wire *wire, unsigned link_type, unsigned vlan)
{
	struct cs_defrag *defrag = cs_defrag_new(1);
	struct cs_packet packet = packet_of(wire, link_type);
	struct cs_segment segment;
	assert_int_equal(cs_packet_segment(defrag, &packet, &segment), CS_OK);
	expect_hello(&segment);
	assert_int_equal(segment.vlan, vlan);
	assert_int_equal(segment.payload_offset, wire->len - 5);
	refuse_prefixes(defrag, wire, link_type);
	cs_defrag_free(defrag);
}

static void
put_hello4(struct wire *wire)
{
	put_ipv4(wire, 25, 1, 0x4000);
	put_tcp(wire, &hello);
}

static void
every_link_layer(void **state)
{
	(void)state;
	static struct wire wire;
	static const unsigned raw[] = {12, 101, 228};
	for (unsigned i = 0; i < 3; i++) {
		wire = (struct wire){0};
		put_hello4(&wire);
		expect_found(&wire, raw[i], 0);
	}
	wire = (struct wire){0};
	put_ethernet(&wire, 0x0800);
	put_hello4(&wire);
	expect_found(&wire, 1, 0);
	wire = (struct wire){.len = 14, .big = true};
	put16(&wire, 0x0800);
	put_hello4(&wire);
	expect_found(&wire, 113, 0);
	wire = (struct wire){.big = true};
	put16(&wire, 0x0800);
	wire.len = 20;
	put_hello4(&wire);
	expect_found(&wire, 276, 0);
	for (unsigned big = 0; big < 2; big++) {
		wire = (struct wire){.big = big};
		put32(&wire, 2);
		put_hello4(&wire);
		expect_found(&wire, big ? 108 : 0, 0);
	}
}

static void
tags_one_and_two(void **state)
{
	(void)state;
	static struct wire wire;
	wire = (struct wire){.big = true};
	put_ethernet(&wire, 0x8100);
	put16(&wire, 0xe07b); /* priority 7, tag 123 */
	put16(&wire, 0x0800);
	put_hello4(&wire);
	expect_found(&wire, 1, 123);
	wire = (struct wire){.big = true};
	put_ethernet(&wire, 0x88a8);
	put16(&wire, 500);
	put16(&wire, 0x8100);
	put16(&wire, 123);
	put16(&wire, 0x0800);
	put_hello4(&wire);
	expect_found(&wire, 1, 500);
}

static void
ipv6_with_extension_headers(void **state)
{
	(void)state;
	static struct wire wire;
	wire = (struct wire){.big = true};
	put_ethernet(&wire, 0x86dd);
	put_ipv6(&wire, 25, 6);
	put_tcp(&wire, &hello);
	expect_found(&wire, 1, 0);
	wire = (struct wire){.big = true};
	put_ipv6(&wire, 8 + 16 + 25, 0);
	static const uint8_t hop[8] = {60, 0};
	static const uint8_t destination[16] = {6, 1};
	put(&wire, hop, sizeof hop);
	put(&wire, destination, sizeof destination);
	put_tcp(&wire, &hello);
	expect_found(&wire, 229, 0);
}

static enum cs_error
segment_of(const struct wire *wire, unsigned link_type, struct cs_segment *out)
{
	struct cs_defrag *defrag = cs_defrag_new(1);
	struct cs_packet packet = packet_of(wire, link_type);
	enum cs_error error = cs_packet_segment(defrag, &packet, out);
	cs_defrag_free(defrag);
	return error;
}

static void
padding_and_options_are_no_payload(void **state)
{
	(void)state;
	static struct wire wire;
	wire = (struct wire){0};
	put_ethernet(&wire, 0x0800);
	put_ipv4(&wire, 20 + 12, 1, 0);
	put_tcp(&wire, &(struct wire_tcp){.from = 1, .to = 2, .flags = 16, .option_bytes = 12, .payload = ""});
	wire.len += 8; /* Ethernet padding */
	struct cs_segment segment;
	assert_int_equal(segment_of(&wire, 1, &segment), CS_OK);
	assert_int_equal(segment.payload.len, 0);
	assert_int_equal(segment.payload_wire_len, 0);
}

static void
a_cut_payload_is_told(void **state)
{
	(void)state;
	static struct wire wire;
	wire = (struct wire){0};
	put_hello4(&wire);
	wire.len -= 3;
	struct cs_segment segment;
	assert_int_equal(segment_of(&wire, 101, &segment), CS_OK);
	assert_int_equal(segment.payload.len, 2);
	assert_int_equal(segment.payload_wire_len, 5);
}

static void
others_are_told_apart(void **state)
{
	(void)state;
	static struct wire wire;
	struct cs_segment segment;
	wire = (struct wire){0};
	put_hello4(&wire);
	assert_int_equal(segment_of(&wire, 147, &segment), CS_E_UNSUPPORTED);
	wire.at[9] = 17; /* UDP */
	assert_int_equal(segment_of(&wire, 101, &segment), CS_E_UNSUPPORTED);
	wire.at[9] = 6;
	wire.at[0] = 0x44; /* header of 16 bytes */
	assert_int_equal(segment_of(&wire, 101, &segment), CS_E_FORMAT);
	wire.at[0] = 0x45;
	wire.at[20 + 12] = 0x40; /* TCP header of 16 bytes */
	assert_int_equal(segment_of(&wire, 101, &segment), CS_E_FORMAT);
	wire.at[20 + 12] = 0xf0; /* or longer than the packet */
	assert_int_equal(segment_of(&wire, 101, &segment), CS_E_FORMAT);
	wire = (struct wire){0};
	put_ethernet(&wire, 0x0806);
	wire.len += 28;
	assert_int_equal(segment_of(&wire, 1, &segment), CS_E_UNSUPPORTED);
	wire = (struct wire){0};
	put_ipv6(&wire, 80, 0);
	memset(wire.at + wire.len, 0, 80); /* hop-by-hop headers without an end */
	wire.len += 80;
	assert_int_equal(segment_of(&wire, 101, &segment), CS_E_FORMAT);
}

/* The IPv4 datagram of `hello` (25 bytes) cut in four, given in the order of ORDER. */
static enum cs_error
give_fragments(struct cs_defrag *defrag, const char *order, struct cs_segment *out)
{
	static struct wire tcp;
	static struct wire wire;
	tcp = (struct wire){0};
	put_tcp(&tcp, &hello);
	enum cs_error error = CS_AGAIN;
	for (const char *at = order; *at; at++) {
		unsigned unit = (unsigned)(*at - '0');
		size_t begin = unit * 8;
		size_t len = unit == 3 ? 1 : 8;
		assert_int_equal(error, CS_AGAIN);
		wire = (struct wire){0};
		put_ipv4(&wire, len, 9, (unit == 3 ? 0 : 0x2000) | unit);
		put(&wire, tcp.at + begin, len);
		struct cs_packet packet = packet_of(&wire, 101);
		error = cs_packet_segment(defrag, &packet, out);
	}
	return error;
}

static void
fragments_in_any_order(void **state)
{
	(void)state;
	static const char *const orders[] = {"0123", "3210", "1302", "001123", "31203"};
	for (unsigned i = 0; i < 4; i++) {
		struct cs_defrag *defrag = cs_defrag_new(2);
		struct cs_segment segment;
		assert_int_equal(give_fragments(defrag, orders[i], &segment), CS_OK);
		expect_hello(&segment);
		assert_int_equal(segment.payload_offset, 0);
		assert_int_equal(cs_defrag_counts(defrag).completed, 1);
		cs_defrag_free(defrag);
	}
}

static void
ipv6_fragments(void **state)
{
	(void)state;
	static struct wire tcp;
	static struct wire wire;
	tcp = (struct wire){0};
	put_tcp(&tcp, &hello);
	struct cs_defrag *defrag = cs_defrag_new(2);
	struct cs_segment segment;
	for (unsigned i = 0; i < 2; i++) {
		wire = (struct wire){.big = true};
		put_ipv6(&wire, 8 + (i ? 9 : 16), 44);
		put8(&wire, 6);
		put8(&wire, 0);
		put16(&wire, i ? 16 : 1);
		put32(&wire, 4711);
		put(&wire, tcp.at + i * 16, i ? 9 : 16);
		struct cs_packet packet = packet_of(&wire, 101);
		assert_int_equal(cs_packet_segment(defrag, &packet, &segment), i ? CS_OK : CS_AGAIN);
	}
	expect_hello(&segment);
	cs_defrag_free(defrag);
}

static struct cs_fragment
fragment_of(unsigned id, uint64_t time_ns, const char *bytes)
{
	return (struct cs_fragment){.key.id = id, .time_ns = time_ns, .more = true, .bytes = cs_span_text(bytes)};
}

static void
first_fragment_wins_and_the_difference_is_counted(void **state)
{
	(void)state;
	struct cs_defrag *defrag = cs_defrag_new(1);
	struct cs_fragment fragment = fragment_of(1, 0, "AAAAAAAABBBBBBBB");
	struct cs_span out;
	assert_int_equal(cs_defrag_add(defrag, &fragment, &out), CS_AGAIN);
	fragment.offset = 8;
	fragment.more = false;
	fragment.bytes = cs_span_text("XXXXXXXXCC");
	assert_int_equal(cs_defrag_add(defrag, &fragment, &out), CS_OK);
	assert_true(cs_span_is(out, "AAAAAAAABBBBBBBBCC"));
	assert_int_equal(cs_defrag_counts(defrag).differing, 1);
	cs_defrag_free(defrag);
}

/* A fragment past the end and a hole before it leave as many units as the end asks for: still no datagram. */
static void
a_hole_is_not_filled_by_what_lies_past_the_end(void **state)
{
	(void)state;
	struct cs_defrag *defrag = cs_defrag_new(1);
	struct cs_span out = {0};
	struct cs_fragment fragment = fragment_of(1, 0, "AAAAAAAA");
	assert_int_equal(cs_defrag_add(defrag, &fragment, &out), CS_AGAIN);
	fragment.offset = 40;
	assert_int_equal(cs_defrag_add(defrag, &fragment, &out), CS_AGAIN);
	fragment.offset = 16;
	fragment.more = false;
	assert_int_equal(cs_defrag_add(defrag, &fragment, &out), CS_E_FORMAT);
	assert_int_equal(cs_defrag_counts(defrag).completed, 0);
	cs_defrag_free(defrag);
}

static void
fragments_are_bounded_and_age(void **state)
{
	(void)state;
	struct cs_defrag *defrag = cs_defrag_new(2);
	struct cs_span out;
	for (unsigned id = 1; id <= 3; id++) {
		struct cs_fragment fragment = fragment_of(id, id, "AAAAAAAA");
		assert_int_equal(cs_defrag_add(defrag, &fragment, &out), CS_AGAIN);
	}
	assert_int_equal(cs_defrag_counts(defrag).dropped, 1);
	struct cs_fragment last = fragment_of(3, 4 + keep_ns, "B");
	last.offset = 8;
	last.more = false;
	assert_int_equal(cs_defrag_add(defrag, &last, &out), CS_AGAIN); /* its first half was too old */
	assert_int_equal(cs_defrag_counts(defrag).dropped, 2);
	last.offset = 65528;
	last.bytes = cs_span_text("12345678");
	assert_int_equal(cs_defrag_add(defrag, &last, &out), CS_E_FORMAT);
	cs_defrag_free(defrag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_layer),
		cmocka_unit_test(tags_one_and_two),
		cmocka_unit_test(ipv6_with_extension_headers),
		cmocka_unit_test(padding_and_options_are_no_payload),
		cmocka_unit_test(a_cut_payload_is_told),
		cmocka_unit_test(others_are_told_apart),
		cmocka_unit_test(fragments_in_any_order),
		cmocka_unit_test(ipv6_fragments),
		cmocka_unit_test(first_fragment_wins_and_the_difference_is_counted),
		cmocka_unit_test(a_hole_is_not_filled_by_what_lies_past_the_end),
		cmocka_unit_test(fragments_are_bounded_and_age),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

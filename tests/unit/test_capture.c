/*
 * Goal: every pcap and pcapng packet comes out with its time, bytes and offset; a broken file is refused at
 * the byte where it breaks, and never read past its end.
 * Method: captures made by hand in both byte orders and units, cut at every prefix; the same through a pipe.
 */
#include "check.h"

/* clang-format off */
#include "../../src/port/capture.c"
#include "../../src/port/capture_ng.c"
#include "../../src/port/merge.c"
/* clang-format on */

#include "wire.h"

#include <unistd.h>

static struct cs_capture *
open_over(const struct wire *wire)
{
	struct cs_capture *capture;
	assert_int_equal(cs_capture_over(wire_span(wire), 3, &capture), CS_OK);
	return capture;
}

/* Not inlined: the compiler would take the fault for a text of no length. */
__attribute__((noinline)) static bool
says(const struct cs_capture *capture, const char *words)
{
	return strstr(cs_capture_fault(capture), words) != NULL;
}

static void
expect_packet(struct cs_capture *capture, uint64_t time_ns, const char *bytes)
{
	struct cs_packet packet;
	assert_int_equal(cs_capture_next(capture, &packet), CS_OK);
	assert_int_equal(packet.time_ns, time_ns);
	assert_int_equal(packet.captured_len, strlen(bytes));
	assert_memory_equal(packet.at, bytes, strlen(bytes));
	assert_int_equal(packet.source, 3);
	assert_memory_equal(capture->at + (packet.file_offset - capture->slid_bytes), bytes, strlen(bytes));
}

static void
expect_end(struct cs_capture *capture)
{
	struct cs_packet packet;
	assert_int_equal(cs_capture_next(capture, &packet), CS_END);
	assert_int_equal(cs_capture_next(capture, &packet), CS_END);
	cs_capture_close(capture);
}

static void
pcap_in_both_orders_and_units(void **state)
{
	(void)state;
	for (unsigned way = 0; way < 4; way++) {
		static struct wire wire;
		wire = (struct wire){.big = way & 1};
		put_pcap_header(&wire, way & 2, 276);
		put_pcap_record(&wire, 1700000000, 999999, cs_span_text("first"));
		put_pcap_record(&wire, 1700000001, 0, cs_span_text(""));
		struct cs_capture *capture = open_over(&wire);
		assert_int_equal(capture->only.link_type, 276);
		uint64_t second = UINT64_C(1700000000) * 1000000000;
		expect_packet(capture, second + 999999 * (way & 2 ? 1U : 1000U), "first");
		expect_packet(capture, second + 1000000000, "");
		expect_end(capture);
	}
}

static size_t
put_block(struct wire *wire, uint32_t type)
{
	put32(wire, type);
	put32(wire, 0);
	return wire->len - 8;
}

static void
end_block(struct wire *wire, size_t begin)
{
	while (wire->len % 4)
		put8(wire, 0);
	uint32_t total = (uint32_t)(wire->len + 4 - begin);
	put32(wire, total);
	struct wire length = {.big = wire->big};
	put32(&length, total);
	memcpy(wire->at + begin + 4, length.at, 4);
}

static void
put_section(struct wire *wire)
{
	size_t begin = put_block(wire, BLOCK_SECTION);
	put32(wire, byte_order_magic);
	put16(wire, 1);
	put16(wire, 0);
	put32(wire, UINT32_MAX);
	put32(wire, UINT32_MAX);
	end_block(wire, begin);
}

static void
put_interface(struct wire *wire, unsigned link_type, uint32_t snap_len, unsigned resolution)
{
	size_t begin = put_block(wire, BLOCK_INTERFACE);
	put16(wire, link_type);
	put16(wire, 0);
	put32(wire, snap_len);
	if (resolution) {
		put16(wire, OPTION_TSRESOL);
		put16(wire, 1);
		put32(wire, wire->big ? resolution << 24 : resolution);
		put16(wire, OPTION_TSOFFSET);
		put16(wire, 8);
		put32(wire, wire->big ? 0 : 100);
		put32(wire, wire->big ? 100 : 0);
		put32(wire, 0);
	}
	end_block(wire, begin);
}

static void
put_enhanced(struct wire *wire, uint32_t index, uint64_t ticks, const char *bytes)
{
	size_t begin = put_block(wire, BLOCK_PACKET);
	put32(wire, index);
	put32(wire, (uint32_t)(ticks >> 32));
	put32(wire, (uint32_t)ticks);
	put32(wire, (uint32_t)strlen(bytes));
	put32(wire, (uint32_t)strlen(bytes) + 7);
	put(wire, bytes, strlen(bytes));
	end_block(wire, begin);
}

static void
put_ng(struct wire *wire)
{
	for (unsigned way = 0; way < 2; way++) {
		wire->big = way;
		put_section(wire);
		put_interface(wire, 1, 4, 0);
		put_interface(wire, 113, 0, 9);
		put_interface(wire, 101, 0, 0x80 | 10);
		put_enhanced(wire, 0, UINT64_C(1700000000123456), "micro");
		size_t begin = put_block(wire, 4); /* name resolution: of no use here */
		put(wire, "abcdefgh", 8);
		end_block(wire, begin);
		put_enhanced(wire, 1, UINT64_C(1700000000123456789), "nano");
		put_enhanced(wire, 2, UINT64_C(1024 * 50 + 512), "binary");
		begin = put_block(wire, BLOCK_PACKET_SIMPLE);
		put32(wire, 6);
		put(wire, "simp", 4);
		end_block(wire, begin);
		begin = put_block(wire, BLOCK_PACKET_OLD);
		put16(wire, 1);
		put16(wire, 0);
		put32(wire, 0);
		put32(wire, 77);
		put32(wire, 3);
		put32(wire, 3);
		put(wire, "old", 3);
		end_block(wire, begin);
	}
}

static void
expect_ng(struct cs_capture *capture)
{
	for (unsigned way = 0; way < 2; way++) {
		expect_packet(capture, UINT64_C(1700000000123456000), "micro");
		expect_packet(capture, UINT64_C(1700000100123456789), "nano");
		expect_packet(capture, UINT64_C(150500000000), "binary");
		expect_packet(capture, UINT64_C(150500000000), "simp");
		expect_packet(capture, UINT64_C(100000000077), "old");
	}
	expect_end(capture);
}

static void
pcapng_with_two_sections_three_clocks_and_every_packet_block(void **state)
{
	(void)state;
	static struct wire wire;
	wire = (struct wire){0};
	put_ng(&wire);
	expect_ng(open_over(&wire));
}

static void
a_pipe_reads_the_same(void **state)
{
	(void)state;
	static struct wire wire;
	wire = (struct wire){0};
	put_ng(&wire);
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], wire.at, wire.len), (ssize_t)wire.len);
	close(ends[1]);
	char path[64];
	struct cs_text text = cs_text_over(path, sizeof path);
	cs_text_put(&text, "/dev/fd/");
	cs_text_put_u64(&text, (uint64_t)ends[0]);
	struct cs_capture *capture;
	assert_int_equal(cs_capture_open(path, 3, &capture), CS_OK);
	expect_ng(capture);
	close(ends[0]);
}

/* Reads all packets; the last error. */
static enum cs_error
read_all(struct cs_capture *capture, unsigned *packets_n)
{
	struct cs_packet packet;
	enum cs_error error;
	*packets_n = 0;
	while ((error = cs_capture_next(capture, &packet)) == CS_OK)
		++*packets_n;
	return error;
}

static void
expect_cut(const struct wire *wire, size_t len, unsigned packets_all)
{
	uint8_t *exact = malloc(len ? len : 1); /* so that a read past the end is seen by the sanitizer */
	memcpy(exact, wire->at, len);
	struct cs_capture *capture;
	enum cs_error error = cs_capture_over((struct cs_span){exact, len}, 0, &capture);
	unsigned packets_n = 0;
	if (error == CS_OK)
		error = read_all(capture, &packets_n);
	assert_true(error == CS_E_TRUNCATED || (error == CS_END && packets_n <= packets_all));
	assert_true(error == CS_END || says(capture, "byte "));
	cs_capture_close(capture);
	free(exact);
}

static void
every_prefix_ends_in_words(void **state)
{
	(void)state;
	static struct wire wire;
	wire = (struct wire){0};
	put_pcap_header(&wire, false, 1);
	put_pcap_record(&wire, 1, 2, cs_span_text("some bytes"));
	put_pcap_record(&wire, 1, 3, cs_span_text("more bytes"));
	for (size_t len = 0; len < wire.len; len++)
		expect_cut(&wire, len, 1);
	wire = (struct wire){0};
	put_ng(&wire);
	for (size_t len = 0; len < wire.len; len++)
		expect_cut(&wire, len, 9);
}

static void
the_fault_names_the_byte(void **state)
{
	(void)state;
	static struct wire wire;
	wire = (struct wire){0};
	put_pcap_header(&wire, false, 1);
	put_pcap_record(&wire, 1, 2, cs_span_text("some bytes"));
	wire.len--;
	struct cs_capture *capture = open_over(&wire);
	struct cs_packet packet;
	assert_int_equal(cs_capture_next(capture, &packet), CS_E_TRUNCATED);
	assert_string_equal(cs_capture_fault(capture), "memory: byte 24: the input ends inside a packet");
	expect_end(capture);
	wire.len = 24;
	put_pcap_record(&wire, 1, 2, cs_span_text(""));
	wire.at[24 + 11] = 0x80;
	capture = open_over(&wire);
	assert_int_equal(cs_capture_next(capture, &packet), CS_E_FORMAT);
	assert_true(says(capture, "byte 32"));
	expect_end(capture);
}

static void
broken_blocks_are_refused(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint8_t value;
	} breaks[] = {
		{28 + 4, 21},           /* length no multiple of 4 */
		{28 + 4, 8},            /* length under the least */
		{28 + 20 + 8, 1},       /* packet of an interface that is not there */
		{28 + 20 + 21, 1},      /* captured length past the block */
		{28 + 20 + 40 - 4, 36}, /* the second length differs */
	};
	for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
		static struct wire wire;
		wire = (struct wire){0};
		put_section(&wire);
		put_interface(&wire, 1, 0, 0);
		put_enhanced(&wire, 0, 1, "12345678");
		assert_int_equal(wire.len, 28 + 20 + 40);
		wire.at[breaks[i].at] = breaks[i].value;
		struct cs_capture *capture = open_over(&wire);
		struct cs_packet packet;
		assert_int_equal(cs_capture_next(capture, &packet), CS_E_FORMAT);
		expect_end(capture);
	}
}

static void
strangers_are_named(void **state)
{
	(void)state;
	struct cs_capture *capture;
	struct cs_span gzip = {(const uint8_t *)"\x1f\x8b\x08\x00", 4};
	assert_int_equal(cs_capture_over(gzip, 0, &capture), CS_E_FORMAT);
	assert_true(says(capture, "gzip"));
	cs_capture_close(capture);
	assert_int_equal(cs_capture_over(cs_span_text("#!/bin/sh"), 0, &capture), CS_E_FORMAT);
	assert_true(says(capture, "neither pcap nor pcapng"));
	cs_capture_close(capture);
	assert_int_equal(cs_capture_open("/nonexistent/x.pcap", 0, &capture), CS_E_OPEN);
	assert_true(says(capture, "/nonexistent/x.pcap"));
	cs_capture_close(capture);
}

static void
times_do_not_wrap(void **state)
{
	(void)state;
	struct cs_capture_clock clock = {.multiply = 1000000000, .divide = 1, .offset_seconds = INT64_MAX};
	assert_true(cs_capture_time(&clock, UINT64_MAX) == UINT64_MAX);
	clock.offset_seconds = INT64_MIN;
	assert_int_equal(cs_capture_time(&clock, 5), 0);
	assert_true(set_resolution(&clock, 12));
	clock.offset_seconds = 0;
	assert_int_equal(cs_capture_time(&clock, 5000), 5);
	assert_false(set_resolution(&clock, 29));
	assert_false(set_resolution(&clock, 0x80 | 64));
}

static void
merged_by_time_then_by_source(void **state)
{
	(void)state;
	static struct wire wires[2];
	struct cs_capture *captures[2];
	static const char *const times[2] = {"1446", "2453"}; /* of the second source: 3 runs backwards */
	for (uint16_t i = 0; i < 2; i++) {
		wires[i] = (struct wire){0};
		put_pcap_header(&wires[i], false, 1);
		for (const char *at = times[i]; *at; at++)
			put_pcap_record(&wires[i], (uint32_t)(*at - '0'), 0, (struct cs_span){(const uint8_t *)at, 1});
		assert_int_equal(cs_capture_over(wire_span(&wires[i]), i, &captures[i]), CS_OK);
	}
	wires[1].at[wires[1].len++] = 0;
	captures[1]->len++;
	struct cs_merge *merge = cs_merge_new(captures, 2);
	struct cs_packet packet;
	unsigned source;
	static const char *const expected = "1a 2b 4a 4a 4b 5b 3b !b 6a ";
	char got[64];
	struct cs_text text = cs_text_over(got, sizeof got);
	enum cs_error error;
	while ((error = cs_merge_next(merge, &packet, &source)) != CS_END) {
		cs_text_put_char(&text, error == CS_OK ? (char)packet.at[0] : '!');
		cs_text_put_char(&text, source ? 'b' : 'a');
		cs_text_put_char(&text, ' ');
	}
	assert_string_equal(got, expected);
	assert_int_equal(cs_merge_backwards(merge), 1);
	cs_merge_free(merge);
	cs_capture_close(captures[0]);
	cs_capture_close(captures[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_in_both_orders_and_units),
		cmocka_unit_test(pcapng_with_two_sections_three_clocks_and_every_packet_block),
		cmocka_unit_test(a_pipe_reads_the_same),
		cmocka_unit_test(every_prefix_ends_in_words),
		cmocka_unit_test(the_fault_names_the_byte),
		cmocka_unit_test(broken_blocks_are_refused),
		cmocka_unit_test(strangers_are_named),
		cmocka_unit_test(times_do_not_wrap),
		cmocka_unit_test(merged_by_time_then_by_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

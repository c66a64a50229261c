/*
 * pcapng: sections, interfaces and packet blocks out of the window of capture.c.
 *
 * Every block is taken whole by its total length, which must stand again at its end; blocks that carry no
 * packet and no interface are passed over whatever their size. A new section forgets the interfaces and may
 * change the byte order. A simple packet block has no time of its own and gets that of the packet before it.
 * spec: draft-ietf-opsawg-pcapng 3.1 (block), 4.1 (SHB), 4.2 (IDB), 4.3 (EPB), 4.4 (SPB), appendix (OPB).
 */
#include "port/capture_parts.h"

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
};

enum { BLOCK_FRAME_BYTES = 12, OPTION_END = 0, OPTION_TSRESOL = 9, OPTION_TSOFFSET = 14, DECIMALS_NS = 9 };

static const uint32_t byte_order_magic = 0x1a2b3c4d;

struct block {
	uint32_t type;
	struct cs_span body;
	uint64_t body_offset; /* in the file */
};

/* The unit of time: 10^-n, or 2^-n with the top bit set. False when it is finer than anything real. */
static bool
set_resolution(struct cs_capture_clock *clock, uint8_t resolution)
{
	unsigned n = resolution & 0x7f;
	if (resolution & 0x80) {
		clock->multiply = 0;
		clock->shift = n;
		return n < 64;
	}
	clock->multiply = 1;
	clock->divide = 1;
	for (unsigned i = n; i < DECIMALS_NS; i++)
		clock->multiply *= 10;
	for (unsigned i = DECIMALS_NS; i < n && i < 28; i++)
		clock->divide *= 10;
	return n <= 28;
}

/* False when an option makes no sense. */
static bool
read_option(const struct cs_capture *capture, struct cs_capture_interface *interface, uint16_t code,
	    struct cs_span value)
{
	if (code == OPTION_TSRESOL)
		return value.len == 1 && set_resolution(&interface->clock, value.at[0]);
	if (code != OPTION_TSOFFSET)
		return true;
	if (value.len != 8)
		return false;
	uint64_t seconds;
	memcpy(&seconds, value.at, sizeof seconds);
	interface->clock.offset_seconds = (int64_t)(capture->swapped ? __builtin_bswap64(seconds) : seconds);
	return true;
}

static bool
read_options(const struct cs_capture *capture, struct cs_capture_interface *interface, struct cs_span options)
{
	while (options.len >= 4) {
		uint16_t code = cs_capture_u16(capture, options.at);
		size_t len = cs_capture_u16(capture, options.at + 2);
		size_t padded = (len + 3) & ~(size_t)3;
		if (code == OPTION_END)
			return true;
		if (padded > options.len - 4)
			return false;
		if (!read_option(capture, interface, code, (struct cs_span){options.at + 4, len}))
			return false;
		options.at += 4 + padded;
		options.len -= 4 + padded;
	}
	return true;
}

static enum cs_error
add_interface(struct cs_capture *capture, const struct block *block)
{
	if (block->body.len < 8)
		return cs_capture_fail(capture, CS_E_FORMAT, block->body_offset, "an interface block too short");
	if (capture->interfaces_n == CS_CAPTURE_INTERFACES_MAX)
		return cs_capture_fail(capture, CS_E_LIMIT, block->body_offset,
				       "more than 256 interfaces in a section");
	struct cs_capture_interface interface = {
		.clock = {.multiply = 1000, .divide = 1},
		.link_type = cs_capture_u16(capture, block->body.at),
		.snap_len = cs_capture_u32(capture, block->body.at + 4),
	};
	struct cs_span options = {block->body.at + 8, block->body.len - 8};
	if (!read_options(capture, &interface, options))
		return cs_capture_fail(capture, CS_E_FORMAT, block->body_offset + 8,
				       "an interface option that makes no sense");
	capture->interfaces[capture->interfaces_n++] = interface;
	return CS_OK;
}

/* An enhanced packet block, or its obsolete forerunner: the same but for the interface's width. */
static enum cs_error
read_packet(struct cs_capture *capture, const struct block *block, struct cs_packet *out)
{
	enum { FIXED_BYTES = 20 };
	if (block->body.len < FIXED_BYTES)
		return cs_capture_fail(capture, CS_E_FORMAT, block->body_offset, "a packet block too short");
	const uint8_t *at = block->body.at;
	uint32_t index = block->type == BLOCK_PACKET ? cs_capture_u32(capture, at) : cs_capture_u16(capture, at);
	uint32_t captured_len = cs_capture_u32(capture, at + 12);
	if (index >= capture->interfaces_n)
		return cs_capture_fail(capture, CS_E_FORMAT, block->body_offset, "a packet of an unknown interface");
	if (captured_len > block->body.len - FIXED_BYTES || captured_len > CS_CAPTURE_PACKET_MAX_BYTES)
		return cs_capture_fail(capture, CS_E_FORMAT, block->body_offset + 12, "a packet longer than its block");
	const struct cs_capture_interface *interface = &capture->interfaces[index];
	uint64_t ticks = (uint64_t)cs_capture_u32(capture, at + 4) << 32 | cs_capture_u32(capture, at + 8);
	*out = (struct cs_packet){
		.time_ns = cs_capture_time(&interface->clock, ticks),
		.number = ++capture->number,
		.file_offset = block->body_offset + FIXED_BYTES,
		.captured_len = captured_len,
		.wire_len = cs_capture_u32(capture, at + 16),
		.link_type = interface->link_type,
		.source = capture->source,
		.at = at + FIXED_BYTES,
	};
	capture->last_time_ns = out->time_ns;
	return CS_OK;
}

static enum cs_error
read_simple_packet(struct cs_capture *capture, const struct block *block, struct cs_packet *out)
{
	enum { FIXED_BYTES = 4 };
	if (block->body.len < FIXED_BYTES || capture->interfaces_n == 0)
		return cs_capture_fail(capture, CS_E_FORMAT, block->body_offset,
				       "a simple packet too short, or before any interface");
	const struct cs_capture_interface *interface = &capture->interfaces[0];
	uint32_t wire_len = cs_capture_u32(capture, block->body.at);
	uint32_t captured_len = wire_len;
	if (interface->snap_len && captured_len > interface->snap_len)
		captured_len = interface->snap_len;
	if (captured_len > block->body.len - FIXED_BYTES)
		captured_len = (uint32_t)(block->body.len - FIXED_BYTES);
	if (captured_len > CS_CAPTURE_PACKET_MAX_BYTES)
		return cs_capture_fail(capture, CS_E_FORMAT, block->body_offset, "a packet of more than 262144 bytes");
	*out = (struct cs_packet){
		.time_ns = capture->last_time_ns,
		.number = ++capture->number,
		.file_offset = block->body_offset + FIXED_BYTES,
		.captured_len = captured_len,
		.wire_len = wire_len,
		.link_type = interface->link_type,
		.source = capture->source,
		.at = block->body.at + FIXED_BYTES,
	};
	return CS_OK;
}

/* A section header tells the byte order, without which not even its own length can be read. */
static enum cs_error
begin_section(struct cs_capture *capture)
{
	enum { MAGIC_AT = 8, VERSION_AT = 12, NEEDED = 28 };
	uint64_t offset = cs_capture_offset(capture);
	enum cs_error error = cs_capture_want(capture, NEEDED);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, offset, "the section header is cut");
	const uint8_t *at = capture->at + capture->pos;
	capture->swapped = false;
	uint32_t magic = cs_capture_u32(capture, at + MAGIC_AT);
	capture->swapped = magic == __builtin_bswap32(byte_order_magic);
	if (magic != byte_order_magic && !capture->swapped)
		return cs_capture_fail(capture, CS_E_FORMAT, offset + MAGIC_AT, "no byte order in a section header");
	if (cs_capture_u16(capture, at + VERSION_AT) != 1)
		return cs_capture_fail(capture, CS_E_FORMAT, offset + VERSION_AT, "a pcapng version other than 1");
	capture->interfaces_n = 0;
	return CS_OK;
}

static bool
is_wanted(uint32_t type)
{
	return type == BLOCK_INTERFACE || type == BLOCK_PACKET || type == BLOCK_PACKET_OLD ||
	       type == BLOCK_PACKET_SIMPLE;
}

/* Passes over a block by its length, which ends it as well as begins it. */
static enum cs_error
pass_block(struct cs_capture *capture, uint32_t total)
{
	uint64_t begin = cs_capture_offset(capture);
	enum cs_error error = cs_capture_skip(capture, total - 4);
	if (error == CS_OK)
		error = cs_capture_want(capture, 4);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, begin, "the input ends inside a block");
	if (cs_capture_u32(capture, capture->at + capture->pos) != total)
		return cs_capture_fail(capture, CS_E_FORMAT, begin, "the two lengths of a block differ");
	capture->pos += 4;
	return CS_OK;
}

static enum cs_error
take_block(struct cs_capture *capture, uint32_t type, uint32_t total, struct block *out)
{
	uint64_t begin = cs_capture_offset(capture);
	if (total > CS_CAPTURE_BLOCK_MAX_BYTES)
		return cs_capture_fail(capture, CS_E_FORMAT, begin + 4, "a packet block of more than 1 MiB");
	enum cs_error error = cs_capture_want(capture, total);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, begin, "the input ends inside a block");
	const uint8_t *at = capture->at + capture->pos;
	if (cs_capture_u32(capture, at + total - 4) != total)
		return cs_capture_fail(capture, CS_E_FORMAT, begin, "the two lengths of a block differ");
	*out = (struct block){type, {at + 8, total - BLOCK_FRAME_BYTES}, begin + 8};
	capture->pos += total;
	return CS_OK;
}

/* The next block that matters here; others are passed over. */
static enum cs_error
next_block(struct cs_capture *capture, struct block *out)
{
	for (;;) {
		enum cs_error error = cs_capture_want(capture, BLOCK_FRAME_BYTES);
		if (error == CS_E_TRUNCATED && capture->pos == capture->len) {
			capture->over = true;
			return CS_END;
		}
		uint64_t begin = cs_capture_offset(capture);
		if (error != CS_OK)
			return cs_capture_fail(capture, error, begin, "the input ends inside a block");
		uint32_t type = cs_capture_u32(capture, capture->at + capture->pos);
		if (type == BLOCK_SECTION)
			CS_TRY(begin_section(capture));
		uint32_t total = cs_capture_u32(capture, capture->at + capture->pos + 4);
		if (total < BLOCK_FRAME_BYTES || total % 4)
			return cs_capture_fail(capture, CS_E_FORMAT, begin + 4, "a block length that cannot be");
		if (is_wanted(type))
			return take_block(capture, type, total, out);
		CS_TRY(pass_block(capture, total));
	}
}

enum cs_error
cs_capture_ng_next(struct cs_capture *capture, struct cs_packet *out)
{
	struct block block = {0};
	for (;;) {
		CS_TRY(next_block(capture, &block));
		if (block.type == BLOCK_PACKET_SIMPLE)
			return read_simple_packet(capture, &block, out);
		if (block.type != BLOCK_INTERFACE)
			return read_packet(capture, &block, out);
		CS_TRY(add_interface(capture, &block));
	}
}

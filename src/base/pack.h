/*
 * Numbers into bytes and back, for what we write ourselves: little-endian, and LEB128 for small ones (unsigned; signed
 * by zigzag). The writer is given room enough beforehand; the reader is total: it stays failed once it failed.
 */
#ifndef CS_BASE_PACK_H
#define CS_BASE_PACK_H

#include "base/cursor.h"

enum { CS_VARINT_BYTES_MAX = 10 };

/* cs_pack_u16, _u32 and _u64 write VALUE at AT and give the place behind it. */
static inline uint8_t *
cs_pack_u16(uint8_t *at, uint16_t value)
{
	memcpy(at, &value, sizeof value);
	return at + sizeof value;
}

static inline uint8_t *
cs_pack_u32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof value);
	return at + sizeof value;
}

static inline uint8_t *
cs_pack_u64(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof value);
	return at + sizeof value;
}

/* cs_pack_bytes copies N bytes to AT and gives the place behind them. */
static inline uint8_t *
cs_pack_bytes(uint8_t *at, const void *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

/* cs_pack_varint writes VALUE in seven bits a byte, the low ones first; at most CS_VARINT_BYTES_MAX bytes. */
static inline uint8_t *
cs_pack_varint(uint8_t *at, uint64_t value)
{
	while (value >= 0x80) {
		*at++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t)value;
	return at;
}

/* cs_pack_signed writes VALUE so that small numbers of either sign are short. */
static inline uint8_t *
cs_pack_signed(uint8_t *at, int64_t value)
{
	return cs_pack_varint(at, (uint64_t)value << 1 ^ (uint64_t)(value >> 63));
}

/* cs_unpack_bytes copies the next N bytes to OUT; false once failed. */
static inline bool
cs_unpack_bytes(struct cs_cursor *c, void *out, size_t n)
{
	struct cs_span span = cs_cursor_take(c, n);
	if (span.len == n)
		memcpy(out, span.at, n);
	return !c->failed;
}

/* cs_unpack_u16, _u32 and _u64 read what cs_pack_u.. wrote; 0 once failed. */
static inline uint16_t
cs_unpack_u16(struct cs_cursor *c)
{
	uint16_t value = 0;
	(void)cs_unpack_bytes(c, &value, sizeof value);
	return value;
}

static inline uint32_t
cs_unpack_u32(struct cs_cursor *c)
{
	uint32_t value = 0;
	(void)cs_unpack_bytes(c, &value, sizeof value);
	return value;
}

static inline uint64_t
cs_unpack_u64(struct cs_cursor *c)
{
	uint64_t value = 0;
	(void)cs_unpack_bytes(c, &value, sizeof value);
	return value;
}

/* cs_unpack_varint reads a varint; one that does not fit 64 bits, or is longer than it need be, fails. */
static inline uint64_t
cs_unpack_varint(struct cs_cursor *c)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < CS_VARINT_BYTES_MAX; i++) {
		uint8_t byte = cs_cursor_u8(c);
		bool over = i == CS_VARINT_BYTES_MAX - 1 && byte > 1;
		if (c->failed || over || (i > 0 && byte == 0))
			break;
		value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (!(byte & 0x80))
			return value;
	}
	c->failed = true;
	return 0;
}

/* cs_unpack_signed reads what cs_pack_signed wrote. */
static inline int64_t
cs_unpack_signed(struct cs_cursor *c)
{
	uint64_t value = cs_unpack_varint(c);
	return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

#endif

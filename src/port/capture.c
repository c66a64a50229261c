/*
 * Captures from files and pipes: the window over the bytes, the sniffing of the format, and classic pcap.
 *
 * A regular file is mapped and packets are lent out of the mapping; a pipe slides through one buffer. The
 * hot path checks lengths by hand against the window (want), never past it. After an end or an error a
 * capture stays ended. A mapped file that somebody shortens while it is read kills the process (SIGBUS);
 * captures still being written are to be read through a pipe. Blocks of pcapng are left to capture_ng.c.
 * spec: draft-ietf-opsawg-pcap section 4 (file header) and 5 (packet record).
 */
#include "port/capture_parts.h"

#include "io/file.h"

#include <stdlib.h>

enum {
	WINDOW_BYTES = 2 * CS_CAPTURE_BLOCK_MAX_BYTES,
	MAGIC_BYTES = 4,
	FILE_HEADER_BYTES = 24,
	RECORD_HEADER_BYTES = 16,
	MICRO_PER_UNIT_NS = 1000,
};

static const uint32_t magic_micro = 0xa1b2c3d4;
static const uint32_t magic_nano = 0xa1b23c4d;
static const uint32_t magic_ng = 0x0a0d0d0a;

enum cs_error
cs_capture_fail(struct cs_capture *capture, enum cs_error error, uint64_t offset, const char *words)
{
	struct cs_text text = cs_text_over(capture->fault, sizeof capture->fault);
	cs_text_put(&text, capture->path ? capture->path : "capture");
	if (error != CS_E_OPEN) {
		cs_text_put(&text, ": byte ");
		cs_text_put_u64(&text, offset);
	}
	cs_text_put(&text, ": ");
	cs_text_put(&text, error == CS_E_READ ? cs_file_error_text(error) : words);
	capture->over = true;
	return error;
}

static enum cs_error
refill(struct cs_capture *capture, size_t n)
{
	if (n > WINDOW_BYTES)
		return CS_E_LIMIT;
	size_t left = capture->len - capture->pos;
	memmove(capture->buffer, capture->buffer + capture->pos, left);
	capture->slid_bytes += capture->pos;
	capture->pos = 0;
	capture->len = left;
	while (capture->len < n && !capture->input_ended) {
		size_t got = 0;
		CS_TRY(cs_file_read_some(capture->descriptor, capture->buffer + capture->len,
					 WINDOW_BYTES - capture->len, &got));
		capture->input_ended = got == 0;
		capture->len += got;
	}
	return capture->len < n ? CS_E_TRUNCATED : CS_OK;
}

enum cs_error
cs_capture_want(struct cs_capture *capture, size_t n)
{
	if (capture->len - capture->pos >= n)
		return CS_OK;
	if (!capture->buffer)
		return CS_E_TRUNCATED;
	return refill(capture, n);
}

enum cs_error
cs_capture_skip(struct cs_capture *capture, uint64_t n)
{
	while (n > capture->len - capture->pos) {
		n -= capture->len - capture->pos;
		capture->pos = capture->len;
		CS_TRY(cs_capture_want(capture, 1));
	}
	capture->pos += (size_t)n;
	return CS_OK;
}

uint64_t
cs_capture_time(const struct cs_capture_clock *clock, uint64_t ticks)
{
	const uint64_t second_ns = UINT64_C(1000000000);
	__int128_t ns;
	if (clock->multiply)
		ns = (__int128_t)ticks * clock->multiply / clock->divide;
	else
		ns = (__int128_t)(ticks >> clock->shift) * second_ns +
		     (__int128_t)(((__uint128_t)(ticks & ((UINT64_C(1) << clock->shift) - 1)) * second_ns) >>
				  clock->shift);
	ns += (__int128_t)clock->offset_seconds * second_ns;
	if (ns < 0)
		return 0;
	return ns > UINT64_MAX ? UINT64_MAX : (uint64_t)ns;
}

/* What the first bytes say when they are no capture. */
static const char *
describe_stranger(const uint8_t *at)
{
	static const struct {
		uint8_t magic[MAGIC_BYTES];
		uint8_t len;
		const char *words;
	} strangers[] = {
		{{0x1f, 0x8b}, 2, "compressed with gzip; give it through `gzip -dc FILE |` and `-`"},
		{{0x28, 0xb5, 0x2f, 0xfd}, 4, "compressed with zstd; give it through `zstd -dc FILE |` and `-`"},
		{{0xfd, '7', 'z', 'X'}, 4, "compressed with xz; give it through `xz -dc FILE |` and `-`"},
		{{'B', 'Z', 'h'}, 3, "compressed with bzip2; give it through `bzip2 -dc FILE |` and `-`"},
		{{0x04, 0x22, 0x4d, 0x18}, 4, "compressed with lz4; give it through `lz4 -dc FILE |` and `-`"},
		{{'P', 'K', 3, 4}, 4, "a zip archive; unpack it first"},
		{{0xa1, 0xb2, 0xcd, 0x34}, 4, "a modified pcap (Kuznetzov); rewrite it with `editcap -F pcap`"},
		{{0x34, 0xcd, 0xb2, 0xa1}, 4, "a modified pcap (Kuznetzov); rewrite it with `editcap -F pcap`"},
	};
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
		if (memcmp(at, strangers[i].magic, strangers[i].len) == 0)
			return strangers[i].words;
	return "neither pcap nor pcapng";
}

static enum cs_error
read_file_header(struct cs_capture *capture, uint32_t magic)
{
	enum cs_error error = cs_capture_want(capture, FILE_HEADER_BYTES);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, cs_capture_offset(capture), "the pcap file header is cut");
	const uint8_t *at = capture->at + capture->pos;
	if (cs_capture_u16(capture, at + 4) != 2)
		return cs_capture_fail(capture, CS_E_FORMAT, 4, "a pcap version other than 2");
	capture->only = (struct cs_capture_interface){
		.clock = {.multiply = magic == magic_micro ? MICRO_PER_UNIT_NS : 1, .divide = 1},
		.snap_len = cs_capture_u32(capture, at + 16),
		/* the upper half tells of the frame check sequence, which the IP length leaves out anyway */
		.link_type = (uint16_t)cs_capture_u32(capture, at + 20),
	};
	capture->pos += FILE_HEADER_BYTES;
	return CS_OK;
}

static enum cs_error
sniff(struct cs_capture *capture)
{
	enum cs_error error = cs_capture_want(capture, MAGIC_BYTES);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, cs_capture_offset(capture), "too short to be a capture");
	uint32_t magic = cs_capture_u32(capture, capture->at + capture->pos);
	uint32_t turned = __builtin_bswap32(magic);
	capture->is_ng = magic == magic_ng;
	if (capture->is_ng)
		return CS_OK;
	capture->swapped = turned == magic_micro || turned == magic_nano;
	if (capture->swapped)
		magic = turned;
	if (magic == magic_micro || magic == magic_nano)
		return read_file_header(capture, magic);
	return cs_capture_fail(capture, CS_E_FORMAT, 0, describe_stranger(capture->at + capture->pos));
}

static struct cs_capture *
new_capture(const char *path, uint16_t source)
{
	struct cs_capture *capture = calloc(1, sizeof *capture);
	if (!capture)
		return NULL;
	capture->descriptor = -1;
	capture->source = source;
	capture->path = strdup(path);
	capture->interfaces = calloc(CS_CAPTURE_INTERFACES_MAX, sizeof *capture->interfaces);
	if (!capture->path || !capture->interfaces) {
		cs_capture_close(capture);
		return NULL;
	}
	return capture;
}

static enum cs_error
open_pipe(struct cs_capture *capture)
{
	enum cs_error error = cs_file_open_read(capture->path, &capture->descriptor);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, 0, cs_file_error_text(error));
	capture->buffer = malloc(WINDOW_BYTES);
	if (!capture->buffer)
		return cs_capture_fail(capture, CS_E_MEMORY, 0, "out of memory");
	capture->at = capture->buffer;
	return CS_OK;
}

static enum cs_error
open_input(struct cs_capture *capture)
{
	struct cs_span map = {0};
	if (strcmp(capture->path, "-") == 0)
		return open_pipe(capture);
	enum cs_error error = cs_file_map(capture->path, &map);
	if (error == CS_E_UNSUPPORTED)
		return open_pipe(capture);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, 0, cs_file_error_text(error));
	capture->mapped = true;
	capture->at = map.at;
	capture->len = map.len;
	capture->all_bytes = map.len;
	return CS_OK;
}

enum cs_error
cs_capture_open(const char *path, uint16_t source, struct cs_capture **out)
{
	*out = new_capture(path, source);
	if (!*out)
		return CS_E_MEMORY;
	CS_TRY(open_input(*out));
	return sniff(*out);
}

enum cs_error
cs_capture_over(struct cs_span bytes, uint16_t source, struct cs_capture **out)
{
	*out = new_capture("memory", source);
	if (!*out)
		return CS_E_MEMORY;
	(*out)->at = bytes.at;
	(*out)->len = bytes.len;
	(*out)->all_bytes = bytes.len;
	return sniff(*out);
}

void
cs_capture_close(struct cs_capture *capture)
{
	if (!capture)
		return;
	if (capture->mapped)
		cs_file_unmap((struct cs_span){capture->at, capture->len});
	cs_file_close(capture->descriptor);
	free(capture->buffer);
	free(capture->interfaces);
	free(capture->path);
	free(capture);
}

static enum cs_error
next_record(struct cs_capture *capture, struct cs_packet *out)
{
	enum cs_error error = cs_capture_want(capture, RECORD_HEADER_BYTES);
	if (error == CS_E_TRUNCATED && capture->pos == capture->len) {
		capture->over = true;
		return CS_END;
	}
	uint64_t begin = cs_capture_offset(capture);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, begin, "the input ends inside a packet record header");
	const uint8_t *at = capture->at + capture->pos;
	uint32_t captured_len = cs_capture_u32(capture, at + 8);
	if (captured_len > CS_CAPTURE_PACKET_MAX_BYTES)
		return cs_capture_fail(capture, CS_E_FORMAT, begin + 8, "a packet of more than 262144 bytes");
	error = cs_capture_want(capture, RECORD_HEADER_BYTES + (size_t)captured_len);
	if (error != CS_OK)
		return cs_capture_fail(capture, error, begin, "the input ends inside a packet");
	at = capture->at + capture->pos;
	*out = (struct cs_packet){
		.time_ns = cs_capture_u32(capture, at) * UINT64_C(1000000000) +
			   cs_capture_u32(capture, at + 4) * capture->only.clock.multiply,
		.number = ++capture->number,
		.file_offset = begin + RECORD_HEADER_BYTES,
		.captured_len = captured_len,
		.wire_len = cs_capture_u32(capture, at + 12),
		.link_type = capture->only.link_type,
		.source = capture->source,
		.at = at + RECORD_HEADER_BYTES,
	};
	capture->pos += RECORD_HEADER_BYTES + (size_t)captured_len;
	return CS_OK;
}

static void
make_ready(struct cs_capture *capture)
{
	size_t left = capture->len - capture->pos;
	size_t n = left < CS_CAPTURE_AHEAD_BYTES ? left : CS_CAPTURE_AHEAD_BYTES;
	cs_file_ready((struct cs_span){capture->at + capture->pos, n});
	capture->ready = capture->pos + n;
}

enum cs_error
cs_capture_next(struct cs_capture *capture, struct cs_packet *out)
{
	if (capture->over)
		return CS_END;
	if (capture->mapped && capture->pos >= capture->ready)
		make_ready(capture);
	return capture->is_ng ? cs_capture_ng_next(capture, out) : next_record(capture, out);
}

const char *
cs_capture_fault(const struct cs_capture *capture)
{
	return capture->fault;
}

const char *
cs_capture_path(const struct cs_capture *capture)
{
	return capture->path;
}

void
cs_capture_progress(const struct cs_capture *capture, uint64_t *done, uint64_t *all)
{
	*done = cs_capture_offset(capture);
	*all = capture->all_bytes;
}

/*
 * How fast captures become byte streams: packets a second on one core, beside libpcap reading the same file.
 *
 * One capture is written once (300 bytes of payload a packet, request and response in turn on a few connections,
 * every packet acknowledging the last), then read by libpcap alone, by our reader and parser, and by those with
 * reassembly. Each figure is the best of several passes over the warm page cache.
 */
#include "base/text.h"
#include "measure.h"
#include "port/capture.h"
#include "port/stream.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PACKETS_N = 500000, PAYLOAD_BYTES = 300, CONNECTIONS_N = 8, PASSES_N = 5, HEADERS_BYTES = 54 };

static uint64_t bytes_seen;

static void
put_be(uint8_t *at, uint32_t value, unsigned n)
{
	while (n--) {
		at[n] = (uint8_t)value;
		value >>= 8;
	}
}

static void
fill_frame(uint8_t *frame, unsigned i)
{
	unsigned round = i / (2 * CONNECTIONS_N);
	unsigned connection = i / 2 % CONNECTIONS_N;
	bool answers = i % 2;
	memset(frame, 0, HEADERS_BYTES);
	memset(frame + HEADERS_BYTES, (int)(i & 0xff), PAYLOAD_BYTES);
	put_be(frame + 12, 0x0800, 2);
	frame[14] = 0x45;
	put_be(frame + 16, HEADERS_BYTES - 14 + PAYLOAD_BYTES, 2);
	frame[22] = 64;
	frame[23] = 6;
	put_be(frame + 26, answers ? 0x0a000002 : 0x0a000001, 4);
	put_be(frame + 30, answers ? 0x0a000001 : 0x0a000002, 4);
	put_be(frame + 34, answers ? 8583 : 40000 + connection, 2);
	put_be(frame + 36, answers ? 40000 + connection : 8583, 2);
	put_be(frame + 38, 1000 + round * PAYLOAD_BYTES, 4);
	put_be(frame + 42, 1000 + (round + answers) * PAYLOAD_BYTES, 4);
	frame[46] = 0x50;
	frame[47] = 0x18;
}

static bool
write_capture(const char *path)
{
	FILE *file = fopen(path, "wb");
	if (!file)
		return false;
	const uint32_t header[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1};
	bool good = fwrite(header, sizeof header, 1, file) == 1;
	for (unsigned i = 0; i < PACKETS_N && good; i++) {
		uint8_t frame[HEADERS_BYTES + PAYLOAD_BYTES];
		const uint32_t record[4] = {1700000000 + i / 100000, i % 100000 * 10, sizeof frame, sizeof frame};
		fill_frame(frame, i);
		good = fwrite(record, sizeof record, 1, file) == 1 && fwrite(frame, sizeof frame, 1, file) == 1;
	}
	return fclose(file) == 0 && good;
}

static void
on_opened(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N])
{
	(void)context;
	(void)connection;
	(void)known_start;
}

static void
on_data(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)dir;
	(void)origin;
	bytes_seen += bytes.len;
}

static void
on_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	(void)context;
	(void)connection;
	(void)dir;
	(void)gap;
	abort();
}

static void
on_differs(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)dir;
	(void)origin;
	abort();
}

static void
on_closed(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	(void)context;
	(void)connection;
	(void)counts;
}

static const struct cs_stream_sink sink = {on_opened, on_data, on_gap, on_differs, on_closed, NULL};

static unsigned
pass_libpcap(const char *path)
{
	char fault[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, fault);
	if (!pcap)
		return 0;
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	unsigned n = 0;
	while (pcap_next_ex(pcap, &header, &bytes) == 1)
		n++;
	pcap_close(pcap);
	return n;
}

static unsigned
pass_ours(const char *path, struct cs_streams *streams)
{
	struct cs_capture *capture;
	struct cs_defrag *defrag = cs_defrag_new(16);
	unsigned n = 0;
	if (cs_capture_open(path, 0, &capture) == CS_OK && defrag) {
		struct cs_packet packet;
		struct cs_segment segment;
		while (cs_capture_next(capture, &packet) == CS_OK) {
			n += cs_packet_segment(defrag, &packet, &segment) == CS_OK;
			if (streams)
				cs_streams_segment(streams, &packet, &segment, segment.destination_port == 8583);
		}
	}
	cs_capture_close(capture);
	cs_defrag_free(defrag);
	return n;
}

static unsigned
pass_parse(const char *path)
{
	return pass_ours(path, NULL);
}

static unsigned
pass_reassembly(const char *path)
{
	const struct cs_stream_limits limits = cs_stream_limits_default();
	struct cs_streams *streams = cs_streams_new(&limits, &sink);
	if (!streams)
		return 0;
	bytes_seen = 0;
	unsigned n = pass_ours(path, streams);
	cs_streams_end(streams);
	cs_streams_free(streams);
	return bytes_seen == (uint64_t)PACKETS_N * PAYLOAD_BYTES ? n : 0;
}

/* The best rate in packets a second; 0 when a pass did not see every packet. */
static double
measure(unsigned (*pass)(const char *), const char *path)
{
	double best = 0;
	for (unsigned i = 0; i < PASSES_N; i++) {
		double begun_s = measure_s(CLOCK_MONOTONIC);
		if (pass(path) != PACKETS_N)
			return 0;
		double rate = PACKETS_N / (measure_s(CLOCK_MONOTONIC) - begun_s);
		best = rate > best ? rate : best;
	}
	return best;
}

static void
print_figure(const char *name, double rate, double reference)
{
	printf("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"packets/s\",\"reference\":\"libpcap offline read alone\","
	       "\"ratio\":%.2f}\n",
	       name, rate, rate / reference);
}

int
main(void)
{
	char path[] = "/tmp/countersign-bench-XXXXXX";
	int descriptor = mkstemp(path);
	if (descriptor < 0 || !write_capture(path)) {
		(void)fprintf(stderr, "bench_stream: the capture cannot be written to /tmp\n");
		return 1;
	}
	double reference = measure(pass_libpcap, path);
	double parse = measure(pass_parse, path);
	double reassembly = measure(pass_reassembly, path);
	(void)close(descriptor);
	(void)unlink(path);
	if (reference <= 0 || parse <= 0 || reassembly <= 0) {
		(void)fprintf(stderr, "bench_stream: a pass lost packets\n");
		return 1;
	}
	print_figure("capture read alone (libpcap)", reference, reference);
	print_figure("capture read and parse", parse, reference);
	print_figure("reassembly", reassembly, reference);
	return 0;
}

/*
 * Goal: whatever bytes are called a capture, the reader, the packet parser, fragments and reassembly stay inside
 * them, come to an end, and say where it broke.
 * Method: the input is the file. Every packet must lie in it at the offset it claims; every payload in its packet
 * (or, out of fragments, be readable to its end); reassembly must keep its accounts.
 */
#include "port/capture.h"
#include "port/stream.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static volatile uint8_t touched;

static void
touch(struct cs_span bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		touched ^= bytes.at[i];
}

static void
must(bool condition)
{
	if (!condition)
		abort();
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
	must(bytes.len > 0 && origin->direction == dir);
	touch(bytes);
}

static void
on_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	(void)context;
	(void)connection;
	(void)dir;
	must(gap->len > 0);
}

static void
on_differs(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)dir;
	(void)origin;
}

static void
on_closed(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	(void)context;
	(void)connection;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++)
		must(counts[dir].acknowledged_bytes <= counts[dir].delivered_bytes + counts[dir].lost_bytes);
}

static void
take_packet(struct cs_streams *streams, struct cs_defrag *defrag, const struct cs_packet *packet)
{
	struct cs_segment segment;
	touch((struct cs_span){packet->at, packet->captured_len});
	if (cs_packet_segment(defrag, packet, &segment) != CS_OK)
		return;
	touch(segment.payload);
	must(segment.payload.len <= segment.payload_wire_len);
	must(segment.payload_offset == 0 || segment.payload_offset + segment.payload.len <= packet->captured_len);
	cs_streams_segment(streams, packet, &segment, segment.source_port > segment.destination_port);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct cs_stream_limits limits = {
		.connections_cap = 4, .held_bytes_cap = 32768, .hold_ns = 1000000000, .hold_bytes = 8192};
	const struct cs_stream_sink sink = {on_opened, on_data, on_gap, on_differs, on_closed, NULL};
	struct cs_capture *capture = NULL;
	enum cs_error error = cs_capture_over((struct cs_span){data, len}, 1, &capture);
	struct cs_streams *streams = cs_streams_new(&limits, &sink);
	struct cs_defrag *defrag = cs_defrag_new(2);
	must(capture && streams && defrag);
	struct cs_packet packet;
	uint64_t packets_n = 0;
	while (error == CS_OK && (error = cs_capture_next(capture, &packet)) == CS_OK) {
		must(packet.number == ++packets_n && packet.captured_len <= len);
		must(packet.file_offset <= len - packet.captured_len && packet.at == data + packet.file_offset);
		take_packet(streams, defrag, &packet);
	}
	must(error == CS_END || cs_capture_fault(capture)[0] != '\0');
	cs_streams_end(streams);
	must(cs_streams_held_since(streams) == UINT64_MAX);
	cs_streams_free(streams);
	cs_defrag_free(defrag);
	cs_capture_close(capture);
	return 0;
}

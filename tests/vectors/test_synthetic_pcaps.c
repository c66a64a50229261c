/*
 * Goal: the six synthetic captures of the shared data give exactly the messages, gaps and counts they were made for.
 * Method: each file goes through capture reader, reassembly, framer (length16) and decoder (iso87-ascii); the trace
 * numbers (DE11) that come out, and the bytes lost, are compared with what the makers state. Absent data is said in
 * one line. Equivalents of our own making are in tests/story/test_property.c.
 */
#include "../unit/check.h"

#include "decode/frame.h"
#include "decode/shipped.h"
#include "port/capture.h"
#include "port/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TRACES_MAX = 32, PATH_BYTES = 1024 };

static struct {
	struct cs_iso_plans *plans;
	char folder[PATH_BYTES];
	uint64_t trace[TRACES_MAX];
	unsigned trace_n;
	unsigned undecoded_n;
	uint64_t lost_bytes;
	uint64_t lost_gaps;
	uint64_t framed_bytes;
	uint64_t skipped_bytes;
	uint64_t delivered_bytes;
} s;

static void
take_message(void *context, struct cs_span message, const struct cs_origin *origin)
{
	(void)context;
	(void)origin;
	struct cs_iso iso;
	struct cs_iso_fault fault;
	assert_true(s.trace_n < TRACES_MAX);
	if (cs_iso_decode(s.plans, message, &iso, &fault) == CS_ISO_OK && cs_iso_u64(&iso, 11, &s.trace[s.trace_n]))
		s.trace_n++;
	else
		s.undecoded_n++;
}

static void
on_opened(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N])
{
	(void)context;
	const struct cs_framing *framing = cs_framing_by_name(cs_span_text("length16"));
	for (unsigned dir = 0; dir < CS_DIR_N; dir++)
		connection->user[dir] = cs_framer_new(framing, s.plans, known_start[dir], take_message, NULL);
}

static void
on_data(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	const struct cs_origin *origin)
{
	(void)context;
	cs_framer_feed(connection->user[dir], bytes, origin);
}

static void
on_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	(void)context;
	s.lost_gaps++;
	cs_framer_gap(connection->user[dir], gap->len);
}

static void
on_differs(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)dir;
	(void)origin;
	fail_msg("a retransmission differs");
}

static void
on_closed(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	(void)context;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		cs_framer_end(connection->user[dir]);
		const struct cs_framer_counts *framed = cs_framer_counts_of(connection->user[dir]);
		s.framed_bytes += framed->framed_bytes;
		s.skipped_bytes += framed->skipped_bytes;
		s.lost_bytes += counts[dir].lost_bytes;
		s.delivered_bytes += counts[dir].delivered_bytes;
		cs_framer_free(connection->user[dir]);
	}
}

static void
play(const char *name)
{
	char path[PATH_BYTES + 64];
	struct cs_capture *capture = NULL;
	struct cs_packet packet;
	struct cs_segment segment;
	const struct cs_stream_limits limits = cs_stream_limits_default();
	const struct cs_stream_sink sink = {on_opened, on_data, on_gap, on_differs, on_closed, NULL};
	(void)snprintf(path, sizeof path, "%s/%s", s.folder, name);
	s.trace_n = s.undecoded_n = 0;
	s.lost_bytes = s.lost_gaps = s.framed_bytes = s.skipped_bytes = s.delivered_bytes = 0;
	assert_int_equal(cs_capture_open(path, 0, &capture), CS_OK);
	struct cs_streams *streams = cs_streams_new(&limits, &sink);
	struct cs_defrag *defrag = cs_defrag_new(16);
	assert_true(streams && defrag);
	while (cs_capture_next(capture, &packet) == CS_OK) {
		cs_streams_advance(streams, packet.time_ns);
		if (cs_packet_segment(defrag, &packet, &segment) == CS_OK)
			cs_streams_segment(streams, &packet, &segment, segment.destination_port == 8583);
	}
	cs_streams_end(streams);
	cs_streams_free(streams);
	cs_defrag_free(defrag);
	cs_capture_close(capture);
	assert_int_equal(s.framed_bytes + s.skipped_bytes, s.delivered_bytes);
	assert_int_equal(s.undecoded_n, 0);
}

static void
expect_traces(const char *expected)
{
	char got[256] = "";
	for (unsigned i = 0; i < s.trace_n; i++)
		(void)snprintf(got + strlen(got), sizeof got - strlen(got), "%llu ", (unsigned long long)s.trace[i]);
	assert_string_equal(got, expected);
}

static void
coalesced_and_split(void **state)
{
	(void)state;
	play("coalesced_and_split.pcap");
	expect_traces("4321 4321 4321 4321 ");
	assert_int_equal(s.skipped_bytes + s.lost_bytes, 0);
}

static void
midstream_start(void **state)
{
	(void)state;
	play("midstream_start.pcap");
	expect_traces("1 2 3 4 5 ");
	assert_int_equal(s.lost_bytes, 0);
	assert_int_equal(s.skipped_bytes, 299 - 150);
}

static void
lost_message(void **state)
{
	(void)state;
	play("lost_message.pcap");
	expect_traces("0 1 3 4 5 ");
	assert_int_equal(s.lost_bytes, 299);
	assert_int_equal(s.lost_gaps, 1);
	assert_int_equal(s.skipped_bytes, 0);
}

static void
lost_segment(void **state)
{
	(void)state;
	play("lost_segment.pcap");
	expect_traces("0 1 3 4 5 ");
	assert_int_equal(s.lost_bytes, 200);
	assert_int_equal(s.lost_gaps, 1);
	assert_int_equal(s.skipped_bytes, 299 - 200);
}

static void
out_of_order(void **state)
{
	(void)state;
	play("out_of_order.pcap");
	expect_traces("0 1 2 3 4 5 ");
	assert_int_equal(s.skipped_bytes + s.lost_bytes, 0);
}

static void
retransmission(void **state)
{
	(void)state;
	play("retransmission.pcap");
	expect_traces("0 1 2 3 4 5 ");
	assert_int_equal(s.skipped_bytes + s.lost_bytes, 0);
}

static int
prepare(void **state)
{
	(void)state;
	static struct cs_arena arena;
	static struct cs_dialect dialect;
	struct cs_dialect_fault fault;
	struct cs_span json;
	if (cs_arena_init(&arena, 1 << 20) != CS_OK || !cs_shipped_dialect(cs_span_text("iso87-ascii"), &json) ||
	    cs_dialect_read(json, "iso87-ascii", &arena, &dialect, &fault) != CS_OK)
		return -1;
	s.plans = cs_iso_plans_new(&dialect, 64);
	return s.plans ? 0 : -1;
}

static int
clean_up(void **state)
{
	(void)state;
	cs_iso_plans_free(s.plans);
	return 0;
}

/* The shared folder: named, or beside the repository. */
static bool
find_folder(void)
{
	const char *shared = getenv("COUNTERSIGN_SHARED");
	const char *root = getenv("COUNTERSIGN_ROOT");
	(void)snprintf(s.folder, sizeof s.folder, "%s%s/data/iso8583/synthetic_pcaps",
		       shared ? shared
		       : root ? root
			      : ".",
		       shared ? "" : "/../shared");
	return access(s.folder, R_OK) == 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coalesced_and_split), cmocka_unit_test(midstream_start),
		cmocka_unit_test(lost_message),        cmocka_unit_test(lost_segment),
		cmocka_unit_test(out_of_order),        cmocka_unit_test(retransmission),
	};
	if (!find_folder()) {
		printf("1..0 # SKIP the shared captures are not at %s\n", s.folder);
		return 0;
	}
	return cmocka_run_group_tests(tests, prepare, clean_up);
}

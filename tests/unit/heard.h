/*
 * Reassembly under test: the sources themselves, a sink that writes down what it hears in short words
 * ("open+- >abc <gap3 close"), and segments made by hand. For test_stream.c and test_stream_flow.c.
 */
#ifndef CS_TESTS_HEARD_H
#define CS_TESTS_HEARD_H

#include "check.h"

/* clang-format off */
#include "../../src/port/stream.c"
#include "../../src/port/stream_flow.c"
#include "../../src/port/stream_hold.c"
#include "../../src/port/stream_table.c"
/* clang-format on */

#include "base/text.h"

enum { LOG_CAP = 8192 };

/* What the sink heard. A quiet one only counts. */
struct log {
	char at[LOG_CAP];
	struct cs_text text;
	struct cs_stream_counts counts[CS_DIR_N]; /* sums over closed connections */
	uint64_t closed_n;
	struct cs_stream_gap last_gap;
	struct cs_origin last_origin;
	bool quiet;
};

static struct log heard;

static void
say(const char *what, enum cs_direction dir)
{
	if (heard.quiet)
		return;
	cs_text_put(&heard.text, dir == CS_DIR_TO_PORT ? ">" : "<");
	cs_text_put(&heard.text, what);
}

static void
on_opened(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N])
{
	(void)context;
	assert_null(connection->user[0]);
	connection->user[0] = &heard;
	if (heard.quiet)
		return;
	cs_text_put(&heard.text, "open");
	cs_text_put(&heard.text, known_start[0] ? "+" : "-");
	cs_text_put(&heard.text, known_start[1] ? "+ " : "- ");
}

static void
on_data(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	const struct cs_origin *origin)
{
	(void)context;
	assert_ptr_equal(connection->user[0], &heard);
	heard.last_origin = *origin;
	say("", dir);
	if (!heard.quiet)
		cs_text_put_span(&heard.text, bytes);
	cs_text_put_char(&heard.text, ' ');
}

static void
on_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	(void)context;
	assert_ptr_equal(connection->user[0], &heard);
	assert_true(gap->len > 0);
	heard.last_gap = *gap;
	say("gap", dir);
	cs_text_put_u64(&heard.text, gap->len);
	cs_text_put_char(&heard.text, ' ');
}

static void
on_differs(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)origin;
	say("differs ", dir);
}

static void
on_closed(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	(void)context;
	assert_ptr_equal(connection->user[0], &heard);
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		assert_true(counts[dir].acknowledged_bytes <= counts[dir].delivered_bytes + counts[dir].lost_bytes);
		heard.counts[dir].delivered_bytes += counts[dir].delivered_bytes;
		heard.counts[dir].lost_bytes += counts[dir].lost_bytes;
		heard.counts[dir].duplicate_bytes += counts[dir].duplicate_bytes;
		heard.counts[dir].acknowledged_bytes += counts[dir].acknowledged_bytes;
		heard.counts[dir].gaps += counts[dir].gaps;
		heard.counts[dir].differing_segments += counts[dir].differing_segments;
	}
	heard.closed_n++;
	cs_text_put(&heard.text, "close ");
}

static const struct cs_stream_sink listener = {on_opened, on_data, on_gap, on_differs, on_closed, NULL};

static struct cs_streams *
start(const struct cs_stream_limits *limits)
{
	struct cs_stream_limits defaults = cs_stream_limits_default();
	memset(&heard, 0, sizeof heard);
	heard.text = cs_text_over(heard.at, sizeof heard.at);
	struct cs_streams *streams = cs_streams_new(limits ? limits : &defaults, &listener);
	assert_non_null(streams);
	return streams;
}

static void
stop(struct cs_streams *streams)
{
	cs_streams_end(streams);
	assert_int_equal(cs_streams_held_since(streams), UINT64_MAX);
	assert_int_equal(streams->pool.free_n, streams->pool.cap);
	cs_streams_free(streams);
}

struct step {
	bool from_port;
	uint16_t client_port; /* 0: 40000 */
	uint32_t sequence;
	uint32_t acknowledged;
	unsigned flags; /* CS_TCP_ACK is set when acknowledged is */
	uint64_t at_ms;
	uint32_t cut; /* bytes sent but not captured */
	const char *bytes;
};

static void
give(struct cs_streams *streams, struct step step)
{
	uint16_t client_port = step.client_port ? step.client_port : 40000;
	struct cs_packet packet = {.time_ns = (1000 + step.at_ms) * 1000000, .number = 7, .file_offset = 5000};
	struct cs_segment segment = {.source_ip = {10}, .destination_ip = {10}};
	segment.source_port = step.from_port ? 8583 : client_port;
	segment.destination_port = step.from_port ? client_port : 8583;
	segment.source_ip[15] = step.from_port ? 2 : 1;
	segment.destination_ip[15] = step.from_port ? 1 : 2;
	segment.sequence = step.sequence;
	segment.acknowledged = step.acknowledged;
	segment.flags = (uint8_t)(step.flags | (step.acknowledged ? CS_TCP_ACK : 0));
	if (step.bytes)
		segment.payload = cs_span_text(step.bytes);
	segment.payload_wire_len = (uint32_t)segment.payload.len + step.cut;
	segment.payload_offset = 66;
	cs_streams_segment(streams, &packet, &segment, !step.from_port);
}

#define GIVE(...)         give(streams, (struct step){__VA_ARGS__})
#define BYTES(from, text) GIVE(.sequence = (from), .bytes = (text))

__attribute__((unused)) static void
expect(const char *words)
{
	assert_string_equal(heard.at, words);
}

__attribute__((unused)) static void
shake_hands(struct cs_streams *streams, uint32_t client_seq, uint32_t server_seq)
{
	GIVE(.sequence = client_seq, .flags = CS_TCP_SYN);
	GIVE(.from_port = true, .sequence = server_seq, .acknowledged = client_seq + 1, .flags = CS_TCP_SYN);
}

#endif

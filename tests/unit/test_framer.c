/*
 * Goal: a stream cut up in any way gives the same messages with the right origins; a gap costs what it touches;
 * a lost border is found again; no byte goes uncounted.
 * Method: a decoder of our own stands in for ISO 8583 (MTI, 16 hex, 3 digits, that many letters), so that right and
 * wrong are known without it; streams are made, cut and holed by a seeded generator whose seed is printed on failure.
 */
#include "check.h"

#include "decode/frame.c"
#include "decode/framer.c"
#include "decode/framer_search.c"

#include <stdio.h>

struct cs_iso_plans {
	struct cs_dialect dialect;
};

const struct cs_dialect *
cs_iso_plans_dialect(const struct cs_iso_plans *plans)
{
	return &plans->dialect;
}

static enum cs_iso_reason
digits_at(struct cs_span message, size_t at, size_t n, unsigned base)
{
	for (size_t i = at; i < at + n; i++) {
		if (i >= message.len)
			return CS_ISO_TRUNCATED;
		if (digit(message.at[i], base) == 16)
			return CS_ISO_NOT_NUMERIC;
	}
	return CS_ISO_OK;
}

enum cs_iso_reason
cs_iso_decode(struct cs_iso_plans *plans, struct cs_span message, struct cs_iso *out, struct cs_iso_fault *fault)
{
	(void)out;
	(void)fault;
	size_t at = plans->dialect.header_len;
	enum cs_iso_reason reason = digits_at(message, at, 4, 10);
	if (reason == CS_ISO_OK)
		reason = digits_at(message, at + 4, 16, 16);
	if (reason == CS_ISO_OK)
		reason = digits_at(message, at + 20, 3, 10);
	if (reason != CS_ISO_OK)
		return reason;
	size_t n = 0;
	for (size_t i = 0; i < 3; i++)
		n = n * 10 + message.at[at + 20 + i] - '0';
	for (size_t i = at + 23; i < at + 23 + n && i < message.len; i++)
		if (message.at[i] < 'a' || message.at[i] > 'z')
			return CS_ISO_NOT_NUMERIC;
	if (message.len < at + 23 + n)
		return CS_ISO_TRUNCATED;
	return message.len > at + 23 + n ? CS_ISO_TRAILING : CS_ISO_OK;
}

enum { MESSAGES = 40, STREAM_BYTES = 1 << 16, GOT_MAX = 4 * MESSAGES };

static struct {
	uint64_t seed;
	uint8_t bytes[STREAM_BYTES];
	size_t len;
	size_t start[MESSAGES + 1]; /* of frames */
	size_t message_len[MESSAGES];
	struct {
		size_t at; /* frame start, from origin.offset */
		uint64_t hash;
		struct cs_origin origin;
	} got[GOT_MAX];
	size_t got_n;
} s;

static struct cs_iso_plans plans = {{.mti_encoding = CS_ENC_ASCII, .bitmap_encoding = CS_ENC_HEX}};

static uint32_t
draw(uint32_t below)
{
	s.seed = s.seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return (uint32_t)((s.seed >> 33) % below);
}

static void
put_number(const struct cs_framing *f, uint8_t *head, size_t value)
{
	for (size_t i = 0; i < f->width; i++) {
		size_t place = f->number == CS_FRAMING_LITTLE ? i : f->width - 1U - i;
		unsigned base = f->number == CS_FRAMING_DIGITS ? 10
				: f->number == CS_FRAMING_HEX  ? 16
				: f->number == CS_FRAMING_BCD  ? 100
							       : 256;
		unsigned digit_value = (unsigned)(value % base);
		value /= base;
		uint8_t *at = &head[f->at + place];
		if (base == 10 || base == 16)
			*at = (uint8_t)("0123456789ABCDEF"[digit_value]);
		else if (base == 100)
			*at = (uint8_t)(digit_value / 10 << 4 | digit_value % 10);
		else
			*at = (uint8_t)digit_value;
	}
}

static void
put_frame(const struct cs_framing *f, const char *message, size_t len)
{
	uint8_t *head = s.bytes + s.len;
	memset(head, 0, f->head_bytes);
	for (unsigned i = 0; i < f->fixed_n; i++)
		head[f->fixed[i][0]] = f->fixed[i][1];
	if (f->width)
		put_number(f, head, len ? len + f->counts_bytes : 0);
	s.len += f->head_bytes;
	memcpy(s.bytes + s.len, message, len);
	s.len += len;
	if (f->trailer >= 0 && (len || !f->width))
		s.bytes[s.len++] = (uint8_t)f->trailer;
}

static void
make_stream(const struct cs_framing *f, bool keepalives)
{
	s.len = 0;
	for (unsigned i = 0; i < MESSAGES; i++) {
		char message[512];
		size_t n = draw(300);
		for (unsigned k = plans.dialect.header_len; k > 0; k--)
			message[k - 1] = 'H';
		size_t at = plans.dialect.header_len;
		at += (size_t)snprintf(message + at, sizeof message - at, "0200F23846D1%08X%03zu", 1U << draw(8), n);
		for (size_t k = 0; k < n; k++)
			message[at++] = (char)('a' + draw(26));
		if (keepalives && draw(3) == 0)
			put_frame(f, "", 0);
		s.start[i] = s.len;
		s.message_len[i] = at;
		put_frame(f, message, at);
	}
	s.start[MESSAGES] = s.len;
}

static void
sink(void *context, struct cs_span message, const struct cs_origin *origin)
{
	(void)context;
	assert_true(s.got_n < GOT_MAX);
	s.got[s.got_n].at = origin->offset;
	s.got[s.got_n].origin = *origin;
	s.got[s.got_n++].hash = cs_hash_bytes(message, 7);
}

/* Feeds stream bytes from..to in segments of 1..most bytes; the packet number is the position of the segment. */
static void
feed(struct cs_framer *framer, size_t from, size_t to, uint32_t most)
{
	while (from < to) {
		size_t n = 1 + draw(most);
		n = n < to - from ? n : to - from;
		struct cs_origin origin = {.packet = from, .offset = (uint32_t)from, .time_ns = from + n};
		uint8_t *copy = malloc(n); /* so that a sanitizer sees every read past it */
		assert_non_null(copy);
		memcpy(copy, s.bytes + from, n);
		cs_framer_feed(framer, (struct cs_span){copy, n}, &origin);
		free(copy);
		from += n;
	}
}

/* Message INDEX came out, as number AT. */
static void
check_got(const struct cs_framing *f, size_t at, size_t index)
{
	assert_true(at < s.got_n);
	assert_int_equal(s.got[at].at, s.start[index]);
	struct cs_span message = {s.bytes + s.start[index] + f->head_bytes, s.message_len[index]};
	assert_int_equal(s.got[at].hash, cs_hash_bytes(message, 7));
	assert_true(s.got[at].origin.packet <= s.start[index]);
	size_t end = s.start[index] + f->head_bytes + s.message_len[index] + (f->trailer >= 0);
	assert_true(s.got[at].origin.time_ns >= end);
}

static void
any_cut_gives_the_same(void **state)
{
	(void)state;
	for (unsigned row = 0; cs_framing_at(row); row++) {
		const struct cs_framing *f = cs_framing_at(row);
		for (uint64_t round = 0; round < 20; round++) {
			s.seed = row * 1000 + round;
			plans.dialect.header_len = round % 2 ? 5 : 0;
			make_stream(f, true);
			s.got_n = 0;
			struct cs_framer *framer = cs_framer_new(f, &plans, true, sink, NULL);
			assert_non_null(framer);
			feed(framer, 0, s.len, round == 0 ? 1 : round == 1 ? STREAM_BYTES : 700);
			assert_int_equal(s.got_n, MESSAGES);
			for (size_t i = 0; i < MESSAGES; i++)
				check_got(f, i, i);
			cs_framer_end(framer);
			const struct cs_framer_counts *counts = cs_framer_counts_of(framer);
			assert_int_equal(counts->framed_bytes, s.len);
			assert_int_equal(counts->messages, MESSAGES);
			assert_int_equal(counts->skipped_bytes + counts->cut_messages + counts->resyncs, 0);
			cs_framer_free(framer);
		}
	}
	plans.dialect.header_len = 0;
}

static void
middle_start_finds_the_border(void **state)
{
	(void)state;
	for (unsigned row = 0; cs_framing_at(row); row++) {
		const struct cs_framing *f = cs_framing_at(row);
		for (uint64_t round = 0; round < 20; round++) {
			s.seed = 77 + row * 1000 + round;
			make_stream(f, round % 2);
			s.got_n = 0;
			size_t from = s.start[3] + 1 + draw((uint32_t)(s.start[4] - s.start[3] - 1));
			struct cs_framer *framer = cs_framer_new(f, &plans, false, sink, NULL);
			feed(framer, from, s.len, round % 3 ? 500 : 3);
			assert_int_equal(s.got_n, MESSAGES - 4);
			for (size_t i = 4; i < MESSAGES; i++)
				check_got(f, i - 4, i);
			assert_int_equal(cs_framer_counts_of(framer)->resyncs, 1);
			assert_int_equal(cs_framer_counts_of(framer)->skipped_bytes +
						 cs_framer_counts_of(framer)->framed_bytes,
					 s.len - from);
			cs_framer_free(framer);
		}
	}
}

/* Where a gap lies: its own message is lost and, when it ends inside another, that one too; no other. */
static void
gap_case(const struct cs_framing *f, bool small)
{
	make_stream(f, false);
	s.got_n = 0;
	size_t from = s.start[8] + draw((uint32_t)(s.start[10] - s.start[8]));
	size_t to = from + 1 + draw(small ? 40 : 900);
	struct cs_framer *framer = cs_framer_new(f, &plans, true, sink, NULL);
	feed(framer, 0, from, 300);
	cs_framer_gap(framer, to - from);
	feed(framer, to, s.len, 300);
	cs_framer_end(framer);
	const struct cs_framer_counts *counts = cs_framer_counts_of(framer);
	assert_int_equal(counts->lost_bytes, to - from);
	assert_int_equal(counts->framed_bytes + counts->skipped_bytes + counts->lost_bytes, s.len);
	size_t at = 0;
	for (size_t i = 0; i < MESSAGES; i++)
		if (s.start[i + 1] <= from || s.start[i] >= to)
			check_got(f, at++, i);
	assert_int_equal(s.got_n, at);
	cs_framer_free(framer);
}

static void
gap_costs_what_it_touches(void **state)
{
	(void)state;
	for (unsigned row = 0; cs_framing_at(row); row++) {
		for (uint64_t round = 0; round < 60; round++) {
			s.seed = 5 + row * 1000 + round;
			gap_case(cs_framing_at(row), round % 2);
		}
	}
}

static void
a_gap_in_a_known_frame_needs_no_search(void **state)
{
	(void)state;
	s.seed = 1;
	const struct cs_framing *f = cs_framing_by_name(cs_span_text("length16"));
	make_stream(f, false);
	s.got_n = 0;
	struct cs_framer *framer = cs_framer_new(f, &plans, true, sink, NULL);
	feed(framer, 0, s.start[2] + 10, 100);
	cs_framer_gap(framer, 5);
	feed(framer, s.start[2] + 15, s.start[3], 100);
	assert_int_equal(cs_framer_counts_of(framer)->cut_messages, 1);
	assert_int_equal(cs_framer_counts_of(framer)->resyncs, 0);
	assert_int_equal(s.got_n, 2);
	feed(framer, s.start[3], s.start[4], 100);
	assert_int_equal(s.got_n, 3);
	check_got(f, 2, 3);
	cs_framer_free(framer);
}

/* Nothing learnt: one message is no proof, the second is. */
static void
one_message_is_no_proof(void **state)
{
	(void)state;
	s.seed = 2;
	const struct cs_framing *f = cs_framing_by_name(cs_span_text("length16"));
	make_stream(f, false);
	s.got_n = 0;
	struct cs_framer *framer = cs_framer_new(f, &plans, false, sink, NULL);
	feed(framer, s.start[1], s.start[3] - 1, 50);
	assert_int_equal(s.got_n, 0);
	feed(framer, s.start[3] - 1, s.start[3], 50);
	assert_int_equal(s.got_n, 2);
	assert_int_equal(cs_framer_counts_of(framer)->skipped_bytes, 0);
	cs_framer_free(framer);
}

/* Frames that never make sense on a direction that did: the border was lost unseen, and is found again. */
static void
an_unseen_slip_is_found(void **state)
{
	(void)state;
	s.seed = 3;
	const struct cs_framing *f = cs_framing_by_name(cs_span_text("length16"));
	make_stream(f, false);
	s.got_n = 0;
	struct cs_framer *framer = cs_framer_new(f, &plans, true, sink, NULL);
	feed(framer, 0, s.start[5], 100);
	static const uint8_t junk[] = "\x00\x02xx\x00\x02xx\x00\x02xx\x00\x02xx\x00\xFFyyyyyy";
	cs_framer_feed(framer, (struct cs_span){junk, sizeof junk - 1}, &(struct cs_origin){.offset = 1000000});
	feed(framer, s.start[5], s.len, 100);
	assert_int_equal(s.got_n, MESSAGES + 4);
	check_got(f, MESSAGES + 3, MESSAGES - 1);
	assert_int_equal(cs_framer_counts_of(framer)->resyncs, 1);
	cs_framer_free(framer);
}

/* Anything at all: the equation holds after every call (asserted inside), and at the end nothing is held. */
static void
any_bytes_are_accounted_for(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 300; round++) {
		s.seed = 9000 + round;
		const struct cs_framing *f = cs_framing_at((unsigned)round % 18);
		make_stream(f, true);
		for (size_t i = 0; i < s.len; i++)
			if (draw(round % 3 ? 50 : 2000) == 0)
				s.bytes[i] = (uint8_t)draw(256);
		s.got_n = 0;
		struct cs_framer *framer = cs_framer_new(f, &plans, round % 2, sink, NULL);
		uint64_t in_bytes = 0;
		for (size_t at = 0; at < s.len;) {
			size_t n = 1 + draw(1200);
			n = n < s.len - at ? n : s.len - at;
			if (draw(10) == 0)
				cs_framer_gap(framer, n);
			else
				feed(framer, at, at + n, 400);
			at += n;
			in_bytes += n;
		}
		cs_framer_end(framer);
		const struct cs_framer_counts *counts = cs_framer_counts_of(framer);
		assert_int_equal(counts->framed_bytes + counts->skipped_bytes + counts->lost_bytes, in_bytes);
		assert_int_equal(cs_framer_held_bytes(framer), 0);
		cs_framer_free(framer);
	}
}

/* The largest frame passes; noise without end is given up in halves, never more than the buffer is held. */
static void
limits_hold(void **state)
{
	(void)state;
	static uint8_t noise[100000];
	memset(noise, '0', sizeof noise);
	struct cs_framer *framer =
		cs_framer_new(cs_framing_by_name(cs_span_text("length16")), &plans, false, sink, NULL);
	for (unsigned i = 0; i < 10; i++) {
		cs_framer_feed(framer, (struct cs_span){noise, sizeof noise}, &(struct cs_origin){0});
		assert_true(cs_framer_held_bytes(framer) <= CS_FRAMER_BUFFER_BYTES);
	}
	cs_framer_end(framer);
	assert_int_equal(cs_framer_counts_of(framer)->skipped_bytes, 10 * sizeof noise);
	cs_framer_free(framer);
	framer = cs_framer_new(cs_framing_by_name(cs_span_text("length16")), &plans, true, sink, NULL);
	noise[0] = noise[1] = 0xFF;
	s.got_n = 0;
	cs_framer_feed(framer, (struct cs_span){noise, 65537}, &(struct cs_origin){0});
	assert_int_equal(s.got_n, 1);
	cs_framer_free(framer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_gives_the_same),      cmocka_unit_test(middle_start_finds_the_border),
		cmocka_unit_test(gap_costs_what_it_touches),   cmocka_unit_test(a_gap_in_a_known_frame_needs_no_search),
		cmocka_unit_test(one_message_is_no_proof),     cmocka_unit_test(an_unseen_slip_is_found),
		cmocka_unit_test(any_bytes_are_accounted_for), cmocka_unit_test(limits_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

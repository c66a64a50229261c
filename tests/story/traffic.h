/*
 * Traffic over two links, honest and not, with gaps, stand-in, sign-offs, reversals and replays, as a record of what a judge
 * is told: drawn from a seed. The functions of one file of tests, shared by inclusion.
 */
#ifndef CS_TESTS_TRAFFIC_H
#define CS_TESTS_TRAFFIC_H

#include "events.h"
#include "record.h"

enum { MESSAGES_MAX = 4096, NUMBERS = 400, SPAN_MS = 240000 };

struct message {
	uint64_t time_ns;
	struct cs_event event;
};

static struct {
	uint64_t seed;
	unsigned transaction_n;
	struct message message[MESSAGES_MAX];
	size_t message_n;
	struct record record;
} traffic;

static uint64_t
draw(uint64_t below)
{
	traffic.seed = traffic.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (traffic.seed >> 33) % below;
}

static bool
one_in(unsigned n)
{
	return draw(n) == 0;
}

/* --- messages --- */

static struct cs_event *
add(unsigned link, const char *kind, uint64_t number, uint64_t at_ms)
{
	CS_ASSERT(traffic.message_n < MESSAGES_MAX);
	struct message *message = &traffic.message[traffic.message_n++];
	bool answer = false;
	memset(message, 0, sizeof *message);
	message->time_ns = epoch_ns + at_ms * 1000000;
	message->event.link = (uint16_t)link;
	message->event.origin.time_ns = message->time_ns;
	message->event.origin.packet = traffic.message_n;
	bool known = set_kind(&message->event, kind, &answer);
	CS_ASSERT(known);
	message->event.origin.direction = answer ? CS_DIR_FROM_PORT : CS_DIR_TO_PORT;
	fill(&message->event, number, link == 1, answer);
	return &message->event;
}

static void
add_honest(uint64_t number, uint64_t at_ms)
{
	uint64_t took_ms = 40 + draw(60);
	add(0, "request", number, at_ms);
	add(1, "request", number, at_ms + 1);
	struct cs_event *proof = add(1, "response", number, at_ms + took_ms);
	struct cs_event *claim = add(0, "response", number, at_ms + took_ms + 1);
	if (one_in(3)) {
		set_balance(proof, "10.00", "EUR");
		set_balance(claim, "10.00", one_in(9) ? "USD" : "EUR");
	}
	if (one_in(9))
		set_money(claim, CS_FIELD_AMOUNT, "500.00", "EUR");
	if (one_in(9))
		set_code(proof, "51");
	if (one_in(9))
		set_text(claim, CS_FIELD_APPROVAL_CODE, "000000");
	if (one_in(9))
		set_element(claim, 60 + (unsigned)draw(4), true);
}

static void
add_forged(uint64_t number, uint64_t at_ms)
{
	if (!one_in(4))
		add(0, "request", number, at_ms);
	if (one_in(3))
		add(1, "request", number, at_ms + 1);
	add(0, "response", number, at_ms + 1 + draw(80));
	if (one_in(3))
		set_text(add(0, "response", number, at_ms + 500 + draw(80000)), CS_FIELD_APPROVAL_CODE, "REPLAY");
}

/* The switch stands in; the advice comes, or not, or for another sum. */
static void
add_stood_in(uint64_t number, uint64_t at_ms)
{
	add(0, "request", number, at_ms);
	add(1, "request", number, at_ms + 1);
	add(0, "response", number, at_ms + 5000 + draw(2000));
	if (one_in(4))
		return;
	struct cs_event *advice = add(1, "advice", number, at_ms + 8000 + draw(60000));
	set_code(advice, "00");
	if (one_in(5))
		set_money(advice, CS_FIELD_AMOUNT, "1.00", "EUR");
}

static void
add_repeated(uint64_t number, uint64_t at_ms)
{
	add_honest(number, at_ms);
	struct cs_event *again = add(0, "request", number, at_ms + 150);
	again->flags |= CS_FLAG_REPEAT;
	add(0, "response", number, at_ms + 200 + draw(90000));
}

static void
add_reversal(uint64_t number, uint64_t at_ms)
{
	if (one_in(2))
		add_honest(number, at_ms);
	add(0, "reversal", number, at_ms + 1000);
	add(0, "reversal_response", number, at_ms + 1001);
}

/* A link signs off and, mostly, on again. */
static void
add_absence(uint64_t at_ms)
{
	unsigned link = (unsigned)draw(2);
	for (unsigned i = 0; i < 2; i++) {
		const char *code = i ? "001" : "002";
		uint64_t then_ms = at_ms + i * (3000 + draw(20000));
		set_text(add(link, "network", 0, then_ms), CS_FIELD_NETWORK_CODE, code);
		if (!one_in(4))
			set_text(add(link, "network_response", 0, then_ms + 20), CS_FIELD_NETWORK_CODE, code);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct message *x = a, *y = b;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->event.origin.packet < y->event.origin.packet ? -1 : 1;
}

static void
make_messages(void)
{
	static void (*const shapes[])(uint64_t number, uint64_t at_ms) = {
		add_honest, add_honest, add_honest,   add_honest,   add_honest,  add_honest,
		add_forged, add_forged, add_stood_in, add_repeated, add_reversal};
	traffic.message_n = 0;
	/* One draw a statement: the order within a call is the compiler's. */
	for (unsigned i = 0; i < traffic.transaction_n; i++) {
		uint64_t shape = draw(sizeof shapes / sizeof shapes[0]), number = draw(NUMBERS);
		shapes[shape](number, draw(SPAN_MS));
	}
	for (unsigned i = 0; i < 3; i++)
		add_absence(draw(SPAN_MS));
	qsort(traffic.message, traffic.message_n, sizeof traffic.message[0], by_time);
	for (size_t i = 0; i < traffic.message_n; i++)
		hash_event(&traffic.message[i].event);
}

/* --- the record --- */

static void
record_tick(uint64_t now_ns)
{
	struct cs_tick *tick = &record_add(&traffic.record, INPUT_TICK)->tick;
	tick->now_ns = now_ns;
	for (unsigned i = 0; i < 2; i++)
		tick->settled_ns[i] = one_in(20) ? 0 : now_ns - draw(300) * 1000000;
}

static void
record_gap(uint64_t now_ns)
{
	struct input *input = record_add(&traffic.record, INPUT_GAP);
	uint64_t from_ns = now_ns - draw(10000) * 1000000;
	input->link = (unsigned)draw(2);
	input->dir = (enum cs_direction)draw(CS_DIR_N);
	input->gap.from_ns = from_ns;
	input->gap.to_ns = from_ns + draw(3000) * 1000000;
	input->gap.len = 1 + draw(500);
	if (one_in(2))
		return;
	struct cs_finding *finding = &record_add(&traffic.record, INPUT_TELL)->finding;
	*finding =
		(struct cs_finding){.reason = CS_REASON_CAPTURE_GAP, .expectation = "coverage", .decided_ns = now_ns};
}

static void
make_record(void)
{
	bool lossy = !one_in(3);
	traffic.record.n = 0;
	for (unsigned i = 0; i < 2; i++) {
		struct input *input = record_add(&traffic.record, INPUT_START);
		input->link = i;
		input->gap.from_ns = epoch_ns - (one_in(4) ? 0 : UINT64_C(100000000000000));
	}
	for (size_t i = 0; i < traffic.message_n; i++) {
		record_add(&traffic.record, INPUT_EVENT)->event = traffic.message[i].event;
		if (one_in(2))
			record_tick(traffic.message[i].time_ns);
		if (lossy && one_in(60))
			record_gap(traffic.message[i].time_ns);
	}
	record_tick(epoch_ns + UINT64_C(3600000000000)); /* every debt is due by then */
	record_add(&traffic.record, INPUT_FINISH);
}

#endif

/*
 * Goal: a judge's regions are all of its state: whoever takes them over at any point goes on exactly as the first one,
 * and the same inputs give the same state whatever lay in memory before.
 * Method: seeded traffic over two links, honest and not, with gaps, stand-in, sign-offs, reversals, replays and tables
 * that are too small; a record of it told to three judges (record.h). A failing case prints its seed. Then each region
 * is spoiled once: the hash must notice.
 */
#include "../unit/check.h"

#include "events.h"
#include "record.h"

enum { CASES = 300, TRANSACTIONS = 150, MESSAGES_MAX = 4096, NUMBERS = 400, SPAN_MS = 240000 };

struct message {
	uint64_t time_ns;
	struct cs_event event;
};

static struct {
	uint64_t seed;
	struct cs_arena arena;
	struct cs_policy policy;
	struct message message[MESSAGES_MAX];
	size_t message_n;
	struct record record;
	uint64_t found_n[CS_REASON_N];
} s;

static uint64_t
draw(uint64_t below)
{
	s.seed = s.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (s.seed >> 33) % below;
}

static bool
one_in(unsigned n)
{
	return draw(n) == 0;
}

/* --- traffic --- */

static struct cs_event *
add(unsigned link, const char *kind, uint64_t number, uint64_t at_ms)
{
	assert_true(s.message_n < MESSAGES_MAX);
	struct message *message = &s.message[s.message_n++];
	bool answer = false;
	memset(message, 0, sizeof *message);
	message->time_ns = epoch_ns + at_ms * 1000000;
	message->event.link = (uint16_t)link;
	message->event.origin.time_ns = message->time_ns;
	message->event.origin.packet = s.message_n;
	assert_true(set_kind(&message->event, kind, &answer));
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
	s.message_n = 0;
	for (unsigned i = 0; i < TRANSACTIONS; i++)
		shapes[draw(sizeof shapes / sizeof shapes[0])](draw(NUMBERS), draw(SPAN_MS));
	for (unsigned i = 0; i < 3; i++)
		add_absence(draw(SPAN_MS));
	qsort(s.message, s.message_n, sizeof s.message[0], by_time);
	for (size_t i = 0; i < s.message_n; i++)
		hash_event(&s.message[i].event);
}

/* --- the record --- */

static void
record_tick(uint64_t now_ns)
{
	struct cs_tick *tick = &record_add(&s.record, INPUT_TICK)->tick;
	tick->now_ns = now_ns;
	for (unsigned i = 0; i < 2; i++)
		tick->settled_ns[i] = one_in(20) ? 0 : now_ns - draw(300) * 1000000;
}

static void
record_gap(uint64_t now_ns)
{
	struct input *input = record_add(&s.record, INPUT_GAP);
	uint64_t from_ns = now_ns - draw(10000) * 1000000;
	input->link = (unsigned)draw(2);
	input->dir = (enum cs_direction)draw(CS_DIR_N);
	input->gap = (struct cs_gap){from_ns, from_ns + draw(3000) * 1000000, 1 + draw(500)};
	if (one_in(2))
		return;
	struct cs_finding *finding = &record_add(&s.record, INPUT_TELL)->finding;
	*finding =
		(struct cs_finding){.reason = CS_REASON_CAPTURE_GAP, .expectation = "coverage", .decided_ns = now_ns};
}

static void
make_record(void)
{
	bool lossy = !one_in(3);
	s.record.n = 0;
	for (unsigned i = 0; i < 2; i++) {
		struct input *input = record_add(&s.record, INPUT_START);
		input->link = i;
		input->gap.from_ns = epoch_ns - (one_in(4) ? 0 : UINT64_C(100000000000000));
	}
	for (size_t i = 0; i < s.message_n; i++) {
		record_add(&s.record, INPUT_EVENT)->event = s.message[i].event;
		if (one_in(2))
			record_tick(s.message[i].time_ns);
		if (lossy && one_in(60))
			record_gap(s.message[i].time_ns);
	}
	record_tick(epoch_ns + UINT64_C(3600000000000)); /* every debt is due by then */
	record_add(&s.record, INPUT_FINISH);
}

static void
make_case(uint64_t seed)
{
	s.seed = seed * UINT64_C(0x9E3779B97F4A7C15);
	make_messages();
	make_record();
	for (unsigned i = 0; i < 2; i++)
		s.policy.link[i].transactions_cap = one_in(3) ? 16 : 200;
}

/* --- what must hold --- */

static void
state_is_carried_over_at_any_point(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		make_case(seed);
		const char *flaw = record_flaw(&s.record, &s.policy, draw(s.record.n + 1));
		if (flaw)
			fail_msg("seed %llu: %s", (unsigned long long)seed, flaw);
	}
	print_message("# seeds 1 to %u\n", CASES);
}

static void
count_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	s.found_n[finding->reason]++;
}

/* A test that finds nothing proves nothing. */
static void
traffic_has_something_of_everything(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CASES / 4; seed++) {
		make_case(seed);
		struct cs_judge *judge = cs_judge_new(&s.policy, &(struct cs_detect_sink){count_finding, NULL});
		tell_inputs(judge, &s.record, 0, s.record.n, 0);
		cs_judge_free(judge);
	}
	static const enum cs_reason wanted[] = {
		CS_REASON_NO_ISSUER_REQUEST, CS_REASON_AHEAD_OF_ISSUER,   CS_REASON_ISSUER_DECLINED,
		CS_REASON_AMOUNT_DIFFERS,    CS_REASON_ADVICE_MISSING,    CS_REASON_UNPROVEN,
		CS_REASON_UNASKED_RESPONSE,  CS_REASON_REPLAYED_RESPONSE, CS_REASON_SIGNED_OFF,
		CS_REASON_REVERSAL_UNKNOWN,  CS_REASON_FINGERPRINT,       CS_REASON_APPROVAL_CODE_ODD,
		CS_REASON_BALANCE_ODD,       CS_REASON_TOO_FAST,          CS_REASON_CONSERVATION,
		CS_REASON_STATE_FULL,        CS_REASON_CAPTURE_GAP,
	};
	for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (!s.found_n[wanted[i]])
			fail_msg("never found: %s", cs_reason_name(wanted[i]));
}

static void
hash_is_over_every_region(void **state)
{
	(void)state;
	struct verdicts heard = {0, 0};
	struct cs_regions regions;
	make_case(1);
	struct cs_judge *judge = cs_judge_new(&s.policy, &(struct cs_detect_sink){hear, &heard});
	tell_inputs(judge, &s.record, 0, s.record.n / 2, 0);
	cs_judge_regions(judge, &regions);
	uint64_t hash = cs_judge_hash(judge);
	for (unsigned i = 0; i < regions.n; i++) {
		uint8_t *last = (uint8_t *)regions.at[i].at + regions.at[i].len - 1;
		*last ^= 1;
		assert_true(cs_judge_hash(judge) != hash);
		*last ^= 1;
	}
	assert_true(cs_judge_hash(judge) == hash);
	assert_true(cs_regions_bytes(&regions) < cs_judge_bytes(&s.policy));
	cs_judge_free(judge);
}

static void
another_policy_is_another_layout(void **state)
{
	(void)state;
	struct cs_policy other = s.policy;
	struct verdicts heard = {0, 0};
	const struct cs_detect_sink sink = {hear, &heard};
	uint64_t layout[4];
	for (unsigned i = 0; i < 4; i++) {
		other.hash = s.policy.hash + (i == 2);
		other.link[1].transactions_cap = 100 + (i == 3);
		struct cs_judge *judge = cs_judge_new(&other, &sink);
		layout[i] = cs_judge_layout(judge);
		cs_judge_free(judge);
	}
	assert_true(layout[0] == layout[1]);
	assert_true(layout[0] != layout[2]);
	assert_true(layout[0] != layout[3]);
}

/* The shipped policy, quicker to learn. */
static int
prepare(void **state)
{
	(void)state;
	const struct cs_policy *read;
	struct cs_complaints complaints = {0};
	if (!read_policy("policies/two-taps.policy", &s.arena, &read, &complaints))
		return -1;
	s.policy = *read;
	for (unsigned i = 0; i < s.policy.watch_n; i++)
		for (unsigned k = 0; k < CS_WATCH_N; k++)
			s.policy.watch[i].row[k].after_n = 20;
	return 0;
}

static int
clean_up(void **state)
{
	(void)state;
	free(s.record.at);
	cs_arena_fini(&s.arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_is_carried_over_at_any_point),
		cmocka_unit_test(traffic_has_something_of_everything),
		cmocka_unit_test(hash_is_over_every_region),
		cmocka_unit_test(another_policy_is_another_layout),
	};
	return cmocka_run_group_tests(tests, prepare, clean_up);
}

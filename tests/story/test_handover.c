/*
 * Goal: a judge's regions are all of its state: whoever takes them over at any point goes on exactly as the first one,
 * and the same inputs give the same state whatever lay in memory before.
 * Method: seeded traffic over two links, honest and not, with gaps, stand-in, sign-offs, reversals, replays and tables
 * that are too small; a record of it told to three judges (record.h). A failing case prints its seed. Then each region
 * is spoiled once: the hash must notice.
 */
#include "../unit/check.h"

#include "traffic.h"

enum { CASES = 300, TRANSACTIONS = 150 };

static struct {
	struct cs_arena arena;
	struct cs_policy policy;
	uint64_t found_n[CS_REASON_N];
} s;

static void
make_case(uint64_t seed)
{
	traffic.seed = seed * UINT64_C(0x9E3779B97F4A7C15);
	traffic.transaction_n = TRANSACTIONS;
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
		const char *flaw = record_flaw(&traffic.record, &s.policy, draw(traffic.record.n + 1));
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
		tell_inputs(judge, &traffic.record, 0, traffic.record.n, 0);
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
	tell_inputs(judge, &traffic.record, 0, traffic.record.n / 2, 0);
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
	free(traffic.record.at);
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

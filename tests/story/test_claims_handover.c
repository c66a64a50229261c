/*
 * Goal: what is remembered of records that claim and prove is in the judge's regions, all of it: whoever takes it over goes
 * on with the same findings; and whatever comes, each claim is counted once.
 * Method: as test_handover.c, with orders, payments and statement entries made by dice: in order and late, sent twice,
 * changed, left out, unreadable; over stores that are too small. Then the sums of each expectation.
 */
#include "../unit/check.h"
#include "policy/policy.h"

#include "record.h"

enum { CASES = 200, ROWS = 600, LINKS = 3 };

static const uint64_t epoch_ns = UINT64_C(1700000000000000000), second_ns = UINT64_C(1000000000);

static const char policy_words[] = "record orders { source csv time from \"t\" field ref text from \"r\" field payee "
				   "text from \"p\" amount from \"a\" "
				   "minor EUR keep 1024 records lateness 20s }\n"
				   "record swift { source csv time from \"t\" field ref text from \"r\" field payee "
				   "text from \"p\" field kind text from "
				   "\"k\" amount from \"a\" minor EUR keep 1024 records lateness 20s }\n"
				   "record entries { source csv time from \"t\" field payee text from \"p\" amount "
				   "from \"a\" minor EUR keep 1024 records }\n"
				   "expect ordered { claim record on swift where kind = \"p\" proof record on orders "
				   "match payee, amount and (ref) within "
				   "60s before unless duplicate otherwise hold high }\n"
				   "expect sent { claim record on orders proof record on swift where kind = \"p\" "
				   "match ref within 60s after otherwise hold "
				   "low }\n"
				   "expect acked { claim record on swift where kind = \"p\" proof record on swift "
				   "where kind = \"a\" match ref within 9s after "
				   "otherwise allow low }\n"
				   "expect booked { claim record on swift where kind = \"p\" proof record on entries "
				   "match payee, amount, currency within 90s "
				   "after otherwise hold low }\n";

static struct cs_arena arena;
static const struct cs_policy *policy;
static struct record record;
static uint64_t dice;
static uint64_t found_n[CS_REASON_N];
static struct cs_detect_counts sums;

static uint64_t
draw(uint64_t n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice % n;
}

static void
set(struct cs_event *event, const char *name, char letter, uint64_t value)
{
	char at[CS_SHORT_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put_char(&text, letter);
	if (value)
		cs_text_put_u64(&text, value);
	for (unsigned i = 0; i < policy->extra_n; i++)
		if (strcmp(policy->extra[i].name, name) == 0)
			cs_event_set_text(event, (enum cs_field)policy->extra[i].field, cs_span_text(at));
}

static struct cs_event before[LINKS]; /* the row before, of each */

/* A row of LINK about order N, mostly as ordered; now and then the one before once more. */
static void
add_row(unsigned link, uint64_t n, char kind, uint64_t time_ns)
{
	struct cs_event event = {.kind = CS_KIND_RECORD, .link = (uint16_t)link};
	event.origin.time_ns = draw(6) ? time_ns : time_ns - draw(20) * second_ns;
	event.origin.packet = record.n;
	event.message_hash = draw(UINT64_MAX);
	if (link < 2)
		set(&event, "ref", 'R', draw(30) ? n : draw(ROWS));
	set(&event, "payee", 'P', draw(25) ? n % 7 + 1 : 99);
	if (link == 1)
		set(&event, "kind", kind, 0);
	event.money[CS_FIELD_AMOUNT - CS_MONEY_FIELD_FIRST] = cs_money_of((int64_t)(n % 5 + !draw(30)), 978);
	event.present |= UINT64_C(1) << CS_FIELD_AMOUNT | UINT64_C(1) << CS_FIELD_CURRENCY;
	if (!draw(12) && before[link].present) {
		struct cs_origin origin = event.origin;
		event = before[link];
		event.origin = origin;
	}
	before[link] = event;
	record_add(&record, INPUT_EVENT)->event = event;
}

static void
add_tick(uint64_t now_ns)
{
	struct input *input = record_add(&record, INPUT_TICK);
	input->tick.now_ns = now_ns;
	for (unsigned i = 0; i < LINKS; i++)
		input->tick.settled_ns[i] = now_ns - draw(30) * second_ns;
}

static void
make_case(uint64_t seed)
{
	dice = seed * UINT64_C(0x9E3779B97F4A7C15);
	record.n = 0;
	memset(before, 0, sizeof before);
	for (unsigned i = 0; i < LINKS; i++) {
		struct input *input = record_add(&record, INPUT_START);
		input->link = i;
		input->gap.from_ns = epoch_ns - 100 * second_ns;
	}
	for (uint64_t i = 1; i <= ROWS; i++) {
		uint64_t now_ns = epoch_ns + i * second_ns;
		if (draw(10))
			add_row(0, i, 0, now_ns);
		if (i > 5 && draw(15))
			add_row(1, i - 5, 'p', now_ns);
		if (i > 8 && draw(8))
			add_row(1, i - 8, 'a', now_ns);
		if (i > 40 && draw(9))
			add_row(2, i - 40, 0, now_ns);
		if (!draw(3))
			add_tick(now_ns);
		if (draw(60))
			continue;
		struct input *input = record_add(&record, INPUT_GAP);
		input->link = (unsigned)draw(LINKS);
		input->gap = (struct cs_gap){now_ns - 3 * second_ns, now_ns, 1};
	}
	record_add(&record, INPUT_FINISH);
}

static void
claims_are_carried_over_at_any_point(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		make_case(seed);
		const char *flaw = record_flaw(&record, policy, draw(record.n + 1));
		if (flaw)
			fail_msg("seed %llu: %s", (unsigned long long)seed, flaw);
	}
	print_message("# seeds 1 to %u\n", CASES);
}

static void
count_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	found_n[finding->reason]++;
}

static void
each_claim_is_counted_once(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= CASES; seed++) {
		make_case(seed);
		struct cs_judge *judge = cs_judge_new(policy, &(struct cs_detect_sink){count_finding, NULL});
		tell_inputs(judge, &record, 0, record.n, 0);
		const struct cs_detect_counts *counts = cs_judge_counts(judge);
		for (unsigned i = 0; i < policy->expect_n; i++) {
			const struct cs_expect_counts *expect = &counts->expect[i];
			assert_int_equal(expect->claims, expect->proven + expect->duplicate + expect->forged +
								 expect->contradicted + expect->unproven +
								 expect->waiting);
			sums.expect[i].proven += expect->proven;
			sums.expect[i].duplicate += expect->duplicate;
			sums.expect[i].waiting += expect->waiting;
		}
		cs_judge_free(judge);
	}
	static const enum cs_reason wanted[] = {CS_REASON_PROOF_MISSING, CS_REASON_PROOF_USED_TWICE, CS_REASON_UNPROVEN,
						CS_REASON_AMOUNT_DIFFERS, CS_REASON_VALUE_DIFFERS};
	for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (!found_n[wanted[i]])
			fail_msg("never found: %s", cs_reason_name(wanted[i]));
	for (unsigned i = 0; i < policy->expect_n; i++)
		assert_true(sums.expect[i].proven > 0 && sums.expect[i].waiting > 0);
	assert_true(sums.expect[0].duplicate > 0);
}

static int
prepare(void **state)
{
	static struct cs_complaints complaints;
	(void)state;
	if (cs_arena_init(&arena, 1 << 20) != CS_OK)
		return -1;
	return cs_policy_read(cs_span_text(policy_words), "p", &arena, &policy, &complaints) == CS_OK ? 0 : -1;
}

static int
clean_up(void **state)
{
	(void)state;
	free(record.at);
	cs_arena_fini(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_are_carried_over_at_any_point),
		cmocka_unit_test(each_claim_is_counted_once),
	};
	return cmocka_run_group_tests(tests, prepare, clean_up);
}

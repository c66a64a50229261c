/*
 * Goal: an event asks few rules and looks up little, and nobody can tell: not by what is told, not by the counts, and not by
 * whether somebody looks on, for whom everything is looked up.
 * Method: random rules (and, or, not; ranges, texts, arithmetic, distances, missing values) over random events, told to
 * detectors that are watched and to others that are not; what the first know of each test is put together by a plain walk.
 */
#include "behaviour.h"

#include "detect/behave_rules.c"

enum {
	EVENTS_N = 400,
	POLICIES_N = 300,
	RULES_N = 90,
	TOLD_BYTES = 1 << 16,
	EQ = CS_COMPARE_EQUAL,
	NE = CS_COMPARE_LESS | CS_COMPARE_GREATER,
	GE = CS_COMPARE_GREATER | CS_COMPARE_EQUAL
};

struct told {
	char at[TOLD_BYTES];
	struct cs_text text;
	uint64_t n;
};

static uint64_t seed;
static struct cs_aggregate aggregates[2][3];
static struct cs_profile_clause profile[2];
static struct cs_rule_clause rule[RULES_N];
static struct told told[2]; /* by the watched, by the others */
static struct cs_rule_counts expected[RULES_N];
static struct cs_decision decided;

static unsigned
draw(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % n);
}

static void
note(void *context, const struct cs_finding *finding)
{
	struct told *to = context;
	cs_text_put(&to->text, finding->expectation);
	cs_text_put(&to->text, ": ");
	cs_text_put(&to->text, finding->detail);
	for (unsigned i = 0; finding->why && i < finding->why->n; i++) {
		const struct cs_because *because = &finding->why->at[i];
		cs_text_put(&to->text, because->missing ? "?" : because->held ? "+" : "-");
		cs_text_put(&to->text, because->value);
		cs_text_put(&to->text, because->threshold);
	}
	cs_text_put_char(&to->text, '\n');
	assert_false(to->text.overflowed);
	to->n++;
}

static void
watch(void *context, const struct cs_decision *decision)
{
	(void)context;
	decided = *decision;
}

static void
make_profiles(void)
{
	static const enum cs_field by[2] = {CS_FIELD_CARD, CS_FIELD_TERMINAL};
	static const char *const names[2] = {"card", "machine"};
	for (unsigned i = 0; i < 2; i++) {
		aggregates[i][0] = (struct cs_aggregate){.name = "n",
							 .type = CS_VALUE_NUMBER,
							 .kind = CS_AGGREGATE_COUNT,
							 .current = true,
							 .window_ns = UINT64_C(600) * SECOND};
		aggregates[i][1] = (struct cs_aggregate){.name = "mean",
							 .kind = CS_AGGREGATE_MEAN,
							 .type = CS_VALUE_MONEY,
							 .field = CS_FIELD_AMOUNT,
							 .currency = 978,
							 .window_ns = UINT64_C(300) * SECOND};
		aggregates[i][2] = (struct cs_aggregate){.name = "country",
							 .kind = CS_AGGREGATE_LAST,
							 .type = CS_VALUE_COUNTRY,
							 .field = CS_FIELD_COUNTRY};
		profile[i] = profile_of(names[i], by[i], aggregates[i], 3);
		profile[i].first = 3 * i;
		profile[i].log = 4; /* soon forgotten, in part */
		profile[i].heavy = i;
	}
	made.behave.profile = profile;
	made.behave.profile_n = 2;
}

/* Ranges of six loads, texts, arithmetic, places. */
static void
make_tests(void)
{
	static const unsigned compares[] = {EQ, NE, GE, CS_COMPARE_LESS, CS_COMPARE_GREATER, CS_COMPARE_LESS | EQ};
	uint16_t n[2], mean[2], spot[2], amount, country, here;
	amount = made_load((struct cs_load){
		.kind = CS_LOAD_MONEY, .type = CS_VALUE_MONEY, .field = CS_FIELD_AMOUNT, .currency = 978});
	country =
		made_load((struct cs_load){.kind = CS_LOAD_TEXT, .type = CS_VALUE_COUNTRY, .field = CS_FIELD_COUNTRY});
	here = made_load((struct cs_load){
		.kind = CS_LOAD_SPOT, .type = CS_VALUE_PLACE, .field = CS_FIELD_COUNTRY, .a = CS_SPOT_COUNTRY});
	for (uint16_t i = 0; i < 2; i++) {
		uint16_t first = (uint16_t)(3 * i);
		n[i] = made_load((struct cs_load){.kind = CS_LOAD_AGGREGATE, .type = CS_VALUE_NUMBER, .a = first});
		mean[i] = made_load((struct cs_load){.kind = CS_LOAD_AGGREGATE,
						     .type = CS_VALUE_MONEY,
						     .a = (uint16_t)(first + 1),
						     .currency = 978});
		spot[i] = made_load((struct cs_load){.kind = CS_LOAD_SPOT_LAST,
						     .type = CS_VALUE_PLACE,
						     .a = (uint16_t)(first + 2),
						     .b = CS_SPOT_COUNTRY});
		uint16_t far = made_load(
			(struct cs_load){.kind = CS_LOAD_DISTANCE, .type = CS_VALUE_NUMBER, .a = here, .b = spot[i]});
		(void)made_compare("far", far, GE, 500, 1);
		(void)made_test((struct cs_test){.kind = CS_TEST_COMPARE,
						 .compare = GE,
						 .left = SIDE(CS_VALUE_MONEY, LOAD(amount)),
						 .right = SIDE(CS_VALUE_MONEY, LOAD(mean[i]), CONST(3, 2), DO(MUL)),
						 .words = "much"});
		(void)made_test((struct cs_test){.kind = CS_TEST_COMPARE,
						 .compare = GE,
						 .left = SIDE(CS_VALUE_NUMBER, LOAD(amount), LOAD(mean[i]), DO(DIV)),
						 .right = SIDE(CS_VALUE_NUMBER, LOAD(n[i])),
						 .words = "shares"});
		(void)made_test((struct cs_test){.kind = CS_TEST_MISSING, .load = mean[i], .words = "first"});
	}
	for (unsigned i = 0; i < 60; i++) {
		const uint16_t loads[] = {amount, n[0], n[1], mean[0], mean[1]};
		uint16_t load = loads[draw(5)];
		bool number = load == n[0] || load == n[1];
		(void)made_compare("some", load, compares[draw(6)], draw(number ? 12 : 400), number ? 1 : 1 + draw(3));
	}
	static const struct cs_short countries[2] = {{"276"}, {"392"}};
	for (unsigned i = 0; i < 4; i++)
		(void)made_test((struct cs_test){.kind = CS_TEST_EQUAL,
						 .compare = i % 2 ? NE : EQ,
						 .load = country,
						 .text = countries[i / 2],
						 .words = "there"});
	(void)made_test((struct cs_test){.kind = CS_TEST_MISSING, .load = country, .words = "nowhere"});
}

/* Two to four tests, now and then turned over, put together in one of several ways. */
static const struct cs_logic *
draw_logic(void)
{
	uint16_t step[16];
	unsigned n = 0, tests = 2 + draw(3), free = draw(3);
	for (unsigned i = 0; i < tests; i++) {
		step[n++] = (uint16_t)draw(made.behave.program.test_n);
		if (free && draw(4) == 0)
			step[n++] = CS_LOGIC_NOT;
		if (i > 0)
			step[n++] = free && draw(3) == 0 ? CS_LOGIC_OR : CS_LOGIC_AND;
	}
	return made_logic(step, n);
}

static void
make(void)
{
	make_policy();
	make_profiles();
	make_tests();
	made.behave.rule = rule;
	made.behave.rule_n = draw(4) == 0 ? RULES_N : 1 + draw(3); /* few: profiles that nobody asks */
	for (unsigned i = 0; i < made.behave.rule_n; i++) {
		rule[i] = (struct cs_rule_clause){
			.name = "r", .title = "", .owner = "", .of = answers(), .when = draw_logic(), .live = true};
		rule[i].outcomes = draw(4) != 0;
		rule[i].score = (int32_t)draw(20);
		rule[i].outcome = (struct cs_outcome){draw(2) ? CS_VERDICT_HOLD : CS_VERDICT_BLOCK, CS_SEVERITY_LOW};
		rule[i].reason = draw(3) ? NULL : "{card.n} after {machine.mean} of {machine.country}";
		rule[i].expires_ns = draw(8) ? 0 : epoch_ns + draw(1200) * UINT64_C(1000000000);
		rule[i].brake_ppm = draw(8) ? 0 : 200000;
		rule[i].brake_ns = UINT64_C(100) * SECOND;
		if (draw(8) == 0)
			rule[i].of.kinds[draw(2)] = 0;
		expected[i] = (struct cs_rule_counts){0};
	}
}

static enum cs_truth
truth_of(const struct cs_work *work, const struct cs_logic *logic)
{
	enum cs_truth stack[CS_LOGIC_STEPS_MAX] = {CS_FALSE};
	unsigned n = 0;
	for (unsigned i = 0; i < logic->n; i++) {
		unsigned step = logic->step[i];
		if (step == CS_LOGIC_NOT) {
			enum cs_truth is = stack[n - 1];
			stack[n - 1] = is == CS_UNKNOWN ? is : is == CS_TRUE ? CS_FALSE : CS_TRUE;
		} else if (step == CS_LOGIC_AND || step == CS_LOGIC_OR) {
			enum cs_truth strong = step == CS_LOGIC_AND ? CS_FALSE : CS_TRUE,
				      weak = step == CS_LOGIC_AND ? CS_TRUE : CS_FALSE;
			n--;
			bool strongly = stack[n - 1] == strong || stack[n] == strong;
			bool weakly = stack[n - 1] == weak && stack[n] == weak;
			stack[n - 1] = strongly ? strong : weakly ? weak : CS_UNKNOWN;
		} else {
			unsigned bit = work->plan.bit[step];
			bool held = work->held[bit / 64] >> bit % 64 & 1,
			     failed = work->failed[bit / 64] >> bit % 64 & 1;
			stack[n++] = held ? CS_TRUE : failed ? CS_FALSE : CS_UNKNOWN;
		}
	}
	return stack[0];
}

/* What each rule should have made of the event just told to the watched. */
static void
expect(const struct cs_work *work, const struct cs_event *event)
{
	for (unsigned i = 0; i < made.behave.rule_n; i++) {
		if (!(rule[i].of.kinds[event->link] >> event->kind & 1))
			continue;
		if (rule[i].expires_ns && event->origin.time_ns >= rule[i].expires_ns) {
			expected[i].expired_n++;
			continue;
		}
		enum cs_truth truth = truth_of(work, rule[i].when);
		expected[i].asked_n++;
		expected[i].fired_n += truth == CS_TRUE;
		expected[i].unknown_n += truth == CS_UNKNOWN;
		assert_int_equal(decided.fired[i / 64] >> i % 64 & 1, truth == CS_TRUE);
	}
}

static struct cs_event
draw_event(uint64_t at_s)
{
	static const char *const countries[] = {"276", "392", "840", "250"};
	struct cs_event event = answer_of(draw(6), draw(400), at_s);
	if (draw(4) == 0) {
		event.kind = CS_KIND_RECORD;
		event.link = 1;
	}
	set_text(&event, CS_FIELD_TERMINAL, draw(2) ? "TERM0001" : "TERM0002");
	if (draw(5))
		set_text(&event, CS_FIELD_COUNTRY, countries[draw(4)]);
	if (draw(12) == 0)
		event.present &= ~(UINT64_C(1) << CS_FIELD_AMOUNT);
	if (draw(12) == 0)
		event.present &= ~(UINT64_C(1) << CS_FIELD_TERMINAL);
	return event;
}

static void
compare_state(struct cs_behave *a, struct cs_behave *b)
{
	static struct cs_regions regions[2];
	regions[0] = regions[1] = (struct cs_regions){0};
	cs_behave_regions(a, &regions[0]);
	cs_behave_regions(b, &regions[1]);
	assert_int_equal(regions[0].n, regions[1].n);
	for (unsigned i = 0; i < regions[0].n; i++)
		assert_memory_equal(regions[0].at[i].at, regions[1].at[i].at, regions[0].at[i].len);
}

static void
few_rules_are_asked_and_nobody_can_tell(void **state)
{
	(void)state;
	uint64_t fired_n = 0, unknown_n = 0;
	for (unsigned nth = 1; nth <= POLICIES_N; nth++) {
		seed = nth;
		make();
		struct cs_coverage *coverage = cs_coverage_new(2, 4);
		struct cs_detect *detect[2];
		for (unsigned i = 0; i < 2; i++) {
			detect[i] = cs_detect_new(&made.policy, coverage, &(struct cs_detect_sink){note, &told[i]});
			assert_non_null(detect[i]);
		}
		cs_behave_observe(cs_detect_behave(detect[0]), (struct cs_behave_observer){watch, NULL});
		for (unsigned i = 0; i < EVENTS_N; i++) {
			struct cs_event event = draw_event(5 * i);
			for (unsigned k = 0; k < 2; k++) {
				told[k].text = cs_text_over(told[k].at, sizeof told[k].at);
				cs_detect_event(detect[k], &event);
			}
			assert_string_equal(told[0].at, told[1].at);
			expect(&cs_detect_behave(detect[0])->rules, &event);
		}
		compare_state(cs_detect_behave(detect[0]), cs_detect_behave(detect[1]));
		const struct cs_behave_counts *counts = cs_behave_counts_of(cs_detect_behave(detect[1]));
		for (unsigned i = 0; i < made.behave.rule_n; i++) {
			expected[i].braked_n = counts->rule[i].braked_n;
			assert_memory_equal(&counts->rule[i], &expected[i], sizeof expected[i]);
			fired_n += expected[i].fired_n;
			unknown_n += expected[i].unknown_n;
		}
		for (unsigned i = 0; i < 2; i++)
			cs_detect_free(detect[i]);
		cs_coverage_free(coverage);
	}
	assert_true(fired_n > 10000 && unknown_n > 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_rules_are_asked_and_nobody_can_tell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Behaviour under test: policies made by hand, one acquirer's link and one of records, events told to the detectors, and
 * what came of it in short words. For test_behave.c, test_eval.c and others.
 */
#ifndef CS_TESTS_BEHAVIOUR_H
#define CS_TESTS_BEHAVIOUR_H

#include "check.h"

#include "detect/behave_parts.h"

enum { HEARD_MAX = 64, MADE_MAX = 160, SECOND = 1000000000 };

static const uint64_t epoch_ns = UINT64_C(1800000000) * SECOND;

struct heard {
	struct cs_finding finding;
	struct cs_why why;
	char expectation[CS_NAME_BYTES];
};

/* A policy with room to write in; programs are filled through made_*. */
static struct {
	struct cs_policy policy;
	struct cs_behave_policy behave;
	struct cs_load load[MADE_MAX];
	struct cs_test test[MADE_MAX];
	struct cs_expr_step step[4 * MADE_MAX];
	struct cs_logic logic[MADE_MAX];
	uint16_t logic_step[8 * MADE_MAX];
	unsigned step_n, logic_n, logic_step_n;
	struct cs_row_clause row;
	struct cs_column_clause column;
	struct cs_coverage *coverage;
	struct cs_detect *detect;
	struct heard heard[HEARD_MAX];
	unsigned heard_n;
	struct cs_decision decision;
	struct cs_profile_value value[CS_AGGREGATES_MAX];
	bool known[CS_PROFILES_MAX];
	unsigned decision_n;
} made;

static void
hear_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	if (made.heard_n == HEARD_MAX)
		fail_msg("too many findings");
	struct heard *heard = &made.heard[made.heard_n++];
	heard->finding = *finding;
	if (finding->why)
		heard->why = *finding->why;
	snprintf(heard->expectation, sizeof heard->expectation, "%s", finding->expectation);
}

static void
hear_decision(void *context, const struct cs_decision *decision)
{
	(void)context;
	made.decision = *decision;
	memcpy(made.value, decision->value, decision->value_n * sizeof made.value[0]);
	memcpy(made.known, decision->known, sizeof made.known);
	made.decision_n++;
}

/* Two links: visa, tapped, and tx, whose rows have an amount. */
__attribute__((unused)) static void
make_policy(void)
{
	memset(&made, 0, sizeof made);
	made.column = (struct cs_column_clause){.column = "amount", .what = CS_COLUMN_MONEY, .field = CS_FIELD_AMOUNT};
	made.row = (struct cs_row_clause){.column_n = 1, .column = &made.column};
	made.policy.link_n = 2;
	made.policy.link[0] = (struct cs_link){
		.name = "visa", .side = CS_SIDE_ACQUIRER, .transactions_cap = 1024, .answer = {1, {CS_FIELD_STAN}}};
	made.policy.link[1] = (struct cs_link){.name = "tx", .row = &made.row, .transactions_cap = 1024};
	made.policy.behave = &made.behave;
	made.behave.home_currency = 978;
	made.behave.program = (struct cs_program){.load = made.load, .test = made.test};
}

__attribute__((unused)) static struct cs_of
answers(void)
{
	return (struct cs_of){.kinds = {1u << CS_KIND_RESPONSE, 1u << CS_KIND_RECORD}};
}

__attribute__((unused)) static uint16_t
made_load(struct cs_load load)
{
	CS_ASSERT(made.behave.program.load_n < MADE_MAX);
	made.load[made.behave.program.load_n] = load;
	return (uint16_t)made.behave.program.load_n++;
}

__attribute__((unused)) static struct cs_expr
side(enum cs_value_type type, const struct cs_expr_step *step, unsigned n)
{
	struct cs_expr expr = {
		.type = (uint8_t)type, .currency = 978, .n = n, .step = &made.step[made.step_n], .text = ""};
	memcpy(&made.step[made.step_n], step, n * sizeof *step);
	made.step_n += n;
	return expr;
}

#define LOAD(number)    ((struct cs_expr_step){.op = CS_EXPR_LOAD, .load = (uint16_t)(number)})
#define CONST(num, den) ((struct cs_expr_step){.op = CS_EXPR_CONST, .constant = {(num), (den)}})
#define DO(what)        ((struct cs_expr_step){.op = CS_EXPR_##what})
#define SIDE(type, ...)                                                                                                \
	side(type, (const struct cs_expr_step[]){__VA_ARGS__},                                                         \
	     sizeof((const struct cs_expr_step[]){__VA_ARGS__}) / sizeof(struct cs_expr_step))

__attribute__((unused)) static uint16_t
made_test(struct cs_test test)
{
	CS_ASSERT(made.behave.program.test_n < MADE_MAX);
	made.test[made.behave.program.test_n] = test;
	return (uint16_t)made.behave.program.test_n++;
}

/* `load compare num` */
__attribute__((unused)) static uint16_t
made_compare(const char *words, unsigned load, unsigned compare, int64_t num, uint64_t den)
{
	return made_test((struct cs_test){.kind = CS_TEST_COMPARE,
					  .compare = (uint8_t)compare,
					  .left = SIDE((enum cs_value_type)made.load[load].type, LOAD(load)),
					  .right = SIDE((enum cs_value_type)made.load[load].type, CONST(num, den)),
					  .words = words});
}

__attribute__((unused)) static const struct cs_logic *
made_logic(const uint16_t *step, unsigned n)
{
	struct cs_logic *logic = &made.logic[made.logic_n++];
	CS_ASSERT(made.logic_n < MADE_MAX && made.logic_step_n + n <= 8 * MADE_MAX);
	*logic = (struct cs_logic){.text = "", .n = n, .step = &made.logic_step[made.logic_step_n], .all = true};
	for (unsigned i = 0; i < n; i++) {
		made.logic_step[made.logic_step_n++] = step[i];
		if (step[i] == CS_LOGIC_OR || step[i] == CS_LOGIC_NOT)
			logic->all = false;
	}
	return logic;
}

#define LOGIC(...)                                                                                                     \
	made_logic((const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

/* A profile of ordinary size. */
__attribute__((unused)) static struct cs_profile_clause
profile_of(const char *name, enum cs_field by, const struct cs_aggregate *aggregate, unsigned n)
{
	return (struct cs_profile_clause){.name = name,
					  .title = "",
					  .by = {.n = 1, .field = {(uint8_t)by, 0}},
					  .of = answers(),
					  .aggregate_n = n,
					  .aggregate = aggregate,
					  .keys = 64,
					  .heavy = 4,
					  .log = 32,
					  .memory_bytes = 1 << 16,
					  .lateness_ns = UINT64_C(60) * SECOND,
					  .keep_ns = UINT64_C(86400) * SECOND};
}

__attribute__((unused)) static struct cs_behave *
start_behaviour(void)
{
	made.coverage = cs_coverage_new(made.policy.link_n, 4);
	made.detect = cs_detect_new(&made.policy, made.coverage, &(struct cs_detect_sink){hear_finding, NULL});
	assert_non_null(made.detect);
	struct cs_behave *behave = cs_detect_behave(made.detect);
	assert_non_null(behave);
	cs_behave_observe(behave, (struct cs_behave_observer){hear_decision, NULL});
	return behave;
}

__attribute__((unused)) static void
stop_behaviour(void)
{
	cs_detect_free(made.detect);
	cs_coverage_free(made.coverage);
}

static inline void
set_text(struct cs_event *event, enum cs_field field, const char *text)
{
	cs_event_set_text(event, field, cs_span_text(text));
}

/* An answer on visa; the card is a number. */
__attribute__((unused)) static struct cs_event
answer_of(uint64_t card, int64_t minor, uint64_t at_s)
{
	struct cs_event event = {.kind = CS_KIND_RESPONSE, .mti = {'0', '2', '1', '0'}};
	char stan[8];
	event.origin.time_ns = epoch_ns + at_s * SECOND;
	event.flags = CS_FLAG_CARD | CS_FLAG_APPROVED;
	event.card.token = (struct cs_token){{card * UINT64_C(2654435761) + 1, 7}};
	memcpy(event.card.masked, "400000******0001", 17);
	event.present = UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN | UINT64_C(1) << CS_FIELD_AMOUNT;
	event.money[CS_FIELD_AMOUNT - CS_MONEY_FIELD_FIRST] = cs_money_of(minor, 978);
	snprintf(stan, sizeof stan, "%06u", (unsigned)(at_s % 1000000));
	set_text(&event, CS_FIELD_STAN, stan);
	set_text(&event, CS_FIELD_PROCESSING, "010000");
	set_text(&event, CS_FIELD_RESPONSE_CODE, "00");
	set_text(&event, CS_FIELD_TERMINAL, "TERM0001");
	event.message_hash = card * 1000003 + at_s;
	return event;
}

__attribute__((unused)) static void
tell(const struct cs_event *event)
{
	cs_detect_prepare(made.detect, event);
	cs_detect_event(made.detect, event);
}

/* "rule.burst block high: the words; ..." of all that was heard since the last time. */
__attribute__((unused)) static const char *
heard(void)
{
	static char at[16384];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < made.heard_n; i++) {
		const struct cs_finding *finding = &made.heard[i].finding;
		cs_text_put(&text, i ? "; " : "");
		cs_text_put(&text, made.heard[i].expectation);
		cs_text_put_char(&text, ' ');
		cs_text_put(&text, cs_reason_name(finding->reason));
		cs_text_put_char(&text, ' ');
		cs_text_put(&text, cs_verdict_name(finding->verdict));
		cs_text_put_char(&text, ' ');
		cs_text_put(&text, cs_severity_name(finding->severity));
		cs_text_put(&text, finding->why && made.heard[i].why.shadow ? " shadow" : "");
		cs_text_put(&text, ": ");
		cs_text_put(&text, finding->detail);
	}
	made.heard_n = 0;
	return at;
}

#endif

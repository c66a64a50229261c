/*
 * Recomputes the Fraud Detection Handbook's 14 features through profiles: a helper of test_handbook.py.
 *
 * Rows of the raw data on standard input (tx_id,t_sec,customer_id,terminal_id,amount_cents,is_fraud,fraud_scenario),
 * one line for each of day ARGUMENT on standard output: tx_id, weekend, night, then number and mean (sum/number) of the
 * customer's payments over 1, 7 and 30 days, number and share (frauds/number) of the terminal's over the same, delayed
 * by 7 days. A fraud is told as a label, 7 days after the payment and not sooner.
 */
#include "state/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NS(seconds) ((uint64_t)(seconds)*UINT64_C(1000000000))

enum { DAY = 86400, EPOCH = 1522540800, FIELDS_N = 7, FRAUD = 0, FRAUDS_MAX = 100000 };

#define OF_CUSTOMER(which, days)                                                                                       \
	{                                                                                                              \
		.kind = (which), .window_ns = NS((days)*DAY), .filter = CS_PROFILE_EVERY, .current = true              \
	}
#define OF_TERMINAL(which, days)                                                                                       \
	{                                                                                                              \
		.kind = (which), .window_ns = NS((days)*DAY), .delay_ns = NS(7 * DAY), .filter = CS_PROFILE_EVERY,     \
		.slot = FRAUD                                                                                          \
	}

static const struct cs_profile_aggregate plans[2][6] = {
	{OF_CUSTOMER(CS_PROFILE_COUNT, 1), OF_CUSTOMER(CS_PROFILE_MEAN, 1), OF_CUSTOMER(CS_PROFILE_COUNT, 7),
	 OF_CUSTOMER(CS_PROFILE_MEAN, 7), OF_CUSTOMER(CS_PROFILE_COUNT, 30), OF_CUSTOMER(CS_PROFILE_MEAN, 30)},
	{OF_TERMINAL(CS_PROFILE_COUNT, 1), OF_TERMINAL(CS_PROFILE_SHARE, 1), OF_TERMINAL(CS_PROFILE_COUNT, 7),
	 OF_TERMINAL(CS_PROFILE_SHARE, 7), OF_TERMINAL(CS_PROFILE_COUNT, 30), OF_TERMINAL(CS_PROFILE_SHARE, 30)},
};

static struct {
	struct cs_arena arena[2];
	struct cs_profile_layout layout[2];
	struct cs_profile profile[2];
	struct {
		struct cs_key key;
		struct cs_profile_event event;
	} fraud[FRAUDS_MAX]; /* in order of time */
	unsigned fraud_n;
	unsigned told_n;
} s;

static bool
start(void)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct cs_profile_plan plan = {.aggregate = plans[i],
						     .aggregate_n = 6,
						     .keys_cap = 20000,
						     .log_max = 1024,
						     .log_bytes = UINT64_C(400) << 20};
		if (cs_profile_plan_lay(&plan, &s.layout[i]) != CS_OK ||
		    cs_arena_init(&s.arena[i], cs_profile_bytes(&s.layout[i])) != CS_OK ||
		    cs_profile_init(&s.profile[i], &s.arena[i], &s.layout[i]) != CS_OK)
			return false;
	}
	return true;
}

static bool
read_row(char *line, uint64_t field[FIELDS_N])
{
	for (unsigned i = 0; i < FIELDS_N; i++) {
		char *rest;
		field[i] = strtoull(line, &rest, 10);
		if (rest == line)
			return false;
		line = rest + (*rest == ',');
	}
	return true;
}

/* Tells of the frauds of a week ago. */
static bool
tell_labels(uint64_t time_ns)
{
	for (; s.told_n < s.fraud_n; s.told_n++) {
		const struct cs_profile_event *event = &s.fraud[s.told_n].event;
		if (event->time_ns + NS(7 * DAY) > time_ns)
			return true;
		if (!cs_profile_label(&s.profile[1], &s.fraud[s.told_n].key, event, UINT32_C(1) << FRAUD))
			return false;
	}
	return true;
}

static bool
print_values(const struct cs_profile_value *values)
{
	for (unsigned i = 0; i < 6; i++) {
		bool quotient = values[i].kind != CS_PROFILE_COUNT;
		if (values[i].flags & (uint8_t)~CS_PROFILE_PRESENT)
			return false;
		printf(",%" PRId64, (int64_t)values[i].num);
		if (quotient)
			printf("/%" PRIu64, values[i].den);
	}
	return true;
}

static bool
take(const uint64_t field[FIELDS_N], uint64_t day)
{
	struct cs_profile_value values[2][6];
	struct cs_profile_event event = {.time_ns = NS(EPOCH + field[1]), .value = {(int64_t)field[4]}};
	struct cs_key customer = cs_key_of((const uint64_t[2]){field[2], 1}, 0);
	struct cs_key terminal = cs_key_of((const uint64_t[2]){field[3], 2}, 0);
	if (!tell_labels(event.time_ns) || !cs_profile_update(&s.profile[0], &customer, &event, values[0]))
		return false;
	event.value[0] = 0;
	if (!cs_profile_update(&s.profile[1], &terminal, &event, values[1]))
		return false;
	if (field[5]) {
		if (s.fraud_n == FRAUDS_MAX)
			return false;
		s.fraud[s.fraud_n].key = terminal;
		s.fraud[s.fraud_n++].event = event;
	}
	if (field[1] / DAY != day)
		return true;
	/* Day 0 was a Sunday. */
	printf("%" PRIu64 ",%d,%d", field[0], (field[1] / DAY + 6) % 7 >= 5, field[1] % DAY / 3600 <= 6);
	bool exact = print_values(values[0]) && print_values(values[1]);
	printf("\n");
	return exact;
}

int
main(int argc, char **argv)
{
	char line[256];
	uint64_t day = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	if (!start() || !fgets(line, sizeof line, stdin))
		return 1;
	while (fgets(line, sizeof line, stdin)) {
		uint64_t field[FIELDS_N];
		if (!read_row(line, field) || !take(field, day)) {
			fprintf(stderr, "cannot take %s", line);
			return 1;
		}
	}
	cs_arena_fini(&s.arena[0]);
	cs_arena_fini(&s.arena[1]);
	return 0;
}

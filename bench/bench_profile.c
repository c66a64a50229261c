/*
 * How fast profiles answer: six tables (card, account, merchant, cash machine, BIN, country) with 36 aggregates in all,
 * one update of each an event, on one core. Events known 6 ahead of their turn, whose memory is asked for ("groups");
 * each alone, its six keys asked for together; each alone and nothing asked for.
 *
 * Keys are uniform, the worst case for caches. Tables are filled first, until a card has FILL events in its longest
 * window; BINs and countries have more than their logs hold then, and are in buckets. Making events is not timed. After
 * that the memory of a card with 8 events beside what cs_profile_key_bytes states, and a flood: new keys only, into a
 * table that is full, each of them taking the place of another.
 * Arguments: the most cards (4000000), FILL (4). Small tables are measured first, to see whether cost is flat.
 */
#include "base/hash.h"
#include "measure.h"
#include "state/profile.h"

#include <stdio.h>
#include <stdlib.h>

enum { GROUP_N = 6, BLOCK_N = 1024, TABLES_N = 6, MEASURE_N = 2000000, HOUR = 3600, DAY = 86400, TRIALS_N = 3 };

#define NS(seconds) ((uint64_t)(seconds)*UINT64_C(1000000000))
#define E           CS_PROFILE_EVERY

/* Filters: 0 cash, 1 abroad, 2 declined; slot 0 the amount, slot 1 a counterpart. */
static const struct cs_profile_aggregate card_plan[] = {
	{.kind = CS_PROFILE_COUNT, .window_ns = NS(HOUR), .filter = E, .current = true},
	{.kind = CS_PROFILE_COUNT, .window_ns = NS(DAY), .filter = 0, .current = true},
	{.kind = CS_PROFILE_SUM, .window_ns = NS(DAY), .filter = E, .current = true},
	{.kind = CS_PROFILE_MEAN, .window_ns = NS(30 * DAY), .filter = E},
	{.kind = CS_PROFILE_DISTINCT, .window_ns = NS(7 * DAY), .filter = E, .slot = 1, .current = true, .max = 32},
	{.kind = CS_PROFILE_SINCE_LAST, .filter = E},
};
static const struct cs_profile_aggregate account_plan[] = {
	{.kind = CS_PROFILE_COUNT, .window_ns = NS(DAY), .filter = E, .current = true},
	{.kind = CS_PROFILE_SUM, .window_ns = NS(DAY), .filter = E, .current = true},
	{.kind = CS_PROFILE_MEAN, .window_ns = NS(30 * DAY), .filter = E},
	{.kind = CS_PROFILE_VARIANCE, .window_ns = NS(30 * DAY), .filter = E},
	{.kind = CS_PROFILE_MAX, .window_ns = NS(30 * DAY), .filter = E},
	{.kind = CS_PROFILE_COUNT, .window_ns = NS(7 * DAY), .filter = 1, .current = true},
};
static const struct cs_profile_aggregate merchant_plan[] = {
	{.kind = CS_PROFILE_COUNT, .window_ns = NS(HOUR), .filter = E, .current = true},
	{.kind = CS_PROFILE_SUM, .window_ns = NS(HOUR), .filter = E, .current = true},
	{.kind = CS_PROFILE_COUNT, .window_ns = NS(DAY), .filter = E, .current = true},
	{.kind = CS_PROFILE_MEAN, .window_ns = NS(DAY), .filter = E},
	{.kind = CS_PROFILE_SHARE, .window_ns = NS(DAY), .filter = E, .slot = 2, .current = true},
	{.kind = CS_PROFILE_SHARE, .window_ns = NS(7 * DAY), .delay_ns = NS(DAY), .filter = E, .slot = 3},
};
static const struct cs_profile_aggregate short_plan[] = {
	{.kind = CS_PROFILE_COUNT, .window_ns = NS(HOUR), .filter = E, .current = true},
	{.kind = CS_PROFILE_SUM, .window_ns = NS(HOUR), .filter = 0, .current = true},
	{.kind = CS_PROFILE_COUNT, .window_ns = NS(DAY), .filter = 0, .current = true},
	{.kind = CS_PROFILE_MEAN, .window_ns = NS(DAY), .filter = E},
	{.kind = CS_PROFILE_SHARE, .window_ns = NS(DAY), .filter = E, .slot = 2, .current = true},
	{.kind = CS_PROFILE_MAX, .window_ns = NS(DAY), .filter = E},
};

#define ROWS(plan) (plan), sizeof(plan) / sizeof((plan)[0])

static const struct {
	const char *name;
	const struct cs_profile_aggregate *aggregate;
	unsigned aggregate_n;
	uint64_t keys_of_million; /* keys for each million cards */
	uint32_t entries;         /* of a log on average, to size it by */
	uint32_t heavy_of_thousand;
	uint32_t log_max;
} tables[TABLES_N] = {
	{"card", ROWS(card_plan), 1000000, 16, 0, 256},        {"account", ROWS(account_plan), 800000, 24, 0, 256},
	{"merchant", ROWS(merchant_plan), 125000, 64, 0, 256}, {"machine", ROWS(short_plan), 12500, 128, 1000, 256},
	{"BIN", ROWS(short_plan), 1250, 512, 1000, 256},       {"country", ROWS(short_plan), 50, 512, 1000, 256},
};

struct bench {
	struct cs_arena arena[TABLES_N];
	struct cs_profile_layout layout[TABLES_N];
	struct cs_profile profile[TABLES_N];
	uint64_t keys_n[TABLES_N];
	uint64_t seed;
	uint64_t clock_ns;
	uint64_t step_ns;
	struct cs_profile_event event[BLOCK_N];
	struct cs_key key[BLOCK_N][TABLES_N];
	__int128_t sum; /* the answers are used */
};

static struct cs_profile_value values[CS_PROFILE_AGGREGATES_MAX];

static uint64_t
draw(struct bench *bench)
{
	bench->seed = bench->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return cs_hash_mix(1, bench->seed);
}

static void
start(struct bench *bench, uint64_t cards, uint64_t fill)
{
	bench->seed = 7;
	bench->clock_ns = NS(1700000000);
	/* A card's fill comes within the 30 days of its longest window. */
	bench->step_ns = NS(30 * DAY) / (cards * fill);
	for (unsigned i = 0; i < TABLES_N; i++) {
		struct cs_profile_plan plan = {.aggregate = tables[i].aggregate,
					       .aggregate_n = tables[i].aggregate_n,
					       .lateness_ns = NS(60),
					       .log_max = tables[i].log_max};
		uint64_t keys = cards * tables[i].keys_of_million / 1000000;
		bench->keys_n[i] = keys ? keys : 1;
		plan.keys_cap = (uint32_t)(bench->keys_n[i] + bench->keys_n[i] / 4);
		plan.heavy_cap = (uint32_t)(bench->keys_n[i] * tables[i].heavy_of_thousand / 1000);
		plan.log_bytes = (uint64_t)plan.keys_cap * tables[i].entries * 24 + (1 << 20);
		if (cs_profile_plan_lay(&plan, &bench->layout[i]) != CS_OK ||
		    cs_arena_init(&bench->arena[i], cs_profile_bytes(&bench->layout[i])) != CS_OK ||
		    cs_profile_init(&bench->profile[i], &bench->arena[i], &bench->layout[i]) != CS_OK) {
			fprintf(stderr, "no memory for the table of %s\n", tables[i].name);
			exit(1);
		}
	}
}

static void
stop(struct bench *bench)
{
	for (unsigned i = 0; i < TABLES_N; i++)
		cs_arena_fini(&bench->arena[i]);
}

static void
make_event(struct bench *bench, unsigned at)
{
	uint64_t dice = draw(bench);
	struct cs_profile_event *event = &bench->event[at];
	bench->clock_ns += bench->step_ns;
	*event = (struct cs_profile_event){.time_ns = bench->clock_ns, .mask = (uint32_t)(dice & dice >> 8) & 15};
	event->value[0] = (int64_t)(dice >> 16 & 0xffff);
	event->value[1] = (int64_t)(dice >> 32 & 7);
	for (unsigned k = 0; k < TABLES_N; k++) {
		uint64_t number = (uint64_t)((__uint128_t)draw(bench) * bench->keys_n[k] >> 64);
		bench->key[at][k] = cs_key_of((const uint64_t[2]){number + 1, k}, 11);
	}
}

static void
update(struct bench *bench, unsigned at)
{
	for (unsigned k = 0; k < TABLES_N; k++)
		if (cs_profile_update(&bench->profile[k], &bench->key[at][k], &bench->event[at], values))
			bench->sum += values[0].num + values[tables[k].aggregate_n - 1].num;
}

static void
prepare(struct bench *bench, unsigned at, void ask(const struct cs_profile *, uint64_t))
{
	for (unsigned k = 0; k < TABLES_N && at < BLOCK_N; k++)
		ask(&bench->profile[k], bench->key[at][k].hash);
}

/* Events are known GROUP_N ahead of their turn: with each update of a table something is asked for from each distance. */
static void
run_group(struct bench *bench)
{
	for (unsigned i = 0; i < BLOCK_N + GROUP_N; i++)
		for (unsigned k = 0; k < TABLES_N; k++) {
			const struct cs_profile *profile = &bench->profile[k];
			if (i < BLOCK_N)
				cs_profile_prepare(profile, bench->key[i][k].hash);
			unsigned a = i - GROUP_N / 3, b = i - 2 * GROUP_N / 3, c = i - GROUP_N;
			if (a < BLOCK_N)
				cs_profile_prepare_slot(profile, bench->key[a][k].hash);
			if (b < BLOCK_N)
				cs_profile_prepare_log(profile, bench->key[b][k].hash);
			if (c < BLOCK_N &&
			    cs_profile_update(&bench->profile[k], &bench->key[c][k], &bench->event[c], values))
				bench->sum += values[0].num + values[tables[k].aggregate_n - 1].num;
		}
}

/* Each event alone, but its six keys together. */
static void
run_events(struct bench *bench)
{
	for (unsigned i = 0; i < BLOCK_N; i++) {
		prepare(bench, i, cs_profile_prepare);
		prepare(bench, i, cs_profile_prepare_slot);
		prepare(bench, i, cs_profile_prepare_log);
		update(bench, i);
	}
}

static void
run_naive(struct bench *bench)
{
	for (unsigned i = 0; i < BLOCK_N; i++)
		update(bench, i);
}

static double
rate(struct bench *bench, void run(struct bench *), uint64_t events)
{
	uint64_t spent_ns = 0;
	for (uint64_t n = 0; n < events; n += BLOCK_N) {
		for (unsigned i = 0; i < BLOCK_N; i++)
			make_event(bench, i);
		uint64_t from_ns = measure_ns(CLOCK_THREAD_CPUTIME_ID);
		run(bench);
		spent_ns += measure_ns(CLOCK_THREAD_CPUTIME_ID) - from_ns;
	}
	return (double)events * 1e9 / (double)spent_ns;
}

static double
median(struct bench *bench, void run(struct bench *), uint64_t events)
{
	double trial[TRIALS_N];
	for (unsigned i = 0; i < TRIALS_N; i++)
		trial[i] = rate(bench, run, events);
	measure_sort(trial, TRIALS_N);
	return trial[TRIALS_N / 2];
}

static void
print(const char *name, uint64_t cards, double value, const char *reference, double against)
{
	printf("{\"name\":\"%s, %llu k cards\",\"value\":%.0f,\"unit\":\"events/s\",\"reference\":\"%s\","
	       "\"ratio\":%.3f}\n",
	       name, (unsigned long long)cards / 1000, value, reference, value / against);
	fflush(stdout);
}

/* Nothing may have been forgotten: the figures are those of exact or bounded answers. */
static void
check(const struct bench *bench)
{
	for (unsigned i = 0; i < TABLES_N; i++) {
		const struct cs_profile_counts *counts = &bench->profile[i].counts;
		if (counts->short_n + counts->evicted_n + counts->refused_n + counts->late_n == 0)
			continue;
		fprintf(stderr, "the table of %s forgot something\n", tables[i].name);
		exit(1);
	}
}

static double
bench_speed(struct bench *bench, uint64_t cards, uint64_t fill, double small)
{
	start(bench, cards, fill);
	(void)rate(bench, run_group, cards * fill);
	double group = median(bench, run_group, MEASURE_N);
	double event = median(bench, run_events, MEASURE_N / 2);
	double naive = median(bench, run_naive, MEASURE_N / 2);
	check(bench);
	print("profiles, 36 aggregates, in groups", cards, group, "one event at a time, nothing asked for", naive);
	print("profiles, 36 aggregates, an event at a time", cards, event, "nothing asked for", naive);
	if (small > 0)
		print("profiles, 36 aggregates, flat cost", cards, group, "the same with 100 k cards", small);
	stop(bench);
	return group;
}

/* Nanoseconds of an update of cards FROM up to UNTIL, in an order without a pattern. */
static double
update_cards(struct bench *bench, uint64_t from, uint64_t until)
{
	uint64_t spent_ns = 0, n = until - from;
	for (uint64_t i = 0; i < n; i += BLOCK_N) {
		for (uint64_t k = 0; k < BLOCK_N; k++) {
			uint64_t card = from + (i + k) * UINT64_C(2654435761) % n;
			bench->key[k][0] = cs_key_of((const uint64_t[2]){card + 1, 0}, 11);
			bench->event[k] = (struct cs_profile_event){.time_ns = bench->clock_ns++, .value = {100, 1}};
		}
		uint64_t from_ns = measure_ns(CLOCK_THREAD_CPUTIME_ID);
		for (unsigned k = 0; k < BLOCK_N + 2 * GROUP_N; k++) {
			if (k < BLOCK_N)
				cs_profile_prepare(&bench->profile[0], bench->key[k][0].hash);
			if (k >= GROUP_N && k - GROUP_N < BLOCK_N)
				cs_profile_prepare_slot(&bench->profile[0], bench->key[k - GROUP_N][0].hash);
			if (k < 2 * GROUP_N)
				continue;
			bench->sum += cs_profile_update(&bench->profile[0], &bench->key[k - 2 * GROUP_N][0],
							&bench->event[k - 2 * GROUP_N], values);
		}
		spent_ns += measure_ns(CLOCK_THREAD_CPUTIME_ID) - from_ns;
	}
	return (double)spent_ns / (double)n;
}

static void
bench_memory_and_flood(struct bench *bench)
{
	enum { CARDS_N = 1 << 20, EVENTS_N = 8 };
	uint64_t before = measure_resident_bytes();
	start(bench, CARDS_N, EVENTS_N);
	double known_ns = 0;
	for (unsigned i = 0; i < EVENTS_N; i++)
		known_ns = update_cards(bench, 0, CARDS_N);
	double each = (double)(measure_resident_bytes() - before) / CARDS_N;
	printf("{\"name\":\"memory of a card with %d events in 30 days\",\"value\":%.0f,\"unit\":\"bytes\","
	       "\"reference\":\"stated by cs_profile_key_bytes\",\"ratio\":%.3f}\n",
	       EVENTS_N, each, each / (double)cs_profile_key_bytes(&bench->layout[0], EVENTS_N));
	uint64_t full = bench->layout[0].plan.keys_cap;
	(void)update_cards(bench, CARDS_N, full);
	double flood_ns = update_cards(bench, full, full + CARDS_N);
	if (bench->profile[0].counts.evicted_n != CARDS_N) {
		fprintf(stderr, "%llu keys went, not %d\n", (unsigned long long)bench->profile[0].counts.evicted_n,
			CARDS_N);
		exit(1);
	}
	printf("{\"name\":\"flood of new keys into a full table\",\"value\":%.0f,\"unit\":\"keys/s\","
	       "\"reference\":\"events of known keys, same table\",\"ratio\":%.3f}\n",
	       1e9 / flood_ns, known_ns / flood_ns);
	fflush(stdout);
	stop(bench);
}

int
main(int argc, char **argv)
{
	uint64_t cards = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000000;
	uint64_t fill = argc > 2 ? strtoull(argv[2], NULL, 10) : 4;
	struct bench *bench = calloc(1, sizeof *bench);
	if (!bench || cards < 1000 || fill == 0)
		return 1;
	double small = bench_speed(bench, cards < 100000 ? cards : 100000, fill, 0);
	if (cards > 100000)
		(void)bench_speed(bench, cards, fill, small);
	bench_memory_and_flood(bench);
	free(bench);
	return 0;
}

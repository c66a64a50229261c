/*
 * How fast profiles answer: six tables (card, account, merchant, cash machine, BIN, country) with 36 aggregates in all,
 * an event a key in each, on one core; in groups of 16 that ask for memory ahead, and one at a time.
 *
 * Keys are uniform, the worst case for caches; of each pair of aggregates some share windows, as rules do. Tables are
 * filled first, until a card has FILL events in its windows; that is not timed. Merchants, cash machines, BINs and
 * countries have far more and are heavy where their logs overflow. Then flat cost over the number of cards, a flood of
 * new keys into a full table, and the memory of a key beside what cs_profile_key_bytes states.
 * Arguments: cards (4000000), events to fill a card with (6).
 */
#include "base/hash.h"
#include "state/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { GROUP_N = 16, BLOCK_N = 1024, TABLES_N = 6, MEASURE_N = 2000000, HOUR = 3600, DAY = 86400, TRIALS_N = 3 };

#define NS(seconds) ((uint64_t)(seconds) * UINT64_C(1000000000))
#define E	    CS_PROFILE_EVERY

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
	uint32_t entries;	  /* of a log on average, to size it by */
	uint32_t heavy_of_thousand;
	uint32_t log_max;
} tables[TABLES_N] = {
	{"card", ROWS(card_plan), 1000000, 16, 0, 256},
	{"account", ROWS(account_plan), 800000, 24, 0, 256},
	{"merchant", ROWS(merchant_plan), 125000, 64, 0, 256},
	{"machine", ROWS(short_plan), 12500, 128, 1000, 256},
	{"BIN", ROWS(short_plan), 1250, 512, 1000, 256},
	{"country", ROWS(short_plan), 50, 512, 1000, 256},
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
now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

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
		plan.keys_cap = (uint32_t)bench->keys_n[i];
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

/* Events are known GROUP_N ahead of their turn: in each turn one is asked for from each distance. */
static void
run_group(struct bench *bench)
{
	for (unsigned i = 0; i < BLOCK_N + GROUP_N; i++) {
		prepare(bench, i, cs_profile_prepare);
		if (i >= GROUP_N / 3)
			prepare(bench, i - GROUP_N / 3, cs_profile_prepare_slot);
		if (i >= 2 * GROUP_N / 3)
			prepare(bench, i - 2 * GROUP_N / 3, cs_profile_prepare_log);
		if (i >= GROUP_N)
			update(bench, i - GROUP_N);
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
		uint64_t from_ns = now_ns();
		run(bench);
		spent_ns += now_ns() - from_ns;
	}
	return (double)events * 1e9 / (double)spent_ns;
}

static double
median(struct bench *bench, void run(struct bench *), uint64_t events)
{
	double a = rate(bench, run, events), b = rate(bench, run, events), c = rate(bench, run, events);
	double most = a > b ? a : b, least = a > b ? b : a;
	return c > most ? most : c < least ? least : c;
}

static void
print(const char *name, double value, const char *unit, const char *reference, double ratio)
{
	printf("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"%s\",\"reference\":\"%s\",\"ratio\":%.3f}\n", name, value,
	       unit, reference, ratio);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	uint64_t cards = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000000;
	uint64_t fill = argc > 2 ? strtoull(argv[2], NULL, 10) : 6;
	struct bench *bench = calloc(1, sizeof *bench);
	if (!bench || cards == 0 || fill == 0)
		return 1;
	start(bench, cards, fill);
	double filling = rate(bench, run_group, cards * fill);
	for (unsigned i = 0; i < TABLES_N; i++)
		fprintf(stderr, "%s: record %u B, entry %u words, heavy %u B, keys %u, heavy %llu, short %llu log units %u of %u\n", tables[i].name,
			bench->layout[i].record_bytes, bench->layout[i].entry_words, bench->layout[i].heavy_bytes, bench->profile[i].keys.used_n,
			(unsigned long long)bench->profile[i].counts.heavy_n, (unsigned long long)bench->profile[i].counts.short_n, bench->profile[i].logs.used_n, bench->profile[i].logs.cap);
	fprintf(stderr, "filling %.0f\n", filling);
	double group = median(bench, run_group, MEASURE_N);
	double event = median(bench, run_events, MEASURE_N / 2);
	double naive = median(bench, run_naive, MEASURE_N / 2);
	print("profiles, groups of 16", group, "events/s", "one event at a time", group / naive);
	print("profiles, one event at a time, keys asked for ahead", event, "events/s", "nothing asked for", event / naive);
	print("profiles, one event at a time", naive, "events/s", "", 1);
	stop(bench);
	return 0;
}

/*
 * How fast a whole decision is: a policy in words with six profiles of 36 aggregates, a limit and 100 rules, judged by the
 * detectors on one core. Events as the engine gives them: in groups of 32, whose memory is asked for first; and each alone.
 *
 * Keys are uniform, the worst case for caches; profiles are filled until a card has FILL events in its longest window.
 * Making events is not timed. Then the time of each decision, the memory of a key, and what 20 conditions cost: asked, and
 * told with their reasons. Arguments: the most cards (4000000), FILL (4). 100 k cards are measured first, to see whether
 * cost is flat. A third one, N: nothing but the nanoseconds of an event in groups with so many cards, N times, and the
 * memory of a key; for who compares builds in turns, or sizes.
 */
#include "base/hash.h"
#include "base/text.h"
#include "detect/behave.h"
#include "detect/detect.h"
#include "measure.h"
#include "policy/complain.h"
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	GROUP_N = 32,
	BLOCK_N = 128,
	KEYS_N = 6,
	MEASURE_N = 4000 * BLOCK_N,
	RULES_N = 100,
	TRIALS_N = 5,
	DAY_S = 86400,
	POLICY_BYTES = 1 << 16,
	CONDITIONS_N = 20,
};

static const uint64_t epoch_ns = UINT64_C(1700000000000000000);

struct bench {
	char text[POLICY_BYTES];
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_coverage *coverage;
	struct cs_detect *detect;
	uint64_t keys_n[KEYS_N];
	uint64_t seed;
	uint64_t clock_ns;
	uint64_t step_ns;
	uint64_t finding_n;
	uint64_t text_n; /* findings with their texts */
	bool terse;      /* findings without */
	bool eager;      /* no rule is out before its profile is asked */
	struct cs_event event[BLOCK_N];
	uint32_t spent[MEASURE_N]; /* by each decision */
};

static void
note(void *context, const struct cs_finding *finding)
{
	struct bench *bench = context;
	bench->finding_n += finding->why != NULL;
	bench->text_n += finding->why != NULL && finding->detail[0];
}

/* --- the policy --- */

static const char head[] =
	"record tx { source csv  time from \"t\" seconds since 2018-04-01  id from \"id\"  card from \"card\"\n"
	"  terminal from \"terminal\"  merchant from \"merchant\"  country from \"country\"  mcc from \"mcc\"\n"
	"  acquirer from \"account\"  amount from \"amount\" minor EUR  fraud when \"fraud\" = \"1\" }\n"
	"limit amount \"never\" { amount <= 900000 EUR }\n";

#define SHOP                                                                                                           \
	" n_1h = count() over 1h including this\n sum_1h = sum(amount) over 1h where mcc = \"6011\" including this\n"  \
	" cash_1d = count() over 1d where mcc = \"6011\" including this\n mean_1d = mean(amount) over 1d excluding "   \
	"this\n"                                                                                                       \
	" share_1d = share(mcc = \"6011\") over 1d including this\n max_1d = max(amount) over 1d excluding this\n"

/* Rules of a profile compare COUNT and SUM with what hardly ever is reached. */
static const struct {
	const char *name;
	const char *by;
	const char *aggregates;
	const char *count;
	const char *sum;
	uint64_t count_least;
	uint64_t of_million; /* keys for each million cards */
	uint64_t entries;    /* of a log on average, to size it by */
} profiles[KEYS_N] = {
	{"card", "card",
	 " n_1h = count() over 1h including this\n cash_1d = count() over 1d where mcc = \"6011\" including this\n"
	 " sum_1d = sum(amount) over 1d including this\n mean_30d = mean(amount) over 30d excluding this\n"
	 " places_7d = distinct(terminal) over 7d including this\n since = since_last()\n",
	 "n_1h", "sum_1d", 20, 1000000, 16},
	{"account", "acquirer",
	 " n_1d = count() over 1d including this\n sum_1d = sum(amount) over 1d including this\n"
	 " mean_30d = mean(amount) over 30d excluding this\n var_30d = variance(amount) over 30d excluding this\n"
	 " max_30d = max(amount) over 30d excluding this\n"
	 " cash_7d = count() over 7d where mcc = \"6011\" including this\n",
	 "n_1d", "sum_1d", 20, 800000, 24},
	{"merchant", "merchant",
	 " n_1h = count() over 1h including this\n sum_1h = sum(amount) over 1h including this\n"
	 " n_1d = count() over 1d including this\n mean_1d = mean(amount) over 1d excluding this\n"
	 " cash_1d = share(mcc = \"6011\") over 1d including this\n risk_7d = share(fraud) over 7d delay 1d\n",
	 "n_1d", "sum_1h", 500, 125000, 64},
	{"machine", "terminal", SHOP, "cash_1d", "sum_1h", 10000, 12500, 128},
	{"issuer", "bin", SHOP, "n_1h", "sum_1h", 1000000, 1250, 512},
	{"land", "country", SHOP, "n_1h", "sum_1h", 100000000, 50, 512},
};

static void
put_profile(struct cs_text *text, const struct bench *bench, unsigned nth)
{
	uint64_t keys = bench->keys_n[nth] + bench->keys_n[nth] / 4 + 16;
	cs_text_put(text, "profile ");
	cs_text_put(text, profiles[nth].name);
	cs_text_put(text, " by ");
	cs_text_put(text, profiles[nth].by);
	cs_text_put(text, " {\n");
	cs_text_put(text, profiles[nth].aggregates);
	cs_text_put(text, " log 256  keys ");
	cs_text_put_u64(text, keys);
	cs_text_put(text, "  memory ");
	cs_text_put_u64(text, (keys * profiles[nth].entries * 24 >> 20) + 1);
	cs_text_put(text, "MiB\n}\n");
}

/* One rule over profile NTH: three conditions, the last two hardly ever true. */
static void
put_rule(struct cs_text *text, const struct bench *bench, unsigned rule, unsigned nth)
{
	static const char *const first[] = {" { when amount >= 300 EUR and ", " { when mcc = \"6011\" and "};
	cs_text_put(text, "rule r");
	cs_text_put_u64(text, rule);
	cs_text_put(text, bench->eager ? " { when amount >= 0 EUR and " : first[rule % 2]);
	cs_text_put(text, profiles[nth].name);
	cs_text_put_char(text, '.');
	cs_text_put(text, profiles[nth].count);
	cs_text_put(text, " > ");
	cs_text_put_u64(text, profiles[nth].count_least + rule);
	cs_text_put(text, " and ");
	cs_text_put(text, profiles[nth].name);
	cs_text_put_char(text, '.');
	cs_text_put(text, profiles[nth].sum);
	cs_text_put(text, rule % 5 ? " > " : " > 30 * amount and amount > ");
	cs_text_put_u64(text, 100 + rule);
	cs_text_put(text, " EUR then hold low mode live }\n");
}

static void
put_policy(struct bench *bench, unsigned rules)
{
	struct cs_text text = cs_text_over(bench->text, sizeof bench->text);
	cs_text_put(&text, head);
	for (unsigned i = 0; i < KEYS_N; i++)
		put_profile(&text, bench, i);
	for (unsigned i = 0; i < rules; i++)
		put_rule(&text, bench, i, i % KEYS_N);
	CS_ASSERT(!text.overflowed);
}

/* One rule of 20 conditions on the event alone; the first of them fails, or all hold. */
static void
put_conditions(struct bench *bench, unsigned conditions, bool held)
{
	struct cs_text text = cs_text_over(bench->text, sizeof bench->text);
	cs_text_put(&text, head);
	for (unsigned i = 0; i < conditions; i++) {
		cs_text_put(&text, i ? " and amount " : "rule wide { when amount ");
		cs_text_put(&text, held ? ">= 0." : "<= 0.");
		cs_text_put_padded(&text, i, 2);
		cs_text_put(&text, " EUR");
	}
	cs_text_put(&text, conditions ? " then hold low mode live }\n" : "");
	CS_ASSERT(!text.overflowed);
}

static void
start(struct bench *bench)
{
	static struct cs_complaints complaints;
	struct cs_detect_sink sink = {note, bench};
	if (cs_arena_init(&bench->arena, 8 << 20) != CS_OK ||
	    cs_policy_read(cs_span_text(bench->text), "bench", &bench->arena, &bench->policy, &complaints) != CS_OK) {
		fprintf(stderr, "policy: %s\n", complaints.n ? complaints.at[0].text : "no memory");
		exit(1);
	}
	bench->coverage = cs_coverage_new(bench->policy->link_n, 64);
	bench->detect = cs_detect_new(bench->policy, bench->coverage, &sink);
	if (!bench->detect || cs_behave_counts_of(cs_detect_behave(bench->detect))->limits_only) {
		fputs("no memory for the profiles\n", stderr);
		exit(1);
	}
	cs_behave_terse(cs_detect_behave(bench->detect), bench->terse);
	cs_coverage_start(bench->coverage, 0, 0);
}

static void
stop(struct bench *bench)
{
	cs_detect_free(bench->detect);
	cs_coverage_free(bench->coverage);
	cs_arena_fini(&bench->arena);
}

/* --- events --- */

static uint64_t
draw(struct bench *bench)
{
	bench->seed = bench->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return cs_hash_mix(1, bench->seed);
}

static void
put_number(char *at, uint64_t value, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
}

static void
put_text(struct cs_event *event, enum cs_field field, uint64_t value, unsigned digits)
{
	put_number(event->text[field].at, value, digits);
	event->present |= UINT64_C(1) << field;
}

static void
make_event(struct bench *bench, struct cs_event *event)
{
	uint64_t key[KEYS_N], dice = draw(bench);
	for (unsigned i = 0; i < KEYS_N; i++)
		key[i] = (uint64_t)((__uint128_t)draw(bench) * bench->keys_n[i] >> 64);
	bench->clock_ns += bench->step_ns;
	*event = (struct cs_event){.kind = CS_KIND_RECORD, .flags = CS_FLAG_CARD};
	event->flags |= dice % 64 == 0 ? CS_FLAG_FRAUD : 0;
	event->origin.time_ns = bench->clock_ns;
	event->message_hash = dice;
	event->card.token.half[0] = key[0] * UINT64_C(0x9e3779b97f4a7c15);
	event->card.token.half[1] = key[0] + 1;
	memcpy(event->card.masked, "000000******0001", 17);
	put_number(event->card.masked, 100000 + key[4], 6);
	event->money[0] = cs_money_of((int64_t)(dice >> 16 & 0xffff), 978);
	event->present = UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN | UINT64_C(1) << CS_FIELD_AMOUNT |
			 UINT64_C(1) << CS_FIELD_CURRENCY;
	put_text(event, CS_FIELD_ACQUIRER, key[1], 8);
	put_text(event, CS_FIELD_MERCHANT, key[2], 8);
	put_text(event, CS_FIELD_TERMINAL, key[3], 8);
	put_text(event, CS_FIELD_COUNTRY, key[5], 3);
	put_text(event, CS_FIELD_MCC, dice & 3 ? 5411 : 6011, 4);
	put_text(event, CS_FIELD_RRN, dice, 12);
}

static void
make_block(struct bench *bench)
{
	for (unsigned i = 0; i < BLOCK_N; i++)
		make_event(bench, &bench->event[i]);
}

static void
run_group(struct bench *bench)
{
	for (unsigned i = 0; i < BLOCK_N; i += GROUP_N) {
		for (unsigned k = 0; k < GROUP_N; k++)
			cs_detect_prepare(bench->detect, &bench->event[i + k]);
		for (unsigned k = 0; k < GROUP_N; k++)
			cs_detect_event(bench->detect, &bench->event[i + k]);
	}
}

static void
run_single(struct bench *bench)
{
	for (unsigned i = 0; i < BLOCK_N; i++) {
		cs_detect_prepare(bench->detect, &bench->event[i]);
		cs_detect_event(bench->detect, &bench->event[i]);
	}
}

/* Nanoseconds of an event. */
static double
cost(struct bench *bench, void run(struct bench *), uint64_t events)
{
	uint64_t spent_ns = 0;
	for (uint64_t n = 0; n < events; n += BLOCK_N) {
		make_block(bench);
		uint64_t from_ns = measure_ns(CLOCK_THREAD_CPUTIME_ID);
		run(bench);
		spent_ns += measure_ns(CLOCK_THREAD_CPUTIME_ID) - from_ns;
	}
	return (double)spent_ns / (double)events;
}

static double
median(struct bench *bench, void run(struct bench *))
{
	double trial[TRIALS_N];
	for (unsigned i = 0; i < TRIALS_N; i++)
		trial[i] = cost(bench, run, MEASURE_N);
	measure_sort(trial, TRIALS_N);
	return trial[TRIALS_N / 2];
}

/* --- figures --- */

static void
print(const char *name, double value, const char *unit, const char *reference, double ratio)
{
	printf("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"%s\",\"reference\":\"%s\",\"ratio\":%.3f}\n", name, value,
	       unit, reference, ratio);
	fflush(stdout);
}

static int
order_spent(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Each decision by itself, as events come in groups; the clock's own time is in it. */
static void
bench_latency(struct bench *bench, clockid_t clock, const char *name)
{
	char at[128];
	for (unsigned n = 0; n < MEASURE_N; n++) {
		if (n % BLOCK_N == 0)
			make_block(bench);
		for (unsigned k = 0; n % GROUP_N == 0 && k < GROUP_N; k++)
			cs_detect_prepare(bench->detect, &bench->event[n % BLOCK_N + k]);
		uint64_t from_ns = measure_ns(clock);
		cs_detect_event(bench->detect, &bench->event[n % BLOCK_N]);
		uint64_t spent_ns = measure_ns(clock) - from_ns;
		bench->spent[n] = spent_ns < UINT32_MAX ? (uint32_t)spent_ns : UINT32_MAX;
	}
	qsort(bench->spent, MEASURE_N, sizeof bench->spent[0], order_spent);
	double p50 = bench->spent[MEASURE_N / 2], p999 = bench->spent[MEASURE_N / 1000 * 999];
	(void)snprintf(at, sizeof at, "decision p50, %s", name);
	print(at, p50, "ns", "5 us", p50 / 5000);
	(void)snprintf(at, sizeof at, "decision p99.9, %s", name);
	print(at, p999, "ns", "100 us", p999 / 100000);
}

/* No rule may fire: telling is not measured here. */
static void
stop_quiet(struct bench *bench)
{
	if (bench->finding_n) {
		fprintf(stderr, "%llu rules fired\n", (unsigned long long)bench->finding_n);
		exit(1);
	}
	stop(bench);
}

/* Tables for so many CARDS, and time such that each will have FILL events in its longest window. */
static void
lay_out(struct bench *bench, uint64_t cards, uint64_t fill, uint64_t *keys)
{
	*keys = 0;
	bench->seed = 7;
	bench->clock_ns = epoch_ns;
	bench->step_ns = UINT64_C(30) * DAY_S * 1000000000 / (cards * fill);
	for (unsigned i = 0; i < KEYS_N; i++) {
		bench->keys_n[i] = cards * profiles[i].of_million / 1000000;
		bench->keys_n[i] += bench->keys_n[i] == 0;
		*keys += bench->keys_n[i];
	}
	put_policy(bench, RULES_N);
	start(bench);
}

static double
bench_speed(struct bench *bench, uint64_t cards, uint64_t fill, double small_ns)
{
	char name[2][128];
	uint64_t before = measure_resident_bytes(), keys;
	lay_out(bench, cards, fill, &keys);
	(void)cost(bench, run_group, cards * fill);
	double each = (double)(measure_resident_bytes() - before) / (double)keys;
	double group_ns = median(bench, run_group), single_ns = median(bench, run_single);
	uint64_t thousands = cards / 1000;
	if (bench->eager) {
		(void)snprintf(name[0], sizeof name[0], "decisions, all profiles asked, in groups, %llu k cards",
			       (unsigned long long)thousands);
		print(name[0], 1e9 / group_ns, "events/s", "first conditions fail", small_ns / group_ns);
		stop_quiet(bench);
		return group_ns;
	}
	(void)snprintf(name[0], sizeof name[0], "decisions, in groups, %llu k cards", (unsigned long long)thousands);
	(void)snprintf(name[1], sizeof name[1], "decisions, an event at a time, %llu k cards",
		       (unsigned long long)thousands);
	print(name[0], 1e9 / group_ns, "events/s", "1 M events/s", 1e3 / group_ns);
	print(name[1], 1e9 / single_ns, "events/s", "0.5 M events/s", 2e3 / single_ns);
	(void)snprintf(name[0], sizeof name[0], "decisions, flat cost, %llu k cards", (unsigned long long)thousands);
	if (small_ns > 0)
		print(name[0], group_ns, "ns", "the same with 100 k cards", group_ns / small_ns);
	if (small_ns > 0) {
		print("memory of a key", each, "bytes", "stated for each, empty ones too",
		      each * (double)keys / (double)cs_behave_bytes(bench->policy));
		bench_latency(bench, CLOCK_THREAD_CPUTIME_ID, "processor time");
		bench_latency(bench, CLOCK_MONOTONIC, "by the wall");
	}
	stop_quiet(bench);
	return group_ns;
}

static void
bench_groups(struct bench *bench, uint64_t cards, uint64_t fill, unsigned trials)
{
	const uint64_t before = measure_resident_bytes();
	uint64_t keys;
	lay_out(bench, cards, fill, &keys);
	(void)cost(bench, run_group, cards * fill);
	fprintf(stderr, "%llu keys of %.0f bytes\n", (unsigned long long)keys,
		(double)(measure_resident_bytes() - before) / (double)keys);
	for (unsigned i = 0; i < trials; i++) {
		printf("%.1f\n", cost(bench, run_group, MEASURE_N));
		fflush(stdout);
	}
	stop_quiet(bench);
}

static double
cost_of_conditions(struct bench *bench, unsigned conditions, bool held)
{
	put_conditions(bench, conditions, held);
	start(bench);
	(void)cost(bench, run_group, MEASURE_N);
	double each = median(bench, run_group);
	stop(bench);
	return each;
}

static void
bench_conditions(struct bench *bench)
{
	double none = cost_of_conditions(bench, 0, false), asked = cost_of_conditions(bench, CONDITIONS_N, false);
	bench->finding_n = bench->text_n = 0;
	bench->terse = true;
	double found = cost_of_conditions(bench, CONDITIONS_N, true);
	bool silent = bench->finding_n >= MEASURE_N && bench->text_n == 0;
	bench->terse = false;
	double told = cost_of_conditions(bench, CONDITIONS_N, true);
	if (!silent || bench->text_n < MEASURE_N) {
		fputs("the wide rule was not told\n", stderr);
		exit(1);
	}
	print("20 conditions asked", asked - none, "ns", "50 ns", (asked - none) / 50);
	print("20 conditions that hold, told, values at hand", found - none, "ns", "50 ns", (found - none) / 50);
	print("20 conditions that hold, told with their reasons as text", told - none, "ns", "asked only",
	      (told - none) / (asked - none));
}

int
main(int argc, char **argv)
{
	uint64_t cards = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000000;
	uint64_t fill = argc > 2 ? strtoull(argv[2], NULL, 10) : 4;
	struct bench *bench = calloc(1, sizeof *bench);
	if (!bench || cards < 1000 || fill == 0)
		return 1;
	if (argc > 3) {
		bench_groups(bench, cards, fill, (unsigned)strtoull(argv[3], NULL, 10));
		free(bench);
		return 0;
	}
	double small_ns = bench_speed(bench, cards < 100000 ? cards : 100000, fill, 0);
	bench->eager = true;
	(void)bench_speed(bench, cards < 100000 ? cards : 100000, fill, small_ns);
	bench->eager = false;
	if (cards > 100000)
		(void)bench_speed(bench, cards, fill, small_ns);
	bench_conditions(bench);
	free(bench);
	return 0;
}

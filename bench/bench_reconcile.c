/*
 * How fast two books are held against each other: payments against statement entries, both ways, through the detectors alone
 * on one core. Each payment needs its entry within a day after it; both ways, each entry its payment before it as well. An
 * entry comes LAG_N payments later, so that nothing it needs is in a cache. Once while the memory is taken, once when as many
 * were there before: a record must cost no more then.
 *
 * Records are made in blocks; making them is not timed. Argument: payments (default 1000000, as published).
 */
#include "detect/detect.h"
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_N = 64, LAG_N = 200000, BAD_EVERY = 100003 };

static const uint64_t step_ns = 100000000; /* 864,000 a day, which have room */
static const uint64_t epoch_ns = UINT64_C(1700000000000000000);

struct bench {
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_coverage *coverage;
	struct cs_detect *detect;
	enum cs_field reference, account, value_date;
	struct cs_event block[BLOCK_N];
	uint64_t finding_n;
	uint64_t bad_n; /* entries of another amount */
	uint64_t spent_ns;
};

static void
note(void *context, const struct cs_finding *finding)
{
	struct bench *bench = context;
	bench->finding_n += finding->evidence_n > 0;
}

static enum cs_field
own(const struct bench *bench, const char *name)
{
	for (unsigned i = 0; i < bench->policy->extra_n; i++)
		if (strcmp(bench->policy->extra[i].name, name) == 0)
			return (enum cs_field)bench->policy->extra[i].field;
	return CS_FIELD_N;
}

static void
set_hex(struct cs_event *event, enum cs_field field, uint64_t value)
{
	static const char digits[] = "0123456789ABCDEF";
	for (unsigned i = 0; i < CS_SHORT_BYTES; i++)
		event->text[field].at[i] = digits[value >> (60 - 4 * i) & 15];
	event->present |= UINT64_C(1) << field;
}

static void
make_record(struct bench *bench, struct cs_event *event, uint64_t number, bool entry)
{
	bool bad = entry && number % BAD_EVERY == BAD_EVERY - 1;
	*event = (struct cs_event){.kind = CS_KIND_RECORD, .link = entry};
	event->origin.time_ns = epoch_ns + (number + (entry ? LAG_N : 0)) * step_ns;
	event->origin.packet = number + 1;
	event->message_hash = (number * 2 + entry) * UINT64_C(0x9e3779b97f4a7c15);
	set_hex(event, bench->reference, number * UINT64_C(0xff51afd7ed558ccd));
	set_hex(event, bench->account, number % 5000 * UINT64_C(0xc4ceb9fe1a85ec53));
	cs_event_set_text(event, bench->value_date, cs_span_text("2026-11-02"));
	event->money[0] = cs_money_of((int64_t)(number % 100000 + 1 + bad), 978);
	event->present |= UINT64_C(1) << CS_FIELD_AMOUNT | UINT64_C(1) << CS_FIELD_CURRENCY;
	bench->bad_n += bad;
}

static void
take_block(struct bench *bench, unsigned n)
{
	uint64_t from_ns = measure_ns(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned i = 0; i < n; i++)
		cs_detect_prepare(bench->detect, &bench->block[i]);
	for (unsigned i = 0; i < n; i++)
		cs_detect_event(bench->detect, &bench->block[i]);
	uint64_t time_ns = bench->block[n - 1].origin.time_ns;
	for (unsigned i = 0; i < 2; i++)
		cs_coverage_settle(bench->coverage, i, time_ns - 1);
	cs_detect_advance(bench->detect, time_ns);
	bench->spent_ns += measure_ns(CLOCK_THREAD_CPUTIME_ID) - from_ns;
}

/* Payments FROM to UNTIL of PAYMENT_N, and the entries that come at the same time. */
static void
run(struct bench *bench, uint64_t from, uint64_t until, uint64_t payment_n)
{
	unsigned n = 0;
	for (uint64_t i = from; i < until; i++) {
		if (i < payment_n)
			make_record(bench, &bench->block[n++], i, false);
		if (i >= LAG_N)
			make_record(bench, &bench->block[n++], i - LAG_N, true);
		if (n + 2 <= BLOCK_N && i + 1 < until)
			continue;
		take_block(bench, n);
		n = 0;
	}
}

static bool
start(struct bench *bench, bool both)
{
	static const char records[] =
		"record sent { source jsonl time from \"t\" field reference text from \"r\" field account token from "
		"\"a\"\n"
		"field value_date text from \"v\" amount from \"m\" minor EUR keep 1048576 records }\n"
		"record entries { source csv time from \"t\" field reference text from \"r\" field account token from "
		"\"a\"\n"
		"field value_date text from \"v\" amount from \"m\" minor EUR keep 1048576 records }\n"
		"expect confirmed { claim record on sent proof record on entries\n"
		"match account, value_date, amount, currency and (reference) within 1d after otherwise hold high }\n";
	static const char back[] =
		"expect ordered { claim record on entries proof record on sent\n"
		"match account, value_date, amount, currency and (reference) within 1d before otherwise hold high }\n";
	char policy[sizeof records + sizeof back];
	struct cs_text text = cs_text_over(policy, sizeof policy);
	cs_text_put(&text, records);
	cs_text_put(&text, both ? back : "");
	static struct cs_complaints complaints;
	if (cs_arena_init(&bench->arena, 1 << 20) != CS_OK ||
	    cs_policy_read(cs_span_text(policy), "bench", &bench->arena, &bench->policy, &complaints) != CS_OK) {
		fprintf(stderr, "policy: %s\n", complaints.n ? complaints.at[0].text : "no memory");
		return false;
	}
	struct cs_detect_sink sink = {note, bench};
	bench->coverage = cs_coverage_new(bench->policy->link_n, 64);
	bench->detect = cs_detect_new(bench->policy, bench->coverage, &sink);
	for (unsigned i = 0; i < bench->policy->link_n; i++)
		cs_coverage_start(bench->coverage, i, 0);
	bench->reference = own(bench, "reference");
	bench->account = own(bench, "account");
	bench->value_date = own(bench, "value_date");
	return bench->detect != NULL;
}

static bool
adds_up(const struct bench *bench, uint64_t payment_n)
{
	const struct cs_expect_counts *expect = cs_detect_counts_of(bench->detect)->expect;
	bool good = bench->finding_n == bench->policy->expect_n * bench->bad_n;
	for (unsigned i = 0; i < bench->policy->expect_n; i++)
		good = good && expect[i].claims == payment_n && expect[i].proven == payment_n - bench->bad_n &&
		       expect[i].contradicted == bench->bad_n;
	if (!good)
		fprintf(stderr, "of %llu payments %llu were proven, of their entries %llu; %llu findings\n",
			(unsigned long long)payment_n, (unsigned long long)expect[0].proven,
			(unsigned long long)expect[1].proven, (unsigned long long)bench->finding_n);
	return good;
}

/* So many payments with as many entries, LAG_N further on; how many seconds they took. */
static double
take(struct bench *bench, uint64_t from, uint64_t n, uint64_t payment_n)
{
	uint64_t before_ns = bench->spent_ns;
	run(bench, LAG_N + from, LAG_N + from + n, payment_n);
	return (double)(bench->spent_ns - before_ns) / 1e9;
}

static bool
reconcile(uint64_t n, bool both)
{
	uint64_t payment_n = 2 * n + LAG_N;
	struct bench *bench = calloc(1, sizeof *bench);
	if (!n || !bench || !start(bench, both))
		exit(1);
	run(bench, 0, LAG_N, payment_n);
	double first_s = take(bench, 0, n, payment_n), next_s = take(bench, n, n, payment_n);
	run(bench, payment_n, payment_n + LAG_N, payment_n);
	bool good = adds_up(bench, payment_n);
	printf("{\"name\":\"%llu payments against as many entries%s\",\"value\":%.3f,\"unit\":\"s\","
	       "\"reference\":\"one second\",\"ratio\":%.3f}\n",
	       (unsigned long long)n, both ? ", both ways" : "", next_s, next_s);
	printf("{\"name\":\"the same%s, while the memory is taken\",\"value\":%.3f,\"unit\":\"s\","
	       "\"reference\":\"behind as many others\",\"ratio\":%.3f}\n",
	       both ? ", both ways" : "", first_s, first_s / next_s);
	cs_detect_free(bench->detect);
	cs_coverage_free(bench->coverage);
	cs_arena_fini(&bench->arena);
	free(bench);
	return good;
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	return reconcile(n, false) && reconcile(n, true) ? 0 : 1;
}

/*
 * How fast claims find their proofs: events a second through the detectors alone, on one core, under a policy
 * like the one shipped for two taps; whether that stays the same as history grows; and the memory of a pending claim.
 *
 * Four events a transaction (request and response on both links); answers come LIVE_N transactions after their
 * requests, so that as many are open on each link, and nothing an answer needs is in a cache. Events are made in
 * blocks; making them is not timed. Argument: the greatest history in transactions (default 1000000, as
 * published).
 */
#include "detect/detect.h"
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_N = 64, LIVE_N = 100000, MEASURE_N = 400000 };

static const uint64_t step_ns = 100000; /* 10,000 transactions a second */
static const uint64_t epoch_ns = UINT64_C(1700000000000000000);

struct bench {
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_coverage *coverage;
	struct cs_detect *detect;
	struct cs_event template[2][2]; /* by link, by answer */
	struct cs_event block[BLOCK_N];
	uint64_t next; /* transactions begun */
	uint64_t spent_ns;
	uint64_t event_n;
	uint64_t finding_n;
	bool forged; /* the issuer's link stays empty */
};

static void
note(void *context, const struct cs_finding *finding)
{
	struct bench *bench = context;
	bench->finding_n += finding->evidence_n > 0;
}

static void
make_template(struct bench *bench, unsigned link, bool answer)
{
	struct cs_event *event = &bench->template[link][answer];
	*event = (struct cs_event){.link = (uint16_t)link};
	memcpy(event->mti, answer ? "0210" : "0200", 4);
	event->kind = (uint8_t)cs_kind_of(event->mti);
	event->origin.direction = answer ? CS_DIR_FROM_PORT : CS_DIR_TO_PORT;
	event->flags = CS_FLAG_CARD | (answer ? CS_FLAG_APPROVED : 0);
	event->present = UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN | UINT64_C(1) << CS_FIELD_AMOUNT |
			 UINT64_C(1) << CS_FIELD_CURRENCY;
	memcpy(event->card.masked, "400000******0001", 17);
	event->money[0] = cs_money_of(10000, 978);
	event->bitmap[0] = answer ? UINT64_C(0x723000010ac08000) : UINT64_C(0x7230000108c08000);
	cs_event_set_text(event, CS_FIELD_TERMINAL, cs_span_text("TERM0001"));
	cs_event_set_text(event, CS_FIELD_PROCESSING, cs_span_text("010000"));
	if (answer)
		cs_event_set_text(event, CS_FIELD_RESPONSE_CODE, cs_span_text("00"));
}

static void
put_digits(struct cs_short *text, uint64_t value, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; value /= 10)
		text->at[i] = (char)('0' + value % 10);
}

static void
make_event(struct bench *bench, struct cs_event *event, uint64_t number, unsigned link, bool answer)
{
	*event = bench->template[link][answer];
	event->origin.time_ns = epoch_ns + (number + (answer ? LIVE_N : 0)) * step_ns;
	event->card.token.half[0] = number * UINT64_C(0x9e3779b97f4a7c15);
	event->card.token.half[1] = number + 1;
	event->message_hash = number * 4 + link * 2 + answer;
	put_digits(&event->text[CS_FIELD_STAN], number + link * 500000, 6);
	put_digits(&event->text[CS_FIELD_TERMINAL], number % 5000, 8);
	put_digits(&event->text[CS_FIELD_RRN], number, 12);
	event->present |= UINT64_C(1) << CS_FIELD_STAN | UINT64_C(1) << CS_FIELD_RRN;
	if (answer) {
		put_digits(&event->text[CS_FIELD_APPROVAL_CODE], number * 7919, 6);
		event->present |= UINT64_C(1) << CS_FIELD_APPROVAL_CODE;
	}
}

static unsigned
make_block(struct bench *bench)
{
	unsigned n = 0;
	for (; n + 4 <= BLOCK_N; bench->next++) {
		make_event(bench, &bench->block[n++], bench->next, 0, false);
		if (!bench->forged)
			make_event(bench, &bench->block[n++], bench->next, 1, false);
		if (bench->next < LIVE_N)
			continue;
		if (!bench->forged)
			make_event(bench, &bench->block[n++], bench->next - LIVE_N, 1, true);
		make_event(bench, &bench->block[n++], bench->next - LIVE_N, 0, true);
	}
	return n;
}

static void
run(struct bench *bench, uint64_t transactions)
{
	uint64_t until = bench->next + transactions;
	while (bench->next < until) {
		unsigned n = make_block(bench);
		uint64_t from_ns = measure_ns(CLOCK_THREAD_CPUTIME_ID);
		for (unsigned i = 0; i < n; i++)
			cs_detect_prepare(bench->detect, &bench->block[i]);
		for (unsigned i = 0; i < n; i++)
			cs_detect_event(bench->detect, &bench->block[i]);
		uint64_t time_ns = bench->block[n - 1].origin.time_ns;
		for (unsigned i = 0; i < bench->policy->link_n && !bench->forged; i++)
			cs_coverage_settle(bench->coverage, i, time_ns);
		cs_detect_advance(bench->detect, time_ns);
		bench->spent_ns += measure_ns(CLOCK_THREAD_CPUTIME_ID) - from_ns;
		bench->event_n += n;
	}
}

static bool
start(struct bench *bench)
{
	static const char policy[] =
		"link visa { tap \"a\" port 5001 frame length16 dialect \"iso87-ascii\" side acquirer }\n"
		"link core { tap \"b\" port 7001 frame length16 dialect \"iso87-ebcdic\" side issuer }\n"
		"expect approval \"own\" { claim card.response on visa where approved\n"
		"proof card.response on core where approved\n"
		"match card, amount, currency, approval_code and (rrn or stan + terminal)\n"
		"within 30s before unless stand_in, partial, conversion, duplicate otherwise block critical }\n"
		"watch visa { unasked otherwise hold high replayed otherwise block critical\n"
		"signed_off otherwise block critical reversal against core otherwise allow medium\n"
		"fingerprint after 2000 otherwise allow medium approval_code after 2000 otherwise allow medium\n"
		"balance after 2000 otherwise allow medium too_fast against core after 1000 otherwise allow medium }\n"
		"conserve cash \"counted\" { claim card.response on visa where approved\n"
		"proof card.response on core where approved every 60s slack 5 otherwise hold high }\n";
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
	for (unsigned i = 0; i < 4; i++)
		make_template(bench, i / 2, i % 2);
	return bench->detect != NULL;
}

static void
stop(struct bench *bench)
{
	cs_detect_free(bench->detect);
	cs_coverage_free(bench->coverage);
	cs_arena_fini(&bench->arena);
	free(bench);
}

static double
rate(const struct bench *bench)
{
	return (double)bench->event_n * 1e9 / (double)bench->spent_ns;
}

static void
bench_speed(uint64_t history_max)
{
	struct bench *bench = calloc(1, sizeof *bench);
	double first = 0;
	if (!start(bench))
		exit(1);
	run(bench, LIVE_N);
	for (uint64_t history = 10000; history <= history_max; history *= 10) {
		while (bench->next < LIVE_N + history)
			run(bench,
			    LIVE_N + history - bench->next < MEASURE_N ? LIVE_N + history - bench->next : MEASURE_N);
		bench->spent_ns = bench->event_n = 0;
		run(bench, MEASURE_N);
		first = first > 0 ? first : rate(bench);
		printf("{\"name\":\"pairing after %llu transactions\",\"value\":%.0f,\"unit\":\"events/s\","
		       "\"reference\":\"same run after 10000 transactions\",\"ratio\":%.3f}\n",
		       (unsigned long long)history, rate(bench), rate(bench) / first);
		fflush(stdout);
	}
	const struct cs_expect_counts *counts = &cs_detect_counts_of(bench->detect)->expect[0];
	if (counts->proven != counts->claims || bench->finding_n) {
		fprintf(stderr, "of %llu claims %llu were proven, %llu findings\n", (unsigned long long)counts->claims,
			(unsigned long long)counts->proven, (unsigned long long)bench->finding_n);
		exit(1);
	}
	stop(bench);
}

/* Claims whose proofs never come, on links never settled: all of them wait, and the links' tables are full of them. */
static void
bench_memory(void)
{
	struct bench *bench = calloc(1, sizeof *bench);
	bench->forged = true;
	uint64_t before = measure_resident_bytes();
	if (!start(bench))
		exit(1);
	uint32_t cap = bench->policy->link[0].transactions_cap;
	double stated = (double)cs_detect_bytes(bench->policy) / cap;
	run(bench, LIVE_N + cap);

	double each = (double)(measure_resident_bytes() - before) / cap;
	printf("{\"name\":\"memory of a claim kept, both links and all tables\",\"value\":%.0f,\"unit\":\"bytes\","
	       "\"reference\":\"stated by cs_detect_bytes for each transaction kept\",\"ratio\":%.3f}\n",
	       each, each / stated);
	stop(bench);
}

int
main(int argc, char **argv)
{
	bench_memory();
	bench_speed(argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000);
	return 0;
}

/*
 * Goal: how many MT103 a second, and how many entries of MT940, one core reads, all checks and the key, beside a minimal
 * pass over the same bytes.
 * Method: 2,000 variants of an MT103 of 15 fields and of an MT940 of 14 entries with information, both own; every message
 * is decoded whole: blocks, order, formats, currencies, BICs, rules, sums, key. The minimal pass finds the lines and the
 * tags with memchr and checks nothing. 200 messages a trial, both in turn, pinned to one core; best and median.
 */
#include "decode/mt.h"
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	VARIANTS = 2000,
	BATCH = 200,
	ROUNDS = 30,
	TRIALS = ROUNDS * VARIANTS / BATCH,
	MESSAGE_CAP = 2048,
	ENTRIES = 14
};

struct message {
	size_t len;
	char at[MESSAGE_CAP];
};

static struct message transfers[VARIANTS];
static struct message statements[VARIANTS];
static uint64_t seed = 42;
static volatile uint64_t sink;

static unsigned
next_random(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % below);
}

static void
build_transfer(struct message *m)
{
	m->len = (size_t)snprintf(
		m->at, sizeof m->at,
		"{1:F01NORDNOKKAXXX1234%06u}{2:I103BSUIFRPPXXXXN}{3:{108:ORDER%08u}{121:0f1e2d3c-4b5a-4678-9abc-%012u}}"
		"{4:\r\n"
		":20:ORD%08u\r\n:13C:/SNDTIME/0915+0100\r\n:23B:CRED\r\n:23E:SDVA\r\n:32A:261126EUR%u,%02u\r\n"
		":33B:EUR%u,\r\n:50K:/NO9386011117947\r\nFJELL OG FJORD AS\r\nSTORGATA 12\r\n0155 OSLO\r\nNORWAY\r\n"
		":52A:NORDNOKKXXX\r\n:53A:/D/12345678\r\nDEUTDEFFXXX\r\n:56A:BNPAFRPPXXX\r\n:57A:SOGEFRPPXXX\r\n"
		":59:/FR1420041010050500013M02606\r\nMAISON DUVAL ET FILS\r\n8 RUE DES LILAS\r\n69003 LYON\r\n"
		":70:/INV/2026-%06u\r\nSPARE PARTS AS ORDERED ON 12 NOV\r\nDELIVERY 4711, LESS DISCOUNT\r\n:71A:SHA\r\n"
		":72:/ACC/CALL ON ARRIVAL\r\n//BEFORE NOON\r\n-}{5:{CHK:0123456789AB}}",
		next_random(1000000), next_random(100000000), next_random(1000000000), next_random(100000000),
		1 + next_random(9000000), next_random(100), 1 + next_random(90000), next_random(1000000));
}

static void
build_statement(struct message *m)
{
	uint64_t closing = 100000000;
	size_t n = (size_t)snprintf(m->at, sizeof m->at,
				    "{1:F01NORDNOKKAXXX1234%06u}{2:I940BSUIFRPPXXXXN}{4:\r\n:20:STMT%06u\r\n"
				    ":25:NO9386011117947\r\n:28C:%u/1\r\n:60F:C261125EUR1000000,00\r\n",
				    next_random(1000000), next_random(1000000), 1 + next_random(300));
	for (unsigned i = 0; i < ENTRIES; i++) {
		unsigned amount = 1 + next_random(5000000);
		bool credit = next_random(2);
		closing = credit ? closing + amount : closing - amount;
		n += (size_t)snprintf(m->at + n, sizeof m->at - n,
				      ":61:2611261126%s%u,%02uNTRFORD%08u//BNK%09u\r\n"
				      ":86:/EREF/E2E%07u/REMI/INVOICE %06u\r\nFJELL OG FJORD AS\r\n",
				      credit ? "C" : "D", amount / 100, amount % 100, next_random(100000000),
				      next_random(1000000000), next_random(10000000), next_random(1000000));
	}
	n += (size_t)snprintf(m->at + n, sizeof m->at - n, ":62F:C261126EUR%llu,%02llu\r\n-}",
			      (unsigned long long)(closing / 100), (unsigned long long)(closing % 100));
	m->len = n;
}

__attribute__((noinline)) static void
trial_minimal(const struct message *m)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < BATCH; i++) {
		const char *at = m[i].at;
		const char *end = at + m[i].len;
		for (const char *newline; (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1)
			sum += newline + 1 < end && newline[1] == ':' ? (uint64_t)newline[2] : 1;
	}
	sink += sum;
}

static void
trial_ours(const struct message *m, struct cs_mt *mt)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < BATCH; i++) {
		if (!cs_mt_decode(mt, (struct cs_span){(const uint8_t *)m[i].at, m[i].len}))
			abort();
		sum += mt->payment.key[CS_PAYMENT_REFERENCE].len + mt->sums.entry_n;
		if (mt->head.type == 940 && !mt->sums.balanced)
			abort();
	}
	sink += sum;
}

static void
measure(const char *name, const char *unit, const struct message *all, struct cs_mt *mt, unsigned each)
{
	static double ours[TRIALS], minimal[TRIALS];
	for (unsigned t = 0; t < TRIALS; t++) {
		/* Neither finds its messages warm from the other. */
		double start = measure_s(CLOCK_MONOTONIC);
		trial_minimal(all + t * BATCH % VARIANTS);
		double middle = measure_s(CLOCK_MONOTONIC);
		trial_ours(all + (t * BATCH + VARIANTS / 2) % VARIANTS, mt);
		minimal[t] = middle - start;
		ours[t] = measure_s(CLOCK_MONOTONIC) - middle;
	}
	measure_sort(ours, TRIALS);
	measure_sort(minimal, TRIALS);
	double best = BATCH * each / ours[0], median = BATCH * each / ours[TRIALS / 2];
	printf("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"%s\",\"reference\":\"lines by memchr, nothing checked, "
	       "best\",\"ratio\":%.3f}\n",
	       name, best, unit, best * minimal[0] / BATCH / each);
	printf("{\"name\":\"%s_median\",\"value\":%.0f,\"unit\":\"%s\",\"reference\":\"the same, "
	       "median\",\"ratio\":%.3f}\n",
	       name, median, unit, median * minimal[TRIALS / 2] / BATCH / each);
}

int
main(void)
{
	static struct cs_mt_field fields[CS_MT_FIELDS_MAX];
	static struct cs_mt mt;
	struct cs_mt_plan *plan = cs_mt_plan_new();
	measure_pin();
	if (!plan)
		return 1;
	cs_mt_init(&mt, plan, fields, CS_MT_FIELDS_MAX);
	for (unsigned i = 0; i < VARIANTS; i++) {
		build_transfer(&transfers[i]);
		build_statement(&statements[i]);
	}
	measure("mt103_full_decode", "messages/s", transfers, &mt, 1);
	measure("mt940_entries", "entries/s", statements, &mt, ENTRIES);
	cs_mt_plan_free(plan);
	return 0;
}

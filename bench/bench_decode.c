/*
 * Goal: how many ISO 8583 messages a second one core decodes, all fields, beside a minimal single pass.
 * Method: 100,000 variants of the 21-field ATM request (ASCII, raw bitmaps, raw PIN block, 273 bytes); each message
 * decoded whole, DE4 and DE102 read as strings; 1,000 messages a trial, both programs in turn, pinned to one core;
 * best and median of all trials. docs/benchmarks.md tells the rest.
 */
#include "decode/iso8583.h"
#include "decode/shipped.h"
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	VARIANTS = 100000,
	BATCH = 1000,
	ROUNDS = 20,
	TRIALS = ROUNDS * VARIANTS / BATCH,
	MESSAGE_CAP = 320,
	FIELDS = 20
};

struct part {
	uint8_t field;
	uint8_t var;
	const char *value;
};

static const struct part parts[FIELDS] = {
	{2, 2, "4761739001010119"},
	{3, 0, "011000"},
	{4, 0, "000000050000"},
	{7, 0, "1123143015"},
	{11, 0, "004321"},
	{12, 0, "143015"},
	{13, 0, "1123"},
	{14, 0, "2712"},
	{18, 0, "6011"},
	{22, 0, "051"},
	{25, 0, "02"},
	{32, 2, "412345"},
	{35, 2, "4761739001010119=27122011234567890000"},
	{37, 0, "632714004321"},
	{41, 0, "ATM00042"},
	{42, 0, "000000000012345"},
	{43, 0, "BANK PLAZA ATM 42      BOGOTA      DCCO "},
	{48, 3, "FEE=000000;LANG=ES;CH=01"},
	{49, 0, "170"},
	{52, 0, "\x74\x34\xF6\x78\x13\xBA\xE5\x45"},
};
static const struct part account = {102, 2, "0012345678901234"};

struct message {
	uint8_t at[MESSAGE_CAP];
	uint32_t len;
};

static struct message messages[VARIANTS];
static uint64_t seed = 42;

static uint32_t
next_random(void)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33);
}

static void
vary(uint8_t *at, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		at[i] = (uint8_t)('0' + next_random() % 10);
}

static void
put(struct message *m, const struct part *part, size_t len)
{
	uint8_t *value;
	if (part->var == 3)
		m->at[m->len++] = '0';
	if (part->var) {
		m->at[m->len++] = (uint8_t)('0' + len / 10);
		m->at[m->len++] = (uint8_t)('0' + len % 10);
	}
	value = m->at + m->len;
	memcpy(value, part->value, len);
	m->len += (uint32_t)len;
	if (part->field == 2 || part->field == 35 || part->field == 102)
		vary(value, 6, 9);
	if (part->field == 4 || part->field == 37)
		vary(value, 7, 5);
	if (part->field == 7 || part->field == 11 || part->field == 12)
		vary(value, 2, 4);
	if (part->field == 41)
		vary(value, 3, 5);
	for (unsigned i = 0; part->field == 52 && i < 8; i++)
		value[i] = (uint8_t)next_random();
}

static void
build(struct message *m)
{
	memcpy(m->at, "0200", 4);
	memset(m->at + 4, 0, 16);
	m->at[4] = 0x80;
	m->len = 20;
	for (unsigned i = 0; i < FIELDS; i++) {
		m->at[4 + (parts[i].field - 1) / 8] |= (uint8_t)(0x80 >> (parts[i].field - 1) % 8);
		put(m, &parts[i], parts[i].field == 52 ? 8 : strlen(parts[i].value));
	}
	m->at[4 + 101 / 8] |= 0x80 >> 101 % 8;
	put(m, &account, strlen(account.value));
}

/* --- the minimal single pass: no digit checks of values, no code pages, offsets and lengths stored --- */

struct minimal {
	uint16_t offset[129];
	uint16_t length[129];
};

static uint8_t minimal_fixed[129];
static uint8_t minimal_var[129];

/* Where the minimal pass stands. */
struct pass {
	const uint8_t *at;
	uint32_t len;
	uint32_t pos;
	struct minimal *out;
};

/* The number of N digits at the position, or UINT32_MAX. */
static inline uint32_t
minimal_prefix(struct pass *pass, unsigned n)
{
	uint32_t value = 0;
	if (pass->len - pass->pos < n)
		return UINT32_MAX;
	for (unsigned i = 0; i < n; i++) {
		uint32_t digit = pass->at[pass->pos + i] - (uint32_t)'0';
		if (digit > 9)
			return UINT32_MAX;
		value = value * 10 + digit;
	}
	pass->pos += n;
	return value;
}

static inline int
minimal_fields(struct pass *pass, uint64_t bits, unsigned first)
{
	while (bits) {
		unsigned bit = (unsigned)__builtin_clzll(bits), field = first + bit;
		uint32_t n = minimal_var[field] ? minimal_prefix(pass, minimal_var[field]) : minimal_fixed[field];
		if (pass->len - pass->pos < n)
			return -1;
		pass->out->offset[field] = (uint16_t)pass->pos;
		pass->out->length[field] = (uint16_t)n;
		pass->pos += n;
		bits &= ~(UINT64_C(1) << (63 - bit));
	}
	return 0;
}

__attribute__((noinline)) static int
minimal_decode(const uint8_t *at, uint32_t len, struct minimal *out)
{
	uint64_t words[2];
	struct pass pass = {at, len, 20, out};
	if (len < pass.pos)
		return -1;
	memcpy(words, at + 4, sizeof words);
	uint64_t first = __builtin_bswap64(words[0]) & ~(UINT64_C(1) << 63);
	if (minimal_fields(&pass, first, 1) || minimal_fields(&pass, __builtin_bswap64(words[1]), 65))
		return -1;
	return pass.pos == len ? 0 : -1;
}

/* --- trials --- */

static volatile uint64_t sink;

static void
trial_minimal(const struct message *m)
{
	static struct minimal out;
	char text[64];
	uint64_t sum = 0;
	for (unsigned i = 0; i < BATCH; i++) {
		if (minimal_decode(m[i].at, m[i].len, &out))
			abort();
		memcpy(text, m[i].at + out.offset[4], out.length[4]);
		memcpy(text + 16, m[i].at + out.offset[102], out.length[102]);
		sum += (uint64_t)text[11] + (uint64_t)text[20];
	}
	sink += sum;
}

static void
trial_ours(const struct message *m, struct cs_iso_plans *plans)
{
	static struct cs_iso out;
	struct cs_iso_fault fault;
	char text[64];
	uint64_t sum = 0;
	for (unsigned i = 0; i < BATCH; i++) {
		if (cs_iso_decode(plans, (struct cs_span){m[i].at, m[i].len}, &out, &fault) != CS_ISO_OK)
			abort();
		if (cs_iso_value(&out, 4, text, 16) != 12 || cs_iso_value(&out, 102, text + 16, 28) != 16)
			abort();
		sum += (uint64_t)text[11] + (uint64_t)text[20];
	}
	sink += sum;
}

static void
report(const char *name, double value, const char *reference, double base)
{
	printf("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"messages/s\",\"reference\":\"%s\",\"ratio\":%.3f}\n", name,
	       value, reference, value / base);
}

int
main(void)
{
	static double ours[TRIALS], minimal[TRIALS];
	static struct cs_dialect dialect;
	struct cs_arena arena;
	struct cs_dialect_fault fault;
	struct cs_span json;
	measure_pin();
	if (cs_arena_init(&arena, 1 << 20) != CS_OK || !cs_shipped_dialect(cs_span_text("iso87-ascii-bin"), &json) ||
	    cs_dialect_read_json(json, "iso87-ascii-bin", &arena, &dialect, &fault) != CS_OK)
		return 1;
	struct cs_iso_plans *plans = cs_iso_plans_new(&dialect, 16);
	for (unsigned i = 0; i < VARIANTS; i++)
		build(&messages[i]);
	for (unsigned field = 2; field <= 128; field++) {
		minimal_fixed[field] = (uint8_t)dialect.field[field].max;
		minimal_var[field] = dialect.field[field].var;
	}
	for (unsigned t = 0; t < TRIALS; t++) {
		const struct message *m = messages + t * BATCH % VARIANTS;
		double start = measure_s(CLOCK_MONOTONIC);
		trial_minimal(m);
		double middle = measure_s(CLOCK_MONOTONIC);
		trial_ours(m, plans);
		minimal[t] = middle - start;
		ours[t] = measure_s(CLOCK_MONOTONIC) - middle;
	}
	measure_sort(ours, TRIALS);
	measure_sort(minimal, TRIALS);
	double best = BATCH / minimal[0], median = BATCH / minimal[TRIALS / 2];
	report("decode_minimal_pass", best, "minimal single pass, best", best);
	report("decode_21_fields", BATCH / ours[0], "minimal single pass, best", best);
	report("decode_21_fields_median", BATCH / ours[TRIALS / 2], "minimal single pass, median", median);
	cs_iso_plans_free(plans);
	cs_arena_fini(&arena);
	return messages[0].len == 273 ? 0 : 1;
}

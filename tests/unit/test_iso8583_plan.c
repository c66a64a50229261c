/*
 * Goal: a plan accepts only what the plain walk accepts, with the same slots; the cache never changes an answer.
 * Method: seeded random messages under four dialects, some damaged; each decoded by a warm cache, by a cache of one
 * plan, and with plans declined.
 */
#include "check.h"

#include "../../src/decode/iso8583_plan.c"
#include "decode/shipped.h"

static uint64_t seed = 1;

static uint32_t
next_random(void)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33);
}

static struct cs_arena arena;
static struct cs_dialect dialect;

/* Bytes that look like digits in any writing, mostly. */
static void
draw(uint8_t *at, size_t len, uint8_t zero)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(next_random() % 16 == 0 && zero ? zero + next_random() % 16
								  : zero + next_random() % 10);
}

/* One odd byte among digits, seen through every window. */
static void
check_byte(uint8_t byte, uint8_t writing)
{
	uint8_t at[48];
	memset(at, writing == CS_ISO_DIGITS_ASCII ? '7' : writing == CS_ISO_DIGITS_BCD ? 0x77 : 0xF7, sizeof at);
	at[20] = byte;
	bool good = is_digit_byte(byte, writing);
	for (uint32_t pos = 0; pos <= 24; pos++)
		for (uint32_t len = 0; len <= 24; len++)
			assert_int_equal(all_digits(at, pos, len, writing), good || pos > 20 || pos + len <= 20);
}

static void
digit_checks(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		check_byte((uint8_t)byte, CS_ISO_DIGITS_ASCII);
		check_byte((uint8_t)byte, CS_ISO_DIGITS_EBCDIC);
		check_byte((uint8_t)byte, CS_ISO_DIGITS_BCD);
	}
}

/* One message of random fields whose values are likely digits of the dialect's writing. */
static size_t
make_message(uint8_t *at, uint64_t bits)
{
	bool bcd = dialect.mti_encoding == CS_ENC_BCD, ebcdic = dialect.mti_encoding == CS_ENC_EBCDIC;
	size_t n = bcd ? 2 : 4;
	draw(at, n, bcd ? 0 : ebcdic ? 0xF0 : '0');
	bits &= ~(UINT64_C(1) << 63);
	for (unsigned i = 0; i < 8; i++)
		at[n++] = (uint8_t)(bits >> (56 - 8 * i));
	for (unsigned field = 2; field <= 64; field++) {
		if (!(bits >> (64 - field) & 1))
			continue;
		const struct cs_field_spec *spec = &dialect.field[field];
		uint32_t units = spec->var ? next_random() % 10 : spec->max;
		if (spec->var) {
			memset(at + n,
			       spec->len_encoding == CS_ENC_ASCII ? '0'
			       : spec->len_encoding == CS_ENC_BCD ? 0
								  : 0xF0,
			       spec->len_bytes);
			n += spec->len_bytes;
			at[n - 1] = (uint8_t)(at[n - 1] + units);
		}
		uint32_t bytes = cs_iso_width_bytes((uint8_t)cs_iso_width_of(spec), units);
		draw(at + n, bytes, spec->encoding == CS_ENC_ASCII ? '0' : spec->encoding == CS_ENC_EBCDIC ? 0xF0 : 0);
		n += bytes;
	}
	if (next_random() % 4 == 0)
		n = next_random() % (n + 1);
	return n;
}

static void
same(const struct cs_iso *a, const struct cs_iso *b)
{
	assert_int_equal(a->field_n, b->field_n);
	assert_memory_equal(a->bitmap, b->bitmap, sizeof a->bitmap);
	assert_memory_equal(a->slot, b->slot, a->field_n * sizeof a->slot[0]);
}

static unsigned
compare_dialect(const char *name)
{
	struct cs_span json;
	struct cs_dialect_fault why;
	assert_true(cs_shipped_dialect(cs_span_text(name), &json));
	assert_int_equal(cs_dialect_read_json(json, name, &arena, &dialect, &why), CS_OK);
	struct cs_iso_plans *warm = cs_iso_plans_new(&dialect, 8), *small = cs_iso_plans_new(&dialect, 1);
	struct cs_iso_plans *plain = cs_iso_plans_new(&dialect, 0);
	static struct cs_iso a, b, c;
	struct cs_iso_fault fault_a, fault_b, fault_c;
	static uint8_t at[16384];
	unsigned accepted = 0;
	for (unsigned i = 0; i < 3000; i++) {
		uint64_t bits = (uint64_t)next_random() << 33 ^ next_random();
		bits = i % 2 ? bits & bits << 7 & bits >> 11 : UINT64_C(0x7020000122808001) ^ (i % 16 == 0);
		struct cs_span message = {at, make_message(at, bits)};
		enum cs_iso_reason reason = cs_iso_decode(warm, message, &a, &fault_a);
		assert_int_equal(cs_iso_decode(small, message, &b, &fault_b), reason);
		/* a plan that is known and declines leaves the message to the plain walk */
		struct cs_iso_plan *plan = find(plain, a.bitmap);
		if (reason == CS_ISO_OK) {
			plan->declines = true;
			plain->last = plan;
		}
		assert_int_equal(cs_iso_decode(plain, message, &c, &fault_c), reason);
		same(&a, &b);
		same(&a, &c);
		accepted += reason == CS_ISO_OK;
		if (reason != CS_ISO_OK)
			assert_true(fault_a.offset == fault_b.offset && fault_a.field == fault_b.field &&
				    fault_a.offset == fault_c.offset && fault_a.field == fault_c.field);
	}
	assert_true(small->full_n > 0 && small->n == 1);
	cs_iso_plans_free(warm);
	cs_iso_plans_free(small);
	cs_iso_plans_free(plain);
	return accepted;
}

static void
plans_say_what_the_walk_says(void **state)
{
	(void)state;
	assert_true(compare_dialect("iso87-ascii-bin") > 50);
	assert_true(compare_dialect("iso87-bcd") > 50);
	assert_true(compare_dialect("iso87-ebcdic") > 50);
	assert_true(compare_dialect("iso93-bcd") > 50);
}

static int
set_up(void **state)
{
	(void)state;
	return cs_arena_init(&arena, 1 << 20) != CS_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	cs_arena_fini(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digit_checks),
		cmocka_unit_test(plans_say_what_the_walk_says),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * Plans: what is constant among messages with the same bitmap is computed once per bitmap.
 *
 * Consecutive fixed fields become one run: one bounds check, their slots placed by adding one base, their digits
 * checked sixteen at a time. Bounds are explicit here, not the cursor's, for speed: every read is preceded by a
 * comparison with the bytes left, and sixteen-byte loads that would pass the end are taken further left instead.
 * Leaves to iso8583.c: the head, every refusal and its words.
 */
#include "decode/iso8583_plan.h"

#include "base/hash.h"

#include <emmintrin.h>
#include <stdlib.h>

/* --- digits --- */

/* Bit i is set when byte i of V is not a digit of that writing. */
static inline unsigned
not_digits(__m128i v, uint8_t digits)
{
	const __m128i nine = _mm_set1_epi8(9);
	if (digits == CS_ISO_DIGITS_BCD) {
		const __m128i low = _mm_set1_epi8(0x0F);
		__m128i worst = _mm_max_epu8(_mm_and_si128(v, low), _mm_and_si128(_mm_srli_epi16(v, 4), low));
		return (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(worst, nine));
	}
	__m128i from_zero = _mm_sub_epi8(v, _mm_set1_epi8(digits == CS_ISO_DIGITS_ASCII ? '0' : (char)0xF0));
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(from_zero, nine), nine)) ^ 0xFFFF;
}

static inline bool
is_digit_byte(uint8_t byte, uint8_t digits)
{
	if (digits == CS_ISO_DIGITS_BCD)
		return (byte & 15) <= 9 && byte >> 4 <= 9;
	return (uint8_t)(byte - (digits == CS_ISO_DIGITS_ASCII ? '0' : 0xF0)) <= 9;
}

/* Checks MESSAGE[POS .. POS + LEN), which the caller knows to be inside the message. */
static inline bool
all_digits(const uint8_t *message, uint32_t pos, uint32_t len, uint8_t digits)
{
	for (; len >= 16; len -= 16, pos += 16)
		if (not_digits(_mm_loadu_si128((const void *)(message + pos)), digits))
			return false;
	if (len == 0)
		return true;
	uint32_t end = pos + len;
	if (end >= 16) /* the bytes to the left are the message's own: load them too and forget them */
		return not_digits(_mm_loadu_si128((const void *)(message + end - 16)), digits) >> (16 - len) == 0;
	for (; pos < end; pos++)
		if (!is_digit_byte(message[pos], digits))
			return false;
	return true;
}

/* As all_digits for packed digits; the pad nibble of an odd count may be anything. */
static bool
all_packed(const uint8_t *value, uint32_t units, bool pad_right)
{
	uint32_t start = units & 1 && !pad_right;
	for (uint32_t i = start; i < start + units; i++) {
		uint8_t nibble = i & 1 ? value[i / 2] & 15 : value[i / 2] >> 4;
		if (nibble > 9)
			return false;
	}
	return true;
}

/* --- following --- */

/* The number in a length prefix, or UINT32_MAX. AT has STEP's len_bytes. */
static inline uint32_t
prefix(const struct cs_iso_step *step, const uint8_t *at)
{
	uint32_t n = 0, worst = 0;
	if (step->len_zero && (step->len_bytes == 2 || step->len_bytes == 3)) { /* by far the most frequent */
		uint32_t hundred = step->len_bytes == 3 ? (uint8_t)(*at++ - step->len_zero) : 0;
		uint32_t ten = (uint8_t)(at[0] - step->len_zero), one = (uint8_t)(at[1] - step->len_zero);
		return hundred > 9 || ten > 9 || one > 9 ? UINT32_MAX : hundred * 100 + ten * 10 + one;
	}
	switch (step->len_encoding) {
	case CS_ENC_ASCII:
	case CS_ENC_EBCDIC:
		for (unsigned i = 0; i < step->len_bytes; i++) {
			uint32_t digit = (uint8_t)(at[i] - step->len_zero);
			worst |= digit > 9;
			n = n * 10 + digit;
		}
		return worst ? UINT32_MAX : n;
	case CS_ENC_BCD:
		for (unsigned i = 0; i < step->len_bytes; i++) {
			worst |= (at[i] & 15) > 9 || at[i] >> 4 > 9;
			n = n * 100 + (at[i] >> 4) * 10u + (at[i] & 15u);
		}
		return worst ? UINT32_MAX : n;
	default:
		for (unsigned i = 0; i < step->len_bytes; i++)
			n = n << 8 | at[i];
		return n;
	}
}

static inline bool
value_digits(const struct cs_iso_step *step, const uint8_t *message, const struct cs_iso_slot *slot)
{
	if (step->digits == CS_ISO_DIGITS_NONE)
		return true;
	if (step->digits == CS_ISO_DIGITS_BCD && slot->units & 1)
		return all_packed(message + slot->offset, slot->units, step->pad_right);
	return all_digits(message, slot->offset, slot->length, step->digits);
}

/* Decodes the field with a length prefix of STEP at POS. Returns the position behind it, 0 when it declines. */
static inline uint32_t
follow_variable(const struct cs_iso_step *step, struct cs_span message, uint32_t pos, struct cs_iso_slot *slot)
{
	uint32_t left = (uint32_t)message.len - pos;
	if (left < step->len_bytes)
		return 0;
	uint32_t units = prefix(step, message.at + pos);
	if (units == UINT32_MAX)
		return 0;
	units += (uint32_t)step->adjust; /* below zero becomes too large */
	pos += step->len_bytes;
	left -= step->len_bytes;
	if (units > step->limit)
		return 0;
	uint32_t bytes = cs_iso_width_bytes(step->width, units);
	if (left < bytes)
		return 0;
	*slot = (struct cs_iso_slot){pos, bytes, units, step->field};
	return value_digits(step, message.at, slot) ? pos + bytes : 0;
}

/* Places the slots of a run that starts at POS: the plan's, with POS added to their offsets. */
static inline void
place(struct cs_iso_slot *to, const struct cs_iso_slot *from, unsigned n, uint32_t pos)
{
	const __m128i add = _mm_cvtsi32_si128((int)pos); /* the first of the four numbers is the offset */
	for (unsigned i = 0; i < n; i++)
		_mm_storeu_si128((void *)&to[i], _mm_add_epi32(_mm_loadu_si128((const void *)&from[i]), add));
}

uint32_t
cs_iso_plan_follow(const struct cs_iso_plan *plan, struct cs_span message, uint32_t pos, struct cs_iso *out)
{
	struct cs_iso_slot *slot = out->slot;
	const struct cs_iso_step *end = plan->step + plan->step_n;
	for (const struct cs_iso_step *step = plan->step; step < end; step++) {
		if (message.len - pos < step->run_bytes)
			return 0;
		const struct cs_iso_range *range = plan->range + step->range_idx;
		for (unsigned i = 0; i < step->range_n; i++)
			if (!all_digits(message.at, pos + range[i].at, range[i].len, (uint8_t)range[i].digits))
				return 0;
		place(slot, plan->slot + step->slot_idx, step->slot_n, pos);
		slot += step->slot_n;
		pos += step->run_bytes;
		if (!step->field)
			continue;
		pos = follow_variable(step, message, pos, slot++);
		if (!pos)
			return 0;
	}
	return pos;
}

/* --- making --- */

enum cs_iso_width
cs_iso_width_of(const struct cs_field_spec *spec)
{
	if (spec->encoding == CS_ENC_BCD && spec->class == CS_ISO_XN)
		return CS_ISO_WIDTH_SIGNED;
	if (spec->unit_digits)
		return CS_ISO_WIDTH_HALF;
	if (spec->class == CS_ISO_B && !spec->chars &&
	    (spec->encoding == CS_ENC_HEX || spec->encoding == CS_ENC_EBCDIC_HEX))
		return CS_ISO_WIDTH_DOUBLE;
	return CS_ISO_WIDTH_BYTES;
}

uint32_t
cs_iso_limit(const struct cs_field_spec *spec)
{
	return spec->max * (spec->class == CS_ISO_B && spec->unit_digits ? 2 : 1);
}

static enum cs_iso_digits
digits_of(const struct cs_field_spec *spec)
{
	if (spec->class != CS_ISO_N || spec->lax || spec->encoding == CS_ENC_RAW)
		return CS_ISO_DIGITS_NONE;
	if (spec->encoding == CS_ENC_ASCII || spec->encoding == CS_ENC_HEX)
		return CS_ISO_DIGITS_ASCII;
	if (spec->encoding == CS_ENC_EBCDIC || spec->encoding == CS_ENC_EBCDIC_HEX)
		return CS_ISO_DIGITS_EBCDIC;
	return spec->unit_digits ? CS_ISO_DIGITS_BCD : CS_ISO_DIGITS_OTHER;
}

static void
add_range(struct cs_iso_plan *plan, struct cs_iso_step *step, struct cs_iso_range range)
{
	struct cs_iso_range *before = step->range_n ? &plan->range[plan->range_n - 1] : NULL;
	if (range.digits == CS_ISO_DIGITS_NONE || range.len == 0)
		return;
	if (before && before->digits == range.digits && before->at + before->len == range.at) {
		before->len += range.len;
		return;
	}
	plan->range[plan->range_n++] = range;
	step->range_n++;
}

static struct cs_iso_step *
add_step(struct cs_iso_plan *plan)
{
	struct cs_iso_step *step = &plan->step[plan->step_n++];
	*step = (struct cs_iso_step){.slot_idx = plan->slot_n, .range_idx = plan->range_n};
	return step;
}

static void
add_fixed(struct cs_iso_plan *plan, struct cs_iso_step *step, const struct cs_field_spec *spec, uint16_t field)
{
	uint32_t bytes = cs_iso_width_bytes((uint8_t)cs_iso_width_of(spec), spec->max);
	if (step->run_bytes + bytes > CS_ISO_MESSAGE_MAX) { /* can never fit: the plain walk says so */
		plan->declines = true;
		return;
	}
	uint32_t at = step->run_bytes;
	plan->slot[plan->slot_n++] = (struct cs_iso_slot){at, bytes, spec->max, field};
	step->slot_n++;
	add_range(plan, step, (struct cs_iso_range){at, bytes, digits_of(spec)});
	step->run_bytes += bytes;
}

static void
add_variable(struct cs_iso_step *step, const struct cs_field_spec *spec, uint16_t field)
{
	step->field = field;
	step->len_encoding = spec->len_encoding;
	step->len_bytes = spec->len_bytes;
	step->len_zero = spec->len_encoding == CS_ENC_ASCII ? '0' : spec->len_encoding == CS_ENC_EBCDIC ? 0xF0 : 0;
	step->width = (uint8_t)cs_iso_width_of(spec);
	step->digits = (uint8_t)digits_of(spec);
	step->pad_right = spec->pad_right;
	step->adjust = spec->len_adjust;
	step->limit = cs_iso_limit(spec);
}

/* Prefixes that could overflow 32 bits and hex ones are rare: the plain walk reads them. */
static bool
plain_only(const struct cs_field_spec *spec)
{
	if (!spec->known || digits_of(spec) == CS_ISO_DIGITS_OTHER)
		return true;
	return spec->var &&
	       (spec->len_encoding == CS_ENC_HEX ||
		spec->len_bytes > (spec->len_encoding == CS_ENC_BCD || spec->len_encoding == CS_ENC_BIN ? 3 : 8));
}

static void
make(struct cs_iso_plan *plan, const struct cs_dialect *dialect, const uint64_t bitmap[3])
{
	memcpy(plan->bitmap, bitmap, sizeof plan->bitmap);
	plan->used = true;
	plan->declines = false;
	plan->field_n = plan->step_n = plan->slot_n = plan->range_n = 0;
	struct cs_iso_step *step = NULL;
	for (uint16_t field = 2; field <= CS_DIALECT_FIELD_MAX; field++) {
		if (!(bitmap[(field - 1) / 64] >> (63 - (field - 1) % 64) & 1))
			continue;
		const struct cs_field_spec *spec = &dialect->field[field];
		plan->field_n++;
		if (plain_only(spec)) {
			plan->declines = true;
			return;
		}
		if (!step)
			step = add_step(plan);
		if (!spec->var) {
			add_fixed(plan, step, spec, field);
			continue;
		}
		add_variable(step, spec, field);
		step = NULL;
	}
}

/* --- the cache --- */

static bool
is_for(const struct cs_iso_plan *plan, const uint64_t bitmap[3])
{
	return plan->bitmap[0] == bitmap[0] && plan->bitmap[1] == bitmap[1] && plan->bitmap[2] == bitmap[2];
}

static struct cs_iso_plan *
find(struct cs_iso_plans *plans, const uint64_t bitmap[3])
{
	uint64_t hash = cs_hash_mix(cs_hash_mix(bitmap[0], bitmap[1]), bitmap[2]);
	unsigned mask = plans->cap - 1;
	for (unsigned i = (unsigned)hash & mask;; i = (i + 1) & mask) { /* ends: a slot is always free */
		struct cs_iso_plan *plan = &plans->plan[i];
		if (plan->used && is_for(plan, bitmap))
			return plan;
		if (plan->used)
			continue;
		if (plans->n == plans->limit) {
			plans->full_n++;
			plan = plans->spare;
		} else {
			plans->n++;
		}
		make(plan, plans->dialect, bitmap);
		return plan;
	}
}

const struct cs_iso_plan *
cs_iso_plan_for(struct cs_iso_plans *plans, const uint64_t bitmap[3])
{
	if (!plans->last || !is_for(plans->last, bitmap))
		plans->last = find(plans, bitmap);
	return plans->last;
}

static unsigned
slots_for(unsigned cap)
{
	unsigned slots = 2;
	while (slots < cap * 2)
		slots *= 2;
	return slots;
}

size_t
cs_iso_plans_bytes(unsigned cap)
{
	const struct cs_iso_plans *plans = NULL;
	return sizeof *plans + (slots_for(cap) + 1) * sizeof *plans->plan;
}

struct cs_iso_plans *
cs_iso_plans_new(const struct cs_dialect *dialect, unsigned cap)
{
	struct cs_iso_plans *plans = calloc(1, sizeof *plans);
	if (!plans)
		return NULL;
	plans->dialect = dialect;
	plans->limit = cap;
	plans->cap = slots_for(cap);
	plans->plan = calloc(plans->cap, sizeof *plans->plan);
	plans->spare = calloc(1, sizeof *plans->spare);
	if (plans->plan && plans->spare)
		return plans;
	cs_iso_plans_free(plans);
	return NULL;
}

void
cs_iso_plans_free(struct cs_iso_plans *plans)
{
	if (!plans)
		return;
	free(plans->plan);
	free(plans->spare);
	free(plans);
}

const struct cs_dialect *
cs_iso_plans_dialect(const struct cs_iso_plans *plans)
{
	return plans->dialect;
}

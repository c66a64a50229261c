/*
 * The search for a dialect: combinations of encodings, halved again and again, then one format a field.
 *
 * A trial is a layout and a set of axes. Its price for a message is that of the cheapest explanation (guess.h).
 * All trials are priced on one message, the best on a few more, the very best on all. In the winner every field's
 * format is put to the vote of the messages, votes make formats cheaper, and what still does not decode is repaired
 * one format at a time. Pad side and code page do not move a field's end and are judged last, from the bytes.
 * Deterministic: equal prices are decided by the order of trials. Depth and tables are bounded by guess.h.
 */
#include "engine/guess.h"

#include <stdlib.h>

enum {
	TRIALS_MAX = 4096,
	FIELDS_MAX = CS_DIALECT_FIELD_MAX,
	UNEXPLAINED = 3000, /* tenths: the price of a message without explanation, and as much again for what is left */
	TENTHS = 10,
	FIRST_KEPT = 32,
	SECOND_KEPT = 6,
	SECOND_MESSAGES = 5,
	ROUNDS = 3,
	REPAIRS_MAX = 24,
	STRANGE_PRICE = 20 /* tenths */
};

struct trial {
	struct cs_layout layout;
	struct cs_axes axes;
	uint32_t odd;   /* how unusual the axes are together: decides what the messages do not */
	uint32_t price; /* tenths a message */
};

struct step {
	uint32_t pos;
	uint32_t price;
	uint8_t from;
	uint8_t format;
};

struct cs_guess {
	struct trial trial[TRIALS_MAX];
	unsigned trial_n;
	unsigned format_n[FIELDS_MAX + 1];
	struct cs_format format[FIELDS_MAX + 1][CS_GUESS_FORMATS_MAX];
	struct cs_field_spec spec[FIELDS_MAX + 1][CS_GUESS_FORMATS_MAX]; /* of the formats, under one trial's axes */
	uint32_t price[FIELDS_MAX + 1][CS_GUESS_FORMATS_MAX];
	uint32_t votes[FIELDS_MAX + 1][CS_GUESS_FORMATS_MAX];
	uint8_t choice[FIELDS_MAX + 1];
	struct step step[FIELDS_MAX + 1][CS_GUESS_BEAM];
	unsigned step_n[FIELDS_MAX + 1];
	uint8_t field[FIELDS_MAX];
	uint8_t path[FIELDS_MAX]; /* formats of the cheapest explanation, in order of fields */
	unsigned field_n;
};

struct cs_guess *
cs_guess_new(void)
{
	return calloc(1, sizeof(struct cs_guess));
}

void
cs_guess_free(struct cs_guess *guess)
{
	free(guess);
}

/* --- one message --- */

static unsigned
list_fields(const uint64_t bitmap[3], uint8_t *out)
{
	unsigned n = 0;
	for (unsigned i = 0; i < 3; i++)
		for (uint64_t bits = bitmap[i]; bits; bits &= bits - 1)
			n++;
	unsigned at = 0;
	for (unsigned field = 1; field <= FIELDS_MAX && at < n; field++)
		if (bitmap[(field - 1) / 64] >> (63 - (field - 1) % 64) & 1)
			out[at++] = (uint8_t)field;
	return n;
}

/* Keeps a step unless a cheaper one ends at the same place or the beam is full of cheaper ones. */
static void
keep_step(struct cs_guess *guess, unsigned i, struct step step)
{
	struct step *steps = guess->step[i];
	unsigned dearest = 0;
	for (unsigned k = 0; k < guess->step_n[i]; k++) {
		if (steps[k].pos == step.pos) {
			if (step.price < steps[k].price)
				steps[k] = step;
			return;
		}
		if (steps[k].price > steps[dearest].price)
			dearest = k;
	}
	if (guess->step_n[i] < CS_GUESS_BEAM)
		steps[guess->step_n[i]++] = step;
	else if (step.price < steps[dearest].price)
		steps[dearest] = step;
}

/* All the ways on from the steps before field I. */
static void
take_field(struct cs_guess *guess, struct cs_span message, unsigned i, uint32_t bound)
{
	unsigned field = guess->field[i];
	guess->step_n[i + 1] = 0;
	for (unsigned from = 0; from < guess->step_n[i]; from++) {
		const struct step *step = &guess->step[i][from];
		for (unsigned k = 0; k < guess->format_n[field]; k++) {
			uint32_t price = step->price + guess->price[field][k];
			unsigned strange = 0;
			if (price > bound)
				continue;
			size_t end = cs_guess_read(&guess->spec[field][k], message, step->pos, &strange);
			price += strange * STRANGE_PRICE;
			if (end && price <= bound)
				keep_step(guess, i + 1, (struct step){(uint32_t)end, price, (uint8_t)from, (uint8_t)k});
		}
	}
}

/* The price of a message, in tenths, and its path when it has one. BOUND: dearer ways are not followed. */
static uint32_t
explain(struct cs_guess *guess, const struct cs_layout *layout, struct cs_span message, uint32_t bound, bool *whole)
{
	uint64_t bitmap[3];
	size_t pos = 0;
	*whole = false;
	if (!cs_layout_bits(layout, message, bitmap, &pos))
		return 2 * UNEXPLAINED;
	guess->field_n = list_fields(bitmap, guess->field);
	guess->step[0][0] = (struct step){(uint32_t)pos, 0, 0, 0};
	guess->step_n[0] = 1;
	for (unsigned i = 0; i < guess->field_n; i++) {
		take_field(guess, message, i, bound);
		if (guess->step_n[i + 1] == 0)
			return UNEXPLAINED + UNEXPLAINED * (guess->field_n - i) / guess->field_n;
	}
	const struct step *last = guess->step[guess->field_n];
	for (unsigned k = 0; k < guess->step_n[guess->field_n]; k++) {
		if (last[k].pos != message.len)
			continue;
		unsigned at = k;
		for (unsigned i = guess->field_n; i > 0; i--) {
			guess->path[i - 1] = guess->step[i][at].format;
			at = guess->step[i][at].from;
		}
		*whole = true;
		return last[k].price;
	}
	return UNEXPLAINED;
}

/* --- trials --- */

static void
set_specs(struct cs_guess *guess, const struct cs_axes *axes)
{
	for (unsigned field = 2; field <= FIELDS_MAX; field++)
		for (unsigned k = 0; k < guess->format_n[field]; k++)
			guess->spec[field][k] = cs_guess_spec(&guess->format[field][k], axes);
}

static void
set_formats(struct cs_guess *guess, uint16_t version)
{
	for (unsigned field = 2; field <= FIELDS_MAX; field++) {
		guess->format_n[field] = cs_guess_formats(version, field, guess->format[field]);
		for (unsigned k = 0; k < guess->format_n[field]; k++)
			guess->price[field][k] = guess->format[field][k].cost * TENTHS;
	}
}

/* How unusual the axes are beside the MTI, the bitmap and each other. */
static uint32_t
oddness(const struct cs_layout *layout, const struct cs_axes *axes)
{
	const uint8_t *v = axes->value;
	bool text = layout->mti_encoding != CS_ENC_BCD;
	uint32_t odd = 0;
	odd += 8U * (v[CS_AXIS_N] != layout->mti_encoding);
	odd += 6U * (text && v[CS_AXIS_AN] != layout->mti_encoding);
	odd += 2U * (!text && v[CS_AXIS_AN] != CS_ENC_ASCII);
	odd += 3U * (v[CS_AXIS_Z] != v[CS_AXIS_N] && v[CS_AXIS_Z] != v[CS_AXIS_AN]) + (v[CS_AXIS_Z] != v[CS_AXIS_N]);
	odd += 4U * (v[CS_AXIS_LEN] != v[CS_AXIS_N]);
	bool hex = layout->bitmap_encoding == CS_ENC_HEX;
	odd += 2U * (v[CS_AXIS_B] != (hex ? CS_ENC_HEX : CS_ENC_RAW));
	return odd;
}

static void
add_trials(struct cs_guess *guess, const struct cs_layout *layout, uint16_t version)
{
	static const uint8_t texts[] = {CS_ENC_ASCII, CS_ENC_BCD, CS_ENC_EBCDIC, CS_ENC_BIN};
	static const uint8_t words[] = {CS_ENC_ASCII, CS_ENC_EBCDIC};
	static const uint8_t binaries[] = {CS_ENC_RAW, CS_ENC_HEX, CS_ENC_EBCDIC_HEX};
	for (unsigned i = 0; i < 3 * 2 * 3 * 3 * 4 && guess->trial_n < TRIALS_MAX; i++) {
		struct cs_axes axes = {.version = version};
		axes.value[CS_AXIS_N] = texts[i % 3];
		axes.value[CS_AXIS_AN] = words[i / 3 % 2];
		axes.value[CS_AXIS_Z] = texts[i / 6 % 3];
		axes.value[CS_AXIS_B] = binaries[i / 18 % 3];
		axes.value[CS_AXIS_LEN] = texts[i / 54];
		axes.value[CS_AXIS_CODEPAGE] = CS_CP1047;
		guess->trial[guess->trial_n++] = (struct trial){*layout, axes, oddness(layout, &axes), 0};
	}
}

static int
by_oddness(const void *a, const void *b)
{
	const struct trial *x = a, *y = b;
	return (x->odd > y->odd) - (x->odd < y->odd);
}

static int
by_price(const void *a, const void *b)
{
	const struct trial *x = a, *y = b;
	uint32_t p = x->price + x->odd, q = y->price + y->odd;
	return p != q ? (p > q) - (p < q) : by_oddness(a, b);
}

/* Prices every trial on messages FIRST .. FIRST + N, then keeps the best. */
static void
halve(struct cs_guess *guess, const struct cs_span *messages, unsigned n, unsigned kept)
{
	uint32_t best = 2 * UNEXPLAINED;
	uint16_t version = 0;
	for (unsigned t = 0; t < guess->trial_n; t++) {
		struct trial *trial = &guess->trial[t];
		if (trial->axes.version != version)
			set_formats(guess, version = trial->axes.version);
		set_specs(guess, &trial->axes);
		uint32_t sum = 0;
		for (unsigned i = 0; i < n; i++) {
			bool whole = false;
			sum += explain(guess, &trial->layout, messages[i], UNEXPLAINED, &whole);
			if (sum / n > best + UNEXPLAINED) /* no use to go on */
				sum += 2 * UNEXPLAINED;
		}
		trial->price = sum / n;
		best = trial->price < best ? trial->price : best;
	}
	qsort(guess->trial, guess->trial_n, sizeof *guess->trial, by_price);
	guess->trial_n = guess->trial_n < kept ? guess->trial_n : kept;
}

/* --- the winner: one format a field --- */

static void
vote(struct cs_guess *guess, const struct trial *trial, const struct cs_span *messages, unsigned n)
{
	memset(guess->votes, 0, sizeof guess->votes);
	for (unsigned i = 0; i < n; i++) {
		bool whole = false;
		(void)explain(guess, &trial->layout, messages[i], 2 * UNEXPLAINED, &whole);
		for (unsigned k = 0; whole && k < guess->field_n; k++)
			guess->votes[guess->field[k]][guess->path[k]]++;
	}
	for (unsigned field = 2; field <= FIELDS_MAX; field++) {
		unsigned best = guess->choice[field];
		for (unsigned k = 0; k < guess->format_n[field]; k++)
			if (guess->votes[field][k] > guess->votes[field][best])
				best = k;
		guess->choice[field] = (uint8_t)best;
		for (unsigned k = 0; k < guess->format_n[field]; k++)
			guess->price[field][k] = guess->format[field][k].cost * TENTHS / (k == best ? 4U : 1U) +
						 (k == best ? 0 : 2 * TENTHS);
	}
}

/* Reads one message with the chosen formats only; true when it ends at its end. */
static bool
read_chosen(struct cs_guess *guess, const struct cs_layout *layout, struct cs_span message, unsigned *strange)
{
	uint64_t bitmap[3];
	uint8_t field[FIELDS_MAX];
	size_t pos = 0;
	if (!cs_layout_bits(layout, message, bitmap, &pos))
		return false;
	unsigned n = list_fields(bitmap, field);
	for (unsigned i = 0; i < n; i++) {
		if (guess->format_n[field[i]] == 0)
			return false;
		pos = cs_guess_read(&guess->spec[field[i]][guess->choice[field[i]]], message, pos, strange);
		if (pos == 0)
			return false;
	}
	return pos == message.len;
}

/* What the chosen formats are worth: messages read whole first, then what is strange in them. */
static int64_t
worth(struct cs_guess *guess, const struct cs_layout *layout, const struct cs_span *messages, unsigned n)
{
	int64_t sum = 0;
	for (unsigned i = 0; i < n; i++) {
		unsigned strange = 0;
		if (read_chosen(guess, layout, messages[i], &strange))
			sum += 1000 - (strange < 500 ? strange : 500);
	}
	return sum;
}

/* What the exceptions among the fields seen cost together. */
static int64_t
exceptions(const struct cs_guess *guess, const bool *seen)
{
	int64_t sum = 0;
	for (unsigned field = 2; field <= FIELDS_MAX; field++)
		if (seen[field] && guess->format_n[field] > 0)
			sum += guess->format[field][guess->choice[field]].cost;
	return sum;
}

/* Tries the formats one failing message would rather have; true when one of them made things better. */
static bool
repair(struct cs_guess *guess, const struct trial *trial, const struct cs_span *messages, unsigned n)
{
	int64_t now = worth(guess, &trial->layout, messages, n);
	for (unsigned i = 0; i < n; i++) {
		unsigned strange = 0;
		bool whole = false;
		if (read_chosen(guess, &trial->layout, messages[i], &strange))
			continue;
		(void)explain(guess, &trial->layout, messages[i], 2 * UNEXPLAINED, &whole);
		for (unsigned k = 0; whole && k < guess->field_n; k++) {
			unsigned field = guess->field[k];
			uint8_t before = guess->choice[field];
			if (guess->path[k] == before)
				continue;
			guess->choice[field] = guess->path[k];
			if (worth(guess, &trial->layout, messages, n) > now)
				return true;
			guess->choice[field] = before;
		}
	}
	return false;
}

static void
settle(struct cs_guess *guess, const struct trial *trial, const struct cs_span *messages, unsigned n)
{
	set_formats(guess, trial->axes.version);
	set_specs(guess, &trial->axes);
	memset(guess->choice, 0, sizeof guess->choice);
	for (unsigned i = 0; i < ROUNDS; i++)
		vote(guess, trial, messages, n);
	for (unsigned i = 0; i < REPAIRS_MAX && repair(guess, trial, messages, n); i++)
		continue;
}

/* --- pad side and code page --- */

struct pads {
	unsigned odd_n[FIELDS_MAX + 1];      /* values with a pad nibble */
	unsigned strange[FIELDS_MAX + 1][2]; /* pads that do not look like one, left and right */
};

/* Which bytes of EBCDIC text are marks in one code page and letters with accents in the others. */
static void
look_at_codepage(struct cs_span value, unsigned prints[CS_CP_N])
{
	static const uint8_t marks[CS_CP_N][3] = {
		[CS_CP037] = {0xBA, 0xBB, 0xB0}, [CS_CP1047] = {0xAD, 0xBD, 0xAD}, [CS_CP500] = {0x4A, 0xBB, 0x4A}};
	for (size_t k = 0; k < value.len; k++)
		for (unsigned page = 0; page < CS_CP_N; page++)
			prints[page] += memchr(marks[page], value.at[k], 3) != NULL;
}

static void
look_at_pad(struct cs_field_spec spec, unsigned field, struct cs_span value, uint32_t units, struct pads *pads)
{
	if (spec.encoding != CS_ENC_BCD || spec.class == CS_ISO_XN || units % 2 == 0)
		return;
	pads->odd_n[field]++;
	for (unsigned side = 0; side < 2; side++) {
		spec.pad_right = side;
		pads->strange[field][side] += cs_guess_pad_strange(&spec, value, units);
	}
}

/* What the values of a message say about pads and code page. */
static void
look_at_values(struct cs_guess *guess, const struct cs_layout *layout, struct cs_span message, struct pads *pads,
	       unsigned prints[CS_CP_N])
{
	uint64_t bitmap[3];
	uint8_t field[FIELDS_MAX];
	size_t pos = 0;
	unsigned strange = 0;
	if (!read_chosen(guess, layout, message, &strange) || !cs_layout_bits(layout, message, bitmap, &pos))
		return;
	unsigned n = list_fields(bitmap, field);
	for (unsigned i = 0; i < n; i++) {
		const struct cs_field_spec *spec = &guess->spec[field[i]][guess->choice[field[i]]];
		struct cs_span value = {0};
		uint32_t units = 0;
		bool there = cs_guess_value(spec, message, pos, &value, &units);
		CS_ASSERT(there); /* read_chosen has read it */
		look_at_pad(*spec, field[i], value, units, pads);
		if (spec->encoding == CS_ENC_EBCDIC)
			look_at_codepage(value, prints);
		pos = (size_t)(value.at - message.at) + value.len;
	}
}

/* --- the result --- */

static void
fill_dialect(struct cs_guess *guess, const struct trial *trial, struct cs_guess_result *out)
{
	struct cs_dialect *dialect = &out->dialect;
	*dialect = (struct cs_dialect){.version = trial->axes.version,
				       .mti_encoding = trial->layout.mti_encoding,
				       .bitmap_encoding = trial->layout.bitmap_encoding,
				       .codepage = trial->axes.value[CS_AXIS_CODEPAGE],
				       .header_len = trial->layout.header_len,
				       .bitmap_len = trial->layout.bitmap_len};
	memcpy(dialect->name, "identified", sizeof "identified");
	for (unsigned field = 2; field <= FIELDS_MAX; field++)
		if (guess->format_n[field] > 0 && (field <= 128 || out->seen[field]))
			dialect->field[field] = guess->spec[field][guess->choice[field]];
}

static void
mark_seen(const struct cs_layout *layout, const struct cs_span *messages, unsigned n, bool *seen)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t bitmap[3];
		uint8_t field[FIELDS_MAX];
		size_t pos = 0;
		if (!cs_layout_bits(layout, messages[i], bitmap, &pos))
			continue;
		unsigned field_n = list_fields(bitmap, field);
		for (unsigned k = 0; k < field_n; k++)
			seen[field[k]] = true;
	}
}

/* Decodes all messages as the decoder proper does. */
static unsigned
decode_all(const struct cs_dialect *dialect, const struct cs_span *messages, unsigned n)
{
	struct cs_iso_plans *plans = cs_iso_plans_new(dialect, CS_GUESS_MESSAGES_MAX);
	unsigned decoded_n = 0;
	for (unsigned i = 0; plans && i < n; i++) {
		struct cs_iso iso;
		struct cs_iso_fault fault;
		decoded_n += cs_iso_decode(plans, messages[i], &iso, &fault) == CS_ISO_OK;
	}
	cs_iso_plans_free(plans);
	return decoded_n;
}

/* The dialect's pad side is that of most fields that tell; the others become exceptions. */
static void
settle_pads(const struct pads *pads, struct cs_guess_result *out)
{
	int right = 0;
	unsigned told = 0;
	for (unsigned field = 2; field <= FIELDS_MAX; field++) {
		if (pads->strange[field][0] == pads->strange[field][1])
			continue;
		told++;
		right += pads->strange[field][1] < pads->strange[field][0] ? 1 : -1;
	}
	out->axes.value[CS_AXIS_PAD] = right > 0;
	if (told == 0)
		out->undetermined |= 1U << CS_AXIS_PAD;
	for (unsigned field = 2; field <= FIELDS_MAX; field++) {
		bool side = right > 0;
		if (pads->strange[field][0] != pads->strange[field][1])
			side = pads->strange[field][1] < pads->strange[field][0];
		out->dialect.field[field].pad_right = side;
		out->differs[field] |= pads->odd_n[field] && side != (right > 0);
	}
}

static void
settle_codepage(const unsigned prints[CS_CP_N], struct cs_guess_result *out)
{
	unsigned best = CS_CP1047, equal = 0;
	for (unsigned page = 0; page < CS_CP_N; page++)
		best = prints[page] > prints[best] ? page : best;
	for (unsigned page = 0; page < CS_CP_N; page++)
		equal += prints[page] == prints[best];
	out->axes.value[CS_AXIS_CODEPAGE] = out->dialect.codepage = (uint8_t)best;
	if (equal > 1)
		out->undetermined |= 1U << CS_AXIS_CODEPAGE;
}

/* An axis is not determined when another value of it reads as many messages with as little that is strange. */
static void
find_undetermined(struct cs_guess *guess, const struct trial *trial, const struct cs_span *messages, unsigned n,
		  struct cs_guess_result *out)
{
	static const uint8_t values[] = {CS_ENC_ASCII, CS_ENC_BCD, CS_ENC_EBCDIC,    CS_ENC_BIN,
					 CS_ENC_RAW,   CS_ENC_HEX, CS_ENC_EBCDIC_HEX};
	static const uint8_t allowed[] = {0x07, 0x05, 0x07, 0x70, 0x0F}; /* bits of `values`, by axis N AN Z B LEN */
	int64_t now = worth(guess, &trial->layout, messages, n);
	for (unsigned axis = CS_AXIS_N; axis <= CS_AXIS_LEN; axis++) {
		for (unsigned i = 0; i < sizeof values; i++) {
			struct cs_axes axes = trial->axes;
			if (!(allowed[axis] >> i & 1) || values[i] == axes.value[axis])
				continue;
			axes.value[axis] = values[i];
			set_specs(guess, &axes);
			if (worth(guess, &trial->layout, messages, n) >= now)
				out->undetermined |= 1U << axis;
		}
	}
	set_specs(guess, &trial->axes);
}

static void
describe(struct cs_guess *guess, const struct trial *trial, const struct cs_span *messages, unsigned n,
	 struct cs_guess_result *out)
{
	static const struct pads none;
	struct pads pads = none;
	unsigned prints[CS_CP_N] = {0};
	*out = (struct cs_guess_result){
		.layout = trial->layout, .axes = trial->axes, .message_n = n, .cost = trial->price};
	mark_seen(&trial->layout, messages, n, out->seen);
	for (unsigned field = 2; field <= FIELDS_MAX; field++)
		out->differs[field] = out->seen[field] && (guess->choice[field] > 0 || field > 128);
	fill_dialect(guess, trial, out);
	for (unsigned i = 0; i < n; i++)
		look_at_values(guess, &trial->layout, messages[i], &pads, prints);
	settle_pads(&pads, out);
	settle_codepage(prints, out);
	for (unsigned i = 0; i < n; i++) {
		unsigned strange = 0;
		out->plausible_n += read_chosen(guess, &trial->layout, messages[i], &strange) && strange == 0;
	}
	out->decoded_n = decode_all(&out->dialect, messages, n);
	find_undetermined(guess, trial, messages, n, out);
}

/* The version is the MTI's first digit in most messages. */
static uint16_t
version_of(const struct cs_layout *layout, const struct cs_span *messages, unsigned n)
{
	unsigned count[3] = {0};
	for (unsigned i = 0; i < n; i++) {
		if (messages[i].len <= layout->header_len)
			continue;
		uint8_t byte = messages[i].at[layout->header_len];
		unsigned digit = layout->mti_encoding == CS_ENC_BCD ? byte >> 4 : byte & 15U;
		count[digit < 3 ? digit : 0]++;
	}
	unsigned best = count[1] > count[0] ? 1 : 0;
	best = count[2] > count[best] ? 2 : best;
	return (uint16_t)(best == 0 ? 1987 : best == 1 ? 1993 : 2003);
}

enum cs_error
cs_guess_run(struct cs_guess *guess, const struct cs_span *messages, unsigned message_n,
	     const struct cs_layout *layouts, unsigned layout_n, struct cs_guess_result *out)
{
	CS_ASSERT(message_n > 0 && message_n <= CS_GUESS_MESSAGES_MAX && layout_n > 0);
	guess->trial_n = 0;
	for (unsigned i = 0; i < layout_n; i++)
		add_trials(guess, &layouts[i], version_of(&layouts[i], messages, message_n));
	qsort(guess->trial, guess->trial_n, sizeof *guess->trial, by_oddness);
	unsigned few = message_n < SECOND_MESSAGES ? message_n : SECOND_MESSAGES;
	halve(guess, messages, 1, FIRST_KEPT);
	halve(guess, messages, few, SECOND_KEPT);
	halve(guess, messages, message_n, SECOND_KEPT);
	struct trial best = guess->trial[0];
	struct trial trials[SECOND_KEPT];
	unsigned trial_n = guess->trial_n;
	memcpy(trials, guess->trial, trial_n * sizeof *trials);
	int64_t most = INT64_MIN;
	for (unsigned i = 0; i < trial_n && i < 3; i++) {
		settle(guess, &trials[i], messages, message_n);
		bool seen[FIELDS_MAX + 1] = {false};
		mark_seen(&trials[i].layout, messages, message_n, seen);
		int64_t here = worth(guess, &trials[i].layout, messages, message_n) * TENTHS;
		here -= exceptions(guess, seen) * TENTHS + trials[i].odd;
		if (here > most) {
			most = here;
			best = trials[i];
		}
	}
	settle(guess, &best, messages, message_n);
	describe(guess, &best, messages, message_n, out);
	const struct trial *other = memcmp(&trials[0].axes, &best.axes, sizeof best.axes) ? &trials[0] : &trials[1];
	out->has_runner_up = trial_n > 1;
	if (out->has_runner_up) {
		out->runner_up = other->axes;
		out->runner_up_cost = other->price;
	}
	return out->decoded_n > 0 ? CS_OK : CS_E_FORMAT;
}

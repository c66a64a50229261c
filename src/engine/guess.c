/*
 * The search for a dialect: combinations of encodings, halved again and again, then one format a field.
 *
 * A trial is a layout and a set of axes. Its price for a message is that of the cheapest explanation (guess.h).
 * All trials are priced on one message, the best on a few more, the very best on all. In the winner every field's
 * format is put to the vote of the messages, votes make formats cheaper, and what still does not decode is repaired
 * one format at a time. * Deterministic: equal prices are decided by the order of trials. Depth and tables are bounded by guess.h.
 */
#include "engine/guess_parts.h"

#include <stdlib.h>

enum { TENTHS = 10, FIRST_KEPT = 32, SECOND_KEPT = 6, SECOND_MESSAGES = 5, ROUNDS = 3, REPAIRS_MAX = 24, SETTLED = 3 };

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

/* --- trials --- */

static void
set_formats(struct cs_guess *guess, uint16_t version)
{
	for (unsigned field = 2; field <= CS_GUESS_FIELDS_MAX; field++) {
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
	for (unsigned i = 0; i < 3 * 2 * 3 * 3 * 4 && guess->trial_n < CS_GUESS_TRIALS_MAX; i++) {
		struct cs_axes axes = {.version = version};
		axes.value[CS_AXIS_N] = texts[i % 3];
		axes.value[CS_AXIS_AN] = words[i / 3 % 2];
		axes.value[CS_AXIS_Z] = texts[i / 6 % 3];
		axes.value[CS_AXIS_B] = binaries[i / 18 % 3];
		axes.value[CS_AXIS_LEN] = texts[i / 54];
		axes.value[CS_AXIS_CODEPAGE] = CS_CP1047;
		struct cs_guess_trial trial = {*layout, axes, oddness(layout, &axes), 0, guess->trial_n};
		guess->trial[guess->trial_n++] = trial;
	}
}

static int
by_oddness(const void *a, const void *b)
{
	const struct cs_guess_trial *x = a, *y = b;
	if (x->odd != y->odd)
		return x->odd < y->odd ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int
by_price(const void *a, const void *b)
{
	const struct cs_guess_trial *x = a, *y = b;
	uint32_t p = x->price + x->odd, q = y->price + y->odd;
	return p != q ? (p > q) - (p < q) : by_oddness(a, b);
}

/* Prices every trial on messages FIRST .. FIRST + N, then keeps the best. */
static void
halve(struct cs_guess *guess, const struct cs_span *messages, unsigned n, unsigned kept)
{
	uint32_t best = 2 * CS_GUESS_UNEXPLAINED;
	uint16_t version = 0;
	for (unsigned t = 0; t < guess->trial_n; t++) {
		struct cs_guess_trial *trial = &guess->trial[t];
		if (trial->axes.version != version)
			set_formats(guess, version = trial->axes.version);
		cs_guess_set_specs(guess, &trial->axes);
		uint32_t sum = 0;
		for (unsigned i = 0; i < n; i++) {
			bool whole = false;
			sum += cs_guess_explain(guess, &trial->layout, messages[i], CS_GUESS_UNEXPLAINED, &whole);
			if (sum / n > best + CS_GUESS_UNEXPLAINED) /* no use to go on */
				sum += 2 * CS_GUESS_UNEXPLAINED;
		}
		trial->price = sum / n;
		best = trial->price < best ? trial->price : best;
	}
	qsort(guess->trial, guess->trial_n, sizeof *guess->trial, by_price);
	guess->trial_n = guess->trial_n < kept ? guess->trial_n : kept;
}

/* --- the winner: one format a field --- */

static void
vote(struct cs_guess *guess, const struct cs_guess_trial *trial, const struct cs_span *messages, unsigned n)
{
	memset(guess->votes, 0, sizeof guess->votes);
	for (unsigned i = 0; i < n; i++) {
		bool whole = false;
		(void)cs_guess_explain(guess, &trial->layout, messages[i], 2 * CS_GUESS_UNEXPLAINED, &whole);
		for (unsigned k = 0; whole && k < guess->field_n; k++)
			guess->votes[guess->field[k]][guess->path[k]]++;
	}
	for (unsigned field = 2; field <= CS_GUESS_FIELDS_MAX; field++) {
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

/* What the exceptions among the fields seen cost together. */
static int64_t
exceptions(const struct cs_guess *guess, const bool *seen)
{
	int64_t sum = 0;
	for (unsigned field = 2; field <= CS_GUESS_FIELDS_MAX; field++)
		if (seen[field] && guess->format_n[field] > 0)
			sum += guess->format[field][guess->choice[field]].cost;
	return sum;
}

/* Tries the formats one failing message would rather have; true when one of them made things better. */
static bool
repair(struct cs_guess *guess, const struct cs_guess_trial *trial, const struct cs_span *messages, unsigned n)
{
	int64_t now = cs_guess_worth(guess, &trial->layout, messages, n);
	for (unsigned i = 0; i < n; i++) {
		unsigned strange = 0;
		bool whole = false;
		if (cs_guess_read_chosen(guess, &trial->layout, messages[i], &strange))
			continue;
		(void)cs_guess_explain(guess, &trial->layout, messages[i], 2 * CS_GUESS_UNEXPLAINED, &whole);
		for (unsigned k = 0; whole && k < guess->field_n; k++) {
			unsigned field = guess->field[k];
			uint8_t before = guess->choice[field];
			if (guess->path[k] == before)
				continue;
			guess->choice[field] = guess->path[k];
			if (cs_guess_worth(guess, &trial->layout, messages, n) > now)
				return true;
			guess->choice[field] = before;
		}
	}
	return false;
}

static void
settle(struct cs_guess *guess, const struct cs_guess_trial *trial, const struct cs_span *messages, unsigned n)
{
	set_formats(guess, trial->axes.version);
	cs_guess_set_specs(guess, &trial->axes);
	memset(guess->choice, 0, sizeof guess->choice);
	for (unsigned i = 0; i < ROUNDS; i++)
		vote(guess, trial, messages, n);
	for (unsigned i = 0; i < REPAIRS_MAX && repair(guess, trial, messages, n); i++)
		continue;
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

/* Which of the trials explains most with the fewest exceptions, once its formats are settled. */
static unsigned
choose(struct cs_guess *guess, const struct cs_guess_trial *trials, unsigned n, const struct cs_guess_input *input)
{
	int64_t most = INT64_MIN;
	unsigned best = 0;
	for (unsigned i = 0; i < n; i++) {
		bool seen[CS_GUESS_FIELDS_MAX + 1] = {false};
		settle(guess, &trials[i], input->messages, input->message_n);
		cs_guess_mark_seen(&trials[i].layout, input->messages, input->message_n, seen);
		int64_t here = cs_guess_worth(guess, &trials[i].layout, input->messages, input->message_n) * TENTHS;
		here -= exceptions(guess, seen) * TENTHS + trials[i].odd;
		if (here <= most)
			continue;
		most = here;
		best = i;
	}
	return best;
}

enum cs_error
cs_guess_run(struct cs_guess *guess, const struct cs_guess_input *input, struct cs_guess_result *out)
{
	const struct cs_span *messages = input->messages;
	unsigned message_n = input->message_n;
	CS_ASSERT(message_n > 0 && message_n <= CS_GUESS_MESSAGES_MAX && input->layout_n > 0);
	guess->trial_n = 0;
	for (unsigned i = 0; i < input->layout_n; i++)
		add_trials(guess, &input->layouts[i], version_of(&input->layouts[i], messages, message_n));
	qsort(guess->trial, guess->trial_n, sizeof *guess->trial, by_oddness);
	unsigned few = message_n < SECOND_MESSAGES ? message_n : SECOND_MESSAGES;
	halve(guess, messages, 1, FIRST_KEPT);
	halve(guess, messages, few, SECOND_KEPT);
	halve(guess, messages, message_n, SECOND_KEPT);
	struct cs_guess_trial trials[SECOND_KEPT];
	unsigned trial_n = guess->trial_n;
	memcpy(trials, guess->trial, trial_n * sizeof *trials);
	unsigned best = choose(guess, trials, trial_n < SETTLED ? trial_n : SETTLED, input);
	settle(guess, &trials[best], messages, message_n);
	cs_guess_describe(guess, &trials[best], messages, message_n, out);
	out->has_runner_up = trial_n > 1;
	if (out->has_runner_up) {
		out->runner_up = trials[best == 0].axes;
		out->runner_up_cost = trials[best == 0].price;
	}
	return out->decoded_n > 0 ? CS_OK : CS_E_FORMAT;
}

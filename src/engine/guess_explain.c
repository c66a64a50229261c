/*
 * One message: its cheapest explanation by known formats, and its reading by chosen ones.
 *
 * A beam of CS_GUESS_BEAM positions a field: of two ways to one position the cheaper stays, of too many positions the
 * cheapest. The cost is bounded by fields * beam * formats, whatever the bytes are.
 */
#include "engine/guess_parts.h"

void
cs_guess_set_specs(struct cs_guess *guess, const struct cs_axes *axes)
{
	for (unsigned field = 2; field <= CS_GUESS_FIELDS_MAX; field++)
		for (unsigned k = 0; k < guess->format_n[field]; k++)
			guess->spec[field][k] = cs_guess_spec(&guess->format[field][k], axes);
}

unsigned
cs_guess_list_fields(const uint64_t bitmap[3], uint8_t *out)
{
	unsigned n = 0;
	for (unsigned i = 0; i < 3; i++)
		for (uint64_t bits = bitmap[i]; bits; bits &= bits - 1)
			n++;
	unsigned at = 0;
	for (unsigned field = 1; field <= CS_GUESS_FIELDS_MAX && at < n; field++)
		if (bitmap[(field - 1) / 64] >> (63 - (field - 1) % 64) & 1)
			out[at++] = (uint8_t)field;
	return n;
}

/* Keeps a step unless a cheaper one ends at the same place or the beam is full of cheaper ones. */
static void
keep_step(struct cs_guess *guess, unsigned i, struct cs_guess_step step)
{
	struct cs_guess_step *steps = guess->step[i];
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
		const struct cs_guess_step *step = &guess->step[i][from];
		for (unsigned k = 0; k < guess->format_n[field]; k++) {
			uint32_t price = step->price + guess->price[field][k];
			unsigned strange = 0;
			if (price > bound)
				continue;
			size_t end = cs_guess_read(&guess->spec[field][k], message, step->pos, &strange);
			price += strange * CS_GUESS_STRANGE_PRICE;
			if (end && price <= bound)
				keep_step(guess, i + 1,
					  (struct cs_guess_step){(uint32_t)end, price, (uint8_t)from, (uint8_t)k});
		}
	}
}

/* The price of a message, in tenths, and its path when it has one. BOUND: dearer ways are not followed. */
uint32_t
cs_guess_explain(struct cs_guess *guess, const struct cs_layout *layout, struct cs_span message, uint32_t bound,
		 bool *whole)
{
	uint64_t bitmap[3];
	size_t pos = 0;
	*whole = false;
	if (!cs_layout_bits(layout, message, bitmap, &pos))
		return 2 * CS_GUESS_UNEXPLAINED;
	guess->field_n = cs_guess_list_fields(bitmap, guess->field);
	guess->step[0][0] = (struct cs_guess_step){(uint32_t)pos, 0, 0, 0};
	guess->step_n[0] = 1;
	for (unsigned i = 0; i < guess->field_n; i++) {
		take_field(guess, message, i, bound);
		if (guess->step_n[i + 1] == 0)
			return CS_GUESS_UNEXPLAINED + CS_GUESS_UNEXPLAINED * (guess->field_n - i) / guess->field_n;
	}
	const struct cs_guess_step *last = guess->step[guess->field_n];
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
	return CS_GUESS_UNEXPLAINED;
}

/* Reads one message with the chosen formats only; true when it ends at its end. */
bool
cs_guess_read_chosen(struct cs_guess *guess, const struct cs_layout *layout, struct cs_span message, unsigned *strange)
{
	uint64_t bitmap[3];
	uint8_t field[CS_GUESS_FIELDS_MAX];
	size_t pos = 0;
	if (!cs_layout_bits(layout, message, bitmap, &pos))
		return false;
	unsigned n = cs_guess_list_fields(bitmap, field);
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
int64_t
cs_guess_worth(struct cs_guess *guess, const struct cs_layout *layout, const struct cs_span *messages, unsigned n)
{
	int64_t sum = 0;
	for (unsigned i = 0; i < n; i++) {
		unsigned strange = 0;
		if (cs_guess_read_chosen(guess, layout, messages[i], &strange))
			sum += 1000 - (strange < 500 ? strange : 500);
	}
	return sum;
}

void
cs_guess_mark_seen(const struct cs_layout *layout, const struct cs_span *messages, unsigned n, bool *seen)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t bitmap[3];
		uint8_t field[CS_GUESS_FIELDS_MAX];
		size_t pos = 0;
		if (!cs_layout_bits(layout, messages[i], bitmap, &pos))
			continue;
		unsigned field_n = cs_guess_list_fields(bitmap, field);
		for (unsigned k = 0; k < field_n; k++)
			seen[field[k]] = true;
	}
}

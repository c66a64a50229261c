/*
 * The inside of the search for a dialect, shared by guess.c, guess_explain.c and guess_describe.c only.
 */
#ifndef CS_ENGINE_GUESS_PARTS_H
#define CS_ENGINE_GUESS_PARTS_H

#include "engine/guess.h"

enum {
	CS_GUESS_TRIALS_MAX = 4096,
	CS_GUESS_FIELDS_MAX = CS_DIALECT_FIELD_MAX,
	CS_GUESS_UNEXPLAINED = 3000, /* tenths: a message without explanation, and as much again for what is left */
	CS_GUESS_STRANGE_PRICE = 20  /* tenths */
};

struct cs_guess_trial {
	struct cs_layout layout;
	struct cs_axes axes;
	uint32_t odd;   /* how unusual the axes are together: decides what the messages do not */
	uint32_t price; /* tenths a message */
	uint32_t order; /* decides between equals */
};

struct cs_guess_step {
	uint32_t pos;
	uint32_t price;
	uint8_t from;
	uint8_t format;
};

struct cs_guess {
	struct cs_guess_trial trial[CS_GUESS_TRIALS_MAX];
	unsigned trial_n;
	unsigned format_n[CS_GUESS_FIELDS_MAX + 1];
	struct cs_format format[CS_GUESS_FIELDS_MAX + 1][CS_GUESS_FORMATS_MAX];
	struct cs_field_spec spec[CS_GUESS_FIELDS_MAX + 1]
				 [CS_GUESS_FORMATS_MAX]; /* of the formats, under one trial's axes */
	uint32_t price[CS_GUESS_FIELDS_MAX + 1][CS_GUESS_FORMATS_MAX];
	uint32_t votes[CS_GUESS_FIELDS_MAX + 1][CS_GUESS_FORMATS_MAX];
	uint8_t choice[CS_GUESS_FIELDS_MAX + 1];
	struct cs_guess_step step[CS_GUESS_FIELDS_MAX + 1][CS_GUESS_BEAM];
	unsigned step_n[CS_GUESS_FIELDS_MAX + 1];
	uint8_t field[CS_GUESS_FIELDS_MAX];
	uint8_t path[CS_GUESS_FIELDS_MAX]; /* formats of the cheapest explanation, in order of fields */
	unsigned field_n;
};

/* cs_guess_list_fields writes the fields of a bitmap in ascending order; returns how many. */
unsigned cs_guess_list_fields(const uint64_t bitmap[3], uint8_t *out);

/* cs_guess_set_specs makes all formats concrete under AXES. */
void cs_guess_set_specs(struct cs_guess *guess, const struct cs_axes *axes);

/* cs_guess_explain prices a message, in tenths, and leaves its path when *WHOLE. BOUND: dearer ways are not followed. */
uint32_t cs_guess_explain(struct cs_guess *guess, const struct cs_layout *layout, struct cs_span message,
			  uint32_t bound, bool *whole);

/* cs_guess_read_chosen reads one message with the chosen formats only; true when it ends at its end. */
bool cs_guess_read_chosen(struct cs_guess *guess, const struct cs_layout *layout, struct cs_span message,
			  unsigned *strange);

/* cs_guess_worth says what the chosen formats are worth: messages read whole first, then what is strange. */
int64_t cs_guess_worth(struct cs_guess *guess, const struct cs_layout *layout, const struct cs_span *messages,
		       unsigned n);

/* cs_guess_mark_seen sets SEEN for every field in the messages. */
void cs_guess_mark_seen(const struct cs_layout *layout, const struct cs_span *messages, unsigned n, bool *seen);

/* cs_guess_describe fills OUT from the trial and the chosen formats. */
void cs_guess_describe(struct cs_guess *guess, const struct cs_guess_trial *trial, const struct cs_span *messages,
		       unsigned n, struct cs_guess_result *out);

#endif

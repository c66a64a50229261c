/*
 * From chosen formats to a named dialect: pad side and code page, exceptions, and what the messages leave open.
 *
 * Pad side and code page do not move a field's end, so they are judged here, from the bytes of the values alone.
 */
#include "engine/guess_parts.h"

/* --- pad side and code page --- */

struct pads {
	unsigned odd_n[CS_GUESS_FIELDS_MAX + 1];      /* values with a pad nibble */
	unsigned strange[CS_GUESS_FIELDS_MAX + 1][2]; /* pads that do not look like one, left and right */
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
	uint8_t field[CS_GUESS_FIELDS_MAX];
	size_t pos = 0;
	unsigned strange = 0;
	if (!cs_guess_read_chosen(guess, layout, message, &strange) || !cs_layout_bits(layout, message, bitmap, &pos))
		return;
	unsigned n = cs_guess_list_fields(bitmap, field);
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
fill_dialect(struct cs_guess *guess, const struct cs_guess_trial *trial, struct cs_guess_result *out)
{
	struct cs_dialect *dialect = &out->dialect;
	*dialect = (struct cs_dialect){.version = trial->axes.version,
				       .mti_encoding = trial->layout.mti_encoding,
				       .bitmap_encoding = trial->layout.bitmap_encoding,
				       .codepage = trial->axes.value[CS_AXIS_CODEPAGE],
				       .header_len = trial->layout.header_len,
				       .bitmap_len = trial->layout.bitmap_len};
	memcpy(dialect->name, "identified", sizeof "identified");
	for (unsigned field = 2; field <= CS_GUESS_FIELDS_MAX; field++)
		if (guess->format_n[field] > 0 && (field <= 128 || out->seen[field]))
			dialect->field[field] = guess->spec[field][guess->choice[field]];
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
	for (unsigned field = 2; field <= CS_GUESS_FIELDS_MAX; field++) {
		if (pads->strange[field][0] == pads->strange[field][1])
			continue;
		told++;
		right += pads->strange[field][1] < pads->strange[field][0] ? 1 : -1;
	}
	out->axes.value[CS_AXIS_PAD] = right > 0;
	if (told == 0)
		out->undetermined |= 1U << CS_AXIS_PAD;
	for (unsigned field = 2; field <= CS_GUESS_FIELDS_MAX; field++) {
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
find_undetermined(struct cs_guess *guess, const struct cs_guess_trial *trial, const struct cs_span *messages,
		  unsigned n, struct cs_guess_result *out)
{
	static const uint8_t values[] = {CS_ENC_ASCII, CS_ENC_BCD, CS_ENC_EBCDIC,    CS_ENC_BIN,
					 CS_ENC_RAW,   CS_ENC_HEX, CS_ENC_EBCDIC_HEX};
	static const uint8_t allowed[] = {0x07, 0x05, 0x07, 0x70, 0x0F}; /* bits of `values`, by axis N AN Z B LEN */
	int64_t now = cs_guess_worth(guess, &trial->layout, messages, n);
	for (unsigned axis = CS_AXIS_N; axis <= CS_AXIS_LEN; axis++) {
		for (unsigned i = 0; i < sizeof values; i++) {
			struct cs_axes axes = trial->axes;
			if (!(allowed[axis] >> i & 1) || values[i] == axes.value[axis])
				continue;
			axes.value[axis] = values[i];
			cs_guess_set_specs(guess, &axes);
			if (cs_guess_worth(guess, &trial->layout, messages, n) >= now)
				out->undetermined |= 1U << axis;
		}
	}
	cs_guess_set_specs(guess, &trial->axes);
}

void
cs_guess_describe(struct cs_guess *guess, const struct cs_guess_trial *trial, const struct cs_span *messages,
		  unsigned n, struct cs_guess_result *out)
{
	static const struct pads none;
	struct pads pads = none;
	unsigned prints[CS_CP_N] = {0};
	*out = (struct cs_guess_result){
		.layout = trial->layout, .axes = trial->axes, .message_n = n, .cost = trial->price};
	cs_guess_mark_seen(&trial->layout, messages, n, out->seen);
	for (unsigned field = 2; field <= CS_GUESS_FIELDS_MAX; field++)
		out->differs[field] = out->seen[field] && (guess->choice[field] > 0 || field > 128);
	fill_dialect(guess, trial, out);
	for (unsigned i = 0; i < n; i++)
		look_at_values(guess, &trial->layout, messages[i], &pads, prints);
	settle_pads(&pads, out);
	settle_codepage(prints, out);
	for (unsigned i = 0; i < n; i++) {
		unsigned strange = 0;
		out->plausible_n += cs_guess_read_chosen(guess, &trial->layout, messages[i], &strange) && strange == 0;
	}
	out->decoded_n = decode_all(&out->dialect, messages, n);
	find_undetermined(guess, trial, messages, n, out);
}

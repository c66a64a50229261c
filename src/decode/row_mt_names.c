/*
 * The parties of an MT message and the words that go with it, as they stand in it: every field of them, in both sequences, so that none
 * is passed over by who looks for names.
 *
 * Spec: SWIFT User Handbook, categories 1, 2, 9 and n; docs/payments.md.
 */
#include "decode/row_mt_parts.h"

static struct cs_row_source
source_of(const struct cs_row_messages *messages, const struct cs_mt *mt, const struct cs_mt_field *field)
{
	return (struct cs_row_source){
		.at = (uint32_t)(mt->bytes.at - messages->rows->fed.at) + field->at,
		.field = field->tag,
		.element = (uint8_t)field->option,
		.line = 1,
	};
}

/* Tags whose fields make a cell. */
struct source {
	enum cs_cell cell;
	uint8_t tag[4];
	char option; /* 0: any */
};

static const struct source sources[] = {
	{CS_CELL_ORDERING_PARTY, {50}, 0},
	{CS_CELL_BENEFICIARY_PARTY, {59, 58}, 0},
	{CS_CELL_ORDERING_BANK_PARTY, {52, 51}, 0},
	{CS_CELL_BENEFICIARY_BANK_PARTY, {57}, 0},
	{CS_CELL_OTHER_BANK_PARTIES, {53, 54, 55, 56}, 0},
	{CS_CELL_REMITTANCE, {77}, 'T'},
	{CS_CELL_REGULATORY, {77}, 'B'},
};

static bool
is_of(const struct source *source, const struct cs_mt_field *field)
{
	for (unsigned i = 0; i < sizeof source->tag && source->tag[i]; i++)
		if (source->tag[i] == field->tag)
			return !source->option || source->option == field->option;
	return false;
}

static void
put(struct cs_row_lines *lines, const struct cs_mt *mt, const struct cs_mt_field *field)
{
	cs_row_lines_part(lines, CS_ROW_PART_LINES);
	cs_row_lines_put(lines, NULL, cs_mt_value(mt, field), source_of(lines->messages, mt, field));
}

/* 72 is for banks, and so are queries and answers: 75, 76, 77A. */
static bool
is_between_banks(const struct cs_mt_field *field)
{
	return field->tag == 72 || field->tag == 75 || field->tag == 76 || (field->tag == 77 && field->option == 'A');
}

void
cs_row_mt_names(struct cs_row_messages *messages, const struct cs_mt *mt)
{
	struct cs_row_lines lines;
	for (unsigned i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		if (!cs_row_lines_begin(messages, sources[i].cell, &lines))
			continue;
		for (uint32_t k = 0; k < mt->field_n; k++)
			if (is_of(&sources[i], &mt->field[k]))
				put(&lines, mt, &mt->field[k]);
		cs_row_lines_end(&lines);
	}
	if (!cs_row_lines_begin(messages, CS_CELL_SENDER_TO_RECEIVER, &lines))
		return;
	for (uint32_t k = 0; k < mt->field_n; k++)
		if (is_between_banks(&mt->field[k]))
			put(&lines, mt, &mt->field[k]);
	cs_row_lines_end(&lines);
}

void
cs_row_mt_words(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mt *mt,
		const struct cs_mt_field *field)
{
	cs_row_message_set(messages, cell, cs_mt_value(mt, field));
	cs_row_lines_whole(messages, cell, source_of(messages, mt, field));
}

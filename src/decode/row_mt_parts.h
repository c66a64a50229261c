/*
 * What the two files that make rows of SWIFT MT messages share. For row_mt.c and row_mt_pay.c only.
 */
#ifndef CS_DECODE_ROW_MT_PARTS_H
#define CS_DECODE_ROW_MT_PARTS_H

#include "decode/mt.h"
#include "decode/row_message_parts.h"

/* cs_row_mt_pay fills the cells of a payment: banks, parties, charges, words. */
void cs_row_mt_pay(struct cs_row_messages *messages, const struct cs_mt *mt);

/* cs_row_mt_amount fills a cell with an amount as sent: "1250,5" as 1250.5. */
void cs_row_mt_amount(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span amount);

/* cs_row_mt_names fills the cells of parties and of words between banks. */
void cs_row_mt_names(struct cs_row_messages *messages, const struct cs_mt *mt);

/* cs_row_mt_words fills a cell with a field's words. */
void cs_row_mt_words(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mt *mt,
		     const struct cs_mt_field *field);

#endif

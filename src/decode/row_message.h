/*
 * Payment messages as rows: a payment, an acknowledgement, a confirmation is one row; a statement is one, then one for each
 * of its entries. What a row has is told in cells by name (row_cell.def, payment.def), which a record maps to its
 * own names as it maps the columns of a CSV file.
 *
 * A file is lent whole. A message that is refused is a faulty row: its code, why, and at which byte.
 */
#ifndef CS_DECODE_ROW_MESSAGE_H
#define CS_DECODE_ROW_MESSAGE_H

#include "decode/row_parts.h"

struct cs_row_messages;

/* cs_row_messages_new makes what reads messages for ROWS, whose slots are known; NULL without memory. */
struct cs_row_messages *cs_row_messages_new(struct cs_rows *rows);

/* cs_row_messages_free gives it back; takes NULL. */
void cs_row_messages_free(struct cs_row_messages *messages);

/* cs_row_messages_next is cs_rows_next for them. */
CS_MUST_USE enum cs_error cs_row_messages_next(struct cs_row_messages *messages, struct cs_event *event,
					       struct cs_row_fault *fault);

#endif

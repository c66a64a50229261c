/*
 * `decode mt --cells` and `decode mx --cells`: messages as the rows that a record of a policy reads.
 */
#ifndef CS_APP_DECODE_CELLS_H
#define CS_APP_DECODE_CELLS_H

#include "app/decode_out.h"
#include "decode/row.h"

/* cs_decode_cells reads the files of OUT as FORM and writes a line for each row; an enum cs_exit. */
int cs_decode_cells(struct cs_decode_out *out, enum cs_row_form form);

#endif

/*
 * EBCDIC code pages as tables of 256 bytes.
 */
#ifndef CS_DECODE_EBCDIC_H
#define CS_DECODE_EBCDIC_H

#include "decode/dialect.h"

/* cs_ebcdic_to_latin1 lends the table from EBCDIC to ISO 8859-1; PAGE < CS_CP_N. */
const uint8_t *cs_ebcdic_to_latin1(enum cs_codepage page);

/* cs_ebcdic_from_latin1 lends the table from ISO 8859-1 to EBCDIC; PAGE < CS_CP_N. */
const uint8_t *cs_ebcdic_from_latin1(enum cs_codepage page);

#endif

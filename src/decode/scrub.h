/*
 * A message as it may be kept: without track data, PIN data, and the middle of the card number, wherever it stands.
 *
 * Spec: PCI DSS 4.0, 3.3.1 (sensitive authentication data is not retained after authorisation) and 3.4.1 (at most the first
 * six and last four digits are shown). What is taken out is overwritten by '*', so that lengths and places stay.
 */
#ifndef CS_DECODE_SCRUB_H
#define CS_DECODE_SCRUB_H

#include "decode/iso8583.h"

/* cs_scrub copies the message of ISO to OUT, which has room for iso->len bytes, and takes out what may not be kept:
 * elements 34, 35, 36, 45 and 52; in 55 the tags for tracks, PIN and card number; the card number's middle, as ASCII,
 * EBCDIC and packed digits, in any element, and what follows it behind a separator. */
void cs_scrub(const struct cs_iso *iso, uint8_t *out);

#endif

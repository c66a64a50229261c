/*
 * Words as they may be shown: without the middle of card numbers that somebody wrote into them.
 *
 * Spec: PCI DSS 4.0, 3.4.1 (at most the first six and last four digits are shown); ISO/IEC 7812-1 for what a card number is: 13
 * to 19 digits, leading digits in use, a check digit. Its groups may be parted by one blank, hyphen, point or slash, or by the end of a
 * line. It begins and ends with its groups: a longer run of digits is none, and neither is an IBAN.
 */
#ifndef CS_DECODE_SCRUB_WORDS_H
#define CS_DECODE_SCRUB_WORDS_H

#include "base/span.h"

/* cs_scrub_words_has says whether a card number stands in TEXT. */
bool cs_scrub_words_has(struct cs_span text);

/* cs_scrub_words_is says whether TEXT is nothing but the digits of one. */
bool cs_scrub_words_is(struct cs_span text);

/* cs_scrub_words stars the middle of those in LEN bytes at AT; how many there were. */
unsigned cs_scrub_words(uint8_t *at, size_t len);

#endif

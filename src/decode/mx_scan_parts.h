/*
 * What the two halves of the XML scanner (mx_scan.c: text; mx_tag.c: tags) share. For them only.
 */
#ifndef CS_DECODE_MX_SCAN_PARTS_H
#define CS_DECODE_MX_SCAN_PARTS_H

#include "decode/mx_scan.h"

static inline bool
cs_mx_scan_is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* cs_mx_scan_fail notes what is wrong at AT; at the end of the message it is always that it ends there. */
enum cs_mx_token cs_mx_scan_fail(struct cs_mx_scan *scan, const uint8_t *at, const char *code, const char *why);

/* cs_mx_scan_is_char says whether XML allows a character. */
bool cs_mx_scan_is_char(uint32_t c);

/* cs_mx_scan_utf8 reads one character outside ASCII that XML allows; gives its bytes, 0: it is none. */
unsigned cs_mx_scan_utf8(const uint8_t *at, const uint8_t *end, uint32_t *out);

/* cs_mx_scan_reference reads "&amp;" and the like at AT; gives its bytes, 0: it is none. */
unsigned cs_mx_scan_reference(const uint8_t *at, const uint8_t *end, uint32_t *out);

/* cs_mx_scan_declaration reads the byte order mark and the XML declaration, if there are any. */
void cs_mx_scan_declaration(struct cs_mx_scan *scan);

/* cs_mx_scan_target checks the target of an instruction: any name but "xml". */
bool cs_mx_scan_target(struct cs_mx_scan *scan, const uint8_t *at, const uint8_t *end);

/* cs_mx_scan_start_tag and cs_mx_scan_end_tag read the tag at `at`. */
enum cs_mx_token cs_mx_scan_start_tag(struct cs_mx_scan *scan);
enum cs_mx_token cs_mx_scan_end_tag(struct cs_mx_scan *scan);

#endif

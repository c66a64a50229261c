/*
 * What stands inside a composite field: BER-TLV, amounts blocks, Mastercard elements, bitmapped subfields.
 *
 * Spec: EMV 4.3 book 3 annex B (BER-TLV: tags to 4 bytes, definite lengths to 3 bytes).
 */
#ifndef CS_DECODE_COMPOSITE_H
#define CS_DECODE_COMPOSITE_H

#include "decode/iso8583.h"

/* cs_composite_tlv gives the BER-TLV bytes of FIELD without what is wrapped around them: hex text, or a dataset
 * (id 01, length of 2 bytes). SCRATCH of CAP bytes holds them when they had to be translated; else the message
 * lends them. Empty when they do not fit or are no hex. */
struct cs_span cs_composite_tlv(const struct cs_iso *iso, unsigned field, uint8_t *scratch, size_t cap);

/* cs_composite_find_tag looks for TAG (as a number, 0x9F26) in a run of BER-TLV objects, not inside them; false when it is not
 * there or the run is malformed before it. */
bool cs_composite_find_tag(struct cs_span run, uint32_t tag, struct cs_span *value);

/* cs_composite_has_tags asks cs_composite_find_tag for two tags at once: bit 0 and bit 1 say which would be found. */
unsigned cs_composite_has_tags(struct cs_span run, const uint32_t tags[2]);

#endif

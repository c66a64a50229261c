/*
 * From an ISO 8583 message to a card event: the canonical fields, and the last sight of a clear card number.
 *
 * Spec: ISO 8583-1:1987/1993/2003 data elements as mapped in event.def; DE54 blocks of 20 (an 2+2+3+1+12);
 * DE90 original data elements (n42), DE56 in 1993 and 2003; EMV book 3 for tags 9F26 and 91.
 */
#ifndef CS_DECODE_CARD_H
#define CS_DECODE_CARD_H

#include "decode/iso8583.h"
#include "decode/retoken.h"
#include "event/event.h"

enum { CS_CARD_CODES_MAX = 16, CS_CARD_MAPS_MAX = 8, CS_CARD_PATH_BYTES = 24 };

/* Where a link keeps a field elsewhere than usual: `map stan from "48.2"`, characters first..last (1-based,
 * 0 = to the end). */
struct cs_card_map {
	enum cs_field field; /* a text field */
	char path[CS_CARD_PATH_BYTES];
	uint16_t first;
	uint16_t last;
};

/* What a link adds to the dialect. */
struct cs_card_rules {
	const struct cs_token_key *key; /* lent: one copy in locked memory for all links */
	struct cs_retoken *retoken;     /* NULL: no earlier key */
	uint16_t link;
	uint16_t default_currency; /* numeric, when DE49 is absent; 0 = not known */
	unsigned approval_n;       /* 0: the version's own (00 10 11; 000-099; 0000-0099) */
	struct cs_short approvals[CS_CARD_CODES_MAX];
	unsigned map_n;
	struct cs_card_map maps[CS_CARD_MAPS_MAX];
};

/* cs_card_event fills OUT from a decoded message. Never fails: what is absent or not to be read stays
 * absent. */
void cs_card_event(const struct cs_iso *iso, const struct cs_card_rules *rules, const struct cs_origin *origin,
		   struct cs_event *out);

#endif

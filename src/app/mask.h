/*
 * What `decode` shows of a message without --clear: card numbers by first six and last four, tracks and PIN not.
 */
#ifndef CS_APP_MASK_H
#define CS_APP_MASK_H

#include "decode/iso8583.h"

enum { CS_MASK_PAN_MAX = 19, CS_MASK_TRACK_MAX = 128 };

/* What is known of one message's card before its fields are shown. */
struct cs_mask {
	char pan[CS_MASK_PAN_MAX];
	size_t pan_len; /* 0: no card number found */
};

/* cs_mask_learn finds the card number in field 2, or else in a track. */
void cs_mask_learn(struct cs_mask *mask, const struct cs_iso *iso);

/* cs_mask_value stars out, in place, what must not be seen of FIELD's value. */
void cs_mask_value(const struct cs_mask *mask, unsigned field, char *value, size_t len);

#endif

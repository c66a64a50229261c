/*
 * A message before it is written: an MTI and the values of its data elements, in no dialect yet.
 */
#ifndef CS_SIM_MESSAGE_H
#define CS_SIM_MESSAGE_H

#include "base/span.h"

enum { CS_MESSAGE_ELEMENT_MAX = 128, CS_MESSAGE_POOL_BYTES = 2048 };

struct cs_message {
	char mti[4];
	uint16_t used;
	uint64_t bitmap[2]; /* as on the wire, without bit 1 */
	uint16_t at[CS_MESSAGE_ELEMENT_MAX + 1];
	uint16_t len[CS_MESSAGE_ELEMENT_MAX + 1];
	uint8_t pool[CS_MESSAGE_POOL_BYTES];
};

/* cs_message_start empties MESSAGE; MTI is four digits. */
void cs_message_start(struct cs_message *message, const char *mti);

/* cs_message_put sets ELEMENT (2 to 128) to LEN bytes: ISO 8859-1 text, or the bytes of a binary element. */
void cs_message_put(struct cs_message *message, unsigned element, const void *at, size_t len);

/* cs_message_put_text sets ELEMENT to a C string. */
void cs_message_put_text(struct cs_message *message, unsigned element, const char *text);

/* cs_message_put_number sets ELEMENT to VALUE in WIDTH digits (<= 20); higher digits are cut off. */
void cs_message_put_number(struct cs_message *message, unsigned element, uint64_t value, unsigned width);

/* cs_message_drop takes ELEMENT out. */
void cs_message_drop(struct cs_message *message, unsigned element);

/* cs_message_copy sets ELEMENT as FROM has it; nothing when FROM lacks it. */
void cs_message_copy(struct cs_message *message, const struct cs_message *from, unsigned element);

/* cs_message_get lends the value of ELEMENT, empty when absent. */
struct cs_span cs_message_get(const struct cs_message *message, unsigned element);

/* cs_message_has says whether ELEMENT is set. */
static inline bool
cs_message_has(const struct cs_message *message, unsigned element)
{
	return message->bitmap[(element - 1) / 64] >> (63 - (element - 1) % 64) & 1;
}

#endif

/*
 * The values of a message in one small pool. Starting clears two words, so a message costs what it holds.
 *
 * Invariant: at[] and len[] are valid for the elements of the bitmap only, and lie inside the pool.
 */
#include "message.h"

#include "base/error.h"

void
cs_message_start(struct cs_message *message, const char *mti)
{
	memcpy(message->mti, mti, sizeof message->mti);
	message->used = 0;
	message->bitmap[0] = 0;
	message->bitmap[1] = 0;
}

void
cs_message_put(struct cs_message *message, unsigned element, const void *at, size_t len)
{
	CS_ASSERT(element >= 2 && element <= CS_MESSAGE_ELEMENT_MAX);
	CS_ASSERT(len <= (size_t)(CS_MESSAGE_POOL_BYTES - message->used));
	message->bitmap[(element - 1) / 64] |= UINT64_C(1) << (63 - (element - 1) % 64);
	message->at[element] = message->used;
	message->len[element] = (uint16_t)len;
	memcpy(message->pool + message->used, at, len);
	message->used = (uint16_t)(message->used + len);
}

void
cs_message_put_text(struct cs_message *message, unsigned element, const char *text)
{
	cs_message_put(message, element, text, strlen(text));
}

void
cs_message_put_number(struct cs_message *message, unsigned element, uint64_t value, unsigned width)
{
	char digits[20];
	CS_ASSERT(width <= sizeof digits);
	for (unsigned i = width; i > 0; i--) {
		digits[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	cs_message_put(message, element, digits, width);
}

void
cs_message_drop(struct cs_message *message, unsigned element)
{
	message->bitmap[(element - 1) / 64] &= ~(UINT64_C(1) << (63 - (element - 1) % 64));
}

struct cs_span
cs_message_get(const struct cs_message *message, unsigned element)
{
	if (!cs_message_has(message, element))
		return (struct cs_span){message->pool, 0};
	return (struct cs_span){message->pool + message->at[element], message->len[element]};
}

void
cs_message_copy(struct cs_message *message, const struct cs_message *from, unsigned element)
{
	struct cs_span value = cs_message_get(from, element);
	if (cs_message_has(from, element))
		cs_message_put(message, element, value.at, value.len);
}

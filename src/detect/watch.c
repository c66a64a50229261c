/*
 * What the watches of one link share: the row a policy gives them, and by what they tell messages apart.
 */
#include "detect/parts.h"

const struct cs_watch_row *
cs_watch_row_of(const struct cs_detect *detect, unsigned link, enum cs_watch_kind kind)
{
	for (unsigned i = 0; i < detect->policy->watch_n; i++)
		if (detect->policy->watch[i].link == link && detect->policy->watch[i].row[kind].on)
			return &detect->policy->watch[i].row[kind];
	return NULL;
}

unsigned
cs_watch_type(const struct cs_event *const pair[2])
{
	const struct cs_event *event = cs_transactions_of(pair, CS_FIELD_PROCESSING);
	if (!event)
		return 0xffff;
	const char *at = event->text[CS_FIELD_PROCESSING].at;
	return (unsigned)(uint8_t)at[0] << 8 | (uint8_t)at[1];
}

uint64_t
cs_watch_bin(const struct cs_event *const pair[2])
{
	const struct cs_event *event = cs_transactions_of(pair, CS_FIELD_CARD);
	uint64_t bin = 0;
	if (event)
		memcpy(&bin, event->card.masked, 6);
	return bin;
}

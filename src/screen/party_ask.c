/*
 * See party.h: what is asked of a party that was read.
 */
#include "screen/party.h"

struct cs_span
cs_party_text(const struct cs_party *party, unsigned nth)
{
	CS_ASSERT(nth < party->name_n);
	return (struct cs_span){(const uint8_t *)party->text + party->name[nth].at, party->name[nth].len};
}

struct cs_party_place
cs_party_place(const struct cs_party *party, size_t at)
{
	CS_ASSERT(at < party->text_n);
	unsigned line = 0;
	uint16_t offset = party->from[at];
	while (line + 1 < party->line_n && party->line[line + 1] <= offset)
		line++;
	return (struct cs_party_place){offset, (uint16_t)(line + 1), (uint16_t)(offset - party->line[line] + 1)};
}

const char *
cs_party_role_name(enum cs_party_role role)
{
	static const char *const names[CS_PARTY_ROLES] = {
		[CS_PARTY_NAME] = "name",        [CS_PARTY_CARE_OF] = "care of", [CS_PARTY_BEHALF] = "on behalf of",
		[CS_PARTY_ALIAS] = "trading as", [CS_PARTY_REST] = "address",
	};
	return names[role];
}

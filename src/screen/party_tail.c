/*
 * See party.h: identifiers and days of birth that stand behind a name on its line. They are handed out as they stand in the party, so
 * that who tells of them can say where.
 */
#include "screen/name_tail.h"
#include "screen/party.h"

/* TEXT, a part of text[], as it stands in BYTES. */
static struct cs_span
as_it_stands(struct cs_span bytes, const struct cs_party *party, struct cs_span text)
{
	size_t at = (size_t)(text.at - (const uint8_t *)party->text);
	size_t from = party->from[at], to = party->from[at + text.len - 1];
	return (struct cs_span){bytes.at + from, to + 1 - from};
}

static void
add_tail(struct cs_span bytes, struct cs_party *party, enum cs_party_role role, const struct cs_name_tail *tail)
{
	for (unsigned i = 0; i < tail->id_n; i++) {
		if (party->id_n == CS_PARTY_IDS_MAX) {
			party->cut = true;
			break;
		}
		party->id[party->id_n++] = (struct cs_entry_id){.text = as_it_stands(bytes, party, tail->id[i].text),
								.kind = tail->id[i].kind};
	}
	if (role == CS_PARTY_NAME && !party->born)
		party->born = tail->born_from, party->born_to = tail->born_to;
}

void
cs_party_tails(struct cs_span bytes, struct cs_party *party)
{
	struct cs_name_tail tail;
	for (unsigned i = 0; i < party->name_n; i++) {
		enum cs_party_role role = (enum cs_party_role)party->name[i].role;
		if (role == CS_PARTY_REST)
			continue;
		if (cs_name_tail_read(cs_party_text(party, i), &tail))
			add_tail(bytes, party, role, &tail);
		party->cut |= tail.cut;
	}
}

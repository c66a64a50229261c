/*
 * See party.h: identifiers and days of birth that stand behind a name on its line. They are handed out as they stand in the party, so
 * that who tells of them can say where, and as they are read: one that goes on in the next numbered line has no number of a line in it.
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

/* A name that is wrapped is read twice: its first line alone, and the whole. */
static bool
is_there(const struct cs_party *party, struct cs_span text)
{
	for (unsigned i = 0; i < party->id_n; i++)
		if (party->id[i].text.at == text.at && party->id[i].text.len == text.len)
			return true;
	return false;
}

static void
add_tail(struct cs_span bytes, struct cs_party *party, enum cs_party_role role, const struct cs_name_tail *tail)
{
	for (unsigned i = 0; i < tail->id_n; i++) {
		if (is_there(party, as_it_stands(bytes, party, tail->id[i].text)))
			continue;
		if (party->id_n == CS_PARTY_IDS_MAX) {
			party->cut = true;
			break;
		}
		party->id_text[party->id_n].at = (uint16_t)(tail->id[i].text.at - (const uint8_t *)party->text);
		party->id_text[party->id_n].len = (uint16_t)tail->id[i].text.len;
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

struct cs_span
cs_party_id(const struct cs_party *party, unsigned nth)
{
	const struct cs_party_name *text = &party->id_text[nth];
	return text->len ? (struct cs_span){(const uint8_t *)party->text + text->at, text->len} : party->id[nth].text;
}

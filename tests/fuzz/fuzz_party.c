/*
 * Goal: no party and no running text make the reading of them crash, leave its limits or tell of places that are none.
 * Method: the bytes are a party, and a text; a roll of a few names, of which the seeds have pieces, is asked with a low line.
 */
#include "screen/party.h"
#include "screen/prose.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
must(bool right)
{
	if (!right)
		abort();
}

/* A few names, one of them in signs. */
static struct cs_roll *
make_roll(const struct cs_lexicon *lexicon)
{
	static const char *const names[] = {
		"Ivo Quellmar",           "Ri Jon-Mak",           "Sepanirak",
		"Blue Shell Trading Ltd", "Abdulmorhav Al Kesim", "\xe7\x8e\x8b\xe5\xbe\xb7\xe9\xa1\xba"};
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_roll *roll = NULL;
	must(builder != NULL);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct cs_entry_name name = {cs_span_text(names[i]), CS_ENTRY_PRIMARY};
		const struct cs_entry_id id = {cs_span_text("NO8330001234567"), CS_ENTRY_ID_OTHER, 0};
		const struct cs_entry entry = {.uid = name.text, .name = &name, .name_n = 1, .id = &id, .id_n = 1};
		must(cs_roll_builder_add(builder, 0, &entry) == CS_OK);
	}
	must(cs_roll_builder_end(builder, &roll) == CS_OK);
	return roll;
}

static void
try_party(struct cs_span bytes)
{
	static struct cs_party party;
	cs_party_read(bytes, &party);
	must(party.text_n <= CS_PARTY_TEXT_BYTES && party.name_n <= CS_PARTY_NAMES_MAX &&
	     party.id_n <= CS_PARTY_IDS_MAX);
	for (unsigned i = 0; i < party.name_n; i++) {
		struct cs_span name = cs_party_text(&party, i);
		must(name.len > 0 && (const char *)name.at + name.len <= party.text + party.text_n);
	}
	for (size_t i = 0; i < party.text_n; i++) {
		struct cs_party_place place = cs_party_place(&party, i);
		must(place.offset < bytes.len && place.line <= party.line_n && place.column <= place.offset + 1);
		must(party.text[i] == ' ' || party.text[i] == '\n' || (uint8_t)party.text[i] == bytes.at[place.offset]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_lexicon *lexicon;
	static struct cs_roll *roll;
	static struct cs_roll_desk *desk;
	static struct cs_prose prose;
	static struct cs_prose_ordinary ordinary;
	if (!lexicon) {
		lexicon = cs_lexicon_new();
		must(lexicon != NULL);
		roll = make_roll(lexicon);
		desk = cs_roll_desk_new(roll);
		must(desk != NULL);
		cs_prose_ordinary_fill(&ordinary);
	}
	const struct cs_prose_ask ask = {.roll = roll,
					 .desk = desk,
					 .lexicon = lexicon,
					 .ordinary = &ordinary,
					 .as = {.line = 300},
					 .rare = 80,
					 .least = 90,
					 .alone = 100};
	struct cs_span bytes = {data, len};
	try_party(bytes);
	cs_prose_read(&ask, bytes, &prose);
	must(prose.search_n <= CS_PROSE_SEARCHES_MAX && prose.identify_n <= CS_PROSE_SEARCHES_MAX);
	for (unsigned i = 0; i < prose.hit_n; i++) {
		must(prose.hit[i].from < prose.hit[i].to && prose.hit[i].to <= len);
		must(i == 0 || prose.hit[i - 1].from <= prose.hit[i].from);
	}
	return 0;
}

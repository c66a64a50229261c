/*
 * Goal: no party and no running text make the reading of them crash, leave its limits or tell of places that are none.
 * Method: the bytes are a party, and a text; who is asked for names knows a word by its hash, so that about each eighth is rare, and
 * finds something in each run of three words.
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

static uint16_t
weight(void *context, const struct cs_term *word)
{
	(void)context;
	return word->hash % 8 == 0 ? 110 : word->hash % 8 == 1 ? 20 : 0;
}

static unsigned
find(void *context, struct cs_span name, struct cs_prose_hit *out, unsigned cap)
{
	(void)context;
	must(name.len > 0 && cap == CS_PROSE_BEST_MAX);
	unsigned sum = 0;
	for (size_t i = 0; i < name.len; i++)
		sum += name.at[i];
	out[0] = (struct cs_prose_hit){.entry = sum % 16, .score = (uint16_t)(500 + sum % 500)};
	return sum % 3 == 0;
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
	static struct cs_prose prose;
	if (!lexicon)
		lexicon = cs_lexicon_new();
	must(lexicon != NULL);
	const struct cs_prose_asked asked = {weight, find, find, NULL, lexicon, 80, 90, 100};
	struct cs_span bytes = {data, len};
	try_party(bytes);
	cs_prose_read(&asked, bytes, &prose);
	must(prose.search_n <= CS_PROSE_SEARCHES_MAX && prose.identify_n <= CS_PROSE_SEARCHES_MAX);
	for (unsigned i = 0; i < prose.hit_n; i++) {
		must(prose.hit[i].from < prose.hit[i].to && prose.hit[i].to <= len);
		must(i == 0 || prose.hit[i - 1].from <= prose.hit[i].from);
	}
	return 0;
}

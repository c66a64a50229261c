/*
 * What lists' words for identifiers and for parties mean.
 */
#include "screen/list_parts.h"

static const struct {
	const char *words;
	uint8_t kind;
} ids[] = {
#define X(words, kind) {words, CS_ENTRY_ID_##kind},
#include "screen/list_id.def"
#undef X
};

static const struct {
	const char *word;
	uint8_t kind;
} parties[] = {
	{"individual", CS_ENTRY_PERSON},
	{"person", CS_ENTRY_PERSON},
	{"natural person", CS_ENTRY_PERSON},
	{"p", CS_ENTRY_PERSON},
	{"entity", CS_ENTRY_ORGANISATION},
	{"enterprise", CS_ENTRY_ORGANISATION},
	{"organisation", CS_ENTRY_ORGANISATION},
	{"organization", CS_ENTRY_ORGANISATION},
	{"company", CS_ENTRY_ORGANISATION},
	{"business", CS_ENTRY_ORGANISATION},
	{"legalentity", CS_ENTRY_ORGANISATION},
	{"publicbody", CS_ENTRY_ORGANISATION},
	{"e", CS_ENTRY_ORGANISATION},
	{"-0-", CS_ENTRY_ORGANISATION},
	{"ship", CS_ENTRY_VESSEL},
	{"vessel", CS_ENTRY_VESSEL},
	{"aircraft", CS_ENTRY_AIRCRAFT},
	{"airplane", CS_ENTRY_AIRCRAFT},
	{"wallet", CS_ENTRY_WALLET},
	{"cryptowallet", CS_ENTRY_WALLET},
	{"other", CS_ENTRY_OTHER},
};

enum cs_entry_id_kind
cs_list_kind_id(struct cs_span words)
{
	words = cs_list_trim(words);
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (cs_list_starts(words, ids[i].words))
			return (enum cs_entry_id_kind)ids[i].kind;
	return CS_ENTRY_ID_KINDS;
}

enum cs_entry_kind
cs_list_kind_entry(struct cs_span word)
{
	word = cs_list_trim(word);
	for (size_t i = 0; i < sizeof parties / sizeof *parties; i++)
		if (cs_list_same(word, parties[i].word))
			return (enum cs_entry_kind)parties[i].kind;
	return CS_ENTRY_KINDS;
}

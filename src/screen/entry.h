/*
 * One entry of a watch list as a reader hands it over, whatever the list's format: who, under which names, with what else
 * is known.
 *
 * Spans point into memory of whoever made the entry and are good while it is being handed over; who keeps an entry copies.
 * Text is UTF-8 as far as the list's is (anything is allowed: the fold counts what is none). No limit on the number of names;
 * readers say what they left out.
 */
#ifndef CS_SCREEN_ENTRY_H
#define CS_SCREEN_ENTRY_H

#include "screen/score.h"

enum cs_entry_kind {
	CS_ENTRY_OTHER,
	CS_ENTRY_PERSON,
	CS_ENTRY_ORGANISATION,
	CS_ENTRY_VESSEL,
	CS_ENTRY_AIRCRAFT,
	CS_ENTRY_WALLET,
	CS_ENTRY_KINDS,
};

enum cs_entry_name_kind {
	CS_ENTRY_PRIMARY,
	CS_ENTRY_ALIAS,
	CS_ENTRY_WEAK,     /* OFAC weak a.k.a., UN low quality: names that also many others have */
	CS_ENTRY_FORMER,   /* f.k.a., ex- */
	CS_ENTRY_ORIGINAL, /* in the script of its own language */
	CS_ENTRY_NAME_KINDS,
};

struct cs_entry_name {
	struct cs_span text;
	uint8_t kind; /* enum cs_entry_name_kind */
};

enum cs_entry_id_kind {
	CS_ENTRY_ID_OTHER,
	CS_ENTRY_ID_BIC,
	CS_ENTRY_ID_LEI,
	CS_ENTRY_ID_PASSPORT,
	CS_ENTRY_ID_NATIONAL,
	CS_ENTRY_ID_TAX,
	CS_ENTRY_ID_REGISTRATION, /* of a company */
	CS_ENTRY_ID_IMO,          /* of a vessel or its owner; seven digits, the last a check digit */
	CS_ENTRY_ID_MMSI,
	CS_ENTRY_ID_CALL_SIGN,
	CS_ENTRY_ID_TAIL, /* an aircraft's registration mark */
	CS_ENTRY_ID_ACCOUNT,
	CS_ENTRY_ID_WALLET,
	CS_ENTRY_ID_KINDS,
};

struct cs_entry_id {
	struct cs_span text; /* as it is written; cs_entry_id_canon makes it comparable */
	uint8_t kind;        /* enum cs_entry_id_kind */
	uint16_t country;    /* ISO 3166 numeric, 0: not said */
};

struct cs_entry_birth {
	uint32_t from, to; /* as in cs_score_facts */
};

struct cs_entry {
	struct cs_span uid; /* the list's own number for it */
	uint8_t kind;       /* enum cs_entry_kind */
	char gender;        /* 'm', 'f' or 0 */
	const struct cs_entry_name *name;
	size_t name_n;
	const struct cs_entry_id *id;
	size_t id_n;
	const struct cs_entry_birth *birth;
	size_t birth_n;
	const struct cs_span *place; /* of birth */
	size_t place_n;
	const uint16_t *country; /* nationalities and flags, ISO 3166 numeric */
	size_t country_n;
	const struct cs_span *programme;
	size_t programme_n;
};

#endif

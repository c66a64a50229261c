/*
 * The names in a party of a payment, and what stands beside them: the account, a BIC, the date of birth, identifiers.
 *
 * A party is some lines: an account line behind a slash, then a name that may be wrapped over several lines, then an
 * address; or numbered lines (50F, 59F: "1/" name, "2/" address, "3/" country and town, "4/" born, "6/" "7/" identifiers); or
 * a BIC; or a name alone, as ISO 20022 and CSV have it. Which of these it is shows in the lines themselves. Where no number
 * says what is address, only the first line and those it is wrapped into are a name; the others are `rest`, to be searched as
 * running text is. Labels and codes (BENEFICIARY:, MESSRS, /ACC/) are not part of a name; who is named behind C/O, ON BEHALF OF,
 * TRADING AS is a name of its own.
 *
 * Total and bounded: any bytes are a party. Every character of a name knows where it stood.
 * Spec: SWIFT User Handbook, fields 50 and 59, options none, A, F, K.
 */
#ifndef CS_SCREEN_PARTY_H
#define CS_SCREEN_PARTY_H

#include "screen/entry.h"

enum {
	CS_PARTY_BYTES_MAX = 4096, /* of a party; the rest is not read */
	CS_PARTY_LINES_MAX = 64,
	CS_PARTY_NAMES_MAX = 6,
	CS_PARTY_IDS_MAX = 16,
	CS_PARTY_TEXT_BYTES = 1024, /* of all names together */
};

enum cs_party_role {
	CS_PARTY_NAME,    /* the party itself */
	CS_PARTY_CARE_OF, /* C/O, ATTN: to whom it is sent */
	CS_PARTY_BEHALF,  /* ON BEHALF OF, FOR ACCOUNT OF: for whom it acts */
	CS_PARTY_ALIAS,   /* TRADING AS, DBA, AKA */
	CS_PARTY_REST,    /* address and what else there is: running text, not one name */
	CS_PARTY_ROLES,
};

/* Names are parts of cs_party.text; so is `rest`. */
struct cs_party_name {
	uint16_t at, len;
	uint8_t role; /* enum cs_party_role */
};

/* Where something stood. */
struct cs_party_place {
	uint32_t offset; /* bytes from the beginning of the party */
	uint16_t line;   /* from 1 */
	uint16_t column; /* from 1, in bytes */
};

/* About 4 kB. Spans are of the bytes that were read. */
struct cs_party {
	struct cs_span account; /* without its slash; empty: none, as for the rest */
	struct cs_span clearing;
	struct cs_span bic;
	struct cs_entry_id id
		[CS_PARTY_IDS_MAX]; /* of options F, and behind a name, as it is written there; BIC and account are not among them */
	unsigned id_n;
	struct cs_party_name id_text
		[CS_PARTY_IDS_MAX]; /* the same in text[], where numbers of lines are no part of it; `len` 0: as it is written */
	uint32_t born, born_to; /* 19700131, of a year its first day and its last; 0: not said */
	char country[2];
	bool numbered;
	bool cut; /* a limit was met: what is behind it was not read */
	unsigned name_n;
	struct cs_party_name name[CS_PARTY_NAMES_MAX];
	unsigned line_n;
	uint16_t line[CS_PARTY_LINES_MAX]; /* where each begins */
	uint16_t text_n;
	char text[CS_PARTY_TEXT_BYTES];
	uint16_t from[CS_PARTY_TEXT_BYTES]; /* where each byte of it stood */
};

/* cs_party_read takes a party apart. */
void cs_party_read(struct cs_span bytes, struct cs_party *out);

/* cs_party_tails adds what names have of their own on one line (name_tail.h): identifiers of any kind, and a day of birth of the party itself where
 * none is said. PARTY was read from BYTES; part of cs_party_read. */
void cs_party_tails(struct cs_span bytes, struct cs_party *party);

/* cs_party_text lends name NTH, below name_n. */
struct cs_span cs_party_text(const struct cs_party *party, unsigned nth);

/* cs_party_id lends what identifier NTH, below id_n, is looked up by: a part of text[], or of the bytes that were read. */
struct cs_span cs_party_id(const struct cs_party *party, unsigned nth);

/* cs_party_place tells where byte AT of text[] stood; AT below text_n. */
struct cs_party_place cs_party_place(const struct cs_party *party, size_t at);

/* cs_party_role_name gives the word for a role; static. */
const char *cs_party_role_name(enum cs_party_role role);

#endif

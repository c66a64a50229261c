/*
 * A name, analysed: its words, what each is (legal form, particle, patronymic, number, ...) and how much each says.
 *
 * The words stand in tables shipped with the program (words.inc, word.def), read once by cs_lexicon_new. How much a word
 * says is its rarity: cs_rarity counts the words of the lists and of a background, and gives weights in tenths of a bit.
 * After they are made both tables are only read, by any number of threads. Reading a name allocates nothing.
 */
#ifndef CS_SCREEN_NAME_H
#define CS_SCREEN_NAME_H

#include "base/error.h"
#include "screen/term.h"

enum {
	CS_NAME_PARTS_MAX = 32,
	CS_NAME_VARIANTS_MAX = 3,
	CS_NAME_SHIP_WORDS = 3, /* of a ship's prefix, at most */
	CS_NAME_VERSIONS_MAX = CS_NAME_VARIANTS_MAX * CS_FOLD_READINGS
};

enum cs_name_kind { CS_NAME_ANY, CS_NAME_PERSON, CS_NAME_ORGANISATION, CS_NAME_VESSEL };

enum cs_name_class {
	CS_NAME_PROPER,
	CS_NAME_PATRONYMIC,
	CS_NAME_INITIAL, /* one letter, or several run together: JC */
	CS_NAME_NUMBER,  /* digits, ordinals, Roman numerals, number words: `code` is the value */
	CS_NAME_PLACE,   /* a country, a city, an adjective of one: `code` says which */
	CS_NAME_TRADE,   /* a generic word of business: `code` says which, in any language */
	CS_NAME_FORM,    /* a legal form: `code` is its family and its country */
	CS_NAME_KIN,     /* brothers, sons, junior */
	CS_NAME_HONORIFIC,
	CS_NAME_PARTICLE, /* al, bin, von, the, of */
	CS_NAME_PREFIX,   /* of a vessel: MV, M/T, tug */
	CS_NAME_CLASSES,
};

enum cs_name_part_mark {
	CS_NAME_ASIDE = 1,  /* said beside the name: in brackets, a branch, a port, an address */
	CS_NAME_FIRST = 2,  /* stands before the comma of "LAST, First" */
	CS_NAME_JOINED = 4, /* written together with the part before it */
	CS_NAME_SHIP =
		8, /* may be a ship's prefix, before a name of which nobody says what it is: no news beside a ship */
};

/* 16 bytes. */
struct cs_name_part {
	uint32_t token;  /* index in the tokens of its name */
	uint16_t weight; /* tenths of a bit */
	uint16_t code;
	uint16_t from, to; /* bytes of the name it was read from */
	uint8_t class;     /* enum cs_name_class */
	uint8_t marks;
	uint8_t padding[2];
};

/* A name as it is compared. Points into a cs_name_room, or into tables of a list; whoever keeps lists may keep each token
 * once and renumber `token`. */
struct cs_name {
	const struct cs_term *token;
	const struct cs_name_part *part;
	uint8_t part_n;
	uint8_t kind;     /* enum cs_name_kind: as asked, or as the words say when CS_NAME_ANY was asked */
	bool guessed;     /* CS_NAME_ANY was asked */
	uint16_t total;   /* weight of the parts that identify, tenths of a bit */
	uint32_t letters; /* the letters of all parts that identify, as in cs_term */
};

/* Where a name is read to; about 4 kB. */
struct cs_name_room {
	struct cs_term token[CS_NAME_PARTS_MAX];
	struct cs_name_part part[CS_NAME_PARTS_MAX];
	struct cs_name name;
	bool cut; /* the name was longer than can be read */
};

struct cs_lexicon; /* the words that are known */

/* cs_lexicon_new reads the shipped tables; NULL without memory. About 1 MB. */
struct cs_lexicon *cs_lexicon_new(void);

/* cs_lexicon_free takes NULL. */
void cs_lexicon_free(struct cs_lexicon *lexicon);

struct cs_rarity; /* how often each word occurs */

/* cs_rarity_new makes room for WORDS distinct words, with the shipped background in it; NULL without memory. */
struct cs_rarity *cs_rarity_new(size_t words);

/* cs_rarity_free takes NULL. */
void cs_rarity_free(struct cs_rarity *rarity);

/* cs_rarity_add counts one occurrence of a word in a list; false when it is full and the word is new. */
bool cs_rarity_add(struct cs_rarity *rarity, const struct cs_term *token);

/* cs_rarity_expect tells that the word of this hash will be weighed: its count is on its way from memory then. */
void cs_rarity_expect(const struct cs_rarity *rarity, uint32_t hash);

/* cs_rarity_weight tells how much a word says, in tenths of a bit, 20 to 170. */
uint16_t cs_rarity_weight(const struct cs_rarity *rarity, const struct cs_term *token);

/* cs_name_variants cuts "A (ex-B)", "A a.k.a. B" and the like into the names that it holds, at most CS_NAME_VARIANTS_MAX; the
 * first is the name without them. At least one. */
unsigned cs_name_variants(struct cs_span text, struct cs_span out[CS_NAME_VARIANTS_MAX]);

/* A name as it is looked up: one of its variants, by one reading of its script (fold_run.h). */
struct cs_name_version {
	struct cs_span text;
	uint8_t reading;
};

/* cs_name_readings tells how many readings a name has: 1, or CS_FOLD_READINGS when its script may have them. */
unsigned cs_name_readings(struct cs_span text);

/* cs_name_versions gives all readings of all variants of a name, at most CS_NAME_VERSIONS_MAX. */
unsigned cs_name_versions(struct cs_span text, struct cs_name_version out[CS_NAME_VERSIONS_MAX]);

enum {
	CS_NAME_CUTS_MAX = 2,
	CS_NAME_ASKED_MAX = 2 * CS_NAME_VERSIONS_MAX + CS_NAME_CUTS_MAX, /* each version without its tails, too */
};

/* cs_name_before_address gives what stands before an address in one line with a name, as it may be: none, one or two. */
unsigned cs_name_before_address(struct cs_span text, struct cs_span out[CS_NAME_CUTS_MAX]);

/* cs_name_asked gives what is looked up for a name that is asked about: its versions, the same without a number or date of their own
 * (name_tail.h), and what stands before an address. */
unsigned cs_name_asked(struct cs_span text, struct cs_name_version out[CS_NAME_ASKED_MAX]);

/* cs_name_read_version reads one version of a name as cs_name_read does. */
void cs_name_read_version(const struct cs_lexicon *lexicon, const struct cs_rarity *rarity,
			  const struct cs_name_version *version, enum cs_name_kind kind, struct cs_name_room *out);

/* cs_name_read reads one name by its first reading. RARITY may be NULL: then all words that are no known ones weigh the same. */
void cs_name_read(const struct cs_lexicon *lexicon, const struct cs_rarity *rarity, struct cs_span text,
		  enum cs_name_kind kind, struct cs_name_room *out);

/* cs_name_weigh weighs the parts again, after the counts have changed. PART is the array that NAME points to. */
void cs_name_weigh(const struct cs_rarity *rarity, struct cs_name *name, struct cs_name_part *part);

/* cs_name_class_name gives the word for a class. */
const char *cs_name_class_name(enum cs_name_class class);

#endif

/*
 * How a roll lies in memory. Read by roll*.c alone.
 *
 * A name is kept as its form: the words, what each is, what kind of name it is. Lists repeat each other, so many names share
 * one form, and a form is scored once. A word is kept once, whatever the names it stands in.
 */
#ifndef CS_SCREEN_ROLL_PARTS_H
#define CS_SCREEN_ROLL_PARTS_H

#include "screen/roll.h"
#include "screen/score_parts.h"

/* Where a text lies among the texts of the roll. */
struct cs_roll_text {
	uint32_t at, len;
};

struct cs_roll_form {
	uint32_t part_at; /* its parts; their tokens are words of the roll */
	uint32_t letters; /* as in cs_name */
	uint16_t total;
	uint8_t part_n;
	uint8_t kind; /* enum cs_name_kind */
	bool guessed;
};

/* A name that was listed, or a variant that stands in one. */
struct cs_roll_listed {
	struct cs_roll_text text;
	uint32_t form, entry;
	uint8_t kept; /* enum cs_entry_name_kind */
};

struct cs_roll_person { /* an entry, of whatever kind */
	struct cs_roll_text uid, primary, programmes;
	uint32_t birth_at, birth_n, country_at, country_n, name_n;
	struct cs_digest version;
	uint8_t list, kind;
	char gender;
};

struct cs_roll_id {
	uint64_t hash;
	struct cs_roll_text text;
	uint32_t entry;
	uint8_t kind; /* enum cs_entry_id_kind */
};

/* Numbers found by a hash; who looks compares what they stand for. Open, a power of two, at most half full. */
struct cs_roll_slot {
	uint32_t hash, number; /* number + 1; 0: free */
};

struct cs_roll_table {
	struct cs_roll_slot *slot;
	size_t slots, used;
};

/* A way to find a word: it without some of its letters, or a run of its consonants. */
struct cs_roll_key {
	uint32_t hash, word;
};

/* Forms that have a part of that class and code, or a given name of that family, an initial, or first letters. */
struct cs_roll_code {
	uint32_t key, form;
};

/* What a key is of. */
enum cs_roll_base { CS_ROLL_TEXT, CS_ROLL_SOUND, CS_ROLL_VOWELLED, CS_ROLL_UNVOWELLED, CS_ROLL_BASES };

enum { CS_ROLL_FACTS_MOST = 1800 }; /* what dates and countries can add to a sum */

enum { CS_ROLL_KEYS_MAX = 1 + 62 + 62 * 61 / 2, CS_ROLL_RUN_MAX = 4 };

/* A word in short, so that most words are told apart without a look at them. */
struct cs_roll_sign {
	uint32_t letters, sounds; /* as in cs_term */
	uint8_t len, sound_len, bones_len;
	char first, last;
	bool unvowelled, family;
	uint8_t padding;
};

struct cs_roll {
	const struct cs_lexicon *lexicon;
	struct cs_rarity *rarity;
	const struct cs_roll *weighed_as; /* whose rarity it is; NULL: its own */
	struct cs_term *word;
	struct cs_name_part *part;
	struct cs_roll_sign *sign; /* by part */
	struct cs_roll_form *form;
	struct cs_roll_listed *name;
	struct cs_roll_person *entry;
	struct cs_roll_id *id; /* by hash, then entry */
	struct cs_entry_birth *birth;
	uint16_t *country;
	uint8_t *text;
	uint32_t *named;    /* names by form */
	uint32_t *named_at; /* form_n + 1 */
	uint32_t word_n, part_n, form_n, name_n, entry_n, id_n, birth_n, country_n, unread_n;
	size_t text_n;
	struct cs_roll_table words, uids;
	uint32_t *posting;    /* forms by word */
	uint32_t *posting_at; /* word_n + 1 */
	bool *small;          /* by word: it stands as a title, a particle, a form somewhere */
	struct cs_roll_key *key;
	uint32_t *key_at;          /* buckets + 1 */
	uint64_t *filter;          /* two bits a key, in one word */
	struct cs_roll_code *code; /* by key, then form */
	size_t key_n, buckets, filter_words, code_n, posting_n;
	unsigned bucket_shift, filter_shift;
};

/* An entry that reaches the line. */
struct cs_roll_found {
	uint32_t entry, name;
	int32_t sum;
	uint16_t score;
};

/* How alike a word of the query and a word of the roll are, remembered during a search. */
struct cs_roll_like {
	uint32_t search, word;
	struct cs_term_likeness likeness;
	uint8_t part;
};

enum { CS_ROLL_LIKES = 1 << 12 };

struct cs_roll_desk {
	struct cs_roll_like like[CS_ROLL_LIKES]; /* by word and part, the last one of each place */
	struct cs_name_room query, listed;
	struct cs_score_why why;
	struct cs_roll_found *found;
	uint32_t *place; /* of an entry in found[], when it is there: found[place].entry is it */
	uint32_t found_n;
	uint32_t *seen;                              /* by form: the search that saw it last */
	uint32_t *known;                             /* by word: the part of a search that met it last */
	struct cs_roll_sign sign[CS_NAME_PARTS_MAX]; /* of the query's parts */
	uint32_t search, part;
	uint16_t line;
	const struct cs_roll_query *ask;
	struct cs_roll_answer *answer;
};

/* cs_roll_put enters NUMBER under HASH; false without memory. */
bool cs_roll_put(struct cs_roll_table *table, uint32_t hash, uint32_t number);

/* cs_roll_form_name makes the name of form NUMBER. */
struct cs_name cs_roll_form_name(const struct cs_roll *roll, uint32_t number);

/* cs_roll_name_kind tells as what the names of an entry are read. */
enum cs_name_kind cs_roll_name_kind(uint8_t entry_kind);

/* cs_roll_try scores a form for the query at the desk and keeps those of its names that reach the line. */
void cs_roll_try(const struct cs_roll *roll, struct cs_roll_desk *desk, uint32_t form);

struct cs_roll_few {
	const uint32_t *form;
	unsigned n;
};

/* cs_roll_among is cs_roll_search of a few forms alone. */
void cs_roll_among(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query,
		   struct cs_roll_few few, struct cs_roll_answer *out);

/* cs_roll_index makes the channels; false without memory. */
bool cs_roll_index(struct cs_roll *roll);

/* cs_roll_sign_of makes the sign of a word. */
struct cs_roll_sign cs_roll_sign_of(const struct cs_term *term);

/* cs_roll_seek searches by the channels for the name that lies on the desk. */
void cs_roll_seek(const struct cs_roll *roll, struct cs_roll_desk *desk);

/* What a form is held against before it is scored. */
struct cs_roll_bound {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	unsigned kind; /* column of weights */
	int32_t need;  /* the least sum that reaches the line */
};

/* cs_roll_may_reach is false only where a form cannot reach the line: its words are paired with those of the query. */
bool cs_roll_may_reach(const struct cs_roll_bound *bound, uint32_t form);

/* cs_roll_keys gives the hashes of N letters without up to DELETIONS (0 to 2) of them; how many. */
unsigned cs_roll_keys(const char *letters, unsigned n, unsigned deletions, enum cs_roll_base base,
		      uint32_t out[CS_ROLL_KEYS_MAX]);

/* cs_roll_deletions tells how many letters are left out of a word of N. */
static inline unsigned
cs_roll_deletions(unsigned n, enum cs_roll_base base)
{
	if (base >= CS_ROLL_VOWELLED)
		return n >= 4;
	return n < 3 ? 0 : n < 6 ? 1 : 2;
}

/* cs_roll_code_key makes the key of a class of parts (or of what stands for one) and a code. */
static inline uint32_t
cs_roll_code_key(unsigned kind, unsigned code)
{
	return (uint32_t)(kind << 16 | (code & 0xffff));
}

/* What stands for a class beyond cs_name_class in such a key. */
enum { CS_ROLL_CODE_FAMILY = CS_NAME_CLASSES, CS_ROLL_CODE_LETTERS };

/* cs_roll_first_letters gives the first letters of the parts of a firm that identify, with legal forms when FORMS; 0: too few
 * or too many. */
unsigned cs_roll_first_letters(const struct cs_name *name, bool forms, char out[8]);

/* cs_roll_text_of gives a text of the roll. */
static inline struct cs_span
cs_roll_text_of(const struct cs_roll *roll, struct cs_roll_text text)
{
	return (struct cs_span){roll->text + text.at, text.len};
}

/* cs_roll_uid_hash hashes what cs_roll_find looks for. */
uint32_t cs_roll_uid_hash(unsigned list, struct cs_span uid);

#endif

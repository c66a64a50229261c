/*
 * How a roll lies in memory. Read by roll*.c alone.
 *
 * A name is kept as its form: the words, what each is, what kind of name it is. Lists repeat each other, so many names share
 * one form, and a form is scored once. A word is kept once, whatever the names it stands in.
 */
#ifndef CS_SCREEN_ROLL_PARTS_H
#define CS_SCREEN_ROLL_PARTS_H

#include "base/hash.h"
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

/* A number under a key: words of a family of given names, forms that have a run of words, and so on. By key, then number. */
struct cs_roll_code {
	uint32_t key, number;
	uint32_t
		sign; /* of words of a form side by side: cs_roll_run_sign; of a word by its consonants: their set; see roll_slip.c; else 0 */
};

/* What stands by its consonants, see roll_slip.c: words; words of a form side by side; words that are long. */
enum cs_roll_slip_kind { CS_ROLL_SLIP_WORD, CS_ROLL_SLIP_RUN, CS_ROLL_SLIP_LONG, CS_ROLL_SLIP_KINDS };

enum { CS_ROLL_SLIP_KEYS_MAX = CS_TERM_LETTERS_MAX + 3 };

/* Set in the number of a form, where words and forms stand under the same keys. */
#define CS_ROLL_RUN_FORM (UINT32_C(1) << 31)

struct cs_roll_codes {
	struct cs_roll_code *at;
	size_t n;
	uint32_t *from; /* of keys that are hashes: where those begin whose upper bits are its number; else NULL */
	unsigned shift; /* which bits these are */
};

/* The number of a run of words of a form: above the form its first part, and whether a third word is in it. */
enum {
	CS_ROLL_SLIP_FORM_BITS = 26,
	CS_ROLL_SLIP_AT_BITS = 5,
	CS_ROLL_SLIP_FORMS = 1 << CS_ROLL_SLIP_FORM_BITS,
	CS_ROLL_SLIP_RUN_MIN = 2,
};
_Static_assert(CS_NAME_PARTS_MAX <= 1 << CS_ROLL_SLIP_AT_BITS, "where a run begins");

struct cs_roll_slips {
	struct cs_roll_codes codes; /* sign: cs_roll_slip_sign */
	uint64_t *filter;
	unsigned shift;
};

/* A word in short, in one line of the cache: so most words are told to be far without a look at them, and most others are compared. */
struct cs_roll_sign {
	uint32_t near_letters, near_sounds; /* letters that are confused with one of them */
	struct cs_term_lane lane;
};

/* Where the length of a word stands above its letters. */
enum { CS_ROLL_SET_LEN = 27, CS_ROLL_SET_LETTERS = (1 << CS_ROLL_SET_LEN) - 1 };

/* How a word may be near. */
enum cs_roll_sign_way { CS_ROLL_BY_TEXT = 1, CS_ROLL_BY_SOUND = 2 };

/* cs_roll_sign_of makes the sign of a word. */
struct cs_roll_sign cs_roll_sign_of(const struct cs_term *term);

/* cs_roll_sign_ways tells from their signs how two words that are no more than a misspelling of each other may be alike by LEAST or
 * more; 0: they are far. */
unsigned cs_roll_sign_ways(const struct cs_roll_sign *one, const struct cs_roll_sign *other, unsigned least);

/* cs_roll_sign_many gives the ways by which each of N words may be a misspelling of ONE: lengths, and letters that only one of them has,
 * are no more apart than plain edits may be. It says more often than cs_roll_sign_ways that they are near. SIGN is by word. */
void cs_roll_sign_many(const struct cs_roll_sign *one, const struct cs_roll_sign *sign, const uint32_t *word,
		       unsigned n, uint8_t *ways);

/* cs_roll_set_of gives the letters of a word, and above them its length. */
static inline uint32_t
cs_roll_set_of(const struct cs_term *term)
{
	return (term->letters & CS_ROLL_SET_LETTERS) | (uint32_t)term->len << CS_ROLL_SET_LEN;
}

/* Sets that are looked for among N: with these letters, without those, so long. NEXT is to be looked at. */
struct cs_roll_wanted {
	uint32_t with, without;
	unsigned len_least, len_most;
	const uint32_t *set;
	size_t n, next;
};

/* cs_roll_sift_sets gives the places of the next sets that are wanted, at most CAP, which is four at least; how many. It is done when
 * NEXT is N. */
unsigned cs_roll_sift_sets(struct cs_roll_wanted *wanted, uint32_t *at, unsigned cap);

/* What a key is of. VOWELS: the sound, all vowels as one. MERGED: of longer words,
 * what is often confused as one, too. RUN: words of a form that stand side by side; in the filter only. */
enum cs_roll_base {
	CS_ROLL_TEXT,
	CS_ROLL_SOUND,
	CS_ROLL_VOWELS,
	CS_ROLL_MERGED,
	CS_ROLL_VOWELLED,
	CS_ROLL_UNVOWELLED,
	CS_ROLL_BASES,
	CS_ROLL_RUN = CS_ROLL_BASES,
};

enum {
	CS_ROLL_VOWELS_MAX = 7, /* letters of words that have keys of VOWELS */
	CS_ROLL_MERGED_MIN = 6, /* and of MERGED */
	CS_ROLL_MERGED_LONG = 8,
	CS_ROLL_KEYS_MAX = 1 + CS_TERM_LETTERS_MAX + CS_TERM_LETTERS_MAX * (CS_TERM_LETTERS_MAX - 1) / 2,
	CS_ROLL_RUN_MAX = 4,      /* words written together */
	CS_ROLL_SKELETON_MIN = 3, /* letters of it that are no vowels */
};

/*
 * A form in short, half a cache line: what a search looks at when it meets a form. Its features are the words of the parts that
 * identify, and behind the words (from word_n on) their codes: a trade, a place, a number; first letters of a firm.
 */
enum { CS_ROLL_BRIEF_MAX = 6, CS_ROLL_FEATURES_MAX = CS_NAME_PARTS_MAX * 2 + 2 };

enum cs_roll_brief_flag {
	CS_ROLL_KIND = 3,   /* the bits of enum cs_name_kind */
	CS_ROLL_SAID = 4,   /* nobody guessed that kind, or it was told by words */
	CS_ROLL_MIXES = 8,  /* it has a trade, a place or a number */
	CS_ROLL_SMALL = 16, /* it has a title, a particle, a form of some letters */
	CS_ROLL_SHIP = 32,  /* it begins with what may be a ship's prefix, of CS_NAME_SHIP_WORDS at most */
};

struct cs_roll_brief {
	uint32_t feature[CS_ROLL_BRIEF_MAX]; /* when there are more, the last one is where the others lie in rest[] */
	uint8_t weight[CS_ROLL_BRIEF_MAX];   /* half of what each weighs, and CS_ROLL_COUNTS */
	uint8_t n, flags;
};

/* Set in a weight: it counts when it is left over. */
enum { CS_ROLL_COUNTS = 128 };

struct cs_roll_feature {
	uint32_t feature;
	uint8_t weight;
};

/* cs_roll_weight_most gives the most that a feature may weigh, tenths of a bit. */
static inline unsigned
cs_roll_weight_most(uint8_t weight)
{
	return (weight & (CS_ROLL_COUNTS - 1u)) * 2;
}

/* cs_roll_weight_left gives what it weighs at least when it is left over. */
static inline unsigned
cs_roll_weight_left(uint8_t weight)
{
	return weight >= CS_ROLL_COUNTS ? cs_roll_weight_most(weight) - 1 : 0;
}

/*
 * What stands beside the number of a form in the postings of a feature, so that most forms are passed by without a look at them.
 */
enum {
	CS_ROLL_TAGS = 1 << 16,
	/* in place of the first tag, of forms that have more than there is room for: how many there are, and where, stands behind it */
	CS_ROLL_MANY = CS_ROLL_TAGS - 1,
	CS_ROLL_MORE = 64, /* a flag beside those of the brief: it has another word */
	CS_ROLL_BESIDE_FLAGS = 128,
	CS_ROLL_BESIDE_MAX = 6,
};

struct cs_roll_beside {
	uint16_t tag[CS_ROLL_BESIDE_MAX]; /* of its other features; 0: there are no more */
	uint16_t left;                    /* what all its other words weigh at least when they are left over */
	uint8_t flags;
	uint8_t heaviest; /* half of what the heaviest of all other words weighs at most */
};

/* cs_roll_tag gives the tag of a feature: none is 0 or CS_ROLL_MANY. Up to 65,534 features each have their own. */
static inline uint16_t
cs_roll_tag(uint32_t feature)
{
	uint16_t tag = (uint16_t)(feature + 1);
	return tag == 0 || tag == CS_ROLL_MANY ? 1 : tag;
}

/* How a word of the roll comes to be like a word of a query: what is nearer stands first. */
enum cs_roll_tier {
	CS_ROLL_SAME, /* equal, or it sounds the same */
	CS_ROLL_FAMILY,
	CS_ROLL_BONES, /* consonants of two scripts agree */
	CS_ROLL_EDIT_1,
	CS_ROLL_EDIT_2,
	CS_ROLL_EDIT_3,
	CS_ROLL_EDIT_4,
	CS_ROLL_SHORTENED,
	CS_ROLL_INITIAL,
	CS_ROLL_TIERS,
	CS_ROLL_PIECE = CS_ROLL_TIERS, /* only a piece of it: it may be written apart */
	CS_ROLL_TIERS_ALL,
};

/*
 * Misspelled words that are less alike than the first, in thousandths, are not listed. What is not listed is taken to be as alike as the
 * second at most: keys find nearly all that is more alike (docs/screening.md).
 */
enum { CS_ROLL_NEAR_LEAST = 700, CS_ROLL_LOW_MOST = 700, CS_ROLL_LOW_LEAST = 500, CS_ROLL_LOW_PARTS = 3 };
enum { CS_ROLL_LOW_STRANGE = 750 }; /* to a word that no list has: keys find fewer of these */

/* One such word; or, in the place of a word, a form that has it written apart. */
struct cs_roll_near {
	uint32_t feature;
	uint16_t permille;
	uint8_t tier;
	bool form;
};

/* All words of the roll that are like one word: depends on the word and the roll alone, so that it may be kept. */
struct cs_roll_alike {
	const struct cs_roll_near *near; /* by tier; of one tier those that are as alike lie together, mostly */
	uint32_t at[CS_ROLL_TIERS_ALL + 1];
	uint32_t mass[CS_ROLL_TIERS_ALL]; /* forms under each tier */
	uint16_t best[CS_ROLL_TIERS_ALL]; /* permille */
	bool small;                       /* like a word that is a title, a particle, a form somewhere */
	bool cut;                         /* there was no room for all */
};

struct cs_roll {
	const struct cs_lexicon *lexicon;
	struct cs_rarity *rarity;
	const struct cs_roll *weighed_as; /* whose rarity it is; NULL: its own */
	struct cs_term *word;
	struct cs_name_part *part;
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
	struct cs_roll_brief *brief;   /* by posting: what is met one after the other lies together */
	uint32_t *brief_at;            /* by form: one of its postings */
	struct cs_roll_feature *rest;  /* of forms with many features */
	uint32_t *posting;             /* forms by feature */
	uint32_t *posting_at;          /* feature_n + 1 */
	struct cs_roll_beside *beside; /* by posting: what else the form has */
	uint16_t *tag;                 /* of those that have many, in the order of postings */
	uint32_t *code;                /* keys of codes, rising: code I is feature word_n + I */
	struct cs_roll_sign *sign;     /* by word */
	uint32_t *by_text;             /* words in the order of their letters */
	uint64_t *first_text;          /* their first eight letters, in that order */
	uint32_t *text_set;            /* cs_roll_set_of them, in that order */
	uint32_t letter_at[257];       /* where those that begin with a letter begin, in that order */
	struct cs_roll_codes group;    /* words by what they share: cs_roll_group_key */
	uint32_t *group_set;           /* cs_roll_set_of each, in that order */
	struct cs_roll_codes run; /* words by their letters without vowels, and forms by those of words side by side */
	struct cs_roll_codes bones; /* words without vowels by the keys of their consonants */
	struct cs_roll_slips slip[CS_ROLL_SLIP_KINDS];
	uint64_t *bones_filter; /* of these keys: two bits each */
	bool *small;            /* by word: it stands as a title, a particle, a form somewhere */
	/* Ways to find a word: it without some of its letters, or a run of its consonants. By the upper bits of its hash; what is kept
	 * of a key is the word, and above it the bits that are left: see cs_roll_key_word. */
	uint32_t *key;
	uint32_t *key_at; /* buckets + 1 */
	uint64_t *filter; /* two bits a key, in one word */
	size_t key_n, buckets, filter_words, code_n, feature_n, posting_n, rest_n, tag_n;
	unsigned bucket_shift, filter_shift, bones_shift;
	bool unvowelled, hebrew; /* some words are */
};

/* cs_roll_many_tags gives the tags of a form that has many; how many. */
static inline const uint16_t *
cs_roll_many_tags(const struct cs_roll *roll, const struct cs_roll_beside *beside, unsigned *n)
{
	*n = beside->tag[1];
	return roll->tag + (beside->tag[2] | (size_t)beside->tag[3] << 16 | (size_t)beside->tag[4] << 32);
}

/* An entry that reaches the line. */
struct cs_roll_found {
	uint32_t entry, name;
	int32_t sum;
	uint16_t score;
};

/*
 * What was found alike is kept on the desk: a table of words, and a ring of what is like them. A word that is not there any
 * more is looked for again, with the same outcome.
 */
enum {
	CS_ROLL_CACHE = 1 << 16,    /* words */
	CS_ROLL_CACHE_WAYS = 4,     /* places where a word may lie */
	CS_ROLL_NEARS = 1 << 22,    /* what is like them, all together: room for many searches */
	CS_ROLL_NEARS_AHEAD = 32,   /* whose marks are on their way into the cache: the ring has so many more */
	CS_ROLL_NEAR_MAX = 1 << 12, /* of one word */
	CS_ROLL_RUN_NEARS = 128,    /* words that are like words of the query written together */
	CS_ROLL_RUN_TERMS = 16,     /* such words */
	CS_ROLL_SIGHTS = 1536,      /* forms that may be worth a closer look; fewer for names of many parts */
	CS_ROLL_SIGHTS_MIN = 64,
	CS_ROLL_LOOKS = 1024, /* forms that may reach the line: the best of them are scored */
	CS_ROLL_STEPS = 32,
	CS_ROLL_TABLE_PARTS = 8, /* names of so many parts have a table of what each set of them may come to */
};

struct cs_roll_kept {
	struct cs_term term;
	uint64_t from; /* all that was ever put into the ring before */
	uint64_t used; /* in which look */
	uint32_t n;
	struct cs_roll_alike alike;
};

/* Parts that a feature is like, and what that costs at least. */
struct cs_roll_mark {
	uint32_t set;
	uint16_t cost, agrees; /* agrees: what the cost does not count, tenths of a bit */
};

/* A form that is worth a closer look, or to be scored. */
struct cs_roll_look {
	uint32_t form;
	uint32_t extra; /* parts that it has written apart */
	int32_t bound;
	uint8_t term; /* what it has written apart: a part, or from CS_NAME_PARTS_MAX on words of the query together */
};

/* A part of the query, made ready to be compared with words that are not listed. */
struct cs_roll_low {
	struct cs_roll_sign sign;
	struct cs_term_many many;
};

struct cs_roll_desk {
	struct cs_roll_kept *kept;        /* CS_ROLL_CACHE, by hash */
	uint32_t kept_tag[CS_ROLL_CACHE]; /* of each of them; 0: none is there */
	struct cs_roll_near *nears;       /* CS_ROLL_NEARS, a ring */
	uint64_t nears_put;               /* ever */
	uint64_t looks;                   /* for words that are alike, ever */
	struct cs_roll_near *gather;      /* CS_ROLL_NEAR_MAX, and room to put them in order */
	struct cs_roll_words *words;      /* where those that are looked for are noted; or NULL */
	struct cs_roll_mark *mark;        /* by feature, during a search */
	uint8_t noted[CS_ROLL_TAGS];      /* by tag of what is marked: cs_roll_note_of the parts that it is like */
	struct cs_roll_low low[CS_NAME_PARTS_MAX];
	struct cs_roll_look sight[CS_ROLL_SIGHTS], look[CS_ROLL_LOOKS];
	struct cs_roll_ask *bounds;
	struct cs_name_room query, listed;
	struct cs_roll_found *found;
	uint32_t *place; /* of an entry in found[], when it is there: found[place].entry is it */
	uint32_t found_n;
	uint32_t *seen;  /* by form: the search that saw it last */
	uint32_t *known; /* by word: the look for words that met it last */
	uint32_t search, part;
	uint32_t new_n; /* words that were looked for and not kept, in this search */
	uint16_t line;
	const struct cs_roll_query *ask;
	struct cs_roll_answer *answer;
};

enum { CS_ROLL_FACTS_MOST = 1800 }; /* what dates and countries can add to a sum */

/* cs_roll_put enters NUMBER under HASH; false without memory. */
bool cs_roll_put(struct cs_roll_table *table, uint32_t hash, uint32_t number);

/* cs_roll_form_name makes the name of form NUMBER. */
struct cs_name cs_roll_form_name(const struct cs_roll *roll, uint32_t number);

/* cs_roll_name_kind tells as what the names of an entry are read. */
enum cs_name_kind cs_roll_name_kind(uint8_t entry_kind);

/* cs_roll_try scores a form for the query at the desk and keeps those of its names that reach the line. */
void cs_roll_try(const struct cs_roll *roll, struct cs_roll_desk *desk, uint32_t form);

/* cs_roll_try_all does so with N forms, in their order. */
void cs_roll_try_all(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_look *look,
		     unsigned n);

/* cs_roll_facts_most tells the most that the facts of a query add to the sum of a name of a form, by a column of weights. */
int32_t cs_roll_facts_most(const struct cs_roll *roll, const struct cs_roll_query *ask, uint32_t form, unsigned column);

struct cs_roll_few {
	const uint32_t *form;
	unsigned n;
};

/* cs_roll_among is cs_roll_search of a few forms alone. */
void cs_roll_among(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query,
		   struct cs_roll_few few, struct cs_roll_answer *out);

/* cs_roll_index makes the channels; false without memory. */
bool cs_roll_index(struct cs_roll *roll);

/* cs_roll_seek searches by the channels for the name that lies on the desk. */
void cs_roll_seek(const struct cs_roll *roll, struct cs_roll_desk *desk);

/* cs_roll_alike_to finds the words that are like TERM; what it gives is good for as many calls as a name has parts. */
void cs_roll_alike_to(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_term *term,
		      struct cs_roll_alike *out);

/* cs_roll_words_put notes a word, unless it is there or there is no room. */
void cs_roll_words_put(struct cs_roll_words *words, const struct cs_term *term);

/* cs_roll_kept_ask asks for a word that is about to be looked for. */
void cs_roll_kept_ask(const struct cs_roll_desk *desk, const struct cs_term *term);

/* cs_roll_kept_place tells where a word lies among those kept, or, when it is not THERE, lies from now on in place of another. */
struct cs_roll_kept *cs_roll_kept_place(struct cs_roll_desk *desk, const struct cs_term *term, bool *there);

/* cs_roll_kept_room makes room in the ring for N words that are like one. */
struct cs_roll_near *cs_roll_kept_room(struct cs_roll_desk *desk, unsigned n);

/* cs_roll_exact_words finds the words of these letters, fewer than a term holds, in order; how many, at most CAP. */
unsigned cs_roll_exact_words(const struct cs_roll *roll, struct cs_span letters, uint32_t *out, unsigned cap);

/* cs_roll_first_of makes the first eight letters a number that orders as they do. */
static inline uint64_t
cs_roll_first_of(const char *text)
{
	uint64_t first = 0;
	for (unsigned i = 0; i < 8; i++)
		first = first << 8 | (uint8_t)text[i];
	return first;
}

/* cs_roll_code_feature gives the feature for a code; false: no form has it. */
bool cs_roll_code_feature(const struct cs_roll *roll, uint32_t key, uint32_t *out);

/* cs_roll_brief_of gives the brief of a form. */
static inline const struct cs_roll_brief *
cs_roll_brief_of(const struct cs_roll *roll, uint32_t form)
{
	return &roll->brief[roll->brief_at[form]];
}

/* cs_roll_features_of gives all features of a form, words first; how many. */
unsigned cs_roll_features_of(const struct cs_roll *roll, const struct cs_roll_brief *brief,
			     struct cs_roll_feature out[CS_ROLL_FEATURES_MAX]);

/* cs_roll_shape makes briefs, postings, groups and what roll_glue.c has; false without memory. */
bool cs_roll_shape(struct cs_roll *roll);

/* Letters are hashed as a polynomial of this. */
#define CS_ROLL_MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)

/* cs_roll_key_end makes the key of letters of BASE from such a polynomial. */
static inline uint32_t
cs_roll_key_end(uint64_t hash, enum cs_roll_base base)
{
	return (uint32_t)(cs_hash_mix(hash, base) >> 16);
}

/* cs_roll_keys gives the hashes of N letters without up to DELETIONS (0 to 2) of them; how many. */
unsigned cs_roll_keys(const char *letters, unsigned n, unsigned deletions, enum cs_roll_base base,
		      uint32_t out[CS_ROLL_KEYS_MAX]);

/* cs_roll_key_of gives the hash of all of N letters: as cs_roll_keys without deletions. */
uint32_t cs_roll_key_of(const char *letters, unsigned n, enum cs_roll_base base);

/* cs_roll_kept_key gives what is kept of a key of WORD, which has fewer bits than buckets have. */
static inline uint32_t
cs_roll_kept_key(const struct cs_roll *roll, uint32_t key, uint32_t word)
{
	return key << (32 - roll->bucket_shift) | word;
}

/* cs_roll_key_word tells whether what is KEPT in the bucket of a key is of that key, and of which word. */
static inline bool
cs_roll_key_word(const struct cs_roll *roll, uint32_t key, uint32_t kept, uint32_t *word)
{
	uint32_t apart = kept ^ key << (32 - roll->bucket_shift);
	*word = kept & (UINT32_MAX >> roll->bucket_shift);
	return apart >> (32 - roll->bucket_shift) == 0;
}

/* cs_roll_base_of gives the letters of a word that a base has keys of; 0: none. */
unsigned cs_roll_base_of(const struct cs_term *term, enum cs_roll_base base, char out[CS_TERM_LETTERS_MAX + 2]);

/* cs_roll_deletions tells how many letters are left out of a word that has N of a base. */
static inline unsigned
cs_roll_deletions(const struct cs_term *word, unsigned n, enum cs_roll_base base)
{
	if (base == CS_ROLL_TEXT)
		return word->len < 3 ? 0 : word->len < CS_ROLL_MERGED_LONG ? 1 : 2;
	if (base == CS_ROLL_MERGED)
		return n >= CS_ROLL_MERGED_LONG ? 2 : 1;
	if (base >= CS_ROLL_VOWELS)
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
enum { CS_ROLL_CODE_LETTERS = CS_NAME_CLASSES };

/* What words are grouped by. */
enum cs_roll_group {
	CS_ROLL_GROUP_FAMILY,
	CS_ROLL_GROUP_LETTER, /* words of this letter alone */
	CS_ROLL_GROUP_BRIEF,  /* words of it and consonants: they may abbreviate */
	CS_ROLL_GROUP_BONE,   /* words of Arabic or Hebrew of this consonant alone */
	CS_ROLL_GROUP_BONED,  /* Latin words that would be */
	CS_ROLL_GROUP_SPOKEN, /* such words, but for those above */
	CS_ROLL_GROUP_SPELT,  /* words of Hebrew that may spell words of this consonant alone, or of none */
};

static inline uint32_t
cs_roll_group_key(enum cs_roll_group group, unsigned code)
{
	return (uint32_t)group << 16 | (code & 0xffff);
}

/* cs_roll_word_hash is under what a word whose letters have such a hash stands in `words`. */
static inline uint32_t
cs_roll_word_hash(uint32_t letters)
{
	return (uint32_t)cs_hash_mix(letters, 0);
}

/* cs_roll_span_of makes letters a span. */
static inline struct cs_span
cs_roll_span_of(const char *letters, unsigned n)
{
	return (struct cs_span){(const uint8_t *)letters, n};
}

/* cs_roll_may_abbreviate tells whether a word has a first letter and then consonants only, three letters at least. */
bool cs_roll_may_abbreviate(const struct cs_term *term);

/* cs_roll_first_letters gives the first letters of the parts of a firm that identify, with legal forms when FORMS; 0: too few
 * or too many. */
unsigned cs_roll_first_letters(const struct cs_name *name, bool forms, char out[8]);

/* cs_roll_letters_key makes the key of such letters. */
uint32_t cs_roll_letters_key(const char *letters, unsigned n);

/* cs_roll_text_of gives a text of the roll. */
static inline struct cs_span
cs_roll_text_of(const struct cs_roll *roll, struct cs_roll_text text)
{
	return (struct cs_span){roll->text + text.at, text.len};
}

/* cs_roll_uid_hash hashes what cs_roll_find looks for. */
uint32_t cs_roll_uid_hash(unsigned list, struct cs_span uid);

#endif

/*
 * The roll: all entries of all lists in force, made ready to be searched. Built once, then only read, by any number of
 * threads; another version is another roll, and who screens takes the newer one between two names.
 *
 * Candidates come from several channels (keys of deletions of each word, grams of the squeezed name, consonants, families of
 * given names, initials); each candidate is scored as score.h says. Searching allocates nothing: all its room is a
 * cs_roll_desk, one per thread. The exhaustive search scores every name and is there to measure what the channels miss.
 */
#ifndef CS_SCREEN_ROLL_H
#define CS_SCREEN_ROLL_H

#include "base/digest.h"
#include "screen/entry.h"

enum { CS_ROLL_LISTS_MAX = 32, CS_ROLL_HITS_MAX = 64 };

struct cs_roll;
struct cs_roll_builder;
struct cs_roll_desk;

/* cs_roll_builder_new begins a roll; LEXICON outlives the roll. NULL without memory. */
struct cs_roll_builder *cs_roll_builder_new(const struct cs_lexicon *lexicon);

/* cs_roll_builder_weigh_as makes words weigh what they weigh in LIKE, which must outlive the roll: a part of a roll then scores as the
 * whole does. */
void cs_roll_builder_weigh_as(struct cs_roll_builder *builder, const struct cs_roll *like);

/* cs_roll_builder_add copies an entry in, as one of list LIST (any number below CS_ROLL_LISTS_MAX). CS_E_MEMORY; CS_E_LIMIT: 2^31
 * names, or no such list. */
CS_MUST_USE enum cs_error cs_roll_builder_add(struct cs_roll_builder *builder, unsigned list,
					      const struct cs_entry *entry);

/* cs_roll_builder_end makes the roll and frees the builder, whatever comes of it. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_roll_builder_end(struct cs_roll_builder *builder, struct cs_roll **out);

/* cs_roll_builder_free gives up; takes NULL. */
void cs_roll_builder_free(struct cs_roll_builder *builder);

/* cs_roll_free takes NULL. */
void cs_roll_free(struct cs_roll *roll);

/* What a roll is: for people and for metrics. */
struct cs_roll_size {
	uint32_t entry_n, name_n, word_n, id_n; /* names as indexed: variants count; distinct words; identifiers */
	uint32_t unread_n;                      /* names without a word */
	uint64_t key_n, bytes;
};

/* cs_roll_measure tells the size of a roll. */
void cs_roll_measure(const struct cs_roll *roll, struct cs_roll_size *out);

/* An entry as the roll keeps it; pointers into the roll. */
struct cs_roll_entry {
	struct cs_span uid;
	struct cs_span primary; /* its first name, as listed */
	uint8_t list, kind;     /* enum cs_entry_kind */
	char gender;
	struct cs_span programmes; /* joined by "; " */
	struct cs_digest version;  /* of all that the list says of it: a decision is bound to this */
	uint32_t birth_n, country_n, name_n;
	const struct cs_entry_birth *birth;
	const uint16_t *country;
};

/* cs_roll_entry tells entry NUMBER, below entry_n. Numbers are in the order in which entries were added. */
void cs_roll_entry(const struct cs_roll *roll, uint32_t number, struct cs_roll_entry *out);

/* cs_roll_version hashes all that a list says of an entry, its uid as well. */
struct cs_digest cs_roll_version(struct cs_hasher *hasher, const struct cs_entry *entry);

/* cs_roll_name gives a name of the roll as it was listed, and how it is kept. */
struct cs_span cs_roll_name(const struct cs_roll *roll, uint32_t name, enum cs_entry_name_kind *kind);

/* cs_roll_find finds an entry by its list and its uid; false: there is none. */
bool cs_roll_find(const struct cs_roll *roll, unsigned list, struct cs_span uid, uint32_t *entry);

/* cs_roll_desk_new makes room to search ROLL at; it grows with the roll, not with the search. NULL without memory. */
struct cs_roll_desk *cs_roll_desk_new(const struct cs_roll *roll);

/* cs_roll_desk_free takes NULL. */
void cs_roll_desk_free(struct cs_roll_desk *desk);

/*
 * Looking for a word that a desk has not met costs more than all else in a search. What is like it is found anew for each roll: so words
 * are noted, and a desk for the next roll looks for them before it is in use. At most 2^14 words, the first that were met; 2 MB.
 */
struct cs_roll_words;

/* cs_roll_words_new makes room for them. NULL without memory. cs_roll_words_free takes NULL. */
struct cs_roll_words *cs_roll_words_new(void);
void cs_roll_words_free(struct cs_roll_words *words);

/* cs_roll_words_n tells how many there are. */
unsigned cs_roll_words_n(const struct cs_roll_words *words);

/* cs_roll_desk_note_words has words noted that are met at the desk; NULL: no more. Any number of desks may do so one after the other, by one
 * thread at a time. */
void cs_roll_desk_note_words(struct cs_roll_desk *desk, struct cs_roll_words *words);

/* cs_roll_desk_prepare looks for all that were noted so far, on any thread, also while another notes more. They are of names read with the
 * lexicon of ROLL. No answer of the desk depends on it. */
void cs_roll_desk_prepare(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_words *words);

struct cs_roll_hit;

struct cs_roll_query {
	struct cs_span name;
	enum cs_name_kind kind;
	const struct cs_score_facts *facts; /* may be NULL */
	uint32_t lists;                     /* bit per list; 0: all */
	uint16_t line;                      /* hits from here on; 0: CS_SCORE_LINE */
	bool exhaustive;
	/* May be NULL: true leaves a hit out, before hits are cut to as many as an answer holds. */
	bool (*leave_out)(void *context, const struct cs_roll_hit *hit);
	void *context;
};

/* A name of an entry that reaches the line: the best name of that entry. */
struct cs_roll_hit {
	uint32_t entry, name;
	uint16_t score;
	int32_t sum; /* orders what has the same score */
};

/* What a search came to. Hits in order: score, then sum, both falling, then entry. */
struct cs_roll_answer {
	unsigned hit_n;            /* in hit[] */
	uint32_t over_n;           /* entries that reach the line beyond those */
	uint32_t seen_n, scored_n; /* names that a channel gave; names that were scored */
	uint32_t new_n;            /* words that the desk did not know yet */
	bool cut; /* the name was longer than is read, or a bound of the search was met: see the man page */
	struct cs_roll_hit hit[CS_ROLL_HITS_MAX];
};

/* cs_roll_search looks a name up. */
void cs_roll_search(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query,
		    struct cs_roll_answer *out);

/* Why a name of the roll scores as it does; the names compared point into the desk. */
struct cs_roll_why {
	struct cs_score_why why;
	struct cs_name query, listed;
};

/* cs_roll_explain scores QUERY against one name of the roll once more and says why; OUT is good until the desk is used again. */
uint16_t cs_roll_explain(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_query *query,
			 uint32_t name, struct cs_roll_why *out);

/* cs_roll_identify finds the entries with this identifier, exactly, after cs_entry_id_canon: CS_ENTRY_ID_OTHER looks among all kinds,
 * another among its own and CS_ENTRY_ID_OTHER. Gives how many, at most CAP, entry numbers rising. */
unsigned cs_roll_identify(const struct cs_roll *roll, enum cs_entry_id_kind kind, struct cs_span text, uint32_t *entry,
			  unsigned cap);

/* cs_entry_id_canon makes an identifier comparable: letters large, separators away, a BIC of eight letters gets XXX; a wallet keeps
 * its case unless it is hexadecimal. Gives its length, 0: it is none (a wrong check digit of an IMO or LEI), at most 64. */
size_t cs_entry_id_canon(enum cs_entry_id_kind kind, struct cs_span text, char out[64]);

/* How common a word of the roll is, for who looks for names in running text: tenths of a bit, 0: it is in no name. */
uint16_t cs_roll_word_weight(const struct cs_roll *roll, const struct cs_term *word);

/* cs_roll_word_expect tells that this will be asked of the word of a hash: what tells it is on its way from memory then. */
void cs_roll_word_expect(const struct cs_roll *roll, uint32_t hash);

#endif

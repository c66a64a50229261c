/*
 * The reader: one lexeme ahead, and the small things every clause is made of.
 *
 * Each function that can fail has then complained once, with the place and an example of the clause, and returns
 * false; its caller only passes that on. Names are resolved after the whole text was read (check.c), so that blocks
 * may stand in any order.
 */
#ifndef CS_POLICY_READER_H
#define CS_POLICY_READER_H

#include "policy/complain.h"
#include "policy/lexer.h"

/* Two of `when` name a link; one more slot takes the third that is refused. */
enum { CS_REFS_MAX = 2048, CS_WHENS_MAX = 2 * CS_EXCUSES_MAX + 1 };

enum cs_ref_sort { CS_REF_LINK, CS_REF_EXCUSE };

/* A name that was used, and the slot that wants the index of what it names. */
struct cs_ref {
	enum cs_ref_sort sort;
	uint16_t *slot;
	struct cs_span name;
	struct cs_place place;
	uint16_t expect; /* for an excuse: the expectation that names it */
};

/* `when LINK ...`: must be the link the excuse's proof is on. */
struct cs_when {
	uint16_t link;
	uint16_t excuse;
	struct cs_place place;
};

/* A name as it was written, to be looked up when all is read. */
struct cs_named {
	struct cs_span text; /* empty: none */
	struct cs_place place;
};

struct cs_sketch;

struct cs_reader {
	struct cs_lexer lexer;
	struct cs_lexeme now;    /* not taken yet */
	const char *form;        /* an example of what is being read */
	struct cs_span field;    /* of a condition, as it was named; for complaints */
	struct cs_words clauses; /* of the block being read; .at is NULL outside of one */
	struct cs_arena *arena;
	struct cs_policy *policy;
	struct cs_complaints *complaints;
	struct cs_sketch *sketch; /* of behaviour; NULL before its first statement (sketch.h) */
	bool full;                /* the arena is used up */
	bool skipping;
	bool own_names; /* conditions know names of records' own */
	bool amounts;   /* an amount may say which record it is */
	bool limits_only; /* of behaviour only limits are wanted; what else of it is wrong is passed over. Screens stand */
	unsigned when_n;
	struct cs_when when[CS_WHENS_MAX];
	unsigned ref_n;
	struct cs_ref ref[CS_REFS_MAX];
};

/* What `match ...` says. */
struct cs_match {
	unsigned rung_n;
	struct cs_rung rung[CS_RUNGS_MAX];
	unsigned agree_n;
	enum cs_field agree[CS_AGREE_MAX];
	uint64_t own;         /* bit per field that stands for a name of records' own */
	struct cs_money near; /* `amount within 0.50 EUR`; 0: exactly */
	uint64_t required;    /* bit per field behind which `required` stands */
	struct cs_days days;  /* `value_date within 1 business day` */
	bool summed;          /* `sum of amount by batch` */
};

/* A whole number and the bounds it has. */
struct cs_number {
	const char *what; /* "a port" */
	uint64_t least;
	uint64_t most;
};

/* cs_reader_next takes the lexeme at hand and looks at the one behind it; a bad one is complained about here. */
struct cs_lexeme cs_reader_next(struct cs_reader *reader);

/* cs_reader_at says whether the lexeme at hand is of KIND; cs_reader_at_word whether it is WORD. */
bool cs_reader_at(const struct cs_reader *reader, enum cs_lexeme_kind kind);
bool cs_reader_at_word(const struct cs_reader *reader, const char *word);

/* cs_reader_accept takes the lexeme if it is of KIND; cs_reader_accept_word if it is WORD. No complaint. */
bool cs_reader_accept(struct cs_reader *reader, enum cs_lexeme_kind kind);
bool cs_reader_accept_word(struct cs_reader *reader, const char *word);

/* cs_reader_need takes a lexeme of KIND, or complains that WHAT ("a duration") was expected. A clause that begins
 * a line is never taken for a name: there the clause before it is not finished. */
bool cs_reader_need(struct cs_reader *reader, enum cs_lexeme_kind kind, const char *what, struct cs_lexeme *out);

/* cs_reader_need_word takes WORD or complains. */
bool cs_reader_need_word(struct cs_reader *reader, const char *word);

/* cs_reader_expected complains that WHAT was expected in place of the lexeme at hand. Returns false. */
bool cs_reader_expected(struct cs_reader *reader, const char *what);

/* cs_reader_say complains at PLACE; {1} and {2} in TEXT are ONE and the example. Returns false. */
bool cs_reader_say(struct cs_reader *reader, struct cs_place place, const char *text, struct cs_span one);

/* cs_reader_copy copies TEXT into the arena; NULL when that is full (the policy is then refused as a whole). */
const char *cs_reader_copy(struct cs_reader *reader, struct cs_span text);

/* The values. Ranges are inclusive; that of a size is in MiB, and its upper end whole GiB. */
bool cs_reader_number(struct cs_reader *reader, const struct cs_number *bounds, uint32_t *out);
bool cs_reader_duration(struct cs_reader *reader, uint64_t most_ns, uint64_t *out);
bool cs_reader_size(struct cs_reader *reader, const struct cs_number *bounds_mib, uint64_t *out);
bool cs_reader_share(struct cs_reader *reader, const char *what, uint32_t *out_ppm);
bool cs_reader_string(struct cs_reader *reader, const char *what, const char **out);
bool cs_reader_currency(struct cs_reader *reader, uint16_t *out);
bool cs_reader_field(struct cs_reader *reader, enum cs_field *out, struct cs_place *place);

/* cs_reader_link reads the name of a link; *SLOT gets its index once all is read. */
bool cs_reader_link(struct cs_reader *reader, uint16_t *slot);

/* cs_reader_ref remembers a name to be resolved. */
bool cs_reader_ref(struct cs_reader *reader, const struct cs_ref *ref);

/* cs_reader_outcome reads `block critical`. */
bool cs_reader_outcome(struct cs_reader *reader, struct cs_outcome *out);

/* cs_reader_rung reads `stan + terminal`: identity fields only, added to *RUNG; names of records' own where OWN is not NULL,
 * which gets their bits. */
bool cs_reader_rung(struct cs_reader *reader, struct cs_rung *rung, uint64_t *own);

/* cs_reader_match reads `card, amount and (rrn or stan + terminal)`. AGREE: values are welcome, and names of records' own. */
bool cs_reader_match(struct cs_reader *reader, bool agree, struct cs_match *out);

/* cs_reader_selector reads `card.response on visa where approved`; cs_reader_any_selector `record on tx where ...` as well. */
bool cs_reader_selector(struct cs_reader *reader, struct cs_selector *out);
bool cs_reader_any_selector(struct cs_reader *reader, struct cs_selector *out);

/* cs_reader_condition reads what stands behind `where`. */
bool cs_reader_condition(struct cs_reader *reader, const struct cs_condition **out);

/* cs_reader_source lends the place in the text where the lexeme at hand begins; cs_reader_text copies what stands between
 * two of them, on one line and without remarks. NULL only when the arena is full. */
const uint8_t *cs_reader_source(const struct cs_reader *reader);
const char *cs_reader_text(struct cs_reader *reader, const uint8_t *from, const uint8_t *to);

/* cs_reader_said hashes the words from FROM to the lexeme at hand; TITLED: but for texts before the first "{".
 * cs_reader_note_said notes the statement that begins with WORD and NAME (or what stands there) and was just read. */
uint64_t cs_reader_said(const struct cs_reader *reader, const uint8_t *from, bool titled);
void cs_reader_note_said(struct cs_reader *reader, const struct cs_lexeme *word, const struct cs_lexeme *name);

/* cs_reader_ascii copies VALUE, a text or a number, into *OUT as fields keep it, or complains. */
bool cs_reader_ascii(struct cs_reader *reader, const struct cs_lexeme *value, struct cs_short *out, uint8_t *len);

/* cs_reader_compare gives the set of enum cs_compare that a sign such as >= accepts; 0 for what is no such sign. */
unsigned cs_reader_compare(enum cs_lexeme_kind kind);

/* cs_reader_amount reads the currency behind NUMBER, and gives both as money; false after a complaint. */
bool cs_reader_amount(struct cs_reader *reader, const struct cs_lexeme *number, struct cs_money *out);

/* cs_reader_condition_of compiles a condition of our own making; false only when the arena is full. */
bool cs_reader_condition_of(struct cs_reader *reader, const char *text, const struct cs_condition **out);

#endif

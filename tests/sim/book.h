/*
 * What was told to the journal, remembered outside the simulated machine: the truth that readings are held against.
 */
#ifndef CS_TESTS_SIM_BOOK_H
#define CS_TESTS_SIM_BOOK_H

#include "sim.h"
#include "state/journal.h"
#include "state/reading.h"

/* One record. Its contents follow from its seed, so that they need not be kept. */
struct note {
	uint64_t seed;
	uint32_t open_len;
	uint32_t sealed_len;
	enum cs_record_kind kind;
};

struct book {
	struct note *note;
	size_t n;
	size_t cap;
	bool large; /* records of all sizes; they take long, so few seeds have them */
	/* How many of them, and up to which record of the journal, a death of the process may not take ... */
	size_t soft;
	uint64_t soft_seq;
	/* ... and a loss of power neither. */
	size_t firm;
	uint64_t firm_seq;
	size_t shown; /* how many are known to lie before soft_seq: when fewer are there, the numbers must show it */
};

/* book_put makes up a record, notes it and puts it down. */
void book_put(struct book *book, struct cs_journal *journal);

/* book_fini frees what book_put took. */
void book_fini(struct book *book);

/* What one reading found. */
struct found {
	enum cs_error end; /* CS_END: all was sound */
	size_t n;          /* records of ours */
	uint64_t next_seq; /* behind the last record, of whatever kind */
	uint64_t page_n;
};

struct reader_wish {
	const char *folder;
	const struct cs_vault *vault;
	bool deep;
};

/* book_check holds RECORD against the note number NTH; breaks the invariant when it differs. */
void book_check(const struct book *book, size_t nth, const struct cs_record *record);

/* book_read reads from the beginning to the end or the first fault; what is read must be what was noted, in order. */
void book_read(const struct book *book, const struct reader_wish *wish, struct found *out);

/* book_read_over reads on behind damage; what is read must still be in order and nothing twice. */
void book_read_over(const struct book *book, const struct reader_wish *wish, struct found *out);

/* book_seek goes to some record near those there are and holds it against its note. */
void book_seek(const struct book *book, const struct reader_wish *wish, uint64_t seq_n);

/* book_anchor holds every line of the anchor file against the chain of the journal; the number of lines. */
unsigned book_anchor(const struct reader_wish *wish, const char *anchor);

/* book_is_ours says whether a record is one that was put, not one of the journal's own. */
static inline bool
book_is_ours(const struct cs_record *record)
{
	return record->kind != CS_RECORD_HEAD && record->kind != CS_RECORD_CHECKPOINT;
}

#endif

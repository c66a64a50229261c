/*
 * Reading a journal, page by page and record by record, from its beginning or any record, to its end or along with the
 * process that still writes it.
 *
 * Every page read is checked against its own check, its chain and its records' checks. With DEEP the sealed parts are
 * opened and the Merkle roots recomputed, which needs the vault. What is wrong is told with volume, byte offset and page.
 *
 * The first page there is must be page 0, or stand where the signed beginning says (state/beginning.h): else what came before
 * was lost or cut off, which is damage before all records that are there. Volumes before the one that a beginning names are
 * what a crash left of their removal, and are passed over.
 *
 * A thinned volume (state/thin.h) reads like any other: the records that stay come with the numbers they always had, pages of
 * which nothing stays come empty, and what went is counted.
 */
#ifndef CS_STATE_READING_H
#define CS_STATE_READING_H

#include "state/thin.h"
#include "state/volume.h"

struct cs_reading_wish {
	const char *folder;
	const struct cs_vault *vault; /* NULL: sealed parts stay hidden */
	bool deep;
};

/* Where reading stopped, and why. */
struct cs_reading_fault {
	uint32_t volume;
	uint64_t offset;     /* in the volume's plain form */
	uint64_t page;       /* number that was expected there */
	uint64_t seq;        /* record that was expected there */
	uint64_t file_bytes; /* of the volume's plain form; 0 when it could not be opened */
	enum cs_page_fault what;
	enum cs_error error; /* of the disk; CS_OK: the bytes themselves are wrong */
};

struct cs_reading;
struct cs_beginning;

/* cs_reading_open starts before the first record there is. CS_E_OPEN: no journal there; CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_reading_open(const struct cs_reading_wish *wish, struct cs_reading **out);
void cs_reading_close(struct cs_reading *reading);

/* cs_reading_seek goes to record SEQ: the next one given is the first whose number is SEQ or more. The chain is then
 * checked from that page on. CS_END when the journal does not reach so far. */
CS_MUST_USE enum cs_error cs_reading_seek(struct cs_reading *reading, uint64_t seq);

/* cs_reading_enter goes to the beginning of VOLUME; the chain is checked from there on. CS_E_OPEN: there is none. */
CS_MUST_USE enum cs_error cs_reading_enter(struct cs_reading *reading, uint32_t volume);

/* cs_reading_page lends the next page and its plain sealed part (NULL: hidden), until the next call.
 * CS_END: nothing more for now (ask again when following); CS_E_TRUNCATED: behind the last page there are bytes that
 * are no whole page yet, or were torn; CS_E_FORMAT: damage. The last two are told by cs_reading_fault_of. */
CS_MUST_USE enum cs_error cs_reading_page(struct cs_reading *reading, const struct cs_page **page,
					  const uint8_t **plain);

/* cs_reading_next lends the next record, page by page; results as cs_reading_page. */
CS_MUST_USE enum cs_error cs_reading_next(struct cs_reading *reading, struct cs_record *out);

/* cs_reading_skip goes on behind damage: to the next sound page, in this volume or a later one that does not lie before
 * what was read. CS_END: there is none; CS_E_READ: the disk failed, and nothing is known. */
CS_MUST_USE enum cs_error cs_reading_skip(struct cs_reading *reading);

/* Both cs_reading_skip and cs_reading_step search with bounded work: where heads of pages were made up by the thousand, a
 * sound page right behind them may be passed over, and counts as damaged with them. */

/* cs_reading_step goes on behind one fault alone, so that every one is told in its turn: with the same page, if it only
 * stands where another was expected; behind it, if only its records are wrong; else at the next sound page of the volume,
 * or at the beginning of the next volume. CS_END: there is nothing more. */
CS_MUST_USE enum cs_error cs_reading_step(struct cs_reading *reading);

/* cs_reading_expect says that the records before SEQ are there. Who reads on behind a writer and does not say so may be told
 * of an end up to a hundred times before a volume is found whose number does not follow that of the one before it; one
 * whose number follows is always found at once, and so is any at the first end that a reading meets. */
void cs_reading_expect(struct cs_reading *reading, uint64_t seq);

/* cs_reading_is_cut says by a look at its first page's head whether the journal begins elsewhere than it should, which
 * whoever goes to a record behind would not meet. Any other damage there is not told. Errors of the disk. */
CS_MUST_USE enum cs_error cs_reading_is_cut(const struct cs_reading *reading, bool *cut);

/* cs_reading_beginning lends the signed beginning that was there when the reading was opened; NULL: none was that holds. */
const struct cs_beginning *cs_reading_beginning(const struct cs_reading *reading);

/* cs_reading_quiet says that the records from SEQ up to, not with, UNTIL_SEQ are there and nobody wants them: pages that hold
 * nothing else are passed by their heads, whose chain is all that is checked of them. */
void cs_reading_quiet(struct cs_reading *reading, uint64_t seq, uint64_t until_seq);

/* cs_reading_fault_of tells what was wrong last. */
const struct cs_reading_fault *cs_reading_fault_of(const struct cs_reading *reading);

/* What was passed over since the reading was opened, or sent somewhere, because it was let go of. */
struct cs_reading_gone {
	uint64_t record_n;
	/* Of the pages from which inputs of the judge went: */
	uint64_t from_seq; /* first record of the first */
	uint64_t next_seq; /* behind the last record of the last; 0: there was none */
	uint64_t wall_ns;  /* when, by the clock of the machine: of the last */
};

/* cs_reading_gone lends it. */
const struct cs_reading_gone *cs_reading_gone(const struct cs_reading *reading);

/* cs_reading_thin lends what the head of a thinned volume at hand says; NULL when it is none. */
const struct cs_thin_about *cs_reading_thin(const struct cs_reading *reading);

/* cs_reading_place tells where the next page should stand: its number, first record, and the chain before it; and the
 * volume and offset reached. */
struct cs_page_place cs_reading_place(const struct cs_reading *reading);
uint64_t cs_reading_offset(const struct cs_reading *reading);

/* cs_reading_bytes tells how long the volume at hand is, in its plain or thinned form; 0 while none was opened. */
uint64_t cs_reading_bytes(const struct cs_reading *reading);

/* cs_reading_keys lends the keys of the volume being read; NULL when they are not here. */
const struct cs_page_keys *cs_reading_keys(const struct cs_reading *reading);

#endif

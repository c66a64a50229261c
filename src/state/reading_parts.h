/*
 * The inside of a reading, for reading.c and reading_search.c, which goes on behind damage.
 */
#ifndef CS_STATE_READING_PARTS_H
#define CS_STATE_READING_PARTS_H

#include "state/beginning.h"
#include "state/reading.h"

/* What lies behind the fault met last. */
enum onward {
	ON_SEARCH,  /* no page: the next one is to be looked for */
	ON_AGAIN,   /* a page that is whole, and stands where another was expected */
	ON_BEHIND,  /* a page that is whole and in its place; its records are not */
	ON_KEYLESS, /* a volume without a key that fits */
	ON_VOLUME,  /* a volume that cannot be opened */
};

struct cs_reading {
	const char *folder;
	const struct cs_vault *vault;
	bool deep;
	bool anchored;
	bool keyed; /* keys are those of the volume at hand */
	struct cs_shelf shelf;
	bool begun;                    /* the first volumes were let go of, and this says so: */
	struct cs_beginning beginning; /* its volume, or 0, is the first that counts */
	struct cs_page_place origin;   /* where the first page must stand */
	uint32_t nth;                  /* volume at hand, on the shelf */
	bool opened;                   /* the volume at hand is */
	unsigned end_n;                /* ends met since the folder was listed because of one */
	uint64_t purse;                /* what a search may still spend on what fails (reading_search.c) */
	uint64_t expected_seq;         /* records before it are there */
	uint64_t quiet_seq;            /* between these two nothing is wanted */
	uint64_t quiet_until_seq;
	const struct cs_page_form *form;
	struct cs_thin_about thin; /* of the volume at hand, when it is thinned */
	struct cs_reading_gone gone;
	int file;       /* plain; -1: packed */
	uint8_t *whole; /* packed: its plain form */
	uint64_t whole_len;
	uint64_t offset;
	struct cs_page_place place;
	struct cs_hasher *hasher;
	struct cs_page_keys *keys;
	struct cs_reading_fault fault;
	enum onward onward;
	struct cs_page page;
	const uint8_t *page_plain;
	struct cs_page_walk walk;
	uint64_t from_seq; /* records before it are passed over */
	uint8_t bytes[CS_THIN_BYTES_MAX];
	uint8_t plain[CS_THIN_PLAIN_MAX];
};

_Static_assert((int)CS_THIN_BYTES_MAX >= (int)CS_PAGE_BYTES_MAX, "a page fits where an entry does");

/* A search in a fresh volume may spend on so many of the longest pages before it has earned anything. */
enum { CS_READING_PURSE_PAGES = 16 };

/* cs_reading_enter_volume opens the volume at hand, and cs_reading_leave_volume closes it. */
CS_MUST_USE enum cs_error cs_reading_enter_volume(struct cs_reading *reading);
void cs_reading_leave_volume(struct cs_reading *reading);

/* cs_reading_fetch lends up to CAP bytes at the reading's place. */
CS_MUST_USE enum cs_error cs_reading_fetch(struct cs_reading *reading, size_t cap, struct cs_span *out);

/* cs_reading_pass goes behind reading->page. */
void cs_reading_pass(struct cs_reading *reading);

#endif

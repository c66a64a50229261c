/*
 * A spool: a folder into which others put files, taken up one by one. Part of src/io.
 *
 *   in/            what others put there; only files that have come to rest are seen
 *   in/taken/      taken, and not done with; what a process left there, the next one finds
 *   in/archive/    done with
 *   in/quarantine/ set aside, each with NAME.reason.json beside it
 *
 * A file is in one of them at any time: it goes from one to the next by one rename. Where a name is taken already it gets a
 * number: orders.csv, orders.csv.1. All four are on one file system, and the three behind `in` are this process' alone while
 * it has the spool open. Everything goes through folders held open, and no link is followed.
 *
 * Not seen, and left where they are: names that begin with a dot or end in .tmp or .part (being written) or .reason.json, folders, links and
 * what else is no plain file. A name longer than CS_SPOOL_NAME_BYTES - 1 is cut when it is taken. A file has come to rest when two
 * looks have found it with the same length and time of change: so leave a moment between them, or have files renamed into place
 * once they are whole.
 *
 * Errors: CS_E_OPEN (not there: somebody took it away), CS_E_PERMISSION, CS_E_LIMIT (the disk is full), CS_E_READ, CS_E_WRITE,
 * CS_E_UNSUPPORTED (not a plain file; another file system); cs_file_error_text says why.
 */
#ifndef CS_IO_SPOOL_H
#define CS_IO_SPOOL_H

#include "base/digest.h"
#include "base/error.h"

enum {
	CS_SPOOL_GIVEN_BYTES = 256, /* of a name that others gave: as long as any may be */
	CS_SPOOL_NAME_BYTES = 200,
	CS_SPOOL_END_BYTES = 24, /* of a number behind a name, or of .reason.json */
	CS_SPOOL_PLACED_BYTES = CS_SPOOL_NAME_BYTES + CS_SPOOL_END_BYTES,
	CS_SPOOL_FILES_MAX = 4096, /* of one look; what is beyond waits for the next */
	CS_SPOOL_NUMBER_MAX = 100000,
};

enum cs_spool_place { CS_SPOOL_IN, CS_SPOOL_TAKEN, CS_SPOOL_ARCHIVE, CS_SPOOL_QUARANTINE, CS_SPOOL_PLACE_N };

/* Where the places are; NULL: a folder of that name in `in`. */
struct cs_spool_paths {
	const char *at[CS_SPOOL_PLACE_N];
};

struct cs_spool_file {
	char name[CS_SPOOL_GIVEN_BYTES];
	uint64_t size;
	uint64_t changed_ns;
	uint64_t node; /* tells it from another of the same name */
};

/* What was passed over at the last look. */
struct cs_spool_counts {
	unsigned ready;
	unsigned restless; /* seen for the first time, or still growing */
	unsigned strange;  /* links, pipes, devices */
	unsigned beyond;   /* more than CS_SPOOL_FILES_MAX */
};

struct cs_spool;

/* cs_spool_open opens the folders and makes those that are not there, but for `in` itself (mode 0700). CS_E_PERMISSION also when
 * another process has it. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_spool_open(const struct cs_spool_paths *paths, struct cs_spool **out);
void cs_spool_close(struct cs_spool *spool);

/* cs_spool_watch opens `in` alone, for whoever looks into it (cs_spool_look, cs_spool_file) and moves files elsewhere himself. */
CS_MUST_USE enum cs_error cs_spool_watch(const char *path, struct cs_spool **out);

/* cs_spool_look looks into `in`, and lists what has come to rest since the look before in order of name (bytes). */
CS_MUST_USE enum cs_error cs_spool_look(struct cs_spool *spool, struct cs_spool_counts *counts);

/* cs_spool_left lists what is in `taken`, all of it, in the same way. */
CS_MUST_USE enum cs_error cs_spool_left(struct cs_spool *spool, struct cs_spool_counts *counts);

/* cs_spool_file lends file I of the list made last, until the next; NULL behind the last one. */
const struct cs_spool_file *cs_spool_file(const struct cs_spool *spool, unsigned i);

/* cs_spool_taken_name says what cs_spool_take will call NAME: PLACED (CS_SPOOL_PLACED_BYTES). */
CS_MUST_USE enum cs_error cs_spool_taken_name(const struct cs_spool *spool, const char *name, char *placed);

/* cs_spool_take moves NAME from `in` to `taken`, durably; PLACED (CS_SPOOL_PLACED_BYTES) is its name there. */
CS_MUST_USE enum cs_error cs_spool_take(struct cs_spool *spool, const char *name, char *placed);

/* cs_spool_read opens NAME in PLACE to read it; close with cs_file_close. CS_E_UNSUPPORTED: it is not a plain file. */
CS_MUST_USE enum cs_error cs_spool_read(const struct cs_spool *spool, enum cs_spool_place place, const char *name,
					int *descriptor);

/* cs_spool_digest hashes what an open file holds, from its beginning, where it is left; *SIZE is its length. */
CS_MUST_USE enum cs_error cs_spool_digest(int descriptor, struct cs_digest *out, uint64_t *size);

/* cs_spool_put makes file NAME in PLACE of these bytes, or replaces it, durably and as one step. */
CS_MUST_USE enum cs_error cs_spool_put(const struct cs_spool *spool, enum cs_spool_place place, const char *name,
				       struct cs_span bytes);

/* cs_spool_append adds these bytes to the end of file NAME in PLACE, durably; it is made if it is not there. After a crash the end of
 * it may be torn. */
CS_MUST_USE enum cs_error cs_spool_append(const struct cs_spool *spool, enum cs_spool_place place, const char *name,
					  struct cs_span bytes);

/* cs_spool_remove removes file NAME in PLACE; one that is not there is CS_OK. */
CS_MUST_USE enum cs_error cs_spool_remove(const struct cs_spool *spool, enum cs_spool_place place, const char *name);

/* cs_spool_finish moves NAME from `taken` to PLACE, durably, REASON (a JSON text; empty: none) being there before it as
 * PLACED.reason.json. PLACED (CS_SPOOL_PLACED_BYTES) is its name there. */
CS_MUST_USE enum cs_error cs_spool_finish(const struct cs_spool *spool, const char *name, enum cs_spool_place place,
					  struct cs_span reason, char *placed);

/* cs_spool_is_folder says whether there is a folder at PATH. */
bool cs_spool_is_folder(const char *path);

/* cs_spool_names calls EACH with the name of every file of a folder that a spool would see, in order of name, and takes none. CS_E_LIMIT:
 * there are more than CS_SPOOL_FILES_MAX. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_spool_names(const char *path, void (*each)(void *context, const char *name),
					 void *context);

/* cs_spool_folder lends the descriptor of a place. */
int cs_spool_folder(const struct cs_spool *spool, enum cs_spool_place place);

#endif

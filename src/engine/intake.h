/*
 * Folders of files of records, watched: what somebody puts there is taken up, told to the pipeline row by row, and put away.
 *
 *   in/FILE -> in/taken/FILE     before its first row is told, with what it is beside it (.FILE.taken)
 *           -> in/archive/      once all of its rows are durable in the journal
 *           -> in/quarantine/   once they are, if something of it could not be read, or it was read before: with FILE.reason.json
 *
 * One file at a time of each folder, in order of name; files of several folders together, in order of time. Killed at any moment and opened
 * again, it goes on with what is in `taken` behind the last row that the journal holds. Without a journal such a file is read
 * again from its beginning: the state that its rows had changed is gone as well.
 *
 * A folder is looked at once a second, or as often as is wished: a network share tells nobody that something has come. While the
 * folders of a record hold no file, it is settled by time (cs_pipeline_files_idle). What is known to have been read is known in all
 * folders of its record.
 */
#ifndef CS_ENGINE_INTAKE_H
#define CS_ENGINE_INTAKE_H

#include "engine/chronicle.h"
#include "engine/intake_place.h"
#include "engine/links.h"

enum { CS_INTAKE_FAULTS_MAX = 20 };

struct cs_intake_wish {
	const struct cs_links *links;                  /* outlive it, or the next cs_intake_renew */
	struct cs_chronicle *chronicle;                /* NULL: no journal is kept */
	struct cs_intake_journal journal;              /* where it lies */
	void (*say)(void *context, const char *words); /* what a person should know, a line */
	enum cs_error (*flush)(void *context);         /* without a journal: sees that what was found is written */
	void *context;
	uint64_t look_ns; /* how long after a look the next one follows; 0: a second */
};

/* A folder, of the record that is this link; SOURCE is its index among the names of an alert. PATH is lent. */
struct cs_intake_folder {
	const char *path;
	unsigned link;
	uint16_t source;
};

/* What was done with the files of a folder. */
struct cs_intake_counts {
	uint64_t file_n;
	uint64_t aside_n; /* of them set aside */
	uint64_t twice_n; /* ... since they were read before */
	uint64_t row_n;
	uint64_t unread_n; /* rows that could not be read */
};

struct cs_intake;

/* cs_intake_new makes one without folders. NULL without memory. */
struct cs_intake *cs_intake_new(const struct cs_intake_wish *wish);
void cs_intake_free(struct cs_intake *intake);

/* cs_intake_add opens a folder, with those in it. At most CS_LINKS_MAX. As cs_spool_open. */
CS_MUST_USE enum cs_error cs_intake_add(struct cs_intake *intake, const struct cs_intake_folder *folder);

/* cs_intake_keep says which journal is kept, before the first cs_intake_some. */
void cs_intake_keep(struct cs_intake *intake, struct cs_chronicle *chronicle, const struct cs_intake_journal *journal);

/* cs_intake_some takes up files and tells PIPELINE some of their rows, at NOW_NS by the clock. False: there is nothing to do for now. */
bool cs_intake_some(struct cs_intake *intake, struct cs_pipeline *pipeline, uint64_t now_ns);

/* cs_intake_late says that something is to come into folder I, or no more: while it is, its record is not settled by time. */
void cs_intake_late(struct cs_intake *intake, unsigned i, bool late);

/* cs_intake_knows says whether what has this digest was read, in any folder of record LINK. */
bool cs_intake_knows(const struct cs_intake *intake, unsigned link, const struct cs_digest *digest);

/* cs_intake_file lends the name of the file being read that a row of ORIGIN is of; NULL: it is of none of them. */
const char *cs_intake_file(const struct cs_intake *intake, const struct cs_origin *origin);

/* cs_intake_is_quiet says that every folder was empty at its last look; cs_intake_is_stuck that something there failed, and is tried again. */
bool cs_intake_is_quiet(const struct cs_intake *intake);
bool cs_intake_is_stuck(const struct cs_intake *intake);

/* cs_intake_pause lets files be read again under another policy: call it before the links change, and cs_intake_renew behind. */
void cs_intake_pause(struct cs_intake *intake);
void cs_intake_renew(struct cs_intake *intake, const struct cs_links *links);

/* cs_intake_counts_of tells of folder I, in the order in which they were added. */
struct cs_intake_counts cs_intake_counts_of(const struct cs_intake *intake, unsigned i);

#endif

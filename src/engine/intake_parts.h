/*
 * The inside of an intake, for intake*.c.
 */
#ifndef CS_ENGINE_INTAKE_PARTS_H
#define CS_ENGINE_INTAKE_PARTS_H

#include "engine/feeds.h"
#include "engine/intake.h"
#include "engine/intake_seen.h"

/* Why a file is set aside. */
enum cs_intake_why {
	CS_INTAKE_FINE,
	CS_INTAKE_ROWS,       /* some of its rows could not be read */
	CS_INTAKE_COLUMNS,    /* ... none, for lack of a column */
	CS_INTAKE_TWICE,      /* it was read before */
	CS_INTAKE_CHANGED,    /* it was changed while it was read */
	CS_INTAKE_UNREADABLE, /* the operating system does not let it be read, or it is too long */
	CS_INTAKE_LOST,       /* what of it was told cannot be found out */
};

struct cs_intake_fault {
	uint64_t line;
	uint64_t offset;
	char words[CS_ROW_WORDS_BYTES + 64];
};

/* RENEWING: its note under another policy could not be written yet. */
enum cs_intake_state { CS_INTAKE_NONE, CS_INTAKE_READING, CS_INTAKE_RENEWING, CS_INTAKE_FINISHING };

/* What may fail of a folder. */
enum cs_intake_deed {
	CS_INTAKE_LOOK,
	CS_INTAKE_LOOK_LEFT,
	CS_INTAKE_TAKE,
	CS_INTAKE_NOTE,
	CS_INTAKE_AWAY,
	CS_INTAKE_DEED_N
};

/* The file at hand. */
struct cs_intake_file {
	char name[CS_SPOOL_PLACED_BYTES]; /* in work */
	struct cs_intake_taken taken;
	struct cs_intake_place known; /* told before it was opened */
	struct cs_intake_place done;  /* read since it was opened, known or not */
	uint64_t size;
	uint64_t changed_ns;
	uint64_t touched_ns;
	uint64_t told_n; /* rows told by this process */
	bool lost;       /* rows before the next could not be read, between these times: told with it */
	uint64_t lost_ns[2];
	uint64_t lost_n;
	bool ended; /* what was lost up to its end is told */
	uint64_t unread_n;
	enum cs_intake_why why;
	enum cs_error error; /* UNREADABLE, LOST */
	unsigned fault_n;
	struct cs_intake_fault fault[CS_INTAKE_FAULTS_MAX];
};

struct cs_intake_source {
	struct cs_intake_folder folder;
	struct cs_spool *spool;
	struct cs_intake_seen *seen;
	struct cs_intake_counts counts;
	enum cs_intake_state state;
	bool left_listed;                      /* what a process before left in work */
	bool left_done;                        /* ... and taken */
	bool strange;                          /* something there is no file: said already */
	bool late;                             /* more is to come into it: cs_intake_late */
	uint64_t quiet_ns;                     /* then it was empty, and nothing has come since; 0: it is not */
	unsigned next;                         /* of the list of its spool */
	uint64_t look_ns;                      /* when it is looked at again */
	uint64_t retry_ns;                     /* what failed is not tried before */
	enum cs_error error[CS_INTAKE_DEED_N]; /* said already */
	struct cs_intake_file file;
};

struct cs_intake {
	struct cs_intake_wish wish;
	struct cs_feeds *feeds;
	struct cs_pipeline *pipeline; /* during cs_intake_some */
	uint64_t now_ns;              /* ... and when that was */
	unsigned n;
	struct cs_intake_source source[CS_LINKS_MAX];
};

/* cs_intake_say says PART, one behind the other, of a folder. */
void cs_intake_say(const struct cs_intake *intake, const struct cs_intake_source *source, const char *const part[4]);

/* cs_intake_file_begin begins with the file of that name in work, LEFT there by a process before or not. An error: its note
 * could not be written, and no row may be told. */
CS_MUST_USE enum cs_error cs_intake_file_begin(struct cs_intake *intake, struct cs_intake_source *source,
					       const char *name, bool left);

/* cs_intake_file_open lets its rows be read, from the beginning; cs_intake_file_renew, too, under another policy. An error: its
 * note could not be written, and no row may be told. */
void cs_intake_file_open(struct cs_intake *intake, struct cs_intake_source *source);
CS_MUST_USE enum cs_error cs_intake_file_renew(struct cs_intake *intake, struct cs_intake_source *source);

/* cs_intake_file_row tells a row of it, unless it was told before. */
void cs_intake_file_row(struct cs_intake *intake, struct cs_intake_source *source, const struct cs_event *event);

/* cs_intake_file_finish puts it away, once all is durable; an error: not now. */
CS_MUST_USE enum cs_error cs_intake_file_finish(struct cs_intake *intake, struct cs_intake_source *source);

/* cs_intake_reason writes why a file is set aside, as JSON into room for CS_INTAKE_REASON_BYTES; cs_intake_words in short. */
enum { CS_INTAKE_REASON_BYTES = 65536 };
void cs_intake_reason(struct cs_text *out, const struct cs_intake_source *source, const char *record);
void cs_intake_words(struct cs_text *out, const struct cs_intake_source *source);

#endif

/*
 * The outbox: alerts leave from the journal, each once, however often the process ends in between.
 *
 * An alert is told only once its record is durable. A sink's position (the next record to look at, and where in the file
 * its line belongs) is kept beside the journal. After a crash a file is held against the lines the journal says it must
 * have: what is there, whole or in part, is written again to the same place, anything else refused. Standard output has no
 * memory to compare: a line may come twice there if the process is killed between writing it and noting so; its id tells.
 *
 * Damage that the journal was gone on with behind is gone over here, too, and said once; any other ends delivery.
 */
#ifndef CS_ENGINE_OUTBOX_H
#define CS_ENGINE_OUTBOX_H

#include "io/worker.h"
#include "state/journal.h"

struct cs_outbox_wish {
	const char *folder;           /* of the journal */
	const struct cs_vault *vault; /* outlives the outbox */
	const struct cs_journal *journal;
	const char *path;  /* of the alerts file; "-": standard output */
	int file;          /* that file, opened as CS_DISK_EITHER by the caller, who closes it; 0: it is opened here */
	uint64_t from_seq; /* where a sink begins that is met for the first time */
	uint64_t
		over_seq; /* damage before this record is gone over, as it was when the journal was opened; 0: none is */
	void (*say)(void *context,
		    const char *words); /* told, from any thread, that damage was gone over; may be NULL */
	void *say_context;
};

struct cs_outbox;

enum { CS_SINKS_MAX = 64 };

/* How far a sink is: as its file in FOLDER/sinks/ says. */
struct cs_sink {
	char name[CS_DISK_NAME_BYTES];
	bool sound; /* the file can be read; else all below is 0, and nothing may be taken as delivered */
	uint64_t next_seq;
	uint64_t alert_n; /* delivered */
};

/* cs_outbox_sinks lists the sinks of the journal in FOLDER, CS_SINKS_MAX at most; CS_E_LIMIT: there are more. */
CS_MUST_USE enum cs_error cs_outbox_sinks(const char *folder, struct cs_sink out[CS_SINKS_MAX], unsigned *n);

/* cs_outbox_open opens the sink and begins to deliver what it does not have yet. CS_E_FORMAT: the file no longer holds what
 * was delivered to it (cs_outbox_words says where). */
CS_MUST_USE enum cs_error cs_outbox_open(const struct cs_outbox_wish *wish, struct cs_outbox **out);

/* cs_outbox_wake says that something may have become durable; it is found out in a tenth of a second anyway. */
void cs_outbox_wake(struct cs_outbox *outbox);

/* cs_outbox_close delivers all that is durable, notes the position and ends; the first error there was. Takes NULL. */
CS_MUST_USE enum cs_error cs_outbox_close(struct cs_outbox *outbox);

/* cs_outbox_error gives the error that stopped delivery, CS_OK while it goes on; cs_outbox_words tells it. */
enum cs_error cs_outbox_error(const struct cs_outbox *outbox);
const char *cs_outbox_words(const struct cs_outbox *outbox);

/* cs_outbox_stalled says whether delivery waits for room on a full disk. */
bool cs_outbox_stalled(const struct cs_outbox *outbox);

/* cs_outbox_moved says that the file is shorter than what was delivered to it: it was moved away, cut or lost. What was
 * delivered is not written again. */
bool cs_outbox_moved(const struct cs_outbox *outbox);

/* cs_outbox_delivered counts the alerts delivered by this process. */
uint64_t cs_outbox_delivered(const struct cs_outbox *outbox);

#endif

/*
 * The journal as it is written: records in the order of processing, made durable in groups, signed now and then.
 *
 * One thread puts records down; a worker (io/worker.h) seals, writes and syncs them behind it. Nothing here is waited
 * for, except for room when the disk is slower than the records come for long. A process that goes on with a journal
 * begins a new volume, so that no key ever seals two pages of one number.
 */
#ifndef CS_STATE_JOURNAL_H
#define CS_STATE_JOURNAL_H

#include "io/worker.h"
#include "state/volume.h"

enum cs_sync {
	CS_SYNC_GROUP, /* pages are synced before they count; a page is closed when it is full, or told to */
	CS_SYNC_EACH,  /* ... and every input closes its page */
	CS_SYNC_NONE, /* pages without alerts are written when the system likes: a crash of the machine may lose the end */
};

enum { CS_JOURNAL_ID_BYTES = 16, CS_JOURNAL_DRAFTS = 32, CS_JOURNAL_PAGES_SIGNED_MAX = 4096 };

/* What can be seen from outside, at any time. */
struct cs_journal_state {
	uint64_t durable_seq; /* records before it are as durable as was wished */
	uint64_t safe_seq;    /* records before it were synced; alerts always are before they count */
	uint64_t alert_seq;   /* of those, the ones from here on are this process's own, and none of them is an alert */
	uint64_t page_n;      /* pages written */
	uint64_t bytes;       /* written by this process */
	uint64_t sync_n;
	uint64_t checkpoint_n;
	uint64_t waited_n; /* times the engine waited for room */
	uint32_t volume;
	bool stalled;       /* the disk is full: nothing goes on until there is room */
	bool anchor_failed; /* the last checkpoint could not be told to the anchor; the next one is tried again */
};

struct cs_journal_wish {
	const char *folder;
	struct cs_vault *vault; /* outlives the journal */
	const char *build;      /* told in each volume's head */
	const char *anchor;     /* file that gets a line for each checkpoint; NULL: none */
	enum cs_sync sync;
	uint64_t volume_bytes; /* a new volume behind this size ... */
	uint64_t volume_ns;    /* ... or this age */
	uint64_t checkpoint_ns;
	bool over_damage;                /* go on although the middle of the last volume is damaged */
	bool (*gives_up)(void *context); /* see below; may be NULL */
	void *gives_up_context;
	struct cs_journal_state *last; /* what it was when it had been closed; NULL: nobody asks */
};

/* On a full disk cs_journal_room, _add, _put, _publish and _flush wait for room: nothing that was told is lost, and packets
 * wait in the kernel. Whoever must end all the same is asked: as long as one of them waits on a full disk, it calls
 * gives_up on its own thread about once a millisecond, in the midst of whatever put a record down; so gives_up must do no
 * more than find out, as by reading signals. True ends the journal: its error is CS_E_LIMIT from then on, what did not find
 * room is lost, and nobody waits again. cs_journal_hurry says the same beforehand: from now on room is not waited for. */

/* What was found when a journal was opened. */
struct cs_journal_found {
	bool fresh;      /* there was none */
	bool damaged;    /* and it was gone on with all the same */
	uint32_t volume; /* in which bytes were cut off or are damaged */
	uint64_t offset;
	uint64_t torn_bytes; /* cut off at the end, and kept in torn/ */
	uint64_t next_seq;   /* of the first record that this process writes */
	uint64_t page_n;
};

struct cs_journal;

/* cs_journal_take takes the journal in a folder for this process and finds its end; a torn end is cut off, nothing else is
 * written. Errors as cs_journal_open. cs_journal_begin then begins this process's volume, and the work. A journal that was
 * only taken is given back by cs_journal_close. */
CS_MUST_USE enum cs_error cs_journal_take(const struct cs_journal_wish *wish, struct cs_journal_found *found,
					  struct cs_journal **out);
CS_MUST_USE enum cs_error cs_journal_begin(struct cs_journal *journal);

/* cs_journal_open does both: it goes on with the journal in a folder, or begins one. CS_E_PERMISSION: another process writes it;
 * CS_E_FORMAT: its middle is damaged (FOUND says where); CS_E_WRITE, CS_E_LIMIT, CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_journal_open(const struct cs_journal_wish *wish, struct cs_journal_found *found,
					  struct cs_journal **out);

/* cs_journal_close makes everything durable, signs and ends; the first error there was. Takes NULL. */
CS_MUST_USE enum cs_error cs_journal_close(struct cs_journal *journal);

/* Room for one record: where its parts go (CS_PAGE_RECORD_MAX bytes each), and the time its times are relative to. */
struct cs_journal_room {
	uint8_t *open;
	uint8_t *sealed;
	uint64_t base_ns;
};

/* cs_journal_room lends room for the next record, whose time is TIME_NS; it waits when the disk is far behind. */
struct cs_journal_room cs_journal_room(struct cs_journal *journal, uint64_t time_ns);

/* cs_journal_add makes what was written there a record. */
void cs_journal_add(struct cs_journal *journal, enum cs_record_kind kind, size_t open_len, size_t sealed_len);

/* cs_journal_add_event makes EVENT a record, behind PREFIX_LEN bytes that were written to the open part; packing it, to the
 * bytes of cs_event_pack, is left to the worker. */
void cs_journal_add_event(struct cs_journal *journal, const struct cs_event *event, size_t prefix_len);

/* cs_journal_put adds a record from bytes; false when it is too long. */
bool cs_journal_put(struct cs_journal *journal, enum cs_record_kind kind, uint64_t time_ns, struct cs_span open,
		    struct cs_span sealed);

/* cs_journal_publish closes the page at hand, so that the worker takes it. */
void cs_journal_publish(struct cs_journal *journal);

/* cs_journal_flush publishes and waits until all is as durable as was wished. The error there is, if any. */
CS_MUST_USE enum cs_error cs_journal_flush(struct cs_journal *journal);

/* cs_journal_hurry says that from now on nobody waits for room on a full disk; see struct cs_journal_wish. */
void cs_journal_hurry(struct cs_journal *journal);

/* cs_journal_error gives the error that ended the journal, CS_OK while it goes on. */
enum cs_error cs_journal_error(const struct cs_journal *journal);

/* cs_journal_state_of gives it. */
struct cs_journal_state cs_journal_state_of(const struct cs_journal *journal);

/* What a HEAD record says. */
struct cs_journal_head {
	uint32_t version;
	uint8_t id[CS_JOURNAL_ID_BYTES];
	uint32_t volume;
	uint8_t public_key[CS_PUBLIC_KEY_BYTES];
	uint64_t wall_ns;
	struct cs_span build;
};
enum { CS_JOURNAL_VERSION = 1 };

/* cs_journal_head_read reads one; false when it is none. */
bool cs_journal_head_read(struct cs_span open, struct cs_journal_head *out);

/* What a CHECKPOINT record says: the pages from FIRST_PAGE up to, not with, its own have the chain hashes whose Merkle root
 * is ROOT, and the last of them is CHAIN. SIGNED is what the signature is over. */
struct cs_checkpoint {
	uint8_t id[CS_JOURNAL_ID_BYTES];
	uint64_t first_page;
	uint64_t page; /* its own */
	uint64_t seq;  /* its own record */
	struct cs_digest chain;
	struct cs_digest root;
	uint64_t wall_ns;
	uint8_t signature[CS_SIGNATURE_BYTES];
};
enum { CS_CHECKPOINT_SIGNED_BYTES = 24 + CS_JOURNAL_ID_BYTES + 3 * 8 + 2 * CS_DIGEST_BYTES + 8 };

/* cs_checkpoint_read reads one; false when it is none. cs_checkpoint_signed writes the bytes that are signed. */
bool cs_checkpoint_read(struct cs_span open, struct cs_checkpoint *out);
void cs_checkpoint_signed(const struct cs_checkpoint *checkpoint, uint8_t out[CS_CHECKPOINT_SIGNED_BYTES]);

#endif

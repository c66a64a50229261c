/*
 * The inside of `gate`, for cmd_gate.c and its parts. Files of messages go one way, each a rename of the file itself:
 *
 *   in/ -> held/taken/ -> released/          its own verdict, or two persons'
 *                     -> held/ -> released/ or held/rejected/
 *
 * Invariant: nothing is moved out of held/taken/ or held/ before the record of the decision is durable in the journal, nor
 * before the verdict beside it is.
 */
#ifndef CS_APP_GATE_H
#define CS_APP_GATE_H

#include "app/record.h"
#include "app/screens.h"
#include "engine/intake.h"
#include "engine/pipeline.h"
#include "io/folder.h"

enum {
	CS_GATE_SOURCES_MAX = 16,
	CS_GATE_FILES_MAX = 1024,                               /* in held/taken/ at once; others wait in `in` */
	CS_GATE_ORDERS_BYTES_MAX = 1 << 30,                     /* of a file that is named itself */
	CS_GATE_ROWS_MAX = 4096,                                /* messages of one file */
	CS_GATE_FILE_BYTES_MAX = 16 << 20,                      /* of a file of messages */
	CS_GATE_HELD_BYTES_MAX = 256 << 20,                     /* of a held file that persons release or reject */
	CS_GATE_TOLD_BYTES_MAX = 1 << 20,                       /* of findings, or of refusals, kept for one verdict */
	CS_GATE_FRAME_BYTES = 16 << 10,                         /* of a verdict, beside what is told in it */
	CS_GATE_VERDICT_BYTES_MAX = 3 * CS_GATE_TOLD_BYTES_MAX, /* of one, with the one before in it */
	CS_GATE_NAME_BYTES = 160,                               /* of a name that is kept whole */
	CS_GATE_ID_BYTES = 16 + 1,
	CS_GATE_TAKEN_BYTES = CS_GATE_ID_BYTES + 3 + CS_GATE_NAME_BYTES, /* of a name in held/taken/ */
	CS_GATE_SHA_BYTES = 2 * CS_DIGEST_BYTES + 1,
	CS_GATE_PATH_BYTES = CS_PATH_BYTES + 512,
	CS_GATE_BY_BYTES = 64 + 1,
	CS_GATE_REASON_BYTES = 400 + 1,
};

enum cs_gate_why {
#define X(symbol, word, fault, words) CS_GATE_##symbol,
#include "app/gate_why.def"
#undef X
	CS_GATE_WHY_N
};

enum cs_gate_action { CS_GATE_OPEN, CS_GATE_WAIT, CS_GATE_HOLD, CS_GATE_RELEASE };

/* A folder that is watched: of messages that are to be let through, or of other records (orders). */
struct cs_gate_source {
	const char *given; /* as on the command line */
	const char *path;
	unsigned link;
	bool messages;
	struct cs_spool *spool; /* of messages: looked into; other records are the intake's */
	bool failed;            /* it cannot be read; said already */
	bool busy;              /* there is something in it that was not taken */
	bool strange;           /* ... that is no file; said already */
	const char *file;       /* --events NAME=FILE: it is copied to PATH whenever it has changed; else NULL */
	uint64_t file_state;    /* at the last look ... */
	uint64_t copied_state;  /* ... and when it was copied */
	char own[CS_PATH_BYTES];
};

struct cs_gate_row {
	uint64_t hash;  /* message_hash */
	unsigned asked; /* expectations that ask for it */
};

/* Text that grows up to CS_GATE_TOLD_BYTES_MAX: JSON values with commas between them. */
struct cs_gate_told {
	char *at;
	size_t len;
	size_t cap;
	unsigned n;      /* told */
	unsigned left_n; /* ... of which there was no room for so many */
};

/* A file in held/taken/. */
struct cs_gate_file {
	char id[CS_GATE_ID_BYTES]; /* when it was taken, in hexadecimal ns; no other file has it */
	char name[CS_GATE_NAME_BYTES];
	char placed[CS_GATE_TAKEN_BYTES];
	char sha256[CS_GATE_SHA_BYTES];
	unsigned source;
	uint64_t taken_ns;
	uint64_t arrived_ns; /* steady clock; 0: by a process before */
	uint64_t bytes;
	uint64_t first_row; /* number of its first message */
	unsigned row_n;
	struct cs_gate_row *row;
	uint64_t stamp;   /* what its names were held against (cs_gate_stamp); 0: not all were, or nobody knows */
	bool known;       /* the journal says that it was taken */
	unsigned noted_n; /* ... with so many messages */
	uint64_t told_n;  /* messages that the journal holds already */
	struct cs_gate_told refused;
	struct cs_gate_told found;
	uint32_t why;        /* bit per enum cs_gate_why */
	uint64_t until_ns;   /* while it waits */
	uint64_t overdue_ns; /* from then on it waits no longer; 0: it did not wait yet */
	enum cs_gate_action action;
	bool decided; /* the record of ACTION is in the journal, durable or not */
	bool renamed; /* its name was in use: it is called NAME~ID from then on */
	char note[CS_NOTE_ID_BYTES];
};

struct cs_gate_counts {
	uint64_t taken_n;
	uint64_t released_n;
	uint64_t held_n;
	uint64_t failed_n; /* released because of --fail release */
	uint64_t approved_n;
	uint64_t rejected_n;
	uint64_t latency_n; /* of files released by their own verdict without having waited */
	uint64_t latency_ns;
	uint64_t latency_most_ns;
};

struct cs_gate {
	const char *policy_path;
	const char *released;
	const char *held;
	const char *alerts_path;
	const char *record_path;
	const char *journal_key;
	struct cs_setup_keys keys;
	bool fail_said;
	bool fail_release;
	bool unasked_release;
	bool one_account;
	bool once;
	bool over_damage;
	bool quiet;
	unsigned source_n;
	struct cs_gate_source source[CS_GATE_SOURCES_MAX];
	const char *name[CS_GATE_SOURCES_MAX]; /* of the sources, for alerts */
	struct cs_setup *setup;
	const struct cs_policy *checked; /* the one whose expectations are looked at */
	struct cs_setup *coming;         /* a policy that is taken when nothing stands in its way, or NULL */
	bool drains;                     /* ... and no more messages until then */
	bool reload;                     /* SIGHUP */
	struct cs_intake *intake;        /* of the other records */
	struct cs_pipeline *pipeline;
	struct cs_tables *tables;
	struct cs_screens screens;
	struct cs_gate_file *again; /* whose names are held against lists once more; what is told is of that */
	struct cs_alerts *alerts;
	int alerts_file; /* what they are delivered to; 0: standard output */
	struct cs_record_keeping record;
	struct cs_hasher *hasher;
	int signals;
	int watch;
	bool stop;
	bool failed;
	bool written;    /* something was put down that is not durable yet */
	bool busy;       /* the last turn did something, or there is more to do */
	uint64_t now_ns; /* when this turn began */
	uint64_t last_id;
	uint64_t next_row;
	uint64_t latest_until_ns; /* of all files that waited */
	uint64_t from_seq;
	unsigned file_n;
	struct cs_gate_file *file[CS_GATE_FILES_MAX];
	struct cs_gate_counts counts;
};

/* ---- gate_text.c: paths, names, and the few words read back from lines of our own ---- */

/* cs_gate_path writes FOLDER/SUB/NAME END into OUT (CS_GATE_PATH_BYTES); SUB may be NULL. Asserts that it fits. */
void cs_gate_path(char *out, const char *folder, const char *sub, const char *name, const char *end);

/* cs_gate_place lends a path below held/ or released/ in one of four buffers: used before the fifth call. */
const char *cs_gate_place(const char *folder, const char *sub, const char *name, const char *end);

/* cs_gate_word finds "KEY":"..." in a line of our own JSON and copies what is in the quotes; false: there is none, or it is longer. */
bool cs_gate_word(struct cs_span line, const char *key, char *out, size_t cap_bytes);

/* cs_gate_number finds "KEY":123. */
bool cs_gate_number(struct cs_span line, const char *key, uint64_t *out);

/* cs_gate_behind gives what stands behind the first WORDS in LINE; empty: they are not there. */
struct cs_span cs_gate_behind(struct cs_span line, const char *words);

/* cs_gate_tell adds a JSON value; cs_gate_told_free frees all. */
void cs_gate_tell(struct cs_gate_told *told, struct cs_span value);
void cs_gate_told_free(struct cs_gate_told *told);

/* cs_gate_id_read reads the time that ID begins with; false: it is none. */
bool cs_gate_id_read(const char *id, uint64_t *taken_ns);

/* cs_gate_sha writes the digest of BYTES as it stands in verdicts. */
void cs_gate_sha(struct cs_gate *gate, struct cs_span bytes, char out[CS_GATE_SHA_BYTES]);

/* cs_gate_is_text says whether this is UTF-8 as Unicode defines it, without control characters. */
bool cs_gate_is_text(const char *text);

/* cs_gate_say gives a name that somebody else gave, or words in its place when it is no text. */
const char *cs_gate_say(const char *name);

/* cs_gate_put_name writes a member that somebody else named: as UTF-8 if it is that, else byte by byte. */
void cs_gate_put_name(struct cs_json *json, const char *key, const char *name);

/* cs_gate_called gives the name of FILE outside of held/taken/, in OUT (CS_GATE_TAKEN_BYTES). */
void cs_gate_called(const struct cs_gate_file *file, char *out);

/* cs_gate_why_word and cs_gate_why_words tell one reason; static. */
const char *cs_gate_why_word(enum cs_gate_why why);
const char *cs_gate_why_words(enum cs_gate_why why);
bool cs_gate_why_fault(enum cs_gate_why why);

/* cs_gate_put_why writes the words of WHY, separated by commas. */
void cs_gate_put_why(struct cs_text *text, uint32_t why);

/* ---- gate_intake.c: files of messages; gate_orders.c, gate_files.c: other records ---- */

/* cs_gate_take_messages moves what is in the folders of messages to held/taken/. */
void cs_gate_take_messages(struct cs_gate *gate);

/* cs_gate_take_orders reads what is in the other folders, and tells it. */
void cs_gate_take_orders(struct cs_gate *gate);

/* cs_gate_copy_files copies files that are named themselves, and have changed, to where the intake reads them. */
void cs_gate_copy_files(struct cs_gate *gate);

/* cs_gate_open_orders opens those folders, behind the journal; an enum cs_exit. cs_gate_say_orders tells how many files there were. */
int cs_gate_open_orders(struct cs_gate *gate);
void cs_gate_say_orders(const struct cs_gate *gate);

/* cs_gate_find_taken finds what a process before left in held/taken/. */
bool cs_gate_find_taken(struct cs_gate *gate);

/* cs_gate_drop forgets file I. */
void cs_gate_drop(struct cs_gate *gate, unsigned i);

/* ---- gate_rows.c ---- */

/* cs_gate_tell_file reads FILE in held/taken/, and tells its messages. */
void cs_gate_tell_file(struct cs_gate *gate, struct cs_gate_file *file);

/* ---- gate_judge.c ---- */

/* cs_gate_finding is a cs_detect_sink with a gate as its context. */
void cs_gate_finding(void *context, const struct cs_finding *finding);

/* cs_gate_alert takes an alert as a line, from the judge or from the journal. */
void cs_gate_alert(struct cs_gate *gate, struct cs_span line);

/* cs_gate_decide decides what can be decided, and puts that into the journal. */
void cs_gate_decide(struct cs_gate *gate);

/* cs_gate_note puts NOTE, begun by the caller, into the journal; false: it is too long. */
bool cs_gate_note(struct cs_gate *gate, struct cs_note *note);

/* ---- gate_again.c ---- */

/* cs_gate_stamp gives a number that is another when what names are held against is; 0: against nothing. */
uint64_t cs_gate_stamp(const struct cs_gate *gate);

/* cs_gate_look_again holds the names of FILE, in held/taken/, against lists once more, if these are others than when it was taken; what is
 * against it then is added to `why`. When it cannot be read the gate has failed. */
void cs_gate_look_again(struct cs_gate *gate, struct cs_gate_file *file);

/* A held file that two persons want released. */
struct cs_gate_held {
	const char *file;
	const char *sha256;
	struct cs_span bytes;
};

/* cs_gate_look_at_held does so with such a file. NULL: there is nothing against it that its verdict does not say; else why it stays, in words:
 * then its verdict says what is new, and what persons said before is forgotten. */
const char *cs_gate_look_at_held(struct cs_gate *gate, const struct cs_gate_held *held);

/* ---- gate_carry.c ---- */

/* cs_gate_carry moves each decided file, whose decision is durable, to where it belongs. */
void cs_gate_carry(struct cs_gate *gate);

/* cs_gate_write_verdict writes the verdict of FILE at PATH, one line of JSON; behind it the one before, WAS, if that is not empty. */
CS_MUST_USE enum cs_error cs_gate_write_verdict(const struct cs_gate *gate, const struct cs_gate_file *file,
						struct cs_span was, const char *path);

/* cs_gate_say_waiting writes down why FILE waits, for people. */
void cs_gate_say_waiting(struct cs_gate *gate, const struct cs_gate_file *file);

/* ---- gate_recover.c ---- */

/* cs_gate_recover finds in the journal what was done with the files in held/taken/; false after having said why not. */
bool cs_gate_recover(struct cs_gate *gate);

/* cs_gate_keep_from notes from which record on the journal has to be read next time. */
void cs_gate_keep_from(struct cs_gate *gate);

/* ---- gate_request.c: what persons ask for ---- */

struct cs_gate_request {
	bool release;                   /* else reject */
	char file[CS_GATE_TAKEN_BYTES]; /* name in held/ */
	char sha256[CS_GATE_SHA_BYTES]; /* of what the person saw */
	char by[CS_GATE_BY_BYTES];      /* this and the next are UTF-8 */
	char reason[CS_GATE_REASON_BYTES];
};

/* cs_gate_request_put writes REQUEST as the file that is left for the gate; false: it is too long. */
bool cs_gate_request_put(const struct cs_gate_request *request, struct cs_text *text);

/* cs_gate_request_read reads such a file; false: it is none. */
bool cs_gate_request_read(struct cs_span bytes, struct cs_gate_request *out);

/* ---- gate_approve.c ---- */

/* cs_gate_requests takes what persons asked for since. */
void cs_gate_requests(struct cs_gate *gate);

/* cs_gate_forget_words forgets what persons said of a held file of this name. */
void cs_gate_forget_words(const struct cs_gate *gate, const char *file);

/* ---- gate_ask.c ---- */

/* cs_gate_ask is `gate release` and `gate reject`: one person's word for one held file. An enum cs_exit. */
int cs_gate_ask(bool release, int argc, char **argv);

/* ---- gate_sources.c ---- */

/* cs_gate_has_folders looks for the folders of messages, before anything is made; false after having said which is not there. */
bool cs_gate_has_folders(const struct cs_gate *gate);

/* cs_gate_open_sources finds the record of each folder; an enum cs_exit after having said what is wrong. cs_gate_keeps_sources says
 * whether policy FRESH, whose links are ready, reads the same records as now and asks for messages. */
int cs_gate_open_sources(struct cs_gate *gate);
bool cs_gate_keeps_sources(struct cs_gate *gate, const struct cs_setup *fresh);

/* ---- gate_reload.c ---- */

/* cs_gate_new_setup reads the policy; NULL after having said what is wrong. cs_gate_free_setup takes NULL. */
struct cs_setup *cs_gate_new_setup(const struct cs_gate *gate);
void cs_gate_free_setup(struct cs_setup *setup);

/* cs_gate_reload looks at the policy that is in the file now; cs_gate_poll_coming takes it once nothing stands in its way.
 * cs_gate_leave_coming gives up one that was not taken yet. */
void cs_gate_reload(struct cs_gate *gate);
void cs_gate_poll_coming(struct cs_gate *gate);
void cs_gate_leave_coming(struct cs_gate *gate);

/* ---- gate_open.c ---- */

/* cs_gate_complain_folder says what is wrong with a folder; false. */
bool cs_gate_complain_folder(const char *path, enum cs_error error);

/* cs_gate_open makes everything ready; an enum cs_exit after having said what is wrong. */
int cs_gate_open(struct cs_gate *gate);

/* cs_gate_close ends everything; an enum cs_exit. */
int cs_gate_close(struct cs_gate *gate);

/* cs_gate_flush makes what was put down durable; false when the journal has failed, which was said. */
bool cs_gate_flush(struct cs_gate *gate);

#endif

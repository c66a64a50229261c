/*
 * The sentry: holds names in rows against the roster in force, as the policy says (`screen`). A row is searched before it is told; what
 * is found is told before it, so that no journal holds a row without what its names came to.
 *
 * Searching allocates nothing. A fault is never an answer: a list that is missing or too old, or a cell that could not be searched whole,
 * is told with the verdict that the policy gives to it (`without`).
 */
#ifndef CS_ENGINE_SENTRY_H
#define CS_ENGINE_SENTRY_H

#include "decode/iso8583.h"
#include "decode/row.h"
#include "detect/detect.h"
#include "engine/renewal.h"

/* Behind what was found when a row was held against lists once more, before it left. */
#define CS_SENTRY_LATE_WORDS "; not told of so when it was taken: lists, decisions or the policy changed since"

enum {
	CS_SENTRY_TOLD_MAX = 8,    /* entries told of one row and screen, the best first; the others are counted */
	CS_SENTRY_PARTS_MAX = 128, /* of one row and screen; where there are more it is not searched whole */
	CS_SENTRY_OPEN_MAX = 64,
	CS_SENTRY_SEALED_MAX = 1 << 17,
};

/* Of each screen. */
struct cs_sentry_counts {
	uint64_t row_n, part_n; /* looked at; fields of them with something in them */
	uint64_t hit_n;         /* rows with an entry that is told */
	uint64_t decided_n;     /* times an entry was left out of a field, since somebody decided so */
	uint64_t short_n;       /* rows that could not be searched whole */
	uint64_t unread_n;      /* rows it could have looked at that could not be read */
};

struct cs_sentry;

/* What one screen held against lists of one row: it gives the same findings whenever it is held against the same lists again. */
struct cs_sentry_named {
	uint8_t screen; /* number in the policy */
	uint16_t link;
	uint64_t message_hash; /* of the row, whose event follows */
	uint64_t time_ns;      /* of the findings */
	uint64_t now_ns;       /* by which lists are old; 0: they never are */
	bool late;             /* it was held against lists before, and is once more before it leaves */
	uint16_t known; /* ... and of its findings, in their order, these were told then: a bit each; not again */
	uint32_t missing, stale; /* bit per watch list of the policy that could not be searched, or was too old */
	bool cut;                /* there is more in the row than this */
	unsigned part_n;
	struct cs_sentry_part {
		uint8_t cell; /* number in the screen */
		uint8_t what; /* enum cs_row_part_what */
		struct cs_span text;
		size_t at;   /* in the cell; not kept */
		bool latin1; /* it was made UTF-8 of ISO 8859-1; not kept */
	} part[CS_SENTRY_PARTS_MAX];
};

/* Who writes down what was searched and against what; functions may be NULL. */
struct cs_sentry_scribe {
	void (*roster)(void *context, const struct cs_roster *roster, uint64_t now_ns);
	void (*named)(void *context, const struct cs_sentry_named *named); /* before anything is told of it */
	void *context;
};

/* Who looks on, for a backtest. */
struct cs_sentry_look {
	unsigned screen; /* number in the policy */
	const struct cs_event *event;
	uint16_t best; /* score of its names; 1000: an identifier; 0: nothing that is told */
	bool whole;    /* all of it was searched */
};

struct cs_sentry_observer {
	void (*looked)(void *context, const struct cs_sentry_look *look); /* NULL: nobody */
	void *context;
	uint16_t lower; /* scores are told from so far below a screen's line on */
};

struct cs_sentry_wish {
	const struct cs_policy *policy;   /* outlives it */
	struct cs_renewal *renewal;       /* outlives it; NULL: for cs_sentry_again alone */
	const struct cs_lexicon *lexicon; /* that rosters are made with, where there is no renewal */
	bool live;                        /* lists grow old by the clock; else they never do */
	struct cs_sentry_scribe scribe;
	struct cs_sentry_observer observer;
};

/* cs_sentry_new makes one for a policy with screens; CS_E_MEMORY. Free it before its renewal. */
CS_MUST_USE enum cs_error cs_sentry_new(const struct cs_sentry_wish *wish, struct cs_sentry **out);
void cs_sentry_free(struct cs_sentry *sentry);

/* cs_sentry_declare lets it take rosters of the declaration that its renewal was turned to last, of the same policy. */
void cs_sentry_declare(struct cs_sentry *sentry);

/* cs_sentry_poll takes a newer roster, if there is one, and tells what is wrong with its lists: at once, and then once a day. Between two
 * rows; cheap. */
void cs_sentry_poll(struct cs_sentry *sentry, uint64_t now_ns, const struct cs_detect_sink *sink);

/* cs_sentry_row looks at the row that ROWS read last, which is EVENT, and tells what is found, decided at TIME_NS. */
void cs_sentry_row(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_rows *rows, uint64_t time_ns,
		   const struct cs_detect_sink *sink);

/* A row that was held against lists before, and leaves only now. */
struct cs_sentry_late {
	uint64_t time_ns;
	bool (*was_told)(void *context, const struct cs_finding *finding); /* of this row, then */
	void *context;
};

/* cs_sentry_row_late looks at such a row once more, and tells what was not told then. */
void cs_sentry_row_late(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_rows *rows,
			const struct cs_sentry_late *late, const struct cs_detect_sink *sink);

/* cs_sentry_stamp gives a number that is another when what a row is held against is: versions of lists, which are missing or too old, what
 * people decided and which of that has ended, the policy. Never 0, below 2^53; the same in another process. */
uint64_t cs_sentry_stamp(const struct cs_sentry *sentry);

/* cs_sentry_message looks at the message ISO, which is EVENT, in the same way. cs_sentry_looks_at says whether a screen looks at messages
 * of LINK at all. */
void cs_sentry_message(struct cs_sentry *sentry, const struct cs_event *event, const struct cs_iso *iso,
		       uint64_t time_ns, const struct cs_detect_sink *sink);
bool cs_sentry_looks_at(const struct cs_sentry *sentry, unsigned link);

/* cs_sentry_unread tells, of each screen that looks at LINK, that N rows between two times (of neighbours; 0 and UINT64_MAX: there is
 * none) could not be read, and so were not held against lists: whatever its conditions are, they may have met them. */
struct cs_sentry_lost {
	uint64_t from_ns, to_ns, n;
	uint64_t all_n; /* ... until now; it tells one such finding from another */
};
void cs_sentry_unread(struct cs_sentry *sentry, unsigned link, const struct cs_sentry_lost *lost, uint64_t time_ns,
		      const struct cs_detect_sink *sink);

/* cs_sentry_again tells what NAMED comes to against ROSTER, both of before; its event is one of which only the hash is known. */
void cs_sentry_again(struct cs_sentry *sentry, const struct cs_sentry_named *named, struct cs_roster *roster,
		     const struct cs_detect_sink *sink);

/* cs_sentry_named_put writes NAMED as the record `named` of a journal has it, into OPEN (CS_SENTRY_OPEN_MAX) and SEALED
 * (CS_SENTRY_SEALED_MAX; of cells beyond that none is kept, and `whole` is false there), and gives both lengths. cs_sentry_named_read
 * reads it back; its cells are lent by the record. False: it is none. */
struct cs_sentry_len {
	size_t open, sealed;
};
struct cs_sentry_len cs_sentry_named_put(const struct cs_sentry_named *named, uint8_t *open, uint8_t *sealed);
bool cs_sentry_named_read(struct cs_span open, struct cs_span sealed, struct cs_sentry_named *out, bool *whole);

/* cs_sentry_counts_of tells of screen NTH of the policy; cs_sentry_roster lends what is searched now. */
const struct cs_sentry_counts *cs_sentry_counts_of(const struct cs_sentry *sentry, unsigned nth);
const struct cs_roster *cs_sentry_roster(const struct cs_sentry *sentry);

#endif

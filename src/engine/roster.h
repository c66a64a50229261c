/*
 * The roster: what names are held against at one time. All watch lists of a policy as one roll, where each came from, and the decisions
 * that people made. Made by one thread, then read by another; it never changes, and another version is another roster.
 */
#ifndef CS_ENGINE_ROSTER_H
#define CS_ENGINE_ROSTER_H

#include "engine/list_files.h"
#include "policy/behave.h"
#include "policy/screen.h"
#include "screen/decision.h"
#include "screen/sift.h"

enum { CS_ROSTER_WHY_BYTES = 160, CS_ROSTER_RECORD_MAX = 1 << 15 };

/* What happened to a list at the last look. */
enum cs_roster_what {
	CS_ROSTER_TAKEN,      /* another version came into force */
	CS_ROSTER_SAME,       /* it is what it was */
	CS_ROSTER_SHRUNK,     /* it lost more entries than it may: the version before stays */
	CS_ROSTER_UNREADABLE, /* it cannot be read to its end: the version before stays */
	CS_ROSTER_MISSING,    /* ... and there is none before: it is not searched */
	CS_ROSTER_WHATS,
};

struct cs_roster_list {
	char name[CS_WATCHED_NAME_MAX + 1];
	uint8_t what; /* enum cs_roster_what */
	bool there;   /* it is searched; what follows says which version */
	struct cs_digest version;
	char date[CS_WATCH_LIST_DATE_MAX];
	uint64_t changed_ns; /* when its oldest file was changed last */
	uint64_t dated_s;    /* the beginning of its own date; 0: it says none */
	uint64_t entry_n, bad_n;
	uint64_t stale_ns;
	unsigned file_n;
	struct cs_digest file[CS_WATCH_LIST_FILES_MAX];
	char why[CS_ROSTER_WHY_BYTES]; /* in words, when it is not as it should be */
};

/* What people decided, of one screen. */
struct cs_roster_decided {
	bool wanted, there; /* a file is named; it could be read, and holds together */
	struct cs_digest digest;
	struct cs_decisions *decisions;
	char why[CS_ROSTER_WHY_BYTES];
};

struct cs_roster {
	uint64_t number;   /* rises */
	uint64_t declared; /* which policy it was made for (cs_renewal_asked) */
	unsigned n;
	struct cs_roster_list list[CS_LISTS_MAX];
	unsigned screen_n;
	struct cs_roster_decided decided[CS_SCREENS_MAX];
	struct cs_roll *roll; /* NULL: no list is there */
	struct cs_sift *sift;
};

/* cs_roster_age_ns tells how old a list is: since its oldest file was changed, or since its own date if that is longer ago. */
uint64_t cs_roster_age_ns(const struct cs_roster_list *list, uint64_t now_ns);

/* cs_roster_is_stale says whether a list that is there is older than it may be. */
bool cs_roster_is_stale(const struct cs_roster_list *list, uint64_t now_ns);

/* cs_roster_what_name gives the word for what happened; static. */
const char *cs_roster_what_name(enum cs_roster_what what);

/* cs_roster_put writes ROSTER as the record `watched` of a journal has it (CS_ROSTER_RECORD_MAX hold any) and gives the place behind it. */
uint8_t *cs_roster_put(const struct cs_roster *roster, uint64_t now_ns, uint8_t *at);

/* cs_roster_read reads such a record: all but roll, sift and decisions, which are NULL. False when it is none. */
bool cs_roster_read(struct cs_span open, struct cs_roster *out, uint64_t *now_ns);

#endif

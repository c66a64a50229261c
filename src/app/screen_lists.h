/*
 * The lists that `countersign screen` is told to search: read from files, made into a roll.
 */
#ifndef CS_APP_SCREEN_LISTS_H
#define CS_APP_SCREEN_LISTS_H

#include "base/json.h"
#include "policy/watched.h"
#include "screen/roll.h"
#include "screen/watch_list.h"

enum { CS_SCREEN_LIST_NAME_MAX = 64, CS_SCREEN_LIST_WHY_MAX = 1024 };

/* Which lists are to be read: as on the command line, or those of a policy. */
struct cs_screen_told {
	const char *const *text; /* [NAME=]FILE[,FILE...][:FORMAT[:MAPPING]] */
	unsigned n;
	const struct cs_policy *policy; /* not NULL: its watch lists, and TEXT is NULL */
	uint64_t now_s;                 /* by which they are stale */
};

/* A list of a policy that is wrong does not end the run, and is told in each answer. */
enum cs_screen_list_state { CS_SCREEN_LIST_READ, CS_SCREEN_LIST_STALE, CS_SCREEN_LIST_MISSING };

/* A list as it was read. */
struct cs_screen_list {
	char name[CS_SCREEN_LIST_NAME_MAX];
	struct cs_digest version;
	char date[CS_WATCH_LIST_DATE_MAX]; /* its own; "": it says none */
	uint64_t changed_ns;               /* when the older of its files was changed last */
	uint64_t dated_s;                  /* the beginning of its own date; 0: it says none that can be read */
	uint64_t entry_n, bad_n;
	uint8_t state;                    /* enum cs_screen_list_state; MISSING: it was not searched */
	bool faults_told;                 /* its wrong rows were */
	char why[CS_SCREEN_LIST_WHY_MAX]; /* of MISSING, STALE */
};

struct cs_screen_lists {
	struct cs_lexicon *lexicon;
	struct cs_roll *roll;
	unsigned n, stale_n, missing_n;
	struct cs_screen_list list[CS_ROLL_LISTS_MAX];
};

/* What changed from one reading of the lists to another. */
struct cs_screen_change {
	struct cs_roll *roll; /* of the entries that are new or say something else now */
	uint64_t new_n, changed_n, gone_n;
};

/* cs_screen_lists_open reads them; an enum cs_exit, after having said what is wrong. Of a policy's lists one that cannot be read is said,
 * and left out: the others are searched, if there are any. Free with cs_screen_lists_close either way. */
int cs_screen_lists_open(const struct cs_screen_told *told, struct cs_screen_lists *out);

/* cs_screen_lists_exit is the exit status of a search that went well: not that of success when a list was missing or stale. */
int cs_screen_lists_exit(const struct cs_screen_lists *lists);

/* cs_screen_list_age_s is how old a list is: since its oldest file was changed, or since its own date if that is longer ago. */
uint64_t cs_screen_list_age_s(const struct cs_screen_list *list, uint64_t now_s);

/* cs_screen_list_ahead_s is by how much a file of a list was changed, or the list dates itself, after now: 0 where that is no minute. */
uint64_t cs_screen_list_ahead_s(const struct cs_screen_list *list, uint64_t now_s);

/* cs_screen_lists_wrong_json writes the members "not_searched" and "stale", names of lists, each if there are any. */
void cs_screen_lists_wrong_json(const struct cs_screen_lists *lists, struct cs_json *json);

/* cs_screen_lists_read_from says in OUT whether PATH is a file that one of the lists told is read from. An enum cs_exit, after having said what is
 * wrong. */
int cs_screen_lists_read_from(const struct cs_screen_told *told, const char *path, bool *out);

/* cs_screen_lists_close frees them. */
void cs_screen_lists_close(struct cs_screen_lists *lists);

/* cs_screen_lists_change reads the lists told once more, and keeps those entries that OLD has not or has otherwise: lists are the same
 * by their place. LISTS must outlive the roll that comes out. An enum cs_exit. */
int cs_screen_lists_change(const struct cs_screen_told *told, const struct cs_screen_lists *lists,
			   const struct cs_screen_lists *old, struct cs_screen_change *out);

#endif

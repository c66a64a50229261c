/*
 * The lists that `countersign screen` is told to search: read from files, made into a roll.
 */
#ifndef CS_APP_SCREEN_LISTS_H
#define CS_APP_SCREEN_LISTS_H

#include "base/text.h"
#include "screen/roll.h"
#include "screen/watch_list.h"

enum { CS_SCREEN_LIST_NAME_MAX = 64 };

/* A list as it was read. */
struct cs_screen_list {
	char name[CS_SCREEN_LIST_NAME_MAX];
	struct cs_digest version;
	char date[CS_WATCH_LIST_DATE_MAX]; /* its own; "": it says none */
	uint64_t changed_ns;               /* when the older of its files was changed last */
	uint64_t entry_n, bad_n;
};

struct cs_screen_lists {
	struct cs_lexicon *lexicon;
	struct cs_roll *roll;
	unsigned n;
	struct cs_screen_list list[CS_ROLL_LISTS_MAX];
};

/* What changed from one reading of the lists to another. */
struct cs_screen_change {
	struct cs_roll *roll; /* of the entries that are new or say something else now */
	uint64_t new_n, changed_n, gone_n;
};

/* cs_screen_lists_open reads lists told as [NAME=]FILE[,FILE...][:FORMAT[:MAPPING]]; an enum cs_exit, after having said what is
 * wrong. Free with cs_screen_lists_close either way. */
int cs_screen_lists_open(const char *const *told, unsigned n, struct cs_screen_lists *out);

/* cs_screen_lists_close frees them. */
void cs_screen_lists_close(struct cs_screen_lists *lists);

/* cs_screen_lists_change reads the lists told once more, and keeps those entries that OLD has not or has otherwise: lists are the same
 * by their place. LISTS must outlive the roll that comes out. An enum cs_exit. */
int cs_screen_lists_change(const char *const *told, const struct cs_screen_lists *lists,
			   const struct cs_screen_lists *old, struct cs_screen_change *out);

#endif

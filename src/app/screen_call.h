/*
 * What `countersign screen` was asked for, beyond comparing and measuring.
 */
#ifndef CS_APP_SCREEN_CALL_H
#define CS_APP_SCREEN_CALL_H

#include "app/screen_look.h"
#include "screen/born.h"

enum { CS_SCREEN_THREADS_MAX = 64 };

struct cs_screen_call {
	const char *name, *policy_path;
	const struct cs_policy *policy; /* of which the watch lists are searched, or NULL: those of `against` */
	const char *against[CS_ROLL_LISTS_MAX], *old[CS_ROLL_LISTS_MAX];
	unsigned against_n, old_n, thread_n;
	enum cs_name_kind kind;
	struct cs_score_facts facts;
	uint16_t line;
	bool exhaustive, json, decided, resume, quiet;
	enum cs_born_order dates; /* of customers */
	uint64_t at_s, until_s;
	const char *decisions, *by, *reason, *decide, *revoke;
	const char *file, *columns, *out, *report;
	const char *journal, *journal_key;
};

/* cs_screen_call_lists says which lists are searched. */
struct cs_screen_told cs_screen_call_lists(const struct cs_screen_call *call);

/* cs_screen_decisions_open reads the file of decisions, if one is told; an enum cs_exit after having said what is wrong. A file that is
 * broken holds no decision: that is said, and the search goes on; cs_decisions_broken tells. */
int cs_screen_decisions_open(const char *path, struct cs_decisions **out);

/* The works, each an enum cs_exit after having said what is wrong: a name is looked up; a decision is written; one is taken back;
 * decisions are listed; a base of customers is screened. */
int cs_screen_single(const struct cs_screen_call *call);
int cs_screen_decide(const struct cs_screen_call *call);
int cs_screen_revoke(const struct cs_screen_call *call);
int cs_screen_decided(const struct cs_screen_call *call);
int cs_screen_base(const struct cs_screen_call *call);

/* cs_screen_clash looks whether an output of screening a base is a file that it reads, or both outputs are one; CS_EXIT_USAGE then, having
 * said so. Nothing is written. */
int cs_screen_clash(const struct cs_screen_call *call);

/* cs_screen_report writes what JSON lines in the file LINES tell, for people, to the open FILE, emptied before: HTML when PATH, its name, ends so,
 * else text. */
int cs_screen_report(const char *lines, const char *path, int file);

#endif

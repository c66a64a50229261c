/*
 * What the files of the tree share: stems, branches, and the events under them.
 */
#ifndef CS_APP_TREE_PARTS_H
#define CS_APP_TREE_PARTS_H

#include "app/tree.h"

enum {
	CS_TREE_STEMS_MAX = CS_BECAUSE_MAX,
	CS_TREE_BRANCHES_MAX = 96,
	CS_TREE_LINES_KEPT = 50, /* newest events of a branch */
	CS_TREE_LINE_BYTES = 256,
	CS_TREE_LOADS_MAX = 2 * CS_EXPR_STEPS_MAX,
	CS_TREE_HEAD_BYTES = 16384,
};

/* One aggregate, at the key and the time of the alert's event. */
struct cs_tree_branch {
	bool limits;
	unsigned number; /* in its program */
	const struct cs_profile_clause *profile;
	const struct cs_aggregate *aggregate;
	struct cs_behave_part part;
	uint64_t after_ns; /* 0: since there is one */
	uint64_t until_ns;
	uint64_t n;
	char line[CS_TREE_LINES_KEPT][CS_TREE_LINE_BYTES];
};

/* A rule, or a limit: what holds, and where. */
struct cs_tree_stem {
	const char *sort;
	const char *name;
	const char *title;
	bool limits;
	unsigned logic_n;
	const struct cs_logic *logic[2];
	struct cs_why why[2];
};

struct cs_tree {
	struct cs_alert_names names;
	uint8_t id[CS_ALERT_ID_BYTES];
	struct cs_behave *behave;
	bool found;
	bool over; /* the second pass has come to the alert's event */
	uint64_t time_ns;
	uint64_t message_hash;
	uint16_t link;
	unsigned stem_n;
	unsigned branch_n;
	struct cs_tree_stem stem[CS_TREE_STEMS_MAX];
	struct cs_tree_branch branch[CS_TREE_BRANCHES_MAX];
	char head[CS_TREE_HEAD_BYTES];
	char screen[CS_TREE_LINE_BYTES]; /* which found it; "": none did */
	enum cs_reason reason;
	char detail[CS_DETAIL_BYTES];
};

/* cs_tree_put_screen writes what a screen's alert is asked further with. */
void cs_tree_put_screen(struct cs_text *text, const struct cs_tree *tree);

/* cs_tree_loads gives the operands of TEST, and how many. */
unsigned cs_tree_loads(const struct cs_test *test, uint16_t loads[CS_TREE_LOADS_MAX]);

/* cs_tree_program lends the program of the limits, or of the rest. */
static inline const struct cs_program *
cs_tree_program(const struct cs_tree *tree, bool limits)
{
	const struct cs_behave_policy *policy = tree->names.policy->behave;
	return limits ? &policy->limit_program : &policy->program;
}

#endif

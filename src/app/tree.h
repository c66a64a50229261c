/*
 * Why an alert was told, as a tree: its conditions with their values, and under each the events that were counted.
 *
 * The same input is told twice. In the first pass the alert is found, with what its conditions asked for; in the second
 * the events of these keys in these windows are gathered, up to the alert's own.
 */
#ifndef CS_APP_TREE_H
#define CS_APP_TREE_H

#include "detect/behave.h"
#include "engine/alert.h"

enum { CS_TREE_TEXT_BYTES = 4 << 20 };

struct cs_tree;

/* cs_tree_new looks for the alert ID; NULL without memory. */
struct cs_tree *cs_tree_new(const struct cs_alert_names *names, const uint8_t id[CS_ALERT_ID_BYTES]);
void cs_tree_free(struct cs_tree *tree);

/* cs_tree_work names what looks at behaviour in the pass to come (NULL: nothing does), which outlives that. */
void cs_tree_work(struct cs_tree *tree, struct cs_behave *behave);

/* cs_tree_finding sees the findings of the first pass: a cs_detect_sink with the tree as its context. */
void cs_tree_finding(void *context, const struct cs_finding *finding);

/* cs_tree_found says whether the alert was among them, cs_tree_asks whether a second pass would add anything. */
bool cs_tree_found(const struct cs_tree *tree);
bool cs_tree_asks(const struct cs_tree *tree);

/* cs_tree_decision sees the decisions of the second pass: a cs_behave_observer with the tree as its context. */
void cs_tree_decision(void *context, const struct cs_decision *decision);

/* cs_tree_put writes it. */
void cs_tree_put(struct cs_text *text, const struct cs_tree *tree);

#endif

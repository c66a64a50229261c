/*
 * Conditions on one event, as compiled from `where ...`: total, no loops, no side effects, three values.
 *
 * A missing field makes a comparison UNKNOWN; UNKNOWN counts as false where a decision is due, and is
 * reported by the caller. Cost: one step a node, at most CS_CONDITION_NODES_MAX.
 */
#ifndef CS_POLICY_CONDITION_H
#define CS_POLICY_CONDITION_H

#include "policy/policy.h"

enum { CS_CONDITION_NODES_MAX = 64 };
enum cs_truth { CS_FALSE, CS_TRUE, CS_UNKNOWN };

/* cs_condition_holds evaluates; a NULL condition is CS_TRUE. */
enum cs_truth cs_condition_holds(const struct cs_condition *condition, const struct cs_event *event);

/* cs_condition_cost gives the number of steps of the longest evaluation. */
unsigned cs_condition_cost(const struct cs_condition *condition);

/* cs_condition_own gives the fields that stand for names of records' own, a bit per enum cs_field; 0 for NULL. */
uint64_t cs_condition_own(const struct cs_condition *condition);

/* cs_condition_text gives the condition as it was written, on one line and without remarks; "" for NULL. */
const char *cs_condition_text(const struct cs_condition *condition);

/* cs_selector_takes says whether EVENT is one the selector means (link, kind, condition true). */
bool cs_selector_takes(const struct cs_selector *selector, const struct cs_event *event);

#endif

/*
 * The tree of one alert. A stem is a rule or a limit with its conditions; a branch is one aggregate that they look at,
 * with the newest of the events it counted.
 *
 * Invariant: stems and branches are complete after the first pass; the second only adds events, all of them told before
 * the alert's own, which is the last. Writing is in tree_put.c.
 */
#include "app/tree_parts.h"

#include <stdlib.h>

struct cs_tree *
cs_tree_new(const struct cs_alert_names *names, const uint8_t id[CS_ALERT_ID_BYTES])
{
	struct cs_tree *tree = calloc(1, sizeof *tree);
	if (!tree)
		return NULL;
	tree->names = *names;
	memcpy(tree->id, id, sizeof tree->id);
	return tree;
}

void
cs_tree_free(struct cs_tree *tree)
{
	free(tree);
}

void
cs_tree_work(struct cs_tree *tree, struct cs_behave *behave)
{
	tree->behave = behave;
}

bool
cs_tree_found(const struct cs_tree *tree)
{
	return tree->found;
}

bool
cs_tree_asks(const struct cs_tree *tree)
{
	return tree->branch_n > 0;
}

/* --- branches --- */

static const struct cs_profile_clause *
profile_of(const struct cs_behave_policy *policy, bool limits, unsigned number)
{
	const struct cs_profile_clause *profile = limits ? policy->limit_profile : policy->profile;
	while (number >= profile->first + profile->aggregate_n)
		profile++;
	return profile;
}

static void
add_branch(struct cs_tree *tree, bool limits, unsigned number)
{
	const struct cs_behave_policy *policy = tree->names.policy->behave;
	for (unsigned i = 0; i < tree->branch_n; i++)
		if (tree->branch[i].limits == limits && tree->branch[i].number == number)
			return;
	if (tree->branch_n == CS_TREE_BRANCHES_MAX)
		return;
	struct cs_tree_branch *branch = &tree->branch[tree->branch_n++];
	branch->limits = limits;
	branch->number = number;
	branch->profile = profile_of(policy, limits, number);
	branch->aggregate = &branch->profile->aggregate[number - branch->profile->first];
	branch->part = cs_behave_part_of(tree->behave, limits, number);
	const struct cs_aggregate *aggregate = branch->aggregate;
	uint64_t reach_ns = aggregate->window_ns + aggregate->delay_ns;
	branch->until_ns = tree->time_ns - aggregate->delay_ns;
	branch->after_ns = aggregate->window_ns && tree->time_ns > reach_ns ? tree->time_ns - reach_ns : 0;
}

static void
add_load(struct cs_tree *tree, const struct cs_program *program, bool limits, unsigned nth)
{
	const struct cs_load *load = &program->load[nth];
	if (load->kind == CS_LOAD_AGGREGATE || load->kind == CS_LOAD_AGE || load->kind == CS_LOAD_SPOT_LAST)
		add_branch(tree, limits, load->a);
	if (load->kind != CS_LOAD_DISTANCE)
		return;
	for (unsigned i = 0; i < 2; i++) {
		const struct cs_load *place = &program->load[i ? load->b : load->a];
		if (place->kind == CS_LOAD_SPOT_LAST)
			add_branch(tree, limits, place->a);
	}
}

unsigned
cs_tree_loads(const struct cs_test *test, uint16_t loads[CS_TREE_LOADS_MAX])
{
	unsigned n = 0;
	if (test->kind != CS_TEST_COMPARE) {
		loads[n++] = test->load;
		if (test->kind == CS_TEST_SAME)
			loads[n++] = test->other;
		return n;
	}
	for (unsigned side = 0; side < 2; side++) {
		const struct cs_expr *expr = side ? &test->right : &test->left;
		for (unsigned i = 0; i < expr->n; i++)
			if (expr->step[i].op == CS_EXPR_LOAD)
				loads[n++] = expr->step[i].load;
	}
	return n;
}

/* --- stems --- */

static void
add_logic(struct cs_tree *tree, struct cs_tree_stem *stem, const struct cs_logic *logic)
{
	const struct cs_program *program = cs_tree_program(tree, stem->limits);
	uint16_t loads[CS_TREE_LOADS_MAX];
	if (!logic)
		return;
	cs_behave_why(tree->behave, stem->limits, logic, &stem->why[stem->logic_n]);
	stem->logic[stem->logic_n++] = logic;
	for (unsigned i = 0; i < logic->n; i++) {
		if (logic->step[i] >= CS_LOGIC_AND)
			continue;
		unsigned n = cs_tree_loads(&program->test[logic->step[i]], loads);
		for (unsigned k = 0; k < n; k++)
			add_load(tree, program, stem->limits, loads[k]);
	}
}

static struct cs_tree_stem *
add_stem(struct cs_tree *tree, const char *sort, const char *name, const char *title)
{
	if (tree->stem_n == CS_TREE_STEMS_MAX)
		return NULL;
	struct cs_tree_stem *stem = &tree->stem[tree->stem_n++];
	*stem = (struct cs_tree_stem){.sort = sort, .name = name, .title = title};
	return stem;
}

static void
add_rule(struct cs_tree *tree, const struct cs_rule_clause *rule)
{
	struct cs_tree_stem *stem = add_stem(tree, "rule", rule->name, rule->title);
	if (stem)
		add_logic(tree, stem, rule->when);
}

/* Limits of one block have one name: the one that was passed is known by its conditions. */
static bool
is_meant(const struct cs_tree *tree, const struct cs_limit_clause *limit, const struct cs_why *why)
{
	const struct cs_program *program = cs_tree_program(tree, true);
	unsigned n = 0;
	for (unsigned i = 0; i < limit->holds->n; i++) {
		if (limit->holds->step[i] >= CS_LOGIC_AND)
			continue;
		if (n < why->n && strcmp(program->test[limit->holds->step[i]].words, why->at[n].words) != 0)
			return false;
		n++;
	}
	return n >= why->n;
}

static void
add_limits(struct cs_tree *tree, const char *name, const struct cs_why *why)
{
	const struct cs_behave_policy *policy = tree->names.policy->behave;
	for (unsigned i = 0; i < policy->limit_n; i++) {
		const struct cs_limit_clause *limit = &policy->limit[i];
		if (strcmp(limit->name, name) != 0 || !is_meant(tree, limit, why))
			continue;
		struct cs_tree_stem *stem = add_stem(tree, "limit", limit->name, limit->title);
		if (!stem)
			return;
		stem->limits = true;
		add_logic(tree, stem, limit->holds);
		add_logic(tree, stem, limit->where);
		return;
	}
}

/* A score is made of rules, named by its conditions. */
static void
add_rules(struct cs_tree *tree, const char *name, const struct cs_why *why)
{
	const struct cs_behave_policy *policy = tree->names.policy->behave;
	for (unsigned i = 0; i < policy->rule_n; i++) {
		const struct cs_rule_clause *rule = &policy->rule[i];
		bool meant = name && strcmp(rule->name, name) == 0;
		for (unsigned k = 0; !name && k < why->n; k++)
			meant = meant || strcmp(rule->name, why->at[k].words) == 0;
		if (meant)
			add_rule(tree, rule);
	}
}

static void
grow(struct cs_tree *tree, const struct cs_finding *finding)
{
	static const char rule[] = "rule.", limit[] = "limit.";
	const char *name = finding->expectation;
	if (!finding->why || !tree->behave || !name)
		return;
	if (finding->reason == CS_REASON_SCORE_REACHED)
		add_rules(tree, NULL, finding->why);
	else if (finding->reason == CS_REASON_RULE_FIRED)
		add_rules(tree, name + sizeof rule - 1, finding->why);
	else if (finding->reason == CS_REASON_LIMIT_PASSED)
		add_limits(tree, name + sizeof limit - 1, finding->why);
}

void
cs_tree_finding(void *context, const struct cs_finding *finding)
{
	struct cs_tree *tree = context;
	uint8_t id[CS_ALERT_ID_BYTES];
	if (tree->found)
		return;
	cs_alert_id(&tree->names, finding, id);
	if (memcmp(id, tree->id, sizeof id) != 0)
		return;
	tree->found = true;
	struct cs_text head = cs_text_over(tree->head, sizeof tree->head);
	struct cs_text screen = cs_text_over(tree->screen, sizeof tree->screen);
	cs_alert_put_plain(&head, &tree->names, finding);
	if (finding->reason == CS_REASON_NAME_LISTED || finding->reason == CS_REASON_NAME_UNSEARCHED)
		cs_text_put(&screen, finding->expectation);
	struct cs_text detail = cs_text_over(tree->detail, sizeof tree->detail);
	cs_text_put(&detail, finding->detail);
	tree->reason = finding->reason;
	if (!finding->evidence_n)
		return;
	const struct cs_event *event = finding->evidence[0].event;
	tree->time_ns = event->origin.time_ns;
	tree->message_hash = event->message_hash;
	tree->link = event->link;
	grow(tree, finding);
}

/* --- events --- */

static void
put_event(struct cs_text *line, const struct cs_policy *policy, const struct cs_event *event)
{
	static const enum cs_field fields[] = {CS_FIELD_AMOUNT, CS_FIELD_TERMINAL, CS_FIELD_MERCHANT, CS_FIELD_MCC,
					       CS_FIELD_COUNTRY};
	cs_text_put_time(line, event->origin.time_ns);
	for (unsigned i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (!cs_event_has(event, fields[i]))
			continue;
		cs_text_put(line, "  ");
		cs_text_put(line, cs_policy_field(policy, (enum cs_kind)event->kind, fields[i]));
		cs_text_put_char(line, ' ');
		cs_event_put(line, event, fields[i]);
	}
	enum cs_field id = cs_event_has(event, CS_FIELD_RRN) ? CS_FIELD_RRN : CS_FIELD_STAN;
	if (!cs_event_has(event, id))
		return;
	cs_text_put(line, id == CS_FIELD_RRN ? "  id " : "  stan ");
	cs_event_put(line, event, id);
}

/* Whether BRANCH counts the event at hand; the alert's own is LAST. */
static bool
counts(const struct cs_tree *tree, const struct cs_tree_branch *branch, const struct cs_event *event, bool last)
{
	uint64_t time_ns = event->origin.time_ns;
	if (!branch->part.keyed || time_ns > branch->until_ns || (branch->after_ns && time_ns <= branch->after_ns))
		return false;
	if (last && !branch->aggregate->current)
		return false;
	struct cs_behave_part part = cs_behave_part_of(tree->behave, branch->limits, branch->number);
	return part.taken && memcmp(part.identity, branch->part.identity, sizeof part.identity) == 0;
}

void
cs_tree_decision(void *context, const struct cs_decision *decision)
{
	struct cs_tree *tree = context;
	const struct cs_event *event = decision->event;
	if (tree->over)
		return;
	tree->over = event->message_hash == tree->message_hash && event->origin.time_ns == tree->time_ns &&
		     event->link == tree->link;
	for (unsigned i = 0; i < tree->branch_n; i++) {
		struct cs_tree_branch *branch = &tree->branch[i];
		if (!counts(tree, branch, event, tree->over))
			continue;
		char *at = branch->line[branch->n++ % CS_TREE_LINES_KEPT];
		struct cs_text line = cs_text_over(at, sizeof branch->line[0]);
		put_event(&line, tree->names.policy, event);
	}
}

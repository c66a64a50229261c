/*
 * The tree in lines, deeper ones further in:
 *
 *	rule burst, "many in an hour"
 *	  all of these: yes
 *	    yes  card.n_1h >= 3: 4 against 3, over 1h
 *	         n_1h of card counted 4 events
 *	           2026-03-02T13:18:00.000000000Z  amount 20.00 EUR  terminal T1  id c
 *
 * An and of ands is one, and so is an or of ors.
 */
#include "app/tree_parts.h"

#include "app/describe_parts.h"

enum { NODES_MAX = CS_LOGIC_STEPS_MAX };

struct node {
	uint16_t step; /* of the logic */
	uint8_t left;
	uint8_t right;
	uint8_t because; /* TEST: number among the conditions */
	enum cs_truth truth;
};

struct writer {
	struct cs_text *text;
	const struct cs_tree *tree;
	const struct cs_tree_stem *stem;
	const struct cs_why *why;
	struct node node[NODES_MAX];
};

static const char *const truths[] = {[CS_FALSE] = "no", [CS_TRUE] = "yes", [CS_UNKNOWN] = "unknown"};

static void
indent(struct writer *writer, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		cs_text_put(writer->text, "  ");
}

/* --- from postfix --- */

static enum cs_truth
join(uint16_t op, enum cs_truth a, enum cs_truth b)
{
	enum cs_truth deciding = op == CS_LOGIC_AND ? CS_FALSE : CS_TRUE;
	if (a == deciding || b == deciding)
		return deciding;
	return a == CS_UNKNOWN || b == CS_UNKNOWN ? CS_UNKNOWN : a;
}

static enum cs_truth
truth_of(const struct cs_why *why, unsigned because)
{
	if (because >= why->n || why->at[because].missing)
		return CS_UNKNOWN;
	return why->at[because].held ? CS_TRUE : CS_FALSE;
}

/* Gives the number of the topmost node. */
static unsigned
build(struct writer *writer, const struct cs_logic *logic)
{
	uint8_t stack[NODES_MAX] = {0};
	unsigned depth = 0, because = 0;
	CS_ASSERT(logic->n > 0 && logic->n <= NODES_MAX);
	for (unsigned i = 0; i < logic->n; i++) {
		struct node *node = &writer->node[i];
		*node = (struct node){.step = logic->step[i]};
		if (node->step == CS_LOGIC_NOT) {
			static const enum cs_truth contrary[] = {CS_TRUE, CS_FALSE, CS_UNKNOWN};
			node->left = stack[depth - 1];
			node->truth = contrary[writer->node[node->left].truth];
		} else if (node->step >= CS_LOGIC_AND) {
			depth--;
			node->left = stack[depth - 1];
			node->right = stack[depth];
			node->truth = join(node->step, writer->node[node->left].truth, writer->node[node->right].truth);
		} else {
			node->because = (uint8_t)because;
			node->truth = truth_of(writer->why, because++);
			depth++;
		}
		stack[depth - 1] = (uint8_t)i;
	}
	CS_ASSERT(depth == 1);
	return stack[0];
}

/* --- branches --- */

static void
put_branch(struct writer *writer, const struct cs_tree_branch *branch, unsigned depth)
{
	struct cs_text *text = writer->text;
	const struct cs_behave_policy *policy = writer->tree->names.policy->behave;
	uint64_t shown_n = branch->n < CS_TREE_LINES_KEPT ? branch->n : CS_TREE_LINES_KEPT;
	indent(writer, depth);
	cs_text_put(text, branch->aggregate->name);
	cs_text_put(text, " by ");
	cs_describe_key(text, policy, &branch->profile->by);
	cs_text_put(text, ": ");
	cs_describe_aggregate(text, policy, branch->aggregate);
	cs_text_put(text, branch->part.keyed ? ": " : ": the event has no such key");
	if (branch->part.keyed)
		cs_text_put_u64(text, branch->n);
	if (branch->part.keyed)
		cs_text_put(text, branch->n == 1 ? " event" : " events");
	cs_text_put(text, shown_n < branch->n ? ", the newest:\n" : "\n");
	for (uint64_t i = branch->n - shown_n; i < branch->n; i++) {
		indent(writer, depth + 1);
		cs_text_put(text, branch->line[i % CS_TREE_LINES_KEPT]);
		cs_text_put(text, "\n");
	}
}

/* The answers that load NTH looks up. */
static void
put_answers(struct writer *writer, unsigned nth, unsigned depth)
{
	const struct cs_load *load = &cs_tree_program(writer->tree, writer->stem->limits)->load[nth];
	bool answers = load->kind == CS_LOAD_AGGREGATE || load->kind == CS_LOAD_AGE || load->kind == CS_LOAD_SPOT_LAST;
	for (unsigned i = 0; answers && i < writer->tree->branch_n; i++) {
		const struct cs_tree_branch *branch = &writer->tree->branch[i];
		if (branch->limits == writer->stem->limits && branch->number == load->a)
			put_branch(writer, branch, depth);
	}
}

/* A distance looks up two places, and neither is a distance. */
static void
put_load(struct writer *writer, unsigned nth, unsigned depth)
{
	const struct cs_load *load = &cs_tree_program(writer->tree, writer->stem->limits)->load[nth];
	put_answers(writer, nth, depth);
	if (load->kind != CS_LOAD_DISTANCE)
		return;
	put_answers(writer, load->a, depth);
	put_answers(writer, load->b, depth);
}

/* --- conditions --- */

static void
put_values(struct cs_text *text, const struct cs_because *because)
{
	if (because->missing) {
		cs_text_put(text, ": a value is missing");
		return;
	}
	if (because->value[0]) {
		cs_text_put(text, ": ");
		cs_text_put(text, because->value);
	}
	if (because->threshold[0]) {
		cs_text_put(text, " against ");
		cs_text_put(text, because->threshold);
	}
	if (because->window_ns) {
		cs_text_put(text, ", over ");
		cs_describe_time(text, because->window_ns);
	}
	cs_text_put(text, because->bounded ? " (at most: the key is busy)" : "");
	cs_text_put(text, because->at_least ? " (at least: events were forgotten)" : "");
}

static void
put_test(struct writer *writer, const struct node *node, unsigned depth)
{
	const struct cs_test *test = &cs_tree_program(writer->tree, writer->stem->limits)->test[node->step];
	uint16_t loads[CS_TREE_LOADS_MAX];
	indent(writer, depth);
	cs_text_put(writer->text, truths[node->truth]);
	cs_text_put(writer->text, "  ");
	cs_text_put(writer->text, test->words);
	if (node->because < writer->why->n)
		put_values(writer->text, &writer->why->at[node->because]);
	cs_text_put(writer->text, "\n");
	unsigned n = cs_tree_loads(test, loads);
	for (unsigned i = 0; i < n; i++)
		put_load(writer, loads[i], depth + 2);
}

/* A node still to be written, and where. */
struct due {
	uint16_t within; /* step of the node above */
	uint8_t nth;
	uint8_t depth;
};

/* True when NODE has a line of its own, and is not one with the node above. */
static bool
put_head(struct writer *writer, const struct node *node, const struct due *due)
{
	if (node->step == due->within && due->within != CS_LOGIC_NOT)
		return false;
	indent(writer, due->depth);
	cs_text_put(writer->text, node->step == CS_LOGIC_AND  ? "all of these: "
				  : node->step == CS_LOGIC_OR ? "any of these: "
							      : "not this: ");
	cs_text_put(writer->text, truths[node->truth]);
	cs_text_put(writer->text, "\n");
	return true;
}

/* From the topmost node down, left before right: each node is due once, and there are NODES_MAX. */
static void
put_nodes(struct writer *writer, unsigned top, unsigned depth)
{
	struct due due[NODES_MAX + 1] = {{0, (uint8_t)top, (uint8_t)depth}};
	for (unsigned n = 1; n > 0;) {
		struct due at = due[--n];
		const struct node *node = &writer->node[at.nth];
		if (node->step < CS_LOGIC_AND) {
			put_test(writer, node, at.depth);
			continue;
		}
		uint8_t below = (uint8_t)(at.depth + put_head(writer, node, &at));
		CS_ASSERT(n + 2 <= NODES_MAX + 1);
		if (node->step != CS_LOGIC_NOT)
			due[n++] = (struct due){node->step, node->right, below};
		due[n++] = (struct due){node->step, node->left, below};
	}
}

static void
put_stem(struct cs_text *text, const struct cs_tree *tree, const struct cs_tree_stem *stem)
{
	static const char *const heads[2][2] = {{"when", "when"}, {"must hold", "where"}};
	struct writer writer = {.text = text, .tree = tree, .stem = stem};
	cs_describe_head(text, stem->sort, stem->name, stem->title);
	for (unsigned i = 0; i < stem->logic_n; i++) {
		cs_text_put(text, i ? "  " : "");
		cs_text_put(text, heads[stem->limits][i]);
		cs_text_put(text, "\n");
		writer.why = &stem->why[i];
		put_nodes(&writer, build(&writer, stem->logic[i]), 2);
	}
}

void
cs_tree_put(struct cs_text *text, const struct cs_tree *tree)
{
	cs_text_put(text, tree->head);
	for (unsigned i = 0; i < tree->stem_n; i++)
		put_stem(text, tree, &tree->stem[i]);
	if (tree->screen[0]) {
		cs_tree_put_screen(text, tree);
	} else if (!tree->stem_n) {
		cs_text_put(text, "\nNo condition of a rule or limit led to this: the messages above show it.\n");
	}
}

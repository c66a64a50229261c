/*
 * The block `rule`: what is looked for, what then follows, and whether that is acted on yet.
 */
#include "base/error.h"
#include "policy/sketch.h"

enum { BRAKE_PPM = 10000, SCORE_MAX = 100000 };

static const uint64_t brake_ns = UINT64_C(600000000000);
static const uint64_t brake_most_ns = UINT64_C(86400000000000);
static const struct cs_span nothing = {(const uint8_t *)"", 0};

/* owner "cards" expires 2027-06-30: the last day on which it is in force */
static bool
read_tail(struct cs_reader *reader, struct cs_header *header)
{
	struct cs_lexeme date;
	for (;;) {
		if (cs_reader_accept_word(reader, "owner")) {
			if (!cs_reader_string(reader, "who answers for this rule, between \" and \"", &header->owner))
				return false;
		} else if (cs_reader_accept_word(reader, "expires")) {
			if (!cs_reader_need(reader, CS_LEX_DATE, "the last day it is in force", &date))
				return false;
			header->expires_ns = date.number + UINT64_C(86400000000000);
		} else {
			return true;
		}
	}
}

static void *
open(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (sketch && sketch->rule_n == CS_RULES_MAX)
		return cs_block_full(reader, header,
				     "rule {1} is one too many: a policy has at most 256; leave one out");
	struct cs_sketch_rule *rule = cs_sketch_take(reader, sizeof *rule);
	if (!sketch || !rule)
		return NULL;
	sketch->rule[sketch->rule_n++] = rule;
	rule->made.name = cs_reader_copy(reader, header->name);
	rule->made.title = header->title;
	rule->made.owner = header->owner;
	rule->made.expires_ns = header->expires_ns;
	rule->made.place = header->place;
	rule->made.live = true;
	return rule;
}

static bool
read_of(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_sketch_read_of(reader, &((struct cs_sketch_rule *)block)->of);
}

static bool
read_when(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_sketch_condition(reader, &((struct cs_sketch_rule *)block)->when);
}

/* score 40, score +40, score -20 */
static bool
read_score(struct cs_reader *reader, struct cs_rule_clause *rule)
{
	static const struct cs_number bounds = {"a score", 1, SCORE_MAX};
	struct cs_place place = reader->now.place;
	bool less = cs_reader_accept(reader, CS_LEX_MINUS);
	uint32_t score = 0;
	if (!less)
		(void)cs_reader_accept(reader, CS_LEX_PLUS);
	if (!cs_reader_number(reader, &bounds, &score))
		return false;
	if (rule->score)
		return cs_reader_say(reader, place, "this rule has two scores; leave one out", nothing);
	rule->score = less ? -(int32_t)score : (int32_t)score;
	return true;
}

static bool
read_then(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_rule_clause *rule = &((struct cs_sketch_rule *)block)->made;
	(void)clause;
	do {
		struct cs_place place = reader->now.place;
		if (cs_reader_accept_word(reader, "score")) {
			if (!read_score(reader, rule))
				return false;
			continue;
		}
		if (rule->outcomes)
			return cs_reader_say(reader, place, "this rule has two verdicts; leave one out", nothing);
		if (!cs_reader_outcome(reader, &rule->outcome))
			return false;
		rule->outcomes = true;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

static bool
read_mode(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_rule_clause *rule = &((struct cs_sketch_rule *)block)->made;
	(void)clause;
	rule->live = cs_reader_accept_word(reader, "live");
	return rule->live || cs_reader_accept_word(reader, "shadow") ||
	       cs_reader_expected(reader, "\"shadow\" or \"live\"");
}

static bool
read_reason(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch_rule *rule = block;
	(void)clause;
	rule->reason_place = reader->now.place;
	return cs_reader_string(reader, "a text between \" and \"", &rule->made.reason);
}

static bool
read_brake(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch_rule *rule = block;
	(void)clause;
	rule->brake = true;
	if (cs_reader_accept_word(reader, "none"))
		return true;
	return cs_reader_share(reader, "a share of the events, as in 1%", &rule->made.brake_ppm) &&
	       cs_reader_need_word(reader, "in") && cs_reader_duration(reader, brake_most_ns, &rule->made.brake_ns);
}

static void
close(struct cs_reader *reader, void *block)
{
	struct cs_sketch_rule *rule = block;
	bool blocks = rule->made.outcomes && rule->made.outcome.verdict == CS_VERDICT_BLOCK;
	reader->form = "then block critical  brake 1% in 10min";
	if (rule->brake && rule->made.outcomes && !blocks)
		(void)cs_reader_say(reader, rule->made.place,
				    "rule {1} blocks nothing, and needs no brake; leave it out, or write: {2}",
				    cs_span_text(rule->made.name ? rule->made.name : ""));
	if (rule->brake || !blocks)
		return;
	rule->made.brake_ppm = BRAKE_PPM;
	rule->made.brake_ns = brake_ns;
}

static const struct cs_clause clauses[] = {
	{"of", "of card.response on visa where approved", 0, read_of, 0},
	{"when", "when cash and card.cash_1h >= 5 and amount > 3 * card.mean_30d", CS_CLAUSE_REQUIRED, read_when, 0},
	{"then", "then hold high, score 40", CS_CLAUSE_REQUIRED, read_then, 0},
	{"mode", "mode shadow", 0, read_mode, 0},
	{"reason", "reason \"{card.cash_1h} withdrawals in an hour\"", 0, read_reason, 0},
	{"brake", "brake 1% in 10min", 0, read_brake, 0},
};

const struct cs_block cs_parse_rule = {
	"rule",  "rule burst \"title\" owner \"cards\" expires 2027-06-30 {",
	open,    close,
	clauses, sizeof clauses / sizeof clauses[0],
	NULL,    read_tail,
	NULL,    NULL,
};

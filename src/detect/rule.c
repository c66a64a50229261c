/*
 * Rules, the score, and the verdict about one event.
 *
 * Every rule is asked, live and shadow, in the order of the policy. A shadow rule says what it would say and changes
 * nothing. A hard allow silences rules, score and lists that are not hard; that it did is told.
 */
#include "detect/behave_parts.h"

struct asking {
	struct cs_detect *detect;
	struct cs_view *view;
	bool allowed;  /* by a hard list */
	bool silenced; /* ... and something would have been said */
	int64_t score;
};

static void
begin(struct asking *asking, const struct cs_rule_clause *rule)
{
	struct cs_behave *behave = asking->detect->behave;
	cs_why_begin(behave, rule->title, rule->owner);
	behave->why.shadow = !rule->live;
	behave->why.scored = rule->score != 0;
	behave->why.score = rule->score;
	behave->telling = (struct cs_telling){&behave->rules, rule->when, rule->reason, true};
}

static void
tell_rule(struct asking *asking, const struct cs_rule_clause *rule, const struct cs_outcome *outcome)
{
	struct cs_behave *behave = asking->detect->behave;
	struct cs_finding finding;
	cs_explain_begin(asking->detect, &finding, CS_REASON_RULE_FIRED, outcome);
	finding.expectation = cs_why_name(behave, "rule", rule->name);
	begin(asking, rule);
	cs_why_tell(asking->detect, asking->view, &finding);
}

static void
tell_braked(struct asking *asking, unsigned nth)
{
	static const struct cs_outcome outcome = {CS_VERDICT_ALLOW, CS_SEVERITY_CRITICAL};
	struct cs_behave *behave = asking->detect->behave;
	const struct cs_rule_clause *rule = &behave->policy->rule[nth];
	const struct cs_brake *brake = &behave->brake[nth];
	const struct cs_ratio share = cs_ratio_of(rule->brake_ppm, 10000);
	struct cs_finding finding;
	cs_explain_begin(asking->detect, &finding, CS_REASON_RULE_BRAKED, &outcome);
	finding.link = asking->view->event->link;
	finding.expectation = cs_why_name(behave, "rule", rule->name);
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put_u64(&text, brake->block_n[0] + brake->block_n[1]);
	cs_text_put(&text, " of ");
	cs_text_put_u64(&text, brake->seen_n[0] + brake->seen_n[1]);
	cs_text_put(&text, " would be blocked, more than ");
	cs_ratio_put(&text, &share, rule->brake_ppm % 10000 ? 4 : 0);
	cs_text_put(&text, " %: rule ");
	cs_text_put(&text, rule->name);
	cs_text_put(&text, " holds instead, until it is less than half of that");
	cs_explain_tell(asking->detect, &finding);
}

static void
fire(struct asking *asking, unsigned nth, bool may_block)
{
	struct cs_behave *behave = asking->detect->behave;
	const struct cs_rule_clause *rule = &behave->policy->rule[nth];
	struct cs_decision *decision = &behave->decision;
	struct cs_outcome outcome = rule->outcome;
	decision->fired[nth / 64] |= UINT64_C(1) << nth % 64;
	behave->counts.rule[nth].fired_n++;
	if (rule->live)
		asking->score += rule->score;
	if (!rule->outcomes)
		return;
	if (asking->allowed) {
		asking->silenced = asking->silenced || rule->live;
		return;
	}
	if (!may_block && outcome.verdict == CS_VERDICT_BLOCK) {
		outcome.verdict = CS_VERDICT_HOLD;
		behave->counts.rule[nth].braked_n++;
	}
	if (rule->live && outcome.verdict > decision->verdict)
		decision->verdict = outcome.verdict;
	tell_rule(asking, rule, &outcome);
}

/* Whether a rule that is asked by itself looks at the event; counted. */
static bool
looks(struct cs_behave *behave, unsigned nth)
{
	const struct cs_rule_hot *hot = &behave->hot[nth];
	struct cs_rule_counts *counts = &behave->counts.rule[nth];
	if (hot->asks_more && !cs_feed_takes(&behave->policy->rule[nth].of, behave->event))
		return false;
	bool expired = behave->event->origin.time_ns >= hot->until_ns;
	counts->expired_n += expired;
	counts->asked_n += !expired;
	return !expired;
}

static bool
is_in(const uint64_t *set, unsigned nth)
{
	return set[nth / 64] >> nth % 64 & 1;
}

static void
ask_rule(struct asking *asking, unsigned nth)
{
	struct cs_behave *behave = asking->detect->behave;
	const struct cs_rule_hot *hot = &behave->hot[nth];
	bool may_block = true, tell = false;
	if (is_in(behave->singular, nth) && !looks(behave, nth))
		return;
	enum cs_truth truth = CS_FALSE;
	if (is_in(behave->rules.possible, nth))
		truth = cs_eval_gate(&behave->rules, &hot->gate);
	if (hot->braked)
		may_block = cs_brake_count(behave, nth, truth == CS_TRUE && !asking->allowed, &tell);
	if (tell)
		tell_braked(asking, nth);
	if (truth == CS_TRUE)
		fire(asking, nth, may_block);
	else if (truth == CS_UNKNOWN)
		behave->counts.rule[nth].unknown_n++;
}

/* Most rules are out before they are asked: something failed that they cannot do without. */
static void
ask_rules(struct asking *asking)
{
	struct cs_behave *behave = asking->detect->behave;
	const struct cs_event *event = behave->event;
	const uint64_t *rules = behave->rules_of[event->link][event->kind];
	behave->asked_n[event->link][event->kind]++;
	for (unsigned word = 0; word * 64 < behave->policy->rule_n; word++) {
		uint64_t left = rules[word] & (behave->rules.possible[word] | behave->singular[word]);
		for (; left; left &= left - 1)
			ask_rule(asking, word * 64 + (unsigned)__builtin_ctzll(left));
	}
}

/* --- the score --- */

static bool
score_outcome(const struct cs_behave_policy *policy, int32_t score, struct cs_outcome *outcome)
{
	*outcome = (struct cs_outcome){CS_VERDICT_BLOCK, CS_SEVERITY_CRITICAL};
	if (policy->block_at && score >= policy->block_at)
		return true;
	*outcome = (struct cs_outcome){CS_VERDICT_HOLD, CS_SEVERITY_HIGH};
	return policy->hold_at && score >= policy->hold_at;
}

/* The rules the sum is made of, as its conditions. */
static void
add_scorers(struct cs_behave *behave, struct cs_text *text)
{
	struct cs_why *why = &behave->why;
	for (unsigned i = 0; i < behave->policy->rule_n; i++) {
		const struct cs_rule_clause *rule = &behave->policy->rule[i];
		if (!rule->live || !rule->score || !(behave->decision.fired[i / 64] >> i % 64 & 1))
			continue;
		cs_text_put(text, ", ");
		cs_text_put(text, rule->name);
		cs_text_put(text, rule->score > 0 ? " +" : " ");
		cs_text_put_i64(text, rule->score);
		if (why->n == CS_BECAUSE_MAX)
			continue;
		struct cs_because *because = &why->at[why->n++];
		*because = (struct cs_because){.words = rule->name, .held = true};
		struct cs_text value = cs_text_over(because->value, sizeof because->value);
		cs_text_put(&value, rule->score > 0 ? "+" : "");
		cs_text_put_i64(&value, rule->score);
	}
}

static void
tell_score(struct asking *asking, const struct cs_outcome *outcome)
{
	struct cs_behave *behave = asking->detect->behave;
	bool blocks = outcome->verdict == CS_VERDICT_BLOCK;
	struct cs_finding finding;
	cs_explain_begin(asking->detect, &finding, CS_REASON_SCORE_REACHED, outcome);
	finding.expectation = "score";
	cs_why_begin(behave, "", "");
	behave->why.scored = true;
	behave->why.score = behave->decision.score;
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put(&text, "score ");
	cs_text_put_i64(&text, behave->decision.score);
	cs_text_put(&text, blocks ? ", block at " : ", hold at ");
	cs_text_put_i64(&text, blocks ? behave->policy->block_at : behave->policy->hold_at);
	add_scorers(behave, &text);
	cs_why_tell(asking->detect, asking->view, &finding);
}

static void
add_up(struct asking *asking)
{
	struct cs_behave *behave = asking->detect->behave;
	struct cs_decision *decision = &behave->decision;
	int64_t score = asking->score;
	struct cs_outcome outcome;
	score = score > INT32_MAX ? INT32_MAX : score < INT32_MIN ? INT32_MIN : score;
	decision->score = (int32_t)score;
	if (!behave->policy->scores || !score_outcome(behave->policy, decision->score, &outcome))
		return;
	if (asking->allowed) {
		asking->silenced = true;
		return;
	}
	if (outcome.verdict > decision->verdict)
		decision->verdict = outcome.verdict;
	tell_score(asking, &outcome);
}

/* All rules that look at events of this kind may hold. False when there are none. */
static bool
begin_asking(struct cs_behave *behave)
{
	const uint64_t *rules = behave->rules_of[behave->event->link][behave->event->kind];
	uint64_t any = 0;
	for (unsigned word = 0; word < behave->rules.plan.bits.words; word++) {
		behave->rules.possible[word] = rules[word];
		any |= rules[word];
	}
	return any != 0;
}

/* For who looks on all the rest as well, which changes nothing and counts for nothing. */
static void
eval_rest(struct cs_behave *behave)
{
	uint64_t overflow_n = behave->counts.overflow_n;
	behave->rules.whole = true;
	cs_eval_stage(&behave->rules, 1);
	behave->counts.overflow_n = overflow_n;
}

void
cs_rule_event(struct cs_detect *detect, struct cs_view *view)
{
	struct cs_behave *behave = detect->behave;
	struct cs_work *work = &behave->rules;
	work->event = behave->event;
	work->unconverted = false;
	const bool asked = begin_asking(behave), watched = behave->observer.decision;
	work->wanted = asked || watched;
	work->whole = watched;
	cs_eval_stage(work, 0);
	cs_feed_event(work);
	work->whole = false;
	if (asked) /* and not because somebody looks on, who must change nothing */
		cs_eval_stage(work, 1);
	if (asked && watched)
		eval_rest(behave);
	struct cs_listed listed = cs_listed_find(behave);
	struct asking asking = {.detect = detect, .view = view, .allowed = listed.allows != 0};
	cs_listed_tell(detect, view, listed.hard);
	ask_rules(&asking);
	add_up(&asking);
	asking.silenced = asking.silenced || listed.soft;
	if (!asking.allowed)
		cs_listed_tell(detect, view, listed.soft);
	else if (asking.silenced)
		cs_listed_tell(detect, view, listed.allows);
}

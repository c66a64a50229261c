/*
 * How a finding is told: its messages, its outcome, and the values in plain words. No clear card number can come out,
 * since no event holds one.
 */
#include "detect/parts.h"

void
cs_explain_begin(const struct cs_detect *detect, struct cs_finding *finding, enum cs_reason reason,
		 const struct cs_outcome *outcome)
{
	memset(finding, 0, sizeof *finding);
	finding->reason = reason;
	finding->severity = outcome->severity;
	finding->verdict = outcome->verdict;
	finding->decided_ns = detect->now_ns;
	finding->coverage.complete = true;
}

void
cs_explain_add(struct cs_finding *finding, enum cs_role role, const struct cs_event *event)
{
	if (!event)
		return;
	CS_ASSERT(finding->evidence_n < CS_EVIDENCE_MAX);
	if (!finding->evidence_n)
		finding->link = event->link;
	finding->evidence[finding->evidence_n++] = (struct cs_evidence){role, event};
}

void
cs_explain_sight(struct cs_finding *finding, struct cs_sight sight)
{
	finding->coverage.complete = sight.complete;
	finding->coverage.lost_bytes = sight.lost_bytes;
}

struct cs_text
cs_explain_detail(struct cs_finding *finding)
{
	return cs_text_over(finding->detail, sizeof finding->detail);
}

static void
put_value(struct cs_text *text, const struct cs_event *const pair[2], enum cs_field field)
{
	const struct cs_event *event = cs_transactions_of(pair, field);
	if (event)
		cs_event_put(text, event, field);
	else
		cs_text_put(text, "none");
}

void
cs_explain_values(const struct cs_policy *policy, struct cs_text *text, enum cs_field field,
		  const struct cs_event *const claim[2], const struct cs_event *const proof[2])
{
	static const char *const words[CS_FIELD_N] = {
		[CS_FIELD_APPROVAL_CODE] = "approval code",
		[CS_FIELD_RESPONSE_CODE] = "response code",
	};
	const struct cs_event *claimed = claim[0] ? claim[0] : claim[1], *proved = proof[0] ? proof[0] : proof[1];
	enum cs_kind kind = claimed ? (enum cs_kind)claimed->kind : CS_KIND_OTHER;
	bool own = kind == CS_KIND_RECORD || !words[field];
	cs_text_put(text, own ? cs_policy_field(policy, kind, field) : words[field]);
	cs_text_put_char(text, ' ');
	/* An approval code or balance is the answer's alone. */
	bool answers_only = field == CS_FIELD_APPROVAL_CODE || field == CS_FIELD_BALANCE;
	const struct cs_event *mine[2] = {claim[0], answers_only ? NULL : claim[1]};
	const struct cs_event *issuers[2] = {proof[0], answers_only ? NULL : proof[1]};
	put_value(text, mine, field);
	if (proved && proved->kind == CS_KIND_RECORD) {
		cs_text_put(text, ", ");
		cs_text_put(text, policy->link[proved->link].name);
		cs_text_put(text, " has ");
	} else {
		cs_text_put(text, ", issuer gave ");
	}
	put_value(text, issuers, field);
}

void
cs_explain_tell(struct cs_detect *detect, const struct cs_finding *finding)
{
	detect->counts.findings[finding->reason]++;
	if (detect->sink.finding)
		detect->sink.finding(detect->sink.context, finding);
}

/*
 * What we could not see, told once a minute: a broken tap must not bury the alerts that matter.
 *
 * Every gap goes to the coverage whether it is told or not: the detectors decide by it.
 */
#include "engine/pipeline_parts.h"

static const uint64_t quiet_ns = UINT64_C(60) * 1000000000;

void
cs_blind_gap(struct cs_pipeline *pipeline, unsigned link, const struct cs_blind *blind)
{
	uint64_t from_ns = blind->from_ns < blind->to_ns ? blind->from_ns : blind->to_ns;
	cs_batch_flush(&pipeline->batch);
	cs_judge_gap(pipeline->judge, link, blind->dir, (struct cs_gap){from_ns, blind->to_ns, blind->lost_bytes});
}

static void
describe(char *out, const struct cs_blind *blind, uint64_t unsaid)
{
	struct cs_text text = cs_text_over(out, CS_DETAIL_BYTES);
	if (blind->detail)
		cs_text_put(&text, blind->detail);
	else {
		cs_text_put_counted(&text, blind->lost_bytes, "byte", "bytes");
		cs_text_put(&text, " ");
		cs_text_put(&text, blind->dir == CS_DIR_TO_PORT ? "to" : "from");
		cs_text_put(&text, " the port, within ");
		cs_text_put_duration(&text, blind->to_ns > blind->from_ns ? blind->to_ns - blind->from_ns : 0);
	}
	if (!unsaid)
		return;
	cs_text_put(&text, "; ");
	cs_text_put_u64(&text, unsaid);
	cs_text_put(&text, " more of the kind since the last such alert");
}

void
cs_blind_tell(struct cs_pipeline *pipeline, unsigned link, const struct cs_blind *blind)
{
	struct link_state *state = &pipeline->link[link];
	uint64_t *told_ns = &state->told_ns[blind->reason];
	if (*told_ns && blind->to_ns < *told_ns + quiet_ns) {
		state->unsaid[blind->reason]++;
		pipeline->counts.leg[link].unsaid[blind->reason]++;
		return;
	}
	struct cs_finding finding = {
		.reason = blind->reason,
		.severity = blind->reason == CS_REASON_CAPTURE_GAP ? CS_SEVERITY_LOW : CS_SEVERITY_MEDIUM,
		.verdict = CS_VERDICT_ALLOW,
		.link = (uint16_t)link,
		.expectation = "coverage",
		.decided_ns = pipeline->now_ns,
		.evidence_n = blind->event ? 1 : 0,
		.evidence = {{CS_ROLE_CLAIM, blind->event}},
		.coverage = {false, blind->lost_bytes},
	};
	describe(finding.detail, blind, state->unsaid[blind->reason]);
	state->unsaid[blind->reason] = 0;
	*told_ns = blind->to_ns;
	cs_batch_flush(&pipeline->batch);
	cs_judge_tell(pipeline->judge, &finding);
}

/*
 * Plain counting (S17): in each interval as many approvals may leave as the issuer gave, and those an excuse covers.
 *
 * It needs the message type and the response code only. Intervals are multiples of their length since 1970; a proof
 * just outside an interval's edge (the clocks' difference and one hop) counts for both. An interval in which the
 * issuer's link lost bytes, or before which they may hide its sign-off, is not judged, nor is one whose turn comes more
 * than CS_SLICES intervals later, since its place (or a neighbour's) was needed: both are counted.
 */
#include "detect/parts.h"

static const uint64_t hop_ns = UINT64_C(50000000);
static const uint64_t silent_ns = UINT64_C(10000000000);

static uint64_t
edge_ns(const struct cs_detect *detect)
{
	return detect->policy->skew_ns + hop_ns;
}

/* The place of interval NTH; NULL when that was judged or given up already. */
static struct cs_slice *
slice_of(struct cs_detect *detect, unsigned nth_row, uint64_t nth)
{
	struct cs_conserving *conserving = &detect->conserving[nth_row];
	struct cs_conserve_counts *counts = &detect->counts.conserve[nth_row];
	struct cs_slice *slice = &conserving->slice[nth % CS_SLICES];
	if ((nth <= conserving->closed_nth && conserving->closed_nth) || (slice->open && slice->nth > nth)) {
		counts->late_n++;
		return NULL;
	}
	if (slice->open && slice->nth == nth)
		return slice;
	counts->overrun += slice->open && slice->nth > conserving->closed_nth;
	*slice = (struct cs_slice){.open = true, .nth = nth};
	return slice;
}

/* Its place is another interval's by now: what stood there is not known any more. */
static bool
is_gone(const struct cs_conserving *conserving, uint64_t nth)
{
	const struct cs_slice *slice = &conserving->slice[nth % CS_SLICES];
	return slice->open && slice->nth > nth;
}

static const struct cs_slice *
neighbour(const struct cs_conserving *conserving, uint64_t nth)
{
	static const struct cs_slice none = {0};
	const struct cs_slice *slice = &conserving->slice[nth % CS_SLICES];
	return slice->open && slice->nth == nth ? slice : &none;
}

static bool
excused(const struct cs_detect *detect, const struct cs_conserve *row, const struct cs_view *view)
{
	uint64_t since_ns, time_ns = view->event->origin.time_ns;
	return view->excusable || cs_session_off(detect, row->proof.link, time_ns, &since_ns) ||
	       cs_pace_silent(detect, row->proof.link, time_ns) >= silent_ns;
}

static void
note_bare(struct cs_slice *slice, uint64_t time_ns, uint64_t asked_ns)
{
	if (!slice->bare_n++) {
		slice->first_ns = slice->last_ns = time_ns;
		slice->asked_ns = asked_ns;
	}
	slice->first_ns = time_ns < slice->first_ns ? time_ns : slice->first_ns;
	slice->last_ns = time_ns > slice->last_ns ? time_ns : slice->last_ns;
}

/* Its sign-off was read late, behind a hole: what had no excuse then has one now. */
static bool
excused_since(const struct cs_detect *detect, const struct cs_conserve *row, const struct cs_slice *slice)
{
	uint64_t since_ns;
	return cs_session_off(detect, row->proof.link, slice->first_ns, &since_ns) &&
	       cs_session_off(detect, row->proof.link, slice->last_ns, &since_ns);
}

static void
judge(struct cs_detect *detect, unsigned nth_row, const struct cs_slice *slice)
{
	const struct cs_conserve *row = &detect->policy->conserve[nth_row];
	const struct cs_conserving *conserving = &detect->conserving[nth_row];
	struct cs_conserve_counts *counts = &detect->counts.conserve[nth_row];
	uint64_t proof_n = slice->proof_n + neighbour(conserving, slice->nth - 1)->late_n +
			   neighbour(conserving, slice->nth + 1)->early_n;
	if (slice->claim_n <= proof_n + slice->excused_n + row->slack || excused_since(detect, row, slice)) {
		counts->judged++;
		return;
	}
	if (is_gone(conserving, slice->nth - 1) || is_gone(conserving, slice->nth + 1)) {
		counts->overrun++;
		return;
	}
	uint64_t from_ns = slice->nth * row->every_ns - edge_ns(detect);
	uint64_t to_ns = (slice->nth + 1) * row->every_ns + edge_ns(detect);
	if (cs_sight_lost(detect, row->proof.link, false, from_ns, to_ns) ||
	    cs_sight_lost(detect, row->proof.link, true, from_ns, to_ns) ||
	    cs_sight_sign_off(detect, row->proof.link, slice->asked_ns, to_ns)) {
		counts->lost++;
		return;
	}
	counts->judged++;
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_CONSERVATION, &row->otherwise);
	finding.link = row->claim.link;
	finding.expectation = row->name;
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put_u64(&text, slice->claim_n);
	cs_text_put(&text, " approvals left in ");
	cs_text_put_duration(&text, row->every_ns);
	cs_text_put(&text, ", the issuer gave ");
	cs_text_put_u64(&text, slice->proof_n);
	cs_text_put(&text, ", excused ");
	cs_text_put_u64(&text, slice->excused_n);
	cs_explain_tell(detect, &finding);
}

/* The oldest interval up to LAST that is not judged; NULL when there is none. */
static const struct cs_slice *
oldest_open(const struct cs_conserving *conserving, uint64_t last)
{
	const struct cs_slice *best = NULL;
	for (unsigned i = 0; i < CS_SLICES; i++) {
		const struct cs_slice *slice = &conserving->slice[i];
		if (slice->open && slice->nth > conserving->closed_nth && slice->nth <= last &&
		    (!best || slice->nth < best->nth))
			best = slice;
	}
	return best;
}

/* Judge every interval whose end, and a little more, is settled, however long ago that was. */
static void
close_until(struct cs_detect *detect, unsigned nth_row, uint64_t settled_ns)
{
	const struct cs_conserve *row = &detect->policy->conserve[nth_row];
	struct cs_conserving *conserving = &detect->conserving[nth_row];
	uint64_t edge = edge_ns(detect);
	if (settled_ns < edge + row->every_ns)
		return;
	uint64_t last = (settled_ns - edge) / row->every_ns - 1;
	if (last <= conserving->closed_nth)
		return;
	for (const struct cs_slice *slice; (slice = oldest_open(conserving, last)) != NULL;) {
		judge(detect, nth_row, slice);
		conserving->closed_nth = slice->nth;
	}
	conserving->closed_nth = last;
}

void
cs_conserve_event(struct cs_detect *detect, struct cs_view *view)
{
	const struct cs_event *event = view->event;
	for (unsigned i = 0; i < detect->policy->conserve_n; i++) {
		const struct cs_conserve *row = &detect->policy->conserve[i];
		bool claim = cs_match_takes(&row->claim, event);
		if (!claim && !cs_match_takes(&row->proof, event))
			continue;
		if (view->answer == CS_ANSWER_DUPLICATE)
			continue;
		uint64_t time_ns = event->origin.time_ns;
		struct cs_slice *slice = slice_of(detect, i, time_ns / row->every_ns);
		if (!slice)
			continue;
		if (claim) {
			bool bare = !excused(detect, row, view);
			if (bare)
				note_bare(slice, time_ns, detect->pace[row->proof.link].asked_ns);
			slice->claim_n++;
			slice->excused_n += !bare;
			continue;
		}
		slice->proof_n++;
		slice->early_n += time_ns % row->every_ns < edge_ns(detect);
		slice->late_n += row->every_ns - time_ns % row->every_ns <= edge_ns(detect);
	}
}

void
cs_conserve_advance(struct cs_detect *detect)
{
	for (unsigned i = 0; i < detect->policy->conserve_n; i++) {
		const struct cs_conserve *row = &detect->policy->conserve[i];
		uint64_t proofs = cs_coverage_settled(detect->coverage, row->proof.link);
		uint64_t claims = cs_coverage_settled(detect->coverage, row->claim.link);
		close_until(detect, i, proofs < claims ? proofs : claims);
	}
}

void
cs_conserve_finish(struct cs_detect *detect)
{
	cs_conserve_advance(detect);
}

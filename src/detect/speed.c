/*
 * How fast links answer (S8), and whether they answer at all.
 *
 * An answer in less than half of the shortest time the issuer's link ever took was not the issuer's. Claims that are
 * proven need no such sign; claims that a stand-in may have answered would be unjust to.
 */
#include "detect/parts.h"

enum { SILENCE_S = 1 };

static void
end_silence(struct cs_pace *pace, uint64_t time_ns)
{
	pace->resumed_ns = time_ns;
	pace->silent_since_ns = pace->waiting_since_ns;
}

void
cs_pace_event(struct cs_detect *detect, struct cs_view *view)
{
	const struct cs_event *event = view->event;
	struct cs_pace *pace = &detect->pace[event->link];
	if (view->number == cs_transaction_none)
		return;
	if (event->kind == CS_KIND_REQUEST && event->origin.time_ns > pace->asked_ns)
		pace->asked_ns = event->origin.time_ns;
	if (event->kind == CS_KIND_REQUEST && !pace->waiting_since_ns)
		pace->waiting_since_ns = event->origin.time_ns;
	if (cs_family_asks(event->kind))
		return;
	bool news = event->origin.time_ns > pace->resumed_ns; /* or read late, from behind a hole */
	if (news && cs_pace_silent(detect, event->link, event->origin.time_ns) >= SILENCE_S * cs_second_ns)
		end_silence(pace, event->origin.time_ns);
	pace->waiting_since_ns = 0;
	if (event->kind != CS_KIND_RESPONSE || view->answer != CS_ANSWER_FIRST || !view->request)
		return;
	if (event->origin.time_ns < view->request->origin.time_ns)
		return;
	if (view->request->origin.time_ns > pace->served_ns)
		pace->served_ns = view->request->origin.time_ns;
	uint64_t took_ns = event->origin.time_ns - view->request->origin.time_ns;
	if (!pace->pair_n || took_ns < pace->fastest_ns)
		pace->fastest_ns = took_ns;
	pace->pair_n++;
}

uint64_t
cs_pace_silent(const struct cs_detect *detect, unsigned link, uint64_t time_ns)
{
	const struct cs_pace *pace = &detect->pace[link];
	uint64_t since_ns = time_ns < pace->resumed_ns ? pace->silent_since_ns : pace->waiting_since_ns;
	return since_ns && time_ns > since_ns ? time_ns - since_ns : 0;
}

static void
tell(struct cs_detect *detect, const struct cs_event *claim, const struct cs_event *request,
     const struct cs_watch_row *row)
{
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_TOO_FAST, &row->otherwise);
	cs_explain_add(&finding, CS_ROLE_CLAIM, claim);
	cs_explain_add(&finding, CS_ROLE_CLAIM_REQUEST, request);
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put(&text, "answered in ");
	cs_text_put_duration(&text, claim->origin.time_ns - request->origin.time_ns);
	cs_text_put(&text, "; the issuer's fastest answer ever took ");
	cs_text_put_duration(&text, detect->pace[row->against].fastest_ns);
	cs_explain_tell(detect, &finding);
}

void
cs_speed_claim(struct cs_detect *detect, const struct cs_event *claim, const struct cs_event *request)
{
	const struct cs_watch_row *row = cs_watch_row_of(detect, claim->link, CS_WATCH_TOO_FAST);
	uint64_t since_ns, time_ns = claim->origin.time_ns;
	if (!row || !request || claim->kind != CS_KIND_RESPONSE || time_ns < request->origin.time_ns)
		return;
	const struct cs_pace *pace = &detect->pace[row->against];
	if (pace->pair_n < row->after_n || cs_session_off(detect, row->against, time_ns, &since_ns))
		return;
	if (time_ns - request->origin.time_ns < pace->fastest_ns / 2)
		tell(detect, claim, request, row);
}

void
cs_speed_event(struct cs_detect *detect, struct cs_view *view)
{
	if (view->event->kind != CS_KIND_RESPONSE || !(view->event->flags & CS_FLAG_APPROVED))
		return;
	if (view->answer == CS_ANSWER_FIRST && !view->proven && !view->excusable && !view->waiting)
		cs_speed_claim(detect, view->event, view->request);
}

/*
 * Who is signed on: the state of each link from its network management messages (0800/0810, DE70; DE24 in 1993).
 *
 * A state changes with the approved answer; with the request when its answer could have been lost. A link whose state
 * was never told is unknown, and raises nothing.
 * spec: ISO 8583-1:1987 4.4.38 (DE70: 001 sign-on, 002 sign-off), ISO 8583-1:1993 A.5 (801, 802).
 */
#include "detect/parts.h"

enum { ANSWER_WITHIN_S = 30 };

static enum cs_signed
meaning(const struct cs_event *event)
{
	static const struct {
		const char *code;
		enum cs_signed state;
	} rows[] = {
		{"001", CS_SIGNED_ON},  {"061", CS_SIGNED_ON},  {"801", CS_SIGNED_ON},
		{"002", CS_SIGNED_OFF}, {"062", CS_SIGNED_OFF}, {"802", CS_SIGNED_OFF},
	};
	if (!cs_event_has(event, CS_FIELD_NETWORK_CODE))
		return CS_SIGNED_UNKNOWN;
	struct cs_span code = cs_event_text(event, CS_FIELD_NETWORK_CODE);
	/* 2003 writes four digits with a leading zero. */
	if (code.len == 4 && code.at[0] == '0')
		code = (struct cs_span){code.at + 1, 3};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (cs_span_is(code, rows[i].code))
			return rows[i].state;
	return CS_SIGNED_UNKNOWN;
}

static void
change(struct cs_session *session, enum cs_signed state, uint64_t time_ns)
{
	session->asked = CS_SIGNED_UNKNOWN;
	if (session->now == state)
		return;
	session->before = session->now;
	session->now = state;
	session->changed_ns = time_ns;
	if (state == CS_SIGNED_OFF)
		session->off_ns = time_ns;
}

/* Could the answer to the sign-on or sign-off asked for have been lost, as far as we know by now? */
static bool
answer_lost(const struct cs_detect *detect, unsigned link, const struct cs_session *session)
{
	enum cs_direction dir = session->asked_dir ? CS_DIR_TO_PORT : CS_DIR_FROM_PORT;
	uint64_t until_ns = session->asked_ns + ANSWER_WITHIN_S * cs_second_ns;
	uint64_t settled_ns = cs_coverage_settled(detect->coverage, link);
	until_ns = until_ns < settled_ns ? until_ns : settled_ns;
	return until_ns > session->asked_ns &&
	       cs_coverage_lost(detect->coverage, link, dir, session->asked_ns, until_ns) != 0;
}

void
cs_session_event(struct cs_detect *detect, struct cs_view *view)
{
	const struct cs_event *event = view->event;
	struct cs_session *session = &detect->session[event->link];
	if (session->asked != CS_SIGNED_UNKNOWN && answer_lost(detect, event->link, session))
		change(session, session->asked, session->asked_ns);
	enum cs_signed state = meaning(event);
	if (event->kind == CS_KIND_NETWORK && state != CS_SIGNED_UNKNOWN) {
		session->asked = state;
		session->asked_ns = event->origin.time_ns;
		session->asked_dir = event->origin.direction;
		return;
	}
	if (event->kind != CS_KIND_NETWORK_RESPONSE)
		return;
	if (state == CS_SIGNED_UNKNOWN)
		state = session->asked;
	bool agreed = event->flags & CS_FLAG_APPROVED || !cs_event_has(event, CS_FIELD_RESPONSE_CODE);
	if (state == CS_SIGNED_UNKNOWN)
		return;
	if (agreed)
		change(session, state, event->origin.time_ns);
	else
		session->asked = CS_SIGNED_UNKNOWN;
}

bool
cs_session_off(const struct cs_detect *detect, unsigned link, uint64_t time_ns, uint64_t *since_ns)
{
	const struct cs_session *session = &detect->session[link];
	uint64_t skew_ns = detect->policy->skew_ns;
	if (session->asked == CS_SIGNED_OFF && time_ns + skew_ns >= session->asked_ns &&
	    answer_lost(detect, link, session)) {
		*since_ns = session->asked_ns;
		return true;
	}
	*since_ns = session->off_ns;
	if (time_ns + skew_ns < session->off_ns)
		return false;
	return session->now == CS_SIGNED_OFF ||
	       (session->before == CS_SIGNED_OFF && time_ns < session->changed_ns + skew_ns);
}

uint64_t
cs_session_back(const struct cs_detect *detect, unsigned link)
{
	const struct cs_session *session = &detect->session[link];
	bool back = session->now == CS_SIGNED_ON && session->before == CS_SIGNED_OFF && session->asked != CS_SIGNED_OFF;
	return back ? session->changed_ns : UINT64_MAX;
}

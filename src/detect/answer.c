/*
 * What one link's own order of messages gives away: an approval nobody asked for (M12), an approval given a second
 * time (M12), an approval while the link is signed off (M9), and a reversal of something nobody ever saw (M11).
 */
#include "detect/parts.h"

enum { LOOK_BACK_S = 120, IN_FLIGHT_S = 60, REVERSAL_BACK_S = 86400, REVERSAL_MARGIN_S = 60 };

/* The answer to a repeated request may be written anew; it is a duplicate when it says the same. */
bool
cs_answer_says_same(const struct cs_event *a, const struct cs_event *b)
{
	static const enum cs_field said[] = {CS_FIELD_RESPONSE_CODE, CS_FIELD_APPROVAL_CODE, CS_FIELD_AMOUNT,
					     CS_FIELD_RRN, CS_FIELD_BALANCE};
	for (unsigned i = 0; i < sizeof said / sizeof said[0]; i++)
		if (cs_event_has(a, said[i]) != cs_event_has(b, said[i]) ||
		    (cs_event_has(a, said[i]) && !cs_event_same(a, b, said[i])))
			return false;
	return true;
}

/* A finding about MESSAGES: the answer, its request, an earlier answer; NULL where there is none. */
static void
begin(const struct cs_detect *detect, const struct cs_event *const messages[3], enum cs_reason reason,
      const struct cs_outcome *outcome, struct cs_finding *finding)
{
	cs_explain_begin(detect, finding, reason, outcome);
	cs_explain_add(finding, CS_ROLE_CLAIM, messages[0]);
	if (messages[1] != messages[0])
		cs_explain_add(finding, CS_ROLE_CLAIM_REQUEST, messages[1]);
	cs_explain_add(finding, CS_ROLE_EARLIER, messages[2]);
}

static const struct cs_event *
seen(const struct cs_event *event)
{
	return event->present ? event : NULL;
}

/* Words are added by the caller; SIGHT decides between the suspicion and unproven. */
static struct cs_text
begin_suspect(const struct cs_detect *detect, const struct cs_suspect *suspect, const struct cs_watch_row *row,
	      struct cs_sight sight, struct cs_finding *finding)
{
	static const struct cs_outcome unproven = {CS_VERDICT_ALLOW, CS_SEVERITY_LOW};
	const struct cs_event *messages[3] = {&suspect->event, seen(&suspect->request), seen(&suspect->earlier)};
	enum cs_reason reason = sight.complete ? suspect->reason : CS_REASON_UNPROVEN;
	begin(detect, messages, reason, sight.complete ? &row->otherwise : &unproven, finding);
	cs_explain_sight(finding, sight);
	return cs_explain_detail(finding);
}

/* A request that was held back behind a hole when its answer was read. */
static bool
asked_after_all(const struct cs_transactions *store, const struct cs_event *answer)
{
	struct cs_event probe = *answer;
	probe.kind = CS_KIND_REQUEST;
	uint64_t found = cs_transactions_find(store, &probe);
	if (found == cs_transaction_none)
		return false;
	const struct cs_transaction *hot = &store->hot[cs_transactions_slot(store, found)];
	return hot->state & CS_ASKED && hot->request_ns <= answer->origin.time_ns;
}

/* What we may not have seen is told once: where an expectation takes the answer as its claim, that one says what became
 * of it (and a proven answer is no news), whatever the order in which the two links are read. */
static bool
is_told_elsewhere(const struct cs_detect *detect, const struct cs_suspect *suspect, struct cs_sight sight)
{
	if (sight.complete)
		return false;
	for (unsigned i = 0; i < detect->policy->expect_n; i++)
		if (cs_match_takes(&detect->policy->expect[i].claim, &suspect->event))
			return true;
	return false;
}

static void
judge_unasked(struct cs_detect *detect, const struct cs_suspect *suspect)
{
	unsigned link = suspect->event.link;
	const struct cs_transactions *store = &detect->store[link];
	uint64_t time_ns = suspect->event.origin.time_ns;
	uint64_t from_ns = cs_since_minus(time_ns, LOOK_BACK_S * cs_second_ns);
	if (asked_after_all(store, &suspect->event))
		return;
	uint64_t lost = cs_sight_lost(detect, link, true, from_ns, time_ns);
	struct cs_sight sight = {!lost && (!store->gone_ns || store->gone_ns < from_ns), lost};
	if (is_told_elsewhere(detect, suspect, sight))
		return;
	struct cs_finding finding;
	struct cs_text text =
		begin_suspect(detect, suspect, cs_watch_row_of(detect, link, CS_WATCH_UNASKED), sight, &finding);
	cs_text_put(&text, "no request for it on this link");
	cs_explain_tell(detect, &finding);
}

/* The same words twice are a replay only when no repeated request can have been lost between them. */
static void
judge_replayed(struct cs_detect *detect, const struct cs_suspect *suspect)
{
	const struct cs_event *event = &suspect->event;
	const struct cs_event *earlier = seen(&suspect->earlier);
	const struct cs_watch_row *row = cs_watch_row_of(detect, event->link, CS_WATCH_REPLAYED);
	uint64_t time_ns = event->origin.time_ns;
	uint64_t since_ns = earlier && earlier->origin.time_ns < time_ns ? earlier->origin.time_ns : time_ns;
	bool same_words = earlier && cs_answer_says_same(earlier, event);
	if (same_words && cs_sight_lost(detect, event->link, true, since_ns, time_ns))
		return;
	struct cs_finding finding;
	struct cs_text text = begin_suspect(detect, suspect, row, (struct cs_sight){true, 0}, &finding);
	if (earlier) {
		bool same = earlier->message_hash == event->message_hash;
		cs_text_put(&text, same ? "the same bytes again after " : "other contents than the answer given ");
		cs_text_put_duration(&text, time_ns - since_ns);
		cs_text_put(&text, same ? "" : " before");
	}
	cs_explain_tell(detect, &finding);
}

/* When an answer was asked for; within a minute before it, when that was not seen. */
static uint64_t
asked_of(const struct cs_event *answer, const struct cs_event *request)
{
	return request ? request->origin.time_ns : cs_since_minus(answer->origin.time_ns, IN_FLIGHT_S * cs_second_ns);
}

/* What was asked for once the link was back is answered by right. */
static void
judge_signed_off(struct cs_detect *detect, const struct cs_suspect *suspect)
{
	const struct cs_watch_row *row = cs_watch_row_of(detect, suspect->event.link, CS_WATCH_SIGNED_OFF);
	uint64_t since_ns, time_ns = suspect->event.origin.time_ns;
	if (!cs_session_off(detect, row->against, time_ns, &since_ns))
		return;
	uint64_t back_ns = cs_session_back(detect, row->against);
	if (asked_of(&suspect->event, seen(&suspect->request)) + detect->policy->skew_ns >= back_ns)
		return;
	/* that nobody asked for it is another watch's */
	if (!seen(&suspect->request) && back_ns <= time_ns)
		return;
	since_ns = since_ns < time_ns ? since_ns : time_ns;
	/* That it signed on again may be what was lost. */
	uint64_t lost = cs_sight_lost_both(detect, row->against, since_ns, time_ns);
	struct cs_sight sight = {lost == 0, lost};
	if (is_told_elsewhere(detect, suspect, sight))
		return;
	struct cs_finding finding;
	struct cs_text text = begin_suspect(detect, suspect, row, sight, &finding);
	cs_text_put(&text, detect->policy->link[row->against].name);
	cs_text_put(&text, " had signed off ");
	cs_text_put_duration(&text, time_ns - since_ns);
	cs_text_put(&text, " before");
	cs_explain_tell(detect, &finding);
}

static void
judge_oldest(struct cs_detect *detect)
{
	const struct cs_suspect *suspect = &detect->suspects->at[detect->suspects->head % CS_SUSPECTS_MAX];
	if (suspect->reason == CS_REASON_UNASKED_RESPONSE)
		judge_unasked(detect, suspect);
	else if (suspect->reason == CS_REASON_REPLAYED_RESPONSE)
		judge_replayed(detect, suspect);
	else
		judge_signed_off(detect, suspect);
	detect->suspects->head++;
}

static void
suspect(struct cs_detect *detect, const struct cs_view *view, enum cs_reason reason)
{
	struct cs_suspects *suspects = detect->suspects;
	if (suspects->tail - suspects->head == CS_SUSPECTS_MAX)
		judge_oldest(detect);
	struct cs_suspect *slot = &suspects->at[suspects->tail++ % CS_SUSPECTS_MAX];
	slot->event = *view->event;
	slot->request.present = slot->earlier.present = 0;
	if (view->request)
		slot->request = *view->request;
	if (view->earlier)
		slot->earlier = *view->earlier;
	slot->reason = reason;
}

/* Approved while signed off, and asked after that: what was asked before may still be answered. */
static bool
asked_while_off(const struct cs_detect *detect, const struct cs_view *view, const struct cs_watch_row *row)
{
	uint64_t since_ns, time_ns = view->event->origin.time_ns;
	if (!row || view->answer == CS_ANSWER_DUPLICATE || !cs_session_off(detect, row->against, time_ns, &since_ns))
		return false;
	return asked_of(view->event, view->request) > since_ns + detect->policy->skew_ns;
}

/* Seconds since the beginning of the year of MMDDhhmmss, months of 31 days: for differences only. */
static bool
seconds_of(const struct cs_event *event, enum cs_field field, uint64_t *out)
{
	static const unsigned weight_s[5] = {31 * 86400, 86400, 3600, 60, 1};
	if (!cs_event_has(event, field))
		return false;
	struct cs_span text = cs_event_text(event, field);
	uint64_t sum = 0;
	if (text.len != 10)
		return false;
	for (unsigned i = 0; i < 5; i++) {
		unsigned tens = text.at[2 * i] - '0', ones = text.at[2 * i + 1] - '0';
		if (tens > 9 || ones > 9)
			return false;
		sum += (uint64_t)(tens * 10 + ones) * weight_s[i];
	}
	*out = sum;
	return true;
}

/* How far back its original lies, by its own words; a day when it does not tell. */
static uint64_t
original_age_s(const struct cs_event *reversal)
{
	uint64_t now_s, then_s;
	if (!seconds_of(reversal, CS_FIELD_TRANSMISSION, &now_s) ||
	    !seconds_of(reversal, CS_FIELD_ORIGINAL_TIME, &then_s) || then_s > now_s)
		return REVERSAL_BACK_S;
	return now_s - then_s;
}

static bool
known_by_joins(const struct cs_transactions *store, const struct cs_event *probe, const struct cs_event *self)
{
	const struct cs_event *pair[2] = {probe, NULL};
	for (unsigned join = 1; join < store->join_n; join++) {
		uint64_t key;
		if (!cs_transactions_key(store, join, pair, &key))
			continue;
		struct cs_index_walk walk = cs_index_walk_of(key);
		for (uint32_t slot; cs_index_next(&store->index, &walk, &slot);) {
			const struct cs_event *other[2];
			cs_transactions_pair(store, slot, other);
			const struct cs_event *any = other[1] ? other[1] : other[0];
			bool reversal = store->hot[slot].family == CS_FAMILY_REVERSAL;
			if (!reversal && any != self && cs_transactions_same(store, join, pair, other))
				return true;
		}
	}
	return false;
}

/* The request the reversal names, by the link's own key. */
static bool
known_by_own_key(const struct cs_transactions *store, const struct cs_event *probe)
{
	static const char classes[] = {'1', '2'};
	struct cs_event asked = *probe;
	asked.kind = CS_KIND_REQUEST;
	for (unsigned i = 0; i < sizeof classes; i++) {
		asked.mti[1] = classes[i];
		if (cs_transactions_find(store, &asked) != cs_transaction_none)
			return true;
	}
	asked.kind = CS_KIND_ADVICE;
	return cs_transactions_find(store, &asked) != cs_transaction_none;
}

static bool
out_of_sight(const struct cs_detect *detect, unsigned link, uint64_t from_ns, uint64_t to_ns)
{
	const struct cs_transactions *store = &detect->store[link];
	uint64_t settled_ns = cs_coverage_settled(detect->coverage, link);
	to_ns = to_ns < settled_ns ? to_ns : settled_ns;
	if (from_ns > to_ns || (store->gone_ns && store->gone_ns >= from_ns))
		return true;
	return cs_sight_lost(detect, link, true, from_ns, to_ns) != 0;
}

static void
check_reversal(struct cs_detect *detect, const struct cs_view *view)
{
	const struct cs_event *event = view->event;
	const struct cs_watch_row *row = cs_watch_row_of(detect, event->link, CS_WATCH_REVERSAL);
	if (!row || view->answer == CS_ANSWER_DUPLICATE)
		return;
	struct cs_event original = *event;
	if (cs_event_has(event, CS_FIELD_ORIGINAL_STAN))
		original.text[CS_FIELD_STAN] = event->text[CS_FIELD_ORIGINAL_STAN];
	original.present |= event->present >> CS_FIELD_ORIGINAL_STAN << CS_FIELD_STAN & UINT64_C(1) << CS_FIELD_STAN;
	const struct cs_transactions *own = &detect->store[event->link];
	const struct cs_transactions *against = &detect->store[row->against];
	if (known_by_own_key(own, &original) || known_by_joins(own, &original, view->request) ||
	    known_by_own_key(against, &original) || known_by_joins(against, &original, NULL))
		return;
	uint64_t back_ns = (original_age_s(event) + REVERSAL_MARGIN_S) * cs_second_ns + detect->policy->skew_ns;
	uint64_t from_ns = cs_since_minus(event->origin.time_ns, back_ns);
	/* Older than what is kept, or in a gap: nothing can be said. */
	if (out_of_sight(detect, event->link, from_ns, event->origin.time_ns) ||
	    out_of_sight(detect, row->against, from_ns, event->origin.time_ns))
		return;
	const struct cs_event *messages[3] = {event, view->request, view->earlier};
	struct cs_finding finding;
	begin(detect, messages, CS_REASON_REVERSAL_UNKNOWN, &row->otherwise, &finding);
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put(&text, "neither this link nor ");
	cs_text_put(&text, detect->policy->link[row->against].name);
	cs_text_put(&text, " has seen what it reverses");
	cs_explain_tell(detect, &finding);
}

void
cs_answer_event(struct cs_detect *detect, struct cs_view *view)
{
	if (view->event->kind == CS_KIND_REVERSAL)
		check_reversal(detect, view);
	if (view->event->kind != CS_KIND_RESPONSE || !(view->event->flags & CS_FLAG_APPROVED))
		return;
	unsigned link = view->event->link;
	if (view->answer == CS_ANSWER_UNASKED && cs_watch_row_of(detect, link, CS_WATCH_UNASKED))
		suspect(detect, view, CS_REASON_UNASKED_RESPONSE);
	if (view->answer == CS_ANSWER_REPLAYED && cs_watch_row_of(detect, link, CS_WATCH_REPLAYED))
		suspect(detect, view, CS_REASON_REPLAYED_RESPONSE);
	if (asked_while_off(detect, view, cs_watch_row_of(detect, link, CS_WATCH_SIGNED_OFF)))
		suspect(detect, view, CS_REASON_SIGNED_OFF);
}

/* The link's own messages up to the answer, and those of the link it is held against, are all there or declared lost. */
static bool
is_settled(const struct cs_detect *detect, const struct cs_suspect *suspect)
{
	unsigned link = suspect->event.link;
	const struct cs_watch_row *row = cs_watch_row_of(detect, link, CS_WATCH_SIGNED_OFF);
	uint64_t time_ns = suspect->event.origin.time_ns;
	if (suspect->reason == CS_REASON_SIGNED_OFF && cs_coverage_settled(detect->coverage, row->against) < time_ns)
		return false;
	return cs_coverage_settled(detect->coverage, link) >= time_ns;
}

void
cs_answer_advance(struct cs_detect *detect)
{
	struct cs_suspects *suspects = detect->suspects;
	while (suspects->head < suspects->tail && is_settled(detect, &suspects->at[suspects->head % CS_SUSPECTS_MAX]))
		judge_oldest(detect);
}

void
cs_answer_finish(struct cs_detect *detect)
{
	while (detect->suspects->head < detect->suspects->tail)
		judge_oldest(detect);
}

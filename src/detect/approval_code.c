/*
 * Approval codes unlike this issuer's (S5): missing, blank or all zeros where they never were, or the same one again
 * and again. A link that did so while it was learned does so honestly.
 */
#include "base/hash.h"
#include "detect/parts.h"

enum code_kind { CODE_GOOD = 1, CODE_MISSING, CODE_BLANK, CODE_ZEROS };

static enum code_kind
kind_of_code(const struct cs_event *event)
{
	if (!cs_event_has(event, CS_FIELD_APPROVAL_CODE))
		return CODE_MISSING;
	struct cs_span code = cs_event_text(event, CS_FIELD_APPROVAL_CODE);
	size_t zero_n = 0, blank_n = 0;
	for (size_t i = 0; i < code.len; i++) {
		zero_n += code.at[i] == '0';
		blank_n += code.at[i] == ' ';
	}
	if (blank_n == code.len)
		return CODE_BLANK;
	return zero_n == code.len ? CODE_ZEROS : CODE_GOOD;
}

static void
tell(struct cs_detect *detect, const struct cs_view *view, const struct cs_watch_row *row, const char *what)
{
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_APPROVAL_CODE_ODD, &row->otherwise);
	cs_explain_add(&finding, CS_ROLE_CLAIM, view->event);
	cs_explain_add(&finding, CS_ROLE_CLAIM_REQUEST, view->request);
	struct cs_text text = cs_explain_detail(&finding);
	cs_text_put(&text, what);
	cs_explain_tell(detect, &finding);
}

/* True when this code stands too often among the last ones of its link. */
static bool
repeats(struct cs_detect *detect, const struct cs_view *view, uint32_t after_n)
{
	struct cs_codes *codes = &detect->codes[view->event->link];
	struct cs_span text = cs_event_text(view->event, CS_FIELD_APPROVAL_CODE);
	uint64_t hash = cs_hash_bytes(text, 0);
	unsigned same_n = 0;
	for (unsigned i = 0; i < codes->n; i++)
		same_n += codes->at[i] == hash;
	codes->at[codes->seen_n++ % CS_CODES_KEPT] = hash;
	codes->n += codes->n < CS_CODES_KEPT;
	if (same_n < CS_CODES_SAME_MAX)
		return false;
	codes->repeats = codes->repeats || codes->seen_n <= after_n;
	return !codes->repeats;
}

void
cs_approval_code_event(struct cs_detect *detect, struct cs_view *view)
{
	static const char *const words[] = {
		[CODE_GOOD] = "",
		[CODE_MISSING] = "no approval code, and this issuer always gave one",
		[CODE_BLANK] = "the approval code is blank",
		[CODE_ZEROS] = "the approval code is all zeros",
	};
	const struct cs_event *event = view->event;
	if (event->kind != CS_KIND_RESPONSE || !(event->flags & CS_FLAG_APPROVED) ||
	    view->answer == CS_ANSWER_DUPLICATE)
		return;
	const struct cs_watch_row *row = cs_watch_row_of(detect, event->link, CS_WATCH_APPROVAL_CODE);
	if (!row)
		return;
	const struct cs_event *pair[2] = {event, view->request};
	enum code_kind kind = kind_of_code(event);
	uint64_t key = cs_hash_mix(event->link + UINT64_C(1), cs_watch_type(pair));
	struct cs_learn_sight sight = {key, kind, row->after_n, view->proven};
	uint32_t idx;
	bool odd = cs_learn_observe(&detect->code_kinds, &sight, &idx) == CS_LEARN_NEW;
	/* A code the issuer's own link bears out is the issuer's, odd or not; one row of zeros may be drawn by chance. */
	bool chance = kind == CODE_ZEROS && view->waiting;
	if (odd && !view->proven && !chance)
		tell(detect, view, row, words[kind]);
	if (!odd && kind == CODE_GOOD && repeats(detect, view, row->after_n) && !view->proven)
		tell(detect, view, row, "the same approval code for the fourth time among the last 32");
}

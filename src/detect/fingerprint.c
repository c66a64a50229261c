/*
 * What an issuer's answers are made of (S6): which data elements, for each message type, transaction type, response
 * code, BIN, and whether a chip had asked; and what stands before the message on the link.
 *
 * An approval is told when its set of elements was never seen for its key and either has an element no answer of the
 * key ever had, or lacks one that every answer had. (A new mix of known optional elements is no surprise.) What was
 * told is learned only after it came often with messages proven otherwise: see state/learn.h.
 */
#include "base/hash.h"
#include "detect/parts.h"

enum asked { ASKED_UNSEEN, ASKED_PLAIN, ASKED_BY_CHIP };

/* A chip is answered with data for it (DE55), its stripe, when the reader failed, without. */
static enum asked
asked_how(const struct cs_view *view)
{
	if (!view->request)
		return ASKED_UNSEEN;
	return view->request->bitmap[0] >> (64 - 55) & 1 ? ASKED_BY_CHIP : ASKED_PLAIN;
}

static uint64_t
key_of(const struct cs_view *view)
{
	const struct cs_event *pair[2] = {view->event, view->request};
	uint64_t code[2] = {0, 0}, mti = 0;
	if (cs_event_has(view->event, CS_FIELD_RESPONSE_CODE))
		memcpy(code, view->event->text[CS_FIELD_RESPONSE_CODE].at, sizeof code);
	memcpy(&mti, view->event->mti, sizeof view->event->mti);
	uint64_t key = cs_hash_mix(view->event->link, mti);
	key = cs_hash_mix(key, cs_watch_type(pair));
	key = cs_hash_mix(key, code[0]);
	key = cs_hash_mix(key, asked_how(view));
	return cs_hash_mix(key, cs_watch_bin(pair));
}

static uint64_t
bitmap_hash(const struct cs_event *event)
{
	uint64_t hash = cs_hash_mix(1, event->bitmap[0]);
	hash = cs_hash_mix(hash, event->bitmap[1]);
	return cs_hash_mix(hash, event->bitmap[2]);
}

/* The bits that announce a further bitmap are no elements. */
static uint64_t
elements(const struct cs_event *event, unsigned word)
{
	return event->bitmap[word] & ~(UINT64_C(1) << 63);
}

static void
learn_masks(struct cs_print_masks *masks, const struct cs_event *event, bool first)
{
	for (unsigned i = 0; i < 3; i++) {
		masks->always[i] = first ? elements(event, i) : masks->always[i] & elements(event, i);
		masks->ever[i] |= elements(event, i);
	}
}

static bool
surprises(const struct cs_print_masks *masks, const struct cs_event *event)
{
	bool odd = false;
	for (unsigned i = 0; i < 3; i++)
		odd = odd || elements(event, i) & ~masks->ever[i] || masks->always[i] & ~elements(event, i);
	return odd;
}

static unsigned
put_elements(struct cs_text *text, const char *title, const uint64_t bits[3])
{
	unsigned n = 0;
	for (unsigned element = 2; element <= 192; element++) {
		if (!(bits[(element - 1) / 64] >> (63 - (element - 1) % 64) & 1))
			continue;
		cs_text_put(text, n++ ? ", " : title);
		cs_text_put_u64(text, element);
	}
	return n;
}

static void
put_surprise(struct cs_text *text, const struct cs_print_masks *masks, const struct cs_event *event)
{
	uint64_t added[3], gone[3];
	for (unsigned i = 0; i < 3; i++) {
		added[i] = elements(event, i) & ~masks->ever[i];
		gone[i] = masks->always[i] & ~elements(event, i);
	}
	if (put_elements(text, "elements never in such an answer: ", added))
		cs_text_put(text, "; ");
	if (put_elements(text, "elements always in it, now missing: ", gone))
		cs_text_put(text, "; ");
}

static bool
check_bitmap(struct cs_detect *detect, const struct cs_view *view, const struct cs_watch_row *row, struct cs_text *text)
{
	struct cs_learn_sight sight = {key_of(view), bitmap_hash(view->event), row->after_n, view->proven};
	uint32_t idx;
	enum cs_learned learned = cs_learn_observe(&detect->fingerprints, &sight, &idx);
	if (idx == UINT32_MAX || learned == CS_LEARN_VARIED || learned == CS_LEARN_KNOWN)
		return false;
	struct cs_print_masks *masks = &detect->masks[idx];
	if (cs_learn_has(&detect->fingerprints, idx, sight.value)) {
		learn_masks(masks, view->event, detect->fingerprints.at[idx].value_n == 1);
		return false;
	}
	if (learned != CS_LEARN_NEW || !surprises(masks, view->event))
		return false;
	put_surprise(text, masks, view->event);
	return true;
}

static bool
check_header(struct cs_detect *detect, const struct cs_view *view, const struct cs_watch_row *row, struct cs_text *text)
{
	const struct cs_event *event = view->event;
	uint64_t key = cs_hash_mix(event->link + UINT64_C(1), event->origin.direction + UINT64_C(1));
	struct cs_learn_sight sight = {key, event->header_hash, row->after_n, view->proven};
	uint32_t idx;
	if (cs_learn_observe(&detect->headers, &sight, &idx) != CS_LEARN_NEW)
		return false;
	cs_text_put(text, "the header before the message was never seen on this link; ");
	return true;
}

void
cs_fingerprint_event(struct cs_detect *detect, struct cs_view *view)
{
	const struct cs_event *event = view->event;
	if (event->kind != CS_KIND_RESPONSE || view->answer == CS_ANSWER_DUPLICATE)
		return;
	const struct cs_watch_row *row = cs_watch_row_of(detect, event->link, CS_WATCH_FINGERPRINT);
	if (!row)
		return;
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_FINGERPRINT, &row->otherwise);
	cs_explain_add(&finding, CS_ROLE_CLAIM, event);
	cs_explain_add(&finding, CS_ROLE_CLAIM_REQUEST, view->request);
	struct cs_text text = cs_explain_detail(&finding);
	bool odd = check_bitmap(detect, view, row, &text);
	odd = check_header(detect, view, row, &text) || odd;
	if (!odd || !(event->flags & CS_FLAG_APPROVED))
		return;
	/* Drop the last "; ". */
	if (text.len >= 2 && !text.overflowed)
		text.at[text.len - 2] = 0;
	cs_explain_tell(detect, &finding);
}

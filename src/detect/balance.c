/*
 * Balances unlike this issuer's (S7): a currency its cards never had, or blocks of a form never seen.
 */
#include "base/hash.h"
#include "detect/parts.h"

static uint64_t
form_of(const struct cs_balance *balance)
{
	uint32_t types;
	memcpy(&types, balance->account_type, 2);
	memcpy((char *)&types + 2, balance->amount_type, 2);
	return cs_hash_mix(types, balance->block_n);
}

static bool
surprise(struct cs_detect *detect, const struct cs_view *view, uint32_t after_n, const uint64_t key_and_value[2])
{
	struct cs_learn_sight sight = {key_and_value[0], key_and_value[1], after_n, view->proven};
	uint32_t idx;
	return cs_learn_observe(&detect->balances, &sight, &idx) == CS_LEARN_NEW;
}

void
cs_balance_event(struct cs_detect *detect, struct cs_view *view)
{
	const struct cs_event *event = view->event;
	if (event->kind != CS_KIND_RESPONSE || !(event->flags & CS_FLAG_BALANCE) || view->answer == CS_ANSWER_DUPLICATE)
		return;
	const struct cs_watch_row *row = cs_watch_row_of(detect, event->link, CS_WATCH_BALANCE);
	if (!row)
		return;
	const struct cs_event *pair[2] = {event, view->request};
	uint64_t issuer = cs_hash_mix(event->link + UINT64_C(1), cs_watch_bin(pair));
	uint64_t currency[2] = {cs_hash_mix(issuer, 1), cs_money_currency(event->balance.amount)};
	uint64_t form[2] = {cs_hash_mix(issuer, 2 + cs_watch_type(pair)), form_of(&event->balance)};
	bool odd_currency = surprise(detect, view, row->after_n, currency);
	bool odd_form = surprise(detect, view, row->after_n, form);
	if (!(event->flags & CS_FLAG_APPROVED) || (!odd_currency && !odd_form))
		return;
	struct cs_finding finding;
	cs_explain_begin(detect, &finding, CS_REASON_BALANCE_ODD, &row->otherwise);
	cs_explain_add(&finding, CS_ROLE_CLAIM, event);
	cs_explain_add(&finding, CS_ROLE_CLAIM_REQUEST, view->request);
	struct cs_text text = cs_explain_detail(&finding);
	cs_event_put(&text, event, CS_FIELD_BALANCE);
	cs_text_put(&text, odd_currency ? ": a currency never seen for this BIN"
					: ": account or amount types never seen for this BIN");
	cs_explain_tell(detect, &finding);
}

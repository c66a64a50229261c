/*
 * Once paired, the values must be equal: amount, currency, approval code, balance, and whatever else the policy says.
 *
 * A value is the answer's where the answer has it, else the request's; approval code and balance are the answer's
 * alone. A value that only one side has proves nothing, but for the approval code (M4: absent counts) and for a
 * balance the issuer did not give (M5). A declared `conversion` lets the billing or settlement amount stand for the
 * amount when the currencies differ; `partial` lets the claim be less than what was given. Where the policy says `required`, a
 * value that only one side has, or neither, is missing; a date that may be some business days later is compared as one.
 */
#include "base/day.h"
#include "detect/parts.h"
#include "policy/behave.h"

enum { FREE_DAYS_MAX = 30 }; /* dates further apart never agree */

static bool
tolerates(const struct cs_expect *expect, enum cs_unless_kind kind)
{
	for (unsigned i = 0; i < expect->unless_n; i++)
		if (expect->unless[i].kind == kind)
			return true;
	return false;
}

static bool
money_of(const struct cs_event *const pair[2], enum cs_field field, struct cs_money *out)
{
	const struct cs_event *event = cs_transactions_of(pair, field);
	if (!event)
		return false;
	*out = cs_event_money(event, field);
	return true;
}

/* An unknown currency is compared by value alone. */
static bool
same_currency(struct cs_money a, struct cs_money b)
{
	uint16_t in_a = cs_money_currency(a);
	uint16_t in_b = cs_money_currency(b);
	return !in_a || !in_b || in_a == in_b;
}

static bool
stands_for(const struct cs_event *const pair[2], enum cs_field field, struct cs_money amount)
{
	struct cs_money other;
	return money_of(pair, field, &other) && cs_money_same(other, amount);
}

static bool
converted(const struct cs_event *const claim[2], const struct cs_event *const proof[2])
{
	struct cs_money claimed, proved;
	if (!money_of(claim, CS_FIELD_AMOUNT, &claimed) || !money_of(proof, CS_FIELD_AMOUNT, &proved))
		return false;
	if (same_currency(claimed, proved))
		return false;
	return stands_for(claim, CS_FIELD_BILLING, proved) || stands_for(proof, CS_FIELD_BILLING, claimed) ||
	       stands_for(claim, CS_FIELD_SETTLEMENT, proved);
}

/* A partial approval may be less than a full approval of the issuer, never more and never other than a partial one. */
static bool
partial_fits(const struct cs_event *const claim[2], const struct cs_event *const proof[2], struct cs_money claimed,
	     struct cs_money proved)
{
	bool partial = claim[0] && claim[0]->flags & CS_FLAG_PARTIAL;
	bool proof_partial = proof[0] && proof[0]->flags & CS_FLAG_PARTIAL;
	return partial && !proof_partial && cs_money_minor(claimed) <= cs_money_minor(proved);
}

/* The policy bears a small difference: charges, rounding. */
static bool
near_enough(const struct cs_expect *expect, struct cs_money claimed, struct cs_money proved)
{
	int64_t apart;
	if (cs_money_currency(claimed) != cs_money_currency(expect->near) ||
	    __builtin_sub_overflow(cs_money_minor(claimed), cs_money_minor(proved), &apart))
		return false;
	int64_t near = cs_money_minor(expect->near);
	return apart <= near && apart >= -near;
}

static bool
amount_agrees(const struct cs_expect *expect, const struct cs_event *const claim[2],
	      const struct cs_event *const proof[2])
{
	struct cs_money claimed, proved;
	if (!money_of(claim, CS_FIELD_AMOUNT, &claimed) || !money_of(proof, CS_FIELD_AMOUNT, &proved))
		return true;
	if (same_currency(claimed, proved) && cs_money_minor(claimed) == cs_money_minor(proved))
		return true;
	if (tolerates(expect, CS_UNLESS_CONVERSION) && converted(claim, proof))
		return true;
	if (cs_money_minor(expect->near) && same_currency(claimed, proved) && near_enough(expect, claimed, proved))
		return true;
	return same_currency(claimed, proved) && tolerates(expect, CS_UNLESS_PARTIAL) &&
	       partial_fits(claim, proof, claimed, proved);
}

static bool
currency_agrees(const struct cs_expect *expect, const struct cs_event *const claim[2],
		const struct cs_event *const proof[2])
{
	struct cs_money claimed, proved;
	if (!money_of(claim, CS_FIELD_AMOUNT, &claimed) || !money_of(proof, CS_FIELD_AMOUNT, &proved))
		return true;
	return same_currency(claimed, proved) || (tolerates(expect, CS_UNLESS_CONVERSION) && converted(claim, proof));
}

static bool
answers_agree(const struct cs_event *const claim[2], const struct cs_event *const proof[2], enum cs_field field)
{
	bool in_claim = claim[0] && cs_event_has(claim[0], field);
	bool in_proof = proof[0] && cs_event_has(proof[0], field);
	/* No answer to compare with: the proof is a request, such as an advice. */
	if (!claim[0] || !proof[0])
		return true;
	if (field == CS_FIELD_BALANCE && !in_claim)
		return true;
	return in_claim == in_proof && (!in_claim || cs_event_same(claim[0], proof[0], field));
}

static bool
value_agrees(const struct cs_event *const claim[2], const struct cs_event *const proof[2], enum cs_field field)
{
	const struct cs_event *in_claim = cs_transactions_of(claim, field);
	const struct cs_event *in_proof = cs_transactions_of(proof, field);
	return !in_claim || !in_proof || cs_event_same(in_claim, in_proof, field);
}

/* "2026-03-02" */
static bool
day_of(const struct cs_event *event, enum cs_field field, int64_t *out)
{
	static const char form[] = "dddd-dd-dd";
	struct cs_span text = cs_event_text(event, field);
	unsigned part[3] = {0}, nth = 0;
	if (text.len != sizeof form - 1)
		return false;
	for (unsigned i = 0; i < text.len; i++) {
		unsigned digit = text.at[i] - (unsigned)'0';
		if (form[i] == '-' ? text.at[i] != '-' : digit > 9)
			return false;
		if (form[i] == '-')
			nth++;
		else
			part[nth] = part[nth] * 10 + digit;
	}
	if (!cs_day_is(part[0], part[1], part[2]))
		return false;
	*out = cs_day_of(part[0], part[1], part[2]);
	return true;
}

/* The message that comes later, the statement's line, may have the later date. */
static bool
days_agree(const struct cs_expect *expect, const struct cs_event *claim, const struct cs_event *proof)
{
	static const struct cs_calendar_clause usual = {.weekend = 1U << 5 | 1U << 6};
	const struct cs_calendar_clause *calendar = expect->days.calendar ? expect->days.calendar : &usual;
	enum cs_field field = (enum cs_field)expect->days.field;
	int64_t first, last;
	if (!day_of(expect->after ? claim : proof, field, &first) ||
	    !day_of(expect->after ? proof : claim, field, &last))
		return false;
	unsigned left = expect->days.n;
	for (unsigned i = 0; first < last && i < FREE_DAYS_MAX; i++) {
		bool is_free = cs_calendar_free(calendar, ++first);
		if (!is_free && left-- == 0)
			return false;
	}
	return first == last;
}

static bool
date_agrees(const struct cs_expect *expect, const struct cs_event *const claim[2],
	    const struct cs_event *const proof[2], enum cs_field field)
{
	if (value_agrees(claim, proof, field))
		return true;
	return expect->days.n && field == expect->days.field &&
	       days_agree(expect, cs_transactions_of(claim, field), cs_transactions_of(proof, field));
}

/* The policy wants it on both sides. */
static bool
is_missing(const struct cs_expect *expect, const struct cs_event *const claim[2], const struct cs_event *const proof[2],
	   enum cs_field field)
{
	return expect->required >> field & 1 &&
	       (!cs_transactions_of(claim, field) || !cs_transactions_of(proof, field));
}

static bool
only_currency_differs(const struct cs_expect *expect, const struct cs_event *const claim[2],
		      const struct cs_event *const proof[2])
{
	struct cs_money claimed, proved;
	if (!money_of(claim, CS_FIELD_AMOUNT, &claimed) || !money_of(proof, CS_FIELD_AMOUNT, &proved))
		return false;
	return cs_money_minor(claimed) == cs_money_minor(proved) && !currency_agrees(expect, claim, proof);
}

static bool
field_agrees(const struct cs_expect *expect, const struct cs_event *const claim[2],
	     const struct cs_event *const proof[2], struct cs_disagreement *out)
{
	if (is_missing(expect, claim, proof, out->field)) {
		out->reason = CS_REASON_VALUE_MISSING;
		return false;
	}
	if (out->field == CS_FIELD_AMOUNT) {
		out->reason = only_currency_differs(expect, claim, proof) ? CS_REASON_CURRENCY_DIFFERS
									  : CS_REASON_AMOUNT_DIFFERS;
		return amount_agrees(expect, claim, proof);
	}
	if (out->field == CS_FIELD_CURRENCY) {
		out->reason = CS_REASON_CURRENCY_DIFFERS;
		return currency_agrees(expect, claim, proof);
	}
	if (out->field == CS_FIELD_APPROVAL_CODE || out->field == CS_FIELD_BALANCE) {
		out->reason =
			out->field == CS_FIELD_BALANCE ? CS_REASON_BALANCE_DIFFERS : CS_REASON_APPROVAL_CODE_DIFFERS;
		return answers_agree(claim, proof, out->field);
	}
	out->reason = CS_REASON_VALUE_DIFFERS;
	return date_agrees(expect, claim, proof, out->field);
}

bool
cs_agree_check(const struct cs_expect *expect, const struct cs_event *const claim[2],
	       const struct cs_event *const proof[2], struct cs_disagreement *out)
{
	for (unsigned i = 0; i < expect->agree_n; i++) {
		struct cs_disagreement found = {CS_REASON_VALUE_DIFFERS, expect->agree[i]};
		if (field_agrees(expect, claim, proof, &found))
			continue;
		*out = found;
		return true;
	}
	return false;
}

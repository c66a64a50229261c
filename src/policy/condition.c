/*
 * Conditions at work: a postfix program over three values, walked once from front to back.
 *
 * Invariant (the compiler's duty, asserted here): the program leaves exactly one value; since every step pushes at
 * most one, the stack never outgrows the number of steps. UNKNOWN follows Kleene: it wins over TRUE in `and`, over
 * FALSE in `or`, and `not` keeps it. A missing field is UNKNOWN; whoever needs a decision takes only TRUE.
 * spec: ISO 8583-1:1987 4.4.3 (processing code), 4.4.22 (entry mode); ISO 8583-1:1993 4.4.22 (12 positions).
 */
#include "policy/code.h"

#include "base/error.h"

enum { DATA_CODE_LEN = 12, DATA_CODE_INPUT_IDX = 6, ROUND_MIN = 1000 };

static enum cs_truth
truth_of(bool holds)
{
	return holds ? CS_TRUE : CS_FALSE;
}

/* A flag that can only be set once there is a response code; a record has it from a column of its own. */
static enum cs_truth
test_answer(const struct cs_event *event, enum cs_flag flag)
{
	if (event->flags & flag)
		return CS_TRUE;
	if (event->kind == CS_KIND_RECORD)
		return CS_FALSE;
	return cs_event_has(event, CS_FIELD_RESPONSE_CODE) ? CS_FALSE : CS_UNKNOWN;
}

static enum cs_truth
negate(enum cs_truth truth)
{
	return truth == CS_UNKNOWN ? CS_UNKNOWN : truth_of(truth == CS_FALSE);
}

static bool
starts(const struct cs_short *text, const char *two)
{
	return text->at[0] == two[0] && text->at[1] == two[1];
}

static enum cs_truth
test_type(const struct cs_event *event, const char *type, const char *other)
{
	if (!cs_event_has(event, CS_FIELD_PROCESSING))
		return CS_UNKNOWN;
	const struct cs_short *code = &event->text[CS_FIELD_PROCESSING];
	return truth_of(starts(code, type) || starts(code, other));
}

static enum cs_truth
is_approved(const struct cs_event *event)
{
	return test_answer(event, CS_FLAG_APPROVED);
}

static enum cs_truth
is_declined(const struct cs_event *event)
{
	return negate(test_answer(event, CS_FLAG_APPROVED));
}

static enum cs_truth
is_partial(const struct cs_event *event)
{
	return test_answer(event, CS_FLAG_PARTIAL);
}

static enum cs_truth
is_cash(const struct cs_event *event)
{
	return test_type(event, "01", "01");
}

static enum cs_truth
is_purchase(const struct cs_event *event)
{
	return test_type(event, "00", "00");
}

static enum cs_truth
is_inquiry(const struct cs_event *event)
{
	return test_type(event, "30", "31");
}

static enum cs_truth
is_refund(const struct cs_event *event)
{
	return test_type(event, "20", "20");
}

static enum cs_truth
is_repeat(const struct cs_event *event)
{
	return truth_of(event->flags & CS_FLAG_REPEAT);
}

static enum cs_truth
is_pin(const struct cs_event *event)
{
	return truth_of(event->flags & CS_FLAG_PIN);
}

/* The 1993 data code has the input mode as its 7th character, the 1987 entry mode as its first two. */
static bool
is_entered(const struct cs_event *event, const char *inputs, const char *const modes[3])
{
	const struct cs_short *entry = &event->text[CS_FIELD_POS_ENTRY];
	if (cs_event_text(event, CS_FIELD_POS_ENTRY).len == DATA_CODE_LEN)
		return strchr(inputs, entry->at[DATA_CODE_INPUT_IDX]) != NULL;
	return starts(entry, modes[0]) || starts(entry, modes[1]) || starts(entry, modes[2]);
}

static enum cs_truth
is_chip(const struct cs_event *event)
{
	static const char *const modes[3] = {"05", "07", "07"};
	if (event->flags & CS_FLAG_ARQC)
		return CS_TRUE;
	if (!cs_event_has(event, CS_FIELD_POS_ENTRY))
		return CS_UNKNOWN;
	return truth_of(is_entered(event, "5CM", modes));
}

static enum cs_truth
is_magstripe(const struct cs_event *event)
{
	static const char *const modes[3] = {"90", "80", "02"};
	if (!cs_event_has(event, CS_FIELD_POS_ENTRY))
		return CS_UNKNOWN;
	return truth_of(is_entered(event, "2B", modes));
}

/* Both must be there, or it is not known; what is no stripe is none whatever the card. */
static enum cs_truth
is_fallback(const struct cs_event *event)
{
	enum cs_truth stripe = is_magstripe(event);
	if (stripe != CS_TRUE)
		return stripe;
	if (!cs_event_has(event, CS_FIELD_SERVICE_CODE))
		return CS_UNKNOWN;
	char first = event->text[CS_FIELD_SERVICE_CODE].at[0];
	return truth_of(first == '2' || first == '6');
}

static enum cs_truth
is_arqc(const struct cs_event *event)
{
	return truth_of(event->flags & CS_FLAG_ARQC);
}

static enum cs_truth
is_arpc(const struct cs_event *event)
{
	return truth_of(event->flags & CS_FLAG_ARPC);
}

/* 25000, 780000, 1200000: what people think of, not what is left of a bill. */
static enum cs_truth
is_round(const struct cs_event *event)
{
	if (!cs_event_has(event, CS_FIELD_AMOUNT))
		return CS_UNKNOWN;
	struct cs_money money = cs_event_money(event, CS_FIELD_AMOUNT);
	int64_t minor = cs_money_minor(money);
	uint64_t left = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
	for (unsigned i = cs_currency_exponent(cs_money_currency(money)); i > 0; i--) {
		if (left % 10)
			return CS_FALSE;
		left /= 10;
	}
	bool enough = left >= ROUND_MIN;
	while (left >= 100 && left % 10 == 0)
		left /= 10;
	return truth_of(enough && left < 100);
}

static enum cs_truth
is_fraud(const struct cs_event *event)
{
	return truth_of(event->flags & CS_FLAG_FRAUD);
}

static const struct word_row {
	const char *name;
	enum cs_truth (*test)(const struct cs_event *event);
	const char *help;
} words[] = {
#define X(name, test, help) {#name, test, help},
#include "policy/word.def"
#undef X
};

enum { WORD_N = sizeof words / sizeof words[0] };

const char *
cs_condition_word(unsigned i)
{
	return i < WORD_N ? words[i].name : NULL;
}

const char *
cs_condition_word_help(unsigned i)
{
	CS_ASSERT(i < WORD_N);
	return words[i].help;
}

enum cs_truth
cs_condition_word_holds(unsigned i, const struct cs_event *event)
{
	CS_ASSERT(i < WORD_N);
	return words[i].test(event);
}

/* Text fields lie padded in the event; the two derived ones are brought into the same form. */
static struct cs_short
text_of(const struct cs_event *event, enum cs_field field)
{
	struct cs_short out = {{0}};
	if (field < CS_TEXT_FIELD_N)
		return event->text[field];
	if (field == CS_FIELD_MTI)
		memcpy(out.at, event->mti, sizeof event->mti);
	else
		memcpy(out.at, event->card.masked, 6);
	return out;
}

static enum cs_truth
accept(int order, unsigned compare)
{
	unsigned set = order < 0 ? CS_COMPARE_LESS : order > 0 ? CS_COMPARE_GREATER : CS_COMPARE_EQUAL;
	return truth_of(compare & set);
}

static enum cs_truth
test_text(const struct cs_step *step, const struct cs_event *event)
{
	struct cs_short value = text_of(event, (enum cs_field)step->field);
	if (step->op == CS_STEP_STARTS)
		return truth_of(memcmp(&value, &step->text, step->len) == 0);
	return accept(memcmp(&value, &step->text, sizeof value), step->compare);
}

static enum cs_truth
test_money(const struct cs_step *step, const struct cs_event *event)
{
	bool balance = step->field == CS_FIELD_BALANCE;
	struct cs_money value = balance ? event->balance.amount : cs_event_money(event, (enum cs_field)step->field);
	int order = 0;
	if (cs_money_order(value, step->money, &order) != CS_OK)
		return CS_UNKNOWN;
	return accept(order, step->compare);
}

static enum cs_truth
test_currency(const struct cs_step *step, const struct cs_event *event)
{
	uint16_t currency = cs_money_currency(cs_event_money(event, CS_FIELD_AMOUNT));
	if (!currency)
		return CS_UNKNOWN;
	return accept(currency != step->currency,
		      step->compare == CS_COMPARE_EQUAL ? CS_COMPARE_EQUAL : CS_COMPARE_GREATER);
}

static enum cs_truth
test(const struct cs_step *step, const struct cs_event *event)
{
	if (step->op == CS_STEP_WORD)
		return words[step->word].test(event);
	bool has = cs_event_has(event, (enum cs_field)step->field);
	if (step->op == CS_STEP_MISSING)
		return truth_of(!has);
	if (!has)
		return CS_UNKNOWN;
	if (step->op == CS_STEP_MONEY)
		return test_money(step, event);
	if (step->op == CS_STEP_CURRENCY)
		return test_currency(step, event);
	return test_text(step, event);
}

static enum cs_truth
both(enum cs_truth a, enum cs_truth b)
{
	if (a == CS_FALSE || b == CS_FALSE)
		return CS_FALSE;
	return a == CS_TRUE && b == CS_TRUE ? CS_TRUE : CS_UNKNOWN;
}

static enum cs_truth
either(enum cs_truth a, enum cs_truth b)
{
	return negate(both(negate(a), negate(b)));
}

enum cs_truth
cs_condition_holds(const struct cs_condition *condition, const struct cs_event *event)
{
	enum cs_truth stack[CS_CONDITION_NODES_MAX];
	unsigned n = 0;
	if (!condition)
		return CS_TRUE;
	for (unsigned i = 0; i < condition->n; i++) {
		const struct cs_step *step = &condition->step[i];
		if (step->op == CS_STEP_NOT) {
			CS_ASSERT(n >= 1);
			stack[n - 1] = negate(stack[n - 1]);
		} else if (step->op == CS_STEP_AND || step->op == CS_STEP_OR) {
			CS_ASSERT(n >= 2);
			n--;
			stack[n - 1] = (step->op == CS_STEP_AND ? both : either)(stack[n - 1], stack[n]);
		} else {
			CS_ASSERT(n < CS_CONDITION_NODES_MAX);
			stack[n++] = test(step, event);
		}
	}
	CS_ASSERT(n == 1);
	return stack[0];
}

unsigned
cs_condition_cost(const struct cs_condition *condition)
{
	return condition ? condition->n : 0;
}

uint64_t
cs_condition_own(const struct cs_condition *condition)
{
	return condition ? condition->own : 0;
}

const char *
cs_condition_text(const struct cs_condition *condition)
{
	return condition ? condition->text : "";
}

bool
cs_selector_takes(const struct cs_selector *selector, const struct cs_event *event)
{
	if (selector->link != event->link || !(selector->kinds >> event->kind & 1))
		return false;
	return cs_condition_holds(selector->where, event) == CS_TRUE;
}

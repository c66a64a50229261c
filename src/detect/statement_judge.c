/*
 * What is said of a page of a statement: whether it adds up, whether it goes on where the one before it ended, and whether
 * anything between them is missing.
 *
 * Nothing is called broken by what we lost: where rows could not be read between two pages, what does not fit is unproven. Sums
 * are whole minor units; one that leaves 64 bits is not added up, and then the word of whoever read the statement counts.
 */
#include "detect/statement.h"

static const struct cs_outcome unproven_outcome = {CS_VERDICT_ALLOW, CS_SEVERITY_LOW};

static bool
balance_of(const struct cs_sheet_page *page, enum cs_field field, struct cs_money *out)
{
	if (!cs_event_has(&page->event, field))
		return false;
	*out = cs_event_money(&page->event, field);
	return true;
}

/* Opening and entries come to *OUT; false when that cannot be said. */
static bool
sum_of(const struct cs_sheet_page *page, struct cs_money *out)
{
	struct cs_money opening, closing;
	int64_t sum;
	if (page->strange || !balance_of(page, CS_FIELD_SETTLEMENT, &opening) ||
	    !balance_of(page, CS_FIELD_BILLING, &closing))
		return false;
	if (__builtin_add_overflow(cs_money_minor(opening), page->credit, &sum) ||
	    __builtin_sub_overflow(sum, page->debit, &sum))
		return false;
	*out = cs_money_of(sum, cs_money_currency(opening));
	return true;
}

static bool
adds_up(const struct cs_sheet_page *page)
{
	struct cs_money sum;
	bool known = sum_of(page, &sum);
	if (page->event.flags & CS_FLAG_UNBALANCED || page->seen_n != page->entry_n)
		return false;
	return !known || cs_money_same(sum, cs_event_money(&page->event, CS_FIELD_BILLING));
}

/* Where both have a balance it is the same one. */
static bool
goes_on(const struct cs_sheet *sheet, const struct cs_sheet_page *page)
{
	struct cs_money was, is;
	return !balance_of(&sheet->last, CS_FIELD_BILLING, &was) || !balance_of(page, CS_FIELD_SETTLEMENT, &is) ||
	       cs_money_same(was, is);
}

/* A statement without balances does not say which page is its last. */
static bool
may_end(const struct cs_sheet_page *page)
{
	return page->event.flags & CS_FLAG_LAST || !cs_event_has(&page->event, CS_FIELD_BILLING);
}

static bool
follows(const struct cs_sheet *sheet, const struct cs_sheet_page *page)
{
	const struct cs_sheet_page *last = &sheet->last;
	if (!page->numbered || !last->numbered)
		return true;
	if (page->number == last->number)
		return page->page == last->page + 1 && !(last->event.flags & CS_FLAG_LAST);
	if (page->page != 1 || !may_end(last))
		return false;
	/* With a new year numbers begin anew; the balance tells that nothing is between. */
	return page->number == last->number + 1 ||
	       (page->number == 1 && cs_event_has(&page->event, CS_FIELD_SETTLEMENT) && goes_on(sheet, page));
}

static const struct cs_sheet_judged *
judged_before(const struct cs_sheet *sheet, const struct cs_sheet_page *page)
{
	uint64_t from = sheet->judged_n > CS_SHEET_JUDGED ? sheet->judged_n - CS_SHEET_JUDGED : 0;
	for (uint64_t i = sheet->judged_n; i-- > from;) {
		const struct cs_sheet_judged *judged = &sheet->judged[i % CS_SHEET_JUDGED];
		if (page->numbered && judged->number == page->number && judged->page == page->page)
			return judged;
	}
	return NULL;
}

enum cs_sheet_step
cs_sheet_step_of(const struct cs_sheet *sheet, const struct cs_sheet_page *page)
{
	if (!sheet->begun)
		return CS_STEP_FIRST;
	if (follows(sheet, page))
		return CS_STEP_FOLLOWS;
	const struct cs_sheet_judged *judged = judged_before(sheet, page);
	if (judged)
		return judged->digest == page->digest ? CS_STEP_COPY : CS_STEP_CHANGED;
	const struct cs_sheet_page *last = &sheet->last;
	bool ahead = page->number > last->number || (page->number == last->number && page->page > last->page);
	return ahead ? CS_STEP_AHEAD : CS_STEP_BEHIND;
}

bool
cs_sheet_sound(const struct cs_sheet *sheet, const struct cs_sheet_page *page)
{
	return cs_sheet_step_of(sheet, page) == CS_STEP_FOLLOWS && adds_up(page) && goes_on(sheet, page);
}

/* ---- words ---- */

static void
put_page(struct cs_text *text, const struct cs_sheet_page *page)
{
	if (!page->numbered) {
		cs_text_put(text, "a statement without a number");
		return;
	}
	cs_text_put(text, "statement ");
	cs_text_put_u64(text, page->number);
	cs_text_put(text, " page ");
	cs_text_put_u64(text, page->page);
}

/* Behind a finding's words nothing is decided by them. */
struct said {
	struct cs_finding finding;
	struct cs_text text;
};

/* Bytes lost between the page before and this one. */
static uint64_t
lost_before(const struct cs_leaf *leaf)
{
	uint64_t to_ns = leaf->page->event.origin.time_ns;
	uint64_t from_ns = leaf->sheet->begun ? leaf->sheet->last.event.origin.time_ns : to_ns;
	from_ns = from_ns < to_ns ? from_ns : to_ns;
	return cs_coverage_lost(leaf->detect->coverage, leaf->clause->of.link, CS_DIR_TO_PORT, from_ns, to_ns);
}

static void
begin(const struct cs_leaf *leaf, enum cs_reason reason, uint64_t lost, struct said *said)
{
	const struct cs_outcome *outcome = lost ? &unproven_outcome : &leaf->clause->otherwise;
	cs_explain_begin(leaf->detect, &said->finding, lost ? CS_REASON_UNPROVEN : reason, outcome);
	cs_explain_add(&said->finding, CS_ROLE_CLAIM, &leaf->page->event);
	if (leaf->sheet->begun && leaf->page != &leaf->sheet->last)
		cs_explain_add(&said->finding, CS_ROLE_EARLIER, &leaf->sheet->last.event);
	cs_explain_sight(&said->finding, (struct cs_sight){lost == 0, lost});
	said->finding.expectation = leaf->clause->name;
	said->text = cs_explain_detail(&said->finding);
	put_page(&said->text, leaf->page);
}

static void
say_sum(const struct cs_leaf *leaf, uint64_t lost)
{
	const struct cs_sheet_page *page = leaf->page;
	struct cs_money sum;
	struct said said;
	bool known = sum_of(page, &sum);
	begin(leaf, CS_REASON_STATEMENT_SUM, lost, &said);
	if (page->seen_n != page->entry_n) {
		cs_text_put(&said.text, " has ");
		cs_text_put_counted(&said.text, page->entry_n, "entry", "entries");
		cs_text_put(&said.text, " by its own count, and ");
		cs_text_put_u64(&said.text, page->seen_n);
		cs_text_put(&said.text, " were read");
	} else if (known) {
		uint16_t currency = cs_money_currency(sum);
		cs_text_put(&said.text, ": ");
		cs_money_put(&said.text, cs_event_money(&page->event, CS_FIELD_SETTLEMENT));
		cs_text_put(&said.text, " and its entries, ");
		cs_money_put(&said.text, cs_money_of(page->credit, currency));
		cs_text_put(&said.text, " in and ");
		cs_money_put(&said.text, cs_money_of(page->debit, currency));
		cs_text_put(&said.text, " out, are ");
		cs_money_put(&said.text, sum);
		cs_text_put(&said.text, "; it closes with ");
		cs_money_put(&said.text, cs_event_money(&page->event, CS_FIELD_BILLING));
	} else {
		cs_text_put(&said.text, ": its balances and its entries do not agree");
	}
	cs_explain_tell(leaf->detect, &said.finding);
}

static void
put_balances(struct cs_text *text, const struct cs_leaf *leaf)
{
	cs_text_put(text, " begins with ");
	cs_money_put(text, cs_event_money(&leaf->page->event, CS_FIELD_SETTLEMENT));
	cs_text_put(text, ", ");
	put_page(text, &leaf->sheet->last);
	cs_text_put(text, " ended with ");
	cs_money_put(text, cs_event_money(&leaf->sheet->last.event, CS_FIELD_BILLING));
}

static void
say_chain(const struct cs_leaf *leaf, uint64_t lost)
{
	struct said said;
	begin(leaf, CS_REASON_STATEMENT_CHAIN, lost, &said);
	put_balances(&said.text, leaf);
	cs_explain_tell(leaf->detect, &said.finding);
}

static void
say_gap(const struct cs_leaf *leaf, enum cs_sheet_step step, uint64_t lost)
{
	const struct cs_sheet_page *last = &leaf->sheet->last, *page = leaf->page;
	struct said said;
	begin(leaf, CS_REASON_STATEMENT_GAP, lost, &said);
	cs_text_put(&said.text, " came behind ");
	put_page(&said.text, last);
	if (step == CS_STEP_BEHIND)
		cs_text_put(&said.text, ", and its turn was before");
	else if (!may_end(last))
		cs_text_put(&said.text, ", which was not the last page of its own");
	else if (page->number > last->number + 1) {
		cs_text_put(&said.text, ": ");
		cs_text_put_u64(&said.text, page->number - last->number - 1);
		cs_text_put(&said.text, " missing");
	} else {
		cs_text_put(&said.text, ": pages are missing");
	}
	if (!goes_on(leaf->sheet, page)) {
		cs_text_put(&said.text, "; it");
		put_balances(&said.text, leaf);
	}
	cs_explain_tell(leaf->detect, &said.finding);
}

static void
say_changed(const struct cs_leaf *leaf, uint64_t lost)
{
	const struct cs_sheet_judged *before = judged_before(leaf->sheet, leaf->page);
	struct cs_money closing;
	struct said said;
	CS_ASSERT(before);
	begin(leaf, CS_REASON_STATEMENT_DIFFERS, lost, &said);
	cs_text_put(&said.text, " came before, with other contents");
	if (balance_of(leaf->page, CS_FIELD_BILLING, &closing)) {
		cs_text_put(&said.text, ": it closed with ");
		cs_money_put(&said.text, before->closing);
		cs_text_put(&said.text, ", now with ");
		cs_money_put(&said.text, closing);
	}
	cs_explain_tell(leaf->detect, &said.finding);
}

/* ---- judging ---- */

static void
remember(const struct cs_leaf *leaf)
{
	struct cs_sheet *sheet = leaf->sheet;
	struct cs_sheet_judged judged = {leaf->page->number, leaf->page->page, leaf->page->digest, cs_money_of(0, 0)};
	(void)balance_of(leaf->page, CS_FIELD_BILLING, &judged.closing);
	sheet->judged[sheet->judged_n++ % CS_SHEET_JUDGED] = judged;
	sheet->last = *leaf->page;
	sheet->begun = true;
	uint64_t within_ns = leaf->clause->within_ns;
	sheet->due_ns =
		within_ns ? cs_calendar_after(leaf->clause->calendar, leaf->page->event.origin.time_ns, within_ns) : 0;
}

/* Says what is wrong with how it follows; true when something is. */
static bool
say_step(const struct cs_leaf *leaf, enum cs_sheet_step step, uint64_t lost)
{
	if (step == CS_STEP_CHANGED)
		say_changed(leaf, lost);
	else if (step == CS_STEP_AHEAD || step == CS_STEP_BEHIND)
		say_gap(leaf, step, lost);
	else if (step == CS_STEP_FOLLOWS && !goes_on(leaf->sheet, leaf->page))
		say_chain(leaf, lost);
	else
		return false;
	return true;
}

void
cs_sheet_judge(const struct cs_leaf *leaf)
{
	struct cs_statement_counts *counts = &leaf->detect->counts.statement[leaf->nth];
	enum cs_sheet_step step = cs_sheet_step_of(leaf->sheet, leaf->page);
	if (step == CS_STEP_COPY) {
		counts->copies++;
		return;
	}
	bool sum = !adds_up(leaf->page);
	uint64_t lost = lost_before(leaf);
	if (sum)
		say_sum(leaf, lost);
	bool wrong = say_step(leaf, step, lost) || sum;
	counts->sound += !wrong;
	counts->broken += wrong && !lost;
	counts->unproven += wrong && lost;
	/* What comes again, or out of its turn, moves nothing on: but for numbers that begin anew. */
	if ((step != CS_STEP_CHANGED && step != CS_STEP_BEHIND) || leaf->page->number == 1)
		remember(leaf);
}

void
cs_sheet_silent(const struct cs_leaf *leaf)
{
	const struct cs_sheet *sheet = leaf->sheet;
	uint64_t from_ns = sheet->last.event.origin.time_ns;
	uint64_t lost =
		cs_coverage_lost(leaf->detect->coverage, leaf->clause->of.link, CS_DIR_TO_PORT, from_ns, sheet->due_ns);
	struct said said;
	begin(leaf, CS_REASON_STATEMENT_SILENT, lost, &said);
	cs_text_put(&said.text,
		    may_end(&sheet->last) ? " was the last" : ", not the last page of its own, was the last");
	cs_text_put(&said.text, " to come, ");
	cs_text_put_when(&said.text, from_ns);
	cs_text_put(&said.text, "; the next was due by ");
	cs_text_put_when(&said.text, sheet->due_ns);
	leaf->detect->counts.statement[leaf->nth].silent += !lost;
	cs_explain_tell(leaf->detect, &said.finding);
}

/*
 * Goal: statements that do not add up, do not go on, leap, come twice with other contents or stay away are told with their numbers;
 * honest ones, in any order, are not; what could not be read accuses nobody.
 * Method: a policy over one record, pages and entries one by one, what is found compared to the letter.
 */
#include "check.h"

#include "detect/statement.c"

#include "claims.h"

#define PLAIN                                                                                                          \
	"record st { source csv time from \"t\" field account text from \"a\" amount from \"x\" minor EUR lateness "   \
	"10s }\n"
#define NOSTRO PLAIN "statement nostro { of record on st  by account  keep 4 accounts  otherwise hold critical }"
#define DUE                                                                                                            \
	PLAIN "calendar bank { weekend saturday, sunday }\n"                                                           \
	      "statement nostro { of record on st  within 1d by bank\n by account  otherwise hold critical }"

struct page {
	uint64_t at_s;
	const char *account;
	const char *number;
	const char *page;
	int64_t opening;
	int64_t closing;
	const char *entries;
	bool last;
};

static void
put(struct cs_event *event, unsigned field, const char *value)
{
	if (value)
		cs_event_set_text(event, (enum cs_field)field, cs_span_text(value));
}

static void
money(struct cs_event *event, enum cs_field field, int64_t minor)
{
	event->money[field - CS_MONEY_FIELD_FIRST] = cs_money_of(minor, 978);
	event->present |= UINT64_C(1) << field;
}

static struct cs_event
begin_row(const struct page *page, uint32_t flags)
{
	const struct cs_statement *clause = &policy->statement[0];
	struct cs_event event = {.kind = CS_KIND_RECORD, .flags = flags};
	event.origin.time_ns = page->at_s * cs_second_ns;
	put(&event, clause->by, page->account);
	put(&event, clause->number, page->number);
	put(&event, clause->page, page->page);
	return event;
}

static void
tell_page(struct page page)
{
	struct cs_event event = begin_row(&page, CS_FLAG_PAGE | (page.last ? CS_FLAG_LAST : 0));
	put(&event, policy->statement[0].entries, page.entries);
	money(&event, CS_FIELD_SETTLEMENT, page.opening);
	money(&event, CS_FIELD_BILLING, page.closing);
	cs_detect_event(detect, &event);
}

static void
tell_entry(struct page page, int64_t minor)
{
	struct cs_event event = begin_row(&page, CS_FLAG_ENTRY | (minor < 0 ? CS_FLAG_DEBIT : 0));
	money(&event, CS_FIELD_AMOUNT, minor < 0 ? -minor : minor);
	cs_detect_event(detect, &event);
}

/* One page with one entry. */
static void
tell_one(struct page page)
{
	page.entries = "1";
	tell_page(page);
	tell_entry(page, (int64_t)((uint64_t)page.closing -
				   (uint64_t)page.opening)); /* hostile balances wrap here, not there */
}

static const struct cs_statement_counts *
pages(void)
{
	return &cs_detect_counts_of(detect)->statement[0];
}

static void
pages_and_statements_go_on(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_one((struct page){100, "A", "7", "1", 1000, 900, NULL, false});
	tell_one((struct page){101, "A", "7", "2", 900, 1500, NULL, true});
	tell_one((struct page){101, "B", "1", "1", -5, -50, NULL, true});
	settle(0, 150);
	tell_one((struct page){200, "A", "8", "1", 1500, 1400, NULL, true});
	tell_one((struct page){201, "B", "2", "1", -50, 50, NULL, true});
	tell_page((struct page){300, "A", "9", "1", 1400, 1400, "0", true});
	assert_string_equal(heard, "");
	assert_int_equal(pages()->sound, 6);
	stop();
}

static void
a_page_that_comes_before_its_turn_waits(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_one((struct page){101, "A", "7", "2", 900, 1500, NULL, true});
	tell_one((struct page){100, "A", "7", "1", 1000, 900, NULL, false});
	settle(0, 150);
	tell_one((struct page){202, "A", "9", "1", 1600, 1700, NULL, true});
	tell_one((struct page){201, "A", "8", "1", 1500, 1600, NULL, true});
	settle(0, 250);
	assert_string_equal(heard, "");
	assert_int_equal(pages()->sound, 4);
	stop();
}

static void
a_line_taken_out_is_seen_by_the_sum(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_page((struct page){100, "A", "7", "1", 1000, 500, "2", true});
	tell_entry((struct page){100, "A", "7", "1", 0, 0, NULL, true}, -100);
	tell_entry((struct page){100, "A", "7", "1", 0, 0, NULL, true}, 50);
	assert_string_equal(heard, "");
	settle(0, 150);
	assert_string_equal(
		heard, "statement_sum(statement 7 page 1: 10.00 EUR and its entries, 0.50 EUR in and 1.00 EUR out, are "
		       "9.50 EUR; it closes with 5.00 EUR) ");
	assert_int_equal(pages()->broken, 1);
	stop();
}

static void
a_repaired_balance_is_seen_by_the_next_statement(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_one((struct page){100, "A", "7", "1", 1000, 950, NULL, true});
	settle(0, 150);
	tell_one((struct page){200, "A", "8", "1", 500, 600, NULL, true});
	settle(0, 250);
	tell_one((struct page){300, "A", "9", "1", 600, 700, NULL, true});
	assert_string_equal(
		heard,
		"statement_chain(statement 8 page 1 begins with 5.00 EUR, statement 7 page 1 ended with 9.50 EUR) ");
	assert_int_equal(pages()->sound, 2);
	stop();
}

static void
leaps_are_told(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_one((struct page){100, "A", "7", "1", 1000, 950, NULL, true});
	settle(0, 150);
	tell_one((struct page){200, "A", "10", "1", 900, 600, NULL, false});
	settle(0, 250);
	tell_one((struct page){300, "A", "11", "1", 600, 700, NULL, true});
	settle(0, 350);
	tell_one((struct page){400, "A", "3", "1", 700, 800, NULL, true});
	settle(0, 450);
	assert_string_equal(
		heard,
		"statement_gap(statement 10 page 1 came behind statement 7 page 1: 2 missing; it begins with 9.00 EUR, "
		"statement 7 page 1 ended with 9.50 EUR) "
		"statement_gap(statement 11 page 1 came behind statement 10 page 1, which was not the last page of its "
		"own) "
		"statement_gap(statement 3 page 1 came behind statement 11 page 1, and its turn was before) ");
	stop();
}

static void
numbers_begin_anew_with_the_year(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_one((struct page){100, "A", "252", "1", 1000, 950, NULL, true});
	settle(0, 150);
	tell_one((struct page){200, "A", "1", "1", 950, 600, NULL, true});
	tell_one((struct page){300, "A", "2", "1", 600, 700, NULL, true});
	settle(0, 350);
	assert_string_equal(heard, "");
	assert_int_equal(pages()->sound, 3);
	stop();
}

static void
the_same_page_twice_is_a_copy_or_a_change(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_one((struct page){100, "A", "7", "1", 1000, 950, NULL, true});
	settle(0, 150);
	tell_one((struct page){160, "A", "7", "1", 1000, 950, NULL, true});
	assert_int_equal(pages()->copies, 1);
	tell_one((struct page){170, "A", "7", "1", 1000, 990, NULL, true});
	settle(0, 250);
	tell_one((struct page){300, "A", "8", "1", 950, 700, NULL, true});
	assert_string_equal(
		heard,
		"statement_differs(statement 7 page 1 came before, with other contents: it closed with 9.50 EUR, now "
		"with 9.90 EUR) ");
	assert_int_equal(pages()->sound, 2);
	stop();
}

static void
what_could_not_be_read_is_no_gap(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_one((struct page){100, "A", "7", "1", 1000, 950, NULL, true});
	settle(0, 150);
	struct cs_gap gap = {160 * cs_second_ns, 170 * cs_second_ns, 1};
	cs_coverage_gap(coverage, 0, CS_DIR_TO_PORT, gap);
	tell_one((struct page){200, "A", "9", "1", 900, 600, NULL, true});
	settle(0, 250);
	assert_string_equal(
		heard,
		"unproven(statement 9 page 1 came behind statement 7 page 1: 1 missing; it begins with 9.00 EUR, "
		"statement 7 page 1 ended with 9.50 EUR) ");
	assert_int_equal(pages()->unproven, 1);
	stop();
}

static void
entries_that_were_not_read_are_told(void **state)
{
	(void)state;
	start(NOSTRO);
	tell_page((struct page){100, "A", "7", "1", 1000, 950, "3", true});
	tell_entry((struct page){100, "A", "7", "1", 0, 0, NULL, true}, -50);
	settle(0, 150);
	assert_string_equal(heard,
			    "statement_sum(statement 7 page 1 has 3 entries by its own count, and 1 were read) ");
	stop();
}

/* Half a page, and a page that waits, go on in another judge. */
static void
what_is_known_moves_with_its_regions(void **state)
{
	const struct cs_detect_sink sink = {hear, NULL};
	struct cs_regions from = {.n = 0}, to = {.n = 0};
	(void)state;
	start(NOSTRO);
	tell_one((struct page){100, "A", "7", "1", 1000, 950, NULL, true});
	settle(0, 150);
	tell_one((struct page){202, "A", "9", "1", 1600, 1700, NULL, true});
	tell_page((struct page){201, "A", "8", "1", 950, 1600, "2", true});
	tell_entry((struct page){201, "A", "8", "1", 0, 0, NULL, true}, -50);
	struct cs_detect *next = cs_detect_new(policy, coverage, &sink);
	assert_non_null(next);
	cs_detect_statement_regions(detect, 0, &from);
	cs_detect_statement_regions(next, 0, &to);
	assert_true(cs_regions_copy(&to, &from));
	cs_detect_free(detect);
	detect = next;
	tell_entry((struct page){201, "A", "8", "1", 0, 0, NULL, true}, 700);
	assert_string_equal(heard, "");
	assert_int_equal(pages()->sound, 3);
	assert_int_equal(pages()->waiting, 0);
	stop();
}

/* 1970-01-02 was a Friday. */
static void
a_statement_that_stays_away_is_told_on_business_days(void **state)
{
	enum { DAY_S = 86400 };
	(void)state;
	start(DUE);
	tell_one((struct page){DAY_S + 3600, "A", "7", "1", 1000, 950, NULL, true});
	settle(0, 4 * DAY_S + 3600);
	assert_string_equal(heard, "");
	settle(0, 4 * DAY_S + 3601);
	assert_string_equal(
		heard,
		"statement_silent(statement 7 page 1 was the last to come, 1970-01-02 01:00:00; the next was due by "
		"1970-01-05 01:00:00) ");
	settle(0, 9 * DAY_S);
	assert_int_equal(pages()->silent, 1);
	stop();
}

static void
accounts_past_what_is_kept_are_counted(void **state)
{
	static const char *const names[] = {"A", "B", "C", "D", "E", "F"};
	(void)state;
	start(NOSTRO);
	for (unsigned i = 0; i < 6; i++)
		tell_one((struct page){100 + i, names[i], "7", "1", 1000, 950, NULL, true});
	settle(0, 150);
	assert_int_equal(pages()->evicted, 2);
	assert_int_equal(pages()->pages, 6);
	assert_int_equal(pages()->waiting, 0);
	assert_string_equal(heard, "");
	stop();
}

static void
hostile_numbers_are_no_numbers(void **state)
{
	static const char *const numbers[] = {"", "-1", "9999999999999999", "7a", "0", "0000000000000000"};
	(void)state;
	start(NOSTRO);
	for (unsigned i = 0; i < 6; i++)
		for (unsigned k = 0; k < 6; k++)
			tell_one(
				(struct page){100 + i, "A", numbers[i], numbers[k], INT64_MAX, INT64_MIN, NULL, i & 1});
	settle(0, 150);
	assert_int_equal(pages()->waiting, 0);
	const struct cs_statement_counts *n = pages();
	assert_int_equal(n->pages, n->sound + n->copies + n->broken + n->unproven);
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_statements_go_on),
		cmocka_unit_test(a_page_that_comes_before_its_turn_waits),
		cmocka_unit_test(a_line_taken_out_is_seen_by_the_sum),
		cmocka_unit_test(a_repaired_balance_is_seen_by_the_next_statement),
		cmocka_unit_test(leaps_are_told),
		cmocka_unit_test(numbers_begin_anew_with_the_year),
		cmocka_unit_test(the_same_page_twice_is_a_copy_or_a_change),
		cmocka_unit_test(what_could_not_be_read_is_no_gap),
		cmocka_unit_test(entries_that_were_not_read_are_told),
		cmocka_unit_test(what_is_known_moves_with_its_regions),
		cmocka_unit_test(a_statement_that_stays_away_is_told_on_business_days),
		cmocka_unit_test(accounts_past_what_is_kept_are_counted),
		cmocka_unit_test(hostile_numbers_are_no_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: no row gets lost, whatever there is no room for: it is in its group, in the others, or counted.
 * Method: the tables filled and overfilled, and recounted; days and hours at both sides of midnight.
 */
#include "check.h"

#include "app/report_group.c"

static const uint64_t hour_ns = 3600 * UINT64_C(1000000000);

static struct cs_report *
new_report(int64_t day, int32_t zone_s)
{
	struct cs_report *report = calloc(1, sizeof *report);
	static struct cs_zone zone;
	zone = (struct cs_zone){.change_n = 1, .change[0].east_s = zone_s};
	const struct cs_report_wish wish = {.day = day, .zone = &zone, .history_days = 2};
	assert_non_null(report);
	assert_true(cs_report_init(report, &wish));
	return report;
}

static void
free_report(struct cs_report *report)
{
	cs_report_fini(report);
	free(report);
}

static void
test_days(void **state)
{
	(void)state;
	struct cs_report *report = new_report(10, 2 * 3600);
	assert_int_equal(report->from_ns, (10 * 24 - 2) * hour_ns);
	assert_int_equal(report->to_ns, (11 * 24 - 2) * hour_ns);
	assert_int_equal(cs_report_ago(report, report->from_ns), 0);
	assert_int_equal(cs_report_ago(report, report->from_ns - 1), 1);
	assert_int_equal(cs_report_ago(report, report->to_ns - 1), 0);
	assert_int_equal(cs_report_ago(report, report->to_ns), -1);
	assert_int_equal(cs_report_ago(report, report->history_from_ns), 2);
	assert_int_equal(cs_report_ago(report, report->history_from_ns - 1), -1);
	assert_int_equal(cs_report_hour_of(&report->wish, report->from_ns), 0);
	assert_int_equal(cs_report_hour_of(&report->wish, report->to_ns - 1), 23);
	free_report(report);
	static const struct cs_zone hour = {.change_n = 1, .change[0].east_s = -3600};
	const struct cs_report_wish west = {.zone = &hour};
	assert_int_equal(cs_report_day_of(&west, 0), -1);
	assert_int_equal(cs_report_hour_of(&west, 0), 23);
	assert_int_equal(cs_report_day_of(&west, hour_ns), 0);
}

static void
test_room(void **state)
{
	(void)state;
	enum { MORE = 5000 };
	struct cs_report *report = new_report(10, 0);
	for (uint32_t i = 0; i < CS_REPORT_GROUPS_MAX + MORE; i++) {
		struct cs_report_key key = {.flow = 1, .currency = (uint16_t)(i % CS_REPORT_OTHERS_MAX)};
		memcpy(key.at[0].at, &i, sizeof i);
		struct cs_report_group *group = cs_report_group(report, &key);
		assert_non_null(group);
		group->day.n++;
		assert_ptr_equal(cs_report_group(report, &key), group);
	}
	uint64_t n = 0;
	for (uint32_t i = 0; i < report->groups.n; i++)
		n += report->groups.at[i].day.n;
	assert_int_equal(n, CS_REPORT_GROUPS_MAX);
	for (uint32_t i = 0; i < report->others.n; i++)
		n += report->others.at[i].day.n;
	assert_int_equal(n, CS_REPORT_GROUPS_MAX + MORE);
	assert_int_equal(report->group_full_n, 2 * MORE);
	assert_int_equal(report->group_lost_n, 0);
	struct cs_report_key key = {.flow = 2, .currency = 1};
	assert_null(cs_report_group(report, &key));
	assert_int_equal(report->group_lost_n, 1);
	free_report(report);
}

static void
test_largest(void **state)
{
	(void)state;
	static const int64_t minor[] = {5, 9, 9, -1, 7, 1, 8, 9, 2};
	static const uint64_t expected[] = {1, 2, 7, 6, 4};
	struct cs_report *report = new_report(10, 0);
	for (uint64_t i = 0; i < sizeof minor / sizeof minor[0]; i++)
		cs_report_top_add(report, 3, 978, &(struct cs_report_payment){.seq = i, .minor = minor[i]});
	assert_int_equal(report->top_n, 1);
	assert_int_equal(report->top[0].n, CS_REPORT_TOP_N);
	for (unsigned i = 0; i < CS_REPORT_TOP_N; i++)
		assert_int_equal(report->top[0].at[i].seq, expected[i]);
	for (uint16_t i = 0; i < CS_REPORT_TOPS_MAX; i++)
		cs_report_top_add(report, 4, i, &(struct cs_report_payment){.minor = 1});
	assert_int_equal(report->top_n, CS_REPORT_TOPS_MAX);
	assert_int_equal(report->top_lost_n, 1);
	free_report(report);
}

static bool
is_older(const struct cs_report_item *a, const struct cs_report_item *b)
{
	return a->days > b->days;
}

static void
test_list(void **state)
{
	(void)state;
	static struct cs_report_list list;
	for (unsigned i = 0; i < 1000; i++)
		cs_report_list_add(&list, &(struct cs_report_item){.seq = i, .days = (int64_t)(i * 7919 % 1000 / 2)},
				   is_older);
	assert_int_equal(list.all_n, 1000);
	assert_int_equal(list.n, CS_REPORT_NAMED_MAX);
	for (unsigned i = 0; i < CS_REPORT_NAMED_MAX; i++) {
		assert_int_equal(list.at[i].days, 499 - i / 2);
		assert_true(i % 2 == 0 || list.at[i].seq > list.at[i - 1].seq);
	}
	static struct cs_report_lines lines;
	for (unsigned i = 0; i < CS_REPORT_EVENTS_MAX; i++)
		assert_non_null(cs_report_line_add(&lines));
	assert_null(cs_report_line_add(&lines));
	assert_int_equal(lines.all_n, CS_REPORT_EVENTS_MAX + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The report's tables: groups by their key, the largest payments, the first of a list. None of them grows.
 *
 * Invariant: a group's place in `at` is the order in which its first row came, which is the journal's; so a report of the same
 * journal has the same groups.
 */
#include "app/report.h"

#include "base/hash.h"

#include <stdlib.h>

static const uint64_t second_ns = UINT64_C(1000000000);
static const int64_t day_s = 86400;

/* ---- days ---- */

static int64_t
local_s(const struct cs_report_wish *wish, uint64_t time_ns)
{
	int64_t seconds = (int64_t)(time_ns / second_ns);
	return seconds + cs_report_east(wish, seconds);
}

static int64_t
floor_day(int64_t seconds)
{
	return seconds >= 0 ? seconds / day_s : -((day_s - 1 - seconds) / day_s);
}

int64_t
cs_report_day_of(const struct cs_report_wish *wish, uint64_t time_ns)
{
	return floor_day(local_s(wish, time_ns));
}

unsigned
cs_report_hour_of(const struct cs_report_wish *wish, uint64_t time_ns)
{
	int64_t seconds = local_s(wish, time_ns);
	return (unsigned)((seconds - floor_day(seconds) * day_s) / 3600);
}

int
cs_report_ago(const struct cs_report *report, uint64_t time_ns)
{
	int64_t ago = report->wish.day - cs_report_day_of(&report->wish, time_ns);
	return ago >= 0 && ago <= (int64_t)report->wish.history_days ? (int)ago : -1;
}

/* ---- groups ---- */

static bool
init_groups(struct cs_report_groups *groups, uint32_t cap)
{
	groups->cap = cap;
	groups->at = calloc(cap, sizeof *groups->at);
	groups->slot = calloc((size_t)2 * cap, sizeof *groups->slot);
	return groups->at && groups->slot;
}

static void
fini_groups(struct cs_report_groups *groups)
{
	free(groups->at);
	free(groups->slot);
	*groups = (struct cs_report_groups){0};
}

/* When DAY begins: also where there is no midnight, as the clocks went from 00:00 to 01:00. */
static uint64_t
moment_of(const struct cs_report_wish *wish, int64_t day)
{
	int64_t before = day * day_s - 2 * day_s, seconds = day * day_s + 2 * day_s;
	while (seconds - before > 1) {
		int64_t middle = before + (seconds - before) / 2;
		if (floor_day(middle + cs_report_east(wish, middle)) < day)
			before = middle;
		else
			seconds = middle;
	}
	return seconds > 0 ? (uint64_t)seconds * second_ns : 0;
}

bool
cs_report_init(struct cs_report *report, const struct cs_report_wish *wish)
{
	report->wish = *wish;
	report->from_ns = moment_of(wish, wish->day);
	report->to_ns = moment_of(wish, wish->day + 1);
	report->history_from_ns = moment_of(wish, wish->day - (int64_t)wish->history_days);
	return init_groups(&report->groups, CS_REPORT_GROUPS_MAX) && init_groups(&report->others, CS_REPORT_OTHERS_MAX);
}

void
cs_report_fini(struct cs_report *report)
{
	fini_groups(&report->groups);
	fini_groups(&report->others);
}

/* The group of KEY, made when there is room; NULL: there is none. */
static struct cs_report_group *
find(struct cs_report_groups *groups, const struct cs_report_key *key)
{
	uint32_t mask = 2 * groups->cap - 1;
	uint64_t hash = cs_hash_bytes((struct cs_span){(const uint8_t *)key, sizeof *key}, groups->seed);
	uint32_t at = (uint32_t)hash & mask;
	for (; groups->slot[at]; at = (at + 1) & mask)
		if (memcmp(&groups->at[groups->slot[at] - 1].key, key, sizeof *key) == 0)
			return &groups->at[groups->slot[at] - 1];
	if (groups->n == groups->cap)
		return NULL;
	groups->slot[at] = ++groups->n;
	groups->at[groups->n - 1].key = *key;
	return &groups->at[groups->n - 1];
}

struct cs_report_group *
cs_report_group(struct cs_report *report, const struct cs_report_key *key)
{
	struct cs_report_group *group = find(&report->groups, key);
	if (group)
		return group;
	struct cs_report_key rest = {.flow = key->flow, .currency = key->currency, .dim = key->dim, .others = true};
	group = find(&report->others, &rest);
	report->group_full_n += group != NULL;
	report->group_lost_n += group == NULL;
	return group;
}

/* ---- the largest ---- */

static struct cs_report_top *
top_of(struct cs_report *report, unsigned flow, uint16_t currency)
{
	for (uint32_t i = 0; i < report->top_n; i++)
		if (report->top[i].flow == flow && report->top[i].currency == currency)
			return &report->top[i];
	if (report->top_n == CS_REPORT_TOPS_MAX)
		return NULL;
	struct cs_report_top *top = &report->top[report->top_n++];
	*top = (struct cs_report_top){.flow = (uint16_t)flow, .currency = currency};
	return top;
}

/* Of equal ones the first in the journal stays first. */
void
cs_report_top_add(struct cs_report *report, unsigned flow, uint16_t currency, const struct cs_report_payment *payment)
{
	struct cs_report_top *top = top_of(report, flow, currency);
	if (!top) {
		report->top_lost_n++;
		return;
	}
	uint32_t at = top->n;
	while (at > 0 && payment->minor > top->at[at - 1].minor)
		at--;
	if (at == CS_REPORT_TOP_N)
		return;
	top->n += top->n < CS_REPORT_TOP_N;
	for (uint32_t i = top->n - 1; i > at; i--)
		top->at[i] = top->at[i - 1];
	top->at[at] = *payment;
}

void
cs_report_list_add(struct cs_report_list *list, const struct cs_report_item *item,
		   bool (*before)(const struct cs_report_item *a, const struct cs_report_item *b))
{
	uint32_t at = list->n;
	list->all_n++;
	while (at > 0 && before(item, &list->at[at - 1]))
		at--;
	if (at == CS_REPORT_NAMED_MAX)
		return;
	list->n += list->n < CS_REPORT_NAMED_MAX;
	memmove(&list->at[at + 1], &list->at[at], (list->n - 1 - at) * sizeof list->at[0]);
	list->at[at] = *item;
}

struct cs_report_line *
cs_report_line_add(struct cs_report_lines *lines)
{
	lines->all_n++;
	if (lines->n == CS_REPORT_EVENTS_MAX)
		return NULL;
	lines->at[lines->n] = (struct cs_report_line){0};
	return &lines->at[lines->n++];
}

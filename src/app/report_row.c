/*
 * Rows of a table out of the groups: those of one flow and dimension, sorted, and what is too much added up. So the rows of
 * a table give the same sums as all its groups.
 */
#include "app/report.h"

#include <stdlib.h>

enum { CURRENCIES = 1024 }; /* ISO 4217 has numbers of three digits */

/* A group with what it is sorted by first. */
struct ranked {
	const struct cs_report_group *group;
	uint64_t currency_n; /* rows of the day in its currency */
};

/* The order of tables: the busiest currency first, in it the most valuable group. Hours stand in their order. */
static int
order(const void *a_at, const void *b_at)
{
	const struct ranked *a = a_at, *b = b_at;
	const struct cs_report_group *x = a->group, *y = b->group;
	if (a->currency_n != b->currency_n)
		return a->currency_n > b->currency_n ? -1 : 1;
	if (x->key.currency != y->key.currency)
		return x->key.currency < y->key.currency ? -1 : 1;
	if (x->key.dim != CS_REPORT_HOUR) {
		if (x->day.minor != y->day.minor)
			return x->day.minor > y->day.minor ? -1 : 1;
		if (x->day.n != y->day.n)
			return x->day.n > y->day.n ? -1 : 1;
	}
	return memcmp(&x->key, &y->key, sizeof x->key);
}

static bool
is_wanted(const struct cs_report_rows_wish *wish, const struct cs_report_group *group)
{
	if (group->key.flow != wish->flow || group->key.dim != wish->dim)
		return false;
	if (wish->fresh)
		return group->day.n && !group->history.n;
	return group->day.n || wish->absent;
}

/* Rows of the day by currency. What it is good for is an order alone, so two currencies of one place do no harm. */
static void
count_currencies(const struct cs_report *report, unsigned flow, uint64_t out[CURRENCIES])
{
	for (uint32_t i = 0; i < report->groups.n; i++) {
		const struct cs_report_key *key = &report->groups.at[i].key;
		if (key->flow == flow && (key->dim == CS_REPORT_CURRENCY || key->dim == CS_REPORT_DECISION))
			out[key->currency % CURRENCIES] += report->groups.at[i].day.n;
	}
}

static uint32_t
rank(const struct cs_report *report, const struct cs_report_rows_wish *wish, struct ranked *out)
{
	uint64_t by_currency[CURRENCIES] = {0};
	uint32_t n = 0;
	count_currencies(report, wish->flow, by_currency);
	for (uint32_t i = 0; i < report->groups.n; i++) {
		const struct cs_report_group *group = &report->groups.at[i];
		if (is_wanted(wish, group))
			out[n++] = (struct ranked){group, by_currency[group->key.currency % CURRENCIES]};
	}
	qsort(out, n, sizeof *out, order);
	return n;
}

static void
fold(struct cs_report_row *row, const struct cs_report_group *group, uint32_t groups)
{
	if (!row->folded || group->most > row->sum.most)
		row->sum.most = group->most;
	row->folded += groups;
	row->sum.day.n += group->day.n;
	row->sum.day.minor += group->day.minor;
	row->sum.history.n += group->history.n;
	row->sum.history.minor += group->history.minor;
}

/* The row of others of a currency, made when there is none. */
static struct cs_report_row *
others_of(const struct cs_report_rows_wish *wish, struct cs_report_rows *out, uint16_t currency)
{
	for (uint32_t i = 0; i < out->n; i++)
		if (out->at[i].sum.key.others && out->at[i].sum.key.currency == currency)
			return &out->at[i];
	struct cs_report_row *row = &out->at[out->n++];
	*row = (struct cs_report_row){0};
	row->sum.key = (struct cs_report_key){
		.flow = (uint16_t)wish->flow, .dim = (uint8_t)wish->dim, .currency = currency, .others = true};
	return row;
}

/* Those that found no group of their own. Whether one of them was new is not known. */
static void
add_full(const struct cs_report *report, const struct cs_report_rows_wish *wish, struct cs_report_rows *out)
{
	for (uint32_t i = 0; i < report->others.n; i++) {
		const struct cs_report_group *group = &report->others.at[i];
		if (group->key.flow == wish->flow && group->key.dim == wish->dim && !wish->fresh &&
		    (group->day.n || wish->absent))
			fold(others_of(wish, out, group->key.currency), group, 1);
	}
}

bool
cs_report_rows_make(const struct cs_report *report, const struct cs_report_rows_wish *wish, struct cs_report_rows *out)
{
	size_t most = (size_t)report->groups.n + report->others.n + 1;
	struct ranked *ranked = calloc(most, sizeof *ranked);
	*out = (struct cs_report_rows){.at = calloc(most, sizeof *out->at)};
	if (!ranked || !out->at) {
		free(ranked);
		cs_report_rows_fini(out);
		return false;
	}
	uint32_t n = rank(report, wish, ranked), same = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct cs_report_group *group = ranked[i].group;
		same = i && ranked[i - 1].group->key.currency == group->key.currency ? same + 1 : 0;
		if (same < wish->most)
			out->at[out->n++].sum = *group;
		else
			fold(others_of(wish, out, group->key.currency), group, 1);
	}
	add_full(report, wish, out);
	free(ranked);
	return true;
}

void
cs_report_rows_fini(struct cs_report_rows *rows)
{
	free(rows->at);
	*rows = (struct cs_report_rows){0};
}

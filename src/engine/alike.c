/*
 * Two policies are held against each other over the same events only when both would have made the same events.
 */
#include "engine/alike.h"

#include "policy/behave.h"

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_column(const struct cs_column_clause *a, const struct cs_column_clause *b)
{
	bool same = a->what == b->what && a->field == b->field && a->clock == b->clock && a->minor == b->minor &&
		    a->token == b->token && a->shorten == b->shorten && a->first == b->first && a->last == b->last &&
		    a->currency == b->currency && a->since_ns == b->since_ns && a->flag == b->flag &&
		    a->value_n == b->value_n;
	if (!same || !same_text(a->column, b->column) || !same_text(a->currency_column, b->currency_column))
		return false;
	for (unsigned i = 0; i < a->value_n; i++)
		if (!same_text(a->value[i], b->value[i]))
			return false;
	return true;
}

/* Columns that make the event: those that screens read stand behind them, and make nothing. */
static unsigned
event_columns(const struct cs_row_clause *row)
{
	unsigned n = row->column_n;
	while (n && row->column[n - 1].what == CS_COLUMN_CELL)
		n--;
	return n;
}

static bool
same_rows(const struct cs_row_clause *a, const struct cs_row_clause *b)
{
	if (!a || !b)
		return a == b;
	if (a->form != b->form || a->separator != b->separator || event_columns(a) != event_columns(b) ||
	    !same_text(a->lau, b->lau))
		return false;
	for (unsigned i = 0; i < event_columns(a); i++)
		if (!same_column(&a->column[i], &b->column[i]))
			return false;
	return true;
}

static bool
same_rung(const struct cs_rung *a, const struct cs_rung *b)
{
	return a->n == b->n && memcmp(a->field, b->field, a->n * sizeof a->field[0]) == 0;
}

static bool
same_maps(const struct cs_link *a, const struct cs_link *b)
{
	if (a->map_n != b->map_n)
		return false;
	for (unsigned i = 0; i < a->map_n; i++)
		if (a->map[i].field != b->map[i].field || a->map[i].first != b->map[i].first ||
		    a->map[i].last != b->map[i].last || !same_text(a->map[i].path, b->map[i].path))
			return false;
	return true;
}

static bool
same_tap(const struct cs_link *a, const struct cs_link *b)
{
	return a->side == b->side && same_text(a->host, b->host) && a->port_n == b->port_n &&
	       memcmp(a->port, b->port, a->port_n * sizeof a->port[0]) == 0 && same_text(a->framing, b->framing) &&
	       same_text(a->dialect, b->dialect) && a->approval_n == b->approval_n &&
	       memcmp(a->approvals, b->approvals, a->approval_n * sizeof a->approvals[0]) == 0 &&
	       a->currency == b->currency && same_rung(&a->answer, &b->answer) && same_maps(a, b);
}

static bool
same_link(const struct cs_link *a, const struct cs_link *b)
{
	return same_text(a->name, b->name) && same_rows(a->row, b->row) && (a->row || same_tap(a, b));
}

const struct cs_link *
cs_alike_links(const struct cs_policy *a, const struct cs_policy *b)
{
	for (unsigned i = 0; i < a->link_n || i < b->link_n; i++) {
		if (i >= b->link_n)
			return &a->link[i];
		if (i >= a->link_n)
			return &b->link[i];
		if (!same_link(&a->link[i], &b->link[i]))
			return &a->link[i];
	}
	return NULL;
}

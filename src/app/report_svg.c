/*
 * Bars, as inline SVG: whole numbers only, no script, no style beyond the page's. What they show stands in
 * words as well, for who does not see them.
 */
#include "app/report_html.h"

enum {
	HOURS = 24,
	HOUR_WIDTH = 18,
	HOURS_HEIGHT = 120,
	HOURS_LEFT = 6,
	HOURS_TOP = 18,
	PARTNERS_MAX = 8,
	PARTNER_HEIGHT = 18,
	LABEL_WIDTH = 150,
	BAR_WIDTH = 170,
	PARTNERS_WIDTH = 444,
	PARTNERS_TOP = 20,
};

/* As attributes, so that who prints without a style sees them, too; report_html.c has the same two for its key. */
static const char bar_fill[] = "#2f5f98", usual_fill[] = "#c2570c";

static __int128_t
greater(__int128_t a, __int128_t b)
{
	return a > b ? a : b;
}

/* LENGTH of MOST that VALUE comes to; nothing of what is below zero. */
static unsigned
share(__int128_t value, __int128_t most, unsigned length)
{
	if (value <= 0 || most <= 0)
		return 0;
	while (most >> 100) {
		most >>= 1;
		value >>= 1;
	}
	return (unsigned)(value * (__int128_t)length / most);
}

static void
put_attribute(struct cs_text *text, const char *name, uint64_t value)
{
	cs_text_put_char(text, ' ');
	cs_text_put(text, name);
	cs_text_put(text, "=\"");
	cs_text_put_u64(text, value);
	cs_text_put_char(text, '"');
}

struct box {
	unsigned x;
	unsigned y;
	unsigned width;
	unsigned height;
};

static void
put_box(struct cs_text *text, const char *fill, struct box box)
{
	cs_text_put(text, "<rect fill=\"");
	cs_text_put(text, fill);
	cs_text_put_char(text, '"');
	put_attribute(text, "x", box.x);
	put_attribute(text, "y", box.y);
	put_attribute(text, "width", box.width);
	put_attribute(text, "height", box.height);
	cs_text_put(text, "/>");
}

/* Begins a text at X, Y; ANCHOR is start, middle or end. */
static void
open_text(struct cs_text *text, unsigned x, unsigned y, const char *anchor)
{
	cs_text_put(text, "<text text-anchor=\"");
	cs_text_put(text, anchor);
	cs_text_put_char(text, '"');
	put_attribute(text, "x", x);
	put_attribute(text, "y", y);
	cs_text_put_char(text, '>');
}

static void
open_svg(struct cs_text *text, unsigned width, unsigned height)
{
	cs_text_put(text, "<svg role=\"img\" viewBox=\"0 0 ");
	cs_text_put_u64(text, width);
	cs_text_put_char(text, ' ');
	cs_text_put_u64(text, height);
	cs_text_put(text, "\" aria-label=\"");
}

static void
put_value(struct cs_text *text, __int128_t minor, uint16_t currency)
{
	cs_report_put_minor(text, minor, currency, ',');
	cs_text_put_char(text, ' ');
	cs_report_put_currency(text, currency);
}

/* ---- by hour ---- */

struct hours {
	uint16_t currency;
	unsigned busiest;
	__int128_t most;
	__int128_t day[HOURS];
	__int128_t mean[HOURS];
};

static void
read_hours(const struct cs_report_rows *rows, uint32_t days, struct hours *out)
{
	*out = (struct hours){.currency = rows->at[0].sum.key.currency};
	for (uint32_t i = 0; i < rows->n; i++) {
		const struct cs_report_group *group = &rows->at[i].sum;
		unsigned hour =
			(unsigned)(group->key.at[0].at[0] - '0') * 10 + (unsigned)(group->key.at[0].at[1] - '0');
		if (group->key.others || group->key.currency != out->currency || hour >= HOURS)
			continue;
		out->day[hour] = group->day.minor;
		out->mean[hour] = cs_report_mean(group->history.minor, days);
		if (out->day[hour] > out->day[out->busiest])
			out->busiest = hour;
		out->most = greater(out->most, greater(out->day[hour], out->mean[hour]));
	}
}

static void
put_hour(struct cs_text *text, const struct hours *hours, unsigned hour)
{
	unsigned x = HOURS_LEFT + hour * HOUR_WIDTH, bottom = HOURS_TOP + HOURS_HEIGHT;
	unsigned height = share(hours->day[hour], hours->most, HOURS_HEIGHT);
	unsigned usual = share(hours->mean[hour], hours->most, HOURS_HEIGHT);
	if (height || hours->day[hour] > 0)
		put_box(text, bar_fill, (struct box){x + 2, bottom - height, HOUR_WIDTH - 4, height ? height : 1});
	if (hours->mean[hour] > 0)
		put_box(text, usual_fill, (struct box){x, bottom - usual - 1, HOUR_WIDTH, 2});
	if (hour % 3)
		return;
	open_text(text, x + HOUR_WIDTH / 2, bottom + 13, "middle");
	cs_text_put_padded(text, hour, 2);
	cs_text_put(text, "</text>");
}

void
cs_svg_hours(struct cs_text *text, const struct cs_report_rows *rows, uint32_t days)
{
	struct hours hours;
	if (!rows->n)
		return;
	read_hours(rows, days, &hours);
	open_svg(text, 2 * HOURS_LEFT + HOURS * HOUR_WIDTH, HOURS_TOP + HOURS_HEIGHT + 18);
	cs_text_put(text, "Value by hour in ");
	cs_report_put_currency(text, hours.currency);
	cs_text_put(text, ". The busiest hour is ");
	cs_text_put_padded(text, hours.busiest, 2);
	cs_text_put(text, " with ");
	put_value(text, hours.day[hours.busiest], hours.currency);
	cs_text_put(text, "\">");
	open_text(text, HOURS_LEFT, 11, "start");
	cs_text_put(text, "Value by hour, ");
	cs_report_put_currency(text, hours.currency);
	cs_text_put(text, "</text>");
	open_text(text, HOURS_LEFT + HOURS * HOUR_WIDTH, 11, "end");
	cs_text_put(text, "full height: ");
	cs_report_put_minor(text, hours.most, hours.currency, ',');
	cs_text_put(text, "</text>");
	put_box(text, "#777", (struct box){HOURS_LEFT, HOURS_TOP + HOURS_HEIGHT, HOURS * HOUR_WIDTH, 1});
	for (unsigned hour = 0; hour < HOURS; hour++)
		put_hour(text, &hours, hour);
	cs_text_put(text, "</svg>\n");
}

/* ---- by counterparty ---- */

static void
put_partner(struct cs_text *text, const struct cs_report_group *group, unsigned nth, const __int128_t scale[2])
{
	unsigned y = PARTNERS_TOP + nth * PARTNER_HEIGHT;
	unsigned width = share(group->day.minor, scale[0], BAR_WIDTH), usual = share(scale[1], scale[0], BAR_WIDTH);
	open_text(text, LABEL_WIDTH - 6, y + 12, "end");
	if (group->key.at[0].at[0])
		cs_html_short_escaped(text, &group->key.at[0]);
	else
		cs_text_put(text, "(not told)");
	cs_text_put(text, "</text>");
	put_box(text, bar_fill, (struct box){LABEL_WIDTH, y + 2, width ? width : 1, PARTNER_HEIGHT - 6});
	if (scale[1] > 0)
		put_box(text, usual_fill, (struct box){LABEL_WIDTH + usual, y, 2, PARTNER_HEIGHT - 2});
	open_text(text, PARTNERS_WIDTH - 2, y + 12, "end");
	cs_report_put_minor(text, group->day.minor, group->key.currency, ',');
	cs_text_put(text, "</text>");
}

/* How many of the first currency are drawn. */
static uint32_t
count_partners(const struct cs_report_rows *rows)
{
	uint32_t n = 0;
	while (n < rows->n && n < PARTNERS_MAX && !rows->at[n].sum.key.others &&
	       rows->at[n].sum.key.currency == rows->at[0].sum.key.currency)
		n++;
	return n;
}

void
cs_svg_partners(struct cs_text *text, const struct cs_report_rows *rows, uint32_t days)
{
	uint32_t n = count_partners(rows);
	__int128_t most = 0;
	if (!n)
		return;
	for (uint32_t i = 0; i < n; i++)
		most = greater(most,
			       greater(rows->at[i].sum.day.minor, cs_report_mean(rows->at[i].sum.history.minor, days)));
	open_svg(text, PARTNERS_WIDTH, PARTNERS_TOP + n * PARTNER_HEIGHT + 4);
	cs_text_put(text, "Value by counterparty in ");
	cs_report_put_currency(text, rows->at[0].sum.key.currency);
	cs_text_put(text, ". The greatest is ");
	put_value(text, rows->at[0].sum.day.minor, rows->at[0].sum.key.currency);
	cs_text_put(text, "; the table tells all\">");
	open_text(text, 2, 11, "start");
	cs_text_put(text, "Value by counterparty, ");
	cs_report_put_currency(text, rows->at[0].sum.key.currency);
	cs_text_put(text, "</text>");
	for (uint32_t i = 0; i < n; i++) {
		const __int128_t scale[2] = {most, cs_report_mean(rows->at[i].sum.history.minor, days)};
		put_partner(text, &rows->at[i].sum, i, scale);
	}
	cs_text_put(text, "</svg>\n");
}

/*
 * The parts of the report's page, for report_html.c, report_html_flow.c, report_html_seen.c and report_svg.c only.
 */
#ifndef CS_APP_REPORT_HTML_H
#define CS_APP_REPORT_HTML_H

#include "app/report_put.h"

enum { CS_REPORT_HTML_ROWS = 10 }; /* of a currency, in a table */

/* Cells of a table. cs_html_text escapes; cs_html_open begins a cell of CLASS (NULL: none), which </td> ends. */
void cs_html_open(struct cs_text *text, const char *class);
void cs_html_text(struct cs_text *text, const char *utf8);
void cs_html_short(struct cs_text *text, const struct cs_short *value);
void cs_html_count(struct cs_text *text, uint64_t n);
void cs_html_minor(struct cs_text *text, __int128_t minor, uint16_t currency);
void cs_html_moment(struct cs_text *text, const struct cs_report *report, uint64_t time_ns);

/* cs_html_heads writes the head row of a table: names between bars, those that begin with '#' over numbers. */
void cs_html_heads(struct cs_text *text, const char *caption, const char *names);

/* cs_html_short_escaped appends a text of a message, escaped. */
void cs_html_short_escaped(struct cs_text *text, const struct cs_short *value);

/* cs_html_rows makes rows for the page, CS_REPORT_HTML_ROWS of a currency; false: the page is marked as not whole. */
bool cs_html_rows(struct cs_text *text, const struct cs_report *report, struct cs_report_rows_wish wish,
		  struct cs_report_rows *out);

/* The sections. */
void cs_html_activity(struct cs_text *text, const struct cs_report *report);
void cs_html_details(struct cs_text *text, const struct cs_report *report);
void cs_html_risk(struct cs_text *text, const struct cs_report *report);
void cs_html_cards(struct cs_text *text, const struct cs_report *report);
void cs_html_coverage(struct cs_text *text, const struct cs_report *report);
void cs_html_journal(struct cs_text *text, const struct cs_report *report);

/* cs_svg_hours draws value by hour of ROWS' first currency against the average; cs_svg_partners value by counterparty. */
void cs_svg_hours(struct cs_text *text, const struct cs_report_rows *rows, uint32_t days);
void cs_svg_partners(struct cs_text *text, const struct cs_report_rows *rows, uint32_t days);

#endif

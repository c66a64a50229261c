/*
 * How a report writes numbers and texts: exactly, and so that nothing that came in a message can be taken for markup.
 */
#ifndef CS_APP_REPORT_PUT_H
#define CS_APP_REPORT_PUT_H

#include "app/report.h"

/* cs_report_put_wide appends a decimal number of 128 bits. */
void cs_report_put_wide(struct cs_text *text, __int128_t value);

/* cs_report_put_minor appends minor units with the decimals of their currency: "1234.50"; MARK stands between each three
 * digits, 0: nothing does. Of no currency minor units. */
void cs_report_put_minor(struct cs_text *text, __int128_t minor, uint16_t currency, char mark);

/* cs_report_put_count appends a count, with a mark between each three digits. */
void cs_report_put_count(struct cs_text *text, uint64_t n);

/* cs_report_put_currency appends "EUR", the number of one not known here, or a dash. */
void cs_report_put_currency(struct cs_text *text, uint16_t currency);

/* cs_report_put_tenths appends N / DAYS with one decimal, rounded: "12.3". */
void cs_report_put_tenths(struct cs_text *text, uint64_t n, uint32_t days);

/* cs_report_mean gives SUM / DAYS, rounded half away from zero; 0 days: 0. */
__int128_t cs_report_mean(__int128_t sum, uint32_t days);

/* cs_report_change gives by how many hundredths DAY differs from SUM / DAYS; false when there is nothing to compare with,
 * or it is more than 9999. */
bool cs_report_change(__int128_t day, __int128_t sum, uint32_t days, int *out);

/* cs_report_put_short appends a text of a message in UTF-8; what is no printable character is "?". */
void cs_report_put_short(struct cs_text *text, const struct cs_short *value);

/* cs_report_put_escaped appends UTF-8 for HTML and SVG, text and attributes alike. */
void cs_report_put_escaped(struct cs_text *text, const char *utf8);

/* cs_report_put_date appends "2026-03-02" of a day; cs_report_put_moment "2026-03-02 13:18" of a time, in the wish's zone, and
 * cs_report_put_clock "13:18" of it; cs_report_put_zone "UTC" or "UTC+02:00". */
void cs_report_put_date(struct cs_text *text, int64_t day);
void cs_report_put_moment(struct cs_text *text, const struct cs_report_wish *wish, uint64_t time_ns);
void cs_report_put_clock(struct cs_text *text, const struct cs_report_wish *wish, uint64_t time_ns);
void cs_report_put_zone(struct cs_text *text, const struct cs_report_wish *wish);

/* cs_report_put_flow appends what a flow is called: "network: payment, sent". */
void cs_report_put_flow(struct cs_text *text, const struct cs_report_flow *flow);

/* cs_report_dim_name gives the word for a dimension ("counterparty"); static. */
const char *cs_report_dim_name(enum cs_report_dim dim);

#endif

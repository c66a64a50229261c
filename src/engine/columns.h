/*
 * Numbers and words in columns, for people: what the summary and the backtest are written with.
 */
#ifndef CS_ENGINE_COLUMNS_H
#define CS_ENGINE_COLUMNS_H

#include "base/text.h"

/* cs_columns_left and cs_columns_right write VALUE in WIDTH characters, with the spaces on that side. */
void cs_columns_left(struct cs_text *text, const char *value, unsigned width);
void cs_columns_right(struct cs_text *text, const char *value, unsigned width);

/* cs_columns_count writes 1234567 as "1,234,567"; cs_columns_left_count does so in WIDTH characters. */
void cs_columns_count(struct cs_text *text, uint64_t value);
void cs_columns_left_count(struct cs_text *text, uint64_t value, unsigned width);

#endif

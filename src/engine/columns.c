/*
 * Columns are of characters, as terminals show them; the values are ASCII.
 */
#include "engine/columns.h"

#include <string.h>

void
cs_columns_left(struct cs_text *text, const char *value, unsigned width)
{
	for (size_t len = strlen(value); len < width; len++)
		cs_text_put_char(text, ' ');
	cs_text_put(text, value);
}

void
cs_columns_right(struct cs_text *text, const char *value, unsigned width)
{
	cs_text_put(text, value);
	for (size_t len = strlen(value); len < width; len++)
		cs_text_put_char(text, ' ');
}

void
cs_columns_count(struct cs_text *text, uint64_t value)
{
	char at[24];
	struct cs_text digits = cs_text_over(at, sizeof at);
	cs_text_put_u64(&digits, value);
	for (size_t i = 0; i < digits.len; i++) {
		if (i && (digits.len - i) % 3 == 0)
			cs_text_put_char(text, ',');
		cs_text_put_char(text, at[i]);
	}
}

void
cs_columns_left_count(struct cs_text *text, uint64_t value, unsigned width)
{
	char at[32];
	struct cs_text count = cs_text_over(at, sizeof at);
	cs_columns_count(&count, value);
	cs_columns_left(text, at, width);
}

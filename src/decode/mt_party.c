/*
 * Party fields taken apart: account or clearing code, debit or credit mark, BIC, name and address, numbered lines.
 */
#include "decode/mt_parts.h"

static struct cs_span
behind(struct cs_span span, size_t n)
{
	return (struct cs_span){span.at + n, span.len - n};
}

/* "/C/123", "/123", "//FW123" */
static void
read_account(struct cs_span line, struct cs_mt_party *out)
{
	bool marked = line.len >= 3 && (line.at[1] == 'C' || line.at[1] == 'D') && line.at[2] == '/';
	if (marked) {
		out->mark = (char)line.at[1];
		line = behind(line, 2);
	}
	bool clearing = line.len >= 2 && line.at[1] == '/';
	if (clearing)
		out->clearing = behind(line, 2);
	else
		out->account = behind(line, 1);
}

static void
read_numbered(struct cs_span line, struct cs_mt_party *out)
{
	bool numbered = line.len >= 2 && line.at[1] == '/' && line.at[0] >= '1' && line.at[0] <= '8';
	uint8_t number = numbered ? (uint8_t)(line.at[0] - '0') : 0;
	struct cs_span text = numbered ? behind(line, 2) : line;
	if (number == 3 && !out->country.at && text.len >= 2)
		out->country = (struct cs_span){text.at, 2};
	if (number == 1)
		out->name_n++;
	out->number[out->line_n] = number;
	out->line[out->line_n++] = text;
}

/* The one line of an identifier of 50F: "ARNU/DE/123". */
static bool
is_identifier(struct cs_span line)
{
	return line.len > 8 && line.at[4] == '/' && line.at[7] == '/';
}

static bool
is_bic_option(const struct cs_mt_field *field)
{
	return field->option == 'A' || (field->option == 'C' && field->tag == 50);
}

void
cs_mt_party_of(const struct cs_mt *mt, const struct cs_mt_field *field, struct cs_mt_party *out)
{
	struct cs_span value = cs_mt_value(mt, field);
	struct cs_span line;
	bool first = true;
	memset(out, 0, sizeof *out);
	out->option = field->option;
	for (; cs_mt_line(&value, &line); first = false) {
		if (first && line.len && line.at[0] == '/') {
			read_account(line, out);
		} else if (first && field->option == 'F' && is_identifier(line)) {
			out->account = line;
		} else if (field->option == 'B') {
			out->location = line;
		} else if (is_bic_option(field)) {
			out->bic = line;
		} else if (out->line_n < CS_MT_PARTY_LINES_MAX && field->option == 'F') {
			read_numbered(line, out);
		} else if (out->line_n < CS_MT_PARTY_LINES_MAX) {
			out->name_n = 1;
			out->line[out->line_n++] = line;
		}
	}
}

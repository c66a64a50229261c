/*
 * OFAC's remarks: statements between semicolons, each "WORDS value (Country)"; the file cuts them off after 1,000 bytes and goes
 * on in COMMENTS.
 *
 * A statement is "alt." and then as without it. Names stand in single quotes and may hold anything, semicolons and single quotes
 * too; they end at a quote before a semicolon, a full stop, a bracket or the end.
 */
#include "screen/list_parts.h"

static bool
ends_name(struct cs_span text, size_t at)
{
	if (text.at[at] != '\'')
		return false;
	if (at + 1 == text.len || text.at[at + 1] == ';' || text.at[at + 1] == '.')
		return true;
	return at + 2 < text.len && text.at[at + 1] == ' ' && text.at[at + 2] == '(';
}

/* Where a quoted name that begins at AT ends; 0: nowhere. */
static size_t
name_end(struct cs_span text, size_t at)
{
	for (; at < text.len; at++)
		if (ends_name(text, at))
			return at;
	return 0;
}

/* Where the last name of TEXT ends; NULL: none does. Sought once for all statements, or each would look through the whole rest. */
static const uint8_t *
last_end(struct cs_span text)
{
	for (size_t at = text.len; at-- > 0;)
		if (ends_name(text, at))
			return text.at + at;
	return NULL;
}

/* The next statement; its quoted name, if it is one, is not searched for its end: one begins where there is an end at all, up to LAST. */
static struct cs_span
next_statement(struct cs_span *rest, const uint8_t *last)
{
	size_t at = 0;
	bool open = false;
	for (; at < rest->len && (open || rest->at[at] != ';'); at++) {
		bool begins = !open && rest->at[at] == '\'' && at >= 7 && memcmp(rest->at + at - 3, "a. ", 3) == 0;
		if (begins && (!last || last <= rest->at + at))
			continue;
		open = begins || (open && !ends_name(*rest, at));
	}
	struct cs_span statement = cs_list_text_trim((struct cs_span){rest->at, at});
	size_t gone = at < rest->len ? at + 1 : at;
	*rest = (struct cs_span){rest->at + gone, rest->len - gone};
	return statement;
}

static struct cs_span
behind(struct cs_span text, size_t n)
{
	return cs_list_text_trim((struct cs_span){text.at + n, text.len - n});
}

static void
take_name(struct cs_list_made *made, struct cs_span text, enum cs_entry_name_kind kind)
{
	text = behind(text, 6); /* "a.k.a." */
	if (text.len < 2 || text.at[0] != '\'')
		return;
	size_t end = name_end(text, 1);
	cs_list_made_name(made, (struct cs_span){text.at + 1, (end ? end : text.len) - 1}, kind);
}

/* The value of an identifier: from the last word of WORDS on up to a bracket, "issued" or "expires". */
static void
take_id(struct cs_list_made *made, struct cs_span text, enum cs_entry_id_kind kind)
{
	size_t end = 0, from = 0;
	while (end < text.len && text.at[end] != '(')
		end++;
	uint16_t country = 0;
	const uint8_t *close = end < text.len ? memchr(text.at + end, ')', text.len - end) : NULL;
	if (close)
		country =
			cs_list_place_country((struct cs_span){text.at + end + 1, (size_t)(close - text.at) - end - 1});
	struct cs_span value = {text.at, end};
	for (size_t i = 0; i + 1 < end; i++) {
		struct cs_span rest = {text.at + i + 1, end - i - 1};
		bool word = text.at[i] == ' ';
		if (word && (cs_list_text_starts(rest, "issued") || cs_list_text_starts(rest, "expires"))) {
			value.len = i;
			break;
		}
	}
	value = cs_list_text_trim(value);
	for (size_t i = 0; i < value.len; i++) /* the number is the last word */
		if (value.at[i] == ' ')
			from = i + 1;
	if (from >= 5 && memcmp(value.at + from - 5, " IMO ", 5) == 0)
		kind = CS_ENTRY_ID_IMO;
	if (from >= 6 && memcmp(value.at + from - 6, " MMSI ", 6) == 0)
		kind = CS_ENTRY_ID_MMSI;
	value = (struct cs_span){value.at + from, value.len - from};
	bool digit = false;
	for (size_t i = 0; i < value.len; i++)
		digit = digit || (value.at[i] >= '0' && value.at[i] <= '9');
	if (digit || kind == CS_ENTRY_ID_BIC || kind == CS_ENTRY_ID_WALLET || kind == CS_ENTRY_ID_CALL_SIGN)
		cs_list_made_id(made, kind, value, country);
}

static bool
take_fact(struct cs_list_made *made, struct cs_span text)
{
	if (cs_list_text_starts(text, "DOB "))
		cs_list_made_birth(made, behind(text, 4));
	else if (cs_list_text_starts(text, "POB "))
		cs_list_made_place(made, behind(text, 4));
	else if (cs_list_text_starts(text, "nationality "))
		cs_list_made_country(made, behind(text, 12));
	else if (cs_list_text_starts(text, "citizen "))
		cs_list_made_country(made, behind(text, 8));
	else if (cs_list_text_starts(text, "Vessel Flag "))
		cs_list_made_country(made, behind(text, 12));
	else if (cs_list_text_starts(text, "Gender "))
		cs_list_made_gender(made, behind(text, 7));
	else
		return false;
	return true;
}

static void
take_statement(struct cs_list_made *made, struct cs_span text)
{
	while (text.len && text.at[text.len - 1] == '.')
		text.len--;
	if (cs_list_text_starts(text, "alt. "))
		text = behind(text, 5);
	if (cs_list_text_starts(text, "a.k.a. "))
		take_name(made, text, CS_ENTRY_WEAK);
	else if (cs_list_text_starts(text, "n.k.a. "))
		take_name(made, text, CS_ENTRY_ALIAS);
	else if (cs_list_text_starts(text, "f.k.a. "))
		take_name(made, text, CS_ENTRY_FORMER);
	else if (!take_fact(made, text)) {
		enum cs_entry_id_kind kind = cs_list_kind_id(text);
		if (kind != CS_ENTRY_ID_KINDS)
			take_id(made, text, kind);
	}
}

void
cs_list_remark_read(struct cs_list_made *made, struct cs_span text)
{
	text = cs_list_text_trim(text);
	const uint8_t *last = last_end(text);
	while (text.len)
		take_statement(made, next_statement(&text, last));
}

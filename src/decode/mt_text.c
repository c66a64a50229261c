/*
 * Block 4: lines to fields, each in its place and in its format.
 *
 * One pass. A line that begins with ":" opens a field, whatever stands before it: text cannot hide one. "-}" at the
 * beginning of a line ends the block. The order of the type is followed by a place in its items that only moves on, but for
 * groups that repeat. Charset X is looked at once for the whole block.
 */
#include "decode/mt_parts.h"

enum { TAG_MAX = 5 /* ":50K:" */ };

struct scan {
	struct cs_mt *mt;
	const struct cs_mt_type *type;
	const uint8_t *at;
	const uint8_t *end;
	struct cs_mt_field *field; /* being read */
	struct cs_mt_lines lines;  /* of it */
	unsigned item;             /* next in order */
	bool sat;                  /* the item has been seen and may repeat */
	bool lost;                 /* the order is broken: no more of it is said */
};

/* --- order --- */

static bool
item_takes(const struct cs_mt_item *item, const struct cs_mt_field *field)
{
	if (item->flags & CS_MT_ITEM_ANY)
		return true;
	unsigned option = field->option ? (unsigned)(field->option - 'A' + 1) : 0;
	return item->tag == field->tag && item->options >> option & 1;
}

/* Where the order goes on when ITEM takes nothing more; the item itself: it is due. */
static unsigned
next_item(const struct scan *s, unsigned index)
{
	const struct cs_mt_item *item = &s->mt->plan->item[index];
	if ((item->flags & CS_MT_ITEM_OPTIONAL) || (index == s->item && s->sat))
		return index + 1;
	return item->beyond ? item->beyond : index;
}

/* The item that takes FIELD from FROM on, or UINT16_MAX. Goes round a group at most once. */
static unsigned
find_item(const struct scan *s, const struct cs_mt_field *field, unsigned from)
{
	unsigned end = (unsigned)s->type->first_item + s->type->item_n;
	bool round = false;
	for (unsigned i = from; i < end;) {
		const struct cs_mt_item *item = &s->mt->plan->item[i];
		bool again = i != s->item || !s->sat || (item->flags & CS_MT_ITEM_REPEAT);
		if (again && item_takes(item, field))
			return i;
		unsigned next = next_item(s, i);
		if (next == i)
			return UINT16_MAX;
		if (item->loop != CS_MT_NO_LOOP && !round && next == i + 1) {
			round = true;
			if (item_takes(&s->mt->plan->item[item->loop], field))
				return item->loop;
		}
		i = next;
	}
	return UINT16_MAX;
}

static void
complain_of_order(struct scan *s, const uint8_t *at, struct cs_span about, const char *text)
{
	struct cs_payment_reason reason = {.code = "T13", .text = text, .about = about};
	reason.offset = (size_t)(at - s->mt->bytes.at);
	cs_payment_refuse(&s->mt->payment, &reason);
	s->lost = true;
}

/* The item that must come before anything else can, or UINT16_MAX. */
static unsigned
due_item(const struct scan *s)
{
	unsigned end = (unsigned)s->type->first_item + s->type->item_n;
	for (unsigned i = s->item; i < end;) {
		unsigned next = next_item(s, i);
		if (next == i)
			return i;
		i = next;
	}
	return UINT16_MAX;
}

static bool
is_later(const struct scan *s, const struct cs_mt_field *field, unsigned item)
{
	unsigned end = (unsigned)s->type->first_item + s->type->item_n;
	for (unsigned i = item + 1; i < end; i++)
		if (item_takes(&s->mt->plan->item[i], field))
			return true;
	return false;
}

static void
follow_order(struct scan *s, struct cs_mt_field *field)
{
	if (s->lost)
		return;
	unsigned found = find_item(s, field, s->item);
	if (found == UINT16_MAX) {
		const uint8_t *value = s->mt->bytes.at + field->at;
		unsigned due = due_item(s);
		size_t len = field->option ? 3 : 2;
		struct cs_span own = {value - 1 - len, len};
		bool missing = due != UINT16_MAX && is_later(s, field, due);
		complain_of_order(s, own.at - 1, missing ? cs_span_text(s->mt->plan->item[due].name) : own,
				  missing ? "a mandatory field is missing" : "a field that is not expected here");
		return;
	}
	field->sequence = s->mt->plan->item[found].flags & CS_MT_ITEM_B ? 1 : 0;
	s->item = found;
	s->sat = true;
}

/* After the last field: is anything still due? */
static void
end_order(struct scan *s, const uint8_t *at)
{
	unsigned due = s->lost ? UINT16_MAX : due_item(s);
	if (due != UINT16_MAX)
		complain_of_order(s, at, cs_span_text(s->mt->plan->item[due].name), "a mandatory field is missing");
}

/* --- fields --- */

struct cs_mt_field *
cs_mt_add_field(struct cs_mt *mt, unsigned tag, char option, struct cs_span value)
{
	if (mt->field_n >= mt->field_cap)
		return NULL;
	struct cs_mt_field *field = &mt->field[mt->field_n++];
	field->at = (uint32_t)(value.at - mt->bytes.at);
	field->len = (uint32_t)value.len;
	field->tag = (uint8_t)tag;
	field->option = option;
	field->sequence = 0;
	field->row = mt->plan->by_tag[tag][option ? option - 'A' + 1 : 0];
	return field;
}

/* The field's lines are all there: checks it. */
static void
close_field(struct scan *s)
{
	struct cs_mt_field *field = s->field;
	struct cs_mt_fault fault;
	if (!field)
		return;
	const struct cs_span *last = &s->lines.line[s->lines.n - 1];
	field->len = (uint32_t)(last->at + last->len - (s->mt->bytes.at + field->at));
	follow_order(s, field);
	uint32_t *first = &s->mt->first[field->sequence][field->tag];
	if (!*first)
		*first = s->mt->field_n;
	s->field = NULL;
	if (!field->len) {
		fault = (struct cs_mt_fault){"T30", "a field without a value", s->mt->bytes.at + field->at};
		cs_mt_refuse_field(s->mt, field, &fault);
		return;
	}
	if (!cs_mt_check_field(s->mt, field, &s->lines, &fault))
		cs_mt_refuse_field(s->mt, field, &fault);
}

/* ":50K:" at the start of LINE; the length of it, or 0. */
static unsigned
read_tag(const struct cs_mt_plan *plan, struct cs_span line, unsigned *tag, char *option)
{
	if (line.len < 4 || !cs_mt_is(plan, line.at[1], CS_MT_CLASS_N) || !cs_mt_is(plan, line.at[2], CS_MT_CLASS_N))
		return 0;
	*tag = (unsigned)(line.at[1] - '0') * 10 + (unsigned)(line.at[2] - '0');
	*option = 0;
	if (line.at[3] == ':')
		return 4;
	if (line.len < TAG_MAX || !cs_mt_is(plan, line.at[3], CS_MT_CLASS_A) || line.at[4] != ':')
		return 0;
	*option = (char)line.at[3];
	return TAG_MAX;
}

static bool
open_field(struct scan *s, struct cs_span line)
{
	unsigned tag;
	char option;
	close_field(s);
	unsigned skip = read_tag(s->mt->plan, line, &tag, &option);
	if (!skip) {
		cs_mt_refuse(s->mt, "T13", line.at, "a line that begins with a colon, and not with a field");
		return false;
	}
	struct cs_span value = {line.at + skip, line.len - skip};
	s->field = cs_mt_add_field(s->mt, tag, option, value);
	if (!s->field) {
		cs_mt_refuse(s->mt, "M50", line.at, "more fields than there is room for");
		return false;
	}
	s->lines.n = 1;
	s->lines.line[0] = value;
	return true;
}

static bool
take_line(struct scan *s, struct cs_span line)
{
	if (line.len && line.at[0] == ':')
		return open_field(s, line);
	if (!s->field) {
		cs_mt_refuse(s->mt, "T13", line.at, "a line before the first field");
		return false;
	}
	if (s->lines.n >= CS_MT_LINES_MAX) {
		cs_mt_refuse(s->mt, "T18", line.at, "more lines than any field has");
		return false;
	}
	if (line.len && line.at[0] == '-')
		cs_payment_raise(&s->mt->payment, CS_PAYMENT_ALERT_FIELD_FORMAT);
	s->lines.line[s->lines.n++] = line;
	return true;
}

static bool
end_of_block(struct scan *s, struct cs_span line, const uint8_t **end)
{
	const uint8_t *last = line.at;
	close_field(s);
	end_order(s, last);
	*end = line.at + 2;
	return true;
}

/* Not one initializer: it would clear the room for lines each time. */
static void
begin(struct scan *s, struct cs_mt *mt, const struct cs_mt_type *type, struct cs_span text)
{
	s->mt = mt;
	s->type = type;
	s->at = text.at;
	s->end = text.at + text.len;
	s->field = NULL;
	s->lines.n = 0;
	s->item = type->first_item;
	s->sat = false;
	s->lost = false;
}

static void
measure_text(struct cs_mt *mt, const struct cs_mt_type *type, const uint8_t *from, const uint8_t *to)
{
	if (to - from > CS_MT_TEXT_MAX)
		cs_mt_refuse(mt, "M50", from + CS_MT_TEXT_MAX, "a text of more characters than any message has");
	else if (to - from > type->limit)
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_FIELD_FORMAT);
}

bool
cs_mt_text_read(struct cs_mt *mt, const struct cs_mt_type *type, struct cs_span text, const uint8_t **end)
{
	struct scan s;
	begin(&s, mt, type, text);
	if (s.at < s.end && *s.at == '\r')
		s.at++;
	if (s.at == s.end || *s.at != '\n') {
		bool over = s.at == s.end;
		cs_mt_refuse(mt, over ? "truncated" : "T00", s.at,
			     over ? "the message ends too early" : "block 4 begins with an end of line");
		return false;
	}
	s.at++;
	const uint8_t *from = s.at;
	/* The first brace is that of the end, or a character that no text has. */
	const uint8_t *brace = memchr(from, '}', (size_t)(s.end - from));
	bool at_end = brace && brace - from >= 1 && brace[-1] == '-' && brace[-2] == '\n';
	s.lines.clean = at_end && cs_mt_clean((struct cs_span){from, (size_t)(brace - from)});
	while (s.at < s.end) {
		const uint8_t *newline = cs_mt_newline(s.at, s.end);
		const uint8_t *stop = newline ? newline : s.end;
		struct cs_span line = {s.at, (size_t)(stop - s.at)};
		if (line.len >= 2 && line.at[0] == '-' && line.at[1] == '}') {
			measure_text(mt, type, from, line.at);
			return end_of_block(&s, line, end);
		}
		if (!newline)
			break;
		if (line.len && line.at[line.len - 1] == '\r')
			line.len--;
		if (!take_line(&s, line))
			return false;
		s.at = newline + 1;
	}
	close_field(&s);
	cs_mt_refuse(mt, "truncated", s.end, "block 4 has no end: a line that begins with \"-}\"");
	return false;
}

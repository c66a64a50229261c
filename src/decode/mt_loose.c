/*
 * The lenient profile: statements as banks export them. With blocks or without, any characters, text before and
 * between, lines and references of any length, blank lines, tags of the bank's own.
 *
 * What makes a statement is still asked for: 20, 25, an opening and a closing balance, in this order, with dates and
 * amounts that are some, and entries that can be read. Never for interbank 940 and 950 used in fraud control.
 */
#include "decode/mt_parts.h"

struct loose {
	struct cs_mt *mt;
	struct cs_mt_field *field;
	bool ended;
};

static unsigned
read_tag(const struct cs_mt_plan *plan, struct cs_span line, unsigned *tag, char *option)
{
	if (line.len < 4 || line.at[0] != ':' || !cs_mt_is(plan, line.at[1], CS_MT_CLASS_N) ||
	    !cs_mt_is(plan, line.at[2], CS_MT_CLASS_N))
		return 0;
	*tag = (unsigned)(line.at[1] - '0') * 10 + (unsigned)(line.at[2] - '0');
	*option = 0;
	if (line.at[3] == ':')
		return 4;
	if (line.len < 5 || !cs_mt_is(plan, line.at[3], CS_MT_CLASS_A) || line.at[4] != ':')
		return 0;
	*option = (char)line.at[3];
	return 5;
}

/* Stray control characters are told; they end nothing. */
static void
look_for_controls(struct loose *l, struct cs_span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (!cs_mt_is(l->mt->plan, line.at[i], CS_MT_CLASS_L) && line.at[i] != '\t')
			cs_payment_raise(&l->mt->payment, CS_PAYMENT_ALERT_FIELD_FORMAT);
}

static bool
take_line(struct loose *l, struct cs_span line)
{
	unsigned tag;
	char option;
	look_for_controls(l, line);
	if (line.len && line.at[0] == '-' && (line.len == 1 || line.at[1] == '}')) {
		l->ended = true;
		return true;
	}
	unsigned skip = read_tag(l->mt->plan, line, &tag, &option);
	if (!skip) {
		if (l->field && line.len)
			l->field->len = (uint32_t)(line.at + line.len - (l->mt->bytes.at + l->field->at));
		return true;
	}
	struct cs_span value = {line.at + skip, line.len - skip};
	l->field = cs_mt_add_field(l->mt, tag, option, value);
	if (!l->field) {
		cs_mt_refuse(l->mt, "M50", line.at, "more fields than there is room for");
		return false;
	}
	uint32_t *first = &l->mt->first[0][tag];
	if (!*first)
		*first = l->mt->field_n;
	return true;
}

static bool
read_lines(struct loose *l, struct cs_span text)
{
	struct cs_span line;
	while (!l->ended && cs_mt_line(&text, &line)) {
		if (line.len && line.at[line.len - 1] == '\r')
			line.len--;
		if (!take_line(l, line))
			return false;
	}
	return true;
}

/* The text behind "{4:", and the type that block 2 tells; all of it when there are no blocks. */
static struct cs_span
find_text(struct cs_mt *mt)
{
	const uint8_t *end = mt->bytes.at + mt->bytes.len;
	const uint8_t *text = memmem(mt->bytes.at, mt->bytes.len, "{4:", 3);
	const uint8_t *head = memmem(mt->bytes.at, mt->bytes.len, "{2:", 3);
	if (!text || mt->bytes.at[0] != '{')
		return mt->bytes;
	unsigned type = 0;
	for (unsigned i = 4; head && i < 7 && head + i < end && cs_mt_is(mt->plan, head[i], CS_MT_CLASS_N); i++)
		type = type * 10 + (unsigned)(head[i] - '0');
	mt->head.type = (uint16_t)type;
	return (struct cs_span){text + 3, (size_t)(end - text - 3)};
}

static bool
is_statement(unsigned type)
{
	return type == 940 || type == 941 || type == 942 || type == 950;
}

static void
need(struct cs_mt *mt, unsigned tag, const char *text)
{
	if (!mt->first[0][tag])
		cs_mt_refuse(mt, "T13", mt->bytes.at, text);
}

static void
check_balances(struct cs_mt *mt)
{
	static const uint8_t tags[] = {60, 62, 64, 65};
	struct cs_mt_balance balance;
	for (unsigned i = 0; i < sizeof tags; i++) {
		const struct cs_mt_field *field = cs_mt_find(mt, tags[i], 0);
		if (!field || cs_mt_balance_of(mt, field, &balance))
			continue;
		struct cs_mt_fault fault = {"T43", "a balance that cannot be read", NULL};
		cs_mt_refuse_field(mt, field, &fault);
	}
}

static void
check_entries(struct cs_mt *mt)
{
	struct cs_mt_entry entry;
	struct cs_mt_fault fault;
	if (!mt->first[0][61])
		return;
	for (uint32_t i = mt->first[0][61] - 1; i < mt->field_n; i++)
		if (mt->field[i].tag == 61 && !cs_mt_entry_read(cs_mt_value(mt, &mt->field[i]), true, &entry, &fault))
			cs_mt_refuse_field(mt, &mt->field[i], &fault);
}

static void
check(struct cs_mt *mt)
{
	bool interim = mt->first[0][34] && !mt->first[0][60];
	if (!mt->head.type)
		mt->head.type = interim ? 942 : 940;
	need(mt, 20, "a statement has a reference (20)");
	need(mt, 25, "a statement has an account (25)");
	if (!interim && mt->head.type != 942) {
		need(mt, 60, "a statement has an opening balance (60)");
		need(mt, 62, "a statement has a closing balance (62)");
	}
	const uint32_t *first = mt->first[0];
	bool ordered =
		first[20] < first[25] && (!first[60] || first[25] < first[60]) && (!first[62] || first[60] < first[62]);
	if (!mt->payment.reason_n && !ordered)
		cs_mt_refuse(mt, "T13", mt->bytes.at, "reference, account and balances are not in this order");
	check_balances(mt);
	check_entries(mt);
}

bool
cs_mt_decode_loose(struct cs_mt *mt, struct cs_span bytes)
{
	bool blocks = bytes.len && bytes.at[0] == '{';
	if (blocks && bytes.len <= CS_MT_MESSAGE_MAX && cs_mt_decode(mt, bytes))
		return true;
	if (blocks && mt->head.type && !is_statement(mt->head.type))
		return false;
	cs_mt_begin(mt, bytes, true);
	if (bytes.len > CS_MT_STATEMENT_MAX) {
		cs_mt_refuse(mt, "M50", bytes.at, "longer than any statement");
		return false;
	}
	struct loose l = {.mt = mt};
	struct cs_span text = find_text(mt);
	if (mt->head.type && !is_statement(mt->head.type))
		cs_mt_refuse(mt, "H30", bytes.at, "the lenient profile reads statements only");
	else if (read_lines(&l, text))
		check(mt);
	cs_mt_statement(mt);
	cs_mt_key_fill(mt);
	return mt->payment.reason_n == 0;
}

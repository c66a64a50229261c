/*
 * Statements: entries (field 61), balances, their sums, and the year of an entry date that is told without one.
 *
 * Sums are in 1e-4 of the currency, checked: what does not fit is told, and nothing is said about the balance.
 */
#include "decode/mt_parts.h"

enum {
	ENTRY_DIGITS = 15,
	LOOSE_DIGITS = 24,
	REF_MAX = 16,
	SUPPLEMENT_MAX = 34,
	COUNT_DIGITS = 5,
	CURRENCY_LETTERS = 3
};

static bool
bad(struct cs_mt_fault *fault, const char *code, const uint8_t *at, const char *text)
{
	*fault = (struct cs_mt_fault){code, text, at};
	return false;
}

static bool
is_digit(uint8_t c)
{
	return (uint8_t)(c - '0') < 10;
}

static bool
is_letter(uint8_t c)
{
	return (uint8_t)(c - 'A') < 26;
}

/* --- field 61 --- */

struct take {
	const uint8_t *at;
	const uint8_t *end; /* of the first line */
};

static bool
take_mark(struct take *t, char mark[3])
{
	size_t n = 0;
	if (t->at < t->end && (*t->at == 'R' || *t->at == 'E'))
		mark[n++] = (char)*t->at++;
	if (t->at >= t->end || (*t->at != 'C' && *t->at != 'D'))
		return false;
	mark[n++] = (char)*t->at++;
	mark[n] = '\0';
	return true;
}

/* MMDD in the year that puts it nearest to the value date: within half a year of it, on either side. */
static bool
near_date(const uint8_t *at, const struct cs_mt_date *value_date, struct cs_mt_date *out)
{
	int32_t best = INT32_MAX;
	int32_t value_day = cs_mt_days(value_date);
	for (unsigned year = value_date->year - 1U; year <= value_date->year + 1U; year++) {
		uint8_t text[6] = {
			(uint8_t)('0' + year / 10 % 10), (uint8_t)('0' + year % 10), at[0], at[1], at[2], at[3]};
		struct cs_mt_date date;
		if (!cs_mt_check_date(text, &date))
			continue;
		date.year = (uint16_t)year;
		int32_t apart = cs_mt_days(&date) - value_day;
		apart = apart < 0 ? -apart : apart;
		if (apart >= best)
			continue;
		best = apart;
		*out = date;
	}
	return best != INT32_MAX;
}

static bool
take_dates(struct take *t, struct cs_mt_entry *out, struct cs_mt_fault *fault)
{
	if (t->end - t->at < 6 || !cs_mt_check_date(t->at, &out->value_date))
		return bad(fault, "T50", t->at, "an entry begins with a date");
	t->at += 6;
	out->entry_date.year = 0;
	if (t->end - t->at < 4 || !is_digit(t->at[0]))
		return true;
	for (unsigned i = 0; i < 4; i++)
		if (!is_digit(t->at[i]))
			return bad(fault, "T50", t->at, "the entry date has four digits");
	if (!near_date(t->at, &out->value_date, &out->entry_date))
		return bad(fault, "T50", t->at, "there is no such entry date");
	t->at += 4;
	return true;
}

static bool
take_amount(struct take *t, bool loose, struct cs_mt_entry *out, struct cs_mt_fault *fault)
{
	const uint8_t *from = t->at;
	while (t->at < t->end && (is_digit(*t->at) || *t->at == ','))
		t->at++;
	out->amount_text = (struct cs_span){from, (size_t)(t->at - from)};
	if (out->amount_text.len > (loose ? LOOSE_DIGITS : ENTRY_DIGITS))
		return bad(fault, "T33", from, "an amount of too many characters");
	if (!cs_mt_amount_read(out->amount_text, &out->amount))
		return bad(fault, "T43", from, "an amount needs one comma, behind a digit");
	return true;
}

static bool
take_kind(struct take *t, bool loose, struct cs_mt_entry *out, struct cs_mt_fault *fault)
{
	const uint8_t *from = t->at;
	if (t->end - t->at < 4 || (*from != 'N' && *from != 'F' && *from != 'S'))
		return bad(fault, "T53", from, "the kind of an entry is N, F or S and three characters");
	/* Banks pad shorter codes of their own with blanks. */
	for (unsigned i = 1; i < 4; i++)
		if (!is_digit(from[i]) && (!is_letter(from[i]) || *from == 'S') && !(loose && from[i] != '/'))
			return bad(fault, "T53", from + i, "the kind of an entry is N, F or S and three characters");
	out->kind = (struct cs_span){from, 4};
	t->at += 4;
	return true;
}

static void
take_refs(struct take *t, struct cs_mt_entry *out)
{
	const uint8_t *from = t->at;
	while (t->at < t->end && !(t->at[0] == '/' && t->at + 1 < t->end && t->at[1] == '/'))
		t->at++;
	out->customer_ref = (struct cs_span){from, (size_t)(t->at - from)};
	out->bank_ref = (struct cs_span){NULL, 0};
	if (t->at < t->end)
		out->bank_ref = (struct cs_span){t->at + 2, (size_t)(t->end - t->at - 2)};
}

static bool
strict_lengths(const struct cs_mt_entry *out, struct cs_mt_fault *fault)
{
	if (!out->customer_ref.len)
		return bad(fault, "T30", out->customer_ref.at, "the reference for the owner is missing");
	if (out->customer_ref.len > REF_MAX)
		return bad(fault, "T33", out->customer_ref.at + REF_MAX, "a reference of too many characters");
	if (out->bank_ref.at && (!out->bank_ref.len || out->bank_ref.len > REF_MAX))
		return bad(fault, "T33", out->bank_ref.at, "the bank's reference has 1 to 16 characters");
	if (out->supplementary.at && (!out->supplementary.len || out->supplementary.len > SUPPLEMENT_MAX))
		return bad(fault, "T33", out->supplementary.at, "the second line has 1 to 34 characters");
	if (out->supplementary.at && memchr(out->supplementary.at, '\n', out->supplementary.len))
		return bad(fault, "T18", out->supplementary.at, "an entry has at most two lines");
	return true;
}

bool
cs_mt_entry_read(struct cs_span value, bool loose, struct cs_mt_entry *out, struct cs_mt_fault *fault)
{
	struct cs_span line;
	if (!cs_mt_line(&value, &line))
		return bad(fault, "T30", value.at, "an entry without a value");
	struct take t = {line.at, line.at + line.len};
	out->supplementary = value;
	if (!take_dates(&t, out, fault))
		return false;
	if (!take_mark(&t, out->mark))
		return bad(fault, "T51", t.at, "the mark is C, D, RC, RD, EC or ED");
	out->funds_code = 0;
	if (t.at < t.end && is_letter(*t.at))
		out->funds_code = (char)*t.at++;
	if (!take_amount(&t, loose, out, fault) || !take_kind(&t, loose, out, fault))
		return false;
	take_refs(&t, out);
	return loose || strict_lengths(out, fault);
}

bool
cs_mt_entry_of(const struct cs_mt *mt, const struct cs_mt_field *field, struct cs_mt_entry *out)
{
	struct cs_mt_fault fault;
	return cs_mt_entry_read(cs_mt_value(mt, field), mt->loose, out, &fault);
}

/* --- balances --- */

bool
cs_mt_balance_of(const struct cs_mt *mt, const struct cs_mt_field *field, struct cs_mt_balance *out)
{
	struct cs_span value = cs_mt_value(mt, field);
	struct cs_span line;
	if (!cs_mt_line(&value, &line) || line.len < 12 || (line.at[0] != 'C' && line.at[0] != 'D') ||
	    !cs_mt_check_date(line.at + 1, &out->date))
		return false;
	for (unsigned i = 7; i < 10; i++)
		if (!is_letter(line.at[i]))
			return false;
	while (line.at[line.len - 1] == ' ')
		line.len--;
	out->mark = (char)line.at[0];
	out->currency = (struct cs_span){line.at + 7, 3};
	out->amount_text = (struct cs_span){line.at + 10, line.len < 10 ? 0 : line.len - 10};
	return cs_mt_amount_read(out->amount_text, &out->amount);
}

static bool
signed_balance(const struct cs_mt_balance *balance, int64_t *out)
{
	if (!cs_mt_amount_scaled(&balance->amount, out))
		return false;
	if (balance->mark == 'D')
		*out = -*out;
	return true;
}

/* --- sums --- */

static void
add_entry(struct cs_mt *mt, const struct cs_mt_field *field)
{
	struct cs_mt_entry entry;
	int64_t amount;
	if (!cs_mt_entry_of(mt, field, &entry))
		return;
	mt->sums.entry_n++;
	bool reversed = entry.mark[0] == 'R';
	bool credit = (entry.mark[1] ? entry.mark[1] : entry.mark[0]) == 'C';
	int64_t *sum = credit != reversed ? &mt->sums.credits : &mt->sums.debits;
	mt->sums.credit_n += credit != reversed;
	mt->sums.debit_n += credit == reversed;
	if (!cs_mt_amount_scaled(&entry.amount, &amount) || __builtin_add_overflow(*sum, amount, sum))
		mt->sums.overflowed = true;
}

/* Field 90C or 90D: how many entries there are, their currency, their sum. */
static bool
agrees(const struct cs_mt *mt, const struct cs_mt_field *field)
{
	struct cs_span value = cs_mt_value(mt, field);
	struct cs_mt_amount amount;
	bool credit = field->option == 'C';
	uint32_t n = 0;
	int64_t sum;
	size_t at = 0;
	for (; at < value.len && at < COUNT_DIGITS && is_digit(value.at[at]); at++)
		n = n * 10 + (uint32_t)(value.at[at] - '0');
	at += CURRENCY_LETTERS;
	return at <= value.len && cs_mt_amount_read((struct cs_span){value.at + at, value.len - at}, &amount) &&
	       cs_mt_amount_scaled(&amount, &sum) && n == (credit ? mt->sums.credit_n : mt->sums.debit_n) &&
	       sum == (credit ? mt->sums.credits : mt->sums.debits);
}

/* What a report of entries (942) says of them in all: it has no balances that they could be held against. */
static void
check_totals(struct cs_mt *mt)
{
	mt->sums.totals_agree = true;
	for (uint32_t i = mt->first[0][90] ? mt->first[0][90] - 1 : mt->field_n; i < mt->field_n; i++)
		if (mt->field[i].tag == 90) {
			mt->sums.totals = true;
			mt->sums.totals_agree = mt->sums.totals_agree && agrees(mt, &mt->field[i]);
		}
}

/* C27: the first two letters of the currency are the same in all balances. */
static void
check_currencies(struct cs_mt *mt, struct cs_span currency)
{
	static const uint8_t tags[] = {62, 64, 65};
	struct cs_mt_balance balance;
	for (unsigned i = 0; i < sizeof tags; i++) {
		const struct cs_mt_field *field = cs_mt_find(mt, tags[i], 0);
		if (!field || !cs_mt_balance_of(mt, field, &balance) ||
		    memcmp(balance.currency.at, currency.at, 2) == 0)
			continue;
		struct cs_mt_fault fault = {"C27", "balances are in one currency", balance.currency.at};
		cs_mt_refuse_field(mt, field, &fault);
	}
}

void
cs_mt_statement(struct cs_mt *mt)
{
	struct cs_mt_balance opening;
	struct cs_mt_balance closing;
	int64_t sum;
	if (mt->head.type / 10 != 94 && mt->head.type != 950 && !mt->loose)
		return;
	if (mt->first[0][61])
		for (uint32_t i = mt->first[0][61] - 1; i < mt->field_n; i++)
			if (mt->field[i].tag == 61)
				add_entry(mt, &mt->field[i]);
	if (mt->head.type == 942)
		check_totals(mt);
	const struct cs_mt_field *first = cs_mt_find(mt, 60, 0);
	const struct cs_mt_field *last = cs_mt_find(mt, 62, 0);
	if (!first || !cs_mt_balance_of(mt, first, &opening))
		return;
	check_currencies(mt, opening.currency);
	if (mt->head.type == 941 || !last || !cs_mt_balance_of(mt, last, &closing))
		return;
	mt->sums.complete = true;
	if (mt->sums.overflowed || !signed_balance(&opening, &mt->sums.opening) ||
	    !signed_balance(&closing, &mt->sums.closing) ||
	    __builtin_add_overflow(mt->sums.opening, mt->sums.credits, &sum) ||
	    __builtin_sub_overflow(sum, mt->sums.debits, &sum)) {
		mt->sums.overflowed = true;
		return;
	}
	mt->sums.balanced = sum == mt->sums.closing;
	if (!mt->sums.balanced)
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_BALANCE_MISMATCH);
}

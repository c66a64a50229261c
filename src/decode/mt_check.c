/*
 * What the value of a field must mean beyond its format: dates, currencies, decimals, codes, BICs, numbered lines, IBANs.
 *
 * Called with values whose format is right, so that places in them are known. Codes are those told in public.
 */
#include "decode/mt_parts.h"

enum { BIC_LEN = 8, IBAN_MIN = 15, IBAN_MAX = 34, DATE_LEN = 6, OFFSET_HOURS_MAX = 14, SCALE = 4 };

static bool
bad(struct cs_mt_fault *fault, const char *code, const uint8_t *at, const char *text)
{
	*fault = (struct cs_mt_fault){code, text, at};
	return false;
}

/* --- dates and times --- */

static unsigned
two(const uint8_t *at)
{
	return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
}

static bool
is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool
cs_mt_check_date(const uint8_t *at, struct cs_mt_date *out)
{
	static const uint8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	for (unsigned i = 0; i < DATE_LEN; i++)
		if (at[i] < '0' || at[i] > '9')
			return false;
	unsigned year = two(at) + (two(at) < 80 ? 2000 : 1900);
	unsigned month = two(at + 2);
	unsigned day = two(at + 4);
	if (month < 1 || month > 12 || day < 1 || day > days[month] + (unsigned)(month == 2 && is_leap(year)))
		return false;
	*out = (struct cs_mt_date){(uint16_t)year, (uint8_t)month, (uint8_t)day};
	return true;
}

int32_t
cs_mt_days(const struct cs_mt_date *date)
{
	/* Days since 1970-01-01, years counted from March. */
	int32_t year = date->year - (date->month <= 2);
	int32_t month = (date->month + 9) % 12;
	return 365 * year + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + date->day - 719469;
}

static bool
check_date(const uint8_t *at, struct cs_mt_fault *fault)
{
	struct cs_mt_date date;
	return cs_mt_check_date(at, &date) || bad(fault, "T50", at, "there is no such date");
}

/* HHMM, sign, HHMM. */
static bool
check_clock(const uint8_t *at, struct cs_mt_fault *fault)
{
	if (two(at) > 23 || two(at + 2) > 59)
		return bad(fault, "T38", at, "there is no such time");
	if (at[4] != '+' && at[4] != '-')
		return bad(fault, "T15", at + 4, "the sign of the offset is + or -");
	if (two(at + 5) > OFFSET_HOURS_MAX || two(at + 7) > 59)
		return bad(fault, "T16", at + 5, "there is no such offset");
	return true;
}

/* --- money --- */

bool
cs_mt_amount_read(struct cs_span text, struct cs_mt_amount *out)
{
	uint64_t digits = 0;
	unsigned n = 0;
	size_t comma = text.len;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		if (c == ',' && comma == text.len && i) {
			comma = i;
			continue;
		}
		if (c < '0' || c > '9')
			return false;
		n += digits || c != '0';
		if (n > 18)
			return false;
		digits = digits * 10 + (uint64_t)(c - '0');
	}
	if (comma == text.len)
		return false;
	*out = (struct cs_mt_amount){digits, (uint8_t)(text.len - comma - 1)};
	return true;
}

bool
cs_mt_amount_scaled(const struct cs_mt_amount *amount, int64_t *out)
{
	uint64_t digits = amount->digits;
	unsigned decimals = amount->decimals;
	for (; decimals > SCALE && digits % 10 == 0; decimals--)
		digits /= 10;
	for (; decimals < SCALE && digits <= INT64_MAX / 10; decimals++)
		digits *= 10;
	if (decimals != SCALE || digits > INT64_MAX)
		return false;
	*out = (int64_t)digits;
	return true;
}

bool
cs_mt_check_money(struct cs_mt *mt, const uint8_t *currency, struct cs_span amount, struct cs_mt_fault *fault)
{
	unsigned decimals = mt->plan->codes.decimals[cs_codes_letters3(currency)];
	if (!decimals)
		return bad(fault, "T52", currency, "there is no such currency");
	if (decimals & CS_CODES_WITHDRAWN)
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_CURRENCY_UNKNOWN);
	const uint8_t *comma = memchr(amount.at, ',', amount.len);
	CS_ASSERT(comma);
	size_t fraction = (size_t)(amount.at + amount.len - comma - 1);
	if (fraction > (decimals & ~(unsigned)CS_CODES_WITHDRAWN) - 1)
		return bad(fault, "C03", comma, "more decimals than the currency has");
	return true;
}

static struct cs_span
rest_of(struct cs_span line, size_t skip)
{
	return (struct cs_span){line.at + skip, line.len - skip};
}

static bool
check_dated(struct cs_mt *mt, const struct cs_mt_field *field, struct cs_span line, struct cs_mt_fault *fault)
{
	static const char *const metals[] = {"XAU", "XAG", "XPT", "XPD"};
	if (!check_date(line.at, fault) || !cs_mt_check_money(mt, line.at + 6, rest_of(line, 9), fault))
		return false;
	for (unsigned i = 0; field->tag == 32 && i < 4; i++)
		if (memcmp(line.at + 6, metals[i], 3) == 0) {
			cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_COMMODITY_CURRENCY);
			return bad(fault, "C08", line.at + 6, "a commodity is not paid by this message");
		}
	return true;
}

static bool
check_balance(struct cs_mt *mt, struct cs_span line, struct cs_mt_fault *fault)
{
	if (line.at[0] != 'C' && line.at[0] != 'D')
		return bad(fault, "T51", line.at, "the mark is C or D");
	return check_date(line.at + 1, fault) && cs_mt_check_money(mt, line.at + 7, rest_of(line, 10), fault);
}

static bool
check_floor(struct cs_mt *mt, struct cs_span line, struct cs_mt_fault *fault)
{
	bool marked = cs_mt_is(mt->plan, line.at[3], CS_MT_CLASS_A);
	if (marked && line.at[3] != 'C' && line.at[3] != 'D')
		return bad(fault, "T51", line.at + 3, "the mark is C or D");
	return cs_mt_check_money(mt, line.at, rest_of(line, marked ? 4 : 3), fault);
}

static bool
check_total(struct cs_mt *mt, struct cs_span line, struct cs_mt_fault *fault)
{
	size_t digits = 0;
	while (cs_mt_is(mt->plan, line.at[digits], CS_MT_CLASS_N))
		digits++;
	return cs_mt_check_money(mt, line.at + digits, rest_of(line, digits + 3), fault);
}

/* --- codes --- */

static bool
check_reference(struct cs_span line, struct cs_mt_fault *fault)
{
	if (line.at[0] == '/' || line.at[line.len - 1] == '/')
		return bad(fault, "T26", line.at, "a reference neither begins nor ends with a slash");
	for (size_t i = 1; i < line.len; i++)
		if (line.at[i] == '/' && line.at[i - 1] == '/')
			return bad(fault, "T26", line.at + i, "a reference has no two slashes in a row");
	return true;
}

static bool
is_one_of(const uint8_t *at, size_t len, const char *codes)
{
	for (; *codes; codes += len)
		if (memcmp(at, codes, len) == 0)
			return true;
	return false;
}

static bool
check_code(struct cs_mt *mt, struct cs_span line, struct cs_mt_fault *fault)
{
	if (!is_one_of(line.at, 4, "CHQBCORTHOLDINTCPHOBPHOIPHONREPASDVATELBTELETELI"))
		return bad(fault, "T47", line.at, "there is no such instruction code");
	if (line.len > 4 && !is_one_of(line.at, 4, "PHONPHOBPHOITELETELBTELIHOLDREPA"))
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_NETWORK_RULE);
	return true;
}

bool
cs_mt_check_bic(struct cs_mt *mt, struct cs_span bic)
{
	if (bic.len < BIC_LEN)
		return false;
	if (!(mt->plan->codes.country[cs_codes_letters2(bic.at + 4)] & 1))
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_BIC_COUNTRY);
	return true;
}

static bool
check_country(const struct cs_mt *mt, struct cs_span rest)
{
	if (rest.len < 2 || !cs_mt_is(mt->plan, rest.at[0], CS_MT_CLASS_A) ||
	    !cs_mt_is(mt->plan, rest.at[1], CS_MT_CLASS_A))
		return false;
	return (mt->plan->codes.country[cs_codes_letters2(rest.at)] & 1) && (rest.len == 2 || rest.at[2] == '/');
}

/* Numbered lines: ascending, the name first, the country's code at the start of 3/. */
static bool
check_numbered(struct cs_mt *mt, const struct cs_mt_field *field, const struct cs_mt_lines *lines,
	       struct cs_mt_fault *fault)
{
	const struct cs_span *line = lines->line;
	bool coded = line[0].len > 8 && line[0].at[4] == '/' && line[0].at[7] == '/';
	unsigned first = line[0].at[0] == '/' || (field->tag == 50 && coded) ? 1 : 0;
	uint8_t last = '0';
	bool address = false;
	if (field->tag == 50 && !first)
		return bad(fault, "T54", line[0].at, "an account or an identifier must be in the first line");
	for (unsigned i = first; i < lines->n; i++) {
		const uint8_t *at = line[i].at;
		uint8_t most = field->tag == 50 ? '8' : '3';
		if (line[i].len < 3 || at[1] != '/' || at[0] < '1' || at[0] > most)
			return bad(fault, "T55", at, "a line begins with its number and a slash");
		if (at[0] < last || (i == first && at[0] != '1'))
			return bad(fault, "T56", at, "the numbers of the lines begin with 1 and ascend");
		if (at[0] == '3' && last != '3' && !check_country(mt, rest_of(line[i], 2)))
			return bad(fault, "T73", at + 2, "line 3/ begins with the code of a country");
		address |= at[0] == '2';
		last = at[0];
	}
	if (address && last < '3')
		cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_NETWORK_RULE);
	return true;
}

bool
cs_mt_iban_ok(const struct cs_mt_plan *plan, struct cs_span account, bool *shaped)
{
	*shaped = false;
	if (account.len < IBAN_MIN || account.len > IBAN_MAX || !cs_mt_is(plan, account.at[0], CS_MT_CLASS_A) ||
	    !cs_mt_is(plan, account.at[1], CS_MT_CLASS_A) || !cs_mt_is(plan, account.at[2], CS_MT_CLASS_N) ||
	    !cs_mt_is(plan, account.at[3], CS_MT_CLASS_N))
		return false;
	unsigned len = plan->codes.iban_len[cs_codes_letters2(account.at)];
	if (!len)
		return false;
	for (size_t i = 4; i < account.len; i++)
		if (!cs_mt_is(plan, account.at[i], CS_MT_CLASS_C))
			return false;
	*shaped = true;
	return account.len == len && cs_codes_iban_digits(account);
}

/* --- all of it --- */

static bool
check_meaning(struct cs_mt *mt, const struct cs_mt_field *field, const struct cs_mt_lines *lines,
	      struct cs_mt_fault *fault)
{
	struct cs_span line = lines->line[0];
	struct cs_span last = lines->line[lines->n - 1];
	struct cs_mt_entry entry;
	switch ((enum cs_mt_check)mt->plan->row[field->row - 1].check) {
	case CS_MT_CHECK_NONE:
	case CS_MT_CHECK_NARRATIVE:
		return true;
	case CS_MT_CHECK_REFERENCE:
		return check_reference(line, fault);
	case CS_MT_CHECK_DATE:
		return check_date(line.at, fault);
	case CS_MT_CHECK_DATED:
		return check_dated(mt, field, line, fault);
	case CS_MT_CHECK_MONEY:
		return cs_mt_check_money(mt, line.at, rest_of(line, 3), fault);
	case CS_MT_CHECK_BIC:
		return cs_mt_check_bic(mt, last) || bad(fault, "T27", last.at, "a BIC has 8 or 11 characters");
	case CS_MT_CHECK_NUMBERED:
		return check_numbered(mt, field, lines, fault);
	case CS_MT_CHECK_TIME:
		return check_clock(line.at + line.len - 9, fault);
	case CS_MT_CHECK_WHEN:
		return check_date(line.at, fault) && check_clock(line.at + DATE_LEN, fault);
	case CS_MT_CHECK_OPERATION:
		return is_one_of(line.at, 4, "CREDCRTSSPAYSPRISSTD") ||
		       bad(fault, "T36", line.at, "the operation is CRED, CRTS, SPAY, SPRI or SSTD");
	case CS_MT_CHECK_CODE:
		return check_code(mt, line, fault);
	case CS_MT_CHECK_CHARGES:
		return is_one_of(line.at, 3, "BENOURSHA") || bad(fault, "T08", line.at, "charges are BEN, OUR or SHA");
	case CS_MT_CHECK_BALANCE:
		return check_balance(mt, line, fault);
	case CS_MT_CHECK_FLOOR:
		return check_floor(mt, line, fault);
	case CS_MT_CHECK_TOTAL:
		return check_total(mt, line, fault);
	case CS_MT_CHECK_ORIGINAL:
		return check_date(lines->line[1].at, fault);
	case CS_MT_CHECK_ENTRY:
		return cs_mt_entry_read(cs_mt_value(mt, field), false, &entry, fault);
	}
	return false;
}

/* Copies of fields that the table does not know. */
static bool
check_text(const struct cs_mt *mt, const struct cs_mt_lines *lines, struct cs_mt_fault *fault)
{
	for (unsigned i = 0; i < lines->n && !lines->clean; i++)
		for (size_t k = 0; k < lines->line[i].len; k++)
			if (!cs_mt_is(mt->plan, lines->line[i].at[k], CS_MT_CLASS_X))
				return bad(fault, "M60", lines->line[i].at + k,
					   "a character outside the set of this field");
	return true;
}

bool
cs_mt_check_field(struct cs_mt *mt, const struct cs_mt_field *field, const struct cs_mt_lines *lines,
		  struct cs_mt_fault *fault)
{
	if (!field->row)
		return check_text(mt, lines, fault);
	const struct cs_mt_row *row = &mt->plan->row[field->row - 1];
	if (row->check == CS_MT_CHECK_ENTRY)
		return check_text(mt, lines, fault) && check_meaning(mt, field, lines, fault);
	if (cs_mt_format_fits(mt->plan, row->first_op, lines, fault))
		return check_meaning(mt, field, lines, fault);
	/* A cancellation that does not name type and date of the original, or words beyond their measure, are not lost
	 * for that; characters outside the set are refused here, too. */
	bool let_through = row->check == CS_MT_CHECK_ORIGINAL || row->check == CS_MT_CHECK_NARRATIVE;
	if (!let_through || !check_text(mt, lines, fault))
		return false;
	cs_payment_raise(&mt->payment, CS_PAYMENT_ALERT_FIELD_FORMAT);
	return true;
}

/*
 * Money. The only file that touches raw amounts. Currencies are rows of currency.def (ISO 4217).
 */
#include "event/money.h"

static const struct currency_row {
	uint16_t code;
	uint8_t exponent;
	char name[4];
} currencies[] = {
#define X(code, name, exponent) {code, exponent, name},
#include "event/currency.def"
#undef X
};

enum { CURRENCY_N = sizeof currencies / sizeof currencies[0], CODES_N = 1000 };

/* The same by their codes; others have no name. */
static const struct currency_row by_code[CODES_N] = {
#define X(code, name, exponent) [code] = {code, exponent, name},
#include "event/currency.def"
#undef X
};

struct cs_money
cs_money_of(int64_t minor, uint16_t currency)
{
	return (struct cs_money){.raw_minor = minor, .raw_currency = currency};
}

int64_t
cs_money_minor(struct cs_money money)
{
	return money.raw_minor;
}

uint16_t
cs_money_currency(struct cs_money money)
{
	return money.raw_currency;
}

bool
cs_money_same(struct cs_money a, struct cs_money b)
{
	return a.raw_minor == b.raw_minor && a.raw_currency == b.raw_currency;
}

enum cs_error
cs_money_add(struct cs_money a, struct cs_money b, struct cs_money *out)
{
	int64_t sum;
	if (a.raw_currency != b.raw_currency || __builtin_add_overflow(a.raw_minor, b.raw_minor, &sum))
		return CS_E_RANGE;
	*out = cs_money_of(sum, a.raw_currency);
	return CS_OK;
}

enum cs_error
cs_money_order(struct cs_money a, struct cs_money b, int *out)
{
	if (a.raw_currency != b.raw_currency)
		return CS_E_RANGE;
	*out = (a.raw_minor > b.raw_minor) - (a.raw_minor < b.raw_minor);
	return CS_OK;
}

static const struct currency_row *
find_currency(uint16_t code)
{
	return code < CODES_N && by_code[code].name[0] ? &by_code[code] : NULL;
}

const char *
cs_currency_name(uint16_t currency)
{
	const struct currency_row *row = find_currency(currency);
	return row ? row->name : NULL;
}

unsigned
cs_currency_exponent(uint16_t currency)
{
	const struct currency_row *row = find_currency(currency);
	return row ? row->exponent : 2;
}

uint16_t
cs_currency_by_code(struct cs_span code)
{
	if (code.len != 3)
		return 0;
	unsigned number = 0;
	for (size_t i = 0; i < 3; i++) {
		if (code.at[i] < '0' || code.at[i] > '9')
			break;
		number = number * 10 + (code.at[i] - '0');
		if (i == 2)
			return (uint16_t)number;
	}
	for (size_t i = 0; i < CURRENCY_N; i++)
		if (memcmp(currencies[i].name, code.at, 3) == 0)
			return currencies[i].code;
	return 0;
}

void
cs_money_put(struct cs_text *text, struct cs_money money)
{
	static const uint64_t powers[] = {1, 10, 100, 1000, 10000};
	unsigned exponent = money.raw_currency ? cs_currency_exponent(money.raw_currency) : 0;
	CS_ASSERT(exponent < sizeof powers / sizeof powers[0]);
	uint64_t minor = money.raw_minor < 0 ? UINT64_C(0) - (uint64_t)money.raw_minor : (uint64_t)money.raw_minor;
	if (money.raw_minor < 0)
		cs_text_put_char(text, '-');
	cs_text_put_u64(text, minor / powers[exponent]);
	if (exponent) {
		cs_text_put_char(text, '.');
		cs_text_put_padded(text, minor % powers[exponent], exponent);
	}
	cs_text_put_char(text, ' ');
	const char *name = cs_currency_name(money.raw_currency);
	if (name)
		cs_text_put(text, name);
	else if (money.raw_currency)
		cs_text_put_padded(text, money.raw_currency, 3);
	else
		cs_text_put(text, "?");
}

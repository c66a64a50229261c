/*
 * Identifiers made comparable: see cs_entry_id_canon in roll.h.
 *
 * Spec: ISO 9362 (BIC), ISO 17442 (LEI, remainder 97), IMO resolution A.1117 (numbers of ships, and of companies, which have another
 * check digit).
 */
#include "screen/gap.h"
#include "screen/roll.h"

enum {
	CANON_MAX = 64,
	BIC_SHORT = 8,
	BIC_LONG = 11,
	LEI_LEN = 20,
	IMO_LEN = 7,
	LEI_MODULUS = 97,
	COMPANY_MODULUS = 11,
	HEX_LEAST = 40, /* digits of the shortest address that is a number */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_large(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_separator(uint8_t c)
{
	return c <= ' ' || c == '-' || c == '.' || c == '/' || c == '\\' || c == ':' || c == '_' || c == ',' ||
	       c == '#' || c == '(' || c == ')';
}

/* Letters large and without separators; 0: it is longer than CANON_MAX. */
static size_t
plain(struct cs_span text, char *out)
{
	size_t n = 0;
	for (size_t i = 0, gap; i < text.len; i += gap ? gap : 1) {
		uint8_t c = text.at[i];
		gap = cs_gap_at(text, i);
		if (gap || is_separator(c))
			continue;
		if (n == CANON_MAX)
			return 0;
		out[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	return n;
}

static size_t
canon_bic(char *out, size_t n)
{
	if (n != BIC_SHORT && n != BIC_LONG)
		return 0;
	for (size_t i = 0; i < n; i++) {
		bool country = i == 4 || i == 5;
		if (!is_large(out[i]) && (country || !is_digit(out[i])))
			return 0;
	}
	if (n == BIC_SHORT)
		memcpy(out + BIC_SHORT, "XXX", BIC_LONG - BIC_SHORT);
	return BIC_LONG;
}

static size_t
canon_lei(const char *out, size_t n)
{
	unsigned rest = 0;
	if (n != LEI_LEN)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (is_digit(out[i]))
			rest = (rest * 10 + (unsigned)(out[i] - '0')) % LEI_MODULUS;
		else if (is_large(out[i]))
			rest = (rest * 100 + (unsigned)(out[i] - 'A') + 10) % LEI_MODULUS;
		else
			return 0;
	}
	return rest == 1 ? n : 0;
}

static size_t
canon_imo(char *out, size_t n)
{
	static const unsigned ship[IMO_LEN - 1] = {7, 6, 5, 4, 3, 2}, company[IMO_LEN - 1] = {8, 6, 4, 2, 9, 7};
	unsigned ships = 0, companies = 0;
	size_t skip = n >= 3 && memcmp(out, "IMO", 3) == 0 ? 3 : 0;
	if (n - skip != IMO_LEN)
		return 0;
	memmove(out, out + skip, IMO_LEN);
	for (size_t i = 0; i < IMO_LEN; i++) {
		if (!is_digit(out[i]))
			return 0;
		ships += i + 1 < IMO_LEN ? ship[i] * (unsigned)(out[i] - '0') : 0;
		companies += i + 1 < IMO_LEN ? company[i] * (unsigned)(out[i] - '0') : 0;
	}
	unsigned check = (unsigned)(out[IMO_LEN - 1] - '0');
	bool right = check == ships % 10 || check == (COMPANY_MODULUS - companies % COMPANY_MODULUS) % 10;
	return right ? IMO_LEN : 0;
}

static bool
is_hexadecimal(const char *at, size_t n)
{
	size_t skip = n > 2 && at[0] == '0' && (at[1] | 32) == 'x' ? 2 : 0;
	if (n < HEX_LEAST)
		return false;
	for (size_t i = skip; i < n; i++)
		if (!is_digit(at[i]) && ((at[i] | 32) < 'a' || (at[i] | 32) > 'f'))
			return false;
	return true;
}

/* An address is written without separators; in some alphabets its case speaks. */
static size_t
canon_wallet(struct cs_span text, char *out)
{
	size_t n = 0;
	for (size_t i = 0, gap; i < text.len; i += gap ? gap : 1) {
		gap = cs_gap_at(text, i);
		if (gap || text.at[i] <= ' ')
			continue;
		if (n == CANON_MAX)
			return 0;
		out[n++] = (char)text.at[i];
	}
	if (!is_hexadecimal(out, n))
		return n;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(is_digit(out[i]) ? out[i] : out[i] | 32);
	return n;
}

size_t
cs_entry_id_canon(enum cs_entry_id_kind kind, struct cs_span text, char out[64])
{
	if (kind == CS_ENTRY_ID_WALLET)
		return canon_wallet(text, out);
	size_t n = plain(text, out);
	if (kind == CS_ENTRY_ID_BIC)
		return canon_bic(out, n);
	if (kind == CS_ENTRY_ID_LEI)
		return canon_lei(out, n);
	return kind == CS_ENTRY_ID_IMO ? canon_imo(out, n) : n;
}

/*
 * Why: a message that its schema lets pass can still be wrong in itself. Header against document, counts and sums against
 * what is there, check digits, codes that do not exist. None of it refuses a message; each is an alert.
 *
 * Amounts are summed in hundred thousandths, in 128 bits: no message is long enough to overflow them. UETRs of one
 * message are remembered up to UETR_FILL; of those behind, no repetition is told.
 */
#include "decode/mx_parts.h"

#include "base/error.h"

enum { UETR_LEN = 36, UETR_FILL = CS_MX_UETRS / 4 * 3, ABA_LEN = 9 };

static const struct {
	const char *name, *text;
} rule_rows[] = {
#define RULE(symbol, name, text) {name, text},
#include "decode/mx_rule.def"
#undef RULE
};

enum rule {
#define RULE(symbol, name, text) RULE_##symbol,
#include "decode/mx_rule.def"
#undef RULE
	RULE_N
};

static void
raise_alert(struct cs_mx *mx, enum cs_payment_alert alert)
{
	cs_payment_raise(mx->out, alert);
}

static void
break_rule(struct cs_mx *mx, enum rule rule, bool broken)
{
	struct cs_span service = cs_mx_at(mx, CS_MX_BIZ_SVC);
	if (broken && service.len >= 14 && memcmp(service.at, "swift.cbprplus", 14) == 0)
		mx->rules |= UINT32_C(1) << rule;
}

/* --- codes --- */

void
cs_mx_rules_init(struct cs_mx *mx)
{
	cs_codes_fill(&mx->codes);
}

/* The length of its country where that is known, and modulo 97 with its first four characters moved to the end, letters as
 * two digits. A country that is none has no IBANs. */
static bool
is_iban(const struct cs_mx *mx, struct cs_span iban)
{
	const uint8_t name[2] = {iban.at[0] & 0xDF, iban.at[1] & 0xDF};
	unsigned country = cs_codes_letters2(name), len = mx->codes.iban_len[country];
	return iban.len >= 5 && (!len || iban.len == len) && mx->codes.country[country] && cs_codes_iban_digits(iban);
}

static void
check_currency(struct cs_mx *mx, struct cs_span code)
{
	bool metal = cs_span_is(code, "XAU") || cs_span_is(code, "XAG") || cs_span_is(code, "XPT") ||
		     cs_span_is(code, "XPD");
	if (metal)
		raise_alert(mx, CS_PAYMENT_ALERT_COMMODITY_CURRENCY);
	else if (!mx->codes.decimals[cs_codes_letters3(code.at)])
		raise_alert(mx, CS_PAYMENT_ALERT_CURRENCY_UNKNOWN);
}

void
cs_mx_rules_meaning(struct cs_mx *mx, enum cs_mx_meaning meaning, struct cs_span value)
{
	switch (meaning) {
	case CS_MX_MEANS_BIC:
		if (!mx->codes.country[cs_codes_letters2(value.at + 4)])
			raise_alert(mx, CS_PAYMENT_ALERT_BIC_COUNTRY);
		break;
	case CS_MX_MEANS_IBAN:
		if (!is_iban(mx, value))
			raise_alert(mx, CS_PAYMENT_ALERT_IBAN_CHECK);
		break;
	case CS_MX_MEANS_CURRENCY:
		check_currency(mx, value);
		break;
	case CS_MX_MEANS_NOTHING:
		break;
	}
}

/* A routing number: nine digits, weighed 3 7 1, a multiple of ten. */
static void
check_member(struct cs_mx *mx, unsigned base)
{
	static const uint8_t weights[] = {3, 7, 1};
	struct cs_span member = cs_mx_at(mx, base + CS_MX_PARTY_CLEARING_MEMBER);
	struct cs_span clearing = cs_mx_at(mx, base + CS_MX_PARTY_CLEARING_SYSTEM);
	if (!member.at || !clearing.at || !cs_span_is(clearing, "USABA"))
		return;
	unsigned sum = 0;
	bool good = member.len == ABA_LEN;
	for (size_t i = 0; good && i < ABA_LEN; i++) {
		good = member.at[i] >= '0' && member.at[i] <= '9';
		sum += (unsigned)(member.at[i] - '0') * weights[i % 3];
	}
	if (!good || sum % 10 != 0)
		raise_alert(mx, CS_PAYMENT_ALERT_ABA_CHECKSUM);
}

/* --- transactions --- */

/* Remembers a UETR; true: it was there already in this message. */
static bool
seen_before(struct cs_mx *mx, struct cs_span uetr)
{
	uint64_t first;
	uint64_t last;
	memcpy(&first, uetr.at, sizeof first);
	memcpy(&last, uetr.at + UETR_LEN - 8, sizeof last);
	uint64_t hash = (first ^ last * 31) * UINT64_C(0x9E3779B97F4A7C15);
	for (unsigned i = (unsigned)(hash >> 40);; i++) {
		struct cs_mx_uetr *at = &mx->uetr[i % CS_MX_UETRS];
		bool used = at->message == (uint32_t)mx->message;
		if (used && memcmp(at->at, uetr.at, UETR_LEN) == 0)
			return true;
		if (used)
			continue;
		if (mx->uetr_n == UETR_FILL)
			return false;
		mx->uetr_n++;
		at->message = (uint32_t)mx->message;
		memcpy(at->at, uetr.at, UETR_LEN);
		return false;
	}
}

static void
check_uetr(struct cs_mx *mx)
{
	struct cs_span uetr = cs_mx_at(mx, CS_MX_UETR);
	struct cs_span original = cs_mx_at(mx, CS_MX_ORIGINAL_UETR);
	if ((uetr.at && !cs_codes_is_uetr(uetr)) || (original.at && !cs_codes_is_uetr(original)))
		raise_alert(mx, CS_PAYMENT_ALERT_UETR_NOT_V4);
	if (uetr.at && uetr.len == UETR_LEN && seen_before(mx, uetr))
		raise_alert(mx, CS_PAYMENT_ALERT_DUPLICATE_UETR);
}

static void
check_reference(struct cs_mx *mx)
{
	struct cs_span text = cs_mx_at(mx, CS_MX_INSTR_ID);
	if (text.len == 0)
		return;
	if (text.at[0] == '/' || text.at[text.len - 1] == '/' || memmem(text.at, text.len, "//", 2))
		raise_alert(mx, CS_PAYMENT_ALERT_REFERENCE_SLASH);
}

static size_t
bank_len(struct cs_span bic)
{
	return bic.len == 11 && memcmp(bic.at + 8, CS_BIC_HEAD_OFFICE, 3) == 0 ? 8 : bic.len;
}

static bool
same_bic(struct cs_span a, struct cs_span b)
{
	return bank_len(a) == bank_len(b) && memcmp(a.at, b.at, bank_len(a)) == 0;
}

/* What a bank is called: by its BIC, else by its number in a clearing system. */
static struct cs_span
bank_of(const struct cs_mx *mx, unsigned party)
{
	struct cs_span bic = cs_mx_at(mx, party + CS_MX_PARTY_BIC);
	return bic.at ? bic : cs_mx_at(mx, party + CS_MX_PARTY_CLEARING_MEMBER);
}

static bool
differs(const struct cs_mx *mx, unsigned header, unsigned agent, unsigned group_agent)
{
	struct cs_span said = bank_of(mx, header);
	struct cs_span there = cs_mx_at(mx, agent + CS_MX_PARTY_BIC);
	if (!there.at)
		there = cs_mx_at(mx, group_agent + CS_MX_PARTY_BIC);
	return said.at && there.at && !same_bic(said, there);
}

/* Header against the agents; a copy goes to others. Agents without a BIC are not compared: in domestic systems the header
 * names the connections, which are not the banks. */
static void
check_agents(struct cs_mx *mx)
{
	if (!mx->have_header || cs_mx_at(mx, CS_MX_COPY_DUPLICATE).at)
		return;
	if (differs(mx, CS_MX_FROM, CS_MX_INSTRUCTING_AGENT, CS_MX_GROUP_INSTRUCTING_AGENT))
		raise_alert(mx, CS_PAYMENT_ALERT_FROM_MISMATCH);
	if (differs(mx, CS_MX_TO, CS_MX_INSTRUCTED_AGENT, CS_MX_GROUP_INSTRUCTED_AGENT))
		raise_alert(mx, CS_PAYMENT_ALERT_TO_MISMATCH);
}

static bool
has_name_and_bic(const struct cs_mx *mx, unsigned party)
{
	return cs_mx_at(mx, party + CS_MX_PARTY_BIC).at &&
	       (cs_mx_at(mx, party + CS_MX_PARTY_NAME).at || cs_mx_at(mx, party + CS_MX_PARTY_TOWN).at ||
		cs_mx_at(mx, party + CS_MX_PARTY_LINE).at);
}

static bool
misses_charges(const struct cs_mx *mx)
{
	cs_mx_units settled;
	cs_mx_units instructed;
	struct cs_span currency = cs_mx_at(mx, CS_MX_SETTLED_CURRENCY);
	struct cs_span other = cs_mx_at(mx, CS_MX_INSTRUCTED_CURRENCY);
	return currency.at && other.at && cs_span_equal(currency, other) && !cs_mx_at(mx, CS_MX_CHARGE).at &&
	       cs_mx_value_units(cs_mx_at(mx, CS_MX_SETTLED), &settled) &&
	       cs_mx_value_units(cs_mx_at(mx, CS_MX_INSTRUCTED), &instructed) && settled != instructed;
}

static bool
says(const struct cs_mx *mx, unsigned slot, const char *text)
{
	struct cs_span value = cs_mx_at(mx, slot);
	return value.at && cs_span_is(value, text);
}

static void
check_guidelines(struct cs_mx *mx)
{
	bool customers = cs_span_is(mx->root, "FIToFICstmrCdtTrf");
	bool institutions = cs_span_is(mx->root, "FICdtTrf");
	bool hold = says(mx, CS_MX_INSTRUCTION, "HOLD") || says(mx, CS_MX_INSTRUCTION + 1, "HOLD");
	bool cheque = says(mx, CS_MX_INSTRUCTION, "CHQB") || says(mx, CS_MX_INSTRUCTION + 1, "CHQB");
	break_rule(mx, RULE_CHARGES, misses_charges(mx));
	break_rule(mx, RULE_ANY_BIC,
		   customers && (has_name_and_bic(mx, CS_MX_DEBTOR) || has_name_and_bic(mx, CS_MX_CREDITOR)));
	break_rule(mx, RULE_REASON, says(mx, CS_MX_STATUS, "RJCT") && !cs_mx_at(mx, CS_MX_REASON).at);
	break_rule(mx, RULE_HOLD, hold && cheque);
	break_rule(mx, RULE_SERVICE,
		   (customers && says(mx, CS_MX_SERVICE_LEVEL, "G004")) ||
			   (institutions && says(mx, CS_MX_SERVICE_LEVEL, "G001")));
}

static void
end_tx(struct cs_mx *mx)
{
	cs_mx_units amount = 0;
	struct cs_span text = cs_mx_at(mx, CS_MX_SETTLED);
	mx->tx_n++;
	mx->payment_tx_n++;
	mx->sum_known &= text.at && cs_mx_value_units(text, &amount);
	mx->sum += amount;
	mx->payment_sum += amount;
	check_uetr(mx);
	check_reference(mx);
	check_agents(mx);
	check_guidelines(mx);
}

/* --- counts and sums --- */

static bool
count_differs(const struct cs_mx *mx, unsigned slot, uint64_t n)
{
	struct cs_span said = cs_mx_at(mx, slot);
	uint64_t value = 0;
	for (size_t i = 0; i < said.len && i < 18; i++)
		value = value * 10 + (uint64_t)(said.at[i] - '0');
	return said.at && n > 0 && value != n;
}

static bool
sum_differs(const struct cs_mx *mx, unsigned slot, cs_mx_units sum)
{
	struct cs_span said = cs_mx_at(mx, slot);
	cs_mx_units value = 0;
	return said.at && mx->sum_known && mx->tx_n > 0 && (!cs_mx_value_units(said, &value) || value != sum);
}

static void
end_payment(struct cs_mx *mx)
{
	mx->payment_n++;
	if (count_differs(mx, CS_MX_GROUP_PAYMENT + CS_MX_PAYMENT_NB_OF_TXS, mx->payment_tx_n))
		raise_alert(mx, CS_PAYMENT_ALERT_NB_OF_TXS_MISMATCH);
	if (sum_differs(mx, CS_MX_GROUP_PAYMENT + CS_MX_PAYMENT_CTRL_SUM, mx->payment_sum))
		raise_alert(mx, CS_PAYMENT_ALERT_CTRL_SUM_MISMATCH);
}

/* The amount of SLOT with the sign of its mark: a credit is positive. */
static bool
signed_amount(const struct cs_mx *mx, unsigned slot, unsigned mark, cs_mx_units *out)
{
	struct cs_span text = cs_mx_at(mx, slot);
	if (!text.at || !cs_mx_value_units(text, out))
		return false;
	if (says(mx, mark, "DBIT"))
		*out = -*out;
	return true;
}

static void
end_balance(struct cs_mx *mx)
{
	cs_mx_units amount;
	if (!signed_amount(mx, CS_MX_BALANCE, CS_MX_BALANCE_MARK, &amount))
		return;
	bool opening = says(mx, CS_MX_BALANCE_TYPE, "OPBD");
	bool before = says(mx, CS_MX_BALANCE_TYPE, "PRCD"); /* the closing one before: counts when there is no other */
	if ((opening && (!mx->opening_known || mx->opening_before)) || (before && !mx->opening_known)) {
		mx->opening = amount;
		mx->opening_known = true;
		mx->opening_before = before;
	}
	if (says(mx, CS_MX_BALANCE_TYPE, "CLBD") && !mx->closing_known) {
		mx->closing = amount;
		mx->closing_known = true;
	}
}

static void
end_entry(struct cs_mx *mx)
{
	cs_mx_units amount;
	mx->entry_n++;
	bool booked = !cs_mx_at(mx, CS_MX_ENTRY_STATUS).at || says(mx, CS_MX_ENTRY_STATUS, "BOOK");
	break_rule(mx, RULE_BOOKED,
		   says(mx, CS_MX_ENTRY_STATUS, "BOOK") && !cs_mx_at(mx, CS_MX_BOOKING_DATE).at &&
			   !cs_mx_at(mx, CS_MX_ENTRY_VALUE_DATE).at);
	if (!booked)
		return;
	if (!signed_amount(mx, CS_MX_ENTRY, CS_MX_ENTRY_MARK, &amount))
		mx->report_known = false;
	else if (amount < 0)
		mx->debits -= amount;
	else
		mx->credits += amount;
}

/* Opening and what was booked give closing: 1, 0, or -1 when that cannot be told. A report without entries may give
 * their sums. */
static int
balance_of(const struct cs_mx *mx)
{
	cs_mx_units credits = mx->credits;
	cs_mx_units debits = mx->debits;
	struct cs_span credit_sum = cs_mx_at(mx, CS_MX_SUMMARY_CREDIT_SUM);
	struct cs_span debit_sum = cs_mx_at(mx, CS_MX_SUMMARY_DEBIT_SUM);
	if (!mx->opening_known || !mx->closing_known || !mx->report_known)
		return -1;
	if (mx->entry_n == 0 && credit_sum.at && !cs_mx_value_units(credit_sum, &credits))
		return -1;
	if (mx->entry_n == 0 && debit_sum.at && !cs_mx_value_units(debit_sum, &debits))
		return -1;
	return mx->opening + credits - debits == mx->closing;
}

static void
begin_report(struct cs_mx *mx)
{
	mx->opening_known = mx->closing_known = false;
	mx->report_known = true;
	mx->credits = mx->debits = 0;
	mx->entry_n = 0;
}

static void
end_report(struct cs_mx *mx)
{
	mx->report_n++;
	if (balance_of(mx) == 0)
		raise_alert(mx, CS_PAYMENT_ALERT_BALANCE_MISMATCH);
	struct cs_span header = cs_mx_at(mx, CS_MX_COPY_DUPLICATE);
	struct cs_span report = cs_mx_at(mx, CS_MX_REPORT_COPY);
	break_rule(mx, RULE_COPY,
		   !header.at != !report.at || (header.at && report.at && !cs_span_equal(header, report)));
}

/* --- the whole --- */

static void
check_service(struct cs_mx *mx)
{
	static const char *const releases[] = {"02", "03", "04"};
	struct cs_span service = cs_mx_at(mx, CS_MX_BIZ_SVC);
	bool known = false;
	for (unsigned i = 0; service.len > 2 && i < sizeof releases / sizeof releases[0]; i++)
		known |= memcmp(service.at + service.len - 2, releases[i], 2) == 0;
	break_rule(mx, RULE_BIZ_SVC, !known);
}

static void
end_message(struct cs_mx *mx)
{
	struct cs_span said = cs_mx_at(mx, CS_MX_MSG_DEF_IDR);
	if (said.at && !cs_span_equal(said, cs_mx_type(mx)))
		raise_alert(mx, CS_PAYMENT_ALERT_MSGDEF_MISMATCH);
	struct cs_span header = cs_mx_at(mx, CS_MX_BIZ_MSG_IDR);
	struct cs_span group = cs_mx_at(mx, CS_MX_MSG_ID);
	if (header.at && group.at && !cs_span_equal(header, group))
		raise_alert(mx, CS_PAYMENT_ALERT_BIZMSGIDR_MISMATCH);
	bool all_of_it = says(mx, CS_MX_GROUP_RETURN, "true") || says(mx, CS_MX_GROUP_RETURN, "1");
	if (!all_of_it && count_differs(mx, CS_MX_NB_OF_TXS, mx->tx_n))
		raise_alert(mx, CS_PAYMENT_ALERT_NB_OF_TXS_MISMATCH);
	if (!all_of_it && (sum_differs(mx, CS_MX_CTRL_SUM, mx->sum) || sum_differs(mx, CS_MX_TOTAL, mx->sum)))
		raise_alert(mx, CS_PAYMENT_ALERT_CTRL_SUM_MISMATCH);
	check_service(mx);
	if (mx->lenient)
		mx->rules |= UINT32_C(1) << RULE_VERSION;
}

void
cs_mx_rules_begin(struct cs_mx *mx)
{
	mx->tx_n = mx->payment_tx_n = mx->payment_n = mx->report_n = 0;
	mx->rules = 0;
	mx->sum_known = true;
	mx->sum = mx->payment_sum = 0;
	mx->uetr_n = 0;
	begin_report(mx);
}

void
cs_mx_rules_open(struct cs_mx *mx, enum cs_mx_record record)
{
	if (record == CS_MX_RECORD_REPORT)
		begin_report(mx);
	if (record == CS_MX_RECORD_PAYMENT || record == CS_MX_RECORD_ENTRY)
		mx->payment_tx_n = 0;
	if (record == CS_MX_RECORD_PAYMENT)
		mx->payment_sum = 0;
}

void
cs_mx_rules_record(struct cs_mx *mx, enum cs_mx_record record, unsigned base)
{
	static void (*const ends[CS_MX_RECORD_N])(struct cs_mx *) = {
		[CS_MX_RECORD_MESSAGE] = end_message, [CS_MX_RECORD_PAYMENT] = end_payment,
		[CS_MX_RECORD_TX] = end_tx,           [CS_MX_RECORD_REPORT] = end_report,
		[CS_MX_RECORD_BALANCE] = end_balance, [CS_MX_RECORD_ENTRY] = end_entry,
	};
	if (record == CS_MX_RECORD_MEMBER)
		check_member(mx, base);
	if (record == CS_MX_RECORD_ENTRY_TX) {
		mx->payment_tx_n++;
		check_reference(mx);
	}
	if (ends[record])
		ends[record](mx);
}

/* --- answers --- */

static void
put_units(cs_mx_units units, struct cs_mx_units_text *out)
{
	char digits[48];
	unsigned n = 0;
	bool negative = units < 0;
	cs_mx_units rest = negative ? -units : units;
	unsigned decimals = 5;
	for (; decimals > 0 && rest % 10 == 0; decimals--)
		rest /= 10;
	do {
		digits[n++] = (char)('0' + (int)(rest % 10));
		rest /= 10;
		if (n == decimals)
			digits[n++] = '.';
	} while ((rest > 0 || n <= decimals + (decimals > 0)) && n < sizeof digits - 2);
	size_t len = 0;
	if (negative)
		out->text[len++] = '-';
	while (n > 0)
		out->text[len++] = digits[--n];
	out->text[len] = 0;
}

void
cs_mx_add_up(const struct cs_mx *mx, struct cs_mx_sums *out)
{
	*out = (struct cs_mx_sums){.tx_n = mx->tx_n,
				   .payment_tx_n = mx->payment_tx_n,
				   .payment_n = mx->payment_n,
				   .report_n = mx->report_n,
				   .entry_n = mx->entry_n,
				   .balance = balance_of(mx)};
	put_units(mx->sum, &out->sum);
	put_units(mx->credits, &out->credits);
	put_units(mx->debits, &out->debits);
}

uint32_t
cs_mx_rules(const struct cs_mx *mx)
{
	return mx->rules;
}

const char *
cs_mx_rule_name(unsigned rule)
{
	return rule < RULE_N ? rule_rows[rule].name : NULL;
}

const char *
cs_mx_rule_text(unsigned rule)
{
	return rule < RULE_N ? rule_rows[rule].text : NULL;
}

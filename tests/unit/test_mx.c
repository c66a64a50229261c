/*
 * Goal: ISO 20022 messages of every kind are read, checked by their schema, flattened, and doubted where they should be.
 * Method: messages of our own (mx_messages.h) as they are and with one thing changed, each in memory of its own size; all
 * prefixes; changes by the thousand; a watch on the heap.
 */
#include "check.h"

#include "../../src/decode/mx.c"
#include "../../src/decode/mx_text.c"

#include "mx_messages.h"

#include <malloc.h>

static struct cs_mx *mx;
static struct cs_payment payment;
static uint8_t *held;

static bool
decode_bytes(const void *bytes, size_t len)
{
	free(held);
	held = malloc(len ? len : 1);
	memcpy(held, bytes, len);
	bool accepted = cs_mx_decode(mx, (struct cs_span){held, len}, &payment);
	assert_int_equal(accepted, payment.reason_n == 0);
	assert_true(accepted || payment.reason[0].offset <= len);
	return accepted;
}

static bool
decode(const char *text)
{
	bool accepted = decode_bytes(text, strlen(text));
	if (!accepted)
		printf("# %s at %zu: %s\n", payment.reason[0].code, payment.reason[0].offset, payment.reason[0].text);
	return accepted;
}

enum { WITH_BYTES = 1 << 16 };

/* TEXT with the first FROM in it replaced by TO. Lent until the next call. */
static const char *
with(const char *text, const char *from, const char *to)
{
	static char out[WITH_BYTES];
	const char *at = strstr(text, from);
	assert_non_null(at);
	snprintf(out, sizeof out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return out;
}

/* The message is refused with CODE, at the place of the first MARK in it. */
static void
refused(const char *text, const char *code, const char *mark)
{
	assert_false(decode_bytes(text, strlen(text)));
	assert_string_equal(payment.reason[0].code, code);
	const char *at = strstr(text, mark);
	assert_non_null(at);
	assert_int_equal(payment.reason[0].offset, at - text);
}

static void
key_is(enum cs_payment_key key, const char *wanted)
{
	struct cs_span value = payment.key[key];
	if (!wanted) {
		assert_null(value.at);
		return;
	}
	assert_int_equal(value.len, strlen(wanted));
	assert_memory_equal(value.at, wanted, value.len);
}

static void
alerts_are(uint32_t wanted)
{
	assert_int_equal(payment.alerts, wanted);
}

#define ALERT(symbol) (UINT32_C(1) << CS_PAYMENT_ALERT_##symbol)

/* --- kinds --- */

static void
a_customer_transfer(void **state)
{
	(void)state;
	assert_true(decode(MX_PACS008));
	alerts_are(0);
	assert_int_equal(cs_mx_rules(mx), 0);
	key_is(CS_PAYMENT_SENDER_BIC, "AAAABEBB");
	key_is(CS_PAYMENT_RECEIVER_BIC, "BBBBDEFFXXX");
	key_is(CS_PAYMENT_REFERENCE, "MSG-1");
	key_is(CS_PAYMENT_UETR, MX_UETR);
	key_is(CS_PAYMENT_END_TO_END_ID, "E2E-1");
	key_is(CS_PAYMENT_VALUE_DATE, "2026-03-03");
	key_is(CS_PAYMENT_CURRENCY, "EUR");
	key_is(CS_PAYMENT_AMOUNT, "1000.50");
	key_is(CS_PAYMENT_ORDERING_CUSTOMER, "Muster & Co");
	key_is(CS_PAYMENT_ORDERING_ACCOUNT, "BE68539007547034");
	key_is(CS_PAYMENT_BENEFICIARY_CUSTOMER, "Esempio");
	key_is(CS_PAYMENT_BENEFICIARY_ACCOUNT, "4711");
	key_is(CS_PAYMENT_STATUS, NULL);
	assert_int_equal(cs_money_minor(payment.money), 100050);
	assert_true(cs_span_is(cs_mx_type(mx), "pacs.008.001.08"));
	assert_true(cs_span_is(cs_mx_root(mx), "FIToFICstmrCdtTrf"));
	assert_true(cs_span_is(cs_mx_header(mx), "head.001.001.02"));
}

static void
a_cover(void **state)
{
	(void)state;
	assert_true(decode(MX_PACS009_COV));
	alerts_are(0);
	key_is(CS_PAYMENT_ORDERING_CUSTOMER, "Muster");
	key_is(CS_PAYMENT_BENEFICIARY_CUSTOMER, "Esempio");
	assert_true(cs_span_is(cs_mx_value(mx, CS_MX_DEBTOR + CS_MX_PARTY_BIC), "AAAABEBB"));
	assert_true(cs_span_is(cs_mx_value(mx, CS_MX_GROUP_UNDERLYING + CS_MX_CREDITOR_AGENT + CS_MX_PARTY_BIC),
			       "CCCCITMM"));
}

static void
statuses_returns_and_cancellations(void **state)
{
	(void)state;
	assert_true(decode(MX_PACS002));
	key_is(CS_PAYMENT_STATUS, "RJCT");
	key_is(CS_PAYMENT_REASON, "AC04");
	key_is(CS_PAYMENT_UETR, MX_UETR);
	assert_true(decode(MX_PACS004));
	key_is(CS_PAYMENT_AMOUNT, "9.99");
	key_is(CS_PAYMENT_REASON, "AC04");
	assert_true(decode(MX_CAMT056));
	key_is(CS_PAYMENT_REFERENCE, "MSG-1");
	key_is(CS_PAYMENT_REASON, "FRAD");
	assert_true(cs_span_is(cs_mx_value(mx, CS_MX_CASE_ID), "CASE-1"));
	assert_true(decode(MX_CAMT029));
	key_is(CS_PAYMENT_REASON, "CUST");
	assert_true(cs_span_is(cs_mx_value(mx, CS_MX_CONFIRMATION), "RJCR"));
}

static void
an_initiation(void **state)
{
	(void)state;
	assert_true(decode(MX_PAIN001));
	alerts_are(0);
	key_is(CS_PAYMENT_SENDER_BIC, NULL);
	key_is(CS_PAYMENT_VALUE_DATE, "2026-03-04");
	key_is(CS_PAYMENT_AMOUNT, "10");
	key_is(CS_PAYMENT_ORDERING_CUSTOMER, "Muster");
	struct cs_mx_sums sums;
	cs_mx_add_up(mx, &sums);
	assert_int_equal(sums.tx_n, 2);
	assert_int_equal(sums.payment_n, 1);
	assert_string_equal(sums.sum.text, "30.5");
}

static struct cs_mx_sums report_sums;

static void
take_report(void *context, const struct cs_mx *decoder, enum cs_mx_record record)
{
	++*(unsigned *)context;
	if (record == CS_MX_RECORD_REPORT)
		cs_mx_add_up(decoder, &report_sums);
}

static void
a_statement(void **state)
{
	(void)state;
	unsigned records = 0;
	const struct cs_mx_visitor visitor = {take_report, &records};
	assert_true(cs_mx_walk(mx, cs_span_text(MX_CAMT053), &payment, &visitor));
	assert_int_equal(records, 2 + 3 + 1 + 1 + 1); /* balances, entries, details, report, message */
	assert_int_equal(report_sums.entry_n, 3);
	assert_string_equal(report_sums.credits.text, "50");
	assert_string_equal(report_sums.debits.text, "170");
	assert_int_equal(report_sums.balance, 1);
	alerts_are(0);
	assert_true(decode(with(MX_CAMT053, "170.00", "170.01")));
	alerts_are(ALERT(BALANCE_MISMATCH));
	assert_true(decode(with(MX_CAMT053, "OPBD", "PRCD")));
	alerts_are(0);
	assert_true(decode(with(MX_CAMT053, "<Bal>", MX_BALANCE("PRCD", "1", "CRDT") "<Bal>")));
	alerts_are(0);
	/* All lines taken out. */
	assert_true(decode(MX_CAMT053_OF(MX_BALANCE("OPBD", "100", "CRDT") MX_BALANCE("CLBD", "99", "CRDT"))));
	alerts_are(ALERT(BALANCE_MISMATCH));
}

/* --- envelopes --- */

static void
headers_and_wrappers(void **state)
{
	(void)state;
	static const char body[] = MX_DOCUMENT(
		"pacs.008.001.08", MX_PACS008_BODY(MX_GROUP("1", ""), MX_TX_OF("INSTR-1", MX_UETR, "1", "")));
	char text[1 << 14];
	assert_true(decode(body));
	key_is(CS_PAYMENT_SENDER_BIC, "AAAABEBBXXX");
	assert_int_equal(cs_mx_header(mx).len, 0);
	snprintf(text, sizeof text, "<?xml version='1.0'?><x:a xmlns:x='urn:x'>some text<b c='1'/><d>%s</d></x:a>",
		 body);
	assert_true(decode(text));
	snprintf(text, sizeof text, "<a><AppHdr xmlns='urn:swift:xsd:$ahV10'><From/></AppHdr>%s</a>", body);
	assert_true(decode(text));
	snprintf(text, sizeof text, "<a>%s%s</a>", body, body);
	assert_false(decode(text));
	assert_string_equal(payment.reason[0].code, "two_documents");
	assert_false(decode("<a><b/></a> "));
	assert_string_equal(payment.reason[0].code, "no_document");
}

static void
what_stands_where_it_may_not(void **state)
{
	(void)state;
	refused(with(MX_PACS008, "pacs.008.001.08'>", "pacs.010.001.03'>"), "unknown_type", "<Document");
	refused(with(MX_PACS008, "<Document xmlns", "<Document xmlns:y"), "unknown_type", "<Document");
}

/* --- schema --- */

static void
elements_out_of_place(void **state)
{
	(void)state;
	refused(with(MX_PACS008, "<NbOfTxs>1</NbOfTxs>", ""), "missing", "<SttlmInf>");
	refused(with(MX_PACS008, "<SttlmInf><SttlmMtd>INDA</SttlmMtd></SttlmInf>", ""), "missing", "</GrpHdr>");
	refused(with(MX_PACS008, "<ChrgBr>", "<ChrgBr>SHAR</ChrgBr><ChrgBr>"), "too_many",
		"<ChrgBr>SHAR</ChrgBr><Inst");
	refused(with(MX_PACS008, "<NbOfTxs>", "<Nm>x</Nm><NbOfTxs>"), "unexpected", "<Nm>x");
	refused(with(MX_PACS008, "<NbOfTxs>", "<Bogus/><NbOfTxs>"), "unexpected", "<Bogus");
	refused(with(MX_PACS008, "<NbOfTxs>", "<NbOfTxs xmlns='urn:x'>"), "unexpected", "<NbOfTxs");
	refused(with(MX_PACS008, "<NbOfTxs>", "x<NbOfTxs>"), "text", "x<NbOfTxs");
	refused(with(MX_PACS008, "</GrpHdr>", "<![CDATA[x]]></GrpHdr>"), "text", "x]]>");
	refused(with(MX_PACS008, "<Id><IBAN>BE68539007547034</IBAN>",
		     "<Id><IBAN>BE68539007547034</IBAN><Othr><Id>1</Id></Othr>"),
		"unexpected", "<Othr><Id>1<");
	refused(with(MX_PACS008, "<IBAN>BE68539007547034</IBAN>", ""), "missing", "</Id></DbtrAcct>");
	refused(with(MX_PACS008, "<NbOfTxs>1", "<NbOfTxs>1<x/>"), "unexpected", "<x/>");
	refused(with(MX_PACS008, "<MsgDefIdr>", "<Bogus>"), "unexpected", "<Bogus>");
}

static void
attributes_out_of_place(void **state)
{
	(void)state;
	refused(with(MX_PACS008, " Ccy='EUR'", ""), "attribute", "<IntrBkSttlmAmt");
	refused(with(MX_PACS008, "Ccy='EUR'", "Ccy='eur'"), "pattern", "Ccy='eur'");
	refused(with(MX_PACS008, "Ccy='EUR'", "ccy='EUR'"), "attribute", "ccy='EUR'");
	refused(with(MX_PACS008, "<NbOfTxs>", "<NbOfTxs x='1'>"), "attribute", "x='1'");
	refused(with(MX_PACS008, "<GrpHdr>", "<GrpHdr x='1'>"), "attribute", "x='1'");
	assert_true(
		decode(with(MX_PACS008, "<GrpHdr>",
			    "<GrpHdr xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:schemaLocation='a b'>")));
	assert_true(decode(with(MX_PACS008, "Ccy='EUR'", "Ccy=\"&#69;UR\"")));
	key_is(CS_PAYMENT_CURRENCY, "EUR");
}

static void
values_out_of_form(void **state)
{
	(void)state;
	refused(with(MX_PACS008, "1000.50", "-1"), "decimal", "<IntrBkSttlmAmt");
	refused(with(MX_PACS008, "1000.50", "1.000001"), "decimal", "<IntrBkSttlmAmt");
	refused(with(MX_PACS008, "2026-03-03", "2026-02-30"), "date", "<IntrBkSttlmDt");
	refused(with(MX_PACS008, "SHAR", "OURS"), "code", "<ChrgBr");
	refused(with(MX_PACS008, "INSTR-1", "INSTR-123456789012345678901234567890"), "length", "<InstrId");
	refused(with(MX_PACS008, "INSTR-1", ""), "length", "<InstrId");
	refused(with(MX_PACS008, MX_UETR, "0f1e2d3c-4b5a-1978-8a6b-5c4d3e2f1a0b"), "pattern", "<UETR");
	assert_true(payment.reason[0].about.len == 4 && memcmp(payment.reason[0].about.at, "UETR", 4) == 0);
}

static void
values_in_pieces(void **state)
{
	(void)state;
	assert_true(decode(with(MX_PACS008, "1000.50", "10<!-- x -->00.<?p?>5<![CDATA[0]]>")));
	key_is(CS_PAYMENT_AMOUNT, "1000.50");
	assert_true(decode(with(MX_PACS008, "1000.50", " 1000.5&#48;\n")));
	key_is(CS_PAYMENT_AMOUNT, "1000.50");
	assert_true(decode(with(MX_PACS008, "Esempio", "<![CDATA[E & F]]>\r\n\xC3\xA9")));
	key_is(CS_PAYMENT_BENEFICIARY_CUSTOMER, "E & F\n\xC3\xA9");
	refused(with(MX_PACS008, "1000.50", "1000.<!-- -->x"), "decimal", "<IntrBkSttlmAmt");
}

static void
versions_that_are_not_known(void **state)
{
	(void)state;
	char text[WITH_BYTES];
	snprintf(text, sizeof text, "%s", with(MX_PACS008, "pacs.008.001.08'>", "pacs.008.001.77'>"));
	assert_true(decode(text));
	key_is(CS_PAYMENT_AMOUNT, "1000.50");
	assert_string_equal(cs_mx_rule_name(0), "version_unknown");
	assert_int_equal(cs_mx_rules(mx) & 1, 1);
	assert_true(decode(with(text, "<ChrgBr>", "<NewOne><Deep/></NewOne><ChrgBr>")));
	assert_false(decode(with(text, "1000.50", "x")));
	assert_false(decode(with(text, "<ChrgBr>", "<Document xmlns='" MX_XSD "pacs.008.001.08'/><ChrgBr>")));
}

/* --- alerts --- */

static void
header_against_document(void **state)
{
	(void)state;
	assert_true(decode(with(MX_PACS008, "<MsgDefIdr>pacs.008.001.08", "<MsgDefIdr>pacs.008.001.09")));
	alerts_are(ALERT(MSGDEF_MISMATCH));
	assert_true(decode(with(MX_PACS008, "<BizMsgIdr>MSG-1", "<BizMsgIdr>MSG-2")));
	alerts_are(ALERT(BIZMSGIDR_MISMATCH));
	assert_true(decode(with(MX_PACS008, "AAAABEBB</BICFI></FinInstnId></FIId></Fr>",
				"ZZZZBEBB</BICFI></FinInstnId></FIId></Fr>")));
	alerts_are(ALERT(FROM_MISMATCH));
	assert_true(decode(with(MX_PACS008, "BBBBDEFFXXX</BICFI></FinInstnId></FIId></To>",
				"BBBBDEFF001</BICFI></FinInstnId></FIId></To>")));
	alerts_are(ALERT(TO_MISMATCH));
	/* A copy goes to somebody else. */
	char text[1 << 14];
	snprintf(text, sizeof text, "%.*s", (int)(mx->scan.end - mx->scan.start), (const char *)mx->scan.start);
	assert_true(decode(with(text, "</CreDt>", "</CreDt><CpyDplct>COPY</CpyDplct>")));
	alerts_are(0);
}

static void
numbers_and_codes(void **state)
{
	(void)state;
	assert_true(decode(with(MX_PACS008, "BE68539007547034", "BE69539007547034")));
	alerts_are(ALERT(IBAN_CHECK));
	assert_true(decode(with(MX_PACS008, "BE68539007547034", "BE685390075470340")));
	alerts_are(ALERT(IBAN_CHECK));
	assert_true(decode(with(MX_PACS008, "BE68539007547034", "QQ68539007547034")));
	alerts_are(ALERT(IBAN_CHECK));
	assert_true(decode(with(MX_PACS008, "Ccy='EUR'", "Ccy='XAU'")));
	alerts_are(ALERT(COMMODITY_CURRENCY));
	assert_true(decode(with(MX_PACS008, "Ccy='EUR'", "Ccy='QQQ'")));
	alerts_are(ALERT(CURRENCY_UNKNOWN));
	assert_true(decode(with(MX_PACS008, "Ccy='EUR'", "Ccy='DEM'")));
	alerts_are(0);
	assert_true(decode(with(MX_PACS008, "CCCCITMM", "CCCCQQMM")));
	alerts_are(ALERT(BIC_COUNTRY));
	assert_true(decode(with(MX_PACS008, "CCCCITMM", "CCCCXKPR")));
	alerts_are(0);
	static const char *const slashes[] = {"/A", "A/", "A//B"};
	for (unsigned i = 0; i < 3; i++) {
		assert_true(decode(with(MX_PACS008, "INSTR-1", slashes[i])));
		alerts_are(ALERT(REFERENCE_SLASH));
	}
	assert_true(decode(with(MX_PACS008, "INSTR-1", "A/B")));
	alerts_are(0);
	static const char member[] =
		"<ClrSysMmbId><ClrSysId><Cd>USABA</Cd></ClrSysId><MmbId>02104007%d</MmbId></ClrSysMmbId>";
	char text[256];
	snprintf(text, sizeof text, member, 8);
	assert_true(decode(with(MX_PACS008, "<BICFI>CCCCITMM</BICFI>", text)));
	alerts_are(0);
	snprintf(text, sizeof text, member, 9);
	assert_true(decode(with(MX_PACS008, "<BICFI>CCCCITMM</BICFI>", text)));
	alerts_are(ALERT(ABA_CHECKSUM));
}

static void
counts_and_sums(void **state)
{
	(void)state;
#define TWO(n, more, second)                                                                                           \
	MX_MESSAGE("pacs.008.001.08", "MSG-1",                                                                         \
		   MX_PACS008_BODY(MX_GROUP(n, more),                                                                  \
				   MX_TX_OF("INSTR-1", MX_UETR, "10.25", "") MX_TX_OF("INSTR-2", second, "0.75", "")))
	assert_true(decode(TWO("2", "<CtrlSum>11.00</CtrlSum>", MX_UETR_2)));
	alerts_are(0);
	assert_true(decode(TWO("1", "", MX_UETR_2)));
	alerts_are(ALERT(NB_OF_TXS_MISMATCH));
	assert_true(decode(TWO("2", "<CtrlSum>11.01</CtrlSum>", MX_UETR_2)));
	alerts_are(ALERT(CTRL_SUM_MISMATCH));
	assert_true(decode(TWO("2", "<TtlIntrBkSttlmAmt Ccy='EUR'>12</TtlIntrBkSttlmAmt>", MX_UETR_2)));
	alerts_are(ALERT(CTRL_SUM_MISMATCH));
	assert_true(decode(TWO("2", "", MX_UETR)));
	alerts_are(ALERT(DUPLICATE_UETR));
	assert_true(decode(MX_PACS008)); /* and the next message remembers nothing of it */
	alerts_are(0);
}

static bool
breaks_rule(const char *text, const char *name)
{
	assert_true(decode(text));
	for (unsigned i = 0; cs_mx_rule_name(i); i++)
		if (cs_mx_rules(mx) >> i & 1)
			return strcmp(cs_mx_rule_name(i), name) == 0 && cs_mx_rule_text(i);
	return false;
}

static void
guidelines(void **state)
{
	(void)state;
	assert_true(breaks_rule(with(MX_PACS008, "cbprplus.03", "cbprplus.77"), "cbpr_biz_svc"));
	assert_false(breaks_rule(with(MX_PACS008, "swift.cbprplus.03", "other.77"), "cbpr_biz_svc"));
	assert_true(breaks_rule(with(MX_PACS008, "<ChrgBr>", "<InstdAmt Ccy='EUR'>1001</InstdAmt><ChrgBr>"),
				"cbpr_charges_missing"));
	assert_true(breaks_rule(with(MX_PACS008, "<Nm>Esempio</Nm>",
				     "<Nm>Esempio</Nm><Id><OrgId><AnyBIC>CCCCITMM</AnyBIC></OrgId></Id>"),
				"cbpr_bic_and_name"));
	assert_true(breaks_rule(with(MX_PACS002, "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>", ""),
				"cbpr_reason_missing"));
	assert_true(breaks_rule(
		with(MX_PACS008, "</CdtrAcct>",
		     "</CdtrAcct><InstrForCdtrAgt><Cd>HOLD</Cd></InstrForCdtrAgt><InstrForCdtrAgt><Cd>CHQB</Cd>"
		     "</InstrForCdtrAgt>"),
		"cbpr_hold_and_cheque"));
	assert_true(
		breaks_rule(with(MX_CAMT053, "<ValDt><Dt>2026-03-02</Dt></ValDt>", ""), "cbpr_booked_without_date"));
	assert_true(breaks_rule(with(MX_CAMT053, "<Acct>", "<CpyDplctInd>COPY</CpyDplctInd><Acct>"),
				"cbpr_copy_indicator"));
	assert_true(
		breaks_rule(with(MX_PACS008, "</PmtId>", "</PmtId><PmtTpInf><SvcLvl><Cd>G004</Cd></SvcLvl></PmtTpInf>"),
			    "cbpr_service_level"));
}

/* --- hostile input --- */

static const char *const all[] = {MX_PACS008, MX_PACS009_COV, MX_PACS002, MX_PACS004,
				  MX_CAMT056, MX_CAMT029,     MX_CAMT053, MX_PAIN001};

enum { ALL_N = sizeof all / sizeof all[0] };

static void
every_prefix_is_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ALL_N; i++) {
		size_t len = strlen(all[i]);
		assert_true(decode_bytes(all[i], len));
		for (size_t k = 0; k < len; k++) {
			assert_false(decode_bytes(all[i], k));
			assert_string_equal(payment.reason[0].code, "truncated");
		}
	}
}

/* Lent values lie in the message or in the decoder. */
static void
check_lent(size_t len)
{
	for (unsigned i = 0; i < CS_PAYMENT_KEY_N; i++) {
		const uint8_t *at = payment.key[i].at;
		size_t n = payment.key[i].len;
		bool in_message = at >= held && at + n <= held + len;
		bool in_store = at >= mx->store && at + n <= mx->store + sizeof mx->store;
		assert_true(!at || in_message || in_store);
	}
}

static void
changes_by_the_thousand(void **state)
{
	(void)state;
	static const char odd[] = "<>/&;'\" =!-[]?xA0.\x80\xC3\n";
	static char text[1 << 14];
	unsigned accepted = 0;
	uint64_t seed = 7;
	for (unsigned i = 0; i < 60000; i++) {
		size_t len = strlen(all[i % ALL_N]);
		memcpy(text, all[i % ALL_N], len);
		for (unsigned k = 0; k <= i % 3; k++) {
			seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			text[(seed >> 33) % len] = odd[(seed >> 20) % (sizeof odd - 1)];
		}
		accepted += decode_bytes(text, len);
		check_lent(len);
	}
	assert_true(accepted > 100 && accepted < 30000);
}

static void
deep_nesting_is_refused_at_once(void **state)
{
	(void)state;
	static char deep[4 * 50000 + 1];
	for (unsigned i = 0; i < 50000; i++)
		memcpy(deep + 4 * (size_t)i, "<aa>", 4);
	assert_false(decode(deep));
	assert_string_equal(payment.reason[0].code, "depth");
	assert_int_equal(payment.reason[0].offset, 4 * CS_MX_DEPTH_MAX);
}

/* A value in so many pieces that it does not fit is refused, and an entry's store is given back. */
static void
the_store_is_bounded(void **state)
{
	(void)state;
	static char text[1 << 21];
	static char name[800];
	for (unsigned i = 0; i + 5 < sizeof name; i += 5)
		memcpy(name + i, "&amp;", 5);
	name[700] = 0;
	size_t len = (size_t)snprintf(text, sizeof text,
				      "<Document xmlns='" MX_XSD
				      "pacs.008.001.08'><FIToFICstmrCdtTrf>" MX_GROUP("1000", ""));
	for (unsigned i = 0; i < 1000; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s",
					with(MX_TX_OF("I", MX_UETR, "1", ""), "Esempio", name));
	snprintf(text + len, sizeof text - len, "</FIToFICstmrCdtTrf></Document>");
	assert_true(decode(text));
	alerts_are(ALERT(DUPLICATE_UETR));
	len = (size_t)snprintf(text, sizeof text,
			       "<Document xmlns='" MX_XSD "pacs.008.001.08'><FIToFICstmrCdtTrf><GrpHdr><MsgId>");
	for (unsigned i = 0; i < 100000; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "aaaa<?p?>b");
	assert_false(decode(text));
	assert_string_equal(payment.reason[0].code, "limit");
}

static void
nothing_is_allocated(void **state)
{
	(void)state;
	static const char message[] = MX_PACS008;
	struct cs_span span = {(const uint8_t *)message, sizeof message - 1};
	struct mallinfo2 before = mallinfo2();
	for (unsigned i = 0; i < 100; i++)
		assert_true(cs_mx_decode(mx, span, &payment));
	struct mallinfo2 after = mallinfo2();
	assert_int_equal(before.uordblks, after.uordblks);
	assert_int_equal(before.hblks, after.hblks);
}

static int
make(void **state)
{
	(void)state;
	mx = cs_mx_new();
	return mx == NULL;
}

static int
unmake(void **state)
{
	(void)state;
	cs_mx_free(mx);
	free(held);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest points[] = {
		cmocka_unit_test(a_customer_transfer),
		cmocka_unit_test(a_cover),
		cmocka_unit_test(statuses_returns_and_cancellations),
		cmocka_unit_test(an_initiation),
		cmocka_unit_test(a_statement),
		cmocka_unit_test(headers_and_wrappers),
		cmocka_unit_test(what_stands_where_it_may_not),
		cmocka_unit_test(elements_out_of_place),
		cmocka_unit_test(attributes_out_of_place),
		cmocka_unit_test(values_out_of_form),
		cmocka_unit_test(values_in_pieces),
		cmocka_unit_test(versions_that_are_not_known),
		cmocka_unit_test(header_against_document),
		cmocka_unit_test(numbers_and_codes),
		cmocka_unit_test(counts_and_sums),
		cmocka_unit_test(guidelines),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(changes_by_the_thousand),
		cmocka_unit_test(deep_nesting_is_refused_at_once),
		cmocka_unit_test(the_store_is_bounded),
		cmocka_unit_test(nothing_is_allocated),
	};
	return cmocka_run_group_tests_name("mx", points, make, unmake);
}

/*
 * Goal: ISO 20022 messages become rows whose cells are those of the MT messages they stand for: one a transaction, of reports one
 * a statement, entry, and detail of an entry that has several. What is refused gives no row, however far it went, but a
 * reason and its byte. More rows than there is room for are a refusal, too.
 * Method: messages of our own, every cell written down as text; every prefix; a message as long as the arena.
 */
#include "message_rows.h"
#include "mx_messages.h"

#include <stdlib.h>

static int
set_up_mx(void **state)
{
	form = CS_ROW_MX;
	return set_up(state);
}

static unsigned
read_words(const char *words)
{
	return read_file(cs_span_text(words));
}

static void
test_a_payment(void **state)
{
	(void)state;
	assert_int_equal(read_words(MX_PACS008), 1);
	assert_true(has_all(0, "kind=payment;type=pacs.008;definition=pacs.008.001.08;reference=INSTR-1"));
	assert_true(has_all(0, "payment_reference=INSTR-1;message_reference=MSG-1;end_to_end_id=E2E-1;uetr=" MX_UETR));
	assert_true(has_all(0, "time=1772442000000000000;value_date=2026-03-03;currency=EUR;amount=1000.50"));
	assert_true(has_all(0, "sender_bic=AAAABEBBXXX;receiver_bic=BBBBDEFFXXX;correspondent=BBBBDEFFXXX"));
	assert_true(has_all(0, "ordering_bank=AAAABEBBXXX;beneficiary_bank=CCCCITMMXXX;beneficiary_bank_country=IT"));
	assert_true(has_all(0, "ordering_customer=Muster & Co;ordering_account=BE68539007547034;ordering_country=BE"));
	assert_true(has_all(0, "ordering_address=structured;beneficiary_customer=Esempio;beneficiary_account=4711"));
	assert_true(has_all(0, "beneficiary_address=none;complete=yes;charges=SHA;number=1;transactions=1"));
	assert_true(has_all(0, "possible_duplicate=no"));
	size_t from = (size_t)(strstr(MX_PACS008, "<CdtTrfTxInf>") - MX_PACS008);
	char place[32];
	snprintf(place, sizeof place, "%zu+", from);
	assert_int_equal(strncmp(said_at, place, strlen(place)), 0);
}

/* What the bank takes for it: of the sender, or told to the receiver when the sender pays; several currencies have no sum. */
static void
test_charges(void **state)
{
	(void)state;
#define CHARGES(one, other)                                                                                            \
	"<ChrgsInf><Amt Ccy='EUR'>" one                                                                                \
	"</Amt>" MX_BIC("Agt", "AAAABEBB") "</ChrgsInf>"                                                               \
					   "<ChrgsInf><Amt Ccy='" other                                                \
					   "'>0.30</Amt>" MX_BIC("Agt", "CCCCITMM") "</ChrgsInf>"
	static const char form_of[] = "<FIToFICstmrCdtTrf>" MX_GROUP(
		"1", "") "<CdtTrfTxInf><PmtId><InstrId>I</InstrId><EndToEndId>NOTPROVIDED"
			 "</EndToEndId><UETR>" MX_UETR "</UETR></PmtId><IntrBkSttlmAmt Ccy='EUR'>.5</IntrBkSttlmAmt>"
			 "<IntrBkSttlmDt>2026-03-03</IntrBkSttlmDt><InstdAmt "
			 "Ccy='USD'>1.2</InstdAmt><XchgRate>1.1</XchgRate>"
			 "<ChrgBr>%s</ChrgBr>%s<Dbtr/><DbtrAgt><FinInstnId/></"
			 "DbtrAgt><CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId>"
			 "<Cd>USABA</Cd></ClrSysId><MmbId>021000021</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt><Cdtr/>"
			 "<RmtInf><Ustrd>one</Ustrd><Ustrd>two</Ustrd></RmtInf></CdtTrfTxInf></FIToFICstmrCdtTrf>";
	static char body[1 << 13], message[1 << 14];
	static const struct {
		const char *bearer, *charges, *cells;
	} cases[] = {
		{"SHAR", CHARGES("1", "EUR"), "charges=SHA;sender_charges=1.3;sender_charges_currency=EUR"},
		{"DEBT", CHARGES("1", "EUR"), "charges=OUR;receiver_charges=1.3;receiver_charges_currency=EUR"},
		{"CRED", CHARGES("1", "USD"), "charges=BEN"},
	};
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(body, sizeof body, form_of, cases[i].bearer, cases[i].charges);
		snprintf(message, sizeof message, MX_DOCUMENT("pacs.008.001.08", "%s"), body);
		assert_int_equal(read_words(message), 1);
		assert_true(has_all(0, cases[i].cells));
		assert_true(has_all(0, "amount=0.5;instructed_amount=1.2;instructed_currency=USD;exchange_rate=1.1"));
		assert_true(
			has_all(0, "complete=no;missing=ordering_name;narrative=one two;beneficiary_bank_country=US"));
		assert_null(strstr(said_at, "end_to_end_id="));
	}
	assert_null(strstr(said_at, "_charges="));
#undef CHARGES
}

static void
test_orders_in_batches(void **state)
{
	(void)state;
	assert_int_equal(read_words(MX_PAIN001), 2);
	assert_true(
		has_all(0, "kind=order;type=pain.001;reference=E2E-1;amount=10;currency=EUR;value_date=2026-03-04"));
	assert_true(has_all(0, "batch=P-1;transactions=2;control_sum=30.5;number=1;message_reference=MSG-1"));
	assert_true(has_all(0, "ordering_customer=Muster;ordering_account=BE68539007547034;ordering_bank=AAAABEBBXXX"));
	assert_true(has_all(1, "reference=E2E-2;amount=20.50;batch=P-1;number=2;beneficiary_customer=Beispiel"));
}

static void
test_covers(void **state)
{
	(void)state;
	assert_int_equal(read_words(MX_PACS009_COV), 1);
	assert_true(has_all(0, "kind=payment;type=pacs.009COV;reference=C-1;ordering_customer=Muster"));
	assert_true(has_all(0, "beneficiary_customer=Esempio;beneficiary_bank=CCCCITMMXXX;complete=no"));
	assert_true(has_all(0, "beneficiary_institution=CCCCITMMXXX;missing=ordering_address"));
}

static void
test_messages_about_payments(void **state)
{
	(void)state;
	assert_int_equal(read_words(MX_PACS002), 1);
	assert_true(
		has_all(0, "kind=acknowledgement;status=RJCT;reason=AC04;outcome=refused;payment_reference=INSTR-1"));
	assert_true(has_all(0, "reference=MSG-1;related_reference=INSTR-1;uetr=" MX_UETR));
	assert_int_equal(read_words(MX_PACS004), 1);
	assert_true(has_all(0, "kind=return;reference=R-1;payment_reference=E2E-1;amount=9.99;reason=AC04"));
	assert_int_equal(read_words(MX_CAMT056), 1);
	assert_true(has_all(0, "kind=cancellation;reference=CASE-1;payment_reference=E2E-1;reason=FRAD"));
	assert_int_equal(read_words(MX_CAMT029), 1);
	assert_true(has_all(0, "kind=answer;status=RJCR;outcome=refused;reason=CUST;uetr=" MX_UETR));
	assert_int_equal(
		read_words(MX_DOCUMENT(
			"pacs.002.001.10",
			"<FIToFIPmtStsRpt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-02T09:00:00Z</CreDtTm></GrpHdr>"
			"<OrgnlGrpInfAndSts><OrgnlMsgId>O-1</OrgnlMsgId><OrgnlMsgNmId>pacs.008.001.08"
			"</OrgnlMsgNmId><GrpSts>ACSP</GrpSts></OrgnlGrpInfAndSts></FIToFIPmtStsRpt>")),
		1);
	assert_true(has_all(0, "kind=acknowledgement;payment_reference=O-1;status=ACSP;outcome=accepted"));
}

static void
test_a_statement_and_its_entries(void **state)
{
	(void)state;
	assert_int_equal(read_words(MX_CAMT053), 4);
	assert_true(has_all(0, "kind=statement;type=camt.053;account=BE68539007547034;statement=S-1;page=1;first=yes"));
	assert_true(has_all(0, "last=yes;opening=100;closing=-20;balanced=yes;entries=3;currency=EUR"));
	assert_true(
		has_all(1, "kind=entry;reference=INSTR-1;payment_reference=INSTR-1;bank_reference=BANK-1;amount=50"));
	assert_true(
		has_all(1, "uetr=" MX_UETR ";end_to_end_id=E2E-1;side=credit;mark=C;single=yes;booked=yes;number=1"));
	assert_true(
		has_all(1, "entry_type=PMNT-RCDT-XBCT;value_date=2026-03-02;account=BE68539007547034;statement=S-1"));
	assert_true(has_all(2, "kind=entry;amount=170.00;side=debit;mark=D;single=yes"));
	assert_true(has_all(3, "kind=entry;booked=no;status=PDNG"));
	assert_null(strstr(strstr(said_at, "amount=170.00"), "uetr=")); /* nothing of the entry before */
}

#define DETAIL(instr, amount)                                                                                          \
	"<TxDtls><Refs><AcctSvcrRef>D-" instr "</AcctSvcrRef><InstrId>" instr                                          \
	"</InstrId></Refs><Amt Ccy='EUR'>" amount "</Amt></TxDtls>"

static void
test_batches(void **state)
{
	(void)state;
	static const char two[] = "<NtryDtls><Btch><PmtInfId>P-1</PmtInfId></Btch>" DETAIL("I1", "20.25")
		DETAIL("I2", "29.75") "</NtryDtls>";
	static const char told[] = "<NtryDtls><Btch><PmtInfId>P-2</PmtInfId><NbOfTxs>7</NbOfTxs></Btch></NtryDtls>";
	static char message[1 << 14];
	snprintf(message, sizeof message,
		 MX_CAMT053_OF(MX_BALANCE("OPBD", "0", "CRDT") MX_ENTRY("50", "CRDT", "BOOK", "%s")
				       MX_ENTRY("50", "CRDT", "BOOK", "%s")),
		 two, told);
	assert_int_equal(read_words(message), 5);
	assert_true(has_all(1, "kind=entry;amount=50;single=no;batch=P-1;batch_transactions=2;bank_reference=BANK-1"));
	assert_true(has_all(2, "kind=detail;amount=20.25;single=yes;batch=BANK-1;batch_sum=50;number=1;reference=I1"));
	assert_true(has_all(3, "kind=detail;amount=29.75;reference=I2;bank_reference=D-I2;side=credit;number=2"));
	assert_true(has_all(3, "value_date=2026-03-02;account=BE68539007547034;statement=S-1;booked=yes"));
	assert_true(has_all(4, "kind=entry;single=no;batch=P-2;batch_transactions=7"));
}

static void
test_a_confirmation(void **state)
{
	(void)state;
	assert_int_equal(
		read_words(MX_DOCUMENT("camt.054.001.08",
				       "<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-02T09:00:00Z</"
				       "CreDtTm></GrpHdr>"
				       "<Ntfctn><Id>N</Id><Acct><Id><Othr><Id>4711</Id></Othr></Id></Acct>" MX_ENTRY(
					       "50", "DBIT", "BOOK", MX_DETAILS) "</Ntfctn></BkToCstmrDbtCdtNtfctn>")),
		1);
	assert_true(
		has_all(0, "kind=confirmation;type=camt.054;reference=BANK-1;related_reference=INSTR-1;side=debit"));
	assert_true(has_all(0, "payment_reference=INSTR-1;bank_reference=BANK-1;account=4711;amount=50;uetr=" MX_UETR));
}

/* Also those that are cut by markup, and in lines that are one. */
static void
test_card_numbers_in_words(void **state)
{
	(void)state;
	static char message[1 << 14];
	snprintf(message, sizeof message, MX_CAMT053_OF(MX_BALANCE("OPBD", "0", "CRDT") "%s%s%s"),
		 "<Ntry><Amt "
		 "Ccy='EUR'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BkTxCd/"
		 "><NtryDtls><TxDtls><RltdPties>"
		 "<Dbtr><Pty><Nm>A 4111111111111111</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>PAY 5555<!-- "
		 "-->5555</Ustrd>",
		 "<Ustrd>55554444</Ustrd></RmtInf></TxDtls></NtryDtls>",
		 "<AddtlNtryInf>4242-4242-4242-4242</AddtlNtryInf></Ntry>");
	assert_int_equal(read_words(message), 2);
	assert_true(has_all(1, "narrative=PAY 555555** ****4444;ordering_customer=A 411111******1111"));
	assert_true(has_all(1, "information=4242-42**-****-4242"));
}

/* Its last byte may be what is wrong with it. */
static void
test_every_prefix(void **state)
{
	(void)state;
	static const char *const messages[] = {MX_PACS008, MX_CAMT053, MX_PAIN001};
	for (unsigned i = 0; i < sizeof messages / sizeof messages[0]; i++)
		for (size_t len = 0; len < strlen(messages[i]); len += 3) {
			assert_int_equal(read_file((struct cs_span){(const uint8_t *)messages[i], len}), 0);
			assert_non_null(strstr(said_at, "1@0 ! "));
		}
}

static void
test_a_refused_message_has_no_row(void **state)
{
	(void)state;
	static const char twice[] = MX_PAIN001 MX_PAIN001;
	static char message[sizeof MX_CAMT053];
	assert_int_equal(read_words(twice), 0);
	assert_non_null(strstr(said_at, "1@0 ! trailing at byte "));
	memcpy(message, MX_CAMT053, sizeof message);
	memcpy(strstr(message, "PDNG"), "pend", 4);
	memcpy(strstr(message, "170.00"), "17O.00", 6);
	char want[64];
	snprintf(want, sizeof want, "1@0 ! decimal at byte %td: ", strstr(message, "<Amt Ccy='EUR'>17O") - message);
	assert_int_equal(read_words(message), 0);
	assert_non_null(strstr(said_at, want));
}

/* As many entries as there is no room for: refused, and said why; nothing of it is a row. */
static void
test_more_than_there_is_room_for(void **state)
{
	(void)state;
	static const char head[] =
		"<Document xmlns='" MX_XSD "camt.054.001.08'><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M</MsgId>"
		"<CreDtTm>2026-03-02T09:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N</Id><Acct><Id><Othr><Id>1"
		"</Id></Othr></Id></Acct>";
	static const char entry[] = "<Ntry><Amt Ccy='EUR'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
				    "<BkTxCd/></Ntry>";
	static const char tail[] = "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>";
	enum { MOST = (1 << 22) / 2 };
	static const struct cs_row_column one = {.name = "amount", .what = CS_ROW_CELL};
	const struct cs_row_plan plan = {.form = CS_ROW_MX, .file_ns = 1, .column_n = 1, .column = &one};
	char *message = malloc(sizeof head + (size_t)MOST * sizeof entry + sizeof tail), words[512] = "";
	assert_non_null(message);
	struct cs_text said = cs_text_over(words, sizeof words);
	char *at = mempcpy(message, head, sizeof head - 1);
	for (unsigned i = 0; i < MOST; i++)
		at = mempcpy(at, entry, sizeof entry - 1);
	at = mempcpy(at, tail, sizeof tail - 1);
	struct cs_span file = {(const uint8_t *)message, (size_t)(at - message)};
	assert_int_equal(read_as(&plan, file, &said), 0);
	assert_non_null(strstr(words, "1@0 ! limit at byte 0: more rows"));
	free(message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_payment),
		cmocka_unit_test(test_charges),
		cmocka_unit_test(test_orders_in_batches),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_messages_about_payments),
		cmocka_unit_test(test_a_statement_and_its_entries),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_a_confirmation),
		cmocka_unit_test(test_card_numbers_in_words),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_a_refused_message_has_no_row),
		cmocka_unit_test(test_more_than_there_is_room_for),
	};
	return cmocka_run_group_tests(tests, set_up_mx, NULL);
}

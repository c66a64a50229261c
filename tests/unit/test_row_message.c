/*
 * Goal: payment messages become rows: a payment, an acknowledgement, a confirmation one, a statement one and one for each
 * of its entries; one that is refused costs itself only, and says at which byte and why; a truncated file makes no row up.
 * Method: messages of our own, every cell written down as text; every prefix of a file; cells that are not there.
 */
#include "message_rows.h"

static const char payment[] = "{1:F01CSGNDEFFAXXX0042000123}{2:I103CSGNFRPPXXXXN}"
			      "{3:{121:3f1c6a52-8b0e-4c59-9d0a-1c2b3d4e5f60}}{4:\r\n"
			      ":20:ORDER0001\r\n:23B:CRED\r\n:32A:260302EUR1250,5\r\n:33B:EUR1250,5\r\n"
			      ":50K:/DE89370400440532013000\r\nALMA EXAMPLE\r\n"
			      ":59:/FR1420041010050500013M02606\r\nBO SAMPLE\r\n:71A:SHA\r\n-}{5:{CHK:0123456789AB}}";
static const char acknowledgement[] = "{1:F21CSGNDEFFAXXX0042000123}{4:{177:2603020915}{451:0}}";
static const char statement[] =
	"{1:F01CSGNDEFFAXXX0042000124}{2:O9501810260302CSGNFRPPAXXX00010000012603021810N}{4:\r\n"
	":20:STMT000007\r\n:25:0532013000\r\n:28C:7/2\r\n:60M:C260302EUR10000,\r\n"
	":61:2603020302D1250,5S103ORDER0001//BANK77\r\n"
	":61:2603020302RD20,NCHGNONREF\r\n:62F:C260302EUR8769,5\r\n-}{5:{CHK:0123456789AB}}";

static void
test_a_payment_and_its_acknowledgement(void **state)
{
	(void)state;
	char file[4096];
	int len = snprintf(file, sizeof file, "%s\r\n%s%s", payment, acknowledgement, payment);
	assert_int_equal(read_file((struct cs_span){(const uint8_t *)file, (size_t)len}), 2);
	assert_true(has_all(0, "kind=payment;type=103;direction=sent;time=77"));
	assert_true(has_all(0, "sender_bic=CSGNDEFFXXX;receiver_bic=CSGNFRPPXXX;reference=ORDER0001"));
	assert_true(has_all(0, "uetr=3f1c6a52-8b0e-4c59-9d0a-1c2b3d4e5f60"));
	assert_true(has_all(0, "value_date=2026-03-02;currency=EUR;amount=1250.5"));
	assert_true(has_all(0, "beneficiary_account=FR1420041010050500013M02606"));
	assert_true(has_all(0, "session=0042;sequence=000123;charges=SHA"));
	assert_true(has_all(1, "status=accepted"));
	static const char alone[] = "{1:F21CSGNDEFFAXXX0042000123}{4:{177:2603020915}{451:0}{108:ORDER0002}}";
	assert_int_equal(read_file(cs_span_text(alone)), 1);
	assert_true(has_all(0, "reference=ORDER0002;status=accepted;kind=acknowledgement;type=F21"));
	assert_int_equal(read_file((struct cs_span){(const uint8_t *)file, (size_t)len}), 2);
	assert_true(has_all(1, "kind=acknowledgement;type=103;direction=sent;time=1772442900000000000"));
}

static void
test_a_statement_and_its_entries(void **state)
{
	(void)state;
	assert_int_equal(read_file(cs_span_text(statement)), 3);
	assert_true(has_all(0, "kind=statement;type=950;direction=received;time=1772475000000000000"));
	assert_true(has_all(0, "account=0532013000;statement=7;page=2;opening=10000;closing=8769.5;first=no;"
			       "last=yes;balanced=yes;entries=2"));
	assert_true(has_all(1, "reference=ORDER0001;value_date=2026-03-02;currency=EUR;amount=1250.5"));
	assert_true(has_all(1, "side=debit;mark=D;entry_date=2026-03-02;entry_type=S103;bank_reference=BANK77"));
	assert_true(has_all(2, "amount=20;kind=entry"));
	assert_true(has_all(2, "side=credit;mark=RD"));
}

/* Twice the same bytes in one statement are two entries; a statement read twice has the same ones again. */
static void
test_equal_entries_are_two(void **state)
{
	(void)state;
	static const char equal[] =
		":20:X\n:25:1\n:28C:1\n:60F:C260302EUR10,\n:61:260302C5,NTRFNONREF\n:61:260302C5,NTRFNONREF\n"
		":62F:C260302EUR20,\n";
	uint64_t hash[6] = {0};
	char file[sizeof equal * 2];
	int len = snprintf(file, sizeof file, "%s%s", equal, equal);
	form = CS_ROW_STATEMENT;
	struct cs_row_plan plan = {.form = (uint8_t)form, .column_n = column_n[0], .column = columns[0]};
	struct cs_rows *rows = cs_rows_new(&plan);
	struct cs_row_fault fault;
	struct cs_event event;
	cs_rows_feed(rows, (struct cs_span){(const uint8_t *)file, (size_t)len}, true);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(cs_rows_next(rows, &event, &fault), CS_OK);
		hash[i] = event.message_hash;
	}
	cs_rows_free(rows);
	form = CS_ROW_MT;
	assert_true(hash[1] != hash[2] && hash[1] != hash[0]);
	assert_memory_equal(hash, hash + 3, 3 * sizeof hash[0]);
}

static void
test_a_refused_message_costs_itself_only(void **state)
{
	(void)state;
	char file[4096];
	int len = snprintf(file, sizeof file, "%s\r\n%s\r\n%s", payment, payment, payment);
	char *second = strstr(file + sizeof payment, ":32A:260302EUR1250,5");
	assert_non_null(second);
	memcpy(second, ":32A:260332", 11);
	assert_int_equal(read_file((struct cs_span){(const uint8_t *)file, (size_t)len}), 2);
	char want[64];
	snprintf(want, sizeof want, "@%zu ! T50 at byte %td: ", sizeof payment + 1, second + 5 - file);
	assert_non_null(strstr(said_at, want));
}

static void
test_every_prefix(void **state)
{
	(void)state;
	/* Block 5 may lack altogether. */
	size_t whole = sizeof payment - sizeof "{5:{CHK:0123456789AB}}";
	for (size_t len = 0; len < sizeof payment - 1; len++)
		assert_int_equal(read_file((struct cs_span){(const uint8_t *)payment, len}), len == whole);
	for (size_t len = 0; len < sizeof statement - sizeof "{5:{CHK:0123456789AB}}"; len++)
		assert_int_equal(read_file((struct cs_span){(const uint8_t *)statement, len}), 0);
	assert_int_equal(read_file(cs_span_text(payment)), 1);
}

static void
test_a_statement_as_banks_write_it(void **state)
{
	(void)state;
	form = CS_ROW_STATEMENT;
	assert_int_equal(read_file(cs_span_text(":20:X\n:25:12345678/9\n:28C:1\n:60F:C260302EUR10,00\n"
						":61:260302C5,00NTRFa very long reference//\n:86:words\n"
						":62F:C260302EUR15,00\n")),
			 2);
	assert_true(has_all(0, "kind=statement"));
	assert_true(has_all(0, "page=1;opening=10;closing=15;first=yes;last=yes;balanced=yes;entries=1"));
	assert_true(has_all(1, "kind=entry"));
	assert_true(has_all(1, "information=words"));
	form = CS_ROW_MT;
}

/* The lenient profile has no lengths: what is no amount is none, however long. */
static void
test_a_statement_with_endless_fields(void **state)
{
	(void)state;
	static char file[1 << 16];
	for (unsigned len = 10; len < 20000; len = len * 3 / 2) {
		int n = snprintf(file, sizeof file,
				 ":20:X\n:25:Y\n:28C:1\n:36:%0*d\n:33B:EUR%0*d\n:70:%0*d\n:60F:C260302EUR10,\n"
				 ":62F:C260302EUR10,\n",
				 (int)len, 1, (int)len, 2, (int)len, 3);
		form = CS_ROW_STATEMENT;
		assert_int_equal(read_file((struct cs_span){(const uint8_t *)file, (size_t)n}), 1);
		form = CS_ROW_MT;
		assert_true(has_all(0, "kind=statement"));
	}
}

/* A report of entries has no balances: it says how many they are, and their sums. */
static void
test_a_report_of_entries(void **state)
{
	(void)state;
	static const struct {
		const char *totals, *cell;
	} cases[] = {
		{":90D:2EUR70,5\r\n:90C:1EUR20,\r\n", "balanced=yes;entries=3"},
		{":90C:1EUR20,\r\n", "balanced=yes"},
		{":90D:1EUR70,5\r\n:90C:1EUR20,\r\n", "balanced=no"},
		{":90D:2EUR70,5\r\n:90C:1EUR20,01\r\n", "balanced=no"},
		{":90D:2EUR70,5\r\n:90C:0EUR0,\r\n", "balanced=no"},
	};
	char file[1024];
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(
			file, sizeof file,
			"{1:F01CSGNDEFFAXXX0042000125}{2:O9421810260302CSGNFRPPAXXX00010000022603021810N}{4:\r\n"
			":20:RPRT000007\r\n:25:0532013000\r\n:28C:7/1\r\n:34F:EUR0,\r\n:13D:2603021200+0100\r\n"
			":61:260302D50,5NTRFORDER0001\r\n:61:260302C20,NTRFNONREF\r\n:61:260302RC20,NTRFNONREF\r\n%s-}",
			cases[i].totals);
		assert_int_equal(read_file(cs_span_text(file)), 4);
		assert_true(has_all(0, "kind=statement;type=942"));
		assert_true(has_all(0, cases[i].cell));
	}
}

static void
test_a_cell_that_is_not_there(void **state)
{
	(void)state;
	static const struct cs_row_column wrong = {.name = "amuont", .what = CS_ROW_CELL};
	const struct cs_row_plan plan = {.form = CS_ROW_MT, .column_n = 1, .column = &wrong};
	char words[256] = "";
	struct cs_text said = cs_text_over(words, sizeof words);
	assert_int_equal(read_as(&plan, cs_span_text(payment), &said), 0);
	assert_non_null(strstr(words, "messages have no such cell"));
}

static const char full[] = "{1:F01CSGNDEFFAXXX0042000123}{2:I103CSGNFRPPXXXXN}"
			   "{3:{108:MUR1}{121:3f1c6a52-8b0e-4c59-9d0a-1c2b3d4e5f60}}{4:\r\n"
			   ":20:ORDER0001\r\n:23B:CRED\r\n:32A:260302USD1250,5\r\n:33B:EUR1210,\r\n:36:1,04\r\n"
			   ":50F:/DE89370400440532013000\r\n1/ALMA EXAMPLE\r\n2/MAIN STREET 1\r\n3/DE/BERLIN\r\n"
			   ":53A:CSGNUS33\r\n:56A:CSGNGB2L\r\n:57A:CSGNITMM123\r\n"
			   ":59:/IT60X0542811101000000123456\r\nBO SAMPLE\r\n:70:INVOICE 7\r\n:71A:SHA\r\n"
			   ":71F:USD10,\r\n:71F:USD2,25\r\n-}{5:{CHK:0123456789AB}{PDE:}}";

static void
test_what_a_payment_says(void **state)
{
	(void)state;
	assert_int_equal(read_file(cs_span_text(full)), 1);
	assert_true(
		has_all(0, "kind=payment;payment_reference=ORDER0001;message_reference=MUR1;terminal=CSGNDEFFAXXX"));
	assert_true(has_all(0, "possible_duplicate=yes;number=1;ordering_bank=CSGNDEFFXXX;intermediary=CSGNGB2LXXX"));
	assert_true(has_all(0, "beneficiary_bank=CSGNITMM123;beneficiary_bank_country=IT;correspondent=CSGNUS33XXX"));
	assert_true(has_all(0, "beneficiary_account_country=IT;ordering_country=DE;ordering_address=structured"));
	assert_true(has_all(0, "beneficiary_address=none;complete=yes;narrative=INVOICE 7"));
	assert_true(has_all(0, "instructed_currency=EUR;instructed_amount=1210;exchange_rate=1.04;charges=SHA"));
	assert_true(has_all(0, "sender_charges=12.25;sender_charges_currency=USD"));
	assert_int_equal(read_file(cs_span_text(payment)), 1);
	assert_true(has_all(0, "possible_duplicate=no;beneficiary_bank=CSGNFRPPXXX;correspondent=CSGNFRPPXXX"));
	assert_true(has_all(0, "complete=no;missing=ordering_address;ordering_address=none"));
}

/* The same text has the same digest, another amount another one. */
static void
test_digests(void **state)
{
	(void)state;
	char other[sizeof payment], first[32], second[32];
	memcpy(other, payment, sizeof payment);
	assert_int_equal(read_file(cs_span_text(payment)), 1);
	snprintf(first, sizeof first, "%.23s", strstr(said_at, "digest="));
	other[strlen("{1:F01CSGNDEFFAXXX00420001")] = '9'; /* of the sequence number */
	assert_int_equal(read_file(cs_span_text(other)), 1);
	snprintf(second, sizeof second, "%.23s", strstr(said_at, "digest="));
	assert_string_equal(first, second);
	strstr(other, "EUR1250,5")[3] = '9';
	assert_int_equal(read_file(cs_span_text(other)), 1);
	snprintf(second, sizeof second, "%.23s", strstr(said_at, "digest="));
	assert_string_not_equal(first, second);
}

/* Words lose the middle of card numbers; accounts and references are for whoever maps them. */
static void
test_card_numbers_in_words(void **state)
{
	(void)state;
	static const char words[] =
		"{1:F01CSGNDEFFAXXX0042000123}{2:I103CSGNFRPPXXXXN}{4:\r\n:20:ORDER0001\r\n:23B:CRED\r\n"
		":32A:260302EUR1,\r\n:33B:EUR1,\r\n:50K:/12345\r\nALMA 4111 1111 1111 1111\r\nMAIN STREET\r\n"
		":59:/4242424242424242\r\nBO SAMPLE\r\n:70:PAY 55555555\r\n55554444 NOW\r\n:71A:SHA\r\n-}";
	static const char entry[] =
		":20:X\n:25:1\n:28C:1\n:60F:C260302EUR10,\n:61:260302C5,NTRFNONREF\n5105105105105100\n"
		":86:FOR 378282246310005\n:62F:C260302EUR15,\n";
	assert_int_equal(read_file(cs_span_text(words)), 1);
	assert_true(has_all(0, "ordering_customer=ALMA 4111 11** **** 1111;beneficiary_account=4242424242424242"));
	assert_true(has_all(0, "narrative=PAY 555555**||****4444 NOW"));
	form = CS_ROW_STATEMENT;
	assert_int_equal(read_file(cs_span_text(entry)), 2);
	assert_true(has_all(1, "supplementary=510510******5100;information=FOR 378282*****0005"));
	form = CS_ROW_MT;
}

static void
test_kinds(void **state)
{
	(void)state;
	static const char confirmation[] =
		"{1:F01CSGNDEFFAXXX0042000125}{2:O9001810260302CSGNFRPPAXXX00010000012603021810N}{4:\r\n"
		":20:BANK77\r\n:21:ORDER0001\r\n:25:0532013000\r\n:32A:260302EUR1250,5\r\n-}";
	static const char query[] = "{1:F01CSGNDEFFAXXX0042000126}{2:I199CSGNFRPPXXXXN}{4:\r\n"
				    ":20:Q1\r\n:21:ORDER0001\r\n:79:PLEASE PAY\r\n-}";
	assert_int_equal(read_file(cs_span_text(confirmation)), 1);
	assert_true(has_all(0, "kind=confirmation;reference=BANK77;related_reference=ORDER0001"));
	assert_true(has_all(0, "payment_reference=ORDER0001;bank_reference=BANK77;single=yes;booked=yes;side=debit"));
	assert_int_equal(read_file(cs_span_text(query)), 1);
	assert_true(has_all(0, "kind=free;payment_reference=ORDER0001;narrative=PLEASE PAY"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_payment_and_its_acknowledgement),
		cmocka_unit_test(test_a_statement_and_its_entries),
		cmocka_unit_test(test_equal_entries_are_two),
		cmocka_unit_test(test_a_refused_message_costs_itself_only),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_a_statement_as_banks_write_it),
		cmocka_unit_test(test_a_report_of_entries),
		cmocka_unit_test(test_a_statement_with_endless_fields),
		cmocka_unit_test(test_a_cell_that_is_not_there),
		cmocka_unit_test(test_what_a_payment_says),
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_card_numbers_in_words),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}

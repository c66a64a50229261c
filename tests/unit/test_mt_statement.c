/*
 * Goal: entries are taken apart, the year of an entry date is the nearest, sums are exact, and a balance that does not add
 * up is told.
 * Method: field 61 in all its parts; value and entry dates around New Year and leap days, against a count of days by
 * another way; own statements.
 */
#include "check.h"

#include "decode/mt_statement.c"

#include "mt_messages.h"

static bool
read(const char *text, bool loose, struct cs_mt_entry *entry, struct cs_mt_fault *fault)
{
	return cs_mt_entry_read(cs_span_text(text), loose, entry, fault);
}

static void
an_entry_has_its_parts(void **state)
{
	(void)state;
	struct cs_mt_entry entry;
	struct cs_mt_fault fault;
	assert_true(read("2611251126RDR12,5S103ORD-771//BANK-1\nDETAIL", false, &entry, &fault));
	assert_int_equal(entry.value_date.year, 2026);
	assert_int_equal(entry.value_date.day, 25);
	assert_int_equal(entry.entry_date.day, 26);
	assert_string_equal(entry.mark, "RD");
	assert_int_equal(entry.funds_code, 'R');
	assert_true(cs_span_is(entry.amount_text, "12,5"));
	assert_int_equal(entry.amount.digits, 125);
	assert_int_equal(entry.amount.decimals, 1);
	assert_true(cs_span_is(entry.kind, "S103"));
	assert_true(cs_span_is(entry.customer_ref, "ORD-771"));
	assert_true(cs_span_is(entry.bank_ref, "BANK-1"));
	assert_true(cs_span_is(entry.supplementary, "DETAIL"));
	assert_true(read("261125CR1,NTRFNONREF", false, &entry, &fault));
	assert_string_equal(entry.mark, "C");
	assert_int_equal(entry.funds_code, 'R');
	assert_int_equal(entry.entry_date.year, 0);
	assert_null(entry.bank_ref.at);
	assert_null(entry.supplementary.at);
}

static void
what_is_no_entry_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *code;
		long offset;
		bool loose; /* is read by the lenient profile */
	} rows[] = {
		{"", "T50", 0, false},
		{"2611", "T50", 0, false},
		{"261325C1,NTRFX", "T50", 0, false},
		{"26112511C1,NTRFX", "T50", 6, false},
		{"2611250230C1,NTRFX", "T50", 6, false},
		{"261125X1,NTRFX", "T51", 6, false},
		{"261125RX1,NTRFX", "T51", 7, false},
		{"261125C1NTRFX", "T43", 7, false},
		{"261125C,1NTRFX", "T43", 7, false},
		{"261125C12345678901234,0NTRFX", "T33", 7, false},
		{"261125C1,XTRFX", "T53", 9, false},
		{"261125C1,NTR", "T53", 9, false},
		{"261125C1,S1A3X", "T53", 11, true},
		{"261125C1,NTRF", "T30", 13, true},
		{"261125C1,NTRF12345678901234567", "T33", 29, true},
		{"261125C1,NTRFX//", "T33", 16, true},
		{"261125C1,NTRFX//12345678901234567", "T33", 16, true},
		{"261125C1,NTRFX\n12345678901234567890123456789012345", "T33", 15, true},
		{"261125C1,NTRFX\nA\nB", "T18", 15, true},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_mt_entry entry;
		struct cs_mt_fault fault = {"", "", NULL};
		assert_false(read(rows[i].text, false, &entry, &fault));
		long offset = fault.at - (const uint8_t *)rows[i].text;
		if (strcmp(fault.code, rows[i].code) != 0 || offset != rows[i].offset)
			fail_msg("row %u: %s at %ld", i, fault.code, offset);
		assert_int_equal(read(rows[i].text, true, &entry, &fault), rows[i].loose);
	}
}

static void
the_year_of_an_entry_is_the_nearest(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned year;
	} rows
		[] =
			{
				{"2612310101C1,NTRFX", 2027}, /* booked the day after New Year's Eve */
				{"2701011231C1,NTRFX", 2026}, /* ... and the day before New Year */
				{"2611261126C1,NTRFX", 2026},
				{"2601150720C1,NTRFX", 2025}, /* 179 days before is nearer than 186 behind */
				{"2601150710C1,NTRFX", 2026}, /* 176 days behind is nearer than 189 before */
				{"2802280229C1,NTRFX", 2028},
				{"2712010229C1,NTRFX", 2028}, /* 29 February only is in a leap year */
				{"0001011231C1,NTRFX", 1999},
				{"9912310101C1,NTRFX", 2000},
				{"7912310101C1,NTRFX", 2080},
			};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cs_mt_entry entry;
		struct cs_mt_fault fault;
		assert_true(read(rows[i].text, false, &entry, &fault));
		if (entry.entry_date.year != rows[i].year)
			fail_msg("row %u: %u", i, entry.entry_date.year);
	}
}

static unsigned
length_of(unsigned year, unsigned month)
{
	static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0; /* 2000 is one, and no other hundred is in range */
	return lengths[month - 1] + (unsigned)(month == 2 && leap);
}

static void
days_are_counted(void **state)
{
	(void)state;
	int32_t expected = 0;
	struct cs_mt_date date = {1970, 1, 1};
	while (date.year < 2080) {
		char text[16];
		struct cs_mt_date told;
		assert_int_equal(cs_mt_days(&date), expected++);
		snprintf(text, sizeof text, "%02u%02u%02u", date.year % 100U, date.month, date.day);
		assert_true(cs_mt_check_date((const uint8_t *)text, &told));
		assert_int_equal(told.year, date.year < 1980 ? date.year + 100 : date.year);
		date.day++;
		if (date.day > length_of(date.year, date.month)) {
			snprintf(text, sizeof text, "%02u%02u%02u", date.year % 100U, date.month, date.day);
			assert_false(cs_mt_check_date((const uint8_t *)text, &told));
			date.day = 1;
			date.month++;
		}
		if (date.month > 12) {
			date.month = 1;
			date.year++;
		}
	}
}

static void
amounts_are_scaled(void **state)
{
	(void)state;
	struct cs_mt_amount amount;
	int64_t value = 0;
	assert_true(cs_mt_amount_read(cs_span_text("12,5"), &amount) && cs_mt_amount_scaled(&amount, &value));
	assert_int_equal(value, 125000);
	assert_true(cs_mt_amount_read(cs_span_text("000000000012,50000"), &amount) &&
		    cs_mt_amount_scaled(&amount, &value));
	assert_int_equal(value, 125000);
	assert_true(cs_mt_amount_read(cs_span_text("99999999999999,"), &amount) &&
		    cs_mt_amount_scaled(&amount, &value));
	assert_int_equal(value, INT64_C(999999999999990000));
	assert_true(cs_mt_amount_read(cs_span_text("0,00001"), &amount));
	assert_false(cs_mt_amount_scaled(&amount, &value));
	assert_false(cs_mt_amount_read(cs_span_text("1234567890123456789,"), &amount));
	assert_false(cs_mt_amount_read(cs_span_text(",1"), &amount));
	assert_false(cs_mt_amount_read(cs_span_text("1"), &amount));
	assert_false(cs_mt_amount_read(cs_span_text(""), &amount));
	assert_false(cs_mt_amount_read(cs_span_text("1,2,3"), &amount));
}

static void
a_statement_adds_up(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	const char *stm = NULL;
	for (unsigned i = 0; i < MT_SAMPLE_N; i++)
		if (strcmp(mt_samples[i].type, "MT940") == 0)
			stm = mt_samples[i].text;
	assert_non_null(stm);
	assert_string_equal(mt_code(f, stm), "");
	assert_int_equal(f->mt.sums.entry_n, 3);
	assert_true(f->mt.sums.complete && f->mt.sums.balanced);
	assert_int_equal(f->mt.sums.credits, 35000); /* 3, and a reversed debit of 0,5 */
	assert_int_equal(f->mt.sums.debits, 125000);
	assert_false(mt_alerted(f, CS_PAYMENT_ALERT_BALANCE_MISMATCH));
	assert_string_equal(
		mt_code(f, OUTPUT("950") "{4:\n:20:A\n:25:B\n:28C:1\n:60F:D261125USD100,\n:61:261126RC1,S202A\n"
					 ":62F:D261126USD99,\n-}"),
		"");
	assert_true(mt_alerted(f, CS_PAYMENT_ALERT_BALANCE_MISMATCH));
	assert_int_equal(f->mt.sums.opening, -1000000);
	assert_int_equal(f->mt.sums.debits, 10000);
	mt_close(f);
}

static void
sums_that_do_not_fit_say_nothing(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	char text[2048];
	size_t n =
		(size_t)snprintf(text, sizeof text, "%s{4:\n:20:A\n:25:B\n:28C:1\n:60F:C261125USD0,\n", OUTPUT("950"));
	for (unsigned i = 0; i < 10; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, ":61:261126C99999999999999,S202A\n");
	snprintf(text + n, sizeof text - n, ":62F:C261126USD0,\n-}");
	assert_string_equal(mt_code(f, text), "");
	assert_true(f->mt.sums.overflowed);
	assert_false(mt_alerted(f, CS_PAYMENT_ALERT_BALANCE_MISMATCH));
	mt_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_has_its_parts),
		cmocka_unit_test(what_is_no_entry_is_refused),
		cmocka_unit_test(the_year_of_an_entry_is_the_nearest),
		cmocka_unit_test(days_are_counted),
		cmocka_unit_test(amounts_are_scaled),
		cmocka_unit_test(a_statement_adds_up),
		cmocka_unit_test(sums_that_do_not_fit_say_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

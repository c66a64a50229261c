/*
 * Goal: payment messages become rows: a payment, an acknowledgement, a confirmation one, a statement one and one for each
 * of its entries; one that is refused costs itself only, and says at which byte and why; a truncated file makes no row up.
 * Method: messages of our own, every cell written down as text; every prefix of a file; cells that are not there.
 */
#include "check.h"

#include "decode/row_message.c"

enum { SAID_BYTES = 1 << 16, COLUMNS = CS_ROW_COLUMNS_MAX };

static char said_at[SAID_BYTES];
static struct cs_text said;
static struct cs_row_column columns[COLUMNS];
static struct cs_row_plan plan;

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

static int
set_up(void **state)
{
	(void)state;
	unsigned n = 0;
	for (unsigned i = 0; i < CELL_N; i++)
		if (i < CELL_ALERT_BALANCE_MISMATCH || i == CELL_ALERT_NAK || i >= CELL_KIND)
			columns[n++] = (struct cs_row_column){.name = cells[i], .what = CS_ROW_CELL};
	plan = (struct cs_row_plan){.form = CS_ROW_MT, .link = 3, .file_ns = 77, .column_n = n, .column = columns};
	return 0;
}

static void
say_row(const struct cs_rows *rows, const struct cs_event *event)
{
	cs_text_put_u64(&said, event->origin.file_offset);
	cs_text_put(&said, "+");
	cs_text_put_u64(&said, event->length_bytes);
	for (unsigned i = 0; i < plan.column_n; i++) {
		struct cs_span cell = cs_rows_cell(rows, i);
		if (!cell.len)
			continue;
		cs_text_put(&said, " ");
		cs_text_put(&said, plan.column[i].name);
		cs_text_put(&said, "=");
		cs_text_put_span(&said, cell);
	}
	cs_text_put(&said, "\n");
}

static unsigned
read_file(struct cs_span file)
{
	struct cs_rows *rows = cs_rows_new(&plan);
	struct cs_row_fault fault;
	struct cs_event event;
	enum cs_error error;
	unsigned row_n = 0;
	said = cs_text_over(said_at, sizeof said_at);
	assert_non_null(rows);
	cs_rows_feed(rows, file, true);
	while ((error = cs_rows_next(rows, &event, &fault)) == CS_OK || error == CS_E_FORMAT) {
		row_n += error == CS_OK;
		if (error == CS_OK) {
			assert_int_equal(event.kind, CS_KIND_RECORD);
			say_row(rows, &event);
			continue;
		}
		cs_text_put_u64(&said, fault.line);
		cs_text_put(&said, "@");
		cs_text_put_u64(&said, fault.offset);
		cs_text_put(&said, " ! ");
		cs_text_put(&said, fault.words);
		cs_text_put(&said, "\n");
	}
	if (error == CS_E_SYNTAX)
		cs_text_put(&said, fault.words);
	else
		assert_int_equal(error, CS_AGAIN);
	cs_rows_free(rows);
	return row_n;
}

/* One cell of row NTH, "" where it is empty; the rest of its line is not looked at. */
static bool
has(unsigned nth, const char *words)
{
	const char *at = said_at;
	for (unsigned i = 0; i < nth; i++) {
		at = strchr(at, '\n');
		assert_non_null(at);
		at++;
	}
	const char *end = strchr(at, '\n'), *found = strstr(at, words);
	bool there = found && end && found < end;
	if (!there)
		print_message("no '%s' in: %.*s\n", words, end ? (int)(end - at) : 0, at);
	return there;
}

static void
test_a_payment_and_its_acknowledgement(void **state)
{
	(void)state;
	char file[4096];
	int len = snprintf(file, sizeof file, "%s\r\n%s%s", payment, acknowledgement, payment);
	assert_int_equal(read_file((struct cs_span){(const uint8_t *)file, (size_t)len}), 2);
	assert_true(has(0, " kind=payment type=103 direction=sent time=77 "));
	assert_true(has(0, "sender_bic=CSGNDEFFXXX receiver_bic=CSGNFRPPXXX reference=ORDER0001 "));
	assert_true(has(0, " uetr=3f1c6a52-8b0e-4c59-9d0a-1c2b3d4e5f60 "));
	assert_true(has(0, " value_date=2026-03-02 currency=EUR amount=1250.5 "));
	assert_true(has(0, " beneficiary_account=FR1420041010050500013M02606 "));
	assert_true(has(0, " session=0042 sequence=000123 charges=SHA"));
	assert_true(has(1, " status=accepted "));
	static const char alone[] = "{1:F21CSGNDEFFAXXX0042000123}{4:{177:2603020915}{451:0}{108:ORDER0002}}";
	assert_int_equal(read_file(cs_span_text(alone)), 1);
	assert_true(has(0, "reference=ORDER0002 status=accepted kind=acknowledgement type=F21 "));
	assert_int_equal(read_file((struct cs_span){(const uint8_t *)file, (size_t)len}), 2);
	assert_true(has(1, " kind=acknowledgement type=103 direction=sent time=1772442900000000000 "));
}

static void
test_a_statement_and_its_entries(void **state)
{
	(void)state;
	assert_int_equal(read_file(cs_span_text(statement)), 3);
	assert_true(has(0, " kind=statement type=950 direction=received time=1772475000000000000 "));
	assert_true(has(0, " account=0532013000 statement=7 page=2 opening=10000 closing=8769.5 first=no last=yes "
			   "balanced=yes entries=2"));
	assert_true(has(1, " reference=ORDER0001 value_date=2026-03-02 currency=EUR amount=1250.5 "));
	assert_true(has(1, " side=debit mark=D entry_date=2026-03-02 entry_type=S103 bank_reference=BANK77 "));
	assert_true(has(2, " amount=20 kind=entry "));
	assert_true(has(2, " side=credit mark=RD "));
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
	plan.form = CS_ROW_STATEMENT;
	struct cs_rows *rows = cs_rows_new(&plan);
	struct cs_row_fault fault;
	struct cs_event event;
	cs_rows_feed(rows, (struct cs_span){(const uint8_t *)file, (size_t)len}, true);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(cs_rows_next(rows, &event, &fault), CS_OK);
		hash[i] = event.message_hash;
	}
	cs_rows_free(rows);
	plan.form = CS_ROW_MT;
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
	plan.form = CS_ROW_STATEMENT;
	assert_int_equal(read_file(cs_span_text(":20:X\n:25:12345678/9\n:28C:1\n:60F:C260302EUR10,00\n"
						":61:260302C5,00NTRFa very long reference//\n:86:words\n"
						":62F:C260302EUR15,00\n")),
			 2);
	assert_true(has(0, " kind=statement "));
	assert_true(has(0, " page=1 opening=10 closing=15 first=yes last=yes balanced=yes entries=1"));
	assert_true(has(1, " kind=entry "));
	assert_true(has(1, " information=words"));
	plan.form = CS_ROW_MT;
}

static void
test_a_cell_that_is_not_there(void **state)
{
	(void)state;
	static const struct cs_row_column wrong = {.name = "amuont", .what = CS_ROW_CELL};
	plan.column_n = 1;
	plan.column = &wrong;
	assert_int_equal(read_file(cs_span_text(payment)), 0);
	assert_non_null(strstr(said_at, "messages have no such cell"));
	(void)set_up(NULL);
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
		cmocka_unit_test(test_a_cell_that_is_not_there),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}

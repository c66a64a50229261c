/*
 * Goal: rows of CSV and JSON Lines become events, to the digit; a row that is wrong costs itself only, and says where and
 * why without showing what could be a card number; it does not matter how the bytes were fed.
 * Method: small files, each read whole and in pieces of every size, written down as one text.
 */
#include "check.h"

#include "decode/row.c"

#include <stdlib.h>

#define PAN "5413330089020011"

enum { SAID_BYTES = 1 << 21 };

static const struct cs_token_key key = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
static const char *const yes[] = {"1", "true"};
static const struct cs_row_column columns[] = {
	{.name = "id", .what = CS_ROW_TEXT, .field = CS_FIELD_RRN},
	{.name = "t", .what = CS_ROW_TIME, .clock = CS_ROW_SECONDS, .since_ns = UINT64_C(1522540800000000000)},
	{.name = "card", .what = CS_ROW_CARD, .field = CS_FIELD_CARD},
	{.name = "amount", .what = CS_ROW_MONEY, .field = CS_FIELD_AMOUNT, .currency_name = "cur"},
	{.name = "fraud", .what = CS_ROW_FLAG, .flag = CS_FLAG_FRAUD, .value_n = 2, .value = yes},
};
static const struct cs_row_plan plan = {
	.separator = ',', .link = 3, .source = 2, .key = &key, .column_n = 5, .column = columns};
static const struct cs_row_plan json_plan = {
	.form = CS_ROW_JSON, .link = 3, .key = &key, .column_n = 5, .column = columns};

static char said_at[SAID_BYTES];
static struct cs_text said;

static void
say_event(const struct cs_event *event)
{
	cs_text_put_u64(&said, event->origin.packet);
	cs_text_put(&said, "@");
	cs_text_put_u64(&said, event->origin.file_offset);
	cs_text_put(&said, "+");
	cs_text_put_u64(&said, event->length_bytes);
	cs_text_put(&said, " ");
	cs_text_put_time(&said, event->origin.time_ns);
	for (unsigned f = 0; f < CS_FIELD_N; f++) {
		if (!cs_event_has(event, (enum cs_field)f) || f == CS_FIELD_CURRENCY)
			continue;
		cs_text_put(&said, " ");
		cs_text_put(&said, cs_field_info_of((enum cs_field)f)->name);
		cs_text_put(&said, "=");
		cs_event_put(&said, event, (enum cs_field)f);
	}
	cs_text_put(&said, event->flags & CS_FLAG_FRAUD ? " fraud\n" : "\n");
}

static void
say_fault(const struct cs_row_fault *fault)
{
	cs_text_put_u64(&said, fault->line);
	cs_text_put(&said, "@");
	cs_text_put_u64(&said, fault->offset);
	cs_text_put(&said, " ! ");
	cs_text_put(&said, fault->column ? fault->column : "row");
	cs_text_put(&said, ": ");
	cs_text_put(&said, fault->words);
	cs_text_put(&said, "\n");
}

/* Feeds LEN bytes in pieces, each in memory of its own size, and writes down all that comes of it. */
static uint64_t
read_pieces(const struct cs_row_plan *with, struct cs_span text, size_t piece)
{
	struct cs_rows *rows = cs_rows_new(with);
	struct cs_row_fault fault;
	struct cs_event event;
	assert_non_null(rows);
	said = cs_text_over(said_at, sizeof said_at);
	for (size_t at = 0; at <= text.len; at += piece) {
		size_t n = text.len - at < piece ? text.len - at : piece;
		uint8_t *lent = malloc(n ? n : 1);
		assert_non_null(lent);
		memcpy(lent, text.at + at, n);
		cs_rows_feed(rows, (struct cs_span){lent, n}, n == 0 || at + n == text.len);
		enum cs_error error;
		while ((error = cs_rows_next(rows, &event, &fault)) != CS_AGAIN && error != CS_E_SYNTAX)
			error == CS_OK ? say_event(&event) : say_fault(&fault);
		free(lent);
		if (error != CS_E_SYNTAX && at + n < text.len)
			continue;
		if (error == CS_E_SYNTAX)
			say_fault(&fault);
		break;
	}
	uint64_t line = cs_rows_line(rows);
	cs_rows_free(rows);
	return line;
}

static void
expect(const struct cs_row_plan *with, const char *text, const char *want)
{
	struct cs_span bytes = cs_span_text(text);
	for (size_t piece = 1; piece <= bytes.len + 1; piece++) {
		(void)read_pieces(with, bytes, piece);
		assert_string_equal(said_at, want);
	}
}

#define HEAD "id,t,card,amount,cur,fraud\n"

static void
test_csv(void **state)
{
	(void)state;
	expect(&plan, HEAD "a1,31,596,57.16,EUR,0\na2,130.25," PAN ",81,978,1\n",
	       "2@27+21 2018-04-01T00:00:31.000000000Z rrn=a1 amount=57.16 EUR card=\n"
	       "3@49+35 2018-04-01T00:02:10.250000000Z rrn=a2 amount=81.00 EUR card=541333******0011 bin=541333 "
	       "fraud\n");
	/* line ends of Windows, a mark at the beginning, empty lines, no end of the last line, other columns between */
	expect(&plan,
	       "\xef\xbb\xbft,x,id,fraud,cur,amount,card\r\n\r\n1,,\"b,\"\"1\"\"\",true,JPY,-500,\r\n\n2,\"x\ny\",c,,,"
	       ",",
	       "3@35+27 2018-04-01T00:00:01.000000000Z rrn=b,\"1\" amount=-500 JPY fraud\n"
	       "5@65+13 2018-04-01T00:00:02.000000000Z rrn=c\n");
	struct cs_row_plan semicolon = plan;
	semicolon.separator = ';';
	expect(&semicolon, "id;t;card;amount;cur;fraud\nx,y;1;;;;\n",
	       "2@27+9 2018-04-01T00:00:01.000000000Z rrn=x,y\n");
	assert_int_equal(
		read_pieces(&plan, cs_span_text("\xef\xbb\xbft,x,id,fraud,cur,amount,card\n\n1,\"\n\",,,,,\n"), 9), 4);
}

static void
test_rows_that_are_wrong(void **state)
{
	(void)state;
	expect(&plan,
	       HEAD "a,1,,,,\n"
		    "b,1,,,\n"
		    "c,1,,,,,\n"
		    "d,x,,,,\n"
		    "e,,,,,\n"
		    "f,1,,12.345,EUR,\n"
		    "g,1,,12,XXX1,\n"
		    "h,1,," PAN "," PAN ",\n"
		    "i" PAN "\",1,,,,\n"
		    "\"j\"x,1,,,,\n"
		    "k," PAN PAN ",,,,\n"
		    "l,1,,,,\n"
		    "\"m,1,,,,\n"
		    "n,1,,,,\n",
	       "2@27+7 2018-04-01T00:00:01.000000000Z rrn=a\n"
	       "3@35 ! row: the row has fewer cells than the header line\n"
	       "4@42 ! row: the row has more cells than the header line; write those that hold a separator in quotes\n"
	       "5@51 ! t: \"x\" is no number of seconds; write 1522540831, with decimals behind a point if need be\n"
	       "6@59 ! t: \"\" is empty, and no record is without a time\n"
	       "7@66 ! amount: \"12.345\" is no amount in major units, or has more decimals than its currency; write "
	       "12.50\n"
	       "8@83 ! amount: \"12\" has no currency of ISO 4217 beside it; write EUR or 978\n"
	       "9@97 ! amount: \"541333**********\" has no currency of ISO 4217 beside it; write EUR or 978\n"
	       "10@137 ! row: a quote stands inside a cell that does not begin with one; write \"...\"\"...\"\n"
	       "11@162 ! row: something stands behind the closing quote of a cell; write a quote inside of it twice\n"
	       "12@173 ! t: \"541333******************...\" is no number of seconds; write 1522540831, with decimals "
	       "behind a point if need be\n"
	       "13@212+7 2018-04-01T00:00:01.000000000Z rrn=l\n"
	       "14@220 ! row: a quote is opened and never closed\n"
	       "15@229+7 2018-04-01T00:00:01.000000000Z rrn=n\n");
}

static void
test_header_lines(void **state)
{
	(void)state;
	expect(&plan, "id,t,card,amount,fraud\na,1,,,\n",
	       "1@0 ! cur: the header line has no such column; it has id, t, card, amount, fraud\n");
	expect(&plan, "id,t,card,amount,cur,fraud,t\n",
	       "1@0 ! t: the header line has this column twice: id, t, card, amount, cur, fraud, t\n");
	expect(&plan, "a," PAN ",x\n", "1@0 ! id: the header line has no such column; it has a, 541333**********, x\n");
	expect(&plan, "",
	       "1@0 ! row: the header line cannot be read: the file is empty; write the names of the columns "
	       "in its first line\n");
	expect(&plan, "id,\"t\"x\n",
	       "1@0 ! row: the header line cannot be read: something stands behind the closing "
	       "quote of a cell; write a quote inside of it twice\n");
	expect(&json_plan, "", "");
}

static void
test_json(void **state)
{
	(void)state;
	expect(&json_plan,
	       "{\"id\":\"a1\",\"t\":31,\"card\":\"596\",\"amount\":57.16,\"cur\":\"EUR\",\"fraud\":true}\n"
	       " { \"x\" : {\"y\":[1,\"]\"]} , \"t\" : 2, \"fraud\" : false, \"id\" : "
	       "\"b\\u00e9\\u0031\\\"\\ud83d\\ude00\", "
	       "\"card\" : null } \r\n"
	       "\n{\"t\":3}",
	       "1@0+71 2018-04-01T00:00:31.000000000Z rrn=a1 amount=57.16 EUR card= fraud\n"
	       "2@72+105 2018-04-01T00:00:02.000000000Z rrn=b\xc3\xa9"
	       "1\"?\n"
	       "4@180+7 2018-04-01T00:00:03.000000000Z\n");
	expect(&json_plan,
	       "[1]\n{\"t\":1,\"t\":2}\n{\"t\":1}x\n{\"t\":01}\n{\"t\":1e3}\n{\"t\":[1]}\n{\"t\":\"1\n{\"x\":[}]}\n{t:"
	       "1}\n"
	       "{\"t\" 1}\n{\"t\":1 \"x\":2}\n{\"t\":tru}\n{\"x\":\"\\q\"}\n{\"x\":\"\\ud800\"}\n{}\n{\"t\":",
	       "1@0 ! row: the line is no JSON object; write {\"name\": value, ...}\n"
	       "2@4 ! row: a member stands in the object twice\n"
	       "3@18 ! row: something stands behind the object; write one object a line\n"
	       "4@27 ! row: a value is no string, number, true, false or null\n"
	       "5@36 ! t: \"1e3\" is no number of seconds; write 1522540831, with decimals behind a point if need be\n"
	       "6@46 ! t: \"[\" is an object or an array, and has to be a string or a number\n"
	       "7@56 ! row: a string is opened and never closed\n"
	       "8@64 ! row: an object or array is closed by the wrong bracket\n"
	       "9@74 ! row: a member has no name in quotes\n"
	       "10@80 ! row: a colon is missing behind the name of a member\n"
	       "11@88 ! row: a comma or the closing bracket of the object is missing\n"
	       "12@102 ! row: a value is no string, number, true, false or null\n"
	       "13@112 ! row: a string holds an escape that JSON does not know\n"
	       "14@123 ! row: a string holds \\u without four hex digits, or half a pair of them\n"
	       "15@138 ! t: \"\" is empty, and no record is without a time\n"
	       "16@141 ! row: the line ends before the object does\n");
}

static const char *
time_of(uint8_t clock, const char *cell)
{
	static char text[256];
	struct cs_row_column column = {.name = "t", .what = CS_ROW_TIME, .clock = clock};
	struct cs_row_plan with = {.separator = ',', .key = &key, .column_n = 1, .column = &column};
	struct cs_text out = cs_text_over(text, sizeof text);
	cs_text_put(&out, "t\n");
	cs_text_put(&out, cell);
	(void)read_pieces(&with, cs_span_text(text), sizeof text);
	char *at = strchr(said_at, '!') ? NULL : strstr(said_at, " 20");
	if (!at)
		return "none";
	at[strcspn(at, "\n")] = '\0';
	return at + 1;
}

static void
test_times(void **state)
{
	(void)state;
	assert_string_equal(time_of(CS_ROW_SECONDS, "1522540831"), "2018-04-01T00:00:31.000000000Z");
	assert_string_equal(time_of(CS_ROW_SECONDS, "1522540831.123456789"), "2018-04-01T00:00:31.123456789Z");
	assert_string_equal(time_of(CS_ROW_SECONDS, "1522540831.1234567890"), "2018-04-01T00:00:31.123456789Z");
	assert_string_equal(time_of(CS_ROW_SECONDS, "1522540831.1234567891"), "none");
	assert_string_equal(time_of(CS_ROW_SECONDS, "1522540831."), "none");
	assert_string_equal(time_of(CS_ROW_SECONDS, "-1"), "none");
	assert_string_equal(time_of(CS_ROW_SECONDS, "99999999999"), "none");
	assert_string_equal(time_of(CS_ROW_MILLISECONDS, "1522540831250"), "2018-04-01T00:00:31.250000000Z");
	assert_string_equal(time_of(CS_ROW_NANOSECONDS, "1522540831250000001"), "2018-04-01T00:00:31.250000001Z");
	assert_string_equal(time_of(CS_ROW_NANOSECONDS, "1522540831.5"), "none");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2018-04-01T00:00:31Z"), "2018-04-01T00:00:31.000000000Z");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2018-04-01 00:00:31"), "2018-04-01T00:00:31.000000000Z");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2018-04-01t00:00:31.5+02:00"), "2018-03-31T22:00:31.500000000Z");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2018-04-01T00:00:31-00:30"), "2018-04-01T00:30:31.000000000Z");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2020-02-29T23:59:59Z"), "2020-02-29T23:59:59.000000000Z");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2019-02-29T23:59:59Z"), "none");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2018-04-01T00:00:60Z"), "none");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2018-04-01T00:00:31+2:00"), "none");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2018-04-01"), "none");
	assert_string_equal(time_of(CS_ROW_DAY, "2018-04-01"), "2018-04-02T00:00:00.000000000Z"); /* to its end */
	assert_string_equal(time_of(CS_ROW_DAY, "2018-04-01T12:00:00+02:00"), "2018-04-01T10:00:00.000000000Z");
	assert_string_equal(time_of(CS_ROW_DAY, "2018-04-31"), "none");
	assert_string_equal(time_of(CS_ROW_DAY, "2018-4-1"), "none");
	assert_string_equal(time_of(CS_ROW_DAY, ""), "none");
	assert_string_equal(time_of(CS_ROW_RFC3339, "2018-04-01T00:00:31.Z"), "none");
}

static struct cs_event
read_one(const struct cs_row_column *column, const char *cell)
{
	struct cs_row_column both[] = {{.name = "t", .what = CS_ROW_TIME}, *column};
	struct cs_row_plan with = {.separator = ',', .key = &key, .column_n = 2, .column = both};
	struct cs_rows *rows = cs_rows_new(&with);
	char text[512];
	struct cs_text out = cs_text_over(text, sizeof text);
	struct cs_event event;
	struct cs_row_fault fault;
	cs_text_put(&out, "t,c\n1,");
	cs_text_put(&out, cell);
	cs_rows_feed(rows, cs_span_text(text), true);
	enum cs_error error = cs_rows_next(rows, &event, &fault);
	cs_rows_free(rows);
	if (error != CS_OK)
		memset(&event, 0, sizeof event);
	return event;
}

static void
expect_text(const struct cs_row_column *column, const char *cell, const char *want)
{
	struct cs_event event = read_one(column, cell);
	assert_int_equal(event.kind, CS_KIND_RECORD);
	struct cs_span text = cs_event_text(&event, (enum cs_field)column->field);
	assert_int_equal(cs_event_has(&event, (enum cs_field)column->field), want[0] != '\0');
	assert_true(cs_span_is(text, want));
}

static void
test_texts(void **state)
{
	(void)state;
	struct cs_row_column column = {.name = "c", .what = CS_ROW_TEXT, .field = CS_FIELD_TERMINAL};
	expect_text(&column, "ATM 1  ", "ATM 1");
	expect_text(&column, "   ", "");
	expect_text(&column, "", "");
	expect_text(&column, "0123456789abcdefghi", "0123456789abcdef");
	expect_text(&column, "Caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80x", "Caf\xe9 ? ?x");
	expect_text(&column, "Caf\xe9", "Caf\xe9");
	column.first = 3;
	column.last = 5;
	expect_text(&column, "0123456789abcdefghi", "234");
	expect_text(&column, "\xc3\xa9\xc3\xa9\xc3\xa9", "\xe9");
	expect_text(&column, "01", "");
	column = (struct cs_row_column){.name = "c", .what = CS_ROW_TEXT, .field = CS_FIELD_STAN, .token = true};
	struct cs_event a = read_one(&column, "DE89370400440532013000");
	struct cs_event b = read_one(&column, "DE89370400440532013001");
	assert_int_equal(cs_event_text(&a, CS_FIELD_STAN).len, 16);
	assert_false(cs_event_same(&a, &b, CS_FIELD_STAN));
	struct cs_event again = read_one(&column, "DE89370400440532013000");
	assert_true(cs_event_same(&a, &again, CS_FIELD_STAN));
}

static void
test_cards(void **state)
{
	(void)state;
	struct cs_row_column column = {.name = "c", .what = CS_ROW_CARD, .field = CS_FIELD_CARD};
	struct cs_event pan = read_one(&column, PAN);
	assert_true(cs_token_same(pan.card.token, cs_token_make(&key, cs_span_text(PAN))));
	assert_string_equal(pan.card.masked, "541333******0011");
	assert_true(cs_event_has(&pan, CS_FIELD_BIN) && pan.flags & CS_FLAG_CARD);
	struct cs_event number = read_one(&column, "596");
	assert_true(cs_event_has(&number, CS_FIELD_CARD) && !cs_event_has(&number, CS_FIELD_BIN));
	assert_string_equal(number.card.masked, "");
	struct cs_event name = read_one(&column, "customer-596");
	assert_true(cs_event_has(&name, CS_FIELD_CARD) && number.flags & CS_FLAG_CARD);
	assert_false(cs_token_same(number.card.token, name.card.token));
	struct cs_event none = read_one(&column, "");
	assert_false(cs_event_has(&none, CS_FIELD_CARD) || none.flags & CS_FLAG_CARD);
	/* what a cell held stands nowhere in the event */
	assert_null(memmem(&pan, sizeof pan, PAN, strlen(PAN)));
}

static void
test_money(void **state)
{
	(void)state;
	struct cs_row_column column = {.name = "c", .what = CS_ROW_MONEY, .field = CS_FIELD_BILLING, .currency = 978};
	struct cs_event event = read_one(&column, "12.5");
	assert_int_equal(cs_money_minor(cs_event_money(&event, CS_FIELD_BILLING)), 1250);
	event = read_one(&column, "12.5000");
	assert_int_equal(cs_money_minor(cs_event_money(&event, CS_FIELD_BILLING)), 1250);
	event = read_one(&column, "92233720368547758.07");
	assert_int_equal(cs_money_minor(cs_event_money(&event, CS_FIELD_BILLING)), INT64_MAX);
	assert_int_equal(read_one(&column, "92233720368547758.08").kind, 0);
	assert_int_equal(read_one(&column, "1,5").kind, 0);
	assert_int_equal(read_one(&column, "+1").kind, 0);
	assert_int_equal(read_one(&column, ".5").kind, 0);
	assert_int_equal(read_one(&column, "-").kind, 0);
	column.minor = true;
	event = read_one(&column, "-7");
	assert_int_equal(cs_money_minor(cs_event_money(&event, CS_FIELD_BILLING)), -7);
	assert_int_equal(read_one(&column, "7.0").kind, 0);
	column.minor = false;
	column.currency = 392; /* no decimals */
	assert_int_equal(read_one(&column, "7.5").kind, 0);
	column.currency = 48; /* three */
	event = read_one(&column, "7.505");
	assert_int_equal(cs_money_minor(cs_event_money(&event, CS_FIELD_BILLING)), 7505);
}

/* Whole words, whatever their case; the first in the text, not in the list. */
static void
test_words(void **state)
{
	(void)state;
	static const char *const words[] = {"PAY", "REMIT"};
	static const struct cs_row_column word_columns[] = {
		{.name = "note", .what = CS_ROW_TEXT, .field = CS_FIELD_RRN, .value_n = 2, .value = words},
		{.name = "t", .what = CS_ROW_TIME, .clock = CS_ROW_SECONDS},
	};
	static const struct cs_row_plan word_plan = {
		.separator = ',', .link = 3, .key = &key, .column_n = 2, .column = word_columns};
	expect(&word_plan, "note,t\nPAY,1\nrepay PAYMENT,1\nplease Remit or pay,1\nPA,1\n,1\nX-PAY.,1\n",
	       "2@7+5 1970-01-01T00:00:01.000000000Z rrn=PAY\n"
	       "3@13+15 1970-01-01T00:00:01.000000000Z\n"
	       "4@29+21 1970-01-01T00:00:01.000000000Z rrn=REMIT\n"
	       "5@51+4 1970-01-01T00:00:01.000000000Z\n"
	       "6@56+2 1970-01-01T00:00:01.000000000Z\n"
	       "7@59+8 1970-01-01T00:00:01.000000000Z rrn=PAY\n");
}

/* What MT writes of a longer reference is what is kept of it. */
static void
test_short(void **state)
{
	(void)state;
	static const struct cs_row_column short_columns[] = {
		{.name = "ref", .what = CS_ROW_TEXT, .field = CS_FIELD_RRN, .shorten = true},
		{.name = "t", .what = CS_ROW_TIME, .clock = CS_ROW_SECONDS},
	};
	static const struct cs_row_plan short_plan = {
		.separator = ',', .link = 3, .key = &key, .column_n = 2, .column = short_columns};
	expect(&short_plan,
	       "ref,t\nABCDEFGHIJKLMNOP,1\nABCDEFGHIJKLMNOPQ,1\nABCDEFGHIJKLMNO+,1\nABCDEFGHIJKLMNOP   ,1\n"
	       "ABCDEFGHIJKLM   XYZ,1\nABC,1\n",
	       "2@6+18 1970-01-01T00:00:01.000000000Z rrn=ABCDEFGHIJKLMNOP\n"
	       "3@25+19 1970-01-01T00:00:01.000000000Z rrn=ABCDEFGHIJKLMNO+\n"
	       "4@45+18 1970-01-01T00:00:01.000000000Z rrn=ABCDEFGHIJKLMNO+\n"
	       "5@64+21 1970-01-01T00:00:01.000000000Z rrn=ABCDEFGHIJKLMNOP\n"
	       "6@86+21 1970-01-01T00:00:01.000000000Z rrn=ABCDEFGHIJKLM  +\n"
	       "7@108+5 1970-01-01T00:00:01.000000000Z rrn=ABC\n");
}

/* A quote that is never closed costs its line, not the file; a row that is too long costs itself. */
static void
test_long_rows(void **state)
{
	(void)state;
	enum { BYTES = 3 * CS_ROW_BYTES_MAX };
	static char text[BYTES + 1];
	struct cs_text out = cs_text_over(text, sizeof text);
	cs_text_put(&out, HEAD "a,1,,,,\n\"b,1,,,,\n");
	for (unsigned i = 0; i < CS_ROW_BYTES_MAX / 7; i++)
		cs_text_put(&out, "c,1,,,\n");
	cs_text_put(&out, "d,1,,,,");
	for (unsigned i = 0; i < CS_ROW_BYTES_MAX; i++)
		cs_text_put_char(&out, 'x');
	cs_text_put(&out, "\ne,1,,,,\n");
	assert_false(out.overflowed);
	char want[600];
	static const size_t pieces[] = {BYTES, 1, 4096, CS_ROW_BYTES_MAX, CS_ROW_BYTES_MAX - 1, 7};
	for (unsigned i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		uint64_t lines = read_pieces(&plan, (struct cs_span){(const uint8_t *)text, out.len}, pieces[i]);
		assert_int_equal(lines, 5 + CS_ROW_BYTES_MAX / 7);
		char *long_row = strstr(said_at, "9366@");
		assert_non_null(long_row);
		snprintf(want, sizeof want,
			 "9366@%u ! row: the row is longer than 65536 bytes; is a quote never closed?\n"
			 "9367@%zu+7 2018-04-01T00:00:01.000000000Z rrn=e\n",
			 27 + 8 + 9 + 7 * 9362, out.len - 8);
		assert_string_equal(long_row, want);
		assert_non_null(strstr(said_at, "3@35 ! row: the row is longer than 65536 bytes"));
		assert_non_null(strstr(said_at, "4@44 ! row: the row has fewer cells"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),          cmocka_unit_test(test_rows_that_are_wrong),
		cmocka_unit_test(test_header_lines), cmocka_unit_test(test_json),
		cmocka_unit_test(test_times),        cmocka_unit_test(test_texts),
		cmocka_unit_test(test_cards),        cmocka_unit_test(test_money),
		cmocka_unit_test(test_words),        cmocka_unit_test(test_short),
		cmocka_unit_test(test_long_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

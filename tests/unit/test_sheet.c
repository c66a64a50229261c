/*
 * Goal: columns of a table stand one below the other whatever their cells are written in; what is long goes on below and is cut there;
 * nothing turns the writing around.
 * Method: known answers.
 */
#include "check.h"

#include "app/sheet.c"

static struct cs_sheet
two(unsigned most)
{
	return (struct cs_sheet){3,
				 {{.title = "name", .most = most},
				  {.title = "n", .most = CS_SHEET_WIDTH_LEAST, .number = true},
				  {.title = "last", .most = most}}};
}

static const char *
drawn(struct cs_sheet *sheet, const char *const (*rows)[3], unsigned n)
{
	static char room[8 * CS_SHEET_ROW_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	struct cs_span cell[8][3];
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < 3; k++)
			cell[i][k] = cs_span_text(rows[i][k]);
		cs_sheet_measure(sheet, cell[i]);
	}
	cs_sheet_put_titles(sheet, &text);
	for (unsigned i = 0; i < n; i++)
		cs_sheet_put_row(sheet, cell[i], &text);
	return room;
}

static void
stands_in_columns(void **state)
{
	(void)state;
	static const char *const rows[][3] = {
		{"Varoe", "7", "x"},
		{"\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e", "1000", "y"}, /* three letters of Han */
		{"Mu\xcc\x88ller", "", "z"},                           /* dots over the letter before */
		{"", "12", ""},
	};
	struct cs_sheet sheet = two(20);
	assert_string_equal(drawn(&sheet, rows, 4), "name       n  last\n"
						    "Varoe      7  x\n"
						    "\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e  1000  y\n"
						    "Mu\xcc\x88ller        z\n"
						    "          12\n");
}

static void
leaves_out_what_is_empty(void **state)
{
	(void)state;
	static const char *const rows[][3] = {{"Varoe", "", "x"}};
	struct cs_sheet sheet = two(20);
	assert_string_equal(drawn(&sheet, rows, 1), "name   last\nVaroe  x\n");
}

static void
goes_on_below(void **state)
{
	(void)state;
	static const char *const rows[][3] = {
		{"one two three four five", "1", "0123456789abcdefghij"},
		{"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz and more", "2", ""},
	};
	struct cs_sheet sheet = two(13);
	assert_string_equal(drawn(&sheet, rows, 2), "name           n  last\n"
						    "one two three  1  0123456789abc\n"
						    "four five         defghij\n"
						    "abcdefghijklm  2\n"
						    "nopqrstuvwxyz\n"
						    "abcdefghijklm\n"
						    "nopqrstuvw...\n");
}

static void
is_not_turned_around(void **state)
{
	(void)state;
	static const char *const rows[][3] = {
		{"\xd9\x85\xd8\xad", "5", "\xe2\x80\xaex\x1b"},
		{"a\xcc\x80\xcc\x80\xcc\x80\xcc\x80\xcc\x80", "6", "\xcc\x80"},
	};
	struct cs_sheet sheet = two(40);
	assert_string_equal(drawn(&sheet, rows, 2),
			    "name       n  last\n"
			    "\xe2\x80\x8e\xd9\x85\xd8\xad\xe2\x80\x8e         5  [U+202E]x[U+001B]\n"
			    "a\xcc\x80\xcc\x80\xcc\x80\xcc\x80[U+0300]  6  [U+0300]\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stands_in_columns),
		cmocka_unit_test(leaves_out_what_is_empty),
		cmocka_unit_test(goes_on_below),
		cmocka_unit_test(is_not_turned_around),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

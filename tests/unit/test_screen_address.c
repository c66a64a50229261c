/*
 * Goal: what stands before an address in one line with a name is looked up as a name; what only has a number, or a word for a street, is
 * left alone.
 * Method: lines by hand; any bytes, and lines longer than are read; a roll that is asked for names with addresses, both ways of searching.
 */
#include "check.h"

#include "screen/name_address.c"
#include "screen/roll.h"

#include <stdlib.h>

static struct cs_span before[CS_NAME_CUTS_MAX];

static void
lines(void **state)
{
	(void)state;
	static const struct {
		const char *line, *first, *second;
	} cases[] = {
		{"IVO QUELLMAR 12 LENIN STR OSLO", "IVO QUELLMAR", NULL},
		{"Ivo Quellmar, 7a Harbour Road, Oslo", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Lenin Str 12 Oslo", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Varoe Karl Marx Street 12", "Ivo Quellmar Varoe Karl", "Ivo Quellmar Varoe"},
		{"Ivo Quellmar Hauptstrasse 5", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Hauptstra\u00dfe 5 Berlin", "Ivo Quellmar", NULL},
		{"IVO QUELLMAR HAUPTSTRA\u1e9eE 5", "IVO QUELLMAR", NULL},
		{"Ivo Quellmar Haupt Stra\u00dfe 5", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Hauptstr. 5, Berlin", "Ivo Quellmar", NULL},
		{"Ivo Quellmar, Prinsengracht 263", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Beethovenlaan 12", "Ivo Quellmar", NULL},
		{"Ivo Quellmar OUDEWEG 3", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Oude Weg 3", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Kongens gate 4 Oslo", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Storgata 4", "Ivo Quellmar", NULL},
		{"Ivo Quellmar Vestergade 4 K", "Ivo Quellmar", NULL},
		{"\u0625\u064a\u0641\u0648 \u0643\u0648\u064a\u0644\u0645\u0627\u0631 \u0634\u0627\u0631\u0639 "
		 "\u0627\u0644\u0645\u0644\u0643 5",
		 "\u0625\u064a\u0641\u0648 \u0643\u0648\u064a\u0644\u0645\u0627\u0631", NULL},
		{"\u0625\u064a\u0641\u0648 \u0643\u0648\u064a\u0644\u0645\u0627\u0631 \u0634\u0627\u0631\u0639 "
		 "\u0627\u0644\u0645\u0644\u0643 \u0665",
		 "\u0625\u064a\u0641\u0648 \u0643\u0648\u064a\u0644\u0645\u0627\u0631", NULL},
		{"Ivo Quellmar Rue de Marie 5", "Ivo Quellmar", NULL},
		{"Ivo Quellmar P.O. Box 123 Oslo", "Ivo Quellmar", NULL},
		{"Tessarel Shipping LLC 7 Harbour Road", "Tessarel Shipping LLC", NULL},
		{"Ivo Quellmar Lane", NULL, NULL}, /* no number */
		{"Quellmar Star 12", NULL, NULL},  /* no street */
		{"Ivo Lane 12", NULL, NULL},       /* no name before it */
		{"Ivo Quellmar Hauptstra\u00dfe", NULL, NULL},
		{"Hauptstra\u00dfe 5 Berlin", NULL, NULL},
		{"Ivo Quellmar Applegate 5", NULL, NULL},
		{"Ivo Quellmar Brigade 55", NULL, NULL},
		{"Ivo Quellmar Gro\u00df 5", NULL, NULL},
		{"12 Lenin Str Oslo", NULL, NULL},
		{"Sector 7 Road Works", NULL, NULL},
		{"", NULL, NULL},
		{"---", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *line = cases[i].line, *first = cases[i].first, *second = cases[i].second;
		unsigned n = cs_name_before_address(cs_span_text(line), before);
		assert_int_equal(n, !first ? 0 : second ? 2 : 1);
		if (first)
			assert_true(cs_span_is(before[0], first));
		if (second)
			assert_true(cs_span_is(before[1], second));
	}
}

static void
any_bytes(void **state)
{
	(void)state;
	static const char *const stock[] = {" ",        "12",      "Ivo",      "Quellmar", "str",
					    "box",      "p",       "o",        ",",        "\xff",
					    "\xd0\x98", "strasse", "7",        "\xc3\x9f", "\xe1\xba\x9e",
					    "\xe1\xba", "\xd9",    "\xd9\xa5", "\xdb\xb5"};
	uint32_t seed = 9;
	for (unsigned round = 0; round < 20000; round++) {
		size_t most = round % 100 == 0 ? 6000 : 60, len = 0;
		char *line = malloc(most + 16);
		assert_non_null(line);
		while (len < most) {
			seed = seed * 1664525 + 1013904223;
			const char *piece = stock[(seed >> 16) % (sizeof stock / sizeof *stock)];
			memcpy(line + len, piece, strlen(piece));
			len += strlen(piece);
		}
		char *copy = malloc(len); /* the sanitizer watches what is read beyond it */
		assert_non_null(copy);
		memcpy(copy, line, len);
		struct cs_span text = {(const uint8_t *)copy, len};
		unsigned n = cs_name_before_address(text, before);
		assert_true(n <= CS_NAME_CUTS_MAX && (n == 0 || len <= CS_FOLD_BYTES_MAX));
		for (unsigned i = 0; i < n; i++)
			assert_true(before[i].at == text.at && before[i].len > 0 && before[i].len < len);
		struct cs_name_version version[CS_NAME_ASKED_MAX];
		assert_true(cs_name_asked(text, version) <= CS_NAME_ASKED_MAX);
		free(copy);
		free(line);
	}
}

static void
searched(void **state)
{
	(void)state;
	static struct cs_roll_answer answer;
	static struct cs_roll_why why;
	struct cs_lexicon *lexicon = cs_lexicon_new();
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	static const char *const names[] = {"QUELLMAR, Torvald", "Lenin Varoe", "Brennick Zadumin"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct cs_entry_name text = {cs_span_text(names[i]), CS_ENTRY_PRIMARY};
		struct cs_entry entry = {
			.uid = cs_span_text(names[i]), .name = &text, .name_n = 1, .kind = CS_ENTRY_PERSON};
		assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
	}
	struct cs_roll *roll;
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	static const char *const lines[] = {"TORVALD QUELLMAR 12 LENIN STR OSLO", "Torvald Quellmar Lenin Street 12",
					    "Torvald Quellmar, Box 7, Oslo"};
	for (size_t i = 0; i < sizeof lines / sizeof *lines * 2; i++) {
		struct cs_roll_query query = {
			.name = cs_span_text(lines[i / 2]), .kind = CS_NAME_ANY, .exhaustive = i % 2};
		cs_roll_search(roll, desk, &query, &answer);
		assert_int_equal(answer.hit_n, 1);
		assert_int_equal(answer.hit[0].entry, 0);
		assert_int_equal(cs_roll_explain(roll, desk, &query, answer.hit[0].name, &why), answer.hit[0].score);
	}
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
	cs_lexicon_free(lexicon);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(any_bytes),
					   cmocka_unit_test(searched)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

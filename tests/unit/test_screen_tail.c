/*
 * Goal: a number or a date of its own behind a name, or before it, is cut off and told for what it is; a name in which such words are its own is left.
 * Method: lines by hand; parties that have such lines, with places; any bytes, and lines longer than are read; a roll that is asked, both ways of
 * searching.
 */
#include "check.h"

#include "screen/name_tail.c"
#include "screen/party.h"
#include "screen/roll.h"

#include <stdlib.h>

static struct cs_name_tail tail;

static void
lines(void **state)
{
	(void)state;
	static const struct {
		const char *line, *name;
		uint32_t born;
		const char *id; /* the last that it may be */
	} rows[] = {
		{"SNOW HERON IMO 9074729", "SNOW HERON", 0, "9074729"},
		{"Snow Heron (IMO: 9074729)", "Snow Heron", 0, "9074729"},
		{"SNOW HERON, IMO NO. 9074729, FLAG PANAMA", "SNOW HERON", 0, "9074729"},
		{"SNOW HERON IMO9074729", "SNOW HERON", 0, "9074729"},
		{"IMO 9074729 SNOW HERON", "SNOW HERON", 0, "9074729"},
		{"SNOW HERON (PANAMA) - MMSI 123456789 / IMO 9074729", "SNOW HERON (PANAMA)", 0, "9074729"},
		{"BRENNICK VAROE DOB 12.03.1970", "BRENNICK VAROE", 19700312, NULL},
		{"Brennick Varoe, D.O.B.: 12 Mar 1970", "Brennick Varoe", 19700312, NULL},
		{"Brennick Varoe date of birth 1970-03-12 Oslo", "Brennick Varoe", 19700312, NULL},
		{"Brennick Varoe born 1970", "Brennick Varoe", 19700101, NULL},
		{"Brennick Varoe, born on 25/12/1970", "Brennick Varoe", 19701225, NULL},
		{"Brennick Varoe geb. am 12.03.1970", "Brennick Varoe", 19700312, NULL},
		{"Brennick Varoe n\u00e9 le 12/03/1970", "Brennick Varoe", 0, NULL}, /* not clear, but a date */
		{"Brennick Varoe DOB 12.03.70", "Brennick Varoe", 0, NULL},
		{"Brennick Varoe DOB12031970", "Brennick Varoe", 0, NULL},
		{"BRENNICK VAROE PASSPORT AB123456", "BRENNICK VAROE", 0, "AB123456"},
		{"BRENNICK VAROE PASSPORT NO. AB 123456", "BRENNICK VAROE", 0, "AB 123456"},
		{"Brennick Varoe; passport \u2116123456", "Brennick Varoe", 0, "123456"},
		{"\u0412\u0430\u0440\u043e\u0435 \u043f\u0430\u0441\u043f\u043e\u0440\u0442 45 11 234567",
		 "\u0412\u0430\u0440\u043e\u0435", 0, "45 11 234567"},
		{"BRENNICK VAROE ID NO 7712345 DOB 1970-03-12", "BRENNICK VAROE", 19700312, "7712345"},
		{"QUELLMAR LTD IBAN GB29 NWBK 6016 1331 9268 19", "QUELLMAR LTD", 0, "GB29 NWBK 6016 1331 9268 19"},
		{"QUELLMAR LTD A/C 12345678", "QUELLMAR LTD", 0, "12345678"},
		{"QUELLMAR BANK SWIFT: QUELDEFF", "QUELLMAR BANK", 0, "QUELDEFF"},
		{"QUELLMAR LTD INN 7707083893", "QUELLMAR LTD", 0, "7707083893"},
		{"QUELLMAR WALLET 0x7F367cC41522cE07553e823bf3be79A889DEbe1B", "QUELLMAR", 0,
		 "0x7F367cC41522cE07553e823bf3be79A889DEbe1B"},
		{"PASSPORT AB123456", "", 0, "AB123456"},
		/* not a tail */
		{"BRENNICK VAROE", NULL, 0, NULL},
		{"QUELLMAR INN 24", NULL, 0, NULL},
		{"BORN FREE 2000 LTD", NULL, 0, NULL},
		{"BORN 2 RUN LTD", NULL, 0, NULL},
		{"IMO INDUSTRIES 2000", NULL, 0, NULL},
		{"SWIFT: SERVICES LTD", NULL, 0, NULL},
		{"SWIFT TRANSPORT 24", NULL, 0, NULL},
		{"SNOW HERON IMO 907472", NULL, 0, NULL}, /* no digit may be wanting */
		{"PASSPORT TO PARADISE 7", NULL, 0, NULL},
		{"IDENTITY 12345", NULL, 0, NULL},
		{"QUELLMAR 12.03.1970", NULL, 0, NULL}, /* nothing says of what */
		{"", NULL, 0, NULL},
		{":", NULL, 0, NULL},
		{"PASSPORT", NULL, 0, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(cs_name_tail_read(cs_span_text(rows[i].line), &tail), rows[i].name != NULL);
		if (!rows[i].name)
			continue;
		assert_true(cs_span_is(tail.name, rows[i].name));
		assert_int_equal(tail.born_from, rows[i].born);
		assert_int_equal(tail.id_n > 0, rows[i].id != NULL);
		if (rows[i].id)
			assert_true(cs_span_is(tail.id[tail.id_n - 1], rows[i].id));
	}
}

static void
any_bytes(void **state)
{
	(void)state;
	static const char *const stock[] = {" ",          "12", "Ivo",    "dob",  "imo",  "passport", "9074729",
					    "12.03.1970", ",",  "\xff",   "iban", "GB29", ":",        "bic",
					    "no",         "(",  "\u2116", "AB",   "id",   "a/c"};
	uint32_t seed = 9;
	unsigned cut = 0;
	for (unsigned round = 0; round < 20000; round++) {
		size_t most = round % 100 == 0 ? 6000 : 80, len = 0;
		char *line = malloc(most + 16), *copy;
		assert_non_null(line);
		while (len < most) {
			seed = seed * 1664525 + 1013904223;
			const char *piece = stock[(seed >> 16) % (sizeof stock / sizeof *stock)];
			memcpy(line + len, piece, strlen(piece));
			len += strlen(piece);
			line[len++] = ' ';
		}
		copy = malloc(len); /* the sanitizer watches what is read beyond it */
		assert_non_null(copy);
		memcpy(copy, line, len);
		struct cs_span text = {(const uint8_t *)copy, len};
		cut += cs_name_tail_read(text, &tail);
		assert_true(tail.id_n <= CS_NAME_TAIL_IDS_MAX && tail.born_from <= tail.born_to);
		for (unsigned i = 0; i < tail.id_n; i++)
			assert_true(tail.id[i].at >= text.at && tail.id[i].len &&
				    tail.id[i].at + tail.id[i].len <= text.at + len);
		assert_true(!tail.name.len ||
			    (tail.name.at >= text.at && tail.name.at + tail.name.len <= text.at + len));
		struct cs_name_version version[CS_NAME_ASKED_MAX];
		assert_true(cs_name_asked(text, version) <= CS_NAME_ASKED_MAX);
		free(copy);
		free(line);
	}
	assert_true(cut > 1000);
}

static void
parties(void **state)
{
	(void)state;
	static struct cs_party party;
	const char *text = "/123\nBRENNICK VAROE PASSPORT AB 123456 DOB 1970\n1 ROAD";
	cs_party_read(cs_span_text(text), &party);
	assert_int_equal(party.born, 19700101);
	assert_int_equal(party.born_to, 19701231);
	assert_int_equal(party.id_n, 1);
	assert_true(cs_span_is(party.id[0].text, "AB 123456"));
	assert_ptr_equal(party.id[0].text.at, text + 29);
	cs_party_read(cs_span_text("1/BRENNICK VAROE DOB 1970\n4/19610402"), &party);
	assert_int_equal(party.born, 19610402); /* what has a line of its own is said better */
	assert_int_equal(party.born_to, 19610402);
	cs_party_read(cs_span_text("QUELLMAR LTD ATTN IVO VAROE DOB 1970"), &party);
	assert_int_equal(party.born, 0); /* of another */
	cs_party_read(cs_span_text("1/BRENNICK VAROE PASSPORT AB 123\n1/456"), &party);
	assert_true(cs_span_is(party.id[party.id_n - 1].text, "AB 123\n1/456")); /* as it stands */
	assert_true(cs_span_is(cs_party_id(&party, party.id_n - 1), "AB 123 456"));
	cs_party_read(cs_span_text("1/IVO\n7/NO/998877"), &party);
	assert_true(cs_span_is(cs_party_id(&party, 0), "998877"));
	/* a name that is wrapped is read twice, and each identifier kept once */
	cs_party_read(cs_span_text("VAROE ID 12345 ID 23456 ID 34567\nHARGELMANN\n"
				   "C/O IVO ID 11111 ID 22222 ID 33333 ID 44444\n"
				   "C/O IVO ID 11112 ID 22223 ID 33334 ID 44445\n"
				   "C/O IVO ID 11113 ID 22224 ID 33335 ID 44446"),
		      &party);
	assert_int_equal(party.id_n, 3 + 3 * 4);
	assert_false(party.cut);
	char many[600];
	int len = snprintf(many, sizeof many, "IVO");
	for (unsigned i = 0; i < 3; i++)
		len += snprintf(many + len, sizeof many - (size_t)len,
				" C/O VAROE IBAN GB29 6016 1331 9268 19 1 1 1 1");
	cs_party_read(cs_span_text(many), &party);
	assert_true(party.id_n == CS_PARTY_IDS_MAX && party.cut);
}

static void
searched(void **state)
{
	(void)state;
	static struct cs_roll_answer answer;
	static struct cs_roll_why why;
	struct cs_lexicon *lexicon = cs_lexicon_new();
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	static const char *const names[] = {"QUELLMAR, Torvald", "Snow Heron", "Brennick Zadumin"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct cs_entry_name text = {cs_span_text(names[i]), CS_ENTRY_PRIMARY};
		struct cs_entry entry = {.uid = cs_span_text(names[i]),
					 .name = &text,
					 .name_n = 1,
					 .kind = i == 1 ? CS_ENTRY_VESSEL : CS_ENTRY_PERSON};
		assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
	}
	struct cs_roll *roll;
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	static const struct {
		const char *line;
		unsigned entry;
	} lines[] = {{"TORVALD QUELLMAR DOB 12.03.1970", 0},
		     {"Torvald Quellmar passport no: AB 123456", 0},
		     {"Torvald Quellmar ID 7712345 12 Lenin Str Oslo", 0},
		     {"SNOW HERON IMO 9074729", 1},
		     {"Nobody a.k.a. Brennick Zadumin born 1970", 2},
		     /* the address is that of the former, the tail that of the latter, or both have one */
		     {"Torvald Quellmar 12 Lenin Street Oslo Norway a.k.a. Nobody Atall DOB 1970", 0},
		     {"Torvald Quellmar 12 Lenin Street Oslo ID 7712345 a.k.a. Nobody Atall DOB 1970", 0}};
	for (size_t i = 0; i < sizeof lines / sizeof *lines * 2; i++) {
		struct cs_roll_query query = {
			.name = cs_span_text(lines[i / 2].line), .kind = CS_NAME_ANY, .exhaustive = i % 2};
		cs_roll_search(roll, desk, &query, &answer);
		assert_int_equal(answer.hit_n, 1);
		assert_int_equal(answer.hit[0].entry, lines[i / 2].entry);
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
					   cmocka_unit_test(parties), cmocka_unit_test(searched)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

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
		uint32_t born, born_to;
		const char *id; /* the last that it may be */
	} rows[] = {
		{"SNOW HERON IMO 9074729", "SNOW HERON", 0, 0, "9074729"},
		{"Snow Heron (IMO: 9074729)", "Snow Heron", 0, 0, "9074729"},
		{"SNOW HERON, IMO NO. 9074729, FLAG PANAMA", "SNOW HERON", 0, 0, "9074729"},
		{"SNOW HERON IMO9074729", "SNOW HERON", 0, 0, "9074729"},
		{"IMO 9074729 SNOW HERON", "SNOW HERON", 0, 0, "9074729"},
		{"SNOW HERON (PANAMA) - MMSI 123456789 / IMO 9074729", "SNOW HERON (PANAMA)", 0, 0, "9074729"},
		{"BRENNICK VAROE DOB 12.03.1970", "BRENNICK VAROE", 19700312, 19700312, NULL},
		{"Brennick Varoe, D.O.B.: 12 Mar 1970", "Brennick Varoe", 19700312, 19700312, NULL},
		{"Brennick Varoe date of birth 1970-03-12 Oslo", "Brennick Varoe", 19700312, 19700312, NULL},
		{"Brennick Varoe born 1970", "Brennick Varoe", 19700101, 19701231, NULL},
		{"Brennick Varoe, born on 25/12/1970", "Brennick Varoe", 19701225, 19701225, NULL},
		{"Brennick Varoe geb. am 12.03.1970", "Brennick Varoe", 19700312, 19700312, NULL},
		{"Brennick Varoe n\u00e9 le 12/03/1970", "Brennick Varoe", 0, 0, NULL}, /* not clear, but a date */
		{"Brennick Varoe DOB 12.03.70", "Brennick Varoe", 0, 0, NULL},
		{"Brennick Varoe DOB12031970", "Brennick Varoe", 0, 0, NULL},
		/* what stands behind a year is of an address, or a name */
		{"Torvald Melkin DOB 1961, 4 High Street Oslo", "Torvald Melkin", 19610101, 19611231, NULL},
		{"Torvald Melkin born 1961 12 Lenin Street Oslo", "Torvald Melkin", 19610101, 19611231, NULL},
		{"Torvald Melkin DOB 1961 12 3 Lenin Street", "Torvald Melkin", 19610101, 19611231, NULL},
		{"Torvald Melkin DOB 1961. 4 High Street", "Torvald Melkin", 19610101, 19611231, NULL},
		{"TORVALD MELKIN DOB 1961 JAN STEENSTRAAT 4", "TORVALD MELKIN", 19610101, 19611231, NULL},
		{"TORVALD MELKIN DOB 1961 JAN", "TORVALD MELKIN", 19610101, 19611231, NULL},
		{"TORVALD MELKIN DOB 1961-04 HIGH STREET", "TORVALD MELKIN", 19610401, 19610431, NULL},
		{"TORVALD MELKIN DOB 1961.4.2 4 HIGH STREET", "TORVALD MELKIN", 19610402, 19610402, NULL},
		{"TORVALD MELKIN DOB 04/1961 4 HIGH STREET", "TORVALD MELKIN", 19610401, 19610431, NULL},
		{"TORVALD MELKIN DOB JAN 1961 4 HIGH STREET", "TORVALD MELKIN", 19610101, 19610131, NULL},
		{"TORVALD MELKIN DOB 2 APRIL 1961 4 HIGH STREET", "TORVALD MELKIN", 19610402, 19610402, NULL},
		{"TORVALD MELKIN DOB 1961-04-02T10:30:00Z 4 HIGH STREET", "TORVALD MELKIN", 19610402, 19610402, NULL},
		/* a word for a birth that is another one, too, needs more than a year */
		{"Maria Varoe nata il 1990", "Maria Varoe", 19900101, 19901231, NULL},
		{"Maria Varoe nata 12.3.1990 Roma", "Maria Varoe", 19900312, 19900312, NULL},
		{"Ivo Varoe nato: 1990", "Ivo Varoe", 19900101, 19901231, NULL},
		{"Ivo Varoe nato nel 1990", "Ivo Varoe", 19900101, 19901231, NULL},
		{"Ivo Varoe nacido en 1990 Madrid", "Ivo Varoe", 19900101, 19901231, NULL},
		{"Ivo Varoe geb. 1990", "Ivo Varoe", 19900101, 19901231, NULL},
		{"Ivo Varoe born May 1990", "Ivo Varoe", 19900501, 19900531, NULL},
		{"Ivo Varoe (born 1990) Oslo", "Ivo Varoe", 19900101, 19901231, NULL},
		{"Ivo Varoe born 12.03.70", "Ivo Varoe", 0, 0, NULL},
		{"born 12.03.1990 Ivo Varoe", "Ivo Varoe", 19900312, 19900312, NULL},
		{"BRENNICK VAROE PASSPORT AB123456", "BRENNICK VAROE", 0, 0, "AB123456"},
		{"BRENNICK VAROE PASSPORT NO. AB 123456", "BRENNICK VAROE", 0, 0, "AB 123456"},
		{"Brennick Varoe; passport \u2116123456", "Brennick Varoe", 0, 0, "123456"},
		{"\u0412\u0430\u0440\u043e\u0435 \u043f\u0430\u0441\u043f\u043e\u0440\u0442 45 11 234567",
		 "\u0412\u0430\u0440\u043e\u0435", 0, 0, "45 11 234567"},
		{"BRENNICK VAROE ID NO 7712345 DOB 1970-03-12", "BRENNICK VAROE", 19700312, 19700312, "7712345"},
		{"QUELLMAR LTD IBAN GB29 NWBK 6016 1331 9268 19", "QUELLMAR LTD", 0, 0, "GB29 NWBK 6016 1331 9268 19"},
		{"QUELLMAR LTD A/C 12345678", "QUELLMAR LTD", 0, 0, "12345678"},
		{"QUELLMAR BANK SWIFT: QUELDEFF", "QUELLMAR BANK", 0, 0, "QUELDEFF"},
		{"OTHER HOUSE SWIFT ZADUDEFF", "OTHER HOUSE", 0, 0, "ZADUDEFF"},
		{"Other House (BIC ZADUDEFFXXX) Bremen", "Other House", 0, 0, "ZADUDEFFXXX"},
		{"OTHER HOUSE SWIFT CODE ZADUDE22", "OTHER HOUSE", 0, 0, "ZADUDE22"},
		{"other house swift: zadudeff", "other house", 0, 0, "zadudeff"},
		{"BIC ZADUDEFF", "", 0, 0, "ZADUDEFF"},
		{"QUELLMAR LTD INN 7707083893", "QUELLMAR LTD", 0, 0, "7707083893"},
		{"QUELLMAR WALLET 0x7F367cC41522cE07553e823bf3be79A889DEbe1B", "QUELLMAR", 0, 0,
		 "0x7F367cC41522cE07553e823bf3be79A889DEbe1B"},
		{"PASSPORT AB123456", "", 0, 0, "AB123456"},
		/* nobody knows it, or not in words that are read: no evidence, but no words of the name either */
		{"Brennick Varoe DOB", "Brennick Varoe", 0, 0, NULL},
		{"Brennick Varoe, DOB: unknown", "Brennick Varoe", 0, 0, NULL},
		{"Brennick Varoe DOB circa 1961", "Brennick Varoe", 0, 0, NULL},
		{"Brennick Varoe DOB 01.01.1900", "Brennick Varoe", 0, 0, NULL},
		{"Brennick Varoe DOB 19-JUN-51", "Brennick Varoe", 0, 0, NULL},
		{"Brennick Varoe n\u00e9 le 19 juin 1951", "Brennick Varoe", 0, 0, NULL},
		{"Brennick Varoe date of birth n/a passport AB123456", "Brennick Varoe", 0, 0, "AB123456"},
		{"Brennick Varoe 12.03.1961", "Brennick Varoe", 0, 0, NULL},
		{"Brennick Varoe *1961-03-12 Oslo", "Brennick Varoe", 0, 0, NULL},
		{"\u0412\u0430\u0440\u043e\u0435 \u0418\u0432\u043e 07.10.1952 \u0433.\u0440.",
		 "\u0412\u0430\u0440\u043e\u0435 \u0418\u0432\u043e", 0, 0, NULL},
		/* signs beyond ASCII stand between words, too */
		{"SNOW HERON\u00a0IMO\u00a09074729", "SNOW HERON", 0, 0, "9074729"},
		{"SNOW HERON \u2013 IMO\uff1a9074729", "SNOW HERON", 0, 0, "9074729"},
		{"SNOW HERON\u3000IMO\u200b9074729\u2069", "SNOW HERON", 0, 0, "9074729"},
		{"Ivo Varoe\u2002passport AB\u00a0123456", "Ivo Varoe", 0, 0, "AB\u00a0123456"},
		{"Ivo Varoe\u00a0\u2014\u00a0DOB\u00a012\u00a0Mar\u00a01970", "Ivo Varoe", 19700312, 19700312, NULL},
		{"Ivo Varoe nato\uff1a1990", "Ivo Varoe", 19900101, 19901231, NULL},
		{"Other House\u00a0SWIFT\uff1azadudeff", "Other House", 0, 0, "zadudeff"},
		{"OTHER HOUSE BIC\u00a0ZADUDEFF", "OTHER HOUSE", 0, 0, "ZADUDEFF"},
		/* not a tail */
		{"QUELLMAR BROTHERS BORN\u00a01970\u00a0LTD", NULL, 0, 0, NULL},
		{"Quellmar\u2116IMO 9074729", NULL, 0, 0, NULL},
		{"\u00c9IMO 9074729", NULL, 0, 0, NULL},
		{"BRENNICK VAROE", NULL, 0, 0, NULL},
		{"QUELLMAR INN 24", NULL, 0, 0, NULL},
		{"BORN FREE 2000 LTD", NULL, 0, 0, NULL},
		{"NATO 1949 LTD", NULL, 0, 0, NULL},
		{"AMICI DELLA NATO 1949", NULL, 0, 0, NULL},
		{"BORN 1970 LTD", NULL, 0, 0, NULL},
		{"BORN 4 2000 LTD", NULL, 0, 0, NULL},
		{"BORN 12 3456 LTD", NULL, 0, 0, NULL},
		{"QUELLMAR BROTHERS BORN 1970 LTD", NULL, 0, 0, NULL},
		{"Maria Nata 1990 Rossi", NULL, 0, 0, NULL},
		{"Maria Nata 1990", NULL, 0, 0, NULL},
		{"GEB 1970 GMBH", NULL, 0, 0, NULL},
		{"BORN 2 RUN LTD", NULL, 0, 0, NULL},
		{"IMO INDUSTRIES 2000", NULL, 0, 0, NULL},
		{"SWIFT: SERVICES LTD", NULL, 0, 0, NULL},
		{"Quellmar Swift Builders Ltd", NULL, 0, 0, NULL},
		{"Quellmar Swift Builders 24", NULL, 0, 0, NULL},
		{"QUELLMAR SWIFT ZADUDEF", NULL, 0, 0, NULL},
		{"QUELLMAR ARABIC ZADUDEFF", NULL, 0, 0, NULL},
		{"QUELLMAR SWIFT ZADUQQFF", NULL, 0, 0, NULL}, /* no country */
		{"BIC", NULL, 0, 0, NULL},
		{"QUELLMAR SWIFT", NULL, 0, 0, NULL},
		{"SWIFT TRANSPORT 24", NULL, 0, 0, NULL},
		{"SNOW HERON IMO 907472", NULL, 0, 0, NULL}, /* no digit may be wanting */
		{"PASSPORT TO PARADISE 7", NULL, 0, 0, NULL},
		{"IDENTITY 12345", NULL, 0, 0, NULL},
		{"QUELLMAR 12.03.1970", NULL, 0, 0, NULL}, /* nothing says of what, and one word is hardly a name */
		{"QUELLMAR UNIT 12.45.9999", NULL, 0, 0, NULL},
		{"QUELLMAR UNIT 12 03 1970", NULL, 0, 0, NULL},
		{"QUELLMAR DOB", NULL, 0, 0, NULL},
		{"QUELLMAR TRADING 2000", NULL, 0, 0, NULL},
		{"", NULL, 0, 0, NULL},
		{":", NULL, 0, 0, NULL},
		{"PASSPORT", NULL, 0, 0, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(cs_name_tail_read(cs_span_text(rows[i].line), &tail), rows[i].name != NULL);
		if (!rows[i].name)
			continue;
		assert_true(cs_span_is(tail.name, rows[i].name));
		assert_int_equal(tail.born_from, rows[i].born);
		assert_int_equal(tail.born_to, rows[i].born_to);
		assert_int_equal(tail.id_n > 0, rows[i].id != NULL);
		if (rows[i].id)
			assert_true(cs_span_is(tail.id[tail.id_n - 1].text, rows[i].id));
	}
}

static void
kinds(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum cs_entry_id_kind kind;
	} rows[] = {
		{"SNOW HERON IMO 9074729", CS_ENTRY_ID_IMO},
		{"SNOW HERON MMSI 123456789", CS_ENTRY_ID_MMSI},
		{"SNOW HERON CALL SIGN 5BXQ2", CS_ENTRY_ID_CALL_SIGN},
		{"VAROE PASSPORT NO 9074729", CS_ENTRY_ID_PASSPORT},
		{"VAROE NATIONAL ID 9074729", CS_ENTRY_ID_NATIONAL},
		{"VAROE ID 9074729", CS_ENTRY_ID_OTHER},
		{"QUELLMAR INN 7707083893", CS_ENTRY_ID_TAX},
		{"QUELLMAR OGRN 1027700132195", CS_ENTRY_ID_REGISTRATION},
		{"QUELLMAR COMPANY NO 00998877", CS_ENTRY_ID_REGISTRATION},
		{"QUELLMAR LEI 5493001KJTIIGC8Y1R12", CS_ENTRY_ID_LEI},
		{"QUELLMAR BIC ZADUDEFF", CS_ENTRY_ID_BIC},
		{"QUELLMAR A/C 00998877", CS_ENTRY_ID_ACCOUNT},
		{"QUELLMAR WALLET 0x7F367cC41522cE07553e823bf3be79A889DEbe1B", CS_ENTRY_ID_WALLET},
	};
	static struct cs_party party;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(cs_name_tail_read(cs_span_text(rows[i].line), &tail));
		assert_int_equal(tail.id_n, 1);
		assert_int_equal(tail.id[0].kind, rows[i].kind);
		cs_party_read(cs_span_text(rows[i].line), &party);
		assert_int_equal(party.id_n, 1);
		assert_int_equal(party.id[0].kind, rows[i].kind);
	}
}

static void
add(char *line, size_t cap, const char *text)
{
	size_t len = strlen(line);
	(void)snprintf(line + len, cap - len, "%s", text);
}

/* Of one tail the shortest and the longest are kept, so that another has its place. What is left out is told. */
static void
limits(void **state)
{
	(void)state;
	static struct cs_party party;
	const char *junk = "VAROE ID 10001 2 3 4 5 6 7 8 9 PASSPORT AB123456";
	static const char *const kept[] = {"10001", "10001 2 3 4 5 6 7", "10001 2 3 4 5 6 7 8", "10001 2 3 4 5 6 7 8 9",
					   "AB123456"};
	assert_true(cs_name_tail_read(cs_span_text(junk), &tail));
	assert_true(tail.cut);
	assert_int_equal(tail.id_n, 5);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		assert_true(cs_span_is(tail.id[i].text, kept[i]));
	cs_party_read(cs_span_text(junk), &party);
	assert_true(party.cut);
	assert_true(cs_name_tail_read(cs_span_text("VAROE ACCOUNT 1234 5678 9012 3456 78"), &tail));
	assert_true(tail.id_n == 4 && !tail.cut);
	char line[400] = "VAROE";
	for (unsigned i = 0; i < CS_NAME_TAIL_IDS_MAX; i++)
		add(line, sizeof line, " ID 100001");
	assert_true(cs_name_tail_read(cs_span_text(line), &tail));
	assert_true(tail.id_n == CS_NAME_TAIL_IDS_MAX && !tail.cut);
	add(line, sizeof line, " ID 99999");
	assert_true(cs_name_tail_read(cs_span_text(line), &tail));
	assert_true(tail.id_n == CS_NAME_TAIL_IDS_MAX && tail.cut);
	*line = 0;
	for (unsigned i = 0; i < WORDS_MAX - 2; i++)
		add(line, sizeof line, "Ivo ");
	add(line, sizeof line, "ID 12345.");
	assert_true(cs_name_tail_read(cs_span_text(line), &tail));
	assert_true(tail.id_n == 1 && !tail.cut);
	add(line, sizeof line, " x");
	assert_true(cs_name_tail_read(cs_span_text(line), &tail));
	assert_true(tail.id_n == 1 && tail.cut);
	memmove(line + 4, line, strlen(line) + 1); /* the number is not looked at */
	assert_false(cs_name_tail_read(cs_span_text(line), &tail));
	assert_true(tail.cut && !tail.id_n);
	static char wide[CS_FOLD_BYTES_MAX + 2];
	memset(wide, ' ', sizeof wide - 1);
	memcpy(wide, "Ivo ID 12345", 12);
	assert_true(cs_name_tail_read(cs_span_text(wide), &tail));
	assert_true(tail.cut);
	wide[CS_FOLD_BYTES_MAX] = 0;
	assert_true(cs_name_tail_read(cs_span_text(wide), &tail));
	assert_false(tail.cut);
}

static void
any_bytes(void **state)
{
	(void)state;
	static const char *const stock[] = {" ",       "12",         "Ivo",    "dob",    "imo",     "passport",
					    "9074729", "12.03.1970", ",",      "\xff",   "iban",    "GB29",
					    ":",       "bic",        "no",     "(",      "\u2116",  "AB",
					    "id",      "a/c",        "\u00a0", "\uff1a", "\xe2\x80"};
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
			assert_true(tail.id[i].text.at >= text.at && tail.id[i].text.len &&
				    tail.id[i].text.at + tail.id[i].text.len <= text.at + len);
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
				" C/O VAROE ID 10001 ID 10002 ID 10003 ID 10004 ID 10005 ID 10006");
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines),   cmocka_unit_test(kinds),
					   cmocka_unit_test(limits),  cmocka_unit_test(any_bytes),
					   cmocka_unit_test(parties), cmocka_unit_test(searched)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: listed names and identifiers are found in running text wherever they stand, whole or damaged, with the bytes they stand at; ordinary
 * words are no names; the cost grows with the words of the text only.
 * Method: a small roll of made-up names; texts by hand, told back; looks counted; any bytes; texts made to be as dear as possible.
 */
#include "check.h"

#include "screen/prose.c"

static struct cs_lexicon *lexicon;
static struct cs_roll *roll;
static struct cs_roll_desk *desk;
static struct cs_prose prose;
static struct cs_prose_ordinary ordinary;
static struct cs_prose_ask ask;

/* The number of an entry is its place here. */
static const struct {
	const char *name, *id;
	uint8_t kind;
} listed[] = {
	{"Ivo Quellmar", "", CS_ENTRY_PERSON},
	{"Zadumin Oskarovich Varoe", "", CS_ENTRY_PERSON},
	{"Blue Quorl Trading Ltd", "9074729", CS_ENTRY_ORGANISATION},
	{"Hargelmann Vostrikoff", "NO8330001234567", CS_ENTRY_ORGANISATION},
	{"Ri Jon-Mak", "", CS_ENTRY_PERSON},
	{"Sepanirak", "0x52908400098527886E0F7030069857D2E4169EE7", CS_ENTRY_ORGANISATION},
	{"Tuvelasta", "", CS_ENTRY_VESSEL},
	{"Abdulmorhav Kesimoglar", "", CS_ENTRY_PERSON},
	{"\xe7\x8e\x8b\xe5\xbe\xb7\xe9\xa1\xba", "", CS_ENTRY_PERSON},
	{"Orvinskaya", "", CS_ENTRY_PERSON},
	{"Morhav Sela Trading and Marketing Company for International Goods", "", CS_ENTRY_ORGANISATION},
};

enum { LISTED_N = sizeof listed / sizeof listed[0] };

static int
begin(void **state)
{
	(void)state;
	lexicon = cs_lexicon_new();
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	if (!lexicon || !builder)
		return -1;
	for (unsigned i = 0; i < LISTED_N; i++) {
		const struct cs_entry_name name = {cs_span_text(listed[i].name), CS_ENTRY_PRIMARY};
		const struct cs_entry_id id = {cs_span_text(listed[i].id), CS_ENTRY_ID_OTHER, 0};
		const struct cs_entry entry = {
			.uid = name.text, .kind = listed[i].kind, .name = &name, .name_n = 1, .id = &id, .id_n = 1};
		if (cs_roll_builder_add(builder, 0, &entry) != CS_OK)
			return -1;
	}
	if (cs_roll_builder_end(builder, &roll) != CS_OK || !(desk = cs_roll_desk_new(roll)))
		return -1;
	cs_prose_ordinary_fill(&ordinary);
	ask = (struct cs_prose_ask){.roll = roll,
				    .desk = desk,
				    .lexicon = lexicon,
				    .ordinary = &ordinary,
				    .as = {.line = 560},
				    .rare = 95,
				    .least = 120,
				    .alone = 140};
	return 0;
}

static int
end(void **state)
{
	(void)state;
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
	cs_lexicon_free(lexicon);
	return 0;
}

/* "0 at Ivo Quellmar|100 at ..." */
static const char *
told(const char *text)
{
	static char out[1024];
	out[0] = '\0';
	cs_prose_read(&ask, cs_span_text(text), &prose);
	for (unsigned i = 0; i < prose.hit_n; i++) {
		size_t len = strlen(out);
		(void)snprintf(out + len, sizeof out - len, "%s%u at %.*s", i ? "|" : "", prose.hit[i].entry,
			       (int)(prose.hit[i].to - prose.hit[i].from), text + prose.hit[i].from);
	}
	return out;
}

static void
texts(void **state)
{
	(void)state;
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"", ""},
		{"INVOICE 4711 FOR GOODS DELIVERED IN MARCH", ""},
		{"PAYMENT FOR IVO QUELLMAR INVOICE 4711", "0 at IVO QUELLMAR"},
		{"/INS/QUELLMAR, IVO/REF 12", "0 at QUELLMAR, IVO"},
		{"/BNF/RENT FOR IVO\n//QUELLMAR MARCH", "0 at IVO\n//QUELLMAR"},
		{"LOAN OF VAROE ZADUMIN OSKAROVICH AND IVO QUELLMAR",
		 "1 at VAROE ZADUMIN OSKAROVICH|0 at IVO QUELLMAR"},
		{"GOODS FROM BLUE QUORL TRADING LTD OSLO", "2 at BLUE QUORL TRADING LTD"},
		{"A BLUE CAR AND TRADING", ""},
		/* names of short words, which are not rare by themselves */
		{"TUITION RI JON-MAK SUMMER", "4 at RI JON-MAK"},
		{"TUITION RI AND JON SUMMER", ""},
		/* one of two rare words misspelled */
		{"FOR HARGELMANN VOSTRIKOF RENT", "3 at HARGELMANN VOSTRIKOF"},
		{"FOR HARGELLMANN VOSTRIKOFF RENT", "3 at HARGELLMANN VOSTRIKOFF"},
		/* written together, and apart */
		{"RENT IVOQUELLMAR MARCH", "0 at IVOQUELLMAR"},
		{"RENT ZADUMIN OSKAROVICHVAROE MARCH", "1 at ZADUMIN OSKAROVICHVAROE"},
		{"RENT HARGEL MANN VOSTRIKOFF MARCH", "3 at HARGEL MANN VOSTRIKOFF"},
		/* words that reading a name cuts */
		{"RENT ABDULMORHAV KESIMOGLAR MARCH", "7 at ABDULMORHAV KESIMOGLAR"},
		{"RENT \xe7\x8e\x8b\xe5\xbe\xb7\xe9\xa1\xba MARCH", "8 at \xe7\x8e\x8b\xe5\xbe\xb7\xe9\xa1\xba"},
		/* a word alone: of firms, not beside other names; not of ships and persons */
		{"PAYMENT TO SEPANIRAK FOR GOODS", "5 at SEPANIRAK"},
		{"PAYMENT TO SEPANIRAK OLSENBERG FOR GOODS", ""},
		{"PAYMENT TO SEPANIRAK LTD OLSENBERG FOR GOODS", "5 at SEPANIRAK"},
		{"Payment to Sepanirak for goods", "5 at Sepanirak"},
		{"Payment to sepanirak for goods", ""},
		{"SALE OF TUVELASTA AND ORVINSKAYA", ""},
		/* long names */
		{"FROM MORHAV SELA TRADING AND MARKETING COMPANY FOR INTERNATIONAL GOODS AGREED",
		 "10 at MORHAV SELA TRADING AND MARKETING COMPANY FOR INTERNATIONAL GOODS"},
		/* the end of a full line cuts a word */
		{"PAYMENT OF RENT FOR MARCH HARGELMANN VOSTR\nIKOFF", "3 at HARGELMANN VOSTR\nIKOFF"},
		{"PAYMENT OF RENT FOR MARCH APRIL QUELL\nMAR IVO", "0 at QUELL\nMAR IVO"},
		/* identifiers */
		{"TO NO8330001234567.", "3 at NO8330001234567"},
		{"TO NO83 3000 1234 567 NOW", "3 at NO83 3000 1234 567"},
		{"WALLET 0x52908400098527886E0F7030069\n857D2E4169EE7 OK",
		 "5 at 0x52908400098527886E0F7030069\n857D2E4169EE7"},
		{"MV STAR IMO 9074729/OSLO", "2 at 9074729"},
		{"REF 99074729", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(told(rows[i].text), rows[i].told);
}

/* Each word costs a look, and only those of the lists a search. */
static void
cost(void **state)
{
	(void)state;
	(void)told("THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG 12345 TIMES A DAY");
	assert_int_equal(prose.search_n, 0);
	(void)told("THE QUICK BROWN QUELLMAR JUMPS OVER THE LAZY DOG");
	assert_int_equal(prose.search_n, 1);
	static char text[1 << 20];
	for (size_t i = 0; i + 9 < sizeof text; i += 9)
		memcpy(text + i, "QUELLMAR ", 9);
	(void)told(text);
	assert_true(prose.cut && prose.search_n <= CS_PROSE_SEARCHES_MAX);
	for (size_t i = 0; i + 9 < sizeof text; i += 9)
		memcpy(text + i, "A1234567 ", 9);
	(void)told(text);
	assert_true(prose.cut && prose.identify_n <= CS_PROSE_SEARCHES_MAX);
	for (size_t i = 0; i + 3 < sizeof text; i += 3)
		memcpy(text + i, "AB ", 3);
	(void)told(text);
	assert_true(prose.cut && prose.word_n == CS_PROSE_WORDS_MAX);
}

/* Words that very many names have: what may be done for a text has an end, which is told; a rare name is found all the same. */
static void
work(void **state)
{
	(void)state;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_roll *many = NULL;
	struct cs_prose_ask of = ask;
	static char text[8192];
	size_t n = 0;
	for (unsigned i = 0; i < 3000; i++) {
		char name[64];
		(void)snprintf(name, sizeof name, "Tavonek Menkaril %c%cv%coz", 'a' + i % 26, 'a' + i / 26 % 26,
			       'a' + i / 676);
		const struct cs_entry_name only = {cs_span_text(i ? name : "Ivo Quellmar"), CS_ENTRY_PRIMARY};
		const struct cs_entry entry = {.uid = only.text, .name = &only, .name_n = 1};
		assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
	}
	assert_int_equal(cs_roll_builder_end(builder, &many), CS_OK);
	of.roll = many;
	of.desk = cs_roll_desk_new(many);
	assert_non_null(of.desk);
	for (unsigned i = 0; i < 400; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "TAVONEK MENKARIL ");
	cs_prose_read(&of, cs_span_text(text), &prose);
	assert_true(prose.cut && prose.left == 0 && prose.hit_n == 0);
	(void)snprintf(text + n, sizeof text - n, "PAYMENT OF IVO QUELLMAR");
	cs_prose_read(&of, cs_span_text(text), &prose);
	assert_true(prose.cut && prose.hit_n == 1 && prose.hit[0].entry == 0);
	cs_roll_desk_free(of.desk);
	cs_roll_free(many);
}

static void
many_hits(void **state)
{
	(void)state;
	char text[8192] = "";
	for (unsigned i = 0; i < 80; i++)
		(void)strncat(text, "IVO QUELLMAR, PLUS ONE TWO THREE FOUR FIVE. ", sizeof text - strlen(text) - 1);
	cs_prose_read(&ask, cs_span_text(text), &prose);
	assert_true(prose.cut);
	assert_int_equal(prose.hit_n, CS_PROSE_HITS_MAX);
	for (unsigned i = 1; i < prose.hit_n; i++)
		assert_true(prose.hit[i - 1].from < prose.hit[i].from);
}

static void
any_bytes(void **state)
{
	(void)state;
	static const char seed[] = "RENT IVO QUELLMAR\n//NO83 3000 1234 567 \xd0\x98\xd0\xb2\xd0\xbe \xe7\x8e\x8b";
	uint8_t bytes[sizeof seed];
	size_t len = sizeof seed - 1;
	memcpy(bytes, seed, sizeof seed);
	for (size_t at = 0; at < len * 256; at++) {
		uint8_t was = bytes[at / 256];
		bytes[at / 256] = (uint8_t)at;
		cs_prose_read(&ask, (struct cs_span){bytes, len}, &prose);
		for (unsigned i = 0; i < prose.hit_n; i++)
			assert_true(prose.hit[i].from < prose.hit[i].to && prose.hit[i].to <= len);
		bytes[at / 256] = was;
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),     cmocka_unit_test(cost),      cmocka_unit_test(work),
		cmocka_unit_test(many_hits), cmocka_unit_test(any_bytes),
	};
	return cmocka_run_group_tests(tests, begin, end);
}

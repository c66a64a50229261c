/*
 * Goal: each format of watch list gives the entries that stand in it, and anything else a stated answer.
 * Method: lists of invented names (tests/vectors/lists) for each format; dates and countries by hand; hostile files made here.
 */
#include "check.h"

#include "screen/watch_list.c"

#include "screen/fold.h"

#include <stdio.h>

enum { ENTRIES = 8, TEXT = 2000, FILE_MAX = 1 << 16 };

/* What was handed over, as one line of text for each entry. */
struct seen {
	unsigned n;
	char line[ENTRIES][TEXT];
};

static struct seen seen;
static struct cs_watch_list_report report;

static enum cs_error
note(void *context, const struct cs_entry *entry)
{
	(void)context;
	struct cs_text text = cs_text_over(seen.line[seen.n % ENTRIES], TEXT);
	seen.n++;
	cs_text_put_span(&text, entry->uid);
	for (size_t i = 0; i < entry->name_n; i++) {
		cs_text_put(&text, "|");
		cs_text_put_char(&text, "PAWFO"[entry->name[i].kind]);
		cs_text_put_span(&text, entry->name[i].text);
	}
	for (size_t i = 0; i < entry->id_n; i++) {
		cs_text_put(&text, "|#");
		cs_text_put_u64(&text, entry->id[i].kind);
		cs_text_put_char(&text, ' ');
		cs_text_put_span(&text, entry->id[i].text);
	}
	for (size_t i = 0; i < entry->birth_n; i++) {
		cs_text_put(&text, "|*");
		cs_text_put_u64(&text, entry->birth[i].from);
		cs_text_put_char(&text, '-');
		cs_text_put_u64(&text, entry->birth[i].to);
	}
	for (size_t i = 0; i < entry->country_n; i++) {
		cs_text_put(&text, "|@");
		cs_text_put_u64(&text, entry->country[i]);
	}
	if (entry->gender)
		cs_text_put_char(&text, entry->gender);
	return CS_OK;
}

static enum cs_error
read_spans(const struct cs_span *file, unsigned n, enum cs_watch_list_format format)
{
	struct cs_watch_list_source source = {format, file, n, NULL};
	memset(&seen, 0, sizeof seen);
	return cs_watch_list_read(&source, note, NULL, &report);
}

static enum cs_error
read_text(const char *text, enum cs_watch_list_format format)
{
	struct cs_span file = cs_span_text(text);
	return read_spans(&file, 1, format);
}

static struct cs_span
load(const char *name)
{
	static uint8_t room[4][FILE_MAX];
	static unsigned next;
	char path[512];
	uint8_t *at = room[next++ % 4];
	(void)snprintf(path, sizeof path, "%s/tests/vectors/lists/%s", getenv("COUNTERSIGN_ROOT"), name);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t n = fread(at, 1, FILE_MAX, file);
	assert_int_equal(fclose(file), 0);
	return (struct cs_span){at, n};
}

static enum cs_error
read_file(const char *name)
{
	struct cs_span file = load(name);
	return read_spans(&file, 1, CS_WATCH_LIST_GUESS);
}

static void
ofac(void **state)
{
	(void)state;
	struct cs_span file[] = {load("ofac_comments.csv"), load("ofac_sdn.csv"), load("ofac_add.csv"),
				 load("ofac_alt.csv")};
	assert_int_equal(read_spans(file, 4, CS_WATCH_LIST_GUESS), CS_OK);
	assert_int_equal(report.format, CS_WATCH_LIST_OFAC);
	assert_int_equal(seen.n, 3);
	assert_string_equal(seen.line[0],
			    "101|PVAROE, Brennick Tal|AVAROE, Brenik|FVARO, Brennick|WTHE HERON; ELDER|#3 X1234567|#12 "
			    "1VaroeInventedAddress9|#4 998877|*19610312-19610312|*19620101-19641231|@364m");
	assert_string_equal(seen.line[1], "102|POLLAN HARBOUR TRADING CO., LTD.|FOLLAN \"BAY\" TRADING|#5 77001122|#6 "
					  "55-01|#1 OLLNRUMM");
	assert_string_equal(seen.line[2], "103|PHERON OF OLLAN|ABLUE HERON|#9 XVAA7|#7 9074729|#8 352001234|@591");
	assert_int_equal(report.loose_n, 1);
	assert_int_equal(report.row_bad_n, 0);
	assert_int_equal(report.row_n, 9);
	assert_true(report.end_mark);
	struct cs_digest version = report.version;
	struct cs_span other[] = {file[3], file[2], file[1], file[0]};
	assert_int_equal(read_spans(other, 4, CS_WATCH_LIST_OFAC), CS_OK);
	assert_true(cs_digest_same(&version, &report.version)); /* in whichever order the files are named */
	assert_int_equal(read_spans(&file[3], 1, CS_WATCH_LIST_OFAC), CS_E_FORMAT);
}

static void
others(void **state)
{
	(void)state;
	static const struct {
		const char *file, *date, *line;
		unsigned n;
	} rows[] = {
		{"ofac.xml", "11/20/2026",
		 "101|PVAROE, Brennick Tal|WTHE HERON & SON|FVARO, Brennick|#3 X1234567|*19610312-19610312|@364", 1},
		{"un.xml", "2026-11-20T00:00:00Z",
		 "XXi.001|PBRENNICK TAL VAROE|O\u0411\u0440\u0435\u043d\u043d\u0438\u043a "
		 "\u0412\u0430\u0440\u043e\u044d|ABrenik Varo|WAbu Heron|#3 X1234567|*19600101-19621231|@364",
		 2},
		{"eu.xml", "2026-11-20T10:00:00.000+01:00",
		 "EU.9001.1|PBrennick Tal Varoe|WAbu Heron|#3 X1234567|*19610312-19610312|*19620101-19641231|@364m", 1},
		{"uk.csv", "20-Nov-2026",
		 "INV0001|PBrennick Tal VAROE|WBrenik VAROE|O\u0411\u0440\u0435\u043d\u043d\u0438\u043a|#3 "
		 "X1234567|*19630101-19631231|*19610312-19610312|@364|@368m",
		 2},
		{"opensanctions.csv", "",
		 "INV-1|PBrennick Varoe|ABrenik Varo|AAbu Heron|#0 X1234567|*19610312-19610312|*19630101-19631231|@364",
		 2},
		{"ftm.json", "", "INV-1|PBrennick Varoe|ABrenik Varo|WAbu Heron|#3 X1234567|*19610312-19610312|@364m",
		 3},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(read_file(rows[i].file), CS_OK);
		assert_string_equal(seen.line[0], rows[i].line);
		assert_string_equal(report.date, rows[i].date);
		assert_int_equal(seen.n, rows[i].n);
		assert_int_equal(report.row_bad_n, 0);
	}
	assert_int_equal(report.other_n, 1);
	assert_int_equal(report.id_of[CS_ENTRY_ID_WALLET], 1);
}

static void
own(void **state)
{
	(void)state;
	struct cs_watch_list_map map;
	const char *why = NULL;
	struct cs_span file = load("own.csv");
	assert_true(cs_watch_list_map(cs_span_text("id=Number,name=full name,alias=Also,birth=DOB,country=Land"), &map,
				      &why));
	struct cs_watch_list_source source = {CS_WATCH_LIST_CSV, &file, 1, &map};
	memset(&seen, 0, sizeof seen);
	assert_int_equal(cs_watch_list_read(&source, note, NULL, &report), CS_OK);
	assert_string_equal(seen.line[0], "1|PBrennick Varoe|ABrenik Varo|AB. Varo|*19610312-19610312|@364");
	assert_string_equal(seen.line[1], "2|POllan Harbour Trading|@643");
	assert_int_equal(read_spans(&file, 1, CS_WATCH_LIST_CSV), CS_E_FORMAT); /* without a mapping */
	assert_false(cs_watch_list_map(cs_span_text("id=Number"), &map, &why));
	assert_false(cs_watch_list_map(cs_span_text("colour=Number"), &map, &why));
	assert_false(cs_watch_list_map(cs_span_text("name"), &map, &why));
	assert_int_equal(read_text("name,alias\nA B C,\n", CS_WATCH_LIST_CSV), CS_OK);
	assert_string_equal(seen.line[0], "A B C|PA B C");
}

/* A column that the mapping names and the header line does not have would be searched by nobody. */
static void
lacking(void **state)
{
	(void)state;
	static const struct {
		const char *map, *text, *why;
		unsigned line;
	} rows[] = {
		{"name=Name,alias=Aka", "Name,Alias\nA B,C D\n",
		 "the header line has no column \"Aka\" that the mapping names; it has Name, Alias", 1},
		{"name=Nme,alias=Alias", "Report of today\nName,Alias\nA B,C D\n",
		 "the header line has no column \"Nme\" that the mapping names; it has Name, Alias", 2},
		{"name=Nme", "Na\x1bme;\"x\"\"y\"\nA B;C D\n",
		 "the header line has no column \"Nme\" that the mapping names; it has Na[U+001B]me, x\"y", 1},
		{"name=Name", "", "there is no header line in it", 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_watch_list_map map;
		const char *why = NULL;
		struct cs_span file = cs_span_text(rows[i].text);
		struct cs_watch_list_source source = {CS_WATCH_LIST_CSV, &file, 1, &map};
		assert_true(cs_watch_list_map(cs_span_text(rows[i].map), &map, &why));
		memset(&seen, 0, sizeof seen);
		assert_int_equal(cs_watch_list_read(&source, note, NULL, &report), CS_E_FORMAT);
		assert_int_equal(seen.n, 0);
		assert_false(report.unmapped);
		assert_int_equal(report.fault_n, 1);
		assert_string_equal(report.fault[0].why, rows[i].why);
		assert_int_equal(report.fault[0].line, rows[i].line);
	}
	static char wide[1 << 16];
	struct cs_text text = cs_text_over(wide, sizeof wide);
	for (unsigned i = 0; i < 200; i++)
		cs_text_put(&text, i ? ",\xc3\xbc\xff" : "x");
	for (unsigned i = 0; i < 2000; i++)
		cs_text_put(&text, "\xc3\xbc");
	struct cs_watch_list_map map;
	const char *why = NULL;
	struct cs_span file = cs_span_text(wide);
	struct cs_watch_list_source source = {CS_WATCH_LIST_CSV, &file, 1, &map};
	assert_true(cs_watch_list_map(cs_span_text("name=Name"), &map, &why));
	assert_int_equal(cs_watch_list_read(&source, note, NULL, &report), CS_E_FORMAT);
	assert_true(strlen(report.lacks) < CS_WATCH_LIST_LACKS_MAX);
	assert_string_equal(report.lacks + strlen(report.lacks) - 5, ", ...");
	assert_string_equal(report.lacks, report.fault[0].why);
}

static void
dates(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t from, to;
	} rows[] = {
		{"12 Dec 1965", 19651212, 19651212},
		{"Dec 1965", 19651201, 19651231},
		{"1965", 19650101, 19651231},
		{"circa 1965", 19640101, 19661231},
		{"1964 to 1966", 19640101, 19661231},
		{"01 Jan 1962 to 31 Dec 1963", 19620101, 19631231},
		{"1965-02-03", 19650203, 19650203},
		{"1968-02", 19680201, 19680229},
		{"24/06/1964", 19640624, 19640624},
		{"00/09/1962", 19620901, 19620930},
		{"00/00/1936", 19360101, 19361231},
		{"dd/mm/1953", 19530101, 19531231},
		{"1959-09-24T00:00:00", 19590924, 19590924},
		{"1958-1963", 19580101, 19631231},
		{"unknown", 0, 0},
		{"", 0, 0},
		{"31 Feb 1960", 0, 0},
		{"99/99/1960", 0, 0},
		{"99999999999999999999", 0, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_entry_birth birth = {0};
		assert_int_equal(cs_list_date_read(cs_span_text(rows[i].text), &birth), rows[i].from != 0);
		if (rows[i].from) {
			assert_int_equal(birth.from, rows[i].from);
			assert_int_equal(birth.to, rows[i].to);
		}
	}
}

static void
countries(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint16_t number;
	} rows[] = {
		{"ir", 364},
		{"IR", 364},
		{"Iran (Islamic Republic of)", 364},
		{"Korea, North", 408},
		{"The Gambia", 270},
		{"North Macedonia, The Republic of", 807},
		{"USSR (now Belarus)", 112},
		{"Pakistani", 586},
		{"T\u00fcrkiye", 792},
		{"C\u00f4te d'Ivoire", 384},
		{"Atlantis", 0},
		{"", 0},
		{"Region: Gaza", 275},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(cs_list_place_country(cs_span_text(rows[i].text)), rows[i].number);
}

static void
broken_rows(void **state)
{
	(void)state;
	const char text[] = "id,name\r\n1,ALDA VARO\n2,\"never closed\n3,TOO,MANY\r4,BRENNICK\n\x1a\n5,AFTER THE "
			    "MARK\n6,\n7,X\n\x1a";
	struct cs_span file = {(const uint8_t *)text, sizeof text - 1};
	assert_int_equal(read_spans(&file, 1, CS_WATCH_LIST_CSV), CS_OK);
	assert_int_equal(seen.n, 4); /* 1, 4, 5, and 7: one letter is a name too */
	assert_string_equal(seen.line[2], "5|PAFTER THE MARK");
	assert_string_equal(seen.line[3], "7|PX");
	assert_int_equal(report.row_n, 8);
	assert_int_equal(report.row_bad_n, 4);
	assert_int_equal(report.fault[0].line, 3);
	assert_int_equal(report.fault[0].offset, 21);
	assert_int_equal(report.fault[1].line, 4);
	assert_int_equal(report.fault[2].line, 6);
	assert_int_equal(report.fault[3].line, 8);
	assert_int_equal(report.crlf_n, 1);
	assert_int_equal(report.cr_n, 1);
	assert_int_equal(report.empty_n, 1);
	assert_true(report.end_mark);
}

static void
names(void **state)
{
	(void)state;
	enum { MILLION = 1000000 };
	static char text[MILLION + 64];
	static struct cs_folded folded, clean;
	size_t n = (size_t)snprintf(text, sizeof text, "id,name\n1,");
	memset(text + n, 'a', MILLION);
	assert_int_equal(read_text(text, CS_WATCH_LIST_CSV), CS_OK);
	assert_int_equal(report.long_n, 1);
	assert_int_equal(report.name_n, 1);
	assert_int_equal(read_text("id,name\n1,M\xdcLLER\n", CS_WATCH_LIST_CSV), CS_OK); /* Windows-1252 */
	assert_string_equal(seen.line[0], "1|PM\u00dcLLER");
	assert_int_equal(report.recoded_n, 1);
	n = (size_t)snprintf(text, sizeof text, "id,name\n1,\u202eVaro"); /* another direction, and a bomb of marks */
	for (unsigned i = 0; i < 1000; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "\u0301");
	assert_int_equal(read_text(text, CS_WATCH_LIST_CSV), CS_OK);
	cs_fold(cs_span_text(seen.line[0] + 3), &folded);
	cs_fold(cs_span_text("Varo"), &clean);
	assert_int_equal(folded.letter_n, clean.letter_n);
	assert_memory_equal(folded.letters, clean.letters, clean.letter_n);
	assert_int_equal(read_text("id,name\n", CS_WATCH_LIST_CSV), CS_E_TRUNCATED);
	assert_int_equal(read_text("", CS_WATCH_LIST_GUESS), CS_E_FORMAT);
	assert_int_equal(read_text("\x1f\x8b\x08", CS_WATCH_LIST_GUESS), CS_E_UNSUPPORTED);
	assert_int_equal(read_text("\xff\xfei", CS_WATCH_LIST_GUESS), CS_E_UNSUPPORTED);
}

/* Names that begin and never end: each was looked for in the whole rest once, which took a quarter of an hour. */
static void
long_remarks(void **state)
{
	(void)state;
	enum { BYTES = 3 << 20 };
	static const char *const pieces[] = {"a. '", "abcdefga. 'x;"};
	static char text[BYTES + 256];
	for (unsigned k = 0; k < 2; k++) {
		size_t n = (size_t)snprintf(text, sizeof text, "1,\"VARO, Brennick\",,X,,,,,,,,\"a.k.a. 'ONE; IT'S'; ");
		while (n < BYTES)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s", pieces[k]);
		(void)snprintf(text + n, sizeof text - n, "x\"\n");
		assert_int_equal(read_text(text, CS_WATCH_LIST_OFAC), CS_OK);
		assert_string_equal(seen.line[0], "1|PVARO, Brennick|WONE; IT'S");
	}
}

static void
broken_xml(void **state)
{
	(void)state;
	static char deep[4096];
	size_t n_deep = (size_t)snprintf(deep, sizeof deep, "<sdnList>");
	for (unsigned i = 0; i < 100; i++)
		n_deep += (size_t)snprintf(deep + n_deep, sizeof deep - n_deep, "<a>");
	assert_int_equal(read_text(deep, CS_WATCH_LIST_GUESS), CS_E_LIMIT);
	assert_int_equal(read_text("<!DOCTYPE x [<!ENTITY a \"b\">]><sdnList>&a;</sdnList>", CS_WATCH_LIST_OFAC_XML),
			 CS_E_SYNTAX);
	assert_string_equal(report.fault[0].why, "a document type and its entities are refused");
	assert_int_equal(
		read_text("<sdnList><sdnEntry><uid>1</uid><lastName>A</lastName></sdnEntry>", CS_WATCH_LIST_GUESS),
		CS_E_SYNTAX); /* cut off: what was handed over is no list */
	assert_int_equal(seen.n, 1);
	assert_int_equal(read_text("<sdnList><sdnEntry/><sdnEntry><lastName>A</lastName></sdnEntry></sdnList>",
				   CS_WATCH_LIST_GUESS),
			 CS_OK);
	assert_int_equal(report.row_bad_n, 1);
	struct cs_span whole = load("un.xml");
	for (size_t n = 0; n < whole.len; n += 7) {
		struct cs_span part = {whole.at, n};
		if (n + 1 < whole.len)
			assert_int_not_equal(read_spans(&part, 1, CS_WATCH_LIST_UN), CS_OK);
	}
}

static void
broken_json(void **state)
{
	(void)state;
	const char *text = "{\"id\":\"1\",\"schema\":\"Person\",\"properties\":{\"name\":[\"A "
			   "B\"]}}\n{\"id\":\n[]\n{\"id\":\"\xff\"}\n";
	assert_int_equal(read_text(text, CS_WATCH_LIST_GUESS), CS_OK);
	assert_int_equal(seen.n, 1);
	assert_int_equal(report.row_n, 4);
	assert_int_equal(report.row_bad_n, 3);
	assert_int_equal(report.fault[0].line, 2);
}

/* A list's own date, as each format writes it; "" and what is no day are none. */
static void
own_dates(void **state)
{
	(void)state;
	static const struct {
		enum cs_watch_list_format format;
		const char *date;
		uint64_t day; /* since 1970; 0: none */
	} rows[] = {
		{CS_WATCH_LIST_OFAC_XML, "03/04/2026", 20516}, /* 4 March */
		{CS_WATCH_LIST_OFAC_XML, "13/04/2026", 0},
		{CS_WATCH_LIST_OFAC_XML, "03/2026", 0},
		{CS_WATCH_LIST_OFAC_XML, "100/04/2026", 0},
		{CS_WATCH_LIST_OFAC_XML, "4294967295/4294967295/4294967295", 0},
		{CS_WATCH_LIST_UK, "03/04/2026", 20546}, /* 3 April */
		{CS_WATCH_LIST_UK, "13-May-2026", 20586},
		{CS_WATCH_LIST_UN, "2026-05-13T00:00:02.123Z", 20586},
		{CS_WATCH_LIST_EU, "2026-05-13T11:02:01.000+02:00", 20586},
		{CS_WATCH_LIST_UN, "2026-05", 0},
		{CS_WATCH_LIST_UN, "1965-01-01", 0},
		{CS_WATCH_LIST_UN, "", 0},
		{CS_WATCH_LIST_CSV, "soon", 0},
	};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint64_t seconds = 0;
		assert_int_equal(cs_watch_list_day(rows[i].format, rows[i].date, &seconds), rows[i].day != 0);
		assert_int_equal(seconds, rows[i].day * 86400);
	}
}

/* One number in many main rows and in many rows beside them: their product is not read, and that is told. */
static void
numbers_again(void **state)
{
	(void)state;
	enum { MAIN_ROWS = 2000, ALT_ROWS = 1000, ROW = 64 };
	static char main_file[MAIN_ROWS * ROW], alt_file[ALT_ROWS * ROW];
	size_t main_n = 0, alt_n = 0;
	for (unsigned i = 0; i < MAIN_ROWS; i++)
		main_n += (size_t)snprintf(main_file + main_n, ROW, "7,\"VARO, Brennick %u\",,X,,,,,,,,\n", i);
	for (unsigned i = 0; i < ALT_ROWS; i++)
		alt_n += (size_t)snprintf(alt_file + alt_n, ROW, "7,%u,\"aka\",\"MELK %u\",\n", i, i);
	const struct cs_span files[] = {{(const uint8_t *)main_file, main_n}, {(const uint8_t *)alt_file, alt_n}};
	assert_int_equal(read_spans(files, 2, CS_WATCH_LIST_OFAC), CS_OK);
	assert_int_equal(seen.n, MAIN_ROWS);
	assert_int_equal(report.row_bad_n, 1);
	assert_non_null(strstr(report.fault[0].why, "too often"));
	assert_string_equal(seen.line[(MAIN_ROWS - 1) % ENTRIES], "7|PVARO, Brennick 1999");
	assert_true(report.name_n > MAIN_ROWS + (1 << 16) && report.name_n < MAIN_ROWS + (1 << 17));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ofac),          cmocka_unit_test(others),    cmocka_unit_test(own),
		cmocka_unit_test(lacking),       cmocka_unit_test(dates),     cmocka_unit_test(countries),
		cmocka_unit_test(broken_rows),   cmocka_unit_test(names),     cmocka_unit_test(broken_xml),
		cmocka_unit_test(broken_json),   cmocka_unit_test(own_dates), cmocka_unit_test(long_remarks),
		cmocka_unit_test(numbers_again),
	};
	return cmocka_run_group_tests_name("watch_list", tests, NULL, NULL);
}

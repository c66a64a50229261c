/*
 * Goal: the names in a party's lines are found whatever the shape of the party, without what is no part of them, and each
 * character of them knows its line and column.
 * Method: parties by hand, told back; places recounted from the bytes; every prefix and every byte changed, held against the same
 * recount; parties larger than what is read.
 */
#include "check.h"

#include "screen/party.c"

static struct cs_party party;

/* "name=A SMITH|rest=1 ROAD", names by role. */
static const char *
told(const char *text)
{
	static char out[4096];
	out[0] = '\0';
	cs_party_read(cs_span_text(text), &party);
	for (unsigned i = 0; i < party.name_n; i++) {
		struct cs_span name = cs_party_text(&party, i);
		size_t len = strlen(out);
		(void)snprintf(out + len, sizeof out - len, "%s%s=%.*s", i ? "|" : "",
			       cs_party_role_name((enum cs_party_role)party.name[i].role), (int)name.len,
			       (const char *)name.at);
	}
	return out;
}

static void
shapes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"/DE89370400440532013000\nIVO QUELLMAR\n12 HARBOUR ROAD\nOSLO",
		 "name=IVO QUELLMAR|address=12 HARBOUR ROAD\nOSLO"},
		{"/C/4711\r\nIVO QUELLMAR\r\n", "name=IVO QUELLMAR"},
		{"//FW021000089\nQUELLMAR BANK", "name=QUELLMAR BANK"},
		/* behind an account on the same line */
		{"/1234 IVO QUELLMAR", "name=IVO QUELLMAR"},
		{"/DE89370400440532013000 IVO QUELLMAR\n1 ROAD", "name=IVO QUELLMAR|name=1 ROAD"},
		{"//IVO QUELLMAR", "name=IVO QUELLMAR"},
		{"//FW021000089 QUELLMAR BANK 2", "name=QUELLMAR BANK"},
		{"/GB29 NWBK 6016 1331 9268 19\nIVO QUELLMAR", "name=IVO QUELLMAR"},
		{"IVO QUELLMAR", "name=IVO QUELLMAR"},
		{"BENEFICIARY: IVO QUELLMAR", "name=IVO QUELLMAR"},
		{"Beneficiary name : Messrs. Quellmar and Sons", "name=Quellmar and Sons"},
		{"/ACC/NAME: QUELLMAR LTD", "name=QUELLMAR LTD"},
		{"TOMAS VAROE", "name=TOMAS VAROE"},
		{"QUELLMAR LTD C/O IVO VAROE", "name=QUELLMAR LTD |care of=IVO VAROE"},
		{"QUELLMAR LTD ON BEHALF OF VAROE GMBH T/A BLUE SHELL",
		 "name=QUELLMAR LTD |on behalf of=VAROE GMBH |trading as=BLUE SHELL"},
		{"QUELLMAR LTD\nATTN: IVO VAROE\n1 ROAD",
		 "name=QUELLMAR LTD|address=ATTN: IVO VAROE\n1 ROAD|care of=IVO VAROE"},
		/* the line is full: both readings */
		{"QUELLMAR INTERNATIONAL SHIPPING AND\nTRADING COMPANY LTD\n1 ROAD",
		 "name=QUELLMAR INTERNATIONAL SHIPPING AND|"
		 "name=QUELLMAR INTERNATIONAL SHIPPING AND TRADING COMPANY LTD|"
		 "address=TRADING COMPANY LTD\n1 ROAD"},
		/* numbered */
		{"/123456\n1/IVO\n1/QUELLMAR\n2/1 ROAD\n3/NO/OSLO\n4/19700131\n5/NO/BERGEN\n7/NO/998877",
		 "name=IVO QUELLMAR|address=1 ROAD\nNO/OSLO\n19700131\nNO/BERGEN\nNO/998877"},
		{"CCPT/NO/AB 12345\n1/IVO QUELLMAR\n3/NO/OSLO", "name=IVO QUELLMAR|address=NO/OSLO"},
		/* a code of letters is a name, too */
		{"/123\nQUELNOKK", "name=QUELNOKK"},
		/* a name hidden where an account stands */
		{"/IVO QUELLMAR\n1 ROAD", "name=IVO QUELLMAR|name=1 ROAD"},
		{"/123\n/IVO QUELLMAR", "name=/IVO QUELLMAR"},
		{"", ""},
		{"\n\n \n", ""},
		{"/", ""},
		{"---", ""},
		{"1/", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(told(rows[i].text), rows[i].told);
}

static void
facts(void **state)
{
	(void)state;
	(void)told("/C/4711 \n1/IVO QUELLMAR\n3/no/OSLO\n4/19700131\n6/NO/BANK/C-77\n7/NO/998877");
	assert_true(cs_span_is(party.account, "4711"));
	assert_int_equal(party.born, 19700131);
	assert_memory_equal(party.country, "NO", 2);
	assert_int_equal(party.id_n, 2);
	assert_true(cs_span_is(party.id[0].text, "C-77"));
	assert_true(cs_span_is(party.id[1].text, "998877"));
	assert_int_equal(party.id[1].kind, CS_ENTRY_ID_NATIONAL);
	(void)told("CCPT/NO/AB 12345\n1/IVO QUELLMAR");
	assert_true(cs_span_is(party.id[0].text, "AB 12345"));
	assert_int_equal(party.id[0].kind, CS_ENTRY_ID_PASSPORT);
	(void)told("//FW021000089\nQUELLMAR BANK");
	assert_true(cs_span_is(party.clearing, "FW021000089"));
	(void)told("/123\nQUELNOKK123");
	assert_true(cs_span_is(party.bic, "QUELNOKK123"));
	(void)told("4/1970013x\n");
	assert_int_equal(party.born, 0);
}

/* Each byte of the names is the byte that stands at its place, or white space between two lines. */
static void
check_places(struct cs_span bytes)
{
	assert_true(party.text_n <= CS_PARTY_TEXT_BYTES && party.name_n <= CS_PARTY_NAMES_MAX);
	for (unsigned i = 0; i < party.name_n; i++)
		assert_true(party.name[i].at + party.name[i].len <= party.text_n && party.name[i].len);
	for (size_t i = 0; i < party.text_n; i++) {
		struct cs_party_place place = cs_party_place(&party, i);
		assert_true(place.offset < bytes.len && place.line >= 1 && place.line <= party.line_n);
		assert_int_equal(party.line[place.line - 1] + place.column - 1, place.offset);
		bool between = party.text[i] == ' ' || party.text[i] == '\n';
		assert_true(between || (uint8_t)party.text[i] == bytes.at[place.offset]);
	}
}

static void
places(void **state)
{
	(void)state;
	(void)told("/123\r\nNAME: IVO QUELLMAR\r\nC/O VAROE");
	struct cs_party_place place = cs_party_place(&party, party.name[0].at);
	assert_int_equal(place.line, 2);
	assert_int_equal(place.column, 7);
	assert_int_equal(place.offset, 12);
	place = cs_party_place(&party, party.name[party.name_n - 1].at);
	assert_int_equal(place.line, 3);
	assert_int_equal(place.column, 5);
}

static void
any_bytes(void **state)
{
	(void)state;
	static const char *const seeds[] = {
		"/DE893704\nQUELLMAR INTERNATIONAL SHIPPING AND\r\nTRADING C/O IVO\n1 ROAD ATTN VAROE",
		"CCPT/NO/1\n1/IVO\n1/QUELLMAR D/B/A X\n2/ROAD\n3/NO/OSLO\n4/19700131\n6/NO/B/7\n7/NO/9\n8/MORE",
	};
	for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++) {
		size_t len = strlen(seeds[s]);
		uint8_t bytes[256];
		memcpy(bytes, seeds[s], len);
		for (size_t n = 0; n <= len; n++) {
			cs_party_read((struct cs_span){bytes, n}, &party);
			check_places((struct cs_span){bytes, n});
		}
		for (size_t at = 0; at < len * 256; at++) {
			uint8_t was = bytes[at / 256];
			bytes[at / 256] = (uint8_t)at;
			cs_party_read((struct cs_span){bytes, len}, &party);
			check_places((struct cs_span){bytes, len});
			bytes[at / 256] = was;
		}
	}
}

static void
too_much(void **state)
{
	(void)state;
	static uint8_t bytes[1 << 20];
	memset(bytes, 'A', sizeof bytes);
	cs_party_read((struct cs_span){bytes, sizeof bytes}, &party);
	assert_true(party.cut && party.text_n == CS_PARTY_TEXT_BYTES);
	check_places((struct cs_span){bytes, sizeof bytes});
	for (size_t i = 1; i < sizeof bytes; i += 2)
		bytes[i] = '\n';
	cs_party_read((struct cs_span){bytes, sizeof bytes}, &party);
	assert_true(party.cut && party.line_n == CS_PARTY_LINES_MAX);
	check_places((struct cs_span){bytes, sizeof bytes});
	(void)told("A C/O B C/O C C/O D C/O E C/O F C/O G C/O H");
	assert_true(party.cut && party.name_n == CS_PARTY_NAMES_MAX);
	char many[8 * CS_PARTY_IDS_MAX + 16];
	int len = snprintf(many, sizeof many, "1/A");
	for (unsigned i = 0; i <= CS_PARTY_IDS_MAX; i++)
		len += snprintf(many + len, sizeof many - (size_t)len, "\n7/NO/1");
	(void)told(many);
	assert_true(party.cut && party.id_n == CS_PARTY_IDS_MAX);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),    cmocka_unit_test(facts),    cmocka_unit_test(places),
		cmocka_unit_test(any_bytes), cmocka_unit_test(too_much),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: party fields come apart in every option.
 * Method: one field of each shape in an own message, its parts compared.
 */
#include "check.h"

#include "decode/mt_party.c"

#include "mt_messages.h"

#define HEAD INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n"

static bool
is(struct cs_span span, const char *text)
{
	return text ? span.at && cs_span_is(span, text) : !span.at;
}

static struct cs_mt_party
party(struct mt_fixture *f, const char *text, unsigned tag)
{
	struct cs_mt_party out;
	assert_string_equal(mt_code(f, text), "");
	const struct cs_mt_field *field = cs_mt_find(&f->mt, tag, 0);
	assert_non_null(field);
	cs_mt_party_of(&f->mt, field, &out);
	return out;
}

static void
each_option_comes_apart(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	struct cs_mt_party p = party(f, HEAD ORDERER ":53A:/D/11\nBETADEFF\n" PAYEE ":71A:SHA\n-}", 53);
	assert_true(p.option == 'A' && p.mark == 'D' && is(p.account, "11") && is(p.bic, "BETADEFF") && p.line_n == 0);
	p = party(f, HEAD ORDERER ":52A:/C/12\nBETADEFF\n" PAYEE ":71A:SHA\n-}", 52);
	assert_true(p.mark == 'C' && is(p.account, "12"));
	p = party(f, HEAD ORDERER ":52A:/CH12\nBETADEFF\n" PAYEE ":71A:SHA\n-}", 52);
	assert_true(p.mark == 0 && is(p.account, "CH12"));
	p = party(f, HEAD ORDERER ":53B:/11\nTOWN\n" PAYEE ":71A:SHA\n-}", 53);
	assert_true(p.option == 'B' && is(p.account, "11") && is(p.location, "TOWN") && p.line_n == 0);
	p = party(f, HEAD ORDERER ":53B:TOWN\n" PAYEE ":71A:SHA\n-}", 53);
	assert_true(is(p.account, NULL) && is(p.location, "TOWN"));
	p = party(f, HEAD ORDERER ":57C://FW021000089\n" PAYEE ":71A:SHA\n-}", 57);
	assert_true(p.option == 'C' && is(p.account, NULL) && is(p.clearing, "FW021000089"));
	p = party(f, HEAD ORDERER ":57D:/1\nRIVER BANK\nNEW YORK\n" PAYEE ":71A:SHA\n-}", 57);
	assert_true(p.option == 'D' && is(p.account, "1") && p.line_n == 2 && is(p.line[0], "RIVER BANK") &&
		    p.name_n == 1);
	p = party(f, HEAD ORDERER PAYEE ":71A:SHA\n-}", 50);
	assert_true(p.option == 'K' && is(p.account, "BE71096123456769") && is(p.line[2], "2000 ANTWERPEN"));
	p = party(f, HEAD ORDERER PAYEE ":71A:SHA\n-}", 59);
	assert_true(p.option == 0 && is(p.account, "000123456789") && is(p.line[0], "BLUE RIDGE TOOLS INC"));
	p = party(f, HEAD ORDERER ":59:NAME\n/X\n:71A:SHA\n-}", 59);
	assert_true(is(p.account, NULL) && is(p.line[1], "/X"));
	p = party(f, HEAD ORDERER ":59A:BETADEFF\n:71A:SHA\n-}", 59);
	assert_true(is(p.bic, "BETADEFF") && p.name_n == 0);
	mt_close(f);
}

static void
numbered_lines_come_apart(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	struct cs_mt_party p = party(f, HEAD NUMBERED PAYEE ":71A:SHA\n-}", 50);
	assert_true(is(p.account, "BE71096123456769") && p.name_n == 2 && p.line_n == 4 && is(p.country, "BE"));
	assert_true(is(p.line[0], "VERBEECK EN") && p.number[2] == 2 && is(p.line[3], "BE/ANTWERPEN"));
	p = party(f, HEAD ":50F:NIDN/BE/800101-123\n1/ANN\n3/BE/GENT\n4/19800101\n5/BE/GENT\n" PAYEE ":71A:SHA\n-}",
		  50);
	assert_true(is(p.account, "NIDN/BE/800101-123") && p.line_n == 4 && p.number[3] == 5);
	mt_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_option_comes_apart),
		cmocka_unit_test(numbered_lines_come_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: each code page is a bijection, and the characters that differ among them stand where IBM put them.
 * Method: both ways for all 256 bytes; known answers.
 */
#include "check.h"

#include "../../src/decode/ebcdic.c"

static void
there_and_back(void **state)
{
	(void)state;
	for (unsigned page = 0; page < CS_CP_N; page++)
		for (unsigned byte = 0; byte < 256; byte++)
			assert_int_equal(cs_ebcdic_from_latin1(page)[cs_ebcdic_to_latin1(page)[byte]], byte);
}

static void
known_answers(void **state)
{
	(void)state;
	for (unsigned page = 0; page < CS_CP_N; page++) {
		assert_int_equal(cs_ebcdic_to_latin1(page)[0xF7], '7');
		assert_int_equal(cs_ebcdic_to_latin1(page)[0xC1], 'A');
		assert_int_equal(cs_ebcdic_to_latin1(page)[0x7E], '=');
	}
	assert_int_equal(cs_ebcdic_to_latin1(CS_CP037)[0xBA], '[');
	assert_int_equal(cs_ebcdic_to_latin1(CS_CP1047)[0xAD], '[');
	assert_int_equal(cs_ebcdic_to_latin1(CS_CP500)[0x4A], '[');
	assert_int_equal(cs_ebcdic_to_latin1(CS_CP037)[0xB0], '^');
	assert_int_equal(cs_ebcdic_to_latin1(CS_CP1047)[0x5F], '^');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(known_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: statements are read as banks export them; what is none, or could not be booked from, is refused; the strict profile
 * refuses them all.
 * Method: own bodies with what exports do: no blocks, umlauts, blank lines, long references, a text before; each thing that
 * must be there left out in turn; every prefix ends in a verdict.
 */
#include "check.h"

#include "decode/mt_loose.c"

#include "mt_messages.h"

static const char whole[] = ":20:AUSZUG \xC3\x9C\n"
			    ":25:51230800/0000007055\n"
			    ":28C:0\n"
			    ":60F:C261118EUR000000380115,77\n"
			    ":NS:01\n"
			    ":61:2611191119CR27,00N051NONREF          //B\n"
			    "MORE THAN THE THIRTY-FOUR CHARACTERS THERE MAY BE\n"
			    ":86:051?00GUTSCHRIFT?20ABBUCHUNG VON DER BANK MIT MEHR ALS FUENFUNDSECHZIG ZEICHEN\n"
			    "\n"
			    "M\xC3\xBCLLER\n"
			    ":61:261119D7,77NTRFAN OWNERS REFERENCE OF MORE THAN SIXTEEN\n"
			    ":62F:C261119EUR380135,00\n"
			    "\n";

static struct cs_span
span(const char *text)
{
	return cs_span_text(text);
}

static void
an_export_is_read(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	struct cs_mt_entry entry;
	assert_false(cs_mt_decode(&f->mt, span(whole)));
	assert_true(cs_mt_decode_loose(&f->mt, span(whole)));
	assert_int_equal(f->mt.head.type, 940);
	assert_true(f->mt.sums.complete && f->mt.sums.balanced);
	assert_int_equal(f->mt.sums.entry_n, 2);
	assert_true(cs_span_is(f->mt.account, "51230800/0000007055"));
	const struct cs_mt_field *first = cs_mt_find(&f->mt, 61, 0);
	assert_true(cs_mt_entry_of(&f->mt, first, &entry));
	assert_true(cs_span_is(entry.customer_ref, "NONREF          "));
	assert_true(cs_span_is(entry.bank_ref, "B"));
	const struct cs_mt_field *info = cs_mt_find(&f->mt, 86, 0);
	assert_non_null(info);
	assert_true(info->len > 70 && f->bytes[0] == 0);
	mt_close(f);
}

static void
what_makes_a_statement_must_be_there(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	static const char *const wrong[] = {
		":25:A\n:60F:C261118EUR1,\n:62F:C261118EUR1,\n",
		":20:A\n:60F:C261118EUR1,\n:62F:C261118EUR1,\n",
		":20:A\n:28C:1\n:25:A\n:62F:C261118EUR1,\n",
		":20:A\n:25:A\n:60F:C261118EUR1,\n",
		":20:A\n:60F:C261118EUR1,\n:25:A\n:62F:C261118EUR1,\n",
		":20:A\n:25:A\n:60F:C261318EUR1,\n:62F:C261118EUR1,\n",
		":20:A\n:25:A\n:60F:C261118EUR1.00\n:62F:C261118EUR1,\n",
		":20:A\n:25:A\n:60F:C261118EUR1,\n:61:261118X1,NTRFA\n:62F:C261118EUR1,\n",
		":20:A\n:25:A\n:60F:C261118EUR1,\n:62F:C261118EUR1,\n:86:A\x07\n",
		"{1:F01ALFABEBBAXXX4321000777}{2:I103DELTUS33XXXXN}{4:\n:20:A\n-}",
		"",
		"hello\n",
	};
	for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (cs_mt_decode_loose(&f->mt, span(wrong[i])))
			fail_msg("row %u is accepted", i);
	assert_true(cs_mt_decode_loose(&f->mt, span(":20:A\n:25:A\n:28C:1\n:34F:EUR0,\n:61:261118C1,NTRFA\n")));
	assert_int_equal(f->mt.head.type, 942);
	mt_close(f);
}

/* What is read strictly is read by this profile, and as strictly. */
static void
messages_with_blocks_are_read_strictly(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	for (unsigned i = 0; i < MT_SAMPLE_N; i++) {
		assert_true(cs_mt_decode_loose(&f->mt, mt_bytes(f, mt_samples[i].text)));
		assert_false(f->mt.loose);
	}
	mt_close(f);
}

static void
prefixes_end_in_a_verdict(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	/* A body has no end of its own: from its closing balance on it is whole. */
	size_t closing = (size_t)(strstr(whole, ":62F:") - whole) + strlen(":62F:C261119EUR3,");
	for (size_t len = 0; len < sizeof whole - 1; len++) {
		uint8_t *cut = malloc(len + 1);
		assert_non_null(cut);
		memcpy(cut, whole, len);
		bool taken = cs_mt_decode_loose(&f->mt, (struct cs_span){cut, len});
		assert_true(!taken || len >= closing);
		free(cut);
	}
	mt_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_export_is_read),
		cmocka_unit_test(what_makes_a_statement_must_be_there),
		cmocka_unit_test(messages_with_blocks_are_read_strictly),
		cmocka_unit_test(prefixes_end_in_a_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: every type is read, with its key; what is not a message is refused with a code and the place; nothing cut short is
 * taken; no bytes make the decoder leave its message.
 * Method: own messages; every proper prefix; every byte of each replaced in turn, in memory of exactly the message's size;
 * one fault at a time with the offset counted by the test; the shared vectors are tried by tests/vectors/test_mt_vectors.py.
 */
#include "check.h"

#include "decode/mt.c"

#include "mt_messages.h"

static void
every_type_is_accepted(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	for (unsigned i = 0; i < MT_SAMPLE_N; i++) {
		char name[24];
		struct cs_text text = cs_text_over(name, sizeof name);
		const char *code = mt_code(f, mt_samples[i].text);
		if (*code)
			fail_msg("%s (sample %u): %s at %zu: %s", mt_samples[i].type, i, code,
				 f->mt.payment.reason[0].offset, f->mt.payment.reason[0].text);
		cs_mt_type_name(&f->mt, &text);
		assert_string_equal(name, mt_samples[i].type);
		assert_non_null(f->mt.payment.key[CS_PAYMENT_REFERENCE].at);
	}
	mt_close(f);
}

/* Line feeds alone are read as well: many systems store them so. */
static void
line_feeds_are_enough(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	for (unsigned i = 0; i < MT_SAMPLE_N; i++)
		assert_true(cs_mt_decode(&f->mt, cs_span_text(mt_samples[i].text)));
	mt_close(f);
}

/* A prefix that ends where block 5 or S would begin is a whole message; every other is refused. */
static void
every_other_prefix_is_refused(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	for (unsigned i = 0; i < MT_SAMPLE_N; i++) {
		struct cs_span whole = mt_bytes(f, mt_samples[i].text);
		for (size_t len = 0; len < whole.len; len++) {
			bool border = len > 4 && whole.at[len] == '{' &&
				      (whole.at[len + 1] == '5' || whole.at[len + 1] == 'S') &&
				      whole.at[len + 2] == ':';
			uint8_t *cut = malloc(len + 1);
			assert_non_null(cut);
			memcpy(cut, whole.at, len);
			bool taken = cs_mt_decode(&f->mt, (struct cs_span){cut, len});
			if (taken != border)
				fail_msg("%s cut at %zu of %zu", mt_samples[i].type, len, whole.len);
			assert_true(taken || f->mt.payment.reason[0].offset <= len);
			free(cut);
		}
	}
	mt_close(f);
}

/* The byte AT of the message in COPY becomes each of some others in turn. */
static void
replace_byte(struct mt_fixture *f, struct cs_span whole, uint8_t *copy, size_t at)
{
	static const uint8_t others[] = {0, '\n', '\r', ':', '-', '}', '{', '/', ',', '0', '9', 'A', 'Z', 0xFF};
	for (unsigned k = 0; k < sizeof others; k++) {
		memcpy(copy, whole.at, whole.len);
		copy[at] = others[k];
		bool taken = cs_mt_decode(&f->mt, (struct cs_span){copy, whole.len});
		assert_true(taken == (f->mt.payment.reason_n == 0));
		assert_true(taken || f->mt.payment.reason[0].offset <= whole.len);
	}
}

static void
no_byte_leads_outside(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	for (unsigned i = 0; i < MT_SAMPLE_N; i++) {
		struct cs_span whole = mt_bytes(f, mt_samples[i].text);
		uint8_t *copy = malloc(whole.len);
		assert_non_null(copy);
		for (size_t at = 0; at < whole.len; at++)
			replace_byte(f, whole, copy, at);
		free(copy);
	}
	mt_close(f);
}

static const char *
key_of(const struct mt_fixture *f, enum cs_payment_key key)
{
	static char text[256];
	struct cs_span value = f->mt.payment.key[key];
	if (!value.at)
		return "(none)";
	assert_true(value.len < sizeof text);
	memcpy(text, value.at, value.len);
	text[value.len] = '\0';
	return text;
}

static void
the_key_is_flat(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	assert_string_equal(mt_code(f, mt_samples[2].text), "");
	assert_string_equal(key_of(f, CS_PAYMENT_SENDER_BIC), "DELTUS33XXX");
	assert_string_equal(key_of(f, CS_PAYMENT_RECEIVER_BIC), "ALFABEBBXXX");
	assert_string_equal(key_of(f, CS_PAYMENT_VALUE_DATE), "2026-11-26");
	assert_string_equal(key_of(f, CS_PAYMENT_CURRENCY), "JPY");
	assert_string_equal(key_of(f, CS_PAYMENT_AMOUNT), "500000");
	assert_int_equal(cs_money_minor(f->mt.payment.money), 500000);
	assert_string_equal(key_of(f, CS_PAYMENT_ORDERING_CUSTOMER), "VERBEECK EN ZONEN");
	assert_string_equal(key_of(f, CS_PAYMENT_ORDERING_ACCOUNT), "BE71096123456769");
	assert_string_equal(key_of(f, CS_PAYMENT_BENEFICIARY_CUSTOMER), "BLUE RIDGE TOOLS INC");
	assert_string_equal(key_of(f, CS_PAYMENT_UETR), "(none)");
	assert_string_equal(mt_code(f, mt_samples[0].text), "");
	assert_string_equal(key_of(f, CS_PAYMENT_SENDER_BIC), "ALFABEBBXXX");
	assert_string_equal(key_of(f, CS_PAYMENT_RECEIVER_BIC), "DELTUS33XXX");
	assert_string_equal(key_of(f, CS_PAYMENT_AMOUNT), "1250.5");
	assert_int_equal(cs_money_minor(f->mt.payment.money), 125050);
	assert_string_equal(key_of(f, CS_PAYMENT_UETR), "5f0c3a1e-9b7d-4c21-8e55-0a1b2c3d4e5f");
	assert_string_equal(key_of(f, CS_PAYMENT_BENEFICIARY_ACCOUNT), "000123456789");
	mt_close(f);
}

static void
a_cover_has_both_sequences(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	assert_string_equal(mt_code(f, mt_samples[7].text), "");
	assert_string_equal(key_of(f, CS_PAYMENT_BENEFICIARY_INSTITUTION), "EPSIGB2L");
	assert_string_equal(key_of(f, CS_PAYMENT_ORDERING_CUSTOMER), "VERBEECK EN ZONEN");
	assert_null(cs_mt_find(&f->mt, 52, 0));
	assert_non_null(cs_mt_find(&f->mt, 52, 1));
	mt_close(f);
}

static void
an_acknowledgement_goes_with_its_copy(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	static const char ack[] = "{1:F21ALFABEBBAXXX4321000777}{4:{177:2611260915}{451:0}}";
	static const char nak[] = "{1:F21ALFABEBBAXXX4321000777}{4:{177:2611260915}{451:1}{405:T27003}}";
	char text[4096];
	snprintf(text, sizeof text, "%s%s", ack, mt_samples[5].text);
	assert_string_equal(mt_code(f, text), "");
	assert_true(f->mt.ack.acknowledged && f->mt.head.type == 200);
	assert_int_equal(f->mt.head.own_at, strlen(ack));
	snprintf(text, sizeof text, "%s%s", nak, mt_samples[5].text);
	assert_string_equal(mt_code(f, text), "");
	assert_true(mt_alerted(f, CS_PAYMENT_ALERT_NAK));
	assert_true(cs_span_is(cs_mt_tag_of(&f->mt.ack.tags, "405"), "T27003"));
	assert_string_equal(mt_code(f, nak), "");
	struct cs_text name = cs_text_over(text, sizeof text);
	cs_mt_type_name(&f->mt, &name);
	assert_string_equal(text, "F21");
	assert_string_equal(mt_code(f, "{1:F21ALFABEBBAXXX4321000777}{4:{177:2613260915}{451:0}}"), "T50");
	assert_string_equal(mt_code(f, "{1:F21ALFABEBBAXXX4321000777}{4:{177:2611260915}{451:2}}"), "V00");
	assert_string_equal(mt_code(f, "{1:F21ALFABEBBAXXX4321000777}{4:{451:0}}"), "V00");
	mt_close(f);
}

/* A message with one thing wrong: the code, and where "^" would stand. */
static const struct fault {
	const char *code;
	const char *text; /* "^" marks the offset and is no part of it */
} faults[] = {
	{"H01", "^x{1:F01ALFABEBBAXXX4321000777}"},
	{"H02", "{1:^X01ALFABEBBAXXX4321000777}"},
	{"H03", "{1:F^X1ALFABEBBAXXX4321000777}"},
	{"H10", "{1:F01ALFA^9EBBAXXX4321000777}"},
	{"H15", "{1:F01ALFABEBBAXXX43^A1000777}"},
	{"H20", "{1:F01ALFABEBBAXXX4321000^a77}"},
	{"H01", "{1:F01ALFABEBBAXXX4321000777^0}"},
	{"H25", "{1:F01ALFABEBBAXXX4321000777}{^4:\n-}"},
	{"H25", "{1:F01ALFABEBBAXXX4321000777}{2:^X103}"},
	{"H30", "{1:F01ALFABEBBAXXX4321000777}{2:I1^A3DELTUS33XXXXN}"},
	{"H30", "^" INPUT("777") "{4:\n:20:A\n-}"},
	{"H50", "{1:F01ALFABEBBAXXX4321000777}{2:I103DELTUS3^-XXXXN}"},
	{"H40", "{1:F01ALFABEBBAXXX4321000777}{2:I103DELTUS33XXXX^X}"},
	{"H80", "{1:F01ALFABEBBAXXX4321000777}{2:I103DELTUS33XXXXN^9}"},
	{"H25", "{1:F01ALFABEBBAXXX4321000777}{2:O1032515^261126DELTUS33AXXX12340005672611260916N}"},
	{"H25", "{1:F01ALFABEBBAXXX4321000777}{2:O1030915^261326DELTUS33AXXX12340005672611260916N}"},
	{"U00", INPUT("103") "{3:^}{4:\n-}"},
	{"U00", INPUT("103") "{3:{108:A}{^108:B}}{4:\n-}"},
	{"U00", INPUT("103") "{3:{^ABC:A}}{4:\n-}"},
	{"U08", INPUT("103") "{3:{119:^ABC}}{4:\n-}"},
	{"U08", "^" INPUT("103") "{3:{119:COV}}{4:\n-}"},
	{"U13", INPUT("103") "{3:{121:^5f0c3a1e-9b7d-1c21-8e55-0a1b2c3d4e5f}}{4:\n-}"},
	{"U13", INPUT("103") "{3:{121:^5F0C3A1E-9B7D-4C21-8E55-0A1B2C3D4E5F}}{4:\n-}"},
	{"T00", INPUT("103") "{^5:{CHK:0123456789AB}}"},
	{"T00", INPUT("103") "{4:^:20:A\n-}"},
	{"T13", INPUT("299") "{4:\n^HELLO\n:20:A\n:79:B\n-}"},
	{"T13", INPUT("299") "{4:\n:20:A\n:79:B\n^:X\n-}"},
	{"T13", INPUT("299") "{4:\n:20:A\n:79:B\n^:79:C\n-}"},
	{"T13", INPUT("299") "{4:\n:20:A\n^-}"},
	{"T30", INPUT("299") "{4:\n:20:^\n:79:B\n-}"},
	{"T33", INPUT("299") "{4:\n:20:1234567890123456^7\n:79:B\n-}"},
	{"T26", INPUT("299") "{4:\n:20:^/A\n:79:B\n-}"},
	{"T26", INPUT("299") "{4:\n:20:A/^/B\n:79:B\n-}"},
	{"T32", INPUT("299") "{4:\n:20:A^@B\n:79:B\n-}"},
	{"T32", INPUT("200") "{4:\n:20:A\n:32A:2611^xxUSD1,\n:57A:DELTUS33\n-}"},
	{"T50", INPUT("200") "{4:\n:20:A\n:32A:^260229USD1,\n:57A:DELTUS33\n-}"},
	{"T52", INPUT("200") "{4:\n:20:A\n:32A:261126^QQQ1,\n:57A:DELTUS33\n-}"},
	{"T40", INPUT("200") "{4:\n:20:A\n:32A:261126USD^-1,\n:57A:DELTUS33\n-}"},
	{"T43", INPUT("200") "{4:\n:20:A\n:32A:261126USD^,5\n:57A:DELTUS33\n-}"},
	{"T43", INPUT("200") "{4:\n:20:A\n:32A:261126USD1^.50\n:57A:DELTUS33\n-}"},
	{"T43", INPUT("200") "{4:\n:20:A\n:32A:261126USD1,0^,0\n:57A:DELTUS33\n-}"},
	{"C03", INPUT("200") "{4:\n:20:A\n:32A:261126USD1^,005\n:57A:DELTUS33\n-}"},
	{"C03", INPUT("200") "{4:\n:20:A\n:32A:261126JPY1^,0\n:57A:DELTUS33\n-}"},
	{"C08", INPUT("200") "{4:\n:20:A\n:32A:261126^XAU1,\n:57A:DELTUS33\n-}"},
	{"T33", INPUT("200") "{4:\n:20:A\n:32A:261126USD12345678901234,^0\n:57A:DELTUS33\n-}"},
	{"T34", INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57A:DELTU^\n-}"},
	{"trailing", INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57A:DELTUS33\n-}^}"},
	{"trailing", INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57A:DELTUS33\n-}{5:{CHK:0123456789AB}}^{5:{TNG:}}"},
	{"Z00", INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57A:DELTUS33\n-}{5:{CHK:012^x56789AB}}"},
	{"Z00", INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57A:DELTUS33\n-}{5:{DLM:^1}}"},
	{"truncated", INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57A:DELTUS33\n-}{5:{CHK:0123456789AB}^"},
	{"T38", INPUT("103") "{4:\n:20:A\n:13C:/SNDTIME/^2515+0100\n:23B:CRED\n:32A:261126USD1,\n" ORDERER PAYEE
			     ":71A:SHA\n-}"},
	{"T15", INPUT("103") "{4:\n:20:A\n:13C:/SNDTIME/0915^/0100\n:23B:CRED\n:32A:261126USD1,\n" ORDERER PAYEE
			     ":71A:SHA\n-}"},
	{"T16", INPUT("103") "{4:\n:20:A\n:13C:/SNDTIME/0915+^1500\n:23B:CRED\n:32A:261126USD1,\n" ORDERER PAYEE
			     ":71A:SHA\n-}"},
	{"T36", INPUT("103") "{4:\n:20:A\n:23B:^XXXX\n:32A:261126USD1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"T47", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:23E:^XXXX\n:32A:261126USD1,\n" ORDERER PAYEE ":71A:SHA\n-}"},
	{"T08", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n" ORDERER PAYEE ":71A:^XXX\n-}"},
	{"T30", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n:50K:/ONLY AN ACCOUNT^\n" PAYEE ":71A:SHA\n-}"},
	{"T54", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n:50F:^1/A\n2/B\n3/BE/C\n" PAYEE ":71A:SHA\n-}"},
	{"T55", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n:50F:/1\n1/A\n^9/B\n" PAYEE ":71A:SHA\n-}"},
	{"T56",
	 INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n:50F:/1\n1/A\n3/BE/C\n^2/B\n" PAYEE ":71A:SHA\n-}"},
	{"T73", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n:50F:/1\n1/A\n3/^QQ/C\n" PAYEE ":71A:SHA\n-}"},
	{"T33", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n" ORDERER
			     ":59:/1\nABCDEFGHIJKLMNOPQRSTUVWXYZ012345678^9\n:71A:SHA\n-}"},
	{"T18", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n:50K:/1\nA\nB\nC\nD\n^E\n" PAYEE ":71A:SHA\n-}"},
	{"T18",
	 INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n" ORDERER PAYEE ":70:A\nB\nC\nD\n^E\n:71A:SHA\n-}"},
	{"T13", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n" ORDERER PAYEE
			     ":70:PAYMENT\n^:32A:261126USD9,\n:71A:SHA\n-}"},
	{"M60", INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n" ORDERER ":59:/1\nJOS^\xC3\x89\n:71A:SHA\n-}"},
	{"M60", INPUT("199") "{4:\n:20:A\n:79:TEXT\n^}\n-}"},
	{"M60", INPUT("199") "{4:\n:20:A\n:79:-^} IS NO END HERE\n-}"},
	{"T51", OUTPUT("950") "{4:\n:20:A\n:25:B\n:28C:1\n:60F:^X261126USD1,\n:62F:C261126USD1,\n-}"},
	{"T51",
	 OUTPUT("950") "{4:\n:20:A\n:25:B\n:28C:1\n:60F:C261126USD1,\n:61:261126^X2,S202A\n:62F:C261126USD1,\n-}"},
	{"T53",
	 OUTPUT("950") "{4:\n:20:A\n:25:B\n:28C:1\n:60F:C261126USD1,\n:61:261126C2,^X202A\n:62F:C261126USD1,\n-}"},
	{"T50",
	 OUTPUT("950") "{4:\n:20:A\n:25:B\n:28C:1\n:60F:C261126USD1,\n:61:261126^1332C2,S202A\n:62F:C261126USD1,\n-}"},
	{"T33", OUTPUT("950") "{4:\n:20:A\n:25:B\n:28C:1\n:60F:C261126USD1,\n:61:261126C2,S2021234567890123456^7\n:62F:"
			      "C261126USD1,\n-}"},
	{"C27", OUTPUT("950") "{4:\n:20:A\n:25:B\n:28C:1\n:60F:C261126USD1,\n:62F:C261126^EUR1,\n-}"},
};

static void
faults_have_code_and_place(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	for (unsigned i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		char text[4096];
		size_t n = 0;
		size_t offset = 0;
		size_t feeds = 0;
		for (const char *c = faults[i].text; *c; c++) {
			if (*c == '^')
				offset = n + feeds;
			else
				text[n++] = *c;
			feeds += *c == '\n';
		}
		text[n] = '\0';
		const char *code = mt_code(f, text);
		const struct cs_payment_reason *reason = &f->mt.payment.reason[0];
		if (strcmp(code, faults[i].code) != 0 || reason->offset != offset)
			fail_msg("fault %u: %s at %zu (%s), not %s at %zu", i, code, *code ? reason->offset : 0,
				 *code ? reason->text : "accepted", faults[i].code, offset);
	}
	mt_close(f);
}

static void
what_is_let_through_is_told(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	assert_string_equal(mt_code(f, INPUT("192") "{4:\n:20:A\n:21:B\n:11S:YOURS\n:79:C\n-}"), "");
	assert_true(mt_alerted(f, CS_PAYMENT_ALERT_FIELD_FORMAT));
	assert_string_equal(mt_code(f, INPUT("192") "{4:\n:20:A\n:21:B\n:11S:103\n261126\n-}"), "");
	assert_true(mt_alerted(f, CS_PAYMENT_ALERT_NETWORK_RULE));
	assert_string_equal(mt_code(f, INPUT("199") "{4:\n:20:A\n:79:A\n\nB\n-}"), "");
	assert_true(mt_alerted(f, CS_PAYMENT_ALERT_FIELD_FORMAT));
	assert_string_equal(mt_code(f, INPUT("200") "{4:\n:20:A\n:32A:261126USD1,\n:57A:DELTQQ33\n-}"), "");
	assert_true(mt_alerted(f, CS_PAYMENT_ALERT_BIC_COUNTRY));
	assert_string_equal(mt_code(f, INPUT("200") "{4:\n:20:A\n:32A:261126DEM1,50\n:57A:DELTUS33\n-}"), "");
	assert_true(mt_alerted(f, CS_PAYMENT_ALERT_CURRENCY_UNKNOWN));
	mt_close(f);
}

static void
ibans_are_checked(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	static const char head[] = INPUT("103") "{4:\n:20:A\n:23B:CRED\n:32A:261126USD1,\n" ORDERER ":59:/";
	static const char tail[] = "\nA NAME\n:71A:SHA\n-}";
	static const struct {
		const char *account;
		bool alerted;
	} rows[] = {{"FR1420041010050500013M02606", false},
		    {"FR1420041010050500013M02607", true},
		    {"FR142004101005050001302606", true},
		    {"BE71096123456769", false},
		    {"000123456789", false},
		    {"QQ7109612345676", false}};
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[4096];
		snprintf(text, sizeof text, "%s%s%s", head, rows[i].account, tail);
		assert_string_equal(mt_code(f, text), "");
		assert_int_equal(mt_alerted(f, CS_PAYMENT_ALERT_IBAN_CHECK), rows[i].alerted);
	}
	mt_close(f);
}

/* A text longer than its type allows is told, one longer than any is refused. */
static void
texts_are_measured(void **state)
{
	(void)state;
	struct mt_fixture *f = mt_open();
	char *text = malloc(MT_TEXT_CAP);
	assert_non_null(text);
	for (unsigned entries = 60; entries <= 500; entries += 440) {
		size_t n = (size_t)snprintf(text, MT_TEXT_CAP, "%s{4:\n:20:A\n:25:B\n:28C:1\n:60F:C261126USD0,\n",
					    OUTPUT("950"));
		for (unsigned i = 0; i < entries; i++)
			n += (size_t)snprintf(text + n, MT_TEXT_CAP - n, ":61:261126C1,S202REFERENCE%06u\n", i);
		snprintf(text + n, MT_TEXT_CAP - n, ":62F:C261126USD%u,\n-}", entries);
		assert_string_equal(mt_code(f, text), entries == 60 ? "" : "M50");
		assert_int_equal(f->mt.sums.entry_n, entries);
		assert_int_equal(mt_alerted(f, CS_PAYMENT_ALERT_FIELD_FORMAT), entries == 60);
	}
	free(text);
	mt_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_accepted),
		cmocka_unit_test(line_feeds_are_enough),
		cmocka_unit_test(every_other_prefix_is_refused),
		cmocka_unit_test(no_byte_leads_outside),
		cmocka_unit_test(the_key_is_flat),
		cmocka_unit_test(a_cover_has_both_sequences),
		cmocka_unit_test(an_acknowledgement_goes_with_its_copy),
		cmocka_unit_test(faults_have_code_and_place),
		cmocka_unit_test(what_is_let_through_is_told),
		cmocka_unit_test(ibans_are_checked),
		cmocka_unit_test(texts_are_measured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

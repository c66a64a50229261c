/*
 * Goal: a file gives its messages whatever parts them; a broken one does not take the next with it; no byte that is neither
 * message nor separator is passed over; the statement profile finds statements among other lines.
 * Method: two own messages put together in every way; every prefix and every byte replaced, where all bytes handed out
 * and all that may be skipped must make up the file again.
 */
#include "check.h"

#include "decode/mt_file.c"

#include "mt_messages.h"

#define FIRST          INPUT("299") "{4:\n:20:ONE\n:79:HELLO\n-}"
#define SECOND         INPUT("999") "{4:\n:20:TWO\n:79:HELLO\n-}{5:{CHK:0123456789AB}}"
#define ACK            "{1:F21ALFABEBBAXXX4321000777}{4:{177:2611260915}{451:0}}"
#define OTHER_LT_ACK   "{1:F21ALFABEB0AXXX4321000777}{4:{177:2611260915}{451:0}}"
#define ACK_OF(name)   "{1:F21ALFABEBBAXXX4321000777}{4:{177:2611260915}{451:0}{108:" name "}}"
#define FIRST_OF(name) INPUT("299") "{3:{108:" name "}}{4:\n:20:ONE\n:79:HELLO\n-}"
#define OTHER_ACK      "{1:F21ALFABEBBAXXX4321000778}{4:{177:2611260915}{451:0}}"

/* The references of all messages, "!" before those that are refused; "-" has none. */
static const char *
references_of(const char *bytes, size_t len, bool loose, bool exact)
{
	static char out[512];
	struct mt_fixture *f = mt_open();
	struct cs_text text = cs_text_over(out, sizeof out);
	struct cs_mt_file file = {.bytes = {(const uint8_t *)bytes, len}, .loose = loose, .exact = exact};
	struct cs_span message;
	while (cs_mt_next(&file, &message)) {
		bool taken = loose ? cs_mt_decode_loose(&f->mt, message) : cs_mt_decode(&f->mt, message);
		struct cs_span reference = f->mt.payment.key[CS_PAYMENT_REFERENCE];
		if (text.len)
			cs_text_put_char(&text, ' ');
		cs_text_put(&text, taken ? "" : "!");
		if (f->mt.ack.lt.at)
			cs_text_put(&text, "ack+");
		if (reference.at)
			cs_text_put_span(&text, reference);
		else
			cs_text_put_char(&text, '-');
	}
	mt_close(f);
	return out;
}

static const char *
references(const char *bytes, size_t len, bool loose)
{
	return references_of(bytes, len, loose, false);
}

static const struct row {
	const char *bytes;
	const char *references;
} rows[] = {
	{"", ""},
	{"\r\n \n", ""},
	{FIRST, "ONE"},
	{FIRST SECOND, "ONE TWO"},
	{FIRST "\r\n" SECOND "\r\n", "ONE TWO"},
	{FIRST "$" SECOND "$", "ONE TWO"},
	{FIRST "$\r\n" SECOND, "ONE TWO"},
	{"\x01" FIRST "\x03        \x01" SECOND "\x03  ", "ONE TWO"},
	{"\x01" FIRST "\x03\x01" SECOND, "ONE !-"},
	{ACK FIRST SECOND, "ack+ONE TWO"},
	{OTHER_ACK FIRST, "ack+ONE"},
	{OTHER_LT_ACK FIRST, "ack+- ONE"},
	{ACK_OF("ONE") FIRST_OF("ONE"), "ack+ONE"},
	{ACK_OF("ONE") FIRST, "ack+ONE"},
	{ACK FIRST_OF("ONE"), "ack+ONE"},
	{ACK_OF("TWO") FIRST_OF("ONE") SECOND, "ack+- ONE TWO"},
	{ACK "\r\n" FIRST, "ack+ONE"},
	{OTHER_ACK "\r\n" FIRST, "ack+- ONE"},
	{ACK FIRST "$" ACK SECOND, "ack+ONE ack+TWO"},
	{ACK, "ack+-"},
	{FIRST "garbage" SECOND, "!ONE TWO"},
	{FIRST "}}" SECOND, "!ONE TWO"},
	{FIRST "}}$" SECOND, "!ONE TWO"},
	{FIRST "\ngarbage\n" SECOND, "ONE !- TWO"},
	{"garbage" FIRST, "!- ONE"},
	{INPUT("299") "{4:\n:20:CUT\n:79:HEL" SECOND, "!CUT TWO"},
	{INPUT("299") "{4:\n:20:CUT" SECOND FIRST, "!- TWO ONE"},
	{"{1:F01ALFABEBBAXXX4321000777}{2:I299DELT" SECOND, "!- TWO"},
	{INPUT("299") "{3:{108:{{{}}" FIRST, "!- ONE"},
	{"{1:", "!-"},
};

static void
messages_are_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *found = references(rows[i].bytes, strlen(rows[i].bytes), false);
		if (strcmp(found, rows[i].references) != 0)
			fail_msg("row %u: \"%s\", not \"%s\"", i, found, rows[i].references);
	}
}

/* For records, numbers that are not the acknowledgement's part the two even where nothing is between them. */
static void
copies_are_exact(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool other = strcmp(rows[i].bytes, OTHER_ACK FIRST) == 0;
		const char *found = references_of(rows[i].bytes, strlen(rows[i].bytes), false, true);
		assert_string_equal(found, other ? "ack+- ONE" : rows[i].references);
	}
}

/* A whole DOS-PCC file: each message in sectors of 512 bytes. */
static void
sectors_are_read(void **state)
{
	(void)state;
	enum { SECTOR = 512 };
	char bytes[4 * SECTOR];
	memset(bytes, ' ', sizeof bytes);
	static const char *const messages[] = {FIRST, SECOND, FIRST, SECOND};
	for (unsigned i = 0; i < 4; i++) {
		size_t len = strlen(messages[i]);
		bytes[i * SECTOR] = 1;
		memcpy(bytes + i * SECTOR + 1, messages[i], len);
		bytes[i * SECTOR + 1 + len] = 3;
	}
	assert_string_equal(references(bytes, sizeof bytes, false), "ONE TWO ONE TWO");
}

/* What is handed out of BYTES, and what may be passed over, is all of them. */
static void
account_for(const uint8_t *bytes, size_t len)
{
	struct cs_mt_file file = {.bytes = {bytes, len}};
	struct cs_span message;
	const uint8_t *behind = bytes;
	while (cs_mt_next(&file, &message)) {
		assert_true(message.len > 0);
		for (; behind < message.at; behind++)
			assert_true(is_separator(*behind) || *behind == FRAME_BEGIN);
		assert_true(behind == message.at);
		behind = message.at + message.len;
	}
	for (; behind < bytes + len; behind++)
		assert_true(is_separator(*behind));
}

static void
nothing_is_passed_over(void **state)
{
	(void)state;
	static const char whole[] = ACK FIRST "$\r\n" SECOND "\r\n\x01" FIRST "\x03   ";
	static const uint8_t others[] = {0, '{', '}', '\n', '-', '$', 1, 3, 'x', ':'};
	for (size_t at = 0; at < sizeof whole - 1; at++)
		for (unsigned k = 0; k <= sizeof others; k++) {
			/* The last round is a prefix. */
			bool prefix = k == sizeof others;
			size_t len = prefix ? at : sizeof whole - 1;
			uint8_t *bytes = malloc(len + 1);
			assert_non_null(bytes);
			memcpy(bytes, whole, len);
			if (!prefix)
				bytes[at] = others[k];
			account_for(bytes, len);
			free(bytes);
		}
}

static void
statements_are_found(void **state)
{
	(void)state;
	static const char body[] = ":20:S1\n:25:A\n:28C:1\n:60F:C261125EUR1,\n:62F:C261126EUR1,\n";
	char text[2048];
	snprintf(text, sizeof text, "BANK\n940\n%s-\nBANK\n%s-\n", body, body);
	assert_string_equal(references(text, strlen(text), true), "S1 S1");
	snprintf(text, sizeof text, "%s%s", body, body);
	assert_string_equal(references(text, strlen(text), true), "S1 S1");
	snprintf(text, sizeof text, "{1:F01X}{2:O940X}{3:}{4:\n%s-}{5:}\n{1:F01X}{2:O940X}{4:\n%s-}\n", body, body);
	assert_string_equal(references(text, strlen(text), true), "S1 S1");
	snprintf(text, sizeof text, "\xEF\xBB\xBF%s", body);
	assert_string_equal(references(text, strlen(text), true), "S1");
	assert_string_equal(references("1\n2\n", 4, true), "!-");
	assert_string_equal(references("1\n2\n", 4, false), "!-");
	assert_string_equal(references(body, strlen(body), false), "!-");
	snprintf(text, sizeof text, "%s\n%s", SECOND, body);
	assert_string_equal(references(text, strlen(text), true), "TWO S1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_found),   cmocka_unit_test(copies_are_exact),
		cmocka_unit_test(sectors_are_read),     cmocka_unit_test(nothing_is_passed_over),
		cmocka_unit_test(statements_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

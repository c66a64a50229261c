/*
 * Goal: a person's request is read back as it was written; anything else, however it was made, is none.
 * Method: round trip; every proper prefix; every byte changed to every other; names that lead elsewhere, lines too long.
 */
#include "check.h"

#include "app/gate_request.c"

#include "app/gate_text.c"

#define SHA "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"

static const struct cs_gate_request sample = {true, "20260305-103.fin", SHA, "Mara Lind", "called back; \"fine\""};
static char written[4096];

static struct cs_span
put(const struct cs_gate_request *request)
{
	struct cs_text text = cs_text_over(written, sizeof written);
	bool good = cs_gate_request_put(request, &text);
	return (struct cs_span){(const uint8_t *)written, good ? text.len : 0};
}

static void
what_is_written_is_read(void **state)
{
	(void)state;
	struct cs_gate_request out = {0};
	assert_true(cs_gate_request_read(put(&sample), &out));
	assert_true(out.release);
	assert_string_equal(out.file, sample.file);
	assert_string_equal(out.sha256, sample.sha256);
	assert_string_equal(out.by, sample.by);
	assert_string_equal(out.reason, sample.reason);
	struct cs_gate_request reject = sample;
	reject.release = false;
	assert_true(cs_gate_request_read(put(&reject), &out));
	assert_false(out.release);
}

static void
prefixes_are_refused(void **state)
{
	(void)state;
	struct cs_gate_request out;
	struct cs_span bytes = put(&sample);
	for (size_t len = 0; len < bytes.len; len++)
		assert_false(cs_gate_request_read((struct cs_span){bytes.at, len}, &out));
	written[bytes.len] = 'x';
	assert_false(cs_gate_request_read((struct cs_span){bytes.at, bytes.len + 1}, &out));
}

/* Whatever is read can be written again, and is what was read. */
static void
changed_bytes_are_text_or_refused(void **state)
{
	(void)state;
	char changed[4096];
	struct cs_gate_request out;
	size_t len = put(&sample).len;
	memcpy(changed, written, len);
	for (size_t i = 0; i < len; i++)
		for (unsigned value = 0; value < 256; value++) {
			char before = changed[i];
			changed[i] = (char)value;
			if (cs_gate_request_read((struct cs_span){(const uint8_t *)changed, len}, &out)) {
				struct cs_span again = put(&out);
				assert_int_equal(again.len, len);
				assert_memory_equal(again.at, changed, len);
			}
			changed[i] = before;
		}
}

static void
names_lead_nowhere_else(void **state)
{
	(void)state;
	static const char *const names[] = {"", ".", "..", "../x", "/etc/passwd", "a/b", ".hidden", "a\nb"};
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct cs_gate_request request = sample;
		struct cs_text text = cs_text_over(request.file, sizeof request.file);
		cs_text_put(&text, names[i]);
		assert_int_equal(put(&request).len, 0);
	}
}

static void
lines_have_their_length(void **state)
{
	(void)state;
	struct cs_gate_request out, request = sample;
	memset(request.by, 'b', sizeof request.by - 1);
	request.by[sizeof request.by - 1] = '\0';
	assert_true(cs_gate_request_read(put(&request), &out));
	char long_line[4096] = "countersign gate request 1\nrelease\nx\n" SHA "\n";
	size_t len = strlen(long_line);
	memset(long_line + len, 'b', sizeof request.by);
	memcpy(long_line + len + sizeof request.by, "\nr\n", 4);
	assert_false(cs_gate_request_read(cs_span_text(long_line), &out));
	request = sample;
	request.sha256[3] = 'a';
	assert_int_equal(put(&request).len, 0);
}

static void
text_is_utf8(void **state)
{
	(void)state;
	static const char *const good[] = {
		"",         "a~",           "\xc3\xa4",        "\xe2\x82\xac", "\xf0\x9f\x8f\xa6",
		"\xc2\xa0", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {
		"\x1b[2J",          "\x7f", "\x80",     "\xc3",    "\xc3z", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\xff", "\xc2\x85", "\xe2\x82"};
	for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(cs_gate_is_text(good[i]));
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cs_gate_request request = sample;
		struct cs_text text = cs_text_over(request.reason, sizeof request.reason);
		cs_text_put(&text, bad[i]);
		assert_false(cs_gate_is_text(bad[i]));
		assert_int_equal(put(&request).len, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),           cmocka_unit_test(prefixes_are_refused),
		cmocka_unit_test(changed_bytes_are_text_or_refused), cmocka_unit_test(names_lead_nowhere_else),
		cmocka_unit_test(lines_have_their_length),           cmocka_unit_test(text_is_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

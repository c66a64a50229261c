/*
 * Goal: a decision holds for its party, entry and version, until its day; a file that was tampered with holds none.
 * Method: lines written by the writer are read back, by every prefix, with every byte flipped, with lines taken out.
 */
#include "check.h"

#include "screen/decision.c"

#include <stdlib.h>

enum { FILE_BYTES = 1 << 14 };

static char file[FILE_BYTES];
static size_t file_len;

static struct cs_decisions *
read_file(size_t len, struct cs_decision_fault *fault)
{
	struct cs_decisions *decisions = cs_decisions_new((struct cs_span){(const uint8_t *)file, len}, fault);
	assert_non_null(decisions);
	return decisions;
}

static void
append(const struct cs_decision_kept *decision)
{
	struct cs_decision_fault fault;
	struct cs_decisions *decisions = read_file(file_len, &fault);
	struct cs_text text = cs_text_over(file + file_len, FILE_BYTES - file_len);
	assert_int_equal(fault.line, 0);
	assert_true(cs_decisions_line(decisions, decision, &text));
	file_len += text.len;
	cs_decisions_free(decisions);
}

static struct cs_decision_kept
make(const char *id, uint8_t party, const char *uid, uint64_t until_s)
{
	struct cs_decision_kept out = {.by = cs_span_text("mara"),
				       .reason = cs_span_text("born \"elsewhere\""),
				       .name = cs_span_text("Brennick Varoe"),
				       .at_s = 100,
				       .until_s = until_s};
	memcpy(out.id, id, CS_DECISION_ID_BYTES);
	out.of = (struct cs_decision_case){.list = cs_span_text("own"), .uid = cs_span_text(uid)};
	out.of.party.at[0] = party;
	out.of.version.at[0] = 7;
	return out;
}

static const char first[] = "0123456789ABCDEF", second[] = "1123456789ABCDEF";

static void
fill_file(void)
{
	struct cs_decision_kept a = make(first, 1, "17", 0), b = make(second, 2, "18", 1000);
	file_len = 0;
	append(&a);
	append(&b);
}

static enum cs_decision_state
ask(const struct cs_decision_kept *like, uint64_t now_s, size_t len)
{
	struct cs_decision_fault fault;
	struct cs_decisions *decisions = read_file(len, &fault);
	enum cs_decision_state state = cs_decisions_ask(decisions, &like->of, now_s, NULL);
	cs_decisions_free(decisions);
	return state;
}

static void
test_holds(void **state)
{
	(void)state;
	struct cs_decision_kept a = make(first, 1, "17", 0), b = make(second, 2, "18", 0);
	fill_file();
	assert_int_equal(ask(&a, UINT64_C(99999999999), file_len), CS_DECISION_HOLDS);
	assert_int_equal(ask(&b, 999, file_len), CS_DECISION_HOLDS);
	assert_int_equal(ask(&b, 1000, file_len), CS_DECISION_EXPIRED);
	struct cs_decision_fault fault;
	struct cs_decisions *decisions = read_file(file_len, &fault);
	assert_int_equal(cs_decisions_next_s(decisions, 999), 1000);
	assert_int_equal(cs_decisions_next_s(decisions, 1000), 0);
	cs_decisions_free(decisions);
	a.of.version.at[31] = 1;
	assert_int_equal(ask(&a, 0, file_len), CS_DECISION_CHANGED);
	a = make(first, 2, "17", 0);
	assert_int_equal(ask(&a, 0, file_len), CS_DECISION_NONE);
	a = make(first, 1, "1", 0);
	assert_int_equal(ask(&a, 0, file_len), CS_DECISION_NONE);
}

static void
test_revoked(void **state)
{
	(void)state;
	struct cs_decision_fault fault;
	struct cs_decision_kept a = make(first, 1, "17", 0), again = make("2123456789ABCDEF", 1, "17", 0);
	fill_file();
	a.revoked = true;
	append(&a);
	assert_int_equal(ask(&a, 0, file_len), CS_DECISION_NONE);
	append(&again);
	assert_int_equal(ask(&a, 0, file_len), CS_DECISION_HOLDS);
	struct cs_decisions *decisions = read_file(file_len, &fault);
	assert_int_equal(cs_decisions_n(decisions), 3);
	assert_true(cs_decisions_at(decisions, 0)->revoked);
	assert_true(cs_span_is(cs_decisions_at(decisions, 2)->reason, "born \"elsewhere\""));
	cs_decisions_free(decisions);
}

/* Whatever byte is changed: no decision holds. */
static void
test_every_flip(void **state)
{
	(void)state;
	struct cs_decision_kept a = make(first, 1, "17", 0);
	fill_file();
	for (size_t i = 0; i < file_len; i++) {
		struct cs_decision_fault fault;
		file[i] ^= 1;
		struct cs_decisions *decisions = read_file(file_len, &fault);
		bool last_end = i == file_len - 1;
		assert_true(fault.line > 0);
		assert_int_equal(fault.torn, last_end);
		assert_int_equal(cs_decisions_ask(decisions, &a.of, 0, NULL),
				 last_end ? CS_DECISION_HOLDS : CS_DECISION_NONE);
		cs_decisions_free(decisions);
		file[i] ^= 1;
	}
}

/* Cut anywhere, whole lines before the cut hold and the rest says nothing. */
static void
test_every_prefix(void **state)
{
	(void)state;
	struct cs_decision_kept a = make(first, 1, "17", 0), b = make(second, 2, "18", 0);
	fill_file();
	size_t line = (size_t)((char *)memchr(file, '\n', file_len) - file) + 1;
	for (size_t len = 0; len < file_len; len++) {
		assert_int_equal(ask(&a, 0, len), len < line ? CS_DECISION_NONE : CS_DECISION_HOLDS);
		assert_int_equal(ask(&b, 0, len), CS_DECISION_NONE);
	}
}

static void
test_lines_out_of_place(void **state)
{
	(void)state;
	struct cs_decision_fault fault;
	struct cs_decision_kept a = make(first, 1, "17", 0), b = make(second, 2, "18", 0);
	fill_file();
	a.revoked = true;
	append(&a);
	/* the middle line taken out, and with it nobody's decision comes back */
	char *one = memchr(file, '\n', file_len), *two = memchr(one + 1, '\n', file_len);
	memmove(one + 1, two + 1, file_len - (size_t)(two + 1 - file));
	file_len -= (size_t)(two - one);
	struct cs_decisions *decisions = read_file(file_len, &fault);
	assert_int_equal(fault.line, 2);
	assert_false(fault.torn);
	assert_int_equal(cs_decisions_ask(decisions, &b.of, 0, NULL), CS_DECISION_NONE);
	assert_int_equal(cs_decisions_n(decisions), 0);
	cs_decisions_free(decisions);
}

static void
test_party(void **state)
{
	(void)state;
	struct cs_lexicon *lexicon = cs_lexicon_new();
	struct cs_hasher *hasher = cs_hasher_new();
	struct cs_score_facts born = {.born_from = 19700101, .born_to = 19701231};
	struct cs_digest a = cs_decision_party(hasher, lexicon, cs_span_text("Brennick Varoe"), NULL);
	struct cs_digest b = cs_decision_party(hasher, lexicon, cs_span_text(" BRENNICK  VAROE"), NULL);
	struct cs_digest c = cs_decision_party(hasher, lexicon, cs_span_text("Brennick Varoe"), &born);
	struct cs_digest d = cs_decision_party(hasher, lexicon, cs_span_text("Brennick Varon"), NULL);
	assert_true(cs_digest_same(&a, &b));
	assert_false(cs_digest_same(&a, &c));
	assert_false(cs_digest_same(&a, &d));
	cs_hasher_free(hasher);
	cs_lexicon_free(lexicon);
}

/* What the reader would refuse is not written: one such line, and no decision of the file would hold. */
static void
test_texts(void **state)
{
	(void)state;
	static const char *const wrong[] = {"caf\xe9", "", "\xed\xa0\x80", "\xc0\xaf"};
	struct cs_decision_fault fault;
	struct cs_decisions *decisions = cs_decisions_new((struct cs_span){NULL, 0}, &fault);
	char line[CS_DECISION_LINE_MAX + 2];
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct cs_decision_kept decision = make("00000000000000AB", 1, "7", 0);
		struct cs_text text = cs_text_over(line, sizeof line);
		assert_true(cs_decisions_line(decisions, &decision, &text));
		decision.reason = cs_span_text(wrong[i]);
		text = cs_text_over(line, sizeof line);
		assert_false(cs_decisions_line(decisions, &decision, &text));
	}
	cs_decisions_free(decisions);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_every_flip),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_lines_out_of_place),
		cmocka_unit_test(test_party),
		cmocka_unit_test(test_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Policies as text, for the tests of src/policy: compile, and compare complaints to the letter.
 */
#ifndef CS_TESTS_POLICY_TEXT_H
#define CS_TESTS_POLICY_TEXT_H

#include "policy/complain.h"
#include "policy/policy.h"

/* Two links that are right, on two lines: what a test is about begins in line 3. */
#define LINKS                                                                                                          \
	"link visa { tap \"eth1\" port 5001 frame length16 dialect \"iso87-ascii\" side acquirer }\n"                  \
	"link core { tap \"eth2\" port 7001 frame length16 dialect \"iso87-ebcdic\" side issuer }\n"

/* What is said when a statement is not known at all. */
#define STATEMENTS                                                                                                     \
	"link, excuse, expect, watch, conserve, statement, journal, clocks, tokens, record, profile, limit, rule, "    \
	"list, "                                                                                                       \
	"places, calendar, money, score, screen"

/* A text, and all that is to be said about it. */
struct complaint_row {
	const char *text;
	const char *want;
};

static struct cs_arena arena;
static struct cs_complaints complaints;

static inline enum cs_error
compile(const char *text, size_t len, const struct cs_policy **out)
{
	if (!arena.at && cs_arena_init(&arena, 1 << 20) != CS_OK)
		fail_msg("no memory");
	cs_arena_reset(&arena);
	return cs_policy_read((struct cs_span){(const uint8_t *)text, len}, "p", &arena, out, &complaints);
}

static inline void
assert_complaints(const char *text, const char *want)
{
	const struct cs_policy *policy = NULL;
	char at[16384];
	struct cs_text all = cs_text_over(at, sizeof at);
	assert_int_equal(compile(text, strlen(text), &policy), CS_E_SYNTAX);
	assert_null(policy);
	cs_complain_put(&all, "p", &complaints);
	assert_string_equal(at, want);
}

static inline const struct cs_policy *
compiled(const char *text)
{
	const struct cs_policy *policy = NULL;
	enum cs_error error = compile(text, strlen(text), &policy);
	if (error == CS_OK)
		return policy;
	char at[16384];
	struct cs_text all = cs_text_over(at, sizeof at);
	cs_complain_put(&all, "p", &complaints);
	fail_msg("%s: %s", cs_error_text(error), at);
	return NULL;
}

static inline void
assert_rows(const struct complaint_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_complaints(rows[i].text, rows[i].want);
}

static inline void
assert_rung(const struct cs_rung *rung, unsigned n, const enum cs_field *fields)
{
	assert_int_equal(rung->n, n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(rung->field[i], fields[i]);
}

#endif

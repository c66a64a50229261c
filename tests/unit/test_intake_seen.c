/*
 * Goal: what was read once is known for good, under its id; torn and foreign lines are none; the list is bounded.
 * Method: a spool of our own under /tmp.
 */
#include "check.h"

#include "engine/intake_seen.c"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char top[64];
static struct cs_spool *spool;

static int
set_up(void **state)
{
	(void)state;
	struct cs_spool_paths paths = {{top}};
	strncpy(top, "/tmp/cs-seen-XXXXXX", sizeof top);
	return !mkdtemp(top) || cs_spool_open(&paths, &spool) != CS_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	assert_int_equal(cs_spool_remove(spool, CS_SPOOL_TAKEN, seen_name), CS_OK);
	for (unsigned i = CS_SPOOL_TAKEN; i < CS_SPOOL_PLACE_N; i++) {
		static const char *const name[] = {"", "taken", "archive", "quarantine"};
		(void)unlinkat(cs_spool_folder(spool, CS_SPOOL_IN), name[i], AT_REMOVEDIR);
	}
	cs_spool_close(spool);
	return rmdir(top);
}

static struct cs_intake_seen *
opened(void)
{
	struct cs_intake_seen *seen = NULL;
	assert_int_equal(cs_intake_seen_open(spool, &seen), CS_OK);
	return seen;
}

static struct cs_digest
digest_of(uint32_t n)
{
	struct cs_digest digest = {{0}};
	memcpy(digest.at, &n, sizeof n);
	return digest;
}

static void
known_for_good(void **state)
{
	(void)state;
	struct cs_digest one = digest_of(1), two = digest_of(2), three = digest_of(3);
	struct cs_intake_seen *seen = opened();
	assert_int_equal(cs_intake_seen_as(seen, &one), 0);
	assert_int_equal(cs_intake_seen_add(seen, spool, &one, 11), CS_OK);
	assert_int_equal(cs_intake_seen_add(seen, spool, &two, UINT64_MAX), CS_OK);
	assert_int_equal(cs_intake_seen_as(seen, &one), 11);
	cs_intake_seen_close(seen);
	seen = opened();
	assert_int_equal(cs_intake_seen_as(seen, &one), 11);
	assert_true(cs_intake_seen_as(seen, &two) == UINT64_MAX);
	assert_int_equal(cs_intake_seen_as(seen, &three), 0);
	cs_intake_seen_close(seen);
}

/* A crash in the midst of a line costs that line alone. */
static void
torn_lines_are_none(void **state)
{
	(void)state;
	struct cs_digest one = digest_of(1), two = digest_of(2);
	struct cs_intake_seen *seen = opened();
	assert_int_equal(cs_intake_seen_add(seen, spool, &one, 11), CS_OK);
	cs_intake_seen_close(seen);
	for (unsigned len = 1; len < LINE_BYTES - 1; len++) {
		char line[LINE_BYTES + 1];
		struct cs_text text = cs_text_over(line, sizeof line);
		put_line(&text, &(struct known){two, 12});
		struct cs_span part = {(const uint8_t *)line, len};
		assert_int_equal(cs_spool_append(spool, CS_SPOOL_TAKEN, seen_name, part), CS_OK);
		seen = opened();
		assert_int_equal(cs_intake_seen_as(seen, &one), 11);
		assert_int_equal(cs_intake_seen_as(seen, &two), 0);
		cs_intake_seen_close(seen);
	}
	assert_int_equal(cs_spool_append(spool, CS_SPOOL_TAKEN, seen_name, cs_span_text("junk \xff\n\n0\n")), CS_OK);
	seen = opened();
	assert_int_equal(cs_intake_seen_add(seen, spool, &two, 12), CS_OK);
	cs_intake_seen_close(seen);
	seen = opened();
	assert_int_equal(cs_intake_seen_as(seen, &two), 12);
	cs_intake_seen_close(seen);
}

static void
bounded(void **state)
{
	(void)state;
	enum { MORE = 2 * CS_INTAKE_SEEN_MAX + 5 };
	size_t cap = (size_t)MORE * LINE_BYTES + 1;
	char *at = malloc(cap);
	assert_non_null(at);
	struct cs_text text = cs_text_over(at, cap);
	for (uint32_t i = 0; i < MORE; i++)
		put_line(&text, &(struct known){digest_of(i), i + 1});
	struct cs_span all = {(const uint8_t *)at, text.len};
	assert_int_equal(cs_spool_put(spool, CS_SPOOL_TAKEN, seen_name, all), CS_OK);
	cs_intake_seen_close(opened()); /* writes it anew */
	struct cs_intake_seen *seen = opened();
	assert_int_equal(seen->n, CS_INTAKE_SEEN_MAX);
	struct cs_digest oldest = digest_of(MORE - CS_INTAKE_SEEN_MAX),
			 older = digest_of(MORE - CS_INTAKE_SEEN_MAX - 1);
	assert_int_equal(cs_intake_seen_as(seen, &oldest), MORE - CS_INTAKE_SEEN_MAX + 1);
	assert_int_equal(cs_intake_seen_as(seen, &older), 0);
	cs_intake_seen_close(seen);
	free(at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(known_for_good, set_up, tear_down),
		cmocka_unit_test_setup_teardown(torn_lines_are_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bounded, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

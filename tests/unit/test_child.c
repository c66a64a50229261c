/*
 * Goal: a child says whole messages, hears them, is seen to be gone, and never outlives its parent.
 * Method: children of a few lines; a parent between that is killed.
 */
#include "check.h"

#include "io/child.c"

#include "io/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATIENCE_MS = 20000 };

static void
echo(void *context, int line)
{
	const int *greeting = context;
	uint8_t at[CS_CHILD_MESSAGE_BYTES];
	size_t len = 0;
	if (cs_child_say(line, greeting, sizeof *greeting) != CS_OK)
		_exit(GIVEN_UP);
	while (cs_child_hear(line, PATIENCE_MS, at, &len) == CS_OK)
		if (cs_child_say(line, at, len) != CS_OK)
			_exit(GIVEN_UP);
}

static void
messages_go_both_ways_whole(void **state)
{
	(void)state;
	int greeting = 4711, line = -1;
	static uint8_t out[CS_CHILD_MESSAGE_BYTES], back[CS_CHILD_MESSAGE_BYTES];
	size_t len = 0;
	struct cs_child_wish wish = {"cs-test", echo, &greeting, NULL};
	assert_int_equal(cs_child_start(&wish, &line), CS_OK);
	assert_int_equal(cs_child_hear(line, PATIENCE_MS, back, &len), CS_OK);
	assert_int_equal(len, sizeof greeting);
	assert_memory_equal(back, &greeting, sizeof greeting);
	assert_int_equal(cs_child_hear(line, 0, back, &len), CS_AGAIN);
	memset(out, 0xa5, sizeof out);
	assert_int_equal(cs_child_say(line, out, sizeof out), CS_OK);
	assert_int_equal(cs_child_say(line, out, 3), CS_OK);
	assert_int_equal(cs_child_hear(line, PATIENCE_MS, back, &len), CS_OK);
	assert_int_equal(len, sizeof out);
	assert_memory_equal(back, out, sizeof out);
	assert_int_equal(cs_child_hear(line, PATIENCE_MS, back, &len), CS_OK);
	assert_int_equal(len, 3);
	assert_int_equal(cs_child_say(line, out, sizeof out + 1), CS_E_LIMIT);
	cs_file_close(line);
}

static void
leave(void *context, int line)
{
	(void)context;
	(void)line;
}

static void
its_end_is_seen_and_harms_nobody(void **state)
{
	(void)state;
	int line = -1;
	uint8_t at[CS_CHILD_MESSAGE_BYTES];
	size_t len = 0;
	struct cs_child_wish wish = {"cs-test", leave, NULL, NULL};
	assert_int_equal(cs_child_start(&wish, &line), CS_OK);
	assert_int_equal(cs_child_hear(line, PATIENCE_MS, at, &len), CS_END);
	assert_int_equal(cs_child_say(line, "x", 1), CS_E_WRITE); /* and no signal */
	cs_file_close(line);
}

static void
be_killed(void *context, int line)
{
	(void)line;
	(void)raise(*(const int *)context);
}

static void
what_ended_it_is_told(void **state)
{
	(void)state;
	int with = SIGKILL, without = 0, signal = -1;
	struct cs_child_work work = {be_killed, &with, -1, false, 0};
	assert_int_equal(cs_child_do(&work, &signal), CS_E_LIMIT);
	assert_int_equal(signal, SIGKILL);
	work.context = &without;
	assert_int_equal(cs_child_do(&work, &signal), CS_OK);
	assert_int_equal(signal, 0);
}

/* Says its number, and would live for ever. */
static void
stay(void *context, int line)
{
	(void)context;
	pid_t me = getpid();
	if (cs_child_say(line, &me, sizeof me) != CS_OK)
		_exit(GIVEN_UP);
	for (;;)
		(void)poll(NULL, 0, PATIENCE_MS);
}

static bool
is_gone(pid_t process)
{
	char path[64];
	char text[256] = "";
	snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
	int file = open(path, O_RDONLY);
	if (file < 0)
		return true;
	ssize_t n = read(file, text, sizeof text - 1);
	(void)close(file);
	const char *state = n > 0 ? strrchr(text, ')') : NULL;
	return !state || state[2] == 'Z' || state[2] == 'X';
}

static void
see_policy(void *context, int line)
{
	(void)line;
	if (sched_getscheduler(0) != *(const int *)context)
		_exit(GIVEN_UP);
}

static void
what_takes_too_long_is_ended(void **state)
{
	(void)state;
	int signal = -1, idle = SCHED_IDLE, other = SCHED_OTHER;
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	struct cs_child_work long_one = {stay, NULL, pair[1], true, 100};
	assert_int_equal(cs_child_do(&long_one, &signal), CS_AGAIN);
	struct cs_child_work gentle = {see_policy, &idle, -1, true, PATIENCE_MS};
	assert_int_equal(cs_child_do(&gentle, &signal), CS_OK);
	struct cs_child_work firm = {see_policy, &other, -1, false, PATIENCE_MS};
	assert_int_equal(cs_child_do(&firm, &signal), CS_OK);
	cs_file_close(pair[0]);
	cs_file_close(pair[1]);
}

/* The parent is a process between, which starts a child and is killed. */
static void
none_outlives_its_parent(void **state)
{
	(void)state;
	int pair[2], status = 0;
	pid_t child = 0;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	(void)fflush(stdout);
	pid_t between = fork();
	if (between == 0) {
		int line = -1;
		size_t len = 0;
		uint8_t at[CS_CHILD_MESSAGE_BYTES];
		struct cs_child_wish wish = {"cs-test", stay, NULL, NULL};
		if (cs_child_start(&wish, &line) != CS_OK || cs_child_hear(line, PATIENCE_MS, at, &len) != CS_OK)
			_exit(GIVEN_UP);
		if (write(pair[1], at, len) != (ssize_t)len)
			_exit(GIVEN_UP);
		(void)poll(NULL, 0, PATIENCE_MS);
		_exit(0);
	}
	assert_int_equal(read(pair[0], &child, sizeof child), sizeof child);
	assert_false(is_gone(child));
	assert_int_equal(kill(between, SIGKILL), 0);
	assert_int_equal(waitpid(between, &status, 0), between);
	for (unsigned i = 0; i < 100 && !is_gone(child); i++)
		(void)poll(NULL, 0, 10);
	assert_true(is_gone(child));
	cs_file_close(pair[0]);
	cs_file_close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_go_both_ways_whole), cmocka_unit_test(its_end_is_seen_and_harms_nobody),
		cmocka_unit_test(what_ended_it_is_told),       cmocka_unit_test(what_takes_too_long_is_ended),
		cmocka_unit_test(none_outlives_its_parent),
	};
	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}

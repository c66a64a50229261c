/*
 * Goal: a token answers through its keeper as it does by itself, in the sandbox too; a keeper that is gone is an error,
 * and ends with its asker.
 * Method: SoftHSM with a token of our own; the keeper is found by its name and killed, or watched.
 */
#include "check.h"

#include "io/keeper.c"

#include <dirent.h>
#include <sodium.h>

#include "soft_token.h"

static bool soft;
static char note[CS_KEEPER_SAID_BYTES];

static int
set_up(void **state)
{
	(void)state;
	soft = soft_open();
	return sodium_init() < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	if (soft)
		soft_close();
	return 0;
}

static struct cs_keeper *
opened(void)
{
	struct cs_text text = cs_text_over(note, sizeof note);
	struct cs_keeper *keeper = NULL;
	struct cs_pkcs11_wish wish = {soft_uri, true, true};
	if (cs_keeper_open(&wish, &text, &keeper) != CS_OK)
		fail_msg("%s", note);
	return keeper;
}

/* Ended, whether or not its parent has looked. */
static bool
has_ended(pid_t pid)
{
	char path[64];
	char line[256] = {0};
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return true;
	bool read = fgets(line, sizeof line, file) != NULL;
	(void)fclose(file);
	return !read || strstr(line, ") Z");
}

/* The keeper of this group of processes; one is open at a time. */
static pid_t
find_keeper(void)
{
	DIR *processes = opendir("/proc");
	pid_t found = 0;
	assert_non_null(processes);
	for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
		char path[300];
		char name[16] = {0};
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		snprintf(path, sizeof path, "/proc/%s/comm", entry->d_name);
		FILE *file = pid > 0 ? fopen(path, "r") : NULL;
		if (!file)
			continue;
		if (fgets(name, sizeof name, file) && strcmp(name, "cs-keeper\n") == 0 && getpgid(pid) == getpgrp() &&
		    !has_ended(pid))
			found = pid;
		(void)fclose(file);
	}
	(void)closedir(processes);
	return found;
}

static bool
ends(pid_t pid)
{
	for (unsigned i = 0; i < 500 && !has_ended(pid); i++)
		(void)poll(NULL, 0, 10);
	return has_ended(pid);
}

static void
it_signs_and_derives_as_the_token_does(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	struct cs_keeper *keeper = opened();
	uint8_t key[CS_PKCS11_PUBLIC_BYTES];
	uint8_t signature[CS_PKCS11_SIGNATURE_BYTES];
	uint8_t mac[2][CS_PKCS11_MAC_BYTES];
	static const uint8_t large[CS_KEEPER_BYTES_MAX + 1];
	struct cs_span most = {large, CS_KEEPER_BYTES_MAX};
	cs_keeper_public(keeper, key);
	assert_int_equal(cs_keeper_sign(keeper, cs_span_text("x"), signature), CS_OK);
	assert_int_equal(crypto_sign_verify_detached(signature, (const uint8_t *)"x", 1, key), 0);
	assert_int_equal(cs_keeper_sign(keeper, most, signature), CS_OK);
	assert_int_equal(crypto_sign_verify_detached(signature, large, CS_KEEPER_BYTES_MAX, key), 0);
	assert_int_equal(cs_keeper_sign(keeper, (struct cs_span){large, sizeof large}, signature), CS_E_LIMIT);
	assert_int_equal(cs_keeper_mac(keeper, cs_span_text("a"), mac[0]), CS_OK);
	assert_int_equal(cs_keeper_mac(keeper, cs_span_text("b"), mac[1]), CS_OK);
	assert_memory_not_equal(mac[0], mac[1], CS_PKCS11_MAC_BYTES);
	assert_string_equal(cs_keeper_fault(keeper), "");
	cs_keeper_close(keeper);
}

static void
refusals_come_with_their_words(void **state)
{
	(void)state;
	struct cs_text text = cs_text_over(note, sizeof note);
	struct cs_keeper *keeper = NULL;
	struct cs_pkcs11_wish wish = {"pkcs11:token=a?module-path=/none.so", false, true};
	assert_int_equal(cs_keeper_open(&wish, &text, &keeper), CS_E_OPEN);
	assert_null(keeper);
	assert_string_equal(note,
			    "module-path cannot be loaded: /none.so: cannot open shared object file: No such file or "
			    "directory");
	cs_keeper_close(NULL);
}

static void
a_keeper_that_is_gone_is_an_error(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	struct cs_keeper *keeper = opened();
	uint8_t signature[CS_PKCS11_SIGNATURE_BYTES];
	pid_t pid = find_keeper();
	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGTERM), 0); /* not heeded: the last checkpoint is signed as well */
	assert_int_equal(cs_keeper_sign(keeper, cs_span_text("x"), signature), CS_OK);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_true(ends(pid));
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(cs_keeper_sign(keeper, cs_span_text("x"), signature), CS_E_READ);
		assert_string_equal(cs_keeper_fault(keeper), "the process that holds the token has ended; start again");
	}
	cs_keeper_close(keeper);
}

static void
it_ends_when_it_is_closed(void **state)
{
	(void)state;
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	struct cs_keeper *keeper = opened();
	pid_t pid = find_keeper();
	assert_true(pid > 0);
	cs_keeper_close(keeper);
	assert_true(ends(pid));
}

static void
it_signs_for_who_is_in_the_sandbox(void **state)
{
	(void)state;
	enum { RAN = 7, NO_SANDBOX = 8, REFUSED = 9 };
	if (!soft)
		fail_msg("SoftHSM is missing; ./run deps installs it");
	struct cs_keeper *keeper = opened();
	int status = 0;
	(void)fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		uint8_t signature[CS_PKCS11_SIGNATURE_BYTES];
		if (cs_sandbox_close(CS_SANDBOX_WATCH) != CS_OK)
			_exit(NO_SANDBOX);
		if (cs_keeper_sign(keeper, cs_span_text("x"), signature) != CS_OK)
			_exit(REFUSED);
		cs_keeper_close(keeper);
		_exit(RAN);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	cs_keeper_close(keeper);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_SANDBOX) {
		not_here("a seccomp filter");
		return;
	}
	assert_int_equal(WEXITSTATUS(status), RAN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_signs_and_derives_as_the_token_does),
		cmocka_unit_test(refusals_come_with_their_words),
		cmocka_unit_test(a_keeper_that_is_gone_is_an_error),
		cmocka_unit_test(it_ends_when_it_is_closed),
		cmocka_unit_test(it_signs_for_who_is_in_the_sandbox),
	};
	return cmocka_run_group_tests_name("keeper", tests, set_up, tear_down);
}

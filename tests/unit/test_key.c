/*
 * Goal: a key comes from where it is wished, in the order that is promised, and what is said of it says what to do.
 * Method: key files in a folder of our own, which is the user's home as well.
 */
#include "check.h"

#include "engine/key.c"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/countersign-key-XXXXXX";
static char note[CS_KEY_NOTE_BYTES];

static const char *
in_folder(const char *name)
{
	static char at[4][128];
	static unsigned turn;
	char *path = at[turn++ % 4];
	snprintf(path, sizeof at[0], "%s/%s", folder, name);
	return path;
}

static const char *
made(const char *name, uint8_t first)
{
	uint8_t bytes[CS_TOKEN_KEY_BYTES] = {first};
	const char *path = in_folder(name);
	if (cs_secret_create(path, bytes, sizeof bytes) != CS_OK)
		fail_msg("%s cannot be written", path);
	return path;
}

static int
set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	made("option.key", 1);
	made("policy.key", 2);
	made("old.key", 3);
	return setenv("XDG_STATE_HOME", folder, 1);
}

static int
tear_down(void **state)
{
	(void)state;
	static const char *const names[] = {"option.key",
					    "policy.key",
					    "old.key",
					    "journal.key",
					    "countersign/token.key",
					    "countersign/journal.key"};
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)unlink(in_folder(names[i]));
	(void)rmdir(in_folder("countersign"));
	return rmdir(folder);
}

static enum cs_error
load(const struct cs_key_wish *wish, struct cs_key_ring *out)
{
	struct cs_key_ring *ring = NULL;
	enum cs_error error = cs_key_load(wish, note, &ring);
	assert_int_equal(error == CS_OK, ring != NULL);
	if (ring)
		*out = *ring;
	cs_key_ring_free(ring);
	return error;
}

static void
an_option_goes_before_the_policy(void **state)
{
	(void)state;
	const char *policy = in_folder("p.policy");
	struct cs_key_ring ring = {0};
	struct cs_key_wish wish = {in_folder("option.key"), NULL, policy, "policy.key", NULL, true};
	assert_int_equal(load(&wish, &ring), CS_OK);
	assert_int_equal(ring.now.at[0], 1);
	assert_false(ring.has_previous);
	assert_string_equal(note, "");
	wish.option_path = NULL;
	wish.policy_previous = "old.key";
	assert_int_equal(load(&wish, &ring), CS_OK);
	assert_int_equal(ring.now.at[0], 2);
	assert_true(ring.has_previous);
	assert_int_equal(ring.previous.at[0], 3);
	wish.option_previous = in_folder("option.key");
	assert_int_equal(load(&wish, &ring), CS_OK);
	assert_int_equal(ring.previous.at[0], 1);
}

static void
a_named_key_must_be_there_and_good(void **state)
{
	(void)state;
	char want[512];
	struct cs_key_ring ring;
	struct cs_key_wish wish = {in_folder("none.key"), NULL, "p", NULL, NULL, true};
	assert_int_equal(load(&wish, &ring), CS_E_OPEN);
	snprintf(want, sizeof want, "token key %s/none.key cannot be opened: No such file or directory", folder);
	assert_string_equal(note, want);
	assert_int_not_equal(access(in_folder("none.key"), F_OK), 0);
	wish.option_path = in_folder("option.key");
	wish.option_previous = in_folder("option.key");
	assert_int_equal(load(&wish, &ring), CS_E_FORMAT);
	assert_string_equal(note, "the previous key of card tokens is the key itself; name the one of before, or none");
	wish.option_previous = in_folder("old.key");
	assert_int_equal(chmod(in_folder("old.key"), 0604), 0);
	assert_int_equal(load(&wish, &ring), CS_E_PERMISSION);
	snprintf(want, sizeof want, "token key %s/old.key can be read by others; write: chmod 600 FILE", folder);
	assert_string_equal(note, want);
	wish.strict = false;
	assert_int_equal(load(&wish, &ring), CS_OK);
	assert_string_equal(note, want);
	wish.option_path = "pkcs11:token=a";
	assert_int_equal(load(&wish, &ring), CS_E_SYNTAX);
	assert_string_equal(note, "token key: the URI of the key names no module-path; write: "
				  "pkcs11:token=NAME?module-path=/path/to/module.so&pin-source=/path/to/pin");
	assert_int_equal(chmod(in_folder("old.key"), 0600), 0);
}

static void
the_users_own_is_made_once(void **state)
{
	(void)state;
	char want[512];
	struct cs_key_ring first;
	struct cs_key_ring second;
	struct cs_key_wish wish = {NULL, NULL, "p", NULL, NULL, true};
	assert_int_equal(load(&wish, &first), CS_OK);
	snprintf(want, sizeof want,
		 "made a key for card tokens: %s/countersign/token.key (keep it: with another key the tokens differ)",
		 folder);
	assert_string_equal(note, want);
	assert_int_equal(load(&wish, &second), CS_OK);
	assert_string_equal(note, "");
	assert_memory_equal(&first, &second, sizeof first);
}

static void
a_journal_has_the_key_that_its_policy_names(void **state)
{
	(void)state;
	char want[512];
	uint8_t keys[2][CS_PUBLIC_KEY_BYTES];
	struct cs_vault *vault = NULL;
	struct cs_policy *policy = calloc(1, sizeof *policy);
	assert_non_null(policy);
	policy->path = in_folder("p.policy");
	assert_int_equal(cs_key_vault(&(struct cs_vault_place){NULL, policy, true, true}, note, &vault), CS_OK);
	snprintf(want, sizeof want, "made a key: %s/countersign/journal.key (keep", folder);
	assert_memory_equal(note, want, strlen(want));
	cs_vault_public(vault, keys[0]);
	cs_vault_close(vault);
	policy->journal.key = "journal.key";
	assert_int_equal(cs_key_vault(&(struct cs_vault_place){NULL, policy, true, true}, note, &vault), CS_OK);
	snprintf(want, sizeof want, "made a key: %s/journal.key (keep", folder);
	assert_memory_equal(note, want, strlen(want));
	cs_vault_public(vault, keys[1]);
	cs_vault_close(vault);
	assert_memory_not_equal(keys[0], keys[1], sizeof keys[0]);
	policy->journal.key = "pkcs11:token=a";
	assert_int_equal(cs_key_vault(&(struct cs_vault_place){NULL, policy, true, true}, note, &vault), CS_E_SYNTAX);
	free(policy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_option_goes_before_the_policy),
		cmocka_unit_test(a_named_key_must_be_there_and_good),
		cmocka_unit_test(the_users_own_is_made_once),
		cmocka_unit_test(a_journal_has_the_key_that_its_policy_names),
	};
	return cmocka_run_group_tests_name("key", tests, set_up, tear_down);
}

/*
 * `countersign snapshot`: one walk of the follower, by hand. Also of a journal that is being written at that moment.
 *
 * What is made belongs to whom the journal belongs to: the process that keeps it may be another user's than the one who
 * asks for this, and must be able to read and to remove it.
 */
#include "app/command.h"
#include "app/setup.h"
#include "engine/care.h"
#include "engine/key.h"
#include "io/confine.h"
#include "io/disk.h"
#include "io/sandbox.h"

#include <stdio.h>

const char cs_cmd_snapshot_help[] =
	"usage: countersign snapshot FOLDER [OPTION]...\n\n"
	"Reads the journal in FOLDER again from its newest snapshot to its end, holds every verdict against the\n"
	"journal's, and writes a snapshot of the state there. The next start begins with it. A journal that is\n"
	"being written at that moment is not disturbed.\n\n"
	"  --journal-key KEY  what the journal is signed and sealed with: a file of 32 bytes, or pkcs11:...\n"
	"                     (else your own)\n"
	"  --quiet            say nothing when all is well\n\n"
	"exit status: 0 there is a snapshot of the end, 1 a verdict is not the one that the inputs give,\n"
	"             2 bad usage or no key, 3 the journal cannot be read, or the snapshot not written\n";

enum { OPTION_KEY, OPTION_QUIET };

static const struct cs_option options_table[] = {
	[OPTION_KEY] = {"--journal-key", true},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

struct snapshot {
	const char *folder;
	const char *key;
	bool quiet;
	struct cs_vault *vault;
};

static bool
read_option(struct snapshot *snapshot, int option, const char *value)
{
	switch (option) {
	case OPTION_KEY:
		snapshot->key = value;
		return true;
	case OPTION_QUIET:
		snapshot->quiet = true;
		return true;
	case CS_OPTION_PLAIN:
		if (snapshot->folder)
			fprintf(stderr, "countersign: one journal is enough: '%s'\n", value);
		if (snapshot->folder)
			return false;
		snapshot->folder = value;
		return true;
	default:
		return false;
	}
}

static bool
read_options(struct snapshot *snapshot, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(snapshot, option, value))
			return false;
	if (!snapshot->folder)
		fputs("countersign: snapshot wants the folder of a journal; see countersign snapshot --help\n", stderr);
	return snapshot->folder;
}

static bool
open_vault(struct snapshot *snapshot)
{
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_place place = {snapshot->key, NULL, false, false};
	if (!cs_setup_forbid_dumps())
		return false;
	if (cs_key_vault(&place, note, &snapshot->vault) == CS_OK)
		return true;
	fprintf(stderr, "countersign: journal key: %s\n", note[0] ? note : "there is none; name it with --journal-key");
	return false;
}

/* Whoever the folder belongs to, and writing there only. */
static enum cs_error
give_up_power(const struct snapshot *snapshot)
{
	struct cs_user owner;
	bool confined = false;
	CS_TRY(cs_user_owner(snapshot->folder, &owner));
	CS_TRY(cs_sandbox_become(&owner));
	CS_TRY(cs_confine_writes(&snapshot->folder, 1, &confined));
	return cs_sandbox_close(CS_SANDBOX_KEEP);
}

static int
say(const struct snapshot *snapshot, enum cs_error error, const struct cs_followed *followed)
{
	char at[2 * CS_RERUN_WORDS_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	bool fine = error == CS_OK || error == CS_END;
	cs_followed_put(&text, error, followed);
	if (!fine)
		fprintf(stderr, "countersign: journal %s: %s\n", snapshot->folder, at);
	else if (!snapshot->quiet)
		fprintf(stderr, "%s\n", at);
	return fine ? CS_EXIT_RAN : followed->counts.differing_n ? CS_EXIT_FINDINGS : CS_EXIT_INPUT;
}

static int
run(const struct snapshot *snapshot)
{
	static struct cs_followed followed;
	int lock = -1;
	enum cs_error error = give_up_power(snapshot);
	struct cs_shelf shelf = {0};
	if (error == CS_OK)
		error = cs_shelf_list(snapshot->folder, &shelf);
	bool none = error == CS_E_OPEN || (error == CS_OK && !shelf.n);
	cs_shelf_fini(&shelf);
	if (none) {
		fprintf(stderr, "countersign: journal %s: there is none\n", snapshot->folder);
		return CS_EXIT_INPUT;
	}
	if (error == CS_OK)
		error = cs_care_lock(snapshot->folder, &lock);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: journal %s: %s\n", snapshot->folder,
			error == CS_E_PERMISSION ? "another process is making a snapshot there, or this user may not"
						 : cs_error_text(error));
		return CS_EXIT_INPUT;
	}
	error = cs_follower_walk(snapshot->folder, snapshot->vault, &followed);
	cs_disk_close(lock);
	return say(snapshot, error, &followed);
}

int
cs_cmd_snapshot(int argc, char **argv)
{
	struct snapshot snapshot = {0};
	if (!read_options(&snapshot, argc, argv) || !open_vault(&snapshot))
		return CS_EXIT_USAGE;
	int status = run(&snapshot);
	cs_vault_close(snapshot.vault);
	return status;
}

/*
 * A folder of its own for each test, with a vault in it, and what a test wishes of its journal when nothing else matters.
 *
 * Include it behind the .c that is tested. The folder is below /tmp and goes with scratch_end.
 */
#ifndef CS_TESTS_SCRATCH_H
#define CS_TESTS_SCRATCH_H

#include "state/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];
static struct cs_vault *vault;

static inline bool
scratch_folder(void)
{
	snprintf(folder, sizeof folder, "%s", "/tmp/countersign-test-XXXXXX");
	return mkdtemp(folder) != NULL;
}

/* The vault of the key NAME in the folder, made when there is none; NULL: it cannot be had. */
static inline struct cs_vault *
scratch_vault(const char *name)
{
	char note[CS_VAULT_NOTE_BYTES], key[96];
	struct cs_vault *made = NULL;
	snprintf(key, sizeof key, "%s/%s", folder, name);
	struct cs_vault_wish wish = {key, true, true};
	return cs_vault_open(&wish, note, &made) == CS_OK ? made : NULL;
}

static inline bool
scratch_begin(void)
{
	vault = scratch_folder() ? scratch_vault("journal.key") : NULL;
	return vault;
}

/* 0 when the folder is gone, as a tear-down gives it. */
static inline int
scratch_end(void)
{
	char command[128];
	cs_vault_close(vault);
	vault = NULL;
	snprintf(command, sizeof command, "rm -r %s", folder);
	return (system)(command);
}

/* No syncs, and neither a new volume nor a checkpoint for want of time. */
static inline struct cs_journal_wish
scratch_wish(uint64_t volume_bytes)
{
	return (struct cs_journal_wish){
		.folder = folder,
		.vault = vault,
		.build = "test",
		.sync = CS_SYNC_NONE,
		.volume_bytes = volume_bytes,
		.volume_ns = UINT64_MAX,
		.checkpoint_ns = UINT64_MAX,
	};
}

#endif

/*
 * From the words on the command line to links that work. Says every fault itself, as file:line:column.
 */
#include "app/setup.h"

#include "engine/key.h"
#include "io/file.h"

#include <stdio.h>

enum { POLICY_BYTES_MAX = 1 << 20, POLICY_ARENA_BYTES = 2 << 20 };

static void
say_complaints(const char *path, const struct cs_complaints *complaints)
{
	for (unsigned i = 0; i < complaints->n; i++)
		fprintf(stderr, "%s:%u:%u: %s\n", path, complaints->at[i].place.line, complaints->at[i].place.column,
			complaints->at[i].text);
	if (complaints->all_n > complaints->n)
		fprintf(stderr, "%s: and %u more\n", path, complaints->all_n - complaints->n);
}

bool
cs_setup_policy(struct cs_setup *setup, const char *path)
{
	struct cs_span text = {0};
	enum cs_error error = cs_file_read(path, POLICY_BYTES_MAX, &text);
	if (error == CS_OK)
		error = cs_arena_init(&setup->arena, POLICY_ARENA_BYTES);
	if (error != CS_OK) {
		fprintf(stderr, "countersign: policy %s %s\n", path, cs_file_error_text(error));
		cs_file_free(text);
		return false;
	}
	struct cs_complaints complaints = {0};
	error = cs_policy_read(text, path, &setup->arena, &setup->policy, &complaints);
	cs_file_free(text);
	say_complaints(path, &complaints);
	if (error != CS_OK && !complaints.n)
		fprintf(stderr, "countersign: policy %s %s\n", path, cs_error_text(error));
	return error == CS_OK;
}

bool
cs_setup_links_with(struct cs_setup *setup, const struct cs_token_key *key)
{
	struct cs_complaints complaints = {0};
	setup->key = *key;
	enum cs_error error = cs_links_open(&setup->links, setup->policy, key, &complaints);
	say_complaints(setup->policy->path, &complaints);
	if (error != CS_OK && !complaints.n)
		fprintf(stderr, "countersign: %s\n", cs_error_text(error));
	return error == CS_OK;
}

bool
cs_setup_links(struct cs_setup *setup, const char *key_option, bool strict)
{
	char note[CS_KEY_NOTE_BYTES];
	struct cs_token_key key;
	struct cs_key_wish wish = {key_option, setup->policy->path, setup->policy->key_path, strict};
	enum cs_error error = cs_key_load(&wish, note, &key);
	if (note[0])
		fprintf(stderr, "countersign: %s\n", note);
	return error == CS_OK && cs_setup_links_with(setup, &key);
}

void
cs_setup_close(struct cs_setup *setup)
{
	cs_links_close(&setup->links);
	cs_arena_fini(&setup->arena);
	explicit_bzero(setup, sizeof *setup);
}

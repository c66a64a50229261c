/*
 * From the words on the command line to links that work. Says every fault itself, as file:line:column.
 */
#include "app/setup.h"

#include "app/lau.h"
#include "app/watched.h"

#include "io/file.h"
#include "io/huge.h"
#include "io/sandbox.h"

#include <stdio.h>

enum { POLICY_BYTES_MAX = 1 << 20, POLICY_ARENA_BYTES = 8 << 20 };

static void
say_complaints(const char *path, const struct cs_complaints *complaints)
{
	for (unsigned i = 0; i < complaints->n; i++)
		fprintf(stderr, "%s:%u:%u: %s\n", path, complaints->at[i].place.line, complaints->at[i].place.column,
			complaints->at[i].text);
	if (complaints->all_n > complaints->n)
		fprintf(stderr, "%s: and %u more\n", path, complaints->all_n - complaints->n);
}

/* Its text, and memory for what it says. */
static bool
open_text(struct cs_setup *setup, const char *path)
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
	setup->policy_text = text;
	return true;
}

bool
cs_setup_policy(struct cs_setup *setup, const char *path)
{
	struct cs_complaints complaints = {0};
	if (!open_text(setup, path))
		return false;
	enum cs_error error = cs_policy_read(setup->policy_text, path, &setup->arena, &setup->policy, &complaints);
	if (error == CS_OK && !cs_watched_check(setup->policy, &complaints))
		error = CS_E_SYNTAX;
	say_complaints(path, &complaints);
	if (error != CS_OK && !complaints.n)
		fprintf(stderr, "countersign: policy %s %s\n", path, cs_error_text(error));
	return error == CS_OK;
}

bool
cs_setup_policy_limits(struct cs_setup *setup, const char *path)
{
	struct cs_complaints complaints = {0};
	if (cs_setup_policy(setup, path))
		return true;
	if (!setup->policy_text.at)
		return false;
	cs_arena_fini(&setup->arena);
	if (cs_arena_init(&setup->arena, POLICY_ARENA_BYTES) != CS_OK)
		return false;
	enum cs_error error =
		cs_policy_read_limits(setup->policy_text, path, &setup->arena, &setup->policy, &complaints);
	fprintf(stderr, "countersign: policy %s is broken%s\n", path,
		error == CS_OK ? "; its limits stand alone: no rule, list or profile is in force"
			       : ", and so are its links or limits");
	return error == CS_OK;
}

static bool
open_links(struct cs_setup *setup)
{
	struct cs_complaints complaints = {0};
	if (!setup->policy->link_n) {
		fprintf(stderr,
			"countersign: policy %s has no link, so there is nothing to watch; write one, as in: "
			"link visa { tap port 5001  frame length16  dialect \"iso87-ascii\"  side acquirer }\n",
			setup->policy->path);
		return false;
	}
	enum cs_error error = cs_links_open(&setup->links, setup->policy, setup->ring, &complaints);
	say_complaints(setup->policy->path, &complaints);
	if (error != CS_OK && !complaints.n)
		fprintf(stderr, "countersign: %s\n", cs_error_text(error));
	return error == CS_OK && cs_lau_load_records(setup);
}

bool
cs_setup_links_with(struct cs_setup *setup, const struct cs_key_ring *ring)
{
	setup->ring = cs_key_ring_new(ring);
	if (setup->ring)
		return open_links(setup);
	fprintf(stderr, "countersign: %s\n", cs_error_text(CS_E_MEMORY));
	return false;
}

bool
cs_setup_forbid_dumps(void)
{
	if (cs_sandbox_no_dumps() == CS_OK)
		return true;
	fputs("countersign: core dumps cannot be turned off here, and without that no key is loaded\n", stderr);
	return false;
}

bool
cs_setup_links(struct cs_setup *setup, const struct cs_setup_keys *keys)
{
	char note[CS_KEY_NOTE_BYTES];
	const struct cs_policy *policy = setup->policy;
	struct cs_key_wish wish = {
		keys->key, keys->previous, policy->path, policy->key_path, policy->previous_key_path, keys->strict};
	if (!cs_setup_forbid_dumps())
		return false;
	enum cs_error error = cs_key_load(&wish, note, &setup->ring);
	if (note[0] || error != CS_OK)
		fprintf(stderr, "countersign: %s\n", note[0] ? note : cs_error_text(error));
	return error == CS_OK && open_links(setup);
}

static void
say_line(void *context, const char *words)
{
	(void)context;
	fprintf(stderr, "%s\n", words);
}

bool
cs_setup_tables(const struct cs_policy *policy, const struct cs_key_ring *ring, bool live, struct cs_tables **out)
{
	struct cs_tables_wish wish = {policy, &ring->now, live, say_line, NULL};
	enum cs_error error = cs_tables_new(&wish, out);
	if (error != CS_OK)
		fprintf(stderr, "countersign: lists and places: %s\n", cs_error_text(error));
	return error == CS_OK;
}

void
cs_setup_say_huge(void)
{
	const char *why = cs_huge_refused();
	if (why)
		fprintf(stderr, "countersign: no huge pages for large tables, so each look-up costs more: %s\n", why);
}

void
cs_setup_close(struct cs_setup *setup)
{
	cs_links_close(&setup->links);
	cs_key_ring_free(setup->ring);
	cs_arena_fini(&setup->arena);
	cs_file_free(setup->policy_text);
	explicit_bzero(setup, sizeof *setup);
}

/*
 * The files of a folder, listed once, before the first is read: what comes into it meanwhile is not seen.
 */
#include "app/sources_folder.h"

#include "base/text.h"
#include "io/spool.h"

#include <stdlib.h>

struct listing {
	struct cs_sources_folder *out;
	const char *path;
	bool failed;
};

static void
add(void *context, const char *name)
{
	struct listing *listing = context;
	struct cs_sources_folder *out = listing->out;
	size_t cap = strlen(listing->path) + 1 + strlen(name) + 1;
	char *at = malloc(cap);
	if (!at) {
		listing->failed = true;
		return;
	}
	struct cs_text text = cs_text_over(at, cap);
	cs_text_put(&text, listing->path);
	cs_text_put(&text, "/");
	cs_text_put(&text, name);
	CS_ASSERT(out->n < CS_SPOOL_FILES_MAX && !text.overflowed);
	out->path[out->n++] = at;
}

enum cs_error
cs_sources_folder_list(const char *path, struct cs_sources_folder *out)
{
	*out = (struct cs_sources_folder){0, calloc(CS_SPOOL_FILES_MAX, sizeof *out->path)};
	struct listing listing = {out, path, false};
	enum cs_error error = out->path ? cs_spool_names(path, add, &listing) : CS_E_MEMORY;
	if (error == CS_OK && listing.failed)
		error = CS_E_MEMORY;
	if (error != CS_OK)
		cs_sources_folder_free(out);
	return error;
}

void
cs_sources_folder_free(struct cs_sources_folder *folder)
{
	const char **path = folder->path;
	for (unsigned i = 0; path && i < folder->n; i++)
		free((void *)(uintptr_t)path[i]);
	free(path);
	*folder = (struct cs_sources_folder){0, NULL};
}

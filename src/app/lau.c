/*
 * A file of keys is read into memory that is not swapped or dumped, and wiped from it when its lines are taken.
 */
#include "app/lau.h"

#include "app/setup.h"
#include "engine/links.h"
#include "io/file.h"
#include "io/secret.h"

#include <stdio.h>

enum { PATH_BYTES = 4096 };

static bool
take_lines(const char *who, const char *path, struct cs_span text, struct cs_mt_keys *keys)
{
	unsigned line = 0;
	if (cs_mt_keys_read(keys, text, &line))
		return true;
	fprintf(stderr,
		"%s: %s:%u: write PARTNER KEY: a BIC of 8 or 11 characters or *, and a key of 32 (at most %d lines)\n",
		who, path, line, CS_MT_KEYS_MAX);
	return false;
}

bool
cs_lau_load(const char *who, const char *path, bool strict, struct cs_mt_keys *keys)
{
	uint8_t *text = cs_secret_memory(CS_MT_KEYS_BYTES);
	size_t len = 0;
	bool loose = false, right = false;
	if (!text) {
		fprintf(stderr, "%s: out of memory\n", who);
		return false;
	}
	enum cs_error error = cs_secret_read_some(path, text, CS_MT_KEYS_BYTES, &len, &loose);
	if (error != CS_OK)
		fprintf(stderr, "%s: keys %s: %s\n", who, path, cs_file_error_text(error));
	else if (loose)
		fprintf(stderr, "%s: keys %s can be read by others; write: chmod 600 FILE\n", who, path);
	if (error == CS_OK && !(loose && strict))
		right = take_lines(who, path, (struct cs_span){text, len}, keys);
	cs_secret_release(text);
	return right;
}

bool
cs_lau_load_records(struct cs_setup *setup)
{
	char path[PATH_BYTES];
	for (unsigned i = 0; i < setup->links.n; i++) {
		const char *given = NULL;
		struct cs_mt_keys *keys = cs_links_lau(&setup->links, i, &given);
		if (!keys)
			continue;
		if (cs_links_beside(setup->policy->path, given, path, sizeof path) != CS_OK) {
			fprintf(stderr, "countersign: keys %s: the path is too long\n", given);
			return false;
		}
		if (!cs_lau_load("countersign", path, true, keys))
			return false;
	}
	return true;
}

unsigned
cs_lau_renew(struct cs_links *links, const struct cs_links *fresh)
{
	unsigned n = 0;
	const char *path;
	for (unsigned i = 0; i < links->n; i++) {
		struct cs_mt_keys *keys = cs_links_lau(links, i, &path);
		const struct cs_mt_keys *others = cs_links_lau(fresh, i, &path);
		if (!keys || !others || cs_mt_keys_same(keys, others))
			continue;
		*keys = *others;
		n++;
	}
	return n;
}

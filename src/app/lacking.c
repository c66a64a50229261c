/*
 * A policy whose list is not there is a good policy: its screens and rules say what holds then. But whoever checks it wants to know.
 * Nothing is read of a file: what is in it, `lists check` tells. A path that ends with "/" is a folder, whose newest file counts.
 */
#include "app/lacking.h"

#include "engine/links.h"
#include "engine/list_files.h"
#include "io/file.h"
#include "policy/behave.h"

#include <stdio.h>

/* One after the other; TELL gets each that lacks. */
struct looking {
	const struct cs_policy *policy;
	void (*tell)(void *context, const char *name, const char *path, const char *why);
	void *context;
	unsigned n;
};

static enum cs_error
try_file(const char *path)
{
	static char room[CS_LIST_PATH_BYTES];
	const char *at = path;
	CS_TRY(cs_list_files_at(path, room, &at));
	return cs_file_try(at);
}

static void
look_at(struct looking *looking, const char *name, const char *source)
{
	char path[CS_LIST_PATH_BYTES];
	enum cs_error error = cs_links_beside(looking->policy->path, source, path, sizeof path);
	if (error == CS_OK)
		error = try_file(path);
	else
		path[0] = '\0';
	if (error == CS_OK)
		return;
	looking->n++;
	looking->tell(looking->context, name, path[0] ? path : source, cs_file_error_text(error));
}

static void
look(struct looking *looking)
{
	const struct cs_policy *policy = looking->policy;
	const struct cs_behave_policy *behave = policy->behave;
	for (unsigned i = 0; i < policy->watched_n; i++)
		for (unsigned k = 0; k < policy->watched[i].source_n; k++)
			look_at(looking, policy->watched[i].name, policy->watched[i].source[k]);
	for (unsigned i = 0; behave && i < behave->list_n; i++)
		if (behave->list[i].source)
			look_at(looking, behave->list[i].name, behave->list[i].source);
	for (unsigned i = 0; behave && i < behave->spots_n; i++)
		look_at(looking, behave->spots[i].name, behave->spots[i].source);
}

static void
say(void *context, const char *name, const char *path, const char *why)
{
	(void)context;
	(void)fprintf(stderr, "countersign: list %s: %s: %s\n", name, path, why);
}

unsigned
cs_lacking_say(const struct cs_policy *policy)
{
	struct looking looking = {policy, say, NULL, 0};
	look(&looking);
	return looking.n;
}

static void
put(void *context, const char *name, const char *path, const char *why)
{
	struct cs_json *out = context;
	(void)name, (void)why;
	cs_json_text(out, path);
}

static void
pass_over(void *context, const char *name, const char *path, const char *why)
{
	(void)context, (void)name, (void)path, (void)why;
}

void
cs_lacking_put_json(struct cs_json *out, const struct cs_policy *policy)
{
	struct looking looking = {policy, pass_over, NULL, 0};
	look(&looking);
	if (!looking.n)
		return;
	cs_json_key(out, "files_lacking");
	cs_json_array(out);
	looking = (struct looking){policy, put, out, 0};
	look(&looking);
	cs_json_end_array(out);
}

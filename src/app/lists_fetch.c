/*
 * Fetching watch lists. Each file is fetched beside the one it is for, and the list is read as screening reads it; only a list that is one,
 * and has not lost more entries than `shrink` allows, is put in the place of the old. Whatever goes wrong, the files that are there stay.
 *
 * A process of its own, not `run`: the guard needs no way out to the internet.
 */
#include "app/lists_fetch.h"

#include "app/command.h"
#include "app/setup.h"
#include "base/glyph.h"
#include "base/json.h"
#include "engine/list_files.h"
#include "io/disk.h"
#include "io/fetch.h"
#include "io/file.h"
#include "io/folder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	WHY_BYTES =
		8 *
		CS_LIST_PATH_BYTES, /* a path, and the same as a word of a shell, of which each byte may be a quote */
	SAID_BYTES = 256,
	OUT_BYTES = 8 * WHY_BYTES,
};

enum { OPTION_LIST, OPTION_JSON };

static const struct cs_option options_table[] = {
	[OPTION_LIST] = {"--list", true},
	[OPTION_JSON] = {"--json", false},
	{NULL, false},
};

struct request {
	const char *policy_path;
	const char *only[CS_LISTS_MAX];
	unsigned only_n;
	bool json;
};

/* A list on its way. */
struct coming {
	struct cs_list_where here;  /* as it is declared */
	struct cs_list_where fresh; /* the same, of the files that were fetched */
	uint64_t before_n, now_n;   /* entries */
	bool was;                   /* there are files now, and they are a list */
	uint64_t bytes;
	struct cs_digest version;
	char why[WHY_BYTES]; /* "": it came */
};

static bool
complain(const char *what, const char *words)
{
	(void)fprintf(stderr, "countersign lists: %s%s%s. See countersign lists --help\n", what, words[0] ? ": " : "",
		      words);
	return false;
}

static bool
read_options(int argc, char **argv, struct request *request)
{
	struct cs_options options = {argc, argv, 1, false};
	for (;;) {
		const char *value = NULL;
		int option = cs_option_next(&options, options_table, &value);
		if (option == CS_OPTION_END)
			return request->policy_path || complain("of which policy? countersign lists fetch POLICY", "");
		if (option == CS_OPTION_BAD)
			return false;
		if (option == OPTION_JSON)
			request->json = true;
		else if (option == OPTION_LIST && request->only_n < CS_LISTS_MAX)
			request->only[request->only_n++] = value;
		else if (option == CS_OPTION_PLAIN && !request->policy_path)
			request->policy_path = value;
		else
			return complain("one policy, and at most 32 lists", "");
	}
}

static bool
is_asked_for(const struct request *request, const char *name)
{
	for (unsigned i = 0; i < request->only_n; i++)
		if (strcmp(request->only[i], name) == 0)
			return true;
	return request->only_n == 0;
}

/* Every list that was named is one that can be fetched. */
static bool
check_names(const struct request *request, const struct cs_policy *policy)
{
	unsigned can_n = 0;
	for (unsigned i = 0; i < policy->watched_n; i++)
		can_n += policy->watched[i].fetch_n > 0;
	if (!can_n)
		return complain(request->policy_path,
				"no watch list says where it is published; write: fetch \"https://...\"");
	for (unsigned k = 0; k < request->only_n; k++) {
		bool found = false;
		for (unsigned i = 0; i < policy->watched_n; i++)
			found = found ||
				(policy->watched[i].fetch_n && strcmp(policy->watched[i].name, request->only[k]) == 0);
		if (!found)
			return complain(request->only[k], "no watch list of this name says where it is published");
	}
	return true;
}

/* Why the list does not come: {what}: {words}. */
static void
say_why(struct coming *coming, const char *what, const char *words)
{
	struct cs_text why = cs_text_over(coming->why, sizeof coming->why);
	cs_text_put(&why, what);
	cs_text_put(&why, ": ");
	cs_text_put(&why, words);
}

static const char *
fetch_error(enum cs_error error)
{
	if (error == CS_E_UNSUPPORTED)
		return "/usr/bin/curl is not there; install Debian's package curl";
	if (error == CS_AGAIN)
		return "it did not come within five minutes";
	return error == CS_E_READ ? "it did not come" : cs_error_text(error);
}

/* Why a file does not come, with curl's own words: a server may have a part in them. */
static void
say_fetch(struct coming *coming, const char *url, enum cs_error error, const struct cs_text *said)
{
	struct cs_text why = cs_text_over(coming->why, sizeof coming->why);
	cs_text_put(&why, url);
	cs_text_put(&why, ": ");
	cs_text_put(&why, fetch_error(error));
	if (error != CS_E_READ || !said->len)
		return;
	cs_text_put(&why, "; ");
	cs_glyph_put_all(&why, (struct cs_span){(const uint8_t *)said->at, said->len});
}

/* A path as one word of a shell. */
static void
put_word(struct cs_text *text, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,:@%";
	if (path[strspn(path, plain)] == '\0') {
		cs_text_put(text, path);
		return;
	}
	cs_text_put_char(text, '\'');
	for (; *path; path++) {
		if (*path == '\'')
			cs_text_put(text, "'\\''");
		else
			cs_text_put_char(text, *path);
	}
	cs_text_put_char(text, '\'');
}

static void
say_no_folder(struct coming *coming, const char *folder)
{
	struct cs_text why = cs_text_over(coming->why, sizeof coming->why);
	cs_text_put(&why, folder);
	cs_text_put(&why, ": there is no such folder; make it, as the user that fetches: install -d ");
	cs_text_put(&why, folder[0] == '-' ? "-- " : "");
	put_word(&why, folder);
}

/* The folders that the files go to are made by who says whose they are. */
static bool
has_folders(struct coming *coming)
{
	for (unsigned i = 0; i < coming->here.path_n; i++) {
		const char *path = coming->here.path[i], *slash = strrchr(path, '/');
		char *folder = slash && slash > path ? strndup(path, (size_t)(slash - path)) : NULL;
		bool there = !folder || cs_folder_has(folder);
		if (!there)
			say_no_folder(coming, folder);
		free(folder);
		if (!there)
			return false;
	}
	return true;
}

static bool
fetch_files(const struct cs_watched_clause *clause, struct coming *coming)
{
	for (unsigned i = 0; i < coming->fresh.path_n; i++) {
		char room[SAID_BYTES];
		struct cs_text said = cs_text_over(room, sizeof room);
		enum cs_error error = cs_fetch(clause->fetch[i], coming->fresh.path[i], CS_LIST_FILES_BYTES_MAX, &said);
		if (error == CS_OK)
			continue;
		say_fetch(coming, clause->fetch[i], error, &said);
		return false;
	}
	return true;
}

/* Reads the files of WHERE as a list. */
static enum cs_error
read_list(const struct cs_list_where *where, struct cs_hasher *hasher, struct cs_watch_list_report *report,
	  uint64_t *bytes)
{
	struct cs_list_files files;
	const char *failed = NULL;
	CS_TRY(cs_list_files_read(where, hasher, &files, &failed));
	enum cs_error error = cs_list_files_count(where, &files, report);
	for (unsigned i = 0; i < files.n; i++)
		*bytes += files.file[i].len;
	cs_list_files_free(&files);
	return error;
}

static bool
weigh(struct coming *coming, struct cs_hasher *hasher)
{
	static struct cs_watch_list_report report;
	uint64_t ignored = 0;
	coming->was = read_list(&coming->here, hasher, &report, &ignored) == CS_OK;
	coming->before_n = coming->was ? report.entry_n : 0;
	enum cs_error error = read_list(&coming->fresh, hasher, &report, &coming->bytes);
	coming->now_n = report.entry_n;
	coming->version = report.version;
	if (error != CS_OK) {
		say_why(coming, "what came is no such list", report.lacks[0] ? report.lacks : cs_error_text(error));
		return false;
	}
	if (!coming->now_n || cs_list_files_shrunk(&coming->here, coming->before_n, coming->now_n)) {
		struct cs_text why = cs_text_over(coming->why, sizeof coming->why);
		cs_text_put_counted(&why, coming->now_n, "entry came, and ", "entries came, and ");
		cs_text_put_u64(&why, coming->before_n);
		cs_text_put(&why,
			    " are there: it lost more than `shrink` allows; look at it with countersign lists check");
		return false;
	}
	return true;
}

/* The bytes of PATH, which curl wrote, are durable before they take the place of others: power that goes leaves one of the two. */
static enum cs_error
make_durable(const char *path)
{
	int file = -1;
	CS_TRY(cs_file_open_read(path, &file));
	enum cs_error error = cs_disk_sync(file);
	cs_file_close(file);
	return error;
}

static bool
put_in_place(struct coming *coming)
{
	enum cs_error error = CS_OK;
	unsigned i = 0;
	while (i < coming->fresh.path_n && (error = make_durable(coming->fresh.path[i])) == CS_OK)
		i++;
	for (i = error == CS_OK ? 0 : i; error == CS_OK && i < coming->here.path_n; i++) {
		error = cs_disk_rename(coming->fresh.path[i], coming->here.path[i]);
		if (error == CS_OK)
			error = cs_disk_sync_name(coming->here.path[i]);
		if (error != CS_OK)
			break;
	}
	if (error != CS_OK)
		say_why(coming, coming->here.path[i], cs_file_error_text(error));
	return error == CS_OK;
}

/* The paths of the list with ".new" behind. */
static enum cs_error
beside(const struct cs_policy *policy, unsigned nth, struct coming *coming)
{
	CS_TRY(cs_list_files_where(policy, nth, &coming->here));
	CS_TRY(cs_list_files_where(policy, nth, &coming->fresh));
	for (unsigned i = 0; i < coming->fresh.path_n; i++) {
		size_t len = strlen(coming->fresh.path[i]);
		char *path = realloc(coming->fresh.path[i], len + sizeof ".new");
		if (!path)
			return CS_E_MEMORY;
		memcpy(path + len, ".new", sizeof ".new");
		coming->fresh.path[i] = path;
	}
	return CS_OK;
}

static void
tell_people(const char *name, const struct coming *coming)
{
	if (coming->why[0]) {
		(void)fprintf(stderr, "countersign lists: list %s IS NOT RENEWED: %s\n", name, coming->why);
		return;
	}
	(void)printf("%s: %" PRIu64 " %s", name, coming->now_n, coming->now_n == 1 ? "entry" : "entries");
	if (coming->was)
		(void)printf(" (%" PRIu64 " before)", coming->before_n);
	char version[2 * CS_DIGEST_BYTES + 1];
	struct cs_text text = cs_text_over(version, sizeof version);
	cs_text_put_hex_small(&text, (struct cs_span){coming->version.at, sizeof coming->version.at});
	(void)printf(", %" PRIu64 " bytes, version %s\n", coming->bytes, version);
}

static void
tell_json(const char *name, const struct coming *coming)
{
	static char room[OUT_BYTES];
	struct cs_text text = cs_text_over(room, sizeof room);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	cs_json_put_text(&json, "list", name);
	cs_json_put_bool(&json, "renewed", !coming->why[0]);
	if (coming->why[0])
		cs_json_put_utf8(&json, "why", cs_span_text(coming->why));
	cs_json_put_u64(&json, "entries", coming->now_n);
	if (coming->was)
		cs_json_put_u64(&json, "entries_before", coming->before_n);
	cs_json_put_u64(&json, "bytes", coming->bytes);
	cs_json_key(&json, "version");
	cs_json_hex_small(&json, (struct cs_span){coming->version.at, sizeof coming->version.at});
	cs_json_end_object(&json);
	cs_text_put_char(&text, '\n');
	(void)fwrite(text.at, 1, text.len, stdout);
}

/* Fetches one list; false: it stays as it was. */
static bool
renew(const struct cs_policy *policy, unsigned nth, struct cs_hasher *hasher, bool json)
{
	const struct cs_watched_clause *clause = &policy->watched[nth];
	struct coming coming = {.why = ""};
	enum cs_error error = beside(policy, nth, &coming);
	bool good = error == CS_OK;
	if (!good)
		say_why(&coming, clause->name, cs_error_text(error));
	good = good && has_folders(&coming) && fetch_files(clause, &coming) && weigh(&coming, hasher) &&
	       put_in_place(&coming);
	if (!good)
		for (unsigned i = 0; i < coming.fresh.path_n; i++)
			cs_folder_clear(coming.fresh.path[i]);
	if (json)
		tell_json(clause->name, &coming);
	else
		tell_people(clause->name, &coming);
	cs_list_files_where_free(&coming.here);
	cs_list_files_where_free(&coming.fresh);
	return good;
}

int
cs_lists_fetch(int argc, char **argv)
{
	static struct cs_setup setup;
	struct request request = {0};
	if (!read_options(argc, argv, &request))
		return CS_EXIT_USAGE;
	int status = CS_EXIT_USAGE;
	struct cs_hasher *hasher = cs_hasher_new();
	if (!hasher)
		(void)complain("out of memory", "");
	else if (cs_setup_policy(&setup, request.policy_path) && check_names(&request, setup.policy)) {
		status = CS_EXIT_RAN;
		for (unsigned i = 0; i < setup.policy->watched_n; i++)
			if (setup.policy->watched[i].fetch_n && is_asked_for(&request, setup.policy->watched[i].name) &&
			    !renew(setup.policy, i, hasher, request.json))
				status = CS_EXIT_INPUT;
	}
	cs_hasher_free(hasher);
	cs_setup_close(&setup);
	if (fflush(stdout) != 0)
		return CS_EXIT_INPUT;
	return status;
}

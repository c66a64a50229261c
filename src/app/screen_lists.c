/*
 * Reading lists for one run of `countersign screen`. Rows that are wrong are told, and the others are searched; a list that
 * cannot be read to its end is none, and the run ends.
 */
#include "app/screen_lists.h"

#include "app/command.h"
#include "app/watched.h"
#include "base/since.h"
#include "engine/list_files.h"
#include "io/file.h"
#include "io/folder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MINUTE_S = 60 };

static const uint64_t second_ns = 1000000000;

/* One list as it is told, and its files in memory. */
struct told {
	char text[CS_LIST_PATH_BYTES];
	struct cs_list_where where;
	struct cs_list_files files;
};

static int
complain(const char *what, const char *words)
{
	(void)fprintf(stderr, "countersign screen: %s: %s\n", what, words);
	return CS_EXIT_USAGE;
}

static int
out_of_memory(void)
{
	(void)fputs("countersign screen: out of memory\n", stderr);
	return CS_EXIT_INPUT;
}

/* Cuts ":FORMAT" and ":FORMAT:MAPPING" off; false: the mapping is none, or of a format that has none. */
static bool
take_format(struct told *told)
{
	const char *why = NULL;
	for (char *at = strchr(told->text, ':'); at; at = strchr(at + 1, ':')) {
		const char *end = strchr(at + 1, ':');
		struct cs_span word = {(const uint8_t *)at + 1, end ? (size_t)(end - at - 1) : strlen(at + 1)};
		enum cs_watch_list_format format = cs_watch_list_format(word);
		if (format == CS_WATCH_LIST_GUESS)
			continue;
		told->where.format = format;
		*at = '\0';
		if (!end)
			return true;
		if (format != CS_WATCH_LIST_CSV) {
			(void)complain(end + 1,
				       "a mapping goes with csv; other formats say themselves which column is which");
			return false;
		}
		told->where.mapping = strdup(end + 1);
		if (told->where.mapping && cs_watch_list_map(cs_span_text(end + 1), &told->where.map, &why))
			return true;
		why = why ? why : cs_error_text(CS_E_MEMORY);
		(void)complain(end + 1, why);
		return false;
	}
	return true;
}

static bool
take_path(struct cs_list_where *where, const char *argument, const char *path)
{
	if (where->path_n == CS_WATCH_LIST_FILES_MAX)
		return complain(argument, "a list has too many files") == CS_EXIT_RAN;
	if (!(where->path[where->path_n] = strdup(path)))
		return complain(argument, cs_error_text(CS_E_MEMORY)) == CS_EXIT_RAN;
	where->path_n++;
	return true;
}

/* What stands behind a colon and is no format was taken for a part of the name of a file: false where there is no such file. */
static bool
is_there(const char *path)
{
	char room[CS_SCREEN_LIST_WHY_MAX];
	struct cs_text text = cs_text_over(room, sizeof room);
	const char *slash = strrchr(path, '/'), *colon = strchr(slash ? slash : path, ':');
	if (!colon || cs_folder_has(path))
		return true;
	cs_text_put(&text, "there is no such file, and what stands behind the colon is no format; formats are");
	for (unsigned i = CS_WATCH_LIST_GUESS + 1; i < CS_WATCH_LIST_FORMATS; i++) {
		cs_text_put(&text, i > CS_WATCH_LIST_GUESS + 1 ? ", " : " ");
		cs_text_put(&text, cs_watch_list_word((enum cs_watch_list_format)i));
	}
	(void)complain(path, room);
	return false;
}

static bool
take_told(const char *argument, struct told *told)
{
	size_t len = strlen(argument);
	if (len >= sizeof told->text)
		return complain(argument, "too long") == CS_EXIT_RAN;
	memcpy(told->text, argument, len + 1);
	if (!take_format(told))
		return false;
	char *path = told->text, *equals = strchr(told->text, '=');
	const char *name = equals ? told->text : NULL;
	if (equals) {
		*equals = '\0';
		path = equals + 1;
	}
	for (char *next = path; next; path = next) {
		next = strchr(path, ',');
		if (next)
			*next++ = '\0';
		if (!take_path(&told->where, argument, path) ||
		    (told->where.format == CS_WATCH_LIST_GUESS && !is_there(path)))
			return false;
	}
	if (!name) {
		const char *slash = strrchr(told->where.path[0], '/');
		name = slash ? slash + 1 : told->where.path[0];
	}
	struct cs_text text = cs_text_over(told->where.name, sizeof told->where.name);
	cs_text_put(&text, name);
	return (text.len && !text.overflowed) ||
	       complain(argument, "the name of a list has 1 to 63 letters; write NAME=FILE") == CS_EXIT_RAN;
}

/* A watch list of a policy: its files are seen from the policy's folder. */
static bool
take_clause(const struct cs_policy *policy, unsigned i, struct told *told)
{
	enum cs_error error = cs_list_files_where(policy, i, &told->where);
	return error == CS_OK || complain(policy->watched[i].name, cs_error_text(error)) == CS_EXIT_RAN;
}

/* A path, or the end of one that is very long, whole characters of it. */
static void
put_end(struct cs_text *text, const char *path)
{
	enum { SHOWN = CS_SCREEN_LIST_WHY_MAX * 3 / 4 };
	size_t len = strlen(path);
	if (len > SHOWN) {
		cs_text_put(text, "...");
		for (path += len - SHOWN; (*path & 0xC0) == 0x80; path++) {
		}
	}
	cs_text_put(text, path);
}

/* Says why a list is none, and keeps that for the answers. */
static int
say_unread(struct cs_screen_list *list, const char *path, const char *words)
{
	struct cs_text why = cs_text_over(list->why, sizeof list->why);
	(void)complain(path, words);
	put_end(&why, path);
	cs_text_put(&why, ": ");
	cs_text_put(&why, words);
	return CS_EXIT_INPUT;
}

static void
tell_faults(const struct told *told, const struct cs_watch_list_report *report)
{
	for (unsigned i = 0; i < report->fault_n && i < CS_WATCH_LIST_FAULTS_MAX; i++) {
		const struct cs_watch_list_fault *fault = &report->fault[i];
		(void)fprintf(stderr, "countersign screen: %s:%" PRIu64 ": %s\n", told->where.path[fault->file],
			      fault->line, fault->why);
	}
	if (report->fault_n > CS_WATCH_LIST_FAULTS_MAX)
		(void)fprintf(stderr, "countersign screen: %s: %" PRIu64 " more rows are wrong\n", told->where.path[0],
			      report->fault_n - CS_WATCH_LIST_FAULTS_MAX);
}

/* What no row's fault has said already. */
static const char *
why_none(const struct cs_watch_list_report *report, enum cs_error error)
{
	bool said = report->lacks[0] == '\0';
	for (unsigned i = 0; i < report->fault_n && i < CS_WATCH_LIST_FAULTS_MAX; i++)
		said |= report->fault[i].why == report->lacks;
	return said ? cs_error_text(error) : report->lacks;
}

/* Reads the files of a list, and hands its entries to TAKE. */
static int
read_files(struct told *told, struct cs_hasher *hasher, struct cs_screen_list *list, cs_watch_list_taker *take,
	   void *context)
{
	static struct cs_watch_list_report report;
	const char *failed = NULL;
	enum cs_error error = cs_list_files_read(&told->where, hasher, &told->files, &failed);
	if (error != CS_OK)
		return say_unread(list, failed, cs_file_error_text(error));
	list->changed_ns = told->files.changed_ns;
	error = cs_list_files_entries(&told->where, &told->files, take, context, &report);
	if (!list->faults_told)
		tell_faults(told, &report);
	list->faults_told = true;
	memcpy(list->date, report.date, sizeof list->date);
	if (!cs_watch_list_day(report.format, report.date, &list->dated_s))
		list->dated_s = 0;
	list->version = report.version;
	list->entry_n = report.entry_n;
	list->bad_n = report.row_bad_n;
	if (error == CS_OK)
		return CS_EXIT_RAN;
	int status = say_unread(list, told->where.path[0], why_none(&report, error));
	if (report.unmapped)
		(void)fputs("countersign screen: FILE:csv:name=HEADING,birth=HEADING (in a policy: map "
			    "\"name=HEADING,birth=HEADING\") says which columns hold what\n",
			    stderr);
	return status;
}

/* Reads the list that CONTEXT is at. */
static int
read_list(const struct cs_screen_told *all, struct cs_screen_list *list, cs_watch_list_taker *take,
	  struct cs_list_filling *context)
{
	static struct told told;
	told = (struct told){.where.format = CS_WATCH_LIST_GUESS};
	int status = CS_EXIT_USAGE;
	struct cs_hasher *hasher = cs_hasher_new();
	if (!hasher)
		status = out_of_memory();
	else if (all->policy ? take_clause(all->policy, context->list, &told)
			     : take_told(all->text[context->list], &told)) {
		memcpy(list->name, told.where.name, sizeof list->name);
		status = read_files(&told, hasher, list, take, context);
	}
	cs_hasher_free(hasher);
	cs_list_files_free(&told.files);
	cs_list_files_where_free(&told.where);
	return status;
}

static bool
is_read_from(const struct cs_list_where *where, const char *path)
{
	static char room[CS_LIST_PATH_BYTES];
	for (unsigned i = 0; i < where->path_n; i++) {
		const char *at = where->path[i];
		if (cs_list_files_at(where->path[i], room, &at) == CS_OK && cs_file_same(at, path))
			return true;
	}
	return false;
}

int
cs_screen_lists_read_from(const struct cs_screen_told *told, const char *path, bool *out)
{
	static struct told one;
	bool good = true;
	*out = false;
	for (unsigned i = 0, n = told->policy ? told->policy->watched_n : told->n; good && !*out && i < n; i++) {
		one = (struct told){.where.format = CS_WATCH_LIST_GUESS};
		good = told->policy ? take_clause(told->policy, i, &one) : take_told(told->text[i], &one);
		*out = good && is_read_from(&one.where, path);
		cs_list_files_where_free(&one.where);
	}
	return good ? CS_EXIT_RAN : CS_EXIT_USAGE;
}

static enum cs_error
fill(void *context, const struct cs_entry *entry)
{
	const struct cs_list_filling *filling = context;
	return cs_roll_builder_add(filling->builder, filling->list, entry);
}

static int
check_names(const struct cs_screen_lists *lists)
{
	for (unsigned i = 0; i < lists->n; i++)
		for (unsigned j = 0; j < i; j++)
			if (strcmp(lists->list[i].name, lists->list[j].name) == 0)
				return complain(lists->list[i].name, "two lists have this name; write NAME=FILE");
	return CS_EXIT_RAN;
}

uint64_t
cs_screen_list_age_s(const struct cs_screen_list *list, uint64_t now_s)
{
	uint64_t file_s = cs_since_minus(now_s, list->changed_ns / second_ns);
	uint64_t own_s = list->dated_s ? cs_since_minus(now_s, list->dated_s) : 0;
	return own_s > file_s ? own_s : file_s;
}

uint64_t
cs_screen_list_ahead_s(const struct cs_screen_list *list, uint64_t now_s)
{
	uint64_t dated_s = list->changed_ns / second_ns;
	dated_s = list->dated_s > dated_s ? list->dated_s : dated_s;
	uint64_t ahead_s = cs_since_minus(dated_s, now_s);
	return ahead_s < MINUTE_S ? 0 : ahead_s;
}

int
cs_screen_lists_exit(const struct cs_screen_lists *lists)
{
	return lists->missing_n || lists->stale_n ? CS_EXIT_INPUT : CS_EXIT_RAN;
}

static void
put_names(const struct cs_screen_lists *lists, enum cs_screen_list_state state, const char *key, struct cs_json *json)
{
	cs_json_key(json, key);
	cs_json_array(json);
	for (unsigned i = 0; i < lists->n; i++)
		if (lists->list[i].state == state)
			cs_json_text(json, lists->list[i].name);
	cs_json_end_array(json);
}

void
cs_screen_lists_wrong_json(const struct cs_screen_lists *lists, struct cs_json *json)
{
	if (lists->missing_n)
		put_names(lists, CS_SCREEN_LIST_MISSING, "not_searched", json);
	if (lists->stale_n)
		put_names(lists, CS_SCREEN_LIST_STALE, "stale", json);
}

/* Is a list of a policy older than it may be? */
static void
judge_age(const struct cs_screen_told *told, struct cs_screen_lists *out)
{
	for (unsigned i = 0; told->policy && i < out->n; i++) {
		struct cs_screen_list *list = &out->list[i];
		uint64_t age_s = cs_screen_list_age_s(list, told->now_s), stale_ns = told->policy->watched[i].stale_ns;
		if (list->state == CS_SCREEN_LIST_MISSING || age_s * second_ns <= stale_ns)
			continue;
		struct cs_text why = cs_text_over(list->why, sizeof list->why);
		cs_text_put(&why, "it is ");
		cs_text_put_age(&why, age_s * second_ns);
		cs_text_put(&why, " old, and may be ");
		cs_text_put_duration(&why, stale_ns);
		list->state = CS_SCREEN_LIST_STALE;
		out->stale_n++;
		(void)fprintf(stderr, "countersign screen: list %s IS STALE: %s\n", list->name, list->why);
	}
}

/* Fills a roll with all lists that are not known to be missing. OUT's roll is NULL when one of them cannot be read to its end: some of
 * its entries are in what was filled, which is thrown away. */
static int
fill_roll(const struct cs_screen_told *told, struct cs_screen_lists *out, unsigned *failed)
{
	struct cs_list_filling filling = {cs_roll_builder_new(out->lexicon), 0};
	if (!filling.builder)
		return out_of_memory();
	int status = CS_EXIT_RAN;
	for (; filling.list < out->n; filling.list++) {
		struct cs_screen_list *list = &out->list[filling.list];
		if (list->state != CS_SCREEN_LIST_MISSING)
			status = read_list(told, list, fill, &filling);
		if (status != CS_EXIT_RAN)
			break;
	}
	*failed = filling.list;
	if (status == CS_EXIT_RAN)
		status = check_names(out);
	if (status == CS_EXIT_RAN)
		return cs_roll_builder_end(filling.builder, &out->roll) == CS_OK ? CS_EXIT_RAN : out_of_memory();
	cs_roll_builder_free(filling.builder);
	return status;
}

int
cs_screen_lists_open(const struct cs_screen_told *told, struct cs_screen_lists *out)
{
	*out = (struct cs_screen_lists){.n = told->policy ? told->policy->watched_n : told->n};
	out->lexicon = cs_lexicon_new();
	if (!out->lexicon)
		return out_of_memory();
	for (;;) {
		unsigned failed = 0;
		int status = fill_roll(told, out, &failed);
		if (status == CS_EXIT_RAN)
			break;
		if (!told->policy || status != CS_EXIT_INPUT || failed >= out->n)
			return status;
		out->list[failed].state = CS_SCREEN_LIST_MISSING;
		(void)fprintf(stderr, "countersign screen: list %s IS NOT SEARCHED\n", out->list[failed].name);
		if (++out->missing_n == out->n)
			return CS_EXIT_INPUT;
	}
	judge_age(told, out);
	return CS_EXIT_RAN;
}

void
cs_screen_lists_close(struct cs_screen_lists *lists)
{
	cs_roll_free(lists->roll);
	cs_lexicon_free(lists->lexicon);
}

/* ---- what changed ---- */

/* An entry is known again by all that is said of it: several may have one uid, or none and one name. */
struct kept {
	struct cs_digest version;
	uint8_t list;
};

struct changing {
	struct cs_list_filling filling;
	const struct cs_roll *before;
	struct cs_hasher *hasher;
	struct kept *kept; /* each entry of before, in order */
	size_t kept_n;
	struct cs_screen_change *out;
};

_Static_assert(offsetof(struct changing, filling) == 0, "fill_changed is handed the filling");

static int
by_version(const void *a, const void *b)
{
	const struct kept *left = a, *right = b;
	if (left->list != right->list)
		return left->list < right->list ? -1 : 1;
	return memcmp(left->version.at, right->version.at, sizeof left->version.at);
}

static bool
keep_before(struct changing *changing)
{
	struct cs_roll_size size;
	struct cs_roll_entry entry;
	cs_roll_measure(changing->before, &size);
	changing->kept = calloc((size_t)size.entry_n + 1, sizeof *changing->kept);
	if (!changing->kept)
		return false;
	for (uint32_t i = 0; i < size.entry_n; i++) {
		cs_roll_entry(changing->before, i, &entry);
		changing->kept[i] = (struct kept){entry.version, entry.list};
	}
	changing->kept_n = size.entry_n;
	qsort(changing->kept, size.entry_n, sizeof *changing->kept, by_version);
	return true;
}

static enum cs_error
fill_changed(void *context, const struct cs_entry *entry)
{
	struct changing *changing = context; /* its filling is the first of it */
	uint32_t found = 0;
	unsigned list = changing->filling.list;
	struct kept now = {cs_roll_version(changing->hasher, entry), (uint8_t)list};
	if (bsearch(&now, changing->kept, changing->kept_n, sizeof now, by_version))
		return CS_OK;
	bool known = cs_roll_find(changing->before, list, entry->uid, &found);
	changing->out->new_n += !known;
	changing->out->changed_n += known;
	return fill(&changing->filling, entry);
}

/* A list that is missing now is none whose entries are gone. */
static uint64_t
count_gone(const struct cs_roll *before, const struct cs_screen_lists *lists)
{
	struct cs_roll_size size;
	struct cs_roll_entry entry;
	uint64_t n = 0;
	uint32_t found = 0;
	cs_roll_measure(before, &size);
	for (uint32_t i = 0; i < size.entry_n; i++) {
		cs_roll_entry(before, i, &entry);
		if (lists->list[entry.list].state != CS_SCREEN_LIST_MISSING)
			n += !cs_roll_find(lists->roll, entry.list, entry.uid, &found);
	}
	return n;
}

static int
change(struct changing *changing, const struct cs_screen_told *told, const struct cs_screen_lists *lists)
{
	struct cs_screen_list ignored = {.faults_told = true};
	unsigned *list = &changing->filling.list;
	int status = keep_before(changing) ? CS_EXIT_RAN : out_of_memory();
	for (; *list < lists->n && status == CS_EXIT_RAN; ++*list)
		if (lists->list[*list].state != CS_SCREEN_LIST_MISSING)
			status = read_list(told, &ignored, fill_changed, &changing->filling);
	free(changing->kept);
	return status;
}

int
cs_screen_lists_change(const struct cs_screen_told *told, const struct cs_screen_lists *lists,
		       const struct cs_screen_lists *old, struct cs_screen_change *out)
{
	*out = (struct cs_screen_change){0};
	struct changing changing = {.filling = {cs_roll_builder_new(lists->lexicon), 0},
				    .before = old->roll,
				    .hasher = cs_hasher_new(),
				    .out = out};
	int status = CS_EXIT_RAN;
	if (!changing.filling.builder || !changing.hasher)
		status = out_of_memory();
	if (status == CS_EXIT_RAN) {
		cs_roll_builder_weigh_as(changing.filling.builder, lists->roll);
		status = change(&changing, told, lists);
	}
	cs_hasher_free(changing.hasher);
	if (status != CS_EXIT_RAN) {
		cs_roll_builder_free(changing.filling.builder);
		return status;
	}
	out->gone_n = count_gone(old->roll, lists);
	return cs_roll_builder_end(changing.filling.builder, &out->roll) == CS_OK ? CS_EXIT_RAN : out_of_memory();
}

/*
 * Goal: whatever a process ends at, each file is in one place, and the next process puts it where it belongs: no file is lost, taken for
 * its own duplicate, or put away without its reason.
 * Method: a process of our own that ends before the first call that changes a folder, before the second, and so on, also in the midst of a
 * write; then another one that goes on.
 */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENDED = 9 };

static unsigned left_n; /* calls until the end; 0: never */
static unsigned dark_n; /* looks into folders that fail yet */

static bool
ends_here(void)
{
	return left_n && --left_n == 0;
}

static void
point(void)
{
	if (ends_here())
		_exit(ENDED);
}

static int
torn(int file, const void *at, size_t len)
{
	if (!ends_here())
		return 0;
	ssize_t n = write(file, at, len / 2);
	_exit(n < 0 ? 1 : ENDED);
}

static int
fails(int file)
{
	if (!dark_n)
		return 0;
	dark_n--;
	(void)file;
	errno = EIO;
	return 1;
}

#include "io/file.h"

#define fdopendir(file)                  (fails(file) ? NULL : (fdopendir)(file))
#define renameat2(...)                   (point(), (renameat2)(__VA_ARGS__))
#define renameat(...)                    (point(), (renameat)(__VA_ARGS__))
#define unlinkat(...)                    (point(), (unlinkat)(__VA_ARGS__))
#define mkdirat(...)                     (point(), (mkdirat)(__VA_ARGS__))
#define fsync(file)                      (point(), (fsync)(file))
#define cs_file_write_all(file, at, len) (torn(file, at, len), (cs_file_write_all)(file, at, len))
#include "io/spool.c"
#undef fdopendir
#undef renameat2
#undef renameat
#undef unlinkat
#undef mkdirat
#undef fsync
#undef cs_file_write_all

#include "engine/intake.h"
#include "engine/key.h"

static const char words[] = "record orders { source csv time from \"t\" seconds id from \"i\" }\n";
static const char good[] = "i,t\na,1\nb,2\n", faulty[] = "i,t\nc,1\nd\n";
static const struct {
	const char *name;
	const char *content;
	const char *end;
	const char *reason;
} files[] = {
	{"a.csv", good, "archive", NULL},
	{"b.csv", faulty, "quarantine", "\"code\":\"rows\""},
	{"c.csv", good, "quarantine", "\"code\":\"duplicate\""},
	{"d.csv", "", "quarantine", "\"code\":\"columns\""},
};
enum { FILES = sizeof files / sizeof files[0], LOST_ROWS = 2 }; /* a row of one, and a file without columns */
static const char *const places[] = {".", "taken", "archive", "quarantine"};

static char top[64];

static void
path_of(char *out, const char *place, const char *name)
{
	(void)snprintf(out, PATH_MAX, "%s/%s/%s", top, place, name);
}

static void
lay_out(void)
{
	char path[PATH_MAX];
	strncpy(top, "/tmp/cs-intake-XXXXXX", sizeof top);
	assert_non_null(mkdtemp(top));
	for (unsigned i = 0; i < FILES; i++) {
		int file = -1;
		path_of(path, ".", files[i].name);
		assert_int_equal(cs_file_open_write(path, &file), CS_OK);
		assert_int_equal(cs_file_write_all(file, files[i].content, strlen(files[i].content)), CS_OK);
		cs_file_close(file);
	}
}

static void
sweep(void)
{
	for (unsigned i = sizeof places / sizeof places[0]; i-- > 0;) {
		char path[PATH_MAX];
		path_of(path, places[i], ".");
		DIR *dir = opendir(path);
		for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				(void)unlinkat(dirfd(dir), entry->d_name, 0);
		if (dir)
			(void)closedir(dir);
		path[strlen(path) - 2] = '\0';
		(void)rmdir(path);
	}
	assert_int_equal(rmdir(top), 0);
}

static bool
is_in(const char *place, const char *name)
{
	char path[PATH_MAX];
	path_of(path, place, name);
	return access(path, F_OK) == 0;
}

/* ---- a process ---- */

static void
ignore(void *context, const struct cs_finding *finding)
{
	(void)context;
	(void)finding;
}

static void
say_nothing(void *context, const char *said)
{
	(void)context;
	(void)said;
}

static void (*at_flush)(int file); /* once, to a.csv in work, and putting away is tried again */

static void
touch(int file)
{
	assert_int_equal(fchmod(file, 0640), 0);
}

static void
swap_bytes(int file)
{
	struct stat about;
	assert_int_equal(fstat(file, &about), 0);
	assert_int_equal(pwrite(file, "9", 1, 6), 1);
	assert_int_equal(futimens(file, (const struct timespec[2]){about.st_atim, about.st_mtim}), 0);
}

static bool
meddle(void)
{
	char path[PATH_MAX];
	path_of(path, "taken", "a.csv");
	int file = at_flush ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (file < 0)
		return false;
	usleep(20000); /* the clock of files ticks slowly */
	at_flush(file);
	at_flush = NULL;
	cs_file_close(file);
	return true;
}

static unsigned flush_every = 1; /* of so many calls one succeeds */

static enum cs_error
flush(void *context)
{
	static unsigned n;
	(void)context;
	return meddle() || ++n % flush_every ? CS_E_WRITE : CS_OK;
}

static bool
all_put_away(void)
{
	for (unsigned i = 0; i < FILES; i++)
		if (!is_in(files[i].end, files[i].name))
			return false;
	return true;
}

/* Looks, takes and puts away until there is nothing more; END_AT: but for the end before that call. The rows told. */
static int
live(unsigned end_at)
{
	struct cs_arena arena;
	struct cs_links links;
	struct cs_intake *intake;
	const struct cs_policy *policy;
	struct cs_complaints complaints = {0};
	struct cs_detect_sink sink = {ignore, NULL};
	struct cs_key_ring *ring = cs_key_ring_new(NULL);
	if (!ring || cs_arena_init(&arena, 2 << 20) != CS_OK ||
	    cs_policy_read(cs_span_text(words), "p", &arena, &policy, &complaints) != CS_OK ||
	    cs_links_open(&links, policy, ring, &complaints) != CS_OK)
		return 1;
	struct cs_pipeline *pipeline = cs_pipeline_new(&links, &sink);
	struct cs_intake_wish wish = {.links = &links, .say = say_nothing, .flush = flush};
	intake = cs_intake_new(&wish);
	left_n = end_at;
	if (!pipeline || !intake || cs_intake_add(intake, &(struct cs_intake_folder){top, 0, 0}) != CS_OK)
		return 1;
	uint64_t now_ns = UINT64_C(1700000000000000000);
	for (unsigned i = 0; i < 100 && !all_put_away(); i++, now_ns += UINT64_C(1000000000)) {
		cs_pipeline_idle(pipeline, now_ns);
		(void)cs_intake_some(intake, pipeline, now_ns);
	}
	bool good_counts = cs_intake_counts_of(intake, 0).file_n <= FILES &&
			   cs_pipeline_counts_of(pipeline)->lost_rows <= LOST_ROWS;
	cs_intake_free(intake);
	cs_pipeline_free(pipeline);
	cs_links_close(&links);
	cs_key_ring_free(ring);
	cs_arena_fini(&arena);
	return good_counts && all_put_away() ? 0 : 1;
}

/* As a process of its own: how it ended. */
static int
live_apart(unsigned end_at)
{
	int status = 0;
	(void)fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(live(end_at));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* ---- what is there ---- */

static void
check_once_each(unsigned end_at)
{
	for (unsigned i = 0; i < FILES; i++) {
		unsigned n = 0;
		for (unsigned k = 0; k < sizeof places / sizeof places[0]; k++)
			n += is_in(places[k], files[i].name);
		if (n != 1)
			fail_msg("ended before call %u: %s is in %u places", end_at, files[i].name, n);
		if (is_in(files[i].end, files[i].name) || !is_in("archive", files[i].name))
			continue;
		fail_msg("ended before call %u: %s is in the archive", end_at, files[i].name);
	}
}

static void
check_end(unsigned end_at)
{
	check_once_each(end_at);
	for (unsigned i = 0; i < FILES; i++) {
		char path[PATH_MAX], name[64];
		struct cs_span reason;
		(void)snprintf(name, sizeof name, "%s.reason.json", files[i].name);
		if (!is_in(files[i].end, files[i].name) || is_in("quarantine", name) != (files[i].reason != NULL))
			fail_msg("ended before call %u: %s is not where it belongs", end_at, files[i].name);
		if (!files[i].reason)
			continue;
		path_of(path, "quarantine", name);
		assert_int_equal(cs_file_read(path, 65536, &reason), CS_OK);
		if (!memmem(reason.at, reason.len, files[i].reason, strlen(files[i].reason)))
			fail_msg("ended before call %u: %s has another reason: %.*s", end_at, files[i].name,
				 (int)reason.len, (const char *)reason.at);
		cs_file_free(reason);
	}
}

static void
ended_before_any_call(void **state)
{
	(void)state;
	int ended = ENDED;
	unsigned at = 1;
	for (; ended == ENDED && at < 1000; at++) {
		lay_out();
		ended = live_apart(at);
		check_once_each(at);
		assert_true(ended == ENDED || ended == 0);
		assert_int_equal(live_apart(0), 0);
		check_end(at);
		sweep();
	}
	assert_int_equal(ended, 0); /* there was no such call any more */
	assert_true(at > 40);
}

/* The second one ends, too: at each call of its own behind each fourth of the first. */
static void
ended_twice(void **state)
{
	(void)state;
	for (unsigned first = 5;; first += 7) {
		lay_out();
		int ended = live_apart(first);
		for (unsigned at = 1; ended == ENDED && at < 40; at += 3) {
			(void)live_apart(at);
			check_once_each(first);
		}
		assert_int_equal(live_apart(0), 0);
		check_end(first);
		sweep();
		if (ended != ENDED)
			break;
	}
}

/* A loss was told again at each attempt to put its file away. */
static void
a_loss_is_told_once(void **state)
{
	(void)state;
	flush_every = 4;
	lay_out();
	assert_int_equal(live_apart(0), 0);
	check_end(0);
	sweep();
	flush_every = 1;
}

/* Who writes to a file that is being read may set its time of change back. */
static void
a_change_with_its_time_set_back_is_seen(void **state)
{
	(void)state;
	lay_out();
	at_flush = swap_bytes;
	assert_int_equal(live_apart(0), 1);
	assert_true(is_in("quarantine", "a.csv"));
	sweep();
	lay_out();
	at_flush = touch;
	assert_int_equal(live_apart(0), 0);
	check_end(0);
	sweep();
	at_flush = NULL;
}

/* What was left in work is not given up because it could not be looked for at once. */
static void
what_was_left_is_looked_for_again(void **state)
{
	(void)state;
	unsigned end_at = 0;
	lay_out();
	while (!is_in("taken", "a.csv") && end_at < 100)
		(void)live_apart(++end_at);
	assert_true(is_in("taken", "a.csv"));
	dark_n = 2;
	assert_int_equal(live_apart(0), 0);
	dark_n = 0;
	check_end(end_at);
	sweep();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ended_before_any_call),
		cmocka_unit_test(ended_twice),
		cmocka_unit_test(a_loss_is_told_once),
		cmocka_unit_test(a_change_with_its_time_set_back_is_seen),
		cmocka_unit_test(what_was_left_is_looked_for_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: what is put down of rosters and of names is what is read back, and nothing else is; the store of lists gives the bytes it was asked
 * for or none; rosters are made, taken and given back, and one that waits is not made again.
 * Method: records cut at every byte; files by hand, changed under the renewal, which is stepped without its thread.
 */
#include "check.h"

#include "screen/roll.h"

#include <stdatomic.h>

/* What happens on the engine's thread just before the renewal looks whether a roster waits; and whether a roll can be made. */
static void (*meanwhile)(void);
static bool no_memory;

static void
other_thread(void)
{
	void (*now)(void) = meanwhile;
	meanwhile = NULL;
	if (now)
		now();
}

/* Clocks that are set by hand. */
static uint64_t steady_on_ns, wall_back_ns;

#include "io/clock.h"

#define cs_clock_steady_ns() (cs_clock_steady_ns() + steady_on_ns)
#define cs_clock_wall_ns()   (cs_clock_wall_ns() - wall_back_ns)

#undef atomic_load
#define atomic_load(object)          (other_thread(), atomic_load_explicit(object, memory_order_seq_cst))
#define cs_roll_builder_new(lexicon) (no_memory ? NULL : cs_roll_builder_new(lexicon))

#include "engine/renewal.c"
#include "engine/sentry.h"
#include "engine/sentry_record.c"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
names_come_back_whole_or_not_at_all(void **state)
{
	(void)state;
	static struct cs_sentry_named named, back;
	uint8_t open[CS_SENTRY_OPEN_MAX], sealed[256];
	bool whole = false;
	named = (struct cs_sentry_named){
		.screen = 3, .link = 2, .message_hash = 77, .time_ns = 5, .now_ns = 6, .missing = 1, .part_n = 2};
	named.part[0] = (struct cs_sentry_part){1, CS_ROW_PART_LINES, cs_span_text("BRENNICK\nVAROE"), 0, false};
	named.part[1] = (struct cs_sentry_part){0, CS_ROW_PART_IDENTIFIER, cs_span_text("CNTSDEF0"), 0, false};
	struct cs_sentry_len len = cs_sentry_named_put(&named, open, sealed);
	assert_true(cs_sentry_named_read((struct cs_span){open, len.open}, (struct cs_span){sealed, len.sealed}, &back,
					 &whole));
	assert_true(whole && back.screen == 3 && back.link == 2 && back.message_hash == 77 && back.missing == 1);
	assert_int_equal(back.part_n, 2);
	assert_true(cs_span_equal(back.part[0].text, named.part[0].text));
	assert_int_equal(back.part[1].what, CS_ROW_PART_IDENTIFIER);
	assert_false(back.late);
	for (size_t n = 0; n < len.open; n++)
		assert_false(cs_sentry_named_read((struct cs_span){open, n}, (struct cs_span){sealed, len.sealed},
						  &back, &whole));
	named.late = true;
	named.known = 0x205;
	len = cs_sentry_named_put(&named, open, sealed);
	struct cs_span late = {open, len.open}, cells = {sealed, len.sealed};
	assert_true(cs_sentry_named_read(late, cells, &back, &whole));
	assert_true(whole && back.late && back.known == 0x205 && back.part_n == 2);
	for (size_t n = 0; n < len.open; n++)
		assert_false(cs_sentry_named_read((struct cs_span){open, n}, cells, &back, &whole));
	open[len.open - 2] = 0xff; /* more than there can be */
	open[len.open - 1] = 0xff;
	assert_false(cs_sentry_named_read(late, cells, &back, &whole));
	for (size_t n = 0; n < len.sealed; n++)
		assert_false(cs_sentry_named_read((struct cs_span){open, len.open}, (struct cs_span){sealed, n}, &back,
						  &whole));
}

/* What does not fit is not kept, and that is said. */
static void
too_many_names_are_not_kept_whole(void **state)
{
	(void)state;
	static struct cs_sentry_named named, back;
	static uint8_t open[CS_SENTRY_OPEN_MAX], sealed[CS_SENTRY_SEALED_MAX], text[CS_SENTRY_SEALED_MAX / 64];
	bool whole = true;
	memset(text, 'x', sizeof text);
	named.part_n = CS_SENTRY_PARTS_MAX;
	for (unsigned i = 0; i < CS_SENTRY_PARTS_MAX; i++)
		named.part[i] = (struct cs_sentry_part){0, CS_ROW_PART_LINES, {text, sizeof text}, 0, false};
	struct cs_sentry_len len = cs_sentry_named_put(&named, open, sealed);
	assert_true(len.open <= sizeof open && len.sealed <= sizeof sealed);
	assert_true(cs_sentry_named_read((struct cs_span){open, len.open}, (struct cs_span){sealed, len.sealed}, &back,
					 &whole));
	assert_false(whole);
}

static void
the_largest_roster_has_room_and_comes_back(void **state)
{
	(void)state;
	static struct cs_roster roster, back;
	static uint8_t at[CS_ROSTER_RECORD_MAX];
	uint64_t now_ns = 0;
	roster.n = CS_LISTS_MAX;
	roster.screen_n = CS_SCREENS_MAX;
	for (unsigned i = 0; i < CS_LISTS_MAX; i++) {
		struct cs_roster_list *list = &roster.list[i];
		memset(list->name, 'n', sizeof list->name - 1);
		memset(list->why, 'w', sizeof list->why - 1);
		list->there = true;
		list->what = CS_ROSTER_SHRUNK;
		list->entry_n = list->bad_n = list->changed_ns = list->dated_s = UINT64_MAX;
		list->file_n = CS_WATCH_LIST_FILES_MAX;
	}
	for (unsigned i = 0; i < CS_SCREENS_MAX; i++)
		roster.decided[i].wanted = roster.decided[i].there = true;
	size_t len = (size_t)(cs_roster_put(&roster, 9, at) - at);
	assert_true(len <= sizeof at);
	assert_true(cs_roster_read((struct cs_span){at, len}, &back, &now_ns));
	assert_int_equal(now_ns, 9);
	assert_int_equal(back.n, CS_LISTS_MAX);
	assert_string_equal(back.list[31].why, roster.list[31].why);
	for (size_t n = 0; n < len; n += n < 700 ? 1 : 97)
		assert_false(cs_roster_read((struct cs_span){at, n}, &back, &now_ns));
}

/* --- rosters --- */

static struct {
	char folder[64], policy_path[128], store[128];
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_renewal *renewal;
} s;

static const char *
beside(const char *name)
{
	static char path[256];
	(void)snprintf(path, sizeof path, "%s/%s", s.folder, name);
	return path;
}

static void
make_file(const char *name, const char *text)
{
	FILE *file = fopen(beside(name), "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int
set_up(void **state)
{
	(void)state;
	struct cs_complaints complaints = {0};
	static const char text[] =
		"record pay { source csv time from \"T\" }\n"
		"list own { source \"own.csv\" format csv refresh 1ms stale 30d shrink 20% }\n"
		"list idle { source \"idle.csv\" format csv }\n"
		"screen s { of record on pay names of \"P\" against own otherwise hold high without hold high "
		"decisions \"d.jsonl\" }\n";
	(void)snprintf(s.folder, sizeof s.folder, "/tmp/cs-sentry-XXXXXX");
	assert_non_null(mkdtemp(s.folder));
	(void)snprintf(s.policy_path, sizeof s.policy_path, "%s/p", s.folder);
	(void)snprintf(s.store, sizeof s.store, "%s/lists", s.folder);
	assert_int_equal(cs_arena_init(&s.arena, 8 << 20), CS_OK);
	if (cs_policy_read(cs_span_text(text), s.policy_path, &s.arena, &s.policy, &complaints) != CS_OK)
		fail_msg("%s", complaints.at[0].text);
	make_file("own.csv", "id,name\n1,Brennick Varoe\n2,Ollan Harbour\n");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	char command[128];
	cs_renewal_free(s.renewal);
	s.renewal = NULL;
	cs_arena_fini(&s.arena);
	(void)snprintf(command, sizeof command, "rm -r %s", s.folder);
	return (system)(command); /* NOLINT: a folder of our own making */
}

static struct cs_roster *
look_again(void)
{
	(void)usleep(2000);
	(void)step(s.renewal);
	return cs_renewal_take(s.renewal, cs_renewal_asked(s.renewal));
}

static void
a_roster_is_made_taken_and_given_back(void **state)
{
	(void)state;
	const struct cs_renewal_wish wish = {s.policy, s.store};
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	struct cs_roster *first = cs_renewal_take(s.renewal, 1);
	assert_non_null(first);
	assert_null(cs_renewal_take(s.renewal, 1));
	assert_int_equal(first->n, 1); /* a list that no screen names is not read */
	assert_true(first->list[0].there && first->list[0].what == CS_ROSTER_TAKEN && first->list[0].entry_n == 2);
	assert_true(first->decided[0].wanted && first->decided[0].there); /* nobody has decided anything yet */
	struct cs_roster *same = look_again();
	assert_non_null(same);
	assert_int_equal(same->list[0].what, CS_ROSTER_SAME);
	assert_ptr_equal(same->roll, first->roll);
	cs_renewal_give_back(s.renewal, first);
	make_file("own.csv", "id,name\n1,Brennick Varoe\n2,Ollan Harbour\n3,Zorvan Quill\n");
	struct cs_roster *grown = look_again();
	assert_non_null(grown);
	assert_int_equal(grown->list[0].entry_n, 3);
	assert_ptr_not_equal(grown->roll, same->roll);
	assert_int_equal(same->list[0].entry_n, 2); /* what is in use never changes */
	cs_renewal_give_back(s.renewal, same);
	make_file("own.csv", "\"1,never closed");
	struct cs_roster *kept = look_again();
	assert_non_null(kept);
	assert_int_equal(kept->list[0].what, CS_ROSTER_UNREADABLE);
	assert_true(kept->list[0].there && kept->roll == grown->roll && kept->list[0].why[0]);
	cs_renewal_give_back(s.renewal, grown);
	cs_renewal_give_back(s.renewal, kept);
}

static struct cs_roster *in_force;

static void
take_newer(void)
{
	struct cs_roster *newer = cs_renewal_take(s.renewal, cs_renewal_asked(s.renewal));
	assert_non_null(newer);
	cs_renewal_give_back(s.renewal, in_force);
	in_force = newer;
}

/* Where one is taken, and the one before given back, while the renewal begins to look: that is freed before another is made. */
static void
one_that_is_given_back_late_is_freed_first(void **state)
{
	(void)state;
	const struct cs_renewal_wish wish = {s.policy, NULL};
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	in_force = cs_renewal_take(s.renewal, 1);
	(void)usleep(2000);
	(void)step(s.renewal);
	assert_true(cs_renewal_is_ready(s.renewal, 1));
	make_file("own.csv", "id,name\n1,Brennick Varoe\n2,Ollan Harbour\n3,Zorvan Quill\n");
	(void)usleep(2000);
	meanwhile = take_newer;
	(void)step(s.renewal);
	assert_true(cs_renewal_is_ready(s.renewal, 1));
	assert_null(atomic_exchange(&s.renewal->retired, NULL)); /* else the next that is given back finds no room */
	take_newer();
	assert_int_equal(in_force->list[0].entry_n, 3);
	cs_renewal_give_back(s.renewal, in_force);
}

/* The lists of another policy have other numbers: without memory for their roll the one of before is not searched in its place. */
static void
a_roll_of_other_lists_is_never_searched(void **state)
{
	(void)state;
	static const char text[] = "record pay { source csv time from \"T\" }\n"
				   "list idle { source \"idle.csv\" format csv refresh 1ms }\n"
				   "list own { source \"own.csv\" format csv refresh 1ms }\n"
				   "screen s { of record on pay names of \"P\" against own, idle otherwise hold high "
				   "without hold high }\n";
	const struct cs_renewal_wish wish = {s.policy, NULL};
	const struct cs_policy *other = NULL;
	struct cs_complaints complaints = {0};
	struct cs_declared *declared = NULL;
	make_file("idle.csv", "id,name\n9,Zorvan Quill\n");
	assert_int_equal(cs_policy_read(cs_span_text(text), s.policy_path, &s.arena, &other, &complaints), CS_OK);
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	struct cs_roster *first = cs_renewal_take(s.renewal, 1);
	assert_int_equal(make_declared(s.renewal, other, &declared), CS_OK);
	atomic_store(&s.renewal->coming, declared);
	no_memory = true;
	struct cs_roster *without = look_again();
	no_memory = false;
	assert_non_null(without);
	assert_int_equal(without->n, 2);
	for (unsigned i = 0; i < 2; i++)
		assert_true(!without->list[i].there && without->list[i].why[0]);
	assert_null(without->roll);
	cs_renewal_give_back(s.renewal, first);
	for (unsigned i = 0; i < 2; i++)
		s.renewal->declared->list[i].next_ns = 0; /* a minute later */
	struct cs_roster *whole = look_again();
	assert_true(whole && whole->roll && whole->list[0].there && whole->list[1].there &&
		    whole->list[1].entry_n == 2);
	cs_renewal_give_back(s.renewal, without);
	cs_renewal_give_back(s.renewal, whole);
}

/* ---- what is told of lists ---- */

static struct {
	unsigned list_n, decided_n;
} told;

static void
note_told(void *context, const struct cs_finding *finding)
{
	(void)context;
	told.list_n += strcmp(finding->expectation, "list.own") == 0;
	told.decided_n += strcmp(finding->expectation, "screen.s") == 0;
}

static void
poll_once(struct cs_sentry *sentry, uint64_t now_ns)
{
	(void)usleep(2000);
	s.renewal->declared->kept[0].next_ns = 1; /* five seconds later */
	(void)step(s.renewal);
	cs_sentry_poll(sentry, now_ns, &(struct cs_detect_sink){note_told, NULL});
}

/* What is wrong is told at once and then once a day, and not again because something else came with another roster. */
static void
what_is_wrong_is_told_once(void **state)
{
	(void)state;
	static const uint64_t day = UINT64_C(86400000000000);
	const struct cs_renewal_wish wish = {s.policy, NULL};
	struct cs_sentry *sentry = NULL;
	uint64_t now = cs_clock_wall_ns();
	memset(&told, 0, sizeof told);
	assert_int_equal(unlink(beside("own.csv")), 0);
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	const struct cs_sentry_wish search = {.policy = s.policy, .renewal = s.renewal, .live = true};
	assert_int_equal(cs_sentry_new(&search, &sentry), CS_OK);
	cs_sentry_poll(sentry, now, &(struct cs_detect_sink){note_told, NULL});
	assert_true(told.list_n == 1 && told.decided_n == 0);
	for (unsigned i = 0; i < 3; i++) {
		make_file("d.jsonl", i & 1 ? "{ }\n" : "{}\n");
		poll_once(sentry, now += 6000000000);
	}
	assert_int_equal(told.list_n, 1);
	assert_int_equal(told.decided_n, 1);
	poll_once(sentry, now + day);
	assert_true(told.list_n == 2 && told.decided_n == 2);
	make_file("own.csv", "id,name\n1,Brennick Varoe\n");
	for (unsigned i = 0; i < CS_LISTS_MAX; i++)
		s.renewal->declared->list[i].next_ns = 0;
	poll_once(sentry, now + day);
	assert_int_equal(told.list_n, 2);
	make_file("own.csv", "\"1,never closed");
	poll_once(sentry, now + day);
	assert_int_equal(told.list_n, 3);
	poll_once(sentry, now + day / 2); /* the clock was set back: half a day ago, or a year */
	assert_int_equal(told.list_n, 4);
	poll_once(sentry, now + day / 2 + 2000000000);
	assert_int_equal(told.list_n, 4);
	cs_sentry_free(sentry);
}

/* When to look again is by the steady clock; how old a list is, by that of the wall. */
static void
a_clock_set_back_delays_nothing(void **state)
{
	(void)state;
	static const uint64_t hour = UINT64_C(3600000000000);
	const struct cs_renewal_wish wish = {s.policy, NULL};
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	struct cs_roster *first = cs_renewal_take(s.renewal, 1);
	struct cs_roster *same = look_again();
	wall_back_ns = 24 * hour;
	make_file("own.csv", "id,name\n1,Brennick Varoe\n2,Ollan Harbour\n3,Zorvan Quill\n");
	make_file("d.jsonl", "no decision\n");
	steady_on_ns += UINT64_C(5100000000); /* those are looked at every five seconds */
	struct cs_roster *grown = look_again();
	assert_non_null(grown);
	assert_int_equal(grown->list[0].entry_n, 3);
	assert_false(grown->decided[0].there);
	assert_int_equal(cs_roster_age_ns(&grown->list[0], cs_clock_wall_ns()), 0); /* it is from the future, by then */
	assert_true(cs_roster_age_ns(&grown->list[0], cs_clock_wall_ns() + 25 * hour) > hour / 2);
	wall_back_ns = 0;
	cs_renewal_give_back(s.renewal, first);
	cs_renewal_give_back(s.renewal, same);
	cs_renewal_give_back(s.renewal, grown);
}

/* Nobody else sees it: neither its length nor its time of change differ. Where tests are run as root, who may read anything, a folder stands in
 * the way of it instead. */
static void
decisions_that_may_not_be_read_any_more_are_noticed(void **state)
{
	(void)state;
	const struct cs_renewal_wish wish = {s.policy, NULL};
	bool root = geteuid() == 0;
	make_file("d.jsonl", "");
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	struct cs_roster *first = cs_renewal_take(s.renewal, 1);
	assert_true(first->decided[0].there);
	steady_on_ns += UINT64_C(5100000000);
	if (root)
		assert_true(unlink(beside("d.jsonl")) == 0 && mkdir(beside("d.jsonl"), 0700) == 0);
	else
		assert_int_equal(chmod(beside("d.jsonl"), 0), 0);
	struct cs_roster *without = look_again();
	assert_non_null(without);
	assert_true(!without->decided[0].there && without->decided[0].why[0]);
	steady_on_ns += UINT64_C(5100000000);
	if (root)
		assert_int_equal(rmdir(beside("d.jsonl")), 0);
	else
		assert_int_equal(chmod(beside("d.jsonl"), 0600), 0);
	cs_renewal_give_back(s.renewal, first);
	struct cs_roster *back = look_again();
	assert_true(back && back->decided[0].there && !back->decided[0].why[0]);
	cs_renewal_give_back(s.renewal, without);
	cs_renewal_give_back(s.renewal, back);
}

/* What a row is held against as a number: the same as long as it is the same, in another process too. */
static void
the_stamp_is_another_when_what_is_held_against_is(void **state)
{
	(void)state;
	const struct cs_renewal_wish wish = {s.policy, NULL};
	struct cs_sentry *sentry = NULL, *other = NULL;
	uint64_t now = cs_clock_wall_ns(), seen[4];
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	const struct cs_sentry_wish search = {.policy = s.policy, .renewal = s.renewal, .live = true};
	assert_int_equal(cs_sentry_new(&search, &sentry), CS_OK);
	poll_once(sentry, now);
	seen[0] = cs_sentry_stamp(sentry);
	poll_once(sentry, now += 2000000000);
	assert_true(seen[0] && seen[0] == cs_sentry_stamp(sentry));
	make_file("own.csv", "id,name\n1,Brennick Varoe\n2,Ollan Harbour\n3,Zorvan Quill\n");
	poll_once(sentry, now += 2000000000);
	seen[1] = cs_sentry_stamp(sentry);
	make_file("d.jsonl", "{}\n"); /* no decision holds */
	poll_once(sentry, now += 2000000000);
	seen[2] = cs_sentry_stamp(sentry);
	poll_once(sentry, now += UINT64_C(31) * 86400000000000); /* stale, by the clock */
	seen[3] = cs_sentry_stamp(sentry);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < i; k++)
			assert_true(seen[i] != seen[k]);
	cs_sentry_free(sentry);
	cs_renewal_free(s.renewal);
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	const struct cs_sentry_wish again = {.policy = s.policy, .renewal = s.renewal, .live = true};
	assert_int_equal(cs_sentry_new(&again, &other), CS_OK);
	cs_sentry_poll(other, now, &(struct cs_detect_sink){note_told, NULL});
	assert_true(cs_sentry_stamp(other) == seen[3]);
	cs_sentry_free(other);
}

static void
the_store_gives_the_bytes_or_none(void **state)
{
	(void)state;
	struct cs_hasher *hasher = cs_hasher_new();
	struct cs_span text = cs_span_text("a list"), back = {NULL, 0};
	struct cs_digest digest = cs_digest_of(hasher, text), other = digest;
	struct cs_list_files files = {.n = 1, .changed_ns = 7, .entry_n = 3}, noted;
	other.at[0] ^= 1;
	assert_int_equal(cs_list_files_keep(s.store, &digest, text), CS_OK);
	assert_int_equal(cs_list_files_keep(s.store, &digest, text), CS_OK);
	assert_int_equal(cs_list_files_kept(s.store, &digest, hasher, &back), CS_OK);
	assert_true(cs_span_equal(back, text));
	cs_file_free(back);
	assert_int_equal(cs_list_files_kept(s.store, &other, hasher, &back), CS_E_OPEN);
	files.digest[0] = digest;
	assert_int_equal(cs_list_files_note(s.store, "own", &files), CS_OK);
	assert_int_equal(cs_list_files_noted_n(s.store, "own"), 3);
	assert_int_equal(cs_list_files_noted(s.store, "own", hasher, &noted), CS_OK);
	assert_true(noted.n == 1 && noted.changed_ns == 7 && cs_span_equal(noted.file[0], text));
	cs_list_files_free(&noted);
	char path[CS_LIST_PATH_BYTES];
	struct cs_text at = cs_text_over(path, sizeof path);
	cs_text_put(&at, "lists/");
	for (unsigned i = 0; i < CS_DIGEST_BYTES; i++) {
		cs_text_put_char(&at, "0123456789abcdef"[digest.at[i] >> 4]);
		cs_text_put_char(&at, "0123456789abcdef"[digest.at[i] & 15]);
	}
	make_file(path, "a list!");
	assert_int_equal(cs_list_files_kept(s.store, &digest, hasher, &back), CS_E_FORMAT);
	assert_int_equal(cs_list_files_noted(s.store, "own", hasher, &noted), CS_E_FORMAT);
	make_file("lists/own.last", "short");
	assert_int_equal(cs_list_files_noted(s.store, "own", hasher, &noted), CS_E_FORMAT);
	cs_hasher_free(hasher);
}

/* A start without the file goes on with what was good before; a first one without it has nothing. */
static void
a_start_goes_on_with_what_was_good(void **state)
{
	(void)state;
	const struct cs_renewal_wish wish = {s.policy, s.store};
	assert_int_equal(unlink(beside("own.csv")), 0);
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	struct cs_roster *roster = cs_renewal_take(s.renewal, 1);
	assert_true(!roster->list[0].there && roster->list[0].what == CS_ROSTER_MISSING && !roster->roll);
	cs_renewal_give_back(s.renewal, roster);
	cs_renewal_free(s.renewal);
	make_file("own.csv", "id,name\n1,Brennick Varoe\n");
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	cs_renewal_free(s.renewal);
	assert_int_equal(unlink(beside("own.csv")), 0);
	assert_int_equal(cs_renewal_new(&wish, &s.renewal), CS_OK);
	roster = cs_renewal_take(s.renewal, 1);
	assert_true(roster->list[0].there && roster->list[0].what == CS_ROSTER_UNREADABLE && roster->roll);
	assert_int_equal(roster->list[0].entry_n, 1);
	cs_renewal_give_back(s.renewal, roster);
}

static void
words_that_are_cut_say_so(void **state)
{
	(void)state;
	static const struct {
		size_t room; /* of characters */
		const char *words, *told;
	} rows[] = {
		{8, "no room!", "no room!"},
		{8, "no room at all", "no ro..."},
		{8, "no r\u00f6\u00f6m", "no r..."},
		{3, "no room", "..."},
		{2, "no room", ""},
		{0, "no room", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char room[32];
		struct cs_text text = cs_text_over(room, 2 + rows[i].room + 1);
		cs_text_put(&text, "a:");
		cs_renewal_put_words(&text, rows[i].words);
		assert_false(text.overflowed);
		assert_string_equal(room + 2, rows[i].told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_back_whole_or_not_at_all),
		cmocka_unit_test(too_many_names_are_not_kept_whole),
		cmocka_unit_test(the_largest_roster_has_room_and_comes_back),
		cmocka_unit_test_setup_teardown(a_roster_is_made_taken_and_given_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_that_is_given_back_late_is_freed_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_roll_of_other_lists_is_never_searched, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_told_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_clock_set_back_delays_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(decisions_that_may_not_be_read_any_more_are_noticed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_stamp_is_another_when_what_is_held_against_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_store_gives_the_bytes_or_none, set_up, tear_down),
		cmocka_unit_test(words_that_are_cut_say_so),
		cmocka_unit_test_setup_teardown(a_start_goes_on_with_what_was_good, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("sentry", tests, NULL, NULL);
}

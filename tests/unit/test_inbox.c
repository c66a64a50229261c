/*
 * Goal: a note gets into the journal once, whole and in order, whether its writer holds the lock or not; what is no note
 * does not.
 * Method: a journal in a folder of its own on the real disk; notes dropped, taken, taken again with their files put back.
 */
#include "check.h"

#include "engine/inbox.c"
#include "engine/pen.c"

#include "../journal/scratch.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char words[CS_PEN_WORDS_BYTES];

static struct cs_journal *
open_journal_of(struct cs_vault *of)
{
	struct cs_journal *journal = NULL;
	struct cs_journal_found found;
	struct cs_journal_wish wish = scratch_wish(UINT64_MAX);
	wish.vault = of;
	assert_int_equal(cs_journal_open(&wish, &found, &journal), CS_OK);
	return journal;
}

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_begin())
		return -1;
	return cs_journal_close(open_journal_of(vault)) == CS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_end();
}

static struct cs_note
make_note(const char *what)
{
	struct cs_note note;
	cs_note_begin(&note, "note", "mara");
	cs_json_put_text(&note.json, "text", what);
	assert_true(cs_note_end(&note));
	return note;
}

/* The texts of all OPERATOR records, one letter each. */
static const char *
texts(void)
{
	static char out[64];
	struct cs_text text = cs_text_over(out, sizeof out);
	struct cs_reading_wish wish = {folder, vault, true};
	struct cs_reading *reading;
	struct cs_record record;
	char id[CS_NOTE_ID_BYTES];
	enum cs_error error;
	assert_int_equal(cs_reading_open(&wish, &reading), CS_OK);
	while ((error = cs_reading_next(reading, &record)) == CS_OK) {
		if (record.kind != CS_RECORD_OPERATOR)
			continue;
		assert_true(cs_note_read(record.open, id));
		cs_text_put_char(&text, (char)record.open.at[record.open.len - 3]);
	}
	assert_int_equal(error, CS_END);
	cs_reading_close(reading);
	return out;
}

static uint64_t
waiting(void)
{
	uint64_t n = 99;
	assert_int_equal(cs_inbox_count(folder, &n), CS_OK);
	return n;
}

static void
test_a_note_is_one_line_that_can_hold_anything(void **state)
{
	(void)state;
	char id[CS_NOTE_ID_BYTES];
	struct cs_note note = make_note("say \"no\"\n\x01{}");
	struct cs_span line = {(const uint8_t *)note.at, note.text.len};
	assert_true(cs_note_read(line, id));
	assert_string_equal(id, note.id);
	assert_null(memchr(line.at, '\n', line.len));
	for (size_t len = 0; len < line.len; len++)
		assert_false(cs_note_read((struct cs_span){line.at, len}, id) && line.at[len - 1] != '}');
	char lower[] = "{\"id\":\"00000000000000ab\",\"at\":1}";
	assert_false(cs_note_read(cs_span_text(lower), id));
}

static void
test_too_long_is_refused(void **state)
{
	(void)state;
	static char long_text[CS_NOTE_BYTES];
	struct cs_note note;
	memset(long_text, 'x', sizeof long_text - 1);
	cs_note_begin(&note, "note", "mara");
	cs_json_put_text(&note.json, "text", long_text);
	assert_false(cs_note_end(&note));
}

static void
test_the_inbox_keeps_the_order_and_empties(void **state)
{
	(void)state;
	struct cs_inbox inbox = {0};
	unsigned taken = 0, all = 0;
	char what[2] = "a";
	for (; what[0] <= 'z'; what[0]++) {
		struct cs_note note = make_note(what);
		assert_int_equal(cs_inbox_drop(folder, &note), CS_OK);
	}
	assert_int_equal(waiting(), 26);
	struct cs_journal *journal = open_journal_of(vault);
	assert_int_equal(cs_inbox_take(&inbox, folder, journal, &taken), CS_OK);
	all = taken;
	assert_int_equal(cs_inbox_take(&inbox, folder, journal, &taken), CS_OK);
	assert_int_equal(all, 26);
	assert_int_equal(taken, 0);
	assert_int_equal(waiting(), 0);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	assert_string_equal(texts(), "abcdefghijklmnopqrstuvwxyz");
}

static void
test_a_file_that_came_back_is_put_down_once(void **state)
{
	(void)state;
	struct cs_inbox inbox = {0};
	struct cs_note note = make_note("a"), other = make_note("b");
	unsigned taken = 0;
	assert_int_equal(cs_inbox_drop(folder, &note), CS_OK);
	struct cs_journal *journal = open_journal_of(vault);
	assert_int_equal(cs_inbox_take(&inbox, folder, journal, &taken), CS_OK);
	assert_int_equal(cs_inbox_drop(folder, &note), CS_OK);
	assert_int_equal(cs_inbox_drop(folder, &other), CS_OK);
	assert_int_equal(cs_inbox_take(&inbox, folder, journal, &taken), CS_OK);
	assert_int_equal(taken, 1);
	assert_int_equal(waiting(), 0);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	assert_string_equal(texts(), "ab");
}

static void
put_file(const char *sub, const char *name, const char *content)
{
	char path[CS_VOLUME_PATH_BYTES];
	snprintf(path, sizeof path, "%s/%s/%s", folder, sub, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static void
test_what_is_no_note_is_set_aside(void **state)
{
	(void)state;
	static const char name[] = "00000000000000000007-00000000000000AB.note";
	struct cs_inbox inbox = {0};
	char path[CS_VOLUME_PATH_BYTES];
	unsigned taken = 9;
	put_file("inbox", name, "{\"id\":\"00000000000000AB\",\n\"at\":1}");
	put_file("inbox", "00000000000000CD.draft", "{\"id\":");
	struct cs_journal *journal = open_journal_of(vault);
	assert_int_equal(cs_inbox_take(&inbox, folder, journal, &taken), CS_OK);
	assert_int_equal(taken, 0);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	assert_string_equal(texts(), "");
	snprintf(path, sizeof path, "%s/inbox/%s.unknown", folder, name);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(waiting(), 0);
}

static void
write_with(struct cs_vault *with, const char *what, bool drops)
{
	struct cs_pen_wish wish = {folder, with, "test"};
	struct cs_note note = make_note(what);
	struct cs_pen *pen;
	assert_int_equal(cs_pen_open(&wish, words, &pen), CS_OK);
	assert_int_equal(cs_pen_drops(pen), drops);
	assert_int_equal(cs_pen_put(pen, &note), CS_OK);
	assert_int_equal(cs_pen_close(pen), CS_OK);
}

static void
test_a_pen_writes_itself_or_leaves_it_to_the_writer(void **state)
{
	(void)state;
	write_with(vault, "a", false);
	struct cs_journal *journal = open_journal_of(vault);
	write_with(vault, "b", true);
	write_with(NULL, "c", true);
	assert_int_equal(waiting(), 2);
	assert_int_equal(cs_journal_close(journal), CS_OK);
	write_with(vault, "d", false);
	assert_int_equal(waiting(), 0);
	assert_string_equal(texts(), "abcd");
}

static void
test_a_pen_wants_the_journal_and_its_key(void **state)
{
	(void)state;
	struct cs_pen *pen;
	struct cs_vault *other = scratch_vault("other.key");
	struct cs_pen_wish wish = {folder, other, "test"};
	assert_int_equal(cs_pen_open(&wish, words, &pen), CS_E_FORMAT);
	assert_non_null(strstr(words, "another key"));
	wish.vault = NULL;
	assert_int_equal(cs_pen_open(&wish, words, &pen), CS_E_PERMISSION);
	wish.folder = "/tmp/there-is-no-such-journal";
	assert_int_equal(cs_pen_open(&wish, words, &pen), CS_E_OPEN);
	assert_non_null(strstr(words, "no journal"));
	cs_vault_close(other);
	assert_string_equal(texts(), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_note_is_one_line_that_can_hold_anything),
		cmocka_unit_test(test_too_long_is_refused),
		cmocka_unit_test_setup_teardown(test_the_inbox_keeps_the_order_and_empties, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_file_that_came_back_is_put_down_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_no_note_is_set_aside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_pen_writes_itself_or_leaves_it_to_the_writer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_pen_wants_the_journal_and_its_key, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

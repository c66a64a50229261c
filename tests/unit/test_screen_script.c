/*
 * Goal: names in Arabic letters and in Kana meet the Latin forms that people use of them, and not those of other names.
 * Method: plain common names by hand, looked up both ways round in a roll of one such name and others; the exhaustive search must give the
 * same.
 */
#include "check.h"

#include "screen/roll.h"
#include "screen/score.h"

static struct cs_lexicon *lexicon;

/* The score of NAME against LISTED when a roll of it and others is searched; ARABIC: one of those is in Arabic letters. */
static unsigned
search_beside(const char *listed, const char *name, bool arabic)
{
	static struct cs_roll_answer answer, whole;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	const char *const names[] = {listed, "Ivo Quellmar", "Mirela Varoe",
				     "\u0633\u0644\u0645\u0649 \u0628\u0631\u0643\u0627\u062a"};
	assert_non_null(builder);
	for (size_t i = 0; i < sizeof names / sizeof *names - !arabic; i++) {
		struct cs_entry_name text = {cs_span_text(names[i]), CS_ENTRY_PRIMARY};
		struct cs_entry entry = {
			.uid = cs_span_text(names[i]), .name = &text, .name_n = 1, .kind = CS_ENTRY_PERSON};
		assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
	}
	struct cs_roll *roll;
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	struct cs_roll_query query = {.name = cs_span_text(name), .kind = CS_NAME_ANY};
	cs_roll_search(roll, desk, &query, &answer);
	query.exhaustive = true;
	cs_roll_search(roll, desk, &query, &whole);
	unsigned score = answer.hit_n ? answer.hit[0].score : 0;
	assert_int_equal(answer.hit_n, whole.hit_n);
	assert_int_equal(score, whole.hit_n ? whole.hit[0].score : 0);
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
	return score;
}

static unsigned
search(const char *listed, const char *name)
{
	unsigned score = search_beside(listed, name, true);
	assert_int_equal(search_beside(listed, name, false) >= CS_SCORE_LINE, score >= CS_SCORE_LINE);
	return score;
}

static void
searched(void **state)
{
	(void)state;
	static const struct {
		const char *name, *latin;
		bool alert;
	} rows[] = {
		{"\u0635\u0644\u0627\u062d \u0627\u0644\u062f\u064a\u0646 \u062d\u062f\u0627\u062f",
		 "Salahuddin Haddad", true},
		{"\u0635\u0644\u0627\u062d \u0627\u0644\u062f\u064a\u0646 \u062d\u062f\u0627\u062f", "Saladin Haddad",
		 true},
		{"\u0635\u0644\u0627\u062d \u0627\u0644\u062f\u064a\u0646 \u062d\u062f\u0627\u062f",
		 "Salah al-Din Haddad", true},
		{"\u0646\u0648\u0631 \u0627\u0644\u062f\u064a\u0646 \u0645\u0646\u0635\u0648\u0631",
		 "Noureddine Mansour", true},
		{"\u0634\u0645\u0633 \u0627\u0644\u062f\u064a\u0646 \u0645\u0646\u0635\u0648\u0631",
		 "Chamseddine Mansour", true},
		{"\u0633\u064a\u0641 \u0627\u0644\u062f\u064a\u0646 \u062d\u062f\u0627\u062f", "Saifuddin Haddad",
		 true},
		{"Salah al-Din Haddad", "Salahuddin Haddad", true},
		{"Salahuddin Haddad", "Saladin Haddad", true},
		{"\u0637\u0647 \u062d\u062f\u0627\u062f", "Taha Haddad", true},
		{"\u0637\u0647 \u064a\u0627\u0633\u064a\u0646", "Taha Yassin", true},
		{"\u0639\u062b\u0645\u0627\u0646 \u062d\u062f\u0627\u062f", "Osman Haddad", true},
		{"\u0639\u062b\u0645\u0627\u0646 \u062d\u062f\u0627\u062f", "Uthman Haddad", true},
		{"\u062c\u0648\u0631\u062c \u062d\u062f\u0627\u062f", "George Haddad", true},
		{"\u064a\u0648\u0633\u0641 \u062d\u062f\u0627\u062f", "Joseph Haddad", true},
		{"\u0625\u0644\u064a\u0627\u0633 \u062d\u062f\u0627\u062f", "Elias Haddad", true},
		{"\u0645\u0639\u0627\u0630 \u062d\u062f\u0627\u062f", "Moaz Haddad", true},
		{"\u062d\u0630\u064a\u0641\u0629 \u062d\u062f\u0627\u062f", "Huzaifa Haddad", true},
		{"\u062c\u0628\u0631\u064a\u0644 \u062d\u062f\u0627\u062f", "Gibril Haddad", true},
		{"\u062c\u0645\u0627\u0644 \u062d\u062f\u0627\u062f", "Gamal Haddad", true},
		{"\u0633\u0639\u062f \u062d\u062f\u0627\u062f", "Saad Haddad", true},
		{"\u0648\u0627\u0626\u0644 \u062d\u062f\u0627\u062f", "Wael Haddad", true},
		{"\u0639\u0627\u0626\u0634\u0629 \u062d\u062f\u0627\u062f", "Aisha Haddad", true},
		{"\u062e\u062f\u064a\u062c\u0629 \u062d\u062f\u0627\u062f", "Khadija Haddad", true},
		{"\u0633\u0647\u064a\u0644 \u062d\u062f\u0627\u062f", "Suhail Haddad", true},
		{"\u30b8\u30e7\u30fc\u30b8\u30fb\u30bf\u30ca\u30ab", "George Tanaka", true},
		{"\u30de\u30a4\u30b1\u30eb\u30fb\u30bf\u30ca\u30ab", "Michael Tanaka", true},
		{"\u30ed\u30d0\u30fc\u30c8\u30fb\u30bf\u30ca\u30ab", "Robert Tanaka", true},
		{"\u30b8\u30e7\u30f3\u30fb\u30bf\u30ca\u30ab", "John Tanaka", true},
		{"\u30f7\u30ec\u30ea\u30fc\u30fb\u30bf\u30ca\u30ab", "Valery Tanaka", true},
		{"\u30e2\u30cf\u30e1\u30c9\u30fb\u30a2\u30ea", "Mohammed Ali", true},
		{"\u4fca \u674e", "John Lee", false},
		{"Jun Tanaka", "John Tanaka", false},
		{"Joji Tanaka", "George Tanaka", false},
		{"\u0633\u0639\u062f \u062d\u062f\u0627\u062f", "Sayed Haddad", false},
		{"\u0637\u0647 \u062d\u062f\u0627\u062f", "Tahani Haddad", false},
		{"\u30b8\u30e7\u30f3\u30fb\u30bf\u30ca\u30ab", "Jane Tanaka", false},
	};
	lexicon = cs_lexicon_new();
	assert_non_null(lexicon);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned there = search(rows[i].latin, rows[i].name), back = search(rows[i].name, rows[i].latin);
		if ((there >= CS_SCORE_LINE) != rows[i].alert || (back >= CS_SCORE_LINE) != rows[i].alert)
			fail_msg("%s, %s: %u, %u", rows[i].name, rows[i].latin, there, back);
	}
	cs_lexicon_free(lexicon);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(searched)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

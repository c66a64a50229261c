/*
 * Goal: a word of Hebrew is like those that it spells, however they are romanised, and like no others; names of such words alert.
 * Method: plain common names by hand, both ways round; what may be told of two words beforehand never denies a likeness; a roll that has
 * them in either script is searched for them in the other.
 */
#include "check.h"

#include "screen/roll_parts.h"
#include "screen/term_hebrew.c"

static void
make(const char *name, struct cs_term *out)
{
	struct cs_folded folded;
	cs_fold(cs_span_text(name), &folded);
	assert_true(folded.piece_n == 1);
	cs_term_make(folded.letters, folded.letter_n, folded.piece[0].script, 0, out);
}

static struct cs_term_likeness
compare(const char *hebrew, const char *spoken)
{
	struct cs_term a, b;
	make(hebrew, &a);
	make(spoken, &b);
	struct cs_term_likeness like = cs_term_compare(&a, &b, 1), back = cs_term_compare(&b, &a, 1);
	assert_true(like.permille == back.permille && like.relation == back.relation && like.edits == back.edits);
	if (like.permille) {
		struct cs_term_many many;
		struct cs_term_lane lane = cs_term_lane_of(&b);
		cs_term_many_begin(&many, &a, 700);
		assert_true(cs_term_may_be_alike(&a, &b) && cs_term_may_be_alike(&b, &a));
		assert_true(cs_term_is_alone(&many, &lane) && !cs_term_is_apart(&many, &lane));
		lane = cs_term_lane_of(&a);
		cs_term_many_begin(&many, &b, 700);
		assert_true(cs_term_is_alone(&many, &lane) && !cs_term_is_apart(&many, &lane));
	}
	assert_int_equal(cs_term_is_spelled(&a, &b), cs_term_by_hebrew(&a, &b).permille > 0);
	return like;
}

static void
spelled(void **state)
{
	(void)state;
	static const struct {
		const char *hebrew, *spoken;
	} rows[] = {
		{"\u05d3\u05d5\u05d3", "David"},
		{"\u05dc\u05d5\u05d9", "Levy"},
		{"\u05dc\u05d5\u05d9", "Levi"},
		{"\u05de\u05e9\u05d4", "Moshe"},
		{"\u05db\u05d4\u05df", "Cohen"},
		{"\u05db\u05d4\u05df", "Kohen"},
		{"\u05d0\u05d1\u05e8\u05d4\u05dd", "Avraham"},
		{"\u05d0\u05d1\u05e8\u05d4\u05dd", "Abraham"},
		{"\u05d9\u05e2\u05e7\u05d1", "Yaakov"},
		{"\u05d9\u05e2\u05e7\u05d1", "Jacob"},
		{"\u05d7\u05d9\u05d9\u05dd", "Chaim"},
		{"\u05d7\u05d9\u05d9\u05dd", "Haim"},
		{"\u05d1\u05e8\u05d5\u05da", "Baruch"},
		{"\u05e9\u05e8\u05d4", "Sarah"},
		{"\u05e9\u05e8\u05d4", "Sara"},
		{"\u05dc\u05d0\u05d4", "Leah"},
		{"\u05e0\u05d5\u05e2\u05d4", "Noa"},
		{"\u05e8\u05d5\u05ea", "Ruth"},
		{"\u05d9\u05d5\u05e1\u05e3", "Yosef"},
		{"\u05d9\u05d5\u05e1\u05e3", "Joseph"},
		{"\u05e9\u05d5\u05d5\u05e8\u05e5", "Schwartz"},
		{"\u05db\u05e5", "Katz"},
		{"\u05e6\u05d1\u05d9", "Zvi"},
		{"\u05e6\u05d1\u05d9", "Tzvi"},
		{"\u05d0\u05d1\u05d9", "Avi"},
		{"\u05d0\u05dc\u05d9\u05e9\u05d1\u05e2", "Elisheva"},
		{"\u05d0\u05d5\u05e8\u05d9", "Uri"},
		{"\u05d2\u05d5\u05dc\u05d3\u05e9\u05d8\u05d9\u05d9\u05df", "Goldstein"},
		{"\u05d5\u05d9\u05d9\u05e1", "Weiss"},
		{"\u05d3\u05d4\u05df", "Dahan"},
		{"\u05d9\u05e6\u05d7\u05e7", "Yitzhak"},
		{"\u05de\u05e9\u05d4", "\u041c\u043e\u0448\u0435"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_term_likeness like = compare(rows[i].hebrew, rows[i].spoken);
		assert_int_equal(like.relation, CS_TERM_BONES);
		assert_true(like.permille >= 800 && like.edits == 0);
	}
}

static void
others(void **state)
{
	(void)state;
	static const struct {
		const char *hebrew, *spoken;
	} rows[] = {
		{"\u05d3\u05d5\u05d3", "Dan"},        {"\u05dc\u05d5\u05d9", "Lev"},
		{"\u05dc\u05d5\u05d9", "Alevi"},      {"\u05de\u05e9\u05d4", "Musa"},
		{"\u05de\u05e9\u05d4", "Mosheh Ben"}, {"\u05db\u05d4\u05df", "Kahana"},
		{"\u05e9\u05e8\u05d4", "Shirley"},    {"\u05d8\u05dc", "Talia"},
		{"\u05d9\u05d5\u05e1\u05e3", "Esau"}, {"\u05d3\u05df", "Dina"},
		{"\u05d0\u05d1\u05d9", "Ibo"},        {"\u05d0\u05d5\u05e8\u05d9", "Berri"},
		{"\u05d0\u05e8\u05d6", "Riz"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_term a, b;
		struct cs_folded folded;
		make(rows[i].hebrew, &a);
		cs_fold(cs_span_text(rows[i].spoken), &folded);
		cs_term_make(folded.letters, folded.letter_n, CS_FOLD_LATIN, 0, &b);
		assert_int_equal(cs_term_by_hebrew(&a, &b).permille, 0);
	}
	/* one letter amiss is forgiven in long words only */
	struct cs_term_likeness like = compare("\u05d0\u05d1\u05e8\u05d4\u05dd", "Avram");
	assert_true(like.permille && like.edits == CS_TERM_PLAIN);
}

/* Any letters are compared within their room. */
static void
any_letters(void **state)
{
	(void)state;
	static const char stock[] = "abdfghklmnprstvyzcx1";
	uint32_t seed = 5;
	for (unsigned round = 0; round < 20000; round++) {
		char one[40], two[40];
		unsigned n = round % 30, m = round / 30 % 30;
		for (unsigned i = 0; i < n + m; i++) {
			seed = seed * 1664525 + 1013904223;
			*(i < n ? &one[i] : &two[i - n]) = stock[(seed >> 16) % (sizeof stock - 1)];
		}
		struct cs_term a, b;
		cs_term_make(one, n, CS_FOLD_HEBREW, 0, &a);
		cs_term_make(two, m, CS_FOLD_LATIN, 0, &b);
		struct cs_term_likeness like = cs_term_by_hebrew(&a, &b);
		assert_true(like.permille <= 960 && (like.relation == CS_TERM_BONES) == (like.permille > 0));
	}
}

/* The score of NAME against LISTED when a roll of it and others is searched; the exhaustive search must give the same. */
static unsigned
search(const char *listed, const char *name)
{
	static struct cs_roll_answer answer, whole;
	struct cs_lexicon *lexicon = cs_lexicon_new();
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	const char *const names[] = {listed, "Ivo Quellmar", "Mirela Varoe", "Daniel Bentley"};
	assert_non_null(builder);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
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
	assert_int_equal(answer.hit_n, whole.hit_n);
	unsigned score = answer.hit_n ? answer.hit[0].score : 0;
	assert_int_equal(score, whole.hit_n ? whole.hit[0].score : 0);
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
	cs_lexicon_free(lexicon);
	return score;
}

static void
searched(void **state)
{
	(void)state;
	static const struct {
		const char *hebrew, *spoken;
		bool alert;
	} rows[] = {
		{"\u05d3\u05d5\u05d3 \u05dc\u05d5\u05d9", "David Levy", true},
		{"\u05de\u05e9\u05d4 \u05db\u05d4\u05df", "Moshe Cohen", true},
		{"\u05d7\u05d9\u05d9\u05dd \u05d1\u05e8\u05d5\u05da", "Chaim Baruch", true},
		{"\u05d0\u05d1\u05e8\u05d4\u05dd \u05d9\u05e2\u05e7\u05d1\u05d9", "Avraham Yaakobi", true},
		{"\u05d9\u05d5\u05e1\u05e3 \u05e9\u05d5\u05d5\u05e8\u05e5", "Yosef Schwartz", true},
		{"\u05de\u05e9\u05d4 \u05db\u05d4\u05df", "Musa Khan", false},
		{"\u05d3\u05d5\u05d3 \u05dc\u05d5\u05d9", "Dodi Lavan", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(search(rows[i].hebrew, rows[i].spoken) >= CS_SCORE_LINE, rows[i].alert);
		assert_int_equal(search(rows[i].spoken, rows[i].hebrew) >= CS_SCORE_LINE, rows[i].alert);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spelled),
		cmocka_unit_test(others),
		cmocka_unit_test(any_letters),
		cmocka_unit_test(searched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

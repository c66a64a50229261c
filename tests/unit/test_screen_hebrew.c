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
		{"\u05d2'\u05de\u05d0\u05dc", "Jamal"},
		{"\u05d2\u05de\u05d0\u05dc", "Jamal"},
		{"\u05d6\u2019\u05d0\u05df", "Jean"},
		{"\u05e6'\u05e8\u05dc\u05d9", "Charly"},
		{"\u05de\u05d9\u05dc\u05d5\u05d1\u05d9\u05e5'", "Milovic"},
		{"\u05e4\u05d5\u05d0\u05d3", "Fouad"},
		{"\u05e4\u05ea\u05d7\u05d9", "Fathi"},
		{"\u05e4\u05d0\u05e8\u05d5\u05e7", "Faruk"},
		{"\u05d2'\u05d0\u05d1\u05e8", "Jaber"},
		{"\u05d9\u05d5\u05e0\u05ea\u05df", "Jonathan"},
		{"\u05d5\u05d9\u05dc\u05e1\u05d5\u05df", "Wilson"},
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

static unsigned
chance(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* Letters of Hebrew by chance, and one way to write them, with a vowel behind each: C is hard. */
static void
make_spelled(uint32_t *seed, char hebrew[64], char spoken[64])
{
	size_t h = 0, len = 0;
	for (unsigned i = 0, n = 2 + chance(seed) % 6; i < n; i++) {
		const struct letter *letter = &letters[chance(seed) % (sizeof letters / sizeof *letters)];
		unsigned ways = 0;
		while (ways < WAYS && letter->to[ways][0])
			ways++;
		const char *way = ways ? letter->to[chance(seed) % ways] : "";
		h += (size_t)snprintf(hebrew + h, 64 - h, "%s", letter->from);
		len += (size_t)snprintf(spoken + len, 64 - len, "%s", way);
		bool hard = len > 0 && spoken[len - 1] == 'c';
		spoken[len++] = "eiaou"[hard ? 2 + chance(seed) % 3 : chance(seed) % 5];
		spoken[len] = '\0';
	}
}

/* Is a word with the consonants of SPOKEN among those that HEBREW may spell? */
static bool
is_listed(const struct cs_term *hebrew, const struct cs_term *spoken)
{
	static struct cs_term_spellings spelled;
	cs_term_spell_hebrew(hebrew, &spelled);
	if (spelled.cut)
		assert_int_equal(spelled.n, CS_TERM_SPELLINGS_MAX);
	for (unsigned i = 0; i < spelled.n; i++)
		if (spelled.at[i].len == spoken->bones_len &&
		    memcmp(spelled.at[i].letter, spoken->bones, CS_TERM_BONES_MAX) == 0)
			return true;
	return spelled.cut;
}

/* What a word spells is looked for by one of its consonants. */
static void
looked_for(void **state)
{
	(void)state;
	uint32_t seed = 11;
	unsigned spelled = 0;
	for (unsigned round = 0; round < 100000; round++) {
		char hebrew[64], spoken[64];
		struct cs_term a, b;
		make_spelled(&seed, hebrew, spoken);
		cs_term_make(hebrew, strlen(hebrew), CS_FOLD_HEBREW, 0, &a);
		cs_term_make(spoken, strlen(spoken), CS_FOLD_LATIN, 0, &b);
		if (!cs_term_by_hebrew(&a, &b).permille)
			continue;
		spelled++;
		assert_true(is_listed(&a, &b));
	}
	assert_true(spelled > 20000);
	/* where S and H of two letters meet, and where H ends the word */
	static const char *const rows[][2] = {
		{"ytshk", "itshak"}, {"brvk", "barukh"}, {"abhm", "abham"}, {"aby", "avi"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cs_term a, b;
		cs_term_make(rows[i][0], strlen(rows[i][0]), CS_FOLD_HEBREW, 0, &a);
		cs_term_make(rows[i][1], strlen(rows[i][1]), CS_FOLD_LATIN, 0, &b);
		assert_true(cs_term_by_hebrew(&a, &b).permille && is_listed(&a, &b));
	}
	/* a word of many letters that may be written otherwise has more than there is room for, and says so */
	struct cs_term many;
	static struct cs_term_spellings cut;
	cs_term_make("gbgygbgygbgygbgy", 16, CS_FOLD_HEBREW, 0, &many);
	cs_term_spell_hebrew(&many, &cut);
	assert_true(cut.cut && cut.n == CS_TERM_SPELLINGS_MAX);
	cs_term_make("wqx", 3, CS_FOLD_HEBREW, 0, &many);
	cs_term_spell_hebrew(&many, &cut);
	assert_int_equal(cut.n, 0);
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
		{"\u05e4\u05d5\u05d0\u05d3 \u05de\u05e0\u05e1\u05d5\u05e8", "Fouad Mansour", true},
		{"\u05d2'\u05de\u05d0\u05dc \u05e0\u05d0\u05e1\u05e8", "Jamal Nasser", true},
		{"\u05d2'\u05d0\u05d1\u05e8 \u05d7\u05d3\u05d0\u05d3", "Jaber Haddad", true},
		{"\u05e4\u05ea\u05d7\u05d9 \u05de\u05d5\u05e8\u05d0\u05d3", "Fathi Murad", true},
		{"\u05e4\u05d0\u05e8\u05d5\u05e7 \u05d1\u05e8\u05db\u05d0\u05ea", "Faruk Barakat", true},
		{"\u05d0\u05d1\u05d9 \u05dc\u05d5\u05d9", "Avi Levy", true},
		{"\u05d7\u05d5\u05d4 \u05db\u05d4\u05df", "Chava Cohen", true},
		{"\u05e2\u05d1\u05d3\u05d5\u05dc\u05de\u05d0\u05dc\u05e7 \u05e0\u05d0\u05e1\u05e8", "Abdulmalik Nasser",
		 true},
		{"\u05e2\u05d1\u05d3 \u05d0\u05dc-\u05de\u05d0\u05dc\u05e7 \u05e0\u05d0\u05e1\u05e8",
		 "Abdulmalik Nasser", true},
		{"\u05e6'\u05e8\u05dc\u05d9 \u05d5\u05d9\u05dc\u05e1\u05d5\u05df", "Charly Wilson", true},
		{"\u05d2'\u05d5\u05e8\u05d2' \u05d7\u05d3\u05d0\u05d3", "George Haddad", true},
		{"\u05d9\u05d4\u05d5\u05d3\u05d4 \u05d2\u05d1\u05d0\u05d9", "Yehuda Gabbay", true},
		{"\u05d9\u05d4\u05d5\u05e0\u05ea\u05df \u05d9\u05e2\u05e7\u05d5\u05d1\u05d9", "Yehonatan Jacoby", true},
		{"\u05d9\u05d0\u05d9\u05e8 \u05db\"\u05e5", "Yair Katz", true},
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
		cmocka_unit_test(spelled),    cmocka_unit_test(others),   cmocka_unit_test(any_letters),
		cmocka_unit_test(looked_for), cmocka_unit_test(searched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

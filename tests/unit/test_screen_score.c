/*
 * Goal: the score is the sum of what it says, the same whichever name comes first, on the right side of the line for plain cases,
 * lower for each contradiction, and never hopeless where the full score alerts.
 * Method: pairs by hand in order of likeness; made-up names from a small stock of words, all pairs of them; facts beside names.
 */
#include "check.h"

#include "screen/score.c"

#include "with_lexicon.h"

static struct cs_name_room a, b;
static struct cs_score_why why;

static unsigned
score_as(enum cs_name_kind kind, const char *one, const char *two)
{
	cs_name_read(lexicon, rarity, cs_span_text(one), kind, &a);
	cs_name_read(lexicon, rarity, cs_span_text(two), kind, &b);
	unsigned score = cs_score(&a.name, &b.name, &why);
	assert_int_equal(score, cs_score(&b.name, &a.name, NULL));
	assert_int_equal(score, why.score);
	return score;
}

static int32_t
sum_of_rows(void)
{
	int32_t sum = 0;
	for (unsigned i = 0; i < why.row_n; i++)
		sum += why.row[i].contribution;
	return sum;
}

/* Each candidate is less like the first than the one before it. */
static void
in_order(void **state)
{
	(void)state;
	static const char *const rows[][5] = {
		{"Brennick Aldous Varoe", "Brennick Aldous Varoe", "Brennick Varoe", "Brennick Aldous Melkin",
		 "Torvald Melkin"},
		{"Mikhail Primerovich Zadumin", "Mikhail Primerovich Zadumin", "Mikhail Zadumyn",
		 "Mikhail Testovich Zadumin", "Yelena Pokazova"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned before = 1001;
		for (unsigned j = 1; j < 5; j++) {
			unsigned score = score_as(CS_NAME_PERSON, rows[i][0], rows[i][j]);
			assert_true(score < before);
			assert_int_equal(score >= CS_SCORE_LINE, j < 3);
			before = score;
		}
	}
}

static void
contradictions_cost(void **state)
{
	(void)state;
	unsigned same = score_as(CS_NAME_ORGANISATION, "Quellmar Shipping 2 Ltd", "Quellmar Shipping 2 Ltd");
	assert_true(score_as(CS_NAME_ORGANISATION, "Quellmar Shipping 2 Ltd", "Quellmar Shipping 7 Ltd") <
		    CS_SCORE_LINE);
	assert_true(score_as(CS_NAME_ORGANISATION, "Quellmar Shipping 2 Ltd", "Quellmar Shipping Ltd") < same);
	assert_true(score_as(CS_NAME_ORGANISATION, "Tessarel Trade OOO", "Tessarel Trade Ltda.") <
		    score_as(CS_NAME_ORGANISATION, "Tessarel Trade OOO", "Tessarel Trade LLC"));
	assert_true(score_as(CS_NAME_VESSEL, "MV Quellmar Star", "Quellmar Star Denizcilik A.S.") < CS_SCORE_LINE);
}

static bool
says(enum cs_score_evidence evidence)
{
	for (unsigned i = 0; i < why.row_n; i++)
		if (why.row[i].evidence == evidence)
			return true;
	return false;
}

/* Reads a name of which nobody says what it is, and one that is listed as KIND. */
static unsigned
score_unsaid(enum cs_name_kind kind, const char *unsaid, const char *listed)
{
	cs_name_read(lexicon, rarity, cs_span_text(unsaid), CS_NAME_ANY, &a);
	cs_name_read(lexicon, rarity, cs_span_text(listed), kind, &b);
	return cs_score(&a.name, &b.name, NULL);
}

/* What is listed as a firm or a ship is found by its whole name, though that could be a person's; not by more or less than it. */
static void
whole_names_of_other_kinds(void **state)
{
	(void)state;
	assert_true(score_unsaid(CS_NAME_VESSEL, "Heron of Ollan", "HERON OF OLLAN") >= CS_SCORE_LINE);
	assert_true(score_unsaid(CS_NAME_VESSEL, "Zadumin Quellbach", "Zadumin Quellbach") >= CS_SCORE_LINE);
	assert_true(score_unsaid(CS_NAME_ORGANISATION, "Zadumin Quellbach", "Zadumin Quellbach") >= CS_SCORE_LINE);
	assert_true(score_unsaid(CS_NAME_VESSEL, "Zadumin Quellbach Tarvo", "Zadumin Quellbach") < CS_SCORE_LINE);
	assert_true(score_unsaid(CS_NAME_VESSEL, "Zadumin", "Zadumin Quellbach") < CS_SCORE_LINE);
}

/* A ship's prefix is no news where a ship is listed, or nobody says what is; initials are still first letters, and hide nothing. */
static void
prefixes_of_ships(void **state)
{
	(void)state;
	static const char *const prefixes[] = {"MV",   "M/V",          "M.V.", "MT",    "SS",
					       "S.S.", "Motor Vessel", "Tug",  "Vessel"};
	unsigned ship = score_unsaid(CS_NAME_VESSEL, "Zadumin Quellbach", "Zadumin Quellbach"),
		 unsaid = score_unsaid(CS_NAME_ANY, "Zadumin Quellbach", "Zadumin Quellbach");
	assert_true(ship >= CS_SCORE_LINE && unsaid >= CS_SCORE_LINE);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		char name[64];
		(void)snprintf(name, sizeof name, "%s Zadumin Quellbach", prefixes[i]);
		assert_int_equal(score_unsaid(CS_NAME_VESSEL, name, "Zadumin Quellbach"), ship);
		assert_int_equal(score_unsaid(CS_NAME_VESSEL, name, "M.T. Zadumin Quellbach"), ship);
		assert_int_equal(score_unsaid(CS_NAME_ANY, name, "Zadumin Quellbach"), unsaid);
		assert_true(score_unsaid(CS_NAME_VESSEL, name, "Zadumin Tarvo") < CS_SCORE_LINE);
		(void)snprintf(name, sizeof name, "%s Zadumin Trading", prefixes[i]);
		assert_true(score_unsaid(CS_NAME_VESSEL, name, "Zadumin Trading") >= CS_SCORE_LINE);
	}
	assert_true(score_unsaid(CS_NAME_PERSON, "M.V. Pokazhin", "POKAZHIN, Mikhail Viktorovich") >=
		    score_unsaid(CS_NAME_PERSON, "T.K. Pokazhin", "POKAZHIN, Mikhail Viktorovich"));
	assert_true(score_unsaid(CS_NAME_PERSON, "M.V. Pokazhin", "POKAZHIN, Torvald") < CS_SCORE_LINE);
	assert_true(score_unsaid(CS_NAME_ORGANISATION, "SS Quellmar Trading", "SS Quellmar Trading LLC") >=
		    CS_SCORE_LINE);
}

/* Each kind of evidence against a match: a pair that has it, and one much like it that has it not and scores more. */
static void
evidence_of_the_whole(void **state)
{
	(void)state;
	static const struct {
		enum cs_score_evidence evidence;
		enum cs_name_kind kind;
		const char *name, *with, *without;
	} rows[] = {
		{CS_SCORE_VOWELS, CS_NAME_PERSON, "\u062f\u0627\u0631\u0627\u0645 \u0641\u0631\u0648\u064a",
		 "Dirim Farwi", "Daram Farwi"},
		{CS_SCORE_VOWELS, CS_NAME_PERSON, "\u0633\u0644\u0645\u064a \u0641\u0631\u0648\u064a", "Salam Farwi",
		 "Salmi Farwi"},
		{CS_SCORE_SYLLABLES, CS_NAME_PERSON, "\ubbf8\uc815 \ubc15", "Park Myong", "Park Mijong"},
		{CS_SCORE_SIGN_EDIT, CS_NAME_PERSON, "\u67f3\u82f1", "Liu Yang", "Liu Ying"},
		{CS_SCORE_LEFT_SYLLABLE, CS_NAME_PERSON, "Li Qing", "Li Qing Bo", "Li Qing"},
		{CS_SCORE_GENERIC, CS_NAME_ORGANISATION, "Quellmar Shipping Trading", "Shipping Trading",
		 "Quellmar Trading"},
		{CS_SCORE_ONE_INITIAL, CS_NAME_PERSON, "Brennick Astorvald", "Brennick A.", "B. Astorvald"},
		{CS_SCORE_NONE_EQUAL, CS_NAME_PERSON, "Mikhail Zadumin", "Michael Zadomir", "Michael Zadumin"},
		{CS_SCORE_LEFT_SURNAME, CS_NAME_PERSON, "ZADUMIN, Brennick Varoe", "Brennick Varoe",
		 "Brennick Zadumin"},
		{CS_SCORE_LEFT_INEXACT, CS_NAME_PERSON, "Mikhail Zadumin", "Michael Torvald Zadumin",
		 "Mikhail Torvald Zadumin"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned without = score_as(rows[i].kind, rows[i].name, rows[i].without);
		assert_false(says(rows[i].evidence));
		assert_true(score_as(rows[i].kind, rows[i].name, rows[i].with) < without);
		assert_true(says(rows[i].evidence));
		assert_int_equal(sum_of_rows(), why.sum);
	}
}

/* Damage that is not held against a name. */
static void
damage_is_forgiven(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"Brennic Kvaroe", "Brennick Varoe"},         {"Brennick Aldou Svaroe", "Brennick Aldous Varoe"},
		{"Brennick al-Vaore", "Brennick al-Varoe"},   {"Bernnick Varoe", "Brennick Varoe"},
		{"Brennick Oul Varoe", "Brennick Ulo Varoe"}, {"Varoe, Brennick", "Brennick Varoe"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(score_as(CS_NAME_PERSON, rows[i][0], rows[i][1]) >= CS_SCORE_LINE);
	/* A misspelled word of trade makes a firm look like a person: that is forgiven, too, where nothing else is amiss. */
	cs_name_read(lexicon, rarity, cs_span_text("Quellmar Compaany"), CS_NAME_ANY, &a);
	cs_name_read(lexicon, rarity, cs_span_text("Quellmar Company"), CS_NAME_ORGANISATION, &b);
	assert_int_equal(a.name.kind, CS_NAME_PERSON);
	assert_true(cs_score(&a.name, &b.name, NULL) >= CS_SCORE_LINE);
	cs_name_read(lexicon, rarity, cs_span_text("Quellmar Varoe"), CS_NAME_ANY, &a);
	assert_true(cs_score(&a.name, &b.name, NULL) < CS_SCORE_LINE);
}

static void
nothing_matches_nothing(void **state)
{
	(void)state;
	static const char *const empty[] = {"", "...", "\xff\xfe"};
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(score_as(CS_NAME_ANY, empty[i], empty[i]), 0);
		assert_int_equal(score_as(CS_NAME_ANY, empty[i], "Brennick Varoe"), 0);
	}
}

static void
more_agreement_scores_higher_above_the_line(void **state)
{
	(void)state;
	unsigned two = score_as(CS_NAME_PERSON, "Brennick Varoe", "Brennick Varoe");
	unsigned three = score_as(CS_NAME_PERSON, "Brennick Aldous Varoe", "Brennick Aldous Varoe");
	unsigned four = score_as(CS_NAME_PERSON, "Brennick Aldous Quellmar Varoe", "Brennick Aldous Quellmar Varoe");
	assert_true(CS_SCORE_LINE < two && two < three && three < four && four < 1000);
}

static void
facts_speak(void **state)
{
	(void)state;
	const struct cs_score_facts born = {.born_from = 19700101, .born_to = 19701231, .country = 1, .gender = 'm'};
	const struct cs_score_facts same = {.born_from = 19700505, .born_to = 19700505, .country = 1, .gender = 'm'};
	const struct cs_score_facts other = {.born_from = 19810101, .born_to = 19811231, .country = 2, .gender = 'f'};
	const struct cs_score_facts none = {0};
	unsigned plain = score_as(CS_NAME_PERSON, "Brennick Varoe", "Brennick Varoe");
	assert_true(cs_score_with(&a.name, &born, &b.name, &same, NULL) > plain);
	assert_true(cs_score_with(&a.name, &born, &b.name, &other, &why) < CS_SCORE_LINE);
	assert_int_equal(sum_of_rows(), why.sum);
	assert_int_equal(cs_score_with(&a.name, &born, &b.name, &none, NULL), plain);
	assert_int_equal(cs_score_with(&a.name, &born, &b.name, NULL, NULL), plain);
}

/* Names of up to five words from a small stock, so that many pairs share some. */
static void
make_name(uint32_t *seed, struct cs_name_room *out)
{
	static const char *const stock[] = {"Varoe",
					    "Brennick",
					    "al",
					    "Karim",
					    "abdul",
					    "Quellmar",
					    "2",
					    "7",
					    "Ltd",
					    "Shipping",
					    "Kim",
					    "Jong",
					    "B.",
					    "Varo",
					    "-",
					    "Oslo",
					    "von",
					    "Testovich",
					    "Sons",
					    "MV",
					    "BrennickVaroe",
					    "\u738b\u5c0f",
					    "\u0645\u062d\u0645\u062f",
					    "\ubbf8\uc815",
					    "King",
					    "ex"};
	char name[256] = "";
	*seed = *seed * 1664525 + 1013904223;
	unsigned n = 1 + (*seed >> 28) % 5, kind = *seed >> 20 & 3;
	for (unsigned i = 0; i < n; i++) {
		*seed = *seed * 1664525 + 1013904223;
		(void)strncat(name, stock[(*seed >> 16) % (sizeof stock / sizeof *stock)],
			      sizeof name - strlen(name) - 1);
		(void)strncat(name, *seed & 0x700 ? " " : "-", sizeof name - strlen(name) - 1);
	}
	cs_name_read(lexicon, rarity, cs_span_text(name), (enum cs_name_kind)kind, out);
}

static void
random_pairs(void **state)
{
	(void)state;
	enum { ROUNDS = 20000 };
	uint32_t seed = 11;
	unsigned alerts = 0, hopeless = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		make_name(&seed, &a);
		make_name(&seed, &b);
		unsigned score = cs_score(&a.name, &b.name, &why);
		assert_int_equal(score, cs_score(&b.name, &a.name, NULL));
		assert_int_equal(score, cs_score(&a.name, &b.name, NULL));
		assert_true(why.row_n < CS_SCORE_ROWS_MAX);
		assert_int_equal(sum_of_rows(), why.sum);
		assert_true(score < 1000);
		const int32_t need = cs_score_least_sum(CS_SCORE_LINE);
		bool never = cs_score_hopeless(&a.name, &b.name, need);
		assert_int_equal(never, cs_score_hopeless(&b.name, &a.name, need));
		assert_false(never && score >= CS_SCORE_LINE);
		alerts += score >= CS_SCORE_LINE;
		hopeless += never;
	}
	assert_true(alerts > ROUNDS / 200 && hopeless > ROUNDS / 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_names_of_other_kinds),
		cmocka_unit_test(prefixes_of_ships),
		cmocka_unit_test(in_order),
		cmocka_unit_test(contradictions_cost),
		cmocka_unit_test(evidence_of_the_whole),
		cmocka_unit_test(damage_is_forgiven),
		cmocka_unit_test(nothing_matches_nothing),
		cmocka_unit_test(more_agreement_scores_higher_above_the_line),
		cmocka_unit_test(facts_speak),
		cmocka_unit_test(random_pairs),
	};
	return cmocka_run_group_tests(tests, take_lexicon, free_lexicon);
}

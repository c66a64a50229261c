/*
 * Goal: the words of a name are known for what they are, and rare words weigh more than common ones.
 * Method: names by hand, told back as word/class; variants; a rarity table counted by hand; names with more words than there is
 * room for; hostile ones of a million bytes.
 */
#include "check.h"

#include "screen/name.c"

#include <stdlib.h>

#include "with_lexicon.h"

static struct cs_name_room room;

/* "mv[ship prefix] quellmar star", with ! behind what stands beside the name, ^ behind what may be a ship's prefix. */
static const char *
told(const char *name, enum cs_name_kind kind)
{
	static char out[1024];
	out[0] = '\0';
	cs_name_read(lexicon, rarity, cs_span_text(name), kind, &room);
	for (unsigned i = 0; i < room.name.part_n; i++) {
		const struct cs_name_part *part = &room.name.part[i];
		size_t len = strlen(out);
		bool plain = part->class == CS_NAME_PROPER, aside = part->marks & CS_NAME_ASIDE;
		(void)snprintf(out + len, sizeof out - len, "%s%s%s%s%s%s%s", i ? " " : "",
			       room.token[part->token].text, plain ? "" : "[",
			       plain ? "" : cs_name_class_name(part->class), plain ? "" : "]", aside ? "!" : "",
			       part->marks & CS_NAME_SHIP ? "^" : "");
	}
	return out;
}

static void
classes(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum cs_name_kind kind;
		const char *told;
	} rows[] = {
		{"Mikhail Primerovich Zadumin", CS_NAME_PERSON, "mikhail primerovich[patronymic] zadumin"},
		{"PRIMEROVICH, Ivan", CS_NAME_PERSON, "primerovich ivan"},
		{"Mikhail Primerovich Pokazovich", CS_NAME_PERSON, "mikhail primerovich[patronymic] pokazovich"},
		{"Mikhail Primerovich", CS_NAME_PERSON, "mikhail primerovich"},
		{"Brennick King", CS_NAME_PERSON, "brennick king"},
		{"King Brennick Varoe", CS_NAME_PERSON, "king[title] brennick varoe"},
		{"\u658c \u738b", CS_NAME_PERSON, "bin wang"}, /* a sign is no particle */
		{"Dr. Abdulkarim bin Saadi", CS_NAME_PERSON, "dr[title] abdul[particle] karim bin[particle] saadi"},
		{"\u05e2\u05d1\u05d3\u05d5\u05dc\u05db\u05e8\u05d9\u05dd \u05e1\u05e2\u05d3\u05d9", CS_NAME_PERSON,
		 "abdvl[particle] krym sady"},
		{"\u05e2\u05d1\u05d3\u05d0\u05dc\u05dc\u05d4 \u05e1\u05e2\u05d3\u05d9", CS_NAME_PERSON, "abdallh sady"},
		{"\u0635\u0644\u0627\u062d \u0627\u0644\u062f\u064a\u0646 \u062d\u062f\u0627\u062f", CS_NAME_ANY,
		 "slah addyn[particle] hdad"},
		{"\u0637\u0647 \u064a\u0633", CS_NAME_ANY, "taha yasyn"},
		{"\u0633\u0639\u062f \u062d\u062f\u0627\u062f", CS_NAME_ANY, "sad hdad"},
		{"\u0625\u0644\u064a\u0627\u0633 \u062d\u062f\u0627\u062f", CS_NAME_ANY, "alyas hdad"},
		{"J.C. Varoe", CS_NAME_PERSON, "jc varoe"},
		{"B Varoe", CS_NAME_PERSON, "b[initial] varoe"},
		{"Ivo Das", CS_NAME_ANY, "ivo das"}, /* a surname where there is no other */
		{"Ivo das Quellmar", CS_NAME_ANY, "ivo das[particle] quellmar"},
		{"M/V Quellmar Varoe", CS_NAME_ANY, "mv^ quellmar varoe"},
		{"M.V. Varoe", CS_NAME_PERSON, "mv varoe"},
		{"motor vessel Quellmar", CS_NAME_ANY, "motor^ vessel^ quellmar"},
		{"MV", CS_NAME_ANY, "mv"},
		{"MV Quellmar Trading", CS_NAME_ANY, "mv[ship prefix] quellmar trading"},
		{"MV Quellmar Trading Ltd", CS_NAME_ANY, "mv[ship prefix] quellmar trading[trade] ltd[legal form]"},
		{"Quellmar Shipping Sp. z o.o.", CS_NAME_ORGANISATION, "quellmar shipping[trade] spzoo[legal form]"},
		{"Quellmar Limited Liability Company", CS_NAME_ORGANISATION,
		 "quellmar limitedliabilitycompany[legal form]"},
		{"Fund V L.P.", CS_NAME_ORGANISATION, "fund[trade] v[number] lp[legal form]"},
		{"MV Quellmar 12, Oslo", CS_NAME_VESSEL, "mv[ship prefix] quellmar 12[number] oslo!"},
		{"No. 8 Quellmar", CS_NAME_VESSEL, "8[number] quellmar"},
		{"BENEFICIARY: Quellmar Ltd", CS_NAME_ORGANISATION, "quellmar ltd[legal form]"},
		{"Quellmar Bank (Norway)", CS_NAME_ORGANISATION, "quellmar bank[trade] norway[place]"},
		{"Quellmar & Sons", CS_NAME_ORGANISATION, "quellmar and[particle] sons[kin]"},
		{"\u738b\u5c0f\u660e", CS_NAME_PERSON, "wang xiaoming"},
		{"", CS_NAME_ANY, ""},
		{"---", CS_NAME_ANY, ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(told(rows[i].name, rows[i].kind), rows[i].told);
}

static void
kinds_are_guessed(void **state)
{
	(void)state;
	(void)told("Quellmar Shipping Ltd", CS_NAME_ANY);
	assert_int_equal(room.name.kind, CS_NAME_ORGANISATION);
	assert_true(room.name.guessed);
	(void)told("Brennick Varoe", CS_NAME_ANY);
	assert_int_equal(room.name.kind, CS_NAME_PERSON);
	(void)told("Brennick Varoe", CS_NAME_VESSEL);
	assert_int_equal(room.name.kind, CS_NAME_VESSEL);
	assert_false(room.name.guessed);
	(void)told("SS Quellmar Trading", CS_NAME_ANY);
	assert_int_equal(room.name.kind, CS_NAME_VESSEL);
	assert_true(room.name.guessed);
	(void)told("SS Quellmar", CS_NAME_ANY); /* initials, perhaps */
	assert_int_equal(room.name.kind, CS_NAME_PERSON);
}

static void
variants(void **state)
{
	(void)state;
	struct cs_span out[CS_NAME_VARIANTS_MAX] = {{0}};
	assert_int_equal(cs_name_variants(cs_span_text("Velkrin"), out), 1);
	assert_int_equal(cs_name_variants(cs_span_text("Velkrin (ex-Quellmar)"), out), 2);
	assert_true(cs_span_is(out[1], "Quellmar)"));
	assert_int_equal(cs_name_variants(cs_span_text("A a.k.a. B aka C fka D"), out), CS_NAME_VARIANTS_MAX);
	assert_int_equal(cs_name_variants(cs_span_text("Felex-Marin"), out), 1);
	assert_int_equal(cs_name_variants((struct cs_span){NULL, 0}, out), 1);
}

static void
rare_words_weigh_more(void **state)
{
	(void)state;
	struct cs_rarity *own = cs_rarity_new(2);
	struct cs_term often, seldom;
	assert_non_null(own);
	cs_term_make("qqqoften", 8, CS_FOLD_LATIN, 0, &often);
	cs_term_make("qqqseldom", 9, CS_FOLD_LATIN, 0, &seldom);
	for (unsigned i = 0; i < 100000; i++)
		assert_true(cs_rarity_add(own, &often));
	assert_true(cs_rarity_add(own, &seldom));
	assert_true(cs_rarity_weight(own, &often) < cs_rarity_weight(own, &seldom));
	assert_true(cs_rarity_weight(own, &often) >= 20);
	cs_rarity_free(own);
	(void)told("Mohammad Quellmarovsky", CS_NAME_PERSON);
	assert_true(room.part[0].weight < room.part[1].weight);
	assert_int_equal(room.name.total, room.part[0].weight + room.part[1].weight);
	cs_rarity_free(NULL);
	cs_lexicon_free(NULL);
}

static void
too_many_words(void **state)
{
	(void)state;
	char name[512] = "";
	for (unsigned i = 0; i < 60; i++)
		(void)strncat(name, "varoe ", sizeof name - strlen(name) - 1);
	(void)told(name, CS_NAME_PERSON);
	assert_int_equal(room.name.part_n, CS_NAME_PARTS_MAX);
	assert_true(room.cut);
}

/* Names of a million bytes: what is read of them is bounded, and said to be cut. */
static void
hostile_names(void **state)
{
	(void)state;
	static const char *const patterns[] = {"a",
					       "a ",
					       "mohammed ",
					       "abdul-karim ",
					       "a\xcc\x81\xcc\x82",
					       "\xe2\x80\xae",
					       "(ex-",
					       " a.k.a. ",
					       "limited liability ",
					       "\u738b",
					       "\uac00",
					       "\xff",
					       "' ",
					       "7 ",
					       "\u0645\u062d\u0645\u062f ",
					       "d'",
					       "Ivan"};
	const size_t million = 1000000;
	char *text = malloc(million);
	assert_non_null(text);
	for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++) {
		struct cs_span variant[CS_NAME_VARIANTS_MAX], whole = {(const uint8_t *)text, million};
		const size_t len = strlen(patterns[p]);
		for (size_t i = 0; i < million; i++)
			text[i] = patterns[p][i % len];
		cs_name_read(lexicon, rarity, whole, CS_NAME_ANY, &room);
		assert_true(room.cut);
		assert_true(room.name.part_n <= CS_NAME_PARTS_MAX);
		for (unsigned i = 0; i < room.name.part_n; i++)
			assert_true(room.part[i].to <= CS_FOLD_BYTES_MAX && room.token[i].len <= CS_TERM_LETTERS_MAX);
		unsigned n = cs_name_variants(whole, variant);
		assert_true(n >= 1 && n <= CS_NAME_VARIANTS_MAX);
		assert_true(variant[n - 1].at + variant[n - 1].len <= whole.at + CS_FOLD_BYTES_MAX);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes),        cmocka_unit_test(kinds_are_guessed),
		cmocka_unit_test(variants),       cmocka_unit_test(rare_words_weigh_more),
		cmocka_unit_test(too_many_words), cmocka_unit_test(hostile_names),
	};
	return cmocka_run_group_tests(tests, take_lexicon, free_lexicon);
}

/*
 * Goal: the channels of a search find what the exhaustive search finds where a name is misspelled and written together or apart as well,
 * where a word that no list has is less alike than keys find, and where a firm goes by the first letters of some of its words.
 * Method: a roll of made-up names; each query is searched both ways. The same with keys of words by hand.
 */
#include "check.h"

#include "screen/roll_slip.c"

#include "with_lexicon.h"

/* Names that begin with the same word as one, and others beside. */
enum { FEW = 40, MANY = 160, MORE = 4000 };

static struct cs_roll_answer answer;

static uint64_t seed = 5;

static unsigned
next_random(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % below);
}

static void
add(struct cs_roll_builder *builder, const char *name, enum cs_entry_kind kind)
{
	struct cs_entry_name only = {cs_span_text(name), CS_ENTRY_PRIMARY};
	struct cs_entry entry = {.uid = cs_span_text(name), .kind = (uint8_t)kind, .name = &only, .name_n = 1};
	assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
}

/* Puts a made-up word behind a text. */
static void
put_syllables(char text[256])
{
	static const char *const syllable[] = {"pu", "wen", "gli", "qo", "yad", "fex", "huz", "jup"};
	for (unsigned s = 0; s < 4; s++)
		(void)snprintf(text + strlen(text), 256 - strlen(text), "%s", syllable[next_random(8)]);
}

/* A roll of names; behind them some that begin with the same words, and many others: so those words are neither rare nor common, and
 * no name is found by them alone. */
static struct cs_roll *
roll_of(const char *const *name, unsigned n, enum cs_entry_kind kind, unsigned others)
{
	struct cs_roll *roll = NULL;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	char other[256];
	assert_non_null(builder);
	for (unsigned i = 0; i < n; i++)
		add(builder, name[i], kind);
	for (unsigned i = 0; i < n * others + MORE && kind == CS_ENTRY_PERSON; i++) {
		*other = 0;
		if (i < n * others)
			(void)snprintf(other, sizeof other, "%.*s", (int)strcspn(name[i % n], " "), name[i % n]);
		else
			put_syllables(other);
		(void)snprintf(other + strlen(other), sizeof other - strlen(other), " ");
		put_syllables(other);
		add(builder, other, kind);
	}
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	return roll;
}

/* Does a search find entry NUMBER? */
static bool
finds(const struct cs_roll *roll, const char *name, bool exhaustive, uint32_t number)
{
	struct cs_roll_query query = {.name = cs_span_text(name), .kind = CS_NAME_ANY, .exhaustive = exhaustive};
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	bool found = false;
	assert_non_null(desk);
	cs_roll_search(roll, desk, &query, &answer);
	for (unsigned i = 0; i < answer.hit_n; i++)
		found |= answer.hit[i].entry == number;
	cs_roll_desk_free(desk);
	return found;
}

struct pair {
	const char *listed, *query;
};

/* Each listed name is found by its query, and not by the next one's. */
static void
check_pairs(const struct pair *pair, unsigned n, enum cs_entry_kind kind, unsigned others)
{
	const char *name[16];
	assert_true(n <= 16);
	for (unsigned i = 0; i < n; i++)
		name[i] = pair[i].listed;
	struct cs_roll *roll = roll_of(name, n, kind, others);
	for (unsigned i = 0; i < n; i++) {
		if (!finds(roll, pair[i].query, true, i))
			fail_msg("%s does not reach the line as %s", pair[i].listed, pair[i].query);
		if (!finds(roll, pair[i].query, false, i))
			fail_msg("%s is not found as %s", pair[i].listed, pair[i].query);
		assert_false(finds(roll, pair[i].query, false, (i + 1) % n));
	}
	cs_roll_free(roll);
}

static void
words_together_and_misspelled(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"Torvald KOSTRAMELDI", "Torvald Kosdtra Meldi"},         /* a letter more */
		{"Varoe ALZENBOTRIK", "Varoe al Zendotrik"},              /* another letter, behind a particle */
		{"Tarvo BRANDILGOSTE", "Tarvo Blandil Goste"},            /* another letter */
		{"Melkin DORVANTUSKE", "Melkin Dovan Tuske"},             /* a letter less */
		{"Pokazhin HIRZOLLAN", "Pokazhin Hisz Ollan"},            /* few consonants */
		{"Quellbach OSTERVANDUMOR", "Quellbach Osder Van Dumor"}, /* three words */
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, CS_ENTRY_PERSON, MANY);
}

static void
a_word_that_is_some_and_misspelled(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"Kostra Melbi", "KOSDRAMELBI"},   {"Zenbot Rikam", "ZEMBOTRIKAM"},
		{"Dorvan Tuskel", "DOVANTUSKEL"},  {"Oster Van Dumor", "OSDERVANDUMOR"},
		{"Hamsho Grubar", "HAMCHOGRUBAR"},
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, CS_ENTRY_PERSON, MANY);
}

static void
doubled_letters_and_another(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"Torvald OBRASSIN", "Torvald Obrain"},
		{"Varoe BEENAX", "Varoe Benah"},
		{"Melkin ZAKKID", "Melkin Zaid"},
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, CS_ENTRY_PERSON, MANY);
}

/* Do two words share a key by what is written? */
static bool
share_text(const char *one, const char *other)
{
	static uint32_t key[2][CS_ROLL_KEYS_MAX];
	const char *const text[2] = {one, other};
	unsigned n[2];
	for (unsigned i = 0; i < 2; i++) {
		char letters[CS_TERM_LETTERS_MAX + 2];
		struct cs_term term;
		cs_term_make(text[i], strlen(text[i]), CS_FOLD_LATIN, 0, &term);
		unsigned len = cs_roll_base_of(&term, CS_ROLL_TEXT, letters);
		n[i] = cs_roll_keys(letters, len, cs_roll_deletions(&term, len, CS_ROLL_TEXT), CS_ROLL_TEXT, key[i]);
	}
	for (unsigned i = 0; i < n[0]; i++)
		for (unsigned j = 0; j < n[1]; j++)
			if (key[0][i] == key[1][j])
				return true;
	return false;
}

static void
keys_write_doubled_letters_once(void **state)
{
	(void)state;
	assert_true(share_text("yassin", "yain"));
	assert_true(share_text("beenax", "benah"));
	assert_true(share_text("makki", "mai"));
	assert_true(share_text("hasan", "haan")); /* what is left out leaves two */
	assert_true(share_text("kostrammeldi", "kotrameldi"));
	assert_true(share_text("kosatarmeldi", "kostarmldi"));
	assert_false(share_text("yassin", "wen"));
	assert_int_equal(cs_roll_key_of("yassin", 6, CS_ROLL_TEXT), cs_roll_key_of("yasin", 5, CS_ROLL_TEXT));
}

static void
a_strange_word_that_is_far(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"Torvald SIVAKOM", "Torvald Sivatou"},
		{"Varoe KOSLOMSKEY", "Varoe Khodalomskeey"},
		{"Melkin TREGARWICH", "Melkin Tregatwecch"},
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, CS_ENTRY_PERSON, FEW);
}

static void
first_letters_of_some_words(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"QZTO Melkinskaya Torvaldika Joint Stock Company",
		 "Quellbach Zadumin Tarvo Obradin Melkinskaya Torvaldika Joint Stock Company"},
		{"KMDV Ostervanda Brennika Joint Stock Company",
		 "Kostram Melkin Dumor Varoe Ostervanda Brennika Joint Stock Company"},
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, CS_ENTRY_OTHER, 0);
}

static void
long_words_with_several_slips(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"DORVENERGOSPECMONTAZH JSC", "JSC DORVENERGOSPETSMOSTAZH"},
		{"KOLDANSTROYGAZKOMPLEKT JSC", "JSC KOLDANZTROJKASKOMPLECT"},
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, CS_ENTRY_ORGANISATION, 0);
}

static void
x_is_k_and_s(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"Torvald Vexi Bunkar", "Torvald VEKSIBUNKAR"},
		{"Varoe VEKSIBUNDOR", "Varoe Vexi Bundor"},
		{"Melkin Al Chebol", "Melkin ALSHEBOL"}, /* few consonants, known words */
		{"Tarvo ALSHIDOL", "Tarvo Al Chidol"},
	};
	check_pairs(pairs, sizeof pairs / sizeof *pairs, CS_ENTRY_PERSON, FEW);
}

/* How many keys two words share. */
static unsigned
shared(const char *one, const char *other, enum cs_roll_slip_kind kind)
{
	uint32_t a[CS_ROLL_SLIP_KEYS_MAX], b[CS_ROLL_SLIP_KEYS_MAX];
	unsigned n = cs_roll_slip_keys(one, (unsigned)strlen(one), kind, a), shared = 0;
	unsigned m = cs_roll_slip_keys(other, (unsigned)strlen(other), kind, b);
	assert_true(n <= CS_ROLL_SLIP_KEYS_MAX && m <= CS_ROLL_SLIP_KEYS_MAX);
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < m; j++)
			shared += a[i] == b[j];
	return shared;
}

static void
keys_are_shared_across_a_slip(void **state)
{
	(void)state;
	for (unsigned k = 0; k < CS_ROLL_SLIP_LONG; k++) {
		enum cs_roll_slip_kind kind = (enum cs_roll_slip_kind)k;
		assert_true(shared("kostrameldi", "kostrameldi", kind) > 0);
		assert_true(shared("kostrameldi", "kustramildi", kind) > 0); /* vowels */
		assert_true(shared("kostramel", "kostramnel", kind) > 0);    /* one more */
		assert_true(shared("kostramel", "kotramel", kind) > 0);      /* one less */
		assert_true(shared("kostramel", "koltramel", kind) > 0);     /* another */
		assert_true(shared("kostramel", "kotsramel", kind) > 0);     /* neighbours swapped */
		assert_true(shared("ostervandumor", "ostervantumor", kind) > 0);
		assert_int_equal(shared("kostrameldi", "brenvaluxo", kind), 0);
		assert_int_equal(shared("aeiou", "aeiou", kind), 0); /* nothing is left of it */
	}
	assert_int_equal(shared("dorvanel", "doranel", CS_ROLL_SLIP_WORD), 1);
	assert_int_equal(shared("kostrameldigorvan", "kostrameldigorvan", CS_ROLL_SLIP_LONG), 2);
	assert_int_equal(shared("kostrameldigorvan", "kostraneltigorvan", CS_ROLL_SLIP_LONG), 2);
	assert_int_equal(shared("kostrameldigorvan", "lobdrameldigorvan", CS_ROLL_SLIP_LONG), 1);
	assert_int_equal(shared("kostrameldin", "kostrameldin", CS_ROLL_SLIP_LONG), 2);
	assert_int_equal(shared("kostrameldi", "kostrameldi", CS_ROLL_SLIP_LONG), 0); /* too few */
	char longest[CS_TERM_LETTERS_MAX];
	for (unsigned i = 0; i < sizeof longest; i++)
		longest[i] = "bktlmnrx"[i % 8];
	for (unsigned k = 0; k < CS_ROLL_SLIP_KINDS; k++) {
		uint32_t key[CS_ROLL_SLIP_KEYS_MAX];
		unsigned n = cs_roll_slip_keys(longest, sizeof longest, (enum cs_roll_slip_kind)k, key);
		assert_true(n > 0 && n <= CS_ROLL_SLIP_KEYS_MAX);
	}
}

static bool
may_slip(const char *one, const char *other)
{
	uint32_t a = cs_roll_slip_sign(one, (unsigned)strlen(one)),
		 b = cs_roll_slip_sign(other, (unsigned)strlen(other));
	assert_int_equal(cs_roll_may_slip(a, b), cs_roll_may_slip(b, a));
	return cs_roll_may_slip(a, b);
}

static void
ends_and_lengths_tell_what_cannot_be_a_slip(void **state)
{
	(void)state;
	assert_true(may_slip("kostrameldi", "kostramelti"));
	assert_true(may_slip("kostrameldi", "gostrameldi"));
	assert_true(may_slip("kostrameldi", "kostrameldix"));
	assert_true(may_slip("kostrameldi", "kosstrameldi"));
	assert_true(may_slip("abcabcdabcdeabcdefabcdefgh", "abcabcdabcdeabcdefabcdefgx"));
	assert_false(may_slip("kostrameldi", "kostrameldivarunobratego")); /* too long */
	assert_false(may_slip("kostrameldi", "bostramelda"));              /* neither end */
}

/* The filter lets all pass that is there, and little else; what it lets pass stands in front. */
static void
filters_pass_what_is_there(void **state)
{
	(void)state;
	static const char *const name[] = {"Torvald KOSTRAMELDI", "Varoe Zenbot Rikam"};
	struct cs_roll *roll = roll_of(name, 2, CS_ENTRY_PERSON, FEW);
	const struct cs_roll_slips *words = &roll->slip[CS_ROLL_SLIP_WORD];
	uint32_t key[64];
	unsigned passed = 0;
	for (size_t i = 0; i < words->codes.n; i++) {
		key[0] = 1, key[1] = words->codes.at[i].key;
		cs_roll_slip_ask(words, key, 2);
		assert_int_equal(cs_roll_slip_pass(words, key + 1, 1), 1);
		assert_int_equal(cs_roll_slip_pass(words, key, 2), 1);
		assert_int_equal(key[0], words->codes.at[i].key);
	}
	for (uint32_t other = 0; other < 10000; other++) {
		key[0] = other * UINT32_C(0x9e3779b1);
		passed += cs_roll_slip_pass(words, key, 1);
	}
	assert_true(words->codes.n > 8 && passed < 1000);
	assert_true(cs_roll_slip_bytes(roll) > words->codes.n * sizeof *words->codes.at);
	cs_roll_free(roll);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_together_and_misspelled),
		cmocka_unit_test(a_word_that_is_some_and_misspelled),
		cmocka_unit_test(doubled_letters_and_another),
		cmocka_unit_test(keys_write_doubled_letters_once),
		cmocka_unit_test(a_strange_word_that_is_far),
		cmocka_unit_test(first_letters_of_some_words),
		cmocka_unit_test(long_words_with_several_slips),
		cmocka_unit_test(x_is_k_and_s),
		cmocka_unit_test(keys_are_shared_across_a_slip),
		cmocka_unit_test(ends_and_lengths_tell_what_cannot_be_a_slip),
		cmocka_unit_test(filters_pass_what_is_there),
	};
	return cmocka_run_group_tests(tests, take_lexicon, free_lexicon);
}

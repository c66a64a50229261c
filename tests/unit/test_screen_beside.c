/*
 * Goal: what stands beside the postings of a roll tells all other words and codes of a name, of a short one and of a long one.
 * Method: names of one to twenty-four made-up words, persons' and firms', some words twice; beside each posting of each, every word and code of
 * the roll is asked for alone.
 */
#include "check.h"

#include "screen/roll_meet.c"

#include "with_lexicon.h"

static uint64_t seed = 29;

static unsigned
next_random(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % below);
}

static const char *const stock[] = {
	"Torvald",  "Brennick", "Melkin",    "Pokazhin", "Tarvo",   "Zadumin",   "Quellbach",
	"Varoe",    "Vostrik",  "Kharbouti", "Senzaki",  "Obradin", "Lumbwala",  "Tesh",
	"Abdul",    "Trading",  "Shipping",  "Company",  "Ltd",     "North",     "GmbH",
	"Brothers", "7",        "12",        "Sheikh",   "Bank",    "Alisander", "J",
};

/* Holds the tags beside a posting of a feature against all features; gives how many are told. */
static unsigned
hold_tags(const struct cs_roll *roll, uint32_t of, uint32_t at, unsigned *many)
{
	static uint8_t noted[CS_ROLL_TAGS];
	struct cs_roll_feature has[CS_ROLL_FEATURES_MAX];
	unsigned n = cs_roll_features_of(roll, &roll->brief[at], has), told = 0;
	*many += n > CS_ROLL_BESIDE_MAX + 1;
	for (uint32_t other = 0; other < roll->feature_n; other++) {
		unsigned times = 0;
		for (unsigned f = 0; f < n; f++)
			times += has[f].feature == other;
		noted[cs_roll_tag(other)] = 4;
		uint8_t notes = notes_of(roll, &roll->beside[at], noted);
		noted[cs_roll_tag(other)] = 0;
		assert_int_equal(notes, times > (other == of) ? 4 : 0);
		told += notes != 0;
	}
	return told;
}

/* What a form has beside one of its features is told by tags, however many there are: each of them alone, and none that it has not. */
static void
tags_tell_all_that_is_beside(void **state)
{
	(void)state;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_roll *roll = NULL;
	char name[1024];
	for (unsigned i = 0; i < 200; i++) {
		*name = 0;
		for (unsigned w = 0; w < 1 + i % 24; w++)
			(void)snprintf(name + strlen(name), sizeof name - strlen(name), "%s ",
				       stock[next_random(sizeof stock / sizeof *stock)]);
		struct cs_entry_name only = {cs_span_text(name), CS_ENTRY_PRIMARY};
		struct cs_entry entry = {.uid = cs_span_text(name), .name = &only, .name_n = 1};
		entry.kind = i % 3 ? CS_ENTRY_PERSON : CS_ENTRY_ORGANISATION;
		assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
	}
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	unsigned many = 0, told = 0;
	for (uint32_t of = 0; of < roll->feature_n; of++)
		for (uint32_t at = roll->posting_at[of]; at < roll->posting_at[of + 1]; at++)
			told += hold_tags(roll, of, at, &many);
	assert_true(many > 500 && told > 5000);
	cs_roll_free(roll);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_tell_all_that_is_beside),
	};
	return cmocka_run_group_tests(tests, take_lexicon, free_lexicon);
}

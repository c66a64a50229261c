/*
 * Goal: a roll gives back what was put in; a version changes with anything that the list says; the best name of each entry is
 * found, in order, and what stands beside names speaks; identifiers are found exactly.
 * Method: a small list of made-up entries; each field of an entry changed in turn; more hits than an answer holds.
 */
#include "check.h"

#include "screen/roll_search.c"

#include "with_lexicon.h"

static struct cs_roll_answer answer;

static const struct cs_entry_name melkin_names[] = {
	{{(const uint8_t *)"MELKIN, Torvald Brennick", 24}, CS_ENTRY_PRIMARY},
	{{(const uint8_t *)"Torvald Brenik Melkin (ex-Tarvo Pokazhin)", 41}, CS_ENTRY_ALIAS},
	{{(const uint8_t *)"!!", 2}, CS_ENTRY_WEAK},
};
static const struct cs_entry_id melkin_ids[] = {
	{{(const uint8_t *)"teszxxa1", 8}, CS_ENTRY_ID_BIC, 0},
	{{(const uint8_t *)"AB 12-34", 8}, CS_ENTRY_ID_PASSPORT, 578},
};
static const struct cs_entry_birth melkin_births[] = {{19610101, 19611231}, {19630505, 19630505}};
static const uint16_t melkin_countries[] = {578, 752};
static const struct cs_span melkin_programmes[] = {{(const uint8_t *)"ONE", 3}, {(const uint8_t *)"TWO", 3}};

static struct cs_entry
melkin(void)
{
	return (struct cs_entry){.uid = cs_span_text("77"),
				 .kind = CS_ENTRY_PERSON,
				 .gender = 'm',
				 .name = melkin_names,
				 .name_n = 3,
				 .id = melkin_ids,
				 .id_n = 2,
				 .birth = melkin_births,
				 .birth_n = 2,
				 .place = melkin_programmes,
				 .place_n = 1,
				 .country = melkin_countries,
				 .country_n = 2,
				 .programme = melkin_programmes,
				 .programme_n = 2};
}

static void
add_one(struct cs_roll_builder *builder, unsigned list, enum cs_entry_kind kind, const char *name)
{
	struct cs_entry_name only = {cs_span_text(name), CS_ENTRY_PRIMARY};
	struct cs_entry entry = {.uid = cs_span_text(name), .kind = (uint8_t)kind, .name = &only, .name_n = 1};
	assert_int_equal(cs_roll_builder_add(builder, list, &entry), CS_OK);
}

static struct cs_roll *
small_roll(void)
{
	struct cs_roll *roll = NULL;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_entry entry = melkin();
	assert_non_null(builder);
	add_one(builder, 0, CS_ENTRY_ORGANISATION, "Quellbach Zement Handels GmbH");
	assert_int_equal(cs_roll_builder_add(builder, 3, &entry), CS_OK);
	add_one(builder, 5, CS_ENTRY_PERSON, "Torvald Brennick Melkin");
	add_one(builder, 5, CS_ENTRY_VESSEL, "Sea Trumpeter 4");
	assert_int_equal(cs_roll_builder_add(builder, CS_ROLL_LISTS_MAX, &entry), CS_E_LIMIT);
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	return roll;
}

static void
search(const struct cs_roll *roll, const struct cs_roll_query *query)
{
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	assert_non_null(desk);
	cs_roll_search(roll, desk, query, &answer);
	for (unsigned i = 0; i < answer.hit_n; i++) {
		struct cs_roll_why why;
		assert_int_equal(cs_roll_explain(roll, desk, query, answer.hit[i].name, &why), answer.hit[i].score);
		assert_int_equal(why.why.sum, answer.hit[i].sum);
		assert_true(why.query.part_n > 0 && why.listed.part_n > 0);
	}
	cs_roll_desk_free(desk);
}

static void
tells_what_was_put_in(void **state)
{
	(void)state;
	struct cs_roll *roll = small_roll();
	struct cs_roll_size size;
	struct cs_roll_entry entry;
	enum cs_entry_name_kind kind;
	uint32_t number = 0;
	cs_roll_measure(roll, &size);
	assert_int_equal(size.entry_n, 4);
	assert_int_equal(size.name_n, 6); /* one of the names holds two, one none */
	assert_int_equal(size.unread_n, 1);
	assert_int_equal(size.id_n, 2);
	assert_true(size.word_n > 8 && size.bytes > 1000);
	assert_true(cs_roll_find(roll, 3, cs_span_text("77"), &number));
	assert_int_equal(number, 1);
	assert_false(cs_roll_find(roll, 2, cs_span_text("77"), &number));
	assert_false(cs_roll_find(roll, 3, cs_span_text("78"), &number));
	cs_roll_entry(roll, number, &entry);
	assert_true(cs_span_is(entry.primary, "MELKIN, Torvald Brennick"));
	assert_true(cs_span_is(entry.programmes, "ONE; TWO"));
	assert_int_equal(entry.birth[1].from, 19630505);
	assert_int_equal(entry.country[1], 752);
	assert_int_equal(entry.name_n, 3);
	assert_true(cs_span_is(cs_roll_name(roll, 2, &kind), "Torvald Brenik Melkin "));
	assert_int_equal(kind, CS_ENTRY_ALIAS);
	assert_true(cs_span_is(cs_roll_name(roll, 3, NULL), "Tarvo Pokazhin)"));
	struct cs_term term;
	cs_term_make("melkin", 6, CS_FOLD_LATIN, 0, &term);
	assert_true(cs_roll_word_weight(roll, &term) > 100);
	cs_term_make("nowhere", 7, CS_FOLD_LATIN, 0, &term);
	assert_int_equal(cs_roll_word_weight(roll, &term), 0);
	cs_roll_free(roll);
}

static struct cs_digest
version_with(struct cs_entry entry)
{
	struct cs_roll *roll = NULL;
	struct cs_roll_entry kept;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	cs_roll_entry(roll, 0, &kept);
	cs_roll_free(roll);
	return kept.version;
}

static void
a_version_is_all_that_is_said(void **state)
{
	(void)state;
	struct cs_entry same = melkin(), other[11];
	for (unsigned i = 0; i < 11; i++)
		other[i] = same;
	other[0].uid = cs_span_text("78");
	other[1].kind = CS_ENTRY_OTHER;
	other[2].gender = 'f';
	other[3].name_n = 2;
	other[4].id_n = 1;
	other[5].birth_n = 1;
	other[6].place_n = 0;
	other[7].country_n = 1;
	other[8].programme_n = 1;
	struct cs_entry_name weak[3] = {melkin_names[0], melkin_names[1], melkin_names[2]};
	weak[1].kind = CS_ENTRY_WEAK;
	other[9].name = weak;
	struct cs_span place = cs_span_text("on");
	other[10].place = &place;
	struct cs_digest before = version_with(same), again = version_with(same);
	assert_true(cs_digest_same(&before, &again));
	for (unsigned i = 0; i < 11; i++) {
		struct cs_digest after = version_with(other[i]);
		assert_false(cs_digest_same(&before, &after));
	}
}

static void
finds_the_best_name_of_each_entry(void **state)
{
	(void)state;
	struct cs_roll *roll = small_roll();
	struct cs_roll_query query = {.name = cs_span_text("Torvald Brennick Melkin"), .kind = CS_NAME_PERSON};
	for (unsigned i = 0; i < 2; i++) {
		query.exhaustive = i == 0;
		search(roll, &query);
		assert_int_equal(answer.hit_n, 2);
		assert_int_equal(answer.hit[0].entry + answer.hit[1].entry, 3);
		assert_true(answer.hit[0].score >= answer.hit[1].score);
		assert_false(answer.cut);
	}
	query.lists = UINT32_C(1) << 3;
	search(roll, &query);
	assert_int_equal(answer.hit_n, 1);
	assert_int_equal(answer.hit[0].entry, 1);
	query.line = 1000;
	search(roll, &query);
	assert_int_equal(answer.hit_n, 0);
	query = (struct cs_roll_query){.name = cs_span_text("Tarvo Pokazhin"), .kind = CS_NAME_ANY};
	search(roll, &query);
	assert_int_equal(answer.hit_n, 1);
	assert_int_equal(answer.hit[0].name, 3);
	query.name = cs_span_text("Nobody aka Tarvo Pokazhin");
	search(roll, &query);
	assert_int_equal(answer.hit_n, 1);
	query.name = cs_span_text("");
	search(roll, &query);
	assert_int_equal(answer.hit_n, 0);
	cs_roll_free(roll);
}

static void
facts_speak(void **state)
{
	(void)state;
	struct cs_roll *roll = small_roll();
	struct cs_score_facts same = {.born_from = 19630101, .born_to = 19631231, .country = 752, .gender = 'm'};
	struct cs_score_facts other = {.born_from = 19900101, .born_to = 19900101, .country = 4, .gender = 'f'};
	struct cs_roll_query query = {.name = cs_span_text("Torvald Brennick Melkin"), .kind = CS_NAME_PERSON};
	query.lists = UINT32_C(1) << 3;
	search(roll, &query);
	int32_t plain = answer.hit[0].sum;
	query.facts = &same;
	search(roll, &query);
	assert_true(answer.hit[0].sum > plain);
	query.facts = &other;
	query.line = 1;
	search(roll, &query);
	assert_int_equal(answer.hit_n, 1);
	assert_true(answer.hit[0].sum < plain);
	cs_roll_free(roll);
}

static void
more_hits_than_an_answer_holds(void **state)
{
	(void)state;
	enum { MANY = CS_ROLL_HITS_MAX + 30 };
	struct cs_roll *roll = NULL;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	for (unsigned i = 0; i < MANY; i++)
		add_one(builder, 0, CS_ENTRY_PERSON, i == MANY - 2 ? "Pokazhin Tarvo" : "Pokazhin Tarvu");
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	struct cs_roll_query query = {.name = cs_span_text("Pokazhin Tarvo"), .kind = CS_NAME_PERSON};
	search(roll, &query);
	assert_int_equal(answer.hit_n, CS_ROLL_HITS_MAX);
	assert_int_equal(answer.over_n, MANY - CS_ROLL_HITS_MAX);
	assert_int_equal(answer.hit[0].entry, MANY - 2);
	for (unsigned i = 1; i < CS_ROLL_HITS_MAX; i++)
		assert_int_equal(answer.hit[i].entry, i - 1);
	cs_roll_free(roll);
}

static void
identifiers_are_exact(void **state)
{
	(void)state;
	struct cs_roll *roll = small_roll();
	uint32_t entry[2] = {99, 99};
	assert_int_equal(cs_roll_identify(roll, CS_ENTRY_ID_BIC, cs_span_text("TESZXXA1XXX"), entry, 2), 1);
	assert_int_equal(entry[0], 1);
	assert_int_equal(cs_roll_identify(roll, CS_ENTRY_ID_OTHER, cs_span_text("ab1234"), entry, 2), 1);
	assert_int_equal(cs_roll_identify(roll, CS_ENTRY_ID_OTHER, cs_span_text("teszxxa1"), entry, 2), 1);
	assert_int_equal(cs_roll_identify(roll, CS_ENTRY_ID_TAX, cs_span_text("ab1234"), entry, 2), 0);
	assert_int_equal(cs_roll_identify(roll, CS_ENTRY_ID_BIC, cs_span_text("TESZXXA1XX"), entry, 2), 0);
	assert_int_equal(cs_roll_identify(roll, CS_ENTRY_ID_BIC, cs_span_text("TESZXXA1"), entry, 0), 0);
	cs_roll_free(roll);
}

/* What is said to be of a kind is that or one of which the list does not say; what is not said to be of any may be of each. */
static void
identifiers_are_of_their_kind(void **state)
{
	(void)state;
	static const uint8_t kinds[] = {CS_ENTRY_ID_PASSPORT, CS_ENTRY_ID_IMO, CS_ENTRY_ID_OTHER};
	static const struct {
		enum cs_entry_id_kind asked;
		unsigned n;
		uint32_t entry[3];
	} rows[] = {{CS_ENTRY_ID_IMO, 2, {1, 2}},
		    {CS_ENTRY_ID_PASSPORT, 2, {0, 2}},
		    {CS_ENTRY_ID_ACCOUNT, 1, {2}},
		    {CS_ENTRY_ID_OTHER, 3, {0, 1, 2}}};
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_roll *roll;
	for (size_t i = 0; i < sizeof kinds; i++) {
		const char uid[] = {(char)('a' + i), 0};
		const struct cs_entry_name name = {cs_span_text("Torvald Melkin"), CS_ENTRY_PRIMARY};
		const struct cs_entry_id id = {.text = cs_span_text("9074729"), .kind = kinds[i]};
		const struct cs_entry entry = {
			.uid = cs_span_text(uid), .name = &name, .name_n = 1, .id = &id, .id_n = 1};
		assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
	}
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint32_t entry[4];
		assert_int_equal(cs_roll_identify(roll, rows[i].asked, cs_span_text("9074729"), entry, 4), rows[i].n);
		assert_memory_equal(entry, rows[i].entry, rows[i].n * sizeof *entry);
	}
	cs_roll_free(roll);
}

static uint64_t seed = 11;

static unsigned
next_random(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % below);
}

/* Two or three words of a made-up stock, given names among them. */
static void
make_name(char out[128])
{
	static const char *const words[] = {"Torvald",   "Brennick",   "Melkin", "Pokazhin",  "Tarvo",     "Zadumin",
					    "Mohammed",  "Muhamad",    "Ivan",   "Johan",     "Quellbach", "Varoe",
					    "Alisander", "Vostrikand", "El",     "Kharbouti", "Senzaki",   "Obradin",
					    "Lumbwala",  "Tesh",       "Abdul"};
	unsigned n = 2 + next_random(2);
	*out = 0;
	for (unsigned i = 0; i < n; i++)
		(void)snprintf(out + strlen(out), 128 - strlen(out), "%s%s", i ? " " : "",
			       words[next_random(sizeof words / sizeof *words)]);
}

static void
damage(char text[128])
{
	size_t n = strlen(text), at = next_random((unsigned)n - 1);
	switch (next_random(4)) {
	case 0:
		memmove(text + at, text + at + 1, n - at);
		break;
	case 1:
		text[at] = (char)('a' + next_random(26));
		break;
	case 2: {
		char *space = strchr(text, ' ');
		if (space)
			memmove(space, space + 1, strlen(space));
		break;
	}
	default:
		memmove(text + at + 1, text + at, n - at + 1);
		break;
	}
}

/* What scoring every name finds, the channels find, but for one in two hundred; and never anything else. */
static void
channels_find_what_all_names_give(void **state)
{
	(void)state;
	enum { ENTRIES = 400, QUERIES = 600 };
	static struct cs_roll_answer all;
	struct cs_roll *roll = NULL;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	char name[128];
	unsigned there = 0, missed = 0;
	for (unsigned i = 0; i < ENTRIES; i++) {
		make_name(name);
		add_one(builder, i % 3, i % 5 ? CS_ENTRY_PERSON : CS_ENTRY_OTHER, name);
	}
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	struct cs_roll_desk *desk = cs_roll_desk_new(roll);
	for (unsigned i = 0; i < QUERIES; i++) {
		make_name(name);
		if (i % 3)
			damage(name);
		struct cs_roll_query query = {.name = cs_span_text(name), .kind = i % 2 ? CS_NAME_PERSON : CS_NAME_ANY};
		cs_roll_search(roll, desk, &query, &answer);
		query.exhaustive = true;
		cs_roll_search(roll, desk, &query, &all);
		assert_true(answer.hit_n <= all.hit_n);
		there += all.hit_n;
		missed += all.hit_n - answer.hit_n;
		if (all.hit_n == answer.hit_n)
			assert_memory_equal(all.hit, answer.hit, all.hit_n * sizeof *all.hit);
	}
	printf("# %u hits, %u missed by the channels\n", there, missed);
	assert_true(there > QUERIES);
	assert_true(missed * 200 <= there);
	cs_roll_desk_free(desk);
	cs_roll_free(roll);
}

/* A firm is found by its first letters, whatever its words weigh. */
static void
firms_are_found_by_their_first_letters(void **state)
{
	(void)state;
	static const char *const names[] = {"Quellbach TV Center", "Quorvald Trading Canada Ltd",
					    "Quenzaki Technology Center Limited", "Senzaki Brennick Bank"};
	static const char *const queries[] = {"LLC, QTC", "QTC Ltd", "LLC, SBB"};
	static const unsigned hits[] = {3, 3, 1};
	struct cs_roll *roll = NULL;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	char name[128];
	for (unsigned i = 0; i < 400; i++) { /* so that words weigh what they do among many */
		make_name(name);
		add_one(builder, 0, CS_ENTRY_ORGANISATION, name);
	}
	for (unsigned i = 0; i < 4; i++)
		add_one(builder, 0, CS_ENTRY_ORGANISATION, names[i]);
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	for (unsigned i = 0; i < 3; i++) {
		struct cs_roll_query query = {.name = cs_span_text(queries[i]), .kind = CS_NAME_ANY};
		search(roll, &query);
		assert_int_equal(answer.hit_n, hits[i]);
		query.exhaustive = true;
		search(roll, &query);
		assert_int_equal(answer.hit_n, hits[i]);
	}
	cs_roll_free(roll);
}

static void
an_empty_roll(void **state)
{
	(void)state;
	struct cs_roll *roll = NULL;
	uint32_t entry;
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	struct cs_roll_query query = {.name = cs_span_text("Torvald Melkin"), .kind = CS_NAME_ANY};
	search(roll, &query);
	assert_int_equal(answer.hit_n, 0);
	assert_false(cs_roll_find(roll, 0, cs_span_text(""), &entry));
	assert_int_equal(cs_roll_identify(roll, CS_ENTRY_ID_OTHER, cs_span_text("1"), &entry, 1), 0);
	cs_roll_free(roll);
	cs_roll_free(NULL);
	cs_roll_builder_free(cs_roll_builder_new(lexicon));
}

/* A name is looked for among the last 1024 of its entry only: so an entry of very many is not their square. */
static void
very_many_names(void **state)
{
	(void)state;
	enum { NAMES = 1100 };
	static char text[NAMES][16];
	static struct cs_entry_name name[NAMES + 2];
	struct cs_roll *roll = NULL;
	struct cs_roll_size size;
	for (unsigned i = 0; i < NAMES; i++) {
		(void)snprintf(text[i], sizeof text[i], "ba%c%c%co", 'a' + i / 100, 'a' + i / 10 % 10, 'a' + i % 10);
		name[i] = (struct cs_entry_name){cs_span_text(text[i]), CS_ENTRY_PRIMARY};
	}
	name[NAMES] = name[NAMES - 1000]; /* seen again; the first is not */
	name[NAMES + 1] = name[0];
	struct cs_entry entry = {.uid = cs_span_text("1"), .name = name, .name_n = NAMES + 2};
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	assert_int_equal(cs_roll_builder_add(builder, 0, &entry), CS_OK);
	assert_int_equal(cs_roll_builder_end(builder, &roll), CS_OK);
	cs_roll_measure(roll, &size);
	assert_int_equal(size.name_n, NAMES + 1);
	cs_roll_free(roll);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_was_put_in),
		cmocka_unit_test(a_version_is_all_that_is_said),
		cmocka_unit_test(finds_the_best_name_of_each_entry),
		cmocka_unit_test(facts_speak),
		cmocka_unit_test(more_hits_than_an_answer_holds),
		cmocka_unit_test(identifiers_are_exact),
		cmocka_unit_test(identifiers_are_of_their_kind),
		cmocka_unit_test(channels_find_what_all_names_give),
		cmocka_unit_test(firms_are_found_by_their_first_letters),
		cmocka_unit_test(an_empty_roll),
		cmocka_unit_test(very_many_names),
	};
	return cmocka_run_group_tests(tests, take_lexicon, free_lexicon);
}

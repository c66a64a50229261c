/*
 * Goal: names that are told to be hopeless never come to the line that was asked for, whatever the line; nor do those of which it is told
 * while they are scored.
 * Method: the least sums by trying all; pairs of made names, of which many are long firms' names with a word changed, glued, shortened to
 * first letters or said in another language; the development pairs, each with its own and with others, where the shared data is.
 */
#include "check.h"

#include "screen/score.c"

#include <stdio.h>
#include <stdlib.h>

#include "with_lexicon.h"

static void
least_sums(void **state)
{
	(void)state;
	for (unsigned score = 2; score < 999; score++) {
		int32_t least = cs_score_least_sum((uint16_t)score);
		assert_true(cs_score_of(least) >= score);
		assert_true(cs_score_of(least - 1) < score);
	}
	assert_true(cs_score_of(cs_score_least_sum(CS_SCORE_LINE)) == CS_SCORE_LINE);
}

/* Nothing adds to a sum but what agrees, and facts: sums are given up for that. */
static void
what_adds(void **state)
{
	(void)state;
	for (unsigned e = 0; e < CS_SCORE_EVIDENCE_N; e++)
		for (unsigned column = 0; column < CS_SCORE_COLUMNS; column++) {
			bool adds = e == CS_SCORE_AGREE || e == CS_SCORE_FAMILY || e == CS_SCORE_TRADE_SAME ||
				    e == CS_SCORE_DATE_SAME || e == CS_SCORE_COUNTRY_SAME;
			assert_true(adds || cs_score_weights[e][column] <= 0);
		}
}

static unsigned
next_random(uint32_t *seed, unsigned below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

/* Writes the words of a name, some of them changed when CHANGE. */
static void
write_name(uint32_t *seed, const unsigned *words, unsigned n, bool change, char out[512])
{
	static const char *const stock[] = {
		"Quellmar", "Brennick",    "Shipping",   "Oslo",    "Ltd",     "Trading",   "Varoe",
		"Handel",   "Zemorfiq",    "Kuptelov",   "and",     "Sons",    "al",        "Karim",
		"2",        "Wyvernstadt", "Industries", "Fasdal",  "Norway",  "Jugrablic", "Bank",
		"Limited",  "Xylomund",    "of",         "Company", "Marhold", "7",         "Petroval",
		"Kuptelev", "Verenti",     "Import",     "Export",  "Qbw",     "Mohammed",  "\u0645\u062d\u0645\u062f",
		"Group",    "Sergei",      "Dorngast",   "JC"};
	enum { STOCK = sizeof stock / sizeof *stock };
	out[0] = 0;
	for (unsigned i = 0; i < n; i++) {
		const char *word = stock[words[i] % STOCK];
		unsigned how = change ? next_random(seed, 12) : 12;
		size_t len = strlen(out);
		if (how == 0)
			word = stock[next_random(seed, STOCK)];
		if (how == 1)
			(void)snprintf(out + len, 512 - len, "%c", word[0]);
		else if (how == 2 && strlen(word) > 5)
			(void)snprintf(out + len, 512 - len, "%.3s%s ", word, word + 4);
		else if (how != 3)
			(void)snprintf(out + len, 512 - len, "%s%s", word, how == 4 ? "" : " ");
	}
}

static struct cs_name_room a, b;

/* The sum alone is that of the whole score, and so is what facts add to it. */
static void
check_sum(int32_t need)
{
	static const struct cs_score_facts ours = {19700101, 19701231, 7, 'm'}, theirs = {19700203, 19700203, 9, 'f'};
	static struct cs_score_why why, with;
	int32_t sum = 0;
	(void)cs_score(&a.name, &b.name, &why);
	(void)cs_score_with(&a.name, &ours, &b.name, &theirs, &with);
	assert_int_equal(cs_score_sum(&a.name, &b.name, need, &sum), why.score > 0 && why.sum >= need);
	if (why.score > 0 && why.sum >= need) {
		int32_t facts = cs_score_facts_sum(cs_score_column(&a.name, &b.name), &ours, &theirs);
		assert_int_equal(sum, why.sum);
		assert_int_equal(sum + facts, with.sum);
		assert_int_equal(cs_score_of(sum + facts), with.score);
	}
}

/* Both ways, for several lines; gives whether they are hopeless for the usual one. */
static bool
check_pair(unsigned *over)
{
	static const uint16_t lines[] = {CS_SCORE_LINE, 100, 250, 400, 600, 800};
	unsigned score = cs_score(&a.name, &b.name, NULL);
	*over += score >= CS_SCORE_LINE;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		int32_t need = cs_score_least_sum(lines[i]);
		bool never = cs_score_hopeless(&a.name, &b.name, need);
		assert_int_equal(never, cs_score_hopeless(&b.name, &a.name, need));
		assert_false(never && score >= lines[i]);
		if (i < 2)
			check_sum(need);
	}
	return cs_score_hopeless(&a.name, &b.name, cs_score_least_sum(CS_SCORE_LINE));
}

static void
made_names(void **state)
{
	(void)state;
	enum { ROUNDS = 60000, WORDS = 14 };
	uint32_t seed = 5;
	unsigned over = 0, hopeless = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		char one[512], other[512];
		unsigned words[WORDS], n = 1 + next_random(&seed, i % 2 ? WORDS : 4), kind = next_random(&seed, 4);
		for (unsigned w = 0; w < n; w++)
			words[w] = next_random(&seed, 1000);
		write_name(&seed, words, n, false, one);
		for (unsigned w = 0; w < n && i % 3 == 0; w++)
			words[w] = next_random(&seed, 3) ? words[w] : next_random(&seed, 1000);
		write_name(&seed, words, n, true, other);
		cs_name_read(lexicon, rarity, cs_span_text(one), (enum cs_name_kind)kind, &a);
		cs_name_read(lexicon, rarity, cs_span_text(other), (enum cs_name_kind)kind, &b);
		hopeless += check_pair(&over);
	}
	assert_true(over > ROUNDS / 10 && hopeless > ROUNDS / 100);
}

static char *
next_cell(char **at)
{
	char *cell = *at, *end = cell ? strchr(cell, '\t') : NULL;
	if (end)
		*end++ = 0;
	*at = end;
	return cell;
}

static void
real_pairs(void **state)
{
	(void)state;
	enum { PAIRS_MAX = 4000, STEP = 17 };
	const char *shared = getenv("COUNTERSIGN_SHARED");
	char path[512];
	static char line[4096];
	(void)snprintf(path, sizeof path, "%s/data/sanctions/name_pairs_dev.tsv", shared ? shared : "");
	FILE *in = fopen(path, "r");
	if (!in) {
		print_message("the shared pairs of names are not here: only made ones were tried\n");
		return;
	}
	struct cs_name_room *rooms = calloc(PAIRS_MAX, sizeof *rooms);
	unsigned n = 0, over = 0, hopeless = 0, tried = 0;
	for (bool first = true; rooms && n + 2 <= PAIRS_MAX && fgets(line, sizeof line, in); first = false) {
		char *at = line;
		(void)next_cell(&at);
		const char *query = next_cell(&at), *candidate = next_cell(&at), *type = next_cell(&at);
		if (first || !type)
			continue;
		enum cs_name_kind kind = *type == 'p'   ? CS_NAME_PERSON
					 : *type == 'o' ? CS_NAME_ORGANISATION
					 : *type == 'v' ? CS_NAME_VESSEL
							: CS_NAME_ANY;
		cs_name_read(lexicon, rarity, cs_span_text(query), kind, &rooms[n++]);
		cs_name_read(lexicon, rarity, cs_span_text(candidate), kind, &rooms[n++]);
	}
	(void)fclose(in);
	for (unsigned i = 0; i + 1 < n; i++)
		for (unsigned j = i + 1; j < n; j += j == i + 1 ? 1 + i % STEP : STEP) {
			a.name = rooms[i].name, b.name = rooms[j].name;
			hopeless += check_pair(&over);
			tried++;
		}
	assert_true(tried > n && over > n / 10 && hopeless > tried / 10);
	free(rooms);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(least_sums),
		cmocka_unit_test(what_adds),
		cmocka_unit_test(made_names),
		cmocka_unit_test(real_pairs),
	};
	return cmocka_run_group_tests(tests, take_lexicon, free_lexicon);
}

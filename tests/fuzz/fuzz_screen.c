/*
 * Goal: no two names make the reading or the comparing of names crash, leave its limits, or depend on which name comes first.
 * Method: the first byte chooses the kinds; what stands before and after the first line end are two names, each in memory of its
 * own size.
 */
#include "screen/ofac.h"
#include "screen/score.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct cs_lexicon *lexicon;
static struct cs_rarity *rarity;

static void
must(bool right)
{
	if (!right)
		abort();
}

/* Reads a name out of a copy that ends where it ends. */
static void
read_name(const uint8_t *at, size_t len, unsigned kind, struct cs_name_room *out)
{
	struct cs_ofac_name ofac;
	struct cs_span variants[CS_NAME_VARIANTS_MAX];
	uint8_t *copy = malloc(len + 1);
	must(copy != NULL);
	if (len)
		memcpy(copy, at, len);
	struct cs_span name = {copy, len};
	unsigned n = cs_name_variants(name, variants);
	must(n >= 1 && n <= CS_NAME_VARIANTS_MAX);
	for (unsigned i = n; i-- > 0;) {
		must(variants[i].at >= copy && variants[i].at + variants[i].len <= copy + len);
		cs_name_read(lexicon, rarity, variants[i], (enum cs_name_kind)(kind & 3), out);
	}
	cs_ofac_read(name, &ofac);
	must(ofac.word_n == 0 || cs_ofac_score(&ofac, &ofac) >= 999);
	must(out->name.part_n <= CS_NAME_PARTS_MAX);
	for (unsigned i = 0; i < out->name.part_n; i++)
		must(out->part[i].token < CS_NAME_PARTS_MAX && out->token[i].len <= CS_TERM_LETTERS_MAX);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_name_room a, b;
	static struct cs_score_why why;
	if (!lexicon) {
		lexicon = cs_lexicon_new();
		rarity = cs_rarity_new(0);
		must(lexicon && rarity);
	}
	if (len == 0)
		return 0;
	const uint8_t *end = memchr(data + 1, '\n', len - 1);
	size_t first = end ? (size_t)(end - data) - 1 : len - 1, second = end ? len - first - 2 : 0;
	read_name(data + 1, first, data[0], &a);
	read_name(data + 1 + first + (end != NULL), second, data[0] >> 2, &b);
	unsigned score = cs_score(&a.name, &b.name, &why);
	int32_t sum = 0;
	for (unsigned i = 0; i < why.row_n; i++)
		sum += why.row[i].contribution;
	must(score < 1000 && score == cs_score(&b.name, &a.name, NULL));
	must(why.row_n == CS_SCORE_ROWS_MAX || sum == why.sum);
	must(!(cs_score_hopeless(&a.name, &b.name, cs_score_least_sum(CS_SCORE_LINE)) && score >= CS_SCORE_LINE));
	return 0;
}

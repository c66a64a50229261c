/*
 * See ofac.h. Jaro's and Winkler's measure in millionths, with the matches in bit masks.
 */
#include "screen/ofac.h"
#include "screen/fold.h"

enum {
	MILLION = 1000000,
	PREFIX_MAX = 4, /* letters at the beginning that Winkler rewards */
	FLOOR = 500000, /* a word less alike than this is not alike */
	SHORT_WORD = 2, /* letters of words that are not asked for */
};

__extension__ typedef unsigned __int128 mask;

void
cs_ofac_read(struct cs_span name, struct cs_ofac_name *out)
{
	struct cs_folded folded;
	cs_fold(name, &folded);
	*out = (struct cs_ofac_name){0};
	for (unsigned i = 0; i < folded.piece_n && out->word_n < CS_OFAC_WORDS_MAX; i++) {
		const struct cs_fold_piece *piece = &folded.piece[i];
		unsigned space = out->len > 0;
		if (piece->script != CS_FOLD_LATIN || piece->len == 0)
			continue;
		if (out->len + space + piece->len > CS_OFAC_LETTERS_MAX)
			break;
		if (space)
			out->text[out->len++] = ' ';
		out->start[out->word_n] = out->len;
		out->word_len[out->word_n++] = piece->len;
		memcpy(out->text + out->len, folded.letters + piece->start, piece->len);
		out->len = (uint8_t)(out->len + piece->len);
	}
}

/* The letters of TEXT that are in SET, in order: how many of them differ from those of the other. */
static unsigned
out_of_order(const char *a, mask a_set, const char *b, mask b_set)
{
	unsigned n = 0;
	for (unsigned i = 0, j = 0; a_set >> i; i++) {
		if (!(a_set >> i & 1))
			continue;
		while (!(b_set >> j & 1))
			j++;
		n += a[i] != b[j++];
	}
	return n;
}

/* PART of WHOLE in millionths. */
static unsigned
share(unsigned part, unsigned whole)
{
	return whole > 1 ? part * MILLION / whole : part * MILLION;
}

static unsigned
jaro_winkler(const char *a, unsigned a_len, const char *b, unsigned b_len)
{
	unsigned longer = a_len > b_len ? a_len : b_len, window = longer / 2 > 1 ? longer / 2 - 1 : 0, matched = 0;
	mask a_set = 0, b_set = 0;
	for (unsigned i = 0; i < a_len; i++) {
		unsigned last = i + window + 1 < b_len ? i + window + 1 : b_len;
		for (unsigned j = i > window ? i - window : 0; j < last; j++) {
			if (a[i] != b[j] || b_set >> j & 1)
				continue;
			a_set |= (mask)1 << i;
			b_set |= (mask)1 << j;
			matched++;
			break;
		}
	}
	if (matched == 0)
		return 0;
	unsigned halves = out_of_order(a, a_set, b, b_set);
	unsigned jaro = share(matched, a_len) + share(matched, b_len);
	jaro = (jaro + (2 * matched - halves) * (MILLION / 2) / matched) / 3;
	unsigned prefix = 0;
	while (prefix < PREFIX_MAX && prefix < a_len && prefix < b_len && a[prefix] == b[prefix])
		prefix++;
	return jaro + prefix * (MILLION - jaro) / 10;
}

static unsigned
best_word(const struct cs_ofac_name *query, unsigned word, const struct cs_ofac_name *candidate)
{
	unsigned best = 0;
	for (unsigned j = 0; j < candidate->word_n; j++) {
		unsigned value = jaro_winkler(query->text + query->start[word], query->word_len[word],
					      candidate->text + candidate->start[j], candidate->word_len[j]);
		best = value > best ? value : best;
	}
	return best >= FLOOR ? best : 0;
}

uint16_t
cs_ofac_score(const struct cs_ofac_name *query, const struct cs_ofac_name *candidate)
{
	if (query->word_n == 0 || candidate->word_n == 0)
		return 0;
	unsigned asked = 0, long_words = 0, whole = 0;
	uint64_t sum = 0;
	for (unsigned i = 0; i < query->word_n; i++)
		long_words += query->word_len[i] > SHORT_WORD;
	for (unsigned i = 0; i < query->word_n; i++) {
		if (long_words && query->word_len[i] <= SHORT_WORD)
			continue;
		sum += best_word(query, i, candidate);
		asked++;
	}
	if (query->text[0] == candidate->text[0])
		whole = jaro_winkler(query->text, query->len, candidate->text, candidate->len);
	uint64_t parts = sum / asked;
	return (uint16_t)(((parts > whole ? parts : whole) + MILLION / 2000) / (MILLION / 1000));
}

/*
 * Words that were found for a word, by keys or otherwise: each is looked at once, what is told to be far by its sign goes first, then
 * sixteen are compared at once; only what may be more than a misspelling is compared alone. See roll_near.h.
 */
#include "base/prefetch.h"
#include "screen/roll_near.h"

enum {
	AHEAD = 8, /* words on their way into the cache */
};

static enum cs_roll_tier
tier_of(struct cs_term_likeness like)
{
	switch ((enum cs_term_relation)like.relation) {
	case CS_TERM_EQUAL:
	case CS_TERM_SOUND:
		return CS_ROLL_SAME;
	case CS_TERM_FAMILY:
		return CS_ROLL_FAMILY;
	case CS_TERM_BONES:
		return CS_ROLL_BONES;
	case CS_TERM_EDIT:
		return like.permille >= 850                  ? CS_ROLL_EDIT_1
		       : like.permille >= 800                ? CS_ROLL_EDIT_2
		       : like.permille >= 750                ? CS_ROLL_EDIT_3
		       : like.permille >= CS_ROLL_NEAR_LEAST ? CS_ROLL_EDIT_4
							     : CS_ROLL_TIERS_ALL;
	case CS_TERM_SHORTENED:
		return CS_ROLL_SHORTENED;
	case CS_TERM_INITIAL:
		return CS_ROLL_INITIAL;
	case CS_TERM_OTHER:
	case CS_TERM_RELATIONS:
		break;
	}
	return CS_ROLL_TIERS_ALL;
}

void
cs_roll_gather_put(struct cs_roll_gather *g, struct cs_roll_near near)
{
	if (g->n == CS_ROLL_NEAR_MAX)
		g->cut = true;
	else
		g->desk->gather[g->n++] = near;
}

/* Puts a word in, of what it is like. */
void
cs_roll_gather_word(struct cs_roll_gather *g, uint32_t word, unsigned permille, enum cs_roll_tier tier)
{
	g->desk->known[word] = g->desk->part + CS_ROLL_MARK_LISTED;
	cs_roll_gather_put(
		g, (struct cs_roll_near){.feature = word, .permille = (uint16_t)permille, .tier = (uint8_t)tier});
}

/* Puts a word in if it is like that. */
static void
take_word(struct cs_roll_gather *g, uint32_t number, struct cs_term_likeness like)
{
	enum cs_roll_tier tier = tier_of(like);
	g->small |= like.permille >= CS_LIKENESS_SMALL && g->roll->small[number];
	if (tier < CS_ROLL_TIERS)
		cs_roll_gather_word(g, number, like.permille, tier);
}

static void
compare_word(struct cs_roll_gather *g, uint32_t number)
{
	take_word(g, number, cs_term_compare(g->term, &g->roll->word[number], CS_ROLL_NEAR_LEAST));
}

static bool
is_known(const struct cs_roll_gather *g, uint32_t word)
{
	return g->desk->known[word] - g->desk->part <= CS_ROLL_MARK_LISTED;
}

/* Compares a word, once in a look. */
void
cs_roll_gather_compare(struct cs_roll_gather *g, uint32_t number)
{
	if (is_known(g, number))
		return;
	g->desk->known[number] = g->desk->part;
	compare_word(g, number);
}

/* Asks for a word that is about to be compared. */
static void
ask_for(const struct cs_roll *roll, uint32_t number)
{
	const char *word = (const char *)&roll->word[number];
	cs_prefetch(word);
	cs_prefetch(word + sizeof(struct cs_term) - 1);
}

/* Words that are compared together, and what is left of each. */
struct together {
	uint32_t *number;
	uint8_t way[CS_ROLL_FOUND]; /* enum cs_roll_sign_way; 0: alone */
	uint8_t written[CS_ROLL_FOUND], sounding[CS_ROLL_FOUND];
	unsigned n;
};

/* Words that are weighed together: which of them, and how. */
struct weighed {
	const struct cs_term_lane *lane[CS_TERM_MANY * 2];
	uint16_t at[CS_TERM_MANY * 2];
	unsigned n;
};

/* Weighs those that wait, when they are MOST or more. */
static void
weigh_waiting(const struct cs_term_many *many, bool sounds, struct weighed *waiting, unsigned most, uint8_t *out)
{
	uint8_t left[CS_TERM_MANY];
	unsigned n = waiting->n < CS_TERM_MANY ? waiting->n : CS_TERM_MANY, rest = waiting->n - n;
	if (waiting->n < most)
		return;
	cs_term_many_weigh(many, sounds, waiting->lane, n, left);
	for (unsigned i = 0; i < n; i++)
		out[waiting->at[i]] = left[i];
	for (unsigned i = 0; i < rest; i++) {
		waiting->lane[i] = waiting->lane[n + i];
		waiting->at[i] = waiting->at[n + i];
	}
	waiting->n = rest;
}

/* Weighs those that may be near by WAY: sixteen at a time are asked how many plain edits they are away, which is cheap, and the few that are
 * near by them wait until they are sixteen. */
static void
weigh_words(struct cs_roll_gather *g, struct together *words, enum cs_roll_sign_way way)
{
	struct weighed waiting;
	const struct cs_term_lane *lane[CS_TERM_MANY];
	uint16_t at[CS_ROLL_FOUND];
	uint8_t *out = way == CS_ROLL_BY_TEXT ? words->written : words->sounding;
	const bool sounds = way == CS_ROLL_BY_SOUND;
	unsigned n = 0;
	waiting.n = 0;
	memset(out, 0, words->n);
	for (unsigned i = 0; i < words->n; i++) {
		at[n] = (uint16_t)i;
		n += (words->way[i] & way) != 0;
	}
	for (unsigned from = 0; from < n; from += CS_TERM_MANY) {
		const unsigned some = n - from < CS_TERM_MANY ? n - from : CS_TERM_MANY;
		for (unsigned k = 0; k < some; k++)
			lane[k] = &g->roll->sign[words->number[at[from + k]]].lane;
		for (unsigned few = cs_term_many_edits(&g->many, sounds, lane, some); few; few &= few - 1) {
			unsigned k = (unsigned)__builtin_ctz(few);
			waiting.lane[waiting.n] = lane[k];
			waiting.at[waiting.n++] = at[from + k];
		}
		weigh_waiting(&g->many, sounds, &waiting, CS_TERM_MANY, out);
	}
	weigh_waiting(&g->many, sounds, &waiting, 1, out);
}

/* Is a word that is alone to be compared? FAR: when it is far by its sign, too. */
static bool
is_alone_near(const struct cs_roll_gather *g, uint32_t number, bool far)
{
	const struct cs_roll_sign *sign = &g->roll->sign[number];
	return !cs_term_is_apart(&g->many, &sign->lane) &&
	       (far || cs_roll_sign_ways(&g->sign, sign, CS_ROLL_NEAR_LEAST));
}

/* Compares words, each once; FAR: those that are no misspelling by their signs, too. */
static void
compare_words(struct cs_roll_gather *g, struct together *words, bool far)
{
	unsigned n = 0;
	for (unsigned i = 0; i < words->n; i++) {
		uint32_t number = words->number[n] = words->number[i];
		const struct cs_term_lane *lane = &g->roll->sign[number].lane;
		const unsigned way = words->way[i],
			       ways = CS_ROLL_BY_TEXT | cs_term_sounds_apart(&g->many, lane) * CS_ROLL_BY_SOUND;
		const bool alone = cs_term_is_alone(&g->many, lane);
		const bool looked_at = alone ? is_alone_near(g, number, far) : way & ways;
		words->way[n] = (uint8_t)(alone ? 0 : way & ways);
		n += looked_at;
		g->desk->known[number] = looked_at ? g->desk->part : g->desk->known[number];
		if (alone && looked_at)
			ask_for(g->roll, number);
	}
	words->n = n;
	weigh_words(g, words, CS_ROLL_BY_TEXT);
	weigh_words(g, words, CS_ROLL_BY_SOUND);
	for (unsigned i = 0; i < n; i++) {
		uint32_t number = words->number[i];
		unsigned written = words->written[i], sounding = words->sounding[i];
		if (!words->way[i])
			compare_word(g, number);
		else if (written | sounding)
			take_word(g, number,
				  cs_term_many_likeness(&g->many, &g->roll->sign[number].lane, written, sounding));
	}
}

/* Compares words of the other kind of script. */
static void
compare_bones(struct cs_roll_gather *g, const uint32_t *number, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (i + AHEAD < n)
			ask_for(g->roll, number[i + AHEAD]);
		compare_word(g, number[i]);
	}
}

/* Makes the word ready to be compared: for most runs of words nothing is found, and it never is. */
static void
make_ready(struct cs_roll_gather *g)
{
	if (g->ready)
		return;
	g->sign = cs_roll_sign_of(g->term);
	cs_term_many_begin(&g->many, g->term, CS_ROLL_NEAR_LEAST);
	g->ready = true;
}

/* Compares what was found: each word once. */
void
cs_roll_gather_found(struct cs_roll_gather *g, uint32_t *number, unsigned n, enum cs_roll_how how)
{
	uint32_t *known = g->desk->known;
	const uint32_t seen_most = how == CS_ROLL_FOUND_BY_KEY ? CS_ROLL_MARK_FAR : CS_ROLL_MARK_LISTED;
	struct together words;
	unsigned kept = 0;
	for (unsigned i = 0; i < n; i++) {
		uint32_t word = number[i], mark = known[word], seen = mark - g->desk->part <= seen_most;
		known[word] = seen ? mark : g->desk->part + (how == CS_ROLL_FOUND_BY_KEY ? CS_ROLL_MARK_FAR : 0);
		number[kept] = word;
		kept += !seen;
	}
	if (how == CS_ROLL_FOUND_BY_BONES) {
		compare_bones(g, number, kept);
		return;
	}
	if (kept == 0)
		return;
	make_ready(g);
	cs_roll_sign_many(&g->sign, g->roll->sign, number, kept, words.way);
	words.number = number, words.n = kept;
	compare_words(g, &words, how == CS_ROLL_FOUND_WEAKLY);
}

/* As add_word, for a word that is at least an initial or an abbreviation. */
void
cs_roll_gather_weakly(struct cs_roll_gather *g, uint32_t number, unsigned permille, enum cs_roll_tier tier)
{
	cs_roll_gather_compare(g, number);
	if (g->desk->known[number] == g->desk->part)
		cs_roll_gather_word(g, number, permille, tier);
}

/* The keys that the filter lets pass, to the front. */
static unsigned
pass_filter(const struct cs_roll *roll, uint32_t *key, unsigned n)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < n; i++)
		cs_prefetch(&roll->filter[key[i] >> roll->filter_shift]);
	for (unsigned i = 0; i < n; i++) {
		uint64_t set = roll->filter[key[i] >> roll->filter_shift];
		if (set >> (key[i] & 63) & set >> (key[i] >> 6 & 63) & 1)
			key[kept++] = key[i];
	}
	for (unsigned i = 0; i < kept; i++)
		cs_prefetch(&roll->key_at[key[i] >> roll->bucket_shift]);
	for (unsigned i = 0; i < kept; i++)
		cs_prefetch(&roll->key[roll->key_at[key[i] >> roll->bucket_shift]]);
	return kept;
}

/* The words of the keys. */
void
cs_roll_gather_keys(struct cs_roll_gather *g, enum cs_roll_how how)
{
	const struct cs_roll *roll = g->roll;
	uint32_t number[CS_ROLL_FOUND];
	unsigned n = pass_filter(roll, g->key, g->key_n), found = 0;
	for (unsigned i = 0; i < n; i++) {
		uint32_t bucket = g->key[i] >> roll->bucket_shift;
		for (uint32_t k = roll->key_at[bucket]; k < roll->key_at[bucket + 1]; k++) {
			uint32_t word;
			bool of_key = cs_roll_key_word(roll, g->key[i], roll->key[k], &word);
			number[found] = word;
			cs_prefetch(&roll->sign[word]);
			cs_prefetch(&g->desk->known[word]);
			found += of_key;
			if (found == CS_ROLL_FOUND) {
				cs_roll_gather_found(g, number, found, how);
				found = 0;
			}
		}
	}
	cs_roll_gather_found(g, number, found, how);
	g->key_n = 0;
}

/*
 * Which words of a roll are like a word: found by keys, families, letters and beginnings, compared once, and kept on the desk.
 * See roll_parts.h.
 */
#include "base/prefetch.h"
#include "screen/roll_run.h"

enum {
	LISTED = 1,    /* beside the number of the look, when a word is listed and not only known */
	FAR = 2,       /* the same, when it was found by a key, but is not near by its sign */
	MARKS = 3,     /* numbers of a look */
	INITIAL = 500, /* thousandths, as in term.c */
	SHORTENED = 600,
	SINGLE_BONE = 740, /* as in align.c */
	SMALL_SURE = 800,
	GLUE_SURE = 880, /* as in align.c */
	BEGINNING_MIN = 3,
	PIECE = 999, /* thousandths: as good as the word, but not the word itself */
	PIECE_MIN = 2,
	PIECE_WORDS = 16,  /* of the same letters: other scripts, other families */
	PIECE_WALKED = 64, /* forms: a piece that is in more is not looked for */
	FOUND = 256,       /* words found by keys that are looked at together */
	AHEAD = 32,        /* words on their way into the cache */
	KEYS = 4 * (1 + CS_TERM_LETTERS_MAX + CS_TERM_LETTERS_MAX * (CS_TERM_LETTERS_MAX - 1) / 2), /* of four bases */
	RUN_FORMS = 16,
};

/* What is found alike so far. */
struct gather {
	const struct cs_roll *roll;
	struct cs_roll_desk *desk;
	const struct cs_term *term;
	const struct cs_term_many *many; /* it, made ready to be compared; NULL: it is compared with few */
	struct cs_roll_sign sign;        /* of it */
	unsigned n, key_n;
	bool small, cut;
	uint32_t *key; /* KEYS */
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

static void
put(struct gather *g, struct cs_roll_near near)
{
	if (g->n == CS_ROLL_NEAR_MAX)
		g->cut = true;
	else
		g->desk->gather[g->n++] = near;
}

/* Puts a word in, of what it is like. */
static void
put_word(struct gather *g, uint32_t word, unsigned permille, enum cs_roll_tier tier)
{
	g->desk->known[word] = g->desk->part + LISTED;
	put(g, (struct cs_roll_near){.feature = word, .permille = (uint16_t)permille, .tier = (uint8_t)tier});
}

/* Puts a word in if it is like that. */
static void
take_word(struct gather *g, uint32_t number, struct cs_term_likeness like)
{
	enum cs_roll_tier tier = tier_of(like);
	g->small |= like.permille >= SMALL_SURE && g->roll->small[number];
	if (tier < CS_ROLL_TIERS)
		put_word(g, number, like.permille, tier);
}

static void
compare_word(struct gather *g, uint32_t number)
{
	take_word(g, number, cs_term_compare(g->term, &g->roll->word[number], CS_ROLL_NEAR_LEAST));
}

static bool
is_known(const struct gather *g, uint32_t word)
{
	return g->desk->known[word] - g->desk->part <= LISTED;
}

/* Compares a word, once in a look. */
static void
add_word(struct gather *g, uint32_t number)
{
	if (is_known(g, number))
		return;
	g->desk->known[number] = g->desk->part;
	compare_word(g, number);
}

/* Asks for words that are about to be compared. */
static void
ask_for(const struct gather *g, const uint32_t *number, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const char *word = (const char *)&g->roll->word[number[i]];
		cs_prefetch(word);
		cs_prefetch(word + sizeof(struct cs_term) - 1);
	}
}

/* Compares words, each once. */
static void
compare_words(struct gather *g, const uint32_t *number, unsigned n)
{
	const struct cs_term *word[CS_TERM_MANY];
	struct cs_term_likeness like[CS_TERM_MANY];
	ask_for(g, number, n < AHEAD ? n : AHEAD);
	for (unsigned at = 0, some; at < n; at += some) {
		some = n - at < CS_TERM_MANY ? n - at : CS_TERM_MANY;
		for (unsigned i = 0; i < some; i++)
			word[i] = &g->roll->word[number[at + i]];
		if (at + AHEAD < n)
			ask_for(g, number + at + AHEAD, n - at - AHEAD < CS_TERM_MANY ? n - at - AHEAD : CS_TERM_MANY);
		if (g->many)
			cs_term_many_compare(g->many, word, some, like);
		for (unsigned i = 0; i < some && !g->many; i++)
			like[i] = cs_term_compare(g->term, word[i], CS_ROLL_NEAR_LEAST);
		for (unsigned i = 0; i < some; i++)
			take_word(g, number[at + i], like[i]);
	}
}

/* Compares what was found by keys: each word once, and none that cannot be near, but for the BONES of it. */
static void
compare_found(struct gather *g, uint32_t *number, unsigned n, bool bones)
{
	uint32_t *known = g->desk->known;
	const uint32_t seen_most = bones ? LISTED : FAR;
	unsigned kept = 0;
	for (unsigned i = 0; i < n; i++) {
		uint32_t word = number[i], mark = known[word], seen = mark - g->desk->part <= seen_most;
		known[word] = seen ? mark : g->desk->part + (bones ? 0 : FAR);
		number[kept] = word;
		kept += !seen;
	}
	if (!bones)
		kept = cs_roll_sift_signs(&g->sign, g->roll->sign, number, kept);
	for (unsigned i = 0; i < kept; i++)
		known[number[i]] = g->desk->part;
	compare_words(g, number, kept);
}

/* As add_word, for a word that is at least an initial or an abbreviation. */
static void
add_weakly(struct gather *g, uint32_t number, unsigned permille, enum cs_roll_tier tier)
{
	add_word(g, number);
	if (g->desk->known[number] == g->desk->part)
		put_word(g, number, permille, tier);
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
static void
add_keys(struct gather *g, bool bones)
{
	const struct cs_roll *roll = g->roll;
	uint32_t number[FOUND];
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
			if (found == FOUND) {
				compare_found(g, number, found, bones);
				found = 0;
			}
		}
	}
	compare_found(g, number, found, bones);
	g->key_n = 0;
}

/* Makes the keys of a base, behind those that there are. */
static void
make_keys(struct gather *g, enum cs_roll_base base)
{
	char letters[CS_TERM_LETTERS_MAX + 2];
	unsigned n = cs_roll_base_of(g->term, base, letters);
	if (n)
		g->key_n += cs_roll_keys(letters, n, cs_roll_deletions(n, base), base, g->key + g->key_n);
}

/* Words of the other kind of script, by their consonants. */
static void
add_bones(struct gather *g)
{
	const struct cs_term *term = g->term;
	enum cs_roll_base base = cs_roll_is_unvowelled(term) ? CS_ROLL_VOWELLED : CS_ROLL_UNVOWELLED;
	unsigned n = term->bones_len;
	if (n < 2)
		return;
	g->key_n = cs_roll_keys(term->bones, n, cs_roll_deletions(n, base), base, g->key);
	add_keys(g, true);
}

static void
add_group(struct gather *g, enum cs_roll_group group, unsigned code, enum cs_roll_tier tier)
{
	static const uint16_t weakly[CS_ROLL_TIERS] = {[CS_ROLL_INITIAL] = INITIAL, [CS_ROLL_BONES] = SINGLE_BONE};
	size_t n;
	const struct cs_roll_code *at = cs_roll_codes_of(&g->roll->group, cs_roll_group_key(group, code), &n);
	for (size_t i = 0; i < n; i++)
		if (weakly[tier])
			add_weakly(g, at[i].number, weakly[tier], tier);
		else
			add_word(g, at[i].number);
}

/* The first word in the order of letters that is not before these. */
static uint32_t
first_word(const struct cs_roll *roll, const char *text, unsigned n)
{
	char begin[8] = {0};
	memcpy(begin, text, n < 8 ? n : 8);
	uint64_t first = cs_roll_first_of(begin);
	uint32_t low = 0, high = roll->word_n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		bool before = roll->first_text[middle] < first;
		if (n > 8 && roll->first_text[middle] == first)
			before = memcmp(roll->word[roll->by_text[middle]].text, text, n) < 0;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
begins_with(const struct cs_roll *roll, uint32_t at, const char *text, unsigned n)
{
	return at < roll->word_n && memcmp(roll->word[roll->by_text[at]].text, text, n) == 0;
}

/* Is BRIEF the other's first letter and some of its letters in order? */
static bool
in_order(const struct cs_term *brief, const struct cs_term *whole)
{
	unsigned at = 0;
	if (brief->letters & ~whole->letters || brief->text[0] != whole->text[0])
		return false;
	for (unsigned i = 0; i < brief->len; i++, at++) {
		while (at < whole->len && whole->text[at] != brief->text[i])
			at++;
		if (at == whole->len)
			return false;
	}
	return true;
}

/* Words that the term abbreviates, and words that abbreviate it; but for its beginnings, see add_pieces. */
static void
add_abbreviations(struct gather *g)
{
	const struct cs_roll *roll = g->roll;
	const struct cs_term *term = g->term;
	size_t n = 0;
	uint32_t at = first_word(roll, term->text, term->len);
	if (term->len >= BEGINNING_MIN)
		for (; begins_with(roll, at, term->text, term->len); at++)
			if (roll->sign[roll->by_text[at]].len >= term->len + 2)
				add_weakly(g, roll->by_text[at], SHORTENED, CS_ROLL_SHORTENED);
	if (cs_roll_may_abbreviate(term))
		for (at = first_word(roll, term->text, 1); begins_with(roll, at, term->text, 1); at++)
			if (roll->sign[roll->by_text[at]].len >= term->len + 2 &&
			    !(term->letters & ~roll->sign[roll->by_text[at]].letters) &&
			    in_order(term, &roll->word[roll->by_text[at]]))
				add_weakly(g, roll->by_text[at], SHORTENED, CS_ROLL_SHORTENED);
	const struct cs_roll_code *brief =
		cs_roll_codes_of(&roll->group, cs_roll_group_key(CS_ROLL_GROUP_BRIEF, (uint8_t)term->text[0]), &n);
	for (size_t i = 0; i < n && term->len; i++) {
		const struct cs_roll_sign *sign = &roll->sign[brief[i].number];
		if (sign->len + 2 <= term->len && !(sign->letters & ~term->letters) &&
		    in_order(&roll->word[brief[i].number], term))
			add_weakly(g, brief[i].number, SHORTENED, CS_ROLL_SHORTENED);
	}
}

unsigned
cs_roll_exact_words(const struct cs_roll *roll, struct cs_span letters, uint32_t key, uint32_t *out, unsigned cap)
{
	unsigned found = 0;
	uint32_t bucket = key >> roll->bucket_shift;
	for (uint32_t k = roll->key_at[bucket]; k < roll->key_at[bucket + 1]; k++) {
		uint32_t word;
		if (!cs_roll_key_word(roll, key, roll->key[k], &word) || roll->sign[word].len != letters.len)
			continue;
		if (memcmp(roll->word[word].text, letters.at, letters.len) == 0 && found < cap)
			out[found++] = word;
	}
	return found;
}

static void
add_piece(struct gather *g, const uint32_t *word, unsigned n, bool walked)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t mass = g->roll->posting_at[word[i] + 1] - g->roll->posting_at[word[i]];
		unsigned tier = walked && mass <= PIECE_WALKED ? CS_ROLL_SAME : CS_ROLL_PIECE;
		put(g, (struct cs_roll_near){.feature = word[i], .permille = PIECE, .tier = (uint8_t)tier});
	}
}

/* Puts in forms that have words side by side, unless they are more than MOST. */
static void
put_forms(struct gather *g, const struct cs_roll_code *run, size_t n, size_t most)
{
	for (size_t i = 0; i < n && n <= most; i++) {
		uint32_t form = run[i].number & ~CS_ROLL_RUN_FORM;
		if (cs_roll_may_be_joined(run[i].sign, g->term) && cs_roll_is_apart(g->roll, form, g->term))
			put(g, (struct cs_roll_near){.feature = form, .permille = 1000, .form = true});
	}
}

/* How many of the numbers under a key are words. */
static size_t
words_of(const struct cs_roll_code *run, size_t n)
{
	size_t words = 0;
	while (words < n && run[words].number < CS_ROLL_RUN_FORM)
		words++;
	return words;
}

/* Forms that have words side by side with such a key. */
static void
add_runs(struct gather *g, uint32_t key)
{
	size_t n;
	if (!cs_roll_passes(g->roll, key))
		return;
	const struct cs_roll_code *run = cs_roll_codes_of(&g->roll->run, key, &n);
	size_t words = words_of(run, n);
	put_forms(g, run + words, n - words, SIZE_MAX);
}

/* Forms that have the word written apart, and words that it begins or ends with. */
static void
add_pieces(struct gather *g)
{
	const struct cs_roll *roll = g->roll;
	const struct cs_term *term = g->term;
	uint32_t key[2][CS_TERM_LETTERS_MAX + 2], head[PIECE_WORDS], tail[PIECE_WORDS];
	char bare[CS_TERM_LETTERS_MAX + 1];
	unsigned bare_n = cs_roll_skeleton(term->text, term->len, bare);
	if (term->len < CS_ROLL_RUN_LETTERS_MIN)
		return;
	if (bare_n)
		add_runs(g, cs_roll_key_of(bare, bare_n, CS_ROLL_RUN));
	if (term->bones_len >= CS_ROLL_RUN_BONES_MIN && !cs_roll_is_unvowelled(term))
		add_runs(g, cs_roll_key_of(term->bones, term->bones_len, CS_ROLL_UNVOWELLED));
	for (unsigned at = PIECE_MIN; at + PIECE_MIN <= term->len; at++) {
		key[0][at] = cs_roll_key_of(term->text, at, CS_ROLL_TEXT);
		key[1][at] = cs_roll_key_of(term->text + at, term->len - at, CS_ROLL_TEXT);
		cs_prefetch(&roll->filter[key[0][at] >> roll->filter_shift]);
		cs_prefetch(&roll->filter[key[1][at] >> roll->filter_shift]);
	}
	for (unsigned at = PIECE_MIN; at + PIECE_MIN <= term->len; at++) {
		unsigned heads = pass_filter(roll, &key[0][at], 1), tails = pass_filter(roll, &key[1][at], 1);
		if (heads)
			heads = cs_roll_exact_words(roll, cs_roll_span_of(term->text, at), key[0][at], head,
						    PIECE_WORDS);
		if (tails)
			tails = cs_roll_exact_words(roll, cs_roll_span_of(term->text + at, term->len - at), key[1][at],
						    tail, PIECE_WORDS);
		bool both = heads && tails, first = at * 2 >= term->len;
		add_piece(g, head, heads, both && first);
		add_piece(g, tail, tails, both && !first);
		for (unsigned i = 0; at >= BEGINNING_MIN && i < heads; i++)
			add_weakly(g, head[i], SHORTENED, CS_ROLL_SHORTENED);
	}
}

static void
gather_all(struct gather *g)
{
	const struct cs_term *term = g->term;
	g->desk->part += MARKS;
	make_keys(g, CS_ROLL_TEXT);
	make_keys(g, CS_ROLL_SOUND);
	make_keys(g, CS_ROLL_VOWELS);
	make_keys(g, CS_ROLL_MERGED);
	add_keys(g, false);
	add_bones(g);
	for (unsigned f = 0; f < 2; f++)
		if (term->family[f])
			add_group(g, CS_ROLL_GROUP_FAMILY, term->family[f], CS_ROLL_FAMILY);
	if (term->len > 0)
		add_group(g, CS_ROLL_GROUP_LETTER, (uint8_t)term->text[0], CS_ROLL_INITIAL);
	if (term->bones_len == 1)
		add_group(g, cs_roll_is_unvowelled(term) ? CS_ROLL_GROUP_BONED : CS_ROLL_GROUP_BONE,
			  (uint8_t)term->bones[0], CS_ROLL_BONES);
	if (term->len > 1)
		add_abbreviations(g);
	add_pieces(g);
}

/* Puts what was gathered in order, by tier; OUT is told. */
static void
sort_by_tier(const struct gather *g, struct cs_roll_near *to, struct cs_roll_alike *out)
{
	const struct cs_roll_near *from = g->desk->gather;
	uint32_t at[CS_ROLL_TIERS_ALL];
	*out = (struct cs_roll_alike){.near = to, .small = g->small, .cut = g->cut};
	for (unsigned i = 0; i < g->n; i++) {
		const struct cs_roll_near *near = &from[i];
		uint32_t forms =
			near->form ? 1 : g->roll->posting_at[near->feature + 1] - g->roll->posting_at[near->feature];
		out->at[near->tier + 1]++;
		out->mass[near->tier] += forms;
		out->best[near->tier] = near->permille > out->best[near->tier] ? near->permille : out->best[near->tier];
	}
	for (unsigned t = 0; t < CS_ROLL_TIERS_ALL; t++) {
		at[t] = out->at[t];
		out->at[t + 1] += out->at[t];
	}
	for (unsigned i = 0; i < g->n; i++)
		to[at[from[i].tier]++] = from[i];
}

void
cs_roll_alike_to(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_term *term,
		 struct cs_roll_alike *out)
{
	bool there;
	struct cs_roll_kept *kept = cs_roll_kept_place(desk, term, &there);
	kept->used = ++desk->looks;
	if (there) {
		if (desk->nears_put - kept->from >
		    CS_ROLL_NEARS / 2) { /* else it might be gone before this search ends */
			struct cs_roll_near *room = cs_roll_kept_room(desk, kept->n);
			memmove(room, kept->alike.near, kept->n * sizeof *room);
			kept->alike.near = room;
			kept->from = desk->nears_put - kept->n;
		}
		*out = kept->alike;
		return;
	}
	uint32_t key[KEYS];
	struct cs_term_many many;
	cs_term_many_begin(&many, term, CS_ROLL_NEAR_LEAST);
	struct gather g = {.roll = roll, .desk = desk, .term = term, .many = &many, .key = key};
	g.sign = cs_roll_sign_of(term);
	gather_all(&g);
	kept->term = *term;
	kept->n = g.n;
	struct cs_roll_near *room = cs_roll_kept_room(desk, g.n);
	kept->from = desk->nears_put - g.n;
	sort_by_tier(&g, room, &kept->alike);
	*out = kept->alike;
}

/* Words without vowels that are like a run of words by their consonants; of its keys. */
static void
add_unvowelled(struct gather *g)
{
	const struct cs_roll *roll = g->roll;
	uint32_t number[FOUND];
	unsigned found = 0;
	for (unsigned i = 0; i < g->key_n; i++) {
		size_t words;
		if (!cs_roll_passes_bones(roll, g->key[i]))
			continue;
		const struct cs_roll_code *at = cs_roll_codes_of(&roll->bones, g->key[i], &words);
		for (size_t w = 0; w < words; w++) {
			number[found] = at[w].number;
			found += cs_roll_may_share_bones(at[w].sign, g->term);
			if (found == FOUND) {
				compare_found(g, number, found, true);
				found = 0;
			}
		}
	}
	compare_found(g, number, found, true);
	g->key_n = 0;
}

/* Words of the other kind of script that are like a run of words. */
static void
add_run_bones(struct gather *g)
{
	const struct cs_term *term = g->term;
	unsigned n = term->bones_len;
	enum cs_roll_base base = cs_roll_is_unvowelled(term) ? CS_ROLL_VOWELLED : CS_ROLL_UNVOWELLED;
	if (n < 2)
		return;
	g->key_n = cs_roll_keys(term->bones, n, cs_roll_deletions(n, base), base, g->key);
	if (base == CS_ROLL_UNVOWELLED)
		add_unvowelled(g);
	else
		add_keys(g, true);
}

unsigned
cs_roll_run_near(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_run *run,
		 struct cs_roll_near *out, unsigned cap)
{
	unsigned n = 0;
	size_t bare_n = 0;
	uint32_t keys[CS_ROLL_KEYS_MAX + 1];
	struct gather g;
	g.roll = roll, g.desk = desk, g.term = run->term, g.many = NULL, g.key = keys;
	g.n = g.key_n = 0;
	g.small = g.cut = false;
	desk->part += MARKS;
	if (run->by_bare) {
		const struct cs_roll_code *bare = cs_roll_codes_of(&roll->run, run->bare, &bare_n);
		size_t words = words_of(bare, bare_n);
		for (size_t i = 0; i < words; i++)
			add_word(&g, bare[i].number);
		/* many have the same words, cut as they are here */
		put_forms(&g, bare + words, bare_n - words, RUN_FORMS);
	}
	keys[0] = cs_roll_key_of(run->term->sound, run->term->sound_len, CS_ROLL_SOUND);
	g.key_n = run->by_sound && cs_roll_passes(roll, keys[0]);
	if (run->by_letters)
		g.key_n += cs_roll_keys(run->term->text, run->term->len, 1, CS_ROLL_TEXT, keys + g.key_n);
	if (g.key_n) {
		g.sign = cs_roll_sign_of(run->term);
		add_keys(&g, false);
	}
	if (run->by_bones)
		add_run_bones(&g);
	for (unsigned i = 0; i < g.n && n < cap; i++)
		if (desk->gather[i].permille >= GLUE_SURE || desk->gather[i].tier == CS_ROLL_BONES)
			out[n++] = desk->gather[i];
	return n;
}

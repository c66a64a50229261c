/*
 * Which words of a roll are like a word: found by keys, families, letters and beginnings, compared once, and kept on the desk.
 * See roll_parts.h.
 */
#include "screen/roll_near.h"
#include "base/hash.h"
#include "base/prefetch.h"

enum {
	PIECE = 999, /* thousandths: as good as the word, but not the word itself */
	PIECE_MIN = 2,
	PIECE_WORDS = 16,  /* of the same letters: other scripts, other families */
	PIECE_WALKED = 64, /* forms: a piece that is in more is not looked for */
	RUN_FORMS = 16,
	STRANGE_FORMS = 256,
	LOOKED = 16,
	LIKENESSES = 64, /* thousandths are told apart by this */
};

/* Makes the keys of a base, behind those that there are. */
static void
make_keys(struct cs_roll_gather *g, enum cs_roll_base base)
{
	char letters[CS_TERM_LETTERS_MAX + 2];
	unsigned n = cs_roll_base_of(g->term, base, letters);
	if (n)
		g->key_n += cs_roll_keys(letters, n, cs_roll_deletions(g->term, n, base), base, g->key + g->key_n);
}

/* Words of the other kind of script, by their consonants. */
static void
add_bones(struct cs_roll_gather *g)
{
	const struct cs_term *term = g->term;
	enum cs_roll_base base = cs_term_is_unvowelled(term) ? CS_ROLL_VOWELLED : CS_ROLL_UNVOWELLED;
	unsigned n = term->bones_len;
	if (n < 2)
		return;
	g->key_n = cs_roll_keys(term->bones, n, cs_roll_deletions(term, n, base), base, g->key);
	cs_roll_gather_keys(g, CS_ROLL_FOUND_BY_BONES);
}

static void
add_group(struct cs_roll_gather *g, enum cs_roll_group group, unsigned code, enum cs_roll_tier tier)
{
	static const uint16_t weakly[CS_ROLL_TIERS] = {
		[CS_ROLL_INITIAL] = CS_LIKENESS_INITIAL, [CS_ROLL_BONES] = CS_LIKENESS_BONES};
	size_t n;
	const struct cs_roll_code *at = cs_roll_codes_of(&g->roll->group, cs_roll_group_key(group, code), &n);
	for (size_t i = 0; i < n; i++)
		if (weakly[tier])
			cs_roll_gather_weakly(g, at[i].number, weakly[tier], tier);
		else
			cs_roll_gather_compare(g, at[i].number);
}

/* Words of one consonant, or of none (0), that a word of Hebrew may spell. */
static void
add_spelled_group(struct cs_roll_gather *g, char bone)
{
	add_group(g, CS_ROLL_GROUP_SPOKEN, (uint8_t)bone, CS_ROLL_SAME);
	add_group(g, CS_ROLL_GROUP_BONED, (uint8_t)bone, CS_ROLL_SAME);
}

/* Words that a word of Hebrew may spell, and words of Hebrew that may spell one. Of the others the second are found by add_bones. */
static void
add_spelled(struct cs_roll_gather *g)
{
	struct cs_term_spellings spelled;
	const struct cs_term *term = g->term;
	if (g->roll->hebrew && term->bones_len <= 1 && !cs_term_is_unvowelled(term))
		add_group(g, CS_ROLL_GROUP_SPELT, (uint8_t)term->bones[0], CS_ROLL_SAME);
	if (term->script != CS_FOLD_HEBREW)
		return;
	cs_term_spell_hebrew(term, &spelled);
	g->cut |= spelled.cut;
	for (unsigned i = 0; i < spelled.n; i++) {
		const struct cs_term_bones *bones = &spelled.at[i];
		if (bones->len > 1)
			g->key[g->key_n++] = cs_roll_key_of(bones->letter, bones->len, CS_ROLL_VOWELLED);
		else
			add_spelled_group(g, bones->letter[0]);
	}
	cs_roll_gather_keys(g, CS_ROLL_FOUND_BY_BONES);
}

static uint32_t
hash_of(struct cs_span letters)
{
	return cs_roll_word_hash((uint32_t)cs_hash_bytes(letters, 0));
}

/* The place where words of such a hash begin. */
static const struct cs_roll_slot *
slot_of(const struct cs_roll *roll, size_t at)
{
	return &roll->words.slot[at & (roll->words.slots - 1)];
}

unsigned
cs_roll_exact_words(const struct cs_roll *roll, struct cs_span letters, uint32_t *out, unsigned cap)
{
	unsigned n = 0;
	uint32_t hash = hash_of(letters);
	for (size_t at = hash; roll->words.slots && slot_of(roll, at)->number; at++) {
		uint32_t word = slot_of(roll, at)->number - 1;
		if (slot_of(roll, at)->hash != hash || roll->sign[word].lane.len != letters.len)
			continue;
		const char *text =
			letters.len <= CS_TERM_LANE_LETTERS ? roll->sign[word].lane.text : roll->word[word].text;
		if (memcmp(text, letters.at, letters.len) != 0)
			continue;
		unsigned place = n;
		for (; place > 0 && out[place - 1] > word; place--)
			if (place < cap)
				out[place] = out[place - 1];
		if (place < cap)
			out[place] = word;
		n += n < cap;
	}
	return n;
}

static void
add_piece(struct cs_roll_gather *g, const uint32_t *word, unsigned n, bool walked)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t mass = g->roll->posting_at[word[i] + 1] - g->roll->posting_at[word[i]];
		unsigned tier = walked && mass <= PIECE_WALKED ? CS_ROLL_SAME : CS_ROLL_PIECE;
		cs_roll_gather_put(g,
				   (struct cs_roll_near){.feature = word[i], .permille = PIECE, .tier = (uint8_t)tier});
	}
}

/* Puts in forms that have words side by side, unless they are more than MOST. */
static void
put_forms(struct cs_roll_gather *g, const struct cs_roll_code *run, size_t n, size_t most)
{
	for (size_t i = 0; i < n && n <= most; i++) {
		uint32_t form = run[i].number & ~CS_ROLL_RUN_FORM;
		if (cs_roll_may_be_joined(run[i].sign, g->term) && cs_roll_is_apart(g->roll, form, g->term))
			cs_roll_gather_put(g, (struct cs_roll_near){.feature = form, .permille = 1000, .form = true});
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

/* Are most letters the same before and behind a slip? */
static bool
has_one_slip(const struct cs_term *term, const char *text, unsigned len)
{
	unsigned shorter = term->len < len ? term->len : len, longer = term->len + len - shorter, first = 0, last = 0;
	while (first < shorter && term->text[first] == text[first])
		first++;
	while (last < shorter - first && term->text[term->len - 1 - last] == text[len - 1 - last])
		last++;
	return longer - first - last <= cs_roll_slip_most(longer) + 1;
}

/* Puts a word in that the term is but for where it is cut, and for a slip. */
static void
add_slipped_word(struct cs_roll_gather *g, uint32_t number)
{
	const struct cs_term *term = g->term, *word = &g->roll->word[number];
	uint32_t *known = &g->desk->known[number];
	unsigned longer = term->len > word->len ? term->len : word->len, most = cs_roll_slip_most(longer);
	if (*known - g->desk->part <= CS_ROLL_MARK_LISTED)
		return;
	*known = g->desk->part;
	if (!has_one_slip(term, word->text, word->len))
		return;
	unsigned cost =
		cs_term_cost(cs_roll_span_of(term->text, term->len), cs_roll_span_of(word->text, word->len), most);
	if (cost <= most)
		cs_roll_gather_word(g, number, 1000 - cost * CS_LIKENESS_QUARTER / longer, CS_ROLL_EDIT_1);
}

/* Forms that were looked at: one is found by several keys. */
struct looked {
	uint32_t form[LOOKED];
	unsigned n;
};

static bool
is_new(struct looked *looked, uint32_t form)
{
	unsigned n = looked->n < LOOKED ? looked->n : LOOKED;
	for (unsigned i = 0; i < n; i++)
		if (looked->form[i] == form)
			return false;
	looked->form[looked->n++ % LOOKED] = form;
	return true;
}

/* Puts a form in that has such words side by side: RUN is their number. */
static void
add_slipped_form(struct cs_roll_gather *g, struct looked *looked, uint32_t run)
{
	const uint32_t form = run % CS_ROLL_SLIP_FORMS, rest = run >> CS_ROLL_SLIP_FORM_BITS;
	const struct cs_name name = cs_roll_form_name(g->roll, form);
	const unsigned at = rest % CS_NAME_PARTS_MAX, n = CS_ROLL_SLIP_RUN_MIN + (rest >> CS_ROLL_SLIP_AT_BITS);
	char letters[CS_ROLL_RUN_MAX * CS_TERM_LETTERS_MAX];
	unsigned len = 0;
	for (unsigned i = at; i < at + n; i++) {
		const struct cs_term *word = &name.token[name.part[i].token];
		memcpy(letters + len, word->text, word->len);
		len += word->len;
	}
	if (has_one_slip(g->term, letters, len) && is_new(looked, form) && cs_roll_is_apart(g->roll, form, g->term))
		cs_roll_gather_put(g, (struct cs_roll_near){.feature = form, .permille = 1000, .form = true});
}

/* What is like the term but for where it is cut, and for a slip; by N keys that passed the filter. */
static void
add_slips(struct cs_roll_gather *g, enum cs_roll_slip_kind kind, const uint32_t *key, unsigned n)
{
	const struct cs_roll_slips *slips = &g->roll->slip[kind];
	const uint32_t sign = cs_roll_slip_sign(g->term->text, g->term->len);
	struct looked looked;
	looked.n = 0;
	for (unsigned k = 0; k < n; k++) {
		size_t codes;
		const struct cs_roll_code *at = cs_roll_codes_of(&slips->codes, key[k], &codes);
		for (size_t i = 0; i < codes; i++) {
			if (!cs_roll_may_slip(at[i].sign, sign))
				continue;
			if (kind == CS_ROLL_SLIP_LONG)
				cs_roll_gather_compare(g, at[i].number);
			else if (kind == CS_ROLL_SLIP_WORD)
				add_slipped_word(g, at[i].number);
			else
				add_slipped_form(g, &looked, at[i].number);
		}
	}
}

/* Forms that have a word that no list has written apart, and misspelled. */
static void
add_apart_slipped(struct cs_roll_gather *g)
{
	const struct cs_term *term = g->term;
	uint32_t known, key[CS_ROLL_SLIP_KEYS_MAX];
	if (cs_term_is_unvowelled(term) ||
	    cs_roll_exact_words(g->roll, cs_roll_span_of(term->text, term->len), &known, 1))
		return;
	unsigned n = cs_roll_slip_keys(term->text, term->len, CS_ROLL_SLIP_RUN, key);
	cs_roll_slip_ask(&g->roll->slip[CS_ROLL_SLIP_RUN], key, n);
	n = cs_roll_slip_pass(&g->roll->slip[CS_ROLL_SLIP_RUN], key, n);
	add_slips(g, CS_ROLL_SLIP_RUN, key, n);
}

/* Words that are as long, and begin or end with the same consonants. */
static void
add_long(struct cs_roll_gather *g)
{
	const struct cs_roll_slips *slips = &g->roll->slip[CS_ROLL_SLIP_LONG];
	uint32_t key[CS_ROLL_SLIP_KEYS_MAX];
	if (cs_term_is_unvowelled(g->term))
		return;
	unsigned n = cs_roll_slip_keys(g->term->text, g->term->len, CS_ROLL_SLIP_LONG, key);
	cs_roll_slip_ask(slips, key, n);
	add_slips(g, CS_ROLL_SLIP_LONG, key, cs_roll_slip_pass(slips, key, n));
}

/* Forms that have words side by side with such a key. */
static void
add_runs(struct cs_roll_gather *g, uint32_t key)
{
	size_t n;
	if (!cs_roll_passes(g->roll, key))
		return;
	const struct cs_roll_code *run = cs_roll_codes_of(&g->roll->run, key, &n);
	size_t words = words_of(run, n);
	put_forms(g, run + words, n - words, SIZE_MAX);
}

/* Forms that have the word written apart. */
static void
add_apart(struct cs_roll_gather *g)
{
	const struct cs_term *term = g->term;
	char bare[CS_TERM_LETTERS_MAX + 1];
	unsigned bare_n = cs_roll_skeleton(term->text, term->len, bare);
	if (bare_n)
		add_runs(g, cs_roll_key_of(bare, bare_n, CS_ROLL_RUN));
	if (term->bones_len >= CS_LIKENESS_GLUED_BONES && !cs_term_is_unvowelled(term))
		add_runs(g, cs_roll_key_of(term->bones, term->bones_len, CS_ROLL_UNVOWELLED));
}

/* What a word begins with (0) and ends with (1), by where it is cut. */
struct pieces {
	struct cs_span letters[2][CS_TERM_LETTERS_MAX];
	bool there[2][CS_TERM_LETTERS_MAX]; /* may there be such a word? */
};

/* Cuts the word, and asks for what will be read of the words that are its pieces: of all of them before any is needed. */
static void
cut_apart(const struct cs_roll *roll, const struct cs_term *term, struct pieces *out)
{
	uint32_t key[2][CS_TERM_LETTERS_MAX];
	const unsigned to = term->len - PIECE_MIN;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = PIECE_MIN; at <= to; at++) {
			out->letters[i][at] = cs_roll_span_of(term->text + i * at, i ? term->len - at : at);
			key[i][at] = cs_roll_key_of(term->text + i * at, i ? term->len - at : at, CS_ROLL_TEXT);
			cs_prefetch(cs_roll_filter_at(roll, key[i][at]));
		}
	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = PIECE_MIN; at <= to; at++) {
			out->there[i][at] = cs_roll_passes(roll, key[i][at]);
			if (out->there[i][at])
				cs_prefetch(slot_of(roll, key[i][at] = hash_of(out->letters[i][at])));
		}
	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = PIECE_MIN; at <= to; at++) {
			const struct cs_roll_slot *slot = out->there[i][at] ? slot_of(roll, key[i][at]) : NULL;
			if (!slot || slot->number == 0)
				continue;
			cs_prefetch(&roll->sign[slot->number - 1]);
			cs_prefetch(&roll->posting_at[slot->number - 1]);
		}
}

/* Words that the word begins or ends with. */
static void
add_pieces(struct cs_roll_gather *g)
{
	const struct cs_roll *roll = g->roll;
	const struct cs_term *term = g->term;
	uint32_t head[PIECE_WORDS], tail[PIECE_WORDS], begins[CS_ROLL_FOUND];
	unsigned begins_n = 0;
	struct pieces pieces;
	cut_apart(roll, term, &pieces);
	for (unsigned at = PIECE_MIN; at + PIECE_MIN <= term->len; at++) {
		unsigned heads = 0, tails = 0;
		if (pieces.there[0][at])
			heads = cs_roll_exact_words(roll, pieces.letters[0][at], head, PIECE_WORDS);
		if (pieces.there[1][at])
			tails = cs_roll_exact_words(roll, pieces.letters[1][at], tail, PIECE_WORDS);
		bool both = heads && tails, first = at * 2 >= term->len;
		add_piece(g, head, heads, both && first);
		add_piece(g, tail, tails, both && !first);
		if (begins_n + PIECE_WORDS > CS_ROLL_FOUND) {
			cs_roll_gather_shortened(g, begins, begins_n);
			begins_n = 0;
		}
		for (unsigned i = 0; at >= CS_ROLL_BEGINNING_MIN && i < heads; i++)
			begins[begins_n++] = head[i];
	}
	cs_roll_gather_shortened(g, begins, begins_n);
}

static void
gather_all(struct cs_roll_gather *g)
{
	const struct cs_term *term = g->term;
	g->desk->part += CS_ROLL_MARKS;
	make_keys(g, CS_ROLL_TEXT);
	make_keys(g, CS_ROLL_SOUND);
	make_keys(g, CS_ROLL_VOWELS);
	make_keys(g, CS_ROLL_MERGED);
	cs_roll_gather_keys(g, CS_ROLL_FOUND_BY_KEY);
	add_bones(g);
	add_spelled(g);
	for (unsigned f = 0; f < 2; f++)
		if (term->family[f])
			add_group(g, CS_ROLL_GROUP_FAMILY, term->family[f], CS_ROLL_FAMILY);
	if (term->len > 0)
		add_group(g, CS_ROLL_GROUP_LETTER, (uint8_t)term->text[0], CS_ROLL_INITIAL);
	if (term->bones_len == 1)
		add_group(g, cs_term_is_unvowelled(term) ? CS_ROLL_GROUP_BONED : CS_ROLL_GROUP_BONE,
			  (uint8_t)term->bones[0], CS_ROLL_BONES);
	if (term->len > 1)
		cs_roll_gather_abbreviations(g);
	if (term->len >= CS_LIKENESS_GLUED_LETTERS) {
		add_apart(g);
		add_pieces(g);
		add_apart_slipped(g);
		add_long(g);
	}
}

/* Puts what is as alike side by side, nearly always, and as it was found; behind where it lies. */
static const struct cs_roll_near *
sort_by_likeness(const struct cs_roll_gather *g)
{
	const struct cs_roll_near *from = g->desk->gather;
	struct cs_roll_near *to = g->desk->gather + CS_ROLL_NEAR_MAX;
	uint16_t at[LIKENESSES] = {0};
	for (unsigned i = 0; i < g->n; i++)
		at[from[i].permille % LIKENESSES]++;
	for (unsigned p = 0, n = 0; n < g->n; p++) {
		unsigned here = at[p];
		at[p] = (uint16_t)n;
		n += here;
	}
	for (unsigned i = 0; i < g->n; i++)
		to[at[from[i].permille % LIKENESSES]++] = from[i];
	return to;
}

/* Puts what was gathered in order, by tier; OUT is told. */
static void
sort_by_tier(const struct cs_roll_gather *g, struct cs_roll_near *to, struct cs_roll_alike *out)
{
	const struct cs_roll_near *from = sort_by_likeness(g);
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
	uint32_t key[CS_ROLL_GATHER_KEYS];
	struct cs_roll_gather g = {.roll = roll, .desk = desk, .term = term, .key = key};
	gather_all(&g);
	kept->n = g.n;
	struct cs_roll_near *room = cs_roll_kept_room(desk, g.n);
	kept->from = desk->nears_put - g.n;
	sort_by_tier(&g, room, &kept->alike);
	*out = kept->alike;
	desk->new_n++;
	if (desk->words)
		cs_roll_words_put(desk->words, term);
}

/* Words without vowels that are like a run of words by their consonants; of its keys. */
static void
add_unvowelled(struct cs_roll_gather *g)
{
	const struct cs_roll *roll = g->roll;
	uint32_t number[CS_ROLL_FOUND];
	unsigned found = 0;
	for (unsigned i = 0; i < g->key_n; i++) {
		size_t words;
		if (!cs_roll_passes_bones(roll, g->key[i]))
			continue;
		const struct cs_roll_code *at = cs_roll_codes_of(&roll->bones, g->key[i], &words);
		for (size_t w = 0; w < words; w++) {
			number[found] = at[w].number;
			found += cs_roll_may_share_bones(at[w].sign, g->term);
			if (found == CS_ROLL_FOUND) {
				cs_roll_gather_found(g, number, found, CS_ROLL_FOUND_BY_BONES);
				found = 0;
			}
		}
	}
	cs_roll_gather_found(g, number, found, CS_ROLL_FOUND_BY_BONES);
	g->key_n = 0;
}

/* Words of the other kind of script that are like a run of words. */
static void
add_run_bones(struct cs_roll_gather *g)
{
	const struct cs_term *term = g->term;
	unsigned n = term->bones_len;
	enum cs_roll_base base = cs_term_is_unvowelled(term) ? CS_ROLL_VOWELLED : CS_ROLL_UNVOWELLED;
	if (n < 2)
		return;
	g->key_n = cs_roll_keys(term->bones, n, cs_roll_deletions(term, n, base), base, g->key);
	if (base == CS_ROLL_UNVOWELLED)
		add_unvowelled(g);
	else
		cs_roll_gather_keys(g, CS_ROLL_FOUND_BY_BONES);
}

unsigned
cs_roll_run_near(const struct cs_roll *roll, struct cs_roll_desk *desk, const struct cs_roll_run *run,
		 struct cs_roll_near *out, unsigned cap)
{
	unsigned n = 0;
	size_t bare_n = 0;
	uint32_t keys[CS_ROLL_KEYS_MAX + 1];
	struct cs_roll_gather g;
	g.roll = roll, g.desk = desk, g.term = run->term, g.key = keys;
	g.n = g.key_n = 0;
	g.ready = g.small = g.cut = false;
	desk->part += CS_ROLL_MARKS;
	if (run->by_bare) {
		const struct cs_roll_code *bare = cs_roll_codes_of(&roll->run, run->bare, &bare_n);
		size_t words = words_of(bare, bare_n);
		for (size_t i = 0; i < words; i++)
			cs_roll_gather_compare(&g, bare[i].number);
		/* many have the same words, cut as they are here */
		put_forms(&g, bare + words, bare_n - words, run->strange ? STRANGE_FORMS : RUN_FORMS);
	}
	keys[0] = cs_roll_key_of(run->term->sound, run->term->sound_len, CS_ROLL_SOUND);
	g.key_n = run->by_sound && cs_roll_passes(roll, keys[0]);
	if (run->by_letters) {
		char letters[CS_TERM_LETTERS_MAX + 2];
		unsigned len = cs_roll_base_of(run->term, CS_ROLL_TEXT, letters);
		g.key_n += cs_roll_keys(letters, len, 1, CS_ROLL_TEXT, keys + g.key_n);
	}
	if (g.key_n)
		cs_roll_gather_keys(&g, CS_ROLL_FOUND_BY_KEY);
	if (run->slip_n)
		add_slips(&g, CS_ROLL_SLIP_WORD, run->slip, run->slip_n);
	if (run->by_bones)
		add_run_bones(&g);
	for (unsigned i = 0; i < g.n && n < cap; i++)
		if (desk->gather[i].permille >= CS_LIKENESS_GLUED || desk->gather[i].tier == CS_ROLL_BONES)
			out[n++] = desk->gather[i];
	return n;
}

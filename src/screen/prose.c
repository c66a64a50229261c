/*
 * Most text has no listed name in it, so most words must cost one look at a table and nothing more. Words are folded many at a time, since
 * beginning costs more than a word does; scripts without spaces are read as names are, a run at a time.
 *
 * Of several runs that find the same entry at one place the best is told, of equal ones the shortest, so that what is marked in
 * the text is the name and not what stands beside it.
 */
#include "screen/prose.h"

#include "base/hash.h"
#include "screen/lexicon.h"

enum {
	LINE_FULL = 34, /* characters, of 35 */
	OPENS_BYTES = 4,
	TOGETHER_BYTES =
		140, /* of words that are folded together: no more pieces than there is room for, whatever they are */
	ID_MIN = 6,  /* characters of an identifier in running text: anything shorter is found everywhere */
	ID_MAX = 128,
	GROUP_MAX = 4, /* characters of a group of an account as people write it */
	GROUPS_MAX = 9,
	SIGNS_ALONE_BYTES = 12, /* four signs */
	ABD_MIN = 6,
	JOINED_MAX = 2 * (CS_TERM_LETTERS_MAX + 2),
	PIECE_MIN = 3, /* letters of a word that is written together with another, */
	GLUED_MIN = 8, /* and of both */
	SHORTEST = 2,  /* letters of a word that names are looked up by, together with another */
};

struct reading {
	const struct cs_prose_ask *ask;
	struct cs_span text;
	struct cs_prose *out;
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Letters, digits, an apostrophe and all that is not ASCII. */
static bool
is_part_of_run(uint8_t c)
{
	static const uint64_t set[4] = {UINT64_C(0x03ff008000000000), UINT64_C(0x07fffffe07fffffe), UINT64_MAX,
					UINT64_MAX};
	return set[c >> 6] >> (c & 63) & 1;
}

static struct cs_span
span_of(const struct reading *reading, size_t from, size_t to)
{
	return (struct cs_span){reading->text.at + from, to - from};
}

/* The next run of letters and digits at *FROM or behind it; false: there is none. */
static bool
next_run(const struct reading *reading, size_t *from, size_t *to)
{
	while (*from < reading->text.len && !is_part_of_run(reading->text.at[*from]))
		++*from;
	*to = *from;
	while (*to < reading->text.len && is_part_of_run(reading->text.at[*to]))
		++*to;
	return *to > *from;
}

/* Whether the line that ends between FROM and TO, where no word stands, was full: then the word before may go on behind it. */
static bool
is_cut_between(const struct reading *reading, size_t from, size_t to)
{
	const uint8_t *at = reading->text.at;
	size_t end = from;
	while (end < to && at[end] != '\n' && at[end] != '\r')
		end++;
	if (end == to || end != from)
		return false;
	size_t begin = end;
	while (begin && end - begin < LINE_FULL && at[begin - 1] != '\n' && at[begin - 1] != '\r')
		begin--;
	return end - begin >= LINE_FULL;
}

/* --- hits --- */

static bool
is_better(const struct cs_prose_hit *a, const struct cs_prose_hit *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	return a->to - a->from < b->to - b->from;
}

static void
keep(struct cs_prose *out, const struct cs_prose_hit *hit)
{
	for (unsigned i = 0; i < out->hit_n; i++) {
		struct cs_prose_hit *at = &out->hit[i];
		bool same = at->entry == hit->entry && at->identifier == hit->identifier;
		if (!same || at->from >= hit->to || hit->from >= at->to)
			continue;
		if (is_better(hit, at))
			*at = *hit;
		return;
	}
	if (out->hit_n == CS_PROSE_HITS_MAX) {
		out->cut = true;
		return;
	}
	out->hit[out->hit_n++] = *hit;
}

static bool
comes_before(const struct cs_prose_hit *a, const struct cs_prose_hit *b)
{
	if (a->from != b->from)
		return a->from < b->from;
	return a->score != b->score ? a->score > b->score : a->entry < b->entry;
}

/* In order of place; they are few. */
static void
sort(struct cs_prose *out)
{
	for (unsigned i = 1; i < out->hit_n; i++)
		for (unsigned k = i; k && comes_before(&out->hit[k], &out->hit[k - 1]); k--) {
			struct cs_prose_hit hit = out->hit[k];
			out->hit[k] = out->hit[k - 1];
			out->hit[k - 1] = hit;
		}
}

/* --- words --- */

static struct cs_roll_text_word *
new_word(struct reading *reading, size_t from, size_t to)
{
	struct cs_prose *out = reading->out;
	if (out->word_n == CS_PROSE_WORDS_MAX) {
		out->cut = true;
		return NULL;
	}
	struct cs_roll_text_word *word = &out->word[out->word_n++];
	word->from = (uint32_t)from;
	word->to = (uint32_t)to;
	return word;
}

static uint32_t
hash_of(const char *letters, size_t n)
{
	return (uint32_t)cs_hash_bytes((struct cs_span){(const uint8_t *)letters, n}, 0);
}

/* Of a word of this hash. */
static uint16_t
weight_of(const struct reading *reading, uint32_t hash)
{
	const struct cs_term word = {.hash = hash};
	return cs_roll_word_weight(reading->ask->roll, &word);
}

/* No word of business, title or number. */
static bool
is_proper(const struct reading *reading, const struct cs_roll_text_word *word)
{
	const struct cs_term *term = &word->term;
	const struct cs_word only = {
		.letters = term->text, .len = term->len, .script = term->script, .hash = term->hash};
	struct cs_lexicon_hit hit = cs_lexicon_find(reading->ask->lexicon, CS_LEXICON_ORGANISATION, &only, 1);
	bool known = hit.class < CS_NAME_CLASSES && hit.class != CS_NAME_PROPER && hit.class != CS_NAME_PLACE;
	return !known && !(term->letters >> 26 & 1) && word->to - word->from >= OPENS_BYTES;
}

/* No given name, not in small letters, and of signs more than a person's name has. */
static bool
may_be_alone(const struct reading *reading, struct cs_roll_text_word *word)
{
	struct cs_term *term = &word->term;
	const struct cs_word only = {
		.letters = term->text, .len = term->len, .script = term->script, .hash = term->hash};
	struct cs_lexicon_hit hit = cs_lexicon_find(reading->ask->lexicon, CS_LEXICON_PERSON, &only, 1);
	bool signs = term->script == CS_FOLD_HAN || term->script == CS_FOLD_HANGUL || term->script == CS_FOLD_KANA;
	uint8_t first = reading->text.at[word->from];
	bool small = first >= 'a' && first <= 'z';
	return hit.class != CS_NAME_PROPER && !small && !(signs && word->to - word->from < SIGNS_ALONE_BYTES);
}

static void
weigh(const struct reading *reading, struct cs_roll_text_word *word)
{
	word->weight = cs_roll_word_weight(reading->ask->roll, &word->term);
	word->ordinary = cs_prose_is_ordinary(reading->ask->ordinary, word->term.hash);
	word->rare = word->weight >= reading->ask->rare && !word->ordinary && is_proper(reading, word);
	word->lone = word->rare && may_be_alone(reading, word);
}

/* A run of a script without spaces, in the words that a name of it would have. */
static void
add_name(struct reading *reading, size_t from, size_t to)
{
	struct cs_prose *out = reading->out;
	cs_name_read(reading->ask->lexicon, NULL, span_of(reading, from, to), CS_NAME_ANY, &out->name);
	out->cut |= out->name.cut;
	for (unsigned i = 0; i < out->name.name.part_n; i++) {
		const struct cs_name_part *part = &out->name.part[i];
		struct cs_roll_text_word *word = new_word(reading, from + part->from, from + part->to);
		if (!word)
			return;
		word->term = out->name.token[part->token];
		weigh(reading, word);
	}
}

/* Words that reading a name would cut: those of signs, of Arabic, and "abdulmalik". */
static bool
is_read_as_name(const struct cs_word *word)
{
	bool abd = word->len > ABD_MIN && memcmp(word->letters, "abd", 3) == 0;
	return abd || word->script == CS_FOLD_HAN || word->script == CS_FOLD_KANA || word->script == CS_FOLD_HANGUL ||
	       word->script == CS_FOLD_ARABIC;
}

/* "ivoquellmar": two words of names, written together; where the text parts them is not known any more, so both are all of it. False: it
 * is none. */
static bool
add_glued(struct reading *reading, const struct cs_word *word, size_t from, size_t to)
{
	struct cs_roll_text_word piece[2];
	unsigned best = 0, most = 0;
	for (unsigned at = PIECE_MIN; at + PIECE_MIN <= word->len; at++) {
		unsigned left = weight_of(reading, hash_of(word->letters, at));
		unsigned right = left ? weight_of(reading, hash_of(word->letters + at, word->len - at)) : 0;
		if (right && left + right > most)
			best = at, most = left + right;
	}
	if (most < reading->ask->least)
		return false;
	cs_term_make(word->letters, best, word->script, 0, &piece[0].term);
	cs_term_make(word->letters + best, word->len - best, word->script, 0, &piece[1].term);
	for (unsigned i = 0; i < 2; i++) {
		struct cs_roll_text_word *added = new_word(reading, from, to);
		if (!added)
			break;
		added->term = piece[i].term;
		weigh(reading, added);
		added->lone = false;
	}
	return true;
}

static void
add_word(struct reading *reading, const struct cs_word *word, size_t from, size_t to)
{
	bool ordinary = cs_prose_is_ordinary(reading->ask->ordinary, word->hash);
	bool unknown = word->len >= GLUED_MIN && !ordinary && !weight_of(reading, word->hash);
	if (unknown && add_glued(reading, word, from, to))
		return;
	struct cs_roll_text_word *added = new_word(reading, from, to);
	if (!added)
		return;
	if (ordinary) /* nobody compares it */
		cs_term_spell(word->letters, word->len, word->script, word->raw, &added->term);
	else
		cs_term_make(word->letters, word->len, word->script, word->raw, &added->term);
	weigh(reading, added);
}

/* The words between FROM and TO, which is no more than is folded at once. */
static void
add_words(struct reading *reading, size_t from, size_t to)
{
	struct cs_folded folded;
	struct cs_word words[CS_FOLD_PIECES_MAX];
	cs_fold(span_of(reading, from, to), &folded);
	reading->out->cut |= folded.cut;
	unsigned n = cs_lexicon_words(&folded, words, CS_FOLD_PIECES_MAX);
	for (unsigned i = 0; i < n; i++)
		cs_roll_word_expect(reading->ask->roll, words[i].hash);
	for (unsigned i = 0; i < n;) {
		size_t run = from + words[i].from, end = run;
		if (is_read_as_name(&words[i])) {
			(void)next_run(reading, &run, &end);
			add_name(reading, run, end < to ? end : to);
			for (i++; i < n && from + words[i].from < end; i++)
				continue;
			continue;
		}
		add_word(reading, &words[i], run, from + words[i].to);
		i++;
	}
}

/* Where the words end that are folded together from FROM on. */
static size_t
end_of_words(const struct reading *reading, size_t from)
{
	size_t len = reading->text.len, end = from + TOGETHER_BYTES;
	if (end >= len)
		return len;
	for (size_t to = end; to > from; to--)
		if (!is_part_of_run(reading->text.at[to]))
			return to;
	while (end < len && end - from < CS_FOLD_LETTERS_MAX && is_part_of_run(reading->text.at[end]))
		end++;
	return end;
}

/* The letters of LEFT and RIGHT; how many. */
static size_t
put_joined(const struct cs_roll_text_word *left, const struct cs_roll_text_word *right, char out[JOINED_MAX])
{
	size_t n = left->term.len, m = right->term.len;
	memcpy(out, left->term.text, n);
	memcpy(out + n, right->term.text, m);
	return n + m;
}

/* LEFT and RIGHT as one word, of which HASH is the hash; false: nobody knows it. */
static bool
join(const struct reading *reading, const struct cs_roll_text_word *left, const struct cs_roll_text_word *right,
     uint32_t hash, struct cs_roll_text_word *out)
{
	char letters[JOINED_MAX];
	if (!weight_of(reading, hash) && !cs_prose_is_ordinary(reading->ask->ordinary, hash))
		return false;
	*out = (struct cs_roll_text_word){.from = left->from, .to = right->to};
	cs_term_make(letters, put_joined(left, right, letters), left->term.script, 0, &out->term);
	weigh(reading, out);
	return true;
}

static uint32_t
hash_of_both(const struct cs_roll_text_word *left, const struct cs_roll_text_word *right)
{
	char letters[JOINED_MAX];
	return hash_of(letters, put_joined(left, right, letters));
}

/* Nobody's word by itself, or hardly one. */
static bool
is_piece(const struct cs_roll_text_word *word)
{
	return (!word->weight && !word->ordinary) || word->term.len <= PIECE_MIN;
}

/* The end of a full line cut a word in two: it is one, if that is known and a piece of it is not, or it says more than both. False: it is
 * not. */
static bool
mend(struct reading *reading, struct cs_roll_text_word *left, struct cs_roll_text_word *right)
{
	struct cs_roll_text_word joined;
	if (join(reading, left, right, hash_of_both(left, right), &joined)) {
		bool more = joined.rare && joined.weight >= left->weight && joined.weight >= right->weight;
		if (more || is_piece(left) || is_piece(right)) {
			*left = joined;
			return true;
		}
	}
	left->lone = right->lone = false;
	return false;
}

/* Joins what lines cut, and closes the gaps. */
static void
join_lines(struct reading *reading)
{
	struct cs_prose *out = reading->out;
	unsigned kept = 0;
	for (unsigned i = 0; i < out->word_n; i++) {
		struct cs_roll_text_word *last = kept ? &out->word[kept - 1] : NULL;
		if (last && is_cut_between(reading, last->to, out->word[i].from) && mend(reading, last, &out->word[i]))
			continue;
		if (kept++ != i)
			out->word[kept - 1] = out->word[i];
	}
	out->word_n = kept;
}

static void
pair_words(struct reading *reading)
{
	struct cs_prose *out = reading->out;
	for (unsigned i = 0; i < out->word_n; i++) {
		struct cs_roll_text_word *word = &out->word[i];
		bool last = i + 1 == out->word_n || word[0].from == word[1].from;
		word->pair = last ? 0 : hash_of_both(&word[0], &word[1]);
		if (!last)
			cs_roll_word_expect(reading->ask->roll, word->pair);
	}
}

static void
read_words(struct reading *reading)
{
	for (size_t from = 0; from < reading->text.len;) {
		size_t to = end_of_words(reading, from);
		add_words(reading, from, to);
		from = to;
	}
	join_lines(reading);
	pair_words(reading);
}

/* --- names --- */

/* Are names looked up by it and another? What is rare is enough by itself, and comes first: a text may have more than is looked at. */
static bool
opens_with_another(const struct cs_roll_text_word *word)
{
	return !word->rare && word->weight && !word->ordinary && word->term.len >= SHORTEST &&
	       !(word->term.letters >> 26 & 1);
}

/* Looks names up by word AT of N of them. */
static void
look_up(struct reading *reading, const struct cs_roll_text_word *word, unsigned n, unsigned at)
{
	struct cs_prose *out = reading->out;
	const struct cs_roll_text_query query = {
		.text = reading->text,
		.word = word,
		.n = n,
		.at = at,
		.least = reading->ask->least,
		.alone = reading->ask->alone,
		.as = &reading->ask->as,
		.room = &out->room,
		.left = &out->left,
	};
	if (out->search_n == CS_PROSE_SEARCHES_MAX) {
		out->cut = true;
		return;
	}
	out->search_n++;
	cs_roll_text_search(reading->ask->roll, reading->ask->desk, &query, &out->found);
	out->cut |= out->found.cut;
	for (unsigned i = 0; i < out->found.hit_n; i++) {
		const struct cs_roll_text_hit *found = &out->found.hit[i];
		const struct cs_prose_hit hit = {
			.entry = found->hit.entry,
			.name = found->hit.name,
			.score = found->hit.score,
			.from = word[found->first].from,
			.to = word[found->last].to,
		};
		keep(out, &hit);
	}
}

static void
open_window(struct reading *reading, unsigned at)
{
	struct cs_prose *out = reading->out;
	unsigned first = at > CS_PROSE_REACH ? at - CS_PROSE_REACH : 0;
	unsigned end = at + CS_PROSE_REACH + 1 < out->word_n ? at + CS_PROSE_REACH + 1 : out->word_n;
	look_up(reading, out->word + first, end - first, at - first);
}

/* Two words that stand side by side are one in a name, and a rare one. */
static void
open_joined(struct reading *reading, unsigned at)
{
	struct cs_roll_text_word around[CS_ROLL_TEXT_AROUND], joined;
	struct cs_prose *out = reading->out;
	const struct cs_roll_text_word *word = &out->word[at];
	if (at + 1 == out->word_n || word[0].from == word[1].from ||
	    !join(reading, &word[0], &word[1], word->pair, &joined) || !joined.rare)
		return;
	unsigned first = at > CS_PROSE_REACH ? at - CS_PROSE_REACH : 0, n = 0, middle = at - first;
	for (unsigned i = first; i < out->word_n && n < CS_ROLL_TEXT_AROUND; i++)
		if (i != at + 1)
			around[n++] = i == at ? joined : out->word[i];
	look_up(reading, around, n, middle);
}

/* --- identifiers --- */

static bool
may_be_id(struct cs_span text)
{
	bool digits = false;
	for (size_t i = 0; i < text.len; i++)
		digits |= is_digit(text.at[i]);
	return digits && text.len >= ID_MIN && text.len <= ID_MAX;
}

static void
identify(struct reading *reading, size_t from, size_t to)
{
	uint32_t entry[CS_PROSE_IDS_MAX];
	struct cs_prose *out = reading->out;
	struct cs_span text = span_of(reading, from, to);
	const uint32_t lists = reading->ask->as.lists;
	if (!may_be_id(text))
		return;
	if (out->identify_n == CS_PROSE_SEARCHES_MAX) {
		out->cut = true;
		return;
	}
	out->identify_n++;
	unsigned n = cs_roll_identify(reading->ask->roll, CS_ENTRY_ID_OTHER, text, entry, CS_PROSE_IDS_MAX);
	out->cut |= n == CS_PROSE_IDS_MAX;
	for (unsigned i = 0; i < n; i++) {
		struct cs_roll_entry known;
		struct cs_prose_hit hit = {
			.entry = entry[i],
			.score = CS_PROSE_SURE,
			.identifier = true,
			.from = (uint32_t)from,
			.to = (uint32_t)to,
		};
		cs_roll_entry(reading->ask->roll, entry[i], &known);
		if (!lists || lists >> known.list & 1)
			keep(out, &hit);
	}
}

/* "DE89 3704 0044 0532 0130 00": groups of four as one. */
static size_t
end_of_groups(const struct reading *reading, size_t from, size_t to)
{
	size_t end = to, next = to, next_end = to;
	if (to - from != GROUP_MAX || !is_letter(reading->text.at[from]) || !is_digit(reading->text.at[to - 1]))
		return to;
	for (unsigned n = 1; n < GROUPS_MAX; n++) {
		next = end;
		if (next == reading->text.len || !next_run(reading, &next, &next_end) || next != end + 1 ||
		    reading->text.at[end] != ' ' || next_end - next > GROUP_MAX)
			break;
		end = next_end;
		if (next_end - next < GROUP_MAX)
			break;
	}
	return end;
}

static void
read_ids(struct reading *reading)
{
	size_t from = 0, to = 0;
	for (; next_run(reading, &from, &to); from = to) {
		size_t end = end_of_groups(reading, from, to), next = to, next_end = to;
		identify(reading, from, to);
		if (end > to)
			identify(reading, from, end);
		if (next_run(reading, &next, &next_end) && is_cut_between(reading, to, next))
			identify(reading, from, next_end);
	}
}

void
cs_prose_read(const struct cs_prose_ask *ask, struct cs_span text, struct cs_prose *out)
{
	struct reading reading = {.ask = ask, .text = text, .out = out};
	out->hit_n = out->word_n = out->search_n = out->identify_n = 0;
	out->left = CS_PROSE_WORK_MAX;
	out->cut = text.len > CS_PROSE_BYTES_MAX;
	if (out->cut)
		reading.text.len = CS_PROSE_BYTES_MAX;
	read_words(&reading);
	for (unsigned i = 0; i < out->word_n; i++) {
		if (out->word[i].rare)
			open_window(&reading, i);
		open_joined(&reading, i);
	}
	for (unsigned i = 0; i < out->word_n; i++)
		if (opens_with_another(&out->word[i]))
			open_window(&reading, i);
	read_ids(&reading);
	sort(out);
}

/*
 * Most text has no listed name in it, so most words must cost one look at a table and nothing more. Only a rare word of the
 * lists is worth a search, and each run of words around it is searched once: by the first rare word in it.
 *
 * Of several runs that find the same entry at one place the best is told, of equal ones the shortest, so that what is marked in
 * the text is the name and not what stands beside it.
 */
#include "screen/prose.h"

enum {
	LINE_FULL = 34, /* characters, of 35 */
	OPENS_BYTES = 4,
	BESIDE_LETTERS = 4, /* of a word right beside a rare one that is itself in no name: it may be misspelled */
	JOINED_MAX = 64,
	ID_MIN = 6, /* characters of an identifier in running text: anything shorter is found everywhere */
	ID_MAX = 128,
	GROUP_MAX = 4, /* characters of a group of an account as people write it */
	GROUPS_MAX = 9,
};

struct reading {
	const struct cs_prose_asked *asked;
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

static bool
is_part_of_run(uint8_t c)
{
	return is_letter(c) || is_digit(c) || c == '\'' || c >= 0x80;
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

static void
keep_all(struct reading *reading, struct cs_prose_hit *hits, unsigned n, struct cs_span where)
{
	for (unsigned i = 0; i < n; i++) {
		hits[i].from = (uint32_t)(where.at - reading->text.at);
		hits[i].to = hits[i].from + (uint32_t)where.len;
		keep(reading->out, &hits[i]);
	}
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

/* Short words are found everywhere: two letters of Chinese are six bytes, "is" is two. */
static bool
is_proper(const struct cs_prose_word *word)
{
	bool named = word->class == CS_NAME_PROPER || word->class == CS_NAME_PATRONYMIC || word->class == CS_NAME_PLACE;
	return named && word->to - word->from >= OPENS_BYTES;
}

static void
add_word(struct reading *reading, const struct cs_name_part *part, size_t from)
{
	struct cs_prose *out = reading->out;
	if (out->word_n == CS_PROSE_WORDS_MAX) {
		out->cut = true;
		return;
	}
	uint16_t weight = reading->asked->weight(reading->asked->context, &out->room.token[part->token]);
	struct cs_prose_word *word = &out->word[out->word_n++];
	*word = (struct cs_prose_word){
		.from = (uint32_t)(from + part->from),
		.to = (uint32_t)(from + part->to),
		.weight = weight,
		.class = part->class,
	};
	word->rare = weight >= reading->asked->rare && is_proper(word);
}

/* A run is one word, but where scripts have no spaces. */
static void
add_run(struct reading *reading, size_t from, size_t to)
{
	struct cs_prose *out = reading->out;
	cs_name_read(reading->asked->lexicon, NULL, span_of(reading, from, to), CS_NAME_ANY, &out->room);
	out->cut |= out->room.cut;
	for (unsigned i = 0; i < out->room.name.part_n; i++)
		add_word(reading, &out->room.part[i], from);
}

/* Two runs with the end of a full line between them, as one word: if that is rare, so are both. FIRST is the word that the former
 * begins with. */
static void
weigh_joined(struct reading *reading, const size_t run[4], unsigned first)
{
	uint8_t joined[JOINED_MAX];
	size_t left = run[1] - run[0], right = run[3] - run[2];
	struct cs_prose *out = reading->out;
	if (left + right > sizeof joined)
		return;
	memcpy(joined, reading->text.at + run[0], left);
	memcpy(joined + left, reading->text.at + run[2], right);
	cs_name_read(reading->asked->lexicon, NULL, (struct cs_span){joined, left + right}, CS_NAME_ANY, &out->room);
	if (out->room.name.part_n != 1 || out->room.part[0].class > CS_NAME_PATRONYMIC)
		return;
	uint16_t weight = reading->asked->weight(reading->asked->context, &out->room.token[out->room.part[0].token]);
	for (unsigned i = first; weight >= reading->asked->rare && i < out->word_n; i++) {
		out->word[i].weight = weight;
		out->word[i].rare = true;
	}
}

static void
read_words(struct reading *reading)
{
	size_t run[4] = {0, 0, 0, 0}; /* the run before, and this one */
	unsigned before = 0;
	while (next_run(reading, &run[2], &run[3])) {
		unsigned first = reading->out->word_n;
		add_run(reading, run[2], run[3]);
		if (run[1] && is_cut_between(reading, run[1], run[2]))
			weigh_joined(reading, run, before);
		before = first;
		run[0] = run[2];
		run[1] = run[3];
		run[2] = run[3];
	}
}

/* --- names --- */

static bool
may_end(const struct cs_prose *prose, unsigned at, unsigned rare)
{
	const struct cs_prose_word *word = &prose->word[at];
	bool beside = at + 1 == rare || at == rare + 1;
	return word->weight || word->class == CS_NAME_NUMBER || (beside && word->to - word->from >= BESIDE_LETTERS);
}

/* What the proper names of a run weigh together; what one says that stands alone. */
static bool
says_enough(const struct reading *reading, unsigned first, unsigned last)
{
	const struct cs_prose *prose = reading->out;
	unsigned sum = 0;
	for (unsigned i = first; i <= last; i++)
		sum += is_proper(&prose->word[i]) ? prose->word[i].weight : 0;
	return sum >= (first == last ? reading->asked->alone : reading->asked->least);
}

static void
search(struct reading *reading, unsigned first, unsigned last)
{
	struct cs_prose_hit hits[CS_PROSE_BEST_MAX];
	struct cs_prose *out = reading->out;
	if (!says_enough(reading, first, last))
		return;
	if (out->search_n == CS_PROSE_SEARCHES_MAX) {
		out->cut = true;
		return;
	}
	memset(hits, 0, sizeof hits);
	out->search_n++;
	struct cs_span name = span_of(reading, out->word[first].from, out->word[last].to);
	unsigned n = reading->asked->search(reading->asked->context, name, hits, CS_PROSE_BEST_MAX);
	keep_all(reading, hits, n, name);
}

/* All runs of words around rare word AT in which it is the first rare one. */
static void
open_window(struct reading *reading, unsigned at)
{
	const struct cs_prose *prose = reading->out;
	unsigned last = at + CS_PROSE_REACH < prose->word_n ? at + CS_PROSE_REACH : prose->word_n - 1;
	for (unsigned first = at;; first--) {
		for (unsigned end = at; may_end(prose, first, at) && end <= last; end++)
			if (may_end(prose, end, at))
				search(reading, first, end);
		if (!first || at - first == CS_PROSE_REACH || prose->word[first - 1].rare)
			break;
	}
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
	struct cs_prose_hit hits[CS_PROSE_BEST_MAX];
	struct cs_prose *out = reading->out;
	struct cs_span text = span_of(reading, from, to);
	if (!may_be_id(text))
		return;
	if (out->identify_n == CS_PROSE_SEARCHES_MAX) {
		out->cut = true;
		return;
	}
	memset(hits, 0, sizeof hits);
	out->identify_n++;
	unsigned n = reading->asked->identify(reading->asked->context, text, hits, CS_PROSE_BEST_MAX);
	for (unsigned i = 0; i < n; i++) {
		hits[i].identifier = true;
		hits[i].score = CS_PROSE_SURE;
	}
	keep_all(reading, hits, n, text);
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
cs_prose_read(const struct cs_prose_asked *asked, struct cs_span text, struct cs_prose *out)
{
	struct reading reading = {asked, text, out};
	out->hit_n = out->word_n = out->search_n = out->identify_n = 0;
	out->cut = text.len > CS_PROSE_BYTES_MAX;
	if (out->cut)
		reading.text.len = CS_PROSE_BYTES_MAX;
	read_words(&reading);
	for (unsigned i = 0; i < out->word_n; i++)
		if (out->word[i].rare)
			open_window(&reading, i);
	read_ids(&reading);
	sort(out);
}

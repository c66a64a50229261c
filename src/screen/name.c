/*
 * See name.h: from folded words to parts that are known for what they are.
 */
#include "screen/name.h"
#include "base/hash.h"
#include "screen/lexicon.h"

#include <stdlib.h>

enum {
	WORDS_MAX = CS_FOLD_PIECES_MAX,
	LABEL_WORDS_MAX = 3,
	SIGNS_OF_PERSON_MAX = 5,
	ABD_REST_MIN = 3,
	ARABIC_FORM_MIN = 4, /* letters: what is shorter is a word of it that is written like one in Latin letters */
	WEIGHT_UNKNOWN = 130,
	SYLLABLE_WEIGHT = 60,
	BRANCH = 99, /* the code of "branch" in word.def */
	INITIALS_MAX = 3,
	ROMAN_MAX = 10,
	TITLE_OR_SURNAME = 1,    /* the code of "king" in word.def */
	PARTICLE_OR_SURNAME = 2, /* the code of "das" there */
};

/* What is being read. */
struct reading {
	const struct cs_lexicon *lexicon;
	enum cs_lexicon_domain domain;
	enum cs_name_kind kind;
	struct cs_word *word;
	unsigned word_n;
	struct cs_name_room *out;
	unsigned part_n;
};

static bool
is_sign(const struct cs_word *word)
{
	return word->script == CS_FOLD_HAN || word->script == CS_FOLD_HANGUL;
}

/* A part of N words, or of a piece of one; false when there is no room. */
static struct cs_name_part *
put_part(struct reading *r, const struct cs_word *word, unsigned n, uint8_t class)
{
	if (r->part_n == CS_NAME_PARTS_MAX) {
		r->out->cut = true;
		return NULL;
	}
	struct cs_name_part *part = &r->out->part[r->part_n];
	size_t len = word[0].len;
	uint32_t raw = word[0].raw;
	for (unsigned i = 1; i < n && word[i].letters == word[0].letters + len; i++) {
		len += word[i].len;
		raw = (uint32_t)cs_hash_mix(raw, word[i].raw);
	}
	cs_term_make(word->letters, len, word->script, raw, &r->out->token[r->part_n]);
	cs_term_count_syllables(&r->out->token[r->part_n]);
	*part = (struct cs_name_part){.token = r->part_n, .class = class, .from = word[0].from, .to = word[n - 1].to};
	if (word[0].marks & CS_FOLD_JOINED)
		part->marks |= CS_NAME_JOINED;
	if (word[0].marks & CS_FOLD_BRACKET && class != CS_NAME_PLACE)
		part->marks |= CS_NAME_ASIDE;
	r->part_n++;
	return part;
}

static bool
is_patronymic(const struct cs_word *word)
{
	/* Those that end in "ovic" and "evic" are surnames more often. */
	static const struct {
		char letters[8];
		uint8_t len;
	} ends[] = {{"ovich", 5}, {"evich", 5}, {"ovych", 5}, {"evych", 5}, {"ovna", 4},    {"evna", 4},
		    {"ivna", 4},  {"avich", 5}, {"auna", 4},  {"euna", 4},  {"ovitch", 6},  {"evitch", 6},
		    {"ovits", 5}, {"owicz", 5}, {"avna", 4},  {"yich", 4},  {"owitsch", 7}, {"ewitsch", 7}};
	char last = word->letters[word->len - 1];
	if (word->script == CS_FOLD_HAN || (last != 'h' && last != 'a' && last != 's' && last != 'z'))
		return false;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (word->len >= ends[i].len + 3u &&
		    memcmp(word->letters + word->len - ends[i].len, ends[i].letters, ends[i].len) == 0)
			return true;
	return false;
}

/* The same in Hebrew: with VAV, ALEF or nothing before the article. Of Abdallah it is no prefix. */
static size_t
abd_prefix_of_hebrew(const struct cs_word *word)
{
	static const char *const prefixes[] = {"abdvl", "abdal", "abdl"};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t n = strlen(prefixes[i]);
		if (word->len >= n + ABD_REST_MIN && memcmp(word->letters, prefixes[i], n) == 0)
			return n;
	}
	return 0;
}

/* "abdulmalik" is abdul and malik. */
static size_t
abd_prefix(const struct cs_word *word)
{
	static const char *const prefixes[] = {"abdul", "abdel", "abdal", "abdol", "abdur", "abdus", "abder"};
	if (word->len < 3 || memcmp(word->letters, "abd", 3) != 0)
		return 0;
	if (word->script == CS_FOLD_HEBREW)
		return abd_prefix_of_hebrew(word);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (word->len >= 5 + ABD_REST_MIN && memcmp(word->letters, prefixes[i], 5) == 0)
			return 5;
	bool arabic = word->script == CS_FOLD_ARABIC && word->len >= 4 + ABD_REST_MIN - 1;
	if (arabic && memcmp(word->letters, "abdal", 5) == 0)
		return 5;
	return arabic && memcmp(word->letters, "abd", 3) == 0 ? 3 : 0;
}

/* The article of an Arabic word: "alhwthy" is al and hwthy. */
static size_t
article_prefix(const struct cs_word *word)
{
	if (word->script != CS_FOLD_ARABIC || word->len < 5)
		return 0;
	return memcmp(word->letters, "al", 2) == 0 ? 2 : 0;
}

static void
put_split(struct reading *r, const struct cs_word *word, size_t at)
{
	struct cs_word piece = *word;
	piece.len = (uint8_t)at;
	struct cs_name_part *before = put_part(r, &piece, 1, CS_NAME_PARTICLE);
	if (before)
		before->code = at > 2; /* of "abd" */
	piece.letters += at;
	piece.len = (uint8_t)(word->len - at);
	piece.marks |= CS_FOLD_JOINED;
	struct cs_name_part *part = put_part(r, &piece, 1, CS_NAME_PROPER);
	if (!part)
		return;
	piece.hash = r->out->token[part->token].hash;
	struct cs_lexicon_hit hit = cs_lexicon_find(r->lexicon, r->domain, &piece, 1);
	if (hit.class == CS_NAME_PROPER) {
		r->out->token[part->token].family[0] = hit.code;
		r->out->token[part->token].family[1] = hit.second;
	}
}

static bool
is_number(const struct cs_word *word)
{
	for (unsigned i = 0; i < word->len; i++)
		if (word->letters[i] < '0' || word->letters[i] > '9')
			return false;
	return true;
}

static unsigned
number_of(const struct cs_word *word)
{
	unsigned value = 0;
	for (unsigned i = 0; i < word->len; i++)
		value = (value * 10 + (unsigned)(word->letters[i] - '0')) % 65521;
	return value;
}

/* A word that no table knows. */
static void
put_unknown(struct reading *r, const struct cs_word *word)
{
	if (is_number(word)) {
		struct cs_name_part *part = put_part(r, word, 1, CS_NAME_NUMBER);
		if (part)
			part->code = (uint16_t)number_of(word);
		return;
	}
	size_t abd = abd_prefix(word), article = abd ? 0 : article_prefix(word);
	if (abd || article) {
		put_split(r, word, abd ? abd : article);
		return;
	}
	bool person = r->domain == CS_LEXICON_PERSON;
	uint8_t class = CS_NAME_PROPER;
	if (word->len == 1 && !is_sign(word))
		class = CS_NAME_INITIAL;
	else if (person && r->part_n > 0 && is_patronymic(word))
		class = CS_NAME_PATRONYMIC;
	(void)put_part(r, word, 1, class);
}

/* Does a phrase begin here that is more than a name? */
static bool
is_known(const struct reading *r, unsigned at)
{
	struct cs_lexicon_hit hit = cs_lexicon_find(r->lexicon, r->domain, &r->word[at], r->word_n - at);
	return hit.class < CS_NAME_CLASSES && hit.class != CS_NAME_PROPER;
}

/* A part of N signs, with its family when it has one. */
static void
put_sign_part(struct reading *r, unsigned at, unsigned n)
{
	struct cs_name_part *part = put_part(r, &r->word[at], n, CS_NAME_PROPER);
	struct cs_lexicon_hit hit = cs_lexicon_find(r->lexicon, r->domain, &r->word[at], n);
	if (!part || hit.class != CS_NAME_PROPER || hit.words != n)
		return;
	r->out->token[part->token].family[0] = hit.code;
	r->out->token[part->token].family[1] = hit.second;
}

/* Signs of Han and syllables of Hangul that no phrase took: a surname and a given name, or one word. */
static unsigned
put_signs(struct reading *r, unsigned at)
{
	unsigned n = 1;
	while (at + n < r->word_n && is_sign(&r->word[at + n]) && r->word[at + n].marks & CS_FOLD_JOINED &&
	       !is_known(r, at + n))
		n++;
	/* With spaces, whoever wrote it has parted surname and given name already. */
	bool person = r->domain == CS_LEXICON_PERSON && n == r->word_n;
	if (person && n >= 2 && n <= SIGNS_OF_PERSON_MAX) {
		put_sign_part(r, at, 1);
		put_sign_part(r, at + 1, n - 1);
	} else {
		put_sign_part(r, at, n);
	}
	return n;
}

/* SAAD is written like the legal form SAD. */
static bool
is_short_arabic(const struct cs_word *word, const struct cs_lexicon_hit *hit)
{
	return word->script == CS_FOLD_ARABIC && hit->words == 1 && word->len < ARABIC_FORM_MIN;
}

/* May the phrase stand as what the table says it is? */
static bool
is_welcome(const struct reading *r, unsigned at, const struct cs_lexicon_hit *hit)
{
	const struct cs_word *word = &r->word[at];
	bool last = at + hit->words == r->word_n;
	if (hit->class == CS_NAME_FORM && is_short_arabic(word, hit))
		return false;
	if (hit->class == CS_NAME_FORM && r->domain == CS_LEXICON_PERSON)
		return r->part_n > 1 && last && (word->len >= 3 || hit->words > 1) && !is_sign(word);
	if (hit->class == CS_NAME_TRADE && r->kind == CS_NAME_VESSEL)
		return false;
	if (hit->class == CS_NAME_PLACE && r->kind == CS_NAME_VESSEL)
		return false;
	if (hit->class == CS_NAME_PREFIX)
		return at == 0 && !last;
	if (hit->class == CS_NAME_NUMBER && word->len == 1 && !is_sign(word) && hit->words == 1)
		return r->part_n > 0; /* a Roman numeral is not the first */
	if (hit->class == CS_NAME_NUMBER && r->part_n == 0 && last)
		return false;
	if (hit->class == CS_NAME_PARTICLE && r->word_n == hit->words)
		return false;
	return true;
}

static void
put_hit(struct reading *r, unsigned at, const struct cs_lexicon_hit *hit)
{
	struct cs_name_part *part = put_part(r, &r->word[at], hit->words, hit->class);
	if (!part)
		return;
	struct cs_term *token = &r->out->token[part->token];
	if (hit->class == CS_NAME_PROPER) {
		token->family[0] = hit->code;
		token->family[1] = hit->second;
	} else {
		part->code = hit->code;
	}
}

static void
put_words(struct reading *r)
{
	for (unsigned at = 0; at < r->word_n;) {
		struct cs_lexicon_hit hit = cs_lexicon_find(r->lexicon, r->domain, &r->word[at], r->word_n - at);
		bool known = hit.class < CS_NAME_CLASSES && is_welcome(r, at, &hit);
		bool sign = known && is_sign(&r->word[at]);
		bool small =
			hit.class == CS_NAME_PARTICLE || hit.class == CS_NAME_HONORIFIC || hit.class == CS_NAME_KIN;
		bool surname = sign && (hit.class == CS_NAME_PROPER || (small && hit.words == 1));
		if (known && hit.class == CS_NAME_NUMBER && hit.code == 0)
			at += hit.words; /* "No." says nothing itself */
		else if (known && !surname)
			put_hit(r, at, &hit), at += hit.words;
		else if (is_sign(&r->word[at]))
			at += put_signs(r, at);
		else
			put_unknown(r, &r->word[at++]);
	}
}

/* Arabic words that are written otherwise than they are spoken; the article becomes one with a D behind it. */
static void
read_as_spoken(struct cs_word *word)
{
	static const char *const spoken[][2] = {{"aldyn", "addyn"}, {"teh", "taha"}, {"ys", "yasyn"}};
	if (word->script != CS_FOLD_ARABIC)
		return;
	for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++) {
		if (word->len != strlen(spoken[i][0]) || memcmp(word->letters, spoken[i][0], word->len) != 0)
			continue;
		word->letters = spoken[i][1];
		word->len = (uint8_t)strlen(spoken[i][1]);
		word->hash = (uint32_t)cs_hash_bytes(cs_span_text(word->letters), 0);
		return;
	}
}

/* Drops "BENEFICIARY:" and the like; gives how many words. */
static unsigned
label_words(const struct reading *r)
{
	for (unsigned i = 0; i < LABEL_WORDS_MAX && i + 1 < r->word_n; i++)
		if (r->word[i].marks & CS_FOLD_COLON)
			return i + 1;
	bool messrs = r->word_n > 1 && r->word[0].len == 6 && memcmp(r->word[0].letters, "messrs", 6) == 0;
	return messrs ? 1 : 0;
}

static void
drop_words(struct reading *r, unsigned n)
{
	r->word += n;
	r->word_n -= n;
}

/* Organisation or person, when nobody said: by the words. What has a ship's prefix and a word of trade, but no legal form, is a
 * ship; with a prefix alone ("M.V. Varoe") it may be a person. PREFIX: how many words may be one. */
static enum cs_name_kind
guess_kind(const struct reading *r, unsigned *prefix)
{
	bool trade = false;
	*prefix = 0;
	for (unsigned at = 0; at < r->word_n && (!trade || *prefix); at++) {
		struct cs_lexicon_hit hit =
			cs_lexicon_find(r->lexicon, CS_LEXICON_ORGANISATION, &r->word[at], r->word_n - at);
		bool form = hit.class == CS_NAME_FORM &&
			    (at + hit.words == r->word_n || hit.words > 1 || r->word[at].len > 2) &&
			    !is_short_arabic(&r->word[at], &hit);
		if (form)
			return CS_NAME_ORGANISATION;
		if (at == 0 && hit.class == CS_NAME_PREFIX && hit.words < r->word_n)
			*prefix = hit.words;
		trade |= hit.class == CS_NAME_TRADE && r->word[at].len > 3;
	}
	return !trade ? CS_NAME_PERSON : *prefix ? CS_NAME_VESSEL : CS_NAME_ORGANISATION;
}

/* Marks the parts of the first N words; three of the longest phrase. */
static void
mark_prefix(struct reading *r, unsigned n)
{
	for (unsigned i = 0; i < r->part_n && i < CS_NAME_SHIP_WORDS && n && r->out->part[i].to <= r->word[n - 1].to;
	     i++)
		r->out->part[i].marks |= CS_NAME_SHIP;
}

/* The comma of "LAST, First": where it is, 0 when there is none. */
static unsigned
comma_at(const struct reading *r)
{
	for (unsigned i = 1; i < r->word_n; i++)
		if (r->word[i].marks & CS_FOLD_COMMA)
			return r->word[i].from;
	return 0;
}

static bool
has_class(const struct reading *r, unsigned from, unsigned to, uint8_t class)
{
	for (unsigned i = from; i < to; i++)
		if (r->out->part[i].class == class)
			return true;
	return false;
}

/* What follows a comma, a dash or a bracket may be an address, a port, a branch. */
static void
mark_asides(struct reading *r)
{
	struct cs_name_part *part = r->out->part;
	unsigned cut_at = 0;
	for (unsigned i = 1; i < r->word_n && !cut_at; i++) {
		const struct cs_word *word = &r->word[i];
		if (!(word->marks & (CS_FOLD_COMMA | CS_FOLD_DASH | CS_FOLD_BRACKET)))
			continue;
		unsigned at = 0;
		while (at < r->part_n && part[at].from < word->from)
			at++;
		if (at == 0 || at == r->part_n || part[at].from != word->from)
			continue;
		bool branch = false;
		for (unsigned j = at; j < r->part_n; j++)
			branch |= part[j].class == CS_NAME_TRADE && part[j].code == BRANCH;
		bool after_form = word->marks & CS_FOLD_COMMA && has_class(r, 0, at, CS_NAME_FORM) &&
				  part[at].class != CS_NAME_FORM;
		if (r->kind == CS_NAME_VESSEL || branch || after_form)
			cut_at = at;
	}
	for (unsigned i = cut_at; cut_at && i < r->part_n; i++)
		part[i].marks |= CS_NAME_ASIDE;
}

/* A person has two words at least: what looks like a title, a patronymic or, at the end, a particle is the surname where there is no
 * other. */
static void
find_surname(struct reading *r)
{
	unsigned words = 0;
	for (unsigned i = 0; i < r->part_n; i++)
		words += r->out->part[i].class == CS_NAME_PROPER;
	struct cs_name_part *last = r->part_n > 1 ? &r->out->part[r->part_n - 1] : NULL;
	bool title = last && last->class == CS_NAME_HONORIFIC && last->code == TITLE_OR_SURNAME;
	bool particle = last && last->class == CS_NAME_PARTICLE && last->code == PARTICLE_OR_SURNAME;
	if (words == 1 && (title || particle || (last && last->class == CS_NAME_PATRONYMIC)))
		last->class = CS_NAME_PROPER;
}

static void
mark_family_name(struct reading *r)
{
	unsigned comma = comma_at(r);
	for (unsigned i = 0; i < r->part_n; i++) {
		struct cs_name_part *part = &r->out->part[i];
		if (part->from < comma)
			part->marks |= CS_NAME_FIRST;
		if (part->class == CS_NAME_PATRONYMIC && part->from < comma)
			part->class = CS_NAME_PROPER;
	}
	find_surname(r);
}

static bool
identifies(const struct cs_name_part *part)
{
	return part->class <= CS_NAME_TRADE;
}

/* Syllables of a word that is made of those of Chinese or Korean; 0: it is another word. */
static unsigned
syllables_of(const struct cs_term *token)
{
	unsigned n = token->syllables;
	if (token->script != CS_FOLD_HANGUL)
		return n;
	bool before = false;
	for (unsigned i = 0; i < token->len; i++) {
		bool vowel = memchr("aeiou", token->text[i], 5) != NULL;
		n += vowel && !before;
		before = vowel;
	}
	return n;
}

static uint16_t
weight_of(const struct cs_rarity *rarity, const struct cs_term *token, const struct cs_name_part *part)
{
	static const uint16_t fixed[CS_NAME_CLASSES] = {
		[CS_NAME_INITIAL] = CS_LIKENESS_INITIAL_WEIGHT,
		[CS_NAME_NUMBER] = 60,
		[CS_NAME_PLACE] = 45,
		[CS_NAME_FORM] = 10,
		[CS_NAME_KIN] = 20,
		[CS_NAME_HONORIFIC] = 5,
		[CS_NAME_PARTICLE] = 3,
		[CS_NAME_PREFIX] = 3,
	};
	if (fixed[part->class])
		return fixed[part->class];
	unsigned weight = rarity ? cs_rarity_weight(rarity, token) : WEIGHT_UNKNOWN;
	if (token->family[0])
		weight = weight > 70 ? 70 : weight;            /* its other spellings are as common */
	unsigned most = SYLLABLE_WEIGHT * syllables_of(token); /* there are but four hundred of them */
	if (most && weight > most)
		weight = most;
	if (part->class == CS_NAME_PATRONYMIC)
		weight = weight > 70 ? 70 : weight;
	if (part->class == CS_NAME_TRADE)
		weight = weight < 25 ? 25 : weight > 50 ? 50 : weight;
	if (part->marks & CS_NAME_ASIDE)
		weight /= 2;
	return (uint16_t)weight;
}

void
cs_name_weigh(const struct cs_rarity *rarity, struct cs_name *name, struct cs_name_part *part)
{
	unsigned total = 0;
	name->letters = 0;
	for (unsigned i = 0; i < name->part_n; i++) {
		const struct cs_term *token = &name->token[part[i].token];
		part[i].weight = weight_of(rarity, token, &part[i]);
		if (!identifies(&part[i]))
			continue;
		total += part[i].weight;
		name->letters |= token->letters;
	}
	name->total = (uint16_t)total;
}

void
cs_name_read(const struct cs_lexicon *lexicon, const struct cs_rarity *rarity, struct cs_span text,
	     enum cs_name_kind kind, struct cs_name_room *out)
{
	cs_name_read_version(lexicon, rarity, &(struct cs_name_version){text, 0}, kind, out);
}

void
cs_name_read_version(const struct cs_lexicon *lexicon, const struct cs_rarity *rarity,
		     const struct cs_name_version *version, enum cs_name_kind kind, struct cs_name_room *out)
{
	struct cs_folded folded;
	struct cs_word words[WORDS_MAX];
	struct reading r = {.lexicon = lexicon, .out = out, .kind = kind, .word = words};
	cs_fold_as(version->text, version->reading, &folded);
	out->cut = folded.cut;
	r.word_n = cs_lexicon_words(&folded, words, WORDS_MAX);
	for (unsigned i = 0; i < r.word_n; i++)
		read_as_spoken(&words[i]);
	cs_lexicon_expect(lexicon, words, r.word_n);
	for (unsigned i = 0; rarity && i < r.word_n; i++)
		cs_rarity_expect(rarity, words[i].hash);
	drop_words(&r, label_words(&r));
	unsigned prefix = 0;
	if (kind == CS_NAME_ANY)
		r.kind = guess_kind(&r, &prefix);
	r.domain = r.kind == CS_NAME_PERSON ? CS_LEXICON_PERSON : CS_LEXICON_ORGANISATION;
	put_words(&r);
	if (r.kind == CS_NAME_PERSON)
		mark_family_name(&r), mark_prefix(&r, prefix);
	else
		mark_asides(&r);
	out->name = (struct cs_name){.token = out->token, .part = out->part, .part_n = (uint8_t)r.part_n};
	out->name.kind = (uint8_t)r.kind;
	out->name.guessed = kind == CS_NAME_ANY;
	cs_name_weigh(rarity, &out->name, out->part);
}

const char *cs_name_class_name(enum cs_name_class class)
{
	static const char *const names[CS_NAME_CLASSES] = {
		[CS_NAME_PROPER] = "name",        [CS_NAME_PATRONYMIC] = "patronymic",
		[CS_NAME_INITIAL] = "initial",    [CS_NAME_NUMBER] = "number",
		[CS_NAME_PLACE] = "place",        [CS_NAME_TRADE] = "trade",
		[CS_NAME_FORM] = "legal form",    [CS_NAME_KIN] = "kin",
		[CS_NAME_HONORIFIC] = "title",    [CS_NAME_PARTICLE] = "particle",
		[CS_NAME_PREFIX] = "ship prefix",
	};
	return class < CS_NAME_CLASSES ? names[class] : "other";
}

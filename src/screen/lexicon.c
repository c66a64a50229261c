/*
 * See lexicon.h: an open table of first words, with what each is by itself, and one of phrases and their beginnings, so that a
 * look-up stops early. Most words of names begin nothing: a small set of bits says so before the table is asked.
 *
 * A given name that a row has in Arabic, Hebrew or Kana is known in that script alone: folded it may be another word in Latin letters.
 */
#include "screen/lexicon.h"
#include "base/hash.h"
#include "base/prefetch.h"

#include <stdlib.h>

enum {
	FIRSTS = 1 << 14, /* for about 8,000 first words */
	FIRST_SHIFT = 8,  /* bits of a hash that do not say where one lies */
	SLOTS = 1 << 15,  /* for about 8,000 phrases in two domains, and their beginnings */
	FILTER_BITS = 1 << 16,
	SPELLING_BYTES_MAX = 256,
	STOP = CS_NAME_CLASSES, /* a particle, but not in names of persons */
	PERSONAL,               /* a particle, but in names of persons alone */
};

/* What a phrase is in one domain. */
struct meaning {
	uint8_t class;
	bool longer; /* a longer phrase begins like this */
	uint16_t code, second;
};

struct first {
	uint32_t hash;
	bool used;
	struct meaning meaning[CS_LEXICON_DOMAINS];
};

struct slot {
	uint64_t key; /* 0: empty */
	struct meaning meaning;
};

struct cs_lexicon {
	uint64_t filter[FILTER_BITS / 64]; /* of the hashes of first words */
	struct first first[FIRSTS];
	struct slot slot[SLOTS];
	unsigned first_n, slot_n;
};

struct row {
	uint8_t class;
	uint16_t code;
	const char *spellings;
};

static const struct row rows[] = {
#define PROPER                    CS_NAME_PROPER
#define NUMBER                    CS_NAME_NUMBER
#define PLACE                     CS_NAME_PLACE
#define TRADE                     CS_NAME_TRADE
#define FORM                      CS_NAME_FORM
#define KIN                       CS_NAME_KIN
#define HONORIFIC                 CS_NAME_HONORIFIC
#define PARTICLE                  CS_NAME_PARTICLE
#define PREFIX                    CS_NAME_PREFIX
#define W(class, code, spellings) {class, code, spellings},
#include "screen/word.def"
#include "screen/words.inc"
#undef W
};

static bool
belongs(uint8_t class, enum cs_lexicon_domain domain)
{
	bool person = domain == CS_LEXICON_PERSON;
	switch (class) {
	case CS_NAME_HONORIFIC:
	case PERSONAL:
		return person;
	case CS_NAME_NUMBER:
	case CS_NAME_PLACE:
	case CS_NAME_TRADE:
	case CS_NAME_PREFIX:
	case STOP:
		return !person;
	default:
		return true;
	}
}

static const struct meaning nothing = {.class = CS_LEXICON_NOTHING};

/* Where a first word stands, or would. */
static size_t
first_at(const struct cs_lexicon *lexicon, uint32_t hash)
{
	size_t at = hash >> FIRST_SHIFT & (FIRSTS - 1);
	while (lexicon->first[at].used && lexicon->first[at].hash != hash)
		at = (at + 1) & (FIRSTS - 1);
	return at;
}

static size_t
slot_at(const struct cs_lexicon *lexicon, uint64_t key)
{
	size_t at = key & (SLOTS - 1);
	while (lexicon->slot[at].key && lexicon->slot[at].key != key)
		at = (at + 1) & (SLOTS - 1);
	return at;
}

static uint64_t
key_of(uint64_t before, const struct cs_word *word)
{
	uint64_t key = cs_hash_mix(before, word->hash);
	return key ? key : 1;
}

/* Has a script letters that are other words where they are folded? */
static bool
has_own_names(uint8_t script)
{
	return script == CS_FOLD_ARABIC || script == CS_FOLD_HEBREW || script == CS_FOLD_KANA;
}

/* What a given name of such a script is hashed as. */
static uint32_t
own_hash(const struct cs_word *word)
{
	return (uint32_t)cs_hash_mix(word->hash, word->script);
}

/* The meaning of a word or of the phrase with KEY that ends with it, made if need be. */
static struct meaning *
meaning_of(struct cs_lexicon *lexicon, enum cs_lexicon_domain domain, const struct cs_word *only, uint64_t key)
{
	if (!only) {
		struct slot *slot = &lexicon->slot[slot_at(lexicon, key)];
		if (!slot->key) {
			*slot = (struct slot){key, nothing};
			lexicon->slot_n++;
		}
		return &slot->meaning;
	}
	struct first *first = &lexicon->first[first_at(lexicon, only->hash)];
	if (!first->used) {
		*first = (struct first){only->hash, true, {nothing, nothing}};
		lexicon->first_n++;
		lexicon->filter[only->hash % FILTER_BITS / 64] |= UINT64_C(1) << only->hash % 64;
	}
	return &first->meaning[domain];
}

static void
add(struct cs_lexicon *lexicon, const struct row *row, const struct cs_word *words, unsigned n)
{
	for (unsigned domain = 0; domain < CS_LEXICON_DOMAINS; domain++) {
		if (!belongs(row->class, domain))
			continue;
		uint64_t key = domain + 1;
		struct meaning *meaning = NULL;
		for (unsigned i = 0; i < n; i++) {
			key = key_of(key, &words[i]);
			meaning = meaning_of(lexicon, domain, i == 0 ? words : NULL, key);
			meaning->longer |= i + 1 < n;
		}
		if (meaning->class == CS_LEXICON_NOTHING) {
			meaning->class = row->class >= STOP ? CS_NAME_PARTICLE : row->class;
			meaning->code = row->code;
		} else if (meaning->class == CS_NAME_PROPER && row->class == CS_NAME_PROPER && !meaning->second &&
			   meaning->code != row->code) {
			meaning->second = row->code;
		}
	}
}

static void
add_spelling(struct cs_lexicon *lexicon, const struct row *row, struct cs_span spelling)
{
	struct cs_folded folded;
	struct cs_word words[CS_LEXICON_PHRASE_MAX];
	cs_fold(spelling, &folded);
	unsigned n = cs_lexicon_words(&folded, words, CS_LEXICON_PHRASE_MAX);
	if (n == 1 && row->class == CS_NAME_PROPER && has_own_names(words[0].script))
		words[0].hash = own_hash(&words[0]);
	if (n > 0 && !folded.cut)
		add(lexicon, row, words, n);
}

struct cs_lexicon *
cs_lexicon_new(void)
{
	struct cs_lexicon *lexicon = calloc(1, sizeof *lexicon);
	if (!lexicon)
		return NULL;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *at = rows[i].spellings;
		while (*at) {
			size_t n = strcspn(at, "|");
			add_spelling(lexicon, &rows[i], (struct cs_span){(const uint8_t *)at, n});
			at += n + (at[n] == '|');
		}
	}
	CS_ASSERT(lexicon->first_n < FIRSTS / 4 * 3 && lexicon->slot_n < SLOTS / 4 * 3);
	return lexicon;
}

void
cs_lexicon_free(struct cs_lexicon *lexicon)
{
	free(lexicon);
}

/* May a phrase begin with a word of this hash? */
static bool
may_begin(const struct cs_lexicon *lexicon, uint32_t hash)
{
	return lexicon->filter[hash % FILTER_BITS / 64] >> hash % 64 & 1;
}

void
cs_lexicon_expect(const struct cs_lexicon *lexicon, const struct cs_word *words, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (may_begin(lexicon, words[i].hash))
			cs_prefetch(&lexicon->first[words[i].hash >> FIRST_SHIFT & (FIRSTS - 1)]);
}

/* The family of a given name in a script of its own. */
static struct cs_lexicon_hit
find_own(const struct cs_lexicon *lexicon, enum cs_lexicon_domain domain, const struct cs_word *word)
{
	const uint32_t hash = own_hash(word);
	const struct first *first = may_begin(lexicon, hash) ? &lexicon->first[first_at(lexicon, hash)] : NULL;
	if (!first || !first->used)
		return (struct cs_lexicon_hit){CS_LEXICON_NOTHING, 0, 0, 0};
	const struct meaning *meaning = &first->meaning[domain];
	return (struct cs_lexicon_hit){meaning->class, 1, meaning->code, meaning->second};
}

struct cs_lexicon_hit
cs_lexicon_find(const struct cs_lexicon *lexicon, enum cs_lexicon_domain domain, const struct cs_word *words,
		unsigned n)
{
	struct cs_lexicon_hit hit = {CS_LEXICON_NOTHING, 0, 0, 0};
	uint32_t hash = words[0].hash;
	if (n > 0 && has_own_names(words[0].script)) {
		struct cs_lexicon_hit own = find_own(lexicon, domain, &words[0]);
		if (own.class != CS_LEXICON_NOTHING)
			return own;
	}
	if (n == 0 || !may_begin(lexicon, hash))
		return hit;
	const struct first *first = &lexicon->first[first_at(lexicon, hash)];
	if (!first->used)
		return hit;
	const struct meaning *meaning = &first->meaning[domain];
	uint64_t key = key_of(domain + 1, words);
	for (unsigned i = 1;; i++) {
		if (meaning->class != CS_LEXICON_NOTHING)
			hit = (struct cs_lexicon_hit){meaning->class, (uint8_t)i, meaning->code, meaning->second};
		if (!meaning->longer || i == n || i == CS_LEXICON_PHRASE_MAX)
			return hit;
		key = key_of(key, &words[i]);
		const struct slot *slot = &lexicon->slot[slot_at(lexicon, key)];
		if (!slot->key)
			return hit;
		meaning = &slot->meaning;
	}
}

static bool
stands_alone(const struct cs_fold_piece *piece, const char *letters)
{
	char c = letters[piece->start];
	return piece->len == 1 && c >= 'a' && piece->script != CS_FOLD_HAN && piece->script != CS_FOLD_HANGUL &&
	       !(piece->marks & CS_FOLD_ELISION);
}

unsigned
cs_lexicon_words(struct cs_folded *folded, struct cs_word *out, unsigned cap)
{
	unsigned n = 0;
	for (unsigned i = 0; i < folded->piece_n && n < cap; i++) {
		const struct cs_fold_piece *piece = &folded->piece[i];
		if (piece->len == 0)
			continue;
		struct cs_word *word = &out[n++];
		*word = (struct cs_word){.letters = folded->letters + piece->start,
					 .len = piece->len,
					 .script = piece->script,
					 .marks = piece->marks,
					 .from = piece->from,
					 .to = piece->to,
					 .raw = piece->raw};
		/* Letters that stand alone side by side are one word: their pieces lie side by side in letters[] too. */
		while (stands_alone(piece, folded->letters) && i + 1 < folded->piece_n &&
		       stands_alone(&folded->piece[i + 1], folded->letters) &&
		       (piece->marks & CS_FOLD_DOT || !(folded->piece[i + 1].marks & CS_FOLD_DOT)) &&
		       !(folded->piece[i + 1].marks & (CS_FOLD_COMMA | CS_FOLD_DASH)) &&
		       ((folded->piece[i + 1].marks ^ piece->marks) & CS_FOLD_BRACKET) == 0) {
			piece = &folded->piece[++i];
			word->len++;
			word->to = piece->to;
			word->marks |= piece->marks & (CS_FOLD_DOT | CS_FOLD_COLON);
		}
		word->hash = (uint32_t)cs_hash_bytes((struct cs_span){(const uint8_t *)word->letters, word->len}, 0);
	}
	return n;
}

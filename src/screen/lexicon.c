/*
 * See lexicon.h: one open table of hashes; a phrase's beginnings are in it as well, so that a look-up stops early.
 */
#include "screen/lexicon.h"
#include "base/hash.h"

#include <stdlib.h>

enum {
	SLOTS = 1 << 15, /* for about 8,000 phrases in two domains, and their beginnings */
	SPELLING_BYTES_MAX = 256,
	STOP = CS_NAME_CLASSES, /* a particle, but not in names of persons */
	PERSONAL,               /* a particle, but in names of persons alone */
};

struct slot {
	uint64_t key; /* 0: empty */
	uint8_t class;
	uint8_t longer; /* a longer phrase begins like this */
	uint16_t code, second;
};

struct cs_lexicon {
	struct slot slot[SLOTS];
	unsigned used_n;
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

static struct slot *
slot_of(struct cs_lexicon *lexicon, uint64_t key)
{
	size_t at = key % SLOTS;
	while (lexicon->slot[at].key && lexicon->slot[at].key != key)
		at = (at + 1) % SLOTS;
	struct slot *slot = &lexicon->slot[at];
	if (!slot->key) {
		*slot = (struct slot){.key = key, .class = CS_LEXICON_NOTHING};
		lexicon->used_n++;
	}
	return slot;
}

static uint64_t
key_of(uint64_t before, const struct cs_word *word)
{
	uint64_t key = cs_hash_mix(before, word->hash);
	return key ? key : 1;
}

static void
add(struct cs_lexicon *lexicon, const struct row *row, const struct cs_word *words, unsigned n)
{
	for (unsigned domain = 0; domain < CS_LEXICON_DOMAINS; domain++) {
		if (!belongs(row->class, domain))
			continue;
		uint64_t key = domain + 1;
		for (unsigned i = 0; i + 1 < n; i++) {
			key = key_of(key, &words[i]);
			slot_of(lexicon, key)->longer = 1;
		}
		struct slot *slot = slot_of(lexicon, key_of(key, &words[n - 1]));
		if (slot->class == CS_LEXICON_NOTHING) {
			slot->class = row->class >= STOP ? CS_NAME_PARTICLE : row->class;
			slot->code = row->code;
		} else if (slot->class == CS_NAME_PROPER && row->class == CS_NAME_PROPER && !slot->second &&
			   slot->code != row->code) {
			slot->second = row->code;
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
	CS_ASSERT(lexicon->used_n < SLOTS / 4 * 3);
	return lexicon;
}

void
cs_lexicon_free(struct cs_lexicon *lexicon)
{
	free(lexicon);
}

struct cs_lexicon_hit
cs_lexicon_find(const struct cs_lexicon *lexicon, enum cs_lexicon_domain domain, const struct cs_word *words,
		unsigned n)
{
	struct cs_lexicon_hit hit = {CS_LEXICON_NOTHING, 0, 0, 0};
	uint64_t key = domain + 1;
	for (unsigned i = 0; i < n && i < CS_LEXICON_PHRASE_MAX; i++) {
		key = key_of(key, &words[i]);
		size_t at = key % SLOTS;
		while (lexicon->slot[at].key && lexicon->slot[at].key != key)
			at = (at + 1) % SLOTS;
		const struct slot *slot = &lexicon->slot[at];
		if (!slot->key)
			break;
		if (slot->class != CS_LEXICON_NOTHING)
			hit = (struct cs_lexicon_hit){slot->class, (uint8_t)(i + 1), slot->code, slot->second};
		if (!slot->longer)
			break;
	}
	return hit;
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

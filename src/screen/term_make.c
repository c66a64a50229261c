/*
 * See term.h: how a word sounds, its consonants, its syllables of pinyin. Every word of every name is made, so all of it is
 * one look at each letter and a few rows under it.
 */
#include "base/hash.h"
#include "screen/term_parts.h"

enum { DIGIT_BIT = 26, SOUND_BITS = 27 /* of sounds that are no letter */ };

#define PASTE(a, b)  a##b
#define ROW_NAME(at) PASTE(ROW_, at)

/* Rows are numbered as they stand in sound.def; FROM takes a number, too. */
enum {
#define FROM(letter, name)  FROM_##name,
#define S(from, second, to) ROW_NAME(__LINE__),
#include "screen/sound.def"
#undef FROM
#undef S
	ROWS,
};

struct sound_row {
	char from[8];
	uint8_t from_len; /* 0: the rows of a letter end */
	uint8_t to_len;
	char to[3];
};

static const struct sound_row sound_rows[ROWS + 1] = {
#define FROM(letter, name)  {.from_len = 0},
#define S(from, second, to) {from, sizeof from - 1, sizeof to - 1, to},
#include "screen/sound.def"
#undef FROM
#undef S
};

/* Where the rows of a letter begin; 0: it has none. */
static const uint8_t rows_from[26] = {
#define FROM(letter, name) [letter - 'a'] = FROM_##name + 1,
#define S(from, second, to)
#include "screen/sound.def"
#undef FROM
#undef S
};

/* The second letters that rows of a letter have, one bit each: few runs of letters have a row. */
static const uint32_t seconds_of[26 + 1] = {[26] = 0
#define FROM(letter, name)  , [letter - 'a'] = 0
#define S(from, second, to) | (second ? UINT32_C(1) << ((second ? second : 'a') - 'a') : 0)
#include "screen/sound.def"
#undef FROM
#undef S
};

/* The row of a letter by itself; 0: it has none. */
static const uint8_t single_of[26 + 1] = {[26] = 0
#define FROM(letter, name)  , [letter - 'a'] = 0
#define S(from, second, to) +(second ? 0 : ROW_NAME(__LINE__))
#include "screen/sound.def"
#undef FROM
#undef S
};

/* The longest row that fits at TEXT, NULL when none does. */
static const struct sound_row *
row_at(const char *text, size_t left)
{
	unsigned letter = (unsigned)(unsigned char)text[0] - 'a';
	unsigned second = left > 1 ? (unsigned)(unsigned char)text[1] - 'a' : 26;
	if (letter >= 26)
		return NULL;
	bool several = second < 26 && seconds_of[letter] >> second & 1;
	const struct sound_row *row = &sound_rows[rows_from[letter]];
	for (; several && row->from_len > 1; row++) {
		unsigned n = row->from_len, same = 1;
		while (same < n && same < left && row->from[same] == text[same])
			same++;
		if (same == n)
			return row;
	}
	return single_of[letter] ? &sound_rows[single_of[letter]] : NULL;
}

/* J is a vowel in Slavic and German spelling: after a consonant, or between a vowel and a consonant. */
static char
sound_of_j(const char *text, size_t at, size_t n)
{
	if (at == 0)
		return 'J';
	bool vowel_before = cs_term_is_vowel(text[at - 1]), vowel_after = at + 1 < n && cs_term_is_vowel(text[at + 1]);
	if (!vowel_before)
		return text[at - 1] == 'n' || text[at - 1] == 'l' || text[at - 1] == 'd' || text[at - 1] == 'h' ? 'i'
														: 'J';
	return vowel_after ? 'J' : 'i';
}

/* What the letters at AT sound like, by the row that fits there; *N of them. */
static const char *
sound_at(const char *text, size_t at, size_t len, const struct sound_row *row, unsigned *n)
{
	*n = 1;
	if (at == 0 && text[0] == 'x')
		return "S";
	bool silent = at == 0 ? text[0] == 'y' && len > 2 && text[1] == 'e'
			      : text[at] == 'h' && at + 1 == len && cs_term_is_vowel(text[at - 1]);
	if (silent) {
		*n = 0;
		return "";
	}
	if (!row)
		return text[at] != 'j' ? text + at : sound_of_j(text, at, len) == 'J' ? "J" : "i";
	*n = row->to_len;
	return row->to;
}

/* The bit of a letter in a set, as in cs_term. */
static uint32_t
letter_bit(char c)
{
	unsigned bit = DIGIT_BIT;
	if (c >= 'a' && c <= 'z')
		bit = (unsigned)(c - 'a');
	else if (c < '0' || c > '9')
		bit = SOUND_BITS + (c == 'S') + 2 * (c == 'J');
	return UINT32_C(1) << bit;
}

static unsigned
make_sound(const char *text, size_t len, char *out, uint32_t *set)
{
	unsigned out_len = 0;
	uint32_t letters = 0;
	for (size_t at = 0, step; at < len; at += step) {
		const struct sound_row *row = row_at(text + at, len - at);
		unsigned n;
		const char *to = sound_at(text, at, len, row, &n);
		step = row ? row->from_len : 1;
		for (unsigned i = 0; i < n && out_len < CS_TERM_SOUND_MAX; i++)
			if (out_len == 0 || out[out_len - 1] != to[i]) {
				out[out_len++] = to[i];
				letters |= letter_bit(to[i]);
			}
	}
	*set = letters;
	return out_len;
}

/* Consonants that Arabic or Hebrew would write, as a reader of either would spell the word. */
static unsigned
make_bones(const char *sound, unsigned n, char *out, uint32_t *set)
{
	static const char to[128] = {['C'] = 'x', ['S'] = 'x', ['J'] = 'j', ['b'] = 'b', ['d'] = 'd', ['f'] = 'f',
				     ['g'] = 'k', ['h'] = 'h', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm',
				     ['n'] = 'n', ['p'] = 'b', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['z'] = 'z'};
	unsigned len = 0;
	uint32_t letters = 0;
	if (n > 0 && sound[n - 1] == 'h')
		n--;
	for (unsigned i = 0; i < n && len < CS_TERM_BONES_MAX; i++) {
		char bone = to[sound[i] & 127];
		if (bone && (len == 0 || out[len - 1] != bone)) {
			out[len++] = bone;
			letters |= letter_bit(bone);
		}
	}
	*set = letters;
	return len;
}

/* Letters of Hebrew as sounds for make_bones: KAF and HE side by side are no KH; C is TSADI with a geresh. */
static unsigned
make_hebrew(const char *text, unsigned n, char *out)
{
	unsigned len = 0;
	for (unsigned i = 0; i < n; i++) {
		bool hisses = i + 1 < n && text[i + 1] == 'h' && (text[i] == 's' || text[i] == 'c');
		out[len++] = hisses || text[i] == 'c' ? 'S' : text[i];
		i += hisses;
	}
	return len;
}

void
cs_term_spell(const char *letters, size_t n, uint8_t script, uint32_t raw, struct cs_term *out)
{
	memset(out, 0, sizeof *out);
	uint32_t set = 0;
	size_t kept = n < CS_TERM_LETTERS_MAX ? n : CS_TERM_LETTERS_MAX;
	for (size_t i = 0; i < kept; i++) {
		out->text[i] = letters[i];
		set |= letter_bit(letters[i]);
	}
	out->letters = set;
	out->len = (uint8_t)kept;
	out->hash = (uint32_t)cs_hash_bytes((struct cs_span){(const uint8_t *)letters, n}, 0);
	out->raw = raw;
	out->script = script;
}

void
cs_term_make(const char *letters, size_t n, uint8_t script, uint32_t raw, struct cs_term *out)
{
	cs_term_spell(letters, n, script, raw, out);
	out->sound_len = (uint8_t)make_sound(out->text, out->len, out->sound, &out->sounds);
	char hebrew[CS_TERM_LETTERS_MAX];
	bool spelled = script == CS_FOLD_HEBREW;
	unsigned sounds = spelled ? make_hebrew(out->text, out->len, hebrew) : out->sound_len;
	out->bones_len = (uint8_t)make_bones(spelled ? hebrew : out->sound, sounds, out->bones, &out->skeleton);
}

/* How a syllable of pinyin ends. Those that begin alike stand together, the longest first. */
struct ending {
	char letters[4];
	uint8_t len;
};

static const struct ending endings[] = {
	{"ang", 3}, {"ai", 2},   {"an", 2},   {"ao", 2},  {"a", 1},   {"eng", 3},  {"ei", 2},  {"en", 2},  {"er", 2},
	{"e", 1},   {"iang", 4}, {"iong", 4}, {"iao", 3}, {"ian", 3}, {"ing", 3},  {"ia", 2},  {"ie", 2},  {"iu", 2},
	{"in", 2},  {"i", 1},    {"ong", 3},  {"ou", 2},  {"o", 1},   {"uang", 4}, {"uai", 3}, {"uan", 3}, {"ui", 2},
	{"un", 2},  {"uo", 2},   {"ua", 2},   {"ue", 2},  {"u", 1},   {"v", 1},
};

static bool
begins_with(const char *text, const struct ending *ending)
{
	unsigned same = 0;
	while (same < ending->len && text[same] == ending->letters[same])
		same++;
	return same == ending->len;
}

/* The longest end of a syllable that N letters begin with and no vowel follows; 0: none. */
static unsigned
ending_len(const char *text, unsigned n)
{
	static const struct {
		uint8_t first, end;
	} from[26] = {['a' - 'a'] = {0, 5},   ['e' - 'a'] = {5, 10},  ['i' - 'a'] = {10, 20},
		      ['o' - 'a'] = {20, 23}, ['u' - 'a'] = {23, 32}, ['v' - 'a'] = {32, 33}};
	unsigned letter = n ? (unsigned)(unsigned char)text[0] - 'a' : 26;
	if (letter >= 26)
		return 0;
	for (unsigned i = from[letter].first; i < from[letter].end; i++) {
		unsigned len = endings[i].len;
		if (len <= n && (len == n || !cs_term_is_vowel(text[len])) && begins_with(text, &endings[i]))
			return len;
	}
	return 0;
}

/* The longest syllable of pinyin that N letters begin with, so that a whole number of them fits; 0: none. */
static unsigned
syllable_len(const char *text, unsigned n)
{
	unsigned letter = (unsigned)(unsigned char)text[0] - 'a', head = 0;
	if (letter < 26 && text[0] != 'v' && !cs_term_is_vowel(text[0]))
		head = 1 + (n > 1 && text[1] == 'h' && (text[0] == 'z' || text[0] == 'c' || text[0] == 's'));
	unsigned end = ending_len(text + head, n - head);
	return end ? head + end : 0;
}

void
cs_term_count_syllables(struct cs_term *token)
{
	unsigned count = 0;
	token->syllables = 0;
	if ((token->script != CS_FOLD_LATIN && token->script != CS_FOLD_HAN) || token->len == 0)
		return;
	char last = token->text[token->len - 1]; /* no syllable ends in another consonant */
	if (last != 'n' && last != 'g' && last != 'r' && last != 'v' && !cs_term_is_vowel(last))
		return;
	for (unsigned at = 0; at < token->len; count++) {
		unsigned len = syllable_len(token->text + at, token->len - at);
		if (len == 0)
			return;
		at += len;
	}
	token->syllables = (uint8_t)count;
}

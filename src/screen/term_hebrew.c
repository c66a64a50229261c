/*
 * Is a word the spelling of one in Hebrew? Each letter may be written in a few ways (ISO 259 and common practice: B or V, K or
 * KH or CH, P or F, S or SH, T or TS), and vowels stand between them as they like; but VAV and YOD are vowels of their own or V and Y, HE at the
 * end is a vowel, and a word that begins or ends with a vowel has one of these or ALEF or AYIN there.
 *
 * Consonants alone, as Arabic has them (term.c), say less: David has one that is no V, Avraham another than Abraham, and Chaim
 * begins otherwise than Haim.
 */
#include "screen/term_parts.h"

enum {
	WAYS = 10,
	COST_MOST = 1,
	NEVER = 99,
	COSTLY_FROM = 4, /* letters of which one may be amiss */
	ONE_LESS = 80,   /* of a thousand, when it is */
	/* D, L, M, N, R are written in one way, and nothing else is written so: bits as in cs_term.letters */
	PLAIN_LETTERS = 1 << 3 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 17,
};

/* A letter of Hebrew as it is folded, and how it is written. */
struct letter {
	char from[3];
	uint8_t len;
	bool silent; /* nothing need stand for it */
	char to[WAYS][4];
};

static const struct letter letters[] = {
	{"sh", 2, false, {"sch", "sh", "s"}},
	{"ts", 2, false, {"ts", "tz", "cz", "zz", "z", "c", "s"}},
	{"ch", 2, false, {"ch", "kh", "h", "k"}},
	{"vv", 2, false, {"vv", "v", "w", "u"}},
	{"yy", 2, false, {"ai", "ay", "ei", "ey", "ij", "y", "i", "j", "e"}},
	{"a", 1, true, {""}},
	{"b", 1, false, {"bb", "bh", "b", "v", "w"}},
	{"d", 1, false, {"dd", "d"}},
	{"f", 1, false, {"ff", "ph", "f", "p"}},
	{"g", 1, false, {"gg", "gh", "g", "j"}},
	{"h", 1, false, {"ch", "kh", "h"}},
	{"k", 1, false, {"ch", "kh", "ck", "kk", "cc", "k", "c", "q"}},
	{"l", 1, false, {"ll", "l"}},
	{"m", 1, false, {"mm", "m"}},
	{"n", 1, false, {"nn", "n"}},
	{"p", 1, false, {"pp", "ph", "ff", "p", "f"}},
	{"r", 1, false, {"rr", "r"}},
	{"s", 1, false, {"ss", "s", "c", "z"}},
	{"t", 1, false, {"tt", "th", "t"}},
	{"v", 1, false, {"vv", "v", "w", "oo", "ou", "o", "u"}},
	{"y", 1, false, {"ee", "ie", "y", "i", "j", "e"}},
	{"z", 1, false, {"zz", "z", "s"}},
};

/* HE at the end of a word, and HET, which is folded alike. */
static const struct letter last_h = {"h", 1, false, {"ah", "eh", "oh", "ch", "kh", "a", "e", "o", "h"}};

static const struct letter *
letter_at(const struct cs_term *word, unsigned at)
{
	unsigned left = word->len - at;
	if (left == 1 && word->text[at] == 'h' && at > 0)
		return &last_h;
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].len <= left && memcmp(letters[i].from, word->text + at, letters[i].len) == 0)
			return &letters[i];
	return NULL;
}

static uint8_t
lesser(unsigned a, unsigned b)
{
	return (uint8_t)(a < b ? a : b);
}

/* Vowels that nothing stands for; FIRST: what one costs at the front. U is hardly ever left out. */
static void
pass_vowels(const struct cs_term *spoken, uint8_t *cost, unsigned first)
{
	for (unsigned j = 0; j < spoken->len; j++)
		if (cs_term_is_vowel(spoken->text[j]))
			cost[j + 1] = lesser(cost[j + 1], cost[j] + (j == 0 ? first : spoken->text[j] == 'u'));
}

/* As pass_vowels at the end of a word, where a vowel costs one, but a mute H nothing. */
static void
pass_end(const struct cs_term *spoken, uint8_t *cost)
{
	for (unsigned j = 0; j < spoken->len; j++)
		if (cs_term_is_vowel(spoken->text[j]) || spoken->text[j] == 'h')
			cost[j + 1] = lesser(cost[j + 1], cost[j] + 1u);
}

/* How many letters of a word from AT on are those of a way to write one; 0: it is not written so there. */
static unsigned
written_so(const struct cs_term *spoken, unsigned at, const char *way)
{
	unsigned n = 0;
	while (way[n] && at + n < spoken->len && spoken->text[at + n] == way[n])
		n++;
	return way[n] ? 0 : n;
}

/* One letter more: what it costs to have come so far in the other word. False: it costs too much wherever one is. */
static bool
pass_letter(const struct letter *letter, const struct cs_term *spoken, const uint8_t *from, uint8_t *to)
{
	bool mater = letter->from[0] == 'y' || (letter->from[0] == 'h' && letter != &last_h);
	bool goes_on = false;
	for (unsigned j = 0; j <= spoken->len; j++)
		to[j] = letter->silent ? from[j] : mater ? lesser(from[j] + 1u, NEVER) : NEVER;
	for (unsigned j = 0; j <= spoken->len; j++) {
		for (unsigned i = 0; from[j] <= COST_MOST && i < WAYS && letter->to[i][0]; i++) {
			unsigned n = written_so(spoken, j, letter->to[i]);
			if (n)
				to[j + n] = lesser(to[j + n], from[j]);
		}
		goes_on |= to[j] <= COST_MOST;
	}
	return goes_on;
}

/* May a word that begins with this letter begin with a vowel? With ALEF or AYIN it must, or with a Y. */
static bool
may_open(const struct letter *letter)
{
	return letter->from[0] == 'a' || letter->from[0] == 'y' || letter->from[0] == 'h' || letter->from[0] == 'v';
}

/* Told soon of most words: they have other letters, or begin otherwise. */
static bool
are_others(const struct cs_term *hebrew, const struct cs_term *spoken)
{
	if ((hebrew->letters ^ spoken->letters) & PLAIN_LETTERS || hebrew->len < 2 || spoken->len < 2)
		return true;
	return hebrew->text[0] == 'a' && !cs_term_is_vowel(spoken->text[0]) && spoken->text[0] != 'y';
}

struct cs_term_likeness
cs_term_by_hebrew(const struct cs_term *hebrew, const struct cs_term *spoken)
{
	static const uint16_t by_letters[] = {0, 0, 800, 880, 920, 940, 950, 960};
	struct cs_term_likeness none = {0, CS_TERM_OTHER, 0};
	uint8_t row[2][CS_TERM_LETTERS_MAX + 1];
	unsigned written = 0, now = 0;
	if (are_others(hebrew, spoken) || cs_term_is_unvowelled(spoken))
		return none;
	memset(row[now], NEVER, sizeof row[now]);
	row[now][0] = 0;
	for (unsigned at = 0; at < hebrew->len;) {
		const struct letter *letter = letter_at(hebrew, at);
		if (!letter)
			return none;
		if (at == 0 && !may_open(letter))
			pass_vowels(spoken, row[now], 1);
		else
			pass_vowels(spoken, row[now], 0);
		if (!pass_letter(letter, spoken, row[now], row[!now]))
			return none;
		now = !now;
		written += !letter->silent || at == 0;
		at += letter->len;
	}
	bool open = hebrew->text[hebrew->len - 1] == 'a';
	if (open)
		pass_vowels(spoken, row[now], 0);
	pass_end(spoken, row[now]);
	unsigned cost = row[now][spoken->len];
	if (written < 2 || cost > COST_MOST || (cost && written < COSTLY_FROM))
		return none;
	unsigned permille = by_letters[written < 7 ? written : 7] - cost * ONE_LESS;
	return (struct cs_term_likeness){(uint16_t)permille, CS_TERM_BONES, (uint8_t)(cost * CS_TERM_PLAIN)};
}

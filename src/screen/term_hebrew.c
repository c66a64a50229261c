/*
 * Is a word the spelling of one in Hebrew? Each letter may be written in a few ways (ISO 259 and common practice: B or V, K or
 * KH or CH, P or F, S or SH, T or TS), and vowels stand between them as they like; but VAV and YOD are vowels of their own or V and Y, HE at the
 * end is a vowel, and a word that begins or ends with a vowel has one of these or ALEF or AYIN there.
 *
 * Consonants alone, as Arabic has them (term.c), say less: David has one that is no V, Avraham another than Abraham, and Chaim
 * begins otherwise than Haim. So a word is looked for by those of all words that it may spell: each way of writing a letter is a few
 * sounds, and each of these the consonants that term_make.c makes of them.
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
	const char *bones; /* consonants of these ways, the commonest first, divided by bars */
};

static const struct letter letters[] = {
	{"sh", 2, false, {"sch", "sh", "s"}, "x|s"},
	{"ts", 2, false, {"ts", "tz", "cz", "zz", "z", "c", "s"}, "ts|s|z|x|k"},
	{"ch", 2, false, {"ch", "kh", "h", "k"}, "h|x|k"},
	{"vv", 2, false, {"vv", "v", "w", "u"}, ""},
	{"yy", 2, false, {"ai", "ay", "ei", "ey", "ij", "y", "i", "j", "e"}, "|j"},
	{"a", 1, true, {""}, ""},
	{"b", 1, false, {"bb", "bh", "b", "v", "w"}, "b||bh"},
	{"c", 1, false, {"tch", "ch", "cz", "c"}, "x|k|s"},
	{"d", 1, false, {"dd", "d"}, "d"},
	{"f", 1, false, {"ff", "ph", "f", "p"}, "f|b"},
	{"g", 1, false, {"gg", "gh", "g", "j"}, "k|j|"},
	{"h", 1, false, {"ch", "kh", "h"}, "h||x"},
	{"j", 1, false, {"zh", "gg", "ge", "j", "g", "y", "i"}, "j|k|"},
	{"k", 1, false, {"ch", "kh", "ck", "kk", "cc", "k", "c", "q"}, "k|x|h|s"},
	{"l", 1, false, {"ll", "l"}, "l"},
	{"m", 1, false, {"mm", "m"}, "m"},
	{"n", 1, false, {"nn", "n"}, "n"},
	{"p", 1, false, {"pp", "ph", "ff", "p", "f"}, "b|f"},
	{"r", 1, false, {"rr", "r"}, "r"},
	{"s", 1, false, {"ss", "s", "c"}, "s|k"},
	{"t", 1, false, {"tt", "th", "t"}, "t"},
	{"v", 1, false, {"vv", "v", "w", "oo", "ou", "o", "u"}, ""},
	{"y", 1, false, {"ee", "ie", "y", "i", "j", "e"}, "|j"},
	{"z", 1, false, {"zz", "z", "s"}, "z|s"},
};

/* HE at the end of a word, and HET, which is folded alike. */
static const struct letter last_h = {"h", 1, false, {"ah", "eh", "oh", "ch", "kh", "a", "e", "o", "h"}, "|x|h"};

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

/* Puts consonants behind others: the same one twice is one. */
static void
put_bones(struct cs_term_bones *to, const char *bones, size_t n)
{
	for (size_t i = 0; i < n && to->len < CS_TERM_BONES_MAX; i++)
		if (to->len == 0 || to->letter[to->len - 1] != bones[i])
			to->letter[to->len++] = bones[i];
}

static void
put_spelling(struct cs_term_spellings *out, const struct cs_term_bones *bones)
{
	if (out->n < CS_TERM_SPELLINGS_MAX)
		out->at[out->n++] = *bones;
	else
		out->cut = true;
}

/* S and Z before H are one sound where they are read: SH, ZH. */
static void
put_hissing(struct cs_term_spellings *out, const struct cs_term_bones *from)
{
	struct cs_term_bones bones = *from;
	char *last = bones.len ? &bones.letter[bones.len - 1] : NULL;
	if (!last || (*last != 's' && *last != 'z'))
		return;
	*last = *last == 's' ? 'x' : 'j';
	put_spelling(out, &bones);
}

/* One letter more of all spellings: the first of its ways takes the place of what was there, the others stand behind. */
static void
spell_letter(const struct letter *letter, struct cs_term_spellings *out)
{
	const unsigned n = out->n;
	for (unsigned i = 0; i < n; i++) {
		const struct cs_term_bones from = out->at[i];
		for (const char *way = letter->bones; way;) {
			const char *end = strchr(way, '|');
			struct cs_term_bones bones = from;
			put_bones(&bones, way, end ? (size_t)(end - way) : strlen(way));
			if (way == letter->bones)
				out->at[i] = bones;
			else
				put_spelling(out, &bones);
			if (*way == 'h')
				put_hissing(out, &from);
			way = end ? end + 1 : NULL;
		}
	}
}

void
cs_term_spell_hebrew(const struct cs_term *hebrew, struct cs_term_spellings *out)
{
	out->n = 1;
	out->at[0] = (struct cs_term_bones){.len = 0};
	out->cut = false;
	for (unsigned at = 0; at < hebrew->len;) {
		const struct letter *letter = letter_at(hebrew, at);
		if (!letter) { /* it spells nothing */
			out->n = 0;
			return;
		}
		spell_letter(letter, out);
		at += letter->len;
	}
	for (unsigned i = 0, n = out->n; i < n; i++) { /* H at the end is mute */
		struct cs_term_bones bones = out->at[i];
		if (bones.len == 0 || bones.letter[bones.len - 1] != 'h')
			continue;
		bones.letter[--bones.len] = 0;
		put_spelling(out, &bones);
	}
}

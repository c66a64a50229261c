/*
 * See term.h. A word is compared with many, so what can be told from lengths and sets of letters is told first; then a
 * bit-parallel count of plain edits; only what is left is weighed letter by letter.
 */
#include "screen/term.h"
#include "base/hash.h"

enum {
	RUN_MAX = 62,   /* letters that cs_term_cost looks at */
	PLAIN = 4,      /* quarters: one letter more, less or other */
	SWAP = 2,       /* neighbours changed places */
	DOUBLED = 1,    /* a letter twice */
	VOWEL_MORE = 3, /* a vowel more or less */
	MUTE_MORE = 2,  /* an h more or less */
	DIGIT_BIT = 26,
	SOUND_BITS = 27,   /* bits of sounds that are no letter */
	BONES_LEAST = 740, /* of a thousand */
	SLOTS = 42,
};

struct sound_rule {
	const char *from, *to;
};

static const struct sound_rule sound_rules[] = {
#define S(from, to) {from, to},
#include "screen/sound.def"
#undef S
};

static bool
is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/* The longest rule that fits at TEXT, NULL when none does. */
static const struct sound_rule *
rule_at(const char *text, size_t left, size_t *len)
{
	const struct sound_rule *best = NULL;
	*len = 1;
	for (size_t i = 0; i < sizeof sound_rules / sizeof *sound_rules; i++) {
		const char *from = sound_rules[i].from;
		if (from[0] != text[0])
			continue;
		size_t n = strlen(from);
		if (n <= left && (!best || n > *len) && memcmp(from, text, n) == 0) {
			best = &sound_rules[i];
			*len = n;
		}
	}
	return best;
}

/* J is a vowel in Slavic and German spelling: after a consonant, or between a vowel and a consonant. */
static char
sound_of_j(const char *text, size_t at, size_t n)
{
	if (at == 0)
		return 'J';
	bool vowel_before = is_vowel(text[at - 1]), vowel_after = at + 1 < n && is_vowel(text[at + 1]);
	if (!vowel_before)
		return text[at - 1] == 'n' || text[at - 1] == 'l' || text[at - 1] == 'd' || text[at - 1] == 'h' ? 'i'
														: 'J';
	return vowel_after ? 'J' : 'i';
}

static unsigned
make_sound(const char *text, size_t n, char *out)
{
	unsigned len = 0;
	size_t step;
	for (size_t i = 0; i < n; i += step) {
		char one[2] = {text[i], 0};
		const struct sound_rule *rule = rule_at(text + i, n - i, &step);
		const char *to = rule ? rule->to : one;
		if (i == 0 && text[0] == 'x')
			to = "S";
		else if (i == 0 && text[0] == 'y' && n > 2 && text[1] == 'e')
			to = "";
		else if (!rule && text[i] == 'j') {
			one[0] = sound_of_j(text, i, n);
			to = one;
		} else if (text[i] == 'h' && i + 1 == n && i > 0 && is_vowel(text[i - 1]))
			to = "";
		for (; *to && len < CS_TERM_SOUND_MAX; to++)
			if (len == 0 || out[len - 1] != *to)
				out[len++] = *to;
	}
	return len;
}

/* Consonants that Arabic or Hebrew would write, as a reader of either would spell the word. */
static unsigned
make_bones(const char *sound, unsigned n, char *out)
{
	static const char to[26] = {['b' - 'a'] = 'b', ['d' - 'a'] = 'd', ['f' - 'a'] = 'f', ['g' - 'a'] = 'k',
				    ['h' - 'a'] = 'h', ['j' - 'a'] = 'j', ['k' - 'a'] = 'k', ['l' - 'a'] = 'l',
				    ['m' - 'a'] = 'm', ['n' - 'a'] = 'n', ['p' - 'a'] = 'b', ['r' - 'a'] = 'r',
				    ['s' - 'a'] = 's', ['t' - 'a'] = 't', ['z' - 'a'] = 'z'};
	unsigned len = 0;
	for (unsigned i = 0; i < n && len < CS_TERM_BONES_MAX; i++) {
		char c = sound[i], bone = 0;
		if (c == 'C' || c == 'S')
			bone = 'x';
		else if (c == 'J')
			bone = 'j';
		else if (c == 'h' && i + 1 == n)
			bone = 0;
		else if (c >= 'a' && c <= 'z')
			bone = to[c - 'a'];
		if (bone && (len == 0 || out[len - 1] != bone))
			out[len++] = bone;
	}
	return len;
}

static uint32_t
letter_set(const char *text, size_t n)
{
	uint32_t set = 0;
	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		if (c >= 'a' && c <= 'z')
			set |= UINT32_C(1) << (c - 'a');
		else if (c >= '0' && c <= '9')
			set |= UINT32_C(1) << DIGIT_BIT;
		else
			set |= UINT32_C(1) << (SOUND_BITS + (c == 'S') + 2 * (c == 'J'));
	}
	return set;
}

/* The longest syllable of pinyin that N letters begin with, so that a whole number of them fits; 0: none. */
static unsigned
syllable_len(const char *text, unsigned n)
{
	static const char initials[] = "b p m f d t n l g k h j q x zh ch sh r z c s y w ";
	static const char finals[] =
		"a o e ai ei ao ou an en ang eng ong i ia ie iao iu ian in iang ing iong u ua uo uai ui uan un "
		"uang ue er v ";
	unsigned head = 0, best = 0;
	for (const char *at = initials; *at; at += strcspn(at, " ") + 1) {
		unsigned len = (unsigned)strcspn(at, " ");
		if (len <= n && len > head && memcmp(at, text, len) == 0)
			head = len;
	}
	for (const char *at = finals; *at; at += strcspn(at, " ") + 1) {
		unsigned len = (unsigned)strcspn(at, " ");
		bool fits = len > best && head + len <= n && memcmp(at, text + head, len) == 0;
		bool whole = fits && (head + len == n || !is_vowel(text[head + len]));
		if (whole)
			best = len;
	}
	return best ? head + best : 0;
}

void
cs_term_make(const char *letters, size_t n, uint8_t script, uint32_t raw, struct cs_term *out)
{
	memset(out, 0, sizeof *out);
	size_t kept = n < CS_TERM_LETTERS_MAX ? n : CS_TERM_LETTERS_MAX;
	memcpy(out->text, letters, kept);
	out->len = (uint8_t)kept;
	out->sound_len = (uint8_t)make_sound(letters, kept, out->sound);
	out->bones_len = (uint8_t)make_bones(out->sound, out->sound_len, out->bones);
	out->hash = (uint32_t)cs_hash_bytes((struct cs_span){(const uint8_t *)letters, n}, 0);
	out->raw = raw;
	out->letters = letter_set(out->text, out->len);
	out->sounds = letter_set(out->sound, out->sound_len);
	out->skeleton = letter_set(out->bones, out->bones_len);
	out->script = script;
}

/* What it costs to read one letter for another. */
static unsigned
cost_of_other(char a, char b)
{
	/* Letters that eyes, ears and romanisers confuse, at half the price. */
	static const char *const confused[128] = {
		['0'] = "o",     ['1'] = "il",  ['2'] = "z",      ['5'] = "s",   ['6'] = "b",     ['8'] = "b",
		['9'] = "gq",    ['C'] = "JSc", ['J'] = "CSgijz", ['S'] = "CJs", ['b'] = "68pv",  ['c'] = "Ckqs",
		['d'] = "tz",    ['f'] = "pv",  ['g'] = "9Jhjk",  ['h'] = "gkx", ['i'] = "1Jjly", ['j'] = "Jgiy",
		['k'] = "cghqx", ['l'] = "1i",  ['o'] = "0",      ['p'] = "bf",  ['q'] = "9ck",   ['s'] = "5Scz",
		['t'] = "dz",    ['u'] = "vw",  ['v'] = "bfuw",   ['w'] = "uv",  ['x'] = "hk",    ['y'] = "ij",
		['z'] = "2Jdst",
	};
	if (a == b)
		return 0;
	if (is_vowel(a) && is_vowel(b))
		return 2;
	const char *near = confused[a & 127];
	for (; near && *near; near++)
		if (*near == b)
			return 2;
	return PLAIN;
}

static unsigned
cost_of_more(struct cs_span run, size_t at)
{
	uint8_t c = run.at[at];
	if ((at > 0 && run.at[at - 1] == c) || (at + 1 < run.len && run.at[at + 1] == c))
		return DOUBLED;
	if (c == 'h')
		return MUTE_MORE;
	return is_vowel((char)c) || c == 'y' ? VOWEL_MORE : PLAIN;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned
cs_term_cost(struct cs_span a, struct cs_span b, unsigned limit)
{
	unsigned row[3][RUN_MAX + 1], b_more[RUN_MAX];
	a.len = a.len < RUN_MAX ? a.len : RUN_MAX;
	b.len = b.len < RUN_MAX ? b.len : RUN_MAX;
	row[0][0] = 0;
	for (size_t j = 0; j < b.len; j++)
		row[0][j + 1] = row[0][j] + (b_more[j] = cost_of_more(b, j));
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *now = row[i % 3], *before = row[(i - 1) % 3], *earlier = row[(i + 1) % 3];
		unsigned more = cost_of_more(a, i - 1), low;
		low = now[0] = before[0] + more;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned best = before[j - 1] + cost_of_other((char)a.at[i - 1], (char)b.at[j - 1]);
			best = least(best, before[j] + more);
			best = least(best, now[j - 1] + b_more[j - 1]);
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
				best = least(best, earlier[j - 2] + SWAP);
			now[j] = best;
			low = least(low, best);
		}
		if (low > limit + PLAIN)
			return limit + 1;
	}
	unsigned cost = row[a.len % 3][b.len];
	return cost > limit ? limit + 1 : cost;
}

/* A place for each letter and sound; digits share ten of them with sounds that hardly occur beside them. */
static unsigned
slot_of(char c)
{
	return c >= 'a' ? (unsigned)(c - 'a') : 26u + ((unsigned char)c & 15);
}

/* Plain edits between two short runs, by Myers' bit vectors. */
static unsigned
plain_edits(const char *a, unsigned a_len, const char *b, unsigned b_len)
{
	uint64_t where[SLOTS] = {0};
	for (unsigned i = 0; i < a_len; i++)
		where[slot_of(a[i])] |= UINT64_C(1) << i;
	uint64_t up = ~UINT64_C(0), down = 0, last = UINT64_C(1) << (a_len - 1);
	unsigned score = a_len;
	for (unsigned j = 0; j < b_len; j++) {
		uint64_t eq = where[slot_of(b[j])];
		uint64_t x = (((eq & up) + up) ^ up) | eq | down;
		uint64_t more = down | ~(x | up), less = up & x;
		score += (more & last) != 0;
		score -= (less & last) != 0;
		more = more << 1 | 1;
		up = less << 1 | ~(x | more);
		down = more & x;
	}
	return score;
}

/* Could the two be a misspelling of each other? Told from lengths and letters, then by counting plain edits. */
static bool
may_be_misspelled(const char *a, unsigned a_len, const char *b, unsigned b_len, uint32_t sets[2])
{
	unsigned longer = a_len > b_len ? a_len : b_len, apart = longer - (a_len + b_len - longer);
	unsigned limit = longer < 3 ? 1 : (longer * 2 + 3) / 5;
	if (apart > limit || a_len == 0 || b_len == 0)
		return false;
	unsigned other = (unsigned)__builtin_popcount(sets[0] & ~sets[1]);
	unsigned another = (unsigned)__builtin_popcount(sets[1] & ~sets[0]);
	if ((other > another ? other : another) > limit)
		return false;
	return plain_edits(a, a_len, b, b_len) <= limit;
}

static struct cs_span
span_of(const char *text, unsigned n)
{
	return (struct cs_span){(const uint8_t *)text, n};
}

/* The most that a misspelling may cost, in quarters, when words of which the LONGER has so many letters are to be alike by
 * PERMILLE at least. */
static unsigned
most_cost(unsigned longer, unsigned permille)
{
	unsigned lost = 1000 - permille, cost = (longer * (lost + 1) - 1) / 250;
	return least(cost, longer * 2);
}

static struct cs_term_likeness
misspelled(const struct cs_term *a, const struct cs_term *b, unsigned permille_least)
{
	enum { NEVER = 1000 };
	unsigned longer = a->len > b->len ? a->len : b->len, best = NEVER, most = most_cost(longer, permille_least);
	if (may_be_misspelled(a->text, a->len, b->text, b->len, (uint32_t[]){a->letters, b->letters}))
		best = cs_term_cost(span_of(a->text, a->len), span_of(b->text, b->len), most);
	if (may_be_misspelled(a->sound, a->sound_len, b->sound, b->sound_len, (uint32_t[]){a->sounds, b->sounds})) {
		unsigned cost = cs_term_cost(span_of(a->sound, a->sound_len), span_of(b->sound, b->sound_len), most);
		best = least(best, cost + 1);
	}
	if (best > most)
		return (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
	unsigned permille = longer > 1 ? 1000 - best * 250 / longer : 1000 - best * 250;
	return (struct cs_term_likeness){(uint16_t)permille, CS_TERM_EDIT, (uint8_t)best};
}

static bool
is_unvowelled(const struct cs_term *t)
{
	return t->script == CS_FOLD_ARABIC || t->script == CS_FOLD_HEBREW;
}

/* Across scripts the consonants are compared. */
static struct cs_term_likeness
by_bones(const struct cs_term *a, const struct cs_term *b)
{
	static const uint16_t by_len[CS_TERM_BONES_MAX + 1] = {0,   700, 800, 880, 920, 940, 950,
							       960, 960, 960, 960, 960, 960};
	struct cs_term_likeness none = {0, CS_TERM_OTHER, 0};
	unsigned longer = a->bones_len > b->bones_len ? a->bones_len : b->bones_len;
	if (longer == 0 || a->bones_len == 0 || b->bones_len == 0)
		return none;
	if (__builtin_popcount(a->skeleton ^ b->skeleton) > 2)
		return none;
	unsigned cost = cs_term_cost(span_of(a->bones, a->bones_len), span_of(b->bones, b->bones_len), PLAIN);
	if (cost > PLAIN || cost * 250 / longer + BONES_LEAST > by_len[longer])
		return none;
	unsigned permille = by_len[longer] - cost * 250 / longer;
	return (struct cs_term_likeness){(uint16_t)permille, CS_TERM_BONES, (uint8_t)cost};
}

/* Is SHORT an abbreviation of LONG: its beginning, or its first letter and some of its consonants in order? */
static bool
abbreviates(const struct cs_term *brief, const struct cs_term *whole)
{
	if (brief->len < 2 || brief->len + 2 > whole->len || brief->text[0] != whole->text[0])
		return false;
	if (brief->len >= 3 && memcmp(brief->text, whole->text, brief->len) == 0)
		return true;
	unsigned at = 0;
	for (unsigned i = 0; i < brief->len; i++, at++) {
		if (is_vowel(brief->text[i]) && i > 0)
			return false;
		while (at < whole->len && whole->text[at] != brief->text[i])
			at++;
		if (at == whole->len)
			return false;
	}
	return brief->len >= 3;
}

static bool
same_family(const struct cs_term *a, const struct cs_term *b)
{
	for (unsigned i = 0; i < 2; i++)
		if (a->family[i] && (a->family[i] == b->family[0] || a->family[i] == b->family[1]))
			return true;
	return false;
}

void
cs_term_count_syllables(struct cs_term *token)
{
	unsigned count = 0;
	token->syllables = 0;
	if (token->script != CS_FOLD_LATIN && token->script != CS_FOLD_HAN)
		return;
	for (unsigned at = 0; at < token->len; count++) {
		unsigned len = syllable_len(token->text + at, token->len - at);
		if (len == 0)
			return;
		at += len;
	}
	token->syllables = (uint8_t)count;
}

static struct cs_term_likeness
compare(const struct cs_term *a, const struct cs_term *b, unsigned permille_least)
{
	bool signs = a->script == CS_FOLD_HAN && b->script == CS_FOLD_HAN;
	if (a->hash == b->hash)
		return (struct cs_term_likeness){signs && a->raw != b->raw ? 700 : 1000, CS_TERM_EQUAL, 0};
	if (signs || (a->script == CS_FOLD_HANGUL && b->script == CS_FOLD_HANGUL))
		return (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
	if (same_family(a, b))
		return (struct cs_term_likeness){900, CS_TERM_FAMILY, 0};
	bool chinese = a->syllables && b->syllables; /* each spelling is another syllable */
	if (!chinese && a->sound_len == b->sound_len && memcmp(a->sound, b->sound, a->sound_len) == 0)
		return (struct cs_term_likeness){940, CS_TERM_SOUND, 0};
	if (is_unvowelled(a) != is_unvowelled(b))
		return by_bones(a, b);
	if (a->len == 1 || b->len == 1) {
		bool same = a->len > 0 && b->len > 0 && a->text[0] == b->text[0];
		return (struct cs_term_likeness){same ? 500 : 0, same ? CS_TERM_INITIAL : CS_TERM_OTHER, 0};
	}
	struct cs_term_likeness edited = misspelled(a, b, permille_least);
	if (edited.permille < 700 && (abbreviates(a, b) || abbreviates(b, a)))
		return (struct cs_term_likeness){600, CS_TERM_SHORTENED, 0};
	return edited;
}

struct cs_term_likeness
cs_term_compare(const struct cs_term *a, const struct cs_term *b, unsigned least)
{
	struct cs_term_likeness likeness = compare(a, b, least < 1000 ? least : 1000);
	return likeness.permille >= least ? likeness : (struct cs_term_likeness){0, CS_TERM_OTHER, 0};
}

bool
cs_term_may_be_alike(const struct cs_term *a, const struct cs_term *b)
{
	bool same_sounds = a->sounds == b->sounds && a->sound_len == b->sound_len;
	if (a->hash == b->hash || same_sounds || (a->family[0] && b->family[0] && same_family(a, b)))
		return true;
	if (is_unvowelled(a) != is_unvowelled(b))
		return __builtin_popcount(a->skeleton ^ b->skeleton) <= 2;
	if (a->len == 1 || b->len == 1)
		return a->text[0] == b->text[0];
	unsigned longer = a->len > b->len ? a->len : b->len, apart = longer - (a->len + b->len - longer);
	unsigned limit = longer < 3 ? 1 : (longer * 2 + 3) / 5;
	if (apart <= limit && __builtin_popcount(a->letters & ~b->letters) <= (int)limit &&
	    __builtin_popcount(b->letters & ~a->letters) <= (int)limit)
		return true;
	longer = a->sound_len > b->sound_len ? a->sound_len : b->sound_len;
	apart = longer - (a->sound_len + b->sound_len - longer);
	limit = longer < 3 ? 1 : (longer * 2 + 3) / 5;
	if (apart <= limit && __builtin_popcount(a->sounds & ~b->sounds) <= (int)limit &&
	    __builtin_popcount(b->sounds & ~a->sounds) <= (int)limit)
		return true;
	return abbreviates(a, b) || abbreviates(b, a);
}

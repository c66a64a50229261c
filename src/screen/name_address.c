/*
 * See name.h: where an address begins that stands in one line with a name, "IVO QUELLMAR 12 LENIN STR OSLO".
 *
 * Said only where a number and a word for a street, a box or a house stand behind two words at least, so that a name of a firm with a
 * number, or a surname that is such a word (Lane), is none by that alone. Which words are of the name shows in what comes first; where it does
 * not, both may be.
 */
#include "screen/name.h"

enum { WORDS_MAX = 24, NUMBER_MAX = 6, NAME_WORDS_MIN = 2 };

/* How a word says that an address is there. */
enum sign { NOTHING, BEHIND /* its name: LENIN STR */, BEFORE /* RUE MARIE, BOX 12 */, WITHIN /* LENINSTRASSE */ };

struct word {
	uint16_t from;
	uint8_t len;
	bool number;
	uint8_t sign; /* enum sign */
};

struct row {
	const char *word;
	uint8_t sign;
};

/* The word in numbers is Arabic for street. */
static const struct row rows[] = {
	{"street", BEHIND},
	{"str", BEHIND},
	{"st", BEHIND},
	{"road", BEHIND},
	{"rd", BEHIND},
	{"avenue", BEHIND},
	{"ave", BEHIND},
	{"lane", BEHIND},
	{"square", BEHIND},
	{"boulevard", BEHIND},
	{"blvd", BEHIND},
	{"strasse", BEHIND},
	{"straat", BEHIND},
	{"rue", BEFORE},
	{"calle", BEFORE},
	{"via", BEFORE},
	{"rua", BEFORE},
	{"avenida", BEFORE},
	{"ul", BEFORE},
	{"ulitsa", BEFORE},
	{"ulica", BEFORE},
	{"flat", BEFORE},
	{"apt", BEFORE},
	{"apartment", BEFORE},
	{"box", BEFORE},
	{"pob", BEFORE},
	{"pobox", BEFORE},
	{"bldg", BEFORE},
	{"building", BEFORE},
	{"floor", BEFORE},
	{"gracht", BEHIND},
	{"laan", BEHIND},
	{"weg", BEHIND},
	{"gate", BEHIND},
	{"gata", BEHIND},
	{"gade", BEHIND},
	{"\u0634\u0627\u0631\u0639", BEFORE},
	{"brigade", NOTHING},
	{"renegade", NOTHING},
	{"regata", NOTHING},
};

/* Not "gate": Applegate and the like are names. */
static const char *const ends[] = {"strasse", "str",  "straat", "gasse",  "platz", "gatan",
				   "gaten",   "gata", "gade",   "gracht", "laan",  "weg"};

/* A sharp s is two letters, in whatever case. */
static const struct {
	const char *letter;
	uint8_t len;
} sharp[] = {{"\u00df", 2}, {"\u1e9e", 3}};

static bool
is_part_of_word(uint8_t c)
{
	return c >= 0x80 || (unsigned)((c | 32) - 'a') < 26 || (unsigned)(c - '0') < 10;
}

/* The bytes of the digit at AT, of those that are written with Arabic letters too; 0: it is none. */
static size_t
digit_at(struct cs_span text, size_t at)
{
	uint8_t c = text.at[at], next = at + 1 < text.len ? text.at[at + 1] : 0;
	if ((unsigned)(c - '0') < 10)
		return 1;
	bool arabic = c == 0xD9 && next >= 0xA0 && next <= 0xA9, persian = c == 0xDB && next >= 0xB0 && next <= 0xB9;
	return arabic || persian ? 2 : 0;
}

/* The length of the sharp s at AT of the word; 0: it is none. */
static size_t
sharp_at(struct cs_span word, size_t at)
{
	for (size_t i = 0; i < sizeof sharp / sizeof *sharp; i++)
		if (word.len - at >= sharp[i].len && memcmp(word.at + at, sharp[i].letter, sharp[i].len) == 0)
			return sharp[i].len;
	return 0;
}

/* The word in small letters; it is no longer than it was. */
static size_t
small_of(struct cs_span word, char out[UINT8_MAX])
{
	size_t n = 0;
	for (size_t at = 0; at < word.len; at++) {
		uint8_t c = word.at[at];
		size_t len = c < 0x80 ? 0 : sharp_at(word, at);
		if (len) {
			out[n++] = 's';
			out[n++] = 's';
			at += len - 1;
		} else {
			out[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
		}
	}
	return n;
}

static uint8_t
sign_of(struct cs_span word)
{
	char letters[UINT8_MAX];
	size_t n = small_of(word, letters);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strlen(rows[i].word) == n && memcmp(rows[i].word, letters, n) == 0)
			return rows[i].sign;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t len = strlen(ends[i]);
		if (n > len && memcmp(ends[i], letters + n - len, len) == 0)
			return WITHIN;
	}
	return NOTHING;
}

static unsigned
words_of(struct cs_span text, struct word out[WORDS_MAX])
{
	unsigned n = 0;
	for (size_t at = 0; at < text.len && n < WORDS_MAX;) {
		size_t from = at;
		while (at < text.len && is_part_of_word(text.at[at]))
			at++;
		size_t len = at - from;
		if (len == 0) {
			at++;
			continue;
		}
		bool brief = len <= UINT8_MAX;
		out[n] = (struct word){.from = (uint16_t)from, .len = (uint8_t)(brief ? len : UINT8_MAX)};
		size_t digit = digit_at(text, from);
		out[n].number = digit && len <= NUMBER_MAX * digit;
		out[n].sign = brief ? sign_of((struct cs_span){text.at + from, len}) : NOTHING;
		n++;
	}
	return n;
}

/* P.O. BOX: the letters before it are of it, too. */
static unsigned
with_letters(struct cs_span text, const struct word *word, unsigned at)
{
	while (at > 0 && word[at - 1].len <= 2 && (text.at[word[at - 1].from] | 32) >= 'o' &&
	       (text.at[word[at - 1].from] | 32) <= 'p')
		at--;
	return at;
}

/* Any digit behind the first letter? Most names have none. */
static bool
has_number(struct cs_span text)
{
	for (size_t i = 1; i < text.len; i++)
		if (digit_at(text, i))
			return true;
	return false;
}

unsigned
cs_name_before_address(struct cs_span text, struct cs_span out[CS_NAME_CUTS_MAX])
{
	struct word word[WORDS_MAX];
	if (text.len > CS_FOLD_BYTES_MAX || !has_number(text))
		return 0;
	unsigned n = words_of(text, word), number = NAME_WORDS_MIN, street = NAME_WORDS_MIN, cuts = 0;
	while (number < n && !word[number].number)
		number++;
	while (street < n && word[street].sign == NOTHING)
		street++;
	if (number >= n || street >= n)
		return 0;
	unsigned cut[CS_NAME_CUTS_MAX] = {number, 0};
	if (street < number)
		cut[0] = word[street].sign == BEHIND ? street - 1 : with_letters(text, word, street);
	if (street < number && word[street].sign == BEHIND)
		cut[1] = street - 2; /* the street may have a name of two words */
	for (unsigned i = 0; i < CS_NAME_CUTS_MAX; i++)
		if (cut[i] >= NAME_WORDS_MIN)
			out[cuts++] = (struct cs_span){text.at, (size_t)word[cut[i] - 1].from + word[cut[i] - 1].len};
	return cuts;
}

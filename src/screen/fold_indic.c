/*
 * The scripts of India, which were laid out alike: Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada,
 * Malayalam. Letters by the Hunterian system (which is ISO 15919 without its marks, with CH and SH), since names are written so.
 *
 * A consonant has an A in it that is not written. Languages of the north do not speak it at the end of a word, nor between a
 * vowel and a consonant and a consonant with a vowel, from the end on: Ram, Rajkumar. Names made of two keep it now and then:
 * the second reading takes only the last one away. In Bengali it is as often written O: that is its second reading.
 * Tamil has one letter for K and G, and so on: which it is shows in what stands beside it.
 */
#include "screen/fold_run.h"

#include <string.h>

enum script { DEVANAGARI, BENGALI, GURMUKHI, GUJARATI, ORIYA, TAMIL, TELUGU, KANNADA, MALAYALAM };

enum {
	FIRST = 0x900, /* each script has BLOCK signs */
	BLOCK = 0x80,
	CANDRABINDU = 0x01,
	ANUSVARA = 0x02,
	NUKTA = 0x3c,
	VIRAMA = 0x4d,
	UNITS_MAX = CS_FOLD_RUN_SIGNS_MAX,
};

/* Vowels that stand alone, 0x04 on. */
static const char alone[][3] = {"a", "a", "a", "i",  "i", "u", "u", "ri", "li",
				"e", "e", "e", "ai", "o", "o", "o", "au"};

/* Consonants, 0x15 on. */
static const char consonants[][4] = {"k",  "kh", "g", "gh", "n", "ch", "chh", "j",  "jh", "n",  "t", "th", "d",
				     "dh", "n",  "t", "th", "d", "dh", "n",   "n",  "p",  "ph", "b", "bh", "m",
				     "y",  "r",  "r", "l",  "l", "zh", "v",   "sh", "sh", "s",  "h"};

/* Consonants that Persian and Arabic words need, 0x58 on. */
static const char borrowed[][3] = {"q", "kh", "gh", "z", "r", "rh", "f", "y"};

/* Signs of vowels, 0x3e on. */
static const char vowels[][3] = {"a", "i", "i", "u", "u", "ri", "ri", "e", "e", "e", "ai", "o", "o", "o", "au"};

/* A consonant or none, and the vowel after it or none. */
struct unit {
	const char *consonant, *vowel;
	bool inherent; /* the vowel is not written */
	bool nasal;    /* the unit is the sign of a nasal alone */
	uint8_t at;    /* of the consonant in its block */
};

struct word {
	enum script script;
	unsigned n;
	struct unit unit[UNITS_MAX];
};

static bool
is_northern(enum script script)
{
	return script <= GUJARATI;
}

/* What a nukta makes of a consonant. */
static const char *
dotted(unsigned at, const char *consonant)
{
	static const struct {
		uint8_t at;
		char to[3];
	} rows[] = {{0x15, "q"},  {0x16, "kh"}, {0x17, "gh"}, {0x1c, "z"},  {0x21, "r"},
		    {0x22, "rh"}, {0x2b, "f"},  {0x2f, "y"},  {0x38, "sh"}, {0x32, "l"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].at == at)
			return rows[i].to;
	return consonant;
}

/* The consonant at a place of a block; NULL: none is there. */
static const char *
consonant_at(enum script script, unsigned at)
{
	static const char chillus[][2] = {"n", "n", "r", "l", "l", "k"};
	if (at >= 0x15 && at <= 0x39) {
		if (script == BENGALI && at == 0x2f)
			return "j";
		return consonants[at - 0x15];
	}
	if (script == MALAYALAM && at >= 0x7a)
		return chillus[at - 0x7a];
	if (script == BENGALI && at >= 0x70)
		return at == 0x70 ? "r" : at == 0x71 ? "w" : NULL;
	if (script == BENGALI && at == 0x4e)
		return "t";
	if (script == GURMUKHI && at >= 0x70)
		return NULL;
	return at >= 0x58 && at <= 0x5f ? borrowed[at - 0x58] : NULL;
}

/* Is it a consonant without a vowel by itself? */
static bool
is_final_form(enum script script, unsigned at)
{
	return (script == MALAYALAM && at >= 0x7a) || (script == BENGALI && at == 0x4e);
}

static bool
is_nasal_sign(enum script script, unsigned at)
{
	return at == CANDRABINDU || at == ANUSVARA || (script == GURMUKHI && at == 0x70);
}

static void
add_unit(struct word *word, struct unit unit)
{
	if (word->n < UNITS_MAX)
		word->unit[word->n++] = unit;
}

/* A sign that changes what stands before it, or stands alone. */
static void
read_sign(struct word *word, unsigned at)
{
	struct unit *last = word->n ? &word->unit[word->n - 1] : NULL;
	bool open = last && last->consonant && !last->nasal;
	if (is_nasal_sign(word->script, at))
		add_unit(word, (struct unit){.consonant = "n", .vowel = "", .nasal = true});
	else if (at >= 0x04 && at <= 0x14)
		add_unit(word, (struct unit){.vowel = alone[at - 0x04]});
	else if (at == VIRAMA && open)
		last->vowel = "", last->inherent = false;
	else if (at == NUKTA && open)
		last->consonant = dotted(last->at, last->consonant);
	else if (at >= 0x3e && at <= 0x4c && open)
		last->vowel = vowels[at - 0x3e], last->inherent = false;
	else if ((at == 0x57 || at == 0x56) && open && last->vowel[0] != 'a')
		last->inherent = false;
}

static void
read_units(const struct cs_fold_run *run, struct word *word)
{
	bool doubles = false;
	word->script = (enum script)((run->sign[0] - FIRST) / BLOCK);
	word->n = 0;
	for (unsigned i = 0; i < run->n; i++) {
		unsigned at = (unsigned)(run->sign[i] - FIRST) % BLOCK;
		const char *consonant = consonant_at(word->script, at);
		if (word->script == GURMUKHI && at == 0x71) {
			doubles = true; /* the next consonant is long */
			continue;
		}
		if (!consonant) {
			read_sign(word, at);
			continue;
		}
		bool final = is_final_form(word->script, at);
		if (doubles)
			add_unit(word, (struct unit){.consonant = consonant, .vowel = "", .at = (uint8_t)at});
		doubles = false;
		add_unit(word, (struct unit){consonant, final ? "" : "a", !final, false, (uint8_t)at});
	}
}

static bool
has_vowel(const struct word *word, unsigned i)
{
	return word->unit[i].vowel[0] != '\0';
}

/* Is the last vowel spoken after a cluster? Where it ends in a sonorant, Chandra, Krishna, but not Bhakt; in Bengali it is. */
static bool
is_spoken_after(const struct word *word)
{
	static const char sonorants[] = "yrlvnm";
	const char *last = word->unit[word->n - 1].consonant, *before = word->unit[word->n - 2].consonant;
	bool rises = last && before && strchr(sonorants, last[0]) && !strchr(sonorants, before[0]);
	return rises || word->script == BENGALI;
}

/* Takes away the vowels that are not spoken. */
static void
silence(struct cs_fold_run *run, struct word *word)
{
	struct unit *last = &word->unit[word->n - 1];
	if (!is_northern(word->script) || word->n < 2)
		return;
	bool cluster = !has_vowel(word, word->n - 2) && !word->unit[word->n - 2].nasal;
	run->other |= cluster && last->inherent;
	if (last->inherent && !(cluster && is_spoken_after(word) != (run->reading == 1)))
		last->vowel = "", last->inherent = false;
	for (unsigned i = word->n - 1; i-- > 1;) {
		const struct unit *next = &word->unit[i + 1];
		bool onset = word->script == GURMUKHI && i + 2 < word->n && next->consonant &&
			     word->unit[i + 2].consonant && word->unit[i + 2].consonant[0] == 'r';
		bool between = word->unit[i].inherent && has_vowel(word, i - 1) && !next->nasal && next->consonant &&
			       (has_vowel(word, i + 1) || onset);
		if (!between)
			continue;
		run->other |= word->script != BENGALI;
		if (run->reading == 0 || word->script == BENGALI)
			word->unit[i].vowel = "", word->unit[i].inherent = false;
	}
}

/* One letter of Tamil for several sounds. */
static const char *
tamil(const struct word *word, unsigned i)
{
	const struct unit *unit = &word->unit[i], *before = i ? unit - 1 : NULL;
	bool nasal = before && !has_vowel(word, i - 1) && before->consonant &&
		     (before->consonant[0] == 'n' || before->consonant[0] == 'm');
	bool between = before && has_vowel(word, i - 1) && unit->vowel[0];
	bool first = !before;
	switch (unit->at) {
	case 0x15:
		return nasal || between ? "g" : "k";
	case 0x1a:
		return nasal ? "j" : first || between ? "s" : "ch";
	case 0x1f:
		return nasal || between ? "d" : "t";
	case 0x24:
		return nasal ? "d" : "th";
	case 0x2a:
		return nasal || between ? "b" : "p";
	default:
		return unit->consonant;
	}
}

/* A nasal is one of the lips before a sound of the lips, and at the end of a word of the south. */
static const char *
nasal_of(const struct word *word, unsigned i)
{
	const char *next = i + 1 < word->n && word->unit[i + 1].consonant ? word->unit[i + 1].consonant : "";
	bool lips = next[0] && strchr("pbm", next[0]);
	if (next[0] == 'h' && is_northern(word->script))
		return "ng"; /* Singh */
	return lips || (i + 1 == word->n && !is_northern(word->script)) ? "m" : "n";
}

void
cs_fold_indic(struct cs_fold_run *run)
{
	struct word word;
	read_units(run, &word);
	if (word.n == 0)
		return;
	silence(run, &word);
	for (unsigned i = 0; i < word.n; i++) {
		const struct unit *unit = &word.unit[i];
		const char *consonant = unit->consonant ? unit->consonant : "", *vowel = unit->vowel;
		bool gives_g = unit->at == 0x1e && i && word.unit[i - 1].at == 0x1c && !has_vowel(&word, i - 1);
		if (unit->nasal)
			consonant = nasal_of(&word, i);
		else if (word.script == TAMIL && unit->consonant)
			consonant = tamil(&word, i);
		else if (gives_g && word.script != MALAYALAM && run->len) /* spoken GY: Gyan */
			run->letters[run->len - 1] = 'g', consonant = "y";
		else if (word.script == BENGALI && unit->at == 0x2f && i && !has_vowel(&word, i - 1))
			consonant = strcmp(consonant, "j") == 0 ? "y" : consonant; /* second of a cluster */
		if (unit->inherent && word.script == BENGALI) {
			run->other = true;
			vowel = run->reading ? "o" : vowel;
		}
		cs_fold_run_put(run, consonant);
		cs_fold_run_put(run, vowel);
	}
}

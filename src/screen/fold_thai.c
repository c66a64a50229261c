/*
 * Thai by the Royal system (RTGS): vowels stand before, above, below or behind their consonant, many are not written, and a
 * consonant sounds otherwise at the end of a syllable. The second reading is how people write their names: without the H of
 * PH, TH, KH, with J for CH where the letter is that of "jai", and ORN, OL where the Royal system has ON.
 *
 * A word is read syllable by syllable, by rules alone: where it needs a dictionary (linked vowels: "Chinnawat"), it is
 * read as it is written.
 */
#include "screen/fold_run.h"

#include <string.h>

enum {
	KO_KAI = 0x0e01,
	HO_NOKHUK = 0x0e2e,
	NGO = 0x0e07,
	NO_NEN = 0x0e13,
	CHO_CHAN = 0x0e08,
	TO_TAO = 0x0e15,
	THO_THAHAN = 0x0e17,
	NO_NU = 0x0e19,
	MO = 0x0e21,
	YO = 0x0e22,
	RO = 0x0e23,
	LO = 0x0e25,
	WO = 0x0e27,
	SO_SALA = 0x0e28,
	SO_SUEA = 0x0e2a,
	HO = 0x0e2b,
	O_ANG = 0x0e2d,
	A = 0x0e30,
	HAN_AKAT = 0x0e31,
	AA = 0x0e32,
	AM = 0x0e33,
	I = 0x0e34,
	UEE = 0x0e37,
	UU = 0x0e39,
	E = 0x0e40,
	AE = 0x0e41,
	OO = 0x0e42,
	AI_MUAN = 0x0e43,
	AI_MALAI = 0x0e44,
	SHORT = 0x0e47, /* mai taikhu */
	SILENT = 0x0e4c,
};

/* First sound of a syllable, as people write it where that is otherwise, and last sound. */
static const struct {
	char first[4], people[4], last[3];
} letters[HO_NOKHUK - KO_KAI + 1] = {
	{"k", "", "k"},   {"kh", "k", "k"}, {"kh", "k", "k"}, {"kh", "k", "k"}, {"kh", "k", "k"}, {"kh", "k", "k"},
	{"ng", "", "ng"}, {"ch", "j", "t"}, {"ch", "", "t"},  {"ch", "", "t"},  {"s", "", "t"},   {"ch", "", "t"},
	{"y", "", "n"},   {"d", "", "t"},   {"t", "", "t"},   {"th", "t", "t"}, {"th", "t", "t"}, {"th", "t", "t"},
	{"n", "", "n"},   {"d", "", "t"},   {"t", "", "t"},   {"th", "t", "t"}, {"th", "t", "t"}, {"th", "t", "t"},
	{"n", "", "n"},   {"b", "", "p"},   {"p", "", "p"},   {"ph", "p", "p"}, {"f", "", "p"},   {"ph", "p", "p"},
	{"f", "", "p"},   {"ph", "p", "p"}, {"m", "", "m"},   {"y", "", "i"},   {"r", "", "n"},   {"rue", "", ""},
	{"l", "", "n"},   {"lue", "", ""},  {"w", "", "o"},   {"s", "", "t"},   {"s", "", "t"},   {"s", "", "t"},
	{"h", "", ""},    {"l", "", "n"},   {"", "", ""},     {"h", "", ""},
};

/* The word, without tones and what is silent. */
struct word {
	struct cs_fold_run *run;
	unsigned n, at;
	int32_t vowel; /* that was read last; 0: it was not written */
	int32_t sign[CS_FOLD_RUN_SIGNS_MAX + 1];
	bool closes[CS_FOLD_RUN_SIGNS_MAX + 1]; /* what stood behind it was struck out: its syllable ends there */
};

static bool
is_consonant(int32_t sign)
{
	return sign >= KO_KAI && sign <= HO_NOKHUK;
}

static bool
stands_before(int32_t sign)
{
	return sign >= E && sign <= AI_MALAI;
}

/* A vowel that stands above, below or behind its consonant. */
static bool
stands_after(int32_t sign)
{
	return (sign >= A && sign <= UU) || sign == SHORT;
}

static int32_t
sign_at(const struct word *word, unsigned at)
{
	return at < word->n ? word->sign[at] : 0;
}

static bool
is_nasal(int32_t sign)
{
	return sign == NGO || sign == NO_NEN || sign == NO_NU || sign == MO;
}

/* A letter that is struck out is silent, with its vowel, and so is a consonant before it that nothing is left for. */
static void
strike_out(struct word *word)
{
	if (word->n && !is_consonant(word->sign[word->n - 1]) && stands_after(word->sign[word->n - 1]))
		word->n--;
	if (word->n && is_consonant(word->sign[word->n - 1]))
		word->n--;
	/* chan(t[r]): two consonants behind a vowel that is written, of which the first ends the syllable; but a nasal sounds, and
	 * the two are a syllable: di-wong[s], a-rom[n], su-khon[th] */
	if (word->n >= 3 && is_consonant(word->sign[word->n - 1]) && is_consonant(word->sign[word->n - 2]) &&
	    stands_after(word->sign[word->n - 3]) && !is_nasal(word->sign[word->n - 1]))
		word->n--;
	if (word->n)
		word->closes[word->n - 1] = true;
}

static void
read_signs(struct word *word)
{
	const struct cs_fold_run *run = word->run;
	for (unsigned i = 0; i < run->n; i++) {
		int32_t sign = run->sign[i];
		if (sign == SILENT) {
			strike_out(word);
		} else if (is_consonant(sign) || stands_before(sign) || stands_after(sign)) {
			word->closes[word->n] = false;
			word->sign[word->n++] = sign;
		}
	}
}

static void
put_first(struct word *word, int32_t sign)
{
	const char *royal = letters[sign - KO_KAI].first, *people = letters[sign - KO_KAI].people;
	word->run->other |= people[0] != '\0';
	cs_fold_run_put(word->run, people[0] && word->run->reading ? people : royal);
}

/* Do the consonants at AT begin a syllable together? */
static bool
is_pair(const struct word *word, unsigned at)
{
	int32_t one = sign_at(word, at), two = sign_at(word, at + 1);
	if (!is_consonant(one) || !is_consonant(two))
		return false;
	const char *text = letters[one - KO_KAI].first;
	bool stop =
		strcmp(text, "k") == 0 || strcmp(text, "kh") == 0 || strcmp(text, "p") == 0 || strcmp(text, "ph") == 0;
	bool leads = one == HO && strchr("ynmlrw", letters[two - KO_KAI].first[0]) && letters[two - KO_KAI].first[0];
	bool tr = two == RO && (strcmp(text, "t") == 0 || one == THO_THAHAN || one == SO_SALA || one == SO_SUEA);
	return leads || tr || (one == O_ANG && two == YO) || (stop && (two == RO || two == LO || two == WO));
}

/* Puts what a syllable begins with; gives how many signs that is. */
static unsigned
put_beginning(struct word *word, bool pair)
{
	int32_t one = word->sign[word->at];
	if (!pair) {
		put_first(word, one);
		return 1;
	}
	int32_t two = word->sign[word->at + 1];
	if (one == THO_THAHAN && two == RO) {
		word->run->other |= word->at > 0;
		cs_fold_run_put(word->run, word->at && word->run->reading ? "tr" : "s");
		return 2;
	}
	bool mute = one == HO || one == O_ANG, sr = two == RO && (one == SO_SALA || one == SO_SUEA);
	if (!mute)
		put_first(word, one);
	if (!sr)
		put_first(word, two);
	return 2;
}

/* Does the word end in the consonant at AT and an R that is mute? After a short vowel it does: chak(r), mit(r). */
static bool
is_before_mute(const struct word *word, unsigned at)
{
	int32_t sign = sign_at(word, at);
	bool brief = word->vowel == HAN_AKAT || (word->vowel >= I && word->vowel <= UU);
	return brief && sign_at(word, at + 1) == RO && at + 2 == word->n &&
	       (sign == KO_KAI || sign == TO_TAO || sign == THO_THAHAN);
}

/* Is the consonant at AT the end of the syllable before it, and not the beginning of the next? */
static bool
is_last(const struct word *word, unsigned at)
{
	int32_t sign = sign_at(word, at), next = sign_at(word, at + 1);
	if (!is_consonant(sign) || sign == O_ANG || sign == HO || stands_after(next))
		return false;
	if (next == RO && sign_at(word, at + 2) == RO)
		return false; /* -an */
	if (is_consonant(next) && (at + 2 == word->n || word->closes[at + 1]))
		return is_before_mute(word, at); /* these two are a syllable: u-dom, na-khon */
	if (sign == RO && is_consonant(next) && word->vowel >= I && word->vowel <= UU)
		return false; /* su-ra-chai */
	return !(is_pair(word, at) && stands_after(sign_at(word, at + 2)));
}

/* Puts the end of the syllable at AT, if there is one; gives where the next one begins. OPEN: the vowel was not written. */
static unsigned
put_end(struct word *word, unsigned at, bool open)
{
	if (!is_last(word, at))
		return at;
	int32_t sign = word->sign[at];
	bool people = word->run->reading, liquid = sign == RO || sign == LO;
	word->run->other |= liquid;
	if (open && sign == RO && people)
		cs_fold_run_put(word->run, "rn");
	else if (sign == LO && people)
		cs_fold_run_put(word->run, "l");
	else
		cs_fold_run_put(word->run, letters[sign - KO_KAI].last);
	return is_before_mute(word, at) ? at + 2 : at + 1;
}

/* A syllable whose vowel begins before its consonant. */
static void
put_led(struct word *word)
{
	int32_t vowel = word->sign[word->at++];
	if (!is_consonant(sign_at(word, word->at)))
		return;
	int32_t second = sign_at(word, word->at + 1), third = sign_at(word, word->at + 2);
	bool pair = is_pair(word, word->at);
	if (!pair && vowel == E && is_consonant(second) && third >= I && third <= UEE) {
		put_first(word, word->sign[word->at++]); /* cha-loem: the vowel is around the second */
		cs_fold_run_put(word->run, "a");
	}
	word->at += put_beginning(word, pair);
	word->vowel = vowel;
	int32_t next = sign_at(word, word->at), after = sign_at(word, word->at + 1);
	const char *sound = vowel == AE ? "ae" : vowel == OO ? "o" : vowel == E ? "e" : "ai";
	unsigned taken = next == A || next == SHORT;
	if (vowel >= AI_MUAN) {
		taken = next == YO && !stands_after(after);
	} else if (vowel == E && next == AA) {
		sound = after == A ? "o" : "ao", taken = 1 + (after == A);
	} else if (vowel == E && next == I + 1 && after == YO) {
		sound = "ia", taken = 2;
	} else if (vowel == E && next == UEE && after == O_ANG) {
		sound = "uea", taken = 2;
	} else if (vowel == E && (next == O_ANG || next == I)) {
		sound = "oe", taken = 1;
	} else if (vowel == E && next == YO && !stands_after(after)) {
		sound = "oei", taken = 1;
	}
	cs_fold_run_put(word->run, sound);
	word->at = vowel >= AI_MUAN ? word->at + taken : put_end(word, word->at + taken, false);
}

/* A syllable whose vowel stands above, below or behind its consonant, which is read. */
static void
put_followed(struct word *word)
{
	static const char sounds[UU - A + 1][4] = {"a", "a", "a", "am", "i", "i", "ue", "ue", "u", "u"};
	int32_t vowel = word->sign[word->at++], next = sign_at(word, word->at);
	word->vowel = vowel;
	if (vowel == SHORT) {
		cs_fold_run_put(word->run, next == O_ANG ? "o" : "");
		word->at += next == O_ANG;
	} else if (vowel == HAN_AKAT && next == WO) {
		cs_fold_run_put(word->run, "ua");
		word->at++;
	} else {
		cs_fold_run_put(word->run, sounds[vowel - A]);
		word->at += vowel == UEE && next == O_ANG;
	}
	if (vowel != A && vowel != AM)
		word->at = put_end(word, word->at, false);
}

/* A syllable without a vowel sign, whose beginning is read: -an, -ua-, -o-, or a short A. */
static void
put_open(struct word *word, int32_t first)
{
	int32_t next = sign_at(word, word->at), after = sign_at(word, word->at + 1);
	word->vowel = 0;
	if (first == WO && next == RO && is_consonant(after) && after != RO) { /* wo-ra-chai */
		cs_fold_run_put(word->run, "o");
	} else if (next == RO && after == RO) { /* -an, and -a- before another end */
		bool closed = is_last(word, word->at + 2);
		cs_fold_run_put(word->run, closed ? "a" : "an");
		word->at = put_end(word, word->at + 2, false);
	} else if (next == O_ANG && !stands_after(after)) {
		cs_fold_run_put(word->run, "o");
		word->at = put_end(word, word->at + 1, false);
	} else if (next == WO && is_last(word, word->at + 1)) {
		cs_fold_run_put(word->run, "ua");
		word->at = put_end(word, word->at + 1, false);
	} else if (first != O_ANG && is_last(word, word->at)) {
		cs_fold_run_put(word->run, "o");
		word->at = put_end(word, word->at, true);
	} else {
		cs_fold_run_put(word->run, word->at == word->n ? "" : "a");
	}
}

static void
put_syllable(struct word *word)
{
	int32_t first = word->sign[word->at];
	if (stands_before(first)) {
		put_led(word);
		return;
	}
	if (!is_consonant(first)) {
		word->at++; /* a vowel of nothing */
		return;
	}
	/* Two may begin it together, if a vowel follows them. */
	int32_t third = sign_at(word, word->at + 2);
	bool pair = is_pair(word, word->at) && (stands_after(third) || is_last(word, word->at + 2) || third == O_ANG);
	word->at += put_beginning(word, pair);
	if (stands_after(sign_at(word, word->at)))
		put_followed(word);
	else
		put_open(word, first);
}

void
cs_fold_thai(struct cs_fold_run *run)
{
	struct word word = {.run = run};
	read_signs(&word);
	while (word.at < word.n)
		put_syllable(&word);
}

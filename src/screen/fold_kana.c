/*
 * Kana by the modified Hepburn system, as in Japanese passports: long vowels of O and U are written once. The second reading
 * writes them as they are spelled ("satou") and N before B, M and P as M ("namba"), as older Hepburn does.
 *
 * A mark of voicing may be a sign of its own, combining or of half width; a small tsu doubles the consonant after it, CH as
 * TCH; a small ya, yu, yo or vowel makes one syllable with what stands before it.
 */
#include "screen/fold_run.h"

#include <string.h>

enum {
	FIRST = 0x3041, /* small a of Hiragana; Katakana stands KATAKANA higher in the same order */
	LAST = 0x3096,
	KATAKANA = 0x60,
	HALF_FIRST = 0xff66,
	HALF_LAST = 0xff9d,
	SMALL_TSU = 0x3063,
	U = 0x3046,
	E = 0x3048,
	O = 0x304a,
	N = 0x3093,
	VU = 0x3094,
	WA = 0x308f,
	WO = 0x3092,
	VA = 0x30f7, /* with a mark of voicing; VI, VE and VO follow */
	VO = 0x30fa,
	LONG = 0x30fc,
};

static const char syllables[LAST - FIRST + 1][4] = {
	"a",  "a",  "i",  "i",  "u",   "u",  "e",  "e",  "o",  "o",  "ka", "ga", "ki", "gi", "ku",  "gu", "ke", "ge",
	"ko", "go", "sa", "za", "shi", "ji", "su", "zu", "se", "ze", "so", "zo", "ta", "da", "chi", "ji", "",   "tsu",
	"zu", "te", "de", "to", "do",  "na", "ni", "nu", "ne", "no", "ha", "ba", "pa", "hi", "bi",  "pi", "fu", "bu",
	"pu", "he", "be", "pe", "ho",  "bo", "po", "ma", "mi", "mu", "me", "mo", "ya", "ya", "yu",  "yu", "yo", "yo",
	"ra", "ri", "ru", "re", "ro",  "wa", "wa", "i",  "e",  "o",  "n",  "vu", "ka", "ke"};

/* Katakana of half width, as Hiragana. */
static const uint16_t halves[HALF_LAST - HALF_FIRST + 1] = {
	0x3092, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3083, 0x3085, 0x3087, 0x3063, LONG,   0x3042, 0x3044, 0x3046,
	0x3048, 0x304a, 0x304b, 0x304d, 0x304f, 0x3051, 0x3053, 0x3055, 0x3057, 0x3059, 0x305b, 0x305d, 0x305f, 0x3061,
	0x3064, 0x3066, 0x3068, 0x306a, 0x306b, 0x306c, 0x306d, 0x306e, 0x306f, 0x3072, 0x3075, 0x3078, 0x307b, 0x307e,
	0x307f, 0x3080, 0x3081, 0x3082, 0x3084, 0x3086, 0x3088, 0x3089, 0x308a, 0x308b, 0x308c, 0x308d, 0x308f, 0x3093};

static const char *
syllable(int32_t sign)
{
	static const char voiced_w[VO - VA + 1][3] = {"va", "vi", "ve", "vo"};
	if (sign >= VA && sign <= VO)
		return voiced_w[sign - VA];
	return sign >= FIRST && sign <= LAST ? syllables[sign - FIRST] : "";
}

/* A sign as Hiragana, if it is a syllable. */
static int32_t
plain(int32_t sign)
{
	if (sign >= VA && sign <= VO)
		return sign; /* Hiragana has none of these */
	if (sign >= HALF_FIRST && sign <= HALF_LAST)
		return halves[sign - HALF_FIRST];
	return sign >= FIRST + KATAKANA && sign <= LAST + KATAKANA ? sign - KATAKANA : sign;
}

static bool
is_voicing(int32_t sign)
{
	return sign == 0x3099 || sign == 0x309b || sign == 0xff9e;
}

static bool
is_half_voicing(int32_t sign)
{
	return sign == 0x309a || sign == 0x309c || sign == 0xff9f;
}

/* A syllable with a mark of voicing; others stay as they are. */
static int32_t
voiced(int32_t sign, bool half)
{
	const char *text = syllable(sign);
	bool lips = text[0] == 'h' || text[0] == 'f';
	if (half)
		return lips ? sign + 2 : sign;
	if (sign == U)
		return VU;
	if (sign >= WA && sign <= WO)
		return sign - WA + VA;
	return lips || (text[0] && strchr("kstc", text[0]) && sign < 0x306a) ? sign + 1 : sign;
}

/* Marks go into what they stand behind, and a sign of repetition becomes what it repeats. */
static void
compose(struct cs_fold_run *run)
{
	unsigned n = 0;
	for (unsigned i = 0; i < run->n; i++) {
		int32_t sign = run->sign[i], before = n ? run->sign[n - 1] : 0;
		bool half = is_half_voicing(sign);
		bool again = sign == 0x309d || sign == 0x30fd, again_voiced = sign == 0x309e || sign == 0x30fe;
		if (half || is_voicing(sign)) {
			if (n)
				run->sign[n - 1] = voiced(before, half);
			continue;
		}
		if (again || again_voiced)
			sign = again ? before : voiced(before, false);
		run->sign[n++] = plain(sign);
	}
	run->n = n;
}

/* Small vowels and ya, yu, yo. */
static bool
is_small(int32_t sign)
{
	return (sign >= FIRST && sign <= 0x3049 && (sign - FIRST) % 2 == 0) || sign == 0x3083 || sign == 0x3085 ||
	       sign == 0x3087 || sign == 0x308e;
}

static bool
ends_in(const struct cs_fold_run *run, char letter)
{
	return run->len > 0 && run->letters[run->len - 1] == letter;
}

/* A small sign: it takes the vowel of what stands before it away. */
static void
put_small(struct cs_fold_run *run, int32_t sign, int32_t before)
{
	const char *text = syllable(sign), *head = syllable(before);
	bool glide = text[0] == 'y' || text[0] == 'w', alone = head[0] && !head[1];
	if (!head[0] || ends_in(run, text[strlen(text) - 1])) {
		if (!ends_in(run, text[strlen(text) - 1]) || glide)
			cs_fold_run_put(run, text);
		return;
	}
	run->len--;
	if (alone && !glide)
		cs_fold_run_put(run, before == U ? "w" : head[0] == 'i' ? "y" : head);
	else if (!glide && (strcmp(head, "ku") == 0 || strcmp(head, "gu") == 0))
		cs_fold_run_put(run, "w");
	bool soft = strcmp(head, "shi") == 0 || strcmp(head, "chi") == 0 || strcmp(head, "ji") == 0;
	cs_fold_run_put(run, glide && soft ? text + 1 : text);
}

/* Does the sign at AT only make the vowel before it long? Of "inoue" it does not. */
static bool
is_length(const struct cs_fold_run *run, unsigned at)
{
	int32_t sign = run->sign[at];
	if (sign == U)
		return (ends_in(run, 'o') || ends_in(run, 'u')) && !(at + 1 < run->n && run->sign[at + 1] == E);
	return sign == O && ends_in(run, 'o');
}

/* The consonant that a small tsu doubles. */
static void
put_doubled(struct cs_fold_run *run, const char *next)
{
	const char letter[2] = {next[0] == 'c' ? 't' : next[0], '\0'};
	if (letter[0] && !strchr("aeioun", letter[0]))
		cs_fold_run_put(run, letter);
}

void
cs_fold_kana(struct cs_fold_run *run)
{
	compose(run);
	for (unsigned i = 0; i < run->n; i++) {
		int32_t sign = run->sign[i];
		const char *next = i + 1 < run->n ? syllable(run->sign[i + 1]) : "";
		bool lips = sign == N && next[0] && strchr("bmp", next[0]), length = is_length(run, i);
		run->other |= lips || length;
		if (length && run->reading == 0)
			continue;
		if (i > 0 && is_small(sign))
			put_small(run, sign, run->sign[i - 1]);
		else if (sign == SMALL_TSU)
			put_doubled(run, next);
		else
			cs_fold_run_put(run, lips && run->reading ? "m" : syllable(sign));
	}
}

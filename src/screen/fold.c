/*
 * See fold.h. The table of letters is fold.inc, made by fold_table.py; syllables of Hangul are arithmetic; scripts whose letters
 * say nothing one by one are read a run at a time (fold_run.h).
 */
#include "screen/fold.h"
#include "base/hash.h"
#include "screen/fold.inc"
#include "screen/fold_run.h"

enum {
	SEPARATOR = 0,
	DROP = 1,
	LEN_MASK = 7,
	UPPER = 8,
	LOWER = 16,
	INHERENT = 32, /* the last letter is a vowel that a sign after it takes away */
	ERASE = 64,    /* such a sign */
	ALONE = 128,   /* a piece of its own */
	HANGUL_FIRST = 0xac00,
	HANGUL_LAST = 0xd7a3,
	MATHEMATICAL_FIRST = 0x1d400, /* alphabets of styled Latin letters, 52 each */
	MATHEMATICAL_LAST = 0x1d6a3,
	INVALID = -1,
	HEH = 0x0647,
	HEH_GOAL = 0x06c1,
	HEBREW_FIRST = 0x0591,
	HEBREW_LAST = 0x05ea,
	INDIC_FIRST = 0x0900,
	INDIC_LAST = 0x0d7f,
	INDIC_BLOCK = 0x80,
	THAI_FIRST = 0x0e01,
	THAI_LAST = 0x0e4e,
	KANA_FIRST = 0x3041,
	KANA_LAST = 0x30fe,
	KANA_HALF_FIRST = 0xff66,
	KANA_HALF_LAST = 0xff9f,
	JOINER_FIRST = 0x200c, /* whether signs are drawn as one: says nothing */
	JOINER_LAST = 0x200d,
	PUT_TOGETHER = 8, /* letters of a run */
};

/* What is being read. */
struct reading {
	struct cs_span name;
	struct cs_folded *out;
	struct cs_fold_piece *piece; /* the open one, or NULL */
	size_t at;                   /* of the character being read */
	size_t next;                 /* of the one after it */
	uint8_t marks;               /* what stood before the next piece */
	uint8_t brackets;
	bool lower; /* the last letter was a small one */
	bool inherent;
	uint8_t as; /* which reading */
};

/* The character at AT, and how long it is; INVALID with length 1 when it is none. */
static int32_t
character(struct cs_span name, size_t at, size_t *len)
{
	const uint8_t *s = name.at + at;
	size_t left = name.len - at;
	*len = 1;
	if (s[0] < 0x80)
		return s[0];
	unsigned n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || left < n)
		return INVALID;
	int32_t value = s[0] & (0x7f >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return INVALID;
		value = value << 6 | (s[i] & 0x3f);
	}
	static const int32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return INVALID;
	*len = n;
	return value;
}

static uint8_t
script_of(int32_t c)
{
	static const struct {
		int32_t first, last;
		uint8_t script;
	} ranges[] = {
		{0x0000, 0x02ff, CS_FOLD_LATIN},  {0x1e00, 0x1eff, CS_FOLD_LATIN},
		{0xff21, 0xff5a, CS_FOLD_LATIN},  {0x0370, 0x03ff, CS_FOLD_GREEK},
		{0x1f00, 0x1fff, CS_FOLD_GREEK},  {0x0400, 0x052f, CS_FOLD_CYRILLIC},
		{0x0590, 0x05ff, CS_FOLD_HEBREW}, {0xfb1d, 0xfb4f, CS_FOLD_HEBREW},
		{0x0600, 0x08ff, CS_FOLD_ARABIC}, {0xfb50, 0xfdff, CS_FOLD_ARABIC},
		{0xfe70, 0xfeff, CS_FOLD_ARABIC}, {0x3040, 0x30ff, CS_FOLD_KANA},
		{0xff66, 0xff9f, CS_FOLD_KANA},   {0x3400, 0x9fff, CS_FOLD_HAN},
		{0xf900, 0xfaff, CS_FOLD_HAN},    {HANGUL_FIRST, HANGUL_LAST, CS_FOLD_HANGUL},
	};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return ranges[i].script;
	return CS_FOLD_OTHER;
}

static void
close_piece(struct reading *r)
{
	r->piece = NULL;
	r->lower = r->inherent = false;
}

/* The open piece, one being opened for it if need be; NULL: a limit is met. */
static struct cs_fold_piece *
open_piece(struct reading *r, uint8_t script)
{
	struct cs_folded *out = r->out;
	if (r->piece && r->piece->len >= CS_FOLD_PIECE_LETTERS_MAX) {
		close_piece(r);
		r->marks |= CS_FOLD_JOINED;
	}
	if (r->piece)
		return r->piece;
	if (out->piece_n == CS_FOLD_PIECES_MAX) {
		out->cut = true;
		return NULL;
	}
	struct cs_fold_piece *piece = &out->piece[out->piece_n++];
	*piece = (struct cs_fold_piece){.start = out->letter_n, .script = script, .from = (uint16_t)r->at};
	piece->marks = r->marks | (r->brackets ? CS_FOLD_BRACKET : 0);
	r->marks = 0;
	return r->piece = piece;
}

static bool
put_letters(struct reading *r, const char *letters, unsigned n, uint8_t script)
{
	struct cs_fold_piece *piece = open_piece(r, script);
	if (!piece || r->out->letter_n + n > CS_FOLD_LETTERS_MAX) {
		if (piece && piece->len == 0)
			r->out->piece_n--;
		r->out->cut = true;
		return false;
	}
	memcpy(r->out->letters + r->out->letter_n, letters, n);
	r->out->letter_n = (uint16_t)(r->out->letter_n + n);
	piece->len = (uint8_t)(piece->len + n);
	piece->to = (uint16_t)r->next;
	return true;
}

/* Counts a sign into the piece's hash. */
static void
put_raw(struct reading *r, int32_t c)
{
	if (r->piece)
		r->piece->raw = (uint32_t)cs_hash_mix(r->piece->raw, (uint32_t)c);
}

static bool
put_hangul(struct reading *r, int32_t c)
{
	static const char *const initial[19] = {"g",  "kk", "n", "d",  "tt", "r", "m", "b", "pp", "s",
						"ss", "",   "j", "jj", "ch", "k", "t", "p", "h"};
	static const char *const vowel[21] = {"a",  "ae", "ya", "yae", "eo", "e",  "yeo", "ye", "o",  "wa", "wae",
					      "oe", "yo", "u",  "wo",  "we", "wi", "yu",  "eu", "ui", "i"};
	static const char *const final[28] = {"",  "k", "k", "k", "n", "n", "n", "t",  "l", "k", "m", "l", "l", "l",
					      "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"};
	unsigned index = (unsigned)(c - HANGUL_FIRST);
	const char *parts[3] = {initial[index / 588], vowel[index / 28 % 21], final[index % 28]};
	if (r->piece) {
		close_piece(r);
		r->marks |= CS_FOLD_JOINED;
	}
	bool ok = true;
	for (unsigned i = 0; i < 3 && ok; i++)
		ok = put_letters(r, parts[i], (unsigned)strlen(parts[i]), CS_FOLD_HANGUL);
	if (ok)
		put_raw(r, c);
	return ok;
}

/* Would HEH behind the first letter of an Arabic word be read with it as one sound: SH, KH, TH, DH, ZH? A vowel stands between. */
static bool
parts_from_heh(const struct reading *r, int32_t c)
{
	if ((c != HEH && c != HEH_GOAL) || !r->piece || r->piece->script != CS_FOLD_ARABIC)
		return false;
	const char *letters = r->out->letters + r->piece->start;
	unsigned n = r->piece->len;
	bool first = n == 1 || (n == 3 && memcmp(letters, "al", 2) == 0);
	return first && memchr("skctdz", letters[n - 1], 6);
}

/* A letter of a table row; false: a limit is met. */
static bool
put_letter(struct reading *r, int32_t c, const uint8_t *row)
{
	uint8_t flags = row[0], script = script_of(c);
	unsigned n = flags & LEN_MASK;
	if (flags & ERASE && r->piece && r->inherent && r->piece->len > 0) {
		r->piece->len--;
		r->out->letter_n--;
	}
	r->inherent = false;
	bool turns = r->piece && ((flags & UPPER && r->lower) || flags & ALONE || r->piece->script == CS_FOLD_HAN ||
				  (r->piece->script == CS_FOLD_HANGUL && script != CS_FOLD_HANGUL));
	if (turns) {
		close_piece(r);
		r->marks |= CS_FOLD_JOINED;
	}
	if (n == 0 && !r->piece)
		return true;
	if (parts_from_heh(r, c) && !put_letters(r, "e", 1, script))
		return false;
	if (!put_letters(r, (const char *)row + 1, n, script))
		return false;
	if (n > 0 && script == CS_FOLD_HAN)
		put_raw(r, c);
	r->lower = flags & LOWER;
	r->inherent = flags & INHERENT;
	return true;
}

static bool
letter_follows(const struct reading *r)
{
	if (r->next >= r->name.len)
		return false;
	uint8_t byte = r->name.at[r->next];
	return byte >= 0x80 || (unsigned)((byte | 32) - 'a') < 26;
}

/* An apostrophe: nothing, or the end of an elided article. */
static void
put_apostrophe(struct reading *r)
{
	r->out->dropped_n++;
	if (!r->piece || r->piece->len != 1 || !letter_follows(r))
		return;
	char letter = r->out->letters[r->piece->start];
	if (letter != 'd' && letter != 'l')
		return;
	r->piece->marks |= CS_FOLD_ELISION;
	close_piece(r);
}

/* What is no letter. */
static bool
put_separator(struct reading *r, int32_t c)
{
	if (c == '?' && r->piece && letter_follows(r))
		return true; /* a letter that some system could not write */
	bool spaced = !r->piece;
	struct cs_fold_piece *last = r->out->piece_n ? &r->out->piece[r->out->piece_n - 1] : NULL;
	close_piece(r);
	if (c == '&' || c == 0xff06) {
		bool ok = put_letters(r, "and", 3, CS_FOLD_LATIN);
		close_piece(r);
		return ok;
	}
	bool dash = c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
	if (dash)
		r->marks |= spaced ? CS_FOLD_DASH : CS_FOLD_HYPHEN;
	else if (c == ',' || c == ';' || c == 0x060c || c == 0x3001 || c == 0xff0c)
		r->marks |= CS_FOLD_COMMA;
	else if (c == ':' && last)
		last->marks |= CS_FOLD_COLON;
	else if (c == '.' && last && !spaced)
		last->marks |= CS_FOLD_DOT;
	if (c == '(' || c == '[' || c == 0xff08)
		r->brackets = 1;
	else if (c == ')' || c == ']' || c == 0xff09)
		r->brackets = 0;
	return true;
}

static unsigned
code_of(int32_t c)
{
	return c > 0xffff ? SEPARATOR : fold_code[fold_page_of[c >> 8] * 256 + (c & 255)];
}

/* Which signs are read a run at a time: those of one number together; 0: by themselves. */
static unsigned
run_of(int32_t c)
{
	enum { KANA = 1, THAI, HEBREW, INDIC /* nine of them */ };
	if (c < HEBREW_FIRST || c > KANA_HALF_LAST)
		return 0;
	unsigned run = 0;
	if (c <= HEBREW_LAST)
		run = HEBREW;
	else if (c >= INDIC_FIRST && c <= INDIC_LAST)
		run = INDIC + (unsigned)(c - INDIC_FIRST) / INDIC_BLOCK;
	else if (c >= THAI_FIRST && c <= THAI_LAST)
		run = THAI;
	else if ((c >= KANA_FIRST && c <= KANA_LAST) || c >= KANA_HALF_FIRST)
		run = KANA;
	unsigned code = run ? code_of(c) : SEPARATOR;
	bool mark = run == KANA && (c == 0x309b || c == 0x309c);
	bool digit = code > DROP && fold_pool[code + 1] <= '9';
	return (code == SEPARATOR && !mark) || digit ? 0 : run;
}

/* Is NEXT the geresh that makes another letter of the one BEFORE it? It is often typed as an apostrophe. */
static bool
is_geresh(int32_t before, int32_t next)
{
	return cs_fold_hebrew_takes_geresh(before) &&
	       (next == CS_FOLD_GERESH || next == '\'' || next == '`' || next == 0xb4 || next == 0x2019);
}

/* Does a quote that ends at AT stand within a word of Hebrew? Before its last letter it marks what was shortened. */
static bool
is_gershayim(const struct reading *r, int32_t quote, size_t at, unsigned which)
{
	size_t len;
	if ((quote != '"' && quote != 0x05f4 && quote != 0x201d) || at >= r->name.len || which != run_of(HEBREW_LAST))
		return false;
	return run_of(character(r->name, at, &len)) == which;
}

/* Reads the signs of a run from C on; gives where it ends. */
static size_t
gather_run(const struct reading *r, int32_t c, unsigned which, struct cs_fold_run *run)
{
	size_t at = r->next, len;
	run->n = 0;
	run->sign[run->n++] = c;
	while (at < r->name.len && run->n < CS_FOLD_RUN_SIGNS_MAX) {
		int32_t next = character(r->name, at, &len);
		bool joiner = (next >= JOINER_FIRST && next <= JOINER_LAST) || is_gershayim(r, next, at + len, which);
		bool geresh = is_geresh(run->sign[run->n - 1], next);
		if (!joiner && !geresh && run_of(next) != which)
			break;
		if (!joiner)
			run->sign[run->n++] = geresh ? CS_FOLD_GERESH : next;
		if (joiner || geresh)
			r->out->dropped_n++;
		at += len;
	}
	return at;
}

/* A run of signs that are read together. */
static bool
put_run(struct reading *r, int32_t c, unsigned which)
{
	struct cs_fold_run run;
	run.reading = r->as, run.other = false, run.len = 0;
	r->next = gather_run(r, c, which, &run);
	uint8_t script = script_of(c);
	if (r->piece && (r->piece->script == CS_FOLD_HAN || r->piece->script == CS_FOLD_HANGUL)) {
		close_piece(r);
		r->marks |= CS_FOLD_JOINED;
	}
	if (script == CS_FOLD_KANA)
		cs_fold_kana(&run);
	else if (script == CS_FOLD_HEBREW)
		cs_fold_hebrew(&run);
	else if (c >= THAI_FIRST)
		cs_fold_thai(&run);
	else
		cs_fold_indic(&run);
	r->out->other |= run.other;
	if (run.len == 0)
		r->out->dropped_n++; /* marks without anything below them */
	r->lower = r->inherent = false;
	for (unsigned at = 0; at < run.len; at += PUT_TOGETHER) {
		unsigned n = run.len - at < PUT_TOGETHER ? run.len - at : PUT_TOGETHER;
		if (!put_letters(r, run.letters + at, n, script))
			return false;
	}
	return true;
}

/* One character, or a run; false: a limit is met and nothing more is read. */
static bool
put(struct reading *r, int32_t c)
{
	if (c == INVALID) {
		r->out->invalid_n++;
		return put_separator(r, ' ');
	}
	if (c >= HANGUL_FIRST && c <= HANGUL_LAST)
		return put_hangul(r, c);
	if (c >= MATHEMATICAL_FIRST && c <= MATHEMATICAL_LAST) {
		int32_t letter = (c - MATHEMATICAL_FIRST) % 52;
		c = letter < 26 ? 'A' + letter : 'a' + letter - 26;
	}
	if (c >= 0x20000 && c <= 0x3ffff) { /* rare Han letters: no reading is known, but they are not nothing */
		static const uint8_t rare[] = {ALONE | 1, 'x'};
		return put_letter(r, c, rare);
	}
	if (c == '\'' || c == '`' || c == 0xb4 || c == 0x2018 || c == 0x2019 || c == 0x02bc) {
		put_apostrophe(r);
		return true;
	}
	unsigned which = run_of(c);
	if (which)
		return put_run(r, c, which);
	unsigned code = code_of(c);
	if (code == DROP) {
		r->out->dropped_n++; /* CS_FOLD_BYTES_MAX is the most */
		return true;
	}
	if (code == SEPARATOR)
		return put_separator(r, c);
	const uint8_t *row = fold_pool + code;
	if (row[1] == ' ' && row[0] & LEN_MASK) { /* a sign that stands for a word */
		close_piece(r);
		bool ok = put_letters(r, (const char *)row + 2, (row[0] & LEN_MASK) - 2, CS_FOLD_LATIN);
		close_piece(r);
		return ok;
	}
	return put_letter(r, c, row);
}

/* How many letters and digits of ASCII follow that go on with one word, at most MOST. */
static size_t
plain_run(const struct reading *r, size_t most)
{
	bool lower = r->lower;
	size_t at = r->at, end = r->name.len - at < most ? r->name.len : at + most;
	for (; at < end; at++) {
		uint8_t c = r->name.at[at];
		bool upper = (unsigned)(c - 'A') < 26;
		if ((upper && lower) || !(upper || (unsigned)(c - 'a') < 26 || (unsigned)(c - '0') < 10))
			break;
		lower = (unsigned)(c - 'a') < 26;
	}
	return at - r->at;
}

/* Reads a run of letters and digits of ASCII, or a space, at once, as put() does one by one; false: not here. */
static bool
put_plain(struct reading *r)
{
	struct cs_folded *out = r->out;
	const uint8_t *at = r->name.at + r->at;
	if (*at == ' ') {
		close_piece(r);
		r->at++;
		return true;
	}
	const struct cs_fold_piece *open = r->piece;
	if (open ? open->script == CS_FOLD_HAN || open->script == CS_FOLD_HANGUL ||
			    open->len >= CS_FOLD_PIECE_LETTERS_MAX
		 : out->piece_n == CS_FOLD_PIECES_MAX)
		return false;
	size_t room = CS_FOLD_LETTERS_MAX - out->letter_n, most = CS_FOLD_PIECE_LETTERS_MAX - (open ? open->len : 0u);
	size_t n = plain_run(r, most < room ? most : room);
	if (n == 0)
		return false;
	struct cs_fold_piece *piece = open_piece(r, CS_FOLD_LATIN);
	char *letters = out->letters + out->letter_n;
	for (size_t i = 0; i < n; i++)
		letters[i] = (char)(at[i] | 0x20); /* digits have that bit */
	out->letter_n = (uint16_t)(out->letter_n + n);
	piece->len = (uint8_t)(piece->len + n);
	r->at += n;
	piece->to = (uint16_t)r->at;
	r->lower = (unsigned)(at[n - 1] - 'a') < 26;
	r->inherent = false;
	return true;
}

void
cs_fold(struct cs_span name, struct cs_folded *out)
{
	cs_fold_as(name, 0, out);
}

void
cs_fold_as(struct cs_span name, unsigned reading, struct cs_folded *out)
{
	out->piece_n = 0, out->invalid_n = 0, out->dropped_n = 0, out->letter_n = 0;
	out->cut = name.len > CS_FOLD_BYTES_MAX, out->other = false;
	struct reading r = {.name = name, .out = out, .as = (uint8_t)reading};
	if (out->cut)
		r.name.len = CS_FOLD_BYTES_MAX;
	while (r.at < r.name.len) {
		if (put_plain(&r))
			continue;
		size_t len;
		int32_t c = character(r.name, r.at, &len);
		if (c == INVALID && r.name.len < name.len && r.name.len - r.at < 4)
			break; /* cut within a character */
		r.next = r.at + len;
		if (!put(&r, c))
			return;
		r.at = r.next;
	}
}

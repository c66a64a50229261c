/*
 * See name_tail.h. Bounded: the first words of a text, and of each a look at the table of labels by its first letter.
 *
 * What is cut off is asked about beside the whole text, never in its place, so that a name in which such words are its own is found as before.
 */
#include "screen/name_tail.h"

#include "event/country.h"
#include "screen/born.h"
#include "screen/gap.h"

#include <strings.h>

enum {
	WORDS_MAX = 32,
	FILLERS_MAX = 3, /* words between a label and its value */
	DATE_WORDS_MAX = 4,
	DATE_DIGITS_MIN = 4,
	DATE_PARTS = 3,
	NAME_LEAST = 2, /* words before a word that is no sure label */
	YEAR_DIGITS = 4,
	ID_WORDS_MAX = 9,    /* of an IBAN in groups of four */
	ID_READINGS_MAX = 4, /* that one identifier with spaces in it may have: the shortest and the longest */
	ID_LEAST = 5,
	ID_MOST = 34,
	GROUP_MAX = 4, /* letters of a group of an identifier that has no digit */
	BIC_SHORT = 8,
	BIC_LONG = 11,
};

enum value { DATE, ID, BIC };

/* Is a label of a date something else, too? */
enum doubt {
	SURE,
	A_WORD, /* BORN FREE 2000 */
	A_NAME, /* NATO 1949, Nata Rossi */
};

struct label {
	const char *words;
	uint8_t value;       /* enum value */
	uint8_t kind;        /* enum cs_entry_id_kind; OTHER may be any */
	uint8_t least, most; /* letters and digits of an identifier */
	bool digits;         /* and nothing else */
	uint8_t doubt;       /* enum doubt */
};

#define DATE_LABEL(words, doubt)                                                                                       \
	{                                                                                                              \
		words, DATE, 0, 0, 0, false, doubt                                                                     \
	}
#define ID_LABEL(words, kind)                                                                                          \
	{                                                                                                              \
		words, ID, CS_ENTRY_ID_##kind, ID_LEAST, ID_MOST, false, SURE                                          \
	}

/* Longer ones first, where one begins another. */
static const struct label labels[] = {
	{"imo", ID, CS_ENTRY_ID_IMO, 7, 7, true, SURE},
	{"mmsi", ID, CS_ENTRY_ID_MMSI, 9, 9, true, SURE},
	DATE_LABEL("dob", SURE),
	DATE_LABEL("d o b", SURE),
	DATE_LABEL("date of birth", SURE),
	DATE_LABEL("year of birth", SURE),
	DATE_LABEL("yob", SURE),
	DATE_LABEL("birth date", SURE),
	DATE_LABEL("birthdate", SURE),
	DATE_LABEL("birthday", SURE),
	DATE_LABEL("born", A_WORD),
	DATE_LABEL("geb", A_WORD),
	DATE_LABEL("geboren", A_WORD),
	DATE_LABEL("geburtsdatum", SURE),
	DATE_LABEL("n\u00e9 le", SURE),
	DATE_LABEL("n\u00e9e le", SURE),
	DATE_LABEL("N\u00c9 le", SURE),
	DATE_LABEL("N\u00c9E le", SURE),
	DATE_LABEL("date de naissance", SURE),
	DATE_LABEL("fecha de nacimiento", SURE),
	DATE_LABEL("nacido", A_WORD),
	DATE_LABEL("nacida", A_WORD),
	DATE_LABEL("nato", A_NAME),
	DATE_LABEL("nata", A_NAME),
	DATE_LABEL("data di nascita", SURE),
	DATE_LABEL("data de nascimento", SURE),
	DATE_LABEL("\u0434\u0430\u0442\u0430 \u0440\u043e\u0436\u0434\u0435\u043d\u0438\u044f", SURE),
	DATE_LABEL("\u0414\u0430\u0442\u0430 \u0440\u043e\u0436\u0434\u0435\u043d\u0438\u044f", SURE),
	DATE_LABEL("\u0414\u0410\u0422\u0410 \u0420\u041e\u0416\u0414\u0415\u041d\u0418\u042f", SURE),
	ID_LABEL("passport", PASSPORT),
	ID_LABEL("passeport", PASSPORT),
	ID_LABEL("pasaporte", PASSPORT),
	ID_LABEL("passaporto", PASSPORT),
	ID_LABEL("passaporte", PASSPORT),
	ID_LABEL("paspoort", PASSPORT),
	ID_LABEL("pasaport", PASSPORT),
	ID_LABEL("reisepass", PASSPORT),
	ID_LABEL("pass no", PASSPORT),
	ID_LABEL("pp no", PASSPORT),
	ID_LABEL("ppt", PASSPORT),
	ID_LABEL("\u043f\u0430\u0441\u043f\u043e\u0440\u0442", PASSPORT),
	ID_LABEL("\u041f\u0430\u0441\u043f\u043e\u0440\u0442", PASSPORT),
	ID_LABEL("\u041f\u0410\u0421\u041f\u041e\u0420\u0422", PASSPORT),
	ID_LABEL("travel document", PASSPORT),
	ID_LABEL("national id", NATIONAL),
	ID_LABEL("identity card", NATIONAL),
	ID_LABEL("identification number", OTHER),
	ID_LABEL("personal id", NATIONAL),
	ID_LABEL("id", OTHER),
	ID_LABEL("nid", NATIONAL),
	ID_LABEL("cnic", NATIONAL),
	ID_LABEL("tazkira", NATIONAL),
	ID_LABEL("cedula", NATIONAL),
	ID_LABEL("dni", NATIONAL),
	ID_LABEL("curp", NATIONAL),
	{"ssn", ID, CS_ENTRY_ID_NATIONAL, 9, 9, true, SURE},
	{"inn", ID, CS_ENTRY_ID_TAX, 10, 12, true, SURE},
	{"\u0438\u043d\u043d", ID, CS_ENTRY_ID_TAX, 10, 12, true, SURE},
	{"\u0418\u041d\u041d", ID, CS_ENTRY_ID_TAX, 10, 12, true, SURE},
	{"ogrn", ID, CS_ENTRY_ID_REGISTRATION, 13, 15, true, SURE},
	{"\u041e\u0413\u0420\u041d", ID, CS_ENTRY_ID_REGISTRATION, 13, 15, true, SURE},
	ID_LABEL("tin", TAX),
	ID_LABEL("tax id", TAX),
	ID_LABEL("tax no", TAX),
	ID_LABEL("tax number", TAX),
	ID_LABEL("vat", TAX),
	ID_LABEL("nif", TAX),
	ID_LABEL("cuit", TAX),
	ID_LABEL("rfc", TAX),
	ID_LABEL("reg no", REGISTRATION),
	ID_LABEL("reg nr", REGISTRATION),
	ID_LABEL("reg number", REGISTRATION),
	ID_LABEL("registration", REGISTRATION),
	ID_LABEL("registered no", REGISTRATION),
	ID_LABEL("registered number", REGISTRATION),
	ID_LABEL("company no", REGISTRATION),
	ID_LABEL("company number", REGISTRATION),
	{"lei", ID, CS_ENTRY_ID_LEI, 20, 20, false, SURE},
	{"iban", ID, CS_ENTRY_ID_ACCOUNT, 15, ID_MOST, false, SURE},
	ID_LABEL("account", ACCOUNT),
	ID_LABEL("acct", ACCOUNT),
	ID_LABEL("acc no", ACCOUNT),
	ID_LABEL("a c", ACCOUNT),
	ID_LABEL("konto", ACCOUNT),
	ID_LABEL("call sign", CALL_SIGN),
	{"digital currency address", ID, CS_ENTRY_ID_WALLET, 25, 64, false, SURE},
	{"wallet", ID, CS_ENTRY_ID_WALLET, 25, 64, false, SURE},
	{"btc", ID, CS_ENTRY_ID_WALLET, 25, 64, false, SURE},
	{"xbt", ID, CS_ENTRY_ID_WALLET, 25, 64, false, SURE},
	{"eth", ID, CS_ENTRY_ID_WALLET, 25, 64, false, SURE},
	{"usdt", ID, CS_ENTRY_ID_WALLET, 25, 64, false, SURE},
	{"swift", BIC, CS_ENTRY_ID_BIC, BIC_SHORT, BIC_LONG, false, SURE},
	{"bic", BIC, CS_ENTRY_ID_BIC, BIC_SHORT, BIC_LONG, false, SURE},
};

/* What may stand between a label and its value. The last three are signs of a number. */
static const char *const fillers[] = {"no",      "nr",    "num",  "number",  "numero",  "card",  "code", "is",
				      "on",      "in",    "am",   "le",      "il",      "el",    "of",   "nel",
				      "en",      "im",    "id",   "xbt",     "btc",     "eth",   "usdt", "trx",
				      "address", "swift", "date", "n\u00ba", "n\u00b0", "\u2116"};

/* Labels that numbers are written together with. */
static const char *const glued[] = {"imo", "dob", "mmsi", "passport", "\u2116"};

struct word {
	uint16_t from, to;
	bool plain;  /* letters and digits of ASCII only */
	bool digit;  /* there is one */
	bool digits; /* all are */
};

struct reading {
	struct cs_span text;
	struct word word[WORDS_MAX];
	unsigned n;
	struct cs_name_tail *out;
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_plain(uint8_t c)
{
	return (unsigned)((c | 32) - 'a') < 26 || is_digit(c);
}

static bool
is_part_of_word(struct cs_span text, size_t at)
{
	return is_plain(text.at[at]) || (text.at[at] >= 0x80 && !cs_gap_at(text, at));
}

static uint8_t
small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 32 : c;
}

static size_t
len_of(const struct word *word)
{
	return (size_t)(word->to - word->from);
}

/* How many bytes at the front of WORD are PHRASE, up to its end or a space; 0: it begins otherwise. */
static size_t
starts_with(const struct reading *r, const struct word *word, const char *phrase)
{
	const uint8_t *at = r->text.at + word->from;
	size_t n = 0;
	for (; phrase[n] && phrase[n] != ' '; n++)
		if (n == len_of(word) || small(at[n]) != small((uint8_t)phrase[n]))
			return 0;
	return n;
}

static void
put_word(struct reading *r, size_t from, size_t to)
{
	struct word word = {.from = (uint16_t)from, .to = (uint16_t)to, .plain = true, .digits = true};
	for (size_t i = from; i < to; i++) {
		word.plain &= r->text.at[i] < 0x80;
		word.digit |= is_digit(r->text.at[i]);
		word.digits &= is_digit(r->text.at[i]);
	}
	if (r->n == WORDS_MAX)
		r->out->cut = true;
	else
		r->word[r->n++] = word;
}

/* A word, or a label and the number that is written together with it. */
static void
put_words(struct reading *r, size_t from, size_t to)
{
	const struct word all = {.from = (uint16_t)from, .to = (uint16_t)to};
	for (size_t i = 0; i < sizeof glued / sizeof *glued; i++) {
		size_t n = starts_with(r, &all, glued[i]);
		if (!n || n == len_of(&all) || !is_digit(r->text.at[from + n]))
			continue;
		put_word(r, from, from + n);
		from += n;
		break;
	}
	put_word(r, from, to);
}

static void
find_words(struct reading *r)
{
	for (size_t at = 0; at < r->text.len && !r->out->cut;) {
		size_t from = at;
		while (at < r->text.len && is_part_of_word(r->text, at))
			at++;
		if (at > from)
			put_words(r, from, at);
		else
			at += cs_gap_at(r->text, at) ? cs_gap_at(r->text, at) : 1;
	}
}

/* How many words from AT on are PHRASE; 0: they are not. */
static unsigned
phrase_at(const struct reading *r, unsigned at, const char *phrase)
{
	unsigned n = 0;
	for (const char *rest = phrase; rest; n++) {
		if (at + n >= r->n)
			return 0;
		size_t len = starts_with(r, &r->word[at + n], rest);
		if (!len || len != len_of(&r->word[at + n]))
			return 0;
		rest = rest[len] ? rest + len + 1 : NULL;
	}
	return n;
}

static bool
is_filler(const struct reading *r, unsigned at)
{
	for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
		if (phrase_at(r, at, fillers[i]))
			return true;
	return false;
}

/* N words from AT on, with what stands between them. */
static struct cs_span
words_of(const struct reading *r, unsigned at, unsigned n)
{
	size_t from = r->word[at].from;
	return (struct cs_span){r->text.at + from, r->word[at + n - 1].to - from};
}

/* Does nothing but one sign stand between the N words from AT on? */
static bool
are_joined(const struct reading *r, unsigned at, unsigned n)
{
	for (unsigned i = at + 1; i < at + n; i++) {
		size_t before = r->word[i - 1].to;
		if (r->word[i].from != before + 1 || !memchr("-./", r->text.at[before], sizeof "-./" - 1))
			return false;
	}
	return true;
}

/* A number behind a year may be that of a house, and JAN a name: of a date that begins with its year, the rest is joined to it. */
static bool
may_be_date(const struct reading *r, unsigned at, unsigned n)
{
	bool year_first = r->word[at].digits && len_of(&r->word[at]) == YEAR_DIGITS;
	return !year_first || are_joined(r, at, n < DATE_PARTS ? n : DATE_PARTS);
}

/* How many words from AT on are a date. One that is not clear is one, too, and tells nothing. */
static unsigned
take_date(struct reading *r, unsigned at)
{
	unsigned n = r->n - at < DATE_WORDS_MAX ? r->n - at : DATE_WORDS_MAX;
	size_t digits = 0;
	for (; n; n--) {
		struct cs_score_facts facts = {0};
		if (!may_be_date(r, at, n) || cs_born_read(words_of(r, at, n), CS_BORN_EITHER, &facts) == CS_BORN_NONE)
			continue;
		if (!r->out->born_from)
			r->out->born_from = facts.born_from, r->out->born_to = facts.born_to;
		return n;
	}
	while (at + n < r->n && n < DATE_WORDS_MAX - 1 && r->word[at + n].digits)
		digits += len_of(&r->word[at + n++]);
	return digits >= DATE_DIGITS_MIN ? n : 0;
}

/* More than a year. A month and a year in numbers that stand apart (BORN 4 2000) are none. */
static bool
is_full_date(const struct reading *r, unsigned at)
{
	unsigned most = r->n - at < DATE_WORDS_MAX ? r->n - at : DATE_WORDS_MAX;
	struct cs_score_facts ignored;
	for (unsigned n = 1; n <= most; n++) {
		bool joined = n > 1 && are_joined(r, at, n);
		if (n >= DATE_PARTS && joined && r->word[at].digits)
			return true; /* or as good as one: 12.03.70 */
		if ((n == 1 && len_of(&r->word[at]) == YEAR_DIGITS) || (n == 2 && !joined && r->word[at].digits))
			continue;
		if (may_be_date(r, at, n) && cs_born_read(words_of(r, at, n), CS_BORN_EITHER, &ignored) != CS_BORN_NONE)
			return true;
	}
	return false;
}

/* Has what was begun an end behind the word at AT: a sign, a number, or nothing more? */
static bool
is_end(const struct reading *r, unsigned at)
{
	if (at + 1 == r->n || is_digit(r->text.at[r->word[at + 1].from]))
		return true;
	for (size_t i = r->word[at].to; i < r->word[at + 1].from; i++)
		if (r->text.at[i] != ' ' && r->text.at[i] < 0x80)
			return true;
	return false;
}

/* Is SIGN, or a wide colon, between the word at AT and the one before? */
static bool
is_behind_sign(const struct reading *r, unsigned at, uint8_t sign)
{
	for (size_t i = r->word[at - 1].to; i < r->word[at].from; i++)
		if (r->text.at[i] == sign || r->text.at[i] == 0xef)
			return true;
	return false;
}

/* Is the word at AT a label of what stands at VALUE? One that is another word, too, only before a full date, or behind a name, or with a sign of it. */
static bool
is_birth(const struct reading *r, const struct label *label, unsigned at, unsigned value)
{
	const struct word *year = &r->word[value];
	if (label->doubt == SURE || value - at > 1 || is_full_date(r, value))
		return true; /* or a filler stands between them */
	if (is_behind_sign(r, value, ':') || is_behind_sign(r, value, '.'))
		return true;
	return label->doubt == A_WORD && at >= NAME_LEAST && len_of(year) == YEAR_DIGITS && is_end(r, value);
}

static void
keep_id(struct reading *r, const struct label *label, struct cs_span id)
{
	if (r->out->id_n == CS_NAME_TAIL_IDS_MAX)
		r->out->cut = true;
	else
		r->out->id[r->out->id_n++] = (struct cs_entry_id){.text = id, .kind = label->kind};
}

/* May the word at AT be of an identifier? Letters alone only before another that has digits. */
static bool
is_group(const struct reading *r, unsigned at, bool digits)
{
	if (at >= r->n || !r->word[at].plain)
		return false;
	if (r->word[at].digit || digits)
		return r->word[at].digits || !digits;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (phrase_at(r, at, labels[i].words))
			return false; /* the next tail begins */
	bool more = at + 1 < r->n && r->word[at + 1].plain && r->word[at + 1].digit;
	return more && len_of(&r->word[at]) <= GROUP_MAX;
}

/* How many words from AT on are an identifier: up to each of its groups it may be one. */
static unsigned
take_id(struct reading *r, const struct label *label, unsigned at)
{
	uint8_t up_to[ID_WORDS_MAX];
	unsigned found = 0;
	size_t len = 0;
	for (unsigned n = 0; n < ID_WORDS_MAX && is_group(r, at + n, label->digits); n++) {
		len += len_of(&r->word[at + n]);
		if (len > label->most)
			break;
		if (len >= label->least && r->word[at + n].digit)
			up_to[found++] = (uint8_t)(n + 1);
	}
	for (unsigned i = 0; i < found; i++) {
		if (i == 0 || i + ID_READINGS_MAX > found)
			keep_id(r, label, words_of(r, at, up_to[i]));
		else
			r->out->cut = true;
	}
	return found ? up_to[found - 1] : 0;
}

static bool
is_capital(struct cs_span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (small(text.at[i]) == text.at[i] && !is_digit(text.at[i]))
			return false;
	return true;
}

/* Small letters only behind a colon: "Swift builders" have the code of a country where a BIC has it, too. */
static unsigned
take_bic(struct reading *r, const struct label *label, unsigned at)
{
	if (at >= r->n || !r->word[at].plain)
		return 0;
	struct cs_span text = words_of(r, at, 1);
	if ((text.len != BIC_SHORT && text.len != BIC_LONG) || (!is_capital(text) && !is_behind_sign(r, at, ':')))
		return 0;
	const uint8_t code[] = {(uint8_t)(text.at[4] & ~32), (uint8_t)(text.at[5] & ~32)};
	if (is_digit(text.at[4]) || !cs_country_by_code((struct cs_span){code, sizeof code}))
		return 0;
	keep_id(r, label, text);
	return 1;
}

static unsigned
take_value(struct reading *r, const struct label *label, unsigned at)
{
	if (label->value == DATE)
		return take_date(r, at);
	return label->value == BIC ? take_bic(r, label, at) : take_id(r, label, at);
}

/* Are three words from AT on a day that no word says what it is of? It is no evidence, and no word of a name. */
static bool
is_bare_date(const struct reading *r, unsigned at)
{
	struct cs_score_facts ignored;
	return at + DATE_PARTS <= r->n && r->word[at].digits && are_joined(r, at, DATE_PARTS) &&
	       cs_born_read(words_of(r, at, DATE_PARTS), CS_BORN_EITHER, &ignored) != CS_BORN_NONE;
}

/* How many words from AT on are a label and what it says; 0: there is none. */
static unsigned
take_tail(struct reading *r, unsigned at)
{
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		unsigned n = phrase_at(r, at, labels[i].words), value = 0;
		for (unsigned f = 0; n && f <= FILLERS_MAX && at + n < r->n; f++, n++) {
			if (f < FILLERS_MAX && is_filler(r, at + n))
				continue;
			if (is_birth(r, &labels[i], at, at + n))
				value = take_value(r, &labels[i], at + n);
			break;
		}
		if (value)
			return n + value;
		if (phrase_at(r, at, labels[i].words) && labels[i].value == DATE && labels[i].doubt == SURE &&
		    at >= NAME_LEAST)
			return phrase_at(r, at, labels[i].words); /* "DOB unknown", "DOB circa 1961" */
	}
	return at >= NAME_LEAST && is_bare_date(r, at) ? DATE_PARTS : 0;
}

/* Does a label whose value may have no digit, a BIC or "unknown", end before AT? */
static bool
is_label_before(struct cs_span text, size_t at)
{
	static const char *const ends[] = {"bic", "dob", "yob", "swift", "birth"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t n = strlen(ends[i]);
		if (at >= n && strncasecmp((const char *)text.at + at - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

/* Most names have neither a digit nor such a label. */
static bool
may_have(struct cs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		if (is_digit(c) || (!is_plain(c) && is_label_before(text, i)))
			return true;
	}
	return is_label_before(text, text.len);
}

/* How many bytes at the end of TEXT close nothing, but open or join what is next. */
static size_t
opens_next(struct cs_span text)
{
	if (text.len && memchr(" \t\r\n([{<,;:-/|*", text.at[text.len - 1], sizeof " \t\r\n([{<,;:-/|*" - 1))
		return 1;
	for (size_t n = 2; n <= 3 && n <= text.len; n++)
		if (cs_gap_at(text, text.len - n) == n)
			return n;
	return 0;
}

/* Words FROM up to TO, and what closes them, but not what opens or joins the next one. */
static struct cs_span
name_of(const struct reading *r, unsigned from, unsigned to)
{
	size_t begin = r->word[from].from, end = to < r->n ? r->word[to].from : r->text.len;
	struct cs_span name = {r->text.at + begin, end - begin};
	for (size_t n = opens_next(name); n; n = opens_next(name))
		name.len -= n;
	return name;
}

bool
cs_name_tail_read(struct cs_span text, struct cs_name_tail *out)
{
	struct reading r = {.text = text, .out = out};
	unsigned from = 0, to = 0, tails = 0;
	*out = (struct cs_name_tail){.born_from = 0};
	if (r.text.len > CS_FOLD_BYTES_MAX)
		r.text.len = CS_FOLD_BYTES_MAX;
	if (!may_have(r.text))
		return false;
	find_words(&r);
	out->cut |= r.text.len < text.len;
	for (unsigned at = 0; at < r.n;) {
		unsigned n = take_tail(&r, at);
		if (n && at == from)
			from = at + n; /* nothing of the name stood before it */
		else if (n && !to)
			to = at;
		tails += n > 0;
		at += n ? n : 1;
	}
	to = to ? to : r.n;
	if (tails && from < to)
		out->name = name_of(&r, from, to);
	return tails > 0;
}

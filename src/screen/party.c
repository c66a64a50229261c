/*
 * Parties come in every shape people type, and a name that is read with its account, its label or half of its line is
 * not found. Here the shape is told by the lines themselves, once, for messages and rows alike.
 *
 * A first line that is so full that the next word did not fit may go on in the second; whether it does cannot be seen, so both
 * readings are names. A BIC may be a name of eight letters, so it is one, too. Screening a reading too many costs microseconds.
 */
#include "screen/party.h"

enum {
	LINE_WIDTH = 35, /* of a name in MT */
	WRAPS_MAX = 3,   /* lines that a name may go on for */
	BIC_SHORT = 8,
	BIC_LONG = 11,
	CODE_MAX = 8,
	CODE_MIN = 2,
	BORN_DIGITS = 8,
};

struct reading {
	struct cs_party *out;
	struct cs_span bytes;
	unsigned at; /* the line that is read next */
	uint16_t end[CS_PARTY_LINES_MAX];
};

struct word {
	const char *text;
	uint8_t role;
};

static const char *const labels[] = {
	"BENEFICIARY NAME",
	"BENEFICIARY CUSTOMER",
	"BENEFICIARY",
	"BENEF",
	"BNF",
	"ACCOUNT NAME",
	"ACC NAME",
	"A/C NAME",
	"ORDERING CUSTOMER",
	"ORDERING PARTY",
	"ORIGINATOR",
	"CUSTOMER NAME",
	"CUSTOMER",
	"PAYEE",
	"PAYER",
	"CREDITOR",
	"DEBTOR",
	"REMITTER",
	"SENDER",
	"RECEIVER",
	"APPLICANT",
	"CONSIGNEE",
	"SHIPPER",
	"COMPANY",
	"NAME",
	"FROM",
	"TO",
};

/* Longer ones first, where one begins another. */
static const struct word turns[] = {
	{"CARE OF", CS_PARTY_CARE_OF},
	{"C/O", CS_PARTY_CARE_OF},
	{"ATTENTION", CS_PARTY_CARE_OF},
	{"ATTN", CS_PARTY_CARE_OF},
	{"ON BEHALF OF", CS_PARTY_BEHALF},
	{"FOR THE ACCOUNT OF", CS_PARTY_BEHALF},
	{"FOR ACCOUNT OF", CS_PARTY_BEHALF},
	{"FOR THE BENEFIT OF", CS_PARTY_BEHALF},
	{"O/B/O", CS_PARTY_BEHALF},
	{"OBO", CS_PARTY_BEHALF},
	{"F/B/O", CS_PARTY_BEHALF},
	{"FBO", CS_PARTY_BEHALF},
	{"FFC", CS_PARTY_BEHALF},
	{"TRADING AS", CS_PARTY_ALIAS},
	{"DOING BUSINESS AS", CS_PARTY_ALIAS},
	{"T/A", CS_PARTY_ALIAS},
	{"D/B/A", CS_PARTY_ALIAS},
	{"DBA", CS_PARTY_ALIAS},
	{"A/K/A", CS_PARTY_ALIAS},
	{"A.K.A.", CS_PARTY_ALIAS},
	{"AKA", CS_PARTY_ALIAS},
	{"F/K/A", CS_PARTY_ALIAS},
};

static const char *const greetings[] = {"MESSRS", "M/S"};

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_part_of_word(uint8_t c)
{
	return is_letter(c) || is_digit(c) || c >= 0x80;
}

static uint8_t
large(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* How many bytes of TEXT are WORD, whatever their case; 0: it is another, or goes on. */
static size_t
starts_with(struct cs_span text, const char *word)
{
	if (!text.len || large(text.at[0]) != (uint8_t)word[0])
		return 0;
	size_t len = strlen(word);
	if (text.len < len)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (large(text.at[i]) != (uint8_t)word[i])
			return 0;
	bool goes_on = text.len > len && is_part_of_word(text.at[len]) && is_part_of_word((uint8_t)word[len - 1]);
	return goes_on ? 0 : len;
}

static struct cs_span
behind(struct cs_span span, size_t n)
{
	return (struct cs_span){span.at + n, span.len - n};
}

static struct cs_span
trimmed(struct cs_span span)
{
	while (span.len && (span.at[0] == ' ' || span.at[0] == '\t'))
		span = behind(span, 1);
	while (span.len && (span.at[span.len - 1] == ' ' || span.at[span.len - 1] == '\t'))
		span.len--;
	return span;
}

/* --- lines --- */

static void
find_lines(struct reading *reading)
{
	struct cs_party *out = reading->out;
	size_t at = 0, len = reading->bytes.len;
	while (at < len && out->line_n < CS_PARTY_LINES_MAX) {
		size_t end = at;
		while (end < len && reading->bytes.at[end] != '\n' && reading->bytes.at[end] != '\r')
			end++;
		out->line[out->line_n] = (uint16_t)at;
		reading->end[out->line_n++] = (uint16_t)end;
		at = end + 1;
		if (end + 1 < len && reading->bytes.at[end] == '\r' && reading->bytes.at[end + 1] == '\n')
			at++;
	}
	out->cut |= at < len;
}

static struct cs_span
line_of(const struct reading *reading, unsigned nth)
{
	uint16_t from = reading->out->line[nth];
	return trimmed((struct cs_span){reading->bytes.at + from, (size_t)(reading->end[nth] - from)});
}

static void
pass_empty(struct reading *reading)
{
	while (reading->at < reading->out->line_n && !line_of(reading, reading->at).len)
		reading->at++;
}

/* --- names --- */

/* Copies TEXT behind what there is, each byte with its place; BETWEEN goes before it. */
static void
copy(struct reading *reading, struct cs_span text, char between)
{
	struct cs_party *out = reading->out;
	size_t from = (size_t)(text.at - reading->bytes.at);
	if (between && text.len && out->text_n < CS_PARTY_TEXT_BYTES) {
		out->from[out->text_n] = (uint16_t)from;
		out->text[out->text_n++] = between;
	}
	for (size_t i = 0; i < text.len && out->text_n < CS_PARTY_TEXT_BYTES; i++) {
		out->from[out->text_n] = (uint16_t)(from + i);
		out->text[out->text_n++] = (char)text.at[i];
		out->cut |= out->text_n == CS_PARTY_TEXT_BYTES && i + 1 < text.len;
	}
}

/* Makes a name of what was copied since AT; nothing when that has no letter or digit. */
static void
end_name(struct reading *reading, uint16_t at, uint16_t end, enum cs_party_role role)
{
	struct cs_party *out = reading->out;
	bool says = false;
	for (uint16_t i = at; i < end; i++)
		says |= is_part_of_word((uint8_t)out->text[i]);
	if (!says)
		return;
	if (out->name_n == CS_PARTY_NAMES_MAX) {
		out->cut = true;
		return;
	}
	out->name[out->name_n++] = (struct cs_party_name){at, (uint16_t)(end - at), (uint8_t)role};
}

/* "/ACC/", "/BNF/": a code of letters between slashes. */
static size_t
code_at(struct cs_span line)
{
	size_t n = 1;
	if (!line.len || line.at[0] != '/')
		return 0;
	while (n < line.len && n <= CODE_MAX && is_letter(line.at[n]))
		n++;
	return n > CODE_MIN && n < line.len && line.at[n] == '/' ? n + 1 : 0;
}

static size_t
label_at(struct cs_span line)
{
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		size_t n = starts_with(line, labels[i]);
		while (n && n < line.len && line.at[n] == ' ')
			n++;
		if (n && n < line.len && line.at[n] == ':')
			return n + 1;
	}
	for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
		size_t n = starts_with(line, greetings[i]);
		if (n)
			return n < line.len && line.at[n] == '.' ? n + 1 : n;
	}
	return 0;
}

/* A line without the codes and labels that it begins with. */
static struct cs_span
bare(struct cs_span line)
{
	for (;;) {
		size_t n = code_at(line);
		n = n ? n : label_at(line);
		if (!n)
			return line;
		line = trimmed(behind(line, n));
	}
}

/* Where in TEXT a word of `turns` stands, and how long it is with the colon or dot behind it; false: nowhere. */
static bool
find_turn(struct cs_span text, size_t *at, size_t *len, enum cs_party_role *role)
{
	for (size_t i = 0; i < text.len; i++) {
		if (i && is_part_of_word(text.at[i - 1]))
			continue;
		for (size_t k = 0; k < sizeof turns / sizeof *turns; k++) {
			size_t n = starts_with(behind(text, i), turns[k].text);
			if (!n)
				continue;
			while (i + n < text.len &&
			       (text.at[i + n] == ':' || text.at[i + n] == '.' || text.at[i + n] == ' '))
				n++;
			*at = i;
			*len = n;
			*role = (enum cs_party_role)turns[k].role;
			return true;
		}
	}
	return false;
}

/* Cuts what was copied since AT into a name and those named behind a turn. */
static void
end_names(struct reading *reading, uint16_t at, enum cs_party_role role)
{
	struct cs_party *out = reading->out;
	size_t turn = 0, len = 0;
	enum cs_party_role next = role;
	struct cs_span text = {(const uint8_t *)out->text + at, (size_t)(out->text_n - at)};
	while (find_turn(text, &turn, &len, &next)) {
		end_name(reading, at, (uint16_t)(at + turn), role);
		at = (uint16_t)(at + turn + len);
		role = next;
		text = behind(text, turn + len);
	}
	end_name(reading, at, out->text_n, role);
}

/* --- what stands before the name --- */

/* "/C/123", "/123", "//FW123". */
static void
read_account(struct cs_span line, struct cs_party *out)
{
	bool marked = line.len >= 3 && (line.at[1] == 'C' || line.at[1] == 'D') && line.at[2] == '/';
	if (marked)
		line = behind(line, 2);
	bool clearing = line.len >= 2 && line.at[1] == '/';
	struct cs_span rest = trimmed(behind(line, clearing ? 2 : 1));
	if (clearing)
		out->clearing = rest;
	else
		out->account = rest;
}

/* No account is without one: a name behind a slash is still a name. */
static bool
has_digit(struct cs_span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_digit(text.at[i]))
			return true;
	return false;
}

static struct cs_span
first_word(struct cs_span text)
{
	const uint8_t *end = text.len ? memchr(text.at, ' ', text.len) : NULL;
	return (struct cs_span){text.at, end ? (size_t)(end - text.at) : text.len};
}

/* The name behind an account on the same line, cut off it: "1234 JOHN SAMPLE", not "GB29 NWBK 6016". What has no digit is all name. */
static struct cs_span
name_behind(struct cs_span *account)
{
	struct cs_span all = *account, word, name = {all.at, 0};
	unsigned words = 0;
	bool last = false;
	if (!has_digit(all))
		return all;
	for (; (word = first_word(all)).len; all = trimmed(behind(all, word.len))) {
		last = word.len > 1 && !has_digit(word);
		if (last && words++ == 0)
			name.at = word.at;
		if (last)
			name.len = (size_t)(word.at + word.len - name.at);
	}
	if (words == 0 || (words == 1 && !last))
		return (struct cs_span){account->at, 0};
	*account = trimmed((struct cs_span){account->at, (size_t)(name.at - account->at)});
	return name;
}

static void
add_id(struct cs_party *out, enum cs_entry_id_kind kind, struct cs_span text)
{
	if (!text.len)
		return;
	if (out->id_n == CS_PARTY_IDS_MAX) {
		out->cut = true;
		return;
	}
	out->id[out->id_n++] = (struct cs_entry_id){.text = text, .kind = (uint8_t)kind};
}

/* Behind the NTH slash; nothing when there are fewer. */
static struct cs_span
behind_slash(struct cs_span text, unsigned nth)
{
	while (nth && text.len) {
		nth -= text.at[0] == '/';
		text = behind(text, 1);
	}
	return trimmed(text);
}

/* "CCPT/DE/123456": of option F, instead of an account. */
static bool
read_identifier(struct cs_span line, struct cs_party *out)
{
	static const struct {
		const char *code;
		enum cs_entry_id_kind kind;
		unsigned slash_n;
	} codes[] = {
		{"CCPT", CS_ENTRY_ID_PASSPORT, 2}, {"NIDN", CS_ENTRY_ID_NATIONAL, 2}, {"TXID", CS_ENTRY_ID_TAX, 2},
		{"SOSE", CS_ENTRY_ID_NATIONAL, 2}, {"ARNU", CS_ENTRY_ID_NATIONAL, 2}, {"DRLC", CS_ENTRY_ID_OTHER, 3},
		{"CUST", CS_ENTRY_ID_OTHER, 3},    {"EMPL", CS_ENTRY_ID_OTHER, 3},
	};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		size_t n = starts_with(line, codes[i].code);
		if (!n || line.len <= n || line.at[n] != '/')
			continue;
		add_id(out, codes[i].kind, behind_slash(line, codes[i].slash_n));
		return true;
	}
	return false;
}

/* The number of a numbered line; 0: it has none. */
static unsigned
number_of(struct cs_span line)
{
	bool numbered = line.len >= 2 && line.at[1] == '/' && line.at[0] >= '1' && line.at[0] <= '8';
	return numbered ? (unsigned)(line.at[0] - '0') : 0;
}

static bool
is_bic(struct cs_span text)
{
	if (text.len != BIC_SHORT && text.len != BIC_LONG)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_letter(text.at[i]) && (i < 6 || !is_digit(text.at[i])))
			return false;
	return true;
}

static void
read_head(struct reading *reading)
{
	struct cs_party *out = reading->out;
	pass_empty(reading);
	while (reading->at < out->line_n) {
		struct cs_span line = line_of(reading, reading->at);
		bool more = reading->at + 1 < out->line_n;
		if (line.len && line.at[0] == '/' && !code_at(line) && !out->account.at && !out->clearing.at)
			read_account(line, out);
		else if (!more || number_of(line_of(reading, reading->at + 1)) != 1 || !read_identifier(line, out))
			break;
		reading->at++;
		pass_empty(reading);
	}
}

/* --- the lines behind it --- */

static void
read_born(struct cs_span text, struct cs_party *out)
{
	uint32_t born = 0;
	if (text.len != BORN_DIGITS || out->born)
		return;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_digit(text.at[i]))
			return;
		born = born * 10 + (uint32_t)(text.at[i] - '0');
	}
	out->born = out->born_to = born;
}

static void
read_fact(unsigned number, struct cs_span text, struct cs_party *out)
{
	if (number == 3 && !out->country[0] && text.len >= 2 && is_letter(text.at[0]) && is_letter(text.at[1])) {
		out->country[0] = (char)large(text.at[0]);
		out->country[1] = (char)large(text.at[1]);
	} else if (number == 4) {
		read_born(text, out);
	} else if (number == 6) {
		add_id(out, CS_ENTRY_ID_OTHER, behind_slash(text, 2));
	} else if (number == 7) {
		add_id(out, CS_ENTRY_ID_NATIONAL, behind_slash(text, 1));
	}
}

/* Lines from FIRST on as running text, and whoever is named there behind a turn. */
static void
read_rest(struct reading *reading, unsigned first)
{
	struct cs_party *out = reading->out;
	uint16_t at = out->text_n;
	size_t turn = 0, len = 0;
	enum cs_party_role role = CS_PARTY_REST;
	for (unsigned i = first; i < out->line_n; i++) {
		struct cs_span line = line_of(reading, i);
		unsigned number = out->numbered ? number_of(line) : 0;
		if (number != 1)
			copy(reading, number ? behind(line, 2) : bare(line), out->text_n > at ? '\n' : '\0');
	}
	end_name(reading, at, out->text_n, CS_PARTY_REST);
	for (unsigned i = first; i < out->line_n; i++) {
		struct cs_span line = line_of(reading, i);
		if (out->numbered || !find_turn(line, &turn, &len, &role))
			continue;
		at = out->text_n;
		copy(reading, behind(line, turn + len), '\0');
		end_names(reading, at, role);
	}
}

static void
read_numbered(struct reading *reading)
{
	struct cs_party *out = reading->out;
	uint16_t at = out->text_n;
	unsigned first = reading->at;
	for (unsigned i = first; i < out->line_n; i++) {
		struct cs_span line = line_of(reading, i);
		unsigned number = number_of(line);
		if (number == 1)
			copy(reading, bare(trimmed(behind(line, 2))), out->text_n > at ? ' ' : '\0');
		else if (number)
			read_fact(number, trimmed(behind(line, 2)), out);
	}
	end_names(reading, at, CS_PARTY_NAME);
	read_rest(reading, first);
}

/* Whether the first word of line NTH would not have fitted behind the line before it. */
static bool
is_wrapped(const struct reading *reading, unsigned nth)
{
	struct cs_span before = line_of(reading, nth - 1), line = line_of(reading, nth);
	size_t n = 0;
	while (n < line.len && line.at[n] != ' ')
		n++;
	return n && before.len <= LINE_WIDTH + 1 && before.len + 1 + n > LINE_WIDTH;
}

static void
read_plain(struct reading *reading)
{
	struct cs_party *out = reading->out;
	unsigned first = reading->at, last = first;
	uint16_t at = out->text_n;
	copy(reading, bare(line_of(reading, first)), '\0');
	end_names(reading, at, CS_PARTY_NAME);
	while (last + 1 < out->line_n && last - first < WRAPS_MAX && is_wrapped(reading, last + 1))
		last++;
	if (last > first) {
		at = out->text_n;
		copy(reading, bare(line_of(reading, first)), '\0');
		for (unsigned i = first + 1; i <= last; i++)
			copy(reading, line_of(reading, i), ' ');
		end_names(reading, at, CS_PARTY_NAME);
	}
	read_rest(reading, first + 1);
}

static void
read_all(struct cs_span bytes, struct cs_party *out)
{
	struct reading reading = {.out = out, .bytes = bytes};
	memset(out, 0, sizeof *out);
	if (bytes.len > CS_PARTY_BYTES_MAX) {
		reading.bytes.len = CS_PARTY_BYTES_MAX;
		out->cut = true;
	}
	find_lines(&reading);
	read_head(&reading);
	struct cs_span behind_number[] = {name_behind(&out->account), name_behind(&out->clearing)};
	for (unsigned i = 0; i < 2; i++) {
		uint16_t at = out->text_n;
		copy(&reading, behind_number[i], '\0');
		end_names(&reading, at, CS_PARTY_NAME);
	}
	if (reading.at == out->line_n)
		return;
	struct cs_span line = line_of(&reading, reading.at);
	if (reading.at + 1 == out->line_n && is_bic(line))
		out->bic = line;
	out->numbered = number_of(line) == 1;
	if (out->numbered)
		read_numbered(&reading);
	else
		read_plain(&reading);
}

void
cs_party_read(struct cs_span bytes, struct cs_party *out)
{
	read_all(bytes, out);
	cs_party_tails(bytes, out);
}

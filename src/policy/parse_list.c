/*
 * The blocks `list` (keys that are known, with a reason and a last day; of names see parse_watched.c) and `places` (where
 * terminals are).
 *
 * Entries may stand in the policy, or in a file that is read while it is used. A card stands there as its token: a policy
 * holds no card number.
 */
#include "base/error.h"
#include "policy/sketch.h"

enum { ENTRIES_DEFAULT = 65536, SHRINK_DEFAULT_PPM = 500000, TOKEN_FIRST = 4, TOKEN_HEX = 32, KEY_PARTS = 2 };

static const uint64_t day_ns = UINT64_C(86400000000000);
static const uint64_t hour_ns = UINT64_C(3600000000000);

static void *
open_list(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (sketch && sketch->list_n + sketch->watched_n == CS_LISTS_MAX)
		return cs_block_full(reader, header,
				     "list {1} is one too many: a policy has at most 32; leave one out");
	if (!sketch)
		return NULL;
	struct cs_list_clause *list = &sketch->list[sketch->list_n++];
	sketch->entry = NULL;
	sketch->entry_n = 0;
	sketch->holds = false;
	sketch->listed = (struct cs_sketch_listed){.made = {.format = CS_WATCHED_FORMATS}};
	list->name = cs_reader_copy(reader, header->name);
	list->title = header->title;
	list->place = header->place;
	list->entries_cap = ENTRIES_DEFAULT;
	list->refresh_ns = 12 * hour_ns;
	list->stale_ns = 2 * day_ns;
	list->shrink_ppm = SHRINK_DEFAULT_PPM;
	return list;
}

static void *
open_places(struct cs_reader *reader, const struct cs_header *header)
{
	struct cs_sketch *sketch = cs_sketch_of_reader(reader);
	if (sketch && sketch->spots_n == CS_SPOTS_MAX)
		return cs_block_full(reader, header,
				     "places {1} is one too many: a policy has at most 4; leave one out");
	if (!sketch)
		return NULL;
	struct cs_spots_clause *spots = &sketch->spots[sketch->spots_n++];
	spots->name = cs_reader_copy(reader, header->name);
	spots->place = header->place;
	spots->field = CS_FIELD_N;
	spots->entries_cap = ENTRIES_DEFAULT;
	spots->shrink_ppm = SHRINK_DEFAULT_PPM;
	return spots;
}

/* A field whose values can be listed. */
static bool
check_field(struct cs_reader *reader, enum cs_field field, const struct cs_place *place, bool card)
{
	enum cs_field_type type = cs_field_info_of(field)->type;
	struct cs_span name = cs_span_text(cs_field_info_of(field)->name);
	if (type == CS_TYPE_MONEY || type == CS_TYPE_BALANCE || type == CS_TYPE_CURRENCY)
		return cs_reader_say(reader, *place, "{1} is no field to look up; write: {2}", name);
	if (type == CS_TYPE_CARD && !card)
		return cs_reader_say(reader, *place, "a card has no place of its own; write: {2}", name);
	return true;
}

/* A clause that only lists of keys have. */
static void
keyed_by(struct cs_reader *reader, const struct cs_clause *clause)
{
	if (!reader->sketch->listed.keyed)
		reader->sketch->listed.keyed = clause->word;
}

static bool
read_of_list(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_list_clause *list = block;
	struct cs_key_clause by = {0};
	keyed_by(reader, clause);
	reader->sketch->listed.of = true;
	do {
		struct cs_used used;
		if (!cs_sketch_used(reader, &used) ||
		    (!used.own && !check_field(reader, used.field, &used.place, true)))
			return false;
		if (by.n && by.field[0] == used.field)
			return cs_reader_say(reader, used.place, "{1} stands twice; join two different fields",
					     used.name);
		by.field[by.n++] = (uint8_t)used.field;
		by.record = by.record || used.own;
	} while (by.n < KEY_PARTS && cs_reader_accept(reader, CS_LEX_PLUS));
	list->by = by;
	return true;
}

/* A text, or two joined by "+"; OUT[1] is NULL without a second. */
static bool
read_parts(struct cs_reader *reader, const char *what, const char *out[KEY_PARTS])
{
	out[1] = NULL;
	return cs_reader_string(reader, what, &out[0]) &&
	       (!cs_reader_accept(reader, CS_LEX_PLUS) || cs_reader_string(reader, what, &out[1]));
}

static bool
read_of_places(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	enum cs_field field;
	struct cs_place place;
	(void)clause;
	if (!cs_reader_field(reader, &field, &place) || !check_field(reader, field, &place, false))
		return false;
	((struct cs_spots_clause *)block)->field = (uint8_t)field;
	return true;
}

/* What may follow the keys on the same line: `until` and a day, `because` and a text. */
static bool
read_until_because(struct cs_reader *reader, uint64_t *until_ns, const char **because)
{
	struct cs_lexeme date;
	*until_ns = 0;
	*because = "";
	if (!reader->now.first && cs_reader_accept_word(reader, "until")) {
		if (!cs_reader_need(reader, CS_LEX_DATE, "the last day it is in force", &date))
			return false;
		*until_ns = date.number + day_ns;
	}
	if (!reader->now.first && cs_reader_accept_word(reader, "because"))
		return cs_reader_string(reader, "a reason between \" and \"", because);
	return true;
}

static bool
read_holds(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch *sketch = reader->sketch;
	struct cs_sketch_entry **end = &sketch->entry;
	uint64_t until_ns = 0;
	const char *because = "";
	(void)block;
	keyed_by(reader, clause);
	sketch->holds = true;
	while (*end)
		end = &(*end)->next;
	struct cs_sketch_entry **first = end;
	do {
		struct cs_sketch_entry *entry = cs_sketch_take(reader, sizeof *entry);
		if (!entry)
			return false;
		entry->place = reader->now.place;
		if (!read_parts(reader, "a key between \" and \"", entry->made.key))
			return false;
		*end = entry;
		end = &entry->next;
		sketch->entry_n++;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	if (!read_until_because(reader, &until_ns, &because))
		return false;
	for (struct cs_sketch_entry *at = *first; at; at = at->next) {
		at->made.until_ns = until_ns;
		at->made.because = because;
	}
	return true;
}

static bool
read_verdict(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_list_clause *list = block;
	struct cs_lexeme word;
	keyed_by(reader, clause);
	if (!cs_reader_need(reader, CS_LEX_WORD, "allow, hold or block", &word))
		return false;
	list->verdict = cs_verdict_by_name(word.text);
	if (list->verdict == CS_VERDICT_N)
		return cs_reader_say(reader, word.place, "no verdict is called \"{1}\"; write allow, hold or block",
				     word.text);
	list->acts = true;
	list->hard = cs_reader_accept_word(reader, "hard");
	if (!list->hard)
		(void)cs_reader_accept_word(reader, "overridable");
	return true;
}

static bool
read_source(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_sketch_listed *listed = &reader->sketch->listed;
	(void)clause;
	bool read = cs_sketch_read_files(reader, listed);
	((struct cs_list_clause *)block)->source = listed->made.source[0];
	return read;
}

static bool
read_format(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)block;
	(void)clause;
	return cs_sketch_read_format(reader, &reader->sketch->listed);
}

static bool
read_map(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)block;
	(void)clause;
	return cs_sketch_read_map(reader, &reader->sketch->listed);
}

static bool
read_fetch(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)block;
	(void)clause;
	return cs_sketch_read_fetch(reader, &reader->sketch->listed);
}

static const char column_words[] = "the name of a column between \" and \"";

static bool
read_key(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	keyed_by(reader, clause);
	return read_parts(reader, column_words, ((struct cs_list_clause *)block)->key_column);
}

enum { COLUMN_UNTIL, COLUMN_BECAUSE };

static bool
read_column(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_list_clause *list = block;
	const char **columns[] = {&list->until_column, &list->because_column};
	keyed_by(reader, clause);
	return cs_reader_string(reader, column_words, columns[clause->detail]);
}

static bool
read_refresh(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_duration(reader, 30 * day_ns, &((struct cs_list_clause *)block)->refresh_ns);
}

static bool
read_stale(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_duration(reader, 365 * day_ns, &((struct cs_list_clause *)block)->stale_ns);
}

static const char share_words[] = "a share of the rows, as in 20%";

static bool
read_shrink(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_share(reader, share_words, &((struct cs_list_clause *)block)->shrink_ppm);
}

static bool
read_number(struct cs_reader *reader, uint32_t *out)
{
	static const struct cs_number bounds = {"a number of entries", 1, 1U << 26};
	return cs_reader_number(reader, &bounds, out);
}

static bool
read_entries(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	keyed_by(reader, clause);
	return read_number(reader, &((struct cs_list_clause *)block)->entries_cap);
}

static bool
is_token(const char *key)
{
	if (strlen(key) != TOKEN_FIRST + TOKEN_HEX || strncmp(key, "tok_", TOKEN_FIRST) != 0)
		return false;
	return strspn(key + TOKEN_FIRST, "0123456789abcdefABCDEF") == TOKEN_HEX;
}

static bool
check_part(struct cs_reader *reader, unsigned field, const struct cs_sketch_entry *entry, const char *part)
{
	struct cs_span key = cs_span_text(part);
	if (field == CS_FIELD_CARD)
		return is_token(part) ||
		       cs_reader_say(reader, entry->place,
				     "a card stands here as its token; write tok_ and 32 digits, as alerts do", key);
	for (size_t i = 0; i < key.len; i++)
		if (key.at[i] >= 0x80)
			return cs_reader_say(
				reader, entry->place,
				"\"{1}\" is not plain ASCII, and no such field is; write it without accents", key);
	return key.len <= CS_SHORT_BYTES ||
	       cs_reader_say(reader, entry->place,
			     "\"{1}\" is longer than the 16 characters a field keeps; write fewer", key);
}

/* "a field", "two fields joined by +" */
static bool
check_parts(struct cs_reader *reader, const struct cs_list_clause *list, const char *const part[KEY_PARTS],
	    struct cs_place place)
{
	bool two = part[1] != NULL;
	if (two == (list->by.n == KEY_PARTS))
		return true;
	if (two)
		return cs_reader_say(reader, place,
				     "this list is of one field, and a key of it is one text; write: {2}",
				     cs_span_text(part[0]));
	return cs_reader_say(reader, place,
			     "this list is of two fields, and a key of it has a part for each; write: {2}",
			     cs_span_text(part[0]));
}

static bool
check_key(struct cs_reader *reader, const struct cs_list_clause *list, const struct cs_sketch_entry *entry)
{
	reader->form = list->by.n == KEY_PARTS ? "holds \"RIVRNL20\" + \"103\"" : "holds \"6011\", \"4829\"";
	if (!check_parts(reader, list, entry->made.key, entry->place))
		return false;
	for (unsigned i = 0; i < list->by.n; i++)
		if (!check_part(reader, list->by.field[i], entry, entry->made.key[i]))
			return false;
	return true;
}

/* It must say of what its keys are, if it is one of keys at all. */
static void
check_of(struct cs_reader *reader, const struct cs_list_clause *list)
{
	const struct cs_sketch_listed *listed = &reader->sketch->listed;
	struct cs_span name = cs_span_text(list->name ? list->name : "");
	reader->form = "of card";
	if (listed->of)
		return;
	if (list->source && !listed->keyed && !listed->formatted)
		(void)cs_reader_say(reader, list->place,
				    "list {1} says neither of which field its keys are, nor in which format names; "
				    "write: {2}, or: format ofac",
				    name);
	else
		(void)cs_reader_say(reader, list->place, "list {1} lacks \"of\"; write: {2}", name);
}

static void
close_list(struct cs_reader *reader, void *block)
{
	struct cs_sketch *sketch = reader->sketch;
	struct cs_list_clause *list = block;
	if (cs_sketch_take_watched(reader, list))
		return;
	check_of(reader, list);
	struct cs_list_entry *entries = cs_sketch_take(reader, (sketch->entry_n + 1) * sizeof *entries);
	struct cs_span name = cs_span_text(list->name ? list->name : "");
	if (!entries)
		return;
	for (struct cs_sketch_entry *at = sketch->entry; at; at = at->next) {
		if (!list->by.n || !at->made.key[0] || !check_key(reader, list, at))
			break;
		entries[list->entry_n++] = at->made;
	}
	list->entry = entries;
	bool two = list->by.n == KEY_PARTS;
	reader->form = two ? "source \"rma.csv\" key \"BIC\" + \"TYPE\"" : "source \"hot.csv\" key \"CARD\"";
	if (list->by.n && list->key_column[0])
		(void)check_parts(reader, list, list->key_column, list->place);
	if (sketch->listed.made.fetch_n)
		(void)cs_reader_say(
			reader, sketch->listed.made.fetch_place,
			"\"fetch\" is for watch lists, of names; put the file of {1} in its place by other means",
			name);
	if (sketch->listed.made.source_n > 1)
		(void)cs_reader_say(reader, list->place, "list {1} has its keys in one file; write: {2}", name);
	if (list->source && sketch->listed.keyed && !list->key_column[0])
		(void)cs_reader_say(reader, list->place, "list {1} does not say which column has its keys; write: {2}",
				    name);
	reader->form = "holds \"6011\", \"4829\" until 2027-06-30 because \"under watch\"";
	if (!list->source && !sketch->holds)
		(void)cs_reader_say(reader, list->place, "list {1} is empty; write: {2}", name);
}

static bool
read_spots_source(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_string(reader, "the name of a file between \" and \"",
				&((struct cs_spots_clause *)block)->source);
}

enum { COLUMN_OF_KEY, COLUMN_OF_LATITUDE, COLUMN_OF_LONGITUDE };

static bool
read_spots_column(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	struct cs_spots_clause *spots = block;
	const char **columns[] = {&spots->key_column, &spots->latitude_column, &spots->longitude_column};
	return cs_reader_string(reader, column_words, columns[clause->detail]);
}

static bool
read_spots_stale(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_duration(reader, 365 * day_ns, &((struct cs_spots_clause *)block)->stale_ns);
}

static bool
read_spots_shrink(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return cs_reader_share(reader, share_words, &((struct cs_spots_clause *)block)->shrink_ppm);
}

static bool
read_spots_entries(struct cs_reader *reader, void *block, const struct cs_clause *clause)
{
	(void)clause;
	return read_number(reader, &((struct cs_spots_clause *)block)->entries_cap);
}

static const struct cs_clause list_clauses[] = {
	{"of", "of card", 0, read_of_list, 0},
	{"holds", "holds \"6011\", \"4829\" until 2027-06-30 because \"under watch\"", CS_CLAUSE_REPEATS, read_holds,
	 0},
	{"verdict", "verdict block hard", 0, read_verdict, 0},
	{"source", "source \"hot.csv\"", 0, read_source, 0},
	{"format", "format csv", 0, read_format, 0},
	{"fetch", "fetch \"https://scsanctions.un.org/resources/xml/en/consolidated.xml\"", 0, read_fetch, 0},
	{"map", "map \"name=Full name,birth=DOB\"", 0, read_map, 0},
	{"key", "key \"CARD\"", 0, read_key, 0},
	{"until", "until \"LAST_DAY\"", 0, read_column, COLUMN_UNTIL},
	{"because", "because \"REASON\"", 0, read_column, COLUMN_BECAUSE},
	{"refresh", "refresh 12h", 0, read_refresh, 0},
	{"stale", "stale 48h", 0, read_stale, 0},
	{"shrink", "shrink 20%", 0, read_shrink, 0},
	{"entries", "entries 100000", 0, read_entries, 0},
};

static const struct cs_clause places_clauses[] = {
	{"of", "of terminal", CS_CLAUSE_REQUIRED, read_of_places, 0},
	{"source", "source \"atms.csv\"", CS_CLAUSE_REQUIRED, read_spots_source, 0},
	{"key", "key \"TERMINAL\"", CS_CLAUSE_REQUIRED, read_spots_column, COLUMN_OF_KEY},
	{"latitude", "latitude \"LAT\"", CS_CLAUSE_REQUIRED, read_spots_column, COLUMN_OF_LATITUDE},
	{"longitude", "longitude \"LON\"", CS_CLAUSE_REQUIRED, read_spots_column, COLUMN_OF_LONGITUDE},
	{"stale", "stale 90d", 0, read_spots_stale, 0},
	{"shrink", "shrink 20%", 0, read_spots_shrink, 0},
	{"entries", "entries 100000", 0, read_spots_entries, 0},
};

const struct cs_block cs_parse_list = {
	"list",       "list hot \"title\" {",
	open_list,    close_list,
	list_clauses, sizeof list_clauses / sizeof list_clauses[0],
	NULL,         NULL,
	NULL,         NULL,
};

const struct cs_block cs_parse_places = {
	"places",       "places atms {",
	open_places,    NULL,
	places_clauses, sizeof places_clauses / sizeof places_clauses[0],
	NULL,           NULL,
	NULL,           NULL,
};

/*
 * The half of the block `list` that is of names: a watch list, its format and its files.
 *
 * Invariant: a list that is one is taken out of the lists of keys, whatever else is wrong with it, so that its name is known.
 */
#include "base/error.h"
#include "policy/sketch.h"

static const struct cs_span nothing = {(const uint8_t *)"", 0};

static const char *const words[CS_WATCHED_FORMATS] = {
#define X(symbol, word) [CS_WATCHED_##symbol] = word,
#include "policy/watched_format.def"
#undef X
};

const char *
cs_watched_word(enum cs_watched_format format)
{
	CS_ASSERT((unsigned)format < CS_WATCHED_FORMATS);
	return words[format];
}

static const char *
format_word(const void *table, unsigned i)
{
	(void)table;
	return i < CS_WATCHED_FORMATS ? words[i] : NULL;
}

bool
cs_sketch_read_format(struct cs_reader *reader, struct cs_sketch_listed *listed)
{
	struct cs_lexeme word;
	listed->formatted = true;
	if (!cs_reader_need(reader, CS_LEX_WORD, "csv, or the format of a watch list", &word))
		return false;
	for (unsigned i = 0; i < CS_WATCHED_FORMATS; i++) {
		if (!cs_span_is(word.text, words[i]))
			continue;
		listed->made.format = (enum cs_watched_format)i;
		return true;
	}
	cs_complain_unknown(reader->complaints, word.place, "format", word.text, (struct cs_words){format_word, NULL});
	return false;
}

bool
cs_sketch_read_files(struct cs_reader *reader, struct cs_sketch_listed *listed)
{
	struct cs_watched_clause *made = &listed->made;
	do {
		if (made->source_n == CS_WATCHED_FILES_MAX)
			return cs_reader_say(reader, reader->now.place, "a list has at most 8 files; leave one out",
					     nothing);
		if (!cs_reader_string(reader, "the name of a file between \" and \"", &made->source[made->source_n]))
			return false;
		made->source_n++;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

/* By a way on which nobody else can put a list of his own in its place. */
static bool
is_safe(const char *url)
{
	static const char *const heads[] = {"https://", "http://127.0.0.1:", "http://127.0.0.1/",
					    "http://localhost:", "http://localhost/"};
	for (unsigned i = 0; i < sizeof heads / sizeof *heads; i++)
		if (strncmp(url, heads[i], strlen(heads[i])) == 0 && url[strlen(heads[i])])
			return url[4] == 's' || !strchr(url, '@'); /* http://127.0.0.1:80@elsewhere is elsewhere */
	return false;
}

bool
cs_sketch_read_fetch(struct cs_reader *reader, struct cs_sketch_listed *listed)
{
	struct cs_watched_clause *made = &listed->made;
	made->fetch_place = reader->now.place;
	do {
		struct cs_place place = reader->now.place;
		if (made->fetch_n == CS_WATCHED_FILES_MAX)
			return cs_reader_say(reader, place, "a list has at most 8 files; leave one out", nothing);
		const char **url = &made->fetch[made->fetch_n];
		if (!cs_reader_string(reader, "an address between \" and \"", url))
			return false;
		reader->form = "fetch \"https://lists.example/sdn.csv\"";
		if (!is_safe(*url))
			(void)cs_reader_say(reader, place,
					    "a list is fetched by https, or by http from this machine; write: {2}",
					    nothing);
		made->fetch_n++;
	} while (cs_reader_accept(reader, CS_LEX_COMMA));
	return true;
}

bool
cs_sketch_read_map(struct cs_reader *reader, struct cs_sketch_listed *listed)
{
	listed->made.map_place = reader->now.place;
	return cs_reader_string(reader, "columns and what they hold between \" and \"", &listed->made.map);
}

/* What says of what its keys are, or names a column of them, is none, if its format may be one of keys. */
bool
cs_sketch_is_watched(const struct cs_sketch_listed *listed)
{
	bool published = listed->made.format != CS_WATCHED_CSV && listed->made.format != CS_WATCHED_FORMATS;
	return listed->made.map || published || (listed->formatted && !listed->keyed);
}

static void
check_files(struct cs_reader *reader, const struct cs_watched_clause *made)
{
	reader->form = "source \"sdn.csv\", \"alt.csv\", \"add.csv\"";
	if (!made->source_n)
		(void)cs_reader_say(reader, made->place, "watch list {1} has no file; write: {2}",
				    cs_span_text(made->name ? made->name : ""));
	if (made->source_n > 1 && made->format != CS_WATCHED_OFAC && made->format != CS_WATCHED_FORMATS)
		(void)cs_reader_say(reader, made->place,
				    "only a watch list of format ofac is made of several files; leave {1} one",
				    cs_span_text(made->name ? made->name : ""));
}

/* An address for each file, whose name is known. */
static void
check_fetch(struct cs_reader *reader, const struct cs_watched_clause *made)
{
	reader->form = "source \"sdn.csv\", \"alt.csv\" fetch \"https://lists.example/sdn.csv\", "
		       "\"https://lists.example/alt.csv\"";
	if (made->fetch_n && made->fetch_n != made->source_n)
		(void)cs_reader_say(
			reader, made->fetch_place,
			"\"fetch\" has an address for each file of \"source\", in the same order; write: {2}", nothing);
	reader->form = "source \"sdn.csv\"";
	for (unsigned i = 0; i < made->fetch_n && i < made->source_n; i++)
		if (made->source[i][0] && made->source[i][strlen(made->source[i]) - 1] == '/')
			(void)cs_reader_say(
				reader, made->fetch_place,
				"what is fetched is put in the place of a file, and {1} is a folder; write: {2}",
				cs_span_text(made->source[i]));
}

static void
check_clauses(struct cs_reader *reader, const struct cs_sketch_listed *listed)
{
	const struct cs_watched_clause *made = &listed->made;
	reader->form = "source \"sdn.csv\" format ofac stale 48h";
	if (listed->keyed)
		(void)cs_reader_say(reader, made->place,
				    "\"{1}\" is for lists of keys, and this is a watch list, of names; write: {2}",
				    cs_span_text(listed->keyed));
	reader->form = "format csv map \"name=Full name,birth=DOB\"";
	if (made->map && made->format != CS_WATCHED_CSV)
		(void)cs_reader_say(reader, made->place, "\"map\" is for lists of one's own, in CSV; write: {2}",
				    nothing);
}

bool
cs_sketch_take_watched(struct cs_reader *reader, const struct cs_list_clause *list)
{
	struct cs_sketch *sketch = reader->sketch;
	struct cs_sketch_listed *listed = &sketch->listed;
	struct cs_watched_clause *made = &listed->made;
	if (!cs_sketch_is_watched(listed))
		return false;
	CS_ASSERT(sketch->list_n && sketch->watched_n < CS_LISTS_MAX);
	made->name = list->name;
	made->title = list->title;
	made->place = list->place;
	made->stale_ns = list->stale_ns;
	made->refresh_ns = list->refresh_ns;
	made->shrink_ppm = list->shrink_ppm;
	if (made->format == CS_WATCHED_FORMATS && !listed->formatted)
		made->format = CS_WATCHED_CSV; /* a mapping says so */
	check_clauses(reader, listed);
	check_files(reader, made);
	check_fetch(reader, made);
	if (made->name && strlen(made->name) > CS_WATCHED_NAME_MAX)
		(void)cs_reader_say(reader, made->place,
				    "a watch list has a name of at most 63 letters; write a shorter one", nothing);
	sketch->watched[sketch->watched_n++] = *made;
	reader->policy->watched = sketch->watched;
	reader->policy->watched_n = sketch->watched_n;
	sketch->list[--sketch->list_n] = (struct cs_list_clause){0};
	return true;
}

/*
 * `countersign lists check`: what is in the files of a watch list, and what could not be read.
 */
#include "app/command.h"
#include "app/lists_fetch.h"
#include "base/glyph.h"
#include "base/json.h"
#include "io/file.h"
#include "screen/list_sound.h"
#include "screen/watch_list.h"

#include <stdio.h>
#include <stdlib.h>

enum { OUT_BYTES = 1 << 16, STANDARD_OUT = 1 };

static const size_t FILE_BYTES_MAX = (size_t)1 << 32;

const char cs_cmd_lists_help[] =
	"usage: countersign lists check FILE... [--format FORMAT] [--map MAP] [--json]\n"
	"       countersign lists fetch POLICY [--list NAME]... [--json]\n\n"
	"check reads the files of one watch list as screening does, and says what is in them and what could not be "
	"read.\n"
	"fetch gets the watch lists of a policy from where their `fetch` says they are published, by curl, reads them, "
	"and\n"
	"puts those that are whole and have not lost more entries than `shrink` allows in the place of the files "
	"there.\n\n"
	"  --format FORMAT   ofac (main file, ALT, ADD and COMMENTS, in any order), ofac-xml, un, eu, uk,\n"
	"                    opensanctions, ftm or csv; the default: told from the first bytes\n"
	"  --map MAP         of csv: which column holds what, as name=Full name,birth=DOB,country=Land; words are\n"
	"                    id kind name given family name-kind name-quality alias weak former original gender birth\n"
	"                    place birth-country country programme bic lei passport national tax registration imo "
	"mmsi\n"
	"                    call-sign tail account wallet other-id\n"
	"  --list NAME       fetch this list; the default: each that says where it is published\n"
	"  --json            the same as one JSON object, of fetch one for each list\n\n"
	"exit status: 0 all of it was read or fetched, 1 rows were wrong, or entries have nothing that can be compared "
	"or\n"
	"             looked up, or names hold markup or controls, 2 bad usage, 3 it is no list, cannot be read, or a "
	"list\n"
	"             stays as it was; no list is also one of which no entry can be searched, or of whose names more "
	"than\n"
	"             half hold markup or controls: screen and run take it for one that cannot be read\n";

enum { OPTION_FORMAT, OPTION_MAP, OPTION_JSON };

static const struct cs_option options_table[] = {
	[OPTION_FORMAT] = {"--format", true},
	[OPTION_MAP] = {"--map", true},
	[OPTION_JSON] = {"--json", false},
	{NULL, false},
};

struct request {
	const char *path[CS_WATCH_LIST_FILES_MAX];
	unsigned path_n;
	enum cs_watch_list_format format;
	struct cs_watch_list_map map;
	bool mapped, json, checks;
};

static const char *const party_words[CS_ENTRY_KINDS] = {
	[CS_ENTRY_OTHER] = "of no stated kind",    [CS_ENTRY_PERSON] = "persons",
	[CS_ENTRY_ORGANISATION] = "organisations", [CS_ENTRY_VESSEL] = "vessels",
	[CS_ENTRY_AIRCRAFT] = "aircraft",          [CS_ENTRY_WALLET] = "wallets",
};

/* Of one; NULL: the same. */
static const char *const party_one[CS_ENTRY_KINDS] = {
	[CS_ENTRY_PERSON] = "person",
	[CS_ENTRY_ORGANISATION] = "organisation",
	[CS_ENTRY_VESSEL] = "vessel",
	[CS_ENTRY_WALLET] = "wallet",
};

static const char *const name_words[CS_ENTRY_NAME_KINDS] = {
	[CS_ENTRY_PRIMARY] = "primary",
	[CS_ENTRY_ALIAS] = "alias",
	[CS_ENTRY_WEAK] = "weak",
	[CS_ENTRY_FORMER] = "former",
	[CS_ENTRY_ORIGINAL] = "original script",
};

static const char *const id_words[CS_ENTRY_ID_KINDS] = {
	[CS_ENTRY_ID_OTHER] = "other",
	[CS_ENTRY_ID_BIC] = "BIC",
	[CS_ENTRY_ID_LEI] = "LEI",
	[CS_ENTRY_ID_PASSPORT] = "passport",
	[CS_ENTRY_ID_NATIONAL] = "national",
	[CS_ENTRY_ID_TAX] = "tax",
	[CS_ENTRY_ID_REGISTRATION] = "registration",
	[CS_ENTRY_ID_IMO] = "IMO",
	[CS_ENTRY_ID_MMSI] = "MMSI",
	[CS_ENTRY_ID_CALL_SIGN] = "call sign",
	[CS_ENTRY_ID_TAIL] = "tail",
	[CS_ENTRY_ID_ACCOUNT] = "account",
	[CS_ENTRY_ID_WALLET] = "wallet",
};

static bool
complain(const char *what)
{
	(void)fprintf(stderr, "countersign lists: %s. See countersign lists --help\n", what);
	return false;
}

static bool
take_plain(struct request *request, const char *value)
{
	if (!request->checks) {
		request->checks = strcmp(value, "check") == 0;
		return request->checks || complain("the first word is check or fetch");
	}
	if (request->path_n == CS_WATCH_LIST_FILES_MAX)
		return complain("a list has at most 8 files");
	request->path[request->path_n++] = value;
	return true;
}

static bool
take_option(struct request *request, int option, const char *value)
{
	const char *why = NULL;
	switch (option) {
	case OPTION_FORMAT:
		request->format = cs_watch_list_format(cs_span_text(value));
		return request->format != CS_WATCH_LIST_GUESS ||
		       complain("--format is ofac, ofac-xml, un, eu, uk, opensanctions, ftm or csv");
	case OPTION_MAP:
		request->mapped = cs_watch_list_map(cs_span_text(value), &request->map, &why);
		return request->mapped || complain(why);
	case OPTION_JSON:
		request->json = true;
		return true;
	default:
		return take_plain(request, value);
	}
}

static bool
read_options(int argc, char **argv, struct request *request)
{
	struct cs_options options = {argc, argv, 1, false};
	for (;;) {
		const char *value = NULL;
		int option = cs_option_next(&options, options_table, &value);
		if (option == CS_OPTION_END)
			break;
		if (option == CS_OPTION_BAD || !take_option(request, option, value))
			return false;
	}
	if (request->path_n == 0)
		return complain("which files? countersign lists check FILE...");
	if (request->mapped && request->format == CS_WATCH_LIST_GUESS)
		request->format = CS_WATCH_LIST_CSV;
	return !request->mapped || request->format == CS_WATCH_LIST_CSV || complain("--map goes with csv");
}

/* A row of the report: a number and what it counts, in JSON a key. */
struct figure {
	const char *key, *words;
	uint64_t value;
	bool always;
};

enum { FIGURES = 19 };

static void
figures_of(const struct cs_watch_list_report *r, struct figure out[FIGURES])
{
	const struct figure figures[FIGURES] = {
		{"rows", "rows read", r->row_n, true},
		{"rows_wrong", "rows wrong", r->row_bad_n, true},
		{"entries", "entries", r->entry_n, true},
		{"declared", "entries the list says it has", r->declared_n, false},
		{"names", "names", r->name_n, true},
		{"identifiers", "identifiers", r->id_n, true},
		{"births", "dates of birth", r->birth_n, true},
		{"births_wrong", "dates of birth not understood", r->birth_bad_n, false},
		{"places", "places of birth", r->place_n, false},
		{"countries", "nationalities and flags", r->country_n, false},
		{"countries_unknown", "countries not known", r->country_bad_n, false},
		{"programmes", "programmes", r->programme_n, false},
		{"genders", "genders", r->gender_n, false},
		{"loose", "rows whose entry is in no file", r->loose_n, false},
		{"passed_over", "records that are no party", r->other_n, false},
		{"names_empty", "names without a character", r->empty_n, false},
		{"texts_cut", "texts longer than 4096 bytes, cut", r->long_n, false},
		{"texts_recoded", "texts not UTF-8, read as Windows-1252", r->recoded_n, false},
		{"zeros", "bytes of value 0", r->zero_n, false},
	};
	memcpy(out, figures, sizeof figures);
}

static void
put_row(struct cs_text *text, const char *words, uint64_t value)
{
	enum { WIDTH = 40 };
	size_t n = strlen(words);
	cs_text_put(text, "  ");
	cs_text_put(text, words);
	for (; n < WIDTH; n++)
		cs_text_put_char(text, ' ');
	cs_text_put_u64(text, value);
	cs_text_put_char(text, '\n');
}

/* What is counted, as it is called; where one of it is called otherwise, in ONE. */
struct kinds {
	const char *title;
	const char *const *words, *const *one;
	unsigned n;
};

static void
put_kinds(struct cs_text *text, const struct kinds *kinds, const uint64_t *value)
{
	cs_text_put(text, kinds->title);
	const char *between = " ";
	for (unsigned i = 0; i < kinds->n; i++) {
		const char *one = kinds->one && kinds->one[i] ? kinds->one[i] : kinds->words[i];
		if (value[i] == 0)
			continue;
		cs_text_put(text, between);
		cs_text_put_counted(text, value[i], one, kinds->words[i]);
		between = ", ";
	}
	cs_text_put(text, between[0] == ',' ? "\n" : " none\n");
}

static void
put_line_ends(struct cs_text *text, const struct cs_watch_list_report *r)
{
	bool mixed = (r->lf_n > 0) + (r->crlf_n > 0) + (r->cr_n > 0) > 1;
	if (mixed) {
		static const char *const words[] = {"LF", "CR LF", "CR"};
		const uint64_t value[] = {r->lf_n, r->crlf_n, r->cr_n};
		put_kinds(text, &(struct kinds){"mixed line ends:", words, NULL, 3}, value);
	}
	if (r->end_mark)
		cs_text_put(text, "a file ends with 0x1A\n");
}

static void
put_faults(struct cs_text *text, const struct request *request, const struct cs_watch_list_report *r)
{
	unsigned n = r->fault_n < CS_WATCH_LIST_FAULTS_MAX ? (unsigned)r->fault_n : CS_WATCH_LIST_FAULTS_MAX;
	for (unsigned i = 0; i < n; i++) {
		const struct cs_watch_list_fault *fault = &r->fault[i];
		cs_text_put(text, fault->file < request->path_n ? request->path[fault->file] : "-");
		cs_text_put(text, ":");
		cs_text_put_u64(text, fault->line);
		cs_text_put(text, ": byte ");
		cs_text_put_u64(text, fault->offset);
		cs_text_put(text, ": ");
		cs_text_put(text, fault->why);
		cs_text_put_char(text, '\n');
	}
	if (r->fault_n > n) {
		cs_text_put(text, "... and more: ");
		cs_text_put_u64(text, r->fault_n);
		cs_text_put(text, " in all\n");
	}
}

static void
put_people(struct cs_text *text, const struct request *request, const struct cs_watch_list_report *r)
{
	struct figure figures[FIGURES];
	cs_text_put(text, "format  ");
	cs_text_put(text, cs_watch_list_word(r->format));
	cs_text_put(text, ": ");
	cs_text_put(text, cs_watch_list_words(r->format));
	cs_text_put(text, "\nversion ");
	cs_text_put_hex_small(text, (struct cs_span){r->version.at, sizeof r->version.at});
	cs_text_put(text, "\ndate    ");
	cs_text_put(text, r->date[0] ? r->date : "not said");
	cs_text_put_char(text, '\n');
	figures_of(r, figures);
	for (unsigned i = 0; i < FIGURES; i++)
		if (figures[i].always || figures[i].value)
			put_row(text, figures[i].words, figures[i].value);
	put_kinds(text, &(struct kinds){"entries:", party_words, party_one, CS_ENTRY_KINDS}, r->entry_of);
	put_kinds(text, &(struct kinds){"names:", name_words, NULL, CS_ENTRY_NAME_KINDS}, r->name_of);
	put_kinds(text, &(struct kinds){"identifiers:", id_words, NULL, CS_ENTRY_ID_KINDS}, r->id_of);
	put_line_ends(text, r);
	put_faults(text, request, r);
}

static void
put_counts(struct cs_json *json, const char *key, const char *const *words, const uint64_t *value, unsigned n)
{
	cs_json_key(json, key);
	cs_json_object(json);
	for (unsigned i = 0; i < n; i++)
		if (value[i])
			cs_json_put_u64(json, words[i], value[i]);
	cs_json_end_object(json);
}

static void
put_json_faults(struct cs_json *json, const struct request *request, const struct cs_watch_list_report *r)
{
	cs_json_put_u64(json, "faults_in_all", r->fault_n);
	cs_json_key(json, "faults");
	cs_json_array(json);
	for (unsigned i = 0; i < r->fault_n && i < CS_WATCH_LIST_FAULTS_MAX; i++) {
		const struct cs_watch_list_fault *fault = &r->fault[i];
		cs_json_object(json);
		if (fault->file < request->path_n)
			cs_json_put_text(json, "file", request->path[fault->file]);
		cs_json_put_u64(json, "line", fault->line);
		cs_json_put_u64(json, "offset", fault->offset);
		cs_json_put_text(json, "why", fault->why);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

enum { SHOWN_BYTES = 40, FIRST_BYTES = 1024 };

/* What the reader of a list cannot know: whether names can be compared, or are text of another file that only has the shape of a list. */
struct looking {
	struct cs_lexicon *lexicon;
	struct cs_name_room room;
	uint64_t empty_n; /* entries by which nobody can be found */
	uint64_t odd_n;   /* names that hold markup or controls */
	char empty_first[FIRST_BYTES], odd_first[FIRST_BYTES];
};

static void
put_json(struct cs_text *text, const struct request *request, const struct cs_watch_list_report *r,
	 const struct looking *looking, bool is_list)
{
	struct figure figures[FIGURES];
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_bool(&json, "is_list", is_list);
	cs_json_put_text(&json, "format", cs_watch_list_word(r->format));
	cs_json_key(&json, "version");
	cs_json_hex_small(&json, (struct cs_span){r->version.at, sizeof r->version.at});
	cs_json_put_utf8(&json, "date", cs_span_text(r->date));
	figures_of(r, figures);
	for (unsigned i = 0; i < FIGURES; i++)
		cs_json_put_u64(&json, figures[i].key, figures[i].value);
	cs_json_put_u64(&json, "entries_unsearchable", looking->empty_n);
	cs_json_put_u64(&json, "names_odd", looking->odd_n);
	cs_json_put_u64(&json, "line_ends_lf", r->lf_n);
	cs_json_put_u64(&json, "line_ends_crlf", r->crlf_n);
	cs_json_put_u64(&json, "line_ends_cr", r->cr_n);
	cs_json_put_bool(&json, "end_mark", r->end_mark);
	put_counts(&json, "entries_by_kind", party_words, r->entry_of, CS_ENTRY_KINDS);
	put_counts(&json, "names_by_kind", name_words, r->name_of, CS_ENTRY_NAME_KINDS);
	put_counts(&json, "identifiers_by_kind", id_words, r->id_of, CS_ENTRY_ID_KINDS);
	put_json_faults(&json, request, r);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

/* The beginning of TEXT in quotes, whole characters of it, with what is hidden in it shown. */
static void
put_shown(struct cs_text *out, struct cs_span text)
{
	struct cs_span shown = text;
	if (text.len > SHOWN_BYTES)
		for (shown.len = SHOWN_BYTES; shown.len && (text.at[shown.len] & 0xC0) == 0x80; shown.len--) {
		}
	cs_text_put_char(out, '"');
	cs_glyph_put_all(out, shown);
	cs_text_put(out, shown.len < text.len ? "...\"" : "\"");
}

/* Which entry of the list this is: its number there, where it has one that is not its name, and the name. */
static void
note_first(const struct cs_entry *entry, struct cs_span name, char out[FIRST_BYTES])
{
	struct cs_text text = cs_text_over(out, FIRST_BYTES);
	if (entry->uid.len && !cs_span_equal(entry->uid, name)) {
		put_shown(&text, entry->uid);
		cs_text_put(&text, ", ");
	}
	put_shown(&text, name);
}

static enum cs_error
look_at(void *context, const struct cs_entry *entry)
{
	struct looking *looking = context;
	bool found = entry->id_n > 0;
	for (size_t i = 0; i < entry->name_n; i++) {
		struct cs_span name = entry->name[i].text;
		bool odd = cs_list_sound_odd(name);
		if (odd && looking->odd_n++ == 0)
			note_first(entry, name, looking->odd_first);
		found = found || !cs_list_sound_nothing(looking->lexicon, name, &looking->room);
	}
	if (!found && looking->empty_n++ == 0)
		note_first(entry, entry->name_n ? entry->name[0].text : (struct cs_span){NULL, 0},
			   looking->empty_first);
	return CS_OK;
}

/* What is wrong with a list that was read to its end; false: nothing of it is any good. */
static bool
tell_looks(const char *path, const struct looking *looking, const struct cs_watch_list_report *report)
{
	char line[2 * FIRST_BYTES + 512];
	struct cs_text text = cs_text_over(line, sizeof line);
	if (looking->empty_n) {
		cs_text_put_counted(&text, looking->empty_n, "entry has", "entries have");
		cs_text_put(&text, " nothing that can be compared or looked up, the first is ");
		cs_text_put(&text, looking->empty_first);
		cs_text_put(&text, ": give each a name in letters or an identifier, or take it out");
	}
	if (looking->odd_n) {
		cs_text_put(&text, looking->empty_n ? "; " : "");
		cs_text_put_counted(&text, looking->odd_n, "name holds", "names hold");
		cs_text_put(&text, " markup or controls, as the text of another kind of file does, the first is of ");
		cs_text_put(&text, looking->odd_first);
		cs_text_put(&text, ": look whether this is the right file, and save it as plain text");
	}
	if (text.len)
		(void)fprintf(stderr, "countersign lists: %s: %s\n", path, line);
	return cs_list_sound(report, looking->empty_n, looking->odd_n);
}

static int
check(const struct request *request, const struct cs_span *file)
{
	static char room[OUT_BYTES];
	static struct cs_watch_list_report report;
	struct cs_text text = cs_text_over(room, sizeof room);
	const struct cs_watch_list_source source = {request->format, file, request->path_n,
						    request->mapped ? &request->map : NULL};
	static struct looking looking;
	looking.lexicon = cs_lexicon_new();
	enum cs_error error = looking.lexicon ? cs_watch_list_read(&source, look_at, &looking, &report) : CS_E_MEMORY;
	cs_lexicon_free(looking.lexicon);
	bool good = error == CS_OK && tell_looks(request->path[0], &looking, &report);
	if (request->json)
		put_json(&text, request, &report, &looking, good);
	else
		put_people(&text, request, &report);
	if (cs_file_write_all(STANDARD_OUT, text.at, text.len) != CS_OK) {
		(void)fputs("countersign lists: standard output cannot be written\n", stderr);
		return CS_EXIT_INPUT;
	}
	if (error != CS_OK) {
		(void)fprintf(stderr, "countersign lists: %s: %s\n", request->path[0], cs_error_text(error));
		if (report.unmapped)
			(void)fputs("countersign lists: --map \"name=HEADING,birth=HEADING\" says which columns hold "
				    "what\n",
				    stderr);
		return CS_EXIT_INPUT;
	}
	if (!good)
		return CS_EXIT_INPUT;
	return report.row_bad_n || looking.empty_n || looking.odd_n ? CS_EXIT_FINDINGS : CS_EXIT_RAN;
}

int
cs_cmd_lists(int argc, char **argv)
{
	struct request request = {0};
	struct cs_span file[CS_WATCH_LIST_FILES_MAX];
	unsigned n = 0;
	if (argc > 1 && strcmp(argv[1], "fetch") == 0)
		return cs_lists_fetch(argc - 1, argv + 1);
	if (!read_options(argc, argv, &request))
		return CS_EXIT_USAGE;
	int status = CS_EXIT_INPUT;
	for (; n < request.path_n; n++) {
		enum cs_error error = cs_file_read(request.path[n], FILE_BYTES_MAX, &file[n]);
		if (error == CS_OK)
			continue;
		(void)fprintf(stderr, "countersign lists: %s: %s\n", request.path[n], cs_file_error_text(error));
		break;
	}
	if (n == request.path_n)
		status = check(&request, file);
	for (unsigned i = 0; i < n; i++)
		cs_file_free(file[i]);
	return status;
}

/*
 * See watch_list.h: what the first bytes say, the hash of all bytes, and which reader takes over.
 */
#include "base/glyph.h"
#include "screen/list_parts.h"

#include <stdlib.h>

enum { LOOK_BYTES = 4096 };

static const struct {
	const char *word, *words;
} formats[CS_WATCH_LIST_FORMATS] = {
	[CS_WATCH_LIST_GUESS] = {"guess", "told from the first bytes"},
#define X(symbol, word, words) [CS_WATCH_LIST_##symbol] = {word, words},
#include "screen/list_format.def"
#undef X
};

static const char *const columns[CS_WATCH_LIST_COLUMNS] = {
#define X(symbol, word) [CS_WATCH_LIST_COLUMN_##symbol] = word,
#include "screen/list_column.def"
#undef X
};

const char *
cs_watch_list_word(enum cs_watch_list_format format)
{
	return formats[format].word;
}

const char *
cs_watch_list_words(enum cs_watch_list_format format)
{
	return formats[format].words;
}

enum cs_watch_list_format
cs_watch_list_format(struct cs_span word)
{
	for (unsigned i = CS_WATCH_LIST_GUESS + 1; i < CS_WATCH_LIST_FORMATS; i++)
		if (cs_span_is(word, formats[i].word))
			return (enum cs_watch_list_format)i;
	return CS_WATCH_LIST_GUESS;
}

static bool
column_of(struct cs_span word, uint8_t *out)
{
	for (unsigned i = CS_WATCH_LIST_COLUMN_NONE + 1; i < CS_WATCH_LIST_COLUMNS; i++)
		if (cs_span_is(word, columns[i])) {
			*out = (uint8_t)i;
			return true;
		}
	return false;
}

bool
cs_watch_list_map(struct cs_span text, struct cs_watch_list_map *out, const char **why)
{
	struct cs_span part;
	bool named = false;
	memset(out, 0, sizeof *out);
	while (cs_list_text_cut(&text, ",", &part)) {
		const uint8_t *equals = part.len ? memchr(part.at, '=', part.len) : NULL;
		*why = "a mapping is written word=header,word=header";
		if (!equals)
			return false;
		*why = "a mapping has at most 64 columns";
		if (out->n == CS_WATCH_LIST_MAP_MAX)
			return false;
		size_t n = (size_t)(equals - part.at);
		*why = "a word of the mapping is none that is known";
		if (!column_of(cs_list_text_trim((struct cs_span){part.at, n}), &out->at[out->n].column))
			return false;
		out->at[out->n].header = cs_list_text_trim((struct cs_span){equals + 1, part.len - n - 1});
		unsigned column = out->at[out->n++].column;
		named = named || column == CS_WATCH_LIST_COLUMN_NAME || column == CS_WATCH_LIST_COLUMN_FAMILY ||
			column == CS_WATCH_LIST_COLUMN_WALLET;
	}
	*why = "a mapping says which column is name, or family, or wallet";
	return named;
}

static bool
holds(struct cs_span text, const char *word)
{
	return text.at && memmem(text.at, text.len, word, strlen(word)) != NULL;
}

static struct cs_span
without_mark(struct cs_span file)
{
	bool mark = file.len >= 3 && memcmp(file.at, "\xEF\xBB\xBF", 3) == 0;
	return mark ? (struct cs_span){file.at + 3, file.len - 3} : file;
}

static enum cs_watch_list_format
guess_xml(struct cs_span head)
{
	if (holds(head, "<sdnList") || holds(head, ":sdnList"))
		return CS_WATCH_LIST_OFAC_XML;
	if (holds(head, "<CONSOLIDATED_LIST"))
		return CS_WATCH_LIST_UN;
	if (holds(head, "fpi/fsd/export"))
		return CS_WATCH_LIST_EU;
	return CS_WATCH_LIST_GUESS;
}

enum cs_watch_list_format
cs_watch_list_guess(struct cs_span file)
{
	struct cs_span head = without_mark(file);
	head = cs_list_text_trim((struct cs_span){head.at, head.len < LOOK_BYTES ? head.len : LOOK_BYTES});
	if (head.len == 0)
		return CS_WATCH_LIST_GUESS;
	if (head.at[0] == '<')
		return guess_xml(head);
	if (head.at[0] == '{')
		return CS_WATCH_LIST_FTM;
	if (cs_list_ofac_role(file) < 4)
		return CS_WATCH_LIST_OFAC;
	if (holds(head, "Name 6"))
		return CS_WATCH_LIST_UK;
	bool id =
		cs_list_text_starts(head, "id,schema,name") || cs_list_text_starts(head, "\"id\",\"schema\",\"name\"");
	if (id)
		return CS_WATCH_LIST_OPENSANCTIONS;
	const uint8_t *end = memchr(head.at, '\n', head.len);
	struct cs_span line = {head.at, end ? (size_t)(end - head.at) : head.len};
	return holds(line, ",") || holds(line, ";") || holds(line, "\t") ? CS_WATCH_LIST_CSV : CS_WATCH_LIST_GUESS;
}

/* Why a file that no reader may see is none; NULL: it may. */
static const char *
unsupported(struct cs_span file)
{
	struct cs_span head = {file.at, file.len < LOOK_BYTES ? file.len : LOOK_BYTES};
	if (file.len >= 2 && memcmp(file.at, "\x1F\x8B", 2) == 0)
		return "this is compressed with gzip: unpack it first";
	if (file.len >= 4 && memcmp(file.at, "\x28\xB5\x2F\xFD", 4) == 0)
		return "this is compressed with zstd: unpack it first";
	if (file.len >= 2 && memcmp(file.at, "PK", 2) == 0)
		return "this is a zip archive: unpack it first";
	if (cs_glyph_wide(file))
		return cs_glyph_wide(file);
	if (holds(head, "<Sanctions ") && holds(head, "ADVANCED_XML"))
		return "this is OFAC's advanced XML: take the classic XML or the CSV";
	return NULL;
}

/* The bytes of all files in an order that is not the caller's: each role of OFAC's in turn. */
static enum cs_error
hash(const struct cs_watch_list_source *source, struct cs_watch_list_report *report)
{
	enum { ROLES = 5 };
	struct cs_hasher *hasher = cs_hasher_new();
	if (!hasher)
		return CS_E_MEMORY;
	unsigned role[CS_WATCH_LIST_FILES_MAX] = {0};
	for (unsigned i = 0; i < source->file_n && report->format == CS_WATCH_LIST_OFAC; i++)
		role[i] = cs_list_ofac_role(source->file[i]);
	cs_hasher_begin(hasher);
	for (unsigned r = 0; r < ROLES; r++)
		for (unsigned i = 0; i < source->file_n; i++)
			if (role[i] == r)
				cs_hasher_add(hasher, source->file[i].at, source->file[i].len);
	report->version = cs_hasher_end(hasher);
	cs_hasher_free(hasher);
	return CS_OK;
}

static enum cs_error
refuse(struct cs_watch_list_report *report, unsigned file, const char *why, enum cs_error error)
{
	cs_watch_list_fault_put(report, (struct cs_watch_list_fault){file, 1, 0, why});
	return error;
}

/* The format of the source, told or guessed; CS_OK when there is a reader for it. */
static enum cs_error
settle(const struct cs_watch_list_source *source, struct cs_watch_list_report *report)
{
	if (source->file_n == 0 || source->file_n > CS_WATCH_LIST_FILES_MAX)
		return refuse(report, 0, "a list is 1 to 8 files", CS_E_LIMIT);
	for (unsigned i = 0; i < source->file_n; i++) {
		const char *why = unsupported(source->file[i]);
		if (why)
			return refuse(report, i, why, CS_E_UNSUPPORTED);
	}
	report->format = source->format ? source->format : cs_watch_list_guess(source->file[0]);
	if (report->format == CS_WATCH_LIST_GUESS)
		return refuse(report, 0, "its first bytes are those of no format known here", CS_E_FORMAT);
	if (report->format != CS_WATCH_LIST_OFAC && source->file_n > 1)
		return refuse(report, 1, "only OFAC's CSV is more than one file", CS_E_FORMAT);
	return CS_OK;
}

static enum cs_error
read_by(const struct cs_watch_list_source *source, struct cs_list_made *made)
{
	switch (made->report->format) {
	case CS_WATCH_LIST_OFAC:
		return cs_list_ofac_read(source, made);
	case CS_WATCH_LIST_OFAC_XML:
		return cs_list_ofac_xml_read(source, made);
	case CS_WATCH_LIST_UN:
		return cs_list_un_read(source, made);
	case CS_WATCH_LIST_EU:
		return cs_list_eu_read(source, made);
	case CS_WATCH_LIST_FTM:
		return cs_list_ftm_read(source, made);
	case CS_WATCH_LIST_UK:
	case CS_WATCH_LIST_OPENSANCTIONS:
	case CS_WATCH_LIST_CSV:
		return cs_list_table_read(source, made);
	case CS_WATCH_LIST_GUESS:
	case CS_WATCH_LIST_FORMATS:
		break;
	}
	return CS_E_FORMAT;
}

static bool
is_before(const struct cs_watch_list_fault *a, const struct cs_watch_list_fault *b)
{
	return a->file != b->file ? a->file < b->file : a->offset < b->offset;
}

/* A table is read twice: what shows in the second reading stands among the faults of the first by its place. */
static void
sort_faults(struct cs_watch_list_report *report)
{
	unsigned n = report->fault_n < CS_WATCH_LIST_FAULTS_MAX ? (unsigned)report->fault_n : CS_WATCH_LIST_FAULTS_MAX;
	for (unsigned i = 1; i < n; i++) {
		struct cs_watch_list_fault fault = report->fault[i];
		unsigned at = i;
		for (; at && is_before(&fault, &report->fault[at - 1]); at--)
			report->fault[at] = report->fault[at - 1];
		report->fault[at] = fault;
	}
}

enum cs_error
cs_watch_list_read(const struct cs_watch_list_source *source, cs_watch_list_taker *take, void *context,
		   struct cs_watch_list_report *report)
{
	memset(report, 0, sizeof *report);
	CS_TRY(settle(source, report));
	CS_TRY(hash(source, report));
	struct cs_list_made made = {.take = take, .context = context, .report = report};
	enum cs_error error = read_by(source, &made);
	if (error == CS_OK)
		error = made.error;
	cs_list_made_free(&made);
	sort_faults(report);
	if (error == CS_OK && report->entry_n == 0)
		error = refuse(report, 0, "there is no entry in it", CS_E_TRUNCATED);
	return error;
}

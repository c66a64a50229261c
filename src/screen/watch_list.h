/*
 * Watch lists as they are published, read: bytes in, entries out.
 *
 * Memory in: who has the files in memory calls cs_watch_list_read once for one list, however many files it is made of, and gets
 * every entry through a callback. A row that is wrong is counted, with its line and why, and the next is read; a file that
 * cannot be read further (XML that is none, a format that is another) is an error, and then what came before it is no list:
 * throw it away and keep the one in force. Any bytes are answered; memory is bounded by a few times the input; entity
 * declarations are refused. See docs/screening.md for what is taken from each format.
 */
#ifndef CS_SCREEN_WATCH_LIST_H
#define CS_SCREEN_WATCH_LIST_H

#include "base/digest.h"
#include "screen/entry.h"

enum {
	CS_WATCH_LIST_FILES_MAX = 8,
	CS_WATCH_LIST_FAULTS_MAX = 16,   /* kept with their places; all are counted */
	CS_WATCH_LIST_NAME_MAX = 4096,   /* bytes of a name; what is longer is cut there and counted */
	CS_WATCH_LIST_ROW_MAX = 1 << 22, /* bytes of a row of CSV or a line of JSON, and of the text of one XML entry */
	CS_WATCH_LIST_COLUMNS_MAX = 256,
	CS_WATCH_LIST_DATE_MAX = 40,
	CS_WATCH_LIST_MAP_MAX = 64,    /* columns of a mapping */
	CS_WATCH_LIST_LACKS_MAX = 640, /* bytes that say what is lacking: which column is not there, and which are */
};

enum cs_watch_list_format {
	CS_WATCH_LIST_GUESS, /* from the first bytes */
#define X(symbol, word, words) CS_WATCH_LIST_##symbol,
#include "screen/list_format.def"
#undef X
	CS_WATCH_LIST_FORMATS,
};

/* What a column of a list of one's own holds; the words are in list_column.def. */
enum cs_watch_list_column {
#define X(symbol, word) CS_WATCH_LIST_COLUMN_##symbol,
#include "screen/list_column.def"
#undef X
	CS_WATCH_LIST_COLUMNS,
};

/* Which columns of a CSV hold what: several may hold the same. */
struct cs_watch_list_map {
	unsigned n;
	struct {
		struct cs_span header; /* as in the first line; case does not count */
		uint8_t column;        /* enum cs_watch_list_column */
	} at[CS_WATCH_LIST_MAP_MAX];
};

struct cs_watch_list_source {
	enum cs_watch_list_format format;
	const struct cs_span *file; /* of OFAC's CSV: the main file with any of ALT, ADD and COMMENTS, in any order */
	unsigned file_n;
	const struct cs_watch_list_map
		*map; /* of CSV of one's own; NULL: the headers are the words of list_column.def */
};

/* A row, or the place in a file, that could not be read. */
struct cs_watch_list_fault {
	unsigned file;         /* as in the source */
	uint64_t line, offset; /* line from 1; bytes from the beginning of the file to the row's */
	const char *why;       /* static, or `lacks` of the report */
};

/* What was read and what was not. */
struct cs_watch_list_report {
	enum cs_watch_list_format format;
	struct cs_digest
		version; /* SHA-256 of all bytes; of several files, OFAC's main file first, then as they join */
	char date[CS_WATCH_LIST_DATE_MAX]; /* the list's own, as it writes it; "": it says none */
	uint64_t declared_n;               /* entries the list says it has; 0: it does not */
	uint64_t row_n, row_bad_n;         /* rows (of XML and JSON: entries) read, and those that were wrong */
	uint64_t entry_n, entry_of[CS_ENTRY_KINDS];
	uint64_t name_n, name_of[CS_ENTRY_NAME_KINDS];
	uint64_t id_n, id_of[CS_ENTRY_ID_KINDS];
	uint64_t birth_n, place_n, country_n, programme_n, gender_n;
	uint64_t birth_bad_n;   /* dates of birth not understood */
	uint64_t country_bad_n; /* countries not known */
	uint64_t loose_n;       /* rows of a second file whose entry is not in the first */
	uint64_t other_n;       /* records that are no party of their own (addresses, relations) and were passed over */
	uint64_t empty_n;       /* names without a character */
	uint64_t long_n;        /* names that were cut */
	uint64_t recoded_n;     /* texts that are no UTF-8 and were read as Windows-1252 */
	uint64_t lf_n, crlf_n, cr_n; /* line ends of each kind */
	uint64_t zero_n;             /* bytes of value 0 in rows: taken as spaces */
	bool end_mark;               /* a file ends with 0x1A, as OFAC's do */
	bool unmapped;               /* a list of one's own, of whose columns a mapping has to say which is the name */
	char lacks
		[CS_WATCH_LIST_LACKS_MAX]; /* why it is none, where an error says too little: of a mapping whose column is not there which, and what there is; "": not so */
	uint64_t fault_n;
	struct cs_watch_list_fault fault[CS_WATCH_LIST_FAULTS_MAX];
};

/* Gets each entry; it is good until the call returns. Another answer than CS_OK ends the reading. */
typedef enum cs_error cs_watch_list_taker(void *context, const struct cs_entry *entry);

/*
 * cs_watch_list_read reads one list. CS_E_FORMAT: not in that format, or in none known; CS_E_UNSUPPORTED: compressed, UTF-16
 * or the advanced XML; CS_E_SYNTAX: it cannot be read to its end; CS_E_TRUNCATED: no entry in it; CS_E_LIMIT; CS_E_MEMORY; or
 * what TAKE answered. REPORT is filled in any case: its last fault says where and why.
 */
CS_MUST_USE enum cs_error cs_watch_list_read(const struct cs_watch_list_source *source, cs_watch_list_taker *take,
					     void *context, struct cs_watch_list_report *report);

/* cs_watch_list_guess tells the format from the first bytes of a file; CS_WATCH_LIST_GUESS: none known. */
enum cs_watch_list_format cs_watch_list_guess(struct cs_span file);

/* cs_watch_list_format finds a format by its word; CS_WATCH_LIST_GUESS: there is none. */
enum cs_watch_list_format cs_watch_list_format(struct cs_span word);

/* cs_watch_list_word gives the word of a format, "guess" for that; _words a line about it. Static. */
const char *cs_watch_list_word(enum cs_watch_list_format format);
const char *cs_watch_list_words(enum cs_watch_list_format format);

/* cs_watch_list_day reads the date a list of FORMAT says, as the report has it: seconds since 1970 of its beginning, in UTC. False: it
 * is none, or no whole day. */
bool cs_watch_list_day(enum cs_watch_list_format format, const char *date, uint64_t *seconds);

/* cs_watch_list_map reads a mapping written as "name=Full name,birth=DOB": spans point into TEXT. False: WHY says what is wrong. */
bool cs_watch_list_map(struct cs_span text, struct cs_watch_list_map *out, const char **why);

#endif

/*
 * What the readers of watch lists share: the entry being made, rows of CSV, records of XML, dates, countries, types of
 * identifiers.
 */
#ifndef CS_SCREEN_LIST_PARTS_H
#define CS_SCREEN_LIST_PARTS_H

#include "base/text.h"
#include "screen/watch_list.h"

/* Text made while one entry is; all of it is free again with the next. */
struct cs_list_room {
	struct cs_list_chunk *chunk;
};

/* The entry being made, and all that the reading of one list needs. */
struct cs_list_made {
	cs_watch_list_taker *take;
	void *context;
	struct cs_watch_list_report *report;
	struct cs_list_room room;
	enum cs_error error; /* sticky: no memory, or what TAKE said */
	struct cs_entry entry;
	struct cs_entry_name *name;
	struct cs_entry_id *id;
	struct cs_entry_birth *birth;
	struct cs_span *place;
	uint16_t *country;
	struct cs_span *programme;
	size_t name_cap, id_cap, birth_cap, place_cap, country_cap, programme_cap;
};

/* cs_list_room_take lends N bytes until the entry is done; NULL without memory. */
void *cs_list_room_take(struct cs_list_room *room, size_t n);

/* cs_list_made_begin begins an entry: what the one before had is gone. */
void cs_list_made_begin(struct cs_list_made *made, struct cs_span uid, enum cs_entry_kind kind);

/* These add to the entry: text is trimmed, made UTF-8 and left out when it is empty or was said before. */
void cs_list_made_name(struct cs_list_made *made, struct cs_span text, enum cs_entry_name_kind kind);
void cs_list_made_id(struct cs_list_made *made, enum cs_entry_id_kind kind, struct cs_span text, uint16_t country);
void cs_list_made_place(struct cs_list_made *made, struct cs_span text);
void cs_list_made_programme(struct cs_list_made *made, struct cs_span text);

/* cs_list_made_birth reads a date of birth and adds it; cs_list_made_country a country by its name or code. */
void cs_list_made_birth(struct cs_list_made *made, struct cs_span text);
void cs_list_made_country(struct cs_list_made *made, struct cs_span text);

/* cs_list_made_gender takes "Male", "F" and the like. */
void cs_list_made_gender(struct cs_list_made *made, struct cs_span text);

/* cs_list_made_joined joins N texts with BETWEEN, leaving out those that are empty; an empty span: without memory, or all were. */
struct cs_span cs_list_made_joined(struct cs_list_made *made, const struct cs_span *part, size_t n,
				   const char *between);

/* cs_list_made_end hands the entry over; false: it has neither a name nor an identifier, and was not. */
bool cs_list_made_end(struct cs_list_made *made);

/* cs_list_made_free gives its memory back. */
void cs_list_made_free(struct cs_list_made *made);

/* cs_watch_list_fault_put keeps a fault, or counts it when there are many; the last place is for the last one. */
void cs_watch_list_fault_put(struct cs_watch_list_report *report, struct cs_watch_list_fault fault);

/* cs_list_text_trim takes white space and zeros off both ends. */
struct cs_span cs_list_text_trim(struct cs_span text);

/* cs_list_text_starts compares the beginning of TEXT with a word, letters of any case. */
bool cs_list_text_starts(struct cs_span text, const char *word);

/* cs_list_text_same compares the whole of it, letters of any case. */
bool cs_list_text_same(struct cs_span text, const char *word);

/* cs_list_text_digits reads a whole number below 10^9; false: it is none. */
bool cs_list_text_digits(struct cs_span text, uint32_t *value);

/* cs_list_text_cut takes what stands before the next BETWEEN off the front of REST; false: there was nothing left. */
bool cs_list_text_cut(struct cs_span *rest, const char *any_of, struct cs_span *part);

/* cs_list_date_read understands the dates of all lists; "circa" is a year either way. False: it is none. */
bool cs_list_date_read(struct cs_span text, struct cs_entry_birth *out);

/* cs_list_place_country finds a country by its code of two letters or three digits, its name or its adjective; 0: none. */
uint16_t cs_list_place_country(struct cs_span text);

/* cs_list_kind_id tells what sort of identifier a list's word for it is; CS_ENTRY_ID_KINDS: it is none that names a party. */
enum cs_entry_id_kind cs_list_kind_id(struct cs_span words);

/* cs_list_kind_entry tells what sort of party a word says it is; CS_ENTRY_KINDS: none known. */
enum cs_entry_kind cs_list_kind_entry(struct cs_span word);

/* A file of CSV and where its reading stands. */
struct cs_list_csv {
	struct cs_span file;
	unsigned number; /* of the file in the source */
	char separator;
	size_t at;     /* the next row begins here */
	uint64_t line; /* of the next row, from 1 */
	size_t row_at; /* of the row just read */
	uint64_t row_line;
	unsigned cell_n;
	struct cs_span cell[CS_WATCH_LIST_COLUMNS_MAX]; /* into the file, or into scratch where quotes were doubled */
	uint8_t *scratch;                               /* CS_WATCH_LIST_ROW_MAX bytes */
	const char *why;
};

enum cs_list_csv_row { CS_LIST_CSV_ROW, CS_LIST_CSV_BAD, CS_LIST_CSV_END };

/* cs_list_csv_open begins with a file; false: without memory. */
bool cs_list_csv_open(struct cs_list_csv *csv, struct cs_span file, unsigned number);
void cs_list_csv_close(struct cs_list_csv *csv);

/* cs_list_csv_next reads the next row that is not empty and counts line ends in REPORT; of one that is bad, `why` says what. */
enum cs_list_csv_row cs_list_csv_next(struct cs_list_csv *csv, struct cs_watch_list_report *report);

/* cs_list_csv_fault notes the row just read as wrong. */
void cs_list_csv_fault(const struct cs_list_csv *csv, struct cs_watch_list_report *report, const char *why);

/* cs_list_remark_read takes what OFAC says in its remarks. */
void cs_list_remark_read(struct cs_list_made *made, struct cs_span text);

/* One element of a record of XML. */
struct cs_list_node {
	struct cs_span name;     /* without its prefix */
	struct cs_span text;     /* of itself, not of what it holds */
	uint32_t parent;         /* number of the element it is in; its own: the record itself */
	uint32_t end;            /* the number behind its last descendant */
	uint32_t value, value_n; /* attributes, in `value` of the record */
};

struct cs_list_value {
	struct cs_span name, text;
};

/* A record: an element of the list with all that is in it. Element 0 is itself. */
struct cs_list_record {
	const struct cs_list_node *node;
	uint32_t node_n;
	const struct cs_list_value *value;
};

/* cs_list_record_child gives the number of the first child of PARENT named so, from AFTER on (0: the first); 0: none. */
uint32_t cs_list_record_child(const struct cs_list_record *record, uint32_t parent, uint32_t after, const char *name);

/* cs_list_record_text gives the text of a child, empty when there is none; cs_list_record_value an attribute of NODE. */
struct cs_span cs_list_record_text(const struct cs_list_record *record, uint32_t parent, const char *name);
struct cs_span cs_list_record_value(const struct cs_list_record *record, uint32_t node, const char *name);

/* What is done with each child of a name. */
struct cs_list_record_part {
	const char *name;
	void (*take)(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at);
};

/* cs_list_record_take takes every child of the record by the first N parts: part by part, each in its order. */
void cs_list_record_take(struct cs_list_made *made, const struct cs_list_record *record,
			 const struct cs_list_record_part *part, size_t n);

/* How a format of XML is read: RECORD is given each element that NAMES lists (up to a NULL), at whatever depth; false: it was
 * wrong and WHY says how. ROOT is given the outermost element, with its attributes only. */
struct cs_list_xml_plan {
	const char *const *names;
	bool (*record)(struct cs_list_made *made, const struct cs_list_record *record, const char **why);
	void (*root)(struct cs_list_made *made, const struct cs_list_record *record);
};

/* cs_list_xml_read reads a file of XML by a plan. */
enum cs_error cs_list_xml_read(const struct cs_list_xml_plan *plan, struct cs_list_made *made, struct cs_span file);

/* The readers. */
enum cs_error cs_list_ofac_read(const struct cs_watch_list_source *source, struct cs_list_made *made);
enum cs_error cs_list_ofac_xml_read(const struct cs_watch_list_source *source, struct cs_list_made *made);
enum cs_error cs_list_un_read(const struct cs_watch_list_source *source, struct cs_list_made *made);
enum cs_error cs_list_eu_read(const struct cs_watch_list_source *source, struct cs_list_made *made);
enum cs_error cs_list_table_read(const struct cs_watch_list_source *source, struct cs_list_made *made);
enum cs_error cs_list_ftm_read(const struct cs_watch_list_source *source, struct cs_list_made *made);

/* cs_list_ofac_role says which file of OFAC's CSV each is: 0 the main one, then ALT, ADD, COMMENTS; 4: none of them. */
unsigned cs_list_ofac_role(struct cs_span file);

#endif

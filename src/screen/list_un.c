/*
 * The UN Security Council's consolidated list: INDIVIDUAL and ENTITY elements; names in up to four parts, aliases Good or Low,
 * names in the original script, dates of birth exact, approximate or between two years.
 */
#include "screen/list_parts.h"

/* Each child of that name: its text, or that of its VALUE children. */
static void
each_text(struct cs_list_made *made, const struct cs_list_record *record, const char *name,
	  void take(struct cs_list_made *, struct cs_span))
{
	uint32_t at = cs_list_record_child(record, 0, 0, name);
	for (; at; at = cs_list_record_child(record, 0, at, name)) {
		uint32_t value = cs_list_record_child(record, at, 0, "VALUE");
		if (!value)
			take(made, record->node[at].text);
		for (; value; value = cs_list_record_child(record, at, value, "VALUE"))
			take(made, record->node[value].text);
	}
}

static void
take_original(struct cs_list_made *made, struct cs_span text)
{
	cs_list_made_name(made, text, CS_ENTRY_ORIGINAL);
}

/* An alias cell may hold several, split by semicolons. */
static void
take_aliases(struct cs_list_made *made, const struct cs_list_record *record, const char *name)
{
	uint32_t at = cs_list_record_child(record, 0, 0, name);
	for (; at; at = cs_list_record_child(record, 0, at, name)) {
		struct cs_span quality = cs_list_record_text(record, at, "QUALITY"), part;
		struct cs_span text = cs_list_record_text(record, at, "ALIAS_NAME");
		bool former = cs_list_text_starts(quality, "f.k.a");
		enum cs_entry_name_kind kind = cs_list_text_same(quality, "low") ? CS_ENTRY_WEAK
					       : former                          ? CS_ENTRY_FORMER
										 : CS_ENTRY_ALIAS;
		while (cs_list_text_cut(&text, ";", &part))
			cs_list_made_name(made, part, kind);
	}
}

static void
take_birth(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	struct cs_span type = cs_list_record_text(record, at, "TYPE_OF_DATE");
	struct cs_span date = cs_list_record_text(record, at, "DATE");
	struct cs_span parts[] = {cs_list_record_text(record, at, "FROM_YEAR"),
				  cs_list_record_text(record, at, "TO_YEAR")};
	if (date.len == 0)
		date = cs_list_record_text(record, at, "YEAR");
	if (parts[0].len || parts[1].len)
		date = cs_list_made_joined(made, parts, 2, " to ");
	struct cs_span circa[] = {cs_span_text("circa"), date};
	if (date.len && cs_list_text_starts(type, "approx"))
		date = cs_list_made_joined(made, circa, 2, " ");
	cs_list_made_birth(made, date);
}

static void
take_place(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	struct cs_span parts[] = {cs_list_record_text(record, at, "CITY"),
				  cs_list_record_text(record, at, "STATE_PROVINCE"),
				  cs_list_record_text(record, at, "COUNTRY")};
	cs_list_made_place(made, cs_list_made_joined(made, parts, 3, ", "));
}

static void
take_document(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	enum cs_entry_id_kind kind = cs_list_kind_id(cs_list_record_text(record, at, "TYPE_OF_DOCUMENT"));
	struct cs_span country = cs_list_record_text(record, at, "ISSUING_COUNTRY");
	if (country.len == 0)
		country = cs_list_record_text(record, at, "COUNTRY_OF_ISSUE");
	cs_list_made_id(made, kind == CS_ENTRY_ID_KINDS ? CS_ENTRY_ID_OTHER : kind,
			cs_list_record_text(record, at, "NUMBER"), cs_list_place_country(country));
}

static const struct cs_list_record_part parts[] = {
	{"INDIVIDUAL_DATE_OF_BIRTH", take_birth},
	{"INDIVIDUAL_PLACE_OF_BIRTH", take_place},
	{"INDIVIDUAL_DOCUMENT", take_document},
};

static bool
take_entry(struct cs_list_made *made, const struct cs_list_record *record, const char **why)
{
	bool person = cs_span_is(record->node[0].name, "INDIVIDUAL");
	struct cs_span uid = cs_list_record_text(record, 0, "REFERENCE_NUMBER");
	struct cs_span names[] = {
		cs_list_record_text(record, 0, "FIRST_NAME"), cs_list_record_text(record, 0, "SECOND_NAME"),
		cs_list_record_text(record, 0, "THIRD_NAME"), cs_list_record_text(record, 0, "FOURTH_NAME")};
	cs_list_made_begin(made, uid.len ? uid : cs_list_record_text(record, 0, "DATAID"),
			   person ? CS_ENTRY_PERSON : CS_ENTRY_ORGANISATION);
	cs_list_made_name(made, cs_list_made_joined(made, names, 4, " "), CS_ENTRY_PRIMARY);
	each_text(made, record, "NAME_ORIGINAL_SCRIPT", take_original);
	take_aliases(made, record, person ? "INDIVIDUAL_ALIAS" : "ENTITY_ALIAS");
	each_text(made, record, "UN_LIST_TYPE", cs_list_made_programme);
	each_text(made, record, "NATIONALITY", cs_list_made_country);
	each_text(made, record, "GENDER", cs_list_made_gender);
	cs_list_record_take(made, record, parts, sizeof parts / sizeof *parts);
	*why = "the entry has neither a name nor an identifier";
	return cs_list_made_end(made);
}

static void
take_root(struct cs_list_made *made, const struct cs_list_record *record)
{
	struct cs_text text = cs_text_over(made->report->date, sizeof made->report->date);
	cs_text_put_span(&text, cs_list_record_value(record, 0, "dateGenerated"));
}

enum cs_error
cs_list_un_read(const struct cs_watch_list_source *source, struct cs_list_made *made)
{
	static const char *const names[] = {"INDIVIDUAL", "ENTITY", NULL};
	const struct cs_list_xml_plan plan = {names, take_entry, take_root};
	return cs_list_xml_read(&plan, made, source->file[0]);
}

/*
 * The EU's financial sanctions file, version 1.1: sanctionEntity elements whose values are attributes.
 *
 * Names that are not strong are weak; those in another language's letters are names like others. "00" is no country.
 */
#include "screen/list_parts.h"

static void
take_name(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	struct cs_span parts[] = {cs_list_record_value(record, at, "firstName"),
				  cs_list_record_value(record, at, "middleName"),
				  cs_list_record_value(record, at, "lastName")};
	struct cs_span whole = cs_list_record_value(record, at, "wholeName");
	bool weak = cs_span_is(cs_list_record_value(record, at, "strong"), "false");
	enum cs_entry_name_kind kind = made->entry.name_n ? CS_ENTRY_ALIAS : CS_ENTRY_PRIMARY;
	cs_list_made_name(made, whole.len ? whole : cs_list_made_joined(made, parts, 3, " "),
			  weak && made->entry.name_n ? CS_ENTRY_WEAK : kind);
	cs_list_made_gender(made, cs_list_record_value(record, at, "gender"));
}

static void
take_country(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	struct cs_span code = cs_list_record_value(record, at, "countryIso2Code");
	bool known = code.len && !cs_span_is(code, "00");
	cs_list_made_country(made, known ? code : cs_list_record_value(record, at, "countryDescription"));
}

static void
take_birth(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	struct cs_span date = cs_list_record_value(record, at, "birthdate");
	struct cs_span range[] = {cs_list_record_value(record, at, "yearRangeFrom"),
				  cs_list_record_value(record, at, "yearRangeTo")};
	struct cs_span places[] = {cs_list_record_value(record, at, "city"), cs_list_record_value(record, at, "place"),
				   cs_list_record_value(record, at, "region"),
				   cs_list_record_value(record, at, "countryDescription")};
	struct cs_span month[] = {cs_list_record_value(record, at, "year"),
				  cs_list_record_value(record, at, "monthOfYear"),
				  cs_list_record_value(record, at, "dayOfMonth")};
	if (date.len == 0 && (month[1].len == 0 || cs_span_is(month[1], "0")))
		date = month[0];
	if (date.len == 0)
		date = cs_list_made_joined(made, month, 3, "-");
	if (date.len == 0)
		date = cs_list_made_joined(made, range, 2, " to ");
	struct cs_span circa[] = {cs_span_text("circa"), date};
	if (date.len && cs_span_is(cs_list_record_value(record, at, "circa"), "true"))
		date = cs_list_made_joined(made, circa, 2, " ");
	cs_list_made_birth(made, date);
	cs_list_made_place(made, cs_list_made_joined(made, places, 4, ", "));
}

static void
take_id(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	struct cs_span number = cs_list_record_value(record, at, "number");
	enum cs_entry_id_kind kind = cs_list_kind_id(cs_list_record_value(record, at, "identificationTypeCode"));
	cs_list_made_id(made, kind == CS_ENTRY_ID_KINDS ? CS_ENTRY_ID_OTHER : kind,
			number.len ? number : cs_list_record_value(record, at, "latinNumber"),
			cs_list_place_country(cs_list_record_value(record, at, "countryIso2Code")));
}

static void
take_programme(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	cs_list_made_programme(made, cs_list_record_value(record, at, "programme"));
}

static const struct cs_list_record_part parts[] = {
	{"nameAlias", take_name},    {"citizenship", take_country},  {"birthdate", take_birth},
	{"identification", take_id}, {"regulation", take_programme},
};

static bool
take_entry(struct cs_list_made *made, const struct cs_list_record *record, const char **why)
{
	uint32_t type = cs_list_record_child(record, 0, 0, "subjectType");
	struct cs_span uid = cs_list_record_value(record, 0, "euReferenceNumber");
	enum cs_entry_kind kind =
		type ? cs_list_kind_entry(cs_list_record_value(record, type, "code")) : CS_ENTRY_KINDS;
	cs_list_made_begin(made, uid.len ? uid : cs_list_record_value(record, 0, "logicalId"),
			   kind == CS_ENTRY_KINDS ? CS_ENTRY_OTHER : kind);
	cs_list_record_take(made, record, parts, sizeof parts / sizeof *parts);
	*why = "the entry has neither a name nor an identifier";
	return cs_list_made_end(made);
}

static void
take_root(struct cs_list_made *made, const struct cs_list_record *record)
{
	struct cs_text text = cs_text_over(made->report->date, sizeof made->report->date);
	cs_text_put_span(&text, cs_list_record_value(record, 0, "generationDate"));
}

enum cs_error
cs_list_eu_read(const struct cs_watch_list_source *source, struct cs_list_made *made)
{
	static const char *const names[] = {"sanctionEntity", NULL};
	const struct cs_list_xml_plan plan = {names, take_entry, take_root};
	return cs_list_xml_read(&plan, made, source->file[0]);
}

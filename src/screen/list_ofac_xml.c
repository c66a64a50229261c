/*
 * OFAC's classic XML (sdnList): the same entries as its CSV, with what that says in remarks in elements of its own.
 *
 * The name of a person is written as in the CSV, "LAST, First". Of features it has dates and places of birth, nationalities,
 * and identifiers by the words of list_id.def.
 */
#include "screen/list_parts.h"

typedef void take_item(struct cs_list_made *made, const struct cs_list_record *record, uint32_t item);

static struct cs_span
name_of(struct cs_list_made *made, const struct cs_list_record *record, uint32_t at)
{
	struct cs_span parts[] = {cs_list_record_text(record, at, "lastName"),
				  cs_list_record_text(record, at, "firstName")};
	return cs_list_made_joined(made, parts, 2, ", ");
}

static void
take_alias(struct cs_list_made *made, const struct cs_list_record *record, uint32_t item)
{
	bool weak = cs_list_same(cs_list_record_text(record, item, "category"), "weak");
	bool former = cs_list_starts(cs_list_record_text(record, item, "type"), "f.k.a");
	cs_list_made_name(made, name_of(made, record, item),
			  weak     ? CS_ENTRY_WEAK
			  : former ? CS_ENTRY_FORMER
				   : CS_ENTRY_ALIAS);
}

static void
take_id(struct cs_list_made *made, const struct cs_list_record *record, uint32_t item)
{
	struct cs_span type = cs_list_record_text(record, item, "idType");
	struct cs_span number = cs_list_record_text(record, item, "idNumber");
	enum cs_entry_id_kind kind = cs_list_kind_id(type);
	if (cs_list_same(type, "Gender"))
		cs_list_made_gender(made, number);
	if (cs_list_starts(number, "IMO "))
		kind = CS_ENTRY_ID_IMO;
	if (kind == CS_ENTRY_ID_IMO && cs_list_starts(number, "IMO "))
		number = (struct cs_span){number.at + 4, number.len - 4};
	if (kind != CS_ENTRY_ID_KINDS)
		cs_list_made_id(made, kind, number,
				cs_list_place_country(cs_list_record_text(record, item, "idCountry")));
}

static void
take_programme(struct cs_list_made *made, const struct cs_list_record *record, uint32_t item)
{
	cs_list_made_programme(made, record->node[item].text);
}

static void
take_birth(struct cs_list_made *made, const struct cs_list_record *record, uint32_t item)
{
	cs_list_made_birth(made, cs_list_record_text(record, item, "dateOfBirth"));
}

static void
take_place(struct cs_list_made *made, const struct cs_list_record *record, uint32_t item)
{
	cs_list_made_place(made, cs_list_record_text(record, item, "placeOfBirth"));
}

static void
take_country(struct cs_list_made *made, const struct cs_list_record *record, uint32_t item)
{
	cs_list_made_country(made, cs_list_record_text(record, item, "country"));
}

static const struct {
	const char *list, *item;
	take_item *take;
} parts[] = {
	{"akaList", "aka", take_alias},
	{"idList", "id", take_id},
	{"programList", "program", take_programme},
	{"dateOfBirthList", "dateOfBirthItem", take_birth},
	{"placeOfBirthList", "placeOfBirthItem", take_place},
	{"nationalityList", "nationality", take_country},
	{"citizenshipList", "citizenship", take_country},
};

static void
publication(struct cs_list_made *made, const struct cs_list_record *record)
{
	struct cs_span date = cs_list_record_text(record, 0, "Publish_Date");
	struct cs_span number = cs_list_record_text(record, 0, "Record_Count");
	struct cs_text text = cs_text_over(made->report->date, sizeof made->report->date);
	uint32_t count = 0;
	cs_text_put_span(&text, date);
	if (cs_list_digits(number, &count))
		made->report->declared_n = count;
	made->report->row_n--; /* it is no entry */
}

static bool
take_entry(struct cs_list_made *made, const struct cs_list_record *record, const char **why)
{
	if (!cs_span_is(record->node[0].name, "sdnEntry")) {
		publication(made, record);
		return true;
	}
	enum cs_entry_kind kind = cs_list_kind_entry(cs_list_record_text(record, 0, "sdnType"));
	cs_list_made_begin(made, cs_list_record_text(record, 0, "uid"), kind == CS_ENTRY_KINDS ? CS_ENTRY_OTHER : kind);
	cs_list_made_name(made, name_of(made, record, 0), CS_ENTRY_PRIMARY);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		uint32_t list = cs_list_record_child(record, 0, 0, parts[i].list);
		uint32_t item = list ? cs_list_record_child(record, list, 0, parts[i].item) : 0;
		for (; item; item = cs_list_record_child(record, list, item, parts[i].item))
			parts[i].take(made, record, item);
	}
	uint32_t vessel = cs_list_record_child(record, 0, 0, "vesselInfo");
	if (vessel) {
		cs_list_made_id(made, CS_ENTRY_ID_CALL_SIGN, cs_list_record_text(record, vessel, "callSign"), 0);
		cs_list_made_country(made, cs_list_record_text(record, vessel, "vesselFlag"));
	}
	cs_list_remark_read(made, cs_list_record_text(record, 0, "remarks"));
	*why = "the entry has neither a name nor an identifier";
	return cs_list_made_end(made);
}

enum cs_error
cs_list_ofac_xml_read(const struct cs_watch_list_source *source, struct cs_list_made *made)
{
	static const char *const names[] = {"publshInformation", "sdnEntry", NULL};
	const struct cs_list_xml_plan plan = {names, take_entry, NULL};
	return cs_list_xml_read(&plan, made, source->file[0]);
}

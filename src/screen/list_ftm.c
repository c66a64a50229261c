/*
 * FollowTheMoney entities as JSON lines: {"id", "schema", "caption", "properties": {"name": [...], ...}}.
 *
 * Parties are taken (list_kind.c knows their schemas); what is none of its own, addresses, relations, sanctions, is counted
 * and passed over, unless it is nested in a party: then its numbers and programmes are that party's. A line that is no JSON
 * is wrong, and the next is read. Lines are read by jansson, which limits depth and refuses what is no UTF-8.
 */
#include "screen/list_parts.h"

#include <jansson.h>

typedef void take_text(struct cs_list_made *made, unsigned kind, struct cs_span text);

static void
take_name(struct cs_list_made *made, unsigned kind, struct cs_span text)
{
	cs_list_made_name(made, text, (enum cs_entry_name_kind)kind);
}

static void
take_id(struct cs_list_made *made, unsigned kind, struct cs_span text)
{
	if (kind == CS_ENTRY_ID_IMO && cs_list_text_starts(text, "IMO"))
		text = cs_list_text_trim((struct cs_span){text.at + 3, text.len - 3});
	cs_list_made_id(made, (enum cs_entry_id_kind)kind, text, 0);
}

/* A property: one of the two takes it. Codes of parts of countries and of countries that are no more ("ua-cri", "suhh") are no
 * nationality to compare: cs_list_made_country leaves them out. */
static const struct {
	const char *name;
	take_text *take;
	unsigned kind;
	void (*plain)(struct cs_list_made *made, struct cs_span text);
} properties[] = {
	{"name", take_name, CS_ENTRY_PRIMARY, NULL},
	{"alias", take_name, CS_ENTRY_ALIAS, NULL},
	{"weakAlias", take_name, CS_ENTRY_WEAK, NULL},
	{"previousName", take_name, CS_ENTRY_FORMER, NULL},
	{"birthDate", NULL, 0, cs_list_made_birth},
	{"birthPlace", NULL, 0, cs_list_made_place},
	{"nationality", NULL, 0, cs_list_made_country},
	{"citizenship", NULL, 0, cs_list_made_country},
	{"country", NULL, 0, cs_list_made_country},
	{"jurisdiction", NULL, 0, cs_list_made_country},
	{"flag", NULL, 0, cs_list_made_country},
	{"gender", NULL, 0, cs_list_made_gender},
	{"program", NULL, 0, cs_list_made_programme},
	{"programId", NULL, 0, cs_list_made_programme},
	{"passportNumber", take_id, CS_ENTRY_ID_PASSPORT, NULL},
	{"idNumber", take_id, CS_ENTRY_ID_NATIONAL, NULL},
	{"socialSecurityNumber", take_id, CS_ENTRY_ID_NATIONAL, NULL},
	{"taxNumber", take_id, CS_ENTRY_ID_TAX, NULL},
	{"innCode", take_id, CS_ENTRY_ID_TAX, NULL},
	{"vatCode", take_id, CS_ENTRY_ID_TAX, NULL},
	{"registrationNumber", take_id, CS_ENTRY_ID_REGISTRATION, NULL},
	{"ogrnCode", take_id, CS_ENTRY_ID_REGISTRATION, NULL},
	{"swiftBic", take_id, CS_ENTRY_ID_BIC, NULL},
	{"bikCode", take_id, CS_ENTRY_ID_OTHER, NULL},
	{"leiCode", take_id, CS_ENTRY_ID_LEI, NULL},
	{"imoNumber", take_id, CS_ENTRY_ID_IMO, NULL},
	{"mmsi", take_id, CS_ENTRY_ID_MMSI, NULL},
	{"callSign", take_id, CS_ENTRY_ID_CALL_SIGN, NULL},
	{"serialNumber", take_id, CS_ENTRY_ID_OTHER, NULL},
	{"publicKey", take_id, CS_ENTRY_ID_WALLET, NULL},
	{"accountNumber", take_id, CS_ENTRY_ID_ACCOUNT, NULL},
	{"iban", take_id, CS_ENTRY_ID_ACCOUNT, NULL},
};

static struct cs_span
text_of(const json_t *value)
{
	const char *text = json_string_value(value);
	return text ? (struct cs_span){(const uint8_t *)text, json_string_length(value)} : (struct cs_span){NULL, 0};
}

/* The texts of one property; a value that is itself an entity is left to take_nested. */
static void
take_property(struct cs_list_made *made, const json_t *values, size_t row)
{
	unsigned kind = properties[row].kind;
	bool tail = made->entry.kind == CS_ENTRY_AIRCRAFT && kind == CS_ENTRY_ID_REGISTRATION &&
		    properties[row].take == take_id;
	for (size_t i = 0; i < json_array_size(values); i++) {
		struct cs_span text = text_of(json_array_get(values, i));
		if (text.len && properties[row].plain)
			properties[row].plain(made, text);
		else if (text.len)
			properties[row].take(made, tail ? CS_ENTRY_ID_TAIL : kind, text);
		bool more = properties[row].take == take_name && kind == CS_ENTRY_PRIMARY;
		kind = more ? CS_ENTRY_ALIAS : kind; /* of several names the first is the primary one */
	}
}

/* A document or a sanction inside of a party. */
static void
take_inner(struct cs_list_made *made, const json_t *entity)
{
	const json_t *inside = json_object_get(entity, "properties");
	struct cs_span schema = text_of(json_object_get(entity, "schema"));
	struct cs_span number = text_of(json_array_get(json_object_get(inside, "number"), 0));
	if (cs_span_is(schema, "Passport"))
		cs_list_made_id(made, CS_ENTRY_ID_PASSPORT, number, 0);
	else if (cs_span_is(schema, "Identification"))
		cs_list_made_id(made, CS_ENTRY_ID_OTHER, number, 0);
	else if (cs_span_is(schema, "Sanction"))
		cs_list_made_programme(made, text_of(json_array_get(json_object_get(inside, "program"), 0)));
}

static void
take_nested(struct cs_list_made *made, const json_t *inside, const char *name)
{
	const json_t *values = json_object_get(inside, name);
	for (size_t i = 0; i < json_array_size(values); i++)
		if (json_is_object(json_array_get(values, i)))
			take_inner(made, json_array_get(values, i));
}

/* NULL, or why the line is wrong. */
static const char *
take_entity(struct cs_list_made *made, const json_t *entity)
{
	const json_t *inside = json_object_get(entity, "properties");
	struct cs_span schema = text_of(json_object_get(entity, "schema"));
	struct cs_span uid = text_of(json_object_get(entity, "id"));
	if (!json_is_object(inside) || schema.len == 0 || uid.len == 0)
		return "the line is no entity: it wants id, schema and properties";
	enum cs_entry_kind kind = cs_list_kind_entry(schema);
	if (kind == CS_ENTRY_KINDS) {
		made->report->other_n++;
		return NULL;
	}
	cs_list_made_begin(made, uid, kind);
	struct cs_span caption = text_of(json_object_get(entity, "caption"));
	if (caption.len)
		cs_list_made_name(made, caption, CS_ENTRY_PRIMARY);
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		take_property(made, json_object_get(inside, properties[i].name), i);
	take_nested(made, inside, "passports");
	take_nested(made, inside, "identification");
	take_nested(made, inside, "sanctions");
	take_nested(made, inside, "sanctionEntity");
	return cs_list_made_end(made) ? NULL : "the entry has neither a name nor an identifier";
}

static const char *
take_line(struct cs_list_made *made, struct cs_span line)
{
	json_error_t error;
	if (line.len > CS_WATCH_LIST_ROW_MAX)
		return "the line is longer than 4 MiB";
	json_t *entity = json_loadb((const char *)line.at, line.len, 0, &error);
	const char *why = entity ? take_entity(made, entity) : "the line is no JSON in UTF-8";
	json_decref(entity);
	return why;
}

enum cs_error
cs_list_ftm_read(const struct cs_watch_list_source *source, struct cs_list_made *made)
{
	struct cs_span file = source->file[0];
	struct cs_watch_list_report *report = made->report;
	uint64_t line_n = 0;
	for (size_t at = 0; at < file.len && made->error == CS_OK;) {
		const uint8_t *end = memchr(file.at + at, '\n', file.len - at);
		size_t n = end ? (size_t)(end - file.at) - at : file.len - at;
		struct cs_span line = cs_list_text_trim((struct cs_span){file.at + at, n});
		line_n++;
		report->lf_n += end != NULL && (n == 0 || end[-1] != '\r');
		report->crlf_n += end != NULL && n && end[-1] == '\r';
		if (line_n == 1 && line.len >= 3 && memcmp(line.at, "\xEF\xBB\xBF", 3) == 0)
			line = (struct cs_span){line.at + 3, line.len - 3};
		const char *why = line.len ? take_line(made, line) : NULL;
		report->row_n += line.len != 0;
		report->row_bad_n += why != NULL;
		if (why)
			cs_watch_list_fault_put(report, (struct cs_watch_list_fault){0, line_n, at, why});
		at += end ? n + 1 : n;
	}
	return made->error;
}

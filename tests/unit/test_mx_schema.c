/*
 * Goal: names, definitions, codes and patterns are found in the tables, and the tables are sound.
 * Method: all names looked up, as they are and changed; definitions that are and are not there; patterns by hand; every
 * reference of a row points at a row.
 */
#include "check.h"

#include "../../src/decode/mx_schema.c"

#define XSD "urn:iso:std:iso:20022:tech:xsd:"

static struct cs_mx_names names;

static uint16_t
find(const char *text)
{
	char exact[64];
	size_t len = strlen(text);
	memcpy(exact, text, len);
	return cs_mx_names_find(&names, (struct cs_span){(const uint8_t *)exact, len}, (const uint8_t *)exact + len);
}

static void
every_name_is_found(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < NAME_N; i++) {
		char other[64];
		assert_int_equal(find(names_text[i]), i);
		snprintf(other, sizeof other, "%sX", names_text[i]);
		uint16_t found = find(other);
		assert_true(found == CS_MX_NAME_NONE || strcmp(names_text[found], other) == 0);
	}
	assert_int_equal(find("Nm2"), CS_MX_NAME_NONE);
	assert_int_equal(find("grpHdr"), CS_MX_NAME_NONE);
	assert_int_equal(cs_mx_names_find(&names, (struct cs_span){NULL, 0}, NULL), CS_MX_NAME_NONE);
}

static void
keys_are_different(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CS_MX_NAME_SLOTS; i++)
		for (unsigned j = i + 1; j < CS_MX_NAME_SLOTS; j++)
			assert_false(names.slot[i].name != CS_MX_NAME_NONE && names.slot[j].name != CS_MX_NAME_NONE &&
				     names.slot[i].key == names.slot[j].key);
}

static void
is_definition(const char *uri, const char *name, bool exact)
{
	struct cs_mx_definition definition;
	assert_true(cs_mx_schema_find(cs_span_text(uri), &definition));
	assert_string_equal(definition.name, name);
	assert_int_equal(definition.exact, exact);
}

static void
definitions(void **state)
{
	(void)state;
	struct cs_mx_definition definition;
	is_definition(XSD "pacs.008.001.08", "pacs.008.001.08", true);
	is_definition(XSD "camt.029.001.09", "camt.029.001.09", true);
	is_definition(XSD "head.001.001.04", "head.001.001.04", true);
	is_definition(XSD "pain.001.001.99", roots[ROOT_N - 1].name, false);
	is_definition(XSD "pacs.004.001.12", "pacs.004.001.11", false);
	static const char *const unknown[] = {
		XSD "pacs.010.001.03",       XSD "pacs.008.001.00", XSD "pacs.008.001.0x",   XSD,
		XSD "pacs.008.001.08.ch.01", XSD "pacs.008.002.08", "urn:x:pacs.008.001.08", "",
		XSD "zzzz.999.001.01",       XSD "aaaa.001.001.01"};
	for (unsigned i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		assert_false(cs_mx_schema_find(cs_span_text(unknown[i]), &definition));
}

/* The simple type of the element at a path of the newest pacs.008: "CdtTrfTxInf/PmtId/UETR". */
static const struct cs_mx_simple *
at_path(const char *path)
{
	struct cs_mx_definition definition;
	assert_true(cs_mx_schema_find(cs_span_text(XSD "pacs.008.001.08"), &definition));
	const struct cs_mx_type *type =
		cs_mx_schema_type(cs_mx_schema_particles(cs_mx_schema_type(definition.type))->type);
	while (type->form > CS_MX_AMOUNT) {
		size_t len = strcspn(path, "/");
		const struct cs_mx_particle *all = cs_mx_schema_particles(type);
		unsigned i = 0;
		while (i < type->n &&
		       (strlen(names_text[all[i].name]) != len || memcmp(names_text[all[i].name], path, len) != 0))
			i++;
		assert_true(i < type->n);
		type = cs_mx_schema_type(all[i].type);
		path += len + (path[len] == '/');
	}
	return cs_mx_schema_simple(type->first);
}

static void
patterns_and_codes(void **state)
{
	(void)state;
	const struct cs_mx_simple *uetr = at_path("CdtTrfTxInf/PmtId/UETR");
	assert_true(cs_mx_schema_fits(uetr, cs_span_text("01234567-89ab-4cde-8f01-23456789abcd")));
	assert_false(cs_mx_schema_fits(uetr, cs_span_text("01234567-89ab-1cde-8f01-23456789abcd")));
	assert_false(cs_mx_schema_fits(uetr, cs_span_text("01234567-89AB-4cde-8f01-23456789abcd")));
	assert_false(cs_mx_schema_fits(uetr, cs_span_text("01234567-89ab-4cde-8f01-23456789abc")));
	assert_false(cs_mx_schema_fits(uetr, cs_span_text("01234567-89ab-4cde-8f01-23456789abcdd")));
	const struct cs_mx_simple *bic = at_path("CdtTrfTxInf/CdtrAgt/FinInstnId/BICFI");
	assert_int_equal(cs_mx_schema_meaning(bic), CS_MX_MEANS_BIC);
	assert_true(cs_mx_schema_fits(bic, cs_span_text("1A2BDEFF")) &&
		    cs_mx_schema_fits(bic, cs_span_text("AAAADEFFXXX")));
	assert_false(cs_mx_schema_fits(bic, cs_span_text("AAAADEFFX")) ||
		     cs_mx_schema_fits(bic, cs_span_text("AAAA1EFF")) ||
		     cs_mx_schema_fits(bic, cs_span_text("aaaadeff")) || cs_mx_schema_fits(bic, cs_span_text("")));
	const struct cs_mx_simple *bearer = at_path("CdtTrfTxInf/ChrgBr");
	assert_true(cs_mx_schema_listed(bearer, cs_span_text("SHAR")));
	assert_false(cs_mx_schema_listed(bearer, cs_span_text("SHA")) ||
		     cs_mx_schema_listed(bearer, cs_span_text("")) ||
		     cs_mx_schema_listed(bearer, cs_span_text("SHARE")) ||
		     cs_mx_schema_listed(bearer, cs_span_text("OURX")));
}

static void
rows_point_at_rows(void **state)
{
	(void)state;
	unsigned type_n = sizeof types / sizeof types[0];
	unsigned simple_n = sizeof simples / sizeof simples[0];
	for (unsigned i = 0; i < type_n; i++) {
		const struct cs_mx_type *type = &types[i];
		if (type->form <= CS_MX_AMOUNT) {
			assert_true(type->first < simple_n && type->n < simple_n);
			continue;
		}
		if (type->form == CS_MX_ANY)
			continue;
		assert_true(type->first + type->n <= sizeof particles / sizeof particles[0] && type->needed <= type->n);
		for (unsigned k = 0; k < type->n; k++) {
			const struct cs_mx_particle *particle = &particles[type->first + k];
			assert_true(particle->name < NAME_N && particle->type < i && particle->least <= particle->most);
		}
	}
	for (unsigned i = 0; i < simple_n; i++)
		assert_true(simples[i].pattern <= sizeof patterns / sizeof patterns[0] &&
			    simples[i].value + simples[i].value_n <= sizeof values / sizeof values[0]);
	for (unsigned i = 1; i < ROOT_N; i++)
		assert_true(strcmp(roots[i - 1].name, roots[i].name) < 0 && roots[i].type < type_n);
}

static int
make_names(void **state)
{
	(void)state;
	cs_mx_names_init(&names);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest points[] = {
		cmocka_unit_test(every_name_is_found), cmocka_unit_test(keys_are_different),
		cmocka_unit_test(definitions),         cmocka_unit_test(patterns_and_codes),
		cmocka_unit_test(rows_point_at_rows),
	};
	return cmocka_run_group_tests_name("mx_schema", points, make_names, NULL);
}

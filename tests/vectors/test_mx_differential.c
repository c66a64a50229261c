/*
 * Goal: the decoder lets pass exactly what libxml2 with the published schemas lets pass.
 * Method: messages made up from our tables, for every schema that is there, must be valid for both; then those and the
 * shared messages, with one to three changes each: one verdict of both. Where the decoder refuses by a rule of its own
 * (a second document, a definition it does not know ...) it is stricter by intent; those are counted. With an argument:
 * that many changed messages.
 */
#include "../unit/check.h"

#include "../../src/decode/mx_schema.c"

#include "../unit/mx_sample.h"

#include "../unit/mx_mutate.h"

#include "decode/mx.h"

#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>

enum { CHANGED = 12000, SEEDS_MAX = 400, PATH_BYTES = 1024 };

struct schema {
	xmlSchemaPtr schema;
	xmlSchemaValidCtxtPtr context;
};

static struct schema known[ROOT_N];
static struct {
	char *text;
	size_t len;
} seeds[SEEDS_MAX];
static unsigned seed_n, made_up_n;
static struct mutate mutate;
static struct cs_mx *mx;
static struct cs_payment payment;
static unsigned wanted_n = CHANGED;

static void
quiet(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

/* --- libxml2's verdict --- */

static int
root_of(const xmlNode *node)
{
	static const char prefix[] = "urn:iso:std:iso:20022:tech:xsd:";
	if (!node->ns || strncmp((const char *)node->ns->href, prefix, sizeof prefix - 1) != 0)
		return -1;
	for (unsigned i = 0; i < ROOT_N; i++)
		if (strcmp(roots[i].name, (const char *)node->ns->href + sizeof prefix - 1) == 0 && known[i].schema)
			return (int)i;
	return -1;
}

/* The first element of that name in a namespace that is known, outside of such a part; of a Document: in any. */
static xmlNode *
find_part(xmlNode *node, const char *name)
{
	for (; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		bool document = strcmp((const char *)node->name, "Document") == 0;
		bool part = document || (strcmp((const char *)node->name, "AppHdr") == 0 && root_of(node) >= 0);
		if (part && strcmp((const char *)node->name, name) == 0)
			return node;
		xmlNode *inner = part ? NULL : find_part(node->children, name);
		if (inner)
			return inner;
	}
	return NULL;
}

static bool
is_valid_part(xmlNode *node)
{
	int root = root_of(node);
	if (root < 0)
		return false;
	xmlDoc *alone = xmlNewDoc((const xmlChar *)"1.0");
	xmlDocSetRootElement(alone, xmlDocCopyNode(node, alone, 1));
	int error = xmlSchemaValidateDoc(known[root].context, alone);
	xmlFreeDoc(alone);
	return error == 0;
}

static bool
is_valid(const char *text, size_t len)
{
	xmlDoc *doc =
		xmlReadMemory(text, (int)len, "m", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (!doc)
		return false;
	xmlNode *document = find_part(xmlDocGetRootElement(doc), "Document");
	xmlNode *header = find_part(xmlDocGetRootElement(doc), "AppHdr");
	bool valid = document && is_valid_part(document) && (!header || is_valid_part(header));
	xmlFreeDoc(doc);
	return valid;
}

/* --- ours --- */

/* Refused for what no schema forbids. */
static bool
is_own_rule(const char *code)
{
	static const char *const own[] = {"two_documents", "two_headers", "header_order", "unknown_type",
					  "trailing",      "depth",       "doctype",      "encoding",
					  "limit",         "namespace",   "declaration"};
	for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcmp(code, own[i]) == 0)
			return true;
	return false;
}

static bool
is_figure(char c)
{
	return c == 'Z' || c == '-' || (c >= '0' && c <= '9');
}

/* Without the white space around dates and times, which libxml2 does not collapse as XML Schema says. */
static bool
is_valid_collapsed(const char *text, size_t len)
{
	static char copy[MUTATE_CAP];
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		size_t space = strspn(text + i, " \t\r\n");
		char before = i > 0 ? text[i - 1] : 0;
		char after = i + space < len ? text[i + space] : 0;
		bool around = (is_figure(before) && after == '<') || (before == '>' && is_figure(after));
		i += around ? space : 0;
		copy[n++] = text[i];
	}
	return is_valid(copy, n);
}

static bool
agree(const char *text, size_t len, unsigned *own_rules)
{
	bool ours = cs_mx_decode(mx, (struct cs_span){(const uint8_t *)text, len}, &payment);
	bool theirs = is_valid(text, len);
	if (ours == theirs)
		return true;
	if (ours && is_valid_collapsed(text, len))
		return true;
	bool unknown = ours && (cs_mx_rules(mx) & 1); /* version_unknown: no schema of it is here */
	if (unknown || (!ours && is_own_rule(payment.reason[0].code))) {
		++*own_rules;
		return true;
	}
	printf("# ours %d, libxml2 %d", ours, theirs);
	if (!ours)
		printf(", %s %s at %zu (%.*s)", payment.reason[0].code, payment.reason[0].text,
		       payment.reason[0].offset, (int)payment.reason[0].about.len,
		       (const char *)payment.reason[0].about.at);
	printf("\n");
	return false;
}

/* Keeps a message that came out differently where CS_MX_KEEP says, to be looked at. */
static void
keep(const char *text, size_t len)
{
	const char *folder = getenv("CS_MX_KEEP");
	static unsigned n;
	char path[PATH_BYTES];
	if (!folder || n >= 50)
		return;
	snprintf(path, sizeof path, "%s/%02u.xml", folder, n++);
	FILE *file = fopen(path, "wb");
	if (file) {
		fwrite(text, 1, len, file);
		fclose(file);
	}
}

static void
add_seed(const char *text, size_t len)
{
	if (seed_n == SEEDS_MAX || len >= MUTATE_CAP / 4)
		return;
	seeds[seed_n].text = malloc(len);
	memcpy(seeds[seed_n].text, text, len);
	seeds[seed_n++].len = len;
}

/* --- the points --- */

static void
made_up_messages_are_valid(void **state)
{
	(void)state;
	static char text[MUTATE_CAP];
	unsigned bad = 0;
	unsigned own = 0;
	unsigned headers[8];
	unsigned header_n = 0;
	for (unsigned i = 0; i < ROOT_N && header_n < 8; i++)
		if (known[i].schema && strcmp(cs_mx_schema_name(roots[i].root), "AppHdr") == 0)
			headers[header_n++] = i;
	for (unsigned i = 0; i < ROOT_N; i++) {
		if (!known[i].schema || strcmp(cs_mx_schema_name(roots[i].root), "AppHdr") == 0)
			continue;
		for (unsigned k = 0; k < 12; k++) {
			struct cs_text out = cs_text_over(text, sizeof text);
			sample_message(&out, i, k % 2 ? (int)headers[sample_dice(header_n)] : -1);
			if (out.overflowed)
				continue;
			made_up_n++;
			bool good = agree(text, out.len, &own) && payment.reason_n == 0;
			bad += !good;
			if (!good)
				keep(text, out.len);
			if (k < 3)
				add_seed(text, out.len);
		}
	}
	printf("# %u made-up messages\n", made_up_n);
	assert_true(made_up_n > 200);
	assert_int_equal(bad + own, 0);
}

static void
read_shared(const char *folder)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof path, "%s/data/payments/mx", folder);
	DIR *files = opendir(path);
	struct dirent *entry;
	static char text[MUTATE_CAP];
	while (files && (entry = readdir(files))) {
		if (!strstr(entry->d_name, ".xml"))
			continue;
		snprintf(path, sizeof path, "%s/data/payments/mx/%s", folder, entry->d_name);
		FILE *file = fopen(path, "rb");
		if (!file)
			continue;
		size_t len = fread(text, 1, sizeof text, file);
		fclose(file);
		if (is_valid(text, len))
			add_seed(text, len);
	}
	if (files)
		closedir(files);
}

static void
changed_messages_have_one_verdict(void **state)
{
	(void)state;
	unsigned bad = 0;
	unsigned own = 0;
	unsigned valid = 0;
	for (unsigned i = 0; i < wanted_n; i++) {
		unsigned seed = sample_dice(seed_n);
		memcpy(mutate.text, seeds[seed].text, seeds[seed].len);
		mutate.len = seeds[seed].len;
		for (unsigned k = 1 + sample_dice(3); k > 0; k--) {
			mutate_index(&mutate);
			mutate_once(&mutate);
		}
		bool same = agree(mutate.text, mutate.len, &own);
		bad += !same;
		if (!same)
			keep(mutate.text, mutate.len);
		valid += payment.reason_n == 0;
	}
	printf("# %u changed messages of %u seeds: %u valid, %u against a rule of our own, %u differ\n", wanted_n,
	       seed_n, valid, own, bad);
	assert_true(valid > wanted_n / 20 && valid < wanted_n);
	assert_int_equal(bad, 0);
}

static unsigned
load_schemas(const char *folder)
{
	unsigned n = 0;
	for (unsigned i = 0; i < ROOT_N; i++) {
		char path[PATH_BYTES];
		snprintf(path, sizeof path, "%s/data/payments/xsd/%s.xsd", folder, roots[i].name);
		xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
		xmlSchemaSetParserErrors(parser, quiet, quiet, NULL);
		known[i].schema = xmlSchemaParse(parser);
		xmlSchemaFreeParserCtxt(parser);
		if (!known[i].schema)
			continue;
		known[i].context = xmlSchemaNewValidCtxt(known[i].schema);
		xmlSchemaSetValidErrors(known[i].context, quiet, quiet, NULL);
		n++;
	}
	return n;
}

static void
there_are_schemas(void **state)
{
	(void)state;
	assert_true(getenv("CI") == NULL);
	not_here("the shared payment messages and schemas");
}

int
main(int argc, char **argv)
{
	const char *shared = getenv("COUNTERSIGN_SHARED");
	const struct CMUnitTest points[] = {
		cmocka_unit_test(made_up_messages_are_valid),
		cmocka_unit_test(changed_messages_have_one_verdict),
	};
	const struct CMUnitTest absent[] = {cmocka_unit_test(there_are_schemas)};
	xmlSetGenericErrorFunc(NULL, quiet);
	if (argc > 1)
		wanted_n = (unsigned)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		sample_seed = strtoul(argv[2], NULL, 10);
	if (!shared || load_schemas(shared) == 0)
		return cmocka_run_group_tests_name("mx_differential", absent, NULL, NULL);
	mx = cs_mx_new();
	read_shared(shared);
	int failed = cmocka_run_group_tests_name("mx_differential", points, NULL, NULL);
	cs_mx_free(mx);
	for (unsigned i = 0; i < seed_n; i++)
		free(seeds[i].text);
	for (unsigned i = 0; i < ROOT_N; i++) {
		xmlSchemaFreeValidCtxt(known[i].context);
		xmlSchemaFree(known[i].schema);
	}
	xmlCleanupParser();
	return failed;
}

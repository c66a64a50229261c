/*
 * Lists in XML: records one after the other, each made a small table of its elements and given to the format's reader.
 *
 * A document type is refused, so that there are no entities to expand; depth, elements and bytes of a record are limited: a
 * record beyond is wrong, and the next is read. XML that is none ends the reading.
 */
#include "screen/list_parts.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>

enum { DEPTH_MAX = 32, NODES_MAX = 1 << 18, FEED_BYTES = 1 << 24 };

struct xml {
	XML_Parser parser;
	const struct cs_list_xml_plan *plan;
	struct cs_list_made *made;
	struct cs_list_node *node;
	uint32_t node_n, node_cap;
	struct cs_list_value *value;
	uint32_t value_n, value_cap;
	char *text; /* all text of the record; spans are made of offsets at its end */
	size_t text_n, text_cap;
	uint32_t open[DEPTH_MAX]; /* elements of the record that are open */
	unsigned depth;           /* of them */
	unsigned outside;         /* elements open around it */
	bool over;                /* the record is beyond a limit */
	uint64_t line, offset;    /* of the record */
	const char *why;
	enum cs_error error;
};

static void
stop(struct xml *xml, enum cs_error error, const char *why)
{
	if (xml->error != CS_OK)
		return;
	xml->error = error;
	xml->why = why;
	(void)XML_StopParser(xml->parser, XML_FALSE);
}

/* Text is kept by its offset until the record is whole: the buffer moves as it grows. */
static const uint8_t *
put_text(struct xml *xml, const char *text, size_t n)
{
	if (xml->text_n + n > CS_WATCH_LIST_ROW_MAX) {
		xml->over = true;
		return NULL;
	}
	if (xml->text_n + n > xml->text_cap) {
		size_t cap = (xml->text_n + n) * 2;
		char *grown = realloc(xml->text, cap);
		if (!grown) {
			stop(xml, CS_E_MEMORY, "out of memory");
			xml->over = true;
			return NULL;
		}
		xml->text = grown;
		xml->text_cap = cap;
	}
	memcpy(xml->text + xml->text_n, text, n);
	xml->text_n += n;
	return (const uint8_t *)(uintptr_t)(xml->text_n - n);
}

static struct cs_span
keep(struct xml *xml, const char *text)
{
	size_t n = strlen(text);
	return (struct cs_span){put_text(xml, text, n), n};
}

static const char *
bare(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

/* Room for N more rows of SIZE; limited like all of a record. */
static bool
grow(struct xml *xml, void **table, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return true;
	uint32_t more = *cap ? *cap * 2 : 256;
	void *grown = n < NODES_MAX ? realloc(*table, more * size) : NULL;
	if (!grown) {
		xml->over = true;
		return false;
	}
	*table = grown;
	*cap = more;
	return true;
}

static void
put_values(struct xml *xml, struct cs_list_node *node, const XML_Char **attributes)
{
	node->value = xml->value_n;
	for (unsigned i = 0; attributes[i]; i += 2) {
		void *table = xml->value;
		if (!grow(xml, &table, xml->value_n, &xml->value_cap, sizeof *xml->value))
			return;
		xml->value = table;
		xml->value[xml->value_n++] =
			(struct cs_list_value){keep(xml, bare(attributes[i])), keep(xml, attributes[i + 1])};
		node->value_n++;
	}
}

static void
put_node(struct xml *xml, const char *name, const XML_Char **attributes)
{
	void *table = xml->node;
	if (xml->over || !grow(xml, &table, xml->node_n, &xml->node_cap, sizeof *xml->node))
		return;
	xml->node = table;
	struct cs_list_node node = {.name = keep(xml, bare(name))};
	node.parent = xml->depth ? xml->open[xml->depth - 1] : 0;
	put_values(xml, &node, attributes);
	xml->node[xml->node_n] = node;
	if (!xml->over)
		xml->open[xml->depth] = xml->node_n++;
}

static bool
is_record(const struct xml *xml, const char *name)
{
	for (unsigned i = 0; xml->plan->names[i]; i++)
		if (strcmp(xml->plan->names[i], bare(name)) == 0)
			return true;
	return false;
}

static void
clear(struct xml *xml)
{
	xml->node_n = xml->value_n = 0;
	xml->text_n = 0;
	xml->over = false;
	xml->line = XML_GetCurrentLineNumber(xml->parser);
	xml->offset = (uint64_t)XML_GetCurrentByteIndex(xml->parser);
}

/* Offsets become pointers. */
static void
settle(const struct xml *xml, struct cs_span *span)
{
	span->at = (const uint8_t *)xml->text + (uintptr_t)span->at;
}

static struct cs_list_record
finish(struct xml *xml)
{
	for (uint32_t i = 0; i < xml->node_n; i++) {
		settle(xml, &xml->node[i].name);
		settle(xml, &xml->node[i].text);
	}
	for (uint32_t i = 0; i < xml->value_n; i++) {
		settle(xml, &xml->value[i].name);
		settle(xml, &xml->value[i].text);
	}
	return (struct cs_list_record){xml->node, xml->node_n, xml->value};
}

static void
fault(struct xml *xml, const char *why)
{
	xml->made->report->row_bad_n++;
	cs_watch_list_fault_put(xml->made->report, (struct cs_watch_list_fault){0, xml->line, xml->offset, why});
}

static void
give_root(struct xml *xml, const XML_Char *name, const XML_Char **attributes)
{
	clear(xml);
	put_node(xml, name, attributes);
	if (xml->over || !xml->plan->root)
		return;
	xml->node[0].end = 1;
	struct cs_list_record record = finish(xml);
	xml->plan->root(xml->made, &record);
}

static void XMLCALL
on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *xml = context;
	if (xml->outside + xml->depth >= DEPTH_MAX) {
		stop(xml, CS_E_LIMIT, "elements are nested deeper than 32");
		return;
	}
	bool begins = xml->depth == 0 && is_record(xml, name);
	if (begins)
		clear(xml);
	if (begins || xml->depth) {
		put_node(xml, name, attributes);
		xml->depth++;
		return;
	}
	if (xml->outside++ == 0)
		give_root(xml, name, attributes);
}

static void
end_record(struct xml *xml)
{
	const char *why = "the record is longer than 4 MiB or has too many elements";
	struct cs_list_record record = finish(xml);
	xml->made->report->row_n++;
	if (xml->over || !xml->plan->record(xml->made, &record, &why))
		fault(xml, why);
	if (xml->made->error != CS_OK)
		stop(xml, xml->made->error, "the reading was ended");
}

static void XMLCALL
on_end(void *context, const XML_Char *name)
{
	struct xml *xml = context;
	(void)name;
	if (xml->depth == 0) {
		xml->outside--;
		return;
	}
	xml->depth--;
	if (!xml->over)
		xml->node[xml->open[xml->depth]].end = xml->node_n;
	if (xml->depth == 0)
		end_record(xml);
}

/* Text of an element in pieces: they lie behind one another unless a child stood between; then the later ones count. */
static void XMLCALL
on_text(void *context, const XML_Char *text, int n)
{
	struct xml *xml = context;
	if (xml->depth == 0 || xml->over)
		return;
	struct cs_list_node *node = &xml->node[xml->open[xml->depth - 1]];
	const uint8_t *at = put_text(xml, text, (size_t)n);
	if (xml->over)
		return;
	bool joins = node->text.len && (uintptr_t)node->text.at + node->text.len == (uintptr_t)at;
	if (joins)
		node->text.len += (size_t)n;
	else
		node->text = (struct cs_span){at, (size_t)n};
}

static void XMLCALL
on_doctype(void *context, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id, int has_subset)
{
	(void)name, (void)system_id, (void)public_id, (void)has_subset;
	stop(context, CS_E_SYNTAX, "a document type and its entities are refused");
}

static void
feed(struct xml *xml, struct cs_span file)
{
	enum XML_Status status = XML_STATUS_OK;
	for (size_t at = 0; status == XML_STATUS_OK && at < file.len;) {
		size_t n = file.len - at < FEED_BYTES ? file.len - at : FEED_BYTES;
		status = XML_Parse(xml->parser, (const char *)file.at + at, (int)n, at + n == file.len);
		at += n;
	}
	if (status != XML_STATUS_OK && xml->error == CS_OK) {
		xml->error = CS_E_SYNTAX;
		xml->why = XML_ErrorString(XML_GetErrorCode(xml->parser));
	}
	if (xml->error == CS_OK)
		return;
	xml->line = XML_GetCurrentLineNumber(xml->parser);
	xml->offset = (uint64_t)XML_GetCurrentByteIndex(xml->parser);
	cs_watch_list_fault_put(xml->made->report, (struct cs_watch_list_fault){0, xml->line, xml->offset, xml->why});
}

enum cs_error
cs_list_xml_read(const struct cs_list_xml_plan *plan, struct cs_list_made *made, struct cs_span file)
{
	struct xml *xml = calloc(1, sizeof *xml);
	XML_Parser parser = xml ? XML_ParserCreate(NULL) : NULL;
	enum cs_error error = CS_E_MEMORY;
	if (parser) {
		xml->parser = parser;
		xml->plan = plan;
		xml->made = made;
		XML_SetUserData(parser, xml);
		XML_SetElementHandler(parser, on_start, on_end);
		XML_SetCharacterDataHandler(parser, on_text);
		XML_SetStartDoctypeDeclHandler(parser, on_doctype);
		feed(xml, file);
		error = xml->error;
		XML_ParserFree(parser);
		free(xml->node);
		free(xml->value);
		free(xml->text);
	}
	free(xml);
	return error;
}

uint32_t
cs_list_record_child(const struct cs_list_record *record, uint32_t parent, uint32_t after, const char *name)
{
	uint32_t i = after ? record->node[after].end : parent + 1;
	for (; i < record->node[parent].end; i = record->node[i].end)
		if (cs_span_is(record->node[i].name, name))
			return i;
	return 0;
}

struct cs_span
cs_list_record_text(const struct cs_list_record *record, uint32_t parent, const char *name)
{
	uint32_t child = cs_list_record_child(record, parent, 0, name);
	return child ? cs_list_text_trim(record->node[child].text) : (struct cs_span){NULL, 0};
}

struct cs_span
cs_list_record_value(const struct cs_list_record *record, uint32_t node, const char *name)
{
	const struct cs_list_node *at = &record->node[node];
	for (uint32_t i = at->value; i < at->value + at->value_n; i++)
		if (cs_span_is(record->value[i].name, name))
			return cs_list_text_trim(record->value[i].text);
	return (struct cs_span){NULL, 0};
}

void
cs_list_record_take(struct cs_list_made *made, const struct cs_list_record *record,
		    const struct cs_list_record_part *part, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t at = cs_list_record_child(record, 0, 0, part[i].name);
		for (; at; at = cs_list_record_child(record, 0, at, part[i].name))
			part[i].take(made, record, at);
	}
}

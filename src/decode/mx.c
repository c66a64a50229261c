/*
 * Why: one pass over a message answers all: is it well-formed, is it what its schema allows, what does it say.
 *
 * A frame for each open element holds what its type allows next, so that the schema is checked as the tags come, and its
 * context, so that values find their slots (mx_path.def). Values stay where they stand in the message; only those with
 * references, or cut by comments and CDATA, are put together in the store. Its use is a stack: what an element took is
 * given back when it ends, but for what the key holds.
 *
 * The first thing wrong ends the message. Where that is, and why, is the answer.
 *
 * A version that is not in the tables is read by the nearest one: values of elements it knows are checked, their order and
 * number are not, and what it does not know is read over. The rules say so (version_unknown).
 */
#include "decode/mx_parts.h"

#include "base/error.h"

#include <stdlib.h>

static const struct cs_mx_path paths[] = {
	{0, 0, 0, 0, 0, ""}, /* rows count from 1 */
#define PATH(in, name, to, slot)          {CS_MX_IN_##in, CS_MX_IN_##to, CS_MX_RECORD_NONE, 0, slot, name},
#define LEAF(in, name, slot)              {CS_MX_IN_##in, CS_MX_IN_NONE, CS_MX_RECORD_NONE, 1, slot, name},
#define MANY(in, name, slot, n)           {CS_MX_IN_##in, CS_MX_IN_NONE, CS_MX_RECORD_NONE, n, slot, name},
#define OPEN(in, name, to, group, record) {CS_MX_IN_##in, CS_MX_IN_##to, CS_MX_RECORD_##record, 0, group, name},
#include "decode/mx_path.def"
#undef PATH
#undef LEAF
#undef MANY
#undef OPEN
};

enum { PATH_N = sizeof paths / sizeof paths[0] };

bool
cs_mx_refuse(struct cs_mx *mx, const uint8_t *at, const char *code, const char *text)
{
	const struct cs_payment_reason reason = {code, text, (size_t)(at - mx->scan.start), mx->scan.name};
	cs_payment_refuse(mx->out, &reason);
	mx->refused = true;
	return false;
}

/* --- elements --- */

static void
clear_slots(struct cs_mx *mx, unsigned first, unsigned end)
{
	memset(mx->present + first, 0, (end - first) * sizeof mx->present[0]);
}

/* The particle of a name, in whichever order; behind the last: there is none. */
static int
find_anywhere(const struct cs_mx_frame *parent, uint16_t name)
{
	int i = 0;
	while (i < parent->n && parent->particles[i].name != name)
		i++;
	return i;
}

/* Which particle of PARENT an element of that name is. -1: refused. */
static int
place(struct cs_mx *mx, struct cs_mx_frame *parent, uint16_t name)
{
	const struct cs_mx_particle *all = parent->particles;
	unsigned i = parent->at;
	unsigned count = parent->count;
	if (mx->lenient)
		return find_anywhere(parent, name);
	if (parent->form == CS_MX_CHOICE && count == 0)
		i = (unsigned)find_anywhere(parent, name);
	while (parent->form == CS_MX_SEQUENCE && i < parent->n && all[i].name != name) {
		if (count < all[i].least && find_anywhere(parent, name) < parent->n) {
			(void)cs_mx_refuse(mx, mx->scan.token, "missing",
					   "an element that must be there is missing before this one");
			return -1;
		}
		count = 0;
		i++;
	}
	if (i >= parent->n || all[i].name != name) {
		(void)cs_mx_refuse(mx, mx->scan.token, "unexpected", "an element that may not be here");
		return -1;
	}
	if (count >= all[i].most && all[i].most != CS_MX_MANY) {
		(void)cs_mx_refuse(mx, mx->scan.token, "too_many", "an element more often than it may be");
		return -1;
	}
	parent->at = (uint16_t)i;
	parent->count = (uint16_t)(count < CS_MX_MANY ? count + 1 : count);
	return (int)i;
}

static void
open_record(struct cs_mx *mx, struct cs_mx_frame *frame, const struct cs_mx_path *path)
{
	static const struct {
		uint16_t first, end;
	} ranges[CS_MX_RECORD_N] = {
		[CS_MX_RECORD_PAYMENT] = {CS_MX_FIRST_TX + CS_MX_GROUP_PAYMENT, CS_MX_SLOT_N},
		[CS_MX_RECORD_TX] = {CS_MX_FIRST_TX, CS_MX_FIRST_TX + CS_MX_GROUP_PAYMENT},
		[CS_MX_RECORD_CHARGE] = {CS_MX_FIRST_CHARGE, CS_MX_FIRST_TX},
		[CS_MX_RECORD_REPORT] = {CS_MX_FIRST_REPORT, CS_MX_FIRST_BALANCE},
		[CS_MX_RECORD_BALANCE] = {CS_MX_FIRST_BALANCE, CS_MX_FIRST_ENTRY},
		[CS_MX_RECORD_ENTRY] = {CS_MX_FIRST_ENTRY, CS_MX_FIRST_CHARGE},
		[CS_MX_RECORD_ENTRY_TX] = {CS_MX_FIRST_TX, CS_MX_FIRST_TX + CS_MX_TX_N},
	};
	frame->record = path->record;
	if (path->slot != CS_MX_GROUP_SAME)
		frame->base = path->slot;
	if (path->record == CS_MX_RECORD_MEMBER) {
		mx->present[frame->base + CS_MX_PARTY_CLEARING_SYSTEM] = false;
		mx->present[frame->base + CS_MX_PARTY_CLEARING_MEMBER] = false;
		return;
	}
	clear_slots(mx, ranges[path->record].first, ranges[path->record].end);
	cs_mx_rules_open(mx, path->record);
}

/* Context and slots of a new element inside PARENT. */
static void
find_path(struct cs_mx *mx, const struct cs_mx_frame *parent, struct cs_mx_frame *frame, uint16_t name)
{
	frame->base = parent->base;
	frame->slot = CS_MX_SLOT_N;
	frame->slots = 1;
	frame->record = CS_MX_RECORD_NONE;
	frame->context = CS_MX_IN_NONE;
	if (parent->context == CS_MX_IN_DOCUMENT)
		frame->context = CS_MX_IN_BODY;
	unsigned row = mx->row_of[parent->context][name];
	if (row == 0)
		return;
	const struct cs_mx_path *path = &paths[row];
	frame->context = path->to;
	if (path->record) {
		open_record(mx, frame, path);
		return;
	}
	if (path->n == 0)
		frame->base = (uint16_t)(parent->base + path->slot);
	frame->slot = (uint16_t)(parent->base + path->slot);
	frame->slots = path->n ? path->n : 1;
}

/* What TYPE allows inside of a new element. */
static bool
enter_type(struct cs_mx *mx, struct cs_mx_frame *frame, const struct cs_mx_type *type)
{
	frame->form = type->form;
	frame->at = frame->count = 0;
	mx->pieces = mx->wide = false;
	if (type->form <= CS_MX_AMOUNT) {
		frame->simple = cs_mx_schema_simple(type->first);
		if (type->form == CS_MX_AMOUNT)
			return cs_mx_text_currency(mx, type, frame);
	} else if (type->form == CS_MX_ANY) {
		frame->needed = type->first;
	} else {
		frame->particles = cs_mx_schema_particles(type);
		frame->n = type->n;
		frame->needed = type->needed;
	}
	return mx->scan.attribute_n == 0 || cs_mx_text_attributes(mx);
}

/* An element that the nearest version does not have here. Its text is still kept when its name says where. */
static bool
start_unknown(struct cs_mx *mx, const struct cs_mx_frame *parent, struct cs_mx_frame *frame, uint16_t name)
{
	static const struct cs_mx_simple any_text = {.kind = CS_MX_STRING};
	unsigned row = name == CS_MX_NAME_NONE ? 0 : mx->row_of[parent->context][name];
	frame->form = CS_MX_LAX;
	if (row == 0 || paths[row].n == 0)
		return true;
	find_path(mx, parent, frame, name);
	frame->form = CS_MX_SIMPLE;
	frame->simple = &any_text;
	mx->pieces = mx->wide = false;
	return true;
}

/* An element inside header or document, whose type says what may be in it. */
static bool
start_typed(struct cs_mx *mx, struct cs_mx_frame *parent, struct cs_mx_frame *frame)
{
	uint16_t name = cs_mx_names_find(&mx->names, mx->scan.name, mx->scan.end);
	if (parent->form <= CS_MX_AMOUNT)
		return cs_mx_refuse(mx, mx->scan.token, "unexpected", "an element inside a value");
	if (!cs_mx_text_is_blank(mx))
		return cs_mx_refuse(mx, mx->scan.text.raw.at, "text", "text between elements");
	if (mx->scan.uri != parent->uri || (name == CS_MX_NAME_NONE && !mx->lenient))
		return cs_mx_refuse(mx, mx->scan.token, "unexpected", "an element that may not be here");
	int at = place(mx, parent, name);
	if (at < 0)
		return false;
	if (at == parent->n)
		return start_unknown(mx, parent, frame, name);
	find_path(mx, parent, frame, name);
	frame->uri = parent->uri;
	if (parent->context == CS_MX_IN_DOCUMENT)
		mx->root = mx->scan.name;
	return enter_type(mx, frame, cs_mx_schema_type(parent->particles[at].type));
}

/* The definition of a namespace; kept, since it is asked for the same one again. */
static const struct cs_mx_definition *
definition_of(struct cs_mx *mx, uint16_t uri)
{
	return cs_mx_schema_find(mx->scan.uris[uri], &mx->definition) ? &mx->definition : NULL;
}

/* AppHdr or Document. */
static bool
start_part(struct cs_mx *mx, struct cs_mx_frame *frame, bool header)
{
	const uint8_t *at = mx->scan.token;
	const struct cs_mx_definition *definition = definition_of(mx, mx->scan.uri);
	bool fits = definition && cs_span_is(mx->scan.name, cs_mx_schema_name(definition->root));
	if (header && !fits) {
		mx->foreign_header = true; /* of a network of its own: read over */
		frame->form = CS_MX_WRAPPER;
		return true;
	}
	if (!fits)
		return cs_mx_refuse(mx, at, "unknown_type", "a Document of a namespace that is not known");
	if (header ? mx->have_header : mx->have_document)
		return cs_mx_refuse(mx, at, header ? "two_headers" : "two_documents", "a second one in one message");
	if (header && mx->have_document)
		return cs_mx_refuse(mx, at, "header_order", "the header stands behind its document");
	mx->lenient = !definition->exact;
	mx->have_header |= header;
	mx->have_document |= !header;
	*(header ? &mx->header_uri : &mx->document_uri) = mx->scan.uri;
	frame->context = header ? CS_MX_IN_HEADER : CS_MX_IN_DOCUMENT;
	frame->uri = mx->scan.uri;
	frame->base = 0;
	frame->slot = CS_MX_SLOT_N;
	return enter_type(mx, frame, cs_mx_schema_type(definition->type));
}

/* An element in what is not looked into, or around header and document. */
static bool
start_free(struct cs_mx *mx, struct cs_mx_frame *parent, struct cs_mx_frame *frame)
{
	bool document = cs_span_is(mx->scan.name, "Document");
	bool header = cs_span_is(mx->scan.name, "AppHdr");
	if (parent->form == CS_MX_WRAPPER) {
		frame->form = CS_MX_WRAPPER;
		return document || header ? start_part(mx, frame, header) : true;
	}
	frame->form = CS_MX_LAX;
	if (document && definition_of(mx, mx->scan.uri))
		return cs_mx_refuse(mx, mx->scan.token, "two_documents", "a second one in one message");
	if (parent->form == CS_MX_LAX)
		return true;
	bool signature = cs_span_is(mx->scan.uris[mx->scan.uri], "http://www.w3.org/2000/09/xmldsig#");
	if (parent->count > 0 || (parent->needed && !signature))
		return cs_mx_refuse(mx, mx->scan.token, "unexpected", "an element that may not be here");
	if (!cs_mx_text_is_blank(mx))
		return cs_mx_refuse(mx, mx->scan.text.raw.at, "text", "text between elements");
	parent->count = 1;
	return true;
}

static bool
start_element(struct cs_mx *mx)
{
	struct cs_mx_frame *frame = &mx->frame[mx->scan.depth];
	struct cs_mx_frame *parent = frame - 1;
	frame->store = mx->store_len;
	frame->tag = mx->scan.token;
	frame->context = CS_MX_IN_NONE;
	frame->record = CS_MX_RECORD_NONE;
	bool typed = parent->form <= CS_MX_CHOICE && parent->form != CS_MX_ANY;
	return typed ? start_typed(mx, parent, frame) : start_free(mx, parent, frame);
}

static void
end_record(struct cs_mx *mx, enum cs_mx_record record, unsigned base)
{
	cs_mx_rules_record(mx, record, base);
	cs_mx_key_record(mx, record);
	if (mx->visitor)
		mx->visitor->record(mx->visitor->context, mx, record);
}

static bool
is_whole(const struct cs_mx *mx, const struct cs_mx_frame *frame)
{
	if (frame->form == CS_MX_ANY)
		return frame->count > 0;
	if (mx->lenient)
		return true;
	if (frame->form == CS_MX_CHOICE || frame->needed == 0)
		return !frame->needed || frame->count > 0;
	if (frame->at + 1 != frame->needed)
		return frame->at + 1 > frame->needed;
	return frame->count >= frame->particles[frame->at].least;
}

/* In a version that is not known, text may stand where the nearest version has elements. */
static bool
take_loose_text(struct cs_mx *mx, const struct cs_mx_frame *frame)
{
	if (!mx->lenient || frame->count > 0)
		return false;
	if (frame->slot < CS_MX_SLOT_N && !mx->scan.text.coded)
		cs_mx_text_put(mx, (struct cs_mx_put){frame->slot, 1, frame->tag}, cs_mx_value_trim(mx->scan.text.raw));
	return true;
}

static bool
end_element(struct cs_mx *mx)
{
	const struct cs_mx_frame *frame = &mx->frame[mx->scan.depth + 1];
	if (frame->form <= CS_MX_AMOUNT)
		return cs_mx_text_end(mx, frame);
	if (frame->form > CS_MX_CHOICE)
		return true;
	if (!cs_mx_text_is_blank(mx) && !take_loose_text(mx, frame))
		return cs_mx_refuse(mx, mx->scan.text.raw.at, "text", "text between elements");
	if (!is_whole(mx, frame)) {
		mx->scan.name = cs_mx_text_ended(&mx->scan);
		return cs_mx_refuse(mx, mx->scan.token, "missing", "it ends without an element that must be in it");
	}
	if (frame->record) {
		end_record(mx, frame->record, frame->base);
		mx->store_len = frame->store > mx->store_kept ? frame->store : mx->store_kept;
	}
	return true;
}

static bool
take_text(struct cs_mx *mx)
{
	const struct cs_mx_frame *frame = &mx->frame[mx->scan.depth];
	if (frame->form <= CS_MX_AMOUNT)
		return cs_mx_text_add(mx);
	if (frame->form > CS_MX_CHOICE || cs_mx_text_is_blank(mx))
		return true;
	return cs_mx_refuse(mx, mx->scan.text.raw.at, "text", "text between elements");
}

/* --- the message --- */

static void
begin(struct cs_mx *mx, struct cs_span message, struct cs_payment *out, const struct cs_mx_visitor *visitor)
{
	cs_payment_reset(out);
	cs_mx_scan_begin(&mx->scan, message);
	mx->out = out;
	mx->visitor = visitor;
	mx->message++;
	mx->lenient = mx->refused = mx->have_header = mx->have_document = mx->foreign_header = false;
	mx->root = mx->first_instructing = mx->first_instructed = (struct cs_span){NULL, 0};
	mx->pieces = mx->wide = false;
	mx->store_len = mx->store_kept = 0;
	mx->frame[0] = (struct cs_mx_frame){.form = CS_MX_WRAPPER, .slot = CS_MX_SLOT_N};
	clear_slots(mx, 0, CS_MX_SLOT_N);
	cs_mx_rules_begin(mx);
}

static bool
finish(struct cs_mx *mx, enum cs_mx_token token)
{
	if (mx->refused)
		return false;
	mx->scan.name = (struct cs_span){NULL, 0};
	if (token == CS_MX_BROKEN)
		return cs_mx_refuse(mx, mx->scan.start + mx->scan.where, mx->scan.code, mx->scan.why);
	if (!mx->have_document)
		return cs_mx_refuse(mx, mx->scan.end, "no_document", "no Document of a known kind is in it");
	end_record(mx, CS_MX_RECORD_MESSAGE, 0);
	return true;
}

bool
cs_mx_walk(struct cs_mx *mx, struct cs_span message, struct cs_payment *out, const struct cs_mx_visitor *visitor)
{
	begin(mx, message, out, visitor);
	enum cs_mx_token token = CS_MX_TEXT;
	bool good = true;
	while (good && token < CS_MX_DONE) {
		token = cs_mx_scan_next(&mx->scan);
		if (token == CS_MX_START)
			good = start_element(mx);
		else if (token == CS_MX_END)
			good = end_element(mx);
		else if (token == CS_MX_TEXT)
			good = take_text(mx);
	}
	return finish(mx, token);
}

bool
cs_mx_decode(struct cs_mx *mx, struct cs_span message, struct cs_payment *out)
{
	return cs_mx_walk(mx, message, out, NULL);
}

/* --- the decoder --- */

struct cs_mx *
cs_mx_new(void)
{
	struct cs_mx *mx = calloc(1, sizeof *mx);
	if (!mx)
		return NULL;
	cs_mx_names_init(&mx->names);
	CS_ASSERT(cs_mx_schema_names_n() <= CS_MX_NAMES_MAX);
	for (uint16_t i = 1; i < PATH_N; i++) {
		struct cs_span text = cs_span_text(paths[i].name);
		uint16_t name = cs_mx_names_find(&mx->names, text, text.at + text.len);
		CS_ASSERT(name != CS_MX_NAME_NONE && mx->row_of[paths[i].in][name] == 0);
		mx->row_of[paths[i].in][name] = i;
	}
	cs_mx_rules_init(mx);
	return mx;
}

void
cs_mx_free(struct cs_mx *mx)
{
	free(mx);
}

struct cs_span
cs_mx_value(const struct cs_mx *mx, unsigned slot)
{
	CS_ASSERT(slot < CS_MX_SLOT_N);
	return cs_mx_at(mx, slot);
}

struct cs_span
cs_mx_record_bytes(const struct cs_mx *mx, enum cs_mx_record record)
{
	const uint8_t *from = record == CS_MX_RECORD_MESSAGE ? mx->scan.start : mx->frame[mx->scan.depth + 1].tag;
	const uint8_t *to = record == CS_MX_RECORD_MESSAGE ? mx->scan.end : mx->scan.at;
	return (struct cs_span){from, (size_t)(to - from)};
}

/* The name of a definition in its namespace. */
static struct cs_span
tail(struct cs_span uri)
{
	size_t len = uri.len;
	while (len > 0 && uri.at[len - 1] != ':')
		len--;
	return (struct cs_span){uri.at + len, uri.len - len};
}

struct cs_span
cs_mx_type(const struct cs_mx *mx)
{
	return mx->have_document ? tail(mx->scan.uris[mx->document_uri]) : (struct cs_span){NULL, 0};
}

struct cs_span
cs_mx_root(const struct cs_mx *mx)
{
	return mx->root;
}

struct cs_span
cs_mx_header(const struct cs_mx *mx)
{
	return mx->have_header ? tail(mx->scan.uris[mx->header_uri]) : (struct cs_span){NULL, 0};
}

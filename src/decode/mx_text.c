/*
 * Texts and attributes of elements: put together from their runs, checked by their simple type, kept in their slots.
 *
 * A value stays where it stands in the message. Only when it has references or line ends to be read, or is in pieces, it is
 * copied to the store, which is given back when nothing of it is kept.
 */
#include "decode/mx_parts.h"

#include "base/error.h"

/* The name of the element that has just ended, with its prefix. */
struct cs_span
cs_mx_text_ended(const struct cs_mx_scan *scan)
{
	return (struct cs_span){scan->open[scan->depth].name, scan->open[scan->depth].name_len};
}

/* --- values --- */

/* The run of text before the token, as it is meant. False: the store is full. */
static bool
read_run(struct cs_mx *mx, struct cs_span *out)
{
	const struct cs_mx_text *text = &mx->scan.text;
	mx->wide |= text->wide;
	if (!text->coded && !mx->pieces) {
		*out = text->raw;
		return true;
	}
	if (text->raw.len > sizeof mx->store - mx->store_len)
		return cs_mx_refuse(mx, text->raw.at, "limit", "a value in pieces that is longer than is put together");
	uint8_t *at = mx->store + mx->store_len;
	size_t len = text->raw.len;
	if (text->coded)
		len = cs_mx_scan_plain(*text, at);
	else
		memcpy(at, text->raw.at, len);
	mx->store_len += (uint32_t)len;
	*out = (struct cs_span){at, len};
	return true;
}

bool
cs_mx_text_add(struct cs_mx *mx)
{
	struct cs_span run;
	if (!mx->pieces)
		mx->piece_store = mx->store_len;
	mx->pieces = true;
	return read_run(mx, &run);
}

void
cs_mx_text_put(struct cs_mx *mx, struct cs_mx_put to, struct cs_span value)
{
	for (unsigned i = to.slot; i < to.slot + to.slots; i++) {
		if (mx->present[i])
			continue;
		mx->present[i] = true;
		mx->slot[i] = value;
		mx->tag[i] = (uint32_t)(to.tag - mx->scan.start);
		return;
	}
}

/* The value of a simple element, at its end tag. */
bool
cs_mx_text_end(struct cs_mx *mx, const struct cs_mx_frame *frame)
{
	struct cs_span run = {NULL, 0};
	if (!read_run(mx, &run))
		return false;
	if (mx->pieces)
		run = (struct cs_span){mx->store + mx->piece_store, mx->store_len - mx->piece_store};
	mx->pieces = false;
	struct cs_mx_value value = cs_mx_value_check(frame->simple, run, mx->wide);
	if (value.why) {
		mx->scan.name = cs_mx_text_ended(&mx->scan);
		return cs_mx_refuse(mx, frame->tag, value.code, value.why);
	}
	enum cs_mx_meaning meaning = cs_mx_schema_meaning(frame->simple);
	if (meaning != CS_MX_MEANS_NOTHING)
		cs_mx_rules_meaning(mx, meaning, value.text);
	struct cs_span kept = cs_mx_value_trim(value.text);
	if (frame->slot < CS_MX_SLOT_N && kept.len > 0)
		cs_mx_text_put(mx, (struct cs_mx_put){frame->slot, frame->slots, frame->tag}, kept);
	else
		mx->store_len = frame->store;
	return true;
}

/* White space only, before the token. */
bool
cs_mx_text_blank_slow(struct cs_span text)
{
	const uint8_t *p = text.at;
	const uint8_t *end = p + text.len;
	for (; p < end; p++) {
		if (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')
			continue;
		return false;
	}
	return true;
}

/* --- attributes --- */

static bool
is_schema_hint(const struct cs_mx *mx, const struct cs_mx_attribute *attribute)
{
	return cs_span_is(mx->scan.uris[attribute->uri], "http://www.w3.org/2001/XMLSchema-instance") &&
	       (cs_span_is(attribute->name, "schemaLocation") ||
		cs_span_is(attribute->name, "noNamespaceSchemaLocation"));
}

/* Of an element that may have none: but where its schema lies may be said anywhere. */
bool
cs_mx_text_attributes(struct cs_mx *mx)
{
	for (unsigned i = 0; i < mx->scan.attribute_n; i++)
		if (!is_schema_hint(mx, &mx->scan.attributes[i]))
			return cs_mx_refuse(mx, mx->scan.attributes[i].name.at, "attribute",
					    "an attribute that may not be here");
	return true;
}

/* Of an amount: Ccy, once. */
bool
cs_mx_text_currency(struct cs_mx *mx, const struct cs_mx_type *type, struct cs_mx_frame *frame)
{
	bool found = false;
	for (unsigned i = 0; i < mx->scan.attribute_n; i++) {
		const struct cs_mx_attribute *attribute = &mx->scan.attributes[i];
		if (is_schema_hint(mx, attribute))
			continue;
		if (attribute->uri != 0 || !cs_span_is(attribute->name, "Ccy"))
			return cs_mx_refuse(mx, attribute->name.at, "attribute", "an attribute that may not be here");
		const struct cs_mx_simple *simple = cs_mx_schema_simple(type->n);
		struct cs_span text = attribute->value.raw;
		if (attribute->value.coded && text.len <= sizeof mx->store - mx->store_len) {
			text = (struct cs_span){mx->store + mx->store_len,
						cs_mx_scan_plain(attribute->value, mx->store + mx->store_len)};
			mx->store_len += (uint32_t)text.len;
		}
		struct cs_mx_value value = cs_mx_value_check(simple, text, attribute->value.wide);
		if (value.why)
			return cs_mx_refuse(mx, attribute->name.at, value.code, value.why);
		cs_mx_rules_meaning(mx, CS_MX_MEANS_CURRENCY, value.text);
		if (frame->slot < CS_MX_SLOT_N)
			cs_mx_text_put(mx, (struct cs_mx_put){frame->slot + 1U, 1, mx->scan.token}, value.text);
		found = true;
	}
	return found || cs_mx_refuse(mx, mx->scan.token, "attribute", "an amount without its currency");
}

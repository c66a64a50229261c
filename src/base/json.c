/*
 * The JSON writer. Invariant: depth <= CS_JSON_DEPTH_MAX; a key is followed by exactly one value.
 */
#include "base/json.h"

#include "base/error.h"

struct cs_json
cs_json_over(struct cs_text *out)
{
	return (struct cs_json){.out = out};
}

static void
before_value(struct cs_json *json)
{
	if (json->keyed) {
		json->keyed = false;
		return;
	}
	if (json->some[json->depth])
		cs_text_put_char(json->out, ',');
	json->some[json->depth] = true;
}

static void
open_nest(struct cs_json *json, char bracket)
{
	before_value(json);
	CS_ASSERT(json->depth < CS_JSON_DEPTH_MAX);
	json->some[++json->depth] = false;
	cs_text_put_char(json->out, bracket);
}

static void
close_nest(struct cs_json *json, char bracket)
{
	CS_ASSERT(json->depth > 0 && !json->keyed);
	json->depth--;
	cs_text_put_char(json->out, bracket);
}

void
cs_json_object(struct cs_json *json)
{
	open_nest(json, '{');
}

void
cs_json_end_object(struct cs_json *json)
{
	close_nest(json, '}');
}

void
cs_json_array(struct cs_json *json)
{
	open_nest(json, '[');
}

void
cs_json_end_array(struct cs_json *json)
{
	close_nest(json, ']');
}

/* True when BYTE may stand in a JSON string as it is. The controls from 0x80 on would reach terminals, and some
 * readers take NEL for the end of a line. */
static bool
is_plain(uint8_t byte, bool latin1)
{
	if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F)
		return false;
	return !latin1 || byte < 0x80 || byte >= 0xA0;
}

static void
put_escape(struct cs_text *out, uint8_t byte)
{
	if (byte == '"' || byte == '\\') {
		cs_text_put_char(out, '\\');
		cs_text_put_char(out, (char)byte);
		return;
	}
	cs_text_put(out, "\\u00");
	cs_text_put_hex(out, (struct cs_span){&byte, 1});
}

static void
put_string(struct cs_text *out, struct cs_span value, bool latin1)
{
	cs_text_put_char(out, '"');
	size_t from = 0;
	for (size_t i = 0; i <= value.len; i++) {
		if (i < value.len && is_plain(value.at[i], latin1))
			continue;
		struct cs_span run = {value.at + from, i - from};
		if (latin1)
			cs_text_put_latin1(out, run);
		else
			cs_text_put_span(out, run);
		if (i < value.len)
			put_escape(out, value.at[i]);
		from = i + 1;
	}
	cs_text_put_char(out, '"');
}

void
cs_json_key(struct cs_json *json, const char *key)
{
	CS_ASSERT(!json->keyed && json->depth > 0);
	before_value(json);
	put_string(json->out, cs_span_text(key), false);
	cs_text_put_char(json->out, ':');
	json->keyed = true;
}

void
cs_json_text(struct cs_json *json, const char *value)
{
	before_value(json);
	put_string(json->out, cs_span_text(value), false);
}

void
cs_json_utf8(struct cs_json *json, struct cs_span value)
{
	before_value(json);
	put_string(json->out, value, false);
}

void
cs_json_latin1(struct cs_json *json, struct cs_span value)
{
	before_value(json);
	put_string(json->out, value, true);
}

void
cs_json_hex(struct cs_json *json, struct cs_span value)
{
	before_value(json);
	cs_text_put_char(json->out, '"');
	cs_text_put_hex(json->out, value);
	cs_text_put_char(json->out, '"');
}

void
cs_json_hex_small(struct cs_json *json, struct cs_span value)
{
	before_value(json);
	cs_text_put_char(json->out, '"');
	cs_text_put_hex_small(json->out, value);
	cs_text_put_char(json->out, '"');
}

void
cs_json_u64(struct cs_json *json, uint64_t value)
{
	before_value(json);
	cs_text_put_u64(json->out, value);
}

void
cs_json_i64(struct cs_json *json, int64_t value)
{
	before_value(json);
	cs_text_put_i64(json->out, value);
}

void
cs_json_millionths(struct cs_json *json, uint64_t value)
{
	before_value(json);
	cs_text_put_u64(json->out, value / 1000000);
	cs_text_put_char(json->out, '.');
	cs_text_put_padded(json->out, value % 1000000, 6);
}

void
cs_json_bool(struct cs_json *json, bool value)
{
	before_value(json);
	cs_text_put(json->out, value ? "true" : "false");
}

void
cs_json_null(struct cs_json *json)
{
	before_value(json);
	cs_text_put(json->out, "null");
}

void
cs_json_put_text(struct cs_json *json, const char *key, const char *value)
{
	cs_json_key(json, key);
	cs_json_text(json, value);
}

void
cs_json_put_utf8(struct cs_json *json, const char *key, struct cs_span value)
{
	cs_json_key(json, key);
	cs_json_utf8(json, value);
}

void
cs_json_put_latin1(struct cs_json *json, const char *key, struct cs_span value)
{
	cs_json_key(json, key);
	cs_json_latin1(json, value);
}

void
cs_json_put_u64(struct cs_json *json, const char *key, uint64_t value)
{
	cs_json_key(json, key);
	cs_json_u64(json, value);
}

void
cs_json_put_i64(struct cs_json *json, const char *key, int64_t value)
{
	cs_json_key(json, key);
	cs_json_i64(json, value);
}

void
cs_json_put_time(struct cs_json *json, const char *key, uint64_t time_ns)
{
	char at[40];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put_time(&text, time_ns);
	cs_json_put_text(json, key, at);
}

void
cs_json_put_when(struct cs_json *json, const char *key, uint64_t time_ns)
{
	if (time_ns) {
		cs_json_put_time(json, key, time_ns);
		return;
	}
	cs_json_key(json, key);
	cs_json_null(json);
}

void
cs_json_put_bool(struct cs_json *json, const char *key, bool value)
{
	cs_json_key(json, key);
	cs_json_bool(json, value);
}

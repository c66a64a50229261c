/*
 * A JSON writer on a cs_text: commas and escapes are its job, nesting is the caller's.
 *
 * Strings are given as ISO 8859-1 bytes or as UTF-8 C strings; both come out as valid UTF-8 JSON
 * (RFC 8259). Overflow is sticky in the text below. Depth is limited to 16.
 */
#ifndef CS_BASE_JSON_H
#define CS_BASE_JSON_H

#include "base/text.h"

enum { CS_JSON_DEPTH_MAX = 16 };

struct cs_json {
	struct cs_text *out;
	unsigned depth;
	bool some[CS_JSON_DEPTH_MAX + 1]; /* has a value already, by depth */
	bool keyed;                       /* a key was written and waits for its value */
};

/* cs_json_over starts writing one value into OUT. */
struct cs_json cs_json_over(struct cs_text *out);

/* cs_json_object opens an object; close it with cs_json_end_object. */
void cs_json_object(struct cs_json *json);
void cs_json_end_object(struct cs_json *json);

/* cs_json_array opens an array; close it with cs_json_end_array. */
void cs_json_array(struct cs_json *json);
void cs_json_end_array(struct cs_json *json);

/* cs_json_key writes the key of the next value. */
void cs_json_key(struct cs_json *json, const char *key);

/* The values. cs_json_text and cs_json_utf8 take UTF-8; cs_json_latin1 takes bytes. */
void cs_json_text(struct cs_json *json, const char *value);
void cs_json_utf8(struct cs_json *json, struct cs_span value);
void cs_json_latin1(struct cs_json *json, struct cs_span value);
void cs_json_hex(struct cs_json *json, struct cs_span value);

/* cs_json_hex_small writes bytes as a string of lower-case hex. */
void cs_json_hex_small(struct cs_json *json, struct cs_span value);
void cs_json_u64(struct cs_json *json, uint64_t value);
void cs_json_i64(struct cs_json *json, int64_t value);
void cs_json_millionths(struct cs_json *json, uint64_t value); /* 1250000 as 1.250000 */
void cs_json_bool(struct cs_json *json, bool value);
void cs_json_null(struct cs_json *json);

/* A key and its value in one call. */
void cs_json_put_text(struct cs_json *json, const char *key, const char *value);
void cs_json_put_utf8(struct cs_json *json, const char *key, struct cs_span value);
void cs_json_put_latin1(struct cs_json *json, const char *key, struct cs_span value);
void cs_json_put_u64(struct cs_json *json, const char *key, uint64_t value);
void cs_json_put_i64(struct cs_json *json, const char *key, int64_t value);
void cs_json_put_bool(struct cs_json *json, const char *key, bool value);

/* cs_json_put_time writes KEY and a time as cs_text_put_time does; cs_json_put_when null for 0, which is no time. */
void cs_json_put_time(struct cs_json *json, const char *key, uint64_t time_ns);
void cs_json_put_when(struct cs_json *json, const char *key, uint64_t time_ns);

#endif

/*
 * URIs of keys in tokens, strictly: an attribute that would be passed over could be the one that matters.
 *
 * A PIN in the URI is refused: it would stand in the policy, in the list of processes and in what `check` tells.
 *
 * spec: RFC 7512, 2.3 (attributes token, object, module-path, pin-source; percent encoding)
 */
#include "io/pkcs11_uri.h"

#include "base/hex.h"

static const char scheme[] = "pkcs11:";
static const char form[] = "pkcs11:token=NAME?module-path=/path/to/module.so&pin-source=/path/to/pin";

bool
cs_pkcs11_uri_is(const char *where)
{
	return strncmp(where, scheme, sizeof scheme - 1) == 0;
}

static enum cs_error
refuse(struct cs_text *note, const char *what, struct cs_span piece)
{
	cs_text_put(note, "the URI of the key ");
	cs_text_put(note, what);
	for (size_t i = 0; i < piece.len; i++)
		cs_text_put_char(note, piece.at[i] < ' ' || piece.at[i] > '~' ? '?' : (char)piece.at[i]);
	cs_text_put(note, "; write: ");
	cs_text_put(note, form);
	return CS_E_SYNTAX;
}

/* False when it does not fit, is empty, or holds what no name or path may. */
static bool
decode(struct cs_span value, char *out, size_t cap_bytes)
{
	size_t n = 0;
	for (size_t i = 0; i < value.len; i++) {
		int c = value.at[i];
		if (c == '%') {
			if (i + 2 >= value.len || cs_hex_digit(value.at[i + 1]) < 0 ||
			    cs_hex_digit(value.at[i + 2]) < 0)
				return false;
			c = cs_hex_digit(value.at[i + 1]) * 16 + cs_hex_digit(value.at[i + 2]);
			i += 2;
		}
		if (c < ' ' || c == 127 || n + 1 >= cap_bytes)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return n > 0;
}

static struct cs_span
without(struct cs_span value, const char *prefix)
{
	size_t n = strlen(prefix);
	if (value.len < n || memcmp(value.at, prefix, n) != 0)
		return value;
	return (struct cs_span){value.at + n, value.len - n};
}

static enum cs_error
read_attribute(struct cs_span name, struct cs_span value, struct cs_text *note, struct cs_pkcs11_uri *uri)
{
	const struct {
		const char *name;
		char *at;
		size_t cap_bytes;
		bool path;
	} rows[] = {
		{"token", uri->token, sizeof uri->token, false},
		{"object", uri->object, sizeof uri->object, false},
		{"module-path", uri->module, sizeof uri->module, true},
		{"pin-source", uri->pin_file, sizeof uri->pin_file, true},
	};
	if (cs_span_is(name, "pin-value"))
		return refuse(note, "holds a PIN, which others would read; put it into a file", (struct cs_span){0});
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!cs_span_is(name, rows[i].name))
			continue;
		if (rows[i].at[0])
			return refuse(note, "says twice: ", name);
		if (!decode(rows[i].path ? without(without(value, "file:"), "//") : value, rows[i].at,
			    rows[i].cap_bytes))
			return refuse(note, "has no value that can be used for: ", name);
		return rows[i].path && rows[i].at[0] != '/' ? refuse(note, "wants an absolute path for: ", name)
							    : CS_OK;
	}
	return refuse(note, "has an attribute that is not used here: ", name);
}

static size_t
length_until(const char *at, const char *stops)
{
	return strcspn(at, stops);
}

enum cs_error
cs_pkcs11_uri_read(const char *where, struct cs_text *note, struct cs_pkcs11_uri *out)
{
	struct cs_pkcs11_uri uri = {0};
	const char *at = where + sizeof scheme - 1;
	CS_ASSERT(cs_pkcs11_uri_is(where));
	while (*at) {
		size_t len = length_until(at, ";?&");
		size_t name_len = length_until(at, "=;?&");
		struct cs_span name = {(const uint8_t *)at, name_len};
		struct cs_span value = {(const uint8_t *)at + name_len + 1, len > name_len ? len - name_len - 1 : 0};
		if (len)
			CS_TRY(read_attribute(name, value, note, &uri));
		at += len;
		at += *at != '\0';
	}
	if (!uri.token[0])
		return refuse(note, "names no token", (struct cs_span){0});
	if (!uri.module[0])
		return refuse(note, "names no module-path", (struct cs_span){0});
	*out = uri;
	return CS_OK;
}

/*
 * One person's word for one held file, as a file of six lines:
 *
 *   countersign gate request 1
 *   release | reject
 *   NAME            in held/
 *   SHA256          of what the person saw
 *   BY              who he is, as he says; as whom the system knows him is the owner of this file
 *   REASON
 *
 * What is read was written by anybody who may write into held/requests/: every line has its length, and no line anything
 * that could be more than text.
 */
#include "app/gate.h"

static const char head[] = "countersign gate request 1";

/* A line of 1 to CAP - 1 bytes without control characters. */
static bool
take_line(struct cs_span *bytes, char *out, size_t cap_bytes)
{
	const uint8_t *end = bytes->len ? memchr(bytes->at, '\n', bytes->len) : NULL;
	size_t len = end ? (size_t)(end - bytes->at) : 0;
	if (len == 0 || len >= cap_bytes)
		return false;
	for (size_t i = 0; i < len; i++)
		if (bytes->at[i] < ' ' || bytes->at[i] == 0x7f)
			return false;
	memcpy(out, bytes->at, len);
	out[len] = '\0';
	*bytes = (struct cs_span){end + 1, bytes->len - len - 1};
	return true;
}

static bool
is_name(const char *name)
{
	return name[0] != '.' && !strchr(name, '/');
}

static bool
is_sha(const char *text)
{
	return strlen(text) == CS_GATE_SHA_BYTES - 1 && strspn(text, "0123456789ABCDEF") == CS_GATE_SHA_BYTES - 1;
}

bool
cs_gate_request_read(struct cs_span bytes, struct cs_gate_request *out)
{
	struct cs_gate_request request;
	char first[sizeof head], verb[8];
	if (!take_line(&bytes, first, sizeof first) || strcmp(first, head) != 0 ||
	    !take_line(&bytes, verb, sizeof verb) || !take_line(&bytes, request.file, sizeof request.file) ||
	    !take_line(&bytes, request.sha256, sizeof request.sha256) ||
	    !take_line(&bytes, request.by, sizeof request.by) ||
	    !take_line(&bytes, request.reason, sizeof request.reason) || bytes.len)
		return false;
	request.release = strcmp(verb, "release") == 0;
	if ((!request.release && strcmp(verb, "reject") != 0) || !is_name(request.file) || !is_sha(request.sha256) ||
	    !cs_gate_is_text(request.by) || !cs_gate_is_text(request.reason))
		return false;
	*out = request;
	return true;
}

bool
cs_gate_request_put(const struct cs_gate_request *request, struct cs_text *text)
{
	const char *const lines[] = {head,          request->release ? "release" : "reject",
				     request->file, request->sha256,
				     request->by,   request->reason};
	struct cs_gate_request again;
	for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		cs_text_put(text, lines[i]);
		cs_text_put(text, "\n");
	}
	/* What cannot be read must not be written. */
	return !text->overflowed &&
	       cs_gate_request_read((struct cs_span){(const uint8_t *)text->at, text->len}, &again);
}

/*
 * A pull scanner for the XML of payment messages: well-formedness and namespaces, no tree, no copies, no memory of its own.
 *
 * It is stricter than XML 1.0 asks. Refused: a document type declaration (so no entities but the five), an encoding other
 * than UTF-8, depth over CS_MX_DEPTH_MAX, anything but white space behind the root. Comments and processing instructions
 * are left out wherever they stand; text they cut in two is still one text.
 */
#ifndef CS_DECODE_MX_SCAN_H
#define CS_DECODE_MX_SCAN_H

#include "base/span.h"

enum {
	CS_MX_DEPTH_MAX = 64,
	CS_MX_ATTRIBUTES_MAX = 32, /* of one element */
	CS_MX_BINDINGS_MAX = 64,   /* of prefixes to namespaces, in force at one place */
	CS_MX_URIS_MAX = 32,       /* different namespaces in one message */
};

enum cs_mx_token {
	CS_MX_START,  /* an element begins: its name, its namespace, its attributes, and the text before it */
	CS_MX_END,    /* the innermost one ends: and the text before that */
	CS_MX_TEXT,   /* text that goes on behind a comment, or a CDATA section */
	CS_MX_DONE,   /* the root has ended, and nothing follows */
	CS_MX_BROKEN, /* not well-formed, or against the rules above: code, why, where */
};

/* A run of characters as it stands in the message. */
struct cs_mx_text {
	struct cs_span raw;
	bool coded;   /* has references or line ends to be read: cs_mx_scan_plain */
	bool wide;    /* has characters outside ASCII, as they are or by reference */
	bool blank;   /* known to be blanks and line feeds, or nothing */
	bool literal; /* from a CDATA section: an ampersand is one */
};

struct cs_mx_attribute {
	struct cs_span name; /* local part */
	struct cs_span prefix;
	struct cs_mx_text value;
	uint16_t uri;
};

struct cs_mx_open {
	const uint8_t *name; /* with its prefix */
	uint32_t name_len;
	uint16_t prefix_len;
	uint16_t uri;
	uint16_t binding_n; /* bindings in force outside of it */
	uint16_t inner_n;   /* and inside */
};

struct cs_mx_scan {
	const uint8_t *start, *at, *end;
	/* the token */
	const uint8_t *token;
	struct cs_mx_text text;
	struct cs_span name; /* local part */
	uint16_t uri;        /* its namespace: index of uris */
	uint16_t attribute_n;
	/* what went wrong */
	const char *code;
	const char *why;
	size_t where;
	/* inside */
	unsigned depth; /* elements open */
	bool empty;     /* the element just begun ends at once */
	bool rooted;    /* the root was seen */
	uint16_t uri_n;
	uint16_t binding_n;
	struct cs_mx_open open[CS_MX_DEPTH_MAX];
	struct cs_span uris[CS_MX_URIS_MAX]; /* 0: none; 1: that of the prefix xml */
	struct {
		struct cs_span prefix;
		uint16_t uri;
	} bindings[CS_MX_BINDINGS_MAX];
	struct cs_mx_attribute attributes[CS_MX_ATTRIBUTES_MAX];
};

/* cs_mx_scan_begin starts over at the first byte of MESSAGE, which is lent until the last token. */
void cs_mx_scan_begin(struct cs_mx_scan *scan, struct cs_span message);

/* cs_mx_scan_next gives the next token; after CS_MX_DONE or CS_MX_BROKEN there is none. */
enum cs_mx_token cs_mx_scan_next(struct cs_mx_scan *scan);

/* cs_mx_scan_plain writes TEXT with its references and line ends read to OUT, which has room for raw.len bytes; gives how
 * many it wrote. TEXT is of a token of this scanner: its references are known to be good. */
size_t cs_mx_scan_plain(struct cs_mx_text text, uint8_t *out);

#endif

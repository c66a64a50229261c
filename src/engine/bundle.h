/*
 * A bundle of evidence: one alert with its messages, and all that is needed to prove them without the journal.
 *
 * Each record shows its salt and its path to the root in its page's head; each head its path to a checkpoint, or the heads
 * behind it up to one that has such a path; the checkpoint its signature. The form is docs/journal.md's, "Bundle".
 */
#ifndef CS_ENGINE_BUNDLE_H
#define CS_ENGINE_BUNDLE_H

#include "engine/recorder.h"

enum {
	CS_BUNDLE_RECORDS_MAX = 16,
	CS_BUNDLE_PAGES_MAX = 1 << 16,
	CS_BUNDLE_WORDS_BYTES = 512,
	CS_BUNDLE_BYTES_MAX = 64 << 20, /* of its JSON */
};

/* What a record is in it for. */
enum cs_bundle_role {
	CS_BUNDLE_ALERT,
	CS_BUNDLE_MESSAGE,
	CS_BUNDLE_POLICY,
	CS_BUNDLE_SOURCES,
	CS_BUNDLE_HEAD,
	CS_BUNDLE_ROLE_N
};

/* cs_bundle_role_name gives the word for a role; static. */
const char *cs_bundle_role_name(enum cs_bundle_role role);

struct cs_bundle_record {
	enum cs_bundle_role role;
	struct cs_record record; /* its parts lie in `bytes` */
	uint8_t *bytes;
	uint64_t page;
	uint64_t nth; /* in its page */
	uint8_t salt[CS_PAGE_SALT_BYTES];
	struct cs_merkle_path path;
};

struct cs_bundle_page {
	uint64_t number;
	uint8_t head[CS_PAGE_HASHED_BYTES];
};

/* That a page is in the tree of a checkpoint. */
struct cs_bundle_cover {
	uint64_t page;
	uint64_t checkpoint; /* index */
	struct cs_merkle_path path;
};

struct cs_bundle {
	uint8_t id[CS_JOURNAL_ID_BYTES];
	uint8_t public_key[CS_PUBLIC_KEY_BYTES];
	uint8_t alert[CS_ALERT_ID_BYTES];
	char *story; /* NULL: none */
	uint32_t record_n;
	uint32_t page_n;
	uint32_t page_cap;
	uint32_t cover_n;
	uint32_t checkpoint_n;
	struct cs_bundle_record record[CS_BUNDLE_RECORDS_MAX];
	struct cs_bundle_page *page; /* ascending */
	struct cs_bundle_cover cover[CS_BUNDLE_RECORDS_MAX];
	struct cs_checkpoint checkpoint[CS_BUNDLE_RECORDS_MAX];
};

/* cs_bundle_fini frees what BUNDLE holds; takes a zeroed one. */
void cs_bundle_fini(struct cs_bundle *bundle);

/* cs_bundle_add_page adds a page at its place, once; false without memory or beyond CS_BUNDLE_PAGES_MAX. */
bool cs_bundle_add_page(struct cs_bundle *bundle, uint64_t number, const uint8_t head[CS_PAGE_HASHED_BYTES]);

/* cs_bundle_find gives the first record of ROLE; NULL when there is none. */
const struct cs_bundle_record *cs_bundle_find(const struct cs_bundle *bundle, enum cs_bundle_role role);

/* cs_bundle_source lends the name of source NTH by the SOURCES record; an empty span when it is not told. */
struct cs_span cs_bundle_source(struct cs_span sources, uint64_t nth);

struct cs_bundle_wish {
	const uint8_t *public_key; /* NULL: the bundle's own word */
	void (*fault)(void *context, const char *words);
	void *context;
};

/* cs_bundle_verify proves BUNDLE and tells each fault; CS_E_FORMAT when there was one, CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_bundle_verify(const struct cs_bundle *bundle, const struct cs_bundle_wish *wish);

/* cs_bundle_put writes BUNDLE as JSON, with a newline. */
void cs_bundle_put(struct cs_text *text, const struct cs_bundle *bundle);

/* cs_bundle_read reads one; free it with cs_bundle_fini, also after an error. CS_E_SYNTAX: WORDS says what is wrong.
 * CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_bundle_read(struct cs_span json, struct cs_bundle *out, char words[CS_BUNDLE_WORDS_BYTES]);

#endif

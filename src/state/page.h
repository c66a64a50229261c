/*
 * A page of the journal: some records, sealed where they are personal, under one Merkle root, chained to the page before.
 *
 * Records are first put down in a draft, in the form the page will have but for events, which whoever seals packs. Sealing
 * hashes, encrypts and chains the draft in place. A page is written whole and is the unit of what is durable, found torn, or found damaged.
 * The form is docs/journal.md's; SHA-256 as in base/digest.h, ChaCha20-Poly1305 as in RFC 8439, checks by XXH3-64.
 */
#ifndef CS_STATE_PAGE_H
#define CS_STATE_PAGE_H

#include "base/merkle.h"
#include "base/pack.h"
#include "event/event.h"

enum {
	CS_PAGE_HEAD_BYTES = 160,
	CS_PAGE_HASHED_BYTES = CS_PAGE_HEAD_BYTES - 8, /* of the head, by the chain hash */
	CS_PAGE_FRAME_BYTES = 12, /* before each record in the open part: length and kind, sealed length, check */
	CS_PAGE_TAG_BYTES = 16,
	CS_PAGE_KEY_BYTES = 32,
	CS_PAGE_SALT_BYTES = 16,
	CS_PAGE_RECORDS_MAX = 256,
	CS_PAGE_PART_MAX = 640 * 1024,   /* the open and the sealed part, each */
	CS_PAGE_FULL_BYTES = 128 * 1024, /* no record is begun behind this much of either */
	CS_PAGE_RECORD_MAX = CS_PAGE_PART_MAX - CS_PAGE_FULL_BYTES - CS_PAGE_FRAME_BYTES,
	CS_PAGE_BYTES_MAX = CS_PAGE_HEAD_BYTES + 2 * CS_PAGE_PART_MAX + CS_PAGE_TAG_BYTES,
};

enum cs_record_kind {
#define X(symbol, name, input, text) CS_RECORD_##symbol,
#include "state/record.def"
#undef X
	CS_RECORD_N
};

/* cs_record_name gives the word for a kind; cs_record_is_input says whether it is told to the judge. Static. */
const char *cs_record_name(unsigned kind);
bool cs_record_is_input(unsigned kind);

/* One record, lent. */
struct cs_record {
	uint64_t seq;
	uint64_t base_ns; /* of its page: times in it are relative to this */
	uint8_t kind;
	bool hidden; /* it has a sealed part, and the key to it is not here */
	uint32_t sealed_len;
	struct cs_span open;
	struct cs_span sealed; /* plain; empty when hidden */
};

/* The keys of a volume: what seals its personal parts, and what salts the leaves over them. */
struct cs_page_keys {
	uint8_t seal[CS_PAGE_KEY_BYTES];
	uint8_t salt[CS_PAGE_KEY_BYTES];
};

/* cs_page_keys_of derives both keys from the volume's one secret. */
void cs_page_keys_of(const uint8_t secret[CS_PAGE_KEY_BYTES], struct cs_page_keys *out);

/* A page that is being filled. About 2 MB: process lifetime. */
struct cs_draft {
	uint32_t record_n;
	uint32_t open_len;
	uint32_t sealed_len;
	uint64_t base_ns;
	bool alerts; /* one of its records is an alert */
	bool loose;  /* one of its records is an event that is not packed yet */
	uint8_t page[CS_PAGE_BYTES_MAX];
	uint8_t sealed[CS_PAGE_PART_MAX];
};

/* cs_draft_reset empties a draft. */
void cs_draft_reset(struct cs_draft *draft);

/* cs_draft_full says whether the next record belongs on another page. */
static inline bool
cs_draft_full(const struct cs_draft *draft)
{
	return draft->record_n == CS_PAGE_RECORDS_MAX || draft->open_len > CS_PAGE_FULL_BYTES ||
	       draft->sealed_len > CS_PAGE_FULL_BYTES;
}

/* cs_draft_open and cs_draft_sealed lend the places where the next record's parts go: CS_PAGE_RECORD_MAX bytes each.
 * The first record's time must be set as base_ns before its open part is written. */
static inline uint8_t *
cs_draft_open(struct cs_draft *draft)
{
	return draft->page + CS_PAGE_HEAD_BYTES + draft->open_len + CS_PAGE_FRAME_BYTES;
}

static inline uint8_t *
cs_draft_sealed(struct cs_draft *draft)
{
	return draft->sealed + draft->sealed_len;
}

/* cs_draft_add makes what was written there the next record, with OPEN_LEN and SEALED_LEN bytes. */
void cs_draft_add(struct cs_draft *draft, enum cs_record_kind kind, size_t open_len, size_t sealed_len);

/* cs_draft_add_event makes EVENT the next record, behind PREFIX_LEN bytes that were written to its open part, with less work
 * than packing it takes: cs_page_seal packs it, to the bytes of cs_event_pack. */
void cs_draft_add_event(struct cs_draft *draft, const struct cs_event *event, size_t prefix_len);

/* Where a page stands in its journal. */
struct cs_page_place {
	uint32_t volume;
	uint64_t number; /* of the page */
	uint64_t first;  /* sequence number of its first record */
	uint64_t group;  /* number of the first page made durable together with it */
	struct cs_digest previous;
};

/* cs_page_seal turns DRAFT into a page in draft->page and gives its length; CHAIN is the page's own chain hash, which
 * the next page names as its previous. */
size_t cs_page_seal(struct cs_draft *draft, const struct cs_page_place *place, const struct cs_page_keys *keys,
		    struct cs_hasher *hasher, struct cs_digest *chain);

/* A page as read. */
struct cs_page {
	struct cs_page_place place;
	uint32_t len;
	uint32_t record_n;
	uint64_t base_ns;
	struct cs_digest root;
	struct cs_digest payload;
	struct cs_span head;   /* what the chain hash covers */
	struct cs_span open;   /* frames and open parts */
	struct cs_span sealed; /* cipher text and tag; empty when nothing is sealed */

	/* What is here of it: all, but for a page of a thinned volume (state/thin.h). */
	uint32_t here_n;
	const uint8_t *index; /* which of the record_n, when not all are; NULL: all */
	bool thin;            /* in the form of such a volume */
	uint32_t gone_kinds;  /* 1 << kind of each that went */
	struct cs_span proof; /* salts, leaf hashes, and the hashes that stand for what went */
};

enum cs_page_fault {
	CS_PAGE_OK,
	CS_PAGE_SHORT,     /* more bytes are needed */
	CS_PAGE_FOREIGN,   /* does not begin like a page, or its lengths cannot be */
	CS_PAGE_CHECK,     /* bytes differ from those written */
	CS_PAGE_BEGINNING, /* the first there is, and neither page 0 nor where a signed beginning says */
	CS_PAGE_CHAIN,     /* does not follow the page before it */
	CS_PAGE_VOLUME,    /* was written into another volume */
	CS_PAGE_PAYLOAD,   /* its records are not those that were hashed */
	CS_PAGE_RECORD,    /* a record's own check fails */
	CS_PAGE_SEAL,      /* the sealed part was changed, or is under another key */
	CS_PAGE_ROOT,      /* the records do not give the Merkle root */
	CS_PAGE_FAULT_N
};

/* cs_page_fault_text tells a fault in words; static. */
const char *cs_page_fault_text(enum cs_page_fault fault);

/* cs_page_read takes a page off the beginning of BYTES: head, lengths and check. CS_PAGE_SHORT, _FOREIGN, _CHECK. */
enum cs_page_fault cs_page_read(struct cs_span bytes, struct cs_page *page);

/* cs_page_head reads the head of a page off its first CS_PAGE_HASHED_BYTES, and checks nothing; the parts stay empty. */
void cs_page_head(const uint8_t *head, struct cs_page *out);

/* cs_page_search gives the first place in BYTES where the beginning of a page stands, or may when there were more of them;
 * bytes.len when there is none. */
size_t cs_page_search(struct cs_span bytes);

/* cs_page_length gives the length of the page that begins with HEAD (CS_PAGE_HEAD_BYTES bytes); 0 when none does. */
uint32_t cs_page_length(const uint8_t *head);

/* cs_page_chain gives the chain hash of PAGE. */
struct cs_digest cs_page_chain(const struct cs_page *page, struct cs_hasher *hasher);

/* cs_page_follows checks that PAGE's records are the ones hashed, that each passes its own check, and that the page stands
 * where EXPECTED (its number, first and previous) says. CS_PAGE_CHAIN, _PAYLOAD, _RECORD. */
enum cs_page_fault cs_page_follows(const struct cs_page *page, const struct cs_page_place *expected,
				   struct cs_hasher *hasher);

/* cs_page_stands checks only where the page stands, and cs_page_records_pass only its records' own checks. */
bool cs_page_stands(const struct cs_page *page, const struct cs_page_place *expected);
bool cs_page_records_pass(const struct cs_page *page);

/* cs_page_unseal decrypts the sealed part into PLAIN (CS_PAGE_PART_MAX bytes); CS_PAGE_SEAL. */
enum cs_page_fault cs_page_unseal(const struct cs_page *page, const struct cs_page_keys *keys, uint8_t *plain);

/* A walk over the records of a page. PLAIN is what cs_page_unseal gave, or NULL: then records with a sealed part are
 * hidden. Start with {page, plain, 0, 0, 0}. */
struct cs_page_walk {
	const struct cs_page *page;
	const uint8_t *plain;
	size_t open_at;
	size_t sealed_at;
	uint32_t nth; /* of those that are here */
};

/* cs_page_next gives the next record; false behind the last, and when the frames do not fit (page->here_n tells). */
bool cs_page_next(struct cs_page_walk *walk, struct cs_record *out);

/* cs_page_salts gives the salts of the first N records, CS_PAGE_SALT_BYTES each. */
void cs_page_salts(const struct cs_page_keys *keys, uint64_t number, size_t n, uint8_t *out);

/* cs_record_leaf hashes one record with its salt: a leaf of its page's tree. */
struct cs_digest cs_record_leaf(const struct cs_record *record, const uint8_t salt[CS_PAGE_SALT_BYTES],
				struct cs_hasher *hasher);

/* cs_page_leaves gives the leaf hashes of all records (room for CS_PAGE_RECORDS_MAX). False when a frame does not fit. */
bool cs_page_leaves(const struct cs_page *page, const struct cs_page_keys *keys, const uint8_t *plain,
		    struct cs_hasher *hasher, struct cs_digest *out);

/* cs_page_matches checks that the records give the page's root; CS_PAGE_ROOT. */
enum cs_page_fault cs_page_matches(const struct cs_page *page, const struct cs_page_keys *keys, const uint8_t *plain,
				   struct cs_hasher *hasher);

/* cs_page_lost_inputs says whether inputs of the judge were let go of from PAGE. */
bool cs_page_lost_inputs(const struct cs_page *page);

/* How pages stand in a file: as they were written, or as entries of a thinned volume (state/thin.h). The functions are as
 * those of pages above. */
struct cs_page_form {
	size_t head_bytes;
	size_t page_head_at; /* in that */
	size_t bytes_max;
	size_t (*search)(struct cs_span bytes);
	uint32_t (*length)(const uint8_t *head);
	enum cs_page_fault (*read)(struct cs_span bytes, struct cs_page *page);
	enum cs_page_fault (*follows)(const struct cs_page *page, const struct cs_page_place *expected,
				      struct cs_hasher *hasher);
	enum cs_page_fault (*unseal)(const struct cs_page *page, const struct cs_page_keys *keys, uint8_t *plain);
	enum cs_page_fault (*matches)(const struct cs_page *page, const struct cs_page_keys *keys, const uint8_t *plain,
				      struct cs_hasher *hasher);
};

extern const struct cs_page_form cs_page_written;

#endif

/*
 * A thinned volume: what stays of a closed one after some of its records were let go of. FOLDER/00000001.thin.
 *
 * File, little-endian, head first (CS_THIN_FILE_BYTES):
 *
 *   0 magic "CST1"   4 version (1)   8 volume   12 generation of its key (0: the key had been destroyed before)
 *   16 kinds let go of (1 << kind)   20 zero   24 pages   32 records let go of   40 clock of the machine at the thinning
 *   48 length of the file   56 check: XXH3-64 of the 56 bytes before
 *
 * then one entry for every page there was, in order:
 *
 *   0 magic "CSPT"   4 length of the entry
 *   8 the page's head, CS_PAGE_HEAD_BYTES as they were: the first 152 are what the chain hash covers
 *   168 mode (0: parts, 1: whole)   172 records here   176 length of the proof   180 of the open   184 of the sealed part
 *   188 kinds that went from this page
 *   192 which records are here: one byte each, ascending, their place in the page (mode 0)
 *       proof: for each record here its salt (16 bytes), or, if it has a sealed part, its leaf hash (32 bytes); then a
 *              hash for each greatest subtree that went, in the order of levels, from the leaves up, left to right
 *       open part: the frames and open parts of the records here, as they stood
 *       sealed part: ChaCha20-Poly1305 under the key of this generation; nonce and keys as in a page; additional data is
 *              the entry from 8 to the end of the proof; the plain text is the sealed parts of the records here, then the
 *              salts (16 bytes) of those that have one
 *       check: XXH3-64 of the entry before it
 *
 * A page of which nothing stays is its head: no record, no proof (its root is in the head). In mode 1 the parts are those
 * of the page as it was written, for volumes whose key was destroyed: what cannot be opened cannot be taken apart.
 *
 * What can be proved: the chain (from the heads), each page's Merkle root (from what is here and the hashes; no key is
 * needed), and so every signature. What cannot: the payload digests of the heads, for their payload is gone; and what the
 * records said that went, of which only number, and on each page the kinds, remain.
 */
#ifndef CS_STATE_THIN_H
#define CS_STATE_THIN_H

#include "state/page.h"

enum {
	CS_THIN_FILE_BYTES = 64,
	CS_THIN_HEAD_BYTES = 192,
	CS_THIN_PAGE_HEAD_AT = 8, /* in that */
	CS_THIN_VERSION = 1,
	CS_THIN_PROOF_MAX = 2 * CS_PAGE_RECORDS_MAX * CS_DIGEST_BYTES,
	CS_THIN_PLAIN_MAX = CS_PAGE_PART_MAX + CS_PAGE_RECORDS_MAX * CS_PAGE_SALT_BYTES,
	CS_THIN_BYTES_MAX = CS_THIN_HEAD_BYTES + CS_PAGE_RECORDS_MAX + CS_THIN_PROOF_MAX + CS_PAGE_PART_MAX +
			    CS_THIN_PLAIN_MAX + CS_PAGE_TAG_BYTES + 8,
};

/* What the head of the file says. */
struct cs_thin_about {
	uint32_t volume;
	uint32_t generation;
	uint32_t gone_kinds;
	uint64_t page_n;
	uint64_t gone_n;
	uint64_t wall_ns;
	uint64_t file_bytes;
};

/* cs_thin_about_put writes it; cs_thin_about_read reads one, false when it is none or was changed. */
void cs_thin_about_put(const struct cs_thin_about *about, uint8_t out[CS_THIN_FILE_BYTES]);
bool cs_thin_about_read(struct cs_span bytes, struct cs_thin_about *out);

/* cs_thin_length gives the length of the entry that begins with HEAD (CS_THIN_HEAD_BYTES bytes); 0 when none does. */
uint32_t cs_thin_length(const uint8_t *head);

/* cs_thin_search gives the first place in BYTES where the beginning of an entry stands, or may when there were more of them;
 * bytes.len when there is none. */
size_t cs_thin_search(struct cs_span bytes);

/* cs_thin_read takes an entry off the beginning of BYTES, as cs_page_read does a page. */
enum cs_page_fault cs_thin_read(struct cs_span bytes, struct cs_page *page);

/* cs_thin_follows checks place, the records' checks and the Merkle root, as far as can be done without a key.
 * CS_PAGE_CHAIN, _RECORD, _ROOT; of a page in mode whole as cs_page_follows. */
enum cs_page_fault cs_thin_follows(const struct cs_page *page, const struct cs_page_place *expected,
				   struct cs_hasher *hasher);

/* cs_thin_unseal decrypts the sealed part into PLAIN (CS_THIN_PLAIN_MAX bytes); CS_PAGE_SEAL. */
enum cs_page_fault cs_thin_unseal(const struct cs_page *page, const struct cs_page_keys *keys, uint8_t *plain);

/* cs_thin_matches checks that what was sealed gives the leaf hashes stated; CS_PAGE_ROOT. */
enum cs_page_fault cs_thin_matches(const struct cs_page *page, const struct cs_page_keys *keys, const uint8_t *plain,
				   struct cs_hasher *hasher);

extern const struct cs_page_form cs_thin_form;

/* What makes entries of pages. About 4 MB. */
struct cs_thinner {
	struct cs_hasher *hasher;
	const struct cs_page_keys *from; /* of the pages; NULL: destroyed */
	const struct cs_page_keys *to;   /* of what stays */
	uint32_t kinds;                  /* that go, 1 << kind each */
	uint64_t gone_n;                 /* records that went, now or before */
	uint8_t entry[CS_THIN_BYTES_MAX];
	uint8_t plain[CS_THIN_PLAIN_MAX];
};

/* cs_thinner_put makes thinner->entry of PAGE, whose sealed part is PLAIN in the clear (NULL: hidden), and gives its length;
 * 0 when the page's records do not give its root, which must be looked at, not thinned. */
size_t cs_thinner_put(struct cs_thinner *thinner, const struct cs_page *page, const uint8_t *plain);

#endif

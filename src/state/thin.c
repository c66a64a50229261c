/*
 * The leaf of a record that stays is known from its bytes and its salt. Where a part of it is sealed, the salt is sealed
 * as well, so that the leaf, which lies open, tells nobody anything once the key is gone.
 *
 * Invariant: whatever was thinned, however often, gives the root that stands in the page's head.
 */
#include "state/thin.h"

#include "base/hash.h"

#include <sodium.h>

enum { HEAD_AT = CS_THIN_PAGE_HEAD_AT, COUNTS_AT = HEAD_AT + CS_PAGE_HEAD_BYTES, CHECK_BYTES = 8, NONCE_BYTES = 12 };
enum { MODE_PARTS, MODE_WHOLE };

static const uint32_t file_magic = 0x31545343;  /* "CST1" */
static const uint32_t entry_magic = 0x54505343; /* "CSPT" */

/* ---- the file's head ---- */

void
cs_thin_about_put(const struct cs_thin_about *about, uint8_t out[CS_THIN_FILE_BYTES])
{
	uint8_t *at = cs_pack_u32(cs_pack_u32(out, file_magic), CS_THIN_VERSION);
	at = cs_pack_u32(cs_pack_u32(at, about->volume), about->generation);
	at = cs_pack_u32(cs_pack_u32(at, about->gone_kinds), 0);
	at = cs_pack_u64(cs_pack_u64(at, about->page_n), about->gone_n);
	at = cs_pack_u64(cs_pack_u64(at, about->wall_ns), about->file_bytes);
	CS_ASSERT(at == out + CS_THIN_FILE_BYTES - CHECK_BYTES);
	(void)cs_pack_u64(at, cs_hash_bytes((struct cs_span){out, CS_THIN_FILE_BYTES - CHECK_BYTES}, 0));
}

bool
cs_thin_about_read(struct cs_span bytes, struct cs_thin_about *out)
{
	struct cs_cursor c = cs_cursor_over(bytes);
	bool ours = cs_unpack_u32(&c) == file_magic && cs_unpack_u32(&c) == CS_THIN_VERSION;
	out->volume = cs_unpack_u32(&c);
	out->generation = cs_unpack_u32(&c);
	out->gone_kinds = cs_unpack_u32(&c);
	bool zero = cs_unpack_u32(&c) == 0;
	out->page_n = cs_unpack_u64(&c);
	out->gone_n = cs_unpack_u64(&c);
	out->wall_ns = cs_unpack_u64(&c);
	out->file_bytes = cs_unpack_u64(&c);
	uint64_t check = cs_unpack_u64(&c);
	return ours && zero && !c.failed &&
	       check == cs_hash_bytes((struct cs_span){bytes.at, CS_THIN_FILE_BYTES - CHECK_BYTES}, 0);
}

/* ---- an entry, read ---- */

struct counts {
	uint32_t mode;
	uint32_t here_n;
	uint32_t proof_len;
	uint32_t open_len;
	uint32_t sealed_len;
	uint32_t gone_kinds;
};

static struct counts
read_counts(const uint8_t *head)
{
	struct cs_cursor c = cs_cursor_over((struct cs_span){head + COUNTS_AT, CS_THIN_HEAD_BYTES - COUNTS_AT});
	struct counts counts;
	counts.mode = cs_unpack_u32(&c);
	counts.here_n = cs_unpack_u32(&c);
	counts.proof_len = cs_unpack_u32(&c);
	counts.open_len = cs_unpack_u32(&c);
	counts.sealed_len = cs_unpack_u32(&c);
	counts.gone_kinds = cs_unpack_u32(&c);
	return counts;
}

static uint32_t
index_len(const struct counts *counts)
{
	return counts->mode == MODE_PARTS ? counts->here_n : 0;
}

static bool
are_sane(const struct counts *counts)
{
	return counts->mode <= MODE_WHOLE && counts->here_n <= CS_PAGE_RECORDS_MAX &&
	       counts->proof_len <= CS_THIN_PROOF_MAX && counts->open_len <= CS_PAGE_PART_MAX &&
	       counts->open_len >= counts->here_n * CS_PAGE_FRAME_BYTES &&
	       counts->sealed_len <= CS_THIN_PLAIN_MAX + CS_PAGE_TAG_BYTES &&
	       (counts->sealed_len == 0 || counts->sealed_len > CS_PAGE_TAG_BYTES);
}

uint32_t
cs_thin_length(const uint8_t *head)
{
	uint32_t begins, len;
	memcpy(&begins, head, sizeof begins);
	memcpy(&len, head + 4, sizeof len);
	struct counts counts = read_counts(head);
	if (begins != entry_magic || !are_sane(&counts) || !cs_page_length(head + HEAD_AT))
		return 0;
	uint32_t wanted = CS_THIN_HEAD_BYTES + index_len(&counts) + counts.proof_len + counts.open_len +
			  counts.sealed_len + CHECK_BYTES;
	return len == wanted ? len : 0;
}

size_t
cs_thin_search(struct cs_span bytes)
{
	for (size_t at = 0; at < bytes.len; at++) {
		const uint8_t *next = memchr(bytes.at + at, (int)(entry_magic & 0xff), bytes.len - at);
		at = next ? (size_t)(next - bytes.at) : bytes.len;
		size_t n = bytes.len - at < sizeof entry_magic ? bytes.len - at : sizeof entry_magic;
		if (next && memcmp(next, &entry_magic, n) == 0)
			return at;
	}
	return bytes.len;
}

/* The places of the records that are here go up, and exist. */
static bool
index_passes(const struct cs_page *page)
{
	if (page->here_n > page->record_n || (!page->index && page->here_n != page->record_n))
		return false;
	for (uint32_t i = 0; page->index && i < page->here_n; i++)
		if (page->index[i] >= page->record_n || (i && page->index[i] <= page->index[i - 1]))
			return false;
	return true;
}

enum cs_page_fault
cs_thin_read(struct cs_span bytes, struct cs_page *page)
{
	uint64_t check;
	if (bytes.len < CS_THIN_HEAD_BYTES)
		return CS_PAGE_SHORT;
	uint32_t len = cs_thin_length(bytes.at);
	if (!len)
		return CS_PAGE_FOREIGN;
	if (bytes.len < len)
		return CS_PAGE_SHORT;
	memcpy(&check, bytes.at + len - CHECK_BYTES, sizeof check);
	if (check != cs_hash_bytes((struct cs_span){bytes.at, len - CHECK_BYTES}, 0))
		return CS_PAGE_CHECK;
	struct counts counts = read_counts(bytes.at);
	cs_page_head(bytes.at + HEAD_AT, page);
	const uint8_t *at = bytes.at + CS_THIN_HEAD_BYTES;
	page->len = len;
	page->thin = true;
	page->here_n = counts.here_n;
	page->gone_kinds = counts.gone_kinds;
	page->index = counts.mode == MODE_PARTS ? at : NULL;
	page->proof = (struct cs_span){at + index_len(&counts), counts.proof_len};
	page->open = (struct cs_span){page->proof.at + counts.proof_len, counts.open_len};
	page->sealed = (struct cs_span){page->open.at + counts.open_len, counts.sealed_len};
	return index_passes(page) ? CS_PAGE_OK : CS_PAGE_FOREIGN;
}

/* ---- the tree ---- */

/* The leaves of a page, as far as they are known, and what stands for the others. */
struct tree {
	struct cs_digest node[CS_PAGE_RECORDS_MAX];
	bool known[CS_PAGE_RECORDS_MAX];
	bool stays[CS_PAGE_RECORDS_MAX];
	struct cs_digest in[CS_PAGE_RECORDS_MAX];
	struct cs_digest out[CS_PAGE_RECORDS_MAX];
	size_t in_n;
	size_t out_n;
};

/* The leaves that an entry states or gives, and its hashes behind them. */
static bool
read_tree(const struct cs_page *page, struct cs_hasher *hasher, struct tree *tree)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct cs_cursor c = cs_cursor_over(page->proof);
	struct cs_record record;
	memset(tree->known, 0, sizeof tree->known);
	while (cs_page_next(&walk, &record)) {
		uint64_t nth = record.seq - page->place.first;
		uint8_t salt[CS_PAGE_SALT_BYTES];
		bool got = record.sealed_len ? cs_unpack_bytes(&c, tree->node[nth].at, CS_DIGEST_BYTES)
					     : cs_unpack_bytes(&c, salt, sizeof salt);
		if (!got)
			return false;
		if (!record.sealed_len)
			tree->node[nth] = cs_record_leaf(&record, salt, hasher);
		tree->known[nth] = true;
	}
	tree->in_n = cs_cursor_left(&c) / CS_DIGEST_BYTES;
	if (cs_cursor_left(&c) % CS_DIGEST_BYTES || tree->in_n > CS_PAGE_RECORDS_MAX)
		return false;
	for (size_t i = 0; i < tree->in_n; i++)
		(void)cs_unpack_bytes(&c, tree->in[i].at, CS_DIGEST_BYTES);
	return walk.nth == page->here_n;
}

/* Whether the tree gives the page's root; its hashes go to tree->out. */
static bool
gives_root(const struct cs_page *page, struct cs_hasher *hasher, struct tree *tree)
{
	struct cs_digest root;
	struct cs_merkle_thinning thinning = {page->record_n, tree->node, tree->known, tree->stays,
					      tree->in,       tree->out,  tree->in_n,  0};
	bool whole = cs_merkle_thinning_run(hasher, &thinning, &root);
	tree->out_n = thinning.out_n;
	return whole && cs_digest_same(&root, &page->root);
}

enum cs_page_fault
cs_thin_follows(const struct cs_page *page, const struct cs_page_place *expected, struct cs_hasher *hasher)
{
	struct tree tree;
	if (!page->index)
		return cs_page_follows(page, expected, hasher);
	if (!cs_page_stands(page, expected))
		return CS_PAGE_CHAIN;
	if (!cs_page_records_pass(page))
		return CS_PAGE_RECORD;
	if (!page->here_n)
		return page->proof.len || page->sealed.len ? CS_PAGE_ROOT : CS_PAGE_OK;
	if (!read_tree(page, hasher, &tree))
		return CS_PAGE_ROOT;
	memcpy(tree.stays, tree.known, sizeof tree.stays);
	return gives_root(page, hasher, &tree) ? CS_PAGE_OK : CS_PAGE_ROOT;
}

/* ---- the seal ---- */

static void
nonce_of(uint64_t number, uint8_t nonce[NONCE_BYTES])
{
	memset(nonce, 0, NONCE_BYTES);
	(void)cs_pack_u64(nonce, number);
}

/* From the page's head to the end of the proof. */
static struct cs_span
sealed_with(const struct cs_page *page)
{
	return (struct cs_span){page->head.at, (size_t)(page->open.at - page->head.at)};
}

enum cs_page_fault
cs_thin_unseal(const struct cs_page *page, const struct cs_page_keys *keys, uint8_t *plain)
{
	uint8_t nonce[NONCE_BYTES];
	if (!page->index)
		return cs_page_unseal(page, keys, plain);
	if (!page->sealed.len)
		return CS_PAGE_OK;
	struct cs_span with = sealed_with(page);
	nonce_of(page->place.number, nonce);
	int done = crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, page->sealed.at, page->sealed.len,
							     with.at, with.len, nonce, keys->seal);
	return done == 0 ? CS_PAGE_OK : CS_PAGE_SEAL;
}

/* Where the salts begin in the plain text: behind the sealed parts. */
static size_t
salts_at(const struct cs_page *page)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct cs_record record;
	while (cs_page_next(&walk, &record))
		continue;
	return walk.sealed_at;
}

enum cs_page_fault
cs_thin_matches(const struct cs_page *page, const struct cs_page_keys *keys, const uint8_t *plain,
		struct cs_hasher *hasher)
{
	if (!page->index)
		return cs_page_matches(page, keys, plain, hasher);
	struct cs_page_walk walk = {page, plain, 0, 0, 0};
	struct cs_cursor c = cs_cursor_over(page->proof);
	struct cs_record record;
	size_t salt_at = salts_at(page);
	size_t plain_len = page->sealed.len ? page->sealed.len - CS_PAGE_TAG_BYTES : 0;
	while (cs_page_next(&walk, &record)) {
		struct cs_digest stated, found;
		if (!record.sealed_len) {
			cs_cursor_skip(&c, CS_PAGE_SALT_BYTES);
			continue;
		}
		if (plain_len < salt_at + CS_PAGE_SALT_BYTES || !cs_unpack_bytes(&c, stated.at, CS_DIGEST_BYTES))
			return CS_PAGE_ROOT;
		found = cs_record_leaf(&record, plain + salt_at, hasher);
		salt_at += CS_PAGE_SALT_BYTES;
		if (!cs_digest_same(&stated, &found))
			return CS_PAGE_ROOT;
	}
	return salt_at == plain_len ? CS_PAGE_OK : CS_PAGE_ROOT;
}

/* ---- an entry, made ---- */

/* An entry under way: where its parts end so far. */
struct entry {
	struct tree tree;
	uint8_t salt[CS_PAGE_RECORDS_MAX * CS_PAGE_SALT_BYTES]; /* of the records here before, in their order */
	uint8_t index[CS_PAGE_RECORDS_MAX];
	uint8_t proof[CS_THIN_PROOF_MAX];
	uint8_t *proof_end;
	struct counts counts;
	size_t plain_len;
};

static bool
goes(const struct cs_thinner *thinner, unsigned kind)
{
	return kind < 32 && thinner->kinds >> kind & 1;
}

static bool
stays_any(const struct cs_thinner *thinner, const struct cs_page *page)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct cs_record record;
	while (cs_page_next(&walk, &record))
		if (!goes(thinner, record.kind))
			return true;
	return false;
}

/* The salts of the records that are in PAGE: of an entry from its proof and its plain text, of a page from the key. */
static bool
find_salts(const struct cs_thinner *thinner, const struct cs_page *page, const uint8_t *plain, uint8_t *out)
{
	struct cs_page_walk walk = {page, plain, 0, 0, 0};
	struct cs_cursor c = cs_cursor_over(page->proof);
	struct cs_record record;
	if (!page->index) {
		cs_page_salts(thinner->from, page->place.number, page->record_n, out);
		return true;
	}
	for (size_t sealed_at = salts_at(page); cs_page_next(&walk, &record); out += CS_PAGE_SALT_BYTES) {
		if (!record.sealed_len) {
			(void)cs_unpack_bytes(&c, out, CS_PAGE_SALT_BYTES);
			continue;
		}
		cs_cursor_skip(&c, CS_DIGEST_BYTES);
		memcpy(out, plain + sealed_at, CS_PAGE_SALT_BYTES);
		sealed_at += CS_PAGE_SALT_BYTES;
	}
	return !c.failed;
}

static bool
find_tree(const struct cs_thinner *thinner, const struct cs_page *page, const uint8_t *plain, struct tree *tree)
{
	if (page->index)
		return read_tree(page, thinner->hasher, tree);
	tree->in_n = 0;
	memset(tree->known, true, sizeof tree->known);
	return cs_page_leaves(page, thinner->from, plain, thinner->hasher, tree->node);
}

/* Puts down what stays: frames to the open part, plain text and salts where they will be sealed. */
static void
keep_records(struct cs_thinner *thinner, const struct cs_page *page, const uint8_t *plain, struct entry *entry)
{
	struct cs_page_walk walk = {page, plain, 0, 0, 0};
	struct cs_record record;
	uint8_t sealed_salt[CS_PAGE_RECORDS_MAX * CS_PAGE_SALT_BYTES], *sealed_salt_end = sealed_salt;
	uint8_t *open = thinner->entry + CS_THIN_HEAD_BYTES + CS_PAGE_RECORDS_MAX + CS_THIN_PROOF_MAX;
	memset(entry->tree.stays, 0, sizeof entry->tree.stays);
	while (cs_page_next(&walk, &record)) {
		uint64_t nth = record.seq - page->place.first;
		const uint8_t *salt = entry->salt + (size_t)(walk.nth - 1) * CS_PAGE_SALT_BYTES;
		if (goes(thinner, record.kind)) {
			entry->counts.gone_kinds |= UINT32_C(1) << record.kind;
			continue;
		}
		entry->tree.stays[nth] = true;
		entry->index[entry->counts.here_n++] = (uint8_t)nth;
		size_t framed_len = CS_PAGE_FRAME_BYTES + record.open.len;
		memcpy(open + entry->counts.open_len, record.open.at - CS_PAGE_FRAME_BYTES, framed_len);
		entry->counts.open_len += (uint32_t)framed_len;
		if (!record.sealed_len) {
			entry->proof_end = cs_pack_bytes(entry->proof_end, salt, CS_PAGE_SALT_BYTES);
			continue;
		}
		entry->proof_end = cs_pack_bytes(entry->proof_end, entry->tree.node[nth].at, CS_DIGEST_BYTES);
		memcpy(thinner->plain + entry->plain_len, record.sealed.at, record.sealed.len);
		entry->plain_len += record.sealed.len;
		sealed_salt_end = cs_pack_bytes(sealed_salt_end, salt, CS_PAGE_SALT_BYTES);
	}
	memcpy(thinner->plain + entry->plain_len, sealed_salt, (size_t)(sealed_salt_end - sealed_salt));
	entry->plain_len += (size_t)(sealed_salt_end - sealed_salt);
	sodium_memzero(sealed_salt, sizeof sealed_salt);
}

/* Head, counts and check around what stands in the entry. */
static size_t
frame(struct cs_thinner *thinner, const struct cs_page *page, const struct counts *counts)
{
	uint32_t len = CS_THIN_HEAD_BYTES + index_len(counts) + counts->proof_len + counts->open_len +
		       counts->sealed_len + CHECK_BYTES;
	uint8_t *at = cs_pack_u32(cs_pack_u32(thinner->entry, entry_magic), len);
	at = cs_pack_bytes(at, page->head.at, CS_PAGE_HEAD_BYTES);
	at = cs_pack_u32(cs_pack_u32(at, counts->mode), counts->here_n);
	at = cs_pack_u32(cs_pack_u32(at, counts->proof_len), counts->open_len);
	(void)cs_pack_u32(cs_pack_u32(at, counts->sealed_len), counts->gone_kinds);
	return len;
}

static size_t
finish(struct cs_thinner *thinner, size_t len)
{
	struct cs_span checked = {thinner->entry, len - CHECK_BYTES};
	(void)cs_pack_u64(thinner->entry + checked.len, cs_hash_bytes(checked, 0));
	return len;
}

/* The parts are gathered at fixed places; index and proof turn out shorter, and all moves together. */
static size_t
seal_parts(struct cs_thinner *thinner, const struct cs_page *page, struct entry *entry)
{
	uint8_t nonce[NONCE_BYTES];
	struct counts *counts = &entry->counts;
	uint8_t *gathered = thinner->entry + CS_THIN_HEAD_BYTES + CS_PAGE_RECORDS_MAX + CS_THIN_PROOF_MAX;
	counts->proof_len = (uint32_t)(entry->proof_end - entry->proof);
	counts->sealed_len = entry->plain_len ? (uint32_t)entry->plain_len + CS_PAGE_TAG_BYTES : 0;
	size_t len = frame(thinner, page, counts);
	uint8_t *at = cs_pack_bytes(thinner->entry + CS_THIN_HEAD_BYTES, entry->index, counts->here_n);
	at = cs_pack_bytes(at, entry->proof, counts->proof_len);
	memmove(at, gathered, counts->open_len);
	nonce_of(page->place.number, nonce);
	if (entry->plain_len)
		(void)crypto_aead_chacha20poly1305_ietf_encrypt(
			at + counts->open_len, NULL, thinner->plain, entry->plain_len, thinner->entry + HEAD_AT,
			(size_t)(at - thinner->entry) - HEAD_AT, NULL, nonce, thinner->to->seal);
	sodium_memzero(thinner->plain, entry->plain_len);
	return finish(thinner, len);
}

static size_t
put_parts(struct cs_thinner *thinner, const struct cs_page *page, const uint8_t *plain)
{
	struct entry entry;
	entry.counts = (struct counts){.gone_kinds = page->gone_kinds};
	entry.proof_end = entry.proof;
	entry.plain_len = 0;
	if (!find_tree(thinner, page, plain, &entry.tree) || !find_salts(thinner, page, plain, entry.salt))
		return 0;
	keep_records(thinner, page, plain, &entry);
	bool whole = gives_root(page, thinner->hasher, &entry.tree);
	for (size_t i = 0; whole && i < entry.tree.out_n; i++)
		entry.proof_end = cs_pack_bytes(entry.proof_end, entry.tree.out[i].at, CS_DIGEST_BYTES);
	thinner->gone_n += page->record_n - entry.counts.here_n;
	size_t len = whole ? seal_parts(thinner, page, &entry) : 0;
	sodium_memzero(entry.salt, sizeof entry.salt);
	return len;
}

/* Of what cannot be opened the page stays as it is ... */
static size_t
put_whole(struct cs_thinner *thinner, const struct cs_page *page)
{
	struct counts counts = {MODE_WHOLE, page->here_n, 0, (uint32_t)page->open.len, (uint32_t)page->sealed.len, 0};
	thinner->gone_n += page->record_n - page->here_n;
	if (page->index) {
		memcpy(thinner->entry, page->head.at - HEAD_AT, page->len);
		return page->len;
	}
	size_t len = frame(thinner, page, &counts);
	memcpy(thinner->entry + CS_THIN_HEAD_BYTES, page->open.at, page->open.len + page->sealed.len);
	return finish(thinner, len);
}

/* ... or goes altogether. */
static size_t
put_nothing(struct cs_thinner *thinner, const struct cs_page *page)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct counts counts = {.gone_kinds = page->gone_kinds};
	struct cs_record record;
	while (cs_page_next(&walk, &record))
		counts.gone_kinds |= UINT32_C(1) << record.kind;
	thinner->gone_n += page->record_n;
	return finish(thinner, frame(thinner, page, &counts));
}

size_t
cs_thinner_put(struct cs_thinner *thinner, const struct cs_page *page, const uint8_t *plain)
{
	if (!stays_any(thinner, page))
		return put_nothing(thinner, page);
	return thinner->from ? put_parts(thinner, page, plain) : put_whole(thinner, page);
}

const struct cs_page_form cs_thin_form = {
	.head_bytes = CS_THIN_HEAD_BYTES,
	.page_head_at = CS_THIN_PAGE_HEAD_AT,
	.bytes_max = CS_THIN_BYTES_MAX,
	.search = cs_thin_search,
	.length = cs_thin_length,
	.read = cs_thin_read,
	.follows = cs_thin_follows,
	.unseal = cs_thin_unseal,
	.matches = cs_thin_matches,
};

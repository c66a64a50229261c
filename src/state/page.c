/*
 * Layout of the head, little-endian: 0 magic, 4 length, 8 number, 16 first record, 24 records, 28 open length, 32 sealed
 * length, 36 volume, 40 group, 48 base time, 56 previous chain, 88 root, 120 payload digest, 152 check. The chain hash
 * covers all but the check.
 *
 * Invariants: every bit of a page is under the check and, the check itself apart, under the chain. The leaf of a record
 * is over its plain text and a salt, so that it can be shown without its key, and guessed by nobody once the key is gone.
 */
#include "state/page.h"

#include "base/hash.h"
#include "base/prefetch.h"
#include "event/event_pack.h"

#include <sodium.h>

enum { SEALED_WITH_BYTES = 88, NONCE_BYTES = 12, CHAIN_PREFIX = 2, LINE_BYTES = 64, AHEAD_BYTES = 512, LOOSE = 0x80 };
_Static_assert((int)CS_RECORD_N <= (int)LOOSE, "no kind is taken for a loose event");

static const uint32_t magic = 0x31505343; /* "CSP1" */

static const struct {
	const char *name;
	bool input;
} kinds[CS_RECORD_N] = {
#define X(symbol, name, input, text) {name, input},
#include "state/record.def"
#undef X
};

const char *
cs_record_name(unsigned kind)
{
	return kind < CS_RECORD_N ? kinds[kind].name : "unknown";
}

bool
cs_record_is_input(unsigned kind)
{
	return kind < CS_RECORD_N && kinds[kind].input;
}

const char *
cs_page_fault_text(enum cs_page_fault fault)
{
	static const char *const text[CS_PAGE_FAULT_N] = {
		[CS_PAGE_OK] = "sound",
		[CS_PAGE_SHORT] = "a page ends too early",
		[CS_PAGE_FOREIGN] = "this is not a page",
		[CS_PAGE_CHECK] = "bytes differ from those written",
		[CS_PAGE_BEGINNING] =
			"the journal begins in its midst, and no signed `beginning` lets go of what was before",
		[CS_PAGE_CHAIN] =
			"the page does not follow the one before it: something was taken out, put in or exchanged",
		[CS_PAGE_VOLUME] = "the page was written into another volume: files or pages were exchanged",
		[CS_PAGE_PAYLOAD] = "the records are not those that were hashed",
		[CS_PAGE_RECORD] = "a record's own check fails",
		[CS_PAGE_SEAL] = "the sealed part was changed, or is under another key",
		[CS_PAGE_ROOT] = "the records do not give the page's Merkle root",
	};
	CS_ASSERT((unsigned)fault < CS_PAGE_FAULT_N);
	return text[fault];
}

void
cs_page_keys_of(const uint8_t secret[CS_PAGE_KEY_BYTES], struct cs_page_keys *out)
{
	_Static_assert(crypto_kdf_KEYBYTES == CS_PAGE_KEY_BYTES, "a volume's secret is a key of the derivation");
	(void)crypto_kdf_derive_from_key(out->seal, sizeof out->seal, 1, "cs_page_", secret);
	(void)crypto_kdf_derive_from_key(out->salt, sizeof out->salt, 2, "cs_page_", secret);
}

void
cs_draft_reset(struct cs_draft *draft)
{
	draft->record_n = 0;
	draft->open_len = 0;
	draft->sealed_len = 0;
	draft->base_ns = 0;
	draft->alerts = false;
	draft->loose = false;
}

/* Drafts come back from the worker's core. Where records of this size will soon be written is asked for, a few ahead. */
static inline void
ask_ahead(const struct cs_draft *draft, size_t open_len, size_t sealed_len)
{
	if (cs_draft_full(draft))
		return;
	const uint8_t *open = draft->page + CS_PAGE_HEAD_BYTES + draft->open_len + AHEAD_BYTES;
	const uint8_t *sealed = draft->sealed + draft->sealed_len + AHEAD_BYTES;
	for (size_t i = 0; i < open_len && i < AHEAD_BYTES; i += LINE_BYTES)
		cs_prefetch_write(open + i);
	if (sealed_len)
		cs_prefetch_write(sealed);
}

/* The third word, which will be the check, says of a loose event where it begins. */
static inline uint8_t *
put_frame(uint8_t *frame, unsigned kind, size_t open_len, size_t sealed_len)
{
	return cs_pack_u32(cs_pack_u32(frame, (uint32_t)open_len << 8 | kind), (uint32_t)sealed_len);
}

static inline void
add(struct cs_draft *draft, unsigned kind, size_t open_len, size_t sealed_len)
{
	CS_ASSERT(open_len <= CS_PAGE_RECORD_MAX && sealed_len <= CS_PAGE_RECORD_MAX && !cs_draft_full(draft));
	(void)put_frame(cs_draft_open(draft) - CS_PAGE_FRAME_BYTES, kind, open_len, sealed_len);
	draft->open_len += CS_PAGE_FRAME_BYTES + (uint32_t)open_len;
	draft->sealed_len += (uint32_t)sealed_len;
	draft->record_n++;
	ask_ahead(draft, CS_PAGE_FRAME_BYTES + open_len, sealed_len);
}

void
cs_draft_add(struct cs_draft *draft, enum cs_record_kind kind, size_t open_len, size_t sealed_len)
{
	draft->alerts = draft->alerts || kind == CS_RECORD_ALERT;
	add(draft, kind, open_len, sealed_len);
}

void
cs_draft_add_event(struct cs_draft *draft, const struct cs_event *event, size_t prefix_len)
{
	uint8_t *open = cs_draft_open(draft), *sealed = cs_draft_sealed(draft);
	const uint8_t *open_end = cs_event_loosen(event, open + prefix_len);
	const uint8_t *sealed_end = cs_event_seal(event, sealed);
	(void)cs_pack_u32(open - 4, (uint32_t)prefix_len);
	draft->loose = true;
	add(draft, CS_RECORD_EVENT | LOOSE, (size_t)(open_end - open), (size_t)(sealed_end - sealed));
}

/* Packs the loose event whose frame is at FROM, of OPEN_LEN bytes, and moves it to TO, not behind FROM. Gives its end. */
static uint8_t *
tighten_one(uint8_t *to, const uint8_t *from, size_t open_len, uint64_t base_ns)
{
	uint8_t packed[CS_EVENT_OPEN_MAX];
	struct cs_cursor c = cs_cursor_over((struct cs_span){from, CS_PAGE_FRAME_BYTES});
	cs_cursor_skip(&c, 4);
	uint32_t sealed_len = cs_unpack_u32(&c), prefix_len = cs_unpack_u32(&c);
	const uint8_t *prefix = from + CS_PAGE_FRAME_BYTES;
	size_t len = (size_t)(cs_event_tighten(prefix + prefix_len, base_ns, packed) - packed);
	CS_ASSERT(prefix_len + len <= open_len);
	memmove(to + CS_PAGE_FRAME_BYTES, prefix, prefix_len);
	memcpy(to + CS_PAGE_FRAME_BYTES + prefix_len, packed, len);
	(void)put_frame(to, CS_RECORD_EVENT, prefix_len + len, sealed_len);
	return to + CS_PAGE_FRAME_BYTES + prefix_len + len;
}

/* Packs all loose events; the records move together. */
static void
tighten(struct cs_draft *draft)
{
	uint8_t *begin = draft->page + CS_PAGE_HEAD_BYTES, *to = begin;
	const uint8_t *from = begin, *end = begin + draft->open_len;
	while (from < end) {
		struct cs_cursor c = cs_cursor_over((struct cs_span){from, CS_PAGE_FRAME_BYTES});
		uint32_t word = cs_unpack_u32(&c);
		size_t len = CS_PAGE_FRAME_BYTES + (word >> 8);
		if (word & LOOSE) {
			to = tighten_one(to, from, word >> 8, draft->base_ns);
		} else {
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	draft->open_len = (uint32_t)(to - begin);
	draft->loose = false;
}

/* Over everything of the record that lies open, its frame and its number among it. */
static uint32_t
check_of(const uint8_t *frame, struct cs_span open, uint64_t seq)
{
	uint64_t head;
	memcpy(&head, frame, sizeof head);
	return (uint32_t)cs_hash_bytes(open, cs_hash_mix(seq, head));
}

static uint64_t
check_page(const uint8_t *head, struct cs_span payload)
{
	return cs_hash_bytes((struct cs_span){head, CS_PAGE_HASHED_BYTES}, cs_hash_bytes(payload, 0));
}

static void
nonce_of(uint64_t number, uint8_t nonce[NONCE_BYTES])
{
	memset(nonce, 0, NONCE_BYTES);
	(void)cs_pack_u64(nonce, number);
}

void
cs_page_salts(const struct cs_page_keys *keys, uint64_t number, size_t n, uint8_t *out)
{
	uint8_t nonce[NONCE_BYTES];
	nonce_of(number, nonce);
	(void)crypto_stream_chacha20_ietf(out, n * CS_PAGE_SALT_BYTES, nonce, keys->salt);
}

struct cs_digest
cs_record_leaf(const struct cs_record *record, const uint8_t salt[CS_PAGE_SALT_BYTES], struct cs_hasher *hasher)
{
	uint8_t head[1 + CS_PAGE_SALT_BYTES + 8 + 8 + 1 + 4] = {0};
	uint8_t *at = cs_pack_bytes(head + 1, salt, CS_PAGE_SALT_BYTES);
	at = cs_pack_u64(cs_pack_u64(at, record->seq), record->base_ns);
	*at++ = record->kind;
	at = cs_pack_u32(at, (uint32_t)record->open.len);
	cs_hasher_begin(hasher);
	cs_hasher_add(hasher, head, (size_t)(at - head));
	cs_hasher_add(hasher, record->open.at, record->open.len);
	if (record->sealed.len)
		cs_hasher_add(hasher, record->sealed.at, record->sealed.len);
	return cs_hasher_end(hasher);
}

bool
cs_page_next(struct cs_page_walk *walk, struct cs_record *out)
{
	const struct cs_page *page = walk->page;
	size_t left = page->open.len - walk->open_at;
	if (walk->nth == page->here_n || left < CS_PAGE_FRAME_BYTES)
		return false;
	const uint8_t *frame = page->open.at + walk->open_at;
	struct cs_cursor c = cs_cursor_over((struct cs_span){frame, CS_PAGE_FRAME_BYTES});
	uint32_t word = cs_unpack_u32(&c), sealed_len = cs_unpack_u32(&c), open_len = word >> 8;
	size_t cipher_len = page->sealed.len ? page->sealed.len - CS_PAGE_TAG_BYTES : 0;
	if (open_len > left - CS_PAGE_FRAME_BYTES || sealed_len > cipher_len - walk->sealed_at)
		return false;
	*out = (struct cs_record){
		.seq = page->place.first + (page->index ? page->index[walk->nth] : walk->nth),
		.base_ns = page->base_ns,
		.kind = (uint8_t)word,
		.hidden = sealed_len && !walk->plain,
		.sealed_len = sealed_len,
		.open = {frame + CS_PAGE_FRAME_BYTES, open_len},
		.sealed = {walk->plain ? walk->plain + walk->sealed_at : NULL, walk->plain ? sealed_len : 0},
	};
	walk->open_at += CS_PAGE_FRAME_BYTES + open_len;
	walk->sealed_at += sealed_len;
	walk->nth++;
	return true;
}

bool
cs_page_leaves(const struct cs_page *page, const struct cs_page_keys *keys, const uint8_t *plain,
	       struct cs_hasher *hasher, struct cs_digest *out)
{
	uint8_t salts[CS_PAGE_RECORDS_MAX * CS_PAGE_SALT_BYTES];
	struct cs_page_walk walk = {page, plain, 0, 0, 0};
	struct cs_record record;
	uint32_t n = 0;
	cs_page_salts(keys, page->place.number, page->record_n, salts);
	while (cs_page_next(&walk, &record)) {
		if (record.hidden)
			return false;
		out[n] = cs_record_leaf(&record, salts + (size_t)n * CS_PAGE_SALT_BYTES, hasher);
		n++;
	}
	return n == page->record_n;
}

/* The checks of the records, and the page as its own reader will see it. */
static void
finish_records(struct cs_draft *draft, const struct cs_page_place *place, struct cs_page *page)
{
	*page = (struct cs_page){
		.place = *place,
		.record_n = draft->record_n,
		.here_n = draft->record_n,
		.base_ns = draft->base_ns,
		.open = {draft->page + CS_PAGE_HEAD_BYTES, draft->open_len},
		.sealed = {NULL, draft->sealed_len ? draft->sealed_len + CS_PAGE_TAG_BYTES : 0},
	};
	struct cs_page_walk walk = {page, draft->sealed, 0, 0, 0};
	struct cs_record record;
	while (cs_page_next(&walk, &record)) {
		uint8_t *frame = draft->page + (record.open.at - draft->page) - CS_PAGE_FRAME_BYTES;
		(void)cs_pack_u32(frame + 8, check_of(frame, record.open, record.seq));
	}
	CS_ASSERT(walk.nth == draft->record_n);
}

static void
put_place(struct cs_draft *draft, const struct cs_page *page, size_t len)
{
	uint8_t *at = cs_pack_u32(cs_pack_u32(draft->page, magic), (uint32_t)len);
	at = cs_pack_u64(cs_pack_u64(at, page->place.number), page->place.first);
	at = cs_pack_u32(cs_pack_u32(at, page->record_n), (uint32_t)page->open.len);
	at = cs_pack_u32(cs_pack_u32(at, (uint32_t)page->sealed.len), page->place.volume);
	at = cs_pack_u64(cs_pack_u64(at, page->place.group), page->base_ns);
	at = cs_pack_bytes(at, page->place.previous.at, CS_DIGEST_BYTES);
	CS_ASSERT(at == draft->page + SEALED_WITH_BYTES);
}

size_t
cs_page_seal(struct cs_draft *draft, const struct cs_page_place *place, const struct cs_page_keys *keys,
	     struct cs_hasher *hasher, struct cs_digest *chain)
{
	struct cs_digest leaf[CS_PAGE_RECORDS_MAX];
	struct cs_page page;
	CS_ASSERT(draft->record_n > 0);
	if (draft->loose)
		tighten(draft);
	finish_records(draft, place, &page);
	bool whole = cs_page_leaves(&page, keys, draft->sealed, hasher, leaf);
	CS_ASSERT(whole);
	page.root = cs_merkle_root(hasher, leaf, page.record_n);
	size_t len = CS_PAGE_HEAD_BYTES + page.open.len + page.sealed.len;
	put_place(draft, &page, len);
	if (page.sealed.len) {
		uint8_t nonce[NONCE_BYTES];
		nonce_of(place->number, nonce);
		(void)crypto_aead_chacha20poly1305_ietf_encrypt(draft->page + CS_PAGE_HEAD_BYTES + page.open.len, NULL,
								draft->sealed, draft->sealed_len, draft->page,
								SEALED_WITH_BYTES, NULL, nonce, keys->seal);
	}
	struct cs_span payload = {draft->page + CS_PAGE_HEAD_BYTES, len - CS_PAGE_HEAD_BYTES};
	page.payload = cs_digest_of(hasher, payload);
	uint8_t *at = cs_pack_bytes(draft->page + SEALED_WITH_BYTES, page.root.at, CS_DIGEST_BYTES);
	at = cs_pack_bytes(at, page.payload.at, CS_DIGEST_BYTES);
	(void)cs_pack_u64(at, check_page(draft->page, payload));
	page.head = (struct cs_span){draft->page, CS_PAGE_HASHED_BYTES};
	*chain = cs_page_chain(&page, hasher);
	return len;
}

struct cs_digest
cs_page_chain(const struct cs_page *page, struct cs_hasher *hasher)
{
	static const uint8_t prefix = CHAIN_PREFIX;
	cs_hasher_begin(hasher);
	cs_hasher_add(hasher, &prefix, 1);
	cs_hasher_add(hasher, page->head.at, page->head.len);
	return cs_hasher_end(hasher);
}

size_t
cs_page_search(struct cs_span bytes)
{
	for (size_t at = 0; at < bytes.len; at++) {
		const uint8_t *first = memchr(bytes.at + at, (uint8_t)magic, bytes.len - at);
		if (!first)
			return bytes.len;
		at = (size_t)(first - bytes.at);
		size_t left = bytes.len - at;
		if (memcmp(first, &magic, left < sizeof magic ? left : sizeof magic) == 0)
			return at;
	}
	return bytes.len;
}

uint32_t
cs_page_length(const uint8_t *head)
{
	struct cs_cursor c = cs_cursor_over((struct cs_span){head, 36});
	bool ours = cs_unpack_u32(&c) == magic;
	uint32_t len = cs_unpack_u32(&c);
	cs_cursor_skip(&c, 16);
	uint32_t record_n = cs_unpack_u32(&c), open_len = cs_unpack_u32(&c), sealed_len = cs_unpack_u32(&c);
	bool sane = record_n > 0 && record_n <= CS_PAGE_RECORDS_MAX && open_len <= CS_PAGE_PART_MAX &&
		    open_len >= record_n * CS_PAGE_FRAME_BYTES && sealed_len <= CS_PAGE_PART_MAX + CS_PAGE_TAG_BYTES &&
		    (sealed_len == 0 || sealed_len > CS_PAGE_TAG_BYTES);
	return ours && sane && len == CS_PAGE_HEAD_BYTES + open_len + sealed_len ? len : 0;
}

void
cs_page_head(const uint8_t *head, struct cs_page *out)
{
	struct cs_cursor c = cs_cursor_over((struct cs_span){head, CS_PAGE_HASHED_BYTES});
	cs_cursor_skip(&c, 4);
	*out = (struct cs_page){.len = cs_unpack_u32(&c), .head = {head, CS_PAGE_HASHED_BYTES}};
	out->place.number = cs_unpack_u64(&c);
	out->place.first = cs_unpack_u64(&c);
	out->record_n = out->here_n = cs_unpack_u32(&c);
	cs_cursor_skip(&c, 8);
	out->place.volume = cs_unpack_u32(&c);
	out->place.group = cs_unpack_u64(&c);
	out->base_ns = cs_unpack_u64(&c);
	(void)cs_unpack_bytes(&c, out->place.previous.at, CS_DIGEST_BYTES);
	(void)cs_unpack_bytes(&c, out->root.at, CS_DIGEST_BYTES);
	(void)cs_unpack_bytes(&c, out->payload.at, CS_DIGEST_BYTES);
}

enum cs_page_fault
cs_page_read(struct cs_span bytes, struct cs_page *page)
{
	if (bytes.len < CS_PAGE_HEAD_BYTES)
		return CS_PAGE_SHORT;
	uint32_t len = cs_page_length(bytes.at);
	if (!len)
		return CS_PAGE_FOREIGN;
	if (bytes.len < len)
		return CS_PAGE_SHORT;
	struct cs_cursor c = cs_cursor_over((struct cs_span){bytes.at, CS_PAGE_HEAD_BYTES});
	cs_page_head(bytes.at, page);
	cs_cursor_skip(&c, 28);
	page->open = (struct cs_span){bytes.at + CS_PAGE_HEAD_BYTES, cs_unpack_u32(&c)};
	page->sealed = (struct cs_span){page->open.at + page->open.len, cs_unpack_u32(&c)};
	cs_cursor_skip(&c, CS_PAGE_HASHED_BYTES - 36);
	struct cs_span payload = {page->open.at, len - CS_PAGE_HEAD_BYTES};
	return cs_unpack_u64(&c) == check_page(bytes.at, payload) ? CS_PAGE_OK : CS_PAGE_CHECK;
}

bool
cs_page_records_pass(const struct cs_page *page)
{
	struct cs_page_walk walk = {page, NULL, 0, 0, 0};
	struct cs_record record;
	while (cs_page_next(&walk, &record)) {
		const uint8_t *frame = record.open.at - CS_PAGE_FRAME_BYTES;
		struct cs_cursor c = cs_cursor_over((struct cs_span){frame + 8, 4});
		if (cs_unpack_u32(&c) != check_of(frame, record.open, record.seq))
			return false;
	}
	return walk.nth == page->here_n && walk.open_at == page->open.len;
}

bool
cs_page_stands(const struct cs_page *page, const struct cs_page_place *expected)
{
	return page->place.number == expected->number && page->place.first == expected->first &&
	       cs_digest_same(&page->place.previous, &expected->previous);
}

enum cs_page_fault
cs_page_follows(const struct cs_page *page, const struct cs_page_place *expected, struct cs_hasher *hasher)
{
	if (!cs_page_stands(page, expected))
		return CS_PAGE_CHAIN;
	struct cs_digest payload =
		cs_digest_of(hasher, (struct cs_span){page->open.at, page->open.len + page->sealed.len});
	if (!cs_digest_same(&payload, &page->payload))
		return CS_PAGE_PAYLOAD;
	return cs_page_records_pass(page) ? CS_PAGE_OK : CS_PAGE_RECORD;
}

enum cs_page_fault
cs_page_unseal(const struct cs_page *page, const struct cs_page_keys *keys, uint8_t *plain)
{
	uint8_t nonce[NONCE_BYTES];
	if (!page->sealed.len)
		return CS_PAGE_OK;
	nonce_of(page->place.number, nonce);
	int done = crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, page->sealed.at, page->sealed.len,
							     page->head.at, SEALED_WITH_BYTES, nonce, keys->seal);
	return done == 0 ? CS_PAGE_OK : CS_PAGE_SEAL;
}

enum cs_page_fault
cs_page_matches(const struct cs_page *page, const struct cs_page_keys *keys, const uint8_t *plain,
		struct cs_hasher *hasher)
{
	struct cs_digest leaf[CS_PAGE_RECORDS_MAX];
	if (!cs_page_leaves(page, keys, plain, hasher, leaf))
		return CS_PAGE_ROOT;
	struct cs_digest root = cs_merkle_root(hasher, leaf, page->record_n);
	return cs_digest_same(&root, &page->root) ? CS_PAGE_OK : CS_PAGE_ROOT;
}

bool
cs_page_lost_inputs(const struct cs_page *page)
{
	for (unsigned kind = 0; kind < CS_RECORD_N; kind++)
		if (page->gone_kinds >> kind & 1 && cs_record_is_input(kind))
			return true;
	return false;
}

const struct cs_page_form cs_page_written = {
	.head_bytes = CS_PAGE_HEAD_BYTES,
	.page_head_at = 0,
	.bytes_max = CS_PAGE_BYTES_MAX,
	.search = cs_page_search,
	.length = cs_page_length,
	.read = cs_page_read,
	.follows = cs_page_follows,
	.unseal = cs_page_unseal,
	.matches = cs_page_matches,
};

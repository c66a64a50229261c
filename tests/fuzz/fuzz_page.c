/*
 * Goal: no bytes make the reading of a page, its records or the journal's own records read past their end, and what is
 * accepted is what sealing writes: a page that passes reads the same when read again.
 * Method: byte 0 says whether the input is read as it is, or gets the check that fits first, so that what lies behind
 * the check is reached; a third way makes payload hash and record checks fit as well.
 */
#include "base/hash.h"
#include "state/journal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t sum;

static void
mend_records(uint8_t *page, uint32_t record_n, uint32_t open_len, uint64_t first)
{
	uint8_t *at = page + CS_PAGE_HEAD_BYTES, *end = at + open_len;
	for (uint32_t i = 0; i < record_n && end - at >= CS_PAGE_FRAME_BYTES; i++) {
		uint64_t frame;
		memcpy(&frame, at, sizeof frame);
		uint32_t n = (uint32_t)frame >> 8;
		if (n > end - at - CS_PAGE_FRAME_BYTES)
			return;
		uint64_t check =
			cs_hash_bytes((struct cs_span){at + CS_PAGE_FRAME_BYTES, n}, cs_hash_mix(first + i, frame));
		(void)cs_pack_u32(at + 8, (uint32_t)check);
		at += CS_PAGE_FRAME_BYTES + n;
	}
}

static void
mend(uint8_t *page, uint32_t len, bool deep, struct cs_hasher *hasher)
{
	struct cs_span payload = {page + CS_PAGE_HEAD_BYTES, len - CS_PAGE_HEAD_BYTES};
	if (deep) {
		uint32_t record_n, open_len;
		uint64_t first;
		memcpy(&first, page + 16, sizeof first);
		memcpy(&record_n, page + 24, sizeof record_n);
		memcpy(&open_len, page + 28, sizeof open_len);
		mend_records(page, record_n, open_len, first);
		struct cs_digest digest = cs_digest_of(hasher, payload);
		memcpy(page + 120, digest.at, sizeof digest.at);
	}
	struct cs_span head = {page, CS_PAGE_HASHED_BYTES};
	(void)cs_pack_u64(page + CS_PAGE_HASHED_BYTES, cs_hash_bytes(head, cs_hash_bytes(payload, 0)));
}

static void
touch(struct cs_span span)
{
	for (size_t i = 0; i < span.len; i++)
		sum = sum * 31 + span.at[i];
}

static void
walk_records(const struct cs_page *page)
{
	static uint8_t plain[CS_PAGE_PART_MAX];
	struct cs_page_walk walk = {page, plain, 0, 0, 0};
	struct cs_record record;
	struct cs_journal_head head;
	struct cs_checkpoint checkpoint;
	while (cs_page_next(&walk, &record)) {
		touch(record.open);
		touch(record.sealed);
		sum += cs_journal_head_read(record.open, &head) ? head.build.len : 0;
		sum += cs_checkpoint_read(record.open, &checkpoint) ? checkpoint.page : 0;
	}
	if (walk.nth > page->record_n || walk.open_at > page->open.len)
		abort();
}

static void
read_whole_page(const struct cs_page *page, struct cs_hasher *hasher)
{
	static const uint8_t secret[CS_PAGE_KEY_BYTES] = {1};
	static uint8_t plain[CS_PAGE_PART_MAX];
	static struct cs_digest leaf[CS_PAGE_RECORDS_MAX];
	struct cs_page_keys keys;
	struct cs_page_place other = page->place;
	cs_page_keys_of(secret, &keys);
	if (page->head.len != CS_PAGE_HASHED_BYTES || page->open.at + page->open.len != page->sealed.at)
		abort();
	walk_records(page);
	enum cs_page_fault fault = cs_page_follows(page, &page->place, hasher);
	other.number++;
	if (cs_page_follows(page, &other, hasher) != CS_PAGE_CHAIN)
		abort();
	if (fault == CS_PAGE_OK && cs_page_unseal(page, &keys, plain) == CS_PAGE_OK)
		sum += cs_page_leaves(page, &keys, plain, hasher, leaf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_hasher *hasher;
	struct cs_page page;
	if (!hasher)
		hasher = cs_hasher_new();
	if (len < 1 || !hasher)
		return 0;
	size_t n = len - 1;
	uint8_t *copy = malloc(n ? n : 1);
	if (!copy)
		abort();
	memcpy(copy, data + 1, n);
	uint32_t page_len = n >= CS_PAGE_HEAD_BYTES ? cs_page_length(copy) : 0;
	if (data[0] % 3 && page_len && page_len <= n)
		mend(copy, page_len, data[0] % 3 == 2, hasher);
	enum cs_page_fault fault = cs_page_read((struct cs_span){copy, n}, &page);
	if (fault == CS_PAGE_OK)
		read_whole_page(&page, hasher);
	free(copy);
	return 0;
}

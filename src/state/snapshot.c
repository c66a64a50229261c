/*
 * The file is written under another name and renamed once it is durable, so that a name always means a whole snapshot.
 * Zero pieces cost nothing on disk, and nothing in memory where the fresh state is zero as well.
 */
#include "state/snapshot.h"

#include "base/hash.h"
#include "base/text.h"
#include "io/secret.h"

#include <sodium.h>
#include <stdlib.h>

enum {
	HEAD_BYTES = 1024,
	PIECE_BYTES = 256 * 1024,
	FRAME_BYTES = 4,
	NONCE_BYTES = 12,
	NAME_DIGITS = 20,
	SYNC_BYTES = 32 << 20,
	BUFFER_BYTES = 4 * (PIECE_BYTES + FRAME_BYTES + CS_PAGE_TAG_BYTES),
};

static const uint32_t magic = 0x4e535343; /* "CSSN" */
static const char draft_name[] = "draft";

enum piece_kind { PIECE_DATA, PIECE_ZERO, PIECE_END };

/* A snapshot on its way to or from the disk. */
struct passage {
	int file;
	uint64_t offset; /* of the buffer's first byte in the file */
	size_t len;      /* in the buffer */
	size_t at;       /* read so far */
	size_t unsynced; /* written since the last sync */
	uint64_t piece_n;
	uint8_t *key;
	uint8_t head[HEAD_BYTES];
	uint8_t buffer[BUFFER_BYTES];
};

static enum cs_error
path_of(const char *folder, uint64_t next_seq, char out[CS_VOLUME_PATH_BYTES])
{
	char name[CS_DISK_NAME_BYTES];
	struct cs_text text = cs_text_over(name, sizeof name);
	cs_text_put_padded(&text, next_seq, NAME_DIGITS);
	cs_text_put(&text, ".snapshot");
	return cs_volume_beside(folder, "snapshots", name, out);
}

static void
note_name(void *context, const char *name)
{
	struct cs_snapshots *list = context;
	uint64_t seq = 0;
	for (unsigned i = 0; i < NAME_DIGITS; i++) {
		if (name[i] < '0' || name[i] > '9')
			return;
		seq = seq * 10 + (uint64_t)(name[i] - '0');
	}
	if (strcmp(name + NAME_DIGITS, ".snapshot") != 0)
		return;
	if (list->n == CS_SNAPSHOTS_MAX) /* the newest count */
		memmove(list->next_seq, list->next_seq + 1, --list->n * sizeof list->next_seq[0]);
	list->next_seq[list->n++] = seq;
}

enum cs_error
cs_snapshot_list(const char *folder, struct cs_snapshots *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	out->n = 0;
	CS_TRY(cs_volume_beside(folder, "snapshots", NULL, path));
	enum cs_error error = cs_disk_list(path, note_name, out);
	return error == CS_E_OPEN ? CS_OK : error;
}

static void
put_head(struct passage *passage, const struct cs_snapshot *about, const struct cs_vault *vault)
{
	uint8_t wrapped[CS_WRAPPED_BYTES];
	cs_vault_wrap(vault, passage->key, wrapped);
	memset(passage->head, 0, HEAD_BYTES);
	uint8_t *at = cs_pack_u32(cs_pack_u32(passage->head, magic), CS_SNAPSHOT_VERSION);
	at = cs_pack_u64(cs_pack_u64(at, about->layout), about->state_hash);
	at = cs_pack_u64(cs_pack_u64(at, about->next_seq), about->page);
	at = cs_pack_bytes(at, about->chain.at, CS_DIGEST_BYTES);
	at = cs_pack_u64(cs_pack_u64(at, about->policy_seq), about->sources_seq);
	at = cs_pack_u64(at, about->input_n);
	at = cs_pack_u64(cs_pack_u64(at, about->input_digest), about->alert_n);
	at = cs_pack_u64(at, about->last_ns);
	at = cs_pack_bytes(at, &about->tally, sizeof about->tally);
	at = cs_pack_bytes(at, wrapped, sizeof wrapped);
	CS_ASSERT(at <= passage->head + HEAD_BYTES - 8);
	struct cs_span checked = {passage->head, HEAD_BYTES - 8};
	(void)cs_pack_u64(passage->head + HEAD_BYTES - 8, cs_hash_bytes(checked, 0));
}

static enum cs_error
get_head(struct passage *passage, const struct cs_vault *vault, struct cs_snapshot *about)
{
	struct cs_cursor c = cs_cursor_over((struct cs_span){passage->head, HEAD_BYTES});
	uint8_t wrapped[CS_WRAPPED_BYTES];
	uint64_t check;
	bool ours = cs_unpack_u32(&c) == magic && cs_unpack_u32(&c) == CS_SNAPSHOT_VERSION;
	memcpy(&check, passage->head + HEAD_BYTES - 8, sizeof check);
	if (!ours || check != cs_hash_bytes((struct cs_span){passage->head, HEAD_BYTES - 8}, 0))
		return CS_E_FORMAT;
	about->layout = cs_unpack_u64(&c);
	about->state_hash = cs_unpack_u64(&c);
	about->next_seq = cs_unpack_u64(&c);
	about->page = cs_unpack_u64(&c);
	(void)cs_unpack_bytes(&c, about->chain.at, CS_DIGEST_BYTES);
	about->policy_seq = cs_unpack_u64(&c);
	about->sources_seq = cs_unpack_u64(&c);
	about->input_n = cs_unpack_u64(&c);
	about->input_digest = cs_unpack_u64(&c);
	about->alert_n = cs_unpack_u64(&c);
	about->last_ns = cs_unpack_u64(&c);
	(void)cs_unpack_bytes(&c, &about->tally, sizeof about->tally);
	(void)cs_unpack_bytes(&c, wrapped, sizeof wrapped);
	return cs_vault_unwrap(vault, wrapped, passage->key);
}

static void
free_passage(struct passage *passage)
{
	if (!passage)
		return;
	cs_disk_close(passage->file);
	cs_secret_release(passage->key);
	free(passage);
}

static struct passage *
new_passage(void)
{
	struct passage *passage = calloc(1, sizeof *passage);
	if (!passage)
		return NULL;
	passage->file = -1;
	passage->key = cs_secret_memory(crypto_aead_chacha20poly1305_ietf_KEYBYTES);
	if (passage->key)
		return passage;
	free_passage(passage);
	return NULL;
}

static void
nonce_of(uint64_t n, uint8_t nonce[NONCE_BYTES])
{
	memset(nonce, 0, NONCE_BYTES);
	(void)cs_pack_u64(nonce, n);
}

/* Synced as it goes: the journal's own syncs must not stand behind gigabytes. */
static enum cs_error
drain(struct passage *passage)
{
	CS_TRY(cs_disk_write(passage->file, passage->buffer, passage->len, passage->offset));
	passage->offset += passage->len;
	passage->unsynced += passage->len;
	passage->len = 0;
	if (passage->unsynced < SYNC_BYTES)
		return CS_OK;
	passage->unsynced = 0;
	return cs_disk_sync(passage->file);
}

/* A piece's frame is sealed with it: the additional data is the head and the frame. */
static enum cs_error
put_piece(struct passage *passage, enum piece_kind kind, struct cs_region piece)
{
	uint8_t nonce[NONCE_BYTES], bound[HEAD_BYTES + FRAME_BYTES];
	size_t sealed_len = kind == PIECE_DATA ? piece.len : 0;
	if (BUFFER_BYTES - passage->len < FRAME_BYTES + sealed_len + CS_PAGE_TAG_BYTES)
		CS_TRY(drain(passage));
	uint8_t *at = passage->buffer + passage->len;
	(void)cs_pack_u32(at, (uint32_t)piece.len << 2 | (uint32_t)kind);
	memcpy(bound, passage->head, HEAD_BYTES);
	memcpy(bound + HEAD_BYTES, at, FRAME_BYTES);
	nonce_of(passage->piece_n++, nonce);
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(at + FRAME_BYTES, NULL, piece.at, sealed_len, bound,
							sizeof bound, NULL, nonce, passage->key);
	passage->len += FRAME_BYTES + sealed_len + CS_PAGE_TAG_BYTES;
	return CS_OK;
}

static bool
is_zero(const uint8_t *at, size_t len)
{
	return len == 0 || (at[0] == 0 && memcmp(at, at + 1, len - 1) == 0);
}

static enum cs_error
put_all(struct passage *passage, const struct cs_regions *regions)
{
	struct cs_regions_walk walk = {0};
	struct cs_region piece;
	CS_TRY(cs_disk_write(passage->file, passage->head, HEAD_BYTES, 0));
	passage->offset = HEAD_BYTES;
	while (cs_regions_next(regions, &walk, PIECE_BYTES, &piece)) {
		bool zero = is_zero(piece.at, piece.len);
		CS_TRY(put_piece(passage, zero ? PIECE_ZERO : PIECE_DATA, piece));
	}
	CS_TRY(put_piece(passage, PIECE_END, (struct cs_region){0}));
	CS_TRY(drain(passage));
	return cs_disk_sync(passage->file);
}

/* The key is overwritten, durably, before the file goes. */
static enum cs_error
destroy(const char *folder, const char *path)
{
	char shelf[CS_VOLUME_PATH_BYTES];
	CS_TRY(cs_volume_beside(folder, "snapshots", NULL, shelf));
	CS_TRY(cs_volume_wipe(path, HEAD_BYTES));
	return cs_disk_sync_folder(shelf);
}

/* Lets go of all before WRITTEN but the newest few. One that claims to lie behind it was there when it was begun, and could
 * not be begun with: whether it goes is for those to say who know where the journal ends. It takes nobody's place. */
static enum cs_error
let_go(const char *folder, uint64_t written)
{
	struct cs_snapshots list;
	unsigned n = 0;
	CS_TRY(cs_snapshot_list(folder, &list));
	while (n < list.n && list.next_seq[n] <= written)
		n++;
	for (unsigned i = 0; i + CS_SNAPSHOTS_KEPT < n; i++) {
		char path[CS_VOLUME_PATH_BYTES];
		CS_TRY(path_of(folder, list.next_seq[i], path));
		CS_TRY(cs_disk_remove(path));
	}
	return CS_OK;
}

enum cs_error
cs_snapshot_write(const char *folder, const struct cs_vault *vault, const struct cs_snapshot *about,
		  const struct cs_regions *regions)
{
	char draft[CS_VOLUME_PATH_BYTES], path[CS_VOLUME_PATH_BYTES], shelf[CS_VOLUME_PATH_BYTES];
	CS_TRY(path_of(folder, about->next_seq, path));
	CS_TRY(cs_volume_beside(folder, "snapshots", draft_name, draft));
	CS_TRY(cs_volume_beside(folder, "snapshots", NULL, shelf));
	enum cs_error error = destroy(folder, draft); /* of a process that ended while it wrote */
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	struct passage *passage = new_passage();
	if (!passage)
		return CS_E_MEMORY;
	cs_secret_random(passage->key, crypto_aead_chacha20poly1305_ietf_KEYBYTES);
	put_head(passage, about, vault);
	error = cs_disk_open(draft, CS_DISK_CREATE, &passage->file);
	if (error == CS_OK)
		error = put_all(passage, regions);
	free_passage(passage);
	CS_TRY(error);
	CS_TRY(cs_disk_rename(draft, path));
	CS_TRY(cs_disk_sync_folder(shelf));
	return let_go(folder, about->next_seq);
}

static enum cs_error
open_snapshot(const char *folder, const struct cs_vault *vault, uint64_t next_seq, struct passage *passage,
	      struct cs_snapshot *about)
{
	char path[CS_VOLUME_PATH_BYTES];
	size_t got = 0;
	CS_TRY(path_of(folder, next_seq, path));
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &passage->file));
	CS_TRY(cs_disk_read(passage->file, passage->head, HEAD_BYTES, 0, &got));
	if (got != HEAD_BYTES)
		return CS_E_FORMAT;
	passage->offset = HEAD_BYTES;
	CS_TRY(get_head(passage, vault, about));
	return about->next_seq == next_seq ? CS_OK : CS_E_FORMAT;
}

enum cs_error
cs_snapshot_about(const char *folder, const struct cs_vault *vault, uint64_t next_seq, struct cs_snapshot *out)
{
	struct passage *passage = new_passage();
	if (!passage)
		return CS_E_MEMORY;
	enum cs_error error = open_snapshot(folder, vault, next_seq, passage, out);
	free_passage(passage);
	return error;
}

/* N bytes of the file, in the buffer. */
static enum cs_error
need(struct passage *passage, size_t n, uint8_t **out)
{
	if (passage->len - passage->at < n) {
		passage->offset += passage->at;
		passage->at = 0;
		CS_TRY(cs_disk_read(passage->file, passage->buffer, BUFFER_BYTES, passage->offset, &passage->len));
	}
	if (passage->len < n)
		return CS_E_FORMAT;
	*out = passage->buffer + passage->at;
	passage->at += n;
	return CS_OK;
}

static enum cs_error
get_piece(struct passage *passage, enum piece_kind expected_end, struct cs_region piece)
{
	uint8_t nonce[NONCE_BYTES], bound[HEAD_BYTES + FRAME_BYTES], *frame, *sealed;
	uint32_t word;
	CS_TRY(need(passage, FRAME_BYTES, &frame));
	memcpy(&word, frame, sizeof word);
	memcpy(bound, passage->head, HEAD_BYTES);
	memcpy(bound + HEAD_BYTES, frame, FRAME_BYTES);
	enum piece_kind kind = (enum piece_kind)(word & 3);
	bool fits = word >> 2 == piece.len && (expected_end == PIECE_END ? kind == PIECE_END : kind <= PIECE_ZERO);
	size_t sealed_len = kind == PIECE_DATA ? piece.len : 0;
	if (!fits)
		return CS_E_FORMAT;
	CS_TRY(need(passage, sealed_len + CS_PAGE_TAG_BYTES, &sealed));
	nonce_of(passage->piece_n++, nonce);
	uint8_t *to = kind == PIECE_DATA ? piece.at : NULL;
	if (crypto_aead_chacha20poly1305_ietf_decrypt(to, NULL, NULL, sealed, sealed_len + CS_PAGE_TAG_BYTES, bound,
						      sizeof bound, nonce, passage->key) != 0)
		return CS_E_FORMAT;
	/* What is zero already stays untouched: most of a large table never becomes real memory. */
	if (kind == PIECE_ZERO && !is_zero(piece.at, piece.len))
		memset(piece.at, 0, piece.len);
	return CS_OK;
}

enum cs_error
cs_snapshot_load(const char *folder, const struct cs_vault *vault, uint64_t next_seq, const struct cs_regions *regions)
{
	struct passage *passage = new_passage();
	struct cs_snapshot about;
	struct cs_regions_walk walk = {0};
	struct cs_region piece;
	if (!passage)
		return CS_E_MEMORY;
	enum cs_error error = open_snapshot(folder, vault, next_seq, passage, &about);
	while (error == CS_OK && cs_regions_next(regions, &walk, PIECE_BYTES, &piece))
		error = get_piece(passage, PIECE_DATA, piece);
	if (error == CS_OK)
		error = get_piece(passage, PIECE_END, (struct cs_region){0});
	uint8_t *more;
	if (error == CS_OK && need(passage, 1, &more) == CS_OK)
		error = CS_E_FORMAT;
	free_passage(passage);
	return error;
}

/* The next piece, whatever it is; *END when it was the last. */
static enum cs_error
check_piece(struct passage *passage, uint8_t *scratch, bool *end)
{
	uint8_t *frame;
	uint32_t word;
	CS_TRY(need(passage, FRAME_BYTES, &frame));
	memcpy(&word, frame, sizeof word);
	passage->at -= FRAME_BYTES;
	*end = (word & 3) == PIECE_END;
	if (word >> 2 > PIECE_BYTES)
		return CS_E_FORMAT;
	return get_piece(passage, *end ? PIECE_END : PIECE_DATA, (struct cs_region){scratch, word >> 2});
}

enum cs_error
cs_snapshot_check(const char *folder, const struct cs_vault *vault, uint64_t next_seq)
{
	struct cs_snapshot about;
	struct passage *passage = new_passage();
	uint8_t *scratch = cs_secret_memory(PIECE_BYTES), *more;
	bool end = false;
	enum cs_error error = passage && scratch ? CS_OK : CS_E_MEMORY;
	if (error == CS_OK)
		error = open_snapshot(folder, vault, next_seq, passage, &about);
	while (error == CS_OK && !end)
		error = check_piece(passage, scratch, &end);
	if (error == CS_OK && need(passage, 1, &more) == CS_OK)
		error = CS_E_FORMAT;
	cs_secret_release(scratch);
	free_passage(passage);
	return error;
}

enum cs_error
cs_snapshot_destroy(const char *folder, uint64_t next_seq)
{
	char path[CS_VOLUME_PATH_BYTES];
	CS_TRY(path_of(folder, next_seq, path));
	return destroy(folder, path);
}

enum cs_error
cs_snapshot_destroy_draft(const char *folder)
{
	char path[CS_VOLUME_PATH_BYTES];
	CS_TRY(cs_volume_beside(folder, "snapshots", draft_name, path));
	return destroy(folder, path);
}

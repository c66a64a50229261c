/*
 * Names and keys of volumes, and their compression. Invariant: at every instant each volume that was closed exists whole
 * in at least one form; where both exist, either may be read.
 */
#include "state/volume.h"

#include "base/hash.h"
#include "base/text.h"
#include "io/secret.h"
#include "state/thin.h"

#include <stdlib.h>
#include <zstd.h>

enum {
	DIGITS_N = 8,
	PACKED_HEAD_BYTES = 64,
	PACKED_CHECKED_BYTES = PACKED_HEAD_BYTES - 8,
	PACKED_VERSION = 1,
	PACKED_LEVEL = 3,
	PEEK_BYTES = 1 << 16,
	FIRST_BYTES = 4096, /* a first page holds one short record */
};

static const uint32_t packed_magic = 0x315a5343; /* "CSZ1" */

static const struct {
	const char *sub;
	const char *ending;
} forms[] = {
	[CS_VOLUME_PLAIN] = {NULL, ".volume"},
	[CS_VOLUME_PACKED] = {NULL, ".packed"},
	[CS_VOLUME_THIN] = {NULL, ".thin"},
	[CS_VOLUME_KEY] = {"keys", ".key"},
};

enum cs_error
cs_volume_beside(const char *folder, const char *sub, const char *name, char out[CS_VOLUME_PATH_BYTES])
{
	struct cs_text text = cs_text_over(out, CS_VOLUME_PATH_BYTES);
	cs_text_put(&text, folder);
	if (sub) {
		cs_text_put_char(&text, '/');
		cs_text_put(&text, sub);
	}
	if (name) {
		cs_text_put_char(&text, '/');
		cs_text_put(&text, name);
	}
	return text.overflowed ? CS_E_LIMIT : CS_OK;
}

enum cs_error
cs_volume_path(const char *folder, uint32_t number, enum cs_volume_form form, char out[CS_VOLUME_PATH_BYTES])
{
	char name[CS_DISK_NAME_BYTES];
	struct cs_text text = cs_text_over(name, sizeof name);
	cs_text_put_padded(&text, number, DIGITS_N);
	cs_text_put(&text, forms[form].ending);
	return cs_volume_beside(folder, forms[form].sub, name, out);
}

enum cs_error
cs_volume_folders(const char *folder)
{
	static const char *const subs[] = {"keys", "snapshots", "sinks", "torn", "inbox"};
	CS_TRY(cs_disk_folder(folder));
	for (unsigned i = 0; i < sizeof subs / sizeof subs[0]; i++) {
		char path[CS_VOLUME_PATH_BYTES];
		CS_TRY(cs_volume_beside(folder, subs[i], NULL, path));
		CS_TRY(cs_disk_folder(path));
	}
	return cs_disk_sync_folder(folder);
}

/* The number that a name begins with; 0 when it does not. */
static uint32_t
leading_number(const char *name)
{
	uint32_t number = 0;
	for (unsigned i = 0; i < DIGITS_N; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 0;
		number = number * 10 + (uint32_t)(name[i] - '0');
	}
	return number;
}

/* The number in front of ".volume", ".packed" or ".thin"; 0 for other names. */
static uint32_t
number_of(const char *name)
{
	uint32_t number = leading_number(name);
	for (unsigned form = CS_VOLUME_PLAIN; number && form <= CS_VOLUME_THIN; form++)
		if (strcmp(name + DIGITS_N, forms[form].ending) == 0)
			return number;
	return 0;
}

static void
note_name(void *context, const char *name)
{
	struct cs_shelf *shelf = context;
	uint32_t number = number_of(name);
	if (!number || shelf->failed || (shelf->n && shelf->number[shelf->n - 1] == number))
		return;
	if (shelf->n == shelf->cap) {
		uint32_t cap = shelf->cap ? 2 * shelf->cap : 64;
		uint32_t *more = cap <= CS_VOLUMES_MAX ? realloc(shelf->number, cap * sizeof *more) : NULL;
		shelf->failed = !more;
		if (!more)
			return;
		shelf->number = more;
		shelf->cap = cap;
	}
	shelf->number[shelf->n++] = number;
}

enum cs_error
cs_shelf_list(const char *folder, struct cs_shelf *out)
{
	*out = (struct cs_shelf){0};
	CS_TRY(cs_disk_list(folder, note_name, out));
	return out->failed ? CS_E_MEMORY : CS_OK;
}

void
cs_shelf_fini(struct cs_shelf *shelf)
{
	free(shelf->number);
	*shelf = (struct cs_shelf){0};
}

static enum cs_error
write_new(const char *path, const void *at, size_t len)
{
	int file = -1;
	CS_TRY(cs_disk_open(path, CS_DISK_CREATE, &file));
	enum cs_error error = cs_disk_write(file, at, len, 0);
	if (error == CS_OK)
		error = cs_disk_sync(file);
	cs_disk_close(file);
	if (error != CS_OK && cs_disk_remove(path) != CS_OK)
		return CS_E_WRITE;
	return error;
}

/* Generation 0 is the key the volume was written with. */
static enum cs_error
key_path(const char *folder, uint32_t number, uint32_t generation, char out[CS_VOLUME_PATH_BYTES])
{
	char name[CS_DISK_NAME_BYTES];
	struct cs_text text = cs_text_over(name, sizeof name);
	cs_text_put_padded(&text, number, DIGITS_N);
	if (generation) {
		cs_text_put_char(&text, '-');
		cs_text_put_u64(&text, generation);
	}
	cs_text_put(&text, forms[CS_VOLUME_KEY].ending);
	return cs_volume_beside(folder, forms[CS_VOLUME_KEY].sub, name, out);
}

static enum cs_error
make_key(const char *folder, const char *path, const struct cs_vault *vault, struct cs_page_keys *out)
{
	char keys[CS_VOLUME_PATH_BYTES];
	uint8_t wrapped[CS_WRAPPED_BYTES];
	CS_TRY(cs_volume_beside(folder, "keys", NULL, keys));
	uint8_t *secret = cs_secret_memory(CS_PAGE_KEY_BYTES);
	if (!secret)
		return CS_E_MEMORY;
	cs_secret_random(secret, CS_PAGE_KEY_BYTES);
	cs_vault_wrap(vault, secret, wrapped);
	cs_page_keys_of(secret, out);
	cs_secret_release(secret);
	CS_TRY(write_new(path, wrapped, sizeof wrapped));
	return cs_disk_sync_folder(keys);
}

enum cs_error
cs_volume_key_make(const char *folder, uint32_t number, const struct cs_vault *vault, struct cs_page_keys *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	CS_TRY(key_path(folder, number, 0, path));
	return make_key(folder, path, vault, out);
}

enum cs_error
cs_volume_key_renew(const char *folder, uint32_t number, uint32_t generation, const struct cs_vault *vault,
		    struct cs_page_keys *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	CS_ASSERT(generation > 0);
	CS_TRY(key_path(folder, number, generation, path));
	enum cs_error error = cs_disk_remove(path);
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	return make_key(folder, path, vault, out);
}

/* What the key file holds. One of zeros alone was destroyed by a process that ended before it removed it: CS_E_OPEN. */
static enum cs_error
read_key(const char *folder, uint32_t number, uint32_t generation, uint8_t out[CS_WRAPPED_BYTES + 1], size_t *got)
{
	static const uint8_t nothing[CS_WRAPPED_BYTES];
	char path[CS_VOLUME_PATH_BYTES];
	int file = -1;
	CS_TRY(key_path(folder, number, generation, path));
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_read(file, out, CS_WRAPPED_BYTES + 1, 0, got);
	cs_disk_close(file);
	CS_TRY(error);
	return *got == sizeof nothing && memcmp(out, nothing, sizeof nothing) == 0 ? CS_E_OPEN : CS_OK;
}

enum cs_error
cs_volume_key_read(const char *folder, uint32_t number, const struct cs_vault *vault, struct cs_page_keys *out)
{
	return cs_volume_key_reread(folder, number, 0, vault, out);
}

enum cs_error
cs_volume_key_reread(const char *folder, uint32_t number, uint32_t generation, const struct cs_vault *vault,
		     struct cs_page_keys *out)
{
	uint8_t wrapped[CS_WRAPPED_BYTES + 1];
	size_t got = 0;
	CS_TRY(read_key(folder, number, generation, wrapped, &got));
	if (got != CS_WRAPPED_BYTES)
		return CS_E_FORMAT;
	uint8_t *secret = cs_secret_memory(CS_PAGE_KEY_BYTES);
	if (!secret)
		return CS_E_MEMORY;
	enum cs_error error = cs_vault_unwrap(vault, wrapped, secret);
	if (error == CS_OK)
		cs_page_keys_of(secret, out);
	cs_secret_release(secret);
	return error;
}

enum cs_error
cs_volume_keyed(const char *folder, uint32_t number, uint32_t generation, bool *out)
{
	uint8_t wrapped[CS_WRAPPED_BYTES + 1];
	size_t got = 0;
	enum cs_error error = read_key(folder, number, generation, wrapped, &got);
	*out = error == CS_OK;
	return error == CS_E_OPEN ? CS_OK : error;
}

enum cs_error
cs_volume_wipe(const char *path, size_t len)
{
	static const uint8_t nothing[CS_WIPE_BYTES_MAX];
	int file = -1;
	CS_ASSERT(len <= sizeof nothing);
	CS_TRY(cs_disk_open(path, CS_DISK_WRITE, &file));
	enum cs_error error = cs_disk_write(file, nothing, len, 0);
	if (error == CS_OK)
		error = cs_disk_sync(file);
	cs_disk_close(file);
	CS_TRY(error);
	return cs_disk_remove(path);
}

/* The keys of one volume, but one. */
struct doomed {
	const char *folder;
	uint32_t number;
	char spared[CS_DISK_NAME_BYTES];
	uint32_t n;
	enum cs_error error;
};

static void
doom_key(void *context, const char *name)
{
	struct doomed *doomed = context;
	char path[CS_VOLUME_PATH_BYTES];
	const char *ending = strrchr(name, '.');
	bool ours = leading_number(name) == doomed->number && strcmp(name, doomed->spared) != 0 && ending &&
		    strcmp(ending, forms[CS_VOLUME_KEY].ending) == 0;
	if (!ours || doomed->error != CS_OK)
		return;
	doomed->error = cs_volume_beside(doomed->folder, forms[CS_VOLUME_KEY].sub, name, path);
	if (doomed->error == CS_OK)
		doomed->error = cs_volume_wipe(path, CS_WRAPPED_BYTES);
	doomed->n += doomed->error == CS_OK;
}

static enum cs_error
destroy_keys(struct doomed *doomed)
{
	char keys[CS_VOLUME_PATH_BYTES];
	CS_TRY(cs_volume_beside(doomed->folder, forms[CS_VOLUME_KEY].sub, NULL, keys));
	CS_TRY(cs_disk_list(keys, doom_key, doomed));
	CS_TRY(doomed->error);
	return doomed->n ? cs_disk_sync_folder(keys) : CS_E_OPEN;
}

enum cs_error
cs_volume_key_destroy(const char *folder, uint32_t number)
{
	struct doomed doomed = {.folder = folder, .number = number};
	return destroy_keys(&doomed);
}

enum cs_error
cs_volume_key_outdate(const char *folder, uint32_t number, uint32_t generation)
{
	struct doomed doomed = {.folder = folder, .number = number};
	char path[CS_VOLUME_PATH_BYTES];
	CS_TRY(key_path(folder, number, generation, path));
	struct cs_text spared = cs_text_over(doomed.spared, sizeof doomed.spared);
	cs_text_put(&spared, strrchr(path, '/') + 1);
	enum cs_error error = destroy_keys(&doomed);
	return error == CS_E_OPEN ? CS_OK : error;
}

static enum cs_error
read_whole(const char *path, uint8_t **out, uint64_t *len)
{
	int file = -1;
	uint64_t size = 0;
	size_t got = 0;
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_size(file, &size);
	if (error == CS_OK && size > CS_VOLUME_PACKED_MAX)
		error = CS_E_RANGE;
	uint8_t *at = error == CS_OK ? malloc(size ? size : 1) : NULL;
	if (error == CS_OK && !at)
		error = CS_E_MEMORY;
	if (error == CS_OK)
		error = cs_disk_read(file, at, size, 0, &got);
	cs_disk_close(file);
	if (error == CS_OK && got != size)
		error = CS_E_READ;
	if (error != CS_OK) {
		free(at);
		return error;
	}
	*out = at;
	*len = size;
	return CS_OK;
}

static bool
put_packed_head(uint8_t *head, uint64_t plain_len, struct cs_span packed)
{
	struct cs_hasher *hasher = cs_hasher_new();
	if (!hasher)
		return false;
	struct cs_digest digest = cs_digest_of(hasher, packed);
	cs_hasher_free(hasher);
	uint8_t *at = cs_pack_u32(cs_pack_u32(head, packed_magic), PACKED_VERSION);
	at = cs_pack_u64(cs_pack_u64(at, plain_len), packed.len);
	at = cs_pack_bytes(at, digest.at, CS_DIGEST_BYTES);
	(void)cs_pack_u64(at, cs_hash_bytes((struct cs_span){head, PACKED_CHECKED_BYTES}, 0));
	return true;
}

/* Compresses PLAIN behind a head, into fresh memory. */
static uint8_t *
pack(struct cs_span plain, size_t *len)
{
	size_t cap = ZSTD_compressBound(plain.len);
	uint8_t *at = malloc(PACKED_HEAD_BYTES + cap);
	if (!at)
		return NULL;
	size_t packed_len = ZSTD_compress(at + PACKED_HEAD_BYTES, cap, plain.at, plain.len, PACKED_LEVEL);
	struct cs_span packed = {at + PACKED_HEAD_BYTES, packed_len};
	if (ZSTD_isError(packed_len) || !put_packed_head(at, plain.len, packed)) {
		free(at);
		return NULL;
	}
	*len = PACKED_HEAD_BYTES + packed_len;
	return at;
}

enum cs_error
cs_volume_place(const char *folder, const char *path, struct cs_span bytes)
{
	char draft[CS_VOLUME_PATH_BYTES];
	CS_TRY(cs_volume_beside(folder, NULL, "placing.draft", draft));
	enum cs_error error = cs_disk_remove(draft); /* of an earlier try */
	if (error != CS_OK && error != CS_E_OPEN)
		return error;
	CS_TRY(write_new(draft, bytes.at, bytes.len));
	CS_TRY(cs_disk_rename(draft, path));
	return cs_disk_sync_folder(folder);
}

enum cs_error
cs_volume_pack(const char *folder, uint32_t number)
{
	char path[CS_VOLUME_PATH_BYTES], packed_path[CS_VOLUME_PATH_BYTES];
	uint8_t *plain = NULL;
	uint64_t plain_len = 0;
	size_t len = 0;
	CS_TRY(cs_volume_path(folder, number, CS_VOLUME_PLAIN, path));
	CS_TRY(cs_volume_path(folder, number, CS_VOLUME_PACKED, packed_path));
	CS_TRY(read_whole(path, &plain, &plain_len));
	uint8_t *packed = pack((struct cs_span){plain, plain_len}, &len);
	free(plain);
	if (!packed)
		return CS_E_MEMORY;
	enum cs_error error = cs_volume_place(folder, packed_path, (struct cs_span){packed, len});
	free(packed);
	CS_TRY(error);
	CS_TRY(cs_disk_remove(path));
	return cs_disk_sync_folder(folder);
}

/* The lengths a packed volume's head states; false when any bit of head or body was changed. */
static bool
packed_passes(struct cs_span file, uint64_t *plain_len)
{
	if (file.len < PACKED_HEAD_BYTES)
		return false;
	struct cs_cursor c = cs_cursor_over((struct cs_span){file.at, PACKED_HEAD_BYTES});
	bool ours = cs_unpack_u32(&c) == packed_magic && cs_unpack_u32(&c) == PACKED_VERSION;
	*plain_len = cs_unpack_u64(&c);
	uint64_t packed_len = cs_unpack_u64(&c);
	struct cs_digest stated, found;
	(void)cs_unpack_bytes(&c, stated.at, CS_DIGEST_BYTES);
	bool whole = cs_unpack_u64(&c) == cs_hash_bytes((struct cs_span){file.at, PACKED_CHECKED_BYTES}, 0);
	if (!ours || !whole || packed_len != file.len - PACKED_HEAD_BYTES || *plain_len > CS_VOLUME_PACKED_MAX)
		return false;
	struct cs_hasher *hasher = cs_hasher_new();
	if (!hasher)
		return false;
	found = cs_digest_of(hasher, (struct cs_span){file.at + PACKED_HEAD_BYTES, packed_len});
	cs_hasher_free(hasher);
	return cs_digest_same(&stated, &found);
}

enum cs_error
cs_volume_unpack(const char *path, uint8_t **out, uint64_t *len)
{
	uint8_t *file = NULL;
	uint64_t file_len = 0, plain_len = 0;
	CS_TRY(read_whole(path, &file, &file_len));
	if (!packed_passes((struct cs_span){file, file_len}, &plain_len)) {
		free(file);
		return CS_E_FORMAT;
	}
	uint8_t *plain = malloc(plain_len ? plain_len : 1);
	size_t got =
		plain ? ZSTD_decompress(plain, plain_len, file + PACKED_HEAD_BYTES, file_len - PACKED_HEAD_BYTES) : 0;
	free(file);
	if (!plain)
		return CS_E_MEMORY;
	if (got != plain_len) {
		free(plain);
		return CS_E_FORMAT;
	}
	*out = plain;
	*len = plain_len;
	return CS_OK;
}

/* As much as comes out of the first bytes of a packed volume. */
static enum cs_error
peek_packed(int file, uint8_t *at, size_t cap, size_t *got)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	uint8_t *chunk = malloc(PEEK_BYTES);
	ZSTD_outBuffer out = {at, cap, 0};
	uint64_t offset = PACKED_HEAD_BYTES;
	enum cs_error error = stream && chunk ? CS_OK : CS_E_MEMORY;
	for (size_t n = 1; error == CS_OK && n && out.pos < out.size; offset += n) {
		error = cs_disk_read(file, chunk, PEEK_BYTES, offset, &n);
		ZSTD_inBuffer in = {chunk, n, 0};
		while (error == CS_OK && in.pos < in.size && out.pos < out.size)
			error = ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)) ? CS_E_FORMAT : CS_OK;
	}
	ZSTD_freeDStream(stream);
	free(chunk);
	CS_TRY(error);
	*got = out.pos;
	return CS_OK;
}

enum cs_error
cs_volume_peek(const char *path, uint8_t *at, size_t cap, size_t *got)
{
	uint32_t begins = 0;
	int file = -1;
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_read(file, at, cap, 0, got);
	if (error == CS_OK && *got >= sizeof begins)
		memcpy(&begins, at, sizeof begins);
	if (error == CS_OK && begins == packed_magic)
		error = peek_packed(file, at, cap, got);
	cs_disk_close(file);
	return error;
}

bool
cs_volume_may_be(const char *folder, uint32_t number)
{
	enum cs_error error = CS_E_OPEN;
	for (enum cs_volume_form form = CS_VOLUME_PLAIN; error == CS_E_OPEN && form <= CS_VOLUME_THIN; form++) {
		char path[CS_VOLUME_PATH_BYTES];
		int file = -1;
		error = cs_volume_path(folder, number, form, path);
		if (error == CS_OK)
			error = cs_disk_open(path, CS_DISK_READ, &file);
		cs_disk_close(file);
	}
	return error != CS_E_OPEN;
}

/* Checked whole, unless it is longer than what is looked at: then its head is believed, and read again when it is come to. */
static enum cs_error
first_in(const struct cs_page_form *form, struct cs_span bytes, uint32_t number, uint64_t *out)
{
	struct cs_page page;
	if (!bytes.len)
		return CS_END;
	if (bytes.len < form->head_bytes)
		return CS_E_TRUNCATED;
	uint32_t len = form->length(bytes.at);
	bool longer = len > FIRST_BYTES - CS_THIN_FILE_BYTES && len > bytes.len;
	enum cs_page_fault fault = longer ? CS_PAGE_OK : form->read(bytes, &page);
	if (longer)
		cs_page_head(bytes.at + form->page_head_at, &page);
	if (fault == CS_PAGE_SHORT)
		return CS_E_TRUNCATED;
	if (fault != CS_PAGE_OK || page.place.volume != number)
		return CS_E_FORMAT;
	*out = page.place.first;
	return CS_OK;
}

enum cs_error
cs_volume_first(const char *folder, uint32_t number, uint64_t *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t at[FIRST_BYTES];
	size_t got = 0;
	enum cs_error error = CS_E_OPEN;
	enum cs_volume_form form = CS_VOLUME_PLAIN;
	for (; form <= CS_VOLUME_THIN; form++) {
		CS_TRY(cs_volume_path(folder, number, form, path));
		error = cs_volume_peek(path, at, sizeof at, &got);
		if (error != CS_E_OPEN)
			break;
	}
	CS_TRY(error);
	if (form != CS_VOLUME_THIN)
		return first_in(&cs_page_written, (struct cs_span){at, got}, number, out);
	struct cs_thin_about about;
	struct cs_span bytes = {at, got};
	if (!cs_thin_about_read(bytes, &about) || about.volume != number)
		return CS_E_FORMAT;
	bytes = (struct cs_span){at + CS_THIN_FILE_BYTES, got - CS_THIN_FILE_BYTES};
	return first_in(&cs_thin_form, bytes, number, out);
}

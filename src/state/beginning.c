/*
 * What cannot be signed anew without the journal's key, and cannot be had from another journal: its id is in it.
 */
#include "state/beginning.h"

enum { VERSION = 1, SIGNED_BYTES = CS_BEGINNING_BYTES - CS_SIGNATURE_BYTES, TITLE_BYTES = 24 };

static const uint32_t magic = 0x47425343; /* "CSBG" */
static const char title[TITLE_BYTES] = "countersign beginning 1";

static void
put(const struct cs_beginning *beginning, uint8_t out[SIGNED_BYTES])
{
	char reason[CS_BEGINNING_REASON_BYTES] = {0};
	memcpy(reason, beginning->reason, strnlen(beginning->reason, sizeof reason - 1));
	uint8_t *at = cs_pack_u32(cs_pack_u32(out, magic), VERSION);
	at = cs_pack_bytes(at, beginning->id, sizeof beginning->id);
	at = cs_pack_u32(cs_pack_u32(at, beginning->volume), 0);
	at = cs_pack_u64(cs_pack_u64(at, beginning->page), beginning->seq);
	at = cs_pack_bytes(at, beginning->previous.at, CS_DIGEST_BYTES);
	at = cs_pack_u64(cs_pack_u64(at, beginning->wall_ns), beginning->seq);
	at = cs_pack_bytes(at, beginning->public_key, CS_PUBLIC_KEY_BYTES);
	at = cs_pack_bytes(at, reason, sizeof reason);
	CS_ASSERT(at == out + SIGNED_BYTES);
}

static bool
get(struct cs_span bytes, struct cs_beginning *out)
{
	struct cs_cursor c = cs_cursor_over(bytes);
	bool ours = cs_unpack_u32(&c) == magic && cs_unpack_u32(&c) == VERSION;
	(void)cs_unpack_bytes(&c, out->id, sizeof out->id);
	out->volume = cs_unpack_u32(&c);
	(void)cs_unpack_u32(&c);
	out->page = cs_unpack_u64(&c);
	out->seq = cs_unpack_u64(&c);
	(void)cs_unpack_bytes(&c, out->previous.at, CS_DIGEST_BYTES);
	out->wall_ns = cs_unpack_u64(&c);
	(void)cs_unpack_u64(&c);
	(void)cs_unpack_bytes(&c, out->public_key, CS_PUBLIC_KEY_BYTES);
	(void)cs_unpack_bytes(&c, out->reason, sizeof out->reason);
	return ours && !c.failed && out->reason[sizeof out->reason - 1] == '\0';
}

/* What the signature is over: the title keeps it from being taken for that of anything else. */
static void
signed_bytes(const uint8_t *bytes, uint8_t out[TITLE_BYTES + SIGNED_BYTES])
{
	memcpy(out, title, TITLE_BYTES);
	memcpy(out + TITLE_BYTES, bytes, SIGNED_BYTES);
}

enum cs_error
cs_beginning_write(const char *folder, struct cs_vault *vault, const struct cs_beginning *beginning)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t bytes[CS_BEGINNING_BYTES], whole[TITLE_BYTES + SIGNED_BYTES];
	struct cs_beginning own = *beginning;
	cs_vault_public(vault, own.public_key);
	put(&own, bytes);
	signed_bytes(bytes, whole);
	CS_TRY(cs_vault_sign(vault, (struct cs_span){whole, sizeof whole}, bytes + SIGNED_BYTES));
	CS_TRY(cs_volume_beside(folder, NULL, "beginning", path));
	return cs_volume_place(folder, path, (struct cs_span){bytes, sizeof bytes});
}

enum cs_error
cs_beginning_read(const char *folder, const uint8_t *public_key, struct cs_beginning *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	uint8_t bytes[CS_BEGINNING_BYTES + 1], whole[TITLE_BYTES + SIGNED_BYTES];
	struct cs_beginning found;
	size_t got = 0;
	int file = -1;
	CS_TRY(cs_volume_beside(folder, NULL, "beginning", path));
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_read(file, bytes, sizeof bytes, 0, &got);
	cs_disk_close(file);
	CS_TRY(error);
	if (got != CS_BEGINNING_BYTES || !get((struct cs_span){bytes, SIGNED_BYTES}, &found))
		return CS_E_FORMAT;
	signed_bytes(bytes, whole);
	if (public_key && memcmp(public_key, found.public_key, CS_PUBLIC_KEY_BYTES) != 0)
		return CS_E_FORMAT;
	if (!cs_vault_verify(found.public_key, (struct cs_span){whole, sizeof whole}, bytes + SIGNED_BYTES))
		return CS_E_FORMAT;
	*out = found;
	return CS_OK;
}

bool
cs_beginning_fits(const struct cs_beginning *beginning, const struct cs_page_place *first)
{
	return beginning->volume == first->volume && beginning->page == first->number &&
	       beginning->seq == first->first && cs_digest_same(&beginning->previous, &first->previous);
}

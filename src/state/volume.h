/*
 * The files of a journal: volumes with their keys, and what lies beside them.
 *
 *   FOLDER/00000001.volume       pages, one behind the other; FOLDER/00000001.packed once closed and compressed;
 *                                FOLDER/00000001.thin once some of its records were let go of (state/thin.h)
 *   FOLDER/keys/00000001.key     the volume's secret, wrapped by the vault; gone once its personal data was erased.
 *                                What stays of a thinned volume has a new one each time: keys/00000001-1.key, -2.key ...
 *                                keys/00000001.erased says when, by whom and why a key was destroyed
 *   FOLDER/snapshots/  sinks/  torn/  inbox/    and FOLDER/lock, held by the one process that writes
 *
 * A packed volume is: "CSZ1", version, length plain and packed, SHA-256 of the packed bytes, check; then zstd.
 */
#ifndef CS_STATE_VOLUME_H
#define CS_STATE_VOLUME_H

#include "io/disk.h"
#include "state/page.h"
#include "state/vault.h"

enum { CS_VOLUME_PATH_BYTES = 4096, CS_VOLUMES_MAX = 1 << 20 };

/* A volume is packed and unpacked in memory: none larger than this. */
enum { CS_VOLUME_PACKED_MAX = 1 << 30 };

enum cs_volume_form { CS_VOLUME_PLAIN, CS_VOLUME_PACKED, CS_VOLUME_THIN, CS_VOLUME_KEY };

/* cs_volume_path writes the path of volume NUMBER in FORM; CS_E_LIMIT when it is too long. */
CS_MUST_USE enum cs_error cs_volume_path(const char *folder, uint32_t number, enum cs_volume_form form,
					 char out[CS_VOLUME_PATH_BYTES]);

/* cs_volume_beside writes the path of NAME in the journal's folder or, with SUB, in a folder of it. */
CS_MUST_USE enum cs_error cs_volume_beside(const char *folder, const char *sub, const char *name,
					   char out[CS_VOLUME_PATH_BYTES]);

/* cs_volume_folders makes the folders of a journal. */
CS_MUST_USE enum cs_error cs_volume_folders(const char *folder);

/* The volumes there are, in order of number. */
struct cs_shelf {
	uint32_t n;
	uint32_t cap;
	uint32_t *number;
	bool failed; /* out of memory while listing */
};

/* cs_shelf_list lists FOLDER; free with cs_shelf_fini either way. CS_E_OPEN when there is no such folder. */
CS_MUST_USE enum cs_error cs_shelf_list(const char *folder, struct cs_shelf *out);
void cs_shelf_fini(struct cs_shelf *shelf);

/* cs_volume_key_make makes the key file of a new volume, durably, and gives its keys (OUT in locked memory). */
CS_MUST_USE enum cs_error cs_volume_key_make(const char *folder, uint32_t number, const struct cs_vault *vault,
					     struct cs_page_keys *out);

/* cs_volume_key_read gives the keys of a volume. CS_E_OPEN: erased, be it that the file is there still and holds nothing but
 * zeros; CS_E_FORMAT: changed, or another vault's. */
CS_MUST_USE enum cs_error cs_volume_key_read(const char *folder, uint32_t number, const struct cs_vault *vault,
					     struct cs_page_keys *out);

/* cs_volume_key_renew makes the key file of GENERATION (1, 2 ...) of a volume, instead of one that a process left there
 * that did not live to use it. cs_volume_key_reread gives the keys in it. As cs_volume_key_make and _read. */
CS_MUST_USE enum cs_error cs_volume_key_renew(const char *folder, uint32_t number, uint32_t generation,
					      const struct cs_vault *vault, struct cs_page_keys *out);
CS_MUST_USE enum cs_error cs_volume_key_reread(const char *folder, uint32_t number, uint32_t generation,
					       const struct cs_vault *vault, struct cs_page_keys *out);

enum { CS_WIPE_BYTES_MAX = 1024 };

/* cs_volume_wipe overwrites the first LEN bytes of the file at PATH (CS_WIPE_BYTES_MAX at most), where its key is, durably, and
 * then removes it. Overwriting goes as far as the disk below lets it; docs/operations.md says what is to be thought of. */
CS_MUST_USE enum cs_error cs_volume_wipe(const char *path, size_t len);

/* cs_volume_key_destroy overwrites and removes every key of a volume, durably. CS_E_OPEN: all were gone already. */
CS_MUST_USE enum cs_error cs_volume_key_destroy(const char *folder, uint32_t number);

/* cs_volume_key_outdate destroys the keys of a volume but that of GENERATION, durably. */
CS_MUST_USE enum cs_error cs_volume_key_outdate(const char *folder, uint32_t number, uint32_t generation);

/* cs_volume_keyed says whether the key of GENERATION is there, fitting or not: false when it is erased. */
CS_MUST_USE enum cs_error cs_volume_keyed(const char *folder, uint32_t number, uint32_t generation, bool *out);

/* cs_volume_pack compresses a closed volume and removes the plain file once the packed one is durable. CS_E_RANGE: it is
 * larger than CS_VOLUME_PACKED_MAX; CS_E_LIMIT: no room for it; CS_E_OPEN: there is no plain form. */
CS_MUST_USE enum cs_error cs_volume_pack(const char *folder, uint32_t number);

/* cs_volume_peek reads the first bytes, up to CAP, of a volume's form: those of the plain form when it is packed (which are
 * not checked then). CS_E_OPEN: it has no such form. */
CS_MUST_USE enum cs_error cs_volume_peek(const char *path, uint8_t *at, size_t cap, size_t *got);

/* cs_volume_may_be says whether a volume is there, in any form; true also when that cannot be found out. */
bool cs_volume_may_be(const char *folder, uint32_t number);

/* cs_volume_first gives the number of the first record of a volume, off its first page alone, in whatever form it is.
 * CS_E_OPEN: there is no such volume; CS_END: it holds nothing yet; CS_E_TRUNCATED, CS_E_FORMAT: not a whole or sound page. */
CS_MUST_USE enum cs_error cs_volume_first(const char *folder, uint32_t number, uint64_t *out);

/* cs_volume_place puts BYTES under PATH in FOLDER, where they appear whole and durable, or not at all. */
CS_MUST_USE enum cs_error cs_volume_place(const char *folder, const char *path, struct cs_span bytes);

/* cs_volume_unpack reads a packed volume into fresh memory; free it with free. CS_E_FORMAT when a bit of it changed. */
CS_MUST_USE enum cs_error cs_volume_unpack(const char *path, uint8_t **out, uint64_t *len);

#endif

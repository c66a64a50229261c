/*
 * The files of one watch list: where they lie, their bytes, and a store that keeps bytes by their hash.
 *
 * What a verdict leaned on must be there when it is asked about, years later, whatever the file holds by then: so each file is kept
 * beside the journal under its SHA-256, and what is read from there is hashed again.
 */
#ifndef CS_ENGINE_LIST_FILES_H
#define CS_ENGINE_LIST_FILES_H

#include "base/digest.h"
#include "policy/watched.h"
#include "screen/roll.h"
#include "screen/watch_list.h"

enum {
	CS_LIST_FILES_BYTES_MAX = 1 << 30,
	CS_LIST_PATH_BYTES = 4096,
	CS_LIST_FILES_SHRINK_LEAST = 10 /* entries that a version may be short of, whatever its share */
};

/* A watch list as it is declared; free of the policy it came from. */
struct cs_list_where {
	char name[CS_WATCHED_NAME_MAX + 1];
	enum cs_watch_list_format format;
	char *mapping; /* NULL: none */
	struct cs_watch_list_map map;
	unsigned path_n;
	char *path[CS_WATCH_LIST_FILES_MAX];
	uint64_t stale_ns, refresh_ns;
	uint32_t shrink_ppm;
};

/* Its bytes as they were read. */
struct cs_list_files {
	unsigned n;
	struct cs_span file[CS_WATCH_LIST_FILES_MAX];
	struct cs_digest digest[CS_WATCH_LIST_FILES_MAX];
	uint64_t changed_ns; /* when the older of them was changed last */
	uint64_t entry_n;    /* that were found in them; 0: not known yet */
};

/* cs_list_files_format gives the format of a clause as screening knows it. */
enum cs_watch_list_format cs_list_files_format(enum cs_watched_format format);

/* cs_list_files_at gives the file that PATH means: of a path that ends with "/" the newest in that folder, put into ROOM. *OUT is PATH or
 * ROOM. Errors as cs_folder_newest. */
CS_MUST_USE enum cs_error cs_list_files_at(const char *path, char room[CS_LIST_PATH_BYTES], const char **out);

/* cs_list_files_where copies what POLICY says of its watch list NTH. CS_E_MEMORY, CS_E_LIMIT: a path is too long. Free it either way. */
CS_MUST_USE enum cs_error cs_list_files_where(const struct cs_policy *policy, unsigned nth, struct cs_list_where *out);
void cs_list_files_where_free(struct cs_list_where *where);

/* cs_list_files_where_same says whether both are the same files, read alike. */
bool cs_list_files_where_same(const struct cs_list_where *a, const struct cs_list_where *b);

/* cs_list_files_read reads them; *FAILED is the path it stopped at. Errors as cs_file_read; nothing is kept then. */
CS_MUST_USE enum cs_error cs_list_files_read(const struct cs_list_where *where, struct cs_hasher *hasher,
					     struct cs_list_files *out, const char **failed);
void cs_list_files_free(struct cs_list_files *files);

/* cs_list_files_shrunk says whether a version of ENTRY_N entries lost more of BEFORE_N than WHERE lets it, and CS_LIST_FILES_SHRINK_LEAST at least. */
bool cs_list_files_shrunk(const struct cs_list_where *where, uint64_t before_n, uint64_t entry_n);

/* cs_list_files_same says whether both are the same bytes. */
bool cs_list_files_same(const struct cs_list_files *a, const struct cs_list_files *b);

/* cs_list_files_entries hands each entry to TAKE, as cs_list_sound_read does: what nobody can be found on is no list. */
CS_MUST_USE enum cs_error cs_list_files_entries(const struct cs_list_where *where, const struct cs_list_files *files,
						cs_watch_list_taker *take, void *context,
						struct cs_watch_list_report *report);

/* cs_list_files_count reads them so for the report alone. */
CS_MUST_USE enum cs_error cs_list_files_count(const struct cs_list_where *where, const struct cs_list_files *files,
					      struct cs_watch_list_report *report);

/* A roll that is being made, and the number that entries get there as their list's. */
struct cs_list_filling {
	struct cs_roll_builder *builder;
	unsigned list;
};

/* cs_list_files_fill puts all entries of what is in force, or was once, into a roll: whether it is a list was asked before. */
CS_MUST_USE enum cs_error cs_list_files_fill(const struct cs_list_where *where, const struct cs_list_files *files,
					     struct cs_list_filling *filling, struct cs_watch_list_report *report);

/* cs_list_files_keep puts BYTES into the store STORE under DIGEST, their hash, durably, unless they are there: then it makes them young, so that
 * nobody removes them as of no use (list_store.h). */
CS_MUST_USE enum cs_error cs_list_files_keep(const char *store, const struct cs_digest *digest, struct cs_span bytes);

/* cs_list_files_noted_digests reads which bytes the note in file NAME of the store names: their number and hashes alone. CS_E_FORMAT: it is
 * no note. */
CS_MUST_USE enum cs_error cs_list_files_noted_digests(const char *store, const char *name, struct cs_list_files *out);

/* cs_list_files_kept reads what is kept under DIGEST. CS_E_OPEN: it is not there; CS_E_FORMAT: it is not those bytes. */
CS_MUST_USE enum cs_error cs_list_files_kept(const char *store, const struct cs_digest *digest,
					     struct cs_hasher *hasher, struct cs_span *out);

/* cs_list_files_note writes down which bytes of list NAME were good last; cs_list_files_noted reads them back, whole and hashed again,
 * or gives an error. cs_list_files_noted_n tells how many entries they have, 0: that is not known. */
uint64_t cs_list_files_noted_n(const char *store, const char *name);
CS_MUST_USE enum cs_error cs_list_files_note(const char *store, const char *name, const struct cs_list_files *files);
CS_MUST_USE enum cs_error cs_list_files_noted(const char *store, const char *name, struct cs_hasher *hasher,
					      struct cs_list_files *out);

#endif

/*
 * Files, as the rest of the house needs them. Part of src/io: the only folder that touches the operating
 * system; tests replace it at link time.
 */
#ifndef CS_IO_FILE_H
#define CS_IO_FILE_H

#include "base/error.h"
#include "base/span.h"

#include <stdbool.h>

/* cs_file_read reads a whole file of at most CAP_BYTES into fresh memory (free it with cs_file_free).
 * CS_E_OPEN, CS_E_READ, CS_E_LIMIT, CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_file_read(const char *path, size_t cap_bytes, struct cs_span *out);
void cs_file_free(struct cs_span span);

/* cs_file_read_rest reads what is left of an open file in the same way. CS_E_READ, CS_E_LIMIT, CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_file_read_rest(int descriptor, size_t cap_bytes, struct cs_span *out);

/* cs_file_map maps a regular file for reading front to back; CS_E_UNSUPPORTED when it is none (a pipe, a
 * device). Unmap with cs_file_unmap. */
CS_MUST_USE enum cs_error cs_file_map(const char *path, struct cs_span *out);
void cs_file_unmap(struct cs_span span);

/* cs_file_try says whether PATH can be opened to be read, and is no folder; it waits for nobody, not even on a pipe. */
CS_MUST_USE enum cs_error cs_file_try(const char *path);

/* cs_file_ready asks for part of a mapping to be made present at once, so that reading it does not stop page by page.
 * A hint: nothing depends on it. */
void cs_file_ready(struct cs_span part);

/* cs_file_open_read gives a descriptor for PATH, or standard input for "-". Close with cs_file_close. */
CS_MUST_USE enum cs_error cs_file_open_read(const char *path, int *out);

/* cs_file_is_ready says whether a read would not wait: bytes are there, or the end is. */
bool cs_file_is_ready(int descriptor);

/* cs_file_read_some reads up to CAP bytes; *GOT is 0 at the end. Interrupted calls are repeated. */
CS_MUST_USE enum cs_error cs_file_read_some(int descriptor, void *at, size_t cap, size_t *got);

/* cs_file_size gives the length of a regular file, 0 of anything else. */
uint64_t cs_file_size(int descriptor);

/* cs_file_changed_ns gives when what it holds was changed last, 0 when that is not known. */
uint64_t cs_file_changed_ns(int descriptor);

/* cs_file_touched_ns gives when anything of it was changed last, which nobody can set back; 0 when that is not known. */
uint64_t cs_file_touched_ns(int descriptor);

/* cs_file_open_write creates or empties PATH (mode 0600), or gives standard output for "-". */
CS_MUST_USE enum cs_error cs_file_open_write(const char *path, int *out);

/* cs_file_open_append opens PATH to write at its end, creating it (mode 0600), or gives standard output for "-". */
CS_MUST_USE enum cs_error cs_file_open_append(const char *path, int *out);

/* cs_file_same says whether both paths lead to one regular file, by whatever name or link; of two that are not there yet, whether they would. */
bool cs_file_same(const char *a, const char *b);

/* cs_file_write_all writes LEN bytes. */
CS_MUST_USE enum cs_error cs_file_write_all(int descriptor, const void *at, size_t len);
void cs_file_close(int descriptor);

/* cs_file_cause says what errno means where folders and files are opened, moved and written; OTHERWISE for what it does not know. */
enum cs_error cs_file_cause(enum cs_error otherwise);

/* cs_file_failed remembers errno as the cause of ERROR, and gives ERROR back. For this folder only. */
enum cs_error cs_file_failed(enum cs_error error);

/* cs_file_error_text tells ERROR as cs_error_text does and, when the last call of this folder ended with it, why the
 * operating system refused: "cannot be opened: Permission denied". Lent until the next call. */
const char *cs_file_error_text(enum cs_error error);

#endif

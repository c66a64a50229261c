/*
 * Folders that are handed over: files that others put there, moved whole from one folder to another, never over one another.
 *
 * What a file holds and whose it is is strangers' word: nothing is followed, nothing but plain files is read. Errors:
 * CS_E_OPEN (not there), CS_E_PERMISSION, CS_E_READ, CS_E_WRITE, CS_E_LIMIT (too long, or the disk is full), CS_E_MEMORY,
 * CS_E_UNSUPPORTED (not a plain file).
 */
#ifndef CS_IO_FOLDER_H
#define CS_IO_FOLDER_H

#include "base/error.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* Modes of what is made for others to read, or to put something in. */
enum {
	CS_FOLDER_MODE_FILE = 0640,
	CS_FOLDER_MODE_TOLD = 0644,
	CS_FOLDER_MODE_OWN = 0750,
	CS_FOLDER_MODE_OPEN = 0755,
	CS_FOLDER_MODE_DROP = 01770,
};

/* What is known of a file that was read. */
struct cs_folder_about {
	uint32_t account; /* whose it is */
	uint32_t link_n;  /* names it has */
};

/* A name in a folder. */
struct cs_folder_entry {
	const char *name;
	bool plain;     /* a plain file */
	uint64_t state; /* another when its length, its time of change or the file itself is */
};

/* cs_folder_list calls EACH with every name in FOLDER, in order, that does not begin with "."; lent during the call. */
CS_MUST_USE enum cs_error
cs_folder_list(const char *folder, void (*each)(void *context, const struct cs_folder_entry *entry), void *context);

/* cs_folder_newest gives the path of the plain file in FOLDER that was changed last, of several the last by name. Names that begin with "."
 * or end with ".part", ".tmp" or ".new" are of files that are not whole yet. CS_E_OPEN: there is none. */
CS_MUST_USE enum cs_error cs_folder_newest(const char *folder, char *out, size_t cap_bytes);

/* cs_folder_make makes a folder of this MODE; one that is there stays as it is. */
CS_MUST_USE enum cs_error cs_folder_make(const char *folder, unsigned mode);

/* cs_folder_same says whether a file can be moved from one folder to the other; CS_E_OPEN: one is not there. */
CS_MUST_USE enum cs_error cs_folder_same(const char *one, const char *other, bool *same);

/* cs_folder_look tells of what is at PATH, not followed; false: there is nothing. */
bool cs_folder_look(const char *path, struct cs_folder_entry *out);

/* cs_folder_has says whether there is anything at PATH. */
bool cs_folder_has(const char *path);

/* cs_folder_read reads a plain file of at most CAP_BYTES (free it with cs_file_free); ABOUT may be NULL. */
CS_MUST_USE enum cs_error cs_folder_read(const char *path, size_t cap_bytes, struct cs_span *out,
					 struct cs_folder_about *about);

/* cs_folder_write puts a file of these bytes and this MODE at PATH in one step, over one that is there; its bytes are durable, its name is
 * when its folder was synced. */
CS_MUST_USE enum cs_error cs_folder_write(const char *path, struct cs_span bytes, unsigned mode);

/* cs_folder_move gives a file another name, in one step; CS_E_RANGE when there is one of that name. */
CS_MUST_USE enum cs_error cs_folder_move(const char *from, const char *to);

/* cs_folder_clear removes a file that is of no use any more; that it may stay harms nobody. */
void cs_folder_clear(const char *path);

/* cs_folder_mask lets the modes above be what they say, whatever this process was started with. */
void cs_folder_mask(void);

/* cs_folder_watch gives a descriptor that can be read when something came into one of N folders; -1: this system has none.
 * cs_folder_watched forgets what it has to say. */
int cs_folder_watch(const char *const *folder, unsigned n);
void cs_folder_watched(int descriptor);

#endif

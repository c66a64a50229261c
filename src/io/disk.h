/*
 * The disk, as the journal needs it: files written in place and at their end, made durable when told, renamed and
 * removed. Part of src/io: the simulator replaces this file at link time by a disk that tears, loses, fills up and rots.
 *
 * Every call repeats what a signal interrupted. Errors: CS_E_OPEN (not there), CS_E_PERMISSION, CS_E_READ, CS_E_WRITE,
 * CS_E_LIMIT (the disk is full), CS_E_UNSUPPORTED.
 */
#ifndef CS_IO_DISK_H
#define CS_IO_DISK_H

#include "base/error.h"
#include "base/span.h"

enum cs_disk_mode {
	CS_DISK_READ,
	CS_DISK_WRITE,  /* an existing file, to read and write */
	CS_DISK_CREATE, /* a new file (mode 0600); CS_E_WRITE when it is there already */
	CS_DISK_EITHER, /* a file to read and write, made (mode 0600) when there is none */
	CS_DISK_APPEND, /* an existing file that may only grow: to write and not to read, each write at its end */
};

enum { CS_DISK_NAME_BYTES = 64 };

/* cs_disk_open opens PATH; close with cs_disk_close. */
CS_MUST_USE enum cs_error cs_disk_open(const char *path, enum cs_disk_mode mode, int *out);

/* cs_disk_close closes FILE; nothing when it is negative. */
void cs_disk_close(int file);

/* cs_disk_write writes LEN bytes at OFFSET, all or an error; what was written is not durable yet. */
CS_MUST_USE enum cs_error cs_disk_write(int file, const void *at, size_t len, uint64_t offset);

/* cs_disk_read reads up to CAP bytes at OFFSET; *GOT is less only at the end of the file. */
CS_MUST_USE enum cs_error cs_disk_read(int file, void *at, size_t cap, uint64_t offset, size_t *got);

/* cs_disk_size gives the length of FILE in bytes. */
CS_MUST_USE enum cs_error cs_disk_size(int file, uint64_t *out);

/* cs_disk_cut shortens FILE to SIZE bytes and makes that durable. */
CS_MUST_USE enum cs_error cs_disk_cut(int file, uint64_t size);

/* cs_disk_sync makes what was written to FILE durable. */
CS_MUST_USE enum cs_error cs_disk_sync(int file);

/* cs_disk_folder makes a folder (mode 0700) and those above it, durably; one that is there already is fine. */
CS_MUST_USE enum cs_error cs_disk_folder(const char *path);

/* cs_disk_sync_folder makes the names in a folder durable: files created, renamed and removed there. */
CS_MUST_USE enum cs_error cs_disk_sync_folder(const char *path);

/* cs_disk_sync_name makes one name durable: that of a file created at PATH, together with all else in its folder. */
CS_MUST_USE enum cs_error cs_disk_sync_name(const char *path);

/* cs_disk_rename replaces TO by FROM as one step; CS_E_OPEN when FROM is not there. */
CS_MUST_USE enum cs_error cs_disk_rename(const char *from, const char *to);

/* cs_disk_remove removes a file; one that is not there is CS_E_OPEN. */
CS_MUST_USE enum cs_error cs_disk_remove(const char *path);

/* cs_disk_list calls EACH with the name of every plain file in FOLDER, in order of name; names longer than
 * CS_DISK_NAME_BYTES - 1 are none of ours and left out. */
CS_MUST_USE enum cs_error cs_disk_list(const char *folder, void (*each)(void *context, const char *name),
				       void *context);

/* cs_disk_lock takes FILE for this process alone, as long as it is open; CS_E_PERMISSION when another has it. */
CS_MUST_USE enum cs_error cs_disk_lock(int file);

#endif

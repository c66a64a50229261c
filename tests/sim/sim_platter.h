/*
 * What the simulated disk holds: files and names, each as a process sees them now and as a loss of power would leave them.
 */
#ifndef CS_TESTS_SIM_PLATTER_H
#define CS_TESTS_SIM_PLATTER_H

#include "sim.h"

struct bytes {
	uint8_t *at;
	size_t len;
	size_t cap;
};

/* A file's contents. DIRTY: what is now differs from what was made durable, from byte FROM up to byte TO at most. */
struct inode {
	struct bytes now;
	struct bytes kept;
	bool dirty;
	bool forgotten; /* a sync failed, and the system believes that what was to be synced is */
	size_t from;
	size_t to;
};

enum { NO_INODE = -1 };

/* platter_inode makes an empty file without a name; platter_at lends one, until the next is made. */
int platter_inode(void);
struct inode *platter_at(int inode);

/* platter_write and platter_cut change a file as it is now. */
void platter_write(struct inode *inode, const void *at, size_t len, size_t offset);
void platter_cut(struct inode *inode, size_t size);

/* platter_forget is a sync that failed and will not be tried again: what was written can be read until the power goes. */
void platter_forget(struct inode *inode);

/* platter_sync makes all of a file durable; platter_leak some sectors of it, as a system does when it likes. */
void platter_sync(struct inode *inode);
void platter_leak(struct inode *inode);

/* platter_find gives the file of a name, or NO_INODE. */
int platter_find(const char *path);

/* One step on names: each of PATH[0..N) becomes the name of INODE, or of nothing. */
struct renaming {
	char path[2][SIM_PATH_BYTES];
	int inode[2];
	unsigned n;
};

/* platter_rename takes such a step; it is durable once its folder is synced. */
void platter_rename(const struct renaming *step);
void platter_sync_folder(const char *folder);

/* platter_folder makes a folder, durably; platter_is_folder says whether there is one. */
void platter_folder(const char *path);
bool platter_is_folder(const char *path);

/* platter_is_in says whether PATH is directly in FOLDER. */
bool platter_is_in(const char *path, const char *folder);

#endif

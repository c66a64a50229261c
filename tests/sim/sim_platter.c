/*
 * What a loss of power leaves: of each file that was not synced every sector is as it was, as it became, or torn between
 * the two, and its length anything from one to the other; of each step on names that was not synced, all or nothing. A
 * system may write early what it was given, so unsynced sectors become durable by themselves now and then.
 */
#include "sim_platter.h"

#include <stdio.h>

struct name {
	char path[SIM_PATH_BYTES];
	int inode;
};

struct names {
	struct name *at;
	unsigned n;
	unsigned cap;
};

static struct {
	struct inode *inode;
	int inode_n;
	int inode_cap;
	struct names now;
	struct names kept;
	struct renaming *step; /* not durable yet, in order */
	unsigned step_n;
	unsigned step_cap;
	char (*folder)[SIM_PATH_BYTES];
	unsigned folder_n;
	unsigned folder_cap;
} disk;

void
sim_disk_reset(void)
{
	for (int i = 0; i < disk.inode_n; i++) {
		sim_memory_free(disk.inode[i].now.at);
		sim_memory_free(disk.inode[i].kept.at);
	}
	sim_memory_free(disk.inode);
	sim_memory_free(disk.now.at);
	sim_memory_free(disk.kept.at);
	sim_memory_free(disk.step);
	sim_memory_free(disk.folder);
	memset(&disk, 0, sizeof disk);
}

/* ---- contents ---- */

static void
set_len(struct bytes *bytes, size_t len)
{
	if (len > bytes->cap) {
		size_t cap = 2 * len + 4096;
		bytes->at = sim_memory_grow(bytes->at, cap);
		bytes->cap = cap;
	}
	if (len > bytes->len)
		memset(bytes->at + bytes->len, 0, len - bytes->len);
	bytes->len = len;
}

int
platter_inode(void)
{
	if (disk.inode_n == disk.inode_cap) {
		disk.inode_cap = 2 * disk.inode_cap + 64;
		disk.inode = sim_memory_grow(disk.inode, (size_t)disk.inode_cap * sizeof *disk.inode);
	}
	disk.inode[disk.inode_n] = (struct inode){0};
	return disk.inode_n++;
}

struct inode *
platter_at(int inode)
{
	CS_ASSERT(inode >= 0 && inode < disk.inode_n);
	return &disk.inode[inode];
}

static void
soil(struct inode *inode, size_t from, size_t to)
{
	inode->from = inode->dirty && inode->from < from ? inode->from : from;
	inode->to = inode->dirty && inode->to > to ? inode->to : to;
	inode->dirty = true;
}

void
platter_write(struct inode *inode, const void *at, size_t len, size_t offset)
{
	if (!len)
		return;
	size_t before = inode->now.len;
	if (offset + len > before)
		set_len(&inode->now, offset + len);
	memcpy(inode->now.at + offset, at, len);
	soil(inode, offset < before ? offset : before, offset + len);
}

void
platter_cut(struct inode *inode, size_t size)
{
	size_t before = inode->now.len;
	set_len(&inode->now, size);
	soil(inode, size < before ? size : before, size < before ? before : size);
}

void
platter_sync(struct inode *inode)
{
	if (!inode->dirty)
		return;
	size_t to = inode->to < inode->now.len ? inode->to : inode->now.len;
	set_len(&inode->kept, inode->now.len);
	if (to > inode->from)
		memcpy(inode->kept.at + inode->from, inode->now.at + inode->from, to - inode->from);
	inode->dirty = false;
}

void
platter_forget(struct inode *inode)
{
	inode->forgotten = inode->forgotten || inode->dirty;
	inode->dirty = false;
}

/* Of one sector: bytes FROM to TO of what is now come to be durable. */
static void
keep(struct inode *inode, size_t from, size_t to)
{
	to = to < inode->now.len ? to : inode->now.len;
	to = to < inode->kept.len ? to : inode->kept.len;
	if (to > from)
		memcpy(inode->kept.at + from, inode->now.at + from, to - from);
}

void
platter_leak(struct inode *inode)
{
	if (!inode->dirty || !inode->now.len)
		return;
	size_t sector = inode->from / SIM_SECTOR_BYTES * SIM_SECTOR_BYTES;
	size_t last = inode->to < inode->now.len ? inode->to : inode->now.len;
	for (; sector < last; sector += SIM_SECTOR_BYTES) {
		if (!sim_chance(CS_PPM / 2))
			continue;
		if (inode->kept.len < sector + SIM_SECTOR_BYTES && inode->kept.len < inode->now.len)
			set_len(&inode->kept, sector + SIM_SECTOR_BYTES < inode->now.len ? sector + SIM_SECTOR_BYTES
											 : inode->now.len);
		keep(inode, sector, sector + SIM_SECTOR_BYTES);
	}
}

enum fate { MIXED, ALL_LOST, ALL_KEPT };

static void
lose_sectors(struct inode *inode)
{
	size_t first = inode->from / SIM_SECTOR_BYTES * SIM_SECTOR_BYTES;
	for (size_t at = first; at < inode->to; at += SIM_SECTOR_BYTES) {
		uint64_t face = cs_dice_below(&sim.dice, 5);
		size_t middle = at + cs_dice_below(&sim.dice, SIM_SECTOR_BYTES);
		if (face < 2)
			keep(inode, at, at + SIM_SECTOR_BYTES);
		else if (face == 2)
			keep(inode, at, middle);
		else if (face == 3)
			keep(inode, middle, at + SIM_SECTOR_BYTES);
	}
}

static void
lose_what_is_dirty(struct inode *inode, enum fate fate)
{
	size_t low = inode->kept.len < inode->now.len ? inode->kept.len : inode->now.len;
	size_t high = inode->kept.len < inode->now.len ? inode->now.len : inode->kept.len;
	uint64_t face = fate == MIXED ? cs_dice_below(&sim.dice, 3) : 0;
	if (fate == ALL_KEPT)
		platter_sync(inode);
	if (face == 1)
		set_len(&inode->kept, inode->now.len);
	if (face == 2)
		set_len(&inode->kept, low + cs_dice_below(&sim.dice, high - low + 1));
	if (fate == MIXED)
		lose_sectors(inode);
}

static void
lose_contents(struct inode *inode, enum fate fate)
{
	if (!inode->dirty && !inode->forgotten)
		return;
	if (inode->dirty)
		lose_what_is_dirty(inode, fate);
	set_len(&inode->now, inode->kept.len);
	if (inode->kept.len)
		memcpy(inode->now.at, inode->kept.at, inode->kept.len);
	inode->dirty = inode->forgotten = false;
}

/* ---- names ---- */

bool
platter_is_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	return strncmp(path, folder, len) == 0 && path[len] == '/' && !strchr(path + len + 1, '/');
}

/* Where PATH stands or belongs; names are kept in order. */
static unsigned
place_in(const struct names *names, const char *path, bool *there)
{
	unsigned low = 0, high = names->n;
	*there = false;
	while (low < high && !*there) {
		unsigned middle = low + (high - low) / 2;
		int order = strcmp(path, names->at[middle].path);
		*there = order == 0;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return *there ? high : low;
}

int
platter_find(const char *path)
{
	bool there;
	unsigned at = place_in(&disk.now, path, &there);
	return there ? disk.now.at[at].inode : NO_INODE;
}

static void
bind(struct names *names, const char *path, int inode)
{
	bool there;
	unsigned at = place_in(names, path, &there);
	if (inode == NO_INODE) {
		if (there)
			memmove(names->at + at, names->at + at + 1, (--names->n - at) * sizeof *names->at);
		return;
	}
	if (!there) {
		if (names->n == names->cap) {
			names->cap = 2 * names->cap + 64;
			names->at = sim_memory_grow(names->at, names->cap * sizeof *names->at);
		}
		memmove(names->at + at + 1, names->at + at, (names->n++ - at) * sizeof *names->at);
		(void)snprintf(names->at[at].path, SIM_PATH_BYTES, "%s", path);
	}
	names->at[at].inode = inode;
}

static void
apply(struct names *names, const struct renaming *step)
{
	for (unsigned i = 0; i < step->n; i++)
		bind(names, step->path[i], step->inode[i]);
}

void
platter_rename(const struct renaming *step)
{
	apply(&disk.now, step);
	if (disk.step_n == disk.step_cap) {
		disk.step_cap = 2 * disk.step_cap + 16;
		disk.step = sim_memory_grow(disk.step, disk.step_cap * sizeof *disk.step);
	}
	disk.step[disk.step_n++] = *step;
}

void
platter_sync_folder(const char *folder)
{
	unsigned left = 0;
	for (unsigned i = 0; i < disk.step_n; i++) {
		if (platter_is_in(disk.step[i].path[0], folder))
			apply(&disk.kept, &disk.step[i]);
		else
			disk.step[left++] = disk.step[i];
	}
	disk.step_n = left;
}

static void
lose_names(enum fate fate)
{
	for (unsigned i = 0; i < disk.step_n; i++)
		if (fate == ALL_KEPT || (fate == MIXED && sim_chance(CS_PPM / 2)))
			apply(&disk.kept, &disk.step[i]);
	disk.step_n = 0;
	disk.now.n = 0;
	for (unsigned i = 0; i < disk.kept.n; i++)
		bind(&disk.now, disk.kept.at[i].path, disk.kept.at[i].inode);
}

void
sim_disk_lose_power(void)
{
	enum fate contents = (enum fate)cs_dice_below(&sim.dice, 3);
	enum fate names = (enum fate)cs_dice_below(&sim.dice, 3);
	/* Files that share a fate find other bugs than files that do not. */
	for (int i = 0; i < disk.inode_n; i++) {
		bool own = contents == MIXED && sim_chance(CS_PPM / 2);
		lose_contents(&disk.inode[i], own ? (enum fate)cs_dice_below(&sim.dice, 3) : contents);
	}
	lose_names(names);
}

bool
platter_is_folder(const char *path)
{
	for (unsigned i = 0; i < disk.folder_n; i++)
		if (strcmp(disk.folder[i], path) == 0)
			return true;
	return false;
}

void
platter_folder(const char *path)
{
	if (disk.folder_n == disk.folder_cap) {
		disk.folder_cap = 2 * disk.folder_cap + 8;
		disk.folder = sim_memory_grow(disk.folder, disk.folder_cap * sizeof *disk.folder);
	}
	(void)snprintf(disk.folder[disk.folder_n++], SIM_PATH_BYTES, "%s", path);
}

/* ---- looked at and changed from outside ---- */

unsigned
sim_disk_count(const char *folder)
{
	unsigned n = 0;
	for (unsigned i = 0; i < disk.now.n; i++)
		n += platter_is_in(disk.now.at[i].path, folder);
	return n;
}

bool
sim_disk_nth(const char *folder, unsigned nth, char out[SIM_PATH_BYTES])
{
	for (unsigned i = 0; i < disk.now.n; i++) {
		if (!platter_is_in(disk.now.at[i].path, folder) || nth-- > 0)
			continue;
		(void)snprintf(out, SIM_PATH_BYTES, "%s", disk.now.at[i].path);
		return true;
	}
	return false;
}

bool
sim_disk_is(const char *path)
{
	return platter_find(path) != NO_INODE;
}

struct cs_span
sim_disk_lend(const char *path)
{
	int inode = platter_find(path);
	if (inode == NO_INODE)
		return (struct cs_span){NULL, 0};
	return (struct cs_span){platter_at(inode)->now.at, platter_at(inode)->now.len};
}

size_t
sim_disk_length(const char *path)
{
	return sim_disk_lend(path).len;
}

void
sim_disk_flip(const char *path, size_t byte, unsigned bit)
{
	int number = platter_find(path);
	if (number == NO_INODE)
		return;
	struct inode *inode = platter_at(number);
	if (byte < inode->now.len)
		inode->now.at[byte] ^= (uint8_t)(1u << bit);
	if (byte < inode->kept.len)
		inode->kept.at[byte] ^= (uint8_t)(1u << bit);
	sim_note('F', byte);
}

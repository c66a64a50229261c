/*
 * The simulated disk: the calls of io/disk.h, and what goes wrong at each. A process may die before any call that changes
 * something, and in the middle of a write; nothing else happens between two of them that the disk could tell.
 */
#include "io/disk.h"

#include "sim.h"
#include "sim_platter.h"

#include <stdio.h>

struct handle {
	bool open;
	bool writes;
	bool locks;
	bool appends;
	int inode;
};

static struct handle handle[SIM_FILES_MAX];

static const uint64_t full_ns_max = 400000000;

void
sim_disk_let_go(void)
{
	memset(handle, 0, sizeof handle);
}

unsigned
sim_disk_open_n(void)
{
	unsigned n = 0;
	for (unsigned i = 0; i < SIM_FILES_MAX; i++)
		n += handle[i].open;
	return n;
}

static struct inode *
inode_of(int file)
{
	CS_ASSERT(file >= 0 && file < SIM_FILES_MAX && handle[file].open);
	return platter_at(handle[file].inode);
}

static bool
strikes(uint32_t ppm)
{
	bool yes = sim_chance(ppm);
	if (yes) {
		sim.errors++;
		sim.counts.fault++;
	}
	return yes;
}

/* Before each call that changes something. */
static void
risk(void)
{
	if (sim_chance(sim.rates.crash))
		sim_die();
}

static bool
is_full(void)
{
	if (sim.steady_ns >= sim.full_until_ns && strikes(sim.rates.full))
		sim.full_until_ns = sim.steady_ns + cs_dice_below(&sim.dice, full_ns_max);
	if (sim.steady_ns >= sim.full_until_ns)
		return false;
	sim.errors++;
	return true;
}

/* What a change of names may fail with. */
static enum cs_error
try_names(bool grows)
{
	risk();
	if (grows && is_full())
		return CS_E_LIMIT;
	return strikes(sim.rates.write_error) ? CS_E_WRITE : CS_OK;
}

static bool
parent_is_there(const char *path)
{
	char folder[SIM_PATH_BYTES];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	(void)snprintf(folder, sizeof folder, "%s", path);
	folder[len] = '\0';
	return len == 0 || platter_is_folder(folder);
}

static enum cs_error
create(const char *path)
{
	if (platter_find(path) != NO_INODE)
		return CS_E_WRITE;
	if (!parent_is_there(path))
		return CS_E_OPEN;
	CS_TRY(try_names(true));
	struct renaming step = {.inode = {platter_inode()}, .n = 1};
	(void)snprintf(step.path[0], SIM_PATH_BYTES, "%s", path);
	platter_rename(&step);
	return CS_OK;
}

enum cs_error
cs_disk_open(const char *path, enum cs_disk_mode mode, int *out)
{
	int file = 0;
	CS_ASSERT(strlen(path) < SIM_PATH_BYTES);
	if (mode == CS_DISK_CREATE || (mode == CS_DISK_EITHER && platter_find(path) == NO_INODE))
		CS_TRY(create(path));
	int inode = platter_find(path);
	if (inode == NO_INODE)
		return CS_E_OPEN;
	bool grows_only = sim.append_only && strcmp(path, sim.append_only) == 0;
	if (grows_only && mode != CS_DISK_READ && mode != CS_DISK_APPEND && mode != CS_DISK_CREATE)
		return CS_E_PERMISSION;
	while (file < SIM_FILES_MAX && handle[file].open)
		file++;
	SIM_HOLDS(file < SIM_FILES_MAX, "%d files are open at a time", SIM_FILES_MAX);
	handle[file] = (struct handle){true, mode != CS_DISK_READ, false, mode == CS_DISK_APPEND, inode};
	sim_note('o', (uint64_t)inode);
	*out = file;
	return CS_OK;
}

void
cs_disk_close(int file)
{
	if (file < 0)
		return;
	SIM_HOLDS(file < SIM_FILES_MAX && handle[file].open, "file %d is closed and was not open", file);
	if (sim.plant == SIM_PLANT_LEAK && sim_chance(CS_PPM / 100))
		return;
	handle[file].open = false;
}

/* Where a write lands that was sent astray: elsewhere in its file, or in another one. */
static void
write_astray(int file, const void *at, size_t len, uint64_t offset)
{
	struct inode *inode = inode_of(file);
	int other = (int)cs_dice_below(&sim.dice, SIM_FILES_MAX);
	bool elsewhere = handle[other].open && handle[other].inode != handle[file].inode;
	if (elsewhere)
		inode = inode_of(other);
	else
		offset = cs_dice_below(&sim.dice, inode->now.len + SIM_SECTOR_BYTES) / SIM_SECTOR_BYTES *
			 SIM_SECTOR_BYTES;
	if (offset > inode->now.len)
		offset = inode->now.len;
	sim.rot++;
	platter_write(inode, at, len, (size_t)offset);
}

enum cs_error
cs_disk_write(int file, const void *at, size_t len, uint64_t offset)
{
	struct inode *inode = inode_of(file);
	size_t part = (size_t)cs_dice_below(&sim.dice, len + 1);
	CS_ASSERT(handle[file].writes);
	if (handle[file].appends)
		offset = inode->now.len;
	SIM_HOLDS(offset <= inode->now.len || sim.rot, "a write at %llu leaves a hole behind %zu",
		  (unsigned long long)offset, inode->now.len);
	sim_note('w' + (uint64_t)handle[file].inode, offset * 31 + len);
	if (sim_chance(sim.rates.crash)) {
		platter_write(inode, at, part, (size_t)offset);
		sim_die();
	}
	bool full = offset + len > inode->now.len && is_full();
	if (full || strikes(sim.rates.write_error)) {
		if (sim_chance(CS_PPM / 2))
			platter_write(inode, at, part, (size_t)offset);
		return full ? CS_E_LIMIT : CS_E_WRITE;
	}
	if (strikes(sim.rates.astray)) {
		write_astray(file, at, len, offset);
		return CS_OK;
	}
	platter_write(inode, at, len, (size_t)offset);
	if (sim_chance(CS_PPM / 8))
		platter_leak(inode);
	return CS_OK;
}

enum cs_error
cs_disk_read(int file, void *at, size_t cap, uint64_t offset, size_t *got)
{
	const struct inode *inode = inode_of(file);
	CS_ASSERT(!handle[file].appends);
	if (strikes(sim.rates.read_error))
		return CS_E_READ;
	size_t left = offset < inode->now.len ? inode->now.len - (size_t)offset : 0;
	*got = cap < left ? cap : left;
	if (*got)
		memcpy(at, inode->now.at + offset, *got);
	return CS_OK;
}

enum cs_error
cs_disk_size(int file, uint64_t *out)
{
	if (strikes(sim.rates.read_error))
		return CS_E_READ;
	*out = inode_of(file)->now.len;
	return CS_OK;
}

enum cs_error
cs_disk_cut(int file, uint64_t size)
{
	CS_ASSERT(handle[file].writes);
	CS_TRY(try_names(false));
	sim_note('c', size);
	if (sim.plant == SIM_PLANT_NO_CUT)
		return CS_OK;
	platter_cut(inode_of(file), (size_t)size);
	return cs_disk_sync(file);
}

enum cs_error
cs_disk_sync(int file)
{
	struct inode *inode = inode_of(file);
	risk();
	sim_note('s', (uint64_t)handle[file].inode);
	if (sim.plant == SIM_PLANT_NO_SYNC && sim_chance(CS_PPM / 100))
		return CS_OK;
	if (strikes(sim.rates.sync_error)) {
		platter_leak(inode);
		if (sim_chance(CS_PPM / 2))
			platter_forget(inode);
		return CS_E_WRITE;
	}
	/* Some file systems find out only now that there is no room. */
	if (inode->now.len > inode->kept.len && sim_chance(CS_PPM / 4) && is_full())
		return CS_E_LIMIT;
	if (inode->dirty && strikes(sim.rates.lost_sync)) {
		sim.rot++;
		return CS_OK;
	}
	platter_sync(inode);
	return CS_OK;
}

enum cs_error
cs_disk_folder(const char *path)
{
	char part[SIM_PATH_BYTES];
	size_t len = strlen(path);
	CS_ASSERT(len < sizeof part);
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		(void)snprintf(part, sizeof part, "%.*s", (int)i, path);
		if (platter_is_folder(part))
			continue;
		CS_TRY(try_names(true));
		platter_folder(part);
	}
	return CS_OK;
}

enum cs_error
cs_disk_sync_folder(const char *path)
{
	risk();
	sim_note('d', strlen(path));
	if (strikes(sim.rates.sync_error))
		return CS_E_WRITE;
	if (strikes(sim.rates.lost_sync)) {
		sim.rot++;
		return CS_OK;
	}
	if (sim.plant != SIM_PLANT_NO_FOLDER)
		platter_sync_folder(strcmp(path, "/") == 0 ? "" : path);
	return CS_OK;
}

enum cs_error
cs_disk_sync_name(const char *path)
{
	char folder[SIM_PATH_BYTES];
	const char *slash = strrchr(path, '/');
	CS_ASSERT(slash);
	(void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
	return cs_disk_sync_folder(folder[0] ? folder : "/");
}

enum cs_error
cs_disk_rename(const char *from, const char *to)
{
	int inode = platter_find(from);
	if (inode == NO_INODE)
		return CS_E_OPEN;
	CS_TRY(try_names(false));
	struct renaming step = {.inode = {NO_INODE, inode}, .n = 2};
	(void)snprintf(step.path[0], SIM_PATH_BYTES, "%s", from);
	(void)snprintf(step.path[1], SIM_PATH_BYTES, "%s", to);
	sim_note('r', (uint64_t)inode);
	platter_rename(&step);
	return CS_OK;
}

enum cs_error
cs_disk_remove(const char *path)
{
	int inode = platter_find(path);
	if (inode == NO_INODE)
		return CS_E_OPEN;
	CS_TRY(try_names(false));
	struct renaming step = {.inode = {NO_INODE}, .n = 1};
	(void)snprintf(step.path[0], SIM_PATH_BYTES, "%s", path);
	sim_note('x', (uint64_t)inode);
	platter_rename(&step);
	return CS_OK;
}

enum cs_error
cs_disk_list(const char *folder, void (*each)(void *context, const char *name), void *context)
{
	char path[SIM_PATH_BYTES];
	if (!platter_is_folder(folder))
		return CS_E_OPEN;
	if (strikes(sim.rates.read_error))
		return CS_E_READ;
	for (unsigned i = 0; sim_disk_nth(folder, i, path); i++) {
		const char *name = path + strlen(folder) + 1;
		if (name[0] != '.' && strlen(name) < CS_DISK_NAME_BYTES)
			each(context, name);
	}
	return CS_OK;
}

enum cs_error
cs_disk_lock(int file)
{
	if (sim.plant == SIM_PLANT_NO_LOCK)
		return CS_OK;
	for (unsigned i = 0; i < SIM_FILES_MAX; i++)
		if (handle[i].open && handle[i].locks && handle[i].inode == handle[file].inode)
			return (int)i == file ? CS_OK : CS_E_PERMISSION;
	handle[file].locks = true;
	return CS_OK;
}

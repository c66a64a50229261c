/*
 * A lock of its own, beside that of the writer: the two kinds of work go on at the same time.
 */
#include "engine/upkeep.h"

#include "state/volume.h"

enum cs_error
cs_upkeep_begin(const char *folder, struct cs_upkeep *out)
{
	char path[CS_VOLUME_PATH_BYTES];
	int file = -1;
	CS_TRY(cs_volume_beside(folder, NULL, "upkeep", path));
	enum cs_error error = cs_disk_open(path, CS_DISK_WRITE, &file);
	if (error == CS_E_OPEN)
		error = cs_disk_open(path, CS_DISK_CREATE, &file);
	CS_TRY(error);
	error = cs_disk_lock(file);
	if (error != CS_OK) {
		cs_disk_close(file);
		return error;
	}
	out->lock = file;
	return CS_OK;
}

void
cs_upkeep_end(struct cs_upkeep *upkeep)
{
	cs_disk_close(upkeep->lock);
	upkeep->lock = -1;
}

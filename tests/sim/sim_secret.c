/*
 * Secrets of the simulated machine: random bytes from the seed, key files on its disk, plain memory. A key file is made
 * in one step, as io/secret.h promises: whole and durable, or not there.
 */
#include "io/secret.h"

#include "io/disk.h"
#include "sim.h"

#include <stdlib.h>

enum cs_error
cs_secret_read(const char *path, void *out, size_t len, bool *loose)
{
	int file = -1;
	uint64_t size = 0;
	size_t got = 0;
	CS_TRY(cs_disk_open(path, CS_DISK_READ, &file));
	enum cs_error error = cs_disk_size(file, &size);
	if (error == CS_OK)
		error = cs_disk_read(file, out, len, 0, &got);
	cs_disk_close(file);
	CS_TRY(error);
	*loose = false;
	return got == len && size == len ? CS_OK : CS_E_FORMAT;
}

enum cs_error
cs_secret_create(const char *path, const void *bytes, size_t len)
{
	struct sim_rates rates = sim.rates;
	int file = -1;
	/* Nothing goes wrong in here: what io/secret.c does about that has its own test. */
	memset(&sim.rates, 0, sizeof sim.rates);
	sim.full_until_ns = 0;
	enum cs_error error = cs_disk_open(path, CS_DISK_CREATE, &file);
	if (error == CS_OK)
		error = cs_disk_write(file, bytes, len, 0);
	if (error == CS_OK)
		error = cs_disk_sync(file);
	cs_disk_close(file);
	if (error == CS_OK)
		error = cs_disk_sync_folder("/");
	sim.rates = rates;
	return error;
}

void
cs_secret_random(void *out, size_t len)
{
	uint8_t *at = out;
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)cs_dice_u64(&sim.secret);
}

void *
cs_secret_memory(size_t len)
{
	return calloc(1, len);
}

void
cs_secret_release(void *at)
{
	free(at);
}

void
cs_secret_relock(void *at, size_t len)
{
	(void)at;
	(void)len;
}

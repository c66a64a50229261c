/*
 * Goal: no file makes the reading of a packed volume or of a snapshot's like crash, take more memory than its limit, or give
 * more bytes than it says.
 * Method: byte 0 says whether hash and check of the head are made to fit first, so that the decompressor is reached. The
 * file lies in memory (memfd), under the path that the system gives it.
 */
#include "base/hash.h"
#include "base/text.h"
#include "state/volume.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEAD_BYTES = 64, CHECKED_BYTES = 56, PLAIN_MAX = 1 << 24 };

static uint64_t sum;

static void
mend(uint8_t *file, size_t len)
{
	struct cs_hasher *hasher = cs_hasher_new();
	if (!hasher)
		abort();
	uint64_t plain_len;
	memcpy(&plain_len, file + 8, sizeof plain_len);
	(void)cs_pack_u64(file + 8, plain_len % PLAIN_MAX); /* a gigabyte for each input would take long */
	(void)cs_pack_u64(file + 16, len - HEAD_BYTES);
	struct cs_digest digest = cs_digest_of(hasher, (struct cs_span){file + HEAD_BYTES, len - HEAD_BYTES});
	memcpy(file + 24, digest.at, sizeof digest.at);
	(void)cs_pack_u64(file + CHECKED_BYTES, cs_hash_bytes((struct cs_span){file, CHECKED_BYTES}, 0));
	cs_hasher_free(hasher);
}

static void
unpack(const uint8_t *file, size_t len)
{
	static int memory = -1;
	static char path[64];
	uint8_t *plain = NULL;
	uint64_t plain_len = 0;
	if (memory < 0) {
		struct cs_text text = cs_text_over(path, sizeof path);
		memory = memfd_create("packed", 0);
		cs_text_put(&text, "/proc/self/fd/");
		cs_text_put_i64(&text, memory);
	}
	if (memory < 0 || ftruncate(memory, 0) != 0 || cs_disk_write(memory, file, len, 0) != CS_OK)
		abort();
	if (cs_volume_unpack(path, &plain, &plain_len) != CS_OK)
		return;
	for (uint64_t i = 0; i < plain_len; i++)
		sum = sum * 31 + plain[i];
	free(plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 1)
		return 0;
	size_t n = len - 1;
	uint8_t *copy = malloc(n ? n : 1);
	if (!copy)
		abort();
	memcpy(copy, data + 1, n);
	if (data[0] % 2 && n >= HEAD_BYTES)
		mend(copy, n);
	unpack(copy, n);
	free(copy);
	return 0;
}

/*
 * Goal: no bytes make the reading of records of names and lists read past their end, and what is read is written as the same bytes again.
 * Method: byte 0 says which record; of names the next two say where what is sealed begins.
 */
#include "engine/sentry.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
read_roster(struct cs_span open)
{
	static struct cs_roster roster;
	static uint8_t again[CS_ROSTER_RECORD_MAX];
	uint64_t now_ns = 0;
	if (!cs_roster_read(open, &roster, &now_ns))
		return;
	size_t len = (size_t)(cs_roster_put(&roster, now_ns, again) - again);
	if (len != open.len || memcmp(again, open.at, len) != 0)
		abort();
}

static void
read_named(struct cs_span open, struct cs_span sealed)
{
	static struct cs_sentry_named named;
	static uint8_t open_again[CS_SENTRY_OPEN_MAX], sealed_again[CS_SENTRY_SEALED_MAX];
	bool whole = false;
	if (!cs_sentry_named_read(open, sealed, &named, &whole) || !whole)
		return;
	struct cs_sentry_len len = cs_sentry_named_put(&named, open_again, sealed_again);
	bool same = len.open == open.len && len.sealed == sealed.len && memcmp(open_again, open.at, len.open) == 0;
	if (!same || (len.sealed && memcmp(sealed_again, sealed.at, len.sealed) != 0))
		abort();
}

/* Memory of its own, so that a read beyond its end is seen. */
static struct cs_span
copy_of(const uint8_t *at, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	if (!copy)
		abort();
	memcpy(copy, at, len);
	return (struct cs_span){copy, len};
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 3 || len > CS_SENTRY_SEALED_MAX / 2)
		return 0;
	size_t cut = (size_t)data[1] | (size_t)data[2] << 8, left = len - 3;
	cut = cut < left ? cut : left;
	struct cs_span open = copy_of(data + 3, cut), sealed = copy_of(data + 3 + cut, left - cut);
	if (data[0] & 1)
		read_named(open, sealed);
	else
		read_roster(open.len ? open : sealed);
	free((void *)(uintptr_t)open.at);
	free((void *)(uintptr_t)sealed.at);
	return 0;
}

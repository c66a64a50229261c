/*
 * Fragments of IPv4 and IPv6 datagrams, kept until the datagram is whole.
 *
 * Fragments begin at multiples of 8 bytes, so a bit for every 8 bytes says what is there; bytes that are
 * there already are never overwritten (first wins), and differing ones are counted. A datagram older than
 * KEEP_NS starts anew, since its identification is used again; when all slots are taken the oldest makes
 * room. The memory is reserved at the start and touched only when a fragment comes.
 * spec: RFC 791 3.2 (reassembly), RFC 8200 4.5, RFC 5722 (overlaps: there refused, here first wins).
 */
#include "port/defrag.h"

#include <stdlib.h>

enum { DATAGRAM_MAX_BYTES = 65536, UNIT_BYTES = 8, UNITS_N = DATAGRAM_MAX_BYTES / UNIT_BYTES };

static const uint64_t keep_ns = UINT64_C(30000000000);

struct datagram {
	struct cs_defrag_key key;
	uint64_t begun_ns;
	uint32_t len; /* 0 until the last fragment came */
	uint32_t filled_units;
	uint32_t reach; /* where the furthest fragment ends */
	bool used;
	uint64_t filled[UNITS_N / 64];
	uint8_t bytes[DATAGRAM_MAX_BYTES];
};

struct cs_defrag {
	struct cs_defrag_counts counts;
	unsigned cap;
	struct datagram datagrams[];
};

size_t
cs_defrag_bytes(unsigned datagrams_cap)
{
	const struct cs_defrag *defrag = NULL;
	return sizeof *defrag + datagrams_cap * sizeof defrag->datagrams[0];
}

struct cs_defrag *
cs_defrag_new(unsigned datagrams_cap)
{
	struct cs_defrag *defrag = calloc(1, cs_defrag_bytes(datagrams_cap));
	if (defrag)
		defrag->cap = datagrams_cap;
	return defrag;
}

void
cs_defrag_free(struct cs_defrag *defrag)
{
	free(defrag);
}

static bool
is_filled(const struct datagram *datagram, uint32_t unit)
{
	return datagram->filled[unit / 64] >> (unit % 64) & 1;
}

static void
begin(struct datagram *datagram, const struct cs_fragment *fragment)
{
	datagram->key = fragment->key;
	datagram->begun_ns = fragment->time_ns;
	datagram->len = 0;
	datagram->filled_units = 0;
	datagram->reach = 0;
	datagram->used = true;
	memset(datagram->filled, 0, sizeof datagram->filled);
}

static bool
is_old(const struct datagram *datagram, uint64_t now_ns)
{
	return now_ns > datagram->begun_ns && now_ns - datagram->begun_ns > keep_ns;
}

static struct datagram *
find_or_begin(struct cs_defrag *defrag, const struct cs_fragment *fragment)
{
	struct datagram *place = NULL;
	for (unsigned i = 0; i < defrag->cap; i++) {
		struct datagram *it = &defrag->datagrams[i];
		bool same = it->used && memcmp(&it->key, &fragment->key, sizeof it->key) == 0;
		if (same && !is_old(it, fragment->time_ns))
			return it;
		if (same) {
			place = it;
			break;
		}
		if (!place || (place->used && (!it->used || it->begun_ns < place->begun_ns)))
			place = it;
	}
	if (!place)
		return NULL;
	defrag->counts.dropped += place->used;
	begin(place, fragment);
	return place;
}

/* Copies what is not there yet; true when bytes that are there differ. */
static bool
fill(struct datagram *datagram, uint32_t offset, struct cs_span bytes)
{
	bool differs = false;
	for (size_t at = 0; at < bytes.len; at += UNIT_BYTES) {
		uint32_t unit = (uint32_t)((offset + at) / UNIT_BYTES);
		size_t n = bytes.len - at < UNIT_BYTES ? bytes.len - at : UNIT_BYTES;
		uint8_t *to = &datagram->bytes[(size_t)unit * UNIT_BYTES];
		if (is_filled(datagram, unit)) {
			differs |= memcmp(to, bytes.at + at, n) != 0;
			continue;
		}
		memcpy(to, bytes.at + at, n);
		datagram->filled[unit / 64] |= UINT64_C(1) << (unit % 64);
		datagram->filled_units++;
	}
	return differs;
}

/* Empty fragments, odd lengths in the middle, and ends past 64 KiB have no place in a datagram. */
static bool
is_possible(const struct cs_fragment *fragment)
{
	size_t end = fragment->offset + fragment->bytes.len;
	return fragment->bytes.len && fragment->offset % UNIT_BYTES == 0 && end < DATAGRAM_MAX_BYTES &&
	       (!fragment->more || fragment->bytes.len % UNIT_BYTES == 0);
}

/* The end of a datagram is told once; what lies past it, or another end, contradicts it. So no unit past the end is
 * ever filled, and as many units as the end allows are all of them. */
static bool
agrees(const struct datagram *datagram, const struct cs_fragment *fragment)
{
	size_t end = fragment->offset + fragment->bytes.len;
	if (datagram->len == 0)
		return fragment->more || end >= datagram->reach;
	return fragment->more ? end < datagram->len : end == datagram->len;
}

enum cs_error
cs_defrag_add(struct cs_defrag *defrag, const struct cs_fragment *fragment, struct cs_span *out)
{
	defrag->counts.fragments++;
	if (!is_possible(fragment))
		return CS_E_FORMAT;
	struct datagram *datagram = find_or_begin(defrag, fragment);
	if (!datagram)
		return CS_E_FORMAT;
	if (!agrees(datagram, fragment))
		return CS_E_FORMAT;
	if (!fragment->more)
		datagram->len = (uint32_t)(fragment->offset + fragment->bytes.len);
	uint32_t end = fragment->offset + (uint32_t)fragment->bytes.len;
	datagram->reach = datagram->reach < end ? end : datagram->reach;
	defrag->counts.differing += fill(datagram, fragment->offset, fragment->bytes);
	if (datagram->len == 0 || datagram->filled_units != (datagram->len + UNIT_BYTES - 1) / UNIT_BYTES)
		return CS_AGAIN;
	datagram->used = false;
	defrag->counts.completed++;
	*out = (struct cs_span){datagram->bytes, datagram->len};
	return CS_OK;
}

struct cs_defrag_counts
cs_defrag_counts(const struct cs_defrag *defrag)
{
	return defrag->counts;
}

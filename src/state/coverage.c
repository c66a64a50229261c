/*
 * What we could not see. A gap is kept with the times of the last thing seen before it and the first behind it,
 * so that whatever was lost lies between them.
 *
 * Invariants: gaps of one link and direction that touch are one gap; nothing is ever forgotten, only widened
 * (the two oldest become one when the ring is full). How far a link is settled never goes back. Who may call
 * what unproven is decided in src/detect; this file only answers questions.
 */
#include "state/coverage.h"

#include "base/error.h"

#include <stdlib.h>

CS_PADDING_NAMED_BEGIN
struct side {
	unsigned first_idx; /* oldest in the ring */
	unsigned gap_n;
};

struct cs_coverage_link {
	bool started;
	uint8_t pad[7];
	uint64_t start_ns;
	uint64_t settled_ns;
	struct side side[CS_DIR_N];
};

/* State is the version; the rest is the same for every one of its size. */
struct cs_coverage {
	uint64_t version;
	unsigned link_n;
	unsigned gaps_cap;
	struct cs_coverage_link *link;
	struct cs_gap *gap; /* link_n * CS_DIR_N rings of gaps_cap */
};
CS_PADDING_NAMED_END
_Static_assert(sizeof(struct cs_coverage) ==
		       offsetof(struct cs_coverage, link_n) + 2 * sizeof(unsigned) + 2 * sizeof(void *),
	       "state stands before link_n: see cs_coverage_regions");

struct cs_coverage *
cs_coverage_new(unsigned link_n, unsigned gaps_cap)
{
	CS_ASSERT(link_n > 0 && gaps_cap > 1);
	struct cs_coverage *coverage = calloc(1, sizeof *coverage);
	if (!coverage)
		return NULL;
	coverage->link_n = link_n;
	coverage->gaps_cap = gaps_cap;
	coverage->link = calloc(link_n, sizeof *coverage->link);
	coverage->gap = calloc((size_t)link_n * CS_DIR_N * gaps_cap, sizeof *coverage->gap);
	if (!coverage->link || !coverage->gap) {
		cs_coverage_free(coverage);
		return NULL;
	}
	return coverage;
}

void
cs_coverage_free(struct cs_coverage *coverage)
{
	if (!coverage)
		return;
	free(coverage->link);
	free(coverage->gap);
	free(coverage);
}

size_t
cs_coverage_bytes(unsigned link_n, unsigned gaps_cap)
{
	return sizeof(struct cs_coverage) + link_n * sizeof(struct cs_coverage_link) +
	       (size_t)link_n * CS_DIR_N * gaps_cap * sizeof(struct cs_gap);
}

void
cs_coverage_regions(struct cs_coverage *coverage, struct cs_regions *regions)
{
	size_t gap_n = (size_t)coverage->link_n * CS_DIR_N * coverage->gaps_cap;
	cs_regions_add(regions, coverage, offsetof(struct cs_coverage, link_n));
	cs_regions_add(regions, coverage->link, coverage->link_n * sizeof *coverage->link);
	cs_regions_add(regions, coverage->gap, gap_n * sizeof *coverage->gap);
}

static struct cs_gap *
gap_at(const struct cs_coverage *coverage, unsigned link, enum cs_direction dir, unsigned nth)
{
	const struct side *side = &coverage->link[link].side[dir];
	CS_ASSERT(coverage->gaps_cap > 0);
	size_t ring = ((size_t)link * CS_DIR_N + dir) * coverage->gaps_cap;
	return &coverage->gap[ring + (side->first_idx + nth) % coverage->gaps_cap];
}

void
cs_coverage_start(struct cs_coverage *coverage, unsigned link, uint64_t time_ns)
{
	CS_ASSERT(link < coverage->link_n);
	struct cs_coverage_link *row = &coverage->link[link];
	if (row->started)
		return;
	row->started = true;
	row->start_ns = time_ns;
}

static void
widen(struct cs_gap *gap, const struct cs_gap *by)
{
	if (by->from_ns < gap->from_ns)
		gap->from_ns = by->from_ns;
	if (by->to_ns > gap->to_ns)
		gap->to_ns = by->to_ns;
	gap->len = by->len > UINT64_MAX - 1 - gap->len ? UINT64_MAX - 1 : gap->len + by->len;
}

static bool
touch(const struct cs_gap *a, const struct cs_gap *b)
{
	return a->from_ns <= b->to_ns && b->from_ns <= a->to_ns;
}

static void
join_oldest(struct cs_coverage *coverage, unsigned link, enum cs_direction dir)
{
	struct side *side = &coverage->link[link].side[dir];
	struct cs_gap oldest = *gap_at(coverage, link, dir, 0);
	side->first_idx = (side->first_idx + 1) % coverage->gaps_cap;
	side->gap_n--;
	widen(gap_at(coverage, link, dir, 0), &oldest);
}

void
cs_coverage_gap(struct cs_coverage *coverage, unsigned link, enum cs_direction dir, struct cs_gap gap)
{
	CS_ASSERT(link < coverage->link_n && (unsigned)dir < CS_DIR_N);
	struct side *side = &coverage->link[link].side[dir];
	/* A gap of no bytes is still a gap: who declares it knows why. */
	gap.len = gap.len ? gap.len : 1;
	if (gap.from_ns > gap.to_ns) {
		uint64_t later_ns = gap.from_ns;
		gap.from_ns = gap.to_ns;
		gap.to_ns = later_ns;
	}
	if (side->gap_n) {
		struct cs_gap *newest = gap_at(coverage, link, dir, side->gap_n - 1);
		if (touch(newest, &gap)) {
			widen(newest, &gap);
			return;
		}
	}
	if (side->gap_n == coverage->gaps_cap)
		join_oldest(coverage, link, dir);
	*gap_at(coverage, link, dir, side->gap_n++) = gap;
}

void
cs_coverage_settle(struct cs_coverage *coverage, unsigned link, uint64_t time_ns)
{
	CS_ASSERT(link < coverage->link_n);
	if (time_ns <= coverage->link[link].settled_ns)
		return;
	coverage->link[link].settled_ns = time_ns;
	coverage->version++;
}

uint64_t
cs_coverage_version(const struct cs_coverage *coverage)
{
	return coverage->version;
}

uint64_t
cs_coverage_begin(const struct cs_coverage *coverage, unsigned link)
{
	CS_ASSERT(link < coverage->link_n);
	return coverage->link[link].started ? coverage->link[link].start_ns : 0;
}

uint64_t
cs_coverage_settled(const struct cs_coverage *coverage, unsigned link)
{
	CS_ASSERT(link < coverage->link_n);
	return coverage->link[link].settled_ns;
}

uint64_t
cs_coverage_lost(const struct cs_coverage *coverage, unsigned link, enum cs_direction dir, uint64_t from_ns,
		 uint64_t to_ns)
{
	CS_ASSERT(link < coverage->link_n && (unsigned)dir < CS_DIR_N);
	const struct cs_coverage_link *row = &coverage->link[link];
	if (!row->started || from_ns < row->start_ns || to_ns > row->settled_ns)
		return UINT64_MAX;
	const struct cs_gap asked = {from_ns, to_ns, 0};
	struct cs_gap sum = {from_ns, to_ns, 0};
	for (unsigned i = 0; i < row->side[dir].gap_n; i++) {
		const struct cs_gap *gap = gap_at(coverage, link, dir, i);
		if (touch(gap, &asked))
			widen(&sum, gap);
	}
	return sum.len;
}

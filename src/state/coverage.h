/*
 * What we could not see: gaps per link and direction in event time, and how far each link is settled.
 *
 * A proof that could lie in a gap makes its claim unproven, neither forged nor clean. Gaps are kept in a ring
 * of stated size per link and direction; when it is full the two oldest are joined into one (which only ever
 * widens what is called unproven). Time before the first and after the last packet of a link is a gap too.
 */
#ifndef CS_STATE_COVERAGE_H
#define CS_STATE_COVERAGE_H

#include "base/region.h"
#include "event/event.h"

struct cs_coverage;

/* cs_coverage_new keeps GAPS_CAP gaps for each direction of LINK_N links; NULL without memory. */
struct cs_coverage *cs_coverage_new(unsigned link_n, unsigned gaps_cap);
void cs_coverage_free(struct cs_coverage *coverage);

/* cs_coverage_start says that LINK is watched from TIME_NS on. The first call counts. */
void cs_coverage_start(struct cs_coverage *coverage, unsigned link, uint64_t time_ns);

/* LEN bytes lost (or undecodable) between two times. */
struct cs_gap {
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t len;
};

/* cs_coverage_regions adds all that changes to REGIONS. */
void cs_coverage_regions(struct cs_coverage *coverage, struct cs_regions *regions);

/* cs_coverage_begin tells since when LINK is watched; 0: not yet. */
uint64_t cs_coverage_begin(const struct cs_coverage *coverage, unsigned link);

/* cs_coverage_gap records one gap. */
void cs_coverage_gap(struct cs_coverage *coverage, unsigned link, enum cs_direction dir, struct cs_gap gap);

/* cs_coverage_settle says that everything LINK showed before TIME_NS was delivered or declared lost. */
void cs_coverage_settle(struct cs_coverage *coverage, unsigned link, uint64_t time_ns);
uint64_t cs_coverage_settled(const struct cs_coverage *coverage, unsigned link);

/* cs_coverage_version changes whenever a link is settled further. */
uint64_t cs_coverage_version(const struct cs_coverage *coverage);

/* cs_coverage_lost sums the bytes of the gaps of LINK in DIR that touch FROM_NS..TO_NS; UINT64_MAX when part
 * of that time was before the link was watched or after it was settled; 0: all was seen. */
uint64_t cs_coverage_lost(const struct cs_coverage *coverage, unsigned link, enum cs_direction dir, uint64_t from_ns,
			  uint64_t to_ns);

/* cs_coverage_bytes is what cs_coverage_new will take. */
size_t cs_coverage_bytes(unsigned link_n, unsigned gaps_cap);

#endif

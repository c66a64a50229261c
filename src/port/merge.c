/*
 * Several captures as one, by time: each source keeps its next packet ready, and the earliest goes out.
 *
 * Invariant: every source is empty, ready, or ended. A packet lent from a source stays until that source is
 * asked again, which happens only on the call after it went out. Sources are few (one a tap), so the
 * earliest is found by looking at all of them.
 */
#include "port/capture.h"

#include <stdlib.h>

enum source_state { SOURCE_EMPTY, SOURCE_READY, SOURCE_ENDED };

struct source {
	struct cs_capture *capture;
	struct cs_packet packet;
	uint64_t last_time_ns;
	enum source_state state;
};

struct cs_merge {
	uint64_t backwards_n;
	unsigned n;
	struct source sources[];
};

struct cs_merge *
cs_merge_new(struct cs_capture *const *captures, unsigned n)
{
	struct cs_merge *merge = calloc(1, sizeof *merge + n * sizeof merge->sources[0]);
	if (!merge)
		return NULL;
	merge->n = n;
	for (unsigned i = 0; i < n; i++)
		merge->sources[i].capture = captures[i];
	return merge;
}

void
cs_merge_free(struct cs_merge *merge)
{
	free(merge);
}

static enum cs_error
fill(struct cs_merge *merge, struct source *source)
{
	enum cs_error error = cs_capture_next(source->capture, &source->packet);
	if (error != CS_OK) {
		source->state = SOURCE_ENDED;
		return error == CS_END ? CS_OK : error;
	}
	source->state = SOURCE_READY;
	merge->backwards_n += source->packet.time_ns < source->last_time_ns;
	source->last_time_ns = source->packet.time_ns;
	return CS_OK;
}

static bool
goes_before(const struct source *a, const struct source *b)
{
	if (a->packet.time_ns != b->packet.time_ns)
		return a->packet.time_ns < b->packet.time_ns;
	return a->packet.source < b->packet.source;
}

enum cs_error
cs_merge_next(struct cs_merge *merge, struct cs_packet *out, unsigned *source)
{
	struct source *first = NULL;
	for (unsigned i = 0; i < merge->n; i++) {
		struct source *it = &merge->sources[i];
		enum cs_error error = it->state == SOURCE_EMPTY ? fill(merge, it) : CS_OK;
		if (error != CS_OK) {
			*source = i;
			return error;
		}
		if (it->state == SOURCE_READY && (!first || goes_before(it, first)))
			first = it;
	}
	if (!first)
		return CS_END;
	first->state = SOURCE_EMPTY;
	*out = first->packet;
	*source = (unsigned)(first - merge->sources);
	return CS_OK;
}

uint64_t
cs_merge_backwards(const struct cs_merge *merge)
{
	return merge->backwards_n;
}

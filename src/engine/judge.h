/*
 * The judge: everything between an event and a finding, as one object. Pure: no clock, no I/O, no allocation once made.
 *
 * It owns what was not seen (coverage) and the detectors, and is driven alike by a pipeline, by a re-run from a record
 * and by a recovery: the same calls in the same order give the same findings. Every call that can change anything first
 * tells the scribe, if there is one, and acts then; so a record holds the inputs in the order in which they took effect,
 * and a finding leaves through the sink behind the input that caused it. Neither sink nor scribe may call the judge
 * back.
 */
#ifndef CS_ENGINE_JUDGE_H
#define CS_ENGINE_JUDGE_H

#include "detect/behave.h"
#include "detect/carry.h"
#include "detect/detect.h"

/* Raise it when the same bytes of state come to mean something else. (Other lengths are another layout anyway.) */
enum { CS_STATE_VERSION = 5 };

struct cs_judge;

/* How far time has come, and how far each link is settled (0: not watched yet). Links beyond the policy's do not
 * count, and may hold anything. */
struct cs_tick {
	uint64_t now_ns;
	uint64_t settled_ns[CS_LINKS_MAX];
};

/* Who writes down what the judge is told. Each function may be NULL; what they are given is lent during the call. One
 * that gives false says that the judge's state holds this input already (recovered from a record): it is passed over. */
struct cs_judge_scribe {
	bool (*start)(void *context, unsigned link, uint64_t time_ns);
	bool (*gap)(void *context, unsigned link, enum cs_direction dir, const struct cs_gap *gap);
	bool (*event)(void *context, const struct cs_event *event);
	bool (*tick)(void *context, const struct cs_tick *tick);
	bool (*tell)(void *context, const struct cs_finding *finding);
	bool (*finish)(void *context);
	bool (*list)(void *context, const struct cs_listing *listing);
	void *context;
};

/* cs_judge_new makes one for POLICY, which outlives it; NULL without memory. SINK gets every finding. */
struct cs_judge *cs_judge_new(const struct cs_policy *policy, const struct cs_detect_sink *sink);
void cs_judge_free(struct cs_judge *judge);

/* cs_judge_bytes gives the memory cs_judge_new will take for POLICY. */
size_t cs_judge_bytes(const struct cs_policy *policy);

/* cs_judge_scribe_set names the scribe, which outlives the judge; NULL: none. */
void cs_judge_scribe_set(struct cs_judge *judge, const struct cs_judge_scribe *scribe);

/* cs_judge_start says that LINK is watched from TIME_NS on. The first call counts. */
void cs_judge_start(struct cs_judge *judge, unsigned link, uint64_t time_ns);

/* cs_judge_gap declares bytes of LINK lost in DIR. */
void cs_judge_gap(struct cs_judge *judge, unsigned link, enum cs_direction dir, struct cs_gap gap);

/* cs_judge_prepare asks the memory for what EVENT will need, some events ahead. It changes nothing and is not told. */
void cs_judge_prepare(const struct cs_judge *judge, const struct cs_event *event);

/* cs_judge_event takes one event; lent during the call. */
void cs_judge_event(struct cs_judge *judge, const struct cs_event *event);

/* cs_judge_tick settles the links and moves time on. */
void cs_judge_tick(struct cs_judge *judge, const struct cs_tick *tick);

/* cs_judge_tell hands on a finding of the engine about its own sight. */
void cs_judge_tell(struct cs_judge *judge, const struct cs_finding *finding);

/* cs_judge_list takes a row of a file of a list or of places, or its end; lent during the call. Not for a policy without
 * behaviour. */
void cs_judge_list(struct cs_judge *judge, const struct cs_listing *listing);

/* cs_judge_finish decides what can be decided at the end of input. */
void cs_judge_finish(struct cs_judge *judge);

/* cs_judge_regions lists all that changes, coverage and detectors, as memory without pointers. Judges of one policy have
 * the same lengths in the same order; one into which the contents of another's regions are copied goes on as that one
 * would. The memory is the judge's own and changes with its next input. */
void cs_judge_regions(const struct cs_judge *judge, struct cs_regions *out);

/* cs_judge_pair_regions lists coverage and pairing: all but behaviour. cs_judge_detect lends the detectors. For engine/carry.c. */
void cs_judge_pair_regions(const struct cs_judge *judge, struct cs_regions *out);
struct cs_detect *cs_judge_detect(const struct cs_judge *judge);

/* cs_judge_layout hashes what contents of regions fit: CS_STATE_VERSION, the policy's text, number and lengths. */
uint64_t cs_judge_layout(const struct cs_judge *judge);

/* cs_judge_hash hashes the contents of all regions (XXH3): two judges that were told the same give the same. */
uint64_t cs_judge_hash(const struct cs_judge *judge);

/* cs_judge_counts and cs_judge_coverage lend what was counted, and what was not seen; they live as long as JUDGE. */
const struct cs_detect_counts *cs_judge_counts(const struct cs_judge *judge);
const struct cs_coverage *cs_judge_coverage(const struct cs_judge *judge);

/* cs_judge_policy lends the policy it was made for. */
const struct cs_policy *cs_judge_policy(const struct cs_judge *judge);

/* cs_judge_behave lends what looks at behaviour, for its counts and for who looks on; NULL when the policy says nothing of
 * it. */
struct cs_behave *cs_judge_behave(const struct cs_judge *judge);

#endif

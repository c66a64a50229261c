/*
 * Profiles of a policy that is to come are warmed: another thread tells it again what the journal holds, from as far back as its
 * windows reach, while the policy in force goes on. Nobody waits for it, and no event is told later because of it.
 *
 * What came of it stands at the journal's end as it was then; whoever puts the policy in force tells the rest itself.
 */
#ifndef CS_ENGINE_WARM_H
#define CS_ENGINE_WARM_H

#include "engine/rerun.h"

struct cs_warmer;

enum cs_warmth {
	CS_WARMTH_NONE, /* nobody asked */
	CS_WARMTH_COMING,
	CS_WARMTH_NEAR,   /* it saw the journal's end */
	CS_WARMTH_FAILED, /* cs_warmer_words says why */
};

struct cs_warmer_wish {
	const struct cs_policy *policy; /* outlives the warming */
	const struct cs_reigns *reigns;
	uint64_t reach_ns; /* behind NOW_NS */
	uint64_t now_ns;
};

/* cs_warmer_new begins a thread, before there is a sandbox, that waits to be asked. FOLDER and VAULT outlive it. */
CS_MUST_USE enum cs_error cs_warmer_new(const char *folder, const struct cs_vault *vault, struct cs_warmer **out);

/* cs_warmer_free ends it; takes NULL. */
void cs_warmer_free(struct cs_warmer *warmer);

/* cs_warmer_ask begins; what was begun before is given up. cs_warmer_leave gives up. */
void cs_warmer_ask(struct cs_warmer *warmer, const struct cs_warmer_wish *wish);
void cs_warmer_leave(struct cs_warmer *warmer);

/* cs_warmer_state tells how far it is. */
enum cs_warmth cs_warmer_state(const struct cs_warmer *warmer);

/* cs_warmer_end tells what is left up to the end of the journal, whose pages are all written. *JUDGE lives until cs_warmer_leave,
 * *FROM says what was told. Only when it is NEAR. */
CS_MUST_USE enum cs_error cs_warmer_end(struct cs_warmer *warmer, struct cs_judge **judge, struct cs_carry_from *from);

/* cs_warmer_words says why it failed. */
const char *cs_warmer_words(const struct cs_warmer *warmer);

#endif

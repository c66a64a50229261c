/*
 * The inside of a chronicle, for chronicle.c and chronicle_tell.c only.
 */
#ifndef CS_ENGINE_CHRONICLE_PARTS_H
#define CS_ENGINE_CHRONICLE_PARTS_H

#include "engine/chronicle.h"
#include "engine/inbox.h"

struct cs_chronicle {
	struct cs_chronicle_wish wish;
	struct cs_rerun *rerun; /* keeps the recovered judge and its policy; NULL: the journal was empty */
	struct cs_judge *own;   /* a judge made here; NULL: the recovered one is used */
	struct cs_judge *judge;
	struct cs_journal *journal;
	struct cs_outbox *outbox;
	struct cs_recorder recorder;
	struct cs_reigns reigns;  /* the policy in force, and those before it */
	struct cs_warmer *warmer; /* NULL: nothing is warmed */
	struct cs_inbox inbox;
	uint64_t inbox_ns; /* when it was looked at last */
	uint64_t published_ns;
	uint64_t alert_seq; /* the journal's, when the outbox was woken last */
	uint64_t alert_n;   /* alerts in the journal, as far as it was read */
	char words[CS_CHRONICLE_WORDS_BYTES];
};

/* cs_chronicle_refuse says in words WHY, and gives ERROR. */
enum cs_error cs_chronicle_refuse(struct cs_chronicle *chronicle, enum cs_error error, const char *why);

/* cs_chronicle_drop_recovered frees the recovered judge with its policy. */
void cs_chronicle_drop_recovered(struct cs_chronicle *chronicle);

#endif

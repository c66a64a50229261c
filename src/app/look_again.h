/*
 * A journal read again under a policy, with somebody who looks on.
 */
#ifndef CS_APP_LOOK_AGAIN_H
#define CS_APP_LOOK_AGAIN_H

#include "detect/behave.h"
#include "detect/detect.h"

#include <stdbool.h>

struct cs_look_again {
	const char *folder;
	const char *key; /* --journal-key, or NULL */
	const struct cs_policy *policy;
	struct cs_behave_observer observer;
	struct cs_detect_sink sink; /* gets every finding; may be empty */
	void (*work)(void *context,
		     struct cs_behave *behave); /* told what looks at behaviour from now on; may be NULL */
	void *work_context;
	bool show_progress;
};

/* cs_look_again_run tells the policy's judge every input of the journal, from its beginning; an enum cs_exit, after having
 * said what is wrong. */
int cs_look_again_run(const struct cs_look_again *wish);

#endif

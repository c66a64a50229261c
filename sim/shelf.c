/*
 * The shipped stories as bytes in the binary; shipped_stories.inc is made from sim/stories by embed.py.
 */
#include "story.h"

struct shipped {
	const char *name;
	const uint8_t *at;
	size_t len;
};

#include "shipped_stories.inc"

const char *
cs_story_shipped_at(unsigned idx, struct cs_span *text)
{
	if (idx >= sizeof shipped_stories / sizeof shipped_stories[0])
		return NULL;
	*text = (struct cs_span){shipped_stories[idx].at, shipped_stories[idx].len};
	return shipped_stories[idx].name;
}

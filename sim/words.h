/*
 * The words of one line of a story, taken one after the other.
 */
#ifndef CS_SIM_WORDS_H
#define CS_SIM_WORDS_H

#include "story.h"

enum { CS_WORDS_MAX = 24 };

struct cs_words {
	struct cs_story *story;
	struct cs_story_fault *fault;
	unsigned n;
	unsigned next;
	struct cs_span word[CS_WORDS_MAX];
};

/* cs_words_split takes TEXT, one line, apart; "#" begins a comment. False: too many words. */
bool cs_words_split(struct cs_words *line, struct cs_span text);

/* cs_words_complain writes WHAT about the next word into the fault; always false. */
bool cs_words_complain(struct cs_words *line, const char *what);

/* cs_words_is says whether the next word is WORD; cs_words_skip also takes it. */
bool cs_words_is(const struct cs_words *line, const char *word);
bool cs_words_skip(struct cs_words *line, const char *word);

/* Each of these takes one word; false after a complaint. Shares are in parts per million, rates in thousandths
 * per second; a moment is hours and minutes since the start. */
bool cs_words_number(struct cs_words *line, uint32_t *out);
bool cs_words_share(struct cs_words *line, uint32_t *out_ppm);
bool cs_words_per_second(struct cs_words *line, uint64_t *out_milli);
bool cs_words_duration(struct cs_words *line, uint64_t *out_ns);
bool cs_words_times(struct cs_words *line, uint32_t *out_milli); /* "2.5x" */
bool cs_words_moment(struct cs_words *line, uint64_t *out_ns);

/* cs_words_pair takes two numbers with SEPARATOR between them; false, without a complaint, when it is none. */
bool cs_words_pair(struct cs_words *line, const char *separator, uint32_t *first, uint32_t *second);

#endif

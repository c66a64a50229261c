/*
 * The inside of the sentry, for sentry.c and sentry_tell.c.
 */
#ifndef CS_ENGINE_SENTRY_PARTS_H
#define CS_ENGINE_SENTRY_PARTS_H

#include "engine/sentry.h"

enum {
	CS_SENTRY_ELEMENT_MAX = 1024, /* characters of a data element; where it has more it is not searched whole */
	CS_SENTRY_TEXT_MAX = 2 * CS_ROW_BYTES_MAX, /* of a row and screen that is made UTF-8; beyond that likewise */
};

/* Where a screen looks: bits of the roster's lists, and of the policy's that cannot be searched or are too old. */
struct cs_sentry_aim {
	uint32_t lists, missing, stale;
};

struct cs_sentry_hit {
	struct cs_sift_hit hit; /* without its text */
	unsigned part;          /* of what is named */
};

/* When something was told last that goes on being wrong, and what. */
struct cs_sentry_told {
	uint64_t ns, what;
};

struct cs_sentry {
	struct cs_sentry_wish wish;
	uint32_t links;    /* that a screen looks at */
	uint64_t declared; /* of its policy, for the renewal */
	const struct cs_lexicon *lexicon;
	struct cs_hasher *hasher;
	struct cs_roster *roster; /* in force; NULL before the first poll */
	uint64_t now_ns;          /* of the newest poll */
	uint64_t look_ns;         /* when lists are looked at again for their age */
	struct cs_sentry_told told[CS_LISTS_MAX], decided_told[CS_SCREENS_MAX];
	struct cs_sentry_aim aim[CS_SCREENS_MAX];
	struct cs_sentry_counts counts[CS_SCREENS_MAX];
	uint64_t until_s[CS_SCREENS_MAX]; /* when the next decision of it ends; 0: not known, UINT64_MAX: never */
	uint64_t stamp;

	/* Of the row at hand. */
	unsigned nth;               /* screen */
	const struct cs_rows *rows; /* NULL: it is a message, or held once more */
	const struct cs_iso *iso;   /* or NULL */
	unsigned selector;          /* of the screen, that took it */
	uint64_t time_ns;
	bool cut; /* a cell was not searched whole */
	struct cs_sentry_named named;
	uint64_t more_n;
	uint64_t mark; /* of all entries that were found and are not decided, told or not; in whatever order */
	unsigned hit_n;
	struct cs_sentry_hit hit[CS_SENTRY_TOLD_MAX];
	struct cs_sift_found found;
	size_t text_len; /* of data elements, and of cells that were none, in UTF-8 */
	uint8_t text[CS_SENTRY_TEXT_MAX];
};

_Static_assert((int)CS_SENTRY_TEXT_MAX >= (int)CS_SCREEN_CELLS_MAX * (int)CS_SENTRY_ELEMENT_MAX * 2,
	       "all elements of a message fit");

/* cs_sentry_element writes what CELL wants of a data element's VALUE in UTF-8 to OUT, at most twice as long, and gives its length. */
size_t cs_sentry_element(struct cs_span value, const struct cs_screen_cell *cell, uint8_t *out);

/* cs_sentry_latin1 writes TEXT, read as ISO 8859-1, in UTF-8 to OUT, at most twice as long, and gives its length; cs_sentry_latin1_at gives
 * which byte of it byte AT of that, MADE, was made of. */
size_t cs_sentry_latin1(struct cs_span text, uint8_t *out);
size_t cs_sentry_latin1_at(struct cs_span made, size_t at);

/* cs_sentry_tell_hits tells what was found in the row at hand. */
void cs_sentry_tell_hits(const struct cs_sentry *sentry, const struct cs_event *event,
			 const struct cs_detect_sink *sink);

/* cs_sentry_tell_short tells that it was not searched whole, where the policy wants more than to know of it. */
void cs_sentry_tell_short(const struct cs_sentry *sentry, const struct cs_event *event,
			  const struct cs_detect_sink *sink);

/* cs_sentry_tell_lists tells what is wrong with the lists of the roster. */
void cs_sentry_tell_lists(struct cs_sentry *sentry, const struct cs_detect_sink *sink);

#endif

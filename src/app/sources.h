/*
 * What replay, backtest and features read: captures and files of records, merged by time, through one pipeline.
 */
#ifndef CS_APP_SOURCES_H
#define CS_APP_SOURCES_H

#include "app/screens.h"
#include "app/setup.h"
#include "app/sources_folder.h"
#include "engine/feeds.h"
#include "engine/pipeline.h"
#include "port/capture.h"

enum cs_source_what { CS_SOURCE_CAPTURE, CS_SOURCE_LINK, CS_SOURCE_EVENTS };

struct cs_source_wish {
	enum cs_source_what what;
	const char *given; /* as on the command line */
};

struct cs_sources {
	unsigned n;
	struct cs_source_wish wish[CS_SOURCES_MAX]; /* captures first */
	const char *path[CS_SOURCES_MAX];
	unsigned link[CS_SOURCES_MAX];                   /* of a file of records */
	struct cs_sources_folder folder[CS_SOURCES_MAX]; /* its files, where it is a folder */
	unsigned capture_n;
	struct cs_capture *capture[CS_SOURCES_MAX];
	struct cs_merge *merge;
	struct cs_feeds *feeds;
	struct cs_pipeline *pipeline;
	struct cs_screens screens;       /* names in rows are held against these */
	struct cs_sentry_observer looks; /* on what screens find; may be empty */
	const char *journal;             /* that is kept meanwhile, or NULL, and ... */
	struct cs_chronicle *chronicle;  /* ... who is told */
	bool failed;                     /* something could not be read to its end */
	bool again;                      /* they were read once before, and what is wrong with them was said then */
	bool show_progress;
	uint64_t started_ns;
	uint64_t shown_ns;
	uint64_t said_n;                                       /* rows that could not be read, said */
	void (*record)(void *context, struct cs_event *event); /* sees each record before it is told; may be NULL */
	void *record_context;
	bool (*poll)(void *context); /* asked now and then; false: stop; may be NULL */
	void *poll_context;
};

/* cs_sources_add takes an argument of --capture, --link or --events; false after having said what is wrong. */
bool cs_sources_add(struct cs_sources *sources, enum cs_source_what what, const char *given);

/* cs_sources_order puts captures before files of records, once all are added; false after having said what is wrong. */
bool cs_sources_order(struct cs_sources *sources);

/* cs_sources_name finds which record of POLICY each file holds, so that paths are as they will be told; false after having said
 * what is wrong. cs_sources_open does it too. */
bool cs_sources_name(struct cs_sources *sources, const struct cs_policy *policy);

/* cs_sources_tables tells JUDGE the files of lists and places of POLICY, as they are now; false after having said what is
 * wrong. cs_sources_open does it for the pipeline's. */
bool cs_sources_tables(const struct cs_policy *policy, const struct cs_key_ring *ring, struct cs_judge *judge);

/* cs_sources_open opens all for SETUP and PIPELINE, which outlive it; an enum cs_exit after having said what is wrong. */
int cs_sources_open(struct cs_sources *sources, const struct cs_setup *setup, struct cs_pipeline *pipeline);

/* cs_sources_read takes all through the pipeline and ends that; false when the poll said to stop. */
bool cs_sources_read(struct cs_sources *sources);

/* cs_sources_say tells how many rows could not be read and how many records came behind later ones, if any. */
void cs_sources_say(const struct cs_sources *sources);

/* cs_sources_progress sums up what was read and what there is, in bytes. */
void cs_sources_progress(const struct cs_sources *sources, uint64_t *done, uint64_t *all);

/* cs_sources_close gives everything back; takes a zeroed one. */
void cs_sources_close(struct cs_sources *sources);

#endif

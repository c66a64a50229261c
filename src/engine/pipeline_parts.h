/*
 * The inside of the pipeline, for pipeline.c, pipeline_record.c, lane.c and blind.c only.
 */
#ifndef CS_ENGINE_PIPELINE_PARTS_H
#define CS_ENGINE_PIPELINE_PARTS_H

#include "engine/alive.h"
#include "engine/batch.h"
#include "engine/pipeline.h"
#include "engine/route.h"

struct source_state {
	struct cs_source what;
	uint32_t carries; /* links it has shown, or is declared to carry */
	bool started;
	bool ended;
	uint64_t first_ns;
	uint64_t last_ns;
};

struct lane; /* one direction of one connection; lane.c's own */

struct link_state {
	struct cs_pipeline *pipeline;
	unsigned index;
	bool watched;
	bool open;   /* a source that carries it goes on */
	bool proves; /* a sign-off of this link excuses claims: see confirm in pipeline.c */
	uint64_t first_ns;
	uint64_t last_ns; /* of the sources that carry it, once none is open */
	uint64_t held_ns; /* as the streams said last */
	uint64_t settled_ns;
	uint64_t asked_ns;  /* the newest request of a transaction */
	uint64_t newest_ns; /* of its records, that is borne out */
	uint64_t doubt_ns;  /* of its row taken last, if nothing bears it out; 0: something does */
	uint64_t idle_ns;   /* its files were read, and show nothing more up to then; 0: nobody says so */
	bool files_ended;
	struct cs_alive alive;         /* how often it shows that it is there */
	struct lane *lanes;            /* the open ones */
	uint64_t confirmed_ns;         /* cs_lane_confirmed, as computed last */
	uint64_t confirm_at_ns;        /* when it is to be computed again */
	uint64_t told_ns[CS_REASON_N]; /* when a coverage finding was told last; 0: never */
	uint64_t unsaid[CS_REASON_N];  /* since then */
};

struct cs_pipeline {
	struct cs_links *links;
	struct cs_judge *judge;
	struct cs_judge *own_judge; /* NULL: it is somebody else's */
	struct cs_defrag *defrag;
	struct cs_streams *streams[CS_LINKS_MAX];
	struct cs_route route;
	struct source_state source[CS_SOURCES_MAX];
	struct link_state link[CS_LINKS_MAX];
	uint64_t now_ns;
	uint64_t clock_ns; /* of who watches; 0: nobody does, and files are read */
	uint64_t file_ns;  /* when the file was changed of which rows are lost; 0: not known */
	uint64_t round_ns; /* when every link's streams are to be advanced again */
	uint64_t tick_ns;  /* when a tick is due without any event */
	struct cs_pipeline_counts counts;
	struct cs_raw_sink raw;
	struct cs_sentry *sentry; /* or NULL */
	struct cs_iso iso;
	struct cs_batch batch;
};

/* What is not seen, and how it is told. */
struct cs_blind {
	enum cs_reason reason;
	enum cs_direction dir;
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t lost_bytes;
	const struct cs_event *event; /* the first evidence, or NULL */
	const char *detail;
};

/* cs_blind_gap flushes the batch and declares a gap; reason, event and detail do not matter. */
void cs_blind_gap(struct cs_pipeline *pipeline, unsigned link, const struct cs_blind *blind);

/* cs_blind_tell reports a finding about our own sight, at most one a minute of event time for each link and
 * reason; the others are counted. */
void cs_blind_tell(struct cs_pipeline *pipeline, unsigned link, const struct cs_blind *blind);

/* cs_pipeline_record_settle says how far a link of records is settled. */
uint64_t cs_pipeline_record_settle(struct link_state *link);

/* cs_pipeline_record_take notes the time of a row before it is told, and says whether it moves time. */
bool cs_pipeline_record_take(struct cs_pipeline *pipeline, const struct cs_event *event);

/* cs_pipeline_record_screen holds the names of a row, which is told next, against watch lists. */
void cs_pipeline_record_screen(struct cs_pipeline *pipeline, const struct cs_event *event, const struct cs_rows *rows);

/* cs_pipeline_lost_screen tells of rows of LINK that could not be read, and so were not held against them. */
void cs_pipeline_lost_screen(struct cs_pipeline *pipeline, unsigned link, const struct cs_sentry_lost *lost);

/* cs_pipeline_message_screen does so with the message of the pipeline's ISO view, which is EVENT, in a slot of the batch; and gives the slot it
 * is in then. */
struct cs_event *cs_pipeline_message_screen(struct cs_pipeline *pipeline, struct cs_event *event);

/* cs_pipeline_record_end says that all files were read to their end. */
void cs_pipeline_record_end(struct cs_pipeline *pipeline);

/* cs_lane_sink gives the stream callbacks of a link. */
struct cs_stream_sink cs_lane_sink(struct link_state *link);

/* cs_lane_free_all frees what is open of LINK and tells nobody. */
void cs_lane_free_all(struct link_state *link);

/* cs_lane_renew lets what is open of LINK go on with the dialect that the pipeline's links have now. */
void cs_lane_renew(struct link_state *link);

/* cs_lane_bytes is what one direction of an open connection takes. */
size_t cs_lane_bytes(void);

/* cs_lane_confirmed gives the time up to which LINK has shown bytes without a hole on every open connection, in
 * both directions: a message lost before that would have been missed by now. UINT64_MAX without connections. */
uint64_t cs_lane_confirmed(const struct link_state *link);

/* cs_lane_hidden tells the coverage of bytes up to UNTIL_NS that are held back, because where a message begins is not known
 * yet: what lies in them may be what is missed. Before LINK is settled as far. */
void cs_lane_hidden(struct link_state *link, uint64_t until_ns);

#endif

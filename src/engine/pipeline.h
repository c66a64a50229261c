/*
 * The way of a packet: link, stream, frame, message, event, judge. One pipeline for replay and run.
 *
 * Order is everything: packets come in order of time, and what the detectors are called with depends on
 * that order alone, never on a clock. Memory is taken at start and when a connection opens, never for a
 * message.
 */
#ifndef CS_ENGINE_PIPELINE_H
#define CS_ENGINE_PIPELINE_H

#include "engine/judge.h"
#include "engine/links.h"
#include "engine/sentry.h"
#include "port/stream.h"

enum { CS_SOURCES_MAX = 64 };

/* Which links a source of packets may carry, bit per link, and whether it is known to carry them all. */
struct cs_source {
	uint32_t may_carry;
	bool declared; /* --link NAME=FILE, or an interface the policy names: silence there means silence */
};

/* What became of the bytes of one direction of a link; final once its connections are closed. */
struct cs_way_counts {
	struct cs_stream_counts stream;
	struct cs_framer_counts framer;
	uint64_t undecoded_bytes;
};

struct cs_leg_counts {
	uint64_t packets;
	uint64_t connections;
	uint64_t refused_connections; /* no memory for a framer */
	uint64_t undecoded[CS_ISO_REASON_N];
	uint64_t unsaid[CS_REASON_N]; /* coverage findings not told, since one was told a minute ago */
	struct cs_way_counts way[CS_DIR_N];
};

struct cs_pipeline_counts {
	uint64_t packets;
	uint64_t other_packets;   /* of no link */
	uint64_t not_tcp_packets; /* and fragments that wait */
	uint64_t broken_packets;  /* headers cut or wrong */
	uint64_t dropped_packets; /* by the kernel, live */
	uint64_t messages;        /* decoded */
	uint64_t records;         /* of files */
	uint64_t lost_rows;       /* ... that could not be read */
	uint64_t first_ns;
	uint64_t last_ns;
	struct cs_leg_counts leg[CS_LINKS_MAX];
};

struct cs_pipeline;

/* What a pipeline and its links take at start, and for each connection while it is open. */
struct cs_pipeline_memory {
	size_t detect_bytes;
	size_t stream_bytes;
	size_t rest_bytes;       /* layouts, dialects, coverage, fragments */
	size_t connection_bytes; /* each */
};

/* cs_pipeline_memory_of works that out for POLICY. */
struct cs_pipeline_memory cs_pipeline_memory_of(const struct cs_policy *policy);

/* cs_pipeline_new makes one over LINKS, which outlives it; NULL without memory. SINK gets every finding. */
struct cs_pipeline *cs_pipeline_new(struct cs_links *links, const struct cs_detect_sink *sink);

/* cs_pipeline_new_over makes one that feeds JUDGE, made for the same policy, which outlives the pipeline; OWN: is freed with it. */
struct cs_pipeline *cs_pipeline_new_over(struct cs_links *links, struct cs_judge *judge, bool own);
void cs_pipeline_free(struct cs_pipeline *pipeline);

/* Who keeps messages as they were: called for each decoded message, with its event, before the event is told. */
struct cs_raw_sink {
	void (*raw)(void *context, const struct cs_iso *iso, const struct cs_event *event);
	void *context;
};

/* cs_pipeline_raw names who keeps raw messages; nobody does by default. */
void cs_pipeline_raw(struct cs_pipeline *pipeline, struct cs_raw_sink sink);

/* cs_pipeline_source describes source INDEX < CS_SOURCES_MAX, before its first packet. */
void cs_pipeline_source(struct cs_pipeline *pipeline, unsigned index, struct cs_source source);

/* cs_pipeline_source_start says that a source watches from TIME_NS on, before any packet (live interfaces). */
void cs_pipeline_source_start(struct cs_pipeline *pipeline, unsigned index, uint64_t time_ns);

/* cs_pipeline_source_end says that a source shows nothing after its packets so far. */
void cs_pipeline_source_end(struct cs_pipeline *pipeline, unsigned index);

/* cs_pipeline_packet takes the next packet in order of time. */
void cs_pipeline_packet(struct cs_pipeline *pipeline, const struct cs_packet *packet);

/* cs_pipeline_record takes the next record, in order of time with the packets. Lent during the call. A record that an
 * expectation names is settled as far as its newest row is, less its lateness. */
void cs_pipeline_record(struct cs_pipeline *pipeline, const struct cs_event *event);

/* cs_pipeline_row takes the record that ROWS read last, as cs_pipeline_record does, and holds its names against watch lists first, if there
 * is a sentry. */
void cs_pipeline_row(struct cs_pipeline *pipeline, const struct cs_event *event, const struct cs_rows *rows);

/* cs_pipeline_row_late holds the names of a row that was told before against watch lists once more, before it leaves: what is found then and
 * was not told before is told. The row itself is not told again. False: there is no sentry. */
bool cs_pipeline_row_late(struct cs_pipeline *pipeline, const struct cs_event *event, const struct cs_rows *rows,
			  struct cs_sentry_late late);

/* cs_pipeline_screen says who does that, for the policy of the pipeline; it outlives it. NULL: nobody. */
void cs_pipeline_screen(struct cs_pipeline *pipeline, struct cs_sentry *sentry);

/* cs_pipeline_renew_lists takes newer watch lists, if there are any, at NOW_NS by the clock; between two rows. */
void cs_pipeline_renew_lists(struct cs_pipeline *pipeline, uint64_t now_ns);

/* cs_pipeline_sentry lends it, for its counts; NULL: there is none. */
const struct cs_sentry *cs_pipeline_sentry(const struct cs_pipeline *pipeline);

/* cs_pipeline_rows_lost says that N rows of record LINK could not be read, somewhere between the rows of these times (0: none
 * came before them in their file; UINT64_MAX: none behind them). */
void cs_pipeline_rows_lost(struct cs_pipeline *pipeline, unsigned link, uint64_t from_ns, uint64_t to_ns, uint64_t n);

/* cs_pipeline_rows_undated says when the file of such rows was changed: what is told of them is dated so, where neither a clock nor any row
 * says when that is. */
void cs_pipeline_rows_undated(struct cs_pipeline *pipeline, uint64_t file_ns);

/* cs_pipeline_file_aside tells that a file of record LINK was set aside, in words of at most CS_DETAIL_BYTES - 1. */
void cs_pipeline_file_aside(struct cs_pipeline *pipeline, unsigned link, const char *words);

/* cs_pipeline_files_idle says that whoever reads the files of record LINK has taken all of them, and they show nothing more
 * up to TIME_NS (but for the record's lateness). The first call says since when they are looked at. */
void cs_pipeline_files_idle(struct cs_pipeline *pipeline, unsigned link, uint64_t time_ns);

/* cs_pipeline_dropped says that N packets of a source were lost by TIME_NS, nobody knows which. */
void cs_pipeline_dropped(struct cs_pipeline *pipeline, unsigned source, uint64_t n, uint64_t time_ns);

/* cs_pipeline_idle moves time on without a packet, and hands on what waits in the batch. Whoever calls it watches: rows of records
 * move time no more from then on, and settle nothing beyond it. */
void cs_pipeline_idle(struct cs_pipeline *pipeline, uint64_t now_ns);

/* cs_pipeline_leave closes every connection, hands on what was seen of it, and decides nothing: for whoever goes on later
 * with the state of the judge. */
void cs_pipeline_leave(struct cs_pipeline *pipeline);

/* cs_pipeline_flush hands on what waits in the batch. */
void cs_pipeline_flush(struct cs_pipeline *pipeline);

/* cs_pipeline_renew lets the pipeline, flushed, go on over LINKS of another policy whose links say the same as those of the one
 * before, and feed JUDGE, which has taken over the state of the one before: no connection is given up. OWN: the pipeline frees
 * it, as it does the one before if that was its own. */
void cs_pipeline_renew(struct cs_pipeline *pipeline, struct cs_links *links, struct cs_judge *judge, bool own);

/* cs_pipeline_end closes every connection and decides what can be decided. */
void cs_pipeline_end(struct cs_pipeline *pipeline);

/* cs_pipeline_counts_of and cs_pipeline_detect_counts lend what was counted so far. */
const struct cs_pipeline_counts *cs_pipeline_counts_of(const struct cs_pipeline *pipeline);
const struct cs_detect_counts *cs_pipeline_detect_counts(const struct cs_pipeline *pipeline);

/* cs_pipeline_behave lends what looks at behaviour; NULL when the policy says nothing of it. */
const struct cs_behave *cs_pipeline_behave(const struct cs_pipeline *pipeline);

/* cs_pipeline_judge lends the judge, for a scribe or for its state; it is fed by the pipeline alone, but for rows
 * of lists and places (engine/tables.h). */
struct cs_judge *cs_pipeline_judge(struct cs_pipeline *pipeline);

/* cs_pipeline_streams lends the streams of a link, for what their limits cost; NULL for a link of records. */
const struct cs_streams *cs_pipeline_streams(const struct cs_pipeline *pipeline, unsigned link);

#endif

/*
 * Rows of a record that come by themselves, live: standard input.
 *
 * What is there is read and told at once; nothing waits, and nothing of it is kept but a row whose end has not come. It has no memory across a
 * restart: whoever is started again reads a new one, whose rows are told as if they were the first. While nothing comes and no row is half
 * there, its record is settled by time, as that of an empty folder is (engine/intake.h).
 */
#ifndef CS_ENGINE_INFLOW_H
#define CS_ENGINE_INFLOW_H

#include "engine/links.h"
#include "engine/pipeline.h"

struct cs_inflow_wish {
	int descriptor;                                /* is closed with it */
	unsigned link;                                 /* its record, whose rows are lines */
	uint16_t source;                               /* its index among the names of an alert */
	void (*say)(void *context, const char *words); /* what a person should know, a line */
	void *context;
};

/* FAILED: it cannot be read any more, and why was said. */
enum cs_inflow_state { CS_INFLOW_OPEN, CS_INFLOW_ENDED, CS_INFLOW_FAILED };

struct cs_inflow_counts {
	uint64_t row_n;
	uint64_t unread_n; /* rows that could not be read */
};

struct cs_inflow;

/* cs_inflow_new makes one by the plan that LINKS have for its record; they outlive it, or the next cs_inflow_renew. NULL without memory: the
 * descriptor is its caller's then. cs_inflow_free takes NULL. */
struct cs_inflow *cs_inflow_new(const struct cs_inflow_wish *wish, const struct cs_links *links);
void cs_inflow_free(struct cs_inflow *inflow);

/* cs_inflow_some reads what is there, one read at most, and tells PIPELINE its rows, at NOW_NS by the clock. False: there is nothing for now. */
bool cs_inflow_some(struct cs_inflow *inflow, struct cs_pipeline *pipeline, uint64_t now_ns);

/* cs_inflow_state_of says whether more can come; cs_inflow_descriptor gives what to wait for. */
enum cs_inflow_state cs_inflow_state_of(const struct cs_inflow *inflow);
int cs_inflow_descriptor(const struct cs_inflow *inflow);

/* cs_inflow_check says whether it could go on under LINKS, where its record is the same one; false after having said why not. cs_inflow_renew
 * goes on under them. */
bool cs_inflow_check(struct cs_inflow *inflow, const struct cs_links *links);
void cs_inflow_renew(struct cs_inflow *inflow, const struct cs_links *links);

/* cs_inflow_counts_of tells what was read so far. */
struct cs_inflow_counts cs_inflow_counts_of(const struct cs_inflow *inflow);

#endif

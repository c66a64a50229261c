/*
 * What the judge is told, as records of the journal and back. One place for both, so that what is written is what is read.
 *
 * Forms are docs/journal.md's. Times are relative to the page's base time.
 */
#ifndef CS_ENGINE_INPUTS_H
#define CS_ENGINE_INPUTS_H

#include "engine/judge.h"
#include "event/event_pack.h"
#include "state/page.h"

enum { CS_INPUT_OPEN_MAX = CS_EVENT_OPEN_MAX + 16 + CS_VARINT_BYTES_MAX * (2 + CS_LINKS_MAX) };

/* A count of inputs and a digest over them, so that two ways to the same state can be compared. */
struct cs_inputs {
	uint64_t n;
	uint64_t digest;
};

/* cs_inputs_start, _gap, _event, _tick, _tell, _list and _finish count one input. */
void cs_inputs_start(struct cs_inputs *inputs, unsigned link, uint64_t time_ns);
void cs_inputs_gap(struct cs_inputs *inputs, unsigned link, enum cs_direction dir, const struct cs_gap *gap);
void cs_inputs_event(struct cs_inputs *inputs, const struct cs_event *event);
void cs_inputs_tick(struct cs_inputs *inputs, const struct cs_tick *tick, unsigned link_n);
void cs_inputs_tell(struct cs_inputs *inputs, const struct cs_finding *finding);
void cs_inputs_list(struct cs_inputs *inputs, const struct cs_listing *listing);
void cs_inputs_finish(struct cs_inputs *inputs);

/* cs_input_put_tick, _start, _gap and _tell write the open part of a record at AT and give the place behind it. TELL writes
 * the message it is about, if any, too, its card to *SEALED. */
uint8_t *cs_input_put_tick(uint8_t *at, const struct cs_tick *tick, unsigned link_n, uint64_t base_ns);
uint8_t *cs_input_put_start(uint8_t *at, unsigned link, uint64_t time_ns, uint64_t base_ns);
uint8_t *cs_input_put_gap(uint8_t *at, unsigned link, enum cs_direction dir, const struct cs_gap *gap);
struct cs_event_room cs_input_put_tell(struct cs_event_room room, const struct cs_finding *finding, uint64_t base_ns);

/* cs_input_put_list writes a row (LIST; its key and what it says to what is sealed) or an end (LISTED). */
struct cs_event_room cs_input_put_list(struct cs_event_room room, const struct cs_listing *listing);

/* What a record tells, read back. */
struct cs_input {
	bool ticked; /* TICK, or EVENT that had one before it */
	struct cs_tick tick;
	unsigned link;
	uint64_t time_ns; /* START */
	enum cs_direction dir;
	struct cs_gap gap;
	struct cs_event event;     /* EVENT, TELL */
	struct cs_listing listing; /* LIST, LISTED */
	struct cs_finding finding;
	char expectation[64];
};

/* cs_input_read reads RECORD, an input that is no POLICY, of a policy of LINK_N links. False when it is not whole. */
bool cs_input_read(const struct cs_record *record, unsigned link_n, struct cs_input *out);

#endif

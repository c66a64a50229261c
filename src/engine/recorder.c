/*
 * A tick that nothing followed yet waits: it goes into the record of the event behind it, or into one of its own when a
 * finding or another input comes first. So a message costs one record.
 */
#include "engine/recorder.h"

#include "decode/scrub.h"
#include "engine/batch.h"

/* An event is told as much later than it was decoded as a batch holds, each with a tick. */
enum { RAW_AHEAD = 2 * CS_BATCH_EVENTS };

static bool
passes(struct cs_recorder *recorder)
{
	if (recorder->told.n > recorder->known.n)
		return true;
	if (recorder->told.n == recorder->known.n && recorder->told.digest != recorder->known.digest)
		recorder->differs = true;
	return false;
}

static void
put_tick(struct cs_recorder *recorder)
{
	if (!recorder->tick_waits)
		return;
	recorder->tick_waits = false;
	struct cs_journal_room room = cs_journal_room(recorder->journal, recorder->tick.now_ns);
	uint8_t *end = cs_input_put_tick(room.open, &recorder->tick, recorder->names.policy->link_n, room.base_ns);
	cs_journal_add(recorder->journal, CS_RECORD_TICK, (size_t)(end - room.open), 0);
}

static bool
take_start(void *context, unsigned link, uint64_t time_ns)
{
	struct cs_recorder *recorder = context;
	cs_inputs_start(&recorder->told, link, time_ns);
	if (!passes(recorder))
		return false;
	put_tick(recorder);
	struct cs_journal_room room = cs_journal_room(recorder->journal, time_ns);
	uint8_t *end = cs_input_put_start(room.open, link, time_ns, room.base_ns);
	cs_journal_add(recorder->journal, CS_RECORD_START, (size_t)(end - room.open), 0);
	return true;
}

static bool
take_gap(void *context, unsigned link, enum cs_direction dir, const struct cs_gap *gap)
{
	struct cs_recorder *recorder = context;
	cs_inputs_gap(&recorder->told, link, dir, gap);
	if (!passes(recorder))
		return false;
	put_tick(recorder);
	struct cs_journal_room room = cs_journal_room(recorder->journal, gap->to_ns);
	uint8_t *end = cs_input_put_gap(room.open, link, dir, gap);
	cs_journal_add(recorder->journal, CS_RECORD_GAP, (size_t)(end - room.open), 0);
	return true;
}

static bool
take_event(void *context, const struct cs_event *event)
{
	struct cs_recorder *recorder = context;
	cs_inputs_event(&recorder->told, event);
	if (!passes(recorder))
		return false;
	struct cs_journal_room room = cs_journal_room(recorder->journal, event->origin.time_ns);
	uint8_t *at = room.open;
	*at++ = recorder->tick_waits;
	if (recorder->tick_waits)
		at = cs_input_put_tick(at, &recorder->tick, recorder->names.policy->link_n, room.base_ns);
	recorder->tick_waits = false;
	cs_journal_add_event(recorder->journal, event, (size_t)(at - room.open));
	return true;
}

static bool
take_tick(void *context, const struct cs_tick *tick)
{
	struct cs_recorder *recorder = context;
	unsigned link_n = recorder->names.policy->link_n;
	cs_inputs_tick(&recorder->told, tick, link_n);
	if (!passes(recorder))
		return false;
	put_tick(recorder);
	recorder->tick_waits = true;
	recorder->last_ns = tick->now_ns;
	recorder->tick.now_ns = tick->now_ns;
	memcpy(recorder->tick.settled_ns, tick->settled_ns, link_n * sizeof tick->settled_ns[0]);
	return true;
}

static bool
take_tell(void *context, const struct cs_finding *finding)
{
	struct cs_recorder *recorder = context;
	cs_inputs_tell(&recorder->told, finding);
	if (!passes(recorder))
		return false;
	put_tick(recorder);
	struct cs_journal_room room = cs_journal_room(recorder->journal, finding->decided_ns);
	struct cs_event_room end =
		cs_input_put_tell((struct cs_event_room){room.open, room.sealed}, finding, room.base_ns);
	cs_journal_add(recorder->journal, CS_RECORD_TELL, (size_t)(end.open - room.open),
		       (size_t)(end.sealed - room.sealed));
	return true;
}

static bool
take_finish(void *context)
{
	struct cs_recorder *recorder = context;
	cs_inputs_finish(&recorder->told);
	if (!passes(recorder))
		return false;
	put_tick(recorder);
	(void)cs_journal_room(recorder->journal, recorder->last_ns);
	cs_journal_add(recorder->journal, CS_RECORD_FINISH, 0, 0);
	return true;
}

static bool
take_list(void *context, const struct cs_listing *listing)
{
	struct cs_recorder *recorder = context;
	cs_inputs_list(&recorder->told, listing);
	if (!passes(recorder))
		return false;
	put_tick(recorder);
	struct cs_journal_room room = cs_journal_room(recorder->journal, recorder->last_ns);
	struct cs_event_room end = cs_input_put_list((struct cs_event_room){room.open, room.sealed}, listing);
	cs_journal_add(recorder->journal, listing->what == CS_LISTING_ROW ? CS_RECORD_LIST : CS_RECORD_LISTED,
		       (size_t)(end.open - room.open), (size_t)(end.sealed - room.sealed));
	return true;
}

void
cs_recorder_init(struct cs_recorder *recorder)
{
	recorder->told = (struct cs_inputs){0};
	recorder->differs = false;
	recorder->tick_waits = false;
	recorder->scribe = (struct cs_judge_scribe){take_start, take_gap,    take_event, take_tick,
						    take_tell,  take_finish, take_list,  recorder};
}

/* The sources' names: a count, then each with its length. */
static void
put_sources(struct cs_recorder *recorder, uint64_t time_ns)
{
	struct cs_journal_room room = cs_journal_room(recorder->journal, time_ns);
	uint8_t *at = cs_pack_varint(room.open, recorder->names.source_n);
	for (unsigned i = 0; i < recorder->names.source_n; i++) {
		size_t len = strlen(recorder->names.source[i]);
		at = cs_pack_bytes(cs_pack_u16(at, (uint16_t)len), recorder->names.source[i], len);
	}
	cs_journal_add(recorder->journal, CS_RECORD_SOURCES, (size_t)(at - room.open), 0);
}

static void
put_carry(struct cs_recorder *recorder, const struct cs_carry *carry, uint64_t time_ns)
{
	struct cs_journal_room room = cs_journal_room(recorder->journal, time_ns);
	uint8_t *end = cs_carry_put(room.open, carry);
	cs_journal_add(recorder->journal, CS_RECORD_CARRY, (size_t)(end - room.open), 0);
}

bool
cs_recorder_fits(const struct cs_alert_names *names, struct cs_span text)
{
	size_t path_len = strlen(names->policy->path), names_len = 0;
	for (unsigned i = 0; i < names->source_n; i++) {
		size_t len = strlen(names->source[i]);
		names_len += len > UINT16_MAX ? CS_PAGE_RECORD_MAX : len + 2;
	}
	return 2 + path_len + text.len <= CS_PAGE_RECORD_MAX && path_len <= UINT16_MAX &&
	       names_len + 8 <= CS_PAGE_RECORD_MAX;
}

bool
cs_recorder_policy(struct cs_recorder *recorder, struct cs_span text, const struct cs_carry *carry, uint64_t time_ns)
{
	size_t path_len = strlen(recorder->names.policy->path);
	if (!cs_recorder_fits(&recorder->names, text))
		return false;
	put_tick(recorder);
	put_sources(recorder, time_ns);
	/* How its text is to be read must stand before it. */
	const struct cs_carry nothing = {.limits_only = true};
	if (carry || recorder->names.policy->limits_only)
		put_carry(recorder, carry ? carry : &nothing, time_ns);
	struct cs_journal_room room = cs_journal_room(recorder->journal, time_ns);
	uint8_t *at = cs_pack_u16(room.open, (uint16_t)path_len);
	at = cs_pack_bytes(at, recorder->names.policy->path, path_len);
	at = cs_pack_bytes(at, text.at, text.len);
	cs_journal_add(recorder->journal, CS_RECORD_POLICY, (size_t)(at - room.open), 0);
	return true;
}

bool
cs_alert_record_read(struct cs_span open, struct cs_alert_record *out)
{
	struct cs_cursor c = cs_cursor_over(open);
	out->ordinal = cs_unpack_u64(&c);
	(void)cs_unpack_bytes(&c, out->id, sizeof out->id);
	out->severity = cs_cursor_u8(&c);
	out->verdict = cs_cursor_u8(&c);
	return !c.failed && cs_cursor_left(&c) == 0;
}

void
cs_recorder_head(const struct cs_alert_names *names, const struct cs_finding *finding, uint64_t ordinal,
		 uint8_t out[CS_ALERT_RECORD_OPEN_BYTES])
{
	uint8_t *at = cs_pack_u64(out, ordinal);
	cs_alert_id(names, finding, at);
	at += CS_ALERT_ID_BYTES;
	*at++ = (uint8_t)finding->severity;
	*at = (uint8_t)finding->verdict;
}

void
cs_recorder_finding(void *context, const struct cs_finding *finding)
{
	struct cs_recorder *recorder = context;
	put_tick(recorder);
	struct cs_journal_room room = cs_journal_room(recorder->journal, finding->decided_ns);
	cs_recorder_head(&recorder->names, finding, ++recorder->alert_n, room.open);
	struct cs_text line = cs_text_over((char *)room.sealed, CS_ALERT_BYTES);
	cs_alert_put_json(&line, &recorder->names, finding);
	CS_ASSERT(!line.overflowed);
	cs_journal_add(recorder->journal, CS_RECORD_ALERT, CS_ALERT_RECORD_OPEN_BYTES, line.len);
	if (recorder->next.finding)
		recorder->next.finding(recorder->next.context, finding);
}

bool
cs_recorder_is_far_behind(const struct cs_recorder *recorder)
{
	return recorder->told.n + RAW_AHEAD < recorder->known.n;
}

void
cs_recorder_raw(void *context, const struct cs_iso *iso, const struct cs_event *event)
{
	struct cs_recorder *recorder = context;
	if (cs_recorder_is_far_behind(recorder) || iso->len > CS_PAGE_RECORD_MAX)
		return;
	struct cs_journal_room room = cs_journal_room(recorder->journal, event->origin.time_ns);
	uint8_t *at = cs_pack_u64(room.open, event->message_hash);
	at = cs_pack_varint(at, event->link);
	at = cs_pack_signed(at, (int64_t)(event->origin.time_ns - room.base_ns));
	cs_scrub(iso, room.sealed);
	cs_journal_add(recorder->journal, CS_RECORD_RAW, (size_t)(at - room.open), iso->len);
}

void
cs_recorder_rest(struct cs_recorder *recorder)
{
	put_tick(recorder);
}

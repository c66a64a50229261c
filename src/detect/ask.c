/*
 * Asking ahead: for the keys of the events to come, the line of the index, the record it names, the log that this one
 * names, each some time after the one before.
 *
 * The index is asked for when an event is known, its records when the event before it has its turn at the latest, its logs
 * when it has its own: late, so that nothing is pushed out of the caches again. An event that was not known before its turn
 * is asked for as a whole then. None of this is state: what is asked for changes nothing.
 *
 * To ask for a page that the processor knows no address of takes a walk through page tables, which asking waits for. Walks
 * overlap only when little lies between them: so places in the index, and records, are asked for in bursts, those of several
 * events one right behind the other.
 */
#include "detect/behave_parts.h"

enum {
	INDEX_BURST = 48,  /* keys, as long as there is time to wait for so many */
	RECORD_BURST = 48, /* keys, if so many are known */
};

static uint64_t
name_of(const struct cs_event *event)
{
	return event->message_hash ^ event->origin.time_ns;
}

static void
push(struct cs_ahead *ahead, const struct cs_work *work, const struct cs_event *event)
{
	for (unsigned i = 0; i < work->profile_n; i++) {
		const struct cs_profile_clause *clause = &work->clause[i];
		struct cs_key key;
		if (!(clause->of.kinds[event->link] >> event->kind & 1) || !cs_feed_key(&clause->by, event, &key))
			continue;
		ahead->key[ahead->key_n++ % CS_AHEAD_KEYS] = (struct cs_asked){&work->plan.profile[i], key, 0};
	}
}

static void
ask_indexes(struct cs_ahead *ahead)
{
	for (; ahead->index_n < ahead->key_n; ahead->index_n++) {
		const struct cs_asked *asked = &ahead->key[ahead->index_n % CS_AHEAD_KEYS];
		cs_profile_prepare(asked->profile, asked->key.hash);
	}
}

void
cs_ask_event(struct cs_behave *behave, const struct cs_event *event)
{
	struct cs_ahead *ahead = &behave->ahead;
	const unsigned most = behave->limits.profile_n + behave->rules.profile_n;
	if (ahead->event_n - ahead->done_n == CS_AHEAD_EVENTS || ahead->key_n + most > ahead->log_n + CS_AHEAD_KEYS)
		return;
	push(ahead, &behave->limits, event);
	if (!behave->counts.limits_only)
		push(ahead, &behave->rules, event);
	ahead->event[ahead->event_n++ % CS_AHEAD_EVENTS] = (struct cs_ahead_event){name_of(event), ahead->key_n};
	if (ahead->key_n - ahead->index_n >= INDEX_BURST)
		ask_indexes(ahead);
}

/* Records up to that of key END: where they are first, and then nothing but asking. */
static void
ask_records(struct cs_ahead *ahead, uint64_t end)
{
	for (uint64_t nth = ahead->record_n; nth < end; nth++) {
		struct cs_asked *asked = &ahead->key[nth % CS_AHEAD_KEYS];
		asked->guess = cs_profile_guess(asked->profile, asked->key.hash);
	}
	for (; ahead->record_n < end; ahead->record_n++) {
		const struct cs_asked *asked = &ahead->key[ahead->record_n % CS_AHEAD_KEYS];
		cs_profile_prepare_record(asked->profile, asked->guess);
	}
}

static void
ask_log(struct cs_ahead *ahead)
{
	const struct cs_asked *asked = &ahead->key[ahead->log_n++ % CS_AHEAD_KEYS];
	cs_profile_prepare_guessed(asked->profile, asked->guess);
}

/* Keys up to the end of event NTH, or of the last one known. */
static uint64_t
end_of(const struct cs_ahead *ahead, uint64_t nth)
{
	uint64_t last = nth < ahead->event_n ? nth : ahead->event_n - 1;
	return ahead->event[last % CS_AHEAD_EVENTS].end;
}

/* The end of a burst that goes up to event NTH at least. */
static uint64_t
burst_of(const struct cs_ahead *ahead, uint64_t nth)
{
	uint64_t end = end_of(ahead, nth);
	while (nth + 1 < ahead->event_n && end < ahead->record_n + RECORD_BURST)
		end = end_of(ahead, ++nth);
	return end;
}

void
cs_ask_begin(struct cs_behave *behave, const struct cs_event *event)
{
	struct cs_ahead *ahead = &behave->ahead;
	const uint64_t name = name_of(event);
	uint64_t nth = ahead->done_n;
	while (nth < ahead->event_n && ahead->event[nth % CS_AHEAD_EVENTS].name != name)
		nth++;
	if (nth == ahead->event_n) {
		ahead->done_n = ahead->event_n;
		ahead->index_n = ahead->record_n = ahead->log_n = ahead->key_n;
		cs_ask_event(behave, event);
	}
	ahead->done_n = nth + 1;
	ask_indexes(ahead);
	if (ahead->record_n < end_of(ahead, nth + 1))
		ask_records(ahead, burst_of(ahead, nth + 1));
	while (ahead->log_n < end_of(ahead, nth))
		ask_log(ahead);
	ahead->fed_n = nth > 0 ? end_of(ahead, nth - 1) : 0;
}

const struct cs_asked *
cs_ask_key(struct cs_ahead *ahead, const struct cs_profile *profile)
{
	for (uint64_t nth = ahead->fed_n; nth < ahead->log_n; nth++) {
		const struct cs_asked *asked = &ahead->key[nth % CS_AHEAD_KEYS];
		if (asked->profile != profile)
			continue;
		ahead->fed_n = nth + 1;
		return asked;
	}
	return NULL;
}

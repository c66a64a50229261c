/*
 * What profiles are told of an event: whether they take it, at which key, which filters it holds, and its values.
 *
 * An event that lacks a value holds no filter of the aggregates that want it: to them it did not happen. A profile that
 * does not take the event, or comes by it too late, still answers for its key where it can; nothing is changed then.
 */
#include "detect/behave_parts.h"

#include "base/hash.h"

/* Keys of one sort are told apart by their fields; a table holds keys of one sort only. */
static const uint64_t key_seed = UINT64_C(0x70726f66696c6573);

int64_t
cs_feed_code(const struct cs_short *text)
{
	uint64_t half[2];
	memcpy(half, text->at, sizeof half);
	if (!half[1])
		return (int64_t)half[0];
	uint64_t hash =
		cs_hash_bytes((struct cs_span){(const uint8_t *)text->at, sizeof text->at}, 1) & ~UINT64_C(0xff);
	return (int64_t)(hash ? hash : 0x100);
}

bool
cs_feed_decode(int64_t code, struct cs_short *text)
{
	uint64_t half[2] = {(uint64_t)code, 0};
	if (code && !(half[0] & 0xff))
		return false;
	memcpy(text->at, half, sizeof half);
	return true;
}

/* What tells one value of FIELD from another, in 16 bytes. In words: bytes put down one by one and read as words must be
 * waited for. */
static inline bool
identify(const struct cs_event *event, enum cs_field field, uint64_t identity[2])
{
	if (field < CS_TEXT_FIELD_N) {
		memcpy(identity, event->text[field].at, CS_SHORT_BYTES);
		return cs_event_has(event, field);
	}
	if (field == CS_FIELD_CARD) {
		identity[0] = event->card.token.half[0];
		identity[1] = event->card.token.half[1];
		return event->flags & CS_FLAG_CARD;
	}
	if (field >= CS_MONEY_FIELD_FIRST && field <= CS_FIELD_LAST_MONEY) {
		struct cs_money money = cs_event_money(event, field);
		identity[0] = (uint64_t)cs_money_minor(money);
		identity[1] = cs_money_currency(money);
		return cs_event_has(event, field);
	}
	struct cs_short text;
	if (!cs_load_text(event, field, &text))
		return false;
	memcpy(identity, text.at, sizeof text.at);
	return true;
}

void
cs_feed_join(const uint64_t each[4], uint64_t identity[2])
{
	const struct cs_span both = {(const uint8_t *)each, 4 * sizeof each[0]};
	identity[0] = cs_hash_bytes(both, 1);
	identity[1] = cs_hash_bytes(both, 2);
}

/* What tells one key of a profile kept BY these fields from another; false when a field is missing. */
static inline bool
identify_key(const struct cs_key_clause *by, const struct cs_event *event, uint64_t identity[2])
{
	uint64_t each[4] = {0};
	CS_ASSERT(by->n <= 2);
	if (by->record && event->kind != CS_KIND_RECORD)
		return false;
	if (by->n == 1) /* the most frequent */
		return identify(event, (enum cs_field)by->field[0], identity);
	for (unsigned i = 0; i < by->n; i++)
		if (!identify(event, (enum cs_field)by->field[i], &each[2 * i]))
			return false;
	if (by->n == 2)
		cs_feed_join(each, identity);
	else
		memcpy(identity, each, 2 * sizeof each[0]);
	return true;
}

bool
cs_feed_key(const struct cs_key_clause *by, const struct cs_event *event, struct cs_key *key)
{
	uint64_t identity[2];
	if (!identify_key(by, event, identity))
		return false;
	*key = cs_key_of(identity, key_seed);
	return true;
}

/* The key of the event at hand in profile NTH, and in *GUESS where it may be. What was asked for ahead may have been for
 * another event: only the identity says that its hash is this one's. */
static bool
key_at_hand(struct cs_work *work, unsigned nth, struct cs_key *key, uint32_t *guess)
{
	uint64_t identity[2];
	*guess = 0;
	if (!identify_key(&work->clause[nth].by, work->event, identity))
		return false;
	const struct cs_asked *asked = cs_ask_key(work->ahead, &work->plan.profile[nth]);
	if (!asked || asked->key.identity[0] != identity[0] || asked->key.identity[1] != identity[1]) {
		*key = cs_key_of(identity, key_seed);
		return true;
	}
	*key = asked->key;
	*guess = asked->guess;
	return true;
}

bool
cs_feed_takes(const struct cs_of *of, const struct cs_event *event)
{
	if (!(of->kinds[event->link] >> event->kind & 1))
		return false;
	const struct cs_condition *where = of->where[event->link];
	return !where || cs_condition_holds(where, event) == CS_TRUE;
}

static bool
value_of(struct cs_work *work, const struct cs_source *source, int64_t *value)
{
	const struct cs_event *event = work->event;
	struct cs_short text;
	if (source->record && event->kind != CS_KIND_RECORD)
		return false;
	if (source->coding == CS_CODING_MONEY)
		return cs_load_money(work, (enum cs_field)source->field, source->currency, value);
	if (!cs_load_text(event, (enum cs_field)source->field, &text))
		return false;
	if (source->coding == CS_CODING_DIGITS)
		return cs_load_digits(&text, value);
	*value = cs_feed_code(&text);
	return true;
}

static void
read_sources(struct cs_work *work)
{
	work->source_known = 0;
	for (unsigned i = 0; i < work->plan.source_n; i++) {
		work->source[i] = 0;
		if (value_of(work, &work->plan.source[i], &work->source[i]))
			work->source_known |= UINT64_C(1) << i;
	}
}

static void
try_ways(struct cs_work *work)
{
	work->ways_open = 0;
	for (unsigned i = 0; i < work->plan.way_n; i++)
		work->ways_open |= (uint64_t)(cs_eval_gate(work, &work->plan.way[i]) == CS_TRUE) << i;
}

/* Which filters hold is chance; so there are few branches. */
static uint32_t
mask_of(struct cs_work *work, const struct cs_feed *feed)
{
	const uint64_t unknown = ~work->source_known, closed = ~work->ways_open;
	uint32_t mask = 0;
	for (unsigned i = 0; i < feed->filter_n; i++) {
		const struct cs_filter *filter = &feed->filter[i];
		bool holds = !((filter->needs_source & unknown) | (filter->needs_way & closed));
		if (filter->way == CS_FILTER_WAYS)
			holds = holds && cs_eval_gate(work, &filter->gate) == CS_TRUE;
		mask |= (uint32_t)holds << i;
	}
	return mask;
}

/* Somebody asks for the answers of profile NTH. */
static bool
is_wanted(const struct cs_work *work, unsigned nth)
{
	const struct cs_rule_bits *bits = &work->plan.bits;
	return work->wanted && (work->whole || cs_work_asks(work, &bits->profiler[(size_t)nth * bits->words]));
}

static bool
feed_one(struct cs_work *work, unsigned nth)
{
	const struct cs_profile_clause *clause = &work->clause[nth];
	struct cs_profile_value *values = is_wanted(work, nth) ? &work->value[clause->first] : NULL;
	const uint64_t time_ns = work->event->origin.time_ns;
	struct cs_key key;
	uint32_t guess;
	if (!key_at_hand(work, nth, &key, &guess))
		return false;
	if (!cs_feed_takes(&clause->of, work->event))
		return values && cs_profile_read(&work->plan.profile[nth], &key, time_ns, values);
	const struct cs_feed *feed = &work->plan.feed[nth];
	struct cs_profile_event told = {.time_ns = time_ns, .mask = mask_of(work, feed), .guess = guess};
	for (unsigned i = 0; i < feed->slot_n; i++)
		told.value[i] = work->source[feed->slot[i]];
	return cs_profile_update(&work->plan.profile[nth], &key, &told, values);
}

void
cs_feed_event(struct cs_work *work)
{
	read_sources(work);
	try_ways(work);
	for (unsigned i = 0; i < work->profile_n; i++) {
		const struct cs_profile_clause *clause = &work->clause[i];
		work->answered[i] = feed_one(work, i);
		if (!work->answered[i])
			memset(&work->value[clause->first], 0, clause->aggregate_n * sizeof work->value[0]);
	}
}

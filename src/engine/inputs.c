/*
 * Inputs as bytes. The digest takes what makes an input this one and no other; it is no defence against forgery, which is
 * the journal's own affair.
 */
#include "engine/inputs.h"

#include "base/hash.h"

static void
count(struct cs_inputs *inputs, enum cs_record_kind kind, uint64_t a, uint64_t b)
{
	inputs->n++;
	inputs->digest = cs_hash_mix(cs_hash_mix(inputs->digest, a ^ (uint64_t)kind << 56), b);
}

void
cs_inputs_start(struct cs_inputs *inputs, unsigned link, uint64_t time_ns)
{
	count(inputs, CS_RECORD_START, link, time_ns);
}

void
cs_inputs_gap(struct cs_inputs *inputs, unsigned link, enum cs_direction dir, const struct cs_gap *gap)
{
	count(inputs, CS_RECORD_GAP, gap->from_ns ^ (uint64_t)link << 40, gap->to_ns ^ (uint64_t)dir << 62);
	inputs->digest = cs_hash_mix(inputs->digest, gap->len);
}

void
cs_inputs_event(struct cs_inputs *inputs, const struct cs_event *event)
{
	count(inputs, CS_RECORD_EVENT, event->message_hash ^ event->card.token.half[0],
	      event->origin.time_ns ^ event->origin.packet << 20);
}

void
cs_inputs_tick(struct cs_inputs *inputs, const struct cs_tick *tick, unsigned link_n)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < link_n; i++)
		sum = (sum << 7 | sum >> 57) + tick->settled_ns[i];
	count(inputs, CS_RECORD_TICK, tick->now_ns, sum);
}

void
cs_inputs_tell(struct cs_inputs *inputs, const struct cs_finding *finding)
{
	count(inputs, CS_RECORD_TELL, (uint64_t)finding->reason << 32 | finding->link, finding->decided_ns);
}

void
cs_inputs_list(struct cs_inputs *inputs, const struct cs_listing *listing)
{
	uint64_t place = (uint64_t)(uint32_t)listing->latitude << 32 | (uint32_t)listing->longitude;
	count(inputs, listing->what == CS_LISTING_ROW ? CS_RECORD_LIST : CS_RECORD_LISTED,
	      listing->key[0] ^ listing->table ^ (uint64_t)listing->what << 8, listing->key[1] ^ listing->until_ns);
	inputs->digest = cs_hash_mix(cs_hash_mix(inputs->digest, place), listing->digest);
	inputs->digest = cs_hash_bytes(cs_span_text(listing->because), inputs->digest);
}

void
cs_inputs_finish(struct cs_inputs *inputs)
{
	count(inputs, CS_RECORD_FINISH, 0, 0);
}

static uint8_t *
put_time(uint8_t *at, uint64_t time_ns, uint64_t base_ns)
{
	return cs_pack_signed(at, (int64_t)(time_ns - base_ns));
}

static uint64_t
get_time(struct cs_cursor *c, uint64_t base_ns)
{
	return base_ns + (uint64_t)cs_unpack_signed(c);
}

uint8_t *
cs_input_put_tick(uint8_t *at, const struct cs_tick *tick, unsigned link_n, uint64_t base_ns)
{
	uint32_t mask = 0;
	for (unsigned i = 0; i < link_n; i++)
		mask |= tick->settled_ns[i] ? UINT32_C(1) << i : 0;
	at = put_time(at, tick->now_ns, base_ns);
	at = cs_pack_varint(at, mask);
	for (; mask; mask &= mask - 1)
		at = put_time(at, tick->settled_ns[__builtin_ctz(mask)], base_ns);
	return at;
}

static void
get_tick(struct cs_cursor *c, unsigned link_n, uint64_t base_ns, struct cs_tick *out)
{
	memset(out, 0, sizeof *out);
	out->now_ns = get_time(c, base_ns);
	uint64_t mask = cs_unpack_varint(c);
	c->failed = c->failed || mask >> link_n;
	for (; mask && !c->failed; mask &= mask - 1)
		out->settled_ns[__builtin_ctzll(mask)] = get_time(c, base_ns);
}

uint8_t *
cs_input_put_start(uint8_t *at, unsigned link, uint64_t time_ns, uint64_t base_ns)
{
	return put_time(cs_pack_varint(at, link), time_ns, base_ns);
}

/* A gap may reach from long ago: its times stand as they are. */
uint8_t *
cs_input_put_gap(uint8_t *at, unsigned link, enum cs_direction dir, const struct cs_gap *gap)
{
	at = cs_pack_varint(at, link);
	*at++ = (uint8_t)dir;
	at = cs_pack_u64(cs_pack_u64(at, gap->from_ns), gap->to_ns);
	return cs_pack_varint(at, gap->len);
}

static uint8_t *
put_words(uint8_t *at, const char *words, size_t most)
{
	size_t len = words ? strnlen(words, most) : 0;
	return cs_pack_bytes(cs_pack_u16(at, (uint16_t)len), words ? words : "", len);
}

struct cs_event_room
cs_input_put_tell(struct cs_event_room room, const struct cs_finding *finding, uint64_t base_ns)
{
	const struct cs_event *event = finding->evidence_n ? finding->evidence[0].event : NULL;
	uint8_t *at = cs_pack_varint(room.open, finding->link);
	at = cs_pack_u16(at, (uint16_t)finding->reason);
	*at++ = (uint8_t)finding->severity;
	*at++ = (uint8_t)finding->verdict;
	at = put_time(at, finding->decided_ns, base_ns);
	at = cs_pack_varint(at, finding->coverage.lost_bytes);
	at = put_words(at, finding->expectation, sizeof((struct cs_input *)NULL)->expectation - 1);
	at = put_words(at, finding->detail, CS_DETAIL_BYTES - 1);
	*at++ = event != NULL;
	room.open = at;
	return event ? cs_event_pack(event, base_ns, room) : room;
}

struct cs_event_room
cs_input_put_list(struct cs_event_room room, const struct cs_listing *listing)
{
	room.open = cs_pack_varint(room.open, listing->table);
	if (listing->what != CS_LISTING_ROW) {
		*room.open++ = listing->what == CS_LISTING_END;
		room.open = cs_pack_u64(room.open, listing->digest);
		return room;
	}
	room.open = cs_pack_u64(room.open, listing->until_ns);
	room.sealed = cs_pack_bytes(room.sealed, listing->key, sizeof listing->key);
	if (listing->table < CS_LISTS_MAX) {
		room.sealed = put_words(room.sealed, listing->because, CS_BECAUSE_BYTES - 1);
		return room;
	}
	room.sealed = cs_pack_signed(room.sealed, listing->latitude);
	room.sealed = cs_pack_signed(room.sealed, listing->longitude);
	return room;
}

static bool
get_words(struct cs_cursor *c, char *out, size_t cap)
{
	size_t len = cs_unpack_u16(c);
	if (len >= cap)
		return false;
	out[len] = '\0';
	return cs_unpack_bytes(c, out, len);
}

static bool
get_tell(struct cs_cursor *c, const struct cs_record *record, struct cs_input *out)
{
	struct cs_finding *finding = &out->finding;
	memset(finding, 0, sizeof *finding);
	finding->link = (uint16_t)out->link;
	finding->reason = (enum cs_reason)cs_unpack_u16(c);
	finding->severity = (enum cs_severity)cs_cursor_u8(c);
	finding->verdict = (enum cs_verdict)cs_cursor_u8(c);
	finding->decided_ns = get_time(c, record->base_ns);
	finding->coverage.lost_bytes = cs_unpack_varint(c);
	if (!get_words(c, out->expectation, sizeof out->expectation) ||
	    !get_words(c, finding->detail, sizeof finding->detail))
		return false;
	finding->expectation = out->expectation;
	finding->evidence_n = cs_cursor_u8(c);
	finding->evidence[0] = (struct cs_evidence){CS_ROLE_CLAIM, &out->event};
	bool known = finding->reason < CS_REASON_N && finding->severity < CS_SEVERITY_N &&
		     finding->verdict < CS_VERDICT_N && finding->evidence_n <= 1;
	if (!known || c->failed)
		return false;
	return finding->evidence_n ? cs_event_unpack(c, record->sealed, record->base_ns, &out->event) : true;
}

static bool
get_event(struct cs_cursor *c, const struct cs_record *record, unsigned link_n, struct cs_input *out)
{
	uint8_t ticked = cs_cursor_u8(c);
	out->ticked = ticked == 1;
	if (out->ticked)
		get_tick(c, link_n, record->base_ns, &out->tick);
	return ticked <= 1 && cs_event_unpack(c, record->sealed, record->base_ns, &out->event) &&
	       out->event.link < link_n;
}

static bool
get_row(struct cs_span sealed, struct cs_listing *out)
{
	struct cs_cursor c = cs_cursor_over(sealed);
	if (!cs_unpack_bytes(&c, out->key, sizeof out->key))
		return false;
	if (out->table < CS_LISTS_MAX)
		return get_words(&c, out->because, sizeof out->because) && cs_cursor_left(&c) == 0;
	int64_t latitude = cs_unpack_signed(&c), longitude = cs_unpack_signed(&c);
	out->latitude = (int32_t)latitude;
	out->longitude = (int32_t)longitude;
	return !c.failed && cs_cursor_left(&c) == 0 && out->latitude == latitude && out->longitude == longitude;
}

static bool
get_list(struct cs_cursor *c, const struct cs_record *record, struct cs_listing *out)
{
	uint64_t table = cs_unpack_varint(c);
	memset(out, 0, sizeof *out);
	if (table >= CS_TABLES_MAX)
		return false;
	out->table = (uint8_t)table;
	if (record->kind == CS_RECORD_LIST) {
		out->what = CS_LISTING_ROW;
		out->until_ns = cs_unpack_u64(c);
		return get_row(record->sealed, out);
	}
	uint8_t whole = cs_cursor_u8(c);
	out->what = whole ? CS_LISTING_END : CS_LISTING_GIVEN_UP;
	out->digest = cs_unpack_u64(c);
	return whole <= 1 && !record->sealed.len;
}

bool
cs_input_read(const struct cs_record *record, unsigned link_n, struct cs_input *out)
{
	struct cs_cursor c = cs_cursor_over(record->open);
	bool good = !record->hidden;
	out->ticked = false;
	if (record->kind == CS_RECORD_START || record->kind == CS_RECORD_GAP || record->kind == CS_RECORD_TELL) {
		uint64_t link = cs_unpack_varint(&c);
		good = good && link < link_n;
		out->link = (unsigned)link;
	}
	if (!good)
		return false;
	switch (record->kind) {
	case CS_RECORD_START:
		out->time_ns = get_time(&c, record->base_ns);
		break;
	case CS_RECORD_EVENT:
		good = get_event(&c, record, link_n, out);
		break;
	case CS_RECORD_TICK:
		out->ticked = true;
		get_tick(&c, link_n, record->base_ns, &out->tick);
		break;
	case CS_RECORD_GAP:
		out->dir = (enum cs_direction)cs_cursor_u8(&c);
		out->gap.from_ns = cs_unpack_u64(&c);
		out->gap.to_ns = cs_unpack_u64(&c);
		out->gap.len = cs_unpack_varint(&c);
		good = out->dir < CS_DIR_N;
		break;
	case CS_RECORD_TELL:
		good = get_tell(&c, record, out);
		break;
	case CS_RECORD_LIST:
	case CS_RECORD_LISTED:
		good = get_list(&c, record, &out->listing);
		break;
	case CS_RECORD_FINISH:
		break;
	default:
		return false;
	}
	return good && cs_cursor_left(&c) == 0 && !c.failed;
}

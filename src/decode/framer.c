/*
 * The framer: one direction of a connection, cut into messages, with every byte accounted for.
 *
 * Three states. In order: the border is known; a message whole in the bytes fed is lent in place, one that
 * straddles is gathered in one bounded buffer. Skipping: a gap went through a frame of known length, whose rest
 * is thrown away, so that a hole costs one message. Searching: the border is not known (framer_search.c).
 *
 * Invariant, asserted after every call: framed + skipped + lost + held = fed + declared lost.
 * Whether a framed message makes sense is the decoder's business; four in a row without an MTI, on a direction that
 * has shown some, mean that the border was lost unseen. Input is read through explicit bounds checks: this is the
 * hot path, and every read stands behind a comparison with the length at hand.
 */
#include "decode/framer_parts.h"

#include <stdlib.h>

static size_t
bitmap_bytes(const struct cs_dialect *dialect)
{
	return dialect->bitmap_encoding == CS_ENC_HEX || dialect->bitmap_encoding == CS_ENC_EBCDIC_HEX ? 16 : 8;
}

size_t
cs_framer_bytes(void)
{
	return sizeof(struct cs_framer);
}

void
cs_framer_renew(struct cs_framer *framer, struct cs_iso_plans *plans)
{
	const struct cs_dialect *dialect = cs_iso_plans_dialect(plans);
	framer->plans = plans;
	framer->dialect = dialect;
	framer->mti_at = (size_t)framer->framing->head_bytes + dialect->header_len;
	framer->print_bytes = dialect->header_len + cs_framer_mti_bytes(dialect) + bitmap_bytes(dialect);
}

struct cs_framer *
cs_framer_new(const struct cs_framing *framing, struct cs_iso_plans *plans, bool known_start, cs_framer_sink *sink,
	      void *context)
{
	CS_ASSERT(framing && plans && sink);
	struct cs_framer *framer = calloc(1, sizeof *framer);
	if (!framer)
		return NULL;
	framer->framing = framing;
	framer->sink = sink;
	framer->context = context;
	cs_framer_renew(framer, plans);
	framer->state = known_start ? CS_FRAMER_IN_ORDER : CS_FRAMER_SEARCHING;
	return framer;
}

void
cs_framer_free(struct cs_framer *framer)
{
	free(framer);
}

const struct cs_framer_counts *
cs_framer_counts_of(const struct cs_framer *framer)
{
	return &framer->counts;
}

size_t
cs_framer_held_bytes(const struct cs_framer *framer)
{
	return framer->held_len;
}

uint64_t
cs_framer_held_since(const struct cs_framer *framer)
{
	if (!framer->held_len)
		return 0;
	return framer->state == CS_FRAMER_SEARCHING ? framer->marks[0].origin.time_ns : framer->first.time_ns;
}

static void
check_counts(const struct cs_framer *framer)
{
	const struct cs_framer_counts *counts = &framer->counts;
	CS_ASSERT(counts->framed_bytes + counts->skipped_bytes + counts->lost_bytes + framer->held_len ==
		  framer->in_bytes);
}

static bool
message_fits(const struct cs_framer *framer, struct cs_span message)
{
	size_t at = framer->dialect->header_len;
	return message.len >= at + cs_framer_mti_bytes(framer->dialect) &&
	       cs_framer_mti_fits(framer->dialect, message.at + at);
}

static void
learn(struct cs_framer *framer, struct cs_span message)
{
	uint64_t print = cs_framer_fingerprint(framer, message);
	framer->learnt[print % CS_FRAMER_LEARN_SLOTS] = print;
	framer->learnt_n++;
}

/* Hands out one whole frame. False when the border seems to be lost. */
bool
cs_framer_emit(struct cs_framer *framer, const uint8_t *frame, const struct cs_frame_size *size,
	       const struct cs_origin *origin)
{
	framer->counts.framed_bytes += size->frame_len;
	if (size->message_len == 0) {
		framer->counts.keepalives++;
		return true;
	}
	struct cs_span message = {frame + size->message_at, size->message_len};
	if (size->part_n > 1) {
		cs_framing_join(framer->framing, (struct cs_span){frame, size->frame_len}, framer->joined);
		message.at = framer->joined;
	}
	framer->counts.messages++;
	framer->sink(framer->context, message, origin);
	if (!message_fits(framer, message))
		return framer->learnt_n == 0 || ++framer->strange_n < CS_FRAMER_STRANGE_MAX;
	framer->strange_n = 0;
	if (framer->learnt_n < CS_FRAMER_LEARN_MESSAGES)
		learn(framer, message);
	return true;
}

/* Measures what is held in order and says from how many bytes on it is worth asking again. */
enum cs_error
cs_framer_measure_held(struct cs_framer *framer, size_t at, struct cs_frame_size *size)
{
	struct cs_span rest = {framer->buffer + at, framer->held_len - at};
	enum cs_error error = cs_framing_measure(framer->framing, rest, size);
	if (error == CS_OK && size->frame_len > CS_FRAME_MAX_BYTES)
		return CS_E_FORMAT;
	if (error == CS_OK && size->frame_len > rest.len) {
		framer->need_bytes = size->frame_len;
		return CS_AGAIN;
	}
	if (error == CS_AGAIN)
		framer->need_bytes = size->need;
	return error;
}

static size_t
feed_skip(struct cs_framer *framer, struct cs_span bytes)
{
	size_t n = bytes.len < framer->skip_bytes ? bytes.len : (size_t)framer->skip_bytes;
	framer->counts.skipped_bytes += n;
	framer->skip_bytes -= n;
	if (framer->skip_bytes == 0)
		framer->state = CS_FRAMER_IN_ORDER;
	return n;
}

/* How many of BYTES belong to the frame held, as far as is known. */
static size_t
wanted(const struct cs_framer *framer, struct cs_span bytes)
{
	if (framer->framing->number == CS_FRAMING_ENDED) {
		const uint8_t *end = memchr(bytes.at, framer->framing->trailer, bytes.len);
		size_t n = end ? (size_t)(end - bytes.at) + 1 : bytes.len;
		size_t room = CS_FRAME_MAX_BYTES - framer->held_len;
		return n < room ? n : room;
	}
	size_t missing = framer->need_bytes - framer->held_len;
	return bytes.len < missing ? bytes.len : missing;
}

/* Goes on with the frame held. */
static size_t
feed_held(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin)
{
	size_t n = wanted(framer, bytes);
	memcpy(framer->buffer + framer->held_len, bytes.at, n);
	framer->held_len += n;
	if (framer->held_len < framer->need_bytes)
		return n;
	struct cs_frame_size size = {0};
	enum cs_error error = cs_framer_measure_held(framer, 0, &size);
	if (error == CS_AGAIN)
		return n;
	if (error != CS_OK) {
		cs_framer_search_held(framer);
		return n;
	}
	CS_ASSERT(size.frame_len == framer->held_len);
	struct cs_origin whole = framer->first;
	whole.time_ns = origin->time_ns;
	framer->held_len = 0;
	if (!cs_framer_emit(framer, framer->buffer, &size, &whole))
		cs_framer_search_start(framer);
	return n;
}

/* The common way: frames that lie whole in BYTES are lent where they lie. Returns the bytes used. */
static size_t
feed_in_place(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin)
{
	size_t at = 0;
	while (at < bytes.len) {
		struct cs_span rest = {bytes.at + at, bytes.len - at};
		struct cs_frame_size size = {0};
		enum cs_error error = cs_framing_measure(framer->framing, rest, &size);
		if (error == CS_OK && size.frame_len <= rest.len) {
			/* most often the first: its origin is passed on, not copied */
			struct cs_origin behind;
			const struct cs_origin *mine = origin;
			if (at) {
				behind = cs_framer_origin_behind(origin, at);
				mine = &behind;
			}
			at += size.frame_len;
			if (cs_framer_emit(framer, rest.at, &size, mine))
				continue;
			cs_framer_search_start(framer);
			return at;
		}
		if ((error != CS_OK && error != CS_AGAIN) || size.frame_len > CS_FRAME_MAX_BYTES) {
			cs_framer_search_start(framer);
			return at;
		}
		framer->need_bytes = error == CS_OK ? size.frame_len : size.need;
		framer->first = cs_framer_origin_behind(origin, at);
		memcpy(framer->buffer, rest.at, rest.len);
		framer->held_len = rest.len;
		return bytes.len;
	}
	return at;
}

static size_t
feed_some(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin)
{
	switch (framer->state) {
	case CS_FRAMER_SKIPPING:
		return feed_skip(framer, bytes);
	case CS_FRAMER_SEARCHING:
		return cs_framer_search_feed(framer, bytes, origin);
	case CS_FRAMER_IN_ORDER:
		break;
	}
	if (framer->held_len > 0)
		return feed_held(framer, bytes, origin);
	return feed_in_place(framer, bytes, origin);
}

void
cs_framer_feed(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin)
{
	framer->in_bytes += bytes.len;
	size_t at = bytes.len ? feed_some(framer, bytes, origin) : 0;
	while (at < bytes.len) {
		struct cs_origin here = cs_framer_origin_behind(origin, at);
		at += feed_some(framer, (struct cs_span){bytes.at + at, bytes.len - at}, &here);
	}
	check_counts(framer);
}

/* Bytes of the frame held that are still to come; 0 when its length is not known yet. */
static size_t
frame_left(const struct cs_framer *framer)
{
	struct cs_frame_size size = {0};
	struct cs_span held = {framer->buffer, framer->held_len};
	if (framer->held_len == 0 || cs_framing_measure(framer->framing, held, &size) != CS_OK)
		return 0;
	return size.frame_len - framer->held_len;
}

/* A gap in order: through the frame held, whose rest is skipped, or past what is known. */
static void
gap_in_order(struct cs_framer *framer, uint64_t len)
{
	size_t left = frame_left(framer);
	framer->counts.cut_messages += framer->held_len > 0;
	cs_framer_skip_held(framer, framer->held_len);
	if (len < left) {
		framer->state = CS_FRAMER_SKIPPING;
		framer->skip_bytes = left - len;
		return;
	}
	if (len > left)
		cs_framer_search_start(framer);
}

/* A gap behind the frame being skipped lands nobody knows where. */
static void
gap_skipping(struct cs_framer *framer, uint64_t len)
{
	if (len > framer->skip_bytes) {
		cs_framer_search_start(framer);
		return;
	}
	framer->skip_bytes -= len;
	if (framer->skip_bytes == 0)
		framer->state = CS_FRAMER_IN_ORDER;
}

void
cs_framer_gap(struct cs_framer *framer, uint64_t len)
{
	if (len == 0)
		return;
	framer->in_bytes += len;
	framer->counts.lost_bytes += len;
	switch (framer->state) {
	case CS_FRAMER_SKIPPING:
		gap_skipping(framer, len);
		break;
	case CS_FRAMER_SEARCHING:
		cs_framer_skip_held(framer, framer->held_len);
		cs_framer_search_start(framer);
		break;
	case CS_FRAMER_IN_ORDER:
		gap_in_order(framer, len);
		break;
	}
	check_counts(framer);
}

void
cs_framer_end(struct cs_framer *framer)
{
	framer->counts.cut_messages += framer->state == CS_FRAMER_IN_ORDER && framer->held_len > 0;
	cs_framer_skip_held(framer, framer->held_len);
	framer->skip_bytes = 0;
	check_counts(framer);
}

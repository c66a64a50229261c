/*
 * The framer: one direction of a connection, cut into messages, with every byte accounted for.
 *
 * Three states. In order: the border is known; a message whole in the bytes fed is lent in place, one that
 * straddles is gathered in one bounded buffer. Skipping: a gap went through a frame of known length, whose rest
 * is thrown away, so that a hole costs one message. Searching: the border is not known; bytes are kept until a
 * place proves itself, by two messages in a row that decode and chain, or by one whose header, MTI and bitmap
 * this direction has shown before. Chance agreement of an MTI and a bitmap of 64 bits alone is under 1e-15 a place.
 *
 * Invariant, asserted after every call: framed + skipped + lost + held = fed + declared lost.
 * Whether a framed message makes sense is the decoder's business; four in a row without an MTI, on a direction that
 * has shown some, mean that the border was lost unseen. Input is read through explicit bounds checks: this is the
 * hot path, and every read stands behind a comparison with the length at hand.
 */
#include "base/hash.h"
#include "decode/framing.h"

#include <stdlib.h>

enum {
	BUFFER_BYTES = 2 * CS_FRAME_MAX_BYTES,
	MARKS_MAX = 512,      /* origins kept while searching; more segments than that share the last one's */
	CANDIDATES_MAX = 64,  /* places that may yet prove themselves; when full the oldest is given up */
	LEARN_MESSAGES = 256, /* per direction; after that its MTIs and bitmaps are taken as known */
	LEARN_SLOTS = 64,
	STRANGE_MAX = 4,
	KEEPALIVES_BETWEEN = 8, /* allowed between two messages that prove a place */
};

enum state { IN_ORDER, SKIPPING, SEARCHING };

/* From buffer position AT on, bytes came from ORIGIN (of the byte at AT). */
struct mark {
	size_t at;
	struct cs_origin origin;
};

/* A place in the buffer where a frame may start; asked again when LOOK_AT bytes are there. */
struct candidate {
	size_t at;
	size_t look_at;
};

struct cs_framer {
	const struct cs_framing *framing;
	struct cs_iso_plans *plans;
	const struct cs_dialect *dialect;
	cs_framer_sink *sink;
	void *context;
	struct cs_framer_counts counts;
	uint64_t in_bytes; /* fed and declared lost: the other side of the equation */
	enum state state;
	unsigned strange_n;     /* messages in a row without an MTI */
	unsigned learnt_n;      /* messages learnt from */
	uint64_t skip_bytes;    /* SKIPPING: to the end of the cut frame */
	size_t mti_at;          /* in a frame */
	size_t print_bytes;     /* header, MTI and first bitmap: what is learnt */
	size_t need_bytes;      /* IN_ORDER with something held: worth measuring again from here */
	size_t held_len;        /* in buffer */
	size_t scanned_len;     /* SEARCHING: places before it are candidates or nothing */
	size_t candidate_n;     /* ascending places */
	size_t mark_n;          /* ascending; the first is at 0 when anything is held while searching */
	struct cs_origin first; /* IN_ORDER: of buffer[0] */
	uint64_t learnt[LEARN_SLOTS];
	struct candidate candidates[CANDIDATES_MAX];
	struct mark marks[MARKS_MAX];
	uint8_t buffer[BUFFER_BYTES];
	uint8_t joined[CS_FRAME_MAX_BYTES];
};

static size_t
mti_bytes(const struct cs_dialect *dialect)
{
	return dialect->mti_encoding == CS_ENC_BCD ? 2 : 4;
}

static size_t
bitmap_bytes(const struct cs_dialect *dialect)
{
	return dialect->bitmap_encoding == CS_ENC_HEX || dialect->bitmap_encoding == CS_ENC_EBCDIC_HEX ? 16 : 8;
}

struct cs_framer *
cs_framer_new(const struct cs_framing *framing, struct cs_iso_plans *plans, bool known_start, cs_framer_sink *sink,
	      void *context)
{
	CS_ASSERT(framing && plans && sink);
	struct cs_framer *framer = calloc(1, sizeof *framer);
	if (!framer)
		return NULL;
	const struct cs_dialect *dialect = cs_iso_plans_dialect(plans);
	framer->framing = framing;
	framer->plans = plans;
	framer->dialect = dialect;
	framer->sink = sink;
	framer->context = context;
	framer->mti_at = (size_t)framing->head_bytes + dialect->header_len;
	framer->print_bytes = dialect->header_len + mti_bytes(dialect) + bitmap_bytes(dialect);
	framer->state = known_start ? IN_ORDER : SEARCHING;
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

static void
check_counts(const struct cs_framer *framer)
{
	const struct cs_framer_counts *counts = &framer->counts;
	CS_ASSERT(counts->framed_bytes + counts->skipped_bytes + counts->lost_bytes + framer->held_len ==
		  framer->in_bytes);
}

/* Whether an MTI can stand at AT: version 0-2, class 1-8, any function, origin 0-5 (ISO 8583 4.1). */
static bool
mti_fits(const struct cs_dialect *dialect, const uint8_t *at)
{
	unsigned digits[4];
	if (dialect->mti_encoding == CS_ENC_BCD) {
		for (unsigned i = 0; i < 4; i++)
			digits[i] = i % 2 ? at[i / 2] & 15U : at[i / 2] >> 4;
	} else {
		unsigned zero = dialect->mti_encoding == CS_ENC_EBCDIC ? 0xF0 : '0';
		for (unsigned i = 0; i < 4; i++)
			digits[i] = at[i] - zero;
	}
	return digits[0] <= 2 && digits[1] - 1 < 8 && digits[2] <= 9 && digits[3] <= 5;
}

static bool
message_fits(const struct cs_framer *framer, struct cs_span message)
{
	size_t at = framer->dialect->header_len;
	return message.len >= at + mti_bytes(framer->dialect) && mti_fits(framer->dialect, message.at + at);
}

/* What is learnt of a message; 0 when it is too short to tell. */
static uint64_t
fingerprint(const struct cs_framer *framer, struct cs_span message)
{
	if (message.len < framer->print_bytes)
		return 0;
	return cs_hash_bytes((struct cs_span){message.at, framer->print_bytes}, 1) | 1;
}

static void
learn(struct cs_framer *framer, struct cs_span message)
{
	uint64_t print = fingerprint(framer, message);
	framer->learnt[print % LEARN_SLOTS] = print;
	framer->learnt_n++;
}

static bool
is_learnt(const struct cs_framer *framer, struct cs_span message)
{
	uint64_t print = fingerprint(framer, message);
	return print != 0 && framer->learnt[print % LEARN_SLOTS] == print;
}

/* Hands out one whole frame. False when the border seems to be lost. */
static bool
emit(struct cs_framer *framer, const uint8_t *frame, const struct cs_frame_size *size, const struct cs_origin *origin)
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
		return framer->learnt_n == 0 || ++framer->strange_n < STRANGE_MAX;
	framer->strange_n = 0;
	if (framer->learnt_n < LEARN_MESSAGES)
		learn(framer, message);
	return true;
}

/* The origin N bytes behind ORIGIN, in the same packet. */
static struct cs_origin
origin_behind(const struct cs_origin *origin, size_t n)
{
	struct cs_origin out = *origin;
	out.offset += (uint32_t)n;
	out.file_offset += out.file_offset ? n : 0;
	return out;
}

/* Throws away the first N bytes held and moves everything that points into the buffer. */
static void
drop_held(struct cs_framer *framer, size_t n)
{
	if (n == 0)
		return;
	CS_ASSERT(n <= framer->held_len);
	framer->held_len -= n;
	memmove(framer->buffer, framer->buffer + n, framer->held_len);
	framer->scanned_len -= n < framer->scanned_len ? n : framer->scanned_len;
	size_t kept = 0;
	for (size_t i = 0; i < framer->candidate_n; i++) {
		struct candidate candidate = framer->candidates[i];
		if (candidate.at >= n)
			framer->candidates[kept++] = (struct candidate){candidate.at - n, candidate.look_at - n};
	}
	framer->candidate_n = kept;
	size_t first = 0; /* the last mark at or before N now tells of the first byte */
	while (first + 1 < framer->mark_n && framer->marks[first + 1].at <= n)
		first++;
	kept = 0;
	for (size_t i = first; i < framer->mark_n && framer->held_len > 0; i++) {
		struct mark mark = framer->marks[i];
		if (mark.at < n)
			mark = (struct mark){n, origin_behind(&mark.origin, n - mark.at)};
		framer->marks[kept++] = (struct mark){mark.at - n, mark.origin};
	}
	framer->mark_n = kept;
}

static void
skip_held(struct cs_framer *framer, size_t n)
{
	framer->counts.skipped_bytes += n;
	drop_held(framer, n);
}

static void
start_search(struct cs_framer *framer)
{
	framer->state = SEARCHING;
	framer->scanned_len = 0;
	framer->candidate_n = 0;
	framer->strange_n = 0;
}

/* What a place in the buffer is worth. */
enum worth { NOTHING, WAIT, PROVEN };

struct trial {
	enum worth worth;
	size_t look_at; /* WAIT */
};

static struct trial
wait_for(size_t look_at)
{
	return (struct trial){WAIT, look_at};
}

/* Whether the part of a message that is there may be the beginning of one, or is one. */
static bool
decodes(struct cs_framer *framer, struct cs_span message, bool whole)
{
	struct cs_iso iso;
	struct cs_iso_fault fault;
	enum cs_iso_reason reason = cs_iso_decode(framer->plans, message, &iso, &fault);
	return reason == (whole ? CS_ISO_OK : CS_ISO_TRUNCATED);
}

/* One frame at AT of the buffer: PROVEN when it is whole and decodes; SIZE is then set. */
static struct trial
try_frame(struct cs_framer *framer, size_t at, struct cs_frame_size *size, struct cs_span *message)
{
	struct cs_span rest = {framer->buffer + at, framer->held_len - at};
	enum cs_error error = cs_framing_measure(framer->framing, rest, size);
	if (error == CS_AGAIN)
		return wait_for(at + size->need);
	if (error != CS_OK || size->frame_len > CS_FRAME_MAX_BYTES)
		return (struct trial){.worth = NOTHING};
	if (size->message_len == 0)
		return rest.len < size->frame_len ? wait_for(at + size->frame_len) : (struct trial){.worth = PROVEN};
	bool whole = rest.len >= size->frame_len;
	size_t there = whole ? size->message_len : rest.len - size->message_at;
	*message = (struct cs_span){rest.at + size->message_at, there};
	if (size->part_n > 1 && !whole)
		return wait_for(at + size->frame_len);
	if (size->part_n > 1) {
		cs_framing_join(framer->framing, (struct cs_span){rest.at, size->frame_len}, framer->joined);
		message->at = framer->joined;
	}
	if (!decodes(framer, *message, whole))
		return (struct trial){.worth = NOTHING};
	if (whole)
		return (struct trial){.worth = PROVEN};
	size_t twice = at + 2 * rest.len; /* ask again when there is twice as much, or all of it */
	return wait_for(twice < at + size->frame_len ? twice : at + size->frame_len);
}

/* Whether a border is at AT: cheap tests first, then decoding and chaining. */
static struct trial
try_place(struct cs_framer *framer, size_t at)
{
	size_t mti_end = at + framer->mti_at + mti_bytes(framer->dialect);
	if (framer->held_len < mti_end)
		return wait_for(mti_end);
	if (!mti_fits(framer->dialect, framer->buffer + at + framer->mti_at))
		return (struct trial){.worth = NOTHING};
	struct cs_frame_size size = {0};
	struct cs_span message = {0};
	struct trial trial = try_frame(framer, at, &size, &message);
	if (trial.worth != PROVEN)
		return trial;
	if (size.message_len == 0 || is_learnt(framer, message))
		return (struct trial){.worth = size.message_len ? PROVEN : NOTHING};
	for (unsigned i = 0; i < KEEPALIVES_BETWEEN; i++) {
		at += size.frame_len;
		trial = try_frame(framer, at, &size, &message);
		if (trial.worth != PROVEN || size.message_len > 0)
			return trial;
	}
	return (struct trial){.worth = NOTHING};
}

/* The origin of the byte at AT of the buffer, as searching knows it. */
static struct cs_origin
origin_at(const struct cs_framer *framer, size_t at)
{
	size_t i = framer->mark_n;
	while (i > 1 && framer->marks[i - 1].at > at)
		i--;
	CS_ASSERT(i > 0);
	const struct mark *mark = &framer->marks[i - 1];
	return origin_behind(&mark->origin, at - mark->at);
}

/* Measures what is held in order and says from how many bytes on it is worth asking again. */
static enum cs_error
measure_held(struct cs_framer *framer, size_t at, struct cs_frame_size *size)
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

/* A border is proven at AT: hand out what is whole from there on and go on in order, or search on. */
static void
leave_search(struct cs_framer *framer, size_t at)
{
	framer->counts.resyncs++;
	framer->counts.skipped_bytes += at;
	framer->state = IN_ORDER;
	framer->strange_n = 0;
	enum cs_error error = CS_AGAIN;
	while (at < framer->held_len) {
		struct cs_frame_size size = {0};
		error = measure_held(framer, at, &size);
		if (error != CS_OK)
			break;
		struct cs_origin origin = origin_at(framer, at);
		origin.time_ns = origin_at(framer, at + size.frame_len - 1).time_ns;
		bool sound = emit(framer, framer->buffer + at, &size, &origin);
		at += size.frame_len;
		if (!sound) {
			error = CS_E_FORMAT;
			break;
		}
	}
	drop_held(framer, at);
	if (error == CS_E_FORMAT) {
		start_search(framer);
		return;
	}
	framer->candidate_n = 0;
	if (framer->held_len > 0)
		framer->first = framer->marks[0].origin;
	framer->mark_n = 0;
}

/* Asks the candidates whose bytes have come; true when one is proven at *PLACE. */
static bool
ask_candidates(struct cs_framer *framer, size_t *place)
{
	size_t kept = 0;
	for (size_t i = 0; i < framer->candidate_n; i++) {
		struct candidate candidate = framer->candidates[i];
		struct trial trial = wait_for(candidate.look_at);
		if (candidate.look_at <= framer->held_len)
			trial = try_place(framer, candidate.at);
		if (trial.worth == PROVEN) {
			*place = candidate.at;
			return true;
		}
		if (trial.worth == WAIT)
			framer->candidates[kept++] = (struct candidate){candidate.at, trial.look_at};
	}
	framer->candidate_n = kept;
	return false;
}

static void
add_candidate(struct cs_framer *framer, size_t at, size_t look_at)
{
	if (framer->candidate_n == CANDIDATES_MAX) {
		framer->candidate_n--;
		memmove(framer->candidates, framer->candidates + 1, framer->candidate_n * sizeof *framer->candidates);
	}
	framer->candidates[framer->candidate_n++] = (struct candidate){at, look_at};
}

/* Looks through the bytes not looked at yet; true when a place is proven. */
static bool
scan(struct cs_framer *framer, size_t *place)
{
	size_t mti_end = framer->mti_at + mti_bytes(framer->dialect);
	while (framer->scanned_len + mti_end <= framer->held_len) {
		size_t at = framer->scanned_len++;
		struct trial trial = try_place(framer, at);
		if (trial.worth == PROVEN) {
			*place = at;
			return true;
		}
		if (trial.worth == WAIT)
			add_candidate(framer, at, trial.look_at);
	}
	return false;
}

/* Searches the bytes held. Stays SEARCHING when no place is proven; what can be none is then skipped. */
static void
search(struct cs_framer *framer)
{
	while (framer->state == SEARCHING) {
		size_t place = 0;
		if (!ask_candidates(framer, &place) && !scan(framer, &place))
			break;
		leave_search(framer, place);
	}
	if (framer->state == SEARCHING)
		skip_held(framer, framer->candidate_n ? framer->candidates[0].at : framer->scanned_len);
}

/* Appends bytes while searching, with their origin. */
static void
append_marked(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin)
{
	if (framer->held_len == 0)
		framer->mark_n = 0;
	if (framer->mark_n < MARKS_MAX)
		framer->marks[framer->mark_n++] = (struct mark){framer->held_len, *origin};
	memcpy(framer->buffer + framer->held_len, bytes.at, bytes.len);
	framer->held_len += bytes.len;
}

/* Takes as many bytes as there is room for; a full buffer with no place proven gives up its first half. */
static size_t
feed_search(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin)
{
	size_t room = BUFFER_BYTES - framer->held_len;
	size_t n = bytes.len < room ? bytes.len : room;
	append_marked(framer, (struct cs_span){bytes.at, n}, origin);
	search(framer);
	if (framer->state == SEARCHING && framer->held_len == BUFFER_BYTES)
		skip_held(framer, BUFFER_BYTES / 2);
	return n;
}

static size_t
feed_skip(struct cs_framer *framer, struct cs_span bytes)
{
	size_t n = bytes.len < framer->skip_bytes ? bytes.len : (size_t)framer->skip_bytes;
	framer->counts.skipped_bytes += n;
	framer->skip_bytes -= n;
	if (framer->skip_bytes == 0)
		framer->state = IN_ORDER;
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

/* What is held in order can be no frame: search it, knowing only where its first byte was. */
static void
search_held(struct cs_framer *framer)
{
	start_search(framer);
	framer->marks[0] = (struct mark){0, framer->first};
	framer->mark_n = 1;
	search(framer);
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
	enum cs_error error = measure_held(framer, 0, &size);
	if (error == CS_AGAIN)
		return n;
	if (error != CS_OK) {
		search_held(framer);
		return n;
	}
	CS_ASSERT(size.frame_len == framer->held_len);
	struct cs_origin whole = framer->first;
	whole.time_ns = origin->time_ns;
	framer->held_len = 0;
	if (!emit(framer, framer->buffer, &size, &whole))
		start_search(framer);
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
			struct cs_origin mine = origin_behind(origin, at);
			at += size.frame_len;
			if (emit(framer, rest.at, &size, &mine))
				continue;
			start_search(framer);
			return at;
		}
		if ((error != CS_OK && error != CS_AGAIN) || size.frame_len > CS_FRAME_MAX_BYTES) {
			start_search(framer);
			return at;
		}
		framer->need_bytes = error == CS_OK ? size.frame_len : size.need;
		framer->first = origin_behind(origin, at);
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
	case SKIPPING:
		return feed_skip(framer, bytes);
	case SEARCHING:
		return feed_search(framer, bytes, origin);
	case IN_ORDER:
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
	size_t at = 0;
	while (at < bytes.len) {
		struct cs_origin here = origin_behind(origin, at);
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
	skip_held(framer, framer->held_len);
	if (len < left) {
		framer->state = SKIPPING;
		framer->skip_bytes = left - len;
		return;
	}
	if (len > left)
		start_search(framer);
}

/* A gap behind the frame being skipped lands nobody knows where. */
static void
gap_skipping(struct cs_framer *framer, uint64_t len)
{
	if (len > framer->skip_bytes) {
		start_search(framer);
		return;
	}
	framer->skip_bytes -= len;
	if (framer->skip_bytes == 0)
		framer->state = IN_ORDER;
}

void
cs_framer_gap(struct cs_framer *framer, uint64_t len)
{
	if (len == 0)
		return;
	framer->in_bytes += len;
	framer->counts.lost_bytes += len;
	switch (framer->state) {
	case SKIPPING:
		gap_skipping(framer, len);
		break;
	case SEARCHING:
		skip_held(framer, framer->held_len);
		start_search(framer);
		break;
	case IN_ORDER:
		gap_in_order(framer, len);
		break;
	}
	check_counts(framer);
}

void
cs_framer_end(struct cs_framer *framer)
{
	framer->counts.cut_messages += framer->state == IN_ORDER && framer->held_len > 0;
	skip_held(framer, framer->held_len);
	framer->skip_bytes = 0;
	check_counts(framer);
}

/*
 * The search for a lost border: bytes are kept until a place proves itself.
 *
 * A place is proven by two messages in a row that decode and chain (keep-alives may stand between), or by one whose
 * header, MTI and bitmap this direction has shown before: chance agreement of an MTI and a bitmap of 64 bits is under
 * 1e-15 a place. Every place is looked at once; those that need more bytes wait as candidates, of which there is a
 * bounded number. What can be none any more is skipped and counted, so the buffer holds no more than undecided bytes.
 */
#include "decode/framer_parts.h"

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
		struct cs_framer_candidate candidate = framer->candidates[i];
		if (candidate.at >= n)
			framer->candidates[kept++] =
				(struct cs_framer_candidate){candidate.at - n, candidate.look_at - n};
	}
	framer->candidate_n = kept;
	size_t first = 0; /* the last mark at or before N now tells of the first byte */
	while (first + 1 < framer->mark_n && framer->marks[first + 1].at <= n)
		first++;
	kept = 0;
	for (size_t i = first; i < framer->mark_n && framer->held_len > 0; i++) {
		struct cs_framer_mark mark = framer->marks[i];
		if (mark.at < n)
			mark = (struct cs_framer_mark){n, cs_framer_origin_behind(&mark.origin, n - mark.at)};
		framer->marks[kept++] = (struct cs_framer_mark){mark.at - n, mark.origin};
	}
	framer->mark_n = kept;
}

void
cs_framer_skip_held(struct cs_framer *framer, size_t n)
{
	framer->counts.skipped_bytes += n;
	drop_held(framer, n);
}

void
cs_framer_search_start(struct cs_framer *framer)
{
	framer->state = CS_FRAMER_SEARCHING;
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
	size_t mti_end = at + framer->mti_at + cs_framer_mti_bytes(framer->dialect);
	if (framer->held_len < mti_end)
		return wait_for(mti_end);
	if (!cs_framer_mti_fits(framer->dialect, framer->buffer + at + framer->mti_at))
		return (struct trial){.worth = NOTHING};
	struct cs_frame_size size = {0};
	struct cs_span message = {0};
	struct trial trial = try_frame(framer, at, &size, &message);
	if (trial.worth != PROVEN)
		return trial;
	if (size.message_len == 0 || cs_framer_is_learnt(framer, message))
		return (struct trial){.worth = size.message_len ? PROVEN : NOTHING};
	for (unsigned i = 0; i < CS_FRAMER_KEEPALIVES_BETWEEN; i++) {
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
	const struct cs_framer_mark *mark = &framer->marks[i - 1];
	return cs_framer_origin_behind(&mark->origin, at - mark->at);
}

/* A border is proven at AT: hand out what is whole from there on and go on in order, or search on. */
static void
leave_search(struct cs_framer *framer, size_t at)
{
	framer->counts.resyncs++;
	framer->counts.skipped_bytes += at;
	framer->state = CS_FRAMER_IN_ORDER;
	framer->strange_n = 0;
	enum cs_error error = CS_AGAIN;
	while (at < framer->held_len) {
		struct cs_frame_size size = {0};
		error = cs_framer_measure_held(framer, at, &size);
		if (error != CS_OK)
			break;
		struct cs_origin origin = origin_at(framer, at);
		origin.time_ns = origin_at(framer, at + size.frame_len - 1).time_ns;
		bool sound = cs_framer_emit(framer, framer->buffer + at, &size, &origin);
		at += size.frame_len;
		if (!sound) {
			error = CS_E_FORMAT;
			break;
		}
	}
	drop_held(framer, at);
	if (error == CS_E_FORMAT) {
		cs_framer_search_start(framer);
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
		struct cs_framer_candidate candidate = framer->candidates[i];
		struct trial trial = wait_for(candidate.look_at);
		if (candidate.look_at <= framer->held_len)
			trial = try_place(framer, candidate.at);
		if (trial.worth == PROVEN) {
			*place = candidate.at;
			return true;
		}
		if (trial.worth == WAIT)
			framer->candidates[kept++] = (struct cs_framer_candidate){candidate.at, trial.look_at};
	}
	framer->candidate_n = kept;
	return false;
}

static void
add_candidate(struct cs_framer *framer, size_t at, size_t look_at)
{
	if (framer->candidate_n == CS_FRAMER_CANDIDATES_MAX) {
		framer->candidate_n--;
		memmove(framer->candidates, framer->candidates + 1, framer->candidate_n * sizeof *framer->candidates);
	}
	framer->candidates[framer->candidate_n++] = (struct cs_framer_candidate){at, look_at};
}

/* Looks through the bytes not looked at yet; true when a place is proven. */
static bool
scan(struct cs_framer *framer, size_t *place)
{
	size_t mti_end = framer->mti_at + cs_framer_mti_bytes(framer->dialect);
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

/* Searches the bytes held. Stays CS_FRAMER_SEARCHING when no place is proven; what can be none is then skipped. */
static void
search(struct cs_framer *framer)
{
	while (framer->state == CS_FRAMER_SEARCHING) {
		size_t place = 0;
		if (!ask_candidates(framer, &place) && !scan(framer, &place))
			break;
		leave_search(framer, place);
	}
	if (framer->state == CS_FRAMER_SEARCHING)
		cs_framer_skip_held(framer, framer->candidate_n ? framer->candidates[0].at : framer->scanned_len);
}

/* Appends bytes while searching, with their origin. */
static void
append_marked(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin)
{
	if (framer->held_len == 0)
		framer->mark_n = 0;
	if (framer->mark_n < CS_FRAMER_MARKS_MAX)
		framer->marks[framer->mark_n++] = (struct cs_framer_mark){framer->held_len, *origin};
	memcpy(framer->buffer + framer->held_len, bytes.at, bytes.len);
	framer->held_len += bytes.len;
}

/* Takes as many bytes as there is room for; a full buffer with no place proven gives up its first half. */
size_t
cs_framer_search_feed(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin)
{
	size_t room = CS_FRAMER_BUFFER_BYTES - framer->held_len;
	size_t n = bytes.len < room ? bytes.len : room;
	append_marked(framer, (struct cs_span){bytes.at, n}, origin);
	search(framer);
	if (framer->state == CS_FRAMER_SEARCHING && framer->held_len == CS_FRAMER_BUFFER_BYTES)
		cs_framer_skip_held(framer, CS_FRAMER_BUFFER_BYTES / 2);
	return n;
}

/* What is held in order can be no frame: search it, knowing only where its first byte was. */
void
cs_framer_search_held(struct cs_framer *framer)
{
	cs_framer_search_start(framer);
	framer->marks[0] = (struct cs_framer_mark){0, framer->first};
	framer->mark_n = 1;
	search(framer);
}

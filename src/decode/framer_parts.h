/*
 * The framer's inside, for framer.c (bytes in order, gaps) and framer_search.c (a lost border) only.
 */
#ifndef CS_DECODE_FRAMER_PARTS_H
#define CS_DECODE_FRAMER_PARTS_H

#include "base/hash.h"
#include "decode/framing.h"

enum {
	CS_FRAMER_BUFFER_BYTES = 2 * CS_FRAME_MAX_BYTES,
	CS_FRAMER_MARKS_MAX = 512,      /* origins kept while searching; more segments than that share the last one's */
	CS_FRAMER_CANDIDATES_MAX = 64,  /* places that may yet prove themselves; when full the oldest is given up */
	CS_FRAMER_LEARN_MESSAGES = 256, /* per direction; after that its MTIs and bitmaps are taken as known */
	CS_FRAMER_LEARN_SLOTS = 64,
	CS_FRAMER_STRANGE_MAX = 4,
	CS_FRAMER_KEEPALIVES_BETWEEN = 8, /* allowed between two messages that prove a place */
};

enum cs_framer_state { CS_FRAMER_IN_ORDER, CS_FRAMER_SKIPPING, CS_FRAMER_SEARCHING };

/* From buffer position AT on, bytes came from ORIGIN (of the byte at AT). */
struct cs_framer_mark {
	size_t at;
	struct cs_origin origin;
};

/* A place in the buffer where a frame may start; asked again when LOOK_AT bytes are there. */
struct cs_framer_candidate {
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
	enum cs_framer_state state;
	unsigned strange_n;     /* messages in a row without an MTI */
	unsigned learnt_n;      /* messages learnt from */
	uint64_t skip_bytes;    /* CS_FRAMER_SKIPPING: to the end of the cut frame */
	size_t mti_at;          /* in a frame */
	size_t print_bytes;     /* header, MTI and first bitmap: what is learnt */
	size_t need_bytes;      /* CS_FRAMER_IN_ORDER with something held: worth measuring again from here */
	size_t held_len;        /* in buffer */
	size_t scanned_len;     /* CS_FRAMER_SEARCHING: places before it are candidates or nothing */
	size_t candidate_n;     /* ascending places */
	size_t mark_n;          /* ascending; the first is at 0 when anything is held while searching */
	struct cs_origin first; /* CS_FRAMER_IN_ORDER: of buffer[0] */
	uint64_t learnt[CS_FRAMER_LEARN_SLOTS];
	struct cs_framer_candidate candidates[CS_FRAMER_CANDIDATES_MAX];
	struct cs_framer_mark marks[CS_FRAMER_MARKS_MAX];
	uint8_t buffer[CS_FRAMER_BUFFER_BYTES];
	uint8_t joined[CS_FRAME_MAX_BYTES];
};

/* cs_framer_emit hands out one whole frame; false when the border seems to be lost. */
bool cs_framer_emit(struct cs_framer *framer, const uint8_t *frame, const struct cs_frame_size *size,
		    const struct cs_origin *origin);

/* cs_framer_measure_held measures the frame at AT of the buffer; CS_AGAIN sets need_bytes. */
CS_MUST_USE enum cs_error cs_framer_measure_held(struct cs_framer *framer, size_t at, struct cs_frame_size *size);

/* cs_framer_skip_held throws away the first N bytes held, and counts them. */
void cs_framer_skip_held(struct cs_framer *framer, size_t n);

/* cs_framer_search_start begins a search, with whatever is held. */
void cs_framer_search_start(struct cs_framer *framer);

/* cs_framer_search_feed takes bytes while searching; returns how many there was room for, at least 1. */
size_t cs_framer_search_feed(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin);

/* cs_framer_search_held searches what is held in order, knowing only where its first byte was. */
void cs_framer_search_held(struct cs_framer *framer);

/* cs_framer_mti_bytes is the width of the MTI on the wire. */
static inline size_t
cs_framer_mti_bytes(const struct cs_dialect *dialect)
{
	return dialect->mti_encoding == CS_ENC_BCD ? 2 : 4;
}

/* cs_framer_mti_fits says whether an MTI can stand at AT: version 0-2, class 1-8, any function, origin 0-5 (ISO 8583 4.1). */
static inline bool
cs_framer_mti_fits(const struct cs_dialect *dialect, const uint8_t *at)
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

/* cs_framer_fingerprint is what is learnt of a message; 0 when it is too short to tell. */
static inline uint64_t
cs_framer_fingerprint(const struct cs_framer *framer, struct cs_span message)
{
	if (message.len < framer->print_bytes)
		return 0;
	return cs_hash_bytes((struct cs_span){message.at, framer->print_bytes}, 1) | 1;
}

/* cs_framer_is_learnt says whether this direction has shown header, MTI and bitmap of MESSAGE before. */
static inline bool
cs_framer_is_learnt(const struct cs_framer *framer, struct cs_span message)
{
	uint64_t print = cs_framer_fingerprint(framer, message);
	return print != 0 && framer->learnt[print % CS_FRAMER_LEARN_SLOTS] == print;
}

/* cs_framer_origin_behind is the origin N bytes behind ORIGIN, in the same packet. */
static inline struct cs_origin
cs_framer_origin_behind(const struct cs_origin *origin, size_t n)
{
	struct cs_origin out = *origin;
	out.offset += (uint32_t)n;
	out.file_offset += out.file_offset ? n : 0;
	return out;
}

#endif

/*
 * Framing: a byte stream in one direction of a connection becomes messages, with every byte accounted for.
 *
 * framed_bytes + skipped_bytes + lost_bytes + held_bytes = bytes fed + bytes declared lost, always.
 * A gap inside a frame of known length costs that message only. When the border is unknown the framer
 * searches for it: a place counts only when two messages in a row decode and chain exactly, or when one does
 * whose header, MTI and bitmap this direction has shown before.
 * Framings are rows of frame.def. Spec: shared facts of jPOS channels and scheme manuals, docs/framings.md.
 */
#ifndef CS_DECODE_FRAME_H
#define CS_DECODE_FRAME_H

#include "decode/iso8583.h"
#include "event/event.h"

struct cs_framing; /* one row of frame.def: a constant */

/* cs_framing_by_name finds a row of frame.def: "length16", "digits4" ...; NULL when there is none. */
const struct cs_framing *cs_framing_by_name(struct cs_span name);

/* cs_framing_name and cs_framing_help give the name and one line for people; static. */
const char *cs_framing_name(const struct cs_framing *framing);
const char *cs_framing_help(const struct cs_framing *framing);

/* cs_framing_head_bytes is the number of bytes before the message; 0 when only its end is marked. */
size_t cs_framing_head_bytes(const struct cs_framing *framing);

/* cs_framing_at gives row INDEX, NULL past the last: for probing and for documentation. */
const struct cs_framing *cs_framing_at(unsigned index);

/* cs_framing_head reads the length of the frame that starts at BYTES.
 * CS_OK: *FRAME_LEN bytes in all, of which the message is *MESSAGE_LEN from *MESSAGE_AT (0: a keep-alive);
 * the frame may reach past BYTES. A message in several parts (RBP) has the heads of its parts in between.
 * CS_AGAIN: more bytes are needed. CS_E_FORMAT: no frame starts here. */
CS_MUST_USE enum cs_error cs_framing_head(const struct cs_framing *framing, struct cs_span bytes, size_t *frame_len,
					  size_t *message_at, size_t *message_len);

enum { CS_FRAME_MAX_BYTES = 65535 + 16 };

struct cs_framer_counts {
	uint64_t messages;
	uint64_t keepalives;
	uint64_t framed_bytes;  /* in complete frames, keep-alives included */
	uint64_t skipped_bytes; /* present, but in no frame: searched over, or the rest of a cut message */
	uint64_t lost_bytes;    /* declared lost by the stream below */
	uint64_t cut_messages;  /* frames a gap went through */
	uint64_t resyncs;
};

/* One message out of the framer; lent during the call. */
typedef void cs_framer_sink(void *context, struct cs_span message, const struct cs_origin *origin);

struct cs_framer; /* one direction of one connection */

/* cs_framer_bytes is what cs_framer_new takes. */
size_t cs_framer_bytes(void);

/* cs_framer_new makes one. HEADER_LEN bytes between frame head and MTI are the dialect's business
 * (dialect.header_len), not the framing's. PLANS is used to test candidates while searching; when
 * KNOWN_START is false (the connection was joined in its middle) the search begins at once.
 * NULL without memory. */
struct cs_framer *cs_framer_new(const struct cs_framing *framing, struct cs_iso_plans *plans, bool known_start,
				cs_framer_sink *sink, void *context);
void cs_framer_free(struct cs_framer *framer);

/* cs_framer_renew lets it go on with PLANS of another dialect: what it held back is looked at by these. */
void cs_framer_renew(struct cs_framer *framer, struct cs_iso_plans *plans);

/* cs_framer_feed takes the next bytes in order. ORIGIN is of their first byte. A message that lies whole in
 * BYTES is lent without a copy. */
void cs_framer_feed(struct cs_framer *framer, struct cs_span bytes, const struct cs_origin *origin);

/* cs_framer_gap says that LEN bytes were lost here. */
void cs_framer_gap(struct cs_framer *framer, uint64_t len);

/* cs_framer_end says that no more bytes come; what is held becomes skipped_bytes. */
void cs_framer_end(struct cs_framer *framer);

/* cs_framer_counts_of lends the counts; they live as long as the framer. */
const struct cs_framer_counts *cs_framer_counts_of(const struct cs_framer *framer);

/* cs_framer_held_bytes is what was fed but is not yet in any count. */
size_t cs_framer_held_bytes(const struct cs_framer *framer);

/* cs_framer_held_since gives the time of the first byte held back, whose frame is not whole or whose border is looked for;
 * 0: nothing is held back. */
uint64_t cs_framer_held_since(const struct cs_framer *framer);

#endif

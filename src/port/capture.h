/*
 * Capture files: pcap (both byte orders, microseconds and nanoseconds) and pcapng, from a file or a pipe.
 *
 * Regular files are mapped and packets are lent in place; a pipe is read through one bounded buffer.
 * Why not libpcap here: docs/adr/0003-own-capture-reader.md.
 * Spec: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng (SHB, IDB with if_tsresol and if_tsoffset, EPB, SPB, OPB).
 */
#ifndef CS_PORT_CAPTURE_H
#define CS_PORT_CAPTURE_H

#include "port/packet.h"

struct cs_capture;

/* cs_capture_open opens PATH ("-": standard input) as source number SOURCE. CS_E_OPEN, CS_E_READ,
 * CS_E_FORMAT (not a capture; a compressed one is named as such by cs_capture_fault). On an error *OUT is
 * still set and must be closed, so that the fault can be asked for. */
CS_MUST_USE enum cs_error cs_capture_open(const char *path, uint16_t source, struct cs_capture **out);

/* cs_capture_over reads a capture that lies in memory (tests, fuzzing). */
CS_MUST_USE enum cs_error cs_capture_over(struct cs_span bytes, uint16_t source, struct cs_capture **out);
void cs_capture_close(struct cs_capture *capture);

/* cs_capture_next lends the next packet until the next call. CS_END at the end; CS_E_TRUNCATED when the file
 * ends inside a packet, CS_E_FORMAT when a block makes no sense: both with cs_capture_fault. */
CS_MUST_USE enum cs_error cs_capture_next(struct cs_capture *capture, struct cs_packet *out);

/* cs_capture_fault tells the last error in words, with the path before it and its byte offset; lent. */
const char *cs_capture_fault(const struct cs_capture *capture);
const char *cs_capture_path(const struct cs_capture *capture);

/* cs_capture_progress gives bytes read and bytes in all (0 when not known, as on a pipe). */
void cs_capture_progress(const struct cs_capture *capture, uint64_t *done, uint64_t *all);

struct cs_merge; /* several captures as one, by time */

/* cs_merge_new merges N captures (it does not own them). Packets come in order of time; those of equal time
 * in order of source number. A source whose own packets run backwards keeps its order and is counted. */
struct cs_merge *cs_merge_new(struct cs_capture *const *captures, unsigned n);
void cs_merge_free(struct cs_merge *merge);

/* cs_merge_next lends the next packet until the next call; an error of one source is returned once, with
 * *SOURCE naming it, and that source is then at its end. */
CS_MUST_USE enum cs_error cs_merge_next(struct cs_merge *merge, struct cs_packet *out, unsigned *source);
uint64_t cs_merge_backwards(const struct cs_merge *merge);

#endif

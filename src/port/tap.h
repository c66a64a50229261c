/*
 * A live interface as a source of packets, by libpcap.
 *
 * The kernel filters by port (untagged, one and two VLAN tags; fragments and IPv6 extension headers pass, since
 * they hide the port) and keeps a ring of CS_TAP_BUFFER_BYTES, so that a short stall costs nothing. What the
 * kernel had to drop is counted, and belongs in the coverage.
 */
#ifndef CS_PORT_TAP_H
#define CS_PORT_TAP_H

#include "base/text.h"
#include "port/packet.h"

enum {
	CS_TAP_PORTS_MAX = 64,
	CS_TAP_BUFFER_BYTES = 64 << 20,
	CS_TAP_SNAP_DEFAULT_BYTES = 65535 + 64, /* a whole segment, offloaded ones included */
};

struct cs_tap_settings {
	const char *interface;
	const uint16_t *ports; /* of the links on it */
	unsigned ports_n;      /* 0: every TCP packet */
	uint32_t snap_len;     /* 0: CS_TAP_SNAP_DEFAULT_BYTES */
	uint16_t source;       /* number of this source */
};

/* Since the tap was opened. Not every driver fills all of them. */
struct cs_tap_counts {
	uint64_t received;
	uint64_t dropped_by_kernel; /* the ring was full */
	uint64_t dropped_by_interface;
};

struct cs_tap;

/* cs_tap_open opens an interface, sets the filter, and does not wait in cs_tap_next. CS_E_OPEN, CS_E_PERMISSION,
 * CS_E_LIMIT (too many ports), CS_E_MEMORY. On an error *OUT, unless NULL, is to be closed after cs_tap_fault. */
CS_MUST_USE enum cs_error cs_tap_open(const struct cs_tap_settings *settings, struct cs_tap **out);
void cs_tap_close(struct cs_tap *tap);

/* cs_tap_next lends the next packet until the next call. CS_AGAIN when there is none now; CS_E_READ when the
 * interface went away, with cs_tap_fault. */
CS_MUST_USE enum cs_error cs_tap_next(struct cs_tap *tap, struct cs_packet *out);

/* cs_tap_descriptor is readable when packets may be there; -1 when the platform has none. */
int cs_tap_descriptor(const struct cs_tap *tap);

/* cs_tap_counts asks the kernel; the last figures when it does not answer. Call at least every few seconds. */
struct cs_tap_counts cs_tap_counts(struct cs_tap *tap);

/* cs_tap_fault tells the last error in words; lent. */
const char *cs_tap_fault(const struct cs_tap *tap);

/* cs_tap_filter writes the filter in the language of pcap-filter(7); WITH_TAGS adds the VLAN forms. */
void cs_tap_filter(struct cs_text *text, const uint16_t *ports, unsigned ports_n, bool with_tags);

#endif

/*
 * An event as bytes that last: what is absent takes no room, and the card stands apart so that it can be sealed.
 *
 * The form is part of the journal's (docs/journal.md, "event"): it never changes without a new record kind.
 */
#ifndef CS_EVENT_EVENT_PACK_H
#define CS_EVENT_EVENT_PACK_H

#include "base/pack.h"
#include "event/event.h"

enum { CS_EVENT_OPEN_MAX = 704, CS_EVENT_SEALED_MAX = 48 };

/* Where to write: the open part and the one to be sealed. Room for CS_EVENT_OPEN_MAX and CS_EVENT_SEALED_MAX bytes. */
struct cs_event_room {
	uint8_t *open;
	uint8_t *sealed;
};

/* cs_event_pack writes EVENT, its time relative to BASE_NS, and gives the places behind both parts. */
struct cs_event_room cs_event_pack(const struct cs_event *event, uint64_t base_ns, struct cs_event_room room);

/* Most of the work of packing can be left to someone with more time: what cs_event_loosen copies and cs_event_tighten packs
 * is what cs_event_pack writes open, and cs_event_seal writes what it writes to be sealed. A loose event lies in memory of
 * our own, is as long as the packed one at least, and is at most CS_EVENT_LOOSE_MAX bytes. */
enum { CS_EVENT_LOOSE_MAX = sizeof(struct cs_event) + 64 };

/* cs_event_loosen writes EVENT to LOOSE and gives the place behind it. */
uint8_t *cs_event_loosen(const struct cs_event *event, uint8_t *loose);

/* cs_event_seal writes the sealed part of EVENT, nothing when it shows no card, and gives the place behind it. */
uint8_t *cs_event_seal(const struct cs_event *event, uint8_t *sealed);

/* cs_event_tighten packs LOOSE to OPEN (CS_EVENT_OPEN_MAX bytes), and gives the place behind it. */
uint8_t *cs_event_tighten(const uint8_t *loose, uint64_t base_ns, uint8_t *open);

/* cs_event_unpack reads EVENT back, every byte of it; false when OPEN or SEALED are not what cs_event_pack writes. The
 * cursor OPEN stands behind the event then; SEALED must end with it. */
bool cs_event_unpack(struct cs_cursor *open, struct cs_span sealed, uint64_t base_ns, struct cs_event *event);

#endif

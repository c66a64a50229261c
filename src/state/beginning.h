/*
 * The beginning of a journal whose first volumes were let go of: FOLDER/beginning, signed by the vault, so that a journal
 * that begins in the middle by retention can be told from one that somebody cut off.
 *
 *   0 magic "CSBG"   4 version (1)   8 the journal's id (16)   24 first volume there is (4)   28 zero (4)
 *   32 its first page   40 its first record   48 the chain hash before it (32)   80 clock of the machine   88 records let
 *   go of since the journal was begun (that is its first record, unless somebody cut it off)   96 the public key (32)
 *   128 the reason (64 bytes of text, NUL behind it)   192 Ed25519 signature (64) of a title of 24 bytes and the 192 before
 *
 * It is written before the volumes are removed: a crash leaves volumes that it says are gone, never the other way round.
 */
#ifndef CS_STATE_BEGINNING_H
#define CS_STATE_BEGINNING_H

#include "state/journal.h"

enum { CS_BEGINNING_BYTES = 256, CS_BEGINNING_REASON_BYTES = 64 };

struct cs_beginning {
	uint8_t id[CS_JOURNAL_ID_BYTES];
	uint32_t volume;
	uint64_t page;
	uint64_t seq;
	struct cs_digest previous;
	uint64_t wall_ns;
	uint8_t public_key[CS_PUBLIC_KEY_BYTES];
	char reason[CS_BEGINNING_REASON_BYTES];
};

/* cs_beginning_write signs and writes it, durably, instead of one that is there. Errors: of the disk and the vault. */
CS_MUST_USE enum cs_error cs_beginning_write(const char *folder, struct cs_vault *vault,
					     const struct cs_beginning *beginning);

/* cs_beginning_read reads it and holds it against its own signature and, with PUBLIC_KEY, against that key. CS_E_OPEN: there
 * is none: the journal has its first volume, or was cut off; CS_E_FORMAT: it was changed, or signed by another. */
CS_MUST_USE enum cs_error cs_beginning_read(const char *folder, const uint8_t *public_key, struct cs_beginning *out);

/* cs_beginning_fits says whether a journal whose first page stands at FIRST begins where BEGINNING says. */
bool cs_beginning_fits(const struct cs_beginning *beginning, const struct cs_page_place *first);

#endif

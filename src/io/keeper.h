/*
 * A token in a process of its own: the module of a stranger is not loaded where strangers' packets are read, and what the
 * sandbox of `run` forbids (SoftHSM opens files to sign, others call over a network) is not forbidden to it.
 *
 * The keeper does nothing but sign and derive, stays the user that started it, and ends with the process that asked for
 * it. A token that does not answer in time is given up.
 */
#ifndef CS_IO_KEEPER_H
#define CS_IO_KEEPER_H

#include "io/pkcs11.h"

enum { CS_KEEPER_BYTES_MAX = 16384, CS_KEEPER_SAID_BYTES = 1024, CS_KEEPER_WAIT_MS = 10000 };

struct cs_keeper;

/* cs_keeper_open starts a keeper that opens what WISH names; notes and errors are those of cs_pkcs11_open. Before the
 * sandbox, and before other keys are in memory: a keeper has a copy of what is there. */
CS_MUST_USE enum cs_error cs_keeper_open(const struct cs_pkcs11_wish *wish, struct cs_text *note,
					 struct cs_keeper **out);

/* cs_keeper_close lets the keeper end; takes NULL. */
void cs_keeper_close(struct cs_keeper *keeper);

/* cs_keeper_public gives the raw public key. */
void cs_keeper_public(const struct cs_keeper *keeper, uint8_t out[CS_PKCS11_PUBLIC_BYTES]);

/* cs_keeper_sign and cs_keeper_mac are cs_pkcs11_sign and cs_pkcs11_mac of at most CS_KEEPER_BYTES_MAX (else CS_E_LIMIT).
 * CS_E_READ also when the keeper has ended or does not answer within CS_KEEPER_WAIT_MS; it is then not asked again. */
CS_MUST_USE enum cs_error cs_keeper_sign(struct cs_keeper *keeper, struct cs_span bytes,
					 uint8_t out[CS_PKCS11_SIGNATURE_BYTES]);
CS_MUST_USE enum cs_error cs_keeper_mac(struct cs_keeper *keeper, struct cs_span label,
					uint8_t out[CS_PKCS11_MAC_BYTES]);

/* cs_keeper_fault tells what failed last, "" when nothing did; lent. */
const char *cs_keeper_fault(const struct cs_keeper *keeper);

#endif

/*
 * Keys that never leave their token (an HSM, a card, SoftHSM), through PKCS#11.
 *
 * Two objects: an Ed25519 pair labelled "countersign journal", and a secret of 32 bytes labelled "countersign secret".
 * With object=LABEL in the URI they are LABEL and "LABEL secret". Tokens may be slow; the caller decides how often.
 */
#ifndef CS_IO_PKCS11_H
#define CS_IO_PKCS11_H

#include "io/pkcs11_uri.h"

enum { CS_PKCS11_PUBLIC_BYTES = 32, CS_PKCS11_SIGNATURE_BYTES = 64, CS_PKCS11_MAC_BYTES = 32 };

struct cs_pkcs11_wish {
	const char *uri; /* cs_pkcs11_uri_is */
	bool create;     /* make keys that are not there */
	bool strict;     /* a PIN file that others may read is refused */
};

struct cs_pkcs11;

/* cs_pkcs11_open loads the module, logs in and finds the keys. NOTE says what failed (call, CKR code) and what to do, or
 * what a person should know. CS_E_SYNTAX (the URI), CS_E_OPEN (module, token, or keys are not there), CS_E_PERMISSION
 * (PIN), CS_E_UNSUPPORTED (the token does not do Ed25519 or HMAC), CS_E_READ (anything else), CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_pkcs11_open(const struct cs_pkcs11_wish *wish, struct cs_text *note,
					 struct cs_pkcs11 **out);

/* cs_pkcs11_close ends the session; takes NULL. */
void cs_pkcs11_close(struct cs_pkcs11 *pkcs11);

/* cs_pkcs11_public gives the raw public key. */
void cs_pkcs11_public(const struct cs_pkcs11 *pkcs11, uint8_t out[CS_PKCS11_PUBLIC_BYTES]);

/* cs_pkcs11_sign signs BYTES in the token (Ed25519). Errors as cs_pkcs11_open; cs_pkcs11_fault says more. */
CS_MUST_USE enum cs_error cs_pkcs11_sign(struct cs_pkcs11 *pkcs11, struct cs_span bytes,
					 uint8_t out[CS_PKCS11_SIGNATURE_BYTES]);

/* cs_pkcs11_mac gives HMAC-SHA-256 of LABEL under the secret: a key of its own for each label. */
CS_MUST_USE enum cs_error cs_pkcs11_mac(struct cs_pkcs11 *pkcs11, struct cs_span label,
					uint8_t out[CS_PKCS11_MAC_BYTES]);

/* cs_pkcs11_fault tells what failed last, "" when nothing did; lent. */
const char *cs_pkcs11_fault(const struct cs_pkcs11 *pkcs11);

#endif

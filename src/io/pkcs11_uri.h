/*
 * Which key in which token: the part of RFC 7512 that we need.
 *
 * pkcs11:token=NAME;object=LABEL?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=/etc/countersign/pin
 */
#ifndef CS_IO_PKCS11_URI_H
#define CS_IO_PKCS11_URI_H

#include "base/error.h"
#include "base/text.h"

enum { CS_PKCS11_LABEL_BYTES = 64, CS_PKCS11_PATH_BYTES = 1024 };

struct cs_pkcs11_uri {
	char token[33];                      /* its label */
	char object[CS_PKCS11_LABEL_BYTES];  /* "" when none was named */
	char module[CS_PKCS11_PATH_BYTES];   /* an absolute path */
	char pin_file[CS_PKCS11_PATH_BYTES]; /* "" when none was named */
};

/* cs_pkcs11_uri_is says whether WHERE is such a URI, and not a path. */
bool cs_pkcs11_uri_is(const char *where);

/* cs_pkcs11_uri_read takes a URI apart; attributes may stand in any order, between ";", "?" or "&". CS_E_SYNTAX: NOTE
 * says what is wrong and what to write. */
CS_MUST_USE enum cs_error cs_pkcs11_uri_read(const char *where, struct cs_text *note, struct cs_pkcs11_uri *out);

#endif

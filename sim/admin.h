/*
 * admin.jsonl: what people and programs change at the issuer's card system, one line each, as an audit log has it.
 */
#ifndef CS_SIM_ADMIN_H
#define CS_SIM_ADMIN_H

#include "base/error.h"

#include <stdint.h>

struct cs_admin {
	int descriptor;
	enum cs_error error; /* the first one stays */
	uint64_t row_n;
};

/* cs_admin_open creates the file; ends with cs_admin_close, which says CS_E_WRITE when any write failed. */
CS_MUST_USE enum cs_error cs_admin_open(const char *path, struct cs_admin *out);
CS_MUST_USE enum cs_error cs_admin_close(struct cs_admin *admin);

#endif

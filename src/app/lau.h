/*
 * Files of keys of local authentication, for `decode` and for records.
 */
#ifndef CS_APP_LAU_H
#define CS_APP_LAU_H

#include "decode/mt_keys.h"

struct cs_setup;

/* cs_lau_load reads the keys of PATH into KEYS; false after saying why not, in a line that begins with WHO. A file that others
 * may read is said, and with STRICT refused. */
bool cs_lau_load(const char *who, const char *path, bool strict, struct cs_mt_keys *keys);

/* cs_lau_load_records reads those of all records of SETUP, whose links are open, strictly. */
bool cs_lau_load_records(struct cs_setup *setup);

struct cs_links;

/* cs_lau_renew puts the keys of the records of FRESH in the place of those of LINKS, which are of the same policy; how many records have others now. */
unsigned cs_lau_renew(struct cs_links *links, const struct cs_links *fresh);

#endif

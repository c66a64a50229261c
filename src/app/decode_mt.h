/*
 * `countersign decode mt`: SWIFT MT messages of files as JSON lines.
 */
#ifndef CS_APP_DECODE_MT_H
#define CS_APP_DECODE_MT_H

#include "base/json.h"
#include "decode/mt.h"

/* cs_decode_mt runs the command: argv[0] is "mt"; an enum cs_exit. */
int cs_decode_mt(int argc, char **argv);

/* cs_decode_mt_put_full writes the member "full": what the message says, field by field. */
void cs_decode_mt_put_full(struct cs_json *json, const struct cs_mt *mt, size_t offset);

#endif

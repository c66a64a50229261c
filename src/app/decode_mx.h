/*
 * `countersign decode mx`: ISO 20022 messages of files as JSON lines.
 */
#ifndef CS_APP_DECODE_MX_H
#define CS_APP_DECODE_MX_H

#include "base/json.h"
#include "decode/mx.h"

/* cs_decode_mx runs the command: argv[0] is "mx"; an enum cs_exit. */
int cs_decode_mx(int argc, char **argv);

/* cs_decode_mx_put_full writes the member "full": what MESSAGE, which was accepted, says, field by field. */
void cs_decode_mx_put_full(struct cs_json *json, struct cs_mx *mx, struct cs_span message);

#endif

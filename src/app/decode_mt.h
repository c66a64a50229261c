/*
 * `countersign decode mt`: SWIFT MT messages of files as JSON lines.
 */
#ifndef CS_APP_DECODE_MT_H
#define CS_APP_DECODE_MT_H

#include "base/json.h"
#include "decode/mt.h"

/* cs_decode_mt runs the command: argv[0] is "mt"; an enum cs_exit. */
int cs_decode_mt(int argc, char **argv);

/* cs_decode_mt_put writes the line of one message that begins at OFFSET of FILE; FULL: with every field. */
void cs_decode_mt_put(struct cs_text *out, const struct cs_mt *mt, const char *file, size_t offset, bool full);

/* cs_decode_mt_put_words writes text as it is when it is UTF-8, else as ISO 8859-1; KEY may be NULL. */
void cs_decode_mt_put_words(struct cs_json *json, const char *key, struct cs_span value);

/* cs_decode_mt_put_full writes the member "full": what the message says, field by field. */
void cs_decode_mt_put_full(struct cs_json *json, const struct cs_mt *mt, size_t offset);

#endif

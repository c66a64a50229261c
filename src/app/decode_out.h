/*
 * What `decode mt` and `decode mx` have in common: files in, one JSON line a message out.
 */
#ifndef CS_APP_DECODE_OUT_H
#define CS_APP_DECODE_OUT_H

#include "base/json.h"
#include "decode/payment.h"

struct cs_decode_out {
	bool full;
	bool broken; /* output could not be written */
	bool over;   /* an answer was too long */
	unsigned path_n;
	const char **path;
	struct cs_text text;
	char *at;
};

/* cs_decode_out_open makes room for answers and for ARGC paths; false without memory. */
bool cs_decode_out_open(struct cs_decode_out *out, int argc);

/* cs_decode_out_close gives it back, also what was opened in part. */
void cs_decode_out_close(struct cs_decode_out *out);

/* Who writes the line of the message at hand. */
struct cs_decode_line {
	void (*put)(void *context, struct cs_text *out, bool full);
	void *context;
	const char *path;
	size_t offset;
};

/* cs_decode_out_put writes a line; one that is too long goes out without its "full", which is said on standard error. */
void cs_decode_out_put(struct cs_decode_out *out, const struct cs_decode_line *line);

/* cs_decode_out_run reads each file, standard input when none is named, and has EACH decode it; an enum cs_exit. BYTES are
 * lent during the call. */
int cs_decode_out_run(struct cs_decode_out *out, void (*each)(void *context, const char *path, struct cs_span bytes),
		      void *context);

/* An answer without its "full". */
struct cs_decode_answer {
	const char *file;
	size_t offset; /* of the message in its file */
	struct cs_span type;
	const struct cs_payment *payment;
	const char *about; /* stands before what a reason is about: "field " */
	bool utf8;         /* values are; else they may be ISO 8859-1 */
};

/* cs_decode_answer_put writes the members of ANSWER into the object that is open. */
void cs_decode_answer_put(struct cs_json *json, const struct cs_decode_answer *answer);

/* cs_decode_words_put writes text as it is when it is UTF-8, else as ISO 8859-1; cs_decode_utf8_put what is known to be UTF-8. KEY
 * may be NULL. Card numbers in it lose their middle. */
void cs_decode_words_put(struct cs_json *json, const char *key, struct cs_span value);
void cs_decode_utf8_put(struct cs_json *json, const char *key, struct cs_span value);

#endif

/*
 * What `countersign screen` prints: the table of one comparison, and the figures of a self-test.
 */
#ifndef CS_APP_SCREEN_PUT_H
#define CS_APP_SCREEN_PUT_H

#include "app/screen_test.h"
#include "base/json.h"
#include "base/text.h"

/* cs_screen_put_comparison writes the words of both names, what each says, and the score. */
void cs_screen_put_comparison(struct cs_text *text, const struct cs_screener *screener, const struct cs_score_why *why);

/* cs_screen_put_names writes the same of two names that somebody else read. */
void cs_screen_put_names(struct cs_text *text, const struct cs_name *a, const struct cs_name *b,
			 const struct cs_score_why *why);

/* cs_screen_put_comparison_json writes the same as one JSON object. */
void cs_screen_put_comparison_json(struct cs_text *text, const struct cs_screener *screener,
				   const struct cs_score_why *why);

/* cs_screen_put_evidence_json writes the member "evidence" of an object: each piece of it, with the words of both names. */
void cs_screen_put_evidence_json(struct cs_json *json, const struct cs_name *a, const struct cs_name *b,
				 const struct cs_score_why *why);

/* cs_screen_put_test writes the figures of all groups as a table. */
void cs_screen_put_test(struct cs_text *text, const struct cs_screen_test *test);

/* cs_screen_put_test_json writes them as one JSON object. */
void cs_screen_put_test_json(struct cs_text *text, const struct cs_screen_test *test);

#endif

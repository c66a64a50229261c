/*
 * Goal: no text makes the reading or the proof of a bundle, or the page about it, crash or read past its end; a bundle that
 * is read is written again as the same bundle; the page has no tag that came from the bundle.
 * Method: the input is the JSON, as somebody would send it.
 */
#include "engine/evidence.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { TEXT_BYTES = 4 << 20 };

static void
take_fault(void *context, const char *words)
{
	*(size_t *)context += strlen(words);
}

static bool
same_again(const struct cs_bundle *bundle, char *at)
{
	static struct cs_bundle again;
	char words[CS_BUNDLE_WORDS_BYTES];
	struct cs_text text = cs_text_over(at, TEXT_BYTES);
	cs_bundle_put(&text, bundle);
	if (text.overflowed)
		return true;
	bool same = cs_bundle_read((struct cs_span){(const uint8_t *)at, text.len}, &again, words) == CS_OK &&
		    again.record_n == bundle->record_n && again.page_n == bundle->page_n &&
		    again.cover_n == bundle->cover_n && again.checkpoint_n == bundle->checkpoint_n &&
		    memcmp(again.id, bundle->id, sizeof again.id) == 0;
	cs_bundle_fini(&again);
	return same;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_bundle bundle;
	static char *at;
	char words[CS_BUNDLE_WORDS_BYTES];
	size_t said = 0;
	struct cs_bundle_wish wish = {NULL, take_fault, &said};
	at = at ? at : malloc(TEXT_BYTES);
	if (!at)
		abort();
	if (cs_bundle_read((struct cs_span){data, len}, &bundle, words) == CS_OK) {
		bool proved = cs_bundle_verify(&bundle, &wish) == CS_OK;
		if (proved != !said || !same_again(&bundle, at))
			abort();
		struct cs_text text = cs_text_over(at, TEXT_BYTES);
		cs_evidence_html(&text, &bundle);
		if (!text.overflowed && (strcasestr(at, "<script") || strcasestr(at, "<img") || strcasestr(at, "<a ")))
			abort();
	}
	cs_bundle_fini(&bundle);
	return 0;
}

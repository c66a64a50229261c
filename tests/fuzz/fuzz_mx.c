/*
 * Goal: no bytes make the decoder of ISO 20022 crash or read past the message; it answers the same twice, with and without
 * a visitor; a refusal has a place inside of the message, and what is lent lies in the message or is readable.
 * Method: the bytes as they are, in memory of exactly their size.
 */
#include "decode/mx.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct sums {
	uint64_t bytes;
	unsigned records;
};

static void
take_record(void *context, const struct cs_mx *mx, enum cs_mx_record record)
{
	struct sums *sums = context;
	struct cs_mx_sums added;
	cs_mx_add_up(mx, &added);
	for (unsigned slot = 0; slot < CS_MX_SLOT_N; slot++) {
		struct cs_span value = cs_mx_value(mx, slot);
		for (size_t i = 0; i < value.len; i++)
			sums->bytes += value.at[i];
	}
	sums->records += record != CS_MX_RECORD_NONE;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_mx *mx;
	static struct cs_payment first, second;
	struct sums sums = {0, 0};
	const struct cs_mx_visitor visitor = {take_record, &sums};
	if (!mx && !(mx = cs_mx_new()))
		abort();
	uint8_t *lent = malloc(len ? len : 1);
	if (!lent)
		abort();
	memcpy(lent, data, len);
	struct cs_span message = {lent, len};
	bool accepted = cs_mx_decode(mx, message, &first);
	uint32_t rules = cs_mx_rules(mx);
	if (accepted != cs_mx_walk(mx, message, &second, &visitor) || first.alerts != second.alerts ||
	    rules != cs_mx_rules(mx))
		abort();
	if (accepted != (first.reason_n == 0) || (accepted && sums.records == 0))
		abort();
	if (!accepted && (first.reason[0].offset > len || first.reason[0].offset != second.reason[0].offset))
		abort();
	for (unsigned i = 0; i < CS_PAYMENT_KEY_N; i++)
		if (!cs_span_equal(first.key[i], second.key[i]))
			abort();
	free(lent);
	return 0;
}

/*
 * Goal: no bytes make the MT decoder crash, read past its message, or say what cannot be: a place outside, a refusal without
 * a reason, a value lent from elsewhere.
 * Method: the input is a file, read by both profiles; each message lies in memory of its own size; all parts of every field
 * are asked for.
 */
#include "decode/mt.h"

#include <stdlib.h>

enum { MESSAGES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct cs_mt_plan *plan;
static struct cs_mt_field fields[CS_MT_FIELDS_MAX];
static struct cs_mt mt;

static void
must(bool right)
{
	if (!right)
		abort();
}

static void
must_lie_in(struct cs_span outer, struct cs_span inner)
{
	must(!inner.at || (inner.at >= outer.at && inner.at + inner.len <= outer.at + outer.len));
}

static void
look_at_payment(struct cs_span message)
{
	const struct cs_payment *payment = &mt.payment;
	struct cs_span store = {payment->store, payment->store_len};
	for (unsigned i = 0; i < CS_PAYMENT_KEY_N; i++) {
		struct cs_span value = payment->key[i];
		bool stored = value.at >= store.at && value.at <= store.at + store.len;
		must_lie_in(stored ? store : message, value);
	}
	for (unsigned i = 0; i < payment->reason_n && i < CS_PAYMENT_REASONS_MAX; i++)
		must(payment->reason[i].code && payment->reason[i].text && payment->reason[i].offset <= message.len);
}

static void
look_at_fields(struct cs_span message)
{
	for (uint32_t i = 0; i < mt.field_n; i++) {
		const struct cs_mt_field *field = &mt.field[i];
		struct cs_mt_entry entry;
		struct cs_mt_balance balance;
		struct cs_mt_party party;
		must_lie_in(message, cs_mt_value(&mt, field));
		cs_mt_party_of(&mt, field, &party);
		must(party.line_n <= CS_MT_PARTY_LINES_MAX && party.name_n <= CS_MT_PARTY_LINES_MAX);
		for (unsigned k = 0; k < party.line_n; k++)
			must_lie_in(message, party.line[k]);
		if (field->tag == 61 && cs_mt_entry_of(&mt, field, &entry))
			must_lie_in(message, entry.customer_ref);
		if (field->tag == 60 && cs_mt_balance_of(&mt, field, &balance))
			must_lie_in(message, balance.amount_text);
	}
}

static void
read_message(struct cs_span message, bool loose)
{
	static const uint8_t key[CS_MT_KEY_BYTES] = {1};
	uint8_t *own = malloc(message.len ? message.len : 1);
	must(own != NULL);
	memcpy(own, message.at, message.len);
	struct cs_span bytes = {own, message.len};
	bool taken = loose ? cs_mt_decode_loose(&mt, bytes) : cs_mt_decode(&mt, bytes);
	must(taken == (mt.payment.reason_n == 0));
	look_at_payment(bytes);
	look_at_fields(bytes);
	(void)cs_mt_authenticate(&mt, key);
	free(own);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!plan) {
		plan = cs_mt_plan_new();
		must(plan != NULL);
		cs_mt_init(&mt, plan, fields, CS_MT_FIELDS_MAX);
	}
	for (unsigned loose = 0; loose < 2; loose++) {
		struct cs_mt_file file = {.bytes = {data, len}, .loose = loose};
		struct cs_span message;
		size_t behind = 0;
		for (unsigned n = 0; n < MESSAGES_MAX && cs_mt_next(&file, &message); n++) {
			must_lie_in(file.bytes, message);
			must(file.at > behind || (loose && n == 0));
			behind = file.at;
			read_message(message, loose);
		}
		read_message((struct cs_span){data, len}, loose);
	}
	return 0;
}

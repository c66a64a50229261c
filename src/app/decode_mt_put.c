/*
 * The JSON line of one MT message: verdict, reasons, alerts and key. Offsets are bytes of the file.
 */
#include "app/decode_mt.h"

enum { TYPE_BYTES = 24, TEXT_BYTES = 160 };

static void
put_reasons(struct cs_json *json, const struct cs_payment *payment, size_t offset)
{
	cs_json_key(json, "reasons");
	cs_json_array(json);
	for (unsigned i = 0; i < payment->reason_n && i < CS_PAYMENT_REASONS_MAX; i++) {
		const struct cs_payment_reason *reason = &payment->reason[i];
		char words[TEXT_BYTES];
		struct cs_text text = cs_text_over(words, sizeof words);
		if (reason->about.len) {
			cs_text_put(&text, "field ");
			cs_text_put_span(&text, reason->about);
			cs_text_put(&text, ": ");
		}
		cs_text_put(&text, reason->text);
		cs_json_object(json);
		cs_json_put_text(json, "code", reason->code);
		cs_json_put_u64(json, "offset", offset + reason->offset);
		cs_json_put_text(json, "text", words);
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

static void
put_alerts(struct cs_json *json, const struct cs_payment *payment)
{
	cs_json_key(json, "alerts");
	cs_json_array(json);
	for (unsigned i = 0; i < CS_PAYMENT_ALERT_N; i++)
		if (cs_payment_raised(payment, i))
			cs_json_text(json, cs_payment_alert_name(i));
	cs_json_end_array(json);
}

static void
put_key(struct cs_json *json, const struct cs_payment *payment)
{
	cs_json_key(json, "key");
	cs_json_object(json);
	for (unsigned i = 0; i < CS_PAYMENT_KEY_N; i++)
		if (payment->key[i].at)
			cs_json_put_latin1(json, cs_payment_key_name(i), payment->key[i]);
	cs_json_end_object(json);
}

void
cs_decode_mt_put(struct cs_text *out, const struct cs_mt *mt, const char *file, size_t offset, bool full)
{
	char type[TYPE_BYTES];
	struct cs_text name = cs_text_over(type, sizeof type);
	struct cs_json json = cs_json_over(out);
	cs_mt_type_name(mt, &name);
	cs_json_object(&json);
	cs_json_put_text(&json, "file", file);
	cs_json_put_u64(&json, "offset", offset);
	cs_json_put_text(&json, "type", type);
	cs_json_put_text(&json, "verdict", mt->payment.reason_n ? "reject" : "accept");
	put_reasons(&json, &mt->payment, offset);
	put_alerts(&json, &mt->payment);
	put_key(&json, &mt->payment);
	if (full)
		cs_decode_mt_put_full(&json, mt, offset);
	cs_json_end_object(&json);
	cs_text_put_char(out, '\n');
}

/*
 * The JSON line of one MT message: verdict, reasons, alerts and key. Offsets are bytes of the file.
 */
#include "app/decode_mt.h"

enum { TYPE_BYTES = 24, TEXT_BYTES = 160, WORDS_BYTES = 4096 };

/* The bytes of one character of UTF-8 at the start of VALUE; 0: none, or a control. Characters beyond 0xFFFF are left to
 * be read as ISO 8859-1: no bank writes them. */
static size_t
utf8_len(struct cs_span value)
{
	const uint8_t *at = value.at;
	if (at[0] < 0x80)
		return at[0] != '\0';
	if (at[0] >= 0xC2 && at[0] < 0xE0 && value.len > 1 && (at[1] & 0xC0) == 0x80)
		return at[0] > 0xC2 || at[1] >= 0xA0 ? 2 : 0;
	bool three = at[0] >= 0xE0 && at[0] < 0xF0 && value.len > 2 && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80;
	bool overlong = at[0] == 0xE0 && three && at[1] < 0xA0;
	bool surrogate = at[0] == 0xED && three && at[1] >= 0xA0;
	return three && !overlong && !surrogate ? 3 : 0;
}

static bool
is_utf8(struct cs_span value)
{
	while (value.len) {
		size_t n = utf8_len(value);
		if (!n)
			return false;
		value = (struct cs_span){value.at + n, value.len - n};
	}
	return true;
}

void
cs_decode_mt_put_words(struct cs_json *json, const char *key, struct cs_span value)
{
	char words[WORDS_BYTES];
	if (key)
		cs_json_key(json, key);
	if (value.len >= sizeof words || !is_utf8(value)) {
		cs_json_latin1(json, value);
		return;
	}
	memcpy(words, value.at, value.len);
	words[value.len] = '\0';
	cs_json_text(json, words);
}

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
			cs_decode_mt_put_words(json, cs_payment_key_name(i), payment->key[i]);
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

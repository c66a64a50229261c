/*
 * Envelopes. Invariants: the digest in block S is over every byte of the message before it; CHK tells the text of a message,
 * so that the same number with another text shows. spec: the MT standard's blocks 1 to 5, service 21; local authentication
 * as HMAC-SHA-256 under two keys of 16 characters joined.
 */
#include "pay_wire.h"

#include "calendar.h"

#include <sodium.h>

void
cs_pay_wire_init(struct cs_pay_wire *wire, uint64_t seed)
{
	static const char digits[] = "0123456789ABCDEFGHJKLMNPQRSTUVWX";
	for (unsigned i = 0; i < CS_PAY_KEY_BYTES; i++)
		wire->key[i] = digits[cs_dice_mix(seed, 3000 + i) % 32];
	wire->key[CS_PAY_KEY_BYTES] = '\0';
}

static void
put_tag(struct cs_text *text, const char *tag, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	cs_text_put_char(text, '{');
	cs_text_put(text, tag);
	cs_text_put_char(text, ':');
	cs_text_put(text, value);
	cs_text_put_char(text, '}');
}

static void
put_minute(struct cs_text *text, uint64_t time_ns)
{
	struct cs_calendar at = cs_calendar_at(time_ns, 0);
	cs_text_put_padded(text, at.hour * 100 + at.minute, 4);
}

static void
put_first(struct cs_text *text, const char *service, struct cs_pay_number number)
{
	cs_text_put(text, "{1:F");
	cs_text_put(text, service);
	cs_text_put(text, CS_PAY_OUR_BIC "AXXX");
	cs_text_put_padded(text, number.session, 4);
	cs_text_put_padded(text, number.sequence, 6);
	cs_text_put_char(text, '}');
}

/* Blocks 3, 4 and 5, without the end of block 5, so that a trailer can follow. */
static void
put_body(struct cs_text *text, const struct cs_pay_mt *mt)
{
	size_t start = text->len;
	if (mt->user[0] != '\0' || mt->uetr != NULL) {
		cs_text_put(text, "{3:");
		put_tag(text, "108", mt->user);
		put_tag(text, "119", mt->flag);
		put_tag(text, "111", mt->uetr != NULL && mt->type == 103 ? "001" : NULL);
		put_tag(text, "121", mt->uetr);
		cs_text_put_char(text, '}');
	}
	cs_text_put(text, "{4:\r\n");
	cs_text_put_span(text, (struct cs_span){(const uint8_t *)mt->text.at, mt->text.len});
	cs_text_put(text, "-}");
	uint8_t digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(digest, (const uint8_t *)text->at + start, text->len - start);
	cs_text_put(text, "{5:{CHK:");
	cs_text_put_hex(text, (struct cs_span){digest, 6});
	cs_text_put_char(text, '}');
}

static void
authenticate(struct cs_pay_wire *wire, enum cs_pay_lau lau)
{
	uint8_t digest[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	if (lau == CS_PAY_LAU_NONE)
		return;
	size_t key_bytes = lau == CS_PAY_LAU_WRONG ? CS_PAY_KEY_BYTES / 2 : CS_PAY_KEY_BYTES;
	crypto_auth_hmacsha256_init(&state, (const uint8_t *)wire->key, key_bytes);
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)wire->text.at, wire->text.len);
	crypto_auth_hmacsha256_final(&state, digest);
	cs_text_put(&wire->text, "{S:{MDG:");
	cs_text_put_hex(&wire->text, (struct cs_span){digest, sizeof digest});
	cs_text_put(&wire->text, "}}");
}

void
cs_pay_wire_out(struct cs_pay_wire *wire, const struct cs_pay_mt *mt, const struct cs_pay_cover *cover)
{
	struct cs_text *text = &wire->text;
	*text = cs_text_over(wire->at, sizeof wire->at);
	put_first(text, "01", cover->number);
	cs_text_put(text, "{2:I");
	cs_text_put_padded(text, mt->type, 3);
	cs_text_put(text, mt->other);
	cs_text_put(text, "XXXXN}");
	put_body(text, mt);
	cs_text_put(text, cover->again ? "{PDE:}}" : "}");
	authenticate(wire, cover->lau);
	CS_ASSERT(!text->overflowed);
}

void
cs_pay_wire_in(struct cs_pay_wire *wire, const struct cs_pay_mt *mt, struct cs_pay_number number, uint64_t time_ns)
{
	struct cs_text *text = &wire->text;
	*text = cs_text_over(wire->at, sizeof wire->at);
	uint64_t input_ns = time_ns - 40 * CS_SECOND;
	put_first(text, "01", number);
	cs_text_put(text, "{2:O");
	cs_text_put_padded(text, mt->type, 3);
	put_minute(text, input_ns);
	cs_pay_put_date(text, (int64_t)(input_ns / CS_PAY_DAY));
	cs_text_put(text, mt->other);
	cs_text_put(text, "AXXX");
	cs_text_put_padded(text, 1000 + number.session, 4);
	cs_text_put_padded(text, 100000 + number.sequence, 6);
	cs_pay_put_date(text, (int64_t)(time_ns / CS_PAY_DAY));
	put_minute(text, time_ns);
	cs_text_put(text, "N}");
	put_body(text, mt);
	cs_text_put_char(text, '}');
	CS_ASSERT(!text->overflowed);
}

void
cs_pay_wire_acknowledge(struct cs_text *out, struct cs_pay_number number, uint64_t time_ns, const char *refused,
			struct cs_span copy)
{
	put_first(out, "21", number);
	cs_text_put(out, "{4:{177:");
	cs_pay_put_date(out, (int64_t)(time_ns / CS_PAY_DAY));
	put_minute(out, time_ns);
	cs_text_put(out, refused ? "}{451:1}" : "}{451:0}");
	put_tag(out, "405", refused);
	cs_text_put_char(out, '}');
	cs_text_put_span(out, copy);
	CS_ASSERT(!out->overflowed);
}

void
cs_pay_wire_name(char out[CS_PAY_NAME_BYTES], uint64_t time_ns, struct cs_pay_number number, const char *what)
{
	struct cs_calendar at = cs_calendar_at(time_ns, 0);
	struct cs_text text = cs_text_over(out, CS_PAY_NAME_BYTES);
	cs_text_put_padded(&text, at.year * 10000 + at.month * 100 + at.day, 8);
	cs_text_put_char(&text, '-');
	cs_text_put_padded(&text, at.hour * 10000 + at.minute * 100 + at.second, 6);
	cs_text_put_char(&text, '-');
	cs_text_put_padded(&text, number.session, 4);
	cs_text_put_padded(&text, number.sequence, 6);
	cs_text_put_char(&text, '-');
	cs_text_put(&text, what);
	CS_ASSERT(!text.overflowed);
}

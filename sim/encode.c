/*
 * Writes a message by its dialect: MTI, bitmaps, then each element with its length prefix.
 *
 * EBCDIC is written for the characters on which cp037, cp1047 and cp500 agree, all the simulator says; others
 * are refused. Text too short for a fixed element is filled with spaces, a number with zeros on its left. Everything is
 * written through one output with a sticky failure, so the steps need no checks of their own.
 * spec: ISO 8583-1:1987 4.3 (message structure), 4.4 (data element formats); the encodings are those of
 * decode/dialect.h. Leaves the framing to the wire.
 */
#include "encode.h"

struct output {
	uint8_t *at;
	size_t cap;
	size_t len;
	enum cs_error error; /* the first one stays */
};

/* Characters that follow one another in every EBCDIC code page. spec: IBM CDRA, code pages 37, 500, 1047. */
static const struct {
	uint8_t first;
	const char *text;
} ebcdic_runs[] = {
	{0xC1, "ABCDEFGHI"}, {0xD1, "JKLMNOPQR"},  {0xE2, "STUVWXYZ"}, {0x81, "abcdefghi"}, {0x91, "jklmnopqr"},
	{0xA2, "stuvwxyz"},  {0xF0, "0123456789"}, {0x40, " "},        {0x4B, ".<(+"},      {0x50, "&"},
	{0x5C, "*);"},       {0x60, "-/"},         {0x6B, ",%_>?"},    {0x7A, ":#@'=\""},
};

static void
refuse(struct output *out, enum cs_error error)
{
	if (out->error == CS_OK)
		out->error = error;
}

static void
put(struct output *out, uint8_t byte)
{
	if (out->len == out->cap) {
		refuse(out, CS_E_LIMIT);
		return;
	}
	out->at[out->len++] = byte;
}

static void
put_text(struct output *out, const struct cs_encoder *encoder, struct cs_span text, bool ebcdic)
{
	if (text.len > out->cap - out->len) {
		refuse(out, CS_E_LIMIT);
		return;
	}
	uint8_t *to = out->at + out->len;
	bool writable = true;
	for (size_t i = 0; i < text.len; i++) {
		to[i] = ebcdic ? encoder->ebcdic[text.at[i]] : text.at[i];
		writable = writable && (to[i] != 0 || !ebcdic);
	}
	if (!writable)
		refuse(out, CS_E_RANGE);
	out->len += text.len;
}

static void
put_hex(struct output *out, const struct cs_encoder *encoder, struct cs_span bytes, bool ebcdic)
{
	static const uint8_t digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t pair[2] = {digits[bytes.at[i] >> 4], digits[bytes.at[i] & 15]};
		put_text(out, encoder, (struct cs_span){pair, 2}, ebcdic);
	}
}

static uint8_t
nibble_of(struct output *out, uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	if (c == '=' || c == 'D')
		return 0xD;
	if (c >= 'A' && c <= 'F')
		return (uint8_t)(c - 'A' + 10);
	refuse(out, CS_E_RANGE);
	return 0;
}

/* Digits two in a byte; an odd number of them gets a zero nibble at the side the dialect says. */
static void
put_bcd(struct output *out, struct cs_span digits, bool pad_right)
{
	size_t i = 0;
	if (digits.len % 2 == 1 && !pad_right)
		put(out, nibble_of(out, digits.at[i++]));
	for (; i + 1 < digits.len; i += 2)
		put(out, (uint8_t)(nibble_of(out, digits.at[i]) << 4 | nibble_of(out, digits.at[i + 1])));
	if (i < digits.len)
		put(out, (uint8_t)(nibble_of(out, digits.at[i]) << 4));
}

static void
put_number(struct output *out, const struct cs_encoder *encoder, size_t value, unsigned encoding, unsigned width)
{
	uint8_t digits[8] = {0};
	unsigned base = encoding == CS_ENC_HEX ? 16 : 10;
	unsigned n = encoding == CS_ENC_BCD ? width * 2 : width;
	if (n > sizeof digits) {
		refuse(out, CS_E_RANGE);
		return;
	}
	for (unsigned i = n; i > 0; i--) {
		digits[i - 1] = (uint8_t) "0123456789ABCDEF"[value % base];
		value /= base;
	}
	if (value != 0)
		refuse(out, CS_E_RANGE);
	if (encoding == CS_ENC_BCD)
		put_bcd(out, (struct cs_span){digits, n}, false);
	else
		put_text(out, encoder, (struct cs_span){digits, n}, encoding == CS_ENC_EBCDIC);
}

static void
put_length(struct output *out, const struct cs_encoder *encoder, const struct cs_field_spec *spec, size_t units)
{
	if (units > spec->max) {
		refuse(out, CS_E_RANGE);
		return;
	}
	size_t value = units - (size_t)spec->len_adjust;
	if (spec->len_encoding != CS_ENC_BIN) {
		put_number(out, encoder, value, spec->len_encoding, spec->len_bytes);
		return;
	}
	for (unsigned i = spec->len_bytes; i > 0; i--)
		put(out, (uint8_t)(value >> 8 * (i - 1)));
	if (spec->len_bytes < sizeof value && value >> 8 * spec->len_bytes != 0)
		refuse(out, CS_E_RANGE);
}

/* What the length prefix says of VALUE: digits, characters or bytes. */
static size_t
units_of(const struct cs_field_spec *spec, struct cs_span value)
{
	bool hex = spec->encoding == CS_ENC_HEX || spec->encoding == CS_ENC_EBCDIC_HEX;
	if (spec->class == CS_ISO_B && hex && spec->chars)
		return value.len * 2;
	if (spec->encoding == CS_ENC_BCD && !spec->unit_digits)
		return (value.len + 1) / 2;
	if (spec->encoding == CS_ENC_RAW && spec->unit_digits)
		return value.len * 2;
	return value.len;
}

static void
put_value(struct output *out, const struct cs_encoder *encoder, const struct cs_field_spec *spec, struct cs_span value)
{
	switch ((enum cs_encoding)spec->encoding) {
	case CS_ENC_BCD:
		if (spec->class == CS_ISO_XN && value.len > 0) {
			put(out, value.at[0]);
			value = (struct cs_span){value.at + 1, value.len - 1};
		}
		put_bcd(out, value, spec->pad_right);
		return;
	case CS_ENC_HEX:
	case CS_ENC_EBCDIC_HEX:
		put_hex(out, encoder, value, spec->encoding == CS_ENC_EBCDIC_HEX);
		return;
	case CS_ENC_EBCDIC:
		put_text(out, encoder, value, true);
		return;
	case CS_ENC_ASCII:
	case CS_ENC_RAW:
	case CS_ENC_BIN:
	case CS_ENC_N:
		put_text(out, encoder, value, false);
		return;
	}
}

/* A fixed element: the value filled up to its width. */
static void
put_fixed(struct output *out, const struct cs_encoder *encoder, const struct cs_field_spec *spec, struct cs_span value)
{
	uint8_t filled[1024];
	size_t units = spec->max;
	if (value.len == units) {
		put_value(out, encoder, spec, value);
		return;
	}
	if (value.len > units || units > sizeof filled || spec->class == CS_ISO_B) {
		refuse(out, CS_E_RANGE);
		return;
	}
	bool number = spec->class == CS_ISO_N;
	memset(filled, number ? '0' : ' ', units);
	memcpy(filled + (number ? units - value.len : 0), value.at, value.len);
	put_value(out, encoder, spec, (struct cs_span){filled, units});
}

static void
put_element(struct output *out, const struct cs_encoder *encoder, unsigned element, struct cs_span value)
{
	const struct cs_field_spec *spec = &encoder->dialect->field[element];
	if (!spec->known) {
		refuse(out, CS_E_UNKNOWN);
		return;
	}
	if (spec->var == 0) {
		put_fixed(out, encoder, spec, value);
		return;
	}
	put_length(out, encoder, spec, units_of(spec, value));
	put_value(out, encoder, spec, value);
}

static void
put_mti(struct output *out, const struct cs_encoder *encoder, const char mti[4])
{
	struct cs_span digits = {(const uint8_t *)mti, 4};
	if (encoder->dialect->mti_encoding == CS_ENC_BCD)
		put_bcd(out, digits, false);
	else
		put_text(out, encoder, digits, encoder->dialect->mti_encoding == CS_ENC_EBCDIC);
}

static void
put_bitmap(struct output *out, const struct cs_encoder *encoder, const struct cs_message *message)
{
	bool second = message->bitmap[1] != 0 || encoder->dialect->bitmap_len == 16;
	uint8_t bytes[16];
	uint64_t first = message->bitmap[0] | (uint64_t)second << 63;
	for (unsigned i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(first >> (56 - 8 * i));
		bytes[8 + i] = (uint8_t)(message->bitmap[1] >> (56 - 8 * i));
	}
	struct cs_span all = {bytes, second ? 16 : 8};
	unsigned encoding = encoder->dialect->bitmap_encoding;
	if (encoding == CS_ENC_HEX || encoding == CS_ENC_EBCDIC_HEX)
		put_hex(out, encoder, all, encoding == CS_ENC_EBCDIC_HEX);
	else
		put_text(out, encoder, all, false);
}

void
cs_encode_init(struct cs_encoder *encoder, const struct cs_dialect *dialect)
{
	encoder->dialect = dialect;
	memset(encoder->ebcdic, 0, sizeof encoder->ebcdic);
	for (unsigned i = 0; i < sizeof ebcdic_runs / sizeof ebcdic_runs[0]; i++)
		for (unsigned j = 0; ebcdic_runs[i].text[j] != '\0'; j++)
			encoder->ebcdic[(uint8_t)ebcdic_runs[i].text[j]] = (uint8_t)(ebcdic_runs[i].first + j);
}

enum cs_error
cs_encode_message(const struct cs_encoder *encoder, const struct cs_message *message, uint8_t *out, size_t cap_bytes,
		  size_t *len)
{
	struct output output = {.at = out, .cap = cap_bytes, .error = CS_OK};
	for (unsigned i = 0; i < encoder->dialect->header_len; i++)
		put(&output, 0);
	put_mti(&output, encoder, message->mti);
	put_bitmap(&output, encoder, message);
	for (unsigned word = 0; word < 2; word++) {
		for (uint64_t left = message->bitmap[word]; left != 0;) {
			unsigned bit = (unsigned)__builtin_clzll(left);
			unsigned element = word * 64 + bit + 1;
			left &= ~(UINT64_C(1) << (63 - bit));
			put_element(&output, encoder, element, cs_message_get(message, element));
		}
	}
	CS_TRY(output.error);
	*len = output.len;
	return CS_OK;
}

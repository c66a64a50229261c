/*
 * What identification found, as JSON and in plain words. No value of any message is in it, only formats and counts.
 *
 * The dialect is written in the form that cs_dialect_read_json reads, so that it can be saved and used as it is.
 */
#include "engine/identify.h"

#include "base/hash.h"

enum { DIALECT_BYTES = 1 << 16 };

static const char *const encodings[] = {"ascii", "bcd", "ebcdic", "raw", "hex", "ebcdic_hex", "bin"};
static const char *const types[] = {"n", "xn", "ans", "z", "b"};
static const char *const axes[] = {"n", "an", "z", "b", "len", "pad", "ebcdic"};
static const char *const codepages[] = {"cp037", "cp1047", "cp500"};

static const char *
axis_value(const struct cs_axes *of, enum cs_axis axis)
{
	if (axis == CS_AXIS_PAD)
		return of->value[axis] ? "right" : "left";
	if (axis == CS_AXIS_CODEPAGE)
		return codepages[of->value[axis]];
	return encodings[of->value[axis]];
}

static void
put_axes(struct cs_json *json, const struct cs_axes *of)
{
	for (enum cs_axis axis = CS_AXIS_N; axis < CS_AXIS_COUNT; axis++)
		cs_json_put_text(json, axes[axis], axis_value(of, axis));
}

static void
put_field(struct cs_json *json, unsigned field, const struct cs_field_spec *spec)
{
	char number[8];
	struct cs_text text = cs_text_over(number, sizeof number);
	cs_text_put_u64(&text, field);
	cs_json_key(json, number);
	cs_json_object(json);
	cs_json_put_text(json, "type", types[spec->class]);
	cs_json_put_u64(json, "max", spec->max);
	cs_json_put_u64(json, "var", spec->var);
	cs_json_put_text(json, "enc", encodings[spec->encoding]);
	if (spec->var)
		cs_json_put_text(json, "len", encodings[spec->len_encoding]);
	if (spec->encoding == CS_ENC_BCD)
		cs_json_put_text(json, "pad", spec->pad_right ? "right" : "left");
	cs_json_end_object(json);
}

void
cs_identify_put_dialect(struct cs_json *json, const struct cs_guess_result *guess)
{
	const struct cs_dialect *dialect = &guess->dialect;
	char version[8];
	struct cs_text text = cs_text_over(version, sizeof version);
	cs_text_put_u64(&text, dialect->version);
	cs_json_object(json);
	cs_json_put_text(json, "version", version);
	cs_json_put_text(json, "mti", encodings[dialect->mti_encoding]);
	cs_json_put_text(json, "bitmap", encodings[dialect->bitmap_encoding]);
	put_axes(json, &guess->axes);
	cs_json_put_u64(json, "header_len", dialect->header_len);
	if (dialect->bitmap_len)
		cs_json_put_u64(json, "bitmap_len", dialect->bitmap_len);
	cs_json_key(json, "fields");
	cs_json_object(json);
	for (unsigned field = 2; field <= CS_DIALECT_FIELD_MAX; field++)
		if (guess->differs[field] && dialect->field[field].known)
			put_field(json, field, &dialect->field[field]);
	cs_json_end_object(json);
	cs_json_end_object(json);
}

void
cs_identify_put_endpoint(struct cs_text *text, const uint8_t ip[16], uint16_t port)
{
	static const uint8_t four[12] = {[10] = 0xFF, [11] = 0xFF};
	if (memcmp(ip, four, 12) == 0) {
		for (unsigned i = 12; i < 16; i++) {
			cs_text_put_u64(text, ip[i]);
			cs_text_put_char(text, i < 15 ? '.' : ':');
		}
		cs_text_put_u64(text, port);
		return;
	}
	cs_text_put_char(text, '[');
	for (unsigned i = 0; i < 16; i += 2) {
		cs_text_put_hex(text, (struct cs_span){ip + i, 2});
		cs_text_put(text, i < 14 ? ":" : "]:");
	}
	cs_text_put_u64(text, port);
}

static void
put_endpoint(struct cs_json *json, const char *key, const uint8_t ip[16], uint16_t port)
{
	char at[64];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_identify_put_endpoint(&text, ip, port);
	cs_json_put_text(json, key, at);
}

static void
put_undetermined(struct cs_json *json, unsigned undetermined)
{
	cs_json_key(json, "undetermined");
	cs_json_array(json);
	for (unsigned axis = 0; axis < CS_AXIS_COUNT; axis++)
		if (undetermined >> axis & 1)
			cs_json_text(json, axes[axis]);
	cs_json_end_array(json);
}

static void
put_evidence(struct cs_json *json, const struct cs_identified *found)
{
	const struct cs_guess_result *guess = &found->guess;
	cs_json_key(json, "evidence");
	cs_json_object(json);
	cs_json_put_u64(json, "messages", guess->message_n);
	cs_json_put_u64(json, "decoded", guess->decoded_n);
	cs_json_put_u64(json, "plausible", guess->plausible_n);
	cs_json_put_u64(json, "connections", found->pooled_n);
	cs_json_key(json, "mtis");
	cs_json_object(json);
	for (unsigned i = 0; i < found->mti_n; i++)
		cs_json_put_u64(json, found->mtis[i].mti, found->mtis[i].n);
	cs_json_end_object(json);
	cs_json_put_u64(json, "cost", guess->cost);
	if (guess->has_runner_up) {
		cs_json_key(json, "runner_up");
		cs_json_object(json);
		put_axes(json, &guess->runner_up);
		cs_json_put_u64(json, "cost", guess->runner_up_cost);
		cs_json_end_object(json);
	}
	cs_json_end_object(json);
}

void
cs_identify_put_json(struct cs_json *json, const struct cs_identified *found)
{
	cs_json_object(json);
	cs_json_key(json, "stream");
	cs_json_object(json);
	put_endpoint(json, "client", found->client_ip, found->client_port);
	put_endpoint(json, "server", found->server_ip, found->server_port);
	cs_json_end_object(json);
	cs_json_key(json, "framing");
	if (found->framing)
		cs_json_text(json, cs_framing_name(found->framing));
	else
		cs_json_null(json);
	if (found->tried)
		cs_json_put_u64(json, "header_len", found->guess.dialect.header_len);
	cs_json_key(json, "dialect");
	if (found->named)
		cs_identify_put_dialect(json, &found->guess);
	else
		cs_json_null(json);
	if (!found->named)
		cs_json_put_text(json, "failure", found->failure);
	if (!found->named && found->tried) {
		cs_json_key(json, "attempt");
		cs_identify_put_dialect(json, &found->guess);
	}
	if (found->nearest) {
		cs_json_put_text(json, "nearest", found->nearest);
		cs_json_put_u64(json, "nearest_differs", found->nearest_off);
	}
	if (found->tried) {
		put_undetermined(json, found->guess.undetermined);
		put_evidence(json, found);
	}
	cs_json_end_object(json);
}

/* --- for people --- */

static void
put_encodings(struct cs_text *text, const struct cs_guess_result *guess)
{
	cs_text_put(text, "  dialect    ISO 8583:");
	cs_text_put_u64(text, guess->dialect.version);
	cs_text_put(text, ", MTI ");
	cs_text_put(text, encodings[guess->dialect.mti_encoding]);
	cs_text_put(text, ", bitmap ");
	cs_text_put(text, encodings[guess->dialect.bitmap_encoding]);
	for (enum cs_axis axis = CS_AXIS_N; axis < CS_AXIS_COUNT; axis++) {
		if (axis >= CS_AXIS_PAD && (guess->undetermined >> axis & 1))
			continue;
		cs_text_put(text, ", ");
		cs_text_put(text, axes[axis]);
		cs_text_put_char(text, ' ');
		cs_text_put(text, axis_value(&guess->axes, axis));
		if (guess->undetermined >> axis & 1)
			cs_text_put(text, " (a guess: no field tells)");
	}
	cs_text_put_char(text, '\n');
}

static void
put_exceptions(struct cs_text *text, const struct cs_guess_result *guess)
{
	unsigned n = 0;
	for (unsigned field = 2; field <= CS_DIALECT_FIELD_MAX; field++) {
		if (!guess->differs[field])
			continue;
		cs_text_put(text, n++ ? ", " : "  fields unlike the standard: ");
		cs_text_put_u64(text, field);
	}
	if (n)
		cs_text_put_char(text, '\n');
}

void
cs_identify_put_link(struct cs_text *text, const struct cs_identified *found)
{
	cs_text_put(text,
		    "  to paste into a policy (name, interface and side are yours):\n    link NAME {\n      tap \"");
	cs_text_put(text, "INTERFACE\" port ");
	cs_text_put_u64(text, found->server_port);
	cs_text_put(text, "\n      frame ");
	cs_text_put(text, cs_framing_name(found->framing));
	cs_text_put(text, "\n      dialect \"");
	cs_text_put(text, found->nearest && found->nearest_off == 0 ? found->nearest : "FILE.json");
	cs_text_put(text, "\"\n      side acquirer\n    }\n");
	if (!found->nearest || found->nearest_off != 0)
		cs_text_put(text,
			    "  FILE.json is the value of \"dialect\" that `countersign identify --json` writes\n");
}

uint64_t
cs_identify_link_hash(const struct cs_identified *found)
{
	bool shipped = found->nearest && found->nearest_off == 0;
	const char *framing = cs_framing_name(found->framing);
	char at[DIALECT_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	/* What is in a file has no name: its whole text tells. */
	if (shipped)
		cs_text_put(&text, found->nearest);
	else
		cs_identify_put_dialect(&json, &found->guess);
	CS_ASSERT(!text.overflowed);
	uint64_t hash = cs_hash_bytes((struct cs_span){(const uint8_t *)at, text.len}, found->server_port);
	return cs_hash_mix(hash, cs_hash_bytes(cs_span_text(framing), shipped));
}

void
cs_identify_put_text(struct cs_text *text, const struct cs_identified *found)
{
	const struct cs_guess_result *guess = &found->guess;
	cs_identify_put_endpoint(text, found->client_ip, found->client_port);
	cs_text_put(text, " to ");
	cs_identify_put_endpoint(text, found->server_ip, found->server_port);
	cs_text_put_char(text, '\n');
	if (!found->named) {
		cs_text_put(text, "  not identified: ");
		cs_text_put(text, found->failure);
		cs_text_put_char(text, '\n');
	}
	if (!found->tried)
		return;
	cs_text_put(text, "  framing    ");
	cs_text_put(text, cs_framing_name(found->framing));
	cs_text_put(text, " (");
	cs_text_put(text, cs_framing_help(found->framing));
	cs_text_put(text, "), then ");
	cs_text_put_counted(text, guess->dialect.header_len, "byte", "bytes");
	cs_text_put(text, " before the MTI\n");
	put_encodings(text, guess);
	put_exceptions(text, guess);
	cs_text_put(text, "  evidence   ");
	cs_text_put_u64(text, guess->decoded_n);
	cs_text_put(text, " of ");
	cs_text_put_u64(text, guess->message_n);
	cs_text_put(text, " messages decode to their last byte, ");
	cs_text_put_u64(text, guess->plausible_n);
	cs_text_put(text, " with nothing unusual in them\n");
	if (found->nearest) {
		cs_text_put(text, "  nearest    ");
		cs_text_put(text, found->nearest);
		cs_text_put(text, found->nearest_off ? ", with differences\n" : ", without a difference\n");
	}
}

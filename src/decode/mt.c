/*
 * One MT message from its first byte to its last: envelope, fields, rules, sums, key.
 *
 * Leaves blocks to mt_block.c, fields to mt_text.c, rules to mt_rules.c, statements to mt_statement.c, and the lenient
 * profile to mt_loose.c.
 */
#include "decode/mt_parts.h"

void
cs_mt_init(struct cs_mt *mt, const struct cs_mt_plan *plan, struct cs_mt_field *field, uint32_t cap)
{
	CS_ASSERT(cap >= CS_MT_FIELDS_MAX);
	memset(mt, 0, sizeof *mt);
	mt->plan = plan;
	mt->field = field;
	mt->field_cap = cap;
}

static void
clear_head(struct cs_mt_head *head)
{
	head->direction = 0;
	head->priority = 0;
	head->type = 0;
	head->flag = CS_MT_PLAIN;
	head->own_at = 0;
	head->local_at = 0;
	head->user.n = 0;
	head->trailers.n = 0;
	head->local.n = 0;
	head->service = head->lt = head->session = head->sequence = (struct cs_span){NULL, 0};
	head->receiver_lt = head->input_time = head->reference = (struct cs_span){NULL, 0};
	head->output_date = head->output_time = (struct cs_span){NULL, 0};
}

void
cs_mt_begin(struct cs_mt *mt, struct cs_span bytes, bool loose)
{
	cs_payment_reset(&mt->payment);
	clear_head(&mt->head);
	mt->ack.lt = mt->ack.service = (struct cs_span){NULL, 0};
	mt->ack.tags.n = 0;
	mt->ack.acknowledged = mt->ack.refused = false;
	mt->bytes = bytes;
	mt->loose = loose;
	mt->account = (struct cs_span){NULL, 0};
	memset(&mt->sums, 0, sizeof mt->sums);
	mt->field_n = 0;
	memset(mt->first, 0, sizeof mt->first);
}

static bool
read_text(struct cs_mt *mt, struct cs_span text)
{
	const struct cs_mt_type *type = cs_mt_type_find(mt->plan, mt->head.type, mt->head.flag);
	const uint8_t *end;
	if (!type) {
		bool flagged = mt->head.flag != CS_MT_PLAIN && cs_mt_type_find(mt->plan, mt->head.type, CS_MT_PLAIN);
		cs_mt_refuse(mt, flagged ? "U08" : "H30", mt->bytes.at + mt->head.own_at,
			     flagged ? "the validation flag is not one of this type"
				     : "a type of message not known here");
		return false;
	}
	return cs_mt_text_read(mt, type, text, &end) && cs_mt_block_end(mt, end);
}

bool
cs_mt_decode(struct cs_mt *mt, struct cs_span bytes)
{
	struct cs_span text;
	cs_mt_begin(mt, bytes, false);
	if (bytes.len > CS_MT_MESSAGE_MAX) {
		cs_mt_refuse(mt, "M50", bytes.at, "longer than any message");
		return false;
	}
	if (cs_mt_block_read(mt, &text) && mt->head.type && read_text(mt, text)) {
		if (!mt->payment.reason_n)
			cs_mt_rules(mt);
		cs_mt_statement(mt);
	}
	cs_mt_key_fill(mt);
	return mt->payment.reason_n == 0;
}

const struct cs_mt_field *
cs_mt_find(const struct cs_mt *mt, unsigned tag, unsigned sequence)
{
	unsigned index = mt->first[sequence][tag];
	return index ? &mt->field[index - 1] : NULL;
}

struct cs_span
cs_mt_value(const struct cs_mt *mt, const struct cs_mt_field *field)
{
	return (struct cs_span){mt->bytes.at + field->at, field->len};
}

struct cs_span
cs_mt_tag_of(const struct cs_mt_tags *tags, const char *name)
{
	for (unsigned i = 0; i < tags->n; i++)
		if (memcmp(tags->tag[i].name.at, name, CS_MT_TAG_LEN) == 0)
			return tags->tag[i].value;
	return (struct cs_span){NULL, 0};
}

void
cs_mt_type_name(const struct cs_mt *mt, struct cs_text *out)
{
	static const char *const suffix[] = {
		[CS_MT_PLAIN] = "", [CS_MT_STP] = "STP", [CS_MT_REMIT] = "REMIT", [CS_MT_COV] = "COV"};
	if (mt->head.type) {
		cs_text_put(out, "MT");
		cs_text_put_padded(out, mt->head.type, 3);
		cs_text_put(out, suffix[mt->head.flag]);
	} else if (mt->ack.lt.at) {
		cs_text_put(out, "F");
		cs_text_put_span(out, mt->ack.service);
	} else {
		cs_text_put(out, mt->loose && mt->field_n ? "MT940" : "unknown");
	}
}

bool
cs_mt_line(struct cs_span *value, struct cs_span *line)
{
	if (!value->at)
		return false;
	const uint8_t *newline = cs_mt_newline(value->at, value->at + value->len);
	size_t len = newline ? (size_t)(newline - value->at) : value->len;
	*line = (struct cs_span){value->at, len};
	if (newline && len && value->at[len - 1] == '\r')
		line->len--;
	if (newline)
		*value = (struct cs_span){newline + 1, value->len - len - 1};
	else
		*value = (struct cs_span){NULL, 0};
	return true;
}

bool
cs_mt_lines_of(struct cs_span value, struct cs_mt_lines *out)
{
	struct cs_span line;
	out->n = 0;
	while (cs_mt_line(&value, &line)) {
		if (out->n >= CS_MT_LINES_MAX)
			return false;
		out->line[out->n++] = line;
	}
	return true;
}

/* Sixteen characters at a time; the compiler makes what the machine has of it. */
typedef uint8_t block __attribute__((vector_size(16)));

/* 255 where a character is none of class X: a letter, one of ' to : but for *, or of the rest. */
static inline block
outside(block c)
{
	block letter = (block)((c | 32) - 'a' < 26);
	block sign = (block)(c - '\'' < ':' - '\'' + 1) & ~(block)(c == '*');
	return ~(letter | sign | (block)(c == ' ') | (block)(c == '?') | (block)(c == '\n') | (block)(c == '\r'));
}

static inline block
load(const uint8_t *at)
{
	block out;
	memcpy(&out, at, sizeof out);
	return out;
}

bool
cs_mt_clean(struct cs_span bytes)
{
	block bad = {0};
	uint8_t last[sizeof bad];
	size_t at = 0;
	for (; at + sizeof bad <= bytes.len; at += sizeof bad)
		bad |= outside(load(bytes.at + at));
	memset(last, ' ', sizeof last);
	if (at < bytes.len)
		memcpy(last, bytes.at + at, bytes.len - at);
	bad |= outside(load(last));
	uint64_t halves[2];
	memcpy(halves, &bad, sizeof halves);
	return !(halves[0] | halves[1]);
}

void
cs_mt_refuse(struct cs_mt *mt, const char *code, const uint8_t *at, const char *text)
{
	struct cs_payment_reason reason = {.code = code, .text = text, .offset = (size_t)(at - mt->bytes.at)};
	cs_payment_refuse(&mt->payment, &reason);
}

void
cs_mt_refuse_field(struct cs_mt *mt, const struct cs_mt_field *field, const struct cs_mt_fault *fault)
{
	const uint8_t *value = mt->bytes.at + field->at;
	struct cs_payment_reason reason = {.code = fault->code, .text = fault->text};
	reason.offset = (size_t)((fault->at ? fault->at : value) - mt->bytes.at);
	/* ":50K:" stands before the value. */
	size_t tag_len = field->option ? 3 : 2;
	reason.about = (struct cs_span){value - 1 - tag_len, tag_len};
	cs_payment_refuse(&mt->payment, &reason);
}

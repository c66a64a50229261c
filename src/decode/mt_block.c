/*
 * The envelope of a FIN message: blocks 1, 2, 3, 5 and S, and the service message that may stand before it.
 *
 * A place in the bytes moves on, never back, and never past their end. What a block holds is checked here; the text of
 * block 4 is left to mt_text.c.
 */
#include "decode/mt_parts.h"

enum { LT_LEN = 12, SESSION_LEN = 4, SEQUENCE_LEN = 6, REFERENCE_LEN = 28, VALUE_MAX = 512 };

static const struct {
	uint16_t tag;
	const char *code;
} users[] = {
#define USER(tag, format, code) {tag, code},
#include "decode/mt_tag.def"
#undef USER
};

static const char *const trailers[] = {
#define TRAILER(name, format) name,
#include "decode/mt_tag.def"
#undef TRAILER
};

enum { USER_N = sizeof users / sizeof users[0], TRAILER_N = sizeof trailers / sizeof trailers[0] };

struct reader {
	struct cs_mt *mt;
	const uint8_t *at;
	const uint8_t *end;
};

static bool
refuse(struct reader *r, const char *code, const char *text)
{
	bool over = r->at >= r->end;
	cs_mt_refuse(r->mt, over ? "truncated" : code, r->at, over ? "the message ends too early" : text);
	return false;
}

static bool
starts(const struct reader *r, const char *text)
{
	size_t len = strlen(text);
	return (size_t)(r->end - r->at) >= len && memcmp(r->at, text, len) == 0;
}

/* Moves to where the bytes stop being those of TEXT; true when all of it was there. */
static bool
expect(struct reader *r, const char *text)
{
	for (; *text; text++, r->at++)
		if (r->at >= r->end || *r->at != (uint8_t)*text)
			return false;
	return true;
}

/* Takes LEN characters of a class; false at the first that is none. */
static bool
take(struct reader *r, size_t len, unsigned bits, struct cs_span *out)
{
	const uint8_t *from = r->at;
	for (size_t i = 0; i < len; i++, r->at++)
		if (r->at >= r->end || !cs_mt_is(r->mt->plan, *r->at, bits))
			return false;
	if (out)
		*out = (struct cs_span){from, len};
	return true;
}

static bool
take_lt(struct reader *r, struct cs_span *out)
{
	const uint8_t *from = r->at;
	if (!take(r, 6, CS_MT_CLASS_A, NULL) || !take(r, 6, CS_MT_CLASS_C, NULL))
		return false;
	*out = (struct cs_span){from, LT_LEN};
	if (!(r->mt->plan->codes.country[cs_codes_letters2(from + 4)] & 1))
		cs_payment_raise(&r->mt->payment, CS_PAYMENT_ALERT_BIC_COUNTRY);
	return true;
}

static bool
basic_header(struct reader *r, struct cs_mt_head *head)
{
	if (!expect(r, "{1:"))
		return refuse(r, "H01", "block 1 is missing");
	if (r->at >= r->end || (*r->at != 'F' && *r->at != 'A' && *r->at != 'L'))
		return refuse(r, "H02", "the application is F, A or L");
	r->at++;
	if (!take(r, 2, CS_MT_CLASS_N, &head->service))
		return refuse(r, "H03", "the service has two digits");
	if (!take_lt(r, &head->lt))
		return refuse(r, "H10", "the logical terminal has twelve characters");
	if (!take(r, SESSION_LEN, CS_MT_CLASS_N, &head->session))
		return refuse(r, "H15", "the session has four digits");
	if (!take(r, SEQUENCE_LEN, CS_MT_CLASS_N, &head->sequence))
		return refuse(r, "H20", "the sequence number has six digits");
	return expect(r, "}") || refuse(r, "H01", "block 1 is too long");
}

/* {name:value}, values without braces. */
static bool
one_tag(struct reader *r, struct cs_mt_tag *out)
{
	if (!expect(r, "{"))
		return refuse(r, "U00", "a tag begins with a brace");
	const uint8_t *from = r->at;
	while (r->at < r->end && r->at - from < CS_MT_TAG_LEN && cs_mt_is(r->mt->plan, *r->at, CS_MT_CLASS_C))
		r->at++;
	out->name = (struct cs_span){from, (size_t)(r->at - from)};
	if (out->name.len != CS_MT_TAG_LEN || !expect(r, ":"))
		return refuse(r, "U00", "a tag has three characters and a colon");
	from = r->at;
	while (r->at < r->end && r->at - from < VALUE_MAX && *r->at != '{' && *r->at != '}' && *r->at >= ' ' &&
	       *r->at < 127)
		r->at++;
	out->value = (struct cs_span){from, (size_t)(r->at - from)};
	return expect(r, "}") || refuse(r, "U00", "a tag's value has no end");
}

static bool
all_tags(struct reader *r, struct cs_mt_tags *tags)
{
	while (starts(r, "{")) {
		if (tags->n >= CS_MT_TAGS_MAX)
			return refuse(r, "U00", "more tags in a block than there is room for");
		if (!one_tag(r, &tags->tag[tags->n]))
			return false;
		for (unsigned i = 0; i < tags->n; i++)
			if (memcmp(tags->tag[i].name.at, tags->tag[tags->n].name.at, CS_MT_TAG_LEN) == 0) {
				cs_mt_refuse(r->mt, "U00", tags->tag[tags->n].name.at, "a tag is there twice");
				return false;
			}
		tags->n++;
	}
	return expect(r, "}") || refuse(r, "U00", "a block has no end");
}

static bool
input_header(struct reader *r, struct cs_mt_head *head)
{
	if (!take_lt(r, &head->receiver_lt))
		return refuse(r, "H50", "the receiver has twelve characters");
	if (r->at >= r->end || (*r->at != 'N' && *r->at != 'U' && *r->at != 'S'))
		return refuse(r, "H40", "the priority is N, U or S");
	head->priority = (char)*r->at++;
	if (starts(r, "}"))
		return expect(r, "}");
	if (r->at >= r->end || *r->at < '1' || *r->at > '3')
		return refuse(r, "H80", "delivery monitoring is 1, 2 or 3");
	r->at++;
	if (!starts(r, "}") && !take(r, 3, CS_MT_CLASS_N, NULL))
		return refuse(r, "H80", "the obsolescence period has three digits");
	return expect(r, "}") || refuse(r, "H25", "block 2 is too long");
}

static bool
valid_time(struct cs_span time)
{
	return time.at[0] < '2' + (time.at[1] < '4') && time.at[2] < '6';
}

static bool
output_header(struct reader *r, struct cs_mt_head *head)
{
	struct cs_mt_date date;
	struct cs_span lt;
	if (!take(r, 4, CS_MT_CLASS_N, &head->input_time) || !valid_time(head->input_time))
		return refuse(r, "H25", "the input time has four digits");
	const uint8_t *from = r->at;
	if (!take(r, 6, CS_MT_CLASS_N, NULL) || !take_lt(r, &lt) ||
	    !take(r, SESSION_LEN + SEQUENCE_LEN, CS_MT_CLASS_N, NULL))
		return refuse(r, "H25", "the input reference has 28 characters");
	head->reference = (struct cs_span){from, REFERENCE_LEN};
	if (!take(r, 6, CS_MT_CLASS_N, &head->output_date) || !take(r, 4, CS_MT_CLASS_N, &head->output_time))
		return refuse(r, "H25", "output date and time have ten digits");
	if (!cs_mt_check_date(from, &date) || !cs_mt_check_date(head->output_date.at, &date) ||
	    !valid_time(head->output_time)) {
		r->at = from;
		return refuse(r, "H25", "a date or time of block 2 is none");
	}
	if (r->at >= r->end || (*r->at != 'N' && *r->at != 'U' && *r->at != 'S'))
		return refuse(r, "H40", "the priority is N, U or S");
	head->priority = (char)*r->at++;
	return expect(r, "}") || refuse(r, "H25", "block 2 is too long");
}

static bool
application_header(struct reader *r, struct cs_mt_head *head)
{
	struct cs_span type;
	if (!expect(r, "{2:"))
		return refuse(r, "H25", "block 2 is missing");
	if (r->at >= r->end || (*r->at != 'I' && *r->at != 'O'))
		return refuse(r, "H25", "block 2 begins with I or O");
	char direction = (char)*r->at++;
	if (!take(r, 3, CS_MT_CLASS_N, &type))
		return refuse(r, "H30", "the type of message has three digits");
	head->type = (uint16_t)((type.at[0] - '0') * 100 + (type.at[1] - '0') * 10 + (type.at[2] - '0'));
	head->direction = direction;
	return direction == 'I' ? input_header(r, head) : output_header(r, head);
}

/* --- what the tags hold --- */

static bool
fits(struct reader *r, unsigned op, const struct cs_mt_tag *tag, const char *code)
{
	struct cs_mt_lines lines = {.n = 1, .line[0] = tag->value};
	struct cs_mt_fault fault;
	if (cs_mt_format_fits(r->mt->plan, op, &lines, &fault))
		return true;
	cs_mt_refuse(r->mt, code, fault.at, fault.text);
	return false;
}

static bool
valid_screening(struct cs_span value)
{
	return value.len >= 4 && (memcmp(value.at, "/AOK", 4) == 0 || memcmp(value.at, "/FPO", 4) == 0 ||
				  memcmp(value.at, "/NOK", 4) == 0);
}

static bool
user_tag(struct reader *r, const struct cs_mt_tag *tag)
{
	if (!cs_mt_is(r->mt->plan, tag->name.at[0], CS_MT_CLASS_N) ||
	    !cs_mt_is(r->mt->plan, tag->name.at[1], CS_MT_CLASS_N) ||
	    !cs_mt_is(r->mt->plan, tag->name.at[2], CS_MT_CLASS_N)) {
		cs_mt_refuse(r->mt, "U00", tag->name.at, "a tag of block 3 has three digits");
		return false;
	}
	unsigned number =
		(unsigned)((tag->name.at[0] - '0') * 100 + (tag->name.at[1] - '0') * 10 + (tag->name.at[2] - '0'));
	const char *code = "U00";
	for (unsigned i = 0; i < USER_N; i++)
		if (users[i].tag == number)
			code = users[i].code;
	unsigned op = r->mt->plan->user_op[number];
	if (!fits(r, op ? op - 1 : r->mt->plan->text_op, tag, code))
		return false;
	bool right = (number != 121 || cs_codes_is_uetr(tag->value)) &&
		     ((number != 433 && number != 434) || valid_screening(tag->value));
	if (number == 108 && tag->value.len && tag->value.at[0] == ' ')
		right = false;
	if (!right)
		cs_mt_refuse(r->mt, code, tag->value.at, "a tag of block 3 has a value that it cannot have");
	return right;
}

static bool
read_flag(struct reader *r, struct cs_mt_head *head)
{
	struct cs_span flag = cs_mt_tag_of(&head->user, "119");
	if (!flag.at)
		return true;
	if (cs_span_is(flag, "STP"))
		head->flag = CS_MT_STP;
	else if (cs_span_is(flag, "REMIT"))
		head->flag = CS_MT_REMIT;
	else if (cs_span_is(flag, "COV"))
		head->flag = CS_MT_COV;
	if (head->flag != CS_MT_PLAIN)
		return true;
	cs_mt_refuse(r->mt, "U08", flag.at, "the validation flag is STP, REMIT or COV");
	return false;
}

static bool
user_header(struct reader *r, struct cs_mt_head *head)
{
	if (!starts(r, "{3:"))
		return true;
	r->at += 3;
	if (!starts(r, "{"))
		return refuse(r, "U00", "block 3 is empty");
	if (!all_tags(r, &head->user))
		return false;
	for (unsigned i = 0; i < head->user.n; i++)
		if (!user_tag(r, &head->user.tag[i]))
			return false;
	return read_flag(r, head);
}

static bool
trailer_tags(struct reader *r, const struct cs_mt_tags *tags)
{
	for (unsigned i = 0; i < tags->n; i++) {
		unsigned op = r->mt->plan->text_op;
		for (unsigned k = 0; k < TRAILER_N; k++)
			if (memcmp(tags->tag[i].name.at, trailers[k], CS_MT_TAG_LEN) == 0)
				op = r->mt->plan->trailer_op[k];
		if (!fits(r, op, &tags->tag[i], "Z00"))
			return false;
	}
	return true;
}

/* --- service messages --- */

static bool
service_tags(struct reader *r, struct cs_mt_ack *ack)
{
	struct cs_mt_date date;
	struct cs_span when = cs_mt_tag_of(&ack->tags, "177");
	struct cs_span result = cs_mt_tag_of(&ack->tags, "451");
	if (!cs_span_is(ack->service, "21"))
		return true;
	struct cs_mt_tag dated = {.value = when};
	if (!when.at || !result.at) {
		cs_mt_refuse(r->mt, "V00", ack->lt.at, "an acknowledgement has 177 and 451");
		return false;
	}
	if (!fits(r, r->mt->plan->when_op, &dated, "V00"))
		return false;
	if (!cs_mt_check_date(when.at, &date) || !valid_time((struct cs_span){when.at + 6, 4})) {
		cs_mt_refuse(r->mt, "T50", when.at, "the time of an acknowledgement is none");
		return false;
	}
	ack->acknowledged = cs_span_is(result, "0");
	ack->refused = cs_span_is(result, "1");
	if (ack->refused)
		cs_payment_raise(&r->mt->payment, CS_PAYMENT_ALERT_NAK);
	if (ack->acknowledged || ack->refused)
		return true;
	cs_mt_refuse(r->mt, "V00", result.at, "451 is 0 or 1");
	return false;
}

static bool
service_message(struct reader *r, const struct cs_mt_head *head)
{
	struct cs_mt_ack *ack = &r->mt->ack;
	ack->service = head->service;
	ack->lt = head->lt;
	if (!expect(r, "{4:"))
		return refuse(r, "V00", "a service message has block 4 behind block 1");
	return all_tags(r, &ack->tags) && service_tags(r, ack);
}

/* --- in order --- */

static bool
is_space(uint8_t c)
{
	return c == '\r' || c == '\n' || c == ' ';
}

/* Blocks 5 and S, in this order, then nothing but white space. */
static bool
last_blocks(struct reader *r)
{
	struct cs_mt_head *head = &r->mt->head;
	if (starts(r, "{5:")) {
		r->at += 3;
		if (!starts(r, "{"))
			return refuse(r, "Z00", "block 5 is empty");
		if (!all_tags(r, &head->trailers) || !trailer_tags(r, &head->trailers))
			return false;
	}
	if (starts(r, "{S:")) {
		head->local_at = (uint32_t)(r->at - r->mt->bytes.at);
		r->at += 3;
		if (!all_tags(r, &head->local))
			return false;
	}
	while (r->at < r->end && is_space(*r->at))
		r->at++;
	if (r->at == r->end)
		return true;
	cs_mt_refuse(r->mt, "trailing", r->at, "bytes behind the message");
	return false;
}

bool
cs_mt_block_end(struct cs_mt *mt, const uint8_t *at)
{
	struct reader r = {mt, at, mt->bytes.at + mt->bytes.len};
	return last_blocks(&r);
}

bool
cs_mt_block_read(struct cs_mt *mt, struct cs_span *text)
{
	struct reader r = {mt, mt->bytes.at, mt->bytes.at + mt->bytes.len};
	text->len = 0;
	if (!basic_header(&r, &mt->head))
		return false;
	if (!cs_span_is(mt->head.service, "01")) {
		if (!service_message(&r, &mt->head))
			return false;
		const uint8_t *behind = r.at;
		while (r.at < r.end && is_space(*r.at))
			r.at++;
		if (!starts(&r, "{1:"))
			return cs_mt_block_end(mt, behind);
		mt->head.own_at = (uint32_t)(r.at - mt->bytes.at);
		if (!basic_header(&r, &mt->head))
			return false;
	}
	if (!application_header(&r, &mt->head) || !user_header(&r, &mt->head))
		return false;
	if (!expect(&r, "{4:"))
		return refuse(&r, "T00", "block 4 is missing");
	*text = (struct cs_span){r.at, (size_t)(r.end - r.at)};
	return true;
}

/*
 * What an MT message says, field by field: the member "full" of its line.
 *
 * Repeated fields are arrays, parties are taken apart, entries of statements have their information (86) with them. Lines of a value are parted by a line feed, whatever the file has. Amounts are decimal
 * strings with a point, as sent; dates are ISO 8601.
 */
#include "app/decode_mt.h"

#include "app/decode_out.h"

enum { SCRATCH_BYTES = 1 << 16, SCALE = 10000, SCALE_DIGITS = 4 };

enum shape {
	SHAPE_TEXT,
	SHAPE_LIST,  /* repeats: an array of texts */
	SHAPE_PARTY, /* name of the object; sequence B has its prefix */
	SHAPE_DATED, /* value date, currency, amount */
	SHAPE_INSTRUCTED,
	SHAPE_DATE,
	SHAPE_AMOUNT, /* with a point */
	SHAPE_NUMBER, /* number/page of a statement */
	SHAPE_FLOOR,
	SHAPE_BALANCE,
	SHAPE_FORWARD, /* an array of balances */
	SHAPE_TOTAL,
};

static const struct name {
	uint8_t tag;
	char option; /* '*': any */
	uint8_t shape;
	const char *name;
} names[] = {
	{20, '*', SHAPE_TEXT, "reference"},
	{21, '*', SHAPE_TEXT, "related_reference"},
	{11, '*', SHAPE_TEXT, "original_message"},
	{13, 'C', SHAPE_LIST, "time_indications"},
	{13, 'D', SHAPE_TEXT, "datetime"},
	{23, 'B', SHAPE_TEXT, "bank_operation_code"},
	{23, 'E', SHAPE_LIST, "instruction_codes"},
	{25, '*', SHAPE_TEXT, "account"},
	{26, 'T', SHAPE_TEXT, "transaction_type"},
	{28, '*', SHAPE_NUMBER, "statement_number"},
	{30, '*', SHAPE_DATE, "value_date"},
	{32, 'A', SHAPE_DATED, ""},
	{32, 'B', SHAPE_DATED, ""},
	{33, 'B', SHAPE_INSTRUCTED, ""},
	{34, 'F', SHAPE_FLOOR, "floor_limits"},
	{36, '*', SHAPE_AMOUNT, "exchange_rate"},
	{50, '*', SHAPE_PARTY, "ordering_customer"},
	{51, '*', SHAPE_PARTY, "sending_institution"},
	{52, '*', SHAPE_PARTY, "ordering_institution"},
	{53, '*', SHAPE_PARTY, "senders_correspondent"},
	{54, '*', SHAPE_PARTY, "receivers_correspondent"},
	{55, '*', SHAPE_PARTY, "third_reimbursement"},
	{56, '*', SHAPE_PARTY, "intermediary"},
	{57, '*', SHAPE_PARTY, "account_with"},
	{58, '*', SHAPE_PARTY, "beneficiary_institution"},
	{59, '*', SHAPE_PARTY, "beneficiary_customer"},
	{60, '*', SHAPE_BALANCE, "opening"},
	{62, '*', SHAPE_BALANCE, "closing"},
	{64, '*', SHAPE_BALANCE, "available"},
	{65, '*', SHAPE_FORWARD, "forward_available"},
	{70, '*', SHAPE_TEXT, "remittance"},
	{71, 'A', SHAPE_TEXT, "charges"},
	{71, 'F', SHAPE_LIST, "sender_charges"},
	{71, 'G', SHAPE_LIST, "receiver_charges"},
	{72, '*', SHAPE_TEXT, "sender_to_receiver"},
	{75, '*', SHAPE_TEXT, "queries"},
	{76, '*', SHAPE_TEXT, "answers"},
	{77, 'A', SHAPE_TEXT, "details"},
	{77, 'B', SHAPE_TEXT, "regulatory"},
	{77, 'T', SHAPE_TEXT, "envelope"},
	{79, '*', SHAPE_TEXT, "narrative"},
	{90, 'C', SHAPE_TOTAL, "sum_credits"},
	{90, 'D', SHAPE_TOTAL, "sum_debits"},
};

enum { NAME_N = sizeof names / sizeof names[0] };

static void
put_span(struct cs_json *json, const char *key, struct cs_span value)
{
	if (value.at)
		cs_decode_words_put(json, key, value);
}

/* The lines of VALUE parted by "\n"; what is longer than the scratch keeps its line ends. */
static void
put_lines(struct cs_json *json, const char *key, struct cs_span value)
{
	uint8_t scratch[SCRATCH_BYTES];
	size_t len = 0;
	struct cs_span line;
	if (value.len > sizeof scratch) {
		cs_decode_words_put(json, key, value);
		return;
	}
	for (bool first = true; cs_mt_line(&value, &line); first = false) {
		if (!first)
			scratch[len++] = '\n';
		memcpy(scratch + len, line.at, line.len);
		len += line.len;
	}
	cs_decode_words_put(json, key, (struct cs_span){scratch, len});
}

static void
put_amount(struct cs_json *json, const char *key, struct cs_span text)
{
	char point[24];
	struct cs_text out = cs_text_over(point, sizeof point);
	struct cs_mt_amount amount;
	if (!text.at || !cs_mt_amount_read(text, &amount)) {
		put_span(json, key, text);
		return;
	}
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != ',')
			cs_text_put_char(&out, (char)text.at[i]);
		else if (amount.decimals)
			cs_text_put_char(&out, '.');
	cs_json_put_text(json, key, out.overflowed ? "" : point);
}

static void
put_date(struct cs_json *json, const char *key, const struct cs_mt_date *date)
{
	char text[16];
	struct cs_text out = cs_text_over(text, sizeof text);
	cs_text_put_padded(&out, date->year, 4);
	cs_text_put_char(&out, '-');
	cs_text_put_padded(&out, date->month, 2);
	cs_text_put_char(&out, '-');
	cs_text_put_padded(&out, date->day, 2);
	cs_json_put_text(json, key, text);
}

/* YYMMDD */
static void
put_short_date(struct cs_json *json, const char *key, struct cs_span text)
{
	struct cs_mt_date date;
	if (text.at && text.len >= 6 && cs_mt_check_date(text.at, &date))
		put_date(json, key, &date);
}

static void
put_letter(struct cs_json *json, const char *key, char letter)
{
	char text[2] = {letter, '\0'};
	cs_json_put_text(json, key, text);
}

static void
put_scaled(struct cs_json *json, const char *key, int64_t value)
{
	char text[32];
	struct cs_text out = cs_text_over(text, sizeof text);
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	uint64_t fraction = magnitude % SCALE;
	unsigned width = SCALE_DIGITS;
	for (; width && fraction % 10 == 0; width--)
		fraction /= 10;
	if (value < 0)
		cs_text_put_char(&out, '-');
	cs_text_put_u64(&out, magnitude / SCALE);
	if (width) {
		cs_text_put_char(&out, '.');
		cs_text_put_padded(&out, fraction, width);
	}
	cs_json_put_text(json, key, text);
}

/* --- header --- */

static void
put_tags(struct cs_json *json, const char *key, const struct cs_mt_tags *tags)
{
	if (!tags->n)
		return;
	cs_json_key(json, key);
	cs_json_object(json);
	for (unsigned i = 0; i < tags->n; i++) {
		char name[4] = {0};
		memcpy(name, tags->tag[i].name.at, tags->tag[i].name.len < 3 ? tags->tag[i].name.len : 3);
		cs_json_put_latin1(json, name, tags->tag[i].value);
	}
	cs_json_end_object(json);
}

static void
put_ack(struct cs_json *json, const struct cs_mt_ack *ack)
{
	if (!ack->lt.at)
		return;
	cs_json_key(json, "service_message");
	cs_json_object(json);
	put_span(json, "apdu", ack->service);
	put_span(json, "lt", ack->lt);
	put_span(json, "datetime_177", cs_mt_tag_of(&ack->tags, "177"));
	if (ack->acknowledged || ack->refused)
		cs_json_put_bool(json, "ack", ack->acknowledged);
	put_span(json, "error_405", cs_mt_tag_of(&ack->tags, "405"));
	put_tags(json, "tags", &ack->tags);
	cs_json_end_object(json);
}

static void
put_head(struct cs_json *json, const struct cs_mt *mt)
{
	static const struct {
		const char *tag;
		const char *name;
	} users[] = {{"108", "mur"},
		     {"113", "banking_priority"},
		     {"119", "validation_flag"},
		     {"121", "uetr"},
		     {"111", "service_type"},
		     {"103", "service_code"},
		     {"433", "screening_info"},
		     {"434", "controls_info"}};
	const struct cs_mt_head *head = &mt->head;
	put_ack(json, &mt->ack);
	put_span(json, "lt", head->lt);
	put_span(json, "session", head->session);
	put_span(json, "sequence", head->sequence);
	if (head->type) {
		char type[8];
		struct cs_text text = cs_text_over(type, sizeof type);
		cs_text_put_padded(&text, head->type, 3);
		cs_json_put_text(json, "mt", type);
	}
	if (head->direction)
		put_letter(json, "direction", head->direction);
	if (head->priority)
		put_letter(json, "priority", head->priority);
	put_span(json, "input_time", head->input_time);
	put_span(json, "mir", head->reference);
	put_short_date(json, "output_date", head->output_date);
	put_span(json, "output_time", head->output_time);
	for (unsigned i = 0; i < sizeof users / sizeof users[0]; i++)
		put_span(json, users[i].name, cs_mt_tag_of(&head->user, users[i].tag));
	put_tags(json, "user_header", &head->user);
	put_tags(json, "trailers", &head->trailers);
	put_tags(json, "block_s", &head->local);
}

/* --- fields --- */

/* "3/GB/London": the number and its slash stand before the line in the message. */
static struct cs_span
with_number(struct cs_span line)
{
	return (struct cs_span){line.at - 2, line.len + 2};
}

/* Lines behind the name; of option F those of 2/, and the rest with their numbers as details. */
static void
put_address(struct cs_json *json, const struct cs_mt_party *party)
{
	for (unsigned details = 0; details < 2; details++) {
		bool some = false;
		for (unsigned i = party->name_n; i < party->line_n; i++) {
			if ((party->number[i] > 2) != (details == 1))
				continue;
			if (!some)
				cs_json_key(json, details ? "details" : "address");
			if (!some)
				cs_json_array(json);
			some = true;
			cs_decode_words_put(json, NULL, details ? with_number(party->line[i]) : party->line[i]);
		}
		if (some)
			cs_json_end_array(json);
	}
}

static void
put_party(struct cs_json *json, const struct cs_mt *mt, const struct cs_mt_field *field, const char *key)
{
	struct cs_mt_party party;
	char name[64];
	struct cs_text text = cs_text_over(name, sizeof name);
	if (field->sequence)
		cs_text_put(&text, "underlying_");
	cs_text_put(&text, key);
	cs_mt_party_of(mt, field, &party);
	cs_json_key(json, name);
	cs_json_object(json);
	if (party.option)
		put_letter(json, "option", party.option);
	else
		cs_json_put_text(json, "option", "");
	put_span(json, "account", party.account);
	put_span(json, "clearing", party.clearing);
	if (party.mark)
		put_letter(json, "dc", party.mark);
	put_span(json, "bic", party.bic);
	if (party.name_n) {
		char joined[256];
		struct cs_text out = cs_text_over(joined, sizeof joined);
		for (unsigned i = 0; i < party.name_n && i < party.line_n; i++) {
			if (i)
				cs_text_put_char(&out, ' ');
			cs_text_put_span(&out, party.line[i]);
		}
		cs_decode_words_put(json, "name", (struct cs_span){(const uint8_t *)joined, out.len});
	}
	put_address(json, &party);
	put_span(json, "country", party.country);
	put_span(json, "location", party.location);
	cs_json_end_object(json);
}

static void
put_dated(struct cs_json *json, const struct cs_mt_field *field, struct cs_span value, bool instructed)
{
	size_t skip = field->option == 'A' ? 6 : 0;
	if (value.len < skip + 5)
		return;
	if (skip)
		put_short_date(json, "value_date", value);
	put_span(json, instructed ? "instructed_currency" : "currency", (struct cs_span){value.at + skip, 3});
	put_amount(json, instructed ? "instructed_amount" : "amount",
		   (struct cs_span){value.at + skip + 3, value.len - skip - 3});
}

static void
put_number(struct cs_json *json, struct cs_span value)
{
	const uint8_t *slash = memchr(value.at, '/', value.len);
	size_t len = slash ? (size_t)(slash - value.at) : value.len;
	put_span(json, "statement_number", (struct cs_span){value.at, len});
	if (slash)
		put_span(json, "sequence_number", (struct cs_span){slash + 1, value.len - len - 1});
}

static void
put_balance(struct cs_json *json, const struct cs_mt *mt, const struct cs_mt_field *field, const char *name)
{
	struct cs_mt_balance balance;
	if (!cs_mt_balance_of(mt, field, &balance))
		return;
	if (name)
		cs_json_key(json, name);
	cs_json_object(json);
	put_letter(json, "mark", balance.mark);
	put_date(json, "date", &balance.date);
	put_span(json, "currency", balance.currency);
	put_amount(json, "amount", balance.amount_text);
	if (field->option)
		put_letter(json, "kind", field->option);
	cs_json_end_object(json);
}

/* "[number]currency[mark]amount" of 90 and 34. */
static void
put_sum(struct cs_json *json, struct cs_span value, bool counted)
{
	size_t at = 0;
	uint64_t number = 0;
	for (; counted && at < value.len && value.at[at] >= '0' && value.at[at] <= '9'; at++)
		number = number * 10 + (uint64_t)(value.at[at] - '0');
	if (value.len < at + 5)
		return;
	cs_json_object(json);
	if (counted)
		cs_json_put_u64(json, "number", number);
	put_span(json, "currency", (struct cs_span){value.at + at, 3});
	at += 3;
	if (value.at[at] == 'C' || value.at[at] == 'D')
		put_letter(json, "mark", (char)value.at[at++]);
	put_amount(json, "amount", (struct cs_span){value.at + at, value.len - at});
	cs_json_end_object(json);
}

/* All fields like FIELD, from it on. */
static void
put_list(struct cs_json *json, const struct cs_mt *mt, uint32_t index, const struct name *name)
{
	const struct cs_mt_field *first = &mt->field[index];
	cs_json_key(json, name->name);
	cs_json_array(json);
	for (uint32_t i = index; i < mt->field_n && mt->field[i].tag == first->tag; i++) {
		struct cs_span value = cs_mt_value(mt, &mt->field[i]);
		if (mt->field[i].option != first->option)
			continue;
		if (name->shape == SHAPE_FLOOR)
			put_sum(json, value, false);
		else if (name->shape == SHAPE_FORWARD)
			put_balance(json, mt, &mt->field[i], NULL);
		else
			put_lines(json, NULL, value);
	}
	cs_json_end_array(json);
}

static void
put_shape(struct cs_json *json, const struct cs_mt *mt, uint32_t index, const struct name *name)
{
	const struct cs_mt_field *field = &mt->field[index];
	struct cs_span value = cs_mt_value(mt, field);
	switch ((enum shape)name->shape) {
	case SHAPE_TEXT:
		put_lines(json, name->name, value);
		return;
	case SHAPE_LIST:
	case SHAPE_FLOOR:
	case SHAPE_FORWARD:
		put_list(json, mt, index, name);
		return;
	case SHAPE_PARTY:
		put_party(json, mt, field, name->name);
		return;
	case SHAPE_DATED:
		put_dated(json, field, value, false);
		return;
	case SHAPE_INSTRUCTED:
		put_dated(json, field, value, true);
		return;
	case SHAPE_DATE:
		put_short_date(json, name->name, value);
		return;
	case SHAPE_AMOUNT:
		put_amount(json, name->name, value);
		return;
	case SHAPE_NUMBER:
		put_number(json, value);
		return;
	case SHAPE_BALANCE:
		put_balance(json, mt, field, name->name);
		return;
	case SHAPE_TOTAL:
		cs_json_key(json, name->name);
		put_sum(json, value, true);
		return;
	}
}

/* The first field of each name; lists take the rest with them. */
static void
put_named(struct cs_json *json, const struct cs_mt *mt)
{
	bool told[2][NAME_N] = {{false}};
	for (uint32_t i = 0; i < mt->field_n; i++) {
		const struct cs_mt_field *field = &mt->field[i];
		for (unsigned k = 0; field->tag != 61 && field->tag != 86 && k < NAME_N; k++) {
			bool named = names[k].tag == field->tag &&
				     (names[k].option == '*' || names[k].option == field->option);
			bool party = names[k].shape == SHAPE_PARTY;
			bool *done = &told[party ? field->sequence : 0][k];
			if (!named || *done)
				continue;
			*done = true;
			put_shape(json, mt, i, &names[k]);
		}
	}
}

/* --- statements --- */

static void
put_entry(struct cs_json *json, const struct cs_mt *mt, uint32_t index)
{
	struct cs_mt_entry entry;
	if (!cs_mt_entry_of(mt, &mt->field[index], &entry))
		return;
	cs_json_object(json);
	put_date(json, "value_date", &entry.value_date);
	if (entry.entry_date.year)
		put_date(json, "entry_date", &entry.entry_date);
	cs_json_put_text(json, "mark", entry.mark);
	if (entry.funds_code)
		put_letter(json, "funds_code", entry.funds_code);
	put_amount(json, "amount", entry.amount_text);
	put_span(json, "type", entry.kind);
	put_span(json, "customer_ref", entry.customer_ref);
	put_span(json, "bank_ref", entry.bank_ref);
	if (entry.supplementary.at)
		put_lines(json, "supplementary", entry.supplementary);
	if (index + 1 < mt->field_n && mt->field[index + 1].tag == 86)
		put_lines(json, "info", cs_mt_value(mt, &mt->field[index + 1]));
	cs_json_end_object(json);
}

static void
put_entries(struct cs_json *json, const struct cs_mt *mt)
{
	if (mt->head.type / 10 != 94 && mt->head.type != 950)
		return;
	cs_json_key(json, "entries");
	cs_json_array(json);
	for (uint32_t i = 0; i < mt->field_n; i++)
		if (mt->field[i].tag == 61)
			put_entry(json, mt, i);
	cs_json_end_array(json);
	for (uint32_t i = 1; i < mt->field_n; i++)
		if (mt->field[i].tag == 86 && mt->field[i - 1].tag >= 62) {
			put_lines(json, "info", cs_mt_value(mt, &mt->field[i]));
			break;
		}
	cs_json_put_u64(json, "n_entries", mt->sums.entry_n);
	if (mt->sums.overflowed)
		return;
	put_scaled(json, "total_credits", mt->sums.credits);
	put_scaled(json, "total_debits", mt->sums.debits);
	if (mt->sums.complete)
		cs_json_put_bool(json, "balance_ok", mt->sums.balanced);
}

static void
put_raw(struct cs_json *json, const struct cs_mt *mt, size_t offset)
{
	cs_json_key(json, "fields");
	cs_json_array(json);
	for (uint32_t i = 0; i < mt->field_n; i++) {
		const struct cs_mt_field *field = &mt->field[i];
		char tag[4];
		struct cs_text text = cs_text_over(tag, sizeof tag);
		cs_text_put_padded(&text, field->tag, 2);
		if (field->option)
			cs_text_put_char(&text, field->option);
		cs_json_object(json);
		cs_json_put_text(json, "tag", tag);
		cs_json_put_u64(json, "offset", offset + field->at);
		put_lines(json, "value", cs_mt_value(mt, field));
		cs_json_end_object(json);
	}
	cs_json_end_array(json);
}

void
cs_decode_mt_put_full(struct cs_json *json, const struct cs_mt *mt, size_t offset)
{
	const struct cs_payment *payment = &mt->payment;
	bool shaped = false;
	cs_json_key(json, "full");
	cs_json_object(json);
	put_head(json, mt);
	put_span(json, "sender_bic", payment->key[CS_PAYMENT_SENDER_BIC]);
	put_span(json, "receiver_bic", payment->key[CS_PAYMENT_RECEIVER_BIC]);
	cs_json_put_u64(json, "n_fields", mt->field_n);
	put_named(json, mt);
	struct cs_span account = payment->key[CS_PAYMENT_BENEFICIARY_ACCOUNT];
	bool right = account.at && cs_mt_iban_ok(mt->plan, account, &shaped);
	if (shaped && (cs_mt_find(mt, 59, 0) || cs_mt_find(mt, 59, 1)))
		cs_json_put_bool(json, "beneficiary_iban_valid", right);
	put_entries(json, mt);
	put_raw(json, mt, offset);
	cs_json_end_object(json);
}

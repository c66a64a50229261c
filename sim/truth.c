/*
 * Rows of the truth. Invariant: no clear card number leaves here; a row is a line of its own.
 */
#include "truth.h"

#include "base/json.h"
#include "compose.h"
#include "event/money.h"
#include "event/token.h"
#include "io/file.h"

enum { ROW_BYTES = 1024 };

enum cs_error
cs_truth_open(const char *path, struct cs_truth *out)
{
	*out = (struct cs_truth){.error = CS_OK};
	return cs_file_open_write(path, &out->descriptor);
}

static void
write_row(struct cs_truth *truth, struct cs_text *row)
{
	cs_text_put_char(row, '\n');
	CS_ASSERT(!row->overflowed);
	enum cs_error error = cs_file_write_all(truth->descriptor, row->at, row->len);
	if (truth->error == CS_OK)
		truth->error = error;
}

/* What identifies the message: as the acquirer's leg has it. */
static void
put_message(struct cs_json *json, const struct cs_message *message)
{
	cs_json_put_latin1(json, "stan", cs_message_get(message, 11));
	cs_json_put_latin1(json, "rrn", cs_message_get(message, 37));
	cs_json_put_latin1(json, "terminal", cs_message_get(message, 41));
}

static void
put_amount(struct cs_json *json, const struct cs_deal *deal)
{
	const char *currency = cs_currency_name(deal->currency);
	cs_json_put_i64(json, "amount_minor", deal->amount_minor);
	cs_json_put_text(json, "currency", currency ? currency : "?");
}

void
cs_truth_put(struct cs_truth *truth, const struct cs_bank *bank, const struct cs_story *story,
	     const struct cs_deal *deal, struct cs_sent sent)
{
	const struct cs_attack *attack = &story->attack[deal->attack];
	char at[ROW_BYTES];
	char time[40];
	char masked[CS_MASKED_BYTES];
	struct cs_text row = cs_text_over(at, sizeof at);
	struct cs_text when = cs_text_over(time, sizeof time);
	struct cs_json json = cs_json_over(&row);
	struct cs_message message;
	cs_compose_response(bank, deal, CS_LEG_VISA, &message);
	cs_card_mask(cs_message_get(&message, 2), masked);
	cs_text_put_time(&when, sent.time_ns + (uint64_t)story->skew_ns[CS_LEG_VISA]);
	cs_json_object(&json);
	cs_json_put_text(&json, "time", time);
	cs_json_put_text(&json, "link", "visa");
	cs_json_put_text(&json, "what", cs_attack_what(attack->kind));
	cs_json_put_text(&json, "model", cs_attack_model(attack->kind));
	cs_json_put_text(&json, "variant", cs_variant_name(attack->variant));
	put_message(&json, &message);
	put_amount(&json, deal);
	cs_json_put_text(&json, "card_masked", masked);
	cs_json_put_bool(&json, "captured", sent.captured);
	cs_json_end_object(&json);
	write_row(truth, &row);
	truth->row_n++;
	truth->captured_n += sent.captured;
}

static void
put_legs(struct cs_json *json, const char *key, const uint64_t value[CS_LEG_N])
{
	cs_json_key(json, key);
	cs_json_object(json);
	cs_json_put_u64(json, "visa", value[CS_LEG_VISA]);
	cs_json_put_u64(json, "core", value[CS_LEG_CORE]);
	cs_json_end_object(json);
}

enum cs_error
cs_truth_close(struct cs_truth *truth, const struct cs_truth_summary *summary)
{
	char at[ROW_BYTES];
	struct cs_text row = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&row);
	cs_json_object(&json);
	cs_json_key(&json, "summary");
	cs_json_object(&json);
	cs_json_put_u64(&json, "transactions", summary->transactions);
	put_legs(&json, "messages", summary->messages);
	put_legs(&json, "packets", summary->packets);
	cs_json_put_u64(&json, "declines", summary->declines);
	cs_json_put_u64(&json, "stand_ins", summary->stand_ins);
	cs_json_put_u64(&json, "advices", summary->advices);
	cs_json_put_u64(&json, "reversals", summary->reversals);
	cs_json_put_u64(&json, "injected", truth->row_n);
	cs_json_put_u64(&json, "injected_captured", truth->captured_n);
	cs_json_put_u64(&json, "lost_packets", summary->lost_packets[CS_LEG_VISA] + summary->lost_packets[CS_LEG_CORE]);
	cs_json_put_u64(&json, "refused", summary->refused);
	cs_json_end_object(&json);
	cs_json_end_object(&json);
	write_row(truth, &row);
	cs_file_close(truth->descriptor);
	return truth->error;
}

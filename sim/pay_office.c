/*
 * Records of the back office: one row an order, the same in CSV and as JSON Lines. They are observations, as the messages
 * are; only truth.jsonl knows better.
 *
 * Invariant: rows come in the order of time; no cell holds a comma, a quote or an end of line.
 */
#include "pay_office.h"

#include "calendar.h"
#include "pay_mt.h"

#include "base/json.h"

enum { CELLS_MAX = 20, CELL_BYTES = 48, ROW_BYTES = 2048 };

struct row {
	unsigned n;
	const char *key[CELLS_MAX];
	char value[CELLS_MAX][CELL_BYTES];
};

static const char orders_head[] = "time,id,type,reference,uetr,account,ordering_account,beneficiary_account,"
				  "beneficiary_bank,receiver,currency,amount,value_date,charges,entered_by,approved_by,"
				  "batch,linked\n";
static const char free_head[] = "time,id,type,reference,related,uetr,receiver,entered_by,approved_by\n";

enum cs_error
cs_pay_office_open(struct cs_pay_office *office, const char *folder)
{
	office->order_n = office->wrong_n = 0;
	enum cs_error error = cs_pay_file_open(&office->csv, folder, "orders.csv");
	enum cs_error json = cs_pay_file_open(&office->json, folder, "orders.jsonl");
	enum cs_error other = cs_pay_file_open(&office->free, folder, "free.csv");
	enum cs_error truth = cs_pay_file_open(&office->truth, folder, "truth.jsonl");
	error = error == CS_OK ? json : error;
	error = error == CS_OK ? other : error;
	error = error == CS_OK ? truth : error;
	cs_pay_file_put(&office->csv, cs_span_text(orders_head));
	cs_pay_file_put(&office->free, cs_span_text(free_head));
	return error;
}

enum cs_error
cs_pay_office_close(struct cs_pay_office *office)
{
	enum cs_error error = cs_pay_file_close(&office->csv);
	enum cs_error json = cs_pay_file_close(&office->json);
	enum cs_error other = cs_pay_file_close(&office->free);
	enum cs_error truth = cs_pay_file_close(&office->truth);
	error = error == CS_OK ? json : error;
	error = error == CS_OK ? other : error;
	return error == CS_OK ? truth : error;
}

static struct cs_text
cell(struct row *row, const char *key)
{
	CS_ASSERT(row->n < CELLS_MAX);
	row->key[row->n] = key;
	return cs_text_over(row->value[row->n++], CELL_BYTES);
}

static void
put(struct row *row, const char *key, const char *value)
{
	struct cs_text text = cell(row, key);
	cs_text_put(&text, value);
	CS_ASSERT(!text.overflowed);
}

static void
put_time(struct cs_text *text, uint64_t time_ns)
{
	struct cs_calendar at = cs_calendar_at(time_ns, 0);
	const unsigned part[] = {at.month, at.day, at.hour, at.minute, at.second};
	cs_text_put_padded(text, at.year, 4);
	for (unsigned i = 0; i < 5; i++) {
		cs_text_put_char(text, "--T::"[i]);
		cs_text_put_padded(text, part[i], 2);
	}
	cs_text_put_char(text, 'Z');
}

static void
put_id(struct row *row, const char *key, const struct cs_pay *pay, const char *end)
{
	struct cs_text text = cell(row, key);
	cs_text_put_char(&text, 'B');
	cs_pay_put_date(&text, pay->number_day);
	cs_text_put_padded(&text, pay->number, 6);
	cs_text_put(&text, end);
}

static void
put_staff(struct row *row, const struct cs_pay *pay)
{
	struct cs_text clerk = cell(row, "entered_by");
	cs_text_put(&clerk, "clerk");
	cs_text_put_padded(&clerk, pay->clerk, 2);
	struct cs_text head = cell(row, "approved_by");
	cs_text_put(&head, "head");
	cs_text_put_padded(&head, pay->head, 2);
}

static void
put_start(struct row *row, const struct cs_pay *pay, bool cover, const char *type)
{
	struct cs_text time = cell(row, "time");
	put_time(&time, pay->order_ns);
	put_id(row, "id", pay, cover ? "C" : "");
	put(row, "type", type);
	char reference[CS_PAY_REFERENCE_BYTES];
	cs_pay_cover_reference(pay, reference);
	put(row, "reference", cover ? reference : pay->reference);
}

static const char *
type_name(const struct cs_pay *pay, bool cover)
{
	switch (cs_pay_type_of(pay)) {
	case 103:
		return cover ? "202COV" : pay->form == CS_PAY_STP ? "103STP" : "103";
	case 202:
		return "202";
	case 192:
		return "192";
	default:
		return "199";
	}
}

static void
put_parties(struct row *row, const struct cs_pay_world *world, const struct cs_pay *pay, bool cover)
{
	const struct cs_pay_account *account = &world->account[pay->account];
	const struct cs_pay_account *to = &world->account[pay->other_account];
	struct cs_pay_party ours, other;
	char receiver[CS_PAY_BIC_BYTES];
	bool bank = pay->form == CS_PAY_BANK, own = pay->form == CS_PAY_OWN;
	cs_pay_our_side(pay, &ours);
	cs_pay_other_side(pay, &other);
	cs_pay_receiver(world, pay, cover, receiver);
	put(row, "account", account->number);
	put(row, "ordering_account", bank || own ? "" : ours.account);
	put(row, "beneficiary_account", own ? to->number : bank ? "" : other.account);
	put(row, "beneficiary_bank", own ? to->bic : other.bank);
	put(row, "receiver", receiver);
}

static void
put_amount(struct row *row, const struct cs_pay_world *world, const struct cs_pay *pay)
{
	enum cs_pay_currency currency = world->account[pay->account].currency;
	put(row, "currency", cs_pay_currency(currency)->name);
	struct cs_text amount = cell(row, "amount");
	cs_pay_put_amount(&amount, currency, pay->ordered_minor, '.');
	struct cs_text value = cell(row, "value_date");
	put_time(&value, (uint64_t)pay->value_day * CS_PAY_DAY);
	value.at[10] = '\0';
}

static void
make_order(struct row *row, const struct cs_pay_world *world, const struct cs_pay *pay, bool cover)
{
	static const char *const charges[] = {"SHA", "OUR", "BEN"};
	row->n = 0;
	put_start(row, pay, cover, type_name(pay, cover));
	put(row, "uetr", pay->uetr);
	put_parties(row, world, pay, cover);
	put_amount(row, world, pay);
	put(row, "charges", charges[pay->charges]);
	put_staff(row, pay);
	struct cs_text batch = cell(row, "batch");
	if (pay->batch != 0)
		cs_text_put_u64(&batch, pay->batch);
	if (cover)
		put_id(row, "linked", pay, "");
	else if (pay->about != CS_PAY_NOBODY)
		put_id(row, "linked", &world->pay[pay->about], "");
	else
		put(row, "linked", "");
}

static void
make_free(struct row *row, const struct cs_pay_world *world, const struct cs_pay *pay)
{
	char receiver[CS_PAY_BIC_BYTES];
	cs_pay_receiver(world, pay, false, receiver);
	row->n = 0;
	put_start(row, pay, false, type_name(pay, false));
	put(row, "related", cs_pay_root(world, pay)->reference);
	put(row, "uetr", pay->form == CS_PAY_RECALL ? pay->uetr : "");
	put(row, "receiver", receiver);
	put_staff(row, pay);
}

static void
write_csv(struct cs_pay_file *file, const struct row *row)
{
	char at[ROW_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	for (unsigned i = 0; i < row->n; i++) {
		if (i > 0)
			cs_text_put_char(&text, ',');
		cs_text_put(&text, row->value[i]);
	}
	cs_text_put_char(&text, '\n');
	CS_ASSERT(!text.overflowed);
	cs_pay_file_put(file, (struct cs_span){(const uint8_t *)at, text.len});
}

static void
write_json(struct cs_pay_file *file, const struct row *row)
{
	char at[ROW_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct cs_json json = cs_json_over(&text);
	cs_json_object(&json);
	for (unsigned i = 0; i < row->n; i++)
		if (row->value[i][0] != '\0')
			cs_json_put_text(&json, row->key[i], row->value[i]);
	cs_json_end_object(&json);
	cs_text_put_char(&text, '\n');
	CS_ASSERT(!text.overflowed);
	cs_pay_file_put(file, (struct cs_span){(const uint8_t *)at, text.len});
}

void
cs_pay_office_order(struct cs_pay_office *office, const struct cs_pay_world *world, const struct cs_pay *pay)
{
	struct row row;
	if (cs_pay_is_free(pay)) {
		make_free(&row, world, pay);
		write_csv(&office->free, &row);
		return;
	}
	for (int cover = 0; cover <= (pay->form == CS_PAY_COVER); cover++) {
		make_order(&row, world, pay, cover != 0);
		write_csv(&office->csv, &row);
		write_json(&office->json, &row);
		office->order_n++;
	}
}

void
cs_pay_office_wrong(struct cs_pay_office *office, const struct cs_pay_world *world, const struct cs_pay_wrong *wrong)
{
	char at[ROW_BYTES], path[CELL_BYTES * 2], time[CELL_BYTES], amount[CELL_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at), when = cs_text_over(time, sizeof time);
	struct cs_text file = cs_text_over(path, sizeof path), sum = cs_text_over(amount, sizeof amount);
	struct cs_json json = cs_json_over(&text);
	put_time(&when, wrong->time_ns);
	cs_json_object(&json);
	cs_json_put_text(&json, "time", time);
	cs_json_put_text(&json, "what", wrong->what);
	cs_json_put_text(&json, "attack", cs_pay_attack_name(world->story->pay.attack[wrong->attack].kind));
	cs_json_key(&json, "file");
	if (wrong->folder != NULL) {
		cs_text_put(&file, wrong->folder);
		cs_text_put_char(&file, '/');
		cs_text_put(&file, wrong->name);
		cs_json_text(&json, path);
	} else {
		cs_json_null(&json);
	}
	if (wrong->reference != NULL)
		cs_json_put_text(&json, "reference", wrong->reference);
	if (wrong->uetr != NULL)
		cs_json_put_text(&json, "uetr", wrong->uetr);
	if (wrong->minor != 0) {
		cs_pay_put_amount(&sum, wrong->currency, wrong->minor, '.');
		cs_json_put_text(&json, "amount", amount);
		cs_json_put_text(&json, "currency", cs_pay_currency(wrong->currency)->name);
	}
	if (wrong->refused)
		cs_json_put_bool(&json, "refused", true);
	cs_json_end_object(&json);
	cs_text_put_char(&text, '\n');
	CS_ASSERT(!text.overflowed);
	cs_pay_file_put(&office->truth, (struct cs_span){(const uint8_t *)at, text.len});
	office->wrong_n++;
}

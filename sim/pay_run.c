/*
 * Writes days of payments, item after item in the order of time: who is told what, under which number, in which file.
 *
 * Invariants: each message takes the next sequence number of its side, also when its file is taken away afterwards, so that
 * honest days have no gap and a theft of files leaves one; every wrong message or missing one has its row in the truth.
 */
#include "pay_run.h"

#include "calendar.h"
#include "pay_office.h"
#include "pay_statement.h"
#include "pay_wire.h"

#include <stdlib.h>

enum { FIRST_SESSION = 2101, HOLD_BYTES = 2 * CS_PAY_WIRE_BYTES };

struct runner {
	struct cs_pay_world world;
	struct cs_pay_office office;
	struct cs_pay_wire wire;
	struct cs_pay_file out_rje, in_rje;
	struct cs_pay_mt mt;
	struct cs_pay_summary summary;
	enum cs_error error;
	uint32_t sequence, in_sequence;
	char out[CS_PAY_SHELF_PATH_BYTES], acks[CS_PAY_SHELF_PATH_BYTES], in[CS_PAY_SHELF_PATH_BYTES];
	char name[CS_PAY_NAME_BYTES]; /* of the file written last */
	char hold[HOLD_BYTES];
};

static void
keep(struct runner *run, enum cs_error error)
{
	if (run->error == CS_OK)
		run->error = error;
}

static struct cs_pay_number
next_number(const struct runner *run, uint64_t time_ns, uint32_t *sequence)
{
	int64_t day = (int64_t)(time_ns / CS_PAY_DAY);
	*sequence = *sequence % 999999 + 1;
	return (struct cs_pay_number){FIRST_SESSION + (uint32_t)((day - run->world.first_day) % 7000), *sequence};
}

static void
append(struct cs_pay_file *rje, struct cs_span message)
{
	if (rje->some)
		cs_pay_file_put(rje, cs_span_text("$"));
	cs_pay_file_put(rje, message);
}

static struct cs_span
written(const struct cs_text *text)
{
	return (struct cs_span){(const uint8_t *)text->at, text->len};
}

static const char *
type_text(unsigned type, char out[8])
{
	struct cs_text text = cs_text_over(out, 8);
	cs_text_put_u64(&text, type);
	cs_text_put(&text, ".fin");
	return out;
}

/* A row of the truth about PAY; the file is the one written last, or none. */
static void
tell(struct runner *run, const struct cs_pay *pay, uint64_t time_ns, const char *what, const char *folder)
{
	struct cs_pay_wrong wrong = {.time_ns = time_ns,
				     .what = what,
				     .folder = folder,
				     .name = run->name,
				     .reference = pay->reference,
				     .uetr = pay->uetr,
				     .currency = run->world.account[pay->account].currency,
				     .minor = pay->sent_minor,
				     .attack = pay->attack,
				     .refused = pay->rejected};
	cs_pay_office_wrong(&run->office, &run->world, &wrong);
}

/* --- out --- */

static void
acknowledge(struct runner *run, const struct cs_pay *pay, struct cs_pay_number number, uint64_t time_ns)
{
	static const char *const codes[] = {"T27009", "T45009", "T73011", "C03003"};
	struct cs_text text = cs_text_over(run->hold, sizeof run->hold);
	uint64_t ack_ns = time_ns + (1 + pay->seed % 4) * CS_SECOND;
	char name[CS_PAY_NAME_BYTES];
	struct cs_span copy = pay->erased ? cs_span_text("") : written(&run->wire.text);
	const char *refused = pay->rejected ? codes[pay->seed % 4] : NULL;
	cs_pay_wire_acknowledge(&text, number, ack_ns, refused, copy);
	cs_pay_wire_name(name, ack_ns, number, "ack.fin");
	keep(run, cs_pay_shelf_put(run->acks, name, written(&text)));
	if (refused != NULL)
		run->summary.refused++;
	else
		run->summary.acknowledged++;
}

static void
send(struct runner *run, const struct cs_pay_item *item)
{
	struct cs_pay *pay = &run->world.pay[item->pay];
	bool cover = item->kind == CS_PAY_ITEM_OUT_COVER;
	const struct cs_pay *told = pay->replayed ? &run->world.pay[pay->about] : pay;
	struct cs_pay_number number = {told->wire_session, told->wire_sequence};
	char type[8];
	if (!pay->replayed)
		number = next_number(run, item->time_ns, &run->sequence);
	if (!cover) {
		pay->wire_session = number.session;
		pay->wire_sequence = number.sequence;
	}
	cs_pay_mt_out(&run->world, told, cover, &run->mt);
	struct cs_pay_cover envelope = {.number = number, .lau = told->lau, .again = item->again};
	cs_pay_wire_out(&run->wire, &run->mt, &envelope);
	cs_pay_wire_name(run->name, item->time_ns, number, type_text(run->mt.type, type));
	if (!pay->erased) {
		keep(run, cs_pay_shelf_put(run->out, run->name, written(&run->wire.text)));
		append(&run->out_rje, written(&run->wire.text));
		run->summary.messages_out++;
	}
	if (!item->lost)
		acknowledge(run, pay, number, item->time_ns);
	if (pay->attack < 0 || cover)
		return;
	enum cs_pay_attack_kind kind = run->world.story->pay.attack[pay->attack].kind;
	if (kind != CS_PAY_ATTACK_UNCONFIRMED)
		tell(run, pay, item->time_ns, cs_pay_attack_what(kind), pay->erased ? NULL : "out");
}

static void
leave_gap(struct runner *run, const struct cs_pay_item *item)
{
	struct cs_pay_wrong wrong = {
		.time_ns = item->time_ns, .what = cs_pay_attack_what(CS_PAY_ATTACK_GAP), .attack = item->attack};
	for (uint32_t i = 0; i < item->pay; i++) {
		next_number(run, item->time_ns, &run->sequence);
		cs_pay_office_wrong(&run->office, &run->world, &wrong);
	}
}

/* --- in --- */

/* Which attack keeps ACCOUNT silent at TIME_NS; -1: none. */
static int32_t
silenced_by(const struct runner *run, unsigned account, uint64_t time_ns)
{
	const struct cs_pay_story *story = &run->world.story->pay;
	uint64_t since_ns = time_ns - (uint64_t)run->world.first_day * CS_PAY_DAY;
	for (unsigned i = 0; i < story->attack_n; i++) {
		const struct cs_pay_attack *attack = &story->attack[i];
		if (attack->kind == CS_PAY_ATTACK_SILENCE && attack->currency == run->world.account[account].currency &&
		    since_ns >= attack->at_ns && since_ns < attack->at_ns + attack->for_ns)
			return (int32_t)i;
	}
	return -1;
}

/* Writes run->mt as a message that comes in, unless it is TAKEN away; its number is used up in any case. */
static void
receive(struct runner *run, uint64_t time_ns, bool taken)
{
	struct cs_pay_number number = next_number(run, time_ns, &run->in_sequence);
	char type[8];
	if (taken)
		return;
	cs_pay_wire_in(&run->wire, &run->mt, number, time_ns);
	cs_pay_wire_name(run->name, time_ns, number, type_text(run->mt.type, type));
	keep(run, cs_pay_shelf_put(run->in, run->name, written(&run->wire.text)));
	append(&run->in_rje, written(&run->wire.text));
	run->summary.messages_in++;
}

static void
come_in(struct runner *run, const struct cs_pay_item *item)
{
	struct cs_pay *pay = &run->world.pay[item->pay];
	int32_t silent = pay->form == CS_PAY_IN_SERIAL ? silenced_by(run, pay->account, item->time_ns) : -1;
	cs_pay_mt_in(&run->world, pay, &run->mt);
	receive(run, item->time_ns, silent >= 0);
	struct cs_pay told = *pay;
	told.attack = silent;
	if (silent >= 0)
		tell(run, &told, item->time_ns, "missing_message", NULL);
	else if (pay->form == CS_PAY_QUERY && pay->attack >= 0)
		tell(run, pay, item->time_ns, "unanswered_query", "in");
}

static void
come_confirmed(struct runner *run, const struct cs_pay_item *item)
{
	const struct cs_pay_entry *entry = &run->world.entry[item->entry];
	struct cs_pay told = run->world.pay[entry->pay];
	int32_t silent = silenced_by(run, entry->account, item->time_ns);
	bool taken = told.unconfirmed && !entry->credit;
	cs_pay_mt_confirm(&run->world, entry, item->time_ns, &run->mt);
	receive(run, item->time_ns, taken || silent >= 0);
	run->summary.confirmations += !taken && silent < 0;
	memcpy(told.reference, entry->reference, sizeof told.reference);
	told.rejected = false;
	if (taken) {
		tell(run, &told, item->time_ns, cs_pay_attack_what(CS_PAY_ATTACK_UNCONFIRMED), NULL);
	} else if (silent >= 0) {
		told.attack = silent;
		tell(run, &told, item->time_ns, "missing_confirmation", NULL);
	}
}

/* A row of the truth for each line that was taken out of the statement written last. */
static void
tell_edited(struct runner *run, const struct cs_pay_statement *statement, uint64_t time_ns)
{
	for (size_t i = 0; i < statement->entry_n; i++) {
		const struct cs_pay_entry *entry = &statement->entry[i];
		struct cs_pay told = run->world.pay[entry->pay];
		if (entry->time_ns >= statement->until_ns || !cs_pay_statement_hides(&run->world, entry))
			continue;
		memcpy(told.reference, entry->reference, sizeof told.reference);
		tell(run, &told, time_ns, "edited_statement", "in");
	}
}

static void
come_stated(struct runner *run, const struct cs_pay_item *item)
{
	struct cs_pay_statement statement;
	bool interim = item->kind == CS_PAY_ITEM_INTERIM;
	int32_t silent = silenced_by(run, item->pay, item->time_ns);
	cs_pay_statement_begin(&statement, &run->world, item->pay, run->world.first_day + item->entry,
			       interim ? item->time_ns : UINT64_MAX);
	uint64_t time_ns = item->time_ns;
	while (cs_pay_statement_next(&statement, &run->mt)) {
		receive(run, time_ns, silent >= 0);
		run->summary.statements += silent < 0;
		if (silent >= 0) {
			struct cs_pay_wrong wrong = {.time_ns = time_ns,
						     .what = cs_pay_attack_what(CS_PAY_ATTACK_SILENCE),
						     .attack = silent};
			cs_pay_office_wrong(&run->office, &run->world, &wrong);
		}
		time_ns += CS_SECOND;
	}
	run->summary.entries += interim ? 0 : statement.entry_n;
	if (silent < 0)
		tell_edited(run, &statement, item->time_ns);
}

static void
happen(struct runner *run, const struct cs_pay_item *item)
{
	switch ((enum cs_pay_item_kind)item->kind) {
	case CS_PAY_ITEM_ORDER:
		cs_pay_office_order(&run->office, &run->world, &run->world.pay[item->pay]);
		run->summary.payments += cs_pay_is_payment(&run->world.pay[item->pay]);
		break;
	case CS_PAY_ITEM_GAP:
		leave_gap(run, item);
		break;
	case CS_PAY_ITEM_OUT:
	case CS_PAY_ITEM_OUT_COVER:
		send(run, item);
		break;
	case CS_PAY_ITEM_IN:
		come_in(run, item);
		break;
	case CS_PAY_ITEM_CONFIRM:
		come_confirmed(run, item);
		break;
	case CS_PAY_ITEM_INTERIM:
	case CS_PAY_ITEM_STATEMENT:
		come_stated(run, item);
		break;
	}
}

/* --- the whole --- */

static enum cs_error
folder_of(char path[CS_PAY_SHELF_PATH_BYTES], const char *out, const char *name)
{
	struct cs_text text = cs_text_over(path, CS_PAY_SHELF_PATH_BYTES);
	cs_text_put(&text, out);
	cs_text_put_char(&text, '/');
	cs_text_put(&text, name);
	return text.overflowed ? CS_E_OPEN : cs_pay_shelf_make(out, name);
}

static enum cs_error
open_files(struct runner *run, const char *out)
{
	char key[64];
	struct cs_text text = cs_text_over(key, sizeof key);
	cs_text_put(&text, CS_PAY_OUR_BIC " ");
	cs_text_put(&text, run->wire.key);
	cs_text_put_char(&text, '\n');
	CS_TRY(folder_of(run->out, out, "out"));
	CS_TRY(folder_of(run->acks, out, "acks"));
	CS_TRY(folder_of(run->in, out, "in"));
	CS_TRY(cs_pay_shelf_put(out, "lau.key", written(&text)));
	CS_TRY(cs_pay_file_open(&run->out_rje, out, "out.rje"));
	CS_TRY(cs_pay_file_open(&run->in_rje, out, "in.rje"));
	return cs_pay_office_open(&run->office, out);
}

static void
put_summary(struct runner *run)
{
	char at[512];
	struct cs_text text = cs_text_over(at, sizeof at);
	const struct cs_pay_summary *sum = &run->summary;
	const struct {
		const char *key;
		uint64_t n;
	} rows[] = {
		{"payments", sum->payments},
		{"orders", sum->orders},
		{"messages_out", sum->messages_out},
		{"acknowledged", sum->acknowledged},
		{"refused", sum->refused},
		{"messages_in", sum->messages_in},
		{"confirmations", sum->confirmations},
		{"statement_pages", sum->statements},
		{"entries", sum->entries},
		{"wrong", sum->wrong},
	};
	cs_text_put(&text, "{\"summary\":{");
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		cs_text_put(&text, i ? ",\"" : "\"");
		cs_text_put(&text, rows[i].key);
		cs_text_put(&text, "\":");
		cs_text_put_u64(&text, rows[i].n);
	}
	cs_text_put(&text, "}}\n");
	CS_ASSERT(!text.overflowed);
	cs_pay_file_put(&run->office.truth, written(&text));
}

static void
close_files(struct runner *run)
{
	run->summary.orders = run->office.order_n;
	run->summary.wrong = run->office.wrong_n;
	put_summary(run);
	keep(run, cs_pay_file_close(&run->out_rje));
	keep(run, cs_pay_file_close(&run->in_rje));
	keep(run, cs_pay_office_close(&run->office));
}

enum cs_error
cs_pay_run(const struct cs_story *story, uint64_t seed, const char *out, struct cs_pay_summary *summary)
{
	struct runner *run = calloc(1, sizeof *run);
	if (run == NULL)
		return CS_E_MEMORY;
	cs_pay_open_world(&run->world, story, seed);
	cs_pay_wire_init(&run->wire, seed);
	run->sequence = (uint32_t)(cs_dice_mix(seed, 4000) % 90000);
	run->in_sequence = (uint32_t)(cs_dice_mix(seed, 4001) % 90000);
	run->error = open_files(run, out);
	cs_pay_plan(&run->world);
	cs_pay_plan_attacks(&run->world);
	cs_pay_book(&run->world);
	if (run->world.no_memory)
		keep(run, CS_E_MEMORY);
	for (size_t i = 0; i < run->world.item_n && run->error == CS_OK; i++)
		happen(run, &run->world.item[i]);
	close_files(run);
	*summary = run->summary;
	enum cs_error error = run->error;
	cs_pay_close_world(&run->world);
	free(run);
	return error;
}

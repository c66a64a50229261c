/*
 * Block 4 of the messages out and in, field by field in the order of their type.
 *
 * Invariant: what honest people do is right by the standard: order, formats, sets of characters, and the rules between
 * fields (33B always there, 71F with BEN, 57A with a third bank). What thieves do may not be.
 */
#include "pay_mt.h"

#include "calendar.h"

void
cs_pay_mt_begin(struct cs_pay_mt *out, unsigned type)
{
	out->type = type;
	out->flag = out->uetr = NULL;
	out->other[0] = out->user[0] = '\0';
	out->text = cs_text_over(out->at, sizeof out->at);
}

void
cs_pay_put_date(struct cs_text *text, int64_t day)
{
	struct cs_calendar date = cs_calendar_at((uint64_t)day * CS_PAY_DAY, 0);
	cs_text_put_padded(text, date.year % 100 * 10000 + date.month * 100 + date.day, 6);
}

void
cs_pay_put_amount(struct cs_text *text, enum cs_pay_currency currency, int64_t minor, char point)
{
	unsigned decimals = cs_pay_currency(currency)->decimals;
	uint64_t unit = 1;
	for (unsigned i = 0; i < decimals; i++)
		unit *= 10;
	cs_text_put_u64(text, (uint64_t)minor / unit);
	if (decimals > 0 || point == ',')
		cs_text_put_char(text, point);
	if (decimals > 0)
		cs_text_put_padded(text, (uint64_t)minor % unit, decimals);
}

void
cs_pay_put_line(struct cs_text *text, const char *tag, const char *value)
{
	if (value[0] == '\0')
		return;
	cs_text_put(text, tag);
	cs_text_put(text, value);
	cs_text_put(text, "\r\n");
}

const struct cs_pay *
cs_pay_root(const struct cs_pay_world *world, const struct cs_pay *pay)
{
	for (unsigned i = 0; i < 4 && !cs_pay_is_payment(pay) && pay->about != CS_PAY_NOBODY; i++)
		pay = &world->pay[pay->about];
	return pay;
}

void
cs_pay_receiver(const struct cs_pay_world *world, const struct cs_pay *pay, bool cover, char out[CS_PAY_BIC_BYTES])
{
	const struct cs_pay *root = cs_pay_root(world, pay);
	const char *bic = world->account[pay->account].bic;
	struct cs_pay_party other;
	cs_pay_other_side(root, &other);
	if (root->form == CS_PAY_COVER && !cover)
		bic = other.bank;
	memcpy(out, bic, strlen(bic) + 1);
}

static enum cs_pay_currency
currency_of(const struct cs_pay_world *world, const struct cs_pay *pay)
{
	return world->account[pay->account].currency;
}

static void
put_money(struct cs_text *text, const char *tag, enum cs_pay_currency currency, int64_t minor)
{
	cs_text_put(text, tag);
	cs_text_put(text, cs_pay_currency(currency)->name);
	cs_pay_put_amount(text, currency, minor, ',');
	cs_text_put(text, "\r\n");
}

static void
put_value(struct cs_text *text, const struct cs_pay_world *world, const struct cs_pay *pay, int64_t minor)
{
	cs_text_put(text, ":32A:");
	cs_pay_put_date(text, pay->value_day);
	put_money(text, "", currency_of(world, pay), minor);
}

/* A party as lines of name and address, or as numbered lines; both are used in practice. */
static void
put_party(struct cs_text *text, const char *plain, const char *numbered, const struct cs_pay_party *party)
{
	bool lines = party->street[0] % 3 == 0;
	cs_text_put(text, lines ? numbered : plain);
	cs_pay_put_line(text, "/", party->account);
	cs_pay_put_line(text, lines ? "1/" : "", party->name);
	cs_pay_put_line(text, lines ? "2/" : "", party->street);
	if (lines) {
		cs_text_put(text, "3/");
		cs_text_put(text, party->country);
	}
	cs_pay_put_line(text, lines ? "/" : "", party->town);
}

static void
put_numbered(struct cs_text *text, const char *lead, uint64_t number, const char *end)
{
	cs_text_put(text, lead);
	cs_text_put_u64(text, number);
	cs_text_put(text, end);
	cs_text_put(text, "\r\n");
}

static void
put_purpose(struct cs_text *text, const struct cs_pay_world *world, const struct cs_pay *pay)
{
	struct cs_calendar date = cs_calendar_at((uint64_t)pay->value_day * CS_PAY_DAY, 0);
	if (pay->batch != 0)
		put_numbered(text, ":70:SALARY ", date.month, "");
	else if (pay->seed % 3 == 0)
		put_numbered(text, ":70:/INV/", 100000 + pay->seed / 3 % 900000, "");
	else if (pay->seed % 3 == 1)
		put_numbered(text, ":70:ORDER ", 10000 + pay->seed / 3 % 90000, " PART DELIVERY");
	else
		put_numbered(text, ":70:/RFB/CUSTOMER NO ", 1000 + pay->payee % 9000, "");
	if (!pay->smuggled)
		return;
	put_money(text, ":32A:261231", currency_of(world, pay), pay->sent_minor * 7);
	cs_text_put(text, ":59:/99887766\r\n");
}

static void
put_charges(struct cs_text *text, const struct cs_pay_world *world, const struct cs_pay *pay)
{
	static const char *const names[] = {"SHA", "OUR", "BEN"};
	cs_pay_put_line(text, ":71A:", names[pay->charges]);
	if (pay->extra_minor > 0)
		put_money(text, ":71F:", currency_of(world, pay), pay->extra_minor);
}

static void
put_103(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	struct cs_pay_party ours, other;
	struct cs_text *text = &out->text;
	cs_pay_our_side(pay, &ours);
	cs_pay_other_side(pay, &other);
	out->flag = pay->form == CS_PAY_STP ? "STP" : NULL;
	cs_pay_put_line(text, ":20:", pay->reference);
	cs_pay_put_line(text, ":23B:", "CRED");
	put_value(text, world, pay, pay->sent_minor);
	put_money(text, ":33B:", currency_of(world, pay), pay->sent_minor + pay->extra_minor);
	put_party(text, ":50K:", ":50F:", &ours);
	if (pay->form == CS_PAY_COVER) {
		cs_pay_put_line(text, ":53A:", world->account[pay->account].bic);
	} else {
		cs_pay_put_line(text, ":53B:/", world->account[pay->account].number);
		/* Thieves who are refused at first leave out the bank of the beneficiary, as in 2016. */
		if (!(pay->rejected && pay->attack >= 0))
			cs_pay_put_line(text, ":57A:", other.bank);
	}
	put_party(text, ":59:", ":59F:", &other);
	put_purpose(text, world, pay);
	put_charges(text, world, pay);
}

static void
put_cover(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	struct cs_pay_party ours, other;
	struct cs_text *text = &out->text;
	cs_pay_our_side(pay, &ours);
	cs_pay_other_side(pay, &other);
	out->flag = "COV";
	cs_pay_put_line(text, ":20:", out->user);
	cs_pay_put_line(text, ":21:", pay->reference);
	put_value(text, world, pay, pay->sent_minor);
	cs_pay_put_line(text, ":53B:/", world->account[pay->account].number);
	cs_pay_put_line(text, ":58A:", other.bank);
	put_party(text, ":50K:", ":50F:", &ours);
	put_party(text, ":59:", ":59F:", &other);
	put_purpose(text, world, pay);
	put_money(text, ":33B:", currency_of(world, pay), pay->sent_minor + pay->extra_minor);
}

static void
put_202(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	struct cs_pay_party other;
	struct cs_text *text = &out->text;
	cs_pay_other_side(pay, &other);
	cs_pay_put_line(text, ":20:", pay->reference);
	put_numbered(text, ":21:DEAL", 10000 + pay->seed % 90000, "");
	put_value(text, world, pay, pay->sent_minor);
	cs_pay_put_line(text, ":53B:/", world->account[pay->account].number);
	if (pay->form == CS_PAY_OWN) {
		const struct cs_pay_account *to = &world->account[pay->other_account];
		cs_pay_put_line(text, ":57A:", to->bic);
		cs_pay_put_line(text, ":58A:/", to->number);
		cs_pay_put_line(text, "", CS_PAY_OUR_BIC);
	} else {
		cs_pay_put_line(text, ":58A:", other.bank);
	}
}

static void
put_192(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	const struct cs_pay *root = cs_pay_root(world, pay);
	struct cs_text *text = &out->text;
	cs_pay_put_line(text, ":20:", pay->reference);
	cs_pay_put_line(text, ":21:", root->reference);
	put_numbered(text, ":11S:", cs_pay_type_of(root), "");
	cs_pay_put_date(text, (int64_t)(root->sent_ns / CS_PAY_DAY));
	cs_text_put(text, "\r\n");
	cs_text_put_padded(text, root->wire_session, 4);
	cs_text_put_padded(text, root->wire_sequence, 6);
	cs_text_put(text, pay->attack >= 0 ? "\r\n:79:/FRAD/\r\n" : "\r\n:79:/DUPL/\r\n");
	cs_text_put(text, "PLEASE CANCEL AND RETURN THE FUNDS\r\n");
}

static void
put_free(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	struct cs_pay_party other;
	struct cs_text *text = &out->text;
	cs_pay_other_side(pay, &other);
	cs_pay_put_line(text, ":20:", pay->reference);
	if (pay->about != CS_PAY_NOBODY) {
		char query[CS_PAY_REFERENCE_BYTES];
		struct cs_text reference = cs_text_over(query, sizeof query);
		cs_text_put(&reference, "Q");
		cs_text_put_padded(&reference, world->pay[pay->about].seed % UINT64_C(100000000000), 11);
		cs_pay_put_line(text, ":21:", query);
		cs_pay_put_line(text, ":79:OUR PAYMENT ", cs_pay_root(world, pay)->reference);
		cs_pay_put_line(text, "BENEFICIARY IS ", other.name);
		cs_pay_put_line(text, "OF ", other.town);
		return;
	}
	put_money(text, ":79:PLEASE PAY TODAY ", currency_of(world, pay), pay->sent_minor);
	cs_pay_put_line(text, "TO ACCOUNT ", other.account);
	cs_pay_put_line(text, "OF ", other.name);
	cs_pay_put_line(text, "WITH ", other.bank);
	cs_pay_put_line(text, "DEBIT OUR ACCOUNT ", world->account[pay->account].number);
}

void
cs_pay_mt_out(const struct cs_pay_world *world, const struct cs_pay *pay, bool cover, struct cs_pay_mt *out)
{
	cs_pay_mt_begin(out, cover ? 202 : cs_pay_type_of(pay));
	cs_pay_receiver(world, pay, cover, out->other);
	memcpy(out->user, pay->reference, sizeof out->user);
	out->uetr = pay->form == CS_PAY_FREE ? NULL : pay->uetr;
	if (cover) {
		cs_pay_cover_reference(pay, out->user);
		put_cover(world, pay, out);
	} else if (out->type == 103)
		put_103(world, pay, out);
	else if (out->type == 202)
		put_202(world, pay, out);
	else if (out->type == 192)
		put_192(world, pay, out);
	else
		put_free(world, pay, out);
	CS_ASSERT(!out->text.overflowed);
}

/* --- in --- */

static void
put_103_in(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	struct cs_pay_party ours, other;
	struct cs_text *text = &out->text;
	cs_pay_our_side(pay, &ours);
	cs_pay_other_side(pay, &other);
	const char *correspondent = world->account[pay->account].bic;
	bool cover = pay->form == CS_PAY_IN_COVER;
	memcpy(out->other, cover ? other.bank : correspondent, strlen(cover ? other.bank : correspondent) + 1);
	out->uetr = pay->uetr;
	cs_pay_put_line(text, ":20:", pay->reference);
	cs_pay_put_line(text, ":23B:", "CRED");
	put_value(text, world, pay, pay->sent_minor);
	put_money(text, ":33B:", currency_of(world, pay), pay->sent_minor + pay->extra_minor);
	put_party(text, ":50K:", ":50F:", &other);
	if (cover)
		cs_pay_put_line(text, ":53A:", correspondent);
	else
		cs_pay_put_line(text, ":52A:", other.bank);
	put_party(text, ":59:", ":59F:", &ours);
	put_purpose(text, world, pay);
	put_charges(text, world, pay);
}

static void
put_query(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	const struct cs_pay *root = cs_pay_root(world, pay);
	cs_text_put(&out->text, ":20:Q");
	cs_text_put_padded(&out->text, pay->seed % UINT64_C(100000000000), 11);
	cs_pay_put_line(&out->text, "\r\n:21:", root->reference);
	cs_text_put(&out->text, ":79:PLEASE CONFIRM NAME AND TOWN OF THE BENEFICIARY\r\nOF YOUR PAYMENT OF ");
	put_money(&out->text, "", currency_of(world, root), root->sent_minor);
}

static void
put_reply(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	static const char *const answers[] = {"/CNCL/", "/RJCR/AGNT", "/PDCR/"};
	const struct cs_pay *asked = &world->pay[pay->about];
	cs_text_put(&out->text, ":20:A");
	cs_text_put_padded(&out->text, asked->seed % UINT64_C(100000000000), 11);
	cs_pay_put_line(&out->text, "\r\n:21:", asked->reference);
	cs_pay_put_line(&out->text, ":76:", answers[asked->seed % 3]);
	out->uetr = asked->uetr;
}

void
cs_pay_mt_in(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_pay_mt *out)
{
	cs_pay_mt_begin(out, cs_pay_type_of(pay));
	if (out->type == 103) {
		put_103_in(world, pay, out);
		return;
	}
	cs_pay_receiver(world, pay, false, out->other);
	if (out->type == 199)
		put_query(world, pay, out);
	else
		put_reply(world, pay, out);
}

static void
put_returned(const struct cs_pay_world *world, const struct cs_pay *pay, struct cs_text *text)
{
	cs_text_put(text, ":72:/RETN/99\r\n/AC01/ACCOUNT NUMBER INCORRECT\r\n");
	if (pay->extra_minor > 0)
		put_money(text, "/CHGS/", currency_of(world, pay), pay->extra_minor);
}

void
cs_pay_mt_confirm(const struct cs_pay_world *world, const struct cs_pay_entry *entry, uint64_t time_ns,
		  struct cs_pay_mt *out)
{
	const struct cs_pay *pay = &world->pay[entry->pay];
	const struct cs_pay_account *account = &world->account[entry->account];
	struct cs_text *text = &out->text;
	struct cs_calendar at = cs_calendar_at(time_ns, 0);
	struct cs_pay_party other;
	cs_pay_other_side(pay, &other);
	cs_pay_mt_begin(out, entry->credit ? 910 : 900);
	memcpy(out->other, account->bic, strlen(account->bic) + 1);
	out->uetr = pay->uetr;
	cs_pay_put_line(text, ":20:", entry->bank_reference);
	cs_pay_put_line(text, ":21:", entry->reference);
	cs_pay_put_line(text, ":25:", account->number);
	cs_text_put(text, ":13D:");
	cs_pay_put_date(text, (int64_t)(time_ns / CS_PAY_DAY));
	cs_text_put_padded(text, at.hour * 100 + at.minute, 4);
	cs_text_put(text, "+0000\r\n:32A:");
	cs_pay_put_date(text, entry->value_day);
	put_money(text, "", account->currency, entry->minor);
	if (entry->credit)
		cs_pay_put_line(text, ":52A:", pay->form == CS_PAY_OWN ? CS_PAY_OUR_BIC : other.bank);
	if (pay->form == CS_PAY_RETURNED)
		put_returned(world, pay, text);
	CS_ASSERT(!text->overflowed);
}

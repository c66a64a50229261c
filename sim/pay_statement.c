/*
 * Statements: lines, pages, balances; and what thieves make of them when they take lines out.
 *
 * Invariants: of an honest statement opening + credits - debits = closing, a page begins with the balance the one before
 * ended with, a statement with that of the day before, and 28C counts without a gap. The true balance goes on whatever
 * is shown.
 */
#include "pay_statement.h"

#include "calendar.h"

enum { PAGE_BYTES = 1650 }; /* with balances and heads a page stays below the 2000 of the standard */

bool
cs_pay_statement_hides(const struct cs_pay_world *world, const struct cs_pay_entry *entry)
{
	return !entry->credit && world->pay[entry->pay].hidden != CS_PAY_SHOWN;
}

void
cs_pay_statement_begin(struct cs_pay_statement *statement, struct cs_pay_world *world, unsigned account, int64_t day,
		       uint64_t until_ns)
{
	*statement =
		(struct cs_pay_statement){.world = world, .account_idx = account, .day = day, .until_ns = until_ns};
	statement->account = &world->account[account];
	statement->interim = until_ns != UINT64_MAX;
	statement->entry = cs_pay_entries_of(world, account, day, &statement->entry_n);
	statement->shown_minor = statement->account->balance_minor + statement->account->carried_minor;
	statement->true_minor = statement->account->balance_minor;
	for (size_t i = 0; i < statement->entry_n; i++) {
		const struct cs_pay_entry *entry = &statement->entry[i];
		statement->true_minor += entry->credit ? entry->minor : -entry->minor;
		if (!cs_pay_statement_hides(world, entry))
			continue;
		statement->hidden_minor += entry->minor;
		statement->hidden = world->pay[entry->pay].hidden;
	}
	if (statement->interim)
		statement->account->interim_n++;
	else
		statement->account->statement_n++;
}

static void
put_balance(struct cs_text *text, const char *tag, const struct cs_pay_statement *statement, int64_t day, int64_t minor)
{
	enum cs_pay_currency currency = statement->account->currency;
	cs_text_put(text, tag);
	cs_text_put_char(text, minor < 0 ? 'D' : 'C');
	cs_pay_put_date(text, day);
	cs_text_put(text, cs_pay_currency(currency)->name);
	cs_pay_put_amount(text, currency, minor < 0 ? -minor : minor, ',');
	cs_text_put(text, "\r\n");
}

static void
put_information(struct cs_text *text, const struct cs_pay *pay, const struct cs_pay_entry *entry)
{
	struct cs_pay_party other;
	cs_pay_other_side(pay, &other);
	if (pay->form == CS_PAY_CHARGE)
		cs_text_put(text, pay->about == CS_PAY_NOBODY ? ":86:/CHGS/FEE OF THE MONTH\r\n"
							      : ":86:/CHGS/OUR CHARGES FOR YOUR PAYMENT\r\n");
	else if (pay->form == CS_PAY_RETURNED)
		cs_text_put(text, ":86:/RETN/AC01 ACCOUNT NUMBER INCORRECT\r\n");
	else if (pay->form == CS_PAY_BANK || pay->form == CS_PAY_OWN)
		cs_pay_put_line(text, ":86:", "/MT202/BANK TRANSFER");
	else
		cs_pay_put_line(text, entry->credit ? ":86:/ORDP/" : ":86:/BENM/", other.name);
}

static void
put_entry(struct cs_text *text, const struct cs_pay_statement *statement, const struct cs_pay_entry *entry)
{
	struct cs_calendar booked = cs_calendar_at(entry->time_ns, 0);
	cs_text_put(text, ":61:");
	cs_pay_put_date(text, entry->value_day);
	cs_text_put_padded(text, booked.month * 100 + booked.day, 4);
	cs_text_put_char(text, entry->credit ? 'C' : 'D');
	cs_pay_put_amount(text, statement->account->currency, entry->minor, ',');
	cs_text_put(text, entry->type);
	cs_text_put(text, entry->reference);
	cs_pay_put_line(text, "//", entry->bank_reference);
	if (statement->account->type == 940)
		put_information(text, &statement->world->pay[entry->pay], entry);
}

static bool
is_left_out(const struct cs_pay_statement *statement, const struct cs_pay_entry *entry)
{
	return entry->time_ns >= statement->until_ns || cs_pay_statement_hides(statement->world, entry);
}

static void
put_heads(struct cs_pay_statement *statement, struct cs_text *text)
{
	const struct cs_pay_account *account = statement->account;
	cs_text_put(text, statement->interim ? ":20:I" : ":20:S");
	cs_text_put_u64(text, statement->account_idx);
	cs_pay_put_date(text, statement->day);
	cs_text_put_padded(text, ++statement->page_n, 3);
	cs_pay_put_line(text, "\r\n:25:", account->number);
	cs_text_put(text, ":28C:");
	cs_text_put_u64(text, statement->interim ? account->interim_n : account->statement_n);
	cs_text_put_char(text, '/');
	cs_text_put_u64(text, statement->page_n);
	cs_text_put(text, "\r\n");
}

/* Lines until the page is full; says whether any is left over. */
static bool
put_lines(struct cs_pay_statement *statement, struct cs_text *text)
{
	for (; statement->next < statement->entry_n; statement->next++) {
		const struct cs_pay_entry *entry = &statement->entry[statement->next];
		if (is_left_out(statement, entry))
			continue;
		if (text->len > PAGE_BYTES)
			return true;
		put_entry(text, statement, entry);
		statement->shown_minor += entry->credit ? entry->minor : -entry->minor;
	}
	return false;
}

static void
settle(struct cs_pay_statement *statement)
{
	struct cs_pay_account *account = statement->account;
	account->balance_minor = statement->true_minor;
	if (statement->hidden == CS_PAY_HIDDEN_CARRIED)
		account->carried_minor += statement->hidden_minor;
}

static bool
next_page(struct cs_pay_statement *statement, struct cs_text *text)
{
	int64_t before = statement->day - 1;
	while (!cs_pay_open(statement->account->currency, before))
		before--;
	bool first = statement->page_n == 0;
	put_heads(statement, text);
	put_balance(text, first ? ":60F:" : ":60M:", statement, first ? before : statement->day,
		    statement->shown_minor);
	bool more = put_lines(statement, text);
	/* Whoever takes out a line and leaves the balances shows the closing balance the bank had really. */
	if (!more && statement->hidden == CS_PAY_HIDDEN_LEFT)
		statement->shown_minor -= statement->hidden_minor;
	put_balance(text, more ? ":62M:" : ":62F:", statement, statement->day, statement->shown_minor);
	if (!more && statement->account->type == 940)
		put_balance(text, ":64:", statement, statement->day, statement->shown_minor);
	if (!more)
		settle(statement);
	return more;
}

static void
put_total(struct cs_text *text, const struct cs_pay_statement *statement, bool credit)
{
	uint64_t n = 0;
	int64_t sum = 0;
	for (size_t i = 0; i < statement->entry_n; i++) {
		const struct cs_pay_entry *entry = &statement->entry[i];
		if (is_left_out(statement, entry) || entry->credit != credit)
			continue;
		n++;
		sum += entry->minor;
	}
	cs_text_put(text, credit ? ":90C:" : ":90D:");
	cs_text_put_u64(text, n);
	cs_text_put(text, cs_pay_currency(statement->account->currency)->name);
	cs_pay_put_amount(text, statement->account->currency, sum, ',');
	cs_text_put(text, "\r\n");
}

static bool
next_interim(struct cs_pay_statement *statement, struct cs_text *text)
{
	struct cs_calendar at = cs_calendar_at(statement->until_ns, 0);
	put_heads(statement, text);
	cs_text_put(text, ":34F:");
	cs_text_put(text, cs_pay_currency(statement->account->currency)->name);
	cs_text_put(text, "0,\r\n:13D:");
	cs_pay_put_date(text, statement->day);
	cs_text_put_padded(text, at.hour * 100 + at.minute, 4);
	cs_text_put(text, "+0000\r\n");
	bool more = put_lines(statement, text);
	if (!more) {
		put_total(text, statement, false);
		put_total(text, statement, true);
	}
	return more;
}

bool
cs_pay_statement_next(struct cs_pay_statement *statement, struct cs_pay_mt *out)
{
	if (statement->done)
		return false;
	cs_pay_mt_begin(out, statement->interim ? 942 : statement->account->type);
	memcpy(out->other, statement->account->bic, strlen(statement->account->bic) + 1);
	statement->done = !(statement->interim ? next_interim : next_page)(statement, &out->text);
	CS_ASSERT(!out->text.overflowed);
	return true;
}

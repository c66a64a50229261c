/*
 * Confirmations as camt.054 and statements as camt.053.
 *
 * Invariant: what a statement shows and what was taken out of it is the same as in its MT form. spec: ISO 20022
 * camt.053.001.08, camt.054.001.08.
 */
#include "pay_mx.h"

static void
put_code(struct cs_text *text, const char *outer, const char *inner, const char *code)
{
	cs_pay_mx_start(text, outer);
	cs_pay_mx_put(text, inner, code);
	cs_pay_mx_end(text, outer);
}

static void
put_day(struct cs_text *text, const char *outer, int64_t day)
{
	cs_pay_mx_start(text, outer);
	cs_pay_mx_date(text, "Dt", day);
	cs_pay_mx_end(text, outer);
}

static void
put_details(struct cs_text *text, const struct cs_pay *pay, const struct cs_pay_entry *entry,
	    enum cs_pay_currency currency)
{
	cs_pay_mx_start(text, "NtryDtls");
	cs_pay_mx_start(text, "TxDtls");
	cs_pay_mx_start(text, "Refs");
	cs_pay_mx_put(text, "AcctSvcrRef", entry->bank_reference);
	cs_pay_mx_put(text, "InstrId", entry->reference);
	cs_pay_mx_put(text, "EndToEndId", pay->reference);
	cs_pay_mx_put(text, "UETR", pay->uetr);
	cs_pay_mx_end(text, "Refs");
	cs_pay_mx_amount(text, "Amt", currency, entry->minor);
	cs_pay_mx_put(text, "CdtDbtInd", entry->credit ? "CRDT" : "DBIT");
	cs_pay_mx_end(text, "TxDtls");
	cs_pay_mx_end(text, "NtryDtls");
}

static void
put_entry(struct cs_text *text, const struct cs_pay_world *world, const struct cs_pay_entry *entry)
{
	const struct cs_pay *pay = &world->pay[entry->pay];
	enum cs_pay_currency currency = world->account[entry->account].currency;
	cs_pay_mx_start(text, "Ntry");
	cs_pay_mx_put(text, "NtryRef", entry->reference);
	cs_pay_mx_amount(text, "Amt", currency, entry->minor);
	cs_pay_mx_put(text, "CdtDbtInd", entry->credit ? "CRDT" : "DBIT");
	put_code(text, "Sts", "Cd", "BOOK");
	put_day(text, "BookgDt", entry->day);
	put_day(text, "ValDt", entry->value_day);
	cs_pay_mx_put(text, "AcctSvcrRef", entry->bank_reference);
	cs_pay_mx_start(text, "BkTxCd");
	put_code(text, "Prtry", "Cd", entry->type);
	cs_pay_mx_end(text, "BkTxCd");
	if (pay->form != CS_PAY_CHARGE)
		put_details(text, pay, entry, currency);
	cs_pay_mx_end(text, "Ntry");
}

static void
put_head(struct cs_text *text, const char *id, uint64_t time_ns)
{
	cs_pay_mx_start(text, "GrpHdr");
	cs_pay_mx_put(text, "MsgId", id);
	cs_pay_mx_time(text, "CreDtTm", time_ns);
	cs_pay_mx_end(text, "GrpHdr");
}

void
cs_pay_mx_confirm(const struct cs_pay_world *world, const struct cs_pay_entry *entry, uint64_t time_ns,
		  struct cs_pay_mx *out)
{
	const struct cs_pay_account *account = &world->account[entry->account];
	struct cs_text *text = &out->text;
	struct cs_pay_mx_head head = {"camt.054.001.08", account->bic, CS_PAY_OUR_BIC, entry->bank_reference, time_ns};
	out->kind = "camt.054";
	cs_pay_mx_open(out, &head);
	cs_pay_mx_start(text, "BkToCstmrDbtCdtNtfctn");
	put_head(text, head.id, time_ns);
	cs_pay_mx_start(text, "Ntfctn");
	cs_pay_mx_put(text, "Id", entry->bank_reference);
	cs_pay_mx_time(text, "CreDtTm", time_ns);
	cs_pay_mx_account(text, "Acct", account->number);
	put_entry(text, world, entry);
	cs_pay_mx_end(text, "Ntfctn");
	cs_pay_mx_end(text, "BkToCstmrDbtCdtNtfctn");
	cs_pay_mx_close(out);
}

static void
put_balance(struct cs_text *text, const struct cs_pay_statement *statement, const char *code, bool between, int64_t day)
{
	int64_t minor = statement->shown_minor;
	cs_pay_mx_start(text, "Bal");
	cs_pay_mx_start(text, "Tp");
	put_code(text, "CdOrPrtry", "Cd", code);
	if (between)
		put_code(text, "SbTp", "Cd", "INTM");
	cs_pay_mx_end(text, "Tp");
	cs_pay_mx_amount(text, "Amt", statement->account->currency, minor < 0 ? -minor : minor);
	cs_pay_mx_put(text, "CdtDbtInd", minor < 0 ? "DBIT" : "CRDT");
	put_day(text, "Dt", day);
	cs_pay_mx_end(text, "Bal");
}

/* The lines of this page, and the balance after them; how many entries were passed. */
static size_t
page_end(const struct cs_pay_statement *statement, int64_t *minor)
{
	size_t end = statement->next;
	unsigned line_n = 0;
	*minor = statement->shown_minor;
	for (; end < statement->entry_n; end++) {
		const struct cs_pay_entry *entry = &statement->entry[end];
		if (cs_pay_statement_hides(statement->world, entry))
			continue;
		if (line_n++ == CS_PAY_MX_LINES_MAX)
			break;
		*minor += entry->credit ? entry->minor : -entry->minor;
	}
	return end;
}

static void
put_numbers(struct cs_text *text, struct cs_pay_statement *statement, bool last, uint64_t time_ns)
{
	char number[24];
	struct cs_text page = cs_text_over(number, sizeof number);
	cs_text_put_u64(&page, ++statement->page_n);
	cs_pay_mx_start(text, "StmtPgntn");
	cs_pay_mx_put(text, "PgNb", number);
	cs_pay_mx_put(text, "LastPgInd", last ? "true" : "false");
	cs_pay_mx_end(text, "StmtPgntn");
	struct cs_text sequence = cs_text_over(number, sizeof number);
	cs_text_put_u64(&sequence, statement->account->statement_n);
	cs_pay_mx_put(text, "ElctrncSeqNb", number);
	cs_pay_mx_time(text, "CreDtTm", time_ns);
	cs_pay_mx_account(text, "Acct", statement->account->number);
}

bool
cs_pay_mx_statement(struct cs_pay_statement *statement, uint64_t time_ns, struct cs_pay_mx *out)
{
	char id[CS_PAY_REFERENCE_BYTES * 2];
	struct cs_text *text = &out->text, name = cs_text_over(id, sizeof id);
	int64_t before = statement->day - 1, after_minor;
	if (statement->done)
		return false;
	while (!cs_pay_open(statement->account->currency, before))
		before--;
	size_t end = page_end(statement, &after_minor);
	bool first = statement->page_n == 0, last = end == statement->entry_n;
	if (last && statement->hidden == CS_PAY_HIDDEN_LEFT)
		after_minor -= statement->hidden_minor;
	cs_text_put(&name, statement->account->number);
	cs_text_put_char(&name, '-');
	cs_text_put_u64(&name, statement->account->statement_n);
	cs_text_put_char(&name, '-');
	cs_text_put_u64(&name, statement->page_n + 1);
	struct cs_pay_mx_head head = {"camt.053.001.08", statement->account->bic, CS_PAY_OUR_BIC, id, time_ns};
	out->kind = "camt.053";
	cs_pay_mx_open(out, &head);
	cs_pay_mx_start(text, "BkToCstmrStmt");
	put_head(text, id, time_ns);
	cs_pay_mx_start(text, "Stmt");
	cs_pay_mx_put(text, "Id", id);
	put_numbers(text, statement, last, time_ns);
	put_balance(text, statement, "OPBD", !first, first ? before : statement->day);
	statement->shown_minor = after_minor;
	put_balance(text, statement, "CLBD", !last, statement->day);
	for (; statement->next < end; statement->next++)
		if (!cs_pay_statement_hides(statement->world, &statement->entry[statement->next]))
			put_entry(text, statement->world, &statement->entry[statement->next]);
	cs_pay_mx_end(text, "Stmt");
	cs_pay_mx_end(text, "BkToCstmrStmt");
	cs_pay_mx_close(out);
	statement->done = last;
	return true;
}

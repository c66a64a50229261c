/*
 * Payments as pacs.008 and pacs.009, and the pieces that camt messages share with them.
 *
 * Invariant: elements stand in the order of their schema; no value needs an escape, since parties are made of letters,
 * digits and blanks. spec: ISO 20022 pacs.008.001.08, pacs.009.001.08, head.001.001.02; header and document agree as CBPR+
 * wants it (BizMsgIdr is MsgId, From and To are the instructing and instructed agents).
 */
#include "pay_mx.h"

#include "calendar.h"

void
cs_pay_mx_start(struct cs_text *text, const char *name)
{
	cs_text_put_char(text, '<');
	cs_text_put(text, name);
	cs_text_put_char(text, '>');
}

void
cs_pay_mx_end(struct cs_text *text, const char *name)
{
	cs_text_put(text, "</");
	cs_text_put(text, name);
	cs_text_put(text, ">\n");
}

void
cs_pay_mx_put(struct cs_text *text, const char *name, const char *value)
{
	cs_pay_mx_start(text, name);
	cs_text_put(text, value);
	cs_pay_mx_end(text, name);
}

void
cs_pay_mx_agent(struct cs_text *text, const char *name, const char *bic)
{
	cs_pay_mx_start(text, name);
	cs_pay_mx_start(text, "FinInstnId");
	cs_pay_mx_put(text, "BICFI", bic);
	cs_pay_mx_end(text, "FinInstnId");
	cs_pay_mx_end(text, name);
}

void
cs_pay_mx_amount(struct cs_text *text, const char *name, enum cs_pay_currency currency, int64_t minor)
{
	cs_text_put_char(text, '<');
	cs_text_put(text, name);
	cs_text_put(text, " Ccy=\"");
	cs_text_put(text, cs_pay_currency(currency)->name);
	cs_text_put(text, "\">");
	cs_pay_put_amount(text, currency, minor, '.');
	cs_pay_mx_end(text, name);
}

static void
put_moment(struct cs_text *text, uint64_t time_ns, bool whole)
{
	struct cs_calendar at = cs_calendar_at(time_ns, 0);
	const unsigned part[] = {at.month, at.day, at.hour, at.minute, at.second};
	cs_text_put_padded(text, at.year, 4);
	for (unsigned i = 0; i < (whole ? 5U : 2U); i++) {
		cs_text_put_char(text, "--T::"[i]);
		cs_text_put_padded(text, part[i], 2);
	}
	cs_text_put(text, whole ? "+00:00" : "");
}

void
cs_pay_mx_date(struct cs_text *text, const char *name, int64_t day)
{
	cs_pay_mx_start(text, name);
	put_moment(text, (uint64_t)day * CS_PAY_DAY, false);
	cs_pay_mx_end(text, name);
}

void
cs_pay_mx_time(struct cs_text *text, const char *name, uint64_t time_ns)
{
	cs_pay_mx_start(text, name);
	put_moment(text, time_ns, true);
	cs_pay_mx_end(text, name);
}

void
cs_pay_mx_account(struct cs_text *text, const char *name, const char *account)
{
	bool iban = account[0] >= 'A';
	cs_pay_mx_start(text, name);
	cs_pay_mx_start(text, "Id");
	if (!iban)
		cs_pay_mx_start(text, "Othr");
	cs_pay_mx_put(text, iban ? "IBAN" : "Id", account);
	if (!iban)
		cs_pay_mx_end(text, "Othr");
	cs_pay_mx_end(text, "Id");
	cs_pay_mx_end(text, name);
}

void
cs_pay_mx_open(struct cs_pay_mx *out, const struct cs_pay_mx_head *head)
{
	struct cs_text *text = &out->text;
	*text = cs_text_over(out->at, sizeof out->at);
	cs_text_put(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Envelope xmlns=\"urn:countersign:envelope\">\n"
			  "<AppHdr xmlns=\"urn:iso:std:iso:20022:tech:xsd:head.001.001.02\">\n<Fr><FIId>");
	cs_pay_mx_start(text, "FinInstnId");
	cs_pay_mx_put(text, "BICFI", head->from);
	cs_text_put(text, "</FinInstnId></FIId></Fr>\n<To><FIId><FinInstnId>");
	cs_pay_mx_put(text, "BICFI", head->to);
	cs_text_put(text, "</FinInstnId></FIId></To>\n");
	cs_pay_mx_put(text, "BizMsgIdr", head->id);
	cs_pay_mx_put(text, "MsgDefIdr", head->definition);
	cs_pay_mx_put(text, "BizSvc", "swift.cbprplus.02");
	cs_pay_mx_time(text, "CreDt", head->time_ns);
	cs_text_put(text, "</AppHdr>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:");
	cs_text_put(text, head->definition);
	cs_text_put(text, "\">\n");
}

void
cs_pay_mx_close(struct cs_pay_mx *out)
{
	cs_text_put(&out->text, "</Document>\n</Envelope>\n");
	CS_ASSERT(!out->text.overflowed);
}

/* --- payments --- */

struct maker {
	const struct cs_pay_world *world;
	const struct cs_pay *pay;
	struct cs_text *text;
	struct cs_pay_party ours, other;
	const struct cs_pay_account *account;
	const char *from, *to;
	char id[CS_PAY_REFERENCE_BYTES];
	bool cover, in;
};

static void
put_party(struct cs_text *text, const char *name, const struct cs_pay_party *party)
{
	cs_pay_mx_start(text, name);
	cs_pay_mx_put(text, "Nm", party->name);
	cs_pay_mx_start(text, "PstlAdr");
	cs_pay_mx_put(text, "StrtNm", party->street);
	cs_pay_mx_put(text, "TwnNm", party->town);
	cs_pay_mx_put(text, "Ctry", party->country);
	cs_pay_mx_end(text, "PstlAdr");
	cs_pay_mx_end(text, name);
}

static void
put_group(struct maker *make, uint64_t time_ns)
{
	struct cs_text *text = make->text;
	bool covered = (make->pay->form == CS_PAY_COVER && !make->cover) || make->pay->form == CS_PAY_IN_COVER;
	cs_pay_mx_start(text, "GrpHdr");
	cs_pay_mx_put(text, "MsgId", make->id);
	cs_pay_mx_time(text, "CreDtTm", time_ns);
	cs_pay_mx_put(text, "NbOfTxs", "1");
	cs_pay_mx_start(text, "SttlmInf");
	cs_pay_mx_put(text, "SttlmMtd", covered ? "COVE" : make->in ? "INGA" : "INDA");
	if (covered)
		cs_pay_mx_agent(text, "InstgRmbrsmntAgt", make->account->bic);
	else
		cs_pay_mx_account(text, "SttlmAcct", make->account->number);
	cs_pay_mx_end(text, "SttlmInf");
	cs_pay_mx_end(text, "GrpHdr");
}

static void
put_ids(struct maker *make)
{
	cs_pay_mx_start(make->text, "PmtId");
	cs_pay_mx_put(make->text, "InstrId", make->id);
	cs_pay_mx_put(make->text, "EndToEndId", make->pay->reference);
	cs_pay_mx_put(make->text, "UETR", make->pay->uetr);
	cs_pay_mx_end(make->text, "PmtId");
}

/* Whoever splits the amount by a comment gives half of the readers its first digit only. */
static void
put_settled(struct maker *make)
{
	const struct cs_pay *pay = make->pay;
	size_t start = make->text->len;
	cs_pay_mx_amount(make->text, "IntrBkSttlmAmt", make->account->currency, pay->sent_minor);
	if (pay->smuggled) {
		char rest[CS_PAY_LINE_BYTES * 2];
		size_t digit = start + strlen("<IntrBkSttlmAmt Ccy=\"EUR\">1");
		struct cs_text kept = cs_text_over(rest, sizeof rest);
		cs_text_put(&kept, make->text->at + digit);
		make->text->len = digit;
		cs_text_put(make->text, "<!-- -->");
		cs_text_put(make->text, rest);
	}
	cs_pay_mx_date(make->text, "IntrBkSttlmDt", pay->value_day);
}

static void
put_charges(struct maker *make)
{
	static const char *const names[] = {"SHAR", "DEBT", "CRED"};
	const struct cs_pay *pay = make->pay;
	cs_pay_mx_amount(make->text, "InstdAmt", make->account->currency, pay->sent_minor + pay->extra_minor);
	cs_pay_mx_put(make->text, "ChrgBr", names[pay->charges]);
	if (pay->extra_minor == 0)
		return;
	cs_pay_mx_start(make->text, "ChrgsInf");
	cs_pay_mx_amount(make->text, "Amt", make->account->currency, pay->extra_minor);
	cs_pay_mx_agent(make->text, "Agt", make->from);
	cs_pay_mx_end(make->text, "ChrgsInf");
}

/* Payer, payee and their banks; the one and the other change sides when the payment comes in. */
static void
put_sides(struct maker *make)
{
	const struct cs_pay_party *payer = make->in ? &make->other : &make->ours;
	const struct cs_pay_party *payee = make->in ? &make->ours : &make->other;
	struct cs_text *text = make->text;
	put_party(text, "Dbtr", payer);
	cs_pay_mx_account(text, "DbtrAcct", payer->account);
	cs_pay_mx_agent(text, "DbtrAgt", payer->bank);
	cs_pay_mx_agent(text, "CdtrAgt", payee->bank);
	if (make->pay->incomplete) {
		cs_pay_mx_start(text, "Cdtr");
		cs_pay_mx_put(text, "Nm", payee->name);
		cs_pay_mx_end(text, "Cdtr");
	} else {
		put_party(text, "Cdtr", payee);
		cs_pay_mx_account(text, "CdtrAcct", payee->account);
	}
	cs_pay_mx_start(text, "RmtInf");
	cs_pay_mx_start(text, "Ustrd");
	cs_pay_put_purpose(text, make->pay);
	cs_pay_mx_end(text, "Ustrd");
	cs_pay_mx_end(text, "RmtInf");
}

static void
put_customer(struct maker *make, uint64_t time_ns)
{
	struct cs_text *text = make->text;
	cs_pay_mx_start(text, "FIToFICstmrCdtTrf");
	put_group(make, time_ns);
	cs_pay_mx_start(text, "CdtTrfTxInf");
	put_ids(make);
	put_settled(make);
	put_charges(make);
	cs_pay_mx_agent(text, "InstgAgt", make->from);
	cs_pay_mx_agent(text, "InstdAgt", make->to);
	put_sides(make);
	cs_pay_mx_end(text, "CdtTrfTxInf");
	cs_pay_mx_end(text, "FIToFICstmrCdtTrf");
}

static void
put_bank(struct maker *make, uint64_t time_ns)
{
	struct cs_text *text = make->text;
	const struct cs_pay_account *to = &make->world->account[make->pay->other_account];
	bool own = make->pay->form == CS_PAY_OWN;
	cs_pay_mx_start(text, "FICdtTrf");
	put_group(make, time_ns);
	cs_pay_mx_start(text, "CdtTrfTxInf");
	put_ids(make);
	put_settled(make);
	cs_pay_mx_agent(text, "InstgAgt", make->from);
	cs_pay_mx_agent(text, "InstdAgt", make->to);
	cs_pay_mx_agent(text, "Dbtr", CS_PAY_OUR_BIC);
	if (own)
		cs_pay_mx_agent(text, "CdtrAgt", to->bic);
	cs_pay_mx_agent(text, "Cdtr", own ? CS_PAY_OUR_BIC : make->other.bank);
	if (own)
		cs_pay_mx_account(text, "CdtrAcct", to->number);
	if (make->cover) {
		cs_pay_mx_start(text, "UndrlygCstmrCdtTrf");
		put_sides(make);
		cs_pay_mx_amount(text, "InstdAmt", make->account->currency,
				 make->pay->sent_minor + make->pay->extra_minor);
		cs_pay_mx_end(text, "UndrlygCstmrCdtTrf");
	}
	cs_pay_mx_end(text, "CdtTrfTxInf");
	cs_pay_mx_end(text, "FICdtTrf");
}

void
cs_pay_mx_payment(const struct cs_pay_world *world, const struct cs_pay *pay, bool cover, uint64_t time_ns,
		  struct cs_pay_mx *out)
{
	char partner[CS_PAY_BIC_BYTES];
	struct maker make = {.world = world,
			     .pay = pay,
			     .text = &out->text,
			     .account = &world->account[pay->account],
			     .from = CS_PAY_OUR_BIC,
			     .to = partner,
			     .cover = cover,
			     .in = !cs_pay_is_out(pay)};
	cs_pay_our_side(pay, &make.ours);
	cs_pay_other_side(pay, &make.other);
	cs_pay_receiver(world, pay, cover, partner);
	if (make.in) {
		make.from = pay->form == CS_PAY_IN_COVER ? make.other.bank : make.account->bic;
		make.to = CS_PAY_OUR_BIC;
	}
	if (cover)
		cs_pay_cover_reference(pay, make.id);
	else
		memcpy(make.id, pay->reference, sizeof make.id);
	bool bank = cover || pay->form == CS_PAY_BANK || pay->form == CS_PAY_OWN;
	struct cs_pay_mx_head head = {bank ? "pacs.009.001.08" : "pacs.008.001.08", make.from, make.to, make.id,
				      time_ns};
	out->kind = bank ? "pacs.009" : "pacs.008";
	cs_pay_mx_open(out, &head);
	if (bank)
		put_bank(&make, time_ns);
	else
		put_customer(&make, time_ns);
	cs_pay_mx_close(out);
}

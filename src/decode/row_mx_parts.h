/*
 * What the files that make rows of ISO 20022 messages share. For row_mx.c, row_mx_book.c and row_mx_pay.c only.
 */
#ifndef CS_DECODE_ROW_MX_PARTS_H
#define CS_DECODE_ROW_MX_PARTS_H

#include "decode/mx.h"
#include "decode/row_message_parts.h"

/* What the rows of a message are. */
enum cs_row_mx_kind {
	CS_ROW_MX_ORDER,
	CS_ROW_MX_PAYMENT,
	CS_ROW_MX_RETURN,
	CS_ROW_MX_STATUS,
	CS_ROW_MX_CANCELLATION,
	CS_ROW_MX_ANSWER,
	CS_ROW_MX_CONFIRMATION,
	CS_ROW_MX_STATEMENT,
};

/* What has added up while a message is read. */
struct cs_row_mx_sums {
	uint64_t tx_n;             /* of the message */
	uint64_t detail_n;         /* of the entry */
	bool charges_mixed;        /* of the transaction, in several currencies */
	struct cs_span charges_in; /* their currency; at is NULL: none */
	cs_mx_units charges;
	bool opening_known, opening_first, closing_known, closing_booked; /* of the report */
	cs_mx_units opening, closing;
};

/* cs_row_mx_kind_of tells what a message of TYPE ("pacs.008.001.08") gives. */
enum cs_row_mx_kind cs_row_mx_kind_of(struct cs_span type);

/* cs_row_mx_charge adds the charge at hand to SUMS. */
void cs_row_mx_charge(const struct cs_mx *mx, struct cs_row_mx_sums *sums);

/* cs_row_mx_balance notes the balance at hand. */
void cs_row_mx_balance(const struct cs_mx *mx, struct cs_row_mx_sums *sums);

/* What follows fills the cells of one row with the record at hand. */
void cs_row_mx_tx(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums);
void cs_row_mx_detail(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums);
void cs_row_mx_entry(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums);
void cs_row_mx_report(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_row_mx_sums *sums);

/* Of those, what row_mx_pay.c does for row_mx_book.c: cs_row_mx_decimal fills a cell with a decimal, as rows have them;
 * cs_row_mx_reference gives the reference of the detail at hand, cs_row_mx_parts fills its parties, amount and words. */
void cs_row_mx_decimal(struct cs_row_messages *messages, enum cs_cell cell, struct cs_span value);
struct cs_span cs_row_mx_reference(const struct cs_mx *mx);
void cs_row_mx_parts(struct cs_row_messages *messages, const struct cs_mx *mx);

/* cs_row_mx_names fills the cells of parties and words of the transaction or detail at hand. */
void cs_row_mx_names(struct cs_row_messages *messages, const struct cs_mx *mx);

/* cs_row_mx_words fills a cell with the words of an entry. */
void cs_row_mx_words(struct cs_row_messages *messages, enum cs_cell cell, const struct cs_mx *mx, unsigned slot);

/* cs_row_mx_group fills those of a message about another message as a whole. */
void cs_row_mx_group(struct cs_row_messages *messages, const struct cs_mx *mx);

/* cs_row_mx_common fills those that all rows of a message have, at its end. */
void cs_row_mx_common(struct cs_row_messages *messages, const struct cs_mx *mx, const struct cs_payment *payment);

#endif

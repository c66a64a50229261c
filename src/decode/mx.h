/*
 * ISO 20022 messages: decoded in one pass, checked by their schema, flattened to what the engine compares.
 *
 * A message is one XML document: a Document by itself, or with its business header (AppHdr) anywhere in wrappers of any
 * name. Namespaces decide which definitions they are of. A decoder is made once and used for any number of messages; it
 * allocates nothing for them. What it answers is lent until its next message, and the message must stay that long.
 *
 * The stages are mx_scan (characters to tags), mx_schema and mx_value (what is allowed), mx (where it goes), mx_rules (what
 * is doubtful about it).
 */
#ifndef CS_DECODE_MX_H
#define CS_DECODE_MX_H

#include "decode/payment.h"

enum {
	CS_MX_LINES_MAX = 7,       /* address lines kept of one party; schemas allow no more */
	CS_MX_STREETS_MAX = 4,     /* of the other parts of its address that may hold a name */
	CS_MX_REMITTANCE_MAX = 10, /* lines of remittance information kept of one transaction */
	CS_MX_STRUCTURED_MAX = 6,  /* additional ones of the structured, and names of who gives and gets the invoice */
	CS_MX_REGULATORY_MAX = 6,  /* authorities and words for them */
	CS_MX_INSTRUCTION_TEXTS_MAX = 4, /* for the creditor's agent; for the next */
};

/* The fields of a party or an agent: their slots are counted from the party's. */
enum cs_mx_party {
	CS_MX_PARTY_BIC,
	CS_MX_PARTY_LEI,
	CS_MX_PARTY_NAME,
	CS_MX_PARTY_COUNTRY,
	CS_MX_PARTY_TOWN,
	CS_MX_PARTY_ACCOUNT,
	CS_MX_PARTY_CLEARING_SYSTEM,
	CS_MX_PARTY_CLEARING_MEMBER,
	CS_MX_PARTY_BORN,       /* a day: 1970-01-31 */
	CS_MX_PARTY_IDENTIFIER, /* Othr/Id */
	CS_MX_PARTY_CONTACT,    /* a name */
	CS_MX_PARTY_LINE,
	CS_MX_PARTY_STREET = CS_MX_PARTY_LINE + CS_MX_LINES_MAX, /* department, street, building */
	CS_MX_PARTY_N = CS_MX_PARTY_STREET + CS_MX_STREETS_MAX,
};

/* CS_MX_FIRST_x: where the slots of a record begin. */
enum cs_mx_slot {
#define RECORD(symbol)                 CS_MX_FIRST_##symbol, CS_MX_BEFORE_##symbol = CS_MX_FIRST_##symbol - 1,
#define SLOT(symbol, name)             CS_MX_##symbol,
#define LIST(symbol, name, n)          CS_MX_##symbol, CS_MX_##symbol##_LAST = CS_MX_##symbol + (n)-1,
#define AMOUNT(symbol, name, currency) CS_MX_##symbol, CS_MX_##symbol##_CURRENCY,
#define PARTY(symbol, name)            CS_MX_##symbol, CS_MX_##symbol##_LAST = CS_MX_##symbol + CS_MX_PARTY_N - 1,
#include "decode/mx_slot.def"
#undef RECORD
#undef SLOT
#undef LIST
#undef AMOUNT
#undef PARTY
	CS_MX_TX_N = CS_MX_FIRST_END - CS_MX_FIRST_TX,
	CS_MX_GROUP_N = 6,
	CS_MX_SLOT_N = CS_MX_FIRST_TX + CS_MX_GROUP_N * CS_MX_TX_N,
};

/* The slots of a transaction are there several times: add the group. */
enum cs_mx_group {
	CS_MX_GROUP_MAIN = 0,
	CS_MX_GROUP_UNDERLYING = CS_MX_TX_N, /* the customer transfer that a cover pays for */
	CS_MX_GROUP_CHAIN = 2 * CS_MX_TX_N,  /* the way a return takes */
	CS_MX_GROUP_ORIGINAL =
		3 * CS_MX_TX_N, /* the transaction that is answered, returned or cancelled, as this message tells it */
	CS_MX_GROUP_ORIGINAL_UNDERLYING = 4 * CS_MX_TX_N, /* ... and the customer transfer that was covered by that */
	CS_MX_GROUP_PAYMENT = 5 * CS_MX_TX_N, /* what the transactions of a pain.001 payment have in common */
};

/* The parts of a message that may be there many times. */
enum cs_mx_record {
	CS_MX_RECORD_NONE,
	CS_MX_RECORD_MESSAGE, /* ends when all is read */
	CS_MX_RECORD_PAYMENT,
	CS_MX_RECORD_TX,
	CS_MX_RECORD_CHARGE, /* inside a transaction */
	CS_MX_RECORD_REPORT,
	CS_MX_RECORD_BALANCE,
	CS_MX_RECORD_ENTRY,
	CS_MX_RECORD_ENTRY_TX,
	CS_MX_RECORD_MEMBER, /* a clearing system and its member; for the rules */
	CS_MX_RECORD_N
};

struct cs_mx;

/* cs_mx_new makes a decoder (about 1.7 MB, whatever the messages); NULL: no memory. */
struct cs_mx *cs_mx_new(void);
void cs_mx_free(struct cs_mx *mx);

/* cs_mx_decode reads MESSAGE. False: refused, OUT has the reason and what was read so far is no message. */
bool cs_mx_decode(struct cs_mx *mx, struct cs_span message, struct cs_payment *out);

/* What comes out while a message is read; the records are told when they end, with their slots filled. Of a message that
 * is refused later, records have been told already: whoever acts on them decodes first. */
struct cs_mx_visitor {
	void (*record)(void *context, const struct cs_mx *mx, enum cs_mx_record record);
	void *context;
};

/* cs_mx_walk reads MESSAGE as cs_mx_decode does, and tells VISITOR. */
bool cs_mx_walk(struct cs_mx *mx, struct cs_span message, struct cs_payment *out, const struct cs_mx_visitor *visitor);

/* cs_mx_value gives what a slot holds; at is NULL: nothing. In UTF-8. */
struct cs_span cs_mx_value(const struct cs_mx *mx, unsigned slot);

/* cs_mx_where gives where a slot's value stands in the message: its first byte; when it has references or is in pieces (*CODED is set),
 * the tag of its element. The slot holds something. */
size_t cs_mx_where(const struct cs_mx *mx, unsigned slot, bool *coded);

/* cs_mx_byte gives where byte NTH of a coded value stands, of the element whose tag is at TAG of MESSAGE, which was accepted. */
size_t cs_mx_byte(struct cs_span message, size_t tag, size_t nth);

/* cs_mx_record_bytes gives where the record that is told stands, from its tag to the end of its end tag; of the message: all
 * of it. For visitors, while they are told. */
struct cs_span cs_mx_record_bytes(const struct cs_mx *mx, enum cs_mx_record record);

/* cs_mx_type gives "pacs.008.001.08", as the message has it; empty as long as no Document was found. */
struct cs_span cs_mx_type(const struct cs_mx *mx);

/* cs_mx_root gives the name of the element inside Document, cs_mx_header that of the header's definition; may be empty. */
struct cs_span cs_mx_root(const struct cs_mx *mx);
struct cs_span cs_mx_header(const struct cs_mx *mx);

/* What the records of a message add up to: transactions, entries and sums so far (amounts in hundred thousandths). */
struct cs_mx_sums {
	uint64_t tx_n;         /* of the message */
	uint64_t payment_tx_n; /* of the payment (pain.001) or entry */
	uint64_t payment_n;
	uint64_t report_n;
	uint64_t entry_n; /* of the report */
	struct cs_mx_units_text {
		char text[48];
	} sum;                                   /* of all transactions */
	struct cs_mx_units_text credits, debits; /* booked, of the report */
	int balance; /* of the report: 1 opening and entries give closing, 0 they do not, -1 not known */
};

/* cs_mx_add_up tells what the message has added up to so far. */
void cs_mx_add_up(const struct cs_mx *mx, struct cs_mx_sums *out);

/* Rules beyond the schema that public usage guidelines name (CBPR+), as bits 1 << row of mx_rule.def. */
uint32_t cs_mx_rules(const struct cs_mx *mx);

/* cs_mx_rule_name and cs_mx_rule_text tell the row of a bit; NULL: there is none. Static. */
const char *cs_mx_rule_name(unsigned rule);
const char *cs_mx_rule_text(unsigned rule);

#endif

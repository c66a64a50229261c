/*
 * The inside of the ISO 20022 decoder, shared by mx.c (reading), mx_key.c (the key) and mx_rules.c (alerts). For them only.
 */
#ifndef CS_DECODE_MX_PARTS_H
#define CS_DECODE_MX_PARTS_H

#include "decode/codes.h"
#include "decode/mx.h"
#include "decode/mx_scan.h"
#include "decode/mx_schema.h"
#include "decode/mx_value.h"

enum {
	CS_MX_STORE_BYTES = 1 << 18, /* texts that had to be put together, at one time */
	CS_MX_NAMES_MAX = 768,       /* names of definitions */
	CS_MX_UETRS = 1 << 15,       /* UETRs remembered of one message; a power of two */
	CS_MX_GROUP_SAME = 1 << 14,  /* slots go on counting from where they do */
	CS_MX_GROUP_ELSEWHERE = CS_MX_ELSEWHERE,
};

/* Where an element stands, for mx_path.def. */
enum cs_mx_context {
	CS_MX_IN_NONE,
	CS_MX_IN_HEADER,
	CS_MX_IN_HEADER_PARTY,
	CS_MX_IN_DOCUMENT,
	CS_MX_IN_BODY,
	CS_MX_IN_GROUP,
	CS_MX_IN_SETTLEMENT,
	CS_MX_IN_GROUP_STATUS,
	CS_MX_IN_ASSIGNMENT,
	CS_MX_IN_CASE,
	CS_MX_IN_CONTROL,
	CS_MX_IN_CONFIRMATION,
	CS_MX_IN_PARTY,
	CS_MX_IN_PARTY_ID,
	CS_MX_IN_PARTY_OTHER,
	CS_MX_IN_CONTACT,
	CS_MX_IN_ADDRESS,
	CS_MX_IN_AGENT,
	CS_MX_IN_AGENT_ADDRESS,
	CS_MX_IN_MEMBER,
	CS_MX_IN_ACCOUNT,
	CS_MX_IN_CODE,
	CS_MX_IN_DATE,
	CS_MX_IN_PAYMENT,
	CS_MX_IN_CANCEL,
	CS_MX_IN_TX,
	CS_MX_IN_TX_ID,
	CS_MX_IN_PAYMENT_TYPE,
	CS_MX_IN_INSTRUCTION,
	CS_MX_IN_NEXT_INSTRUCTION,
	CS_MX_IN_REGULATORY,
	CS_MX_IN_REGULATORY_DETAILS,
	CS_MX_IN_AMOUNT_CHOICE,
	CS_MX_IN_CHARGE,
	CS_MX_IN_REMITTANCE,
	CS_MX_IN_STRUCTURED,
	CS_MX_IN_INVOICE_PARTY,
	CS_MX_IN_UNDERLYING,
	CS_MX_IN_ORIGINAL,
	CS_MX_IN_ORIGINAL_GROUP,
	CS_MX_IN_REASON,
	CS_MX_IN_REPORT,
	CS_MX_IN_PAGE,
	CS_MX_IN_PERIOD,
	CS_MX_IN_REPORT_ACCOUNT,
	CS_MX_IN_OWNER,
	CS_MX_IN_SUMMARY,
	CS_MX_IN_SUMMARY_ALL,
	CS_MX_IN_SUMMARY_CREDIT,
	CS_MX_IN_SUMMARY_DEBIT,
	CS_MX_IN_BALANCE,
	CS_MX_IN_BALANCE_TYPE,
	CS_MX_IN_ENTRY,
	CS_MX_IN_BANK_CODE,
	CS_MX_IN_BANK_DOMAIN,
	CS_MX_IN_BANK_FAMILY,
	CS_MX_IN_DETAILS,
	CS_MX_IN_BATCH,
	CS_MX_IN_ENTRY_TX,
	CS_MX_IN_AMOUNTS,
	CS_MX_IN_ENTRY_PARTIES,
	CS_MX_IN_ENTRY_AGENTS,
	CS_MX_IN_RETURN,
	CS_MX_CONTEXT_N
};

/* A row of mx_path.def. */
struct cs_mx_path {
	uint8_t in;
	uint8_t to;
	uint8_t record; /* enum cs_mx_record: it is opened */
	uint8_t n;      /* LEAF: 1, MANY: how many; 0: PATH */
	uint16_t slot;
	const char *name;
};

/* What may stand in an open element. Behind the forms of types. */
enum {
	CS_MX_WRAPPER = CS_MX_CHOICE + 1, /* anything: header and document are looked for */
	CS_MX_LAX,                        /* anything: not looked into */
};

struct cs_mx_frame {
	const struct cs_mx_particle *particles;
	const struct cs_mx_simple *simple;
	const uint8_t *tag;
	uint32_t store; /* what of the store was used when it began */
	uint16_t n;     /* particles */
	uint16_t needed;
	uint16_t at;    /* the particle that was met last */
	uint16_t count; /* and how many times */
	uint16_t base;  /* slots are counted from here */
	uint16_t slot;  /* where its text goes; CS_MX_SLOT_N: nowhere */
	uint16_t uri;
	uint8_t form;
	uint8_t context;
	uint8_t record;
	uint8_t slots; /* how many values may go to its slot and behind */
};

struct cs_mx_uetr {
	uint8_t at[36];
	uint32_t message; /* number of the message it was met in */
};

struct cs_mx {
	struct cs_mx_scan scan;
	struct cs_payment *out;
	const struct cs_mx_visitor *visitor;
	uint64_t message; /* number of the message */
	bool refused;
	bool lenient; /* the definition is not of this very version */
	/* the parts found */
	bool have_header, have_document, foreign_header;
	uint16_t document_uri, header_uri;
	uint16_t definition_for; /* namespace that `definition` is of */
	struct cs_mx_definition definition;
	struct cs_span root;
	struct cs_span first_instructing, first_instructed; /* BICs of the first transaction's agents */
	/* text of the element being read, when it is more than one run */
	bool pieces;
	bool wide;
	uint32_t piece_store; /* where it begins in the store */
	uint32_t store_len;
	uint32_t store_kept; /* what is needed until the end */
	/* counts and sums */
	uint64_t tx_n, payment_tx_n, payment_n, report_n, entry_n;
	uint32_t rules; /* bits: cs_mx_rules */
	bool sum_known, opening_known, opening_before, closing_known, report_known, payment_sum_known;
	cs_mx_units sum, payment_sum, opening, closing, credits, debits;
	unsigned uetr_n;
	/* tables, made once */
	struct cs_mx_names names;
	struct cs_codes codes;
	uint16_t row_of[CS_MX_CONTEXT_N][CS_MX_NAMES_MAX]; /* rows of mx_path.def, from 1 */
	/* what is filled */
	bool present[CS_MX_SLOT_N];
	struct cs_span slot[CS_MX_SLOT_N];
	uint32_t tag[CS_MX_SLOT_N];                    /* where the element of each begins */
	struct cs_mx_frame frame[CS_MX_DEPTH_MAX + 1]; /* 0: outside of the root */
	struct cs_mx_uetr uetr[CS_MX_UETRS];
	uint8_t store[CS_MX_STORE_BYTES];
};

/* cs_mx_refuse ends the message with a reason at AT. */
bool cs_mx_refuse(struct cs_mx *mx, const uint8_t *at, const char *code, const char *text);

static inline struct cs_span
cs_mx_at(const struct cs_mx *mx, unsigned slot)
{
	return mx->present[slot] ? mx->slot[slot] : (struct cs_span){NULL, 0};
}

/* cs_mx_text_ended gives the name of the element that has just ended, with its prefix. */
struct cs_span cs_mx_text_ended(const struct cs_mx_scan *scan);

/* cs_mx_text_add keeps the token's text as a piece of the value being read; false: it was too long, and refused. */
bool cs_mx_text_add(struct cs_mx *mx);

/* cs_mx_text_put keeps VALUE, of the element whose tag is TAG, in the first free one of SLOTS slots from SLOT on, if one is. */
struct cs_mx_put {
	unsigned slot, slots;
	const uint8_t *tag;
};
void cs_mx_text_put(struct cs_mx *mx, struct cs_mx_put to, struct cs_span value);

/* cs_mx_text_end checks and keeps the value of a simple element, at its end tag; false: refused. */
bool cs_mx_text_end(struct cs_mx *mx, const struct cs_mx_frame *frame);

/* cs_mx_text_attributes and cs_mx_text_currency check the attributes of an element that may have none, and of an amount;
 * false: refused. */
bool cs_mx_text_attributes(struct cs_mx *mx);
bool cs_mx_text_currency(struct cs_mx *mx, const struct cs_mx_type *type, struct cs_mx_frame *frame);

/* cs_mx_text_is_blank says whether the text before the token is white space only. */
bool cs_mx_text_blank_slow(struct cs_span text);

static inline bool
cs_mx_text_is_blank(const struct cs_mx *mx)
{
	return mx->scan.text.blank || cs_mx_text_blank_slow(mx->scan.text.raw);
}

/* cs_mx_rules_begin, _meaning, _open, _record: the rules hear of each message, of values of a known meaning, and of each
 * record as it begins and as it ends. */
void cs_mx_rules_init(struct cs_mx *mx);
void cs_mx_rules_begin(struct cs_mx *mx);
void cs_mx_rules_meaning(struct cs_mx *mx, enum cs_mx_meaning meaning, struct cs_span value);
void cs_mx_rules_open(struct cs_mx *mx, enum cs_mx_record record);
void cs_mx_rules_record(struct cs_mx *mx, enum cs_mx_record record, unsigned base);

/* cs_mx_key_record fills the key from the first transaction, and from the header at the end. */
void cs_mx_key_record(struct cs_mx *mx, enum cs_mx_record record);

#endif

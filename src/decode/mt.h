/*
 * SWIFT MT: bytes to blocks, fields, entries and the key, strictly. Total, bounded, without allocation.
 *
 * A message is {1:}{2:}[{3:}]{4:}[{5:}][{S:}], perhaps behind its acknowledgement ({1:F21..}{4:{177:}{451:}}). Its fields
 * are checked against their formats (mt_field.def), their order against the type (mt_type.def), then the network rules.
 * Everything lent points into the message. Offsets are bytes of the message. docs/payments.md lists codes and limits.
 */
#ifndef CS_DECODE_MT_H
#define CS_DECODE_MT_H

#include "decode/payment.h"

enum {
	CS_MT_MESSAGE_MAX = 1 << 20,   /* bytes of one message in the strict profile */
	CS_MT_STATEMENT_MAX = 1 << 28, /* ... of one statement in the lenient one */
	CS_MT_FIELDS_MAX =
		1 << 11,      /* fields of a message in the strict profile: more than 10,000 characters can hold */
	CS_MT_TAGS_MAX = 16,  /* of blocks 3, 5 and S each, and of a service message */
	CS_MT_TAG_LEN = 3,    /* of their names */
	CS_MT_LINES_MAX = 80, /* of one field */
	CS_MT_PARTY_LINES_MAX = 5,
	CS_MT_KEY_BYTES = 32, /* of a local authentication key */
};

struct cs_mt_plan; /* the tables, compiled at start; process lifetime, read only */

/* cs_mt_plan_new compiles the tables; NULL without memory. */
struct cs_mt_plan *cs_mt_plan_new(void);

/* cs_mt_plan_free gives them back; takes NULL. */
void cs_mt_plan_free(struct cs_mt_plan *plan);

struct cs_mt_tag {
	struct cs_span name; /* "108", "CHK" */
	struct cs_span value;
};

struct cs_mt_tags {
	unsigned n;
	struct cs_mt_tag tag[CS_MT_TAGS_MAX];
};

/* One field of block 4. */
struct cs_mt_field {
	uint32_t at;      /* of the value, from the start of the message */
	uint32_t len;     /* without the last line end; lines are parted by LF or CR LF */
	uint8_t tag;      /* 0-99 */
	char option;      /* 'A'-'Z', or 0 */
	uint8_t sequence; /* 0 the first, 1 sequence B (the customer transfer of a cover) */
	uint8_t row;      /* of the table of fields + 1; 0: not known there */
};

enum cs_mt_flag { CS_MT_PLAIN, CS_MT_STP, CS_MT_REMIT, CS_MT_COV };

struct cs_mt_ack {
	struct cs_span lt;      /* twelve characters; at is NULL: no service message */
	struct cs_span service; /* "21" */
	struct cs_mt_tags tags;
	bool acknowledged; /* 451:0 */
	bool refused;      /* 451:1 */
};

struct cs_mt_head {
	struct cs_span service; /* of block 1: "01" */
	struct cs_span lt;      /* twelve characters */
	struct cs_span session;
	struct cs_span sequence;
	char direction; /* 'I', 'O'; 0: no block 2 */
	char priority;  /* 'U', 'N', 'S'; 0: none */
	uint16_t type;  /* 103; 0: none */
	enum cs_mt_flag flag;
	struct cs_span receiver_lt; /* of input: block 2 */
	struct cs_span input_time;  /* of output, HHMM, as the rest of it */
	struct cs_span reference;   /* input reference, 28 characters */
	struct cs_span output_date;
	struct cs_span output_time;
	struct cs_mt_tags user;     /* block 3 */
	struct cs_mt_tags trailers; /* block 5 */
	struct cs_mt_tags local;    /* block S */
	uint32_t own_at;            /* where block 1 of the message itself begins, behind an acknowledgement */
	uint32_t local_at;          /* where block S begins; 0: none */
};

/* Sums of a statement, in 1e-4 of its currency; filled for 940, 942 and 950. */
struct cs_mt_sums {
	uint32_t entry_n;
	uint32_t credit_n;
	uint32_t debit_n;
	bool totals;       /* there are fields 90C or 90D */
	bool totals_agree; /* ... and they count and add up to the entries here */
	bool complete;     /* opening and closing balance are there */
	bool overflowed;   /* a sum did not fit: nothing is said about the balance */
	bool balanced;
	int64_t opening; /* negative: debit */
	int64_t closing;
	int64_t credits; /* C, RD and their expected ones */
	int64_t debits;  /* D, RC ... */
};

struct cs_mt {
	const struct cs_mt_plan *plan;
	struct cs_span bytes;
	struct cs_mt_ack ack;
	struct cs_mt_head head;
	bool loose;             /* read by the lenient profile */
	struct cs_span account; /* field 25 */
	struct cs_mt_sums sums;
	uint32_t field_n;
	uint32_t field_cap;
	struct cs_mt_field *field; /* the caller's */
	uint32_t first[2][100];    /* by sequence and tag: index of the first field + 1 */
	struct cs_payment payment;
};

/* cs_mt_init gives MT its tables and room for CAP fields (at least CS_MT_FIELDS_MAX), which both outlive it. */
void cs_mt_init(struct cs_mt *mt, const struct cs_mt_plan *plan, struct cs_mt_field *field, uint32_t cap);

/* cs_mt_decode reads BYTES, which must be one message from its first to its last byte, by the strict profile. True:
 * accepted. False: payment.reason says why not; what could be read is there all the same. */
bool cs_mt_decode(struct cs_mt *mt, struct cs_span bytes);

/* cs_mt_decode_loose reads one statement (940, 941, 942, 950) by the lenient profile: with or without blocks, any
 * characters, bank-specific lengths. */
bool cs_mt_decode_loose(struct cs_mt *mt, struct cs_span bytes);

/* --- files: messages one behind the other, or parted by "$" (RJE), or in sectors (DOS-PCC) --- */

struct cs_mt_file {
	struct cs_span bytes;
	size_t at;
	bool loose; /* statements begin at ":20:" as well */
	bool exact; /* a copy has the session and sequence number of its acknowledgement, also right behind it */
	bool found; /* a message, or something that should have been one, was found */
};

/* cs_mt_next finds the next message; false when there is none. What lies between two messages and is neither is told
 * as a message, which cannot be decoded: no byte but white space and separators is passed over in silence. */
bool cs_mt_next(struct cs_mt_file *file, struct cs_span *message);

/* --- fields --- */

/* cs_mt_find gives the first field TAG of SEQUENCE; NULL when there is none. */
const struct cs_mt_field *cs_mt_find(const struct cs_mt *mt, unsigned tag, unsigned sequence);

/* cs_mt_value lends a field's value. */
struct cs_span cs_mt_value(const struct cs_mt *mt, const struct cs_mt_field *field);

/* cs_mt_tag_of lends the value of NAME, three characters, in TAGS; at is NULL when it is not there. */
struct cs_span cs_mt_tag_of(const struct cs_mt_tags *tags, const char *name);

/* cs_mt_type_name writes "MT202COV", or "F21" for a service message alone, or "unknown". */
void cs_mt_type_name(const struct cs_mt *mt, struct cs_text *out);

/* cs_mt_line takes the next line off VALUE; false when there is none. A value of no bytes has one empty line. */
bool cs_mt_line(struct cs_span *value, struct cs_span *line);

struct cs_mt_party {
	char option;
	struct cs_span account;  /* without its slash; at is NULL: none, as for the rest */
	struct cs_span clearing; /* what follows a double slash */
	char mark;               /* 'C', 'D', or 0 */
	struct cs_span bic;
	struct cs_span country;  /* option F */
	struct cs_span location; /* option B */
	unsigned name_n;         /* lines of the name: several for option F */
	unsigned line_n;
	struct cs_span line[CS_MT_PARTY_LINES_MAX]; /* name, then address; option F: without the numbers */
	uint8_t number[CS_MT_PARTY_LINES_MAX];      /* option F: 1 name, 2 address ... */
};

/* cs_mt_party_of splits a party field. */
void cs_mt_party_of(const struct cs_mt *mt, const struct cs_mt_field *field, struct cs_mt_party *out);

/* --- values --- */

/* An amount as sent: digits without the comma. */
struct cs_mt_amount {
	uint64_t digits;
	uint8_t decimals;
};

/* cs_mt_amount_read reads digits with one comma; false when it is none or has more than 18 digits. */
bool cs_mt_amount_read(struct cs_span text, struct cs_mt_amount *out);

struct cs_mt_date {
	uint16_t year;
	uint8_t month;
	uint8_t day;
};

/* cs_mt_check_date reads YYMMDD; false: there is no such day. */
bool cs_mt_check_date(const uint8_t *at, struct cs_mt_date *out);

struct cs_mt_entry {
	struct cs_mt_date value_date;
	struct cs_mt_date entry_date; /* year 0: none given */
	char mark[3];                 /* "C", "RD" */
	char funds_code;              /* or 0 */
	struct cs_span amount_text;
	struct cs_mt_amount amount;
	struct cs_span kind;          /* "S103", "NTRF" */
	struct cs_span customer_ref;  /* subfield 7 */
	struct cs_span bank_ref;      /* subfield 8; at is NULL: none */
	struct cs_span supplementary; /* subfield 9 */
};

/* cs_mt_entry_of reads a field 61; false when it cannot be read. */
bool cs_mt_entry_of(const struct cs_mt *mt, const struct cs_mt_field *field, struct cs_mt_entry *out);

struct cs_mt_balance {
	char mark;
	struct cs_mt_date date;
	struct cs_span currency;
	struct cs_span amount_text;
	struct cs_mt_amount amount;
};

/* cs_mt_balance_of reads a field 60, 62, 64 or 65; false when it cannot be read. */
bool cs_mt_balance_of(const struct cs_mt *mt, const struct cs_mt_field *field, struct cs_mt_balance *out);

/* cs_mt_iban_ok says whether ACCOUNT is an IBAN with the right length and check digits; *SHAPED whether it looks like
 * one at all. */
bool cs_mt_iban_ok(const struct cs_mt_plan *plan, struct cs_span account, bool *shaped);

/* --- local authentication --- */

/* cs_mt_authenticate checks the digest of block S (MDG) with KEY, and raises lau_mismatch or lau_missing. True: right. */
bool cs_mt_authenticate(struct cs_mt *mt, const uint8_t key[CS_MT_KEY_BYTES]);

#endif

/*
 * Days of payments: what is ordered, sent, answered, booked and stated, all of it in memory before a file is written.
 */
#ifndef CS_SIM_PAY_H
#define CS_SIM_PAY_H

#include "base/error.h"
#include "dice.h"
#include "pay_place.h"
#include "story.h"

enum { CS_PAY_REFERENCE_BYTES = 17, CS_PAY_UETR_BYTES = 37, CS_PAY_ACCOUNTS_MAX = 16 };

#define CS_PAY_DAY    (24 * CS_HOUR)
#define CS_PAY_NOBODY UINT32_MAX

/* The sequences of chance, each of its own, so that an attack changes no honest draw. */
enum cs_pay_stream { CS_PAY_STREAM_DAY = 100, CS_PAY_STREAM_BOOK, CS_PAY_STREAM_LATE, CS_PAY_STREAM_ATTACK };

enum cs_pay_form {
	CS_PAY_SERIAL,    /* MT103 to the correspondent */
	CS_PAY_STP,       /* the same, 119:STP */
	CS_PAY_COVER,     /* MT103 to the beneficiary's bank, MT202 COV to the correspondent */
	CS_PAY_BANK,      /* MT202 to another bank */
	CS_PAY_OWN,       /* MT202 between two accounts of ours */
	CS_PAY_RECALL,    /* MT192 */
	CS_PAY_FREE,      /* MT199, 299, 999 */
	CS_PAY_IN_SERIAL, /* the rest comes in: MT103 from the correspondent */
	CS_PAY_IN_COVER,  /* MT103 from the payer's bank, MT910 from the correspondent */
	CS_PAY_IN_BANK,   /* MT910 alone */
	CS_PAY_RETURNED,  /* MT910, of a payment of ours */
	CS_PAY_QUERY,     /* MT199 */
	CS_PAY_REPLY,     /* MT196 */
	CS_PAY_CHARGE,    /* nothing but a line of the statement */
	CS_PAY_FORM_N
};

enum cs_pay_charges { CS_PAY_SHA, CS_PAY_OUR, CS_PAY_BEN };

/* One thing that is done: a payment out or in, a free message, a charge. */
struct cs_pay {
	enum cs_pay_form form;
	enum cs_pay_charges charges;
	enum cs_pay_lau lau;
	enum cs_pay_hidden hidden;
	uint64_t seed;     /* its own chance */
	uint64_t order_ns; /* approved by the back office */
	uint64_t sent_ns;  /* the message leaves, or comes in */
	int64_t value_day;
	int64_t ordered_minor;
	int64_t sent_minor;  /* the same but for an altered amount */
	int64_t extra_minor; /* BEN: deducted; incoming: deducted on the way */
	uint64_t payer;      /* seeds of the parties */
	uint64_t payee;
	uint32_t about; /* the payment it corrects, returns, asks about, charges for */
	uint32_t batch;
	uint32_t number; /* of the order, within its day */
	int64_t number_day;
	uint32_t type;  /* FREE */
	int32_t attack; /* -1: honest */
	uint8_t place;  /* of the other side */
	uint8_t account;
	uint8_t other_account; /* OWN: where it goes to */
	uint8_t clerk, head;
	bool person; /* the other side is one */
	bool payer_person;
	bool ordered;  /* there is an order in orders.csv */
	bool rejected; /* 451:1 */
	bool twice;    /* lost at first, sent again with PDE */
	bool erased, unconfirmed, smuggled, misspelt, altered;
	bool replayed;                        /* the bytes of the payment `about` again */
	uint32_t wire_session, wire_sequence; /* of its message */
	char reference[CS_PAY_REFERENCE_BYTES];
	char uetr[CS_PAY_UETR_BYTES];
};

enum cs_pay_item_kind {
	CS_PAY_ITEM_ORDER,
	CS_PAY_ITEM_GAP,
	CS_PAY_ITEM_OUT,
	CS_PAY_ITEM_OUT_COVER,
	CS_PAY_ITEM_IN,
	CS_PAY_ITEM_CONFIRM,
	CS_PAY_ITEM_INTERIM,
	CS_PAY_ITEM_STATEMENT
};

/* Something to be written, in the order of time. */
struct cs_pay_item {
	uint64_t time_ns;
	uint32_t pay;   /* or account, of statements; how many, of a gap */
	uint32_t entry; /* CONFIRM; the day of statements, since the start */
	uint8_t kind;
	bool lost;      /* no acknowledgement: the network did not get it */
	bool again;     /* with PDE */
	int32_t attack; /* GAP */
};

/* A line of a statement. */
struct cs_pay_entry {
	uint64_t time_ns; /* posted */
	int64_t day;
	int64_t value_day;
	int64_t minor;
	uint32_t pay;
	uint8_t account;
	bool credit;
	bool cover; /* of the MT202 COV */
	const char *type;
	char reference[CS_PAY_REFERENCE_BYTES];
	char bank_reference[CS_PAY_REFERENCE_BYTES];
};

struct cs_pay_account {
	enum cs_pay_currency currency;
	const char *bic;
	const char *country;
	unsigned type; /* 940 or 950 */
	unsigned share;
	int64_t opens_day;
	char number[CS_PAY_LINE_BYTES];
	int64_t balance_minor; /* true, at the end of the last statement */
	int64_t carried_minor; /* what the statements shown are off by */
	uint32_t statement_n;
	uint32_t interim_n;
};

struct cs_pay_world {
	const struct cs_story *story;
	uint64_t seed;
	int64_t first_day;
	int64_t day_n;
	struct cs_pay *pay;
	size_t pay_n, pay_cap;
	struct cs_pay_item *item;
	size_t item_n, item_cap;
	struct cs_pay_entry *entry;
	size_t entry_n, entry_cap;
	bool no_memory;
	uint32_t number; /* orders of the day being planned */
	unsigned account_n;
	struct cs_pay_account account[CS_PAY_ACCOUNTS_MAX];
};

/* cs_pay_open_world makes the accounts; ends with cs_pay_close_world. */
void cs_pay_open_world(struct cs_pay_world *world, const struct cs_story *story, uint64_t seed);
void cs_pay_close_world(struct cs_pay_world *world);

/* cs_pay_add, cs_pay_item_add and cs_pay_entry_add give a fresh row, lent until the next one is added; without memory a
 * row that is lost, and world->no_memory. */
struct cs_pay *cs_pay_add(struct cs_pay_world *world);
struct cs_pay_item *cs_pay_item_add(struct cs_pay_world *world, enum cs_pay_item_kind kind, uint64_t time_ns);
struct cs_pay_entry *cs_pay_entry_add(struct cs_pay_world *world);

/* cs_pay_plan adds what honest people do; cs_pay_plan_attacks what thieves do, and does to them. */
void cs_pay_plan(struct cs_pay_world *world);
void cs_pay_plan_attacks(struct cs_pay_world *world);

/* cs_pay_identify gives PAY its order number, reference and UETR from the counter of DAY. */
void cs_pay_identify(struct cs_pay_world *world, struct cs_pay *pay, int64_t day);

/* cs_pay_make_uetr makes a version-4 UUID out of SEED. */
void cs_pay_make_uetr(uint64_t seed, char out[CS_PAY_UETR_BYTES]);

/* cs_pay_book adds the lines of the statements and what is to be written, in order. */
void cs_pay_book(struct cs_pay_world *world);

/* cs_pay_entries_of lends the entries of an account booked on DAY, in the order of posting. */
const struct cs_pay_entry *cs_pay_entries_of(const struct cs_pay_world *world, unsigned account, int64_t day,
					     size_t *n);

/* cs_pay_is_out says whether it leaves the bank as a message; cs_pay_is_payment whether it moves money out. */
bool cs_pay_is_out(const struct cs_pay *pay);
bool cs_pay_is_payment(const struct cs_pay *pay);

/* cs_pay_our_side and cs_pay_other_side make the parties of PAY: the customer, and whom he pays or is paid by. */
void cs_pay_our_side(const struct cs_pay *pay, struct cs_pay_party *out);
void cs_pay_other_side(const struct cs_pay *pay, struct cs_pay_party *out);

/* cs_pay_cover_reference writes the field 20 of the MT202 COV of PAY. */
void cs_pay_cover_reference(const struct cs_pay *pay, char out[CS_PAY_REFERENCE_BYTES]);

/* cs_pay_type_of gives the type of its own message: 103, 202, 192, ... */
unsigned cs_pay_type_of(const struct cs_pay *pay);

/* cs_pay_is_free says whether its order is in free.csv. */
bool cs_pay_is_free(const struct cs_pay *pay);

#endif

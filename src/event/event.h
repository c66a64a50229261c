/*
 * The event: one decoded message in canonical fields, with the time and place it was seen.
 *
 * Flat, fixed size, no pointers: an event can be copied, stored, sent on and replayed as it is. Its bytes are a
 * function of its content: what is absent is zero, and so is padding. It holds no clear card number, no track and no
 * PIN data. Text is ISO 8859-1 after translation from the wire, trailing spaces removed, NUL-padded to 16 bytes, so
 * that equality is a comparison of 16 bytes.
 * Spec: ISO 8583-1:1987/1993/2003 (message type and data element numbers).
 */
#ifndef CS_EVENT_EVENT_H
#define CS_EVENT_EVENT_H

#include "event/money.h"
#include "event/token.h"

enum cs_field {
#define T(symbol, name, class, element, help) CS_FIELD_##symbol,
#define M(symbol, name, class, element, help)
#define D(symbol, name, class, element, help)
#include "event/event.def"
#undef T
#undef M
	CS_TEXT_FIELD_N,
	CS_MONEY_FIELD_FIRST = CS_TEXT_FIELD_N,
	CS_FIELD_BEFORE_MONEY = CS_TEXT_FIELD_N - 1,
#define T(symbol, name, class, element, help)
#define M(symbol, name, class, element, help) CS_FIELD_##symbol,
#include "event/event.def"
#undef M
#undef D
	CS_FIELD_BEFORE_DERIVED,
	CS_MONEY_FIELD_N = CS_FIELD_BEFORE_DERIVED - CS_MONEY_FIELD_FIRST,
	CS_FIELD_LAST_MONEY = CS_FIELD_BEFORE_DERIVED - 1,
#define M(symbol, name, class, element, help)
#define D(symbol, name, class, element, help) CS_FIELD_##symbol,
#include "event/event.def"
#undef T
#undef M
#undef D
	CS_FIELD_N
};

enum cs_field_class { CS_CLASS_IDENTITY, CS_CLASS_VALUE, CS_CLASS_CONTEXT };
enum cs_field_type { CS_TYPE_TEXT, CS_TYPE_MONEY, CS_TYPE_BALANCE, CS_TYPE_CURRENCY, CS_TYPE_CARD, CS_TYPE_NUMBER };

struct cs_field_info {
	const char *name;
	enum cs_field_type type;
	enum cs_field_class class;
	const char *element; /* ISO 8583:1987 data element, for people */
	const char *help;
};

/* What a message is for, from its MTI. Repeats (x101, x121, x401 ...) are of the same kind. */
enum cs_kind {
	CS_KIND_OTHER,
	CS_KIND_REQUEST,           /* 0100 0200 */
	CS_KIND_RESPONSE,          /* 0110 0210 */
	CS_KIND_ADVICE,            /* 0120 0220 */
	CS_KIND_ADVICE_RESPONSE,   /* 0130 0230 */
	CS_KIND_REVERSAL,          /* 0400 0420 */
	CS_KIND_REVERSAL_RESPONSE, /* 0410 0430 */
	CS_KIND_NETWORK,           /* 0800 0820 */
	CS_KIND_NETWORK_RESPONSE,  /* 0810 0830 */
	CS_KIND_RECORD,            /* a row of a file, not a message */
	CS_KIND_N
};

/* Facts about a message that take one bit. */
enum cs_flag {
	CS_FLAG_REPEAT = 1 << 0,   /* the sender says it sends again */
	CS_FLAG_APPROVED = 1 << 1, /* response code is one of the link's approvals */
	CS_FLAG_PARTIAL = 1 << 2,  /* approved for less (10 in 1987, 002 in 1993) */
	CS_FLAG_PIN = 1 << 3,      /* carries a PIN block */
	CS_FLAG_ARQC = 1 << 4,     /* 55.9F26 present */
	CS_FLAG_ARPC = 1 << 5,     /* 55.91 present */
	CS_FLAG_MAC = 1 << 6,      /* DE64 or DE128 present */
	CS_FLAG_CARD = 1 << 7,     /* has a card token */
	CS_FLAG_BALANCE = 1 << 8,  /* has DE54 with at least one well-formed block */
	CS_FLAG_FRAUD = 1 << 9,    /* a record that was found out to be fraud */
	/* Of records that are statements (policy: `statement`) */
	CS_FLAG_PAGE = 1 << 10,       /* a page of a statement, with its balances */
	CS_FLAG_ENTRY = 1 << 11,      /* an entry of one */
	CS_FLAG_DEBIT = 1 << 12,      /* ... that takes from the account */
	CS_FLAG_FIRST = 1 << 13,      /* the first page of its statement */
	CS_FLAG_LAST = 1 << 14,       /* the last one */
	CS_FLAG_UNBALANCED = 1 << 15, /* whoever read it says that its balances do not agree */
};

CS_PADDING_NAMED_BEGIN
/* Where a message was seen. */
struct cs_origin {
	uint64_t time_ns;     /* since 1970, when its last byte was captured */
	uint64_t packet;      /* 1-based number of the packet with its first byte, in its source */
	uint64_t file_offset; /* of its first byte in the capture file; 0 on a live interface */
	uint32_t offset;      /* of its first byte in that packet */
	uint16_t source;      /* index of the capture file or interface */
	uint8_t direction;    /* CS_DIR_... */
	uint8_t pad;
};

/* The two directions of a link, by the port its policy names. */
enum cs_direction { CS_DIR_TO_PORT, CS_DIR_FROM_PORT, CS_DIR_N };

enum { CS_SHORT_BYTES = 16 };

/* Text of at most 16 characters, NUL-padded. */
struct cs_short {
	char at[CS_SHORT_BYTES];
};

/* DE54, additional amounts: the first block as it is, the others in the hash. */
struct cs_balance {
	char account_type[2];
	char amount_type[2];
	uint8_t block_n;
	uint8_t pad[3];
	struct cs_money amount;
	uint64_t hash; /* of all blocks, in ISO 8859-1 */
};

struct cs_event {
	struct cs_origin origin;
	uint16_t link; /* index in the policy */
	uint8_t kind;  /* enum cs_kind */
	char mti[4];   /* digits, not terminated */
	uint8_t pad;
	uint32_t flags; /* enum cs_flag */
	uint32_t length_bytes;
	uint64_t present;      /* bit per enum cs_field */
	uint64_t bitmap[3];    /* data elements 1-192 as on the wire, bit 1 is the top bit of [0] */
	uint64_t message_hash; /* of the whole message, header included */
	uint64_t header_hash;  /* of what stands before the MTI */
	struct cs_card card;
	struct cs_money money[CS_MONEY_FIELD_N];
	struct cs_balance balance;
	struct cs_short text[CS_TEXT_FIELD_N];
};
CS_PADDING_NAMED_END

/* cs_field_info_of describes a field; static. FIELD < CS_FIELD_N. */
const struct cs_field_info *cs_field_info_of(enum cs_field field);

/* cs_field_by_name finds a field by its policy name; CS_FIELD_N when there is none. */
enum cs_field cs_field_by_name(struct cs_span name);

/* cs_kind_name gives "request", "response" ...; static. */
const char *cs_kind_name(enum cs_kind kind);

/* cs_kind_of reads the kind off four MTI digits. */
enum cs_kind cs_kind_of(const char mti[4]);

/* cs_event_has says whether FIELD is present. */
static inline bool
cs_event_has(const struct cs_event *event, enum cs_field field)
{
	return event->present >> field & 1;
}

/* cs_event_bit says whether data element 2 to 192 is in the message. */
static inline bool
cs_event_bit(const struct cs_event *event, unsigned element)
{
	return event->bitmap[(element - 1) / 64] >> (63 - (element - 1) % 64) & 1;
}

/* cs_event_text lends a text field (FIELD < CS_TEXT_FIELD_N) without its padding. */
struct cs_span cs_event_text(const struct cs_event *event, enum cs_field field);

/* cs_event_safe is cs_event_text as it may leave: what could be a card number is masked, in OUT. */
struct cs_span cs_event_safe(const struct cs_event *event, enum cs_field field, char out[CS_SHORT_BYTES]);

/* cs_event_set_text fills a text field from ISO 8859-1 bytes: trims trailing spaces, keeps 16 bytes. */
void cs_event_set_text(struct cs_event *event, enum cs_field field, struct cs_span value);

/* cs_event_drop_text makes a text field absent. */
void cs_event_drop_text(struct cs_event *event, enum cs_field field);

/* cs_event_money reads a money field; only when present. */
static inline struct cs_money
cs_event_money(const struct cs_event *event, enum cs_field field)
{
	return event->money[field - CS_MONEY_FIELD_FIRST];
}

/* cs_event_same says whether both events have FIELD with the same value; false when one lacks it. */
bool cs_event_same(const struct cs_event *a, const struct cs_event *b, enum cs_field field);

/* cs_event_complete adds what EVENT lacks and REQUEST, of the same transaction, has: fields, the card, and the flags that
 * tell how the card was read. */
void cs_event_complete(struct cs_event *event, const struct cs_event *request);

/* cs_event_put writes FIELD for people and for JSON strings; nothing when absent. */
void cs_event_put(struct cs_text *text, const struct cs_event *event, enum cs_field field);

#endif

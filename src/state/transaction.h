/*
 * The transactions of one link: a request and its response joined, found again by any of the link's join keys.
 *
 * A ring of stated capacity: what is old or one too many leaves at the back. The hot half of an entry (times,
 * state) lies apart from the two messages, which are written once and read for comparison and as evidence only.
 * A field of a transaction is the response's where it has it, else the request's. A record is a transaction of its own: it
 * asks, and nothing answers.
 */
#ifndef CS_STATE_TRANSACTION_H
#define CS_STATE_TRANSACTION_H

#include "event/event.h"
#include "state/index.h"

enum {
	CS_JOINS_MAX = 32,      /* join keys of one link */
	CS_JOIN_FIELDS_MAX = 8, /* fields of one join key */
	CS_SAME_KEY_MAX = 8,    /* transactions of one link under one key; the oldest gives way */
	CS_SAME_ROWS_MAX = 32,  /* records under one key; one that proved something gives way first */
	CS_ASK_FAR = 24,        /* slots ahead of the ring's head whose tags are asked for */
	CS_ASK_NEAR = 12,       /* ... and whose index lines are */
	CS_EXPIRE_STEPS = 2,    /* old entries dropped for each new one */
};

/* What kind of request began it. */
enum cs_family { CS_FAMILY_REQUEST, CS_FAMILY_ADVICE, CS_FAMILY_REVERSAL, CS_FAMILY_RECORD, CS_FAMILY_N };

enum cs_transaction_state {
	CS_ASKED = 1 << 0,    /* the request was seen */
	CS_ANSWERED = 1 << 1, /* the response was seen */
	CS_REPEATED = 1 << 2, /* the request was sent again */
	CS_APART = 1 << 3,    /* a second answer or a copy, kept as evidence only: found by no key */
	CS_PAID = 1 << 4,     /* it settled the debt of an excused claim */
};

CS_PADDING_NAMED_BEGIN
struct cs_transaction {
	uint64_t request_ns;
	uint64_t response_ns;
	uint64_t response_hash; /* of a record: its own */
	uint64_t consumed;      /* bit per expectation: it proved a claim of that one already */
	uint32_t waiting;       /* claims that lean on this entry and are not decided */
	uint8_t state;          /* enum cs_transaction_state */
	uint8_t family;         /* enum cs_family */
	char class;             /* second digit of the MTI */
	uint8_t pad;
};

CS_PADDING_NAMED_END

/* A join key: two messages are about one transaction when all these fields are equal. `own` adds family and class; that of
 * records is the row itself. */
struct cs_join {
	bool own;
	unsigned n;
	enum cs_field field[CS_JOIN_FIELDS_MAX];
};

/* State down to lack_answer; then what the policy says, then pointers, and the index with its own state. */
struct cs_transactions {
	uint64_t head;        /* number of the next entry; entry N lies in slot N % cap */
	uint64_t tail;        /* number of the oldest entry */
	uint64_t gone_ns;     /* greatest time of an entry dropped before its time */
	uint64_t evicted_n;   /* dropped before their time */
	uint64_t crowded_n;   /* taken from under a key that too many shared */
	uint64_t asked_n[2];  /* requests seen, by direction */
	uint64_t lack_ask;    /* fields approved responses had and their requests had not */
	uint64_t lack_answer; /* fields requests had and their approved responses had not */
	uint64_t keep_ns;
	uint64_t needed_ns;   /* an entry younger than this leaves before its time */
	uint64_t join_fields; /* bit per field used in any join */
	uint64_t now_ns; /* set before each add: an event dated behind it makes nothing old; 0: each is its own time */
	uint32_t cap;
	uint32_t event_n; /* messages of an entry: request and response, or a record alone */
	unsigned join_n;
	uint32_t pad;
	struct cs_join join[CS_JOINS_MAX]; /* [0] joins a response to its request */
	struct cs_transaction *hot;
	struct cs_event *cold; /* event_n an entry, what asks first; zeroed (present == 0) when not seen */
	uint32_t *tag;         /* join_n a slot; 0: not under that key */
	struct cs_index index;
};
_Static_assert(sizeof(struct cs_transactions) == offsetof(struct cs_transactions, keep_ns) + 4 * sizeof(uint64_t) +
							 4 * sizeof(uint32_t) + CS_JOINS_MAX * sizeof(struct cs_join) +
							 3 * sizeof(void *) + sizeof(struct cs_index),
	       "state stands before keep_ns: see cs_transactions_regions");

static const uint64_t cs_transaction_none = UINT64_MAX;

/* cs_transactions_bytes is what cs_transactions_init takes from the arena for CAP entries of EVENT_N messages each. */
size_t cs_transactions_bytes(uint32_t cap, unsigned join_n, unsigned event_n);

/* cs_transactions_init makes an empty ring; cap, event_n, keep and joins are set in STORE by the caller beforehand. */
CS_MUST_USE enum cs_error cs_transactions_init(struct cs_transactions *store, struct cs_arena *arena);

/* cs_transactions_regions adds all that changes to REGIONS. */
void cs_transactions_regions(struct cs_transactions *store, struct cs_regions *regions);

/* cs_transactions_add enters EVENT as the first message of a transaction and gives its number. The caller has
 * seen to it that nothing waits for the oldest entry when the ring is full. */
uint64_t cs_transactions_add(struct cs_transactions *store, const struct cs_event *event);

/* cs_transactions_add_apart enters RESPONSE as a second answer to entry FIRST: evidence that no key finds. */
uint64_t cs_transactions_add_apart(struct cs_transactions *store, const struct cs_event *response, uint64_t first);

/* cs_transactions_row_key hashes the own key of a record: rows are told apart by their bytes. */
uint64_t cs_transactions_row_key(const struct cs_event *event);

/* cs_transactions_copy finds a record with the same bytes as EVENT, which says the same in all its fields; cs_transaction_none when there is none. */
uint64_t cs_transactions_copy(const struct cs_transactions *store, const struct cs_event *event);

/* cs_transactions_hashed finds the first record whose bytes have this hash; cs_transaction_none when there is none. */
uint64_t cs_transactions_hashed(const struct cs_transactions *store, uint64_t message_hash);

/* cs_transactions_add_record enters a record. One that is COPY is found by no key: it proves nothing a second time. */
uint64_t cs_transactions_add_record(struct cs_transactions *store, const struct cs_event *event, bool copy);

/* cs_transactions_answer joins RESPONSE to entry NUMBER. */
void cs_transactions_answer(struct cs_transactions *store, uint64_t number, const struct cs_event *response);

/* cs_transactions_ask joins REQUEST, which is older and was read later, to entry NUMBER that has an answer only. */
void cs_transactions_ask(struct cs_transactions *store, uint64_t number, const struct cs_event *request);

/* cs_transactions_find gives the entry that EVENT (a request or a response) belongs to by the link's own key: an
 * open one rather than an answered one, then the newest; cs_transaction_none when there is none. */
uint64_t cs_transactions_find(const struct cs_transactions *store, const struct cs_event *event);

/* cs_transactions_full says whether the next add drops the oldest entry. */
static inline bool
cs_transactions_full(const struct cs_transactions *store)
{
	return store->head - store->tail == store->cap;
}

/* cs_transactions_slot turns a number into a slot. */
static inline uint32_t
cs_transactions_slot(const struct cs_transactions *store, uint64_t number)
{
	return (uint32_t)(number % store->cap);
}

/* cs_transactions_request and cs_transactions_response lend what asked (or the record), and what answered. */
static inline struct cs_event *
cs_transactions_request(const struct cs_transactions *store, uint32_t slot)
{
	return &store->cold[(size_t)slot * store->event_n];
}

static inline struct cs_event *
cs_transactions_response(const struct cs_transactions *store, uint32_t slot)
{
	return &store->cold[(size_t)slot * store->event_n + 1];
}

/* cs_transactions_of_records says whether entries are records. */
static inline bool
cs_transactions_of_records(const struct cs_transactions *store)
{
	return store->event_n == 1;
}

/* cs_transactions_number turns a slot in use into its number. */
uint64_t cs_transactions_number(const struct cs_transactions *store, uint32_t slot);

/* cs_transactions_key hashes join JOIN over a transaction's two messages (either may be NULL); false when a field
 * is missing. Own joins need cs_transactions_find. */
bool cs_transactions_key(const struct cs_transactions *store, unsigned join, const struct cs_event *const pair[2],
			 uint64_t *key);

/* cs_transactions_same compares the fields of JOIN between two pairs of messages. */
bool cs_transactions_same(const struct cs_transactions *store, unsigned join, const struct cs_event *const a[2],
			  const struct cs_event *const b[2]);

/* cs_transactions_pair lends the two messages of a slot: pair[0] the response, pair[1] the request, NULL if unseen. */
void cs_transactions_pair(const struct cs_transactions *store, uint32_t slot, const struct cs_event *pair[2]);

/* cs_transactions_of gives the one of a pair that has FIELD, the first one first; NULL when neither has. */
static inline const struct cs_event *
cs_transactions_of(const struct cs_event *const pair[2], enum cs_field field)
{
	if (pair[0] && cs_event_has(pair[0], field))
		return pair[0];
	return pair[1] && cs_event_has(pair[1], field) ? pair[1] : NULL;
}

/* cs_transactions_prefetch asks for the index line EVENT will need. cs_transactions_prefetch_slot does so for the
 * entry found there, some events later. */
void cs_transactions_prefetch(const struct cs_transactions *store, uint64_t key);
void cs_transactions_prefetch_slot(const struct cs_transactions *store, uint64_t key);

/* cs_transactions_own_key hashes the link's own key of EVENT; false when a field is missing. */
bool cs_transactions_own_key(const struct cs_transactions *store, const struct cs_event *event, uint64_t *key);

/* cs_family_of gives the family of a message's kind; CS_FAMILY_N for kinds that are no part of a transaction. */
enum cs_family cs_family_of(enum cs_kind kind);

/* cs_family_asks says whether KIND opens a transaction. */
bool cs_family_asks(enum cs_kind kind);

#endif

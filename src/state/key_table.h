/*
 * Keys and their records: found by hash and identity, reclaimed when dead, and when all is full the one longest idle
 * in the neighbourhood gives way.
 *
 * Records have one size and do not move. A key is found by 32 bits of its hash and compared by its whole identity, since
 * a wrong hit would add one card's payments to another's. Records never used are zero and were never touched.
 */
#ifndef CS_STATE_KEY_TABLE_H
#define CS_STATE_KEY_TABLE_H

#include "state/index.h"

enum {
	CS_KEY_AHEAD_BYTES = 128, /* of a record, asked for once it is known which */
	CS_KEY_NEIGHBOURS = 8,    /* keys looked at when one must give way */
	CS_KEY_LOOK_PLACES = 64,  /* places of the index looked at for them */
};

/* A key: what finds it, and what it is (a token's two halves, a text of 16 bytes ...). */
struct cs_key {
	uint64_t hash;
	uint64_t identity[2];
};

CS_PADDING_NAMED_BEGIN
/* What each record begins with. */
struct cs_key_head {
	uint64_t identity[2];
	uint64_t clock_ns; /* greatest time of an event of this key */
	uint32_t tag;      /* in the index; of a free record the next free one + 1 */
	uint32_t own;      /* the owner's, anything but cs_key_free, which says that the record is not in use */
};

/* State down to hand; from cap on what is the same for every table of one size, and the index with its own. */
struct cs_key_table {
	uint64_t refused_n; /* keys there was no place for, even so */
	uint32_t used_n;
	uint32_t free;  /* + 1; 0: none */
	uint32_t fresh; /* from this record on none was ever used */
	uint32_t hand;
	uint32_t cap;
	uint32_t record_bytes; /* a multiple of 8 */
	uint8_t *at;
	struct cs_index index;
};
CS_PADDING_NAMED_END
_Static_assert(sizeof(struct cs_key_table) == offsetof(struct cs_key_table, cap) + 2 * sizeof(uint32_t) +
						      sizeof(uint8_t *) + sizeof(struct cs_index),
	       "state stands before cap: see cs_key_table_regions");

static const uint32_t cs_key_free = UINT32_MAX;

/* cs_key_in_use says whether HEAD, of a record that once was in use, is so now. */
static inline bool
cs_key_in_use(const struct cs_key_head *head)
{
	return head->own != cs_key_free;
}

/* cs_key_of makes a key of an identity, hashed under SEED. */
struct cs_key cs_key_of(const uint64_t identity[2], uint64_t seed);

/* cs_key_table_bytes is what cs_key_table_init takes from the arena for CAP records. */
size_t cs_key_table_bytes(uint32_t cap, uint32_t record_bytes);

/* cs_key_table_init makes an empty table; cap (at least 1) and record_bytes are set in TABLE by the caller beforehand.
 * CS_E_LIMIT when there are too many, CS_E_MEMORY when the arena is full. */
CS_MUST_USE enum cs_error cs_key_table_init(struct cs_key_table *table, struct cs_arena *arena);

/* cs_key_table_regions adds all that changes to REGIONS. */
void cs_key_table_regions(struct cs_key_table *table, struct cs_regions *regions);

/* cs_key_table_find gives the record of KEY, or NULL. */
struct cs_key_head *cs_key_table_find(const struct cs_key_table *table, const struct cs_key *key);

/* cs_key_table_enter gives a record to KEY, which has none: its head filled, its clock and all the rest 0; NULL when all
 * are in use or the index is full around it. */
struct cs_key_head *cs_key_table_enter(struct cs_key_table *table, const struct cs_key *key);

/* cs_key_table_victim gives the record longest idle among CS_KEY_NEIGHBOURS near the place of HASH; NULL when none is
 * near. */
struct cs_key_head *cs_key_table_victim(const struct cs_key_table *table, uint64_t hash);

/* cs_key_table_drop frees the record of HEAD. */
void cs_key_table_drop(struct cs_key_table *table, struct cs_key_head *head);

/* cs_key_table_visit moves the clock's hand by one record, and gives it if it is in use, else NULL. */
struct cs_key_head *cs_key_table_visit(struct cs_key_table *table);

/* cs_key_table_prefetch asks for the line of the index that HASH will need; cs_key_table_prefetch_record, some time
 * later, for the beginning of the record found there: where it lies is what takes longest to find out, and asked for at
 * once, the lines of many long records would wait for each other. */
void cs_key_table_prefetch(const struct cs_key_table *table, uint64_t hash);
void cs_key_table_prefetch_record(const struct cs_key_table *table, uint32_t guess);

/* cs_key_table_guess gives the number of the first record under the tag of HASH, + 1, without looking at it; 0 when there
 * is none. cs_key_table_guessed lends the record, which may be another key's by then, or free; NULL for 0. */
uint32_t cs_key_table_guess(const struct cs_key_table *table, uint64_t hash);
struct cs_key_head *cs_key_table_guessed(const struct cs_key_table *table, uint32_t guess);

/* cs_key_table_find_near looks at what was guessed first. */
struct cs_key_head *cs_key_table_find_near(const struct cs_key_table *table, const struct cs_key *key, uint32_t guess);

#endif

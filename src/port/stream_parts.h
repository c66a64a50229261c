/*
 * What the parts of the reassembly share: the flow of one direction, the connection, the pool of held bytes.
 * Nobody outside this folder needs it.
 *
 * Offsets count from the first byte seen of a direction, in 64 bits, so that only next_seq wraps.
 * Lifetime: process. Everything is reserved by cs_streams_new; nothing is allocated for a packet.
 */
#ifndef CS_PORT_STREAM_PARTS_H
#define CS_PORT_STREAM_PARTS_H

#include "port/stream.h"

#define CS_NONE UINT32_MAX /* no node, no connection, no place */

enum {
	CS_HELD_NODE_BYTES = 448,
	CS_RECENT_N = 64, /* delivered segments remembered by hash, to compare retransmissions with */
	CS_KEY_WORDS = 5,
};

/* A run of bytes behind a hole. */
struct cs_held {
	uint64_t offset;
	uint32_t len;
	uint32_t next;
	struct cs_origin origin;
	bool cut; /* sent, but not captured: known to be lost */
	uint8_t bytes[CS_HELD_NODE_BYTES];
};

struct cs_hold_pool {
	struct cs_held *nodes;
	uint32_t cap;
	uint32_t fresh;    /* nodes from here on were never used */
	uint32_t returned; /* list of used and returned ones */
	uint32_t free_n;
};

/* Bytes that want a place in a flow. */
struct cs_piece {
	uint64_t offset;
	struct cs_span bytes;
	uint32_t wire_len; /* >= bytes.len */
	struct cs_origin origin;
};

/* The bytes held of one flow, in order and without overlap. */
struct cs_hold {
	uint32_t first;
	uint32_t last;
	uint32_t n;
	size_t cost_bytes;
	uint64_t oldest_ns; /* capture time of the oldest; UINT64_MAX when empty */
};

struct cs_recent {
	uint64_t offset;
	uint32_t len;
	uint32_t hash;
};

struct cs_flow {
	bool known; /* next_seq is */
	bool known_start;
	bool finished; /* fin_offset is set */
	uint8_t recent_n;
	uint8_t recent_at;
	uint32_t next_seq;
	uint32_t start_seq;
	uint32_t waiting_at;  /* place in the list of the waiting, or CS_NONE */
	uint64_t next_offset; /* delivered and lost so far */
	uint64_t acked_offset;
	uint64_t acked_ns; /* when the peer said so first */
	uint64_t fin_offset;
	uint64_t last_ns;         /* of the last byte delivered, or of the start */
	uint64_t passed_ns;       /* when the peer's acknowledgement passed the present hole; UINT64_MAX */
	uint64_t passed_offset;   /* next_offset then */
	uint32_t passed_segments; /* of the connection, then */
	uint64_t due_ns;
	struct cs_hold hold;
	struct cs_stream_counts counts;
	struct cs_recent recent[CS_RECENT_N];
};

/* In the order in which they make room. */
enum cs_rank { CS_RANK_CLOSED, CS_RANK_SILENT, CS_RANK_SPOKEN, CS_RANK_N };

struct cs_tracked {
	uint64_t key[CS_KEY_WORDS];
	uint32_t chain; /* next in the bucket */
	uint32_t newer;
	uint32_t older;
	uint32_t segments;
	uint8_t rank; /* enum cs_rank */
	uint64_t closed_ns;
	struct cs_connection public;
	struct cs_flow flows[CS_DIR_N];
};

/* Connections by key, and by rank and time of use. */
struct cs_stream_table {
	struct cs_tracked *slots;
	uint32_t *buckets;
	uint32_t bucket_mask;
	uint32_t cap;
	uint32_t fresh;
	uint32_t returned;
	uint32_t newest[CS_RANK_N];
	uint32_t oldest[CS_RANK_N];
	uint64_t seed;
};

/* cs_stream_table_init reserves CAP connections; false when memory is short. */
CS_MUST_USE bool cs_stream_table_init(struct cs_stream_table *table, uint32_t cap);
/* cs_stream_table_bytes is what cs_stream_table_init reserves. */
size_t cs_stream_table_bytes(uint32_t cap);
void cs_stream_table_fini(struct cs_stream_table *table);

/* cs_stream_table_find gives the connection of KEY or NULL. */
struct cs_tracked *cs_stream_table_find(const struct cs_stream_table *table, const uint64_t key[CS_KEY_WORDS]);

/* cs_stream_table_add takes a free slot for KEY, all else zero, rank silent; NULL when all are taken. */
struct cs_tracked *cs_stream_table_add(struct cs_stream_table *table, const uint64_t key[CS_KEY_WORDS]);

/* cs_stream_table_remove gives the slot back. */
void cs_stream_table_remove(struct cs_stream_table *table, struct cs_tracked *tracked);

/* cs_stream_table_use makes a connection the newest of RANK. */
void cs_stream_table_use(struct cs_stream_table *table, struct cs_tracked *tracked, enum cs_rank rank);

/* cs_stream_table_expendable gives the connection to go first when room is needed; NULL when empty. */
struct cs_tracked *cs_stream_table_expendable(const struct cs_stream_table *table);

/* cs_hold_pool_init reserves CAP_BYTES of nodes; false when memory is short. */
CS_MUST_USE bool cs_hold_pool_init(struct cs_hold_pool *pool, size_t cap_bytes);
void cs_hold_pool_fini(struct cs_hold_pool *pool);

/* cs_hold_empty is a flow's hold with nothing in it. */
struct cs_hold cs_hold_empty(void);

/* cs_origin_later is the origin of the byte SKIP bytes on in the same packet. Out of fragments there is no place
 * in a packet to count from, and live none in a file. */
static inline struct cs_origin
cs_origin_later(const struct cs_origin *origin, uint64_t skip)
{
	struct cs_origin out = *origin;
	if (origin->offset)
		out.offset += (uint32_t)skip;
	if (origin->file_offset && origin->offset)
		out.file_offset += skip;
	return out;
}

struct cs_hold_result {
	uint64_t duplicate_bytes;
	bool differs;
};

/* cs_hold_insert copies PIECE where nothing is held yet (first bytes win). False, with nothing changed, when
 * the pool may not have the room. */
CS_MUST_USE bool cs_hold_insert(struct cs_hold_pool *pool, struct cs_hold *hold, const struct cs_piece *piece,
				struct cs_hold_result *out);

/* cs_hold_first lends the first run, or NULL. */
const struct cs_held *cs_hold_first(const struct cs_hold_pool *pool, const struct cs_hold *hold);

/* cs_hold_drop_first wipes the first run and gives its node back. The oldest time is then to be asked anew
 * by cs_hold_age when the draining is over. */
void cs_hold_drop_first(struct cs_hold_pool *pool, struct cs_hold *hold);
void cs_hold_age(const struct cs_hold_pool *pool, struct cs_hold *hold);

/* One direction of one connection, with what a step on it needs. */
struct cs_way {
	struct cs_streams *streams;
	struct cs_tracked *tracked;
	enum cs_direction dir;
};

struct cs_streams {
	struct cs_stream_limits limits;
	struct cs_stream_sink sink;
	struct cs_stream_table table;
	struct cs_hold_pool pool;
	struct cs_way *waiting; /* flows with a hole, in no order */
	uint32_t waiting_n;
	uint64_t next_due_ns; /* no hole is due before; may be too early */
	uint64_t now_ns;
	uint64_t evicted_n;
	uint64_t held_dropped_n;
};

static inline struct cs_flow *
cs_way_flow(const struct cs_way *way)
{
	return &way->tracked->flows[way->dir];
}

/* cs_flow_begin makes SEQUENCE the first byte of a flow. */
void cs_flow_begin(const struct cs_way *way, uint32_t sequence, bool known_start);

/* cs_flow_take takes bytes at or behind the flow's first byte: delivers, holds, or drops what is there already. */
void cs_flow_take(const struct cs_way *way, const struct cs_piece *piece);

/* cs_flow_acknowledge notes that the peer has all before OFFSET. */
void cs_flow_acknowledge(const struct cs_way *way, uint64_t offset);

/* cs_flow_finish notes that the direction ends at OFFSET, at or behind all that is delivered. */
void cs_flow_finish(const struct cs_way *way, uint64_t offset);

/* cs_flow_settle declares the holes that are due NOW_NS, or for which enough segments went by. */
void cs_flow_settle(const struct cs_way *way, uint64_t now_ns);

/* cs_flow_end declares every hole, and what the peer acknowledged and we never saw. */
void cs_flow_end(const struct cs_way *way);

#endif

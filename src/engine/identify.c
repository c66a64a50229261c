/*
 * From a capture to connections, framings and layouts; the dialect itself is guess.c's.
 *
 * A framing counts when it cuts the kept bytes of every direction into frames without a rest, but for the last frame,
 * which may be cut short. A connection joined in its middle is cut from the first place where that works and an MTI
 * stands in most messages. Only bytes before the first gap of a direction are used.
 */
#include "engine/identify.h"

#include "decode/shipped.h"

#include <stdlib.h>

enum {
	MESSAGES_FEW = 8, /* fewer: take the server's other connections in */
	HEADER_MAX = 48,  /* bytes before the MTI that are looked through */
	LAYOUTS_MAX = 16,
	START_MAX_BYTES = 8192, /* how far into a joined stream its first border is looked for */
	SERVERS_MAX = 256,
	MESSAGES_MAX = CS_GUESS_MESSAGES_MAX,
	ARENA_BYTES = 1 << 20
};

/* One direction: its first bytes. */
struct side {
	uint8_t *at; /* CS_IDENTIFY_KEPT_BYTES, made at the first byte */
	size_t len;
	bool known_start;
	bool stopped; /* a gap came, or it is full */
};

struct talk {
	struct side side[CS_DIR_N];
	uint8_t client_ip[16];
	uint8_t server_ip[16];
	uint16_t client_port;
	uint16_t server_port;
};

struct server {
	uint8_t ip[16];
	uint16_t port;
};

struct cs_identify {
	struct talk talk[CS_IDENTIFY_CONNECTIONS_MAX];
	unsigned talk_n;
	uint64_t over_n;
	struct server server[SERVERS_MAX];
	unsigned server_n;
	struct cs_guess *guess;
};

/* The messages a framing makes of some connections. */
struct cut {
	const struct cs_framing *framing;
	struct cs_span message[MESSAGES_MAX];
	unsigned message_n;
	unsigned empty_n; /* frames without a message */
	unsigned layout_n;
	struct cs_layout layout[LAYOUTS_MAX];
	unsigned fit_n[LAYOUTS_MAX]; /* grows with the messages that have MTI and bitmap there; falling */
};

struct cs_identify *
cs_identify_new(void)
{
	struct cs_identify *identify = calloc(1, sizeof *identify);
	if (!identify)
		return NULL;
	identify->guess = cs_guess_new();
	if (identify->guess)
		return identify;
	free(identify);
	return NULL;
}

void
cs_identify_free(struct cs_identify *identify)
{
	if (!identify)
		return;
	for (unsigned i = 0; i < identify->talk_n; i++)
		for (unsigned dir = 0; dir < CS_DIR_N; dir++)
			free(identify->talk[i].side[dir].at);
	cs_guess_free(identify->guess);
	free(identify);
}

unsigned
cs_identify_n(const struct cs_identify *identify)
{
	return identify->talk_n;
}

uint64_t
cs_identify_over(const struct cs_identify *identify)
{
	return identify->over_n;
}

/* --- reading --- */

static bool
is_server(const struct cs_identify *identify, const uint8_t ip[16], uint16_t port)
{
	for (unsigned i = 0; i < identify->server_n; i++)
		if (identify->server[i].port == port && memcmp(identify->server[i].ip, ip, 16) == 0)
			return true;
	return false;
}

static void
add_server(struct cs_identify *identify, const uint8_t ip[16], uint16_t port)
{
	if (identify->server_n == SERVERS_MAX)
		return;
	struct server *server = &identify->server[identify->server_n++];
	memcpy(server->ip, ip, 16);
	server->port = port;
}

/* Whether a segment goes to the server: known from a SYN, else the lower port is taken for it. */
static bool
goes_to_server(struct cs_identify *identify, const struct cs_segment *segment)
{
	if (is_server(identify, segment->destination_ip, segment->destination_port))
		return true;
	if (is_server(identify, segment->source_ip, segment->source_port))
		return false;
	bool to_server = segment->destination_port <= segment->source_port;
	if (segment->flags & CS_TCP_SYN)
		to_server = !(segment->flags & CS_TCP_ACK);
	if (to_server)
		add_server(identify, segment->destination_ip, segment->destination_port);
	else
		add_server(identify, segment->source_ip, segment->source_port);
	return to_server;
}

static void
on_opened(void *context, struct cs_connection *connection, const bool known_start[CS_DIR_N])
{
	struct cs_identify *identify = context;
	if (identify->talk_n == CS_IDENTIFY_CONNECTIONS_MAX) {
		identify->over_n++;
		return;
	}
	struct talk *talk = &identify->talk[identify->talk_n++];
	memcpy(talk->client_ip, connection->client_ip, 16);
	memcpy(talk->server_ip, connection->server_ip, 16);
	talk->client_port = connection->client_port;
	talk->server_port = connection->server_port;
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		talk->side[dir].known_start = known_start[dir];
		connection->user[dir] = &talk->side[dir];
	}
}

static void
on_data(void *context, struct cs_connection *connection, enum cs_direction dir, struct cs_span bytes,
	const struct cs_origin *origin)
{
	(void)context;
	(void)origin;
	struct side *side = connection->user[dir];
	if (!side || side->stopped)
		return;
	if (!side->at)
		side->at = malloc(CS_IDENTIFY_KEPT_BYTES);
	size_t room = side->at ? CS_IDENTIFY_KEPT_BYTES - side->len : 0;
	size_t n = bytes.len < room ? bytes.len : room;
	if (n > 0)
		memcpy(side->at + side->len, bytes.at, n);
	side->len += n;
	side->stopped = n < bytes.len;
}

static void
on_gap(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_stream_gap *gap)
{
	(void)context;
	(void)gap;
	struct side *side = connection->user[dir];
	if (side)
		side->stopped = true;
}

static void
on_differs(void *context, struct cs_connection *connection, enum cs_direction dir, const struct cs_origin *origin)
{
	(void)context;
	(void)connection;
	(void)dir;
	(void)origin;
}

static void
on_closed(void *context, struct cs_connection *connection, const struct cs_stream_counts counts[CS_DIR_N])
{
	(void)context;
	(void)connection;
	(void)counts;
}

/* Connections without payload are nobody's. */
static void
drop_silent(struct cs_identify *identify)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < identify->talk_n; i++) {
		struct talk *talk = &identify->talk[i];
		if (talk->side[0].len + talk->side[1].len > 0)
			identify->talk[kept++] = *talk;
	}
	identify->talk_n = kept;
}

static enum cs_error
read_packets(struct cs_identify *identify, struct cs_capture *capture, struct cs_streams *streams,
	     struct cs_defrag *defrag)
{
	for (;;) {
		struct cs_packet packet;
		struct cs_segment segment;
		enum cs_error error = cs_capture_next(capture, &packet);
		if (error != CS_OK)
			return error == CS_END ? CS_OK : error;
		cs_streams_advance(streams, packet.time_ns);
		if (cs_packet_segment(defrag, &packet, &segment) == CS_OK)
			cs_streams_segment(streams, &packet, &segment, goes_to_server(identify, &segment));
	}
}

enum cs_error
cs_identify_read(struct cs_identify *identify, struct cs_capture *capture)
{
	const struct cs_stream_limits limits = cs_stream_limits_default();
	const struct cs_stream_sink sink = {on_opened, on_data, on_gap, on_differs, on_closed, identify};
	struct cs_streams *streams = cs_streams_new(&limits, &sink);
	struct cs_defrag *defrag = cs_defrag_new(256);
	enum cs_error error = CS_E_MEMORY;
	if (streams && defrag) {
		error = read_packets(identify, capture, streams, defrag);
		cs_streams_end(streams);
	}
	cs_defrag_free(defrag);
	cs_streams_free(streams);
	drop_silent(identify);
	return error;
}

/* --- framing --- */

/* Cuts BYTES by FRAMING; true when at least one frame is whole and nothing but a cut frame is left. */
static bool
cut_side(const struct cs_framing *framing, struct cs_span bytes, struct cut *cut)
{
	size_t at = 0;
	unsigned before = cut->message_n;
	while (at < bytes.len) {
		size_t frame_len = 0, message_at = 0, message_len = 0;
		struct cs_span rest = {bytes.at + at, bytes.len - at};
		enum cs_error error = cs_framing_head(framing, rest, &frame_len, &message_at, &message_len);
		if (error == CS_AGAIN || (error == CS_OK && frame_len > rest.len))
			return cut->message_n > before;
		if (error != CS_OK)
			return false;
		if (message_len > 0 && cut->message_n < MESSAGES_MAX)
			cut->message[cut->message_n++] = (struct cs_span){rest.at + message_at, message_len};
		cut->empty_n += message_len == 0;
		at += frame_len;
	}
	return true;
}

/* How many of N messages have an MTI and bitmaps where LAYOUT says; *SHORT_N of them one bitmap only. */
static unsigned
layout_fits(const struct cs_layout *layout, const struct cs_span *messages, unsigned n, unsigned *short_n)
{
	unsigned fit_n = 0;
	for (unsigned i = 0; i < n; i++) {
		uint64_t bitmap[3];
		size_t end = 0;
		if (!cs_layout_bits(layout, messages[i], bitmap, &end))
			continue;
		fit_n++;
		*short_n += (bitmap[1] | bitmap[2]) == 0;
	}
	return fit_n;
}

/* Keeps the layouts that most messages have; the earlier one of equals comes first. */
static void
add_layout(struct cut *cut, struct cs_layout layout, unsigned fit_n)
{
	fit_n = 2 * fit_n + (layout.bitmap_len == 0); /* bitmaps of a fixed length are the rarer thing */
	unsigned at = cut->layout_n;
	while (at > 0 && cut->fit_n[at - 1] < fit_n)
		at--;
	if (at == LAYOUTS_MAX)
		return;
	unsigned moved_n = (cut->layout_n < LAYOUTS_MAX ? cut->layout_n : LAYOUTS_MAX - 1) - at;
	memmove(&cut->layout[at + 1], &cut->layout[at], moved_n * sizeof *cut->layout);
	memmove(&cut->fit_n[at + 1], &cut->fit_n[at], moved_n * sizeof *cut->fit_n);
	cut->layout[at] = layout;
	cut->fit_n[at] = fit_n;
	cut->layout_n += cut->layout_n < LAYOUTS_MAX;
}

/* Looks for MTI and bitmap at every place; bitmaps in text first, since chance makes none. */
static void
find_layouts(struct cut *cut)
{
	static const uint8_t bitmaps[] = {CS_ENC_HEX, CS_ENC_EBCDIC_HEX, CS_ENC_BIN};
	static const uint8_t mtis[] = {CS_ENC_ASCII, CS_ENC_EBCDIC, CS_ENC_BCD};
	cut->layout_n = 0;
	for (unsigned i = 0; i < 9; i++)
		for (uint16_t at = 0; at <= HEADER_MAX; at++) {
			struct cs_layout layout = {at, mtis[i % 3], bitmaps[i / 3], 0};
			unsigned short_n = 0;
			unsigned fit_n = layout_fits(&layout, cut->message, cut->message_n, &short_n);
			if (fit_n == 0 || fit_n * 5 < cut->message_n * 3)
				continue;
			add_layout(cut, layout, fit_n);
			layout.bitmap_len = 16;
			if (short_n > 0 && layout_fits(&layout, cut->message, cut->message_n, &short_n) >= fit_n)
				add_layout(cut, layout, fit_n);
		}
}

/* A direction joined in its middle: the first place from which the framing cuts and MTIs stand. */
static bool
cut_joined(const struct cs_framing *framing, struct cs_span bytes, struct cut *cut)
{
	struct cut *trial = malloc(sizeof *trial);
	bool found = false;
	for (size_t at = 0; trial && !found && at < bytes.len && at < START_MAX_BYTES; at++) {
		trial->message_n = 0;
		if (!cut_side(framing, (struct cs_span){bytes.at + at, bytes.len - at}, trial) || trial->message_n < 2)
			continue;
		find_layouts(trial);
		found = trial->layout_n > 0;
	}
	for (unsigned i = 0; found && i < trial->message_n && cut->message_n < MESSAGES_MAX; i++)
		cut->message[cut->message_n++] = trial->message[i];
	free(trial);
	return found;
}

static bool
cut_talk(const struct cs_framing *framing, const struct talk *talk, struct cut *cut)
{
	for (unsigned dir = 0; dir < CS_DIR_N; dir++) {
		const struct side *side = &talk->side[dir];
		struct cs_span bytes = {side->at, side->len};
		if (side->len == 0)
			continue;
		unsigned before = cut->message_n;
		if (cut_side(framing, bytes, cut))
			continue;
		cut->message_n = before;
		if (side->known_start || !cut_joined(framing, bytes, cut))
			return false;
	}
	return true;
}

static bool
same_server(const struct talk *a, const struct talk *b)
{
	return a->server_port == b->server_port && memcmp(a->server_ip, b->server_ip, 16) == 0;
}

/* Cuts a connection; when that gives few messages, the server's other connections too. */
static bool
cut_pool(const struct cs_identify *identify, unsigned index, struct cut *cut, unsigned *pooled_n)
{
	const struct talk *talk = &identify->talk[index];
	*pooled_n = 1;
	if (!cut_talk(cut->framing, talk, cut))
		return false;
	for (unsigned i = 0; i < identify->talk_n && cut->message_n < MESSAGES_FEW; i++) {
		const struct talk *other = &identify->talk[i];
		unsigned before = cut->message_n;
		if (i == index || !same_server(talk, other))
			continue;
		if (!cut_talk(cut->framing, other, cut))
			cut->message_n = before;
		*pooled_n += cut->message_n > before;
	}
	return cut->message_n > 0;
}

/* --- the finding --- */

static unsigned
spec_differs(const struct cs_field_spec *a, const struct cs_field_spec *b)
{
	if (a->known != b->known || a->class != b->class || a->encoding != b->encoding || a->var != b->var)
		return 1;
	if (a->var)
		return a->len_encoding != b->len_encoding || a->len_bytes != b->len_bytes || a->max > b->max;
	return a->max != b->max || a->pad_right != b->pad_right;
}

static unsigned
dialect_differs(const struct cs_guess_result *guess, const struct cs_dialect *other)
{
	const struct cs_dialect *mine = &guess->dialect;
	unsigned off = 0;
	off += 8U * (mine->mti_encoding != other->mti_encoding) +
	       8U * (mine->bitmap_encoding != other->bitmap_encoding);
	off += 4U * (mine->version != other->version) + 2U * (mine->header_len != other->header_len);
	off += 2U * (mine->bitmap_len != other->bitmap_len);
	for (unsigned field = 2; field <= CS_DIALECT_FIELD_MAX; field++)
		if (guess->seen[field])
			off += spec_differs(&mine->field[field], &other->field[field]);
	return off;
}

static void
find_nearest(struct cs_identified *found)
{
	struct cs_arena arena = {0};
	if (cs_arena_init(&arena, ARENA_BYTES) != CS_OK)
		return;
	struct cs_dialect *other = malloc(sizeof *other);
	struct cs_span json;
	const char *name;
	for (unsigned i = 0; other && (name = cs_shipped_dialect_at(i, &json)) != NULL; i++) {
		struct cs_dialect_fault fault;
		cs_arena_reset(&arena);
		if (cs_dialect_read(json, name, &arena, other, &fault) != CS_OK)
			continue;
		unsigned off = dialect_differs(&found->guess, other);
		if (found->nearest && off >= found->nearest_off)
			continue;
		found->nearest = name;
		found->nearest_off = off;
	}
	free(other);
	cs_arena_fini(&arena);
}

static void
count_mtis(struct cs_identified *found, const struct cut *cut)
{
	struct cs_iso_plans *plans = cs_iso_plans_new(&found->guess.dialect, CS_GUESS_MESSAGES_MAX);
	for (unsigned i = 0; plans && i < cut->message_n; i++) {
		struct cs_iso iso;
		struct cs_iso_fault fault;
		if (cs_iso_decode(plans, cut->message[i], &iso, &fault) != CS_ISO_OK)
			continue;
		unsigned k = 0;
		while (k < found->mti_n && memcmp(found->mtis[k].mti, iso.mti, 4) != 0)
			k++;
		if (k == CS_IDENTIFY_MTIS_MAX)
			continue;
		memcpy(found->mtis[k].mti, iso.mti, 4);
		found->mtis[k].n++;
		found->mti_n += k == found->mti_n;
	}
	cs_iso_plans_free(plans);
}

/* Whether A explains more than B: the share decoded, then the share plausible, then the cost, and last the fewer
 * EMPTY frames: four bytes of length also read as an empty frame and two. */
static bool
is_better(const struct cs_guess_result *a, unsigned a_empty_n, const struct cs_guess_result *b, unsigned b_empty_n)
{
	uint64_t x = (uint64_t)a->decoded_n * b->message_n, y = (uint64_t)b->decoded_n * a->message_n;
	if (x != y)
		return x > y;
	x = (uint64_t)a->plausible_n * b->message_n;
	y = (uint64_t)b->plausible_n * a->message_n;
	if (x != y)
		return x > y;
	return a->cost != b->cost ? a->cost < b->cost : a_empty_n < b_empty_n;
}

static void
put_failure(struct cs_identified *found)
{
	struct cs_text text = cs_text_over(found->failure, sizeof found->failure);
	if (!found->framing) {
		cs_text_put(&text, "no framing known here cuts these bytes into messages with an MTI");
		return;
	}
	cs_text_put(&text, "the best attempt decodes ");
	cs_text_put_u64(&text, found->guess.decoded_n);
	cs_text_put(&text, " of ");
	cs_text_put_counted(&text, found->guess.message_n, "message", "messages");
}

/* Tries one framing and keeps it when it is better than what OUT has. */
static void
try_framing(struct cs_identify *identify, unsigned index, struct cut *cut, struct cs_guess_result *room,
	    struct cs_identified *out)
{
	unsigned pooled_n = 0;
	cut->message_n = cut->empty_n = 0;
	if (!cut_pool(identify, index, cut, &pooled_n))
		return;
	find_layouts(cut);
	if (cut->layout_n == 0)
		return;
	const struct cs_guess_input input = {cut->message, cut->message_n, cut->layout, cut->layout_n};
	enum cs_error error = cs_guess_run(identify->guess, &input, room);
	if (out->tried && (error != CS_OK || !is_better(room, cut->empty_n, &out->guess, out->empty_n)))
		return;
	out->tried = true;
	out->framing = cut->framing;
	out->pooled_n = pooled_n;
	out->empty_n = cut->empty_n;
	out->guess = *room;
	out->mti_n = 0;
	memset(out->mtis, 0, sizeof out->mtis);
	count_mtis(out, cut);
}

static void
start_finding(const struct talk *talk, struct cs_identified *out)
{
	memset(out, 0, sizeof *out);
	memcpy(out->client_ip, talk->client_ip, 16);
	memcpy(out->server_ip, talk->server_ip, 16);
	out->client_port = talk->client_port;
	out->server_port = talk->server_port;
	out->seen_bytes = talk->side[0].len + talk->side[1].len;
}

enum cs_error
cs_identify_at(struct cs_identify *identify, unsigned index, struct cs_identified *out)
{
	CS_ASSERT(index < identify->talk_n);
	struct cut *cut = calloc(1, sizeof *cut);
	struct cs_guess_result *room = malloc(sizeof *room);
	start_finding(&identify->talk[index], out);
	for (unsigned row = 0; cut && room && (cut->framing = cs_framing_at(row)) != NULL; row++)
		try_framing(identify, index, cut, room, out);
	bool memory = cut && room;
	free(cut);
	free(room);
	if (!memory)
		return CS_E_MEMORY;
	out->named = out->tried && out->guess.decoded_n * 2 > out->guess.message_n;
	if (out->tried)
		find_nearest(out);
	if (!out->named)
		put_failure(out);
	return CS_OK;
}

/*
 * TCP as a tap sees it: sequence numbers, acknowledgements, joined and split messages, segments sent again.
 *
 * Invariants: bytes of a lane leave in order; an acknowledgement never names a byte before the tap could
 * have seen it (a split or lost segment opens a hole until it has come); what is delivered is delivered in
 * order. The first connection starts close below 2^32, so that its numbers wrap early.
 * spec: RFC 9293 (segments, handshake, close).
 */
#include "wire.h"

#include "calendar.h"
#include "segment.h"

enum { FIRST_PORT = 40110, HOP_NS = 40000 };
static const uint64_t resend_ns = 220 * CS_MS;

/* A segment on its way: what differs from one to the next. */
struct shot {
	unsigned which;
	enum cs_way way;
	uint64_t time_ns;
	uint32_t seq;
	uint8_t flags;
	struct cs_span payload;
};

static uint32_t
acknowledged(const struct cs_wire_lane *lane, uint64_t time_ns)
{
	return time_ns < lane->hole_until_ns ? lane->hole_seq : lane->seq;
}

static bool
shoot(struct cs_wire *wire, const struct shot *shot)
{
	struct cs_wire_connection *connection = &wire->connection[shot->which];
	const struct cs_wire_setting *setting = &wire->setting;
	bool to_port = shot->way == CS_WAY_TO_PORT;
	bool first = (shot->flags & (CS_TCP_SYN | CS_TCP_ACK)) == CS_TCP_SYN;
	struct cs_segment segment = {
		.from_address = to_port ? setting->client_address : setting->server_address,
		.to_address = to_port ? setting->server_address : setting->client_address,
		.from_port = to_port ? connection->client_port : setting->server_port,
		.to_port = to_port ? setting->server_port : connection->client_port,
		.seq = shot->seq,
		.ack = first ? 0 : acknowledged(&connection->lane[!shot->way], shot->time_ns),
		.flags = shot->flags,
		.ip_id = connection->lane[shot->way].ip_id++,
		.payload = shot->payload,
	};
	uint8_t packet[CS_SEGMENT_HEAD_BYTES + CS_WIRE_SEGMENT_BYTES];
	size_t len = cs_segment_write(&segment, packet);
	return cs_tape_put(setting->tape, shot->time_ns, (struct cs_span){packet, len});
}

/* An ACK without data, from the receiver of WAY, soon after TIME_NS. */
static void
acknowledge(struct cs_wire *wire, unsigned which, enum cs_way way, uint64_t time_ns)
{
	struct cs_wire_lane *back = &wire->connection[which].lane[!way];
	wire->connection[which].lane[way].unacked = 0;
	uint64_t at_ns = time_ns + HOP_NS + cs_dice_below(&wire->dice, HOP_NS);
	uint32_t seq = acknowledged(back, at_ns);
	(void)shoot(wire, &(struct shot){which, !way, at_ns, seq, CS_TCP_ACK, {(const uint8_t *)"", 0}});
}

static void
open_hole(struct cs_wire_lane *lane, uint64_t now_ns, uint64_t until_ns, uint32_t seq)
{
	if (now_ns >= lane->hole_until_ns)
		lane->hole_seq = seq;
	if (until_ns > lane->hole_until_ns)
		lane->hole_until_ns = until_ns;
}

/* One segment of data at TIME_NS or when the lane is free. */
static struct cs_sent
transmit(struct cs_wire *wire, unsigned which, enum cs_way way, uint64_t now_ns, struct cs_span bytes)
{
	struct cs_wire_lane *lane = &wire->connection[which].lane[way];
	const struct cs_wire_habits *habits = &wire->setting.habits;
	uint64_t at_ns = lane->busy_until_ns > now_ns ? lane->busy_until_ns : now_ns;
	struct shot shot = {which, way, at_ns, lane->seq, CS_TCP_ACK | CS_TCP_PSH, bytes};
	bool hole = !lane->promised && cs_dice_chance(&wire->dice, habits->hole_ppm);
	bool resent = !hole && cs_dice_chance(&wire->dice, habits->resent_ppm);
	if (at_ns > now_ns || hole)
		open_hole(lane, now_ns, at_ns + (hole ? resend_ns : 0), lane->seq);
	lane->seq += (uint32_t)bytes.len;
	lane->busy_until_ns = at_ns + 1000;
	bool captured = hole ? false : shoot(wire, &shot);
	shot.time_ns += resend_ns;
	if (hole || resent)
		captured = shoot(wire, &shot) || captured;
	if (++lane->unacked >= 2 && !hole)
		acknowledge(wire, which, way, at_ns);
	uint64_t done_ns = lane->hole_until_ns > at_ns ? lane->hole_until_ns : at_ns;
	return (struct cs_sent){done_ns, captured};
}

static void
let_out(struct cs_wire *wire, unsigned which, enum cs_way way, uint64_t now_ns)
{
	struct cs_wire_lane *lane = &wire->connection[which].lane[way];
	if (lane->held_len == 0)
		return;
	struct cs_span bytes = {lane->held, lane->held_len};
	lane->held_len = 0;
	uint64_t at_ns = lane->held_until_ns < now_ns ? lane->held_until_ns : now_ns;
	lane->promised = true;
	(void)transmit(wire, which, way, at_ns, bytes);
	lane->promised = false;
}

/* Keeps a frame back for a moment; what comes meanwhile joins it. */
static bool
hold(struct cs_wire *wire, struct cs_wire_lane *lane, uint64_t now_ns, struct cs_span frame)
{
	bool room = frame.len <= (size_t)(CS_WIRE_SEGMENT_BYTES - lane->held_len);
	bool quiet = now_ns >= lane->hole_until_ns && now_ns >= lane->busy_until_ns;
	if (lane->held_len == 0 && !(quiet && cs_dice_chance(&wire->dice, wire->setting.habits.joined_ppm)))
		return false;
	if (!room)
		return false;
	if (lane->held_len == 0)
		lane->held_until_ns = now_ns + cs_dice_between(&wire->dice, CS_MS / 5, 30 * CS_MS);
	memcpy(lane->held + lane->held_len, frame.at, frame.len);
	lane->held_len = (uint16_t)(lane->held_len + frame.len);
	return true;
}

/* Sends FRAME in as few segments as it needs, or in one more. */
static struct cs_sent
send_now(struct cs_wire *wire, const struct cs_frame *frame, uint64_t now_ns)
{
	struct cs_wire_lane *lane = &wire->connection[frame->which].lane[frame->way];
	struct cs_sent sent = {now_ns, true};
	size_t done = 0;
	bool split = cs_dice_chance(&wire->dice, wire->setting.habits.split_ppm);
	while (done < frame->bytes.len) {
		size_t n = frame->bytes.len - done;
		if (split && done == 0 && n > 1)
			n = (size_t)cs_dice_between(&wire->dice, 1, n - 1);
		if (n > CS_WIRE_SEGMENT_BYTES)
			n = CS_WIRE_SEGMENT_BYTES;
		struct cs_sent part =
			transmit(wire, frame->which, frame->way, now_ns, (struct cs_span){frame->bytes.at + done, n});
		sent.time_ns = part.time_ns;
		sent.captured = sent.captured && part.captured;
		done += n;
		if (split)
			lane->busy_until_ns += cs_dice_below(&wire->dice, CS_MS);
	}
	return sent;
}

static unsigned
usable(const struct cs_wire *wire, unsigned which)
{
	for (unsigned i = 0; i < CS_WIRE_CONNECTIONS; i++) {
		unsigned other = (which + i) % CS_WIRE_CONNECTIONS;
		if (wire->connection[other].open)
			return other;
	}
	return which % CS_WIRE_CONNECTIONS;
}

struct cs_sent
cs_wire_send(struct cs_wire *wire, struct cs_frame frame, uint64_t now_ns)
{
	CS_ASSERT(frame.bytes.len <= CS_WIRE_MESSAGE_MAX_BYTES);
	frame.which = usable(wire, frame.which);
	struct cs_wire_lane *lane = &wire->connection[frame.which].lane[frame.way];
	wire->message_n += frame.bytes.len > 2;
	if (!frame.alone && hold(wire, lane, now_ns, frame.bytes))
		return (struct cs_sent){lane->held_until_ns, true};
	let_out(wire, frame.which, frame.way, now_ns);
	return send_now(wire, &frame, now_ns);
}

void
cs_wire_advance(struct cs_wire *wire, uint64_t now_ns)
{
	for (unsigned i = 0; i < CS_WIRE_CONNECTIONS * CS_WAY_N; i++) {
		struct cs_wire_lane *lane = &wire->connection[i / CS_WAY_N].lane[i % CS_WAY_N];
		if (lane->held_len != 0 && lane->held_until_ns <= now_ns)
			let_out(wire, i / CS_WAY_N, (enum cs_way)(i % CS_WAY_N), lane->held_until_ns);
	}
	cs_tape_advance(wire->setting.tape, now_ns);
}

static void
new_connection(struct cs_wire *wire, unsigned which)
{
	struct cs_wire_connection *connection = &wire->connection[which];
	memset(connection, 0, sizeof *connection);
	connection->client_port = wire->next_port++;
	connection->open = true;
	for (unsigned way = 0; way < CS_WAY_N; way++) {
		connection->lane[way].seq = (uint32_t)cs_dice_u64(&wire->dice);
		connection->lane[way].ip_id = (uint16_t)cs_dice_u64(&wire->dice);
	}
	if (which == 0)
		connection->lane[CS_WAY_TO_PORT].seq = UINT32_MAX - 20000;
}

void
cs_wire_call(struct cs_wire *wire, unsigned which, uint64_t now_ns)
{
	new_connection(wire, which);
	struct cs_wire_lane *lane = wire->connection[which].lane;
	struct cs_span none = {(const uint8_t *)"", 0};
	struct shot shot = {which, CS_WAY_TO_PORT, now_ns, lane[CS_WAY_TO_PORT].seq++, CS_TCP_SYN, none};
	(void)shoot(wire, &shot);
	shot = (struct shot){
		which, CS_WAY_FROM_PORT, now_ns + 2 * HOP_NS, lane[CS_WAY_FROM_PORT].seq++, CS_TCP_SYN | CS_TCP_ACK,
		none};
	(void)shoot(wire, &shot);
	shot = (struct shot){which, CS_WAY_TO_PORT, now_ns + 4 * HOP_NS, lane[CS_WAY_TO_PORT].seq, CS_TCP_ACK, none};
	(void)shoot(wire, &shot);
	lane[CS_WAY_TO_PORT].busy_until_ns = now_ns + 5 * HOP_NS;
	lane[CS_WAY_FROM_PORT].busy_until_ns = now_ns + 5 * HOP_NS;
}

void
cs_wire_hang_up(struct cs_wire *wire, unsigned which, uint64_t now_ns)
{
	struct cs_wire_connection *connection = &wire->connection[which];
	if (!connection->open)
		return;
	uint64_t end_ns = now_ns;
	for (unsigned way = 0; way < CS_WAY_N; way++) {
		struct cs_wire_lane *lane = &connection->lane[way];
		let_out(wire, which, (enum cs_way)way, now_ns);
		end_ns = lane->busy_until_ns > end_ns ? lane->busy_until_ns : end_ns;
		end_ns = lane->hole_until_ns > end_ns ? lane->hole_until_ns : end_ns;
	}
	struct cs_span none = {(const uint8_t *)"", 0};
	for (unsigned way = 0; way < CS_WAY_N; way++) {
		struct shot shot = {which,
				    (enum cs_way)way,
				    end_ns + way * HOP_NS,
				    connection->lane[way].seq++,
				    CS_TCP_FIN | CS_TCP_ACK,
				    none};
		(void)shoot(wire, &shot);
	}
	acknowledge(wire, which, CS_WAY_FROM_PORT, end_ns + HOP_NS);
	connection->open = false;
}

void
cs_wire_init(struct cs_wire *wire, const struct cs_wire_setting *setting, uint64_t start_ns)
{
	memset(wire, 0, sizeof *wire);
	wire->setting = *setting;
	wire->next_port = FIRST_PORT;
	cs_dice_seed(&wire->dice, setting->seed, setting->server_port);
	for (unsigned i = 0; i < CS_WIRE_CONNECTIONS; i++) {
		if (setting->from_start)
			cs_wire_call(wire, i, start_ns);
		else
			new_connection(wire, i);
	}
}

void
cs_wire_finish(struct cs_wire *wire, uint64_t now_ns)
{
	cs_wire_advance(wire, now_ns);
	for (unsigned i = 0; i < CS_WIRE_CONNECTIONS * CS_WAY_N; i++) {
		unsigned which = i / CS_WAY_N;
		enum cs_way way = (enum cs_way)(i % CS_WAY_N);
		let_out(wire, which, way, now_ns);
		if (wire->connection[which].open)
			acknowledge(wire, which, way, now_ns + resend_ns + CS_MS);
	}
}

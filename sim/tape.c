/*
 * The tape: a heap of the packets still to come, by time, before a buffered pcap file.
 *
 * Invariant: the file is in order of time, and constant memory holds: when CS_TAPE_WAITING_MAX packets wait,
 * the earliest is written though an earlier one could still be given (it then takes that time).
 * Loss is drawn from a sequence of its own, so that the same day can be had with and without loss.
 * spec: draft-ietf-opsawg-pcap (file header, packet record, link type Ethernet).
 */
#include "tape.h"

#include "calendar.h"
#include "io/file.h"

#include <stdlib.h>

enum { BUFFER_BYTES = 1 << 18, RECORD_HEAD_BYTES = 16, ETHERNET = 1 };

struct waiting {
	uint64_t time_ns;
	uint64_t order; /* of giving; breaks ties */
	uint32_t slot;
	uint32_t len;
};

struct cs_tape {
	struct cs_tape_setting setting;
	struct cs_dice loss;
	int descriptor;
	enum cs_error error;
	uint64_t last_ns; /* time of the last packet written */
	uint64_t order;
	uint64_t packet_n;
	uint64_t lost_n;
	unsigned n;
	struct waiting heap[CS_TAPE_WAITING_MAX];
	uint32_t free[CS_TAPE_WAITING_MAX];
	uint8_t slot[CS_TAPE_WAITING_MAX][CS_TAPE_PACKET_BYTES];
	size_t used;
	uint8_t buffer[BUFFER_BYTES];
};

static void
flush_buffer(struct cs_tape *tape)
{
	enum cs_error error = cs_file_write_all(tape->descriptor, tape->buffer, tape->used);
	if (tape->error == CS_OK)
		tape->error = error;
	tape->used = 0;
}

static void
write_bytes(struct cs_tape *tape, const void *at, size_t len)
{
	if (len > BUFFER_BYTES - tape->used)
		flush_buffer(tape);
	memcpy(tape->buffer + tape->used, at, len);
	tape->used += len;
}

static uint8_t *
little32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		*at++ = (uint8_t)(value >> 8 * i);
	return at;
}

static void
write_file_header(struct cs_tape *tape)
{
	uint8_t head[24];
	uint8_t *at = little32(head, tape->setting.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	at = little32(at, 2 | 4 << 16); /* version 2.4 */
	at = little32(at, 0);
	at = little32(at, 0);
	at = little32(at, 65535); /* snap length */
	little32(at, ETHERNET);
	write_bytes(tape, head, sizeof head);
}

static bool
earlier(const struct waiting *a, const struct waiting *b)
{
	return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

static void
sift_up(struct waiting *heap, unsigned at)
{
	struct waiting moved = heap[at];
	while (at > 0 && earlier(&moved, &heap[(at - 1) / 2])) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = moved;
}

static void
sift_down(struct waiting *heap, unsigned n, unsigned at)
{
	struct waiting moved = heap[at];
	while (2 * at + 1 < n) {
		unsigned child = 2 * at + 1;
		if (child + 1 < n && earlier(&heap[child + 1], &heap[child]))
			child++;
		if (!earlier(&heap[child], &moved))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

/* The earliest packet goes to the file. */
static void
write_first(struct cs_tape *tape)
{
	struct waiting first = tape->heap[0];
	tape->heap[0] = tape->heap[--tape->n];
	tape->free[tape->n] = first.slot;
	if (tape->n > 0)
		sift_down(tape->heap, tape->n, 0);
	if (first.time_ns < tape->last_ns)
		first.time_ns = tape->last_ns;
	tape->last_ns = first.time_ns;
	uint64_t clock_ns = first.time_ns + (uint64_t)tape->setting.skew_ns;
	uint64_t fraction = clock_ns % CS_SECOND / (tape->setting.nanoseconds ? 1 : 1000);
	uint8_t head[RECORD_HEAD_BYTES];
	uint8_t *at = little32(head, (uint32_t)(clock_ns / CS_SECOND));
	at = little32(at, (uint32_t)fraction);
	at = little32(at, first.len);
	little32(at, first.len);
	write_bytes(tape, head, sizeof head);
	write_bytes(tape, tape->slot[first.slot], first.len);
	tape->packet_n++;
}

enum cs_error
cs_tape_open(const struct cs_tape_setting *setting, struct cs_tape **out)
{
	int descriptor;
	CS_TRY(cs_file_open_write(setting->path, &descriptor));
	struct cs_tape *tape = calloc(1, sizeof *tape);
	if (tape == NULL) {
		cs_file_close(descriptor);
		return CS_E_MEMORY;
	}
	tape->setting = *setting;
	tape->descriptor = descriptor;
	cs_dice_seed(&tape->loss, setting->seed, 0x10552);
	for (uint32_t i = 0; i < CS_TAPE_WAITING_MAX; i++)
		tape->free[i] = i;
	write_file_header(tape);
	*out = tape;
	return CS_OK;
}

bool
cs_tape_put(struct cs_tape *tape, uint64_t time_ns, struct cs_span packet)
{
	CS_ASSERT(packet.len <= CS_TAPE_PACKET_BYTES);
	if (cs_dice_chance(&tape->loss, tape->setting.loss_ppm)) {
		tape->lost_n++;
		return false;
	}
	if (tape->n == CS_TAPE_WAITING_MAX)
		write_first(tape);
	uint32_t slot = tape->free[tape->n];
	memcpy(tape->slot[slot], packet.at, packet.len);
	tape->heap[tape->n] = (struct waiting){time_ns, tape->order++, slot, (uint32_t)packet.len};
	sift_up(tape->heap, tape->n++);
	return true;
}

void
cs_tape_advance(struct cs_tape *tape, uint64_t now_ns)
{
	while (tape->n > 0 && tape->heap[0].time_ns <= now_ns)
		write_first(tape);
}

uint64_t
cs_tape_packets(const struct cs_tape *tape)
{
	return tape->packet_n;
}

uint64_t
cs_tape_lost(const struct cs_tape *tape)
{
	return tape->lost_n;
}

enum cs_error
cs_tape_close(struct cs_tape *tape)
{
	if (tape == NULL)
		return CS_OK;
	while (tape->n > 0)
		write_first(tape);
	flush_buffer(tape);
	enum cs_error error = tape->error;
	cs_file_close(tape->descriptor);
	free(tape);
	return error;
}

/*
 * Goal: no bytes make the reading of an event or of another input's record read past their end; what is accepted packs to
 * the same bytes again.
 * Method: byte 0 is the kind of record, bytes 1 and 2 the length of the sealed part, which lies at the end.
 */
#include "engine/inputs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
same_again(const struct cs_record *record)
{
	uint8_t open[CS_EVENT_OPEN_MAX], sealed[CS_EVENT_SEALED_MAX];
	struct cs_event event;
	struct cs_cursor c = cs_cursor_over(record->open);
	if (!cs_event_unpack(&c, record->sealed, record->base_ns, &event))
		return;
	struct cs_event_room end = cs_event_pack(&event, record->base_ns, (struct cs_event_room){open, sealed});
	struct cs_span opened = {open, (size_t)(end.open - open)}, closed = {sealed, (size_t)(end.sealed - sealed)};
	if (opened.len > sizeof open || closed.len > sizeof sealed)
		abort();
	if (!cs_span_equal(opened, (struct cs_span){record->open.at, c.pos}) || !cs_span_equal(closed, record->sealed))
		abort();
}

static uint8_t *
copy_of(const uint8_t *at, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	if (!copy)
		abort();
	memcpy(copy, at, len);
	return copy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_input input;
	if (len < 3)
		return 0;
	size_t n = len - 3, sealed_len = (size_t)(data[1] | data[2] << 8);
	sealed_len = sealed_len < n ? sealed_len : n;
	uint8_t *open = copy_of(data + 3, n - sealed_len), *sealed = copy_of(data + len - sealed_len, sealed_len);
	struct cs_record record = {
		.base_ns = UINT64_C(1700000000000000000),
		.kind = data[0] % CS_RECORD_N,
		.sealed_len = (uint32_t)sealed_len,
		.open = {open, n - sealed_len},
		.sealed = {sealed, sealed_len},
	};
	(void)cs_input_read(&record, CS_LINKS_MAX, &input);
	same_again(&record);
	free(open);
	free(sealed);
	return 0;
}

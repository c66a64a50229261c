/*
 * Goal: no text crashes a dialect reader, and what it accepts passes the check and can be decoded with.
 * Method: the input is a dialect, JSON or XML by its first character; when it loads, a fixed message is decoded.
 */
#include "decode/iso8583.h"

#include <stdlib.h>

enum { ARENA_CAP = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
try(const struct cs_dialect *dialect)
{
	static const uint8_t message[] = "0200\x72\x20\0\1\0\0\0\1"
					 "1647617390010101190110000000000500000043210123456712345678";
	static struct cs_iso iso;
	static char value[4096];
	struct cs_iso_fault fault;
	struct cs_iso_plans *plans = cs_iso_plans_new(dialect, 2);
	if (!plans)
		return;
	for (unsigned round = 0; round < 2; round++) {
		(void)!cs_iso_decode(plans, (struct cs_span){message, sizeof message - 1}, &iso, &fault);
		for (unsigned i = 0; i < iso.field_n; i++)
			(void)cs_iso_value(&iso, iso.slot[i].field, value, sizeof value);
	}
	cs_iso_plans_free(plans);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_arena arena;
	static struct cs_dialect dialect;
	struct cs_dialect_fault fault;
	if (!arena.at && cs_arena_init(&arena, ARENA_CAP) != CS_OK)
		abort();
	cs_arena_reset(&arena);
	enum cs_error error = cs_dialect_read((struct cs_span){data, len}, "fuzz", &arena, &dialect, &fault);
	if (error == CS_OK) {
		if (cs_dialect_check(&dialect, &fault) != CS_OK)
			abort();
		try(&dialect);
	} else if (fault.field < -1 || fault.field > CS_DIALECT_FIELD_MAX || fault.text[0] == '\0') {
		abort();
	}
	return 0;
}

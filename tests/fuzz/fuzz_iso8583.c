/*
 * Goal: no bytes make the decoder read past the message, and what it accepts or refuses stays in bounds.
 * Method: the first byte chooses a shipped dialect, the rest is one message, in memory of its own size; decoded twice,
 * with a cache that holds its plan and one that holds none; every value, path and number asked for.
 */
#include "decode/iso8583.h"
#include "decode/shipped.h"

#include <stdlib.h>

enum { DIALECTS_MAX = 32, PLANS = 64, VALUE_CAP = 8192 };

static struct cs_dialect dialects[DIALECTS_MAX];
static struct cs_iso_plans *warm[DIALECTS_MAX];
static struct cs_iso_plans *cold[DIALECTS_MAX];
static unsigned dialect_n;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
load(void)
{
	static struct cs_arena arena;
	struct cs_span json;
	struct cs_dialect_fault fault;
	const char *name;
	if (cs_arena_init(&arena, 4 << 20) != CS_OK)
		abort();
	while (dialect_n < DIALECTS_MAX && (name = cs_shipped_dialect_at(dialect_n, &json))) {
		if (cs_dialect_read_json(json, name, &arena, &dialects[dialect_n], &fault) != CS_OK)
			abort();
		warm[dialect_n] = cs_iso_plans_new(&dialects[dialect_n], PLANS);
		cold[dialect_n] = cs_iso_plans_new(&dialects[dialect_n], 0);
		dialect_n++;
	}
}

static void
ask(const struct cs_iso *iso)
{
	static char value[VALUE_CAP];
	uint64_t number;
	uint32_t before = 0;
	for (unsigned i = 0; i < iso->field_n; i++) {
		const struct cs_iso_slot *slot = &iso->slot[i];
		if (slot->offset < before || slot->offset + slot->length > iso->len ||
		    cs_iso_find(iso, slot->field) != slot)
			abort();
		before = slot->offset + slot->length;
		size_t len = cs_iso_value(iso, slot->field, value, sizeof value);
		if (len > sizeof value + 1)
			abort();
		(void)cs_iso_u64(iso, slot->field, &number);
	}
}

static void
ask_paths(const struct cs_iso *iso)
{
	static const char *const paths[] = {"55.9F26", "54.1", "127.25.2", "48.61", "62.2", "63.1", "127.3"};
	static char value[VALUE_CAP];
	for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		bool found = true;
		(void)cs_iso_path(iso, paths[i], value, sizeof value, &found);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct cs_iso a, b;
	struct cs_iso_fault fault_a, fault_b;
	if (dialect_n == 0)
		load();
	if (len == 0)
		return 0;
	unsigned which = data[0] % dialect_n;
	uint8_t *message = malloc(len - 1 ? len - 1 : 1);
	if (!message)
		return 0;
	memcpy(message, data + 1, len - 1);
	struct cs_span span = {message, len - 1};
	enum cs_iso_reason reason = cs_iso_decode(warm[which], span, &a, &fault_a);
	if (cs_iso_decode(cold[which], span, &b, &fault_b) != reason || a.field_n != b.field_n ||
	    memcmp(a.slot, b.slot, a.field_n * sizeof a.slot[0]) != 0)
		abort();
	ask(&a);
	if (reason == CS_ISO_OK) {
		ask_paths(&a);
	} else {
		char words[200];
		struct cs_text text = cs_text_over(words, sizeof words);
		cs_iso_put_fault(&text, &fault_a);
		if (fault_a.offset > span.len && reason != CS_ISO_TOO_LONG)
			abort();
	}
	free(message);
	return 0;
}

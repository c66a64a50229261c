/*
 * Goal: an event comes back byte for byte; what was not written by us is refused, and never read past its end.
 * Method: seeded random events of every shape; every proper prefix; every single byte changed either is refused or
 * gives an event that packs to the same bytes.
 */
#include "check.h"

#include "event/event_pack.c"

enum { ROUNDS_N = 20000 };

static uint64_t seed = 1;

static uint64_t
roll(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void
random_text(struct cs_short *text)
{
	static const char letters[] = "0123456789ABCDEF xyz\xe4-/";
	unsigned len = (unsigned)(roll() % (CS_SHORT_BYTES + 1));
	bool digits = roll() % 2;
	for (unsigned i = 0; i < len; i++)
		text->at[i] =
			letters[roll() % (digits ? 10 : sizeof letters)]; /* NUL may stand among the others, too */
}

static struct cs_money
random_money(void)
{
	return cs_money_of((int64_t)roll() >> roll() % 64, (uint16_t)(roll() % 1000));
}

static void
random_card(struct cs_event *event)
{
	event->flags |= CS_FLAG_CARD;
	event->card.token = (struct cs_token){{roll(), roll()}};
	if (roll() % 2)
		memcpy(event->card.masked, "400000******0002", 16);
}

static void
random_event(struct cs_event *event)
{
	memset(event, 0, sizeof *event);
	event->origin = (struct cs_origin){.time_ns = roll(), .packet = roll() >> 30, .file_offset = roll() >> 20};
	event->origin.offset = (uint32_t)roll();
	event->origin.source = (uint16_t)roll();
	event->origin.direction = (uint8_t)(roll() % CS_DIR_N);
	event->link = (uint16_t)roll();
	event->kind = (uint8_t)(roll() % CS_KIND_N);
	memcpy(event->mti, "0210", 4);
	event->flags = (uint32_t)roll() & ~(uint32_t)CS_FLAG_CARD;
	event->length_bytes = (uint32_t)roll();
	event->message_hash = roll();
	event->header_hash = roll();
	event->present = roll() & ((UINT64_C(1) << CS_FIELD_N) - 1);
	for (unsigned i = 0; i < 3; i++)
		event->bitmap[i] = roll() % 2 ? roll() : 0;
	for (unsigned f = 0; f < CS_TEXT_FIELD_N; f++)
		if (event->present >> f & 1)
			random_text(&event->text[f]);
	for (unsigned f = 0; f < CS_MONEY_FIELD_N; f++)
		if (event->present >> (f + CS_MONEY_FIELD_FIRST) & 1)
			event->money[f] = random_money();
	if (cs_event_has(event, CS_FIELD_BALANCE))
		event->balance = (struct cs_balance){.account_type = "10",
						     .amount_type = "02",
						     .block_n = 1,
						     .amount = random_money(),
						     .hash = roll()};
	if (roll() % 2)
		random_card(event);
}

struct packed {
	uint8_t open[CS_EVENT_OPEN_MAX];
	uint8_t sealed[CS_EVENT_SEALED_MAX];
	size_t open_len;
	size_t sealed_len;
};

static void
pack(const struct cs_event *event, uint64_t base_ns, struct packed *out)
{
	struct cs_event_room room = {out->open, out->sealed};
	room = cs_event_pack(event, base_ns, room);
	out->open_len = (size_t)(room.open - out->open);
	out->sealed_len = (size_t)(room.sealed - out->sealed);
	assert_true(out->open_len <= CS_EVENT_OPEN_MAX - CS_SHORT_BYTES && out->sealed_len <= CS_EVENT_SEALED_MAX);
}

static bool
unpack(const struct packed *packed, uint64_t base_ns, struct cs_event *event)
{
	struct cs_cursor c = cs_cursor_over((struct cs_span){packed->open, packed->open_len});
	struct cs_span sealed = {packed->sealed, packed->sealed_len};
	return cs_event_unpack(&c, sealed, base_ns, event) && cs_cursor_left(&c) == 0;
}

static void
test_there_and_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS_N; i++) {
		struct cs_event event, again;
		struct packed packed, twice;
		uint64_t base_ns = roll();
		random_event(&event);
		pack(&event, base_ns, &packed);
		assert_true(unpack(&packed, base_ns, &again));
		pack(&again, base_ns, &twice);
		assert_int_equal(packed.open_len, twice.open_len);
		assert_memory_equal(packed.open, twice.open, packed.open_len);
		assert_int_equal(event.origin.time_ns, again.origin.time_ns);
		assert_memory_equal(event.text, again.text, sizeof event.text);
		assert_memory_equal(&event.card, &again.card, sizeof event.card);
	}
}

static void
test_a_loose_event_packs_to_the_same(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS_N; i++) {
		struct cs_event event;
		struct packed packed, tight;
		uint8_t loose[CS_EVENT_LOOSE_MAX];
		uint64_t base_ns = roll();
		random_event(&event);
		pack(&event, base_ns, &packed);
		size_t loose_len = (size_t)(cs_event_loosen(&event, loose) - loose);
		tight.open_len = (size_t)(cs_event_tighten(loose, base_ns, tight.open) - tight.open);
		tight.sealed_len = (size_t)(cs_event_seal(&event, tight.sealed) - tight.sealed);
		assert_int_equal(packed.open_len, tight.open_len);
		assert_memory_equal(packed.open, tight.open, packed.open_len);
		assert_int_equal(packed.sealed_len, tight.sealed_len);
		assert_memory_equal(packed.sealed, tight.sealed, packed.sealed_len);
		assert_true(loose_len >= packed.open_len && loose_len <= sizeof loose);
	}
}

/* Every field there is, each as long in bytes as it can become. */
static void
test_the_longest_event_is_no_longer_than_when_loose(void **state)
{
	(void)state;
	struct cs_event event;
	struct packed packed;
	uint8_t loose[CS_EVENT_LOOSE_MAX];
	memset(&event, 0xff, sizeof event);
	event.origin.time_ns = UINT64_C(1) << 63;
	event.origin.direction = CS_DIR_N - 1;
	event.kind = CS_KIND_N - 1;
	event.present = (UINT64_C(1) << CS_FIELD_N) - 1;
	for (unsigned i = 0; i < CS_MONEY_FIELD_N; i++)
		event.money[i] = cs_money_of(INT64_MIN, 999);
	event.balance.amount = cs_money_of(INT64_MIN, 999);
	pack(&event, 0, &packed);
	size_t loose_len = (size_t)(cs_event_loosen(&event, loose) - loose);
	assert_true(packed.open_len <= loose_len && loose_len <= sizeof loose);
}

static void
test_every_prefix_is_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS_N / 100; i++) {
		struct cs_event event, again;
		struct packed packed;
		random_event(&event);
		pack(&event, 0, &packed);
		size_t whole = packed.open_len;
		for (packed.open_len = 0; packed.open_len < whole; packed.open_len++)
			assert_false(unpack(&packed, 0, &again));
		packed.open_len = whole;
		for (size_t len = packed.sealed_len; len > 0; len--) {
			packed.sealed_len = len - 1;
			assert_false(unpack(&packed, 0, &again));
		}
	}
}

static void
test_changed_bytes_are_refused_or_mean_themselves(void **state)
{
	(void)state;
	unsigned refused_n = 0;
	for (unsigned i = 0; i < ROUNDS_N; i++) {
		struct cs_event event, again;
		struct packed packed, twice;
		random_event(&event);
		pack(&event, 0, &packed);
		packed.open[roll() % packed.open_len] ^= (uint8_t)(1 + roll() % 255);
		if (!unpack(&packed, 0, &again)) {
			refused_n++;
			continue;
		}
		pack(&again, 0, &twice);
		assert_int_equal(packed.open_len, twice.open_len);
		assert_memory_equal(packed.open, twice.open, packed.open_len);
	}
	assert_true(refused_n > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_a_loose_event_packs_to_the_same),
		cmocka_unit_test(test_the_longest_event_is_no_longer_than_when_loose),
		cmocka_unit_test(test_every_prefix_is_refused),
		cmocka_unit_test(test_changed_bytes_are_refused_or_mean_themselves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Goal: a decoded message becomes an event with the right fields, whatever its version and encoding, and without a clear
 * card number anywhere in it or left behind on the stack; its bytes depend on nothing but the message.
 * Method: messages of our own in shipped dialects and small ones; the event is searched for the digits, and made once
 * more where something else was before.
 */
#include "check.h"

/* What is wiped, as it was before. */
static char wiped[1 << 14];
static size_t wiped_len;

static void
wipe_and_note(void *at, size_t len)
{
	assert_true(len <= sizeof wiped - wiped_len);
	memcpy(wiped + wiped_len, at, len);
	wiped_len += len;
	memset(at, 0, len);
}

#define explicit_bzero wipe_and_note
#include "decode/card.c"
#undef explicit_bzero

struct fixture {
	struct cs_arena arena;
	struct cs_dialect dialect;
	struct cs_iso_plans *plans;
	struct cs_iso iso;
	struct cs_token_key key;
	struct cs_card_rules rules;
	struct cs_event event;
	uint8_t bytes[512];
};

static const char ASCII[] =
	"{\"version\":1987,\"mti\":\"ascii\",\"bitmap\":\"hex\",\"n\":\"ascii\",\"an\":\"ascii\",\"len\":\"ascii\"}";
static const char ASCII93[] =
	"{\"version\":1993,\"mti\":\"ascii\",\"bitmap\":\"hex\",\"n\":\"ascii\",\"an\":\"ascii\",\"len\":\"ascii\"}";
static const char ASCII03[] =
	"{\"version\":2003,\"mti\":\"ascii\",\"bitmap\":\"hex\",\"n\":\"ascii\",\"an\":\"ascii\",\"len\":\"ascii\"}";

static void
read_event(struct fixture *f, const char *dialect, const char *message)
{
	struct cs_dialect_fault fault;
	struct cs_iso_fault bad;
	struct cs_origin origin = {.time_ns = 7, .packet = 3};
	f->rules.key = &f->key;
	assert_int_equal(cs_arena_init(&f->arena, 1 << 20), CS_OK);
	assert_int_equal(cs_dialect_read(cs_span_text(dialect), "test", &f->arena, &f->dialect, &fault), CS_OK);
	f->plans = cs_iso_plans_new(&f->dialect, 8);
	memcpy(f->bytes, message, strlen(message));
	struct cs_span bytes = {f->bytes, strlen(message)};
	if (cs_iso_decode(f->plans, bytes, &f->iso, &bad) != CS_ISO_OK)
		fail_msg("field %d at %u: %s", bad.field, bad.offset, cs_iso_reason_text(bad.reason));
	cs_card_event(&f->iso, &f->rules, &origin, &f->event);
}

static void
close_fixture(struct fixture *f)
{
	cs_iso_plans_free(f->plans);
	cs_arena_fini(&f->arena);
}

static const char *
field_of(const struct fixture *f, enum cs_field field)
{
	static char at[128];
	struct cs_text text = cs_text_over(at, sizeof at);
	if (!cs_event_has(&f->event, field))
		return "(none)";
	cs_event_put(&text, &f->event, field);
	return at;
}

/* 2 3 4 7 11 37 38 39 41 49 54 */
#define APPROVAL                                                                                                       \
	"0210"                                                                                                         \
	"7220000"                                                                                                      \
	"00E808400"                                                                                                    \
	"165413330089020011"                                                                                           \
	"011000"                                                                                                       \
	"000000050000"                                                                                                 \
	"1123143015"                                                                                                   \
	"004321"                                                                                                       \
	"632714004321"                                                                                                 \
	"A1B2C3"                                                                                                       \
	"00"                                                                                                           \
	"ATM00042"                                                                                                     \
	"840"                                                                                                          \
	"020"                                                                                                          \
	"0002840D000000020000"

static void
an_approval_has_its_fields(void **state)
{
	(void)state;
	struct fixture f = {0};
	read_event(&f, ASCII, APPROVAL);
	assert_int_equal(f.event.kind, CS_KIND_RESPONSE);
	assert_string_equal(field_of(&f, CS_FIELD_STAN), "004321");
	assert_string_equal(field_of(&f, CS_FIELD_RRN), "632714004321");
	assert_string_equal(field_of(&f, CS_FIELD_TERMINAL), "ATM00042");
	assert_string_equal(field_of(&f, CS_FIELD_APPROVAL_CODE), "A1B2C3");
	assert_string_equal(field_of(&f, CS_FIELD_AMOUNT), "500.00 USD");
	assert_string_equal(field_of(&f, CS_FIELD_BALANCE), "-200.00 USD (account type 00, amount type 02)");
	assert_string_equal(field_of(&f, CS_FIELD_CARD), "541333******0011");
	assert_string_equal(field_of(&f, CS_FIELD_BIN), "541333");
	assert_string_equal(field_of(&f, CS_FIELD_CURRENCY), "USD");
	assert_string_equal(field_of(&f, CS_FIELD_MERCHANT), "(none)");
	assert_true(f.event.flags & CS_FLAG_APPROVED);
	assert_false(f.event.flags & (CS_FLAG_PARTIAL | CS_FLAG_REPEAT | CS_FLAG_PIN | CS_FLAG_MAC | CS_FLAG_ARQC));
	assert_null(memmem(&f.event, sizeof f.event, "5413330089020011", 16));
	assert_null(memmem(&f.event, sizeof f.event, "0089020", 7));
	close_fixture(&f);
}

static void
the_card_number_is_found_in_track_2(void **state)
{
	(void)state;
	struct fixture a = {0}, b = {0};
	read_event(&a, ASCII, "02000000000020000000305413330089020011=2712201123456");
	read_event(&b, ASCII, "02004000000000000000165413330089020011");
	assert_true(cs_token_same(a.event.card.token, b.event.card.token));
	assert_string_equal(field_of(&a, CS_FIELD_SERVICE_CODE), "201");
	assert_null(memmem(&a.event, sizeof a.event, "0089020", 7));
	close_fixture(&a);
	close_fixture(&b);
}

static void
another_key_is_another_token(void **state)
{
	(void)state;
	struct fixture a = {0}, b = {0};
	b.key.at[0] = 1;
	read_event(&a, ASCII, "02004000000000000000165413330089020011");
	read_event(&b, ASCII, "02004000000000000000165413330089020011");
	assert_false(cs_token_same(a.event.card.token, b.event.card.token));
	close_fixture(&a);
	close_fixture(&b);
}

struct pair {
	unsigned n;
	struct cs_token before;
	struct cs_token now;
};

static void
take_pair(void *context, struct cs_token before, struct cs_token now)
{
	struct pair *pair = context;
	*pair = (struct pair){pair->n + 1, before, now};
}

/* From DE2 on one leg, from track 2 on the other: one card, one pair. */
static void
with_an_earlier_key_a_card_gives_both_tokens_once(void **state)
{
	(void)state;
	struct fixture a = {0}, b = {0}, old = {0};
	struct pair pair = {0};
	struct cs_retoken retoken;
	old.key.at[0] = 9;
	assert_int_equal(cs_retoken_init(&retoken, &old.key, (struct cs_retoken_sink){take_pair, &pair}), CS_OK);
	a.rules.retoken = &retoken;
	b.rules.retoken = &retoken;
	read_event(&a, ASCII, "02004000000000000000165413330089020011");
	read_event(&b, ASCII, "02000000000020000000305413330089020011=2712201123456");
	read_event(&old, ASCII, "02004000000000000000165413330089020011");
	assert_int_equal(pair.n, 1);
	assert_true(cs_token_same(pair.now, a.event.card.token));
	assert_true(cs_token_same(pair.before, old.event.card.token));
	assert_false(cs_token_same(pair.before, pair.now));
	cs_retoken_fini(&retoken);
	close_fixture(&a);
	close_fixture(&b);
	close_fixture(&old);
}

static void
approvals_by_version_and_by_link(void **state)
{
	(void)state;
	static const struct {
		const char *dialect, *message;
		const char *own;
		uint32_t flags;
	} rows[] = {
		{ASCII, "0210000000000200000000", NULL, CS_FLAG_APPROVED},
		{ASCII, "0210000000000200000010", NULL, CS_FLAG_APPROVED | CS_FLAG_PARTIAL},
		{ASCII, "0210000000000200000051", NULL, 0},
		{ASCII, "0210000000000200000008", NULL, 0},
		{ASCII, "0210000000000200000008", "08", CS_FLAG_APPROVED},
		{ASCII, "0210000000000200000000", "08", 0},
		{ASCII93, "12100000000002000000000", NULL, CS_FLAG_APPROVED},
		{ASCII93, "12100000000002000000099", NULL, CS_FLAG_APPROVED},
		{ASCII93, "12100000000002000000100", NULL, 0},
		{ASCII93, "12110000000002000000002", NULL, CS_FLAG_APPROVED | CS_FLAG_PARTIAL | CS_FLAG_REPEAT},
		{ASCII03, "221000000000020000000099", NULL, CS_FLAG_APPROVED},
		{ASCII03, "221000000000020000000100", NULL, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fixture f = {0};
		if (rows[i].own) {
			f.rules.approval_n = 1;
			memcpy(f.rules.approvals[0].at, rows[i].own, 2);
		}
		read_event(&f, rows[i].dialect, rows[i].message);
		assert_int_equal(f.event.flags, rows[i].flags);
		close_fixture(&f);
	}
}

static void
later_versions_fold_into_the_same_fields(void **state)
{
	(void)state;
	struct fixture f = {0};
	/* 4 11 12: amount with its currency and decimals, a STAN of 12, date and time in one */
	read_event(&f, ASCII03, "22001030000000000000840200000005000000000000432120261123143015");
	assert_string_equal(field_of(&f, CS_FIELD_AMOUNT), "500.00 USD");
	assert_string_equal(field_of(&f, CS_FIELD_STAN), "004321");
	assert_string_equal(field_of(&f, CS_FIELD_LOCAL_TIME), "143015");
	assert_string_equal(field_of(&f, CS_FIELD_LOCAL_DATE), "1123");
	close_fixture(&f);
	/* three decimals where the currency has two: exact, or not read */
	read_event(&f, ASCII03, "220010000000000000008403000000050000");
	assert_string_equal(field_of(&f, CS_FIELD_AMOUNT), "50.00 USD");
	close_fixture(&f);
	f = (struct fixture){0};
	read_event(&f, ASCII03, "220010000000000000008403000000050007");
	assert_string_equal(field_of(&f, CS_FIELD_AMOUNT), "(none)");
	close_fixture(&f);
}

static void
originals_and_maps(void **state)
{
	(void)state;
	struct fixture f = {0};
	f.rules.map_n = 2;
	f.rules.maps[0] = (struct cs_card_map){CS_FIELD_STAN, "48", 3, 5};
	f.rules.maps[1] = (struct cs_card_map){CS_FIELD_RRN, "62", 0, 0};
	/* 11 48 90 */
	read_event(&f, ASCII,
		   "042080200000000100000000004000000000000009006XY123Z020000432111231430150000000000000000000000");
	assert_string_equal(field_of(&f, CS_FIELD_ORIGINAL_STAN), "004321");
	assert_string_equal(field_of(&f, CS_FIELD_ORIGINAL_TIME), "1123143015");
	assert_string_equal(field_of(&f, CS_FIELD_STAN), "123");
	assert_string_equal(field_of(&f, CS_FIELD_RRN), "(none)");
	assert_int_equal(f.event.kind, CS_KIND_REVERSAL);
	close_fixture(&f);
}

static bool
is_zero(const void *at, size_t n)
{
	const uint8_t *bytes = at;
	size_t i = 0;
	while (i < n && bytes[i] == 0)
		i++;
	return i == n;
}

static void
absent_is_zero(const struct cs_event *event)
{
	for (unsigned i = 0; i < CS_TEXT_FIELD_N; i++)
		assert_true(cs_event_has(event, (enum cs_field)i) || is_zero(&event->text[i], sizeof event->text[i]));
	for (unsigned i = 0; i < CS_MONEY_FIELD_N; i++)
		assert_true(cs_event_has(event, (enum cs_field)(CS_MONEY_FIELD_FIRST + i)) ||
			    is_zero(&event->money[i], sizeof event->money[i]));
	assert_true(cs_event_has(event, CS_FIELD_CARD) || is_zero(&event->card, sizeof event->card));
	assert_true(cs_event_has(event, CS_FIELD_BALANCE) || is_zero(&event->balance, sizeof event->balance));
}

static void
bytes_depend_on_the_message_alone(void **state)
{
	(void)state;
	static const struct {
		const char *dialect, *message;
	} rows[] = {
		{ASCII, APPROVAL},
		{ASCII, "08000000000000000000"},
		{ASCII, "02000000000020000000305413330089020011=2712201123456"},
		{ASCII, "020000000000080000006327140043XY"}, /* 37, which the map below takes away */
		{ASCII, "02100000000000000400003XYZ"},       /* 54 that is no block */
		{ASCII,
		 "042080200000000100000000004000000000000009006XY123Z020000432111231430150000000000000000000000"},
		{ASCII93, "12110000000002000000002"},
		{ASCII03, "22001030000000000000840200000005000000000000432120261123143015"},
		{ASCII03, "220010000000000000008403000000050007"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fixture a = {0}, b = {0};
		memset(&b.event, 0xff, sizeof b.event);
		a.rules.map_n = b.rules.map_n = 1;
		a.rules.maps[0] = b.rules.maps[0] = (struct cs_card_map){CS_FIELD_RRN, "62", 0, 0};
		read_event(&a, rows[i].dialect, rows[i].message);
		read_event(&b, rows[i].dialect, rows[i].message);
		assert_memory_equal(&a.event, &b.event, sizeof a.event);
		absent_is_zero(&a.event);
		close_fixture(&a);
		close_fixture(&b);
	}
}

/* Sixteen characters at a time must give what one after the other gives, for every byte, length and page. */
static void
short_text_is_what_the_slow_way_makes(void **state)
{
	(void)state;
	static const uint8_t encodings[] = {CS_ENC_ASCII, CS_ENC_EBCDIC};
	static struct cs_dialect dialect;
	uint8_t bytes[48];
	struct cs_iso iso = {.at = bytes, .len = sizeof bytes, .dialect = &dialect};
	struct cs_field_spec *spec = &dialect.field[42];
	spec->class = CS_ISO_AN;
	for (unsigned i = 0; i < 400000; i++) {
		spec->encoding = encodings[i % 2];
		dialect.codepage = (uint8_t)(i / 2 % CS_CP_N);
		struct cs_iso_slot slot = {.offset = i % 33, .length = i / 7 % 17, .units = i / 7 % 17, .field = 42};
		static const uint8_t frequent[] = {' ', 0x40, '0', '9', 0xF0, 0xF9, 'A', 0xC1, 0xE9, 0x00, 0xFF};
		for (unsigned k = 0; k < sizeof bytes; k++) {
			uint64_t dice = cs_hash_mix(i, k);
			bytes[k] = dice & 3 ? frequent[(dice >> 8) % sizeof frequent] : (uint8_t)(dice >> 16);
		}
		struct scratch scratch = {0};
		struct cs_event fast = {0}, slow = {0};
		assert_int_equal(set_short(&iso, &slot, &fast.text[CS_FIELD_MERCHANT]),
				 slot.offset + 16 <= sizeof bytes);
		cs_event_set_text(&slow, CS_FIELD_MERCHANT, text_in(&iso, &slot, &scratch));
		fast.present = slow.present;
		if (slot.offset + 16 <= sizeof bytes)
			assert_memory_equal(&fast, &slow, sizeof fast);
	}
}

static void
every_character_of_every_page(void **state)
{
	(void)state;
	static struct cs_dialect dialect;
	uint8_t bytes[16];
	struct cs_iso iso = {.at = bytes, .len = sizeof bytes, .dialect = &dialect};
	for (unsigned i = 0; i < CS_CP_N * 256; i++) {
		dialect.codepage = (uint8_t)(i / 256);
		memset(bytes, (uint8_t)i, sizeof bytes);
		uint8_t text[16];
		_mm_storeu_si128((void *)text, from_ebcdic(&iso, bytes, 16));
		for (unsigned k = 0; k < 16; k++)
			assert_int_equal(text[k], cs_ebcdic_to_latin1((enum cs_codepage)(i / 256))[(uint8_t)i]);
	}
}

static void
amounts_off_the_wire_are_what_the_slow_way_reads(void **state)
{
	(void)state;
	static struct cs_dialect dialect;
	uint8_t bytes[20];
	struct cs_iso iso = {.at = bytes, .len = sizeof bytes, .dialect = &dialect};
	dialect.field[4].class = CS_ISO_N;
	for (unsigned i = 0; i < 200000; i++) {
		bool ebcdic = i & 1;
		dialect.field[4].encoding = ebcdic ? CS_ENC_EBCDIC : CS_ENC_ASCII;
		struct cs_iso_slot slot = {.offset = 2, .length = i / 2 % 19, .units = i / 2 % 19, .field = 4};
		for (unsigned k = 0; k < sizeof bytes; k++)
			bytes[k] = (uint8_t)((ebcdic ? 0xF0 : '0') + cs_hash_mix(i, k) % 10);
		if (i % 5 == 0)
			bytes[2 + i / 5 % 18] = (uint8_t)(i / 90);
		struct scratch scratch = {0};
		int64_t fast = -1, slow = -1;
		bool read = read_minor(text_in(&iso, &slot, &scratch), &slow);
		if (slot.length > 8 && slot.length <= 16)
			assert_int_equal(read_wire_minor(&iso, &slot, &fast), read);
		else
			assert_false(read_wire_minor(&iso, &slot, &fast));
		assert_true(fast == -1 || fast == slow);
	}
}

static void
digits_are_counted_to_the_first_other_character(void **state)
{
	(void)state;
	char text[] = "01234567890123456789012345678901";
	for (size_t len = 0; len < sizeof text; len++) {
		for (size_t at = 0; at < sizeof text - 1; at++) {
			char kept = text[at];
			text[at] = at % 2 ? '/' : ':';
			struct cs_span span = {(const uint8_t *)text, len};
			size_t most = len < PAN_DIGITS_MAX + 1 ? len : PAN_DIGITS_MAX + 1;
			assert_int_equal(digits_len(span), at < most ? at : most);
			assert_int_equal(is_digits(span), len > 0 && at >= len);
			text[at] = kept;
		}
	}
}

static const char EBCDIC[] = "{\"version\":1987,\"mti\":\"ascii\",\"bitmap\":\"hex\",\"n\":\"ebcdic\",\"an\":"
			     "\"ebcdic\",\"z\":\"ebcdic\",\"len\":\"ascii\"}";

/* A message whose card data must be translated to be read: its digits must be among what was wiped. */
static void
is_wiped(const char *message, size_t map_n, const char *digits)
{
	struct fixture f = {0};
	f.rules.map_n = (uint8_t)map_n;
	f.rules.maps[0] = (struct cs_card_map){CS_FIELD_RRN, "48", 1, 4};
	wiped_len = 0;
	read_event(&f, EBCDIC, message);
	assert_non_null(memmem(wiped, wiped_len, digits, strlen(digits)));
	close_fixture(&f);
}

#define PAN_EBCDIC "\xF5\xF4\xF1\xF3\xF3\xF3\xF0\xF0\xF8\xF9\xF0\xF2\xF0\xF0\xF1\xF1"

static void
translated_card_data_is_wiped(void **state)
{
	(void)state;
	/* 2; 34; 35; 45 with either first character; 48 through a map */
	is_wiped("0200400000000000000016" PAN_EBCDIC, 0, "5413330089020011");
	is_wiped("0200000000004000000016" PAN_EBCDIC, 0, "5413330089020011");
	is_wiped("0200000000002000000021" PAN_EBCDIC "\x7E\xF2\xF7\xF1\xF2", 0, "5413330089020011=2712");
	is_wiped("0200000000000008000018\xC2" PAN_EBCDIC "\xB0", 0, "B5413330089020011");
	is_wiped("0200000000000008000018\x6C" PAN_EBCDIC "\xB0", 0, "%5413330089020011");
	is_wiped("02000000000000010000016" PAN_EBCDIC, 1, "5413330089020011");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_approval_has_its_fields),
		cmocka_unit_test(the_card_number_is_found_in_track_2),
		cmocka_unit_test(another_key_is_another_token),
		cmocka_unit_test(with_an_earlier_key_a_card_gives_both_tokens_once),
		cmocka_unit_test(approvals_by_version_and_by_link),
		cmocka_unit_test(later_versions_fold_into_the_same_fields),
		cmocka_unit_test(originals_and_maps),
		cmocka_unit_test(bytes_depend_on_the_message_alone),
		cmocka_unit_test(short_text_is_what_the_slow_way_makes),
		cmocka_unit_test(every_character_of_every_page),
		cmocka_unit_test(amounts_off_the_wire_are_what_the_slow_way_reads),
		cmocka_unit_test(digits_are_counted_to_the_first_other_character),
		cmocka_unit_test(translated_card_data_is_wiped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

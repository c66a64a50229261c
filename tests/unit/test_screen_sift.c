/*
 * Goal: a field gives each entry of the roll that it names, once, at its best and with its place; what a party says of birth and
 * country speaks; only the lists that are asked are told.
 * Method: a roll of made-up entries in two lists; fields by hand, told back; more entries than there is room for; any bytes.
 */
#include "check.h"

#include "screen/sift.c"

static struct cs_lexicon *lexicon;
static struct cs_roll *roll;
static struct cs_sift *sift;
static struct cs_sift_found found;
static const struct cs_sift_ask all = {0, 0};

static void
add(struct cs_roll_builder *builder, unsigned list, const struct cs_entry *entry, const char *name)
{
	struct cs_entry_name only = {cs_span_text(name), CS_ENTRY_PRIMARY};
	struct cs_entry copy = *entry;
	copy.uid = only.text;
	copy.name = &only;
	copy.name_n = 1;
	assert_int_equal(cs_roll_builder_add(builder, list, &copy), CS_OK);
}

static int
build(void **state)
{
	(void)state;
	const struct cs_entry_id account = {cs_span_text("NO8330001234567"), CS_ENTRY_ID_ACCOUNT, 0};
	const struct cs_entry_id bic = {cs_span_text("QUELNOKK"), CS_ENTRY_ID_BIC, 0};
	const struct cs_entry_birth birth = {19700131, 19700131};
	const struct cs_entry person = {.kind = CS_ENTRY_PERSON, .birth = &birth, .birth_n = 1};
	const struct cs_entry firm = {.kind = CS_ENTRY_ORGANISATION, .id = &account, .id_n = 1};
	const struct cs_entry bank = {.kind = CS_ENTRY_ORGANISATION, .id = &bic, .id_n = 1};
	lexicon = cs_lexicon_new();
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	if (!lexicon || !builder)
		return -1;
	add(builder, 0, &person, "Ivo Quellmar");
	add(builder, 1, &firm, "Hargelmann Vostrikoff Shipping Ltd");
	add(builder, 1, &bank, "Zaduminski Bank");
	if (cs_roll_builder_end(builder, &roll) != CS_OK)
		return -1;
	sift = cs_sift_new(roll, lexicon);
	return sift ? 0 : -1;
}

static int
unbuild(void **state)
{
	(void)state;
	cs_sift_free(sift);
	cs_sift_free(NULL);
	cs_roll_free(roll);
	cs_lexicon_free(lexicon);
	return 0;
}

/* "Ivo Quellmar by name 2:1-2:12", in the order of score. */
static const char *
told(void)
{
	static const char *const how[] = {"id", "name", "text"};
	static char out[2048];
	out[0] = '\0';
	for (unsigned i = 0; i < found.hit_n; i++) {
		struct cs_roll_entry entry;
		const struct cs_sift_hit *hit = &found.hit[i];
		size_t len = strlen(out);
		cs_roll_entry(roll, hit->entry, &entry);
		(void)snprintf(out + len, sizeof out - len, "%s%.*s by %s %u:%u-%u:%u", i ? "|" : "", 5,
			       (const char *)entry.uid.at, how[hit->how], hit->from.line, hit->from.column,
			       hit->to.line, hit->to.column);
	}
	return out;
}

static void
parties(void **state)
{
	(void)state;
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"", ""},
		{"/1\nTOMAS BERGE\n1 ROAD\nOSLO", ""},
		{"/1\nIVO QUELLMAR\n1 ROAD\nOSLO", "Ivo Q by name 2:1-2:12"},
		{"/1\r\nNAME: QUELLMAR, IVO", "Ivo Q by name 2:7-2:19"},
		{"/1\nTOMAS BERGE\nATTN IVO QUELLMAR", "Ivo Q by name 3:6-3:17"},
		{"/NO8330001234567\nHARGELMANN VOSTRIKOFF SHIPPING LTD", "Harge by id 1:2-1:16"},
		{"/1\nTOMAS BERGE\nHOUSE OF IVO QUELLMAR", "Ivo Q by text 3:10-3:21"},
		{"/NO83 3000 1234567\nTOMAS BERGE", "Harge by id 1:2-1:18"},
		{"QUELNOKKXXX", "Zadum by id 1:1-1:11"},
		{"/1\n1/IVO\n1/QUELLMAR\n3/NO/OSLO\n4/19700131", "Ivo Q by name 2:3-3:10"},
		/* an identifier that goes on in the next line, whose number is no part of it */
		{"1/TOMAS BERGE IBAN NO83 3000\n1/1234567", "Harge by id 1:20-2:9"},
		{"/1\n1/TOMAS BERGE IBAN\n1/NO8330001234567\n2/1 ROAD", "Harge by id 3:3-3:17"},
		/* several parties: a name does not go on from one to the next */
		{"1/IVO\f1/QUELLMAR", ""},
		{"/1\n1/TOMAS BERGE\f/QUELNOKK\f1/IVO QUELLMAR", "Zadum by id 3:2-3:9|Ivo Q by name 4:3-4:14"},
		{"\f\f\fIVO QUELLMAR", "Ivo Q by name 4:1-4:12"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cs_sift_party(sift, &all, cs_span_text(rows[i].text), &found);
		assert_string_equal(told(), rows[i].told);
		assert_false(found.cut);
	}
}

/* What was looked up stays until the next call, whichever party it was in; more of them than are read are told to be cut. */
static void
many_parties(void **state)
{
	(void)state;
	static char text[CS_SIFT_PARTIES_MAX * 16 + 64];
	size_t n = (size_t)snprintf(text, sizeof text, "1/QUELLMAR\n1/IVO");
	for (unsigned i = 1; i < CS_SIFT_PARTIES_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "\f1/TOMAS %u", i);
	cs_sift_party(sift, &all, (struct cs_span){(const uint8_t *)text, n}, &found);
	assert_string_equal(told(), "Ivo Q by name 1:3-2:5");
	assert_true(cs_span_is(found.hit[0].text, "QUELLMAR IVO"));
	assert_false(found.cut);
	n += (size_t)snprintf(text + n, sizeof text - n, "\fX");
	cs_sift_party(sift, &all, (struct cs_span){(const uint8_t *)text, n}, &found);
	assert_true(found.cut);
}

/* The number of an entry that is left out. */
static bool
leaves_out(void *context, const struct cs_sift_hit *hit)
{
	assert_true(hit->text.len > 0);
	return hit->entry == *(const uint32_t *)context;
}

static void
left_out(void **state)
{
	(void)state;
	uint32_t entry = 0;
	static const char text[] = "/NO8330001234567\nIVO QUELLMAR\nHOUSE OF IVO QUELLMAR";
	cs_sift_judge_set(sift, (struct cs_sift_judge){leaves_out, &entry});
	cs_sift_party(sift, &all, cs_span_text(text), &found);
	assert_string_equal(told(), "Harge by id 1:2-1:16");
	entry = 1;
	cs_sift_party(sift, &all, cs_span_text(text), &found);
	assert_string_equal(told(), "Ivo Q by name 2:1-2:12");
	cs_sift_judge_set(sift, (struct cs_sift_judge){NULL, NULL});
	cs_sift_party(sift, &all, cs_span_text(text), &found);
	assert_int_equal(found.hit_n, 2);
}

static void
birth_speaks(void **state)
{
	(void)state;
	cs_sift_party(sift, &all, cs_span_text("1/IVO QUELMAR\n4/19700131"), &found);
	assert_int_equal(found.hit_n, 1);
	uint16_t same = found.hit[0].score;
	cs_sift_party(sift, &(struct cs_sift_ask){0, 1}, cs_span_text("1/IVO QUELMAR\n4/19500131"), &found);
	assert_true(found.hit_n >= 1 && found.hit[0].score < same);
}

static void
running_text(void **state)
{
	(void)state;
	cs_sift_text(sift, &all, cs_span_text("RENT OF IVO QUELLMAR\r\n//TO NO83 3000 1234 567"), &found);
	assert_string_equal(told(), found.hit[0].entry == 0 ? "Ivo Q by text 1:9-1:20|Harge by id 2:6-2:23"
							    : "Harge by id 2:6-2:23|Ivo Q by text 1:9-1:20");
	assert_true(cs_span_is(found.hit[found.hit[0].entry == 0 ? 0 : 1].text, "IVO QUELLMAR"));
	cs_sift_text(sift, &all, cs_span_text("RENT FOR MARCH AND APRIL"), &found);
	assert_int_equal(found.hit_n, 0);
	cs_sift_id(sift, &all, cs_span_text("no83 3000 1234567"), &found);
	assert_string_equal(told(), "Harge by id 1:1-1:17");
	cs_sift_id(sift, &all, cs_span_text(""), &found);
	assert_int_equal(found.hit_n, 0);
}

static void
lists_asked(void **state)
{
	(void)state;
	static const char text[] = "/NO8330001234567\nIVO QUELLMAR";
	cs_sift_party(sift, &all, cs_span_text(text), &found);
	assert_int_equal(found.hit_n, 2);
	cs_sift_party(sift, &(struct cs_sift_ask){1, 0}, cs_span_text(text), &found);
	assert_string_equal(told(), "Ivo Q by name 2:1-2:12");
	cs_sift_party(sift, &(struct cs_sift_ask){2, 0}, cs_span_text(text), &found);
	assert_string_equal(told(), "Harge by id 1:2-1:16");
	cs_sift_party(sift, &(struct cs_sift_ask){4, 0}, cs_span_text(text), &found);
	assert_int_equal(found.hit_n, 0);
}

/* Each entry once, the best stay. */
static void
no_room(void **state)
{
	(void)state;
	static struct cs_sift_found out;
	for (uint32_t i = 0; i < 1000; i++) {
		struct cs_sift_hit hit = {.entry = i % 200, .score = (uint16_t)(500 + i * 7919 % 500)};
		keep(sift, &out, &hit);
	}
	assert_int_equal(out.hit_n, CS_SIFT_HITS_MAX);
	assert_true(out.over_n > 0);
	for (unsigned i = 1; i < out.hit_n; i++)
		assert_true(comes_before(&out.hit[i - 1], &out.hit[i]));
	for (unsigned i = 0; i < out.hit_n; i++)
		for (unsigned k = 0; k < i; k++)
			assert_true(out.hit[i].entry != out.hit[k].entry);
}

static void
any_bytes(void **state)
{
	(void)state;
	static const char seed[] = "/NO8330001234567\r\nIVO QUELLMAR C/O HARGELMANN\r1 IVO QUELLMAR";
	uint8_t bytes[sizeof seed];
	size_t len = sizeof seed - 1;
	memcpy(bytes, seed, sizeof seed);
	for (size_t at = 0; at < len * 256; at += 3) {
		uint8_t was = bytes[at / 256];
		bytes[at / 256] = (uint8_t)at;
		for (unsigned how = 0; how < 2; how++) {
			(how ? cs_sift_text : cs_sift_party)(sift, &all, (struct cs_span){bytes, len}, &found);
			for (unsigned i = 0; i < found.hit_n; i++)
				assert_true(found.hit[i].from.offset <= found.hit[i].to.offset &&
					    found.hit[i].to.offset < len);
		}
		bytes[at / 256] = was;
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parties),      cmocka_unit_test(many_parties), cmocka_unit_test(left_out),
		cmocka_unit_test(birth_speaks), cmocka_unit_test(running_text), cmocka_unit_test(lists_asked),
		cmocka_unit_test(no_room),      cmocka_unit_test(any_bytes),
	};
	return cmocka_run_group_tests(tests, build, unbuild);
}

/*
 * Goal: accounts and card numbers do not leave by way of a field of a bank's own; BICs and keyed hashes do. Country of a BIC.
 * Method: cases by hand, and a policy that names its fields in several ways.
 */
#include "check.h"

#include "app/report_field.c"

static const char *
hidden(const char *value)
{
	static struct cs_short at;
	at = (struct cs_short){{0}};
	memcpy(at.at, value, strlen(value));
	cs_report_hide(&at);
	return at.at;
}

static void
check_hidden(const char *value, const char *expected)
{
	assert_int_equal(strncmp(hidden(value), expected, CS_SHORT_BYTES), 0);
}

static void
test_hide(void **state)
{
	(void)state;
	check_hidden("", "");
	check_hidden("BERGAT20", "BERGAT20");
	check_hidden("CNTSDEF0XXX", "CNTSDEF0XXX");
	check_hidden("5788B49BBA2A18E4", "5788B49BBA2A18E4");
	check_hidden("DE62871423195490", "DE62************");
	check_hidden("GB29NWBK60161331", "GB29************");
	check_hidden("0487805350", "0487******");
	check_hidden("a/04878053", "a/04******");
	check_hidden("Bank 0123456", "Bank 0123456");
}

static const struct cs_policy *
read_policy(struct cs_arena *arena, const char *text)
{
	static struct cs_complaints complaints;
	const struct cs_policy *policy = NULL;
	assert_int_equal(cs_policy_read(cs_span_text(text), "test", arena, &policy, &complaints), CS_OK);
	return policy;
}

static struct cs_event
event_with(const struct cs_policy *policy, const char *name, const char *value)
{
	struct cs_event event = {.kind = CS_KIND_RECORD};
	for (unsigned f = 0; f < CS_TEXT_FIELD_N; f++)
		if (strcmp(cs_policy_field(policy, CS_KIND_RECORD, (enum cs_field)f), name) == 0)
			cs_event_set_text(&event, (enum cs_field)f, cs_span_text(value));
	return event;
}

static void
test_parts(void **state)
{
	(void)state;
	struct cs_arena arena;
	assert_int_equal(cs_arena_init(&arena, 8 << 20), CS_OK);
	const struct cs_policy *policy = read_policy(
		&arena, "record r \"r\" { source csv time from \"t\" id from \"i\" field receiver_bic text from \"r\" "
			"field correspondent text from \"c\" field reference text from \"f\" }\n");
	struct cs_event event = event_with(policy, "correspondent", "RIVRNL20");
	assert_string_equal(cs_report_part(policy, &event, CS_REPORT_PART_RECEIVER).at, "RIVRNL20");
	char country[2];
	cs_report_country(policy, &event, cs_report_part(policy, &event, CS_REPORT_PART_RECEIVER), country);
	assert_memory_equal(country, "NL", 2);
	cs_report_country(policy, &event, (struct cs_short){"RIVRQQ20"}, country);
	assert_memory_equal(country, "\0\0", 2);
	event = event_with(policy, "rrn", "4000001234567899");
	assert_memory_equal(cs_report_part(policy, &event, CS_REPORT_PART_REFERENCE).at, "400000******7899", 16);
	assert_string_equal(cs_report_part(policy, &event, CS_REPORT_PART_SENDER).at, "");
	/* Another policy at another place: names are looked up anew. */
	const struct cs_policy *other =
		read_policy(&arena, "record r \"r\" { source csv time from \"t\" field sender text from \"r\" }\n");
	event = event_with(other, "sender", "X");
	assert_string_equal(cs_report_part(other, &event, CS_REPORT_PART_SENDER).at, "X");
	cs_arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hide),
		cmocka_unit_test(test_parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

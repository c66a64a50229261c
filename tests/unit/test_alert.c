/*
 * Goal: an alert has the same bytes for the same finding, an id that knows nothing of files, words a person
 * understands, and no clear card number even when a dialect left one in a text field.
 * Method: findings made by hand.
 */
#include "check.h"

#include "engine/alert.c"
#include "engine/words.c"

static struct cs_policy policy = {.link_n = 1, .link = {{.name = "visa", .side = CS_SIDE_ACQUIRER}}};
static const char *const sources[] = {"acquirer.pcap", "elsewhere/other.pcap"};
static const struct cs_alert_names names = {&policy, sources, 2};
static char buffer[CS_ALERT_BYTES];

/* The policy room's table is not linked here: one name is enough. */
const char *
cs_side_name(enum cs_side side)
{
	return side == CS_SIDE_ACQUIRER ? "acquirer" : "?";
}

static struct cs_event
approval(void)
{
	static const struct cs_token_key key = {{7}};
	struct cs_event event = {.kind = CS_KIND_RESPONSE, .mti = {'0', '2', '1', '0'}, .message_hash = 77};
	event.origin.time_ns = UINT64_C(1709164799123456789);
	event.origin.packet = 12;
	event.flags = CS_FLAG_APPROVED | CS_FLAG_CARD;
	event.card = cs_card_make(&key, cs_span_text("4000001234567899"));
	cs_event_set_text(&event, CS_FIELD_PROCESSING, cs_span_text("010000"));
	cs_event_set_text(&event, CS_FIELD_TERMINAL, cs_span_text("ATM00042"));
	event.money[CS_FIELD_AMOUNT - CS_MONEY_FIELD_FIRST] = cs_money_of(50000, 840);
	event.present |= UINT64_C(1) << CS_FIELD_AMOUNT | UINT64_C(1) << CS_FIELD_CARD;
	return event;
}

static struct cs_finding
about(const struct cs_event *event)
{
	return (struct cs_finding){
		.reason = CS_REASON_NO_ISSUER_REQUEST,
		.severity = CS_SEVERITY_CRITICAL,
		.verdict = CS_VERDICT_BLOCK,
		.expectation = "approval",
		.decided_ns = event->origin.time_ns,
		.evidence_n = 1,
		.evidence = {{CS_ROLE_CLAIM, event}},
		.coverage = {true, 0},
	};
}

static const char *
written(const struct cs_finding *finding)
{
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_json(&text, &names, finding);
	assert_false(text.overflowed);
	return buffer;
}

static void
words_are_a_sentence(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_words(&text, &names, &finding);
	assert_string_equal(buffer,
			    "Cash withdrawal of 500.00 USD at ATM00042 was approved, but the issuer was never asked.");
	finding.reason = CS_REASON_AMOUNT_DIFFERS;
	memcpy(finding.detail, "amount 500.00 USD, issuer approved 50.00 USD", 45);
	text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_words(&text, &names, &finding);
	assert_string_equal(buffer,
			    "Cash withdrawal of 500.00 USD at ATM00042: the amount is not the one the issuer approved "
			    "(amount 500.00 USD, issuer approved 50.00 USD).");
}

static void
without_evidence_the_link_speaks(void **state)
{
	(void)state;
	struct cs_finding finding = {.reason = CS_REASON_CAPTURE_GAP, .expectation = "coverage", .decided_ns = 5};
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_words(&text, &names, &finding);
	assert_string_equal(buffer, "Link visa: bytes of a link were not captured.");
	assert_non_null(strstr(written(&finding), "\"evidence\":[]"));
}

static void
id_knows_message_and_reason_only(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	char first[64];
	memcpy(first, strstr(written(&finding), "\"id\":\""), 38);
	event.origin.source = 1;
	event.origin.packet = 99;
	event.origin.file_offset = 4711;
	assert_memory_equal(first, strstr(written(&finding), "\"id\":\""), 38);
	finding.reason = CS_REASON_AHEAD_OF_ISSUER;
	assert_memory_not_equal(first, strstr(written(&finding), "\"id\":\""), 38);
	finding.reason = CS_REASON_NO_ISSUER_REQUEST;
	event.message_hash++;
	assert_memory_not_equal(first, strstr(written(&finding), "\"id\":\""), 38);
}

static void
no_card_number_leaves(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	cs_event_set_text(&event, CS_FIELD_MERCHANT, cs_span_text("4000001234567899"));
	cs_event_set_text(&event, CS_FIELD_ACQUIRER, cs_span_text("4000001234567890"));
	const char *line = written(&finding);
	assert_null(strstr(line, "4000001234567899"));
	assert_non_null(strstr(line, "400000******7899"));
	assert_non_null(strstr(line, "4000001234567890")); /* its check digit is wrong: no card number */
}

/* What a person reads, and the detail of a finding, come from cs_event_put. */
static void
no_card_number_leaves_in_words(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	cs_event_set_text(&event, CS_FIELD_TERMINAL, cs_span_text("4000001234567899"));
	const char *line = written(&finding);
	assert_null(strstr(line, "4000001234567899"));
	assert_non_null(strstr(line, " at 400000******7899 was approved"));
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_plain(&text, &names, &finding);
	assert_null(strstr(buffer, "4000001234567899"));
	assert_non_null(strstr(buffer, " at 400000******7899 was approved"));
}

/* A text field keeps 16 bytes: of a longer number, or of one behind a letter, the check digit is cut off. */
static void
no_part_of_the_own_card_leaves(void **state)
{
	(void)state;
	static const struct cs_token_key key = {{7}};
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	cs_event_set_text(&event, CS_FIELD_MERCHANT, cs_span_text("B4000001234567899"));
	cs_event_set_text(&event, CS_FIELD_ACQUIRER, cs_span_text("AB:C400000123456"));
	assert_null(strstr(written(&finding), "400000123456"));
	event.card = cs_card_make(&key, cs_span_text("6200001234567890123"));
	cs_event_set_text(&event, CS_FIELD_MERCHANT, cs_span_text("6200001234567890123"));
	const char *line = written(&finding);
	assert_null(strstr(line, "6200001234567"));
	assert_non_null(strstr(line, "\"merchant\":\"620000**********\""));
}

static void
words_command_no_terminal(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	cs_event_set_text(&event, CS_FIELD_TERMINAL,
			  cs_span_text("A\x1b[2J\x9b"
				       "1m"));
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_words(&text, &names, &finding);
	assert_non_null(strstr(buffer, " at A?[2J?1m was approved"));
}

static void
the_request_completes_the_transaction(void **state)
{
	(void)state;
	struct cs_event request = approval();
	struct cs_event event = {.kind = CS_KIND_RESPONSE, .mti = {'0', '2', '1', '0'}};
	struct cs_finding finding = about(&event);
	finding.evidence_n = 2;
	finding.evidence[1] = (struct cs_evidence){CS_ROLE_CLAIM_REQUEST, &request};
	const char *line = written(&finding);
	assert_non_null(strstr(line, "\"amount\":\"500.00\",\"currency\":\"USD\",\"amount_minor\":50000"));
	assert_non_null(strstr(line, "\"masked\":\"400000******7899\""));
	assert_non_null(strstr(line, "Cash withdrawal of 500.00 USD at ATM00042 was approved"));
}

/* The worst that can come: as many messages as an alert has, all from a path of 4000 characters that JSON escapes. */
static void
a_very_long_path_is_shortened(void **state)
{
	(void)state;
	static char path[4001];
	static const char *const long_sources[] = {path};
	static const struct cs_alert_names long_names = {&policy, long_sources, 1};
	memset(path, 1, sizeof path - 1);
	memcpy(path + sizeof path - 10, "day9.pcap", 9);
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	finding.evidence_n = CS_EVIDENCE_MAX;
	for (unsigned i = 0; i < CS_EVIDENCE_MAX; i++)
		finding.evidence[i] = (struct cs_evidence){CS_ROLE_CLAIM, &event};
	for (unsigned plain = 0; plain < 2; plain++) {
		struct cs_text text = cs_text_over(buffer, sizeof buffer);
		if (plain)
			cs_alert_put_plain(&text, &long_names, &finding);
		else
			cs_alert_put_json(&text, &long_names, &finding);
		assert_false(text.overflowed);
		assert_non_null(strstr(buffer, "(shortened by 3040 bytes)..."));
		assert_non_null(strstr(buffer, "day9.pcap"));
	}
	path[CS_ALERT_SOURCE_BYTES - 1] = '\0';
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_source(&text, path);
	assert_string_equal(buffer, path);
}

/* What is left of it is whole characters. */
static void
a_path_is_cut_between_characters(void **state)
{
	(void)state;
	static char path[4001];
	for (size_t i = 0; i + 1 < sizeof path; i += 2)
		memcpy(path + i, "\xC3\xA9", 2);
	for (unsigned shift = 0; shift < 2; shift++) {
		struct cs_text text = cs_text_over(buffer, sizeof buffer);
		cs_alert_put_source(&text, path + shift);
		assert_true(text.len < CS_ALERT_SOURCE_BYTES);
		assert_memory_equal(strstr(buffer, "...") + 3, "\xC3\xA9", 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_a_sentence),
		cmocka_unit_test(without_evidence_the_link_speaks),
		cmocka_unit_test(id_knows_message_and_reason_only),
		cmocka_unit_test(no_card_number_leaves),
		cmocka_unit_test(no_card_number_leaves_in_words),
		cmocka_unit_test(no_part_of_the_own_card_leaves),
		cmocka_unit_test(words_command_no_terminal),
		cmocka_unit_test(the_request_completes_the_transaction),
		cmocka_unit_test(a_very_long_path_is_shortened),
		cmocka_unit_test(a_path_is_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

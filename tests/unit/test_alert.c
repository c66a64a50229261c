/*
 * Goal: an alert has the same bytes for the same finding, an id that knows nothing of files, words a person
 * understands, and no clear card number even when a dialect left one in a text field.
 * Method: findings made by hand.
 */
#include "check.h"

#include "engine/alert.c"
#include "engine/alert_why.c"
#include "engine/words.c"

#include <stdio.h>

static struct cs_policy policy = {.link_n = 1, .link = {{.name = "visa", .side = CS_SIDE_ACQUIRER}}};
static const char *const sources[] = {"acquirer.pcap", "elsewhere/other.pcap"};
static const struct cs_alert_names names = {&policy, sources, 2};
static char buffer[CS_ALERT_BYTES];

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

static const char *
plain(const struct cs_finding *finding)
{
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_plain(&text, &names, finding);
	assert_false(text.overflowed);
	return buffer;
}

/* Who reads a payment's alert finds the payment by it, and the alert by its number, which is that of its line of JSON. */
static void
a_person_finds_payment_and_alert(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	char number[33] = "", line[128];
	cs_event_set_text(&event, CS_FIELD_STAN, cs_span_text("000017"));
	assert_non_null(strstr(plain(&finding), ", link visa, stan 000017, card 400000******7899"));
	cs_event_set_text(&event, CS_FIELD_RRN,
			  cs_span_text("R\x1b"
				       "7"));
	assert_non_null(strstr(plain(&finding), ", link visa, reference R?7, card 400000******7899"));
	memcpy(number, strstr(written(&finding), "\"id\":\"") + 6, 32);
	(void)snprintf(line, sizeof line,
		       "\n    alert %s; kept in a journal it is proved by: countersign evidence %s\n", number, number);
	assert_non_null(strstr(plain(&finding), line));
	cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text("4000001234567899"));
	assert_null(strstr(plain(&finding), "4000001234567899"));
}

/* What a list of names or a file's path holds is somebody else's. */
static void
plain_lines_command_no_terminal(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	memcpy(finding.detail, "own/1 \"A\xc2\x9b\xe2\x80\xae\xff\x1b\nB\"", 19);
	assert_non_null(strstr(plain(&finding), "(own/1 \"A[U+009B][U+202E][byte FF][U+001B][U+000A]B\")."));
	unsigned lines = 0;
	for (const char *at = buffer; *at; at++)
		lines += *at == '\n';
	assert_int_equal(lines, 3);
}

/* A list or a screen that is in trouble is no trouble of the first link. */
static void
a_list_or_screen_speaks_for_itself(void **state)
{
	(void)state;
	struct cs_finding finding = {.reason = CS_REASON_LIST_STALE, .expectation = "list.own", .decided_ns = 5};
	assert_non_null(strstr(plain(&finding), "  List own: "));
	finding.reason = CS_REASON_DECISIONS_UNREAD;
	finding.expectation = "screen.sanctions";
	memcpy(finding.detail, "decisions.jsonl: line 2: broken", 32);
	assert_non_null(strstr(plain(&finding),
			       "  Screen sanctions: the file of a screen's decisions cannot be used, and none of "
			       "them holds (decisions.jsonl: line 2: broken).\n"));
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

static void
a_rule_says_why(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	struct cs_why why = {
		.title = "many withdrawals, far above habit",
		.owner = "cards",
		.missing_n = 1,
		.n = 3,
		.at = {{.words = "card.cash_1h >= 5",
			.held = true,
			.bounded = true,
			.value = "7",
			.threshold = "5",
			.window_ns = UINT64_C(3600000000000)},
		       {.words = "cash", .held = true},
		       {.words = "amount > card.mean_30d",
			.missing = true,
			.window_ns = 30 * UINT64_C(86400000000000)}},
	};
	finding.reason = CS_REASON_RULE_FIRED;
	finding.verdict = CS_VERDICT_HOLD;
	finding.expectation = "rule.burst";
	finding.why = &why;
	memcpy(finding.detail, "7 in an hour", 13);
	const char *line = written(&finding);
	assert_non_null(strstr(
		line, "\"nature\":\"behaviour\",\"severity\":\"critical\",\"verdict\":\"hold\",\"mode\":\"live\","
		      "\"words\":\"Cash withdrawal of 500.00 USD at ATM00042: many withdrawals, far above habit "
		      "(7 in an hour).\","));
	assert_non_null(strstr(
		line,
		"\"why\":{\"title\":\"many withdrawals, far above "
		"habit\",\"owner\":\"cards\",\"missing\":1,\"conditions\":["
		"{\"words\":\"card.cash_1h >= 5\",\"held\":true,\"value\":\"7\",\"threshold\":\"5\",\"window\":\"1h\","
		"\"at_most\":true},{\"words\":\"cash\",\"held\":true},"
		"{\"words\":\"amount > card.mean_30d\",\"held\":false,\"window\":\"30d\",\"missing\":true}]},"
		"\"transaction\":"));
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_plain(&text, &names, &finding);
	assert_non_null(strstr(buffer, "    hold, rule.burst, link visa, card 400000******7899"));
	why.shadow = true;
	why.scored = true;
	why.score = -3;
	why.owner = "";
	line = written(&finding);
	assert_non_null(strstr(line, "\"mode\":\"shadow\""));
	assert_non_null(strstr(line, "habit\",\"score\":-3,\"missing\":1,"));
	text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_plain(&text, &names, &finding);
	assert_non_null(strstr(buffer, "    hold, rule.burst (in shadow: told, not acted on), link visa"));
}

static void
windows_are_told_as_a_policy_has_them(void **state)
{
	(void)state;
	static const struct {
		uint64_t ns;
		const char *words;
	} row[] = {{UINT64_C(86400000000000), "1d"},
		   {UINT64_C(129600000000000), "36h"},
		   {UINT64_C(5400000000000), "90min"},
		   {UINT64_C(61000000000), "61s"},
		   {1500000000, "1500ms"},
		   {1000000001, "1000000001ns"}};
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	struct cs_why why = {.n = 1, .at = {{.words = "x"}}};
	finding.reason = CS_REASON_RULE_FIRED;
	finding.why = &why;
	for (unsigned i = 0; i < sizeof row / sizeof row[0]; i++) {
		char wanted[64];
		snprintf(wanted, sizeof wanted, "\"window\":\"%s\"", row[i].words);
		why.at[0].window_ns = row[i].ns;
		assert_non_null(strstr(written(&finding), wanted));
	}
}

/* All conditions there can be, all texts as long and as hard to write as can be. */
static void
the_longest_why_fits(void **state)
{
	(void)state;
	static char words[4001];
	static char path[4001];
	static const char *const long_sources[] = {path};
	static const struct cs_alert_names long_names = {&policy, long_sources, 1};
	memset(words, 1, sizeof words - 1);
	memset(path, 1, sizeof path - 1);
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	static struct cs_why why;
	why = (struct cs_why){words, words, true, true, INT32_MIN, CS_BECAUSE_MAX, CS_BECAUSE_MAX, {{0}}};
	for (unsigned i = 0; i < CS_BECAUSE_MAX; i++) {
		why.at[i] = (struct cs_because){words, true, true, true, true, "", "", UINT64_MAX};
		memset(why.at[i].value, 1, CS_BECAUSE_VALUE_BYTES - 1);
		memset(why.at[i].threshold, 1, CS_BECAUSE_VALUE_BYTES - 1);
	}
	finding.reason = CS_REASON_RULE_FIRED;
	finding.expectation = "rule.burst";
	finding.why = &why;
	memset(finding.detail, 1, sizeof finding.detail - 1);
	finding.evidence_n = CS_EVIDENCE_MAX;
	for (unsigned i = 0; i < CS_EVIDENCE_MAX; i++)
		finding.evidence[i] = (struct cs_evidence){CS_ROLE_CLAIM, &event};
	for (unsigned field = 0; field < CS_TEXT_FIELD_N; field++)
		cs_event_set_text(&event, (enum cs_field)field, (struct cs_span){(const uint8_t *)words, 16});
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_json(&text, &long_names, &finding);
	assert_false(text.overflowed);
	/* cut, and between characters */
	for (size_t i = 0; i + 1 < sizeof words; i += 2)
		memcpy(words + i, "\xC3\xA9", 2);
	why.at[0].words = words + 1;
	text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_json(&text, &long_names, &finding);
	assert_non_null(strstr(buffer, "\xC3\xA9 ...\",\"held\":true"));
}

static void
a_record_is_told_by_the_names_of_the_policy(void **state)
{
	(void)state;
	static const struct cs_row_clause row = {.form = CS_SOURCE_JSON};
	static const struct cs_extra_clause extra[] = {{"action", CS_FIELD_FORWARDER, 0}};
	static const struct cs_policy with = {
		.link_n = 1, .link = {{.name = "admin", .row = &row}}, .extra_n = 1, .extra = extra};
	static const struct cs_alert_names own_names = {&with, sources, 2};
	static const struct cs_token_key key = {{7}};
	struct cs_event event = {.kind = CS_KIND_RECORD, .flags = CS_FLAG_CARD};
	event.card = cs_card_make(&key, cs_span_text("4000001234567899"));
	cs_event_set_text(&event, CS_FIELD_FORWARDER, cs_span_text("limit_raised"));
	cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text("A000000001"));
	struct cs_finding finding = about(&event);
	struct cs_text text = cs_text_over(buffer, sizeof buffer);
	cs_alert_put_json(&text, &own_names, &finding);
	assert_non_null(strstr(buffer, "\"side\":\"record\",\"kind\":\"record\","));
	assert_null(strstr(buffer, "\"direction\""));
	assert_non_null(strstr(buffer, "\"fields\":{\"card\":\"400000******7899\",\"rrn\":\"A000000001\","
				       "\"action\":\"limit_raised\"}"));
	assert_non_null(strstr(buffer, "\"words\":\"Record: nothing on the other side bears it out"));
}

static void
what_is_in_shadow_counts_for_nothing_else(void **state)
{
	(void)state;
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	struct cs_why why = {.shadow = true};
	static struct cs_alerts alerts;
	alerts = (struct cs_alerts){.names = names, .descriptor = -1};
	finding.reason = CS_REASON_RULE_FIRED;
	finding.why = &why;
	cs_alerts_finding(&alerts, &finding);
	assert_int_equal(alerts.tally.n, 0);
	assert_int_equal(alerts.tally.by_severity[CS_SEVERITY_CRITICAL], 0);
	assert_int_equal(alerts.tally.by_reason[CS_REASON_RULE_FIRED], 0);
	assert_int_equal(alerts.tally.shadow_n, 1);
	why.shadow = false;
	cs_alerts_finding(&alerts, &finding);
	assert_int_equal(alerts.tally.n, 1);
	assert_int_equal(alerts.tally.by_severity[CS_SEVERITY_CRITICAL], 1);
	assert_int_equal(alerts.tally.shadow_n, 1);
}

/* One message may name several that are listed; an entry is known by its list and number, and by nothing that changes with time. */
static void
an_entry_is_known_by_its_number(void **state)
{
	(void)state;
	static const char *const details[] = {"own/AB 1 \"Bo\": 700 in P 1:1-2; 3 h old",
					      "own/AB 2 \"Bo\": 700 in P 1:1-2",
					      "own/AB 1 \"Bob\": 800 in P 1:1-3; 4 h old",
					      "more: at least 2 more entries than are told", "more: at least 3 more"};
	uint8_t id[5][CS_ALERT_ID_BYTES];
	struct cs_event event = approval();
	struct cs_finding finding = about(&event);
	finding.reason = CS_REASON_NAME_LISTED;
	for (unsigned i = 0; i < 5; i++) {
		(void)snprintf(finding.detail, sizeof finding.detail, "%s", details[i]);
		cs_alert_id(&names, &finding, id[i]);
	}
	assert_memory_not_equal(id[0], id[1], sizeof id[0]);
	assert_memory_equal(id[0], id[2], sizeof id[0]);
	assert_memory_equal(id[3], id[4], sizeof id[3]);
	assert_memory_not_equal(id[0], id[3], sizeof id[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_known_by_its_number),
		cmocka_unit_test(words_are_a_sentence),
		cmocka_unit_test(without_evidence_the_link_speaks),
		cmocka_unit_test(a_person_finds_payment_and_alert),
		cmocka_unit_test(plain_lines_command_no_terminal),
		cmocka_unit_test(a_list_or_screen_speaks_for_itself),
		cmocka_unit_test(id_knows_message_and_reason_only),
		cmocka_unit_test(no_card_number_leaves),
		cmocka_unit_test(no_card_number_leaves_in_words),
		cmocka_unit_test(no_part_of_the_own_card_leaves),
		cmocka_unit_test(words_command_no_terminal),
		cmocka_unit_test(the_request_completes_the_transaction),
		cmocka_unit_test(a_very_long_path_is_shortened),
		cmocka_unit_test(a_path_is_cut_between_characters),
		cmocka_unit_test(a_rule_says_why),
		cmocka_unit_test(windows_are_told_as_a_policy_has_them),
		cmocka_unit_test(the_longest_why_fits),
		cmocka_unit_test(a_record_is_told_by_the_names_of_the_policy),
		cmocka_unit_test(what_is_in_shadow_counts_for_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Messages and policies as stories and property tests make them. The functions of one file of tests, shared by
 * inclusion.
 */
#ifndef CS_TESTS_EVENTS_H
#define CS_TESTS_EVENTS_H

#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>

static const uint64_t epoch_ns = UINT64_C(1700000040) * 1000000000;

static inline uint64_t
seconds(const char *word)
{
	char *end;
	uint64_t whole = strtoull(word, &end, 10), part = 0, scale = 100000000;
	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9'; end++, scale /= 10)
			part += (uint64_t)(*end - '0') * scale;
	return whole * UINT64_C(1000000000) + part;
}

static inline char *
read_whole(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 1 << 20);
	if (file) {
		size_t n = fread(text, 1, (1 << 20) - 1, file);
		text[n] = 0;
		fclose(file);
	}
	return text;
}

/* The policy NAME of the tree, in ARENA (freshly initialised here); false, and COMPLAINTS says why. */
static inline bool
read_policy(const char *name, struct cs_arena *arena, const struct cs_policy **out, struct cs_complaints *complaints)
{
	char path[1024];
	const char *root = getenv("COUNTERSIGN_ROOT");
	snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
	char *text = read_whole(path);
	bool good = cs_arena_init(arena, 1 << 20) == CS_OK &&
		    cs_policy_read(cs_span_text(text), path, arena, out, complaints) == CS_OK;
	free(text);
	return good;
}

static inline void
set_text(struct cs_event *event, enum cs_field field, const char *text)
{
	cs_event_set_text(event, field, cs_span_text(text));
}

static inline void
set_number(struct cs_event *event, enum cs_field field, const char *prefix, unsigned long number)
{
	char text[32];
	struct cs_text out = cs_text_over(text, sizeof text);
	cs_text_put(&out, prefix);
	cs_text_put_padded(&out, number, field == CS_FIELD_RRN ? 12 : 6);
	cs_event_set_text(event, field, (struct cs_span){(const uint8_t *)text, out.len});
}

static inline void
set_element(struct cs_event *event, unsigned element, bool on)
{
	uint64_t bit = UINT64_C(1) << (63 - (element - 1) % 64);
	if (on)
		event->bitmap[(element - 1) / 64] |= bit;
	else
		event->bitmap[(element - 1) / 64] &= ~bit;
}

static inline void
set_money(struct cs_event *event, enum cs_field field, const char *amount, const char *currency)
{
	uint64_t ns = seconds(amount);
	event->money[field - CS_MONEY_FIELD_FIRST] =
		cs_money_of((int64_t)(ns / 10000000), cs_currency_by_code(cs_span_text(currency)));
	event->present |= UINT64_C(1) << field;
	if (field == CS_FIELD_AMOUNT)
		event->present |= UINT64_C(1) << CS_FIELD_CURRENCY;
}

static inline void
set_code(struct cs_event *event, const char *code)
{
	event->flags &= ~(uint32_t)(CS_FLAG_APPROVED | CS_FLAG_PARTIAL);
	if (!strcmp(code, "00") || !strcmp(code, "10"))
		event->flags |= CS_FLAG_APPROVED;
	if (!strcmp(code, "10"))
		event->flags |= CS_FLAG_PARTIAL;
	set_text(event, CS_FIELD_RESPONSE_CODE, code);
	set_element(event, 39, true);
}

static inline void
set_answer(struct cs_event *event, unsigned long number)
{
	set_code(event, "00");
	set_number(event, CS_FIELD_APPROVAL_CODE, "A", number % 100000);
	set_element(event, 38, true);
}

static const struct {
	const char *word;
	const char *mti;
	bool answer;
} kinds[] = {
	{"request", "0200", false},        {"response", "0210", true},         {"advice", "0220", false},
	{"advice_response", "0230", true}, {"reversal", "0420", false},        {"reversal_response", "0430", true},
	{"network", "0800", false},        {"network_response", "0810", true}, {"preauthorisation", "0100", false},
	{"preauthorised", "0110", true},
};

static inline bool
set_kind(struct cs_event *event, const char *word, bool *answer)
{
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].word, word) != 0)
			continue;
		memcpy(event->mti, kinds[i].mti, 4);
		event->kind = (uint8_t)cs_kind_of(event->mti);
		*answer = kinds[i].answer;
		return true;
	}
	return false;
}

/* Transaction NUMBER as a link shows it: the issuer's links renumber the trace. */
static inline void
fill(struct cs_event *event, unsigned long number, bool issuer, bool answer)
{
	static const unsigned elements[] = {2, 3, 4, 11, 37, 41, 49};
	event->card.token = (struct cs_token){{number * 2654435761u + 1, 7}};
	memcpy(event->card.masked, "400000******0001", 17);
	event->flags |= CS_FLAG_CARD;
	event->present |= UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN;
	set_number(event, CS_FIELD_STAN, "", (number + (issuer ? 500000 : 0)) % 1000000);
	set_number(event, CS_FIELD_RRN, "", number);
	set_text(event, CS_FIELD_TERMINAL, "TERM0001");
	set_text(event, CS_FIELD_PROCESSING, "010000");
	set_money(event, CS_FIELD_AMOUNT, "100.00", "EUR");
	for (unsigned i = 0; i < sizeof elements / sizeof elements[0]; i++)
		set_element(event, elements[i], true);
	if (answer)
		set_answer(event, number);
}

static inline void
hash_event(struct cs_event *event)
{
	struct cs_event copy = *event;
	copy.origin = (struct cs_origin){0};
	uint64_t hash = 14695981039346656037u;
	for (size_t i = 0; i < sizeof copy; i++)
		hash = (hash ^ ((const uint8_t *)&copy)[i]) * 1099511628211u;
	event->message_hash = hash;
}

static inline void
set_balance(struct cs_event *event, const char *amount, const char *currency)
{
	struct cs_event money = {0};
	set_money(&money, CS_FIELD_AMOUNT, amount, currency);
	event->balance = (struct cs_balance){.account_type = "10", .amount_type = "02", .block_n = 1};
	event->balance.amount = money.money[0];
	event->balance.hash = (uint64_t)cs_money_minor(money.money[0]) * 31 + cs_money_currency(money.money[0]);
	event->present |= UINT64_C(1) << CS_FIELD_BALANCE;
	event->flags |= CS_FLAG_BALANCE;
	set_element(event, 54, true);
}

#endif
